/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked archives, written as simply as can be.
 */
#include "config.h"

#include "locked-maker.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <zlib.h>

/* ---- bytes ---- */

static void
put (GByteArray *out, const void *bytes, size_t size)
{
  if (size > 0)
    g_byte_array_append (out, bytes, (guint) size);
}

static void
put_le (GByteArray *out, uint64_t value, unsigned size)
{
  for (unsigned i = 0; i < size; i++)
    put (out, &(uint8_t){ (uint8_t) (value >> 8 * i) }, 1);
}

static void
put_vint (GByteArray *out, uint64_t value)
{
  for (; value >= 0x80; value >>= 7)
    put_le (out, (value & 0x7f) | 0x80, 1);
  put_le (out, value, 1);
}

static void
put_number (GByteArray *out, uint64_t value)
{
  put_le (out, value < 0x80 ? value : 0xff, 1);
  if (value >= 0x80)
    put_le (out, value, 8);
}

static uint32_t
crc_of (const void *bytes, size_t size)
{
  return (uint32_t) crc32_z (0, bytes, size);
}

/* Some bytes that differ with `seed`, the same in every run. */
static void
fill (uint8_t *bytes, size_t size, uint64_t seed)
{
  for (size_t i = 0; i < size; i++)
    {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      bytes[i] = (uint8_t) (seed >> 40);
    }
}

/* Fills the last block with `filler` and encrypts. */
static GByteArray *
encrypt (const void *bytes, size_t size, const uint8_t *key, size_t key_size, const uint8_t iv[16],
         uint8_t filler)
{
  GByteArray *out = g_byte_array_new ();
  int n = 0;
  put (out, bytes, size);
  while (out->len % 16 != 0)
    put (out, &filler, 1);
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new ();
  if (out->len > 0
      && (EVP_EncryptInit_ex (c, key_size == 32 ? EVP_aes_256_cbc () : EVP_aes_128_cbc (), NULL,
                              key, iv)
              != 1
          || EVP_CIPHER_CTX_set_padding (c, 0) != 1
          || EVP_EncryptUpdate (c, out->data, &n, out->data, (int) out->len) != 1))
    g_error ("no AES");
  EVP_CIPHER_CTX_free (c);
  return out;
}

/* ---- RAR 5 ---- */

typedef struct Rar5Keys {
  uint8_t key[32], sum[32], check[32];
} Rar5Keys;

static void
rar5_keys (const char *password, const uint8_t salt[16], unsigned power, Rar5Keys *ret_keys)
{
  uint8_t *const out[] = { ret_keys->key, ret_keys->sum, ret_keys->check };
  for (int i = 0; i < 3; i++)
    PKCS5_PBKDF2_HMAC (password, (int) strlen (password), salt, 16, (1 << power) + 16 * i,
                       EVP_sha256 (), 32, out[i]);
}

static void
put_check (GByteArray *out, const Rar5Maker *maker, const Rar5Keys *keys)
{
  uint8_t check[8] = { 0 }, digest[32];
  for (int i = 0; i < 32; i++)
    check[i & 7] ^= keys->check[i];
  EVP_Digest (check, 8, digest, NULL, EVP_sha256 (), NULL);
  digest[0] ^= maker->bad_check ? 1 : 0;
  if (maker->bad_check)
    check[0] ^= 0x55;
  put (out, check, 8);
  put (out, digest, 4);
}

void
rar5_block (GByteArray *out, const void *header, size_t size)
{
  g_autoptr (GByteArray) sized = g_byte_array_new ();
  put_vint (sized, size);
  put (sized, header, size);
  put_le (out, crc_of (sized->data, sized->len), 4);
  put (out, sized->data, sized->len);
}

/* The salt is one for the archive; IVs differ. */
static void
rar5_salt (uint8_t salt[16])
{
  fill (salt, 16, 5);
}

static void
rar5_put (GByteArray *out, const Rar5Maker *maker, const GByteArray *header)
{
  uint8_t salt[16], iv[16];
  Rar5Keys keys;
  if (maker->names_password == NULL)
    {
      rar5_block (out, header->data, header->len);
      return;
    }
  g_autoptr (GByteArray) block = g_byte_array_new ();
  rar5_block (block, header->data, header->len);
  rar5_salt (salt);
  rar5_keys (maker->names_password, salt, MIN (maker->power, 20), &keys);
  fill (iv, 16, out->len);
  g_autoptr (GByteArray) cipher = encrypt (block->data, block->len, keys.key, 32, iv, 0);
  put (out, iv, 16);
  put (out, cipher->data, cipher->len);
}

static void
rar5_put_crypt (GByteArray *out, const Rar5Maker *maker, unsigned flags, const uint8_t *iv,
                const Rar5Keys *keys)
{
  uint8_t salt[16];
  rar5_salt (salt);
  put_vint (out, 0);
  put_vint (out, flags | (maker->check ? 1 : 0));
  put_le (out, maker->power, 1);
  put (out, salt, 16);
  if (iv != NULL)
    put (out, iv, 16);
  if (maker->check)
    put_check (out, maker, keys);
}

GByteArray *
rar5_begin (const Rar5Maker *maker)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) main_header = g_byte_array_new (), crypt = g_byte_array_new ();
  put (out, "Rar!\x1a\x07\x01\0", 8);
  if (maker->names_password != NULL)
    {
      uint8_t salt[16];
      Rar5Keys keys;
      rar5_salt (salt);
      rar5_keys (maker->names_password, salt, MIN (maker->power, 20), &keys);
      put_vint (crypt, 4);
      put_vint (crypt, 0);
      rar5_put_crypt (crypt, maker, 0, NULL, &keys);
      rar5_block (out, crypt->data, crypt->len);
    }
  put_vint (main_header, 1);
  put_vint (main_header, 0);
  put_vint (main_header, maker->main_flags);
  rar5_put (out, maker, main_header);
  return out;
}

static uint32_t
rar5_keyed (const Rar5Keys *keys, uint32_t crc)
{
  uint8_t bytes[4], digest[32];
  unsigned size;
  uint32_t sum = 0;
  for (int i = 0; i < 4; i++)
    bytes[i] = (uint8_t) (crc >> 8 * i);
  HMAC (EVP_sha256 (), keys->sum, 32, bytes, 4, digest, &size);
  for (int i = 0; i < 32; i += 4)
    sum ^= (uint32_t) (digest[i] | digest[i + 1] << 8 | digest[i + 2] << 16)
           ^ (uint32_t) digest[i + 3] << 24;
  return sum;
}

void
rar5_add (GByteArray *out, const Rar5Maker *maker, const char *name, const void *bytes, size_t size,
          const char *password, unsigned block_flags)
{
  g_autoptr (GByteArray) header = g_byte_array_new (), extra = g_byte_array_new (),
                         record = g_byte_array_new (), data = g_byte_array_new ();
  uint32_t crc = crc_of (bytes, size);
  put (data, bytes, size);
  if (password != NULL)
    {
      uint8_t salt[16], iv[16];
      Rar5Keys keys;
      bool keyed = maker->keyed && maker->names_password == NULL;
      rar5_salt (salt);
      rar5_keys (password, salt, MIN (maker->power, 20), &keys);
      fill (iv, 16, out->len + 77);
      put_vint (record, 1);
      rar5_put_crypt (record, maker, keyed ? 2 : 0, iv, &keys);
      put_vint (extra, record->len);
      put (extra, record->data, record->len);
      g_byte_array_unref (data);
      data = encrypt (bytes, size, keys.key, 32, iv, 0);
      crc = keyed ? rar5_keyed (&keys, crc) : crc;
    }
  if (maker->stream != NULL)
    {
      put_vint (extra, 1 + strlen (maker->stream));
      put_vint (extra, 7);
      put (extra, maker->stream, strlen (maker->stream));
    }
  put_vint (header, maker->stream != NULL ? 3 : 2);
  put_vint (header, 2u | (extra->len > 0 ? 1u : 0) | block_flags);
  if (extra->len > 0)
    put_vint (header, extra->len);
  put_vint (header, data->len);
  put_vint (header, maker->without_crc ? 2 : 6);
  put_vint (header, size);
  put_vint (header, 0100644);
  put_le (header, 1700000000, 4);
  if (!maker->without_crc)
    put_le (header, crc, 4);
  put_vint (header, 0);
  put_vint (header, 1);
  put_vint (header, strlen (name));
  put (header, name, strlen (name));
  put (header, extra->data, extra->len);
  rar5_put (out, maker, header);
  put (out, data->data, data->len);
}

void
rar5_end (GByteArray *out, const Rar5Maker *maker)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  put (header, "\5\0\0", 3);
  rar5_put (out, maker, header);
}

/* ---- RAR 4 ---- */

static GByteArray *
wide (const char *text)
{
  GByteArray *out = g_byte_array_new ();
  glong n = 0;
  gunichar2 *units = g_utf8_to_utf16 (text, -1, NULL, &n, NULL);
  for (glong i = 0; i < n; i++)
    put_le (out, units[i], 2);
  g_free (units);
  return out;
}

static void
rar4_keys (const char *password, const uint8_t *salt, size_t salt_size, uint8_t key[16],
           uint8_t iv[16])
{
  g_autoptr (GByteArray) secret = wide (password);
  put (secret, salt, salt_size);
  EVP_MD_CTX *c = EVP_MD_CTX_new (), *copy = EVP_MD_CTX_new ();
  uint8_t digest[20];
  EVP_DigestInit_ex (c, EVP_sha1 (), NULL);
  for (unsigned i = 0; i < 0x40000; i++)
    {
      uint8_t counter[3] = { (uint8_t) i, (uint8_t) (i >> 8), (uint8_t) (i >> 16) };
      EVP_DigestUpdate (c, secret->data, secret->len);
      EVP_DigestUpdate (c, counter, 3);
      if (i % 0x4000 == 0)
        {
          EVP_MD_CTX_copy_ex (copy, c);
          EVP_DigestFinal_ex (copy, digest, NULL);
          iv[i / 0x4000] = digest[19];
        }
    }
  EVP_DigestFinal_ex (c, digest, NULL);
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++)
      key[4 * i + j] = digest[4 * i + 3 - j];
  EVP_MD_CTX_free (c);
  EVP_MD_CTX_free (copy);
}

/* The sum in front. */
static GByteArray *
rar4_block (const GByteArray *rest)
{
  GByteArray *block = g_byte_array_new ();
  put_le (block, crc_of (rest->data, rest->len) & 0xffff, 2);
  put (block, rest->data, rest->len);
  return block;
}

static void
rar4_put (GByteArray *out, const Rar4Maker *maker, const GByteArray *rest)
{
  g_autoptr (GByteArray) block = rar4_block (rest);
  if (maker->names_password == NULL)
    {
      put (out, block->data, block->len);
      return;
    }
  uint8_t salt[8], key[16], iv[16];
  fill (salt, 8, maker->many_salts ? out->len : 400);
  rar4_keys (maker->names_password, salt, 8, key, iv);
  g_autoptr (GByteArray) cipher = encrypt (block->data, block->len, key, 16, iv, 0);
  put (out, salt, 8);
  put (out, cipher->data, cipher->len);
}

GByteArray *
rar4_begin (const Rar4Maker *maker)
{
  const Rar4Maker open = { .names_password = NULL };
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  put (out, "Rar!\x1a\x07\0", 7);
  put_le (rest, 0x73, 1);
  put_le (rest, maker->names_password != NULL ? 0x80 : 0, 2);
  put_le (rest, 13, 2);
  put_le (rest, 0, 6);
  rar4_put (out, &open, rest);
  return out;
}

void
rar4_add (GByteArray *out, const Rar4Maker *maker, const char *name, const void *bytes, size_t size,
          const char *password, unsigned salt_number, unsigned flags)
{
  g_autoptr (GByteArray) rest = g_byte_array_new (), data = g_byte_array_new ();
  uint8_t salt[8], key[16], iv[16];
  bool salted = password != NULL && !maker->no_salt;
  put (data, bytes, size);
  if (password != NULL)
    {
      fill (salt, 8, salt_number);
      rar4_keys (password, salt, salted ? 8 : 0, key, iv);
      g_byte_array_unref (data);
      data = encrypt (bytes, size, key, 16, iv, 0);
    }
  bool large = (flags & 0x100) != 0;
  put_le (rest, maker->service ? 0x7a : 0x74, 1);
  put_le (rest, 0x8200u | (password != NULL ? 4u : 0) | (salted ? 0x400u : 0) | flags, 2);
  put_le (rest, 32 + strlen (name) + (salted ? 8 : 0) + (large ? 8 : 0), 2);
  put_le (rest, data->len, 4);
  put_le (rest, size, 4);
  put_le (rest, 3, 1);
  put_le (rest, crc_of (bytes, size), 4);
  put_le (rest, 0x58c65a21, 4);
  put_le (rest, maker->version != 0 ? maker->version : 29, 1);
  put_le (rest, 0x30, 1);
  put_le (rest, strlen (name), 2);
  put_le (rest, 0100644, 4);
  if (large)
    put_le (rest, 0, 8);
  put (rest, name, strlen (name));
  if (salted)
    put (rest, salt, 8);
  rar4_put (out, maker, rest);
  put (out, data->data, data->len);
}

void
rar4_end (GByteArray *out, const Rar4Maker *maker)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  put_le (rest, 0x7b, 1);
  put_le (rest, 0x4000, 2);
  put_le (rest, 7, 2);
  rar4_put (out, maker, rest);
}

/* ---- 7z ---- */

static void
seven_key (const SevenMaker *maker, const char *password, uint8_t key[32])
{
  g_autoptr (GByteArray) secret = g_byte_array_new ();
  uint8_t salt[16];
  fill (salt, sizeof salt, 7);
  put (secret, salt, maker->salt_size);
  g_autoptr (GByteArray) text = wide (password);
  put (secret, text->data, text->len);
  memset (key, 0, 32);
  if (maker->power == 0x3f)
    {
      memcpy (key, secret->data, MIN (secret->len, 32));
      return;
    }
  EVP_MD_CTX *c = EVP_MD_CTX_new ();
  EVP_DigestInit_ex (c, EVP_sha256 (), NULL);
  for (uint64_t i = 0; i < UINT64_C (1) << MIN (maker->power, 20); i++)
    {
      uint64_t counter = GUINT64_TO_LE (i);
      EVP_DigestUpdate (c, secret->data, secret->len);
      EVP_DigestUpdate (c, &counter, 8);
    }
  EVP_DigestFinal_ex (c, key, NULL);
  EVP_MD_CTX_free (c);
}

/* A folder of AES alone, or of Copy. */
static void
put_coder (GByteArray *out, const SevenMaker *maker, bool encrypted, const uint8_t *iv)
{
  uint8_t salt[16];
  fill (salt, sizeof salt, 7);
  put_le (out, 1, 1);
  if (!encrypted)
    {
      put (out, "\1\0", 2);
      return;
    }
  put (out, "\x24\x06\xf1\x07\x01", 5);
  put_number (out, 2 + maker->salt_size + maker->iv_size);
  put_le (out, maker->power | (maker->iv_size > 0 ? 0x40u : 0) | (maker->salt_size > 0 ? 0x80u : 0),
          1);
  put_le (out, (maker->salt_size > 0 ? (maker->salt_size - 1) << 4 : 0)
                   | (maker->iv_size > 0 ? maker->iv_size - 1 : 0),
          1);
  put (out, salt, maker->salt_size);
  put (out, iv, maker->iv_size);
}

/* Packs bytes, encrypted when there is a password. */
static GByteArray *
seven_pack (const SevenMaker *maker, const void *bytes, size_t size, const char *password,
            uint8_t iv[16])
{
  uint8_t key[32];
  if (password == NULL)
    {
      GByteArray *out = g_byte_array_new ();
      put (out, bytes, size);
      return out;
    }
  memset (iv, 0, 16);
  fill (iv, maker->iv_size, size + 3);
  seven_key (maker, password, key);
  return encrypt (bytes, size, key, 32, iv, maker->odd_padding ? 0x5c : 0);
}

/* Header `inner` as a packed one, its packed stream appended to the archive. */
static GByteArray *
seven_wrap (const SevenMaker *maker, GByteArray *out, const GByteArray *inner, const char *password)
{
  GByteArray *header = g_byte_array_new ();
  uint8_t iv[16] = { 0 };
  g_autoptr (GByteArray) packed = seven_pack (maker, inner->data, inner->len, password, iv);
  put (header, "\x17\x06", 2);
  put_number (header, out->len - 32);
  put (header, "\1\x09", 2);
  put_number (header, packed->len);
  put (header, "\0\x07\x0b\1\0", 5);
  put_coder (header, maker, password != NULL, iv);
  put_le (header, 0x0c, 1);
  put_number (header, inner->len);
  if (!maker->without_crc)
    {
      put (header, "\x0a\1", 2);
      put_le (header, crc_of (inner->data, inner->len), 4);
    }
  put (header, "\0\0", 2);
  put (out, packed->data, packed->len);
  return header;
}

static void
seven_put_names (GByteArray *header, size_t n, const char *const *names)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  put_le (text, 0, 1);
  for (size_t i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) name = wide (names[i]);
      put (text, name->data, name->len);
      put_le (text, 0, 2);
    }
  put_le (header, 5, 1);
  put_number (header, n);
  put_le (header, 0x11, 1);
  put_number (header, text->len);
  put (header, text->data, text->len);
  put (header, "\0\0", 2);
}

/* The main header; packed streams are appended to the archive. */
static GByteArray *
seven_header (const SevenMaker *maker, GByteArray *out, size_t n, const char *const *names,
              const GBytes *const *contents, const char *const *passwords)
{
  GByteArray *header = g_byte_array_new ();
  g_autoptr (GByteArray) coders = g_byte_array_new (), sizes = g_byte_array_new (),
                         packed_sizes = g_byte_array_new (), crcs = g_byte_array_new ();
  for (size_t i = 0; i < n; i++)
    {
      uint8_t iv[16] = { 0 };
      size_t size;
      const void *bytes = g_bytes_get_data ((GBytes *) contents[i], &size);
      g_autoptr (GByteArray) packed = seven_pack (maker, bytes, size, passwords[i], iv);
      put_coder (coders, maker, passwords[i] != NULL, iv);
      put_number (sizes, size);
      put_number (packed_sizes, packed->len);
      put_le (crcs, crc_of (bytes, size), 4);
      put (out, packed->data, packed->len);
    }
  put (header, "\1\4\6\0", 4);
  put_number (header, n);
  put_le (header, 9, 1);
  put (header, packed_sizes->data, packed_sizes->len);
  put (header, "\0\7\x0b", 3);
  put_number (header, n);
  put_le (header, 0, 1);
  put (header, coders->data, coders->len);
  put_le (header, 0x0c, 1);
  put (header, sizes->data, sizes->len);
  if (!maker->without_crc)
    {
      put (header, "\x0a\1", 2);
      put (header, crcs->data, crcs->len);
    }
  put (header, "\0\x08\0\0", 4);
  seven_put_names (header, n, names);
  return header;
}

GByteArray *
seven_make (const SevenMaker *maker, size_t n, const char *const *names,
            const GBytes *const *contents, const char *const *passwords)
{
  GByteArray *out = g_byte_array_new ();
  g_byte_array_set_size (out, 32);
  g_autoptr (GByteArray) header = seven_header (maker, out, n, names, contents, passwords);
  if (maker->bad_header)
    header->data[1] ^= 0xff;
  for (unsigned i = 0; i < maker->packed_twice + (maker->hide_names ? 1 : 0); i++)
    {
      GByteArray *outer = seven_wrap (maker, out, header, maker->hide_names && i == 0 ? passwords[0] : NULL);
      g_byte_array_unref (header);
      header = outer;
    }
  g_autoptr (GByteArray) start = g_byte_array_new (), rest = g_byte_array_new ();
  put_le (rest, out->len - 32, 8);
  put_le (rest, header->len, 8);
  put_le (rest, crc_of (header->data, header->len), 4);
  put (start, "7z\xbc\xaf\x27\x1c\0\4", 8);
  put_le (start, crc_of (rest->data, rest->len), 4);
  put (start, rest->data, rest->len);
  memcpy (out->data, start->data, 32);
  put (out, header->data, header->len);
  return out;
}
