/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The volume of UDF (ECMA-167, OSTA UDF 1.02 to 2.60): anchor, volume
 * descriptors, partitions of all kinds.
 */
#include "config.h"

#include "media-udf.h"

/* Volume descriptors that are looked at, and sequences that follow each other. */
#define MAX_DESCRIPTORS 256
#define MAX_SEQUENCES 16
/* Blocks at the end of a disc in which the table of virtual blocks is looked for. */
#define VIRTUAL_SEARCH 64

bool
udf_is_tag (const uint8_t *bytes, uint16_t tag)
{
  uint8_t sum = 0;
  for (size_t i = 0; i < 16; i++)
    sum = (uint8_t) (sum + (i == 4 ? 0 : bytes[i]));
  return media_u16 (bytes) == tag && sum == bytes[4];
}

char *
udf_text (SkSpan text)
{
  if (text.size < 2)
    return g_strdup ("");
  if (text.data[0] == 16 || text.data[0] == 255)
    return media_utf16 (sk_span_slice (text, 1, text.size), true);
  GString *utf8 = g_string_sized_new (text.size);
  for (size_t i = 1; i < text.size; i++)
    g_string_append_unichar (utf8, text.data[i] == 0 ? 0xfffd : text.data[i]);
  return g_string_free (utf8, FALSE);
}

/* A field of fixed size whose last byte tells how much of it is used. */
static void
say_label (Media *media, const uint8_t *field, size_t size)
{
  g_autofree char *label = udf_text ((SkSpan) { field, MIN (field[size - 1], size - 1) });
  media_label (media, label);
}

/* ---- places ---- */

/* For a search: a piece against a place of the file. */
static int
compare_piece (const void *a, const void *b)
{
  const UdfPiece *piece = a;
  uint64_t at = *(const uint64_t *) b;
  return at < piece->at ? 1 : at - piece->at < piece->extent.length ? 0 : -1;
}

static bool
place_in_pieces (const UdfMap *map, uint64_t at, uint64_t length, uint64_t *ret_offset,
                 uint64_t *ret_length)
{
  guint index;
  if (map->pieces == NULL || !g_array_binary_search (map->pieces, &at, compare_piece, &index))
    return false;
  UdfPiece piece = g_array_index (map->pieces, UdfPiece, index);
  if (piece.extent.offset == MEDIA_HOLE)
    return false;
  *ret_offset = piece.extent.offset + (at - piece.at);
  *ret_length = MIN (length, piece.extent.length - (at - piece.at));
  return true;
}

static uint64_t
spared (const Udf *self, const UdfMap *map, uint32_t block, uint64_t *length)
{
  gpointer place;
  uint32_t packet = block - block % map->packet;
  *length = MIN (*length, (uint64_t) (packet + map->packet - block) * self->block);
  if (map->spared != NULL
      && g_hash_table_lookup_extended (map->spared, GUINT_TO_POINTER (packet), NULL, &place))
    return (uint64_t) GPOINTER_TO_UINT (place) + (block - packet);
  return (uint64_t) map->start + block;
}

bool
udf_place (const Udf *self, UdfAddress address, uint64_t length, uint64_t *ret_offset,
           uint64_t *ret_length)
{
  if (address.map >= self->n_maps)
    return false;
  const UdfMap *map = &self->maps[address.map];
  uint32_t block = address.block;
  if (map->kind == UDF_MAP_METADATA)
    return place_in_pieces (map, (uint64_t) block * self->block, length, ret_offset, ret_length);
  if (map->kind == UDF_MAP_VIRTUAL)
    {
      if (map->pieces == NULL || block >= map->pieces->len)
        return false;
      block = g_array_index (map->pieces, uint32_t, block);
      length = MIN (length, self->block);
    }
  if (map->kind == UDF_MAP_UNKNOWN || block >= map->length)
    return false;
  length = MIN (length, (uint64_t) (map->length - block) * self->block);
  uint64_t physical = (uint64_t) map->start + block;
  if (map->kind == UDF_MAP_SPARABLE && map->packet > 0)
    physical = spared (self, map, block, &length);
  *ret_offset = physical * self->block;
  *ret_length = length;
  return true;
}

bool
udf_read_tagged (const Udf *self, UdfAddress address, uint16_t tag, uint16_t other,
                 uint8_t block[UDF_MAX_BLOCK], uint64_t *ret_offset)
{
  uint64_t length;
  return udf_place (self, address, self->block, ret_offset, &length)
         && media_source_read (self->disc, *ret_offset, block, self->block)
         && (udf_is_tag (block, tag) || udf_is_tag (block, other));
}

/* ---- volume descriptors ---- */

/* Partition: 16 sequence u32 · 22 number u16 · 188 first block u32 · 192 blocks u32. */
static void
take_partition (Udf *self, const uint8_t *d)
{
  UdfPartition one
      = { media_u16 (d + 22), media_u32 (d + 16), media_u32 (d + 188), media_u32 (d + 192) };
  for (size_t i = 0; i < self->n_partitions; i++)
    if (self->partitions[i].number == one.number)
      {
        if (one.sequence >= self->partitions[i].sequence)
          self->partitions[i] = one;
        return;
      }
  if (self->n_partitions < UDF_MAX_PARTITIONS)
    self->partitions[self->n_partitions++] = one;
}

/* Type 1: 4 partition u16. Type 2: 5 name · 38 partition u16 · sparable: 40 packet u16, 42 tables
 * u8, 48 their places u32 · metadata: 40 file u32, 44 mirror u32. The places of sparing tables are
 * kept in `pieces`. */
static void
take_map (Udf *self, const uint8_t *m, size_t size)
{
  UdfMap map = { .kind = UDF_MAP_UNKNOWN };
  if (m[0] == 1 && size >= 6)
    {
      map.kind = UDF_MAP_PLAIN;
      map.partition = media_u16 (m + 4);
    }
  else if (m[0] == 2 && size >= 64)
    {
      map.partition = media_u16 (m + 38);
      if (memcmp (m + 5, "*UDF Virtual Partition", 22) == 0)
        map.kind = UDF_MAP_VIRTUAL;
      else if (memcmp (m + 5, "*UDF Metadata Partition", 23) == 0)
        map.kind = UDF_MAP_METADATA;
      else if (memcmp (m + 5, "*UDF Sparable Partition", 23) == 0)
        map.kind = UDF_MAP_SPARABLE;
      map.packet = map.kind == UDF_MAP_SPARABLE ? media_u16 (m + 40) : 0;
      map.metadata = map.kind == UDF_MAP_SPARABLE ? media_u32 (m + 48) : media_u32 (m + 40);
      map.mirror
          = map.kind == UDF_MAP_SPARABLE && m[42] > 1 ? media_u32 (m + 52) : media_u32 (m + 44);
    }
  self->maps[self->n_maps++] = map;
}

/* Logical volume: 16 sequence u32 · 84 name · 212 block u32 · 252 and 256 the file set · 264 bytes
 * of the maps u32 · 268 how many u32 · 440 maps. */
static void
take_logical (Udf *self, const uint8_t *d)
{
  if (self->logical && media_u32 (d + 16) < self->logical_sequence)
    return;
  self->logical = true;
  self->logical_sequence = media_u32 (d + 16);
  self->file_set = (UdfAddress) { media_u32 (d + 252), media_u16 (d + 256) };
  say_label (self->media, d + 84, 128);
  uint32_t count = media_u32 (d + 268);
  size_t end = 440 + (size_t) MIN (media_u32 (d + 264), self->block), at = 440;
  end = MIN (end, self->block);
  self->n_maps = 0;
  while (self->n_maps < MIN (count, UDF_MAX_MAPS) && at + 2 <= end && d[at + 1] >= 6
         && d[at + 1] <= end - at)
    {
      take_map (self, d + at, d[at + 1]);
      at += d[at + 1];
    }
}

/* False at the end of the sequence. */
static bool
take_descriptor (Udf *self, const uint8_t *d, uint32_t *ret_next, uint32_t *ret_next_size)
{
  if (udf_is_tag (d, UDF_TAG_TERMINATOR))
    return false;
  if (udf_is_tag (d, UDF_TAG_PARTITION))
    take_partition (self, d);
  else if (udf_is_tag (d, UDF_TAG_LOGICAL))
    take_logical (self, d);
  else if (udf_is_tag (d, UDF_TAG_POINTER))
    {
      *ret_next_size = media_u32 (d + 20);
      *ret_next = media_u32 (d + 24);
    }
  return true;
}

static void
read_sequence (Udf *self, uint32_t size, uint32_t first)
{
  for (int sequences = 0; sequences < MAX_SEQUENCES && size > 0; sequences++)
    {
      uint32_t next = 0, next_size = 0;
      uint32_t count = MIN (size / self->block, MAX_DESCRIPTORS);
      for (uint32_t i = 0; i < count; i++)
        {
          uint8_t block[UDF_MAX_BLOCK];
          if (!media_source_read (self->disc, ((uint64_t) first + i) * self->block, block,
                                  self->block)
              || !take_descriptor (self, block, &next, &next_size))
            break;
        }
      first = next;
      size = next_size;
    }
}

/* ---- anchor ---- */

/* Anchor: 16 bytes of the main sequence u32, 20 its place u32 · 24, 28 the reserve. */
static bool
try_anchor (Udf *self, uint64_t block)
{
  uint8_t anchor[512];
  if (block > self->disc->size / self->block
      || !media_source_read (self->disc, block * self->block, anchor, sizeof anchor)
      || !udf_is_tag (anchor, UDF_TAG_ANCHOR))
    return false;
  read_sequence (self, media_u32 (anchor + 16), media_u32 (anchor + 20));
  if (!self->logical || self->n_partitions == 0)
    read_sequence (self, media_u32 (anchor + 24), media_u32 (anchor + 28));
  return self->logical && self->n_partitions > 0;
}

static bool
find_volume (Udf *self)
{
  static const uint32_t sizes[] = { 2048, 512, 4096, 1024 };
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      self->block = sizes[i];
      uint64_t count = self->disc->size / self->block;
      if (try_anchor (self, 256) || (count > 0 && try_anchor (self, count - 1))
          || (count > 257 && try_anchor (self, count - 257)) || try_anchor (self, 512))
        return true;
    }
  return false;
}

/* ---- maps ---- */

static const UdfPartition *
partition_of (const Udf *self, uint16_t number)
{
  for (size_t i = 0; i < self->n_partitions; i++)
    if (self->partitions[i].number == number)
      return &self->partitions[i];
  return NULL;
}

static uint16_t
plain_map (const Udf *self, uint16_t partition)
{
  for (uint16_t i = 0; i < self->n_maps; i++)
    if ((self->maps[i].kind == UDF_MAP_PLAIN || self->maps[i].kind == UDF_MAP_SPARABLE)
        && self->maps[i].partition == partition)
      return i;
  return UDF_MAX_MAPS;
}

/* Sparing table: 17 "*UDF Sparing Table" · 48 entries u16 · 56 pairs u32. */
static bool
read_sparing (Udf *self, UdfMap *map, uint32_t place)
{
  uint8_t head[56];
  uint64_t offset = (uint64_t) place * self->block;
  if (!media_source_read (self->disc, offset, head, sizeof head)
      || memcmp (head + 17, "*UDF Sparing Table", 18) != 0)
    return false;
  uint32_t count = media_u16 (head + 48);
  map->spared = g_hash_table_new (NULL, NULL);
  for (uint32_t i = 0; i < count; i++)
    {
      uint8_t entry[8];
      if (!media_source_read (self->disc, offset + 56 + 8 * (uint64_t) i, entry, sizeof entry))
        break;
      gpointer packet = GUINT_TO_POINTER (media_u32 (entry));
      if (media_u32 (entry) < 0xfffffff0 && !g_hash_table_contains (map->spared, packet))
        g_hash_table_insert (map->spared, packet, GUINT_TO_POINTER (media_u32 (entry + 4)));
    }
  return true;
}

static bool
read_metadata (Udf *self, UdfMap *map, uint32_t place)
{
  UdfFile file;
  UdfAddress address = { place, plain_map (self, map->partition) };
  if (!udf_file_read (self, address, &file))
    return false;
  map->pieces = g_array_sized_new (FALSE, FALSE, sizeof (UdfPiece), file.extents->len);
  uint64_t at = 0;
  for (guint i = 0; i < file.extents->len; i++)
    {
      UdfPiece piece = { at, g_array_index (file.extents, MediaExtent, i) };
      g_array_append_val (map->pieces, piece);
      at += piece.extent.length;
    }
  udf_file_tell (self, &file, "metadata");
  udf_file_clear (&file);
  if (map->pieces->len > 0)
    return true;
  g_clear_pointer (&map->pieces, g_array_unref);
  return false;
}

/* Of UDF 1.50: numbers, then 36 bytes. Of 2.00: 0 bytes of the head u16, then numbers. */
static bool
take_virtual (const Udf *self, UdfMap *map, const UdfFile *file)
{
  g_autoptr (GByteArray) bytes = udf_file_bytes (self, file, UDF_MAX_DIRECTORY);
  if (bytes == NULL || bytes->len < 36)
    return false;
  size_t at = file->type == 248 ? media_u16 (bytes->data) : 0;
  size_t end = file->type == 248 ? bytes->len : bytes->len - 36;
  if (file->type != 248 && memcmp (bytes->data + end + 1, "*UDF Virtual Alloc Tbl", 22) != 0)
    return false;
  map->pieces = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  for (; at + 4 <= end; at += 4)
    {
      uint32_t block = media_u32 (bytes->data + at);
      g_array_append_val (map->pieces, block);
    }
  return true;
}

static bool
read_virtual (Udf *self, UdfMap *map)
{
  uint16_t under = plain_map (self, map->partition);
  uint64_t last = self->disc->size / self->block;
  for (uint64_t i = 1; i <= VIRTUAL_SEARCH && i < last; i++)
    {
      UdfFile file;
      if (last - i < map->start)
        break;
      UdfAddress address = { (uint32_t) (last - i - map->start), under };
      if (!udf_file_read (self, address, &file))
        continue;
      bool found = (file.type == 0 || file.type == 248) && take_virtual (self, map, &file);
      udf_file_clear (&file);
      if (found)
        return true;
    }
  return false;
}

static void
open_map (Udf *self, UdfMap *map)
{
  const UdfPartition *partition = partition_of (self, map->partition);
  if (partition != NULL)
    {
      map->start = partition->start;
      map->length = partition->length;
    }
}

/* Those that stand on others come after them. */
static bool
open_derived (Udf *self, UdfMap *map)
{
  switch (map->kind)
    {
    case UDF_MAP_METADATA:
      if (read_metadata (self, map, map->metadata) || read_metadata (self, map, map->mirror))
        return true;
      media_tell (self->media, SK_REASON_MALFORMED, "UDF: its metadata cannot be found");
      return false;
    case UDF_MAP_VIRTUAL:
      if (read_virtual (self, map))
        return true;
      media_tell (self->media, SK_REASON_TRUNCATED,
                  "UDF: the table of its virtual blocks is not there");
      return false;
    case UDF_MAP_UNKNOWN:
      media_tell (self->media, SK_REASON_UNSUPPORTED,
                  "UDF: a partition of a kind that is not known");
      return false;
    case UDF_MAP_SPARABLE:
      if (read_sparing (self, map, map->metadata) || read_sparing (self, map, map->mirror))
        return true;
      media_tell (self->media, SK_REASON_MALFORMED,
                  "UDF: its table of spared blocks cannot be found");
      return true;
    case UDF_MAP_PLAIN:
      break;
    }
  return true;
}

/* "NSR02" or "NSR03" among the descriptors at 32 KiB. */
bool
media_udf_probe (const MediaSource *disc)
{
  for (uint64_t at = 0x8000; at < 0x8000 + 64 * 2048; at += 2048)
    if (MEDIA_HAS (disc, at + 1, "NSR02") || MEDIA_HAS (disc, at + 1, "NSR03"))
      return true;
  return false;
}

bool
udf_volume_open (Udf *self, Media *media, const MediaSource *disc, bool *ret_good)
{
  *self = (Udf) { .media = media, .disc = disc };
  *ret_good = false;
  if (!media_udf_probe (disc))
    return false;
  if (!find_volume (self) || self->n_maps == 0)
    {
      media_tell (media, SK_REASON_MALFORMED, "UDF: no volume can be found");
      return true;
    }
  for (size_t i = 0; i < self->n_maps; i++)
    open_map (self, &self->maps[i]);
  *ret_good = true;
  for (int derived = 0; derived < 2; derived++)
    for (size_t i = 0; i < self->n_maps; i++)
      if ((self->maps[i].kind == UDF_MAP_METADATA || self->maps[i].kind == UDF_MAP_VIRTUAL)
          == (derived == 1))
        *ret_good = open_derived (self, &self->maps[i]) && *ret_good;
  return true;
}

void
udf_volume_close (Udf *self)
{
  for (size_t i = 0; i < UDF_MAX_MAPS; i++)
    {
      g_clear_pointer (&self->maps[i].pieces, g_array_unref);
      g_clear_pointer (&self->maps[i].spared, g_hash_table_unref);
    }
}
