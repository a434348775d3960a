/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/glob.h"

#include <glib.h>
#include <stdint.h>

/* What a byte outside valid UTF-8 counts as: no character. */
#define NO_CHARACTER UINT32_C (0x110000)

/* The next character; `text` does not stand at the end. */
static uint32_t
take_character (const char **text)
{
  gunichar character = g_utf8_get_char_validated (*text, -1);
  if (character < NO_CHARACTER)
    {
      *text = g_utf8_next_char (*text);
      return character;
    }
  uint8_t byte = (uint8_t) * (*text)++;
  return NO_CHARACTER + byte;
}

/* A character of the pattern, with or without a backslash before it. */
static bool
take_literal (const char **pattern, uint32_t *ret_character)
{
  if (**pattern == '\\')
    (*pattern)++;
  if (**pattern == '\0')
    return false;
  *ret_character = take_character (pattern);
  return true;
}

/* `pattern` stands behind the `[`. False when it is not closed; else it stands behind the `]`. */
static bool
take_class (const char **pattern, uint32_t character, bool *ret_inside)
{
  bool negated = **pattern == '!' || **pattern == '^';
  if (negated)
    (*pattern)++;
  bool inside = false;
  /* A `]` in the first place is one of the class. */
  for (bool first = true; first || **pattern != ']'; first = false)
    {
      uint32_t low, high;
      if (!take_literal (pattern, &low))
        return false;
      high = low;
      if ((*pattern)[0] == '-' && (*pattern)[1] != ']' && (*pattern)[1] != '\0')
        {
          (*pattern)++;
          if (!take_literal (pattern, &high))
            return false;
        }
      inside = inside || (character >= low && character <= high);
    }
  (*pattern)++;
  *ret_inside = inside != negated;
  return true;
}

/* One step of the pattern, which is no star, against one character. */
static bool
match_one (const char **pattern, const char **text)
{
  bool inside;
  uint32_t wanted, character = take_character (text);
  switch (**pattern)
    {
    case '?':
      (*pattern)++;
      return true;
    case '[':
      (*pattern)++;
      return take_class (pattern, character, &inside) && inside;
    default:
      return take_literal (pattern, &wanted) && wanted == character;
    }
}

bool
sk_glob_check (const char *pattern)
{
  while (*pattern != '\0')
    {
      uint32_t ignored;
      bool inside;
      if (*pattern == '[')
        {
          pattern++;
          if (!take_class (&pattern, 0, &inside))
            return false;
        }
      else if (!take_literal (&pattern, &ignored))
        return false;
    }
  return true;
}

/* Only the last star is ever tried again: what an earlier one took stays right. */
bool
sk_glob_match (const char *pattern, const char *text)
{
  const char *star = NULL, *star_text = NULL;
  while (*text != '\0')
    {
      const char *next_pattern = pattern, *next_text = text;
      if (*pattern == '*')
        {
          star = ++pattern;
          star_text = text;
        }
      else if (*pattern != '\0' && match_one (&next_pattern, &next_text))
        {
          pattern = next_pattern;
          text = next_text;
        }
      else if (star != NULL)
        {
          (void)take_character (&star_text);
          pattern = star;
          text = star_text;
        }
      else
        return false;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}
