/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Content of a member, from packed pieces to plain pieces: stored, deflate,
 * bzip2, LZMA, xz and Zstandard, each by the library that everybody uses. Knows
 * no headers and no host; the memory that the data may ask for is bounded.
 */
#ifndef ZIP_DATA_H
#define ZIP_DATA_H

#include <glib.h>
#include <sekisho/span.h>

/** Size of what is not known. */
#define ZIP_UNKNOWN UINT64_MAX

/** Memory that one stream may ask for: 7-Zip's highest level takes 64 MiB of dictionary. */
#define ZIP_MAX_MEMORY ((uint64_t) 256 * 1024 * 1024)

/** How unpacking ended. */
typedef enum ZipEnding {
  ZIP_ENDED = 0,     /**< the stream ended as it should */
  ZIP_SHORT = 1,     /**< the packed bytes ended before it */
  ZIP_BROKEN = 2,    /**< it is none of this method, or damaged */
  ZIP_STOPPED = 3,   /**< the receiver or the giver wanted no more */
  ZIP_MEMORY = 4     /**< it asks for more memory than it may have */
} ZipEnding;

/** Gives the next piece of packed bytes, not empty, borrowed until the next call. False at their end. */
typedef bool (*ZipGiveFunc) (void *data, SkSpan *ret_piece);
/** Receives plain bytes, borrowed until it returns. False to stop. */
typedef bool (*ZipTakeFunc) (void *data, SkSpan bytes);

/** Told before each stream but the first: its beginning costs, however short it is. False to stop. */
typedef bool (*ZipAgainFunc) (void *data);

/** What is to be unpacked. */
typedef struct ZipStream {
  uint16_t method;
  bool marker;   /**< LZMA: an end marker is there, `size` is not needed */
  uint64_t size; /**< plain bytes, or ZIP_UNKNOWN; decides where LZMA without marker ends, and
                    whether more streams of bzip2, xz or zstd are to come */
  ZipGiveFunc give;
  ZipAgainFunc again; /**< gets `give_data`, too */
  void *give_data;
  ZipTakeFunc take;
  void *take_data;
} ZipStream;

/** What came of it. */
typedef struct ZipOutcome {
  ZipEnding ending;
  uint64_t taken; /**< packed bytes that belong to the stream */
  uint64_t made;  /**< plain bytes */
  uint32_t crc;   /**< of them */
} ZipOutcome;

/** What unpacks; keeps its memory from one member to the next. */
typedef struct ZipUnpacker ZipUnpacker;

ZipUnpacker *zip_unpacker_new (void);
void zip_unpacker_free (ZipUnpacker *unpacker);

/** True when zip_unpack knows the method. */
bool zip_method_is_known (uint16_t method);
/** Its name ("deflate", "deflate64", "lzma" …), NULL when nobody has defined it. */
const char *zip_method_name (uint16_t method);

/** Unpacks a stream of a known method. */
void zip_unpack (ZipUnpacker *unpacker, const ZipStream *stream, ZipOutcome *ret_outcome);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZipUnpacker, zip_unpacker_free)

#endif
