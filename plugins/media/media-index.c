/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The index of a folder of NTFS.
 */
#include "config.h"

#include "media-index.h"

/* Root: 8 bytes of a block u32 · 16 node. Block: 0 "INDX" · 4 place and 6 number of the fix-ups u16
 * · 24 node. Node: 0 first entry u32 · 4 end u32. Entry: 0 record u64 · 8 its bytes u16 · 10 bytes
 * of the name u16 · 12 flags · 16 name; at its end the block below it u64. Name: 64 characters u8 ·
 * 65 its kind u8 · 66 characters. */
#define ROOT_NODE 16
#define BLOCK_NODE 24
#define NODE_MIN 16
#define ENTRY_MIN 16
#define NAME_MIN 66
#define FLAG_BELOW 1
#define FLAG_LAST 2
/* The short name of a file that has a long one, too. */
#define KIND_DOS 2
/* The last two bytes of each are in the list of fix-ups. */
#define STRIDE 512

#define MIN_BLOCK 512
#define MAX_BLOCK 65536

typedef struct Walk {
  const MediaIndex *index;
  MediaIndexFunc take;
  void *data;
  uint32_t size;   /* of a block */
  uint64_t count;  /* of blocks */
  uint8_t *seen;   /* of each block */
  uint8_t *block;  /* the one that is being read */
  GArray *waiting; /* numbers of blocks */
  bool broken;
} Walk;

static void
put_block (Walk *self, uint64_t number)
{
  if (number >= self->count || self->seen[number] != 0)
    {
      self->broken = true;
      return;
    }
  self->seen[number] = 1;
  g_array_append_val (self->waiting, number);
}

/* Blocks are counted in clusters, or in sectors where a cluster is larger than a block. */
static void
put_below (Walk *self, uint64_t vcn)
{
  uint64_t unit = self->index->cluster <= self->size ? self->index->cluster : STRIDE;
  put_block (self, vcn <= self->index->size / unit ? vcn * unit / self->size : UINT64_MAX);
}

static bool
take_name (Walk *self, const uint8_t *entry, size_t size)
{
  const uint8_t *name = entry + ENTRY_MIN;
  if (size < ENTRY_MIN + NAME_MIN || name[64] * 2u > size - ENTRY_MIN - NAME_MIN)
    return false;
  if (name[65] != KIND_DOS)
    self->take (self->data, media_u64 (entry), (SkSpan) { name + NAME_MIN, name[64] * 2u });
  return true;
}

static void
take_node (Walk *self, const uint8_t *node, size_t size)
{
  size_t at = media_u32 (node), end = MIN (media_u32 (node + 4), size);
  while (at <= end && end - at >= ENTRY_MIN && !self->index->media->stopped)
    {
      const uint8_t *entry = node + at;
      size_t length = media_u16 (entry + 8);
      bool below = (entry[12] & FLAG_BELOW) != 0, last = (entry[12] & FLAG_LAST) != 0;
      if (length < ENTRY_MIN + (below ? 8u : 0u) || length > end - at)
        break;
      if (below)
        put_below (self, media_u64 (entry + length - 8));
      if (last)
        return;
      self->broken = !take_name (self, entry, length) || self->broken;
      at += length;
    }
  self->broken = true;
}

/* False: it is not whole; Windows does not read it either. */
static bool
mend (uint8_t *block, size_t size)
{
  size_t list = media_u16 (block + 4), count = media_u16 (block + 6);
  if (memcmp (block, "INDX", 4) != 0 || count != size / STRIDE + 1 || list > size
      || count * 2 > size - list)
    return false;
  for (size_t i = 1; i < count; i++)
    {
      uint8_t *last = block + i * STRIDE - 2;
      if (memcmp (last, block + list, 2) != 0)
        return false;
      memcpy (last, block + list + 2 * i, 2);
    }
  return true;
}

static void
take_blocks (Walk *self)
{
  const MediaIndex *index = self->index;
  while (self->waiting->len > 0 && !index->media->stopped)
    {
      uint64_t number = g_array_index (self->waiting, uint64_t, self->waiting->len - 1);
      g_array_set_size (self->waiting, self->waiting->len - 1);
      if (media_extents_read (index->media, index->volume, index->extents, number * self->size,
                              self->block, self->size)
          && mend (self->block, self->size))
        take_node (self, self->block + BLOCK_NODE, self->size - BLOCK_NODE);
      else
        self->broken = true;
    }
}

/* Those that are in use come after the tree: it may be broken above them. */
static void
walk (Walk *self)
{
  const MediaIndex *index = self->index;
  take_node (self, index->root.data + ROOT_NODE, index->root.size - ROOT_NODE);
  take_blocks (self);
  for (uint64_t i = 0; i < MIN (self->count, index->used.size * 8); i++)
    if ((index->used.data[i / 8] >> i % 8 & 1) != 0 && self->seen[i] == 0)
      {
        put_block (self, i);
        take_blocks (self);
      }
}

void
media_index_walk (const MediaIndex *index, MediaIndexFunc take, void *data)
{
  Walk self = { .index = index, .take = take, .data = data };
  const char *shown = media_folder_name (index->path);
  if (index->root.size < ROOT_NODE + NODE_MIN)
    {
      media_tell (index->media, SK_REASON_MALFORMED, "folder %s: it cannot be read", shown);
      return;
    }
  self.size = media_u32 (index->root.data + 8);
  bool sound = self.size >= MIN_BLOCK && self.size <= MAX_BLOCK && self.size % STRIDE == 0;
  self.count = sound ? index->size / self.size : 0;
  self.size = sound ? self.size : MIN_BLOCK;
  if (self.count > MEDIA_MAX_INDEX)
    media_tell (index->media, SK_REASON_LIMIT, "folder %s: more than %d blocks of names", shown,
                MEDIA_MAX_INDEX);
  self.count = MIN (self.count, MEDIA_MAX_INDEX);
  self.seen = g_malloc0 (self.count + 1);
  self.block = g_malloc (self.size);
  self.waiting = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  walk (&self);
  if (self.broken || !sound)
    media_tell (index->media, SK_REASON_MALFORMED, "folder %s: a part of its names cannot be read",
                shown);
  g_array_unref (self.waiting);
  g_free (self.block);
  g_free (self.seen);
}
