/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The log plugin's reader of JSON alone, over the lines of a mapped file: every
 * name is wanted, no value is looked at. Prints the number of events.
 *
 *     bare-log-json FILE
 */
#include "config.h"

#include "log-json.h"

#include <stdio.h>

static uint32_t
field (void *data, SkSpan name)
{
  uint32_t *count = data;
  (void) name;
  return ++*count;
}

int
main (int argc, char **argv)
{
  static const LogZone utc = { NULL, 0 };
  g_autoptr (GMappedFile) file = argc == 2 ? g_mapped_file_new (argv[1], FALSE, NULL) : NULL;
  if (file == NULL)
    {
      fprintf (stderr, "usage: bare-log-json FILE\n");
      return 2;
    }
  SkSpan text = { (const uint8_t *) g_mapped_file_get_contents (file), g_mapped_file_get_length (file) };
  uint32_t names = 0;
  unsigned long events = 0;
  g_autoptr (LogJson) json = log_json_new (field, &names, &utc);
  LogJsonEvent event;
  LogJsonStatus status;
  log_json_start (json, text, 1, LOG_JSON_LINES, (SkSpan){ NULL, 0 });
  while ((status = log_json_next (json, &event)) != LOG_JSON_END)
    events += status == LOG_JSON_EVENT;
  printf ("%lu\n", events);
  return 0;
}
