/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/job.h"

#include <unistd.h>

#include "base/text.h"

SkBlob *
sk_blob_new (int fd, uint64_t size, int64_t mtime_ns, uint64_t *open)
{
  SkBlob *blob = g_slice_new0 (SkBlob);
  *blob = (SkBlob) { 1, fd, size, mtime_ns, open };
  ++*open;
  return blob;
}

SkBlob *
sk_blob_ref (SkBlob *blob)
{
  blob->refs++;
  return blob;
}

void
sk_blob_unref (SkBlob *blob)
{
  if (blob == NULL || --blob->refs > 0)
    return;
  if (blob->fd >= 0)
    close (blob->fd);
  --*blob->open;
  g_slice_free (SkBlob, blob);
}

static void
root_unref (SkRunRoot *root)
{
  if (--root->refs > 0)
    return;
  if (root->id != root->item->path)
    g_free (root->id);
  sk_walk_item_free (root->item);
  g_slice_free (SkRunRoot, root);
}

SkRunJob *
sk_run_job_new_root (SkWalkItem *item, uint64_t *open)
{
  SkRunRoot *root = g_slice_new0 (SkRunRoot);
  root->refs = 1;
  root->item = item;
  /* Nearly every path is its own text. */
  bool plain = strchr (item->path, '\\') == NULL && g_utf8_validate (item->path, -1, NULL);
  root->id = plain ? item->path : sk_text_from_bytes (sk_span_of_text (item->path));
  SkRunJob *job = g_slice_new0 (SkRunJob);
  job->root = root;
  job->plugin = SK_NO_PLUGIN;
  job->length = item->size;
  if (item->fd >= 0)
    job->blob = sk_blob_new (item->fd, item->size, item->mtime_ns, open);
  item->fd = -1;
  return job;
}

SkRunJob *
sk_run_job_new_window (const SkRunJob *parent, const SkReplyWindow *window, const char *plugin_name,
                       SkBlob *blob)
{
  SkRunJob *job = g_slice_new0 (SkRunJob);
  job->root = parent->root;
  job->root->refs++;
  job->id = g_strdup_printf ("%s/%s:%" G_GUINT64_FORMAT, sk_run_job_id (parent), plugin_name,
                             window->position);
  job->blob = sk_blob_ref (blob);
  job->plugin = window->plugin;
  job->offset = window->offset;
  job->length = window->length;
  job->name = g_strdup (window->name);
  job->context = g_bytes_ref (window->context);
  return job;
}

SkRunJob *
sk_run_job_new_rest (SkRunJob *parent)
{
  SkRunJob *job = g_slice_new0 (SkRunJob);
  job->root = parent->root;
  job->root->refs++;
  job->id = g_strdup (parent->id);
  job->plugin = parent->plugin;
  job->length = parent->length;
  job->name = g_strdup (parent->name);
  job->used = parent->used;
  job->windows = g_steal_pointer (&parent->windows);
  job->blob = g_steal_pointer (&parent->blob);
  job->lent = g_steal_pointer (&parent->lent);
  return job;
}

void
sk_run_job_forget_begun (SkRunJob *job)
{
  g_clear_pointer (&job->stage, sk_run_stage_drop);
  g_clear_pointer (&job->windows, sk_run_windows_free);
}

const char *
sk_run_job_id (const SkRunJob *job)
{
  return job->id != NULL ? job->id : job->root->id;
}

const char *
sk_run_job_name (const SkRunJob *job)
{
  return job->name != NULL && job->name[0] != '\0' ? job->name : job->root->id;
}

uint64_t
sk_run_job_payload (const SkRunJob *job)
{
  uint64_t size = 128 + 2 * strlen (sk_run_job_id (job));
  return size + (job->context != NULL ? g_bytes_get_size (job->context) : 0);
}

void
sk_run_job_forget_blobs (SkRunJob *job)
{
  g_clear_pointer (&job->blob, sk_blob_unref);
  g_clear_pointer (&job->lent, g_ptr_array_unref);
}

gboolean
sk_run_job_keep (SkRunJob *job, SkReply *reply, SkSpan payload, uint64_t *kept, SkResults *results,
                 GError **error)
{
  job->stored_size = payload.size;
  if (kept != NULL)
    {
      *kept += payload.size;
      job->kept = kept;
      job->reply = reply;
      return TRUE;
    }
  sk_reply_free (reply);
  if (!sk_results_put (results, payload, &job->stored_at, error))
    return FALSE;
  job->results = results;
  return TRUE;
}

void
sk_run_job_release (SkRunJob *job)
{
  if (job->kept != NULL)
    *job->kept -= job->stored_size;
  if (job->results != NULL)
    sk_results_release (job->results, job->stored_at, job->stored_size);
  job->kept = NULL;
  job->results = NULL;
}

void
sk_run_job_free (void *data)
{
  SkRunJob *job = data;
  if (job == NULL)
    return;
  sk_run_job_forget_blobs (job);
  sk_run_job_release (job);
  sk_run_job_forget_begun (job);
  sk_reply_free (job->reply);
  g_free (job->id);
  g_free (job->name);
  g_clear_pointer (&job->context, g_bytes_unref);
  root_unref (job->root);
  g_slice_free (SkRunJob, job);
}
