/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Encodings: `wide` (UTF-16 LE), `utf16be`, `utf16` (LE behind a byte order
 * mark), `base64`, `base64offset`.
 *
 * Of UTF-16 wildcards stay what they are; in base64 they would stand for parts
 * of characters, so there they are refused. `base64offset` gives what can be
 * seen of a value in the base64 of a longer text: at each of the three places
 * where it may begin, without the characters that its neighbours share. The
 * encodings count bytes, not characters (issues of other readers with texts
 * that are not ASCII come from there).
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"

static void
add_unit (GByteArray *bytes, uint32_t unit, bool big)
{
  uint8_t high = (uint8_t) (unit >> 8), low = (uint8_t) unit;
  uint8_t pair[2] = { big ? high : low, big ? low : high };
  g_byte_array_append (bytes, pair, 2);
}

/* UTF-8 with a NUL behind it, as UTF-16. What has been encoded before is ASCII. */
static void
add_utf16 (GByteArray *bytes, SkSpan text, bool big)
{
  const char *end = (const char *) text.data + text.size;
  for (const char *at = (const char *) text.data; at < end; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (c < 0x10000)
        {
          add_unit (bytes, c, big);
          continue;
        }
      add_unit (bytes, 0xD800 + ((c - 0x10000) >> 10), big);
      add_unit (bytes, 0xDC00 + ((c - 0x10000) & 0x3FF), big);
    }
}

static SkSigmaPattern
widen (SkSigmaMemory *memory, SkSigmaPattern pattern, SkSigmaModifier modifier)
{
  bool mark = modifier == SK_SIGMA_MOD_UTF16;
  SkSigmaPart *parts = sk_sigma_take_array (memory, SkSigmaPart, pattern.n_parts);
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    {
      parts[i] = pattern.parts[i];
      if (parts[i].kind != SK_SIGMA_LITERAL)
        continue;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      add_utf16 (bytes, parts[i].text, modifier == SK_SIGMA_MOD_UTF16BE);
      parts[i].text.size = bytes->len;
      parts[i].text.data = (const uint8_t *) sk_sigma_copy (memory, bytes->data, bytes->len);
    }
  SkSigmaPattern wide = { parts, pattern.n_parts };
  SkSpan order = { (const uint8_t *) "\xff\xfe", 2 };
  return mark ? sk_sigma_pattern_join (memory, sk_sigma_pattern_plain (memory, order), wide) : wide;
}

static bool
plain_text (SkSigmaMaking *making, SkSigmaPattern pattern, SkSpan *ret_text)
{
  if (!sk_sigma_pattern_is_plain (pattern, ret_text))
    return sk_sigma_refuse (making->reader, making->line,
                            _ ("\"%s\": no base64 of a value with wildcards"), making->chain->key);
  return true;
}

static void
add_base64 (SkSigmaMaking *making, GArray *patterns, const uint8_t *bytes, size_t size, size_t from,
            size_t less)
{
  g_autofree char *text = g_base64_encode (bytes, size);
  SkSpan seen = { (const uint8_t *) text + from, strlen (text) - from - less };
  SkSigmaPattern pattern = sk_sigma_pattern_plain (making->scratch, seen);
  g_array_append_val (patterns, pattern);
}

/* Behind 0, 1 and 2 bytes of something else: how many characters at the begin hold bits of those,
 * and how many at the end, with the padding, would hold bits of what follows. */
static bool
add_offsets (SkSigmaMaking *making, GArray *patterns, SkSpan text)
{
  static const size_t from[] = { 0, 2, 3 }, less[] = { 0, 3, 2 };
  if (text.size < 2)
    return sk_sigma_refuse (making->reader, making->line,
                            _ ("\"%s\": a value of one byte cannot be seen in base64"),
                            making->chain->key);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_byte_array_append (bytes, (const guint8 *) "  ", 2);
  g_byte_array_append (bytes, text.data, (guint) text.size);
  for (size_t i = 0; i < 3; i++)
    add_base64 (making, patterns, bytes->data + 2 - i, text.size + i, from[i],
                less[(text.size + i) % 3]);
  return true;
}

static bool
encode (SkSigmaMaking *making, GArray *patterns, SkSigmaPattern pattern, SkSigmaModifier modifier)
{
  SkSpan text;
  if (modifier != SK_SIGMA_MOD_BASE64 && modifier != SK_SIGMA_MOD_BASE64OFFSET)
    {
      SkSigmaPattern wide = widen (making->scratch, pattern, modifier);
      g_array_append_val (patterns, wide);
      return true;
    }
  if (!plain_text (making, pattern, &text))
    return false;
  if (modifier == SK_SIGMA_MOD_BASE64OFFSET)
    return add_offsets (making, patterns, text);
  add_base64 (making, patterns, text.data, text.size, 0, 0);
  return true;
}

bool
sk_sigma_pattern_encode (SkSigmaMaking *making, SkSigmaModifier modifier)
{
  g_autoptr (GArray) made = g_array_new (FALSE, FALSE, sizeof (SkSigmaPattern));
  uint64_t times = modifier == SK_SIGMA_MOD_BASE64OFFSET ? 3 : 1;
  for (guint i = 0; i < making->patterns->len; i++)
    {
      SkSigmaPattern pattern = g_array_index (making->patterns, SkSigmaPattern, i);
      if (!sk_sigma_pattern_room (making, making->patterns->len * times,
                                  2 * times * sk_sigma_pattern_bytes (pattern))
          || !encode (making, made, pattern, modifier))
        return false;
    }
  g_array_set_size (making->patterns, 0);
  g_array_append_vals (making->patterns, made->data, made->len);
  return true;
}
