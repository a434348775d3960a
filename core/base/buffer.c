/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The bounded buffer and the field encoding on it.
 */
#include "config.h"

#include "base/buffer.h"

#define SK_BUFFER_LEAST 256

void
sk_buffer_init (SkBuffer *buffer, size_t maximum)
{
  *buffer = (SkBuffer) { .maximum = maximum };
}

void
sk_buffer_clear (SkBuffer *buffer)
{
  g_free (buffer->data);
  sk_buffer_init (buffer, buffer->maximum);
}

void
sk_buffer_reset (SkBuffer *buffer)
{
  buffer->size = 0;
  buffer->overflow = false;
}

SkSpan
sk_buffer_span (const SkBuffer *buffer)
{
  return (SkSpan) { buffer->data, buffer->size };
}

/* Doubling, so that many small puts stay linear. */
static void
grow (SkBuffer *buffer, size_t needed)
{
  size_t room = MAX (buffer->room, SK_BUFFER_LEAST);
  while (room < needed)
    room = room > buffer->maximum / 2 ? buffer->maximum : room * 2;
  room = MIN (room, MAX (buffer->maximum, needed));
  buffer->data = g_realloc (buffer->data, room);
  buffer->room = room;
}

uint8_t *
sk_buffer_extend (SkBuffer *buffer, size_t size)
{
  if (buffer->overflow || size > buffer->maximum - buffer->size)
    {
      buffer->overflow = true;
      return NULL;
    }
  if (buffer->data == NULL || size > buffer->room - buffer->size)
    grow (buffer, buffer->size + size);
  uint8_t *place = buffer->data + buffer->size;
  buffer->size += size;
  return place;
}

bool
sk_buffer_put (SkBuffer *buffer, const void *bytes, size_t size)
{
  uint8_t *place = sk_buffer_extend (buffer, size);
  if (place == NULL)
    return false;
  if (size > 0)
    memcpy (place, bytes, size);
  return true;
}

bool
sk_wire_put_u8 (SkBuffer *buffer, uint8_t value)
{
  return sk_buffer_put (buffer, &value, 1);
}

bool
sk_wire_put_bool (SkBuffer *buffer, bool value)
{
  return sk_wire_put_u8 (buffer, value ? 1 : 0);
}

bool
sk_wire_put_u32 (SkBuffer *buffer, uint32_t value)
{
  uint32_t little = GUINT32_TO_LE (value);
  return sk_buffer_put (buffer, &little, sizeof little);
}

bool
sk_wire_put_u64 (SkBuffer *buffer, uint64_t value)
{
  uint64_t little = GUINT64_TO_LE (value);
  return sk_buffer_put (buffer, &little, sizeof little);
}

bool
sk_wire_put_i64 (SkBuffer *buffer, int64_t value)
{
  return sk_wire_put_u64 (buffer, (uint64_t) value);
}

bool
sk_wire_put_span (SkBuffer *buffer, SkSpan span)
{
  if (span.size > UINT32_MAX || span.size > SIZE_MAX - sizeof (uint32_t)
      || span.size + sizeof (uint32_t) > buffer->maximum - buffer->size)
    {
      buffer->overflow = true;
      return false;
    }
  return sk_wire_put_u32 (buffer, (uint32_t) span.size)
         && sk_buffer_put (buffer, span.data, span.size);
}

bool
sk_wire_put_text (SkBuffer *buffer, const char *text)
{
  return sk_wire_put_span (buffer, sk_span_of_text (text));
}

bool
sk_wire_take_bool (SkCursor *cursor, bool *ret_value)
{
  SkCursor start = *cursor;
  uint8_t value;
  if (!sk_cursor_take_u8 (cursor, &value) || value > 1)
    {
      *cursor = start;
      return false;
    }
  *ret_value = value == 1;
  return true;
}

bool
sk_wire_take_i64 (SkCursor *cursor, int64_t *ret_value)
{
  uint64_t value;
  if (!sk_cursor_take_u64le (cursor, &value))
    return false;
  *ret_value = (int64_t) value;
  return true;
}

bool
sk_wire_take_span (SkCursor *cursor, size_t maximum, SkSpan *ret_span)
{
  SkCursor start = *cursor;
  uint32_t size;
  if (sk_cursor_take_u32le (cursor, &size) && size <= maximum
      && sk_cursor_take (cursor, size, ret_span))
    return true;
  *cursor = start;
  return false;
}

bool
sk_wire_take_text (SkCursor *cursor, size_t maximum, char **ret_text)
{
  SkCursor start = *cursor;
  SkSpan span;
  if (!sk_wire_take_span (cursor, maximum, &span))
    return false;
  /* g_utf8_validate_len refuses NUL inside too. */
  if (span.size > 0 && !g_utf8_validate_len ((const char *) span.data, span.size, NULL))
    {
      *cursor = start;
      return false;
    }
  *ret_text = span.size > 0 ? g_strndup ((const char *) span.data, span.size) : g_strdup ("");
  return true;
}

bool
sk_wire_take_count (SkCursor *cursor, size_t maximum, size_t least, uint32_t *ret_count)
{
  SkCursor start = *cursor;
  uint32_t count;
  if (!sk_cursor_take_u32le (cursor, &count))
    return false;
  if (count > maximum || (least > 0 && count > sk_cursor_left (cursor) / least))
    {
      *cursor = start;
      return false;
    }
  *ret_count = count;
  return true;
}

bool
sk_wire_end (const SkCursor *cursor)
{
  return sk_cursor_left (cursor) == 0;
}
