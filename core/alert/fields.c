/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * An alert and a summary as lists of named values: the structured data of
 * syslog and the fields of the journal.
 *
 * JSON is not made from these: it keeps types and lists.
 */
#include "config.h"

#include "alert/format.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* In which order values are left out of a message that is too small for all: 9 goes first. What
 * can be derived from another value goes before what cannot. */
enum
{
  RANK_SHA256 = 1,
  RANK_PATH = 2,
  RANK_ROOT = 3,
  RANK_EVIDENCE = 4,
  RANK_PLUGIN = 5,
  RANK_DETAIL = 6,
  RANK_NAME = 7,
  RANK_STATIC = 8,
  RANK_DERIVED = 9
};

static void
field_clear (gpointer data)
{
  g_free (((SkField *) data)->value);
}

static GArray *
fields_new (void)
{
  GArray *fields = g_array_sized_new (FALSE, TRUE, sizeof (SkField), 32);
  g_array_set_clear_func (fields, field_clear);
  return fields;
}

/* Takes the value, which is escaped already. */
static void
add (GArray *fields, SkField field)
{
  if (field.value == NULL || *field.value == '\0')
    g_free (field.value);
  else
    g_array_append_val (fields, field);
}

static char *
escaped (const char *text)
{
  return text != NULL ? sk_text_escape (text) : NULL;
}

/* Must stay whole: what a machine needs to know what this is about. */
static void
add_whole (GArray *fields, const char *element, const char *name, const char *value)
{
  add (fields, (SkField) { element, name, escaped (value), SK_KEEP_WHOLE, false, 0 });
}

static void
add_droppable (GArray *fields, const char *element, const char *name, const char *value,
               bool may_cut, uint8_t rank)
{
  add (fields, (SkField) { element, name, escaped (value), SK_KEEP_DROP, may_cut, rank });
}

static void
add_number (GArray *fields, const char *element, const char *name, uint64_t value, uint8_t rank)
{
  add (fields, (SkField) { element, name, g_strdup_printf ("%" PRIu64, value),
                           rank == 0 ? SK_KEEP_WHOLE : SK_KEEP_DROP, false, rank });
}

static void
add_judgement (GArray *fields, const SkRootResult *root, const SkAlert *alert)
{
  static const char element[] = "sekisho";
  g_autofree char *id = sk_alert_id (alert);
  add_whole (fields, element, "id", id);
  add (fields,
       (SkField) { element, "rule", escaped (alert->rule->id), SK_KEEP_CUT, true, 0 });
  add_droppable (fields, element, "det", alert->rule->det, true, RANK_STATIC);
  add_whole (fields, element, "level", sk_level_name (alert->level));
  add_number (fields, element, "severity", (uint64_t) sk_level_ecs (alert->level), RANK_DERIVED);
  add_whole (fields, element, "verdict", sk_level_name (root->highest));
  add_whole (fields, element, "complete", root->complete ? "yes" : "no");
  add_droppable (fields, element, "source", sk_alert_source (root, alert), true, RANK_DETAIL);
  add_droppable (fields, element, "attack", alert->rule->attack, true, RANK_STATIC);
  add_droppable (fields, element, "generation", root->generation, false, RANK_STATIC);
  add_number (fields, element, "count", alert->count, RANK_DETAIL);
  add_droppable (fields, element, "plugin", alert->plugin, true, RANK_PLUGIN);
  add_droppable (fields, element, "evidence", alert->evidence, true, RANK_EVIDENCE);
}

/* A time on the wire, where there is one. */
static void
add_time (GArray *fields, const char *element, const char *name, int64_t time_ns)
{
  g_autofree char *time = sk_time_text (time_ns);
  if (time_ns != 0 && strcmp (time, "-") != 0)
    add_droppable (fields, element, name, time, false, RANK_NAME);
}

static void
add_record (GArray *fields, const char *element, const SkAlert *alert)
{
  if (alert->record != SK_NO_RECORD)
    add_number (fields, element, "record", alert->record, RANK_ROOT);
  add_time (fields, element, "event-start", alert->since_ns);
  add_time (fields, element, "event-time", alert->time_ns);
}

static void
add_object (GArray *fields, const SkRootResult *root, const SkAlert *alert)
{
  static const char element[] = "object";
  add (fields,
       (SkField) { element, "path", sk_alert_path (alert), SK_KEEP_DROP, true, RANK_PATH });
  size_t n = g_strv_length ((char **) alert->path);
  add_droppable (fields, element, "name", n > 0 ? alert->path[n - 1] : NULL, true, RANK_NAME);
  add_droppable (fields, element, "type", alert->type, true, RANK_DETAIL);
  if (!sk_alert_is_related (root))
    add_number (fields, element, "size", alert->size, RANK_DETAIL);
  add_droppable (fields, element, "sha256", alert->sha256, false, RANK_SHA256);
  add_droppable (fields, element, "root", root->path, true, RANK_ROOT);
  add_record (fields, element, alert);
}

GArray *
sk_fields_of_alert (const SkRootResult *root, const SkAlert *alert)
{
  GArray *fields = fields_new ();
  add_judgement (fields, root, alert);
  add_object (fields, root, alert);
  return fields;
}

/* What the run did not look at, and why. */
static void
add_gaps (GArray *fields, const SkSummary *summary)
{
  for (int i = 0; i < SK_N_REASONS; i++)
    if (summary->not_inspected[i] > 0)
      add_number (fields, "notinspected", sk_reason_word ((SkReason) i), summary->not_inspected[i],
                  RANK_PATH);
}

static void
add_walk (GArray *fields, const SkSummary *summary)
{
  static const char element[] = "walk";
  const struct
  {
    const char *name;
    uint64_t value;
  } counts[] = { { "silenced", summary->silenced },         { "excluded", summary->excluded },
                 { "special", summary->special },           { "links", summary->links },
                 { "other-medium", summary->other_medium }, { "unreadable", summary->unreadable },
                 { "missing", summary->missing },           { "vanished", summary->vanished },
                 { "dropped", summary->dropped } };
  for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].value > 0)
      add_number (fields, element, counts[i].name, counts[i].value, RANK_ROOT);
}

/* A kind's name as that of a parameter (RFC 5424, 6.3.3: SD-NAME). The kinds of a build are few, so
 * they may stay for good. */
static const char *
kind_name (const SkSummaryKind *kind)
{
  g_autofree char *name = g_strndup (kind->kind, 32);
  for (char *p = name; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || strchr ("=]\"", *p) != NULL)
      *p = '_';
  return g_intern_string (name);
}

/* Elements must stand together. */
static void
add_records (GArray *fields, const SkSummary *summary)
{
  for (size_t i = 0; i < summary->n_kinds; i++)
    add_number (fields, "records", kind_name (&summary->kinds[i]), summary->kinds[i].records,
                RANK_DETAIL);
  for (size_t i = 0; i < summary->n_kinds; i++)
    add_number (fields, "judged", kind_name (&summary->kinds[i]), summary->kinds[i].applicable,
                RANK_DETAIL);
}

static void
add_rules (GArray *fields, const SkSummary *summary)
{
  static const char element[] = "rules";
  add_number (fields, element, "count", summary->rules, RANK_DETAIL);
  add_number (fields, element, "files", summary->rule_files, RANK_DETAIL);
  add_number (fields, element, "left-out", summary->rules_left_out, RANK_DETAIL);
  add_number (fields, element, "lists", summary->lists, RANK_DETAIL);
  if (summary->rules_newest > 0 && summary->rules_newest < G_MAXINT64 / 1000000000)
    {
      g_autofree char *newest = sk_time_text (summary->rules_newest * 1000000000);
      add_droppable (fields, element, "newest", newest, false, RANK_DETAIL);
    }
  add_droppable (fields, element, "digest", summary->digest, false, RANK_DETAIL);
  add_number (fields, element, "silences", summary->silences_active, RANK_STATIC);
  add_number (fields, element, "silences-expired", summary->silences_expired, RANK_STATIC);
}

GArray *
sk_fields_of_summary (const SkSummary *summary)
{
  static const char element[] = "summary";
  GArray *fields = fields_new ();
  add_number (fields, element, "files", summary->files, 0);
  add_number (fields, element, "objects", summary->objects, 0);
  add_number (fields, element, "bytes", summary->bytes, 0);
  for (int level = SK_N_LEVELS - 1; level >= 0; level--)
    add_number (fields, element, sk_level_name ((SkLevel) level), summary->findings[level],
                RANK_SHA256);
  add_whole (fields, element, "interrupted", summary->interrupted ? "yes" : "no");
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (seconds, sizeof seconds, "%.3f", summary->seconds);
  add_droppable (fields, element, "seconds", seconds, false, RANK_STATIC);
  add_gaps (fields, summary);
  add_walk (fields, summary);
  add_records (fields, summary);
  add_rules (fields, summary);
  add_number (fields, "sandbox", "landlock", (uint64_t) MAX (summary->landlock, 0), RANK_STATIC);
  add_droppable (fields, "sandbox", "seccomp", summary->seccomp ? "yes" : "no", false,
                 RANK_STATIC);
  add_droppable (fields, "sandbox", "note", summary->sandbox_note, true, RANK_DETAIL);
  return fields;
}
