/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Collects entries and writes a compiled list.
 *
 * Needs about 44 bytes an entry while it collects, and the mapped file that it
 * writes. Entries of the same digest and source are one.
 */
#ifndef HASH_BUILD_H
#define HASH_BUILD_H

#include "hash-list.h"

#include <glib.h>

typedef struct HashBuilder HashBuilder;

/** Computes the digest of a span. False when the algorithm is not to be had. */
typedef bool (*HashComputeFunc) (HashAlgorithm algorithm, SkSpan bytes, uint8_t *ret_digest,
                                 void *data);

/** The digests of contents that every tree has: nothing, one byte, line ends, byte order marks,
 * runs of 00 and FF in the sizes of sectors and pages up to 1 MiB. Made once for all lists. */
typedef struct HashTrivial HashTrivial;
HashTrivial *hash_trivial_new (HashComputeFunc compute, void *data);
void hash_trivial_free (HashTrivial *trivial);
bool hash_is_trivial (const HashTrivial *trivial, HashAlgorithm algorithm, const uint8_t *digest);

/** Borrows `trivial`. */
HashBuilder *hash_builder_new (const HashTrivial *trivial);
void hash_builder_free (HashBuilder *builder);

/** The number of the block of that source, a new one or one that is there. False past the
 * maximum. */
bool hash_builder_block (HashBuilder *builder, const char *name, HashKind kind, int64_t expires,
                         uint32_t *ret_block);
/** Adds an entry; one for trivial content becomes a note instead. `label` may be empty. False past
 * the maximum of entries. */
bool hash_builder_add (HashBuilder *builder, HashAlgorithm algorithm, const uint8_t *digest,
                       uint64_t size, uint32_t block, SkSpan label, uint32_t line);
/** Notes what is wrong with a line. The first 64 are kept, all are counted. */
void hash_builder_note (HashBuilder *builder, uint32_t line, HashNote note);

/** Sorts and writes into the empty file `fd`, which stays the caller's. `origin` is the SHA-256 of
 * what was read. The builder is of no use afterwards. False with errno when the file could not be
 * written. */
bool hash_builder_write (HashBuilder *builder, int fd, const uint8_t origin[32], int64_t now,
                         HashDigestFunc digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HashBuilder, hash_builder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HashTrivial, hash_trivial_free)

#endif
