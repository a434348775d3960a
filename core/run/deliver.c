/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What goes out: results in the order of the line, records at the end.
 */
#include "config.h"

#include "base/i18n.h"
#include "run/local-reply.h"
#include "run/supervisor-internal.h"

const SkCatalogue *
sk_catalogue_of (const SkSupervisor *s, const SkTask *task)
{
  for (guint i = 0; i < s->generations->len; i++)
    {
      const SkGeneration *g = s->generations->pdata[i];
      if (g->number == sk_task_generation (task) && g->catalogue != NULL)
        return g->catalogue;
    }
  return s->current->catalogue;
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
  if (!sk_run_stage_commit (g_steal_pointer (&job->stage), sk_run_job_id (job), &lost, error))
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
  SkJobResult result = { .item = job->root->item,
                         .id = sk_run_job_id (job),
                         .reply = reply,
                         .catalogue = sk_catalogue_of (s, task),
                         .time_ns = job->time_ns != 0 ? job->time_ns : g_get_real_time () * 1000 };
  if (!s->callbacks.result (s->callbacks.data, &result))
    sk_supervisor_fail (s, g_error_new (SK_ERROR, SK_ERROR_ENDED,
                                        _ ("the results cannot be written any more")));
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

typedef struct Out {
  SkSupervisor *s;
  GString *object;
} Out;

static void
hand_out_record (const SkRunEntry *entry, const char *job, void *data)
{
  Out *out = data;
  g_string_truncate (out->object, 0);
  g_string_append_len (out->object, (const char *) entry->object.data, (gssize) entry->object.size);
  SkRunRecord record = { .subscription = entry->subscription,
                         .time = entry->time,
                         .job = job,
                         .object = out->object->str,
                         .position = entry->position,
                         .fields = entry->fields };
  out->s->callbacks.record (out->s->callbacks.data, &record);
}

void
sk_deliver_records (SkSupervisor *s)
{
  GError *error = NULL;
  if (s->run_file == NULL || s->callbacks.record == NULL || s->error != NULL)
    return;
  Out out = { s, g_string_new (NULL) };
  if (!sk_run_file_each (s->run_file, hand_out_record, &out, &error))
    sk_supervisor_fail (s, error);
  g_string_free (out.object, TRUE);
}
