/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Trees of an optical disc. One disc may hold several of them over the
 * same files (ISO 9660 with or without Rock Ridge, Joliet, UDF), and which one
 * a person sees depends on the system. They are read whole, compared by where
 * the files lie, and shown as one.
 */
#ifndef MEDIA_TREES_H
#define MEDIA_TREES_H

#include "media.h"

/** Members of one tree. */
#define MEDIA_MAX_ENTRIES 200000
/** Bytes of all trees of a disc: a disc inside a disc is shown while the outer one's are kept. */
#define MEDIA_MAX_HELD (64 << 20)

typedef struct MediaEntry {
  char *path, *target, *stream; /**< the last two may be NULL */
  SkFileInfo info;
  uint64_t size;
  GArray *extents; /**< of MediaExtent; NULL: no file */
  SkReason reason; /**< with `why`: the content cannot be had */
  const char *why; /**< static, or NULL */
} MediaEntry;

typedef struct MediaTree {
  const char *name;   /**< static: "iso9660", "rock-ridge", "joliet", "udf" */
  unsigned rank;      /**< of those that show as much, the higher: whose names are cut less */
  GPtrArray *entries; /**< of MediaEntry */
} MediaTree;

MediaTree *media_tree_new (const char *name);
void media_tree_free (MediaTree *tree);
/** Takes a path (transfer full); NULL past a limit, which is told. */
MediaEntry *media_tree_add (Media *media, MediaTree *tree, char *path, SkFileType type);
/** Counts what an entry was given besides its path. */
void media_tree_hold (Media *media, const MediaEntry *entry);
/** True when a piece of `length` bytes has `size` bytes, but for the rest of its last sector. */
bool media_covers (uint64_t length, uint64_t size);
/** Shows them: the one with most files, then what only others have. See `rank`. */
void media_trees_show (Media *media, const MediaSource *disc, GPtrArray *trees);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaTree, media_tree_free)

/** The trees of ISO 9660 on the disc, added to `trees`. False: none. */
bool media_iso (Media *media, const MediaSource *disc, GPtrArray *trees);
/** The tree of UDF. False: none. */
bool media_udf (Media *media, const MediaSource *disc, GPtrArray *trees);
/** True when the marks of UDF are there. */
bool media_udf_probe (const MediaSource *disc);

#endif
