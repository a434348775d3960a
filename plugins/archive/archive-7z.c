/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked 7z archives. 7z encrypts folders (groups of members that are packed
 * together), and the packed header in the same way; it keeps no check value.
 * A secret is known by what it makes of the last block, which is filled with
 * zeros by all who write 7z (though the format does not ask for it), of the
 * first byte, and at last by the sum of what is unpacked.
 */
#include "config.h"

#include "archive-7z.h"
#include "archive-format.h"
#include "archive-unpack.h"

#include <openssl/crypto.h>
#include <zlib.h>

/* Headers packed in headers. 7-Zip writes one. */
#define MAX_DEPTH 4
/* Kinds of keys of one archive: 7-Zip asks for one each time that it adds to an archive. */
#define MAX_DERIVATIONS 256
#define NOTHING G_MAXUINT
/* Bits that a secret has met before it is believed without unpacking. */
#define SURE_BITS 32

/* A found key; allocated alone, so that it is never copied. */
typedef struct Found {
  guint derivation;
  size_t secret;
  uint8_t key[32];
} Found;

/* An encrypted folder. */
typedef struct Lock {
  guint folder;
  guint derivation; /* in `derivations`; NOTHING: cannot be opened here */
  guint found;      /* in `found`, or NOTHING */
  ArchiveProof proof;
} Lock;

typedef struct Seven {
  GByteArray *header;    /* what `streams` and `files` point into; NULL: into the archive */
  SevenStreams streams;  /* the main header's, or while names are hidden those that unpack to it */
  SkSpan files;          /* from mark 05 to the end */
  bool hidden;
  unsigned depth;
  GArray *derivations;   /* ArchiveDerivation */
  GArray *locks;         /* Lock */
  GPtrArray *found;      /* Found */
  GArray *lock_of_folder, *folder_of_part, *part_of_file; /* guint, or NOTHING */
} Seven;

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
  for (size_t i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_array_unref (arrays[i]);
  g_ptr_array_unref (seven->found);
  g_free (seven);
}

static bool
read_folder (const SevenStreams *streams, guint index, const SevenFolder **ret_folder,
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
    return NOTHING;
  g_array_append_val (seven->derivations, *derivation);
  return seven->derivations->len - 1;
}

/* Notes an encrypted folder. */
static void
add_lock (ArchiveLocked *locked, Seven *seven, guint index, const SevenCoders *coders)
{
  ArchiveDerivation derivation = { .power = 0 };
  Lock lock = { .folder = index, .derivation = NOTHING, .found = NOTHING };
  const char *reason = read_derivation (coders, &derivation);
  locked->facts.cipher = "AES-256";
  locked->facts.rounds = MAX (locked->facts.rounds, rounds_of (&derivation));
  if (reason == NULL)
    {
      lock.derivation = derivation_index (seven, &derivation);
      if (lock.derivation == NOTHING)
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
  const guint nothing = NOTHING;
  for (guint i = 0; i < seven->streams.folders->len; i++)
    {
      const SevenFolder *folder;
      SevenCoders coders;
      if (read_folder (&seven->streams, i, &folder, &coders) && is_encrypted (&coders))
        add_lock (locked, seven, i, &coders);
      else
        g_array_append_val (seven->lock_of_folder, nothing);
      for (uint32_t j = 0; j < folder->n_parts; j++)
        g_array_append_val (seven->folder_of_part, i);
    }
}

static void
add_files (ArchiveLocked *locked, Seven *seven, const GByteArray *filled)
{
  guint part = 0;
  const guint nothing = NOTHING;
  locked->facts.n_members = filled->len;
  locked->facts.n_encrypted = 0;
  for (guint i = 0; i < filled->len; i++)
    {
      if (filled->data[i] == 0)
        {
          g_array_append_val (seven->part_of_file, nothing);
          continue;
        }
      guint folder = g_array_index (seven->folder_of_part, guint, part);
      if (g_array_index (seven->lock_of_folder, guint, folder) != NOTHING)
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

/* The main header, behind its mark. */
static bool
read_main (ArchiveLocked *locked, Seven *seven, SkCursor cursor)
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
      add_folders (locked, seven);
      if (!sk_cursor_take_u8 (&cursor, &mark))
        return false;
    }
  if (mark == 0x00)
    return true;
  g_autoptr (GByteArray) filled = g_byte_array_new ();
  seven->files = (SkSpan){ cursor.pos - 1, sk_cursor_left (&cursor) + 1 };
  if (mark != 0x05 || !seven_read_files (&cursor, seven->folder_of_part->len, filled))
    return false;
  add_files (locked, seven, filled);
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
static ArchiveUnpack
unpack_header (const ArchiveLocked *locked, const Seven *seven, const uint8_t *key,
               ArchivePayFunc pay, void *data, GByteArray **ret_header)
{
  const SevenFolder *folder;
  SevenCoders coders;
  uint64_t size;
  uint32_t crc;
  if (!read_folder (&seven->streams, 0, &folder, &coders))
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
static void
take_header (Seven *seven, GByteArray *header)
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
      || !read_folder (&seven->streams, 0, &folder, &coders))
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
  ArchiveUnpack result = unpack_header (locked, seven, NULL, pay, data, ret_header);
  if (result == ARCHIVE_UNPACK_LIMIT)
    archive_locked_stop (locked, ARCHIVE_STATE_LIMIT, "7z: no work left for the header");
  return result == ARCHIVE_UNPACK_BROKEN || result == ARCHIVE_UNPACK_FAILED
             ? "7z: the packed header does not unpack"
             : NULL;
}

/* Reads headers until the main one, or one that is encrypted. */
static void
read_headers (ArchiveLocked *locked, Seven *seven, SkSpan header, ArchivePayFunc pay, void *data)
{
  const char *broken = NULL;
  while (broken == NULL)
    {
      GByteArray *next = NULL;
      SkCursor cursor = sk_cursor (header);
      uint8_t mark = 0;
      sk_cursor_take_u8 (&cursor, &mark);
      if (mark == 0x01)
        broken = read_main (locked, seven, cursor) ? NULL : "7z: broken header";
      else if (mark == 0x17 && seven->depth++ < MAX_DEPTH)
        broken = read_packed (locked, seven, cursor, pay, data, &next);
      else
        broken = mark == 0x17 ? "7z: headers packed in headers" : "7z: no header";
      if (next == NULL)
        break;
      take_header (seven, next);
      header = (SkSpan){ next->data, next->len };
    }
  if (broken != NULL)
    archive_locked_stop (locked, ARCHIVE_STATE_MALFORMED, broken);
}

/* ---- trying a secret ---- */

typedef struct Attempt {
  ArchiveLocked *locked;
  Seven *seven;
  const ArchiveSecret *secret;
  const uint8_t *key;
} Attempt;

/* What decrypting a few blocks says. */
typedef struct Signs {
  unsigned bits; /* that were as they should be, and would not be by chance */
  bool wrong;    /* a first byte that the method never has */
  bool padded;   /* false: the rest of the last block is not zero */
} Signs;

/* Bits of the first byte that the consumer of a stream wants; wrong when it is another. */
static void
look_at_first (const SevenCoder *consumer, const uint8_t first[16], Signs *signs)
{
  static const uint8_t lzma[] = { 3, 1, 1 }, lzma2[] = { 0x21 }, ppmd[] = { 3, 4, 1 },
                       bzip2[] = { 4, 2, 2 };
  if (sk_span_equal (consumer->id, (SkSpan){ lzma, sizeof lzma })
      || sk_span_equal (consumer->id, (SkSpan){ ppmd, sizeof ppmd }))
    {
      signs->wrong = signs->wrong || first[0] != 0;
      signs->bits += 8;
    }
  else if (sk_span_equal (consumer->id, (SkSpan){ lzma2, sizeof lzma2 }))
    {
      signs->wrong = signs->wrong || (first[0] != 1 && first[0] < 0xe0);
      signs->bits += 2;
    }
  else if (sk_span_equal (consumer->id, (SkSpan){ bzip2, sizeof bzip2 }))
    {
      signs->wrong = signs->wrong || memcmp (first, "BZh", 3) != 0;
      signs->bits += 24;
    }
}

/* One stream of cipher text, cut to `size` bytes of text. */
static bool
look_at_stream (const SevenCoders *coders, const SevenCoder *coder, SkSpan cipher, uint64_t size,
                const uint8_t *key, Signs *signs)
{
  ArchiveDerivation derivation;
  uint8_t iv[16], block[16];
  uint32_t input;
  if (!seven_read_aes (coder, &derivation, iv) || size > cipher.size)
    return false;
  if (size == 0)
    return true;
  size_t last = (size_t) (size - 1) & ~(size_t) 15, used = (size_t) size - last;
  const uint8_t *before = last == 0 ? iv : cipher.data + last - 16;
  if (cipher.size - last < 16
      || !archive_crypt_cbc (key, 32, before, (SkSpan){ cipher.data + last, 16 }, block))
    return false;
  signs->bits += 8 * (unsigned) (16 - used);
  for (size_t i = used; i < sizeof block; i++)
    signs->padded = signs->padded && block[i] == 0;
  uint32_t consumer = seven_consumer (coders, coder->first_out, &input);
  if (consumer == SEVEN_MAX_CODERS || size < 5)
    return true;
  if (last > 0 && !archive_crypt_cbc (key, 32, iv, (SkSpan){ cipher.data, 16 }, block))
    return false;
  look_at_first (&coders->coder[consumer], block, signs);
  return true;
}

/* False when the folder is broken so that no key could be right. */
static bool
look_at_folder (const Attempt *a, const SevenFolder *folder, const SevenCoders *coders,
                Signs *ret_signs)
{
  const SevenStreams *streams = &a->seven->streams;
  *ret_signs = (Signs){ .padded = true };
  for (uint32_t i = 0; i < coders->n_packed; i++)
    for (uint32_t j = 0; j < coders->n; j++)
      {
        const SevenCoder *coder = &coders->coder[j];
        if (coder->first_in != coders->packed[i] || !seven_is_aes (coder))
          continue;
        uint32_t packed = folder->first_packed + i;
        SkSpan cipher
            = sk_span_slice (a->locked->bytes,
                             (size_t) g_array_index (streams->packed_offset, uint64_t, packed),
                             (size_t) g_array_index (streams->packed_size, uint64_t, packed));
        uint64_t size
            = g_array_index (streams->sizes, uint64_t, folder->first_size + coder->first_out);
        if (!look_at_stream (coders, coder, cipher, size, a->key, ret_signs))
          return false;
      }
  return true;
}

/* Methods that libarchive unpacks; with others nothing can be proven. Those that are `keen` stop at
 * once at what is not theirs; of the others anything is data. */
static bool
can_prove (const SevenCoders *coders, bool *ret_keen)
{
  static const struct {
    uint8_t size, id[4];
    bool keen;
  } known[] = { { 1, { 0x00 }, false },
                { 1, { 0x03 }, false },
                { 1, { 0x21 }, true },
                { 3, { 0x03, 0x01, 0x01 }, true },
                { 3, { 0x03, 0x04, 0x01 }, false },
                { 3, { 0x04, 0x01, 0x08 }, true },
                { 3, { 0x04, 0x02, 0x02 }, true },
                { 4, { 0x03, 0x03, 0x01, 0x03 }, false },
                { 4, { 0x03, 0x03, 0x01, 0x1b }, false },
                { 4, { 0x06, 0xf1, 0x07, 0x01 }, false } };
  *ret_keen = false;
  for (uint32_t i = 0; i < coders->n; i++)
    {
      size_t j = 0;
      while (j < G_N_ELEMENTS (known)
             && !sk_span_equal (coders->coder[i].id, (SkSpan){ known[j].id, known[j].size }))
        j++;
      if (j == G_N_ELEMENTS (known))
        return false;
      *ret_keen = *ret_keen || known[j].keen;
    }
  return true;
}

/* The first member of the folder with content; NULL: there is none. */
static const SevenPart *
first_part (const SevenStreams *streams, const SevenFolder *folder)
{
  for (uint32_t i = 0; i < folder->n_parts; i++)
    {
      const SevenPart *part
          = &g_array_index (streams->parts, SevenPart, folder->first_part + i);
      if (part->size > 0)
        return part;
    }
  return NULL;
}

/* Unpacks the first member of the folder, or its head where that says enough. */
static ArchiveTry
prove (const Attempt *a, guint index, const SevenFolder *folder, bool keen, bool sum_only,
       ArchiveProof *ret_proof)
{
  const SevenPart *part = first_part (&a->seven->streams, folder);
  uint64_t size = part != NULL ? part->size : 0, done = 0;
  uint32_t crc = 0;
  if (sum_only && (part == NULL || !part->has_crc || size > ARCHIVE_PROOF_BYTES))
    return ARCHIVE_TRY_WRONG;
  uint64_t wanted = keen ? MIN (size, ARCHIVE_PROOF_BYTES) : size;
  g_autoptr (ArchivePlain) plain
      = seven_write_folder (a->locked->bytes, &a->seven->streams, index, a->key);
  if (plain == NULL)
    return ARCHIVE_TRY_WRONG;
  switch (archive_unpack_first (plain, ARCHIVE_KIND_7Z, wanted, a->secret->pay, a->secret->data,
                                &done, &crc, NULL))
    {
    case ARCHIVE_UNPACK_LIMIT:
      return ARCHIVE_TRY_LIMIT;
    case ARCHIVE_UNPACK_FAILED:
      return ARCHIVE_TRY_FAILED;
    case ARCHIVE_UNPACK_BROKEN:
      return ARCHIVE_TRY_WRONG;
    case ARCHIVE_UNPACK_DONE:
      break;
    }
  bool summed = part != NULL && part->has_crc && wanted == size;
  if (done != wanted || (summed && crc != part->crc))
    return ARCHIVE_TRY_WRONG;
  *ret_proof = summed ? ARCHIVE_PROOF_STRONG : ARCHIVE_PROOF_WEAK;
  return ARCHIVE_TRY_OPENED;
}

/* Is the key that of this folder? */
static ArchiveTry
try_folder (const Attempt *a, guint index, ArchiveProof *ret_proof)
{
  const SevenFolder *folder;
  SevenCoders coders;
  Signs signs;
  bool keen;
  if (!read_folder (&a->seven->streams, index, &folder, &coders)
      || !look_at_folder (a, folder, &coders, &signs) || signs.wrong)
    return ARCHIVE_TRY_WRONG;
  if (signs.padded && signs.bits >= SURE_BITS)
    {
      *ret_proof = ARCHIVE_PROOF_STRONG;
      return ARCHIVE_TRY_OPENED;
    }
  if (can_prove (&coders, &keen))
    return prove (a, index, folder, keen, !signs.padded, ret_proof);
  *ret_proof = ARCHIVE_PROOF_WEAK;
  return signs.padded && signs.bits >= 16 ? ARCHIVE_TRY_OPENED : ARCHIVE_TRY_WRONG;
}

static ArchiveTry
get_key (const Attempt *a, const ArchiveDerivation *derivation, ArchiveKey *ret_key)
{
  const ArchiveSecret *s = a->secret;
  return archive_keys_get (s->keys, derivation, s->number, s->bytes, s->pay, s->data, ret_key);
}

/* Tries the key of derivation number `d` on each locked folder that asks for it. */
static ArchiveTry
try_derivation (Attempt *a, guint d, bool *opened)
{
  Seven *seven = a->seven;
  ArchiveKey key;
  guint found = NOTHING;
  ArchiveTry result
      = get_key (a, &g_array_index (seven->derivations, ArchiveDerivation, d), &key);
  a->key = key.key;
  for (guint i = 0; result == ARCHIVE_TRY_OPENED && i < seven->locks->len; i++)
    {
      Lock *lock = &g_array_index (seven->locks, Lock, i);
      if (lock->derivation != d || lock->found != NOTHING)
        continue;
      result = try_folder (a, lock->folder, &lock->proof);
      if (result == ARCHIVE_TRY_OPENED)
        {
          if (found == NOTHING)
            {
              Found *made = g_new0 (Found, 1);
              *made = (Found){ .derivation = d, .secret = a->secret->number };
              memcpy (made->key, key.key, sizeof made->key);
              found = seven->found->len;
              g_ptr_array_add (seven->found, made);
            }
          lock->found = found;
          *opened = true;
        }
      else if (result == ARCHIVE_TRY_WRONG)
        result = ARCHIVE_TRY_OPENED;
    }
  OPENSSL_cleanse (&key, sizeof key);
  return result == ARCHIVE_TRY_OPENED ? ARCHIVE_TRY_WRONG : result;
}

static bool
is_wanted (const Seven *seven, guint derivation)
{
  for (guint i = 0; i < seven->locks->len; i++)
    {
      const Lock *lock = &g_array_index (seven->locks, Lock, i);
      if (lock->derivation == derivation && lock->found == NOTHING)
        return true;
    }
  return false;
}

static ArchiveTry
try_folders (Attempt *a)
{
  bool opened = false;
  unsigned derived = 0;
  for (guint d = 0; d < a->seven->derivations->len; d++)
    {
      if (!is_wanted (a->seven, d) || (!opened && derived >= ARCHIVE_MAX_FIRST_KEYS))
        continue;
      derived++;
      ArchiveTry result = try_derivation (a, d, &opened);
      if (result != ARCHIVE_TRY_WRONG)
        return result;
    }
  return opened ? ARCHIVE_TRY_OPENED : ARCHIVE_TRY_WRONG;
}

/* The encrypted header: unpacked, its sum is the proof. Without a sum it must read as a header. */
static ArchiveTry
try_header (Attempt *a)
{
  const SevenFolder *folder;
  SevenCoders coders;
  Signs signs;
  ArchiveKey key;
  GByteArray *header = NULL;
  const Lock *lock = &g_array_index (a->seven->locks, Lock, 0);
  if (lock->derivation == NOTHING || !read_folder (&a->seven->streams, 0, &folder, &coders))
    return ARCHIVE_TRY_WRONG;
  bool summed = folder->has_crc;
  ArchiveTry result = get_key (
      a, &g_array_index (a->seven->derivations, ArchiveDerivation, lock->derivation), &key);
  if (result != ARCHIVE_TRY_OPENED)
    return result;
  a->key = key.key;
  if (look_at_folder (a, folder, &coders, &signs) && !signs.wrong && (signs.padded || summed))
    switch (unpack_header (a->locked, a->seven, key.key, a->secret->pay, a->secret->data, &header))
      {
      case ARCHIVE_UNPACK_LIMIT:
        result = ARCHIVE_TRY_LIMIT;
        break;
      case ARCHIVE_UNPACK_FAILED:
        result = ARCHIVE_TRY_FAILED;
        break;
      default:
        break;
      }
  OPENSSL_cleanse (&key, sizeof key);
  bool read = header != NULL && header->len > 0 && (header->data[0] == 1 || header->data[0] == 0x17);
  if (header != NULL && (summed || read))
    {
      take_header (a->seven, header);
      read_headers (a->locked, a->seven, (SkSpan){ header->data, header->len }, a->secret->pay,
                    a->secret->data);
      return ARCHIVE_TRY_OPENED;
    }
  if (header != NULL)
    g_byte_array_unref (header);
  return result == ARCHIVE_TRY_OPENED ? ARCHIVE_TRY_WRONG : result;
}

static ArchiveTry
seven_try (ArchiveLocked *locked, const ArchiveSecret *secret)
{
  Attempt a = { locked, locked->format, secret, NULL };
  bool shown = false;
  while (a.seven->hidden)
    {
      ArchiveTry result = try_header (&a);
      if (result != ARCHIVE_TRY_OPENED)
        return result == ARCHIVE_TRY_WRONG && shown ? ARCHIVE_TRY_OPENED : result;
      shown = true;
    }
  if (locked->facts.state != ARCHIVE_STATE_LOCKED && locked->facts.state != ARCHIVE_STATE_UNSUPPORTED)
    return ARCHIVE_TRY_OPENED; /* the header behind it is broken */
  ArchiveTry result = try_folders (&a);
  return result == ARCHIVE_TRY_WRONG && shown ? ARCHIVE_TRY_OPENED : result;
}

/* ---- the other calls ---- */

static bool
seven_wants (const ArchiveLocked *locked, size_t nth, ArchiveDerivation *ret_derivation)
{
  const Seven *seven = locked->format;
  for (guint d = 0; d < seven->derivations->len; d++)
    if (is_wanted (seven, d) && nth-- == 0)
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
    left += g_array_index (seven->locks, Lock, i).found == NOTHING;
  return left;
}

static SevenMode
mode_of (void *data, guint index, const uint8_t **ret_key)
{
  const Seven *seven = data;
  guint lock = g_array_index (seven->lock_of_folder, guint, index);
  if (lock == NOTHING)
    return SEVEN_AS_IT_IS;
  guint found = g_array_index (seven->locks, Lock, lock).found;
  if (found == NOTHING)
    return SEVEN_EMPTY;
  *ret_key = ((const Found *) g_ptr_array_index (seven->found, found))->key;
  return SEVEN_DECRYPTED;
}

static ArchivePlain *
seven_plain (ArchiveLocked *locked)
{
  Seven *seven = locked->format;
  if (seven->hidden || seven->streams.folders == NULL)
    return NULL;
  return seven_write (locked->bytes, &seven->streams, seven->files, mode_of, seven);
}

static bool
seven_member (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member)
{
  const Seven *seven = locked->format;
  if (index >= seven->part_of_file->len)
    return false;
  *ret_member = (ArchiveMember){ .size = 0 };
  guint part = g_array_index (seven->part_of_file, guint, index);
  if (part == NOTHING)
    return true;
  const SevenPart *what = &g_array_index (seven->streams.parts, SevenPart, part);
  guint folder = g_array_index (seven->folder_of_part, guint, part);
  guint number = g_array_index (seven->lock_of_folder, guint, folder);
  ret_member->size = what->size;
  if (number == NOTHING)
    return true;
  const Lock *lock = &g_array_index (seven->locks, Lock, number);
  ret_member->encrypted = true;
  ret_member->locked = lock->found == NOTHING;
  if (ret_member->locked)
    return true;
  ret_member->proof = lock->proof;
  ret_member->no_sum = !what->has_crc;
  ret_member->secret = ((const Found *) g_ptr_array_index (seven->found, lock->found))->secret;
  return true;
}

static const ArchiveOps seven_ops = { .try = seven_try,
                                      .wants = seven_wants,
                                      .left = seven_left,
                                      .plain = seven_plain,
                                      .member = seven_member,
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
  if (header.size > SEVEN_MAX_HEADER || !pay (header.size / 1024 + 1, data))
    {
      archive_locked_stop (locked, ARCHIVE_STATE_LIMIT, "7z: header of more than 64 MiB");
      return;
    }
  Seven *seven = seven_new ();
  locked->ops = &seven_ops;
  locked->format = seven;
  read_headers (locked, seven, header, pay, data);
}
