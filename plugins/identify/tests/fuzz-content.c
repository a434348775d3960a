/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes through every signature, check and text rule.
 */
#include "config.h"

#include "identify-content.h"
#include "identify-extension.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/identify/tests/seeds/content";

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IdContent content;
  bool known = id_content ((SkSpan){ data, size }, &content);
  if (content.n_found > ID_MAX_FOUND)
    abort ();
  if (known && content.found[0].strength != SK_STRENGTH_CONTENT)
    abort ();
  return 0;
}
