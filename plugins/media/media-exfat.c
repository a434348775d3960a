/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * exFAT, by Microsoft's specification of 2019. Deleted sets of entries are
 * counted, not read.
 */
#include "config.h"

#include "media-clusters.h"

/* Boot sector: 80 table, in sectors u32 · 88 heap u32 · 92 clusters u32 · 96 first cluster of the
 * root u32 · 108 sector and 109 sectors a cluster as powers of two · 110 tables u8.
 * Entries: 0x85 file: 1 secondary entries, 4 attributes u16, 12 modified u32, 21 hundredths, 23
 * zone · 0xC0 stream: 1 flags, 3 length of the name, 8 valid length u64, 20 first cluster u32, 24
 * length u64 · 0xC1 name: 2 fifteen characters · 0x83 label: 1 length, 2 characters. */

#define ENTRY_FILE 0x85
#define ENTRY_LABEL 0x83
#define ENTRY_STREAM 0xc0
#define ENTRY_NAME 0xc1
#define ENTRY_IN_USE 0x80
#define FLAG_NO_CHAIN 2
#define NAME_UNITS 15
#define MAX_SECONDARY 18
/* Bytes of a folder, as the specification has it. */
#define MAX_FOLDER (UINT64_C (256) << 20)

/* A set of entries that is being put together. */
typedef struct Set {
  uint8_t file[MEDIA_ENTRY], stream[MEDIA_ENTRY];
  uint8_t name[255 * 2 + NAME_UNITS * 2];
  size_t name_size;
  unsigned left; /* secondary entries that have to come */
  bool valid;
} Set;

typedef struct ExFat {
  MediaClusters clusters;
  uint32_t root;
} ExFat;

static bool
read_boot (ExFat *self)
{
  uint8_t boot[512];
  MediaClusters *c = &self->clusters;
  if (!media_source_read (c->volume, 0, boot, sizeof boot) || boot[108] < 9 || boot[108] > 12
      || boot[109] > 25 - boot[108])
    return false;
  c->fat = (uint64_t) media_u32 (boot + 80) << boot[108];
  c->data = (uint64_t) media_u32 (boot + 88) << boot[108];
  c->cluster_size = UINT64_C (1) << (boot[108] + boot[109]);
  c->n_clusters = media_u32 (boot + 92);
  c->bits = 32;
  c->extended = true;
  self->root = media_u32 (boot + 96);
  return c->n_clusters > 0 && c->n_clusters < 0xfffffff6;
}

static int64_t
time_of (const uint8_t *entry)
{
  int64_t base = media_dos_time (media_u16 (entry + 14), media_u16 (entry + 12));
  int zone = entry[23] & 0x7f; /* quarters of an hour, signed, valid with the high bit */
  if (zone >= 64)
    zone -= 128;
  int64_t minutes = (entry[23] & 0x80) != 0 ? zone * 15 : 0;
  return base == 0 ? 0
                   : base - minutes * 60 * INT64_C (1000000000)
                         + MIN (entry[21], 199) * INT64_C (10000000);
}

static MediaChain
pieces_of (ExFat *self, uint32_t cluster, uint64_t size, bool chained, GArray *extents)
{
  if (size == 0)
    return MEDIA_CHAIN_ENDED;
  return chained ? media_clusters_follow (&self->clusters, cluster, size, extents)
                 : media_clusters_run (&self->clusters, cluster, size, extents);
}

/* Bytes behind the valid length read as zeros, whatever is on the disk. */
static void
cut_to_valid (GArray *extents, uint64_t valid, uint64_t size)
{
  uint64_t before = 0;
  for (guint i = 0; i < extents->len; i++)
    {
      MediaExtent *extent = &g_array_index (extents, MediaExtent, i);
      if (before + extent->length > valid)
        {
          extent->length = valid - before;
          g_array_set_size (extents, extent->length == 0 ? i : i + 1);
          break;
        }
      before += extent->length;
    }
  if (valid < size)
    media_extents_add (extents, MEDIA_HOLE, size - valid);
}

static void
take_set (ExFat *self, const Set *set, const char *folder, int depth)
{
  Media *media = self->clusters.media;
  size_t units = MIN ((size_t) set->stream[3] * 2, set->name_size);
  g_autofree char *name = media_utf16 ((SkSpan) { set->name, units }, false);
  g_autofree char *path = media_path (media, folder, name);
  if (path == NULL)
    return;
  uint32_t cluster = media_u32 (set->stream + 20);
  uint64_t size = media_u64 (set->stream + 24), valid = media_u64 (set->stream + 8);
  bool chained = (set->stream[1] & FLAG_NO_CHAIN) == 0;
  MediaMember member = { .path = path, .size = size };
  member.info.attributes = set->file[4] & 7u;
  member.info.mtime = time_of (set->file);
  if ((set->file[4] & 0x10) != 0)
    {
      MediaFolder inner
          = { .path = path, .depth = depth + 1, .place = cluster, .size = size, .more = chained };
      member.info.type = SK_FILE_DIRECTORY;
      if (media_member_bare (media, &member) && size > 0)
        media_folders_put (&self->clusters.folders, &inner);
      return;
    }
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  MediaChain chain = pieces_of (self, cluster, size, chained, extents);
  media_clusters_tell (&self->clusters, chain, path);
  if (chain == MEDIA_CHAIN_ENDED && valid < size)
    cut_to_valid (extents, valid, size);
  media_member_extents (media, &member, self->clusters.volume, extents);
}

/* True when the set is whole. */
static bool
take_secondary (Set *set, const uint8_t *entry)
{
  if (entry[0] == ENTRY_STREAM)
    memcpy (set->stream, entry, MEDIA_ENTRY);
  else if (entry[0] == ENTRY_NAME && set->name_size + NAME_UNITS * 2 <= sizeof set->name)
    {
      memcpy (set->name + set->name_size, entry + 2, NAME_UNITS * 2);
      set->name_size += NAME_UNITS * 2;
    }
  set->left--;
  return set->left == 0 && set->stream[0] == ENTRY_STREAM;
}

static void
take_primary (Media *media, Set *set, const uint8_t *entry)
{
  memset (set, 0, sizeof *set);
  if (entry[0] == ENTRY_FILE && entry[1] >= 2 && entry[1] <= MAX_SECONDARY)
    {
      memcpy (set->file, entry, MEDIA_ENTRY);
      set->left = entry[1];
      set->valid = true;
    }
  else if (entry[0] == ENTRY_LABEL)
    {
      g_autofree char *label
          = media_utf16 ((SkSpan) { entry + 2, MIN (entry[1], 11u) * 2u }, false);
      media_label (media, label);
    }
  else if (entry[0] == (ENTRY_FILE & ~ENTRY_IN_USE))
    media->deleted++;
}

static void
walk_entries (ExFat *self, const GArray *extents, const char *folder, int depth)
{
  Media *media = self->clusters.media;
  Set set = { .valid = false };
  unsigned torn = 0;
  MediaEntries entries;
  media_entries_init (&entries, self->clusters.volume, extents);
  const uint8_t *entry;
  while (!media->stopped && (entry = media_entries_next (&entries)) != NULL && entry[0] != 0)
    {
      bool secondary = (entry[0] & 0xc0) == 0xc0;
      if (!secondary || !set.valid)
        {
          torn += set.valid;
          take_primary (media, &set, entry);
          torn += entry[0] == ENTRY_FILE && !set.valid;
          continue;
        }
      bool whole = take_secondary (&set, entry);
      if (set.left == 0)
        set.valid = false;
      if (whole)
        take_set (self, &set, folder, depth);
      else
        torn += set.left == 0;
    }
  if (torn + set.valid > 0 || entries.broken)
    media_tell (media, entries.broken ? SK_REASON_TRUNCATED : SK_REASON_MALFORMED,
                "folder %s: entries that are not whole", media_folder_name (folder));
}

static void
walk_folders (ExFat *self)
{
  MediaFolder folder;
  while (media_folders_take (&self->clusters.folders, &folder))
    {
      g_autoptr (GArray) extents
          = media_clusters_folder (&self->clusters, &folder, folder.more != 0, MAX_FOLDER);
      walk_entries (self, extents, folder.path, folder.depth);
    }
}

void
media_exfat (Media *media, const MediaSource *volume)
{
  ExFat self = { .root = 0 };
  media_clusters_init (&self.clusters, media, volume);
  if (!read_boot (&self))
    media_tell (media, SK_REASON_MALFORMED,
                "exFAT: sizes of its boot sector contradict each other");
  else
    {
      media_fact (media, MEDIA_FILESYSTEM, "exfat");
      MediaFolder root = { .path = "", .place = self.root, .size = UINT64_MAX, .more = true };
      media_folders_put (&self.clusters.folders, &root);
      walk_folders (&self);
    }
  media_clusters_clear (&self.clusters);
}
