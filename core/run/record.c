/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/record.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

/* A name's and a text's length, and the type. */
#define LEAST_VALUE (4 + 1 + 1)

void
sk_record_view_init (SkRecordView *view)
{
  view->kind = (SkSpan) { NULL, 0 };
  view->items = g_array_new (FALSE, FALSE, sizeof (SkRecordItem));
}

void
sk_record_view_clear (SkRecordView *view)
{
  g_clear_pointer (&view->items, g_array_unref);
}

static bool
read_value (SkCursor *cursor, SkValue *value)
{
  uint8_t type;
  if (!sk_cursor_take_u8 (cursor, &type))
    return false;
  *value = (SkValue) { .type = (SkFieldType) type };
  switch (type)
    {
    case SK_FIELD_BOOL:
      return sk_wire_take_bool (cursor, &value->boolean);
    case SK_FIELD_INT:
      return sk_wire_take_i64 (cursor, &value->integer);
    case SK_FIELD_STRING:
      return sk_wire_take_span (cursor, SK_MAX_VALUE, &value->text);
    default:
      return false;
    }
}

static bool
read_all (SkCursor *cursor, SkRecordView *view)
{
  uint32_t count;
  if (!sk_wire_take_span (cursor, SK_MAX_NAME, &view->kind) || view->kind.size == 0
      || !sk_wire_take_count (cursor, SK_MAX_RECORD, LEAST_VALUE, &count))
    return false;
  for (uint32_t i = 0; i < count; i++)
    {
      SkRecordItem item;
      /* A name may be empty: inputs choose theirs. */
      if (!sk_wire_take_span (cursor, SK_MAX_VALUE, &item.name) || !read_value (cursor, &item.value))
        return false;
      g_array_append_val (view->items, item);
    }
  return sk_wire_end (cursor);
}

bool
sk_record_read (SkSpan fields, SkRecordView *view)
{
  SkCursor cursor = sk_cursor (fields);
  g_array_set_size (view->items, 0);
  if (read_all (&cursor, view))
    return true;
  g_array_set_size (view->items, 0);
  view->kind = (SkSpan) { NULL, 0 };
  return false;
}

void
sk_record_add_text (SkRecordView *view, const char *name, const char *text)
{
  SkRecordItem item = { sk_span_of_text (name),
                        { .type = SK_FIELD_STRING, .text = sk_span_of_text (text) } };
  g_array_append_val (view->items, item);
}

void
sk_record_add_int (SkRecordView *view, const char *name, int64_t value)
{
  SkRecordItem item = { sk_span_of_text (name), { .type = SK_FIELD_INT, .integer = value } };
  g_array_append_val (view->items, item);
}

void
sk_record_remove (SkRecordView *view, const char *name)
{
  SkSpan wanted = sk_span_of_text (name);
  guint kept = 0;
  for (guint i = 0; i < view->items->len; i++)
    {
      SkRecordItem item = *sk_record_item (view, i);
      if (!sk_span_equal (item.name, wanted))
        g_array_index (view->items, SkRecordItem, kept++) = item;
    }
  g_array_set_size (view->items, kept);
}

static bool
write_value (const SkValue *value, SkBuffer *buffer)
{
  if (!sk_wire_put_u8 (buffer, (uint8_t) value->type))
    return false;
  switch (value->type)
    {
    case SK_FIELD_BOOL:
      return sk_wire_put_bool (buffer, value->boolean);
    case SK_FIELD_INT:
      return sk_wire_put_i64 (buffer, value->integer);
    case SK_FIELD_STRING:
      break;
    }
  return sk_wire_put_span (buffer, value->text);
}

bool
sk_record_write (const SkRecordView *view, SkBuffer *buffer)
{
  bool fits = sk_wire_put_span (buffer, view->kind) && sk_wire_put_u32 (buffer, view->items->len);
  for (guint i = 0; fits && i < view->items->len; i++)
    {
      const SkRecordItem *item = sk_record_item (view, i);
      fits = sk_wire_put_span (buffer, item->name) && write_value (&item->value, buffer);
    }
  return fits;
}

SkSpan
sk_record_text (const SkValue *value, char room[SK_RECORD_ROOM])
{
  switch (value->type)
    {
    case SK_FIELD_BOOL:
      return sk_span_of_text (value->boolean ? "true" : "false");
    case SK_FIELD_INT:
      snprintf (room, SK_RECORD_ROOM, "%" PRId64, value->integer);
      return sk_span_of_text (room);
    case SK_FIELD_STRING:
      break;
    }
  return value->text;
}
