/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * One reading of a member becomes a child: name, attributes, facts, content.
 */
#include "config.h"

#include "zip-job.h"

#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/** Decrypted bytes at one time; a multiple of 16. */
#define PLAIN_ROOM ((size_t) 64 * 1024)
/** Systems of the attributes (APPNOTE 4.4.2.2) whose upper half is a mode of Unix. */
#define HOST_UNIX 3
#define HOST_DARWIN 19
/** Attributes of MS-DOS, the lowest byte. */
#define DOS_DIRECTORY 0x10u
/** Where a link leads. */
#define MAX_TARGET 4096

/* ---- names ---- */

/* A name ends nowhere but at its end: some programs stop at a NUL, others do not. */
static char *
without_nul (SkSpan name)
{
  GString *text = g_string_sized_new (name.size);
  for (size_t i = 0; i < name.size; i++)
    if (name.data[i] != 0)
      g_string_append_c (text, (char) name.data[i]);
    else
      g_string_append (text, "\xef\xbf\xbd");
  return g_string_free (text, FALSE);
}

static bool
is_utf8 (SkSpan text)
{
  return text.size > 0 && g_utf8_validate_len ((const char *) text.data, text.size, NULL);
}

/* By the flag, then by Info-ZIP's field, then guessed. */
static char *
name_of (const ZipJob *job, const ZipReading *reading, const char **ret_charset)
{
  const ZipHeader *h = &reading->header;
  *ret_charset = NULL;
  if ((h->flags & ZIP_FLAG_UTF8) != 0 && is_utf8 (h->name))
    return without_nul (h->name);
  if (is_utf8 (reading->extra.unicode_name))
    return without_nul (reading->extra.unicode_name);
  return without_nul (job->api->name_decode (job->object, h->name, ret_charset));
}

static char *
short_name (const ZipJob *job, const ZipReading *reading)
{
  const char *charset;
  return name_of (job, reading, &charset);
}

/* ---- what the headers say ---- */

static uint32_t
unix_mode (const ZipHeader *h)
{
  return h->host == HOST_UNIX || h->host == HOST_DARWIN ? h->external >> 16 : 0;
}

/* One that has content is no directory, whatever its name. */
static SkFileType
type_of (const ZipReading *reading)
{
  const ZipHeader *h = &reading->header;
  uint32_t kind = unix_mode (h) & S_IFMT;
  uint8_t last = h->name.size > 0 ? h->name.data[h->name.size - 1] : 0;
  if (kind == S_IFLNK)
    return SK_FILE_LINK;
  if (kind == S_IFBLK || kind == S_IFCHR || kind == S_IFIFO || kind == S_IFSOCK)
    return SK_FILE_SPECIAL;
  bool directory = kind == S_IFDIR || last == '/' || last == '\\' || (h->external & DOS_DIRECTORY) != 0;
  return directory && h->packed == 0 && h->size == 0 ? SK_FILE_DIRECTORY : SK_FILE_REGULAR;
}

static SkFileInfo
info_of (const ZipReading *reading)
{
  const ZipHeader *h = &reading->header;
  SkFileInfo info = { .type = type_of (reading), .mtime = zip_header_mtime (h, &reading->extra) };
  if ((h->external & 1) != 0)
    info.attributes |= SK_ATTRIBUTE_READONLY;
  if ((h->external & 2) != 0)
    info.attributes |= SK_ATTRIBUTE_HIDDEN;
  if ((h->external & 4) != 0)
    info.attributes |= SK_ATTRIBUTE_SYSTEM;
  return info;
}

static void
tell_facts (const ZipJob *job, SkChild *child, const ZipReading *reading, const char *charset)
{
  const SkApi *api = job->api;
  const char *method = zip_method_name (reading->method);
  char crc[9], number[16];
  g_snprintf (number, sizeof number, "%u", reading->method);
  api->child_fact_string (child, FACT_METHOD, sk_span_of_text (method != NULL ? method : number));
  if (reading->extra.aes_version != 2 && !reading->open_ended)
    {
      g_snprintf (crc, sizeof crc, "%08x", reading->header.crc);
      api->child_fact_string (child, FACT_CRC32, sk_span_of_text (crc));
    }
  if (reading->local_name.size > 0)
    {
      g_autofree char *local
          = without_nul (api->name_decode (job->object, reading->local_name, NULL));
      api->child_fact_string (child, FACT_LOCAL_NAME, sk_span_of_text (local));
    }
  if (reading->hidden)
    api->child_fact_bool (child, FACT_HIDDEN, true);
  if (reading->reading != NULL)
    api->child_fact_string (child, FACT_READING, sk_span_of_text (reading->reading));
  if (charset != NULL && strcmp (charset, "us-ascii") != 0)
    api->child_fact_string (child, FACT_CHARSET, sk_span_of_text (charset));
}

static SkChild *
begin (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  const char *charset;
  g_autofree char *name = name_of (job, reading, &charset);
  SkChild *child = job->api->child_begin (job->object, reading->position, name);
  if (child == NULL)
    {
      job->stopped = true;
      return NULL;
    }
  job->api->child_info (child, info);
  tell_facts (job, child, reading, charset);
  return child;
}

/* ---- content ---- */

/** Where packed bytes come from and plain ones go. */
typedef struct Pump {
  ZipJob *job;
  SkChild *child;
  SkSpan left;      /* packed, not encrypted */
  ZipKey *key;      /* or NULL */
  uint8_t *plain;   /* PLAIN_ROOM bytes, with a key */
  bool refused;     /* a limit */
} Pump;

static bool
give (void *data, SkSpan *ret_piece)
{
  Pump *pump = data;
  if (pump->key != NULL)
    {
      size_t size = zip_key_read (pump->key, pump->plain, PLAIN_ROOM);
      *ret_piece = (SkSpan){ pump->plain, size };
      return size > 0 && zip_pay (pump->job, 1 + size / 1024);
    }
  *ret_piece = pump->left;
  pump->left.size = 0;
  return ret_piece->size > 0;
}

static bool
take (void *data, SkSpan bytes)
{
  Pump *pump = data;
  pump->refused = !pump->job->api->child_append (pump->child, bytes);
  return !pump->refused;
}

static void
unpack (ZipJob *job, const ZipReading *reading, Pump *pump, ZipOutcome *ret_outcome)
{
  ZipStream stream = { .method = reading->method,
                       .marker = (reading->header.flags & ZIP_FLAG_MARKER) != 0,
                       .size = reading->header.size,
                       .give = give,
                       .give_data = pump,
                       .take = take,
                       .take_data = pump };
  zip_unpack (job->slot->unpacker, &stream, ret_outcome);
}

/* The version 2 of AES has no CRC: its sum says more. */
static bool
fits (const ZipReading *reading, const ZipOutcome *outcome)
{
  const ZipHeader *h = &reading->header;
  return outcome->ending == ZIP_ENDED && (reading->open_ended || outcome->made == h->size)
         && (reading->extra.aes_version == 2 || reading->open_ended || outcome->crc == h->crc);
}

static void
tell_ending (ZipJob *job, const ZipReading *reading, const Pump *pump, const ZipOutcome *outcome)
{
  g_autofree char *name = short_name (job, reading);
  if (pump->refused || outcome->ending == ZIP_STOPPED)
    return; /* the host has said which limit */
  if (reading->cut)
    zip_tell (job, SK_REASON_TRUNCATED, "%s: the file ends before its data does", name);
  else if (outcome->ending == ZIP_MEMORY)
    zip_tell (job, SK_REASON_LIMIT, "%s: it asks for more memory than unpacking may have", name);
  else if (outcome->ending != ZIP_ENDED)
    zip_tell (job, SK_REASON_MALFORMED, "%s: its data is broken", name);
  else
    zip_tell (job, SK_REASON_MALFORMED, "%s: its content is not what its header says", name);
}

/* Stored and not encrypted: a part of the file. */
static void
share (ZipJob *job, const ZipReading *reading, SkChild *child, Pump *pump, ZipOutcome *outcome)
{
  SkSpan data = reading->data;
  *outcome = (ZipOutcome){ .taken = data.size,
                           .made = data.size,
                           .crc = (uint32_t) crc32_z (0, data.data, data.size) };
  zip_pay (job, data.size / 1024);
  pump->refused = !job->api->child_share (child, (size_t) (data.data - job->bytes.data), data.size);
}

static void
fill (ZipJob *job, const ZipReading *reading, SkChild *child, Pump *pump, ZipOutcome *outcome)
{
  *pump = (Pump){ .job = job, .child = child, .left = reading->data };
  if (reading->method == ZIP_METHOD_STORED)
    share (job, reading, child, pump, outcome);
  else
    unpack (job, reading, pump, outcome);
  if (outcome->ending == ZIP_ENDED && !reading->open_ended)
    job->slack += reading->data.size - MIN (outcome->taken, reading->data.size);
}

/* ---- readings ---- */

/* One program takes the bytes as they are; the one that came with it knows that they are packed. */
static void
open_impossible (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  ZipReading packed = *reading;
  Pump pump;
  ZipOutcome outcome;
  g_autofree char *name = short_name (job, reading);
  job->n_impossible++;
  zip_tell (job, SK_REASON_MALFORMED, "%s: stored, and yet of two sizes", name);
  packed.method = ZIP_METHOD_DEFLATE;
  packed.reading = "deflate";
  packed.position = reading->header.offset + 1;
  SkChild *child = begin (job, &packed, info);
  if (child == NULL)
    return;
  fill (job, &packed, child, &pump, &outcome);
  if (outcome.ending == ZIP_ENDED || pump.refused)
    job->api->child_commit (child);
  else
    job->api->child_abort (child);
}

static void
open_plain (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  const ZipHeader *h = &reading->header;
  Pump pump;
  ZipOutcome outcome;
  SkChild *child = begin (job, reading, info);
  if (child == NULL)
    return;
  fill (job, reading, child, &pump, &outcome);
  job->api->child_commit (child);
  bool impossible = reading->method == ZIP_METHOD_STORED && h->packed != h->size && !reading->open_ended;
  if (impossible && !job->stopped)
    open_impossible (job, reading, info);
  else if (!fits (reading, &outcome))
    tell_ending (job, reading, &pump, &outcome);
}

/* Only its name is to be had. */
static void
open_absent (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  SkChild *child = begin (job, reading, info);
  if (child == NULL)
    return;
  job->api->child_absent (child, reading->header.size);
  if (reading->cipher != ZIP_CIPHER_NONE)
    job->api->child_fact_bool (child, FACT_LOCKED, true);
  job->api->child_commit (child);
}

/* A link is stored, and its content is where it leads. */
static void
open_bare (ZipJob *job, const ZipReading *reading, SkFileInfo *info)
{
  g_autofree char *target = NULL;
  if (info->type == SK_FILE_LINK && reading->cipher == ZIP_CIPHER_NONE
      && reading->method == ZIP_METHOD_STORED && reading->data.size <= MAX_TARGET)
    {
      target = without_nul (job->api->name_decode (job->object, reading->data, NULL));
      info->target = sk_span_of_text (target);
    }
  SkChild *child = begin (job, reading, info);
  if (child != NULL)
    job->api->child_commit (child);
}

static void
tell_unsupported (ZipJob *job, const ZipReading *reading)
{
  const char *method = zip_method_name (reading->method);
  g_autofree char *name = short_name (job, reading);
  if (method != NULL)
    zip_tell (job, SK_REASON_UNSUPPORTED, "%s: compressed with %s", name, method);
  else
    zip_tell (job, SK_REASON_UNSUPPORTED, "%s: compressed with method %u, which nobody has defined",
              name, reading->method);
}

static void
note (ZipJob *job, const ZipReading *reading)
{
  g_hash_table_add (job->methods, GUINT_TO_POINTER (reading->method));
  job->ciphers |= 1u << reading->cipher;
  job->n_encrypted += reading->cipher != ZIP_CIPHER_NONE;
}

static void
wait (ZipJob *job, const ZipReading *reading)
{
  ZipWaiting waiting = { reading->origin, false };
  g_array_append_val (job->slot->waiting, waiting);
  job->slot->n_left++;
}

void
zip_member (ZipJob *job, const ZipReading *reading)
{
  SkFileInfo info = info_of (reading);
  g_autofree char *name = NULL;
  if (!zip_pay (job, 1))
    return;
  note (job, reading);
  if (info.type != SK_FILE_REGULAR)
    open_bare (job, reading, &info);
  else if (reading->data.data == NULL && reading->cut)
    {
      name = short_name (job, reading);
      zip_tell (job, SK_REASON_TRUNCATED, "%s: only the directory has it", name);
      open_absent (job, reading, &info);
    }
  else if (reading->cipher != ZIP_CIPHER_NONE)
    wait (job, reading);
  else if (zip_method_is_known (reading->method))
    open_plain (job, reading, &info);
  else
    {
      tell_unsupported (job, reading);
      open_absent (job, reading, &info);
    }
}

/* ---- hidden ones ---- */

/* A descriptor that agrees with where it stands ends stored data of unknown length. */
static bool
find_stored_end (ZipJob *job, ZipReading *reading)
{
  uint64_t start = (uint64_t) (reading->data.data - job->bytes.data), from = start, found;
  uint64_t end = start + reading->data.size;
  while ((found = zip_find (job->bytes, from, end, "\7\10", zip_pay, job)) != ZIP_NOWHERE)
    {
      uint64_t size = found - start;
      uint32_t crc = (uint32_t) crc32_z (0, reading->data.data, (size_t) size);
      if (!zip_pay (job, 1 + size / 1024))
        return false;
      if (zip_descriptor_length (job->bytes, found, crc, size, size) > 0)
        {
          reading->data.size = (size_t) size;
          reading->header.packed = reading->header.size = size;
          reading->header.crc = crc;
          reading->open_ended = false;
          return true;
        }
      from = found + 4;
    }
  return false;
}

/* What follows the data of a streamed member and agrees with it. */
static uint64_t
descriptor_behind (const ZipJob *job, const ZipReading *reading, const ZipOutcome *outcome)
{
  uint64_t end = (uint64_t) (reading->data.data - job->bytes.data) + outcome->taken;
  return zip_descriptor_length (job->bytes, end, outcome->crc, outcome->taken, outcome->made);
}

static uint64_t
open_if_whole (ZipJob *job, const ZipReading *reading, const SkFileInfo *info, bool lenient)
{
  Pump pump;
  ZipOutcome outcome;
  SkChild *child = begin (job, reading, info);
  if (child == NULL)
    return 0;
  fill (job, reading, child, &pump, &outcome);
  uint64_t behind = reading->open_ended ? descriptor_behind (job, reading, &outcome) : 0;
  bool whole = fits (reading, &outcome) && (!reading->open_ended || behind > 0);
  if (!whole && !lenient && !pump.refused)
    {
      job->api->child_abort (child);
      return 0;
    }
  job->api->child_commit (child);
  job->n_hidden++;
  if (!whole)
    tell_ending (job, reading, &pump, &outcome);
  return reading->header.length + MAX (outcome.taken, reading->open_ended ? 1 : reading->data.size)
         + behind;
}

uint64_t
zip_member_if_whole (ZipJob *job, const ZipReading *from)
{
  ZipReading reading = *from;
  SkFileInfo info = info_of (&reading);
  bool lenient = job->slot->index->archives->len == 0;
  uint64_t length = reading.header.length + reading.data.size;
  if (!zip_pay (job, 1))
    return 0;
  if (reading.open_ended && reading.method == ZIP_METHOD_STORED && !find_stored_end (job, &reading))
    return 0;
  bool plain = reading.cipher == ZIP_CIPHER_NONE;
  if (plain && info.type == SK_FILE_REGULAR && zip_method_is_known (reading.method))
    {
      note (job, &reading);
      return open_if_whole (job, &reading, &info, lenient);
    }
  /* Nothing proves it: the data has to be there at least. */
  if (reading.cut || reading.open_ended)
    return 0;
  job->n_hidden++;
  zip_member (job, &reading);
  return length;
}

/* ---- locked ones ---- */

bool
zip_member_with_key (ZipJob *job, const ZipReading *reading, ZipKey *key)
{
  SkFileInfo info = info_of (reading);
  ZipOutcome outcome;
  if (!zip_method_is_known (reading->method))
    {
      tell_unsupported (job, reading);
      open_absent (job, reading, &info);
      return true;
    }
  SkChild *child = begin (job, reading, &info);
  if (child == NULL)
    return false;
  g_autofree uint8_t *plain = g_malloc (PLAIN_ROOM);
  Pump pump = { .job = job, .child = child, .key = key, .plain = plain };
  unpack (job, reading, &pump, &outcome);
  explicit_bzero (plain, PLAIN_ROOM);
  /* Only a fitting CRC tells a right key of ZipCrypto from one in 256 wrong ones. */
  bool sure = fits (reading, &outcome) || key->cipher != ZIP_CIPHER_ZIPCRYPTO;
  if (!sure && !pump.refused)
    {
      job->api->child_abort (child);
      return false;
    }
  job->api->child_commit (child);
  if (!fits (reading, &outcome))
    tell_ending (job, reading, &pump, &outcome);
  return true;
}

void
zip_member_locked (ZipJob *job, const ZipReading *reading)
{
  SkFileInfo info = info_of (reading);
  if (zip_pay (job, 1))
    open_absent (job, reading, &info);
}
