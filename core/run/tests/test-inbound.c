/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What is taken from a worker, and what misses it by one.
 */
#include "config.h"

#include "base/limits.h"
#include "process/frame.h"
#include "run/inbound.h"
#include "run/local-reply.h"
#include "sk-test.h"

static const uint64_t lent_sizes[] = { 100, 5000 };

static SkInboundJob
a_job (void)
{
  return (SkInboundJob) { .number = 7, .offset = 10, .length = 1000, .lent_sizes = lent_sizes,
                          .n_lent = 2, .lent_maximum = 4000, .windows = 2, .contexts = 6, .may_defer = true,
                          .n_rules = 20, .n_plugins = 3, .n_subscriptions = 2 };
}

/* ---- replies ---- */

static SkReply *
a_reply (void)
{
  SkReply *reply = sk_reply_new ();
  SkReplyObject object = { .plugin = SK_NO_PLUGIN, .name = g_strdup ("n"), .type = g_strdup (""),
                           .sha256 = g_strdup ("") };
  g_array_append_val (reply->object_list, object);
  reply->job = 7;
  return reply;
}

static void
add_window (SkReply *reply, uint32_t blob, uint64_t offset, uint64_t length)
{
  SkReplyWindow window = { .plugin = 1, .blob = blob, .offset = offset, .length = length,
                           .name = g_strdup ("w"), .context = g_bytes_new ("c", 1) };
  g_array_append_val (reply->window_list, window);
}

/* Takes the reply. */
static bool
taken (const SkInboundJob *job, SkReply *reply)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  ck_assert (sk_reply_encode (reply, &buffer));
  g_autoptr (SkReply) got = sk_inbound_reply (job, sk_buffer_span (&buffer), NULL);
  sk_reply_free (reply);
  return got != NULL;
}

START_TEST (a_reply_must_be_for_the_job)
{
  SkInboundJob job = a_job ();
  SkReply *reply = a_reply ();
  ck_assert (taken (&job, reply));
  reply = a_reply ();
  reply->job = 8;
  ck_assert (!taken (&job, reply));
  reply = a_reply ();
  g_array_set_size (reply->object_list, 0);
  ck_assert (!taken (&job, reply));
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (sk_inbound_reply (&job, sk_span_of_text ("garbage"), &error));
  ck_assert_ptr_nonnull (error);
}
END_TEST

/* blob, offset, length, taken */
static const struct
{
  uint32_t blob;
  uint64_t offset, length;
  bool good;
} windows[] = {
  { 0, 10, 1000, true },      { 0, 9, 1, false },        { 0, 10, 1001, false },
  { 0, 1010, 0, true },       { 0, 1011, 0, false },     { 0, 1009, 1, true },
  { 0, 1009, 2, false },      { 0, UINT64_MAX, 1, false }, { 0, 11, UINT64_MAX, false },
  { 1, 0, 100, true },        { 1, 0, 101, false },      { 1, 100, 0, true },
  { 2, 0, 1, false } /* too large a file */, { 3, 0, 0, false } /* never lent */,
};

START_TEST (a_window_must_lie_inside)
{
  SkInboundJob job = a_job ();
  for (size_t i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      SkReply *reply = a_reply ();
      add_window (reply, windows[i].blob, windows[i].offset, windows[i].length);
      ck_assert_msg (taken (&job, reply) == windows[i].good, "window %zu", i);
    }
}
END_TEST

START_TEST (windows_are_counted)
{
  SkInboundJob job = a_job ();
  for (int n = 1; n <= 3; n++)
    {
      SkReply *reply = a_reply ();
      for (int i = 0; i < n; i++)
        add_window (reply, 0, 10, 1);
      ck_assert (taken (&job, reply) == (n <= 2));
    }
  job.may_defer = false;
  SkReply *reply = a_reply ();
  add_window (reply, 0, 10, 1);
  ck_assert (!taken (&job, reply));
}
END_TEST

/* How many windows of one byte at `offset` are taken of a frame for job `number`; -1: none is. */
static int
windows_taken (const SkInboundJob *job, uint64_t number, int n, uint64_t offset)
{
  g_autoptr (SkReply) reply = a_reply ();
  g_auto (SkBuffer) buffer;
  SkSpan list;
  SkWindowSums sums;
  for (int i = 0; i < n; i++)
    add_window (reply, 0, offset, 1);
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  ck_assert (sk_frame_put_windows (&buffer, number, reply->window_list));
  if (!sk_inbound_windows (job, sk_buffer_span (&buffer), &list, &sums))
    return -1;
  ck_assert_uint_eq (list.size, buffer.size - 8);
  ck_assert_uint_eq (sums.length, (uint64_t) n);
  ck_assert_uint_eq (sums.contexts, 2 * (uint64_t) n);
  return (int) sums.count;
}

START_TEST (windows_before_the_reply_are_bounded_too)
{
  SkInboundJob job = a_job ();
  ck_assert_int_eq (windows_taken (&job, 7, 2, 10), 2);
  ck_assert_int_eq (windows_taken (&job, 8, 2, 10), -1); /* of another job */
  ck_assert_int_eq (windows_taken (&job, 7, 0, 10), -1); /* frames without end */
  ck_assert_int_eq (windows_taken (&job, 7, 3, 10), -1);
  ck_assert_int_eq (windows_taken (&job, 7, 2, 1009), 2);
  ck_assert_int_eq (windows_taken (&job, 7, 2, 1010), -1);
  job.windows = UINT64_MAX;
  ck_assert_int_eq (windows_taken (&job, 7, 3, 10), 3);
  ck_assert_int_eq (windows_taken (&job, 7, 4, 10), -1); /* too many bytes of contexts and names */
  job.contexts = SK_MAX_CONTEXTS;
  ck_assert_int_eq (windows_taken (&job, 7, SK_MAX_WINDOWS_A_FRAME, 10), SK_MAX_WINDOWS_A_FRAME);
  ck_assert_int_eq (windows_taken (&job, 7, SK_MAX_WINDOWS_A_FRAME + 1, 10), -1);
  job.may_defer = false;
  ck_assert_int_eq (windows_taken (&job, 7, 1, 10), -1);
}
END_TEST

/* ---- records and requests ---- */

static bool
record_taken (uint64_t number, uint32_t subscription, const char *object, size_t cut)
{
  SkInboundJob job = a_job ();
  SkRunEntry entry;
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  sk_wire_put_u64 (&buffer, number);
  sk_wire_put_u32 (&buffer, subscription);
  sk_wire_put_u64 (&buffer, 4);
  sk_wire_put_i64 (&buffer, -5);
  sk_wire_put_text (&buffer, object);
  size_t whole = sk_buffer_span (&buffer).size;
  sk_buffer_put (&buffer, "fields", 6);
  SkSpan span = sk_span_slice (sk_buffer_span (&buffer), 0, cut == 0 ? whole + 6 : whole - cut);
  if (!sk_inbound_record (&job, span, &entry))
    return false;
  ck_assert_uint_eq (entry.position, 4);
  ck_assert_int_eq (entry.time, -5);
  ck_assert (sk_span_equal (entry.object, sk_span_of_text (object)));
  ck_assert (cut != 0 || sk_span_equal (entry.fields, sk_span_of_text ("fields")));
  return true;
}

START_TEST (a_record_must_be_asked_for)
{
  ck_assert (record_taken (7, 0, "", 0));
  ck_assert (record_taken (7, 1, "/zip:1", 0));
  ck_assert (!record_taken (8, 1, "/zip:1", 0));
  ck_assert (!record_taken (7, 2, "/zip:1", 0));
  ck_assert (!record_taken (7, 1, "zip:1", 0));
  ck_assert (!record_taken (7, 1, "/\xff", 0));
  ck_assert (!record_taken (7, 1, "/zip:1", 1));
}
END_TEST

START_TEST (a_request_must_be_for_the_job)
{
  SkInboundJob job = a_job ();
  const uint8_t good[] = { 7, 0, 0, 0, 0, 0, 0, 0, 0 }, other[] = { 8, 0, 0, 0, 0, 0, 0, 0 };
  ck_assert (sk_inbound_lend (&job, (SkSpan) { good, 8 }));
  ck_assert (!sk_inbound_lend (&job, (SkSpan) { good, 7 }));
  ck_assert (!sk_inbound_lend (&job, (SkSpan) { good, 9 }));
  ck_assert (!sk_inbound_lend (&job, (SkSpan) { other, 8 }));
}
END_TEST

/* ---- pages ---- */

static SkPage *
a_page (uint32_t plugin, const char *object, uint32_t size)
{
  SkPage *page = g_new0 (SkPage, 1);
  page->plugin = plugin;
  page->job = 7;
  page->object_size = size;
  memcpy (page->object, object, MIN (strlen (object), SK_PAGE_OBJECT));
  return page;
}

static bool
page_names (uint32_t plugin, const char *object, uint32_t size)
{
  g_autofree SkPage *page = a_page (plugin, object, size);
  SkPageSaid said;
  sk_inbound_page (page, 3, &said);
  bool named = said.plugin == plugin && said.plugin != SK_NO_PLUGIN;
  ck_assert (named ? strlen (said.object) == size : said.object[0] == '\0');
  ck_assert_uint_eq (said.job, 7);
  sk_page_said_clear (&said);
  return named;
}

START_TEST (a_page_is_believed_when_it_can_be_true)
{
  g_autofree char *longest = g_strnfill (SK_PAGE_OBJECT, 'x');
  longest[0] = '/';
  ck_assert (page_names (2, "", 0));
  ck_assert (page_names (2, "/zip:3", 6));
  ck_assert (page_names (2, longest, SK_PAGE_OBJECT));
  ck_assert (!page_names (3, "/zip:3", 6));
  ck_assert (!page_names (SK_NO_PLUGIN, "/zip:3", 6));
  ck_assert (!page_names (2, longest, SK_PAGE_OBJECT + 1)); /* cut */
  ck_assert (!page_names (2, longest, UINT32_MAX));
  ck_assert (!page_names (2, "zip:3", 5));
  ck_assert (!page_names (2, "/\xff", 2));
  ck_assert (!page_names (2, "/a\0b", 4));
}
END_TEST

static bool
mark_taken (uint64_t number, uint32_t plugin, const char *object)
{
  SkInboundJob job = a_job ();
  SkPageSaid said = { .object = NULL };
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 1000);
  ck_assert (sk_frame_put_mark (&buffer, number, plugin, object));
  bool taken = sk_inbound_mark (&job, sk_buffer_span (&buffer), &said);
  ck_assert (!taken || (said.plugin == plugin && strcmp (said.object, object) == 0));
  sk_page_said_clear (&said);
  return taken;
}

START_TEST (a_mark_must_be_for_the_job)
{
  ck_assert (mark_taken (7, 2, "/zip:3"));
  ck_assert (mark_taken (7, SK_NO_PLUGIN, ""));
  ck_assert (!mark_taken (8, 2, "/zip:3"));
  ck_assert (!mark_taken (7, 3, "/zip:3"));
  ck_assert (!mark_taken (7, 2, "zip:3"));
}
END_TEST

/* ---- replies of our own ---- */

START_TEST (a_failed_job_names_all_that_was_tried)
{
  g_autoptr (SkCatalogue) catalogue = sk_catalogue_new ();
  SkPluginInfo plugin = { .name = g_strdup ("zip") };
  g_array_append_val (catalogue->plugins, plugin);
  SkWalkItem *item = g_new0 (SkWalkItem, 1);
  item->path = g_strdup ("/tmp/a\xff.zip");
  item->fd = -1;
  item->size = 5;
  uint64_t open = 0;
  SkTask task = { .number = 3, .end = SK_END_FAILED, .reason = SK_REASON_TIMEOUT };
  task.data = sk_run_job_new_root (item, &open);
  task.exclusions = g_array_new (FALSE, FALSE, sizeof (SkExclusion));
  SkExclusion exclusion = { (char *) "/zip:1", 0, SK_REASON_CRASH };
  g_array_append_val (task.exclusions, exclusion);
  g_autoptr (SkReply) reply = sk_local_reply (&task, catalogue);
  ck_assert (!reply->complete);
  ck_assert_uint_eq (reply->finding_list->len, 2);
  const SkReplyFinding *first = &g_array_index (reply->finding_list, SkReplyFinding, 0);
  ck_assert_uint_eq (first->rule, SK_RULE_OF_REASON (SK_REASON_CRASH));
  ck_assert_str_eq (first->evidence, "zip on /zip:1");
  ck_assert_uint_eq (g_array_index (reply->finding_list, SkReplyFinding, 1).rule,
                     SK_RULE_OF_REASON (SK_REASON_TIMEOUT));
  ck_assert_str_eq (g_array_index (reply->object_list, SkReplyObject, 0).name, "a\\xff.zip");
  SkInboundJob job = a_job ();
  job.number = 3;
  ck_assert (taken (&job, g_steal_pointer (&reply)));
  sk_run_job_free (task.data);
  g_array_unref (task.exclusions);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("inbound");
  TCase *tests = tcase_create ("workers");
  tcase_add_test (tests, a_reply_must_be_for_the_job);
  tcase_add_test (tests, a_window_must_lie_inside);
  tcase_add_test (tests, windows_are_counted);
  tcase_add_test (tests, windows_before_the_reply_are_bounded_too);
  tcase_add_test (tests, a_record_must_be_asked_for);
  tcase_add_test (tests, a_request_must_be_for_the_job);
  tcase_add_test (tests, a_page_is_believed_when_it_can_be_true);
  tcase_add_test (tests, a_mark_must_be_for_the_job);
  tcase_add_test (tests, a_failed_job_names_all_that_was_tried);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
