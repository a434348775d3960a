/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Contents that a list must not name: a feed that holds the hash of the empty
 * file or of a page of zeros would hit in every tree.
 */
#include "config.h"

#include "hash-build.h"

struct HashTrivial {
  GHashTable *digests[HASH_N_ALGORITHMS];  /* GBytes, a set */
  uint8_t heads[HASH_N_ALGORITHMS][65536]; /* one of them begins with these two bytes */
};

static uint32_t
head_of (const uint8_t *digest)
{
  return digest[0] * 256u + digest[1];
}

static void
add_trivial (HashTrivial *trivial, HashComputeFunc compute, void *data, SkSpan bytes)
{
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    {
      uint8_t digest[HASH_MAX_DIGEST];
      if (!compute ((HashAlgorithm) i, bytes, digest, data))
        continue;
      g_hash_table_add (trivial->digests[i],
                        g_bytes_new (digest, hash_digest_size ((HashAlgorithm) i)));
      trivial->heads[i][head_of (digest)] = 1;
    }
}

/* Nothing; each single byte; line ends; byte order marks; runs of 00 and FF in the sizes in which
 * sectors, pages and preallocated files come. */
static void
fill_trivial (HashTrivial *trivial, HashComputeFunc compute, void *data)
{
  static const char *const texts[]
      = { "",         "\r\n",     "\n\n", "\r\n\r\n", "  ", "\xef\xbb\xbf",
          "\xff\xfe", "\xfe\xff", "{}",   "{}\n",     "[]", "[]\n" };
  static const uint32_t runs[]
      = { 2,    3,    4,    8,     16,    32,    64,     128,    256,    512,    1024,
          2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288, 1048576 };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    add_trivial (trivial, compute, data, sk_span_of_text (texts[i]));
  for (unsigned i = 0; i < 256; i++)
    {
      uint8_t byte = (uint8_t) i;
      add_trivial (trivial, compute, data, (SkSpan){ &byte, 1 });
    }
  g_autofree uint8_t *run = g_malloc (runs[G_N_ELEMENTS (runs) - 1]);
  for (int value = 0; value < 256; value += 255)
    for (size_t i = 0; i < G_N_ELEMENTS (runs); i++)
      {
        memset (run, value, runs[i]);
        add_trivial (trivial, compute, data, (SkSpan){ run, runs[i] });
      }
}

bool
hash_is_trivial (const HashTrivial *trivial, HashAlgorithm algorithm, const uint8_t *digest)
{
  if (trivial->heads[algorithm][head_of (digest)] == 0)
    return false;
  g_autoptr (GBytes) key = g_bytes_new_static (digest, hash_digest_size (algorithm));
  return g_hash_table_contains (trivial->digests[algorithm], key);
}

HashTrivial *
hash_trivial_new (HashComputeFunc compute, void *data)
{
  HashTrivial *trivial = g_new0 (HashTrivial, 1);
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    trivial->digests[i]
        = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  fill_trivial (trivial, compute, data);
  return trivial;
}

void
hash_trivial_free (HashTrivial *trivial)
{
  if (trivial == NULL)
    return;
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    g_hash_table_unref (trivial->digests[i]);
  g_free (trivial);
}
