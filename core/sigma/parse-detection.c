/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Selections: a map is all of its items, a list any of its entries, a scalar
 * or a list of scalars words that are looked for in every value.
 *
 * A `timeframe` beside a condition belongs to the aggregations of version 1;
 * those are refused, and without one it says nothing.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

static const SkSigmaNode *read_selection (SkSigmaReader *reader, const SkYamlNode *yaml,
                                          const char *name, uint32_t line);

static bool
count_nodes (SkSigmaReader *reader, uint32_t count, uint32_t line)
{
  if (count > SK_MAX_SIGMA_NODES - reader->nodes)
    return sk_sigma_refuse (reader, line, _ ("the rule is too large"));
  reader->nodes += count;
  return true;
}

static SkSigmaNode *
node_new (SkSigmaReader *reader, SkSigmaNodeKind kind, uint32_t n_children, uint32_t line)
{
  if (reader->failed || n_children >= SK_MAX_SIGMA_NODES
      || !count_nodes (reader, n_children + 1, line))
    {
      sk_sigma_refuse (reader, line, _ ("the rule is too large"));
      return NULL;
    }
  SkSigmaNode *node = sk_sigma_take_array (reader->memory, SkSigmaNode, 1);
  node->kind = kind;
  return node;
}

static const SkSigmaNode *
node_over (SkSigmaReader *reader, SkSigmaNodeKind kind, uint32_t least,
           const SkSigmaNode *const *children, uint32_t n_children, uint32_t line)
{
  SkSigmaNode *node = node_new (reader, kind, n_children, line);
  if (node == NULL)
    return NULL;
  const SkSigmaNode **copy = sk_sigma_take_array (reader->memory, const SkSigmaNode *, n_children);
  for (uint32_t i = 0; i < n_children; i++)
    copy[i] = children[i];
  node->children = copy;
  node->n_children = n_children;
  node->least = least;
  return node;
}

const SkSigmaNode *
sk_sigma_node (SkSigmaReader *reader, SkSigmaNodeKind kind, const SkSigmaNode *const *children,
               uint32_t n_children, uint32_t line)
{
  if (n_children == 1 && (kind == SK_SIGMA_AND || kind == SK_SIGMA_OR))
    return children[0];
  return node_over (reader, kind, 0, children, n_children, line);
}

const SkSigmaNode *
sk_sigma_node_count (SkSigmaReader *reader, uint32_t least, const SkSigmaNode *const *children,
                     uint32_t n_children, uint32_t line)
{
  if (least == 1)
    return sk_sigma_node (reader, SK_SIGMA_OR, children, n_children, line);
  if (least == n_children)
    return sk_sigma_node (reader, SK_SIGMA_AND, children, n_children, line);
  return node_over (reader, SK_SIGMA_COUNT, least, children, n_children, line);
}

static const SkSigmaNode *
item_node (SkSigmaReader *reader, const char *key, uint32_t line, const SkYamlNode *value)
{
  SkSigmaNode *node = node_new (reader, SK_SIGMA_ITEM, 0, line);
  if (node == NULL)
    return NULL;
  node->item = sk_sigma_item (reader, key, line, value);
  return node->item != NULL ? node : NULL;
}

/* Children of the YAML node as nodes, joined. */
static const SkSigmaNode *
read_children (SkSigmaReader *reader, const SkYamlNode *yaml, SkSigmaNodeKind kind,
               const char *name)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new ();
  for (const SkYamlNode *child = yaml->first; child != NULL; child = child->next)
    {
      const SkSigmaNode *node = yaml->kind == SK_YAML_MAP
                                    ? item_node (reader, child->key, child->key_line, child)
                                    : read_selection (reader, child, name, child->line);
      if (node == NULL)
        return NULL;
      g_ptr_array_add (children, (void *) node);
    }
  return sk_sigma_node (reader, kind, (const SkSigmaNode *const *) children->pdata, children->len,
                        yaml->line);
}

static bool
is_scalar_list (const SkYamlNode *yaml)
{
  for (const SkYamlNode *child = yaml->first; child != NULL; child = child->next)
    if (child->kind != SK_YAML_SCALAR)
      return false;
  return true;
}

static const SkSigmaNode *
read_selection (SkSigmaReader *reader, const SkYamlNode *yaml, const char *name, uint32_t line)
{
  if (yaml->kind == SK_YAML_SCALAR ? sk_sigma_is_null (yaml) : yaml->count == 0)
    {
      sk_sigma_refuse (reader, line, _ ("the selection \"%s\" is empty"), name);
      return NULL;
    }
  if (yaml->kind == SK_YAML_MAP)
    return read_children (reader, yaml, SK_SIGMA_AND, name);
  if (yaml->kind == SK_YAML_LIST && !is_scalar_list (yaml))
    return read_children (reader, yaml, SK_SIGMA_OR, name);
  return item_node (reader, NULL, line, yaml);
}

static bool
read_selections (SkSigmaReader *reader, const SkYamlNode *map, const char *const *skip,
                 GArray *selections)
{
  for (const SkYamlNode *child = map->first; child != NULL; child = child->next)
    {
      if (g_strv_contains (skip, child->key) || strcmp (child->key, "condition") == 0
          || (strcmp (child->key, "timeframe") == 0 && child->kind == SK_YAML_SCALAR))
        continue;
      SkSigmaSelection selection = { .name = child->key };
      if (selections->len >= SK_MAX_SIGMA_SELECTIONS || strlen (child->key) > SK_MAX_TYPE)
        return sk_sigma_refuse (reader, child->key_line,
                                _ ("there are too many selections, or one with too long a name"));
      selection.node = read_selection (reader, child, child->key, child->key_line);
      if (selection.node == NULL)
        return false;
      g_array_append_val (selections, selection);
    }
  return true;
}

static const SkSigmaNode *
read_condition (SkSigmaReader *reader, const SkYamlNode *node, GArray *selections)
{
  const char *text;
  if (sk_yaml_text (node, &text))
    return sk_sigma_condition (reader, text, node->line,
                               (const SkSigmaSelection *) (void *) selections->data,
                               selections->len);
  sk_sigma_refuse (reader, node->line, _ ("the condition must be a text"));
  return NULL;
}

/* Several conditions: any of them. */
static const SkSigmaNode *
read_conditions (SkSigmaReader *reader, const SkYamlNode *list, GArray *selections)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  for (const SkYamlNode *child = list->first; child != NULL; child = child->next)
    {
      const SkSigmaNode *node = read_condition (reader, child, selections);
      if (node == NULL)
        return NULL;
      g_ptr_array_add (nodes, (void *) node);
    }
  return sk_sigma_node (reader, SK_SIGMA_OR, (const SkSigmaNode *const *) nodes->pdata, nodes->len,
                        list->line);
}

const SkSigmaNode *
sk_sigma_read_detection (SkSigmaReader *reader, const SkYamlNode *map, const char *const *skip,
                         GArray *selections)
{
  const SkYamlNode *condition = sk_yaml_get (map, "condition");
  if (map->kind != SK_YAML_MAP)
    sk_sigma_refuse (reader, map->line, _ ("\"%s\" must be a map"), map->key);
  else if (condition == NULL || (condition->kind == SK_YAML_LIST && condition->count == 0))
    sk_sigma_refuse (reader, map->key_line, _ ("there is no condition"));
  if (reader->failed || condition == NULL || !read_selections (reader, map, skip, selections))
    return NULL;
  if (condition->kind == SK_YAML_LIST)
    return read_conditions (reader, condition, selections);
  return read_condition (reader, condition, selections);
}
