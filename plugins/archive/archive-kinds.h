/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which reader of libarchive the bytes ask for, by their own marks: what a name
 * or a sender says of them does not count here.
 *
 * A kind is a format with members, or one compressed stream. Formats that are
 * recognised only are in archive-recognise.c and archive-known.c; zip and disk
 * images have plugins of their own.
 */
#ifndef ARCHIVE_KINDS_H
#define ARCHIVE_KINDS_H

#include <archive.h>
#include <glib.h>
#include <sekisho/sekisho.h>

typedef enum ArchiveId {
  ARCHIVE_ID_NONE = 0,
  /* with members */
  ARCHIVE_ID_7Z,
  ARCHIVE_ID_RAR5,
  ARCHIVE_ID_RAR4,
  ARCHIVE_ID_CAB,
  ARCHIVE_ID_LHA,
  ARCHIVE_ID_XAR,
  ARCHIVE_ID_AR,
  ARCHIVE_ID_CPIO,
  ARCHIVE_ID_TAR,
  /* one compressed stream */
  ARCHIVE_ID_GZIP,
  ARCHIVE_ID_BZIP2,
  ARCHIVE_ID_XZ,
  ARCHIVE_ID_LZMA,
  ARCHIVE_ID_LZIP,
  ARCHIVE_ID_ZSTD,
  ARCHIVE_ID_LZ4,
  ARCHIVE_ID_COMPRESS,
  ARCHIVE_ID_RPM,
  ARCHIVE_N_IDS
} ArchiveId;

/** What a kind is like. */
typedef struct ArchiveTraits {
  const char *name;   /**< as the facts tell it */
  bool is_filter;     /**< one compressed stream */
  bool may_be_locked; /**< goes through archive-locked.h first */
  bool latin1;        /**< libarchive is told that names are in ISO 8859-1, which loses no byte */
  bool backslash;     /**< names came from Windows: \ parts them like / */
  bool sums;          /**< has a CRC-32 of each member's content, which libarchive checks */
  bool streams;       /**< read from front to end, so that what was not consumed lies behind the archive */
} ArchiveTraits;

const ArchiveTraits *archive_traits (ArchiveId id);

/** The kind whose marks stand at the first byte, or NONE. */
ArchiveId archive_identify (SkSpan bytes);

/** The kind that a decompressed stream goes on with, tar or cpio, or NONE: a member of its own. */
ArchiveId archive_identify_inner (SkSpan head);

/** True when the 512 bytes are a tar header whose sum is right. */
bool archive_is_tar (SkSpan bytes);

/** Makes `archive` ready for this kind and no other. False: libarchive cannot. */
bool archive_enable (struct archive *archive, ArchiveId id);

/** The bytes of a name that libarchive took for ISO 8859-1; as it is when it cannot have been. In names
 * of CP932 a \ that it turned into / is turned back. Transfer full. */
char *archive_undo_latin1 (const char *name);

/** Name of what is in a compressed file of that name: without the extension. Transfer full. */
char *archive_inner_name (ArchiveId id, const char *name);

#endif
