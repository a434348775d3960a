/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The thread of the enumerator and its queue.
 *
 * The state is shared by the owner and the thread, each with a reference: a
 * thread that hangs in a system call on a dying medium must not keep the
 * program from ending, so it is left behind and frees the state should it ever
 * return.
 */
#include "config.h"

#include "source/walk.h"

#include "base/i18n.h"
#include "base/limits.h"
#include "source/tree.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* How long freeing waits for a thread that was told to stop. */
#define PATIENCE (2 * G_TIME_SPAN_SECOND)
/* Between two tries for a descriptor. */
#define DESCRIPTOR_PAUSE (50 * G_TIME_SPAN_MILLISECOND)

struct SkWalk
{
  gatomicrefcount references;
  GThread *thread;         /* the owner's */
  SkWalkSettings settings; /* own copy, constant */
  int news_fd;             /* readable: an item or the end */
  int stop_fd;             /* readable: stop */
  rlim_t descriptors;      /* most that may wait in the queue */

  GMutex lock;  /* for all below */
  GCond room;   /* something was taken from the queue, or stop */
  GCond over;   /* the thread has ended */
  GQueue queue; /* of SkWalkItem */
  uint64_t next_number;
  rlim_t queued_descriptors;
  size_t queued_bytes; /* of paths */
  bool told;           /* news_fd is readable */
  bool waiting;        /* the thread waits for room */
  bool stopped, ended;

  atomic_uint_fast64_t files, bytes;
  atomic_bool done;
};

static void
settings_copy (SkWalkSettings *copy, const SkWalkSettings *settings)
{
  *copy = (SkWalkSettings){ .paths = g_strdupv (settings->paths),
                            .exclude = g_strdupv (settings->exclude),
                            .skip = g_strdupv (settings->skip),
                            .one_file_system = settings->one_file_system,
                            .folders = settings->folders,
                            .temporary = g_strdup (settings->temporary) };
}

static void
settings_clear (SkWalkSettings *settings)
{
  g_strfreev (settings->paths);
  g_strfreev (settings->exclude);
  g_strfreev (settings->skip);
  g_free (settings->temporary);
}

static void
free_item (gpointer item)
{
  sk_walk_item_free (item);
}

static void
unref (SkWalk *walk)
{
  if (!g_atomic_ref_count_dec (&walk->references))
    return;
  g_queue_clear_full (&walk->queue, free_item);
  close (walk->news_fd);
  close (walk->stop_fd);
  g_mutex_clear (&walk->lock);
  g_cond_clear (&walk->room);
  g_cond_clear (&walk->over);
  settings_clear (&walk->settings);
  g_free (walk);
}

/* ---- the thread's side ---- */

/* Under the lock. */
static void
tell_news (SkWalk *walk)
{
  const uint64_t one = 1;
  if (!walk->told && write (walk->news_fd, &one, sizeof one) == sizeof one)
    walk->told = true;
}

static bool
is_full (const SkWalk *walk, const SkWalkItem *item)
{
  return walk->queue.length >= SK_MAX_WALK_QUEUE || walk->queued_bytes >= SK_MAX_WALK_QUEUE_BYTES
         || (item->fd >= 0 && walk->queued_descriptors >= walk->descriptors);
}

static bool
push_item (void *data, SkWalkItem *item)
{
  SkWalk *walk = data;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&walk->lock);
  while (!walk->stopped && is_full (walk, item))
    {
      walk->waiting = true;
      g_cond_wait (&walk->room, &walk->lock);
    }
  if (walk->stopped)
    {
      sk_walk_item_free (item);
      return false;
    }
  if (item->kind == SK_WALK_FILE)
    {
      atomic_fetch_add (&walk->files, 1);
      atomic_fetch_add (&walk->bytes, item->size);
    }
  item->number = walk->next_number++;
  walk->queued_descriptors += item->fd >= 0;
  walk->queued_bytes += strlen (item->path);
  g_queue_push_tail (&walk->queue, item);
  tell_news (walk);
  return true;
}

static bool
wait_for_descriptors (void *data)
{
  SkWalk *walk = data;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&walk->lock);
  walk->waiting = true;
  if (!walk->stopped)
    g_cond_wait_until (&walk->room, &walk->lock, g_get_monotonic_time () + DESCRIPTOR_PAUSE);
  return !walk->stopped;
}

/* A stream has one reader: a second "-" would look like an empty file. */
static bool
walk_stdin (SkWalk *walk, bool *again)
{
  SkWalkItem *item;
  if (*again)
    {
      item = sk_walk_item_new (SK_WALK_UNREADABLE, "-", NULL, -1);
      item->error_number = EINVAL;
      item->what = N_ ("standard input was read already");
    }
  else
    item = sk_stdin_item (STDIN_FILENO, walk->settings.temporary, walk->stop_fd);
  *again = true;
  if (item != NULL)
    item->root = g_ref_string_new ("-");
  return item != NULL && push_item (walk, item);
}

static void
walk_arguments (SkWalk *walk)
{
  g_autoptr (SkTree) tree
      = sk_tree_new (&walk->settings, NULL, push_item, wait_for_descriptors, walk);
  bool stdin_read = false, going = true;
  for (char **path = walk->settings.paths; going && path != NULL && *path != NULL; path++)
    going = strcmp (*path, "-") == 0 ? walk_stdin (walk, &stdin_read) : sk_tree_walk (tree, *path);
}

static gpointer
run (gpointer data)
{
  SkWalk *walk = data;
  walk_arguments (walk);
  atomic_store (&walk->done, true);
  g_mutex_lock (&walk->lock);
  walk->ended = true;
  tell_news (walk);
  g_cond_signal (&walk->over);
  g_mutex_unlock (&walk->lock);
  unref (walk);
  return NULL;
}

/* ---- the owner's side ---- */

/* Jobs, workers and the queue all hold descriptors: takes what the process may have, and leaves
 * the queue an eighth of it. More than 65,536 would only make those slow who close them all. */
static rlim_t
raise_descriptor_limit (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return 16;
  rlim_t wanted = MIN (limit.rlim_max, (rlim_t)65536);
  if (limit.rlim_cur < wanted)
    {
      struct rlimit raised = { .rlim_cur = wanted, .rlim_max = limit.rlim_max };
      if (setrlimit (RLIMIT_NOFILE, &raised) == 0)
        limit = raised;
    }
  return CLAMP (limit.rlim_cur / 8, 8, SK_MAX_WALK_QUEUE / 2);
}

/* Signals are for the main thread. */
static GThread *
start_thread (SkWalk *walk)
{
  sigset_t all, before;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  GThread *thread = g_thread_new ("sekisho-walk", run, walk);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return thread;
}

SkWalk *
sk_walk_new (const SkWalkSettings *settings)
{
  SkWalk *walk = g_new0 (SkWalk, 1);
  g_atomic_ref_count_init (&walk->references);
  settings_copy (&walk->settings, settings);
  walk->descriptors = raise_descriptor_limit ();
  walk->news_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  walk->stop_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (walk->news_fd < 0 || walk->stop_fd < 0)
    g_error ("eventfd: %s", g_strerror (errno));
  g_mutex_init (&walk->lock);
  g_cond_init (&walk->room);
  g_cond_init (&walk->over);
  g_queue_init (&walk->queue);
  g_atomic_ref_count_inc (&walk->references);
  walk->thread = start_thread (walk);
  return walk;
}

int
sk_walk_fd (const SkWalk *walk)
{
  return walk->news_fd;
}

/* A thread that waits is woken when half is free: woken for each item, both sides would do little
 * else than change places. */
static void
tell_room (SkWalk *walk)
{
  if (!walk->waiting || walk->queue.length > SK_MAX_WALK_QUEUE / 2
      || walk->queued_bytes > SK_MAX_WALK_QUEUE_BYTES / 2
      || walk->queued_descriptors > walk->descriptors / 2)
    return;
  walk->waiting = false;
  g_cond_signal (&walk->room);
}

static void
take_news (SkWalk *walk)
{
  uint64_t ignored;
  if (walk->told && read (walk->news_fd, &ignored, sizeof ignored) == sizeof ignored)
    walk->told = false;
}

SkWalkNext
sk_walk_next (SkWalk *walk, SkWalkItem **ret_item)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&walk->lock);
  SkWalkItem *item = g_queue_pop_head (&walk->queue);
  if (item == NULL && walk->ended)
    return SK_WALK_END;
  if (item == NULL)
    {
      take_news (walk);
      return SK_WALK_WAIT;
    }
  walk->queued_descriptors -= item->fd >= 0;
  walk->queued_bytes -= strlen (item->path);
  tell_room (walk);
  *ret_item = item;
  return SK_WALK_ITEM;
}

void
sk_walk_count (SkWalk *walk, uint64_t *ret_files, uint64_t *ret_bytes, bool *ret_done)
{
  *ret_done = atomic_load (&walk->done);
  *ret_files = atomic_load (&walk->files);
  *ret_bytes = atomic_load (&walk->bytes);
}

void
sk_walk_stop (SkWalk *walk)
{
  const uint64_t one = 1;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&walk->lock);
  walk->stopped = true;
  g_cond_signal (&walk->room);
  /* Cannot fail: the counter never comes near its maximum. */
  if (write (walk->stop_fd, &one, sizeof one) != sizeof one)
    g_debug ("eventfd: %s", g_strerror (errno));
}

void
sk_walk_free (SkWalk *walk)
{
  if (walk == NULL)
    return;
  sk_walk_stop (walk);
  int64_t until = g_get_monotonic_time () + PATIENCE;
  g_mutex_lock (&walk->lock);
  while (!walk->ended && g_cond_wait_until (&walk->over, &walk->lock, until))
    ;
  bool ended = walk->ended;
  g_queue_clear_full (&walk->queue, free_item);
  g_mutex_unlock (&walk->lock);
  if (ended)
    g_thread_join (walk->thread);
  else
    g_thread_unref (walk->thread);
  unref (walk);
}

void
sk_walk_item_free (SkWalkItem *item)
{
  if (item == NULL)
    return;
  if (item->fd >= 0)
    close (item->fd);
  g_free (item->path);
  g_clear_pointer (&item->root, g_ref_string_release);
  g_free (item);
}
