/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Who runs what and when, and whose result comes out next.
 *
 * A pure data structure: no descriptor, no clock, no system call. Its owner
 * tells it what happened (a root was found, a reply came, a worker died) and
 * asks what to do (which tasks go to this worker, which result is next).
 *
 * The **line** is one list of all tasks in the order in which their results
 * leave: roots as they were found, and behind each task the windows that it
 * handed back, in their order (so depth-first); where these are many, a task
 * that stands for those of them that are not in the line yet (SK_END_MORE). Its head is the task whose turn
 * it is. The line never locks, because the head may always be dispatched: its
 * result leaves at once and needs no room. Everything else needs room for its
 * result before it is dispatched; the head's root has a part of the room that
 * nobody else may use. A result that is larger than the room kept for it and
 * does not fit is discarded, and its task waits until it is the head.
 *
 * A **seat** is a worker as seen here: tasks are run in the order in which they
 * were given to it.
 */
#ifndef SK_RUN_SCHEDULE_H
#define SK_RUN_SCHEDULE_H

#include "base/limits.h"
#include "engine/engine.h"

typedef struct SkSchedule SkSchedule;
typedef struct SkSeat SkSeat;
typedef struct SkTask SkTask;
typedef struct SkTaskGroup SkTaskGroup;

typedef struct SkScheduleSettings {
  uint32_t jobs;           /**< workers, to share small batches out fairly */
  uint32_t batch_tasks;    /**< tasks of one batch, at most SK_MAX_BATCH */
  uint64_t room;           /**< bytes of results that may wait for their turn */
  uint64_t largest_result; /**< room kept for a task that runs alone */
  uint64_t small_result;   /**< room kept for a task of a batch */
  uint64_t small_file;     /**< tasks up to this size share a batch */
  uint64_t batch_bytes;    /**< input of one batch */
  uint64_t batch_payload;  /**< bytes that the tasks of a batch take in its frame */
  uint32_t look_ahead;     /**< roots that wait for a worker */
  uint32_t live_roots;     /**< roots in the line */
  uint64_t live_payload;   /**< bytes of what describes them (paths) */
  uint32_t windows_ahead;  /**< windows in the line before their parent's result has left */
  uint32_t worker_jobs;    /**< tasks after which a worker is spent */
  void (*free_data) (void *data); /**< frees a task's `data` */
} SkScheduleSettings;

/** What a task and all its windows may use together. */
typedef struct SkBudget {
  uint64_t windows, objects, bytes, work;
} SkBudget;

typedef enum SkTaskState {
  SK_TASK_QUEUED,
  SK_TASK_POSTPONED, /**< its result did not fit: it waits to be the head */
  SK_TASK_RUNNING,
  SK_TASK_ENDED
} SkTaskState;

typedef enum SkTaskEnd {
  SK_END_REPLY,    /**< the owner holds its reply */
  SK_END_SILENT,   /**< was never to be run */
  SK_END_FAILED,   /**< given up; `reason` and `exclusions` tell why */
  SK_END_CANCELLED, /**< `merged` counts the tasks behind it that this stands for too */
  SK_END_MORE      /**< stands for the `merged` windows of its parent that are to come before it */
} SkTaskEnd;

/** One job. To be read by the owner; written here only, but for `data`. */
struct SkTask {
  uint64_t number;    /**< never used twice */
  void *data;
  SkTaskGroup *group; /**< of its root */
  bool is_root;
  uint32_t depth;     /**< deferrals above it */
  uint64_t size;      /**< bytes of input */
  uint64_t payload;
  SkBudget budget;
  GArray *exclusions; /**< of SkExclusion, or NULL */
  SkTaskState state;
  SkTaskEnd end;
  SkReason reason;
  uint64_t merged;
  bool alone;         /**< its worker died on it: shares no batch */
  bool cancelled;     /**< out of the line, still with a worker: its reply is discarded */
  uint32_t reruns, kills, nameless; /**< deaths: blamed; by a foreign SIGKILL; without a plausible culprit */
  uint32_t batch;
  SkTask *more_next;  /**< of SK_END_MORE: the next one of its root */
  uint64_t charge;    /**< bytes of room that it holds */
  bool charged_own;   /**< from the head's part */
  SkTask *line_prev, *line_next, *queue_prev, *queue_next;
};

SkSchedule *sk_schedule_new (const SkScheduleSettings *settings);
/** Frees all tasks and their data; seats must be gone. */
void sk_schedule_free (SkSchedule *schedule);

/* ---- what comes in ---- */

/** True when another root may be added: look-ahead and line have room. */
bool sk_schedule_wants_root (const SkSchedule *schedule);
/** A root to be run, at the end of the line. Takes `data`. Borrowed. */
SkTask *sk_schedule_add_root (SkSchedule *schedule, uint64_t size, uint64_t payload,
                              const SkBudget *budget, void *data);
/** Something that is only to be told of, in its place. Takes `data`. */
SkTask *sk_schedule_add_silent (SkSchedule *schedule, uint64_t payload, void *data);
/** True when the line has room for `count` windows of that payload before their turn. */
bool sk_schedule_may_expand (const SkSchedule *schedule, uint64_t count, uint64_t payload);
/** Behind `parent`, which is the head or will have all its windows in the line at once: what stands
 * for its `count` windows until they are added. Takes `data`. It is ended, and when its turn comes
 * (at the latest) some windows must be added before it, or it must be dropped. */
SkTask *sk_schedule_add_more (SkSchedule *schedule, SkTask *parent, uint64_t count, void *data);
/** That of the head's root which has its turn first. NULL: none. */
SkTask *sk_schedule_first_more (const SkSchedule *schedule);
/** Adds the next window that `more` stands for. Takes `data`. */
SkTask *sk_schedule_add_next (SkSchedule *schedule, SkTask *more, uint64_t size, uint64_t payload,
                              const SkBudget *budget, void *data);
/** All its windows are in the line: it leaves, with its data. */
void sk_schedule_drop_more (SkSchedule *schedule, SkTask *more);
/** Ends all that is left of `task`'s root at once: the next result of it is CANCELLED. */
void sk_schedule_cancel (SkSchedule *schedule, SkTask *task);
/** No task is dispatched any more; what has ended leaves, all else leaves as CANCELLED. */
void sk_schedule_stop (SkSchedule *schedule);
/** While set, only the head is dispatched: some other resource is short. */
void sk_schedule_set_pressure (SkSchedule *schedule, bool pressure);

/** Roots that are dispatched from now on belong to this generation. Numbers grow from 1. */
void sk_schedule_set_generation (SkSchedule *schedule, uint32_t generation);
/** Generation of the task's root, 0 while it was never dispatched. */
uint32_t sk_task_generation (const SkTask *task);
/** Roots in the line that belong to the generation. */
uint64_t sk_schedule_live (const SkSchedule *schedule, uint32_t generation);
/** Tasks that a worker of this generation could be given. */
uint64_t sk_schedule_waiting (const SkSchedule *schedule, uint32_t generation);

/* ---- workers ---- */

SkSeat *sk_schedule_seat_new (SkSchedule *schedule, uint32_t generation);
/** Only with nothing in flight (after sk_schedule_death, or when it is spent). */
void sk_schedule_seat_free (SkSchedule *schedule, SkSeat *seat);
/** Tasks for this worker now, to be sent as one batch; 0: none. They count as in flight. */
size_t sk_schedule_dispatch (SkSchedule *schedule, SkSeat *seat, SkTask *ret_tasks[SK_MAX_BATCH]);
/** The task that the worker must be at, or NULL. */
SkTask *sk_seat_in_hand (const SkSeat *seat);
/** The in-flight task with that number, or NULL. */
SkTask *sk_seat_find (const SkSeat *seat, uint64_t number);
size_t sk_seat_in_flight (const SkSeat *seat);
/** It has run as many tasks as one worker may, and none is in flight: let it end. */
bool sk_seat_spent (const SkSchedule *schedule, const SkSeat *seat);

typedef enum SkFate {
  SK_FATE_KEEP,     /**< keep the reply until the task is the head; `room` bytes are charged */
  SK_FATE_NOW,      /**< it is the head: its reply needs no room */
  SK_FATE_DISCARDED /**< forget it: the task was cancelled, or runs again when it is the head */
} SkFate;

/** The worker replied for the task in hand, with a result of `size` bytes. */
SkFate sk_schedule_reply (SkSchedule *schedule, SkSeat *seat, uint64_t size);
/** As a reply that is discarded: the task in hand needs a scarce resource, and runs when it is the
 * head. The others stay in flight. */
void sk_schedule_postpone (SkSchedule *schedule, SkSeat *seat);

typedef enum SkBlame {
  SK_BLAME_NOBODY, /**< we ended it ourselves, for another reason */
  SK_BLAME_KILL,   /**< somebody else sent SIGKILL: perhaps for want of memory */
  SK_BLAME_TASK    /**< what it did */
} SkBlame;

/** How a worker died. */
typedef struct SkDeath {
  SkBlame blame;
  uint64_t number;    /**< the task it was at. Not in flight: nobody knows; if there are several, all
                           run again, each alone, and the next death tells */
  uint32_t plugin;    /**< SK_NO_PLUGIN when it names none or an implausible one */
  const char *object; /**< id below the job */
  SkReason reason;
} SkDeath;

/** All that is in flight queues again; the culprit alone and with an exclusion more, or it has
 * FAILED. The others are not blamed. Leaves the seat empty. */
void sk_schedule_death (SkSchedule *schedule, SkSeat *seat, const SkDeath *death);

/* ---- what goes out ---- */

/** The task whose turn it is, when it has ended; NULL: wait. */
SkTask *sk_schedule_turn (SkSchedule *schedule);
/** The head's result has left: forgets it (its data too), frees its room, moves on. */
void sk_schedule_pass (SkSchedule *schedule);
/** The task whose turn it is, ended or not; NULL when the line is empty. */
SkTask *sk_schedule_head (const SkSchedule *schedule);

/** Sums for progress and tests. */
typedef struct SkScheduleState {
  uint64_t in_line, roots, queued_roots, windows, in_flight;
  uint64_t room_used; /**< kept and charged */
} SkScheduleState;
void sk_schedule_state (const SkSchedule *schedule, SkScheduleState *ret_state);

/** The part of a budget that each of `count` windows gets, when `used` is spent already. A window
 * never gets more than its parent had; bytes, objects and work have a floor, so that one mail of a
 * huge mailbox may still be opened, while windows are divided strictly: so deferring always ends. */
void sk_budget_carve (const SkBudget *parent, const SkBudget *used, uint32_t count,
                      uint64_t length, uint64_t total_length, SkBudget *ret_share);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSchedule, sk_schedule_free)

#endif
