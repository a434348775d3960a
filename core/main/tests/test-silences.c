/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writing the silences file: whole or not at all, one writer at a time.
 */
#include "config.h"

#include "main/silences.h"

#include "policy/policy.h"

#include <sk-test.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static void
setup (void)
{
  folder = sk_test_folder ();
}

static void
teardown (void)
{
  sk_test_remove (folder);
  g_free (folder);
}

static char *
entry (const char *why)
{
  char digest[65] = { 0 };
  memset (digest, 'a', 64);
  const SkSilence silence = { .id = (char *) "*", .sha256 = digest, .who = (char *) "me",
                              .why = (char *) why, .when = 1, .expires = 1893456000 };
  return sk_silence_to_yaml (&silence);
}

/** How many silences the file has. */
static uint32_t
count (const char *path)
{
  SkPolicySettings settings;
  sk_policy_settings_init (&settings);
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  ck_assert (sk_bundle_add_file (bundle, "silences", path, NULL));
  g_autoptr (SkPolicy) policy = sk_policy_new (&settings, bundle, 0, NULL);
  ck_assert (policy != NULL);
  uint32_t active, expired;
  sk_policy_count (policy, &active, &expired);
  return active;
}

START_TEST (hash_of_known_content)
{
  g_autofree char *path = sk_test_file (folder, "abc", "abc", 3);
  g_autofree char *hash = sk_silences_hash (path, NULL);
  ck_assert_str_eq (hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_autoptr (GError) error = NULL;
  ck_assert (sk_silences_hash (folder, &error) == NULL);
  ck_assert (error != NULL);
}
END_TEST

START_TEST (a_fifo_is_refused_and_not_waited_for)
{
  g_autofree char *path = g_build_filename (folder, "fifo", NULL);
  ck_assert_int_eq (mkfifo (path, 0600), 0);
  ck_assert (sk_silences_hash (path, NULL) == NULL);
}
END_TEST

START_TEST (a_missing_file_is_made_with_its_folder)
{
  g_autofree char *path = g_build_filename (folder, "a", "b", "silences.yaml", NULL);
  g_autofree char *text = entry ("first");
  ck_assert (sk_silences_append (path, text, NULL));
  ck_assert (sk_silences_append (path, text, NULL));
  ck_assert_uint_eq (count (path), 2);
}
END_TEST

START_TEST (what_stood_there_stays)
{
  /* No line end at the end, and a comment. */
  g_autofree char *old = entry ("old: # \"quoted\"");
  g_strchomp (old);
  g_autofree char *before = g_strconcat ("# ours\n", old, NULL);
  g_autofree char *path = sk_test_file (folder, "s.yaml", before, strlen (before));
  ck_assert_int_eq (chmod (path, 0640), 0);
  g_autofree char *text = entry ("new");
  ck_assert (sk_silences_append (path, text, NULL));
  g_autofree char *after = NULL;
  ck_assert (g_file_get_contents (path, &after, NULL, NULL));
  ck_assert (g_str_has_prefix (after, before));
  ck_assert_uint_eq (count (path), 2);
  struct stat info;
  ck_assert_int_eq (stat (path, &info), 0);
  ck_assert_uint_eq (info.st_mode & 0777, 0640);
}
END_TEST

START_TEST (a_broken_file_is_left_as_it_is)
{
  const char *broken = "id: x\n";
  g_autofree char *path = sk_test_file (folder, "s.yaml", broken, strlen (broken));
  g_autofree char *text = entry ("new");
  g_autoptr (GError) error = NULL;
  ck_assert (!sk_silences_append (path, text, &error));
  ck_assert (strstr (error->message, path) != NULL);
  g_autofree char *after = NULL;
  ck_assert (g_file_get_contents (path, &after, NULL, NULL));
  ck_assert_str_eq (after, broken);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  ck_assert_str_eq (g_dir_read_name (dir), "s.yaml");
  ck_assert (g_dir_read_name (dir) == NULL); /* nothing is left behind */
}
END_TEST

START_TEST (a_link_stays_a_link)
{
  g_autofree char *path = sk_test_file (folder, "real/s.yaml", "", 0);
  g_autofree char *link = g_build_filename (folder, "link.yaml", NULL);
  ck_assert_int_eq (symlink (path, link), 0);
  g_autofree char *text = entry ("new");
  ck_assert (sk_silences_append (link, text, NULL));
  struct stat info;
  ck_assert (lstat (link, &info) == 0 && S_ISLNK (info.st_mode));
  ck_assert_uint_eq (count (path), 1);
}
END_TEST

START_TEST (writers_at_the_same_time_lose_nothing)
{
  enum { WRITERS = 8, EACH = 5 };
  g_autofree char *path = g_build_filename (folder, "s.yaml", NULL);
  g_autofree char *text = entry ("same time");
  pid_t pids[WRITERS];
  for (int i = 0; i < WRITERS; i++)
    if ((pids[i] = fork ()) == 0)
      {
        for (int j = 0; j < EACH; j++)
          if (!sk_silences_append (path, text, NULL))
            _exit (1);
        _exit (0);
      }
  for (int i = 0; i < WRITERS; i++)
    {
      int status;
      ck_assert_int_eq (waitpid (pids[i], &status, 0), pids[i]);
      ck_assert_int_eq (status, 0);
    }
  ck_assert_uint_eq (count (path), WRITERS * EACH);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("silences");
  TCase *tcase = tcase_create ("silences");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, hash_of_known_content);
  tcase_add_test (tcase, a_fifo_is_refused_and_not_waited_for);
  tcase_add_test (tcase, a_missing_file_is_made_with_its_folder);
  tcase_add_test (tcase, what_stood_there_stays);
  tcase_add_test (tcase, a_broken_file_is_left_as_it_is);
  tcase_add_test (tcase, a_link_stays_a_link);
  tcase_add_test (tcase, writers_at_the_same_time_lose_nothing);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
