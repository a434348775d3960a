/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The worker: a sandboxed process that runs the engine over the jobs it is
 * sent and answers each with one reply.
 *
 * It is single-threaded and its channel blocks: one read takes a whole batch,
 * one write gives its replies back. It keeps nothing between jobs but its
 * buffers.
 */
#include "config.h"

#include "process/frame.h"
#include "process/page.h"
#include "process/zygote.h"

#include "process/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Replies wait for company up to this size or time. */
#define FLUSH_BYTES ((size_t) (64 * SK_KIB))
#define FLUSH_AFTER (50 * G_TIME_SPAN_MILLISECOND)
/* Frames that came while the worker waited for a file: the supervisor has at most two batches on
 * their way, and may say RETIRE. */
#define MAX_PENDING 8

typedef struct Worker
{
  SkChannel *channel;
  SkPage *page;
  SkWalker *walker;
  SkBuffer scratch; /* one payload on its way out */
  GQueue pending;   /* of SkFrame, payload owned */
  uint64_t job;     /* in hand */
  bool traced;      /* that job */
  int64_t flushed;  /* when, monotonic */
  bool broken;      /* the supervisor is gone or sent what it must not */
} Worker;

/* ---- outward ---- */

static bool
send_scratch (Worker *worker, SkFrameType type)
{
  SkSpan payload = sk_buffer_span (&worker->scratch);
  bool good = sk_channel_send (worker->channel, type, payload, NULL, 0);
  if (good && sk_channel_queued (worker->channel) >= FLUSH_BYTES)
    good = sk_channel_flush (worker->channel);
  sk_buffer_reset (&worker->scratch);
  if (!good)
    worker->broken = true;
  return good;
}

static void
say_hello (Worker *worker, const SkSandboxState *state)
{
  sk_frame_put_hello (&worker->scratch, state);
  if (send_scratch (worker, SK_FRAME_HELLO) && !sk_channel_flush (worker->channel))
    worker->broken = true;
}

/* ---- inward ---- */

static SkFrame *
keep_frame (const SkFrame *frame)
{
  SkFrame *kept = g_memdup2 (frame, sizeof *frame);
  kept->payload.data = g_memdup2 (frame->payload.data, frame->payload.size);
  return kept;
}

static void
free_frame (gpointer data)
{
  SkFrame *frame = data;
  sk_frame_close (frame);
  g_free ((gpointer) frame->payload.data);
  g_free (frame);
}

/* The next frame, its payload owned by it. NULL at the end. */
static SkFrame *
next_frame (Worker *worker)
{
  if (!g_queue_is_empty (&worker->pending))
    return g_queue_pop_head (&worker->pending);
  SkFrame frame;
  SkChannelResult result = sk_channel_read (worker->channel, &frame);
  if (result == SK_CHANNEL_FRAME)
    return keep_frame (&frame);
  worker->broken = worker->broken || result == SK_CHANNEL_BROKEN;
  return NULL;
}

/* ---- what the engine asks for ---- */

/* Waits for the answer to LEND; frames that came before it wait in order. */
static int
await_file (Worker *worker)
{
  SkFrame frame;
  while (sk_channel_read (worker->channel, &frame) == SK_CHANNEL_FRAME)
    {
      if (frame.type == SK_FRAME_LENT && frame.n_fds <= 1 && frame.payload.size == 0)
        return frame.n_fds == 1 ? frame.fds[0] : -1;
      if (frame.type == SK_FRAME_LENT || g_queue_get_length (&worker->pending) >= MAX_PENDING)
        {
          sk_frame_close (&frame);
          break;
        }
      g_queue_push_tail (&worker->pending, keep_frame (&frame));
    }
  worker->broken = true;
  return -1;
}

static int
host_lend (void *data)
{
  Worker *worker = data;
  if (worker->broken)
    return -1;
  sk_frame_put_lend (&worker->scratch, worker->job);
  if (!send_scratch (worker, SK_FRAME_LEND) || !sk_channel_flush (worker->channel))
    {
      worker->broken = true;
      return -1;
    }
  return await_file (worker);
}

static void
count_progress (SkPage *page)
{
  /* Only this process writes it: no locked addition. */
  uint64_t progress = atomic_load_explicit (&page->progress, memory_order_relaxed);
  atomic_store_explicit (&page->progress, progress + 1, memory_order_release);
}

/* Flushed, so that it stands before whatever the hook itself may write. */
static void
tell_mark (Worker *worker, const char *object, uint32_t plugin)
{
  if (worker->broken)
    return;
  sk_frame_put_mark (&worker->scratch, worker->job, plugin, object != NULL ? object : "");
  if (!send_scratch (worker, SK_FRAME_MARK) || !sk_channel_flush (worker->channel))
    worker->broken = true;
}

static void
host_mark (void *data, const char *object, uint32_t plugin)
{
  Worker *worker = data;
  SkPage *page = worker->page;
  if (worker->traced)
    tell_mark (worker, object, plugin);
  size_t size = object != NULL ? strlen (object) : 0;
  atomic_store_explicit (&page->plugin, SK_NO_PLUGIN, memory_order_release);
  if (size > 0)
    memcpy (page->object, object, MIN (size, SK_PAGE_OBJECT));
  atomic_store_explicit (&page->object_size, (uint32_t) MIN (size, UINT32_MAX),
                         memory_order_release);
  atomic_store_explicit (&page->plugin, plugin, memory_order_release);
  count_progress (page);
}

static void
host_progress (void *data)
{
  count_progress (((Worker *) data)->page);
}

static void
host_record (void *data, SkSpan record)
{
  Worker *worker = data;
  if (worker->broken)
    return;
  if (sk_frame_put_record (&worker->scratch, worker->job, record))
    send_scratch (worker, SK_FRAME_RECORD);
  else
    worker->broken = true;
}

static void
host_windows (void *data, const GArray *window_list)
{
  Worker *worker = data;
  if (worker->broken)
    return;
  if (sk_frame_put_windows (&worker->scratch, worker->job, window_list))
    send_scratch (worker, SK_FRAME_WINDOWS);
  else
    worker->broken = true;
}

/* ---- jobs ---- */

/* A reply that no frame holds: what was found cannot be said, and that is said. */
static void
encode_too_large (Worker *worker, const SkReply *reply)
{
  g_autoptr (SkReply) small = sk_reply_new ();
  small->job = reply->job;
  small->complete = false;
  small->risky_broken = reply->risky_broken;
  small->objects = reply->objects;
  small->bytes = reply->bytes;
  SkReplyObject object = { .plugin = SK_NO_PLUGIN, .name = g_strdup (""), .type = g_strdup (""),
                           .sha256 = g_strdup ("") };
  if (reply->object_list->len > 0)
    object.size = g_array_index (reply->object_list, SkReplyObject, 0).size;
  g_array_append_val (small->object_list, object);
  g_array_unref (small->kind_list);
  small->kind_list = g_array_ref (reply->kind_list);
  SkReplyFinding finding
      = { .rule = SK_RULE_OF_REASON (SK_REASON_LIMIT), .plugin = SK_NO_PLUGIN,
          .level = sk_reason_level (SK_REASON_LIMIT), .count = 1,
          .record = SK_NO_RECORD,
          .evidence = g_strdup ("the result is larger than a frame") };
  g_array_append_val (small->finding_list, finding);
  sk_buffer_reset (&worker->scratch);
  sk_reply_encode (small, &worker->scratch);
}

/* The windows alone, then the reply without them. */
static void
send_in_parts (Worker *worker, SkReply *reply)
{
  sk_buffer_reset (&worker->scratch);
  if (reply->window_list->len > 0)
    host_windows (worker, reply->window_list);
  if (worker->broken)
    return;
  g_array_set_size (reply->window_list, 0);
  if (!sk_reply_encode (reply, &worker->scratch))
    encode_too_large (worker, reply);
  send_scratch (worker, SK_FRAME_REPLY);
}

static void
run_job (Worker *worker, const SkJob *job)
{
  SkPage *page = worker->page;
  worker->job = job->number;
  worker->traced = job->traced;
  host_mark (worker, "", SK_NO_PLUGIN);
  atomic_store_explicit (&page->job, job->number, memory_order_release);
  g_autoptr (SkReply) reply = sk_walker_run (worker->walker, job);
  atomic_store_explicit (&page->job, UINT64_MAX, memory_order_release);
  if (worker->broken)
    return;
  if (!sk_reply_encode (reply, &worker->scratch))
    send_in_parts (worker, reply);
  else
    send_scratch (worker, SK_FRAME_REPLY);
}

static void
flush_if_late (Worker *worker)
{
  int64_t now = g_get_monotonic_time ();
  if (now - worker->flushed < FLUSH_AFTER)
    return;
  worker->flushed = now;
  if (!worker->broken && !sk_channel_flush (worker->channel))
    worker->broken = true;
}

/* The jobs of a batch, each with the descriptor at its place. */
static void
run_batch (Worker *worker, SkFrame *frame)
{
  SkCursor cursor = sk_cursor (frame->payload);
  worker->flushed = g_get_monotonic_time ();
  for (size_t i = 0; i < frame->n_fds && !worker->broken; i++)
    {
      SkJob job;
      SkJobStore store;
      if (!sk_frame_take_job (&cursor, &job, &store))
        {
          worker->broken = true;
          break;
        }
      job.input.fd = frame->fds[i];
      run_job (worker, &job);
      sk_job_store_clear (&store);
      close (frame->fds[i]);
      frame->fds[i] = -1;
      flush_if_late (worker);
    }
  if (!sk_wire_end (&cursor) || (!worker->broken && !sk_channel_flush (worker->channel)))
    worker->broken = true;
}

/* False when that was the last one. */
static bool
handle_frame (Worker *worker, SkFrame *frame)
{
  switch (frame->type)
    {
    case SK_FRAME_BATCH:
      run_batch (worker, frame);
      return !worker->broken;
    case SK_FRAME_RETIRE:
      return false;
    default:
      worker->broken = true;
      return false;
    }
}

static void
serve (Worker *worker)
{
  bool more = !worker->broken;
  while (more)
    {
      SkFrame *frame = next_frame (worker);
      if (frame == NULL)
        return;
      more = handle_frame (worker, frame);
      free_frame (frame);
    }
}

/* ---- the process ---- */

/* Standard input and output become a sealed, empty memory file: nothing of a terminal is left, and
 * no later descriptor gets a number that the C library writes messages to. */
static void
replace_standard_fds (void)
{
  int fd = memfd_create ("sekisho-null", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return;
  fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
#ifdef SK_SANITIZERS
  const int last = STDOUT_FILENO; /* reports of the sanitizers are worth a terminal */
#else
  const int last = STDERR_FILENO;
#endif
  for (int i = STDIN_FILENO; i <= last; i++)
    dup2 (fd, i);
  if (fd > STDERR_FILENO)
    close (fd);
}

static gboolean
enter (const SkSandboxSettings *sandbox, int channel_fd, SkSandboxState *ret_state)
{
  const int keep[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, channel_fd, -1 };
  replace_standard_fds ();
  return sk_sandbox_enter (sandbox, keep, ret_state, NULL);
}

/* The page, or memory of our own where nobody looks. */
static SkPage *
find_page (int page_fd)
{
  if (page_fd >= 0)
    return sk_page_map (page_fd);
  void *page = mmap (NULL, sizeof (SkPage), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                     0);
  return page == MAP_FAILED ? NULL : page;
}

static void
work (Worker *worker, const SkEngine *engine)
{
  const SkEngineHost host = { .data = worker,
                              .lend = host_lend,
                              .mark = host_mark,
                              .progress = host_progress,
                              .record = host_record,
                              .windows = host_windows };
  worker->walker = sk_walker_new (engine, &host);
  serve (worker);
  sk_walker_free (worker->walker);
}

static void
clear_worker (Worker *worker)
{
  g_queue_clear_full (&worker->pending, free_frame);
  sk_buffer_clear (&worker->scratch);
  sk_channel_free (worker->channel);
  sk_page_unmap (worker->page);
}

int
sk_worker_main (const SkEngine *engine, const SkSandboxSettings *sandbox, int channel_fd,
                int page_fd)
{
  Worker worker = { .page = find_page (page_fd) };
  if (worker.page == NULL)
    {
      close (channel_fd);
      return SK_WORKER_EXIT_PROTOCOL;
    }
  worker.channel = sk_channel_new (channel_fd, true);
  g_queue_init (&worker.pending);
  sk_buffer_init (&worker.scratch, SK_MAX_FRAME);
  SkSandboxState state = { .landlock = 0 };
  gboolean entered = sandbox == NULL || enter (sandbox, channel_fd, &state);
  if (sandbox != NULL)
    sk_trace_install (worker.page, sandbox->memory);
  say_hello (&worker, &state);
  if (entered && !worker.broken)
    work (&worker, engine);
  bool broken = worker.broken;
  clear_worker (&worker);
  if (!entered)
    return SK_WORKER_EXIT_SANDBOX;
  return broken ? SK_WORKER_EXIT_PROTOCOL : 0;
}
