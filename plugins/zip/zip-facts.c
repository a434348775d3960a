/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the facts mean.
 */
#include "config.h"

#include "zip-job.h"

const SkFieldDecl zip_facts[N_FACTS] = {
  [FACT_MEMBERS] = { "zip.members", SK_FIELD_INT, 0, "members that its directories name" },
  [FACT_ENCRYPTED] = { "zip.encrypted", SK_FIELD_INT, 0, "members that are encrypted, opened or not; "
                                                         "absent for 0" },
  [FACT_CIPHERS] = { "zip.ciphers", SK_FIELD_STRING, SK_FIELD_MULTI,
                     "how members are encrypted: zipcrypto, aes-128, aes-192, aes-256, pkware-strong, "
                     "unknown" },
  [FACT_METHODS] = { "zip.methods", SK_FIELD_STRING, SK_FIELD_MULTI,
                     "how members are compressed: stored, deflate, …" },
  [FACT_END_RECORDS] = { "zip.end-records", SK_FIELD_INT, 0,
                         "end records that lead to a directory, those inside of members not counted" },
  [FACT_NO_END] = { "zip.no-end", SK_FIELD_BOOL, 0, "there are members, but no end record leads to them" },
  [FACT_PREFIX] = { "zip.prefix-bytes", SK_FIELD_INT, 0,
                    "bytes before the archive: a program that unpacks itself; absent for 0" },
  [FACT_GAPS] = { "zip.gap-bytes", SK_FIELD_INT, 0,
                  "bytes between members that belong to none, blank ones not counted; absent for 0" },
  [FACT_TRAILING] = { "zip.trailing-bytes", SK_FIELD_INT, 0, "bytes behind the archive; absent for 0" },
  [FACT_OVERLAPS] = { "zip.overlaps", SK_FIELD_INT, 0,
                      "members that begin inside of others, or where others begin; absent for 0" },
  [FACT_MISSING] = { "zip.missing-members", SK_FIELD_INT, 0,
                     "members that a directory names and that are not there; absent for 0" },
  [FACT_HIDDEN_MEMBERS] = { "zip.hidden-members", SK_FIELD_INT, 0,
                            "whole members that no directory names; absent for 0" },
  [FACT_DIFFERS]
  = { "zip.differs", SK_FIELD_STRING, SK_FIELD_MULTI,
      "where directory and local header of a member differ: name, method, encryption, crc, size, "
      "packed-size, time; unicode-name, local-header, count" },
  [FACT_IMPOSSIBLE] = { "zip.impossible", SK_FIELD_INT, 0,
                        "members that are stored, not encrypted, and yet of two sizes; absent for 0" },
  [FACT_SIGNING_BLOCK] = { "zip.signing-block", SK_FIELD_BOOL, 0,
                           "an APK Signing Block stands before the directory" },
  [FACT_SPLIT] = { "zip.split", SK_FIELD_BOOL, 0, "it is a part of a split archive" },
  [FACT_COMMENT] = { "zip.comment", SK_FIELD_STRING, 0, "the comment of the last archive in it" },
  [FACT_METHOD] = { "zip.method", SK_FIELD_STRING, 0, "of a member: how it is compressed" },
  [FACT_CRC32] = { "zip.crc32", SK_FIELD_STRING, 0,
                   "of a member: CRC-32 of its content as the archive says, 8 hex digits; AES of "
                   "version 2 has none" },
  [FACT_LOCKED] = { "zip.locked", SK_FIELD_BOOL, 0, "of a member: encrypted, and no password opened it" },
  [FACT_LOCAL_NAME] = { "zip.local-name", SK_FIELD_STRING, 0,
                        "of a member: what its local header calls it, where that differs" },
  [FACT_HIDDEN] = { "zip.hidden", SK_FIELD_BOOL, 0, "of a member: no directory names it" },
  [FACT_READING] = { "zip.reading", SK_FIELD_STRING, 0,
                     "of a member as not all programs read it: local (by its local header), deflate (as if "
                     "it were compressed), plain (not encrypted, whatever it says), file (a link as a "
                     "file)" },
  [FACT_CHARSET] = { "zip.charset", SK_FIELD_STRING, 0,
                     "of a member: charset of its name, where that is not told by a flag and no ASCII" },
};
