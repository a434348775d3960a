/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/error.h"
#include "base/yaml.h"
#include "sk-test.h"

static SkYaml *
parse (const char *text)
{
  GError *error = NULL;
  SkYaml *yaml = sk_yaml_parse ("f.yaml", sk_span_of_text (text), &error);
  ck_assert_msg (yaml != NULL, "%s: %s", text, error != NULL ? error->message : "");
  return yaml;
}

/* The parse fails and its message begins with `place` and holds `part`. */
static void
refused (SkSpan bytes, const char *place, const char *part)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (sk_yaml_parse ("f.yaml", bytes, &error));
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_CONFIG));
  ck_assert_msg (g_str_has_prefix (error->message, place), "%s", error->message);
  ck_assert_msg (strstr (error->message, part) != NULL, "%s", error->message);
}

static void
refused_text (const char *text, const char *place, const char *part)
{
  refused (sk_span_of_text (text), place, part);
}

START_TEST (test_tree_and_places)
{
  g_autoptr (SkYaml) yaml
      = parse ("# head\nlimits:\n  depth: 12\n  \"x y\": [a, 'b', {c: d}]\nlast: >-\n  "
               "folded\n  text\n");
  const SkYamlNode *root = sk_yaml_root (yaml);
  ck_assert_int_eq (root->kind, SK_YAML_MAP);
  ck_assert_uint_eq (root->count, 2);
  ck_assert_uint_eq (root->line, 2);
  ck_assert_ptr_null (root->key);
  const SkYamlNode *depth = sk_yaml_get (sk_yaml_get (root, "limits"), "depth");
  ck_assert_str_eq (depth->text, "12");
  ck_assert_uint_eq (depth->line, 3);
  ck_assert_uint_eq (depth->column, 10);
  ck_assert_uint_eq (depth->key_column, 3);
  const SkYamlNode *list = depth->next;
  ck_assert_str_eq (list->key, "x y");
  ck_assert_uint_eq (list->count, 3);
  ck_assert (list->first->plain && !list->first->next->plain);
  ck_assert_str_eq (sk_yaml_get (list->first->next->next, "c")->text, "d");
  ck_assert_str_eq (sk_yaml_get (root, "last")->text, "folded text");
  ck_assert_ptr_null (sk_yaml_get (root, "depth"));
  ck_assert_ptr_null (sk_yaml_get (depth, "x"));
}
END_TEST

START_TEST (test_empty)
{
  const char *const texts[] = { "", "\n", "# only this\n", "---\n", "~\n", "null" };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SkYaml) yaml = parse (texts[i]);
      ck_assert_ptr_null (sk_yaml_root (yaml));
    }
  g_autoptr (SkYaml) quoted = parse ("'null'");
  ck_assert_ptr_nonnull (sk_yaml_root (quoted));
}
END_TEST

START_TEST (test_duplicate_key)
{
  refused_text ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "f.yaml:5:3: ", "\"c\"");
  refused_text ("{a: 1, \"a\": 2}", "f.yaml:1:8: ", "\"a\"");
  /* The same key at another level, and another case, are other keys. */
  g_autoptr (SkYaml) yaml = parse ("a: {a: 1}\nA: 2\n");
  ck_assert_uint_eq (sk_yaml_root (yaml)->count, 2);
}
END_TEST

START_TEST (test_no_aliases)
{
  refused_text ("a: &x 1\nb: *x\n", "f.yaml:1:", "aliases");
  refused_text ("- 1\n- *x\n", "f.yaml:2:", "aliases");
  refused_text ("- !!python/object 1\n", "f.yaml:1:", "tags");
  refused_text ("- !!map {}\n", "f.yaml:1:", "tags");
  /* The characters themselves are harmless inside text. */
  g_autoptr (SkYaml) yaml = parse ("a: x&y*z!\n");
  ck_assert_str_eq (sk_yaml_root (yaml)->first->text, "x&y*z!");
}
END_TEST

static char *
nested (size_t depth)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (size_t i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

START_TEST (test_depth)
{
  g_autofree char *fits = nested (63), *deep = nested (65), *bomb = nested (100000);
  g_autoptr (SkYaml) yaml = parse (fits);
  ck_assert_ptr_nonnull (sk_yaml_root (yaml));
  refused_text (deep, "f.yaml:1:6", "");
  refused_text (bomb, "f.yaml:1:6", "");
}
END_TEST

START_TEST (test_syntax)
{
  refused_text ("a: [1, 2\nb: 3\n", "f.yaml:", "");
  refused_text ("a: 1\n  b: 2\n", "f.yaml:1:4: ", "multiline");
  refused_text ("a: \"x\n", "f.yaml:", "");
  refused_text ("? [a]\n: 1\n", "f.yaml:1:", "key");
  refused_text ("a: 1\n---\nb: 1\n", "f.yaml:2:", "second document");
  refused_text ("a: \"x\\0y\"\n", "f.yaml:1:", "NUL");
  const uint8_t latin[] = "a: 1\nb: caf\xe9\n";
  refused ((SkSpan){ latin, sizeof latin - 1 }, "f.yaml:2:7: ", "UTF-8");
  const uint8_t nul[] = "a: 1\0\n";
  refused ((SkSpan){ nul, sizeof nul - 1 }, "f.yaml:1:5", "UTF-8");
}
END_TEST

static const SkYamlNode *
scalar (SkYaml **ret_yaml, const char *text)
{
  *ret_yaml = parse (text);
  ck_assert_ptr_nonnull (sk_yaml_root (*ret_yaml));
  return sk_yaml_root (*ret_yaml);
}

START_TEST (test_numbers)
{
  static const struct
  {
    const char *text;
    bool fits;
    int64_t value;
  } cases[] = { { "0", true, 0 },
                { "+7", true, 7 },
                { "-9223372036854775808", true, INT64_MIN },
                { "9223372036854775807", true, INT64_MAX },
                { "9223372036854775808", false, 0 },
                { "99999999999999999999999", false, 0 },
                { "1.0", false, 0 },
                { "0x10", false, 0 },
                { "'7'", false, 0 },
                { "7 ", true, 7 },
                { "7x", false, 0 },
                { "--7", false, 0 },
                { "[7]", false, 0 } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SkYaml *yaml;
      int64_t value = 42;
      bool fits = sk_yaml_int (scalar (&yaml, cases[i].text), &value);
      ck_assert_msg (fits == cases[i].fits, "%s", cases[i].text);
      ck_assert_int_eq (value, fits ? cases[i].value : 42);
      sk_yaml_free (yaml);
    }
}
END_TEST

START_TEST (test_sizes)
{
  static const struct
  {
    const char *text;
    uint64_t value; /* 1: refused */
  } cases[] = { { "0", 0 },
                { "64KiB", 65536 },
                { "2 GiB", UINT64_C (2) << 30 },
                { "16777215TiB", UINT64_C (16777215) << 40 },
                { "16777216TiB", 1 },
                { "64KB", 1 },
                { "-2", 1 },
                { "KiB", 1 },
                { "2 GiB x", 1 },
                { "\"2\"", 1 } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SkYaml *yaml;
      uint64_t value = 1;
      bool fits = sk_yaml_size (scalar (&yaml, cases[i].text), &value);
      ck_assert_msg (value == cases[i].value && fits == (value != 1), "%s", cases[i].text);
      sk_yaml_free (yaml);
    }
}
END_TEST

START_TEST (test_bool_text_null)
{
  SkYaml *yaml;
  bool value = false;
  const char *text = NULL;
  const SkYamlNode *list = scalar (&yaml, "[true, false, yes, 'true', ~, '', a b, True]");
  const SkYamlNode *node = list->first;
  ck_assert (sk_yaml_bool (node, &value) && value);
  ck_assert (sk_yaml_bool (node = node->next, &value) && !value);
  ck_assert (!sk_yaml_bool (node = node->next, &value));
  ck_assert (!sk_yaml_bool (node = node->next, &value));
  ck_assert (sk_yaml_text (node, &text) && strcmp (text, "true") == 0);
  ck_assert (!sk_yaml_text (node = node->next, &text) && sk_yaml_is_null (node));
  ck_assert (sk_yaml_text (node = node->next, &text) && *text == '\0' && !sk_yaml_is_null (node));
  ck_assert (sk_yaml_text (node = node->next, &text) && strcmp (text, "a b") == 0);
  ck_assert (!sk_yaml_bool (node->next, &value));
  ck_assert (!sk_yaml_text (list, &text) && !sk_yaml_text (NULL, &text));
  sk_yaml_free (yaml);
}
END_TEST

START_TEST (test_time)
{
  static const struct
  {
    const char *text;
    int64_t seconds; /* -1: refused */
  } cases[] = { { "1970-01-01", 0 },
                { "2026-11-25", 1795564800 },
                { "2026-11-25T09:00:00+09:00", 1795564800 },
                { "2026-11-25T00:00:01Z", 1795564801 },
                { "2026-02-30", -1 },
                { "2026-13-01", -1 },
                { "2026-11-25T00:00:00", -1 },
                { "2026-11-25 00:00:00Z", -1 },
                { "2026-11-25T25:00:00Z", -1 },
                { "20261125", -1 },
                { "1969-12-31", -1 },
                { "2026-W10-1", -1 },
                { "soon", -1 } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SkYaml *yaml;
      int64_t seconds = -1;
      bool fits = sk_yaml_time (scalar (&yaml, cases[i].text), &seconds);
      ck_assert_msg (fits == (cases[i].seconds >= 0), "%s", cases[i].text);
      ck_assert_int_eq (seconds, cases[i].seconds);
      sk_yaml_free (yaml);
    }
  g_autofree char *text = sk_yaml_time_text (1795564801);
  ck_assert_str_eq (text, "2026-11-25T00:00:01Z");
}
END_TEST

START_TEST (test_quote)
{
  const char *const texts[] = { "",
                                "plain",
                                "a\"b\\c",
                                "line\nline\ttab\r\x01\x7f",
                                "改行 ok",
                                "\xe2\x80\xae"
                                "evil",
                                "\xf0\x9f\x98\x80",
                                "\xf3\xa0\x81\x81",
                                ": - # & * ! | > %",
                                "\xc2\x85",
                                "\xe2\x80\xa8",
                                " lead and trail ",
                                "\xef\xbb\xbf" };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *quoted = sk_yaml_quote (texts[i]);
      SkYaml *yaml;
      ck_assert_str_eq (scalar (&yaml, quoted)->text, texts[i]);
      sk_yaml_free (yaml);
    }
  g_autofree char *bidi = sk_yaml_quote ("\xe2\x80\xae");
  ck_assert_str_eq (bidi, "\"\\u202E\"");
}
END_TEST

START_TEST (test_problems)
{
  g_autoptr (SkYaml) yaml = parse ("a: 1\nbb: 2\n");
  g_autoptr (GString) problems = g_string_new (NULL);
  GError *error = NULL;
  ck_assert (sk_yaml_no_problem (problems, &error));
  const SkYamlNode *second = sk_yaml_get (sk_yaml_root (yaml), "bb");
  sk_yaml_problem (yaml, second, problems, "bad %d", 2);
  sk_yaml_problem_key (yaml, second, problems, "unknown");
  sk_yaml_problem (yaml, NULL, problems, "lacks");
  ck_assert (!sk_yaml_no_problem (problems, &error));
  ck_assert_str_eq (error->message, "f.yaml:2:5: bad 2\nf.yaml:2:1: unknown\nf.yaml:1:1: lacks");
  g_error_free (error);
  g_autofree char *where = sk_yaml_where (yaml, second);
  ck_assert_str_eq (where, "f.yaml:2");
}
END_TEST

/* Each document on a line: its top line and first key, or the mistake. */
static void
note_document (void *data, SkYaml *yaml, uint32_t line, const char *cause)
{
  const SkYamlNode *root = yaml != NULL ? sk_yaml_root (yaml) : NULL;
  const char *key = root == NULL              ? cause
                    : root->first == NULL     ? root->text
                    : root->first->key != NULL ? root->first->key
                                               : "-";
  g_string_append_printf (data, "%u %s\n", line, key);
  ck_assert (yaml == NULL || (cause == NULL && root != NULL && root->line == line));
  sk_yaml_free (yaml);
}

static void
documents (const char *text, const char *expected)
{
  g_autoptr (GString) notes = g_string_new (NULL);
  sk_yaml_parse_all ("f.yaml", sk_span_of_text (text), note_document, notes);
  ck_assert_msg (strcmp (notes->str, expected) == 0, "%s\nis\n%s\nnot\n%s", text, notes->str,
                 expected);
}

START_TEST (test_documents)
{
  documents ("", "");
  documents ("# nothing\n---\n---\n~\n...\n", "");
  documents ("a: 1\n", "1 a\n");
  documents ("a: 1\n---\nb: 2\n---\n- c\n", "1 a\n3 b\n5 -\n");
  documents ("---\na: 1\n---\nb: 2", "2 a\n4 b\n");
  documents ("# head\n%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n", "4 a\n8 b\n");
  documents ("--- a\n---\tb\n--- {c: d}\n", "1 a\n2 b\n3 c\n");
  documents ("a: 1\r\n---\r\nb: 2\r\n", "1 a\n3 b\n");
  documents ("\xef\xbb\xbf---\na: 1\n---\nb: 2\n", "2 a\n4 b\n");
  /* These are no borders. */
  documents ("a: |\n  ---\n  b\n---x: 1\n", "1 a\n");
  documents ("a: b --- c\nd: ----\n", "1 a\n");
}
END_TEST

START_TEST (test_documents_apart)
{
  documents ("a: 1\n---\nb: 1\nb: 2\n---\nc: *x\n---\nd: 1\n",
             "1 a\n4 the key \"b\" stands here twice\n"
             "6 anchors, aliases and tags are not used here\n8 d\n");
  documents ("a: 1\n---\nb: \xff\n---\nc: 1\n", "1 a\n3 not UTF-8 text\n5 c\n");
  g_autoptr (GString) notes = g_string_new (NULL);
  sk_yaml_parse_all ("f.yaml", sk_span_of_text ("a: 1\n---\nb: [1\n---\n'c\n---\nd: 1\n"),
                     note_document, notes);
  g_auto (GStrv) lines = g_strsplit (notes->str, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 5);
  ck_assert_str_eq (lines[0], "1 a");
  ck_assert_str_eq (lines[3], "7 d");
}
END_TEST

/* A value that is not written has a place. */
START_TEST (test_unwritten)
{
  g_autoptr (SkYaml) yaml = parse ("a: 1\nb:\nc: [x, ]\nd:\n  -\n  - y\n");
  const SkYamlNode *b = sk_yaml_get (sk_yaml_root (yaml), "b");
  ck_assert (sk_yaml_is_null (b));
  ck_assert_uint_eq (b->line, 2);
  ck_assert_uint_ge (sk_yaml_get (sk_yaml_root (yaml), "d")->first->line, 4);
}
END_TEST

/* Quotes in quotes, also where a document does not begin the file. */
START_TEST (test_single_quotes)
{
  static const char *const pairs[][2] = {
    { "'a''''b'", "a''b" },
    { "''''''", "''" },
    { "''''':a'", "'':a" },
    { "'a'''''')'", "a''')" },
    { "'\xe3\x81\x82''''\xe3\x81\x84'", "\xe3\x81\x82''\xe3\x81\x84" },
    { "'x '''' \n   y'", "x '' y" },
    { "'x''''\r\n\r\n  y\n  '", "x''\ny " },
    { "'x\n\n\n  ''''y'", "x\n\n''y" },
    { "'a''b'", "a'b" },
    { "'a'' ''b'", "a' 'b" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = g_strconcat ("\xef\xbb\xbf- 1\n- ", pairs[i][0], "\n- {",
                                           pairs[i][0], ": 2}\n", NULL);
      bool line = strchr (pairs[i][0], '\n') != NULL;
      g_autoptr (SkYaml) yaml = line ? NULL : parse (text);
      g_autofree char *alone = g_strconcat ("- 1\n- ", pairs[i][0], "\n", NULL);
      g_autoptr (SkYaml) short_one = parse (alone);
      ck_assert_str_eq (sk_yaml_root (short_one)->first->next->text, pairs[i][1]);
      if (yaml == NULL)
        continue;
      ck_assert_str_eq (sk_yaml_root (yaml)->first->next->text, pairs[i][1]);
      ck_assert_str_eq (sk_yaml_root (yaml)->first->next->next->first->key, pairs[i][1]);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("yaml");
  TCase *tree = tcase_create ("tree");
  tcase_add_test (tree, test_tree_and_places);
  tcase_add_test (tree, test_empty);
  tcase_add_test (tree, test_duplicate_key);
  tcase_add_test (tree, test_no_aliases);
  tcase_add_test (tree, test_depth);
  tcase_add_test (tree, test_syntax);
  suite_add_tcase (suite, tree);
  TCase *values = tcase_create ("values");
  tcase_add_test (values, test_numbers);
  tcase_add_test (values, test_sizes);
  tcase_add_test (values, test_bool_text_null);
  tcase_add_test (values, test_time);
  tcase_add_test (values, test_quote);
  tcase_add_test (values, test_problems);
  tcase_add_test (values, test_single_quotes);
  tcase_add_test (values, test_documents);
  tcase_add_test (values, test_documents_apart);
  tcase_add_test (values, test_unwritten);
  suite_add_tcase (suite, values);
  return sk_test_main (suite);
}
