/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What stays of an object, and how the parts tell what they could not read.
 */
#include "config.h"

#include "archive-job.h"

ArchiveSlot *
archive_slot (const SkApi *api, SkObject *object)
{
  void **slot = api->slot (object);
  if (*slot == NULL)
    *slot = g_new0 (ArchiveSlot, 1);
  return *slot;
}

void
archive_slot_free (void *slot)
{
  ArchiveSlot *self = slot;
  if (self == NULL)
    return;
  archive_locked_free (self->locked);
  archive_keys_free (self->keys);
  if (self->done != NULL)
    g_byte_array_unref (self->done);
  g_free (self);
}

void
archive_tell (ArchiveJob *job, SkReason reason, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *detail = g_strdup_vprintf (format, args);
  va_end (args);
  job->partial = true;
  /* A limit of the host has been told by the host. */
  if (!job->stopped || reason != SK_REASON_LIMIT)
    job->api->not_inspected (job->object, reason, detail);
}

void
archive_tell_text (ArchiveJob *job, uint32_t fact, const char *text)
{
  job->api->fact_string (job->object, fact, sk_span_of_text (text));
}

SkResult
archive_result (const ArchiveJob *job)
{
  if (job->stopped)
    return SK_LIMIT;
  return job->partial ? SK_PARTIAL : SK_OK;
}
