/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The engine: loads plugins, walks one job's objects through the three
 * phases, keeps the limits, and says the result as a reply.
 *
 * The engine is built once, in the zygote (sk_engine_new), and constant from
 * the fork on. A worker makes one SkWalker and runs jobs through it. Nothing
 * here opens a file, except sk_engine_new; nothing here knows of sockets: what
 * a job needs from outside comes through SkEngineHost.
 */
#ifndef SK_ENGINE_ENGINE_H
#define SK_ENGINE_ENGINE_H

#include <sekisho/sekisho.h>

#include "base/bundle.h"
#include "base/catalogue.h"
#include "base/reply.h"
#include "sigma/sigma.h"

typedef struct SkEngine SkEngine;
typedef struct SkWalker SkWalker;

/** Limits of one job; defaults in base/limits.h. */
typedef struct SkLimits {
  uint32_t depth;
  uint64_t objects;
  uint64_t object_bytes;
  uint64_t job_bytes;
  uint64_t input_bytes; /**< of a whole input; windows may lie behind them */
  uint32_t ratio;
  uint64_t work;
  uint64_t windows;
} SkLimits;

/** `plugins: <plugin>: <name>: value` of the configuration, as text. */
typedef struct SkOptionSetting {
  char *plugin, *name, *value;
  char *where; /**< file:line:column, for errors */
} SkOptionSetting;

/** A kind of record that somebody upstream asks for, whatever rules say of it. */
typedef struct SkSubscription {
  char *kind;    /**< "*": every kind */
  char **fields; /**< names to keep, NULL-terminated; NULL keeps all */
} SkSubscription;

typedef struct SkEngineSettings {
  char **plugin_path;    /**< folders, NULL-terminated */
  char **plugin_order;   /**< names in the built order, NULL-terminated: these are loaded; a name
                              that no folder has is an error */
  GArray *options;       /**< of SkOptionSetting */
  GArray *subscriptions; /**< of SkSubscription */
  SkLimits limits;
  char *cache_dir;       /**< or NULL */
  bool strict;           /**< left-out sources are errors */
} SkEngineSettings;

/** The defaults: no plugins, no options. */
void sk_engine_settings_init (SkEngineSettings *settings);
void sk_engine_settings_clear (SkEngineSettings *settings);

/** Names of what only the supervisor knows of a record, for SkSigmaSettings.later: what is said of
 * walked files, and of partners and history. Static, NULL-terminated. The supervisor compiles its twin
 * of the rules with the same names and the zygote's catalogue. */
const char *const *sk_engine_later (void);
/** The Sigma rules, borrowed; never NULL. */
const SkSigma *sk_engine_sigma (const SkEngine *engine);
/** Loads and configures all plugins and compiles the Sigma rules. Problems are in the catalogue, which is returned in every
 * case. NULL with SK_ERROR_PLUGIN or SK_ERROR_CONFIG when the start must be refused. */
SkEngine *sk_engine_new (const SkEngineSettings *settings, const SkBundle *bundle,
                         SkCatalogue **ret_catalogue, GError **error);
void sk_engine_free (SkEngine *engine);

/** What a job may read: a descriptor whose offset does not matter, or memory. */
typedef struct SkInput {
  int fd;          /**< borrowed; -1: `memory` is the input */
  SkSpan memory;
  uint64_t size;   /**< of the whole file when the supervisor opened it */
  int64_t mtime_ns; /**< likewise; 0: not known, not compared */
} SkInput;

/** A plugin that must not run on an object, because it failed there before. */
typedef struct SkExclusion {
  char *object;    /**< its id below the job: "" for the entry object, "/zip:3/…" */
  uint32_t plugin;
  SkReason reason; /**< CRASH, TIMEOUT, MEMORY: becomes the finding */
} SkExclusion;

/** One job. All borrowed for the run. */
typedef struct SkJob {
  uint64_t number;   /**< comes back in the reply */
  const char *id;    /**< names the input: a path for `scan` */
  const char *path;  /**< of the entry object, UTF-8 */
  SkInput input;
  /** Of a deferred job: the plugin and its window; `window_plugin` SK_NO_PLUGIN for a whole input. */
  uint32_t window_plugin;
  uint64_t window_offset, window_length;
  SkSpan window_context;
  uint32_t depth;    /**< deferrals above it */
  uint64_t windows_left, objects_left, bytes_left, work_left; /**< the budget */
  const GArray *exclusions; /**< of SkExclusion, or NULL */
  bool traced; /**< for the host, not the walk: it was blamed before, tell of each hook at once */
} SkJob;

/** What the walk asks of the process it runs in. Functions may be NULL where said. */
typedef struct SkEngineHost {
  void *data;
  /** A file for a large child: an open descriptor for reading and writing, transfer full. -1 when
   * refused. NULL: refused. Lent files are numbered from 1 in order within a run. */
  int (*lend) (void *data);
  /** Called before each hook: which object and plugin come next. NULL: nobody asks. */
  void (*mark) (void *data, const char *object, uint32_t plugin);
  /** Counts as progress. NULL: nobody asks. */
  void (*progress) (void *data);
  /** One encoded record: u32 subscription, u64 position, i64 time, text object id, then the fields:
   * text kind, u32 count, and for each value text name, u8 SkFieldType, and bool, i64 or text. The
   * subscription is the index in the settings; behind those, the wants of the engine's Sigma rules in
   * their order (sk_sigma_want): such a record was true or may be for that rule. */
  void (*record) (void *data, SkSpan record);
  /** Windows of the job in hand (of SkReplyWindow), in order, before its reply: called whenever some
   * SK_WINDOWS_FLUSH bytes of them are there, or SK_MAX_WINDOWS_A_FRAME. Borrowed. NULL: all stay in the reply. */
  void (*windows) (void *data, const GArray *window_list);
} SkEngineHost;

/** A worker's room for its walks: buffers, arena, secrets. */
SkWalker *sk_walker_new (const SkEngine *engine, const SkEngineHost *host);
void sk_walker_free (SkWalker *walker);

/** Runs one job to its end. Never fails: what went wrong is in the reply. Transfer full. */
SkReply *sk_walker_run (SkWalker *walker, const SkJob *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkEngine, sk_engine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkWalker, sk_walker_free)

#endif
