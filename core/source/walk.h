/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The enumerator of `scan`: walks the paths given, in bytewise order of the
 * names of each folder, opens every regular file and says what it did with
 * everything else.
 *
 * It runs in a thread of its own and fills a bounded queue, so that a slow or
 * dying medium never stalls the event loop. It reads no content but standard
 * input's, and a byte of files that say to be empty.
 *
 * Each argument is walked by itself: a path given twice, or one inside
 * another, is listed as often as it is given. Exclusions and own paths hold
 * for the arguments too; an excluded folder is one item, and nothing below it
 * is looked at. "-" may be given once; a file of that name is `./-`. Folders
 * are no items of their own unless they were not entered, or somebody asks for
 * them.
 */
#ifndef SK_SOURCE_WALK_H
#define SK_SOURCE_WALK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum SkWalkKind
{
  SK_WALK_FILE,         /**< `fd` is open for reading */
  SK_WALK_SPECIAL,      /**< socket, FIFO, device: reported, never opened */
  SK_WALK_LINK,         /**< symbolic link: not followed (the path given itself is) */
  SK_WALK_EXCLUDED,     /**< by configuration */
  SK_WALK_OTHER_MEDIUM, /**< another file system, not entered (`one-file-system`) */
  SK_WALK_UNREADABLE,   /**< `error_number` tells; a folder or a file */
  SK_WALK_MISSING,      /**< a path given does not exist: exit 2 */
  SK_WALK_VANISHED,     /**< was listed, then gone or replaced by something else */
  SK_WALK_FOLDER        /**< a folder that is entered: only when asked for, before its entries */
} SkWalkKind;

/** Of SkWalkItem.attributes. */
#define SK_WALK_HIDDEN 1u
#define SK_WALK_SYSTEM 2u
#define SK_WALK_READONLY 4u

typedef struct SkWalkItem
{
  uint64_t number; /**< from 0, the order of everything */
  SkWalkKind kind;
  char *path; /**< bytes as the system has them, NUL-terminated; owned */
  char *root; /**< the argument under which it was found, likewise; a GRefString, owned */
  int fd;     /**< owned; -1 but for FILE */
  uint64_t size;
  int64_t mtime_ns;
  uint32_t mode;
  uint64_t device, inode;
  uint32_t attributes; /**< SK_WALK_HIDDEN, …; of a name with a dot before it, and where the file
                            system has them; of what is not opened by its name alone */
  int error_number;
  const char *what; /**< lives as long as the process, or NULL: "FIFO", "socket", the pattern that
                         excluded, what happened; messages are marked for translation */
} SkWalkItem;

typedef struct SkWalkSettings
{
  char **paths;   /**< NULL-terminated; "-" is standard input, copied to an unlinked file first */
  char **exclude; /**< patterns of base/glob.h against the whole path */
  char **skip;    /**< absolute paths that are ours (spool, quarantine, state, output file) and
                       never scanned: reported as excluded */
  bool one_file_system;
  bool folders;    /**< entered folders are items, too */
  char *temporary; /**< folder for unlinked files; NULL: the system's */
} SkWalkSettings;

typedef struct SkWalk SkWalk;

/** Copies the settings, raises the soft limit of open files towards the hard one and starts the
 * thread. */
SkWalk *sk_walk_new (const SkWalkSettings *settings);
/** Becomes readable whenever sk_walk_next has news; only sk_walk_next reads from it. */
int sk_walk_fd (const SkWalk *walk);

typedef enum SkWalkNext
{
  SK_WALK_ITEM,
  SK_WALK_WAIT,
  SK_WALK_END
} SkWalkNext;
/** The next item, transfer full (sk_walk_item_free). WAIT: none is ready yet. */
SkWalkNext sk_walk_next (SkWalk *walk, SkWalkItem **ret_item);
/** Files and bytes listed so far, for the progress bar; `ret_done`: the listing is complete. */
void sk_walk_count (SkWalk *walk, uint64_t *ret_files, uint64_t *ret_bytes, bool *ret_done);
/** Ends the listing early; sk_walk_next then gives END after what is queued. */
void sk_walk_stop (SkWalk *walk);
/** Stops it. A thread that hangs on a medium for more than two seconds is left behind. */
void sk_walk_free (SkWalk *walk);
void sk_walk_item_free (SkWalkItem *item);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkWalk, sk_walk_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkWalkItem, sk_walk_item_free)

#endif
