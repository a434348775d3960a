/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * OpenSSL's digests, fetched once and their contexts used again: fetching by
 * name costs more than hashing a small file, and opens providers.
 */
#include "config.h"

#include "hash-digest.h"

void
hash_digests_init (HashDigests *digests)
{
  static const char *const names[HASH_N_ALGORITHMS] = { "MD5", "SHA1", "SHA2-256" };
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    {
      digests->md[i] = EVP_MD_fetch (NULL, names[i], NULL);
      digests->context[i] = digests->md[i] != NULL ? EVP_MD_CTX_new () : NULL;
    }
}

void
hash_digests_clear (HashDigests *digests)
{
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    {
      EVP_MD_CTX_free (digests->context[i]);
      EVP_MD_free (digests->md[i]);
      digests->context[i] = NULL;
      digests->md[i] = NULL;
    }
}

bool
hash_digest_begin (HashDigests *digests, HashAlgorithm algorithm)
{
  return digests->context[algorithm] != NULL
         && EVP_DigestInit_ex2 (digests->context[algorithm], digests->md[algorithm], NULL) == 1;
}

bool
hash_digest_add (HashDigests *digests, HashAlgorithm algorithm, SkSpan bytes)
{
  return EVP_DigestUpdate (digests->context[algorithm], bytes.data, bytes.size) == 1;
}

bool
hash_digest_end (HashDigests *digests, HashAlgorithm algorithm, uint8_t ret_digest[HASH_MAX_DIGEST])
{
  return EVP_DigestFinal_ex (digests->context[algorithm], ret_digest, NULL) == 1;
}

bool
hash_digest_of_two (SkSpan head, SkSpan rest, uint8_t ret_digest[32])
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  bool good = context != NULL && EVP_DigestInit_ex2 (context, EVP_sha256 (), NULL) == 1
              && EVP_DigestUpdate (context, head.data, head.size) == 1
              && EVP_DigestUpdate (context, rest.data, rest.size) == 1
              && EVP_DigestFinal_ex (context, ret_digest, NULL) == 1;
  EVP_MD_CTX_free (context);
  return good;
}

bool
hash_digest_compute (HashAlgorithm algorithm, SkSpan bytes, uint8_t *ret_digest, void *data)
{
  HashDigests *digests = data;
  return hash_digest_begin (digests, algorithm) && hash_digest_add (digests, algorithm, bytes)
         && hash_digest_end (digests, algorithm, ret_digest);
}
