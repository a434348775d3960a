/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Both encryptions of zip members: PKWARE's old stream cipher ("ZipCrypto") and
 * WinZip's AES. A secret is tried against what the member tells of its key, and
 * then decrypts it piece by piece. PKWARE's strong encryption is not opened.
 *
 * ZipCrypto tells one byte of the key: 1 of 256 wrong secrets passes. AES tells
 * two, and a sum over all of the encrypted data (HMAC) that leaves no doubt.
 */
#ifndef ZIP_CRYPT_H
#define ZIP_CRYPT_H

#include <glib.h>
#include <sekisho/span.h>

/** Bytes before the data of ZipCrypto. */
#define ZIP_CRYPTO_HEAD 12
/** Bytes behind the data of AES. */
#define ZIP_AES_TAIL 10
/** Units of work, of about 1 KiB hashed each, that one try of a secret on AES takes. */
#define ZIP_AES_TRY_COST 125

typedef enum ZipCipher {
  ZIP_CIPHER_NONE = 0,
  ZIP_CIPHER_ZIPCRYPTO = 1,
  ZIP_CIPHER_AES128 = 2,
  ZIP_CIPHER_AES192 = 3,
  ZIP_CIPHER_AES256 = 4,
  ZIP_CIPHER_STRONG = 5, /**< PKWARE's strong encryption */
  ZIP_CIPHER_UNKNOWN = 6 /**< its headers do not tell: method 99 without WinZip's field */
} ZipCipher;

/** "zipcrypto", "aes-128" …, "pkware-strong", "unknown"; NULL for none. */
extern const char *const zip_cipher_names[];

/** An encrypted member. */
typedef struct ZipLock {
  ZipCipher cipher; /**< one of ZipCrypto and AES */
  SkSpan data;      /**< as it stands in the archive, with head, salt and tail */
  uint8_t checks[2]; /**< ZipCrypto: values that the last byte of the head may have */
} ZipLock;

/** A running decryption; holds a key until it is closed. */
typedef struct ZipKey {
  ZipCipher cipher;
  SkSpan left;         /**< encrypted content that was not given yet */
  uint32_t crypto[3];  /**< ZipCrypto */
  void *aes;           /**< EVP_CIPHER_CTX in ECB mode, for the counters */
  uint64_t counter;
  uint8_t mac[32];     /**< AES: key of the sum */
} ZipKey;

/** Asks OpenSSL for everything that is used here, before a sandbox closes. False when it lacks some. */
bool zip_crypt_warm (void);

/** Where a lock's encrypted content lies, without head, salt and tail. False when the data is too
 * short. */
bool zip_lock_content (const ZipLock *lock, SkSpan *ret_content);

/** Tries a secret as these bytes. True: it may be right, and `*ret_key` is open. */
bool zip_key_open (const ZipLock *lock, SkSpan secret, ZipKey *ret_key);

/** True when the sum over the encrypted data fits: then the key is right and nothing was changed.
 * Only for AES. */
bool zip_key_verify (const ZipKey *key, const ZipLock *lock);

/** Decrypts the next piece into `out`, which has room for `room` bytes, a multiple of 16. Bytes made;
 * 0 at the end. */
size_t zip_key_read (ZipKey *key, uint8_t *out, size_t room);

/** Wipes the key. */
void zip_key_close (ZipKey *key);

#endif
