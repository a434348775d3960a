/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A borrowed run of bytes, and the cursor that reads it.
 *
 * This is the only way in which Sekisho and its plugins read input: each
 * `take` checks the length first and leaves the cursor where it was when it
 * refuses, so a reader never sees a byte past the end of its span. All
 * functions are inline and pure: a plugin links to nothing.
 */
#ifndef SEKISHO_SPAN_H
#define SEKISHO_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Bytes that somebody else owns. `data` may be NULL only when `size` is 0. */
typedef struct SkSpan {
  const uint8_t *data;
  size_t size; /**< bytes */
} SkSpan;

/** A reading position in a span. Copy it to look ahead. */
typedef struct SkCursor {
  const uint8_t *pos;
  const uint8_t *end;
} SkCursor;

/** A span over the characters of `text` without its NUL; NULL gives an empty span. */
static inline SkSpan
sk_span_of_text (const char *text)
{
  SkSpan span = { (const uint8_t *) text, text != NULL ? strlen (text) : 0 };
  return span;
}

/** The part of `span` that begins at `offset` with `length` bytes; cut to what is there. */
static inline SkSpan
sk_span_slice (SkSpan span, size_t offset, size_t length)
{
  SkSpan part = { NULL, 0 };
  if (offset >= span.size)
    return part;
  part.data = span.data + offset;
  part.size = length > span.size - offset ? span.size - offset : length;
  return part;
}

/** True when both spans hold the same bytes. */
static inline bool
sk_span_equal (SkSpan a, SkSpan b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

/** A cursor at the first byte of `span`. */
static inline SkCursor
sk_cursor (SkSpan span)
{
  SkCursor cursor = { span.data, span.size == 0 ? span.data : span.data + span.size };
  return cursor;
}

/** Bytes not yet taken. */
static inline size_t
sk_cursor_left (const SkCursor *cursor)
{
  return (size_t) (cursor->end - cursor->pos);
}

/** Passes over `size` bytes. False, and nothing moved, when fewer are left. */
static inline bool
sk_cursor_skip (SkCursor *cursor, size_t size)
{
  if (size > sk_cursor_left (cursor))
    return false;
  if (size > 0)
    cursor->pos += size;
  return true;
}

/** Takes `size` bytes as a span of their own, borrowed from the same owner. */
static inline bool
sk_cursor_take (SkCursor *cursor, size_t size, SkSpan *ret_span)
{
  if (size > sk_cursor_left (cursor))
    return false;
  ret_span->data = cursor->pos;
  ret_span->size = size;
  if (size > 0)
    cursor->pos += size;
  return true;
}

/** Takes `size` bytes as a cursor that cannot leave them. */
static inline bool
sk_cursor_sub (SkCursor *cursor, size_t size, SkCursor *ret_sub)
{
  SkSpan span;
  if (!sk_cursor_take (cursor, size, &span))
    return false;
  *ret_sub = sk_cursor (span);
  return true;
}

#define SK_CURSOR_TAKE_(suffix, type, bytes, value)                                               \
  static inline bool sk_cursor_take_##suffix (SkCursor *cursor, type *ret_value)                   \
  {                                                                                                \
    const uint8_t *p = cursor->pos;                                                                \
    if ((bytes) > sk_cursor_left (cursor))                                                         \
      return false;                                                                                \
    *ret_value = (type) (value);                                                                   \
    cursor->pos += (bytes);                                                                        \
    return true;                                                                                   \
  }

#define SK_B_(i, shift) ((uint64_t) p[i] << (shift))

/** Take an unsigned integer of 8, 16, 32 or 64 bits, little-endian (`le`) or big-endian (`be`).
 * False, and nothing moved, when fewer bytes are left. */
SK_CURSOR_TAKE_ (u8, uint8_t, 1, p[0])
SK_CURSOR_TAKE_ (u16le, uint16_t, 2, SK_B_ (0, 0) | SK_B_ (1, 8))
SK_CURSOR_TAKE_ (u16be, uint16_t, 2, SK_B_ (1, 0) | SK_B_ (0, 8))
SK_CURSOR_TAKE_ (u32le, uint32_t, 4,
                 SK_B_ (0, 0) | SK_B_ (1, 8) | SK_B_ (2, 16) | SK_B_ (3, 24))
SK_CURSOR_TAKE_ (u32be, uint32_t, 4,
                 SK_B_ (3, 0) | SK_B_ (2, 8) | SK_B_ (1, 16) | SK_B_ (0, 24))
SK_CURSOR_TAKE_ (u64le, uint64_t, 8,
                 SK_B_ (0, 0) | SK_B_ (1, 8) | SK_B_ (2, 16) | SK_B_ (3, 24) | SK_B_ (4, 32)
                     | SK_B_ (5, 40) | SK_B_ (6, 48) | SK_B_ (7, 56))
SK_CURSOR_TAKE_ (u64be, uint64_t, 8,
                 SK_B_ (7, 0) | SK_B_ (6, 8) | SK_B_ (5, 16) | SK_B_ (4, 24) | SK_B_ (3, 32)
                     | SK_B_ (2, 40) | SK_B_ (1, 48) | SK_B_ (0, 56))

#undef SK_CURSOR_TAKE_
#undef SK_B_

#endif
