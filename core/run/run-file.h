/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The run file: records wait here, as sorted runs, for the end of a run.
 *
 * What a job sends goes into a **stage** of its own and counts when the job's
 * result leaves (sk_run_stage_commit); a stage whose job did not end is dropped
 * without a trace. At the end everything is merged in the order (time, job,
 * position, arrival), where jobs are ordered by their commits. Memory is
 * bounded whatever was sent: buffers of a fixed size and merges of at most
 * RUN_FAN runs at a time.
 *
 * Whether a job's records are taken depends only on what was committed before
 * and on their own size, so it is the same in every run.
 */
#ifndef SK_RUN_RUN_FILE_H
#define SK_RUN_RUN_FILE_H

#include <glib.h>
#include <sekisho/span.h>

typedef struct SkRunFile SkRunFile;
typedef struct SkRunStage SkRunStage;

/** One record. Spans borrowed. */
typedef struct SkRunEntry {
  uint32_t subscription;
  int64_t time;
  uint64_t position;
  SkSpan object; /**< id below the job */
  SkSpan fields;
  uint32_t generation; /**< whose subscriptions these are */
  /* When it is handed out: */
  uint64_t order;   /**< of its job among those that were committed, from 1 */
  size_t root_size; /**< how much of the job's id is that of its root */
} SkRunEntry;

/** `maximum`: bytes that may be committed; one job may have a quarter of them. */
SkRunFile *sk_run_file_new (const char *folder, uint64_t maximum, GError **error);
void sk_run_file_free (SkRunFile *file);

/** Room for the records of one job. Transfer full; must not outlive the file. */
SkRunStage *sk_run_stage_new (SkRunFile *file);
/** Adds a record, or only counts it when the job has sent too many. FALSE: the file cannot be written. */
gboolean sk_run_stage_add (SkRunStage *stage, const SkRunEntry *entry, GError **error);
/** The job ended: its records count. Takes the stage. `job` begins with `root_size` bytes that are the
 * id of its root. `ret_lost`: how many were dropped because the file is full (then all of the job's
 * are), else 0. */
gboolean sk_run_stage_commit (SkRunStage *stage, const char *job, size_t root_size,
                              uint64_t *ret_lost, GError **error);
/** The job did not end. NULL is fine. */
void sk_run_stage_drop (SkRunStage *stage);
/** Bytes in stages that are neither committed nor dropped. */
uint64_t sk_run_file_staged (const SkRunFile *file);

typedef void (*SkRunFunc) (const SkRunEntry *entry, const char *job, void *data);
/** Hands out all that was committed, in order, and forgets it. Once, with no stage left. */
gboolean sk_run_file_each (SkRunFile *file, SkRunFunc func, void *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRunFile, sk_run_file_free)

#endif
