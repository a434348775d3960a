/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A table is taken whole or not at all; what was taken can be asked for every
 * name that it holds, and reading it again finds each entry there already.
 */
#include "config.h"

#include "sigma/logsource.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/sigma/tests/seeds/logsource";

static void
count (void *data, const char *file, uint32_t line, const char *text)
{
  g_assert (file != NULL && line > 0 && text != NULL);
  ++*(size_t *) data;
}

static void
ask (const SkLogsources *table, const SkLogsourceEntry *entry, const char *field)
{
  g_auto (GStrv) names = sk_logsources_names (table, entry, field);
  g_assert (names[0] != NULL);
}

static void
look (const SkLogsources *table)
{
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (table, i)) != NULL && i < 100; i++)
    {
      g_assert (sk_logsource_means (&entry->logsource, entry) == !entry->is_default);
      for (uint32_t j = 0; j < entry->n_tests && j < 100; j++)
        ask (table, entry, entry->tests[j].field);
      for (uint32_t j = 0; j < entry->n_fields && j < 100; j++)
        ask (table, entry, entry->fields[j].name);
      ask (table, entry, "CommandLine");
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  SkSpan bytes = { data, size };
  size_t complaints = 0, again = 0;
  bool good = sk_logsources_add (table, "first", bytes, count, &complaints);
  g_assert (good == (complaints == 0));
  g_assert (good || sk_logsources_at (table, 0) == NULL);
  look (table);
  bool holds = sk_logsources_at (table, 0) != NULL;
  bool twice = sk_logsources_add (table, "second", bytes, count, &again);
  g_assert (twice == (good && !holds));
  return 0;
}
