/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A RAR 5 archive of any blocks: what follows the signature, with the sum of
 * each block made right as long as they follow one another.
 */
#include "config.h"

#include "archive-rar5.h"
#include "locked-fuzz.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/archive/tests/seeds/locked-rar5";

static void
repair (uint8_t *bytes, size_t size)
{
  for (size_t at = 0; at < size;)
    {
      SkSpan rest = { bytes + at, size - at };
      SkCursor c = sk_cursor (rest);
      Rar5Block block;
      uint64_t length;
      if (!sk_cursor_skip (&c, 4) || !rar5_take_vint (&c, &length) || length > sk_cursor_left (&c))
        return;
      size_t summed = (size_t) (c.pos - rest.data) - 4 + (size_t) length;
      uint32_t crc = (uint32_t) crc32_z (0, rest.data + 4, summed);
      for (unsigned i = 0; i < 4; i++)
        bytes[at + i] = (uint8_t) (crc >> 8 * i);
      c = sk_cursor (rest);
      if (!rar5_take_block (&c, &block) || block.data_size > sk_cursor_left (&c))
        return;
      at = (size_t) (c.pos - bytes) + (size_t) block.data_size;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *archive = g_malloc (size + RAR5_SIGNATURE_SIZE);
  memcpy (archive, "Rar!\x1a\x07\x01\0", RAR5_SIGNATURE_SIZE);
  if (size > 0)
    memcpy (archive + RAR5_SIGNATURE_SIZE, data, size);
  repair (archive + RAR5_SIGNATURE_SIZE, size);
  fuzz_locked ((SkSpan){ archive, size + RAR5_SIGNATURE_SIZE });
  return 0;
}
