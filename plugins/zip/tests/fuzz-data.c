/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as packed, or locked, data: the first byte chooses the method, the
 * second how.
 */
#include "config.h"

#include "zip-crypt.h"
#include "zip-data.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/zip/tests/seeds/data";

/** Plain bytes that are enough. */
#define MOST ((uint64_t) 4 * 1024 * 1024)

typedef struct Ends {
  SkSpan left;
  size_t piece;
  uint64_t made;
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
take (void *data, SkSpan bytes)
{
  Ends *ends = data;
  ends->made += bytes.size;
  return ends->made < MOST;
}

static bool
again (void *data)
{
  (void) data;
  return true;
}

static void
unpack (uint16_t method, uint8_t how, SkSpan bytes)
{
  g_autoptr (ZipUnpacker) unpacker = zip_unpacker_new ();
  Ends ends = { .left = bytes, .piece = (how & 1) != 0 ? 13 : 65536 };
  ZipStream stream = { .method = method,
                       .marker = (how & 2) != 0,
                       .size = (how & 4) != 0 ? ZIP_UNKNOWN : 1000,
                       .give = give,
                       .again = again,
                       .give_data = &ends,
                       .take = take,
                       .take_data = &ends };
  ZipOutcome outcome;
  zip_unpack (unpacker, &stream, &outcome);
  if (outcome.taken > bytes.size || outcome.made != ends.made)
    abort ();
}

static void
decrypt (ZipCipher cipher, SkSpan bytes)
{
  ZipLock lock = { .cipher = cipher, .data = bytes };
  ZipKey key;
  uint8_t room[4096];
  if (!zip_key_open (&lock, sk_span_of_text ("secret"), &key))
    return;
  if (cipher != ZIP_CIPHER_ZIPCRYPTO)
    zip_key_verify (&key, &lock);
  while (zip_key_read (&key, room, sizeof room) > 0)
    ;
  zip_key_close (&key);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint16_t methods[] = { 0, 8, 12, 14, 93, 95 };
  if (size < 2)
    return 0;
  SkSpan rest = { data + 2, size - 2 };
  unsigned choice = data[0] % 10;
  if (choice < G_N_ELEMENTS (methods))
    unpack (methods[choice], data[1], rest);
  else
    decrypt ((ZipCipher) (choice - G_N_ELEMENTS (methods) + ZIP_CIPHER_ZIPCRYPTO), rest);
  return 0;
}
