/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "source/tree.h"

#include "base/glob.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "source/attributes.h"
#include "source/names.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

/* Tries, a twentieth of a second each, while the process has no descriptor left. */
#define DESCRIPTOR_TRIES 600

/* 4 MiB hold the names of some 150,000 files, so that a folder of 100,000 is read once; the branch
 * may hold ten such folders. */
static const SkTreeBounds usual_bounds
    = { .folder_bytes = 4 * SK_MIB, .held_bytes = 40 * SK_MIB, .open_folders = 16 };

/* A folder of the branch. */
typedef struct Level
{
  int fd;           /* -1 while it waits, closed */
  size_t path_size; /* how much of SkTree.path is its own */
  uint64_t device, inode;
  SkNames names;
  bool loaded;   /* `names` is a pass */
  bool too_long; /* it was said that paths below pass the maximum */
  char *last;    /* the name that a dropped or finished pass gave last, or NULL */
} Level;

struct SkTree
{
  const SkWalkSettings *settings;
  SkTreeBounds bounds;
  SkTreeEmit emit;
  SkTreeWait wait;
  void *data;
  SkOwn *own;
  SkAttributes *attributes;
  char *root;      /* GRefString: the argument that is walked */
  GArray *levels;  /* of Level */
  GString *path;   /* of what is visited */
  size_t held;     /* bytes of names of all levels */
  bool keep_times; /* O_NOATIME is still worth a try */
  bool stopped;
};

static int64_t
nanoseconds (const struct timespec *time)
{
  int64_t value;
  if (__builtin_mul_overflow ((int64_t)time->tv_sec, INT64_C (1000000000), &value)
      || __builtin_add_overflow (value, (int64_t)time->tv_nsec, &value))
    return time->tv_sec < 0 ? INT64_MIN : INT64_MAX;
  return value;
}

SkWalkItem *
sk_walk_item_new (SkWalkKind kind, const char *path, const struct stat *info, int fd)
{
  SkWalkItem *item = g_new0 (SkWalkItem, 1);
  item->kind = kind;
  item->path = g_strndup (path, strnlen (path, SK_MAX_PATH - 1));
  item->fd = fd;
  item->attributes = sk_attributes_of_name (item->path);
  if (info == NULL)
    return item;
  item->size = info->st_size > 0 ? (uint64_t)info->st_size : 0;
  item->mtime_ns = nanoseconds (&info->st_mtim);
  item->mode = info->st_mode;
  item->device = info->st_dev;
  item->inode = info->st_ino;
  return item;
}

const char *
sk_walk_kind_of_mode (mode_t mode)
{
  switch (mode & S_IFMT)
    {
    case S_IFIFO:
      return N_ ("FIFO");
    case S_IFSOCK:
      return N_ ("socket");
    case S_IFCHR:
      return N_ ("character device");
    case S_IFBLK:
      return N_ ("block device");
    case S_IFLNK:
      return N_ ("symbolic link");
    default:
      return N_ ("special file");
    }
}

static void
emit_item (SkTree *tree, SkWalkItem *item)
{
  item->root = g_ref_string_acquire (tree->root);
  if (!tree->emit (tree->data, item))
    tree->stopped = true;
}

static void
emit_plain (SkTree *tree, SkWalkKind kind, const struct stat *info, const char *what)
{
  SkWalkItem *item = sk_walk_item_new (kind, tree->path->str, info, -1);
  item->what = what;
  emit_item (tree, item);
}

static void
emit_error (SkTree *tree, SkWalkKind kind, int error_number, const char *what)
{
  SkWalkItem *item = sk_walk_item_new (kind, tree->path->str, NULL, -1);
  item->error_number = error_number;
  item->what = what;
  emit_item (tree, item);
}

/* ---- opening ---- */

static int
open_once (SkTree *tree, int folder, const char *name, int flags)
{
  int fd = openat (folder, name, flags | (tree->keep_times ? O_NOATIME : 0));
  if (fd >= 0 || errno != EPERM || !tree->keep_times)
    return fd;
  /* Only the owner may read without a trace; the next files will hardly be ours either. */
  fd = openat (folder, name, flags);
  tree->keep_times = fd < 0;
  return fd;
}

/* -1 with errno. Out of descriptors is no fault of the file: waits for some to be closed. */
static int
open_at (SkTree *tree, int folder, const char *name, int flags)
{
  int fd;
  unsigned tries = 0;
  do
    fd = open_once (tree, folder, name, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  while (fd < 0
         && (errno == EINTR
             || ((errno == EMFILE || errno == ENFILE) && tries++ < DESCRIPTOR_TRIES
                 && tree->wait (tree->data))));
  return fd;
}

/* Why something that was listed did not open. */
static void
emit_not_opened (SkTree *tree, int error_number)
{
  switch (error_number)
    {
    case ENOENT:
    case ENOTDIR:
      emit_error (tree, SK_WALK_VANISHED, error_number, NULL);
      break;
    case ELOOP:
      emit_error (tree, SK_WALK_VANISHED, error_number, N_ ("became a symbolic link"));
      break;
    case ENXIO:
    case ENODEV:
      emit_plain (tree, SK_WALK_SPECIAL, NULL, N_ ("special file"));
      break;
    default:
      emit_error (tree, SK_WALK_UNREADABLE, error_number, NULL);
    }
}

/* A file of no size that gives a byte all the same (procfs, some network file systems) would pass
 * for empty. One that has grown since gets its new size. */
static SkWalkItem *
item_of_file (SkTree *tree, const struct stat *info, int fd)
{
  struct stat now = *info;
  char byte;
  ssize_t got = info->st_size == 0 ? pread (fd, &byte, 1, 0) : 0;
  int failed = got < 0 ? errno : 0;
  if (got == 0 || (failed == 0 && fstat (fd, &now) == 0 && now.st_size > 0))
    return sk_walk_item_new (SK_WALK_FILE, tree->path->str, &now, fd);
  close (fd);
  SkWalkItem *item = sk_walk_item_new (SK_WALK_UNREADABLE, tree->path->str, info, -1);
  item->error_number = failed;
  item->what = N_ ("it has content, but its size says that it is empty");
  return item;
}

static void
visit_file (SkTree *tree, int folder, const char *name, int flags)
{
  int fd = open_at (tree, folder, name, flags);
  if (fd < 0)
    {
      emit_not_opened (tree, errno);
      return;
    }
  struct stat info;
  const char *excluded = NULL;
  if (fstat (fd, &info) != 0)
    emit_error (tree, SK_WALK_UNREADABLE, errno, NULL);
  else if (S_ISDIR (info.st_mode))
    emit_plain (tree, SK_WALK_VANISHED, &info, N_ ("became a folder"));
  else if (!S_ISREG (info.st_mode))
    emit_plain (tree, SK_WALK_SPECIAL, &info, sk_walk_kind_of_mode (info.st_mode));
  else if (sk_own_has (tree->own, tree->path->str, info.st_dev, info.st_ino))
    excluded = N_ ("belongs to Sekisho");
  else
    {
      SkWalkItem *item = item_of_file (tree, &info, fd);
      if (item->fd >= 0)
        item->attributes |= sk_attributes_of (tree->attributes, info.st_dev, fd);
      emit_item (tree, item);
      return;
    }
  if (excluded != NULL)
    emit_plain (tree, SK_WALK_EXCLUDED, &info, excluded);
  close (fd);
}

/* ---- folders ---- */

static Level *
level_at (SkTree *tree, guint index)
{
  return &g_array_index (tree->levels, Level, index);
}

static Level *
top_level (SkTree *tree)
{
  return level_at (tree, tree->levels->len - 1);
}

static void
clear_level (gpointer item)
{
  Level *level = item;
  sk_names_clear (&level->names);
  g_free (level->last);
  if (level->fd >= 0)
    close (level->fd);
}

/* The names stay known by the last one: the rest can be read again. */
static void
unload (SkTree *tree, Level *level)
{
  const char *last = sk_names_last (&level->names);
  if (last != NULL)
    {
      g_free (level->last);
      level->last = g_strdup (last);
    }
  tree->held -= sk_names_size (&level->names);
  sk_names_clear (&level->names);
  level->loaded = false;
}

/* Drops names of waiting folders, the first of the branch first: they are needed last. */
static void
keep_in_bounds (SkTree *tree)
{
  for (guint i = 0; i + 1 < tree->levels->len && tree->held > tree->bounds.held_bytes; i++)
    if (level_at (tree, i)->loaded)
      unload (tree, level_at (tree, i));
}

static void
load (SkTree *tree, Level *level)
{
  int failed = sk_names_read (&level->names, level->fd, level->last, tree->bounds.folder_bytes);
  level->loaded = true;
  tree->held += sk_names_size (&level->names);
  keep_in_bounds (tree);
  if (failed == 0)
    return;
  level->names.more = false;
  emit_error (tree, failed == ENOENT ? SK_WALK_VANISHED : SK_WALK_UNREADABLE, failed, NULL);
}

static bool
is_ancestor (SkTree *tree, const struct stat *info)
{
  for (guint i = 0; i < tree->levels->len; i++)
    if (level_at (tree, i)->inode == info->st_ino && level_at (tree, i)->device == info->st_dev)
      return true;
  return false;
}

/* Makes the folder the deepest of the branch, and closes the one that falls out of the window. */
static void
push (SkTree *tree, int fd, const struct stat *info)
{
  Level level
      = { .fd = fd, .path_size = tree->path->len, .device = info->st_dev, .inode = info->st_ino };
  g_array_append_val (tree->levels, level);
  if (tree->levels->len <= tree->bounds.open_folders + 1)
    return;
  Level *out = level_at (tree, tree->levels->len - 1 - tree->bounds.open_folders);
  if (out->fd >= 0)
    close (out->fd);
  out->fd = -1;
}

static void
emit_folder (SkTree *tree, const struct stat *info, int fd)
{
  if (!tree->settings->folders)
    return;
  SkWalkItem *item = sk_walk_item_new (SK_WALK_FOLDER, tree->path->str, info, -1);
  item->attributes |= sk_attributes_of (tree->attributes, info->st_dev, fd);
  emit_item (tree, item);
}

/* Enters the folder, or says why not. */
static void
visit_folder (SkTree *tree, int folder, const char *name, int flags)
{
  int fd = open_at (tree, folder, name, flags | O_DIRECTORY);
  if (fd < 0)
    {
      emit_not_opened (tree, errno);
      return;
    }
  struct stat info;
  if (fstat (fd, &info) != 0)
    emit_error (tree, SK_WALK_UNREADABLE, errno, NULL);
  else if (sk_own_has (tree->own, tree->path->str, info.st_dev, info.st_ino))
    emit_plain (tree, SK_WALK_EXCLUDED, &info, N_ ("belongs to Sekisho"));
  else if (tree->settings->one_file_system && tree->levels->len > 0
           && info.st_dev != level_at (tree, 0)->device)
    emit_plain (tree, SK_WALK_OTHER_MEDIUM, &info, N_ ("another file system"));
  else if (is_ancestor (tree, &info))
    emit_error (tree, SK_WALK_UNREADABLE, ELOOP, N_ ("the folder is its own ancestor"));
  else
    {
      emit_folder (tree, &info, fd);
      push (tree, fd, &info);
      return;
    }
  close (fd);
}

static bool
is_folder (int fd, const Level *level)
{
  struct stat info;
  return fstat (fd, &info) == 0 && info.st_ino == level->inode && info.st_dev == level->device;
}

/* Opens `name`, closes `folder` unless it is the first one. */
static int
step_down (SkTree *tree, int folder, const char *name)
{
  int fd = open_at (tree, folder, name, O_DIRECTORY | O_NOFOLLOW);
  if (folder != level_at (tree, 0)->fd)
    close (folder);
  return fd;
}

/* Goes down from the first folder by the names of the path. */
static int
open_by_path (SkTree *tree, const Level *level)
{
  size_t head = level_at (tree, 0)->path_size;
  g_autofree char *rest = g_strndup (tree->path->str + head, level->path_size - head);
  int fd = level_at (tree, 0)->fd;
  char *state = NULL;
  for (char *name = strtok_r (rest, "/", &state); name != NULL && fd >= 0;
       name = strtok_r (NULL, "/", &state))
    fd = step_down (tree, fd, name);
  return fd;
}

/* Opens a folder that waited, from the one below it (`child_fd`, may be -1). False: it is gone. */
static bool
reopen (SkTree *tree, Level *level, int child_fd)
{
  if (level->fd >= 0)
    return true;
  int fd = child_fd >= 0 ? open_at (tree, child_fd, "..", O_DIRECTORY | O_NOFOLLOW) : -1;
  if (fd >= 0 && !is_folder (fd, level))
    {
      close (fd);
      fd = -1;
    }
  if (fd < 0)
    fd = open_by_path (tree, level);
  if (fd >= 0 && !is_folder (fd, level))
    {
      close (fd);
      fd = -1;
    }
  level->fd = fd;
  return fd >= 0;
}

/* Leaves the deepest folder. Those above that cannot be found again are told and left too. */
static void
pop (SkTree *tree)
{
  int child_fd = top_level (tree)->fd;
  top_level (tree)->fd = -1;
  for (;;)
    {
      tree->held -= sk_names_size (&top_level (tree)->names);
      g_array_set_size (tree->levels, tree->levels->len - 1);
      if (tree->levels->len == 0)
        break;
      Level *parent = top_level (tree);
      if (reopen (tree, parent, child_fd))
        break;
      g_string_truncate (tree->path, parent->path_size);
      emit_error (tree, SK_WALK_VANISHED, ENOENT,
                  N_ ("moved while it was walked; the rest of it was not listed"));
    }
  if (child_fd >= 0)
    close (child_fd);
}

/* ---- entries ---- */

static const char *
pattern_that_excludes (const SkTree *tree)
{
  for (char **pattern = tree->settings->exclude; pattern != NULL && *pattern != NULL; pattern++)
    if (sk_glob_match (*pattern, tree->path->str))
      return g_intern_string (*pattern);
  return NULL;
}

static void
visit_by_mode (SkTree *tree, int folder, const char *name, const struct stat *info, int flags)
{
  if (S_ISREG (info->st_mode))
    visit_file (tree, folder, name, flags);
  else if (S_ISDIR (info->st_mode))
    visit_folder (tree, folder, name, flags);
  else
    emit_plain (tree, S_ISLNK (info->st_mode) ? SK_WALK_LINK : SK_WALK_SPECIAL, info,
                sk_walk_kind_of_mode (info->st_mode));
}

static void
visit_entry (SkTree *tree, int folder, const char *name, uint8_t kind)
{
  const char *pattern = pattern_that_excludes (tree);
  struct stat info;
  if (pattern != NULL)
    emit_plain (tree, SK_WALK_EXCLUDED, NULL, pattern);
  else if (kind == DT_REG)
    visit_file (tree, folder, name, O_NOFOLLOW);
  else if (kind == DT_DIR)
    visit_folder (tree, folder, name, O_NOFOLLOW);
  else if (fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
    emit_not_opened (tree, errno);
  else
    visit_by_mode (tree, folder, name, &info, O_NOFOLLOW);
}

/* Sets the path of an entry. False, told once a folder, when it would pass the maximum. */
static bool
set_path (SkTree *tree, Level *level, const char *name)
{
  g_string_truncate (tree->path, level->path_size);
  if (strlen (name) + 1 < SK_MAX_PATH - level->path_size)
    {
      if (level->path_size > 0 && tree->path->str[level->path_size - 1] != '/')
        g_string_append_c (tree->path, '/');
      g_string_append (tree->path, name);
      return true;
    }
  if (!level->too_long)
    emit_error (tree, SK_WALK_UNREADABLE, ENAMETOOLONG, N_ ("paths below are too long"));
  level->too_long = true;
  return false;
}

/* One entry of the deepest folder, or leaves it. */
static void
step (SkTree *tree)
{
  Level *level = top_level (tree);
  const char *name;
  uint8_t kind;
  g_string_truncate (tree->path, level->path_size);
  if (!level->loaded)
    load (tree, level);
  else if (sk_names_next (&level->names, &name, &kind))
    {
      if (set_path (tree, level, name))
        visit_entry (tree, level->fd, name, kind);
    }
  else if (level->names.more)
    unload (tree, level);
  else
    pop (tree);
}

static void
visit_argument (SkTree *tree, const char *argument)
{
  struct stat info;
  const char *pattern = pattern_that_excludes (tree);
  if (pattern != NULL)
    emit_plain (tree, SK_WALK_EXCLUDED, NULL, pattern);
  else if (fstatat (AT_FDCWD, argument, &info, 0) == 0)
    visit_by_mode (tree, AT_FDCWD, argument, &info, 0);
  else if (errno == ENOENT || errno == ENOTDIR)
    emit_error (tree, SK_WALK_MISSING, errno, NULL);
  else
    emit_error (tree, SK_WALK_UNREADABLE, errno, NULL);
}

SkTree *
sk_tree_new (const SkWalkSettings *settings, const SkTreeBounds *bounds, SkTreeEmit emit,
             SkTreeWait wait, void *data)
{
  SkTree *tree = g_new0 (SkTree, 1);
  tree->settings = settings;
  tree->bounds = bounds != NULL ? *bounds : usual_bounds;
  tree->emit = emit;
  tree->wait = wait;
  tree->data = data;
  tree->own = sk_own_new (settings->skip);
  tree->attributes = sk_attributes_new ();
  tree->levels = g_array_new (FALSE, TRUE, sizeof (Level));
  g_array_set_clear_func (tree->levels, clear_level);
  tree->path = g_string_new (NULL);
  tree->keep_times = true;
  return tree;
}

bool
sk_tree_walk (SkTree *tree, const char *argument)
{
  g_string_assign (tree->path, argument);
  g_clear_pointer (&tree->root, g_ref_string_release);
  tree->root = g_ref_string_new (argument);
  visit_argument (tree, argument);
  while (tree->levels->len > 0 && !tree->stopped)
    step (tree);
  g_array_set_size (tree->levels, 0);
  tree->held = 0;
  return !tree->stopped;
}

void
sk_tree_free (SkTree *tree)
{
  if (tree == NULL)
    return;
  g_array_unref (tree->levels);
  g_string_free (tree->path, TRUE);
  sk_own_free (tree->own);
  sk_attributes_free (tree->attributes);
  g_clear_pointer (&tree->root, g_ref_string_release);
  g_free (tree);
}
