/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A RAR 4 archive of any blocks: what follows the signature, with the sum of
 * each block made right as long as they follow one another.
 */
#include "config.h"

#include "archive-rar4.h"
#include "locked-fuzz.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/archive/tests/seeds/locked-rar4";

static void
repair (uint8_t *bytes, size_t size)
{
  for (size_t at = 0; size - at >= 16;)
    {
      SkSpan rest = { bytes + at, size - at };
      SkCursor c = sk_cursor (rest);
      Rar4Block block;
      Rar4File file;
      uint16_t length = rar4_block_size (rest.data);
      if (length == 0 || length > rest.size)
        return;
      uint32_t crc = (uint32_t) crc32_z (0, rest.data + 2, length - 2u);
      bytes[at] = (uint8_t) crc;
      bytes[at + 1] = (uint8_t) (crc >> 8);
      if (!rar4_take_block (&c, &block))
        return;
      uint64_t data_size = block.data_size;
      if (block.type == RAR4_FILE && rar4_read_file (&block, &file))
        data_size = file.packed;
      if (data_size > sk_cursor_left (&c))
        return;
      at = (size_t) (c.pos - bytes) + (size_t) data_size;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *archive = g_malloc (size + RAR4_SIGNATURE_SIZE);
  memcpy (archive, "Rar!\x1a\x07\0", RAR4_SIGNATURE_SIZE);
  if (size > 0)
    memcpy (archive + RAR4_SIGNATURE_SIZE, data, size);
  repair (archive + RAR4_SIGNATURE_SIZE, size);
  fuzz_locked ((SkSpan){ archive, size + RAR4_SIGNATURE_SIZE });
  return 0;
}
