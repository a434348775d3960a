/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a file system of Windows says of a file beside its name and size:
 * hidden, system, read-only. Asked only on such file systems.
 */
#ifndef SK_SOURCE_ATTRIBUTES_H
#define SK_SOURCE_ATTRIBUTES_H

#include <glib.h>
#include <stdint.h>

typedef struct SkAttributes SkAttributes;

SkAttributes *sk_attributes_new (void);
void sk_attributes_free (SkAttributes *attributes);
/** SK_WALK_HIDDEN and the like of an open file or folder on that device; 0 where the file system has
 * no such thing or does not tell. */
uint32_t sk_attributes_of (SkAttributes *attributes, uint64_t device, int fd);
/** SK_WALK_HIDDEN for a name that begins with a dot (as all but Windows take it), else 0. */
uint32_t sk_attributes_of_name (const char *path);
/** The same from the bits of FAT and NTFS. */
uint32_t sk_attributes_of_bits (uint32_t bits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkAttributes, sk_attributes_free)

#endif
