/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Folding. ASCII goes sixteen bytes at a time; ICU knows the rest, and has its
 * tables compiled in, so nothing is opened when a worker folds.
 */
#include "config.h"

#include "base/fold.h"

#include "base/block.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#define REPLACEMENT 0xFFFD

static inline SkBlock
lower (SkBlock block)
{
  SkBlock is_upper = (SkBlock) ((block >= 'A') & (block <= 'Z'));
  return block | (is_upper & 0x20);
}

static inline bool
any_high (SkBlock seen)
{
  uint64_t halves[2];
  memcpy (halves, &seen, sizeof halves);
  return ((halves[0] | halves[1]) & UINT64_C (0x8080808080808080)) != 0;
}

static inline uint8_t
lower_byte (uint8_t byte)
{
  return byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte | 0x20) : byte;
}

bool
sk_fold_ascii (SkSpan text, uint8_t *to)
{
  SkBlock seen = { 0 };
  uint8_t rest = 0;
  size_t i = 0;
  for (; text.size - i >= sizeof (SkBlock); i += sizeof (SkBlock))
    {
      SkBlock block = sk_block_load (text.data + i);
      seen |= block;
      block = lower (block);
      memcpy (to + i, &block, sizeof block);
    }
  for (; i < text.size; i++)
    {
      rest |= text.data[i];
      to[i] = lower_byte (text.data[i]);
    }
  return !any_high (seen) && rest < 0x80;
}

bool
sk_fold_is_ascii (SkSpan text)
{
  SkBlock seen = { 0 };
  uint8_t rest = 0;
  size_t i = 0;
  for (; text.size - i >= sizeof (SkBlock); i += sizeof (SkBlock))
    seen |= sk_block_load (text.data + i);
  for (; i < text.size; i++)
    rest |= text.data[i];
  return !any_high (seen) && rest < 0x80;
}

/** The next character; REPLACEMENT, and one byte passed, where there is none. */
static inline UChar32
next (const uint8_t *data, size_t size, size_t *at)
{
  size_t start = *at;
  int32_t offset = 0;
  int32_t length = (int32_t) (size - start < 4 ? size - start : 4);
  UChar32 code_point;
  U8_NEXT (data + start, offset, length, code_point);
  *at = code_point < 0 ? start + 1 : start + (size_t) offset;
  return code_point < 0 ? REPLACEMENT : code_point;
}

static inline size_t
put (uint8_t *to, size_t at, uint32_t code_point)
{
  U8_APPEND_UNSAFE (to, at, code_point);
  return at;
}

/** Chinese, Japanese and Korean letters have no case: most text beyond ASCII costs no look-up. */
static inline UChar32
fold (UChar32 code_point)
{
  if (code_point < 0x80)
    return lower_byte ((uint8_t) code_point);
  if ((code_point >= 0x2E80 && code_point < 0xA640)
      || (code_point >= 0xAC00 && code_point < 0xD7A4))
    return code_point;
  return u_foldCase (code_point, U_FOLD_CASE_DEFAULT);
}

size_t
sk_fold (SkSpan text, uint8_t *to)
{
  size_t size = 0;
  if (sk_fold_ascii (text, to))
    return text.size;
  for (size_t at = 0; at < text.size;)
    size = put (to, size, (uint32_t) fold (next (text.data, text.size, &at)));
  return size;
}

size_t
sk_fold_repair (SkSpan text, uint8_t *to)
{
  size_t size = 0;
  for (size_t at = 0; at < text.size;)
    size = put (to, size, (uint32_t) next (text.data, text.size, &at));
  return size;
}

bool
sk_fold_is_valid (SkSpan text)
{
  if (sk_fold_is_ascii (text))
    return true;
  for (size_t at = 0; at < text.size;)
    {
      size_t start = at;
      /* a replacement character that stands there itself has three bytes */
      if (next (text.data, text.size, &at) == REPLACEMENT && at - start == 1)
        return false;
    }
  return true;
}
