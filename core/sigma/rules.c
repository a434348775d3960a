/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The set of rules, and its join: after the last file doubles are left out,
 * correlations find the rules that they are made of, and filters theirs.
 *
 * Correlations are taken from below, those made of rules first: what is never
 * reached is made of itself.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

typedef struct Join {
  SkSigmaRules *rules;
  SkSigmaComplain complain;
  void *data;
  GHashTable *above; /* SkSigmaEntry → GPtrArray of the correlations that are made of it */
  GPtrArray *ready; /* of SkSigmaEntry: known to be good, or bad, and not yet told to those above */
} Join;

SkSigmaRules *
sk_sigma_rules_new (void)
{
  SkSigmaRules *rules = g_new0 (SkSigmaRules, 1);
  rules->rules = g_ptr_array_new ();
  rules->filters = g_ptr_array_new ();
  rules->by_name
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return rules;
}

void
sk_sigma_rules_free (SkSigmaRules *rules)
{
  if (rules == NULL)
    return;
  g_ptr_array_unref (rules->rules);
  g_ptr_array_unref (rules->filters);
  g_hash_table_unref (rules->by_name);
  sk_sigma_memory_clear (&rules->memory);
  g_free (rules);
}

const SkSigmaRule *
sk_sigma_rules_at (const SkSigmaRules *rules, uint32_t index)
{
  if (index >= rules->rules->len)
    return NULL;
  return &((const SkSigmaEntry *) g_ptr_array_index (rules->rules, index))->rule;
}

uint32_t
sk_sigma_rules_count (const SkSigmaRules *rules)
{
  return rules->rules->len;
}

static SkSigmaEntry *
entry_at (const SkSigmaRules *rules, guint index)
{
  return g_ptr_array_index (rules->rules, index);
}

/* ---- names ---- */

/* Ids are uuids, and written in either case. */
static char *
id_key (const char *id)
{
  g_autofree char *lower = g_ascii_strdown (id, -1);
  return g_strconcat ("i", lower, NULL);
}

GPtrArray *
sk_sigma_rules_find (SkSigmaRules *rules, const char *name)
{
  g_autofree char *id = id_key (name), *plain = g_strconcat ("n", name, NULL);
  GPtrArray *found = g_hash_table_lookup (rules->by_name, id);
  return found != NULL ? found : g_hash_table_lookup (rules->by_name, plain);
}

static SkSigmaEntry *
first_of (SkSigmaRules *rules, const char *key)
{
  GPtrArray *found = g_hash_table_lookup (rules->by_name, key);
  return found != NULL ? g_ptr_array_index (found, 0) : NULL;
}

static void
add_name (SkSigmaRules *rules, const char *key, SkSigmaEntry *entry)
{
  GPtrArray *found = g_hash_table_lookup (rules->by_name, key);
  if (found == NULL)
    {
      found = g_ptr_array_new ();
      g_hash_table_insert (rules->by_name, g_strdup (key), found);
    }
  g_ptr_array_add (found, entry);
}

/* The very same place: the documents of a collection have it in common. */
static bool
same_place (const SkSigmaEntry *a, uint32_t a_line, const SkSigmaEntry *b, uint32_t b_line)
{
  return a_line == b_line && a->rule.file == b->rule.file;
}

/* False, and it is left out, when the name or id is another rule's. */
static bool
check_double (const Join *join, const SkSigmaEntry *entry, const char *what, const char *word,
              const SkSigmaEntry *first, bool shared)
{
  if (first == NULL || shared)
    return true;
  sk_sigma_tell (join->complain, join->data, entry->rule.file, entry->rule.line,
                 _ ("the %s %s is also that of %s:%u"), what, word, first->rule.file,
                 first->rule.line);
  return false;
}

static bool
name_rule (const Join *join, SkSigmaEntry *entry)
{
  const SkSigmaRule *rule = &entry->rule;
  g_autofree char *id = rule->id != NULL ? id_key (rule->id) : NULL;
  g_autofree char *name = rule->name != NULL ? g_strconcat ("n", rule->name, NULL) : NULL;
  const SkSigmaEntry *by_id = id != NULL ? first_of (join->rules, id) : NULL;
  const SkSigmaEntry *by_name = name != NULL ? first_of (join->rules, name) : NULL;
  bool id_shared = by_id != NULL && same_place (entry, entry->id_line, by_id, by_id->id_line);
  bool name_shared
      = by_name != NULL && same_place (entry, entry->name_line, by_name, by_name->name_line);
  if (!check_double (join, entry, "id", rule->id, by_id, id_shared)
      || !check_double (join, entry, "name", rule->name, by_name, name_shared))
    return false;
  if (id != NULL)
    add_name (join->rules, id, entry);
  if (name != NULL)
    add_name (join->rules, name, entry);
  return true;
}

/* ---- correlations ---- */

static void
add_above (Join *join, SkSigmaEntry *below, SkSigmaEntry *above)
{
  GPtrArray *list = g_hash_table_lookup (join->above, below);
  if (list == NULL)
    {
      list = g_ptr_array_new ();
      g_hash_table_insert (join->above, below, list);
    }
  g_ptr_array_add (list, above);
  above->waiting++;
}

static void
leave_out (Join *join, SkSigmaEntry *entry, const char *name, const char *cause)
{
  if (entry->bad)
    return;
  entry->bad = true;
  g_ptr_array_add (join->ready, entry);
  sk_sigma_tell (join->complain, join->data, entry->rule.file, entry->rule.line,
                 _ ("the correlation is made of the rule \"%s\", %s"), name, cause);
}

/* Finds what the correlation is made of. */
static void
connect (Join *join, SkSigmaEntry *entry)
{
  const SkSigmaCorrelation *correlation = entry->rule.correlation;
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    {
      const char *name = correlation->rules[i];
      GPtrArray *found = sk_sigma_rules_find (join->rules, name);
      if (found == NULL)
        leave_out (join, entry, name, _ ("which is not there, or was left out"));
      else if (found->len > 1)
        leave_out (join, entry, name, _ ("of which there are several"));
      else
        add_above (join, g_ptr_array_index (found, 0), entry);
    }
}

/* One below it is settled. */
static void
settle (Join *join, SkSigmaEntry *entry, const SkSigmaEntry *below)
{
  const char *name = below->rule.name != NULL ? below->rule.name : below->rule.finding;
  entry->level = MAX (entry->level, below->level + 1);
  entry->waiting--;
  if (below->bad)
    leave_out (join, entry, name, _ ("which was left out"));
  else if (entry->level > SK_MAX_SIGMA_LEVELS)
    leave_out (join, entry, name, _ ("with too many correlations below each other"));
  else if (entry->waiting == 0 && !entry->bad)
    {
      entry->good = true;
      g_ptr_array_add (join->ready, entry);
    }
}

static void
settle_all (Join *join)
{
  for (guint i = 0; i < join->ready->len; i++)
    {
      SkSigmaEntry *below = g_ptr_array_index (join->ready, i);
      GPtrArray *above = g_hash_table_lookup (join->above, below);
      for (guint k = 0; above != NULL && k < above->len; k++)
        settle (join, g_ptr_array_index (above, k), below);
    }
}

static void
find_correlations (Join *join)
{
  for (guint i = 0; i < join->rules->rules->len; i++)
    {
      SkSigmaEntry *entry = entry_at (join->rules, i);
      entry->good = entry->rule.correlation == NULL && !entry->bad;
      if (entry->good)
        g_ptr_array_add (join->ready, entry);
      else if (!entry->bad)
        connect (join, entry);
    }
  settle_all (join);
  for (guint i = 0; i < join->rules->rules->len; i++)
    {
      SkSigmaEntry *entry = entry_at (join->rules, i);
      if (!entry->good && !entry->bad)
        sk_sigma_tell (join->complain, join->data, entry->rule.file, entry->rule.line,
                       _ ("the correlation is made of itself, or of one that is"));
    }
}

/* ---- the result ---- */

static void
keep_good (SkSigmaRules *rules)
{
  guint kept = 0;
  for (guint i = 0; i < rules->rules->len; i++)
    {
      SkSigmaEntry *entry = entry_at (rules, i);
      entry->index = kept;
      if (entry->good)
        rules->rules->pdata[kept++] = entry;
    }
  g_ptr_array_set_size (rules->rules, (int) kept);
}

static void
number_rules (SkSigmaRules *rules, SkSigmaEntry *entry)
{
  SkSigmaCorrelation *correlation = (SkSigmaCorrelation *) entry->rule.correlation;
  uint32_t *numbers = sk_sigma_take_array (&rules->memory, uint32_t, correlation->n_rules);
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    {
      SkSigmaEntry *below
          = g_ptr_array_index (sk_sigma_rules_find (rules, correlation->rules[i]), 0);
      numbers[i] = below->index;
      below->used = true;
      below->loud = below->loud || correlation->generate;
    }
  correlation->rule_index = numbers;
}

static void
finish (SkSigmaRules *rules)
{
  keep_good (rules);
  for (guint i = 0; i < rules->rules->len; i++)
    if (entry_at (rules, i)->rule.correlation != NULL)
      number_rules (rules, entry_at (rules, i));
  for (guint i = 0; i < rules->rules->len; i++)
    {
      SkSigmaEntry *entry = entry_at (rules, i);
      entry->rule.silent = entry->used && !entry->loud;
    }
}

void
sk_sigma_rules_join (SkSigmaRules *rules, SkSigmaComplain complain, void *data)
{
  g_assert (!rules->joined);
  rules->joined = true;
  Join join = { .rules = rules, .complain = complain, .data = data };
  join.above = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  join.ready = g_ptr_array_new ();
  for (guint i = 0; i < rules->rules->len; i++)
    entry_at (rules, i)->bad = !name_rule (&join, entry_at (rules, i));
  find_correlations (&join);
  finish (rules);
  sk_sigma_apply_filters (rules, complain, data);
  g_hash_table_unref (join.above);
  g_ptr_array_unref (join.ready);
}
