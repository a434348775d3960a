/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A compiled list of hashes, `.skhash`: opened over bytes that somebody else
 * maps, looked up in place.
 *
 * Layout, little-endian, each array at a multiple of 8:
 *
 *       0  "SKHASH\x1a\n"
 *       8  u32 version (1)              12  u32 size of this header (320)
 *      16  u64 size of the file         24  i64 built, seconds since 1970
 *      32  SHA-256 of what it was compiled from
 *      64  SHA-256 of this file with these 32 bytes zero
 *      96  u32 blocks                  100  u32 infos
 *     104  u64 place of the blocks     112  u64 place of the infos
 *     120  u64 place of the notes      128  u32 notes        132  u32 zero
 *     136  u32 totals of the notes, one a code (5), u32 zero
 *     160  u64 place of the strings    168  u64 size of the strings
 *     176  three sections: MD5, SHA-1, SHA-256; each
 *          u64 entries, u64 place of the fan-out, of the digests, of the infos of
 *          the entries (0: all have info 0), of the sizes (0: none has one)
 *     296  24 bytes zero
 *
 *   block   u32 name (in strings), u32 kind, i64 expires, u64 entries
 *   info    u32 block, u32 label (in strings; 0 is none)
 *   note    u32 line, u32 code
 *   strings NUL-terminated; the first is empty
 *   fan-out u32 for each value of the first byte (below 4,096 entries) or of the first two bytes,
 *           and one more: how many digests are smaller than that head
 *
 * Nothing in the file is believed: all is checked when it is opened, so that a
 * look-up stays inside whatever the checksum says.
 */
#ifndef HASH_LIST_H
#define HASH_LIST_H

#include <sekisho/sekisho.h>

#define HASH_VERSION 1
#define HASH_HEADER_SIZE 320
#define HASH_MAGIC "SKHASH\x1a\n"
/** Below this a fan-out over one byte is enough. */
#define HASH_SMALL 4096
/** Entries of one section. */
#define HASH_MAX_ENTRIES UINT64_C (100000000)
#define HASH_MAX_BLOCKS 1024
#define HASH_MAX_INFOS 1000000
#define HASH_MAX_NOTES 64
#define HASH_MAX_DIGEST 32
/** The entry is for content of any size. */
#define HASH_ANY_SIZE UINT64_MAX

typedef enum HashAlgorithm {
  HASH_MD5 = 0,
  HASH_SHA1 = 1,
  HASH_SHA256 = 2,
  HASH_N_ALGORITHMS = 3
} HashAlgorithm;

/** Bytes of a digest. */
static inline size_t
hash_digest_size (HashAlgorithm algorithm)
{
  static const uint8_t sizes[HASH_N_ALGORITHMS] = { 16, 20, 32 };
  return sizes[algorithm];
}

typedef enum HashKind { HASH_DENY = 1, HASH_ALLOW = 2 } HashKind;

/** What was wrong with a line of the source. */
typedef enum HashNote {
  HASH_NOTE_TRIVIAL = 0,  /**< the hash of nothing, of one byte, of zeros: in every tree */
  HASH_NOTE_UNKNOWN = 1,  /**< an entry without source, expiry or kind */
  HASH_NOTE_BAD_LINE = 2, /**< no entry, no comment */
  HASH_NOTE_BAD_META = 3, /**< a metadata line whose value is none */
  HASH_NOTE_BAD_SIDE = 4, /**< the same in the side file */
  HASH_N_NOTES = 5
} HashNote;

typedef struct HashSection {
  uint64_t n_entries;
  unsigned fan_out_bits; /* 8 or 16 */
  const uint8_t *fan_out, *digests, *infos, *sizes;
} HashSection;

/** An open list; borrows the bytes. */
typedef struct HashList {
  SkSpan bytes;
  uint32_t n_blocks, n_infos, n_notes;
  uint32_t totals[HASH_N_NOTES]; /**< how many lines of each kind of note */
  const uint8_t *blocks, *infos, *notes;
  SkSpan strings;
  int64_t now; /**< entries that expired before are not found */
  HashSection sections[HASH_N_ALGORITHMS];
} HashList;

/** A source within a list. */
typedef struct HashBlock {
  const char *name;
  HashKind kind;
  int64_t expires; /**< first second in which it is no longer good */
  uint64_t n_entries;
} HashBlock;

typedef struct HashHit {
  HashKind kind;
  const char *source; /**< name of the source */
  const char *label;  /**< "" when the entry has none */
} HashHit;

/** Receives a hit; return false to stop. */
typedef bool (*HashHitFunc) (const HashHit *hit, void *data);

/** Computes the SHA-256 of two spans one after the other. False when the library fails. */
typedef bool (*HashDigestFunc) (SkSpan head, SkSpan rest, uint8_t ret_digest[32]);

/** Checks everything and opens. `digest` checks the checksum. False with a static English text. */
bool hash_list_open (SkSpan bytes, int64_t now, HashDigestFunc digest, HashList *ret_list,
                     const char **ret_error);
/** The SHA-256 of what it was compiled from: 32 bytes. */
const uint8_t *hash_list_origin (const HashList *list);
/** Each entry for that digest and content size whose source has not expired. */
void hash_list_find (const HashList *list, HashAlgorithm algorithm, const uint8_t *digest,
                     uint64_t size, HashHitFunc func, void *data);
HashBlock hash_list_block (const HashList *list, uint32_t index);
/** Note number `index`: line and code. */
void hash_list_note (const HashList *list, uint32_t index, uint32_t *ret_line, HashNote *ret_note);

#endif
