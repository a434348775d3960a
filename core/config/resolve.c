/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Words to values. Reads the environment, and nothing of it in a process that
 * was given rights that its user lacks (secure_getenv).
 */
#include "config.h"

#include "config/resolve.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_JOBS 256

/** A variable that holds an absolute path, or NULL. */
static const char *
path_variable (const char *name)
{
  const char *value = secure_getenv (name);
  return value != NULL && value[0] == '/' ? value : NULL;
}

/** Replaces each `built-in` in the list by `paths`. */
static void
expand_built_in (char ***list, char *const *paths)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (size_t i = 0; (*list)[i] != NULL; i++)
    if (strcmp ((*list)[i], "built-in") == 0)
      g_strv_builder_addv (builder, (const char **) paths);
    else
      g_strv_builder_add (builder, (*list)[i]);
  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
}

static void
resolve_plugin_path (SkSettings *settings)
{
  const char *variable = secure_getenv ("SEKISHO_PLUGIN_PATH");
  if (variable == NULL || variable[0] == '\0')
    variable = SK_PLUGINS_DIR;
  g_auto (GStrv) folders = g_strsplit (variable, ":", -1);
  expand_built_in (&settings->zygote.engine.plugin_path, folders);
}

const char *
sk_settings_signatures (void)
{
  const char *signatures = path_variable ("SEKISHO_SIGNATURES");
  return signatures != NULL ? signatures : SK_SIGNATURES_DIR;
}

/** `built-in` is this folder of the signatures. */
static void
resolve_signatures (char ***list, const char *folder)
{
  g_autofree char *path = g_build_filename (sk_settings_signatures (), folder, NULL);
  expand_built_in (list, (char *const[]){ path, NULL });
}

static void
resolve_rules (SkSettings *settings)
{
  resolve_signatures (&settings->yara_paths, "yara");
  resolve_signatures (&settings->sigma_paths, "sigma");
  resolve_signatures (&settings->logsource_paths, "sigma/logsources");
  resolve_signatures (&settings->placeholder_paths, "sigma/lists");
  expand_built_in (&settings->silence_paths, (char *const[]){ (char *) SK_SILENCES_FILE, NULL });
}

/** The folder for compiled rules that fits the user, or NULL. */
static char *
usual_cache (void)
{
  const char *cache = path_variable ("SEKISHO_CACHE_DIR");
  if (cache != NULL)
    return g_strdup (cache);
  if (geteuid () == 0)
    return g_strdup (SK_CACHE_DIR);
  cache = path_variable ("XDG_CACHE_HOME");
  if (cache != NULL)
    return g_build_filename (cache, "sekisho", NULL);
  const char *home = path_variable ("HOME");
  return home != NULL ? g_build_filename (home, ".cache", "sekisho", NULL) : NULL;
}

static void
resolve_cache (char **cache)
{
  if (strcmp (*cache, "auto") == 0)
    {
      g_free (*cache);
      *cache = usual_cache ();
    }
  else if (strcmp (*cache, "none") == 0)
    g_clear_pointer (cache, g_free);
}

/** The first folder that can be written; the last is memory, where all else is read-only. */
static const char *
usual_temporary (void)
{
  const char *folders[] = { path_variable ("TMPDIR"), "/var/tmp", "/tmp", "/dev/shm" };
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    if (folders[i] != NULL && access (folders[i], W_OK | X_OK) == 0)
      return folders[i];
  return "/tmp";
}

static void
resolve_temporary (SkSettings *settings)
{
  if (strcmp (settings->walk.temporary, "auto") == 0)
    {
      g_free (settings->walk.temporary);
      settings->walk.temporary = g_strdup (usual_temporary ());
    }
  g_free (settings->run.temporary);
  settings->run.temporary = g_strdup (settings->walk.temporary);
}

/** The language of the locale's messages, by the order that POSIX gives the variables. */
static const char *
locale_language (void)
{
  static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
  for (size_t i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      const char *value = secure_getenv (variables[i]);
      if (value != NULL && value[0] != '\0')
        return g_str_has_prefix (value, "ja") ? "ja" : "en";
    }
  return "en";
}

static void
resolve_alert (SkSettings *settings)
{
  static const char *const languages[] = { NULL, "en", "ja" };
  const char *language = languages[settings->language];
  g_free (settings->alert.language);
  settings->alert.language = g_strdup (language != NULL ? language : locale_language ());
  if (settings->alert.host != NULL && strcmp (settings->alert.host, "auto") == 0)
    g_clear_pointer (&settings->alert.host, g_free);
  if (settings->format == 0)
    return;
  for (guint i = 0; i < settings->sinks->len; i++)
    {
      SkSinkSettings *sink = &g_array_index (settings->sinks, SkSinkSettings, i);
      if (sink->format == SK_SETTINGS_FORMAT_AUTO)
        sink->format = (SkFormat) (settings->format - 1);
    }
}

/** Who keeps the records is told of every one. */
static void
resolve_records (SkSettings *settings)
{
  if (settings->records != NULL && strcmp (settings->records, "none") == 0)
    g_clear_pointer (&settings->records, g_free);
  if (settings->records == NULL)
    return;
  SkSubscription all = { g_strdup ("*"), NULL };
  g_array_append_val (settings->zygote.engine.subscriptions, all);
}

void
sk_settings_resolve (SkSettings *settings)
{
  resolve_records (settings);
  resolve_plugin_path (settings);
  resolve_rules (settings);
  resolve_cache (&settings->zygote.engine.cache_dir);
  resolve_temporary (settings);
  resolve_alert (settings);
  if (settings->run.jobs == 0)
    settings->run.jobs = CLAMP (g_get_num_processors (), 1, MOST_JOBS);
  settings->zygote.engine.limits = settings->run.limits;
  settings->zygote.sandbox.require = settings->sandbox == 1;
  settings->run.sandbox_required = settings->sandbox == 1;
  settings->run.lent_bytes = settings->run.limits.object_bytes;
  settings->zygote.sandbox.file_size = settings->run.limits.object_bytes;
}
