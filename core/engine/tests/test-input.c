/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a job reads: small and large files, windows, files that change while
 * they are read, faults that are not ours.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine-test.h"
#include "engine/walker.h"

static Bench bench;
static int file = -1;
static uint8_t *volatile foreign; /* a mapping that is not the engine's */

static void
start (void)
{
  bench_init (&bench, "script,sum");
  bench_start (&bench);
  file = memfd_create ("input", MFD_CLOEXEC);
  ck_assert_int_ge (file, 0);
}

static void
stop (void)
{
  bench_clear (&bench);
  close (file);
}

/* Offers the file as the supervisor does: with what it was when it was opened. */
static void
offer (void)
{
  struct stat info;
  ck_assert_int_eq (fstat (file, &info), 0);
  bench.job.input.fd = file;
  bench.job.input.size = (uint64_t) info.st_size;
  bench.job.input.mtime_ns
      = (int64_t) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
}

static void
fill_file (const char *head, size_t size)
{
  g_autofree char *bytes = g_malloc (size);
  memset (bytes, 1, size);
  memcpy (bytes, head, MIN (strlen (head), size));
  ck_assert_int_eq (pwrite (file, bytes, size, 0), (ssize_t) size);
  offer ();
}

static void
restart_limited (uint64_t input_bytes)
{
  bench_clear (&bench);
  bench_init (&bench, "script");
  bench.settings.limits.input_bytes = input_bytes;
  bench_start (&bench);
}

static char *
run (void)
{
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  return bench_text (&bench, reply);
}

START_TEST (reads_files_of_any_size)
{
  static const size_t sizes[] = { 1, 4096, SK_SMALL_FILE, SK_SMALL_FILE + 1, 5 * SK_SMALL_FILE };
  fill_file ("", sizes[_i]);
  ck_assert_int_eq (lseek (file, 0, SEEK_END), (off_t) sizes[_i]); /* the offset must not matter */
  g_autofree char *text = run ();
  g_autofree char *wanted = g_strdup_printf ("sum.bytes job: %zu of %zu\n", sizes[_i], sizes[_i]);
  ck_assert_str_eq (text, wanted);
}
END_TEST

/* A file of nothing, and a script at its start. */
static void
sparse_file (const char *head, uint64_t size)
{
  ck_assert_int_eq (pwrite (file, head, strlen (head), 0), (ssize_t) strlen (head));
  ck_assert_int_eq (ftruncate (file, (off_t) size), 0);
  offer ();
}

#define TIB (UINT64_C (1) << 40)

START_TEST (reads_the_head_of_what_is_too_long)
{
  static const struct {
    uint64_t size;
    const char *text;
  } cases[] = {
    { 3000000, "script.said job: 3000000 bytes, complete\n" },
    { 3000001, "not-inspected.limit job: input-bytes: longer than 3000000 bytes; the last 1 were not "
               "looked at\nscript.said job: 3000000 bytes, cut\n" },
    { TIB, "not-inspected.limit job: input-bytes: longer than 3000000 bytes; the last 1099508627776 "
           "were not looked at\nscript.said job: 3000000 bytes, cut\n" },
  };
  restart_limited (3000000);
  sparse_file ("SCRIPT\ni:complete\n", cases[_i].size);
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, cases[_i].text);
  ck_assert (reply->complete == (_i == 0));
  ck_assert_uint_eq (g_array_index (reply->object_list, SkReplyObject, 0).size, cases[_i].size);
}
END_TEST

START_TEST (what_is_behind_the_head_may_be_deferred)
{
  restart_limited (3000000);
  sparse_file ("SCRIPT\no:defer 1099511627775 1 a\no:defer 1099511627776 1 b\n", TIB);
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_ptr_nonnull (strstr (text, "a part lies outside of the object"));
  ck_assert_uint_eq (reply->window_list->len, 1);
  ck_assert_uint_eq (g_array_index (reply->window_list, SkReplyWindow, 0).offset, TIB - 1);
  /* The window itself is no whole input. */
  bench.job.window_plugin = 0;
  bench.job.window_offset = TIB - 4000000;
  bench.job.window_length = 4000000;
  g_autoptr (SkReply) window = bench_run (&bench, (SkSpan){ NULL, 0 });
  ck_assert (window->complete);
  ck_assert_uint_eq (window->bytes, 4000000);
}
END_TEST

START_TEST (a_cut_child_is_not_complete)
{
  bench_clear (&bench);
  bench_init (&bench, "script");
  bench.settings.limits.object_bytes = 20;
  bench_start (&bench);
  g_autofree char *text = bench_script (
      &bench, "SCRIPT\no:child 1 a 20\nSCRIPT\ni:complete\n\n\n\n"
              "o:child 2 b 21\nSCRIPT\ni:complete\n\n\n\n\n");
  ck_assert_ptr_nonnull (strstr (text, "script.said job/a: 20 bytes, complete\n"));
  ck_assert_ptr_nonnull (strstr (text, "script.said job/b: 20 bytes, cut\n"));
}
END_TEST

START_TEST (reads_an_empty_file)
{
  offer ();
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, "sum.bytes job: 0 of 0\n");
  ck_assert (reply->complete);
}
END_TEST

START_TEST (small_after_large_sees_only_its_own)
{
  fill_file ("", 100000);
  g_autofree char *large = run ();
  ck_assert_int_eq (ftruncate (file, 0), 0);
  fill_file ("", 3);
  g_autofree char *text = run ();
  ck_assert_str_eq (text, "sum.bytes job: 3 of 3\n");
}
END_TEST

/* ---- changes ---- */

START_TEST (says_when_it_was_shorter)
{
  fill_file ("", _i == 0 ? 1000 : 3000000);
  ck_assert_int_eq (ftruncate (file, 500), 0);
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert (!reply->complete);
  ck_assert_ptr_nonnull (strstr (text, "not-inspected.changed job: "));
  ck_assert_ptr_nonnull (strstr (text, "sum.bytes job: 500 of"));
}
END_TEST

START_TEST (says_when_it_grew)
{
  fill_file ("", 1000);
  ck_assert_int_eq (ftruncate (file, 1001), 0);
  g_autofree char *text = run ();
  ck_assert_str_eq (text, "sum.bytes job: 1000 of 1000\n"
                          "not-inspected.changed job: it changed while it was read\n");
}
END_TEST

START_TEST (says_when_it_was_written)
{
  struct timespec times[2] = { { 5, 7 }, { 5, 7 } };
  fill_file ("", 1000);
  ck_assert_int_eq (futimens (file, times), 0);
  offer ();
  g_autofree char *still = run ();
  ck_assert_str_eq (still, "sum.bytes job: 1000 of 1000\n");
  bench.job.input.mtime_ns += 1;
  g_autofree char *text = run ();
  assert_line (text, "not-inspected.changed job: it changed while it was read");
}
END_TEST

static void
shrink (void)
{
  ck_assert_int_eq (ftruncate (file, 5000), 0);
}

/* Cut off in the middle of a walk: the rest reads as zeros, all else goes on, and it is told once. */
START_TEST (survives_a_file_that_shrinks)
{
  g_autofree char *script = g_strdup_printf ("SCRIPT\no:call %" G_GINTPTR_MODIFIER "x\n"
                                             "o:slice 1 front 0 4000\no:slice 2 back 1000000 2000000\n"
                                             "j:match 1 end\n",
                                             (guintptr) shrink);
  g_setenv ("SK_TEST_SCRIPT_CALL", "1", TRUE);
  fill_file (script, 3000000);
  g_autofree char *text = run ();
  assert_line (text, "sum.bytes job/back: 0 of 2000000");
  assert_line (text, "script.level job: end");
  assert_line (text, "not-inspected.changed job: it shrank while it was read");
  assert_no_line (text, "not-inspected.changed job: it changed while it was read");
  ck_assert_ptr_nonnull (strstr (text, " of 4000\n"));
  /* The next job is not told of it. */
  ck_assert_int_eq (ftruncate (file, 0), 0);
  fill_file ("", 2000000);
  g_autofree char *next = run ();
  ck_assert_str_eq (next, "sum.bytes job: 2000000 of 2000000\n");
}
END_TEST

static void
fault_elsewhere (void)
{
  foreign[0]++;
}

/* A fault in memory that is not an input is our own bug, and ends the process. */
START_TEST (another_fault_is_fatal)
{
  int other = memfd_create ("foreign", MFD_CLOEXEC);
  foreign = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
  ck_assert_ptr_ne ((void *) foreign, MAP_FAILED);
  fault_elsewhere ();
}
END_TEST

START_TEST (a_sent_signal_is_fatal)
{
  raise (SIGBUS);
}
END_TEST

START_TEST (says_unreadable)
{
  bench.job.input.fd = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bench.job.input.size = 4096;
  g_autofree char *text = run ();
  ck_assert_str_eq (text, "not-inspected.unreadable job: Is a directory\n");
  close (bench.job.input.fd);
  int pipe_fd[2];
  ck_assert_int_eq (pipe2 (pipe_fd, O_CLOEXEC | O_NONBLOCK), 0);
  bench.job.input.fd = pipe_fd[0];
  bench.job.input.size = 2 * SK_SMALL_FILE;
  g_autofree char *mapped = run ();
  ck_assert_ptr_nonnull (strstr (mapped, "not-inspected.unreadable job: "));
  ck_assert_ptr_null (strstr (mapped, "sum.bytes"));
}
END_TEST

/* ---- windows ---- */

START_TEST (a_window_is_opened_by_its_plugin_alone)
{
  const char *script = "SCRIPT\ni:match 1 identified\no:window\no:names\no:fill 4 child 10\n"
                       "o:defer 3 4 again\nj:match 1 judged\n";
  size_t length = strlen (script), offset = _i == 0 ? 12345 : 2000001;
  fill_file ("", 4000000);
  ck_assert_int_eq (pwrite (file, script, length, (off_t) offset), (ssize_t) length);
  offer ();
  bench.job.window_plugin = 0;
  bench.job.window_offset = offset;
  bench.job.window_length = _i == 0 ? length : 1500000;
  bench.job.window_context = sk_span_of_text ("ctx");
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  g_autofree char *text = bench_text (&bench, reply);
  g_autofree char *wanted = g_strdup_printf (
      "script.said job: window %zu %" G_GUINT64_FORMAT " ctx\n"
      "script.said job: name job path folder/job parent -\n"
      "sum.bytes job/child: 1220 of 10\n",
      offset, bench.job.window_length);
  ck_assert_str_eq (text, wanted);
  const SkReplyWindow *window = &g_array_index (reply->window_list, SkReplyWindow, 0);
  ck_assert_uint_eq (window->offset, offset + 3);
  ck_assert_uint_eq (window->position, 3);
  ck_assert_uint_eq (reply->objects, 2);
}
END_TEST

START_TEST (a_whole_object_has_no_window)
{
  fill_file ("SCRIPT\no:window\n", 100);
  g_autofree char *text = run ();
  assert_line (text, "script.said job: no window");
}
END_TEST

START_TEST (a_window_past_the_end_is_changed)
{
  fill_file ("", 1000);
  bench.job.window_plugin = 0;
  bench.job.window_offset = 900;
  bench.job.window_length = 200;
  g_autofree char *text = run ();
  ck_assert_str_eq (text, "not-inspected.changed job: it changed while it was read\n");
  bench.job.window_offset = UINT64_MAX - 5;
  g_autofree char *far = run ();
  ck_assert_ptr_nonnull (strstr (far, "not-inspected.unreadable job: "));
}
END_TEST

START_TEST (a_window_excludes_too)
{
  fill_file ("SCRIPT\no:match 1 ran\n", 100);
  bench_exclude (&bench, "", 0, SK_REASON_CRASH);
  bench.job.window_plugin = 0;
  bench.job.window_length = 100;
  g_autofree char *text = run ();
  ck_assert_str_eq (text, "not-inspected.crash job: script\n");
}
END_TEST

START_TEST (a_window_can_wait_for_a_secret)
{
  g_autofree char *locked = child_line ("o", 1, "locked", "o:need key\no:match 1 opened\n");
  g_autofree char *script = g_strconcat ("SCRIPT\n", locked, "o:secret key\nj:match 1 judged\n", NULL);
  fill_file (script, 4000);
  bench.job.window_plugin = 0;
  bench.job.window_length = 4000;
  g_autofree char *text = run ();
  assert_line (text, "script.level job/locked: opened");
  assert_no_line (text, "script.level job: judged");
}
END_TEST

/* ---- secrets where memory cannot be locked ---- */

START_TEST (keeps_secrets_without_mlock)
{
  struct rlimit none = { 0, 0 };
  ck_assert_int_eq (setrlimit (RLIMIT_MEMLOCK, &none), 0);
  become_nobody (); /* root is not bound by the limit */
#ifndef SK_SANITIZERS /* the sanitizer makes mlock do nothing */
  uint8_t page[64] = { 0 };
  ck_assert_int_ne (mlock (page, sizeof page), 0);
#endif
  fill_file ("SCRIPT\no:secret key\no:each\n", 100);
  g_autofree char *text = run ();
  assert_line (text, "script.said job: secret key from a script");
  become_root ();
}
END_TEST

static bool
note_secret (SkSpan secret, const char *origin, void *data)
{
  (void) origin;
  *(SkSpan *) data = secret;
  return true;
}

START_TEST (wipes_secrets)
{
  static const uint8_t zeros[6];
  SkSecrets *secrets = sk_secrets_new ();
  SkSpan seen = { NULL, 0 };
  ck_assert (sk_secrets_add (secrets, sk_span_of_text ("hidden"), "here"));
  sk_secrets_each (secrets, note_secret, &seen);
  ck_assert (sk_span_equal (seen, sk_span_of_text ("hidden")));
  sk_secrets_reset (secrets); /* the memory stays mapped, so it may be looked at */
  ck_assert_uint_eq (sk_secrets_count (secrets), 0);
  ck_assert_mem_eq (seen.data, zeros, sizeof zeros);
  sk_secrets_free (secrets);
}
END_TEST

static long
locked_kib (void)
{
  g_autofree char *status = NULL;
  ck_assert (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  const char *line = strstr (status, "VmLck:");
  return line != NULL ? atol (line + strlen ("VmLck:")) : 0;
}

START_TEST (locks_secrets)
{
#ifndef SK_SANITIZERS /* the sanitizer makes mlock do nothing */
  uint8_t page[64] = { 0 };
  if (mlock (page, sizeof page) != 0)
    return; /* not permitted here: keeps_secrets_without_mlock is what holds */
  munlock (page, sizeof page);
  SkSecrets *secrets = sk_secrets_new ();
  long before = locked_kib ();
  ck_assert (sk_secrets_add (secrets, sk_span_of_text ("hidden"), "here"));
  ck_assert_int_gt (locked_kib (), before);
  sk_secrets_free (secrets);
  ck_assert_int_eq (locked_kib (), before);
#else
  ck_assert_int_ge (locked_kib (), 0);
#endif
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("input");
  TCase *tcase = tcase_create ("input");
  tcase_add_checked_fixture (tcase, start, stop);
  tcase_add_loop_test (tcase, reads_files_of_any_size, 0, 5);
  tcase_add_test (tcase, reads_an_empty_file);
  tcase_add_loop_test (tcase, reads_the_head_of_what_is_too_long, 0, 3);
  tcase_add_test (tcase, what_is_behind_the_head_may_be_deferred);
  tcase_add_test (tcase, a_cut_child_is_not_complete);
  tcase_add_test (tcase, small_after_large_sees_only_its_own);
  tcase_add_loop_test (tcase, says_when_it_was_shorter, 0, 2);
  tcase_add_test (tcase, says_when_it_grew);
  tcase_add_test (tcase, says_when_it_was_written);
  tcase_add_test (tcase, survives_a_file_that_shrinks);
  tcase_add_test_raise_signal (tcase, another_fault_is_fatal, SIGBUS);
  tcase_add_test_raise_signal (tcase, a_sent_signal_is_fatal, SIGBUS);
  tcase_add_test (tcase, says_unreadable);
  tcase_add_loop_test (tcase, a_window_is_opened_by_its_plugin_alone, 0, 2);
  tcase_add_test (tcase, a_whole_object_has_no_window);
  tcase_add_test (tcase, a_window_past_the_end_is_changed);
  tcase_add_test (tcase, a_window_excludes_too);
  tcase_add_test (tcase, a_window_can_wait_for_a_secret);
  tcase_add_test (tcase, keeps_secrets_without_mlock);
  tcase_add_test (tcase, wipes_secrets);
  tcase_add_test (tcase, locks_secrets);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
