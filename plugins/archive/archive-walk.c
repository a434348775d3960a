/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From member to member, to the archive's end and what stands behind it.
 */
#include "config.h"

#include "archive-job.h"

#include <string.h>

/* Headers in a row that libarchive could not read and passed over. */
#define MAX_RETRIES 100

typedef struct Walk {
  ArchiveJob *job;
  ArchiveInput *input;
  struct archive *archive;
  const ArchiveLocked *locked;
  uint64_t index;
  unsigned retries;
} Walk;

static const char *
why (const Walk *walk)
{
  const char *text = archive_error_string (walk->archive);
  return text != NULL ? text : "broken";
}

static void
tell_broken (Walk *walk)
{
  walk->job->stopped |= walk->input->stopped;
  archive_tell (walk->job, archive_input_reason (walk->input, walk->archive),
                "%s, behind member %" G_GUINT64_FORMAT ": %s", archive_traits (walk->job->id)->name,
                walk->index, why (walk));
}

/* Names stay as they are when libarchive cannot convert them: nothing is lost. */
static bool
is_of_charset (const Walk *walk)
{
  const char *text = archive_error_string (walk->archive);
  return text != NULL && strstr (text, "be converted") != NULL;
}

/* False: no more members. */
static bool
step (Walk *walk, bool *ret_end)
{
  struct archive_entry *entry;
  bool fatal = false;
  int status = archive_read_next_header (walk->archive, &entry);
  *ret_end = status == ARCHIVE_EOF;
  if (status == ARCHIVE_EOF)
    return false;
  if (status == ARCHIVE_RETRY || status < ARCHIVE_WARN)
    {
      tell_broken (walk);
      return status == ARCHIVE_RETRY && !walk->job->stopped && ++walk->retries < MAX_RETRIES;
    }
  if (status == ARCHIVE_WARN && !is_of_charset (walk))
    tell_broken (walk);
  if (!walk->job->api->work (walk->job->object, 1))
    {
      walk->job->stopped = true;
      return false;
    }
  archive_member_read (walk->job, walk->input, walk->archive, entry, walk->index++, walk->locked,
                       &fatal);
  return !fatal && !walk->job->stopped;
}

static uint64_t
walk_all (Walk *walk, int status)
{
  bool end = false;
  if (status < ARCHIVE_WARN)
    tell_broken (walk);
  else
    while (step (walk, &end))
      ;
  la_int64_t consumed = archive_filter_bytes (walk->archive, 0);
  return end && consumed >= 0 ? (uint64_t) consumed : UINT64_MAX;
}

uint64_t
archive_walk (ArchiveJob *job, ArchiveInput *input, ArchiveId id, const ArchiveLocked *locked)
{
  int status;
  Walk walk = { .job = job, .input = input, .locked = locked };
  walk.archive = archive_input_open (input, id, &status);
  if (walk.archive == NULL)
    {
      archive_tell (job, SK_REASON_MEMORY, "no memory for a reader");
      return UINT64_MAX;
    }
  uint64_t end = walk_all (&walk, status);
  job->n_members = walk.index;
  archive_read_free (walk.archive);
  return end;
}

/* ---- behind the end ---- */

static size_t
first_that_counts (SkSpan bytes)
{
  size_t at = 0;
  while (at < bytes.size && bytes.data[at] == 0)
    at++;
  return at;
}

void
archive_behind (ArchiveJob *job, uint64_t end)
{
  if (end > job->bytes.size - job->offset || job->stopped)
    return;
  size_t from = job->offset + (size_t) end;
  from += first_that_counts (sk_span_slice (job->bytes, from, SIZE_MAX));
  if (from >= job->bytes.size)
    return;
  size_t size = job->bytes.size - from;
  job->api->fact_int (job->object, FACT_TRAILING, (int64_t) size);
  job->api->child_slice (job->object, ARCHIVE_BEHIND + from, "trailing", from, size);
}
