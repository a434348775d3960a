/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho rules check`, `list` and `compile`.
 *
 * What they print depends on the rules alone, never on the time or on the
 * order in which a folder lists its files.
 */
#include "config.h"

#include "base/i18n.h"
#include "base/text.h"
#include "main/rule-paths.h"
#include "main/session.h"

#include <string.h>

static const char *
kind_text (SkProblemKind kind)
{
  switch (kind)
    {
    case SK_PROBLEM_ERROR:
      return _ ("error");
    case SK_PROBLEM_LEFT_OUT:
      return _ ("left out");
    case SK_PROBLEM_WARNING:
      break;
    }
  return _ ("warning");
}

/** All problems, in the order of loading, each with what it means for the file. */
static void
put_problems (FILE *out, const SkCatalogue *catalogue)
{
  for (guint i = 0; catalogue != NULL && i < catalogue->problems->len; i++)
    {
      const SkProblem *problem = &g_array_index (catalogue->problems, SkProblem, i);
      g_autofree char *text = sk_problem_text (problem);
      fprintf (out, "%s: %s\n", kind_text (problem->kind), text);
    }
}

/** Opens everything. Says why it cannot, and what was found on the way. */
static gboolean
open_all (SkSession *session, const SkCommandLine *line)
{
  g_autoptr (GError) error = NULL;
  if (sk_session_open (session, line, &error) && sk_session_sources (session, &error)
      && sk_session_engine (session, &error))
    return TRUE;
  sk_say_error (error);
  return FALSE;
}

/** Rules of plugins; the engine's own are always there. */
static guint
count_rules (const SkCatalogue *catalogue)
{
  return catalogue->rules->len - SK_N_REASONS;
}

static void
put_note (const char *word, const char *path, uint32_t line, const char *text)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  g_autofree char *file = sk_text_escape (utf8);
  g_autofree char *safe = sk_text_escape (text);
  printf ("%s: %s:%u: %s\n", word, file, line, safe);
}

/** Sigma rules that nothing can make true here: no fault of theirs. */
static guint
put_idle (const SkSigma *sigma)
{
  guint idle = 0;
  for (uint32_t i = 0; i < sk_sigma_count (sigma); i++)
    {
      const char *cause = sk_sigma_idle (sigma, i);
      if (cause == NULL)
        continue;
      const SkSigmaRule *rule = sk_sigma_rule (sigma, i);
      g_autofree char *text = g_strdup_printf ("%s: %s", rule->finding, cause);
      put_note (_ ("idle"), rule->file, rule->line, text);
      idle++;
    }
  return idle;
}

/** What most often is a slip of the pen: a logsource that no table names, a kind that nobody makes. */
static void
put_doubts (const SkSigma *sigma)
{
  const char *file, *kind;
  uint32_t line;
  for (uint32_t i = 0; i < sk_sigma_count (sigma); i++)
    {
      const SkSigmaRule *rule = sk_sigma_rule (sigma, i);
      g_autofree char *source = sk_sigma_unnamed (sigma, i);
      if (source == NULL)
        continue;
      g_autofree char *text = g_strdup_printf (
          _ ("%s: no table names %s: judged on records that no other source claims"), rule->finding,
          source);
      put_note (_ ("unnamed"), rule->file, rule->line, text);
    }
  for (uint32_t i = 0; sk_sigma_unmade (sigma, i, &file, &line, &kind); i++)
    {
      g_autofree char *text = g_strdup_printf (_ ("no record of the kind %s is made"), kind);
      put_note (_ ("unmade"), file, line, text);
    }
}

static SkExit
check (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  if (!open_all (&session, line))
    return SK_EXIT_ERROR;
  const SkCatalogue *catalogue = session.catalogue;
  guint rules = count_rules (catalogue);
  uint32_t left_out = sk_catalogue_count (catalogue, SK_PROBLEM_LEFT_OUT);
  put_problems (stdout, catalogue);
  guint idle = put_idle (sk_engine_sigma (session.engine));
  put_doubts (sk_engine_sigma (session.engine));
  printf (_ ("usable: %u rules from %u files and %u lists; left out: %u"), rules,
          catalogue->rule_files, catalogue->lists, left_out);
  if (idle > 0)
    printf (_ ("; idle: %u"), idle);
  putchar ('\n');
  if (!sk_flush_output ())
    return SK_EXIT_ERROR;
  return left_out == 0 && rules > 0 ? SK_EXIT_CLEAN : SK_EXIT_ERROR;
}

SkExit
sk_main_rules_check (const SkCommandLine *line)
{
  g_autoptr (GError) error = NULL;
  if (sk_rule_paths_only (line, &error))
    return check (line);
  sk_say_error (error);
  return SK_EXIT_ERROR;
}

static void
put_rule (const SkRule *rule, bool japanese)
{
  const char *title = japanese && rule->title_ja != NULL ? rule->title_ja : rule->title;
  g_autofree char *id = sk_text_escape (rule->id);
  g_autofree char *safe = sk_text_escape (title != NULL ? title : "");
  g_autofree char *file = sk_text_escape (rule->file != NULL ? rule->file : "-");
  printf ("%s\t%s\t%s\t%s\t%s", id, sk_level_name (rule->level), safe,
          rule->det != NULL ? rule->det : "-", file);
  if (rule->line > 0)
    printf (":%u", rule->line);
  putchar ('\n');
}

SkExit
sk_main_rules_list (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  if (!open_all (&session, line))
    return SK_EXIT_ERROR;
  bool japanese = strcmp (session.settings.alert.language, "ja") == 0;
  for (guint i = 0; i < session.catalogue->rules->len; i++)
    put_rule (sk_catalogue_rule (session.catalogue, i), japanese);
  return sk_flush_output () ? SK_EXIT_CLEAN : SK_EXIT_ERROR;
}

SkExit
sk_main_rules_compile (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  if (!open_all (&session, line))
    return SK_EXIT_ERROR;
  const char *cache = session.settings.zygote.engine.cache_dir;
  put_problems (stderr, session.catalogue);
  if (cache == NULL)
    {
      sk_say (_ ("rules.cache-dir is none: there is no place for compiled rules"));
      return SK_EXIT_ERROR;
    }
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (cache));
  g_autofree char *safe = sk_text_escape (utf8);
  printf (_ ("compiled: %u rules from %u files, in %s\n"), count_rules (session.catalogue),
          session.catalogue->rule_files, safe);
  if (!sk_flush_output () || count_rules (session.catalogue) == 0)
    return SK_EXIT_ERROR;
  return SK_EXIT_CLEAN;
}
