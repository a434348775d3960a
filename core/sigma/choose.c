/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which rules are used: those whose fields records can have. They are numbered
 * anew, without gaps, in the same way in every process.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/i18n.h"

/** Why a rule is not used. */
typedef enum Fate { USED, LEFT_OUT } Fate;

typedef struct Chooser {
  SkSigma *sigma;
  SkSigmaComplain complain;
  void *data;
  Fate *fates;
  uint32_t n;
} Chooser;

/* ---- fields ---- */

static void
collect_items (const SkSigmaNode *node, GHashTable *seen, GPtrArray *fields)
{
  if (!g_hash_table_add (seen, (void *) node))
    return;
  for (uint32_t i = 0; i < node->n_children; i++)
    collect_items (node->children[i], seen, fields);
  const SkSigmaItem *item = node->kind == SK_SIGMA_ITEM ? node->item : NULL;
  if (item == NULL)
    return;
  if (item->field != NULL)
    g_ptr_array_add (fields, (char *) item->field);
  for (uint32_t c = 0; c < item->n_choices; c++)
    for (uint32_t a = 0; a < item->choices[c].n_atoms; a++)
      if (item->choices[c].atoms[a].kind == SK_SIGMA_FIELDREF)
        g_ptr_array_add (fields, (char *) item->choices[c].atoms[a].text);
}

static bool
some_has (const SkSigma *sigma, const GArray *places, const char *field)
{
  for (guint i = 0; i < places->len; i++)
    {
      const SigmaPlace *place = &g_array_index (places, SigmaPlace, i);
      const SigmaKind *kind = sigma_kind_at (sigma, place->kind);
      if (!sigma_kind_lacks (sigma, kind, sigma_entry_at (kind, place->entry), field))
        return true;
    }
  return places->len == 0;
}

static void
leave_out (Chooser *chooser, uint32_t number, const char *text)
{
  const SkSigmaRule *rule = sk_sigma_rules_at (chooser->sigma->source, number);
  chooser->fates[number] = LEFT_OUT;
  chooser->complain (chooser->data, rule->file, rule->line, text);
}

static void
check_fields (Chooser *chooser, uint32_t number)
{
  const SkSigmaRule *rule = sk_sigma_rules_at (chooser->sigma->source, number);
  if (rule->condition == NULL)
    return;
  g_autoptr (GArray) places = sigma_places (chooser->sigma, &rule->logsource);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  collect_items (rule->condition, seen, fields);
  for (guint i = 0; i < fields->len; i++)
    {
      const char *field = g_ptr_array_index (fields, i);
      if (some_has (chooser->sigma, places, field))
        continue;
      g_autofree char *text
          = g_strdup_printf (_ ("no record that the rule is for has the field \"%s\""), field);
      leave_out (chooser, number, text);
      return;
    }
}

/* ---- correlations ---- */

static bool
refers_to_left_out (const Chooser *chooser, const SkSigmaCorrelation *correlation)
{
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    if (chooser->fates[correlation->rule_index[i]] == LEFT_OUT)
      return true;
  return false;
}

/** Correlations may be of correlations, in any order. */
static void
check_correlations (Chooser *chooser)
{
  bool changed = true;
  while (changed)
    {
      changed = false;
      for (uint32_t i = 0; i < chooser->n; i++)
        {
          const SkSigmaRule *rule = sk_sigma_rules_at (chooser->sigma->source, i);
          if (chooser->fates[i] != USED || rule->correlation == NULL
              || !refers_to_left_out (chooser, rule->correlation))
            continue;
          leave_out (chooser, i, _ ("a rule that it is made of is left out"));
          changed = true;
        }
    }
}

/** The same with the numbers of used rules. */
static const SkSigmaCorrelation *
renumber (SkSigma *sigma, const SkSigmaCorrelation *from, const uint32_t *numbers)
{
  SkSigmaCorrelation *to = sk_sigma_take_array (&sigma->memory, SkSigmaCorrelation, 1);
  uint32_t *index = sk_sigma_take_array (&sigma->memory, uint32_t, from->n_rules + 1);
  *to = *from;
  for (uint32_t i = 0; i < from->n_rules; i++)
    index[i] = numbers[from->rule_index[i]];
  to->rule_index = index;
  return to;
}

static void
number_rules (Chooser *chooser)
{
  SkSigma *sigma = chooser->sigma;
  g_autofree uint32_t *numbers = g_new0 (uint32_t, chooser->n + 1);
  for (uint32_t i = 0; i < chooser->n; i++)
    if (chooser->fates[i] == USED)
      {
        numbers[i] = sigma->rules->len;
        g_array_append_vals (sigma->rules, sk_sigma_rules_at (sigma->source, i), 1);
      }
  for (guint i = 0; i < sigma->rules->len; i++)
    {
      SkSigmaRule *rule = &g_array_index (sigma->rules, SkSigmaRule, i);
      if (rule->correlation != NULL)
        rule->correlation = renumber (sigma, rule->correlation, numbers);
    }
}

/* ---- idle ---- */

static void
append_part (GString *text, const char *name, const char *value)
{
  if (value != NULL)
    g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", name, value);
}

static char *
source_text (const SkSigmaLogsource *logsource)
{
  GString *parts = g_string_new (NULL);
  append_part (parts, "category", logsource->category);
  append_part (parts, "product", logsource->product);
  append_part (parts, "service", logsource->service);
  return g_string_free (parts, FALSE);
}

static char *
idle_text (const SkSigmaLogsource *logsource)
{
  g_autofree char *source = source_text (logsource);
  return g_strdup_printf (_ ("no record of %s is made"), source);
}

char *
sk_sigma_unnamed (const SkSigma *sigma, uint32_t rule)
{
  const SkSigmaRule *read = sk_sigma_rule (sigma, rule);
  return read->condition == NULL || sigma_is_named (sigma, &read->logsource)
             ? NULL
             : source_text (&read->logsource);
}

static bool
is_made (const SkSigma *sigma, const char *kind)
{
  for (uint32_t i = 0; i < sigma->kinds->len; i++)
    if (strcmp (sigma_kind_at (sigma, i)->info->name, kind) == 0)
      return true;
  return false;
}

bool
sk_sigma_unmade (const SkSigma *sigma, uint32_t nth, const char **ret_file, uint32_t *ret_line,
                 const char **ret_kind)
{
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (sigma->table, i)) != NULL; i++)
    {
      if (is_made (sigma, entry->kind) || nth-- > 0)
        continue;
      *ret_file = entry->file;
      *ret_line = entry->line;
      *ret_kind = entry->kind;
      return true;
    }
  return false;
}

static char *
idle_correlation (const SkSigma *sigma, const SkSigmaCorrelation *correlation)
{
  const char *text = NULL;
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    {
      const char *one = correlation->rule_index[i] < sigma->idle->len
                            ? g_ptr_array_index (sigma->idle, correlation->rule_index[i])
                            : NULL;
      if (one == NULL)
        return NULL;
      text = one;
    }
  return g_strdup (text);
}

static void
find_idle (SkSigma *sigma)
{
  g_ptr_array_set_size (sigma->idle, (int) sigma->rules->len);
  for (guint i = 0; i < sigma->rules->len; i++)
    {
      const SkSigmaRule *rule = &g_array_index (sigma->rules, SkSigmaRule, i);
      if (rule->condition == NULL)
        continue;
      g_autoptr (GArray) places = sigma_places (sigma, &rule->logsource);
      if (places->len == 0)
        sigma->idle->pdata[i] = idle_text (&rule->logsource);
    }
  for (guint i = 0; i < sigma->rules->len; i++)
    {
      const SkSigmaRule *rule = &g_array_index (sigma->rules, SkSigmaRule, i);
      if (rule->correlation != NULL)
        sigma->idle->pdata[i] = idle_correlation (sigma, rule->correlation);
    }
}

void
sigma_choose (SkSigma *sigma, uint32_t room, SkSigmaComplain complain, void *data)
{
  uint32_t n = sk_sigma_rules_count (sigma->source);
  g_autofree Fate *fates = g_new0 (Fate, n + 1);
  Chooser chooser = { sigma, complain, data, fates, n };
  for (uint32_t i = 0; i < n; i++)
    {
      if (i >= room)
        leave_out (&chooser, i, _ ("too many rules"));
      else
        check_fields (&chooser, i);
    }
  check_correlations (&chooser);
  number_rules (&chooser);
  find_idle (sigma);
}
