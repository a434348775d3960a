/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The tokens of JSON, and passing over whole values. Private to the reader of
 * JSON.
 *
 * A token's function takes the place where it begins and gives the place behind
 * it, or NULL: then `broken` tells where the text is no JSON, or `limit` that
 * it ends inside.
 */
#ifndef LOG_TOKEN_H
#define LOG_TOKEN_H

#include <glib.h>

#include "log-json.h"

/** Levels below those that are flattened: a bit each. */
#define LOG_MAX_DEEP ((size_t) 1 << 20)

typedef struct LogTokens {
  const uint8_t *limit;
  const uint8_t *broken;
  uint64_t line;  /**< of the place up to which blanks were passed */
  bool one_line;  /**< a line end is no blank */
  uint64_t deep[LOG_MAX_DEEP / 64]; /**< which levels are arrays */
} LogTokens;

static inline const uint8_t *
log_broken (LogTokens *tokens, const uint8_t *where)
{
  tokens->broken = where;
  return NULL;
}

/** Eight bytes as they stand. */
static inline uint64_t
log_word_at (const uint8_t *p)
{
  uint64_t word;
  memcpy (&word, p, sizeof word);
  return word;
}

const uint8_t *log_skip_blanks (LogTokens *tokens, const uint8_t *p);
/** Between documents: line ends, and NULs, which a crash leaves in files, are blanks. */
const uint8_t *log_skip_between (LogTokens *tokens, const uint8_t *p);
/** What follows a backslash. */
const uint8_t *log_skip_escape (LogTokens *tokens, const uint8_t *p);
/** A value that begins with neither quote nor bracket. An integer of 64 bits becomes INT, another
 * number TEXT; null is `*ret_null`. */
const uint8_t *log_read_word (LogTokens *tokens, const uint8_t *p, LogJsonValue *value,
                              bool *ret_null);
/** Passes over the value at `p`, checking it. Never deeper on the stack, however deep it is. */
const uint8_t *log_skip_value (LogTokens *tokens, const uint8_t *p);

static inline const uint8_t *
log_blanks (LogTokens *tokens, const uint8_t *p)
{
  return p < tokens->limit && *p > ' ' ? p : log_skip_blanks (tokens, p);
}

#define LOG_EACH_BYTE UINT64_C (0x0101010101010101)

/** The high bit of the first byte that is a quote, a backslash or a control character; above that
 * one there may be wrong ones. The first byte is the lowest. */
static inline uint64_t
log_stops (uint64_t word)
{
  uint64_t quote = word ^ LOG_EACH_BYTE * '"', slash = word ^ LOG_EACH_BYTE * '\\';
  return (((quote - LOG_EACH_BYTE) & ~quote) | ((slash - LOG_EACH_BYTE) & ~slash)
          | ((word - LOG_EACH_BYTE * 0x20) & ~word))
         & LOG_EACH_BYTE << 7;
}

/** Begins behind the opening quote; gives the closing one. */
static inline const uint8_t *
log_string_end (LogTokens *tokens, const uint8_t *p, bool *ret_escaped)
{
  const uint8_t *limit = tokens->limit;
  *ret_escaped = false;
  for (;;)
    {
      while (limit - p >= 8)
        {
          uint64_t found = log_stops (GUINT64_FROM_LE (log_word_at (p)));
          if (found != 0)
            {
              p += __builtin_ctzll (found) / 8;
              break;
            }
          p += 8;
        }
      if (p == limit)
        return log_broken (tokens, p);
      if (*p == '"')
        return p;
      if (*p == '\\')
        {
          *ret_escaped = true;
          if (limit - p >= 2 && p[1] == '\\') /* what Windows' paths are full of */
            p += 2;
          else if ((p = log_skip_escape (tokens, p)) == NULL)
            return NULL;
        }
      else if (*p < 0x20)
        return log_broken (tokens, p);
      else
        p++; /* one of the last seven */
    }
}

/** A value that is neither object nor array. `*ret_null`: it says nothing. */
static inline const uint8_t *
log_scalar (LogTokens *tokens, const uint8_t *p, LogJsonValue *value, bool *ret_null)
{
  bool escaped;
  if (*p != '"')
    return log_read_word (tokens, p, value, ret_null);
  *ret_null = false;
  const uint8_t *end = log_string_end (tokens, p + 1, &escaped);
  if (end == NULL)
    return NULL;
  value->type = escaped ? LOG_JSON_ESCAPED : LOG_JSON_TEXT;
  value->text = (SkSpan){ p + 1, (size_t) (end - p - 1) };
  return end + 1;
}

#endif
