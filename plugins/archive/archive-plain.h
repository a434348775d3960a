/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bytes that are nowhere in one piece: a row of segments, each a part of the
 * object, a few bytes of memory, or a part of the object to be decrypted.
 *
 * This is the form in which a locked archive is handed to its reader once its
 * encryption is off. Nothing of the archive's size is allocated: what is
 * encrypted is decrypted as it is read, at any offset (AES in CBC mode needs
 * only the block before).
 */
#ifndef ARCHIVE_PLAIN_H
#define ARCHIVE_PLAIN_H

#include <glib.h>
#include <sekisho/sekisho.h>

/** Bytes that `peek` decrypts at one time. */
#define ARCHIVE_PLAIN_BLOCK ((size_t) 64 * 1024)

typedef struct ArchivePlain ArchivePlain;

/** Nothing yet. Transfer full. */
ArchivePlain *archive_plain_new (void);
/** Wipes the keys. NULL is fine. */
void archive_plain_free (ArchivePlain *plain);

/** Append a segment. Bytes of `raw` and of `cipher` stay the caller's and must outlive `plain`; those
 * of `memory` are copied. False, and nothing appended, when there are too many segments or bytes. */
bool archive_plain_raw (ArchivePlain *plain, SkSpan raw);
bool archive_plain_memory (ArchivePlain *plain, SkSpan memory);
/** The first `length` bytes of what `cipher` (whole blocks of 16) decrypts to, by AES in CBC mode with
 * a key of `key_size` bytes (16 or 32) and the IV of 16; keys are copied. */
bool archive_plain_cipher (ArchivePlain *plain, SkSpan cipher, uint64_t length, const uint8_t *key,
                           size_t key_size, const uint8_t iv[16]);

/** Overwrites the first bytes, which must be in memory: for a head that is known last. */
bool archive_plain_set_head (ArchivePlain *plain, SkSpan head);

/** All bytes. */
uint64_t archive_plain_size (const ArchivePlain *plain);

/** The bytes at `offset`, as many as lie in one piece (of decrypted ones at most
 * ARCHIVE_PLAIN_BLOCK). Empty at the end, and when the cipher fails. Valid until the next call. */
SkSpan archive_plain_peek (ArchivePlain *plain, uint64_t offset);

/** Copies bytes from `offset` on; returns how many: fewer only at the end or when the cipher fails. */
size_t archive_plain_read (ArchivePlain *plain, uint64_t offset, void *buffer, size_t size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchivePlain, archive_plain_free)

#endif
