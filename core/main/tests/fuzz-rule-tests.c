/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Whatever is taken for a file of tests has records within the bounds.
 */
#include "config.h"

#include "main/rule-tests.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/main/tests/seeds/rule-tests";

static void
look (const GPtrArray *records)
{
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const SkTestRecord *record = g_ptr_array_index (records, i);
      g_assert (record->repeat >= 1 && record->repeat <= SK_MAX_TEST_RECORDS && record->every >= 0);
      for (guint j = 0; j < record->values->len; j++)
        g_assert (g_array_index (record->values, SkTestValue, j).name != NULL);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  SkSpan bytes = { data, size };
  g_autoptr (SkRuleTests) tests = sk_rule_tests_read ("fuzz", bytes, &error);
  g_assert ((tests == NULL) == (error != NULL));
  const SkRuleTest *test;
  for (uint32_t i = 0; tests != NULL && (test = sk_rule_tests_at (tests, i)) != NULL; i++)
    {
      g_assert (test->hits->len > 0 || test->misses->len > 0 || test->sequence != NULL);
      look (test->hits);
      look (test->misses);
      look (test->sequence);
    }
  return 0;
}
