/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rules that libyara gives up: they are named, and all others report.
 */
#include "config.h"

#include "sk-test.h"
#include "yara-host.h"

#include <string.h>

#define LOOP "for any i in (1..2000000000) : ( uint8(i) == 0x01 )"
/** More threads of the expression than libyara allows, on a run of `a`. */
#define COMPLEX "/aa.{1,1000}.{1,1000}.{1,1000}b/"

static Host *
started_with (const char *timeout, const char *rules)
{
  Host *host = host_new ();
  sk_fake_setup_option (host->setup, "timeout", timeout);
  host_source (host, "/rules/test.yar", rules);
  ck_assert_int_eq (host_configure (host), SK_OK);
  return host;
}

/** For rules that run into the time-out: as short as it gets. */
static Host *
started (const char *rules)
{
  return started_with ("1", rules);
}

static void
assert_told (Host *host, const char *matches, const char *not_inspected)
{
  g_autofree char *got_matches = host_matches (host);
  g_autofree char *got_not_inspected = host_not_inspected (host);
  ck_assert_str_eq (got_matches, matches);
  ck_assert_str_eq (got_not_inspected, not_inspected);
}

static char *
run_of (char byte, size_t size)
{
  char *bytes = g_malloc (size);
  memset (bytes, byte, size);
  return bytes;
}

START_TEST (a_rule_that_takes_for_ever_is_named)
{
  Host *host = started ("rule before { condition: true } rule bad { condition: " LOOP " } "
                        "rule after { strings: $a = \"needle\" condition: $a }");
  host_judge (host, "a needle", 8);
  assert_told (host, "yara.test.after $a@0x2\nyara.test.before -\n",
               "10 rule yara.test.bad: time-out\n");
  /* the next object has all rules again */
  host_judge (host, "\x01\x01\x01", 3);
  assert_told (host, "yara.test.bad -\nyara.test.before -\n", "");
  host_free (host);
}
END_TEST

START_TEST (an_expression_over_the_limit_is_named)
{
  Host *host = started ("rule before { condition: true } "
                        "rule bad { strings: $r = " COMPLEX " condition: $r } "
                        "rule after { strings: $a = \"needle\" condition: $a }");
  g_autofree char *run = run_of ('a', 20000);
  memcpy (run + 19000, "needle", 6);
  host_judge (host, run, 20000);
  assert_told (host, "yara.test.after $a@0x4a38\nyara.test.before -\n",
               "10 rule yara.test.bad: an expression is too complex for these bytes\n");
  host_free (host);
}
END_TEST

START_TEST (two_bad_rules_among_many)
{
  GString *rules = g_string_new ("rule bad1 { condition: " LOOP " }");
  for (unsigned i = 0; i < 60; i++)
    g_string_append_printf (rules, "rule r%02u { condition: filesize %% 2 == %u }\n", i, i % 2);
  g_string_append (rules, "rule bad2 { strings: $r = " COMPLEX " condition: $r }");
  Host *host = started (rules->str);
  g_autofree char *run = run_of ('a', 20000);
  host_judge (host, run, 20000);
  ck_assert_uint_eq (sk_fake_count (host->object->notes, "match"), 30);
  g_autofree char *told = host_not_inspected (host);
  ck_assert_str_eq (told, "10 rule yara.test.bad1: time-out\n"
                          "10 rule yara.test.bad2: an expression is too complex for these bytes\n");
  host_free (host);
  g_string_free (rules, TRUE);
}
END_TEST

START_TEST (rules_that_name_each_other_stay_together)
{
  /* without `bad`, `wrong` would be judged on what it names as if that were false */
  Host *host = started ("rule bad { condition: " LOOP " } rule wrong { condition: not bad } "
                        "rule any_b { condition: any of (ba*) } rule free { condition: true }");
  host_judge (host, "xxx", 3);
  assert_told (host, "yara.test.free -\n",
               "10 rules yara.test.bad, yara.test.wrong, yara.test.any_b: time-out\n");
  host_free (host);
}
END_TEST

START_TEST (a_global_rule_holds_its_file_together)
{
  Host *host
      = started ("global rule never { condition: filesize > 100 } rule a { condition: true } "
                 "rule bad { condition: " LOOP " }");
  host_source (host, "/rules/other.yar", "rule b { condition: true }");
  host_judge (host, "xxx", 3);
  assert_told (host, "", "10 rules yara.test.never, yara.test.a, yara.test.bad: time-out\n");
  host_free (host);
}
END_TEST

START_TEST (too_many_matches_name_the_rule)
{
  Host *host
      = started_with ("100", "rule undecided { strings: $z = \"aa\" condition: #z > 2000000 } "
                             "rule decided { strings: $z = \"aa\" condition: #z > 5 } "
                             "rule once { strings: $z = \"aa\" condition: $z } "
                             "rule other { strings: $n = \"needle\" condition: $n }");
  g_autofree char *run = run_of ('a', 3000000);
  memcpy (run + 2999990, "needle", 6);
  host_judge (host, run, 3000000);
  assert_told (host,
               "yara.test.decided $z@0x0\nyara.test.once $z@0x0\nyara.test.other $n@0x2dc6b6\n",
               "10 rule yara.test.undecided: a string matches too often\n");
  host_judge (host, run, 3000);
  assert_told (host, "yara.test.decided $z@0x0\nyara.test.once $z@0x0\n", "");
  host_free (host);
}
END_TEST

START_TEST (many_rules_not_judged_are_counted)
{
  GString *rules = g_string_new (NULL);
  for (unsigned i = 0; i < 9; i++)
    g_string_append_printf (rules, "rule many%u { strings: $z = \"aa\" condition: #z > 2000000 }",
                            i);
  Host *host = started_with ("100", rules->str);
  g_autofree char *run = run_of ('a', 1100000);
  host_judge (host, run, 1100000);
  assert_told (host, "",
               "10 rules yara.test.many0, yara.test.many1, yara.test.many2, yara.test.many3, "
               "yara.test.many4, yara.test.many5 and 3 more: a string matches too often\n");
  host_free (host);
  g_string_free (rules, TRUE);
}
END_TEST

START_TEST (more_bytes_than_rules_see)
{
  Host *host = host_new ();
  sk_fake_setup_option (host->setup, "max-bytes", "10");
  host_source (host, "/rules/test.yar", "rule a { strings: $a = \"abc\" condition: $a }");
  host_configure (host);
  host_judge (host, "xxxxxxxabc", 10);
  assert_told (host, "yara.test.a $a@0x7\n", "");
  host_judge (host, "xxxxxxxxabc", 11);
  assert_told (host, "", "1 rules saw the first 10 bytes only\n");
  host_free (host);
}
END_TEST

START_TEST (work_is_spent_and_obeyed)
{
  Host *host = started ("rule a { strings: $a = \"needle\" condition: $a }");
  g_autofree char *run = run_of ('a', 102400);
  host->object->work_left = 150;
  ck_assert_int_eq (host_judge (host, run, 102400), SK_OK);
  ck_assert_uint_ge (host->object->worked, 100);
  ck_assert_int_eq (host_judge (host, run, 102400), SK_LIMIT);
  assert_told (host, "", "");
  host_free (host);
}
END_TEST

START_TEST (a_thousand_rules)
{
  GString *rules = g_string_new (NULL);
  for (unsigned i = 0; i < 1000; i++)
    g_string_append_printf (rules,
                            "rule r%u { meta: score = %u strings: $a = \"literal-%u-text\" "
                            "$b = { %02x %02x ?? 99 88 77 } condition: any of them }\n",
                            i, i % 101, i, i & 255, i >> 8);
  Host *host = started_with ("100", rules->str);
  ck_assert_uint_eq (host->setup->rules->len, 1000);
  static const char text[] = "x literal-7-text literal-999-text \x0b\x02z\x99\x88\x77";
  host_judge (host, text, sizeof text - 1);
  assert_told (host, "yara.test.r523 $b@0x22\nyara.test.r7 $a@0x2\nyara.test.r999 $a@0x11\n", "");
  ck_assert_uint_eq (host_rule (host, "yara.test.r999")->line, 1000);
  host_free (host);
  g_string_free (rules, TRUE);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("yara-limits");
  TCase *limits = tcase_create ("limits");
  tcase_set_timeout (limits, 120);
  tcase_add_test (limits, a_rule_that_takes_for_ever_is_named);
  tcase_add_test (limits, an_expression_over_the_limit_is_named);
  tcase_add_test (limits, two_bad_rules_among_many);
  tcase_add_test (limits, rules_that_name_each_other_stay_together);
  tcase_add_test (limits, a_global_rule_holds_its_file_together);
  tcase_add_test (limits, too_many_matches_name_the_rule);
  tcase_add_test (limits, many_rules_not_judged_are_counted);
  tcase_add_test (limits, more_bytes_than_rules_see);
  tcase_add_test (limits, work_is_spent_and_obeyed);
  tcase_add_test (limits, a_thousand_rules);
  suite_add_tcase (suite, limits);
  return sk_test_main (suite);
}
