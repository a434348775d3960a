/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as a compiled list whose checksum fits, and look-ups in what opens.
 */
#include "config.h"

#include "hash-list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/hash/tests/seeds/list";

static const uint8_t *wanted;

/* Says what the file says. */
static bool
agreeing (SkSpan head, SkSpan rest, uint8_t ret_digest[32])
{
  (void) head;
  (void) rest;
  memcpy (ret_digest, wanted, 32);
  return true;
}

static bool
on_hit (const HashHit *hit, void *data)
{
  size_t *length = data;
  *length += strlen (hit->source) + strlen (hit->label);
  return true;
}

static void
look_up (const HashList *list, SkSpan bytes)
{
  size_t length = 0;
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    for (size_t place = 0; place + HASH_MAX_DIGEST <= bytes.size; place += 61)
      hash_list_find (list, (HashAlgorithm) i, bytes.data + place, place, on_hit, &length);
  for (uint32_t i = 0; i < list->n_blocks; i++)
    length += strlen (hash_list_block (list, i).name);
  for (uint32_t i = 0; i < list->n_notes; i++)
    {
      uint32_t line;
      HashNote note;
      hash_list_note (list, i, &line, &note);
      if (note >= HASH_N_NOTES)
        abort ();
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HashList list;
  const char *error = NULL;
  wanted = size >= 96 ? data + 64 : NULL;
  bool good = hash_list_open ((SkSpan){ data, size }, 0, agreeing, &list, &error);
  if (good != (error == NULL))
    abort ();
  if (good)
    look_up (&list, (SkSpan){ data, size });
  return 0;
}
