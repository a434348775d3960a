/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The progress line on a terminal: files, bytes, rate, and how long it will
 * take once all is listed.
 */
#ifndef SK_MAIN_PROGRESS_H
#define SK_MAIN_PROGRESS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SkProgress {
  bool on;      /**< standard error is a terminal, and it is wanted */
  bool shown;   /**< the terminal's last line is ours */
  int64_t start; /**< monotonic, microseconds */
} SkProgress;

/** What has been done, and what is known of the whole. */
typedef struct SkProgressCount {
  uint64_t files, bytes;
  uint64_t files_listed, bytes_listed;
  bool listed; /**< the listing is complete */
  double seconds;
} SkProgressCount;

void sk_progress_init (SkProgress *progress, bool wanted);
/** Draws it anew. */
void sk_progress_show (SkProgress *progress, SkProgressCount count);
/** Takes the line away, so that something else can be printed. */
void sk_progress_hide (SkProgress *progress);
/** The line, at most `columns` wide. New string. */
char *sk_progress_text (const SkProgressCount *count, int columns);

#endif
