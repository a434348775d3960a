/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * One call of `open`: what its parts hand one another, and what stays between
 * calls on the same object.
 */
#ifndef ARCHIVE_JOB_H
#define ARCHIVE_JOB_H

#include "archive-facts.h"
#include "archive-input.h"
#include "archive-locked.h"

/** Positions of children that are no members begin here, their offset added: members are numbered. */
#define ARCHIVE_BEHIND (UINT64_C (1) << 40)
/** The same for what stands behind the end inside of a compressed stream. */
#define ARCHIVE_BEHIND_INNER (UINT64_C (1) << 50)

/** What stays in the slot of an object. */
typedef struct ArchiveSlot {
  ArchiveKeys *keys;     /**< of a root alone: for all archives below it */
  ArchiveLocked *locked; /**< of an archive that is parked */
  size_t tried;          /**< secrets that were tried */
  GByteArray *done;      /**< a bit a member: it is a child already */
  bool told;             /**< facts and findings that are told once */
  const char *told_reason; /**< of the facts of `locked` */
  bool behind;           /**< what stands behind its end is told */
  bool streams;          /**< and its streams, where names are hidden */
} ArchiveSlot;

/** What the headers of a RAR say of a member, by its number. */
typedef struct ArchiveListed {
  uint32_t crc;
  bool has_crc;
} ArchiveListed;

typedef struct ArchiveJob {
  const SkApi *api;
  SkObject *object;
  SkSpan bytes;  /**< of the object */
  size_t offset; /**< of the archive in them */
  ArchiveId id;
  ArchiveSlot *slot; /**< NULL: nothing stays */
  size_t sound;      /**< of a RAR: so far its headers are whole, from the archive's start */
  GArray *listed;    /**< of ArchiveListed, or NULL */
  uint64_t base;     /**< added to the number of a member: its position */
  const char *named; /**< the one member's name, or NULL: its own */
  uint64_t n_members; /**< that were found */
  bool solid;        /**< a RAR whose members go on from one another */
  bool absent;       /**< the last call: what is locked is told by name */
  bool rejected;     /**< a secret turned out to be wrong when a member was read */
  bool stopped;      /**< a limit of the host: no more members */
  bool partial;      /**< something was not read, and told */
} ArchiveJob;

/** The slot of the object, made when it has none. */
ArchiveSlot *archive_slot (const SkApi *api, SkObject *object);
void archive_slot_free (void *slot);

/** Tells that something was not read. */
void archive_tell (ArchiveJob *job, SkReason reason, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void archive_tell_text (ArchiveJob *job, uint32_t fact, const char *text);

/** What an open call returns when all is done. */
SkResult archive_result (const ArchiveJob *job);

/* ---- archive-member.c ---- */

/** Makes a child of the member that `archive` stands at. `locked` may be NULL. Sets `ret_fatal` when
 * no further member can be read. */
void archive_member_read (ArchiveJob *job, ArchiveInput *input, struct archive *archive,
                          struct archive_entry *entry, uint64_t index, const ArchiveLocked *locked,
                          bool *ret_fatal);

/* ---- archive-walk.c ---- */

/** Reads all members of the archive in `input`. Returns the bytes of it that were consumed when the
 * archive came to its own end, else UINT64_MAX. */
uint64_t archive_walk (ArchiveJob *job, ArchiveInput *input, ArchiveId id,
                       const ArchiveLocked *locked);

/** What stands behind the archive's end at `end`, counted from its beginning: a child, unless blank. */
void archive_behind (ArchiveJob *job, uint64_t end);

/* ---- archive-rar-list.c ---- */

/** Reads the headers of a RAR for what libarchive passes over: facts, the sums of members, alternate
 * streams, which become children. */
void archive_rar_list (ArchiveJob *job);

/** Tells the streams that were seen once hidden names are open; they are not read. */
void archive_rar_hidden_streams (ArchiveJob *job);

/* ---- archive-stream.c ---- */

/** Opens one compressed stream, and what is in it. */
void archive_stream_open (ArchiveJob *job);

/* ---- archive-recognise.c ---- */

/** Formats and parts of split archives that are only recognised. False: none of them. */
bool archive_recognise (ArchiveJob *job);

/* ---- archive-end.c ---- */

/** The end of the archive or stream by its own headers, from its first byte; UINT64_MAX when they do
 * not lead to one. */
uint64_t archive_end_of (SkSpan archive, ArchiveId id);

/* ---- archive-xar.c ---- */

/** Why the archive is not handed to libarchive, or NULL; "" when `pay` refused. */
const char *archive_xar_refused (SkSpan archive, ArchivePayFunc pay, void *data, SkReason *ret_reason);

/* ---- archive-behind-program.c ---- */

/** An archive that a program carries. NONE: it carries none, or `pay` refused. */
ArchiveId archive_in_program (SkSpan program, ArchivePayFunc pay, void *data, size_t *ret_offset);

#endif
