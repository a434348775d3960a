/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Where an archive ends, by its own headers: what stands behind that place some
 * program may show, and this one does.
 *
 * Streams of xz, zstd and lz4 are walked from block to block without unpacking
 * anything. Whether what stands in the blocks is right is for their readers; of
 * a stream that is cut, nothing is told.
 */
#include "config.h"

#include "archive-job.h"
#include "archive-rar4.h"
#include "archive-rar5.h"

#include <string.h>

static uint64_t
place (SkSpan archive, const SkCursor *cursor)
{
  return (uint64_t) (cursor->pos - archive.data);
}

static bool
skip (SkCursor *cursor, uint64_t size)
{
  return size <= sk_cursor_left (cursor) && sk_cursor_skip (cursor, (size_t) size);
}

static bool
begins (const SkCursor *cursor, const char *mark, size_t size)
{
  return sk_cursor_left (cursor) >= size && memcmp (cursor->pos, mark, size) == 0;
}

/* ---- archives ---- */

static bool
end_of_7z (SkSpan archive, uint64_t *ret_end)
{
  SkCursor c = sk_cursor (archive);
  uint64_t offset, size;
  return sk_cursor_skip (&c, 12) && sk_cursor_take_u64le (&c, &offset)
         && sk_cursor_take_u64le (&c, &size) && !__builtin_add_overflow (offset, size, ret_end)
         && !__builtin_add_overflow (*ret_end, UINT64_C (32), ret_end);
}

static bool
end_of_cab (SkSpan archive, uint64_t *ret_end)
{
  SkCursor c = sk_cursor (archive);
  uint32_t size;
  if (!sk_cursor_skip (&c, 8) || !sk_cursor_take_u32le (&c, &size))
    return false;
  *ret_end = size;
  return size >= 36;
}

/* Without an end block it ends where blocks do. */
static bool
end_of_rar5 (SkSpan archive, uint64_t *ret_end)
{
  SkCursor c = sk_cursor (archive);
  Rar5Block block = { .type = 0 };
  if (!sk_cursor_skip (&c, RAR5_SIGNATURE_SIZE))
    return false;
  while (block.type != RAR5_END)
    if (!rar5_take_block (&c, &block) || block.type == RAR5_ENCRYPTION
        || !skip (&c, block.data_size))
      return false;
  *ret_end = place (archive, &c);
  return true;
}

static bool
end_of_rar4 (SkSpan archive, uint64_t *ret_end)
{
  SkCursor c = sk_cursor (archive);
  Rar4Block block = { .type = 0 };
  if (!sk_cursor_skip (&c, RAR4_SIGNATURE_SIZE))
    return false;
  while (block.type != RAR4_END)
    if (!rar4_take_block (&c, &block)
        || (block.type == RAR4_MAIN && (block.flags & RAR4_MAIN_HIDDEN) != 0)
        || !skip (&c, block.data_size))
      return false;
  *ret_end = place (archive, &c);
  return true;
}

/* ---- xz ----
 *
 *   stream  FD "7zXZ" 00, 00, check, CRC; blocks; index; CRC, backward size, 00, check, "YZ"; zeros, by 4
 *   block   u8 n (4 n + 4 bytes of header, CRC included), flags (40h: VLI packed size), …; LZMA2; zeros to a
 *           multiple of 4; check
 *   LZMA2   chunks: 00 end | 01, 02 stored: u16be size - 1 | 80h and more: u16be, u16be packed size - 1, C0h
 *           and more: u8
 *   index   00, VLI blocks, two VLI for each, zeros to a multiple of 4, CRC */

static bool
take_vli (SkCursor *cursor, uint64_t *ret_number)
{
  uint8_t byte = 0x80;
  *ret_number = 0;
  for (unsigned shift = 0; (byte & 0x80) != 0; shift += 7)
    {
      if (shift > 56 || !sk_cursor_take_u8 (cursor, &byte))
        return false;
      *ret_number |= (uint64_t) (byte & 0x7f) << shift;
    }
  return true;
}

static bool
skip_chunks (SkCursor *c)
{
  for (;;)
    {
      uint8_t control;
      uint16_t size;
      if (!sk_cursor_take_u8 (c, &control))
        return false;
      if (control == 0)
        return true;
      if (control > 2 && control < 0x80)
        return false;
      if ((control >= 0x80 && !sk_cursor_skip (c, 2)) || !sk_cursor_take_u16be (c, &size)
          || (control >= 0xc0 && !sk_cursor_skip (c, 1)) || !skip (c, (uint64_t) size + 1))
        return false;
    }
}

static bool
pad (SkCursor *c, const uint8_t *from)
{
  return sk_cursor_skip (c, (size_t) (-(c->pos - from) & 3));
}

static bool
skip_xz_block (SkCursor *c, uint8_t n, size_t check)
{
  SkCursor header;
  uint8_t flags;
  uint64_t packed;
  if (!sk_cursor_sub (c, (size_t) n * 4 + 3, &header) || !sk_cursor_take_u8 (&header, &flags))
    return false;
  const uint8_t *from = c->pos;
  bool told = (flags & 0x40) != 0;
  if (told && !take_vli (&header, &packed))
    return false;
  return (told ? skip (c, packed) : skip_chunks (c)) && pad (c, from) && sk_cursor_skip (c, check);
}

static bool
skip_xz_index (SkCursor *c)
{
  const uint8_t *from = c->pos - 1;
  uint64_t count, packed, size;
  if (!take_vli (c, &count))
    return false;
  for (uint64_t i = 0; i < count; i++)
    if (!take_vli (c, &packed) || !take_vli (c, &size))
      return false;
  return pad (c, from) && sk_cursor_skip (c, 4);
}

static bool
skip_xz (SkCursor *c)
{
  static const uint8_t check_size[16] = { 0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64 };
  uint8_t n, check;
  if (!begins (c, "\xfd""7zXZ\0", 6) || !sk_cursor_skip (c, 7) || !sk_cursor_take_u8 (c, &check)
      || check > 15 || !sk_cursor_skip (c, 4))
    return false;
  while (sk_cursor_take_u8 (c, &n))
    if (n == 0)
      return skip_xz_index (c) && sk_cursor_skip (c, 10) && begins (c, "YZ", 2)
             && sk_cursor_skip (c, 2);
    else if (!skip_xz_block (c, n, check_size[check]))
      return false;
  return false;
}

/* ---- zstd ----
 *
 *   frame  28 B5 2F FD, flags (C0h: bytes of size 0/1, 2, 4, 8; 20h: no window byte; 4: u32 sum; 3: bytes of
 *          dictionary id), …; blocks: u24 (1 last, 6: 0 stored, 1 one byte, 2 packed; size << 3), content */

static bool
skip_zstd_blocks (SkCursor *c)
{
  for (uint32_t last = 0; last == 0;)
    {
      uint16_t low;
      uint8_t high;
      if (!sk_cursor_take_u16le (c, &low) || !sk_cursor_take_u8 (c, &high))
        return false;
      uint32_t head = low | (uint32_t) high << 16;
      last = head & 1;
      if ((head >> 1 & 3) == 3 || !skip (c, (head >> 1 & 3) == 1 ? 1 : head >> 3))
        return false;
    }
  return true;
}

static bool
skip_skippable (SkCursor *c)
{
  uint32_t magic, size;
  return sk_cursor_take_u32le (c, &magic) && (magic & 0xfffffff0u) == 0x184d2a50u
         && sk_cursor_take_u32le (c, &size) && skip (c, size);
}

static bool
skip_zstd (SkCursor *c)
{
  static const uint8_t id_size[4] = { 0, 1, 2, 4 }, size_size[4] = { 0, 2, 4, 8 };
  uint8_t flags;
  if (!begins (c, "\x28\xb5\x2f\xfd", 4))
    return skip_skippable (c);
  if (!sk_cursor_skip (c, 4) || !sk_cursor_take_u8 (c, &flags))
    return false;
  bool single = (flags & 0x20) != 0;
  size_t size = flags >> 6 == 0 && single ? 1 : size_size[flags >> 6];
  return sk_cursor_skip (c, (single ? 0u : 1u) + id_size[flags & 3] + size) && skip_zstd_blocks (c)
         && sk_cursor_skip (c, (flags & 4) != 0 ? 4 : 0);
}

/* ---- lz4 ----
 *
 *   frame   04 22 4D 18, flags (10h: u32 sum of each block, 8: u64 size, 4: u32 sum, 1: u32 id), u8, …, u8;
 *           blocks: u32 size (high bit: stored; 0: the end), content
 *   legacy  02 21 4C 18, blocks to the end, or to another mark */

static bool
skip_lz4_legacy (SkCursor *c)
{
  SkCursor next = *c;
  uint32_t size;
  while (sk_cursor_take_u32le (&next, &size) && size != 0x184d2204u && size != 0x184c2102u
         && skip (&next, size))
    *c = next;
  return true;
}

static bool
skip_lz4 (SkCursor *c)
{
  uint8_t flags;
  uint32_t size;
  if (begins (c, "\2\x21\x4c\x18", 4))
    return sk_cursor_skip (c, 4) && skip_lz4_legacy (c);
  if (!begins (c, "\4\x22\x4d\x18", 4))
    return skip_skippable (c);
  if (!sk_cursor_skip (c, 4) || !sk_cursor_take_u8 (c, &flags)
      || !sk_cursor_skip (c, 2 + ((flags & 8) != 0 ? 8u : 0u) + ((flags & 1) != 0 ? 4u : 0u)))
    return false;
  size_t sum = (flags & 0x10) != 0 ? 4 : 0;
  while (sk_cursor_take_u32le (c, &size) && size != 0)
    if (!skip (c, (uint64_t) (size & 0x7fffffffu) + sum))
      return false;
  return sk_cursor_skip (c, (flags & 4) != 0 ? 4 : 0);
}

/* One after the other; zeros may stand between those of xz. */
static bool
end_of_frames (SkSpan archive, ArchiveId id, uint64_t *ret_end)
{
  SkCursor c = sk_cursor (archive);
  bool any = false;
  for (SkCursor next = c;; any = true, c = next)
    {
      while (any && id == ARCHIVE_ID_XZ && begins (&next, "\0\0\0\0", 4))
        sk_cursor_skip (&next, 4);
      bool is_frame = id == ARCHIVE_ID_XZ     ? skip_xz (&next)
                      : id == ARCHIVE_ID_ZSTD ? skip_zstd (&next)
                                              : skip_lz4 (&next);
      if (!is_frame)
        break;
    }
  *ret_end = place (archive, &c);
  return any;
}

uint64_t
archive_end_of (SkSpan archive, ArchiveId id)
{
  uint64_t end = UINT64_MAX;
  bool told = false;
  switch (id)
    {
    case ARCHIVE_ID_7Z:
      told = end_of_7z (archive, &end);
      break;
    case ARCHIVE_ID_CAB:
      told = end_of_cab (archive, &end);
      break;
    case ARCHIVE_ID_RAR5:
      told = end_of_rar5 (archive, &end);
      break;
    case ARCHIVE_ID_RAR4:
      told = end_of_rar4 (archive, &end);
      break;
    case ARCHIVE_ID_XZ:
    case ARCHIVE_ID_ZSTD:
    case ARCHIVE_ID_LZ4:
      told = end_of_frames (archive, id, &end);
      break;
    default:
      break;
    }
  return told ? end : UINT64_MAX;
}
