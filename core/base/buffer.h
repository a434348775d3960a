/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A growable run of bytes that is born with its maximum, and the field
 * encoding that all frames, replies and bundles share.
 *
 * Encoding of fields: integers are little-endian; a span or text is a u32
 * length and its bytes; a bool is a u8 of 0 or 1. Reading is by SkCursor and
 * the `sk_wire_take_…` functions; a reader must end exactly (sk_wire_end).
 */
#ifndef SK_BASE_BUFFER_H
#define SK_BASE_BUFFER_H

#include <glib.h>
#include <sekisho/span.h>

typedef struct SkBuffer {
  uint8_t *data; /**< owned; NULL while nothing was put */
  size_t size;   /**< bytes put */
  size_t room;   /**< bytes allocated */
  size_t maximum;
  bool overflow; /**< a put was refused; stays until sk_buffer_reset */
} SkBuffer;

/** An empty buffer that will never hold more than `maximum` bytes. */
void sk_buffer_init (SkBuffer *buffer, size_t maximum);
/** Frees the bytes; the buffer is empty and usable afterwards. */
void sk_buffer_clear (SkBuffer *buffer);
/** Forgets the bytes, keeps the room. */
void sk_buffer_reset (SkBuffer *buffer);
/** Borrowed view of what was put; valid until the next put. */
SkSpan sk_buffer_span (const SkBuffer *buffer);
/** Appends. False, nothing appended and `overflow` set, when it would pass the maximum. */
bool sk_buffer_put (SkBuffer *buffer, const void *bytes, size_t size);
/** Makes room for `size` more bytes at the end and returns it, uninitialised; they count as put.
 * NULL as above. */
uint8_t *sk_buffer_extend (SkBuffer *buffer, size_t size);

/* Put a field; false as sk_buffer_put. A NULL text is put as an empty one. */
bool sk_wire_put_u8 (SkBuffer *buffer, uint8_t value);
bool sk_wire_put_bool (SkBuffer *buffer, bool value);
bool sk_wire_put_u32 (SkBuffer *buffer, uint32_t value);
bool sk_wire_put_u64 (SkBuffer *buffer, uint64_t value);
bool sk_wire_put_i64 (SkBuffer *buffer, int64_t value);
bool sk_wire_put_span (SkBuffer *buffer, SkSpan span);
bool sk_wire_put_text (SkBuffer *buffer, const char *text);

/* Take a field; false when it is not there whole or out of its range. */
bool sk_wire_take_bool (SkCursor *cursor, bool *ret_value);
bool sk_wire_take_i64 (SkCursor *cursor, int64_t *ret_value);
/** A span of at most `maximum` bytes, borrowed. */
bool sk_wire_take_span (SkCursor *cursor, size_t maximum, SkSpan *ret_span);
/** Text of at most `maximum` bytes, without NUL and valid UTF-8; a new string, transfer full. */
bool sk_wire_take_text (SkCursor *cursor, size_t maximum, char **ret_text);
/** A count of items of which each takes at least `least` bytes: refuses what cannot be there. */
bool sk_wire_take_count (SkCursor *cursor, size_t maximum, size_t least, uint32_t *ret_count);
/** True when everything was taken. */
bool sk_wire_end (const SkCursor *cursor);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkBuffer, sk_buffer_clear)

#endif
