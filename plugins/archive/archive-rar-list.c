/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the headers of a RAR say and libarchive passes over: whether it is solid
 * or a volume, its comment, the sums of its members, and alternate data streams
 * of NTFS, which some programs write wherever the stream's name leads
 * (CVE-2025-8088). A stream is a child like any member.
 *
 * Of archives with hidden names only the names of streams are told, once they are open.
 *
 *   service  a block like a file's (archive-rar5.h), its name says of what kind: "CMT" a comment, "STM" a
 *            stream; record 7 of its extra holds the stream's name, ":name:$DATA"
 *   RAR 4    block 7Ah, with the same names
 */
#include "config.h"

#include "archive-job.h"
#include "archive-rar4.h"
#include "archive-rar5.h"

#include <archive_entry.h>
#include <string.h>

#define MAX_LISTED 1000000
/* Different streams that are told by name. */
#define MAX_NAMES 64
#define MAX_COMMENT ((size_t) 64 * 1024)
#define STREAM_BASE (UINT64_C (1) << 60)

enum { RAR5_MAIN_VOLUME = 1, RAR5_MAIN_SOLID = 4, RAR4_MAIN_VOLUME = 1, RAR4_MAIN_SOLID = 8 };

typedef struct List {
  ArchiveJob *job;
  SkSpan archive;
  GHashTable *names; /* of streams, told */
  int64_t escapes;
  SkSpan owner; /* name of the file that a stream belongs to */
  bool first;   /* not yet told */
  bool main;    /* a main block was there */
} List;

/* ---- facts ---- */

static void
tell_main (List *list, bool volume, bool solid)
{
  ArchiveJob *job = list->job;
  job->solid |= solid;
  if (!list->first || list->main)
    return;
  list->main = true;
  if (solid)
    job->api->fact_bool (job->object, FACT_SOLID, true);
  if (!volume)
    return;
  job->api->fact_bool (job->object, FACT_VOLUME, true);
  archive_tell (list->job, SK_REASON_UNSUPPORTED,
                "%s: a part of a split archive; members that go on in other parts are incomplete",
                archive_traits (job->id)->name);
}

/* No stream of NTFS has a separator in its name: with one, it is a path. */
static bool
escapes (SkSpan name)
{
  return name.size > 0
         && (memchr (name.data, '\\', name.size) != NULL || memchr (name.data, '/', name.size) != NULL);
}

static void
tell_stream (List *list, SkSpan name)
{
  const ArchiveJob *job = list->job;
  g_autofree char *text = g_strndup ((const char *) name.data, name.size);
  list->escapes += escapes (name) ? 1 : 0;
  if (g_hash_table_contains (list->names, text) || g_hash_table_size (list->names) >= MAX_NAMES)
    return;
  job->api->fact_string (job->object, FACT_STREAMS, name);
  g_hash_table_add (list->names, g_steal_pointer (&text));
}

/* ---- streams ---- */

/* The service block becomes that of a file, in an archive of its own. */
static ArchivePlain *
stream_as_archive (const Rar5Block *block, const Rar5File *file, SkSpan data)
{
  static const uint8_t signature[RAR5_SIGNATURE_SIZE] = { 'R', 'a', 'r', '!', 0x1a, 7, 1, 0 };
  g_autoptr (GByteArray) head = g_byte_array_new (), end = g_byte_array_new ();
  const Rar5Rewrite rewrite = { .data_size = data.size };
  ArchivePlain *plain = archive_plain_new ();
  g_byte_array_append (head, signature, sizeof signature);
  rar5_put_main (head, NULL);
  rar5_put_file (head, block, file, &rewrite);
  rar5_put_end (end);
  archive_plain_memory (plain, (SkSpan){ head->data, head->len });
  archive_plain_raw (plain, data);
  archive_plain_memory (plain, (SkSpan){ end->data, end->len });
  return plain;
}

/* Named as Windows does: the file, and behind it the stream with its colon. */
static char *
stream_name (const List *list, SkSpan name)
{
  return g_strdup_printf ("%.*s%.*s", (int) MIN (list->owner.size, 4096),
                          (const char *) list->owner.data, (int) MIN (name.size, 4096),
                          (const char *) name.data);
}

static void
read_stream (List *list, const Rar5Block *block, const Rar5File *file, SkSpan name, SkSpan data)
{
  SkCursor record;
  g_autofree char *child = stream_name (list, name);
  if (rar5_find_record (block, 1, &record))
    {
      archive_tell (list->job, SK_REASON_ENCRYPTED, "%s: an encrypted stream is not opened", child);
      return;
    }
  g_autoptr (ArchivePlain) plain = stream_as_archive (block, file, data);
  ArchiveListed sum = { file->crc, (file->flags & RAR5_FILE_CRC) != 0 };
  ArchiveJob job = *list->job;
  ArchiveInput input = { .api = job.api, .object = job.object, .plain = plain };
  job.slot = NULL;
  job.base = STREAM_BASE + (uint64_t) (block->whole.data - list->archive.data);
  job.named = child;
  job.listed = g_array_append_vals (g_array_new (FALSE, FALSE, sizeof sum), &sum, 1);
  archive_walk (&job, &input, ARCHIVE_ID_RAR5, NULL);
  g_array_unref (job.listed);
  list->job->stopped |= job.stopped;
  list->job->partial |= job.partial;
}

static bool
is_named (SkSpan name, const char *text)
{
  return sk_span_equal (name, sk_span_of_text (text));
}

static void
read_service (List *list, const Rar5Block *block, SkSpan data)
{
  Rar5File file;
  SkCursor record;
  if (!list->first || !rar5_read_file (block, &file))
    return;
  if (is_named (file.name, "CMT") && (file.method & RAR5_METHOD_PACKED) == 0
      && !rar5_find_record (block, 1, &record))
    {
      size_t size = MIN (strnlen ((const char *) data.data, data.size), MAX_COMMENT);
      list->job->api->fact_string (list->job->object, FACT_COMMENT, sk_span_slice (data, 0, size));
    }
  if (!is_named (file.name, "STM"))
    return;
  SkSpan name = rar5_find_record (block, RAR5_RECORD_SERVICE, &record)
                    ? (SkSpan){ record.pos, sk_cursor_left (&record) }
                    : (SkSpan){ NULL, 0 };
  tell_stream (list, name);
  read_stream (list, block, &file, name, data);
}

/* ---- the two formats ---- */

/* What stands behind a broken header is not for libarchive, whose readers of RAR crash on some. */
static bool
take_sound (List *list, const SkCursor *cursor, bool taken)
{
  if (!taken)
    list->job->sound = (size_t) (cursor->pos - list->archive.data);
  return taken;
}

static void
add_listed (List *list, uint32_t crc, bool has_crc)
{
  ArchiveListed listed = { crc, has_crc };
  if (list->job->listed->len < MAX_LISTED)
    g_array_append_val (list->job->listed, listed);
}

static bool
read_rar5_file (List *list, const Rar5Block *block)
{
  Rar5File file;
  if (!rar5_read_file (block, &file))
    return false;
  list->owner = file.name;
  /* The sum of a member that goes on elsewhere is that of all of it. */
  add_listed (list, file.crc,
              (file.flags & RAR5_FILE_CRC) != 0 && (block->flags & RAR5_SPLIT) == 0);
  return true;
}

static void
list_rar5 (List *list)
{
  SkCursor c = sk_cursor (list->archive);
  Rar5Block block = { .type = 0 };
  SkSpan data;
  if (!sk_cursor_skip (&c, RAR5_SIGNATURE_SIZE))
    return;
  while (block.type != RAR5_END && block.type != RAR5_ENCRYPTION && !list->job->stopped)
    {
      const SkCursor before = c;
      if (!take_sound (list, &before, rar5_take_block (&c, &block)))
        break;
      SkCursor body = sk_cursor (block.body);
      uint64_t flags;
      if (block.type == RAR5_MAIN && rar5_take_vint (&body, &flags))
        tell_main (list, (flags & RAR5_MAIN_VOLUME) != 0, (flags & RAR5_MAIN_SOLID) != 0);
      if (block.type == RAR5_FILE && !take_sound (list, &before, read_rar5_file (list, &block)))
        break;
      data = sk_span_slice ((SkSpan){ c.pos, sk_cursor_left (&c) }, 0,
                            (size_t) MIN (block.data_size, SIZE_MAX));
      if (block.type == RAR5_SERVICE)
        read_service (list, &block, data);
      if (data.size < block.data_size || !sk_cursor_skip (&c, data.size))
        break;
    }
}

/* Streams of RAR 4 are told and not read. */
static void
read_rar4_service (List *list, const Rar4Block *block)
{
  Rar4File file;
  if (!list->first || !rar4_read_file (block, &file) || !is_named (file.name, "STM"))
    return;
  archive_tell (list->job, SK_REASON_UNSUPPORTED, "RAR 4: an alternate data stream is not read");
}

static void
list_rar4 (List *list)
{
  SkCursor c = sk_cursor (list->archive);
  Rar4Block block = { .type = 0 };
  if (!sk_cursor_skip (&c, RAR4_SIGNATURE_SIZE))
    return;
  while (block.type != RAR4_END)
    {
      const SkCursor before = c;
      Rar4File file;
      if (!take_sound (list, &before, rar4_take_block (&c, &block))
          || (block.type == RAR4_FILE && !take_sound (list, &before, rar4_read_file (&block, &file))))
        break;
      if (block.type == RAR4_MAIN)
        tell_main (list, (block.flags & RAR4_MAIN_VOLUME) != 0,
                   (block.flags & RAR4_MAIN_SOLID) != 0);
      if (block.type == RAR4_MAIN && (block.flags & RAR4_MAIN_HIDDEN) != 0)
        break;
      if (block.type == RAR4_SERVICE)
        read_rar4_service (list, &block);
      if (block.data_size > sk_cursor_left (&c)
          || !sk_cursor_skip (&c, (size_t) block.data_size))
        break;
    }
}

void
archive_rar_hidden_streams (ArchiveJob *job)
{
  List list = { .job = job,
                .names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  SkSpan name;
  uint64_t n = 0;
  for (; !job->slot->streams && archive_locked_stream (job->slot->locked, n, &name); n++)
    if (name.size > 0)
      tell_stream (&list, name);
  job->slot->streams |= n > 0;
  if (n > 0)
    archive_tell (job, SK_REASON_UNSUPPORTED,
                  "%s: %" G_GUINT64_FORMAT " alternate data streams in an archive with hidden names are not read",
                  archive_traits (job->id)->name, n);
  if (list.escapes > 0)
    job->api->fact_int (job->object, FACT_STREAM_ESCAPES, list.escapes);
  g_hash_table_unref (list.names);
}

void
archive_rar_list (ArchiveJob *job)
{
  List list = { .job = job,
                .archive = sk_span_slice (job->bytes, job->offset, SIZE_MAX),
                .names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                .first = !job->slot->told };
  job->listed = g_array_new (FALSE, FALSE, sizeof (ArchiveListed));
  if (job->id == ARCHIVE_ID_RAR5)
    list_rar5 (&list);
  else
    list_rar4 (&list);
  if (list.escapes > 0)
    job->api->fact_int (job->object, FACT_STREAM_ESCAPES, list.escapes);
  g_hash_table_unref (list.names);
}
