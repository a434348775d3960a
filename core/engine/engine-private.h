/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What sk_engine_new builds and every walk reads: the loaded plugins and the
 * tables that join them. Constant once sk_engine_new has returned.
 */
#ifndef SK_ENGINE_ENGINE_PRIVATE_H
#define SK_ENGINE_ENGINE_PRIVATE_H

#include "base/limits.h"
#include "engine/engine.h"

#define SK_PLUGIN_BIT(index) (UINT64_C (1) << (index))

/** No fact of that name. */
#define SK_NO_FACT UINT32_MAX

/** The value of an option, by its type. */
typedef struct SkOptionValue {
  bool boolean;
  int64_t integer;
  char *text; /**< owned; as it was written */
} SkOptionValue;

/** The engine's own kinds of records, in front of those of the plugins. */
#define SK_KIND_OBJECT 0u
#define SK_KIND_FILE 1u

/** The rules' number of a field, and what records call it. */
typedef struct SkRouteField {
  uint32_t number;
  const char *name; /**< the subscriber's */
} SkRouteField;

/** What one subscriber keeps of a kind of record. */
typedef struct SkRecordRoute {
  uint32_t subscription;
  bool all;
  uint64_t *kept;      /**< bits, one for each declared field; owned */
  GHashTable *names;   /**< set of those that are not declared; NULL: none; owned */
  GArray *numbers;     /**< of SkRouteField, by number: the same as the rules know them; owned */
} SkRecordRoute;

/** A kind of record, and who looks at what of it. */
typedef struct SkKind {
  const char *name;
  uint32_t index;
  uint32_t plugin;           /**< that makes it, or SK_NO_PLUGIN */
  const SkFieldDecl *fields; /**< declared */
  uint32_t n_fields;
  bool open;
  bool asked;                /**< rules or a subscription are there for it */
  bool every_value;          /**< rules look for words in any value */
  bool every_name;           /**< a subscription keeps all fields */
  bool *looked;              /**< of each declared field: somebody looks at it; owned */
  uint32_t sigma;            /**< number of the kind for the rules, or SK_SIGMA_NO_KIND */
  uint32_t *numbers;         /**< of each declared field for the rules; owned */
  GHashTable *open_names;    /**< set of undeclared names that some route keeps; borrowed from them */
  GArray *routes;            /**< of SkRecordRoute, of the settings' subscriptions */
  GArray *wants;             /**< of SkRecordRoute, one for each want of the rules */
  SkFieldDecl *own_fields;   /**< `fields` of the engine's kinds; owned */
} SkKind;

typedef struct SkLoadedPlugin {
  const SkPlugin *plugin; /**< static data of the module */
  void *module;           /**< of dlopen */
  char *path;
  uint32_t fact_base;     /**< index of its first fact in the engine's table */
  uint32_t *reads;        /**< indices of the facts that it reads */
  uint32_t n_reads;
  SkOptionValue *options; /**< n_options */
  uint32_t kind_base;     /**< index of its first kind of record in the engine's table */
  void *context;          /**< of configure */
} SkLoadedPlugin;

typedef struct SkFactInfo {
  SkFieldDecl decl;
  uint32_t plugin;
  bool kept; /**< some `judge` may read it from descendants */
} SkFactInfo;

struct SkEngine {
  GArray *plugins;       /**< of SkLoadedPlugin */
  GArray *facts;         /**< of SkFactInfo */
  GHashTable *fact_index; /**< name → index + 1 */
  GHashTable *accepting; /**< media type → uint64_t *, the plugins that accept it */
  uint64_t accept_all;   /**< plugins that accept "*" */
  uint64_t identifies, opens, judges; /**< plugins that have the hook */
  GArray *levels;        /**< of SkLevel, one for each rule */
  GArray *kinds;         /**< of SkKind */
  SkSigma *sigma;
  uint32_t sigma_base;   /**< number of its first rule */
  GPtrArray *rule_ids;   /**< ids of all rules, where somebody asks for the findings of objects; else NULL */
  uint32_t most_fields;  /**< declared fields of the kind that has most */
  uint32_t lists;        /**< a bit for each SkListKind that somebody asks for */
  uint64_t seed;         /**< of the hashes of names that come from input */
  uint32_t sha256_fact;  /**< `hash.sha256`, or SK_NO_FACT */
  GArray *subscriptions; /**< of SkSubscription */
  GArray *passwords;     /**< of SkSpan: the operator's, in the bundle's memory */
  SkLimits limits;
  char *cache_dir;       /**< checked; or NULL */
  bool strict;
};

/** Lists of what is in an object's subtree. */
typedef enum SkListKind { SK_LIST_TYPES, SK_LIST_NAMES, SK_LIST_FINDINGS, SK_N_LISTS } SkListKind;

/** The plugin with that number. */
static inline const SkLoadedPlugin *
sk_engine_plugin (const SkEngine *engine, uint32_t index)
{
  return &g_array_index (engine->plugins, SkLoadedPlugin, index);
}

static inline const SkFactInfo *
sk_engine_fact (const SkEngine *engine, uint32_t index)
{
  return &g_array_index (engine->facts, SkFactInfo, index);
}

static inline const SkKind *
sk_engine_kind (const SkEngine *engine, uint32_t index)
{
  return &g_array_index (engine->kinds, SkKind, index);
}

/** The host's functions for plugins. */
extern const SkApi sk_engine_api;

#endif
