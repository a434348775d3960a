/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * End records.
 *
 *   end      PK\5\6  u16 disk, u16 disk of directory, u16 count here, u16 count, u32 size of the
 *            directory, u32 its place, u16 n | comment[n]
 *   locator  PK\6\7  u32 disk, u64 place of the record, u32 disks; 20 bytes before the end record
 *   record   PK\6\6  u64 length of what follows, u16 made by, u16 needed, u32 disk, u32 disk of
 *            directory, u64 count here, u64 count, u64 size, u64 place | in version 2 how the
 *            directory is compressed and encrypted
 *
 * Places count from the beginning of the archive, which need not be that of the
 * file. Some programs subtract the directory's size from where the end record
 * stands, others take the place as it is; some read zip64 records only where the
 * end record holds ones. All of these are ways.
 */
#include "config.h"

#include "zip-end.h"

#include <glib.h>

#define MAGIC_END 0x06054b50u
#define MAGIC_LOCATOR 0x07064b50u
#define MAGIC_RECORD 0x06064b50u
#define LOCATOR_LENGTH 20
#define RECORD_LENGTH 56

/** What a record says of a directory. */
typedef struct Said {
  uint64_t count, size, place;
} Said;

static void
add_way (SkSpan bytes, ZipEnd *end, uint64_t start, uint64_t base, const Said *said)
{
  if (start >= end->record)
    return;
  /* The extra data record stands before an encrypted directory. */
  end->encrypted |= zip_has_mark (bytes, start, "PK\6\10");
  if (!zip_has_mark (bytes, start, "PK\1\2") || end->n_ways == ZIP_MAX_WAYS)
    return;
  for (unsigned i = 0; i < end->n_ways; i++)
    if (end->ways[i].start == start)
      return;
  end->ways[end->n_ways++] = (ZipWay){ start, base, said->count };
}

/* By the size, which ends where `behind` begins; then by the place. */
static void
add_ways (SkSpan bytes, ZipEnd *end, uint64_t behind, const Said *said)
{
  if (said->size <= behind)
    {
      uint64_t start = behind - said->size;
      add_way (bytes, end, start, start - said->place, said);
    }
  add_way (bytes, end, said->place, 0, said);
}

static bool
read_record (SkSpan bytes, uint64_t offset, Said *ret_said, uint64_t *ret_length, bool *ret_encrypted)
{
  SkCursor cursor = zip_at (bytes, offset);
  uint32_t magic;
  uint64_t length;
  uint16_t made_by, compressed = 0;
  if (!sk_cursor_take_u32le (&cursor, &magic) || magic != MAGIC_RECORD
      || !sk_cursor_take_u64le (&cursor, &length) || !sk_cursor_take_u16le (&cursor, &made_by)
      || !sk_cursor_skip (&cursor, 2 + 4 + 4 + 8)
      || !sk_cursor_take_u64le (&cursor, &ret_said->count)
      || !sk_cursor_take_u64le (&cursor, &ret_said->size)
      || !sk_cursor_take_u64le (&cursor, &ret_said->place))
    return false;
  /* Version 2: method, packed size, size, cipher, … */
  *ret_length = length;
  *ret_encrypted = length >= 44 + 28 && sk_cursor_take_u16le (&cursor, &compressed)
                   && sk_cursor_skip (&cursor, 16) && sk_cursor_take_u16le (&cursor, &made_by)
                   && made_by != 0;
  return true;
}

/* The record stands where the locator says, that far behind the archive's beginning, or directly
 * before the locator. */
static bool
find_record (SkSpan bytes, uint64_t locator, uint64_t told, const Said *narrow, uint64_t *ret_offset)
{
  uint64_t base = locator + LOCATOR_LENGTH - narrow->size - narrow->place;
  uint64_t places[] = { told, locator - RECORD_LENGTH, told + base };
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (places[i] < locator && zip_has_mark (bytes, places[i], "PK\6\6"))
      {
        *ret_offset = places[i];
        return true;
      }
  return false;
}

static bool
read_zip64 (SkSpan bytes, ZipEnd *end, const Said *narrow, Said *ret_wide)
{
  uint64_t locator = end->record - LOCATOR_LENGTH, told, record, length;
  SkCursor cursor = zip_at (bytes, locator);
  uint32_t magic;
  if (end->record < LOCATOR_LENGTH || !sk_cursor_take_u32le (&cursor, &magic)
      || magic != MAGIC_LOCATOR || !sk_cursor_skip (&cursor, 4)
      || !sk_cursor_take_u64le (&cursor, &told)
      || !find_record (bytes, locator, told, narrow, &record)
      || !read_record (bytes, record, ret_wide, &length, &end->encrypted))
    return false;
  uint64_t room = locator - record;
  bool believable = room >= 12 && length <= room - 12;
  end->wide = record;
  end->wide_end = record + (believable ? 12 + length : MIN (room, RECORD_LENGTH));
  end->start = locator;
  return true;
}

bool
zip_end_read (SkSpan bytes, uint64_t offset, ZipEnd *ret_end)
{
  SkCursor cursor = zip_at (bytes, offset);
  ZipEnd end = { .record = offset, .start = offset };
  Said narrow, wide;
  uint32_t magic, size, place;
  uint16_t disk, count, comment;
  if (!sk_cursor_take_u32le (&cursor, &magic) || magic != MAGIC_END
      || !sk_cursor_take_u16le (&cursor, &disk) || !sk_cursor_skip (&cursor, 4)
      || !sk_cursor_take_u16le (&cursor, &count) || !sk_cursor_take_u32le (&cursor, &size)
      || !sk_cursor_take_u32le (&cursor, &place) || !sk_cursor_take_u16le (&cursor, &comment))
    return false;
  narrow = (Said){ count, size, place };
  end.comment = sk_span_slice (bytes, (size_t) offset + 22, comment);
  end.end = offset + 22 + end.comment.size;
  end.cut = end.comment.size < comment;
  end.disk = disk == UINT16_MAX ? 0 : disk;
  if (read_zip64 (bytes, &end, &narrow, &wide))
    {
      add_ways (bytes, &end, end.wide, &wide);
      add_ways (bytes, &end, end.wide, &narrow);
    }
  add_ways (bytes, &end, offset, &narrow);
  end.empty = end.n_ways == 0 && count == 0 && size == 0;
  *ret_end = end;
  return true;
}
