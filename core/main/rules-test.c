/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho rules test`: the records of test files, judged by the rules that
 * they are for.
 *
 * Each record is judged by the rule alone, as the supervisor does, which knows
 * all fields; and by the whole indexed set, as a worker does: where these
 * disagree the record fails the test too, whatever was expected.
 */
#include "config.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "correlate/correlate.h"
#include "main/rule-paths.h"
#include "main/rule-tests.h"
#include "main/session.h"
#include "sigma/logsource.h"

#include <string.h>

typedef struct Run {
  SkSession session;
  const SkSigma *indexed; /* as workers have it */
  SkSigma *whole;         /* as the supervisor has it */
  SkSigmaScan *indexed_scan, *whole_scan;
  SkLogsources *tables;
  SkBundle *tests;
  GHashTable *tested;             /* numbers of rules */
  uint32_t passed, failed, wrong; /* wrong: could not be run */
} Run;

/* One test that is run. */
typedef struct Case {
  Run *run;
  const char *file; /* safe to print */
  const SkRuleTest *test;
  uint32_t rule;
  const SkSigmaRule *info;
} Case;

static void
run_clear (Run *run)
{
  sk_sigma_scan_free (run->indexed_scan);
  sk_sigma_scan_free (run->whole_scan);
  sk_sigma_free (run->whole);
  sk_logsources_free (run->tables);
  sk_bundle_free (run->tests);
  g_clear_pointer (&run->tested, g_hash_table_unref);
  sk_session_clear (&run->session);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* ---- what is said ---- */

static void G_GNUC_PRINTF (4, 5)
    say (const char *file, const SkYamlNode *node, const char *rule, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *safe = sk_text_escape (text);
  g_autofree char *safe_rule = sk_text_escape (rule);
  printf ("%s:%u: %s: %s\n", file, node->line, safe_rule, safe);
}

#define FAIL(one, node, ...)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    say ((one)->file, node, (one)->info->finding, __VA_ARGS__);                                    \
    (one)->run->failed++;                                                                          \
  }                                                                                                \
  G_STMT_END

/* The test itself is wrong. */
#define WRONG(run_, file, node, rule, ...)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    say (file, node, rule, __VA_ARGS__);                                                           \
    (run_)->wrong++;                                                                               \
  }                                                                                                \
  G_STMT_END

/* ---- records ---- */

/** The logsource that decides what a record is when the test does not say: that of the rule, or of
 * the first one that a correlation is made of. */
static const SkSigmaLogsource *
logsource_of (const Run *run, uint32_t rule)
{
  const SkSigmaRule *info = sk_sigma_rule (run->whole, rule);
  /* A correlation cannot be made of itself, but nothing is lost by a bound. */
  for (int i = 0; i < 100 && info->correlation != NULL; i++)
    info = sk_sigma_rule (run->whole, info->correlation->rule_index[0]);
  return &info->logsource;
}

static bool
means_any (const Run *run, const SkSigmaLogsource *logsource)
{
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (run->tables, i)) != NULL; i++)
    if (sk_logsource_means (logsource, entry))
      return true;
  return false;
}

static bool
entry_is_of (const SkLogsourceEntry *entry, const SkSigmaLogsource *logsource, bool known)
{
  return known ? sk_logsource_means (logsource, entry) : entry->is_default;
}

static const char *
usual_kind (const Run *run, uint32_t rule)
{
  const SkSigmaLogsource *logsource = logsource_of (run, rule);
  bool known = means_any (run, logsource);
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (run->tables, i)) != NULL; i++)
    if (entry_is_of (entry, logsource, known))
      return entry->kind;
  return "";
}

static const char *
kind_of (const Case *one, const SkTestRecord *record)
{
  return record->kind != NULL ? record->kind : usual_kind (one->run, one->rule);
}

/** The record as a set of rules numbers it; its values stay in `values`. */
static SkSigmaRecord
number_record (const SkSigma *sigma, const SkTestRecord *record, const char *kind, GArray *values)
{
  SkSigmaRecord numbered = { .kind = sk_sigma_kind (sigma, kind) };
  g_array_set_size (values, 0);
  for (guint i = 0; numbered.kind != SK_SIGMA_NO_KIND && i < record->values->len; i++)
    {
      const SkTestValue *value = &g_array_index (record->values, SkTestValue, i);
      SkSigmaValue one
          = { .field = sk_sigma_field (sigma, numbered.kind, sk_span_of_text (value->name)),
              .value = value->value };
      g_array_append_val (values, one);
    }
  numbered.values = (const SkSigmaValue *) (void *) values->data;
  numbered.n_values = values->len;
  return numbered;
}

static GArray *
values_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (SkSigmaValue));
}

/* ---- why a record does not match ---- */

static char *
value_text (const SkValue *value)
{
  if (value->type == SK_FIELD_INT)
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  if (value->type == SK_FIELD_BOOL)
    return g_strdup (value->boolean ? "true" : "false");
  return sk_text_from_bytes (value->text);
}

static bool
equals_any (const char *text, const char *const *values)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  for (size_t i = 0; values[i] != NULL; i++)
    {
      g_autofree char *other = g_utf8_casefold (values[i], -1);
      if (strcmp (folded, other) == 0)
        return true;
    }
  return false;
}

static bool
test_holds (const Run *run, const SkLogsourceEntry *entry, const SkLogsourceTest *test,
            const SkTestRecord *record)
{
  g_auto (GStrv) names = sk_logsources_names (run->tables, entry, test->field);
  for (guint i = 0; i < record->values->len; i++)
    {
      const SkTestValue *value = &g_array_index (record->values, SkTestValue, i);
      g_autofree char *text = value_text (&value->value);
      if (g_strv_contains ((const char *const *) names, value->name)
          && equals_any (text, test->values))
        return true;
    }
  return false;
}

/** The comparisons of the entry all hold; `others` are not asked for here. */
static bool
tests_hold (const Run *run, const SkLogsourceEntry *entry, const SkTestRecord *record)
{
  for (uint32_t i = 0; i < entry->n_tests; i++)
    if (!test_holds (run, entry, &entry->tests[i], record))
      return false;
  return true;
}

/** Another entry claims the record. */
static bool
is_claimed (const Run *run, const char *kind, const SkTestRecord *record)
{
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (run->tables, i)) != NULL; i++)
    if (entry->n_tests > 0 && strcmp (entry->kind, kind) == 0 && tests_hold (run, entry, record))
      return true;
  return false;
}

static bool
is_of_logsource (const Case *one, const char *kind, const SkTestRecord *record)
{
  const Run *run = one->run;
  const SkSigmaLogsource *logsource = &one->info->logsource;
  bool known = means_any (run, logsource), claimed = is_claimed (run, kind, record);
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (run->tables, i)) != NULL; i++)
    if (entry_is_of (entry, logsource, known) && strcmp (entry->kind, kind) == 0
        && (entry->others ? !claimed : tests_hold (run, entry, record)))
      return true;
  return false;
}

static void
fail_hit (const Case *one, const SkTestRecord *record, const char *kind)
{
  if (is_of_logsource (one, kind, record))
    FAIL (one, record->node, _ ("a hit does not match: the condition does not hold"));
  else
    FAIL (one, record->node,
          _ ("a hit does not match: such a record of kind %s is not of the rule's logsource"),
          kind);
}

static void
fail_miss (const Case *one, const SkTestRecord *record, const SkSigmaRecord *numbered)
{
  g_autofree char *evidence = sk_sigma_evidence (one->run->whole_scan, numbered, one->rule);
  FAIL (one, record->node, _ ("a miss matches: %s"), evidence);
}

/* ---- hits and misses ---- */

typedef struct Seen {
  uint32_t rule;
  SkSigmaTruth truth;
} Seen;

static void
see (void *data, uint32_t rule, SkSigmaTruth truth)
{
  Seen *seen = data;
  if (rule == seen->rule)
    seen->truth = truth;
}

/** What a worker says of the record. MAYBE fits everything: the supervisor decides then. */
static bool
index_agrees (const Case *one, const SkTestRecord *record, const char *kind, bool truth)
{
  g_autoptr (GArray) values = values_new ();
  SkSigmaRecord numbered = number_record (one->run->indexed, record, kind, values);
  Seen seen = { one->rule, SK_SIGMA_FALSE };
  if (numbered.kind != SK_SIGMA_NO_KIND)
    sk_sigma_match (one->run->indexed_scan, &numbered, see, &seen);
  return seen.truth == SK_SIGMA_MAYBE || (seen.truth == SK_SIGMA_TRUE) == truth;
}

static void
judge (const Case *one, const SkTestRecord *record, bool hit)
{
  g_autoptr (GArray) values = values_new ();
  const char *kind = kind_of (one, record);
  SkSigmaRecord numbered = number_record (one->run->whole, record, kind, values);
  bool truth = numbered.kind != SK_SIGMA_NO_KIND
               && sk_sigma_judge (one->run->whole_scan, &numbered, one->rule) == SK_SIGMA_TRUE;
  if (!index_agrees (one, record, kind, truth))
    FAIL (one, record->node,
          _ ("the rule alone and the index of all rules disagree: please report this"));
  else if (truth == hit)
    one->run->passed++;
  else if (hit)
    fail_hit (one, record, kind);
  else
    fail_miss (one, record, &numbered);
}

static void
judge_all (const Case *one)
{
  for (guint i = 0; i < one->test->hits->len; i++)
    judge (one, g_ptr_array_index (one->test->hits, i), true);
  for (guint i = 0; i < one->test->misses->len; i++)
    judge (one, g_ptr_array_index (one->test->misses, i), false);
}

/* ---- sequences ---- */

typedef struct Sequence {
  const Case *one;
  SkCorrelate *correlate;
  GArray *needed; /* numbers of rules that correlations are made of */
  SkSigmaRecord record; /* that is fed */
  uint32_t rule; /* of the event that is given */
  int64_t findings;
  int64_t time; /* of the last record, seconds */
  uint64_t position;
} Sequence;

static void
count_finding (void *data, const SkCorrelateFinding *finding)
{
  Sequence *sequence = data;
  sequence->findings += finding->rule == sequence->one->rule;
}

typedef struct Relay {
  void (*func) (void *data, SkSpan value);
  void *data;
} Relay;

static void
relay_value (void *data, const SkSigmaValue *value)
{
  const Relay *relay = data;
  g_autofree char *text = value->value.type == SK_FIELD_STRING ? NULL : value_text (&value->value);
  relay->func (relay->data, text != NULL ? sk_span_of_text (text) : value->value.text);
}

static void
give_values (void *event, const char *field, void (*func) (void *data, SkSpan value), void *data)
{
  const Sequence *sequence = event;
  Relay relay = { func, data };
  sk_sigma_values (sequence->one->run->whole_scan, &sequence->record, sequence->rule, field,
                   relay_value, &relay);
}

/** Once for each rule that is true of it. */
static void
feed (Sequence *sequence)
{
  Run *run = sequence->one->run;
  for (guint i = 0; i < sequence->needed->len; i++)
    {
      sequence->rule = g_array_index (sequence->needed, uint32_t, i);
      if (sk_sigma_judge (run->whole_scan, &sequence->record, sequence->rule) != SK_SIGMA_TRUE)
        continue;
      SkCorrelateEvent event
          = { .rule = sequence->rule,
              .place = { .job = sequence->one->file,
                         .object = "",
                         .position = sequence->position,
                         .time = sequence->time * G_GINT64_CONSTANT (1000000000) },
              .values = give_values,
              .event = sequence };
      sk_correlate_event (sequence->correlate, &event);
    }
  sequence->position++;
}

/* The last second that is a time of a record, in nanoseconds. */
#define LAST_SECOND (G_MAXINT64 / G_GINT64_CONSTANT (1000000000))

/** False when a time goes back, or past what can be told. */
static bool
feed_record (Sequence *sequence, const SkTestRecord *record)
{
  g_autoptr (GArray) values = values_new ();
  SkSigmaRecord numbered
      = number_record (sequence->one->run->whole, record, kind_of (sequence->one, record), values);
  if (record->time >= 0 && record->time < sequence->time)
    return false;
  sequence->time = record->time >= 0 ? record->time : sequence->time + 1;
  if (sequence->time + (record->repeat - 1) * record->every > LAST_SECOND)
    return false;
  sequence->record = numbered;
  for (int64_t i = 0; i < record->repeat; i++)
    {
      sequence->time += i > 0 ? record->every : 0;
      if (numbered.kind != SK_SIGMA_NO_KIND)
        feed (sequence);
    }
  sequence->record = (SkSigmaRecord){ 0 };
  return true;
}

static GArray *
needed_rules (const SkSigma *sigma, const SkCorrelate *correlate)
{
  GArray *needed = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  for (uint32_t i = 0; i < sk_sigma_count (sigma); i++)
    if (sk_correlate_needs (correlate, i) && sk_sigma_rule (sigma, i)->correlation == NULL)
      g_array_append_val (needed, i);
  return needed;
}

static void
feed_all (Sequence *sequence)
{
  const Case *one = sequence->one;
  for (guint i = 0; i < one->test->sequence->len; i++)
    {
      const SkTestRecord *record = g_ptr_array_index (one->test->sequence, i);
      if (feed_record (sequence, record))
        continue;
      WRONG (one->run, one->file, record->node, one->info->finding,
             _ ("the time is before that of the record above it, or past the year 2261"));
      return;
    }
  sk_correlate_end (sequence->correlate);
  if (sequence->findings == one->test->findings)
    one->run->passed++;
  else
    FAIL (one, one->test->node, _ ("the sequence gives %d findings, expected %d"),
          (int) sequence->findings, (int) one->test->findings);
}

static void
run_sequence (const Case *one)
{
  /* 2026-01-01, less the second that the first record is later. */
  Sequence sequence = { .one = one, .time = 1767225599 };
  SkCorrelateLimits limits = { SK_DEFAULT_GROUPS, SK_DEFAULT_CORRELATE_BYTES };
  const SkTestRecord *first = g_ptr_array_index (one->test->sequence, 0);
  if (first->time >= 0)
    sequence.time = first->time;
  g_autoptr (SkCorrelate) correlate
      = sk_correlate_new (one->run->whole, &limits, count_finding, &sequence);
  sequence.correlate = correlate;
  g_autoptr (GArray) needed = needed_rules (one->run->whole, correlate);
  sequence.needed = needed;
  feed_all (&sequence);
}

/* ---- finding the rule ---- */

static bool
is_called (const SkSigmaRule *rule, const char *name)
{
  return g_strcmp0 (rule->name, name) == 0 || g_strcmp0 (rule->id, name) == 0
         || strcmp (rule->finding, name) == 0;
}

/** The rule that a test is for: of those beside it before all others. `*ret_count`: how many of the
 * file could be meant when it names none. */
static bool
find_rule (const Run *run, const SkRuleTest *test, const char *path, uint32_t *ret_rule,
           uint32_t *ret_count)
{
  g_autofree char *stem = sk_rule_paths_stem (path);
  bool found = false;
  *ret_count = 0;
  for (uint32_t i = 0; i < sk_sigma_count (run->whole); i++)
    {
      const SkSigmaRule *rule = sk_sigma_rule (run->whole, i);
      g_autofree char *other = sk_rule_paths_stem (rule->file);
      bool beside = strcmp (stem, other) == 0;
      *ret_count += beside;
      if (test->rule != NULL ? !is_called (rule, test->rule) : !beside)
        continue;
      if (!found || beside)
        *ret_rule = i;
      if (beside && test->rule != NULL)
        return true;
      found = true;
    }
  return found && (test->rule != NULL || *ret_count == 1);
}

static void
run_case (const Case *one)
{
  bool correlation = one->info->correlation != NULL;
  const SkRuleTest *test = one->test;
  g_hash_table_add (one->run->tested, GUINT_TO_POINTER (one->rule));
  if (correlation && (test->hits->len > 0 || test->misses->len > 0))
    WRONG (one->run, one->file, test->node, one->info->finding,
           _ ("a correlation is tested by a sequence, not by hits and misses"));
  else if (!correlation && test->sequence != NULL)
    WRONG (one->run, one->file, test->node, one->info->finding,
           _ ("a sequence tests a correlation; this rule has hits and misses"));
  else if (correlation)
    run_sequence (one);
  else
    judge_all (one);
}

static void
run_test (Run *run, const SkRuleTest *test, const SkBundleEntry *entry, const char *file)
{
  Case one = { .run = run, .file = file, .test = test };
  uint32_t count;
  if (find_rule (run, test, entry->path, &one.rule, &count))
    {
      one.info = sk_sigma_rule (run->whole, one.rule);
      run_case (&one);
    }
  else if (test->rule != NULL)
    WRONG (run, file, test->node, test->rule, _ ("no usable rule has this name or id"));
  else
    WRONG (run, file, test->node, "-",
           _ ("beside this file stand %u usable rules: say by rule which one is meant"), count);
}

static void
run_file (Run *run, const SkBundleEntry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (entry->path));
  g_autofree char *file = sk_text_escape (utf8);
  g_autoptr (SkRuleTests) tests = sk_rule_tests_read (file, entry->bytes, &error);
  if (tests == NULL)
    {
      printf ("%s\n", error->message);
      run->wrong++;
      return;
    }
  const SkRuleTest *test;
  for (uint32_t i = 0; (test = sk_rule_tests_at (tests, i)) != NULL; i++)
    run_test (run, test, entry, file);
}

/* ---- the command ---- */

static void
no_complaint (void *data, const char *file, uint32_t line, const char *text)
{
  (void) data, (void) file, (void) line, (void) text;
}

/** The same tables as the engine has; what is wrong with them it has said. */
static SkLogsources *
read_tables (const SkBundle *bundle)
{
  SkLogsources *tables = sk_logsources_new ();
  SkBundleEntry entry;
  for (size_t i = 0; sk_bundle_of_kind (bundle, "logsource-table", i, &entry); i++)
    (void) sk_logsources_add (tables, entry.path, entry.bytes, no_complaint, NULL);
  return tables;
}

static gboolean
open_run (Run *run, const SkCommandLine *line, GError **error)
{
  if (!sk_session_open (&run->session, line, error) || !sk_session_sources (&run->session, error)
      || !sk_session_engine (&run->session, error))
    return FALSE;
  SkSigmaSettings settings = { .later = sk_engine_later () };
  run->indexed = sk_engine_sigma (run->session.engine);
  run->whole = sk_sigma_new_twin (&settings, run->session.bundle, run->session.catalogue, error);
  if (run->whole == NULL)
    return FALSE;
  run->indexed_scan = sk_sigma_scan_new (run->indexed);
  run->whole_scan = sk_sigma_scan_new (run->whole);
  run->tables = read_tables (run->session.bundle);
  run->tested = g_hash_table_new (NULL, NULL);
  run->tests = sk_rule_paths_tests (line, run->session.settings.sigma_paths, error);
  return run->tests != NULL;
}

static SkExit
sum_up (const Run *run, size_t files)
{
  printf (_ ("passed: %u; failed: %u; could not be run: %u; test files: %u; rules without a test: "
             "%u\n"),
          run->passed, run->failed, run->wrong, (unsigned) files,
          sk_sigma_count (run->whole) - g_hash_table_size (run->tested));
  if (!sk_flush_output () || run->wrong > 0)
    return SK_EXIT_ERROR;
  return run->failed > 0 ? SK_EXIT_FINDINGS : SK_EXIT_CLEAN;
}

static SkExit
run_all (const SkCommandLine *line)
{
  g_auto (Run) run = { .passed = 0 };
  g_autoptr (GError) error = NULL;
  if (!open_run (&run, line, &error))
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  sk_say_problems (stdout, run.session.catalogue, SK_PROBLEM_LEFT_OUT);
  SkBundleEntry entry;
  size_t files = 0;
  for (; sk_bundle_at (run.tests, files, &entry); files++)
    run_file (&run, &entry);
  if (files > 0)
    return sum_up (&run, files);
  sk_say (_ ("found no tests: files whose names end in .test.yml, beside the rules"));
  return SK_EXIT_ERROR;
}

SkExit
sk_main_rules_test (const SkCommandLine *line)
{
  g_autoptr (GError) error = NULL;
  if (sk_rule_paths_only (line, &error))
    return run_all (line);
  sk_say_error (error);
  return SK_EXIT_ERROR;
}
