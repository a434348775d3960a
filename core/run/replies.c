/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What workers say: greetings, records, requests for files, replies. Whatever
 * must not be ends the worker.
 */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "run/entry.h"
#include "run/supervisor-internal.h"
#include "run/unlinked.h"

/* Replies up to this size may wait decoded in memory, up to so many bytes of them. */
#define SMALL_REPLY ((size_t) (4 * SK_KIB))
#define KEPT_MAXIMUM (16 * SK_MIB)

/* Frames of one worker between two looks at all else; a batch of small files gives some dozens. */
#define FRAMES_A_ROUND 1024

static void
violation (SkRunWorker *worker)
{
  worker->deaf = true;
  sk_worker_kill (worker, SK_WHY_VIOLATION);
}

static SkInboundJob
describe (const SkRunWorker *worker, const SkTask *task)
{
  const SkSupervisor *s = worker->generation->supervisor;
  const SkRunJob *job = task->data;
  const SkRunWindows *given = job != NULL ? job->windows : NULL;
  return (SkInboundJob) { .number = task->number,
                          .offset = job != NULL ? job->offset : 0,
                          .length = job != NULL ? job->length : 0,
                          .lent_maximum = s->settings.lent_bytes,
                          .windows = task->budget.windows - (given != NULL ? given->count : 0),
                          .contexts = SK_MAX_CONTEXTS - (given != NULL ? given->contexts : 0),
                          .may_defer = task->depth < s->settings.limits.depth,
                          .n_rules = worker->generation->catalogue->rules->len,
                          .n_plugins = sk_generation_plugins (worker->generation),
                          .n_subscriptions = sk_twin_subscriptions (worker->generation->twin) };
}

/* ---- HELLO ---- */

static bool
take_hello (SkRunWorker *worker, SkSpan payload)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkSandboxState state;
  if (worker->ready || !sk_frame_take_hello (payload, &state))
    return false;
  if (s->settings.sandbox_required && (state.landlock <= 0 || !state.seccomp))
    sk_supervisor_fail (s, g_error_new (SK_ERROR, SK_ERROR_SANDBOX,
                                        _ ("the sandbox is required: %s"), state.note));
  worker->ready = true;
  worker->progress_at = s->now;
  s->start_failures = 0;
  return true;
}

/* ---- RECORD ---- */

static bool
read_record (SkRunWorker *worker, const SkTask *task, SkSpan payload, SkRunEntry *ret_entry)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkInboundJob inbound = describe (worker, task);
  return s->run_file != NULL && sk_inbound_record (&inbound, payload, ret_entry)
         && sk_record_read (ret_entry->fields, &s->view)
         && sk_twin_accepts (worker->generation->twin, ret_entry->subscription, &s->view);
}

/* What the record of a walked file says of it is the supervisor's to say; that of a member must not tell of
 * another file. */
static bool
overlay_entry (SkRunWorker *worker, const SkRunJob *job, SkRunEntry *entry)
{
  SkSupervisor *s = worker->generation->supervisor;
  const char *const *only = sk_twin_fields (worker->generation->twin, entry->subscription);
  if (!sk_span_equal (s->view.kind, sk_span_of_text (SK_ENTRY_KIND)))
    return true;
  if (entry->object.size > 0)
    return sk_entry_holds_member (&s->view, sk_run_job_name (job), only);
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  sk_entry_overlay (&s->view, job->root->item, job->root->id, only, keep);
  sk_buffer_reset (&s->scratch);
  sk_record_write (&s->view, &s->scratch);
  entry->fields = sk_buffer_span (&s->scratch);
  return true;
}

static bool
take_record (SkRunWorker *worker, const SkTask *task, SkSpan payload)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkRunJob *job = task->data;
  SkRunEntry entry;
  GError *error = NULL;
  if (!read_record (worker, task, payload, &entry))
    return false;
  if (job == NULL)
    return true; /* cancelled meanwhile */
  if (!overlay_entry (worker, job, &entry))
    return false;
  entry.generation = worker->generation->number;
  sk_twin_use (worker->generation->twin);
  if (job->stage == NULL)
    job->stage = sk_run_stage_new (s->run_file);
  if (!sk_run_stage_add (job->stage, &entry, &error))
    sk_supervisor_fail (s, error);
  return true;
}

/* ---- MARK ---- */

static bool
take_mark (SkRunWorker *worker, const SkTask *task, SkSpan payload)
{
  SkInboundJob inbound = describe (worker, task);
  SkPageSaid said;
  if (!task->alone || !sk_inbound_mark (&inbound, payload, &said))
    return false;
  sk_page_said_clear (&worker->marked);
  worker->marked = said;
  return true;
}

/* ---- LEND ---- */

static void
forget_lent (SkRunWorker *worker)
{
  g_ptr_array_set_size (worker->lent, 0);
}

/* The job waits until it is the head, when descriptors are free again; so no refusal depends on
 * what else is going on. */
static void
give_back (SkRunWorker *worker, const SkTask *task)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkRunJob *job = task->data;
  if (job != NULL)
    sk_run_job_forget_begun (job);
  forget_lent (worker);
  sk_schedule_postpone (s->schedule, worker->seat);
  worker->deaf = true;
  sk_worker_kill (worker, SK_WHY_SCARCE);
}

static void
answer_lend (SkRunWorker *worker, int fd)
{
  SkSupervisor *s = worker->generation->supervisor;
  if (fd >= 0)
    g_ptr_array_add (worker->lent, sk_blob_new (fd, 0, 0, &s->lent_open));
  if (sk_channel_send (worker->channel, SK_FRAME_LENT, (SkSpan) { NULL, 0 }, &fd, fd >= 0 ? 1 : 0))
    sk_channel_flush (worker->channel);
  sk_supervisor_watch_writing (s, worker->channel, &worker->watch);
}

static bool
take_lend (SkRunWorker *worker, const SkTask *task, SkSpan payload)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkInboundJob inbound = describe (worker, task);
  bool is_head = task == sk_schedule_head (s->schedule);
  if (!sk_inbound_lend (&inbound, payload))
    return false;
  if (worker->lent->len >= SK_MAX_LENT)
    {
      answer_lend (worker, -1);
      return true;
    }
  int fd = -1;
  if (is_head || s->lent_open < s->fd_maximum)
    fd = sk_unlinked_open (s->settings.temporary, NULL);
  if (fd >= 0 || is_head)
    answer_lend (worker, fd);
  else
    give_back (worker, task);
  return true;
}

/* ---- WINDOWS ---- */

static void
size_lent (SkRunWorker *worker, uint64_t *sizes)
{
  for (guint i = 0; i < worker->lent->len; i++)
    {
      SkBlob *blob = worker->lent->pdata[i];
      struct stat info;
      if (fstat (blob->fd, &info) == 0)
        blob->size = (uint64_t) info.st_size;
      sizes[i] = blob->size;
    }
}

static bool
take_windows (SkRunWorker *worker, const SkTask *task, SkSpan payload)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkInboundJob inbound = describe (worker, task);
  uint64_t lent_sizes[SK_MAX_LENT];
  SkWindowSums sums;
  SkSpan list;
  size_lent (worker, lent_sizes);
  inbound.lent_sizes = lent_sizes;
  inbound.n_lent = worker->lent->len;
  if (task->data == NULL) /* cancelled meanwhile: nothing is known of it any more */
    return true;
  if (!sk_inbound_windows (&inbound, payload, &list, &sums))
    return false;
  if (sk_run_windows_find_room (s, task))
    sk_run_keep_windows (s, task->data, list, &sums);
  else
    give_back (worker, task);
  return true;
}

/* ---- REPLY ---- */

/* Other workers will read them, each a part: none of them may change what the others read. */
static void
make_read_only (SkSupervisor *s, GPtrArray *lent)
{
  GError *error = NULL;
  for (guint i = 0; i < lent->len && error == NULL; i++)
    {
      SkBlob *blob = lent->pdata[i];
      int only = sk_unlinked_read_only (blob->fd, &error);
      if (only >= 0)
        close (blob->fd);
      blob->fd = only >= 0 ? only : blob->fd;
    }
  if (error != NULL)
    sk_supervisor_fail (s, error);
}

/* What the windows may name goes from the worker to the job. */
static void
keep_lent (SkRunWorker *worker, SkRunJob *job)
{
  if (job->windows != NULL && worker->lent->len > 0)
    {
      make_read_only (worker->generation->supervisor, worker->lent);
      job->lent = worker->lent;
      worker->lent = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_blob_unref);
    }
  else
    forget_lent (worker);
}

static void
keep_reply (SkSupervisor *s, SkRunJob *job, SkReply *reply, SkSpan payload, bool now)
{
  GError *error = NULL;
  bool decoded = now
                 || (payload.size <= SMALL_REPLY
                     && s->kept_bytes < MIN (KEPT_MAXIMUM, s->settings.results_bytes / 4));
  job->time_ns = g_get_real_time () * 1000;
  if (!sk_run_job_keep (job, reply, payload, decoded ? &s->kept_bytes : NULL, s->results, &error))
    sk_supervisor_fail (s, error);
}

static void
count_done (SkSupervisor *s, const SkTask *task)
{
  s->done_files += task->is_root;
  s->done_bytes += task->is_root ? task->size : 0;
}

/* The windows in the reply join those that came before; what is left is the new payload. */
static void
part_windows (SkSupervisor *s, SkRunJob *job, SkReply *reply, SkSpan *payload)
{
  SkWindowSums sums;
  job->used = (SkBudget) { 0, reply->objects, reply->bytes - MIN (reply->bytes, job->length), 0 };
  if (reply->window_list->len == 0)
    return;
  sk_window_sums (reply->window_list, &sums);
  sk_buffer_reset (&s->scratch);
  sk_windows_encode (reply->window_list, &s->scratch);
  sk_run_keep_windows (s, job, sk_buffer_span (&s->scratch), &sums);
  g_array_set_size (reply->window_list, 0);
  sk_buffer_reset (&s->scratch);
  sk_reply_encode (reply, &s->scratch);
  *payload = sk_buffer_span (&s->scratch);
}

static SkFate
decide (SkRunWorker *worker, SkTask *task, SkReply *reply, SkSpan *payload)
{
  SkSupervisor *s = worker->generation->supervisor;
  if (reply->window_list->len > 0 && !sk_run_windows_find_room (s, task))
    {
      sk_schedule_postpone (s->schedule, worker->seat);
      return SK_FATE_DISCARDED;
    }
  part_windows (s, task->data, reply, payload);
  return sk_schedule_reply (s->schedule, worker->seat, payload->size);
}

static void
take_in (SkRunWorker *worker, SkTask *task, SkReply *reply, SkSpan payload)
{
  SkSupervisor *s = worker->generation->supervisor;
  SkRunJob *job = task->data;
  SkFate fate = decide (worker, task, reply, &payload);
  if (fate == SK_FATE_DISCARDED)
    {
      sk_run_job_forget_begun (job);
      forget_lent (worker);
      sk_reply_free (reply);
      return;
    }
  count_done (s, task);
  keep_lent (worker, job);
  sk_run_expand (s, task);
  keep_reply (s, job, reply, payload, fate == SK_FATE_NOW);
}

/* Tests: somebody dies about every so many jobs. */
static void
cause_chaos (SkSupervisor *s)
{
  if (s->chaos == NULL || g_rand_int_range (s->chaos, 0, (gint32) s->settings.chaos) != 0)
    return;
  SkRunWorker *victim
      = s->workers->pdata[g_rand_int_range (s->chaos, 0, (gint32) s->workers->len)];
  if (!victim->gone && victim->ready && victim->why == SK_WHY_NONE)
    sk_worker_kill (victim, SK_WHY_CHAOS);
}

static bool
kinds_are_known (const SkTwin *twin, const SkReply *reply)
{
  for (guint i = 0; i < reply->kind_list->len; i++)
    if (!sk_twin_knows_kind (twin, g_array_index (reply->kind_list, SkReplyKind, i).kind))
      return false;
  return true;
}

static bool
take_reply (SkRunWorker *worker, SkTask *task, SkSpan payload, bool *ret_tainted)
{
  SkSupervisor *s = worker->generation->supervisor;
  worker->reply_at = s->now;
  if (task->cancelled)
    {
      forget_lent (worker);
      sk_schedule_reply (s->schedule, worker->seat, 0);
      return true;
    }
  uint64_t lent_sizes[SK_MAX_LENT];
  SkInboundJob inbound = describe (worker, task);
  size_lent (worker, lent_sizes);
  inbound.lent_sizes = lent_sizes;
  inbound.n_lent = worker->lent->len;
  SkReply *reply = sk_inbound_reply (&inbound, payload, NULL);
  if (reply == NULL)
    return false;
  if (!kinds_are_known (worker->generation->twin, reply))
    {
      sk_reply_free (reply);
      return false;
    }
  *ret_tainted = *ret_tainted || reply->risky_broken;
  take_in (worker, task, reply, payload);
  cause_chaos (s);
  return true;
}

/* ---- reading ---- */

static bool
take_frame (SkRunWorker *worker, const SkFrame *frame, bool *ret_tainted)
{
  SkTask *task = sk_seat_in_hand (worker->seat);
  if (frame->type == SK_FRAME_HELLO)
    return take_hello (worker, frame->payload);
  if (task == NULL || !worker->ready)
    return false;
  switch (frame->type)
    {
    case SK_FRAME_REPLY:
      return take_reply (worker, task, frame->payload, ret_tainted);
    case SK_FRAME_WINDOWS:
      return take_windows (worker, task, frame->payload);
    case SK_FRAME_RECORD:
      return take_record (worker, task, frame->payload);
    case SK_FRAME_LEND:
      return take_lend (worker, task, frame->payload);
    case SK_FRAME_MARK:
      return take_mark (worker, task, frame->payload);
    default:
      return false;
    }
}

/* A frame that breaks off because its sender died is no violation. */
static bool
has_ended (const SkRunWorker *worker)
{
  char byte;
  return recv (sk_channel_fd (worker->channel), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void
shut (SkRunWorker *worker)
{
  SkSupervisor *s = worker->generation->supervisor;
  worker->deaf = true;
  if (worker->why == SK_WHY_NONE)
    {
      worker->why = SK_WHY_SHUT;
      worker->why_at = s->now;
    }
  sk_worker_note_page (worker);
}

/* A flood from one worker must not keep the loop from the others, from backstops and from Ctrl-C;
 * what is left is read in the next round. */
static void
read_on (SkRunWorker *worker, uint32_t most, bool *ret_tainted)
{
  worker->unread = false;
  for (uint32_t n = 0; !worker->deaf; n++)
    {
      SkFrame frame;
      if (n == most)
        {
          worker->unread = true;
          return;
        }
      SkChannelResult result = sk_channel_read (worker->channel, &frame);
      if (result == SK_CHANNEL_AGAIN)
        return;
      if (result == SK_CHANNEL_ENDED || (result == SK_CHANNEL_BROKEN && has_ended (worker)))
        shut (worker);
      else if (result == SK_CHANNEL_BROKEN || !take_frame (worker, &frame, ret_tainted))
        violation (worker);
    }
}

void
sk_worker_read (SkRunWorker *worker)
{
  SkSupervisor *s = worker->generation->supervisor;
  bool tainted = false;
  if (worker->gone)
    return;
  bool was_deaf = worker->deaf;
  read_on (worker, worker->reaped ? UINT32_MAX : FRAMES_A_ROUND, &tainted);
  if (tainted && worker->why == SK_WHY_NONE)
    {
      /* What it has replied so far stands; it gets no chance to say more. */
      worker->deaf = true;
      sk_worker_kill (worker, SK_WHY_TAINTED);
    }
  /* Unread, it would wake the loop until the zygote has reported its end. */
  if (worker->deaf && !was_deaf)
    sk_supervisor_unwatch (s, sk_channel_fd (worker->channel));
  else if (!worker->deaf)
    {
      sk_channel_flush (worker->channel);
      sk_supervisor_watch_writing (s, worker->channel, &worker->watch);
    }
}
