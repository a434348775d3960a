/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The tokens of JSON: see log-token.h. Format: RFC 8259 sections 2 to 7.
 */
#include "config.h"

#include "log-token.h"

#include <string.h>

/* ---- blanks ---- */

const uint8_t *
log_skip_blanks (LogTokens *tokens, const uint8_t *p)
{
  for (; p < tokens->limit; p++)
    {
      while (tokens->limit - p >= 8 && log_word_at (p) == LOG_EACH_BYTE * ' ')
        p += 8;
      if (p == tokens->limit)
        break;
      if (*p == '\n')
        {
          if (tokens->one_line)
            break;
          tokens->line++;
        }
      else if (*p != ' ' && *p != '\t' && *p != '\r')
        break;
    }
  return p;
}

const uint8_t *
log_skip_between (LogTokens *tokens, const uint8_t *p)
{
  for (; p < tokens->limit; p++)
    if (*p == '\n')
      tokens->line++;
    else if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\0')
      break;
  return p;
}

/* ---- strings ---- */

const uint8_t *
log_skip_escape (LogTokens *tokens, const uint8_t *p)
{
  if (tokens->limit - p < 2)
    return log_broken (tokens, tokens->limit);
  switch (p[1])
    {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return p + 2;
    case 'u':
      for (int i = 2; i < 6; i++)
        if (tokens->limit - p <= i || !g_ascii_isxdigit (p[i]))
          return log_broken (tokens, p + MIN (i, tokens->limit - p));
      return p + 6;
    default:
      return log_broken (tokens, p);
    }
}

/* ---- numbers and words ---- */

static const uint8_t *
digits (LogTokens *tokens, const uint8_t *p)
{
  const uint8_t *first = p;
  while (p < tokens->limit && g_ascii_isdigit (*p))
    p++;
  return p > first ? p : log_broken (tokens, p);
}

/* The fraction and exponent; NULL where they are broken. */
static const uint8_t *
number_rest (LogTokens *tokens, const uint8_t *p)
{
  if (p < tokens->limit && *p == '.')
    p = digits (tokens, p + 1);
  if (p != NULL && p < tokens->limit && (*p == 'e' || *p == 'E'))
    {
      p++;
      if (p < tokens->limit && (*p == '+' || *p == '-'))
        p++;
      p = digits (tokens, p);
    }
  return p;
}

static const uint8_t *
number (LogTokens *tokens, const uint8_t *p, LogJsonValue *value)
{
  const uint8_t *first = p;
  bool negative = *p == '-', fits = true;
  uint64_t magnitude = 0;
  p += negative ? 1 : 0;
  const uint8_t *whole = p;
  for (; p < tokens->limit && (uint8_t) (*p - '0') <= 9; p++)
    {
      unsigned digit = *p - (unsigned) '0';
      if (p - whole >= 19) /* fewer digits always fit */
        fits = fits && magnitude <= (UINT64_MAX - digit) / 10;
      magnitude = magnitude * 10 + digit;
    }
  if (p == whole || (*whole == '0' && p - whole > 1))
    return log_broken (tokens, p == whole ? p : whole + 1);
  const uint8_t *end = number_rest (tokens, p);
  if (end == NULL)
    return NULL;
  if (end == p && fits && magnitude <= (uint64_t) INT64_MAX + (negative ? 1 : 0))
    {
      value->type = LOG_JSON_INT;
      value->integer = (int64_t) (negative ? 0 - magnitude : magnitude);
    }
  else
    {
      value->type = LOG_JSON_TEXT;
      value->text = (SkSpan){ first, (size_t) (end - first) };
    }
  return end;
}

static const uint8_t *
word (LogTokens *tokens, const uint8_t *p, const char *expected, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (p + i == tokens->limit || p[i] != (uint8_t) expected[i])
      return log_broken (tokens, p + i);
  return p + size;
}

const uint8_t *
log_read_word (LogTokens *tokens, const uint8_t *p, LogJsonValue *value, bool *ret_null)
{
  *ret_null = *p == 'n';
  switch (*p)
    {
    case 't':
      value->type = LOG_JSON_BOOL;
      value->integer = 1;
      return word (tokens, p, "true", 4);
    case 'f':
      value->type = LOG_JSON_BOOL;
      value->integer = 0;
      return word (tokens, p, "false", 5);
    case 'n':
      return word (tokens, p, "null", 4);
    default:
      if (*p != '-' && !g_ascii_isdigit (*p))
        return log_broken (tokens, p);
      return number (tokens, p, value);
    }
}

/* ---- passing over a value ---- */

static inline bool
is_array (const LogTokens *tokens, size_t depth)
{
  return (tokens->deep[depth / 64] >> (depth % 64) & 1) != 0;
}

static inline void
set_array (LogTokens *tokens, size_t depth, bool array)
{
  uint64_t bit = UINT64_C (1) << (depth % 64);
  tokens->deep[depth / 64] = array ? tokens->deep[depth / 64] | bit : tokens->deep[depth / 64] & ~bit;
}

static const uint8_t *
skip_key (LogTokens *tokens, const uint8_t *p)
{
  bool escaped;
  if (p == tokens->limit || *p != '"')
    return log_broken (tokens, p);
  p = log_string_end (tokens, p + 1, &escaped);
  if (p == NULL)
    return NULL;
  p = log_blanks (tokens, p + 1);
  return p < tokens->limit && *p == ':' ? log_blanks (tokens, p + 1) : log_broken (tokens, p);
}

/* Behind a value: closing marks, as many as there are, and a comma. Stands at the next value then,
 * or with `*depth` 0 behind the outermost. */
static const uint8_t *
skip_closing (LogTokens *tokens, const uint8_t *p, size_t *depth)
{
  while (*depth > 0)
    {
      bool array = is_array (tokens, *depth);
      p = log_blanks (tokens, p);
      if (p == tokens->limit)
        return log_broken (tokens, p);
      if (*p == ',')
        {
          p = log_blanks (tokens, p + 1);
          return array ? p : skip_key (tokens, p);
        }
      if (*p != (array ? ']' : '}'))
        return log_broken (tokens, p);
      p++;
      --*depth;
    }
  return p;
}

/* At a bracket. `*ret_closed`: it was closed at once, else stands at the first value in it. */
static const uint8_t *
skip_opening (LogTokens *tokens, const uint8_t *p, size_t *depth, bool *ret_closed)
{
  bool array = *p == '[';
  *ret_closed = false;
  if (*depth + 1 >= LOG_MAX_DEEP)
    return log_broken (tokens, p);
  p = log_blanks (tokens, p + 1);
  if (p < tokens->limit && *p == (array ? ']' : '}'))
    {
      *ret_closed = true;
      return p + 1;
    }
  set_array (tokens, ++*depth, array);
  return array ? p : skip_key (tokens, p);
}

const uint8_t *
log_skip_value (LogTokens *tokens, const uint8_t *p)
{
  size_t depth = 0;
  do
    {
      LogJsonValue value;
      bool null, closed = true;
      if (p == tokens->limit)
        return log_broken (tokens, p);
      if (*p == '{' || *p == '[')
        p = skip_opening (tokens, p, &depth, &closed);
      else
        p = log_scalar (tokens, p, &value, &null);
      if (p != NULL && closed)
        p = skip_closing (tokens, p, &depth);
    }
  while (p != NULL && depth > 0);
  return p;
}
