/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Attributes of FAT, exFAT and NTFS. The file system of a device is asked for
 * once; all others cost nothing more.
 *
 * FAT and exFAT have an ioctl (exFAT's since Linux 6.8), the two drivers of
 * NTFS an extended attribute of four bytes in the machine's order; through FUSE
 * the older of them cannot be told from other file systems, which have no such
 * attribute.
 */
#include "config.h"

#include "source/attributes.h"

#include "base/text.h"
#include "source/walk.h"

#include <linux/msdos_fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define MAGIC_FAT 0x4d44
#define MAGIC_EXFAT 0x2011bab0
#define MAGIC_NTFS 0x5346544e
#define MAGIC_NTFS3 0x7366746e
#define MAGIC_FUSE 0x65735546

typedef enum Way { WAY_NONE, WAY_IOCTL, WAY_XATTR } Way;

struct SkAttributes
{
  GHashTable *ways; /* of a device: a Way, and 1 more */
  uint64_t device;  /* asked last, nearly always the next, too */
  Way way;
  bool asked;
};

SkAttributes *
sk_attributes_new (void)
{
  SkAttributes *attributes = g_new0 (SkAttributes, 1);
  attributes->ways = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return attributes;
}

void
sk_attributes_free (SkAttributes *attributes)
{
  if (attributes == NULL)
    return;
  g_hash_table_unref (attributes->ways);
  g_free (attributes);
}

static Way
way_of (int fd)
{
  struct statfs info;
  if (fstatfs (fd, &info) != 0)
    return WAY_NONE;
  switch ((uint32_t)info.f_type)
    {
    case MAGIC_FAT:
    case MAGIC_EXFAT:
      return WAY_IOCTL;
    case MAGIC_NTFS:
    case MAGIC_NTFS3:
    case MAGIC_FUSE:
      return WAY_XATTR;
    default:
      return WAY_NONE;
    }
}

static Way
find_way (SkAttributes *attributes, uint64_t device, int fd)
{
  if (attributes->asked && attributes->device == device)
    return attributes->way;
  gpointer known = g_hash_table_lookup (attributes->ways, &device);
  Way way = known != NULL ? (Way)(GPOINTER_TO_INT (known) - 1) : way_of (fd);
  if (known == NULL)
    g_hash_table_insert (attributes->ways, g_memdup2 (&device, sizeof device),
                         GINT_TO_POINTER ((int)way + 1));
  attributes->device = device;
  attributes->way = way;
  attributes->asked = true;
  return way;
}

uint32_t
sk_attributes_of_bits (uint32_t bits)
{
  return ((bits & ATTR_HIDDEN) != 0 ? SK_WALK_HIDDEN : 0) | ((bits & ATTR_SYS) != 0 ? SK_WALK_SYSTEM : 0)
         | ((bits & ATTR_RO) != 0 ? SK_WALK_READONLY : 0);
}

uint32_t
sk_attributes_of (SkAttributes *attributes, uint64_t device, int fd)
{
  uint32_t bits = 0;
  switch (find_way (attributes, device, fd))
    {
    case WAY_IOCTL:
      if (ioctl (fd, FAT_IOCTL_GET_ATTRIBUTES, &bits) != 0)
        bits = 0;
      break;
    case WAY_XATTR:
      if (fgetxattr (fd, "system.ntfs_attrib", &bits, sizeof bits) != sizeof bits)
        bits = 0;
      break;
    case WAY_NONE:
      break;
    }
  return sk_attributes_of_bits (bits);
}

uint32_t
sk_attributes_of_name (const char *path)
{
  return sk_text_is_dotted (sk_text_base_name (path)) ? SK_WALK_HIDDEN : 0;
}
