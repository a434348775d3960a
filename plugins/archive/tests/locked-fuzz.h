/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as a locked archive: looked at, tried, and all that is left of it
 * read. Shared by the fuzz targets, which make its sums right first.
 */
#ifndef LOCKED_FUZZ_H
#define LOCKED_FUZZ_H

#include "archive-locked.h"

#include <stdlib.h>

/** Units of one input: one derivation of RAR 4, or many cheap ones. */
#define FUZZ_WORK 8000

typedef struct FuzzPurse {
  uint64_t spent;
} FuzzPurse;

static inline bool
fuzz_pay (uint64_t units, void *data)
{
  FuzzPurse *purse = data;
  purse->spent += units;
  return purse->spent <= FUZZ_WORK;
}

/* The plain archive at any place is what it is in a row. */
static inline void
fuzz_read (ArchivePlain *plain)
{
  uint64_t size = archive_plain_size (plain), offset = 0;
  uint8_t byte;
  while (offset < size && offset < 1024 * 1024)
    {
      SkSpan run = archive_plain_peek (plain, offset);
      if (run.size == 0 || run.size > size - offset)
        abort ();
      uint8_t last = run.data[run.size - 1];
      offset += run.size;
      if (archive_plain_read (plain, offset - 1, &byte, 1) != 1 || byte != last)
        abort ();
    }
}

static inline void
fuzz_locked (SkSpan bytes)
{
  FuzzPurse purse = { 0 };
  ArchiveMember member;
  uint64_t n = 0;
  g_autoptr (ArchiveKeys) keys = archive_keys_new ();
  g_autoptr (ArchiveLocked) locked = archive_locked_look (bytes, fuzz_pay, &purse);
  const ArchiveFacts *facts = archive_locked_facts (locked);
  if ((facts->state == ARCHIVE_STATE_OPEN) != (facts->reason[0] == '\0')
      && facts->state != ARCHIVE_STATE_LOCKED)
    abort ();
  archive_locked_cost (locked, keys, 0, sk_span_of_text ("x"));
  archive_locked_try (locked, keys, 0, sk_span_of_text ("x"), fuzz_pay, &purse);
  archive_locked_try (locked, keys, 0, sk_span_of_text ("x"), fuzz_pay, &purse);
  g_autoptr (ArchivePlain) plain = archive_locked_plain (locked);
  if (plain != NULL)
    fuzz_read (plain);
  uint64_t n_locked = 0;
  while (archive_locked_member (locked, n, &member))
    {
      n_locked += member.locked;
      archive_locked_sum (locked, n++, 0);
    }
  if (n_locked > 0 && archive_locked_left (locked) == 0)
    abort ();
}

#endif
