/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Files of UDF: file entries and their pieces, directories, links, streams.
 * No library of Debian reads UDF from memory.
 */
#include "config.h"

#include "media-folders.h"
#include "media-udf.h"

/* Blocks of further allocation descriptors of one file. */
#define MAX_CONTINUED 100000

#define KIND_DIRECTORY 4
#define KIND_LINK 12
#define KIND_STREAMS 13

#define PIECE_RECORDED 0
#define PIECE_CONTINUED 3

/* File identifier: 18 characteristics · 19 bytes of the name · 24 its entry · 36 bytes of other use
 * u16 · 38. */
#define FID_HIDDEN 1
#define FID_DIRECTORY 2
#define FID_DELETED 4
#define FID_PARENT 8

/* Where the parts of the two kinds of file entries stand. */
typedef struct Layout {
  size_t mtime, streams, ea_size, ad_size, body;
} Layout;

static const Layout plain_layout = { 84, 0, 168, 172, 176 };
static const Layout extended_layout = { 92, 152, 208, 212, 216 };

/* ---- pieces ---- */

typedef struct Pieces {
  Udf *udf;
  GArray *extents;
  uint16_t map; /* of short descriptors */
  uint8_t kind; /* 0 short, 1 long, 2 extended */
  UdfAddress next;
  bool goes_on, broken, limited;
} Pieces;

static bool
add_piece (Pieces *p, uint64_t offset, uint64_t length)
{
  p->limited = !media_work (p->udf->media, 1) || !media_extents_add (p->extents, offset, length);
  return !p->limited;
}

/* Adds what the blocks from `address` on hold, in as many pieces as their map makes of them. */
static void
add_blocks (Pieces *p, UdfAddress address, uint64_t length)
{
  while (length > 0)
    {
      uint64_t offset, there;
      p->broken = !udf_place (p->udf, address, length, &offset, &there) || there == 0;
      if (p->broken || !add_piece (p, offset, there))
        return;
      length -= there;
      address.block += (uint32_t) ((there + p->udf->block - 1) / p->udf->block);
    }
}

/* Short: 0 length and, in its two high bits, kind u32 · 4 block u32. Long: 8 map u16. Extended: 12
 * block u32, 16 map u16. False at the end. */
static bool
take_piece (Pieces *p, const uint8_t *d)
{
  uint32_t length = media_u32 (d) & 0x3fffffff, kind = media_u32 (d) >> 30;
  UdfAddress address = { media_u32 (d + (p->kind == 2 ? 12 : 4)), p->map };
  if (p->kind != 0)
    address.map = media_u16 (d + (p->kind == 2 ? 16 : 8));
  if (length == 0)
    return false;
  if (kind == PIECE_CONTINUED)
    {
      p->next = address;
      p->goes_on = true;
      return false;
    }
  if (kind == PIECE_RECORDED)
    add_blocks (p, address, length);
  else
    add_piece (p, MEDIA_HOLE, length);
  return !p->broken && !p->limited;
}

static void
take_pieces (Pieces *p, SkSpan descriptors)
{
  static const size_t sizes[] = { 8, 16, 20 };
  size_t size = sizes[p->kind];
  p->goes_on = false;
  for (size_t at = 0; size <= descriptors.size - at; at += size)
    if (!take_piece (p, descriptors.data + at))
      return;
}

/* Further descriptors: 20 their bytes u32 · 24. */
static void
follow_pieces (Pieces *p)
{
  for (int i = 0; p->goes_on && !p->broken && !p->limited; i++)
    {
      uint8_t block[UDF_MAX_BLOCK];
      uint64_t offset;
      if (i == MAX_CONTINUED
          || !udf_read_tagged (p->udf, p->next, UDF_TAG_EXTENT, UDF_TAG_EXTENT, block, &offset))
        {
          p->broken = true;
          return;
        }
      size_t size = MIN (media_u32 (block + 20), p->udf->block - 24);
      take_pieces (p, (SkSpan) { block + 24, size });
    }
}

static int64_t
time_of (const uint8_t *t)
{
  int zone = media_u16 (t) & 0xfff;
  if (zone >= 0x800)
    zone -= 0x1000;
  if (zone < -1440 || zone > 1440)
    zone = 0;
  return media_time ((int16_t) media_u16 (t + 2), t[4], t[5], t[6], t[7], t[8], zone);
}

/* File entry: 27 kind of file · 34 flags u16, whose low bits tell the descriptors · 56 size u64. */
bool
udf_file_read (Udf *self, UdfAddress address, UdfFile *ret_file)
{
  uint8_t block[UDF_MAX_BLOCK];
  uint64_t offset;
  if (!udf_read_tagged (self, address, UDF_TAG_FILE, UDF_TAG_EXTENDED_FILE, block, &offset))
    return false;
  const Layout *layout = udf_is_tag (block, UDF_TAG_FILE) ? &plain_layout : &extended_layout;
  uint32_t attributes = media_u32 (block + layout->ea_size),
           size = media_u32 (block + layout->ad_size);
  if (attributes > self->block - layout->body || size > self->block - layout->body - attributes)
    return false;
  *ret_file = (UdfFile) { .type = block[27],
                          .size = media_u64 (block + 56),
                          .mtime = time_of (block + layout->mtime),
                          .extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent)) };
  if (layout->streams != 0 && media_u32 (block + layout->streams) != 0)
    {
      ret_file->has_streams = true;
      ret_file->streams = (UdfAddress) { media_u32 (block + layout->streams + 4),
                                         media_u16 (block + layout->streams + 8) };
    }
  size_t body = layout->body + attributes;
  uint8_t kind = block[34] & 7;
  if (kind == 3)
    {
      media_extents_add (ret_file->extents, offset + body, size);
      return true;
    }
  Pieces pieces = { .udf = self, .extents = ret_file->extents, .map = address.map, .kind = kind };
  pieces.broken = kind > 3;
  if (!pieces.broken)
    take_pieces (&pieces, (SkSpan) { block + body, size });
  follow_pieces (&pieces);
  ret_file->broken = pieces.broken;
  ret_file->limited = pieces.limited;
  return true;
}

void
udf_file_tell (const Udf *self, const UdfFile *file, const char *what)
{
  if (file->broken)
    media_tell (self->media, SK_REASON_MALFORMED, "UDF: %s: its pieces cannot be followed", what);
  if (file->limited)
    media_tell (self->media, SK_REASON_LIMIT, "UDF: %s: more than %d pieces", what,
                MEDIA_MAX_EXTENTS);
}

void
udf_file_clear (UdfFile *file)
{
  if (file->extents != NULL)
    g_array_unref (file->extents);
  file->extents = NULL;
}

GByteArray *
udf_file_bytes (const Udf *self, const UdfFile *file, uint64_t most)
{
  if (file->size > most)
    return NULL;
  GByteArray *bytes = g_byte_array_new ();
  for (guint i = 0; i < file->extents->len && bytes->len < file->size; i++)
    {
      MediaExtent extent = g_array_index (file->extents, MediaExtent, i);
      guint at = bytes->len;
      size_t size = (size_t) MIN (extent.length, file->size - at);
      if (extent.offset == MEDIA_HOLE && !media_work (self->media, 1 + size / 1024))
        break;
      g_byte_array_set_size (bytes, at + (guint) size);
      if (extent.offset == MEDIA_HOLE)
        memset (bytes->data + at, 0, size);
      else if (!media_source_read (self->disc, extent.offset, bytes->data + at, size))
        {
          g_byte_array_set_size (bytes, at);
          break;
        }
    }
  return bytes;
}

/* ---- directories ---- */

typedef struct Walk {
  Udf udf;
  Media *media;
  MediaTree *tree;
  MediaFolders folders; /* `more`: attributes of the file, with OF_STREAMS */
  bool full;
} Walk;

/* A folder of streams; its path is that of the file. */
#define OF_STREAMS 0x80000000u

/* Bytes of a link: each part of a path has some of its own. */
#define MAX_LINK (2 * MEDIA_MAX_PATH)

static void
put_folder (Walk *self, UdfAddress address, const char *path, uint32_t more, int depth)
{
  MediaFolder folder = { .path = path,
                         .depth = depth,
                         .place = (uint64_t) address.block << 16 | address.map,
                         .more = more };
  media_folders_put (&self->folders, &folder);
}

static SkFileType
type_of (uint8_t kind)
{
  switch (kind)
    {
    case KIND_DIRECTORY:
    case KIND_STREAMS:
      return SK_FILE_DIRECTORY;
    case KIND_LINK:
      return SK_FILE_LINK;
    case 6:
    case 7:
    case 9:
    case 10:
      return SK_FILE_SPECIAL;
    default:
      return SK_FILE_REGULAR;
    }
}

/* Components of a link: kind, bytes of the name, version u16, name. */
static char *
target_of (const Walk *self, const UdfFile *file, const char *path)
{
  g_autoptr (GByteArray) bytes = udf_file_bytes (&self->udf, file, MAX_LINK);
  if (bytes == NULL)
    media_tell (self->media, SK_REASON_LIMIT, "UDF: %s: a link of more than %d bytes", path,
                MAX_LINK);
  GString *target = g_string_new (NULL);
  for (size_t at = 0;
       bytes != NULL && at + 4 <= bytes->len && bytes->data[at + 1] <= bytes->len - at - 4;
       at += 4u + bytes->data[at + 1])
    {
      const uint8_t *c = bytes->data + at;
      g_autofree char *name = udf_text ((SkSpan) { c + 4, c[1] });
      if (target->len > 0 && target->str[target->len - 1] != '/')
        g_string_append_c (target, '/');
      g_string_append (target, c[0] == 3 ? ".." : c[0] == 4 ? "." : c[0] == 5 ? name : "/");
      if (target->len > MEDIA_MAX_PATH)
        break;
    }
  return g_string_free (target, FALSE);
}

static void
take_file (Walk *self, const UdfFile *file, UdfAddress address, const MediaFolder *folder,
           bool hidden, char *path, const char *stream)
{
  SkFileType type = type_of (file->type);
  MediaEntry *entry = media_tree_add (self->media, self->tree, path, type);
  if (entry == NULL)
    {
      self->full = true;
      return;
    }
  entry->stream = g_strdup (stream);
  entry->info.mtime = file->mtime;
  entry->info.attributes = stream != NULL ? folder->more & ~OF_STREAMS
                           : hidden       ? SK_ATTRIBUTE_HIDDEN
                                          : 0;
  entry->size = type == SK_FILE_REGULAR ? file->size : 0;
  if (type == SK_FILE_LINK)
    entry->target = target_of (self, file, path);
  if (entry->extents != NULL)
    {
      g_array_unref (entry->extents);
      entry->extents = g_array_ref (file->extents);
    }
  media_tree_hold (self->media, entry);
  if (type == SK_FILE_DIRECTORY && stream == NULL)
    put_folder (self, address, path, 0, folder->depth + 1);
  else
    udf_file_tell (&self->udf, file, path);
  if (stream == NULL && file->has_streams)
    put_folder (self, file->streams, path, OF_STREAMS | entry->info.attributes, folder->depth + 1);
}

static void
take_identifier (Walk *self, const uint8_t *fid, const MediaFolder *folder)
{
  UdfFile file;
  UdfAddress address = { media_u32 (fid + 24), media_u16 (fid + 28) };
  bool stream = (folder->more & OF_STREAMS) != 0;
  if ((fid[18] & FID_DELETED) != 0)
    {
      self->media->deleted++;
      return;
    }
  if ((fid[18] & FID_PARENT) != 0)
    return;
  g_autofree char *name = udf_text ((SkSpan) { fid + 38 + media_u16 (fid + 36), fid[19] });
  g_autofree char *path = stream ? media_stream_path (self->media, folder->path, name)
                                 : media_path (self->media, folder->path, name);
  if (path == NULL)
    return;
  if (!udf_file_read (&self->udf, address, &file))
    {
      media_tell (self->media, SK_REASON_MALFORMED, "UDF: %s: its entry cannot be found", path);
      return;
    }
  take_file (self, &file, address, folder, (fid[18] & FID_HIDDEN) != 0, g_steal_pointer (&path),
             stream ? name : NULL);
  udf_file_clear (&file);
}

static void
read_directory (Walk *self, const UdfFile *file, const MediaFolder *folder)
{
  const char *shown = media_folder_name (folder->path);
  udf_file_tell (&self->udf, file, shown);
  g_autoptr (GByteArray) bytes = udf_file_bytes (&self->udf, file, UDF_MAX_DIRECTORY);
  if (bytes == NULL)
    {
      media_tell (self->media, SK_REASON_LIMIT, "UDF: folder %s: more than %d bytes", shown,
                  UDF_MAX_DIRECTORY);
      return;
    }
  size_t at = 0;
  while (!self->full && !self->media->stopped && bytes->len - at >= 38
         && udf_is_tag (bytes->data + at, UDF_TAG_IDENTIFIER))
    {
      const uint8_t *fid = bytes->data + at;
      size_t size = (38u + media_u16 (fid + 36) + fid[19] + 3u) & ~(size_t) 3;
      if (size > bytes->len - at)
        break;
      take_identifier (self, fid, folder);
      at += size;
    }
  if (!self->full && at < file->size)
    media_tell (self->media, bytes->len < file->size ? SK_REASON_TRUNCATED : SK_REASON_MALFORMED,
                "UDF: folder %s: not all of its entries can be read", shown);
}

static void
walk_folders (Walk *self)
{
  MediaFolder folder;
  while (!self->full && media_folders_take (&self->folders, &folder))
    {
      UdfFile file;
      UdfAddress address = { (uint32_t) (folder.place >> 16), (uint16_t) folder.place };
      if (!udf_file_read (&self->udf, address, &file))
        {
          media_tell (self->media, SK_REASON_MALFORMED, "UDF: %s: its %s cannot be found",
                      media_folder_name (folder.path),
                      (folder.more & OF_STREAMS) != 0 ? "streams" : "entry");
          continue;
        }
      read_directory (self, &file, &folder);
      udf_file_clear (&file);
    }
}

/* File set: 400 the root's entry. */
static void
read_tree (Walk *self)
{
  uint8_t block[UDF_MAX_BLOCK];
  uint64_t offset;
  UdfFile root;
  Udf *udf = &self->udf;
  if (!udf_read_tagged (udf, udf->file_set, UDF_TAG_FILE_SET, UDF_TAG_FILE_SET, block, &offset))
    {
      media_tell (self->media, SK_REASON_MALFORMED, "UDF: its set of files cannot be found");
      return;
    }
  UdfAddress address = { media_u32 (block + 404), media_u16 (block + 408) };
  if (!udf_file_read (udf, address, &root))
    {
      media_tell (self->media, SK_REASON_MALFORMED, "UDF: its root cannot be found");
      return;
    }
  put_folder (self, address, "", 0, 0);
  if (root.has_streams)
    put_folder (self, root.streams, "", OF_STREAMS, 1);
  udf_file_clear (&root);
  walk_folders (self);
}

bool
media_udf (Media *media, const MediaSource *disc, GPtrArray *trees)
{
  Walk self = { .media = media };
  bool good;
  bool found = udf_volume_open (&self.udf, media, disc, &good);
  if (good)
    {
      self.tree = media_tree_new ("udf");
      g_ptr_array_add (trees, self.tree);
      media_folders_init (&self.folders, media);
      read_tree (&self);
      media_folders_clear (&self.folders);
    }
  udf_volume_close (&self.udf);
  return found;
}
