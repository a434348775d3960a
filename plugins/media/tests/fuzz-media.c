/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The whole plugin with disks that are mostly zeros: the input is the size of
 * the disk in blocks of 512 (u16, little-endian), then pieces of it: place in
 * blocks u16, length u16, bytes. So a fuzzer changes what means something.
 */
#include "media-run.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/media/tests/seeds/media";

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SkCursor cursor = sk_cursor ((SkSpan) { data, size });
  uint16_t blocks, place, length;
  SkSpan piece;
  if (!sk_cursor_take_u16le (&cursor, &blocks))
    return 0;
  size_t total = (size_t) blocks * 512;
  g_autofree uint8_t *disk = g_malloc0 (total + 1);
  while (sk_cursor_take_u16le (&cursor, &place) && sk_cursor_take_u16le (&cursor, &length)
         && sk_cursor_take (&cursor, length, &piece))
    {
      size_t at = (size_t) place * 512;
      if (at < total)
        memcpy (disk + at, piece.data, MIN (piece.size, total - at));
    }
  sk_fake_object_free (media_run ((SkSpan) { disk, total }));
  return 0;
}
