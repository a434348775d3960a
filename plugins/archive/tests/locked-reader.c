/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * libarchive over a plain archive of segments.
 */
#include "config.h"

#include "locked-reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

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

static void
free_entry (void *data)
{
  LockedEntry *entry = data;
  g_free (entry->name);
  g_free (entry->error);
  g_free (entry);
}

static LockedEntry *
read_entry (struct archive *archive, struct archive_entry *from, bool locked)
{
  LockedEntry *entry = g_new0 (LockedEntry, 1);
  uint8_t piece[4096];
  la_ssize_t got = 0;
  const char *name = archive_entry_pathname_utf8 (from);
  entry->name = g_strdup (name != NULL ? name : "");
  entry->is_file = archive_entry_filetype (from) == AE_IFREG;
  while (!locked && entry->is_file && (got = archive_read_data (archive, piece, sizeof piece)) > 0)
    {
      entry->crc = (uint32_t) crc32_z (entry->crc, piece, (size_t) got);
      entry->size += (uint64_t) got;
    }
  if (got < 0)
    {
      const char *error = archive_error_string (archive);
      entry->error = g_strdup (error != NULL ? error : "?");
    }
  return entry;
}

GPtrArray *
locked_read (const ArchiveLocked *locked, ArchivePlain *plain, char **ret_error)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (free_entry);
  Reader reader = { plain, 0 };
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  archive_read_support_format_7zip (archive);
  archive_read_support_format_rar (archive);
  archive_read_support_format_rar5 (archive);
  archive_read_set_read_callback (archive, on_read);
  archive_read_set_seek_callback (archive, on_seek);
  archive_read_set_callback_data (archive, &reader);
  int status = archive_read_open1 (archive);
  while (status >= ARCHIVE_WARN && status != ARCHIVE_EOF)
    {
      ArchiveMember member = { .encrypted = false };
      status = archive_read_next_header (archive, &entry);
      if (status < ARCHIVE_WARN || status == ARCHIVE_EOF)
        break;
      archive_locked_member (locked, entries->len, &member);
      g_ptr_array_add (entries, read_entry (archive, entry, member.locked));
    }
  if (ret_error != NULL)
    *ret_error = status < ARCHIVE_OK ? g_strdup (archive_error_string (archive)) : NULL;
  archive_read_free (archive);
  return entries;
}

const char *
locked_judge (const ArchiveLocked *locked, uint64_t index, const LockedEntry *entry)
{
  ArchiveMember member;
  if (!archive_locked_member (locked, index, &member))
    return "unknown";
  if (member.locked)
    return "locked";
  if (entry->error != NULL)
    return "broken";
  if (entry->is_file && member.size != UINT64_MAX && member.size != entry->size)
    return "bad-size";
  if (member.check_sum && !archive_locked_sum (locked, index, entry->crc))
    return "bad-sum";
  return member.encrypted ? "opened" : "plain";
}
