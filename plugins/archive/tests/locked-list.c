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

#include "archive-locked.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

typedef struct Reader {
  ArchivePlain *plain;
  uint64_t offset;
} Reader;

static la_ssize_t
on_read (struct archive *archive, void *data, const void **ret_buffer)
{
  Reader *reader = data;
  (void) archive;
  SkSpan run = archive_plain_peek (reader->plain, reader->offset);
  reader->offset += run.size;
  *ret_buffer = run.data;
  return (la_ssize_t) run.size;
}

static la_int64_t
on_seek (struct archive *archive, void *data, la_int64_t offset, int whence)
{
  Reader *reader = data;
  int64_t size = (int64_t) archive_plain_size (reader->plain);
  int64_t from = whence == SEEK_END ? size : whence == SEEK_CUR ? (int64_t) reader->offset : 0;
  (void) archive;
  if (offset < -from || offset > size - from)
    return ARCHIVE_FATAL;
  reader->offset = (uint64_t) (from + offset);
  return from + offset;
}

static bool
pay (uint64_t units, void *data)
{
  uint64_t *spent = data;
  *spent += units;
  return true;
}

static void
list_member (const ArchiveLocked *locked, uint64_t index, struct archive *archive,
             struct archive_entry *entry)
{
  static const char *const proofs[] = { "-", "weak", "strong" };
  ArchiveMember member = { .encrypted = false };
  bool known = archive_locked_member (locked, index, &member);
  uint32_t crc = 0;
  uint64_t size = 0;
  uint8_t piece[4096];
  la_ssize_t got = 0;
  const char *state = !known ? "UNKNOWN" : member.locked ? "locked" : member.encrypted ? "opened" : "plain";
  if (!member.locked && archive_entry_filetype (entry) == AE_IFREG)
    while ((got = archive_read_data (archive, piece, sizeof piece)) > 0)
      {
        crc = (uint32_t) crc32_z (crc, piece, (size_t) got);
        size += (uint64_t) got;
      }
  if (got < 0)
    state = "broken";
  else if (member.keyed_sum && !member.locked && !archive_locked_sum (locked, index, crc))
    state = "bad-sum";
  if (known && !member.locked && member.size != UINT64_MAX && member.size != size && got == 0)
    state = "bad-size";
  printf ("member %" G_GUINT64_FORMAT " %s%s %s %" G_GUINT64_FORMAT " %08x %s%s%s\n", index, state,
          member.no_sum ? "-no-sum" : "", proofs[member.proof], member.locked ? member.size : size, crc,
          archive_entry_pathname_utf8 (entry), got < 0 ? " : " : "",
          got < 0 ? archive_error_string (archive) : "");
}

static void
list (ArchiveLocked *locked, SkSpan bytes)
{
  g_autoptr (ArchivePlain) plain = archive_locked_plain (locked);
  ArchiveState state = archive_locked_facts (locked)->state;
  if (plain == NULL && state == ARCHIVE_STATE_OPEN)
    {
      plain = archive_plain_new ();
      archive_plain_raw (plain, bytes);
    }
  if (plain == NULL)
    {
      puts ("end none");
      return;
    }
  Reader reader = { plain, 0 };
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  uint64_t n = 0;
  int status;
  archive_read_support_format_7zip (archive);
  archive_read_support_format_rar (archive);
  archive_read_support_format_rar5 (archive);
  archive_read_set_read_callback (archive, on_read);
  archive_read_set_seek_callback (archive, on_seek);
  archive_read_set_callback_data (archive, &reader);
  status = archive_read_open1 (archive);
  while (status == ARCHIVE_OK
         && (status = archive_read_next_header (archive, &entry)) >= ARCHIVE_WARN
         && status != ARCHIVE_EOF)
    {
      list_member (locked, n++, archive, entry);
      status = ARCHIVE_OK;
    }
  printf ("end %" G_GUINT64_FORMAT "%s%s\n", n, status < ARCHIVE_OK ? " " : "",
          status < ARCHIVE_OK ? archive_error_string (archive) : "");
  archive_read_free (archive);
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
