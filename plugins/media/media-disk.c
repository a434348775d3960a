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

/* A disk has a few partitions; a chain of logical ones could be endless. */
#define MAX_PARTITIONS 128
/* Entries of a GPT that are read; 128 is what everybody writes. */
#define MAX_GPT_ENTRIES 1024

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

/* The fields that every FAT has, whatever its name says: a jump, sizes that are powers of two, one
 * or two tables, a kind of medium. */
static bool
is_fat (const uint8_t *boot)
{
  uint16_t sector = media_u16 (boot + 11);
  bool jumps = (boot[0] == 0xeb && boot[2] == 0x90) || boot[0] == 0xe9 || boot[0] == 0xeb;
  bool sizes = (sector == 512 || sector == 1024 || sector == 2048 || sector == 4096)
               && boot[13] != 0 && (boot[13] & (boot[13] - 1)) == 0;
  bool tables = media_u16 (boot + 14) != 0 && boot[16] >= 1 && boot[16] <= 4
                && (media_u16 (boot + 22) != 0 || media_u32 (boot + 36) != 0);
  bool counts = media_u16 (boot + 19) != 0 || media_u32 (boot + 32) != 0;
  return jumps && sizes && tables && counts && boot[21] >= 0xf0;
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

MediaVolume
media_volume_probe (const MediaSource *volume, const char **ret_name)
{
  uint8_t boot[512] = { 0 };
  *ret_name = "";
  if (!media_source_read (volume, 0, boot, sizeof boot))
    return MEDIA_VOLUME_NONE;
  const char *locked = find_mark (volume, boot, true);
  if (locked != NULL)
    {
      *ret_name = locked;
      return MEDIA_VOLUME_LOCKED;
    }
  if (memcmp (boot + 3, "NTFS    ", 8) == 0)
    return MEDIA_VOLUME_NTFS;
  if (memcmp (boot + 3, "EXFAT   ", 8) == 0)
    return MEDIA_VOLUME_EXFAT;
  if (is_fat (boot))
    return MEDIA_VOLUME_FAT;
  const char *foreign = find_mark (volume, boot, false);
  *ret_name = foreign != NULL ? foreign : "";
  return foreign != NULL ? MEDIA_VOLUME_FOREIGN : MEDIA_VOLUME_NONE;
}

/* False: nothing known at the beginning. */
static bool
walk_volume (Media *media, const MediaSource *volume)
{
  const char *name;
  switch (media_volume_probe (volume, &name))
    {
    case MEDIA_VOLUME_FAT:
      media_fat (media, volume);
      return true;
    case MEDIA_VOLUME_EXFAT:
      media_exfat (media, volume);
      return true;
    case MEDIA_VOLUME_NTFS:
      media_ntfs (media, volume);
      return true;
    case MEDIA_VOLUME_LOCKED:
      media_tell (media, SK_REASON_ENCRYPTED, "the volume is encrypted by %s", name);
      return true;
    case MEDIA_VOLUME_FOREIGN:
      media_fact (media, MEDIA_FILESYSTEM, name);
      media_tell (media, SK_REASON_UNSUPPORTED, "file system %s", name);
      return true;
    case MEDIA_VOLUME_NONE:
      break;
    }
  return false;
}

/* A volume and an optical disc need not exclude each other: the first sectors are one's, 32 KiB on
 * is the other's. A disc's boot code is no volume that is only known by name. */
static bool
walk_both (Media *media, const MediaSource *volume)
{
  const char *name;
  bool optical = media_optical (media, volume);
  if (optical && media_volume_probe (volume, &name) == MEDIA_VOLUME_FOREIGN)
    return true;
  return walk_volume (media, volume) || optical;
}

/* ---- partitions ---- */

typedef struct Disk {
  Media *media;
  const MediaSource *source;
  uint64_t sector;
  bool beside;         /* a disc or a volume over all of it has been read */
  int64_t n;           /* partitions so far */
  GHashTable *visited; /* places of extended tables */
  GHashTable *seen;    /* first sectors of partitions: two tables may name one */
} Disk;

static bool
is_shown (Media *media, uint64_t offset)
{
  GHashTableIter iter;
  gpointer key;
  if (media->shown == NULL || !media_work (media, 1 + g_hash_table_size (media->shown) / 64))
    return false;
  g_hash_table_iter_init (&iter, media->shown);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((const MediaPlace *) key)->offset == offset)
      return true;
  return false;
}

/* Beside a disc or a volume that fills the disk: a partition that is all of it or a file of it, or
 * for which boot code was taken. One that has files of its own is none of these. */
static bool
is_of_whole (const Disk *disk, uint64_t offset, const MediaSource *part)
{
  const char *name;
  return disk->beside
         && (offset == 0 || media_volume_probe (part, &name) == MEDIA_VOLUME_NONE
             || is_shown (disk->media, offset));
}

static void
walk_partition (Disk *disk, uint64_t first, uint64_t sectors, const char *type)
{
  Media *media = disk->media;
  if (disk->n == MAX_PARTITIONS || first > UINT64_MAX / disk->sector
      || sectors > UINT64_MAX / disk->sector)
    {
      disk->n = MAX_PARTITIONS;
      return;
    }
  if (!g_hash_table_add (disk->seen, GSIZE_TO_POINTER (first + 1)))
    return;
  uint64_t offset = first * disk->sector, size = sectors * disk->sector;
  MediaSource part = media_source_window (disk->source, offset, size);
  if (is_of_whole (disk, offset, &part))
    return;
  media->partition = ++disk->n;
  if (part.size == 0)
    media_tell (media, SK_REASON_TRUNCATED, "type %s: it lies behind the end of the disk", type);
  else if (!walk_both (media, &part))
    media_tell (media, SK_REASON_UNSUPPORTED, "type %s: no file system that is known", type);
  else if (part.size < size)
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
  while (!disk->media->stopped && disk->n < MAX_PARTITIONS)
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

/* Partition types of GPT that hold no files: reserved by Microsoft, LDM's database, BIOS boot. */
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

/* GPT header: 0 "EFI PART" · 72 first sector of the entries u64 · 80 how many u32 · 84 bytes of one
 * u32. Entry: 0 type · 32 first u64 · 40 last u64. */
static void
walk_gpt (Disk *disk, const uint8_t *header)
{
  uint64_t table = media_u64 (header + 72);
  uint32_t count = media_u32 (header + 80), size = media_u32 (header + 84);
  if (size < 128 || size > 4096 || table > disk->source->size / disk->sector)
    {
      media_tell (disk->media, SK_REASON_MALFORMED, "the GPT's table of partitions is nowhere");
      return;
    }
  for (uint32_t i = 0; i < MIN (count, MAX_GPT_ENTRIES) && !disk->media->stopped; i++)
    {
      static const uint8_t unused[16];
      uint8_t entry[128];
      if (!media_source_read (disk->source, table * disk->sector + (uint64_t) i * size, entry,
                              sizeof entry))
        {
          media_tell (disk->media, SK_REASON_TRUNCATED, "the GPT's table of partitions is cut");
          return;
        }
      uint64_t first = media_u64 (entry + 32), last = media_u64 (entry + 40);
      if (memcmp (entry, unused, 16) == 0 || is_reserved (entry) || last < first)
        continue;
      g_autofree char *type = guid_text (entry);
      walk_partition (disk, first, last - first < UINT64_MAX ? last - first + 1 : last - first,
                      type);
    }
}

static bool
find_gpt (Disk *disk, uint8_t *header)
{
  static const uint16_t sizes[] = { 512, 4096, 2048 };
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      uint64_t backup = disk->source->size / sizes[i];
      disk->sector = sizes[i];
      if (MEDIA_HAS (disk->source, sizes[i], "EFI PART"))
        return media_source_read (disk->source, sizes[i], header, 92);
      if (backup > 1 && MEDIA_HAS (disk->source, (backup - 1) * sizes[i], "EFI PART"))
        return media_source_read (disk->source, (backup - 1) * sizes[i], header, 92);
    }
  disk->sector = disk->source->sector;
  return false;
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
walk_mbr (Disk *disk, const uint8_t *mbr)
{
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

/* Apple's map, one entry a sector: 0 "PM" · 8 first sector u32, big-endian · 48 type. What its file
 * systems hold nothing here reads. */
static bool
find_apple (Disk *disk)
{
  bool found = false;
  for (uint64_t i = 1; i <= MAX_PARTITIONS; i++)
    {
      uint8_t entry[80];
      if (!MEDIA_HAS (disk->source, i * 512, "PM\0\0")
          || !media_source_read (disk->source, i * 512, entry, sizeof entry))
        break;
      found = true;
      entry[79] = '\0';
      if (strncmp ((char *) entry + 48, "Apple_HFS", 9) != 0
          && strncmp ((char *) entry + 48, "Apple_UFS", 9) != 0)
        continue;
      uint64_t first = (uint64_t) entry[8] << 24 | (uint64_t) entry[9] << 16
                       | (uint64_t) entry[10] << 8 | entry[11];
      if (disk->beside && is_shown (disk->media, first * 512))
        continue;
      media_fact (disk->media, MEDIA_FILESYSTEM, (char *) entry + 48);
      media_tell (disk->media, SK_REASON_UNSUPPORTED, "a partition %.31s", (char *) entry + 48);
    }
  if (found)
    media_fact (disk->media, MEDIA_FORMAT, "apple");
  return found;
}

/* False: there is no table of partitions. */
static bool
walk_partitions (Media *media, const MediaSource *source, bool beside)
{
  uint8_t mbr[512], header[92];
  Disk disk = { .media = media, .source = source, .beside = beside };
  if (!media_source_read (source, 0, mbr, sizeof mbr))
    return false;
  disk.visited = g_hash_table_new (NULL, NULL);
  disk.seen = g_hash_table_new (NULL, NULL);
  bool gpt = find_gpt (&disk, header);
  bool both = is_mbr (&disk, mbr), apple = find_apple (&disk);
  if (gpt)
    {
      media_fact (media, MEDIA_FORMAT, "gpt");
      walk_gpt (&disk, header);
    }
  if (both)
    {
      /* Beside a GPT, too: what is protective is passed over, and some systems read only this. */
      if (!gpt)
        media_fact (media, MEDIA_FORMAT, "mbr");
      walk_mbr (&disk, mbr);
    }
  if (disk.n > 0)
    media->api->fact_int (media->object, MEDIA_PARTITIONS, disk.n);
  if (disk.n == MAX_PARTITIONS)
    media_tell (media, SK_REASON_LIMIT, "more than %d partitions, or one without an end",
                MAX_PARTITIONS);
  g_hash_table_unref (disk.visited);
  g_hash_table_unref (disk.seen);
  return gpt || both || apple;
}

/* All that any system may see: a disk may be a volume, a disc and a row of partitions at one time.
 */
bool
media_disk (Media *media, const MediaSource *disk)
{
  bool whole = walk_both (media, disk);
  return walk_partitions (media, disk, whole) || whole;
}
