/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * ISO 9660 (ECMA-119) with Joliet and Rock Ridge (IEEE P1282). A reader of
 * our own, because files that only one of the trees shows have to be found by
 * where they lie, and because libarchive passes over files whose places are
 * not in the order of its walk. Images of El Torito that no file shows are
 * members too. Compressed files of zisofs are only named.
 */
#include "config.h"

#include "media-folders.h"
#include "media-rock.h"
#include "media-trees.h"

#define SECTOR 2048
#define FIRST_DESCRIPTOR 16
#define MAX_DESCRIPTORS 64
/* Trees of one disc: two are what people write, a third for the long names of ISO 9660:1999. */
#define MAX_TREES 4
/* Boot images are counted in these. */
#define BOOT_SECTOR 512

/* Directory record: 0 its length · 1 sectors before the content · 2 place u32 · 10 size u32 · 18
 * date · 25 flags · 26 interleave · 27 gap · 32 length of the name · 33 name; then, even, the
 * system use. */
#define RECORD_MIN 34
#define FLAG_HIDDEN 1
#define FLAG_DIRECTORY 2
#define FLAG_ASSOCIATED 4
#define FLAG_MORE 0x80

typedef struct Root {
  uint64_t offset;
  uint32_t length;
  bool joliet;
} Root;

typedef struct Iso {
  Media *media;
  const MediaSource *disc;
  uint32_t block; /* bytes of a logical block */
  bool joliet;    /* names are UCS-2 */
  MediaRock rock; /* of the tree that is being read */
  MediaTree *tree;
  MediaFolders folders; /* of the tree */
  MediaFolders moved;   /* those that Rock Ridge says to be somewhere else; if no link leads to one,
                           it is here after all */
  Root roots[MAX_TREES]; /* of the trees so far */
  size_t n_roots;
  uint64_t catalog; /* of El Torito, in sectors; 0: none */
  bool full;
} Iso;

typedef struct Record {
  const uint8_t *bytes;
  size_t size;
  SkSpan name, system;
  uint64_t offset; /* of the content */
  uint32_t length;
  uint8_t flags;
} Record;

static bool
take_record (const Iso *self, const uint8_t *bytes, size_t left, Record *ret_record)
{
  size_t size = bytes[0];
  if (size < RECORD_MIN || size > left || 33u + bytes[32] > size)
    return false;
  size_t names = bytes[32], system = 33 + names + (names % 2 == 0);
  ret_record->bytes = bytes;
  ret_record->size = size;
  ret_record->name = (SkSpan) { bytes + 33, names };
  ret_record->system = (SkSpan) { bytes + MIN (system, size), size - MIN (system, size) };
  ret_record->offset = ((uint64_t) media_u32 (bytes + 2) + bytes[1]) * self->block;
  ret_record->length = media_u32 (bytes + 10);
  ret_record->flags = bytes[25];
  return true;
}

static bool
is_dot (const Record *record)
{
  return record->name.size == 1 && record->name.data[0] <= 1;
}

static int64_t
time_of (const uint8_t *date)
{
  return media_time (1900 + date[0], date[1], date[2], date[3], date[4], date[5],
                     (int8_t) date[6] * 15);
}

/* Without the version behind ";" and the dot of a name without an extension. */
static char *
plain_name (const Iso *self, SkSpan raw)
{
  char *name = self->joliet ? media_utf16 (raw, true) : media_decode (self->media, raw);
  char *version = strrchr (name, ';');
  if (version != NULL && version[1] != '\0'
      && strspn (version + 1, "0123456789") == strlen (version + 1))
    *version = '\0';
  size_t size = strlen (name);
  if (!self->joliet && size > 1 && name[size - 1] == '.')
    name[size - 1] = '\0';
  return name;
}

static void
say_pieces (MediaEntry *entry, const Record *record)
{
  media_extents_add (entry->extents, record->offset, record->length);
  entry->size += record->length;
  if (record->bytes[26] != 0 || record->bytes[27] != 0)
    {
      entry->reason = SK_REASON_UNSUPPORTED;
      entry->why = "an interleaved file";
    }
}

static void
say_entry (MediaEntry *entry, const Record *record, MediaRockEntry *rock)
{
  entry->info.attributes = (record->flags & FLAG_HIDDEN) != 0 ? SK_ATTRIBUTE_HIDDEN : 0;
  entry->info.mtime = rock->mtime != 0 ? rock->mtime : time_of (record->bytes + 18);
  entry->target = g_steal_pointer (&rock->target);
  if (entry->extents != NULL)
    say_pieces (entry, record);
  if (rock->compressed && entry->extents != NULL)
    {
      entry->reason = SK_REASON_UNSUPPORTED;
      entry->why = "compressed by zisofs";
    }
}

static void
put_folder (MediaFolders *folders, uint64_t offset, uint32_t length, const char *path, int depth)
{
  MediaFolder folder = { .path = path, .depth = depth, .place = offset, .size = length };
  media_folders_put (folders, &folder);
}

/* Rock Ridge moves directories that are too deep elsewhere: a link (CL) stands in their place. */
static void
take_directory (Iso *self, const Record *record, MediaRockEntry *rock, char *path, int depth)
{
  MediaEntry *entry = media_tree_add (self->media, self->tree, path, SK_FILE_DIRECTORY);
  if (entry == NULL)
    {
      self->full = true;
      return;
    }
  say_entry (entry, record, rock);
  uint64_t offset = rock->child != 0 ? (uint64_t) rock->child * self->block : record->offset;
  uint32_t length = record->length;
  uint8_t self_record[RECORD_MIN];
  if (rock->child != 0)
    length = media_source_read (self->disc, offset, self_record, sizeof self_record)
                 ? media_u32 (self_record + 10)
                 : 0;
  put_folder (&self->folders, offset, length, path, depth + 1);
}

static MediaEntry *
add_file (Iso *self, const Record *record, MediaRockEntry *rock, char *path)
{
  MediaEntry *entry = media_tree_add (self->media, self->tree, path, rock->type);
  self->full = entry == NULL;
  if (entry != NULL)
    {
      say_entry (entry, record, rock);
      media_tree_hold (self->media, entry);
    }
  return entry;
}

/* `previous` is the file that this record goes on with, or NULL; returns the file that the next one
 * may go on with. */
static MediaEntry *
take_member (Iso *self, const Record *record, MediaEntry *previous, const char *folder, int depth)
{
  MediaRockEntry rock = { .type = SK_FILE_REGULAR };
  media_rock_read (&self->rock, self->media, self->disc, record->system, &rock);
  g_autofree char *own = rock.name != NULL ? NULL : plain_name (self, record->name);
  g_autofree char *path = media_path (self->media, folder, rock.name != NULL ? rock.name : own);
  MediaEntry *entry = NULL;
  if (path != NULL && previous != NULL)
    {
      say_pieces (previous, record);
      self->media->held += sizeof (MediaExtent);
      entry = previous;
    }
  else if (path != NULL && rock.moved && (record->flags & FLAG_DIRECTORY) != 0)
    put_folder (&self->moved, record->offset, record->length, path, depth + 1);
  else if (path != NULL && ((record->flags & FLAG_DIRECTORY) != 0 || rock.child != 0))
    take_directory (self, record, &rock, g_steal_pointer (&path), depth);
  else if (path != NULL)
    {
      if ((record->flags & FLAG_ASSOCIATED) != 0)
        {
          char *fork = media_stream_path (self->media, path, "rsrc");
          g_free (path);
          path = fork;
        }
      if (path != NULL)
        entry = add_file (self, record, &rock, g_steal_pointer (&path));
    }
  media_rock_entry_clear (&rock);
  return entry;
}

/* Of one sector: records do not cross them. */
static void
take_sector (Iso *self, const uint8_t *sector, size_t size, MediaEntry **previous,
             const char *folder, int depth)
{
  size_t pos = 0;
  while (pos < size && sector[pos] != 0 && !self->full)
    {
      Record record;
      if (!take_record (self, sector + pos, size - pos, &record))
        {
          media_tell (self->media, SK_REASON_MALFORMED, "%s: folder %s: a broken record",
                      self->tree->name, media_folder_name (folder));
          return;
        }
      if (!is_dot (&record))
        {
          MediaEntry *entry = take_member (self, &record, *previous, folder, depth);
          *previous = (record.flags & FLAG_MORE) != 0 && entry != NULL && entry->extents != NULL
                          ? entry
                          : NULL;
        }
      pos += record.size;
    }
}

static void
read_directory (Iso *self, const MediaFolder *folder)
{
  MediaEntry *previous = NULL;
  for (uint64_t at = 0; at < folder->size && !self->full; at += SECTOR)
    {
      uint8_t sector[SECTOR];
      size_t size = (size_t) MIN (folder->size - at, SECTOR);
      if (!media_source_read (self->disc, folder->place + at, sector, size))
        {
          media_tell (self->media, SK_REASON_TRUNCATED,
                      "%s: folder %s: a part of it is not on the disc", self->tree->name,
                      media_folder_name (folder->path));
          return;
        }
      take_sector (self, sector, size, &previous, folder->path, folder->depth);
    }
}

static void
walk_folders (Iso *self)
{
  MediaFolder folder;
  while (!self->full && media_folders_take (&self->folders, &folder))
    read_directory (self, &folder);
}

/* ---- volume descriptors ---- */

static void
walk_moved (Iso *self)
{
  MediaFolder folder;
  while (!self->full && media_folders_take (&self->moved, &folder))
    {
      if (media_folders_has (&self->folders, folder.place))
        continue;
      if (media_tree_add (self->media, self->tree, g_strdup (folder.path), SK_FILE_DIRECTORY)
          == NULL)
        return;
      media_folders_put (&self->folders, &folder);
      walk_folders (self);
    }
}

static const char *
tree_name (const Iso *self)
{
  return self->joliet ? "joliet" : self->rock.present ? "rock-ridge" : "iso9660";
}

/* False: it has been read, or there are too many, which is told. */
static bool
may_read (Iso *self, const Record *root)
{
  for (size_t i = 0; i < self->n_roots; i++)
    if (self->roots[i].offset == root->offset && self->roots[i].length == root->length
        && self->roots[i].joliet == self->joliet)
      return false;
  if (self->n_roots == MAX_TREES)
    {
      media_tell (self->media, SK_REASON_LIMIT, "ISO 9660: more than %d trees", MAX_TREES);
      return false;
    }
  self->roots[self->n_roots++] = (Root) { root->offset, root->length, self->joliet };
  return true;
}

static void
read_tree (Iso *self, const uint8_t *descriptor, GPtrArray *trees)
{
  Record root;
  self->block = media_u16 (descriptor + 128);
  if (self->block < 512 || self->block > SECTOR || (self->block & (self->block - 1)) != 0)
    self->block = SECTOR;
  self->rock = (MediaRock) { .block = self->block };
  if (!take_record (self, descriptor + 156, 34, &root))
    {
      media_tell (self->media, SK_REASON_MALFORMED, "ISO 9660: a volume without a root");
      return;
    }
  if (!may_read (self, &root))
    return;
  uint8_t first[SECTOR];
  if (!self->joliet && media_source_read (self->disc, root.offset, first, sizeof first))
    {
      Record dot;
      if (take_record (self, first, sizeof first, &dot))
        media_rock_begin (&self->rock, dot.system);
    }
  self->tree = media_tree_new (tree_name (self));
  g_ptr_array_add (trees, self->tree);
  self->full = false;
  media_folders_init (&self->folders, self->media);
  media_folders_init (&self->moved, self->media);
  put_folder (&self->folders, root.offset, root.length, "", 0);
  walk_folders (self);
  walk_moved (self);
  media_folders_clear (&self->moved);
  media_folders_clear (&self->folders);
}

static bool
is_joliet (const uint8_t *descriptor)
{
  const uint8_t *escape = descriptor + 88;
  return escape[0] == '%' && escape[1] == '/'
         && (escape[2] == '@' || escape[2] == 'C' || escape[2] == 'E');
}

static void
say_label (const Iso *self, const uint8_t *descriptor)
{
  SkSpan raw = { descriptor + 40, 32 };
  g_autofree char *label = self->joliet ? media_utf16 (raw, true) : media_decode (self->media, raw);
  for (char *c = label; *c != '\0'; c++)
    if ((unsigned char) *c < ' ')
      *c = ' ';
  if (strstr (label, "\xef\xbf\xbd") == NULL || !self->joliet)
    media_label (self->media, label);
}

/* 1: primary; 2: supplementary, of which Joliet is one, and the long names of ISO 9660:1999
 * another. */
static void
take_descriptor (Iso *self, const uint8_t *descriptor, GPtrArray *trees)
{
  if (descriptor[0] == 0 && memcmp (descriptor + 7, "EL TORITO SPECIFICATION", 23) == 0)
    {
      self->catalog = media_u32 (descriptor + 71);
      self->media->api->fact_bool (self->media->object, MEDIA_BOOTABLE, true);
    }
  if (descriptor[0] != 1 && descriptor[0] != 2)
    return;
  self->joliet = descriptor[0] == 2 && is_joliet (descriptor);
  say_label (self, descriptor);
  read_tree (self, descriptor, trees);
}

/* ---- El Torito ---- */

static bool
is_shown (GPtrArray *trees, uint64_t offset, uint64_t size)
{
  for (guint i = 0; i < trees->len; i++)
    {
      const MediaTree *tree = g_ptr_array_index (trees, i);
      for (guint j = 0; j < tree->entries->len; j++)
        {
          const MediaEntry *entry = g_ptr_array_index (tree->entries, j);
          if (entry->extents == NULL || entry->extents->len == 0)
            continue;
          MediaExtent first = g_array_index (entry->extents, MediaExtent, 0);
          if (first.offset == offset && media_covers (first.length, size))
            return true;
        }
    }
  return false;
}

/* Entry: 0 bootable · 1 emulation · 6 sectors of 512 u16 · 8 place u32. */
static void
take_boot_image (Iso *self, const uint8_t *entry, unsigned number, GPtrArray *trees)
{
  static const uint32_t floppies[] = { 0, 1228800, 1474560, 2949120 };
  uint64_t offset = (uint64_t) media_u32 (entry + 8) * SECTOR;
  uint64_t size = (uint64_t) media_u16 (entry + 6) * BOOT_SECTOR;
  unsigned emulation = entry[1] & 15;
  if (emulation >= 1 && emulation <= 3)
    size = floppies[emulation];
  if (offset == 0 || size == 0 || is_shown (trees, offset, size))
    return;
  MediaEntry *boot = media_tree_add (self->media, g_ptr_array_index (trees, 0),
                                     g_strdup_printf ("[boot]/%u.img", number), SK_FILE_REGULAR);
  if (boot == NULL)
    return;
  boot->size = MIN (size, self->disc->size > offset ? self->disc->size - offset : size);
  media_extents_add (boot->extents, offset, boot->size);
}

static void
read_catalog (Iso *self, GPtrArray *trees)
{
  uint8_t catalog[SECTOR];
  if (self->catalog == 0 || trees->len == 0)
    return;
  if (!media_source_read (self->disc, self->catalog * SECTOR, catalog, sizeof catalog))
    {
      media_tell (self->media, SK_REASON_TRUNCATED,
                  "the catalogue of boot images is not on the disc");
      return;
    }
  unsigned number = 1;
  for (size_t at = 32; at + 32 <= sizeof catalog; at += 32)
    if (catalog[at] == 0x88 || (catalog[at] == 0 && at == 32))
      take_boot_image (self, catalog + at, number++, trees);
}

bool
media_iso (Media *media, const MediaSource *disc, GPtrArray *trees)
{
  Iso self = { .media = media, .disc = disc };
  bool found = false;
  for (uint64_t i = FIRST_DESCRIPTOR; i < FIRST_DESCRIPTOR + MAX_DESCRIPTORS; i++)
    {
      uint8_t descriptor[SECTOR];
      if (!MEDIA_HAS (disc, i * SECTOR + 1, "CD001"))
        break;
      found = true;
      if (!media_source_read (disc, i * SECTOR, descriptor, sizeof descriptor))
        {
          media_tell (media, SK_REASON_TRUNCATED, "ISO 9660: it ends within its descriptors");
          break;
        }
      if (descriptor[0] == 0xff)
        break;
      take_descriptor (&self, descriptor, trees);
    }
  read_catalog (&self, trees);
  return found;
}
