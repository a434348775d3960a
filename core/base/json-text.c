/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/json-text.h"

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

static bool
undo_short (const uint8_t **pos, const uint8_t *end, char **out)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  if (end - *pos < 2 || (*pos)[1] == '\0')
    return false;
  const char *letter = strchr (letters, (*pos)[1]);
  if (letter == NULL)
    return false;
  *(*out)++ = meanings[letter - letters];
  *pos += 2;
  return true;
}

size_t
sk_json_text_undo (SkSpan text, char *buffer)
{
  const uint8_t *pos = text.data, *end = text.data + text.size;
  char *out = buffer;
  while (pos < end)
    {
      const uint8_t *escape = memchr (pos, '\\', (size_t) (end - pos));
      size_t plain = (size_t) ((escape != NULL ? escape : end) - pos);
      memmove (out, pos, plain);
      out += plain;
      pos += plain;
      if (escape != NULL && !undo_short (&pos, end, &out) && !undo_unit (&pos, end, &out))
        *out++ = (char) *pos++;
    }
  return (size_t) (out - buffer);
}
