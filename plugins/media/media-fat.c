/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * FAT12, FAT16 and FAT32, by Microsoft's specification (fatgen103).
 *
 * Names are those that Windows shows: a long name counts only when all of
 * its parts follow each other and carry the check sum of the short one behind
 * them; otherwise the short name stands, in the code page of Japan where it is
 * not ASCII. Deleted entries are counted, not read.
 */
#include "config.h"

#include "media-clusters.h"

/* Boot sector: 11 bytes a sector u16 · 13 sectors a cluster u8 · 14 reserved sectors u16 · 16
 * tables u8 · 17 entries of the root u16 · 19 sectors u16 · 22 sectors a table u16 · 32 sectors u32
 * · FAT32: 36 sectors a table u32, 44 first cluster of the root u32, 71 label; else 43 label.
 * Entry: 0 name · 8 extension · 11 attributes · 12 case · 20 first cluster, high u16 · 22 time · 24
 * date · 26 first cluster, low u16 · 28 size u32. Long: 0 number · 1, 14, 28 characters · 13 sum.
 */

#define ATTRIBUTE_VOLUME 0x08
#define ATTRIBUTE_DIRECTORY 0x10
#define ATTRIBUTE_LONG 0x0f
#define LONG_LAST 0x40
#define LONG_PARTS 20
#define LONG_UNITS 13
#define DELETED 0xe5
/* 65,536 entries: what Windows and Linux read of a folder. */
#define MAX_FOLDER (65536 * MEDIA_ENTRY)

typedef struct Fat {
  MediaClusters clusters;
  uint64_t root_offset, root_size; /* of FAT12 and FAT16: before the clusters */
  uint32_t root_cluster;           /* of FAT32, else 0 */
} Fat;

/* A long name that is being put together, its last part first. */
typedef struct LongName {
  uint8_t text[LONG_PARTS * LONG_UNITS * 2];
  unsigned parts, next; /* `next` is the number of the part that has to come; 0: all are here */
  uint8_t sum;
  bool valid;
} LongName;

static bool
read_boot (Fat *self)
{
  uint8_t boot[512];
  MediaClusters *c = &self->clusters;
  if (!media_source_read (c->volume, 0, boot, sizeof boot))
    return false;
  uint64_t sector = media_u16 (boot + 11);
  uint64_t tables = boot[16], entries = media_u16 (boot + 17);
  uint64_t table = media_u16 (boot + 22) != 0 ? media_u16 (boot + 22) : media_u32 (boot + 36);
  uint64_t sectors = media_u16 (boot + 19) != 0 ? media_u16 (boot + 19) : media_u32 (boot + 32);
  uint64_t root = media_u16 (boot + 14) + tables * table;
  uint64_t data = root + (entries * MEDIA_ENTRY + sector - 1) / sector;
  c->cluster_size = boot[13] * sector;
  if (data >= sectors || c->cluster_size == 0)
    return false;
  c->fat = media_u16 (boot + 14) * sector;
  c->data = data * sector;
  c->n_clusters = (uint32_t) ((sectors - data) / boot[13]);
  bool wide = media_u16 (boot + 22) == 0;
  c->bits = wide ? 32 : c->n_clusters < 4085 ? 12 : 16;
  self->root_cluster = wide ? media_u32 (boot + 44) : 0;
  self->root_offset = root * sector;
  self->root_size = entries * MEDIA_ENTRY;
  return true;
}

static uint8_t
sum_of (const uint8_t *short_name)
{
  uint8_t sum = 0;
  for (size_t i = 0; i < 11; i++)
    sum = (uint8_t) ((sum >> 1 | sum << 7) + short_name[i]);
  return sum;
}

static void
take_long (LongName *name, const uint8_t *entry)
{
  unsigned number = entry[0] & 0x1f;
  if ((entry[0] & LONG_LAST) != 0 && number >= 1 && number <= LONG_PARTS)
    {
      name->parts = name->next = number;
      name->sum = entry[13];
      name->valid = true;
    }
  if (!name->valid || number == 0 || number != name->next || entry[13] != name->sum)
    {
      name->valid = false;
      return;
    }
  uint8_t *part = name->text + (number - 1) * LONG_UNITS * 2;
  memcpy (part, entry + 1, 10);
  memcpy (part + 10, entry + 14, 12);
  memcpy (part + 22, entry + 28, 4);
  name->next--;
}

static char *
long_name (const LongName *name, const uint8_t *entry)
{
  if (!name->valid || name->next != 0 || name->sum != sum_of (entry))
    return NULL;
  size_t size = 0;
  while (size < name->parts * LONG_UNITS * 2 && media_u16 (name->text + size) != 0)
    size += 2;
  return size > 0 ? media_utf16 ((SkSpan) { name->text, size }, false) : NULL;
}

static size_t
trim (const uint8_t *text, size_t size)
{
  while (size > 0 && text[size - 1] == ' ')
    size--;
  return size;
}

/* The case of the two parts is told by two bits, as Windows NT writes it. Bytes of Japanese
 * characters are not touched: of ASCII letters only those that follow no lead byte. */
static void
add_short (GString *name, const uint8_t *text, size_t size, bool lower)
{
  for (size_t i = 0; i < size; i++)
    {
      bool lead = (text[i] >= 0x81 && text[i] <= 0x9f) || (text[i] >= 0xe0 && text[i] <= 0xfc);
      g_string_append_c (name, lower ? g_ascii_tolower ((char) text[i]) : (char) text[i]);
      if (lead && i + 1 < size)
        g_string_append_c (name, (char) text[++i]);
    }
}

static char *
short_name (Media *media, const uint8_t *entry)
{
  uint8_t raw[11];
  memcpy (raw, entry, sizeof raw);
  if (raw[0] == 0x05)
    raw[0] = DELETED;
  g_autoptr (GString) name = g_string_new (NULL);
  add_short (name, raw, trim (raw, 8), (entry[12] & 0x08) != 0);
  size_t extension = trim (raw + 8, 3);
  if (extension > 0)
    {
      g_string_append_c (name, '.');
      add_short (name, raw + 8, extension, (entry[12] & 0x10) != 0);
    }
  return media_decode (media, (SkSpan) { (const uint8_t *) name->str, name->len });
}

static void
read_file (Fat *self, const MediaMember *member, uint32_t cluster)
{
  Media *media = self->clusters.media;
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  MediaChain chain = member->size == 0
                         ? MEDIA_CHAIN_ENDED
                         : media_clusters_follow (&self->clusters, cluster, member->size, extents);
  media_clusters_tell (&self->clusters, chain, member->path);
  media_member_extents (media, member, self->clusters.volume, extents);
}

static void
take_member (Fat *self, const uint8_t *entry, const char *path, int depth)
{
  Media *media = self->clusters.media;
  uint32_t cluster = media_u16 (entry + 26);
  if (self->clusters.bits == 32)
    cluster |= (uint32_t) (media_u16 (entry + 20) & 0xfff) << 16;
  MediaMember member = { .path = path, .size = media_u32 (entry + 28) };
  member.info.attributes = entry[11] & 7u;
  member.info.mtime = media_dos_time (media_u16 (entry + 24), media_u16 (entry + 22));
  if ((entry[11] & ATTRIBUTE_DIRECTORY) == 0)
    {
      read_file (self, &member, cluster);
      return;
    }
  member.info.type = SK_FILE_DIRECTORY;
  MediaFolder folder = { .path = path, .depth = depth + 1, .place = cluster, .size = UINT64_MAX };
  if (media_member_bare (media, &member))
    media_folders_put (&self->clusters.folders, &folder);
}

static void
take_entry (Fat *self, const uint8_t *entry, const LongName *pending, const char *folder, int depth)
{
  Media *media = self->clusters.media;
  if ((entry[11] & ATTRIBUTE_VOLUME) != 0)
    {
      g_autofree char *label = media_decode (media, (SkSpan) { entry, trim (entry, 11) });
      media_label (media, label);
      return;
    }
  if (memcmp (entry, ".          ", 11) == 0 || memcmp (entry, "..         ", 11) == 0)
    return;
  g_autofree char *full = long_name (pending, entry);
  g_autofree char *name = full != NULL ? g_steal_pointer (&full) : short_name (media, entry);
  g_autofree char *path = media_path (media, folder, name);
  if (path != NULL)
    take_member (self, entry, path, depth);
}

static void
walk_entries (Fat *self, const GArray *extents, const char *folder, int depth)
{
  Media *media = self->clusters.media;
  LongName pending = { .valid = false };
  MediaEntries entries;
  media_entries_init (&entries, self->clusters.volume, extents);
  const uint8_t *entry;
  while (!media->stopped && (entry = media_entries_next (&entries)) != NULL && entry[0] != 0)
    {
      if (entry[0] == DELETED)
        media->deleted += (entry[11] & 0x3f) != ATTRIBUTE_LONG;
      else if ((entry[11] & 0x3f) == ATTRIBUTE_LONG)
        {
          take_long (&pending, entry);
          continue;
        }
      else
        take_entry (self, entry, &pending, folder, depth);
      pending.valid = false;
    }
  if (entries.broken)
    media_tell (media, SK_REASON_TRUNCATED, "folder %s: a part of it is not on the disk",
                media_folder_name (folder));
}

static void
walk_folders (Fat *self)
{
  MediaFolder folder;
  while (media_folders_take (&self->clusters.folders, &folder))
    {
      g_autoptr (GArray) extents
          = media_clusters_folder (&self->clusters, &folder, true, MAX_FOLDER);
      walk_entries (self, extents, folder.path, folder.depth);
    }
}

void
media_fat (Media *media, const MediaSource *volume)
{
  Fat self = { .root_cluster = 0 };
  media_clusters_init (&self.clusters, media, volume);
  if (!read_boot (&self))
    media_tell (media, SK_REASON_MALFORMED, "FAT: sizes of its boot sector contradict each other");
  else
    {
      media_fact (media, MEDIA_FILESYSTEM,
                  self.clusters.bits == 32   ? "fat32"
                  : self.clusters.bits == 16 ? "fat16"
                                             : "fat12");
      MediaFolder folder = { .path = "", .place = self.root_cluster, .size = UINT64_MAX };
      if (self.clusters.bits == 32)
        media_folders_put (&self.clusters.folders, &folder);
      else
        {
          g_autoptr (GArray) root = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
          media_extents_add (root, self.root_offset, self.root_size);
          walk_entries (&self, root, "", 0);
        }
      walk_folders (&self);
    }
  media_clusters_clear (&self.clusters);
}
