/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `archive`: members of 7z, RAR, CAB, LHA, tar, cpio, xar and ar, and
 * what compressed files hold, by libarchive. Locked ones are opened with the
 * secrets of the root. Zip and disk images have plugins of their own.
 */
#include "config.h"

#include "archive-crypt.h"
#include "archive-job.h"

#include <langinfo.h>
#include <string.h>

/* ---- opening ---- */

static bool
pay (uint64_t units, void *data)
{
  ArchiveJob *job = data;
  job->stopped |= !job->api->work (job->object, units);
  return !job->stopped;
}

static SkSpan
archive_bytes (const ArchiveJob *job)
{
  return sk_span_slice (job->bytes, job->offset, SIZE_MAX);
}

static uint64_t
walk_plain (ArchiveJob *job, ArchivePlain *plain, const ArchiveLocked *locked)
{
  ArchiveInput input = { .api = job->api, .object = job->object, .plain = plain };
  return archive_walk (job, &input, job->id, locked);
}

static uint64_t
walk_raw (ArchiveJob *job)
{
  g_autoptr (ArchivePlain) plain = archive_plain_new ();
  archive_plain_raw (plain, sk_span_slice (archive_bytes (job), 0, job->sound));
  return walk_plain (job, plain, NULL);
}

static void
open_format (ArchiveJob *job)
{
  uint64_t end = archive_end_of (archive_bytes (job), job->id);
  SkReason reason;
  const char *refused = NULL;
  if (job->id == ARCHIVE_ID_XAR)
    refused = archive_xar_refused (archive_bytes (job), pay, job, &reason);
  if (refused != NULL)
    {
      archive_tell (job, reason, "%s", refused);
      return;
    }
  uint64_t consumed = walk_raw (job);
  job->api->fact_int (job->object, FACT_MEMBERS, (int64_t) job->n_members);
  if (archive_traits (job->id)->streams)
    end = consumed;
  archive_behind (job, end);
}

/* ---- locked ---- */

static ArchiveKeys *
keys_of_root (ArchiveJob *job)
{
  SkObject *root = job->object;
  for (SkObject *up = root; up != NULL; up = job->api->parent (up))
    root = up;
  ArchiveSlot *slot = archive_slot (job->api, root);
  if (slot->keys == NULL)
    slot->keys = archive_keys_new ();
  return slot->keys;
}

typedef struct Trial {
  ArchiveJob *job;
  ArchiveKeys *keys;
  size_t number;
  bool opened; /* something */
} Trial;

static bool
try_secret (SkSpan secret, const char *origin, void *data)
{
  Trial *trial = data;
  ArchiveJob *job = trial->job;
  size_t number = trial->number++;
  (void) origin;
  if (number < job->slot->tried)
    return true;
  ArchiveTry result
      = archive_locked_try (job->slot->locked, trial->keys, number, secret, pay, job);
  if (result == ARCHIVE_TRY_LIMIT)
    return false;
  job->slot->tried = number + 1;
  trial->opened |= result == ARCHIVE_TRY_OPENED;
  if (result == ARCHIVE_TRY_FAILED)
    archive_tell (job, SK_REASON_FAILED, "decryption failed");
  return archive_locked_left (job->slot->locked) > 0;
}

static void
tell_locked_facts (ArchiveJob *job)
{
  const ArchiveFacts *facts = archive_locked_facts (job->slot->locked);
  if (facts->product[0] != '\0')
    archive_tell_text (job, FACT_FORMAT, facts->product);
  if (facts->cipher[0] != '\0')
    archive_tell_text (job, FACT_CIPHER, facts->cipher);
  if (facts->names_hidden)
    job->api->fact_bool (job->object, FACT_NAMES_HIDDEN, true);
  if (facts->n_encrypted > 0)
    job->api->fact_int (job->object, FACT_ENCRYPTED,
                        (int64_t) MIN (facts->n_encrypted, (uint64_t) INT64_MAX));
}

/* What only knows a product says so; what cannot be opened for its lock is encrypted. A secret may show
 * what is wrong behind it, so that there is something to be told again. */
static void
tell_state (ArchiveJob *job)
{
  const ArchiveFacts *facts = archive_locked_facts (job->slot->locked);
  SkReason reason;
  if (facts->reason[0] == '\0' || facts->reason == job->slot->told_reason)
    return;
  job->slot->told_reason = facts->reason;
  switch (facts->state)
    {
    case ARCHIVE_STATE_UNSUPPORTED:
      reason = facts->cipher[0] != '\0' ? SK_REASON_ENCRYPTED : SK_REASON_UNSUPPORTED;
      break;
    case ARCHIVE_STATE_MALFORMED:
      reason = SK_REASON_MALFORMED;
      break;
    case ARCHIVE_STATE_LIMIT:
      reason = SK_REASON_LIMIT;
      break;
    default:
      reason = SK_REASON_MALFORMED;
    }
  archive_tell (job, reason, "%s", facts->reason);
}

static void
walk_locked (ArchiveJob *job)
{
  const ArchiveFacts *facts = archive_locked_facts (job->slot->locked);
  g_autoptr (ArchivePlain) plain = archive_locked_plain (job->slot->locked);
  job->solid |= facts->names_hidden; /* they are not read for it */
  /* Broken, and nothing encrypted before that place: what there is of a cut member is shown, too. */
  if (facts->state == ARCHIVE_STATE_MALFORMED && facts->n_encrypted == 0 && !facts->names_hidden
      && job->id != ARCHIVE_ID_7Z)
    walk_raw (job);
  else if (plain != NULL)
    walk_plain (job, plain, job->slot->locked);
  else
    {
      if (archive_locked_left (job->slot->locked) == 0 && facts->reason[0] == '\0')
        archive_tell (job, SK_REASON_LIMIT, "%s: of more parts than are read", facts->product);
      return;
    }
  job->api->fact_int (job->object, FACT_MEMBERS, (int64_t) job->n_members);
}

/* Why it is not all open, in the words of `encrypted`. */
static char *
why_locked (const ArchiveJob *job)
{
  const ArchiveFacts *facts = archive_locked_facts (job->slot->locked);
  if (job->stopped)
    return g_strdup_printf ("%s: a limit was reached before it was opened", facts->product);
  if (facts->state == ARCHIVE_STATE_UNSUPPORTED)
    return g_strdup (facts->reason);
  if (facts->names_hidden && facts->n_members == 0)
    return g_strdup_printf ("%s with hidden names: no password opened it", facts->product);
  return g_strdup_printf ("%s, %s: no password opened all of it", facts->product, facts->cipher);
}

/* False: it was the last call. The host tells a limit once for many objects: here it is told of this one. */
static bool
park (ArchiveJob *job)
{
  g_autofree char *detail = why_locked (job);
  if (!job->stopped)
    return job->api->park (job->object, detail);
  archive_tell (job, SK_REASON_ENCRYPTED, "%s", detail);
  return true;
}

/* A secret that only seemed right is found out when the content is read: then the next ones are tried. */
static void
try_secrets (ArchiveJob *job)
{
  ArchiveSlot *slot = job->slot;
  ArchiveKeys *keys = keys_of_root (job);
  bool walk = !slot->told;
  do
    {
      Trial trial = { .job = job, .keys = keys };
      job->api->secret_each (job->object, try_secret, &trial);
      walk |= trial.opened;
      job->rejected = false;
      if (walk)
        walk_locked (job);
      walk = job->rejected;
    }
  while (walk && !job->stopped);
}

/* Where the names are hidden, its end is known once it is open. */
static void
open_behind (ArchiveJob *job)
{
  uint64_t end = archive_end_of (archive_bytes (job), job->id);
  if (end == UINT64_MAX)
    end = archive_locked_end (job->slot->locked);
  if (end == UINT64_MAX || job->slot->behind)
    return;
  job->slot->behind = true;
  archive_behind (job, end);
}

static void
open_locked (ArchiveJob *job)
{
  ArchiveSlot *slot = job->slot;
  const ArchiveFacts *facts = archive_locked_facts (slot->locked);
  if (slot->done == NULL)
    slot->done = g_byte_array_new ();
  try_secrets (job);
  tell_locked_facts (job);
  archive_rar_hidden_streams (job);
  uint64_t left = archive_locked_left (slot->locked);
  if (left == 0 || facts->state != ARCHIVE_STATE_UNSUPPORTED)
    tell_state (job);
  open_behind (job);
  slot->told = true;
  if (left == 0 || park (job))
    return;
  job->absent = true;
  walk_locked (job);
}

/* A locked one goes on from where it was left; of any other this is the only call. */
static void
open_lockable (ArchiveJob *job)
{
  if (job->slot->locked == NULL)
    job->slot->locked = archive_locked_look (archive_bytes (job), pay, job);
  if (job->id != ARCHIVE_ID_7Z)
    archive_rar_list (job);
  if (archive_locked_facts (job->slot->locked)->state == ARCHIVE_STATE_OPEN)
    open_format (job);
  else
    open_locked (job);
  if (job->listed != NULL)
    g_array_unref (job->listed);
}

/* ---- the hooks ---- */

static void
open_at (ArchiveJob *job)
{
  const ArchiveTraits *traits = archive_traits (job->id);
  archive_tell_text (job, FACT_FORMAT, traits->name);
  if (job->offset > 0)
    job->api->fact_int (job->object, FACT_OFFSET, (int64_t) job->offset);
  if (traits->is_filter)
    archive_stream_open (job);
  else if (traits->may_be_locked)
    {
      job->slot = archive_slot (job->api, job->object);
      open_lockable (job);
    }
  else
    open_format (job);
}

/* What only archive-locked.h knows: products that lock files, and programs that carry theirs. */
static bool
open_product (ArchiveJob *job)
{
  g_autoptr (ArchiveLocked) locked = archive_locked_look (job->bytes, pay, job);
  const ArchiveFacts *facts = archive_locked_facts (locked);
  if (facts->product[0] == '\0')
    return false;
  job->id = ARCHIVE_ID_NONE;
  job->slot = archive_slot (job->api, job->object);
  job->slot->locked = g_steal_pointer (&locked);
  tell_locked_facts (job);
  tell_state (job);
  return true;
}

static bool
is_program (SkSpan bytes)
{
  return bytes.size >= 64
         && (memcmp (bytes.data, "MZ", 2) == 0 || memcmp (bytes.data, "\x7f" "ELF", 4) == 0);
}

static SkResult
open (const SkApi *api, void *context, SkObject *object)
{
  SkWindow window;
  ArchiveJob job = { .api = api, .object = object, .bytes = api->bytes (object), .sound = SIZE_MAX };
  (void) context;
  if (job.bytes.size == 0 || api->window (object, &window))
    return SK_NOT_MINE;
  job.id = archive_identify (job.bytes);
  if (job.id == ARCHIVE_ID_NONE && is_program (job.bytes))
    job.id = archive_in_program (job.bytes, pay, &job, &job.offset);
  if (job.id == ARCHIVE_ID_NONE)
    return open_product (&job) || archive_recognise (&job) || job.stopped ? archive_result (&job)
                                                                          : SK_NOT_MINE;
  open_at (&job);
  return archive_result (&job);
}

/* libarchive opens these itself where there are no files any more. */
static void
warm (const SkApi *api, SkSetup *setup)
{
  static const char *const charsets[] = { "ISO-8859-1", "CP932", "UTF-16LE", "UTF-16BE" };
  for (size_t i = 0; i < G_N_ELEMENTS (charsets); i++)
    {
      g_autofree char *text = g_convert ("aa", 2, "UTF-8", charsets[i], NULL, NULL, NULL);
      if (text == NULL)
        api->warning (setup, NULL, 0, "iconv has no %s: some names in archives stay unread",
                      charsets[i]);
    }
}

/* Names of members pass through libarchive as UTF-8 or raw; in another locale it loses them. */
static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  (void) ret_context;
  if (strcmp (nl_langinfo (CODESET), "UTF-8") != 0)
    {
      api->error (setup, NULL, 0, "the locale is not in UTF-8");
      return SK_FAILED;
    }
  if (!archive_crypt_warm ())
    {
      api->error (setup, NULL, 0, "OpenSSL lacks AES, SHA-1 or SHA-256");
      return SK_FAILED;
    }
  warm (api, setup);
  return SK_OK;
}

/* The marks decide, not the types: products and parts of split archives have none. */
static const char *const accepts[] = { "*", NULL };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .flags = SK_PLUGIN_RISKY,
  .name = "archive",
  .version = PACKAGE_VERSION,
  .summary = "opens 7z, RAR, CAB, LHA, tar, cpio, xar, ar and compressed files",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .facts = archive_facts,
  .n_facts = N_FACTS,
  .configure = configure,
  .open = open,
  .free_slot = archive_slot_free,
};
