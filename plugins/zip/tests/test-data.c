/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Unpacking and decrypting: what the libraries pack comes back, what is cut or
 * damaged is told from what is whole, and keys are those of OpenSSL.
 */
#include "config.h"

#include "sk-test.h"
#include "zip-crypt.h"
#include "zip-data.h"

#include <bzlib.h>
#include <lzma.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define SIZE ((size_t) 300000)

typedef GByteArray Bytes;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bytes, g_byte_array_unref)

/* Text that packs, with some that does not. */
static Bytes *
sample (void)
{
  Bytes *bytes = g_byte_array_new ();
  uint32_t state = 1;
  while (bytes->len < SIZE)
    {
      uint8_t c = (uint8_t) (bytes->len % 1000 < 900 ? 'a' + bytes->len % 17 : state >> 24);
      state = state * 1103515245 + 12345;
      g_byte_array_append (bytes, &c, 1);
    }
  return bytes;
}

static Bytes *
pack (unsigned method, const Bytes *plain)
{
  Bytes *out = g_byte_array_new ();
  size_t room = 2 * plain->len + 1000, made = 0;
  unsigned n = (unsigned) room;
  g_byte_array_set_size (out, (guint) room);
  if (method == 0)
    memcpy (out->data, plain->data, made = plain->len);
  else if (method == 8)
    {
      z_stream z = { .next_in = plain->data, .avail_in = plain->len, .next_out = out->data, .avail_out = n };
      deflateInit2 (&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
      ck_assert_int_eq (deflate (&z, Z_FINISH), Z_STREAM_END);
      made = z.total_out;
      deflateEnd (&z);
    }
  else if (method == 12)
    {
      ck_assert_int_eq (BZ2_bzBuffToBuffCompress ((char *) out->data, &n, (char *) plain->data, plain->len, 9, 0, 0), BZ_OK);
      made = n;
    }
  else if (method == 95)
    ck_assert_int_eq (lzma_easy_buffer_encode (6, LZMA_CHECK_CRC32, NULL, plain->data, plain->len, out->data, &made, room), LZMA_OK);
  else if (method == 14)
    {
      lzma_options_lzma options;
      lzma_filter filters[] = { { LZMA_FILTER_LZMA1, &options }, { LZMA_VLI_UNKNOWN, NULL } };
      lzma_lzma_preset (&options, 6);
      memcpy (out->data, "\x09\x14\x05\x00", 4);
      ck_assert_int_eq (lzma_properties_encode (filters, out->data + 4), LZMA_OK);
      made = 9;
      ck_assert_int_eq (lzma_raw_buffer_encode (filters, NULL, plain->data, plain->len, out->data, &made, room), LZMA_OK);
    }
  else
    made = ZSTD_compress (out->data, room, plain->data, plain->len, 9);
  g_byte_array_set_size (out, (guint) made);
  return out;
}

/** Gives in pieces, takes into a buffer. */
typedef struct Ends {
  SkSpan left;
  size_t piece;
  Bytes *got;
  size_t most;
  unsigned streams; /* behind the first */
} Ends;

static bool
give (void *data, SkSpan *ret_piece)
{
  Ends *ends = data;
  *ret_piece = sk_span_slice (ends->left, 0, ends->piece);
  ends->left.data += ret_piece->size;
  ends->left.size -= ret_piece->size;
  return ret_piece->size > 0;
}

static bool
again (void *data)
{
  Ends *ends = data;
  ends->streams++;
  return true;
}

static bool
take (void *data, SkSpan bytes)
{
  Ends *ends = data;
  g_byte_array_append (ends->got, bytes.data, (guint) bytes.size);
  return ends->got->len <= ends->most;
}

static ZipOutcome
unpack (unsigned method, SkSpan packed, uint64_t size, Ends *ends)
{
  static const size_t pieces[] = { 1 << 20, 4096, 7 };
  g_autoptr (ZipUnpacker) unpacker = zip_unpacker_new ();
  ZipOutcome outcome;
  for (size_t i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      ends->left = packed;
      ends->piece = pieces[i];
      ends->streams = 0;
      g_byte_array_set_size (ends->got, 0);
      ZipStream stream = { .method = (uint16_t) method, .marker = size == ZIP_UNKNOWN, .size = size,
                           .give = give, .again = again, .give_data = ends, .take = take, .take_data = ends };
      zip_unpack (unpacker, &stream, &outcome);
    }
  return outcome;
}

static const unsigned methods[] = { 0, 8, 12, 14, 20, 93, 95 };

START_TEST (comes_back)
{
  g_autoptr (Bytes) plain = sample ();
  g_autoptr (Bytes) packed = pack (methods[_i], plain);
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = SIZE_MAX };
  ZipOutcome outcome = unpack (methods[_i], (SkSpan){ packed->data, packed->len }, plain->len, &ends);
  ck_assert_int_eq (outcome.ending, ZIP_ENDED);
  ck_assert_uint_eq (outcome.made, plain->len);
  ck_assert_uint_eq (outcome.crc, crc32 (0, plain->data, plain->len));
  ck_assert_uint_eq (got->len, plain->len);
  ck_assert_mem_eq (got->data, plain->data, plain->len);
  ck_assert_uint_le (packed->len - outcome.taken, methods[_i] == 14 ? 8 : 0);
}
END_TEST

START_TEST (cut_is_told)
{
  g_autoptr (Bytes) plain = sample ();
  g_autoptr (Bytes) packed = pack (methods[_i], plain);
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = SIZE_MAX };
  for (guint part = 1; part < 16 && methods[_i] != 0; part++)
    {
      SkSpan head = { packed->data, packed->len * part / 16 };
      ZipOutcome outcome = unpack (methods[_i], head, plain->len, &ends);
      ck_assert_int_eq (outcome.ending, ZIP_SHORT);
      if (got->len > 0)
        ck_assert_mem_eq (got->data, plain->data, got->len);
    }
}
END_TEST

START_TEST (behind_the_stream)
{
  g_autoptr (Bytes) plain = sample ();
  g_autoptr (Bytes) packed = pack (methods[_i], plain);
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = SIZE_MAX };
  guint size = packed->len;
  g_byte_array_append (packed, (const uint8_t *) "behind it", 9);
  ZipOutcome outcome = unpack (methods[_i], (SkSpan){ packed->data, packed->len }, plain->len, &ends);
  ck_assert_int_eq (outcome.ending, ZIP_ENDED);
  if (methods[_i] != 0)
    ck_assert_uint_le (outcome.taken, size);
}
END_TEST

/* One that makes nothing, padding, and two that make something; then what is no stream. */
START_TEST (streams_behind_one_another)
{
  g_autoptr (Bytes) plain = sample ();
  g_autoptr (Bytes) nothing = g_byte_array_set_size (sample (), 0);
  g_autoptr (Bytes) first = pack (methods[_i], plain);
  g_autoptr (Bytes) packed = pack (methods[_i], nothing);
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = SIZE_MAX };
  g_byte_array_append (packed, (const uint8_t *) "\0\0\0", 4);
  g_byte_array_append (packed, first->data, first->len);
  g_byte_array_append (packed, first->data, first->len);
  guint size = packed->len;
  g_byte_array_append (packed, (const uint8_t *) "behind it", 9);
  bool many = methods[_i] != 0 && methods[_i] != 8 && methods[_i] != 14;
  ZipOutcome outcome = unpack (methods[_i], (SkSpan){ packed->data, packed->len }, 2 * plain->len + 1, &ends);
  ck_assert_uint_eq (ends.streams, many ? 3 : 0);
  if (!many)
    return;
  ck_assert_int_eq (outcome.ending, ZIP_ENDED);
  ck_assert_uint_eq (outcome.made, 2 * plain->len);
  ck_assert_mem_eq (got->data + plain->len, plain->data, plain->len);
  ck_assert_uint_eq (outcome.taken, size);
  /* With all of it made nothing is missing, and nobody looks further. */
  unpack (methods[_i], (SkSpan){ packed->data, packed->len }, 2 * plain->len, &ends);
  ck_assert_uint_eq (ends.streams, 2);
  /* The last is cut. */
  outcome = unpack (methods[_i], (SkSpan){ packed->data, size - first->len / 2 }, 2 * plain->len, &ends);
  ck_assert_int_eq (outcome.ending, got->len > plain->len ? ZIP_SHORT : ZIP_ENDED);
  ck_assert_uint_lt (outcome.made, 2 * plain->len);
}
END_TEST

START_TEST (stops_when_told)
{
  g_autoptr (Bytes) plain = sample ();
  g_autoptr (Bytes) packed = pack (methods[_i], plain);
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = 1000 };
  ZipOutcome outcome = unpack (methods[_i], (SkSpan){ packed->data, packed->len }, plain->len, &ends);
  ck_assert_int_eq (outcome.ending, ZIP_STOPPED);
}
END_TEST

START_TEST (noise_ends)
{
  g_autoptr (Bytes) noise = g_byte_array_new ();
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = 1 << 24 };
  uint32_t state = (uint32_t) _i;
  for (int i = 0; i < 5000; i++)
    {
      state = state * 1664525 + 1013904223;
      uint8_t c = (uint8_t) (state >> 24);
      g_byte_array_append (noise, &c, 1);
    }
  ZipOutcome outcome = unpack (methods[_i], (SkSpan){ noise->data, noise->len }, 5000, &ends);
  if (methods[_i] != 0 && methods[_i] != 8)
    ck_assert_int_ne (outcome.ending, ZIP_ENDED);
}
END_TEST

START_TEST (greedy_dictionary)
{
  g_autoptr (Bytes) got = g_byte_array_new ();
  Ends ends = { .got = got, .most = SIZE_MAX };
  uint8_t head[] = { 9, 20, 5, 0, 0x5d, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0 };
  ZipOutcome outcome = unpack (14, (SkSpan){ head, sizeof head }, ZIP_UNKNOWN, &ends);
  ck_assert_int_eq (outcome.ending, ZIP_MEMORY);
  /* Of little that is to come it is never filled. */
  outcome = unpack (14, (SkSpan){ head, sizeof head }, 1000, &ends);
  ck_assert_int_ne (outcome.ending, ZIP_MEMORY);
}
END_TEST

START_TEST (methods_have_names)
{
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    ck_assert (zip_method_is_known ((uint16_t) methods[i]));
  ck_assert (!zip_method_is_known (9));
  ck_assert_str_eq (zip_method_name (9), "deflate64");
  ck_assert_str_eq (zip_method_name (98), "ppmd");
  ck_assert_ptr_null (zip_method_name (77));
}
END_TEST

/* ---- locks ---- */

/* As WinZip's note says, by OpenSSL's own functions throughout. */
static Bytes *
lock_aes (ZipCipher cipher, SkSpan secret, SkSpan plain)
{
  size_t size = cipher == ZIP_CIPHER_AES128 ? 16 : cipher == ZIP_CIPHER_AES192 ? 24 : 32;
  const EVP_CIPHER *ecb = size == 16 ? EVP_aes_128_ecb () : size == 24 ? EVP_aes_192_ecb () : EVP_aes_256_ecb ();
  uint8_t keys[66], salt[16] = "0123456789abcde", sum[20];
  Bytes *out = g_byte_array_new ();
  PKCS5_PBKDF2_HMAC_SHA1 ((const char *) secret.data, (int) secret.size, salt, (int) size / 2, 1000, (int) (2 * size + 2), keys);
  g_byte_array_append (out, salt, (guint) size / 2);
  g_byte_array_append (out, keys + 2 * size, 2);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  EVP_EncryptInit_ex (context, ecb, NULL, keys, NULL);
  guint start = out->len;
  for (size_t i = 0; i < plain.size; i++)
    {
      uint8_t counter[16] = { 0 }, stream[32];
      uint32_t number = (uint32_t) (i / 16 + 1);
      int n;
      for (int k = 0; k < 4; k++)
        counter[k] = (uint8_t) (number >> 8 * k);
      EVP_EncryptUpdate (context, stream, &n, counter, 16);
      uint8_t c = plain.data[i] ^ stream[i % 16];
      g_byte_array_append (out, &c, 1);
    }
  EVP_CIPHER_CTX_free (context);
  HMAC (EVP_sha1 (), keys + size, (int) size, out->data + start, out->len - start, sum, NULL);
  g_byte_array_append (out, sum, 10);
  return out;
}

static Bytes *
read_all (ZipKey *key)
{
  Bytes *got = g_byte_array_new ();
  uint8_t room[4800];
  size_t n;
  while ((n = zip_key_read (key, room, sizeof room)) > 0)
    g_byte_array_append (got, room, (guint) n);
  return got;
}

START_TEST (aes)
{
  ZipCipher cipher = (ZipCipher) _i;
  SkSpan secret = sk_span_of_text ("ひみつ#7");
  g_autoptr (Bytes) plain = sample ();
  g_byte_array_set_size (plain, 10007);
  g_autoptr (Bytes) data = lock_aes (cipher, secret, (SkSpan){ plain->data, plain->len });
  ZipLock lock = { .cipher = cipher, .data = { data->data, data->len } };
  ZipKey key;
  ck_assert (!zip_key_open (&lock, sk_span_of_text ("ひみつ#8"), &key));
  ck_assert (!zip_key_open (&lock, (SkSpan){ NULL, 0 }, &key));
  ck_assert (zip_key_open (&lock, secret, &key));
  ck_assert (zip_key_verify (&key, &lock));
  g_autoptr (Bytes) got = read_all (&key);
  ck_assert_uint_eq (got->len, plain->len);
  ck_assert_mem_eq (got->data, plain->data, plain->len);
  data->data[40] ^= 1;
  ck_assert (!zip_key_verify (&key, &lock));
  zip_key_close (&key);
}
END_TEST

START_TEST (long_secrets)
{
  g_autofree char *text = g_strnfill (200, 'x');
  SkSpan secret = sk_span_of_text (text);
  g_autoptr (Bytes) data = lock_aes (ZIP_CIPHER_AES256, secret, sk_span_of_text ("content"));
  ZipLock lock = { .cipher = ZIP_CIPHER_AES256, .data = { data->data, data->len } };
  ZipKey key;
  ck_assert (zip_key_open (&lock, secret, &key));
  ck_assert (zip_key_verify (&key, &lock));
  zip_key_close (&key);
}
END_TEST

START_TEST (too_short_for_a_lock)
{
  uint8_t bytes[28] = { 0 };
  for (int cipher = ZIP_CIPHER_ZIPCRYPTO; cipher <= ZIP_CIPHER_AES256; cipher++)
    for (size_t size = 0; size < sizeof bytes; size++)
      {
        size_t salt = cipher == ZIP_CIPHER_AES128 ? 8 : cipher == ZIP_CIPHER_AES192 ? 12 : 16;
        size_t least = cipher == ZIP_CIPHER_ZIPCRYPTO ? 12 : salt + 2 + 10;
        ZipLock lock = { .cipher = (ZipCipher) cipher, .data = { bytes, size } };
        SkSpan content;
        ck_assert (zip_lock_content (&lock, &content) == (size >= least));
      }
}
END_TEST

/* That a right one opens, the archives of the generators and of other programs show. */
START_TEST (zipcrypto_passes_one_in_256)
{
  uint8_t data[ZIP_CRYPTO_HEAD + 4] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  ZipLock lock = { .cipher = ZIP_CIPHER_ZIPCRYPTO, .data = { data, sizeof data }, .checks = { 7, 7 } };
  unsigned passed = 0;
  for (unsigned i = 0; i < 25600; i++)
    {
      ZipKey key;
      char text[16];
      g_snprintf (text, sizeof text, "%u", i);
      if (zip_key_open (&lock, sk_span_of_text (text), &key))
        {
          passed++;
          zip_key_close (&key);
        }
    }
  ck_assert_uint_gt (passed, 60);
  ck_assert_uint_lt (passed, 140);
}
END_TEST

START_TEST (warm)
{
  ck_assert (zip_crypt_warm ());
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("zip data");
  TCase *cases = tcase_create ("data");
  int n = (int) G_N_ELEMENTS (methods);
  tcase_set_timeout (cases, 60);
  tcase_add_loop_test (cases, comes_back, 0, n);
  tcase_add_loop_test (cases, cut_is_told, 0, n);
  tcase_add_loop_test (cases, behind_the_stream, 0, n);
  tcase_add_loop_test (cases, streams_behind_one_another, 0, n);
  tcase_add_loop_test (cases, stops_when_told, 0, n);
  tcase_add_loop_test (cases, noise_ends, 0, n);
  tcase_add_test (cases, greedy_dictionary);
  tcase_add_test (cases, methods_have_names);
  tcase_add_loop_test (cases, aes, ZIP_CIPHER_AES128, ZIP_CIPHER_AES256 + 1);
  tcase_add_test (cases, long_secrets);
  tcase_add_test (cases, too_short_for_a_lock);
  tcase_add_test (cases, zipcrypto_passes_one_in_256);
  tcase_add_test (cases, warm);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
