/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What happens in one group: events, values, rules and chains counted, waves
 * begun and gone on with, windows judged at their close.
 */
#include "config.h"

#include "correlate/correlate-private.h"

/* ---- event_count: the newest events, never more than make a wave ---- */

static SkCorMark *
ring_at (const SkCorRing *ring, size_t index)
{
  return &ring->marks[(ring->head + index) % ring->room];
}

static void
ring_clear (SkCorrelate *correlate, SkCorRing *ring)
{
  for (size_t i = 0; i < ring->count; i++)
    sk_cor_mark_unref (correlate, ring_at (ring, i));
  sk_cor_free (correlate, ring->marks, ring->room * sizeof (SkCorMark));
  *ring = (SkCorRing) { 0 };
}

static bool
ring_grow (SkCorrelate *correlate, SkCorRing *ring, uint64_t most)
{
  size_t room = (size_t) MIN (most, MAX (ring->room * 2, 4));
  if (room > correlate->limits.bytes / sizeof (SkCorMark))
    return false;
  SkCorMark *marks = sk_cor_new (correlate, room * sizeof (SkCorMark));
  for (size_t i = 0; i < ring->count; i++)
    marks[i] = *ring_at (ring, i);
  sk_cor_free (correlate, ring->marks, ring->room * sizeof (SkCorMark));
  ring->marks = marks;
  ring->room = room;
  ring->head = 0;
  return true;
}

static bool
ring_push (SkCorrelate *correlate, SkCorGroup *group, const SkCorMark *mark)
{
  SkCorRing *ring = &group->ring;
  while (ring->count > 0
         && sk_cor_out (ring_at (ring, 0)->time, mark->time, group->plan->span->length))
    {
      sk_cor_mark_unref (correlate, ring_at (ring, 0));
      ring->head = (ring->head + 1) % ring->room;
      ring->count--;
    }
  if (ring->count == ring->room && !ring_grow (correlate, ring, group->plan->least))
    return false;
  ring->count++;
  *ring_at (ring, ring->count - 1) = sk_cor_mark_ref (mark);
  return true;
}

/* ---- value_count and temporal: each value with its newest event ---- */

static void
value_free (SkCorrelate *correlate, SkCorValue *value)
{
  g_hash_table_remove (correlate->values, value);
  g_queue_unlink (&value->group->values, &value->link);
  sk_cor_mark_unref (correlate, &value->mark);
  correlate->bytes -= SK_COR_TABLE_ENTRY;
  sk_cor_free (correlate, value, sizeof (SkCorValue) + value->size);
}

static void
drop_old_values (SkCorrelate *correlate, SkCorGroup *group, int64_t now)
{
  GList *head;
  while ((head = group->values.head) != NULL
         && sk_cor_out (((SkCorValue *) head->data)->mark.time, now, group->plan->span->length))
    value_free (correlate, head->data);
}

static void
see_value (SkCorrelate *correlate, SkCorGroup *group, SkSpan bytes, const SkCorMark *mark)
{
  SkCorValue *value = sk_cor_new (correlate, sizeof (SkCorValue) + bytes.size);
  value->link.data = value;
  value->group = group;
  value->size = bytes.size;
  memcpy (value->bytes, bytes.data, bytes.size);
  value->hash = sk_cor_hash (correlate, group->hash, bytes);
  SkCorValue *known = g_hash_table_lookup (correlate->values, value);
  if (known != NULL)
    {
      sk_cor_free (correlate, value, sizeof (SkCorValue) + value->size);
      value = known;
      g_queue_unlink (&group->values, &value->link);
      sk_cor_mark_unref (correlate, &value->mark);
    }
  else
    {
      g_hash_table_add (correlate->values, value);
      correlate->bytes += SK_COR_TABLE_ENTRY;
    }
  value->mark = sk_cor_mark_ref (mark);
  g_queue_push_tail_link (&group->values, &value->link);
}

static void
see_values (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event)
{
  const SkCorGather *counted = correlate->counted;
  if (!group->plan->closes && group->wave == NULL)
    drop_old_values (correlate, group, event->mark.time);
  if (group->plan->what->type == SK_SIGMA_TEMPORAL)
    {
      SkSpan rule = { (const uint8_t *) &event->rule, sizeof event->rule };
      see_value (correlate, group, rule, &event->mark);
      return;
    }
  size_t start = 0;
  for (guint i = 0; i < counted->ends->len; i++)
    {
      size_t end = g_array_index (counted->ends, size_t, i);
      SkSpan value = { counted->text->data + start, end - start };
      see_value (correlate, group, value, &event->mark);
      start = end;
    }
}

/* ---- temporal_ordered: for each length the chain that begins last ---- */

static void
step_unref (SkCorrelate *correlate, SkCorStep *step)
{
  while (step != NULL && --step->refs == 0)
    {
      SkCorStep *before = step->before;
      sk_cor_mark_unref (correlate, &step->mark);
      sk_cor_free (correlate, step, sizeof (SkCorStep));
      step = before;
    }
}

static SkCorStep *
step_new (SkCorrelate *correlate, SkCorStep *before, const SkCorEvent *event)
{
  SkCorStep *step = sk_cor_new (correlate, sizeof (SkCorStep));
  step->refs = 1;
  step->before = before;
  if (before != NULL)
    before->refs++;
  step->mark = sk_cor_mark_ref (&event->mark);
  step->start = before != NULL ? before->start : event->mark.time;
  step->serial = before != NULL ? before->serial : event->serial;
  step->last = event->serial;
  return step;
}

static SkCorStep **
chain_at (const SkCorGroup *group, uint32_t place, uint32_t length)
{
  return &group->chains[(size_t) place * group->plan->length + length - 1];
}

/* The chain begins later; or the event has already been put there, as a later place of the rules. */
static bool
is_newer (const SkCorStep *chain, const SkCorStep *step, const SkCorEvent *event)
{
  return chain->serial > step->serial
         || (chain->serial == step->serial && chain->last == event->serial);
}

/* The event stands at `place` of the rules: it makes longer what was there before it. */
static void
lengthen (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event, uint32_t place,
          uint32_t length)
{
  const SkCorPlan *plan = group->plan;
  SkCorStep *before = NULL;
  if (length > 1)
    {
      before = place > 0 ? *chain_at (group, place - 1, length - 1) : NULL;
      if (before == NULL
          || (!plan->closes && sk_cor_out (before->start, event->mark.time, plan->span->length)))
        return;
    }
  SkCorStep *step = step_new (correlate, before, event);
  for (uint32_t i = place; i < plan->what->n_rules; i++)
    {
      SkCorStep **chain = chain_at (group, i, length);
      if (*chain != NULL && is_newer (*chain, step, event))
        continue;
      step_unref (correlate, *chain);
      step->refs++;
      *chain = step;
    }
  step_unref (correlate, step);
}

static size_t
chains_size (const SkCorPlan *plan)
{
  return sizeof (SkCorStep *) * plan->length * plan->what->n_rules;
}

/* From the last place to the first: no chain takes the event twice. */
static void
see_step (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event)
{
  const SkCorPlan *plan = group->plan;
  if (group->chains == NULL)
    group->chains = sk_cor_new (correlate, chains_size (plan));
  for (uint32_t i = plan->what->n_rules; i-- > 0;)
    if (plan->what->rule_index[i] == event->rule)
      for (uint32_t length = 1; length <= plan->length; length++)
        lengthen (correlate, group, event, i, length);
}

static SkCorStep *
longest_chain (const SkCorGroup *group, uint32_t *ret_length)
{
  const SkCorPlan *plan = group->plan;
  for (uint32_t length = plan->length; length > 0; length--)
    {
      SkCorStep *step = *chain_at (group, plan->what->n_rules - 1, length);
      if (step != NULL
          && (plan->closes || !sk_cor_out (step->start, group->time, plan->span->length)))
        {
          *ret_length = length;
          return step;
        }
    }
  *ret_length = 0;
  return NULL;
}

static void
chains_clear (SkCorrelate *correlate, SkCorGroup *group)
{
  const SkCorPlan *plan = group->plan;
  if (group->chains == NULL)
    return;
  for (size_t i = 0; i < (size_t) plan->length * plan->what->n_rules; i++)
    step_unref (correlate, group->chains[i]);
  sk_cor_free (correlate, group->chains, chains_size (plan));
  group->chains = NULL;
}

static void
mark_steps (SkCorrelate *correlate, SkCorWave *wave, const SkCorStep *last, uint32_t length)
{
  g_autofree const SkCorStep **steps = g_new (const SkCorStep *, length);
  for (uint32_t i = length; i-- > 0; last = last->before)
    steps[i] = last;
  for (uint32_t i = 0; i < length; i++)
    sk_cor_wave_mark (correlate, wave, &steps[i]->mark);
}

/* ---- all types ---- */

static uint64_t
count_of (const SkCorGroup *group)
{
  uint32_t length;
  switch (group->plan->what->type)
    {
    case SK_SIGMA_EVENT_COUNT:
      return group->plan->closes ? group->wave->count : group->ring.count;
    case SK_SIGMA_TEMPORAL_ORDERED:
      (void)longest_chain (group, &length);
      return length;
    case SK_SIGMA_VALUE_COUNT:
    case SK_SIGMA_TEMPORAL:
    default:
      return group->values.length;
    }
}

/* What was counted up to now is what the finding names. */
static void
begin_wave (SkCorrelate *correlate, SkCorGroup *group)
{
  uint64_t count = count_of (group);
  SkCorWave *wave = sk_cor_wave_new (correlate, group);
  wave->count = count;
  for (size_t i = 0; i < group->ring.count; i++)
    sk_cor_wave_mark (correlate, wave, ring_at (&group->ring, i));
  for (const GList *link = group->values.head; link != NULL; link = link->next)
    sk_cor_wave_mark (correlate, wave, &((SkCorValue *) link->data)->mark);
  if (group->chains != NULL)
    {
      uint32_t length;
      const SkCorStep *last = longest_chain (group, &length);
      mark_steps (correlate, wave, last, length);
    }
  ring_clear (correlate, &group->ring);
  chains_clear (correlate, group);
}

static void
go_on (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event)
{
  SkSigmaCorrelationType type = group->plan->what->type;
  if (type == SK_SIGMA_EVENT_COUNT)
    group->wave->count++;
  else if (type != SK_SIGMA_TEMPORAL_ORDERED)
    {
      see_values (correlate, group, event);
      group->wave->count = group->values.length;
    }
  sk_cor_wave_mark (correlate, group->wave, &event->mark);
}

/* A window that counts events needs none of them but the places. */
static bool
take_in (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event)
{
  SkSigmaCorrelationType type = group->plan->what->type;
  if (type == SK_SIGMA_TEMPORAL_ORDERED)
    see_step (correlate, group, event);
  else if (type != SK_SIGMA_EVENT_COUNT)
    see_values (correlate, group, event);
  else if (!group->plan->closes)
    return ring_push (correlate, group, &event->mark);
  else
    {
      if (group->wave == NULL)
        sk_cor_wave_new (correlate, group);
      group->wave->count++;
      sk_cor_wave_mark (correlate, group->wave, &event->mark);
    }
  return true;
}

bool
sk_cor_count (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event)
{
  sk_cor_group_touch (correlate, group, event->mark.time);
  if (!group->plan->closes && group->wave != NULL)
    {
      go_on (correlate, group, event);
      return true;
    }
  if (!take_in (correlate, group, event))
    return false;
  if (!group->plan->closes && count_of (group) >= group->plan->least)
    {
      begin_wave (correlate, group);
      sk_cor_wave_fire (correlate, group, event->mark.time);
    }
  return true;
}

void
sk_cor_close (SkCorrelate *correlate, SkCorGroup *group)
{
  if (sk_cor_plan_holds (group->plan, count_of (group)))
    {
      if (group->wave == NULL)
        begin_wave (correlate, group);
      sk_cor_wave_fire (correlate, group,
                        sk_cor_later (group->opened, group->plan->span->length));
    }
  sk_cor_group_free (correlate, group);
}

void
sk_cor_count_clear (SkCorrelate *correlate, SkCorGroup *group)
{
  ring_clear (correlate, &group->ring);
  chains_clear (correlate, group);
  while (group->values.head != NULL)
    value_free (correlate, group->values.head->data);
}
