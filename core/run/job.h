/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the supervisor holds for one task of the schedule: its input, where its
 * reply waits, its records.
 */
#ifndef SK_RUN_JOB_H
#define SK_RUN_JOB_H

#include "base/reply.h"
#include "engine/engine.h"
#include "run/results.h"
#include "run/run-file.h"
#include "run/schedule.h"
#include "run/windows.h"
#include "source/walk.h"

/** A file that the supervisor holds: an input, or one that was lent. Shared by its windows. */
typedef struct SkBlob {
  uint32_t refs;
  int fd;
  uint64_t size;
  int64_t mtime_ns;
  uint64_t *open; /**< counts those of its kind, inputs or lent files, that are open */
} SkBlob;

/** Takes `fd`. */
SkBlob *sk_blob_new (int fd, uint64_t size, int64_t mtime_ns, uint64_t *open);
SkBlob *sk_blob_ref (SkBlob *blob);
void sk_blob_unref (SkBlob *blob);

/** The walked item, shared by a root and its windows. */
typedef struct SkRunRoot {
  uint32_t refs;
  SkWalkItem *item;
  char *id; /**< its path in UTF-8 */
} SkRunRoot;

typedef struct SkRunJob {
  SkRunRoot *root;
  char *id; /**< NULL: the root's */
  SkBlob *blob;
  /* A window of it: */
  uint32_t plugin; /**< SK_NO_PLUGIN for a whole input */
  uint64_t offset, length;
  char *name;
  GBytes *context;
  /* Its end: */
  SkReply *reply;     /**< NULL: in the results file, or none */
  uint64_t *kept;     /**< sum of what waits decoded in memory; NULL: this does not */
  SkResults *results; /**< where it waits encoded; NULL: it does not */
  uint64_t stored_at;
  size_t stored_size; /**< bytes of the encoded reply */
  bool expanded;      /**< its windows are in the line, or a job for the rest of them is */
  SkRunWindows *windows; /**< that are not in the line yet; NULL: none */
  SkBudget used;      /**< what it has used itself of what they share */
  int64_t time_ns;
  GPtrArray *lent;    /**< of SkBlob: what its windows may name, until these are in the line */
  SkRunStage *stage;  /**< its records */
} SkRunJob;

/** Takes the item; its descriptor becomes the job's blob, counted in `open`. */
SkRunJob *sk_run_job_new_root (SkWalkItem *item, uint64_t *open);
/** The window of `parent` that its reply names. `plugin_name` makes the id. `blob`: a reference is taken. */
SkRunJob *sk_run_job_new_window (const SkRunJob *parent, const SkReplyWindow *window,
                                 const char *plugin_name, SkBlob *blob);
/** What stands in the line for the windows of `parent`: takes these and what they may name from it. */
SkRunJob *sk_run_job_new_rest (SkRunJob *parent);
const char *sk_run_job_id (const SkRunJob *job);
/** The path that its worker is told: the root's, or the name of the window. */
const char *sk_run_job_name (const SkRunJob *job);
/** The reply waits: decoded if `kept`, else encoded in the results file. Takes `reply`. */
gboolean sk_run_job_keep (SkRunJob *job, SkReply *reply, SkSpan payload, uint64_t *kept,
                          SkResults *results, GError **error);
/** It will run again: what it has handed back so far does not count. */
void sk_run_job_forget_begun (SkRunJob *job);
/** The encoded reply is not needed any more. */
void sk_run_job_release (SkRunJob *job);
/** Closes what its windows could have named. */
void sk_run_job_forget_blobs (SkRunJob *job);
/** Also called by the schedule. */
void sk_run_job_free (void *job);
/** Bytes that describe it in a frame. */
uint64_t sk_run_job_payload (const SkRunJob *job);

#endif
