/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From the bundle's configuration entries to settings.
 *
 * Order: defaults, file, command line; a later value replaces an earlier one.
 * All mistakes are collected and told together. What words such as `auto` and
 * `built-in` stand for is filled in at the very end (resolve.c), so that the
 * same text gives the same settings wherever it came from.
 */
#include "config.h"

#include "config/resolve.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

/** One source of values, while it is read. */
typedef struct Reading {
  SkSettings *settings;
  const SkYaml *yaml;
  GString *problems;
} Reading;

static void apply_value (Reading *reading, const char *name, const SkYamlNode *node);

/** The defaults as they stand in the table, words not yet resolved. */
static void
init_from_table (SkSettings *settings)
{
  memset (settings, 0, sizeof *settings);
  sk_engine_settings_init (&settings->zygote.engine);
  sk_alert_settings_init (&settings->alert);
  sk_policy_settings_init (&settings->policy);
  settings->sinks = sk_sinks_new ();
  g_autoptr (GString) problems = g_string_new (NULL);
  const SkKey *key;
  for (size_t i = 0; sk_key_at (i, &key); i++)
    {
      g_autoptr (SkYaml) yaml = sk_yaml_parse (key->name, sk_span_of_text (key->initial), NULL);
      g_assert (yaml != NULL);
      Reading reading = { settings, yaml, problems };
      apply_value (&reading, key->name, sk_yaml_root (yaml));
    }
  g_assert_cmpstr (problems->str, ==, ""); /* the table contradicts itself */
}

void
sk_settings_init (SkSettings *settings)
{
  init_from_table (settings);
  sk_settings_resolve (settings);
}

void
sk_settings_clear (SkSettings *settings)
{
  sk_engine_settings_clear (&settings->zygote.engine);
  sk_alert_settings_clear (&settings->alert);
  g_strfreev (settings->run.zygote_argv);
  g_free (settings->run.temporary);
  g_strfreev (settings->walk.paths);
  g_strfreev (settings->walk.exclude);
  g_strfreev (settings->walk.skip);
  g_free (settings->walk.temporary);
  g_clear_pointer (&settings->sinks, g_array_unref);
  g_strfreev (settings->yara_paths);
  g_strfreev (settings->list_paths);
  g_strfreev (settings->table_paths);
  g_strfreev (settings->sigma_paths);
  g_strfreev (settings->logsource_paths);
  g_strfreev (settings->placeholder_paths);
  g_strfreev (settings->silence_paths);
  g_strfreev (settings->password_paths);
  g_free (settings->records);
  memset (settings, 0, sizeof *settings);
}

/* ---- values ---- */

/** The value as it is shown in a message. New string. */
static char *
found_text (const SkYamlNode *node)
{
  const char *text;
  if (sk_yaml_is_null (node))
    return g_strdup (_ ("nothing"));
  if (!sk_yaml_text (node, &text))
    return g_strdup (node->kind == SK_YAML_LIST ? _ ("a list") : _ ("a group of keys"));
  g_autofree char *head = g_strndup (text, sk_text_cut (text, 80));
  g_autofree char *safe = sk_text_escape (head);
  return g_strdup_printf ("\"%s\"%s", safe, strlen (head) < strlen (text) ? "…" : "");
}

static void
say_wrong (Reading *reading, const SkYamlNode *node, const SkKey *key)
{
  g_autofree char *found = found_text (node);
  g_autofree char *expected = sk_key_expected (key);
  /* What is absent has no place of its own. */
  bool at_key = node->key != NULL && sk_yaml_is_null (node);
  (at_key ? sk_yaml_problem_key : sk_yaml_problem) (reading->yaml, node, reading->problems,
                                                    _ ("%s: found %s, expected %s"), key->name,
                                                    found, expected);
}

static void
say_unknown (Reading *reading, const char *group, const SkYamlNode *node, const char *name)
{
  g_autofree char *siblings = sk_key_siblings (group);
  g_autofree char *safe = sk_text_escape (name);
  const char *more = strcmp (group, "plugins") == 0 ? _ (", or a plugin with its options") : "";
  sk_yaml_problem_key (reading->yaml, node, reading->problems,
                       _ ("unknown key \"%s\", expected one of %s%s"), safe, siblings, more);
}

/** A list in which one item is wrong is told at the item. */
static const SkYamlNode *
wrong_item (const SkKey *key, const SkYamlNode *node)
{
  if (node->kind != SK_YAML_LIST || (key->type != SK_KEY_TEXTS && key->type != SK_KEY_PATHS))
    return node;
  for (const SkYamlNode *item = node->first; item != NULL; item = item->next)
    {
      const char *text;
      bool right = sk_yaml_text (item, &text) && text[0] != '\0';
      if (right && key->type == SK_KEY_PATHS)
        right = text[0] == '/' || (key->words != NULL && g_strv_contains (key->words, text));
      if (!right)
        return item;
    }
  return node;
}

static void
apply_key (Reading *reading, const SkKey *key, const SkYamlNode *node)
{
  if (key->type == SK_KEY_SINKS)
    sk_sinks_set (reading->settings->sinks, reading->yaml, node, reading->problems);
  else if (!sk_key_set (key, reading->settings, node))
    say_wrong (reading, wrong_item (key, node), key);
}

static void
add_option (SkSettings *settings, const char *plugin, const char *name, const char *value,
            const char *where)
{
  GArray *options = settings->zygote.engine.options;
  for (guint i = options->len; i > 0; i--)
    {
      const SkOptionSetting *old = &g_array_index (options, SkOptionSetting, i - 1);
      if (strcmp (old->plugin, plugin) == 0 && strcmp (old->name, name) == 0)
        g_array_remove_index (options, i - 1);
    }
  SkOptionSetting option = { g_strdup (plugin), g_strdup (name), g_strdup (value),
                             g_strdup (where) };
  g_array_append_val (options, option);
}

/** `plugins.<plugin>.<option>`; FALSE: the name is nothing of the kind. */
static bool
apply_option (Reading *reading, const char *name, const SkYamlNode *node)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", -1);
  if (g_strv_length (parts) != 3 || strcmp (parts[0], "plugins") != 0)
    return false;
  const char *value;
  if (!sk_yaml_text (node, &value))
    {
      g_autofree char *found = found_text (node);
      sk_yaml_problem (reading->yaml, node, reading->problems,
                       _ ("%s: found %s, expected a single value"), name, found);
      return true;
    }
  g_autofree char *line = sk_yaml_where (reading->yaml, node);
  g_autofree char *where = g_strdup_printf ("%s:%u", line, node->column);
  add_option (reading->settings, parts[1], parts[2], value, where);
  return true;
}

/** `plugins.<plugin>` with a map of options below it. */
static bool
is_plugin (const char *name)
{
  return g_str_has_prefix (name, "plugins.") && strchr (name + strlen ("plugins."), '.') == NULL;
}

static void
apply_map (Reading *reading, const char *group, const SkYamlNode *map)
{
  for (const SkYamlNode *node = map->first; node != NULL; node = node->next)
    {
      g_autofree char *name
          = group[0] == '\0' ? g_strdup (node->key) : g_strconcat (group, ".", node->key, NULL);
      if (strchr (node->key, '.') != NULL)
        say_unknown (reading, group, node, node->key);
      else
        apply_value (reading, name, node);
    }
}

/** `node` is the value of the key, group or plugin option `name`. */
static void
apply_value (Reading *reading, const char *name, const SkYamlNode *node)
{
  const SkKey *key = sk_key_find (name);
  if (key != NULL)
    {
      apply_key (reading, key, node);
      return;
    }
  if (sk_key_is_group (name) || is_plugin (name))
    {
      /* A group whose keys are all commented out is no mistake. */
      if (node->kind == SK_YAML_MAP)
        apply_map (reading, name, node);
      else if (!sk_yaml_is_null (node))
        {
          g_autofree char *found = found_text (node);
          g_autofree char *siblings
              = is_plugin (name) ? g_strdup (_ ("options of the plugin")) : sk_key_siblings (name);
          sk_yaml_problem (reading->yaml, node, reading->problems,
                           _ ("%s: found %s, expected keys below it: %s"), name, found, siblings);
        }
      return;
    }
  if (apply_option (reading, name, node))
    return;
  const char *dot = strrchr (name, '.');
  g_autofree char *group = dot != NULL ? g_strndup (name, (size_t) (dot - name)) : g_strdup ("");
  say_unknown (reading, sk_key_is_group (group) ? group : "", node, dot != NULL ? dot + 1 : name);
}

/* ---- sources ---- */

static void
say_error (GString *problems, const GError *error)
{
  g_string_append_printf (problems, "%s\n", error->message);
}

static void
apply_file (SkSettings *settings, const SkBundleEntry *entry, GString *problems)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (entry->path));
  g_autofree char *file = sk_text_escape (utf8);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkYaml) yaml = sk_yaml_parse (file, entry->bytes, &error);
  if (yaml == NULL)
    {
      say_error (problems, error);
      return;
    }
  Reading reading = { settings, yaml, problems };
  const SkYamlNode *root = sk_yaml_root (yaml);
  if (root == NULL)
    return;
  if (root->kind == SK_YAML_MAP)
    apply_map (&reading, "", root);
  else
    {
      g_autofree char *siblings = sk_key_siblings ("");
      g_autofree char *found = found_text (root);
      sk_yaml_problem (yaml, root, problems, _ ("found %s, expected keys: %s"), found, siblings);
    }
}

/** The name under which messages speak of a value of the command line. New string. */
static char *
line_name (const char *key)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (key));
  g_autofree char *safe = sk_text_escape (utf8);
  return g_strdup_printf (_ ("command line, %s"), safe);
}

static void
apply_override (SkSettings *settings, const SkBundleEntry *entry, GString *problems)
{
  static const SkYamlNode nothing = { .kind = SK_YAML_SCALAR, .plain = true, .text = "" };
  g_autofree char *file = line_name (entry->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkYaml) yaml = sk_yaml_parse (file, entry->bytes, &error);
  if (yaml == NULL)
    {
      say_error (problems, error);
      return;
    }
  Reading reading = { settings, yaml, problems };
  const SkYamlNode *root = sk_yaml_root (yaml);
  g_autofree char *name = sk_text_from_bytes (sk_span_of_text (entry->path));
  apply_value (&reading, name, root != NULL ? root : &nothing);
}

/** `seen` holds the keys that the command line gave before: a list's first item replaces what
 * file and defaults say, the others are added. */
static void
apply_raw (SkSettings *settings, const SkBundleEntry *entry, GHashTable *seen, GString *problems)
{
  const SkKey *key = sk_key_find (entry->path);
  g_autofree char *text
      = g_strndup ((const char *) entry->bytes.data, entry->bytes.size);
  g_assert (key != NULL); /* only our own table of options makes these */
  bool list = key->type == SK_KEY_TEXTS || key->type == SK_KEY_PATHS;
  if (g_hash_table_add (seen, (gpointer) key) && list)
    sk_key_empty (key, settings);
  if (sk_key_set_raw (key, settings, text))
    return;
  g_autofree char *name = line_name (entry->path);
  g_autofree char *utf8 = sk_text_from_bytes (entry->bytes);
  g_autofree char *safe = sk_text_escape (utf8);
  g_autofree char *expected = sk_key_expected (key);
  g_string_append_printf (problems, _ ("%s: found \"%s\", expected %s"), name, safe, expected);
  g_string_append_c (problems, '\n');
}

static void
apply_bundle (SkSettings *settings, const SkBundle *bundle, GString *problems)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  SkBundleEntry entry;
  for (size_t i = 0; sk_bundle_of_kind (bundle, "config", i, &entry); i++)
    apply_file (settings, &entry, problems);
  for (size_t i = 0; sk_bundle_at (bundle, i, &entry); i++)
    if (strcmp (entry.kind, "override") == 0)
      apply_override (settings, &entry, problems);
    else if (strcmp (entry.kind, "override-raw") == 0)
      apply_raw (settings, &entry, seen, problems);
}

/** What no single key can tell. */
static void
check_together (const SkSettings *settings, GString *problems)
{
  const SkLimits *limits = &settings->run.limits;
  if (limits->object_bytes > limits->job_bytes)
    {
      g_autofree char *object = sk_key_get (sk_key_find ("limits.object-bytes"), settings);
      g_autofree char *job = sk_key_get (sk_key_find ("limits.job-bytes"), settings);
      g_string_append_printf (
          problems, _ ("limits.object-bytes: found %s, expected no more than limits.job-bytes, %s"),
          object, job);
      g_string_append_c (problems, '\n');
    }
  if (g_strv_length (settings->zygote.engine.plugin_order) == 0)
    g_string_append_printf (problems, "%s\n",
                            _ ("plugins.load: found an empty list, expected at least one plugin"));
}

gboolean
sk_settings_load (SkSettings *settings, const SkBundle *bundle, GError **error)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  sk_settings_clear (settings);
  init_from_table (settings);
  apply_bundle (settings, bundle, problems);
  check_together (settings, problems);
  if (problems->len > 0)
    {
      sk_settings_clear (settings);
      init_from_table (settings);
    }
  sk_settings_resolve (settings);
  return sk_yaml_no_problem (problems, error);
}

static gboolean
add_overrides (SkBundle *bundle, const GArray *overrides, GError **error)
{
  for (guint i = 0; overrides != NULL && i < overrides->len; i++)
    {
      const SkOverride *override = &g_array_index (overrides, SkOverride, i);
      if (!sk_bundle_add (bundle, override->raw ? "override-raw" : "override", override->key,
                          sk_span_of_text (override->value), 0, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sk_settings_read (SkBundle *bundle, const char *path, const GArray *overrides, GError **error)
{
  bool wanted = path != NULL || g_file_test (SK_CONFIG_FILE, G_FILE_TEST_EXISTS);
  if (wanted
      && !sk_bundle_add_file (bundle, "config", path != NULL ? path : SK_CONFIG_FILE, error))
    return FALSE;
  return add_overrides (bundle, overrides, error);
}

const char *
sk_settings_silences_file (void)
{
  return SK_SILENCES_FILE;
}

static const char *const nothing[] = { NULL };

/** A rules folder without one rule file is a mistake, not an empty set. */
static gboolean
add_trees (SkBundle *bundle, const char *kind, char *const *paths, const char *const *suffixes,
           const char *const *but, GError **error)
{
  for (size_t i = 0; paths[i] != NULL; i++)
    {
      size_t count = 0;
      if (!sk_bundle_add_tree_but (bundle, kind, paths[i], suffixes, but, &count, error))
        return FALSE;
      if (count > 0)
        continue;
      g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (paths[i]));
      g_autofree char *path = sk_text_escape (utf8);
      g_autofree char *names = g_strjoinv (", ", (char **) suffixes);
      g_set_error (error, SK_ERROR, SK_ERROR_CONFIG,
                   _ ("%s: found no file in it, expected some whose names end in %s"), path, names);
      return FALSE;
    }
  return TRUE;
}

/** Source and expiry of a list that is named itself may stand in a file beside it. */
static gboolean
add_side_files (SkBundle *bundle, char *const *paths, GError **error)
{
  for (size_t i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *side = g_strconcat (paths[i], ".meta", NULL);
      if (!g_file_test (paths[i], G_FILE_TEST_IS_DIR) && g_file_test (side, G_FILE_TEST_EXISTS)
          && !sk_bundle_add_file (bundle, "hash-list", side, error))
        return FALSE;
    }
  return TRUE;
}

/** Folders of tables and lists below a folder of rules hold no rules. */
static char **
not_rules (const SkSettings *settings)
{
  g_autoptr (GStrvBuilder) but = g_strv_builder_new ();
  g_strv_builder_add_many (but, ".test.yml", ".test.yaml", NULL);
  g_strv_builder_addv (but, (const char **) settings->logsource_paths);
  g_strv_builder_addv (but, (const char **) settings->placeholder_paths);
  static const char *const folders[] = { "sigma/logsources", "sigma/lists" };
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (sk_settings_signatures (), folders[i], NULL);
      g_strv_builder_add (but, path);
    }
  return g_strv_builder_end (but);
}

static gboolean
add_sigma (const SkSettings *settings, SkBundle *bundle, GError **error)
{
  static const char *const rules[] = { ".yml", ".yaml", NULL };
  static const char *const lists[] = { ".txt", NULL };
  g_auto (GStrv) but = not_rules (settings);
  return add_trees (bundle, "sigma", settings->sigma_paths, rules, (const char *const *) but, error)
         && add_trees (bundle, "logsource-table", settings->logsource_paths, rules, nothing, error)
         && add_trees (bundle, "placeholder-list", settings->placeholder_paths, lists, nothing, error);
}

/* What others can read is no secret. */
static gboolean
check_private (const char *path, GError **error)
{
  struct stat info;
  if (stat (path, &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) == 0)
    return TRUE; /* reading it will tell what is wrong */
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  g_autofree char *escaped = sk_text_escape (utf8);
  g_set_error (error, SK_ERROR, SK_ERROR_CONFIG,
               _ ("%s: a file with passwords that others than its owner may use (mode %04o); mend it "
                  "with chmod 600"),
               escaped, (unsigned) info.st_mode & 07777);
  return FALSE;
}

static gboolean
add_passwords (const SkSettings *settings, SkBundle *bundle, GError **error)
{
  for (size_t i = 0; settings->password_paths[i] != NULL; i++)
    if (!check_private (settings->password_paths[i], error)
        || !sk_bundle_add_file (bundle, "password-list", settings->password_paths[i], error))
      return FALSE;
  return TRUE;
}

gboolean
sk_settings_add_sources (const SkSettings *settings, SkBundle *bundle, GError **error)
{
  static const char *const yara[] = { ".yar", ".yara", NULL };
  static const char *const lists[] = { ".txt", ".csv", ".hdb", ".hsb", ".skhash", ".meta", NULL };
  static const char *const tables[] = { ".types", NULL };
  if (!add_trees (bundle, "yara", settings->yara_paths, yara, nothing, error)
      || !add_trees (bundle, "hash-list", settings->list_paths, lists, nothing, error)
      || !add_side_files (bundle, settings->list_paths, error)
      || !add_trees (bundle, "type-table", settings->table_paths, tables, nothing, error)
      || !add_sigma (settings, bundle, error) || !add_passwords (settings, bundle, error))
    return FALSE;
  for (size_t i = 0; settings->silence_paths[i] != NULL; i++)
    {
      const char *path = settings->silence_paths[i];
      /* The built-in file does not exist before its first silence. */
      if (strcmp (path, SK_SILENCES_FILE) == 0 && !g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      if (!sk_bundle_add_file (bundle, "silences", path, error))
        return FALSE;
    }
  return TRUE;
}
