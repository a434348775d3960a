/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Logs in UTF-16: see log-charset.h. Format: RFC 2781.
 */
#include "config.h"

#include "log-charset.h"

#include <glib.h>

bool
log_is_utf16 (SkSpan bytes)
{
  return bytes.size >= 2
         && ((bytes.data[0] == 0xff && bytes.data[1] == 0xfe)
             || (bytes.data[0] == 0xfe && bytes.data[1] == 0xff));
}

static uint32_t
unit_at (SkSpan bytes, size_t at, bool big)
{
  uint32_t first = bytes.data[at], second = bytes.data[at + 1];
  return big ? first << 8 | second : second << 8 | first;
}

static size_t
put_utf8 (uint8_t *out, uint32_t point)
{
  if (point < 0x80)
    {
      out[0] = (uint8_t) point;
      return 1;
    }
  size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static const uint8_t heads[] = { 0, 0xc0, 0xe0, 0xf0 };
  for (size_t i = more; i > 0; i--, point >>= 6)
    out[i] = (uint8_t) (0x80 | (point & 0x3f));
  out[0] = (uint8_t) (heads[more] | point);
  return more + 1;
}

uint8_t *
log_from_utf16 (SkSpan bytes, size_t *ret_size)
{
  bool big = bytes.data[0] == 0xfe;
  uint8_t *out = g_malloc (bytes.size / 2 * 3 + 3);
  size_t size = 0, at = 2;
  while (bytes.size - at >= 2)
    {
      uint32_t point = unit_at (bytes, at, big);
      at += 2;
      if (point >= 0xd800 && point <= 0xdfff)
        {
          uint32_t low = point <= 0xdbff && bytes.size - at >= 2 ? unit_at (bytes, at, big) : 0;
          bool pair = low >= 0xdc00 && low <= 0xdfff;
          point = pair ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
          at += pair ? 2 : 0;
        }
      size += put_utf8 (out + size, point);
    }
  if (at < bytes.size)
    size += put_utf8 (out + size, 0xfffd);
  *ret_size = size;
  return out;
}
