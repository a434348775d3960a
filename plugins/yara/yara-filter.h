/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The literal filter: one pass of Hyperscan over an object tells which groups
 * of rules need libyara to look for their strings, and where.
 *
 * It never decides on a condition. libyara always evaluates all conditions on
 * the whole object; what the filter saves is the search for strings in places
 * where, by what they are made of, none of them can match.
 */
#ifndef YARA_FILTER_H
#define YARA_FILTER_H

#include <sekisho/span.h>

#include "yara-literal.h"

typedef struct YaraFilter YaraFilter;

/** Bytes in which strings may match. */
typedef struct YaraWindow {
  size_t begin, end;
} YaraWindow;

/** Where one group's strings must be looked for. */
typedef struct YaraPlaces {
  bool everywhere;
  GArray *windows; /**< of YaraWindow, in order, apart from each other */
} YaraPlaces;

/** Of this process: what a pass writes to. */
typedef struct YaraPass YaraPass;

/** A filter without literals. */
YaraFilter *yara_filter_new (void);
void yara_filter_free (YaraFilter *filter);
/** Adds what strings of a group need. */
void yara_filter_add (YaraFilter *filter, unsigned group, const GArray *literals,
                      const GArray *fixed);
/** After the last addition. False when Hyperscan cannot build it here. */
bool yara_filter_build (YaraFilter *filter);

/** The filter as bytes, and back; for this processor and this Hyperscan only. */
bool yara_filter_save (const YaraFilter *filter, GByteArray *to);
YaraFilter *yara_filter_load (SkCursor *from, unsigned n_groups);
/** What a saved filter depends on. Transfer full. */
char *yara_filter_platform (void);

YaraPass *yara_pass_new (unsigned n_groups);
void yara_pass_free (YaraPass *pass);
/** Once for each filter that the pass will run. False when memory is short. */
bool yara_pass_prepare (YaraPass *pass, const YaraFilter *filter);
/** Looks through the bytes and fills the places of the groups that were added. `progress` is
 * called from time to time; when it returns false, so does this. */
bool yara_pass_run (YaraPass *pass, const YaraFilter *filter, SkSpan bytes,
                    bool (*progress) (void *data, size_t bytes), void *data);
/** Of the last run; valid until the next. */
const YaraPlaces *yara_pass_places (const YaraPass *pass, unsigned group);

#endif
