/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Blocks that grow with what is taken from them.
 */
#include "config.h"

#include "sigma/memory.h"

#include <stdalign.h>

#define FIRST_BLOCK ((size_t) 4096)
#define LARGEST_BLOCK ((size_t) 1 << 20)

typedef struct Block {
  size_t size;
  alignas (max_align_t) uint8_t bytes[];
} Block;

static Block *
last_block (const SkSigmaMemory *memory)
{
  return g_ptr_array_index (memory->blocks, memory->blocks->len - 1);
}

static void
add_block (SkSigmaMemory *memory, size_t least)
{
  if (memory->blocks == NULL)
    memory->blocks = g_ptr_array_new_with_free_func (g_free);
  size_t size = MAX (least, CLAMP (memory->size * 2, FIRST_BLOCK, LARGEST_BLOCK));
  Block *block = g_malloc0 (sizeof (Block) + size);
  block->size = size;
  g_ptr_array_add (memory->blocks, block);
  memory->used = 0;
  memory->size = size;
  memory->total += size;
}

void *
sk_sigma_take (SkSigmaMemory *memory, size_t size)
{
  size_t align = alignof (max_align_t);
  size = (MAX (size, 1) + align - 1) / align * align;
  if (size > memory->size - memory->used)
    add_block (memory, size);
  void *taken = last_block (memory)->bytes + memory->used;
  memory->used += size;
  return taken;
}

char *
sk_sigma_copy (SkSigmaMemory *memory, const void *bytes, size_t size)
{
  char *copy = sk_sigma_take (memory, size + 1);
  if (size > 0)
    memcpy (copy, bytes, size);
  return copy;
}

char *
sk_sigma_copy_text (SkSigmaMemory *memory, const char *text)
{
  return sk_sigma_copy (memory, text, strlen (text));
}

SkSigmaMark
sk_sigma_mark (const SkSigmaMemory *memory)
{
  return (SkSigmaMark) { memory->blocks != NULL ? memory->blocks->len : 0, memory->used };
}

void
sk_sigma_rewind (SkSigmaMemory *memory, SkSigmaMark mark)
{
  if (memory->blocks == NULL)
    return;
  while (memory->blocks->len > mark.blocks)
    {
      memory->total -= last_block (memory)->size;
      g_ptr_array_set_size (memory->blocks, (int) memory->blocks->len - 1);
    }
  memory->size = mark.blocks > 0 ? last_block (memory)->size : 0;
  memory->used = mark.used;
  /* What is taken next is zeroed again. */
  if (mark.blocks > 0)
    memset (last_block (memory)->bytes + mark.used, 0, memory->size - mark.used);
}

void
sk_sigma_memory_clear (SkSigmaMemory *memory)
{
  g_clear_pointer (&memory->blocks, g_ptr_array_unref);
  *memory = (SkSigmaMemory) { 0 };
}
