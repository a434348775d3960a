/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From a secret to keys: the part that costs time. Called by archive-crypt.c
 * only, which knows what was derived before.
 */
#ifndef ARCHIVE_DERIVE_H
#define ARCHIVE_DERIVE_H

#include "archive-crypt.h"

/** Derives; the secret is valid UTF-8 of at most ARCHIVE_MAX_SECRET bytes and paid for. `pay` is called
 * with 0 while it lasts. */
ArchiveTry archive_derive (const ArchiveDerivation *derivation, SkSpan secret, ArchivePayFunc pay,
                           void *data, ArchiveKey *ret_key);

#endif
