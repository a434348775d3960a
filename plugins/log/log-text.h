/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Small steps over the text of one line, which the line formats share. Each
 * takes from the front of a rest and leaves it alone when it returns false.
 */
#ifndef LOG_TEXT_H
#define LOG_TEXT_H

#include <glib.h>
#include <sekisho/span.h>

static inline SkSpan
log_text_from (SkSpan text, size_t offset)
{
  return sk_span_slice (text, offset, text.size);
}

static inline bool
log_text_is (SkSpan text, const char *word)
{
  return sk_span_equal (text, sk_span_of_text (word));
}

static inline bool
log_text_starts (SkSpan text, const char *head)
{
  size_t size = strlen (head);
  return text.size >= size && memcmp (text.data, head, size) == 0;
}

static inline bool
log_text_ends (SkSpan text, const char *tail)
{
  size_t size = strlen (tail);
  return text.size >= size && memcmp (text.data + text.size - size, tail, size) == 0;
}

/** Takes `head` itself. */
static inline bool
log_text_skip (SkSpan *rest, const char *head)
{
  if (!log_text_starts (*rest, head))
    return false;
  *rest = log_text_from (*rest, strlen (head));
  return true;
}

/** Where `word` stands first; `word` is not empty. */
static inline bool
log_text_find (SkSpan text, const char *word, size_t *ret_offset)
{
  const uint8_t *found
      = text.size > 0 ? memmem (text.data, text.size, word, strlen (word)) : NULL;
  if (found == NULL)
    return false;
  *ret_offset = (size_t) (found - text.data);
  return true;
}

/** Where `word` stands last; `word` is not empty. */
static inline bool
log_text_find_last (SkSpan text, const char *word, size_t *ret_offset)
{
  size_t size = strlen (word);
  for (size_t end = text.size; end >= size; end--)
    if (text.data[end - size] == (uint8_t) word[0] && memcmp (text.data + end - size, word, size) == 0)
      {
        *ret_offset = end - size;
        return true;
      }
  return false;
}

/** Takes what stands before `border`, and the border itself. */
static inline bool
log_text_until (SkSpan *rest, const char *border, SkSpan *ret_text)
{
  size_t at;
  if (!log_text_find (*rest, border, &at))
    return false;
  *ret_text = sk_span_slice (*rest, 0, at);
  *rest = log_text_from (*rest, at + strlen (border));
  return true;
}

/** Takes a word up to a blank or the end, and one blank. Fails on an empty word. */
static inline bool
log_text_word (SkSpan *rest, SkSpan *ret_word)
{
  const uint8_t *blank = rest->size > 0 ? memchr (rest->data, ' ', rest->size) : NULL;
  size_t size = blank != NULL ? (size_t) (blank - rest->data) : rest->size;
  if (size == 0)
    return false;
  *ret_word = sk_span_slice (*rest, 0, size);
  *rest = log_text_from (*rest, size + 1);
  return true;
}

/** Takes decimal digits, at most nine. */
static inline bool
log_text_number (SkSpan *rest, int *ret_number)
{
  size_t n = 0;
  int number = 0;
  for (; n < rest->size && g_ascii_isdigit (rest->data[n]); n++)
    {
      if (n == 9)
        return false;
      number = 10 * number + rest->data[n] - '0';
    }
  if (n == 0)
    return false;
  *ret_number = number;
  *rest = log_text_from (*rest, n);
  return true;
}

/** The whole text is a decimal number of at most eighteen digits. */
static inline bool
log_text_integer (SkSpan text, int64_t *ret_number)
{
  int64_t number = 0;
  if (text.size == 0 || text.size > 18)
    return false;
  for (size_t i = 0; i < text.size; i++)
    {
      if (!g_ascii_isdigit (text.data[i]))
        return false;
      number = 10 * number + text.data[i] - '0';
    }
  *ret_number = number;
  return true;
}

/** It has the characters of an IPv4 or IPv6 address: what no host name consists of alone. */
static inline bool
log_text_is_address (SkSpan text)
{
  bool colon = false, dot = false;
  if (text.size < 2 || text.size > 45)
    return false;
  for (size_t i = 0; i < text.size; i++)
    {
      colon = colon || text.data[i] == ':';
      dot = dot || text.data[i] == '.';
      if (!g_ascii_isxdigit (text.data[i]) && text.data[i] != ':' && text.data[i] != '.')
        return false;
      if (g_ascii_isalpha (text.data[i]) && dot && !colon)
        return false;
    }
  return colon || dot;
}

#endif
