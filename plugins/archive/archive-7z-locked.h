/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A locked 7z archive while it is opened: shared by the part that reads
 * headers (archive-7z.c) and the part that tries secrets (archive-7z-try.c).
 */
#ifndef ARCHIVE_7Z_LOCKED_H
#define ARCHIVE_7Z_LOCKED_H

#include "archive-7z.h"
#include "archive-format.h"
#include "archive-unpack.h"

#define SEVEN_NOTHING G_MAXUINT

/* A found key; allocated alone, so that it is never copied. */
typedef struct Found {
  guint derivation;
  size_t secret;
  uint8_t key[32];
} Found;

/* An encrypted folder. */
typedef struct Lock {
  guint folder;
  guint derivation; /* in `derivations`; SEVEN_NOTHING: cannot be opened here */
  guint found;      /* in `found`, or SEVEN_NOTHING */
  ArchiveProof proof;
} Lock;

typedef struct Seven {
  GByteArray *header;    /* what `streams` and `files` point into; NULL: into the archive */
  SevenStreams streams;  /* the main header's, or while names are hidden those that unpack to it */
  SkSpan files;          /* behind mark 05, to the end */
  GByteArray *kinds;     /* of the members, as seven_read_files has them */
  bool hidden;
  unsigned depth;
  GArray *derivations;   /* ArchiveDerivation */
  GArray *locks;         /* Lock */
  GPtrArray *found;      /* Found */
  GArray *lock_of_folder, *folder_of_part, *part_of_file; /* guint, or SEVEN_NOTHING */
} Seven;

/** Tries a secret on all that is locked; ArchiveOps.try. */
ArchiveTry seven_try (ArchiveLocked *locked, const ArchiveSecret *secret);

/** False when nothing is known for a broken header. */
bool seven_is_whole (const ArchiveLocked *locked);

/** Folder number `index` and its coders. */
bool seven_read_folder (const SevenStreams *streams, guint index, const SevenFolder **ret_folder,
                        SevenCoders *ret_coders);

/** Unpacks the header that the streams pack, with a key when that is not NULL. `*ret_header` (transfer
 * full) is set only when it is DONE and its sum, where there is one, is right. */
ArchiveUnpack seven_unpack_header (const ArchiveLocked *locked, const Seven *seven,
                                   const uint8_t *key, ArchivePayFunc pay, void *data,
                                   GByteArray **ret_header);

/** Takes an unpacked header (transfer full) in place of the one that packed it. */
void seven_take_header (Seven *seven, GByteArray *header);

/** Reads headers until the main one, or one that is encrypted, or a broken one: state and facts. */
void seven_read_headers (ArchiveLocked *locked, Seven *seven, SkSpan header, ArchivePayFunc pay,
                         void *data);

/** True when a folder that is still locked asks for that key. */
bool seven_is_wanted (const Seven *seven, guint derivation);

#endif
