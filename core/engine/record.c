/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Records: filled value by value, judged by the Sigma rules when they end,
 * handed to who asked for them.
 *
 * A record is an array of values as the rules see them. Nothing is copied and,
 * once the arrays have grown, nothing allocated before a rule is true or
 * somebody is to be sent it.
 */
#include "config.h"

#include <string.h>

#include "engine/record.h"

#define FIRST_ROOM 64

/* ---- the pool ---- */

SkRecord *
sk_record_take (SkObject *object, const SkKind *kind)
{
  SkWalker *walker = object->walker;
  SkRecord *record = walker->free_records;
  if (record != NULL)
    walker->free_records = record->next;
  else
    {
      record = g_new0 (SkRecord, 1);
      record->places = g_new0 (uint32_t, walker->engine->most_fields + 1);
      record->room = FIRST_ROOM;
      record->values = g_new (SkSigmaValue, record->room);
      record->fields = g_new (uint32_t, record->room);
    }
  record->object = object;
  record->kind = kind;
  record->position = 0;
  record->time = 0;
  record->n = 0;
  record->bytes = 0;
  record->cut = false;
  return record;
}

void
sk_record_give_back (SkRecord *record)
{
  SkWalker *walker = record->object->walker;
  record->next = walker->free_records;
  walker->free_records = record;
}

void
sk_record_free_all (SkRecord *record)
{
  while (record != NULL)
    {
      SkRecord *next = record->next;
      g_free (record->places);
      g_free (record->values);
      g_free (record->fields);
      g_free (record);
      record = next;
    }
}

void
sk_record_drop (SkRecord *record)
{
  SkWalker *walker = record->object->walker;
  walker->kinds[record->kind->index].records--;
  walker->hook->record = NULL;
  sk_record_give_back (record);
}

/* ---- beginning ---- */

static const SkKind *
declared_kind (SkObject *object, uint32_t handle)
{
  const SkWalker *walker = object->walker;
  const SkLoadedPlugin *loaded = sk_engine_plugin (walker->engine, walker->hook->plugin);
  if (handle < loaded->plugin->n_records)
    return sk_engine_kind (walker->engine, loaded->kind_base + handle);
  sk_finding_misuse (object, "it makes a record that it does not declare");
  return NULL;
}

uint32_t
sk_record_field (SkObject *object, uint32_t handle, SkSpan name)
{
  const SkKind *kind = declared_kind (object, handle);
  if (kind == NULL || !kind->asked)
    return SK_NO_FIELD;
  return sk_names_field (object->walker, kind, name);
}

SkRecord *
sk_record_begin (SkObject *object, uint32_t handle, uint64_t position, int64_t time)
{
  SkWalker *walker = object->walker;
  if (!sk_walk_may_open (object, "it began a record outside of open"))
    return NULL;
  const SkKind *kind = declared_kind (object, handle);
  if (kind == NULL)
    return NULL;
  if (walker->hook->record != NULL)
    {
      sk_finding_misuse (object, "it began a record before the last was ended");
      return NULL;
    }
  if (kind->asked && !sk_walk_work (object, 1))
    return NULL;
  walker->kinds[kind->index].records++;
  if (!kind->asked)
    return NULL;
  SkRecord *record = sk_record_take (object, kind);
  record->position = position;
  record->time = time;
  walker->hook->record = record;
  return record;
}

/* ---- filling ---- */

static void
grow (SkRecord *record)
{
  record->room *= 2;
  record->values = g_renew (SkSigmaValue, record->values, record->room);
  record->fields = g_renew (uint32_t, record->fields, record->room);
}

SkSigmaValue *
sk_record_append (SkRecord *record, uint32_t field, uint32_t number)
{
  if (record->n == SK_MAX_RECORD_VALUES)
    {
      record->cut = true;
      return NULL;
    }
  if (record->n == record->room)
    grow (record);
  record->fields[record->n] = field;
  SkSigmaValue *value = &record->values[record->n++];
  value->field = number;
  value->json = false;
  return value;
}

static SkSigmaValue *
place_declared (SkRecord *record, uint32_t field)
{
  const SkKind *kind = record->kind;
  if (!kind->looked[field])
    return NULL;
  uint32_t place = record->places[field];
  if ((kind->fields[field].flags & SK_FIELD_MULTI) == 0)
    {
      if (place < record->n && record->fields[place] == field)
        return &record->values[place];
      record->places[field] = record->n;
    }
  return sk_record_append (record, field, kind->numbers[field]);
}

/* Only what sk_record_field has answered for this kind in this job. */
static bool
open_number (const SkRecord *record, uint32_t field, uint32_t *ret_number)
{
  const SkWalker *walker = record->object->walker;
  const SkKind *kind = record->kind;
  *ret_number = SK_SIGMA_NO_FIELD;
  if (!kind->open || field == SK_ANY_FIELD)
    return kind->open;
  if ((field & SK_INTERNED) == 0)
    {
      *ret_number = field - kind->n_fields;
      return *ret_number < walker->kinds[kind->index].n_numbers;
    }
  if ((field & ~SK_INTERNED) >= walker->names->open->len)
    return false;
  const SkOpenName *name = &g_array_index (walker->names->open, SkOpenName, field & ~SK_INTERNED);
  *ret_number = name->number;
  return name->kind == kind->index;
}

static SkSigmaValue *
place (SkRecord *record, uint32_t field, SkFieldType type)
{
  const SkKind *kind = record->kind;
  uint32_t number;
  if (field == SK_NO_FIELD)
    return NULL;
  if (field < kind->n_fields && kind->fields[field].type == type)
    return place_declared (record, field);
  if (field >= kind->n_fields && open_number (record, field, &number))
    return sk_record_append (record, field, number);
  sk_finding_misuse (record->object, "it set a field that it does not declare so");
  return NULL;
}

void
sk_record_bool (SkRecord *record, uint32_t field, bool boolean)
{
  SkSigmaValue *value = place (record, field, SK_FIELD_BOOL);
  if (value != NULL)
    value->value = (SkValue){ .type = SK_FIELD_BOOL, .boolean = boolean };
}

void
sk_record_int (SkRecord *record, uint32_t field, int64_t integer)
{
  SkSigmaValue *value = place (record, field, SK_FIELD_INT);
  if (value != NULL)
    value->value = (SkValue){ .type = SK_FIELD_INT, .integer = integer };
}

static void
put_text (SkRecord *record, uint32_t field, SkSpan text, bool json)
{
  SkSigmaValue *value = place (record, field, SK_FIELD_STRING);
  if (value == NULL)
    return;
  value->value = (SkValue){ .type = SK_FIELD_STRING, .text = text };
  value->json = json;
  record->bytes += text.size;
}

void
sk_record_string (SkRecord *record, uint32_t field, SkSpan text)
{
  put_text (record, field, text, false);
}

void
sk_record_json (SkRecord *record, uint32_t field, SkSpan text)
{
  put_text (record, field, text, text.size > 0 && memchr (text.data, '\\', text.size) != NULL);
}

/* ---- judging ---- */

static void
note_hit (void *data, uint32_t rule, SkSigmaTruth truth)
{
  SkRecordHit hit = { rule, truth };
  g_array_append_val (((SkWalker *) data)->hits, hit);
}

/* The finding speaks of the object where the record is the object. */
static void
tell (const SkRecord *record, const SkSigmaRecord *seen, uint32_t rule)
{
  SkWalker *walker = record->object->walker;
  SkNode *node = record->object->node;
  uint32_t number = walker->engine->sigma_base + rule;
  bool own = record->kind->plugin == SK_NO_PLUGIN;
  SkRecordPlace place = { own ? SK_NO_RECORD : record->position, own ? 0 : record->time };
  if (!sk_finding_has_room (walker, node, number, place.position))
    return;
  g_autofree char *evidence = sk_sigma_evidence (walker->scan, seen, rule);
  sk_finding_of_record (walker, node, number, record->kind->plugin, evidence, place);
}

static void
act_on_hit (const SkRecord *record, const SkSigmaRecord *seen, SkRecordHit hit)
{
  SkWalker *walker = record->object->walker;
  const SkSigma *sigma = walker->engine->sigma;
  int64_t want = sk_sigma_want_of (sigma, hit.rule);
  bool again = want >= 0 && sk_sigma_want (sigma, (size_t) want)->again;
  if (hit.truth == SK_SIGMA_TRUE && !again && !sk_sigma_rule (sigma, hit.rule)->silent)
    tell (record, seen, hit.rule);
  if (want >= 0 && (again || hit.truth == SK_SIGMA_TRUE)
      && !sk_record_send (record, &g_array_index (record->kind->wants, SkRecordRoute, want)))
    sk_finding_limit (walker, record->object->node, SK_LIMIT_RECORD);
}

/* The first is named, once a job: the others would say the same of as many lines. */
static void
tell_abandoned (const SkRecord *record)
{
  SkWalker *walker = record->object->walker;
  const SkSigmaCount *count = sk_sigma_scan_count (walker->scan);
  if (count->abandoned == 0 || walker->abandoned_said)
    return;
  walker->abandoned_said = true;
  g_autofree char *detail = g_strdup_printf (
      "%s: an expression was given up after %d steps on a record",
      sk_sigma_rule (walker->engine->sigma, count->abandoned_rule)->finding, SK_MAX_REGEX_STEPS);
  sk_finding_reason_by (walker, record->object->node, SK_REASON_RULES, record->kind->plugin,
                        detail);
}

static void
judge (const SkRecord *record)
{
  SkWalker *walker = record->object->walker;
  SkSigmaRecord seen = { record->kind->sigma, record->values, record->n };
  const SkSigmaCount *count = sk_sigma_scan_count (walker->scan);
  uint64_t before = count->applicable;
  g_array_set_size (walker->hits, 0);
  sk_sigma_match (walker->scan, &seen, note_hit, walker);
  if (count->applicable > before)
    walker->kinds[record->kind->index].applicable++;
  for (guint i = 0; i < walker->hits->len; i++)
    act_on_hit (record, &seen, g_array_index (walker->hits, SkRecordHit, i));
  tell_abandoned (record);
}

void
sk_record_finish (SkRecord *record)
{
  SkObject *object = record->object;
  const SkKind *kind = record->kind;
  bool sent = true;
  if (kind->sigma != SK_SIGMA_NO_KIND)
    judge (record);
  for (guint i = 0; i < kind->routes->len; i++)
    sent = sk_record_send (record, &g_array_index (kind->routes, SkRecordRoute, i)) && sent;
  if (!sent)
    sk_finding_limit (object->walker, object->node, SK_LIMIT_RECORD);
  if (record->cut)
    sk_finding_limit (object->walker, object->node, SK_LIMIT_VALUES);
}

void
sk_record_end (SkRecord *record)
{
  SkObject *object = record->object;
  if (record->bytes >= SK_KIB)
    sk_walk_work (object, record->bytes / SK_KIB);
  sk_record_finish (record);
  object->walker->hook->record = NULL;
  sk_record_give_back (record);
}
