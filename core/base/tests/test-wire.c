/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Replies and catalogues: what is sent arrives equal, every cut and every
 * number out of range is refused.
 */
#include "config.h"

#include "base/catalogue.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/reply.h"
#include "sk-test.h"

#define N_RULES 20
#define N_PLUGINS 3
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static SkReply *
sample_reply (void)
{
  SkReply *reply = sk_reply_new ();
  reply->job = 7;
  reply->complete = false;
  reply->objects = 2;
  SkReplyObject root = { .plugin = SK_NO_PLUGIN, .name = g_strdup ("m.zip"), .type = g_strdup ("application/zip"), .size = 9, .sha256 = g_strdup (HEX64) };
  SkReplyObject child = { .parent = 0, .plugin = 1, .position = 3, .name = g_strdup ("請求書.exe"), .type = g_strdup (""), .sha256 = g_strdup ("") };
  g_array_append_val (reply->object_list, root);
  g_array_append_val (reply->object_list, child);
  SkReplyFinding finding = { .rule = 13, .object = 1, .plugin = 2, .level = SK_LEVEL_HIGH, .count = 1, .evidence = g_strdup ("$a@0x10"), .record = SK_NO_RECORD };
  SkReplyFinding line = { .rule = 14, .object = 0, .plugin = 1, .level = SK_LEVEL_LOW, .count = 2, .evidence = g_strdup ("User=root"), .record = 4096, .time = -1 };
  g_array_append_val (reply->finding_list, finding);
  g_array_append_val (reply->finding_list, line);
  SkReplyKind syslog = { g_strdup ("log.syslog"), 1000, 0 }, file = { g_strdup ("file"), 2, 2 };
  g_array_append_val (reply->kind_list, syslog);
  g_array_append_val (reply->kind_list, file);
  SkReplyWindow window = { .plugin = 0, .offset = 5, .length = 4, .position = 5, .name = g_strdup (""), .context = g_bytes_new ("ctx", 3) };
  g_array_append_val (reply->window_list, window);
  return reply;
}

static void
encode_sample (SkBuffer *buffer)
{
  g_autoptr (SkReply) reply = sample_reply ();
  sk_buffer_init (buffer, SK_MAX_FRAME);
  ck_assert (sk_reply_encode (reply, buffer));
}

static SkReply *
decode (SkSpan bytes)
{
  return sk_reply_decode (bytes, N_RULES, N_PLUGINS, NULL);
}

START_TEST (reply_round_trip)
{
  g_auto (SkBuffer) buffer, again;
  encode_sample (&buffer);
  g_autoptr (SkReply) reply = decode (sk_buffer_span (&buffer));
  ck_assert_ptr_nonnull (reply);
  ck_assert_str_eq (g_array_index (reply->object_list, SkReplyObject, 1).name, "請求書.exe");
  const SkReplyFinding *line = &g_array_index (reply->finding_list, SkReplyFinding, 1);
  ck_assert_uint_eq (line->record, 4096);
  ck_assert_int_eq (line->time, -1);
  ck_assert_uint_eq (g_array_index (reply->kind_list, SkReplyKind, 0).records, 1000);
  ck_assert_uint_eq (g_array_index (reply->kind_list, SkReplyKind, 1).applicable, 2);
  sk_buffer_init (&again, SK_MAX_FRAME);
  ck_assert (sk_reply_encode (reply, &again));
  ck_assert (sk_span_equal (sk_buffer_span (&buffer), sk_buffer_span (&again)));
}
END_TEST

START_TEST (reply_cut_anywhere_is_refused)
{
  g_auto (SkBuffer) buffer;
  encode_sample (&buffer);
  for (size_t size = 0; size < buffer.size; size++)
    ck_assert_ptr_null (decode ((SkSpan) { buffer.data, size }));
  ck_assert (sk_buffer_put (&buffer, "x", 1));
  ck_assert_msg (decode (sk_buffer_span (&buffer)) == NULL, "bytes after the end");
}
END_TEST

START_TEST (windows_alone_come_back)
{
  g_autoptr (SkReply) reply = sample_reply ();
  g_auto (SkBuffer) buffer, again;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  sk_buffer_init (&again, SK_MAX_FRAME);
  ck_assert (sk_windows_encode (reply->window_list, &buffer));
  GArray *list = sk_windows_decode (sk_buffer_span (&buffer), N_PLUGINS, NULL);
  ck_assert_ptr_nonnull (list);
  ck_assert_uint_eq (list->len, 1);
  ck_assert (sk_windows_encode (list, &again));
  ck_assert (sk_span_equal (sk_buffer_span (&buffer), sk_buffer_span (&again)));
  g_array_unref (list);
  for (size_t size = 0; size < buffer.size; size++)
    ck_assert_ptr_null (sk_windows_decode ((SkSpan) { buffer.data, size }, N_PLUGINS, NULL));
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (sk_windows_decode (sk_buffer_span (&buffer), 0, &error));
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_PROTOCOL));
}
END_TEST

static void
refused (void (*spoil) (SkReply *reply), const char *what)
{
  g_autoptr (SkReply) reply = sample_reply ();
  g_auto (SkBuffer) buffer;
  g_autoptr (GError) error = NULL;
  spoil (reply);
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  ck_assert (sk_reply_encode (reply, &buffer));
  g_autoptr (SkReply) decoded = sk_reply_decode (sk_buffer_span (&buffer), N_RULES, N_PLUGINS, &error);
  ck_assert_msg (decoded == NULL && g_error_matches (error, SK_ERROR, SK_ERROR_PROTOCOL), "%s", what);
}

#define OBJECT(i) (&g_array_index (reply->object_list, SkReplyObject, i))
#define FINDING (&g_array_index (reply->finding_list, SkReplyFinding, 0))
#define KIND(i) (&g_array_index (reply->kind_list, SkReplyKind, i))
#define WINDOW (&g_array_index (reply->window_list, SkReplyWindow, 0))

static void spoil_rule (SkReply *reply) { FINDING->rule = N_RULES; }
static void spoil_plugin (SkReply *reply) { FINDING->plugin = N_PLUGINS; }
static void spoil_object (SkReply *reply) { FINDING->object = 2; }
static void spoil_level (SkReply *reply) { FINDING->level = (SkLevel) 5; }
static void spoil_count (SkReply *reply) { FINDING->count = 0; }
static void spoil_time (SkReply *reply) { FINDING->time = 1; }
static void spoil_kind (SkReply *reply) { KIND (0)->kind[0] = '\0'; }
static void spoil_applicable (SkReply *reply) { KIND (1)->applicable = 3; }
static void spoil_distinct (SkReply *reply) { g_free (KIND (0)->kind); KIND (0)->kind = g_strdup ("file"); }
static void spoil_long_kind (SkReply *reply) { g_free (KIND (0)->kind); KIND (0)->kind = g_strnfill (SK_MAX_TYPE + 1, 'k'); }
static void
spoil_kinds (SkReply *reply)
{
  for (int i = 0; i < SK_MAX_KINDS - 1; i++)
    {
      SkReplyKind kind = { g_strdup_printf ("kind.%d", i), 1, 1 };
      g_array_append_val (reply->kind_list, kind);
    }
}
static void spoil_parent (SkReply *reply) { OBJECT (1)->parent = 1; }
static void spoil_root (SkReply *reply) { OBJECT (0)->parent = 1; }
static void spoil_hash (SkReply *reply) { OBJECT (0)->sha256[3] = 'X'; }
static void spoil_window (SkReply *reply) { WINDOW->offset = UINT64_MAX; }
static void spoil_window_plugin (SkReply *reply) { WINDOW->plugin = SK_NO_PLUGIN; }
static void spoil_blob (SkReply *reply) { WINDOW->blob = SK_MAX_LENT + 1; }

START_TEST (numbers_out_of_range_are_refused)
{
  refused (spoil_rule, "unknown rule");
  refused (spoil_plugin, "unknown plugin");
  refused (spoil_object, "unknown object");
  refused (spoil_level, "unknown level");
  refused (spoil_count, "count of nothing");
  refused (spoil_time, "the time of no record");
  refused (spoil_kind, "a kind without a name");
  refused (spoil_applicable, "rules for more records than there are");
  refused (spoil_distinct, "a kind twice");
  refused (spoil_long_kind, "a kind with a long name");
  refused (spoil_kinds, "more kinds than a job has");
  refused (spoil_parent, "its own parent");
  refused (spoil_root, "a root with a parent");
  refused (spoil_hash, "not hexadecimal");
  refused (spoil_window, "offset and length overflow");
  refused (spoil_window_plugin, "a window of nobody");
  refused (spoil_blob, "a blob beyond those lent");
}
END_TEST

START_TEST (reply_that_does_not_fit_says_so)
{
  g_autoptr (SkReply) reply = sample_reply ();
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 60);
  ck_assert (!sk_reply_encode (reply, &buffer));
  ck_assert (buffer.overflow);
}
END_TEST

static SkCatalogue *
sample_catalogue (void)
{
  SkCatalogue *catalogue = sk_catalogue_new ();
  SkRule rule = { .id = g_strdup ("file.type.mismatch"), .title = g_strdup ("Mismatch"), .title_ja = g_strdup ("不一致"), .det = g_strdup ("FL-01"), .line = 3, .level = SK_LEVEL_HIGH, .score = -1 };
  g_array_append_val (catalogue->rules, rule);
  SkPluginInfo plugin = { .name = g_strdup ("hash"), .version = g_strdup ("1"), .summary = g_strdup ("s"), .licence = g_strdup ("Apache-2.0"), .path = g_strdup ("/p"), .facts = g_strsplit ("hash.sha256\tstring\tdigest", "\n", 0) };
  g_array_append_val (catalogue->plugins, plugin);
  SkKindInfo file = { .name = g_strdup ("file"), .fields = g_strsplit ("file.name\tstring\tname\nfile.size\tint\tbytes", "\n", 0), .meaning = g_strdup ("a file") };
  SkKindInfo line = { .name = g_strdup ("log.json"), .open = true, .plugin = g_strdup ("log"), .meaning = g_strdup ("a line") };
  g_array_append_val (catalogue->kinds, file);
  g_array_append_val (catalogue->kinds, line);
  sk_catalogue_problem (catalogue, SK_PROBLEM_LEFT_OUT, "/r/a.yar", 4, "syntax error: %s", "unexpected");
  sk_catalogue_problem (catalogue, SK_PROBLEM_WARNING, NULL, 0, "old");
  return catalogue;
}

START_TEST (catalogue_round_trip)
{
  g_autoptr (SkCatalogue) catalogue = sample_catalogue ();
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  ck_assert (sk_catalogue_encode (catalogue, &buffer));
  g_autoptr (SkCatalogue) copy = sk_catalogue_decode (sk_buffer_span (&buffer), NULL);
  ck_assert_ptr_nonnull (copy);
  ck_assert_str_eq (sk_catalogue_rule (copy, 0)->title_ja, "不一致");
  ck_assert_ptr_null (sk_catalogue_rule (copy, 0)->reference);
  const SkKindInfo *file = &g_array_index (copy->kinds, SkKindInfo, 0);
  const SkKindInfo *line = &g_array_index (copy->kinds, SkKindInfo, 1);
  ck_assert_str_eq (file->fields[1], "file.size\tint\tbytes");
  ck_assert (!file->open && file->plugin == NULL);
  ck_assert (line->open && line->fields[0] == NULL);
  ck_assert_str_eq (line->plugin, "log");
  ck_assert_uint_eq (sk_catalogue_count (copy, SK_PROBLEM_LEFT_OUT), 1);
  g_autofree char *text = sk_problem_text (&g_array_index (copy->problems, SkProblem, 0));
  ck_assert_str_eq (text, "/r/a.yar:4: syntax error: unexpected");
  for (size_t size = 0; size < buffer.size; size++)
    ck_assert_ptr_null (sk_catalogue_decode ((SkSpan) { buffer.data, size }, NULL));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("wire");
  TCase *tests = tcase_create ("wire");
  tcase_add_test (tests, reply_round_trip);
  tcase_add_test (tests, windows_alone_come_back);
  tcase_add_test (tests, reply_cut_anywhere_is_refused);
  tcase_add_test (tests, numbers_out_of_range_are_refused);
  tcase_add_test (tests, reply_that_does_not_fit_says_so);
  tcase_add_test (tests, catalogue_round_trip);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
