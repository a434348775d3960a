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

/** Which subscriptions a kind of record serves. */
typedef struct SkRecordRoute {
  uint32_t subscription;
  uint64_t *kept; /**< bits, one for each field of the declaration; owned */
} SkRecordRoute;

typedef struct SkLoadedPlugin {
  const SkPlugin *plugin; /**< static data of the module */
  void *module;           /**< of dlopen */
  char *path;
  uint32_t fact_base;     /**< index of its first fact in the engine's table */
  uint32_t *reads;        /**< indices of the facts that it reads */
  uint32_t n_reads;
  SkOptionValue *options; /**< n_options */
  GArray **routes;        /**< n_records, each of SkRecordRoute */
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
  uint32_t sha256_fact;  /**< `hash.sha256`, or SK_NO_FACT */
  GArray *subscriptions; /**< of SkSubscription */
  SkLimits limits;
  char *cache_dir;       /**< checked; or NULL */
  bool strict;
};

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

/** The host's functions for plugins. */
extern const SkApi sk_engine_api;

#endif
