/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Finds out what the bytes are, and leaves the rest to the format.
 */
#include "config.h"

#include "archive-format.h"

void
archive_locked_stop (ArchiveLocked *locked, ArchiveState state, const char *reason)
{
  locked->facts.state = state;
  locked->facts.reason = reason;
}

/* ---- which format ---- */

typedef void (*LookFunc) (ArchiveLocked *locked, ArchivePayFunc pay, void *data);

typedef struct Format {
  LookFunc look;
  size_t size; /* of the signature */
  uint8_t signature[8];
} Format;

static const Format formats[] = { { archive_7z_look, 6, { '7', 'z', 0xbc, 0xaf, 0x27, 0x1c } },
                                  { archive_rar5_look, 8, { 'R', 'a', 'r', '!', 0x1a, 7, 1, 0 } },
                                  { archive_rar4_look, 7, { 'R', 'a', 'r', '!', 0x1a, 7, 0 } } };

static const Format *
format_of (SkSpan bytes)
{
  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    if (bytes.size >= formats[i].size
        && memcmp (bytes.data, formats[i].signature, formats[i].size) == 0)
      return &formats[i];
  return NULL;
}

ArchiveLocked *
archive_locked_look (SkSpan bytes, ArchivePayFunc pay, void *data)
{
  ArchiveLocked *locked = g_new0 (ArchiveLocked, 1);
  locked->facts = (ArchiveFacts){ .product = "", .cipher = "", .reason = "" };
  const Format *format = format_of (bytes);
  locked->bytes = bytes;
  if (format != NULL)
    format->look (locked, pay, data);
  else
    archive_known_look (locked, pay, data);
  return locked;
}

void
archive_locked_free (ArchiveLocked *locked)
{
  if (locked == NULL)
    return;
  if (locked->ops != NULL)
    locked->ops->free (locked->format);
  g_free (locked);
}

const ArchiveFacts *
archive_locked_facts (const ArchiveLocked *locked)
{
  return &locked->facts;
}

/* A part may be opened where another is broken or not supported. */
static bool
can_try (const ArchiveLocked *locked)
{
  return locked->ops != NULL && locked->facts.state != ARCHIVE_STATE_OPEN;
}

uint64_t
archive_locked_cost (const ArchiveLocked *locked, const ArchiveKeys *keys, size_t number,
                     SkSpan secret)
{
  ArchiveDerivation derivation;
  uint64_t cost = 0;
  for (size_t i = 0; can_try (locked) && i < ARCHIVE_MAX_FIRST_KEYS
                     && locked->ops->wants (locked, i, &derivation);
       i++)
    if (!archive_keys_has (keys, &derivation, number))
      cost += archive_derivation_cost (&derivation, secret.size);
  return cost;
}

ArchiveTry
archive_locked_try (ArchiveLocked *locked, ArchiveKeys *keys, size_t number, SkSpan secret,
                    ArchivePayFunc pay, void *data)
{
  const ArchiveSecret attempt = { keys, number, secret, pay, data };
  if (!can_try (locked))
    return ARCHIVE_TRY_WRONG;
  return locked->ops->try (locked, &attempt);
}

uint64_t
archive_locked_left (const ArchiveLocked *locked)
{
  return can_try (locked) ? locked->ops->left (locked) : 0;
}

ArchivePlain *
archive_locked_plain (ArchiveLocked *locked)
{
  return can_try (locked) ? locked->ops->plain (locked) : NULL;
}

bool
archive_locked_member (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member)
{
  return locked->ops != NULL && locked->ops->member (locked, index, ret_member);
}

bool
archive_locked_sum (const ArchiveLocked *locked, uint64_t index, uint32_t crc)
{
  return locked->ops != NULL && locked->ops->sum (locked, index, crc);
}

void
archive_locked_reject (ArchiveLocked *locked, uint64_t index)
{
  if (locked->ops != NULL)
    locked->ops->reject (locked, index);
}

uint64_t
archive_locked_end (const ArchiveLocked *locked)
{
  return locked->ops != NULL && locked->ops->end != NULL ? locked->ops->end (locked) : UINT64_MAX;
}

bool
archive_locked_stream (const ArchiveLocked *locked, uint64_t nth, SkSpan *ret_name)
{
  return locked->ops != NULL && locked->ops->stream != NULL
         && locked->ops->stream (locked, nth, ret_name);
}
