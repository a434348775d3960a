/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Records on their way up: filled by a plugin, cut to what each subscription
 * asks for, encoded, handed to the host.
 *
 * Encoding: u32 subscription, u64 position, i64 time, text object id, u32 count,
 * then per value text field name, u8 SkFieldType, and u8 bool, i64 or text.
 */
#include "config.h"

#include "engine/walker.h"

/** A value of a field; a string's bytes stand in the record's text. */
typedef struct Value {
  uint32_t field;
  SkValue value;
  size_t text_at;
} Value;

struct SkRecord {
  SkRecord *next; /* in the pool */
  SkObject *object;
  const SkRecordDecl *decl;
  const GArray *routes;
  uint64_t position;
  int64_t time;
  GArray *values;
  SkBuffer text;
  SkBuffer encoded;
  bool overflow;
};

static SkRecord *
take (SkWalker *walker)
{
  SkRecord *record = walker->free_records;
  if (record != NULL)
    {
      walker->free_records = record->next;
      return record;
    }
  record = g_new0 (SkRecord, 1);
  record->values = g_array_new (FALSE, FALSE, sizeof (Value));
  sk_buffer_init (&record->text, SK_MAX_RECORD);
  sk_buffer_init (&record->encoded, SK_MAX_RECORD);
  return record;
}

void
sk_record_free_all (SkRecord *record)
{
  while (record != NULL)
    {
      SkRecord *next = record->next;
      g_array_unref (record->values);
      sk_buffer_clear (&record->text);
      sk_buffer_clear (&record->encoded);
      g_free (record);
      record = next;
    }
}

void
sk_record_drop (SkRecord *record)
{
  SkWalker *walker = record->object->walker;
  walker->hook->record = NULL;
  record->next = walker->free_records;
  walker->free_records = record;
}

uint32_t
sk_record_field (SkObject *object, uint32_t record, SkSpan name)
{
  const SkPlugin *plugin
      = sk_engine_plugin (object->walker->engine, object->walker->hook->plugin)->plugin;
  for (size_t i = 0; record < plugin->n_records && i < plugin->records[record].n_fields; i++)
    if (sk_span_equal (sk_span_of_text (plugin->records[record].fields[i].name), name))
      return (uint32_t) i;
  return SK_NO_FIELD;
}

SkRecord *
sk_record_begin (SkObject *object, uint32_t kind, uint64_t position, int64_t time)
{
  SkWalker *walker = object->walker;
  const SkLoadedPlugin *loaded = sk_engine_plugin (walker->engine, walker->hook->plugin);
  if (!sk_walk_may_open (object, "it began a record outside of open"))
    return NULL;
  if (kind >= loaded->plugin->n_records || walker->hook->record != NULL)
    {
      sk_finding_misuse (object, "it began a record that it does not declare, or a second one");
      return NULL;
    }
  if (walker->host->record == NULL || loaded->routes[kind]->len == 0
      || !sk_walk_work (object, 1))
    return NULL;
  SkRecord *record = take (walker);
  record->object = object;
  record->decl = &loaded->plugin->records[kind];
  record->routes = loaded->routes[kind];
  record->position = position;
  record->time = time;
  record->overflow = false;
  g_array_set_size (record->values, 0);
  sk_buffer_reset (&record->text);
  walker->hook->record = record;
  return record;
}

static Value *
place (SkRecord *record, uint32_t field, SkFieldType type)
{
  if (field == SK_NO_FIELD)
    return NULL;
  if (field >= record->decl->n_fields || record->decl->fields[field].type != type)
    {
      sk_finding_misuse (record->object, "it set a field that it does not declare so");
      return NULL;
    }
  bool multi = (record->decl->fields[field].flags & SK_FIELD_MULTI) != 0;
  for (guint i = 0; !multi && i < record->values->len; i++)
    if (g_array_index (record->values, Value, i).field == field)
      return &g_array_index (record->values, Value, i);
  Value value = { .field = field, .value.type = type };
  g_array_append_val (record->values, value);
  if (record->values->len > SK_MAX_FACTS_PER_OBJECT)
    {
      record->overflow = true;
      g_array_set_size (record->values, SK_MAX_FACTS_PER_OBJECT);
      return NULL;
    }
  return &g_array_index (record->values, Value, record->values->len - 1);
}

void
sk_record_bool (SkRecord *record, uint32_t field, bool boolean)
{
  Value *value = place (record, field, SK_FIELD_BOOL);
  if (value != NULL)
    value->value.boolean = boolean;
}

void
sk_record_int (SkRecord *record, uint32_t field, int64_t integer)
{
  Value *value = place (record, field, SK_FIELD_INT);
  if (value != NULL)
    value->value.integer = integer;
}

void
sk_record_string (SkRecord *record, uint32_t field, SkSpan text)
{
  Value *value = place (record, field, SK_FIELD_STRING);
  if (value == NULL)
    return;
  SkWalker *walker = record->object->walker;
  SkSpan given = sk_text_head (text, SK_MAX_VALUE);
  g_autofree char *repaired = g_malloc (3 * given.size + 1);
  size_t size = sk_text_repair (given, SK_MAX_VALUE, repaired);
  value->text_at = record->text.size;
  value->value.text.size = size;
  record->overflow = !sk_buffer_put (&record->text, repaired, size) || record->overflow;
  if (given.size < text.size)
    sk_finding_limit (walker, record->object->node, SK_LIMIT_VALUE);
}

void
sk_record_json (SkRecord *record, uint32_t field, SkSpan text)
{
  sk_record_string (record, field, text);
}

static bool
kept (const SkRecordRoute *route, uint32_t field)
{
  return (route->kept[field / 64] >> (field % 64) & 1) != 0;
}

static void
put_value (SkBuffer *out, const SkRecord *record, const Value *value)
{
  sk_wire_put_text (out, record->decl->fields[value->field].name);
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
      sk_wire_put_span (out, sk_span_slice (sk_buffer_span (&record->text), value->text_at,
                                            value->value.text.size));
      break;
    }
}

static bool
send (SkRecord *record, const SkRecordRoute *route)
{
  SkBuffer *out = &record->encoded;
  const SkEngineHost *host = record->object->walker->host;
  uint32_t count = 0;
  sk_buffer_reset (out);
  for (guint i = 0; i < record->values->len; i++)
    count += kept (route, g_array_index (record->values, Value, i).field) ? 1 : 0;
  sk_wire_put_u32 (out, route->subscription);
  sk_wire_put_u64 (out, record->position);
  sk_wire_put_i64 (out, record->time);
  sk_wire_put_text (out, record->object->id);
  sk_wire_put_u32 (out, count);
  for (guint i = 0; i < record->values->len; i++)
    {
      const Value *value = &g_array_index (record->values, Value, i);
      if (kept (route, value->field))
        put_value (out, record, value);
    }
  if (!out->overflow)
    host->record (host->data, sk_buffer_span (out));
  return !out->overflow;
}

void
sk_record_end (SkRecord *record)
{
  SkObject *object = record->object;
  for (guint i = 0; i < record->routes->len && !record->overflow; i++)
    if (!send (record, &g_array_index (record->routes, SkRecordRoute, i)))
      record->overflow = true;
  if (record->overflow)
    sk_finding_limit (object->walker, object->node, SK_LIMIT_RECORD);
  sk_record_drop (record);
}
