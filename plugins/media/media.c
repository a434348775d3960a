/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `media`: what is on disk images. Each file of each file system is a
 * child, with its attributes and streams; what cannot be read is told by name.
 */
#include "config.h"

#include "media.h"

static const SkFieldDecl facts[MEDIA_N_FACTS] = {
  [MEDIA_FORMAT] = { "media.format", SK_FIELD_STRING, SK_FIELD_MULTI,
                     "iso9660, udf, mbr, gpt, vhd, vhdx, vmdk, wim …" },
  [MEDIA_FILESYSTEM]
  = { "media.filesystem", SK_FIELD_STRING, SK_FIELD_MULTI,
      "iso9660, rock-ridge, joliet, udf, fat12, fat16, fat32, exfat, ntfs, or the name of one "
      "that is not read" },
  [MEDIA_LABEL] = { "media.label", SK_FIELD_STRING, SK_FIELD_MULTI, "label of a volume" },
  [MEDIA_PARTITIONS] = { "media.partitions", SK_FIELD_INT, 0, "how many partitions there are" },
  [MEDIA_MEMBERS] = { "media.members", SK_FIELD_INT, 0, "how many files there are" },
  [MEDIA_DELETED]
  = { "media.deleted", SK_FIELD_INT, 0, "how many names of deleted files there are" },
  [MEDIA_BOOTABLE] = { "media.bootable", SK_FIELD_BOOL, 0, "a computer can be started from it" },
  [MEDIA_TREES_DIFFER]
  = { "media.trees-differ", SK_FIELD_BOOL, 0,
      "a disc with more than one tree: whether some file is not in all of them" },
  [MEDIA_PARTITION]
  = { "media.partition", SK_FIELD_INT, 0, "of a member: number of its partition, from 1" },
  [MEDIA_STREAM]
  = { "media.stream", SK_FIELD_STRING, 0, "of a member: name of the alternate stream that it is" },
  [MEDIA_TREE] = { "media.tree", SK_FIELD_STRING, 0,
                   "of a member that not all trees of a disc have: the one that it is from" },
};

static const char *const accepts[] = {
  "application/x-iso9660-image",
  "application/x-udf-image",
  "application/x-vhd",
  "application/x-vhdx",
  "application/x-vmdk",
  "application/x-vdi",
  "application/x-qemu-disk",
  "application/x-ms-wim",
  "application/x-apple-diskimage",
  "application/vnd.squashfs",
  "application/x-ext-image",
  "application/x-fat-image",
  "application/x-ntfs-image",
  "application/x-boot-sector",
  "application/x-filesystem-image",
  NULL,
};

static bool
is_accepted (const char *type)
{
  for (size_t i = 0; accepts[i] != NULL; i++)
    if (strcmp (type, accepts[i]) == 0)
      return true;
  return false;
}

/* A boot sector alone is no disk: its table speaks of bytes that were never here. */
#define BOOT_ALONE 32768

static bool
open_disk (Media *media, const MediaSource *disk)
{
  if (media_disk (media, disk))
    return true;
  if (disk->size <= BOOT_ALONE)
    return false;
  if (media_source_is_zero (disk, 0, MIN (disk->size, 65536)))
    media_tell (media, SK_REASON_UNSUPPORTED,
                "a disk that begins with zeros: no file system found");
  else
    media_tell (media, SK_REASON_UNSUPPORTED, "no file system and no partition that is known");
  return true;
}

/* True when the disk was the object's own bytes: they need not be looked at again. */
static bool
open_wrapper (Media *media, const MediaSource *file, const char *type)
{
  MediaSource disk;
  MediaVirtual *virtual = media_virtual_open (media, file, type, &disk);
  if (virtual == NULL)
    return false;
  if (!open_disk (media, &disk))
    media_tell (media, SK_REASON_UNSUPPORTED, "a virtual disk without a file system");
  media_virtual_close (virtual);
  return disk.read == NULL;
}

/* All that the bytes may be: what is both a virtual disk and a disc has what either has. False:
 * they are no disk. */
static bool
open_object (Media *media)
{
  MediaSource file = media_source_object (media->api, media->object, &media->stopped);
  const char *type;
  SkStrength strength;
  bool wrapped = false, plain = false, same = false;
  for (size_t i = 0; media->api->type_at (media->object, i, &type, &strength); i++)
    {
      if (strength != SK_STRENGTH_CONTENT)
        continue;
      bool wrapper = media_virtual_is (type);
      if (wrapper)
        same = open_wrapper (media, &file, type) || same;
      wrapped = wrapped || wrapper;
      plain = plain || (!wrapper && is_accepted (type));
    }
  if (wrapped && (same || !plain))
    return true;
  return open_disk (media, &file) || wrapped;
}

static SkResult
open_hook (const SkApi *api, void *context, SkObject *object)
{
  (void) context;
  Media media = { .api = api, .object = object };
  bool mine = open_object (&media);
  g_clear_pointer (&media.shown, g_hash_table_unref);
  g_clear_pointer (&media.starts, g_hash_table_unref);
  g_clear_pointer (&media.labels, g_hash_table_unref);
  g_free (media.chunk);
  if (!mine)
    return media.stopped ? SK_LIMIT : SK_NOT_MINE;
  api->fact_int (object, MEDIA_MEMBERS, media.members);
  if (media.deleted > 0)
    api->fact_int (object, MEDIA_DELETED, media.deleted);
  if (media.stopped)
    return SK_LIMIT;
  if (media.broken)
    return SK_MALFORMED;
  return media.told > 0 ? SK_PARTIAL : SK_OK;
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .flags = SK_PLUGIN_RISKY,
  .name = "media",
  .version = PACKAGE_VERSION,
  .summary = "opens disk images: optical discs, file systems, partitions, virtual disks",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .open = open_hook,
};
