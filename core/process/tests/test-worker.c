/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * One worker in one process: what it answers, in which order, and how it ends.
 * Nothing is entered here; test-zygote has the walls.
 */
#include "config.h"

#include "fake-engine.h"
#include "process/frame.h"
#include "process/page.h"
#include "process/zygote.h"
#include "sk-test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static SkChannel *us;   /* the supervisor's end */
static int worker_end;
static int input;

static void
set_up (void)
{
  int ends[2];
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  us = sk_channel_new (ends[0], false);
  worker_end = ends[1];
  input = memfd_create ("input", MFD_CLOEXEC);
  ck_assert_int_eq (write (input, "A", 1), 1);
}

static void
tear_down (void)
{
  sk_channel_free (us);
  close (input);
}

static void
put_job (SkBuffer *buffer, uint64_t number, const char *path)
{
  const SkJob job = { .number = number, .id = path, .path = path, .input = { .size = 1 },
                      .window_plugin = SK_NO_PLUGIN };
  ck_assert (sk_frame_put_job (buffer, &job));
}

/* Sends the jobs, numbered from `first`, as one batch. */
static void
send_batch (uint64_t first, const char *const *paths)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  int fds[SK_MAX_BATCH];
  size_t n = 0;
  for (; paths[n] != NULL; n++)
    {
      put_job (&buffer, first + n, paths[n]);
      fds[n] = input;
    }
  ck_assert (sk_channel_send (us, SK_FRAME_BATCH, sk_buffer_span (&buffer), fds, n));
}

static void
send_plain (SkFrameType type)
{
  ck_assert (sk_channel_send (us, type, (SkSpan) { NULL, 0 }, NULL, 0));
  ck_assert (sk_channel_flush (us));
}

/* Runs the worker over what was sent. */
static int
run (void)
{
  g_autoptr (SkCatalogue) catalogue = NULL;
  const SkEngineSettings settings = { NULL };
  g_autoptr (SkEngine) engine = sk_engine_new (&settings, NULL, &catalogue, NULL);
  return sk_worker_main (engine, NULL, worker_end, -1);
}

static SkFrame
expect (SkFrameType type)
{
  SkFrame frame;
  ck_assert_int_eq (sk_channel_read (us, &frame), SK_CHANNEL_FRAME);
  ck_assert_int_eq (frame.type, type);
  return frame;
}

static SkReply *
expect_reply (uint64_t job)
{
  SkFrame frame = expect (SK_FRAME_REPLY);
  SkReply *reply = sk_reply_decode (frame.payload, SK_N_REASONS, 3, NULL);
  ck_assert_ptr_nonnull (reply);
  ck_assert_uint_eq (reply->job, job);
  return reply;
}

static void
expect_end (void)
{
  SkFrame frame;
  ck_assert_int_eq (sk_channel_read (us, &frame), SK_CHANNEL_ENDED);
}

static void
expect_record (uint64_t job, const char *text)
{
  uint64_t number = 0;
  SkSpan record;
  SkFrame frame = expect (SK_FRAME_RECORD);
  ck_assert (sk_frame_take_record (frame.payload, &number, &record));
  ck_assert_uint_eq (number, job);
  ck_assert (sk_span_equal (record, sk_span_of_text (text)));
}

START_TEST (hello_then_replies_in_order)
{
  send_batch (10, (const char *const[]) { "ok", "read", "record", "ok", NULL });
  send_batch (14, (const char *const[]) { "read", NULL });
  send_plain (SK_FRAME_RETIRE);
  send_batch (15, (const char *const[]) { "ok", NULL });
  ck_assert_int_eq (run (), 0);
  SkSandboxState state;
  SkFrame hello = expect (SK_FRAME_HELLO);
  ck_assert (sk_frame_take_hello (hello.payload, &state));
  ck_assert_int_eq (state.landlock, 0);
  sk_reply_free (expect_reply (10));
  g_autoptr (SkReply) second = expect_reply (11);
  ck_assert_uint_eq (second->bytes, 'A');
  expect_record (12, "one");
  expect_record (12, "two");
  expect_record (12, "six");
  sk_reply_free (expect_reply (12));
  sk_reply_free (expect_reply (13));
  sk_reply_free (expect_reply (14));
  /* What came after RETIRE was not begun: the socket closes over it. */
  SkFrame frame;
  ck_assert_int_ne (sk_channel_read (us, &frame), SK_CHANNEL_FRAME);
}
END_TEST

START_TEST (a_closed_channel_is_a_good_end)
{
  shutdown (sk_channel_fd (us), SHUT_WR);
  ck_assert_int_eq (run (), 0);
  expect (SK_FRAME_HELLO);
  expect_end ();
}
END_TEST

START_TEST (frames_before_the_lent_file_wait_in_order)
{
  int lent = memfd_create ("lent", MFD_CLOEXEC);
  send_batch (1, (const char *const[]) { "lend", "ok", "lend", NULL });
  send_batch (4, (const char *const[]) { "read", NULL });
  ck_assert (sk_channel_send (us, SK_FRAME_LENT, (SkSpan) { NULL, 0 }, &lent, 1));
  send_batch (5, (const char *const[]) { "ok", NULL });
  send_plain (SK_FRAME_RETIRE);
  send_plain (SK_FRAME_LENT); /* without a file: refused */
  ck_assert_int_eq (run (), 0);
  expect (SK_FRAME_HELLO);
  uint64_t job = 0;
  SkFrame frame = expect (SK_FRAME_LEND);
  ck_assert (sk_frame_take_lend (frame.payload, &job));
  ck_assert_uint_eq (job, 1);
  g_autoptr (SkReply) first = expect_reply (1);
  ck_assert_uint_eq (first->bytes, 1);
  sk_reply_free (expect_reply (2));
  frame = expect (SK_FRAME_LEND);
  ck_assert (sk_frame_take_lend (frame.payload, &job));
  ck_assert_uint_eq (job, 3);
  g_autoptr (SkReply) third = expect_reply (3);
  ck_assert_uint_eq (third->bytes, 0);
  g_autoptr (SkReply) fourth = expect_reply (4);
  ck_assert_uint_eq (fourth->bytes, 'A');
  sk_reply_free (expect_reply (5));
  expect_end ();
  char text[4];
  ck_assert_int_eq (pread (lent, text, 4, 100), 4);
  ck_assert_int_eq (memcmp (text, "lent", 4), 0);
  close (lent);
}
END_TEST

START_TEST (no_supervisor_no_file)
{
  send_batch (1, (const char *const[]) { "lend", "ok", NULL });
  shutdown (sk_channel_fd (us), SHUT_WR);
  ck_assert_int_eq (run (), SK_WORKER_EXIT_PROTOCOL);
  expect (SK_FRAME_HELLO);
  expect (SK_FRAME_LEND);
  expect_end ();
}
END_TEST

START_TEST (a_reply_beyond_a_frame_says_limit)
{
  send_batch (1, (const char *const[]) { "large", "ok", NULL });
  send_plain (SK_FRAME_RETIRE);
  ck_assert_int_eq (run (), 0);
  expect (SK_FRAME_HELLO);
  g_autoptr (SkReply) reply = expect_reply (1);
  ck_assert (!reply->complete);
  ck_assert_uint_eq (reply->finding_list->len, 1);
  const SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, 0);
  ck_assert_uint_eq (finding->rule, SK_RULE_OF_REASON (SK_REASON_LIMIT));
  g_autoptr (SkReply) next = expect_reply (2);
  ck_assert (next->complete);
}
END_TEST

static void
expect_windows (uint64_t number, guint count)
{
  SkFrame frame = expect (SK_FRAME_WINDOWS);
  uint64_t job;
  SkSpan span;
  ck_assert (sk_frame_take_windows (frame.payload, &job, &span));
  ck_assert_uint_eq (job, number);
  GArray *list = sk_windows_decode (span, 1, NULL);
  ck_assert_ptr_nonnull (list);
  ck_assert_uint_eq (list->len, count);
  g_array_unref (list);
}

START_TEST (many_windows_come_before_the_reply)
{
  send_batch (1, (const char *const[]) { "windows", "ok", NULL });
  send_plain (SK_FRAME_RETIRE);
  pid_t child = fork ();
  if (child == 0)
    _exit (run ());
  close (worker_end);
  expect (SK_FRAME_HELLO);
  expect_windows (1, 3);
  expect_windows (1, 60);
  g_autoptr (SkReply) reply = expect_reply (1);
  ck_assert (reply->complete);
  ck_assert_uint_eq (reply->finding_list->len, SK_MAX_FINDINGS);
  ck_assert_uint_eq (reply->window_list->len, 0);
  g_autoptr (SkReply) next = expect_reply (2);
  ck_assert (next->complete);
}
END_TEST

/* A slow job does not keep the replies before it back. */
START_TEST (replies_do_not_wait_for_slow_jobs)
{
  send_batch (1, (const char *const[]) { "nap", "loop", NULL });
  pid_t child = fork ();
  if (child == 0)
    _exit (run ());
  close (worker_end);
  expect (SK_FRAME_HELLO);
  sk_reply_free (expect_reply (1));
  kill (child, SIGKILL);
}
END_TEST

START_TEST (what_the_supervisor_never_sends_ends_the_worker)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  put_job (&buffer, 1, "ok");
  SkSpan whole = sk_buffer_span (&buffer), none = { NULL, 0 };
  int fds[] = { input, input };
  switch (_i)
    {
    case 0: /* a batch with a descriptor too many */
      sk_channel_send (us, SK_FRAME_BATCH, whole, fds, 2);
      break;
    case 1: /* and one too few */
      sk_channel_send (us, SK_FRAME_BATCH, whole, NULL, 0);
      break;
    case 2: /* half a job */
      sk_channel_send (us, SK_FRAME_BATCH, sk_span_slice (whole, 0, whole.size - 1), fds, 1);
      break;
    case 3: /* a file that nobody asked for */
      sk_channel_send (us, SK_FRAME_LENT, none, fds, 1);
      break;
    case 4: /* a frame for others */
      sk_channel_send (us, SK_FRAME_FORK, none, NULL, 0);
      break;
    default: /* no frame */
      ck_assert_int_eq (write (sk_channel_fd (us), "GET / HTTP/1.0\r\n\r\n", 18), 18);
    }
  sk_channel_flush (us);
  shutdown (sk_channel_fd (us), SHUT_WR);
  ck_assert_int_eq (run (), SK_WORKER_EXIT_PROTOCOL);
}
END_TEST

START_TEST (no_descriptor_is_left)
{
  for (int i = 0; i < 3; i++)
    send_batch (1, (const char *const[]) { "ok", "ok", "fds", NULL });
  send_plain (SK_FRAME_RETIRE);
  ck_assert_int_eq (run (), 0);
  expect (SK_FRAME_HELLO);
  uint64_t seen[3];
  for (int i = 0; i < 3; i++)
    {
      sk_reply_free (expect_reply (1));
      sk_reply_free (expect_reply (2));
      g_autoptr (SkReply) reply = expect_reply (3);
      seen[i] = reply->objects;
    }
  ck_assert_uint_eq (seen[1], seen[0]);
  ck_assert_uint_eq (seen[2], seen[0]);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("worker");
  TCase *tests = tcase_create ("worker");
  tcase_add_checked_fixture (tests, set_up, tear_down);
  tcase_add_test (tests, hello_then_replies_in_order);
  tcase_add_test (tests, a_closed_channel_is_a_good_end);
  tcase_add_test (tests, frames_before_the_lent_file_wait_in_order);
  tcase_add_test (tests, no_supervisor_no_file);
  tcase_add_test (tests, a_reply_beyond_a_frame_says_limit);
  tcase_add_test (tests, many_windows_come_before_the_reply);
  tcase_add_test (tests, replies_do_not_wait_for_slow_jobs);
  tcase_add_loop_test (tests, what_the_supervisor_never_sends_ends_the_worker, 0, 6);
  tcase_add_test (tests, no_descriptor_is_left);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
