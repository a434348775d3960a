/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The correlations of a compiled set.
 */
#include "config.h"

#include "correlate/correlate-private.h"

SkCorrelate *
sk_correlate_new (const SkSigma *sigma, const SkCorrelateLimits *limits, SkCorrelateFunc func,
                  void *data)
{
  uint32_t count = sk_sigma_count (sigma);
  g_autofree const SkSigmaRule **rules = g_new (const SkSigmaRule *, (gsize) count + 1);
  for (uint32_t i = 0; i < count; i++)
    rules[i] = sk_sigma_rule (sigma, i);
  return sk_correlate_new_from (rules, count, limits, func, data);
}
