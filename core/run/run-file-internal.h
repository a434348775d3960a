/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What run-file.c and run-merge.c share; for nobody else.
 */
#ifndef SK_RUN_RUN_FILE_INTERNAL_H
#define SK_RUN_RUN_FILE_INTERNAL_H

#include "run/results.h"
#include "run/run-file.h"

/** Runs merged at a time: so many read buffers. */
#define RUN_FAN 32

/* A record in memory and in the file. The order is unknown until the commit, so a run that was
 * written before carries it instead. */
typedef struct SkRunHead {
  uint32_t size; /* of all, this head too */
  uint32_t subscription;
  int64_t time;
  uint64_t order;
  uint64_t position;
  uint32_t object_size;
  uint32_t generation;
} SkRunHead;

typedef struct SkRun {
  uint64_t offset, size;
  uint64_t order; /* of all its records; 0: each has its own */
  uint32_t level;
} SkRun;

struct SkRunFile {
  int fd;
  uint64_t maximum;
  uint64_t end;       /* where the next run goes */
  uint64_t committed; /* bytes, as counted against the maximum */
  uint64_t staged, staged_memory;
  GQueue stages;       /* of SkRunStage: those that hold memory */
  GByteArray *pending; /* committed records that are in no run yet */
  GArray *runs;        /* of SkRun, committed, oldest first; levels never grow along it */
  SkResults *ids;      /* of each job that has records: u32 size of its root's id, its id */
  GArray *id_at;       /* of uint64_t: where the id of order - 1 begins; and the end */
};

/** Sorts the records in `bytes` and writes them as a run. */
gboolean sk_run_write_sorted (SkRunFile *file, const GByteArray *bytes, SkRun *ret_run, GError **error);
/** Puts a committed run behind the others and merges where there are many. */
gboolean sk_run_add (SkRunFile *file, const SkRun *run, GError **error);
/** Merges all runs into calls of `func`. */
gboolean sk_run_merge_all (SkRunFile *file, SkRunFunc func, void *data, GError **error);

#endif
