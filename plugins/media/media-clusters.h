/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Clusters and their chains, as FAT and exFAT have them; and directories as
 * runs of entries of 32 bytes.
 */
#ifndef MEDIA_CLUSTERS_H
#define MEDIA_CLUSTERS_H

#include "media-folders.h"

#define MEDIA_ENTRY 32
#define MEDIA_CACHE 4096

typedef struct MediaClusters {
  Media *media;
  const MediaSource *volume;
  uint64_t fat;          /**< where the table begins */
  uint64_t data;         /**< where cluster 2 begins */
  uint64_t cluster_size; /**< bytes */
  uint32_t n_clusters;   /**< they are numbered from 2 */
  unsigned bits;         /**< of an entry of the table: 12, 16 or 32 */
  bool extended;         /**< exFAT: all 32 bits count */
  MediaFolders folders;  /**< their places are their first clusters */
  uint64_t cached;       /**< what part of the table `cache` holds; UINT64_MAX: none */
  uint8_t cache[MEDIA_CACHE + 4];
} MediaClusters;

void media_clusters_init (MediaClusters *self, Media *media, const MediaSource *volume);
void media_clusters_clear (MediaClusters *self);

/** How following a chain ended. */
typedef enum MediaChain {
  MEDIA_CHAIN_ENDED, /**< at its end, or with enough bytes */
  MEDIA_CHAIN_LOOPS,
  MEDIA_CHAIN_BROKEN, /**< it leads out of the volume, or its table cannot be read */
  MEDIA_CHAIN_LIMIT
} MediaChain;

/** Pieces of the chain that begins at `first`, until it ends or has `size` bytes. What came before
 * an error is kept. */
MediaChain media_clusters_follow (MediaClusters *self, uint32_t first, uint64_t size,
                                  GArray *extents);
/** Clusters that follow each other without the table. */
MediaChain media_clusters_run (MediaClusters *self, uint32_t first, uint64_t size, GArray *extents);
/** What there is to say of a chain that did not end well, of `what`. */
void media_clusters_tell (MediaClusters *self, MediaChain chain, const char *what);

/** Pieces of a folder, `size` bytes or to the end of its chain, but no more than `most`; what goes
 * on behind that, and a chain that ends badly, is told. Free with g_array_unref. */
GArray *media_clusters_folder (MediaClusters *self, const MediaFolder *folder, bool chained,
                               uint64_t most);

/** A directory that is being read. */
typedef struct MediaEntries {
  const MediaSource *volume;
  const GArray *extents; /**< borrowed */
  guint extent;
  uint64_t offset;     /**< in the extent */
  size_t filled, used; /**< of `buffer` */
  bool broken;         /**< a part of it is not on the disk */
  uint8_t buffer[512];
} MediaEntries;

void media_entries_init (MediaEntries *self, const MediaSource *volume, const GArray *extents);
/** The next entry of 32 bytes, borrowed until the next call; NULL at the end. */
const uint8_t *media_entries_next (MediaEntries *self);

#endif
