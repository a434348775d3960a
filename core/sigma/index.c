/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The rules of an entry and of what it implies.
 */
#include "config.h"

#include "sigma/index.h"

struct SigmaIndex
{
  GArray *bounds; /* of SigmaBound, in order of the rules */
};

static int
compare_bounds (const void *a, const void *b)
{
  const SigmaBound *left = a, *right = b;
  return (left->rule > right->rule) - (left->rule < right->rule);
}

static SigmaIndex *
index_new (const SigmaKind *kind, const SigmaEntry *entry)
{
  SigmaIndex *index = g_new0 (SigmaIndex, 1);
  index->bounds = g_array_new (FALSE, FALSE, sizeof (SigmaBound));
  g_array_append_vals (index->bounds, entry->bounds->data, entry->bounds->len);
  for (guint i = 0; i < entry->implied->len; i++)
    {
      const SigmaEntry *wide
          = sigma_entry_at (kind, g_array_index (entry->implied, uint32_t, i));
      g_array_append_vals (index->bounds, wide->bounds->data, wide->bounds->len);
    }
  g_array_sort (index->bounds, compare_bounds);
  return index;
}

void
sigma_index_free (SigmaIndex *index)
{
  g_array_unref (index->bounds);
  g_free (index);
}

void
sigma_index_build (SkSigma *sigma, const char *cache_dir)
{
  (void) cache_dir;
  for (guint i = 0; i < sigma->kinds->len; i++)
    {
      SigmaKind *kind = sigma_kind_at (sigma, i);
      for (guint k = 0; kind->n_rules > 0 && k < kind->entries->len; k++)
        sigma_entry_at (kind, k)->index = index_new (kind, sigma_entry_at (kind, k));
    }
  sigma->always = sigma->rules->len;
}

uint32_t
sigma_index_count (const SigmaIndex *index)
{
  return index->bounds->len;
}

const SigmaBound *
sigma_index_bound (const SigmaIndex *index, uint32_t number)
{
  return &g_array_index (index->bounds, SigmaBound, number);
}

void
sigma_index_ask (SkSigmaScan *scan, const SigmaIndex *index)
{
  for (guint i = 0; i < index->bounds->len; i++)
    scan->bits[i / 64] |= UINT64_C (1) << i % 64;
}
