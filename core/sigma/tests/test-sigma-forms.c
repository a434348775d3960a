/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Every form of a detection, as the tree that it becomes.
 */
#include "config.h"

#include "reading.h"
#include "sk-test.h"

typedef struct Form {
  const char *detection, *tree;
} Form;

static void
check (const char *detection, const char *tree)
{
  g_autoptr (Reading) reading = reading_of_detection (detection);
  g_autofree char *made = reading_ast (reading);
  ck_assert_msg (strcmp (made, tree) == 0, "%s\n  is   %s\n  not  %s", detection, made, tree);
  ck_assert_str_eq (reading->complaints->str, "");
}

static void
check_all (const Form *forms, size_t count)
{
  for (size_t i = 0; i < count; i++)
    check (forms[i].detection, forms[i].tree);
}

/* A value of one field, in the only selection. */
static void
check_value (const char *item, const char *tree)
{
  g_autofree char *detection = g_strconcat ("a:\n  ", item, "\ncondition: a", NULL);
  check (detection, tree);
}

START_TEST (test_selections)
{
  static const Form forms[] = {
    { "a:\n  x: 1\n  y: [b, c]\ncondition: a", "(and x{\"1\"} y{\"b\", \"c\"})" },
    { "a:\n  - x: 1\n    y: 2\n  - z: 3\ncondition: a", "(or (and x{\"1\"} y{\"2\"}) z{\"3\"})" },
    { "a:\n  - p\n  - 'q r'\n  - 7\ncondition: a", "*{*\"p\"*, *\"q r\"*, *\"7\"*}" },
    { "a: word\ncondition: a", "*{*\"word\"*}" },
    { "a: 7\ncondition: a", "*{*\"7\"*}" },
    { "a:\n  '|all':\n    - p\n    - q*\ncondition: a", "* all{*\"p\"*, *\"q\"*}" },
    { "a:\n  '|re': p.q\ncondition: a", "*{/p.q/}" },
    { "a:\n  '|startswith': p\ncondition: a", "*{\"p\"*}" },
    { "a:\n  '|contains|all': [p, q]\ncondition: a", "* all{*\"p\"*, *\"q\"*}" },
    { "a:\n  '|cased': p\ncondition: a", "*{cased *\"p\"*}" },
    { "a:\n  '|cidr': 10.0.0.0/8\ncondition: a", "*{cidr 10.0.0.0/104}" },
    { "a:\n  - [p, q]\n  - x: 1\n  - r\ncondition: a",
      "(or *{*\"p\"*, *\"q\"*} x{\"1\"} *{*\"r\"*})" },
    { "a:\n  - - x: 1\n    - y: 2\n  - z: 3\ncondition: a",
      "(or (or x{\"1\"} y{\"2\"}) z{\"3\"})" },
    { "a:\n  x: []\ncondition: a", "x{}" },
    { "a:\n  x|all: []\ncondition: a", "x all{}" },
    { "a:\n  'x y.z[0]': 1\ncondition: a", "x y.z[0]{\"1\"}" },
    /* An unused selection, and a time frame without an aggregation, say nothing. */
    { "a:\n  x: 1\nb:\n  y: 2\ntimeframe: 5m\ncondition: a", "x{\"1\"}" },
  };
  check_all (forms, G_N_ELEMENTS (forms));
}
END_TEST

START_TEST (test_scalars)
{
  check_value ("x: null", "x{null}");
  check_value ("x: ~", "x{null}");
  check_value ("x:", "x{null}");
  check_value ("x: NULL", "x{null}");
  check_value ("x: ''", "x{\"\"}");
  check_value ("x: ['', null, 'null', '~']", "x{\"\", null, \"null\", \"~\"}");
  check_value ("x: [true, False, 'true', yes]", "x{\"true\", \"False\", \"true\", \"yes\"}");
  check_value ("x: [4688, -5, +5, 007]", "x{\"4688\", \"-5\", \"5\", \"7\"}");
  check_value ("x: [0x17, 0xfF, 0o17, '0x17']", "x{\"23\", \"255\", \"15\", \"0x17\"}");
  check_value ("x: [1.50, 1e3, 0x, 0xg, 1_0]", "x{\"1.50\", \"1e3\", \"0x\", \"0xg\", \"1_0\"}");
  check_value ("x: [9223372036854775807, 9223372036854775808]",
               "x{\"9223372036854775807\", \"9223372036854775808\"}");
  check_value ("x|contains: 007", "x{*\"007\"*}");
  check_value ("x: |\n    p\n    q", "x{\"p\\x0aq\\x0a\"}");
  check_value ("x: >-\n    p\n    q", "x{\"p q\"}");
  check_value ("x: 'it''s'", "x{\"it's\"}");
  check_value ("x: \"\\t\\u3042\"", "x{\"\\x09\\xe3\\x81\\x82\"}");
}
END_TEST

START_TEST (test_escapes)
{
  check_value ("x: 'a*b?c'", "x{\"a\"*\"b\"?\"c\"}");
  check_value ("x: '*'", "x{*}");
  check_value ("x: '**a***'", "x{*\"a\"*}");
  check_value ("x: '*?*'", "x{*?*}");
  check_value ("x: 'a\\*b\\?c'", "x{\"a*b?c\"}");
  check_value ("x: 'a\\\\*b'", "x{\"a\\\"*\"b\"}");
  check_value ("x: 'a\\\\\\*b'", "x{\"a\\*b\"}");
  check_value ("x: 'a\\\\\\\\*b'", "x{\"a\\\\\"*\"b\"}");
  check_value ("x: 'C:\\Windows\\x'", "x{\"C:\\Windows\\x\"}");
  check_value ("x: 'C:\\\\Windows'", "x{\"C:\\Windows\"}");
  check_value ("x: '\\\\\\share'", "x{\"\\\\share\"}");
  check_value ("x: '\\\\\\\\share'", "x{\"\\\\share\"}");
  check_value ("x: 'a\\'", "x{\"a\\\"}");
  check_value ("x|contains: 'a\\'", "x{*\"a\\\"*}");
  check_value ("x|endswith: '\\*'", "x{*\"*\"}");
  check_value ("x|endswith: '\\\\*'", "x{*\"\\\"*}");
  check_value ("x|endswith: '\\\\\\*\\'", "x{*\"\\*\\\"}");
}
END_TEST

START_TEST (test_places)
{
  check_value ("x|contains: a", "x{*\"a\"*}");
  check_value ("x|startswith: a", "x{\"a\"*}");
  check_value ("x|endswith: a", "x{*\"a\"}");
  check_value ("x|contains: '*a*'", "x{*\"a\"*}");
  check_value ("x|contains: ''", "x{*}");
  check_value ("x|contains|all: [a, b]", "x all{*\"a\"*, *\"b\"*}");
  check_value ("x|all|contains: [a, b]", "x all{*\"a\"*, *\"b\"*}");
  check_value ("x|cased: A", "x{cased \"A\"}");
  check_value ("x|endswith|cased: A", "x{cased *\"A\"}");
  check_value ("x|neq: [a, 5]", "x neq{\"a\", \"5\"}");
  check_value ("x|endswith|neq: a", "x neq{*\"a\"}");
  check_value ("x|neq: null", "x neq{null}");
}
END_TEST

START_TEST (test_windash)
{
  check_value ("x|windash: ' -a'", "x{\" -a\" | \" /a\" | \" \\xe2\\x80\\x93a\" | "
                                   "\" \\xe2\\x80\\x94a\" | \" \\xe2\\x80\\x95a\"}");
  check_value ("x|contains|windash: '/a'",
               "x{*\"-a\"* | *\"/a\"* | *\"\\xe2\\x80\\x93a\"* | *\"\\xe2\\x80\\x94a\"* | "
               "*\"\\xe2\\x80\\x95a\"*}");
  check_value ("x|windash|contains: '*-a'",
               "x{*\"-a\"* | *\"/a\"* | *\"\\xe2\\x80\\x93a\"* | *\"\\xe2\\x80\\x94a\"* | "
               "*\"\\xe2\\x80\\x95a\"*}");
  /* No option begins inside a word, before a blank or a wildcard, or at the end. */
  check_value ("x|windash: 'a-b - -* -'", "x{\"a-b - -\"*\" -\"}");
  check_value ("x|windash|all: ['-a', b]",
               "x all{\"-a\" | \"/a\" | \"\\xe2\\x80\\x93a\" | \"\\xe2\\x80\\x94a\" | "
               "\"\\xe2\\x80\\x95a\", \"b\"}");
}
END_TEST

START_TEST (test_windash_combines)
{
  g_autoptr (Reading) reading = reading_of_detection ("a:\n  x|windash: '-a \xe2\x80\x93"
                                                      "b /c'\ncondition: a");
  const SkSigmaRule *rule = sk_sigma_rules_at (reading->rules, 0);
  ck_assert_ptr_nonnull (rule);
  ck_assert_uint_eq (rule->condition->item->choices[0].n_atoms, 125);
  g_autofree char *text = ast_of_rule (rule);
  ck_assert_ptr_nonnull (strstr (text, "\"/a -b \\xe2\\x80\\x94c\""));
}
END_TEST

START_TEST (test_encodings)
{
  check_value ("x|base64: foobar", "x{\"Zm9vYmFy\"}");
  check_value ("x|base64|contains: 'a\\*'", "x{*\"YSo=\"*}");
  check_value ("x|base64offset|contains: foobar",
               "x{*\"Zm9vYmFy\"* | *\"Zvb2Jhc\"* | *\"mb29iYX\"*}");
  check_value ("x|base64offset: foob", "x{\"Zm9vY\" | \"Zvb2\" | \"mb29i\"}");
  check_value ("x|base64offset: ab", "x{\"YW\" | \"Fi\" | \"hY\"}");
  check_value ("x|wide: ab", "x{\"a\\x00b\\x00\"}");
  check_value ("x|utf16le: \"\\u3042\"", "x{\"B0\"}");
  check_value ("x|utf16be: ab", "x{\"\\x00a\\x00b\"}");
  check_value ("x|utf16: a", "x{\"\\xff\\xfea\\x00\"}");
  check_value ("x|wide: \"\\U0001F600\"", "x{\"=\\xd8\\x00\\xde\"}");
  check_value ("x|wide|contains: 'a*b'", "x{*\"a\\x00\"*\"b\\x00\"*}");
  check_value ("x|wide|base64offset|contains: ab", "x{*\"YQBiA\"* | *\"EAYg\"* | *\"hAGIA\"*}");
  check_value ("x|utf16|base64: a", "x{\"//5hAA==\"}");
  /* The length counts in bytes. */
  check_value ("x|base64offset: \"\\u3042\"", "x{\"44GC\" | \"OBg\" | \"jgY\"}");
}
END_TEST

START_TEST (test_typed)
{
  check_value ("x|re: 'a\\.b|\\d+'", "x{/a\\.b|\\d+/}");
  check_value ("x|re|i: a", "x{/a/i}");
  check_value ("x|re|i|m|s: a", "x{/a/ims}");
  check_value ("x|re|ignorecase|multiline|dotall: a", "x{/a/ims}");
  check_value ("x|re: '(?<!a)b(?=c)(d)\\1'", "x{/(?<!a)b(?=c)(d)\\1/}");
  check_value ("x|re: 12", "x{/12/}");
  check_value ("x|re|all: [a, b]", "x all{/a/, /b/}");
  check_value ("x|cidr: [10.1.2.3/8, 192.0.2.1, 'fe80::1/10', '::/0']",
               "x{cidr 10.0.0.0/104, cidr 192.0.2.1/128, cidr fe80::/10, cidr ::/0}");
  check_value ("x|exists: true", "x{exists}");
  check_value ("x|exists: False", "x{absent}");
  check_value ("x|lt: 5", "x{<5}");
  check_value ("x|lte: -3", "x{<=-3}");
}
END_TEST

START_TEST (test_numbers)
{
  check_value ("x|gt: 0x10", "x{>16}");
  check_value ("x|gte: 1.5", "x{>=~1.5}");
  check_value ("x|lt: [1, 2e3]", "x{<1, <~2000}");
  check_value ("x|fieldref: y", "x{equals y}");
  check_value ("x|fieldref|contains: y.z", "x{contains y.z}");
  check_value ("x|fieldref|startswith: y", "x{starts y}");
  check_value ("x|fieldref|endswith|cased: y", "x{cased ends y}");
  check_value ("x|fieldref|neq: y", "x neq{equals y}");
  check_value ("x|hour: [0, 23]", "x{hour 0, hour 23}");
  check_value ("x|minute: 59", "x{minute 59}");
  check_value ("x|day: 31", "x{day 31}");
  check_value ("x|week: 53", "x{week 53}");
  check_value ("x|month: 12", "x{month 12}");
  check_value ("x|year|neq: 2026", "x neq{year 2026}");
}
END_TEST

START_TEST (test_conditions)
{
  static const struct {
    const char *condition, *tree;
  } forms[] = {
    { "a1", "x{\"1\"}" },
    { "a1 and a2 or b and not _c", "(or (and x{\"1\"} x{\"2\"}) (and y{\"b\"} (not z{\"c\"})))" },
    { "not a1 and a2", "(and (not x{\"1\"}) x{\"2\"})" },
    { "not (a1 and a2)", "(not (and x{\"1\"} x{\"2\"}))" },
    { "not not a1", "(not (not x{\"1\"}))" },
    { "a1 AND (a2 Or NOT b)", "(and x{\"1\"} (or x{\"2\"} (not y{\"b\"})))" },
    { "a1 or a2 or b", "(or x{\"1\"} x{\"2\"} y{\"b\"})" },
    { "((a1))", "x{\"1\"}" },
    { "(a1)or(a2)", "(or x{\"1\"} x{\"2\"})" },
    { "1 of a*", "(or x{\"1\"} x{\"2\"} x{\"3\"})" },
    { "any of a*", "(or x{\"1\"} x{\"2\"} x{\"3\"})" },
    { "all of a*", "(and x{\"1\"} x{\"2\"} x{\"3\"})" },
    { "2 of a*", "(2of x{\"1\"} x{\"2\"} x{\"3\"})" },
    { "3 of a*", "(and x{\"1\"} x{\"2\"} x{\"3\"})" },
    { "1 of them", "(or x{\"1\"} x{\"2\"} x{\"3\"} y{\"b\"} v{\"d\"})" },
    { "ALL OF THEM", "(and x{\"1\"} x{\"2\"} x{\"3\"} y{\"b\"} v{\"d\"})" },
    { "1 of *", "(or x{\"1\"} x{\"2\"} x{\"3\"} y{\"b\"} v{\"d\"})" },
    { "1 of _*", "z{\"c\"}" },
    { "all of *-e*f", "v{\"d\"}" },
    { "1 of a1", "x{\"1\"}" },
    { "not 1 of a* and b", "(and (not (or x{\"1\"} x{\"2\"} x{\"3\"})) y{\"b\"})" },
    { "\"a1\\n  and\\ta2\"", "(and x{\"1\"} x{\"2\"})" },
    { "[a1, a2 and b]", "(or x{\"1\"} (and x{\"2\"} y{\"b\"}))" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *text = g_strconcat (
          "a1:\n  x: 1\na2:\n  x: 2\na3:\n  x: 3\nb:\n  y: b\n_c:\n  z: c\nd-e.f:\n  v: d\n"
          "condition: ",
          forms[i].condition, NULL);
      check (text, forms[i].tree);
    }
}
END_TEST

/* A selection that stands in several places is one node. */
START_TEST (test_shared)
{
  g_autoptr (Reading) reading
      = reading_of_detection ("a:\n  x: 1\nb:\n  x: 2\ncondition: a and b or not a");
  const SkSigmaNode *node = sk_sigma_rules_at (reading->rules, 0)->condition;
  ck_assert_ptr_eq (node->children[0]->children[0], node->children[1]->children[0]);
}
END_TEST

/* Words of the grammar are no reserved names where the grammar does not need them. */
START_TEST (test_names_like_words)
{
  check ("all:\n  x: 1\n1:\n  x: 2\nthem:\n  x: 3\ncondition: all and 1 and them",
         "(and x{\"1\"} x{\"2\"} x{\"3\"})");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("sigma-forms");
  TCase *tcase = tcase_create ("forms");
  tcase_add_test (tcase, test_selections);
  tcase_add_test (tcase, test_scalars);
  tcase_add_test (tcase, test_escapes);
  tcase_add_test (tcase, test_places);
  tcase_add_test (tcase, test_windash);
  tcase_add_test (tcase, test_windash_combines);
  tcase_add_test (tcase, test_encodings);
  tcase_add_test (tcase, test_typed);
  tcase_add_test (tcase, test_numbers);
  tcase_add_test (tcase, test_conditions);
  tcase_add_test (tcase, test_shared);
  tcase_add_test (tcase, test_names_like_words);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
