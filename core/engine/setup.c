/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/setup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

/* ---- options ---- */

static bool
parse_bool (const char *text, SkOptionValue *value, char **ret_cause)
{
  if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
    {
      value->boolean = text[0] == 't';
      return true;
    }
  *ret_cause = g_strdup (_ ("expected true or false"));
  return false;
}

static bool
parse_int (const SkOptionDecl *option, const char *text, SkOptionValue *value, char **ret_cause)
{
  g_autoptr (GError) error = NULL;
  gint64 number;
  if (g_ascii_string_to_signed (text, 10, option->minimum, option->maximum, &number, &error))
    {
      value->integer = number;
      return true;
    }
  *ret_cause
      = g_strdup_printf (_ ("expected a whole number from %" PRId64 " to %" PRId64),
                         option->minimum, option->maximum);
  return false;
}

bool
sk_option_parse (const SkOptionDecl *option, const char *text, SkOptionValue *ret_value,
                 char **ret_cause)
{
  SkOptionValue value = { 0 };
  if (option->type == SK_OPTION_BOOL && !parse_bool (text, &value, ret_cause))
    return false;
  if (option->type == SK_OPTION_INT && !parse_int (option, text, &value, ret_cause))
    return false;
  value.text = g_strdup (text);
  *ret_value = value;
  return true;
}

static const SkOptionDecl *
find_option (const SkPlugin *plugin, const char *name, size_t *ret_index)
{
  for (size_t i = 0; i < plugin->n_options; i++)
    if (strcmp (plugin->options[i].name, name) == 0)
      {
        *ret_index = i;
        return &plugin->options[i];
      }
  return NULL;
}

static bool
set_option (SkLoadedPlugin *loaded, const SkOptionSetting *setting, SkCatalogue *catalogue)
{
  const char *where = setting->where != NULL ? setting->where : loaded->path;
  g_autofree char *cause = NULL;
  SkOptionValue value;
  size_t index;
  const SkOptionDecl *option = find_option (loaded->plugin, setting->name, &index);
  if (option == NULL)
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, where, 0,
                            _ ("plugin \"%s\" has no option \"%s\""), setting->plugin,
                            setting->name);
      return false;
    }
  if (!sk_option_parse (option, setting->value, &value, &cause))
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, where, 0,
                            _ ("option \"%s\" of plugin \"%s\" is \"%s\": %s"), setting->name,
                            setting->plugin, setting->value, cause);
      return false;
    }
  g_free (loaded->options[index].text);
  loaded->options[index] = value;
  return true;
}

bool
sk_setup_options (SkLoadedPlugin *loaded, const GArray *settings, SkCatalogue *catalogue)
{
  const SkPlugin *plugin = loaded->plugin;
  bool good = true;
  loaded->options = g_new0 (SkOptionValue, plugin->n_options + 1);
  for (size_t i = 0; i < plugin->n_options; i++)
    {
      g_autofree char *cause = NULL;
      bool parsed = sk_option_parse (&plugin->options[i], plugin->options[i].default_value,
                                     &loaded->options[i], &cause);
      g_assert (parsed); /* sk_declare_check has parsed every default */
    }
  for (guint i = 0; settings != NULL && i < settings->len; i++)
    {
      const SkOptionSetting *setting = &g_array_index (settings, SkOptionSetting, i);
      if (strcmp (setting->plugin, plugin->name) == 0)
        good = set_option (loaded, setting, catalogue) && good;
    }
  return good;
}

static const SkOptionValue *
option_value (SkSetup *setup, uint32_t option, SkOptionType type)
{
  const SkPlugin *plugin = setup->loaded->plugin;
  if (option < plugin->n_options && plugin->options[option].type == type)
    return &setup->loaded->options[option];
  sk_setup_error (setup, NULL, 0, _ ("it asks for option number %u as another type than it declares"),
                  option);
  return NULL;
}

bool
sk_setup_option_bool (SkSetup *setup, uint32_t option)
{
  const SkOptionValue *value = option_value (setup, option, SK_OPTION_BOOL);
  return value != NULL && value->boolean;
}

int64_t
sk_setup_option_int (SkSetup *setup, uint32_t option)
{
  const SkOptionValue *value = option_value (setup, option, SK_OPTION_INT);
  return value != NULL ? value->integer : 0;
}

const char *
sk_setup_option_string (SkSetup *setup, uint32_t option)
{
  const SkOptionValue *value = option_value (setup, option, SK_OPTION_STRING);
  return value != NULL ? value->text : "";
}

/* ---- sources ---- */

static gint
compare_sources (gconstpointer a, gconstpointer b)
{
  return strcmp (((const SkBundleEntry *) a)->path, ((const SkBundleEntry *) b)->path);
}

/* The bundle keeps the order in which the configuration named its folders; plugins are promised
 * the order of the paths. Asked for once a kind, so the list is made anew each time it changes. */
static GArray *
sources_of (SkSetup *setup, const char *kind)
{
  GArray *list = g_hash_table_lookup (setup->sources, kind);
  SkBundleEntry entry;
  if (list != NULL)
    return list;
  list = g_array_new (FALSE, FALSE, sizeof (SkBundleEntry));
  for (size_t i = 0; setup->bundle != NULL && sk_bundle_at (setup->bundle, i, &entry); i++)
    if (strcmp (entry.kind, kind) == 0)
      g_array_append_val (list, entry);
  g_array_sort (list, compare_sources);
  g_hash_table_insert (setup->sources, g_strdup (kind), list);
  return list;
}

bool
sk_setup_source (SkSetup *setup, const char *kind, size_t index, SkSource *ret_source)
{
  GArray *list = sources_of (setup, kind);
  if (index >= list->len)
    return false;
  const SkBundleEntry *entry = &g_array_index (list, SkBundleEntry, index);
  ret_source->path = entry->path;
  ret_source->bytes = entry->bytes;
  ret_source->mtime = entry->mtime;
  return true;
}

/* ---- complaints ---- */

static void G_GNUC_PRINTF (5, 0)
complain (SkSetup *setup, SkProblemKind kind, const char *file, uint32_t line, const char *format,
          va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  sk_catalogue_problem (setup->catalogue, kind, file, line, _ ("plugin \"%s\": %s"),
                        setup->loaded->plugin->name, text);
  setup->failed = setup->failed || kind == SK_PROBLEM_ERROR;
}

void
sk_setup_error (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  complain (setup, SK_PROBLEM_ERROR, file, line, format, args);
  va_end (args);
}

void
sk_setup_left_out (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  if (file != NULL)
    g_hash_table_add (setup->left_out, g_strdup (file));
  complain (setup, setup->engine->strict ? SK_PROBLEM_ERROR : SK_PROBLEM_LEFT_OUT, file, line,
            format, args);
  va_end (args);
}

void
sk_setup_warning (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  complain (setup, SK_PROBLEM_WARNING, file, line, format, args);
  va_end (args);
}

/* ---- rules and facts ---- */

/* Rules come from files of any make; the catalogue holds UTF-8 of bounded length. */
static char *
clean (const char *text)
{
  if (text == NULL)
    return NULL;
  char *valid = sk_text_from_bytes (sk_span_of_text (text));
  valid[sk_text_cut (valid, SK_MAX_RULE_TEXT)] = '\0';
  return valid;
}

/* What the engine says of itself nobody else says: a foreign rule with such an id gets the plugin's
 * name before it. */
static char *
rule_id (const SkRuleInfo *info, const char *plugin)
{
  g_autofree char *id = clean (info->id);
  if (!g_str_has_prefix (id, "not-inspected."))
    return g_steal_pointer (&id);
  return g_strdup_printf ("%s.%s", plugin, id);
}

static void
append_rule (SkCatalogue *catalogue, const SkRuleInfo *info, const char *plugin)
{
  SkRule rule = {
    .id = rule_id (info, plugin),
    .title = clean (info->title != NULL ? info->title : info->id),
    .title_ja = clean (info->title_ja),
    .description = clean (info->description),
    .description_ja = clean (info->description_ja),
    .falsepositives = clean (info->falsepositives),
    .falsepositives_ja = clean (info->falsepositives_ja),
    .reference = clean (info->reference),
    .attack = clean (info->attack),
    .det = clean (info->det),
    .author = clean (info->author),
    .file = clean (info->file),
    .line = info->line,
    .level = info->level,
    .score = info->score,
    .plugin = g_strdup (plugin),
  };
  g_array_append_val (catalogue->rules, rule);
}

uint32_t
sk_setup_rule_add (SkSetup *setup, const SkRuleInfo *rule)
{
  GArray *levels = setup->engine->levels;
  if (rule->id == NULL || rule->id[0] == '\0' || rule->level >= SK_N_LEVELS)
    {
      sk_setup_error (setup, rule->file, rule->line, _ ("a rule without an id or a known level"));
      return UINT32_MAX;
    }
  if (levels->len >= SK_MAX_RULES)
    {
      if (levels->len == SK_MAX_RULES && !setup->failed)
        sk_setup_error (setup, rule->file, rule->line, _ ("more than %u rules"), SK_MAX_RULES);
      return UINT32_MAX;
    }
  SkLevel level = rule->level;
  g_array_append_val (levels, level);
  append_rule (setup->catalogue, rule, setup->loaded->plugin->name);
  return levels->len - 1;
}

bool
sk_setup_fact_decl (SkSetup *setup, uint32_t index, SkFieldDecl *ret_decl)
{
  if (index >= setup->engine->facts->len)
    return false;
  *ret_decl = sk_engine_fact (setup->engine, index)->decl;
  return true;
}

const char *
sk_setup_cache_dir (SkSetup *setup)
{
  return setup->engine->cache_dir;
}

bool
sk_setup_run (SkSetup *setup)
{
  SkLoadedPlugin *loaded = setup->loaded;
  if (loaded->plugin->configure == NULL)
    return true;
  SkResult result = loaded->plugin->configure (&sk_engine_api, setup, &loaded->context);
  if (result != SK_OK && !setup->failed)
    sk_setup_error (setup, loaded->path, 0, _ ("it refused to start without saying why"));
  return !setup->failed;
}
