/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which files are Sekisho's own: they are compared by device and inode,
 * because a tree is reached by any number of paths.
 */
#include "config.h"

#include "source/tree.h"

#include "base/text.h"

typedef struct OwnFile
{
  char *path;
  bool known; /* it existed when last looked at */
  uint64_t device, inode;
} OwnFile;

struct SkOwn
{
  GArray *files; /* of OwnFile */
};

static void
clear_file (gpointer item)
{
  OwnFile *file = item;
  g_free (file->path);
}

static void
look (OwnFile *file)
{
  struct stat info;
  if (stat (file->path, &info) != 0)
    return;
  file->known = true;
  file->device = info.st_dev;
  file->inode = info.st_ino;
}

SkOwn *
sk_own_new (char **paths)
{
  SkOwn *own = g_new0 (SkOwn, 1);
  own->files = g_array_new (FALSE, TRUE, sizeof (OwnFile));
  g_array_set_clear_func (own->files, clear_file);
  for (; paths != NULL && *paths != NULL; paths++)
    {
      OwnFile file = { .path = g_strdup (*paths) };
      look (&file);
      g_array_append_val (own->files, file);
    }
  return own;
}

void
sk_own_free (SkOwn *own)
{
  if (own == NULL)
    return;
  g_array_unref (own->files);
  g_free (own);
}

bool
sk_own_has (SkOwn *own, const char *path, uint64_t device, uint64_t inode)
{
  for (guint i = 0; i < own->files->len; i++)
    {
      OwnFile *file = &g_array_index (own->files, OwnFile, i);
      if (!file->known && strcmp (sk_text_base_name (file->path), sk_text_base_name (path)) == 0)
        look (file);
      if (file->known && file->device == device && file->inode == inode)
        return true;
    }
  return false;
}
