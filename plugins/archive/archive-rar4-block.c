/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * RAR 4's blocks, as bytes.
 */
#include "config.h"

#include "archive-rar4.h"

#include <zlib.h>

#define HEAD 7        /* sum, type, flags, size */
#define FILE_HEAD 32  /* and a file's fixed fields */
#define FLAG_DATA 0x8000

static uint16_t
sum_of (SkSpan block)
{
  return (uint16_t) crc32_z (0, block.data + 2, block.size - 2);
}

static bool
is_type (uint8_t type)
{
  return type >= 0x72 && type <= RAR4_END;
}

/* Files and services always have data, and a size that may be of 64 bits. */
static bool
read_data_size (Rar4Block *block)
{
  bool file = block->type == RAR4_FILE || block->type == RAR4_SERVICE;
  SkCursor c = sk_cursor (block->whole);
  uint32_t low = 0, high = 0;
  if (!file && (block->flags & FLAG_DATA) == 0)
    return true;
  if (!sk_cursor_skip (&c, HEAD) || !sk_cursor_take_u32le (&c, &low)
      || (file && (block->flags & RAR4_FILE_LARGE) != 0
          && (!sk_cursor_skip (&c, 21) || !sk_cursor_take_u32le (&c, &high))))
    return false;
  block->data_size = (uint64_t) high << 32 | low;
  return true;
}

bool
rar4_take_block (SkCursor *cursor, Rar4Block *ret_block)
{
  SkCursor c = *cursor;
  uint16_t sum, size;
  *ret_block = (Rar4Block){ .type = 0 };
  if (!sk_cursor_take_u16le (&c, &sum) || !sk_cursor_take_u8 (&c, &ret_block->type)
      || !sk_cursor_take_u16le (&c, &ret_block->flags) || !sk_cursor_take_u16le (&c, &size)
      || size < HEAD || !is_type (ret_block->type))
    return false;
  c = *cursor;
  if (!sk_cursor_take (&c, size, &ret_block->whole) || sum_of (ret_block->whole) != sum
      || !read_data_size (ret_block))
    return false;
  *cursor = c;
  return true;
}

uint16_t
rar4_block_size (const uint8_t first[16])
{
  uint16_t size = (uint16_t) (first[5] | first[6] << 8);
  return is_type (first[2]) && size >= HEAD ? size : 0;
}

bool
rar4_read_file (const Rar4Block *block, Rar4File *ret_file)
{
  SkCursor c = sk_cursor (block->whole);
  uint32_t packed, size, high_packed = 0, high_size = 0, time, attributes;
  uint16_t name;
  uint8_t system;
  *ret_file = (Rar4File){ .packed = 0 };
  if (!sk_cursor_skip (&c, HEAD) || !sk_cursor_take_u32le (&c, &packed)
      || !sk_cursor_take_u32le (&c, &size) || !sk_cursor_take_u8 (&c, &system)
      || !sk_cursor_take_u32le (&c, &ret_file->crc) || !sk_cursor_take_u32le (&c, &time)
      || !sk_cursor_take_u8 (&c, &ret_file->version) || !sk_cursor_take_u8 (&c, &ret_file->method)
      || !sk_cursor_take_u16le (&c, &name) || !sk_cursor_take_u32le (&c, &attributes)
      || ((block->flags & RAR4_FILE_LARGE) != 0
          && (!sk_cursor_take_u32le (&c, &high_packed) || !sk_cursor_take_u32le (&c, &high_size)))
      || !sk_cursor_take (&c, name, &ret_file->name))
    return false;
  ret_file->packed = (uint64_t) high_packed << 32 | packed;
  ret_file->size = (uint64_t) high_size << 32 | size;
  if ((block->flags & RAR4_FILE_SALT) != 0)
    {
      ret_file->salt_at = (size_t) (c.pos - block->whole.data);
      return sk_cursor_skip (&c, 8);
    }
  return true;
}

/* ---- writing ---- */

static void
set_u16 (uint8_t *at, unsigned value)
{
  at[0] = (uint8_t) value;
  at[1] = (uint8_t) (value >> 8);
}

static void
set_u32 (uint8_t *at, uint64_t value)
{
  set_u16 (at, (unsigned) (value & 0xffff));
  set_u16 (at + 2, (unsigned) (value >> 16 & 0xffff));
}

/* Flags, size and sum of the block that begins at `start`. */
static void
finish (GByteArray *out, guint start, unsigned flags)
{
  uint8_t *block = out->data + start;
  set_u16 (block + 3, flags);
  set_u16 (block + 5, out->len - start);
  set_u16 (block, sum_of ((SkSpan){ block, out->len - start }));
}

void
rar4_put_file (GByteArray *out, const Rar4Block *block, const Rar4File *file, uint64_t data_size,
               bool empty)
{
  guint start = out->len;
  unsigned gone = RAR4_FILE_ENCRYPTED | RAR4_FILE_SALT;
  size_t before = file->salt_at > 0 ? file->salt_at : block->whole.size;
  g_byte_array_append (out, block->whole.data, (guint) before);
  if (file->salt_at > 0)
    g_byte_array_append (out, block->whole.data + before + 8, (guint) (block->whole.size - before - 8));
  set_u32 (out->data + start + HEAD, data_size);
  if ((block->flags & RAR4_FILE_LARGE) != 0)
    set_u32 (out->data + start + FILE_HEAD, data_size >> 32);
  if (empty)
    {
      out->data[start + 25] = RAR4_STORED;
      gone |= RAR4_FILE_SOLID | RAR4_FILE_SPLIT;
    }
  finish (out, start, block->flags & ~gone);
}

void
rar4_put_main (GByteArray *out, const Rar4Block *block)
{
  static const uint8_t fresh[13] = { 0, 0, RAR4_MAIN };
  guint start = out->len;
  if (block != NULL)
    g_byte_array_append (out, block->whole.data, (guint) block->whole.size);
  else
    g_byte_array_append (out, fresh, sizeof fresh);
  finish (out, start, block != NULL ? block->flags & ~(unsigned) RAR4_MAIN_HIDDEN : 0);
}

void
rar4_put_end (GByteArray *out)
{
  static const uint8_t end[HEAD] = { 0, 0, RAR4_END };
  guint start = out->len;
  g_byte_array_append (out, end, sizeof end);
  finish (out, start, 0x4000);
}
