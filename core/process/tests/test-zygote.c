/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Zygote and forked workers as the supervisor sees them: started by fork and
 * exec of this very program, with real walls and an engine that does as it is
 * told. However a worker ends, it is reported once, and nothing is left.
 */
#include "config.h"

#include "fake-engine.h"
#include "process/frame.h"
#include "process/page.h"
#include "process/zygote.h"
#include "sk-test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* milliseconds */
#define SOME_UID 54321

/* ---- the zygote role of this program ---- */

static int
zygote_role (int argc, char **argv)
{
  bool bad = argc > 3 && strstr (argv[3], "bad") != NULL;
  char *order[] = { bad ? "bad" : "good", NULL };
  const SkZygoteSettings settings = {
    .engine = { .plugin_order = order },
    .sandbox = { .require = argc > 3 && strstr (argv[3], "require") != NULL,
                 .memory = 64 * SK_MIB, .file_size = SK_MIB },
  };
  return sk_zygote_main (&settings, NULL);
}

/* ---- the supervisor's side ---- */

typedef struct Zygote
{
  int pid;
  SkChannel *channel;
} Zygote;

static Zygote
start (const char *how)
{
  char *argv[] = { "test-zygote", "--role", "zygote", (char *) how, NULL };
  g_autoptr (GError) error = NULL;
  int bundle = memfd_create ("bundle", MFD_CLOEXEC), fd = -1;
  Zygote zygote = { .pid = sk_zygote_start (argv, bundle, &fd, &error) };
  ck_assert_msg (zygote.pid > 0, "%s", error != NULL ? error->message : "no error");
  close (bundle);
  zygote.channel = sk_channel_new (fd, true);
  return zygote;
}

/* The next frame within the test's patience; ENDED and BROKEN otherwise. */
static SkChannelResult
next (SkChannel *channel, SkFrame *ret_frame)
{
  SkChannelResult result;
  while ((result = sk_channel_read (channel, ret_frame)) == SK_CHANNEL_AGAIN)
    {
      struct pollfd wait = { .fd = sk_channel_fd (channel), .events = POLLIN };
      ck_assert_msg (poll (&wait, 1, PATIENCE) > 0, "nothing came");
    }
  return result;
}

static SkFrame
expect (SkChannel *channel, SkFrameType type)
{
  SkFrame frame;
  ck_assert_int_eq (next (channel, &frame), SK_CHANNEL_FRAME);
  ck_assert_msg (frame.type == type, "frame %d, not %d", frame.type, type);
  return frame;
}

static SkCatalogue *
take_catalogue (SkFrame *frame)
{
  ck_assert_uint_eq (frame->n_fds, 1);
  struct stat info;
  ck_assert_int_eq (fstat (frame->fds[0], &info), 0);
  g_autofree uint8_t *bytes = g_malloc ((gsize) info.st_size);
  ck_assert_int_eq (pread (frame->fds[0], bytes, (size_t) info.st_size, 0), info.st_size);
  ck_assert_int_eq (write (frame->fds[0], "x", 1), -1);
  SkCatalogue *catalogue = sk_catalogue_decode ((SkSpan) { bytes, (size_t) info.st_size }, NULL);
  ck_assert_ptr_nonnull (catalogue);
  sk_frame_close (frame);
  return catalogue;
}

static Zygote
start_ready (void)
{
  Zygote zygote = start ("");
  SkFrame frame = expect (zygote.channel, SK_FRAME_READY);
  sk_catalogue_free (take_catalogue (&frame));
  return zygote;
}

static int
wait_for (int pid)
{
  int status = 0;
  ck_assert_int_eq (waitpid (pid, &status, 0), pid);
  return status;
}

/* Closes the channel; the zygote must end by itself, well. */
static void
stop (Zygote *zygote)
{
  sk_channel_free (zygote->channel);
  int status = wait_for (zygote->pid);
  ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) == 0, "%x", (unsigned) status);
}

static void
send_tag (Zygote *zygote, SkFrameType type, uint32_t tag, const int *fds, size_t n)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 64);
  ck_assert (sk_frame_put_child (&buffer, type, tag, 0, 0));
  ck_assert (sk_channel_send (zygote->channel, type, sk_buffer_span (&buffer), fds, n));
  ck_assert (sk_channel_flush (zygote->channel));
}

typedef struct Worker
{
  uint32_t tag;
  int pid;
  SkChannel *channel;
  SkPage *page;
} Worker;

static Worker
fork_worker (Zygote *zygote, uint32_t tag)
{
  Worker worker = { .tag = tag };
  int ends[2], fds[2];
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  fds[0] = ends[1];
  fds[1] = sk_page_new (&worker.page);
  ck_assert_int_ge (fds[1], 0);
  send_tag (zygote, SK_FRAME_FORK, tag, fds, 2);
  close (fds[0]);
  close (fds[1]);
  fcntl (ends[0], F_SETFL, O_NONBLOCK);
  worker.channel = sk_channel_new (ends[0], false);
  uint32_t got_tag = 0, pid = 0;
  SkFrame frame = expect (zygote->channel, SK_FRAME_FORKED);
  ck_assert (sk_frame_take_child (&frame, &got_tag, &pid, NULL));
  ck_assert_uint_eq (got_tag, tag);
  worker.pid = (int) pid;
  return worker;
}

static void
free_worker (Worker *worker)
{
  sk_channel_free (worker->channel);
  sk_page_unmap (worker->page);
}

static void
send_job (Worker *worker, uint64_t number, const char *path)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  int input = memfd_create ("input", MFD_CLOEXEC);
  ck_assert_int_eq (write (input, "A", 1), 1);
  const SkJob job = { .number = number, .id = path, .path = path, .input = { .size = 1 },
                      .window_plugin = SK_NO_PLUGIN };
  ck_assert (sk_frame_put_job (&buffer, &job));
  ck_assert (sk_channel_send (worker->channel, SK_FRAME_BATCH, sk_buffer_span (&buffer), &input, 1));
  ck_assert (sk_channel_flush (worker->channel));
  close (input);
}

static SkReply *
expect_reply (Worker *worker, uint64_t job)
{
  SkFrame frame = expect (worker->channel, SK_FRAME_REPLY);
  SkReply *reply = sk_reply_decode (frame.payload, SK_N_REASONS, 3, NULL);
  ck_assert_ptr_nonnull (reply);
  ck_assert_uint_eq (reply->job, job);
  return reply;
}

/* The status with which the zygote reports the worker's end. */
static int
expect_end (Zygote *zygote, const Worker *worker)
{
  uint32_t tag = 0, pid = 0, status = 0;
  SkFrame frame = expect (zygote->channel, SK_FRAME_ENDED);
  ck_assert (sk_frame_take_child (&frame, &tag, &pid, &status));
  ck_assert_uint_eq (tag, worker->tag);
  ck_assert_int_eq ((int) pid, worker->pid);
  return (int) status;
}

/* Descriptors of a process. */
static unsigned
count_fds (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  DIR *folder = opendir (path);
  ck_assert_ptr_nonnull (folder);
  unsigned n = 0;
  for (const struct dirent *entry; (entry = readdir (folder)) != NULL;)
    n += entry->d_name[0] != '.';
  closedir (folder);
  return n;
}

/* What the zygote holds between two requests: READY may be read before it closed the catalogue. */
static unsigned
count_fds_at_rest (Zygote *zygote)
{
  Worker worker = fork_worker (zygote, 1000);
  shutdown (sk_channel_fd (worker.channel), SHUT_WR);
  expect_end (zygote, &worker);
  free_worker (&worker);
  return count_fds (zygote->pid);
}

static bool
has_children (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) && text[0] != '\0';
}

/* ---- start ---- */

START_TEST (ready_tells_the_catalogue_and_the_walls)
{
  Zygote zygote = start ("");
  SkFrame frame = expect (zygote.channel, SK_FRAME_READY);
  ck_assert_uint_eq (frame.payload.size, 0);
  g_autoptr (SkCatalogue) catalogue = take_catalogue (&frame);
  SkSandboxState here;
  sk_sandbox_probe (&here);
  ck_assert_int_eq (catalogue->landlock, here.landlock);
  ck_assert_int_eq (catalogue->seccomp, here.seccomp);
  ck_assert_str_eq (catalogue->sandbox_note, here.note);
  stop (&zygote);
}
END_TEST

START_TEST (a_generation_that_does_not_start_says_why)
{
  Zygote zygote = start ("bad");
  SkFrame frame = expect (zygote.channel, SK_FRAME_REFUSED);
  ck_assert (sk_span_equal (frame.payload, sk_span_of_text ("bad.so: cannot be loaded")));
  g_autoptr (SkCatalogue) catalogue = take_catalogue (&frame);
  ck_assert_uint_eq (sk_catalogue_count (catalogue, SK_PROBLEM_ERROR), 1);
  ck_assert_int_eq (next (zygote.channel, &frame), SK_CHANNEL_ENDED);
  sk_channel_free (zygote.channel);
  int status = wait_for (zygote.pid);
  ck_assert (WIFEXITED (status) && WEXITSTATUS (status) == 1);
}
END_TEST

static void
forbid_landlock (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  seccomp_rule_add (filter, SCMP_ACT_ERRNO (EOPNOTSUPP), 444, 0);
  ck_assert_int_eq (seccomp_load (filter), 0);
  seccomp_release (filter);
}

START_TEST (a_missing_wall_is_told_or_refused)
{
  forbid_landlock ();
  Zygote zygote = start ("");
  SkFrame frame = expect (zygote.channel, SK_FRAME_READY);
  g_autoptr (SkCatalogue) catalogue = take_catalogue (&frame);
  ck_assert_int_eq (catalogue->landlock, 0);
  ck_assert_ptr_nonnull (strstr (catalogue->sandbox_note, "Landlock"));
  Worker worker = fork_worker (&zygote, 1);
  SkSandboxState state;
  frame = expect (worker.channel, SK_FRAME_HELLO);
  ck_assert (sk_frame_take_hello (frame.payload, &state));
  ck_assert_int_eq (state.landlock, 0);
  ck_assert_str_eq (state.note, catalogue->sandbox_note);
  free_worker (&worker);
  stop (&zygote);

  zygote = start ("require");
  frame = expect (zygote.channel, SK_FRAME_REFUSED);
  g_autofree char *why = g_strndup ((const char *) frame.payload.data, frame.payload.size);
  ck_assert_ptr_nonnull (strstr (why, "Landlock"));
  sk_frame_close (&frame);
  sk_channel_free (zygote.channel);
  ck_assert_int_eq (WEXITSTATUS (wait_for (zygote.pid)), 1);
}
END_TEST

/* The child gets no further than placing a descriptor that is none; it is reaped. */
START_TEST (a_start_that_fails_is_an_error)
{
  int fd = -1;
  g_autoptr (GError) error = NULL;
  char *argv[] = { "x", NULL };
  ck_assert_int_eq (sk_zygote_start (argv, -1, &fd, &error), -1);
  ck_assert_ptr_nonnull (error);
  ck_assert_int_eq (fd, -1);
  ck_assert_int_eq (waitpid (-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST (the_zygote_inherits_two_descriptors)
{
  int leak = open ("/dev/null", O_RDONLY); /* without CLOEXEC */
  Zygote zygote = start_ready ();
  /* The three standard ones, channel, bundle, and the watch on children. */
  ck_assert_uint_eq (count_fds_at_rest (&zygote), 6);
  close (leak);
  stop (&zygote);
}
END_TEST

/* ---- work ---- */

static void
check_work (void)
{
  Zygote zygote = start_ready ();
  Worker worker = fork_worker (&zygote, 7);
  SkSandboxState state;
  SkFrame hello = expect (worker.channel, SK_FRAME_HELLO);
  ck_assert (sk_frame_take_hello (hello.payload, &state));
  send_job (&worker, 1, "read");
  send_job (&worker, 2, "fds");
  g_autoptr (SkReply) read = expect_reply (&worker, 1);
  ck_assert_uint_eq (read->bytes, 'A');
  g_autoptr (SkReply) fds = expect_reply (&worker, 2);
  /* The three standard ones, channel and input. */
  ck_assert_uint_eq (fds->objects, 5);
  ck_assert (atomic_load (&worker.page->job) == UINT64_MAX);
  ck_assert (sk_channel_send (worker.channel, SK_FRAME_RETIRE, (SkSpan) { NULL, 0 }, NULL, 0));
  ck_assert (sk_channel_flush (worker.channel));
  ck_assert_int_eq (expect_end (&zygote, &worker), 0);
  SkFrame frame;
  ck_assert_int_eq (next (worker.channel, &frame), SK_CHANNEL_ENDED);
  free_worker (&worker);
  stop (&zygote);
}

START_TEST (a_worker_serves_and_retires)
{
  check_work ();
}
END_TEST

START_TEST (an_ordinary_user_needs_no_more)
{
  if (geteuid () == 0)
    ck_assert (setgroups (0, NULL) == 0 && setresgid (SOME_UID, SOME_UID, SOME_UID) == 0
               && setresuid (SOME_UID, SOME_UID, SOME_UID) == 0);
  check_work ();
}
END_TEST

START_TEST (closed_standard_descriptors_change_nothing)
{
  close (STDIN_FILENO);
  close (STDERR_FILENO);
  check_work ();
}
END_TEST

/* Where the zygote found all walls and its worker does not. */
START_TEST (a_worker_without_a_required_wall_does_not_work)
{
  int ends[2];
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  Worker worker = { .pid = fork () };
  if (worker.pid == 0)
    {
      const SkSandboxSettings sandbox = { .require = true, .file_size = SK_MIB };
      forbid_landlock ();
      _exit (sk_worker_main (NULL, &sandbox, ends[1], -1));
    }
  close (ends[1]);
  worker.channel = sk_channel_new (ends[0], false);
  SkSandboxState state;
  SkFrame frame = expect (worker.channel, SK_FRAME_HELLO);
  ck_assert (sk_frame_take_hello (frame.payload, &state));
  ck_assert_ptr_nonnull (strstr (state.note, "Landlock"));
  ck_assert_int_eq (next (worker.channel, &frame), SK_CHANNEL_ENDED);
  int status = wait_for (worker.pid);
  ck_assert (WIFEXITED (status) && WEXITSTATUS (status) == SK_WORKER_EXIT_SANDBOX);
  free_worker (&worker);
}
END_TEST

START_TEST (files_are_lent_to_a_walled_worker)
{
  Zygote zygote = start_ready ();
  Worker worker = fork_worker (&zygote, 1);
  expect (worker.channel, SK_FRAME_HELLO);
  send_job (&worker, 1, "lend");
  expect (worker.channel, SK_FRAME_LEND);
  int lent = memfd_create ("lent", MFD_CLOEXEC);
  ck_assert (sk_channel_send (worker.channel, SK_FRAME_LENT, (SkSpan) { NULL, 0 }, &lent, 1));
  g_autoptr (SkReply) reply = expect_reply (&worker, 1);
  ck_assert_uint_eq (reply->bytes, 1);
  char text[4];
  ck_assert_int_eq (pread (lent, text, 4, 100), 4);
  ck_assert_int_eq (memcmp (text, "lent", 4), 0);
  close (lent);
  free_worker (&worker);
  stop (&zygote);
}
END_TEST

/* ---- deaths ---- */

static const struct
{
  const char *path;
  int signal; /* in a build without sanitizers, which change some into exits */
  bool memory;
} deaths[] = {
  { "crash", SIGSEGV, false },
  { "socket", SIGSYS, false },
#ifndef SK_SANITIZERS
  { "trap-memory", SIGTRAP, true },
  { "null-memory", SIGSEGV, true },
#endif
};

START_TEST (a_death_is_reported_with_its_traces)
{
  Zygote zygote = start_ready ();
  Worker worker = fork_worker (&zygote, 3);
  expect (worker.channel, SK_FRAME_HELLO);
  send_job (&worker, 40, "ok");
  sk_reply_free (expect_reply (&worker, 40));
  send_job (&worker, 41, deaths[_i].path);
  int status = expect_end (&zygote, &worker);
#ifdef SK_SANITIZERS
  ck_assert_int_ne (status, 0);
#else
  ck_assert_msg (WIFSIGNALED (status) && WTERMSIG (status) == deaths[_i].signal, "%x",
                 (unsigned) status);
#endif
  ck_assert (!WCOREDUMP (status));
  ck_assert (atomic_load (&worker.page->job) == 41);
  ck_assert_uint_eq (atomic_load (&worker.page->plugin), FAKE_PLUGIN);
  ck_assert_uint_eq (atomic_load (&worker.page->object_size), strlen (FAKE_OBJECT));
  ck_assert_int_eq (memcmp (worker.page->object, FAKE_OBJECT, strlen (FAKE_OBJECT)), 0);
  ck_assert_uint_eq (atomic_load (&worker.page->out_of_memory), deaths[_i].memory);
  /* The next one is well. */
  Worker other = fork_worker (&zygote, 4);
  expect (other.channel, SK_FRAME_HELLO);
  send_job (&other, 42, "ok");
  sk_reply_free (expect_reply (&other, 42));
  free_worker (&worker);
  free_worker (&other);
  stop (&zygote);
}
END_TEST

START_TEST (a_hanging_worker_is_killed_by_its_tag)
{
  Zygote zygote = start_ready ();
  Worker first = fork_worker (&zygote, 1), second = fork_worker (&zygote, 2);
  send_job (&first, 1, "loop");
  send_job (&second, 2, "loop");
  send_tag (&zygote, SK_FRAME_KILL, 99, NULL, 0); /* nobody */
  send_tag (&zygote, SK_FRAME_KILL, 2, NULL, 0);
  int status = expect_end (&zygote, &second);
  ck_assert (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  ck_assert_int_eq (kill (first.pid, 0), 0);
  send_tag (&zygote, SK_FRAME_KILL, 1, NULL, 0);
  expect_end (&zygote, &first);
  free_worker (&first);
  free_worker (&second);
  stop (&zygote);
}
END_TEST

/* Waits until the worker's end of the socket is closed, which is when its process is gone. */
static void
expect_gone (Worker *worker)
{
  SkFrame frame;
  SkChannelResult result;
  while ((result = next (worker->channel, &frame)) == SK_CHANNEL_FRAME)
    ;
  ck_assert_int_eq (result, SK_CHANNEL_ENDED);
}

START_TEST (workers_end_with_their_zygote)
{
  const SkFrameType end[] = { SK_FRAME_QUIT, SK_FRAME_READY, 0, 0 };
  Zygote zygote = start_ready ();
  Worker worker = fork_worker (&zygote, 1);
  expect (worker.channel, SK_FRAME_HELLO);
  send_job (&worker, 1, "loop");
  int status;
  if (_i == 3)
    {
      kill (zygote.pid, SIGKILL);
      sk_channel_free (zygote.channel);
      status = wait_for (zygote.pid);
      ck_assert (WIFSIGNALED (status));
    }
  else
    {
      if (end[_i] != 0)
        {
          sk_channel_send (zygote.channel, end[_i], (SkSpan) { NULL, 0 }, NULL, 0);
          sk_channel_flush (zygote.channel);
          SkFrame frame;
          while (next (zygote.channel, &frame) == SK_CHANNEL_FRAME)
            ;
        }
      stop (&zygote);
    }
  expect_gone (&worker);
  free_worker (&worker);
}
END_TEST

START_TEST (signals_of_the_terminal_do_not_end_it)
{
  Zygote zygote = start_ready ();
  Worker worker = fork_worker (&zygote, 1);
  expect (worker.channel, SK_FRAME_HELLO);
  const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      kill (zygote.pid, signals[i]);
      kill (worker.pid, signals[i]);
    }
  send_job (&worker, 1, "ok");
  sk_reply_free (expect_reply (&worker, 1));
  free_worker (&worker);
  stop (&zygote);
}
END_TEST

/* A supervisor that dies takes its zygote with it: the grandchild's end of a pipe closes. */
START_TEST (a_dead_supervisor_leaves_nobody)
{
  int ends[2];
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  pid_t supervisor = fork ();
  if (supervisor == 0)
    {
      Zygote zygote = start_ready ();
      SkPage *page = NULL;
      int fds[] = { ends[1], sk_page_new (&page) };
      send_tag (&zygote, SK_FRAME_FORK, 1, fds, 2);
      expect (zygote.channel, SK_FRAME_FORKED);
      _exit (0);
    }
  close (ends[1]);
  wait_for (supervisor);
  SkChannel *channel = sk_channel_new (ends[0], false);
  SkFrame frame;
  SkChannelResult result;
  while ((result = sk_channel_read (channel, &frame)) == SK_CHANNEL_FRAME)
    ck_assert_int_eq (frame.type, SK_FRAME_HELLO);
  ck_assert_int_eq (result, SK_CHANNEL_ENDED);
  sk_channel_free (channel);
}
END_TEST

START_TEST (nothing_is_left_after_many_workers)
{
  Zygote zygote = start_ready ();
  unsigned before = count_fds_at_rest (&zygote);
  const char *const ends[] = { "crash", "socket", "ok" };
  for (uint32_t i = 0; i < 30; i++)
    {
      Worker worker = fork_worker (&zygote, i);
      send_job (&worker, i, ends[i % 3]);
      if (i % 3 == 2)
        shutdown (sk_channel_fd (worker.channel), SHUT_WR);
      expect_end (&zygote, &worker);
      free_worker (&worker);
    }
  ck_assert_uint_eq (count_fds (zygote.pid), before);
  ck_assert (!has_children (zygote.pid));
  stop (&zygote);
}
END_TEST

START_TEST (a_fork_request_without_its_descriptors_ends_the_zygote)
{
  Zygote zygote = start_ready ();
  int fd = STDIN_FILENO;
  send_tag (&zygote, SK_FRAME_FORK, 1, &fd, 1);
  SkFrame frame;
  ck_assert_int_eq (next (zygote.channel, &frame), SK_CHANNEL_ENDED);
  stop (&zygote);
}
END_TEST

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--role") == 0)
    return zygote_role (argc, argv);
  Suite *suite = suite_create ("zygote");
  TCase *tests = tcase_create ("zygote");
  tcase_set_timeout (tests, 60);
  tcase_add_test (tests, ready_tells_the_catalogue_and_the_walls);
  tcase_add_test (tests, a_generation_that_does_not_start_says_why);
  tcase_add_test (tests, a_missing_wall_is_told_or_refused);
  tcase_add_test (tests, a_start_that_fails_is_an_error);
  tcase_add_test (tests, the_zygote_inherits_two_descriptors);
  tcase_add_test (tests, a_worker_serves_and_retires);
  tcase_add_test (tests, an_ordinary_user_needs_no_more);
  tcase_add_test (tests, closed_standard_descriptors_change_nothing);
  tcase_add_test (tests, a_worker_without_a_required_wall_does_not_work);
  tcase_add_test (tests, files_are_lent_to_a_walled_worker);
  tcase_add_loop_test (tests, a_death_is_reported_with_its_traces, 0, G_N_ELEMENTS (deaths));
  tcase_add_test (tests, a_hanging_worker_is_killed_by_its_tag);
  tcase_add_loop_test (tests, workers_end_with_their_zygote, 0, 4);
  tcase_add_test (tests, signals_of_the_terminal_do_not_end_it);
  tcase_add_test (tests, a_dead_supervisor_leaves_nobody);
  tcase_add_test (tests, nothing_is_left_after_many_workers);
  tcase_add_test (tests, a_fork_request_without_its_descriptors_ends_the_zygote);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
