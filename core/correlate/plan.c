/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the correlations of a set ask for: which rules they are made of, what
 * fields are called there, when they fire. Made once; nothing of events here.
 */
#include "config.h"

#include "correlate/correlate-private.h"

static void
use_free (void *data)
{
  SkCorUse *use = data;
  g_free (use->fields);
  g_free (use);
}

static SkCorSpan *
span_of (SkCorrelate *correlate, int64_t length)
{
  for (guint i = 0; i < correlate->spans->len; i++)
    {
      SkCorSpan *span = g_ptr_array_index (correlate->spans, i);
      if (span->length == length)
        return span;
    }
  SkCorSpan *span = g_new0 (SkCorSpan, 1);
  span->length = length;
  g_ptr_array_add (correlate->spans, span);
  return span;
}

static uint32_t
distinct_rules (const SkSigmaCorrelation *what)
{
  uint32_t count = 0;
  for (uint32_t i = 0; i < what->n_rules; i++)
    {
      uint32_t j = 0;
      while (j < i && what->rule_index[j] != what->rule_index[i])
        j++;
      count += j == i;
    }
  return count;
}

static bool
is_temporal (const SkSigmaCorrelation *what)
{
  return what->type == SK_SIGMA_TEMPORAL || what->type == SK_SIGMA_TEMPORAL_ORDERED;
}

/* So many make a wave fire. Without bounds all rules have to be there; a chain takes a rule as often
 * as it is written. */
static void
take_bounds (SkCorPlan *plan)
{
  const SkSigmaCorrelation *what = plan->what;
  plan->least = 1;
  if (what->n_bounds == 0 && is_temporal (what))
    plan->least = what->type == SK_SIGMA_TEMPORAL ? distinct_rules (what) : what->n_rules;
  for (uint32_t i = 0; i < what->n_bounds; i++)
    {
      const SkSigmaBound *bound = &what->bounds[i];
      if (bound->compare == SK_SIGMA_GTE)
        plan->least = MAX (plan->least, bound->value);
      else if (bound->compare == SK_SIGMA_GT)
        plan->least = MAX (plan->least, bound->value + (bound->value < UINT64_MAX));
      else
        plan->closes = true;
    }
  plan->length = what->n_rules;
  if (!plan->closes)
    plan->length = (uint32_t) MIN (plan->length, plan->least);
}

bool
sk_cor_plan_holds (const SkCorPlan *plan, uint64_t count)
{
  for (uint32_t i = 0; i < plan->what->n_bounds; i++)
    {
      uint64_t value = plan->what->bounds[i].value;
      bool holds = false;
      switch (plan->what->bounds[i].compare)
        {
        case SK_SIGMA_EQ: holds = count == value; break;
        case SK_SIGMA_NEQ: holds = count != value; break;
        case SK_SIGMA_LT: holds = count < value; break;
        case SK_SIGMA_LTE: holds = count <= value; break;
        case SK_SIGMA_GT: holds = count > value; break;
        case SK_SIGMA_GTE: holds = count >= value; break;
        }
      if (!holds)
        return false;
    }
  return true;
}

void
sk_cor_plan_lose (SkCorPlan *plan, uint64_t count)
{
  plan->lost += MIN (count, UINT64_MAX - plan->lost);
}

/* What records of the rule call the group-by name. */
static const char *
field_name (const SkSigmaCorrelation *what, uint32_t rule, const char *name)
{
  for (uint32_t i = 0; i < what->n_aliases; i++)
    {
      const SkSigmaAlias *alias = &what->aliases[i];
      if (what->rule_index[alias->rule] == rule && strcmp (alias->name, name) == 0)
        return alias->field;
    }
  return name;
}

static void
add_use (SkCorrelate *correlate, SkCorPlan *plan, uint32_t rule)
{
  const SkSigmaCorrelation *what = plan->what;
  SkCorUse *use = g_new0 (SkCorUse, 1);
  use->plan = plan;
  use->fields = g_new0 (const char *, what->n_group_by + 1);
  for (uint32_t i = 0; i < what->n_group_by; i++)
    use->fields[i] = field_name (what, rule, what->group_by[i]);
  if (what->type == SK_SIGMA_VALUE_COUNT)
    use->value_field = field_name (what, rule, what->value_field);
  if (correlate->uses[rule] == NULL)
    correlate->uses[rule] = g_ptr_array_new_with_free_func (use_free);
  g_ptr_array_add (correlate->uses[rule], use);
}

static bool
is_used_by (SkCorrelate *correlate, const SkCorPlan *plan, uint32_t rule)
{
  GPtrArray *uses = correlate->uses[rule];
  return uses != NULL && ((SkCorUse *) g_ptr_array_index (uses, uses->len - 1))->plan == plan;
}

static void
add_plan (SkCorrelate *correlate, uint32_t rule, const SkSigmaRule *source)
{
  SkCorPlan *plan = g_new0 (SkCorPlan, 1);
  plan->rule = rule;
  plan->what = source->correlation;
  plan->silent = source->silent;
  plan->span = span_of (correlate, source->correlation->timespan_ns);
  take_bounds (plan);
  g_ptr_array_add (correlate->plans, plan);
  for (uint32_t i = 0; i < plan->what->n_rules; i++)
    if (!is_used_by (correlate, plan, plan->what->rule_index[i]))
      add_use (correlate, plan, plan->what->rule_index[i]);
}

void
sk_cor_plan (SkCorrelate *correlate, const SkSigmaRule *const *rules, uint32_t n_rules)
{
  correlate->plans = g_ptr_array_new_with_free_func (g_free);
  correlate->spans = g_ptr_array_new_with_free_func (g_free);
  correlate->uses = g_new0 (GPtrArray *, (gsize) n_rules + 1);
  correlate->n_rules = n_rules;
  for (uint32_t i = 0; i < n_rules; i++)
    if (rules[i]->correlation != NULL)
      add_plan (correlate, i, rules[i]);
  for (guint i = 0; i < correlate->plans->len; i++)
    {
      SkCorPlan *plan = g_ptr_array_index (correlate->plans, i);
      plan->needed = correlate->uses[plan->rule] != NULL;
    }
}

void
sk_cor_plan_free (SkCorrelate *correlate)
{
  for (uint32_t i = 0; i < correlate->n_rules; i++)
    g_clear_pointer (&correlate->uses[i], g_ptr_array_unref);
  g_free (correlate->uses);
  g_ptr_array_unref (correlate->spans);
  g_ptr_array_unref (correlate->plans);
}
