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

/** "auto" of `alert.format` and of a sink: the caller decides, who knows what the output is. */
#define SK_SETTINGS_FORMAT_AUTO ((SkFormat) 0xff)

typedef enum SkWhen { SK_WHEN_AUTO, SK_WHEN_ALWAYS, SK_WHEN_NEVER } SkWhen;

/** Everything that was configured. Strings owned. The parts that stand in two folders' settings
 * (limits, folders) are the same in both. `run.zygote_argv` and `walk.paths` are the caller's. */
typedef struct SkSettings {
  SkZygoteSettings zygote;
  SkRunSettings run;
  SkWalkSettings walk;
  SkPolicySettings policy;
  SkAlertSettings alert;
  GArray *sinks;        /**< of SkSinkSettings */
  char **yara_paths;    /**< rule files and folders */
  char **list_paths;    /**< hash lists and folders */
  char **table_paths;   /**< tables of extensions and folders */
  char **sigma_paths;   /**< Sigma rule files and folders */
  char **logsource_paths; /**< tables of logsources and folders */
  char **placeholder_paths; /**< lists for placeholders in Sigma rules, and folders */
  char **silence_paths; /**< silences files */
  char **password_paths; /**< files with passwords, one a line */
  char *records;        /**< file for all records, or NULL */
  SkLevel fail_on;
  int format;           /**< 0: auto; else 1 more than the SkFormat */
  int language;         /**< index of auto, en, ja; alert.language is what follows from it */
  int sandbox;          /**< 0: prefer, 1: require; stands in zygote and run, too */
  int color, progress;  /**< an SkWhen; of progress 0: auto, 1: never */
} SkSettings;

/** The defaults. */
void sk_settings_init (SkSettings *settings);
void sk_settings_clear (SkSettings *settings);

/** A value from the command line for a key, dotted as in `limits.depth`. */
typedef struct SkOverride {
  char *key;
  char *value; /**< YAML; with `raw` the text itself, any bytes, and on a list one more item */
  bool raw;
} SkOverride;

/** Reads the configuration file (NULL: the default path if it exists, else none) and the
 * overrides into the bundle, without interpreting them. */
gboolean sk_settings_read (SkBundle *bundle, const char *path, const GArray *overrides, GError **error);
/** Interprets the "config", "override" and "override-raw" entries of the bundle. All errors found
 * are joined by newlines in the message. Both supervisor and zygote call this on the same bundle.
 * `settings` were initialised; on an error they are the defaults. */
gboolean sk_settings_load (SkSettings *settings, const SkBundle *bundle, GError **error);
/** Adds what the settings name (rules, lists, silences) to the bundle. */
gboolean sk_settings_add_sources (const SkSettings *settings, SkBundle *bundle, GError **error);
/** The commented sample with every key and its default. New string. */
char *sk_settings_sample (void);
/** The settings as YAML, every key. New string. */
char *sk_settings_show (const SkSettings *settings);
/** One line a key: name, what it may be, default, meaning, separated by tabs. New string. */
char *sk_settings_keys (void);
/** The silences file that the word `built-in` stands for. Static. */
const char *sk_settings_silences_file (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkSettings, sk_settings_clear)

#endif
