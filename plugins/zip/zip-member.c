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
/** Packed bytes that are paid for at one time, where nothing decrypts them. */
#define PIECE ((size_t) 1024 * 1024)
/** Plain bytes after which a packed stream counts as one: no wrong key gets so far. */
#define PROBE_ROOM ((uint64_t) 256 * 1024)
/** What it takes to begin another stream of bzip2, which is the worst, in units of work. */
#define STREAM_COST 16
#define METHOD_LZMA 14
/** Systems of the attributes (APPNOTE 4.4.2.2) whose upper half is a mode of Unix. */
#define HOST_UNIX 3
#define HOST_DARWIN 19
/** Attributes of MS-DOS, the lowest byte. */
#define DOS_DIRECTORY 0x10u
/** Where a link leads. */
#define MAX_TARGET 4096
/** Of a name that is a fact; the names of children the host cuts. */
#define MAX_NAME 4096

static char *
short_name (const ZipJob *job, const ZipReading *reading)
{
  const char *charset;
  return zip_name (job, &reading->header, &reading->extra, &charset);
}

/* ---- what the headers say ---- */

static uint32_t
unix_mode (const ZipHeader *h)
{
  return h->host == HOST_UNIX || h->host == HOST_DARWIN ? h->external >> 16 : 0;
}

/* One that stores its target. */
static bool
is_link (const ZipReading *reading)
{
  return (unix_mode (&reading->header) & S_IFMT) == S_IFLNK && reading->cipher == ZIP_CIPHER_NONE
         && reading->method == ZIP_METHOD_STORED && !reading->cut && reading->data.size > 0
         && reading->data.size <= MAX_TARGET;
}

/* What nothing takes, deflated and encrypted: salt, verifier and sum, or a head. */
static uint64_t
empty_length (const ZipReading *reading)
{
  static const uint8_t around[] = { [ZIP_CIPHER_ZIPCRYPTO] = 12,
                                    [ZIP_CIPHER_AES128] = 20,
                                    [ZIP_CIPHER_AES192] = 24,
                                    [ZIP_CIPHER_AES256] = 28,
                                    [ZIP_CIPHER_UNKNOWN] = 0 };
  return around[reading->cipher] + (reading->method == ZIP_METHOD_STORED ? 0u : 2u);
}

/* One that has content is no directory and no device, whatever its name and mode. */
static SkFileType
type_of (const ZipReading *reading)
{
  const ZipHeader *h = &reading->header;
  uint32_t kind = unix_mode (h) & S_IFMT;
  uint8_t last = h->name.size > 0 ? h->name.data[h->name.size - 1] : 0;
  if (is_link (reading))
    return SK_FILE_LINK;
  if (h->size > 0 || h->packed > empty_length (reading))
    return SK_FILE_REGULAR;
  if (kind == S_IFDIR || last == '/' || last == '\\' || (h->external & DOS_DIRECTORY) != 0)
    return SK_FILE_DIRECTORY;
  bool special = kind == S_IFBLK || kind == S_IFCHR || kind == S_IFIFO || kind == S_IFSOCK;
  return special ? SK_FILE_SPECIAL : SK_FILE_REGULAR;
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
  if (!reading->no_crc && !reading->open_ended)
    {
      g_snprintf (crc, sizeof crc, "%08x", reading->header.crc);
      api->child_fact_string (child, FACT_CRC32, sk_span_of_text (crc));
    }
  if (reading->local_name.size > 0)
    {
      g_autofree char *local = zip_text (job, sk_span_slice (reading->local_name, 0, MAX_NAME));
      api->child_fact_string (child, FACT_LOCAL_NAME, sk_span_of_text (local));
    }
  if (reading->hidden)
    api->child_fact_bool (child, FACT_HIDDEN, true);
  if (reading->reading != NULL)
    api->child_fact_string (child, FACT_READING, sk_span_of_text (reading->reading));
  if (charset != NULL && strcmp (charset, "us-ascii") != 0)
    api->child_fact_string (child, FACT_CHARSET, sk_span_of_text (charset));
}

/* A folder's name ends in a slash, and what is behind the last slash would be no name. To Windows both
 * slashes are one; behind a colon stands the name of a stream, which is told as it is. */
static void
mend_slashes (char *name)
{
  size_t size = strlen (name);
  while (size > 1 && (name[size - 1] == '/' || name[size - 1] == '\\'))
    name[--size] = '\0';
  if (strchr (name, ':') == NULL)
    g_strdelimit (name, "\\", '/');
}

static SkChild *
begin (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  const char *charset;
  g_autofree char *name = zip_name (job, &reading->header, &reading->extra, &charset);
  mend_slashes (name);
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

/* What comes in is paid for as well as what comes out: a stream need not make anything. */
static bool
give (void *data, SkSpan *ret_piece)
{
  Pump *pump = data;
  if (pump->key != NULL)
    *ret_piece = (SkSpan){ pump->plain, zip_key_read (pump->key, pump->plain, PLAIN_ROOM) };
  else
    {
      *ret_piece = sk_span_slice (pump->left, 0, PIECE);
      pump->left = sk_span_slice (pump->left, ret_piece->size, pump->left.size);
    }
  return ret_piece->size > 0 && zip_pay (pump->job, 1 + ret_piece->size / 1024);
}

static bool
again (void *data)
{
  const Pump *pump = data;
  return zip_pay (pump->job, STREAM_COST);
}

static bool
take (void *data, SkSpan bytes)
{
  Pump *pump = data;
  pump->refused = !pump->job->api->child_append (pump->child, bytes);
  return !pump->refused;
}

static ZipStream
stream_of (const ZipReading *reading, Pump *pump)
{
  return (ZipStream){ .method = reading->method,
                      .marker = (reading->header.flags & ZIP_FLAG_MARKER) != 0,
                      .size = reading->header.size,
                      .give = give,
                      .again = again,
                      .give_data = pump,
                      .take = take,
                      .take_data = pump };
}

static void
unpack (ZipJob *job, const ZipReading *reading, Pump *pump, ZipOutcome *ret_outcome)
{
  ZipStream stream = stream_of (reading, pump);
  zip_unpack (job->slot->unpacker, &stream, ret_outcome);
}

static bool
fits (const ZipReading *reading, const ZipOutcome *outcome)
{
  const ZipHeader *h = &reading->header;
  return outcome->ending == ZIP_ENDED && (reading->open_ended || outcome->made == h->size)
         && (reading->no_crc || reading->open_ended || outcome->crc == h->crc);
}

static void
tell_ending (ZipJob *job, const ZipReading *reading, const Pump *pump, const ZipOutcome *outcome)
{
  if (pump->refused || job->stopped || outcome->ending == ZIP_STOPPED)
    return; /* the host has said which limit */
  g_autofree char *name = short_name (job, reading);
  if (reading->cut)
    zip_tell (job, SK_REASON_TRUNCATED, "%s: the file ends before its data does", name);
  else if (outcome->ending == ZIP_MEMORY)
    zip_tell (job, SK_REASON_LIMIT, "%s: it asks for more memory than unpacking may have", name);
  else if (outcome->ending != ZIP_ENDED)
    zip_tell (job, SK_REASON_MALFORMED, "%s: its data is broken", name);
  else
    zip_tell (job, SK_REASON_MALFORMED, "%s: its content is not what its header says", name);
}

/* Only the sum is wanted. */
static bool
take_nothing (void *data, SkSpan bytes)
{
  (void) data;
  (void) bytes;
  return true;
}

/* Stored and not encrypted: a part of the file. */
static void
share (ZipJob *job, const ZipReading *reading, SkChild *child, Pump *pump, ZipOutcome *outcome)
{
  SkSpan data = reading->data;
  ZipStream stream = stream_of (reading, pump);
  stream.take = take_nothing;
  zip_unpack (job->slot->unpacker, &stream, outcome);
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
}

/* What stands behind the stream, before the data ends, belongs to nothing. LZMA's decoder leaves up to
 * five bytes that do. Streams in streams are not gone after. */
static void
look_behind (ZipJob *job, const ZipReading *reading, const ZipOutcome *outcome)
{
  uint64_t left = reading->data.size - MIN (outcome->taken, reading->data.size);
  uint64_t end = (uint64_t) (reading->data.data - job->bytes.data) + reading->data.size;
  bool first = reading->reading == NULL || (reading->position & ZIP_AS_FILE) != 0; /* of the content */
  if (outcome->ending != ZIP_ENDED || reading->open_ended || !first || reading->same
      || job->in_slack || left <= (reading->method == METHOD_LZMA ? 5 : 0)
      || (reading->again && !zip_spend (job, left)))
    return;
  job->slack += left;
  job->in_slack = true;
  zip_open_hidden (job, end - left, end);
  job->in_slack = false;
}

/* ---- readings ---- */

/* Only its name is to be had. */
static void
open_absent (ZipJob *job, const ZipReading *reading, const SkFileInfo *info, bool locked)
{
  SkChild *child = begin (job, reading, info);
  if (child == NULL)
    return;
  job->api->child_absent (child, reading->header.size != ZIP_UNKNOWN ? reading->header.size : 0);
  if (locked)
    job->api->child_fact_bool (child, FACT_LOCKED, true);
  job->api->child_commit (child);
}

/* Stored, not encrypted, and yet of two sizes. */
static bool
is_impossible (const ZipReading *reading)
{
  return reading->method == ZIP_METHOD_STORED && reading->header.packed != reading->header.size
         && !reading->open_ended;
}

static ZipReading
as_packed (const ZipReading *reading)
{
  ZipReading packed = *reading;
  packed.method = ZIP_METHOD_DEFLATE;
  packed.reading = "deflate";
  packed.position |= ZIP_AS_DEFLATE;
  return packed;
}

/* One program takes the bytes as they are; the one that came with it knows that they are packed. */
static void
open_impossible (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  ZipReading packed = as_packed (reading);
  Pump pump;
  ZipOutcome outcome;
  g_autofree char *name = short_name (job, reading);
  job->n_impossible++;
  zip_tell (job, SK_REASON_MALFORMED, "%s: stored, and yet of two sizes", name);
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
  Pump pump;
  ZipOutcome outcome;
  if (reading->again && !zip_spend (job, reading->data.size))
    {
      open_absent (job, reading, info, false);
      return;
    }
  SkChild *child = begin (job, reading, info);
  if (child == NULL)
    return;
  fill (job, reading, child, &pump, &outcome);
  job->api->child_commit (child);
  look_behind (job, reading, &outcome);
  if (is_impossible (reading) && !job->stopped)
    open_impossible (job, reading, info);
  else if (!fits (reading, &outcome))
    tell_ending (job, reading, &pump, &outcome);
}

/* What nobody writes into the target of a link: then it is a script for those who see a file. */
static bool
is_path (SkSpan target)
{
  for (size_t i = 0; i < target.size; i++)
    {
      uint8_t c = target.data[i];
      if (c < 0x80 && !g_ascii_isalnum (c) && strchr ("._/@+-~=,:", c) == NULL)
        return false;
      if (c == 0)
        return false;
    }
  return true;
}

static bool
take_target (void *data, SkSpan bytes)
{
  GByteArray *target = data;
  g_byte_array_append (target, bytes.data, (guint) bytes.size);
  return target->len <= MAX_TARGET;
}

/* Programs that know links unpack where one leads as they unpack anything. `*ret_whole`: and nothing is wrong
 * with it. */
static bool
is_packed_link (ZipJob *job, const ZipReading *reading, GByteArray *target, bool *ret_whole)
{
  if ((unix_mode (&reading->header) & S_IFMT) != S_IFLNK || reading->cipher != ZIP_CIPHER_NONE
      || reading->method == ZIP_METHOD_STORED || !zip_method_is_known (reading->method)
      || reading->data.size > 2 * MAX_TARGET)
    return false;
  Pump pump = { .job = job, .left = reading->data };
  ZipStream stream = stream_of (reading, &pump);
  ZipOutcome outcome;
  stream.take = take_target;
  stream.take_data = target;
  zip_unpack (job->slot->unpacker, &stream, &outcome);
  *ret_whole = fits (reading, &outcome) && outcome.taken == reading->data.size;
  return outcome.ending == ZIP_ENDED && target->len > 0;
}

/* A directory, a device, or a link, whose content is where it leads. `whole`: a file would show no more. */
static void
open_bare (ZipJob *job, const ZipReading *reading, SkFileInfo *info, SkSpan content, bool whole)
{
  g_autofree char *target = NULL;
  if (info->type == SK_FILE_LINK)
    {
      target = zip_text (job, content);
      info->target = sk_span_of_text (target);
    }
  SkChild *child = begin (job, reading, info);
  if (child != NULL)
    job->api->child_commit (child);
  if (child == NULL || info->type != SK_FILE_LINK || (whole && is_path (content)))
    return;
  ZipReading file = *reading;
  SkFileInfo other = *info;
  other.type = SK_FILE_REGULAR;
  other.target = (SkSpan){ NULL, 0 };
  file.reading = "file";
  file.position |= ZIP_AS_FILE;
  open_plain (job, &file, &other);
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
  job->methods[reading->method / 64] |= UINT64_C (1) << reading->method % 64;
  job->ciphers |= 1u << reading->cipher;
  job->n_encrypted += reading->cipher != ZIP_CIPHER_NONE;
}

static void
wait (ZipJob *job, const ZipReading *reading)
{
  ZipWaiting waiting = { reading->origin, 0, false };
  g_array_append_val (job->slot->waiting, waiting);
  job->slot->n_left++;
}

/** What a probe may still make. */
typedef struct Probe {
  ZipJob *job;
  uint64_t room;
} Probe;

static bool
count_only (void *data, SkSpan bytes)
{
  Probe *probe = data;
  probe->room -= MIN (probe->room, bytes.size);
  return zip_pay (probe->job, 1 + bytes.size / 1024) && probe->room > 0;
}

/* Whether some of it can be unpacked, or all of it has the CRC, without making a child. */
static bool
probe (ZipJob *job, const ZipReading *reading, ZipKey *key, uint8_t *plain)
{
  Probe tally = { job, reading->method == ZIP_METHOD_STORED ? UINT64_MAX : PROBE_ROOM };
  Pump pump = { .job = job, .left = reading->data, .key = key, .plain = plain };
  ZipStream stream = stream_of (reading, &pump);
  ZipOutcome outcome;
  stream.take = count_only;
  stream.take_data = &tally;
  zip_unpack (job->slot->unpacker, &stream, &outcome);
  return fits (reading, &outcome) || (outcome.ending == ZIP_STOPPED && !job->stopped);
}

/* Whether what says that it is stored can be unpacked; its CRC may be of either. */
static bool
is_packed (ZipJob *job, const ZipReading *reading)
{
  ZipReading packed = as_packed (reading);
  packed.no_crc = true;
  return probe (job, &packed, NULL, NULL);
}

/* Some systems never look at the flag: what only claims to be encrypted opens there. */
static void
open_or_wait (ZipJob *job, const ZipReading *reading, const SkFileInfo *info)
{
  ZipReading plain = *reading;
  plain.cipher = ZIP_CIPHER_NONE;
  plain.method = reading->header.method;
  plain.reading = "plain";
  bool may_be = zip_method_is_known (plain.method)
                && (plain.method != ZIP_METHOD_STORED || plain.data.size == plain.header.size);
  may_be = may_be && (!plain.again || zip_spend (job, plain.data.size));
  if (!may_be || !probe (job, &plain, NULL, NULL))
    {
      wait (job, reading);
      return;
    }
  job->differs |= ZIP_DIFF_ENCRYPTION;
  open_plain (job, &plain, info);
}

void
zip_member (ZipJob *job, const ZipReading *reading)
{
  SkFileInfo info = info_of (reading);
  g_autofree char *name = NULL;
  g_autoptr (GByteArray) target = g_byte_array_new ();
  bool whole = false;
  if (!zip_pay (job, 1))
    return;
  note (job, reading);
  if (info.type != SK_FILE_REGULAR)
    open_bare (job, reading, &info, reading->data, true);
  else if (is_packed_link (job, reading, target, &whole))
    {
      info.type = SK_FILE_LINK;
      open_bare (job, reading, &info, (SkSpan){ target->data, target->len }, whole);
    }
  else if (reading->data.data == NULL && reading->cut)
    {
      name = short_name (job, reading);
      zip_tell (job, SK_REASON_TRUNCATED, "%s: only the directory has it", name);
      open_absent (job, reading, &info, false);
    }
  else if (reading->cipher != ZIP_CIPHER_NONE)
    open_or_wait (job, reading, &info);
  else if (zip_method_is_known (reading->method))
    open_plain (job, reading, &info);
  else
    {
      tell_unsupported (job, reading);
      open_absent (job, reading, &info, false);
    }
}

/* ---- hidden ones ---- */

static bool
is_plain (const ZipReading *reading)
{
  return reading->cipher == ZIP_CIPHER_NONE && zip_method_is_known (reading->method);
}

static uint64_t
data_start (const ZipJob *job, const ZipReading *reading)
{
  return (uint64_t) (reading->data.data - job->bytes.data);
}

/* Where a descriptor stands that agrees with how far away it is and, where the data is the content, with
 * its sum; ZIP_NOWHERE: there is none. */
static uint64_t
find_descriptor (ZipJob *job, const ZipReading *reading)
{
  uint64_t start = data_start (job, reading), end = start + reading->data.size, summed = start, found;
  uint32_t crc = 0, told;
  uint64_t size;
  for (uint64_t from = start;
       (found = zip_find (job->bytes, from, end, "\7\10", zip_pay, job)) != ZIP_NOWHERE;
       from = found + 4)
    {
      crc = (uint32_t) crc32_z (crc, job->bytes.data + summed, (size_t) (found - summed));
      if (!zip_pay (job, 1 + (found - summed) / 1024))
        return ZIP_NOWHERE;
      summed = found;
      if (zip_descriptor_at (job->bytes, found, found - start, &told, &size) > 0
          && (!is_plain (reading) || (told == crc && size == found - start)))
        return found;
    }
  zip_spend (job, reading->data.size);
  return ZIP_NOWHERE;
}

/* The next header of a member or of a directory, or where the data ends. */
static uint64_t
find_header (ZipJob *job, const ZipReading *reading)
{
  uint64_t from = data_start (job, reading), end = from + reading->data.size, found;
  ZipHeader header;
  while ((found = zip_find (job->bytes, from, end, "\3\4", zip_pay, job)) != ZIP_NOWHERE
         && !(zip_header_local (job->bytes, found, &header) && zip_header_is_likely (&header)))
    from = found + 4;
  end = MIN (found, end);
  return MIN (zip_find (job->bytes, data_start (job, reading), end, "\1\2", zip_pay, job), end);
}

/* Streamed data that does not tell itself where it ends. False: it ends nowhere. */
static bool
close_end (ZipJob *job, ZipReading *reading, bool lenient)
{
  if (!reading->open_ended || (is_plain (reading) && reading->method != ZIP_METHOD_STORED))
    return true;
  uint64_t end = find_descriptor (job, reading);
  if (end == ZIP_NOWHERE && lenient && !job->stopped)
    end = find_header (job, reading);
  return end != ZIP_NOWHERE && zip_reading_hidden (job, reading->header.offset, end, reading);
}

/* Only members, directories and their descriptors are followed by marks. */
static bool
is_marked (const ZipJob *job, uint64_t end)
{
  return end < job->bytes.size - 1 && job->bytes.data[end] == 'P' && job->bytes.data[end + 1] == 'K';
}

/* Headers are come across in programs, too: what belongs to them shows whether they are of a member. Of
 * a packed stream its end does, whatever sum and sizes the header claims. */
static bool
is_proven (const ZipJob *job, const ZipReading *reading, const ZipOutcome *outcome, uint64_t behind)
{
  uint64_t end = data_start (job, reading) + outcome->taken + behind;
  if (fits (reading, outcome) && (!reading->open_ended || behind > 0))
    return true;
  if (reading->method == ZIP_METHOD_STORED)
    return outcome->made > 0 && !reading->cut && !reading->open_ended && is_marked (job, end);
  return outcome->ending == ZIP_ENDED && outcome->made > 0
         && (outcome->made == reading->header.size || outcome->taken == reading->header.packed
             || is_marked (job, end));
}

static uint64_t
descriptor_behind (const ZipJob *job, const ZipReading *reading, uint64_t taken)
{
  uint32_t crc;
  uint64_t size;
  if ((reading->header.flags & ZIP_FLAG_STREAMED) == 0)
    return 0;
  return zip_descriptor_at (job->bytes, data_start (job, reading) + taken, taken, &crc, &size);
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
  uint64_t behind = descriptor_behind (job, reading, outcome.taken);
  bool impossible = is_impossible (reading) && is_packed (job, reading);
  bool proven = impossible || is_proven (job, reading, &outcome, behind);
  if (!proven && !lenient && !pump.refused)
    {
      job->api->child_abort (child);
      zip_spend (job, outcome.taken);
      return 0;
    }
  job->api->child_commit (child);
  note (job, reading);
  job->n_hidden += proven || lenient;
  if (impossible && !job->stopped)
    open_impossible (job, reading, info);
  else if (!fits (reading, &outcome))
    tell_ending (job, reading, &pump, &outcome);
  return reading->header.length + outcome.taken + behind;
}

static uint64_t
open_if_placed (ZipJob *job, const ZipReading *reading, bool lenient)
{
  uint64_t behind = descriptor_behind (job, reading, reading->data.size);
  uint64_t end = data_start (job, reading) + reading->data.size + behind;
  if (!lenient && (reading->cut || !is_marked (job, end)))
    return 0;
  job->n_hidden++;
  zip_member (job, reading);
  return end - reading->header.offset;
}

uint64_t
zip_member_if_whole (ZipJob *job, const ZipReading *from, bool expected)
{
  ZipReading reading = *from;
  bool lenient = expected || job->slot->index->archives->len == 0;
  if (!zip_pay (job, 1) || !close_end (job, &reading, lenient)
      || g_hash_table_contains (job->met, GSIZE_TO_POINTER (reading.position + 1)))
    return 0;
  SkFileInfo info = info_of (&reading);
  bool has_content = info.type == SK_FILE_REGULAR && is_plain (&reading);
  uint64_t length = has_content ? open_if_whole (job, &reading, &info, lenient)
                                : open_if_placed (job, &reading, lenient);
  if (length > 0)
    g_hash_table_add (job->met, GSIZE_TO_POINTER (reading.position + 1));
  return length;
}

/* ---- locked ones ---- */

/* Only a fitting CRC tells a right key of ZipCrypto from one in 256 wrong ones; where a limit stands before
 * it, a look at the content does. `probed`: that was done. */
static bool
open_with_key (ZipJob *job, const ZipReading *reading, ZipKey *key, uint8_t *plain, bool probed)
{
  SkFileInfo info = info_of (reading);
  ZipOutcome outcome;
  SkChild *child = begin (job, reading, &info);
  if (child == NULL)
    return false;
  ZipKey copy = *key; /* of a key of ZipCrypto, which owns nothing */
  Pump pump = { .job = job, .child = child, .key = key, .plain = plain };
  unpack (job, reading, &pump, &outcome);
  bool sure = fits (reading, &outcome) || key->cipher != ZIP_CIPHER_ZIPCRYPTO
              || (pump.refused && (probed || probe (job, reading, &copy, plain)));
  explicit_bzero (&copy, sizeof copy);
  if (!sure)
    {
      job->api->child_abort (child);
      return false;
    }
  job->api->child_commit (child);
  if (!fits (reading, &outcome))
    tell_ending (job, reading, &pump, &outcome);
  return true;
}

bool
zip_member_with_key (ZipJob *job, const ZipReading *reading, ZipKey *key, bool likely)
{
  if (!zip_method_is_known (reading->method))
    {
      SkFileInfo info = info_of (reading);
      tell_unsupported (job, reading);
      open_absent (job, reading, &info, false);
      return true;
    }
  g_autofree uint8_t *plain = g_malloc (PLAIN_ROOM);
  ZipKey copy = *key; /* of a key of ZipCrypto, which owns nothing */
  bool right = likely || probe (job, reading, &copy, plain);
  right = right && open_with_key (job, reading, key, plain, !likely);
  explicit_bzero (&copy, sizeof copy);
  explicit_bzero (plain, PLAIN_ROOM);
  return right;
}

void
zip_member_locked (ZipJob *job, const ZipReading *reading)
{
  SkFileInfo info = info_of (reading);
  if (zip_pay (job, 1))
    open_absent (job, reading, &info, true);
}
