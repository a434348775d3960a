/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * 7z's headers: read into tables, and written anew. What is encrypted and what
 * opens it is for archive-7z.c.
 *
 * Layout (all numbers little-endian; NUMBER: leading 1 bits of its first byte
 * count the bytes that follow):
 *
 *   start      37 7A BC AF 27 1C, version 2, CRC of the next 20, next header: offset u64 (from 32),
 *              size u64, CRC u32
 *   next       17 Streams (one folder unpacks to the next header) | 01 [02 properties] [04 Streams]
 *              [05 files] 00
 *   Streams    [06 packPos n [09 sizes] [0A digests] 00]
 *              [07 0B n 00 folders 0C sizes of all coders' outputs [0A digests] 00]
 *              [08 [0D streams a folder] [09 sizes, all but each folder's last] [0A digests] 00] 00
 *   folder     n coders: flags (low 4: bytes of id, 10h: NUMBER inputs and outputs follow, 20h: NUMBER
 *              size and properties follow), id; pairs (input, output), one less than outputs; indexes of
 *              the inputs that are packed, when more than one
 *   digests    01 | 00 and bits, first in the highest; then a CRC each
 */
#ifndef ARCHIVE_7Z_H
#define ARCHIVE_7Z_H

#include "archive-crypt.h"

#define SEVEN_START 32
/** 7-Zip refuses more too. */
#define SEVEN_MAX_CODERS 32
#define SEVEN_MAX_STREAMS 32
/** Bytes of a header, unpacked: some 500,000 members. */
#define SEVEN_MAX_HEADER ((uint64_t) 64 * 1024 * 1024)
/** Folders, packed streams, members. */
#define SEVEN_MAX_ITEMS 2000000

typedef struct SevenCoder {
  SkSpan id, properties;
  uint32_t n_in, n_out;
  uint32_t first_in, first_out;
} SevenCoder;

/** How the streams of one folder are unpacked. */
typedef struct SevenCoders {
  uint32_t n, n_in, n_out, n_pairs, n_packed;
  SevenCoder coder[SEVEN_MAX_CODERS];
  uint32_t pair_in[SEVEN_MAX_STREAMS], pair_out[SEVEN_MAX_STREAMS];
  uint32_t packed[SEVEN_MAX_STREAMS]; /**< inputs, in the order of the packed streams */
} SevenCoders;

typedef struct SevenFolder {
  SkSpan coders; /**< as they stand; read them with seven_read_coders */
  uint32_t first_packed, n_packed;
  uint32_t first_size, n_sizes; /**< in `sizes`, one for each output */
  uint32_t first_part, n_parts; /**< in `parts` */
  uint32_t crc;
  bool has_crc;
} SevenFolder;

/** A member's part of a folder. */
typedef struct SevenPart {
  uint64_t size;
  uint32_t crc;
  bool has_crc;
} SevenPart;

typedef struct SevenStreams {
  GArray *packed_offset; /**< uint64_t, from the start of the archive */
  GArray *packed_size;   /**< uint64_t */
  GArray *folders;       /**< SevenFolder */
  GArray *sizes;         /**< uint64_t */
  GArray *parts;         /**< SevenPart */
} SevenStreams;

/** Reads NUMBER. False, and nothing moved, when it is cut. */
bool seven_take_number (SkCursor *cursor, uint64_t *ret_number);

/** Reads Streams (behind its mark 04 or 17). `archive` is what its packed streams must lie in. False:
 * broken. Clear it in any case. */
bool seven_read_streams (SkCursor *cursor, SkSpan archive, SevenStreams *ret_streams);
/** No streams at all. */
void seven_streams_init (SevenStreams *streams);
void seven_streams_clear (SevenStreams *streams);

/** Reads one folder's coders. False: broken, or more than 7-Zip itself takes. */
bool seven_read_coders (SkCursor *cursor, SevenCoders *ret_coders);

/** A member has content, or is an empty file (else a folder), or a mark that something be deleted. */
enum { SEVEN_FILLED = 1, SEVEN_EMPTY_FILE = 2, SEVEN_ANTI = 4 };

/** What the members are, a byte for each; the n-th that is filled is the n-th part. Reads behind mark
 * 05. False when there are more or fewer of them than parts, or absurdly many. */
bool seven_read_files (SkCursor *cursor, uint64_t n_parts, GByteArray *ret_kinds);

/** The next property of a list: all of it, and its content. False at the end (then the mark is 0), or
 * when it is cut. */
bool seven_take_property (SkCursor *cursor, uint64_t *ret_mark, SkSpan *ret_whole,
                          SkSpan *ret_content);

/** The folder's output that no coder takes; SEVEN_MAX_STREAMS when there is none. */
uint32_t seven_main_output (const SevenCoders *coders);
/** The coder that the output feeds, or SEVEN_MAX_CODERS; and by which of all inputs. */
uint32_t seven_consumer (const SevenCoders *coders, uint32_t output, uint32_t *ret_input);
/** The folder's size, unpacked. */
uint64_t seven_folder_size (const SevenStreams *streams, const SevenFolder *folder,
                            const SevenCoders *coders);

/** True when the coder is AES-256 as 7-Zip has it. */
bool seven_is_aes (const SevenCoder *coder);
/** True for any coder that encrypts. */
bool seven_is_crypto (const SevenCoder *coder);
/** What it asks for. False: broken. Power may be beyond what is derived. */
bool seven_read_aes (const SevenCoder *coder, ArchiveDerivation *ret_derivation, uint8_t ret_iv[16]);

/** True when the folder's AES coders can be taken out: each decrypts a packed stream. */
bool seven_can_strip (const SevenCoders *coders);

/* ---- writing ---- */

/** What becomes of a folder. */
typedef enum SevenMode {
  SEVEN_AS_IT_IS,  /**< not encrypted */
  SEVEN_DECRYPTED, /**< with a key */
  SEVEN_EMPTY      /**< locked: it is left out, its members are empty files */
} SevenMode;

/** Says what to do with folder `index`, and the key for SEVEN_DECRYPTED. */
typedef SevenMode (*SevenModeFunc) (void *data, guint index, const uint8_t **ret_key);

/** The archive without encryption. `files` is the end of the header behind mark 05 (empty: it has no
 * members), `kinds` what was read of it. NULL past a limit. Transfer full. */
ArchivePlain *seven_write (SkSpan archive, const SevenStreams *streams, SkSpan files,
                           const GByteArray *kinds, SevenModeFunc mode, void *data);

/** An archive of one member without a name that matters: all of folder `index`, decrypted by `key`
 * when that is not NULL, its sum left out. NULL past a limit. Transfer full. */
ArchivePlain *seven_write_folder (SkSpan archive, const SevenStreams *streams, guint index,
                                  const uint8_t *key);

#endif
