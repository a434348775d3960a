/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The plugin as a whole, with a host of paper: digests, lists, cache.
 */
#include "config.h"

#include "fake-api.h"
#include "hash-cache.h"
#include "hash-list.h"
#include "sk-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

extern const SkPlugin sekisho_plugin;

/* SHA-256, SHA-1 and MD5 of "abc" (FIPS 180, RFC 1321). */
#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_MD5 "900150983cd24fb0d6963f7d28e17f72"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define META "# source: Example feed\n# expires: 2999-12-31\n"

typedef struct Run {
  SkSetup *setup;
  void *context;
  SkObject *object;
} Run;

static Run
begin (void)
{
  return (Run){ sk_fake_setup_new (&sekisho_plugin), NULL, NULL };
}

static void
add_text (Run *run, const char *path, const char *text)
{
  sk_fake_setup_source (run->setup, "hash-list", path, text, strlen (text));
}

static void
configure (Run *run)
{
  ck_assert_int_eq (sekisho_plugin.configure (sk_fake_api (), run->setup, &run->context), SK_OK);
}

static void
look (Run *run, const char *bytes, size_t size)
{
  sk_fake_object_free (run->object);
  run->object = sk_fake_object_new (&sekisho_plugin, "x", bytes, size);
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), run->context, run->object), SK_OK);
}

static void
end (Run *run)
{
  sk_fake_object_free (run->object);
  if (run->context != NULL)
    sekisho_plugin.free_context (run->context);
  sk_fake_setup_free (run->setup);
}

/* One list, one look at "abc". */
static Run
with_list (const char *path, const char *text)
{
  Run run = begin ();
  add_text (&run, path, text);
  configure (&run);
  look (&run, "abc", 3);
  return run;
}

START_TEST (a_part_has_no_digest)
{
  Run run = begin ();
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha256"), ABC_SHA256);
  g_ptr_array_set_size (run.object->facts, 0);
  run.object->cut = true;
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), run.context, run.object), SK_OK);
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.sha256"));
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.entropy"));
  end (&run);
}
END_TEST

START_TEST (digests_without_lists)
{
  Run run = begin ();
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha256"), ABC_SHA256);
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.sha1"));
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.md5"));
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.deny-list"));
  ck_assert_int_eq (sk_fake_fact (run.object, "hash.entropy")->integer, 1585);
  look (&run, "", 0);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha256"), EMPTY_SHA256);
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.entropy"));
  end (&run);
}
END_TEST

START_TEST (digests_in_pieces_show_progress)
{
  size_t size = 3 * 1024 * 1024 + 5;
  g_autofree char *bytes = g_malloc (size);
  memset (bytes, 'a', size);
  Run run = begin ();
  configure (&run);
  look (&run, bytes, size);
  g_autofree char *expected
      = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (uint8_t *) bytes, size);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha256"), expected);
  ck_assert_uint_eq (run.object->worked, 3 * 1024);
  run.object->work_left = 1024;
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), run.context, run.object), SK_LIMIT);
  /* What was begun does not leak into the next object. */
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha256"), ABC_SHA256);
  end (&run);
}
END_TEST

START_TEST (what_is_too_large_gets_no_digest_and_says_so)
{
  Run run = begin ();
  sk_fake_setup_option (run.setup, "max-bytes", "3");
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha256"), ABC_SHA256);
  ck_assert_uint_eq (sk_fake_count (run.object->notes, "not-inspected"), 0);
  sk_fake_object_free (run.object);
  run.object = sk_fake_object_new (&sekisho_plugin, "x", "abcd", 4);
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), run.context, run.object), SK_PARTIAL);
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.sha256"));
  const SkFakeNote *note = sk_fake_note (run.object->notes, "not-inspected", 0);
  ck_assert_uint_eq (note->number, SK_REASON_LIMIT);
  ck_assert_str_eq (note->text, "no digest of more than 3 bytes");
  end (&run);
}
END_TEST

START_TEST (deny_with_reason)
{
  Run run = with_list ("/l/a.txt", META ABC_SHA256 "  Example.Worm # of no end\n");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-list"), "Example feed");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-reason"), "Example.Worm # of no end");
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.allow-list"));
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.md5"));
  look (&run, "abd", 3);
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.deny-list"));
  end (&run);
}
END_TEST

START_TEST (one_bit_off_is_no_hit)
{
  for (size_t i = 0; i < 64; i++)
    {
      char text[] = META ABC_SHA256 "\n";
      char *digit = text + strlen (META) + i;
      int value = g_ascii_xdigit_value (*digit) ^ (1 << (i % 4));
      *digit = "0123456789abcdef"[value];
      Run run = with_list ("/l/a.txt", text);
      ck_assert_uint_eq (run.setup->notes->len, 0);
      ck_assert_ptr_null (sk_fake_fact (run.object, "hash.deny-list"));
      end (&run);
    }
}
END_TEST

START_TEST (other_digests_only_when_needed)
{
  Run run = with_list ("/l/a.txt", META ABC_MD5 " M\n" ABC_SHA1 "\n");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.md5"), ABC_MD5);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.sha1"), ABC_SHA1);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-reason"), "M");
  end (&run);
}
END_TEST

START_TEST (allow_list_and_upper_case)
{
  g_autofree char *upper = g_ascii_strup (ABC_SHA256, -1);
  g_autofree char *text = g_strconcat ("# kind: allow\n" META, upper, "\r\n", NULL);
  Run run = with_list ("/l/a.txt", text);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.allow-list"), "Example feed");
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.deny-list"));
  end (&run);
}
END_TEST

START_TEST (several_sources_name_one_object)
{
  Run run = begin ();
  add_text (&run, "/l/a.txt", META ABC_SHA256 " A\n# source: Second\n" ABC_SHA256 " B\n");
  add_text (&run, "/l/b.txt",
            "# source: Third\n# expires: 2999-01-01\n" ABC_MD5 "\n" ABC_SHA256 " A\n");
  configure (&run);
  look (&run, "abc", 3);
  size_t hits = 0;
  for (guint i = 0; i < run.object->facts->len; i++)
    {
      const SkFakeFact *fact = g_ptr_array_index (run.object->facts, i);
      hits += strcmp (sekisho_plugin.facts[fact->fact].name, "hash.deny-list") == 0;
    }
  ck_assert_uint_eq (hits, 4);
  end (&run);
}
END_TEST

START_TEST (an_expired_source_is_left_out_and_counted)
{
  Run run
      = with_list ("/l/a.txt", "# source: Old\n# expires: 2001-02-03\n" ABC_SHA256 "\n" ABC_MD5 "\n"
                               "# source: New\n# expires: 2999-02-03\n" ABC_SHA1 "\n");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-list"), "New");
  const SkFakeNote *note = sk_fake_note (run.setup->notes, "warning", 0);
  ck_assert_ptr_nonnull (note);
  ck_assert_str_eq (note->file, "/l/a.txt");
  ck_assert_str_eq (note->text, "expired on 2001-02-03, left out: 2 entries of Old");
  ck_assert_uint_eq (run.setup->notes->len, 1);
  end (&run);
}
END_TEST

START_TEST (entries_without_source_or_expiry_are_refused_by_line)
{
  Run run = with_list ("/l/a.txt", ABC_SHA256 "\n# source: S\n" ABC_SHA256
                                              "\n# expires: 2999-01-01\n" ABC_MD5 "\n");
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "warning"), 2);
  ck_assert_uint_eq (sk_fake_note (run.setup->notes, "warning", 0)->number, 1);
  ck_assert_uint_eq (sk_fake_note (run.setup->notes, "warning", 1)->number, 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-list"), "S");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.md5"), ABC_MD5);
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "left-out"), 0);
  end (&run);
  run = with_list ("/l/b.txt", ABC_SHA256 "\n");
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "warning"), 1);
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "left-out"), 1);
  end (&run);
}
END_TEST

START_TEST (trivial_hashes_are_refused_with_their_line)
{
  g_autofree char *zeros = g_malloc0 (4096);
  g_autofree char *page = g_compute_checksum_for_data (G_CHECKSUM_MD5, (uint8_t *) zeros, 4096);
  g_autofree char *newline = g_compute_checksum_for_string (G_CHECKSUM_SHA1, "\n", 1);
  g_autofree char *text = g_strconcat (META, EMPTY_SHA256, " bad\n", page, "\n", newline, "\n",
                                       ABC_SHA256, "\n", NULL);
  Run run = with_list ("/l/a.txt", text);
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "warning"), 3);
  for (size_t i = 0; i < 3; i++)
    ck_assert_uint_eq (sk_fake_note (run.setup->notes, "warning", i)->number, 3 + i);
  look (&run, "", 0);
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.deny-list"));
  look (&run, "abc", 3);
  ck_assert_ptr_nonnull (sk_fake_fact (run.object, "hash.deny-list"));
  end (&run);
}
END_TEST

START_TEST (a_side_file_says_what_the_feed_does_not)
{
  Run run = begin ();
  add_text (&run, "/l/a.csv", "\"sha256\",\"signature\"\n\"" ABC_SHA256 "\",\"W\"\"orm\"\n");
  add_text (&run, "/l/a.csv.meta", "source: Side\nexpires: 2999-01-01\nkind: maybe\n");
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-list"), "Side");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-reason"), "W\"orm");
  const SkFakeNote *note = sk_fake_note (run.setup->notes, "warning", 0);
  ck_assert_ptr_nonnull (note);
  ck_assert_str_eq (note->file, "/l/a.csv.meta");
  ck_assert_uint_eq (note->number, 3);
  ck_assert_uint_eq (run.setup->notes->len, 1);
  end (&run);
}
END_TEST

START_TEST (clamav_sizes_count)
{
  Run run = with_list ("/l/a.hdb", META ABC_MD5 ":3:Right.Size\n");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-reason"), "Right.Size");
  end (&run);
  run = with_list ("/l/a.hdb", META ABC_MD5 ":4:Wrong.Size\n");
  ck_assert_ptr_null (sk_fake_fact (run.object, "hash.deny-list"));
  end (&run);
  run = with_list ("/l/a.hsb", META ABC_SHA1 ":*:Any.Size:73\n");
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-reason"), "Any.Size");
  end (&run);
}
END_TEST

/* ---- the cache ---- */

static char *
only_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = g_dir_read_name (dir);
  ck_assert_ptr_nonnull (name);
  ck_assert (g_str_has_suffix (name, ".skhash"));
  char *path = g_build_filename (folder, name, NULL);
  ck_assert_ptr_null (g_dir_read_name (dir));
  return path;
}

static Run
with_cache (const char *folder)
{
  Run run = begin ();
  run.setup->cache_dir = g_strdup (folder);
  add_text (&run, "/l/a.txt", META ABC_SHA256 " Worm\n" EMPTY_SHA256 "\n");
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-reason"), "Worm");
  return run;
}

static struct stat
stat_of (const char *path)
{
  struct stat info;
  ck_assert_int_eq (lstat (path, &info), 0);
  return info;
}

static void
write_private (const char *path, const char *bytes, size_t size)
{
  ck_assert (g_file_set_contents (path, bytes, (gssize) size, NULL));
  ck_assert_int_eq (g_chmod (path, 0600), 0);
}

START_TEST (the_cache_is_used_and_says_the_same)
{
  g_autofree char *folder = sk_test_folder ();
  Run run = with_cache (folder);
  g_autofree char *file = only_file (folder);
  struct stat before = stat_of (file);
  ck_assert_int_eq (before.st_mode & 07777, 0600);
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "warning"), 1);
  end (&run);
  run = with_cache (folder);
  ck_assert_uint_eq (stat_of (file).st_ino, before.st_ino);
  ck_assert_uint_eq (run.setup->notes->len, 1);
  ck_assert_uint_eq (sk_fake_note (run.setup->notes, "warning", 0)->number, 4);
  end (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (lists_of_no_use_leave_the_cache)
{
  g_autofree char *folder = sk_test_folder ();
  for (int i = 0; i < HASH_CACHE_LISTS + 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("old-%03d.skhash", i);
      g_autofree char *path = sk_test_file (folder, name, "old", 3);
      const struct timespec times[] = { { 1000 + i, 0 }, { 1000 + i, 0 } };
      ck_assert_int_eq (utimensat (AT_FDCWD, path, times, 0), 0);
    }
  g_free (sk_test_file (folder, "other", "not ours", 8));
  Run run = with_cache (folder);
  end (&run);
  unsigned left = 0;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL; left++)
    ck_assert_msg (strcmp (name, "old-003.skhash") > 0 || !g_str_has_prefix (name, "old-"),
                   "%s was used longest ago", name);
  ck_assert_uint_eq (left, HASH_CACHE_LISTS + 1);
  sk_test_remove (folder);
}
END_TEST

/* After what a stranger could have done, it is said, the file is another one and the hit is
 * there. */
static void
expect_rebuilt (const char *folder, const char *file)
{
  /* Held open, so that its inode is not given to the new one. */
  g_autoptr (GMappedFile) held = g_mapped_file_new (file, FALSE, NULL);
  ino_t before = stat_of (file).st_ino;
  Run run = with_cache (folder);
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "warning"), 2);
  ck_assert_ptr_nonnull (strstr (sk_fake_note (run.setup->notes, "warning", 0)->text, "made anew"));
  ck_assert_uint_ne (stat_of (file).st_ino, before);
  ck_assert (S_ISREG (stat_of (file).st_mode));
  end (&run);
}

START_TEST (a_changed_cache_file_is_made_anew)
{
  g_autofree char *folder = sk_test_folder ();
  Run run = with_cache (folder);
  end (&run);
  g_autofree char *file = only_file (folder);
  g_autofree char *bytes = NULL;
  size_t size;
  ck_assert (g_file_get_contents (file, &bytes, &size, NULL));
  for (size_t place = 0; place < size; place += 97)
    {
      bytes[place] ^= 1;
      write_private (file, bytes, size);
      bytes[place] ^= 1;
      expect_rebuilt (folder, file);
    }
  write_private (file, bytes, size - 1);
  expect_rebuilt (folder, file);
  write_private (file, "", 0);
  expect_rebuilt (folder, file);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_cache_file_of_others_is_made_anew)
{
  g_autofree char *folder = sk_test_folder ();
  Run run = with_cache (folder);
  end (&run);
  g_autofree char *file = only_file (folder);
  ck_assert_int_eq (g_chmod (file, 0620), 0);
  expect_rebuilt (folder, file);
  ck_assert_int_eq (g_chmod (file, 0602), 0);
  expect_rebuilt (folder, file);
  if (geteuid () == 0)
    {
      ck_assert_int_eq (chown (file, 12345, (gid_t) -1), 0);
      expect_rebuilt (folder, file);
    }
  /* A link is not followed, be it to a good file. */
  g_autofree char *other = g_strconcat (folder, "-other", NULL);
  ck_assert_int_eq (g_rename (file, other), 0);
  ck_assert_int_eq (symlink (other, file), 0);
  expect_rebuilt (folder, file);
  g_unlink (other);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_cache_folder_of_others_is_not_used)
{
  g_autofree char *folder = sk_test_folder ();
  Run run = with_cache (folder);
  end (&run);
  ck_assert_int_eq (g_chmod (folder, 0777), 0);
  run = with_cache (folder);
  ck_assert_msg (strstr (sk_fake_note (run.setup->notes, "warning", 0)->text, "folder") != NULL, "%s", sk_fake_note (run.setup->notes, "warning", 0)->text);
  end (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_compiled_file_is_a_source)
{
  g_autofree char *folder = sk_test_folder ();
  Run run = with_cache (folder);
  end (&run);
  g_autofree char *file = only_file (folder);
  g_autofree char *bytes = NULL;
  size_t size;
  ck_assert (g_file_get_contents (file, &bytes, &size, NULL));
  run = begin ();
  sk_fake_setup_source (run.setup, "hash-list", "/l/feed.skhash", bytes, size);
  bytes[size - 9] ^= 4;
  sk_fake_setup_source (run.setup, "hash-list", "/l/wrong.skhash", bytes, size);
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-list"), "Example feed");
  const SkFakeNote *note = sk_fake_note (run.setup->notes, "left-out", 0);
  ck_assert_ptr_nonnull (note);
  ck_assert_str_eq (note->file, "/l/wrong.skhash");
  ck_assert_str_eq (note->text, "its checksum is wrong");
  end (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_missing_cache_folder_costs_only_the_cache)
{
  Run run = begin ();
  run.setup->cache_dir = g_strdup ("/nonexistent/cache");
  add_text (&run, "/l/a.txt", META ABC_SHA256 "\n");
  configure (&run);
  look (&run, "abc", 3);
  ck_assert_str_eq (sk_fake_text (run.object, "hash.deny-list"), "Example feed");
  ck_assert_uint_eq (sk_fake_count (run.setup->notes, "warning"), 1);
  end (&run);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("hash");
  TCase *tests = tcase_create ("hash");
  tcase_set_timeout (tests, 60);
  tcase_add_test (tests, a_part_has_no_digest);
  tcase_add_test (tests, digests_without_lists);
  tcase_add_test (tests, digests_in_pieces_show_progress);
  tcase_add_test (tests, what_is_too_large_gets_no_digest_and_says_so);
  tcase_add_test (tests, deny_with_reason);
  tcase_add_test (tests, one_bit_off_is_no_hit);
  tcase_add_test (tests, other_digests_only_when_needed);
  tcase_add_test (tests, allow_list_and_upper_case);
  tcase_add_test (tests, several_sources_name_one_object);
  tcase_add_test (tests, an_expired_source_is_left_out_and_counted);
  tcase_add_test (tests, entries_without_source_or_expiry_are_refused_by_line);
  tcase_add_test (tests, trivial_hashes_are_refused_with_their_line);
  tcase_add_test (tests, a_side_file_says_what_the_feed_does_not);
  tcase_add_test (tests, clamav_sizes_count);
  tcase_add_test (tests, the_cache_is_used_and_says_the_same);
  tcase_add_test (tests, lists_of_no_use_leave_the_cache);
  tcase_add_test (tests, a_changed_cache_file_is_made_anew);
  tcase_add_test (tests, a_cache_file_of_others_is_made_anew);
  tcase_add_test (tests, a_cache_folder_of_others_is_not_used);
  tcase_add_test (tests, a_compiled_file_is_a_source);
  tcase_add_test (tests, a_missing_cache_folder_costs_only_the_cache);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
