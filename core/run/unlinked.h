/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Files without a name: the results file, the run file, what is lent.
 */
#ifndef SK_RUN_UNLINKED_H
#define SK_RUN_UNLINKED_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** An empty file in `folder` for reading and writing that no path leads to; it is gone with its
 * last descriptor. -1 with SK_ERROR_SYSTEM. */
int sk_unlinked_open (const char *folder, GError **error);
/** Another descriptor of such a file, that can only read. -1 with SK_ERROR_SYSTEM. */
int sk_unlinked_read_only (int fd, GError **error);
/** Writes all of it at that offset. */
gboolean sk_unlinked_write (int fd, const void *bytes, size_t size, uint64_t offset, GError **error);
/** Reads exactly that much. */
gboolean sk_unlinked_read (int fd, void *bytes, size_t size, uint64_t offset, GError **error);
/** Gives the bytes back to the file system, where it can do that. */
void sk_unlinked_punch (int fd, uint64_t offset, uint64_t size);

#endif
