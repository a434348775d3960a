/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Programs that unpack themselves: the archive stands behind the last section
 * of the PE file, or, as IExpress has it, in its resources. An ELF file is
 * searched from its beginning.
 *
 * Only the place is found here. Programs contain the marks of the formats that
 * they read, so a mark counts only with a header behind it that makes sense.
 */
#include "config.h"

#include "archive-job.h"
#include "archive-rar4.h"
#include "archive-rar5.h"

#include <string.h>
#include <zlib.h>

/* Behind the sections stand a module's settings and little more before the archive. */
#define MAX_SEARCH ((size_t) 16 * 1024 * 1024)
/* More than this many Windows does not load. */
#define MAX_SECTIONS 96
/* A first block of a RAR is taken for one up to this size: its sum is made at each mark. */
#define MAX_FIRST ((size_t) 64 * 1024)

/* MZ, at 60 u32 offset of "PE\0\0"; then COFF: u16 machine, u16 sections, 12 bytes, u16 size of the
 * optional header, u16; sections of 40: name 8, sizes and places; u32 size in the file at 16, u32
 * place at 20. */
static bool
overlay_of (SkSpan program, size_t *ret_offset)
{
  SkCursor c = sk_cursor (program);
  uint32_t pe, magic;
  uint16_t count, optional;
  uint64_t end = 0;
  if (program.size < 64 || memcmp (program.data, "MZ", 2) != 0 || !sk_cursor_skip (&c, 60)
      || !sk_cursor_take_u32le (&c, &pe))
    return false;
  c = sk_cursor (sk_span_slice (program, pe, SIZE_MAX));
  if (!sk_cursor_take_u32le (&c, &magic) || magic != 0x4550 || !sk_cursor_skip (&c, 2)
      || !sk_cursor_take_u16le (&c, &count) || !sk_cursor_skip (&c, 12)
      || !sk_cursor_take_u16le (&c, &optional) || !sk_cursor_skip (&c, 2 + (size_t) optional))
    return false;
  for (unsigned i = 0; i < MIN (count, MAX_SECTIONS); i++)
    {
      uint32_t size, place;
      if (!sk_cursor_skip (&c, 16) || !sk_cursor_take_u32le (&c, &size)
          || !sk_cursor_take_u32le (&c, &place) || !sk_cursor_skip (&c, 16))
        return false;
      if (size > 0)
        end = MAX (end, (uint64_t) size + place);
    }
  if (end > program.size)
    return false;
  *ret_offset = (size_t) end;
  return true;
}

static bool
is_7z (SkSpan at)
{
  SkCursor c = sk_cursor (at);
  uint32_t crc;
  return at.size >= 32 && sk_cursor_skip (&c, 8) && sk_cursor_take_u32le (&c, &crc)
         && (uint32_t) crc32_z (0, at.data + 12, 20) == crc;
}

/* "MSCF", 0, u32 size, 0, u32 place of the first file, 0, version 3 and 1 */
static bool
is_cab (SkSpan at)
{
  SkCursor c = sk_cursor (at);
  uint32_t size, files;
  uint16_t version;
  return sk_cursor_skip (&c, 8) && sk_cursor_take_u32le (&c, &size) && sk_cursor_skip (&c, 4)
         && sk_cursor_take_u32le (&c, &files) && sk_cursor_skip (&c, 4)
         && sk_cursor_take_u16le (&c, &version) && version == 0x0103 && size >= 36
         && size <= at.size && files < size;
}

static bool
is_rar (SkSpan at, ArchiveId id)
{
  SkCursor c = sk_cursor (sk_span_slice (at, 0, MAX_FIRST));
  if (id == ARCHIVE_ID_RAR5)
    return sk_cursor_skip (&c, RAR5_SIGNATURE_SIZE) && rar5_take_block (&c, &(Rar5Block){ .type = 0 });
  return sk_cursor_skip (&c, RAR4_SIGNATURE_SIZE) && rar4_take_block (&c, &(Rar4Block){ .type = 0 });
}

static bool
is_archive (SkSpan at, ArchiveId id)
{
  return id == ARCHIVE_ID_7Z ? is_7z (at) : id == ARCHIVE_ID_CAB ? is_cab (at) : is_rar (at, id);
}

typedef struct Carried {
  ArchiveId id;
  size_t size;
  const char *mark;
} Carried;

static const Carried carried[] = {
  { ARCHIVE_ID_7Z, 6, "7z\xbc\xaf\x27\x1c" },
  { ARCHIVE_ID_RAR5, 8, "Rar!\x1a\7\1\0" },
  { ARCHIVE_ID_RAR4, 7, "Rar!\x1a\7\0" },
  { ARCHIVE_ID_CAB, 8, "MSCF\0\0\0\0" },
};

typedef struct Search {
  SkSpan program;
  ArchivePayFunc pay;
  void *data;
} Search;

static bool
find (const Search *s, size_t from, size_t to, const Carried *what, size_t *ret_offset)
{
  while (from < to)
    {
      const uint8_t *hit = memmem (s->program.data + from, to - from, what->mark, what->size);
      if (hit == NULL || !s->pay (MAX_FIRST / 1024, s->data))
        return false;
      size_t at = (size_t) (hit - s->program.data);
      if (is_archive (sk_span_slice (s->program, at, SIZE_MAX), what->id))
        {
          *ret_offset = at;
          return true;
        }
      from = at + 1;
    }
  return false;
}

/* The first of all that are there: a later one is a part of it, or stands behind it and is found so. */
ArchiveId
archive_in_program (SkSpan program, ArchivePayFunc pay, void *data, size_t *ret_offset)
{
  const Search search = { program, pay, data };
  size_t overlay, at;
  ArchiveId found = ARCHIVE_ID_NONE;
  if (program.size >= 4 && memcmp (program.data, "\x7f" "ELF", 4) == 0)
    overlay = 0;
  else if (!overlay_of (program, &overlay))
    return ARCHIVE_ID_NONE;
  size_t to = MIN (program.size, overlay + MAX_SEARCH);
  for (size_t i = 0; i < G_N_ELEMENTS (carried); i++)
    if (find (&search, overlay, to, &carried[i], &at))
      {
        found = carried[i].id;
        *ret_offset = at;
        to = at;
      }
  if (found == ARCHIVE_ID_NONE
      && find (&search, 0, MIN (overlay, MAX_SEARCH), &carried[3], ret_offset))
    found = ARCHIVE_ID_CAB;
  return found;
}
