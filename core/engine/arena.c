/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/arena.h"

struct SkArenaBlock {
  SkArenaBlock *older;
  size_t size; /* bytes behind this head */
  _Alignas (16) uint8_t bytes[];
};

void
sk_arena_init (SkArena *arena, size_t block_size)
{
  arena->block = NULL;
  arena->used = 0;
  arena->block_size = block_size;
}

static void
free_chain (SkArenaBlock *block)
{
  while (block != NULL)
    {
      SkArenaBlock *older = block->older;
      g_free (block);
      block = older;
    }
}

void
sk_arena_clear (SkArena *arena)
{
  free_chain (arena->block);
  arena->block = NULL;
  arena->used = 0;
}

void
sk_arena_reset (SkArena *arena)
{
  SkArenaBlock *kept = arena->block;
  arena->used = 0;
  if (kept == NULL)
    return;
  free_chain (kept->older);
  kept->older = NULL;
  if (kept->size > arena->block_size)
    sk_arena_clear (arena);
}

static void
add_block (SkArena *arena, size_t least)
{
  size_t size = MAX (arena->block_size, least);
  SkArenaBlock *block = g_malloc (sizeof *block + size);
  block->older = arena->block;
  block->size = size;
  arena->block = block;
  arena->used = 0;
}

void *
sk_arena_take (SkArena *arena, size_t size)
{
  size_t rounded = (size + 15) & ~(size_t) 15;
  g_assert (rounded >= size);
  if (arena->block == NULL || rounded > arena->block->size - arena->used)
    add_block (arena, rounded);
  void *piece = arena->block->bytes + arena->used;
  arena->used += rounded;
  return piece;
}

void *
sk_arena_take0 (SkArena *arena, size_t size)
{
  void *piece = sk_arena_take (arena, size);
  memset (piece, 0, size);
  return piece;
}

char *
sk_arena_text (SkArena *arena, SkSpan text)
{
  char *copy = sk_arena_take (arena, text.size + 1);
  if (text.size > 0)
    memcpy (copy, text.data, text.size);
  copy[text.size] = '\0';
  return copy;
}
