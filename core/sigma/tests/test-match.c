/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Each form of a detection on a record that it hits and on one that it just
 * misses. What triggers a rule is compared with judging it alone each time.
 */
#include "config.h"

#include "match-world.h"
#include "sk-test.h"

#define HEAD "title: t\nlogsource: {product: test}\ndetection:\n"

/** A rule of one selection, `a: VALUES` or other lines, on two records of one field each. */
#define N(list) (sizeof (list) / sizeof (list)[0])

static SkSigmaTruth
judge (const char *detection, const Field *fields, size_t n)
{
  g_autofree char *rules = g_strconcat (HEAD, detection, NULL);
  g_autoptr (World) world = world_new (NULL, rules, true, NULL);
  for (guint i = 0; i < world->catalogue->problems->len; i++)
    ck_abort_msg ("%s: %s", detection,
                  g_array_index (world->catalogue->problems, SkProblem, i).text);
  ck_assert_uint_eq (sk_sigma_count (world->sigma), 1);
  return world_match (world, "log.json", 0, fields, n);
}

#define EXPECT(truth, detection, ...)                                                              \
  do                                                                                               \
    {                                                                                              \
      const Field fields_[] = { __VA_ARGS__ };                                                     \
      SkSigmaTruth got_ = judge (detection, fields_, N (fields_));                                 \
      ck_assert_msg (got_ == (truth), "%s\n%s: %d", detection, #__VA_ARGS__, (int) got_);          \
    }                                                                                              \
  while (0)
#define HIT(detection, ...) EXPECT (SK_SIGMA_TRUE, detection, __VA_ARGS__)
#define MISS(detection, ...) EXPECT (SK_SIGMA_FALSE, detection, __VA_ARGS__)
#define SEL(item) "  s: {" item "}\n  condition: s\n"

START_TEST (patterns)
{
  HIT (SEL ("a: Cmd.exe"), TEXT ("a", "cMD.EXE"));
  MISS (SEL ("a: Cmd.exe"), TEXT ("a", "cmd.exe "));
  MISS (SEL ("a: Cmd.exe"), TEXT ("b", "cmd.exe"));
  HIT (SEL ("a|startswith: 'C:\\Windows\\'"), TEXT ("a", "c:\\windows\\x"));
  MISS (SEL ("a|startswith: 'C:\\Windows\\'"), TEXT ("a", "c:\\windows"));
  HIT (SEL ("a|endswith: '\\cmd.exe'"), TEXT ("a", "C:\\CMD.exe"));
  MISS (SEL ("a|endswith: '\\cmd.exe'"), TEXT ("a", "C:\\CMD.exe\\"));
  HIT (SEL ("a|contains: ' -enc '"), TEXT ("a", "powershell -Enc AA"));
  MISS (SEL ("a|contains: ' -enc '"), TEXT ("a", "powershell -encx"));
  HIT (SEL ("a: 'x*y?z*'"), TEXT ("a", "x11yAzzz"));
  MISS (SEL ("a: 'x*y?z*'"), TEXT ("a", "x11yAAz"));
  HIT (SEL ("a: 'x?z'"), TEXT ("a", "x請z"));
  MISS (SEL ("a: 'x?z'"), TEXT ("a", "x請求z"));
  HIT (SEL ("a: '*b*b*'"), TEXT ("a", "bb"));
  MISS (SEL ("a: '*b*b*'"), TEXT ("a", "b"));
  HIT (SEL ("a: '*aab'"), TEXT ("a", "aaab"));
  HIT (SEL ("a: '*a?b'"), TEXT ("a", "aaxb"));
  MISS (SEL ("a: 'ab*ba'"), TEXT ("a", "aba"));
  HIT (SEL ("a: '*'"), TEXT ("a", ""));
  MISS (SEL ("a: '*'"), TEXT ("b", "x"));
  HIT (SEL ("a|contains: b"), TEXT ("a", "abc"));
  MISS (SEL ("a|contains: b"), TEXT ("a", "ac"));
  HIT (SEL ("a: '?'"), TEXT ("a", "\xff"));
  MISS (SEL ("a: '?'"), TEXT ("a", ""));
}
END_TEST

START_TEST (letters)
{
  HIT (SEL ("a: STRASSE-ẞ"), TEXT ("a", "strasse-ß"));
  MISS (SEL ("a: straße"), TEXT ("a", "STRASSE"));
  HIT (SEL ("a: 'ＡＢＣ'"), TEXT ("a", "ａｂｃ"));
  MISS (SEL ("a: 'ＡＢＣ'"), TEXT ("a", "abc"));
  HIT (SEL ("a|endswith: kelvin"), TEXT ("a", "0 \xE2\x84\xAA" "elvin"));
  MISS (SEL ("a: i"), TEXT ("a", "İ"));
  HIT (SEL ("a: İx"), TEXT ("a", "İX"));
  HIT (SEL ("a|contains: ⱥⱥⱥⱥ"), TEXT ("a", "xȺȺȺȺx"));
  HIT (SEL ("a|cased: Cmd"), TEXT ("a", "Cmd"));
  MISS (SEL ("a|cased: Cmd"), TEXT ("a", "cmd"));
  HIT (SEL ("a|contains|cased: Shell"), TEXT ("a", "PowerShell.exe"));
  MISS (SEL ("a|contains|cased: Shell"), TEXT ("a", "powershell.exe"));
}
END_TEST

START_TEST (escapes)
{
  HIT (SEL ("a|endswith: '\\net.exe'"), JSON ("a", "C:\\\\net.exe"));
  MISS (SEL ("a|endswith: '\\net.exe'"), JSON ("a", "C:\\net.exe"));
  HIT (SEL ("a|contains: '請求'"), JSON ("a", "x\\u8acb\\u6c42"));
  HIT (SEL ("a: '😀'"), JSON ("a", "\\ud83d\\ude00"));
  MISS (SEL ("a: '😀'"), JSON ("a", "\\ud83d"));
  HIT (SEL ("a: '�'"), JSON ("a", "\\ud83d"));
  HIT (SEL ("a|contains: 'a/b'"), JSON ("a", "xa\\/bx"));
  /* a backslash before a wildcard, as the public rules write it */
  HIT (SEL ("a: 'x\\\\\\*'"), TEXT ("a", "x\\*"));
  MISS (SEL ("a: 'x\\\\\\*'"), TEXT ("a", "x\\y"));
  HIT (SEL ("a: '\\\\\\\\\\*\\\\*'"), TEXT ("a", "\\\\*\\y"));
  HIT (SEL ("a|windash|contains: ' -s*x'"), TEXT ("a", "p /sabcx."));
  MISS (SEL ("a|windash|contains: ' -s*x'"), TEXT ("a", "p +sabcx."));
}
END_TEST

START_TEST (absent_is_not_empty)
{
  HIT (SEL ("a: ''"), TEXT ("a", ""));
  MISS (SEL ("a: ''"), TEXT ("b", ""));
  HIT (SEL ("a: null"), TEXT ("b", ""));
  MISS (SEL ("a: null"), TEXT ("a", ""));
  HIT (SEL ("a|exists: true"), TEXT ("a", ""));
  MISS (SEL ("a|exists: true"), TEXT ("b", ""));
  HIT (SEL ("a|exists: false"), TEXT ("b", ""));
  MISS (SEL ("a|exists: false"), TEXT ("a", "x"));
  HIT ("  s: {a: x}\n  f: {b: y}\n  condition: s and not f\n", TEXT ("a", "x"));
  MISS ("  s: {a: x}\n  f: {b: y}\n  condition: s and not f\n", TEXT ("a", "x"), TEXT ("b", "y"));
  HIT (SEL ("a|neq: x"), TEXT ("a", "y"));
  MISS (SEL ("a|neq: x"), TEXT ("a", "X"));
  MISS (SEL ("a|neq: x"), TEXT ("b", "y"));
  HIT ("  s: {a: null}\n  condition: not s\n", TEXT ("a", "x"));
  MISS ("  s: {a: null}\n  condition: not s\n", TEXT ("b", "x"));
}
END_TEST

START_TEST (lists)
{
  HIT (SEL ("a: [p, q]"), TEXT ("a", "x"), TEXT ("a", "Q"));
  MISS (SEL ("a: [p, q]"), TEXT ("a", "x"), TEXT ("a", "pq"));
  HIT (SEL ("a|contains|all: [fooo, barr]"), TEXT ("a", "xfooo"), TEXT ("a", "barrx"));
  MISS (SEL ("a|contains|all: [fooo, barr]"), TEXT ("a", "xfooo"), TEXT ("b", "barrx"));
  MISS (SEL ("a|neq: p"), TEXT ("a", "x"), TEXT ("a", "p"));
  HIT ("  s_a: {a: '1'}\n  s_b: {b: '1'}\n  s_c: {c: '1'}\n  condition: 2 of s_*\n",
       TEXT ("a", "1"), TEXT ("c", "1"));
  MISS ("  s_a: {a: '1'}\n  s_b: {b: '1'}\n  s_c: {c: '1'}\n  condition: 2 of s_*\n",
        TEXT ("a", "1"), TEXT ("c", "2"));
}
END_TEST

START_TEST (keywords)
{
#define WORDS(list) "  s: [" list "]\n  condition: s\n"
  HIT (WORDS ("sekurlsa, dpapi"), TEXT ("zz", "x SEKURLSA::x"));
  MISS (WORDS ("sekurlsa, dpapi"), TEXT ("zz", "sekurls"), TEXT ("yy", "a"));
  HIT (WORDS ("'foo\\bar'"), JSON ("zz", "foo\\\\bar"));
  MISS (WORDS ("'foo\\bar'"), JSON ("zz", "foo\\bar"));
  HIT (WORDS ("'say \"word\"'"), JSON ("zz", "say \\\"word\\\""));
  HIT (WORDS ("sekurlsa"), JSON ("zz", "sekur\\u006Csa"));
  HIT (WORDS ("請求書"), TEXT ("zz", "ご請求書"));
  HIT (WORDS ("'4711'"), INT ("zz", 147110));
  HIT ("  s:\n    '|all': [abcd, efgh]\n  condition: s\n", TEXT ("y", "abcd"), TEXT ("z", "efgh"));
  MISS ("  s:\n    '|all': [abcd, efgh]\n  condition: s\n", TEXT ("y", "abcd"), TEXT ("z", "efg"));
  HIT ("  s:\n    '|re': 'a[0-9]+b'\n  condition: s\n", TEXT ("y", "xa12by"));
  MISS ("  s:\n    '|re': 'a[0-9]+b'\n  condition: s\n", TEXT ("y", "xaby"));
}
END_TEST

START_TEST (numbers)
{
  HIT (SEL ("a: 4624"), INT ("a", 4624));
  HIT (SEL ("a: 4624"), TEXT ("a", "4624"));
  MISS (SEL ("a: 4624"), INT ("a", 46240));
  HIT (SEL ("a|gt: 10"), INT ("a", 11));
  MISS (SEL ("a|gt: 10"), INT ("a", 10));
  HIT (SEL ("a|gte: 10"), TEXT ("a", "10.0"));
  MISS (SEL ("a|gte: 10"), TEXT ("a", "9.99"));
  HIT (SEL ("a|lt: -1.5"), TEXT ("a", "-2"));
  MISS (SEL ("a|lt: -1.5"), TEXT ("a", "0xff"));
  HIT (SEL ("a|lte: 9223372036854775806"), INT ("a", INT64_MAX - 1));
  MISS (SEL ("a|lte: 9223372036854775806"), INT ("a", INT64_MAX));
  MISS (SEL ("a|lt: 5"), TEXT ("a", "word"));
  MISS (SEL ("a|lt: 5"), BOOL ("a", false));
  HIT (SEL ("a: true"), BOOL ("a", true));
  MISS (SEL ("a: true"), BOOL ("a", false));
}
END_TEST

START_TEST (networks)
{
  HIT (SEL ("a|cidr: 192.0.2.0/25"), TEXT ("a", "192.0.2.127"));
  MISS (SEL ("a|cidr: 192.0.2.0/25"), TEXT ("a", "192.0.2.128"));
  HIT (SEL ("a|cidr: 192.0.2.0/25"), TEXT ("a", "::ffff:192.0.2.1"));
  MISS (SEL ("a|cidr: 192.0.2.0/25"), TEXT ("a", "::192.0.2.1"));
  HIT (SEL ("a|cidr: '2001:db8::/33'"), TEXT ("a", "2001:DB8:7fff::1"));
  MISS (SEL ("a|cidr: '2001:db8::/33'"), TEXT ("a", "2001:db8:8000::1"));
  MISS (SEL ("a|cidr: '::/0'"), TEXT ("a", "192.0.2.1"));
  HIT (SEL ("a|cidr: 0.0.0.0/0"), TEXT ("a", "192.0.2.1"));
  MISS (SEL ("a|cidr: 0.0.0.0/0"), TEXT ("a", "2001:db8::1"));
  MISS (SEL ("a|cidr: 10.0.0.0/8"), TEXT ("a", "10.0.0.1x"));
  HIT (SEL ("a|cidr: 'fe80::/10'"), TEXT ("a", "fe80::1%eth0"));
  MISS (SEL ("a|cidr: 'fe80::/10'"), TEXT ("a", "fe80::1%"));
  MISS (SEL ("a|cidr: 'fe80::/10'"), TEXT ("a", "fe80::1%a%b"));
  MISS (SEL ("a|cidr: 10.0.0.0/8"), TEXT ("a", "10.0.0.1%eth0"));
}
END_TEST

START_TEST (references)
{
  HIT (SEL ("a|fieldref: b"), TEXT ("a", "X"), TEXT ("b", "y"), TEXT ("b", "x"));
  MISS (SEL ("a|fieldref: b"), TEXT ("a", "X"), TEXT ("b", "xx"));
  MISS (SEL ("a|fieldref: b"), TEXT ("a", "X"));
  HIT (SEL ("a|fieldref|endswith: b"), TEXT ("a", "foobar"), TEXT ("b", "BAR"));
  MISS (SEL ("a|fieldref|endswith: b"), TEXT ("a", "foobar"), TEXT ("b", "foo"));
  HIT (SEL ("a|fieldref|startswith: b"), TEXT ("a", "foobar"), TEXT ("b", "foo"));
  HIT (SEL ("a|fieldref|contains: b"), TEXT ("a", "foobar"), TEXT ("b", "oba"));
}
END_TEST

START_TEST (times)
{
  HIT (SEL ("a|hour: 9"), TEXT ("a", "2026-11-25T18:10:11+09:00"));
  MISS (SEL ("a|hour: 9"), TEXT ("a", "2026-11-25T09:10:11+09:00"));
  HIT (SEL ("a|minute: 10"), TEXT ("a", "2026-11-25 09:10:11.123456"));
  HIT (SEL ("a|day: 1"), INT ("a", 86399));
  MISS (SEL ("a|day: 1"), INT ("a", 86400));
  HIT (SEL ("a|year: 2026"), TEXT ("a", "1795597811000"));
  HIT (SEL ("a|month: 12"), TEXT ("a", "1969-12-31T23:59:60Z"));
  HIT (SEL ("a|week: 53"), TEXT ("a", "2027-01-01T00:00:00Z"));
  MISS (SEL ("a|week: 53"), TEXT ("a", "2027-01-04T00:00:00Z"));
  MISS (SEL ("a|year: 2026"), TEXT ("a", "2026-13-25T00:00:00Z"));
}
END_TEST

START_TEST (expressions)
{
  HIT (SEL ("a|re: 'ab{2,}c'"), TEXT ("a", "xabbcx"));
  MISS (SEL ("a|re: 'ab{2,}c'"), TEXT ("a", "ABBC"));
  HIT (SEL ("a|re|i: 'wordword\\d$'"), TEXT ("a", "xWordWord1"));
  MISS (SEL ("a|re|i: 'wordword\\d$'"), TEXT ("a", "xWordWord1\ny"));
  HIT (SEL ("a|re|m: '^wordword\\d$'"), TEXT ("a", "x\nwordword1\ny"));
  HIT (SEL ("a|re|s: 'begin.end'"), TEXT ("a", "begin\nend"));
  MISS (SEL ("a|re: 'begin.end'"), TEXT ("a", "begin\nend"));
  HIT (SEL ("a|re: '(foobar|barfoo)+x?'"), TEXT ("a", "barfoo"));
  HIT (SEL ("a|re: 'foobar?end'"), TEXT ("a", "foobaend"));
  HIT (SEL ("a|re: '^.$'"), TEXT ("a", "\xff"));
  HIT (SEL ("a|re: '^$'"), TEXT ("a", ""));
}
END_TEST

START_TEST (expansion)
{
  HIT (SEL ("a|expand: '%admins%'"), TEXT ("a", "Root"));
  MISS (SEL ("a|expand: '%admins%'"), TEXT ("a", "roo"));
}
END_TEST

START_TEST (hostile_expression_is_bounded)
{
  g_autofree char *text = g_strnfill (40, 'a');
  g_autofree char *rules = g_strconcat (HEAD, SEL ("b: '1', a|re: '^(a+)+$'"), NULL);
  g_autoptr (World) world = world_new (NULL, rules, true, NULL);
  text[39] = 'b';
  const Field fields[]
      = { { "a", SK_FIELD_STRING, false, text, 40, 0, false }, TEXT ("b", "1") };
  ck_assert_int_eq (world_match (world, "log.json", 0, fields, 2), SK_SIGMA_FALSE);
  const SkSigmaCount *count = sk_sigma_scan_count (world->scan);
  ck_assert_uint_eq (count->abandoned, 2);
  ck_assert_uint_eq (count->abandoned_rule, 0);
  ck_assert_uint_eq (count->records, 1);
  ck_assert_uint_eq (count->applicable, 1);
  sk_sigma_scan_reset (world->scan);
  ck_assert_uint_eq (count->abandoned, 0);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("sigma-match");
  TCase *tests = tcase_create ("forms");
  tcase_add_test (tests, patterns);
  tcase_add_test (tests, letters);
  tcase_add_test (tests, escapes);
  tcase_add_test (tests, absent_is_not_empty);
  tcase_add_test (tests, lists);
  tcase_add_test (tests, keywords);
  tcase_add_test (tests, numbers);
  tcase_add_test (tests, networks);
  tcase_add_test (tests, references);
  tcase_add_test (tests, times);
  tcase_add_test (tests, expressions);
  tcase_add_test (tests, expansion);
  tcase_add_test (tests, hostile_expression_is_bounded);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
