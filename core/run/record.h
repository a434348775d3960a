/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The fields of a record as they travel: read with every length checked, and
 * written. Pure functions; what a worker sent is data and nothing else.
 *
 *     text kind, u32 count, count × (text name, u8 SkFieldType, bool | i64 | text)
 */
#ifndef SK_RUN_RECORD_H
#define SK_RUN_RECORD_H

#include <sekisho/plugin.h>

#include "base/buffer.h"

/** One value. Spans borrowed from the bytes that were read; a text may be any bytes. */
typedef struct SkRecordItem {
  SkSpan name;
  SkValue value;
} SkRecordItem;

/** A record that was read. Its items may be used again for the next. */
typedef struct SkRecordView {
  SkSpan kind;
  GArray *items; /**< of SkRecordItem */
} SkRecordView;

void sk_record_view_init (SkRecordView *view);
void sk_record_view_clear (SkRecordView *view);
/** False: not the fields of a record; the view is then empty. */
bool sk_record_read (SkSpan fields, SkRecordView *view);

static inline const SkRecordItem *
sk_record_item (const SkRecordView *view, guint index)
{
  return &g_array_index (view->items, SkRecordItem, index);
}

/** Appends a value whose spans live as long as the view is used. */
void sk_record_add_text (SkRecordView *view, const char *name, const char *text);
void sk_record_add_int (SkRecordView *view, const char *name, int64_t value);
/** Takes all values of that name out. */
void sk_record_remove (SkRecordView *view, const char *name);
/** False when the buffer has no room for it. */
bool sk_record_write (const SkRecordView *view, SkBuffer *buffer);

/** A value as text: numbers decimal, `true` and `false`. `room` holds what is not in the record. */
#define SK_RECORD_ROOM 32
SkSpan sk_record_text (const SkValue *value, char room[SK_RECORD_ROOM]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkRecordView, sk_record_view_clear)

#endif
