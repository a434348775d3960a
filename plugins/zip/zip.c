/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `zip`: every member of every zip archive in a file, whoever names it:
 * a directory, another directory, or its own header alone. What is locked waits
 * for secrets.
 */
#include "config.h"

#include "zip-job.h"

#include "zip-end.h"

#include <stdarg.h>

/** Bytes that may be read a second time beside twice the file's size. */
#define SPARE ((uint64_t) 1024 * 1024)
/** Where programs look for an end record: its length and that of the longest comment. */
#define END_SEARCH ((size_t) 22 + 65535)

/* ---- saying ---- */

void
zip_tell (ZipJob *job, SkReason reason, const char *format, ...)
{
  va_list args;
  job->broken = true;
  unsigned told = ++job->told[reason];
  if (told > ZIP_MAX_TOLD + 1)
    return;
  if (told > ZIP_MAX_TOLD)
    {
      job->api->not_inspected (job->object, reason, "and more members like those that are named");
      return;
    }
  va_start (args, format);
  g_autofree char *detail = g_strdup_vprintf (format, args);
  va_end (args);
  job->api->not_inspected (job->object, reason, detail);
}

bool
zip_pay (void *data, uint64_t units)
{
  ZipJob *job = data;
  if (!job->stopped && !job->api->work (job->object, units))
    job->stopped = true;
  return !job->stopped;
}

bool
zip_spend (ZipJob *job, uint64_t bytes)
{
  bool enough = bytes <= job->spare && !job->spent;
  job->spare -= enough ? bytes : job->spare;
  if (!enough && !job->spent)
    zip_tell (job, SK_REASON_LIMIT,
              "members lie in one another; what they share is not read again and again");
  job->spent |= !enough;
  return enough;
}

static void
fact_count (const ZipJob *job, uint32_t fact, uint64_t count)
{
  if (count > 0)
    job->api->fact_int (job->object, fact, (int64_t) MIN (count, (uint64_t) INT64_MAX));
}

static void
fact_true (const ZipJob *job, uint32_t fact, bool value)
{
  if (value)
    job->api->fact_bool (job->object, fact, true);
}

static void
tell_methods (const ZipJob *job)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (job->methods); i++)
    for (uint64_t left = job->methods[i]; left != 0; left &= left - 1)
      {
        unsigned method = 64 * i + (unsigned) __builtin_ctzll (left);
        const char *name = zip_method_name ((uint16_t) method);
        char number[16];
        g_snprintf (number, sizeof number, "%u", method);
        job->api->fact_string (job->object, FACT_METHODS,
                               sk_span_of_text (name != NULL ? name : number));
      }
}

static void
tell_words (const ZipJob *job)
{
  for (unsigned i = 0; i < ZIP_N_DIFFS; i++)
    if ((job->differs >> i & 1) != 0)
      job->api->fact_string (job->object, FACT_DIFFERS, sk_span_of_text (zip_diff_names[i]));
  for (unsigned i = ZIP_CIPHER_ZIPCRYPTO; i <= ZIP_CIPHER_UNKNOWN; i++)
    if ((job->ciphers >> i & 1) != 0)
      job->api->fact_string (job->object, FACT_CIPHERS, sk_span_of_text (zip_cipher_names[i]));
}

static void
tell_comment (const ZipJob *job)
{
  const ZipIndex *index = job->slot->index;
  if (index->archives->len == 0)
    return;
  SkSpan comment = g_array_index (index->archives, ZipArchive, 0).comment;
  if (comment.size > 0)
    job->api->fact_string (job->object, FACT_COMMENT,
                           job->api->name_decode (job->object, comment, NULL));
}

static void
tell_facts (const ZipJob *job)
{
  const ZipIndex *index = job->slot->index;
  job->api->fact_int (job->object, FACT_MEMBERS, index->members->len);
  job->api->fact_int (job->object, FACT_END_RECORDS, index->n_ends);
  fact_true (job, FACT_NO_END, index->n_ends == 0);
  fact_count (job, FACT_ENCRYPTED, job->n_encrypted);
  fact_count (job, FACT_PREFIX, index->prefix);
  fact_count (job, FACT_GAPS, index->gaps + job->slack);
  fact_count (job, FACT_TRAILING, index->trailing);
  fact_count (job, FACT_OVERLAPS, (uint64_t) index->n_overlaps + index->n_same);
  fact_count (job, FACT_MISSING, index->n_missing);
  fact_count (job, FACT_HIDDEN_MEMBERS, job->n_hidden);
  fact_count (job, FACT_IMPOSSIBLE, job->n_impossible);
  fact_true (job, FACT_SIGNING_BLOCK, index->signing_block);
  fact_true (job, FACT_SPLIT, index->disk > 0);
  tell_methods (job);
  tell_words (job);
  tell_comment (job);
}

/* ---- members ---- */

static void
open_members (ZipJob *job)
{
  const ZipIndex *index = job->slot->index;
  for (uint64_t i = 0; i < index->members->len && !job->stopped; i++)
    {
      ZipReading readings[2];
      size_t n = zip_readings_of (job, i, readings);
      for (size_t k = 0; k < n && !job->stopped; k++)
        zip_member (job, &readings[k]);
    }
}

bool
zip_open_hidden (void *data, uint64_t start, uint64_t end)
{
  ZipJob *job = data;
  uint64_t expected = start, found, filler;
  while (!job->stopped && !job->spent
         && (found = zip_find (job->bytes, start, end, "\3\4", zip_pay, job)) != ZIP_NOWHERE)
    {
      ZipReading reading;
      uint64_t length = 0;
      if ((filler = zip_filler_end (job->bytes, found, end)) > 0)
        length = filler - found;
      else if (zip_reading_hidden (job, found, end, &reading)
               && (found == expected ? zip_header_has_method (&reading.header)
                                     : zip_header_is_likely (&reading.header)))
        length = zip_member_if_whole (job, &reading, found == expected);
      start = found + MAX (length, 4);
      expected = length > 0 ? start : expected;
    }
  return !job->stopped && !job->spent;
}

static void
tell_index (ZipJob *job)
{
  const ZipIndex *index = job->slot->index;
  for (guint i = 0; i < index->archives->len; i++)
    if (g_array_index (index->archives, ZipArchive, i).cut)
      {
        job->differs |= ZIP_DIFF_COUNT;
        zip_tell (job, SK_REASON_MALFORMED, "a directory breaks off before its end");
        break;
      }
  if (index->n_ends == 0 && index->disk == 0)
    zip_tell (job, SK_REASON_TRUNCATED, "no end record leads to a directory");
  if (index->cut_comment)
    zip_tell (job, SK_REASON_TRUNCATED, "the file ends before its comment does");
  if (index->disk > 0)
    zip_tell (job, SK_REASON_UNSUPPORTED, "a part of a split archive; the other parts are other files");
  if (index->encrypted_directory)
    zip_tell (job, SK_REASON_ENCRYPTED, "an encrypted directory (PKWARE): no name can be read");
  if (index->limit)
    zip_tell (job, SK_REASON_LIMIT, "more members or end records than are kept");
}

/* ---- archives behind something else ---- */

static bool
may_precede (const char *type)
{
  static const char *const heads[]
      = { "image/", "audio/", "video/", "text/", "application/pdf", "application/octet-stream",
          "application/vnd.microsoft.portable-executable", "application/x-dosexec",
          "application/x-ne-executable", "application/x-le-executable", "application/x-elf",
          "application/x-executable", "application/x-pie-executable", "application/x-sharedlib" };
  for (size_t i = 0; i < G_N_ELEMENTS (heads); i++)
    if (strncmp (type, heads[i], strlen (heads[i])) == 0)
      return true;
  return false;
}

/* Archives of other kinds hold zip files of their own, which are not theirs to show. */
static bool
may_carry (const SkApi *api, SkObject *object)
{
  const char *type;
  SkStrength strength;
  for (size_t i = 0; api->type_at (object, i, &type, &strength); i++)
    if (strcmp (type, "application/zip") == 0
        || (strength == SK_STRENGTH_CONTENT && !may_precede (type)))
      return false;
  return true;
}

static bool
ends_as_zip (SkSpan bytes)
{
  size_t from = bytes.size > END_SEARCH ? bytes.size - END_SEARCH : 0;
  for (size_t i = bytes.size - 22 + 1; i-- > from;)
    {
      ZipEnd end;
      if (bytes.data[i] == 'P' && bytes.data[i + 1] == 'K' && zip_end_read (bytes, i, &end)
          && end.n_ways > 0)
        return true;
    }
  return false;
}

/* ---- the hooks ---- */

/* The end record of an archive behind a picture or program may stand far before the end, too. */
static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  SkSpan bytes = api->bytes (object);
  (void) context;
  if (bytes.size >= 22 && may_carry (api, object) && ends_as_zip (bytes))
    api->type_add (object, "application/zip", SK_STRENGTH_CONTENT);
  return SK_OK;
}

static void
free_slot (void *data)
{
  ZipSlot *slot = data;
  zip_index_free (slot->index);
  zip_unpacker_free (slot->unpacker);
  g_array_unref (slot->waiting);
  g_array_unref (slot->right);
  g_free (slot);
}

static ZipSlot *
new_slot (void)
{
  ZipSlot *slot = g_new0 (ZipSlot, 1);
  slot->waiting = g_array_new (FALSE, FALSE, sizeof (ZipWaiting));
  slot->right = g_array_new (FALSE, TRUE, sizeof (bool));
  return slot;
}

static bool
begins_as_zip (SkSpan bytes)
{
  return bytes.size >= 4 && memcmp (bytes.data, "PK\3\4", 4) == 0;
}

static void
open_first (ZipJob *job)
{
  ZipSlot *slot = job->slot;
  slot->index = zip_index_new (job->bytes, zip_pay, job);
  if (slot->index == NULL)
    return;
  job->spare = 2 * (uint64_t) job->bytes.size + SPARE;
  job->met = g_hash_table_new (NULL, NULL);
  open_members (job);
  if (!job->stopped)
    zip_index_gaps (slot->index, zip_open_hidden, job);
  g_hash_table_unref (job->met);
  /* An end record that leads nowhere is what the last part of a split archive has, too. */
  bool nothing = slot->index->archives->len == 0 && slot->index->n_broken == 0 && job->n_hidden == 0;
  if (!nothing)
    {
      tell_index (job);
      tell_facts (job);
    }
  else if (begins_as_zip (job->bytes))
    zip_tell (job, SK_REASON_TRUNCATED, "it begins as a zip archive, and no member could be read");
}

static SkResult
result_of (const ZipJob *job)
{
  if (job->stopped)
    return SK_LIMIT;
  return job->broken ? SK_PARTIAL : SK_OK;
}

static SkResult
open (const SkApi *api, void *context, SkObject *object)
{
  ZipJob job = { .api = api, .object = object, .bytes = api->bytes (object) };
  void **slot = api->slot (object);
  SkWindow window;
  (void) context;
  if (job.bytes.size == 0 || api->window (object, &window))
    return SK_NOT_MINE;
  bool first = *slot == NULL;
  if (first)
    *slot = new_slot ();
  job.slot = *slot;
  if (job.slot->unpacker == NULL)
    job.slot->unpacker = zip_unpacker_new ();
  if (first)
    open_first (&job);
  if (job.slot->index == NULL)
    return result_of (&job);
  if (!first)
    job.spare = 2 * (uint64_t) job.bytes.size + SPARE;
  zip_secrets_try (&job);
  zip_secrets_park (&job);
  return result_of (&job);
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  (void) ret_context;
  if (zip_crypt_warm ())
    return SK_OK;
  api->error (setup, NULL, 0, "OpenSSL offers no AES, HMAC or PBKDF2 with SHA-1");
  return SK_FAILED;
}

static const char *const accepts[] = { "application/zip", NULL };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .flags = SK_PLUGIN_RISKY,
  .name = "zip",
  .version = PACKAGE_VERSION,
  .summary = "opens zip archives, whatever their directories say of them",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .facts = zip_facts,
  .n_facts = N_FACTS,
  .configure = configure,
  .identify = identify,
  .open = open,
  .free_slot = free_slot,
};
