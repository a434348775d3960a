/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the supervisor knows itself of an entry of the walk, as fields of a
 * record of kind `file`. A worker's word for any of them never counts.
 */
#ifndef SK_RUN_ENTRY_H
#define SK_RUN_ENTRY_H

#include "run/record.h"
#include "source/walk.h"

/** The kind of the records that tell of files. */
#define SK_ENTRY_KIND "file"

/** Takes out of the record whatever it says of these fields, and adds what is true of `item`, whose
 * path is `path` in UTF-8. `only`: names to add, NULL-terminated, or NULL for all. Texts go to
 * `keep`, which must live as long as the record is used. */
void sk_entry_overlay (SkRecordView *view, const SkWalkItem *item, const char *path,
                       const char *const *only, GPtrArray *keep);
/** Whether the record of a member says that it has a container, and all that it says of where it lies is within
 * the job called `job`: else it would tell of another file. `only`: as above. */
bool sk_entry_holds_member (const SkRecordView *view, const char *job, const char *const *only);
/** A walked entry of which the supervisor makes a record because no worker does. */
bool sk_entry_is_told (const SkWalkItem *item);

#endif
