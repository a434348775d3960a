/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Stages and commits; sorting and merging are in run-merge.c.
 */
#include "config.h"

#include "run/run-file.h"

#include <unistd.h>

#include "run/run-file-internal.h"
#include "run/unlinked.h"

/* Bytes of a stage, and of all together, that stay in memory before they become a run. */
#define STAGE_ROOM (256 * 1024)
#define STAGES_ROOM (32 * 1024 * 1024)
#define PENDING_ROOM (4 * 1024 * 1024)

struct SkRunStage {
  GList link; /* in SkRunFile.stages, while there is something in memory */
  SkRunFile *file;
  GByteArray *memory;
  GArray *runs; /* of SkRun, or NULL */
  uint64_t bytes, count;
  bool over; /* more than one job may have */
};

SkRunFile *
sk_run_file_new (const char *folder, uint64_t maximum, GError **error)
{
  int fd = sk_unlinked_open (folder, error);
  if (fd < 0)
    return NULL;
  SkResults *ids = sk_results_new (folder, UINT64_MAX, error);
  if (ids == NULL)
    {
      close (fd);
      return NULL;
    }
  SkRunFile *file = g_new0 (SkRunFile, 1);
  file->fd = fd;
  file->maximum = maximum;
  file->ids = ids;
  g_queue_init (&file->stages);
  file->pending = g_byte_array_new ();
  file->runs = g_array_new (FALSE, FALSE, sizeof (SkRun));
  file->id_at = g_array_new (FALSE, TRUE, sizeof (uint64_t));
  g_array_set_size (file->id_at, 1);
  return file;
}

void
sk_run_file_free (SkRunFile *file)
{
  if (file == NULL)
    return;
  close (file->fd);
  sk_results_free (file->ids);
  g_byte_array_unref (file->pending);
  g_array_unref (file->runs);
  g_array_unref (file->id_at);
  g_free (file);
}

uint64_t
sk_run_file_staged (const SkRunFile *file)
{
  return file->staged;
}

SkRunStage *
sk_run_stage_new (SkRunFile *file)
{
  SkRunStage *stage = g_new0 (SkRunStage, 1);
  stage->link.data = stage;
  stage->file = file;
  stage->memory = g_byte_array_new ();
  return stage;
}

static void
forget_memory (SkRunStage *stage)
{
  if (stage->memory->len == 0)
    return;
  stage->file->staged_memory -= stage->memory->len;
  g_queue_unlink (&stage->file->stages, &stage->link);
  /* Emptied it would keep its room. */
  g_byte_array_unref (stage->memory);
  stage->memory = g_byte_array_new ();
}

/* What is in memory becomes a run. */
static gboolean
spill (SkRunStage *stage, GError **error)
{
  SkRun run;
  if (!sk_run_write_sorted (stage->file, stage->memory, &run, error))
    return FALSE;
  forget_memory (stage);
  if (stage->runs == NULL)
    stage->runs = g_array_new (FALSE, FALSE, sizeof (SkRun));
  g_array_append_val (stage->runs, run);
  return TRUE;
}

/* All stages: those whose jobs wait for an earlier one will never do it themselves. */
static gboolean
spill_all (SkRunFile *file, GError **error)
{
  while (file->stages.head != NULL)
    if (!spill (file->stages.head->data, error))
      return FALSE;
  return TRUE;
}

static void
append (GByteArray *bytes, const SkRunEntry *entry, const SkRunHead *head)
{
  g_byte_array_append (bytes, (const guint8 *) head, sizeof *head);
  if (entry->object.size > 0)
    g_byte_array_append (bytes, entry->object.data, (guint) entry->object.size);
  if (entry->fields.size > 0)
    g_byte_array_append (bytes, entry->fields.data, (guint) entry->fields.size);
}

gboolean
sk_run_stage_add (SkRunStage *stage, const SkRunEntry *entry, GError **error)
{
  SkRunFile *file = stage->file;
  uint64_t size = sizeof (SkRunHead) + entry->object.size + entry->fields.size;
  stage->count++;
  stage->over = stage->over || size > G_MAXINT32 || size > file->maximum / 4 - stage->bytes;
  if (stage->over)
    return TRUE;
  if (stage->memory->len > 0 && size > STAGE_ROOM - MIN (stage->memory->len, STAGE_ROOM)
      && !spill (stage, error))
    return FALSE;
  SkRunHead head = { (uint32_t) size, entry->subscription,
                     entry->time,     0,
                     entry->position, (uint32_t) entry->object.size,
                     entry->generation };
  if (stage->memory->len == 0)
    g_queue_push_tail_link (&file->stages, &stage->link);
  append (stage->memory, entry, &head);
  stage->bytes += size;
  file->staged += size;
  file->staged_memory += size;
  return file->staged_memory <= STAGES_ROOM || spill_all (file, error);
}

static void
stage_free (SkRunStage *stage)
{
  forget_memory (stage);
  stage->file->staged -= stage->bytes;
  g_byte_array_unref (stage->memory);
  if (stage->runs != NULL)
    g_array_unref (stage->runs);
  g_free (stage);
}

void
sk_run_stage_drop (SkRunStage *stage)
{
  if (stage == NULL)
    return;
  for (guint i = 0; stage->runs != NULL && i < stage->runs->len; i++)
    {
      const SkRun *run = &g_array_index (stage->runs, SkRun, i);
      sk_unlinked_punch (stage->file->fd, run->offset, run->size);
    }
  stage_free (stage);
}

/* ---- commit ---- */

static gboolean
flush_pending (SkRunFile *file, GError **error)
{
  SkRun run;
  if (file->pending->len == 0)
    return TRUE;
  if (!sk_run_write_sorted (file, file->pending, &run, error))
    return FALSE;
  g_byte_array_set_size (file->pending, 0);
  return sk_run_add (file, &run, error);
}

/* The next order number, under which `job` is found again. */
static gboolean
new_order (SkRunFile *file, const char *job, size_t root_size, uint64_t *ret_order, GError **error)
{
  uint64_t start, offset;
  SkSpan text = sk_span_of_text (job);
  uint32_t size = (uint32_t) root_size;
  if (!sk_results_put (file->ids, (SkSpan) { (const uint8_t *) &size, sizeof size }, &start, error)
      || !sk_results_put (file->ids, text, &offset, error))
    return FALSE;
  *ret_order = file->id_at->len;
  offset += text.size;
  g_array_append_val (file->id_at, offset);
  return TRUE;
}

/* Takes the records in memory over, each with its order. */
static gboolean
take_memory (SkRunFile *file, const GByteArray *memory, uint64_t order, GError **error)
{
  guint start = file->pending->len;
  if (memory->len == 0)
    return TRUE;
  g_byte_array_append (file->pending, memory->data, memory->len);
  for (guint at = start; at < file->pending->len;)
    {
      SkRunHead head;
      memcpy (&head, file->pending->data + at, sizeof head);
      head.order = order;
      memcpy (file->pending->data + at, &head, sizeof head);
      at += head.size;
    }
  return file->pending->len < PENDING_ROOM || flush_pending (file, error);
}

static gboolean
take_stage (SkRunStage *stage, const char *job, size_t root_size, GError **error)
{
  SkRunFile *file = stage->file;
  uint64_t order;
  if (!new_order (file, job, root_size, &order, error))
    return FALSE;
  for (guint i = 0; stage->runs != NULL && i < stage->runs->len; i++)
    {
      SkRun run = g_array_index (stage->runs, SkRun, i);
      run.order = order;
      if (!sk_run_add (file, &run, error))
        return FALSE;
    }
  return take_memory (file, stage->memory, order, error);
}

gboolean
sk_run_stage_commit (SkRunStage *stage, const char *job, size_t root_size, uint64_t *ret_lost,
                     GError **error)
{
  SkRunFile *file = stage->file;
  uint64_t cost = stage->bytes + strlen (job);
  gboolean done = TRUE;
  *ret_lost = 0;
  if (stage->over || cost > file->maximum - file->committed)
    {
      *ret_lost = stage->count;
      sk_run_stage_drop (stage);
      return TRUE;
    }
  if (stage->count > 0)
    {
      file->committed += cost;
      done = take_stage (stage, job, root_size, error);
    }
  stage_free (stage);
  return done;
}

gboolean
sk_run_file_each (SkRunFile *file, SkRunFunc func, void *data, GError **error)
{
  return flush_pending (file, error) && sk_run_merge_all (file, func, data, error);
}
