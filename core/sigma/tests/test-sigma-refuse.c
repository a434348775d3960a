/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What is refused, with the place and the words.
 */
#include "config.h"

#include "reading.h"
#include "sk-test.h"

/* Nothing is read, and that alone is said. */
static void
check (Reading *reading, const char *what, const char *complaint)
{
  g_autofree char *line = g_strconcat (complaint, "\n", NULL);
  ck_assert_msg (strcmp (reading->complaints->str, line) == 0, "%s\n  says %s  not  %s", what,
                 reading->complaints->str, line);
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 0);
  reading_free (reading);
}

static void
refused (const char *text, const char *complaint)
{
  check (reading_of (text), text, complaint);
}

static void
detection_refused (const char *detection, const char *complaint)
{
  check (reading_of_detection (detection), detection, complaint);
}

/* An item of the only selection; it stands in line 7. */
static void
item_refused (const char *item, const char *cause)
{
  g_autofree char *detection = g_strconcat ("a:\n  ", item, "\ncondition: a", NULL);
  g_autofree char *complaint = g_strconcat ("r.yml:7: ", cause, NULL);
  check (reading_of_detection (detection), item, complaint);
}

/* A condition; it stands in line 10. */
static void
condition_refused (const char *condition, const char *cause)
{
  g_autofree char *detection
      = g_strconcat ("a:\n  x: 1\na_1:\n  x: 2\ncondition: ", condition, NULL);
  g_autofree char *complaint = g_strconcat ("r.yml:10: ", cause, NULL);
  check (reading_of_detection (detection), condition, complaint);
}

#define HEAD "title: t\nlogsource:\n  category: c\n"
#define BODY "detection:\n  a:\n    x: 1\n  condition: a\n"

START_TEST (test_documents)
{
  refused ("- a\n", "r.yml:1: no Sigma rule: it is not a map");
  refused ("title: t\nlogsource: {category: c}\n",
           "r.yml:1: no Sigma rule: it has neither detection nor correlation nor filter");
  refused (HEAD BODY "filter:\n  a: 1\n",
           "r.yml:1: detection, correlation and filter exclude each other");
  refused ("logsource:\n  category: c\n" BODY, "r.yml:1: the rule has no title");
  refused ("title: ''\nlogsource:\n  category: c\n" BODY, "r.yml:1: the rule has no title");
  refused ("title: [a]\n" BODY, "r.yml:1: \"title\" must be a text");
  refused (HEAD "level: severe\n" BODY, "r.yml:4: the level \"severe\" is not known");
  refused (HEAD "tags: {a: b}\n" BODY, "r.yml:4: \"tags\" must be a text");
  refused (HEAD "id: ''\n" BODY, "r.yml:4: \"id\" must have 1 to 128 characters");
  refused (HEAD "fields:\n  - [a]\n" BODY, "r.yml:5: \"fields\" must be a text");
  refused ("title: t\n" BODY, "r.yml:1: the rule needs a map \"logsource\"");
  refused ("title: t\nlogsource: windows\n" BODY, "r.yml:2: the rule needs a map \"logsource\"");
  refused ("title: t\nlogsource:\n  definition: d\n" BODY,
           "r.yml:3: the logsource names neither category nor product nor service");
  refused ("title: t\nlogsource:\n  product: [a]\n" BODY, "r.yml:3: \"product\" must be a text");
  refused (HEAD "title: again\n" BODY, "r.yml:4: the key \"title\" stands here twice");
  refused (HEAD "detection:\n  a: &x\n    y: 1\n  b: *x\n  condition: a\n",
           "r.yml:6: anchors, aliases and tags are not used here");
  refused (HEAD "detection:\n  - a\n", "r.yml:5: \"detection\" must be a map");
  refused (HEAD "detection:\n  a:\n    x: 1\n", "r.yml:4: there is no condition");
  refused (HEAD "detection:\n  a:\n    x: 1\n  condition: []\n", "r.yml:4: there is no condition");
}
END_TEST

START_TEST (test_selections)
{
  detection_refused ("a: {}\ncondition: a", "r.yml:6: the selection \"a\" is empty");
  detection_refused ("a:\ncondition: a", "r.yml:6: the selection \"a\" is empty");
  detection_refused ("a: []\ncondition: a", "r.yml:6: the selection \"a\" is empty");
  /* What is not written has the place of what stands before it. */
  item_refused ("x|contains:", "\"x|contains\" takes no null");
  detection_refused ("a:\n  - x: 1\n  - []\n  - {}\ncondition: a",
                     "r.yml:8: the selection \"a\" is empty");
  /* A mistake in a selection that the condition does not use is a mistake. */
  detection_refused ("a:\n  x: 1\nb:\n  x|no: 1\ncondition: a",
                     "r.yml:9: the modifier \"no\" of \"x|no\" is not known");
  detection_refused ("a:\n  x: 1\n  x: 2\ncondition: a",
                     "r.yml:8: the key \"x\" stands here twice");
  item_refused ("x: {y: 1}", "the values of \"x\" must be texts or numbers");
  item_refused ("x: [a, [b]]", "the values of \"x\" must be texts or numbers");
  item_refused ("- ''", "an empty word would match everything");
  detection_refused ("a:\n  - a\n  - null\ncondition: a", "r.yml:8: \"\" takes no null");
}
END_TEST

START_TEST (test_modifiers)
{
  item_refused ("x|like: a", "the modifier \"like\" of \"x|like\" is not known");
  item_refused ("x|: a", "the modifier \"\" of \"x|\" is not known");
  item_refused ("x|Contains: a", "the modifier \"Contains\" of \"x|Contains\" is not known");
  item_refused ("x|contains|contains: a",
                "the modifier \"contains\" of \"x|contains|contains\" stands twice");
  item_refused ("x|wide|utf16le: a", "the modifier \"utf16le\" of \"x|wide|utf16le\" stands twice");
  item_refused (
      "x|contains|endswith: a",
      "the modifier \"endswith\" of \"x|contains|endswith\" cannot stand behind \"contains\"");
  item_refused (
      "x|contains|base64: a",
      "the modifier \"base64\" of \"x|contains|base64\" cannot stand behind \"contains\"");
  item_refused ("x|base64|windash: a",
                "the modifier \"windash\" of \"x|base64|windash\" cannot stand behind \"base64\"");
  item_refused ("x|re|contains: a",
                "the modifier \"contains\" of \"x|re|contains\" cannot stand behind \"re\"");
  item_refused ("x|contains|re: a",
                "the modifier \"re\" of \"x|contains|re\" cannot stand behind \"contains\"");
  item_refused ("x|i: a", "the modifier \"i\" of \"x|i\" stands only behind \"re\"");
  item_refused ("x|i|re: a", "the modifier \"i\" of \"x|i|re\" stands only behind \"re\"");
  item_refused ("x|contains|i: a",
                "the modifier \"i\" of \"x|contains|i\" cannot stand behind \"contains\"");
  item_refused ("x|re|cased: a",
                "the modifier \"cased\" of \"x|re|cased\" cannot stand behind \"re\"");
  item_refused ("x|lt|gt: 1", "the modifier \"gt\" of \"x|lt|gt\" cannot stand behind \"lt\"");
  item_refused ("x|hour|gte: 1",
                "the modifier \"gte\" of \"x|hour|gte\" cannot stand behind \"hour\"");
  item_refused ("x|wide|utf16be: a",
                "the modifier \"utf16be\" of \"x|wide|utf16be\" cannot stand behind \"wide\"");
  item_refused ("x|all|neq: [a, b]", "the modifiers \"all\" and \"neq\" of \"x|all|neq\" exclude "
                                     "each other");
  item_refused ("x|lt|neq: 1",
                "the modifiers \"neq\" and \"lt\" of \"x|lt|neq\" exclude each other");
  item_refused ("x|exists|neq: true",
                "the modifiers \"neq\" and \"exists\" of \"x|exists|neq\" exclude each other");
  item_refused ("'|exists': true", "the modifier \"exists\" needs a field");
  item_refused ("'|gte': 1", "the modifier \"gte\" needs a field");
  item_refused ("'|fieldref': x", "the modifier \"fieldref\" needs a field");
  item_refused ("'|hour': 1", "the modifier \"hour\" needs a field");
}
END_TEST

START_TEST (test_values)
{
  item_refused ("x|contains: null", "\"x|contains\" takes no null");
  item_refused ("x|re: ~", "\"x|re\" takes no null");
  item_refused ("x|exists: 'true'", "\"x|exists\" takes true or false without quotes");
  item_refused ("x|exists: 1", "\"x|exists\" takes true or false without quotes");
  item_refused ("x|lt: '5'", "\"x|lt\" takes a number without quotes");
  item_refused ("x|lte: -0x10", "\"x|lte\" takes a number without quotes");
  item_refused ("x|gt: 5a", "\"x|gt\" takes a number without quotes");
  item_refused ("x|gt: .inf", "\"x|gt\" takes a number without quotes");
  item_refused ("x|gt: 1e999", "\"x|gt\" takes a number without quotes");
  item_refused ("x|hour: 24", "\"x|hour\" takes whole numbers from 0 to 23 without quotes");
  item_refused ("x|month: 0", "\"x|month\" takes whole numbers from 1 to 12 without quotes");
  item_refused ("x|day: '1'", "\"x|day\" takes whole numbers from 1 to 31 without quotes");
  item_refused ("x|base64: 'a*'", "\"x|base64\": no base64 of a value with wildcards");
  item_refused ("x|base64offset: a",
                "\"x|base64offset\": a value of one byte cannot be seen in base64");
  item_refused ("x|fieldref: 'a*'", "\"x|fieldref\" takes no wildcards");
  item_refused ("x|fieldref: ''", "\"x|fieldref\" does not name a field");
  item_refused ("x|cidr: 10.0.0.*", "\"x|cidr\" takes no wildcards");
  item_refused ("x|cidr: 10.0.0.0/33", "\"10.0.0.0/33\" of \"x|cidr\" is no network");
  item_refused ("x|cidr: fe80::/129", "\"fe80::/129\" of \"x|cidr\" is no network");
  item_refused ("x|cidr: 10.0.0/8", "\"10.0.0/8\" of \"x|cidr\" is no network");
  item_refused ("x|cidr: 10.0.0.0/", "\"10.0.0.0/\" of \"x|cidr\" is no network");
  item_refused ("x|re: 'a('",
                "an expression of \"x|re\" is wrong at character 3: missing closing parenthesis");
  item_refused ("x|re: '\\C'", "an expression of \"x|re\" is wrong at character 3: using \\C is "
                               "disabled by the application");
  item_refused ("x|expand: 'a%Servers%'", "there is no list for %Servers% (rules.sigma-lists)");
}
END_TEST

START_TEST (test_conditions)
{
  condition_refused ("b", "the condition is wrong at \"b\": there is no such selection");
  condition_refused ("A", "the condition is wrong at \"A\": there is no such selection");
  condition_refused ("''", "the condition ends too early: the name of a selection is expected");
  condition_refused ("a and", "the condition ends too early: the name of a selection is expected");
  condition_refused ("a a_1", "the condition is wrong at \"a_1\": and, or or the end is expected");
  condition_refused ("(a", "the condition ends too early: \")\" is expected");
  condition_refused ("a)", "the condition is wrong at \")\": and, or or the end is expected");
  condition_refused ("()", "the condition is wrong at \")\": the name of a selection is expected");
  condition_refused ("and a",
                     "the condition is wrong at \"and\": the name of a selection is expected");
  condition_refused ("1 of b*", "the condition is wrong at \"b*\": no selection has such a name");
  condition_refused ("1 of _*", "the condition is wrong at \"_*\": no selection has such a name");
  condition_refused ("3 of a*",
                     "the condition is wrong at \"a*\": there are fewer such selections");
  condition_refused ("0 of a*", "the condition is wrong at \"0\": a number from 1, any or all is "
                                "expected before \"of\"");
  condition_refused ("some of a*",
                     "the condition is wrong at \"some\": a number from 1, any or all "
                     "is expected before \"of\"");
  condition_refused ("1 of", "the condition ends too early: a pattern is expected behind \"of\"");
  condition_refused ("a | count() by x > 5",
                     "the condition has an aggregation behind \"|\": such rules are written as "
                     "correlations now");
  condition_refused ("a|near b",
                     "the condition has an aggregation behind \"|\": such rules are written as "
                     "correlations now");
  condition_refused ("[a, b]", "the condition is wrong at \"b\": there is no such selection");
  condition_refused ("[a, [a]]", "the condition must be a text");
  condition_refused ("{a: b}", "the condition must be a text");
  condition_refused ("a*", "the condition is wrong at \"a*\": there is no such selection");
}
END_TEST

static char *
repeated (const char *text, size_t count, const char *end)
{
  GString *all = g_string_new (NULL);
  for (size_t i = 0; i < count; i++)
    g_string_append (all, text);
  g_string_append (all, end);
  return g_string_free (all, FALSE);
}

START_TEST (test_depth)
{
  g_autofree char *nots = repeated ("not ", 63, "a"), *more = repeated ("not ", 64, "a");
  g_autofree char *brackets = repeated ("(", 5000, "a");
  g_autofree char *fits = g_strconcat ("a:\n  x: 1\ncondition: ", nots, NULL);
  g_autoptr (Reading) reading = reading_of_detection (fits);
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 1);
  condition_refused (more, "the condition is wrong at \"a\": it is nested too deep");
  condition_refused (brackets, "the condition is wrong at \"(\": it is nested too deep");
  g_autofree char *text = repeated ("a or ", 4000, "a");
  condition_refused (text, "the condition is too long");
}
END_TEST

START_TEST (test_sizes)
{
  g_autofree char *dashes = repeated (" -a", 7, ""),
                  *item = g_strconcat ("x|windash: '", dashes, "'", NULL);
  item_refused (item, "a value of \"x|windash\" has too many forms");
  g_autofree char *letters = repeated ("a", 65537, ""), *value = g_strconcat ("x: ", letters, NULL);
  item_refused (value, "a value is too long");
  g_autofree char *wide = repeated ("a*", 20000, " -a -a -a -a -a");
  g_autofree char *both = g_strconcat ("x|windash: '", wide, "'", NULL);
  item_refused (both, "a value of \"x|windash\" has too many forms");
  g_autofree char *expression = g_strconcat ("x|re: ", letters, NULL);
  item_refused (expression, "an expression of \"x|re\" is too long");
  g_autofree char *many = repeated ("1,", 200001, ""),
                  *list = g_strconcat ("x: [", many, "]", NULL);
  item_refused (list, "the rule has too many values");
}
END_TEST

/* What a message quotes is cut, and holds no line ends. */
START_TEST (test_message)
{
  g_autofree char *letters = repeated ("a", 3000, "");
  g_autofree char *detection = g_strconcat ("a:\n  x: 1\ncondition: \"b\\e", letters, "\"", NULL);
  g_autoptr (Reading) reading = reading_of_detection (detection);
  ck_assert (
      g_str_has_prefix (reading->complaints->str, "r.yml:8: the condition is wrong at \"b aaa"));
  ck_assert_uint_lt (reading->complaints->len, 420);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("sigma-refuse");
  TCase *tcase = tcase_create ("refuse");
  tcase_add_test (tcase, test_documents);
  tcase_add_test (tcase, test_selections);
  tcase_add_test (tcase, test_modifiers);
  tcase_add_test (tcase, test_values);
  tcase_add_test (tcase, test_conditions);
  tcase_add_test (tcase, test_depth);
  tcase_add_test (tcase, test_sizes);
  tcase_add_test (tcase, test_message);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
