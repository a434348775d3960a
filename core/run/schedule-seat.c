/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Workers as the schedule sees them: dispatch, replies, deaths.
 */
#include "config.h"

#include "run/schedule-internal.h"

/* Deaths without a plausible culprit after which the whole task has failed. */
#define NAMELESS_TRIES 2

SkSeat *
sk_schedule_seat_new (SkSchedule *s, uint32_t generation)
{
  (void) s;
  SkSeat *seat = g_new0 (SkSeat, 1);
  seat->generation = generation;
  return seat;
}

void
sk_schedule_seat_free (SkSchedule *s, SkSeat *seat)
{
  (void) s;
  g_assert (seat->count == 0);
  g_free (seat);
}

static SkTask *
seat_at (const SkSeat *seat, size_t index)
{
  return seat->tasks[(seat->first + index) % SK_SEAT_ROOM];
}

SkTask *
sk_seat_in_hand (const SkSeat *seat)
{
  return seat->count > 0 ? seat_at (seat, 0) : NULL;
}

SkTask *
sk_seat_find (const SkSeat *seat, uint64_t number)
{
  for (size_t i = 0; i < seat->count; i++)
    if (seat_at (seat, i)->number == number)
      return seat_at (seat, i);
  return NULL;
}

size_t
sk_seat_in_flight (const SkSeat *seat)
{
  return seat->count;
}

bool
sk_seat_spent (const SkSchedule *s, const SkSeat *seat)
{
  return seat->count == 0 && seat->served >= s->settings.worker_jobs;
}

static SkTask *
seat_pop (SkSchedule *s, SkSeat *seat)
{
  SkTask *task = seat_at (seat, 0);
  seat->first = (seat->first + 1) % SK_SEAT_ROOM;
  seat->count--;
  s->in_flight--;
  return task;
}

/* ---- dispatch ---- */

typedef struct Batch {
  SkTask **tasks;
  size_t count, maximum;
  uint64_t bytes, payload;
} Batch;

static uint32_t
batches_in_flight (const SkSeat *seat)
{
  return seat->count == 0 ? 0 : seat_at (seat, seat->count - 1)->batch - seat_at (seat, 0)->batch + 1;
}

/* A large task keeps a worker busy long enough to have it alone, and waits in no queue behind another. */
static bool
lonely (const SkSchedule *s, const SkTask *task)
{
  return task->alone || task->size > s->settings.small_file;
}

static bool
fits_generation (const SkSchedule *s, const SkSeat *seat, const SkTaskGroup *group)
{
  if (group->generation == 0)
    return seat->generation == s->generation;
  return group->generation == seat->generation;
}

static bool
fits_batch (const SkSchedule *s, const SkSeat *seat, const Batch *batch, const SkTask *task)
{
  if (lonely (s, task))
    return batch->count == 0 && seat->count == 0;
  return batch->count < batch->maximum
         && (batch->count == 0
             || (batch->bytes + task->size <= s->settings.batch_bytes
                 && batch->payload + task->payload <= s->settings.batch_payload));
}

static void
take (SkSchedule *s, SkSeat *seat, Batch *batch, SkTask *task)
{
  sk_group_assign (s, task->group, seat->generation);
  sk_task_unqueue (s, task);
  task->state = SK_TASK_RUNNING;
  task->batch = seat->next_batch;
  seat->tasks[(seat->first + seat->count++) % SK_SEAT_ROOM] = task;
  s->in_flight++;
  batch->tasks[batch->count++] = task;
  batch->bytes += task->size;
  batch->payload += task->payload;
}

/* False when nothing more goes into this batch. */
static bool
take_from_group (SkSchedule *s, SkSeat *seat, Batch *batch, SkTaskGroup *group)
{
  for (uint64_t left = group->queued; left > 0; left--)
    {
      SkTask *task = group->queue;
      bool alone = lonely (s, task);
      uint64_t room = alone ? s->settings.largest_result : s->settings.small_result;
      if (!fits_batch (s, seat, batch, task)
          || (task != s->head && !sk_task_charge (s, task, room)))
        return false;
      take (s, seat, batch, task);
      if (alone)
        return false;
    }
  return true;
}

/* False when nothing more goes into this batch. */
static bool
take_head (SkSchedule *s, SkSeat *seat, Batch *batch)
{
  SkTask *head = s->head;
  if (head == NULL || head->state != SK_TASK_QUEUED || !fits_generation (s, seat, head->group))
    return true;
  if (!fits_batch (s, seat, batch, head))
    return false;
  bool alone = lonely (s, head);
  take (s, seat, batch, head);
  return !alone;
}

/* Full batches while much waits, small ones when the rest should reach all workers. */
static size_t
batch_maximum (const SkSchedule *s, const SkSeat *seat)
{
  uint64_t share = sk_schedule_waiting (s, seat->generation) / (2 * (uint64_t) s->settings.jobs) + 1;
  uint32_t left = s->settings.worker_jobs - seat->served;
  left = left > seat->count ? left - (uint32_t) seat->count : 0;
  return (size_t) MIN (MIN (share, left), s->settings.batch_tasks);
}

size_t
sk_schedule_dispatch (SkSchedule *s, SkSeat *seat, SkTask *ret_tasks[SK_MAX_BATCH])
{
  Batch batch = { ret_tasks, 0, 0, 0, 0 };
  if (s->stopping || seat->served >= s->settings.worker_jobs
      || batches_in_flight (seat) >= SK_BATCHES_IN_FLIGHT)
    return 0;
  batch.maximum = batch_maximum (s, seat);
  if (batch.maximum == 0)
    return 0;
  bool more = take_head (s, seat, &batch) && !s->pressure;
  for (SkTaskGroup *group = s->ready_first, *next; more && group != NULL; group = next)
    {
      next = group->ready_next;
      if (fits_generation (s, seat, group))
        more = take_from_group (s, seat, &batch, group);
    }
  seat->next_batch += batch.count > 0;
  return batch.count;
}

/* ---- replies ---- */

static void
postpone (SkSchedule *s, SkTask *task)
{
  sk_task_uncharge (s, task);
  if (task == s->head)
    sk_task_queue (s, task);
  else
    task->state = SK_TASK_POSTPONED;
}

SkFate
sk_schedule_reply (SkSchedule *s, SkSeat *seat, uint64_t size)
{
  SkTask *task = seat_pop (s, seat);
  seat->served++;
  if (task->cancelled)
    {
      sk_task_free (s, task);
      return SK_FATE_DISCARDED;
    }
  bool now = task == s->head;
  if (now)
    sk_task_uncharge (s, task);
  else if (!sk_task_charge (s, task, size))
    {
      postpone (s, task);
      return SK_FATE_DISCARDED;
    }
  task->state = SK_TASK_ENDED;
  task->end = SK_END_REPLY;
  return now ? SK_FATE_NOW : SK_FATE_KEEP;
}

void
sk_schedule_postpone (SkSchedule *s, SkSeat *seat)
{
  SkTask *task = seat_pop (s, seat);
  if (task->cancelled)
    sk_task_free (s, task);
  else
    postpone (s, task);
}

/* ---- deaths ---- */

static bool
is_excluded (const SkTask *task, uint32_t plugin, const char *object)
{
  for (guint i = 0; task->exclusions != NULL && i < task->exclusions->len; i++)
    {
      const SkExclusion *exclusion = &g_array_index (task->exclusions, SkExclusion, i);
      if (exclusion->plugin == plugin && strcmp (exclusion->object, object) == 0)
        return true;
    }
  return false;
}

/* False when the task has failed for good. */
static bool
punish (SkTask *task, const SkDeath *death)
{
  task->alone = true;
  if (death->blame == SK_BLAME_KILL && ++task->kills <= SK_MAX_RERUNS)
    return true;
  /* A plugin that is excluded already cannot have run: the page lies. */
  if (death->plugin == SK_NO_PLUGIN || is_excluded (task, death->plugin, death->object))
    return ++task->nameless < NAMELESS_TRIES;
  sk_task_exclude (task, death->plugin, death->object, death->reason);
  return ++task->reruns <= SK_MAX_RERUNS;
}

/* Who is to be punished. NULL: nobody, or nobody knows. */
static SkTask *
find_culprit (const SkSeat *seat, const SkDeath *death, bool *ret_unknown)
{
  SkTask *culprit = death->blame != SK_BLAME_NOBODY ? sk_seat_find (seat, death->number) : NULL;
  if (death->blame != SK_BLAME_NOBODY && culprit == NULL && seat->count == 1)
    culprit = sk_seat_in_hand (seat);
  *ret_unknown = death->blame != SK_BLAME_NOBODY && culprit == NULL;
  return culprit;
}

void
sk_schedule_death (SkSchedule *s, SkSeat *seat, const SkDeath *death)
{
  bool unknown;
  SkTask *culprit = find_culprit (seat, death, &unknown);
  while (seat->count > 0)
    { /* from the last to the first, so that each goes before the one behind it */
      SkTask *task = seat_at (seat, --seat->count);
      s->in_flight--;
      sk_task_uncharge (s, task);
      task->alone = task->alone || unknown;
      if (task->cancelled)
        sk_task_free (s, task);
      else if (task == culprit && !punish (task, death))
        sk_task_fail (s, task, death->reason);
      else
        sk_task_queue (s, task);
    }
}
