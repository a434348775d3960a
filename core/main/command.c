/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The tables, and the reader of the command line.
 *
 * Options may stand before, between and after arguments, until `--`. `-` alone
 * is an argument (standard input). No option has a short form but -h, so a
 * file whose name begins with `-` is never taken for some of them: it is
 * refused with the advice to write `./-x`.
 */
#include "config.h"

#include "main/command.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/text.h"
#include "config/settings.h"

#include <string.h>

enum {
  SCAN = 1 << 0,
  PLUGINS = 1 << 1,
  RULES_CHECK = 1 << 2,
  RULES_LIST = 1 << 3,
  RULES_COMPILE = 1 << 4,
  EXPLAIN = 1 << 5,
  ALLOW_ADD = 1 << 6,
  ALLOW_LIST = 1 << 7,
  CONFIG_CHECK = 1 << 8,
  CONFIG_SAMPLE = 1 << 9,
  CONFIG_SHOW = 1 << 10,
  CONFIG_KEYS = 1 << 11,
  RULES_TEST = 1 << 12,
  /* Those that load plugins and rules. */
  ENGINE = SCAN | PLUGINS | RULES_CHECK | RULES_LIST | RULES_COMPILE | RULES_TEST | EXPLAIN,
  /* Those that read the configuration. */
  SETTINGS = ENGINE | ALLOW_ADD | ALLOW_LIST | CONFIG_SHOW | CONFIG_CHECK
};

static const SkCommand commands[] = {
  { "scan", "[PATH|-]...", 0, -1, SCAN,
    N_ ("Inspect files and folders (the current folder when none is named; - is standard input)."),
    sk_main_scan },
  { "plugins", "[NAME]...", 0, -1, PLUGINS,
    N_ ("List the plugins, or tell all about those that are named."), sk_main_plugins },
  { "rules check", "[PATH]...", 0, -1, RULES_CHECK,
    N_ ("Check rule files, or all that are configured: what is usable, and why the rest is not."),
    sk_main_rules_check },
  { "rules list", "", 0, 0, RULES_LIST, N_ ("List the rules: id, level, title, row, file."),
    sk_main_rules_list },
  { "rules test", "[PATH]...", 0, -1, RULES_TEST,
    N_ ("Judge the samples in .test.yml files by the Sigma rules beside them, or by all configured."),
    sk_main_rules_test },
  { "rules compile", "", 0, 0, RULES_COMPILE, N_ ("Compile the rules into the cache."),
    sk_main_rules_compile },
  { "explain", "ID...", 1, -1, EXPLAIN,
    N_ ("Tell what a finding means, why it may be wrong, and how to silence it."), sk_main_explain },
  { "allow add", "FILE...", 1, -1, ALLOW_ADD,
    N_ ("Silence findings on files by the hash of their content."), sk_main_allow_add },
  { "allow list", "", 0, 0, ALLOW_LIST, N_ ("List the silences."), sk_main_allow_list },
  { "config check", "[FILE]", 0, 1, CONFIG_CHECK, N_ ("Check a configuration file."),
    sk_main_config_check },
  { "config sample", "", 0, 0, CONFIG_SAMPLE,
    N_ ("Print a configuration file with every key, its meaning and its default."),
    sk_main_config_sample },
  { "config show", "", 0, 0, CONFIG_SHOW, N_ ("Print the configuration that is in force."),
    sk_main_config_show },
  { "config keys", "", 0, 0, CONFIG_KEYS,
    N_ ("Print one line a key, for scripts: name, what it may be, default, meaning."),
    sk_main_config_keys },
};

static const SkOption options[] = {
  { "jobs", "N", "jobs", NULL, false, SCAN, N_ ("workers side by side, or auto") },
  { "format", "FORMAT", "alert.format", NULL, false, SCAN, N_ ("auto, tree, rfc5424 or json") },
  { "output", "FILE", NULL, NULL, true, SCAN,
    N_ ("append alerts to FILE instead of printing them") },
  { "records", "FILE", "scan.records", NULL, true, SCAN,
    N_ ("write all records to FILE as lines of JSON") },
  { "fail-on", "LEVEL", "fail-on", NULL, false, SCAN,
    N_ ("end with 1 from this level on: informational, low, medium, high, critical") },
  { "exclude", "PATTERN", "scan.exclude", NULL, false, SCAN,
    N_ ("do not inspect paths that match; may be repeated") },
  { "one-file-system", NULL, "scan.one-file-system", "true", false, SCAN,
    N_ ("do not enter other file systems") },
  { "sandbox", "MODE", "sandbox", NULL, false, SCAN, N_ ("prefer or require") },
  { "temporary", "DIR", "scan.temporary", NULL, true, SCAN, N_ ("folder for temporary files") },
  { "no-progress", NULL, "scan.progress", "never", false, SCAN, N_ ("no progress bar") },
  { "color", "WHEN", "alert.color", NULL, false, SCAN, N_ ("auto, always or never") },
  { "lang", "LANGUAGE", "alert.language", NULL, false, SCAN | RULES_LIST | EXPLAIN,
    N_ ("en or ja, for titles and explanations") },
  { "rules", "PATH", "rules.yara", NULL, true, ENGINE & ~(unsigned) (RULES_CHECK | RULES_TEST),
    N_ ("YARA rules instead of the configured ones; may be repeated; built-in adds the shipped") },
  { "sigma", "PATH", "rules.sigma", NULL, true, ENGINE & ~(unsigned) (RULES_CHECK | RULES_TEST),
    N_ ("Sigma rules instead of the configured ones; may be repeated; built-in adds the shipped") },
  { "hash-list", "PATH", "rules.hash-lists", NULL, true, ENGINE & ~(unsigned) (RULES_CHECK | RULES_TEST),
    N_ ("hash list instead of the configured ones; may be repeated") },
  { "password-file", "FILE", "secrets.password-files", NULL, true, SCAN,
    N_ ("passwords, one a line, for what is locked; may be repeated") },
  { "strict", NULL, "rules.strict", "true", false, SCAN | RULES_COMPILE,
    N_ ("refuse to start when a rule file or list is left out") },
  { "plugin-path", "DIR", "plugins.path", NULL, true, ENGINE,
    N_ ("folder with plugins instead of the configured ones; may be repeated") },
  { "cache-dir", "DIR", "rules.cache-dir", NULL, true, SCAN | RULES_COMPILE,
    N_ ("folder for compiled rules, auto or none") },
  { "why", "TEXT", NULL, NULL, false, ALLOW_ADD, N_ ("the reason; required") },
  { "id", "ID", NULL, NULL, false, ALLOW_ADD, N_ ("only this finding; all when not given") },
  { "expires", "DAYS", NULL, NULL, false, ALLOW_ADD, N_ ("days that it holds; 180 when not given") },
  { "file", "FILE", NULL, NULL, true, ALLOW_ADD | ALLOW_LIST,
    N_ ("the silences file; the first configured one when not given") },
  { "config", "FILE", NULL, NULL, true, SETTINGS & ~(unsigned) CONFIG_CHECK,
    N_ ("configuration file instead of the system's") },
  { "set", "KEY=VALUE", NULL, NULL, false, SETTINGS, N_ ("set a configuration key; may be repeated") },
  { "help", NULL, NULL, NULL, false, ~0u, N_ ("print this help") },
};

bool
sk_command_at (size_t index, const SkCommand **ret_command)
{
  if (index >= G_N_ELEMENTS (commands))
    return false;
  *ret_command = &commands[index];
  return true;
}

bool
sk_command_option (const SkCommand *command, size_t index, const SkOption **ret_option)
{
  for (size_t i = 0; i < G_N_ELEMENTS (options); i++)
    if ((options[i].commands & command->bit) != 0 && index-- == 0)
      {
        *ret_option = &options[i];
        return true;
      }
  return false;
}

/* ---- reading ---- */

static void
override_clear (gpointer data)
{
  SkOverride *override = data;
  g_free (override->key);
  g_free (override->value);
}

static SkCommandLine *
line_new (const SkCommand *command)
{
  SkCommandLine *line = g_new0 (SkCommandLine, 1);
  line->command = command;
  line->arguments = g_ptr_array_new_with_free_func (g_free);
  line->overrides = g_array_new (FALSE, TRUE, sizeof (SkOverride));
  g_array_set_clear_func (line->overrides, override_clear);
  line->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  return line;
}

void
sk_command_line_free (SkCommandLine *line)
{
  if (line == NULL)
    return;
  g_ptr_array_unref (line->arguments);
  g_array_unref (line->overrides);
  g_hash_table_unref (line->values);
  g_free (line);
}

const char *
sk_command_line_value (const SkCommandLine *line, const char *option)
{
  return g_hash_table_lookup (line->values, option);
}

/** Bytes of the command line, safe to show. New string. */
static char *
shown (const char *bytes)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (bytes));
  return sk_text_escape (utf8);
}

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, const char *argument, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *cause = g_strdup_vprintf (format, list);
  va_end (list);
  g_autofree char *safe = shown (argument);
  g_set_error (error, SK_ERROR, SK_ERROR_CONFIG, "%s: %s", safe, cause);
  return FALSE;
}

/** Words with a meaning of their own stay; a path of that name is written `./built-in`. */
static char *
absolute (const char *path)
{
  static const char *const words[] = { "built-in", "auto", "none", NULL };
  if (g_strv_contains (words, path))
    return g_strdup (path);
  return g_canonicalize_filename (path, NULL);
}

static void
add_override (SkCommandLine *line, const char *key, const char *value, bool raw)
{
  SkOverride override = { g_strdup (key), g_strdup (value), raw };
  g_array_append_val (line->overrides, override);
}

static gboolean
take_set (SkCommandLine *line, const char *value, GError **error)
{
  /* An option with an argument has a value. */
  g_assert (value != NULL);
  const char *equals = strchr (value, '=');
  if (equals == NULL || equals == value)
    return refuse (error, value, _ ("expected KEY=VALUE after --set"));
  g_autofree char *key = g_strndup (value, (size_t) (equals - value));
  add_override (line, key, equals + 1, false);
  return TRUE;
}

static gboolean
take_option (SkCommandLine *line, const SkOption *option, const char *value, GError **error)
{
  g_autofree char *path = option->is_path ? absolute (value) : NULL;
  const char *used = path != NULL ? path : value;
  if (strcmp (option->name, "help") == 0)
    line->help = true;
  else if (strcmp (option->name, "set") == 0)
    return take_set (line, value, error);
  else if (option->key != NULL)
    add_override (line, option->key, option->argument != NULL ? used : option->fixed, true);
  else
    g_hash_table_replace (line->values, (gpointer) option->name, g_strdup (used));
  return TRUE;
}

static const SkOption *
find_option (const SkCommand *command, const char *name, size_t length)
{
  const SkOption *option;
  for (size_t i = 0; sk_command_option (command, i, &option); i++)
    if (strlen (option->name) == length && strncmp (option->name, name, length) == 0)
      return option;
  return NULL;
}

/** `argv[*index]` begins with `--`. Moves the index over a value in the next argument. */
static gboolean
read_option (SkCommandLine *line, int argc, char *const *argv, int *index, GError **error)
{
  const char *argument = argv[*index];
  const char *name = argument + 2;
  const char *equals = strchr (name, '=');
  size_t length = equals != NULL ? (size_t) (equals - name) : strlen (name);
  const SkOption *option = find_option (line->command, name, length);
  if (option == NULL)
    return refuse (error, argument, _ ("no such option; sekisho %s --help lists them"),
                   line->command->name);
  if (option->argument == NULL)
    return equals == NULL ? take_option (line, option, "", error)
                          : refuse (error, argument, _ ("this option takes no value"));
  if (equals != NULL)
    return take_option (line, option, equals + 1, error);
  if (*index + 1 >= argc)
    return refuse (error, argument, _ ("expected %s after it"), option->argument);
  *index += 1;
  return take_option (line, option, argv[*index], error);
}

static gboolean
read_arguments (SkCommandLine *line, int argc, char *const *argv, GError **error)
{
  bool only_arguments = false;
  for (int i = 0; i < argc; i++)
    {
      const char *argument = argv[i];
      if (only_arguments || argument[0] != '-' || argument[1] == '\0')
        g_ptr_array_add (line->arguments, g_strdup (argument));
      else if (strcmp (argument, "--") == 0)
        only_arguments = true;
      else if (strcmp (argument, "-h") == 0)
        line->help = true;
      else if (argument[1] != '-')
        return refuse (error, argument,
                       _ ("no such option; a file of this name is written ./%s or after --"), argument);
      else if (!read_option (line, argc, argv, &i, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_count (const SkCommandLine *line, GError **error)
{
  int count = (int) line->arguments->len;
  const SkCommand *command = line->command;
  if (count < command->least)
    return refuse (error, command->name, _ ("expected %s"), command->arguments);
  if (command->most >= 0 && count > command->most)
    return refuse (error, g_ptr_array_index (line->arguments, (guint) command->most),
                   _ ("one argument too many for sekisho %s"), command->name);
  return TRUE;
}

/** The command that `argv` begins with, and how many words it has. */
static const SkCommand *
find_command (int argc, char *const *argv, int *ret_words)
{
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_auto (GStrv) words = g_strsplit (commands[i].name, " ", -1);
      int n = (int) g_strv_length (words);
      if (argc < n || strcmp (argv[0], words[0]) != 0 || (n == 2 && strcmp (argv[1], words[1]) != 0))
        continue;
      *ret_words = n;
      return &commands[i];
    }
  return NULL;
}

SkCommandLine *
sk_command_line_read (int argc, char *const *argv, GError **error)
{
  int words = 0;
  const SkCommand *command = argc > 0 ? find_command (argc, argv, &words) : NULL;
  if (command == NULL)
    {
      refuse (error, argc > 0 ? argv[0] : "sekisho", _ ("no such command; sekisho --help lists them"));
      return NULL;
    }
  g_autoptr (SkCommandLine) line = line_new (command);
  if (!read_arguments (line, argc - words, argv + words, error))
    return NULL;
  if (!line->help && !check_count (line, error))
    return NULL;
  return g_steal_pointer (&line);
}
