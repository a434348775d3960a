/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Unit tests of the sinks: what arrives, and that what does not arrive is an
 * error that names the place.
 */
#include "config.h"

#include "alert/sink.h"
#include "base/error.h"
#include "parse5424.h"
#include "sample.h"
#include "base/limits.h"
#include "sk-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static Sample sample;
static char *folder;

static void
setup (void)
{
  sample_init (&sample);
  folder = sk_test_folder ();
}

static void
teardown (void)
{
  sample_clear (&sample);
  sk_test_remove (folder);
  g_free (folder);
}

static SkSink *
open_sink (SkSinkKind kind, SkFormat format, const char *path)
{
  g_autoptr (GError) error = NULL;
  SkSinkSettings settings = { .kind = kind, .format = format, .path = (char *) path };
  SkSink *sink = sk_sink_new (&settings, &sample.settings, &error);
  ck_assert_msg (sink != NULL, "%s", error != NULL ? error->message : "");
  return sink;
}

static void
assert_refused (SkSinkKind kind, const char *path)
{
  g_autoptr (GError) error = NULL;
  SkSinkSettings settings = { .kind = kind, .path = (char *) path };
  ck_assert_ptr_null (sk_sink_new (&settings, &sample.settings, &error));
  ck_assert_ptr_nonnull (error);
  ck_assert_msg (strstr (error->message, path) != NULL, "%s", error->message);
}

static void
write_root (SkSink *sink)
{
  g_autoptr (GError) error = NULL;
  ck_assert_msg (sk_sink_root (sink, &sample.root, &error), "%s",
                 error != NULL ? error->message : "");
}

static void
assert_fails (SkSink *sink, const char *place, const char *cause)
{
  g_autoptr (GError) error = NULL;
  ck_assert (!sk_sink_root (sink, &sample.root, &error));
  ck_assert_ptr_nonnull (error);
  ck_assert_msg (strstr (error->message, place) != NULL && strstr (error->message, cause) != NULL,
                 "%s", error->message);
}

static char *
contents (const char *path)
{
  char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

START_TEST (file_gets_whole_lines_at_its_end)
{
  g_autofree char *path = sk_test_file (folder, "alerts", "first\n", 6);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, SK_FORMAT_RFC5424, path);
  write_root (sink);
  ck_assert (sk_sink_close (sink, NULL));
  g_autofree char *line = sk_alert_to_rfc5424 (&sample.settings, &sample.root, &sample.alert);
  g_autofree char *expected = g_strdup_printf ("first\n%s\n", line);
  g_autofree char *text = contents (path);
  ck_assert_str_eq (text, expected);
}
END_TEST

START_TEST (file_is_private_and_not_inherited)
{
  g_autofree char *path = g_build_filename (folder, "alerts", NULL);
  mode_t before = umask (0);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, SK_FORMAT_JSON, path);
  umask (before);
  struct stat info;
  ck_assert_int_eq (stat (path, &info), 0);
  ck_assert_uint_eq (info.st_mode & 07777, 0600);
  bool found = false;
  for (int fd = 3; fd < 64; fd++)
    {
      struct stat other;
      if (fstat (fd, &other) != 0 || other.st_ino != info.st_ino || other.st_dev != info.st_dev)
        continue;
      found = true;
      ck_assert (fcntl (fd, F_GETFD) & FD_CLOEXEC);
    }
  ck_assert (found);
  write_root (sink);
  g_autofree char *line = sk_alert_to_json (&sample.settings, &sample.root, &sample.alert);
  g_autofree char *expected = g_strdup_printf ("%s\n", line);
  g_autofree char *text = contents (path);
  ck_assert_str_eq (text, expected);
}
END_TEST

START_TEST (torn_line_of_another_is_ended_first)
{
  g_autofree char *path = sk_test_file (folder, "alerts", "torn", 4);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, SK_FORMAT_TREE, path);
  write_root (sink);
  g_autofree char *text = contents (path);
  ck_assert (g_str_has_prefix (text, "torn\n/media/usb/mail.eml: high\n"));
}
END_TEST

START_TEST (root_without_alerts_writes_nothing)
{
  g_autofree char *path = g_build_filename (folder, "alerts", NULL);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, SK_FORMAT_TREE, path);
  sample.root.n_alerts = 0;
  write_root (sink);
  g_autofree char *text = contents (path);
  ck_assert_str_eq (text, "");
}
END_TEST

START_TEST (summary_in_each_format_of_a_file)
{
  static const char *const heads[] = { "Scanned: ", "<134>1 2026-", "{\"@timestamp\":\"2026-" };
  g_autofree char *path = g_build_filename (folder, "alerts", NULL);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, (SkFormat) _i, path);
  SkSummary summary = sample_summary ();
  ck_assert (sk_sink_summary (sink, &summary, sample.root.time_ns, NULL));
  g_autofree char *text = contents (path);
  ck_assert_msg (g_str_has_prefix (text, heads[_i]), "%s", text);
  ck_assert (g_str_has_suffix (text, "\n"));
}
END_TEST

/* A size limit of the process stands in for the disk: the kernel takes a part of the write and
 * refuses the rest in the same way. */
START_TEST (no_torn_line_is_left)
{
  /* Large, for Check writes its own messages into a file under the same limit. */
  g_autofree char *first = g_strnfill (SK_MIB, 'x');
  first[SK_MIB - 1] = '\n';
  g_autofree char *path = sk_test_file (folder, "alerts", first, SK_MIB);
  g_autofree char *line = sk_alert_to_rfc5424 (&sample.settings, &sample.root, &sample.alert);
  SkAlert alerts[] = { sample.alert, sample.alert };
  sample.root.alerts = alerts;
  sample.root.n_alerts = 2;
  struct rlimit limit;
  ck_assert_int_eq (getrlimit (RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = SK_MIB + strlen (line) + 1 + 10;
  signal (SIGXFSZ, SIG_IGN);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, SK_FORMAT_RFC5424, path);
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &limit), 0);
  assert_fails (sink, path, g_strerror (EFBIG));
  assert_fails (sink, path, "earlier");
  g_autofree char *expected = g_strdup_printf ("%s%s\n", first, line);
  g_autofree char *text = contents (path);
  ck_assert (strcmp (text, expected) == 0);
}
END_TEST

START_TEST (full_device_is_named)
{
  g_autoptr (SkSink) sink = open_sink (SK_SINK_FILE, SK_FORMAT_RFC5424, "/dev/full");
  assert_fails (sink, "/dev/full", "disk full");
  ck_assert (sk_sink_close (sink, NULL));
}
END_TEST

START_TEST (what_is_no_file_is_refused)
{
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL);
  ck_assert_int_eq (mkfifo (fifo, 0600), 0);
  assert_refused (SK_SINK_FILE, fifo);
  assert_refused (SK_SINK_FILE, folder);
  assert_refused (SK_SINK_FILE, "/nonexistent/alerts");
  assert_refused (SK_SINK_FILE, "");
}
END_TEST

/* Puts `fd` in the place of standard output; returns what stood there. */
static int
replace_stdout (int fd)
{
  fflush (stdout);
  int before = dup (STDOUT_FILENO);
  ck_assert_int_ge (before, 0);
  ck_assert_int_ge (dup2 (fd, STDOUT_FILENO), 0);
  return before;
}

static void
restore_stdout (int before)
{
  dup2 (before, STDOUT_FILENO);
  close (before);
}

START_TEST (closed_pipe_is_an_error)
{
  int ends[2];
  ck_assert_int_eq (pipe (ends), 0);
  close (ends[0]);
  signal (SIGPIPE, SIG_DFL);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_STDOUT, SK_FORMAT_RFC5424, NULL);
  int before = replace_stdout (ends[1]);
  g_autoptr (GError) error = NULL;
  gboolean ok = sk_sink_root (sink, &sample.root, &error);
  restore_stdout (before);
  ck_assert (!ok);
  ck_assert_msg (strstr (error->message, "closed") != NULL, "%s", error->message);
}
END_TEST

START_TEST (full_standard_output_is_an_error)
{
  int full = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  ck_assert_int_ge (full, 0);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_STDOUT, SK_FORMAT_JSON, NULL);
  int before = replace_stdout (full);
  g_autoptr (GError) error = NULL;
  gboolean ok = sk_sink_root (sink, &sample.root, &error);
  restore_stdout (before);
  ck_assert (!ok);
  ck_assert_str_eq (error->message, "standard output: disk full");
}
END_TEST

START_TEST (summary_stays_off_a_tree_on_standard_output)
{
  g_autofree char *path = sk_test_file (folder, "out", "", 0);
  int fd = open (path, O_RDWR | O_CLOEXEC);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_STDOUT, SK_FORMAT_TREE, NULL);
  SkSummary summary = sample_summary ();
  int before = replace_stdout (fd);
  gboolean first = sk_sink_root (sink, &sample.root, NULL);
  gboolean second = sk_sink_summary (sink, &summary, 0, NULL);
  restore_stdout (before);
  ck_assert (first && second);
  g_autofree char *tree = sk_root_to_tree (&sample.settings, &sample.root);
  g_autofree char *expected = g_strdup_printf ("%s\n", tree);
  g_autofree char *text = contents (path);
  ck_assert_str_eq (text, expected);
}
END_TEST

/* ---- the socket ---- */

static int
open_receiver (const char *path, int type)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  ck_assert_uint_lt (strlen (path), sizeof address.sun_path);
  memcpy (address.sun_path, path, strlen (path) + 1);
  g_unlink (path);
  int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (bind (fd, (const struct sockaddr *) &address, sizeof address), 0);
  return fd;
}

static char *
receive (int fd)
{
  static char bytes[1 << 20];
  ssize_t size = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);
  ck_assert_int_gt (size, 0);
  return g_strndup (bytes, (size_t) size);
}

static SkSink *
open_syslog (const char *path, bool rfc5424)
{
  g_autoptr (GError) error = NULL;
  SkSinkSettings settings
      = { .kind = SK_SINK_SYSLOG, .path = (char *) path, .rfc5424 = rfc5424 };
  SkSink *sink = sk_sink_new (&settings, &sample.settings, &error);
  ck_assert_msg (sink != NULL, "%s", error != NULL ? error->message : "");
  return sink;
}

START_TEST (socket_gets_one_datagram_an_alert)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  int receiver = open_receiver (path, SOCK_DGRAM);
  g_autoptr (SkSink) modern = open_syslog (path, true);
  g_autoptr (SkSink) old = open_syslog (path, false);
  SkSummary summary = sample_summary ();
  write_root (modern);
  write_root (old);
  ck_assert (sk_sink_summary (modern, &summary, 0, NULL));
  ck_assert (sk_sink_summary (old, &summary, 0, NULL));
  g_autofree char *expected = sk_alert_to_rfc5424 (&sample.settings, &sample.root, &sample.alert);
  g_autofree char *first = receive (receiver);
  ck_assert_str_eq (first, expected);
  g_autofree char *expected_old
      = sk_alert_to_rfc3164 (&sample.settings, &sample.root, &sample.alert);
  g_autofree char *second = receive (receiver);
  ck_assert_str_eq (second, expected_old);
  g_autofree char *third = receive (receiver);
  ck_assert (g_str_has_prefix (third, "<134>1 1970-"));
  g_autofree char *fourth = receive (receiver);
  ck_assert (g_str_has_prefix (fourth, "<134>Jan  1 "));
  close (receiver);
}
END_TEST

START_TEST (too_large_is_cut_again)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  int receiver = open_receiver (path, SOCK_DGRAM);
  /* More than the socket's send buffer takes whole. */
  g_autofree char *name = g_strnfill (900 * 1024, 'n');
  sample.path[2] = name;
  sample.settings.max_size = UINT32_MAX;
  g_autoptr (SkSink) sink = open_syslog (path, true);
  write_root (sink);
  g_autofree char *line = receive (receiver);
  g_autoptr (Parsed) parsed = parse5424 (line, strlen (line));
  ck_assert_ptr_null (parsed->why);
  ck_assert_str_eq (parsed_get (parsed, "sekisho", "cut"), "data");
  ck_assert_str_eq (parsed_get (parsed, "object", "root"), "/media/usb/mail.eml");
  ck_assert_uint_gt (strlen (line), 10000);
  close (receiver);
}
END_TEST

START_TEST (receiver_that_came_back_is_found)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  int receiver = open_receiver (path, SOCK_DGRAM);
  g_autoptr (SkSink) sink = open_syslog (path, true);
  close (receiver);
  receiver = open_receiver (path, SOCK_DGRAM);
  write_root (sink);
  g_autofree char *line = receive (receiver);
  ck_assert (g_str_has_prefix (line, "<131>1 "));
  close (receiver);
}
END_TEST

START_TEST (receiver_that_is_gone_is_named)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  int receiver = open_receiver (path, SOCK_DGRAM);
  g_autoptr (SkSink) sink = open_syslog (path, true);
  close (receiver);
  assert_fails (sink, path, "gone");
  g_unlink (path);
  assert_fails (sink, path, "gone");
}
END_TEST

START_TEST (full_queue_is_waited_for_not_for_ever)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  int receiver = open_receiver (path, SOCK_DGRAM);
  g_autoptr (SkSink) sink = open_syslog (path, true);
  g_autoptr (GError) error = NULL;
  sink->wait_ms = 50;
  unsigned sent = 0;
  while (sent < 100000 && sk_sink_root (sink, &sample.root, &error))
    sent++;
  ck_assert_ptr_nonnull (error);
  ck_assert_msg (strstr (error->message, path) && strstr (error->message, "took nothing"), "%s",
                 error->message);
  /* What was taken is there, and after that there is room again. */
  for (unsigned i = 0; i < sent; i++)
    g_free (receive (receiver));
  write_root (sink);
  g_free (receive (receiver));
  close (receiver);
}
END_TEST

static gpointer
read_later (gpointer data)
{
  char bytes[16];
  g_usleep (100000);
  for (int i = 0; i < 400; i++)
    ck_assert_int_gt (recv (GPOINTER_TO_INT (data), bytes, sizeof bytes, 0), 0);
  return NULL;
}

START_TEST (slow_receiver_gets_everything)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  int receiver = open_receiver (path, SOCK_DGRAM);
  g_autoptr (SkSink) sink = open_syslog (path, true);
  GThread *thread = g_thread_new ("receiver", read_later, GINT_TO_POINTER (receiver));
  for (int i = 0; i < 400; i++)
    write_root (sink);
  g_thread_join (thread);
  close (receiver);
}
END_TEST

START_TEST (what_is_no_receiver_is_refused_at_start)
{
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);
  g_autofree char *plain = sk_test_file (folder, "plain", "x", 1);
  g_autofree char *stream = g_build_filename (folder, "stream", NULL);
  g_autofree char *long_path = g_strnfill (200, 'p');
  int receiver = open_receiver (stream, SOCK_STREAM);
  assert_refused (SK_SINK_SYSLOG, absent);
  assert_refused (SK_SINK_SYSLOG, plain);
  assert_refused (SK_SINK_SYSLOG, stream);
  assert_refused (SK_SINK_SYSLOG, long_path);
  close (receiver);
}
END_TEST

/* ---- the journal ---- */

#define JOURNAL_FOLDER "/run/systemd/journal"

/* A /run of our own, so that a socket of ours can stand where the library looks. */
static bool
make_private_run (void)
{
  return unshare (CLONE_NEWNS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("tmpfs", "/run", "tmpfs", 0, NULL) == 0
         && g_mkdir_with_parents (JOURNAL_FOLDER, 0755) == 0;
}

static void
assert_line (const char *datagram, const char *line)
{
  g_autofree char *whole = g_strdup_printf ("\n%s\n", line);
  g_autofree char *all = g_strdup_printf ("\n%s", datagram);
  ck_assert_msg (strstr (all, whole) != NULL, "%s is not in %s", line, datagram);
}

START_TEST (journal_gets_native_fields)
{
  if (!make_private_run ())
    {
      g_printerr ("# journal_gets_native_fields: not run: no right to mount\n");
      return;
    }
  int receiver = open_receiver (JOURNAL_FOLDER "/socket", SOCK_DGRAM);
  g_autoptr (SkSink) sink = open_sink (SK_SINK_JOURNAL, SK_FORMAT_JSON, NULL);
  sample.path[2] = "a\nSEKISHO_LEVEL=low";
  write_root (sink);
  g_autofree char *datagram = receive (receiver);
  assert_line (datagram, "PRIORITY=3");
  assert_line (datagram, "SYSLOG_FACILITY=16");
  assert_line (datagram, "SYSLOG_IDENTIFIER=sekisho");
  assert_line (datagram, "SEKISHO_LEVEL=high");
  assert_line (datagram, "SEKISHO_RULE=file.name.disguised");
  assert_line (datagram, "SEKISHO_OBJECT_NAME=a\\nSEKISHO_LEVEL=low");
  assert_line (datagram, "SEKISHO_OBJECT_SIZE=4096");
  ck_assert_ptr_null (strstr (datagram, "CODE_FILE"));
  SkSummary summary = sample_summary ();
  ck_assert (sk_sink_summary (sink, &summary, 0, NULL));
  g_autofree char *last = receive (receiver);
  assert_line (last, "SEKISHO_SUMMARY_FILES=1234");
  assert_line (last, "SEKISHO_WALK_OTHER_MEDIUM=5");
  ck_assert (sk_sink_close (sink, NULL));

  close (receiver);
  g_unlink (JOURNAL_FOLDER "/socket");
  assert_fails (sink, JOURNAL_FOLDER "/socket", "cannot connect");
}
END_TEST

START_TEST (absent_journal_is_refused_at_start)
{
  if (!make_private_run ())
    {
      g_printerr ("# absent_journal_is_refused_at_start: not run: no right to mount\n");
      return;
    }
  assert_refused (SK_SINK_JOURNAL, JOURNAL_FOLDER "/socket");
}
END_TEST

static Suite *
suite (void)
{
  Suite *suite = suite_create ("sinks");
  TCase *tests = tcase_create ("sinks");
  tcase_set_timeout (tests, 30);
  tcase_add_checked_fixture (tests, setup, teardown);
  tcase_add_test (tests, file_gets_whole_lines_at_its_end);
  tcase_add_test (tests, file_is_private_and_not_inherited);
  tcase_add_test (tests, torn_line_of_another_is_ended_first);
  tcase_add_test (tests, root_without_alerts_writes_nothing);
  tcase_add_loop_test (tests, summary_in_each_format_of_a_file, 0, 3);
  tcase_add_test (tests, no_torn_line_is_left);
  tcase_add_test (tests, full_device_is_named);
  tcase_add_test (tests, what_is_no_file_is_refused);
  tcase_add_test (tests, closed_pipe_is_an_error);
  tcase_add_test (tests, full_standard_output_is_an_error);
  tcase_add_test (tests, summary_stays_off_a_tree_on_standard_output);
  tcase_add_test (tests, socket_gets_one_datagram_an_alert);
  tcase_add_test (tests, too_large_is_cut_again);
  tcase_add_test (tests, receiver_that_came_back_is_found);
  tcase_add_test (tests, receiver_that_is_gone_is_named);
  tcase_add_test (tests, full_queue_is_waited_for_not_for_ever);
  tcase_add_test (tests, slow_receiver_gets_everything);
  tcase_add_test (tests, what_is_no_receiver_is_refused_at_start);
  tcase_add_test (tests, journal_gets_native_fields);
  tcase_add_test (tests, absent_journal_is_refused_at_start);
  suite_add_tcase (suite, tests);
  return suite;
}

int
main (void)
{
  g_setenv ("TZ", "UTC0", TRUE);
  return sk_test_main (suite ());
}
