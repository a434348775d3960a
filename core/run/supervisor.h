/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The supervisor: joins source, schedule, zygote and workers, and hands
 * results out in the enumerator's order.
 *
 * One thread with an event loop, beside the enumerator's. It parses nothing of
 * what it scans. Callbacks run in that thread.
 */
#ifndef SK_RUN_SUPERVISOR_H
#define SK_RUN_SUPERVISOR_H

#include "base/bundle.h"
#include "base/catalogue.h"
#include "base/reply.h"
#include "correlate/correlate.h"
#include "engine/engine.h"
#include "run/record.h"
#include "source/walk.h"

typedef struct SkSupervisor SkSupervisor;

typedef struct SkRunSettings {
  uint32_t jobs;            /**< workers, 1 to 256 */
  char **zygote_argv;       /**< how to start the zygote role */
  SkLimits limits;
  uint32_t backstop;        /**< seconds without progress in one hook call */
  uint64_t results_bytes;   /**< of the results file */
  uint64_t run_file_bytes;  /**< of the run file */
  uint64_t lent_bytes;      /**< largest lent file */
  char *temporary;          /**< folder for unlinked files */
  SkCorrelateLimits correlate;
  bool sandbox_required;
  uint32_t subscriptions;   /**< kinds of records that somebody asked for in the engine's settings; a
                                 record of another is a violation. 0: none is taken */
  /** Tests: kill a random worker about every so many jobs; 0: never. */
  uint32_t chaos;
  uint64_t chaos_seed;
} SkRunSettings;

/** The result of one job, in order. Borrowed for the call. */
typedef struct SkJobResult {
  const SkWalkItem *item; /**< of the root; kind tells what it was */
  const char *id;         /**< the job's id: the path, and `/plugin:position` for a deferred one */
  const SkReply *reply;   /**< NULL when `item` was not scanned (special, link, unreadable, …) */
  const SkCatalogue *catalogue; /**< of the generation that judged it */
  int64_t time_ns;        /**< when the reply came */
} SkJobResult;

/** One record, in the order (time, job, position); a job's place is that of its result. All borrowed
 * for the call. */
typedef struct SkRunRecord {
  uint32_t subscription;
  int64_t time;
  const char *root;   /**< path of the job's root, UTF-8 */
  const char *job;    /**< id */
  const char *object; /**< id below the job */
  uint64_t position;
  const SkRecordView *fields; /**< whose texts may be any bytes */
} SkRunRecord;

/** Where a record stood. */
typedef struct SkRunPlace {
  const char *root, *job, *object; /**< as in SkRunRecord */
  uint64_t position;
  int64_t time; /**< nanoseconds since 1970; 0: none */
} SkRunPlace;

/** What a rule says of a record that only the supervisor could judge, what a correlation says of
 * several, or what could not be judged (the rule is then that of the reason LIMIT or RULES). All
 * borrowed for the call. */
typedef struct SkRelated {
  const SkCatalogue *catalogue;
  uint32_t rule;
  bool of_one; /**< of the record at the first place alone */
  const char *const *group_names, *const *group_values; /**< NULL-terminated, UTF-8; may be empty */
  int64_t first, last; /**< times of the first and last event */
  uint64_t count;
  const SkRunPlace *places; /**< some of them, in order; none when it could not be judged */
  size_t n_places;
  uint64_t record;      /**< of_one: position of the record, unless it is the object's own: SK_NO_RECORD */
  const char *name;     /**< of_one: what the record calls its object, UTF-8, or "" */
  const char *evidence; /**< UTF-8 */
} SkRelated;

typedef struct SkRunCallbacks {
  void *data;
  /** The generation is ready, before the first job. */
  void (*ready) (void *data, const SkCatalogue *catalogue);
  /** In order. FALSE: a sink failed; the run is ended. */
  gboolean (*result) (void *data, const SkJobResult *result);
  /** After the last result, if anything was subscribed in the engine's settings. NULL: nobody asks. Where the run file had no
   * room, the result of the job says so (`not-inspected.limit`) and none of its records come. */
  void (*record) (void *data, const SkRunRecord *record);
  /** After the last result, among the records, in order. FALSE: a sink failed. NULL: nobody asks. */
  gboolean (*related) (void *data, const SkRelated *related);
  /** About five times a second, with jobs and bytes done. NULL: nobody asks. */
  void (*progress) (void *data, uint64_t files, uint64_t bytes);
} SkRunCallbacks;

/** Starts the zygote of the first generation and waits until it is ready. The settings' strings are
 * borrowed for the supervisor's life; the bundle is read now and stays the caller's. Raises the soft
 * limit of open descriptors to the hard one. */
SkSupervisor *sk_supervisor_new (const SkRunSettings *settings, const SkRunCallbacks *callbacks,
                                 SkBundle *bundle, GError **error);
/** The first generation's catalogue. Borrowed; lives as long as the supervisor. */
const SkCatalogue *sk_supervisor_catalogue (const SkSupervisor *supervisor);
/** Somebody looks at records of folders, links and the like: the walk is to give folders, too. */
bool sk_supervisor_wants_folders (const SkSupervisor *supervisor);
/** Runs until the walk has ended and all results are out. FALSE when a callback or part of the
 * environment failed. `ret_interrupted`: sk_supervisor_stop ended it. */
gboolean sk_supervisor_run (SkSupervisor *supervisor, SkWalk *walk, bool *ret_interrupted,
                            GError **error);
/** Starts and checks a new generation; roots dispatched from its READY on use it. A bad one keeps the
 * old and calls nothing but `done` with the error. A call while one is starting, or while an older
 * one still has roots to finish, waits for that; only the last of several that wait is started, the
 * others, and those that the end of the run overtakes, are called `done` with SK_ERROR_ENDED. The bundle is read now. From callbacks of the run; `done`
 * gets their `data`, and may be NULL. */
void sk_supervisor_reload (SkSupervisor *supervisor, SkBundle *bundle,
                           void (*done) (void *data, const SkCatalogue *catalogue, const GError *error));
/** Ends the run cleanly: no new jobs; what is running is cancelled; what was found is handed out, and
 * what was begun or waited is said as `not-inspected.cancelled`. Async-signal-safe. */
void sk_supervisor_stop (SkSupervisor *supervisor);
void sk_supervisor_free (SkSupervisor *supervisor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSupervisor, sk_supervisor_free)

#endif
