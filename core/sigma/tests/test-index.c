/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What is found by triggers is what every rule says by itself: over rules and
 * records that a seed makes, small enough that they meet.
 */
#include "config.h"

#include "match-world.h"
#include "sigma/index.h"
#include "sk-test.h"

#include <glib/gstdio.h>
#include <sys/resource.h>

enum { N_RULES = 300, N_RECORDS = 4000, N_SETS = 4, N_FIELDS = 6 };

static const char *const names[N_FIELDS] = { "Image", "Line", "User", "Id", "Path", "Note" };
static const char *const words[] = {
  "alpha", "ALPHA", "beta", "\\cmd.exe", "\\powershell.exe", ".exe", "a", "ab", "abc", "4688", "1",
  "見積書", "Ｐａｙ", "pay", "ſtop", "stop", "K", "k", "", "x y", "-enc", "/enc", "System32\\drivers",
  "a longer text of which there are not many about", "true",
};

static const char *
pick (GRand *rand, const char *const *from, size_t n)
{
  return from[g_rand_int_range (rand, 0, (gint32) n)];
}

static void
put_value (GRand *rand, GString *out, bool is_regex)
{
  static const char *const expressions[] = { "'al(ph|f)a'", "'(?i)BETA$'", "'^\\\\cmd\\.exe'",
                                             "'[a-c]{2,}'", "'st?op'", "'(abc|longer).*'", "'x.y'" };
  if (is_regex)
    {
      g_string_append (out, pick (rand, expressions, G_N_ELEMENTS (expressions)));
      return;
    }
  const char *first = pick (rand, words, G_N_ELEMENTS (words));
  const char *glue = g_rand_int_range (rand, 0, 5) == 0 ? (g_rand_boolean (rand) ? "*" : "?") : "";
  const char *second = glue[0] != '\0' ? pick (rand, words, G_N_ELEMENTS (words)) : "";
  g_string_append_printf (out, "'%s%s%s'", first, glue, second);
}

static void
put_item (GRand *rand, GString *out, bool twice)
{
  static const char *const modifiers[] = { "", "", "|contains", "|startswith", "|endswith", "|contains|all",
                                           "|cased", "|contains|cased", "|re", "|windash|contains", "|neq" };
  const char *modifier = pick (rand, modifiers, G_N_ELEMENTS (modifiers));
  int n = g_rand_int_range (rand, 1, 4);
  g_string_append_printf (out, "    %s%s:\n", names[twice ? 1 : 0 + g_rand_int_range (rand, 0, 1) * 2],
                          modifier);
  for (int i = 0; i < n + (strcmp (modifier, "|contains|all") == 0); i++)
    {
      g_string_append (out, "      - ");
      put_value (rand, out, strcmp (modifier, "|re") == 0);
      g_string_append_c (out, '\n');
    }
}

/* A selection of one or two fields, of whether there is one, or of words anywhere. */
static void
put_selection (GRand *rand, GString *out, const char *name)
{
  int form = g_rand_int_range (rand, 0, 10);
  g_string_append_printf (out, "  %s:\n", name);
  if (form == 0)
    {
      g_string_append (out, "    - ");
      put_value (rand, out, false);
      g_string_append (out, "\n    - 'rare word'\n");
    }
  else if (form == 1)
    g_string_append_printf (out, "    %s: null\n", pick (rand, names, N_FIELDS));
  else if (form == 2)
    g_string_append_printf (out, "    %s|exists: %s\n", pick (rand, names, N_FIELDS),
                            g_rand_boolean (rand) ? "true" : "false");
  else
    {
      put_item (rand, out, false);
      if (form > 6)
        put_item (rand, out, true);
    }
}

static char *
make_rules (GRand *rand)
{
  static const char *const conditions[] = { "sel_a", "sel_a and sel_b", "sel_a or sel_b", "sel_a and not sel_b",
                                            "not sel_a", "1 of sel_*", "all of sel_*", "2 of sel_*",
                                            "sel_a and (sel_b or not sel_c)", "not (sel_a or sel_b)" };
  GString *out = g_string_new (NULL);
  for (int i = 0; i < N_RULES; i++)
    {
      g_string_append_printf (out, "title: rule %d\nname: test.rule.r%d\nlogsource: {product: test}\ndetection:\n", i, i);
      put_selection (rand, out, "sel_a");
      put_selection (rand, out, "sel_b");
      put_selection (rand, out, "sel_c");
      g_string_append_printf (out, "  condition: %s\n---\n", pick (rand, conditions, G_N_ELEMENTS (conditions)));
    }
  return g_string_free (out, FALSE);
}

/* A value of up to three words. */
static char *
make_value (GRand *rand)
{
  const char *parts[3] = { "", "", "" };
  int n = g_rand_int_range (rand, 1, 4);
  for (int i = 0; i < n; i++)
    parts[i] = pick (rand, words, G_N_ELEMENTS (words));
  return g_strconcat (parts[0], parts[1], parts[2], NULL);
}

typedef struct Hits {
  uint8_t truth[N_RULES + 1];
} Hits;

static void
note (void *data, uint32_t rule, SkSigmaTruth truth)
{
  ((Hits *) data)->truth[rule] = (uint8_t) truth;
}

static void
compare_record (GRand *rand, const World *world)
{
  Field fields[8];
  Hits hits = { { 0 } };
  uint32_t kind = sk_sigma_kind (world->sigma, "log.json");
  size_t n = (size_t) g_rand_int_range (rand, 0, 8);
  char *texts[8];
  for (size_t i = 0; i < n; i++)
    {
      texts[i] = make_value (rand);
      fields[i] = (Field){ pick (rand, names, N_FIELDS), SK_FIELD_STRING, false, texts[i], strlen (texts[i]), 0, false };
      if (g_rand_int_range (rand, 0, 6) == 0)
        fields[i] = (Field){ names[3], SK_FIELD_INT, false, NULL, 0, g_rand_boolean (rand) ? 4688 : 1, false };
    }
  g_autofree SkSigmaValue *values = world_values (world->sigma, kind, fields, n);
  SkSigmaRecord record = { kind, values, n };
  sk_sigma_match (world->scan, &record, note, &hits);
  for (uint32_t rule = 0; rule < sk_sigma_count (world->sigma); rule++)
    {
      SkSigmaTruth alone = sk_sigma_judge (world->scan, &record, rule);
      ck_assert_msg (hits.truth[rule] == (uint8_t) alone, "rule %s: by triggers %d, alone %d",
                     sk_sigma_rule (world->sigma, rule)->finding, hits.truth[rule], (int) alone);
    }
  for (size_t i = 0; i < n; i++)
    g_free (texts[i]);
}

START_TEST (triggers_find_what_each_rule_says)
{
  GRand *rand = g_rand_new_with_seed (20261125 + (guint32) _i);
  g_autofree char *rules = make_rules (rand);
  g_autoptr (World) world = world_new (NULL, rules, false, NULL);
  ck_assert_uint_gt (sk_sigma_count (world->sigma), N_RULES * 3 / 4);
  ck_assert_uint_lt (sk_sigma_always_rules (world->sigma), sk_sigma_count (world->sigma) / 2);
  for (int i = 0; i < N_RECORDS; i++)
    compare_record (rand, world);
  g_rand_free (rand);
}
END_TEST

/* ---- the cache ---- */

static char *
only_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = g_dir_read_name (dir);
  return name != NULL ? g_build_filename (folder, name, NULL) : NULL;
}

START_TEST (databases_come_from_the_cache)
{
  GRand *rand = g_rand_new_with_seed (7);
  g_autofree char *rules = make_rules (rand), *folder = sk_test_folder ();
  g_autoptr (World) first = world_new (NULL, rules, false, folder);
  g_autofree char *path = only_file (folder);
  ck_assert_ptr_nonnull (path);
  GStatBuf made, used, again;
  ck_assert_int_eq (g_stat (path, &made), 0);
  ck_assert_int_eq (made.st_mode & 0777, 0600);
  g_autoptr (World) second = world_new (NULL, rules, false, folder);
  ck_assert_int_eq (g_stat (path, &used), 0);
  ck_assert_uint_eq (made.st_ino, used.st_ino);
  for (int i = 0; i < 200; i++)
    compare_record (rand, second);

  /* One bit is wrong: made anew. */
  g_autofree char *bytes = NULL;
  gsize size;
  ck_assert (g_file_get_contents (path, &bytes, &size, NULL));
  bytes[size / 2] = (char) (bytes[size / 2] ^ 4);
  ck_assert (g_file_set_contents_full (path, bytes, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  ck_assert_int_eq (g_stat (path, &used), 0);
  g_autoptr (World) third = world_new (NULL, rules, false, folder);
  ck_assert_int_eq (g_stat (path, &again), 0);
  ck_assert_uint_ne (used.st_ino, again.st_ino);
  for (int i = 0; i < 200; i++)
    compare_record (rand, third);

  /* Others may write it: not used. */
  ck_assert_int_eq (g_chmod (path, 0666), 0);
  g_autoptr (World) fourth = world_new (NULL, rules, false, folder);
  ck_assert_int_eq (g_stat (path, &used), 0);
  ck_assert_int_eq (used.st_mode & 0777, 0600);
  sk_test_remove (folder);
  g_rand_free (rand);
}
END_TEST

/* ---- searching ---- */

/* Letters so few that first and last byte are often right and the rest is not. */
START_TEST (a_text_is_searched_as_memmem_does)
{
  GRand *rand = g_rand_new_with_seed (3);
  unsigned found = 0;
  for (int i = 0; i < 200000; i++)
    {
      size_t size = (size_t) g_rand_int_range (rand, 0, 80);
      size_t wanted = (size_t) g_rand_int_range (rand, 1, i % 2 == 0 ? 7 : 75);
      g_autofree uint8_t *text = g_malloc (size + 1), *needle = g_malloc (wanted);
      for (size_t k = 0; k < size; k++)
        text[k] = (uint8_t) g_rand_int_range (rand, 'a', 'd');
      for (size_t k = 0; k < wanted; k++)
        needle[k] = (uint8_t) g_rand_int_range (rand, 'a', 'd');
      if (i % 4 == 1 && wanted <= size)
        memcpy (needle, text + g_rand_int_range (rand, 0, (gint32) (size - wanted + 1)), wanted);
      bool there = size > 0 && memmem (text, size, needle, wanted) != NULL;
      /* the text ends where its memory does, so that reading further is noticed */
      g_autofree uint8_t *exact = g_memdup2 (text, size);
      ck_assert_msg (sigma_text_contains ((SkSpan){ exact, size }, (SkSpan){ needle, wanted }) == there,
                     "%.*s in %.*s", (int) wanted, (char *) needle, (int) size, (char *) text);
      found += there;
    }
  ck_assert_uint_gt (found, 20000);
  ck_assert (sigma_text_contains ((SkSpan){ NULL, 0 }, (SkSpan){ NULL, 0 }));
  g_rand_free (rand);
}
END_TEST

/* ---- words of expressions ---- */

static char *
words_of (const char *expression)
{
  g_autoptr (GPtrArray) found = sigma_regex_words (expression);
  GString *out = g_string_new (NULL);
  for (guint i = 0; found != NULL && i < found->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "|" : "", ((GString *) g_ptr_array_index (found, i))->str);
  return g_string_free (out, FALSE);
}

START_TEST (words_that_an_expression_needs)
{
  static const char *const cases[][2] = {
    { "powershell", "powershell" },
    { "PowerShell\\.exe", "powershell.exe" },
    { "abc?def", "def" },
    { "abc*", "ab" },
    { "abc+def", "abc" },
    { "abc{2}d", "abc" },
    { "abcd{0,2}", "abc" },
    { "a.bcd", "bcd" },
    { "(abc|defg)", "abc|defg" },
    { "(abc|d*)", "" },
    { "(abc)?de", "de" },
    { "(abc){0,3}de", "de" },
    { "(?:abc)+", "abc" },
    { "(?i)abc", "abc" },
    { "(?=abc)d", "abc" },
    { "(?!abc)de", "de" },
    { "(?<!abc)de", "de" },
    { "(?!abc)?de", "de" },
    { "(?<!abc)*de", "de" },
    { "(?<=abc){0,1}de", "de" },
    { "(?<name>abc)", "" },
    { "(?x)a b c", "" },
    { "[abc]de", "de" },
    { "[]abc]de", "de" },
    { "[^]abc]de", "de" },
    { "[[:alpha:]]de", "de" },
    { "[[:^alpha:]_]de", "de" },
    { "[[:]a|b:]]de", "a|b:]]de" },
    { "[[:a]b|c:]d", "b|c:]d" },
    { "[\\]abc]de", "de" },
    { "\\babc\\b", "abc" },
    { "\\x41bc", "" },
    { "\\Qa.b\\E", "" },
    { "(abc)\\1", "" },
    { "abc|", "" },
    { "ab|cde", "ab|cde" },
    { "a{b", "" },
    { "見積abc", "abc" },
    { "", "" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = words_of (cases[i][0]);
      ck_assert_msg (strcmp (found, cases[i][1]) == 0, "%s: \"%s\", not \"%s\"", cases[i][0], found, cases[i][1]);
    }
}
END_TEST

static long
peak_mib (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/* A condition may name a large selection in as many places as it has room for. */
START_TEST (a_selection_in_many_places)
{
  g_autoptr (GString) text = g_string_new ("title: t\nname: t\nlogsource: {product: test}\ndetection:\n"
                                           "  s:\n    a|contains:\n");
  for (int i = 0; i < 20000; i++)
    g_string_append_printf (text, "      - value%d\n", i);
  g_string_append (text, "  condition: s");
  for (int i = 0; i < 2500; i++)
    g_string_append (text, " or s");
  g_string_append (text, "\n");
  long before = peak_mib ();
  g_autoptr (World) world = world_new (NULL, text->str, true, NULL);
  ck_assert_int_lt (peak_mib () - before, 1000);
  const Field hit[] = { TEXT ("a", "a value19999 of many") }, miss[] = { TEXT ("a", "valu") };
  ck_assert_int_eq (world_match (world, "log.json", 0, hit, 1), SK_SIGMA_TRUE);
  ck_assert_int_eq (world_match (world, "log.json", 0, miss, 1), SK_SIGMA_FALSE);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("index");
  TCase *tests = tcase_create ("index");
  tcase_set_timeout (tests, 120);
  tcase_add_loop_test (tests, triggers_find_what_each_rule_says, 0, N_SETS);
  tcase_add_test (tests, databases_come_from_the_cache);
  tcase_add_test (tests, a_text_is_searched_as_memmem_does);
  tcase_add_test (tests, words_that_an_expression_needs);
  tcase_add_test (tests, a_selection_in_many_places);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
