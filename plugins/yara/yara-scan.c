/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From an object to findings: scans, and what is done when libyara gives up.
 *
 * libyara stops a scan for one bad rule without telling what the others found.
 * So a scan that stopped is run again with half of the rules, down to the one
 * that is to blame: that one is named as not inspected, the others report.
 * Halves are cut between units, because a rule must not be judged without
 * those that it names. Number and time of these runs are bounded; what the
 * bounds leave undecided is named too.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

/** Scans again for one object: down to one of 500,000 units twice over. */
#define MAX_RERUNS 40
/** Seconds for all of them, beside the time of one scan. */
#define RERUN_SECONDS 30
/** Strings shown as evidence. */
#define MAX_SHOWN 4
/** Rules named in one "not inspected", the others are counted. */
#define MAX_NAMED 6
/** Bytes an abandoned scan is given for each second of its run again. */
#define RERUN_BYTES_PER_SECOND (UINT64_C (16) << 20)
/** Bytes for which a scan gets a second more than the configured time. */
#define BYTES_PER_EXTRA_SECOND (UINT64_C (128) << 20)
#define SCAN_FLAGS                                                                                \
  (SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING)

struct YaraMatcher
{
  const YaraSet *set;
  YR_SCANNER **scanners; /* one a group */
  YaraPass *pass;        /* of the literal filters */
  YaraValues *values;
  GArray *crowded; /* of uint32_t: rules of the group in hand with a string over libyara's limit */
  GString *evidence;
};

/** One scan in progress; what the callback needs. */
typedef struct Scan {
  const SkApi *api;
  SkObject *object;
  YaraMatcher *matcher;
  const YaraGroup *group;
  YR_SCANNER *scanner;
  SkSpan bytes;
  const GArray *windows; /* in which strings are looked for; NULL: everywhere */
} Scan;

/* ---- the worker's matcher ---- */

static int on_message (YR_SCAN_CONTEXT *context, int message, void *message_data, void *data);

void
yara_matcher_free (YaraMatcher *matcher)
{
  if (matcher == NULL)
    return;
  for (guint i = 0; i < matcher->set->groups->len; i++)
    if (matcher->scanners[i] != NULL)
      yr_scanner_destroy (matcher->scanners[i]);
  yara_pass_free (matcher->pass);
  yara_values_free (matcher->values);
  g_array_unref (matcher->crowded);
  g_string_free (matcher->evidence, TRUE);
  g_free (matcher->scanners);
  g_free (matcher);
}

static bool
matcher_prepare (YaraMatcher *matcher, const YaraSet *set)
{
  for (unsigned gate = 0; gate < YARA_N_GATES; gate++)
    if (set->filters[gate] != NULL && !yara_pass_prepare (matcher->pass, set->filters[gate]))
      return false;
  for (guint i = 0; i < set->groups->len; i++)
    {
      const YaraGroup *group = set->groups->pdata[i];
      if (yr_scanner_create (group->rules, &matcher->scanners[i]) != ERROR_SUCCESS)
        return false;
      yr_scanner_set_flags (matcher->scanners[i], SCAN_FLAGS);
    }
  return true;
}

static YaraMatcher *
matcher_new (const YaraSet *set)
{
  YaraMatcher *matcher = g_new0 (YaraMatcher, 1);
  matcher->set = set;
  matcher->scanners = g_new0 (YR_SCANNER *, set->groups->len + 1);
  matcher->pass = yara_pass_new (set->groups->len);
  matcher->values = yara_values_new (set->externals);
  matcher->crowded = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  matcher->evidence = g_string_new (NULL);
  if (!matcher_prepare (matcher, set))
    g_clear_pointer (&matcher, yara_matcher_free);
  return matcher;
}

/* ---- what libyara tells ---- */

/** ` name=value` of a fact that the rule set names and the object has. */
static void
put_fact (GString *evidence, const Scan *scan, const char *name)
{
  const GArray *externals = scan->matcher->set->externals;
  for (guint i = 0; i < externals->len; i++)
    {
      const YaraExternal *external = &g_array_index (externals, YaraExternal, i);
      SkValue value;
      if (external->subject != YARA_FACT || external->type != SK_FIELD_STRING
          || strcmp (external->name, name) != 0
          || !scan->api->fact_value (scan->object, external->fact, &value))
        continue;
      g_string_append_printf (evidence, "%s%s=", evidence->len > 0 ? " " : "", name);
      g_string_append_len (evidence, (const char *) value.text.data, (gssize) value.text.size);
    }
}

/** The facts of the rule's meta `evidence`: their values are what it judged by. */
static void
put_facts (GString *evidence, const Scan *scan, const YR_RULE *rule)
{
  const YR_META *meta;
  yr_rule_metas_foreach (rule, meta)
    {
      if (meta->type != META_TYPE_STRING || strcmp (meta->identifier, "evidence") != 0)
        continue;
      g_auto (GStrv) names = g_strsplit (meta->string, " ", 16);
      for (size_t i = 0; names[i] != NULL; i++)
        put_fact (evidence, scan, names[i]);
    }
}

/** Where strings of the rule were found, never what was found there; and facts that it names. */
static const char *
evidence_of (const Scan *scan, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
  unsigned shown = 0, more = 0;
  const YR_STRING *string;
  GString *evidence = scan->matcher->evidence;
  g_string_truncate (evidence, 0);
  yr_rule_strings_foreach (rule, string)
    {
      const YR_MATCH *match = context->matches[string->idx].head;
      if (match == NULL || match->is_private)
        continue;
      if (shown++ < MAX_SHOWN)
        g_string_append_printf (evidence, "%s%s@0x%" G_GINT64_MODIFIER "x",
                                evidence->len > 0 ? " " : "", string->identifier,
                                (guint64) (match->base + match->offset));
      else
        more++;
    }
  if (more > 0)
    g_string_append_printf (evidence, " +%u", more);
  put_facts (evidence, scan, rule);
  return evidence->len > 0 ? evidence->str : NULL;
}

static void
on_match (Scan *scan, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
  size_t index = (size_t) (rule - scan->group->rules->rules_table);
  const YaraRule *info = &g_array_index (scan->group->infos, YaraRule, index);
  if (info->is_private)
    return;
  scan->api->match (scan->object, info->number, evidence_of (scan, context, rule));
  GArray *crowded = scan->matcher->crowded;
  for (guint i = crowded->len; i-- > 0;)
    if (g_array_index (crowded, uint32_t, i) == index)
      g_array_remove_index (crowded, i); /* it matches whatever the uncounted rest would be */
}

static void
on_crowded (Scan *scan, const YR_STRING *string)
{
  GArray *crowded = scan->matcher->crowded;
  for (guint i = 0; i < crowded->len; i++)
    if (g_array_index (crowded, uint32_t, i) == string->rule_idx)
      return;
  g_array_append_val (crowded, string->rule_idx);
}

static int
on_message (YR_SCAN_CONTEXT *context, int message, void *message_data, void *data)
{
  Scan *scan = data;
  if (message == CALLBACK_MSG_RULE_MATCHING)
    on_match (scan, context, message_data);
  else if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
    on_crowded (scan, message_data); /* going on means: without further matches of this string */
  return CALLBACK_CONTINUE;
}

/* ---- naming what was not judged ---- */

static void
append_rule (GString *text, const YaraGroup *group, guint index, guint *count)
{
  if (g_array_index (group->infos, YaraRule, index).is_private)
    return;
  if (*count < MAX_NAMED)
    g_string_append_printf (text, "%s%s", *count > 0 ? ", " : "",
                            g_array_index (group->infos, YaraRule, index).info.id);
  ++*count;
}

static void
tell_not_judged (Scan *scan, GString *names, guint count, const char *why)
{
  if (count > MAX_NAMED)
    g_string_append_printf (names, " and %u more", count - MAX_NAMED);
  g_string_prepend (names, count == 1 ? "rule " : "rules ");
  g_string_append_printf (names, ": %s", why);
  if (count > 0)
    scan->api->not_inspected (scan->object, SK_REASON_RULES, names->str);
}

static void
tell_units (Scan *scan, uint32_t first, uint32_t end, const char *why)
{
  GString *names = g_string_new (NULL);
  guint count = 0;
  for (guint i = 0; i < scan->group->infos->len; i++)
    {
      uint32_t unit = g_array_index (scan->group->infos, YaraRule, i).unit;
      if (unit >= first && unit < end)
        append_rule (names, scan->group, i, &count);
    }
  tell_not_judged (scan, names, count, why);
  g_string_free (names, TRUE);
}

static int
by_number (const void *a, const void *b)
{
  uint32_t left = *(const uint32_t *) a, right = *(const uint32_t *) b;
  return (left > right) - (left < right);
}

/** Rules that did not match, but a string of theirs was not followed to its end. */
static void
tell_crowded (Scan *scan)
{
  GArray *crowded = scan->matcher->crowded;
  if (crowded->len == 0)
    return;
  GString *names = g_string_new (NULL);
  guint count = 0;
  g_array_sort (crowded, by_number);
  for (guint i = 0; i < crowded->len; i++)
    append_rule (names, scan->group, g_array_index (crowded, uint32_t, i), &count);
  tell_not_judged (scan, names, count, "a string matches too often");
  g_string_free (names, TRUE);
  g_array_set_size (crowded, 0);
}

static const char *
why_of (int code)
{
  switch (code)
    {
    case ERROR_SCAN_TIMEOUT:
      return "time-out";
    case ERROR_TOO_MANY_RE_FIBERS:
      return "an expression is too complex for these bytes";
    case ERROR_INSUFFICIENT_MEMORY:
      return "out of memory";
    case ERROR_EXEC_STACK_OVERFLOW:
      return "the condition is too deep";
    default:
      return "libyara gave up";
    }
}

/* ---- scanning ---- */

static int
scan_once (Scan *scan, uint64_t seconds)
{
  g_array_set_size (scan->matcher->crowded, 0);
  yr_scanner_set_callback (scan->scanner, on_message, scan);
  yr_scanner_set_timeout (scan->scanner, (int) MIN (seconds, 3600));
  int code = yara_blocks_scan (scan->scanner, scan->bytes, scan->windows);
  if (code == ERROR_SUCCESS)
    tell_crowded (scan);
  return code;
}

/** Only the rules of these units are judged from now on. The rules are this process's own copy. */
static void
enable_units (const YaraGroup *group, uint32_t first, uint32_t end)
{
  for (guint i = 0; i < group->infos->len; i++)
    {
      uint32_t unit = g_array_index (group->infos, YaraRule, i).unit;
      if (unit >= first && unit < end)
        yr_rule_enable (&group->rules->rules_table[i]);
      else
        yr_rule_disable (&group->rules->rules_table[i]);
    }
}

/** libyara 4.2 still looks for the strings of disabled rules, and may stop at one of them. The mask
 * of strings that were given up does keep it from that; it forgets it with each scan. */
static void
mask_disabled (const YaraGroup *group, YR_SCANNER *scanner)
{
  for (uint32_t i = 0; i < group->rules->num_strings; i++)
    if (STRING_IS_DISABLED (&group->rules->strings_table[i]))
      yr_bitmask_set (scanner->strings_temp_disabled, i);
}

typedef struct Range {
  uint32_t first, end; /* units */
  bool is_half;        /* the first half of a range that stopped; the second is the next in line */
  bool is_bad;         /* a scan of it would stop again */
} Range;

/** The search for the rules to blame. */
typedef struct Search {
  GArray *ranges;   /* of Range: still to do, the next one last */
  unsigned reruns;
  int64_t deadline; /* monotonic, microseconds */
  uint64_t seconds; /* for one scan */
} Search;

static Range *
next_range (Search *search)
{
  return &g_array_index (search->ranges, Range, search->ranges->len - 1);
}

static void
cut_range (Search *search, const Range *range)
{
  uint32_t middle = range->first + (range->end - range->first + 1) / 2;
  Range halves[2] = { { middle, range->end, false, false }, { range->first, middle, true, false } };
  g_array_append_vals (search->ranges, halves, 2);
}

static bool
may_run (Search *search, Scan *scan)
{
  return search->reruns++ < MAX_RERUNS && g_get_monotonic_time () < search->deadline
         && scan->api->work (scan->object, scan->bytes.size / 1024 + 1);
}

/** One step: a range is scanned, or cut in two, or named. A single unit is named only after it
 * stopped a scan by itself: the range above it may have been slow as a sum. */
static void
search_step (Search *search, Scan *scan, int *code)
{
  Range range = *next_range (search);
  g_array_set_size (search->ranges, search->ranges->len - 1);
  bool is_single = range.end - range.first == 1;
  if (range.is_bad && !is_single)
    {
      cut_range (search, &range);
      return;
    }
  if (!may_run (search, scan))
    {
      tell_units (scan, range.first, range.end, why_of (*code));
      return;
    }
  enable_units (scan->group, range.first, range.end);
  mask_disabled (scan->group, scan->scanner);
  int result = scan_once (scan, search->seconds);
  if (result == ERROR_SUCCESS)
    {
      if (range.is_half)
        next_range (search)->is_bad = true;
      return;
    }
  *code = result;
  if (is_single)
    tell_units (scan, range.first, range.end, why_of (result));
  else
    cut_range (search, &range);
}

static void
search_blame (Scan *scan, const YaraContext *context, int code)
{
  Search search = { g_array_new (FALSE, FALSE, sizeof (Range)), 0, 0, 0 };
  search.seconds = MIN (context->timeout, 2 + scan->bytes.size / RERUN_BYTES_PER_SECOND);
  search.deadline = g_get_monotonic_time ()
                    + ((int64_t) context->timeout + RERUN_SECONDS) * G_TIME_SPAN_SECOND;
  Range all = { 0, scan->group->n_units, false, true };
  g_array_append_val (search.ranges, all);
  while (search.ranges->len > 0)
    search_step (&search, scan, &code);
  enable_units (scan->group, 0, scan->group->n_units);
  g_array_unref (search.ranges);
}

static SkResult
scan_group (Scan *scan, const YaraContext *context)
{
  if (!scan->api->work (scan->object, scan->windows == NULL ? scan->bytes.size / 1024 + 1 : 1))
    return SK_LIMIT;
  uint64_t extra = MIN (scan->bytes.size / BYTES_PER_EXTRA_SECOND, context->timeout);
  int code = scan_once (scan, context->timeout + extra);
  if (code != ERROR_SUCCESS)
    search_blame (scan, context, code);
  return SK_OK;
}

static bool
on_progress (void *data, size_t bytes)
{
  const Scan *scan = data;
  return scan->api->work (scan->object, bytes / 1024 + 1);
}

/** Judges the groups of one gate. Where the filter cannot run, strings are looked for everywhere.
 */
static SkResult
scan_gate (Scan *scan, const YaraContext *context, YaraGate gate)
{
  YaraMatcher *matcher = scan->matcher;
  const YaraFilter *filter = matcher->set->filters[gate];
  bool filtered = filter != NULL
                  && yara_pass_run (matcher->pass, filter, scan->bytes, on_progress, scan);
  for (guint i = 0; i < matcher->set->groups->len; i++)
    {
      scan->group = matcher->set->groups->pdata[i];
      scan->scanner = matcher->scanners[i];
      scan->windows = NULL;
      if (scan->group->gate != gate)
        continue;
      if (filtered && scan->group->filtered)
        {
          const YaraPlaces *places = yara_pass_places (matcher->pass, i);
          scan->windows = places->everywhere ? NULL : places->windows;
        }
      SkResult result = scan_group (scan, context);
      if (result != SK_OK)
        return result;
    }
  return SK_OK;
}

/** The bytes that rules see; the rest is told as not inspected. */
static SkSpan
bytes_to_scan (const SkApi *api, const YaraContext *context, SkObject *object)
{
  SkSpan bytes = api->bytes (object);
  if (bytes.size <= context->max_bytes)
    return bytes;
  g_autofree char *detail = g_strdup_printf (
      "rules saw the first %" G_GUINT64_FORMAT " bytes only", context->max_bytes);
  api->not_inspected (object, SK_REASON_LIMIT, detail);
  return sk_span_slice (bytes, 0, (size_t) context->max_bytes);
}

SkResult
yara_judge (const SkApi *api, YaraContext *context, SkObject *object)
{
  if (context->set->groups->len == 0)
    return SK_OK;
  if (context->matcher == NULL)
    context->matcher = matcher_new (context->set);
  YaraMatcher *matcher = context->matcher;
  if (matcher == NULL)
    return SK_FAILED;
  yara_values_apply (matcher->values, api, object, matcher->scanners, context->set->groups->len);
  Scan scan = { .api = api, .object = object, .matcher = matcher };
  scan.bytes = bytes_to_scan (api, context, object);
  bool is_program = yara_magic_fits (&yara_magic_program, scan.bytes);
  SkResult result = scan_gate (&scan, context, YARA_GATE_ANY);
  if (result == SK_OK)
    result = scan_gate (&scan, context, is_program ? YARA_GATE_PROGRAM : YARA_GATE_OTHER);
  if (result == SK_OK && yara_magic_fits (&yara_magic_elf, scan.bytes))
    result = scan_gate (&scan, context, YARA_GATE_ELF);
  return result;
}
