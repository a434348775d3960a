/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the readers of locked formats share: the object behind ArchiveLocked,
 * and the calls that each format answers.
 */
#ifndef ARCHIVE_FORMAT_H
#define ARCHIVE_FORMAT_H

#include "archive-crypt.h"

/** Kinds of key that one secret is tried on before it has opened anything: an archive where each
 * member asks for a key of its own costs a derivation for each. */
#define ARCHIVE_MAX_FIRST_KEYS 16
/** A member up to this size is unpacked whole to prove a secret; of a larger one the head. */
#define ARCHIVE_PROOF_BYTES ((uint64_t) 1024 * 1024)

/** A unit is paid for so many locks that a key is tried on. */
#define ARCHIVE_LOCKS_A_UNIT 16

/** Content of fewer bytes has the right sum by chance too often. */
#define ARCHIVE_PROOF_LEAST 4

/** A secret that is tried. */
typedef struct ArchiveSecret {
  ArchiveKeys *keys;
  size_t number;
  SkSpan bytes;
  ArchivePayFunc pay;
  void *data;
} ArchiveSecret;

typedef struct ArchiveOps {
  ArchiveTry (*try) (ArchiveLocked *locked, const ArchiveSecret *secret);
  /** The n-th kind of key that is still asked for. False past the last. */
  bool (*wants) (const ArchiveLocked *locked, size_t nth, ArchiveDerivation *ret_derivation);
  uint64_t (*left) (const ArchiveLocked *locked);
  ArchivePlain *(*plain) (ArchiveLocked *locked);
  bool (*member) (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member);
  bool (*sum) (const ArchiveLocked *locked, uint64_t index, uint32_t crc);
  void (*reject) (ArchiveLocked *locked, uint64_t index);
  /** Of RAR alone; NULL: nothing is hidden from others. */
  uint64_t (*end) (const ArchiveLocked *locked);
  bool (*stream) (const ArchiveLocked *locked, uint64_t nth, SkSpan *ret_name);
  void (*free) (void *format);
} ArchiveOps;

struct ArchiveLocked {
  ArchiveFacts facts;
  SkSpan bytes; /**< from the archive's first byte on */
  const ArchiveOps *ops; /**< NULL: none of ours */
  void *format;
};

/** Sets a state that ends the reading, with its reason (static). */
void archive_locked_stop (ArchiveLocked *locked, ArchiveState state, const char *reason);

/** Read the headers of `locked->bytes`, which begin with the format's signature. They set facts,
 * ops and format; `ops` may be set with any state. */
void archive_7z_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data);
void archive_rar5_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data);
void archive_rar4_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data);

/** Products that are recognised only. Nothing is set when it is none of them. */
void archive_known_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data);

#endif
