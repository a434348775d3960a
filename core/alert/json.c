/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The alert as one line of JSON with the names of the Elastic Common Schema
 * where it has one, and the rest below `sekisho`. doc/alert.schema.json is the
 * contract; whoever changes a member here raises SCHEMA_VERSION.
 */
#include "config.h"

#include "alert/format.h"
#include "alert/json-write.h"

#include <string.h>

#define SCHEMA_VERSION "1.1"
#define ECS_VERSION "8.11.0"

/* What an alert and a summary begin with. */
static void
write_common (SkJson *json, const SkAlertSettings *settings, int64_t time_ns)
{
  g_autofree char *time = sk_time_text (time_ns);
  g_autofree char *host = sk_host_name (settings);
  sk_json_text (json, "@timestamp", strcmp (time, "-") != 0 ? time : "1970-01-01T00:00:00.000000Z");
  sk_json_begin (json, "ecs");
  sk_json_text (json, "version", ECS_VERSION);
  sk_json_end (json);
  sk_json_begin (json, "observer");
  sk_json_text (json, "vendor", PACKAGE_NAME);
  sk_json_text (json, "product", PACKAGE_TARNAME);
  sk_json_text (json, "version", PACKAGE_VERSION);
  sk_json_text (json, "hostname", host);
  sk_json_end (json);
}

static void
write_time (SkJson *json, const char *key, int64_t time_ns)
{
  if (time_ns != 0)
    sk_json_time (json, key, time_ns);
}

/* ECS has no category for what several files have in common, nor for lines of any log. */
static const char *
category_of (const SkRootResult *root, const SkAlert *alert)
{
  return strcmp (sk_alert_source (root, alert), "file") == 0 ? "file" : "intrusion_detection";
}

static void
write_event (SkJson *json, const SkRootResult *root, const SkAlert *alert)
{
  g_autofree char *id = sk_alert_id (alert);
  sk_json_begin (json, "event");
  sk_json_text (json, "kind", "alert");
  sk_json_begin_list (json, "category");
  sk_json_text (json, NULL, category_of (root, alert));
  sk_json_end_list (json);
  sk_json_text (json, "module", PACKAGE_TARNAME);
  sk_json_text (json, "dataset", "sekisho.alert");
  sk_json_text (json, "id", id);
  sk_json_number (json, "severity", (uint64_t) sk_level_ecs (alert->level));
  write_time (json, "start", alert->since_ns != 0 ? alert->since_ns : alert->time_ns);
  if (alert->since_ns != 0)
    write_time (json, "end", alert->time_ns);
  sk_json_end (json);
}

/* One item a word or line of `text`. */
static void
write_parts (SkJson *json, const char *key, const char *text, const char *separators)
{
  g_auto (GStrv) parts = g_strsplit_set (text, separators, -1);
  sk_json_begin_list (json, key);
  for (size_t i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      sk_json_text (json, NULL, parts[i]);
  sk_json_end_list (json);
}

static bool
is_given (const char *text)
{
  return text != NULL && *text != '\0';
}

static void
write_rule (SkJson *json, const SkAlertSettings *settings, const SkAlert *alert)
{
  const SkRule *rule = alert->rule;
  sk_json_begin (json, "rule");
  sk_json_text (json, "id", rule->id);
  sk_json_text (json, "name", sk_alert_title (settings, alert));
  sk_json_text (json, "description", rule->description);
  sk_json_text (json, "author", rule->author);
  if (is_given (rule->reference))
    write_parts (json, "reference", rule->reference, "\n");
  sk_json_end (json);
  if (!is_given (rule->attack))
    return;
  sk_json_begin (json, "threat");
  sk_json_text (json, "framework", "MITRE ATT&CK");
  sk_json_begin (json, "technique");
  write_parts (json, "id", rule->attack, " ,\n");
  sk_json_end (json);
  sk_json_end (json);
}

/* The root's path and the names below it, unescaped: JSON escapes for itself. */
static char *
joined_path (const SkRootResult *root, const SkAlert *alert)
{
  GString *out = g_string_new (root->path);
  for (size_t i = 1; alert->path[0] != NULL && alert->path[i] != NULL; i++)
    g_string_append_printf (out, " » %s", alert->path[i]);
  return g_string_free (out, FALSE);
}

static void
write_file (SkJson *json, const SkRootResult *root, const SkAlert *alert)
{
  size_t n = g_strv_length ((char **) alert->path);
  g_autofree char *path = joined_path (root, alert);
  sk_json_begin (json, "file");
  sk_json_text (json, "path", path);
  sk_json_text (json, "name", n > 0 ? alert->path[n - 1] : NULL);
  sk_json_text (json, "mime_type", alert->type);
  if (!sk_alert_is_related (root))
    sk_json_number (json, "size", alert->size);
  if (is_given (alert->sha256))
    {
      sk_json_begin (json, "hash");
      sk_json_text (json, "sha256", alert->sha256);
      sk_json_end (json);
    }
  sk_json_end (json);
}

static void
write_record (SkJson *json, const SkAlert *alert)
{
  if (alert->record == SK_NO_RECORD)
    return;
  sk_json_begin (json, "log");
  sk_json_number (json, "offset", alert->record);
  sk_json_end (json);
}

static void
write_own (SkJson *json, const SkRootResult *root, const SkAlert *alert)
{
  sk_json_begin (json, "sekisho");
  sk_json_text (json, "schema", SCHEMA_VERSION);
  sk_json_text (json, "level", sk_level_name (alert->level));
  sk_json_text (json, "verdict", sk_level_name (root->highest));
  sk_json_bool (json, "complete", root->complete);
  sk_json_text (json, "source", sk_alert_source (root, alert));
  sk_json_text (json, "generation", root->generation);
  sk_json_text (json, "det", alert->rule->det);
  sk_json_number (json, "count", alert->count);
  sk_json_text (json, "plugin", alert->plugin);
  sk_json_text (json, "evidence", alert->evidence);
  sk_json_text (json, "root", root->path);
  sk_json_begin_list (json, "path");
  for (size_t i = 0; alert->path[i] != NULL; i++)
    sk_json_text (json, NULL, alert->path[i]);
  sk_json_end_list (json);
  sk_json_text (json, "object_id", alert->object_id);
  sk_json_end (json);
}

char *
sk_alert_to_json (const SkAlertSettings *settings, const SkRootResult *root, const SkAlert *alert)
{
  SkJson json;
  g_autofree char *line = sk_alert_line (settings, root, alert);
  sk_json_init (&json);
  sk_json_begin (&json, NULL);
  write_common (&json, settings, root->time_ns);
  write_event (&json, root, alert);
  sk_json_text (&json, "message", line);
  write_rule (&json, settings, alert);
  write_file (&json, root, alert);
  write_record (&json, alert);
  write_own (&json, root, alert);
  sk_json_end (&json);
  return sk_json_steal (&json);
}

static void
write_counts (SkJson *json, const SkSummary *summary)
{
  sk_json_number (json, "files", summary->files);
  sk_json_number (json, "objects", summary->objects);
  sk_json_number (json, "bytes", summary->bytes);
  sk_json_begin (json, "findings");
  for (int level = SK_N_LEVELS - 1; level >= 0; level--)
    sk_json_number (json, sk_level_name ((SkLevel) level), summary->findings[level]);
  sk_json_end (json);
  sk_json_begin (json, "not_inspected");
  for (int i = 0; i < SK_N_REASONS; i++)
    if (summary->not_inspected[i] > 0)
      sk_json_number (json, sk_reason_word ((SkReason) i), summary->not_inspected[i]);
  sk_json_end (json);
}

static void
write_walk (SkJson *json, const SkSummary *summary)
{
  sk_json_begin (json, "walk");
  sk_json_number (json, "silenced", summary->silenced);
  sk_json_number (json, "excluded", summary->excluded);
  sk_json_number (json, "special", summary->special);
  sk_json_number (json, "links", summary->links);
  sk_json_number (json, "other_medium", summary->other_medium);
  sk_json_number (json, "unreadable", summary->unreadable);
  sk_json_number (json, "missing", summary->missing);
  sk_json_number (json, "vanished", summary->vanished);
  sk_json_number (json, "dropped", summary->dropped);
  sk_json_end (json);
}

static void
write_records (SkJson *json, const SkSummary *summary)
{
  sk_json_begin_list (json, "records");
  for (size_t i = 0; i < summary->n_kinds; i++)
    {
      sk_json_begin (json, NULL);
      sk_json_text (json, "kind", summary->kinds[i].kind);
      sk_json_number (json, "count", summary->kinds[i].records);
      sk_json_number (json, "judged", summary->kinds[i].applicable);
      sk_json_end (json);
    }
  sk_json_end_list (json);
}

static void
write_rules (SkJson *json, const SkSummary *summary, int64_t time_ns)
{
  int64_t now = time_ns / 1000000000;
  sk_json_begin (json, "rules");
  sk_json_number (json, "count", summary->rules);
  sk_json_number (json, "files", summary->rule_files);
  sk_json_number (json, "left_out", summary->rules_left_out);
  sk_json_number (json, "lists", summary->lists);
  if (summary->rules_newest > 0 && summary->rules_newest < G_MAXINT64 / 1000000000)
    {
      g_autofree char *newest = sk_time_text (summary->rules_newest * 1000000000);
      sk_json_text (json, "newest", newest);
      if (now >= summary->rules_newest)
        sk_json_number (json, "age_seconds", (uint64_t) (now - summary->rules_newest));
    }
  sk_json_text (json, "digest", summary->digest);
  sk_json_number (json, "silences", summary->silences_active);
  sk_json_number (json, "silences_expired", summary->silences_expired);
  sk_json_end (json);
}

static void
write_sandbox (SkJson *json, const SkSummary *summary)
{
  sk_json_begin (json, "sandbox");
  sk_json_number (json, "landlock", (uint64_t) MAX (summary->landlock, 0));
  sk_json_bool (json, "seccomp", summary->seccomp);
  sk_json_text (json, "note", summary->sandbox_note);
  sk_json_end (json);
}

char *
sk_summary_to_json (const SkAlertSettings *settings, const SkSummary *summary, int64_t time_ns)
{
  SkJson json;
  g_autofree char *line = sk_summary_line (summary);
  sk_json_init (&json);
  sk_json_begin (&json, NULL);
  write_common (&json, settings, time_ns);
  sk_json_begin (&json, "event");
  sk_json_text (&json, "kind", "event");
  sk_json_text (&json, "module", PACKAGE_TARNAME);
  sk_json_text (&json, "dataset", "sekisho.summary");
  sk_json_end (&json);
  sk_json_text (&json, "message", line);
  sk_json_begin (&json, "sekisho");
  sk_json_text (&json, "schema", SCHEMA_VERSION);
  sk_json_begin (&json, "summary");
  write_counts (&json, summary);
  write_walk (&json, summary);
  write_records (&json, summary);
  write_rules (&json, summary, time_ns);
  write_sandbox (&json, summary);
  sk_json_seconds (&json, "seconds", summary->seconds);
  sk_json_bool (&json, "interrupted", summary->interrupted);
  sk_json_end (&json);
  sk_json_end (&json);
  sk_json_end (&json);
  return sk_json_steal (&json);
}
