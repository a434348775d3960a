/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that makes the records that its object spells out.
 *
 * An object that begins with "LINES\n" is a list of lines:
 *
 *     open TIME FIELD…      a record of kind lines.open
 *     closed TIME FIELD…    a record of kind lines.closed
 *     repeat N open …       the same record N times
 *     many N open …         the record, with N values of field `x` behind the others
 *     names N open …        the record, with a value in each of N fields of new names
 *     look KIND NAME        match of rule lines.said: whether somebody looks at the field
 *     strange HANDLE        a record of kind lines.open with a value under that handle
 *
 * A FIELD is NAME=TEXT, n:NAME=NUMBER, b:NAME=0 or 1, j:NAME=JSON, l:NAME=LENGTH of a text of `x`.
 * The position of a record is the offset of its line; `+` in a text is a space. Each line lives in
 * memory of its own that is freed when its record has ended: a host that keeps a borrowed text is
 * seen by a sanitizer.
 */
#include <glib.h>
#include <sekisho/sekisho.h>
#include <stdio.h>
#include <string.h>

#define HEAD "LINES\n"

enum { KIND_OPEN, KIND_CLOSED };
enum { FIELD_HOST, FIELD_NUMBER, FIELD_TAGS };

typedef struct Context {
  uint32_t said;
} Context;

/** One line on its way. */
typedef struct Line {
  const SkApi *api;
  Context *context;
  SkObject *object;
  uint64_t position;
  char **words;
  GPtrArray *memory; /* texts that live as long as the record */
} Line;

static uint32_t
kind_of (const char *word)
{
  return strcmp (word, "closed") == 0 ? KIND_CLOSED : KIND_OPEN;
}

static SkSpan
keep (Line *line, char *text)
{
  g_ptr_array_add (line->memory, text);
  return sk_span_of_text (text);
}

static void
put_field (Line *line, SkRecord *record, uint32_t kind, const char *word)
{
  const SkApi *api = line->api;
  char type = word[0] != '\0' && word[1] == ':' ? word[0] : 's';
  g_auto (GStrv) parts = g_strsplit (word + (type == 's' ? 0 : 2), "=", 2);
  if (g_strv_length (parts) < 2)
    return;
  uint32_t field = api->record_field (line->object, kind, sk_span_of_text (parts[0]));
  int64_t number = g_ascii_strtoll (parts[1], NULL, 10);
  switch (type)
    {
    case 'n':
      api->record_int (record, field, number);
      break;
    case 'b':
      api->record_bool (record, field, number != 0);
      break;
    case 'j':
      api->record_json (record, field, keep (line, g_strdelimit (g_strdup (parts[1]), "+", ' ')));
      break;
    case 'l':
      api->record_string (record, field, keep (line, g_strnfill ((gsize) CLAMP (number, 0, 1 << 21), 'x')));
      break;
    default:
      api->record_string (record, field, keep (line, g_strdelimit (g_strdup (parts[1]), "+", ' ')));
    }
}

/* `words` begins with the kind. */
static void
make_record (Line *line, char **words, int more, bool names)
{
  const SkApi *api = line->api;
  uint32_t kind = kind_of (words[0]);
  if (words[1] == NULL)
    return;
  SkRecord *record = api->record_begin (line->object, kind, line->position,
                                        g_ascii_strtoll (words[1], NULL, 10));
  if (record == NULL)
    return;
  for (size_t i = 2; words[i] != NULL; i++)
    put_field (line, record, kind, words[i]);
  for (int i = 0; i < more; i++)
    {
      g_autofree char *word = names ? g_strdup_printf ("name%d=v", i) : g_strdup ("x=v");
      put_field (line, record, kind, word);
    }
  api->record_end (record);
  g_ptr_array_set_size (line->memory, 0);
}

static void
look (Line *line)
{
  char text[200];
  uint32_t field = line->api->record_field (line->object, kind_of (line->words[1]),
                                            sk_span_of_text (line->words[2]));
  snprintf (text, sizeof text, "%.100s %s", line->words[2],
            field == SK_NO_FIELD ? "ignored" : "looked at");
  line->api->match (line->object, line->context->said, text);
}

static void
strange (Line *line)
{
  SkRecord *record = line->api->record_begin (line->object, KIND_OPEN, line->position, 0);
  if (record == NULL)
    return;
  uint32_t field = (uint32_t) g_ascii_strtoull (line->words[1], NULL, 0);
  line->api->record_string (record, field, sk_span_of_text ("strange"));
  line->api->record_end (record);
}

static void
obey (Line *line)
{
  char **words = line->words;
  guint n = g_strv_length (words);
  int times = n > 1 ? (int) CLAMP (g_ascii_strtoll (words[1], NULL, 10), 0, 1000000) : 0;
  if (n < 2)
    return;
  if (strcmp (words[0], "repeat") == 0 && n > 3)
    for (int i = 0; i < times; i++, line->position++)
      make_record (line, words + 2, 0, false);
  else if (strcmp (words[0], "many") == 0 && n > 3)
    make_record (line, words + 2, times, false);
  else if (strcmp (words[0], "names") == 0 && n > 3)
    make_record (line, words + 2, times, true);
  else if (strcmp (words[0], "look") == 0 && n > 2)
    look (line);
  else if (strcmp (words[0], "strange") == 0)
    strange (line);
  else
    make_record (line, words, 0, false);
}

static bool
is_mine (SkSpan bytes)
{
  return bytes.size >= strlen (HEAD) && memcmp (bytes.data, HEAD, strlen (HEAD)) == 0;
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  (void) context;
  if (is_mine (api->bytes (object)))
    api->type_add (object, "application/x-lines", SK_STRENGTH_CONTENT);
  return SK_OK;
}

static SkResult
open_object (const SkApi *api, void *context, SkObject *object)
{
  SkSpan bytes = api->bytes (object);
  Line line = { .api = api, .context = context, .object = object };
  if (!is_mine (bytes))
    return SK_NOT_MINE;
  g_autoptr (GPtrArray) memory = g_ptr_array_new_with_free_func (g_free);
  line.memory = memory;
  for (size_t at = strlen (HEAD); at < bytes.size;)
    {
      const uint8_t *start = bytes.data + at;
      const uint8_t *end = memchr (start, '\n', bytes.size - at);
      size_t size = end != NULL ? (size_t) (end - start) : bytes.size - at;
      g_autofree char *text = g_strndup ((const char *) start, size);
      g_auto (GStrv) words = g_strsplit (text, " ", 0);
      line.position = at;
      line.words = words;
      obey (&line);
      at += size + 1;
    }
  return SK_OK;
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  SkRuleInfo rule = { .id = "lines.said", .level = SK_LEVEL_LOW, .score = -1, .title = "For tests" };
  Context *context = g_new0 (Context, 1);
  context->said = api->rule_add (setup, &rule);
  *ret_context = context;
  return SK_OK;
}

static const SkFieldDecl fields[] = {
  [FIELD_HOST] = { "Host", SK_FIELD_STRING, 0, "a text" },
  [FIELD_NUMBER] = { "Number", SK_FIELD_INT, 0, "a number" },
  [FIELD_TAGS] = { "Tags", SK_FIELD_STRING, SK_FIELD_MULTI, "texts" },
};
static const SkRecordDecl records[] = {
  [KIND_OPEN] = { "lines.open", fields, G_N_ELEMENTS (fields), "a line of any fields", SK_RECORD_OPEN },
  [KIND_CLOSED] = { "lines.closed", fields, G_N_ELEMENTS (fields), "a line of known fields", 0 },
};
static const char *const accepts[] = { "application/x-lines", NULL };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "lines",
  .version = "1",
  .summary = "Makes the records that its object spells out",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .records = records,
  .n_records = G_N_ELEMENTS (records),
  .configure = configure,
  .identify = identify,
  .open = open_object,
  .free_context = g_free,
};
