/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The table of keys as text: the commented sample, the settings in force, and
 * the list for scripts.
 */
#include "config.h"

#include "config/keys.h"

#include "base/i18n.h"

#include <string.h>

#define COLUMNS 96

/** The group of a dotted name, "" for none. New string. */
static char *
group_of (const char *name)
{
  const char *dot = strchr (name, '.');
  return dot != NULL ? g_strndup (name, (size_t) (dot - name)) : g_strdup ("");
}

/** A comment, broken at blanks. */
static void
put_comment (GString *out, const char *indent, const char *text)
{
  size_t room = COLUMNS - strlen (indent) - 2;
  while (*text != '\0')
    {
      size_t length = strlen (text);
      if (length > room)
        for (length = room; length > 0 && text[length] != ' '; length--)
          continue;
      if (length == 0) /* a word longer than the line */
        length = strcspn (text, " ");
      g_string_append_printf (out, "%s# %.*s\n", indent, (int) length, text);
      text += length + strspn (text + length, " ");
    }
}

static void
put_key (GString *out, const SkKey *key, const char *indent, const char *value, bool comments)
{
  const char *dot = strchr (key->name, '.');
  if (comments)
    {
      g_autofree char *expected = sk_key_expected (key);
      put_comment (out, indent, key->meaning);
      g_autofree char *in_brackets = g_strdup_printf ("(%s)", expected);
      put_comment (out, indent, in_brackets);
    }
  g_string_append_printf (out, "%s%s: %s\n", indent, dot != NULL ? dot + 1 : key->name, value);
}

/** Says under `plugins` how options of plugins are written. */
static void
put_plugin_hint (GString *out)
{
  put_comment (out, "  ", "Options of a plugin stand below its name; sekisho-plugins(1) lists them:");
  g_string_append (out, "  # name:\n  #   option: value\n");
}

/** The plugin of option `index` had one before it. */
static bool
is_repeated (const GArray *options, guint index)
{
  const char *plugin = g_array_index (options, SkOptionSetting, index).plugin;
  for (guint i = 0; i < index; i++)
    if (strcmp (g_array_index (options, SkOptionSetting, i).plugin, plugin) == 0)
      return true;
  return false;
}

/** Options that were set, all of one plugin together. */
static void
put_options (GString *out, const GArray *options)
{
  for (guint i = 0; i < options->len; i++)
    {
      const char *plugin = g_array_index (options, SkOptionSetting, i).plugin;
      if (is_repeated (options, i))
        continue;
      g_string_append_printf (out, "  %s:\n", plugin);
      for (guint j = i; j < options->len; j++)
        {
          const SkOptionSetting *option = &g_array_index (options, SkOptionSetting, j);
          g_autofree char *value = sk_yaml_quote (option->value);
          if (strcmp (option->plugin, plugin) == 0)
            g_string_append_printf (out, "    %s: %s\n", option->name, value);
        }
    }
}

static char *
write_all (const SkSettings *settings, bool comments)
{
  GString *out = g_string_new (NULL);
  g_autofree char *group = g_strdup ("");
  const SkKey *key;
  for (size_t i = 0; sk_key_at (i, &key); i++)
    {
      g_autofree char *mine = group_of (key->name);
      if (comments)
        g_string_append_c (out, '\n');
      if (mine[0] != '\0' && strcmp (mine, group) != 0)
        g_string_append_printf (out, "%s:\n", mine);
      g_autofree char *value
          = settings != NULL ? sk_key_get (key, settings) : g_strdup (key->initial);
      put_key (out, key, mine[0] != '\0' ? "  " : "", value, comments);
      if (strcmp (key->name, "plugins.load") == 0 && comments)
        put_plugin_hint (out);
      if (strcmp (key->name, "plugins.load") == 0 && settings != NULL)
        put_options (out, settings->zygote.engine.options);
      g_free (group);
      group = g_steal_pointer (&mine);
    }
  return g_string_free (out, FALSE);
}

char *
sk_settings_sample (void)
{
  g_autofree char *keys = write_all (NULL, true);
  return g_strconcat ("# Sekisho reads this file at each start; see sekisho.yaml(5). Every key stands here with its\n"
                      "# default: a file needs only those that differ. `sekisho config check` checks it.\n",
                      keys, NULL);
}

char *
sk_settings_show (const SkSettings *settings)
{
  return write_all (settings, false);
}

char *
sk_settings_keys (void)
{
  GString *out = g_string_new (NULL);
  const SkKey *key;
  for (size_t i = 0; sk_key_at (i, &key); i++)
    {
      g_autofree char *expected = sk_key_expected (key);
      g_string_append_printf (out, "%s\t%s\t%s\t%s\n", key->name, expected, key->initial,
                              key->meaning);
    }
  return g_string_free (out, FALSE);
}
