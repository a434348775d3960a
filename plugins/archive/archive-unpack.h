/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Unpacks the first member of a small archive that we made ourselves: 7z's
 * packed header, or the member by which a secret is proven.
 */
#ifndef ARCHIVE_UNPACK_H
#define ARCHIVE_UNPACK_H

#include "archive-crypt.h"

typedef enum ArchiveUnpack {
  ARCHIVE_UNPACK_DONE,   /**< all of it, or as many bytes as were wanted */
  ARCHIVE_UNPACK_BROKEN, /**< it does not unpack, or its own sum is wrong */
  ARCHIVE_UNPACK_LIMIT,  /**< `pay` refused */
  ARCHIVE_UNPACK_FAILED  /**< memory */
} ArchiveUnpack;

/** Unpacks at most `limit` bytes; their CRC-32 and count, and when `ret_bytes` is not NULL the bytes
 * (transfer full) are given back when DONE. */
ArchiveUnpack archive_unpack_first (ArchivePlain *plain, ArchiveKind kind, uint64_t limit,
                                    ArchivePayFunc pay, void *data, uint64_t *ret_size,
                                    uint32_t *ret_crc, GByteArray **ret_bytes);

#endif
