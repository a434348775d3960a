/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/rule-tests.h"
#include "sk-test.h"

#include <string.h>

static SkRuleTests *
read_tests (const char *text)
{
  g_autoptr (GError) error = NULL;
  SkRuleTests *tests = sk_rule_tests_read ("t.yml", sk_span_of_text (text), &error);
  ck_assert_msg (tests != NULL, "%s", error != NULL ? error->message : "");
  return tests;
}

static void
refused (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SkRuleTests) tests = sk_rule_tests_read ("t.yml", sk_span_of_text (text), &error);
  ck_assert_ptr_null (tests);
  ck_assert_str_eq (error->message, message);
}

/** `name=value` of each value, with its type's first letter. */
static char *
values_text (const SkTestRecord *record)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < record->values->len; i++)
    {
      const SkTestValue *value = &g_array_index (record->values, SkTestValue, i);
      g_string_append_printf (text, "%s%s=", i > 0 ? " " : "", value->name);
      if (value->value.type == SK_FIELD_INT)
        g_string_append_printf (text, "i%" G_GINT64_FORMAT, value->value.integer);
      else if (value->value.type == SK_FIELD_BOOL)
        g_string_append (text, value->value.boolean ? "btrue" : "bfalse");
      else
        g_string_append_printf (text, "s%.*s", (int) value->value.text.size,
                                (const char *) value->value.text.data);
    }
  return g_string_free (text, FALSE);
}

static void
values_are (const char *fields, const char *expected)
{
  g_autofree char *text = g_strdup_printf ("tests: [{hits: [{fields: %s}]}]", fields);
  g_autoptr (SkRuleTests) tests = read_tests (text);
  g_autofree char *got = values_text (g_ptr_array_index (sk_rule_tests_at (tests, 0)->hits, 0));
  ck_assert_str_eq (got, expected);
}

START_TEST (test_values)
{
  values_are ("{}", "");
  values_are ("{a: x, b: 7, c: true, d: '7', e: 1.5, f: -3}",
              "a=sx b=i7 c=btrue d=s7 e=s1.5 f=i-3");
  values_are ("{a: ~, b: null, c: '', d: 'null'}", "c=s d=snull");
  values_are ("{a: [x, 2, ~, y]}", "a=sx a=i2 a=sy");
  values_are ("{Event: {System: {EventID: 1}, EventData: {Image: x}}, a.b: c}",
              "Event.System.EventID=i1 Event.EventData.Image=sx a.b=sc");
  values_are ("{a: [{b: 1}, {b: 2, c: [3]}]}", "a.b=i1 a.b=i2 a.c=i3");
}
END_TEST

START_TEST (test_heads)
{
  g_autoptr (SkRuleTests) tests
      = read_tests ("tests:\n"
                    "  - rule: r\n"
                    "    hits: [{kind: k, time: 1970-01-01T00:00:09Z, fields: {}}, {fields: {}}]\n"
                    "    misses: [{fields: {}}]\n"
                    "  - sequence:\n"
                    "      findings: 3\n"
                    "      records: [{fields: {}, repeat: 30, every: 0}, {fields: {}}]\n");
  const SkRuleTest *test = sk_rule_tests_at (tests, 0);
  const SkTestRecord *record = g_ptr_array_index (test->hits, 0);
  ck_assert_str_eq (test->rule, "r");
  ck_assert_uint_eq (test->hits->len, 2);
  ck_assert_uint_eq (test->misses->len, 1);
  ck_assert_ptr_null (test->sequence);
  ck_assert_str_eq (record->kind, "k");
  ck_assert_int_eq (record->time, 9);
  ck_assert_uint_eq (record->node->line, 3);
  record = g_ptr_array_index (test->hits, 1);
  ck_assert_ptr_null (record->kind);
  ck_assert_int_eq (record->time, -1);
  test = sk_rule_tests_at (tests, 1);
  ck_assert_ptr_null (test->rule);
  ck_assert_int_eq (test->findings, 3);
  record = g_ptr_array_index (test->sequence, 0);
  ck_assert_int_eq (record->repeat, 30);
  ck_assert_int_eq (record->every, 0);
  record = g_ptr_array_index (test->sequence, 1);
  ck_assert_int_eq (record->repeat, 1);
  ck_assert_int_eq (record->every, 1);
  ck_assert_ptr_null (sk_rule_tests_at (tests, 2));
}
END_TEST

START_TEST (test_refused)
{
  refused ("", "t.yml:1:1: tests must be a list of at least one test");
  refused ("tests: []", "t.yml:1:8: tests must be a list of at least one test");
  refused ("test: []\ntests: [{hits: [{fields: {}}]}]",
           "t.yml:1:1: unknown key \"test\"; known here: tests");
  refused ("tests: [a]", "t.yml:1:9: expected a map of rule, hits, misses, sequence");
  refused ("tests: [{rule: a}]", "t.yml:1:9: a test needs hits, misses or a sequence");
  refused ("tests: [{rule: [a], hits: [{fields: {}}]}]", "t.yml:1:16: rule must be a text");
  refused ("tests: [{hits: {fields: {}}, misses: [{fields: {}}]}]",
           "t.yml:1:16: hits must be a list of records");
  refused ("tests: [{hits: [{}]}]", "t.yml:1:17: a record needs fields: a map of names and values");
  refused ("tests: [{hits: [{fields: [a]}]}]",
           "t.yml:1:26: a record needs fields: a map of names and values");
  refused ("tests: [{hits: [{fields: {}, repeat: 2}]}]",
           "t.yml:1:30: unknown key \"repeat\"; known here: kind, time, fields");
  refused ("tests: [{hits: [{fields: {}, time: noon}]}]",
           "t.yml:1:36: time must be written as 2026-11-25T09:00:00Z");
}
END_TEST

START_TEST (test_refused_sequences)
{
  refused ("tests: [{sequence: {records: [{fields: {}}]}}]",
           "t.yml:1:20: a sequence needs findings: how many there are to be");
  refused ("tests: [{sequence: {findings: 1}}]",
           "t.yml:1:20: a sequence has from 1 to 1000000 records");
  refused ("tests: [{sequence: {findings: -1, records: [{fields: {}}]}}]",
           "t.yml:1:31: findings must be a number from 0 to 1000000");
  refused ("tests: [{sequence: {findings: 1, records: [{fields: {}, repeat: 0}]}}]",
           "t.yml:1:65: repeat must be a number from 1 to 1000000");
  refused ("tests: [{sequence: {findings: 1, records: [{fields: {}, repeat: 600000}, "
           "{fields: {}, repeat: 400001}]}}]",
           "t.yml:1:20: a sequence has from 1 to 1000000 records");
  /* Each mistake is told. */
  refused ("tests:\n- {hits: 1, rule: r, more: 2}\n- b",
           "t.yml:2:22: unknown key \"more\"; known here: rule, hits, misses, sequence\n"
           "t.yml:2:10: hits must be a list of records\n"
           "t.yml:2:3: a test needs hits, misses or a sequence\n"
           "t.yml:3:3: expected a map of rule, hits, misses, sequence");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("rule-tests");
  TCase *tests = tcase_create ("rule-tests");
  tcase_add_test (tests, test_values);
  tcase_add_test (tests, test_heads);
  tcase_add_test (tests, test_refused);
  tcase_add_test (tests, test_refused_sequences);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
