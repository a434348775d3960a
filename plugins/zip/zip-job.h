/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of the plugin share: the facts, what is kept of an object from
 * one call to the next, and the opening in hand.
 */
#ifndef ZIP_JOB_H
#define ZIP_JOB_H

#include "zip-crypt.h"
#include "zip-data.h"
#include "zip-index.h"

#include <sekisho/sekisho.h>

/** Findings of one object and reason that name what could not be read; the rest is one more. */
#define ZIP_MAX_TOLD 32

/** Facts, as handles; zip-facts.c tells what they mean. */
enum {
  /* of the archive */
  FACT_MEMBERS,
  FACT_ENCRYPTED,
  FACT_CIPHERS,
  FACT_METHODS,
  FACT_END_RECORDS,
  FACT_NO_END,
  FACT_PREFIX,
  FACT_GAPS,
  FACT_TRAILING,
  FACT_OVERLAPS,
  FACT_MISSING,
  FACT_HIDDEN_MEMBERS,
  FACT_DIFFERS,
  FACT_IMPOSSIBLE,
  FACT_SIGNING_BLOCK,
  FACT_SPLIT,
  FACT_COMMENT,
  /* of a member */
  FACT_METHOD,
  FACT_CRC32,
  FACT_LOCKED,
  FACT_LOCAL_NAME,
  FACT_HIDDEN,
  FACT_READING,
  FACT_CHARSET,
  N_FACTS
};

extern const SkFieldDecl zip_facts[N_FACTS];

/** Bits of the positions of readings beside the first. */
#define ZIP_AS_LOCAL (UINT64_C (1) << 56)
#define ZIP_AS_DEFLATE (UINT64_C (1) << 57)
#define ZIP_AS_FILE (UINT64_C (1) << 58)

/** Where a reading is from, so that it can be made again. */
typedef struct ZipOrigin {
  uint64_t place; /**< number of the member in the index, or where a hidden one begins */
  uint64_t limit; /**< of a hidden one: where it ends at the latest; 0: a directory names it */
  uint8_t number; /**< of the reading */
} ZipOrigin;

/** A member as one program reads it. Spans lie in the file. */
typedef struct ZipReading {
  ZipHeader header;     /**< whose values count: that of the directory, or the local one */
  ZipExtra extra;
  SkSpan local_name;    /**< when the local header has another; else empty */
  SkSpan data;          /**< packed, as far as the file has it */
  ZipOrigin origin;
  uint64_t position;    /**< of the child: offset of the header, and ZIP_AS_… bits of other readings */
  uint16_t method;      /**< of the content, below the encryption */
  ZipCipher cipher;
  uint8_t checks[2];    /**< of ZipCrypto */
  bool no_crc;          /**< AES of version 2 has none: its sum says more */
  bool hidden;          /**< no directory names it */
  bool cut;             /**< the file ends before its data does */
  bool open_ended;      /**< neither header tells how long it is: the data itself does */
  bool again;           /**< its bytes are those of other members, too */
  bool same;            /**< all of them are: it begins where another begins */
  const char *reading;  /**< "local", "deflate", "plain", "file": not what the directory says; else NULL */
} ZipReading;

/** A locked member. */
typedef struct ZipWaiting {
  ZipOrigin origin;
  uint32_t tried; /**< secrets that were tried on it */
  bool opened;
} ZipWaiting;

/** What is kept of an object between the calls. */
typedef struct ZipSlot {
  ZipIndex *index;
  ZipUnpacker *unpacker; /**< not while it waits */
  GArray *waiting;      /**< of ZipWaiting, in the order in which they were met */
  GArray *right;        /**< of bool, by number: secrets that opened a member */
  uint64_t n_left;      /**< members that wait */
} ZipSlot;

/** The opening in hand. */
typedef struct ZipJob {
  const SkApi *api;
  SkObject *object;
  SkSpan bytes;
  ZipSlot *slot;
  unsigned told[SK_N_REASONS]; /**< findings, by reason: many of one hide none of another */
  bool stopped;         /**< a limit: nothing more */
  bool broken;          /**< something was malformed, missing or not known */
  uint32_t differs;     /**< ZIP_DIFF_… of all members */
  uint64_t n_encrypted, n_hidden, n_impossible;
  uint64_t slack;       /**< bytes behind the streams of members that belong to none */
  uint32_t ciphers;     /**< a bit for each */
  uint64_t spare;       /**< bytes that may still be read a second time */
  bool spent;           /**< that was not enough */
  GHashTable *met;      /**< set of 1 + offset: hidden members that were opened */
  bool in_slack;        /**< what stands behind the stream of a member is being looked at */
  uint64_t methods[(UINT16_MAX + 1) / 64]; /**< set of numbers, as bits */
} ZipJob;

/** Records that something was not looked at; `format` says what. */
void zip_tell (ZipJob *job, SkReason reason, const char *format, ...) SK_PRINTF (3, 4);
/** ZipPayFunc over the job. */
bool zip_pay (void *data, uint64_t units);
/** Members may lie in one another, so that a small file holds any number of large ones: what is read
 * a second time is bounded for the whole file. False when nothing is left of it, which is told. */
bool zip_spend (ZipJob *job, uint64_t bytes);

/** Opens the members that no directory names in a part of the file that belongs to none. False: a
 * limit. `data` is the job. */
bool zip_open_hidden (void *data, uint64_t start, uint64_t end);

/* ---- zip-reading.c ---- */

/** How the directory, and the local header, read the member; up to two readings, the first is the
 * directory's. 0: it is nowhere. */
size_t zip_readings_of (ZipJob *job, uint64_t member, ZipReading ret_readings[2]);
/** How the local header that no directory names reads. False when there is none, or one
 * without a name, which nobody writes to a file. */
bool zip_reading_hidden (ZipJob *job, uint64_t offset, uint64_t limit, ZipReading *ret_reading);

/** The reading again. False: it is gone, which cannot be. */
bool zip_reading_again (ZipJob *job, const ZipOrigin *origin, ZipReading *ret_reading);

/* ---- zip-name.c ---- */

/** The name in UTF-8: by the flag, then by Info-ZIP's field, then guessed (then `*ret_charset` is the
 * guess, else NULL). A NUL becomes U+FFFD. Transfer full. */
char *zip_name (const ZipJob *job, const ZipHeader *header, const ZipExtra *extra,
                const char **ret_charset);
/** Any text of unknown charset, the same. Transfer full. */
char *zip_text (const ZipJob *job, SkSpan text);
/** True when people see the same name: another charset or the other slash is no difference. */
bool zip_name_is_same (const ZipJob *job, const ZipHeader *a, const ZipHeader *b);
/** True when the Unicode name ends in another extension than the name that it is for. */
bool zip_name_is_twofold (const ZipHeader *header, const ZipExtra *extra);

/* ---- zip-member.c ---- */

/** Makes a child of it, or keeps it for the secrets. */
void zip_member (ZipJob *job, const ZipReading *reading);
/** The same of one that no directory names. It is believed when its content fits, or another mark
 * follows its data; always when it was expected, because it stands where another member ends, or when
 * there is no directory at all. Its length, with header; 0: it is no member. */
uint64_t zip_member_if_whole (ZipJob *job, const ZipReading *reading, bool expected);
/** With the open key of a locked one: makes a child. False, and nothing is made, when the content
 * shows that the key is wrong. `likely`: the secret has opened others or was verified. */
bool zip_member_with_key (ZipJob *job, const ZipReading *reading, ZipKey *key, bool likely);
/** Of one whose content no secret opened: a child without bytes. */
void zip_member_locked (ZipJob *job, const ZipReading *reading);

/* ---- zip-secrets.c ---- */

/** Tries the secrets that are new since the last call on all that waits. */
void zip_secrets_try (ZipJob *job);
/** Parks the object while something waits, or tells of what waited in vain. */
void zip_secrets_park (ZipJob *job);

#endif
