/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * RAR 5's blocks, read and written. Which of them a secret opens is for
 * archive-rar5.c.
 *
 * Layout (little-endian; VINT: 7 bits a byte, low first, the high bit says
 * that another follows):
 *
 *   archive    52 61 72 21 1A 07 01 00, blocks
 *   block      CRC-32 of what follows, VINT size of what follows it, VINT type, VINT flags,
 *              [1: VINT size of extra] [2: VINT size of data], body, extra; then the data
 *              types: 1 main, 2 file, 3 service, 4 encryption, 5 end
 *   main       VINT flags (1: a volume, 4: solid), …
 *   file       VINT flags (1 directory, 2 time u32, 4 CRC u32, 8 size unknown), VINT size, VINT
 *              attributes, [u32 time] [u32 CRC] VINT method (380h: 0 stored), VINT system, VINT size of
 *              name, name; in the block's flags 8 and 10h: it goes on from, or into, another volume
 *   extra      records: VINT size of what follows, VINT type, …; of a file 1 is encryption (VINT
 *              version 0, VINT flags: 1 check value, 2 keyed sums; u8 power, salt 16, IV 16, [check 12]),
 *              2 a hash
 *   encryption VINT version 0, VINT flags (1 check value), u8 power, salt 16, [check 12]; from then on each
 *              block is IV 16, and block and padding encrypted
 *   check      8 bytes, and the first 4 of their SHA-256
 */
#ifndef ARCHIVE_RAR5_H
#define ARCHIVE_RAR5_H

#include "archive-crypt.h"

#define RAR5_SIGNATURE_SIZE 8
/** RAR takes no larger ones. */
#define RAR5_MAX_HEADER ((uint64_t) 2 * 1024 * 1024)

enum { RAR5_MAIN = 1, RAR5_FILE = 2, RAR5_SERVICE = 3, RAR5_ENCRYPTION = 4, RAR5_END = 5 };

/** A block without its data. */
typedef struct Rar5Block {
  uint64_t type, flags;
  uint64_t data_size; /**< 0 when it has none */
  SkSpan whole;       /**< from the CRC to the end of extra */
  SkSpan body, extra;
} Rar5Block;

/** What a file's body says. */
typedef struct Rar5File {
  uint64_t flags, size, attributes, method, system;
  uint32_t time, crc;
  SkSpan name;
} Rar5File;

/** A record of encryption, of a file or of the whole archive. */
typedef struct Rar5Crypt {
  ArchiveDerivation derivation;
  uint64_t version, flags;
  uint8_t iv[16];
  bool has_check;
  uint8_t check[8];
} Rar5Crypt;

#define RAR5_FILE_DIRECTORY 1u
#define RAR5_FILE_TIME 2u
#define RAR5_FILE_CRC 4u
#define RAR5_FILE_NO_SIZE 8u
#define RAR5_METHOD_PACKED 0x380u
#define RAR5_METHOD_SOLID 0x40u
#define RAR5_CRYPT_KEYED 2u
/** Record of a service's extra: of "STM" the stream's name. */
#define RAR5_RECORD_SERVICE 7
/** In the flags of a block: its data goes on from, or into, another volume. */
#define RAR5_SPLIT 0x18u

bool rar5_take_vint (SkCursor *cursor, uint64_t *ret_number);

/** Reads a block whose CRC is right. False: broken or cut. */
bool rar5_take_block (SkCursor *cursor, Rar5Block *ret_block);

/** Bytes of the block that begins with these 16 (CRC included); 0: broken. */
uint64_t rar5_block_size (const uint8_t first[16]);

bool rar5_read_file (const Rar5Block *block, Rar5File *ret_file);

/** Finds record `type` in a block's extra; the cursor of what is behind its type. False: none. */
bool rar5_find_record (const Rar5Block *block, uint64_t type, SkCursor *ret_record);

/** Reads encryption: of a file when `with_iv`. False: broken. A check value that is damaged itself is
 * none. */
bool rar5_read_crypt (SkCursor *cursor, bool with_iv, Rar5Crypt *ret_crypt);

/** Where the data of a file ends that is packed: `read` gives 8 bytes at an offset, zeros past the end.
 * False when its blocks do not lead to a last one. */
typedef bool (*Rar5ReadFunc) (void *data, uint64_t offset, uint8_t ret_bytes[8]);
bool rar5_packed_end (Rar5ReadFunc read, void *data, uint64_t size, ArchivePayFunc pay,
                      void *pay_data, uint64_t *ret_end);

/** How a file's block is written anew. */
typedef struct Rar5Rewrite {
  uint64_t data_size;
  bool without_hash; /**< of kinds that libarchive knows; the CRC is left out in any case */
  bool stored;       /**< its method is "stored" */
} Rar5Rewrite;

/** A file's block without encryption. */
void rar5_put_file (GByteArray *out, const Rar5Block *block, const Rar5File *file,
                    const Rar5Rewrite *rewrite);
/** The main block without extra (NULL: one of no particular kind), and the end. */
void rar5_put_main (GByteArray *out, const Rar5Block *block);
void rar5_put_end (GByteArray *out);

#endif
