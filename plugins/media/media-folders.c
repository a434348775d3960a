/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Folders that wait to be read: bounded in depth and bytes, and each once.
 */
#include "config.h"

#include "media-folders.h"

static void
folder_clear (void *data)
{
  g_free ((char *) ((MediaFolder *) data)->path);
}

void
media_folders_init (MediaFolders *self, Media *media)
{
  self->media = media;
  self->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (MediaFolder));
  g_array_set_clear_func (self->waiting, folder_clear);
  self->held = 0;
  self->current = NULL;
}

void
media_folders_clear (MediaFolders *self)
{
  g_hash_table_unref (self->places);
  g_array_unref (self->waiting);
  g_free (self->current);
}

const char *
media_folder_name (const char *path)
{
  return path[0] != '\0' ? path : "/";
}

static size_t
bytes_of (const MediaFolder *folder)
{
  return sizeof *folder + strlen (folder->path) + 1;
}

void
media_folders_put (MediaFolders *self, const MediaFolder *folder)
{
  if (folder->depth > MEDIA_MAX_DEPTH)
    media_tell (self->media, SK_REASON_LIMIT, "%s: below more than %d folders", folder->path,
                MEDIA_MAX_DEPTH);
  else if (self->held + bytes_of (folder) > MEDIA_MAX_WAITING)
    media_tell (self->media, SK_REASON_LIMIT, "folder %s: too many folders before it",
                media_folder_name (folder->path));
  else if (!g_hash_table_add (self->places, g_memdup2 (&folder->place, sizeof folder->place)))
    media_tell (self->media, SK_REASON_MALFORMED,
                "folder %s: folders loop, or two lie at the same place",
                media_folder_name (folder->path));
  else
    {
      MediaFolder copy = *folder;
      copy.path = g_strdup (folder->path);
      self->held += bytes_of (&copy);
      g_array_append_val (self->waiting, copy);
    }
}

bool
media_folders_has (const MediaFolders *self, uint64_t place)
{
  return g_hash_table_contains (self->places, &place);
}

bool
media_folders_take (MediaFolders *self, MediaFolder *ret_folder)
{
  if (self->media->stopped || self->waiting->len == 0)
    return false;
  MediaFolder *last = &g_array_index (self->waiting, MediaFolder, self->waiting->len - 1);
  *ret_folder = *last;
  g_free (self->current);
  self->current = (char *) last->path;
  last->path = NULL;
  g_array_set_size (self->waiting, self->waiting->len - 1);
  self->held -= bytes_of (ret_folder);
  return true;
}
