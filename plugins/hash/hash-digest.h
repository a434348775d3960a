/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The digests, by OpenSSL.
 */
#ifndef HASH_DIGEST_H
#define HASH_DIGEST_H

#include "hash-list.h"

#include <openssl/evp.h>

/** Fetched once, where the provider may still be opened. NULL where the library does not offer
 * one. */
typedef struct HashDigests {
  EVP_MD *md[HASH_N_ALGORITHMS];
  /* Scratch: between two calls they hold nothing. Each worker has its own copy by the fork. */
  EVP_MD_CTX *context[HASH_N_ALGORITHMS];
} HashDigests;

void hash_digests_init (HashDigests *digests);
void hash_digests_clear (HashDigests *digests);

bool hash_digest_begin (HashDigests *digests, HashAlgorithm algorithm);
bool hash_digest_add (HashDigests *digests, HashAlgorithm algorithm, SkSpan bytes);
bool hash_digest_end (HashDigests *digests, HashAlgorithm algorithm,
                      uint8_t ret_digest[HASH_MAX_DIGEST]);

/** SHA-256 of two spans, for checksums: a HashDigestFunc. */
bool hash_digest_of_two (SkSpan head, SkSpan rest, uint8_t ret_digest[32]);
/** A HashComputeFunc; `data` is the HashDigests. */
bool hash_digest_compute (HashAlgorithm algorithm, SkSpan bytes, uint8_t *ret_digest, void *data);

#endif
