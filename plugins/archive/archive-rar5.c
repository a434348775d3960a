/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked RAR 5 archives. Each member has its key, IV and mostly a check value
 * of its own; the names may be encrypted with a key of the archive.
 *
 * What is left is written anew: blocks of encryption and of services
 * (comments, alternate streams, recovery data) are gone, as libarchive passes
 * over them too.
 */
#include "config.h"

#include "archive-format.h"
#include "archive-rar5.h"
#include "archive-unpack.h"

#include <openssl/crypto.h>

#define MAX_MEMBERS 1000000
#define MAX_DERIVATIONS 256
/* Bytes of decrypted headers. */
#define MAX_HEADERS ((guint) 64 * 1024 * 1024)
#define NOTHING G_MAXUINT

/* A found key; allocated alone, so that it is never copied. */
typedef struct Found {
  size_t secret;
  ArchiveKey key;
} Found;

typedef struct Member {
  uint64_t place; /* of its block: in the archive, or in `headers` */
  uint64_t data, data_size;
  bool hidden; /* its block is in `headers` */
  guint lock;  /* in `locks`, or NOTHING */
} Member;

typedef struct Lock {
  guint member;
  guint derivation; /* in `derivations`; NOTHING: cannot be opened here */
  guint found;      /* in `found`, or NOTHING */
  ArchiveProof proof;
  uint64_t length;  /* bytes of data that are its content, when open */
  uint8_t iv[16], check[8];
  bool has_check, keyed;
} Lock;

typedef struct Rar5 {
  bool hidden;          /* blocks from `offset` on are encrypted, and no key is found */
  Rar5Crypt crypt;      /* what with */
  guint crypt_derivation;
  guint crypt_found;    /* in `found` once it is known, or NOTHING */
  uint64_t offset;      /* of the next block */
  bool has_main, main_hidden, solid;
  bool cut;             /* the last block has less data than it says */
  uint64_t main_place;
  GByteArray *headers;
  bool ended;           /* the block of the end was read */
  GArray *streams; /* uint64_t: places in `headers` of hidden ones */
  GArray *members, *locks, *derivations;
  GPtrArray *found;
} Rar5;

static void
free_found (void *data)
{
  OPENSSL_cleanse (data, sizeof (Found));
  g_free (data);
}

static Rar5 *
rar5_new (void)
{
  Rar5 *rar = g_new0 (Rar5, 1);
  rar->crypt_found = NOTHING;
  rar->offset = RAR5_SIGNATURE_SIZE;
  rar->headers = g_byte_array_new ();
  rar->streams = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  rar->members = g_array_new (FALSE, FALSE, sizeof (Member));
  rar->locks = g_array_new (FALSE, FALSE, sizeof (Lock));
  rar->derivations = g_array_new (FALSE, FALSE, sizeof (ArchiveDerivation));
  rar->found = g_ptr_array_new_with_free_func (free_found);
  return rar;
}

static void
rar5_free (void *format)
{
  Rar5 *rar = format;
  g_byte_array_unref (rar->headers);
  g_array_unref (rar->streams);
  g_array_unref (rar->members);
  g_array_unref (rar->locks);
  g_array_unref (rar->derivations);
  g_ptr_array_unref (rar->found);
  g_free (rar);
}

static guint
keep_key (Rar5 *rar, const ArchiveKey *key, size_t secret)
{
  Found *found = g_new0 (Found, 1);
  found->secret = secret;
  found->key = *key;
  g_ptr_array_add (rar->found, found);
  return rar->found->len - 1;
}

static const Found *
found_at (const Rar5 *rar, guint index)
{
  return g_ptr_array_index (rar->found, index);
}

/* The block at that place, read once already. */
static bool
block_at (const ArchiveLocked *locked, uint64_t place, bool hidden, Rar5Block *ret_block)
{
  const Rar5 *rar = locked->format;
  SkSpan base = hidden ? (SkSpan){ rar->headers->data, rar->headers->len } : locked->bytes;
  SkCursor c = sk_cursor (sk_span_slice (base, (size_t) place, SIZE_MAX));
  return rar5_take_block (&c, ret_block);
}

static bool
file_at (const ArchiveLocked *locked, guint index, Rar5Block *ret_block, Rar5File *ret_file)
{
  const Rar5 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, index);
  return block_at (locked, member->place, member->hidden, ret_block)
         && rar5_read_file (ret_block, ret_file);
}

/* ---- reading blocks ---- */

static guint
derivation_index (Rar5 *rar, const ArchiveDerivation *derivation)
{
  for (guint i = rar->derivations->len; i > 0; i--)
    if (archive_derivation_equal (&g_array_index (rar->derivations, ArchiveDerivation, i - 1),
                                  derivation))
      return i - 1;
  if (rar->derivations->len >= MAX_DERIVATIONS)
    return NOTHING;
  g_array_append_val (rar->derivations, *derivation);
  return rar->derivations->len - 1;
}

/* Why what `crypt` asks for is not opened here, or NULL; the number of its derivation. */
static const char *
take_derivation (ArchiveLocked *locked, const Rar5Crypt *crypt, guint *ret_index)
{
  *ret_index = NOTHING;
  locked->facts.cipher = "AES-256";
  if (crypt->version != 0)
    return "RAR 5: encrypted by another cipher than AES-256";
  uint64_t rounds = crypt->derivation.power < 64 ? UINT64_C (1) << crypt->derivation.power : UINT64_MAX;
  locked->facts.rounds = MAX (locked->facts.rounds, rounds);
  if (crypt->derivation.power > ARCHIVE_MAX_POWER)
    return "RAR 5: more than 2^24 rounds of key derivation";
  *ret_index = derivation_index (locked->format, &crypt->derivation);
  return *ret_index == NOTHING ? "RAR 5: more than 256 kinds of key" : NULL;
}

static void
note_lock (ArchiveLocked *locked, const char *reason)
{
  if (reason != NULL)
    archive_locked_stop (locked, ARCHIVE_STATE_UNSUPPORTED, reason);
  else if (locked->facts.state != ARCHIVE_STATE_UNSUPPORTED)
    locked->facts.state = ARCHIVE_STATE_LOCKED;
}

static void
add_lock (ArchiveLocked *locked, Member *member, const Rar5Block *block, SkCursor record)
{
  Rar5 *rar = locked->format;
  Rar5Crypt crypt = { .version = 0 };
  Lock lock = { .member = rar->members->len, .derivation = NOTHING, .found = NOTHING };
  const char *reason = "RAR 5: broken record of encryption";
  if (rar5_read_crypt (&record, true, &crypt))
    reason = take_derivation (locked, &crypt, &lock.derivation);
  if (reason == NULL && (block->flags & RAR5_SPLIT) != 0)
    {
      reason = "RAR 5: encrypted member in several volumes";
      lock.derivation = NOTHING;
    }
  memcpy (lock.iv, crypt.iv, sizeof lock.iv);
  memcpy (lock.check, crypt.check, sizeof lock.check);
  lock.has_check = crypt.has_check;
  lock.keyed = (crypt.flags & RAR5_CRYPT_KEYED) != 0;
  member->lock = rar->locks->len;
  g_array_append_val (rar->locks, lock);
  locked->facts.n_encrypted++;
  note_lock (locked, reason);
}

static bool
add_member (ArchiveLocked *locked, const Rar5Block *block, uint64_t place, bool hidden,
            uint64_t data)
{
  Rar5 *rar = locked->format;
  Rar5File file;
  SkCursor record;
  Member member = { place, data, block->data_size, hidden, NOTHING };
  if (!rar5_read_file (block, &file))
    return false;
  if (rar5_find_record (block, 1, &record))
    add_lock (locked, &member, block, record);
  g_array_append_val (rar->members, member);
  locked->facts.n_members++;
  return true;
}

/* Of a service block with a hidden name: streams alone are told. */
static void
add_stream (Rar5 *rar, const Rar5Block *block, uint64_t place)
{
  Rar5File file;
  if (rar5_read_file (block, &file) && sk_span_equal (file.name, sk_span_of_text ("STM")))
    g_array_append_val (rar->streams, place);
}

static const char *
add_main (Rar5 *rar, const Rar5Block *block, uint64_t place, bool hidden)
{
  SkCursor c = sk_cursor (block->body);
  uint64_t flags;
  if (!rar5_take_vint (&c, &flags))
    return "RAR 5: broken main header";
  rar->solid = (flags & 4) != 0;
  rar->has_main = true;
  rar->main_place = place;
  rar->main_hidden = hidden;
  return NULL;
}

static const char *
hide (ArchiveLocked *locked, const Rar5Block *block)
{
  Rar5 *rar = locked->format;
  SkCursor c = sk_cursor (block->body);
  if (!rar5_read_crypt (&c, false, &rar->crypt))
    return "RAR 5: broken header of encryption";
  rar->hidden = locked->facts.names_hidden = true;
  note_lock (locked, take_derivation (locked, &rar->crypt, &rar->crypt_derivation));
  return NULL;
}

/* The next block when blocks are encrypted; its text is added to `headers`. */
static bool
take_hidden (const ArchiveLocked *locked, Rar5 *rar, const ArchiveKey *key, Rar5Block *ret_block,
             uint64_t *ret_end)
{
  SkCursor c = sk_cursor (sk_span_slice (locked->bytes, (size_t) rar->offset, SIZE_MAX));
  SkSpan iv, cipher;
  uint8_t first[16];
  SkCursor ahead = c;
  if (!sk_cursor_take (&ahead, 16, &iv) || !sk_cursor_take (&ahead, 16, &cipher)
      || !archive_crypt_cbc (key->key, 32, iv.data, cipher, first))
    return false;
  uint64_t size = rar5_block_size (first), padded = size + (16 - size % 16) % 16;
  guint place = rar->headers->len;
  if (size == 0 || padded > MAX_HEADERS - place || !sk_cursor_skip (&c, 16)
      || !sk_cursor_take (&c, (size_t) padded, &cipher))
    return false;
  g_byte_array_set_size (rar->headers, place + (guint) padded);
  SkCursor block = sk_cursor ((SkSpan){ rar->headers->data + place, (size_t) size });
  bool good = archive_crypt_cbc (key->key, 32, iv.data, cipher, rar->headers->data + place)
              && rar5_take_block (&block, ret_block);
  g_byte_array_set_size (rar->headers, place + (good ? (guint) size : 0));
  *ret_end = rar->offset + 16 + padded;
  return good;
}

/* One block. Sets `*ret_more` when another may follow; the reason when it is broken. */
static const char *
read_block (ArchiveLocked *locked, const ArchiveKey *key, bool *ret_more)
{
  Rar5 *rar = locked->format;
  Rar5Block block;
  uint64_t place = key != NULL ? rar->headers->len : rar->offset, end = 0;
  const char *broken = NULL;
  *ret_more = false;
  if (key != NULL)
    {
      if (!take_hidden (locked, rar, key, &block, &end))
        return "RAR 5: broken header";
    }
  else
    {
      SkCursor c = sk_cursor (sk_span_slice (locked->bytes, (size_t) rar->offset, SIZE_MAX));
      if (!rar5_take_block (&c, &block))
        return "RAR 5: broken header";
      end = rar->offset + block.whole.size;
    }
  /* What is there of a cut member is the member: it may be encrypted. */
  rar->cut = block.data_size > locked->bytes.size - end;
  block.data_size = MIN (block.data_size, locked->bytes.size - end);
  rar->offset = end + block.data_size;
  *ret_more = true;
  if (block.type == RAR5_MAIN)
    broken = add_main (rar, &block, place, key != NULL);
  else if (block.type == RAR5_FILE && !add_member (locked, &block, place, key != NULL, end))
    broken = "RAR 5: broken header of a file";
  else if (block.type == RAR5_ENCRYPTION)
    {
      broken = key != NULL ? "RAR 5: two headers of encryption" : hide (locked, &block);
      *ret_more = false;
    }
  else if (block.type == RAR5_SERVICE && key != NULL)
    add_stream (rar, &block, place);
  else if (block.type == RAR5_END)
    {
      rar->ended = true;
      *ret_more = false;
    }
  return broken == NULL && rar->cut ? "RAR 5: cut short" : broken;
}

/* Blocks from `offset` on, as far as they can be read. */
static void
read_blocks (ArchiveLocked *locked, const ArchiveKey *key, ArchivePayFunc pay, void *data)
{
  Rar5 *rar = locked->format;
  const char *broken = NULL;
  bool more = true;
  for (unsigned i = 0; more && broken == NULL && rar->offset < locked->bytes.size; i++)
    {
      if (rar->members->len >= MAX_MEMBERS || (i % 64 == 0 && !pay (1, data)))
        {
          archive_locked_stop (locked, ARCHIVE_STATE_LIMIT,
                               rar->members->len >= MAX_MEMBERS ? "RAR 5: more than 1,000,000 members"
                                                                : "RAR 5: no work left for its headers");
          return;
        }
      broken = read_block (locked, key, &more);
    }
  if (broken != NULL && locked->facts.state == ARCHIVE_STATE_OPEN)
    archive_locked_stop (locked, ARCHIVE_STATE_MALFORMED, broken);
  else if (broken != NULL && locked->facts.state == ARCHIVE_STATE_LOCKED)
    locked->facts.reason = broken;
}

/* ---- content ---- */

/* All of a member's data that is cipher text. */
static SkSpan
cipher_of (const ArchiveLocked *locked, const Member *member)
{
  return sk_span_slice (locked->bytes, (size_t) member->data,
                        (size_t) (member->data_size & ~UINT64_C (15)));
}

typedef struct Peek {
  SkSpan cipher;
  const uint8_t *iv, *key;
} Peek;

static bool
on_peek (void *data, uint64_t offset, uint8_t ret_bytes[8])
{
  const Peek *peek = data;
  uint8_t text[32] = { 0 };
  size_t at = (size_t) offset & ~(size_t) 15;
  SkSpan blocks = sk_span_slice (peek->cipher, at, sizeof text);
  const uint8_t *iv = at == 0 ? peek->iv : peek->cipher.data + at - 16;
  if (!archive_crypt_cbc (peek->key, 32, iv, blocks, text))
    return false;
  memcpy (ret_bytes, text + (offset - at), 8);
  return true;
}

/* How much of the decrypted data is the member's: it was filled up to whole blocks of the cipher. */
static uint64_t
length_of (const ArchiveLocked *locked, const Member *member, const Lock *lock, const Rar5File *file,
           const ArchiveKey *key, const ArchiveSecret *secret)
{
  SkSpan cipher = cipher_of (locked, member);
  bool sized = (file->flags & RAR5_FILE_NO_SIZE) == 0;
  uint64_t end;
  if (sized && file->size == 0)
    return 0;
  if ((file->method & RAR5_METHOD_PACKED) == 0)
    return sized ? MIN (file->size, cipher.size) : cipher.size;
  Peek peek = { cipher, lock->iv, key->key };
  return rar5_packed_end (on_peek, &peek, cipher.size, secret->pay, secret->data, &end) ? end
                                                                                       : cipher.size;
}

/* Writes a member that is open with that key. */
static bool
put_open (const ArchiveLocked *locked, const Member *member, const Lock *lock, const ArchiveKey *key,
          ArchivePlain *plain)
{
  const Rar5 *rar = locked->format;
  Rar5Block block;
  Rar5File file;
  if (!file_at (locked, (guint) (member - &g_array_index (rar->members, Member, 0)), &block, &file))
    return false;
  Rar5Rewrite rewrite = { .data_size = lock->length,
                          .without_hash = lock->keyed,
                          .stored = lock->length == 0 };
  g_autoptr (GByteArray) header = g_byte_array_new ();
  rar5_put_file (header, &block, &file, &rewrite);
  return archive_plain_memory (plain, (SkSpan){ header->data, header->len })
         && archive_plain_cipher (plain, cipher_of (locked, member), lock->length, key->key, 32,
                                  lock->iv);
}

/* One that stays locked: its name and size, and no data. */
static bool
put_locked (const ArchiveLocked *locked, guint index, ArchivePlain *plain)
{
  Rar5Block block;
  Rar5File file;
  const Rar5Rewrite rewrite = { .data_size = 0, .without_hash = true, .stored = true };
  if (!file_at (locked, index, &block, &file))
    return false;
  g_autoptr (GByteArray) header = g_byte_array_new ();
  rar5_put_file (header, &block, &file, &rewrite);
  return archive_plain_memory (plain, (SkSpan){ header->data, header->len });
}

static bool
put_member (const ArchiveLocked *locked, guint index, ArchivePlain *plain)
{
  const Rar5 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, index);
  Rar5Block block;
  if (member->lock == NOTHING)
    {
      SkSpan data = sk_span_slice (locked->bytes, (size_t) member->data, (size_t) member->data_size);
      return block_at (locked, member->place, member->hidden, &block)
             && (member->hidden ? archive_plain_memory (plain, block.whole)
                                : archive_plain_raw (plain, block.whole))
             && archive_plain_raw (plain, data);
    }
  const Lock *lock = &g_array_index (rar->locks, Lock, member->lock);
  if (lock->found == NOTHING)
    return put_locked (locked, index, plain);
  return put_open (locked, member, lock, &found_at (rar, lock->found)->key, plain);
}

static ArchivePlain *
begin (const ArchiveLocked *locked)
{
  const Rar5 *rar = locked->format;
  Rar5Block block;
  g_autoptr (GByteArray) header = g_byte_array_new ();
  bool there = rar->has_main && block_at (locked, rar->main_place, rar->main_hidden, &block);
  ArchivePlain *plain = archive_plain_new ();
  rar5_put_main (header, there ? &block : NULL);
  archive_plain_raw (plain, sk_span_slice (locked->bytes, 0, RAR5_SIGNATURE_SIZE));
  archive_plain_memory (plain, (SkSpan){ header->data, header->len });
  return plain;
}

static bool
put_end (ArchivePlain *plain)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();
  rar5_put_end (end);
  return archive_plain_memory (plain, (SkSpan){ end->data, end->len });
}

static ArchivePlain *
rar5_plain (ArchiveLocked *locked)
{
  const Rar5 *rar = locked->format;
  if (rar->hidden)
    return NULL;
  g_autoptr (ArchivePlain) plain = begin (locked);
  bool good = true;
  for (guint i = 0; good && i < rar->members->len; i++)
    good = put_member (locked, i, plain);
  /* Behind data that is cut, an end would be read as more of it. */
  return good && (rar->cut || put_end (plain)) ? g_steal_pointer (&plain) : NULL;
}

/* ---- trying a secret ---- */

static ArchiveTry
get_key (const ArchiveSecret *s, const ArchiveDerivation *derivation, ArchiveKey *ret_key)
{
  return archive_keys_get (s->keys, derivation, s->number, s->bytes, s->pay, s->data, ret_key);
}

static bool
sum_is_right (const Lock *lock, const ArchiveKey *key, uint32_t told, uint32_t crc)
{
  return lock->keyed ? archive_crypt_rar5_sum (key, crc, &crc) && crc == told : crc == told;
}

/* No check value: the member must unpack to its sum. In a solid archive that cannot be tried for one
 * that goes on from others. Of a few bytes the sum says little, and what fills the block counts. */
static ArchiveTry
prove (const ArchiveLocked *locked, const Lock *lock, const Rar5File *file, const ArchiveKey *key,
       const ArchiveSecret *secret, ArchiveProof *ret_proof)
{
  const Rar5 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, lock->member);
  bool packed = (file->method & RAR5_METHOD_PACKED) != 0;
  bool summed = (file->flags & RAR5_FILE_CRC) != 0;
  uint64_t size = 0, wanted = packed ? MIN (file->size, ARCHIVE_PROOF_BYTES) : file->size;
  uint32_t crc = 0;
  if ((file->flags & RAR5_FILE_NO_SIZE) != 0 || file->size == 0 || (rar->solid && packed && lock->member > 0)
      || (!summed && !packed)
      || (file->size < ARCHIVE_PROOF_LEAST && !packed
          && !archive_crypt_padded (key->key, 32, lock->iv, cipher_of (locked, member), file->size)))
    return ARCHIVE_TRY_WRONG;
  g_autoptr (ArchivePlain) plain = begin (locked);
  if (!put_open (locked, member, lock, key, plain) || !put_end (plain))
    return ARCHIVE_TRY_WRONG;
  switch (archive_unpack_first (plain, ARCHIVE_KIND_RAR5, wanted, secret->pay, secret->data, &size,
                                &crc, NULL))
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
  bool whole = summed && wanted == file->size;
  if (size != wanted || (whole && !sum_is_right (lock, key, file->crc, crc)))
    return ARCHIVE_TRY_WRONG;
  *ret_proof = whole ? ARCHIVE_PROOF_STRONG : ARCHIVE_PROOF_WEAK;
  return ARCHIVE_TRY_OPENED;
}

static ArchiveTry
try_member (const ArchiveLocked *locked, Lock *lock, const ArchiveKey *key,
            const ArchiveSecret *secret)
{
  const Rar5 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, lock->member);
  Rar5Block block;
  Rar5File file;
  if ((lock->has_check && memcmp (lock->check, key->check, sizeof lock->check) != 0)
      || !file_at (locked, lock->member, &block, &file))
    return ARCHIVE_TRY_WRONG;
  lock->length = length_of (locked, member, lock, &file, key, secret);
  lock->proof = ARCHIVE_PROOF_STRONG;
  return lock->has_check ? ARCHIVE_TRY_OPENED
                         : prove (locked, lock, &file, key, secret, &lock->proof);
}

static bool
is_wanted (const Rar5 *rar, guint derivation)
{
  if (rar->hidden && rar->crypt_derivation == derivation)
    return true;
  for (guint i = 0; i < rar->locks->len; i++)
    {
      const Lock *lock = &g_array_index (rar->locks, Lock, i);
      if (lock->derivation == derivation && lock->found == NOTHING)
        return true;
    }
  return false;
}

/* All members that ask for this key. Sets `*opened` when one opens. */
static ArchiveTry
try_derivation (ArchiveLocked *locked, guint d, const ArchiveSecret *secret, bool *opened)
{
  Rar5 *rar = locked->format;
  ArchiveKey key;
  guint found = NOTHING;
  ArchiveTry result
      = get_key (secret, &g_array_index (rar->derivations, ArchiveDerivation, d), &key);
  for (guint i = 0; result == ARCHIVE_TRY_OPENED && i < rar->locks->len; i++)
    {
      Lock *lock = &g_array_index (rar->locks, Lock, i);
      if (i % ARCHIVE_LOCKS_A_UNIT == 0 && !secret->pay (1, secret->data))
        result = ARCHIVE_TRY_LIMIT;
      if (result != ARCHIVE_TRY_OPENED || lock->derivation != d || lock->found != NOTHING)
        continue;
      result = try_member (locked, lock, &key, secret);
      if (result == ARCHIVE_TRY_OPENED)
        {
          if (found == NOTHING)
            found = keep_key (rar, &key, secret->number);
          lock->found = found;
          *opened = true;
        }
      else if (result == ARCHIVE_TRY_WRONG)
        result = ARCHIVE_TRY_OPENED;
    }
  OPENSSL_cleanse (&key, sizeof key);
  return result == ARCHIVE_TRY_OPENED ? ARCHIVE_TRY_WRONG : result;
}

static ArchiveTry
try_members (ArchiveLocked *locked, const ArchiveSecret *secret, bool *opened)
{
  const Rar5 *rar = locked->format;
  unsigned derived = 0;
  for (guint d = 0; d < rar->derivations->len; d++)
    {
      if (!*opened && derived >= ARCHIVE_MAX_FIRST_KEYS)
        break;
      if (!secret->pay (rar->locks->len / 4096, secret->data))
        return ARCHIVE_TRY_LIMIT;
      if (!is_wanted (rar, d))
        continue;
      derived++;
      ArchiveTry result = try_derivation (locked, d, secret, opened);
      if (result != ARCHIVE_TRY_WRONG)
        return result;
    }
  return ARCHIVE_TRY_WRONG;
}

/* Without a check value the sum of the first block is the proof. */
static bool
opens_headers (const ArchiveLocked *locked, Rar5 *rar, const ArchiveKey *key)
{
  Rar5Block block;
  uint64_t end;
  if (rar->crypt.has_check)
    return memcmp (rar->crypt.check, key->check, sizeof key->check) == 0;
  guint before = rar->headers->len;
  bool good = take_hidden (locked, rar, key, &block, &end);
  g_byte_array_set_size (rar->headers, before);
  return good;
}

static ArchiveTry
try_headers (ArchiveLocked *locked, const ArchiveSecret *secret)
{
  Rar5 *rar = locked->format;
  ArchiveKey key;
  if (rar->crypt_derivation == NOTHING)
    return ARCHIVE_TRY_WRONG;
  ArchiveTry result = get_key (
      secret, &g_array_index (rar->derivations, ArchiveDerivation, rar->crypt_derivation), &key);
  if (result == ARCHIVE_TRY_OPENED && !opens_headers (locked, rar, &key))
    result = ARCHIVE_TRY_WRONG;
  if (result == ARCHIVE_TRY_OPENED)
    {
      rar->hidden = false;
      rar->crypt_found = keep_key (rar, &key, secret->number);
      read_blocks (locked, &key, secret->pay, secret->data);
    }
  OPENSSL_cleanse (&key, sizeof key);
  return result;
}

static ArchiveTry
rar5_try (ArchiveLocked *locked, const ArchiveSecret *secret)
{
  const Rar5 *rar = locked->format;
  bool opened = false;
  if (rar->hidden)
    {
      ArchiveTry result = try_headers (locked, secret);
      if (result != ARCHIVE_TRY_OPENED)
        return result;
      opened = true;
    }
  ArchiveTry result = try_members (locked, secret, &opened);
  return result == ARCHIVE_TRY_WRONG && opened ? ARCHIVE_TRY_OPENED : result;
}

/* ---- the other calls ---- */

static bool
rar5_wants (const ArchiveLocked *locked, size_t nth, ArchiveDerivation *ret_derivation)
{
  const Rar5 *rar = locked->format;
  for (guint d = 0; d < rar->derivations->len; d++)
    if (is_wanted (rar, d) && nth-- == 0)
      {
        *ret_derivation = g_array_index (rar->derivations, ArchiveDerivation, d);
        return true;
      }
  return false;
}

static uint64_t
rar5_left (const ArchiveLocked *locked)
{
  const Rar5 *rar = locked->format;
  uint64_t left = rar->hidden ? 1 : 0;
  for (guint i = 0; i < rar->locks->len; i++)
    left += g_array_index (rar->locks, Lock, i).found == NOTHING;
  return left;
}

static bool
rar5_member (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member)
{
  const Rar5 *rar = locked->format;
  Rar5Block block;
  Rar5File file;
  if (rar->hidden || index >= rar->members->len || !file_at (locked, (guint) index, &block, &file))
    return false;
  const Member *member = &g_array_index (rar->members, Member, index);
  bool has_crc = (file.flags & RAR5_FILE_CRC) != 0;
  *ret_member = (ArchiveMember){
    .size = (file.flags & RAR5_FILE_NO_SIZE) != 0 ? UINT64_MAX : file.size
  };
  const Lock *lock
      = member->lock != NOTHING ? &g_array_index (rar->locks, Lock, member->lock) : NULL;
  ret_member->locked = lock != NULL && lock->found == NOTHING;
  ret_member->check_sum = !ret_member->locked && has_crc;
  ret_member->no_sum = !ret_member->locked && !has_crc;
  if (lock == NULL)
    return true;
  ret_member->encrypted = true;
  if (ret_member->locked)
    return true;
  ret_member->proof = lock->proof;
  ret_member->secret = found_at (rar, lock->found)->secret;
  return true;
}

static bool
rar5_sum (const ArchiveLocked *locked, uint64_t index, uint32_t crc)
{
  const Rar5 *rar = locked->format;
  Rar5Block block;
  Rar5File file;
  if (index >= rar->members->len || !file_at (locked, (guint) index, &block, &file))
    return false;
  guint number = g_array_index (rar->members, Member, index).lock;
  if (number == NOTHING)
    return file.crc == crc;
  const Lock *lock = &g_array_index (rar->locks, Lock, number);
  return lock->found != NOTHING
         && sum_is_right (lock, &found_at (rar, lock->found)->key, file.crc, crc);
}

static void
rar5_reject (ArchiveLocked *locked, uint64_t index)
{
  Rar5 *rar = locked->format;
  guint lock = g_array_index (rar->members, Member, index).lock;
  g_array_index (rar->locks, Lock, lock).found = NOTHING;
}

static uint64_t
rar5_end (const ArchiveLocked *locked)
{
  const Rar5 *rar = locked->format;
  return rar->ended ? rar->offset : UINT64_MAX;
}

static bool
rar5_stream (const ArchiveLocked *locked, uint64_t nth, SkSpan *ret_name)
{
  const Rar5 *rar = locked->format;
  Rar5Block block;
  SkCursor record;
  if (nth >= rar->streams->len)
    return false;
  *ret_name = (SkSpan){ NULL, 0 };
  if (block_at (locked, g_array_index (rar->streams, uint64_t, nth), true, &block)
      && rar5_find_record (&block, RAR5_RECORD_SERVICE, &record))
    *ret_name = (SkSpan){ record.pos, sk_cursor_left (&record) };
  return true;
}

static const ArchiveOps rar5_ops = { .try = rar5_try,
                                     .wants = rar5_wants,
                                     .left = rar5_left,
                                     .plain = rar5_plain,
                                     .member = rar5_member,
                                     .sum = rar5_sum,
                                     .reject = rar5_reject,
                                     .end = rar5_end,
                                     .stream = rar5_stream,
                                     .free = rar5_free };

void
archive_rar5_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data)
{
  locked->facts.product = "RAR 5";
  locked->ops = &rar5_ops;
  locked->format = rar5_new ();
  read_blocks (locked, NULL, pay, data);
}
