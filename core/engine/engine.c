/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "engine/declare.h"
#include "engine/kind.h"
#include "engine/loader.h"
#include "engine/passwords.h"
#include "engine/reasons.h"
#include "engine/setup.h"

/* What is said of a refused start: some hundred lines, far below a frame. */
#define MAX_REFUSAL 65536

/* ---- settings ---- */

static void
clear_option (gpointer data)
{
  SkOptionSetting *option = data;
  g_free (option->plugin);
  g_free (option->name);
  g_free (option->value);
  g_free (option->where);
}

static void
clear_subscription (gpointer data)
{
  SkSubscription *subscription = data;
  g_free (subscription->kind);
  g_strfreev (subscription->fields);
}

void
sk_engine_settings_init (SkEngineSettings *settings)
{
  *settings = (SkEngineSettings){ 0 };
  settings->options = g_array_new (FALSE, FALSE, sizeof (SkOptionSetting));
  g_array_set_clear_func (settings->options, clear_option);
  settings->subscriptions = g_array_new (FALSE, FALSE, sizeof (SkSubscription));
  g_array_set_clear_func (settings->subscriptions, clear_subscription);
  settings->limits = (SkLimits){
    .depth = SK_DEFAULT_DEPTH,
    .objects = SK_DEFAULT_OBJECTS,
    .object_bytes = SK_DEFAULT_OBJECT_BYTES,
    .job_bytes = SK_DEFAULT_JOB_BYTES,
    .input_bytes = SK_DEFAULT_INPUT_BYTES,
    .ratio = SK_DEFAULT_RATIO,
    .work = SK_DEFAULT_WORK,
    .windows = SK_DEFAULT_WINDOWS,
  };
}

void
sk_engine_settings_clear (SkEngineSettings *settings)
{
  g_strfreev (settings->plugin_path);
  g_strfreev (settings->plugin_order);
  g_clear_pointer (&settings->options, g_array_unref);
  g_clear_pointer (&settings->subscriptions, g_array_unref);
  g_free (settings->cache_dir);
  *settings = (SkEngineSettings){ 0 };
}

/* ---- building ---- */

static void
clear_loaded (gpointer loaded)
{
  sk_loader_close (loaded);
}

static GArray *
copy_subscriptions (const GArray *settings)
{
  GArray *copies = g_array_new (FALSE, FALSE, sizeof (SkSubscription));
  g_array_set_clear_func (copies, clear_subscription);
  for (guint i = 0; settings != NULL && i < settings->len; i++)
    {
      const SkSubscription *asked = &g_array_index (settings, SkSubscription, i);
      SkSubscription copy = { g_strdup (asked->kind), g_strdupv (asked->fields) };
      g_array_append_val (copies, copy);
    }
  return copies;
}

static SkEngine *
empty_engine (const SkEngineSettings *settings)
{
  SkEngine *engine = g_new0 (SkEngine, 1);
  engine->plugins = g_array_new (FALSE, FALSE, sizeof (SkLoadedPlugin));
  g_array_set_clear_func (engine->plugins, clear_loaded);
  engine->facts = g_array_new (FALSE, FALSE, sizeof (SkFactInfo));
  engine->fact_index = g_hash_table_new (g_str_hash, g_str_equal);
  engine->accepting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  engine->levels = g_array_new (FALSE, FALSE, sizeof (SkLevel));
  engine->kinds = g_array_new (FALSE, FALSE, sizeof (SkKind));
  g_array_set_clear_func (engine->kinds, sk_kind_clear);
  engine->seed = (uint64_t) g_random_int () << 32 | g_random_int ();
  engine->sha256_fact = SK_NO_FACT;
  engine->subscriptions = copy_subscriptions (settings->subscriptions);
  engine->limits = settings->limits;
  engine->strict = settings->strict;
  return engine;
}

void
sk_engine_free (SkEngine *engine)
{
  if (engine == NULL)
    return;
  g_array_unref (engine->kinds);
  sk_sigma_free (engine->sigma);
  g_clear_pointer (&engine->rule_ids, g_ptr_array_unref);
  g_array_unref (engine->plugins);
  g_array_unref (engine->facts);
  g_hash_table_unref (engine->fact_index);
  g_hash_table_unref (engine->accepting);
  g_array_unref (engine->levels);
  g_array_unref (engine->subscriptions);
  g_clear_pointer (&engine->passwords, g_array_unref);
  g_free (engine->cache_dir);
  g_free (engine);
}

/* A compiled cache that others could write would be a way to load their rules. */
static void
check_cache_dir (SkEngine *engine, const char *folder, SkCatalogue *catalogue)
{
  struct stat info;
  const char *cause = NULL;
  if (folder == NULL)
    return;
  if (g_mkdir_with_parents (folder, 0700) != 0 || stat (folder, &info) != 0)
    cause = g_strerror (errno);
  else if (!S_ISDIR (info.st_mode))
    cause = g_strerror (ENOTDIR);
  else if (!sk_loader_owner_safe (&info, &cause))
    cause = _ (cause);
  else
    {
      engine->cache_dir = g_canonicalize_filename (folder, NULL);
      return;
    }
  sk_catalogue_problem (catalogue, SK_PROBLEM_WARNING, folder, 0,
                        _ ("nothing is cached, the folder is not used: %s"), cause);
}

static bool
in_order (char *const *order, size_t before, const char *name)
{
  for (size_t i = 0; i < before; i++)
    if (strcmp (order[i], name) == 0)
      return true;
  return false;
}

static bool
load_one (SkEngine *engine, const SkEngineSettings *settings, size_t position,
          SkCatalogue *catalogue)
{
  const char *name = settings->plugin_order[position];
  SkLoadedPlugin loaded;
  if (in_order (settings->plugin_order, position, name))
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, NULL, 0,
                            _ ("plugin \"%s\" stands twice in the order of plugins"), name);
      return false;
    }
  if (engine->plugins->len >= SK_MAX_PLUGINS)
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, NULL, 0,
                            _ ("plugin \"%s\": more than %d plugins"), name, SK_MAX_PLUGINS);
      return false;
    }
  if (!sk_loader_open (settings->plugin_path, name, catalogue, &loaded))
    return false;
  if (!sk_declare_check (&loaded, catalogue)
      || !sk_declare_facts (engine, &loaded, engine->plugins->len, catalogue))
    {
      sk_loader_close (&loaded);
      return false;
    }
  g_array_append_val (engine->plugins, loaded);
  return true;
}

/* All problems are worth knowing at once: the loop goes on after a bad plugin. */
static bool
load_all (SkEngine *engine, const SkEngineSettings *settings, SkCatalogue *catalogue)
{
  bool good = true;
  for (size_t i = 0; settings->plugin_order != NULL && settings->plugin_order[i] != NULL; i++)
    good = load_one (engine, settings, i, catalogue) && good;
  return good;
}

static bool
check_option_owners (const SkEngine *engine, const GArray *options, SkCatalogue *catalogue)
{
  bool good = true;
  for (guint i = 0; options != NULL && i < options->len; i++)
    {
      const SkOptionSetting *setting = &g_array_index (options, SkOptionSetting, i);
      bool known = false;
      for (uint32_t p = 0; p < engine->plugins->len && !known; p++)
        known = strcmp (sk_engine_plugin (engine, p)->plugin->name, setting->plugin) == 0;
      if (known)
        continue;
      good = false;
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, setting->where, 0,
                            _ ("options for plugin \"%s\", which is not loaded"), setting->plugin);
    }
  return good;
}

static bool
join_all (SkEngine *engine, const SkEngineSettings *settings, SkCatalogue *catalogue)
{
  bool good = true;
  for (uint32_t i = 0; i < engine->plugins->len; i++)
    {
      SkLoadedPlugin *loaded = &g_array_index (engine->plugins, SkLoadedPlugin, i);
      good = sk_declare_join (engine, loaded, i, catalogue) && good;
      good = sk_setup_options (loaded, settings->options, catalogue) && good;
    }
  uint32_t sha256
      = GPOINTER_TO_UINT (g_hash_table_lookup (engine->fact_index, "hash.sha256"));
  if (sha256 != 0 && sk_engine_fact (engine, sha256 - 1)->decl.type == SK_FIELD_STRING)
    engine->sha256_fact = sha256 - 1;
  return good;
}

static char *
describe_option (const SkOptionDecl *option)
{
  static const char *const types[] = { "bool", "int", "string" };
  g_autofree char *range = option->type != SK_OPTION_INT
                               ? g_strdup ("")
                               : g_strdup_printf (" %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                                                  option->minimum, option->maximum);
  return g_strdup_printf ("%s\t%s%s\t%s\t%s", option->name, types[option->type], range,
                          option->default_value, option->meaning);
}

static void
describe_plugin (const SkLoadedPlugin *loaded, SkCatalogue *catalogue)
{
  const SkPlugin *plugin = loaded->plugin;
  SkPluginInfo info = {
    .name = g_strdup (plugin->name),
    .version = g_strdup (plugin->version),
    .summary = g_strdup (plugin->summary),
    .licence = g_strdup (plugin->licence),
    .path = g_strdup (loaded->path),
    .risky = (plugin->flags & SK_PLUGIN_RISKY) != 0,
    .facts = g_new0 (char *, plugin->n_facts + 1),
    .options = g_new0 (char *, plugin->n_options + 1),
  };
  for (size_t i = 0; i < plugin->n_facts; i++)
    info.facts[i] = sk_kind_describe (&plugin->facts[i]);
  for (size_t i = 0; i < plugin->n_options; i++)
    info.options[i] = describe_option (&plugin->options[i]);
  g_array_append_val (catalogue->plugins, info);
}

/* A source counts as used when a plugin asked for its kind and did not leave it out. */
static void
count_sources (const SkSetup *setup, SkCatalogue *catalogue)
{
  GHashTableIter kinds;
  gpointer kind, list;
  g_hash_table_iter_init (&kinds, setup->sources);
  while (g_hash_table_iter_next (&kinds, &kind, &list))
    for (guint i = 0; i < ((GArray *) list)->len; i++)
      {
        const SkBundleEntry *entry = &g_array_index ((GArray *) list, SkBundleEntry, i);
        if (g_hash_table_contains (setup->left_out, entry->path))
          continue;
        if (g_str_has_suffix (kind, "-list") || g_str_has_suffix (kind, "-table"))
          catalogue->lists++;
        else
          catalogue->rule_files++;
        catalogue->newest = MAX (catalogue->newest, entry->mtime);
      }
}

static bool
configure_all (SkEngine *engine, const SkBundle *bundle, SkCatalogue *catalogue)
{
  g_autoptr (GHashTable) sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                          (GDestroyNotify) g_array_unref);
  g_autoptr (GHashTable) left_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SkSetup setup = { .engine = engine, .bundle = bundle, .catalogue = catalogue };
  bool good = true;
  setup.sources = sources;
  setup.left_out = left_out;
  for (uint32_t i = 0; i < engine->plugins->len; i++)
    {
      setup.loaded = &g_array_index (engine->plugins, SkLoadedPlugin, i);
      setup.failed = false;
      good = sk_setup_run (&setup) && good;
    }
  count_sources (&setup, catalogue);
  return good;
}

/* Which kinds of records there are decides what a rule may ask of them: so the rules come last. */
static bool
compile_rules (SkEngine *engine, const SkBundle *bundle, SkCatalogue *catalogue)
{
  g_autoptr (SkBundle) nothing = bundle == NULL ? sk_bundle_new () : NULL;
  SkSigmaSettings settings = { sk_engine_later (), engine->strict, engine->cache_dir };
  bool good = false;
  engine->sigma_base = catalogue->rules->len;
  engine->sigma = sk_sigma_new (&settings, bundle != NULL ? bundle : nothing, catalogue, &good);
  for (guint i = engine->levels->len; i < catalogue->rules->len; i++)
    g_array_append_val (engine->levels, g_array_index (catalogue->rules, SkRule, i).level);
  return good;
}

/* All that is wrong, a line each: who mends one must not meet the next at the next start. */
static void
set_refused (const SkCatalogue *catalogue, SkErrorCode code, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < catalogue->problems->len && text->len < MAX_REFUSAL; i++)
    {
      const SkProblem *problem = &g_array_index (catalogue->problems, SkProblem, i);
      if (problem->kind != SK_PROBLEM_ERROR)
        continue;
      g_autofree char *line = sk_problem_text (problem);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
    }
  g_set_error (error, SK_ERROR, (int) code, "%s",
               text->len > 0 ? text->str : _ ("the start is refused"));
}

static SkEngine *
build (const SkEngineSettings *settings, const SkBundle *bundle, SkCatalogue *catalogue,
       GError **error)
{
  g_autoptr (SkEngine) engine = empty_engine (settings);
  SkErrorCode code = SK_ERROR_PLUGIN;
  for (guint i = 0; i < catalogue->rules->len; i++)
    g_array_append_val (engine->levels, g_array_index (catalogue->rules, SkRule, i).level);
  check_cache_dir (engine, settings->cache_dir, catalogue);
  bool good = load_all (engine, settings, catalogue);
  if (good)
    {
      code = SK_ERROR_CONFIG;
      good = check_option_owners (engine, settings->options, catalogue);
      good = join_all (engine, settings, catalogue) && good;
    }
  for (uint32_t i = 0; i < engine->plugins->len; i++)
    describe_plugin (sk_engine_plugin (engine, i), catalogue);
  if (good)
    {
      good = configure_all (engine, bundle, catalogue);
      good = sk_kinds_build (engine, catalogue) && good;
      good = compile_rules (engine, bundle, catalogue) && good;
      engine->passwords = sk_passwords_new (bundle, catalogue);
      good = engine->passwords != NULL && good;
    }
  if (good)
    {
      sk_kinds_join (engine, catalogue);
      return g_steal_pointer (&engine);
    }
  set_refused (catalogue, code, error);
  return NULL;
}

const SkSigma *
sk_engine_sigma (const SkEngine *engine)
{
  return engine->sigma;
}

SkEngine *
sk_engine_new (const SkEngineSettings *settings, const SkBundle *bundle,
               SkCatalogue **ret_catalogue, GError **error)
{
  SkCatalogue *catalogue = sk_catalogue_new ();
  sk_reasons_register (catalogue);
  if (bundle != NULL)
    {
      g_free (catalogue->digest);
      catalogue->digest = g_strdup (sk_bundle_digest ((SkBundle *) bundle));
    }
  SkEngine *engine = build (settings, bundle, catalogue, error);
  *ret_catalogue = catalogue;
  return engine;
}
