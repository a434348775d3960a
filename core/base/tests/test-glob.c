/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/glob.h"
#include "sk-test.h"

static const struct
{
  const char *pattern, *text;
  bool fits;
} cases[] = {
  { "", "", true },
  { "", "a", false },
  { "*", "", true },
  { "*", "/a/b\nc", true },
  { "a", "a", true },
  { "a", "A", false },
  { "a", "ab", false },
  { "*.iso", "/media/x.iso", true },
  { "*.iso", "/media/x.iso.txt", false },
  { "*.iso", "/media/xiso", false },
  { "*/.git/*", "a/.git/config", true },
  { "*/.git/*", "a/.github/config", false },
  { "*/.git", "a/.git", true },
  { "*ab*ab", "abab", true },
  { "*ab*ab", "aab", false },
  { "*aab", "aaab", true },
  { "?", "あ", true },
  { "?", "ab", false },
  { "?", "", false },
  { "?", "\xe9", true },
  { "??", "あ", false },
  { "*\xe9*", "caf\xe9s", true },
  { "*é*", "caf\xe9s", false },
  { "[a-c]", "b", true },
  { "[a-c]", "d", false },
  { "[!a-c]", "d", true },
  { "[^a-c]", "b", false },
  { "[]a]", "]", true },
  { "[]a]", "b", false },
  { "[a-]", "-", true },
  { "[\\]]x", "]x", true },
  { "[ぁ-ん]", "あ", true },
  { "[ぁ-ん]", "ア", false },
  { "\\*", "*", true },
  { "\\*", "a", false },
  { "\\[a]", "[a]", true },
  { "\\\\", "\\", true },
  { "[a", "a", false },
  { "a\\", "a\\", false },
};

START_TEST (test_match)
{
  ck_assert_msg (sk_glob_match (cases[_i].pattern, cases[_i].text) == cases[_i].fits, "%s on %s",
                 cases[_i].pattern, cases[_i].text);
}
END_TEST

START_TEST (test_check)
{
  const char *const good[] = { "", "*", "a[b-d]*?", "[]]", "\\[", "[!]]" };
  const char *const bad[] = { "[", "[]", "[a", "[!", "a\\", "[a\\", "*[z-" };
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    ck_assert_msg (sk_glob_check (good[i]), "%s", good[i]);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    ck_assert_msg (!sk_glob_check (bad[i]), "%s", bad[i]);
}
END_TEST

/* With backtracking into every star this would outlast the universe. */
START_TEST (test_many_stars)
{
  g_autofree char *text = g_strnfill (20000, 'a');
  ck_assert (!sk_glob_match ("*a*a*a*a*a*a*a*a*a*a*b", text));
  ck_assert (sk_glob_match ("*a*a*a*a*a*a*a*a*a*a*a", text));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("glob");
  TCase *all = tcase_create ("all");
  tcase_add_loop_test (all, test_match, 0, G_N_ELEMENTS (cases));
  tcase_add_test (all, test_check);
  tcase_add_test (all, test_many_stars);
  suite_add_tcase (suite, all);
  return sk_test_main (suite);
}
