/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a reader of libarchive reads from: the bytes in memory, or what another
 * reader decompresses. It pays the host for what is read, and knows how reading
 * ended: whether more was asked for than there is, or the host had enough.
 */
#ifndef ARCHIVE_INPUT_H
#define ARCHIVE_INPUT_H

#include "archive-kinds.h"
#include "archive-plain.h"

typedef struct ArchiveInput {
  const SkApi *api;
  SkObject *object;
  ArchivePlain *plain;    /**< or */
  struct archive *stream; /**< at its one member; both are borrowed */
  uint64_t offset;        /**< of the next byte that is given */
  SkSpan run;             /**< given last */
  SkSpan again;           /**< of a stream: given next, because nothing took it the first time */
  uint8_t before[512];    /**< the bytes before `run`, of a stream */
  bool ended;             /**< it was asked for more than there is */
  bool stopped;           /**< the host refused */
  bool broken;            /**< the stream is; its error is the stream's */
} ArchiveInput;

/** Opens a reader of that kind. NULL when libarchive cannot (memory). The result of opening stands in
 * `ret_status`; with an error the reader is there for its message. Free with archive_read_free. */
struct archive *archive_input_open (ArchiveInput *input, ArchiveId id, int *ret_status);

/** The next run of a stream, empty at its end or when it failed. */
SkSpan archive_input_next (ArchiveInput *input);

/** What a stream gave last and the reader above did not take, that is from byte `consumed` of it on, in
 * two parts. False when some of it is gone. */
bool archive_input_rest (const ArchiveInput *input, uint64_t consumed, SkSpan ret_parts[2]);

/** Why reading stopped, by how it ended and what libarchive says of it. */
SkReason archive_input_reason (const ArchiveInput *input, struct archive *archive);

#endif
