/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the facts mean.
 */
#include "config.h"

#include "archive-facts.h"

const SkFieldDecl archive_facts[N_FACTS] = {
  [FACT_FORMAT] = { "archive.format", SK_FIELD_STRING, 0,
                    "format of the archive: 7z, RAR 5, CAB, tar, … or the product that locked it" },
  [FACT_FILTERS] = { "archive.filters", SK_FIELD_STRING, SK_FIELD_MULTI,
                     "compression around it: gzip, bzip2, xz, …" },
  [FACT_MEMBERS] = { "archive.members", SK_FIELD_INT, 0, "members that were found" },
  [FACT_OFFSET] = { "archive.offset", SK_FIELD_INT, 0,
                    "bytes before the archive: a program that unpacks itself; absent for 0" },
  [FACT_ENCRYPTED] = { "archive.encrypted", SK_FIELD_INT, 0,
                       "members that are encrypted, opened or not; absent for 0" },
  [FACT_NAMES_HIDDEN]
  = { "archive.names-hidden", SK_FIELD_BOOL, 0, "the names of the members are encrypted, too" },
  [FACT_CIPHER] = { "archive.cipher", SK_FIELD_STRING, 0, "how members are encrypted: AES-256, …" },
  [FACT_SOLID] = { "archive.solid", SK_FIELD_BOOL, 0, "its members are packed as one" },
  [FACT_VOLUME] = { "archive.volume", SK_FIELD_BOOL, 0, "it is a part of a split archive" },
  [FACT_COMMENT] = { "archive.comment", SK_FIELD_STRING, 0, "the comment in it" },
  [FACT_TRAILING] = { "archive.trailing-bytes", SK_FIELD_INT, 0,
                      "bytes behind the end of the archive, blank ones not counted; absent for 0" },
  [FACT_STREAMS] = { "archive.streams", SK_FIELD_STRING, SK_FIELD_MULTI,
                     "names of alternate data streams that a RAR 5 brings, each once" },
  [FACT_STREAM_ESCAPES]
  = { "archive.stream-escapes", SK_FIELD_INT, 0,
      "alternate data streams whose name is a path that leads elsewhere; absent for 0" },
  [FACT_CRC32] = { "archive.crc32", SK_FIELD_STRING, 0,
                   "of a member: CRC-32 of its content as the archive says, 8 hex digits" },
  [FACT_LOCKED] = { "archive.locked", SK_FIELD_BOOL, 0,
                    "of a member: encrypted, and no password opened it" },
  [FACT_CHARSET] = { "archive.charset", SK_FIELD_STRING, 0,
                     "of a member: charset of its name in the archive, when it is not UTF-8" },
};
