/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Files without a name, and writing whole.
 */
#ifndef SK_BASE_FILE_H
#define SK_BASE_FILE_H

#include <sekisho/span.h>

/** Writes all of `bytes` to a blocking descriptor. False with errno when not all went out. */
bool sk_file_write (int fd, SkSpan bytes);
/** Writes all of `bytes` at that offset. False as above. */
bool sk_file_write_at (int fd, SkSpan bytes, uint64_t offset);
/** A memory file of that content under all seals, for another process to map. Transfer full; -1
 * with errno. `name` is for /proc only. */
int sk_file_sealed (const char *name, SkSpan bytes);
/** A file for reading and writing in `folder` that has no name and goes with its descriptor. Transfer
 * full; -1 with errno. */
int sk_file_unnamed (const char *folder);

#endif
