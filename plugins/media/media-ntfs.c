/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * NTFS by libtsk, over a disk of ours: files, folders, alternate streams,
 * links, attributes. Deleted files are counted only. The file system's own
 * files are passed over, but not what somebody may have hidden in streams of
 * theirs.
 */
#include "config.h"

#include "media.h"

#include <tsk/libtsk.h>

/* The first files of the table are the file system's own: MFT, log, bitmap …; 5 is the root, 11 the
 * folder of later ones. */
#define FIRST_USER_FILE 24
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
  GHashTable *visited; /* folders */
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

/* Runs as pieces; what lies behind the initialised size reads as zeros. */
static bool
pieces_of (const Ntfs *self, const TSK_FS_ATTR *data, GArray *extents)
{
  uint64_t block = self->fs->block_size, at = 0;
  uint64_t valid = (uint64_t) MAX (0, MIN (data->nrd.initsize, data->size));
  for (const TSK_FS_ATTR_RUN *run = data->nrd.run; run != NULL && at < valid; run = run->next)
    {
      if (run->len > UINT64_MAX / block || run->addr > UINT64_MAX / block
          || (run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0)
        return false;
      uint64_t length = MIN (run->len * block, valid - at);
      bool hole = (run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) != 0;
      if (!self->media->api->work (self->media->object, 1)
          || !media_extents_add (extents, hole ? MEDIA_HOLE : run->addr * block, length))
        return false;
      at += length;
    }
  if ((uint64_t) data->size > valid && at == valid)
    media_extents_add (extents, MEDIA_HOLE, (uint64_t) data->size - valid);
  return at == valid;
}

typedef struct Unpacking {
  const SkApi *api;
  SkObject *object;
  SkChild *child;
  uint64_t at;
} Unpacking;

static TSK_WALK_RET_ENUM
take_block (TSK_FS_FILE *file, TSK_OFF_T offset, TSK_DADDR_T address, char *bytes, size_t size,
            TSK_FS_BLOCK_FLAG_ENUM flags, void *data)
{
  (void) file;
  (void) offset;
  (void) address;
  (void) flags;
  Unpacking *u = data;
  SkSpan span = { (const uint8_t *) bytes, size };
  if (!u->api->work (u->object, 1 + size / 1024) || !u->api->child_append (u->child, span))
    return TSK_WALK_STOP;
  u->at += size;
  return TSK_WALK_CONT;
}

/* Compressed by NTFS itself: libtsk unpacks. */
static bool
take_compressed (Ntfs *self, const MediaMember *member, const TSK_FS_ATTR *data)
{
  Media *media = self->media;
  SkChild *child = media_member_begin (media, member);
  if (child == NULL)
    return false;
  Unpacking u = { media->api, media->object, child, 0 };
  bool failed = tsk_fs_attr_walk (data, TSK_FS_FILE_WALK_FLAG_NONE, take_block, &u) != 0;
  tsk_error_reset ();
  media->api->child_commit (child);
  if (failed)
    media_tell (media, SK_REASON_MALFORMED, "%s: its compressed content is broken", member->path);
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
  if ((data->flags & TSK_FS_ATTR_COMP) != 0)
    return take_compressed (self, member, data);
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  if (!pieces_of (self, data, extents))
    media_tell (media, SK_REASON_MALFORMED, "%s: its list of runs is broken", member->path);
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
  g_autofree char *path = g_strconcat (file->path, ":", data->name, NULL);
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

static void walk_folder (Ntfs *self, TSK_INUM_T address, const char *path, int depth);

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
    walk_folder (self, meta->addr, path, depth + 1);
}

static void
take_name (Ntfs *self, TSK_FS_DIR *folder, size_t index, const char *path, int depth)
{
  Media *media = self->media;
  const TSK_FS_NAME *name = tsk_fs_dir_get_name (folder, index);
  if (name == NULL || name->name == NULL || TSK_FS_ISDOT (name->name)
      || name->type == TSK_FS_NAME_TYPE_VIRT || name->type == TSK_FS_NAME_TYPE_VIRT_DIR)
    return;
  if ((name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0)
    {
      media->deleted++;
      return;
    }
  g_autofree char *own = g_utf8_make_valid (name->name, -1);
  g_autofree char *member = media_path (media, path, own);
  if (member == NULL)
    return;
  TSK_FS_FILE *file = tsk_fs_dir_get (folder, index);
  if (file == NULL || file->meta == NULL)
    media_tell (media, SK_REASON_MALFORMED, "%s: its record is broken", member);
  else if ((file->meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0)
    media->deleted++;
  else
    take_member (self, file, member, depth);
  tsk_fs_file_close (file);
  tsk_error_reset ();
}

static void
walk_folder (Ntfs *self, TSK_INUM_T address, const char *path, int depth)
{
  Media *media = self->media;
  const char *shown = path[0] != '\0' ? path : "/";
  if (depth > MEDIA_MAX_DEPTH)
    {
      media_tell (media, SK_REASON_LIMIT, "%s: below more than %d folders", shown, MEDIA_MAX_DEPTH);
      return;
    }
  if (!g_hash_table_add (self->visited, GSIZE_TO_POINTER (address + 1)))
    {
      media_tell (media, SK_REASON_MALFORMED, "folder %s: folders loop", shown);
      return;
    }
  TSK_FS_DIR *folder = tsk_fs_dir_open_meta (self->fs, address);
  tsk_error_reset ();
  if (folder == NULL)
    {
      media_tell (media, SK_REASON_MALFORMED, "folder %s: it cannot be read", shown);
      return;
    }
  for (size_t i = 0; i < tsk_fs_dir_getsize (folder) && !media->stopped; i++)
    take_name (self, folder, i, path, depth);
  tsk_fs_dir_close (folder);
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
  self.visited = g_hash_table_new (NULL, NULL);
  say_label (&self);
  take_root_streams (&self);
  walk_folder (&self, ROOT, "", 0);
  g_hash_table_unref (self.visited);
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
