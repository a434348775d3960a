/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Headers of a zip archive.
 *
 *   local    PK\3\4  needed flags method time date crc packed size n m | name[n] extra[m]
 *   central  PK\1\2  made-by needed flags method time date crc packed size n m k disk internal
 *            external place | name[n] extra[m] comment[k]
 *   extra    (id length data[length])*
 *
 * Little-endian; crc, packed, size, external, place are 32 bits, the others 16.
 * Of packed, size, place and disk those that are all ones stand in extra field
 * 0x0001, in the order size, packed, place, disk, 64 bits each (disk: 32).
 */
#include "config.h"

#include "zip-header.h"

#include <glib.h>
#include <zlib.h>

#define MAGIC_LOCAL 0x04034b50u
#define MAGIC_CENTRAL 0x02014b50u
#define MAGIC_DESCRIPTOR 0x08074b50u

#define EXTRA_ZIP64 0x0001
#define EXTRA_NTFS 0x000a
#define EXTRA_TIME 0x5455
#define EXTRA_UNICODE_NAME 0x7075
#define EXTRA_AES 0x9901
/** "AE" */
#define AES_VENDOR 0x4541

#define SECOND G_GINT64_CONSTANT (1000000000)

const char *const zip_diff_names[ZIP_N_DIFFS]
    = { "name", "method", "encryption", "crc", "size", "packed-size", "time", "local-header", "count",
        "unicode-name" };

SkCursor
zip_at (SkSpan bytes, uint64_t offset)
{
  return sk_cursor (offset < bytes.size
                        ? sk_span_slice (bytes, (size_t) offset, bytes.size - (size_t) offset)
                        : (SkSpan){ bytes.data, 0 });
}

bool
zip_has_mark (SkSpan bytes, uint64_t offset, const char *mark)
{
  SkCursor cursor = zip_at (bytes, offset);
  SkSpan found;
  return sk_cursor_take (&cursor, strlen (mark), &found)
         && sk_span_equal (found, sk_span_of_text (mark));
}

/* ---- extra fields ---- */

static bool
next_field (SkCursor *cursor, uint16_t *ret_id, SkCursor *ret_data)
{
  uint16_t length;
  return sk_cursor_take_u16le (cursor, ret_id) && sk_cursor_take_u16le (cursor, &length)
         && sk_cursor_sub (cursor, length, ret_data);
}

static bool
find_field (SkSpan extra, uint16_t wanted, SkCursor *ret_data)
{
  SkCursor cursor = sk_cursor (extra);
  uint16_t id;
  while (next_field (&cursor, &id, ret_data))
    if (id == wanted)
      return true;
  return false;
}

/* A field that is too short leaves the values that were read as they were. */
static void
read_zip64 (ZipHeader *header)
{
  SkCursor data;
  bool size = header->size == UINT32_MAX, packed = header->packed == UINT32_MAX,
       place = header->place == UINT32_MAX;
  if ((!size && !packed && !place) || !find_field (header->extra, EXTRA_ZIP64, &data))
    return;
  if (size && !sk_cursor_take_u64le (&data, &header->size))
    return;
  if (packed && !sk_cursor_take_u64le (&data, &header->packed))
    return;
  if (!header->local && place)
    sk_cursor_take_u64le (&data, &header->place);
}

/* Version 1, CRC-32 of the name that it is for, the name in UTF-8. */
static void
read_unicode_name (const ZipHeader *header, SkCursor data, ZipExtra *extra)
{
  uint8_t version;
  uint32_t crc;
  if (extra->unicode_name.size > 0 || !sk_cursor_take_u8 (&data, &version) || version != 1
      || !sk_cursor_take_u32le (&data, &crc)
      || crc != crc32_z (0, header->name.data, header->name.size))
    return;
  sk_cursor_take (&data, sk_cursor_left (&data), &extra->unicode_name);
}

/* Version, "AE", strength, method. */
static void
read_aes (SkCursor data, ZipExtra *extra)
{
  uint16_t version, vendor, method;
  uint8_t strength;
  if (extra->aes || !sk_cursor_take_u16le (&data, &version) || !sk_cursor_take_u16le (&data, &vendor)
      || vendor != AES_VENDOR || !sk_cursor_take_u8 (&data, &strength)
      || !sk_cursor_take_u16le (&data, &method))
    return;
  extra->aes = true;
  extra->aes_version = version;
  extra->aes_strength = strength;
  extra->aes_method = method;
}

/* Reserved, then (tag length data)*; tag 1 begins with the time of the last writing, in 100 ns since
 * 1601. */
static void
read_ntfs (SkCursor data, ZipExtra *extra)
{
  static const uint64_t from_1601_to_1970 = G_GUINT64_CONSTANT (116444736000000000);
  uint16_t tag;
  SkCursor value;
  uint64_t time;
  if (!sk_cursor_skip (&data, 4))
    return;
  while (next_field (&data, &tag, &value))
    if (tag == 1 && sk_cursor_take_u64le (&value, &time) && time > from_1601_to_1970
        && time - from_1601_to_1970 < INT64_MAX / 100)
      extra->mtime = (int64_t) (time - from_1601_to_1970) * 100;
}

/* Bits that tell which times follow; the first is that of the last writing. */
static void
read_time (SkCursor data, ZipExtra *extra)
{
  uint8_t which;
  uint32_t time;
  if (sk_cursor_take_u8 (&data, &which) && (which & 1) != 0 && sk_cursor_take_u32le (&data, &time))
    extra->mtime = (int64_t) (int32_t) time * SECOND;
}

/* Of fields that are there twice the first counts, of zip64 as well. */
void
zip_extra_read (const ZipHeader *header, ZipExtra *ret_extra)
{
  SkCursor cursor = sk_cursor (header->extra), data;
  uint16_t id;
  *ret_extra = (ZipExtra){ .aes = false };
  while (next_field (&cursor, &id, &data))
    switch (id)
      {
      case EXTRA_UNICODE_NAME:
        read_unicode_name (header, data, ret_extra);
        break;
      case EXTRA_AES:
        read_aes (data, ret_extra);
        break;
      case EXTRA_NTFS:
        read_ntfs (data, ret_extra);
        break;
      case EXTRA_TIME:
        read_time (data, ret_extra);
        break;
      default:
        break;
      }
}

/* ---- headers ---- */

/* What both kinds have, from `needed` to the length of the extra field. */
static bool
take_common (SkCursor *cursor, ZipHeader *header, uint16_t *ret_name, uint16_t *ret_extra)
{
  uint32_t packed, size;
  if (!sk_cursor_take_u16le (cursor, &header->needed)
      || !sk_cursor_take_u16le (cursor, &header->flags)
      || !sk_cursor_take_u16le (cursor, &header->method)
      || !sk_cursor_take_u16le (cursor, &header->time)
      || !sk_cursor_take_u16le (cursor, &header->date)
      || !sk_cursor_take_u32le (cursor, &header->crc) || !sk_cursor_take_u32le (cursor, &packed)
      || !sk_cursor_take_u32le (cursor, &size) || !sk_cursor_take_u16le (cursor, ret_name)
      || !sk_cursor_take_u16le (cursor, ret_extra))
    return false;
  header->packed = packed;
  header->size = size;
  return true;
}

bool
zip_header_local (SkSpan bytes, uint64_t offset, ZipHeader *ret_header)
{
  SkCursor cursor = zip_at (bytes, offset);
  const uint8_t *start = cursor.pos;
  ZipHeader h = { .offset = offset, .local = true, .place = offset };
  uint32_t magic;
  uint16_t name, extra;
  if (!sk_cursor_take_u32le (&cursor, &magic) || magic != MAGIC_LOCAL
      || !take_common (&cursor, &h, &name, &extra) || !sk_cursor_take (&cursor, name, &h.name)
      || !sk_cursor_take (&cursor, extra, &h.extra))
    return false;
  h.length = (uint64_t) (cursor.pos - start);
  read_zip64 (&h);
  *ret_header = h;
  return true;
}

bool
zip_header_central (SkSpan bytes, uint64_t offset, ZipHeader *ret_header)
{
  SkCursor cursor = zip_at (bytes, offset);
  const uint8_t *start = cursor.pos;
  ZipHeader h = { .offset = offset };
  uint32_t magic, place;
  uint16_t made_by, name, extra, comment;
  if (!sk_cursor_take_u32le (&cursor, &magic) || magic != MAGIC_CENTRAL
      || !sk_cursor_take_u16le (&cursor, &made_by) || !take_common (&cursor, &h, &name, &extra)
      || !sk_cursor_take_u16le (&cursor, &comment) || !sk_cursor_skip (&cursor, 4) || !sk_cursor_take_u32le (&cursor, &h.external)
      || !sk_cursor_take_u32le (&cursor, &place) || !sk_cursor_take (&cursor, name, &h.name)
      || !sk_cursor_take (&cursor, extra, &h.extra)
      || !sk_cursor_skip (&cursor, comment))
    return false;
  h.length = (uint64_t) (cursor.pos - start);
  h.host = (uint8_t) (made_by >> 8);
  h.place = place;
  read_zip64 (&h);
  *ret_header = h;
  return true;
}

bool
zip_header_has_method (const ZipHeader *header)
{
  return header->method <= 20 || (header->method >= 93 && header->method <= 99);
}

bool
zip_header_is_likely (const ZipHeader *header)
{
  for (size_t i = 0; i < header->name.size; i++)
    if (header->name.data[i] < 0x20)
      return false;
  return zip_header_has_method (header) && (header->needed & 0xff) <= 99 && header->name.size > 0
         && (header->extra.size == 0 || header->extra.size >= 4);
}

/* ---- time ---- */

/* Days since 1970 of a date of the Gregorian calendar, by eras of 400 years from March on. */
static int64_t
days_of (int64_t year, int64_t month, int64_t day)
{
  year -= month <= 2;
  int64_t era = year / 400, of_era = year % 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t
zip_header_mtime (const ZipHeader *header, const ZipExtra *extra)
{
  int month = header->date >> 5 & 15, day = header->date & 31;
  if (extra->mtime != 0)
    return extra->mtime;
  if (month < 1 || month > 12 || day < 1)
    return 0;
  int64_t days = days_of (1980 + (header->date >> 9), month, day);
  int64_t seconds
      = (header->time >> 11) * 3600 + (header->time >> 5 & 63) * 60 + (header->time & 31) * 2;
  return (days * 86400 + seconds) * SECOND;
}

/* ---- comparing ---- */

/* Writers that stream leave zeros, or ones where they foresee zip64. */
static bool
is_left_open (const ZipHeader *local, uint64_t value)
{
  return (local->flags & ZIP_FLAG_STREAMED) != 0 && (value == 0 || value == UINT32_MAX);
}

uint32_t
zip_header_compare (const ZipHeader *central, const ZipHeader *local)
{
  const uint32_t encryption = ZIP_FLAG_ENCRYPTED | ZIP_FLAG_STRONG;
  uint32_t differs = 0;
  if (!sk_span_equal (central->name, local->name))
    differs |= ZIP_DIFF_NAME;
  if (central->method != local->method)
    differs |= ZIP_DIFF_METHOD;
  if (((central->flags ^ local->flags) & encryption) != 0)
    differs |= ZIP_DIFF_ENCRYPTION;
  if (central->crc != local->crc && !is_left_open (local, local->crc))
    differs |= ZIP_DIFF_CRC;
  if (central->size != local->size && !is_left_open (local, local->size))
    differs |= ZIP_DIFF_SIZE;
  if (central->packed != local->packed && !is_left_open (local, local->packed))
    differs |= ZIP_DIFF_PACKED;
  if (central->time != local->time || central->date != local->date)
    differs |= ZIP_DIFF_TIME;
  return differs;
}

/* [PK\7\8] crc packed size, the sizes of 32 or 64 bits. */
uint64_t
zip_descriptor_length (SkSpan bytes, uint64_t offset, uint32_t crc, uint64_t packed, uint64_t size)
{
  SkCursor cursor = zip_at (bytes, offset), narrow, wide;
  uint32_t found, packed32, size32;
  uint64_t mark = 0, packed64, size64;
  if (!sk_cursor_take_u32le (&cursor, &found))
    return 0;
  if (found == MAGIC_DESCRIPTOR)
    {
      mark = 4;
      if (!sk_cursor_take_u32le (&cursor, &found))
        return 0;
    }
  narrow = wide = cursor;
  if (found != crc)
    return 0;
  if (sk_cursor_take_u64le (&wide, &packed64) && sk_cursor_take_u64le (&wide, &size64)
      && packed64 == packed && size64 == size)
    return mark + 20;
  if (sk_cursor_take_u32le (&narrow, &packed32) && sk_cursor_take_u32le (&narrow, &size32)
      && packed32 == (uint32_t) packed && size32 == (uint32_t) size)
    return mark + 12;
  return 0;
}

uint64_t
zip_descriptor_at (SkSpan bytes, uint64_t offset, uint64_t packed, uint32_t *ret_crc, uint64_t *ret_size)
{
  SkCursor cursor = zip_at (bytes, offset), narrow;
  uint32_t mark, crc, packed32, size32;
  uint64_t packed64, size64;
  if (!sk_cursor_take_u32le (&cursor, &mark) || mark != MAGIC_DESCRIPTOR
      || !sk_cursor_take_u32le (&cursor, &crc))
    return 0;
  narrow = cursor;
  bool wide = sk_cursor_take_u64le (&cursor, &packed64) && sk_cursor_take_u64le (&cursor, &size64)
              && packed64 == packed;
  if (!wide
      && !(sk_cursor_take_u32le (&narrow, &packed32) && sk_cursor_take_u32le (&narrow, &size32)
           && packed32 == packed))
    return 0;
  *ret_crc = crc;
  *ret_size = wide ? size64 : size32;
  return wide ? 24 : 16;
}
