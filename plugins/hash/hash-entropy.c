/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Shannon's entropy of single bytes. Says nothing of order: a counter from 0
 * to 255 has as much of it as noise.
 */
#include "config.h"

#include "hash-entropy.h"

#include <math.h>

/* What is counted at once, so that 32 bits hold each count. */
#define BLOCK ((size_t) 1 << 30)

void
hash_entropy_begin (HashEntropy *entropy)
{
  memset (entropy, 0, sizeof *entropy);
}

/* Four tables, so that a run of one byte does not wait for its own last count. */
static void
count (uint32_t tables[4][256], const uint8_t *at, size_t size)
{
  size_t i = 0;
  for (; i + 8 <= size; i += 8)
    {
      uint64_t word;
      memcpy (&word, at + i, sizeof word);
      tables[0][word & 255]++;
      tables[1][word >> 8 & 255]++;
      tables[2][word >> 16 & 255]++;
      tables[3][word >> 24 & 255]++;
      tables[0][word >> 32 & 255]++;
      tables[1][word >> 40 & 255]++;
      tables[2][word >> 48 & 255]++;
      tables[3][word >> 56]++;
    }
  for (; i < size; i++)
    tables[0][at[i]]++;
}

void
hash_entropy_add (HashEntropy *entropy, SkSpan bytes)
{
  uint32_t tables[4][256];
  for (size_t done = 0; done < bytes.size; done += BLOCK)
    {
      SkSpan block = sk_span_slice (bytes, done, BLOCK);
      memset (tables, 0, sizeof tables);
      count (tables, block.data, block.size);
      for (size_t i = 0; i < 256; i++)
        entropy->sums[i] += (uint64_t) tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i];
    }
}

int64_t
hash_entropy_end (const HashEntropy *entropy)
{
  uint64_t total = 0;
  double bits = 0;
  for (size_t i = 0; i < 256; i++)
    total += entropy->sums[i];
  for (size_t i = 0; i < 256; i++)
    if (entropy->sums[i] > 0)
      {
        double share = (double) entropy->sums[i] / (double) total;
        bits -= share * log2 (share);
      }
  return (int64_t) (bits * 1000 + 0.5);
}
