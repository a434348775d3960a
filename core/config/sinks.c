/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The list of sinks in sekisho.yaml.
 *
 * Here only the form is checked; whether a socket or file can be opened is
 * seen when the sink is made, before the first input.
 */
#include "config.h"

#include "config/keys.h"

#include "base/i18n.h"

#include <string.h>

static const char *const kinds[] = { "stdout", "file", "syslog", "journal" };
#define EXPECTED_KINDS "stdout, file, syslog, journal"
#define EXPECTED_KEYS "type, path, format, rfc5424"

static void
sink_clear (gpointer sink)
{
  g_free (((SkSinkSettings *) sink)->path);
}

GArray *
sk_sinks_new (void)
{
  GArray *sinks = g_array_new (FALSE, TRUE, sizeof (SkSinkSettings));
  g_array_set_clear_func (sinks, sink_clear);
  return sinks;
}

static bool
kind_parse (const char *text, SkSinkKind *ret_kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i], text) == 0)
      {
        *ret_kind = (SkSinkKind) i;
        return true;
      }
  return false;
}

static bool
format_parse (const char *text, SkFormat *ret_format)
{
  *ret_format = SK_SETTINGS_FORMAT_AUTO;
  return strcmp (text, "auto") == 0 || sk_format_parse (text, ret_format);
}

/** One `key: value` of a sink. */
static void
set_member (SkSinkSettings *sink, bool *has_kind, const SkYaml *yaml, const SkYamlNode *node,
            GString *problems)
{
  const char *text = "";
  bool is_text = sk_yaml_text (node, &text);
  if (strcmp (node->key, "type") == 0)
    {
      *has_kind = true; /* a wrong one is told here, once */
      if (!is_text || !kind_parse (text, &sink->kind))
        sk_yaml_problem (yaml, node, problems, _ ("found \"%s\", expected one of %s"), text,
                         EXPECTED_KINDS);
    }
  else if (strcmp (node->key, "format") == 0)
    {
      if (!is_text || !format_parse (text, &sink->format))
        sk_yaml_problem (yaml, node, problems, _ ("found \"%s\", expected one of %s"), text,
                         "auto, tree, rfc5424, json");
    }
  else if (strcmp (node->key, "path") == 0)
    {
      g_free (sink->path);
      sink->path = g_strdup (text);
      if (!is_text || text[0] != '/')
        sk_yaml_problem (yaml, node, problems, _ ("found \"%s\", expected an absolute path"), text);
    }
  else if (strcmp (node->key, "rfc5424") == 0)
    {
      if (!sk_yaml_bool (node, &sink->rfc5424))
        sk_yaml_problem (yaml, node, problems, _ ("found \"%s\", expected true or false"), text);
    }
  else
    sk_yaml_problem_key (yaml, node, problems, _ ("unknown key \"%s\", expected one of %s"),
                         node->key, EXPECTED_KEYS);
}

/** What a sink of this kind cannot have, or lacks. */
static void
check_whole (const SkSinkSettings *sink, const SkYaml *yaml, const SkYamlNode *node,
             GString *problems)
{
  bool has_place = sink->kind == SK_SINK_FILE || sink->kind == SK_SINK_SYSLOG;
  if (sink->kind == SK_SINK_FILE && sink->path == NULL)
    sk_yaml_problem (yaml, node, problems, _ ("a sink of type file, expected a path with it"));
  if (!has_place && sink->path != NULL)
    sk_yaml_problem (yaml, sk_yaml_get (node, "path"), problems,
                     _ ("found a path, expected none with type %s"), kinds[sink->kind]);
  if (sink->kind != SK_SINK_SYSLOG && sk_yaml_get (node, "rfc5424") != NULL)
    sk_yaml_problem_key (yaml, sk_yaml_get (node, "rfc5424"), problems,
                         _ ("found rfc5424, expected it only with type syslog"));
  bool has_format = sink->kind == SK_SINK_STDOUT || sink->kind == SK_SINK_FILE;
  if (!has_format && sk_yaml_get (node, "format") != NULL)
    sk_yaml_problem_key (yaml, sk_yaml_get (node, "format"), problems,
                         _ ("found a format, expected it only with type stdout or file"));
}

static void
sink_set (GArray *sinks, const SkYaml *yaml, const SkYamlNode *node, GString *problems)
{
  if (node->kind != SK_YAML_MAP)
    {
      sk_yaml_problem (yaml, node, problems, _ ("found no sink, expected {type: %s, …}"), "stdout");
      return;
    }
  SkSinkSettings sink = { .kind = SK_SINK_STDOUT, .format = SK_SETTINGS_FORMAT_AUTO };
  bool has_kind = false;
  size_t before = problems->len;
  for (const SkYamlNode *member = node->first; member != NULL; member = member->next)
    set_member (&sink, &has_kind, yaml, member, problems);
  if (!has_kind)
    sk_yaml_problem (yaml, node, problems, _ ("a sink without a type, expected one of %s"),
                     EXPECTED_KINDS);
  if (problems->len == before)
    check_whole (&sink, yaml, node, problems);
  g_array_append_val (sinks, sink);
}

void
sk_sinks_set (GArray *sinks, const SkYaml *yaml, const SkYamlNode *list, GString *problems)
{
  if (list->kind != SK_YAML_LIST)
    {
      sk_yaml_problem (yaml, list, problems, _ ("found no list, expected a list of sinks"));
      return;
    }
  g_array_set_size (sinks, 0);
  for (const SkYamlNode *node = list->first; node != NULL; node = node->next)
    sink_set (sinks, yaml, node, problems);
}

static const char *
format_name (SkFormat format)
{
  switch (format)
    {
    case SK_FORMAT_TREE:
      return "tree";
    case SK_FORMAT_RFC5424:
      return "rfc5424";
    case SK_FORMAT_JSON:
      return "json";
    }
  return "auto";
}

char *
sk_sinks_get (const GArray *sinks)
{
  GString *text = g_string_new ("[");
  for (guint i = 0; i < sinks->len; i++)
    {
      const SkSinkSettings *sink = &g_array_index (sinks, SkSinkSettings, i);
      g_string_append_printf (text, "%s{type: %s", i > 0 ? ", " : "", kinds[sink->kind]);
      if (sink->path != NULL)
        {
          g_autofree char *quoted = sk_yaml_quote (sink->path);
          g_string_append_printf (text, ", path: %s", quoted);
        }
      if (sink->format != SK_SETTINGS_FORMAT_AUTO)
        g_string_append_printf (text, ", format: %s", format_name (sink->format));
      if (sink->kind == SK_SINK_SYSLOG)
        g_string_append_printf (text, ", rfc5424: %s", sink->rfc5424 ? "true" : "false");
      g_string_append_c (text, '}');
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
