/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Memory that is handed out piece by piece and taken back all at once.
 *
 * Names, facts and nodes of a walk are many and small and end together; one
 * malloc for each would cost more than the walk. No piece is freed alone.
 * Callers bound what they ask for; the arena only counts it.
 */
#ifndef SK_ENGINE_ARENA_H
#define SK_ENGINE_ARENA_H

#include <glib.h>
#include <sekisho/span.h>

typedef struct SkArenaBlock SkArenaBlock;

typedef struct SkArena {
  SkArenaBlock *block; /**< the newest, from which pieces are cut */
  size_t used;         /**< bytes cut from it */
  size_t block_size;   /**< bytes of an ordinary block */
} SkArena;

/** An empty arena; nothing is allocated yet. */
void sk_arena_init (SkArena *arena, size_t block_size);
/** Frees everything. */
void sk_arena_clear (SkArena *arena);
/** Takes all pieces back, keeps one ordinary block for the next use. */
void sk_arena_reset (SkArena *arena);
/** `size` bytes, aligned for any type, uninitialised. */
void *sk_arena_take (SkArena *arena, size_t size);
/** The same, zeroed. */
void *sk_arena_take0 (SkArena *arena, size_t size);
/** A copy of `text` with a NUL behind it. */
char *sk_arena_text (SkArena *arena, SkSpan text);

#endif
