/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The Sigma rules of one generation on the supervisor's side: which records
 * workers may send up, and the judging and correlating of all that came, at
 * the end of the run.
 *
 * A **twin** has the same rules under the same numbers as the zygote's set, and
 * knows the fields that only the supervisor can fill. Each generation has its
 * own: a record is judged by the rules of the generation that its job ran in,
 * and groups of events never mix two generations.
 *
 * The judging sees the records of all jobs merged in the order (time, job,
 * position), so it gives the same whatever the number of workers was.
 */
#ifndef SK_RUN_RELATE_H
#define SK_RUN_RELATE_H

#include "base/bundle.h"
#include "run/run-file.h"
#include "run/supervisor.h"

typedef struct SkTwin SkTwin;

/** Subscription of records that the supervisor made itself. */
#define SK_OWN_RECORD UINT32_MAX

/** `settings` and `catalogue` are borrowed for the twin's life. NULL: the bundle and the catalogue do
 * not agree. */
SkTwin *sk_twin_new (const SkRunSettings *settings, uint32_t generation, const SkBundle *bundle,
                     const SkCatalogue *catalogue, GError **error);
void sk_twin_free (SkTwin *twin);

/** How many subscriptions a record may name: those of the settings, then the wants of the rules. */
uint32_t sk_twin_subscriptions (const SkTwin *twin);
/** Somebody looks at records of kind `file`. */
bool sk_twin_wants_entries (const SkTwin *twin);
/** Somebody looks at any record, so that there must be a run file. */
bool sk_twin_wants_any (const SkTwin *twin);
/** A worker may send such a record: its kind is one that is made, its fields are those of the kind,
 * and of a want those that it asks for. */
bool sk_twin_accepts (const SkTwin *twin, uint32_t subscription, const SkRecordView *view);
/** It is the name of a kind of records that is made. */
bool sk_twin_knows_kind (const SkTwin *twin, const char *kind);
/** The fields of a want, NULL-terminated; NULL: all. */
const char *const *sk_twin_fields (const SkTwin *twin, uint32_t subscription);
/** Records of it stand in the run file, or some were lost: it is needed at the end. */
void sk_twin_use (SkTwin *twin);
bool sk_twin_is_used (const SkTwin *twin);
/** A record of the supervisor's own found no room. */
void sk_twin_lose_entry (SkTwin *twin);

/** Judges one record: records and findings go to the callbacks. In order, from sk_run_file_each. False:
 * a callback failed, now or before. */
bool sk_twin_take (SkTwin *twin, const SkRunCallbacks *callbacks, const SkRunEntry *entry,
                   const char *job);
/** After the last record: what waits, and what could not be done, goes to the callbacks. As above. */
bool sk_twin_end (SkTwin *twin, const SkRunCallbacks *callbacks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkTwin, sk_twin_free)

#endif
