/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a job says of its objects: joined, capped, put into the reply.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "engine/walker.h"

static bool
same (const SkFinding *a, const SkFinding *b)
{
  return a->rule == b->rule && a->node == b->node && a->plugin == b->plugin
         && a->place.position == b->place.position && strcmp (a->evidence, b->evidence) == 0;
}

static bool
join (SkWalker *walker, const SkFinding *finding)
{
  if (walker->per_rule[finding->rule] == 0)
    return false;
  for (guint i = walker->findings->len; i-- > 0;)
    {
      SkFinding *known = &g_array_index (walker->findings, SkFinding, i);
      if (!same (known, finding))
        continue;
      known->count += known->count < UINT32_MAX ? 1 : 0;
      return true;
    }
  return false;
}

static int
lowest_level (const SkWalker *walker)
{
  int lowest = 0;
  while (walker->per_level[lowest] == 0)
    lowest++;
  return lowest;
}

/* The latest finding of the lowest level gives way to a graver one. */
static bool
make_room (SkWalker *walker, SkLevel level)
{
  GArray *findings = walker->findings;
  if (findings->len < SK_MAX_FINDINGS)
    return true;
  int lowest = lowest_level (walker);
  if (lowest >= (int) level)
    return false;
  for (guint i = findings->len; i-- > 0;)
    {
      SkFinding *finding = &g_array_index (findings, SkFinding, i);
      if ((int) finding->level != lowest)
        continue;
      walker->per_level[lowest]--;
      walker->per_rule[finding->rule]--;
      walker->reply->findings_dropped += finding->count;
      g_array_remove_index (findings, i);
      return true;
    }
  return false;
}

/* For `finding.id` and the like: also where the finding itself is one too many. */
static void
note_hit (SkWalker *walker, SkNode *node, uint32_t rule)
{
  if (walker->last_hit == NULL || walker->last_hit[rule] == node)
    return;
  walker->last_hit[rule] = node;
  if (node->n_hits >= SK_MAX_LIST_VALUES)
    return;
  SkHitRule **end = &node->hits;
  for (; *end != NULL; end = &(*end)->next)
    if ((*end)->rule == rule)
      return;
  *end = sk_arena_take (&walker->arena, sizeof **end);
  **end = (SkHitRule){ NULL, rule };
  node->n_hits++;
}

static uint32_t
most_of_rule (uint64_t record)
{
  return record == SK_NO_RECORD ? SK_MAX_FINDINGS_PER_RULE : SK_MAX_RECORD_FINDINGS_PER_RULE;
}

bool
sk_finding_has_room (SkWalker *walker, SkNode *node, uint32_t rule, uint64_t record)
{
  SkLevel level = g_array_index (walker->engine->levels, SkLevel, rule);
  if (walker->per_rule[rule] < most_of_rule (record)
      && (walker->findings->len < SK_MAX_FINDINGS || lowest_level (walker) < (int) level))
    return true;
  note_hit (walker, node, rule);
  walker->reply->findings_dropped++;
  return false;
}

static void
keep (SkWalker *walker, SkFinding *finding, SkSpan evidence)
{
  if (walker->per_rule[finding->rule] >= most_of_rule (finding->place.position)
      || !make_room (walker, finding->level))
    {
      walker->reply->findings_dropped++;
      return;
    }
  finding->evidence = sk_arena_text (&walker->arena, evidence);
  walker->per_rule[finding->rule]++;
  walker->per_level[finding->level]++;
  g_array_append_val (walker->findings, *finding);
  for (SkNode *up = finding->node; up != NULL && !up->needed; up = up->parent)
    up->needed = true;
}

/* `text` has room for three times SK_MAX_EVIDENCE and one. */
static SkSpan
clean_evidence (const char *evidence, char *text)
{
  SkSpan given = { (const uint8_t *) evidence, 0 };
  if (evidence != NULL)
    given.size = strnlen (evidence, SK_MAX_EVIDENCE + 1);
  size_t size = sk_text_repair (sk_text_head (given, SK_MAX_EVIDENCE), SK_MAX_EVIDENCE, text);
  return (SkSpan){ (const uint8_t *) text, size };
}

void
sk_finding_of_record (SkWalker *walker, SkNode *node, uint32_t rule, uint32_t plugin,
                      const char *evidence, SkRecordPlace place)
{
  char text[3 * SK_MAX_EVIDENCE + 1];
  SkFinding finding = { .rule = rule, .plugin = plugin, .count = 1, .node = node, .place = place };
  finding.level = g_array_index (walker->engine->levels, SkLevel, rule);
  note_hit (walker, node, rule);
  keep (walker, &finding, clean_evidence (evidence, text));
}

void
sk_finding_add (SkWalker *walker, SkNode *node, uint32_t rule, uint32_t plugin,
                const char *evidence)
{
  char text[3 * SK_MAX_EVIDENCE + 1];
  SkSpan clean = clean_evidence (evidence, text);
  SkFinding finding = {
    .rule = rule,
    .plugin = plugin,
    .count = 1,
    .level = g_array_index (walker->engine->levels, SkLevel, rule),
    .node = node,
    .evidence = text,
    .place = { SK_NO_RECORD, 0 },
  };
  note_hit (walker, node, rule);
  if (!join (walker, &finding))
    keep (walker, &finding, clean);
}

/* ---- what was not looked at ---- */

void
sk_finding_reason_by (SkWalker *walker, SkNode *node, SkReason reason, uint32_t plugin,
                      const char *detail)
{
  walker->reply->complete = false;
  if (walker->hook != NULL && walker->hook->object->node == node)
    walker->hook->said |= UINT32_C (1) << reason;
  sk_finding_add (walker, node, SK_RULE_OF_REASON (reason), plugin, detail);
}

void
sk_finding_reason (SkWalker *walker, SkNode *node, SkReason reason, const char *detail)
{
  uint32_t plugin = walker->hook != NULL ? walker->hook->plugin : SK_NO_PLUGIN;
  sk_finding_reason_by (walker, node, reason, plugin, detail);
}

void
sk_finding_misuse (SkObject *object, const char *what)
{
  SkWalker *walker = object->walker;
  uint32_t plugin = walker->hook->plugin;
  g_autofree char *detail = g_strdup_printf (
      "%s: %s", sk_engine_plugin (walker->engine, plugin)->plugin->name, what);
  sk_finding_reason (walker, object->node, SK_REASON_FAILED, detail);
}

/** A limit: its name in the configuration, whether the job or the object meets it, its words. */
typedef struct Limit {
  const char *name;
  bool once; /**< a job */
  const char *text; /**< with the value in `%` PRIu64 where it has one */
} Limit;

#define V "%" PRIu64

static const Limit limits[SK_N_LIMITS] = {
  [SK_LIMIT_DEPTH] = { "depth", false, "deeper than " V " objects in objects" },
  [SK_LIMIT_OBJECTS] = { "objects", true, "more than " V " objects in one input" },
  [SK_LIMIT_OBJECT_BYTES] = { "object-bytes", false, "longer than " V " bytes" },
  [SK_LIMIT_JOB_BYTES] = { "job-bytes", true, "more than " V " bytes in all objects of one input" },
  [SK_LIMIT_RATIO] = { "ratio", false, "more than " V " times as large as what it was made of" },
  [SK_LIMIT_WORK] = { "work", true, "more work than " V " units for one input" },
  [SK_LIMIT_WINDOWS] = { "windows", true, "more than " V " deferred windows" },
  [SK_LIMIT_LENT] = { "lent files", false, "no file for a large object; at most " V " are open" },
  [SK_LIMIT_CONTEXT] = { "context", true, "contexts and names of deferred windows over " V " bytes" },
  [SK_LIMIT_FACTS] = { "facts", false, "more facts than " V },
  [SK_LIMIT_VALUE] = { "value", false, "a fact or field longer than " V " bytes was cut" },
  [SK_LIMIT_TYPES] = { "types", false, "more than " V " type candidates" },
  [SK_LIMIT_SECRETS] = { "secrets", true, "more than " V " secrets, or one too long to keep" },
  [SK_LIMIT_RECORD] = { "record", true, "a record longer than " V " bytes was not handed on" },
  [SK_LIMIT_VALUES] = { "record-values", true, "only " V " values of a record were looked at" },
  [SK_LIMIT_FIELDS] = { "record-fields", true, "more than " V " names of fields, or very long ones: "
                                               "some were not handed on" },
};

#undef V

const char *
sk_finding_limit_name (SkLimitKind kind)
{
  return limits[kind].name;
}

static uint64_t
limit_value (const SkWalker *walker, SkLimitKind kind)
{
  const SkLimits *set = &walker->engine->limits;
  const uint64_t values[SK_N_LIMITS] = {
    [SK_LIMIT_DEPTH] = set->depth,
    [SK_LIMIT_OBJECTS] = walker->job->objects_left,
    [SK_LIMIT_OBJECT_BYTES] = set->object_bytes,
    [SK_LIMIT_JOB_BYTES] = walker->job->bytes_left,
    [SK_LIMIT_RATIO] = set->ratio,
    [SK_LIMIT_WORK] = walker->job->work_left,
    [SK_LIMIT_WINDOWS] = walker->job->windows_left,
    [SK_LIMIT_LENT] = SK_MAX_LENT,
    [SK_LIMIT_CONTEXT] = SK_MAX_CONTEXTS,
    [SK_LIMIT_FACTS] = SK_MAX_FACTS_PER_OBJECT,
    [SK_LIMIT_VALUE] = SK_MAX_VALUE,
    [SK_LIMIT_TYPES] = SK_MAX_CANDIDATES,
    [SK_LIMIT_SECRETS] = SK_MAX_SECRETS,
    [SK_LIMIT_RECORD] = SK_MAX_RECORD,
    [SK_LIMIT_VALUES] = SK_MAX_RECORD_VALUES,
    [SK_LIMIT_FIELDS] = SK_MAX_OPEN_FIELDS,
  };
  return values[kind];
}

bool
sk_finding_limit (SkWalker *walker, SkNode *node, SkLimitKind kind)
{
  const Limit *limit = &limits[kind];
  uint64_t bit = UINT64_C (1) << kind;
  walker->reply->complete = false;
  node->limits |= UINT32_C (1) << kind;
  if (limit->once && (walker->limits_said & bit) != 0)
    return false;
  walker->limits_said |= bit;
  char text[160], detail[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_snprintf (text, sizeof text, limit->text, limit_value (walker, kind));
#pragma GCC diagnostic pop
  g_snprintf (detail, sizeof detail, "%s: %s", limit->name, text);
  sk_finding_reason (walker, node, SK_REASON_LIMIT, detail);
  return false;
}

/* ---- into the reply ---- */

static uint32_t
reply_object (SkReply *reply, SkNode *node)
{
  if (node->reply != UINT32_MAX)
    return node->reply;
  SkReplyObject object = {
    .parent = node->parent != NULL ? reply_object (reply, node->parent) : 0,
    .plugin = node->plugin,
    .position = node->position,
    .name = g_strdup (node->name),
    .type = g_strdup (node->type),
    .size = node->size,
    .sha256 = g_strdup (node->sha256),
  };
  node->reply = reply->object_list->len;
  g_array_append_val (reply->object_list, object);
  return node->reply;
}

void
sk_findings_finish (SkWalker *walker, SkNode *entry)
{
  SkReply *reply = walker->reply;
  reply_object (reply, entry);
  for (guint i = 0; i < walker->findings->len; i++)
    {
      const SkFinding *finding = &g_array_index (walker->findings, SkFinding, i);
      SkReplyFinding out = {
        .rule = finding->rule,
        .object = reply_object (reply, finding->node),
        .plugin = finding->plugin,
        .level = finding->level,
        .count = finding->count,
        .record = finding->place.position,
        .time = finding->place.time,
        .evidence = g_strdup (finding->evidence),
      };
      g_array_append_val (reply->finding_list, out);
    }
}

void
sk_findings_reset (SkWalker *walker)
{
  for (guint i = 0; i < walker->findings->len; i++)
    walker->per_rule[g_array_index (walker->findings, SkFinding, i).rule] = 0;
  if (walker->last_hit != NULL)
    memset (walker->last_hit, 0, walker->engine->levels->len * sizeof *walker->last_hit);
  g_array_set_size (walker->findings, 0);
  memset (walker->per_level, 0, sizeof walker->per_level);
}
