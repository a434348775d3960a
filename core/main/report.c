/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/report.h"

#include "base/i18n.h"
#include "base/text.h"
#include "main/session.h"

#include <string.h>

/** The alerts of one result, while they are made. */
typedef struct Batch {
  SkReport *report;
  const SkJobResult *result;
  char *root_path;  /* UTF-8; owned */
  GPtrArray *texts; /* strings that alerts borrow; owned */
  GPtrArray *paths; /* arrays of names that alerts borrow; owned */
  GArray *alerts;   /* of SkAlert */
  SkLevel highest;
  bool complete;
  bool deferred; /* the job is a part of the walked file that was handed back */
} Batch;

static void
batch_init (Batch *batch, SkReport *report, const SkJobResult *result)
{
  batch->report = report;
  batch->result = result;
  batch->root_path = sk_text_from_bytes (sk_span_of_text (result->item->path));
  batch->texts = g_ptr_array_new_with_free_func (g_free);
  batch->paths = g_ptr_array_new_with_free_func (g_free);
  batch->alerts = g_array_new (FALSE, TRUE, sizeof (SkAlert));
  batch->highest = SK_LEVEL_INFORMATIONAL;
  batch->complete = true;
  batch->deferred = strcmp (result->id, batch->root_path) != 0;
}

static void
batch_clear (Batch *batch)
{
  g_free (batch->root_path);
  g_ptr_array_unref (batch->texts);
  g_ptr_array_unref (batch->paths);
  g_array_unref (batch->alerts);
}

static const char *
keep (Batch *batch, char *text)
{
  g_ptr_array_add (batch->texts, text);
  return text;
}

/* ---- objects ---- */

static const SkReplyObject *
object_at (const SkReply *reply, uint32_t index)
{
  return &g_array_index (reply->object_list, SkReplyObject, index);
}

/** How many levels an object lies below the job's own. */
static size_t
depth_of (const SkReply *reply, uint32_t index)
{
  size_t depth = 0;
  for (; index != 0; index = object_at (reply, index)->parent)
    depth++;
  return depth;
}

/** The names from the root to the object. */
static const char *const *
path_of (Batch *batch, uint32_t index)
{
  const SkReply *reply = batch->result->reply;
  size_t above = batch->deferred ? 2 : 1;
  size_t depth = depth_of (reply, index);
  const char **path = g_new0 (const char *, above + depth + 1);
  g_ptr_array_add (batch->paths, path);
  path[0] = sk_text_base_name (batch->root_path);
  if (above == 2)
    path[1] = object_at (reply, 0)->name;
  for (size_t i = depth; i > 0; i--, index = object_at (reply, index)->parent)
    path[above + i - 1] = object_at (reply, index)->name;
  return path;
}

/** The whole id: the job's, and `/plugin:position` for each level. */
static const char *
id_of (Batch *batch, uint32_t index)
{
  const SkReply *reply = batch->result->reply;
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  for (uint32_t i = index; i != 0; i = object_at (reply, i)->parent)
    g_ptr_array_add (parts, GUINT_TO_POINTER (i));
  GString *id = g_string_new (batch->result->id);
  for (guint n = parts->len; n > 0; n--)
    {
      const SkReplyObject *object
          = object_at (reply, GPOINTER_TO_UINT (g_ptr_array_index (parts, n - 1)));
      const SkPluginInfo *plugin = sk_catalogue_plugin (batch->result->catalogue, object->plugin);
      g_string_append_printf (id, "/%s:%" G_GUINT64_FORMAT, plugin->name, object->position);
    }
  return keep (batch, g_string_free (id, FALSE));
}

/* ---- findings ---- */

static bool
is_reason (uint32_t rule)
{
  return rule < SK_N_REASONS;
}

/** The same reason was given for the same object before: the object counts once. */
static bool
is_counted (const SkReply *reply, guint index)
{
  const SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, index);
  for (guint i = 0; i < index; i++)
    {
      const SkReplyFinding *other = &g_array_index (reply->finding_list, SkReplyFinding, i);
      if (other->rule == finding->rule && other->object == finding->object)
        return true;
    }
  return false;
}

static void
add_alert (Batch *batch, const SkAlert *alert)
{
  g_array_append_val (batch->alerts, *alert);
  if (alert->level > batch->highest)
    batch->highest = alert->level;
}

static void
take_finding (Batch *batch, guint index)
{
  SkSummary *summary = &batch->report->summary;
  const SkReply *reply = batch->result->reply;
  const SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, index);
  const SkRule *rule = sk_catalogue_rule (batch->result->catalogue, finding->rule);
  const SkReplyObject *object = object_at (reply, finding->object);
  const char *root_sha256 = batch->deferred ? "" : object_at (reply, 0)->sha256;
  if (sk_policy_silence (batch->report->policy, rule->id, batch->root_path, object->sha256,
                         root_sha256) != NULL)
    {
      summary->silenced++;
      return;
    }
  SkAlert alert = { .rule = rule, .level = finding->level, .object_id = id_of (batch, finding->object),
                    .path = path_of (batch, finding->object), .type = object->type,
                    .size = object->size, .sha256 = object->sha256, .plugin = "",
                    .evidence = finding->evidence, .count = finding->count,
                    .record = finding->record, .time_ns = finding->time };
  if (finding->plugin != SK_NO_PLUGIN)
    alert.plugin = sk_catalogue_plugin (batch->result->catalogue, finding->plugin)->name;
  if (is_reason (finding->rule))
    {
      alert.level = sk_policy_reason_level (batch->report->policy, (SkReason) finding->rule);
      if (!is_counted (reply, index))
        summary->not_inspected[finding->rule]++;
    }
  else
    summary->findings[finding->level]++;
  add_alert (batch, &alert);
}

/** The place of a kind in the order of names, which is made when it is new. The kinds of a build are
 * few: the supervisor takes no others from a worker. */
static SkSummaryKind *
summary_kind (SkReport *report, const char *name)
{
  GArray *kinds = report->kinds;
  guint i = 0;
  while (i < kinds->len && strcmp (g_array_index (kinds, SkSummaryKind, i).kind, name) < 0)
    i++;
  if (i == kinds->len || strcmp (g_array_index (kinds, SkSummaryKind, i).kind, name) != 0)
    {
      bool own = strcmp (name, "file") == 0 || strcmp (name, "object") == 0;
      SkSummaryKind kind = { .kind = g_intern_string (name), .expected = own };
      g_array_insert_val (kinds, i, kind);
    }
  report->summary.kinds = (const SkSummaryKind *) (const void *) kinds->data;
  report->summary.n_kinds = kinds->len;
  return &g_array_index (kinds, SkSummaryKind, i);
}

static void
count_kinds (SkReport *report, const SkReply *reply)
{
  for (guint i = 0; i < reply->kind_list->len; i++)
    {
      const SkReplyKind *kind = &g_array_index (reply->kind_list, SkReplyKind, i);
      SkSummaryKind *sum = summary_kind (report, kind->kind);
      sum->records += MIN (kind->records, UINT64_MAX - sum->records);
      sum->applicable += MIN (kind->applicable, UINT64_MAX - sum->applicable);
    }
}

static void
count_reply (SkReport *report, const SkReply *reply, bool deferred)
{
  SkSummary *summary = &report->summary;
  count_kinds (report, reply);
  if (!deferred)
    summary->files++;
  summary->objects += reply->objects;
  summary->bytes += reply->bytes;
  summary->dropped += reply->findings_dropped;
}

/* ---- what was not opened ---- */

/** The engine's finding for a walked entry as a whole. */
static void
add_reason (Batch *batch, SkReason reason, const char *evidence)
{
  const SkRule *rule = sk_catalogue_rule (batch->result->catalogue, SK_RULE_OF_REASON (reason));
  batch->complete = false;
  if (sk_policy_silence (batch->report->policy, rule->id, batch->root_path, "", "") != NULL)
    {
      batch->report->summary.silenced++;
      return;
    }
  const char **path = g_new0 (const char *, 2);
  g_ptr_array_add (batch->paths, path);
  path[0] = sk_text_base_name (batch->root_path);
  SkAlert alert = { .rule = rule, .level = sk_policy_reason_level (batch->report->policy, reason),
                    .object_id = batch->result->id, .path = path, .type = "",
                    .size = batch->result->item->size, .sha256 = "", .plugin = "",
                    .evidence = evidence, .count = 1, .record = SK_NO_RECORD };
  batch->report->summary.not_inspected[reason]++;
  add_alert (batch, &alert);
}

/** Why it is not complete is among the findings, unless graver ones left no room for it. */
static bool
says_why (const SkReply *reply)
{
  for (guint i = 0; i < reply->finding_list->len; i++)
    if (is_reason (g_array_index (reply->finding_list, SkReplyFinding, i).rule))
      return true;
  return reply->complete;
}

static void
take_reply (Batch *batch)
{
  const SkReply *reply = batch->result->reply;
  count_reply (batch->report, reply, batch->deferred);
  for (guint i = 0; i < reply->finding_list->len; i++)
    take_finding (batch, i);
  if (!says_why (reply))
    add_reason (batch, SK_REASON_LIMIT, "more findings than one job may have");
  batch->complete = reply->complete;
}

G_GNUC_PRINTF (2, 3)
static void
notice (Batch *batch, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *text = g_strdup_vprintf (format, list);
  va_end (list);
  sk_progress_hide (&batch->report->progress);
  sk_say ("%s", text);
}

/** Why an entry is not inspected, by the system's error or the walk's own words. */
static const char *
cause_of (const SkWalkItem *item)
{
  if (item->error_number != 0)
    return g_strerror (item->error_number);
  return item->what != NULL ? _ (item->what) : "";
}

static void
take_entry (Batch *batch)
{
  SkSummary *summary = &batch->report->summary;
  const SkWalkItem *item = batch->result->item;
  g_autofree char *shown = sk_text_escape (batch->root_path);
  const char *what = item->what != NULL ? _ (item->what) : "";
  switch (item->kind)
    {
    case SK_WALK_FILE:
      add_reason (batch, SK_REASON_CANCELLED, "");
      break;
    case SK_WALK_SPECIAL:
      summary->special++;
      notice (batch, _ ("not opened %s (%s)"), shown, what);
      break;
    case SK_WALK_LINK:
      summary->links++;
      break;
    case SK_WALK_FOLDER: /* only a record */
      break;
    case SK_WALK_EXCLUDED:
      summary->excluded++;
      notice (batch, _ ("excluded %s (%s)"), shown, what);
      break;
    case SK_WALK_OTHER_MEDIUM:
      summary->other_medium++;
      notice (batch, _ ("not entered %s (another file system)"), shown);
      break;
    case SK_WALK_UNREADABLE:
      summary->unreadable++;
      add_reason (batch, SK_REASON_UNREADABLE, cause_of (item));
      break;
    case SK_WALK_MISSING:
      summary->missing++;
      notice (batch, "%s: %s", shown, cause_of (item));
      break;
    case SK_WALK_VANISHED:
      summary->vanished++;
      add_reason (batch, SK_REASON_CHANGED, cause_of (item));
      break;
    }
}

/* ---- the report ---- */

void
sk_report_init (SkReport *report, const SkPolicy *policy)
{
  memset (report, 0, sizeof *report);
  report->policy = policy;
  report->sinks = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_sink_free);
  report->kinds = g_array_new (FALSE, TRUE, sizeof (SkSummaryKind));
  sk_policy_count (policy, &report->summary.silences_active, &report->summary.silences_expired);
}

void
sk_report_clear (SkReport *report)
{
  g_ptr_array_unref (report->sinks);
  g_array_unref (report->kinds);
  g_clear_error (&report->error);
}

gboolean
sk_report_add_sink (SkReport *report, const SkSinkSettings *settings, const SkAlertSettings *alert,
                    GError **error)
{
  SkSink *sink = sk_sink_new (settings, alert, error);
  if (sink == NULL)
    return FALSE;
  g_ptr_array_add (report->sinks, sink);
  return TRUE;
}

void
sk_report_catalogue (SkReport *report, const SkCatalogue *catalogue)
{
  SkSummary *summary = &report->summary;
  summary->rules = catalogue->rules->len - SK_N_REASONS;
  summary->rule_files = catalogue->rule_files;
  summary->rules_left_out = sk_catalogue_count (catalogue, SK_PROBLEM_LEFT_OUT);
  summary->lists = catalogue->lists;
  summary->rules_newest = catalogue->newest;
  summary->digest = catalogue->digest;
  summary->landlock = catalogue->landlock;
  summary->seccomp = catalogue->seccomp;
  summary->sandbox_note = catalogue->sandbox_note;
}

static gboolean
put_root (Batch *batch)
{
  SkReport *report = batch->report;
  SkRootResult root = { .path = batch->root_path, .source = "file",
                        .time_ns = batch->result->time_ns,
                        .generation = batch->result->catalogue->digest, .highest = batch->highest,
                        .complete = batch->complete,
                        .alerts = (const SkAlert *) (void *) batch->alerts->data,
                        .n_alerts = batch->alerts->len };
  sk_progress_hide (&report->progress);
  for (guint i = 0; i < report->sinks->len; i++)
    if (!sk_sink_root (g_ptr_array_index (report->sinks, i), &root, &report->error))
      return FALSE;
  return TRUE;
}

/** Nearly every file of an honest tree: counted, and nothing to make for it. */
static bool
is_clean (const SkJobResult *result)
{
  return result->reply != NULL && result->reply->complete && result->reply->finding_list->len == 0
         && strcmp (result->id, result->item->path) == 0;
}

gboolean
sk_report_result (SkReport *report, const SkJobResult *result)
{
  if (is_clean (result))
    {
      count_reply (report, result->reply, false);
      return TRUE;
    }
  Batch batch;
  batch_init (&batch, report, result);
  if (result->reply != NULL)
    take_reply (&batch);
  else
    take_entry (&batch);
  gboolean written = batch.alerts->len == 0 || put_root (&batch);
  batch_clear (&batch);
  return written;
}

gboolean
sk_report_end (SkReport *report, int64_t time_ns)
{
  for (guint i = 0; i < report->sinks->len; i++)
    {
      SkSink *sink = g_ptr_array_index (report->sinks, i);
      GError **error = report->error == NULL ? &report->error : NULL;
      if (!sk_sink_summary (sink, &report->summary, time_ns, error))
        continue;
      sk_sink_close (sink, error);
    }
  return report->error == NULL;
}

SkExit
sk_report_exit (const SkSummary *summary, SkLevel fail_on)
{
  if (summary->missing > 0)
    return SK_EXIT_ERROR;
  for (int level = (int) fail_on; level < SK_N_LEVELS; level++)
    if (summary->findings[level] > 0)
      return SK_EXIT_FINDINGS;
  for (int i = 0; i < SK_N_REASONS; i++)
    if (summary->not_inspected[i] > 0)
      return SK_EXIT_NOT_INSPECTED;
  return summary->interrupted ? SK_EXIT_NOT_INSPECTED : SK_EXIT_CLEAN;
}
