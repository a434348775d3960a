/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A 7z archive of any packed bytes and any header, whose sums are right: u16
 * size of what is packed, that, and the header.
 */
#include "config.h"

#include "locked-fuzz.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/archive/tests/seeds/locked-7z";

static void
set_le (uint8_t *at, uint64_t value, unsigned size)
{
  for (unsigned i = 0; i < size; i++)
    at[i] = (uint8_t) (value >> 8 * i);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t start[32] = { '7', 'z', 0xbc, 0xaf, 0x27, 0x1c, 0, 4 };
  SkCursor c = sk_cursor ((SkSpan){ data, size });
  uint16_t packed;
  SkSpan body;
  if (!sk_cursor_take_u16le (&c, &packed) || !sk_cursor_take (&c, packed, &body))
    return 0;
  size_t header = sk_cursor_left (&c);
  set_le (start + 12, packed, 8);
  set_le (start + 20, header, 8);
  set_le (start + 28, crc32_z (0, c.pos, header), 4);
  set_le (start + 8, crc32_z (0, start + 12, 20), 4);
  g_autofree uint8_t *archive = g_malloc (sizeof start + size);
  memcpy (archive, start, sizeof start);
  memcpy (archive + sizeof start, body.data, packed + header);
  fuzz_locked ((SkSpan){ archive, sizeof start + packed + header });
  return 0;
}
