/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Characters and parts of names.
 *
 * What is in its place is not told, so that a fact means something whatever
 * the language: Persian and Hindi need joiners, emoji are glued by them,
 * Japanese family names carry variation selectors (葛 with U+E0100), and
 * `μPD780` mixes no scripts that anybody could confuse.
 */
#include "config.h"

#include "name-text.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

/* ---- text ---- */

NameText
name_text (const char *utf8)
{
  glong length;
  NameText text = { g_utf8_to_ucs4_fast (utf8, -1, &length), 0 };
  text.length = (size_t) length;
  return text;
}

void
name_text_clear (NameText *text)
{
  g_free (text->at);
  *text = (NameText) { NULL, 0 };
}

static bool
is_ascii (NameText name)
{
  for (size_t i = 0; i < name.length; i++)
    if (name.at[i] >= 0x80)
      return false;
  return true;
}

static bool
is_filler (uint32_t c)
{
  return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || c == 0x2800;
}

bool
name_is_blank (uint32_t c)
{
  return c == ' ' || c == '\t' || (c >= 0x80 && u_isUWhiteSpace ((UChar32) c)) || is_filler (c);
}

static bool
is_unseen (uint32_t c)
{
  return c >= 0x80 && u_hasBinaryProperty ((UChar32) c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/* NFKC makes at most 18 code points of one. */
static NameText
normalize (const UNormalizer2 *nfkc, NameText seen)
{
  UErrorCode error = U_ZERO_ERROR;
  int32_t room = (int32_t) (seen.length * 2 + 1), size = 0, result = room * 9;
  g_autofree UChar *units = g_new (UChar, room);
  g_autofree UChar *normal = g_new (UChar, result);
  u_strFromUTF32WithSub (units, room, &size, (const UChar32 *) seen.at, (int32_t) seen.length,
                         0xfffd, NULL, &error);
  size = unorm2_normalize (nfkc, units, size, normal, result, &error);
  NameText plain = { g_new (uint32_t, size + 1), 0 };
  int32_t length = 0;
  u_strToUTF32 ((UChar32 *) plain.at, size + 1, &length, normal, size, &error);
  plain.length = U_SUCCESS (error) ? (size_t) length : 0;
  return plain;
}

NameText
name_plain (const UNormalizer2 *nfkc, NameText name)
{
  NameText plain = { g_new (uint32_t, name.length + 1), 0 };
  for (size_t i = 0; i < name.length; i++)
    if (!is_unseen (name.at[i]) || is_filler (name.at[i]))
      plain.at[plain.length++] = name.at[i];
  if (!is_ascii (plain))
    {
      NameText seen = plain;
      plain = normalize (nfkc, seen);
      name_text_clear (&seen);
    }
  for (size_t i = 0; i < plain.length; i++)
    plain.at[i] = (uint32_t) u_foldCase ((UChar32) plain.at[i], U_FOLD_CASE_DEFAULT);
  return plain;
}

size_t
name_blank_run (NameText name)
{
  size_t longest = 0, run = 0;
  for (size_t i = 0; i < name.length; i++)
    {
      if (name_is_blank (name.at[i]))
        run++;
      else if (!is_unseen (name.at[i]))
        run = 0;
      longest = MAX (longest, run);
    }
  return longest;
}

/* ---- what is not seen ---- */

bool
name_is_bidi (uint32_t c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static uint32_t
at (NameText name, size_t i)
{
  return i < name.length ? name.at[i] : 0;
}

/* Before the first there is nothing: the index wraps and is past the end. */
static uint32_t
before (NameText name, size_t i)
{
  return at (name, i - 1);
}

static UScriptCode
script_of (uint32_t c)
{
  UErrorCode error = U_ZERO_ERROR;
  UScriptCode script = uscript_getScript ((UChar32) c, &error);
  return U_SUCCESS (error) ? script : USCRIPT_COMMON;
}

/* Arabic, the scripts of India, Mongolian …: those whose letters take forms or are not spaced. */
static bool
needs_joiners (uint32_t c)
{
  switch (script_of (c))
    {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
      return false;
    default:
      return c >= 0x80;
    }
}

static bool
is_variation (uint32_t c)
{
  return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

static bool
is_pictograph (uint32_t c)
{
  return c >= 0x80
         && (is_variation (c) || u_hasBinaryProperty ((UChar32) c, UCHAR_EMOJI_MODIFIER)
             || u_hasBinaryProperty ((UChar32) c, UCHAR_EXTENDED_PICTOGRAPHIC));
}

static bool
joiner_in_place (NameText name, size_t i)
{
  uint32_t left = before (name, i), right = at (name, i + 1);
  return needs_joiners (left) || needs_joiners (right)
         || (name.at[i] == 0x200d && is_pictograph (left) && is_pictograph (right));
}

static bool
variation_in_place (NameText name, size_t i)
{
  uint32_t left = before (name, i);
  if (is_variation (left))
    return false;
  return left >= 0x80 ? !is_unseen (left)
                      : name.at[i] >= 0xfe0e && name.at[i] <= 0xfe0f
                            && (g_ascii_isdigit (left) || left == '#' || left == '*');
}

/* The flag of Wales is a black flag with letters that are not seen. */
static bool
tag_in_place (NameText name, size_t i)
{
  while (i > 0 && name.at[i] >= 0xe0020 && name.at[i] <= 0xe007f)
    i--;
  return name.at[i] == 0x1f3f4;
}

static bool
writes_leftwards (NameText name)
{
  for (size_t i = 0; i < name.length; i++)
    {
      UCharDirection direction
          = name.at[i] < 0x80 ? U_LEFT_TO_RIGHT : u_charDirection ((UChar32) name.at[i]);
      bool is_letter = name.at[i] != 0x200f && name.at[i] != 0x061c;
      if (is_letter && (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC))
        return true;
    }
  return false;
}

static bool
filler_in_place (NameText name, size_t i)
{
  uint32_t block = name.at[i] == 0x2800 ? 0x2800 : 0x1100;
  if (name.at[i] == 0x3164 || name.at[i] == 0xffa0)
    return false;
  for (size_t k = 0; k < name.length; k++)
    if ((name.at[k] & ~0xffu) == block && !is_filler (name.at[k]))
      return true;
  return false;
}

bool
name_is_hidden (NameText name, size_t i)
{
  uint32_t c = name.at[i];
  if (is_filler (c))
    return !filler_in_place (name, i);
  if (!is_unseen (c) || name_is_bidi (c))
    return false;
  if (c == 0x200e || c == 0x200f || c == 0x061c)
    return !writes_leftwards (name);
  if (is_variation (c))
    return !variation_in_place (name, i);
  if (c >= 0xe0020 && c <= 0xe007f)
    return !tag_in_place (name, i);
  return !joiner_in_place (name, i);
}

/* ---- parts ---- */

/* UTF-8 of a part without the blanks around it, or NULL when it is no extension. */
static char *
part_of (NameText plain, size_t begin, size_t end)
{
  while (begin < end && name_is_blank (plain.at[begin]))
    begin++;
  while (end > begin && name_is_blank (plain.at[end - 1]))
    end--;
  if (begin == end || end - begin > NAME_MAX_EXTENSION)
    return NULL;
  for (size_t i = begin; i < end; i++)
    if (name_is_blank (plain.at[i]))
      return NULL;
  return g_ucs4_to_utf8 (plain.at + begin, (glong) (end - begin), NULL, NULL, NULL);
}

static size_t
dot_before (NameText plain, size_t end)
{
  while (end > 0 && plain.at[end - 1] != '.')
    end--;
  return end;
}

static size_t
end_of (NameText name)
{
  size_t end = name.length;
  while (end > 0 && (name.at[end - 1] == '.' || name_is_blank (name.at[end - 1])))
    end--;
  return end;
}

static void
reverse (char **strings, size_t n)
{
  for (size_t i = 0; i + 1 < n - i; i++)
    {
      char *held = strings[i];
      strings[i] = strings[n - 1 - i];
      strings[n - 1 - i] = held;
    }
}

void
name_parts (NameText plain, NameParts *ret_parts)
{
  NameParts parts = { NULL, NULL, { NULL }, 0 };
  size_t end = end_of (plain);
  size_t begin = dot_before (plain, end);
  /* A dot at the beginning hides a file, it does not end its name. */
  if (begin >= 2)
    parts.last = part_of (plain, begin, end);
  bool nearest = true;
  while (parts.last != NULL && begin >= 2 && parts.n_earlier < NAME_MAX_EARLIER)
    {
      end = begin - 1;
      begin = dot_before (plain, end);
      if (begin == 0)
        break;
      char *part = part_of (plain, begin, end);
      if (part != NULL)
        parts.earlier[parts.n_earlier++] = part;
      if (nearest)
        parts.inner = part;
      nearest = false;
    }
  reverse (parts.earlier, parts.n_earlier);
  *ret_parts = parts;
}

void
name_parts_clear (NameParts *parts)
{
  g_free (parts->last);
  for (size_t i = 0; i < parts->n_earlier; i++)
    g_free (parts->earlier[i]);
  *parts = (NameParts) { NULL, NULL, { NULL }, 0 };
}

static bool
looks_like_dot (uint32_t c)
{
  return c == 0xff0e || c == 0x2024 || c == 0xfe52 || c == 0x3002 || c == 0xff61 || c == 0xa4f8
         || c == 0x06d4;
}

/* Only what ends the name as an extension does: one to ten letters and digits that anybody can read
 * as ASCII. Japanese numbers its chapters `１．` and ends its sentences with `。`. */
uint32_t
name_dot_like (NameText name)
{
  size_t end = end_of (name), begin = end;
  while (begin > 0
         && (name.at[begin - 1] < 0x80
                 ? g_ascii_isalnum (name.at[begin - 1])
                 : name.at[begin - 1] >= 0xff10 && name.at[begin - 1] <= 0xff5a
                       && !looks_like_dot (name.at[begin - 1])))
    begin--;
  if (begin < 2 || end - begin < 1 || end - begin > 10 || !looks_like_dot (name.at[begin - 1]))
    return 0;
  return name.at[begin - 1];
}

/* ---- scripts ---- */

/* Letters that nobody tells from Latin ones by looking. */
static const char cyrillic[] = "АВЕКМНОРСТУХаеорсухѕіјһԁԛԝЅІЈ";
static const char greek[] = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ";

static bool
is_in (uint32_t c, const char *set)
{
  return g_utf8_strchr (set, -1, (gunichar) c) != NULL;
}

/* A word has Latin letters, letters like them, and no other of that script: then someone has chosen
 * them. `Δt` and `μPD780` have none, and in Russian some letter is always one that nobody confuses.
 */
static const char *
mixed_word (NameText word)
{
  size_t latin = 0, russian = 0, greeks = 0, others = 0;
  for (size_t i = 0; i < word.length; i++)
    {
      uint32_t c = word.at[i];
      if (c < 0x80)
        latin++;
      else if (is_in (c, cyrillic))
        russian++;
      else if (is_in (c, greek))
        greeks++;
      else
        others++;
    }
  if (latin < 2 || others > 0 || (russian > 0) == (greeks > 0))
    return NULL;
  return russian > 0 ? "cyrillic" : "greek";
}

const char *
name_mixed_script (NameText name)
{
  size_t begin = 0;
  for (size_t i = 0; i <= name.length; i++)
    {
      if (i < name.length
          && (name.at[i] < 0x80 ? g_ascii_isalpha (name.at[i]) : u_isalpha ((UChar32) name.at[i])))
        continue;
      const char *script = mixed_word ((NameText) { name.at + begin, i - begin });
      if (script != NULL)
        return script;
      begin = i + 1;
    }
  return NULL;
}
