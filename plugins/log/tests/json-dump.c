/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writes what the reader of JSON makes of a file, for comparison with another reader.
 *
 *     json-dump lines|documents FILE
 *
 * `E line begin end time` for an event, behind it `V name type value` for each of its values (texts in
 * hexadecimal digits), `B line begin end` for what is broken, `U` in front of it where the text ended.
 */
#include "config.h"

#include "log-json.h"

#include <glib.h>
#include <stdio.h>

static uint32_t
field (void *data, SkSpan name)
{
  GPtrArray *names = data;
  g_ptr_array_add (names, g_strndup ((const char *) name.data, name.size));
  return names->len - 1;
}

static void
put_hex (SkSpan text)
{
  for (size_t i = 0; i < text.size; i++)
    printf ("%02x", text.data[i]);
}

static void
put_event (const LogJsonEvent *event, GPtrArray *names)
{
  printf ("E %" G_GUINT64_FORMAT " %zu %zu %" G_GINT64_FORMAT "\n", event->line, event->begin,
          event->end, event->time);
  for (size_t i = 0; i < event->n_values; i++)
    {
      const LogJsonValue *value = &event->values[i];
      fputs ("V ", stdout);
      put_hex (sk_span_of_text (g_ptr_array_index (names, value->field)));
      printf (" %d ", (int) value->type);
      if (value->type == LOG_JSON_BOOL || value->type == LOG_JSON_INT)
        printf ("%" G_GINT64_FORMAT, value->integer);
      else
        put_hex (value->text);
      putchar ('\n');
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  gsize size;
  if (argc != 3 || !g_file_get_contents (argv[2], &text, &size, NULL))
    return 2;
  /* memory of exactly that size, so that a sanitizer sees a read past it */
  g_autofree uint8_t *exact = g_memdup2 (text, size);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  LogZone zone = { NULL, 0 };
  g_autoptr (LogJson) json = log_json_new (field, names, &zone);
  log_json_start (json, (SkSpan){ exact, size }, 1,
                  strcmp (argv[1], "lines") == 0 ? LOG_JSON_LINES : 0, (SkSpan){ NULL, 0 });
  LogJsonEvent event;
  LogJsonStatus status;
  while ((status = log_json_next (json, &event)) != LOG_JSON_END)
    if (status == LOG_JSON_EVENT)
      put_event (&event, names);
    else
      printf ("%sB %" G_GUINT64_FORMAT " %zu %zu\n", log_json_unended (json) ? "U " : "", event.line,
              event.begin, event.end);
  return 0;
}
