/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Generations: a sealed bundle and the zygote that was built from it.
 *
 * At most two are alive: the current one, and an older one that finishes its
 * roots. A zygote that dies is started again from the same bundle, so what it
 * compiles is the same.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "process/zygote.h"
#include "run/supervisor-internal.h"

/* Deaths of one generation's zygote before the run is given up. */
#define MAX_DEATHS 5
/* How long an ending zygote may take before it is killed. */
#define END_PATIENCE (5 * G_TIME_SPAN_SECOND)

/* ---- the process ---- */

static gboolean
start_process (SkGeneration *g, GError **error)
{
  int fd;
  g->pid = sk_zygote_start (g->supervisor->settings.zygote_argv, g->bundle_fd, &fd, error);
  if (g->pid < 0)
    return FALSE;
  g->channel = sk_channel_new (fd, true);
  g->state = SK_GENERATION_STARTING;
  g->watch.writing = false;
  if (!sk_supervisor_watch (g->supervisor, fd, &g->watch))
    return sk_error_set_errno (error, errno, _ ("cannot watch the zygote"));
  return TRUE;
}

/* Waits until the process is reaped; kills it when that takes too long. */
static void
reap (pid_t pid)
{
  int64_t deadline = g_get_monotonic_time () + END_PATIENCE;
  int status;
  pid_t got;
  while ((got = waitpid (pid, &status, WNOHANG)) == 0 || (got < 0 && errno == EINTR))
    {
      if (g_get_monotonic_time () > deadline)
        kill (pid, SIGKILL);
      g_usleep (500);
    }
}

static void
end_process (SkGeneration *g, bool kindly)
{
  if (g->channel != NULL && kindly)
    {
      sk_channel_send (g->channel, SK_FRAME_QUIT, (SkSpan) { NULL, 0 }, NULL, 0);
      sk_channel_flush (g->channel);
    }
  g_clear_pointer (&g->channel, sk_channel_free);
  if (g->pid <= 0)
    return;
  if (!kindly)
    kill (g->pid, SIGKILL);
  reap (g->pid);
  g->pid = 0;
}

SkGeneration *
sk_generation_start (SkSupervisor *s, int bundle_fd, GError **error)
{
  SkGeneration *g = g_new0 (SkGeneration, 1);
  g->watch.kind = SK_WATCH_ZYGOTE;
  g->supervisor = s;
  g->bundle_fd = bundle_fd;
  g->number = s->generations->len == 0
                  ? 1
                  : ((SkGeneration *) s->generations->pdata[s->generations->len - 1])->number + 1;
  g_ptr_array_add (s->generations, g);
  if (start_process (g, error))
    return g;
  g_ptr_array_remove (s->generations, g);
  sk_generation_free (g);
  return NULL;
}

void
sk_generation_free (SkGeneration *g)
{
  if (g == NULL)
    return;
  end_process (g, true);
  close (g->bundle_fd);
  sk_twin_free (g->twin);
  sk_catalogue_free (g->catalogue);
  g_free (g);
}

bool
sk_generation_tell (SkGeneration *g, SkFrameType type, uint32_t tag, const int *fds, size_t n_fds)
{
  SkBuffer buffer;
  sk_buffer_init (&buffer, 64);
  bool sent = g->channel != NULL && sk_frame_put_child (&buffer, type, tag, 0, 0)
              && sk_channel_send (g->channel, type, sk_buffer_span (&buffer), fds, n_fds)
              && sk_channel_flush (g->channel);
  sk_buffer_clear (&buffer);
  if (sent)
    sk_supervisor_watch_writing (g->supervisor, g->channel, &g->watch);
  return sent;
}

/* ---- READY and REFUSED ---- */

static SkCatalogue *
read_catalogue (const SkFrame *frame, GError **error)
{
  struct stat info;
  if (frame->n_fds != 1 || fstat (frame->fds[0], &info) != 0 || info.st_size <= 0
      || (uint64_t) info.st_size > SK_MAX_SOURCES)
    {
      g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL, _ ("the zygote sent no catalogue"));
      return NULL;
    }
  size_t size = (size_t) info.st_size;
  void *map = mmap (NULL, size, PROT_READ, MAP_PRIVATE, frame->fds[0], 0);
  if (map == MAP_FAILED)
    {
      sk_error_set_errno (error, errno, _ ("cannot read the zygote's catalogue"));
      return NULL;
    }
  SkCatalogue *catalogue = sk_catalogue_decode ((SkSpan) { map, size }, error);
  munmap (map, size);
  return catalogue;
}

static bool
same_rules (const SkCatalogue *a, const SkCatalogue *b)
{
  return a->rules->len == b->rules->len && a->plugins->len == b->plugins->len
         && g_strcmp0 (a->digest, b->digest) == 0;
}

/* The first catalogue: what the zygote compiled is compiled here, too. */
static gboolean
make_twin (SkGeneration *g, const SkCatalogue *catalogue, GError **error)
{
  SkSupervisor *s = g->supervisor;
  g_autoptr (SkBundle) bundle = sk_bundle_map (g->bundle_fd, error);
  if (bundle == NULL)
    return FALSE;
  g->twin = sk_twin_new (&s->settings, g->number, bundle, catalogue, error);
  return g->twin != NULL
         && (!sk_twin_wants_any (g->twin) || sk_supervisor_open_run_file (s, error));
}

/* A zygote that was started again must number rules and plugins as the first did. */
static gboolean
take_catalogue (SkGeneration *g, const SkFrame *frame, GError **error)
{
  g_autoptr (SkCatalogue) catalogue = read_catalogue (frame, error);
  if (catalogue == NULL)
    return FALSE;
  if (g->catalogue == NULL)
    {
      if (!make_twin (g, catalogue, error))
        return FALSE;
      g->catalogue = g_steal_pointer (&catalogue);
    }
  else if (!same_rules (g->catalogue, catalogue))
    {
      g_set_error (error, SK_ERROR, SK_ERROR_PLUGIN,
                   _ ("the zygote was started again and has other rules or plugins"));
      return FALSE;
    }
  g->state = SK_GENERATION_READY;
  return TRUE;
}

static gboolean
refused (const SkFrame *frame, GError **error)
{
  g_autofree char *why = g_strndup ((const char *) frame->payload.data, frame->payload.size);
  g_autofree char *valid = g_utf8_make_valid (why, -1);
  g_set_error (error, SK_ERROR, SK_ERROR_PLUGIN, "%s", valid);
  return FALSE;
}

static gboolean
take_start_frame (SkGeneration *g, const SkFrame *frame, GError **error)
{
  if (frame->type == SK_FRAME_READY)
    return take_catalogue (g, frame, error);
  if (frame->type == SK_FRAME_REFUSED)
    return refused (frame, error);
  g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL, _ ("the zygote said something unexpected"));
  return FALSE;
}

gboolean
sk_generation_wait (SkGeneration *g, GError **error)
{
  for (;;)
    {
      SkFrame frame;
      SkChannelResult result = sk_channel_read (g->channel, &frame);
      if (result == SK_CHANNEL_FRAME)
        {
          gboolean done = take_start_frame (g, &frame, error);
          sk_frame_close (&frame);
          return done;
        }
      if (result != SK_CHANNEL_AGAIN)
        {
          g_set_error (error, SK_ERROR, SK_ERROR_ENDED, _ ("the zygote ended at its start"));
          return FALSE;
        }
      struct pollfd wait = { .fd = sk_channel_fd (g->channel), .events = POLLIN };
      poll (&wait, 1, -1);
    }
}

/* ---- a zygote at work ---- */

static void
call_done (SkGeneration *g, const GError *error)
{
  SkReloadDone done = g->done;
  g->done = NULL;
  if (done != NULL)
    done (g->supervisor->callbacks.data, error == NULL ? g->catalogue : NULL, error);
}

/* It does not start. A new generation is given up for that; one that has roots ends the run. */
static void
start_failed (SkGeneration *g, GError *error)
{
  bool needed = g->catalogue != NULL;
  end_process (g, false);
  g->state = SK_GENERATION_OVER;
  call_done (g, error);
  if (needed)
    sk_supervisor_fail (g->supervisor, error);
  else
    g_error_free (error);
}

static void
started (SkGeneration *g)
{
  SkSupervisor *s = g->supervisor;
  if (s->current == NULL || g->number > s->current->number)
    {
      s->current = g;
      sk_schedule_set_generation (s->schedule, g->number);
    }
  call_done (g, NULL);
}

static void
died (SkGeneration *g)
{
  SkSupervisor *s = g->supervisor;
  GError *error = NULL;
  bool starting = g->catalogue == NULL;
  end_process (g, false);
  for (guint i = 0; i < s->workers->len; i++)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (worker->generation == g && !worker->gone)
        sk_worker_lost (worker);
    }
  if (starting || ++g->deaths > MAX_DEATHS)
    {
      g_set_error (&error, SK_ERROR, SK_ERROR_ENDED,
                   starting ? _ ("the zygote ended at its start") : _ ("the zygote dies again and again"));
      start_failed (g, error);
    }
  else if (!start_process (g, &error))
    start_failed (g, error);
}

/* False: not a frame that a zygote sends. */
static bool
take_child_frame (SkGeneration *g, const SkFrame *frame)
{
  uint32_t tag, pid, status;
  if ((frame->type != SK_FRAME_FORKED && frame->type != SK_FRAME_ENDED) || frame->n_fds > 0
      || !sk_frame_take_child (frame, &tag, &pid, &status))
    return false;
  SkRunWorker *worker = sk_pool_find (g->supervisor, tag);
  if (worker == NULL || worker->generation != g || frame->type == SK_FRAME_FORKED)
    return true;
  if (pid == 0)
    sk_worker_not_started (worker, (int) status);
  else
    sk_worker_ended (worker, (int) status);
  return true;
}

static void
take_frame (SkGeneration *g, const SkFrame *frame)
{
  GError *error = NULL;
  if (g->state == SK_GENERATION_STARTING)
    {
      if (take_start_frame (g, frame, &error))
        started (g);
      else
        start_failed (g, error);
    }
  else if (!take_child_frame (g, frame))
    died (g);
}

void
sk_generation_read (SkGeneration *g)
{
  while (g->channel != NULL)
    {
      SkFrame frame;
      SkChannel *channel = g->channel;
      SkChannelResult result = sk_channel_read (channel, &frame);
      if (result == SK_CHANNEL_AGAIN)
        break;
      if (result != SK_CHANNEL_FRAME)
        {
          died (g);
          return;
        }
      take_frame (g, &frame);
      sk_frame_close (&frame);
      if (g->channel != channel)
        return;
    }
  if (g->channel != NULL && !sk_channel_flush (g->channel))
    died (g);
  else if (g->channel != NULL)
    sk_supervisor_watch_writing (g->supervisor, g->channel, &g->watch);
}

/* ---- several ---- */

void
sk_generation_end (SkGeneration *g)
{
  SkSupervisor *s = g->supervisor;
  for (guint i = 0; i < s->workers->len; i++)
    {
      SkRunWorker *worker = s->workers->pdata[i];
      if (worker->generation == g && !worker->gone)
        sk_worker_lost (worker);
    }
  end_process (g, true);
  g->state = SK_GENERATION_OVER;
  g_autoptr (GError) error
      = g_error_new (SK_ERROR, SK_ERROR_ENDED, _ ("the run ended before the reload"));
  call_done (g, error);
}

static bool
is_drained (const SkSupervisor *s, const SkGeneration *g)
{
  return g != s->current && g->state == SK_GENERATION_READY
         && sk_schedule_live (s->schedule, g->number) == 0;
}

/* The first stays for its catalogue, the newest, whose number is the last that was given, and those of
 * whose records something may still be said. */
static void
forget_old (SkSupervisor *s)
{
  for (guint i = 1; i + 1 < s->generations->len;)
    {
      SkGeneration *g = s->generations->pdata[i];
      bool used = g->twin != NULL && sk_twin_is_used (g->twin);
      if (g == s->current || g->state != SK_GENERATION_OVER || used)
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (s->generations, i);
      sk_generation_free (g);
    }
}

static void
start_waiting (SkSupervisor *s)
{
  GError *error = NULL;
  int fd = s->waiting_bundle;
  SkReloadDone done = s->waiting_done;
  s->waiting_bundle = -1;
  s->waiting_done = NULL;
  SkGeneration *g = sk_generation_start (s, fd, &error);
  if (g != NULL)
    g->done = done;
  else if (done != NULL)
    done (s->callbacks.data, NULL, error);
  g_clear_error (&error);
}

void
sk_generations_tend (SkSupervisor *s)
{
  bool busy = false;
  for (guint i = 0; i < s->generations->len; i++)
    {
      SkGeneration *g = s->generations->pdata[i];
      if (is_drained (s, g))
        sk_generation_end (g);
      busy = busy || (g != s->current && g->state != SK_GENERATION_OVER);
    }
  sk_pool_sweep (s);
  forget_old (s);
  if (!busy && s->waiting_bundle >= 0 && !s->stopping)
    start_waiting (s);
}
