/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `filter:` documents: what they describe is taken out of the rules that they
 * name.
 *
 * Public filters are written in two ways. The specification's example has
 * `condition: selection` for what is to be suppressed; filters made for the
 * established converter, which only joins conditions by AND, have `condition:
 * not selection`. A filter narrows rules and never touches a record that none
 * of its selections describes. So what the condition says of such a record
 * tells the two apart: when it is false there, the condition says what goes;
 * when it is true, what stays.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

/* What the node is when every item is false. */
static bool
holds_of_nothing (const SkSigmaNode *node)
{
  uint32_t count = 0;
  for (uint32_t i = 0; i < node->n_children; i++)
    count += holds_of_nothing (node->children[i]);
  switch (node->kind)
    {
    case SK_SIGMA_AND:
      return count == node->n_children;
    case SK_SIGMA_OR:
      return count > 0;
    case SK_SIGMA_NOT:
      return count == 0;
    case SK_SIGMA_COUNT:
      return count >= node->least;
    default:
      return false;
    }
}

/* `any` and `all` in place of a list mean every rule of the logsource. */
static bool
read_rules (SkSigmaReader *reader, const SkYamlNode *map, const char *const **ret_rules)
{
  const SkYamlNode *node = sk_yaml_get (map, "rules");
  const char *text;
  uint32_t count;
  *ret_rules = NULL;
  if (sk_yaml_text (node, &text)
      && (g_ascii_strcasecmp (text, "any") == 0 || g_ascii_strcasecmp (text, "all") == 0))
    return true;
  if (!sk_sigma_read_texts (reader, map, "rules", ret_rules, &count))
    return false;
  if (count == 0)
    return sk_sigma_refuse (reader, map->line, _ ("the filter names no rules"));
  return true;
}

/* What must hold of a record for the rule to stay true. */
static const SkSigmaNode *
read_keep (SkSigmaReader *reader, const SkYamlNode *map)
{
  static const char *const skip[] = { "rules", NULL };
  g_autoptr (GArray) selections = g_array_new (FALSE, FALSE, sizeof (SkSigmaSelection));
  const SkSigmaNode *node = sk_sigma_read_detection (reader, map, skip, selections);
  if (node == NULL || holds_of_nothing (node))
    return node;
  return sk_sigma_node (reader, SK_SIGMA_NOT, &node, 1, map->line);
}

const SkSigmaFilter *
sk_sigma_read_filter (SkSigmaReader *reader, const SkYamlNode *document)
{
  const SkYamlNode *map = sk_yaml_get (document, "filter");
  SkSigmaFilter *filter = sk_sigma_take_array (reader->memory, SkSigmaFilter, 1);
  filter->file = reader->file;
  filter->line = document->line;
  if (!sk_sigma_read_text (reader, document, "title", &filter->title))
    return NULL;
  if (filter->title == NULL)
    sk_sigma_refuse (reader, document->line, _ ("the filter has no title"));
  else if (map->kind != SK_YAML_MAP)
    sk_sigma_refuse (reader, map->line, _ ("\"filter\" must be a map"));
  else if (sk_sigma_read_logsource (reader, document, &filter->logsource)
           && read_rules (reader, map, &filter->rules))
    filter->keep = read_keep (reader, map);
  filter->weight = (uint64_t) reader->atoms + reader->nodes;
  return filter->keep != NULL ? filter : NULL;
}

/* ---- the join ---- */

typedef struct Applying {
  SkSigmaRules *rules;
  SkSigmaComplain complain;
  void *data;
  uint64_t weight; /* of the filters in rules, each time again: every rule compiles its own */
  bool full;
} Applying;

static bool
part_fits (const char *filter, const char *rule)
{
  return filter == NULL || (rule != NULL && strcmp (filter, rule) == 0);
}

/* The rule is of the filter's logsource or of a part of it. */
static bool
logsource_fits (const SkSigmaFilter *filter, const SkSigmaRule *rule)
{
  return part_fits (filter->logsource.category, rule->logsource.category)
         && part_fits (filter->logsource.product, rule->logsource.product)
         && part_fits (filter->logsource.service, rule->logsource.service);
}

/* It is put in at the end, when all of the rule's filters are known. False when there are too many.
 */
static bool
apply (Applying *applying, const SkSigmaFilter *filter, SkSigmaEntry *entry)
{
  if (!applying->full && filter->weight > SK_MAX_SIGMA_FILTERED - applying->weight)
    {
      applying->full = true;
      sk_sigma_tell (applying->complain, applying->data, filter->file, filter->line,
                     _ ("the filters are too many for so many rules: from this one on none counts"));
    }
  if (applying->full)
    return false;
  applying->weight += filter->weight;
  if (entry->filters == NULL)
    entry->filters = g_ptr_array_new ();
  g_ptr_array_add (entry->filters, (void *) filter->keep);
  return true;
}

/* Why the filter cannot be put into the rule, or NULL. */
static const char *
obstacle (const SkSigmaFilter *filter, const SkSigmaRule *rule)
{
  if (rule->condition == NULL)
    return _ ("which is a correlation and has no records of its own");
  return logsource_fits (filter, rule) ? NULL : _ ("which is of another logsource");
}

static void
tell (const Applying *applying, const SkSigmaFilter *filter, const char *name, const char *cause)
{
  sk_sigma_tell (applying->complain, applying->data, filter->file, filter->line,
                 _ ("the filter \"%s\" names the rule \"%s\", %s"), filter->title, name, cause);
}

static void
apply_named (Applying *applying, const SkSigmaFilter *filter, const char *name)
{
  GPtrArray *found = sk_sigma_rules_find (applying->rules, name);
  if (found == NULL)
    tell (applying, filter, name, _ ("which is not there"));
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      SkSigmaEntry *entry = g_ptr_array_index (found, i);
      const char *cause = obstacle (filter, &entry->rule);
      if (cause == NULL)
        apply (applying, filter, entry);
      else
        tell (applying, filter, name, cause);
    }
}

static void
apply_to_any (Applying *applying, const SkSigmaFilter *filter)
{
  GPtrArray *rules = applying->rules->rules;
  for (guint i = 0; i < rules->len; i++)
    {
      SkSigmaEntry *entry = g_ptr_array_index (rules, i);
      if (obstacle (filter, &entry->rule) == NULL && !apply (applying, filter, entry))
        return;
    }
}

/* The rule's condition and all that its filters keep. */
static void
put_in (SkSigmaRules *rules, SkSigmaEntry *entry)
{
  guint count = entry->filters->len + 1;
  const SkSigmaNode **children = sk_sigma_take_array (&rules->memory, const SkSigmaNode *, count);
  SkSigmaNode *node = sk_sigma_take_array (&rules->memory, SkSigmaNode, 1);
  children[0] = entry->rule.condition;
  for (guint i = 1; i < count; i++)
    children[i] = g_ptr_array_index (entry->filters, i - 1);
  *node = (SkSigmaNode) { .kind = SK_SIGMA_AND, .children = children, .n_children = count };
  entry->rule.condition = node;
  g_clear_pointer (&entry->filters, g_ptr_array_unref);
}

void
sk_sigma_apply_filters (SkSigmaRules *rules, SkSigmaComplain complain, void *data)
{
  Applying applying = { .rules = rules, .complain = complain, .data = data };
  for (guint i = 0; i < rules->filters->len; i++)
    {
      const SkSigmaFilter *filter = g_ptr_array_index (rules->filters, i);
      if (filter->rules == NULL)
        apply_to_any (&applying, filter);
      for (const char *const *name = filter->rules; name != NULL && *name != NULL; name++)
        apply_named (&applying, filter, *name);
    }
  for (guint i = 0; i < rules->rules->len; i++)
    {
      SkSigmaEntry *entry = g_ptr_array_index (rules->rules, i);
      if (entry->filters != NULL)
        put_in (rules, entry);
    }
}
