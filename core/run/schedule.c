/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The line of tasks: what enters, what leaves, and the room for results.
 * Seats and dispatch are in schedule-seat.c.
 */
#include "config.h"

#include "run/schedule-internal.h"

/* ---- room ---- */

static uint64_t
part_size (const SkSchedule *s, bool own)
{
  return own ? s->settings.room / 4 : s->settings.room - s->settings.room / 4;
}

static bool
charge_part (SkSchedule *s, SkTask *task, uint64_t bytes, bool own)
{
  uint64_t used = s->used[own];
  uint64_t size = part_size (s, own);
  if (used > size || bytes > size - used)
    return false;
  s->used[own] += bytes;
  task->charge = bytes;
  task->charged_own = own;
  return true;
}

void
sk_task_uncharge (SkSchedule *s, SkTask *task)
{
  s->used[task->charged_own] -= task->charge;
  task->charge = 0;
}

bool
sk_task_charge (SkSchedule *s, SkTask *task, uint64_t bytes)
{
  bool of_head = s->head != NULL && s->head->group == task->group;
  sk_task_uncharge (s, task);
  return (of_head && charge_part (s, task, bytes, true)) || charge_part (s, task, bytes, false);
}

/* ---- generations ---- */

static SkEra *
era (SkSchedule *s, uint32_t generation)
{
  if (generation >= s->eras->len)
    g_array_set_size (s->eras, generation + 1);
  return &g_array_index (s->eras, SkEra, generation);
}

void
sk_schedule_set_generation (SkSchedule *s, uint32_t generation)
{
  era (s, generation);
  s->generation = generation;
}

void
sk_group_assign (SkSchedule *s, SkTaskGroup *group, uint32_t generation)
{
  if (group->generation == generation)
    return;
  era (s, generation)->live++;
  era (s, generation)->queued += group->queued;
  era (s, 0)->queued -= group->queued;
  group->generation = generation;
}

uint32_t
sk_task_generation (const SkTask *task)
{
  return task->group->generation;
}

uint64_t
sk_schedule_live (const SkSchedule *s, uint32_t generation)
{
  return generation < s->eras->len ? g_array_index (s->eras, SkEra, generation).live : 0;
}

uint64_t
sk_schedule_waiting (const SkSchedule *s, uint32_t generation)
{
  if (s->stopping || generation >= s->eras->len)
    return 0;
  uint64_t queued = g_array_index (s->eras, SkEra, generation).queued;
  if (generation == s->generation)
    queued += g_array_index (s->eras, SkEra, 0).queued;
  return queued;
}

/* ---- groups and their queues ---- */

static void
ready_insert (SkSchedule *s, SkTaskGroup *group)
{
  SkTaskGroup *after = s->ready_last;
  if (after != NULL && after->number > group->number)
    {
      after = NULL; /* it is an older root: look from the front, where these are */
      for (SkTaskGroup *g = s->ready_first; g->number < group->number; g = g->ready_next)
        after = g;
    }
  group->ready_prev = after;
  group->ready_next = after != NULL ? after->ready_next : s->ready_first;
  *(after != NULL ? &after->ready_next : &s->ready_first) = group;
  *(group->ready_next != NULL ? &group->ready_next->ready_prev : &s->ready_last) = group;
}

static void
ready_remove (SkSchedule *s, SkTaskGroup *group)
{
  *(group->ready_prev != NULL ? &group->ready_prev->ready_next : &s->ready_first)
      = group->ready_next;
  *(group->ready_next != NULL ? &group->ready_next->ready_prev : &s->ready_last)
      = group->ready_prev;
  group->ready_prev = group->ready_next = NULL;
}

/* Puts the task into its group's queue behind `after`, or first. */
static void
queue_after (SkSchedule *s, SkTask *task, SkTask *after)
{
  SkTaskGroup *group = task->group;
  task->state = SK_TASK_QUEUED;
  task->queue_prev = after;
  task->queue_next = after != NULL ? after->queue_next : group->queue;
  *(after != NULL ? &after->queue_next : &group->queue) = task;
  if (task->queue_next != NULL)
    task->queue_next->queue_prev = task;
  if (group->queued++ == 0)
    ready_insert (s, group);
  era (s, group->generation)->queued++;
  s->queued_roots += task->is_root;
}

void
sk_task_queue (SkSchedule *s, SkTask *task)
{
  queue_after (s, task, NULL);
}

void
sk_task_unqueue (SkSchedule *s, SkTask *task)
{
  SkTaskGroup *group = task->group;
  *(task->queue_prev != NULL ? &task->queue_prev->queue_next : &group->queue) = task->queue_next;
  if (task->queue_next != NULL)
    task->queue_next->queue_prev = task->queue_prev;
  task->queue_prev = task->queue_next = NULL;
  if (--group->queued == 0)
    ready_remove (s, group);
  era (s, group->generation)->queued--;
  s->queued_roots -= task->is_root;
}

static SkTaskGroup *
group_new (SkSchedule *s)
{
  SkTaskGroup *group = g_slice_new0 (SkTaskGroup);
  group->number = s->next_group++;
  return group;
}

static void
group_unref (SkSchedule *s, SkTaskGroup *group)
{
  if (--group->refs > 0)
    return;
  if (group->generation != 0)
    era (s, group->generation)->live--;
  g_slice_free (SkTaskGroup, group);
}

/* ---- tasks and the line ---- */

static bool
is_more (const SkTask *task)
{
  return task->state == SK_TASK_ENDED && task->end == SK_END_MORE;
}

/* For how many results it stands. */
static uint64_t
weight (const SkTask *task)
{
  return is_more (task) ? task->merged : 1;
}

static void
exclusion_clear (void *data)
{
  SkExclusion *exclusion = data;
  g_free (exclusion->object);
}

void
sk_task_exclude (SkTask *task, uint32_t plugin, const char *object, SkReason reason)
{
  if (task->exclusions == NULL)
    {
      task->exclusions = g_array_new (FALSE, TRUE, sizeof (SkExclusion));
      g_array_set_clear_func (task->exclusions, exclusion_clear);
    }
  SkExclusion exclusion = { g_strdup (object), plugin, reason };
  g_array_append_val (task->exclusions, exclusion);
}

static SkTask *
task_new (SkSchedule *s, SkTaskGroup *group, uint64_t size, uint64_t payload, void *data)
{
  SkTask *task = g_slice_new0 (SkTask);
  task->number = s->next_number++;
  task->group = group;
  group->refs++;
  task->size = size;
  task->payload = payload;
  task->data = data;
  return task;
}

void
sk_task_free (SkSchedule *s, SkTask *task)
{
  if (task->data != NULL)
    s->settings.free_data (task->data);
  if (task->exclusions != NULL)
    g_array_free (task->exclusions, TRUE);
  group_unref (s, task->group);
  g_slice_free (SkTask, task);
}

/* A task that was postponed may run as soon as it is the head. */
static void
wake_head (SkSchedule *s)
{
  if (s->head != NULL && s->head->state == SK_TASK_POSTPONED)
    queue_after (s, s->head, NULL);
}

static void
line_insert (SkSchedule *s, SkTask *task, SkTask *after)
{
  task->line_prev = after;
  task->line_next = after != NULL ? after->line_next : s->head;
  *(after != NULL ? &after->line_next : &s->head) = task;
  *(task->line_next != NULL ? &task->line_next->line_prev : &s->tail) = task;
  s->in_line++;
  s->payload += task->payload;
  s->roots += task->is_root;
  s->windows += !task->is_root;
}

static void
line_remove (SkSchedule *s, SkTask *task)
{
  *(task->line_prev != NULL ? &task->line_prev->line_next : &s->head) = task->line_next;
  *(task->line_next != NULL ? &task->line_next->line_prev : &s->tail) = task->line_prev;
  task->line_prev = task->line_next = NULL;
  s->in_line--;
  s->payload -= task->payload;
  s->roots -= task->is_root;
  s->windows -= !task->is_root;
}

static void
more_remove (SkTask *task)
{
  for (SkTask **at = &task->group->more; *at != NULL; at = &(*at)->more_next)
    if (*at == task)
      {
        *at = task->more_next;
        return;
      }
}

/* Takes a task out of everything but the hands of a worker. */
static void
task_drop (SkSchedule *s, SkTask *task)
{
  line_remove (s, task);
  if (is_more (task))
    more_remove (task);
  sk_task_uncharge (s, task);
  if (task->state == SK_TASK_QUEUED)
    sk_task_unqueue (s, task);
  if (task->state != SK_TASK_RUNNING)
    {
      sk_task_free (s, task);
      return;
    }
  task->cancelled = true;
  if (task->data != NULL)
    s->settings.free_data (g_steal_pointer (&task->data));
}

/* ---- what comes in ---- */

bool
sk_schedule_wants_root (const SkSchedule *s)
{
  /* What a dying worker has counts until its death is reported, or many that die slowly would let
   * in more roots than there are descriptors. */
  return !s->stopping && s->queued_roots < s->settings.look_ahead
         && s->queued_roots + s->in_flight < 2 * (uint64_t) s->settings.look_ahead
         && s->roots < s->settings.live_roots && s->payload < s->settings.live_payload;
}

SkTask *
sk_schedule_add_root (SkSchedule *s, uint64_t size, uint64_t payload, const SkBudget *budget,
                      void *data)
{
  SkTask *task = task_new (s, group_new (s), size, payload, data);
  task->is_root = true;
  task->budget = *budget;
  line_insert (s, task, s->tail);
  queue_after (s, task, NULL);
  return task;
}

SkTask *
sk_schedule_add_silent (SkSchedule *s, uint64_t payload, void *data)
{
  SkTask *task = task_new (s, group_new (s), 0, payload, data);
  task->is_root = true;
  task->state = SK_TASK_ENDED;
  task->end = SK_END_SILENT;
  line_insert (s, task, s->tail);
  return task;
}

bool
sk_schedule_may_expand (const SkSchedule *s, uint64_t count, uint64_t payload)
{
  return s->windows <= s->settings.windows_ahead && s->payload <= s->settings.live_payload
         && count <= s->settings.windows_ahead - s->windows
         && payload <= s->settings.live_payload - s->payload;
}

SkTask *
sk_schedule_add_more (SkSchedule *s, SkTask *parent, uint64_t count, void *data)
{
  SkTask *task = task_new (s, parent->group, 0, 0, data);
  task->depth = parent->depth;
  task->budget = parent->budget;
  task->state = SK_TASK_ENDED;
  task->end = SK_END_MORE;
  task->merged = count;
  line_insert (s, task, parent);
  /* Whatever else of its root is in the line stands behind the head, or this one is gone at once. */
  task->more_next = parent->group->more;
  parent->group->more = task;
  return task;
}

SkTask *
sk_schedule_first_more (const SkSchedule *s)
{
  return s->head != NULL ? s->head->group->more : NULL;
}

SkTask *
sk_schedule_add_next (SkSchedule *s, SkTask *more, uint64_t size, uint64_t payload,
                      const SkBudget *budget, void *data)
{
  SkTask *task = task_new (s, more->group, size, payload, data);
  SkTask *previous = more->line_prev;
  task->depth = more->depth + 1;
  task->budget = *budget;
  line_insert (s, task, previous);
  /* Before what waits of this root already: so the line moves on depth-first. */
  bool behind = previous != NULL && previous->group == task->group
                && previous->state == SK_TASK_QUEUED;
  queue_after (s, task, behind ? previous : NULL);
  more->merged -= more->merged > 0;
  return task;
}

void
sk_schedule_drop_more (SkSchedule *s, SkTask *more)
{
  task_drop (s, more);
  wake_head (s);
}

/* ---- ends ---- */

/* Puts an ENDED task in the place of `task`; it takes over its data. */
static SkTask *
replace_by_cancelled (SkSchedule *s, SkTask *task)
{
  SkTask *ended = task_new (s, task->group, task->size, task->payload, g_steal_pointer (&task->data));
  ended->is_root = task->is_root;
  ended->depth = task->depth;
  ended->state = SK_TASK_ENDED;
  ended->end = SK_END_CANCELLED;
  ended->merged = weight (task) > 0 ? weight (task) - 1 : 0;
  line_insert (s, ended, task);
  task_drop (s, task);
  return ended;
}

void
sk_schedule_cancel (SkSchedule *s, SkTask *task)
{
  while (task->line_prev != NULL && task->line_prev->group == task->group)
    task = task->line_prev;
  SkTask *ended = replace_by_cancelled (s, task);
  while (ended->line_next != NULL && ended->line_next->group == ended->group)
    {
      ended->merged += weight (ended->line_next);
      task_drop (s, ended->line_next);
    }
}

void
sk_schedule_stop (SkSchedule *s)
{
  s->stopping = true;
}

void
sk_schedule_set_pressure (SkSchedule *s, bool pressure)
{
  s->pressure = pressure;
}

void
sk_task_fail (SkSchedule *s, SkTask *task, SkReason reason)
{
  sk_task_uncharge (s, task);
  task->state = SK_TASK_ENDED;
  task->end = SK_END_FAILED;
  task->reason = reason;
}

/* ---- what goes out ---- */

SkTask *
sk_schedule_head (const SkSchedule *s)
{
  return s->head;
}

SkTask *
sk_schedule_turn (SkSchedule *s)
{
  if (s->head == NULL || s->head->state == SK_TASK_ENDED)
    return s->head;
  if (!s->stopping)
    return NULL;
  SkTask *ended = replace_by_cancelled (s, s->head);
  while (ended->line_next != NULL && ended->line_next->group == ended->group
         && (ended->line_next->state != SK_TASK_ENDED || is_more (ended->line_next)))
    {
      ended->merged += weight (ended->line_next);
      task_drop (s, ended->line_next);
    }
  return ended;
}

void
sk_schedule_pass (SkSchedule *s)
{
  SkTask *task = s->head;
  g_return_if_fail (task != NULL && task->state == SK_TASK_ENDED);
  task_drop (s, task);
  wake_head (s);
}

void
sk_schedule_state (const SkSchedule *s, SkScheduleState *ret_state)
{
  *ret_state = (SkScheduleState) { s->in_line,  s->roots,     s->queued_roots,
                                   s->windows,  s->in_flight, s->used[0] + s->used[1] };
}

SkSchedule *
sk_schedule_new (const SkScheduleSettings *settings)
{
  SkSchedule *s = g_new0 (SkSchedule, 1);
  s->settings = *settings;
  s->eras = g_array_new (FALSE, TRUE, sizeof (SkEra));
  g_array_set_size (s->eras, 1);
  return s;
}

void
sk_schedule_free (SkSchedule *s)
{
  if (s == NULL)
    return;
  while (s->head != NULL)
    {
      s->head->state = s->head->state == SK_TASK_RUNNING ? SK_TASK_ENDED : s->head->state;
      task_drop (s, s->head);
    }
  g_array_free (s->eras, TRUE);
  g_free (s);
}
