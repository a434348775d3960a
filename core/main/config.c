/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho config check`, `sample`, `show` and `keys`.
 */
#include "config.h"

#include "base/i18n.h"
#include "base/text.h"
#include "main/session.h"
#include "policy/policy.h"

static SkExit
print (char *text)
{
  g_autofree char *owned = text;
  fputs (owned, stdout);
  return sk_flush_output () ? SK_EXIT_CLEAN : SK_EXIT_ERROR;
}

/** The file that was read, or what stands in its place. New string. */
static char *
subject (const SkBundle *bundle)
{
  SkBundleEntry entry;
  if (!sk_bundle_of_kind (bundle, "config", 0, &entry))
    return g_strdup (_ ("no configuration file, the defaults are in force"));
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (entry.path));
  return sk_text_escape (utf8);
}

/** Loads the plugins: only they know whether their options, rules and lists are right. What they
 * leave out is told, and is no mistake, as in a scan. */
static gboolean
check_engine (const SkSettings *settings, SkBundle *bundle, GError **error)
{
  g_autoptr (SkCatalogue) catalogue = NULL;
  g_autoptr (SkEngine) engine
      = sk_engine_new (&settings->zygote.engine, bundle, &catalogue, error);
  sk_say_problems (stderr, catalogue, SK_PROBLEM_LEFT_OUT);
  return engine != NULL;
}

/** Everything that a scan would refuse before its first file. */
static gboolean
check (SkSettings *settings, SkBundle *bundle, const char *path, const GArray *overrides,
       GError **error)
{
  if (!sk_settings_read (bundle, path, overrides, error)
      || !sk_settings_load (settings, bundle, error)
      || !sk_settings_add_sources (settings, bundle, error))
    return FALSE;
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (SkPolicy) policy = sk_policy_new (&settings->policy, bundle, now, error);
  return policy != NULL && check_engine (settings, bundle, error);
}

SkExit
sk_main_config_check (const SkCommandLine *line)
{
  g_auto (SkSettings) settings;
  sk_settings_init (&settings);
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  if (line->arguments->len > 0)
    path = g_canonicalize_filename (g_ptr_array_index (line->arguments, 0), NULL);
  if (!check (&settings, bundle, path, line->overrides, &error))
    {
      sk_say_places (error);
      return SK_EXIT_ERROR;
    }
  g_autofree char *name = subject (bundle);
  return print (g_strdup_printf (_ ("%s: ok\n"), name));
}

SkExit
sk_main_config_sample (const SkCommandLine *line)
{
  (void) line;
  return print (sk_settings_sample ());
}

SkExit
sk_main_config_keys (const SkCommandLine *line)
{
  (void) line;
  return print (sk_settings_keys ());
}

SkExit
sk_main_config_show (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  g_autoptr (GError) error = NULL;
  if (!sk_session_open (&session, line, &error))
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  return print (sk_settings_show (&session.settings));
}
