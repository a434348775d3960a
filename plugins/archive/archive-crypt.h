/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The cryptography of locked archives: how a secret becomes keys in 7z, RAR 5
 * and RAR 4, and AES in CBC mode. All of it is OpenSSL's; key material that
 * leaves a function is wiped by who holds it.
 *
 * RAR 4's derivation differs for passwords of more than 28 characters (its
 * own SHA-1 damages what it hashes): those are not opened.
 */
#ifndef ARCHIVE_CRYPT_H
#define ARCHIVE_CRYPT_H

#include "archive-locked.h"

/** Powers of two of rounds that are derived; more is the sender's way to make us wait. */
#define ARCHIVE_MAX_POWER 24
/** 7z's mark for "no rounds at all". */
#define ARCHIVE_7Z_BARE_KEY 0x3f
/** Bytes of the longest salt of the three. */
#define ARCHIVE_MAX_SALT 16
/** Bytes of a secret that are tried. */
#define ARCHIVE_MAX_SECRET 1024

typedef enum ArchiveKind { ARCHIVE_KIND_7Z, ARCHIVE_KIND_RAR5, ARCHIVE_KIND_RAR4 } ArchiveKind;

/** What keys are derived from, beside the secret. */
typedef struct ArchiveDerivation {
  ArchiveKind kind;
  uint8_t power; /**< rounds are 2^power; of RAR 4 always 18 */
  uint8_t salt_size;
  uint8_t salt[ARCHIVE_MAX_SALT]; /**< zeros behind `salt_size` */
} ArchiveDerivation;

/** Key material. Wipe it with OPENSSL_cleanse. */
typedef struct ArchiveKey {
  uint8_t key[32];  /**< AES-256; of RAR 4 the first 16, AES-128 */
  uint8_t iv[16];   /**< RAR 4 */
  uint8_t sum[32];  /**< RAR 5: key of the sums */
  uint8_t check[8]; /**< RAR 5: compared with what the archive says */
} ArchiveKey;

/** Asks OpenSSL for every algorithm used here, before a sandbox closes. False when one is missing. */
bool archive_crypt_warm (void);

/** True when both ask for the same key. */
bool archive_derivation_equal (const ArchiveDerivation *a, const ArchiveDerivation *b);

/** Units of one derivation with a secret of `size` bytes. */
uint64_t archive_derivation_cost (const ArchiveDerivation *derivation, size_t size);

/** True when the key of secret `number` is kept. */
bool archive_keys_has (const ArchiveKeys *keys, const ArchiveDerivation *derivation, size_t number);

/** The key of secret `number`, kept or derived. OPENED when `*ret_key` is set, WRONG when the secret
 * cannot be one of this kind of archive, LIMIT when `pay` refused, FAILED. */
ArchiveTry archive_keys_get (ArchiveKeys *keys, const ArchiveDerivation *derivation, size_t number,
                             SkSpan secret, ArchivePayFunc pay, void *data, ArchiveKey *ret_key);

/** Decrypts whole blocks of 16 bytes into `out`, AES in CBC mode without padding. False when the
 * size is odd or OpenSSL fails. */
bool archive_crypt_cbc (const uint8_t *key, size_t key_size, const uint8_t iv[16], SkSpan cipher,
                        uint8_t *out);

/** True when all that `cipher` decrypts to behind `length` bytes is zero, looking at its last block
 * only. True when there is nothing behind. */
bool archive_crypt_padded (const uint8_t *key, size_t key_size, const uint8_t iv[16], SkSpan cipher,
                           uint64_t length);

/** RAR 5's sum that depends on the secret: HMAC-SHA256 of a CRC-32, folded to 32 bits. */
bool archive_crypt_rar5_sum (const ArchiveKey *key, uint32_t crc, uint32_t *ret_sum);

/** SHA-256, for RAR 5's check of its own check value. */
bool archive_crypt_sha256 (SkSpan bytes, uint8_t ret_digest[32]);

#endif
