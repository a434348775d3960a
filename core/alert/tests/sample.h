/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * An alert whose parts the tests set: everything is filled with harmless
 * values, and a test changes what it is about.
 */
#ifndef SK_TESTS_SAMPLE_H
#define SK_TESTS_SAMPLE_H

#include "alert/alert.h"

typedef struct Sample {
  SkAlertSettings settings;
  SkRule rule;
  const char *path[4];
  SkAlert alert;
  SkRootResult root;
} Sample;

/** Everything borrowed from static data but `settings`, which sample_clear frees. The result
 * points into itself: do not copy. */
void sample_init (Sample *sample);
void sample_clear (Sample *sample);
/** A summary with a number in every place. */
SkSummary sample_summary (void);

#endif
