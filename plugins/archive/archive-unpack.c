/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * libarchive over segments, for one member.
 */
#include "config.h"

#include "archive-unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

/* Bytes handed to libarchive at one time. */
#define MAX_RUN ((size_t) 1024 * 1024)
#define PIECE ((size_t) 64 * 1024)
/* Units of making a reader, which may find at the first byte that there is nothing for it. */
#define OPEN_UNITS 64

typedef struct Reader {
  ArchivePlain *plain;
  uint64_t offset;
} Reader;

static la_ssize_t
on_read (struct archive *archive, void *data, const void **ret_buffer)
{
  Reader *reader = data;
  (void) archive;
  SkSpan run = archive_plain_peek (reader->plain, reader->offset);
  run.size = MIN (run.size, MAX_RUN);
  reader->offset += run.size;
  *ret_buffer = run.data;
  return (la_ssize_t) run.size;
}

static la_int64_t
on_seek (struct archive *archive, void *data, la_int64_t offset, int whence)
{
  Reader *reader = data;
  int64_t size = (int64_t) archive_plain_size (reader->plain);
  int64_t from = whence == SEEK_END ? size : whence == SEEK_CUR ? (int64_t) reader->offset : 0;
  (void) archive;
  if (offset < -from || offset > size - from)
    return ARCHIVE_FATAL;
  reader->offset = (uint64_t) (from + offset);
  return from + offset;
}

static la_int64_t
on_skip (struct archive *archive, void *data, la_int64_t wanted)
{
  Reader *reader = data;
  uint64_t left = archive_plain_size (reader->plain) - reader->offset;
  (void) archive;
  if (wanted < 0)
    return 0;
  uint64_t skipped = MIN ((uint64_t) wanted, left);
  reader->offset += skipped;
  return (la_int64_t) skipped;
}

static bool
open_first (struct archive *archive, ArchiveKind kind, Reader *reader)
{
  struct archive_entry *entry;
  int supported = kind == ARCHIVE_KIND_7Z     ? archive_read_support_format_7zip (archive)
                  : kind == ARCHIVE_KIND_RAR5 ? archive_read_support_format_rar5 (archive)
                                              : archive_read_support_format_rar (archive);
  if (supported != ARCHIVE_OK)
    return false;
  archive_read_set_read_callback (archive, on_read);
  archive_read_set_seek_callback (archive, on_seek);
  archive_read_set_skip_callback (archive, on_skip);
  archive_read_set_callback_data (archive, reader);
  return archive_read_open1 (archive) == ARCHIVE_OK
         && archive_read_next_header (archive, &entry) >= ARCHIVE_WARN;
}

typedef struct Taken {
  uint64_t size;
  uint32_t crc;
  GByteArray *bytes; /* NULL: not wanted */
} Taken;

static ArchiveUnpack
read_all (struct archive *archive, uint64_t limit, ArchivePayFunc pay, void *data, Taken *taken)
{
  g_autofree uint8_t *piece = g_malloc (PIECE);
  while (taken->size < limit)
    {
      la_ssize_t got
          = archive_read_data (archive, piece, (size_t) MIN ((uint64_t) PIECE, limit - taken->size));
      if (got < 0)
        return ARCHIVE_UNPACK_BROKEN;
      if (got == 0)
        break;
      taken->size += (uint64_t) got;
      taken->crc = (uint32_t) crc32_z (taken->crc, piece, (size_t) got);
      if (taken->bytes != NULL)
        g_byte_array_append (taken->bytes, piece, (guint) got);
      if (!pay ((uint64_t) got / 1024 + 1, data))
        return ARCHIVE_UNPACK_LIMIT;
    }
  return ARCHIVE_UNPACK_DONE;
}

ArchiveUnpack
archive_unpack_first (ArchivePlain *plain, ArchiveKind kind, uint64_t limit, ArchivePayFunc pay,
                      void *data, uint64_t *ret_size, uint32_t *ret_crc, GByteArray **ret_bytes)
{
  Reader reader = { plain, 0 };
  if (!pay (OPEN_UNITS, data))
    return ARCHIVE_UNPACK_LIMIT;
  struct archive *archive = archive_read_new ();
  if (archive == NULL)
    return ARCHIVE_UNPACK_FAILED;
  Taken taken = { .bytes = ret_bytes != NULL ? g_byte_array_new () : NULL };
  ArchiveUnpack result = ARCHIVE_UNPACK_BROKEN;
  if (open_first (archive, kind, &reader))
    result = read_all (archive, limit, pay, data, &taken);
  archive_read_free (archive);
  if (result == ARCHIVE_UNPACK_DONE)
    {
      *ret_size = taken.size;
      *ret_crc = taken.crc;
      if (ret_bytes != NULL)
        *ret_bytes = g_steal_pointer (&taken.bytes);
    }
  if (taken.bytes != NULL)
    g_byte_array_unref (taken.bytes);
  return result;
}
