/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * RAR 5's blocks, as bytes.
 */
#include "config.h"

#include "archive-rar5.h"

#include <zlib.h>

enum { FLAG_EXTRA = 1, FLAG_DATA = 2 };
enum { RECORD_CRYPT = 1, RECORD_HASH = 2 };

/* ---- reading ---- */

bool
rar5_take_vint (SkCursor *cursor, uint64_t *ret_number)
{
  SkCursor c = *cursor;
  uint64_t number = 0;
  uint8_t byte = 0x80;
  for (unsigned shift = 0; (byte & 0x80) != 0; shift += 7)
    {
      if (shift > 63 || !sk_cursor_take_u8 (&c, &byte) || (shift == 63 && (byte & 0x7e) != 0))
        return false;
      number |= (uint64_t) (byte & 0x7f) << shift;
    }
  *cursor = c;
  *ret_number = number;
  return true;
}

bool
rar5_take_block (SkCursor *cursor, Rar5Block *ret_block)
{
  SkCursor c = *cursor, header;
  uint32_t crc;
  uint64_t size, extra = 0;
  *ret_block = (Rar5Block){ .type = 0 };
  if (!sk_cursor_take_u32le (&c, &crc) || !rar5_take_vint (&c, &size) || size > RAR5_MAX_HEADER
      || !sk_cursor_sub (&c, (size_t) size, &header))
    return false;
  ret_block->whole = (SkSpan){ cursor->pos, (size_t) (c.pos - cursor->pos) };
  if ((uint32_t) crc32_z (0, ret_block->whole.data + 4, ret_block->whole.size - 4) != crc
      || !rar5_take_vint (&header, &ret_block->type) || !rar5_take_vint (&header, &ret_block->flags)
      || ((ret_block->flags & FLAG_EXTRA) != 0 && !rar5_take_vint (&header, &extra))
      || ((ret_block->flags & FLAG_DATA) != 0 && !rar5_take_vint (&header, &ret_block->data_size))
      || extra > sk_cursor_left (&header))
    return false;
  sk_cursor_take (&header, sk_cursor_left (&header) - (size_t) extra, &ret_block->body);
  sk_cursor_take (&header, (size_t) extra, &ret_block->extra);
  *cursor = c;
  return true;
}

uint64_t
rar5_block_size (const uint8_t first[16])
{
  SkCursor c = sk_cursor ((SkSpan){ first, 16 });
  uint64_t size;
  if (!sk_cursor_skip (&c, 4) || !rar5_take_vint (&c, &size) || size == 0 || size > RAR5_MAX_HEADER)
    return 0;
  return (uint64_t) (c.pos - first) + size;
}

bool
rar5_read_file (const Rar5Block *block, Rar5File *ret_file)
{
  SkCursor c = sk_cursor (block->body);
  uint64_t name;
  *ret_file = (Rar5File){ .flags = 0 };
  return rar5_take_vint (&c, &ret_file->flags) && rar5_take_vint (&c, &ret_file->size)
         && rar5_take_vint (&c, &ret_file->attributes)
         && ((ret_file->flags & RAR5_FILE_TIME) == 0 || sk_cursor_take_u32le (&c, &ret_file->time))
         && ((ret_file->flags & RAR5_FILE_CRC) == 0 || sk_cursor_take_u32le (&c, &ret_file->crc))
         && rar5_take_vint (&c, &ret_file->method) && rar5_take_vint (&c, &ret_file->system)
         && rar5_take_vint (&c, &name) && name <= sk_cursor_left (&c)
         && sk_cursor_take (&c, (size_t) name, &ret_file->name);
}

/* The next record: all of it, its type, and what is behind the type. */
static bool
take_record (SkCursor *cursor, SkSpan *ret_whole, uint64_t *ret_type, SkCursor *ret_record)
{
  const uint8_t *from = cursor->pos;
  uint64_t size;
  if (sk_cursor_left (cursor) == 0 || !rar5_take_vint (cursor, &size)
      || size > sk_cursor_left (cursor) || !sk_cursor_sub (cursor, (size_t) size, ret_record)
      || !rar5_take_vint (ret_record, ret_type))
    return false;
  *ret_whole = (SkSpan){ from, (size_t) (cursor->pos - from) };
  return true;
}

bool
rar5_find_record (const Rar5Block *block, uint64_t type, SkCursor *ret_record)
{
  SkCursor c = sk_cursor (block->extra), record;
  SkSpan whole;
  uint64_t found;
  while (take_record (&c, &whole, &found, &record))
    if (found == type)
      {
        *ret_record = record;
        return true;
      }
  return false;
}

bool
rar5_read_crypt (SkCursor *cursor, bool with_iv, Rar5Crypt *ret_crypt)
{
  SkSpan salt, iv = { NULL, 0 }, check, sum;
  uint8_t digest[32];
  *ret_crypt = (Rar5Crypt){ .derivation = { .kind = ARCHIVE_KIND_RAR5, .salt_size = 16 } };
  if (!rar5_take_vint (cursor, &ret_crypt->version) || !rar5_take_vint (cursor, &ret_crypt->flags)
      || !sk_cursor_take_u8 (cursor, &ret_crypt->derivation.power)
      || !sk_cursor_take (cursor, 16, &salt) || (with_iv && !sk_cursor_take (cursor, 16, &iv)))
    return false;
  memcpy (ret_crypt->derivation.salt, salt.data, 16);
  if (with_iv)
    memcpy (ret_crypt->iv, iv.data, 16);
  if ((ret_crypt->flags & 1) == 0)
    return true;
  if (!sk_cursor_take (cursor, 8, &check) || !sk_cursor_take (cursor, 4, &sum))
    return false;
  ret_crypt->has_check
      = archive_crypt_sha256 (check, digest) && memcmp (digest, sum.data, sum.size) == 0;
  memcpy (ret_crypt->check, check.data, 8);
  return true;
}

/* A packed block: flags (bits 3 and 4: bytes of size less one, 40h: the last), a sum, the size. */
bool
rar5_packed_end (Rar5ReadFunc read, void *data, uint64_t size, ArchivePayFunc pay, void *pay_data,
                 uint64_t *ret_end)
{
  uint64_t offset = 0;
  for (unsigned i = 1; offset < size; i++)
    {
      uint8_t b[8];
      if (!read (data, offset, b) || (i % 64 == 0 && !pay (1, pay_data)))
        return false;
      unsigned n = (b[0] >> 3 & 3) + 1;
      uint8_t sum = 0x5a ^ b[0];
      uint64_t length = 0;
      for (unsigned j = 0; j < n; j++)
        {
          sum ^= b[2 + j];
          length |= (uint64_t) b[2 + j] << 8 * j;
        }
      if (n > 3 || sum != b[1] || size - offset < 2 + n || length > size - offset - 2 - n)
        return false;
      offset += 2 + n + length;
      if ((b[0] & 0x40) != 0)
        {
          *ret_end = offset;
          return true;
        }
    }
  return false;
}

/* ---- writing ---- */

static void
put_vint (GByteArray *out, uint64_t number)
{
  uint8_t byte;
  do
    {
      byte = (uint8_t) (number & 0x7f);
      number >>= 7;
      byte |= number != 0 ? 0x80 : 0;
      g_byte_array_append (out, &byte, 1);
    }
  while (number != 0);
}

static void
put_u32 (GByteArray *out, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const uint8_t *) &value, 4);
}

static void
put_span (GByteArray *out, SkSpan span)
{
  if (span.size > 0)
    g_byte_array_append (out, span.data, (guint) span.size);
}

/* Size and sum before a header. */
static void
put_header (GByteArray *out, const GByteArray *header)
{
  g_autoptr (GByteArray) sized = g_byte_array_new ();
  put_vint (sized, header->len);
  g_byte_array_append (sized, header->data, header->len);
  put_u32 (out, (uint32_t) crc32_z (0, sized->data, sized->len));
  g_byte_array_append (out, sized->data, sized->len);
}

static void
put_records (GByteArray *out, const Rar5Block *block, bool without_hash)
{
  SkCursor c = sk_cursor (block->extra), record;
  SkSpan whole;
  uint64_t type;
  while (take_record (&c, &whole, &type, &record))
    if (type != RECORD_CRYPT && !(type == RECORD_HASH && without_hash))
      put_span (out, whole);
}

void
rar5_put_file (GByteArray *out, const Rar5Block *block, const Rar5File *file,
               const Rar5Rewrite *rewrite)
{
  g_autoptr (GByteArray) header = g_byte_array_new (), extra = g_byte_array_new ();
  uint64_t flags = file->flags & ~(uint64_t) RAR5_FILE_CRC;
  put_records (extra, block, rewrite->without_hash);
  put_vint (header, RAR5_FILE);
  put_vint (header, (block->flags & ~(uint64_t) (FLAG_EXTRA | RAR5_SPLIT)) | FLAG_DATA
                        | (extra->len > 0 ? FLAG_EXTRA : 0));
  if (extra->len > 0)
    put_vint (header, extra->len);
  put_vint (header, rewrite->data_size);
  put_vint (header, flags);
  put_vint (header, file->size);
  put_vint (header, file->attributes);
  if ((flags & RAR5_FILE_TIME) != 0)
    put_u32 (header, file->time);
  put_vint (header, rewrite->stored ? file->method & ~(uint64_t) (RAR5_METHOD_PACKED | RAR5_METHOD_SOLID)
                                    : file->method);
  put_vint (header, file->system);
  put_vint (header, file->name.size);
  put_span (header, file->name);
  g_byte_array_append (header, extra->data, extra->len);
  put_header (out, header);
}

void
rar5_put_main (GByteArray *out, const Rar5Block *block)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  put_vint (header, RAR5_MAIN);
  put_vint (header, 0);
  if (block != NULL)
    put_span (header, block->body);
  else
    put_vint (header, 0);
  put_header (out, header);
}

void
rar5_put_end (GByteArray *out)
{
  static const uint8_t end[] = { RAR5_END, 0, 0 };
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_byte_array_append (header, end, sizeof end);
  put_header (out, header);
}
