/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sixteen bytes at a time. GCC's vectors: the same code for every machine.
 */
#ifndef SK_BASE_BLOCK_H
#define SK_BASE_BLOCK_H

#include <stdint.h>
#include <string.h>

typedef uint8_t SkBlock __attribute__ ((vector_size (16)));

/** The block at any address. */
static inline SkBlock
sk_block_load (const uint8_t *from)
{
  SkBlock block;
  memcpy (&block, from, sizeof block);
  return block;
}

#endif
