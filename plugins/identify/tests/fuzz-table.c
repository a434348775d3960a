/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as a table of extensions.
 */
#include "config.h"

#include "identify-extension.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/identify/tests/seeds/table";

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GHashTable) promises = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  uint32_t line = 0;
  const char *error = NULL;
  if (!id_promises_parse (promises, (SkSpan){ data, size }, &line, &error)
      && (line == 0 || error == NULL))
    abort ();
  return 0;
}
