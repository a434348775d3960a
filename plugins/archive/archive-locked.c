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

ArchiveLocked *
archive_locked_look (SkSpan bytes, ArchivePayFunc pay, void *data)
{
  static const uint8_t seven[] = { '7', 'z', 0xbc, 0xaf, 0x27, 0x1c };
  static const uint8_t rar5[] = { 'R', 'a', 'r', '!', 0x1a, 0x07, 0x01, 0x00 };
  static const uint8_t rar4[] = { 'R', 'a', 'r', '!', 0x1a, 0x07, 0x00 };
  ArchiveLocked *locked = g_new0 (ArchiveLocked, 1);
  locked->facts = (ArchiveFacts){ .product = "", .cipher = "", .reason = "" };
  locked->bytes = bytes;
  if (sk_span_equal (sk_span_slice (bytes, 0, sizeof seven), (SkSpan){ seven, sizeof seven }))
    archive_7z_look (locked, pay, data);
  else if (sk_span_equal (sk_span_slice (bytes, 0, sizeof rar5), (SkSpan){ rar5, sizeof rar5 }))
    archive_rar5_look (locked, pay, data);
  else if (sk_span_equal (sk_span_slice (bytes, 0, sizeof rar4), (SkSpan){ rar4, sizeof rar4 }))
    archive_rar4_look (locked, pay, data);
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
  return can_try (locked) && locked->ops->member (locked, index, ret_member);
}

bool
archive_locked_sum (const ArchiveLocked *locked, uint64_t index, uint32_t crc)
{
  return can_try (locked) && locked->ops->sum != NULL && locked->ops->sum (locked, index, crc);
}
