/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The schedule alone, with simulated workers: whatever dies, is cancelled,
 * reloaded or postponed, and in whatever order workers answer, it ends, and the
 * bytes that come out are those of a plain recursive run.
 */
#include "config.h"

#include "run/results.h"
#include "run/schedule.h"
#include "sk-test.h"

#define ROOM UINT64_C (65536)
#define LARGEST 16384
#define PLUGINS 12

/* ---- the world: what each job does, decided by its id alone ---- */

typedef struct Job {
  char *id;
  uint64_t root; /* number of the root */
  uint64_t hash;
  uint32_t depth, foreign_kills;
  uint64_t size;
  SkBudget budget;
  bool silent, started;
  uint64_t at; /* in the results file */
  size_t kept;
  bool held; /* reply in `text` */
  char *text;
  bool expanded;
  uint32_t given, count; /* of what stands for windows: those that are in the line, all */
} Job;

static uint64_t
mix (uint64_t x)
{
  x ^= x >> 33;
  x *= UINT64_C (0xff51afd7ed558ccd);
  x ^= x >> 33;
  x *= UINT64_C (0xc4ceb9fe1a85ec53);
  return x ^ (x >> 33);
}

static uint64_t
hash_text (const char *text, uint64_t salt)
{
  uint64_t h = mix (salt + 1);
  for (; *text != '\0'; text++)
    h = mix (h ^ (uint8_t) *text);
  return h;
}

static Job *
job_new (char *id, uint64_t root, uint64_t salt, uint32_t depth)
{
  Job *job = g_new0 (Job, 1);
  job->id = id;
  job->root = root;
  job->depth = depth;
  job->hash = hash_text (id, salt);
  job->silent = depth == 0 && job->hash % 17 == 0;
  job->size = job->hash % 13 == 0 ? 5000 : job->hash % 300;
  return job;
}

static void
job_free (void *data)
{
  Job *job = data;
  g_free (job->id);
  g_free (job->text);
  g_free (job);
}

static uint32_t
windows_of (const Job *job)
{
  uint64_t h = mix (job->hash ^ 7);
  if (job->depth >= 4 || h % 5 != 0)
    return 0;
  uint64_t wanted = h / 5 % 40 == 0 ? 60 : h / 5 % 6;
  return (uint32_t) MIN (wanted, job->budget.windows);
}

static Job *
window_of (const Job *job, uint64_t salt, uint32_t i, uint32_t count)
{
  Job *window = job_new (g_strdup_printf ("%s/w:%u", job->id, i), job->root, salt, job->depth + 1);
  SkBudget used = { 0, 3, 100, 0 };
  sk_budget_carve (&job->budget, &used, count, window->size, 300 * count, &window->budget);
  return window;
}

/* The plugin that dies on this job, given those that do not run there any more. */
static bool
dies (const Job *job, const GArray *exclusions, uint32_t *ret_plugin)
{
  bool hopeless = job->hash % 101 == 3;
  for (uint32_t p = 0; p < PLUGINS; p++)
    {
      bool excluded = false;
      for (guint i = 0; exclusions != NULL && i < exclusions->len; i++)
        excluded = excluded || g_array_index (exclusions, SkExclusion, i).plugin == p;
      if (!excluded && (hopeless || mix (job->hash ^ (p * 1000)) % 97 == 5))
        {
          *ret_plugin = p;
          return true;
        }
    }
  return false;
}

/* A job on which the worker dies between hooks: nobody can be named. */
static bool
dies_nameless (const Job *job)
{
  return job->hash % 89 == 4;
}

static char *
reply_of (const Job *job, const GArray *exclusions)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%s windows=%" G_GUINT64_FORMAT " bytes=%" G_GUINT64_FORMAT "%s",
                          job->id, job->budget.windows, job->budget.bytes,
                          windows_of (job) > 0 ? " opened" : "");
  for (guint i = 0; exclusions != NULL && i < exclusions->len; i++)
    g_string_append_printf (text, " without %u",
                            g_array_index (exclusions, SkExclusion, i).plugin);
  uint64_t h = mix (job->hash ^ 99);
  size_t padding = h % 4 == 0 ? h / 20 % (LARGEST - 1000) : h / 20 % 200;
  for (size_t i = 0; i < padding; i++)
    g_string_append_c (text, (char) ('a' + (h + i) % 26));
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static char *
failure_of (const Job *job)
{
  return g_strdup_printf ("%s failed\n", job->id);
}

/* ---- the oracle ---- */

static void
oracle_job (Job *job, uint64_t salt, GPtrArray *out)
{
  g_autoptr (GArray) exclusions = g_array_new (FALSE, TRUE, sizeof (SkExclusion));
  uint32_t plugin;
  if (job->silent)
    {
      g_ptr_array_add (out, g_strdup_printf ("%s silent\n", job->id));
      return;
    }
  while (dies (job, exclusions, &plugin) && exclusions->len <= SK_MAX_RERUNS)
    {
      SkExclusion exclusion = { NULL, plugin, SK_REASON_CRASH };
      g_array_append_val (exclusions, exclusion);
    }
  if (exclusions->len > SK_MAX_RERUNS || dies_nameless (job))
    {
      g_ptr_array_add (out, failure_of (job));
      return;
    }
  g_ptr_array_add (out, reply_of (job, exclusions));
  uint32_t count = windows_of (job);
  for (uint32_t i = 0; i < count; i++)
    {
      Job *window = window_of (job, salt, i, count);
      oracle_job (window, salt, out);
      job_free (window);
    }
}

static const SkBudget whole = { 500, 100000, 1000000000, 1000000000 };

static Job *
root_new (uint64_t number, uint64_t salt)
{
  Job *job = job_new (g_strdup_printf ("r%" G_GUINT64_FORMAT, number), number, salt, 0);
  job->budget = whole;
  return job;
}

/* ---- the simulation ---- */

typedef struct World {
  GRand *random;
  uint64_t salt;
  uint32_t jobs, n_roots, next_root;
  SkSchedule *schedule;
  SkResults *results;
  GPtrArray *seats;      /* SkSeat, generation in `seat_generation` */
  GArray *seat_generation;
  uint32_t generation;
  GPtrArray *out;        /* per root: GPtrArray of texts */
  uint64_t last_root;    /* that put something out */
  bool *cancelled;
  bool may_cancel, may_reload, may_kill;
  uint64_t did_not_fit, deaths, windows, early, late, reloads; /* so that a test knows it tested something */
} World;

static World total;

static uint32_t
below (World *w, uint32_t n)
{
  return (uint32_t) g_rand_int_range (w->random, 0, (gint32) n);
}

static void
feed (World *w)
{
  while (w->next_root < w->n_roots && sk_schedule_wants_root (w->schedule) && below (w, 8) != 0)
    {
      Job *job = root_new (w->next_root++, w->salt);
      if (job->silent)
        sk_schedule_add_silent (w->schedule, 10, job);
      else
        sk_schedule_add_root (w->schedule, job->size, 10, &job->budget, job);
    }
}

/* One to seven more windows. False: there are no more. */
static bool
refill (World *w, SkTask *more)
{
  Job *rest = more->data;
  ck_assert_int_eq (more->end, SK_END_MORE);
  ck_assert_uint_eq (more->merged, rest->count - rest->given);
  for (uint32_t n = 1 + below (w, 7); n > 0 && rest->given < rest->count; n--)
    {
      Job *window = window_of (rest, w->salt, rest->given++, rest->count);
      sk_schedule_add_next (w->schedule, more, window->size, 20, &window->budget, window);
    }
  if (rest->given < rest->count)
    return true;
  sk_schedule_drop_more (w->schedule, more);
  return false;
}

static void
refill_early (World *w)
{
  SkTask *more = sk_schedule_first_more (w->schedule);
  if (more == NULL || !sk_schedule_may_expand (w->schedule, 7, 140))
    return;
  w->early++;
  refill (w, more);
}

static void
expand (World *w, SkTask *task)
{
  Job *job = task->data;
  uint32_t count = windows_of (job);
  bool fit = sk_schedule_may_expand (w->schedule, count, 20 * count);
  if (count > 0 && !fit && task != sk_schedule_head (w->schedule))
    return;
  job->expanded = true;
  if (count == 0)
    return;
  w->windows += count;
  Job *rest = job_new (g_strdup (job->id), job->root, w->salt, job->depth);
  rest->budget = job->budget;
  rest->count = count;
  SkTask *more = sk_schedule_add_more (w->schedule, task, count, rest);
  while (fit && refill (w, more))
    ;
}

static void
finish (World *w, SkSeat *seat, SkTask *task)
{
  Job *job = task->data;
  g_autofree char *text = task->cancelled ? g_strdup ("lost") : reply_of (job, task->exclusions);
  size_t size = strlen (text);
  bool cancelled = task->cancelled;
  switch (sk_schedule_reply (w->schedule, seat, size))
    {
    case SK_FATE_DISCARDED:
      w->did_not_fit += !cancelled;
      return;
    case SK_FATE_NOW:
      job->held = true;
      job->text = g_steal_pointer (&text);
      break;
    case SK_FATE_KEEP:
      ck_assert (sk_results_put (w->results, sk_span_of_text (text), &job->at, NULL));
      job->kept = size;
      break;
    }
  expand (w, task);
}

/* The worker dies of its work, or finishes it. */
static void
work (World *w, SkSeat *seat)
{
  SkTask *task = sk_seat_in_hand (seat);
  Job *job = task->data;
  SkDeath death = { SK_BLAME_TASK, task->number, SK_NO_PLUGIN, "", SK_REASON_CRASH };
  if (!task->cancelled && dies (job, task->exclusions, &death.plugin))
    {
      if (below (w, 2) == 0)
        death.number = UINT64_MAX; /* nobody knows: all run again alone */
      sk_schedule_death (w->schedule, seat, &death);
    }
  else if (!task->cancelled && dies_nameless (job))
    sk_schedule_death (w->schedule, seat, &death);
  else if (task != sk_schedule_head (w->schedule) && below (w, 50) == 0)
    sk_schedule_postpone (w->schedule, seat);
  else
    finish (w, seat, task);
}

static void
kill_worker (World *w, SkSeat *seat)
{
  SkTask *task = sk_seat_in_hand (seat);
  SkDeath death = { SK_BLAME_NOBODY, UINT64_MAX, 3, "", SK_REASON_CRASH };
  if (task != NULL && !task->cancelled && ((Job *) task->data)->foreign_kills < SK_MAX_RERUNS
      && below (w, 2) == 0)
    {
      ((Job *) task->data)->foreign_kills++;
      death.blame = SK_BLAME_KILL;
    }
  w->deaths++;
  sk_schedule_death (w->schedule, seat, &death);
}

static void
seat_open (World *w, uint32_t generation)
{
  g_ptr_array_add (w->seats, sk_schedule_seat_new (w->schedule, generation));
  g_array_append_val (w->seat_generation, generation);
}

static void
seat_close (World *w, guint index)
{
  sk_schedule_seat_free (w->schedule, w->seats->pdata[index]);
  g_ptr_array_remove_index_fast (w->seats, index);
  g_array_remove_index_fast (w->seat_generation, index);
}

/* Replaces spent workers; keeps one of each living generation, the rest of the newest. */
static void
staff (World *w)
{
  uint32_t count[64] = { 0 };
  for (guint i = 0; i < w->seats->len;)
    {
      SkSeat *seat = w->seats->pdata[i];
      uint32_t generation = g_array_index (w->seat_generation, uint32_t, i);
      bool useless = generation != w->generation && sk_seat_in_flight (seat) == 0
                     && (count[generation] > 0 || sk_schedule_live (w->schedule, generation) == 0);
      if (useless || sk_seat_spent (w->schedule, seat))
        seat_close (w, i);
      else
        {
          count[generation]++;
          i++;
        }
    }
  for (uint32_t g = 1; g <= w->generation; g++)
    if (count[g] == 0 && (g == w->generation || sk_schedule_live (w->schedule, g) > 0))
      seat_open (w, g);
  while (w->seats->len < w->jobs)
    seat_open (w, w->generation);
}

static void
dispatch (World *w, guint index)
{
  SkSeat *seat = w->seats->pdata[index];
  SkTask *tasks[SK_MAX_BATCH];
  size_t n = sk_schedule_dispatch (w->schedule, seat, tasks);
  uint64_t bytes = 0;
  for (size_t i = 0; i < n; i++)
    {
      ck_assert_uint_eq (sk_task_generation (tasks[i]),
                         g_array_index (w->seat_generation, uint32_t, index));
      ck_assert (n == 1 || (tasks[i]->size <= 1000 && !tasks[i]->alone));
      bytes += tasks[i]->size;
    }
  ck_assert (n <= 1 || bytes <= 2000);
}

static void
put_out (World *w, Job *job, const char *text)
{
  ck_assert_uint_ge (job->root, w->last_root);
  w->last_root = job->root;
  g_ptr_array_add (w->out->pdata[job->root], g_strdup (text));
}

static void
hand_out_reply (World *w, SkTask *task)
{
  Job *job = task->data;
  g_autofree char *text = g_steal_pointer (&job->text);
  if (!job->held)
    {
      text = g_malloc0 (job->kept + 1);
      ck_assert (sk_results_get (w->results, job->at, job->kept, (uint8_t *) text, NULL));
      sk_results_release (w->results, job->at, job->kept);
    }
  put_out (w, job, text);
  if (!job->expanded)
    expand (w, task);
}

static bool
hand_out (World *w)
{
  SkTask *task = sk_schedule_turn (w->schedule);
  if (task == NULL)
    return false;
  Job *job = task->data;
  g_autofree char *text = NULL;
  switch (task->end)
    {
    case SK_END_MORE:
      w->late++;
      refill (w, task);
      return true;
    case SK_END_REPLY:
      hand_out_reply (w, task);
      break;
    case SK_END_SILENT:
      text = g_strdup_printf ("%s silent\n", job->id);
      break;
    case SK_END_FAILED:
      text = failure_of (job);
      break;
    case SK_END_CANCELLED:
      text = g_strdup ("cancelled\n");
      break;
    }
  if (text != NULL)
    put_out (w, job, text);
  sk_schedule_pass (w->schedule);
  return true;
}

static void
cancel_some (World *w)
{
  SkTask *task = sk_schedule_head (w->schedule);
  for (uint32_t i = below (w, 40); task != NULL && i > 0; i--)
    task = task->line_next;
  if (task == NULL)
    return;
  w->cancelled[((Job *) task->data)->root] = true;
  /* Replies that wait are released by their owner. */
  SkTask *first = task;
  while (first->line_prev != NULL && first->line_prev->group == task->group)
    first = first->line_prev;
  for (; first != NULL && first->group == task->group; first = first->line_next)
    {
      Job *job = first->data;
      if (first->state == SK_TASK_ENDED && first->end == SK_END_REPLY && !job->held)
        sk_results_release (w->results, job->at, job->kept);
    }
  sk_schedule_cancel (w->schedule, task);
}

static void
step (World *w)
{
  guint seat = below (w, w->seats->len);
  switch (below (w, 32))
    {
    case 0:
      if (w->may_kill)
        kill_worker (w, w->seats->pdata[seat]);
      break;
    case 1:
      if (w->may_cancel && below (w, 4) == 0)
        cancel_some (w);
      break;
    case 2:
      if (w->may_reload && w->generation < 60 && below (w, 8) == 0)
        {
          w->reloads++;
          sk_schedule_set_generation (w->schedule, ++w->generation);
        }
      break;
    case 3:
      sk_schedule_set_pressure (w->schedule, below (w, 3) == 0);
      break;
    case 4:
      feed (w);
      break;
    case 5:
      refill_early (w);
      break;
    default:
      if (below (w, 3) == 0)
        dispatch (w, seat);
      else if (sk_seat_in_hand (w->seats->pdata[seat]) != NULL)
        work (w, w->seats->pdata[seat]);
    }
  if (below (w, 6) == 0)
    while (hand_out (w))
      ;
}

static void
world_init (World *w, uint32_t seed, uint32_t n_roots)
{
  *w = (World) { .random = g_rand_new_with_seed (seed), .n_roots = n_roots, .generation = 1 };
  w->salt = mix (seed);
  w->jobs = 1 + below (w, 7);
  SkScheduleSettings settings = {
    .jobs = w->jobs, .room = ROOM, .largest_result = LARGEST, .small_result = 300,
    .small_file = 1000, .batch_tasks = SK_MAX_BATCH, .batch_bytes = 2000, .batch_payload = 400,
    .look_ahead = 4 + below (w, 60), .live_roots = 100, .live_payload = 100000,
    .windows_ahead = below (w, 100), .worker_jobs = 100, .free_data = job_free,
  };
  w->schedule = sk_schedule_new (&settings);
  sk_schedule_set_generation (w->schedule, 1);
  w->results = sk_results_new (g_get_tmp_dir (), ROOM, NULL);
  ck_assert_ptr_nonnull (w->results);
  w->seats = g_ptr_array_new ();
  w->seat_generation = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  w->out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  for (uint32_t i = 0; i < n_roots; i++)
    g_ptr_array_add (w->out, g_ptr_array_new_with_free_func (g_free));
  w->cancelled = g_new0 (bool, n_roots);
}

static void
world_clear (World *w)
{
  SkScheduleState state;
  sk_schedule_state (w->schedule, &state);
  ck_assert_uint_eq (state.in_line, 0);
  ck_assert_uint_eq (state.windows, 0);
  ck_assert_uint_eq (state.room_used, 0);
  ck_assert_uint_eq (sk_results_live (w->results), 0);
  SkDeath end = { .blame = SK_BLAME_NOBODY };
  while (w->seats->len > 0)
    {
      sk_schedule_death (w->schedule, w->seats->pdata[0], &end);
      seat_close (w, 0);
    }
  sk_schedule_state (w->schedule, &state);
  ck_assert_uint_eq (state.in_flight, 0);
  for (uint32_t g = 1; g <= w->generation; g++)
    ck_assert_uint_eq (sk_schedule_live (w->schedule, g), 0);
  sk_schedule_free (w->schedule);
  sk_results_free (w->results);
  g_ptr_array_unref (w->seats);
  g_array_unref (w->seat_generation);
  g_ptr_array_unref (w->out);
  g_free (w->cancelled);
  g_rand_free (w->random);
}

/* Runs to the end; after `limit` steps it is stuck. */
static void
world_run (World *w, uint64_t limit)
{
  for (uint64_t i = 0; w->next_root < w->n_roots || sk_schedule_head (w->schedule) != NULL; i++)
    {
      ck_assert_msg (i < limit, "the line is stuck after %" G_GUINT64_FORMAT " steps", i);
      staff (w);
      step (w);
    }
}

static void
check_root (const World *w, uint32_t root)
{
  g_autoptr (GPtrArray) expected = g_ptr_array_new_with_free_func (g_free);
  Job *job = root_new (root, w->salt);
  oracle_job (job, w->salt, expected);
  job_free (job);
  GPtrArray *got = w->out->pdata[root];
  guint same = w->cancelled[root] ? got->len - 1 : expected->len;
  ck_assert_uint_eq (got->len, w->cancelled[root] ? same + 1 : same);
  for (guint i = 0; i < same; i++)
    ck_assert_str_eq (got->pdata[i], expected->pdata[i]);
  if (w->cancelled[root])
    ck_assert_str_eq (got->pdata[same], "cancelled\n");
}

static void
simulate (uint32_t seed, uint32_t n_roots, bool cancel)
{
  World w;
  world_init (&w, seed, n_roots);
  w.may_kill = seed % 3 != 0;
  w.may_reload = seed % 2 != 0;
  w.may_cancel = cancel;
  world_run (&w, 4000000);
  for (uint32_t i = 0; i < n_roots; i++)
    check_root (&w, i);
  total.did_not_fit += w.did_not_fit;
  total.deaths += w.deaths;
  total.windows += w.windows;
  total.early += w.early;
  total.late += w.late;
  total.reloads += w.reloads;
  world_clear (&w);
}

START_TEST (every_seed_gives_the_bytes_of_the_oracle)
{
  for (uint32_t seed = 0; seed < 1500; seed++)
    simulate (seed, 20, false);
  ck_assert_uint_gt (total.did_not_fit, 100);
  ck_assert_uint_gt (total.deaths, 10000);
  ck_assert_uint_gt (total.windows, 10000);
  ck_assert_uint_gt (total.early, 100);
  ck_assert_uint_gt (total.late, 100);
  ck_assert_uint_gt (total.reloads, 1000);
}
END_TEST

START_TEST (cancelled_roots_end_and_disturb_no_other)
{
  for (uint32_t seed = 5000; seed < 6000; seed++)
    simulate (seed, 20, true);
}
END_TEST

START_TEST (long_lines_end_too)
{
  for (uint32_t seed = 9000; seed < 9020; seed++)
    simulate (seed, 600, false);
}
END_TEST

/* After a stop each root gives a part of what it would have given, in order, and says so. */
static void
check_stopped_root (const World *w, uint32_t root)
{
  g_autoptr (GPtrArray) expected = g_ptr_array_new_with_free_func (g_free);
  Job *job = root_new (root, w->salt);
  oracle_job (job, w->salt, expected);
  job_free (job);
  GPtrArray *got = w->out->pdata[root];
  guint next = 0, cancelled = 0;
  for (guint i = 0; i < got->len; i++)
    if (g_str_equal (got->pdata[i], "cancelled\n"))
      cancelled++;
    else
      {
        while (next < expected->len && !g_str_equal (got->pdata[i], expected->pdata[next]))
          next++;
        ck_assert_uint_lt (next++, expected->len);
      }
  if (got->len > 0 && cancelled == 0)
    ck_assert_uint_eq (got->len, expected->len);
}

START_TEST (stop_hands_out_what_was_found_and_ends)
{
  for (uint32_t seed = 20000; seed < 20500; seed++)
    {
      World w;
      world_init (&w, seed, 60);
      w.may_kill = true;
      uint32_t steps = below (&w, 3000);
      for (uint32_t i = 0; i < steps; i++)
        {
          staff (&w);
          step (&w);
        }
      sk_schedule_stop (w.schedule);
      ck_assert (!sk_schedule_wants_root (w.schedule));
      while (hand_out (&w))
        ;
      ck_assert_ptr_null (sk_schedule_head (w.schedule));
      for (uint32_t i = 0; i < w.next_root; i++)
        check_stopped_root (&w, i);
      world_clear (&w);
    }
}
END_TEST

/* ---- single properties ---- */

static uint32_t freed;

static void
count_free (void *data)
{
  (void) data;
  freed++;
}

static SkSchedule *
small_schedule (uint64_t room)
{
  SkScheduleSettings settings = {
    .jobs = 1, .room = room, .largest_result = 1000, .small_result = 100, .small_file = 1000,
    .batch_tasks = SK_MAX_BATCH, .batch_bytes = 100000, .batch_payload = 100000, .look_ahead = 1000, .live_roots = 1000,
    .live_payload = 100000, .windows_ahead = 10, .worker_jobs = 100, .free_data = count_free,
  };
  SkSchedule *schedule = sk_schedule_new (&settings);
  sk_schedule_set_generation (schedule, 1);
  return schedule;
}

static void
add_roots (SkSchedule *schedule, uint32_t count, uint64_t size)
{
  for (uint32_t i = 0; i < count; i++)
    sk_schedule_add_root (schedule, size, 1, &whole, GUINT_TO_POINTER (i + 1));
}

static void
end_seat (SkSchedule *schedule, SkSeat *seat)
{
  SkDeath end = { .blame = SK_BLAME_NOBODY };
  sk_schedule_death (schedule, seat, &end);
  sk_schedule_seat_free (schedule, seat);
}

START_TEST (small_files_share_batches_and_two_are_in_flight)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 200, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), SK_MAX_BATCH);
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), SK_MAX_BATCH);
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 0);
  for (uint32_t i = 0; i < SK_MAX_BATCH; i++)
    sk_schedule_reply (schedule, seat, 10);
  ck_assert_uint_gt (sk_schedule_dispatch (schedule, seat, tasks), 0);
  end_seat (schedule, seat);
}
END_TEST

START_TEST (a_large_file_goes_alone_and_to_an_idle_worker)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 1, 10);
  add_roots (schedule, 2, 1001);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
  ck_assert_uint_eq (tasks[0]->size, 10);
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 0);
  sk_schedule_reply (schedule, seat, 10);
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
  ck_assert_uint_eq (tasks[0]->size, 1001);
  end_seat (schedule, seat);
}
END_TEST

START_TEST (without_room_only_the_head_is_dispatched)
{
  g_autoptr (SkSchedule) schedule = small_schedule (0);
  add_roots (schedule, 10, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
  ck_assert_ptr_eq (tasks[0], sk_schedule_head (schedule));
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 0);
  ck_assert_int_eq (sk_schedule_reply (schedule, seat, 1 << 20), SK_FATE_NOW);
  sk_schedule_pass (schedule);
  ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
  end_seat (schedule, seat);
}
END_TEST

START_TEST (the_others_of_a_dead_worker_are_not_blamed)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 20, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  size_t n = sk_schedule_dispatch (schedule, seat, tasks);
  ck_assert_uint_gt (n, 3);
  SkDeath death = { SK_BLAME_TASK, tasks[0]->number, 2, "/zip:1", SK_REASON_CRASH };
  sk_schedule_death (schedule, seat, &death);
  ck_assert (tasks[0]->alone);
  ck_assert_uint_eq (tasks[0]->exclusions->len, 1);
  ck_assert_str_eq (g_array_index (tasks[0]->exclusions, SkExclusion, 0).object, "/zip:1");
  for (size_t i = 1; i < n; i++)
    ck_assert (!tasks[i]->alone && tasks[i]->exclusions == NULL
               && tasks[i]->state == SK_TASK_QUEUED);
  end_seat (schedule, seat);
}
END_TEST

/* Nobody knows who it was: all are run alone, none has failed. Alone, it is known. */
START_TEST (an_unknown_culprit_is_found_alone)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 20, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  size_t n = sk_schedule_dispatch (schedule, seat, tasks);
  ck_assert_uint_gt (n, 3);
  SkDeath death = { SK_BLAME_TASK, UINT64_MAX, SK_NO_PLUGIN, "", SK_REASON_CRASH };
  sk_schedule_death (schedule, seat, &death);
  for (size_t i = 0; i < n; i++)
    ck_assert (tasks[i]->alone && tasks[i]->nameless == 0);
  for (uint32_t i = 0; i < 2; i++)
    {
      ck_assert_ptr_null (sk_schedule_turn (schedule));
      ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
      sk_schedule_death (schedule, seat, &death);
    }
  ck_assert_int_eq (sk_schedule_turn (schedule)->end, SK_END_FAILED);
  end_seat (schedule, seat);
}
END_TEST

/* One that gets itself killed and names nobody would else be run with the same others for ever. */
START_TEST (a_killed_worker_that_names_nobody_is_no_circle)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 20, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  SkDeath death = { SK_BLAME_KILL, UINT64_MAX, SK_NO_PLUGIN, "", SK_REASON_MEMORY };
  uint32_t deaths = 0;
  for (; sk_schedule_turn (schedule) == NULL; deaths++)
    {
      ck_assert_uint_lt (deaths, 2 * SK_MAX_RERUNS);
      ck_assert_uint_gt (sk_schedule_dispatch (schedule, seat, tasks), 0);
      sk_schedule_death (schedule, seat, &death);
    }
  ck_assert_uint_gt (deaths, SK_MAX_RERUNS);
  ck_assert_int_eq (sk_schedule_turn (schedule)->reason, SK_REASON_MEMORY);
  end_seat (schedule, seat);
}
END_TEST

/* Eight exclusions are tried; a ninth death ends it. Near miss: the eighth does not. */
START_TEST (after_eight_reruns_the_job_has_failed)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 1, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  for (uint32_t i = 0; i <= SK_MAX_RERUNS; i++)
    {
      ck_assert_ptr_null (sk_schedule_turn (schedule));
      ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
      SkDeath death = { SK_BLAME_TASK, tasks[0]->number, i, "", SK_REASON_TIMEOUT };
      sk_schedule_death (schedule, seat, &death);
    }
  SkTask *task = sk_schedule_turn (schedule);
  ck_assert_ptr_nonnull (task);
  ck_assert_int_eq (task->end, SK_END_FAILED);
  ck_assert_int_eq (task->reason, SK_REASON_TIMEOUT);
  end_seat (schedule, seat);
}
END_TEST

/* A page that blames the excluded plugin again lies: two such deaths are enough. */
START_TEST (a_lying_page_fails_the_job_at_the_second_death)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 1, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  for (uint32_t i = 0; i < 3; i++)
    {
      ck_assert_ptr_null (sk_schedule_turn (schedule));
      ck_assert_uint_eq (sk_schedule_dispatch (schedule, seat, tasks), 1);
      SkDeath death = { SK_BLAME_TASK, tasks[0]->number, 4, "", SK_REASON_CRASH };
      sk_schedule_death (schedule, seat, &death);
    }
  ck_assert_ptr_nonnull (sk_schedule_turn (schedule));
  end_seat (schedule, seat);
}
END_TEST

START_TEST (a_spent_worker_gets_nothing_more)
{
  g_autoptr (SkSchedule) schedule = small_schedule (1000000);
  add_roots (schedule, 300, 10);
  SkSeat *seat = sk_schedule_seat_new (schedule, 1);
  SkTask *tasks[SK_MAX_BATCH];
  uint32_t served = 0;
  while (!sk_seat_spent (schedule, seat))
    {
      while (sk_schedule_dispatch (schedule, seat, tasks) > 0)
        ;
      ck_assert_ptr_nonnull (sk_seat_in_hand (seat));
      for (; sk_seat_in_hand (seat) != NULL; served++)
        sk_schedule_reply (schedule, seat, 1);
    }
  ck_assert_uint_eq (served, 100);
  end_seat (schedule, seat);
}
END_TEST

START_TEST (budgets_of_windows_shrink_and_deferring_ends)
{
  SkBudget budget = { 1000, 10, 10, 10 }, used = { 0, 0, 0, 0 }, share;
  sk_budget_carve (&budget, &used, 10, 100, 1000, &share);
  ck_assert_uint_eq (share.windows, 99);
  ck_assert_uint_le (share.objects, 10);
  ck_assert_uint_le (share.bytes, 10);
  sk_budget_carve (&budget, &used, 1000, 100, 0, &share);
  ck_assert_uint_eq (share.windows, 0);
  budget = (SkBudget) { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
  sk_budget_carve (&budget, &used, 3, UINT64_MAX, UINT64_MAX, &share);
  ck_assert_uint_lt (share.bytes, UINT64_MAX);
  ck_assert_uint_gt (share.bytes, UINT64_MAX / 4);
}
END_TEST

START_TEST (freeing_frees_the_data_of_all)
{
  freed = 0;
  SkSchedule *schedule = small_schedule (1000);
  add_roots (schedule, 5, 10);
  sk_schedule_add_silent (schedule, 1, GUINT_TO_POINTER (9));
  sk_schedule_free (schedule);
  ck_assert_uint_eq (freed, 6);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("schedule");
  TCase *simulation = tcase_create ("simulation");
  tcase_set_timeout (simulation, 300);
  tcase_add_test (simulation, every_seed_gives_the_bytes_of_the_oracle);
  tcase_add_test (simulation, cancelled_roots_end_and_disturb_no_other);
  tcase_add_test (simulation, long_lines_end_too);
  tcase_add_test (simulation, stop_hands_out_what_was_found_and_ends);
  suite_add_tcase (suite, simulation);
  TCase *single = tcase_create ("properties");
  tcase_add_test (single, small_files_share_batches_and_two_are_in_flight);
  tcase_add_test (single, a_large_file_goes_alone_and_to_an_idle_worker);
  tcase_add_test (single, without_room_only_the_head_is_dispatched);
  tcase_add_test (single, the_others_of_a_dead_worker_are_not_blamed);
  tcase_add_test (single, an_unknown_culprit_is_found_alone);
  tcase_add_test (single, a_killed_worker_that_names_nobody_is_no_circle);
  tcase_add_test (single, after_eight_reruns_the_job_has_failed);
  tcase_add_test (single, a_lying_page_fails_the_job_at_the_second_death);
  tcase_add_test (single, a_spent_worker_gets_nothing_more);
  tcase_add_test (single, budgets_of_windows_shrink_and_deferring_ends);
  tcase_add_test (single, freeing_frees_the_data_of_all);
  suite_add_tcase (suite, single);
  return sk_test_main (suite);
}
