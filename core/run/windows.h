/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The windows that a job has handed back and that are not in the line yet.
 *
 * They wait in a file, encoded, in the blocks in which they came; memory holds
 * some bytes a block. Blocks go into the line one after the other (SK_END_MORE
 * in schedule.h), so a job with a million windows takes no more memory than one
 * with some thousand.
 */
#ifndef SK_RUN_WINDOWS_H
#define SK_RUN_WINDOWS_H

#include "base/reply.h"
#include "run/results.h"

typedef struct SkRunWindows {
  SkResults *file; /**< borrowed */
  GArray *blocks;  /**< private */
  guint next;      /**< the first block that was not taken */
  uint64_t count;  /**< of all, taken or not */
  uint64_t length; /**< bytes of all together, at most UINT64_MAX */
  uint64_t contexts; /**< bytes of all contexts and names */
} SkRunWindows;

/** The numbers that a list adds. */
typedef struct SkWindowSums {
  uint32_t count;
  uint64_t length, contexts;
} SkWindowSums;
void sk_window_sums (const GArray *window_list, SkWindowSums *ret_sums);

SkRunWindows *sk_run_windows_new (SkResults *file);
/** Gives back what was not taken. NULL is fine. */
void sk_run_windows_free (SkRunWindows *windows);
/** Adds the windows of `list`, encoded as by sk_windows_encode. FALSE: the file cannot be written. */
gboolean sk_run_windows_add (SkRunWindows *windows, SkSpan list, const SkWindowSums *sums,
                             GError **error);
/** What waits: windows and encoded bytes of the next block, or of all. 0 when there is none. */
void sk_run_windows_next (const SkRunWindows *windows, bool all, uint64_t *ret_count,
                          uint64_t *ret_bytes);
/** The next block, which waits no more. Transfer full. NULL: error. Only when there is one. */
GArray *sk_run_windows_take (SkRunWindows *windows, uint32_t n_plugins, GError **error);

#endif
