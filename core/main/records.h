/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `--records FILE`: every record as a line of JSON, in order.
 */
#ifndef SK_MAIN_RECORDS_H
#define SK_MAIN_RECORDS_H

#include "run/supervisor.h"

typedef struct SkRecords SkRecords;

/** Makes the file, or empties it: mode 0600. */
SkRecords *sk_records_new (const char *path, GError **error);
/** Writes one; after a failure nothing more. */
void sk_records_put (SkRecords *records, const SkRunRecord *record);
/** FALSE: something could not be written, at some time. */
gboolean sk_records_close (SkRecords *records, GError **error);
void sk_records_free (SkRecords *records);
/** The line without its end. New string. */
char *sk_record_to_json (const SkRunRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRecords, sk_records_free)

#endif
