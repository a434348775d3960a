/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * How members of file systems become children, and what is told of those that
 * cannot be read.
 */
#include "config.h"

#include "media.h"

#include <stdarg.h>

/* Bytes that are read at one time from a disk that is not in memory. */
#define CHUNK 65536

bool
media_work (Media *media, uint64_t units)
{
  if (!media->stopped && !media->api->work (media->object, units))
    media->stopped = true;
  return !media->stopped;
}

void
media_tell (Media *media, SkReason reason, const char *format, ...)
{
  /* The host has told the limit; what could not be read because of it is nothing of its own. */
  if (media->stopped)
    return;
  if (reason == SK_REASON_MALFORMED || reason == SK_REASON_TRUNCATED)
    media->broken = true;
  if (media->told > MEDIA_MAX_TOLD)
    return;
  if (media->told++ == MEDIA_MAX_TOLD)
    {
      media->api->not_inspected (media->object, SK_REASON_LIMIT,
                                 "more of this disk that could not be read, not told one by one");
      return;
    }
  va_list args;
  va_start (args, format);
  g_autofree char *detail = g_strdup_vprintf (format, args);
  va_end (args);
  if (media->partition == 0)
    {
      media->api->not_inspected (media->object, reason, detail);
      return;
    }
  g_autofree char *placed
      = g_strdup_printf ("partition %" G_GINT64_FORMAT ": %s", media->partition, detail);
  media->api->not_inspected (media->object, reason, placed);
}

void
media_fact (Media *media, uint32_t fact, const char *text)
{
  if (text[0] != '\0')
    media->api->fact_string (media->object, fact, sk_span_of_text (text));
}

void
media_label (Media *media, const char *label)
{
  char *trimmed = g_strchomp (g_strdup (label));
  if (media->labels == NULL)
    media->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_size (media->labels) == MEDIA_MAX_LABELS)
    g_free (trimmed);
  else if (g_hash_table_add (media->labels, trimmed))
    media_fact (media, MEDIA_LABEL, trimmed);
}

bool
media_extents_add (GArray *extents, uint64_t offset, uint64_t length)
{
  if (length == 0)
    return true;
  MediaExtent *last
      = extents->len > 0 ? &g_array_index (extents, MediaExtent, extents->len - 1) : NULL;
  bool follows = last != NULL
                 && (offset == MEDIA_HOLE
                         ? last->offset == MEDIA_HOLE
                         : last->offset != MEDIA_HOLE && last->offset + last->length == offset);
  if (follows && length <= UINT64_MAX - last->length)
    {
      last->length += length;
      return true;
    }
  if (extents->len >= MEDIA_MAX_EXTENTS)
    return false;
  MediaExtent extent = { offset, length };
  g_array_append_val (extents, extent);
  return true;
}

bool
media_extents_read (Media *media, const MediaSource *source, const GArray *extents, uint64_t offset,
                    uint8_t *buffer, size_t size)
{
  if (!media_work (media, 1 + extents->len / 256))
    return false;
  for (guint i = 0; i < extents->len && size > 0; i++)
    {
      MediaExtent extent = g_array_index (extents, MediaExtent, i);
      if (offset >= extent.length)
        {
          offset -= extent.length;
          continue;
        }
      size_t part = (size_t) MIN (size, extent.length - offset);
      if (extent.offset == MEDIA_HOLE)
        memset (buffer, 0, part);
      else if (!media_source_read (source, extent.offset + offset, buffer, part))
        return false;
      offset = 0;
      buffer += part;
      size -= part;
    }
  return size == 0;
}

static void
say_facts (Media *media, SkChild *child, const MediaMember *member)
{
  const SkApi *api = media->api;
  if (media->partition > 0)
    api->child_fact_int (child, MEDIA_PARTITION, media->partition);
  if (member->stream != NULL)
    api->child_fact_string (child, MEDIA_STREAM, sk_span_of_text (member->stream));
  if (member->tree != NULL)
    api->child_fact_string (child, MEDIA_TREE, sk_span_of_text (member->tree));
}

SkChild *
media_member_begin (Media *media, const MediaMember *member)
{
  SkChild *child = media_work (media, 1)
                       ? media->api->child_begin (media->object, media->position++, member->path)
                       : NULL;
  if (child == NULL)
    {
      media->stopped = true;
      return NULL;
    }
  media->api->child_info (child, &member->info);
  say_facts (media, child, member);
  if (member->info.type == SK_FILE_REGULAR)
    media->members++;
  return child;
}

bool
media_member_bare (Media *media, const MediaMember *member)
{
  SkChild *child = media_member_begin (media, member);
  if (child == NULL)
    return false;
  media->api->child_commit (child);
  return true;
}

bool
media_member_bytes (Media *media, const MediaMember *member, SkSpan bytes)
{
  SkChild *child = media_member_begin (media, member);
  if (child == NULL)
    return false;
  media->api->child_append (child, bytes);
  media->api->child_commit (child);
  return true;
}

bool
media_member_absent (Media *media, const MediaMember *member, SkReason reason, const char *why)
{
  SkChild *child = media_member_begin (media, member);
  if (child == NULL)
    return false;
  media->api->child_absent (child, member->size);
  media->api->child_commit (child);
  media_tell (media, reason, "%s: %s", member->path, why);
  return true;
}

/* How appending a piece ended. */
typedef enum Piece {
  PIECE_DONE,
  PIECE_FULL,   /* a limit of the engine: the head is kept */
  PIECE_MISSING /* the disk does not have it */
} Piece;

static Piece
append_zeros (Media *media, SkChild *child, uint64_t length)
{
  static const uint8_t zeros[CHUNK];
  while (length > 0)
    {
      size_t part = (size_t) MIN (length, sizeof zeros);
      if (!media_work (media, 1) || !media->api->child_append (child, (SkSpan) { zeros, part }))
        return PIECE_FULL;
      length -= part;
    }
  return PIECE_DONE;
}

static Piece
append_read (Media *media, SkChild *child, const MediaSource *source, uint64_t offset,
             uint64_t length)
{
  if (media->chunk == NULL)
    media->chunk = g_malloc (CHUNK);
  while (length > 0)
    {
      size_t part = (size_t) MIN (length, CHUNK);
      if (!media_source_read (source, offset, media->chunk, part))
        return PIECE_MISSING;
      if (!media->api->child_append (child, (SkSpan) { media->chunk, part }))
        return PIECE_FULL;
      offset += part;
      length -= part;
    }
  return PIECE_DONE;
}

static Piece
append_memory (Media *media, SkChild *child, const MediaSource *source, uint64_t offset,
               uint64_t length)
{
  SkSpan piece = sk_span_slice (source->memory, (size_t) offset, (size_t) length);
  if (!media_work (media, 1 + length / 1024) || !media->api->child_append (child, piece))
    return PIECE_FULL;
  return PIECE_DONE;
}

/* What is there of a piece that the disk does not have whole is appended. */
static Piece
append_piece (Media *media, SkChild *child, const MediaSource *source, MediaExtent extent)
{
  if (extent.offset == MEDIA_HOLE)
    return append_zeros (media, child, extent.length);
  uint64_t there = extent.offset < source->size ? source->size - extent.offset : 0;
  uint64_t length = MIN (extent.length, there);
  Piece result = source->read == NULL ? append_memory (media, child, source, extent.offset, length)
                                      : append_read (media, child, source, extent.offset, length);
  return result == PIECE_DONE && length < extent.length ? PIECE_MISSING : result;
}

static Piece
append_pieces (Media *media, SkChild *child, const MediaMember *member, const MediaSource *source,
               const GArray *extents)
{
  uint64_t left = member->size;
  for (guint i = 0; i < extents->len && left > 0; i++)
    {
      MediaExtent extent = g_array_index (extents, MediaExtent, i);
      extent.length = MIN (extent.length, left);
      Piece result = append_piece (media, child, source, extent);
      if (result != PIECE_DONE)
        return result;
      left -= extent.length;
    }
  return left == 0 ? PIECE_DONE : PIECE_MISSING;
}

/* A file in one piece of the object's own bytes is shared. */
static bool
share (Media *media, SkChild *child, const MediaMember *member, const MediaSource *source,
       const GArray *extents, Piece *ret_result)
{
  size_t place;
  if (extents->len != 1 || member->size == 0)
    return false;
  MediaExtent extent = g_array_index (extents, MediaExtent, 0);
  if (extent.offset == MEDIA_HOLE || extent.length < member->size
      || !media_source_place (source, extent.offset, member->size, &place))
    return false;
  *ret_result = media_work (media, 1 + member->size / 1024)
                        && media->api->child_share (child, place, (size_t) member->size)
                    ? PIECE_DONE
                    : PIECE_FULL;
  return true;
}

bool
media_member_extents (Media *media, const MediaMember *member, const MediaSource *source,
                      const GArray *extents)
{
  Piece result;
  SkChild *child = media_member_begin (media, member);
  if (child == NULL)
    return false;
  if (!share (media, child, member, source, extents, &result))
    result = append_pieces (media, child, member, source, extents);
  media->api->child_commit (child);
  if (result == PIECE_MISSING)
    media_tell (media, SK_REASON_TRUNCATED, "%s: its end is not on the disk", member->path);
  return true;
}

static char *
join (Media *media, const char *before, const char *between, const char *name)
{
  if (strlen (before) + strlen (name) + 2 > MEDIA_MAX_PATH)
    {
      media_tell (media, SK_REASON_LIMIT, "a path of more than %d bytes, and what is below it",
                  MEDIA_MAX_PATH);
      return NULL;
    }
  return g_strconcat (before, between, name, NULL);
}

char *
media_path (Media *media, const char *folder, const char *name)
{
  return join (media, folder, folder[0] != '\0' ? "/" : "", name);
}

char *
media_stream_path (Media *media, const char *path, const char *name)
{
  return join (media, path, ":", name);
}

char *
media_utf16 (SkSpan text, bool big_endian)
{
  GString *utf8 = g_string_sized_new (text.size);
  for (size_t i = 0; i + 1 < text.size; i += 2)
    {
      const uint8_t *p = text.data + i;
      uint32_t c = big_endian ? (uint32_t) p[0] << 8 | p[1] : media_u16 (p);
      if (c >= 0xd800 && c < 0xdc00 && i + 3 < text.size)
        {
          uint32_t low = big_endian ? (uint32_t) p[2] << 8 | p[3] : media_u16 (p + 2);
          if (low >= 0xdc00 && low < 0xe000)
            {
              c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
              i += 2;
            }
        }
      g_string_append_unichar (utf8, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
    }
  return g_string_free (utf8, FALSE);
}

char *
media_decode (Media *media, SkSpan text)
{
  SkSpan decoded = media->api->name_decode (media->object, text, NULL);
  GString *utf8 = g_string_sized_new (decoded.size);
  for (size_t i = 0; i < decoded.size; i++)
    if (decoded.data[i] == 0)
      g_string_append_unichar (utf8, 0xfffd);
    else
      g_string_append_c (utf8, (char) decoded.data[i]);
  return g_string_free (utf8, FALSE);
}

int64_t
media_time (int year, int month, int day, int hour, int minute, int second, int zone)
{
  if (year < 1970 || year > 2200)
    return 0;
  /* 60 is a leap second. */
  g_autoptr (GDateTime) date
      = g_date_time_new_utc (year, month, day, hour, minute, second == 60 ? 59 : second);
  return date != NULL ? (g_date_time_to_unix (date) - zone * 60) * INT64_C (1000000000) : 0;
}

int64_t
media_dos_time (uint16_t date, uint16_t time)
{
  return media_time (1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63,
                     (time & 31) * 2, 0);
}
