/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * AES and digests for locked archives, and the keys that were derived.
 */
#include "config.h"

#include "archive-crypt.h"
#include "archive-derive.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/* Kept keys of one root: secrets times salts. The oldest give way. */
#define MAX_KEYS 4096

typedef struct Kept {
  ArchiveDerivation derivation;
  size_t number;
  ArchiveKey key;
} Kept;

struct ArchiveKeys {
  Kept *kept;
  size_t n, next; /* `next` is overwritten when all are in use */
};

ArchiveKeys *
archive_keys_new (void)
{
  return g_new0 (ArchiveKeys, 1);
}

void
archive_keys_free (ArchiveKeys *keys)
{
  if (keys == NULL)
    return;
  if (keys->kept != NULL)
    OPENSSL_cleanse (keys->kept, MAX_KEYS * sizeof (Kept));
  g_free (keys->kept);
  g_free (keys);
}

bool
archive_crypt_warm (void)
{
  EVP_MD *sha1 = EVP_MD_fetch (NULL, "SHA1", NULL);
  EVP_MD *sha256 = EVP_MD_fetch (NULL, "SHA256", NULL);
  EVP_CIPHER *short_key = EVP_CIPHER_fetch (NULL, "AES-128-CBC", NULL);
  EVP_CIPHER *long_key = EVP_CIPHER_fetch (NULL, "AES-256-CBC", NULL);
  const ArchiveKey zero = { .key = { 0 } };
  uint8_t digest[32], block[16] = { 0 };
  uint32_t sum;
  /* Used once, for what is fetched at the first use only. */
  bool good = sha1 != NULL && sha256 != NULL && short_key != NULL && long_key != NULL
              && archive_crypt_sha256 ((SkSpan){ NULL, 0 }, digest)
              && archive_crypt_rar5_sum (&zero, 0, &sum)
              && archive_crypt_cbc (zero.key, 16, zero.iv, (SkSpan){ block, 16 }, block)
              && archive_crypt_cbc (zero.key, 32, zero.iv, (SkSpan){ block, 16 }, block);
  EVP_MD_free (sha1);
  EVP_MD_free (sha256);
  EVP_CIPHER_free (short_key);
  EVP_CIPHER_free (long_key);
  return good;
}

bool
archive_derivation_equal (const ArchiveDerivation *a, const ArchiveDerivation *b)
{
  return a->kind == b->kind && a->power == b->power && a->salt_size == b->salt_size
         && memcmp (a->salt, b->salt, sizeof a->salt) == 0;
}

static const ArchiveKey *
find (const ArchiveKeys *keys, const ArchiveDerivation *derivation, size_t number)
{
  for (size_t i = 0; i < keys->n; i++)
    if (keys->kept[i].number == number
        && archive_derivation_equal (&keys->kept[i].derivation, derivation))
      return &keys->kept[i].key;
  return NULL;
}

bool
archive_keys_has (const ArchiveKeys *keys, const ArchiveDerivation *derivation, size_t number)
{
  return find (keys, derivation, number) != NULL;
}

static void
keep (ArchiveKeys *keys, const ArchiveDerivation *derivation, size_t number, const ArchiveKey *key)
{
  if (keys->kept == NULL)
    keys->kept = g_new0 (Kept, MAX_KEYS);
  Kept *kept = &keys->kept[keys->next]; /* in its place at once: a copy would have to be wiped */
  kept->derivation = *derivation;
  kept->number = number;
  kept->key = *key;
  keys->next = (keys->next + 1) % MAX_KEYS;
  if (keys->n < MAX_KEYS)
    keys->n++;
}

ArchiveTry
archive_keys_get (ArchiveKeys *keys, const ArchiveDerivation *derivation, size_t number,
                  SkSpan secret, ArchivePayFunc pay, void *data, ArchiveKey *ret_key)
{
  const ArchiveKey *kept = find (keys, derivation, number);
  if (kept != NULL)
    {
      *ret_key = *kept;
      return ARCHIVE_TRY_OPENED;
    }
  if (secret.size > ARCHIVE_MAX_SECRET
      || !g_utf8_validate_len ((const char *) secret.data, secret.size, NULL))
    return ARCHIVE_TRY_WRONG;
  if (!pay (archive_derivation_cost (derivation, secret.size), data))
    return ARCHIVE_TRY_LIMIT;
  ArchiveTry result = archive_derive (derivation, secret, pay, data, ret_key);
  if (result == ARCHIVE_TRY_OPENED)
    keep (keys, derivation, number, ret_key);
  return result;
}

bool
archive_crypt_cbc (const uint8_t *key, size_t key_size, const uint8_t iv[16], SkSpan cipher,
                   uint8_t *out)
{
  if (cipher.size % 16 != 0 || cipher.size > INT_MAX / 2)
    return false;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  int size = 0;
  bool good = context != NULL
              && EVP_DecryptInit_ex (context, key_size == 32 ? EVP_aes_256_cbc () : EVP_aes_128_cbc (),
                                     NULL, key, iv)
                     == 1
              && EVP_CIPHER_CTX_set_padding (context, 0) == 1
              && (cipher.size == 0
                  || (EVP_DecryptUpdate (context, out, &size, cipher.data, (int) cipher.size) == 1
                      && (size_t) size == cipher.size));
  EVP_CIPHER_CTX_free (context);
  return good;
}

bool
archive_crypt_padded (const uint8_t *key, size_t key_size, const uint8_t iv[16], SkSpan cipher,
                      uint64_t length)
{
  uint8_t block[16];
  if (length >= cipher.size)
    return true;
  size_t last = cipher.size - 16;
  const uint8_t *before = last == 0 ? iv : cipher.data + last - 16;
  if (cipher.size % 16 != 0
      || !archive_crypt_cbc (key, key_size, before, (SkSpan){ cipher.data + last, 16 }, block))
    return false;
  for (size_t i = length > last ? (size_t) (length - last) : 0; i < sizeof block; i++)
    if (block[i] != 0)
      return false;
  return true;
}

bool
archive_crypt_rar5_sum (const ArchiveKey *key, uint32_t crc, uint32_t *ret_sum)
{
  uint8_t bytes[4], digest[32];
  unsigned size = 0;
  for (unsigned i = 0; i < 4; i++)
    bytes[i] = (uint8_t) (crc >> 8 * i);
  if (HMAC (EVP_sha256 (), key->sum, sizeof key->sum, bytes, sizeof bytes, digest, &size) == NULL
      || size != sizeof digest)
    return false;
  uint32_t sum = 0;
  for (unsigned i = 0; i < sizeof digest; i++)
    sum ^= (uint32_t) digest[i] << 8 * (i & 3);
  *ret_sum = sum;
  return true;
}

bool
archive_crypt_sha256 (SkSpan bytes, uint8_t ret_digest[32])
{
  unsigned size = 0;
  const void *data = bytes.size > 0 ? (const void *) bytes.data : "";
  return EVP_Digest (data, bytes.size, ret_digest, &size, EVP_sha256 (), NULL) == 1 && size == 32;
}
