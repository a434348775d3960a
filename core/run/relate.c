/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What may come up, and what becomes of it in the end. The words of findings
 * are made in relate-say.c.
 */
#include "config.h"

#include "run/relate.h"

#include "base/limits.h"
#include "run/entry.h"
#include "run/relate-internal.h"

/* ---- life ---- */

/* The name stands before the first tab of what the catalogue tells of a field. */
static GHashTable *
names_of (char **fields)
{
  GHashTable *names = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                             (GDestroyNotify) g_bytes_unref, NULL);
  for (size_t i = 0; fields != NULL && fields[i] != NULL; i++)
    g_hash_table_add (names, g_bytes_new (fields[i], strcspn (fields[i], "\t")));
  return names;
}

static void
free_kind (gpointer data)
{
  SkTwinKind *kind = data;
  if (kind->names != NULL)
    g_hash_table_unref (kind->names);
  g_free (kind);
}

static void
add_kinds (SkTwin *twin)
{
  const GArray *kinds = twin->catalogue->kinds;
  twin->kinds = g_ptr_array_new_with_free_func (free_kind);
  for (guint i = 0; i < kinds->len; i++)
    {
      const SkKindInfo *info = &g_array_index (kinds, SkKindInfo, i);
      SkTwinKind *kind = g_new0 (SkTwinKind, 1);
      kind->name = sk_span_of_text (info->name);
      kind->names = info->open ? NULL : names_of (info->fields);
      kind->number = twin->sigma != NULL ? sk_sigma_kind (twin->sigma, info->name) : SK_SIGMA_NO_KIND;
      g_ptr_array_add (twin->kinds, kind);
    }
}

/* The rules again, when there are any. */
static gboolean
add_rules (SkTwin *twin, const SkBundle *bundle, GError **error)
{
  SkSigmaSettings settings = { .later = sk_engine_later () };
  if (!sk_sigma_base (twin->catalogue, &twin->base))
    return TRUE;
  twin->sigma = sk_sigma_new_twin (&settings, bundle, twin->catalogue, error);
  return twin->sigma != NULL;
}

SkTwin *
sk_twin_new (const SkRunSettings *settings, uint32_t generation, const SkBundle *bundle,
             const SkCatalogue *catalogue, GError **error)
{
  g_autoptr (SkTwin) twin = g_new0 (SkTwin, 1);
  twin->generation = generation;
  twin->settings = settings;
  twin->catalogue = catalogue;
  if (!add_rules (twin, bundle, error))
    return NULL;
  add_kinds (twin);
  sk_record_view_init (&twin->view);
  twin->values = g_array_new (FALSE, FALSE, sizeof (SkSigmaValue));
  twin->object = g_string_new (NULL);
  twin->root = g_string_new (NULL);
  twin->said = g_hash_table_new_full (sk_said_hash, sk_said_equal, g_free, NULL);
  twin->unsaid = g_hash_table_new (NULL, NULL);
  return g_steal_pointer (&twin);
}

void
sk_twin_free (SkTwin *twin)
{
  if (twin == NULL)
    return;
  sk_correlate_free (twin->correlate);
  sk_sigma_scan_free (twin->scan);
  sk_sigma_free (twin->sigma);
  g_clear_pointer (&twin->kinds, g_ptr_array_unref);
  sk_record_view_clear (&twin->view);
  g_clear_pointer (&twin->values, g_array_unref);
  g_clear_pointer (&twin->hits, g_array_unref);
  g_clear_pointer (&twin->said, g_hash_table_unref);
  g_clear_pointer (&twin->unsaid, g_hash_table_unref);
  if (twin->object != NULL)
    g_string_free (twin->object, TRUE);
  if (twin->root != NULL)
    g_string_free (twin->root, TRUE);
  g_free (twin);
}

/* ---- what may come up ---- */

uint32_t
sk_twin_subscriptions (const SkTwin *twin)
{
  size_t wants = twin->sigma != NULL ? sk_sigma_n_wants (twin->sigma) : 0;
  return twin->settings->subscriptions + (uint32_t) wants;
}

static const SkTwinKind *
find_kind (const SkTwin *twin, SkSpan name)
{
  for (guint i = 0; i < twin->kinds->len; i++)
    {
      const SkTwinKind *kind = twin->kinds->pdata[i];
      if (sk_span_equal (kind->name, name))
        return kind;
    }
  return NULL;
}

bool
sk_twin_wants_entries (const SkTwin *twin)
{
  const SkTwinKind *kind = find_kind (twin, sk_span_of_text (SK_ENTRY_KIND));
  return kind != NULL
         && (twin->settings->subscriptions > 0
             || (kind->number != SK_SIGMA_NO_KIND && sk_sigma_kind_rules (twin->sigma, kind->number) > 0));
}

bool
sk_twin_wants_any (const SkTwin *twin)
{
  return sk_twin_subscriptions (twin) > 0 || sk_twin_wants_entries (twin);
}

static const SkSigmaWant *
want_of (const SkTwin *twin, uint32_t subscription)
{
  uint32_t before = twin->settings->subscriptions;
  return subscription != SK_OWN_RECORD && subscription >= before
             ? sk_sigma_want (twin->sigma, subscription - before)
             : NULL;
}

const char *const *
sk_twin_fields (const SkTwin *twin, uint32_t subscription)
{
  const SkSigmaWant *want = want_of (twin, subscription);
  return want != NULL ? want->fields : NULL;
}

static bool
is_among (const char *const *names, SkSpan name)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (sk_span_equal (sk_span_of_text (names[i]), name))
      return true;
  return false;
}

static bool
is_field (const SkTwinKind *kind, SkSpan name)
{
  if (kind->names == NULL)
    return true;
  g_autoptr (GBytes) bytes = g_bytes_new_static (name.data, name.size);
  return g_hash_table_contains (kind->names, bytes);
}

bool
sk_twin_accepts (const SkTwin *twin, uint32_t subscription, const SkRecordView *view)
{
  const SkTwinKind *kind = find_kind (twin, view->kind);
  if (kind == NULL)
    return false;
  const char *const *only = sk_twin_fields (twin, subscription);
  SkSpan last = { NULL, 0 };
  for (guint i = 0; i < view->items->len; i++)
    {
      SkSpan name = sk_record_item (view, i)->name;
      /* The values of a list stand together. */
      if (!sk_span_equal (name, last) && !(only != NULL ? is_among (only, name) : is_field (kind, name)))
        return false;
      last = name;
    }
  return true;
}

bool
sk_twin_knows_kind (const SkTwin *twin, const char *kind)
{
  return find_kind (twin, sk_span_of_text (kind)) != NULL;
}

void
sk_twin_use (SkTwin *twin)
{
  twin->used = true;
}

bool
sk_twin_is_used (const SkTwin *twin)
{
  return twin->used;
}

void
sk_twin_lose_entry (SkTwin *twin)
{
  twin->used = true;
  twin->entries_lost++;
}

/* ---- the end: one record ---- */

static void
take_values (SkTwin *twin, const SkTwinKind *kind)
{
  bool all = sk_sigma_wants_all (twin->sigma, kind->number);
  g_array_set_size (twin->values, 0);
  for (guint i = 0; i < twin->view.items->len; i++)
    {
      const SkRecordItem *item = sk_record_item (&twin->view, i);
      SkSigmaValue value = { .field = sk_sigma_field (twin->sigma, kind->number, item->name),
                             .value = item->value };
      if (all || value.field != SK_SIGMA_NO_FIELD)
        g_array_append_val (twin->values, value);
    }
  twin->record = (SkSigmaRecord) { kind->number,
                                   (const SkSigmaValue *) (const void *) twin->values->data,
                                   twin->values->len };
}

/* What correlations ask of an event. */
typedef struct Asked {
  void (*func) (void *data, SkSpan value);
  void *data;
} Asked;

static void
answer (void *data, const SkSigmaValue *value)
{
  char room[SK_RECORD_ROOM];
  const Asked *asked = data;
  asked->func (asked->data, sk_record_text (&value->value, room));
}

static void
event_values (void *event, const char *field, void (*func) (void *data, SkSpan value), void *data)
{
  SkTwin *twin = event;
  Asked asked = { func, data };
  sk_sigma_values (twin->scan, &twin->record, twin->rule, field, answer, &asked);
}

/* The rule is true of the record: what follows. `say`: nobody has said so yet. */
static void
hit (SkTwin *twin, uint32_t rule, bool say)
{
  if (say && !sk_sigma_rule (twin->sigma, rule)->silent)
    sk_twin_say_record (twin, rule);
  if (twin->correlate == NULL || !sk_correlate_needs (twin->correlate, rule))
    return;
  g_autofree char *job = sk_twin_place_name (&twin->place);
  twin->rule = rule;
  SkCorrelateEvent event
      = { .rule = rule,
          .place = { job, twin->place.object, twin->place.position, twin->place.time },
          .values = event_values,
          .event = twin };
  sk_correlate_event (twin->correlate, &event);
}

static void
hit_by_own (void *data, uint32_t rule, SkSigmaTruth truth)
{
  SkTwin *twin = data;
  /* While rules are matched the scan is not to be asked for anything else. */
  if (truth == SK_SIGMA_TRUE)
    g_array_append_val (twin->hits, rule);
}

static void
judge_own (SkTwin *twin)
{
  g_array_set_size (twin->hits, 0);
  sk_sigma_match (twin->scan, &twin->record, hit_by_own, twin);
  for (guint i = 0; i < twin->hits->len; i++)
    hit (twin, g_array_index (twin->hits, uint32_t, i), true);
}

static void
judge_wanted (SkTwin *twin, const SkSigmaWant *want)
{
  if (!want->again || sk_sigma_judge (twin->scan, &twin->record, want->rule) == SK_SIGMA_TRUE)
    hit (twin, want->rule, want->again);
}

static void
judge (SkTwin *twin, uint32_t subscription)
{
  const SkTwinKind *kind = find_kind (twin, twin->view.kind);
  if (twin->sigma == NULL || kind == NULL || kind->number == SK_SIGMA_NO_KIND)
    return;
  take_values (twin, kind);
  if (subscription == SK_OWN_RECORD)
    judge_own (twin);
  else
    judge_wanted (twin, want_of (twin, subscription));
}

static void
hand_out (const SkTwin *twin, const SkRunCallbacks *callbacks, uint32_t subscription)
{
  if (callbacks->record == NULL)
    return;
  SkRunRecord record = { .subscription = subscription,
                         .time = twin->place.time,
                         .root = twin->place.root,
                         .job = twin->place.job,
                         .object = twin->place.object,
                         .position = twin->place.position,
                         .fields = &twin->view };
  callbacks->record (callbacks->data, &record);
}

static void
start_judging (SkTwin *twin, const SkRunCallbacks *callbacks)
{
  twin->callbacks = callbacks;
  if (twin->started)
    return;
  twin->started = true;
  twin->hits = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  if (twin->sigma == NULL)
    return;
  twin->scan = sk_sigma_scan_new (twin->sigma);
  twin->correlate = sk_correlate_new (twin->sigma, &twin->settings->correlate, sk_twin_say_related, twin);
}

bool
sk_twin_take (SkTwin *twin, const SkRunCallbacks *callbacks, const SkRunEntry *entry, const char *job)
{
  bool subscribed = entry->subscription < twin->settings->subscriptions;
  start_judging (twin, callbacks);
  g_string_truncate (twin->object, 0);
  g_string_append_len (twin->object, (const char *) entry->object.data, (gssize) entry->object.size);
  g_string_truncate (twin->root, 0);
  g_string_append_len (twin->root, job, (gssize) entry->root_size);
  twin->place = (SkRunPlace) { twin->root->str, job, twin->object->str, entry->position, entry->time };
  twin->order = entry->order;
  /* It was checked when it came: the disk has changed it. */
  if (!sk_record_read (entry->fields, &twin->view))
    {
      twin->damaged++;
      return !twin->failed;
    }
  if (subscribed)
    hand_out (twin, callbacks, entry->subscription);
  else
    judge (twin, entry->subscription);
  if (entry->subscription == SK_OWN_RECORD && twin->settings->subscriptions > 0)
    hand_out (twin, callbacks, 0);
  return !twin->failed;
}

bool
sk_twin_end (SkTwin *twin, const SkRunCallbacks *callbacks)
{
  start_judging (twin, callbacks);
  if (twin->correlate != NULL)
    sk_correlate_end (twin->correlate);
  sk_twin_say_gaps (twin);
  return !twin->failed;
}
