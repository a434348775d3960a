/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Is this the secret of a 7z archive? 7z keeps no check value: a secret is known by what it makes of
 * the last block, which is filled with zeros by all who write 7z (though the format does not ask for
 * it), of the first byte, and at last by the sum of what is unpacked.
 */
#include "config.h"

#include "archive-7z-locked.h"

#include <openssl/crypto.h>

/* Bits that a secret has met before it is believed without unpacking. */
#define SURE_BITS 32

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
  if (part == NULL || (sum_only && (!part->has_crc || size > ARCHIVE_PROOF_BYTES)))
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
  bool summed = part->has_crc && wanted == size;
  if (done != wanted || (summed && crc != part->crc))
    return ARCHIVE_TRY_WRONG;
  *ret_proof = summed ? ARCHIVE_PROOF_STRONG : ARCHIVE_PROOF_WEAK;
  return ARCHIVE_TRY_OPENED;
}

/* What a folder says of a key. */
typedef enum Answer {
  ANSWER_WRONG,  /* no */
  ANSWER_RIGHT,  /* yes */
  ANSWER_UNSURE, /* it must be unpacked, and that is soon done */
  ANSWER_DEAR    /* all of a large member must be unpacked */
} Answer;

static Answer
ask_folder (const Attempt *a, guint index, bool *ret_padded)
{
  const SevenFolder *folder;
  SevenCoders coders;
  Signs signs;
  bool keen;
  if (!seven_read_folder (&a->seven->streams, index, &folder, &coders)
      || !look_at_folder (a, folder, &coders, &signs) || signs.wrong)
    return ANSWER_WRONG;
  *ret_padded = signs.padded;
  if (signs.padded && signs.bits >= SURE_BITS)
    return ANSWER_RIGHT;
  const SevenPart *part = first_part (&a->seven->streams, folder);
  bool large = part != NULL && part->size > ARCHIVE_PROOF_BYTES;
  if (!signs.padded && large)
    return ANSWER_WRONG;
  if (!can_prove (&coders, &keen))
    return signs.padded && signs.bits >= 16 ? ANSWER_UNSURE : ANSWER_WRONG;
  return large && !keen ? ANSWER_DEAR : ANSWER_UNSURE;
}

/* Is the key that of this folder? `dear`: even when it costs much to know. `*ret_answer` is what it says
 * of itself. */
static ArchiveTry
try_folder (const Attempt *a, guint index, bool dear, Answer *ret_answer, ArchiveProof *ret_proof)
{
  const SevenFolder *folder;
  SevenCoders coders;
  bool keen, padded = true;
  *ret_answer = ask_folder (a, index, &padded);
  *ret_proof = ARCHIVE_PROOF_STRONG;
  if (*ret_answer == ANSWER_RIGHT)
    return ARCHIVE_TRY_OPENED;
  if (*ret_answer == ANSWER_WRONG || (*ret_answer == ANSWER_DEAR && !dear)
      || !seven_read_folder (&a->seven->streams, index, &folder, &coders))
    return ARCHIVE_TRY_WRONG;
  if (can_prove (&coders, &keen))
    return prove (a, index, folder, keen, !padded, ret_proof);
  *ret_proof = ARCHIVE_PROOF_WEAK;
  return ARCHIVE_TRY_OPENED;
}

static ArchiveTry
get_key (const Attempt *a, const ArchiveDerivation *derivation, ArchiveKey *ret_key)
{
  const ArchiveSecret *s = a->secret;
  return archive_keys_get (s->keys, derivation, s->number, s->bytes, s->pay, s->data, ret_key);
}

static void
open_lock (const Attempt *a, guint derivation, Lock *lock, guint *found)
{
  Seven *seven = a->seven;
  if (*found == SEVEN_NOTHING)
    {
      Found *made = g_new0 (Found, 1);
      *made = (Found){ .derivation = derivation, .secret = a->secret->number };
      memcpy (made->key, a->key, sizeof made->key);
      *found = seven->found->len;
      g_ptr_array_add (seven->found, made);
    }
  lock->found = *found;
}

/* Tries the key on each locked folder that asks for it. Counts those that say no. */
static ArchiveTry
try_key (const Attempt *a, guint d, bool dear, guint *found, unsigned *n_wrong)
{
  for (guint i = 0; i < a->seven->locks->len; i++)
    {
      Lock *lock = &g_array_index (a->seven->locks, Lock, i);
      Answer answer;
      if (i % ARCHIVE_LOCKS_A_UNIT == 0 && !a->secret->pay (1, a->secret->data))
        return ARCHIVE_TRY_LIMIT;
      if (lock->derivation != d || lock->found != SEVEN_NOTHING)
        continue;
      ArchiveTry result = try_folder (a, lock->folder, dear, &answer, &lock->proof);
      if (result == ARCHIVE_TRY_OPENED)
        open_lock (a, d, lock, found);
      else if (result != ARCHIVE_TRY_WRONG)
        return result;
      else if (answer != ANSWER_DEAR)
        (*n_wrong)++;
    }
  return ARCHIVE_TRY_WRONG;
}

/* The key of derivation number `d`. Where it opens nothing that is cheap to know and is wrong for some,
 * large members that can be known only by their whole content are not unpacked for it. */
static ArchiveTry
try_derivation (Attempt *a, guint d, bool *opened)
{
  ArchiveKey key;
  guint found = SEVEN_NOTHING;
  unsigned n_wrong = 0;
  ArchiveTry result
      = get_key (a, &g_array_index (a->seven->derivations, ArchiveDerivation, d), &key);
  if (result != ARCHIVE_TRY_OPENED)
    return result;
  a->key = key.key;
  result = try_key (a, d, false, &found, &n_wrong);
  if (result == ARCHIVE_TRY_WRONG && (found != SEVEN_NOTHING || n_wrong == 0))
    result = try_key (a, d, true, &found, &n_wrong);
  *opened = *opened || found != SEVEN_NOTHING;
  OPENSSL_cleanse (&key, sizeof key);
  a->key = NULL;
  return result;
}

static ArchiveTry
try_folders (Attempt *a)
{
  bool opened = false;
  unsigned derived = 0;
  for (guint d = 0; d < a->seven->derivations->len; d++)
    {
      if (!opened && derived >= ARCHIVE_MAX_FIRST_KEYS)
        break;
      if (!a->secret->pay (a->seven->locks->len / 4096, a->secret->data))
        return ARCHIVE_TRY_LIMIT;
      if (!seven_is_wanted (a->seven, d))
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
  if (lock->derivation == SEVEN_NOTHING || !seven_read_folder (&a->seven->streams, 0, &folder, &coders))
    return ARCHIVE_TRY_WRONG;
  bool summed = folder->has_crc;
  ArchiveTry result = get_key (
      a, &g_array_index (a->seven->derivations, ArchiveDerivation, lock->derivation), &key);
  if (result != ARCHIVE_TRY_OPENED)
    return result;
  a->key = key.key;
  if (look_at_folder (a, folder, &coders, &signs) && !signs.wrong && (signs.padded || summed))
    switch (seven_unpack_header (a->locked, a->seven, key.key, a->secret->pay, a->secret->data, &header))
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
  a->key = NULL;
  bool read = header != NULL && header->len > 0 && (header->data[0] == 1 || header->data[0] == 0x17);
  if (header != NULL && (summed || read))
    {
      seven_take_header (a->seven, header);
      seven_read_headers (a->locked, a->seven, (SkSpan){ header->data, header->len }, a->secret->pay,
                    a->secret->data);
      return ARCHIVE_TRY_OPENED;
    }
  if (header != NULL)
    g_byte_array_unref (header);
  return result == ARCHIVE_TRY_OPENED ? ARCHIVE_TRY_WRONG : result;
}

ArchiveTry
seven_try (ArchiveLocked *locked, const ArchiveSecret *secret)
{
  Attempt a = { locked, locked->format, secret, NULL };
  bool shown = false;
  if (!seven_is_whole (locked))
    return ARCHIVE_TRY_WRONG;
  while (a.seven->hidden)
    {
      ArchiveTry result = try_header (&a);
      if (result != ARCHIVE_TRY_OPENED)
        return result == ARCHIVE_TRY_WRONG && shown ? ARCHIVE_TRY_OPENED : result;
      shown = true;
    }
  if (!seven_is_whole (locked))
    return ARCHIVE_TRY_OPENED; /* it shows that the header is broken */
  ArchiveTry result = try_folders (&a);
  return result == ARCHIVE_TRY_WRONG && shown ? ARCHIVE_TRY_OPENED : result;
}
