/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked 7z archives: what is encrypted in them, and what is left when it is
 * opened. 7z encrypts folders (groups of members that are packed together),
 * and the packed header in the same way.
 */
#include "config.h"

#include "archive-7z-locked.h"
#include "archive-unpack.h"

#include <openssl/crypto.h>
#include <zlib.h>

/* Headers packed in headers. 7-Zip writes one. */
#define MAX_DEPTH 4
/* Kinds of keys of one archive: 7-Zip asks for one each time that it adds to an archive. */
#define MAX_DERIVATIONS 256

static void
free_found (void *data)
{
  OPENSSL_cleanse (data, sizeof (Found));
  g_free (data);
}

static Seven *
seven_new (void)
{
  Seven *seven = g_new0 (Seven, 1);
  seven->derivations = g_array_new (FALSE, FALSE, sizeof (ArchiveDerivation));
  seven->kinds = g_byte_array_new ();
  seven->locks = g_array_new (FALSE, FALSE, sizeof (Lock));
  seven->found = g_ptr_array_new_with_free_func (free_found);
  seven->lock_of_folder = g_array_new (FALSE, FALSE, sizeof (guint));
  seven->folder_of_part = g_array_new (FALSE, FALSE, sizeof (guint));
  seven->part_of_file = g_array_new (FALSE, FALSE, sizeof (guint));
  return seven;
}

static void
seven_free (void *format)
{
  Seven *seven = format;
  GArray *arrays[] = { seven->derivations, seven->locks, seven->lock_of_folder,
                       seven->folder_of_part, seven->part_of_file };
  seven_streams_clear (&seven->streams);
  g_clear_pointer (&seven->header, g_byte_array_unref);
  g_byte_array_unref (seven->kinds);
  for (size_t i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_array_unref (arrays[i]);
  g_ptr_array_unref (seven->found);
  g_free (seven);
}

bool
seven_read_folder (const SevenStreams *streams, guint index, const SevenFolder **ret_folder,
             SevenCoders *ret_coders)
{
  *ret_folder = &g_array_index (streams->folders, SevenFolder, index);
  SkCursor c = sk_cursor ((*ret_folder)->coders);
  return seven_read_coders (&c, ret_coders);
}

/* ---- what a folder is encrypted with ---- */

static bool
is_encrypted (const SevenCoders *coders)
{
  for (uint32_t i = 0; i < coders->n; i++)
    if (seven_is_crypto (&coders->coder[i]))
      return true;
  return false;
}

/* NULL when the folder can be opened with a key of the one kind that is given back. */
static const char *
read_derivation (const SevenCoders *coders, ArchiveDerivation *ret_derivation)
{
  bool first = true;
  uint8_t iv[16];
  for (uint32_t i = 0; i < coders->n; i++)
    {
      ArchiveDerivation derivation;
      if (!seven_is_crypto (&coders->coder[i]))
        continue;
      if (!seven_is_aes (&coders->coder[i]))
        return "7z: encrypted by another cipher than AES-256";
      if (!seven_read_aes (&coders->coder[i], &derivation, iv))
        return "7z: broken properties of AES";
      if (!first && !archive_derivation_equal (&derivation, ret_derivation))
        return "7z: several keys for one member";
      *ret_derivation = derivation;
      first = false;
    }
  if (ret_derivation->power > ARCHIVE_MAX_POWER && ret_derivation->power != ARCHIVE_7Z_BARE_KEY)
    return "7z: more than 2^24 rounds of key derivation";
  return seven_can_strip (coders) ? NULL : "7z: encryption between two methods of packing";
}

static uint64_t
rounds_of (const ArchiveDerivation *derivation)
{
  return derivation->power == ARCHIVE_7Z_BARE_KEY ? 0 : UINT64_C (1) << derivation->power;
}

static guint
derivation_index (Seven *seven, const ArchiveDerivation *derivation)
{
  for (guint i = seven->derivations->len; i > 0; i--)
    if (archive_derivation_equal (&g_array_index (seven->derivations, ArchiveDerivation, i - 1),
                                  derivation))
      return i - 1;
  if (seven->derivations->len >= MAX_DERIVATIONS)
    return SEVEN_NOTHING;
  g_array_append_val (seven->derivations, *derivation);
  return seven->derivations->len - 1;
}

/* Notes an encrypted folder. */
static void
add_lock (ArchiveLocked *locked, Seven *seven, guint index, const SevenCoders *coders)
{
  ArchiveDerivation derivation = { .power = 0 };
  Lock lock = { .folder = index, .derivation = SEVEN_NOTHING, .found = SEVEN_NOTHING };
  const char *reason = read_derivation (coders, &derivation);
  locked->facts.cipher = "AES-256";
  locked->facts.rounds = MAX (locked->facts.rounds, rounds_of (&derivation));
  if (reason == NULL)
    {
      lock.derivation = derivation_index (seven, &derivation);
      if (lock.derivation == SEVEN_NOTHING)
        reason = "7z: more than 256 kinds of key";
    }
  if (reason != NULL)
    archive_locked_stop (locked, ARCHIVE_STATE_UNSUPPORTED, reason);
  else if (locked->facts.state == ARCHIVE_STATE_OPEN)
    locked->facts.state = ARCHIVE_STATE_LOCKED;
  guint number = seven->locks->len;
  g_array_append_val (seven->locks, lock);
  g_array_append_val (seven->lock_of_folder, number);
}

/* ---- the headers ---- */

static void
add_folders (ArchiveLocked *locked, Seven *seven)
{
  const guint nothing = SEVEN_NOTHING;
  for (guint i = 0; i < seven->streams.folders->len; i++)
    {
      const SevenFolder *folder;
      SevenCoders coders;
      if (seven_read_folder (&seven->streams, i, &folder, &coders) && is_encrypted (&coders))
        add_lock (locked, seven, i, &coders);
      else
        g_array_append_val (seven->lock_of_folder, nothing);
      for (uint32_t j = 0; j < folder->n_parts; j++)
        g_array_append_val (seven->folder_of_part, i);
    }
}

static void
add_files (ArchiveLocked *locked, Seven *seven)
{
  guint part = 0;
  const guint nothing = SEVEN_NOTHING;
  locked->facts.n_members = seven->kinds->len;
  locked->facts.n_encrypted = 0;
  for (guint i = 0; i < seven->kinds->len; i++)
    {
      if ((seven->kinds->data[i] & SEVEN_FILLED) == 0)
        {
          g_array_append_val (seven->part_of_file, nothing);
          continue;
        }
      guint folder = g_array_index (seven->folder_of_part, guint, part);
      if (g_array_index (seven->lock_of_folder, guint, folder) != SEVEN_NOTHING)
        locked->facts.n_encrypted++;
      g_array_append_val (seven->part_of_file, part);
      part++;
    }
}

static bool
skip_properties (SkCursor *cursor)
{
  uint64_t type, size;
  while (seven_take_number (cursor, &type))
    {
      if (type == 0)
        return true;
      if (!seven_take_number (cursor, &size) || size > SIZE_MAX
          || !sk_cursor_skip (cursor, (size_t) size))
        return false;
    }
  return false;
}

#define FOLDERS_A_UNIT 16
#define NO_WORK_LEFT "7z: no work left for the header"

/* The main header, behind its mark. */
static bool
read_main (ArchiveLocked *locked, Seven *seven, SkCursor cursor, ArchivePayFunc pay, void *data)
{
  uint8_t mark;
  if (!sk_cursor_take_u8 (&cursor, &mark)
      || (mark == 0x02
          && (!skip_properties (&cursor) || !sk_cursor_take_u8 (&cursor, &mark))))
    return false;
  if (mark == 0x04)
    {
      if (!seven_read_streams (&cursor, locked->bytes, &seven->streams))
        return false;
      if (!pay (seven->streams.folders->len / FOLDERS_A_UNIT, data))
        {
          archive_locked_stop (locked, ARCHIVE_STATE_LIMIT, NO_WORK_LEFT);
          return true;
        }
      add_folders (locked, seven);
      if (!sk_cursor_take_u8 (&cursor, &mark))
        return false;
    }
  else
    seven_streams_init (&seven->streams);
  if (mark == 0x00)
    return true;
  seven->files = (SkSpan){ cursor.pos, sk_cursor_left (&cursor) };
  if (mark != 0x05 || !seven_read_files (&cursor, seven->folder_of_part->len, seven->kinds))
    return false;
  add_files (locked, seven);
  return true;
}

/* PPMd takes what memory its properties name. */
static bool
asks_too_much (const SevenCoders *coders)
{
  static const uint8_t ppmd[] = { 3, 4, 1 };
  for (uint32_t i = 0; i < coders->n; i++)
    {
      SkCursor c = sk_cursor (coders->coder[i].properties);
      uint32_t memory;
      if (sk_span_equal (coders->coder[i].id, (SkSpan){ ppmd, sizeof ppmd })
          && sk_cursor_skip (&c, 1) && sk_cursor_take_u32le (&c, &memory)
          && memory > SEVEN_MAX_HEADER)
        return true;
    }
  return false;
}

/* Unpacks the header that `seven->streams` pack. `*ret_header` only when DONE and its sum is right. */
ArchiveUnpack
seven_unpack_header (const ArchiveLocked *locked, const Seven *seven, const uint8_t *key,
               ArchivePayFunc pay, void *data, GByteArray **ret_header)
{
  const SevenFolder *folder;
  SevenCoders coders;
  uint64_t size;
  uint32_t crc;
  if (!seven_read_folder (&seven->streams, 0, &folder, &coders))
    return ARCHIVE_UNPACK_BROKEN;
  uint64_t wanted = seven_folder_size (&seven->streams, folder, &coders);
  g_autoptr (ArchivePlain) plain
      = seven_write_folder (locked->bytes, &seven->streams, 0, key);
  if (plain == NULL)
    return ARCHIVE_UNPACK_BROKEN;
  g_autoptr (GByteArray) header = NULL;
  ArchiveUnpack result = archive_unpack_first (plain, ARCHIVE_KIND_7Z, wanted, pay, data, &size,
                                               &crc, &header);
  if (result != ARCHIVE_UNPACK_DONE)
    return result;
  if (size != wanted || (folder->has_crc && crc != folder->crc))
    return ARCHIVE_UNPACK_BROKEN;
  *ret_header = g_steal_pointer (&header);
  return ARCHIVE_UNPACK_DONE;
}

/* Takes the unpacked header in place of the one that packed it. */
void
seven_take_header (Seven *seven, GByteArray *header)
{
  seven_streams_clear (&seven->streams);
  g_array_set_size (seven->locks, 0);
  g_array_set_size (seven->lock_of_folder, 0);
  if (seven->header != NULL)
    g_byte_array_unref (seven->header);
  seven->header = header;
  seven->hidden = false;
}

/* A packed header, behind its mark: encrypted, then `hidden` is set; or the one that it packs. */
static const char *
read_packed (ArchiveLocked *locked, Seven *seven, SkCursor cursor, ArchivePayFunc pay, void *data,
             GByteArray **ret_header)
{
  const SevenFolder *folder;
  SevenCoders coders;
  if (!seven_read_streams (&cursor, locked->bytes, &seven->streams)
      || seven->streams.folders->len == 0
      || !seven_read_folder (&seven->streams, 0, &folder, &coders))
    return "7z: broken description of the packed header";
  uint64_t size = seven_folder_size (&seven->streams, folder, &coders);
  if (size > SEVEN_MAX_HEADER || asks_too_much (&coders))
    {
      archive_locked_stop (locked, ARCHIVE_STATE_LIMIT, "7z: header of more than 64 MiB");
      return NULL;
    }
  if (is_encrypted (&coders))
    {
      seven->hidden = locked->facts.names_hidden = true;
      add_lock (locked, seven, 0, &coders);
      return NULL;
    }
  ArchiveUnpack result = seven_unpack_header (locked, seven, NULL, pay, data, ret_header);
  if (result == ARCHIVE_UNPACK_LIMIT)
    archive_locked_stop (locked, ARCHIVE_STATE_LIMIT, NO_WORK_LEFT);
  return result == ARCHIVE_UNPACK_BROKEN || result == ARCHIVE_UNPACK_FAILED
             ? "7z: the packed header does not unpack"
             : NULL;
}

/* Reads headers until the main one, or one that is encrypted. */
void
seven_read_headers (ArchiveLocked *locked, Seven *seven, SkSpan header, ArchivePayFunc pay, void *data)
{
  const char *broken = NULL;
  while (broken == NULL)
    {
      GByteArray *next = NULL;
      SkCursor cursor = sk_cursor (header);
      uint8_t mark = 0;
      sk_cursor_take_u8 (&cursor, &mark);
      if (mark == 0x01)
        broken = read_main (locked, seven, cursor, pay, data) ? NULL : "7z: broken header";
      else if (mark == 0x17 && seven->depth++ < MAX_DEPTH)
        broken = read_packed (locked, seven, cursor, pay, data, &next);
      else
        broken = mark == 0x17 ? "7z: headers packed in headers" : "7z: no header";
      if (next == NULL)
        break;
      seven_take_header (seven, next);
      header = (SkSpan){ next->data, next->len };
    }
  if (broken != NULL)
    archive_locked_stop (locked, ARCHIVE_STATE_MALFORMED, broken);
}

/* ---- the other calls ---- */

/* Behind a broken header nothing is known. */
bool
seven_is_whole (const ArchiveLocked *locked)
{
  return locked->facts.state != ARCHIVE_STATE_MALFORMED
         && locked->facts.state != ARCHIVE_STATE_LIMIT;
}

bool
seven_is_wanted (const Seven *seven, guint derivation)
{
  for (guint i = 0; i < seven->locks->len; i++)
    {
      const Lock *lock = &g_array_index (seven->locks, Lock, i);
      if (lock->derivation == derivation && lock->found == SEVEN_NOTHING)
        return true;
    }
  return false;
}

static bool
seven_wants (const ArchiveLocked *locked, size_t nth, ArchiveDerivation *ret_derivation)
{
  const Seven *seven = locked->format;
  for (guint d = 0; d < seven->derivations->len; d++)
    if (seven_is_wanted (seven, d) && nth-- == 0)
      {
        *ret_derivation = g_array_index (seven->derivations, ArchiveDerivation, d);
        return true;
      }
  return false;
}

static uint64_t
seven_left (const ArchiveLocked *locked)
{
  const Seven *seven = locked->format;
  uint64_t left = 0;
  for (guint i = 0; i < seven->locks->len; i++)
    left += g_array_index (seven->locks, Lock, i).found == SEVEN_NOTHING;
  return seven_is_whole (locked) ? left : 0;
}

static SevenMode
mode_of (void *data, guint index, const uint8_t **ret_key)
{
  const Seven *seven = data;
  guint lock = g_array_index (seven->lock_of_folder, guint, index);
  if (lock == SEVEN_NOTHING)
    return SEVEN_AS_IT_IS;
  guint found = g_array_index (seven->locks, Lock, lock).found;
  if (found == SEVEN_NOTHING)
    return SEVEN_EMPTY;
  *ret_key = ((const Found *) g_ptr_array_index (seven->found, found))->key;
  return SEVEN_DECRYPTED;
}

static ArchivePlain *
seven_plain (ArchiveLocked *locked)
{
  Seven *seven = locked->format;
  if (seven->hidden || seven->streams.folders == NULL || !seven_is_whole (locked))
    return NULL;
  return seven_write (locked->bytes, &seven->streams, seven->files, seven->kinds, mode_of, seven);
}

static bool
seven_member (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member)
{
  const Seven *seven = locked->format;
  if (index >= seven->part_of_file->len || !seven_is_whole (locked))
    return false;
  *ret_member = (ArchiveMember){ .size = 0 };
  guint part = g_array_index (seven->part_of_file, guint, index);
  if (part == SEVEN_NOTHING)
    return true;
  const SevenPart *what = &g_array_index (seven->streams.parts, SevenPart, part);
  guint folder = g_array_index (seven->folder_of_part, guint, part);
  guint number = g_array_index (seven->lock_of_folder, guint, folder);
  ret_member->size = what->size;
  const Lock *lock
      = number != SEVEN_NOTHING ? &g_array_index (seven->locks, Lock, number) : NULL;
  ret_member->encrypted = lock != NULL;
  ret_member->locked = lock != NULL && lock->found == SEVEN_NOTHING;
  ret_member->check_sum = !ret_member->locked && what->has_crc;
  ret_member->no_sum = !ret_member->locked && !what->has_crc;
  if (lock == NULL || ret_member->locked)
    return true;
  ret_member->proof = lock->proof;
  ret_member->secret = ((const Found *) g_ptr_array_index (seven->found, lock->found))->secret;
  return true;
}

static bool
seven_sum (const ArchiveLocked *locked, uint64_t index, uint32_t crc)
{
  const Seven *seven = locked->format;
  if (!seven_is_whole (locked) || index >= seven->part_of_file->len)
    return false;
  guint part = g_array_index (seven->part_of_file, guint, index);
  return part != SEVEN_NOTHING && g_array_index (seven->streams.parts, SevenPart, part).crc == crc;
}

static void
seven_reject (ArchiveLocked *locked, uint64_t index)
{
  Seven *seven = locked->format;
  guint part = g_array_index (seven->part_of_file, guint, index);
  guint folder = g_array_index (seven->folder_of_part, guint, part);
  guint lock = g_array_index (seven->lock_of_folder, guint, folder);
  g_array_index (seven->locks, Lock, lock).found = SEVEN_NOTHING;
}

static const ArchiveOps seven_ops = { .try = seven_try,
                                      .wants = seven_wants,
                                      .left = seven_left,
                                      .plain = seven_plain,
                                      .member = seven_member,
                                      .sum = seven_sum,
                                      .reject = seven_reject,
                                      .free = seven_free };

/* ---- looking ---- */

/* The next header, as the start of the archive says. NULL when it is there. */
static const char *
find_header (SkSpan archive, SkSpan *ret_header)
{
  SkCursor c = sk_cursor (archive);
  uint64_t offset = 0, size = 0;
  uint32_t start_crc = 0, crc = 0;
  if (!sk_cursor_skip (&c, 8) || !sk_cursor_take_u32le (&c, &start_crc)
      || !sk_cursor_take_u64le (&c, &offset) || !sk_cursor_take_u64le (&c, &size)
      || !sk_cursor_take_u32le (&c, &crc))
    return "7z: cut in its first 32 bytes";
  if ((uint32_t) crc32_z (0, archive.data + 12, 20) != start_crc)
    return "7z: the sum of its first bytes is wrong";
  if (offset > archive.size - SEVEN_START || size > archive.size - SEVEN_START - offset)
    return "7z: cut short, or the first of several volumes";
  *ret_header = sk_span_slice (archive, (size_t) (SEVEN_START + offset), (size_t) size);
  if (size > 0 && (uint32_t) crc32_z (0, ret_header->data, ret_header->size) != crc)
    return "7z: the sum of its header is wrong";
  return NULL;
}

void
archive_7z_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data)
{
  SkSpan header = { NULL, 0 };
  locked->facts.product = "7z";
  const char *broken = find_header (locked->bytes, &header);
  if (broken != NULL)
    {
      archive_locked_stop (locked, ARCHIVE_STATE_MALFORMED, broken);
      return;
    }
  if (header.size == 0)
    return;
  bool large = header.size > SEVEN_MAX_HEADER;
  if (large || !pay (header.size / 1024 + 1, data))
    {
      archive_locked_stop (locked, ARCHIVE_STATE_LIMIT,
                           large ? "7z: header of more than 64 MiB"
                                 : NO_WORK_LEFT);
      return;
    }
  Seven *seven = seven_new ();
  locked->ops = &seven_ops;
  locked->format = seven;
  seven_read_headers (locked, seven, header, pay, data);
}
