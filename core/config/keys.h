/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Every key of sekisho.yaml in one table: type, range, default, meaning, and
 * the place of its value in SkSettings.
 *
 * Checks, messages, sample, `config show` and `config keys` are all made from
 * it. Options of plugins are not here: plugins declare them, the engine checks
 * them; the table knows only where they may stand.
 */
#ifndef SK_CONFIG_KEYS_H
#define SK_CONFIG_KEYS_H

#include "base/yaml.h"
#include "config/settings.h"

typedef enum SkKeyType {
  SK_KEY_BOOL,   /**< bool */
  SK_KEY_UINT32, /**< uint32_t */
  SK_KEY_UINT64, /**< uint64_t */
  SK_KEY_SIZE,   /**< uint64_t, with KiB, MiB, GiB, TiB */
  SK_KEY_WORD,   /**< int (or an enum): index in `words` */
  SK_KEY_TEXT,   /**< char * */
  SK_KEY_PATH,   /**< char *, absolute */
  SK_KEY_TEXTS,  /**< char ** */
  SK_KEY_PATHS,  /**< char **, absolute */
  SK_KEY_SINKS   /**< GArray * of SkSinkSettings */
} SkKeyType;

typedef struct SkKey {
  const char *name;         /**< dotted */
  SkKeyType type;
  size_t offset;            /**< in SkSettings */
  const char *initial;      /**< the default, as YAML */
  uint64_t least, most;     /**< numbers and sizes, both inclusive */
  const char *const *words; /**< WORD: all that it may be; other types: words beside the usual
                                 values. NULL-terminated, or NULL */
  const char *meaning;      /**< one sentence */
} SkKey;

/** The keys in the order of the sample. False past the last. */
bool sk_key_at (size_t index, const SkKey **ret_key);
/** By its whole name; NULL when there is none. */
const SkKey *sk_key_find (const char *name);
/** `name` is the first part of some key (`limits`, `alert`); "" is the top. */
bool sk_key_is_group (const char *name);
/** The next parts of all keys below a group, separated by ", ". New string. */
char *sk_key_siblings (const char *group);

/** What a value may be, for people: "a whole number from 1 to 64". New string. */
char *sk_key_expected (const SkKey *key);
/** Takes the value when it is right; else false and nothing changed. */
bool sk_key_set (const SkKey *key, SkSettings *settings, const SkYamlNode *node);
/** Empties a list. */
void sk_key_empty (const SkKey *key, SkSettings *settings);
/** Adds one item to a list, or sets anything else, from text that is not YAML (command line).
 * Paths may be any bytes. */
bool sk_key_set_raw (const SkKey *key, SkSettings *settings, const char *text);
/** The value as YAML that sk_key_set reads. New string. */
char *sk_key_get (const SkKey *key, const SkSettings *settings);

/** One sink of the list; problems are appended. The array takes what is right. */
void sk_sinks_set (GArray *sinks, const SkYaml *yaml, const SkYamlNode *list, GString *problems);
/** The list as YAML in one line. New string. */
char *sk_sinks_get (const GArray *sinks);
/** An empty array that frees its elements. */
GArray *sk_sinks_new (void);

#endif
