/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Chains of clusters. A chain that loops is found with two numbers (Brent's
 * way), whatever its length.
 */
#include "config.h"

#include "media-clusters.h"

void
media_clusters_init (MediaClusters *self, Media *media, const MediaSource *volume)
{
  self->media = media;
  self->volume = volume;
  media_folders_init (&self->folders, media);
  self->cached = UINT64_MAX;
}

void
media_clusters_clear (MediaClusters *self)
{
  media_folders_clear (&self->folders);
}

/* Up to 4 bytes of the table; they may straddle two blocks. */
static bool
table_read (MediaClusters *self, uint64_t offset, uint8_t *ret_bytes, size_t size)
{
  uint64_t block = offset / MEDIA_CACHE * MEDIA_CACHE;
  if (self->cached != block)
    {
      uint64_t at = self->fat + block;
      uint64_t there = at < self->volume->size ? self->volume->size - at : 0;
      size_t length = (size_t) MIN (there, sizeof self->cache);
      memset (self->cache, 0, sizeof self->cache);
      self->cached = UINT64_MAX;
      if (length == 0 || !media_source_read (self->volume, at, self->cache, length))
        return false;
      self->cached = block;
    }
  memcpy (ret_bytes, self->cache + (offset - block), size);
  return true;
}

/* The entry of a cluster; ends, bad clusters and free ones are above or below all real numbers. */
static bool
table_next (MediaClusters *self, uint32_t cluster, uint32_t *ret_next)
{
  uint8_t bytes[4] = { 0 };
  uint64_t offset
      = self->bits == 12 ? cluster + (uint64_t) cluster / 2 : (uint64_t) cluster * self->bits / 8;
  if (!table_read (self, offset, bytes, self->bits == 32 ? 4 : 2))
    return false;
  if (self->bits == 32)
    *ret_next = self->extended ? media_u32 (bytes) : media_u32 (bytes) & 0x0fffffff;
  else if (self->bits == 16)
    *ret_next = media_u16 (bytes);
  else
    *ret_next = cluster % 2 == 1 ? media_u16 (bytes) >> 4 : media_u16 (bytes) & 0xfff;
  return true;
}

static bool
is_end (const MediaClusters *self, uint32_t entry)
{
  uint32_t first = self->bits == 12 ? 0xff8 : self->bits == 16 ? 0xfff8 : 0x0ffffff8;
  return entry >= (self->extended ? 0xfffffff8 : first);
}

static bool
is_real (const MediaClusters *self, uint32_t cluster)
{
  return cluster >= 2 && cluster - 2 < self->n_clusters;
}

static uint64_t
place_of (const MediaClusters *self, uint32_t cluster)
{
  return self->data + (uint64_t) (cluster - 2) * self->cluster_size;
}

MediaChain
media_clusters_follow (MediaClusters *self, uint32_t first, uint64_t size, GArray *extents)
{
  uint32_t cluster = first, marked = 0;
  uint64_t found = 0;
  for (uint64_t step = 1, power = 1; found < size; step++)
    {
      if (!is_real (self, cluster))
        return is_end (self, cluster) && step > 1 ? MEDIA_CHAIN_ENDED : MEDIA_CHAIN_BROKEN;
      if (cluster == marked)
        return MEDIA_CHAIN_LOOPS;
      if (step == power)
        {
          marked = cluster;
          power *= 2;
        }
      if ((step % 1024 == 0 && !media_work (self->media, 16))
          || !media_extents_add (extents, place_of (self, cluster), self->cluster_size))
        return MEDIA_CHAIN_LIMIT;
      found += self->cluster_size;
      if (found < size && !table_next (self, cluster, &cluster))
        return MEDIA_CHAIN_BROKEN;
    }
  return MEDIA_CHAIN_ENDED;
}

MediaChain
media_clusters_run (MediaClusters *self, uint32_t first, uint64_t size, GArray *extents)
{
  if (size == 0)
    return MEDIA_CHAIN_ENDED;
  if (!is_real (self, first))
    return MEDIA_CHAIN_BROKEN;
  uint64_t there = (uint64_t) (self->n_clusters - (first - 2)) * self->cluster_size;
  media_extents_add (extents, place_of (self, first), MIN (size, there));
  return size <= there ? MEDIA_CHAIN_ENDED : MEDIA_CHAIN_BROKEN;
}

void
media_clusters_tell (MediaClusters *self, MediaChain chain, const char *what)
{
  switch (chain)
    {
    case MEDIA_CHAIN_ENDED:
      break;
    case MEDIA_CHAIN_LOOPS:
      media_tell (self->media, SK_REASON_MALFORMED, "%s: its chain of clusters loops", what);
      break;
    case MEDIA_CHAIN_BROKEN:
      media_tell (self->media, SK_REASON_MALFORMED, "%s: its chain of clusters leads nowhere",
                  what);
      break;
    case MEDIA_CHAIN_LIMIT:
      media_tell (self->media, SK_REASON_LIMIT, "%s: more pieces than are followed", what);
      break;
    }
}

GArray *
media_clusters_folder (MediaClusters *self, const MediaFolder *folder, bool chained, uint64_t most)
{
  GArray *extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  uint32_t cluster = (uint32_t) folder->place;
  /* One more than may be: whether the chain goes on. */
  uint64_t size = MIN (folder->size, most + 1);
  MediaChain chain = chained ? media_clusters_follow (self, cluster, size, extents)
                             : media_clusters_run (self, cluster, size, extents);
  const char *name = media_folder_name (folder->path);
  media_clusters_tell (self, chain, name);
  uint64_t found = 0;
  for (guint i = 0; i < extents->len; i++)
    found += g_array_index (extents, MediaExtent, i).length;
  if (found > most)
    media_tell (self->media, SK_REASON_LIMIT, "folder %s: more than %" G_GUINT64_FORMAT " bytes",
                name, most);
  return extents;
}

void
media_entries_init (MediaEntries *self, const MediaSource *volume, const GArray *extents)
{
  self->volume = volume;
  self->extents = extents;
  self->extent = 0;
  self->offset = 0;
  self->filled = self->used = 0;
  self->broken = false;
}

static bool
fill (MediaEntries *self)
{
  for (; self->extent < self->extents->len; self->extent++, self->offset = 0)
    {
      MediaExtent extent = g_array_index (self->extents, MediaExtent, self->extent);
      if (self->offset + MEDIA_ENTRY > extent.length)
        continue;
      self->filled = (size_t) MIN (sizeof self->buffer, extent.length - self->offset);
      self->used = 0;
      if (media_source_read (self->volume, extent.offset + self->offset, self->buffer,
                             self->filled))
        {
          self->offset += self->filled;
          return true;
        }
      self->broken = true;
      break;
    }
  self->filled = 0;
  return false;
}

const uint8_t *
media_entries_next (MediaEntries *self)
{
  if (self->filled - self->used < MEDIA_ENTRY && !fill (self))
    return NULL;
  const uint8_t *entry = self->buffer + self->used;
  self->used += MEDIA_ENTRY;
  return entry;
}
