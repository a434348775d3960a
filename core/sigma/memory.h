/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Memory that is freed all at once, or back to a mark: what a set of rules is
 * made of, and what is needed while one value is read.
 */
#ifndef SK_SIGMA_MEMORY_H
#define SK_SIGMA_MEMORY_H

#include <glib.h>
#include <sekisho/span.h>

/** All zero is empty. */
typedef struct SkSigmaMemory {
  GPtrArray *blocks;  /* NULL before the first */
  size_t used, size;  /* of the last block */
  uint64_t total;     /* bytes of all blocks */
} SkSigmaMemory;

typedef struct SkSigmaMark {
  guint blocks;
  size_t used;
} SkSigmaMark;

/** Zeroed, aligned for anything. `size` has been checked. */
void *sk_sigma_take (SkSigmaMemory *memory, size_t size);
/** A copy; never NULL. With a NUL behind it that is not counted. */
char *sk_sigma_copy (SkSigmaMemory *memory, const void *bytes, size_t size);
char *sk_sigma_copy_text (SkSigmaMemory *memory, const char *text);
SkSigmaMark sk_sigma_mark (const SkSigmaMemory *memory);
/** Frees what was taken since the mark. */
void sk_sigma_rewind (SkSigmaMemory *memory, SkSigmaMark mark);
void sk_sigma_memory_clear (SkSigmaMemory *memory);

#define sk_sigma_take_array(memory, type, count)                                                   \
  ((type *) sk_sigma_take ((memory), sizeof (type) * (size_t) (count)))

#endif
