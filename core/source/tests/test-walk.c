/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/limits.h"
#include "sk-test.h"
#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned
open_descriptors (void)
{
  unsigned count = 0;
  DIR *folder = opendir ("/proc/self/fd");
  ck_assert_ptr_nonnull (folder);
  while (readdir (folder) != NULL)
    count++;
  closedir (folder);
  return count;
}

static char *
folder_with (unsigned files)
{
  char *folder = sk_test_folder ();
  for (unsigned i = 0; i < files; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u/%u", i / 100, i);
      g_free (sk_test_file (folder, name, "12345", 5));
    }
  return folder;
}

/* Waits as the event loop does. NULL at the end. */
static SkWalkItem *
take (SkWalk *walk)
{
  for (;;)
    {
      SkWalkItem *item = NULL;
      switch (sk_walk_next (walk, &item))
        {
        case SK_WALK_ITEM:
          return item;
        case SK_WALK_END:
          return NULL;
        case SK_WALK_WAIT:
          break;
        }
      struct pollfd news = { .fd = sk_walk_fd (walk), .events = POLLIN };
      ck_assert_int_eq (poll (&news, 1, 10000), 1);
    }
}

static void
wait_until_still (SkWalk *walk)
{
  uint64_t before, now = UINT64_MAX, bytes;
  bool done;
  do
    {
      before = now;
      g_usleep (100000);
      sk_walk_count (walk, &now, &bytes, &done);
    }
  while (now != before);
}

START_TEST (test_all_in_order)
{
  g_autofree char *folder = folder_with (3000);
  char *paths[] = { folder, (char *)"/nonexistent", folder, NULL };
  SkWalkSettings settings = { .paths = paths };
  unsigned before = open_descriptors ();
  SkWalk *walk = sk_walk_new (&settings);
  uint64_t count = 0, files, bytes;
  bool done;
  SkWalkItem *item;
  for (; (item = take (walk)) != NULL; count++)
    {
      ck_assert_uint_eq (item->number, count);
      ck_assert_int_eq (item->kind, count == 3000 ? SK_WALK_MISSING : SK_WALK_FILE);
      char content[6] = "";
      if (item->fd >= 0)
        ck_assert_int_eq (pread (item->fd, content, 6, 0), 5);
      sk_walk_item_free (item);
    }
  ck_assert_uint_eq (count, 6001);
  sk_walk_count (walk, &files, &bytes, &done);
  ck_assert (done && files == 6000 && bytes == 30000);
  ck_assert_int_eq (sk_walk_next (walk, &item), SK_WALK_END);
  sk_walk_free (walk);
  ck_assert_uint_eq (open_descriptors (), before);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_bounded_queue)
{
  g_autofree char *folder = folder_with (2000);
  char *paths[] = { folder, NULL };
  SkWalkSettings settings = { .paths = paths };
  struct rlimit limit = { 256, 256 };
  ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &limit), 0);
  unsigned before = open_descriptors ();
  SkWalk *walk = sk_walk_new (&settings);
  wait_until_still (walk);
  uint64_t files, bytes;
  bool done;
  sk_walk_count (walk, &files, &bytes, &done);
  ck_assert (!done);
  ck_assert_uint_eq (files, 256 / 8);
  /* The queue, two eventfds, the folders, and the one that waits for room. */
  ck_assert_uint_le (open_descriptors (), before + 256 / 8 + 2 + 2 + 1);
  unsigned count = 0;
  for (SkWalkItem *item; (item = take (walk)) != NULL; count++)
    sk_walk_item_free (item);
  ck_assert_uint_eq (count, 2000);
  sk_walk_free (walk);
  ck_assert_uint_eq (open_descriptors (), before);
  sk_test_remove (folder);
}
END_TEST

/* Items without a descriptor are bounded too. */
START_TEST (test_bounded_queue_of_links)
{
  g_autofree char *folder = sk_test_folder ();
  for (unsigned i = 0; i < SK_MAX_WALK_QUEUE + 500; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);
      ck_assert_int_eq (symlink ("x", path), 0);
    }
  char *paths[] = { folder, NULL };
  SkWalkSettings settings = { .paths = paths };
  SkWalk *walk = sk_walk_new (&settings);
  g_usleep (300000);
  uint64_t files, bytes;
  bool done;
  sk_walk_count (walk, &files, &bytes, &done);
  ck_assert (!done && files == 0);
  unsigned count = 0;
  for (SkWalkItem *item; (item = take (walk)) != NULL; count++)
    sk_walk_item_free (item);
  ck_assert_uint_eq (count, SK_MAX_WALK_QUEUE + 500);
  sk_walk_free (walk);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_stop)
{
  g_autofree char *folder = folder_with (2000);
  char *paths[] = { folder, NULL };
  SkWalkSettings settings = { .paths = paths };
  unsigned before = open_descriptors ();
  SkWalk *walk = sk_walk_new (&settings);
  wait_until_still (walk);
  sk_walk_stop (walk);
  unsigned count = 0;
  for (SkWalkItem *item; (item = take (walk)) != NULL; count++)
    sk_walk_item_free (item);
  ck_assert_uint_ge (count, 8);
  ck_assert_uint_lt (count, 2000);
  sk_walk_free (walk);
  ck_assert_uint_eq (open_descriptors (), before);

  SkWalk *unread = sk_walk_new (&settings);
  wait_until_still (unread);
  sk_walk_free (unread);
  ck_assert_uint_eq (open_descriptors (), before);
  sk_test_remove (folder);
}
END_TEST

/* The signal must end the wait of the main thread, not the enumerator. */
static void
on_signal (int number)
{
  (void)number;
}

START_TEST (test_signals_go_to_the_owner)
{
  struct sigaction action = { .sa_handler = on_signal };
  sigaction (SIGUSR1, &action, NULL);
  int ends[2];
  ck_assert_int_eq (pipe (ends), 0);
  ck_assert_int_eq (dup2 (ends[0], STDIN_FILENO), STDIN_FILENO);
  char *paths[] = { (char *)"-", NULL };
  SkWalkSettings settings = { .paths = paths };
  SkWalk *walk = sk_walk_new (&settings);
  sigset_t blocked, pending;
  sigemptyset (&blocked);
  sigaddset (&blocked, SIGUSR1);
  sigprocmask (SIG_BLOCK, &blocked, NULL);
  kill (getpid (), SIGUSR1);
  g_usleep (50000);
  sigpending (&pending);
  ck_assert (sigismember (&pending, SIGUSR1));
  int64_t start = g_get_monotonic_time ();
  sk_walk_free (walk);
  ck_assert_int_lt (g_get_monotonic_time () - start, G_TIME_SPAN_SECOND);
}
END_TEST

/* ---- standard input ---- */

typedef struct Feed
{
  int fd;
  size_t size;
} Feed;

static gpointer
feed (gpointer data)
{
  Feed *feed = data;
  g_autofree char *bytes = g_strnfill (feed->size, 'x');
  for (size_t done = 0; done < feed->size;)
    {
      ssize_t put = write (feed->fd, bytes + done, feed->size - done);
      g_assert_cmpint (put, >, 0);
      done += (size_t)put;
    }
  close (feed->fd);
  return NULL;
}

START_TEST (test_stdin)
{
  g_autofree char *folder = sk_test_folder ();
  int ends[2];
  ck_assert_int_eq (pipe (ends), 0);
  ck_assert_int_eq (dup2 (ends[0], STDIN_FILENO), STDIN_FILENO);
  close (ends[0]);
  Feed all = { ends[1], 300000 };
  GThread *thread = g_thread_new ("feed", feed, &all);
  char *paths[] = { (char *)"-", (char *)"-", NULL };
  SkWalkSettings settings = { .paths = paths, .temporary = folder };
  g_autoptr (SkWalk) walk = sk_walk_new (&settings);
  g_autoptr (SkWalkItem) item = take (walk);
  ck_assert_ptr_nonnull (item);
  ck_assert_int_eq (item->kind, SK_WALK_FILE);
  ck_assert_str_eq (item->path, "-");
  ck_assert_uint_eq (item->size, 300000);
  char last[2] = "";
  ck_assert_int_eq (pread (item->fd, last, 2, 299999), 1);
  ck_assert_int_eq (last[0], 'x');
  struct stat info;
  ck_assert_int_eq (fstat (item->fd, &info), 0);
  ck_assert_uint_eq (info.st_nlink, 0);
  g_autoptr (SkWalkItem) again = take (walk);
  ck_assert_int_eq (again->kind, SK_WALK_UNREADABLE);
  ck_assert_ptr_nonnull (again->what);
  ck_assert_ptr_null (take (walk));
  g_thread_join (thread);
  g_autoptr (GDir) left = g_dir_open (folder, 0, NULL);
  ck_assert_ptr_null (g_dir_read_name (left));
  sk_test_remove (folder);
}
END_TEST

static void
stdin_fails (const char *path, const char *temporary, int error_number)
{
  int fd = open (path, O_RDONLY);
  ck_assert_int_eq (dup2 (fd, STDIN_FILENO), STDIN_FILENO);
  char *paths[] = { (char *)"-", NULL };
  SkWalkSettings settings = { .paths = paths, .temporary = (char *)temporary };
  g_autoptr (SkWalk) walk = sk_walk_new (&settings);
  g_autoptr (SkWalkItem) item = take (walk);
  ck_assert_ptr_nonnull (item);
  ck_assert_int_eq (item->kind, SK_WALK_UNREADABLE);
  ck_assert_int_eq (item->error_number, error_number);
}

START_TEST (test_stdin_fails)
{
  stdin_fails ("/", NULL, EISDIR);
  stdin_fails ("/dev/null", "/nonexistent", ENOENT);
  /* The temporary file cannot take it all. */
  signal (SIGXFSZ, SIG_IGN);
  struct rlimit small = { SK_MIB, SK_MIB };
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &small), 0);
  stdin_fails ("/dev/zero", NULL, EFBIG);
}
END_TEST

START_TEST (test_empty_stdin)
{
  int fd = open ("/dev/null", O_RDONLY);
  ck_assert_int_eq (dup2 (fd, STDIN_FILENO), STDIN_FILENO);
  char *paths[] = { (char *)"-", NULL };
  SkWalkSettings settings = { .paths = paths };
  g_autoptr (SkWalk) walk = sk_walk_new (&settings);
  g_autoptr (SkWalkItem) item = take (walk);
  ck_assert (item != NULL && item->kind == SK_WALK_FILE && item->size == 0);
}
END_TEST

/* ---- how files are opened ---- */

static int
flags_of (const char *path)
{
  char *paths[] = { (char *)path, NULL };
  SkWalkSettings settings = { .paths = paths };
  g_autoptr (SkWalk) walk = sk_walk_new (&settings);
  g_autoptr (SkWalkItem) item = take (walk);
  ck_assert (item != NULL && item->kind == SK_WALK_FILE);
  ck_assert_int_eq (fcntl (item->fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  return fcntl (item->fd, F_GETFL);
}

START_TEST (test_access_times_stay)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *path = sk_test_file (folder, "f", "x", 1);
  ck_assert_int_eq (flags_of (path) & (O_NOATIME | O_ACCMODE), O_NOATIME | O_RDONLY);
  chmod (folder, 0755);
  chmod (path, 0644);
  /* Not the owner: opened all the same. */
  if (geteuid () == 0 && setresuid (65534, 65534, 0) == 0)
    {
      ck_assert_int_eq (flags_of (path) & (O_NOATIME | O_ACCMODE), O_RDONLY);
      ck_assert_int_eq (setresuid (0, 0, 0), 0);
    }
  sk_test_remove (folder);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("walk");
  TCase *queue = tcase_create ("queue");
  tcase_set_timeout (queue, 30);
  tcase_add_test (queue, test_all_in_order);
  tcase_add_test (queue, test_bounded_queue);
  tcase_add_test (queue, test_bounded_queue_of_links);
  tcase_add_test (queue, test_stop);
  tcase_add_test (queue, test_signals_go_to_the_owner);
  suite_add_tcase (suite, queue);
  TCase *input = tcase_create ("stdin");
  tcase_add_test (input, test_stdin);
  tcase_add_test (input, test_stdin_fails);
  tcase_add_test (input, test_empty_stdin);
  suite_add_tcase (suite, input);
  TCase *opening = tcase_create ("opening");
  tcase_add_test (opening, test_access_times_stay);
  suite_add_tcase (suite, opening);
  return sk_test_main (suite);
}
