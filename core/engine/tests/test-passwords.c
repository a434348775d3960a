/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Lists of passwords: what a line is, and what is refused without being told.
 */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "engine/passwords.h"
#include "sk-test.h"

static SkBundle *bundle;
static SkCatalogue *catalogue;

static void
start (void)
{
  bundle = sk_bundle_new ();
  catalogue = sk_catalogue_new ();
}

static void
stop (void)
{
  sk_bundle_free (bundle);
  sk_catalogue_free (catalogue);
}

static void
list (const char *path, SkSpan text)
{
  ck_assert (sk_bundle_add (bundle, "password-list", path, text, 0, NULL));
}

/* All of them, joined by `|`; "refused" and why. */
static char *
read_all (void)
{
  g_autoptr (GArray) passwords = sk_passwords_new (bundle, catalogue);
  if (passwords == NULL)
    return sk_problem_text (&g_array_index (catalogue->problems, SkProblem, 0));
  GString *all = g_string_new (NULL);
  for (guint i = 0; i < passwords->len; i++)
    {
      SkSpan password = g_array_index (passwords, SkSpan, i);
      g_string_append_printf (all, "%s%.*s", i > 0 ? "|" : "", (int) password.size, password.data);
    }
  return g_string_free (all, FALSE);
}

START_TEST (lines)
{
  list ("/a", sk_span_of_text ("\xef\xbb\xbf"
                               "first\r\n\n#second \n パスワード\nfirst\n\r\nlast"));
  list ("/b", sk_span_of_text ("other\nlast\n"));
  list ("/c", sk_span_of_text (""));
  g_autofree char *all = read_all ();
  ck_assert_str_eq (all, "first|#second | パスワード|last|other");
}
END_TEST

START_TEST (no_list)
{
  g_autoptr (GArray) passwords = sk_passwords_new (NULL, catalogue);
  ck_assert_uint_eq (passwords->len, 0);
}
END_TEST

START_TEST (too_long)
{
  g_autofree char *line = g_strnfill (SK_MAX_SECRET, 'x');
  g_autofree char *fits = g_strconcat ("a\n", line, "\r\n", NULL);
  g_autofree char *longer = g_strconcat ("a\n", line, "y\n", NULL);
  list ("/fits", sk_span_of_text (fits));
  g_autofree char *all = read_all ();
  ck_assert_uint_eq (strlen (all), 2 + SK_MAX_SECRET);
  list ("/long", sk_span_of_text (longer));
  g_autofree char *why = read_all ();
  ck_assert_str_eq (why, "/long:2: a password of more than 1,024 bytes");
}
END_TEST

START_TEST (not_text)
{
  list ("/raw", sk_span_of_text ("a\nb\n\x83\x70\x83\x58\n"));
  g_autofree char *why = read_all ();
  ck_assert_str_eq (why, "/raw:3: a password that is not text in UTF-8");
}
END_TEST

START_TEST (nul_inside)
{
  list ("/nul", (SkSpan){ (const uint8_t *) "a\0b\n", 4 });
  g_autofree char *why = read_all ();
  ck_assert_str_eq (why, "/nul:1: a password that is not text in UTF-8");
}
END_TEST

START_TEST (too_many)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < SK_MAX_PASSWORDS; i++)
    g_string_append_printf (text, "%d\n", i);
  list ("/full", (SkSpan){ (const uint8_t *) text->str, text->len });
  g_autoptr (GArray) passwords = sk_passwords_new (bundle, catalogue);
  ck_assert_uint_eq (passwords->len, SK_MAX_PASSWORDS);
  list ("/more", sk_span_of_text ("0\nmore\n"));
  g_autofree char *why = read_all ();
  ck_assert_str_eq (why, "/more:2: more than 10,000 passwords in all lists");
}
END_TEST

/* Who knows the digest of a generation must not be able to try passwords on it. */
START_TEST (digest_says_nothing_of_them)
{
  g_autofree char *before = g_strdup (sk_bundle_digest (bundle));
  list ("/a", sk_span_of_text ("secret"));
  ck_assert_str_eq (sk_bundle_digest (bundle), before);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("passwords");
  TCase *tests = tcase_create ("passwords");
  tcase_add_checked_fixture (tests, start, stop);
  tcase_add_test (tests, lines);
  tcase_add_test (tests, no_list);
  tcase_add_test (tests, too_long);
  tcase_add_test (tests, not_text);
  tcase_add_test (tests, nul_inside);
  tcase_add_test (tests, too_many);
  tcase_add_test (tests, digest_says_nothing_of_them);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
