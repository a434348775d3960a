/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked RAR 4 archives. There is no check value: encrypted headers are
 * proven by their sums of 16 bits and by making sense, members by the CRC-32
 * of what is unpacked. Each may have a salt of its own, and then a key.
 *
 * What libarchive does not read is told as unsupported: members that go on
 * from others (solid), several volumes, and the ciphers before RAR 2.9.
 */
#include "config.h"

#include "archive-format.h"
#include "archive-rar4.h"
#include "archive-unpack.h"

#include <openssl/crypto.h>

#define MAX_MEMBERS 1000000
/* Salts of one archive. */
#define MAX_DERIVATIONS 4096
/* Of these a secret that has opened nothing yet is tried on so many: each costs its time. */
#define MAX_FIRST_KEYS 2
/* Members of one key that such a secret is tried on, the smallest first. */
#define MAX_FIRST_MEMBERS 4
/* Bytes of decrypted headers. */
#define MAX_HEADERS ((guint) 64 * 1024 * 1024)
#define NOTHING G_MAXUINT
#define RAR4_POWER 18
#define NO_WORK "RAR 4: no work left for its headers"

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
} Lock;

typedef struct Rar4 {
  bool hidden;     /* blocks from `offset` on are encrypted, and no key is found */
  guint salt;      /* in `derivations`: that of the first of them; NOTHING: cannot be */
  uint64_t offset; /* of the next block */
  uint64_t main_place;
  bool has_main;
  bool cut;        /* the last block has less data than it says */
  GByteArray *headers;
  bool ended;      /* the block of the end was read */
  GArray *streams; /* uint64_t: places in `headers` of hidden ones */
  GArray *members, *locks, *derivations;
  GPtrArray *found;
} Rar4;

static void
free_found (void *data)
{
  OPENSSL_cleanse (data, sizeof (Found));
  g_free (data);
}

static Rar4 *
rar4_new (void)
{
  Rar4 *rar = g_new0 (Rar4, 1);
  rar->salt = NOTHING;
  rar->offset = RAR4_SIGNATURE_SIZE;
  rar->headers = g_byte_array_new ();
  rar->streams = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  rar->members = g_array_new (FALSE, FALSE, sizeof (Member));
  rar->locks = g_array_new (FALSE, FALSE, sizeof (Lock));
  rar->derivations = g_array_new (FALSE, FALSE, sizeof (ArchiveDerivation));
  rar->found = g_ptr_array_new_with_free_func (free_found);
  return rar;
}

static void
rar4_free (void *format)
{
  Rar4 *rar = format;
  g_byte_array_unref (rar->headers);
  g_array_unref (rar->streams);
  g_array_unref (rar->members);
  g_array_unref (rar->locks);
  g_array_unref (rar->derivations);
  g_ptr_array_unref (rar->found);
  g_free (rar);
}

static guint
keep_key (Rar4 *rar, const ArchiveKey *key, size_t secret)
{
  Found *found = g_new0 (Found, 1);
  found->secret = secret;
  found->key = *key;
  g_ptr_array_add (rar->found, found);
  return rar->found->len - 1;
}

static const Found *
found_at (const Rar4 *rar, guint index)
{
  return g_ptr_array_index (rar->found, index);
}

static bool
block_at (const ArchiveLocked *locked, uint64_t place, bool hidden, Rar4Block *ret_block)
{
  const Rar4 *rar = locked->format;
  SkSpan base = hidden ? (SkSpan){ rar->headers->data, rar->headers->len } : locked->bytes;
  SkCursor c = sk_cursor (sk_span_slice (base, (size_t) place, SIZE_MAX));
  return rar4_take_block (&c, ret_block);
}

static bool
file_at (const ArchiveLocked *locked, guint index, Rar4Block *ret_block, Rar4File *ret_file)
{
  const Rar4 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, index);
  return block_at (locked, member->place, member->hidden, ret_block)
         && rar4_read_file (ret_block, ret_file);
}

/* ---- reading blocks ---- */

static ArchiveDerivation
derivation_of (SkSpan salt)
{
  ArchiveDerivation derivation = { .kind = ARCHIVE_KIND_RAR4, .power = RAR4_POWER,
                                   .salt_size = (uint8_t) salt.size };
  if (salt.size > 0)
    memcpy (derivation.salt, salt.data, salt.size);
  return derivation;
}

static guint
derivation_index (Rar4 *rar, SkSpan salt)
{
  ArchiveDerivation derivation = derivation_of (salt);
  for (guint i = rar->derivations->len; i > 0; i--)
    if (archive_derivation_equal (&g_array_index (rar->derivations, ArchiveDerivation, i - 1),
                                  &derivation))
      return i - 1;
  if (rar->derivations->len >= MAX_DERIVATIONS)
    return NOTHING;
  g_array_append_val (rar->derivations, derivation);
  return rar->derivations->len - 1;
}

static void
note_lock (ArchiveLocked *locked, const char *reason)
{
  locked->facts.cipher = "AES-128";
  locked->facts.rounds = UINT64_C (1) << RAR4_POWER;
  if (reason != NULL)
    archive_locked_stop (locked, ARCHIVE_STATE_UNSUPPORTED, reason);
  else if (locked->facts.state != ARCHIVE_STATE_UNSUPPORTED)
    locked->facts.state = ARCHIVE_STATE_LOCKED;
}

static void
add_lock (ArchiveLocked *locked, Member *member, const Rar4Block *block, const Rar4File *file)
{
  Rar4 *rar = locked->format;
  Lock lock = { .member = rar->members->len, .derivation = NOTHING, .found = NOTHING };
  const char *reason = NULL;
  SkSpan salt = { NULL, 0 };
  if (file->salt_at > 0)
    salt = sk_span_slice (block->whole, file->salt_at, 8);
  if (file->version < RAR4_VERSION_AES)
    reason = "RAR 4: encrypted as RAR did before version 2.9";
  else if ((block->flags & RAR4_FILE_SPLIT) != 0)
    reason = "RAR 4: encrypted member in several volumes";
  else if ((block->flags & RAR4_FILE_SOLID) != 0)
    reason = "RAR 4: encrypted and solid";
  else if ((lock.derivation = derivation_index (rar, salt)) == NOTHING)
    reason = "RAR 4: more than 4,096 salts";
  member->lock = rar->locks->len;
  g_array_append_val (rar->locks, lock);
  locked->facts.n_encrypted++;
  note_lock (locked, reason);
}

static bool
add_member (ArchiveLocked *locked, const Rar4Block *block, uint64_t place, bool hidden,
            uint64_t data, uint64_t data_size)
{
  Rar4 *rar = locked->format;
  Rar4File file;
  if (!rar4_read_file (block, &file))
    return false;
  Member member = { place, data, data_size, hidden, NOTHING };
  if ((block->flags & RAR4_FILE_ENCRYPTED) != 0)
    add_lock (locked, &member, block, &file);
  g_array_append_val (rar->members, member);
  locked->facts.n_members++;
  return true;
}

/* Of a service block with a hidden name: streams alone are told. */
static void
add_stream (Rar4 *rar, const Rar4Block *block, uint64_t place)
{
  Rar4File file;
  if (rar4_read_file (block, &file) && sk_span_equal (file.name, sk_span_of_text ("STM")))
    g_array_append_val (rar->streams, place);
}

/* Behind a main block with encrypted names: the salt of the first. */
static void
hide (ArchiveLocked *locked)
{
  Rar4 *rar = locked->format;
  SkSpan salt = sk_span_slice (locked->bytes, (size_t) rar->offset, 8);
  rar->hidden = locked->facts.names_hidden = true;
  rar->salt = salt.size == 8 ? derivation_index (rar, salt) : NOTHING;
  note_lock (locked, NULL);
  if (rar->salt == NOTHING)
    locked->facts.reason = "RAR 4: cut short";
}

static ArchiveTry
get_key (const ArchiveSecret *s, const ArchiveDerivation *derivation, ArchiveKey *ret_key)
{
  return archive_keys_get (s->keys, derivation, s->number, s->bytes, s->pay, s->data, ret_key);
}

/* Decrypts the block at `offset` behind its salt; its text is added to `headers`. */
static bool
decrypt_block (const ArchiveLocked *locked, Rar4 *rar, const ArchiveKey *key, Rar4Block *ret_block,
               uint64_t *ret_end)
{
  SkCursor c = sk_cursor (sk_span_slice (locked->bytes, (size_t) rar->offset, SIZE_MAX));
  SkSpan cipher;
  uint8_t first[16];
  if (!sk_cursor_skip (&c, 8))
    return false;
  SkCursor ahead = c;
  if (!sk_cursor_take (&ahead, 16, &cipher)
      || !archive_crypt_cbc (key->key, 16, key->iv, cipher, first))
    return false;
  size_t size = rar4_block_size (first), padded = size + (16 - size % 16) % 16;
  guint place = rar->headers->len;
  if (size == 0 || padded > MAX_HEADERS - place || !sk_cursor_take (&c, padded, &cipher))
    return false;
  g_byte_array_set_size (rar->headers, place + (guint) padded);
  SkCursor block = sk_cursor ((SkSpan){ rar->headers->data + place, size });
  bool good = archive_crypt_cbc (key->key, 16, key->iv, cipher, rar->headers->data + place)
              && rar4_take_block (&block, ret_block);
  g_byte_array_set_size (rar->headers, place + (good ? (guint) size : 0));
  *ret_end = rar->offset + 8 + padded;
  return good;
}

/* The next encrypted block, by the key of its own salt. */
static ArchiveTry
take_hidden (const ArchiveLocked *locked, Rar4 *rar, const ArchiveSecret *secret,
             Rar4Block *ret_block, uint64_t *ret_end)
{
  SkSpan salt = sk_span_slice (locked->bytes, (size_t) rar->offset, 8);
  ArchiveDerivation derivation = derivation_of (salt);
  ArchiveKey key;
  if (salt.size < 8)
    return ARCHIVE_TRY_WRONG;
  ArchiveTry result = get_key (secret, &derivation, &key);
  if (result == ARCHIVE_TRY_OPENED && !decrypt_block (locked, rar, &key, ret_block, ret_end))
    result = ARCHIVE_TRY_WRONG;
  OPENSSL_cleanse (&key, sizeof key);
  return result;
}

/* One block, with `secret` when it is encrypted. Sets `*ret_more` when another may follow. */
static const char *
read_block (ArchiveLocked *locked, const ArchiveSecret *secret, bool *ret_more)
{
  Rar4 *rar = locked->format;
  Rar4Block block;
  uint64_t place = secret != NULL ? rar->headers->len : rar->offset, end = 0;
  *ret_more = false;
  if (secret != NULL)
    {
      ArchiveTry result = take_hidden (locked, rar, secret, &block, &end);
      if (result == ARCHIVE_TRY_LIMIT)
        archive_locked_stop (locked, ARCHIVE_STATE_LIMIT, NO_WORK);
      if (result != ARCHIVE_TRY_OPENED)
        return result == ARCHIVE_TRY_LIMIT ? NULL : "RAR 4: broken header";
    }
  else
    {
      SkCursor c = sk_cursor (sk_span_slice (locked->bytes, (size_t) rar->offset, SIZE_MAX));
      if (!rar4_take_block (&c, &block))
        return "RAR 4: broken header";
      end = rar->offset + block.whole.size;
    }
  /* What is there of a cut member is the member: it may be encrypted. */
  rar->cut = block.data_size > locked->bytes.size - end;
  uint64_t data_size = MIN (block.data_size, locked->bytes.size - end);
  if (block.type == RAR4_FILE && !add_member (locked, &block, place, secret != NULL, end, data_size))
    return "RAR 4: broken header of a file";
  if (block.type == RAR4_SERVICE && secret != NULL)
    add_stream (rar, &block, place);
  rar->offset = end + data_size;
  rar->ended = block.type == RAR4_END;
  *ret_more = !rar->ended;
  if (block.type == RAR4_MAIN && secret == NULL && !rar->has_main)
    {
      rar->has_main = true;
      rar->main_place = place;
      *ret_more = (block.flags & RAR4_MAIN_HIDDEN) == 0;
      if (!*ret_more)
        hide (locked);
    }
  return rar->cut ? "RAR 4: cut short" : NULL;
}

static void
read_blocks (ArchiveLocked *locked, const ArchiveSecret *secret, ArchivePayFunc pay, void *data)
{
  Rar4 *rar = locked->format;
  const char *broken = NULL;
  bool more = true;
  for (unsigned i = 0; more && broken == NULL && rar->offset < locked->bytes.size; i++)
    {
      if (rar->members->len >= MAX_MEMBERS || (i % 64 == 0 && !pay (1, data)))
        {
          archive_locked_stop (locked, ARCHIVE_STATE_LIMIT,
                               rar->members->len >= MAX_MEMBERS ? "RAR 4: more than 1,000,000 members"
                                                                : NO_WORK);
          return;
        }
      broken = read_block (locked, secret, &more);
    }
  if (broken != NULL && locked->facts.state == ARCHIVE_STATE_OPEN)
    archive_locked_stop (locked, ARCHIVE_STATE_MALFORMED, broken);
  else if (broken != NULL && locked->facts.state == ARCHIVE_STATE_LOCKED)
    locked->facts.reason = broken;
}

/* ---- the plain archive ---- */

static SkSpan
cipher_of (const ArchiveLocked *locked, const Member *member)
{
  return sk_span_slice (locked->bytes, (size_t) member->data,
                        (size_t) (member->data_size & ~UINT64_C (15)));
}

/* A member that is open with that key. A stored one is cut to its size; the end of a packed one shows
 * when it is unpacked. */
static bool
put_open (const ArchiveLocked *locked, guint index, const ArchiveKey *key, ArchivePlain *plain)
{
  const Rar4 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, index);
  SkSpan cipher = cipher_of (locked, member);
  Rar4Block block;
  Rar4File file;
  if (!file_at (locked, index, &block, &file))
    return false;
  uint64_t length = file.size == 0 ? 0 : file.method == RAR4_STORED ? MIN (file.size, cipher.size)
                                                                    : cipher.size;
  g_autoptr (GByteArray) header = g_byte_array_new ();
  rar4_put_file (header, &block, &file, length, length == 0);
  return archive_plain_memory (plain, (SkSpan){ header->data, header->len })
         && archive_plain_cipher (plain, cipher, length, key->key, 16, key->iv);
}

static bool
put_member (const ArchiveLocked *locked, guint index, ArchivePlain *plain)
{
  const Rar4 *rar = locked->format;
  const Member *member = &g_array_index (rar->members, Member, index);
  Rar4Block block;
  Rar4File file;
  if (!file_at (locked, index, &block, &file))
    return false;
  if (member->lock == NOTHING)
    {
      SkSpan data = sk_span_slice (locked->bytes, (size_t) member->data, (size_t) member->data_size);
      return (member->hidden ? archive_plain_memory (plain, block.whole)
                             : archive_plain_raw (plain, block.whole))
             && archive_plain_raw (plain, data);
    }
  const Lock *lock = &g_array_index (rar->locks, Lock, member->lock);
  if (lock->found != NOTHING)
    return put_open (locked, index, &found_at (rar, lock->found)->key, plain);
  g_autoptr (GByteArray) header = g_byte_array_new ();
  rar4_put_file (header, &block, &file, 0, true);
  return archive_plain_memory (plain, (SkSpan){ header->data, header->len });
}

static ArchivePlain *
begin (const ArchiveLocked *locked)
{
  const Rar4 *rar = locked->format;
  Rar4Block block;
  g_autoptr (GByteArray) header = g_byte_array_new ();
  bool there = rar->has_main && block_at (locked, rar->main_place, false, &block);
  ArchivePlain *plain = archive_plain_new ();
  rar4_put_main (header, there ? &block : NULL);
  archive_plain_raw (plain, sk_span_slice (locked->bytes, 0, RAR4_SIGNATURE_SIZE));
  archive_plain_memory (plain, (SkSpan){ header->data, header->len });
  return plain;
}

static bool
put_end (ArchivePlain *plain)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();
  rar4_put_end (end);
  return archive_plain_memory (plain, (SkSpan){ end->data, end->len });
}

static ArchivePlain *
rar4_plain (ArchiveLocked *locked)
{
  const Rar4 *rar = locked->format;
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

/* Unpacks the member; its sum is the proof. Of a few bytes it says little, and what fills the block
 * counts. */
static ArchiveTry
prove (const ArchiveLocked *locked, guint index, const ArchiveKey *key, const ArchiveSecret *secret)
{
  const Rar4 *rar = locked->format;
  Rar4Block block;
  Rar4File file;
  uint64_t size = 0;
  uint32_t crc = 0;
  g_autoptr (ArchivePlain) plain = begin (locked);
  if (!file_at (locked, index, &block, &file) || file.size == 0
      || (file.size < ARCHIVE_PROOF_LEAST && file.method == RAR4_STORED
          && !archive_crypt_padded (key->key, 16, key->iv,
                                    cipher_of (locked, &g_array_index (rar->members, Member, index)),
                                    file.size))
      || !put_open (locked, index, key, plain) || !put_end (plain))
    return ARCHIVE_TRY_WRONG;
  switch (archive_unpack_first (plain, ARCHIVE_KIND_RAR4, file.size, secret->pay, secret->data,
                                &size, &crc, NULL))
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
  return size == file.size && crc == file.crc ? ARCHIVE_TRY_OPENED : ARCHIVE_TRY_WRONG;
}

static bool
is_locked (const Lock *lock, guint derivation)
{
  return lock->derivation == derivation && lock->found == NOTHING;
}

/* The smallest members with content that ask for the key, as numbers of locks; how many. */
static unsigned
smallest (const Rar4 *rar, guint derivation, guint ret_locks[MAX_FIRST_MEMBERS])
{
  unsigned n = 0;
  for (guint i = 0; i < rar->locks->len; i++)
    {
      const Lock *lock = &g_array_index (rar->locks, Lock, i);
      uint64_t size = g_array_index (rar->members, Member, lock->member).data_size;
      unsigned at = n;
      if (!is_locked (lock, derivation) || size == 0)
        continue;
      while (at > 0
             && g_array_index (rar->members, Member,
                               g_array_index (rar->locks, Lock, ret_locks[at - 1]).member)
                        .data_size
                    > size)
        at--;
      if (at == MAX_FIRST_MEMBERS)
        continue;
      n = MIN (n + 1, MAX_FIRST_MEMBERS);
      for (unsigned j = n - 1; j > at; j--)
        ret_locks[j] = ret_locks[j - 1];
      ret_locks[at] = i;
    }
  return n;
}

/* Opens what else the proven key opens: small members are proven too, of others the sum decides when
 * they are read. */
static ArchiveTry
open_others (ArchiveLocked *locked, guint d, guint found, const ArchiveSecret *secret)
{
  Rar4 *rar = locked->format;
  ArchiveTry result = ARCHIVE_TRY_WRONG;
  for (guint i = 0; result == ARCHIVE_TRY_WRONG && i < rar->locks->len; i++)
    {
      Lock *lock = &g_array_index (rar->locks, Lock, i);
      if (i % ARCHIVE_LOCKS_A_UNIT == 0 && !secret->pay (1, secret->data))
        return ARCHIVE_TRY_LIMIT;
      if (!is_locked (lock, d))
        continue;
      Rar4Block block;
      Rar4File file;
      bool there = file_at (locked, lock->member, &block, &file);
      bool small = there && file.size > 0 && file.size <= ARCHIVE_PROOF_BYTES;
      if (small)
        result = prove (locked, lock->member, &found_at (rar, found)->key, secret);
      if (small ? result == ARCHIVE_TRY_OPENED : there)
        {
          lock->found = found;
          lock->proof = small ? ARCHIVE_PROOF_STRONG : ARCHIVE_PROOF_WEAK;
          result = ARCHIVE_TRY_WRONG;
        }
    }
  return result;
}

/* All members that ask for this key. Sets `*opened` when one opens. */
static ArchiveTry
try_derivation (ArchiveLocked *locked, guint d, const ArchiveSecret *secret, bool *opened)
{
  Rar4 *rar = locked->format;
  ArchiveKey key;
  guint first[MAX_FIRST_MEMBERS], found = NOTHING;
  unsigned n = smallest (rar, d, first);
  ArchiveTry result
      = get_key (secret, &g_array_index (rar->derivations, ArchiveDerivation, d), &key);
  if (result != ARCHIVE_TRY_OPENED)
    return result;
  result = ARCHIVE_TRY_WRONG;
  for (unsigned i = 0; result == ARCHIVE_TRY_WRONG && i < n; i++)
    {
      Lock *lock = &g_array_index (rar->locks, Lock, first[i]);
      result = prove (locked, lock->member, &key, secret);
      if (result == ARCHIVE_TRY_OPENED)
        {
          lock->found = found = keep_key (rar, &key, secret->number);
          lock->proof = ARCHIVE_PROOF_STRONG;
          *opened = true;
        }
    }
  OPENSSL_cleanse (&key, sizeof key);
  return found != NOTHING ? open_others (locked, d, found, secret) : result;
}

static bool
is_wanted (const Rar4 *rar, guint derivation)
{
  if (rar->hidden && rar->salt == derivation)
    return true;
  for (guint i = 0; i < rar->locks->len; i++)
    if (is_locked (&g_array_index (rar->locks, Lock, i), derivation))
      return true;
  return false;
}

static ArchiveTry
try_members (ArchiveLocked *locked, const ArchiveSecret *secret, bool *opened)
{
  const Rar4 *rar = locked->format;
  unsigned derived = 0;
  for (guint d = 0; d < rar->derivations->len; d++)
    {
      if (!*opened && derived >= MAX_FIRST_KEYS)
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

/* The first encrypted block must read, and so must the second where there is one: 16 bits of sum are
 * met by chance too often. */
static ArchiveTry
try_headers (ArchiveLocked *locked, const ArchiveSecret *secret)
{
  Rar4 *rar = locked->format;
  const uint64_t offset = rar->offset;
  Rar4Block block = { .type = 0 };
  Rar4File file;
  uint64_t end = 0;
  if (rar->salt == NOTHING)
    return ARCHIVE_TRY_WRONG;
  ArchiveTry result = take_hidden (locked, rar, secret, &block, &end);
  if (result == ARCHIVE_TRY_OPENED && block.type == RAR4_FILE && !rar4_read_file (&block, &file))
    result = ARCHIVE_TRY_WRONG;
  if (result == ARCHIVE_TRY_OPENED && end < locked->bytes.size
      && block.data_size < locked->bytes.size - end)
    {
      rar->offset = end + block.data_size;
      result = take_hidden (locked, rar, secret, &block, &end);
    }
  rar->offset = offset;
  g_byte_array_set_size (rar->headers, 0);
  if (result == ARCHIVE_TRY_OPENED)
    {
      rar->hidden = false;
      read_blocks (locked, secret, secret->pay, secret->data);
    }
  return result;
}

static ArchiveTry
rar4_try (ArchiveLocked *locked, const ArchiveSecret *secret)
{
  const Rar4 *rar = locked->format;
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
rar4_wants (const ArchiveLocked *locked, size_t nth, ArchiveDerivation *ret_derivation)
{
  const Rar4 *rar = locked->format;
  if (nth >= MAX_FIRST_KEYS)
    return false;
  for (guint d = 0; d < rar->derivations->len; d++)
    if (is_wanted (rar, d) && nth-- == 0)
      {
        *ret_derivation = g_array_index (rar->derivations, ArchiveDerivation, d);
        return true;
      }
  return false;
}

static uint64_t
rar4_left (const ArchiveLocked *locked)
{
  const Rar4 *rar = locked->format;
  uint64_t left = rar->hidden ? 1 : 0;
  for (guint i = 0; i < rar->locks->len; i++)
    left += g_array_index (rar->locks, Lock, i).found == NOTHING;
  return left;
}

static bool
rar4_member (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member)
{
  const Rar4 *rar = locked->format;
  Rar4Block block;
  Rar4File file;
  if (rar->hidden || index >= rar->members->len || !file_at (locked, (guint) index, &block, &file))
    return false;
  const Member *member = &g_array_index (rar->members, Member, index);
  *ret_member = (ArchiveMember){ .size = file.size };
  const Lock *lock
      = member->lock != NOTHING ? &g_array_index (rar->locks, Lock, member->lock) : NULL;
  ret_member->encrypted = lock != NULL;
  ret_member->locked = lock != NULL && lock->found == NOTHING;
  ret_member->check_sum = !ret_member->locked;
  if (lock == NULL || ret_member->locked)
    return true;
  ret_member->proof = lock->proof;
  ret_member->secret = found_at (rar, lock->found)->secret;
  return true;
}

static bool
rar4_sum (const ArchiveLocked *locked, uint64_t index, uint32_t crc)
{
  const Rar4 *rar = locked->format;
  Rar4Block block;
  Rar4File file;
  return index < rar->members->len && file_at (locked, (guint) index, &block, &file)
         && file.crc == crc;
}

static void
rar4_reject (ArchiveLocked *locked, uint64_t index)
{
  Rar4 *rar = locked->format;
  guint lock = g_array_index (rar->members, Member, index).lock;
  g_array_index (rar->locks, Lock, lock).found = NOTHING;
}

static uint64_t
rar4_end (const ArchiveLocked *locked)
{
  const Rar4 *rar = locked->format;
  return rar->ended ? rar->offset : UINT64_MAX;
}

static bool
rar4_stream (const ArchiveLocked *locked, uint64_t nth, SkSpan *ret_name)
{
  const Rar4 *rar = locked->format;
  *ret_name = (SkSpan){ NULL, 0 };
  return nth < rar->streams->len;
}

static const ArchiveOps rar4_ops = { .try = rar4_try,
                                     .wants = rar4_wants,
                                     .left = rar4_left,
                                     .plain = rar4_plain,
                                     .member = rar4_member,
                                     .sum = rar4_sum,
                                     .reject = rar4_reject,
                                     .end = rar4_end,
                                     .stream = rar4_stream,
                                     .free = rar4_free };

void
archive_rar4_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data)
{
  locked->facts.product = "RAR 4";
  locked->ops = &rar4_ops;
  locked->format = rar4_new ();
  read_blocks (locked, NULL, pay, data);
}
