/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which records the supervisor needs, and which of their fields: those of
 * rules that only it can decide, and those that correlations are made of.
 */
#include "config.h"

#include "sigma/index.h"

/** Fields, as rules name them, that a rule's records must bring. */
typedef struct Needs {
  SkSigma *sigma;
  GHashTable **fields; /* by rule, correlations too; NULL: the rule is of no correlation */
} Needs;

/** What `name` of a correlation is called in the records of one of its rules. */
static const char *
alias_of (const SkSigmaCorrelation *correlation, uint32_t position, const char *name)
{
  for (uint32_t i = 0; i < correlation->n_aliases; i++)
    if (correlation->aliases[i].rule == position
        && strcmp (correlation->aliases[i].name, name) == 0)
      return correlation->aliases[i].field;
  return name;
}

static void need_all (Needs *needs, uint32_t rule, GPtrArray *names);

/** `names`: as the correlation calls them. */
static void
need_of_rules (Needs *needs, const SkSigmaCorrelation *correlation, const GPtrArray *names)
{
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    {
      g_autoptr (GPtrArray) there = g_ptr_array_new ();
      for (guint k = 0; k < names->len; k++)
        g_ptr_array_add (there, (char *) alias_of (correlation, i, names->pdata[k]));
      need_all (needs, correlation->rule_index[i], there);
    }
}

/** References form no cycle: the reader refuses such. But there may be many ways from one correlation to
 * a rule, so only what is new there goes further. */
static void
need_all (Needs *needs, uint32_t rule, GPtrArray *names)
{
  const SkSigmaRule *of = &g_array_index (needs->sigma->rules, SkSigmaRule, rule);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  if (needs->fields[rule] == NULL)
    needs->fields[rule] = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < names->len; i++)
    if (g_hash_table_add (needs->fields[rule], names->pdata[i]))
      g_ptr_array_add (added, names->pdata[i]);
  if (of->correlation != NULL && added->len > 0)
    need_of_rules (needs, of->correlation, added);
}

static void
need_correlation (Needs *needs, const SkSigmaCorrelation *correlation)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (uint32_t i = 0; i < correlation->n_group_by; i++)
    g_ptr_array_add (names, (char *) correlation->group_by[i]);
  if (correlation->value_field != NULL)
    g_ptr_array_add (names, (char *) correlation->value_field);
  need_of_rules (needs, correlation, names);
}

static bool
reads_later (const SkSigma *sigma, const GArray *places, const SigmaProgram *program)
{
  for (guint i = 0; i < places->len; i++)
    {
      const SigmaPlace *place = &g_array_index (places, SigmaPlace, i);
      SigmaKind *kind = sigma_kind_at (sigma, place->kind);
      for (uint32_t k = 0; k < program->n_fields; k++)
        {
          uint32_t slot = sigma_slot ((SkSigma *) sigma, kind,
                                      sigma_entry_at (kind, place->entry), program->fields[k]);
          if (g_array_index (kind->slots, SigmaSlot, slot).names_later)
            return true;
        }
    }
  return false;
}

/** Adds what records call the field, in all the places. */
static void
add_names (SkSigma *sigma, const GArray *places, const char *field, GHashTable *seen,
           GPtrArray *names)
{
  for (guint i = 0; i < places->len; i++)
    {
      const SigmaPlace *place = &g_array_index (places, SigmaPlace, i);
      SigmaKind *kind = sigma_kind_at (sigma, place->kind);
      uint32_t slot = sigma_slot (sigma, kind, sigma_entry_at (kind, place->entry), field);
      const SigmaSlot *of = &g_array_index (kind->slots, SigmaSlot, slot);
      for (uint32_t f = 0; f < of->n_fields; f++)
        {
          char *name = g_ptr_array_index (kind->fields, of->fields[f]);
          if (g_hash_table_add (seen, name))
            g_ptr_array_add (names, name);
        }
    }
}

/** What tells the records of the places apart: without it nobody knows of which entry a record is. */
static void
add_tested (SkSigma *sigma, const GArray *places, GHashTable *seen, GPtrArray *names)
{
  for (guint i = 0; i < places->len; i++)
    {
      const SigmaPlace *place = &g_array_index (places, SigmaPlace, i);
      SigmaKind *kind = sigma_kind_at (sigma, place->kind);
      const SkLogsourceEntry *entry = sigma_entry_at (kind, place->entry)->entry;
      for (uint32_t k = 0; k < entry->n_tests; k++)
        add_names (sigma, places, entry->tests[k].field, seen, names);
    }
}

static int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/** The correlation's fields, sorted so that every process has the same order. */
static void
add_needed (SkSigma *sigma, const GArray *places, GHashTable *needed, GHashTable *seen,
            GPtrArray *names)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  GHashTableIter iter;
  void *field;
  if (needed == NULL)
    return;
  g_hash_table_iter_init (&iter, needed);
  while (g_hash_table_iter_next (&iter, &field, NULL))
    g_ptr_array_add (fields, field);
  g_ptr_array_sort (fields, compare_texts);
  for (guint i = 0; i < fields->len; i++)
    add_names (sigma, places, g_ptr_array_index (fields, i), seen, names);
}

static void
add_want (SkSigma *sigma, uint32_t rule, GHashTable *needed)
{
  const SkSigmaRule *of = &g_array_index (sigma->rules, SkSigmaRule, rule);
  const SigmaProgram *program = &g_array_index (sigma->programs, SigmaProgram, rule);
  g_autoptr (GArray) places = sigma_places (sigma, &of->logsource);
  bool again = reads_later (sigma, places, program);
  if (needed == NULL && !again)
    return;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (uint32_t i = 0; again && i < program->n_fields; i++)
    add_names (sigma, places, program->fields[i], seen, names);
  add_needed (sigma, places, needed, seen, names);
  add_tested (sigma, places, seen, names);
  for (size_t i = 0; of->fields != NULL && of->fields[i] != NULL; i++)
    add_names (sigma, places, of->fields[i], seen, names);
  const char **list = sk_sigma_take_array (&sigma->memory, const char *, names->len + 1);
  for (guint i = 0; i < names->len; i++)
    list[i] = g_ptr_array_index (names, i);
  SkSigmaWant want = { rule, again, list };
  g_array_append_val (sigma->wants, want);
}

void
sigma_wants_make (SkSigma *sigma)
{
  g_autofree GHashTable **fields = g_new0 (GHashTable *, sigma->rules->len + 1);
  Needs needs = { sigma, fields };
  sigma->wants = g_array_new (FALSE, FALSE, sizeof (SkSigmaWant));
  for (guint i = 0; i < sigma->rules->len; i++)
    {
      const SkSigmaRule *rule = &g_array_index (sigma->rules, SkSigmaRule, i);
      if (rule->correlation != NULL)
        need_correlation (&needs, rule->correlation);
    }
  for (guint i = 0; i < sigma->rules->len; i++)
    if (g_array_index (sigma->rules, SkSigmaRule, i).condition != NULL)
      add_want (sigma, i, fields[i]);
  for (guint i = 0; i < sigma->rules->len; i++)
    if (fields[i] != NULL)
      g_hash_table_unref (fields[i]);
}

size_t
sk_sigma_n_wants (const SkSigma *sigma)
{
  return sigma->wants->len;
}

const SkSigmaWant *
sk_sigma_want (const SkSigma *sigma, size_t index)
{
  g_assert (index < sigma->wants->len);
  return &g_array_index (sigma->wants, SkSigmaWant, index);
}

int64_t
sk_sigma_want_of (const SkSigma *sigma, uint32_t rule)
{
  guint low = 0, high = sigma->wants->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (sigma->wants, SkSigmaWant, middle).rule < rule)
        low = middle + 1;
      else
        high = middle;
    }
  return low < sigma->wants->len && g_array_index (sigma->wants, SkSigmaWant, low).rule == rule
             ? (int64_t) low
             : -1;
}
