/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any text as a source of a list: the first byte chooses the ending of its
 * name; what comes out must open.
 */
#include "config.h"

#include "compile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/hash/tests/seeds/source";

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = { "a.txt", "a.csv", "a.hdb", "a" };
  static HashTrivial *trivial; /* for all runs: making it costs more than a run */
  if (size == 0 || size > 65536)
    return 0;
  if (trivial == NULL)
    trivial = make_trivial ();
  SkSpan text = { data + 1, size - 1 };
  SkSpan map = compile_with (trivial, text, sk_span_of_text ("source: S\nexpires: 2999-01-01\n"),
                             names[data[0] % 4]);
  HashList list;
  const char *error;
  if (map.data == NULL || !hash_list_open (map, 0, hash_digest_of_two, &list, &error))
    abort ();
  hash_cache_unmap (map);
  return 0;
}
