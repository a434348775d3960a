/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What goes out: results in the order of the line, records at the end.
 */
#include "config.h"

#include <poll.h>

#include "base/i18n.h"
#include "run/entry.h"
#include "run/local-reply.h"
#include "run/supervisor-internal.h"

/* Between two looks whether the run was stopped. */
#define RECORDS_A_LOOK 4096

/* NULL: there is none, or it is not ready. */
static SkGeneration *
find_generation (const SkSupervisor *s, uint32_t number)
{
  for (guint i = 0; i < s->generations->len; i++)
    {
      SkGeneration *g = s->generations->pdata[i];
      if (g->number == number && g->catalogue != NULL)
        return g;
    }
  return NULL;
}

SkGeneration *
sk_generation_of (const SkSupervisor *s, const SkTask *task)
{
  SkGeneration *g = find_generation (s, sk_task_generation (task));
  return g != NULL ? g : s->current;
}

const SkCatalogue *
sk_catalogue_of (const SkSupervisor *s, const SkTask *task)
{
  return sk_generation_of (s, task)->catalogue;
}

/* Takes the job's reply from where it waits. NULL: error. */
static SkReply *
fetch (SkSupervisor *s, const SkTask *task, GError **error)
{
  SkRunJob *job = task->data;
  if (job->reply != NULL)
    {
      sk_run_job_release (job);
      return g_steal_pointer (&job->reply);
    }
  g_autofree uint8_t *bytes = g_malloc (job->stored_size);
  if (!sk_results_get (s->results, job->stored_at, job->stored_size, bytes, error))
    return NULL;
  sk_run_job_release (job);
  const SkCatalogue *catalogue = sk_catalogue_of (s, task);
  return sk_reply_decode ((SkSpan) { bytes, job->stored_size }, catalogue->rules->len,
                          catalogue->plugins->len, error);
}

/* Its records count from now on, or it says that they found no room. */
static gboolean
commit_records (SkRunJob *job, SkReply *reply, GError **error)
{
  uint64_t lost = 0;
  if (job->stage == NULL)
    return TRUE;
  if (!sk_run_stage_commit (g_steal_pointer (&job->stage), sk_run_job_id (job),
                            strlen (job->root->id), &lost, error))
    return FALSE;
  if (lost == 0)
    return TRUE;
  g_autofree char *evidence
      = g_strdup_printf ("%" G_GUINT64_FORMAT " records dropped: the run file is full", lost);
  sk_local_finding (reply, SK_REASON_LIMIT, SK_NO_PLUGIN, evidence);
  return TRUE;
}

static SkReply *
finish_reply (SkSupervisor *s, SkTask *task, GError **error)
{
  SkRunJob *job = task->data;
  g_autoptr (SkReply) reply = fetch (s, task, error);
  if (reply == NULL)
    return NULL;
  if (!job->expanded)
    sk_run_expand (s, task);
  if (!commit_records (job, reply, error))
    return NULL;
  return g_steal_pointer (&reply);
}

static void
hand_out (SkSupervisor *s, const SkTask *task, const SkReply *reply)
{
  const SkRunJob *job = task->data;
  if (job->root->item->kind == SK_WALK_FOLDER)
    return; /* only a record */
  SkJobResult result = { .item = job->root->item,
                         .id = sk_run_job_id (job),
                         .reply = reply,
                         .catalogue = sk_catalogue_of (s, task),
                         .time_ns = job->time_ns != 0 ? job->time_ns : g_get_real_time () * 1000 };
  if (!s->callbacks.result (s->callbacks.data, &result))
    sk_supervisor_fail (s, g_error_new (SK_ERROR, SK_ERROR_ENDED,
                                        _ ("the results cannot be written any more")));
}

/* A record of an entry that no worker makes one of. */
static gboolean
tell_entry (SkSupervisor *s, const SkTask *task, GError **error)
{
  const SkRunJob *job = task->data;
  SkGeneration *g = sk_generation_of (s, task);
  if (!sk_twin_wants_entries (g->twin) || !sk_entry_is_told (job->root->item))
    return TRUE;
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  sk_record_read ((SkSpan) { NULL, 0 }, &s->view); /* empties it */
  s->view.kind = sk_span_of_text (SK_ENTRY_KIND);
  sk_entry_overlay (&s->view, job->root->item, job->root->id, NULL, keep);
  sk_buffer_reset (&s->scratch);
  sk_record_write (&s->view, &s->scratch);
  SkRunEntry entry = { .subscription = SK_OWN_RECORD,
                       .fields = sk_buffer_span (&s->scratch),
                       .generation = g->number };
  SkRunStage *stage = sk_run_stage_new (s->run_file);
  uint64_t lost = 0;
  if (!sk_run_stage_add (stage, &entry, error))
    {
      sk_run_stage_drop (stage);
      return FALSE;
    }
  sk_twin_use (g->twin);
  if (!sk_run_stage_commit (stage, job->root->id, strlen (job->root->id), &lost, error))
    return FALSE;
  if (lost > 0)
    sk_twin_lose_entry (g->twin);
  return TRUE;
}

static bool
deliver_one (SkSupervisor *s)
{
  SkTask *task = sk_schedule_turn (s->schedule);
  GError *error = NULL;
  g_autoptr (SkReply) reply = NULL;
  if (task == NULL)
    return false;
  if (task->end == SK_END_MORE)
    {
      sk_run_refill (s, task);
      return s->error == NULL;
    }
  if (task->end == SK_END_REPLY)
    reply = finish_reply (s, task, &error);
  else if (task->end != SK_END_SILENT)
    reply = sk_local_reply (task, sk_catalogue_of (s, task));
  bool untold = task->end == SK_END_SILENT || (task->end == SK_END_FAILED && task->is_root);
  if (error == NULL && untold)
    tell_entry (s, task, &error);
  if (error != NULL)
    {
      sk_supervisor_fail (s, error);
      return false;
    }
  if (task->end == SK_END_FAILED)
    s->done_files += task->is_root;
  hand_out (s, task, reply);
  sk_schedule_pass (s->schedule);
  sk_run_refill_head (s);
  return s->error == NULL;
}

bool
sk_deliver (SkSupervisor *s, uint32_t maximum)
{
  for (uint32_t i = 0; i < maximum; i++)
    if (s->error != NULL || !deliver_one (s))
      return false;
  return true;
}

/* ---- records ---- */

static void
check_sink (SkSupervisor *s, bool good)
{
  if (!good && s->error == NULL)
    sk_supervisor_fail (s, g_error_new (SK_ERROR, SK_ERROR_ENDED,
                                        _ ("the results cannot be written any more")));
}

/* The records in order, while they are handed out. */
typedef struct Stream {
  SkSupervisor *s;
  uint64_t count;
  bool may_stop; /* nobody has stopped the run before */
  bool stopped;
} Stream;

/* The loop is over, but gigabytes of records may still be to come. */
static bool
is_stopped (Stream *stream)
{
  struct pollfd wait = { .fd = stream->s->stop_fd, .events = POLLIN };
  if (stream->may_stop && !stream->stopped && stream->count++ % RECORDS_A_LOOK == 0)
    stream->stopped = poll (&wait, 1, 0) > 0;
  return stream->stopped;
}

static void
take_record (const SkRunEntry *entry, const char *job, void *data)
{
  Stream *stream = data;
  SkSupervisor *s = stream->s;
  SkGeneration *g = find_generation (s, entry->generation);
  if (g != NULL && s->error == NULL && !is_stopped (stream))
    check_sink (s, sk_twin_take (g->twin, &s->callbacks, entry, job));
}

void
sk_deliver_records (SkSupervisor *s)
{
  GError *error = NULL;
  Stream stream = { .s = s, .may_stop = !s->stopping };
  if (s->run_file == NULL || s->error != NULL)
    return;
  if (!sk_run_file_each (s->run_file, take_record, &stream, &error))
    sk_supervisor_fail (s, error);
  s->interrupted = s->interrupted || stream.stopped;
  for (guint i = 0; i < s->generations->len; i++)
    {
      SkGeneration *g = s->generations->pdata[i];
      if (g->twin != NULL && sk_twin_is_used (g->twin) && s->error == NULL)
        check_sink (s, sk_twin_end (g->twin, &s->callbacks));
    }
}
