/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/** @file As set.h says. */
#include "config.h"

#include "core/correlate/tests/set.h"

#include "correlate/correlate-private.h"

#include <inttypes.h>
#include <stdlib.h>

static void *
keep (Set *set, void *memory)
{
  g_ptr_array_add (set->memory, memory);
  return memory;
}

void
set_init (Set *set)
{
  set->memory = g_ptr_array_new_with_free_func (g_free);
  set->rules = g_ptr_array_new ();
}

void
set_clear (Set *set)
{
  g_ptr_array_unref (set->rules);
  g_ptr_array_unref (set->memory);
}

uint32_t
set_plain (Set *set)
{
  g_ptr_array_add (set->rules, keep (set, g_new0 (SkSigmaRule, 1)));
  return set->rules->len - 1;
}

static const char *const *
words (Set *set, const char *text, uint32_t *ret_count)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  uint32_t n = text[0] == '\0' ? 0 : g_strv_length (parts);
  const char **list = keep (set, g_new0 (const char *, n + 1));
  for (uint32_t i = 0; i < n; i++)
    list[i] = keep (set, g_strdup (parts[i]));
  *ret_count = n;
  return list;
}

static SkSigmaCompare
compare_of (const char *name)
{
  static const char *const names[] = { "eq", "neq", "lt", "lte", "gt", "gte", NULL };
  for (int i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], name) == 0)
      return (SkSigmaCompare) i;
  g_assert_not_reached ();
}

static void
take_bounds (Set *set, SkSigmaCorrelation *what, const char *text)
{
  uint32_t n;
  const char *const *list = words (set, text, &n);
  SkSigmaBound *bounds = keep (set, g_new0 (SkSigmaBound, n / 2 + 1));
  what->bounds = bounds;
  what->n_bounds = n / 2;
  for (uint32_t i = 0; i < n / 2; i++)
    {
      bounds[i].compare = compare_of (list[2 * i]);
      bounds[i].value = g_ascii_strtoull (list[2 * i + 1], NULL, 10);
    }
}

SkSigmaRule *
set_correlation (Set *set, SkSigmaCorrelationType type, const char *of, const char *by, int64_t span,
                 const char *bounds, const char *field)
{
  SkSigmaRule *rule = keep (set, g_new0 (SkSigmaRule, 1));
  SkSigmaCorrelation *what = keep (set, g_new0 (SkSigmaCorrelation, 1));
  what->type = type;
  what->rules = words (set, of, &what->n_rules);
  uint32_t *numbers = keep (set, g_new0 (uint32_t, what->n_rules + 1));
  for (uint32_t i = 0; i < what->n_rules; i++)
    numbers[i] = (uint32_t) atoi (what->rules[i]);
  what->rule_index = numbers;
  what->group_by = words (set, by, &what->n_group_by);
  what->timespan_ns = span;
  what->value_field = field != NULL ? keep (set, g_strdup (field)) : NULL;
  take_bounds (set, what, bounds);
  rule->correlation = what;
  g_ptr_array_add (set->rules, rule);
  return rule;
}

void
set_alias (Set *set, SkSigmaRule *rule, const char *name, uint32_t place, const char *field)
{
  SkSigmaCorrelation *what = (SkSigmaCorrelation *) rule->correlation;
  SkSigmaAlias *list = keep (set, g_new0 (SkSigmaAlias, what->n_aliases + 1));
  for (uint32_t i = 0; i < what->n_aliases; i++)
    list[i] = what->aliases[i];
  list[what->n_aliases++]
      = (SkSigmaAlias) { keep (set, g_strdup (name)), place, keep (set, g_strdup (field)) };
  what->aliases = list;
}

void
finding_print (GString *text, const SkCorrelateFinding *finding, bool jobs)
{
  g_string_append_printf (text, "rule %u, %" PRId64 "-%" PRId64 ", %" PRIu64 ":", finding->rule,
                          finding->first, finding->last, finding->count);
  for (uint32_t i = 0; finding->group_names[i] != NULL; i++)
    g_string_append_printf (text, " %s=%s", finding->group_names[i], finding->group_values[i]);
  g_string_append (text, " at");
  for (size_t i = 0; i < finding->n_places; i++)
    {
      const SkCorrelatePlace *place = &finding->places[i];
      g_string_append_printf (text, " %s%s:%" PRIu64 "@%" PRId64, jobs ? place->job : "",
                              place->object, place->position, place->time);
    }
  g_string_append_c (text, '\n');
}

void
event_values (void *data_event, const char *field, void (*func) (void *data, SkSpan value), void *data)
{
  const Event *event = data_event;
  size_t length = strlen (field);
  for (const char *const *pair = event->fields; *pair != NULL; pair++)
    if (strncmp (*pair, field, length) == 0 && (*pair)[length] == '=')
      func (data, sk_span_of_text (*pair + length + 1));
}

typedef struct Out {
  GString *text;
  bool jobs;
} Out;

static void
take_finding (void *data, const SkCorrelateFinding *finding)
{
  const Out *out = data;
  finding_print (out->text, finding, out->jobs);
}

void
set_run (const Set *set, const Event *events, size_t n, const SkCorrelateLimits *limits, bool jobs,
         GString *text)
{
  Out out = { text, jobs };
  g_autoptr (SkCorrelate) correlate
      = sk_correlate_new_from ((const SkSigmaRule *const *) set->rules->pdata, set->rules->len,
                               limits, take_finding, &out);
  for (size_t i = 0; i < n; i++)
    {
      const Event *from = &events[i];
      SkCorrelateEvent event
          = { .rule = from->rule, .values = event_values, .event = (void *) from };
      event.place
          = (SkCorrelatePlace) { from->job, from->object, from->position, from->time };
      sk_correlate_event (correlate, &event);
    }
  sk_correlate_end (correlate);
}
