/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Folders that wait to be read. Readers do not call themselves for a folder
 * inside another: they put it here and finish the one that they read, so that
 * neither their stack nor what they hold of a folder grows with the depth.
 */
#ifndef MEDIA_FOLDERS_H
#define MEDIA_FOLDERS_H

#include "media.h"

/** Bytes of folders that wait: some 100,000 with paths as people have them. */
#define MEDIA_MAX_WAITING (16 << 20)

typedef struct MediaFolder {
  const char *path; /**< "": the root */
  int depth;
  uint64_t place; /**< no two folders have the same */
  uint64_t size;  /**< this and `more` are the reader's */
  uint32_t more;
} MediaFolder;

typedef struct MediaFolders {
  Media *media;
  GHashTable *places; /**< of all that were put here, ever */
  GArray *waiting;    /**< of MediaFolder, the next one last */
  size_t held;        /**< bytes of them */
  char *current;      /**< path of the one that was taken last */
} MediaFolders;

void media_folders_init (MediaFolders *self, Media *media);
void media_folders_clear (MediaFolders *self);

/** Puts a copy at the end. One that is too deep, has been here before, or finds no room is told
 * instead. */
void media_folders_put (MediaFolders *self, const MediaFolder *folder);
/** Takes the last one; its path stands until the next is taken. False: there is none, or a limit
 * was met. */
bool media_folders_take (MediaFolders *self, MediaFolder *ret_folder);

/** True when one with that place has been put here. */
bool media_folders_has (const MediaFolders *self, uint64_t place);

/** How a finding names it. */
const char *media_folder_name (const char *path);

#endif
