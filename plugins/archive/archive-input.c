/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The callbacks of libarchive, and what its errors mean.
 */
#include "config.h"

#include "archive-input.h"

#include <errno.h>
#include <string.h>

/* Bytes handed over at one time: so often the host hears of progress. */
#define MAX_RUN ((size_t) 1024 * 1024)
/* Bytes read for each unit of work: what comes out is paid for where it is written. */
#define BYTES_A_UNIT ((size_t) 4096)

static bool
pay (ArchiveInput *input, size_t size)
{
  if (input->stopped || !input->api->work (input->object, 1 + size / BYTES_A_UNIT))
    input->stopped = true;
  return !input->stopped;
}

SkSpan
archive_input_next (ArchiveInput *input)
{
  const void *data;
  size_t size = 0;
  la_int64_t at;
  int status = ARCHIVE_OK;
  SkSpan none = { NULL, 0 };
  if (input->again.size > 0)
    {
      input->run = input->again;
      input->again = none;
      input->offset = input->run.size;
      return input->run;
    }
  if (input->broken || input->ended)
    return none;
  /* A reader may have taken a part of the run only, and stands at most a block behind its end. */
  size_t kept = MIN (input->run.size, sizeof input->before);
  if (kept > 0)
    memcpy (input->before + sizeof input->before - kept, input->run.data + input->run.size - kept,
            kept);
  do
    {
      status = archive_read_data_block (input->stream, &data, &size, &at);
      if (!pay (input, size))
        return none;
    }
  while ((status == ARCHIVE_OK && size == 0) || status == ARCHIVE_RETRY);
  input->ended = status == ARCHIVE_EOF;
  input->broken = status < ARCHIVE_WARN;
  input->run = status == ARCHIVE_OK || status == ARCHIVE_WARN ? (SkSpan){ data, size } : none;
  input->offset += input->run.size;
  return input->run;
}

bool
archive_input_rest (const ArchiveInput *input, uint64_t consumed, SkSpan ret_parts[2])
{
  uint64_t start = input->offset - input->run.size;
  uint64_t behind = start > consumed ? start - consumed : 0;
  uint64_t into = consumed > start ? consumed - start : 0;
  if (behind > sizeof input->before || into > input->run.size)
    return false;
  ret_parts[0] = (SkSpan){ input->before + sizeof input->before - behind, (size_t) behind };
  ret_parts[1] = sk_span_slice (input->run, (size_t) into, SIZE_MAX);
  return true;
}

static SkSpan
next_raw (ArchiveInput *input)
{
  SkSpan run = archive_plain_peek (input->plain, input->offset);
  run.size = MIN (run.size, MAX_RUN);
  input->ended |= run.size == 0;
  if (!pay (input, run.size))
    return (SkSpan){ NULL, 0 };
  input->offset += run.size;
  return run;
}

static la_ssize_t
on_read (struct archive *archive, void *data, const void **ret_buffer)
{
  ArchiveInput *input = data;
  SkSpan run = input->plain != NULL ? next_raw (input) : archive_input_next (input);
  if (input->stopped)
    {
      archive_set_error (archive, ECANCELED, "stopped by a limit");
      return ARCHIVE_FATAL;
    }
  if (input->broken)
    {
      const char *why = archive_error_string (input->stream);
      archive_set_error (archive, archive_errno (input->stream), "%s",
                         why != NULL ? why : "broken compressed data");
      return ARCHIVE_FATAL;
    }
  *ret_buffer = run.data;
  return (la_ssize_t) run.size;
}

static la_int64_t
on_seek (struct archive *archive, void *data, la_int64_t offset, int whence)
{
  ArchiveInput *input = data;
  int64_t size = (int64_t) archive_plain_size (input->plain);
  int64_t from = whence == SEEK_END ? size : whence == SEEK_CUR ? (int64_t) input->offset : 0;
  (void) archive;
  if (offset < -from || offset > size - from)
    {
      input->ended |= offset > 0;
      return ARCHIVE_FATAL;
    }
  input->offset = (uint64_t) (from + offset);
  return from + offset;
}

static la_int64_t
on_skip (struct archive *archive, void *data, la_int64_t wanted)
{
  ArchiveInput *input = data;
  uint64_t left = archive_plain_size (input->plain) - input->offset;
  (void) archive;
  if (wanted <= 0)
    return 0;
  uint64_t skipped = MIN ((uint64_t) wanted, left);
  input->offset += skipped;
  return (la_int64_t) skipped;
}

struct archive *
archive_input_open (ArchiveInput *input, ArchiveId id, int *ret_status)
{
  struct archive *archive = archive_read_new ();
  if (archive == NULL)
    return NULL;
  *ret_status = ARCHIVE_FATAL;
  if (!archive_enable (archive, id))
    return archive;
  archive_read_set_read_callback (archive, on_read);
  if (input->plain != NULL)
    {
      archive_read_set_seek_callback (archive, on_seek);
      archive_read_set_skip_callback (archive, on_skip);
    }
  archive_read_set_callback_data (archive, input);
  *ret_status = archive_read_open1 (archive);
  return archive;
}

static bool
says (const char *text, const char *word)
{
  return text != NULL && strcasestr (text, word) != NULL;
}

SkReason
archive_input_reason (const ArchiveInput *input, struct archive *archive)
{
  const char *text = archive_error_string (archive);
  if (input->stopped)
    return SK_REASON_LIMIT;
  if (archive_errno (archive) == ENOMEM)
    return SK_REASON_MEMORY;
  /* "encryption support unavailable" and "Crypto codec not supported" are no matter of the method. */
  if (says (text, "encrypt") || says (text, "crypto codec"))
    return SK_REASON_ENCRYPTED;
  if (says (text, "support") || says (text, "codec ID") || says (text, "unknown compression"))
    return SK_REASON_UNSUPPORTED;
  return input->ended || says (text, "truncated") ? SK_REASON_TRUNCATED : SK_REASON_MALFORMED;
}
