/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The volume of a UDF disc: where its blocks lie, and what its file entries
 * say of their pieces. Shared by the two parts of the reader.
 */
#ifndef MEDIA_UDF_H
#define MEDIA_UDF_H

#include "media-trees.h"

#define UDF_MAX_MAPS 8
#define UDF_MAX_PARTITIONS 8
#define UDF_MAX_BLOCK 4096
/** Bytes of a directory, or of another file that is read whole. */
#define UDF_MAX_DIRECTORY (16 << 20)

/** Tags of descriptors (ECMA-167 3/7.2.1, 4/7.2.1). */
enum {
  UDF_TAG_PRIMARY = 1,
  UDF_TAG_ANCHOR = 2,
  UDF_TAG_POINTER = 3,
  UDF_TAG_PARTITION = 5,
  UDF_TAG_LOGICAL = 6,
  UDF_TAG_TERMINATOR = 8,
  UDF_TAG_FILE_SET = 256,
  UDF_TAG_IDENTIFIER = 257,
  UDF_TAG_EXTENT = 258,
  UDF_TAG_FILE = 261,
  UDF_TAG_EXTENDED_FILE = 266
};

/** How a map leads from logical to physical blocks. */
typedef enum UdfMapKind {
  UDF_MAP_PLAIN,
  UDF_MAP_SPARABLE, /**< packets that went bad are elsewhere */
  UDF_MAP_METADATA, /**< blocks of a file in a plain partition */
  UDF_MAP_VIRTUAL,  /**< each block by a table */
  UDF_MAP_UNKNOWN
} UdfMapKind;

/** A piece of the metadata file. */
typedef struct UdfPiece {
  uint64_t at; /**< bytes before it */
  MediaExtent extent;
} UdfPiece;

typedef struct UdfMap {
  UdfMapKind kind;
  uint16_t partition;        /**< number that a partition descriptor has */
  uint32_t start, length;    /**< blocks of that partition on the disc; 0: it is not there */
  uint32_t metadata, mirror; /**< blocks of the metadata files */
  uint16_t packet;           /**< blocks of a packet */
  GArray *pieces;            /**< METADATA: UdfPiece; VIRTUAL: uint32_t */
  GHashTable *spared; /**< SPARABLE: from a packet's first block to where it is now, on the disc */
} UdfMap;

typedef struct UdfPartition {
  uint16_t number;
  uint32_t sequence, start, length;
} UdfPartition;

/** A place: block of a map. */
typedef struct UdfAddress {
  uint32_t block;
  uint16_t map;
} UdfAddress;

typedef struct Udf {
  Media *media;
  const MediaSource *disc;
  uint32_t block; /**< bytes of one */
  UdfMap maps[UDF_MAX_MAPS];
  size_t n_maps;
  UdfPartition partitions[UDF_MAX_PARTITIONS];
  size_t n_partitions;
  UdfAddress file_set;
  bool logical; /**< a logical volume was found */
  uint32_t logical_sequence;
} Udf;

/** A file entry. */
typedef struct UdfFile {
  uint8_t type; /**< of the file */
  uint64_t size;
  int64_t mtime;
  UdfAddress streams; /**< its directory of streams, when `has_streams` */
  bool has_streams;
  GArray *extents; /**< on the disc */
  bool broken;     /**< not all of its pieces could be followed */
  bool limited;    /**< they are more than are kept */
} UdfFile;

/** Finds the volume: anchor, sequence of descriptors, maps. False: no UDF. `ret_good`: it can be
 * read; else why not was told. */
bool udf_volume_open (Udf *self, Media *media, const MediaSource *disc, bool *ret_good);
void udf_volume_close (Udf *self);

/** True when the bytes begin with a descriptor of that tag whose sum is right. */
bool udf_is_tag (const uint8_t *bytes, uint16_t tag);
/** Where a block lies on the disc, and how many bytes from there are in one piece (at most
 * `length`). */
bool udf_place (const Udf *self, UdfAddress address, uint64_t length, uint64_t *ret_offset,
                uint64_t *ret_length);
/** Reads a descriptor's block; false, when it has neither of the two tags. */
bool udf_read_tagged (const Udf *self, UdfAddress address, uint16_t tag, uint16_t other,
                      uint8_t block[UDF_MAX_BLOCK], uint64_t *ret_offset);
/** A file entry and its pieces. False: there is none. */
bool udf_file_read (Udf *self, UdfAddress address, UdfFile *ret_file);
/** Tells what of its pieces is not here. */
void udf_file_tell (const Udf *self, const UdfFile *file, const char *what);
void udf_file_clear (UdfFile *file);
/** The file's bytes, as many as are there; NULL when they are more than `most`. */
GByteArray *udf_file_bytes (const Udf *self, const UdfFile *file, uint64_t most);
/** Text of OSTA compressed Unicode. Free with g_free. */
char *udf_text (SkSpan text);

#endif
