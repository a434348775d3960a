/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The order of events and of time: what is over ends first, each event goes to
 * the correlations made of its rule, what fires becomes an event in its turn.
 */
#include "config.h"

#include "correlate/correlate-private.h"

#define LAST_TIME (INT64_C (1) << 62)

static SkCorGather *
gather_new (size_t maximum)
{
  SkCorGather *gather = g_new0 (SkCorGather, 1);
  gather->text = g_byte_array_new ();
  gather->ends = g_array_new (FALSE, FALSE, sizeof (size_t));
  gather->maximum = maximum;
  return gather;
}

static void
gather_free (void *data)
{
  SkCorGather *gather = data;
  g_byte_array_unref (gather->text);
  g_array_unref (gather->ends);
  g_free (gather);
}

SkCorrelate *
sk_correlate_new_from (const SkSigmaRule *const *rules, uint32_t n_rules,
                       const SkCorrelateLimits *limits, SkCorrelateFunc func, void *data)
{
  SkCorrelate *correlate = g_new0 (SkCorrelate, 1);
  correlate->limits = (SkCorrelateLimits) { SK_DEFAULT_GROUPS, SK_DEFAULT_CORRELATE_BYTES };
  if (limits != NULL)
    correlate->limits = *limits;
  correlate->func = func;
  correlate->data = data;
  correlate->now = INT64_MIN;
  correlate->due = INT64_MAX;
  sk_cor_plan (correlate, rules, n_rules);
  sk_cor_groups_init (correlate);
  g_queue_init (&correlate->waiting);
  g_queue_init (&correlate->ended);
  g_queue_init (&correlate->fired);
  correlate->gathers = g_ptr_array_new_with_free_func (gather_free);
  correlate->counted = gather_new (0);
  correlate->scratch = g_byte_array_new ();
  return correlate;
}

static void
ignore (void *data, const SkCorrelateFinding *finding)
{
  (void)data;
  (void)finding;
}

void
sk_correlate_free (SkCorrelate *correlate)
{
  if (correlate == NULL)
    return;
  correlate->func = ignore;
  SkCorFired *fired;
  while ((fired = g_queue_pop_head (&correlate->fired)) != NULL)
    sk_cor_fired_free (correlate, fired);
  sk_cor_groups_clear (correlate);
  g_ptr_array_unref (correlate->gathers);
  gather_free (correlate->counted);
  g_byte_array_unref (correlate->scratch);
  sk_cor_plan_free (correlate);
  g_free (correlate);
}

bool
sk_correlate_needs (const SkCorrelate *correlate, uint32_t rule)
{
  return rule < correlate->n_rules && correlate->uses[rule] != NULL;
}

uint64_t
sk_correlate_lost (const SkCorrelate *correlate, uint32_t rule)
{
  for (guint i = 0; i < correlate->plans->len; i++)
    {
      const SkCorPlan *plan = g_ptr_array_index (correlate->plans, i);
      if (plan->rule == rule)
        return plan->lost;
    }
  return 0;
}

/* ---- the values of one event ---- */

static SkSpan
gathered (const SkCorGather *gather, guint index)
{
  size_t start = index == 0 ? 0 : g_array_index (gather->ends, size_t, index - 1);
  size_t end = g_array_index (gather->ends, size_t, index);
  return (SkSpan) { gather->text->data + start, end - start };
}

static void
gather_value (void *data, SkSpan value)
{
  SkCorGather *gather = data;
  if (value.size == 0)
    return;
  if (value.size > SK_MAX_VALUE)
    {
      gather->long_ones++;
      return;
    }
  if (gather->maximum > 0)
    {
      for (guint i = 0; i < gather->ends->len; i++)
        if (sk_span_equal (gathered (gather, i), value))
          return;
      if (gather->ends->len == gather->maximum)
        {
          gather->over++;
          return;
        }
    }
  g_byte_array_append (gather->text, value.data, (guint) value.size);
  size_t end = gather->text->len;
  g_array_append_val (gather->ends, end);
}

static void
gather_field (SkCorGather *gather, const SkCorEvent *event, const char *field)
{
  g_byte_array_set_size (gather->text, 0);
  g_array_set_size (gather->ends, 0);
  gather->over = gather->long_ones = 0;
  event->values (event->event, field, gather_value, gather);
}

static uint64_t
times (uint64_t a, uint64_t b)
{
  uint64_t product;
  return __builtin_mul_overflow (a, b, &product) ? UINT64_MAX : product;
}

/* How many groups the event would make and how many it makes, each field's values counted. The
 * difference is lost. */
static uint32_t
n_groups (const SkCorrelate *correlate, SkCorPlan *plan)
{
  uint64_t all = 1, kept = 1;
  for (uint32_t i = 0; i < plan->what->n_group_by; i++)
    {
      const SkCorGather *gather = g_ptr_array_index (correlate->gathers, i);
      all = times (all, gather->ends->len + gather->over + gather->long_ones);
      kept = times (kept, gather->ends->len);
    }
  kept = MIN (kept, SK_MAX_GROUPS_PER_EVENT);
  sk_cor_plan_lose (plan, all - kept);
  return (uint32_t) kept;
}

/* The key of combination number `index`: the last field's values change first. */
static SkSpan
make_key (SkCorrelate *correlate, const SkCorPlan *plan, uint32_t index)
{
  uint32_t n = plan->what->n_group_by;
  GByteArray *key = correlate->scratch;
  g_autofree guint *picks = g_new (guint, n + 1);
  for (uint32_t i = n; i-- > 0;)
    {
      const SkCorGather *gather = g_ptr_array_index (correlate->gathers, i);
      picks[i] = index % gather->ends->len;
      index /= gather->ends->len;
    }
  g_byte_array_set_size (key, 0);
  for (uint32_t i = 0; i < n; i++)
    {
      SkSpan value = gathered (g_ptr_array_index (correlate->gathers, i), picks[i]);
      uint32_t size = (uint32_t) value.size;
      g_byte_array_append (key, (const uint8_t *) &size, sizeof size);
      g_byte_array_append (key, value.data, size);
    }
  return (SkSpan) { key->data, key->len };
}

/* ---- events ---- */

static bool
gather_all (SkCorrelate *correlate, const SkCorUse *use, const SkCorEvent *event)
{
  SkCorPlan *plan = use->plan;
  for (uint32_t i = 0; i < plan->what->n_group_by; i++)
    {
      if (i == correlate->gathers->len)
        g_ptr_array_add (correlate->gathers, gather_new (SK_MAX_GROUPS_PER_EVENT));
      gather_field (g_ptr_array_index (correlate->gathers, i), event, use->fields[i]);
    }
  if (use->value_field == NULL)
    return true;
  gather_field (correlate->counted, event, use->value_field);
  sk_cor_plan_lose (plan, correlate->counted->long_ones);
  return correlate->counted->ends->len > 0;
}

static void
forget_group (SkCorrelate *correlate, SkCorGroup *group)
{
  sk_cor_plan_lose (group->plan, 1);
  sk_cor_group_free (correlate, group);
}

static void
feed_use (SkCorrelate *correlate, const SkCorUse *use, const SkCorEvent *event)
{
  if (!gather_all (correlate, use, event))
    return;
  uint32_t n = n_groups (correlate, use->plan);
  for (uint32_t i = 0; i < n; i++)
    {
      SkSpan key = make_key (correlate, use->plan, i);
      SkCorGroup *group = sk_cor_group (correlate, use->plan, key, event);
      if (!sk_cor_count (correlate, group, event))
        forget_group (correlate, group);
      sk_cor_make_room (correlate);
    }
}

static void
feed (SkCorrelate *correlate, const SkCorEvent *event)
{
  const GPtrArray *uses = correlate->uses[event->rule];
  for (guint i = 0; i < uses->len; i++)
    feed_use (correlate, g_ptr_array_index (uses, i), event);
}

/* What fired becomes an event; correlations go round in no circle, so this ends. */
static void
drain (SkCorrelate *correlate)
{
  SkCorFired *fired;
  while ((fired = g_queue_pop_head (&correlate->fired)) != NULL)
    {
      SkCorEvent event = { .rule = fired->plan->rule, .mark = fired->mark,
                           .serial = correlate->serial++, .values = sk_cor_fired_values,
                           .event = fired };
      correlate->depth = fired->depth;
      g_assert (fired->depth <= correlate->plans->len);
      feed (correlate, &event);
      sk_cor_fired_free (correlate, fired);
    }
  correlate->depth = 0;
}

/* ---- time ---- */

static int64_t
due_of (const SkCorSpan *span)
{
  int64_t due = INT64_MAX;
  if (span->waves.head != NULL)
    due = sk_cor_later (((SkCorGroup *) span->waves.head->data)->time, span->length);
  if (span->windows.head != NULL)
    due = MIN (due, sk_cor_later (((SkCorGroup *) span->windows.head->data)->opened,
                                  span->length));
  return due;
}

static int64_t
next_due (const SkCorrelate *correlate)
{
  int64_t due = INT64_MAX;
  for (guint i = 0; i < correlate->spans->len; i++)
    due = MIN (due, due_of (g_ptr_array_index (correlate->spans, i)));
  return due;
}

static void
end_waves (SkCorrelate *correlate, SkCorSpan *span, int64_t now)
{
  while (span->waves.head != NULL)
    {
      SkCorGroup *group = span->waves.head->data;
      if (sk_cor_later (group->time, span->length) > now)
        return;
      sk_cor_group_free (correlate, group);
    }
}

/* Of the windows that close by `now` the one that opened first. */
static SkCorGroup *
next_window (const SkCorrelate *correlate, int64_t now)
{
  SkCorGroup *first = NULL;
  for (guint i = 0; i < correlate->spans->len; i++)
    {
      const SkCorSpan *span = g_ptr_array_index (correlate->spans, i);
      SkCorGroup *group = span->windows.head != NULL ? span->windows.head->data : NULL;
      if (group != NULL && sk_cor_later (group->opened, span->length) <= now
          && (first == NULL || group->serial < first->serial))
        first = group;
    }
  return first;
}

static void
pass_time (SkCorrelate *correlate, int64_t now)
{
  int64_t due;
  while (correlate->ages.length > 0 && (due = next_due (correlate)) <= now)
    {
      SkCorGroup *window;
      for (guint i = 0; i < correlate->spans->len; i++)
        end_waves (correlate, g_ptr_array_index (correlate->spans, i), due);
      while ((window = next_window (correlate, due)) != NULL)
        sk_cor_close (correlate, window);
      drain (correlate);
    }
  correlate->due = next_due (correlate);
}

void
sk_correlate_event (SkCorrelate *correlate, const SkCorrelateEvent *source)
{
  if (!sk_correlate_needs (correlate, source->rule))
    return;
  int64_t time = CLAMP (source->place.time, -LAST_TIME, LAST_TIME);
  correlate->now = MAX (correlate->now, time);
  if (correlate->due <= correlate->now)
    pass_time (correlate, correlate->now);
  SkCorEvent event = { .rule = source->rule, .serial = correlate->serial++,
                       .values = source->values, .event = source->event };
  event.mark = (SkCorMark) { correlate->now, source->place.position,
                             sk_cor_where (correlate, source->place.job, source->place.object) };
  feed (correlate, &event);
  sk_cor_mark_unref (correlate, &event.mark);
  drain (correlate);
}

void
sk_correlate_end (SkCorrelate *correlate)
{
  pass_time (correlate, INT64_MAX);
}
