/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From what the supervisor says of records at the end of a run to alerts: of
 * one record an alert like a worker's, of several one whose root is what they
 * have in common.
 */
#include "config.h"

#include "main/report.h"

#include "base/text.h"

#include <string.h>

/** Where an alert is that speaks of no place. */
#define NO_PLACE "records"

/** Nobody chose the order of events: it says what their folder is only where the rule asks for it. */
static const char *
group_root (const SkRelated *related)
{
  for (size_t i = 0; related->group_names[i] != NULL && related->group_values[i] != NULL; i++)
    if (strcmp (related->group_names[i], "file.root") == 0)
      return related->group_values[i];
  return NULL;
}

static const char *
path_of (const SkRelated *related)
{
  const char *root = group_root (related);
  if (root != NULL)
    return root;
  return related->n_places > 0 ? related->places[0].root : NO_PLACE;
}

/** What stands behind the root's id in that of the object. New string. */
static char *
below_root (const SkRunPlace *place)
{
  const char *job = place->job;
  size_t size = strlen (place->root);
  const char *below = strncmp (job, place->root, size) == 0 ? job + size : job;
  return g_strconcat (below, place->object, NULL);
}

/** Rule, group and beginning make a correlation's alert the same again when it is found again. */
static char *
hashed_id (const SkRelated *related, const SkRule *rule)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *) rule->id, (gssize) strlen (rule->id) + 1);
  for (size_t i = 0; related->group_names[i] != NULL && related->group_values[i] != NULL; i++)
    {
      const char *name = related->group_names[i], *value = related->group_values[i];
      g_checksum_update (sum, (const guchar *) name, (gssize) strlen (name) + 1);
      g_checksum_update (sum, (const guchar *) value, (gssize) strlen (value) + 1);
    }
  g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT, related->first);
  g_checksum_update (sum, (const guchar *) first, (gssize) strlen (first));
  /* Without times and groups the evidence is all that tells two apart. */
  if (related->n_places == 0)
    g_checksum_update (sum, (const guchar *) related->evidence, (gssize) strlen (related->evidence));
  return g_strdup_printf (NO_PLACE "/%.32s", g_checksum_get_string (sum));
}

static char *
object_id (const SkRelated *related, const SkRule *rule)
{
  if (related->of_one)
    return g_strconcat (related->places[0].job, related->places[0].object, NULL);
  return hashed_id (related, rule);
}

static gboolean
put (SkReport *report, const SkRootResult *root)
{
  sk_progress_hide (&report->progress);
  for (guint i = 0; i < report->sinks->len; i++)
    if (!sk_sink_root (g_ptr_array_index (report->sinks, i), root, &report->error))
      return FALSE;
  return TRUE;
}

static SkLevel
count (SkReport *report, const SkRelated *related, const SkRule *rule)
{
  if (related->rule >= SK_N_REASONS)
    {
      report->summary.findings[rule->level]++;
      return rule->level;
    }
  report->summary.not_inspected[related->rule]++;
  return sk_policy_reason_level (report->policy, (SkReason) related->rule);
}

gboolean
sk_report_related (SkReport *report, const SkRelated *related, int64_t time_ns)
{
  const SkRule *rule = sk_catalogue_rule (related->catalogue, related->rule);
  const char *path = path_of (related);
  if (sk_policy_silence (report->policy, rule->id, path, "", "") != NULL)
    {
      report->summary.silenced++;
      return TRUE;
    }
  g_autofree char *below = related->of_one ? below_root (&related->places[0]) : NULL;
  g_autofree char *id = object_id (related, rule);
  const char *last = related->name[0] != '\0' ? related->name : below;
  bool is_root = below == NULL || below[0] == '\0';
  const char *names[] = { sk_text_base_name (path), is_root ? NULL : last, NULL };
  SkAlert alert = { .rule = rule, .level = count (report, related, rule), .object_id = id,
                    .path = names, .type = "", .sha256 = "", .plugin = rule->plugin != NULL ? rule->plugin : "",
                    .evidence = related->evidence,
                    .count = (uint32_t) MIN (related->count, UINT32_MAX), .record = related->record,
                    .time_ns = related->last, .since_ns = related->of_one ? 0 : related->first };
  SkRootResult root = { .path = path, .source = related->of_one ? "file" : SK_SOURCE_CORRELATION,
                        .time_ns = time_ns, .generation = related->catalogue->digest,
                        .highest = alert.level, .complete = related->rule >= SK_N_REASONS,
                        .alerts = &alert, .n_alerts = 1 };
  return put (report, &root);
}
