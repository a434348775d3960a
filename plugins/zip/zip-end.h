/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * End records of a zip archive, with the zip64 records before them, and the
 * ways that lead from there to a directory.
 */
#ifndef ZIP_END_H
#define ZIP_END_H

#include "zip-header.h"

/** Most ways that one end record leads. */
#define ZIP_MAX_WAYS 6

/** A way to a directory; a header of it does stand there. */
typedef struct ZipWay {
  uint64_t start; /**< of the directory */
  uint64_t base;  /**< added, modulo 2^64, to the places that the directory tells */
  uint64_t count; /**< members that the record counts */
} ZipWay;

typedef struct ZipEnd {
  uint64_t record; /**< where it stands */
  uint64_t wide, wide_end; /**< its zip64 record, as long as that says; empty: there is none */
  uint64_t start;  /**< of its locator, or where it stands itself */
  uint64_t end;    /**< behind its comment */
  SkSpan comment;
  uint32_t disk;   /**< number of this part of a split archive, from 0 */
  bool cut;        /**< the file ends before its comment does */
  bool empty;      /**< it says that there are no members */
  bool encrypted;  /**< the directory is encrypted */
  unsigned n_ways;
  ZipWay ways[ZIP_MAX_WAYS]; /**< the first is that of most programs; each start only once */
} ZipEnd;

/** Reads the end record at `offset`. False when none is there. One that leads nowhere has no way and
 * is not empty. */
bool zip_end_read (SkSpan bytes, uint64_t offset, ZipEnd *ret_end);

#endif
