/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Unit tests of the base folder: buffers, fields, text, levels, bundles.
 */
#include "config.h"

#include "base/buffer.h"
#include "base/bundle.h"
#include "base/error.h"
#include "base/json-text.h"
#include "base/level.h"
#include "base/limits.h"
#include "base/text.h"
#include "sk-test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPAN(text) ((SkSpan) { (const uint8_t *) (text), sizeof (text) - 1 })

START_TEST (cursor_never_passes_the_end)
{
  static const uint8_t bytes[] = { 1, 2, 3 };
  SkCursor cursor = sk_cursor ((SkSpan) { bytes, sizeof bytes });
  uint32_t wide;
  uint16_t half;
  SkSpan part;
  ck_assert (!sk_cursor_take_u32le (&cursor, &wide));
  ck_assert (!sk_cursor_take (&cursor, SIZE_MAX, &part));
  ck_assert (!sk_cursor_skip (&cursor, 4));
  ck_assert (sk_cursor_take_u16be (&cursor, &half));
  ck_assert_uint_eq (half, 0x0102);
  ck_assert_uint_eq (sk_cursor_left (&cursor), 1);
}
END_TEST

START_TEST (slice_is_cut_to_what_is_there)
{
  SkSpan all = SPAN ("abcdef");
  ck_assert_uint_eq (sk_span_slice (all, 4, 100).size, 2);
  ck_assert_uint_eq (sk_span_slice (all, 6, 1).size, 0);
  ck_assert_uint_eq (sk_span_slice (all, SIZE_MAX, SIZE_MAX).size, 0);
}
END_TEST

START_TEST (buffer_holds_its_maximum)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 10);
  ck_assert (sk_buffer_put (&buffer, "12345678", 8));
  ck_assert (!sk_buffer_put (&buffer, "abc", 3));
  ck_assert (buffer.overflow);
  ck_assert_uint_eq (buffer.size, 8);
  ck_assert_msg (!sk_buffer_put (&buffer, "a", 1), "an overflow stays, a hole is never left");
  sk_buffer_reset (&buffer);
  ck_assert (sk_buffer_put (&buffer, "0123456789", 10));
}
END_TEST

START_TEST (fields_round_trip)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 1000);
  ck_assert (sk_wire_put_bool (&buffer, true) && sk_wire_put_i64 (&buffer, INT64_MIN)
             && sk_wire_put_text (&buffer, "請求書") && sk_wire_put_text (&buffer, NULL));
  SkCursor cursor = sk_cursor (sk_buffer_span (&buffer));
  bool flag;
  int64_t number;
  g_autofree char *text = NULL, *empty = NULL;
  ck_assert (sk_wire_take_bool (&cursor, &flag) && flag);
  ck_assert (sk_wire_take_i64 (&cursor, &number) && number == INT64_MIN);
  ck_assert (sk_wire_take_text (&cursor, 9, &text));
  ck_assert_str_eq (text, "請求書");
  ck_assert (sk_wire_take_text (&cursor, 0, &empty));
  ck_assert (sk_wire_end (&cursor));
}
END_TEST

START_TEST (bad_fields_are_refused)
{
  SkCursor cursor = sk_cursor (SPAN ("\x02"));
  bool flag;
  char *text = NULL;
  uint32_t count;
  ck_assert (!sk_wire_take_bool (&cursor, &flag));
  cursor = sk_cursor (SPAN ("\x03\0\0\0ab"));
  ck_assert_msg (!sk_wire_take_text (&cursor, 100, &text), "shorter than it says");
  cursor = sk_cursor (SPAN ("\x02\0\0\0a\0"));
  ck_assert_msg (!sk_wire_take_text (&cursor, 100, &text), "NUL inside");
  cursor = sk_cursor (SPAN ("\x02\0\0\0\xc3("));
  ck_assert_msg (!sk_wire_take_text (&cursor, 100, &text), "not UTF-8");
  cursor = sk_cursor (SPAN ("\x04\0\0\0abcd"));
  ck_assert_msg (!sk_wire_take_text (&cursor, 3, &text), "over its maximum");
  cursor = sk_cursor (SPAN ("\xff\xff\xff\xff" "abcd"));
  ck_assert_msg (!sk_wire_take_count (&cursor, UINT32_MAX, 1, &count), "more items than bytes");
  ck_assert_uint_eq (sk_cursor_left (&cursor), 8);
}
END_TEST

START_TEST (bytes_become_text)
{
  g_autofree char *cp932 = sk_text_from_bytes (SPAN ("a\x90\xbf.txt"));
  ck_assert_str_eq (cp932, "a\\x90\\xbf.txt");
  g_autofree char *utf8 = sk_text_from_bytes (SPAN ("請求書"));
  ck_assert_str_eq (utf8, "請求書");
  g_autofree char *cut = sk_text_from_bytes (SPAN ("ab\xe8\xab"));
  ck_assert_str_eq (cut, "ab\\xe8\\xab");
  g_autofree char *literal = sk_text_from_bytes (SPAN ("a\\xff\\b\\xzz\\x5"));
  ck_assert_str_eq (literal, "a\\x5cxff\\b\\xzz\\x5");
}
END_TEST

START_TEST (escaped_text_is_one_harmless_line)
{
  g_autofree char *text = sk_text_escape ("a\nb\r\t\x1b[2J\\見積\u202Efdp.exe\xc2\x85\u2028\U000E0041");
  ck_assert_str_eq (text, "a\\nb\\r\\t\\u{1B}[2J\\\\見積\\u{202E}fdp.exe\\u{85}\\u{2028}\\u{E0041}");
  g_autofree char *plain = sk_text_escape ("ﾊﾟｽﾜｰﾄﾞ 見積.pdf");
  ck_assert_str_eq (plain, "ﾊﾟｽﾜｰﾄﾞ 見積.pdf");
}
END_TEST

START_TEST (cut_ends_at_a_character)
{
  ck_assert_uint_eq (sk_text_cut ("請求書", 9), 9);
  ck_assert_uint_eq (sk_text_cut ("請求書", 8), 6);
  ck_assert_uint_eq (sk_text_cut ("請求書", 2), 0);
  ck_assert_uint_eq (sk_text_cut ("abc", 100), 3);
}
END_TEST

#define SIZED(text, size) ((SkSpan) { (const uint8_t *) (text), size })

static void
undone (const char *text, const char *wanted, size_t wanted_size)
{
  /* Room of exactly the text's size, so that a sanitizer sees a write past it. */
  SkSpan span = sk_span_of_text (text);
  g_autofree char *apart = g_malloc (span.size), *same = g_memdup2 (text, span.size);
  size_t size = sk_json_text_undo (span, apart);
  ck_assert_msg (sk_span_equal (SIZED (apart, size), SIZED (wanted, wanted_size)), "%s", text);
  size = sk_json_text_undo ((SkSpan) { (uint8_t *) same, span.size }, same);
  ck_assert_msg (sk_span_equal (SIZED (same, size), SIZED (wanted, wanted_size)), "%s in place", text);
}

#define UNDONE(text, wanted) undone (text, wanted, sizeof (wanted) - 1)

START_TEST (escapes_of_json_are_undone)
{
  UNDONE ("", "");
  UNDONE ("plain 請求書", "plain 請求書");
  UNDONE ("C:\\\\Windows\\\\net.exe", "C:\\Windows\\net.exe");
  UNDONE ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
  UNDONE ("\\\\n is not \\n", "\\n is not \n");
  UNDONE ("\\u0041\\u00e9\\u8ACB\\u0000.", "Aé請\0.");
  UNDONE ("\\ud83d\\ude00", "😀");
  UNDONE ("\\ud83d\\ud83d\\ude00\\ude00x", "\uFFFD😀\uFFFDx");
  UNDONE ("\\ud83d\\n", "\uFFFD\n");
  UNDONE ("\\ud83d\\u0041", "\uFFFDA");
  UNDONE ("\xff\\n", "\xff\n");
}
END_TEST

/* One escape, and two, at each place of texts around the length of a block. */
START_TEST (escapes_are_undone_at_every_place)
{
  for (size_t size = 2; size <= 50; size++)
    for (size_t at = 0; at + 2 <= size; at++)
      {
        char text[64], wanted[64];
        memset (text, 'x', sizeof text);
        memset (wanted, 'x', sizeof wanted);
        memcpy (text + at, "\\n", 2);
        wanted[at] = '\n';
        text[size] = '\0';
        undone (text, wanted, size - 1);
        if (at < 7)
          continue;
        memcpy (text, "\\u8acb", 6);
        memmove (wanted + 3, wanted + 6, sizeof wanted - 6);
        memcpy (wanted, "請", 3);
        undone (text, wanted, size - 4);
      }
}
END_TEST

START_TEST (what_is_no_escape_stays)
{
  UNDONE ("\\x\\u12g4\\u123", "\\x\\u12g4\\u123");
  UNDONE ("end\\", "end\\");
}
END_TEST

START_TEST (lower_case_of_each_character)
{
  g_autofree char *lower = sk_text_lower ("WINDOWS İÉ Σ 請求書.PDF");
  ck_assert_str_eq (lower, "windows ié σ 請求書.pdf");
}
END_TEST

START_TEST (last_extension)
{
  ck_assert_str_eq (sk_text_extension ("a.tar.gz"), "gz");
  ck_assert_str_eq (sk_text_extension ("請求書.PDF"), "PDF");
  ck_assert_str_eq (sk_text_extension (".profile.d"), "d");
  ck_assert_str_eq (sk_text_extension (".profile"), "");
  ck_assert_str_eq (sk_text_extension ("README"), "");
  ck_assert_str_eq (sk_text_extension ("a."), "");
  ck_assert_str_eq (sk_text_extension (""), "");
}
END_TEST

START_TEST (numbers_for_people)
{
  g_autofree char *count = sk_text_count (1234567), *small = sk_text_count (0);
  ck_assert_str_eq (count, "1,234,567");
  ck_assert_str_eq (small, "0");
  g_autofree char *bytes = sk_text_size (1023), *mega = sk_text_size (3 * SK_MIB / 2);
  ck_assert_str_eq (bytes, "1023 bytes");
  ck_assert_str_eq (mega, "1.5 MiB");
}
END_TEST

START_TEST (levels_and_reasons_have_names)
{
  SkLevel level;
  SkReason reason;
  for (int i = 0; i < SK_N_LEVELS; i++)
    ck_assert (sk_level_parse (sk_level_name ((SkLevel) i), &level) && (int) level == i);
  for (int i = 0; i < SK_N_REASONS; i++)
    ck_assert (sk_reason_parse (sk_reason_word ((SkReason) i), &reason) && (int) reason == i);
  ck_assert (sk_level_parse ("crit", &level) && level == SK_LEVEL_CRITICAL);
  ck_assert (!sk_level_parse ("", &level) && !sk_level_parse ("Critical", &level));
  ck_assert (!sk_reason_parse ("clean", &reason));
  ck_assert_str_eq (sk_reason_id (SK_REASON_CRASH), "not-inspected.crash");
}
END_TEST

static SkBundle *
sample_bundle (void)
{
  SkBundle *bundle = sk_bundle_new ();
  ck_assert (sk_bundle_add (bundle, "config", "/etc/a.yaml", SPAN ("jobs: 2\n"), 10, NULL));
  ck_assert (sk_bundle_add (bundle, "yara", "/r/\x90\xbf.yar", SPAN ("rule a { condition: true }"), 20, NULL));
  ck_assert (sk_bundle_add (bundle, "yara", "/r/empty.yar", (SkSpan) { NULL, 0 }, 30, NULL));
  return bundle;
}

START_TEST (bundle_survives_the_seal)
{
  g_autoptr (SkBundle) bundle = sample_bundle ();
  int fd = sk_bundle_seal (bundle, NULL);
  ck_assert_int_ge (fd, 0);
  ck_assert_msg (write (fd, "x", 1) < 0, "the seal holds");
  g_autoptr (SkBundle) mapped = sk_bundle_map (fd, NULL);
  close (fd);
  ck_assert_ptr_nonnull (mapped);
  SkBundleEntry entry;
  ck_assert (sk_bundle_of_kind (mapped, "yara", 0, &entry));
  ck_assert_str_eq (entry.path, "/r/\x90\xbf.yar");
  ck_assert_int_eq (entry.mtime, 20);
  ck_assert (sk_bundle_of_kind (mapped, "yara", 1, &entry) && entry.bytes.size == 0);
  ck_assert (!sk_bundle_of_kind (mapped, "yara", 2, &entry));
  ck_assert_str_eq (sk_bundle_digest (mapped), sk_bundle_digest (bundle));
}
END_TEST

START_TEST (bundle_refuses_what_is_not_sealed)
{
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ck_assert_int_eq (write (fd, "SKBUNDLE\0\0\0\0", 12), 12);
  ck_assert_ptr_null (sk_bundle_map (fd, &error));
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_PROTOCOL));
  close (fd);
}
END_TEST

START_TEST (bundle_reads_a_tree_in_order)
{
  static const char *const suffixes[] = { ".yar", NULL };
  g_autofree char *folder = sk_test_folder ();
  g_free (sk_test_file (folder, "b.yar", "b", 1));
  g_free (sk_test_file (folder, "a/z.yar", "z", 1));
  g_free (sk_test_file (folder, "a/notes.txt", "n", 1));
  g_autofree char *fifo = g_build_filename (folder, "c.yar", NULL);
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  size_t count;
  SkBundleEntry entry;
  ck_assert (sk_bundle_add_tree (bundle, "yara", folder, suffixes, &count, NULL));
  ck_assert_uint_eq (count, 2);
  ck_assert (sk_bundle_at (bundle, 0, &entry) && g_str_has_suffix (entry.path, "/a/z.yar"));
  ck_assert_int_eq (mkfifo (fifo, 0600), 0);
  ck_assert_msg (!sk_bundle_add_tree (bundle, "yara", folder, suffixes, NULL, &error), "a FIFO is refused, not waited for");
  ck_assert_ptr_nonnull (strstr (error->message, "c.yar"));
  sk_test_remove (folder);
}
END_TEST

START_TEST (bundle_leaves_out_of_a_tree_what_it_is_told)
{
  static const char *const suffixes[] = { ".yml", NULL };
  g_autofree char *folder = sk_test_folder ();
  g_free (sk_test_file (folder, "a.yml", "a", 1));
  g_free (sk_test_file (folder, "a.test.yml", "a", 1));
  g_free (sk_test_file (folder, "sub/b.yml", "b", 1));
  g_free (sk_test_file (folder, "sub/tables/c.yml", "c", 1));
  g_free (sk_test_file (folder, "tables/d.yml", "d", 1));
  g_autofree char *tables = g_build_filename (folder, "tables", NULL);
  const char *const but[] = { ".test.yml", tables, NULL };
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  size_t count;
  SkBundleEntry entry;
  ck_assert (sk_bundle_add_tree_but (bundle, "sigma", folder, suffixes, but, &count, NULL));
  ck_assert_uint_eq (count, 3);
  ck_assert (sk_bundle_at (bundle, 0, &entry) && g_str_has_suffix (entry.path, "/a.yml"));
  ck_assert (sk_bundle_at (bundle, 1, &entry) && g_str_has_suffix (entry.path, "/sub/b.yml"));
  ck_assert (sk_bundle_at (bundle, 2, &entry) && g_str_has_suffix (entry.path, "/sub/tables/c.yml"));
  sk_test_remove (folder);
}
END_TEST

START_TEST (bundle_digest_follows_content)
{
  g_autoptr (SkBundle) one = sk_bundle_new (), other = sk_bundle_new ();
  ck_assert (sk_bundle_add (one, "k", "/ab", SPAN ("c"), 1, NULL));
  ck_assert (sk_bundle_add (other, "k", "/a", SPAN ("bc"), 1, NULL));
  ck_assert_str_ne (sk_bundle_digest (one), sk_bundle_digest (other));
}
END_TEST

START_TEST (bundle_digest_names_rules_not_configuration)
{
  g_autoptr (SkBundle) one = sk_bundle_new (), other = sk_bundle_new ();
  ck_assert (sk_bundle_add (one, "yara", "/a", SPAN ("r"), 1, NULL));
  ck_assert (sk_bundle_add (other, "override-raw", "jobs", SPAN ("7"), 0, NULL));
  ck_assert (sk_bundle_add (other, "config", "/c", SPAN ("jobs: 3"), 0, NULL));
  ck_assert (sk_bundle_add (other, "yara", "/a", SPAN ("r"), 2, NULL));
  ck_assert_str_eq (sk_bundle_digest (one), sk_bundle_digest (other));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("base");
  TCase *tests = tcase_create ("base");
  tcase_add_test (tests, cursor_never_passes_the_end);
  tcase_add_test (tests, slice_is_cut_to_what_is_there);
  tcase_add_test (tests, buffer_holds_its_maximum);
  tcase_add_test (tests, fields_round_trip);
  tcase_add_test (tests, bad_fields_are_refused);
  tcase_add_test (tests, bytes_become_text);
  tcase_add_test (tests, escaped_text_is_one_harmless_line);
  tcase_add_test (tests, cut_ends_at_a_character);
  tcase_add_test (tests, escapes_of_json_are_undone);
  tcase_add_test (tests, escapes_are_undone_at_every_place);
  tcase_add_test (tests, what_is_no_escape_stays);
  tcase_add_test (tests, last_extension);
  tcase_add_test (tests, lower_case_of_each_character);
  tcase_add_test (tests, numbers_for_people);
  tcase_add_test (tests, levels_and_reasons_have_names);
  tcase_add_test (tests, bundle_survives_the_seal);
  tcase_add_test (tests, bundle_refuses_what_is_not_sealed);
  tcase_add_test (tests, bundle_reads_a_tree_in_order);
  tcase_add_test (tests, bundle_leaves_out_of_a_tree_what_it_is_told);
  tcase_add_test (tests, bundle_digest_follows_content);
  tcase_add_test (tests, bundle_digest_names_rules_not_configuration);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
