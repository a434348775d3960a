/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The three derivations.
 *
 *   7z     SHA-256 over 2^power times (salt | UTF-16LE secret | u64 counter); with power 3Fh the key is
 *          salt | secret itself, cut or filled with zeros to 32 bytes
 *   RAR 5  PBKDF2 with HMAC-SHA256 over the UTF-8 secret: 2^power rounds are the key, 16 more the key of
 *          the sums, 16 more a value that is folded to 8 bytes as a check
 *   RAR 4  SHA-1 over 2^18 times (UTF-16LE secret | salt | u24 counter); byte 19 of the digest after round
 *          i * 4000h is byte i of the IV, the digest's first four words, byte-swapped, are the key
 *
 * Secrets of less than a kilobyte hashed millions of times: all that matters is
 * to feed OpenSSL in large pieces, and for PBKDF2, where pieces are 64 bytes, to
 * call its block function directly. The interface that replaces it allocates
 * memory for each digest and takes six times as long.
 */
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include "config.h"

#include "archive-derive.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

/* Bytes hashed between two signs of progress: some 10 to 60 ms. */
#define TICK ((size_t) 16 * 1024 * 1024)
/* Bytes of repeated records that are hashed at once. */
#define PIECE ((size_t) 32 * 1024)
#define RAR4_ROUNDS 0x40000u
#define RAR4_STEP 0x4000u

static uint64_t
rounds_of (const ArchiveDerivation *derivation)
{
  return derivation->power > ARCHIVE_MAX_POWER ? 0 : UINT64_C (1) << derivation->power;
}

uint64_t
archive_derivation_cost (const ArchiveDerivation *derivation, size_t size)
{
  uint64_t bytes = 0;
  switch (derivation->kind)
    {
    case ARCHIVE_KIND_7Z:
      bytes = rounds_of (derivation) * (derivation->salt_size + 2 * (uint64_t) size + 8);
      break;
    case ARCHIVE_KIND_RAR5:
      bytes = rounds_of (derivation) * 128;
      break;
    case ARCHIVE_KIND_RAR4:
      bytes = RAR4_ROUNDS * (2 * (uint64_t) size + derivation->salt_size + 3);
      break;
    }
  return bytes / 1024 + 1;
}

/* ---- a record repeated with a counter ---- */

typedef struct Repeat {
  EVP_MD_CTX *context;
  uint8_t *piece;      /* `n` records */
  size_t record, n;    /* bytes of one, records of a piece */
  size_t counter_size; /* at the end of each record */
  size_t since;        /* bytes since the last sign of progress */
  ArchivePayFunc pay;
  void *data;
} Repeat;

static void
repeat_clear (Repeat *r)
{
  if (r->piece != NULL)
    OPENSSL_cleanse (r->piece, r->record * r->n);
  g_free (r->piece);
  EVP_MD_CTX_free (r->context); /* wipes its state */
}

static bool
repeat_init (Repeat *r, const EVP_MD *md, SkSpan first, SkSpan second, size_t counter_size)
{
  r->context = EVP_MD_CTX_new ();
  r->counter_size = counter_size;
  r->record = first.size + second.size + counter_size;
  r->n = MAX (PIECE / r->record, 1);
  r->piece = g_malloc0 (r->record * r->n);
  for (size_t i = 0; i < r->n; i++)
    {
      uint8_t *at = r->piece + i * r->record;
      if (first.size > 0)
        memcpy (at, first.data, first.size);
      if (second.size > 0)
        memcpy (at + first.size, second.data, second.size);
    }
  return r->context != NULL && EVP_DigestInit_ex (r->context, md, NULL) == 1;
}

/* Hashes records `from` to `to` (not included). */
static ArchiveTry
repeat_add (Repeat *r, uint64_t from, uint64_t to)
{
  while (from < to)
    {
      size_t n = (size_t) MIN (r->n, to - from);
      for (size_t i = 0; i < n; i++)
        {
          uint8_t *counter = r->piece + (i + 1) * r->record - r->counter_size;
          for (size_t j = 0; j < r->counter_size; j++)
            counter[j] = (uint8_t) ((from + i) >> 8 * j);
        }
      if (EVP_DigestUpdate (r->context, r->piece, n * r->record) != 1)
        return ARCHIVE_TRY_FAILED;
      from += n;
      r->since += n * r->record;
      if (r->since < TICK)
        continue;
      r->since = 0;
      if (!r->pay (0, r->data))
        return ARCHIVE_TRY_LIMIT;
    }
  return ARCHIVE_TRY_OPENED;
}

/* ---- secrets in UTF-16 ---- */

typedef struct Wide {
  gunichar2 *text; /* in the order of this machine, then little-endian */
  size_t size;     /* bytes */
} Wide;

static void
wide_clear (Wide *wide)
{
  if (wide->text != NULL)
    OPENSSL_cleanse (wide->text, wide->size);
  g_free (wide->text);
}

static bool
wide_init (Wide *wide, SkSpan secret)
{
  glong units = 0;
  wide->size = 0;
  wide->text
      = g_utf8_to_utf16 ((const char *) secret.data, (glong) secret.size, NULL, &units, NULL);
  if (wide->text == NULL)
    return false;
  wide->size = (size_t) units * 2;
  for (glong i = 0; i < units; i++)
    wide->text[i] = GUINT16_TO_LE (wide->text[i]);
  return true;
}

static SkSpan
wide_span (const Wide *wide)
{
  return (SkSpan){ (const uint8_t *) wide->text, wide->size };
}

/* ---- 7z ---- */

static ArchiveTry
bare_7z (SkSpan salt, SkSpan wide, ArchiveKey *ret_key)
{
  size_t n = MIN (salt.size, sizeof ret_key->key);
  memcpy (ret_key->key, salt.data, n);
  if (wide.size > 0)
    memcpy (ret_key->key + n, wide.data, MIN (wide.size, sizeof ret_key->key - n));
  return ARCHIVE_TRY_OPENED;
}

static ArchiveTry
derive_7z (const ArchiveDerivation *derivation, SkSpan wide, ArchivePayFunc pay, void *data,
           ArchiveKey *ret_key)
{
  SkSpan salt = { derivation->salt, derivation->salt_size };
  if (derivation->power == ARCHIVE_7Z_BARE_KEY)
    return bare_7z (salt, wide, ret_key);
  Repeat r = { .pay = pay, .data = data };
  ArchiveTry result = ARCHIVE_TRY_FAILED;
  if (repeat_init (&r, EVP_sha256 (), salt, wide, 8))
    result = repeat_add (&r, 0, rounds_of (derivation));
  unsigned size = 0;
  if (result == ARCHIVE_TRY_OPENED
      && (EVP_DigestFinal_ex (r.context, ret_key->key, &size) != 1 || size != 32))
    result = ARCHIVE_TRY_FAILED;
  repeat_clear (&r);
  return result;
}

/* ---- RAR 4 ---- */

/* One byte of the IV is the last of the digest so far. */
static bool
rar4_iv_byte (const Repeat *r, uint8_t *ret_byte)
{
  uint8_t digest[20];
  unsigned size = 0;
  EVP_MD_CTX *copy = EVP_MD_CTX_new ();
  bool good = copy != NULL && EVP_MD_CTX_copy_ex (copy, r->context) == 1
              && EVP_DigestFinal_ex (copy, digest, &size) == 1 && size == sizeof digest;
  EVP_MD_CTX_free (copy);
  if (good)
    *ret_byte = digest[19];
  OPENSSL_cleanse (digest, sizeof digest);
  return good;
}

static ArchiveTry
rar4_rounds (Repeat *r, ArchiveKey *ret_key)
{
  for (unsigned i = 0; i < RAR4_ROUNDS / RAR4_STEP; i++)
    {
      uint64_t from = (uint64_t) i * RAR4_STEP;
      ArchiveTry result = repeat_add (r, from, from + 1);
      if (result == ARCHIVE_TRY_OPENED && !rar4_iv_byte (r, &ret_key->iv[i]))
        result = ARCHIVE_TRY_FAILED;
      if (result == ARCHIVE_TRY_OPENED)
        result = repeat_add (r, from + 1, from + RAR4_STEP);
      if (result != ARCHIVE_TRY_OPENED)
        return result;
    }
  return ARCHIVE_TRY_OPENED;
}

static ArchiveTry
derive_rar4 (const ArchiveDerivation *derivation, SkSpan wide, ArchivePayFunc pay, void *data,
             ArchiveKey *ret_key)
{
  SkSpan salt = { derivation->salt, derivation->salt_size };
  if (wide.size > 2 * 28)
    return ARCHIVE_TRY_WRONG;
  Repeat r = { .pay = pay, .data = data };
  ArchiveTry result = ARCHIVE_TRY_FAILED;
  if (repeat_init (&r, EVP_sha1 (), wide, salt, 3))
    result = rar4_rounds (&r, ret_key);
  uint8_t digest[20];
  unsigned size = 0;
  if (result == ARCHIVE_TRY_OPENED
      && (EVP_DigestFinal_ex (r.context, digest, &size) != 1 || size != sizeof digest))
    result = ARCHIVE_TRY_FAILED;
  if (result == ARCHIVE_TRY_OPENED)
    for (size_t i = 0; i < 16; i++)
      ret_key->key[i] = digest[(i & ~(size_t) 3) + 3 - (i & 3)];
  OPENSSL_cleanse (digest, sizeof digest);
  repeat_clear (&r);
  return result;
}

/* ---- RAR 5 ---- */

/* HMAC-SHA256 with both halves of the key hashed already; a round is two blocks. */
typedef struct Hmac {
  SHA256_CTX inner, outer;
  SHA256_CTX now; /* here, to be wiped with the others */
  uint8_t block[64]; /* 32 bytes of digest and the padding of 64 + 32 bytes */
} Hmac;

static void
put_words (const SHA256_CTX *context, uint8_t *out)
{
  for (size_t i = 0; i < 8; i++)
    {
      uint32_t word = GUINT32_TO_BE (context->h[i]);
      memcpy (out + 4 * i, &word, 4);
    }
}

static bool
hmac_init (Hmac *hmac, SkSpan secret)
{
  uint8_t key[64] = { 0 }, pad[64];
  if (secret.size > sizeof key && !archive_crypt_sha256 (secret, key))
    return false;
  if (secret.size <= sizeof key && secret.size > 0)
    memcpy (key, secret.data, secret.size);
  SHA256_Init (&hmac->inner);
  SHA256_Init (&hmac->outer);
  for (size_t i = 0; i < sizeof pad; i++)
    pad[i] = key[i] ^ 0x36;
  SHA256_Transform (&hmac->inner, pad);
  for (size_t i = 0; i < sizeof pad; i++)
    pad[i] = key[i] ^ 0x5c;
  SHA256_Transform (&hmac->outer, pad);
  memset (hmac->block, 0, sizeof hmac->block);
  hmac->block[32] = 0x80;
  hmac->block[62] = 96 * 8 >> 8;
  hmac->block[63] = 96 * 8 & 0xff;
  OPENSSL_cleanse (key, sizeof key);
  OPENSSL_cleanse (pad, sizeof pad);
  return true;
}

/* The HMAC of the 32 bytes in `block`, in their place. */
static void
hmac_round (Hmac *hmac)
{
  hmac->now = hmac->inner;
  SHA256_Transform (&hmac->now, hmac->block);
  put_words (&hmac->now, hmac->block);
  hmac->now = hmac->outer;
  SHA256_Transform (&hmac->now, hmac->block);
  put_words (&hmac->now, hmac->block);
}

/* The first round hashes the salt and the number of the block of output, 1. */
static void
hmac_first (Hmac *hmac, SkSpan salt)
{
  uint8_t block[64] = { 0 };
  size_t n = salt.size;
  memcpy (block, salt.data, n);
  block[n + 3] = 1;
  block[n + 4] = 0x80;
  block[62] = (uint8_t) ((64 + n + 4) * 8 >> 8);
  block[63] = (uint8_t) ((64 + n + 4) * 8);
  hmac->now = hmac->inner;
  SHA256_Transform (&hmac->now, block);
  put_words (&hmac->now, hmac->block);
  hmac->now = hmac->outer;
  SHA256_Transform (&hmac->now, hmac->block);
  put_words (&hmac->now, hmac->block);
}

static ArchiveTry
hmac_rounds (Hmac *hmac, uint64_t n, uint8_t sum[32], ArchivePayFunc pay, void *data)
{
  for (uint64_t i = 1; i <= n; i++)
    {
      hmac_round (hmac);
      for (size_t j = 0; j < 32; j++)
        sum[j] ^= hmac->block[j];
      if (i % (TICK / 128) == 0 && !pay (0, data))
        return ARCHIVE_TRY_LIMIT;
    }
  return ARCHIVE_TRY_OPENED;
}

static ArchiveTry
derive_rar5 (const ArchiveDerivation *derivation, SkSpan secret, ArchivePayFunc pay, void *data,
             ArchiveKey *ret_key)
{
  Hmac hmac;
  uint8_t sum[32];
  if (!hmac_init (&hmac, secret))
    return ARCHIVE_TRY_FAILED;
  hmac_first (&hmac, (SkSpan){ derivation->salt, derivation->salt_size });
  memcpy (sum, hmac.block, sizeof sum);
  ArchiveTry result = hmac_rounds (&hmac, rounds_of (derivation) - 1, sum, pay, data);
  memcpy (ret_key->key, sum, sizeof sum);
  if (result == ARCHIVE_TRY_OPENED)
    result = hmac_rounds (&hmac, 16, sum, pay, data);
  memcpy (ret_key->sum, sum, sizeof sum);
  if (result == ARCHIVE_TRY_OPENED)
    result = hmac_rounds (&hmac, 16, sum, pay, data);
  for (size_t i = 0; i < sizeof sum; i++)
    ret_key->check[i % sizeof ret_key->check] ^= sum[i];
  OPENSSL_cleanse (&hmac, sizeof hmac);
  OPENSSL_cleanse (sum, sizeof sum);
  return result;
}

ArchiveTry
archive_derive (const ArchiveDerivation *derivation, SkSpan secret, ArchivePayFunc pay, void *data,
                ArchiveKey *ret_key)
{
  memset (ret_key, 0, sizeof *ret_key);
  if (rounds_of (derivation) == 0
      && !(derivation->kind == ARCHIVE_KIND_7Z && derivation->power == ARCHIVE_7Z_BARE_KEY))
    return ARCHIVE_TRY_LIMIT;
  Wide wide = { NULL, 0 };
  ArchiveTry result = ARCHIVE_TRY_WRONG;
  if (derivation->kind == ARCHIVE_KIND_RAR5)
    result = derive_rar5 (derivation, secret, pay, data, ret_key);
  else if (wide_init (&wide, secret))
    result = derivation->kind == ARCHIVE_KIND_7Z
                 ? derive_7z (derivation, wide_span (&wide), pay, data, ret_key)
                 : derive_rar4 (derivation, wide_span (&wide), pay, data, ret_key);
  wide_clear (&wide);
  /* Half of it is nobody's to wipe. */
  if (result != ARCHIVE_TRY_OPENED)
    OPENSSL_cleanse (ret_key, sizeof *ret_key);
  return result;
}
