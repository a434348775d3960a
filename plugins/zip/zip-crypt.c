/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * ZipCrypto (APPNOTE 6.1) and WinZip AES.
 *
 *   ZipCrypto  head[12] | data, all of it encrypted; the secret sets three words, each plain byte
 *              moves them on. The head's last byte is the high byte of the CRC or of the time
 *   AES        salt[8, 12, 16] | verifier[2] | data | HMAC-SHA1[10]; PBKDF2 with HMAC-SHA1, 1,000
 *              rounds, makes key, key of the HMAC, verifier, one behind the other; the counter is
 *              128 bits, little-endian, from 1 on
 *
 * A wrong secret on AES costs one block of PBKDF2, the one that the verifier
 * stands in. Its 2,000 calls of SHA-1 hash 64 bytes each, so OpenSSL's block
 * function is called directly: the interface that replaces it allocates memory
 * for each and takes six times as long. Counter mode is made of batches of
 * counters in ECB mode, because OpenSSL's own counts the other way round.
 */
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include "config.h"

#include "zip-crypt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <zlib.h>

#define AES_ROUNDS 1000
#define VERIFIER 2
#define MAX_KEY 32
#define BLOCK 16
/* Counters encrypted at once: enough to keep the processor's units busy, and little to wipe. */
#define BATCH ((size_t) 4096)

const char *const zip_cipher_names[]
    = { NULL, "zipcrypto", "aes-128", "aes-192", "aes-256", "pkware-strong", "unknown" };

/* ---- ZipCrypto ---- */

static inline uint32_t
step_crc (const z_crc_t *table, uint32_t crc, uint8_t byte)
{
  return (uint32_t) table[(crc ^ byte) & 0xff] ^ crc >> 8;
}

static inline void
crypto_step (const z_crc_t *table, uint32_t *k0, uint32_t *k1, uint32_t *k2, uint8_t plain)
{
  *k0 = step_crc (table, *k0, plain);
  *k1 = (*k1 + (*k0 & 0xff)) * 134775813u + 1;
  *k2 = step_crc (table, *k2, (uint8_t) (*k1 >> 24));
}

static inline uint8_t
crypto_byte (uint32_t k2)
{
  uint32_t low = (k2 | 2) & 0xffff;
  return (uint8_t) (low * (low ^ 1) >> 8);
}

static void
crypto_decrypt (uint32_t keys[3], const uint8_t *in, uint8_t *out, size_t size)
{
  const z_crc_t *table = get_crc_table ();
  uint32_t k0 = keys[0], k1 = keys[1], k2 = keys[2];
  for (size_t i = 0; i < size; i++)
    {
      uint8_t plain = in[i] ^ crypto_byte (k2);
      out[i] = plain;
      crypto_step (table, &k0, &k1, &k2, plain);
    }
  keys[0] = k0;
  keys[1] = k1;
  keys[2] = k2;
}

static bool
crypto_open (const ZipLock *lock, SkSpan secret, ZipKey *key)
{
  const z_crc_t *table = get_crc_table ();
  uint8_t head[ZIP_CRYPTO_HEAD];
  key->crypto[0] = 0x12345678;
  key->crypto[1] = 0x23456789;
  key->crypto[2] = 0x34567890;
  for (size_t i = 0; i < secret.size; i++)
    crypto_step (table, &key->crypto[0], &key->crypto[1], &key->crypto[2], secret.data[i]);
  crypto_decrypt (key->crypto, lock->data.data, head, sizeof head);
  uint8_t check = head[ZIP_CRYPTO_HEAD - 1];
  OPENSSL_cleanse (head, sizeof head); /* it gives the key's stream away */
  return check == lock->checks[0] || check == lock->checks[1];
}

/* ---- PBKDF2 ---- */

/** HMAC-SHA1 with a key, its two pads hashed. */
typedef struct Pads {
  SHA_CTX inner, outer;
} Pads;

static void
pad (SHA_CTX *context, const uint8_t key[SHA_CBLOCK], uint8_t byte)
{
  uint8_t block[SHA_CBLOCK];
  for (size_t i = 0; i < sizeof block; i++)
    block[i] = key[i] ^ byte;
  SHA1_Init (context);
  SHA1_Update (context, block, sizeof block);
  OPENSSL_cleanse (block, sizeof block);
}

static void
make_pads (SkSpan secret, Pads *ret_pads)
{
  uint8_t key[SHA_CBLOCK] = { 0 };
  if (secret.size > sizeof key)
    SHA1 (secret.data, secret.size, key);
  else if (secret.size > 0)
    memcpy (key, secret.data, secret.size);
  pad (&ret_pads->inner, key, 0x36);
  pad (&ret_pads->outer, key, 0x5c);
  OPENSSL_cleanse (key, sizeof key);
}

static void
store_be (uint8_t *out, uint32_t word)
{
  for (size_t i = 0; i < 4; i++)
    out[i] = (uint8_t) (word >> (24 - 8 * i));
}

static void
store_state (const SHA_CTX *context, uint8_t out[SHA_DIGEST_LENGTH])
{
  store_be (out, context->h0);
  store_be (out + 4, context->h1);
  store_be (out + 8, context->h2);
  store_be (out + 12, context->h3);
  store_be (out + 16, context->h4);
}

/* The rounds after the first: all input is one digest, so each hash is one block with a fixed end. */
static void
rounds (const Pads *pads, uint8_t sum[SHA_DIGEST_LENGTH])
{
  uint8_t block[SHA_CBLOCK] = { 0 };
  SHA_CTX context;
  memcpy (block, sum, SHA_DIGEST_LENGTH);
  block[SHA_DIGEST_LENGTH] = 0x80;
  block[62] = (64 + SHA_DIGEST_LENGTH) * 8 >> 8;
  block[63] = (64 + SHA_DIGEST_LENGTH) * 8 & 0xff;
  for (unsigned i = 1; i < AES_ROUNDS; i++)
    {
      context = pads->inner;
      SHA1_Transform (&context, block);
      store_state (&context, block);
      context = pads->outer;
      SHA1_Transform (&context, block);
      store_state (&context, block);
      for (size_t k = 0; k < SHA_DIGEST_LENGTH; k++)
        sum[k] ^= block[k];
    }
  OPENSSL_cleanse (block, sizeof block);
  OPENSSL_cleanse (&context, sizeof context);
}

/* Block `number`, from 1, of PBKDF2. */
static void
derive_block (const Pads *pads, SkSpan salt, uint32_t number, uint8_t sum[SHA_DIGEST_LENGTH])
{
  uint8_t index[4];
  SHA_CTX context = pads->inner;
  store_be (index, number);
  SHA1_Update (&context, salt.data, salt.size);
  SHA1_Update (&context, index, sizeof index);
  SHA1_Final (sum, &context);
  context = pads->outer;
  SHA1_Update (&context, sum, SHA_DIGEST_LENGTH);
  SHA1_Final (sum, &context);
  OPENSSL_cleanse (&context, sizeof context);
  rounds (pads, sum);
}

/* ---- AES ---- */

static size_t
key_size (ZipCipher cipher)
{
  return cipher == ZIP_CIPHER_AES128 ? 16 : cipher == ZIP_CIPHER_AES192 ? 24 : 32;
}

static size_t
salt_size (ZipCipher cipher)
{
  return key_size (cipher) / 2;
}

static const EVP_CIPHER *
aes_of (size_t size)
{
  return size == 16 ? EVP_aes_128_ecb () : size == 24 ? EVP_aes_192_ecb () : EVP_aes_256_ecb ();
}

static bool
aes_start (ZipKey *key, const uint8_t *bytes, size_t size)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  if (context == NULL || EVP_EncryptInit_ex (context, aes_of (size), NULL, bytes, NULL) != 1
      || EVP_CIPHER_CTX_set_padding (context, 0) != 1)
    {
      EVP_CIPHER_CTX_free (context);
      return false;
    }
  key->aes = context;
  key->counter = 1;
  return true;
}

/* Key, key of the sum, verifier: the last stands in the last block, which is derived first. */
static bool
aes_open (const ZipLock *lock, SkSpan secret, ZipKey *key)
{
  size_t size = key_size (lock->cipher), total = 2 * size + VERIFIER;
  size_t n_blocks = (total + SHA_DIGEST_LENGTH - 1) / SHA_DIGEST_LENGTH;
  uint8_t made[4 * SHA_DIGEST_LENGTH];
  SkSpan salt = sk_span_slice (lock->data, 0, salt_size (lock->cipher));
  Pads pads;
  make_pads (secret, &pads);
  derive_block (&pads, salt, (uint32_t) n_blocks, made + (n_blocks - 1) * SHA_DIGEST_LENGTH);
  bool right = memcmp (made + 2 * size, lock->data.data + salt.size, VERIFIER) == 0;
  for (uint32_t i = 1; right && i < n_blocks; i++)
    derive_block (&pads, salt, i, made + (i - 1) * SHA_DIGEST_LENGTH);
  right = right && aes_start (key, made, size);
  if (right)
    memcpy (key->mac, made + size, size);
  OPENSSL_cleanse (made, sizeof made);
  OPENSSL_cleanse (&pads, sizeof pads);
  return right;
}

static bool
aes_batch (ZipKey *key, const uint8_t *in, uint8_t *out, size_t size)
{
  uint8_t stream[BATCH] = { 0 };
  size_t n = (size + BLOCK - 1) / BLOCK * BLOCK;
  int made = 0;
  for (size_t i = 0; i < n; i += BLOCK)
    {
      uint64_t counter = GUINT64_TO_LE (key->counter++);
      memcpy (stream + i, &counter, sizeof counter);
    }
  bool good = EVP_EncryptUpdate (key->aes, stream, &made, stream, (int) n) == 1;
  for (size_t i = 0; good && i < size; i++)
    out[i] = in[i] ^ stream[i];
  OPENSSL_cleanse (stream, sizeof stream);
  return good;
}

static bool
aes_decrypt (ZipKey *key, const uint8_t *in, uint8_t *out, size_t size)
{
  bool good = true;
  for (size_t done = 0; done < size && good; done += BATCH)
    good = aes_batch (key, in + done, out + done, MIN (size - done, BATCH));
  return good;
}

bool
zip_key_verify (const ZipKey *key, const ZipLock *lock)
{
  uint8_t sum[SHA_DIGEST_LENGTH];
  unsigned size = 0;
  SkSpan content;
  if (!zip_lock_content (lock, &content))
    return false;
  return HMAC (EVP_sha1 (), key->mac, (int) key_size (lock->cipher), content.data, content.size,
               sum, &size)
             != NULL
         && CRYPTO_memcmp (sum, content.data + content.size, ZIP_AES_TAIL) == 0;
}

/* ---- both ---- */

bool
zip_lock_content (const ZipLock *lock, SkSpan *ret_content)
{
  bool crypto = lock->cipher == ZIP_CIPHER_ZIPCRYPTO;
  size_t head = crypto ? ZIP_CRYPTO_HEAD : salt_size (lock->cipher) + VERIFIER;
  size_t tail = crypto ? 0 : ZIP_AES_TAIL;
  if (lock->data.size < head + tail)
    return false;
  *ret_content = (SkSpan){ lock->data.data + head, lock->data.size - head - tail };
  return true;
}

bool
zip_key_open (const ZipLock *lock, SkSpan secret, ZipKey *ret_key)
{
  *ret_key = (ZipKey){ .cipher = lock->cipher };
  if (!zip_lock_content (lock, &ret_key->left))
    return false;
  bool right = lock->cipher == ZIP_CIPHER_ZIPCRYPTO ? crypto_open (lock, secret, ret_key)
                                                    : aes_open (lock, secret, ret_key);
  if (!right)
    zip_key_close (ret_key);
  return right;
}

size_t
zip_key_read (ZipKey *key, uint8_t *out, size_t room)
{
  size_t size = MIN (key->left.size, room);
  const uint8_t *in = key->left.data;
  if (size == 0)
    return 0;
  if (key->cipher == ZIP_CIPHER_ZIPCRYPTO)
    crypto_decrypt (key->crypto, in, out, size);
  else if (!aes_decrypt (key, in, out, size))
    return 0;
  key->left.data += size;
  key->left.size -= size;
  return size;
}

void
zip_key_close (ZipKey *key)
{
  EVP_CIPHER_CTX_free (key->aes); /* wipes its key */
  OPENSSL_cleanse (key, sizeof *key);
}

/* Each is used once: what is fetched at the first use is fetched now. */
bool
zip_crypt_warm (void)
{
  static const ZipCipher ciphers[] = { ZIP_CIPHER_AES128, ZIP_CIPHER_AES192, ZIP_CIPHER_AES256 };
  uint8_t zeros[64] = { 0 };
  bool good = true;
  for (size_t i = 0; i < G_N_ELEMENTS (ciphers) && good; i++)
    {
      ZipKey key = { .cipher = ciphers[i], .left = { zeros, BLOCK } };
      ZipLock lock = { .cipher = ciphers[i], .data = { zeros, sizeof zeros } };
      uint8_t out[BLOCK];
      good = aes_start (&key, zeros, key_size (ciphers[i]))
             && zip_key_read (&key, out, sizeof out) == BLOCK;
      zip_key_verify (&key, &lock);
      zip_key_close (&key);
    }
  return good;
}
