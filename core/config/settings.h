/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * sekisho.yaml and command-line options → the settings of each folder.
 *
 * One table (config/keys.c) holds every key with its type, range, default and
 * meaning. From it come the checks (file:line:column and what was expected),
 * the sample configuration, `config check` and the text of the man page, so
 * they cannot disagree.
 */
#ifndef SK_CONFIG_SETTINGS_H
#define SK_CONFIG_SETTINGS_H

#include "alert/alert.h"
#include "base/bundle.h"
#include "engine/engine.h"
#include "policy/policy.h"
#include "process/zygote.h"
#include "run/supervisor.h"
#include "source/walk.h"

/** Everything that was configured. Strings owned. */
typedef struct SkSettings {
  SkZygoteSettings zygote;
  SkRunSettings run;
  SkWalkSettings walk;
  SkPolicySettings policy;
  SkAlertSettings alert;
  GArray *sinks;        /**< of SkSinkSettings */
  char **yara_paths;    /**< rule files and folders */
  char **list_paths;    /**< hash lists and folders */
  char **silence_paths; /**< silences files */
  SkLevel fail_on;
} SkSettings;

/** The defaults. */
void sk_settings_init (SkSettings *settings);
void sk_settings_clear (SkSettings *settings);

/** A `key=value` from the command line; `key` dotted as in `limits.depth`, value as YAML. */
typedef struct SkOverride {
  char *key, *value;
} SkOverride;

/** Reads the configuration file (NULL: the default path if it exists, else none) and the
 * overrides into the bundle, without interpreting them. */
gboolean sk_settings_read (SkBundle *bundle, const char *path, const GArray *overrides, GError **error);
/** Interprets the "config" and "override" entries of the bundle. All errors found are joined by
 * newlines in the message. Both supervisor and zygote call this on the same bundle. */
gboolean sk_settings_load (SkSettings *settings, const SkBundle *bundle, GError **error);
/** Adds what the settings name (rules, lists, silences) to the bundle. */
gboolean sk_settings_add_sources (const SkSettings *settings, SkBundle *bundle, GError **error);
/** The commented sample with every key and its default. New string. */
char *sk_settings_sample (void);

#endif
