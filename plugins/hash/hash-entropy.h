/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * How evenly bytes are spread: the entropy of their histogram, and how much of
 * the end is one byte.
 */
#ifndef HASH_ENTROPY_H
#define HASH_ENTROPY_H

#include <sekisho/span.h>

/** How often each byte stood in what was added. */
typedef struct HashEntropy {
  uint64_t sums[256];
} HashEntropy;

void hash_entropy_begin (HashEntropy *entropy);
void hash_entropy_add (HashEntropy *entropy, SkSpan bytes);
/** Thousandths of a bit a byte, 0 to 8000, rounded to the nearest; 0 of nothing. */
int64_t hash_entropy_end (const HashEntropy *entropy);

/** A shorter tail is nothing to speak of. */
#define HASH_TAIL_LEAST ((size_t) 65536)

/** How often the last byte stands at the end without a break. */
size_t hash_tail (SkSpan bytes);

#endif
