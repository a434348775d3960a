/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What archives there are in a file, and where each of their members lies.
 *
 * A zip archive is found from its end, by an end record that tells where the
 * directory is. A file may hold several: one behind the other, one in the
 * comment of another, two records that lead to different directories. Programs
 * choose differently among them, so all that are there count: every end record
 * that does not lie inside a member is followed, in each way in which a program
 * might follow it. What no directory knows is a gap; who opens the members looks
 * for more in there.
 *
 * It unpacks nothing, and keeps 36 bytes a member (60 where there are several directories).
 */
#ifndef ZIP_INDEX_H
#define ZIP_INDEX_H

#include "zip-header.h"

#include <glib.h>

/** Members of one file that are kept; more are a limit. */
#define ZIP_MAX_MEMBERS ((guint) 1 << 22)
/** End records of one file that are followed. */
#define ZIP_MAX_ENDS 65536u

/** A member that a directory names. Its headers are read again when they are needed. */
typedef struct ZipMember {
  uint64_t central; /**< where its header in the directory stands */
  uint64_t local;   /**< where its local header stands; ZIP_NOWHERE: there is none */
  uint64_t end;     /**< behind its data and data descriptor; 0 without a local header */
  uint32_t flags;   /**< ZIP_MEMBER_… */
} ZipMember;

/** It begins in what another member, beginning no later, has taken already. */
#define ZIP_MEMBER_OVERLAPS 1u
/** It begins where another member begins, too. */
#define ZIP_MEMBER_SAME 2u

/** A directory. */
typedef struct ZipArchive {
  uint64_t start, end;   /**< of its directory */
  uint64_t record;       /**< its end record; ZIP_NOWHERE: a directory without one */
  uint64_t base;         /**< added, modulo 2^64, to the places that it tells */
  uint64_t count;        /**< members that its end record counts */
  uint32_t n_members;    /**< members that it has */
  SkSpan comment;
  bool cut;              /**< it breaks off, in the middle of a header or before what its record counts */
} ZipArchive;

/** Something that is neither a member nor a gap. */
typedef struct ZipRange {
  uint64_t start, end;
} ZipRange;

/** What the file has. */
typedef struct ZipIndex {
  SkSpan bytes;
  GArray *archives; /**< of ZipArchive, that of the last end record first */
  GArray *members;  /**< of ZipMember, by archive, in the order of the directory */
  uint32_t *order;  /**< numbers of the members that have a local header, by its place */
  uint32_t n_order;
  GArray *ranges;   /**< of ZipRange: directories, records, signing blocks, sorted */
  uint32_t n_ends;  /**< end records that count */
  uint32_t n_broken; /**< end records that lead to no directory */
  uint32_t n_overlaps; /**< members that overlap others */
  uint32_t n_same;     /**< members that begin where others do */
  uint32_t n_missing;  /**< members without a local header */
  uint32_t disk;     /**< number of this part of a split archive, 0: none */
  bool signing_block; /**< an APK Signing Block stands before a directory */
  bool encrypted_directory; /**< a directory is encrypted (PKWARE): no name can be read */
  bool cut_comment;  /**< the file ends before the comment of an archive does */
  bool limit;        /**< there are more members or end records than are kept */
  uint64_t prefix;   /**< bytes before the first thing that belongs to an archive */
  uint64_t gaps;     /**< bytes between such things; gaps of zeros do not count */
  uint64_t trailing; /**< bytes behind the last of them */
} ZipIndex;

/** Is told of work that is to be done, in KiB; false to stop. */
typedef bool (*ZipPayFunc) (void *data, uint64_t units);

/** Reads the whole file. NULL when `pay` refused. Free with zip_index_free. */
ZipIndex *zip_index_new (SkSpan bytes, ZipPayFunc pay, void *data);
void zip_index_free (ZipIndex *index);

/** Receives a part of the file that no directory knows; in order of places. False to stop. */
typedef bool (*ZipGapFunc) (void *data, uint64_t start, uint64_t end);

/** Each such part, prefix and what is behind the end included. */
void zip_index_gaps (const ZipIndex *index, ZipGapFunc func, void *data);

/** Where the next `PK` with these two bytes behind it stands, within [from, to) with all four bytes;
 * ZIP_NOWHERE: not there. `pay` is called for each MiB; when it refuses, nothing is there either. */
uint64_t zip_find (SkSpan bytes, uint64_t from, uint64_t to, const char mark[2], ZipPayFunc pay,
                   void *data);

/** A local header with neither name nor data, and an extra field of zeros: writers that change archives in place fill room with
 * such. Its end, 0 when there is none at `offset`. */
uint64_t zip_filler_end (SkSpan bytes, uint64_t offset, uint64_t limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZipIndex, zip_index_free)

#endif
