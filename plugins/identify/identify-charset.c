/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Is it text, and in which character set? A class good enough to choose a
 * decoder by; the decoder, not this, finds each wrong byte.
 */
#include "config.h"

#include "identify-content.h"

#include <glib.h>

#define BLOCK 64

/* What occurs at all. */
typedef struct Census {
  bool high, control, escape, nul;
} Census;

/* Control characters that text has: BS to CR, and ESC, which is counted by itself. */
static inline uint8_t
is_control (uint8_t byte)
{
  return (uint8_t) ((byte < 0x20) & ((uint8_t) (byte - 8) > 5) & (byte != 0x1b));
}

/* Whole blocks without a branch inside, so that the compiler can work on many bytes at a time. */
static Census
census (SkSpan text)
{
  uint8_t high = 0, control = 0, escape = 0;
  size_t i = 0;
  for (; text.size - i >= BLOCK; i += BLOCK)
    for (size_t j = 0; j < BLOCK; j++)
      {
        uint8_t byte = text.data[i + j];
        high = (uint8_t) (high | byte);
        control = (uint8_t) (control | is_control (byte));
        escape = (uint8_t) (escape | (byte == 0x1b));
      }
  for (; i < text.size; i++)
    {
      high = (uint8_t) (high | text.data[i]);
      control = (uint8_t) (control | is_control (text.data[i]));
      escape = (uint8_t) (escape | (text.data[i] == 0x1b));
    }
  return (Census){ (high & 0x80) != 0, control != 0, escape != 0,
                   control != 0 && memchr (text.data, 0, text.size) != NULL };
}

/* ISO-2022-JP switches with ESC $ B, ESC $ @, ESC ( J, ESC ( I or ESC $ ( D. */
static bool
has_japanese_escape (SkSpan text)
{
  for (size_t i = 0; i + 2 < text.size; i++)
    {
      if (text.data[i] != 0x1b)
        continue;
      uint8_t a = text.data[i + 1], b = text.data[i + 2];
      if ((a == '$' && (b == 'B' || b == '@' || b == '(')) || (a == '(' && (b == 'J' || b == 'I')))
        return true;
    }
  return false;
}

/* Length of the UTF-8 sequence at `p`, 0 when it is none, -1 when the text ends inside. */
static int
utf8_length (const uint8_t *p, size_t left)
{
  if (p[0] < 0x80)
    return 1;
  int length = p[0] >= 0xc2 && p[0] <= 0xdf   ? 2
               : (p[0] & 0xf0) == 0xe0        ? 3
               : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
                                              : 0;
  for (int i = 1; i < length; i++)
    {
      if ((size_t) i >= left)
        return -1;
      if ((p[i] & 0xc0) != 0x80)
        return 0;
    }
  if (length < 3 || left < 2)
    return length;
  bool bad = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f)
             || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f);
  return bad ? 0 : length;
}

static bool
is_utf8 (SkSpan text, bool complete)
{
  for (size_t i = 0; i < text.size;)
    {
      int length = utf8_length (text.data + i, text.size - i);
      if (length <= 0)
        return length < 0 && !complete;
      i += (size_t) length;
    }
  return true;
}

/* CP932: 81-9F or E0-FC, then 40-7E or 80-FC; A1-DF alone is half-width kana. Counts the pairs of
 * kana and punctuation, and of common kanji where they follow a pair: a single one may as well be
 * a quotation mark of Windows' Western set before a letter. */
static bool
is_cp932 (SkSpan text, bool complete, size_t *ret_common)
{
  size_t common = 0, after_pair = 0;
  for (size_t i = 0; i < text.size; i++)
    {
      uint8_t a = text.data[i];
      if (a < 0x80 || (a >= 0xa1 && a <= 0xdf))
        continue;
      if (a == 0x80 || a == 0xa0 || a > 0xfc)
        return false;
      if (i + 1 >= text.size)
        {
          if (complete)
            return false;
          break;
        }
      uint8_t b = text.data[++i];
      if (b < 0x40 || b == 0x7f || b > 0xfc)
        return false;
      common += (a >= 0x81 && a <= 0x83) || (a >= 0x88 && a <= 0x97 && i == after_pair + 1);
      after_pair = i + 1;
    }
  *ret_common = common;
  return true;
}

/* EUC-JP: A1-FE twice; 8E and a half-width kana; 8F and two more. Counts kana and punctuation. */
static bool
is_euc_jp (SkSpan text, bool complete, size_t *ret_common)
{
  size_t common = 0;
  for (size_t i = 0; i < text.size; i++)
    {
      uint8_t a = text.data[i];
      if (a < 0x80)
        continue;
      size_t more = a == 0x8f ? 2 : 1;
      if (complete && more > text.size - i - 1)
        return false;
      if (a != 0x8e && a != 0x8f && (a < 0xa1 || a == 0xff))
        return false;
      for (size_t j = 0; j < more && i + 1 < text.size; j++)
        if (text.data[++i] < 0xa1 || text.data[i] == 0xff)
          return false;
      common += a == 0xa1 || a == 0xa4 || a == 0xa5;
    }
  *ret_common = common;
  return true;
}

static void
count_high (SkSpan text, size_t *ret_high, size_t *ret_c1)
{
  size_t high = 0, c1 = 0;
  for (size_t i = 0; i < text.size; i++)
    {
      high += text.data[i] >= 0x80;
      c1 += text.data[i] >= 0x80 && text.data[i] < 0xa0;
    }
  *ret_high = high;
  *ret_c1 = c1;
}

/* Not UTF-8. Japanese when it is well-formed and a fair part of its pairs are of the everyday
 * rows; else a single-byte set, if most is ASCII or there is too much of it for chance. */
static const char *
eight_bit (SkSpan text, bool complete)
{
  size_t high, c1, common;
  count_high (text, &high, &c1);
  if (is_euc_jp (text, complete, &common) && common * 8 >= high)
    return "euc-jp";
  if (is_cp932 (text, complete, &common) && common * 6 >= high)
    return "shift_jis";
  if (high * 2 > text.size && text.size < 256)
    return NULL;
  return c1 == 0 ? "iso-8859-1" : "unknown-8bit";
}

/* UTF-16 without a mark: half of the bytes are zero, all on one side, and the others are text. */
static const char *
utf16_bare (SkSpan text)
{
  size_t even = 0, odd = 0, pairs = text.size / 2;
  if (pairs < 4 || pairs * 2 != text.size)
    return NULL;
  for (size_t i = 0; i < pairs; i++)
    {
      uint8_t a = text.data[2 * i], b = text.data[2 * i + 1];
      even += a == 0;
      odd += b == 0;
      if ((a == 0 && b == 0) || (b == 0 && is_control (a)) || (a == 0 && is_control (b)))
        return NULL;
    }
  if (even == 0 && odd * 4 >= pairs * 3)
    return "utf-16le";
  return odd == 0 && even * 4 >= pairs * 3 ? "utf-16be" : NULL;
}

/* After a byte order mark: no unit is NUL or another control character, surrogates come in
 * pairs. */
static bool
is_utf16 (SkSpan text, bool big, bool complete)
{
  bool high = false;
  for (size_t i = 2; i + 1 < text.size; i += 2)
    {
      unsigned unit
          = big ? text.data[i] * 256u + text.data[i + 1] : text.data[i + 1] * 256u + text.data[i];
      if (unit < 0x20 && is_control ((uint8_t) unit))
        return false;
      if (high != (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
      high = unit >= 0xd800 && unit <= 0xdbff;
    }
  return !high || !complete;
}

const char *
id_charset (SkSpan prefix, bool complete)
{
  if (prefix.size == 0)
    return NULL;
  bool little = prefix.size >= 2 && prefix.data[0] == 0xff && prefix.data[1] == 0xfe;
  bool big = prefix.size >= 2 && prefix.data[0] == 0xfe && prefix.data[1] == 0xff;
  if (little || big)
    return !is_utf16 (prefix, big, complete) ? NULL : big ? "utf-16be" : "utf-16le";
  if (complete && prefix.size > 1 && prefix.data[prefix.size - 1] == 0x1a)
    prefix.size--; /* the end mark of DOS */
  Census found = census (prefix);
  if (found.control)
    return found.nul ? utf16_bare (prefix) : NULL;
  if (!found.high)
    return found.escape && has_japanese_escape (prefix) ? "iso-2022-jp" : "us-ascii";
  return is_utf8 (prefix, complete) ? "utf-8" : eight_bit (prefix, complete);
}
