/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Correlations by the plain reading of correlate.h: everything that happened
 * in a group is kept and looked at again at every event. Shares nothing with
 * core/correlate but its header; slow, for short streams.
 */
#include "config.h"

#include "core/correlate/tests/set.h"

#include "base/limits.h"

/* An event as it came to a group. */
typedef struct Seen {
  int64_t time;
  uint32_t rule;
  char **values; /* of the counted field */
  const char *job, *object;
  uint64_t position;
} Seen;

typedef struct Found {
  uint32_t rule;
  uint64_t count;
  char **names, **values;
  GArray *seen; /* of Seen; those that are named */
} Found;

typedef struct Group {
  uint32_t rule;
  char **values; /* of group-by */
  GArray *seen;  /* of Seen */
  int64_t opened;
  Found *wave;
  bool over;
} Group;

/* What goes through the rules: from outside, or fired. */
typedef struct Thing {
  uint32_t rule;
  int64_t time;
  const char *job, *object;
  uint64_t position;
  char **fields;
} Thing;

typedef struct Oracle {
  const Set *set;
  GPtrArray *groups; /* in order of making */
  GPtrArray *found;
  GQueue things;
  GPtrArray *memory;
} Oracle;

static void
seen_clear (void *data)
{
  g_strfreev (((Seen *) data)->values);
}

static GArray *
seen_list (void)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_array_set_clear_func (list, seen_clear);
  return list;
}

static void
seen_add (GArray *list, const Seen *seen)
{
  Seen copy = *seen;
  copy.values = g_strdupv (seen->values);
  g_array_append_val (list, copy);
}

static const Seen *
at (const GArray *list, guint index)
{
  return &g_array_index (list, Seen, index);
}

static void
found_free (void *data)
{
  Found *found = data;
  g_strfreev (found->names);
  g_strfreev (found->values);
  g_array_unref (found->seen);
  g_free (found);
}

static void
group_free (void *data)
{
  Group *group = data;
  g_strfreev (group->values);
  g_array_unref (group->seen);
  g_free (group);
}

static void
thing_free (void *data)
{
  Thing *thing = data;
  g_strfreev (thing->fields);
  g_free (thing);
}

static const SkSigmaCorrelation *
correlation (const Oracle *oracle, uint32_t rule)
{
  return ((const SkSigmaRule *) g_ptr_array_index (oracle->set->rules, rule))->correlation;
}

/* ---- what counts ---- */

static bool
holds (const SkSigmaCorrelation *what, uint64_t count)
{
  if (what->n_bounds == 0 && what->type == SK_SIGMA_TEMPORAL_ORDERED)
    return count >= what->n_rules;
  if (what->n_bounds == 0)
    {
      g_autoptr (GHashTable) rules = g_hash_table_new (NULL, NULL);
      for (uint32_t i = 0; i < what->n_rules; i++)
        g_hash_table_add (rules, GUINT_TO_POINTER (what->rule_index[i]));
      return count >= g_hash_table_size (rules);
    }
  for (uint32_t i = 0; i < what->n_bounds; i++)
    {
      uint64_t value = what->bounds[i].value;
      bool good[] = { [SK_SIGMA_EQ] = count == value, [SK_SIGMA_NEQ] = count != value,
                      [SK_SIGMA_LT] = count < value,  [SK_SIGMA_LTE] = count <= value,
                      [SK_SIGMA_GT] = count > value,  [SK_SIGMA_GTE] = count >= value };
      if (!good[what->bounds[i].compare])
        return false;
    }
  return true;
}

static bool
windows_close (const SkSigmaCorrelation *what)
{
  for (uint32_t i = 0; i < what->n_bounds; i++)
    if (what->bounds[i].compare != SK_SIGMA_GT && what->bounds[i].compare != SK_SIGMA_GTE)
      return true;
  return false;
}

static bool
in_later (const GArray *list, guint index, const char *value)
{
  for (guint i = index + 1; i < list->len; i++)
    if (g_strv_contains ((const char *const *) at (list, i)->values, value))
      return true;
  return false;
}

/* Distinct values, and of the events those that are the newest for one of theirs. */
static uint64_t
count_values (const GArray *list, GArray *ret_named)
{
  uint64_t count = 0;
  for (guint i = 0; i < list->len; i++)
    {
      const Seen *seen = at (list, i);
      bool newest = false;
      for (guint j = 0; seen->values[j] != NULL; j++)
        {
          bool again = in_later (list, i, seen->values[j]);
          for (guint k = 0; k < j; k++)
            again |= strcmp (seen->values[k], seen->values[j]) == 0;
          count += !again;
          newest |= !again;
        }
      if (newest)
        seen_add (ret_named, seen);
    }
  return count;
}

static uint64_t
count_rules (const GArray *list, GArray *ret_named)
{
  uint64_t count = 0;
  for (guint i = 0; i < list->len; i++)
    {
      guint j = i + 1;
      while (j < list->len && at (list, j)->rule != at (list, i)->rule)
        j++;
      if (j < list->len)
        continue;
      count++;
      seen_add (ret_named, at (list, i));
    }
  return count;
}

/* The better chain: longer; then by its first event, its last, the one before the last… */
static bool
is_better (const guint *a, guint n_a, const guint *b, guint n_b)
{
  if (n_a != n_b || n_a == 0)
    return n_a > n_b;
  if (a[0] != b[0])
    return a[0] > b[0];
  for (guint i = n_a; i-- > 0;)
    if (a[i] != b[i])
      return a[i] > b[i];
  return false;
}

typedef struct Search {
  const SkSigmaCorrelation *what;
  const GArray *list;
  guint most; /* longer chains are not looked for */
  guint chain[16], best[16];
  guint n_best;
} Search;

static void
try_chains (Search *search, guint event, uint32_t place, guint n)
{
  if (is_better (search->chain, n, search->best, search->n_best))
    {
      memcpy (search->best, search->chain, sizeof search->best);
      search->n_best = n;
    }
  for (guint i = event; n < search->most && i < search->list->len; i++)
    for (uint32_t j = place; j < search->what->n_rules; j++)
      if (search->what->rule_index[j] == at (search->list, i)->rule)
        {
          search->chain[n] = i;
          try_chains (search, i + 1, j + 1, n + 1);
        }
}

/* A wave begins as soon as a chain is long enough. */
static guint
long_enough (const SkSigmaCorrelation *what)
{
  guint n = 1;
  while (!windows_close (what) && n < what->n_rules && !holds (what, n))
    n++;
  return windows_close (what) ? what->n_rules : n;
}

static uint64_t
count_chain (const SkSigmaCorrelation *what, const GArray *list, GArray *ret_named)
{
  Search search = { .what = what, .list = list, .most = long_enough (what) };
  try_chains (&search, 0, 0, 0);
  for (guint i = 0; i < search.n_best; i++)
    seen_add (ret_named, at (list, search.best[i]));
  return search.n_best;
}

static uint64_t
count (const SkSigmaCorrelation *what, const GArray *list, GArray *ret_named)
{
  switch (what->type)
    {
    case SK_SIGMA_VALUE_COUNT: return count_values (list, ret_named);
    case SK_SIGMA_TEMPORAL: return count_rules (list, ret_named);
    case SK_SIGMA_TEMPORAL_ORDERED: return count_chain (what, list, ret_named);
    case SK_SIGMA_EVENT_COUNT:
    default:
      for (guint i = 0; i < list->len; i++)
        seen_add (ret_named, at (list, i));
      return list->len;
    }
}

/* ---- firing ---- */

static Found *
fire (Oracle *oracle, Group *group, uint64_t n, GArray *named, int64_t time)
{
  const SkSigmaCorrelation *what = correlation (oracle, group->rule);
  Found *found = g_new0 (Found, 1);
  found->rule = group->rule;
  found->count = n;
  found->names = g_strdupv ((char **) what->group_by);
  found->values = g_strdupv (group->values);
  found->seen = g_array_ref (named);
  g_ptr_array_add (oracle->found, found);
  const Seen *last = at (named, named->len - 1);
  Thing *thing = g_new0 (Thing, 1);
  *thing = (Thing) { group->rule, time, last->job, last->object, last->position, NULL };
  thing->fields = g_new0 (char *, what->n_group_by + 1);
  for (uint32_t i = 0; i < what->n_group_by; i++)
    thing->fields[i] = g_strconcat (what->group_by[i], "=", group->values[i], NULL);
  g_ptr_array_add (oracle->memory, thing);
  g_queue_push_tail (&oracle->things, thing);
  return found;
}

/* Distinct values or rules of the whole wave: of what it began with and all that came. */
static uint64_t
wave_count (const SkSigmaCorrelation *what, const Found *wave)
{
  g_autoptr (GArray) named = seen_list ();
  if (what->type == SK_SIGMA_TEMPORAL_ORDERED)
    return wave->count;
  return count (what, wave->seen, named);
}

static void
come_sliding (Oracle *oracle, Group *group, const Seen *seen)
{
  const SkSigmaCorrelation *what = correlation (oracle, group->rule);
  if (group->seen->len > 0 && at (group->seen, group->seen->len - 1)->time
                                  <= seen->time - what->timespan_ns)
    {
      g_array_set_size (group->seen, 0);
      group->wave = NULL;
    }
  seen_add (group->seen, seen);
  if (group->wave != NULL)
    {
      seen_add (group->wave->seen, seen);
      group->wave->count = wave_count (what, group->wave);
      return;
    }
  g_autoptr (GArray) window = seen_list ();
  g_autoptr (GArray) named = seen_list ();
  for (guint i = 0; i < group->seen->len; i++)
    if (at (group->seen, i)->time > seen->time - what->timespan_ns)
      seen_add (window, at (group->seen, i));
  uint64_t n = count (what, window, named);
  if (!holds (what, n))
    return;
  group->wave = fire (oracle, group, n, named, seen->time);
}

static void
come (Oracle *oracle, Group *group, const Seen *seen)
{
  if (windows_close (correlation (oracle, group->rule)))
    seen_add (group->seen, seen);
  else
    come_sliding (oracle, group, seen);
}

static void
close_window (Oracle *oracle, Group *group, int64_t time)
{
  const SkSigmaCorrelation *what = correlation (oracle, group->rule);
  g_autoptr (GArray) named = seen_list ();
  uint64_t n = count (what, group->seen, named);
  group->over = true;
  if (holds (what, n))
    (void) fire (oracle, group, n, named, time);
}

/* ---- groups of an event ---- */

static Group *
group_of (Oracle *oracle, uint32_t rule, char **values, int64_t time)
{
  for (guint i = 0; i < oracle->groups->len; i++)
    {
      Group *group = g_ptr_array_index (oracle->groups, i);
      if (!group->over && group->rule == rule
          && g_strv_equal ((const char *const *) group->values, (const char *const *) values))
        return group;
    }
  Group *group = g_new0 (Group, 1);
  group->rule = rule;
  group->values = g_strdupv (values);
  group->seen = seen_list ();
  group->opened = time;
  g_ptr_array_add (oracle->groups, group);
  return group;
}

static const char *
name_in (const SkSigmaCorrelation *what, uint32_t rule, const char *name)
{
  for (uint32_t i = 0; i < what->n_aliases; i++)
    if (strcmp (what->aliases[i].name, name) == 0
        && what->rule_index[what->aliases[i].rule] == rule)
      return what->aliases[i].field;
  return name;
}

static char **
values_of (const Thing *thing, const char *field)
{
  GStrvBuilder *list = g_strv_builder_new ();
  g_autofree char *head = g_strconcat (field, "=", NULL);
  for (char **pair = thing->fields; *pair != NULL; pair++)
    {
      const char *value = *pair + strlen (head);
      bool fits = g_str_has_prefix (*pair, head) && *value != '\0';
      for (char **before = thing->fields; fits && before < pair; before++)
        fits = strcmp (*before, *pair) != 0;
      if (fits)
        g_strv_builder_add (list, value);
    }
  char **values = g_strv_builder_end (list);
  g_strv_builder_unref (list);
  return values;
}

static void
each_group (Oracle *oracle, uint32_t rule, const Thing *thing, const Seen *seen, char **values,
            uint32_t depth)
{
  const SkSigmaCorrelation *what = correlation (oracle, rule);
  if (depth == what->n_group_by)
    {
      come (oracle, group_of (oracle, rule, values, seen->time), seen);
      return;
    }
  g_auto (GStrv) list = values_of (thing, name_in (what, thing->rule, what->group_by[depth]));
  for (char **value = list; *value != NULL; value++)
    {
      values[depth] = *value;
      each_group (oracle, rule, thing, seen, values, depth + 1);
    }
  values[depth] = NULL;
}

static void
come_to_rule (Oracle *oracle, uint32_t rule, const Thing *thing)
{
  const SkSigmaCorrelation *what = correlation (oracle, rule);
  bool is_one = false;
  for (uint32_t i = 0; what != NULL && i < what->n_rules; i++)
    is_one |= what->rule_index[i] == thing->rule;
  if (!is_one)
    return;
  g_auto (GStrv) counted = g_new0 (char *, 1);
  if (what->type == SK_SIGMA_VALUE_COUNT)
    {
      g_strfreev (counted);
      counted = values_of (thing, name_in (what, thing->rule, what->value_field));
      if (counted[0] == NULL)
        return;
    }
  Seen seen = { thing->time, thing->rule, counted, thing->job, thing->object, thing->position };
  g_autofree char **values = g_new0 (char *, what->n_group_by + 1);
  each_group (oracle, rule, thing, &seen, values, 0);
}

static void
go (Oracle *oracle, const Thing *first)
{
  const Thing *thing = first;
  for (; thing != NULL; thing = g_queue_pop_head (&oracle->things))
    for (uint32_t rule = 0; rule < oracle->set->rules->len; rule++)
      come_to_rule (oracle, rule, thing);
}

/* ---- time ---- */

static int64_t
close_of (const Oracle *oracle, const Group *group)
{
  const SkSigmaCorrelation *what = correlation (oracle, group->rule);
  return group->over || !windows_close (what) ? INT64_MAX : group->opened + what->timespan_ns;
}

static void
pass (Oracle *oracle, int64_t now)
{
  for (;;)
    {
      int64_t next = INT64_MAX;
      for (guint i = 0; i < oracle->groups->len; i++)
        next = MIN (next, close_of (oracle, g_ptr_array_index (oracle->groups, i)));
      if (next > now || next == INT64_MAX)
        return;
      guint n = oracle->groups->len;
      for (guint i = 0; i < n; i++)
        if (close_of (oracle, g_ptr_array_index (oracle->groups, i)) == next)
          close_window (oracle, g_ptr_array_index (oracle->groups, i), next);
      go (oracle, g_queue_pop_head (&oracle->things));
    }
}

static void
print (const Found *found, bool jobs, GString *text)
{
  SkCorrelatePlace places[SK_MAX_CORRELATE_PLACES];
  size_t n = 0;
  for (guint i = 0; i < found->seen->len; i++)
    {
      const Seen *seen = at (found->seen, i);
      SkCorrelatePlace place = { seen->job, seen->object, seen->position, seen->time };
      if (n > 0 && places[n - 1].job == place.job && places[n - 1].object == place.object
          && places[n - 1].position == place.position && places[n - 1].time == place.time)
        continue;
      if (n == SK_MAX_CORRELATE_PLACES)
        n--;
      places[n++] = place;
    }
  SkCorrelateFinding finding = { .rule = found->rule, .first = at (found->seen, 0)->time,
                                 .last = at (found->seen, found->seen->len - 1)->time,
                                 .count = found->count,
                                 .group_names = (const char *const *) found->names,
                                 .group_values = (const char *const *) found->values,
                                 .places = places, .n_places = n };
  finding_print (text, &finding, jobs);
}

void
oracle_run (const Set *set, const Event *events, size_t n, bool jobs, GString *text)
{
  Oracle oracle = { set, g_ptr_array_new_with_free_func (group_free),
                    g_ptr_array_new_with_free_func (found_free), G_QUEUE_INIT,
                    g_ptr_array_new_with_free_func (thing_free) };
  int64_t now = INT64_MIN;
  for (size_t i = 0; i < n; i++)
    {
      now = MAX (now, events[i].time);
      pass (&oracle, now);
      Thing thing = { events[i].rule, now, events[i].job, events[i].object, events[i].position,
                      (char **) events[i].fields };
      go (&oracle, &thing);
    }
  pass (&oracle, INT64_MAX);
  for (guint i = 0; i < oracle.found->len; i++)
    {
      const Found *found = g_ptr_array_index (oracle.found, i);
      if (!((const SkSigmaRule *) g_ptr_array_index (set->rules, found->rule))->silent)
        print (found, jobs, text);
    }
  g_ptr_array_unref (oracle.found);
  g_ptr_array_unref (oracle.groups);
  g_ptr_array_unref (oracle.memory);
}
