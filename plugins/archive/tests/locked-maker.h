/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writes locked archives for tests: RAR 5, RAR 4 and 7z, all members stored.
 * Nothing free writes RAR, and 7-Zip writes 7z in one way only.
 *
 * It shares no line with what reads them: keys are derived in the plainest
 * way, so that both can be wrong in the same way only by chance.
 */
#ifndef LOCKED_MAKER_H
#define LOCKED_MAKER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Rar5Maker {
  const char *names_password; /**< or NULL: names are readable */
  unsigned power;             /**< of more than 20 the key is that of 20 */
  bool check;      /**< check values are written */
  bool bad_check;  /**< and their own sum is wrong */
  bool keyed;      /**< sums depend on the password */
  bool without_crc;
  unsigned main_flags;
  const char *stream; /**< what is added is an alternate stream of that name, or NULL */
} Rar5Maker;

/** An archive begun with `begin`, members added, closed with `end`. A member without password is not
 * encrypted. `block_flags` is OR-ed into the block's flags. */
GByteArray *rar5_begin (const Rar5Maker *maker);
void rar5_add (GByteArray *out, const Rar5Maker *maker, const char *name, const void *bytes,
               size_t size, const char *password, unsigned block_flags);
void rar5_end (GByteArray *out, const Rar5Maker *maker);
/** A block of any body, with its size and sum: for what no writer writes. */
void rar5_block (GByteArray *out, const void *header, size_t size);

typedef struct Rar4Maker {
  const char *names_password;
  bool no_salt;
  unsigned version; /**< 0: 29 */
  bool service;     /**< what is added is no file but a service */
  bool many_salts;  /**< each hidden block has its own */
} Rar4Maker;

GByteArray *rar4_begin (const Rar4Maker *maker);
/** `salt` numbers the salt: the same number gives the same. `flags` is OR-ed into the file's. */
void rar4_add (GByteArray *out, const Rar4Maker *maker, const char *name, const void *bytes,
               size_t size, const char *password, unsigned salt, unsigned flags);
void rar4_end (GByteArray *out, const Rar4Maker *maker);

typedef struct SevenMaker {
  unsigned power;        /**< 0x3f: the password itself */
  unsigned salt_size, iv_size;
  bool hide_names;
  bool odd_padding;      /**< what fills the last block is not zero */
  bool without_crc;
  bool bad_header;       /**< the innermost header is broken, and its sum right */
  unsigned packed_twice; /**< headers packed in headers, so often */
} SevenMaker;

/** One member a folder, stored; each with its own password, or NULL. */
GByteArray *seven_make (const SevenMaker *maker, size_t n, const char *const *names,
                        const GBytes *const *contents, const char *const *passwords);

#endif
