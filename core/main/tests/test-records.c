/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Records as lines of JSON, and the file they go to.
 */
#include "config.h"

#include "main/records.h"

#include <sk-test.h>
#include <string.h>
#include <sys/stat.h>

static SkRecordView view;
static SkRunRecord record;

static void
setup (void)
{
  sk_record_view_init (&view);
  view.kind = sk_span_of_text ("log.json");
  record = (SkRunRecord) { .root = "/r/日本.json", .job = "/r/日本.json", .object = "", .fields = &view };
}

static void
teardown (void)
{
  sk_record_view_clear (&view);
}

static void
add_bytes (const char *name, const char *bytes, size_t size)
{
  SkRecordItem item = { sk_span_of_text (name),
                        { .type = SK_FIELD_STRING, .text = { (const uint8_t *) bytes, size } } };
  g_array_append_val (view.items, item);
}

static void
check_json (const char *expected)
{
  g_autofree char *line = sk_record_to_json (&record);
  ck_assert_str_eq (line, expected);
}

START_TEST (a_line)
{
  check_json ("{\"sekisho\":{\"schema\":1,\"kind\":\"log.json\",\"root\":\"/r/日本.json\",\"object\":\"\","
              "\"position\":0},\"fields\":{}}");
  record.job = "/r/日本.json/log:64";
  record.object = "/zip:3";
  record.position = UINT64_MAX;
  record.time = G_GINT64_CONSTANT (1795564800000000000);
  sk_record_add_text (&view, "a", "1");
  check_json ("{\"@timestamp\":\"2026-11-25T00:00:00.000000Z\",\"sekisho\":{\"schema\":1,"
              "\"kind\":\"log.json\",\"root\":\"/r/日本.json\",\"object\":\"/log:64/zip:3\","
              "\"position\":18446744073709551615},\"fields\":{\"a\":\"1\"}}");
}
END_TEST

START_TEST (values_of_one_name_are_a_list)
{
  SkRecordItem flag = { sk_span_of_text ("b"), { .type = SK_FIELD_BOOL, .boolean = true } };
  sk_record_add_text (&view, "a", "1");
  g_array_append_val (view.items, flag);
  sk_record_add_int (&view, "a", -2);
  sk_record_add_text (&view, "c", "");
  sk_record_add_text (&view, "a", "3");
  g_autofree char *line = sk_record_to_json (&record);
  ck_assert_ptr_nonnull (
      strstr (line, "\"fields\":{\"a\":[\"1\",-2,\"3\"],\"b\":true,\"c\":\"\"}}"));
}
END_TEST

/* Names of equal hash, were they hashed without a secret: whoever writes logs chooses them. */
START_TEST (names_that_collide_cost_nothing)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < 1 << 15; i++)
    {
      char *name = g_new0 (char, 31);
      for (int bit = 0; bit < 15; bit++)
        memcpy (name + 2 * bit, (i >> bit & 1) != 0 ? "Ez" : "FY", 2);
      g_ptr_array_add (names, name);
      sk_record_add_int (&view, name, i);
    }
  g_autofree char *line = sk_record_to_json (&record);
  g_autofree char *last = g_strdup_printf ("\"%s\":32767}}", (char *) names->pdata[(1 << 15) - 1]);
  ck_assert (g_str_has_suffix (line, last));
}
END_TEST

START_TEST (hostile_bytes_make_one_line)
{
  add_bytes ("n\n\"\xe2\x80\xae", "a\0b\n\xff\\\"\x1b[2J", 11);
  g_autofree char *line = sk_record_to_json (&record);
  ck_assert_ptr_null (strpbrk (line, "\n\x1b"));
  ck_assert (g_utf8_validate (line, -1, NULL));
  ck_assert_ptr_nonnull (strstr (line, "{\"n\\u000a\\\"\\u202e\":\"a"));
  ck_assert_ptr_nonnull (strstr (line, "\\\\xff\\\\\\\"\\u001b[2J\"}}"));
}
END_TEST

START_TEST (the_file)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *path = sk_test_file (folder, "old.json", "old", 3);
  g_autoptr (SkRecords) records = sk_records_new (path, NULL);
  ck_assert_ptr_nonnull (records);
  for (int i = 0; i < 5000; i++)
    sk_records_put (records, &record);
  ck_assert (sk_records_close (records, NULL));
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 5001);
  ck_assert_str_eq (lines[5000], "");
  ck_assert_str_eq (lines[4999], lines[0]);
  g_autofree char *fresh = g_build_filename (folder, "new.json", NULL);
  g_autoptr (SkRecords) other = sk_records_new (fresh, NULL);
  struct stat info;
  ck_assert_int_eq (stat (fresh, &info), 0);
  ck_assert_uint_eq (info.st_mode & 07777, 0600);
  sk_test_remove (folder);
}
END_TEST

START_TEST (what_cannot_be_written_is_told)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (sk_records_new ("/nowhere/at/all", &error));
  ck_assert_ptr_nonnull (strstr (error->message, "/nowhere/at/all"));
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    return;
  g_autoptr (SkRecords) records = sk_records_new ("/dev/full", NULL);
  ck_assert_ptr_nonnull (records);
  sk_records_put (records, &record);
  g_autoptr (GError) full = NULL;
  ck_assert (!sk_records_close (records, &full));
  ck_assert_ptr_nonnull (strstr (full->message, "/dev/full"));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("records");
  TCase *tests = tcase_create ("records");
  tcase_add_checked_fixture (tests, setup, teardown);
  tcase_add_test (tests, a_line);
  tcase_add_test (tests, values_of_one_name_are_a_list);
  tcase_add_test (tests, names_that_collide_cost_nothing);
  tcase_add_test (tests, hostile_bytes_make_one_line);
  tcase_add_test (tests, the_file);
  tcase_add_test (tests, what_cannot_be_written_is_told);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
