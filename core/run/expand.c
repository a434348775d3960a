/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From windows that were handed back to tasks of the line. What a task's
 * windows may use is divided by the numbers of all of them, so it does not
 * depend on how many go into the line at one time.
 */
#include "config.h"

#include "run/supervisor-internal.h"

static void
add_window (SkSupervisor *s, SkTask *more, const SkReplyWindow *window)
{
  SkRunJob *rest = more->data;
  const SkRunWindows *windows = rest->windows;
  SkBlob *blob = window->blob == 0 ? rest->blob : rest->lent->pdata[window->blob - 1];
  const char *plugin = sk_catalogue_plugin (sk_catalogue_of (s, more), window->plugin)->name;
  SkRunJob *job = sk_run_job_new_window (rest, window, plugin, blob);
  SkBudget share;
  sk_budget_carve (&more->budget, &rest->used, (uint32_t) windows->count, window->length,
                   windows->length, &share);
  sk_schedule_add_next (s->schedule, more, window->length, sk_run_job_payload (job), &share, job);
}

bool
sk_run_refill (SkSupervisor *s, SkTask *more)
{
  SkRunJob *rest = more->data;
  GError *error = NULL;
  uint64_t count, bytes;
  GArray *list
      = sk_run_windows_take (rest->windows, sk_catalogue_of (s, more)->plugins->len, &error);
  if (list == NULL)
    {
      sk_supervisor_fail (s, error);
      return false;
    }
  for (guint i = 0; i < list->len; i++)
    add_window (s, more, &g_array_index (list, SkReplyWindow, i));
  g_array_unref (list);
  sk_run_windows_next (rest->windows, false, &count, &bytes);
  if (count > 0)
    return true;
  sk_schedule_drop_more (s->schedule, more);
  return false;
}

/* The next block of its windows, or all of them, find room in the line. Each has an id of its own,
 * which begins with the job's: that may be as long as a path. */
static bool
may_refill (const SkSupervisor *s, const SkRunJob *job, bool all)
{
  uint64_t count, bytes;
  uint64_t id = 2 * strlen (sk_run_job_id (job));
  sk_run_windows_next (job->windows, all, &count, &bytes);
  return sk_schedule_may_expand (s->schedule, count, bytes + count * id);
}

void
sk_run_refill_head (SkSupervisor *s)
{
  SkTask *more = sk_schedule_first_more (s->schedule);
  while (more != NULL && !s->stopping && s->error == NULL
         && may_refill (s, more->data, false))
    {
      sk_run_refill (s, more);
      more = sk_schedule_first_more (s->schedule);
    }
}

void
sk_run_expand (SkSupervisor *s, SkTask *task)
{
  SkRunJob *job = task->data;
  if (job->windows != NULL && task != sk_schedule_head (s->schedule)
      && !may_refill (s, job, true))
    return;
  job->expanded = true;
  if (job->windows == NULL)
    {
      sk_run_job_forget_blobs (job);
      return;
    }
  SkRunJob *rest = sk_run_job_new_rest (job);
  SkTask *more = sk_schedule_add_more (s->schedule, task, rest->windows->count, rest);
  /* The head's go in as they find room. */
  bool whole = may_refill (s, rest, true);
  while (whole && sk_run_refill (s, more))
    ;
}

/* ---- what comes from workers ---- */

bool
sk_run_windows_find_room (SkSupervisor *s, const SkTask *task)
{
  return task == sk_schedule_head (s->schedule)
         || sk_results_live (s->windows_file) < s->settings.results_bytes;
}

void
sk_run_keep_windows (SkSupervisor *s, SkRunJob *job, SkSpan list, const SkWindowSums *sums)
{
  GError *error = NULL;
  if (job->windows == NULL)
    job->windows = sk_run_windows_new (s->windows_file);
  if (!sk_run_windows_add (job->windows, list, sums, &error))
    sk_supervisor_fail (s, error);
}
