/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the test plugin `big` and the test that uses it agree upon.
 */
#ifndef BIG_H
#define BIG_H

#include <glib.h>
#include <stdint.h>

/* An entry object is "BIG <windows> <MiB>\n" filled up to BIG_HEAD, and so many windows. */
#define BIG_HEAD 64u
#define BIG_WINDOW 64u
/* The large child is written in blocks of this size. */
#define BIG_BLOCK (64u << 10)

/** Word number `index` of the large child. */
static inline uint64_t
big_word (uint64_t index)
{
  uint64_t x = (index + 1) * UINT64_C (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 29)) * UINT64_C (0xbf58476d1ce4e5b9);
  return x ^ (x >> 32);
}

/** A digest that depends on the order of the words. */
static inline uint64_t
big_digest (uint64_t digest, uint64_t word)
{
  return (digest ^ word) * UINT64_C (0x100000001b3) + 1;
}

#endif
