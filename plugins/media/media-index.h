/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names in a folder of NTFS: its index is a tree, whose root lies in the
 * folder's record and whose other nodes are blocks. libtsk gives up a folder
 * when one block is broken, compares each name with all before it, and reads
 * the whole table of files before the first folder.
 */
#ifndef MEDIA_INDEX_H
#define MEDIA_INDEX_H

#include "media-folders.h"

typedef struct MediaIndex {
  Media *media;
  const MediaSource *volume;
  const char *path;      /**< of the folder */
  uint64_t cluster;      /**< bytes of one */
  SkSpan root;           /**< content of $INDEX_ROOT */
  const GArray *extents; /**< of $INDEX_ALLOCATION: MediaExtent */
  uint64_t size;         /**< bytes of it */
  SkSpan used;           /**< its bitmap: a bit of each block */
} MediaIndex;

/** Blocks of a folder: 256 MiB of the usual ones, two million names. */
#define MEDIA_MAX_INDEX 65536

/** A name: the number of its record, with the record's sequence in the 16 high bits, and UTF-16. */
typedef void (*MediaIndexFunc) (void *data, uint64_t reference, SkSpan name);

/** Gives each name of the tree, and those of blocks that are in use without being in it. What is
 * broken is told. */
void media_index_walk (const MediaIndex *self, MediaIndexFunc take, void *data);

#endif
