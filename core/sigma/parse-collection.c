/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Collections of version 1: several documents of a file that share content.
 *
 *     action: global   merged into every document that follows; several add up
 *     action: reset    forgets what was global
 *     action: repeat   the rule document before it, with this one merged in
 *
 * Maps are merged key by key, anything else of the later replaces what was
 * there; a document's own content wins over what is global. Merged trees share
 * the nodes below, and their number is bounded for a file.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

struct SkSigmaCollection {
  SkSigmaMemory memory;     /* merged nodes */
  uint32_t nodes;           /* of them */
  GPtrArray *global_yamls;  /* documents that `global` is made of */
  GPtrArray *rule_yamls;    /* documents that `rule` is made of */
  const SkYamlNode *global; /* or NULL */
  const SkYamlNode *rule;   /* what `repeat` repeats, before global content; or NULL */
  bool full;
};

SkSigmaCollection *
sk_sigma_collection_new (void)
{
  SkSigmaCollection *collection = g_new0 (SkSigmaCollection, 1);
  collection->global_yamls = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_yaml_free);
  collection->rule_yamls = g_ptr_array_new_with_free_func ((GDestroyNotify) sk_yaml_free);
  return collection;
}

void
sk_sigma_collection_free (SkSigmaCollection *collection)
{
  g_ptr_array_unref (collection->global_yamls);
  g_ptr_array_unref (collection->rule_yamls);
  sk_sigma_memory_clear (&collection->memory);
  g_free (collection);
}

void
sk_sigma_collection_broken (SkSigmaCollection *collection)
{
  collection->rule = NULL;
  g_ptr_array_set_size (collection->rule_yamls, 0);
}

typedef struct Merge {
  SkYamlNode *map, *last;
} Merge;

static SkYamlNode *
copy (SkSigmaCollection *collection, const SkYamlNode *node)
{
  if (collection->nodes >= SK_MAX_YAML_NODES)
    {
      collection->full = true;
      return NULL;
    }
  collection->nodes++;
  SkYamlNode *made = sk_sigma_take_array (&collection->memory, SkYamlNode, 1);
  *made = *node;
  made->next = NULL;
  return made;
}

static void
append (Merge *merge, SkYamlNode *child)
{
  if (child == NULL)
    return;
  if (merge->last == NULL)
    merge->map->first = child;
  else
    merge->last->next = child;
  merge->last = child;
  merge->map->count++;
}

static GHashTable *
index_of (const SkYamlNode *map)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);
  for (const SkYamlNode *child = map->first; child != NULL; child = child->next)
    g_hash_table_insert (index, (char *) child->key, (void *) child);
  return index;
}

/* A copy of `base` with `over` merged in; `over` gives the place. NULL when there are too many. */
static SkYamlNode *
merge_maps (SkSigmaCollection *collection, const SkYamlNode *base, const SkYamlNode *over)
{
  Merge merge = { .map = copy (collection, over) };
  if (merge.map == NULL)
    return NULL;
  merge.map->first = NULL;
  merge.map->count = 0;
  g_autoptr (GHashTable) of_base = index_of (base), of_over = index_of (over);
  for (const SkYamlNode *child = base->first; child != NULL && !collection->full;
       child = child->next)
    {
      const SkYamlNode *other = g_hash_table_lookup (of_over, child->key);
      if (other != NULL && child->kind == SK_YAML_MAP && other->kind == SK_YAML_MAP)
        append (&merge, merge_maps (collection, child, other));
      else
        append (&merge, copy (collection, other != NULL ? other : child));
    }
  for (const SkYamlNode *child = over->first; child != NULL && !collection->full;
       child = child->next)
    if (!g_hash_table_contains (of_base, child->key))
      append (&merge, copy (collection, child));
  return merge.map;
}

static const SkYamlNode *
without_action (SkSigmaCollection *collection, const SkYamlNode *root)
{
  Merge merge = { .map = copy (collection, root) };
  if (merge.map == NULL)
    return NULL;
  merge.map->first = NULL;
  merge.map->count = 0;
  for (const SkYamlNode *child = root->first; child != NULL && !collection->full;
       child = child->next)
    if (strcmp (child->key, "action") != 0)
      append (&merge, copy (collection, child));
  return merge.map;
}

static const SkYamlNode *
merge (SkSigmaCollection *collection, const SkYamlNode *base, const SkYamlNode *over)
{
  if (base == NULL || over == NULL || over->kind != SK_YAML_MAP || base->kind != SK_YAML_MAP)
    return over;
  return merge_maps (collection, base, over);
}

static const char *
take_repeat (SkSigmaCollection *collection, SkYaml *yaml, const SkYamlNode *root)
{
  g_ptr_array_add (collection->rule_yamls, yaml);
  if (collection->rule == NULL)
    return _ ("there is no rule before it that it could repeat");
  collection->rule = merge (collection, collection->rule, without_action (collection, root));
  return NULL;
}

static void
take_global (SkSigmaCollection *collection, SkYaml *yaml, const SkYamlNode *root)
{
  g_ptr_array_add (collection->global_yamls, yaml);
  collection->global = merge (collection, collection->global, without_action (collection, root));
}

static void
take_reset (SkSigmaCollection *collection, SkYaml *yaml)
{
  collection->global = NULL;
  g_ptr_array_set_size (collection->global_yamls, 0);
  sk_yaml_free (yaml);
}

static void
take_rule (SkSigmaCollection *collection, SkYaml *yaml, const SkYamlNode *root)
{
  g_ptr_array_set_size (collection->rule_yamls, 0);
  g_ptr_array_add (collection->rule_yamls, yaml);
  collection->rule = root;
}

bool
sk_sigma_collection_take (SkSigmaCollection *collection, SkYaml *yaml, const SkYamlNode **ret_root,
                          uint32_t *ret_line, const char **ret_cause)
{
  const SkYamlNode *root = sk_yaml_root (yaml), *action = sk_yaml_get (root, "action");
  uint32_t line = action != NULL ? action->line : root->line;
  const char *word = "", *cause = NULL;
  bool is_rule = action == NULL;
  if (action == NULL)
    take_rule (collection, yaml, root);
  else if (sk_yaml_text (action, &word) && strcmp (word, "global") == 0)
    take_global (collection, yaml, root);
  else if (strcmp (word, "reset") == 0)
    take_reset (collection, yaml);
  else if (strcmp (word, "repeat") == 0)
    {
      is_rule = true;
      cause = take_repeat (collection, yaml, root);
    }
  else
    {
      cause = _ ("\"action\" must be global, reset or repeat");
      sk_yaml_free (yaml);
    }
  *ret_root
      = is_rule && cause == NULL ? merge (collection, collection->global, collection->rule) : NULL;
  if (collection->full)
    cause = _ ("the documents merged have too many entries");
  *ret_line = line;
  *ret_cause = cause;
  return cause == NULL;
}
