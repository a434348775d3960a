/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `correlation:` of a document (correlation specification 2.1).
 *
 * Types and keys that are not known are refused: each would change what the
 * rule means. Months and years are no length of time and are refused, too.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

#define SECOND INT64_C (1000000000)

static bool
read_type (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaCorrelation *correlation)
{
  static const char *const names[] = { [SK_SIGMA_EVENT_COUNT] = "event_count",
                                       [SK_SIGMA_VALUE_COUNT] = "value_count",
                                       [SK_SIGMA_TEMPORAL] = "temporal",
                                       [SK_SIGMA_TEMPORAL_ORDERED] = "temporal_ordered" };
  const SkYamlNode *node = sk_yaml_get (map, "type");
  const char *text;
  if (!sk_yaml_text (node, &text))
    return sk_sigma_refuse (reader, map->line, _ ("the correlation has no type"));
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], text) == 0)
      {
        correlation->type = (SkSigmaCorrelationType) i;
        return true;
      }
  return sk_sigma_refuse (reader, node->line, _ ("correlations of type \"%s\" are not known"),
                          text);
}

static bool
no_doubles (SkSigmaReader *reader, const SkYamlNode *map, const char *key, const char *const *texts,
            uint32_t count)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (uint32_t i = 0; i < count; i++)
    if (!g_hash_table_add (seen, (char *) texts[i]))
      return sk_sigma_refuse (reader, sk_yaml_get (map, key)->line,
                              _ ("\"%s\" stands twice in \"%s\""), texts[i], key);
  return true;
}

static bool
read_lists (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaCorrelation *correlation)
{
  if (!sk_sigma_read_texts (reader, map, "rules", &correlation->rules, &correlation->n_rules)
      || !sk_sigma_read_texts (reader, map, "group-by", &correlation->group_by,
                               &correlation->n_group_by))
    return false;
  if (correlation->n_rules == 0)
    return sk_sigma_refuse (reader, map->line, _ ("the correlation names no rules"));
  if (correlation->n_rules > SK_MAX_SIGMA_SELECTIONS
      || correlation->n_group_by > SK_MAX_SIGMA_SELECTIONS)
    return sk_sigma_refuse (reader, map->line, _ ("the correlation is too large"));
  return no_doubles (reader, map, "rules", correlation->rules, correlation->n_rules)
         && no_doubles (reader, map, "group-by", correlation->group_by, correlation->n_group_by);
}

static bool
read_timespan (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaCorrelation *correlation)
{
  static const struct {
    char letter;
    int64_t seconds;
  } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
  const SkYamlNode *node = sk_yaml_get (map, "timespan");
  const char *text;
  if (!sk_yaml_text (node, &text))
    return sk_sigma_refuse (reader, map->line, _ ("the correlation has no timespan"));
  size_t digits = strspn (text, "0123456789");
  g_autofree char *number = g_strndup (text, digits);
  guint64 value;
  if (g_ascii_string_to_unsigned (number, 10, 1, INT64_MAX, &value, NULL))
    for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
      if (text[digits] == units[i].letter && text[digits + 1] == '\0'
          && !__builtin_mul_overflow ((int64_t) value, units[i].seconds * SECOND,
                                      &correlation->timespan_ns))
        return true;
  return sk_sigma_refuse (reader, node->line,
                          _ ("the timespan \"%s\" is no number with s, m, h, d or w"), text);
}

/* ---- condition ---- */

static bool
read_value_field (SkSigmaReader *reader, const SkYamlNode *map, const SkYamlNode *node,
                  SkSigmaCorrelation *correlation)
{
  const char *const *fields;
  uint32_t count;
  if (correlation->type != SK_SIGMA_VALUE_COUNT)
    return sk_sigma_refuse (reader, node->key_line, _ ("\"field\" belongs to value_count"));
  if (!sk_sigma_read_texts (reader, map, "field", &fields, &count))
    return false;
  if (count != 1 || fields[0][0] == '\0')
    return sk_sigma_refuse (reader, node->line, _ ("\"field\" must name exactly one field"));
  correlation->value_field = fields[0];
  return true;
}

static bool
read_bound (SkSigmaReader *reader, const SkYamlNode *node, SkSigmaBound *ret_bound)
{
  static const char *const names[]
      = { [SK_SIGMA_EQ] = "eq",   [SK_SIGMA_NEQ] = "neq", [SK_SIGMA_LT] = "lt",
          [SK_SIGMA_LTE] = "lte", [SK_SIGMA_GT] = "gt",   [SK_SIGMA_GTE] = "gte" };
  int64_t value;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], node->key) == 0)
      {
        if (!sk_sigma_integer (node, &value) || value < 0)
          return sk_sigma_refuse (reader, node->line, _ ("\"%s\" takes a whole number from 0"),
                                  node->key);
        *ret_bound = (SkSigmaBound) { (SkSigmaCompare) i, (uint64_t) value };
        return true;
      }
  return sk_sigma_refuse (reader, node->key_line,
                          _ ("\"%s\" is not known in the condition of a correlation"), node->key);
}

static bool
read_bounds (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaCorrelation *correlation)
{
  SkSigmaBound *bounds = sk_sigma_take_array (reader->memory, SkSigmaBound, map->count);
  for (const SkYamlNode *node = map->first; node != NULL; node = node->next)
    if (strcmp (node->key, "field") == 0
            ? !read_value_field (reader, map, node, correlation)
            : !read_bound (reader, node, &bounds[correlation->n_bounds++]))
      return false;
  correlation->bounds = bounds;
  return true;
}

static bool
read_condition (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaCorrelation *correlation)
{
  const SkYamlNode *node = sk_yaml_get (map, "condition");
  bool temporal
      = correlation->type == SK_SIGMA_TEMPORAL || correlation->type == SK_SIGMA_TEMPORAL_ORDERED;
  if (node == NULL && temporal)
    return true;
  if (node == NULL || node->kind != SK_YAML_MAP)
    return sk_sigma_refuse (reader, node != NULL ? node->line : map->line,
                            _ ("the condition of a correlation must be a map of comparisons"));
  if (!read_bounds (reader, node, correlation))
    return false;
  if (correlation->n_bounds == 0)
    return sk_sigma_refuse (reader, node->line, _ ("the condition compares with nothing"));
  if (correlation->type == SK_SIGMA_VALUE_COUNT && correlation->value_field == NULL)
    return sk_sigma_refuse (reader, node->line, _ ("value_count needs a \"field\""));
  return true;
}

/* ---- aliases ---- */

static bool
read_alias (SkSigmaReader *reader, const char *name, const SkYamlNode *node,
            const SkSigmaCorrelation *correlation, SkSigmaAlias *ret_alias)
{
  const char *field;
  if (!sk_yaml_text (node, &field) || *field == '\0')
    return sk_sigma_refuse (reader, node->line, _ ("the alias \"%s\" must name a field"), name);
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    if (strcmp (correlation->rules[i], node->key) == 0)
      {
        *ret_alias = (SkSigmaAlias) { .name = sk_sigma_copy_text (reader->memory, name),
                                      .rule = i,
                                      .field = sk_sigma_copy_text (reader->memory, field) };
        return true;
      }
  return sk_sigma_refuse (reader, node->key_line,
                          _ ("the alias \"%s\" is for \"%s\", which is none of the rules"), name,
                          node->key);
}

static bool
read_aliases (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaCorrelation *correlation)
{
  const SkYamlNode *aliases = sk_yaml_get (map, "aliases");
  if (aliases == NULL || sk_sigma_is_null (aliases))
    return true;
  uint32_t count = 0;
  for (const SkYamlNode *alias = aliases->first; alias != NULL; alias = alias->next)
    count += alias->count;
  if (count > SK_MAX_SIGMA_SELECTIONS)
    return sk_sigma_refuse (reader, aliases->line, _ ("the correlation is too large"));
  SkSigmaAlias *made = sk_sigma_take_array (reader->memory, SkSigmaAlias, count);
  correlation->aliases = made;
  if (aliases->kind != SK_YAML_MAP)
    return sk_sigma_refuse (reader, aliases->line, _ ("\"aliases\" must be a map"));
  for (const SkYamlNode *alias = aliases->first; alias != NULL; alias = alias->next)
    {
      if (alias->kind != SK_YAML_MAP)
        return sk_sigma_refuse (reader, alias->line, _ ("the alias \"%s\" must be a map"),
                                alias->key);
      for (const SkYamlNode *node = alias->first; node != NULL; node = node->next)
        if (!read_alias (reader, alias->key, node, correlation, &made[correlation->n_aliases++]))
          return false;
    }
  return true;
}

/* ---- all ---- */

static bool
check_keys (SkSigmaReader *reader, const SkYamlNode *map)
{
  static const char *const known[]
      = { "type", "rules", "group-by", "timespan", "aliases", "condition", "generate", NULL };
  if (map->kind != SK_YAML_MAP)
    return sk_sigma_refuse (reader, map->line, _ ("\"correlation\" must be a map"));
  for (const SkYamlNode *node = map->first; node != NULL; node = node->next)
    if (!g_strv_contains (known, node->key))
      return sk_sigma_refuse (reader, node->key_line, _ ("\"%s\" is not known in a correlation"),
                              node->key);
  return true;
}

/* It stands beside the correlation in the specification, and inside it in many rules. */
static bool
read_generate (SkSigmaReader *reader, const SkYamlNode *document, const SkYamlNode *map,
               SkSigmaCorrelation *correlation)
{
  const SkYamlNode *inside = sk_yaml_get (map, "generate");
  const SkYamlNode *node = inside != NULL ? inside : sk_yaml_get (document, "generate");
  if (node != NULL && !sk_yaml_bool (node, &correlation->generate))
    return sk_sigma_refuse (reader, node->line, _ ("\"generate\" must be true or false"));
  return true;
}

const SkSigmaCorrelation *
sk_sigma_read_correlation (SkSigmaReader *reader, const SkYamlNode *document)
{
  const SkYamlNode *map = sk_yaml_get (document, "correlation");
  SkSigmaCorrelation *correlation = sk_sigma_take_array (reader->memory, SkSigmaCorrelation, 1);
  bool good = check_keys (reader, map) && read_type (reader, map, correlation)
              && read_lists (reader, map, correlation) && read_timespan (reader, map, correlation)
              && read_condition (reader, map, correlation)
              && read_aliases (reader, map, correlation)
              && read_generate (reader, document, map, correlation);
  return good ? correlation : NULL;
}
