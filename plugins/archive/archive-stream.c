/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * One compressed stream: its content is one child, or, where it is a tar or
 * cpio, the members of that, as if it came without compression.
 *
 * What a tar leaves behind its end is read too, for the sum of the stream and
 * for what may be hidden there.
 */
#include "config.h"

#include "archive-job.h"

#include <archive_entry.h>
#include <string.h>

typedef struct Stream {
  ArchiveJob *job;
  ArchiveInput under; /* of the compressed bytes */
  ArchiveInput inner; /* of what comes out, when a reader stands above it */
  struct archive *archive;
  uint64_t end; /* of the compressed bytes, by their own headers; UINT64_MAX: not told by them */
} Stream;

static const char *
why (const Stream *s)
{
  const char *text = archive_error_string (s->archive);
  return text != NULL ? text : "broken compressed data";
}

static void
tell_broken (Stream *s)
{
  s->job->stopped |= s->under.stopped || s->inner.stopped;
  archive_tell (s->job, archive_input_reason (&s->under, s->archive), "%s: %s",
                archive_traits (s->job->id)->name, why (s));
}

/* ---- gzip's own name ---- */

/* 1F 8B 08, flags (4 extra: u16 size, bytes; 8 name, 16 comment: to a NUL), u32 mtime, 2 bytes */
static bool
take_text (SkCursor *cursor, SkSpan *ret_text)
{
  size_t left = sk_cursor_left (cursor);
  const uint8_t *nul = left > 0 ? memchr (cursor->pos, 0, left) : NULL;
  return nul != NULL && sk_cursor_take (cursor, (size_t) (nul - cursor->pos), ret_text)
         && sk_cursor_skip (cursor, 1);
}

static void
read_gzip (SkSpan bytes, SkSpan *ret_name, SkSpan *ret_comment, uint32_t *ret_mtime)
{
  SkCursor c = sk_cursor (sk_span_slice (bytes, 0, 128 * 1024));
  uint8_t flags;
  uint16_t extra = 0;
  if (!sk_cursor_skip (&c, 3) || !sk_cursor_take_u8 (&c, &flags)
      || !sk_cursor_take_u32le (&c, ret_mtime) || !sk_cursor_skip (&c, 2)
      || ((flags & 4) != 0 && (!sk_cursor_take_u16le (&c, &extra) || !sk_cursor_skip (&c, extra)))
      || ((flags & 8) != 0 && !take_text (&c, ret_name)))
    return;
  if ((flags & 16) != 0)
    take_text (&c, ret_comment);
}

static char *
decode (ArchiveJob *job, SkSpan raw)
{
  SkSpan text = job->api->name_decode (job->object, raw, NULL);
  return g_strndup ((const char *) text.data, text.size);
}

/* The name that gzip keeps is the one that Windows' programs show. */
static char *
child_name (ArchiveJob *job, SkFileInfo *info)
{
  SkSpan name = { NULL, 0 }, comment = { NULL, 0 };
  uint32_t mtime = 0;
  if (job->id == ARCHIVE_ID_GZIP)
    read_gzip (job->bytes, &name, &comment, &mtime);
  info->mtime = (int64_t) mtime * INT64_C (1000000000);
  if (comment.size > 0)
    {
      g_autofree char *text = decode (job, comment);
      archive_tell_text (job, FACT_COMMENT, text);
    }
  return name.size > 0 ? decode (job, name)
                       : archive_inner_name (job->id, job->api->name (job->object));
}

/* ---- one child ---- */

static void
read_single (Stream *s, SkSpan run)
{
  ArchiveJob *job = s->job;
  SkFileInfo info = { .type = SK_FILE_REGULAR };
  g_autofree char *name = child_name (job, &info);
  SkChild *child = job->api->child_begin (job->object, 0, name);
  if (child == NULL)
    {
      job->stopped = true;
      return;
    }
  bool room = true;
  job->api->child_info (child, &info);
  while (run.size > 0 && room)
    {
      room = job->api->child_append (child, run);
      run = room ? archive_input_next (&s->inner) : run;
    }
  job->stopped |= s->inner.stopped;
  job->api->fact_int (job->object, FACT_MEMBERS, 1);
  if (room && s->inner.broken && s->inner.offset == 0)
    job->api->child_absent (child, 0);
  job->api->child_commit (child);
}

static void
tell_nothing (Stream *s)
{
  SkFileInfo info = { .type = SK_FILE_REGULAR };
  g_autofree char *name = child_name (s->job, &info);
  SkChild *child = s->job->api->child_begin (s->job->object, 0, name);
  tell_broken (s);
  if (child == NULL)
    return;
  s->job->api->child_info (child, &info);
  s->job->api->child_absent (child, 0);
  s->job->api->child_commit (child);
}

/* ---- behind the end of a tar ---- */

typedef struct Tail {
  SkChild *child;
  uint64_t size;
} Tail;

static bool
add_to_tail (Stream *s, Tail *tail, SkSpan run)
{
  ArchiveJob *job = s->job;
  size_t at = 0;
  while (tail->child == NULL && at < run.size && run.data[at] == 0)
    at++;
  run = sk_span_slice (run, at, SIZE_MAX);
  if (run.size == 0)
    return true;
  if (tail->child == NULL)
    tail->child = job->api->child_begin (job->object, ARCHIVE_BEHIND_INNER, "trailing");
  tail->size += run.size;
  return tail->child != NULL && job->api->child_append (tail->child, run);
}

static void
drain (Stream *s, uint64_t consumed)
{
  Tail tail = { NULL, 0 };
  SkSpan parts[2];
  if (!archive_input_rest (&s->inner, consumed, parts))
    {
      archive_tell (s->job, SK_REASON_MALFORMED, "what follows the end of the tar could not be read");
      return;
    }
  bool room = add_to_tail (s, &tail, parts[0]) && add_to_tail (s, &tail, parts[1]);
  for (SkSpan run; room && (run = archive_input_next (&s->inner)).size > 0;)
    room = add_to_tail (s, &tail, run);
  s->job->stopped |= s->inner.stopped;
  if (tail.size == 0)
    return;
  s->job->api->fact_int (s->job->object, FACT_TRAILING, (int64_t) tail.size);
  if (tail.child != NULL)
    s->job->api->child_commit (tail.child);
}

/* ---- the stream ---- */

static void
read_members (Stream *s, ArchiveId inner, SkSpan first)
{
  ArchiveId outer = s->job->id;
  archive_tell_text (s->job, FACT_FORMAT, archive_traits (inner)->name);
  s->inner.again = first;
  s->job->id = inner;
  uint64_t consumed = archive_walk (s->job, &s->inner, inner, NULL);
  s->job->id = outer;
  s->job->api->fact_int (s->job->object, FACT_MEMBERS, (int64_t) s->job->n_members);
  if (consumed != UINT64_MAX && !s->job->stopped)
    drain (s, consumed);
}

/* Every byte of the stream has come out when its end was met. */
static void
read_stream (Stream *s)
{
  SkSpan first = archive_input_next (&s->inner);
  ArchiveId inner = archive_identify_inner (first);
  if (inner != ARCHIVE_ID_NONE)
    read_members (s, inner, first);
  else
    read_single (s, first);
  if (s->inner.broken)
    tell_broken (s);
  la_int64_t consumed = archive_filter_bytes (s->archive, -1);
  if (s->inner.ended && consumed >= 0)
    archive_behind (s->job, s->end != UINT64_MAX ? s->end : (uint64_t) consumed);
}

void
archive_stream_open (ArchiveJob *job)
{
  int status;
  struct archive_entry *entry;
  SkSpan bytes = sk_span_slice (job->bytes, job->offset, SIZE_MAX);
  g_autoptr (ArchivePlain) plain = archive_plain_new ();
  Stream s = { .job = job,
               .under = { .api = job->api, .object = job->object, .plain = plain },
               .end = archive_end_of (bytes, job->id) };
  /* Some readers take what follows for more of the stream, and lose the end of it for that. */
  archive_plain_raw (plain, sk_span_slice (bytes, 0, (size_t) MIN (s.end, SIZE_MAX)));
  s.archive = archive_input_open (&s.under, job->id, &status);
  if (s.archive == NULL)
    {
      archive_tell (job, SK_REASON_MEMORY, "no memory for a reader");
      return;
    }
  s.inner = (ArchiveInput){ .api = job->api, .object = job->object, .stream = s.archive };
  archive_tell_text (job, FACT_FORMAT, archive_traits (job->id)->name);
  archive_tell_text (job, FACT_FILTERS, archive_traits (job->id)->name);
  /* A stream that breaks before its first byte is opened as an empty one, and the error is there. */
  bool nothing = status == ARCHIVE_OK && archive_errno (s.archive) != 0;
  if (status >= ARCHIVE_WARN && !nothing)
    status = archive_read_next_header (s.archive, &entry);
  if (nothing)
    tell_nothing (&s);
  else if (status == ARCHIVE_EOF)
    job->api->fact_int (job->object, FACT_MEMBERS, 0);
  else if (status < ARCHIVE_WARN)
    tell_broken (&s);
  else
    read_stream (&s);
  archive_read_free (s.archive);
}
