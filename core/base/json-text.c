/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/json-text.h"

#include "base/block.h"

#include <glib.h>
#include <string.h>

#define REPLACEMENT 0xFFFDu

/* \uXXXX at `pos`. */
static bool
take_unit (const uint8_t *pos, const uint8_t *end, uint32_t *ret_unit)
{
  uint32_t unit = 0;
  if (end - pos < 6 || pos[0] != '\\' || pos[1] != 'u')
    return false;
  for (int i = 2; i < 6; i++)
    {
      int digit = g_ascii_xdigit_value ((char) pos[i]);
      if (digit < 0)
        return false;
      unit = unit << 4 | (uint32_t) digit;
    }
  *ret_unit = unit;
  return true;
}

static bool
is_half (uint32_t unit, uint32_t first)
{
  return unit >= first && unit < first + 0x400;
}

/* Writes the character of the escape at `*pos` and moves behind it. */
static bool
undo_unit (const uint8_t **pos, const uint8_t *end, char **out)
{
  uint32_t unit, second;
  if (!take_unit (*pos, end, &unit))
    return false;
  *pos += 6;
  if (is_half (unit, 0xD800) && take_unit (*pos, end, &second) && is_half (second, 0xDC00))
    {
      unit = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
      *pos += 6;
    }
  else if (is_half (unit, 0xD800) || is_half (unit, 0xDC00))
    unit = REPLACEMENT;
  *out += g_unichar_to_utf8 (unit, *out);
  return true;
}

/* What `\\` and `letter` mean; -1 when they are no escape of two characters. */
static int
meaning_of (uint8_t letter)
{
  switch (letter)
    {
    case '"': case '\\': case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return -1;
    }
}

static bool
undo_short (const uint8_t **pos, const uint8_t *end, char **out)
{
  int meaning = end - *pos >= 2 ? meaning_of ((*pos)[1]) : -1;
  if (meaning < 0)
    return false;
  *(*out)++ = (char) meaning;
  *pos += 2;
  return true;
}

/* Bytes of the block before its first backslash; its size when there is none. */
static inline size_t
before_escape (SkBlock block)
{
  uint64_t halves[2];
  block = (SkBlock) (block == '\\');
  memcpy (halves, &block, sizeof halves);
  if (halves[0] != 0)
    return (size_t) __builtin_ctzll (GUINT64_FROM_LE (halves[0])) / 8;
  return halves[1] != 0 ? 8 + (size_t) __builtin_ctzll (GUINT64_FROM_LE (halves[1])) / 8
                        : sizeof block;
}

/* Copies up to the next backslash, a block at a time where what is written behind the text, too,
 * reaches nothing that is still to be read. Paths are full of escapes: calls of memchr and memmove
 * would cost more than the bytes. */
static size_t
copy_plain (const uint8_t *pos, const uint8_t *end, char *out)
{
  size_t size = 0, left = (size_t) (end - pos);
  const uint8_t *to = (const uint8_t *) out;
  if ((to < pos && (size_t) (pos - to) >= sizeof (SkBlock)) || to >= end)
    while (left - size >= sizeof (SkBlock))
      {
        SkBlock block = sk_block_load (pos + size);
        memcpy (out + size, &block, sizeof block);
        size_t plain = before_escape (block);
        size += plain;
        if (plain < sizeof block)
          return size;
      }
  for (; size < left && pos[size] != '\\'; size++)
    out[size] = (char) pos[size];
  return size;
}

size_t
sk_json_text_undo (SkSpan text, char *buffer)
{
  const uint8_t *pos = text.data, *end = text.data + text.size;
  char *out = buffer;
  while (pos < end)
    {
      size_t plain = copy_plain (pos, end, out);
      out += plain;
      pos += plain;
      if (pos < end && !undo_short (&pos, end, &out) && !undo_unit (&pos, end, &out))
        *out++ = (char) *pos++;
    }
  return (size_t) (out - buffer);
}
