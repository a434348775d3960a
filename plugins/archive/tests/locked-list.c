/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Opens a locked archive with the passwords given and lists what libarchive
 * finds in the plain one: for tests in shell and Python, that make archives
 * with other programs.
 *
 *   locked-list FILE [PASSWORD…]
 *
 *   archive STATE PRODUCT CIPHER names-hidden=N rounds=N members=N encrypted=N [REASON]
 *   secret NUMBER wrong|opened|limit|failed LEFT COST
 *   member NUMBER STATE PROOF SIZE CRC NAME       (SIZE and CRC of what was read)
 *   end N
 */
#include "config.h"

#include "locked-reader.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static bool
pay (uint64_t units, void *data)
{
  uint64_t *spent = data;
  *spent += units;
  return true;
}

static void
list_member (const ArchiveLocked *locked, uint64_t index, const LockedEntry *entry)
{
  static const char *const proofs[] = { "-", "weak", "strong" };
  ArchiveMember member = { .encrypted = false };
  archive_locked_member (locked, index, &member);
  printf ("member %" G_GUINT64_FORMAT " %s%s %s %" G_GUINT64_FORMAT " %08x %s%s%s\n", index,
          locked_judge (locked, index, entry), member.no_sum ? "-no-sum" : "", proofs[member.proof],
          member.locked ? member.size : entry->size, entry->crc, entry->name,
          entry->error != NULL ? " : " : "", entry->error != NULL ? entry->error : "");
}

static void
list (ArchiveLocked *locked, SkSpan bytes)
{
  g_autoptr (ArchivePlain) plain = archive_locked_plain (locked);
  g_autofree char *error = NULL;
  if (plain == NULL && archive_locked_facts (locked)->state == ARCHIVE_STATE_OPEN)
    {
      plain = archive_plain_new ();
      archive_plain_raw (plain, bytes);
    }
  if (plain == NULL)
    {
      puts ("end none");
      return;
    }
  g_autoptr (GPtrArray) entries = locked_read (locked, plain, &error);
  for (guint i = 0; i < entries->len; i++)
    list_member (locked, i, g_ptr_array_index (entries, i));
  printf ("end %u%s%s\n", entries->len, error != NULL ? " " : "", error != NULL ? error : "");
}

int
main (int argc, char **argv)
{
  static const char *const states[] = { "open", "locked", "unsupported", "malformed", "limit" };
  static const char *const tries[] = { "wrong", "opened", "limit", "failed" };
  g_autofree char *text = NULL;
  size_t size;
  uint64_t spent = 0;
  setlocale (LC_ALL, "C.UTF-8");
  if (argc < 2 || !g_file_get_contents (argv[1], &text, &size, NULL))
    return EXIT_FAILURE;
  SkSpan bytes = { (const uint8_t *) text, size };
  g_autoptr (ArchiveLocked) locked = archive_locked_look (bytes, pay, &spent);
  g_autoptr (ArchiveKeys) keys = archive_keys_new ();
  bool quiet = g_getenv ("QUIET") != NULL;
  clock_t from = clock ();
  for (int i = 2; i < argc; i++)
    {
      SkSpan secret = sk_span_of_text (argv[i]);
      uint64_t cost = archive_locked_cost (locked, keys, (size_t) i - 2, secret);
      ArchiveTry result
          = archive_locked_try (locked, keys, (size_t) i - 2, secret, pay, &spent);
      if (!quiet || result != ARCHIVE_TRY_WRONG)
        printf ("secret %d %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", i - 2, tries[result],
                archive_locked_left (locked), cost);
    }
  if (g_getenv ("TIME") != NULL && argc > 2)
    printf ("time %.3f ms a secret\n",
            1000.0 * (double) (clock () - from) / CLOCKS_PER_SEC / (argc - 2));
  const ArchiveFacts *facts = archive_locked_facts (locked);
  printf ("archive %s %s %s names-hidden=%d rounds=%" G_GUINT64_FORMAT " members=%" G_GUINT64_FORMAT
          " encrypted=%" G_GUINT64_FORMAT " %s\n",
          states[facts->state], facts->product, facts->cipher, facts->names_hidden, facts->rounds,
          facts->n_members, facts->n_encrypted, facts->reason);
  list (locked, bytes);
  return EXIT_SUCCESS;
}
