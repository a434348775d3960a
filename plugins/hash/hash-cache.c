/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Files of compiled lists. A compiled list is believed more than its source
 * (its labels, its order), so nothing is read that somebody else could have
 * written.
 */
#include "config.h"

#include "hash-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_ours (const struct stat *info)
{
  return (info->st_uid == geteuid () || info->st_uid == 0)
         && (info->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int
open_folder (const char *folder)
{
  return open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool
hash_cache_map_fd (int fd, SkSpan *ret_bytes)
{
  struct stat info;
  if (fstat (fd, &info) != 0)
    return false;
  if (info.st_size <= 0)
    {
      errno = EINVAL;
      return false;
    }
  void *map = mmap (NULL, (size_t) info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (map == MAP_FAILED)
    return false;
  *ret_bytes = (SkSpan){ map, (size_t) info.st_size };
  return true;
}

void
hash_cache_unmap (SkSpan bytes)
{
  if (bytes.data != NULL)
    munmap ((void *) bytes.data, bytes.size);
}

static bool
map_file (int folder, int fd, SkSpan *ret_bytes, const char **ret_error)
{
  struct stat of_folder, info;
  if (fstat (folder, &of_folder) != 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    *ret_error = "it is no regular file";
  else if (!is_ours (&of_folder))
    *ret_error = "others can write into its folder";
  else if (!is_ours (&info))
    *ret_error = "others can write it";
  else if (!hash_cache_map_fd (fd, ret_bytes))
    *ret_error = "it cannot be mapped";
  else
    return true;
  return false;
}

bool
hash_cache_map (const char *folder, const char *name, SkSpan *ret_bytes, const char **ret_error)
{
  *ret_error = NULL;
  int at = open_folder (folder);
  if (at < 0)
    return false;
  int fd = openat (at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  bool good = false;
  if (fd >= 0)
    good = map_file (at, fd, ret_bytes, ret_error);
  else if (errno != ENOENT)
    *ret_error = "it cannot be opened";
  /* Its time tells when it was of use last. On a read-only cache it stays as it is. */
  if (good)
    futimens (fd, NULL);
  if (fd >= 0)
    close (fd);
  close (at);
  return good;
}

int
hash_cache_create (const char *folder, char **ret_name)
{
  *ret_name = NULL;
  if (folder == NULL)
    return memfd_create ("sekisho-hash-list", MFD_CLOEXEC);
  char *path = g_build_filename (folder, ".new-XXXXXX", NULL);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      int saved = errno;
      g_free (path);
      errno = saved;
      return -1;
    }
  *ret_name = path;
  return fd;
}

typedef struct Kept {
  char *name;
  struct timespec used;
} Kept;

static void
kept_clear (void *data)
{
  g_free (((Kept *) data)->name);
}

static int
later_first (const void *a, const void *b)
{
  const struct timespec *one = &((const Kept *) a)->used, *other = &((const Kept *) b)->used;
  if (one->tv_sec != other->tv_sec)
    return one->tv_sec > other->tv_sec ? -1 : 1;
  return (one->tv_nsec < other->tv_nsec) - (one->tv_nsec > other->tv_nsec);
}

/* A daily feed leaves a compiled list a day; those that were of no use for longest go. */
static void
remove_old (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (all, kept_clear);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat info;
      if (!g_str_has_suffix (name, ".skhash") || lstat (path, &info) != 0)
        continue;
      Kept kept = { g_steal_pointer (&path), info.st_mtim };
      g_array_append_val (all, kept);
    }
  g_array_sort (all, later_first);
  for (guint i = HASH_CACHE_LISTS; i < all->len; i++)
    unlink (g_array_index (all, Kept, i).name);
}

/* The bytes first, then the name: a name that is there stands for a whole file. */
bool
hash_cache_commit (const char *folder, const char *temporary, int fd, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  if (fsync (fd) != 0 || rename (temporary, path) != 0)
    return false;
  remove_old (folder);
  return true;
}

void
hash_cache_abort (const char *folder, const char *temporary)
{
  if (folder != NULL && temporary != NULL)
    unlink (temporary);
}
