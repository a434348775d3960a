/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The YARA plugin: its descriptor, and what is done once before the start.
 *
 * It opens and describes nothing; it lets rules judge each object after its
 * whole subtree, so that they can name every fact. The steps are told in
 * yara-plugin.h.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

enum { OPTION_TIMEOUT, OPTION_MAX_BYTES, OPTION_PREFILTER };

static const SkOptionDecl options[] = {
  [OPTION_TIMEOUT] = { "timeout", SK_OPTION_INT, "20", 1, 600,
                       "seconds one scan of an object may take; large objects up to twice as long, "
                       "which must stay below the backstop" },
  [OPTION_MAX_BYTES] = { "max-bytes", SK_OPTION_INT, "4294967296", 1, INT64_MAX,
                         "bytes of one object that rules see; the rest is not inspected" },
  [OPTION_PREFILTER] = { "prefilter", SK_OPTION_BOOL, "true", 0, 0,
                         "look for literals of all rules first, so that libyara need not look "
                         "everywhere; findings are the same" },
};

static const char *const accepts[] = { "*", NULL };

/* ---- configure ---- */

/** A stored set knows its variables by name only. False when the host has one of them no more. */
static bool
resolve_externals (YaraSet *set, const GArray *all)
{
  for (guint i = 0; i < set->externals->len; i++)
    {
      YaraExternal *external = &g_array_index (set->externals, YaraExternal, i);
      bool found = false;
      for (guint k = 0; k < all->len && !found; k++)
        {
          const YaraExternal *known = &g_array_index (all, YaraExternal, k);
          found = strcmp (known->name, external->name) == 0;
          if (found)
            {
              external->subject = known->subject;
              external->type = known->type;
              external->fact = known->fact;
            }
        }
      if (!found)
        return false;
    }
  return true;
}

static YaraSet *
load_or_compile (const SkApi *api, SkSetup *setup, GPtrArray *sources, GArray *externals)
{
  const char *folder = api->cache_dir (setup);
  bool split = api->option_bool (setup, OPTION_PREFILTER) && yara_blocks_work ();
  if (folder == NULL)
    return yara_compile (sources, externals, split);
  const char *why = NULL;
  g_autofree char *key = yara_cache_key (sources, externals, split);
  YaraSet *set = yara_cache_load (folder, key, &why);
  if (set != NULL && resolve_externals (set, externals))
    return set;
  yara_set_free (set);
  if (why != NULL)
    api->warning (setup, folder, 0, "compiled rules are not read from the cache: %s", why);
  set = yara_compile (sources, externals, split);
  if (set != NULL)
    yara_cache_save (folder, key, set);
  return set;
}

static void
tell_problems (const SkApi *api, SkSetup *setup, const YaraSet *set)
{
  for (guint i = 0; i < set->problems->len; i++)
    {
      const YaraProblem *problem = &g_array_index (set->problems, YaraProblem, i);
      if (problem->left_out)
        api->left_out (setup, problem->file, problem->line, "%s", problem->text);
      else
        api->warning (setup, problem->file, problem->line, "%s", problem->text);
    }
}

/** One number for each rule, also for one that stands in two groups. */
static void
register_rules (const SkApi *api, SkSetup *setup, YaraSet *set)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < set->groups->len; i++)
    {
      const YaraGroup *group = set->groups->pdata[i];
      for (guint k = 0; k < group->infos->len; k++)
        {
          YaraRule *rule = &g_array_index (group->infos, YaraRule, k);
          void *number, *origin = GUINT_TO_POINTER (rule->origin);
          if (rule->is_private)
            continue;
          if (g_hash_table_lookup_extended (numbers, origin, NULL, &number))
            rule->number = GPOINTER_TO_UINT (number);
          else
            rule->number = api->rule_add (setup, &rule->info);
          g_hash_table_insert (numbers, origin, GUINT_TO_POINTER (rule->number));
        }
    }
}

static int
ignore (YR_SCAN_CONTEXT *scan, int message, void *message_data, void *data)
{
  (void) scan;
  (void) message;
  (void) message_data;
  (void) data;
  return CALLBACK_CONTINUE;
}

/** The magic module opens its database on first use, which a worker could not: uses it once here.
 * The rule is our own, because others may come to it only behind conditions. */
static void
warm_magic (void)
{
  static const char text[] = "import \"magic\" rule warm { condition: magic.type () == \"\" and "
                             "magic.mime_type () == \"\" }";
  YR_COMPILER *compiler = NULL;
  YR_RULES *rules = NULL;
  if (yr_compiler_create (&compiler) != ERROR_SUCCESS)
    return;
  if (yr_compiler_add_string (compiler, text, NULL) == 0
      && yr_compiler_get_rules (compiler, &rules) == ERROR_SUCCESS)
    {
      yr_rules_scan_mem (rules, (const uint8_t *) "", 0, SCAN_FLAGS_NO_TRYCATCH, ignore, NULL, 0);
      yr_rules_scan_mem (rules, (const uint8_t *) "warm", 4, SCAN_FLAGS_NO_TRYCATCH, ignore, NULL,
                         0);
      yr_rules_destroy (rules);
    }
  yr_compiler_destroy (compiler);
}

static void
free_context (void *data)
{
  YaraContext *context = data;
  if (context == NULL)
    return;
  yara_matcher_free (context->matcher);
  yara_set_free (context->set);
  g_free (context);
  yr_finalize ();
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  if (yr_initialize () != ERROR_SUCCESS)
    {
      api->error (setup, NULL, 0, "libyara cannot be initialised");
      return SK_FAILED;
    }
  /* matched bytes are never shown, so libyara need not copy them for each match */
  yr_set_configuration_uint32 (YR_CONFIG_MAX_MATCH_DATA, 0);
  YaraContext *context = g_new0 (YaraContext, 1);
  context->timeout = (uint32_t) api->option_int (setup, OPTION_TIMEOUT);
  context->max_bytes = (uint64_t) api->option_int (setup, OPTION_MAX_BYTES);
  *ret_context = context;
  GArray *externals = yara_externals_new (api, setup);
  if (externals == NULL)
    return SK_FAILED;
  g_autoptr (GPtrArray) sources = yara_sources_new (api, setup);
  context->set = load_or_compile (api, setup, sources, externals);
  yara_externals_free (externals);
  if (context->set == NULL)
    {
      api->error (setup, NULL, 0, "libyara cannot compile rules here");
      return SK_FAILED;
    }
  tell_problems (api, setup, context->set);
  register_rules (api, setup, context->set);
  if (context->set->uses_magic)
    warm_magic ();
  return SK_OK;
}

static SkResult
judge (const SkApi *api, void *context, SkObject *object)
{
  return yara_judge (api, context, object);
}

__attribute__ ((visibility ("default"))) const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "yara",
  .version = YARA_PLUGIN_VERSION,
  .summary = "lets YARA rules judge every object",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .options = options,
  .n_options = G_N_ELEMENTS (options),
  .configure = configure,
  .judge = judge,
  .free_context = free_context,
};
