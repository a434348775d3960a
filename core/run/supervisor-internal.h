/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The supervisor's state, and what its parts offer each other: generation.c
 * (zygotes), pool.c (workers), replies.c (what workers say), deliver.c (what
 * goes out), supervisor.c (the loop). For nobody else.
 */
#ifndef SK_RUN_SUPERVISOR_INTERNAL_H
#define SK_RUN_SUPERVISOR_INTERNAL_H

#include <sys/types.h>

#include "base/error.h"
#include "process/frame.h"
#include "process/page.h"
#include "run/inbound.h"
#include "run/job.h"
#include "run/relate.h"
#include "run/results.h"
#include "run/schedule.h"
#include "run/supervisor.h"

typedef struct SkGeneration SkGeneration;
typedef struct SkRunWorker SkRunWorker;
typedef void (*SkReloadDone) (void *data, const SkCatalogue *catalogue, const GError *error);

/** What an event of the loop belongs to; first member of each owner. */
typedef enum SkWatchKind { SK_WATCH_STOP, SK_WATCH_WALK, SK_WATCH_ZYGOTE, SK_WATCH_WORKER } SkWatchKind;
typedef struct SkWatch {
  SkWatchKind kind;
  bool writing; /* waits to be writable too */
} SkWatch;

typedef enum SkGenerationState {
  SK_GENERATION_STARTING,
  SK_GENERATION_READY,
  SK_GENERATION_OVER /* no process any more */
} SkGenerationState;

struct SkGeneration {
  SkWatch watch;
  SkSupervisor *supervisor;
  uint32_t number;
  SkGenerationState state;
  int bundle_fd;
  pid_t pid;
  SkChannel *channel;
  SkCatalogue *catalogue; /* NULL until READY */
  SkTwin *twin;           /* its Sigma rules, likewise */
  uint32_t deaths;        /* of its zygote */
  SkReloadDone done;      /* of the reload that started it, until it was called */
};

/** Why we ended a worker; decides who is blamed. */
typedef enum SkWorkerWhy {
  SK_WHY_NONE,
  SK_WHY_SPENT,     /* told to end after enough jobs */
  SK_WHY_TAINTED,   /* a risky plugin met something broken */
  SK_WHY_CHAOS,
  SK_WHY_SCARCE,    /* its job waits for a file until it is the head */
  SK_WHY_STOP,
  SK_WHY_TIMEOUT,
  SK_WHY_VIOLATION, /* sent what it must not */
  SK_WHY_SHUT,      /* its end of the channel is closed: dead, or soon to be killed */
  SK_WHY_SLOW_START
} SkWorkerWhy;

struct SkRunWorker {
  SkWatch watch;
  SkGeneration *generation;
  uint32_t tag;
  SkChannel *channel;
  SkPage *page;
  SkSeat *seat;
  bool ready;          /* said HELLO */
  bool deaf;           /* nothing more is read from it */
  bool unread;         /* it sent more than one round takes */
  bool reaped;         /* it has ended: what it sent is all there is */
  bool gone;           /* freed at the end of the round */
  bool killed;
  SkWorkerWhy why;
  bool said_known;     /* `said` is the page when trouble was first seen */
  size_t said_flight;  /* what was in flight then */
  SkPageSaid said;
  SkPageSaid marked;   /* by the last MARK; `object` NULL: there was none */
  uint64_t progress;   /* last seen */
  int64_t progress_at; /* when it changed, monotonic µs; also start and dispatch to an idle worker */
  int64_t reply_at;    /* of the last reply, or dispatch to an idle worker: the job in hand began */
  int64_t why_at;
  GPtrArray *lent;     /* of SkBlob, to the job in hand in this run */
};

struct SkSupervisor {
  SkRunSettings settings;
  SkRunCallbacks callbacks;
  int epoll_fd, stop_fd;
  SkWatch stop_watch, walk_watch;
  SkWalk *walk; /* borrowed during the run */
  bool walk_ended, stopping, interrupted;
  GError *error; /* ends the run */

  SkSchedule *schedule;
  SkResults *results;
  SkResults *windows_file; /* what tasks have handed back and the line has no room for */
  SkRunFile *run_file; /* NULL: nobody looks at records */
  uint64_t kept_bytes; /* of replies in memory */
  uint64_t lent_open;
  uint64_t inputs_open, inputs_maximum;
  uint64_t lent_maximum, fd_maximum;
  SkBuffer scratch;
  SkRecordView view; /* the record that comes in */

  GPtrArray *generations; /* of SkGeneration, oldest first; the first stays */
  SkGeneration *current;
  int waiting_bundle; /* sealed bundle of the reload that waits; -1 */
  SkReloadDone waiting_done;

  GPtrArray *workers; /* of SkRunWorker */
  uint32_t next_tag;
  uint32_t start_failures; /* in a row */
  int64_t start_after;     /* no worker is started before; monotonic µs */
  GRand *chaos;

  uint64_t done_files, done_bytes;
  int64_t now;         /* monotonic µs of this round */
  int64_t next_tick, next_progress;
};

/* ---- supervisor.c ---- */

/** Ends the run with this error, unless it has one. Takes it. */
void sk_supervisor_fail (SkSupervisor *s, GError *error);
/** Makes the run file, unless there is one. */
gboolean sk_supervisor_open_run_file (SkSupervisor *s, GError **error);
bool sk_supervisor_watch (SkSupervisor *s, int fd, SkWatch *watch);
void sk_supervisor_unwatch (SkSupervisor *s, int fd);
/** Follows whether the channel has something to write. */
void sk_supervisor_watch_writing (SkSupervisor *s, SkChannel *channel, SkWatch *watch);

/* ---- generation.c ---- */

/** Starts a zygote; takes the descriptor. NULL: error. */
SkGeneration *sk_generation_start (SkSupervisor *s, int bundle_fd, GError **error);
/** Waits for READY of the first one. */
gboolean sk_generation_wait (SkGeneration *g, GError **error);
/** Reads what its zygote says; starts it again when it died. */
void sk_generation_read (SkGeneration *g);
bool sk_generation_tell (SkGeneration *g, SkFrameType type, uint32_t tag, const int *fds, size_t n_fds);
/** Ends its zygote and forgets the workers; waits until it is reaped. */
void sk_generation_end (SkGeneration *g);
void sk_generation_free (SkGeneration *g);
/** Ends drained generations, starts a reload that waits. */
void sk_generations_tend (SkSupervisor *s);

/* ---- pool.c ---- */

/** Starts and retires workers for what there is to do, and gives them batches. */
void sk_pool_tend (SkSupervisor *s);
/** Backstops. */
void sk_pool_tick (SkSupervisor *s);
SkRunWorker *sk_pool_find (SkSupervisor *s, uint32_t tag);
/** Kills it, for this reason unless there is one already. Its end is handled when the zygote reports it. */
void sk_worker_kill (SkRunWorker *worker, SkWorkerWhy why);
/** Keeps what its page says now as what it said when trouble was first seen. */
void sk_worker_note_page (SkRunWorker *worker);
/** Its process has ended with this status. */
void sk_worker_ended (SkRunWorker *worker, int status);
/** Its zygote has died: nobody is to blame. */
void sk_worker_lost (SkRunWorker *worker);
/** It could not be started. */
void sk_worker_not_started (SkRunWorker *worker, int error_number);
/** Frees those that are gone. */
void sk_pool_sweep (SkSupervisor *s);

/* ---- replies.c ---- */

/** Reads all that it has sent. */
void sk_worker_read (SkRunWorker *worker);

/* ---- expand.c ---- */

/** True when what the task hands back may be kept now; else it waits to be the head. */
bool sk_run_windows_find_room (SkSupervisor *s, const SkTask *task);
/** Keeps windows of a job that is still running. `list`: as sk_windows_encode gives it, checked. */
void sk_run_keep_windows (SkSupervisor *s, SkRunJob *job, SkSpan list, const SkWindowSums *sums);
/** Puts the task's windows into the line, all or, of the head, as many as find room. Does nothing
 * when they find none: then this is called again at the task's turn. */
void sk_run_expand (SkSupervisor *s, SkTask *task);
/** Puts the next of those windows into the line for which `more` stands. False: it is gone, or the
 * run has failed. */
bool sk_run_refill (SkSupervisor *s, SkTask *more);
/** Keeps the line full, so that no worker waits until the last of the windows before has ended. */
void sk_run_refill_head (SkSupervisor *s);

/* ---- deliver.c ---- */

/** The generation that the task belongs to, or the current one while it has none. */
SkGeneration *sk_generation_of (const SkSupervisor *s, const SkTask *task);
/** Its catalogue. */
const SkCatalogue *sk_catalogue_of (const SkSupervisor *s, const SkTask *task);

/** Hands out what has its turn, up to `maximum` results. True: there is more. */
bool sk_deliver (SkSupervisor *s, uint32_t maximum);
/** Hands out the records, and what rules say of them. */
void sk_deliver_records (SkSupervisor *s);

static inline uint32_t
sk_generation_plugins (const SkGeneration *g)
{
  return g->catalogue->plugins->len;
}

#endif
