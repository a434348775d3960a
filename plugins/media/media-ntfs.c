/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * NTFS: records of files by libtsk, over a disk of ours; names of folders by
 * our own reader (media-index.h). Deleted files are counted only. The file system's own
 * files are passed over, but not what somebody may have hidden in streams of
 * theirs.
 */
#include "config.h"

#include "media-folders.h"
#include "media-index.h"
#include "media-lznt1.h"

#include <tsk/libtsk.h>

/* The first files of the table are the file system's own: MFT, log, bitmap …; 5 is the root, 11 the
 * folder of later ones. */
#define FIRST_USER_FILE 24
#define MFT 0
#define ROOT 5
#define VOLUME 3
#define EXTEND 11

/* Reparse tags with a target (MS-FSCC 2.1.2), and of files compressed by WOF. */
#define TAG_SYMLINK 0xa000000cu
#define TAG_MOUNT 0xa0000003u
#define TAG_WOF 0x80000017u

/* libtsk's image, and what it stands on. */
typedef struct Image {
  TSK_IMG_INFO info; /* first: libtsk casts */
  MediaSource source;
} Image;

typedef struct Ntfs {
  Media *media;
  TSK_FS_INFO *fs;
  const MediaSource *volume;
  uint64_t cost;        /* of finding a record, in units of work */
  MediaFolders folders; /* their places are numbers of records */
} Ntfs;

static ssize_t
image_read (TSK_IMG_INFO *info, TSK_OFF_T offset, char *buffer, size_t size)
{
  const Image *image = (const Image *) info;
  if (offset < 0 || (uint64_t) offset >= image->source.size)
    return -1;
  size_t part = (size_t) MIN (size, image->source.size - (uint64_t) offset);
  return media_source_read (&image->source, (uint64_t) offset, buffer, part) ? (ssize_t) part : -1;
}

static void
image_close (TSK_IMG_INFO *info)
{
  (void) info;
}

static void
image_stat (TSK_IMG_INFO *info, FILE *file)
{
  (void) info;
  (void) file;
}

static const TSK_FS_ATTR *
attribute_of (TSK_FS_FILE *file, TSK_FS_ATTR_TYPE_ENUM type)
{
  int count = tsk_fs_file_attr_getsize (file);
  for (int i = 0; i < count; i++)
    {
      const TSK_FS_ATTR *attribute = tsk_fs_file_attr_get_idx (file, i);
      if (attribute != NULL && attribute->type == type)
        return attribute;
    }
  return NULL;
}

static SkSpan
resident (const TSK_FS_ATTR *attribute)
{
  SkSpan span = { NULL, 0 };
  if (attribute == NULL || (attribute->flags & TSK_FS_ATTR_RES) == 0 || attribute->size <= 0
      || attribute->rd.buf == NULL)
    return span;
  span.data = attribute->rd.buf;
  span.size = (size_t) MIN ((uint64_t) attribute->size, attribute->rd.buf_size);
  return span;
}

/* $STANDARD_INFORMATION: attributes at 32. */
static uint32_t
attributes_of (TSK_FS_FILE *file)
{
  SkSpan info = resident (attribute_of (file, TSK_FS_ATTR_TYPE_NTFS_SI));
  return info.size >= 36 ? media_u32 (info.data + 32) & 7u : 0;
}

/* Reparse data: 0 tag u32 · 8 offset and 10 size of the substitute name · for links 20, for mount
 * points 16 the names. */
static void
take_reparse (TSK_FS_FILE *file, MediaMember *member, uint32_t *ret_tag, char **ret_target)
{
  SkSpan data = resident (attribute_of (file, TSK_FS_ATTR_TYPE_NTFS_REPARSE));
  *ret_target = NULL;
  *ret_tag = data.size >= 20 ? media_u32 (data.data) : 0;
  if (*ret_tag != TAG_SYMLINK && *ret_tag != TAG_MOUNT)
    return;
  size_t names = *ret_tag == TAG_SYMLINK ? 20 : 16;
  SkSpan text = sk_span_slice (data, names + media_u16 (data.data + 8), media_u16 (data.data + 10));
  *ret_target = media_utf16 (text, false);
  member->info.type = SK_FILE_LINK;
  member->info.target = sk_span_of_text (*ret_target);
}

/* ---- content ---- */

typedef enum Runs { RUNS_GOOD, RUNS_BROKEN, RUNS_LIMIT } Runs;

/* Runs as pieces. What lies behind the initialised size reads as zeros; of a compressed file all
 * are taken, for its size says nothing of them. */
static Runs
pieces_of (const Ntfs *self, const TSK_FS_ATTR *data, bool packed, GArray *extents)
{
  uint64_t block = self->fs->block_size, at = 0;
  uint64_t valid = (uint64_t) MAX (0, MIN (data->nrd.initsize, data->size));
  uint64_t end = packed ? UINT64_MAX : valid;
  for (const TSK_FS_ATTR_RUN *run = data->nrd.run; run != NULL && at < end; run = run->next)
    {
      if (run->len > (UINT64_MAX >> 1) / block || run->addr > (UINT64_MAX >> 1) / block
          || (run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0)
        return RUNS_BROKEN;
      uint64_t length = MIN (run->len * block, end - at);
      bool hole = (run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) != 0;
      if (!media_work (self->media, 1)
          || !media_extents_add (extents, hole ? MEDIA_HOLE : run->addr * block, length))
        return RUNS_LIMIT;
      at += length;
    }
  if (!packed && (uint64_t) data->size > valid && at == valid)
    media_extents_add (extents, MEDIA_HOLE, (uint64_t) data->size - valid);
  return packed || at == valid ? RUNS_GOOD : RUNS_BROKEN;
}

/* All of them, and what is not is told. Free with g_array_unref. */
static GArray *
told_pieces (const Ntfs *self, const TSK_FS_ATTR *data, bool packed, const char *path)
{
  GArray *extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  Runs runs = pieces_of (self, data, packed, extents);
  if (runs == RUNS_BROKEN)
    media_tell (self->media, SK_REASON_MALFORMED, "%s: its list of runs is broken", path);
  else if (runs == RUNS_LIMIT)
    media_tell (self->media, SK_REASON_LIMIT, "%s: more than %d pieces", path, MEDIA_MAX_EXTENTS);
  return extents;
}

/* A compressed file is a row of units. One that has fewer blocks than it should is packed; one that
 * has none is zeros. */
typedef struct Unit {
  uint64_t size;   /* bytes of one, unpacked */
  uint64_t filled; /* bytes of blocks and holes so far */
  size_t packed;   /* bytes in `in` */
  uint8_t *in, *out;
} Unit;

/* Bytes of one unit: 16 blocks of at most 4 KiB are what Windows makes. */
#define MAX_UNIT (1 << 20)

static bool
end_unit (const Ntfs *self, Unit *unit, SkChild *child, uint64_t *left, bool *ret_broken)
{
  size_t size = (size_t) MIN (unit->size, *left);
  if (unit->packed == unit->size)
    memcpy (unit->out, unit->in, size);
  else if (unit->packed == 0)
    memset (unit->out, 0, size);
  else if (!media_lznt1 ((SkSpan) { unit->in, unit->packed }, unit->out, unit->size))
    *ret_broken = true;
  *left -= size;
  unit->filled = unit->packed = 0;
  return media_work (self->media, 1 + size / 1024)
         && self->media->api->child_append (child, (SkSpan) { unit->out, size });
}

/* False: a limit, or it cannot be read (`ret_broken`). */
static bool
take_extent (const Ntfs *self, Unit *unit, MediaExtent extent, SkChild *child, uint64_t *left,
             bool *ret_broken)
{
  while (extent.length > 0 && *left > 0)
    {
      size_t part = (size_t) MIN (extent.length, unit->size - unit->filled);
      if (extent.offset != MEDIA_HOLE)
        {
          if (!media_source_read (self->volume, extent.offset, unit->in + unit->packed, part))
            {
              *ret_broken = true;
              return false;
            }
          unit->packed += part;
          extent.offset += part;
        }
      unit->filled += part;
      extent.length -= part;
      if (unit->filled == unit->size && !end_unit (self, unit, child, left, ret_broken))
        return false;
    }
  return true;
}

/* `extents` are all blocks and holes of the file, also those behind its end. */
static void
unpack (const Ntfs *self, const MediaMember *member, const GArray *extents, uint64_t unit_size,
        SkChild *child)
{
  uint64_t left = member->size;
  bool broken = unit_size == 0 || unit_size > MAX_UNIT, more = !broken;
  Unit unit = { .size = unit_size };
  unit.in = g_malloc (broken ? 1 : unit_size);
  unit.out = g_malloc (broken ? 1 : unit_size);
  for (guint i = 0; i < extents->len && left > 0 && more; i++)
    more
        = take_extent (self, &unit, g_array_index (extents, MediaExtent, i), child, &left, &broken);
  if (more && left > 0 && unit.filled > 0)
    more = end_unit (self, &unit, child, &left, &broken);
  g_free (unit.in);
  g_free (unit.out);
  if (broken || (more && left > 0))
    media_tell (self->media, SK_REASON_MALFORMED, "%s: its compressed content is broken",
                member->path);
}

static bool
take_compressed (const Ntfs *self, const MediaMember *member, const TSK_FS_ATTR *data,
                 const GArray *extents)
{
  SkChild *child = media_member_begin (self->media, member);
  if (child == NULL)
    return false;
  unpack (self, member, extents, (uint64_t) data->nrd.compsize * self->fs->block_size, child);
  self->media->api->child_commit (child);
  return true;
}

static bool
take_data (Ntfs *self, const MediaMember *member, const TSK_FS_ATTR *data)
{
  Media *media = self->media;
  if ((data->flags & TSK_FS_ATTR_ENC) != 0)
    return media_member_absent (media, member, SK_REASON_ENCRYPTED, "encrypted by EFS");
  if ((data->flags & TSK_FS_ATTR_RES) != 0)
    return media_member_bytes (media, member, resident (data));
  bool packed = (data->flags & TSK_FS_ATTR_COMP) != 0;
  g_autoptr (GArray) extents = told_pieces (self, data, packed, member->path);
  if (packed)
    return take_compressed (self, member, data, extents);
  return media_member_extents (media, member, self->volume, extents);
}

/* ---- members ---- */

/* Streams of the file system's own files, which hold its own data. */
static bool
is_own_stream (const char *name)
{
  return name[0] == '$';
}

static bool
is_unnamed (const TSK_FS_ATTR *data)
{
  return data->name == NULL || data->name[0] == '\0' || strcmp (data->name, "$Data") == 0
         || strcmp (data->name, "N/A") == 0;
}

static void
take_stream (Ntfs *self, const MediaMember *file, const TSK_FS_ATTR *data)
{
  g_autofree char *path = media_stream_path (self->media, file->path, data->name);
  if (path == NULL)
    return;
  MediaMember member
      = { .path = path, .size = (uint64_t) MAX (0, data->size), .stream = data->name };
  member.info.attributes = file->info.attributes;
  member.info.mtime = file->info.mtime;
  take_data (self, &member, data);
}

static void
take_streams (Ntfs *self, const MediaMember *member, TSK_FS_FILE *file, bool own)
{
  int count = tsk_fs_file_attr_getsize (file);
  for (int i = 0; i < count && !self->media->stopped; i++)
    {
      const TSK_FS_ATTR *data = tsk_fs_file_attr_get_idx (file, i);
      if (data != NULL && data->type == TSK_FS_ATTR_TYPE_NTFS_DATA && !is_unnamed (data)
          && !(own && is_own_stream (data->name)))
        take_stream (self, member, data);
    }
}

static void
take_file (Ntfs *self, MediaMember *member, TSK_FS_FILE *file, uint32_t tag)
{
  const TSK_FS_ATTR *data = NULL;
  int count = tsk_fs_file_attr_getsize (file);
  for (int i = 0; i < count && data == NULL; i++)
    {
      const TSK_FS_ATTR *candidate = tsk_fs_file_attr_get_idx (file, i);
      if (candidate != NULL && candidate->type == TSK_FS_ATTR_TYPE_NTFS_DATA
          && is_unnamed (candidate))
        data = candidate;
    }
  member->size = data != NULL ? (uint64_t) MAX (0, data->size) : 0;
  if (tag == TAG_WOF)
    media_member_absent (self->media, member, SK_REASON_UNSUPPORTED, "compressed by WOF");
  else if (data != NULL)
    take_data (self, member, data);
  else
    media_member_absent (self->media, member, SK_REASON_MALFORMED, "it has no content");
}

static void
put_folder (Ntfs *self, TSK_INUM_T record, const char *path, int depth)
{
  MediaFolder folder = { .path = path, .depth = depth, .place = record };
  media_folders_put (&self->folders, &folder);
}

static void
take_member (Ntfs *self, TSK_FS_FILE *file, const char *path, int depth)
{
  uint32_t tag;
  g_autofree char *target = NULL;
  const TSK_FS_META *meta = file->meta;
  bool own = meta->addr < FIRST_USER_FILE;
  MediaMember member = { .path = path };
  member.info.attributes = attributes_of (file);
  member.info.mtime = (int64_t) meta->mtime * INT64_C (1000000000) + meta->mtime_nano;
  take_reparse (file, &member, &tag, &target);
  if (member.info.type == SK_FILE_LINK)
    media_member_bare (self->media, &member);
  else if (meta->type == TSK_FS_META_TYPE_DIR)
    {
      member.info.type = SK_FILE_DIRECTORY;
      if (!own || meta->addr != EXTEND)
        media_member_bare (self->media, &member);
    }
  else if (!own)
    take_file (self, &member, file, tag);
  take_streams (self, &member, file, own);
  if (member.info.type == SK_FILE_DIRECTORY && meta->addr != EXTEND)
    put_folder (self, meta->addr, path, depth + 1);
}

/* libtsk walks along the pieces of its table for each record, and the last number is a folder that
 * it makes up. */
static TSK_FS_FILE *
open_record (const Ntfs *self, uint64_t record)
{
  if (record >= self->fs->last_inum || !media_work (self->media, self->cost))
    return NULL;
  TSK_FS_FILE *file = tsk_fs_file_open_meta (self->fs, NULL, record);
  tsk_error_reset ();
  return file;
}

typedef struct Folder {
  Ntfs *ntfs;
  const MediaFolder *folder;
} Folder;

static void
take_name (void *data, uint64_t reference, SkSpan name)
{
  const Folder *in = data;
  Media *media = in->ntfs->media;
  uint64_t record = reference & ((UINT64_C (1) << 48) - 1);
  g_autofree char *own = media_utf16 (name, false);
  if (record == ROOT && strcmp (own, ".") == 0)
    return;
  g_autofree char *path = media_path (media, in->folder->path, own);
  if (path == NULL)
    return;
  TSK_FS_FILE *file = open_record (in->ntfs, record);
  if (file == NULL || file->meta == NULL || (file->meta->seq & 0xffff) != reference >> 48)
    media_tell (media, SK_REASON_MALFORMED, "%s: its record is broken", path);
  else if ((file->meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0)
    media_tell (media, SK_REASON_MALFORMED, "%s: its record is not in use", path);
  else
    take_member (in->ntfs, file, path, in->folder->depth);
  tsk_fs_file_close (file);
}

static const TSK_FS_ATTR *
index_part (TSK_FS_FILE *file, TSK_FS_ATTR_TYPE_ENUM type)
{
  int count = tsk_fs_file_attr_getsize (file);
  for (int i = 0; i < count; i++)
    {
      const TSK_FS_ATTR *part = tsk_fs_file_attr_get_idx (file, i);
      if (part != NULL && part->type == type && g_strcmp0 (part->name, "$I30") == 0)
        return part;
    }
  return NULL;
}

/* A bit of each block that the index may have. */
static SkSpan
read_used (const Ntfs *self, const TSK_FS_ATTR *bitmap, const char *path,
           uint8_t bytes[MEDIA_MAX_INDEX / 8])
{
  if (bitmap == NULL || (bitmap->flags & TSK_FS_ATTR_RES) != 0)
    return resident (bitmap);
  size_t size = (size_t) MIN ((uint64_t) MAX (0, bitmap->size), MEDIA_MAX_INDEX / 8);
  g_autoptr (GArray) extents = told_pieces (self, bitmap, false, path);
  if (!media_extents_read (self->media, self->volume, extents, 0, bytes, size))
    size = 0;
  return (SkSpan) { bytes, size };
}

static void
walk_folder (Ntfs *self, const MediaFolder *folder)
{
  uint8_t used[MEDIA_MAX_INDEX / 8];
  const char *shown = media_folder_name (folder->path);
  TSK_FS_FILE *file = open_record (self, folder->place);
  if (file == NULL || file->meta == NULL)
    {
      media_tell (self->media, SK_REASON_MALFORMED, "folder %s: its record is broken", shown);
      tsk_fs_file_close (file);
      return;
    }
  const TSK_FS_ATTR *blocks = index_part (file, TSK_FS_ATTR_TYPE_NTFS_IDXALLOC);
  bool large = blocks != NULL && (blocks->flags & TSK_FS_ATTR_NONRES) != 0;
  g_autoptr (GArray) extents = large ? told_pieces (self, blocks, false, shown)
                                     : g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  MediaIndex index
      = { .media = self->media,
          .volume = self->volume,
          .path = folder->path,
          .cluster = self->fs->block_size,
          .root = resident (index_part (file, TSK_FS_ATTR_TYPE_NTFS_IDXROOT)),
          .extents = extents,
          .size = large ? (uint64_t) MAX (0, blocks->size) : 0,
          .used = read_used (self, index_part (file, TSK_FS_ATTR_TYPE_NTFS_BITMAP), shown, used) };
  Folder in = { self, folder };
  media_index_walk (&index, take_name, &in);
  tsk_fs_file_close (file);
}

static void
walk_folders (Ntfs *self)
{
  MediaFolder folder;
  put_folder (self, ROOT, "", 0);
  while (media_folders_take (&self->folders, &folder))
    walk_folder (self, &folder);
}

/* Boot sector: 64 clusters of a record; negative: a power of two, of bytes. */
static uint64_t
record_size (const Ntfs *self, const uint8_t *boot)
{
  int clusters = boot[64] < 128 ? boot[64] : boot[64] - 256;
  uint64_t size = clusters > 0 ? (uint64_t) clusters * self->fs->block_size
                               : UINT64_C (1) << MIN (-clusters, 31);
  return MAX (size, 512);
}

/* Record: 0 "FILE" · 20 first attribute u16 · 22 flags u16: 1 in use. One that never was in use has
 * no attributes. */
static void
count_deleted (Ntfs *self, const GArray *table, uint64_t size)
{
  uint8_t boot[65];
  if (!media_source_read (self->volume, 0, boot, sizeof boot))
    return;
  uint64_t step = record_size (self, boot);
  for (uint64_t at = FIRST_USER_FILE * step; at + step <= size && !self->media->stopped; at += step)
    {
      uint8_t head[512];
      if (!media_extents_read (self->media, self->volume, table, at, head, sizeof head))
        return;
      size_t first = media_u16 (head + 20);
      self->media->deleted += memcmp (head, "FILE", 4) == 0 && (head[22] & 1) == 0
                              && first + 4 <= sizeof head && media_u32 (head + first) == 0x10;
    }
}

static void
say_label (Ntfs *self)
{
  TSK_FS_FILE *file = tsk_fs_file_open_meta (self->fs, NULL, VOLUME);
  if (file == NULL)
    return;
  SkSpan name = resident (attribute_of (file, TSK_FS_ATTR_TYPE_NTFS_VNAME));
  g_autofree char *label = media_utf16 (name, false);
  media_label (self->media, label);
  tsk_fs_file_close (file);
}

static void
take_root_streams (Ntfs *self)
{
  TSK_FS_FILE *root = tsk_fs_file_open_meta (self->fs, NULL, ROOT);
  if (root == NULL)
    return;
  MediaMember member = { .path = "" };
  take_streams (self, &member, root, true);
  tsk_fs_file_close (root);
}

static void
walk (Media *media, const MediaSource *volume, Image *image)
{
  Ntfs self = { .media = media, .volume = volume };
  self.fs = tsk_fs_open_img (&image->info, 0, TSK_FS_TYPE_NTFS);
  tsk_error_reset ();
  if (self.fs == NULL)
    {
      media_tell (media, SK_REASON_MALFORMED, "NTFS: its first records cannot be read");
      return;
    }
  media_fact (media, MEDIA_FILESYSTEM, "ntfs");
  media_folders_init (&self.folders, media);
  TSK_FS_FILE *file = tsk_fs_file_open_meta (self.fs, NULL, MFT);
  const TSK_FS_ATTR *table = file != NULL ? attribute_of (file, TSK_FS_ATTR_TYPE_NTFS_DATA) : NULL;
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  if (table != NULL)
    pieces_of (&self, table, false, extents);
  self.cost = 1 + extents->len / 64;
  say_label (&self);
  take_root_streams (&self);
  walk_folders (&self);
  if (table != NULL)
    count_deleted (&self, extents, (uint64_t) MAX (0, table->size));
  tsk_fs_file_close (file);
  media_folders_clear (&self.folders);
  tsk_fs_close (self.fs);
  tsk_error_reset ();
}

void
media_ntfs (Media *media, const MediaSource *volume)
{
  /* Two megabytes: libtsk's cache. */
  Image *image = g_try_new0 (Image, 1);
  if (image == NULL)
    {
      media_tell (media, SK_REASON_MEMORY, "NTFS: no memory for its cache");
      return;
    }
  image->source = *volume;
  if (tsk_img_open_external (image, (TSK_OFF_T) volume->size, volume->sector, image_read,
                             image_close, image_stat)
      != NULL)
    {
      walk (media, volume, image);
      tsk_img_close (&image->info);
    }
  g_free (image);
}
