/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "ast.h"

#include <arpa/inet.h>
#include <inttypes.h>

static const char *const compares[]
    = { [SK_SIGMA_EQ] = "=",   [SK_SIGMA_NEQ] = "!=", [SK_SIGMA_LT] = "<",
        [SK_SIGMA_LTE] = "<=", [SK_SIGMA_GT] = ">",   [SK_SIGMA_GTE] = ">=" };

static void
put_literal (GString *out, SkSpan text)
{
  g_string_append_c (out, '"');
  for (size_t i = 0; i < text.size; i++)
    if (text.data[i] >= ' ' && text.data[i] < 0x7f && text.data[i] != '"')
      g_string_append_c (out, (char) text.data[i]);
    else
      g_string_append_printf (out, "\\x%02x", text.data[i]);
  g_string_append_c (out, '"');
}

static void
put_pattern (GString *out, const SkSigmaAtom *atom)
{
  if (atom->n_parts == 0)
    g_string_append (out, "\"\"");
  for (uint32_t i = 0; i < atom->n_parts; i++)
    if (atom->parts[i].kind == SK_SIGMA_LITERAL)
      put_literal (out, atom->parts[i].text);
    else
      g_string_append_c (out, atom->parts[i].kind == SK_SIGMA_ANY ? '*' : '?');
}

static void
put_cidr (GString *out, const SkSigmaAtom *atom)
{
  char text[INET6_ADDRSTRLEN];
  if (atom->is_v4)
    inet_ntop (AF_INET, atom->address + 12, text, sizeof text);
  else
    inet_ntop (AF_INET6, atom->address, text, sizeof text);
  g_string_append_printf (out, "cidr %s/%d", text, atom->prefix);
}

static void
put_atom (GString *out, const SkSigmaAtom *atom)
{
  static const char *const refs[] = { "equals", "contains", "starts", "ends" };
  static const char *const parts[] = { "minute", "hour", "day", "week", "month", "year" };
  if (atom->cased)
    g_string_append (out, "cased ");
  switch (atom->kind)
    {
    case SK_SIGMA_PATTERN:
      put_pattern (out, atom);
      break;
    case SK_SIGMA_REGEX:
      g_string_append_printf (out, "/%s/%s%s%s", atom->text, atom->re_i ? "i" : "",
                              atom->re_m ? "m" : "", atom->re_s ? "s" : "");
      break;
    case SK_SIGMA_NUMBER:
      if (atom->is_integer)
        g_string_append_printf (out, "%s%" PRId64, compares[atom->compare], atom->integer);
      else
        g_string_append_printf (out, "%s~%g", compares[atom->compare], atom->number);
      break;
    case SK_SIGMA_CIDR:
      put_cidr (out, atom);
      break;
    case SK_SIGMA_EXISTS:
      g_string_append (out, atom->flag ? "exists" : "absent");
      break;
    case SK_SIGMA_NULL:
      g_string_append (out, "null");
      break;
    case SK_SIGMA_FIELDREF:
      g_string_append_printf (out, "%s %s", refs[atom->ref], atom->text);
      break;
    case SK_SIGMA_TIMEPART:
      g_string_append_printf (out, "%s %g", parts[atom->part], atom->number);
      break;
    }
}

static void
put_item (GString *out, const SkSigmaItem *item)
{
  g_string_append_printf (out, "%s%s%s{", item->field != NULL ? item->field : "*",
                          item->all ? " all" : "", item->negated ? " neq" : "");
  for (uint32_t i = 0; i < item->n_choices; i++)
    for (uint32_t k = 0; k < item->choices[i].n_atoms; k++)
      {
        g_string_append (out, k > 0 ? " | " : i > 0 ? ", " : "");
        put_atom (out, &item->choices[i].atoms[k]);
      }
  g_string_append_c (out, '}');
}

static void
put_node (GString *out, const SkSigmaNode *node)
{
  static const char *const names[] = { "and", "or", "not", "of" };
  if (node->kind == SK_SIGMA_ITEM)
    {
      put_item (out, node->item);
      return;
    }
  g_string_append_c (out, '(');
  if (node->kind == SK_SIGMA_COUNT)
    g_string_append_printf (out, "%u", node->least);
  g_string_append (out, names[node->kind]);
  for (uint32_t i = 0; i < node->n_children; i++)
    {
      g_string_append_c (out, ' ');
      put_node (out, node->children[i]);
    }
  g_string_append_c (out, ')');
}

char *
ast_of_node (const SkSigmaNode *node)
{
  GString *out = g_string_new (NULL);
  put_node (out, node);
  return g_string_free (out, FALSE);
}

static void
put_correlation (GString *out, const SkSigmaCorrelation *correlation)
{
  static const char *const types[]
      = { "event_count", "value_count", "temporal", "temporal_ordered" };
  g_string_append_printf (out, "%s %" PRId64 "s [", types[correlation->type],
                          correlation->timespan_ns / 1000000000);
  for (uint32_t i = 0; i < correlation->n_rules; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", correlation->rules[i]);
  g_string_append (out, "] by [");
  for (uint32_t i = 0; i < correlation->n_group_by; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", correlation->group_by[i]);
  g_string_append_c (out, ']');
  for (uint32_t i = 0; i < correlation->n_bounds; i++)
    g_string_append_printf (out, " %s%" PRIu64, compares[correlation->bounds[i].compare],
                            correlation->bounds[i].value);
  if (correlation->value_field != NULL)
    g_string_append_printf (out, " of %s", correlation->value_field);
  for (uint32_t i = 0; i < correlation->n_aliases; i++)
    g_string_append_printf (out, " %s@%u=%s", correlation->aliases[i].name,
                            correlation->aliases[i].rule, correlation->aliases[i].field);
  if (correlation->generate)
    g_string_append (out, " generate");
}

char *
ast_of_rule (const SkSigmaRule *rule)
{
  if (rule->condition != NULL)
    return ast_of_node (rule->condition);
  GString *out = g_string_new (NULL);
  put_correlation (out, rule->correlation);
  return g_string_free (out, FALSE);
}
