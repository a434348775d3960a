/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Findings of the supervisor on their way to the callbacks: places, evidence,
 * and what could not be judged.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "run/relate-internal.h"

/* Of a value of a group in the evidence: enough to know it again, not enough to carry a document out
 * of the house. */
#define GROUP_VALUE 120

/* ---- how often ---- */

guint
sk_said_hash (gconstpointer data)
{
  const SkSaid *said = data;
  return (guint) (said->order * 2654435761u) ^ said->rule;
}

gboolean
sk_said_equal (gconstpointer a, gconstpointer b)
{
  const SkSaid *left = a, *right = b;
  return left->order == right->order && left->rule == right->rule;
}

/* So many findings of one rule on one job; the rest is counted. */
static bool
may_say (SkTwin *twin, uint32_t rule)
{
  SkSaid said = { twin->order, rule };
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (twin->said, &said));
  if (count >= SK_MAX_FINDINGS)
    {
      guint more = GPOINTER_TO_UINT (g_hash_table_lookup (twin->unsaid, GUINT_TO_POINTER (rule)));
      g_hash_table_insert (twin->unsaid, GUINT_TO_POINTER (rule), GUINT_TO_POINTER (more + 1));
      return false;
    }
  g_hash_table_insert (twin->said, g_memdup2 (&said, sizeof said), GUINT_TO_POINTER (count + 1));
  return true;
}

static void
say (SkTwin *twin, SkRelated *related)
{
  related->catalogue = twin->catalogue;
  if (twin->callbacks->related != NULL && !twin->failed)
    twin->failed = !twin->callbacks->related (twin->callbacks->data, related);
}

static const char *const nothing[] = { NULL };

/* Records that are an object's own say nothing of a place in it. */
static bool
is_of_object (SkSpan kind)
{
  return sk_span_equal (kind, sk_span_of_text ("file"))
         || sk_span_equal (kind, sk_span_of_text ("object"));
}

/* New string. */
static char *
name_in (const SkRecordView *view)
{
  static const char *const names[] = { "file.name", "object.name" };
  for (guint i = 0; i < view->items->len; i++)
    {
      const SkRecordItem *item = sk_record_item (view, i);
      for (size_t n = 0; n < G_N_ELEMENTS (names); n++)
        if (item->value.type == SK_FIELD_STRING
            && sk_span_equal (item->name, sk_span_of_text (names[n])))
          return sk_text_from_bytes (item->value.text);
    }
  return g_strdup ("");
}

void
sk_twin_say_record (SkTwin *twin, uint32_t rule)
{
  if (!may_say (twin, rule))
    return;
  g_autofree char *evidence = sk_sigma_evidence (twin->scan, &twin->record, rule);
  g_autofree char *name = name_in (&twin->view);
  SkRelated related = { .rule = twin->base + rule,
                        .of_one = true,
                        .group_names = nothing,
                        .group_values = nothing,
                        .first = twin->place.time,
                        .last = twin->place.time,
                        .count = 1,
                        .places = &twin->place,
                        .n_places = 1,
                        .record = is_of_object (twin->view.kind) ? SK_NO_RECORD : twin->place.position,
                        .name = name,
                        .evidence = evidence };
  say (twin, &related);
}

/* ---- places ---- */

char *
sk_twin_place_name (const SkRunPlace *place)
{
  return g_strdup_printf ("%zu:%s", strlen (place->root), place->job);
}

/* The other way; `keep` owns what is new. */
static SkRunPlace
place_of (const SkCorrelatePlace *place, GPtrArray *keep)
{
  char *id = NULL;
  size_t root_size = (size_t) strtoull (place->job, &id, 10);
  const char *job = *id == ':' ? id + 1 : id;
  char *root = g_strndup (job, root_size);
  g_ptr_array_add (keep, root);
  return (SkRunPlace) { root, job, place->object, place->position, place->time };
}

/* ---- evidence ---- */

/* Seconds are enough for people. */
static void
append_time (GString *out, int64_t time_ns)
{
  int64_t seconds = time_ns / 1000000000 - (time_ns % 1000000000 < 0 ? 1 : 0);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  g_string_append (out, text != NULL ? text : "?");
}

static const char *
counted_word (const SkSigmaCorrelation *correlation, uint64_t count)
{
  switch (correlation->type)
    {
    case SK_SIGMA_EVENT_COUNT:
      return count == 1 ? "event" : "events";
    case SK_SIGMA_VALUE_COUNT:
      return count == 1 ? "value of" : "values of";
    case SK_SIGMA_TEMPORAL:
    case SK_SIGMA_TEMPORAL_ORDERED:
      break;
    }
  return count == 1 ? "rule" : "rules";
}

static void
append_group (GString *out, const SkCorrelateFinding *finding)
{
  for (size_t i = 0; finding->group_names[i] != NULL && finding->group_values[i] != NULL; i++)
    {
      const char *value = finding->group_values[i];
      glong length = g_utf8_strlen (value, -1);
      const char *end = g_utf8_offset_to_pointer (value, MIN (length, GROUP_VALUE));
      g_string_append_printf (out, "%s%s=%.*s%s", i == 0 ? " in group " : ", ",
                              finding->group_names[i], (int) (end - value), value,
                              length > GROUP_VALUE ? "…" : "");
    }
}

static void
append_place (GString *out, const SkRunPlace *place, bool first)
{
  g_string_append_printf (out, "%s%s%s", first ? ": " : "; ", place->job, place->object);
  if (place->position != 0)
    g_string_append_printf (out, " at byte %" PRIu64, place->position);
}

static char *
evidence_of (const SkSigmaCorrelation *correlation, const SkCorrelateFinding *finding,
             const SkRunPlace *places)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, "%" PRIu64 " %s", finding->count,
                          counted_word (correlation, finding->count));
  if (correlation->type == SK_SIGMA_VALUE_COUNT && correlation->value_field != NULL)
    g_string_append_printf (out, " %s", correlation->value_field);
  append_group (out, finding);
  if (finding->first != 0)
    {
      g_string_append (out, ", ");
      append_time (out, finding->first);
      g_string_append (out, " to ");
      append_time (out, finding->last);
    }
  for (size_t i = 0; i < finding->n_places && out->len < SK_MAX_EVIDENCE; i++)
    append_place (out, &places[i], i == 0);
  g_string_truncate (out, sk_text_cut (out->str, SK_MAX_EVIDENCE));
  return g_string_free (out, FALSE);
}

void
sk_twin_say_related (void *data, const SkCorrelateFinding *finding)
{
  SkTwin *twin = data;
  const SkSigmaRule *rule = sk_sigma_rule (twin->sigma, finding->rule);
  if (rule->silent)
    return;
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  SkRunPlace places[SK_MAX_CORRELATE_PLACES];
  size_t n_places = MIN (finding->n_places, SK_MAX_CORRELATE_PLACES);
  for (size_t i = 0; i < n_places; i++)
    places[i] = place_of (&finding->places[i], keep);
  g_autofree char *evidence = evidence_of (rule->correlation, finding, places);
  SkRelated related = { .rule = twin->base + finding->rule,
                        .group_names = finding->group_names,
                        .group_values = finding->group_values,
                        .first = finding->first,
                        .last = finding->last,
                        .count = finding->count,
                        .places = places,
                        .n_places = n_places,
                        .record = SK_NO_RECORD,
                        .name = "",
                        .evidence = evidence };
  say (twin, &related);
}

/* ---- what could not be judged ---- */

static void
say_gap (SkTwin *twin, SkReason reason, const char *evidence)
{
  SkRelated related = { .rule = SK_RULE_OF_REASON (reason),
                        .group_names = nothing,
                        .group_values = nothing,
                        .count = 1,
                        .record = SK_NO_RECORD,
                        .name = "",
                        .evidence = evidence };
  say (twin, &related);
}

G_GNUC_PRINTF (4, 5)
static void
say_of_rule (SkTwin *twin, SkReason reason, uint32_t rule, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *what = g_strdup_vprintf (format, list);
  va_end (list);
  const SkSigmaRule *about = sk_sigma_rule (twin->sigma, rule);
  g_autofree char *evidence = g_strdup_printf (
      "%s %s: %s", about->correlation != NULL ? "correlation" : "rule", about->finding, what);
  say_gap (twin, reason, evidence);
}

static void
say_gaps_of (SkTwin *twin, uint32_t rule)
{
  uint64_t lost = twin->correlate != NULL ? sk_correlate_lost (twin->correlate, rule) : 0;
  guint unsaid = GPOINTER_TO_UINT (g_hash_table_lookup (twin->unsaid, GUINT_TO_POINTER (rule)));
  if (lost > 0)
    say_of_rule (twin, SK_REASON_LIMIT, rule, "%" PRIu64 " groups forgotten", lost);
  if (unsaid > 0)
    say_of_rule (twin, SK_REASON_LIMIT, rule, "%u more findings than it may have on one job", unsaid);
}

void
sk_twin_say_gaps (SkTwin *twin)
{
  for (uint32_t rule = 0; twin->sigma != NULL && rule < sk_sigma_count (twin->sigma); rule++)
    say_gaps_of (twin, rule);
  const SkSigmaCount *count = twin->scan != NULL ? sk_sigma_scan_count (twin->scan) : NULL;
  if (count != NULL && count->abandoned > 0)
    say_of_rule (twin, SK_REASON_RULES, count->abandoned_rule,
                 "an expression given up, %" PRIu64 " in all", count->abandoned);
  g_autofree char *lost = g_strdup_printf (
      "%" PRIu64 " records of walked entries dropped: the run file is full", twin->entries_lost);
  g_autofree char *damaged
      = g_strdup_printf ("%" PRIu64 " records could not be read back", twin->damaged);
  if (twin->entries_lost > 0)
    say_gap (twin, SK_REASON_LIMIT, lost);
  if (twin->damaged > 0)
    say_gap (twin, SK_REASON_FAILED, damaged);
}
