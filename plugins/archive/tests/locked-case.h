/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * An archive opened with some passwords, and what came of it: for unit tests.
 */
#ifndef LOCKED_CASE_H
#define LOCKED_CASE_H

#include "locked-maker.h"
#include "locked-reader.h"
#include "sk-test.h"

#include <zlib.h>

typedef struct Case {
  GByteArray *bytes;
  ArchiveLocked *locked;
  ArchiveKeys *keys;
  GPtrArray *entries; /* LockedEntry; NULL: there is no plain archive */
  char *error;        /* of libarchive */
  uint64_t spent, most; /* units, and how many are there */
} Case;

static inline bool
case_pay (uint64_t units, void *data)
{
  Case *c = data;
  c->spent += units;
  return c->spent <= c->most;
}

static inline void
case_clear (Case *c)
{
  if (c->entries != NULL)
    g_ptr_array_unref (c->entries);
  g_free (c->error);
  archive_locked_free (c->locked);
  archive_keys_free (c->keys);
  if (c->bytes != NULL)
    g_byte_array_unref (c->bytes);
}

/* Reads what is open now. */
static inline void
case_read (Case *c)
{
  g_autoptr (ArchivePlain) plain = archive_locked_plain (c->locked);
  g_clear_pointer (&c->entries, g_ptr_array_unref);
  g_clear_pointer (&c->error, g_free);
  if (plain != NULL)
    c->entries = locked_read (c->locked, plain, &c->error);
}

static inline ArchiveTry
case_try (Case *c, size_t number, const char *password)
{
  return archive_locked_try (c->locked, c->keys, number, sk_span_of_text (password), case_pay, c);
}

/* Takes the bytes. `password` may be NULL. */
static inline void
case_init (Case *c, GByteArray *bytes, const char *password)
{
  *c = (Case){ .bytes = bytes, .most = UINT64_MAX / 2 };
  c->keys = archive_keys_new ();
  c->locked = archive_locked_look ((SkSpan){ bytes->data, bytes->len }, case_pay, c);
  if (password != NULL)
    case_try (c, 0, password);
  case_read (c);
}

static inline const char *
case_judge (const Case *c, guint i)
{
  if (c->entries == NULL || i >= c->entries->len)
    return "absent";
  return locked_judge (c->locked, i, g_ptr_array_index (c->entries, i));
}

static inline ArchiveState
case_state (const Case *c)
{
  return archive_locked_facts (c->locked)->state;
}

/* Entry i has that name and content, and is judged so. */
static inline void
case_expect (const Case *c, guint i, const char *judged, const char *name, const void *bytes,
             size_t size)
{
  ck_assert_str_eq (case_judge (c, i), judged);
  const LockedEntry *entry = g_ptr_array_index (c->entries, i);
  ck_assert_str_eq (entry->name, name);
  if (strcmp (judged, "locked") == 0)
    {
      ArchiveMember member;
      ck_assert (archive_locked_member (c->locked, i, &member));
      ck_assert_uint_eq (member.size, size);
      return;
    }
  ck_assert_uint_eq (entry->size, size);
  ck_assert_uint_eq (entry->crc, (uint32_t) crc32_z (0, bytes, size));
}

#endif
