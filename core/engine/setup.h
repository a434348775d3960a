/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a plugin sees while it is configured: options, sources, rules, the
 * facts of all plugins; and what it may complain of.
 */
#ifndef SK_ENGINE_SETUP_H
#define SK_ENGINE_SETUP_H

#include "engine/engine-private.h"

/** One call of `configure`. */
struct SkSetup {
  SkEngine *engine;
  SkLoadedPlugin *loaded;
  const SkBundle *bundle; /**< or NULL */
  SkCatalogue *catalogue;
  GHashTable *sources;    /**< kind → GArray of SkBundleEntry, those that were asked for */
  GHashTable *left_out;   /**< set of the paths that were left out */
  bool failed;            /**< an error was said */
};

/** The value of `text` for that option. False with the cause (new string). `ret_value->text` is a
 * new string. */
bool sk_option_parse (const SkOptionDecl *option, const char *text, SkOptionValue *ret_value,
                      char **ret_cause);
/** Gives each option of the plugin its default and then what the settings say. False after a
 * problem with its `where`. */
bool sk_setup_options (SkLoadedPlugin *loaded, const GArray *settings, SkCatalogue *catalogue);
/** Calls `configure`. False after a problem when the start is to be refused. */
bool sk_setup_run (SkSetup *setup);

/* The functions of SkApi. */
bool sk_setup_option_bool (SkSetup *setup, uint32_t option);
int64_t sk_setup_option_int (SkSetup *setup, uint32_t option);
const char *sk_setup_option_string (SkSetup *setup, uint32_t option);
bool sk_setup_source (SkSetup *setup, const char *kind, size_t index, SkSource *ret_source);
void sk_setup_error (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void sk_setup_left_out (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void sk_setup_warning (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
uint32_t sk_setup_rule_add (SkSetup *setup, const SkRuleInfo *rule);
bool sk_setup_fact_decl (SkSetup *setup, uint32_t index, SkFieldDecl *ret_decl);
const char *sk_setup_cache_dir (SkSetup *setup);

#endif
