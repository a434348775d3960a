/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What schedule.c and schedule-seat.c share; for nobody else.
 */
#ifndef SK_RUN_SCHEDULE_INTERNAL_H
#define SK_RUN_SCHEDULE_INTERNAL_H

#include "run/schedule.h"

/* Two batches: while one is worked on, the next is there. */
#define SK_BATCHES_IN_FLIGHT 2
#define SK_SEAT_ROOM (SK_BATCHES_IN_FLIGHT * SK_MAX_BATCH)

/* A root with its windows. */
struct SkTaskGroup {
  uint64_t number;
  uint32_t generation; /* 0: never dispatched */
  uint64_t refs;       /* tasks */
  uint64_t queued;
  SkTask *queue;       /* first to be dispatched */
  SkTask *more;        /* those that stand for windows to come, in the order of the line */
  SkTaskGroup *ready_prev, *ready_next; /* groups with a queue, oldest root first */
};

typedef struct SkEra {
  uint64_t live, queued;
} SkEra;

struct SkSeat {
  uint32_t generation, next_batch, served;
  size_t first, count;
  SkTask *tasks[SK_SEAT_ROOM]; /* ring */
};

struct SkSchedule {
  SkScheduleSettings settings;
  SkTask *head, *tail;
  SkTaskGroup *ready_first, *ready_last;
  GArray *eras; /* of SkEra, by generation; 0 stands for roots without one */
  uint32_t generation;
  uint64_t next_number, next_group;
  uint64_t used[2]; /* room: of all, of the head's own */
  uint64_t in_line, roots, windows, payload, queued_roots, in_flight;
  bool stopping, pressure;
};

void sk_task_queue (SkSchedule *s, SkTask *task);
void sk_task_unqueue (SkSchedule *s, SkTask *task);
void sk_task_free (SkSchedule *s, SkTask *task);
void sk_task_exclude (SkTask *task, uint32_t plugin, const char *object, SkReason reason);
void sk_task_fail (SkSchedule *s, SkTask *task, SkReason reason);
/* Gives back what it holds, then takes `bytes`. */
bool sk_task_charge (SkSchedule *s, SkTask *task, uint64_t bytes);
void sk_task_uncharge (SkSchedule *s, SkTask *task);
void sk_group_assign (SkSchedule *s, SkTaskGroup *group, uint32_t generation);

#endif
