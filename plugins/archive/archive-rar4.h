/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * RAR 4's blocks (RAR 2.9 to 4), read and written. Which of them a secret
 * opens is for archive-rar4.c.
 *
 * Layout (little-endian):
 *
 *   archive  52 61 72 21 1A 07 00, blocks
 *   block    u16 sum (low half of the CRC-32 of what follows), u8 type, u16 flags, u16 size of all this,
 *            [8000h: u32 size of data], …; then the data. Types: 73h main, 74h file, 7Ah service
 *            (like a file), 7Bh end
 *   main     flags: 1 a volume, 8 solid, 80h: each block from here on is salt 8, and block and padding
 *            encrypted
 *   file     flags: 1, 2 goes on from, or into, another volume; 4 encrypted; 10h solid; 100h sizes of 64
 *            bits; 400h salt. At 7: u32 packed size, u32 size, u8 system, u32 CRC-32, u32 time, u8 version
 *            (29 and more: AES), u8 method (30h stored), u16 size of name, u32 attributes, [100h: u32 high
 *            packed size, u32 high size], name, [400h: salt 8], …
 */
#ifndef ARCHIVE_RAR4_H
#define ARCHIVE_RAR4_H

#include "archive-crypt.h"

#define RAR4_SIGNATURE_SIZE 7

enum { RAR4_MAIN = 0x73, RAR4_FILE = 0x74, RAR4_SERVICE = 0x7a, RAR4_END = 0x7b };
enum { RAR4_MAIN_HIDDEN = 0x80 };
enum {
  RAR4_FILE_SPLIT = 0x03,
  RAR4_FILE_ENCRYPTED = 0x04,
  RAR4_FILE_SOLID = 0x10,
  RAR4_FILE_LARGE = 0x100,
  RAR4_FILE_SALT = 0x400
};
enum { RAR4_STORED = 0x30, RAR4_VERSION_AES = 29 };

/** A block without its data. */
typedef struct Rar4Block {
  uint8_t type;
  uint16_t flags;
  uint64_t data_size; /**< 0 when it has none */
  SkSpan whole;
} Rar4Block;

typedef struct Rar4File {
  uint64_t packed, size;
  uint32_t crc;
  uint8_t version, method;
  size_t salt_at; /**< in the block; 0: none */
  SkSpan name;
} Rar4File;

/** Reads a block whose sum is right. False: broken or cut. */
bool rar4_take_block (SkCursor *cursor, Rar4Block *ret_block);

/** Bytes of the block that begins so; 0: it is none. */
uint16_t rar4_block_size (const uint8_t first[16]);

bool rar4_read_file (const Rar4Block *block, Rar4File *ret_file);

/** A file's block without encryption and with that much data; `empty`: stored, nothing before it. */
void rar4_put_file (GByteArray *out, const Rar4Block *block, const Rar4File *file,
                    uint64_t data_size, bool empty);
/** The main block without encryption (NULL: a new one), and the end. */
void rar4_put_main (GByteArray *out, const Rar4Block *block);
void rar4_put_end (GByteArray *out);

#endif
