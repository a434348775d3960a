/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Judges flat JSON records by rules, for tests.
 *
 *     sigma-run [--table FILE]… [--list FILE]… --rules FILE… RECORDS
 *
 * RECORDS has one JSON object a line, of kind `log.json`: texts, numbers, true,
 * false, null (no value), or lists of them. Prints for each the names of the
 * rules that match, in their order. Texts go to the rules as they stand between
 * their quotes. Complaints and rules that are left out end it with status 1.
 * No reader of JSON for anything else: what is not such a line ends it, too.
 */
#include "config.h"

#include "sigma/sigma.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Run {
  SkBundle *bundle;
  SkCatalogue *catalogue;
  SkSigma *sigma;
  SkSigmaScan *scan;
  uint32_t kind;
  GArray *values; /* of SkSigmaValue */
  bool first;     /* of a line of output */
} Run;

G_NORETURN static void
fail (const char *what, const char *detail)
{
  fprintf (stderr, "sigma-run: %s: %s\n", what, detail);
  exit (1);
}

static void
add_file (Run *run, const char *kind, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  if (!sk_bundle_add_file (run->bundle, kind, absolute, &error))
    fail (path, error->message);
}

static void
add_kind (Run *run)
{
  SkKindInfo kind = { .name = g_strdup ("log.json"), .fields = g_new0 (char *, 1), .open = true,
                      .plugin = g_strdup ("log"), .meaning = g_strdup ("an event") };
  g_array_append_val (run->catalogue->kinds, kind);
}

static void
compile (Run *run)
{
  const SkSigmaSettings settings = { 0 };
  bool good;
  add_kind (run);
  run->sigma = sk_sigma_new (&settings, run->bundle, run->catalogue, &good);
  for (guint i = 0; i < run->catalogue->problems->len; i++)
    {
      g_autofree char *text
          = sk_problem_text (&g_array_index (run->catalogue->problems, SkProblem, i));
      fprintf (stderr, "%s\n", text);
    }
  if (!good || run->catalogue->problems->len > 0)
    fail ("rules", "not all are usable");
  run->kind = sk_sigma_kind (run->sigma, "log.json");
  if (run->kind == SK_SIGMA_NO_KIND)
    fail ("log.json", "no rule means it");
  run->scan = sk_sigma_scan_new (run->sigma);
}

/* ---- reading a line ---- */

static bool
take_char (SkCursor *cursor, char c)
{
  while (sk_cursor_left (cursor) > 0 && *cursor->pos == ' ')
    cursor->pos++;
  if (sk_cursor_left (cursor) == 0 || *cursor->pos != (uint8_t) c)
    return false;
  cursor->pos++;
  return true;
}

/* What stands between two quotes. */
static SkSpan
take_text (SkCursor *cursor)
{
  SkSpan text = { cursor->pos, 0 };
  while (sk_cursor_left (cursor) > 0 && *cursor->pos != '"')
    cursor->pos += *cursor->pos == '\\' && sk_cursor_left (cursor) > 1 ? 2 : 1;
  text.size = (size_t) (cursor->pos - text.data);
  if (!take_char (cursor, '"'))
    fail ("record", "a text without an end");
  return text;
}

static void
add_word (Run *run, uint32_t field, SkSpan word)
{
  g_autofree char *text = g_strndup ((const char *) word.data, word.size);
  SkSigmaValue value = { .field = field };
  if (strcmp (text, "null") == 0)
    return;
  value.value.type = SK_FIELD_BOOL;
  value.value.boolean = strcmp (text, "true") == 0;
  if (!value.value.boolean && strcmp (text, "false") != 0)
    {
      bool whole = g_ascii_string_to_signed (text, 10, INT64_MIN, INT64_MAX, &value.value.integer,
                                             NULL);
      value.value.type = whole ? SK_FIELD_INT : SK_FIELD_STRING;
      value.value.text = word;
    }
  g_array_append_val (run->values, value);
}

static void
take_scalar (Run *run, uint32_t field, SkCursor *cursor)
{
  if (take_char (cursor, '"'))
    {
      SkSigmaValue value = { .field = field, .json = true };
      value.value.type = SK_FIELD_STRING;
      value.value.text = take_text (cursor);
      g_array_append_val (run->values, value);
      return;
    }
  SkSpan word = { cursor->pos, 0 };
  while (sk_cursor_left (cursor) > 0 && strchr (",]} ", *cursor->pos) == NULL)
    cursor->pos++;
  word.size = (size_t) (cursor->pos - word.data);
  if (word.size == 0)
    fail ("record", "a value expected");
  add_word (run, field, word);
}

static void
take_value (Run *run, uint32_t field, SkCursor *cursor)
{
  if (!take_char (cursor, '['))
    {
      take_scalar (run, field, cursor);
      return;
    }
  if (take_char (cursor, ']'))
    return;
  do
    take_scalar (run, field, cursor);
  while (take_char (cursor, ','));
  if (!take_char (cursor, ']'))
    fail ("record", "a list without an end");
}

static void
take_record (Run *run, SkCursor *cursor)
{
  g_array_set_size (run->values, 0);
  if (!take_char (cursor, '{'))
    fail ("record", "no object");
  if (take_char (cursor, '}'))
    return;
  do
    {
      SkSpan name = { NULL, 0 };
      if (take_char (cursor, '"'))
        name = take_text (cursor);
      if (!take_char (cursor, ':'))
        fail ("record", "a name and a value expected");
      take_value (run, sk_sigma_field (run->sigma, run->kind, name), cursor);
    }
  while (take_char (cursor, ','));
  if (!take_char (cursor, '}'))
    fail ("record", "an object without an end");
}

static void
print_match (void *data, uint32_t rule, SkSigmaTruth truth)
{
  Run *run = data;
  const SkSigmaRule *info = sk_sigma_rule (run->sigma, rule);
  printf ("%s%s%s", run->first ? "" : " ", info->name, truth == SK_SIGMA_MAYBE ? "?" : "");
  run->first = false;
}

static void
judge_line (Run *run, char *line)
{
  SkCursor cursor = sk_cursor (sk_span_of_text (line));
  take_record (run, &cursor);
  SkSigmaRecord record = { run->kind, (const SkSigmaValue *) (void *) run->values->data,
                           run->values->len };
  run->first = true;
  sk_sigma_match (run->scan, &record, print_match, run);
  putchar ('\n');
}

static void
judge_file (Run *run, const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  if (!g_file_get_contents (path, &text, NULL, &error))
    fail (path, error->message);
  for (char *line = text, *end; *line != '\0'; line = end + 1)
    {
      end = strchr (line, '\n');
      if (end == NULL)
        fail (path, "a line without an end");
      *end = '\0';
      judge_line (run, line);
    }
}

int
main (int argc, char **argv)
{
  Run run = { .bundle = sk_bundle_new (), .catalogue = sk_catalogue_new () };
  run.values = g_array_new (FALSE, FALSE, sizeof (SkSigmaValue));
  for (int i = 1; i + 1 < argc; i += 2)
    if (strcmp (argv[i], "--table") == 0)
      add_file (&run, "logsource-table", argv[i + 1]);
    else if (strcmp (argv[i], "--list") == 0)
      add_file (&run, "placeholder-list", argv[i + 1]);
    else if (strcmp (argv[i], "--rules") == 0)
      add_file (&run, "sigma", argv[i + 1]);
    else
      fail (argv[i], "not known");
  if (argc % 2 != 0)
    fail ("records", "a file expected");
  compile (&run);
  judge_file (&run, argv[argc - 1]);
  sk_sigma_scan_free (run.scan);
  sk_sigma_free (run.sigma);
  sk_catalogue_free (run.catalogue);
  sk_bundle_free (run.bundle);
  g_array_unref (run.values);
  return 0;
}
