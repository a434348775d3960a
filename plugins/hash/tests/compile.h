/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A list compiled in memory, for tests.
 */
#ifndef HASH_TEST_COMPILE_H
#define HASH_TEST_COMPILE_H

#include "hash-build.h"
#include "hash-cache.h"
#include "hash-digest.h"
#include "hash-parse.h"

#include <unistd.h>

/** Parses and compiles; the mapping is given back with hash_cache_unmap. An empty span when it
 * could not be written. */
static inline SkSpan
compile_with (const HashTrivial *trivial, SkSpan text, SkSpan side, const char *name)
{
  static const uint8_t origin[32] = { 1, 2, 3 };
  SkSpan map = { NULL, 0 };
  g_autoptr (HashBuilder) builder = hash_builder_new (trivial);
  hash_parse (text, side, name, builder);
  g_autofree char *temporary = NULL;
  int fd = hash_cache_create (NULL, &temporary);
  if (fd >= 0 && hash_builder_write (builder, fd, origin, 1700000000, hash_digest_of_two))
    hash_cache_map_fd (fd, &map);
  if (fd >= 0)
    close (fd);
  return map;
}

/** The trivial contents, made with digests that are not kept. */
static inline HashTrivial *
make_trivial (void)
{
  HashDigests digests;
  hash_digests_init (&digests);
  HashTrivial *trivial = hash_trivial_new (hash_digest_compute, &digests);
  hash_digests_clear (&digests);
  return trivial;
}

static inline SkSpan
compile_text (SkSpan text, SkSpan side, const char *name)
{
  g_autoptr (HashTrivial) trivial = make_trivial ();
  return compile_with (trivial, text, side, name);
}

#endif
