/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A record on its way up: cut to what a subscriber keeps, its texts made
 * valid, encoded as SkEngineHost.record says.
 */
#include "config.h"

#include <string.h>

#include "base/json-text.h"
#include "engine/kind.h"
#include "engine/record.h"

/* What the subscriber calls the field of that value; NULL: it does not keep it. */
static const char *
kept_name (const SkRecord *record, const SkRecordRoute *route, uint32_t index)
{
  const SkKind *kind = record->kind;
  uint32_t field = record->fields[index];
  if (field < kind->n_fields)
    return (route->kept[field / 64] >> (field % 64) & 1) != 0 || route->all
               ? kind->fields[field].name
               : NULL;
  if (field == SK_ANY_FIELD)
    return NULL;
  if ((field & SK_INTERNED) == 0)
    return sk_route_name (route, record->values[index].field);
  const SkOpenName *open = &g_array_index (record->object->walker->names->open, SkOpenName,
                                           field & ~SK_INTERNED);
  bool kept = route->all || sk_route_name (route, open->number) != NULL
              || (route->names != NULL && g_hash_table_contains (route->names, open->name));
  return kept ? open->name : NULL;
}

static void
put_text (SkWalker *walker, const SkRecord *record, const SkSigmaValue *value)
{
  SkBuffer *scratch = &walker->scratch;
  SkSpan text = value->value.text;
  sk_buffer_reset (scratch);
  if (value->json)
    {
      /* Undone, it is never longer. */
      text = sk_span_slice (text, 0, 6 * (SK_MAX_VALUE + 1));
      uint8_t *room = sk_buffer_extend (scratch, text.size);
      text = (SkSpan){ room, sk_json_text_undo (text, (char *) room) };
    }
  SkSpan head = sk_text_head (text, SK_MAX_VALUE);
  if (head.size < text.size)
    sk_finding_limit (walker, record->object->node, SK_LIMIT_VALUE);
  if (!g_utf8_validate_len ((const char *) head.data, head.size, NULL))
    {
      char *repaired = (char *) sk_buffer_extend (scratch, 3 * head.size + 1);
      if (value->json) /* the buffer may have moved */
        head.data = scratch->data;
      head = (SkSpan){ (uint8_t *) repaired, sk_text_repair (head, SK_MAX_VALUE, repaired) };
    }
  sk_wire_put_span (&walker->encoded, head);
}

static void
put_value (SkWalker *walker, const SkRecord *record, const SkSigmaValue *value)
{
  SkBuffer *out = &walker->encoded;
  sk_wire_put_u8 (out, (uint8_t) value->value.type);
  switch (value->value.type)
    {
    case SK_FIELD_BOOL:
      sk_wire_put_bool (out, value->value.boolean);
      break;
    case SK_FIELD_INT:
      sk_wire_put_i64 (out, value->value.integer);
      break;
    case SK_FIELD_STRING:
      put_text (walker, record, value);
      break;
    }
}

/* Writes the count into the room that was left for it. */
static void
set_count (SkBuffer *out, size_t at, uint32_t count)
{
  for (int i = 0; !out->overflow && i < 4; i++)
    out->data[at + (size_t) i] = (uint8_t) (count >> 8 * i);
}

bool
sk_record_send (const SkRecord *record, const SkRecordRoute *route)
{
  SkWalker *walker = record->object->walker;
  SkBuffer *out = &walker->encoded;
  uint32_t count = 0;
  if (walker->host->record == NULL)
    return true;
  sk_buffer_reset (out);
  sk_wire_put_u32 (out, route->subscription);
  sk_wire_put_u64 (out, record->position);
  sk_wire_put_i64 (out, record->time);
  sk_wire_put_text (out, record->object->id);
  sk_wire_put_text (out, record->kind->name);
  size_t at = out->size;
  sk_wire_put_u32 (out, 0);
  for (uint32_t i = 0; i < record->n && !out->overflow; i++)
    {
      const char *name = kept_name (record, route, i);
      if (name == NULL)
        continue;
      sk_wire_put_text (out, name);
      put_value (walker, record, &record->values[i]);
      count++;
    }
  set_count (out, at, count);
  if (!out->overflow)
    walker->host->record (walker->host->data, sk_buffer_span (out));
  return !out->overflow;
}
