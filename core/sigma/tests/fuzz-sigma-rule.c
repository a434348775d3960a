/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Fuzzes the reader of rules. Whatever it takes is a tree as rule.h says:
 * bounded, without holes, joined; whatever it does not take is complained of.
 */
#include "config.h"

#include "base/limits.h"
#include "sigma/rule.h"

extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/sigma/tests/seeds/sigma-rule";
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct Walk {
  uint64_t nodes, atoms;
  const SkSigmaRules *rules;
} Walk;

static void
complain (void *data, const char *file, uint32_t line, const char *text)
{
  unsigned *count = data;
  g_assert_cmpstr (file, ==, "fuzz.yml");
  g_assert_cmpuint (line, >, 0);
  g_assert_true (*text != '\0' && g_utf8_validate (text, -1, NULL));
  (*count)++;
}

static void
check_pattern (const SkSigmaAtom *atom)
{
  for (uint32_t i = 0; i < atom->n_parts; i++)
    {
      const SkSigmaPart *part = &atom->parts[i], *next = part + 1;
      bool last = i + 1 == atom->n_parts;
      g_assert_true ((part->kind == SK_SIGMA_LITERAL) == (part->text.size > 0));
      g_assert_true (last || part->kind == SK_SIGMA_ONE || part->kind != next->kind);
    }
}

static void
check_atom (const SkSigmaAtom *atom)
{
  if (atom->kind == SK_SIGMA_PATTERN)
    check_pattern (atom);
  if (atom->kind == SK_SIGMA_REGEX || atom->kind == SK_SIGMA_FIELDREF)
    g_assert_nonnull (atom->text);
  g_assert_cmpuint (atom->prefix, <=, 128);
}

static void
check_item (Walk *walk, const SkSigmaItem *item)
{
  for (uint32_t i = 0; i < item->n_choices; i++)
    {
      g_assert_cmpuint (item->choices[i].n_atoms, >, 0);
      walk->atoms += item->choices[i].n_atoms;
      for (uint32_t k = 0; k < item->choices[i].n_atoms; k++)
        check_atom (&item->choices[i].atoms[k]);
    }
}

static void
check_node (Walk *walk, const SkSigmaNode *node, unsigned depth)
{
  g_assert_cmpuint (depth, <=, 4 * SK_MAX_YAML_DEPTH);
  /* Selections that stand in several places are walked each time: a part is enough. */
  if (walk->nodes++ > 100000)
    return;
  switch (node->kind)
    {
    case SK_SIGMA_ITEM:
      check_item (walk, node->item);
      return;
    case SK_SIGMA_NOT:
      g_assert_cmpuint (node->n_children, ==, 1);
      break;
    case SK_SIGMA_COUNT:
      g_assert_cmpuint (node->least, >, 1);
      g_assert_cmpuint (node->least, <, node->n_children);
      break;
    default:
      g_assert_cmpuint (node->n_children, >, 1);
      break;
    }
  for (uint32_t i = 0; i < node->n_children; i++)
    check_node (walk, node->children[i], depth + 1);
}

static void
check_correlation (const Walk *walk, const SkSigmaCorrelation *correlation)
{
  g_assert_cmpint (correlation->timespan_ns, >, 0);
  g_assert_cmpuint (correlation->n_rules, >, 0);
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    g_assert_nonnull (sk_sigma_rules_at (walk->rules, correlation->rule_index[i]));
  for (uint32_t i = 0; i < correlation->n_aliases; i++)
    g_assert_cmpuint (correlation->aliases[i].rule, <, correlation->n_rules);
}

static void
check_rule (const SkSigmaRules *rules, const SkSigmaRule *rule)
{
  Walk walk = { .rules = rules };
  g_assert_nonnull (rule->title);
  g_assert_nonnull (rule->finding);
  g_assert_nonnull (rule->fields);
  g_assert_true ((rule->condition == NULL) != (rule->correlation == NULL));
  if (rule->condition != NULL)
    check_node (&walk, rule->condition, 0);
  else
    check_correlation (&walk, rule->correlation);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char values[] = "one\n*two\\*\n-three\n";
  unsigned complaints = 0;
  g_autoptr (SkSigmaLists) lists = sk_sigma_lists_new ();
  g_autoptr (SkSigmaRules) rules = sk_sigma_rules_new ();
  sk_sigma_lists_add (lists, "list.txt", sk_span_of_text (values), complain, &complaints);
  sk_sigma_lists_add (lists, "fuzz.yml", (SkSpan) { data, size }, complain, &complaints);
  sk_sigma_rules_add (rules, "fuzz.yml", (SkSpan) { data, size }, lists, complain, &complaints);
  sk_sigma_rules_join (rules, complain, &complaints);
  for (uint32_t i = 0; i < sk_sigma_rules_count (rules); i++)
    check_rule (rules, sk_sigma_rules_at (rules, i));
  return 0;
}
