/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Compiled rules on disk: the second start says and finds the same, and
 * nothing doubtful is read.
 */
#include "config.h"

#include "sk-test.h"
#include "yara-host.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOOD                                                                                      \
  "private rule p { strings: $p = \"pp\" condition: $p }\n"                                       \
  "rule r : sekisho_fl_01 { meta: score = 85 title = \"T\" title_ja = \"題\" reference = \"u\"\n" \
  " strings: $a = \"ab\" condition: $a and not p and doc_pages == 3 }"
#define BAD "rule bad {\n condition: nothing }"

typedef struct Start {
  Host *host;
  uint32_t pages;
} Start;

static Start
start (const char *folder, const char *good)
{
  Start started = { .host = host_new () };
  /* of two facts the one that is not named must not matter */
  host_fact (started.host, "doc.lines", SK_FIELD_INT);
  started.pages = host_fact (started.host, "doc.pages", SK_FIELD_INT);
  started.host->setup->cache_dir = g_strdup (folder);
  host_source (started.host, "/rules/bad.yar", BAD);
  host_source (started.host, "/rules/good.yar", good);
  ck_assert_int_eq (host_configure (started.host), SK_OK);
  return started;
}

static char *
all_it_says (Start *started)
{
  Host *host = started->host;
  g_autofree char *problems = host_problems (host);
  GString *text = g_string_new (problems);
  for (guint i = 0; i < host->setup->rules->len; i++)
    {
      const SkRuleInfo *rule = &((const SkFakeRule *) host->setup->rules->pdata[i])->info;
      g_string_append_printf (text, "%s %d %d %s %s %s %s %s %u\n", rule->id, rule->level,
                              rule->score, rule->title, rule->title_ja, rule->reference, rule->det,
                              rule->file, rule->line);
    }
  host->present[started->pages] = true;
  host->values[started->pages].integer = 3;
  host_judge (host, "xabx", 4);
  g_autofree char *matches = host_matches (host);
  host_judge (host, "xabxpp", 6);
  g_autofree char *none = host_matches (host);
  g_string_append_printf (text, "%s/%s", matches, none);
  return g_string_free (text, FALSE);
}

/** The one cache file of a folder; NULL when there is none. */
static char *
cache_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  char *found = NULL;
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      ck_assert_ptr_null (found);
      found = g_build_filename (folder, name, NULL);
    }
  return found;
}

static char *
said_by_a_start (const char *folder, const char *good)
{
  Start started = start (folder, good);
  char *text = all_it_says (&started);
  host_free (started.host);
  return text;
}

static ino_t
inode_of (const char *path)
{
  struct stat status;
  ck_assert_int_eq (stat (path, &status), 0);
  return status.st_ino;
}

START_TEST (the_second_start_says_and_finds_the_same)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *none = said_by_a_start (NULL, GOOD);
  g_autofree char *first = said_by_a_start (folder, GOOD);
  g_autofree char *file = cache_file (folder);
  ck_assert_ptr_nonnull (file);
  ino_t inode = inode_of (file);
  g_autofree char *second = said_by_a_start (folder, GOOD);
  ck_assert_str_eq (first, none);
  ck_assert_str_eq (second, none);
  ck_assert (strstr (second, "left-out /rules/bad.yar:2: undefined identifier \"nothing\"")
             != NULL);
  ck_assert (strstr (second, "yara.good.r 3 85 T 題 u FL-01 /rules/good.yar 2") != NULL);
  ck_assert (strstr (second, "yara.good.r $a@0x1\n/") != NULL);
  ck_assert_uint_eq (inode_of (file), inode); /* it was read, not written again */
  sk_test_remove (folder);
}
END_TEST

START_TEST (another_source_is_another_file)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *first = said_by_a_start (folder, GOOD);
  g_autofree char *second = said_by_a_start (folder, GOOD "\nrule s { condition: true }");
  ck_assert (strstr (second, "yara.good.s -") != NULL);
  ck_assert (strstr (first, "yara.good.s -") == NULL);
  sk_test_remove (folder);
}
END_TEST

START_TEST (only_the_newest_are_kept)
{
  g_autofree char *folder = sk_test_folder ();
  for (unsigned i = 0; i < 7; i++)
    {
      g_autofree char *rules = g_strdup_printf ("%s rule s%u { condition: true }", GOOD, i);
      g_autofree char *said = said_by_a_start (folder, rules);
    }
  unsigned count = 0;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    count++;
  ck_assert_uint_eq (count, 4);
  sk_test_remove (folder);
}
END_TEST

/** Replaces the cache file of a new folder by `change`d bytes and starts on it. */
static void
assert_damage_is_found (void (*change) (GByteArray *bytes))
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *first = said_by_a_start (folder, GOOD);
  g_autofree char *file = cache_file (folder);
  char *contents;
  gsize size;
  ck_assert (g_file_get_contents (file, &contents, &size, NULL));
  g_autoptr (GByteArray) bytes = g_byte_array_new_take ((guint8 *) contents, size);
  change (bytes);
  ck_assert_int_eq (unlink (file), 0);
  ck_assert (g_file_set_contents_full (file, (const char *) bytes->data, bytes->len,
                                       G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  Start started = start (folder, GOOD);
  ck_assert_uint_eq (sk_fake_count (started.host->setup->notes, "warning"), 1);
  ck_assert (strstr (sk_fake_note (started.host->setup->notes, "warning", 0)->text, "damaged")
             != NULL);
  host_free (started.host);
  /* and it was written anew */
  g_autofree char *third = said_by_a_start (folder, GOOD);
  ck_assert_str_eq (third, first);
  sk_test_remove (folder);
}

static void
flip_last (GByteArray *bytes)
{
  bytes->data[bytes->len - 1] ^= 1;
}

static void
flip_middle (GByteArray *bytes)
{
  bytes->data[bytes->len / 2] ^= 0x80;
}

static void
flip_digest (GByteArray *bytes)
{
  bytes->data[12] ^= 1;
}

static void
cut_tail (GByteArray *bytes)
{
  g_byte_array_set_size (bytes, bytes->len - 100);
}

static void
cut_all (GByteArray *bytes)
{
  g_byte_array_set_size (bytes, 3);
}

static void
other_format (GByteArray *bytes)
{
  bytes->data[6] = '9';
}

static void (*const changes[]) (GByteArray *)
    = { flip_last, flip_middle, flip_digest, cut_tail, cut_all, other_format };

START_TEST (a_damaged_file_is_not_used)
{
  assert_damage_is_found (changes[_i]);
}
END_TEST

/** Right digest over wrong contents: what reads it must not trust lengths. */
START_TEST (contents_are_checked_beyond_the_digest)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *first = said_by_a_start (folder, GOOD);
  g_autofree char *file = cache_file (folder);
  char *contents;
  gsize size;
  ck_assert (g_file_get_contents (file, &contents, &size, NULL));
  g_autofree uint8_t *bytes = (uint8_t *) contents;
  for (size_t cut = 41; cut < MIN (size, 600); cut++)
    {
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
      gsize length = 32;
      g_checksum_update (checksum, bytes + 40, (gssize) (cut - 40));
      g_checksum_get_digest (checksum, bytes + 8, &length);
      unlink (file);
      ck_assert (g_file_set_contents_full (file, (const char *) bytes, (gssize) cut,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      Start started = start (folder, GOOD);
      ck_assert_uint_eq (sk_fake_count (started.host->setup->notes, "warning"), 1);
      host_free (started.host);
    }
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_folder_that_others_write_is_refused)
{
  g_autofree char *folder = sk_test_folder ();
  ck_assert_int_eq (chmod (folder, 0777), 0);
  Start started = start (folder, GOOD);
  ck_assert_uint_eq (sk_fake_count (started.host->setup->notes, "warning"), 1);
  host_free (started.host);
  ck_assert_ptr_null (cache_file (folder));
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_file_that_others_write_is_refused)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *first = said_by_a_start (folder, GOOD);
  g_autofree char *file = cache_file (folder);
  ck_assert_int_eq (chmod (file, 0666), 0);
  Start started = start (folder, GOOD);
  ck_assert_uint_eq (sk_fake_count (started.host->setup->notes, "warning"), 1);
  host_free (started.host);
  g_autofree char *again = said_by_a_start (folder, GOOD);
  ck_assert_str_eq (again, first);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_link_in_its_place_is_not_followed)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *first = said_by_a_start (folder, GOOD);
  g_autofree char *file = cache_file (folder);
  g_autofree char *target = sk_test_folder ();
  g_autofree char *moved = g_build_filename (target, "moved", NULL);
  ck_assert_int_eq (rename (file, moved), 0);
  ck_assert_int_eq (symlink (moved, file), 0);
  g_autofree char *second = said_by_a_start (folder, GOOD);
  ck_assert_str_eq (second, first);
  ck_assert (!g_file_test (file, G_FILE_TEST_IS_SYMLINK)); /* replaced by one of its own */
  sk_test_remove (folder);
  sk_test_remove (target);
}
END_TEST

START_TEST (a_missing_folder_stops_nothing)
{
  Start started = start ("/nonexistent/cache", GOOD);
  ck_assert_uint_eq (sk_fake_count (started.host->setup->notes, "warning"), 1);
  ck_assert_uint_eq (started.host->setup->rules->len, 1);
  host_free (started.host);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("yara-cache");
  TCase *use = tcase_create ("use");
  tcase_add_test (use, the_second_start_says_and_finds_the_same);
  tcase_add_test (use, another_source_is_another_file);
  tcase_add_test (use, only_the_newest_are_kept);
  suite_add_tcase (suite, use);
  TCase *doubt = tcase_create ("doubt");
  tcase_set_timeout (doubt, 60);
  tcase_add_loop_test (doubt, a_damaged_file_is_not_used, 0, (int) G_N_ELEMENTS (changes));
  tcase_add_test (doubt, contents_are_checked_beyond_the_digest);
  tcase_add_test (doubt, a_folder_that_others_write_is_refused);
  tcase_add_test (doubt, a_file_that_others_write_is_refused);
  tcase_add_test (doubt, a_link_in_its_place_is_not_followed);
  tcase_add_test (doubt, a_missing_folder_stops_nothing);
  suite_add_tcase (suite, doubt);
  return sk_test_main (suite);
}
