/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What is on a disk: optical trees, one file system without partitions, or
 * partitions by MBR or GPT, each with what its first bytes say. Nothing that
 * is there is passed over without a word: a file system that nobody here
 * reads is told by its name.
 */
#include "config.h"

#include "media.h"

#include <zlib.h>

/* A disk has a few partitions; a chain of logical ones could be endless. */
#define MAX_PARTITIONS 128
/* Entries of a GPT that are read; 128 is what everybody writes. */
#define MAX_GPT_ENTRIES 1024
#define MAX_GPT_ENTRY 4096

/* A file system's mark, and whether it means encryption. */
typedef struct Mark {
  uint32_t offset;
  uint8_t size;
  bool locked;
  const char *bytes;
  const char *name;
} Mark;

#define M(offset, bytes, name)                                                                     \
  {                                                                                                \
    offset, sizeof (bytes) - 1, false, bytes, name                                                 \
  }
#define L(offset, bytes, name)                                                                     \
  {                                                                                                \
    offset, sizeof (bytes) - 1, true, bytes, name                                                  \
  }

static const Mark marks[] = {
  L (3, "-FVE-FS-", "BitLocker"),
  L (424, "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01", "BitLocker To Go"),
  L (0, "LUKS\xba\xbe", "LUKS"),
  M (3, "ReFS\0", "ReFS"),
  M (3, "HPFS", "HPFS"),
  M (1080, "\x53\xef", "ext2, ext3 or ext4"),
  M (1024, "H+\0\4", "HFS Plus"),
  M (1024, "HX\0\5", "HFSX"),
  M (1024, "BD", "HFS"),
  M (32, "NXSB", "APFS"),
  M (0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", "of a CD in raw sectors"),
  M (0, "XFSB", "XFS"),
  M (65600, "_BHRfS_M", "Btrfs"),
  M (1024, "\x10\x20\xf5\xf2", "F2FS"),
  M (0, "hsqs", "squashfs"),
  M (0, "\xe2\xe1\xf5\xe0", "EROFS"),
  M (1024, "\xe2\xe1\xf5\xe0", "EROFS"),
  M (4086, "SWAPSPACE2", "Linux swap"),
  M (512, "LABELONE", "LVM"),
  M (0, "LABELONE", "LVM"),
  M (65588, "ReIsEr", "ReiserFS"),
  M (32768, "JFS1", "JFS"),
  M (9564, "\x19\x54\x01\x19\0\0", "UFS"),
  M (0, "\x45\x3d\xcd\x28", "cramfs"),
};

/* The fields that every FAT has, whatever its name says: sizes that are powers of two, one or two
 * tables, a kind of medium. Not every system demands the jump at its beginning. */
static bool
is_fat (const uint8_t *boot)
{
  uint16_t sector = media_u16 (boot + 11);
  bool sizes = (sector == 512 || sector == 1024 || sector == 2048 || sector == 4096)
               && boot[13] != 0 && (boot[13] & (boot[13] - 1)) == 0;
  bool tables = media_u16 (boot + 14) != 0 && boot[16] >= 1 && boot[16] <= 4
                && (media_u16 (boot + 22) != 0 || media_u32 (boot + 36) != 0);
  bool counts = media_u16 (boot + 19) != 0 || media_u32 (boot + 32) != 0;
  return sizes && tables && counts && boot[21] >= 0xf0;
}

static const char *
find_mark (const MediaSource *volume, const uint8_t *boot, bool locked)
{
  for (size_t i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      /* Two bytes where a boot sector says that something else is here are chance. */
      bool sure = marks[i].size > 2 || boot[510] != 0x55 || marks[i].offset == 1080;
      if (marks[i].locked == locked && sure
          && media_source_has (volume, marks[i].offset, marks[i].bytes, marks[i].size))
        return marks[i].name;
    }
  return NULL;
}

/* What lies at the beginning of a volume, as its boot sector or superblock says: bits, for one
 * sector may mean several things. The names of exFAT and NTFS stand where a FAT has any, and
 * systems tell them apart by fields that they do not agree on; an encrypted volume may hold a FAT
 * that reads it. */
enum {
  VOLUME_FAT = 1,
  VOLUME_EXFAT = 2,
  VOLUME_NTFS = 4,
  VOLUME_LOCKED = 8,  /* encrypted */
  VOLUME_FOREIGN = 16 /* known by name only */
};

typedef struct Volume {
  unsigned is;
  const char *locked, *foreign; /* what they are called */
} Volume;

static Volume
probe (const MediaSource *volume)
{
  Volume found = { 0 };
  uint8_t boot[512] = { 0 };
  if (!media_source_read (volume, 0, boot, sizeof boot))
    return found;
  found.locked = find_mark (volume, boot, true);
  if (found.locked != NULL)
    found.is |= VOLUME_LOCKED;
  if (memcmp (boot + 3, "NTFS    ", 8) == 0)
    found.is |= VOLUME_NTFS;
  if (memcmp (boot + 3, "EXFAT   ", 8) == 0)
    found.is |= VOLUME_EXFAT;
  if (is_fat (boot))
    found.is |= VOLUME_FAT;
  found.foreign = found.is == 0 ? find_mark (volume, boot, false) : NULL;
  if (found.foreign != NULL)
    found.is |= VOLUME_FOREIGN;
  return found;
}

/* False: nothing known at the beginning. */
static bool
walk_volume (Media *media, const MediaSource *volume)
{
  Volume found = probe (volume);
  if ((found.is & VOLUME_LOCKED) != 0)
    media_tell (media, SK_REASON_ENCRYPTED, "the volume is encrypted by %s", found.locked);
  if ((found.is & VOLUME_FAT) != 0)
    media_fat (media, volume);
  if ((found.is & VOLUME_EXFAT) != 0)
    media_exfat (media, volume);
  if ((found.is & VOLUME_NTFS) != 0)
    media_ntfs (media, volume);
  if ((found.is & VOLUME_FOREIGN) != 0)
    {
      media_fact (media, MEDIA_FILESYSTEM, found.foreign);
      media_tell (media, SK_REASON_UNSUPPORTED, "file system %s", found.foreign);
    }
  return found.is != 0;
}

/* A volume and an optical disc need not exclude each other: the first sectors are one's, 32 KiB on
 * is the other's. A disc's boot code is no volume that is only known by name. */
static bool
walk_both (Media *media, const MediaSource *volume)
{
  bool optical = media_optical (media, volume);
  if (optical && probe (volume).is == VOLUME_FOREIGN)
    return true;
  return walk_volume (media, volume) || optical;
}

/* ---- partitions ---- */

typedef struct Place {
  uint64_t offset, size; /* bytes */
} Place;

typedef struct Disk {
  Media *media;
  const MediaSource *source;
  uint64_t sector;              /* of the table that is being read */
  bool beside;                  /* a disc or a volume over all of it has been read */
  size_t n;                     /* partitions so far */
  Place places[MAX_PARTITIONS]; /* theirs: two tables may name one */
  bool full;                    /* there are more */
  GHashTable *visited;          /* places of extended tables */
} Disk;

static bool
holds_nothing (const MediaSource *part)
{
  return probe (part).is == 0 && !media_optical_probe (part);
}

/* Beside a disc or a volume that fills the disk: a partition that is all of it or a file of it, or
 * for which boot code was taken. One that has files of its own is none of these. */
static bool
is_of_whole (const Disk *disk, Place place, const MediaSource *part)
{
  return disk->beside
         && (place.offset == 0
             || media_is_shown (disk->media, disk->source, place.offset, part->size)
             || holds_nothing (part));
}

static bool
is_new (Disk *disk, Place place)
{
  for (size_t i = 0; i < disk->n; i++)
    if (disk->places[i].offset == place.offset && disk->places[i].size == place.size)
      return false;
  disk->full = disk->full || disk->n == MAX_PARTITIONS;
  if (disk->full)
    return false;
  disk->places[disk->n++] = place;
  return true;
}

static void
walk_partition (Disk *disk, uint64_t first, uint64_t sectors, const char *type)
{
  Media *media = disk->media;
  if (first > UINT64_MAX / disk->sector || sectors > UINT64_MAX / disk->sector)
    {
      media_tell (media, SK_REASON_MALFORMED, "a partition of type %s is nowhere", type);
      return;
    }
  Place place = { first * disk->sector, sectors * disk->sector };
  MediaSource part = media_source_window (disk->source, place.offset, place.size);
  if (is_of_whole (disk, place, &part) || !is_new (disk, place))
    return;
  media->partition = (int64_t) disk->n;
  if (part.size == 0)
    media_tell (media, SK_REASON_TRUNCATED, "type %s: it lies behind the end of the disk", type);
  else if (!walk_both (media, &part))
    media_tell (media, SK_REASON_UNSUPPORTED, "type %s: no file system that is known", type);
  else if (part.size < place.size)
    media_tell (media, SK_REASON_TRUNCATED, "its end lies behind the end of the disk");
  media->partition = 0;
}

static bool
is_extended (uint8_t type)
{
  return type == 0x05 || type == 0x0f || type == 0x85;
}

/* Logical partitions: a chain of tables, each with one partition, relative to it, and the next
 * table, relative to the first. */
static void
walk_logical (Disk *disk, uint64_t base)
{
  uint64_t table = base;
  while (!disk->media->stopped && !disk->full)
    {
      uint8_t sector[512];
      uint64_t next = 0;
      if (!g_hash_table_add (disk->visited, GSIZE_TO_POINTER (table)))
        {
          media_tell (disk->media, SK_REASON_MALFORMED, "the tables of logical partitions loop");
          return;
        }
      if (!media_source_read (disk->source, table * disk->sector, sector, sizeof sector)
          || sector[510] != 0x55 || sector[511] != 0xaa)
        {
          media_tell (disk->media, SK_REASON_MALFORMED, "a table of logical partitions is missing");
          return;
        }
      for (const uint8_t *entry = sector + 446; entry < sector + 510; entry += 16)
        {
          g_autofree char *type = g_strdup_printf ("0x%02x", entry[4]);
          if (is_extended (entry[4]))
            next = base + media_u32 (entry + 8);
          else if (entry[4] != 0 && media_u32 (entry + 12) != 0)
            walk_partition (disk, table + media_u32 (entry + 8), media_u32 (entry + 12), type);
        }
      if (next == 0)
        return;
      table = next;
    }
}

/* Partition types of GPT that should hold no files: reserved by Microsoft, BIOS boot. */
static bool
is_reserved (const uint8_t *type)
{
  static const uint8_t reserved[][16] = {
    { 0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d, 0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15,
      0xae },
    { 0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e, 0x74, 0x4e, 0x65, 0x65, 0x64, 0x45, 0x46,
      0x49 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (memcmp (type, reserved[i], 16) == 0)
      return true;
  return false;
}

static char *
guid_text (const uint8_t *g)
{
  return g_strdup_printf ("%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", media_u32 (g),
                          media_u16 (g + 4), media_u16 (g + 6), g[8], g[9], g[10], g[11], g[12],
                          g[13], g[14], g[15]);
}

/* GPT header: 0 "EFI PART" · 12 its bytes u32 · 16 its CRC u32 · 72 first sector of the entries u64
 * · 80 how many u32 · 84 bytes of one u32 · 88 their CRC u32. Entry: 0 type · 32 first u64 · 40
 * last u64. */
typedef struct Gpt {
  uint32_t sector; /* bytes of one, by where it was found */
  uint64_t table;
  uint32_t count, size, crc;
  bool sure; /* its sums are right */
} Gpt;

/* One sector size after the other: the header in the second sector, and its copy in the last. */
#define MAX_GPTS 6
#define GPT_HEADER 92

static bool
has_good_table (const Disk *disk, const Gpt *gpt)
{
  uLong crc = crc32 (0, NULL, 0);
  uint64_t left = (uint64_t) gpt->count * gpt->size;
  if (gpt->size < 128 || gpt->size > MAX_GPT_ENTRY || left > MAX_GPT_ENTRIES * MAX_GPT_ENTRY)
    return false;
  for (uint64_t at = gpt->table * gpt->sector; left > 0;)
    {
      uint8_t block[4096];
      size_t part = (size_t) MIN (left, sizeof block);
      if (!media_source_read (disk->source, at, block, part))
        return false;
      crc = crc32 (crc, block, (uInt) part);
      at += part;
      left -= part;
    }
  return crc == gpt->crc;
}

/* False: there is none. */
static bool
read_gpt (const Disk *disk, uint64_t at, uint32_t sector, Gpt *ret_gpt)
{
  uint8_t header[512];
  if (!MEDIA_HAS (disk->source, at, "EFI PART")
      || !media_source_read (disk->source, at, header, sizeof header))
    return false;
  *ret_gpt = (Gpt) { .sector = sector,
                     .table = media_u64 (header + 72),
                     .count = media_u32 (header + 80),
                     .size = media_u32 (header + 84),
                     .crc = media_u32 (header + 88) };
  uint32_t size = media_u32 (header + 12), crc = media_u32 (header + 16);
  memset (header + 16, 0, 4);
  ret_gpt->sure = size >= GPT_HEADER && size <= sizeof header
                  && crc32 (crc32 (0, NULL, 0), header, size) == crc
                  && ret_gpt->table <= disk->source->size / sector
                  && has_good_table (disk, ret_gpt);
  return true;
}

static size_t
find_gpts (const Disk *disk, Gpt gpts[MAX_GPTS])
{
  static const uint16_t sizes[] = { 512, 4096, 2048 };
  size_t n = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      uint64_t last = disk->source->size / sizes[i];
      if (read_gpt (disk, sizes[i], sizes[i], &gpts[n]))
        n++;
      if (last > 2 && read_gpt (disk, (last - 1) * sizes[i], sizes[i], &gpts[n]))
        n++;
    }
  return n;
}

static void
take_gpt_entry (Disk *disk, const uint8_t *entry)
{
  static const uint8_t unused[16];
  uint64_t first = media_u64 (entry + 32), last = media_u64 (entry + 40);
  if (memcmp (entry, unused, 16) == 0)
    return;
  g_autofree char *type = guid_text (entry);
  if (last < first || last - first == UINT64_MAX)
    {
      media_tell (disk->media, SK_REASON_MALFORMED, "a partition of type %s ends before it begins",
                  type);
      return;
    }
  uint64_t sectors = last - first + 1;
  if (is_reserved (entry) && first < disk->source->size / disk->sector)
    {
      MediaSource part = media_source_window (disk->source, first * disk->sector,
                                              MIN (sectors, disk->source->size) * disk->sector);
      if (holds_nothing (&part))
        return;
    }
  walk_partition (disk, first, sectors, type);
}

static void
walk_gpt (Disk *disk, const Gpt *gpt)
{
  disk->sector = gpt->sector;
  if (gpt->size < 128 || gpt->size > MAX_GPT_ENTRY
      || gpt->table > disk->source->size / disk->sector)
    {
      media_tell (disk->media, SK_REASON_MALFORMED, "the GPT's table of partitions is nowhere");
      return;
    }
  for (uint32_t i = 0; i < MIN (gpt->count, MAX_GPT_ENTRIES) && !disk->media->stopped; i++)
    {
      uint8_t entry[128];
      if (!media_source_read (disk->source, gpt->table * disk->sector + (uint64_t) i * gpt->size,
                              entry, sizeof entry))
        {
          media_tell (disk->media, SK_REASON_TRUNCATED, "the GPT's table of partitions is cut");
          return;
        }
      take_gpt_entry (disk, entry);
    }
  if (gpt->count > MAX_GPT_ENTRIES)
    media_tell (disk->media, SK_REASON_LIMIT, "a GPT of more than %d entries", MAX_GPT_ENTRIES);
}

/* All whose sums are right, for each is what some system reads: the first one, or its copy when the
 * first is broken. Those whose sums are wrong only when there is no other. */
static void
walk_gpts (Disk *disk, const Gpt *gpts, size_t n)
{
  bool sure = false;
  for (size_t i = 0; i < n; i++)
    sure = sure || gpts[i].sure;
  for (size_t i = 0; i < n; i++)
    {
      if (!gpts[i].sure)
        media_tell (disk->media, SK_REASON_MALFORMED, "a GPT whose check sum is wrong");
      if (gpts[i].sure == sure)
        walk_gpt (disk, &gpts[i]);
    }
}

/* True when a table of partitions is there that names some. A boot sector without one has code or
 * text where the table would be: its first bytes tell (0x00 or 0x80), and places on the disk. */
static bool
is_mbr (const Disk *disk, const uint8_t *mbr)
{
  bool some = false;
  if (mbr[510] != 0x55 || mbr[511] != 0xaa)
    return false;
  for (const uint8_t *entry = mbr + 446; entry < mbr + 510; entry += 16)
    {
      if ((entry[0] & 0x7f) != 0)
        return false;
      some = some || (entry[4] != 0 && media_u32 (entry + 12) != 0);
    }
  return some && disk->source->size > 512;
}

static void
walk_mbr (Disk *disk, const uint8_t *mbr, uint64_t sector)
{
  disk->sector = sector;
  g_hash_table_remove_all (disk->visited);
  g_hash_table_add (disk->visited, GSIZE_TO_POINTER (0));
  for (const uint8_t *entry = mbr + 446; entry < mbr + 510 && !disk->media->stopped; entry += 16)
    {
      g_autofree char *type = g_strdup_printf ("0x%02x", entry[4]);
      uint32_t first = media_u32 (entry + 8), sectors = media_u32 (entry + 12);
      if (entry[0] == 0x80)
        disk->media->api->fact_bool (disk->media->object, MEDIA_BOOTABLE, true);
      if (is_extended (entry[4]))
        walk_logical (disk, first);
      else if (entry[4] != 0 && entry[4] != 0xee && sectors != 0)
        walk_partition (disk, first, sectors, type);
    }
}

static bool
is_protective (const uint8_t *mbr)
{
  return mbr[450] == 0xee || mbr[466] == 0xee || mbr[482] == 0xee || mbr[498] == 0xee;
}

/* Types of Apple's map that should hold no files. */
static bool
is_apple_reserved (const char *type)
{
  return strcmp (type, "Apple_partition_map") == 0 || strcmp (type, "Apple_Free") == 0
         || strcmp (type, "Apple_Void") == 0 || g_str_has_prefix (type, "Apple_Driver")
         || g_str_has_prefix (type, "Apple_Patches");
}

/* Apple's map, one entry a sector: 0 "PM" · 8 first sector u32, 12 sectors u32, big-endian · 48
 * type. */
static bool
walk_apple (Disk *disk)
{
  bool found = false;
  disk->sector = 512;
  for (uint64_t i = 1; i <= MAX_PARTITIONS && !disk->media->stopped; i++)
    {
      uint8_t entry[80];
      if (!MEDIA_HAS (disk->source, i * 512, "PM\0\0")
          || !media_source_read (disk->source, i * 512, entry, sizeof entry))
        break;
      found = true;
      g_autofree char *type = g_strndup ((char *) entry + 48, 32);
      uint32_t first = GUINT32_SWAP_LE_BE (media_u32 (entry + 8));
      if (!is_apple_reserved (type))
        walk_partition (disk, first, GUINT32_SWAP_LE_BE (media_u32 (entry + 12)), type);
    }
  return found;
}

static bool
walk_tables (Disk *disk, const uint8_t *mbr)
{
  Media *media = disk->media;
  Gpt gpts[MAX_GPTS];
  size_t n = find_gpts (disk, gpts);
  bool plain = is_mbr (disk, mbr);
  walk_gpts (disk, gpts, n);
  if (n > 0)
    media_fact (media, MEDIA_FORMAT, "gpt");
  /* Beside a GPT, too: what is protective is passed over, and some systems read only this. In whose
   * sectors it counts, they do not agree on. */
  if (plain)
    walk_mbr (disk, mbr, disk->source->sector);
  for (size_t i = 0; i < n && plain; i++)
    if (gpts[i].sure && gpts[i].sector != disk->source->sector)
      walk_mbr (disk, mbr, gpts[i].sector);
  if (plain && n == 0)
    {
      media_fact (media, MEDIA_FORMAT, "mbr");
      if (is_protective (mbr) && !disk->beside)
        media_tell (media, SK_REASON_MALFORMED, "a table that protects a GPT, which is not there");
    }
  bool apple = walk_apple (disk);
  if (apple)
    media_fact (media, MEDIA_FORMAT, "apple");
  return n > 0 || plain || apple;
}

/* False: there is no table of partitions. */
static bool
walk_partitions (Media *media, const MediaSource *source, bool beside)
{
  uint8_t mbr[512];
  Disk disk = { .media = media, .source = source, .beside = beside };
  if (!media_source_read (source, 0, mbr, sizeof mbr))
    return false;
  disk.visited = g_hash_table_new (NULL, NULL);
  bool found = walk_tables (&disk, mbr);
  if (disk.n > 0)
    media->api->fact_int (media->object, MEDIA_PARTITIONS, (int64_t) disk.n);
  if (disk.full)
    media_tell (media, SK_REASON_LIMIT, "more than %d partitions", MAX_PARTITIONS);
  g_hash_table_unref (disk.visited);
  return found;
}

/* All that any system may see: a disk may be a volume, a disc and a row of partitions at one time.
 */
bool
media_disk (Media *media, const MediaSource *disk)
{
  /* Places of another disk say nothing of this one's. */
  media->disc = false;
  g_clear_pointer (&media->shown, g_hash_table_unref);
  g_clear_pointer (&media->starts, g_hash_table_unref);
  bool whole = walk_both (media, disk);
  return walk_partitions (media, disk, whole) || whole;
}
