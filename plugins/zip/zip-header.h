/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The headers of a zip archive, one at a time, as they stand; and how the two
 * headers of one member differ. Pure functions over bytes: nothing is believed
 * and nothing is looked up elsewhere. Source: PKWARE's APPNOTE 6.3.10, WinZip's
 * note on AES, Info-ZIP's extra fields.
 */
#ifndef ZIP_HEADER_H
#define ZIP_HEADER_H

#include <sekisho/span.h>

/** No place in the file. */
#define ZIP_NOWHERE UINT64_MAX

/** Bits of the general flags. */
#define ZIP_FLAG_ENCRYPTED 0x0001u
#define ZIP_FLAG_MARKER 0x0002u /**< of LZMA: the stream ends with a marker */
#define ZIP_FLAG_STREAMED 0x0008u /**< CRC and sizes follow the data */
#define ZIP_FLAG_STRONG 0x0040u
#define ZIP_FLAG_UTF8 0x0800u

/** Methods with a meaning of their own here. */
#define ZIP_METHOD_STORED 0
#define ZIP_METHOD_DEFLATE 8
#define ZIP_METHOD_AES 99

/** A header of the directory or before a member. Spans are borrowed from the file. */
typedef struct ZipHeader {
  uint64_t offset; /**< where it stands */
  uint64_t length; /**< bytes, with name, extra field and comment */
  bool local;
  uint8_t host; /**< system that the attributes are of; local headers do not tell (0) */
  uint16_t needed, flags, method, time, date;
  uint32_t crc;
  uint64_t packed, size; /**< with what the zip64 field says */
  uint32_t external;
  uint64_t place; /**< where the directory says that the local header is */
  SkSpan name, extra;
} ZipHeader;

/** What stands from `offset` on; nothing, yet somewhere, beyond the end. */
SkCursor zip_at (SkSpan bytes, uint64_t offset);
/** True when these characters stand there. */
bool zip_has_mark (SkSpan bytes, uint64_t offset, const char *mark);

/** Reads the header that begins at `offset`. False when none does or it is cut off. */
bool zip_header_central (SkSpan bytes, uint64_t offset, ZipHeader *ret_header);
bool zip_header_local (SkSpan bytes, uint64_t offset, ZipHeader *ret_header);

/** True when its method is one that somebody has defined. */
bool zip_header_has_method (const ZipHeader *header);

/** True when a local header that was only come across looks like one that a program wrote: marks of
 * four bytes stand in every program that handles zip files, too. */
bool zip_header_is_likely (const ZipHeader *header);

/** What extra fields say. */
typedef struct ZipExtra {
  bool aes;              /**< WinZip's field is there */
  uint16_t aes_version;  /**< 1 or 2 */
  uint8_t aes_strength;  /**< 1, 2, 3: 128, 192, 256 bits; others are not defined */
  uint16_t aes_method;   /**< how the encrypted data is compressed */
  SkSpan unicode_name;   /**< Info-ZIP's, when it belongs to the header's name; else empty */
  int64_t mtime;         /**< nanoseconds since 1970 in UTC; 0: not told */
} ZipExtra;

void zip_extra_read (const ZipHeader *header, ZipExtra *ret_extra);

/** When it was last written, nanoseconds since 1970; 0: not told. Dates of MS-DOS are local time of
 * nobody knows where and are taken for UTC. */
int64_t zip_header_mtime (const ZipHeader *header, const ZipExtra *extra);

/** What differs between the two headers of a member, as bits. */
enum {
  ZIP_DIFF_NAME = 1u << 0,
  ZIP_DIFF_METHOD = 1u << 1,
  ZIP_DIFF_ENCRYPTION = 1u << 2,
  ZIP_DIFF_CRC = 1u << 3,
  ZIP_DIFF_SIZE = 1u << 4,
  ZIP_DIFF_PACKED = 1u << 5,
  ZIP_DIFF_TIME = 1u << 6,
  ZIP_DIFF_LOCAL = 1u << 7, /**< there is no local header where the directory says */
  ZIP_DIFF_COUNT = 1u << 8, /**< the end record counts other members than the directory has */
  ZIP_DIFF_UNICODE = 1u << 9, /**< the Unicode name has another extension than the name */
};
#define ZIP_N_DIFFS 10

/** Words for the bits, by number. */
extern const char *const zip_diff_names[ZIP_N_DIFFS];

/** Compares. Names as bytes; zeros that streaming writers leave in the local header are no
 * difference. */
uint32_t zip_header_compare (const ZipHeader *central, const ZipHeader *local);

/** Length of the data descriptor with its mark that stands at `offset`, if one does that tells this
 * packed size; else 0. */
uint64_t zip_descriptor_at (SkSpan bytes, uint64_t offset, uint64_t packed, uint32_t *ret_crc,
                            uint64_t *ret_size);

/** Length of the data descriptor that stands at `offset`, if one with this CRC and these sizes does;
 * else 0. */
uint64_t zip_descriptor_length (SkSpan bytes, uint64_t offset, uint32_t crc, uint64_t packed,
                                uint64_t size);

#endif
