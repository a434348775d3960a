/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Workers: started through their zygote, given batches, watched, and told
 * apart after their death.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "process/zygote.h"
#include "run/supervisor-internal.h"

/* Workers in a row that did not come up, beside one for each that is wanted. */
#define MAX_START_FAILURES 8
#define START_PAUSE (G_TIME_SPAN_SECOND / 4)
/* A worker copies the page tables of a zygote with hundreds of megabytes of rules. */
#define START_PATIENCE (30 * G_TIME_SPAN_SECOND)
/* From the end of its channel to its end, when it dies by itself. */
#define SHUT_PATIENCE (200 * G_TIME_SPAN_MILLISECOND)
#define SPENT_PATIENCE (5 * G_TIME_SPAN_SECOND)
/* A page may tell of progress for ever, when the worker is no longer ours: so many backstops, and a
 * second for each MiB of its input, are all that one job gets. What is honest has long been ended by
 * the budget of work. */
#define ENDLESS_BACKSTOPS 60
/* A killed worker that waits for a dying medium does not end before the kernel gives up. */
#define KILL_PATIENCE (20 * G_TIME_SPAN_SECOND)

SkRunWorker *
sk_pool_find (SkSupervisor *s, uint32_t tag)
{
  for (guint i = 0; i < s->workers->len; i++)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (worker->tag == tag && !worker->gone)
        return worker;
    }
  return NULL;
}

/* ---- start ---- */

static void
start_failed (SkSupervisor *s, int error_number)
{
  s->start_after = s->now + START_PAUSE;
  if (++s->start_failures <= MAX_START_FAILURES + s->settings.jobs)
    return;
  GError *error = NULL;
  sk_error_set_errno (&error, error_number, _ ("workers cannot be started"));
  sk_supervisor_fail (s, error);
}

static SkRunWorker *
worker_new (SkGeneration *g, int fd, SkPage *page)
{
  SkSupervisor *s = g->supervisor;
  SkRunWorker *worker = g_new0 (SkRunWorker, 1);
  worker->watch.kind = SK_WATCH_WORKER;
  worker->generation = g;
  worker->tag = ++s->next_tag;
  worker->channel = sk_channel_new (fd, false);
  worker->page = page;
  worker->seat = sk_schedule_seat_new (s->schedule, g->number);
  worker->progress_at = s->now;
  worker->lent = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_blob_unref);
  g_ptr_array_add (s->workers, worker);
  return worker;
}

static void
worker_close (SkRunWorker *worker)
{
  SkSupervisor *s = worker->generation->supervisor;
  g_clear_pointer (&worker->channel, sk_channel_free);
  sk_page_unmap (worker->page);
  sk_schedule_seat_free (s->schedule, worker->seat);
  sk_page_said_clear (&worker->said);
  sk_page_said_clear (&worker->marked);
  g_ptr_array_unref (worker->lent);
  worker->gone = true;
}

static int
make_ends (int ends[2], SkPage **ret_page)
{
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return -1;
  int page_fd = fcntl (ends[0], F_SETFL, O_NONBLOCK) == 0 ? sk_page_new (ret_page) : -1;
  if (page_fd < 0)
    {
      int saved_errno = errno;
      close (ends[0]);
      close (ends[1]);
      errno = saved_errno;
    }
  return page_fd;
}

static void
worker_start (SkGeneration *g)
{
  int ends[2];
  SkPage *page = NULL;
  int page_fd = make_ends (ends, &page);
  if (page_fd < 0)
    {
      start_failed (g->supervisor, errno);
      return;
    }
  SkRunWorker *worker = worker_new (g, ends[0], page);
  int fds[] = { ends[1], page_fd };
  bool sent = sk_supervisor_watch (g->supervisor, ends[0], &worker->watch)
              && sk_generation_tell (g, SK_FRAME_FORK, worker->tag, fds, 2);
  close (ends[1]);
  close (page_fd);
  if (sent)
    return;
  worker_close (worker);
  start_failed (g->supervisor, EPIPE);
}

void
sk_worker_not_started (SkRunWorker *worker, int error_number)
{
  SkSupervisor *s = worker->generation->supervisor;
  worker_close (worker);
  start_failed (s, error_number);
}

/* ---- end ---- */

void
sk_worker_note_page (SkRunWorker *worker)
{
  if (worker->said_known)
    return;
  sk_inbound_page (worker->page, sk_generation_plugins (worker->generation), &worker->said);
  worker->said_flight = sk_seat_in_flight (worker->seat);
  worker->said_known = true;
}

void
sk_worker_kill (SkRunWorker *worker, SkWorkerWhy why)
{
  SkGeneration *g = worker->generation;
  if (worker->why == SK_WHY_NONE || worker->why == SK_WHY_SPENT)
    worker->why = why;
  worker->why_at = g->supervisor->now;
  sk_worker_note_page (worker);
  if (!worker->killed)
    sk_generation_tell (g, SK_FRAME_KILL, worker->tag, NULL, 0);
  worker->killed = true;
}

/* What it marked of the job in hand, when that is traced. */
static bool
name_as_marked (const SkRunWorker *worker, SkDeath *death)
{
  const SkTask *task = sk_seat_in_hand (worker->seat);
  if (task == NULL || worker->marked.object == NULL || worker->marked.job != task->number)
    return false;
  death->number = task->number;
  death->plugin = worker->marked.plugin;
  death->object = worker->marked.object;
  return true;
}

/* Where the worker may have gone on since: only a job that is alone in flight can be named, and its
 * plugin only when it is traced, which it is in the next run. */
static void
name_if_alone (const SkRunWorker *worker, SkDeath *death)
{
  if (!name_as_marked (worker, death) && sk_seat_in_flight (worker->seat) == 1)
    death->number = sk_seat_in_hand (worker->seat)->number;
}

/* It stands where it died. */
static void
name_as_said (const SkRunWorker *worker, SkDeath *death)
{
  if (name_as_marked (worker, death) || sk_seat_find (worker->seat, worker->said.job) == NULL)
    return;
  death->number = worker->said.job;
  death->plugin = worker->said.plugin;
  death->object = worker->said.object;
}

/* It ended by itself, or somebody else ended it. */
static void
judge_status (const SkRunWorker *worker, int status, SkDeath *death)
{
  bool signaled = WIFSIGNALED (status);
  death->blame = SK_BLAME_TASK;
  if (worker->said.out_of_memory || (signaled && WTERMSIG (status) == SIGTRAP))
    death->reason = SK_REASON_MEMORY;
  if (!signaled)
    {
      name_if_alone (worker, death);
      return;
    }
  if (WTERMSIG (status) == SIGKILL)
    {
      death->blame = SK_BLAME_KILL;
      death->reason = SK_REASON_MEMORY;
    }
  name_as_said (worker, death);
}

static SkDeath
judge (const SkRunWorker *worker, int status)
{
  SkDeath death = { SK_BLAME_NOBODY, UINT64_MAX, SK_NO_PLUGIN, "", SK_REASON_CRASH };
  bool by_us = worker->killed && WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
  if (!by_us)
    judge_status (worker, status, &death);
  else if (worker->why == SK_WHY_TIMEOUT)
    {
      name_as_said (worker, &death);
      death.reason = SK_REASON_TIMEOUT;
      /* A job that it could still finish has been no hang. That it names none is no excuse. */
      bool finished = sk_seat_in_flight (worker->seat) < worker->said_flight;
      death.blame = death.number != UINT64_MAX || !finished ? SK_BLAME_TASK : SK_BLAME_NOBODY;
    }
  else if (worker->why == SK_WHY_VIOLATION || worker->why == SK_WHY_SHUT)
    {
      death.blame = SK_BLAME_TASK;
      name_if_alone (worker, &death);
    }
  return death;
}

/* What the job in hand had begun does not count. */
static void
forget_begun (SkRunWorker *worker)
{
  SkTask *task = sk_seat_in_hand (worker->seat);
  SkRunJob *job = task != NULL ? task->data : NULL;
  if (job != NULL)
    sk_run_job_forget_begun (job);
  g_ptr_array_set_size (worker->lent, 0);
}

static void
check_start (SkRunWorker *worker, int status)
{
  SkSupervisor *s = worker->generation->supervisor;
  if (WIFEXITED (status) && WEXITSTATUS (status) == SK_WORKER_EXIT_SANDBOX)
    sk_supervisor_fail (s, g_error_new (SK_ERROR, SK_ERROR_SANDBOX,
                                        _ ("a worker could not enter its sandbox, which is required")));
  else if (!worker->ready && worker->why != SK_WHY_STOP)
    start_failed (s, ECHILD);
}

void
sk_worker_ended (SkRunWorker *worker, int status)
{
  SkSupervisor *s = worker->generation->supervisor;
  sk_worker_note_page (worker);
  worker->reaped = true;
  sk_worker_read (worker);
  check_start (worker, status);
  SkDeath death = judge (worker, status);
  forget_begun (worker);
  sk_schedule_death (s->schedule, worker->seat, &death);
  worker_close (worker);
}

void
sk_worker_lost (SkRunWorker *worker)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkDeath death = { SK_BLAME_NOBODY, UINT64_MAX, SK_NO_PLUGIN, "", SK_REASON_CRASH };
  worker->reaped = true;
  sk_worker_read (worker);
  forget_begun (worker);
  sk_schedule_death (s->schedule, worker->seat, &death);
  worker_close (worker);
}

void
sk_pool_sweep (SkSupervisor *s)
{
  for (guint i = 0; i < s->workers->len;)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (!worker->gone)
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (s->workers, i);
      g_free (worker);
    }
}

/* ---- backstops ---- */

/* How long a job may take, whatever it says. */
static int64_t
longest_job (const SkSupervisor *s, const SkTask *task)
{
  return ENDLESS_BACKSTOPS * (int64_t) s->settings.backstop * G_TIME_SPAN_SECOND
         + (int64_t) MIN (task->size / SK_MIB, SK_MIB) * G_TIME_SPAN_SECOND;
}

static bool
is_hung (const SkSupervisor *s, const SkRunWorker *worker)
{
  const SkTask *task = sk_seat_in_hand (worker->seat);
  int64_t backstop = (int64_t) s->settings.backstop * G_TIME_SPAN_SECOND;
  return task != NULL
         && (s->now - worker->progress_at > backstop
             || s->now - worker->reply_at > longest_job (s, task));
}

static void
tick_worker (SkSupervisor *s, SkRunWorker *worker)
{
  uint64_t progress = atomic_load (&worker->page->progress);
  int64_t backstop = (int64_t) s->settings.backstop * G_TIME_SPAN_SECOND;
  if (progress != worker->progress)
    {
      worker->progress = progress;
      worker->progress_at = s->now;
    }
  int64_t still = s->now - worker->progress_at, since = s->now - worker->why_at;
  if (worker->why == SK_WHY_NONE && !worker->ready && still > MAX (backstop, START_PATIENCE))
    sk_worker_kill (worker, SK_WHY_SLOW_START);
  else if (worker->why == SK_WHY_NONE && is_hung (s, worker))
    sk_worker_kill (worker, SK_WHY_TIMEOUT);
  else if (!worker->killed && worker->why == SK_WHY_SHUT && since > SHUT_PATIENCE)
    sk_worker_kill (worker, SK_WHY_SHUT);
  else if (!worker->killed && worker->why == SK_WHY_SPENT && since > SPENT_PATIENCE)
    sk_worker_kill (worker, SK_WHY_SPENT);
  else if (worker->killed && since > KILL_PATIENCE)
    sk_worker_ended (worker, SIGKILL); /* as it will be; nobody waits for it any more */
}

void
sk_pool_tick (SkSupervisor *s)
{
  for (guint i = 0; i < s->workers->len; i++)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (!worker->gone)
        tick_worker (s, worker);
    }
}

/* ---- batches ---- */

static SkJob
describe (const SkTask *task)
{
  const SkRunJob *job = task->data;
  bool is_window = job->plugin != SK_NO_PLUGIN;
  gsize size = 0;
  const void *context = job->context != NULL ? g_bytes_get_data (job->context, &size) : NULL;
  return (SkJob) { .number = task->number,
                   .id = sk_run_job_id (job),
                   .path = sk_run_job_name (job),
                   .input = { .fd = job->blob->fd,
                              .size = job->blob->size,
                              .mtime_ns = job->blob->mtime_ns },
                   .window_plugin = job->plugin,
                   .window_offset = is_window ? job->offset : 0,
                   .window_length = is_window ? job->length : 0,
                   .window_context = { context, size },
                   .depth = task->depth,
                   .windows_left = task->budget.windows,
                   .objects_left = task->budget.objects,
                   .bytes_left = task->budget.bytes,
                   .work_left = task->budget.work,
                   .exclusions = task->exclusions,
                   .traced = task->alone };
}

static bool
send_batch (SkSupervisor *s, SkRunWorker *worker, SkTask *const *tasks, size_t n)
{
  int fds[SK_MAX_BATCH];
  sk_buffer_reset (&s->scratch);
  for (size_t i = 0; i < n; i++)
    {
      SkJob job = describe (tasks[i]);
      fds[i] = job.input.fd;
      if (!sk_frame_put_job (&s->scratch, &job))
        {
          sk_supervisor_fail (s, g_error_new (SK_ERROR, SK_ERROR_LIMIT,
                                              _ ("a job does not fit a frame: %s"), job.id));
          return false;
        }
    }
  return sk_channel_send (worker->channel, SK_FRAME_BATCH, sk_buffer_span (&s->scratch), fds, n);
}

/* False when there was nothing for it. */
static bool
give (SkSupervisor *s, SkRunWorker *worker)
{
  SkTask *tasks[SK_MAX_BATCH];
  bool idle = sk_seat_in_flight (worker->seat) == 0;
  size_t n = sk_schedule_dispatch (s->schedule, worker->seat, tasks);
  if (n == 0)
    return false;
  if (idle)
    worker->progress_at = worker->reply_at = s->now;
  if (!send_batch (s, worker, tasks, n) && worker->why == SK_WHY_NONE)
    {
      /* It has just died; the zygote will say how. */
      worker->why = SK_WHY_SHUT;
      worker->why_at = s->now;
    }
  sk_supervisor_watch_writing (s, worker->channel, &worker->watch);
  return true;
}

static void
dispatch (SkSupervisor *s)
{
  for (size_t in_flight = 0; in_flight <= SK_MAX_BATCH; in_flight += SK_MAX_BATCH)
    for (guint i = 0; i < s->workers->len; i++)
      {
        SkRunWorker *worker = s->workers->pdata[i];
        if (!worker->gone && worker->ready && worker->why == SK_WHY_NONE
            && sk_seat_in_flight (worker->seat) <= in_flight)
          give (s, worker);
      }
}

/* ---- how many ---- */

typedef struct Staff {
  uint32_t all;   /* that work or will */
  uint32_t own;   /* of the generation */
  uint32_t ready_for_more; /* of these, with nothing in flight */
} Staff;

static Staff
count_staff (const SkSupervisor *s, const SkGeneration *g)
{
  Staff staff = { 0, 0, 0 };
  for (guint i = 0; i < s->workers->len; i++)
    {
      const SkRunWorker *worker = s->workers->pdata[i];
      if (worker->gone || worker->why != SK_WHY_NONE)
        continue;
      staff.all++;
      staff.own += worker->generation == g;
      staff.ready_for_more += worker->generation == g && sk_seat_in_flight (worker->seat) == 0;
    }
  return staff;
}

static void
retire (SkSupervisor *s, SkRunWorker *worker)
{
  worker->why = SK_WHY_SPENT;
  worker->why_at = s->now;
  if (sk_channel_send (worker->channel, SK_FRAME_RETIRE, (SkSpan) { NULL, 0 }, NULL, 0))
    sk_channel_flush (worker->channel);
  sk_supervisor_watch_writing (s, worker->channel, &worker->watch);
}

/* One of an old generation stays while it has roots: what it runs may still hand back windows. */
static bool
is_useless (const SkSupervisor *s, const SkRunWorker *worker)
{
  const SkGeneration *g = worker->generation;
  if (g == s->current || sk_seat_in_flight (worker->seat) > 0
      || sk_schedule_waiting (s->schedule, g->number) > 0)
    return false;
  return sk_schedule_live (s->schedule, g->number) == 0 || count_staff (s, g).own > 1;
}

static void
retire_some (SkSupervisor *s)
{
  for (guint i = 0; i < s->workers->len; i++)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (!worker->gone && worker->ready && worker->why == SK_WHY_NONE
          && (sk_seat_spent (s->schedule, worker->seat) || is_useless (s, worker)))
        retire (s, worker);
    }
}

static void
start_some (SkSupervisor *s)
{
  for (guint i = 0; i < s->generations->len; i++)
    {
      SkGeneration *g = s->generations->pdata[i];
      uint64_t waiting
          = g->state == SK_GENERATION_READY ? sk_schedule_waiting (s->schedule, g->number) : 0;
      Staff staff = count_staff (s, g);
      while (staff.ready_for_more < waiting && s->now >= s->start_after && s->error == NULL
             && (staff.all < s->settings.jobs || staff.own == 0))
        {
          worker_start (g);
          staff.all++;
          staff.own++;
          staff.ready_for_more++;
        }
    }
}

void
sk_pool_tend (SkSupervisor *s)
{
  if (s->error != NULL)
    return;
  retire_some (s);
  start_some (s);
  dispatch (s);
}
