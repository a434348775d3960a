/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The end of a run in words: one line for a machine message, several for
 * people. Whatever was not looked at is said before anything reads as clean.
 */
#include "config.h"

#include "alert/format.h"
#include "base/i18n.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define DAY (24 * 60 * 60)

static uint64_t
total (const uint64_t *counts, size_t n)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++)
    sum = sum > UINT64_MAX - counts[i] ? UINT64_MAX : sum + counts[i];
  return sum;
}

char *
sk_summary_line (const SkSummary *summary)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (out,
                          "%s: %" PRIu64 " files, %" PRIu64 " objects, %" PRIu64
                          " bytes; findings",
                          summary->interrupted ? "interrupted" : "finished", summary->files,
                          summary->objects, summary->bytes);
  if (total (summary->findings, SK_N_LEVELS) == 0)
    g_string_append (out, " none");
  for (int level = SK_N_LEVELS - 1; level >= 0; level--)
    if (summary->findings[level] > 0)
      g_string_append_printf (out, " %s %" PRIu64, sk_level_name ((SkLevel) level),
                              summary->findings[level]);
  g_string_append_printf (out, "; not inspected %" PRIu64,
                          total (summary->not_inspected, SK_N_REASONS));
  g_autofree char *note
      = sk_text_escape (summary->sandbox_note != NULL ? summary->sandbox_note : "");
  if (*note != '\0')
    g_string_append_printf (out, "; sandbox: %s", note);
  return g_string_free (out, FALSE);
}

/* `label` and its value as one line. */
static void
append_line (GString *out, const char *label, const char *value)
{
  if (out->len > 0)
    g_string_append_c (out, '\n');
  g_string_append_printf (out, "%s: %s", label, value);
}

/* Appends `count word`, after a comma where something stands before. */
static void
append_count (GString *out, uint64_t count, const char *word)
{
  g_autofree char *shown = sk_text_count (count);
  g_string_append_printf (out, "%s%s %s", out->len > 0 ? ", " : "", shown, word);
}

static void
append_scanned (GString *out, const SkSummary *summary)
{
  g_autofree char *size = sk_text_size (summary->bytes);
  g_autofree char *seconds = g_strdup_printf (_ ("%.1f s"), summary->seconds);
  GString *value = g_string_new (NULL);
  append_count (value, summary->files, _n ("file", "files", (gulong) summary->files));
  append_count (value, summary->objects, _n ("object", "objects", (gulong) summary->objects));
  g_string_append_printf (value, ", %s, %s", size, seconds);
  append_line (out, summary->interrupted ? _ ("Interrupted after") : _ ("Scanned"), value->str);
  g_string_free (value, TRUE);
}

static void
append_findings (GString *out, const SkSummary *summary)
{
  GString *value = g_string_new (NULL);
  for (int level = SK_N_LEVELS - 1; level >= 0; level--)
    if (summary->findings[level] > 0)
      append_count (value, summary->findings[level], sk_level_name ((SkLevel) level));
  if (summary->silenced > 0)
    append_count (value, summary->silenced, _ ("silenced"));
  if (summary->dropped > 0)
    append_count (value, summary->dropped, _ ("over the limit of a job"));
  append_line (out, _ ("Findings"), value->len > 0 ? value->str : _ ("none"));
  g_string_free (value, TRUE);
}

static void
append_not_inspected (GString *out, const SkSummary *summary)
{
  GString *value = g_string_new (NULL);
  for (int i = 0; i < SK_N_REASONS; i++)
    if (summary->not_inspected[i] > 0)
      append_count (value, summary->not_inspected[i], sk_reason_word ((SkReason) i));
  append_line (out, _ ("Not inspected"), value->len > 0 ? value->str : _ ("none"));
  g_string_free (value, TRUE);
}

static void
append_passed_over (GString *out, const SkSummary *summary)
{
  const struct
  {
    uint64_t count;
    const char *word;
  } counts[] = { { summary->excluded, _ ("excluded") },
                 { summary->special, _n ("special file", "special files", (gulong) summary->special) },
                 { summary->links, _n ("symbolic link", "symbolic links", (gulong) summary->links) },
                 { summary->other_medium, _ ("on another medium") },
                 { summary->unreadable, _ ("unreadable") },
                 { summary->missing, _ ("missing") },
                 { summary->vanished, _ ("vanished") } };
  GString *value = g_string_new (NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].count > 0)
      append_count (value, counts[i].count, counts[i].word);
  if (value->len > 0)
    append_line (out, _ ("Passed over"), value->str);
  g_string_free (value, TRUE);
}

/* What was read and never judged must not pass for clean. */
static void
append_records (GString *out, const SkSummary *summary)
{
  GString *value = g_string_new (NULL);
  for (size_t i = 0; i < summary->n_kinds; i++)
    {
      const SkSummaryKind *kind = &summary->kinds[i];
      append_count (value, kind->records, kind->kind);
      g_autofree char *judged = sk_text_count (kind->applicable);
      g_string_append_printf (value, _ (" (%s judged)"), judged);
    }
  if (value->len > 0)
    append_line (out, _ ("Records"), value->str);
  g_string_free (value, TRUE);
  for (size_t i = 0; i < summary->n_kinds; i++)
    {
      const SkSummaryKind *kind = &summary->kinds[i];
      if (kind->applicable > 0 || kind->expected)
        continue;
      g_autofree char *count = sk_text_count (kind->records);
      g_string_append_c (out, '\n');
      g_string_append_printf (out, _ ("Warning: 0 rules apply to the %s records of kind %s"), count,
                              kind->kind);
    }
}

/* The newest file's day and, where the run's end is known, how many days that is ago. */
static void
append_age (GString *value, const SkSummary *summary)
{
  if (summary->rules_newest <= 0)
    return;
  g_autoptr (GDateTime) newest = g_date_time_new_from_unix_utc (summary->rules_newest);
  if (newest == NULL)
    return;
  g_autofree char *day = g_date_time_format (newest, "%Y-%m-%d");
  g_string_append (value, ", ");
  g_string_append_printf (value, _ ("newest of %s"), day);
  if (summary->ended < summary->rules_newest)
    return;
  gulong days = (gulong) ((summary->ended - summary->rules_newest) / DAY);
  g_string_append (value, " (");
  g_string_append_printf (value, _n ("%lu day old", "%lu days old", days), days);
  g_string_append_c (value, ')');
}

static void
append_rules (GString *out, const SkSummary *summary)
{
  GString *value = g_string_new (NULL);
  append_count (value, summary->rules, _n ("rule", "rules", summary->rules));
  append_count (value, summary->rule_files, _n ("rule file", "rule files", summary->rule_files));
  append_count (value, summary->lists, _n ("list", "lists", summary->lists));
  append_count (value, summary->rules_left_out, _ ("left out"));
  append_age (value, summary);
  if (summary->digest != NULL && *summary->digest != '\0')
    g_string_append_printf (value, _ (", version %.16s"), summary->digest);
  append_line (out, _ ("Rules"), value->str);
  g_string_free (value, TRUE);
}

static void
append_silences (GString *out, const SkSummary *summary)
{
  if (summary->silences_active == 0 && summary->silences_expired == 0)
    return;
  GString *value = g_string_new (NULL);
  append_count (value, summary->silences_active, _ ("in force"));
  append_count (value, summary->silences_expired, _ ("expired"));
  append_line (out, _ ("Silences"), value->str);
  g_string_free (value, TRUE);
}

char *
sk_summary_to_text (const SkAlertSettings *settings, const SkSummary *summary)
{
  (void) settings;
  GString *out = g_string_new (NULL);
  append_scanned (out, summary);
  append_findings (out, summary);
  append_not_inspected (out, summary);
  append_passed_over (out, summary);
  append_records (out, summary);
  append_rules (out, summary);
  append_silences (out, summary);
  g_autofree char *note
      = sk_text_escape (summary->sandbox_note != NULL ? summary->sandbox_note : "");
  append_line (out, _ ("Sandbox"), *note != '\0' ? note : _ ("Landlock and seccomp in force"));
  return g_string_free (out, FALSE);
}
