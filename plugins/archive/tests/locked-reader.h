/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Reads what is left of a locked archive with libarchive, for tests.
 */
#ifndef LOCKED_READER_H
#define LOCKED_READER_H

#include "archive-locked.h"

/** An entry as libarchive tells it. */
typedef struct LockedEntry {
  char *name;
  bool is_file;
  uint64_t size;  /**< bytes that were read */
  uint32_t crc;   /**< of them */
  char *error;    /**< or NULL */
} LockedEntry;

/** All entries; nothing is read of those that are locked. `ret_error` (transfer full, may be NULL)
 * says why it stopped before the end. */
GPtrArray *locked_read (const ArchiveLocked *locked, ArchivePlain *plain, char **ret_error);

/** "opened", "locked", "plain", or what is wrong: "broken", "bad-sum", "bad-size", "unknown". */
const char *locked_judge (const ArchiveLocked *locked, uint64_t index, const LockedEntry *entry);

#endif
