/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Archives that are encrypted inside: 7z, RAR 5 and RAR 4. With the right
 * secret the layer of encryption is taken off in memory, and what is left is
 * the equivalent plain archive for the ordinary reader.
 *
 * The way through:
 *
 *   locked = archive_locked_look (bytes, pay, data);     what is encrypted here?
 *   switch (archive_locked_facts (locked)->state) …      nothing, or not to be opened: done with it
 *   for each secret not yet tried
 *     archive_locked_try (locked, keys, number, secret, pay, data);
 *   plain = archive_locked_plain (locked);               even when no secret was right
 *   for each entry i that libarchive finds in it
 *     archive_locked_member (locked, i, &member);        locked? then its bytes are not there
 *
 * The plain archive has the members of the original in the same order, also
 * those that no secret opened: their names, times and attributes can be read,
 * their content is empty, and `member.locked` says so. So nobody is ever handed
 * the encrypted bytes as if they were content. Only where the names themselves
 * are encrypted there is nothing before a secret is found (`plain` is NULL).
 *
 * It stays a plain function of bytes and secrets: it makes no children and no
 * facts, and does not know what is worth a finding.
 */
#ifndef ARCHIVE_LOCKED_H
#define ARCHIVE_LOCKED_H

#include "archive-plain.h"

/** What is to be done with the bytes. */
typedef enum ArchiveState {
  ARCHIVE_STATE_OPEN = 0,        /**< nothing is encrypted, or it is no 7z or RAR: read it as it is */
  ARCHIVE_STATE_LOCKED = 1,      /**< try secrets */
  ARCHIVE_STATE_UNSUPPORTED = 2, /**< some of it is encrypted in a way that is not opened here: `reason`
                                      says which. Try secrets all the same, for the rest */
  ARCHIVE_STATE_MALFORMED = 3,   /**< its headers are broken, `reason` says how, and nothing encrypted
                                      stands before that place; what is behind is not known */
  ARCHIVE_STATE_LIMIT = 4        /**< its headers are beyond what is read here, or `pay` refused */
} ArchiveState;

/* Only in state OPEN may the bytes themselves go to a reader: in all others `plain` is what can be
 * read, and where it is NULL nothing can. (libarchive gives the encrypted bytes of a RAR 5 member as
 * its content.) */

/** What the bytes say without a secret. */
typedef struct ArchiveFacts {
  ArchiveState state;
  const char *product; /**< "7z", "RAR 5", "RAR 4"; "" when none of them. More are recognised only:
                            "EGG", "ALZ", "ATC" */
  const char *cipher;  /**< "AES-256", "AES-128", …; "" when nothing is encrypted or not known */
  const char *reason;  /**< for UNSUPPORTED, MALFORMED, LIMIT: English, for people; else "". In state
                            LOCKED it says what is broken behind the last member that was found */
  bool names_hidden;   /**< the headers are encrypted too */
  uint64_t rounds;     /**< of key derivation, the greatest that is asked for */
  uint64_t n_members;  /**< members, 0 while names are hidden */
  uint64_t n_encrypted; /**< of them encrypted, opened or not; 0 while names are hidden */
} ArchiveFacts;

/** What came of a secret. */
typedef enum ArchiveTry {
  ARCHIVE_TRY_WRONG = 0,  /**< opens nothing that was still locked */
  ARCHIVE_TRY_OPENED = 1, /**< opens something; others may open the rest: see `archive_locked_left` */
  ARCHIVE_TRY_LIMIT = 2,  /**< `pay` refused, or it came upon a limit: stop */
  ARCHIVE_TRY_FAILED = 3  /**< OpenSSL failed */
} ArchiveTry;

/** How sure it is that the secret which opened a member is the right one. */
typedef enum ArchiveProof {
  ARCHIVE_PROOF_NONE = 0,  /**< not encrypted, or not opened */
  ARCHIVE_PROOF_WEAK = 1,  /**< one wrong secret in some 2^16 passes: what comes out may be garbage,
                                and its CRC decides */
  ARCHIVE_PROOF_STRONG = 2 /**< a check value of 32 bits or more: if the CRC is wrong now, the archive
                                is damaged */
} ArchiveProof;

/** A member of the plain archive, in the order in which libarchive tells them. */
typedef struct ArchiveMember {
  bool encrypted;     /**< in the original */
  bool locked;        /**< and still: its size is right here only, its content is not to be read */
  bool check_sum;     /**< not locked: hand the CRC-32 of its content to `archive_locked_sum`. libarchive
                           was not told of it where it depends on the secret (RAR 5), and of Debian 12 it
                           does not check that of a stored RAR 5 member anyway */
  bool no_sum;        /**< not locked, and there is no sum that could be checked */
  ArchiveProof proof;
  size_t secret;      /**< number of the secret that opened it */
  uint64_t size;      /**< unpacked; UINT64_MAX when not told */
} ArchiveMember;

/** Asked before work is done, with its cost in units of SkApi.work (1 KiB hashed or handled), and
 * with 0 from time to time while it lasts, as a sign of progress. False: stop. */
typedef bool (*ArchivePayFunc) (uint64_t units, void *data);

/** Derived keys, found again by number of the secret, product, rounds and salt: one derivation for
 * all members and all archives of a root that ask for the same. Wiped when freed. Belongs into the
 * slot of the root object. A number must mean the same secret as long as the cache lives. */
typedef struct ArchiveKeys ArchiveKeys;
ArchiveKeys *archive_keys_new (void);
void archive_keys_free (ArchiveKeys *keys);

/** An archive being opened; keeps the keys that were found, never the secrets. */
typedef struct ArchiveLocked ArchiveLocked;

/** Reads the headers of the archive that begins with the first byte. Never NULL. `bytes` must outlive
 * it. Transfer full. */
ArchiveLocked *archive_locked_look (SkSpan bytes, ArchivePayFunc pay, void *data);
void archive_locked_free (ArchiveLocked *locked);

/** Constant but for what a found secret shows (members, when the names were hidden; a state, when
 * what is behind the names turns out to be unsupported or broken). */
const ArchiveFacts *archive_locked_facts (const ArchiveLocked *locked);

/** Units that trying this secret will cost at least, derivations that `keys` holds left out. */
uint64_t archive_locked_cost (const ArchiveLocked *locked, const ArchiveKeys *keys, size_t number,
                              SkSpan secret);

/** Tries secret `number`, UTF-8 without a NUL. The whole cost of a derivation is asked of `pay` before
 * it begins. A secret over 1,024 bytes or not UTF-8 is wrong. */
ArchiveTry archive_locked_try (ArchiveLocked *locked, ArchiveKeys *keys, size_t number, SkSpan secret,
                               ArchivePayFunc pay, void *data);

/** Members, or their groups, that are still locked; 1 at least while names are hidden. */
uint64_t archive_locked_left (const ArchiveLocked *locked);

/** The archive as far as it is open and whole, or NULL: the state is OPEN, the names are hidden, or
 * nothing is whole. It borrows the bytes but not `locked`. Transfer full.
 *
 * libarchive of Debian 12 gives some members no byte and no error when it does not know their method:
 * compare what it gave with the member's size. */
ArchivePlain *archive_locked_plain (ArchiveLocked *locked);

/** The entry number `index` of the plain archive; in state OPEN of the archive itself. False past the
 * last, and when it is not known. */
bool archive_locked_member (const ArchiveLocked *locked, uint64_t index, ArchiveMember *ret_member);

/** What came out of member `index` shows that its secret was wrong: it is locked again, and so is all
 * that the same lock holds. */
void archive_locked_reject (ArchiveLocked *locked, uint64_t index);

/** The end of an archive whose names were hidden, from its first byte; UINT64_MAX while not known. */
uint64_t archive_locked_end (const ArchiveLocked *locked);

/** The alternate stream number `nth` of an archive whose names were hidden: its name as it stands, empty
 * when not told. False past the last. */
bool archive_locked_stream (const ArchiveLocked *locked, uint64_t nth, SkSpan *ret_name);

/** True when the CRC-32 of the member's content is what the archive says (`check_sum`). */
bool archive_locked_sum (const ArchiveLocked *locked, uint64_t index, uint32_t crc);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveLocked, archive_locked_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveKeys, archive_keys_free)

#endif
