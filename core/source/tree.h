/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The walk itself, without thread and queue: one argument after the other,
 * each item handed to a callback in order.
 *
 * Every step is by a name relative to an open folder, links are never
 * followed (except in the argument itself), and a folder that is its own
 * ancestor is not entered, so neither the length of a path nor a loop stops
 * it. Open at one time are the first and the deepest folders of the branch;
 * those between are opened again through `..` on the way back, and checked to
 * be the same folder. Names of folders that wait are dropped and read again
 * when all together pass a bound.
 */
#ifndef SK_SOURCE_TREE_H
#define SK_SOURCE_TREE_H

#include "source/walk.h"

#include <fcntl.h>
#include <sys/stat.h>

/** What bounds a walk; the tests set smaller ones. */
typedef struct SkTreeBounds
{
  size_t folder_bytes; /**< names of one folder that are held at one time */
  size_t held_bytes;   /**< of all folders of the branch */
  unsigned
      open_folders; /**< descriptors of the deepest folders, at least 2; the first has its own */
} SkTreeBounds;

/** Takes the item. False: stop. */
typedef bool (*SkTreeEmit) (void *data, SkWalkItem *item);
/** Waits until descriptors were closed. False: stop. */
typedef bool (*SkTreeWait) (void *data);

typedef struct SkTree SkTree;

/** `settings` and `bounds` (NULL: the usual ones) are borrowed for the tree's life. */
SkTree *sk_tree_new (const SkWalkSettings *settings, const SkTreeBounds *bounds, SkTreeEmit emit,
                     SkTreeWait wait, void *data);
/** Walks one argument that is not "-". False when a callback said stop. */
bool sk_tree_walk (SkTree *tree, const char *argument);
void sk_tree_free (SkTree *tree);

/** An item without number for a path; `info` may be NULL. `fd` is taken. */
SkWalkItem *sk_walk_item_new (SkWalkKind kind, const char *path, const struct stat *info, int fd);
/** "FIFO", "socket", "character device", …; static, translatable. */
const char *sk_walk_kind_of_mode (mode_t mode);

/** Standard input (`input`) as an item: copied to an unlinked file in `temporary` first. `stop_fd`
 * becomes readable when the copying is to be given up; then NULL. */
SkWalkItem *sk_stdin_item (int input, const char *temporary, int stop_fd);

/** Paths that are Sekisho's own. */
typedef struct SkOwn SkOwn;
SkOwn *sk_own_new (char **paths);
void sk_own_free (SkOwn *own);
/** The file or folder at `path` is one of them: by device and inode, so under any name. What did
 * not exist at the start is looked for again when its last name turns up. */
bool sk_own_has (SkOwn *own, const char *path, uint64_t device, uint64_t inode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkTree, sk_tree_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkOwn, sk_own_free)

#endif
