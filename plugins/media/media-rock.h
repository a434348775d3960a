/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The system use of ISO 9660's records (SUSP, IEEE P1281) and what Rock Ridge
 * (IEEE P1282) keeps there: names, links, kinds of files, moved directories.
 */
#ifndef MEDIA_ROCK_H
#define MEDIA_ROCK_H

#include "media.h"

typedef struct MediaRock {
  bool present;   /**< the tree has it */
  uint8_t skip;   /**< bytes of each system use that are somebody else's */
  uint32_t block; /**< bytes of a logical block */
} MediaRock;

typedef struct MediaRockEntry {
  char *name;   /**< or NULL */
  char *target; /**< of a symbolic link, or NULL */
  SkFileType type;
  int64_t mtime;   /**< 0: not told */
  uint32_t child;  /**< block of a directory that was moved away from here, or 0 */
  bool moved;      /**< a directory that was moved here: its place is elsewhere */
  bool compressed; /**< by zisofs */
} MediaRockEntry;

/** Looks whether the root's own record announces it. */
void media_rock_begin (MediaRock *self, SkSpan system);
/** Reads a record's system use and where it goes on. Does nothing where it is not present. */
void media_rock_read (const MediaRock *self, Media *media, const MediaSource *disc, SkSpan system,
                      MediaRockEntry *entry);
void media_rock_entry_clear (MediaRockEntry *entry);

#endif
