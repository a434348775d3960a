/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Where compiled lists are kept: a folder of files named by what they were
 * compiled from, or, without a folder, the memory of this process.
 */
#ifndef HASH_CACHE_H
#define HASH_CACHE_H

#include <sekisho/sekisho.h>

/** Compiled lists that stay in the cache; those used last. */
#define HASH_CACHE_LISTS 64

/** Maps a file of the folder. It must be a regular file of this user or of root that nobody else
 * can write, in such a folder. False when there is none (`*ret_error` NULL) or when it is not to
 * be trusted (a static English text). Give the mapping back with hash_cache_unmap. */
bool hash_cache_map (const char *folder, const char *name, SkSpan *ret_bytes,
                     const char **ret_error);

/** A new file to write a list into, in the folder, or in memory when `folder` is NULL. -1 with
 * errno. `ret_name` gets the temporary name (transfer full), NULL for memory. */
int hash_cache_create (const char *folder, char **ret_name);
/** Gives the written file its name. False with errno. */
bool hash_cache_commit (const char *folder, const char *temporary, int fd, const char *name);
/** Removes a temporary file. */
void hash_cache_abort (const char *folder, const char *temporary);

/** Maps an open file, read-only. False with errno. */
bool hash_cache_map_fd (int fd, SkSpan *ret_bytes);
void hash_cache_unmap (SkSpan bytes);

#endif
