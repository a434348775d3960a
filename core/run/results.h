/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The results file: replies that wait for their turn.
 *
 * Appended at ever growing offsets; behind what was released holes are
 * punched, so the file takes about as much of the disk as lives in it. The
 * tail is kept in memory and often read back before it was ever written. How
 * much may live here is the schedule's business; this only refuses what passes
 * the maximum.
 */
#ifndef SK_RUN_RESULTS_H
#define SK_RUN_RESULTS_H

#include <glib.h>
#include <sekisho/span.h>

typedef struct SkResults SkResults;

SkResults *sk_results_new (const char *folder, uint64_t maximum, GError **error);
void sk_results_free (SkResults *results);
/** Keeps a copy. FALSE with SK_ERROR_LIMIT when it would pass the maximum. */
gboolean sk_results_put (SkResults *results, SkSpan bytes, uint64_t *ret_offset, GError **error);
/** Copies `size` bytes put at `offset` into `bytes`. */
gboolean sk_results_get (SkResults *results, uint64_t offset, size_t size, uint8_t *bytes,
                         GError **error);
/** They are not needed any more. */
void sk_results_release (SkResults *results, uint64_t offset, size_t size);
/** Bytes put and not released. */
uint64_t sk_results_live (const SkResults *results);
int sk_results_fd (const SkResults *results);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkResults, sk_results_free)

#endif
