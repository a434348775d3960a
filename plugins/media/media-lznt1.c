/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Chunks of up to 4,096 bytes: head u16 (low 12 bits: bytes that follow, less
 * one; high bit: compressed), then groups of eight: a byte of flags, and for
 * each bit a byte as it is (0) or a reference u16 backwards in the chunk (1),
 * whose bits are divided the otherwise the farther the chunk is filled.
 */
#include "config.h"

#include "media-lznt1.h"

#include <glib.h>

#define CHUNK 4096
#define HEAD_COMPRESSED 0x8000
#define SHORTEST 3

/* Bits of the length in a reference, where `filled` bytes of the chunk are there. */
static unsigned
length_bits (size_t filled)
{
  unsigned bits = 12;
  for (size_t i = filled - 1; i >= 16; i >>= 1)
    bits--;
  return bits;
}

static bool
copy_back (uint8_t *chunk, size_t *filled, size_t room, uint16_t reference)
{
  if (*filled == 0)
    return false;
  unsigned bits = length_bits (*filled);
  size_t back = (size_t) (reference >> bits) + 1;
  size_t length = (reference & ((1u << bits) - 1)) + SHORTEST;
  if (back > *filled || length > room - *filled)
    return false;
  for (size_t i = 0; i < length; i++, (*filled)++)
    chunk[*filled] = chunk[*filled - back];
  return true;
}

static bool
unpack_chunk (SkCursor cursor, uint8_t *chunk, size_t room)
{
  size_t filled = 0;
  uint8_t flags, byte;
  uint16_t reference;
  while (sk_cursor_take_u8 (&cursor, &flags))
    for (unsigned bit = 0; bit < 8 && sk_cursor_left (&cursor) > 0; bit++)
      if ((flags >> bit & 1) != 0)
        {
          if (!sk_cursor_take_u16le (&cursor, &reference)
              || !copy_back (chunk, &filled, room, reference))
            return false;
        }
      else if (filled == room || !sk_cursor_take_u8 (&cursor, &byte))
        return false;
      else
        chunk[filled++] = byte;
  return true;
}

bool
media_lznt1 (SkSpan packed, uint8_t *buffer, size_t size)
{
  SkCursor cursor = sk_cursor (packed), chunk;
  uint16_t head;
  memset (buffer, 0, size);
  for (size_t at = 0; at < size && sk_cursor_take_u16le (&cursor, &head) && head != 0; at += CHUNK)
    {
      size_t room = MIN (CHUNK, size - at);
      if (!sk_cursor_sub (&cursor, (head & 0xfffu) + 1, &chunk))
        return false;
      if ((head & HEAD_COMPRESSED) == 0)
        memcpy (buffer + at, chunk.pos, MIN (room, sk_cursor_left (&chunk)));
      else if (!unpack_chunk (chunk, buffer + at, room))
        return false;
    }
  return true;
}
