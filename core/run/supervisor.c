/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The supervisor's life and its loop: what comes in, who gets it, what goes
 * out. Decides nothing itself: schedule.h says who runs what.
 */
#include "config.h"

#include "run/supervisor.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/i18n.h"
#include "run/supervisor-internal.h"

/* Between two looks at the backstops, and two calls of `progress`. */
#define TICK (100 * G_TIME_SPAN_MILLISECOND)
#define PROGRESS (200 * G_TIME_SPAN_MILLISECOND)
/* A gap between ticks above this was our own (a slow sink): no worker pays for it. */
#define OWN_GAP G_TIME_SPAN_SECOND
/* Results handed out before workers are looked after again. */
#define RESULTS_A_ROUND 256
#define EVENTS_A_ROUND 64
/* Roots in the line, and the bytes of their paths. */
#define LIVE_ROOTS 65536
#define LIVE_PAYLOAD (64 * SK_MIB)
#define WINDOWS_AHEAD 20000
#define BATCH_BYTES (8 * SK_MIB)
#define BATCH_PAYLOAD (512 * SK_KIB)
/* Room for the reply of a small file before it is known; a larger one finds room, or runs again. */
#define SMALL_RESULT (32 * SK_KIB)

void
sk_supervisor_fail (SkSupervisor *s, GError *error)
{
  if (s->error == NULL)
    s->error = error;
  else
    g_error_free (error);
}

/* ---- watching ---- */

bool
sk_supervisor_watch (SkSupervisor *s, int fd, SkWatch *watch)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };
  if (watch->kind == SK_WATCH_WALK)
    event.events |= EPOLLET; /* it stays readable while we take nothing */
  return epoll_ctl (s->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
sk_supervisor_unwatch (SkSupervisor *s, int fd)
{
  epoll_ctl (s->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void
sk_supervisor_watch_writing (SkSupervisor *s, SkChannel *channel, SkWatch *watch)
{
  bool writing = sk_channel_queued (channel) > 0;
  if (writing == watch->writing)
    return;
  struct epoll_event event
      = { .events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = watch };
  if (epoll_ctl (s->epoll_fd, EPOLL_CTL_MOD, sk_channel_fd (channel), &event) == 0)
    watch->writing = writing;
}

/* ---- birth ---- */

static uint64_t
raise_descriptors (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return 1024;
  if (limit.rlim_cur < limit.rlim_max)
    {
      struct rlimit raised = { limit.rlim_max, limit.rlim_max };
      if (setrlimit (RLIMIT_NOFILE, &raised) == 0)
        limit = raised;
    }
  return MIN (limit.rlim_cur, 1 << 20);
}

/* Descriptors are what bounds the look-ahead: each waiting root and each job in flight has one. */
static SkSchedule *
make_schedule (const SkRunSettings *settings, uint64_t descriptors)
{
  uint64_t share = descriptors / 4;
  SkScheduleSettings schedule = {
    .jobs = settings->jobs,
    .room = settings->results_bytes,
    .largest_result = SK_MAX_FRAME,
    .small_result = SMALL_RESULT,
    .small_file = SK_SMALL_FILE,
    .batch_tasks = (uint32_t) CLAMP (share / (2 * settings->jobs), 1, SK_MAX_BATCH),
    .batch_bytes = BATCH_BYTES,
    .batch_payload = BATCH_PAYLOAD,
    .look_ahead = (uint32_t) CLAMP (share, 1, 2 * SK_MAX_BATCH * settings->jobs),
    .live_roots = LIVE_ROOTS,
    .live_payload = LIVE_PAYLOAD,
    .windows_ahead = WINDOWS_AHEAD,
    .worker_jobs = SK_WORKER_JOBS,
    .free_data = sk_run_job_free,
  };
  return sk_schedule_new (&schedule);
}

static gboolean
open_files (SkSupervisor *s, GError **error)
{
  s->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  s->stop_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  s->stop_watch.kind = SK_WATCH_STOP;
  s->walk_watch.kind = SK_WATCH_WALK;
  if (s->epoll_fd < 0 || s->stop_fd < 0 || !sk_supervisor_watch (s, s->stop_fd, &s->stop_watch))
    return sk_error_set_errno (error, errno, _ ("cannot make an event loop"));
  s->results = sk_results_new (s->settings.temporary, s->settings.results_bytes, error);
  if (s->results == NULL)
    return FALSE;
  /* How much waits there is bounded elsewhere: sk_run_windows_find_room. */
  s->windows_file = sk_results_new (s->settings.temporary, UINT64_MAX, error);
  if (s->windows_file == NULL)
    return FALSE;
  return TRUE;
}

gboolean
sk_supervisor_open_run_file (SkSupervisor *s, GError **error)
{
  if (s->run_file == NULL)
    s->run_file = sk_run_file_new (s->settings.temporary, s->settings.run_file_bytes, error);
  return s->run_file != NULL;
}

static gboolean
start_first (SkSupervisor *s, SkBundle *bundle, GError **error)
{
  int fd = sk_bundle_seal (bundle, error);
  if (fd < 0)
    return FALSE;
  SkGeneration *g = sk_generation_start (s, fd, error);
  if (g == NULL || !sk_generation_wait (g, error))
    return FALSE;
  s->current = g;
  sk_schedule_set_generation (s->schedule, g->number);
  return TRUE;
}

SkSupervisor *
sk_supervisor_new (const SkRunSettings *settings, const SkRunCallbacks *callbacks, SkBundle *bundle,
                   GError **error)
{
  g_autoptr (SkSupervisor) s = g_new0 (SkSupervisor, 1);
  uint64_t descriptors = raise_descriptors ();
  s->settings = *settings;
  s->settings.jobs = CLAMP (settings->jobs, 1, 256);
  s->callbacks = *callbacks;
  s->epoll_fd = s->stop_fd = s->waiting_bundle = -1;
  s->lent_maximum = descriptors / 16;
  s->fd_maximum = descriptors / 4;
  s->inputs_maximum = MAX (descriptors / 2, 1);
  s->now = g_get_monotonic_time ();
  s->generations = g_ptr_array_new ();
  s->workers = g_ptr_array_new ();
  s->schedule = make_schedule (&s->settings, descriptors);
  sk_buffer_init (&s->scratch, SK_MAX_FRAME);
  sk_record_view_init (&s->view);
  if (settings->chaos > 0)
    s->chaos = g_rand_new_with_seed ((guint32) (settings->chaos_seed ^ settings->chaos_seed >> 32));
  if (!open_files (s, error) || !start_first (s, bundle, error))
    return NULL;
  return g_steal_pointer (&s);
}

const SkCatalogue *
sk_supervisor_catalogue (const SkSupervisor *s)
{
  return ((const SkGeneration *) s->generations->pdata[0])->catalogue;
}

bool
sk_supervisor_wants_folders (const SkSupervisor *s)
{
  return sk_twin_wants_entries (s->current->twin);
}

/* ---- what comes in ---- */

static void
add_item (SkSupervisor *s, SkWalkItem *item)
{
  const SkLimits *limits = &s->settings.limits;
  SkBudget budget = { limits->windows, limits->objects, limits->job_bytes, limits->work };
  bool is_file = item->kind == SK_WALK_FILE && item->fd >= 0;
  SkRunJob *job = sk_run_job_new_root (item, &s->inputs_open);
  if (is_file)
    sk_schedule_add_root (s->schedule, item->size, sk_run_job_payload (job), &budget, job);
  else
    sk_schedule_add_silent (s->schedule, sk_run_job_payload (job), job);
}

static void
feed (SkSupervisor *s)
{
  /* What has replied keeps its input until its windows find room in the line. */
  while (!s->walk_ended && s->inputs_open < s->inputs_maximum
         && sk_schedule_wants_root (s->schedule))
    {
      SkWalkItem *item = NULL;
      switch (sk_walk_next (s->walk, &item))
        {
        case SK_WALK_ITEM:
          add_item (s, item);
          break;
        case SK_WALK_END:
          s->walk_ended = true;
          break;
        case SK_WALK_WAIT:
          return;
        }
    }
}

/* The reload that waits will not be. */
static void
give_up_waiting (SkSupervisor *s, const char *why)
{
  SkReloadDone done = s->waiting_done;
  if (s->waiting_bundle < 0)
    return;
  close (s->waiting_bundle);
  s->waiting_bundle = -1;
  s->waiting_done = NULL;
  g_autoptr (GError) error = g_error_new_literal (SK_ERROR, SK_ERROR_ENDED, why);
  if (done != NULL)
    done (s->callbacks.data, NULL, error);
}

void
sk_supervisor_reload (SkSupervisor *s, SkBundle *bundle, SkReloadDone done)
{
  g_autoptr (GError) error = NULL;
  int fd = sk_bundle_seal (bundle, &error);
  if (fd < 0)
    {
      if (done != NULL)
        done (s->callbacks.data, NULL, error);
      return;
    }
  give_up_waiting (s, _ ("a newer reload took its place"));
  s->waiting_bundle = fd;
  s->waiting_done = done;
}

void
sk_supervisor_stop (SkSupervisor *s)
{
  /* Only what a signal handler may do. */
  int saved_errno = errno;
  uint64_t one = 1;
  if (write (s->stop_fd, &one, sizeof one) < 0)
    errno = EAGAIN; /* it is set already */
  errno = saved_errno;
}

/* ---- the end ---- */

static void
stop_now (SkSupervisor *s)
{
  if (s->stopping)
    return;
  s->stopping = s->interrupted = true;
  s->walk_ended = true;
  sk_walk_stop (s->walk);
  for (guint i = 0; i < s->workers->len; i++)
    sk_worker_read (s->workers->pdata[i]);
  sk_schedule_stop (s->schedule);
}

/* All processes are gone afterwards. */
static void
end_processes (SkSupervisor *s)
{
  for (guint i = 0; i < s->generations->len; i++)
    sk_generation_end (s->generations->pdata[i]);
  sk_pool_sweep (s);
  give_up_waiting (s, _ ("the run ended before the reload"));
}

void
sk_supervisor_free (SkSupervisor *s)
{
  if (s == NULL)
    return;
  end_processes (s);
  /* Tasks hold stages, windows and lent files. */
  sk_schedule_free (s->schedule);
  sk_run_file_free (s->run_file);
  sk_results_free (s->results);
  sk_results_free (s->windows_file);
  for (guint i = 0; i < s->generations->len; i++)
    sk_generation_free (s->generations->pdata[i]);
  g_ptr_array_unref (s->generations);
  g_ptr_array_unref (s->workers);
  sk_buffer_clear (&s->scratch);
  sk_record_view_clear (&s->view);
  g_clear_error (&s->error);
  g_clear_pointer (&s->chaos, g_rand_free);
  if (s->epoll_fd >= 0)
    close (s->epoll_fd);
  if (s->stop_fd >= 0)
    close (s->stop_fd);
  g_free (s);
}

/* ---- the loop ---- */

static void
tick (SkSupervisor *s)
{
  int64_t gap = s->now - (s->next_tick - TICK);
  if (s->now < s->next_tick)
    return;
  if (s->next_tick != 0 && gap > OWN_GAP)
    for (guint i = 0; i < s->workers->len; i++)
      {
        SkRunWorker *worker = s->workers->pdata[i];
        worker->progress_at += gap;
        worker->reply_at += gap;
      }
  s->next_tick = s->now + TICK;
  sk_pool_tick (s);
}

static void
tell_progress (SkSupervisor *s)
{
  if (s->callbacks.progress == NULL || s->now < s->next_progress)
    return;
  s->next_progress = s->now + PROGRESS;
  s->callbacks.progress (s->callbacks.data, s->done_files, s->done_bytes);
}

static void
set_pressure (SkSupervisor *s)
{
  bool records = s->run_file != NULL
                 && sk_run_file_staged (s->run_file) > s->settings.run_file_bytes;
  sk_schedule_set_pressure (s->schedule, records || s->lent_open > s->lent_maximum);
}

static void
handle_event (SkSupervisor *s, const struct epoll_event *event)
{
  SkWatch *watch = event->data.ptr;
  switch (watch->kind)
    {
    case SK_WATCH_STOP:
      stop_now (s);
      sk_supervisor_unwatch (s, s->stop_fd);
      break;
    case SK_WATCH_WALK:
      break; /* the round asks it anyway */
    case SK_WATCH_ZYGOTE:
      sk_generation_read ((SkGeneration *) watch);
      break;
    case SK_WATCH_WORKER:
      if (!((SkRunWorker *) watch)->gone)
        sk_worker_read ((SkRunWorker *) watch);
      break;
    }
}

static void
wait_for_events (SkSupervisor *s, bool more)
{
  struct epoll_event events[EVENTS_A_ROUND];
  int64_t until = s->next_tick - s->now;
  int timeout = more ? 0 : (int) CLAMP (until / 1000 + 1, 1, TICK / 1000);
  int n = epoll_wait (s->epoll_fd, events, EVENTS_A_ROUND, timeout);
  s->now = g_get_monotonic_time ();
  if (n < 0 && errno != EINTR)
    {
      GError *error = NULL;
      sk_error_set_errno (&error, errno, _ ("cannot wait for events"));
      sk_supervisor_fail (s, error);
    }
  for (int i = 0; i < n; i++)
    handle_event (s, &events[i]);
}

static bool
is_over (const SkSupervisor *s)
{
  return s->error != NULL || (s->walk_ended && sk_schedule_head (s->schedule) == NULL);
}

/* True when there was any. */
static bool
read_unread (SkSupervisor *s)
{
  bool any = false;
  for (guint i = 0; i < s->workers->len; i++)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (worker->gone || !worker->unread)
        continue;
      any = true;
      sk_worker_read (worker);
    }
  return any;
}

static void
loop (SkSupervisor *s)
{
  for (;;)
    {
      s->now = g_get_monotonic_time ();
      bool more = sk_deliver (s, RESULTS_A_ROUND); /* first: it makes room */
      feed (s);
      tell_progress (s);
      if (is_over (s))
        return;
      set_pressure (s);
      sk_pool_tend (s);
      more = read_unread (s) || more || s->error != NULL || sk_schedule_turn (s->schedule) != NULL;
      wait_for_events (s, more);
      tick (s);
      sk_generations_tend (s);
    }
}

gboolean
sk_supervisor_run (SkSupervisor *s, SkWalk *walk, bool *ret_interrupted, GError **error)
{
  s->walk = walk;
  s->next_tick = 0;
  if (s->callbacks.ready != NULL)
    s->callbacks.ready (s->callbacks.data, s->current->catalogue);
  if (sk_supervisor_watch (s, sk_walk_fd (walk), &s->walk_watch))
    loop (s);
  else
    sk_error_set_errno (&s->error, errno, _ ("cannot watch the enumerator"));
  sk_supervisor_unwatch (s, sk_walk_fd (walk));
  sk_walk_stop (walk);
  end_processes (s);
  sk_deliver_records (s);
  if (s->callbacks.progress != NULL)
    s->callbacks.progress (s->callbacks.data, s->done_files, s->done_bytes);
  *ret_interrupted = s->interrupted;
  s->walk = NULL;
  if (s->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&s->error));
  return FALSE;
}
