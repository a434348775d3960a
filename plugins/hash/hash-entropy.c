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

/* Two bytes of each word. Written out below: the compiler does not unroll at -O2, and the loop
 * costs a third of the speed. */
#define COUNT(shift)                                                                               \
  do                                                                                               \
    {                                                                                              \
      tables[0][word >> (shift) &255]++;                                                           \
      tables[1][next >> (shift) &255]++;                                                           \
      tables[2][word >> ((shift) + 8) & 255]++;                                                    \
      tables[3][next >> ((shift) + 8) & 255]++;                                                    \
  } while (0)

/* Four tables, so that a run of one byte does not wait for its own last count. */
static void
count (uint32_t tables[4][256], const uint8_t *at, size_t size)
{
  size_t i = 0;
  for (; i + 16 <= size; i += 16)
    {
      uint64_t word, next;
      memcpy (&word, at + i, sizeof word);
      memcpy (&next, at + i + 8, sizeof next);
      COUNT (0);
      COUNT (16);
      COUNT (32);
      COUNT (48);
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

/* Eight at a time; what is left of the eight that differ is looked at singly. */
size_t
hash_tail (SkSpan bytes)
{
  if (bytes.size == 0)
    return 0;
  size_t at = bytes.size;
  uint64_t eight, same;
  memset (&same, bytes.data[bytes.size - 1], sizeof same);
  while (at >= sizeof eight)
    {
      memcpy (&eight, bytes.data + at - sizeof eight, sizeof eight);
      if (eight != same)
        break;
      at -= sizeof eight;
    }
  while (at > 0 && bytes.data[at - 1] == bytes.data[bytes.size - 1])
    at--;
  return bytes.size - at;
}
