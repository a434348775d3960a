/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The fields of each frame. Both sides of every pair stand here, so that what
 * is put is what is taken; a `put` refuses what the `take` would refuse.
 *
 * A job: u64 number, text id, text path, u64 size, i64 mtime, u32 window
 * plugin, u64 window offset, u64 window length, span window context, u32 depth,
 * u64 windows, objects, bytes and work left, u32 count of exclusions, each of
 * them text object, u32 plugin, u32 reason.
 */
#include "config.h"

#include "process/frame.h"

/* A path's bytes that are not UTF-8 are written in four characters each. */
#define MAX_JOB_PATH ((size_t) (4 * SK_MAX_PATH))
/* The path, or for a deferred job an object's id below it. */
#define MAX_JOB_ID ((size_t) (MAX_JOB_PATH + SK_MAX_OBJECT_ID))
#define LEAST_EXCLUSION 12

static bool
text_fits (const char *text, size_t maximum)
{
  return text == NULL || strlen (text) <= maximum;
}

static bool
put_exclusions (SkBuffer *buffer, const GArray *exclusions)
{
  guint n = exclusions != NULL ? exclusions->len : 0;
  if (n > SK_MAX_RERUNS || !sk_wire_put_u32 (buffer, n))
    return false;
  for (guint i = 0; i < n; i++)
    {
      const SkExclusion *exclusion = &g_array_index (exclusions, SkExclusion, i);
      if (!text_fits (exclusion->object, SK_MAX_OBJECT_ID)
          || !sk_wire_put_text (buffer, exclusion->object)
          || !sk_wire_put_u32 (buffer, exclusion->plugin)
          || !sk_wire_put_u32 (buffer, (uint32_t) exclusion->reason))
        return false;
    }
  return true;
}

bool
sk_frame_put_job (SkBuffer *buffer, const SkJob *job)
{
  return text_fits (job->id, MAX_JOB_ID) && text_fits (job->path, MAX_JOB_PATH)
         && job->window_context.size <= SK_MAX_CONTEXT
         && sk_wire_put_u64 (buffer, job->number)
         && sk_wire_put_text (buffer, job->id)
         && sk_wire_put_text (buffer, job->path)
         && sk_wire_put_u64 (buffer, job->input.size)
         && sk_wire_put_i64 (buffer, job->input.mtime_ns)
         && sk_wire_put_u32 (buffer, job->window_plugin)
         && sk_wire_put_u64 (buffer, job->window_offset)
         && sk_wire_put_u64 (buffer, job->window_length)
         && sk_wire_put_span (buffer, job->window_context)
         && sk_wire_put_u32 (buffer, job->depth)
         && sk_wire_put_u64 (buffer, job->windows_left)
         && sk_wire_put_u64 (buffer, job->objects_left)
         && sk_wire_put_u64 (buffer, job->bytes_left)
         && sk_wire_put_u64 (buffer, job->work_left)
         && put_exclusions (buffer, job->exclusions)
         && sk_wire_put_bool (buffer, job->traced);
}

static void
clear_exclusion (gpointer data)
{
  g_free (((SkExclusion *) data)->object);
}

void
sk_job_store_clear (SkJobStore *store)
{
  g_clear_pointer (&store->id, g_free);
  g_clear_pointer (&store->path, g_free);
  g_clear_pointer (&store->exclusions, g_array_unref);
}

static bool
take_exclusions (SkCursor *cursor, GArray **ret_exclusions)
{
  uint32_t n;
  if (!sk_wire_take_count (cursor, SK_MAX_RERUNS, LEAST_EXCLUSION, &n))
    return false;
  g_autoptr (GArray) exclusions = n > 0 ? g_array_new (FALSE, FALSE, sizeof (SkExclusion)) : NULL;
  if (n > 0)
    g_array_set_clear_func (exclusions, clear_exclusion);
  for (uint32_t i = 0; i < n; i++)
    {
      SkExclusion exclusion = { NULL, 0, SK_REASON_CRASH };
      if (!sk_wire_take_text (cursor, SK_MAX_OBJECT_ID, &exclusion.object))
        return false;
      g_array_append_val (exclusions, exclusion);
      SkExclusion *last = &g_array_index (exclusions, SkExclusion, i);
      uint32_t reason;
      if (!sk_cursor_take_u32le (cursor, &last->plugin) || !sk_cursor_take_u32le (cursor, &reason)
          || reason >= SK_N_REASONS)
        return false;
      last->reason = (SkReason) reason;
    }
  *ret_exclusions = g_steal_pointer (&exclusions);
  return true;
}

static bool
take_window (SkCursor *cursor, SkJob *job)
{
  return sk_cursor_take_u32le (cursor, &job->window_plugin)
         && sk_cursor_take_u64le (cursor, &job->window_offset)
         && sk_cursor_take_u64le (cursor, &job->window_length)
         && job->window_length <= UINT64_MAX - job->window_offset
         && sk_wire_take_span (cursor, SK_MAX_CONTEXT, &job->window_context);
}

static bool
take_job (SkCursor *cursor, SkJob *job, SkJobStore *store)
{
  return sk_cursor_take_u64le (cursor, &job->number)
         && sk_wire_take_text (cursor, MAX_JOB_ID, &store->id)
         && sk_wire_take_text (cursor, MAX_JOB_PATH, &store->path)
         && sk_cursor_take_u64le (cursor, &job->input.size)
         && sk_wire_take_i64 (cursor, &job->input.mtime_ns)
         && take_window (cursor, job)
         && sk_cursor_take_u32le (cursor, &job->depth)
         && sk_cursor_take_u64le (cursor, &job->windows_left)
         && sk_cursor_take_u64le (cursor, &job->objects_left)
         && sk_cursor_take_u64le (cursor, &job->bytes_left)
         && sk_cursor_take_u64le (cursor, &job->work_left)
         && take_exclusions (cursor, &store->exclusions)
         && sk_wire_take_bool (cursor, &job->traced);
}

bool
sk_frame_take_job (SkCursor *cursor, SkJob *ret_job, SkJobStore *ret_store)
{
  SkJob job = { .input = { .fd = -1 } };
  SkJobStore store = { NULL, NULL, NULL };
  SkCursor ahead = *cursor;
  if (!take_job (&ahead, &job, &store))
    {
      sk_job_store_clear (&store);
      return false;
    }
  job.id = store.id;
  job.path = store.path;
  job.exclusions = store.exclusions;
  *cursor = ahead;
  *ret_job = job;
  *ret_store = store;
  return true;
}

/* ---- the small frames ---- */

/* How many u32 a frame about a child has. */
static int
child_fields (SkFrameType type)
{
  switch (type)
    {
    case SK_FRAME_FORK:
    case SK_FRAME_KILL:
      return 1;
    case SK_FRAME_FORKED:
      return 2;
    case SK_FRAME_ENDED:
      return 3;
    default:
      return 0;
    }
}

bool
sk_frame_put_child (SkBuffer *buffer, SkFrameType type, uint32_t tag, uint32_t pid, uint32_t status)
{
  int n = child_fields (type);
  return n >= 1 && sk_wire_put_u32 (buffer, tag) && (n < 2 || sk_wire_put_u32 (buffer, pid))
         && (n < 3 || sk_wire_put_u32 (buffer, status));
}

bool
sk_frame_take_child (const SkFrame *frame, uint32_t *ret_tag, uint32_t *ret_pid,
                     uint32_t *ret_status)
{
  int n = child_fields (frame->type);
  uint32_t fields[3] = { 0, 0, 0 };
  SkCursor cursor = sk_cursor (frame->payload);
  for (int i = 0; i < n; i++)
    if (!sk_cursor_take_u32le (&cursor, &fields[i]))
      return false;
  if (n == 0 || !sk_wire_end (&cursor))
    return false;
  *ret_tag = fields[0];
  if (ret_pid != NULL)
    *ret_pid = fields[1];
  if (ret_status != NULL)
    *ret_status = fields[2];
  return true;
}

bool
sk_frame_put_hello (SkBuffer *buffer, const SkSandboxState *state)
{
  return sk_wire_put_u32 (buffer, (uint32_t) state->landlock)
         && sk_wire_put_bool (buffer, state->seccomp) && sk_wire_put_text (buffer, state->note);
}

bool
sk_frame_take_hello (SkSpan payload, SkSandboxState *ret_state)
{
  SkCursor cursor = sk_cursor (payload);
  uint32_t landlock;
  bool seccomp;
  g_autofree char *note = NULL;
  if (!sk_cursor_take_u32le (&cursor, &landlock) || landlock > INT16_MAX
      || !sk_wire_take_bool (&cursor, &seccomp)
      || !sk_wire_take_text (&cursor, sizeof ret_state->note - 1, &note) || !sk_wire_end (&cursor))
    return false;
  ret_state->landlock = (int) landlock;
  ret_state->seccomp = seccomp;
  g_strlcpy (ret_state->note, note, sizeof ret_state->note);
  return true;
}

bool
sk_frame_put_lend (SkBuffer *buffer, uint64_t job)
{
  return sk_wire_put_u64 (buffer, job);
}

bool
sk_frame_take_lend (SkSpan payload, uint64_t *ret_job)
{
  SkCursor cursor = sk_cursor (payload);
  return sk_cursor_take_u64le (&cursor, ret_job) && sk_wire_end (&cursor);
}

bool
sk_frame_put_mark (SkBuffer *buffer, uint64_t job, uint32_t plugin, const char *object)
{
  return sk_wire_put_u64 (buffer, job) && sk_wire_put_u32 (buffer, plugin)
         && sk_wire_put_text (buffer, object);
}

bool
sk_frame_take_mark (SkSpan payload, uint64_t *ret_job, uint32_t *ret_plugin, SkSpan *ret_object)
{
  SkCursor cursor = sk_cursor (payload);
  return sk_cursor_take_u64le (&cursor, ret_job) && sk_cursor_take_u32le (&cursor, ret_plugin)
         && sk_wire_take_span (&cursor, SK_MAX_OBJECT_ID, ret_object) && sk_wire_end (&cursor);
}

bool
sk_frame_put_record (SkBuffer *buffer, uint64_t job, SkSpan record)
{
  return sk_wire_put_u64 (buffer, job) && sk_buffer_put (buffer, record.data, record.size);
}

bool
sk_frame_take_record (SkSpan payload, uint64_t *ret_job, SkSpan *ret_record)
{
  SkCursor cursor = sk_cursor (payload);
  return sk_cursor_take_u64le (&cursor, ret_job)
         && sk_cursor_take (&cursor, sk_cursor_left (&cursor), ret_record);
}

bool
sk_frame_put_windows (SkBuffer *buffer, uint64_t job, const GArray *window_list)
{
  return sk_wire_put_u64 (buffer, job) && sk_windows_encode (window_list, buffer);
}

bool
sk_frame_take_windows (SkSpan payload, uint64_t *ret_job, SkSpan *ret_list)
{
  SkCursor cursor = sk_cursor (payload);
  return sk_cursor_take_u64le (&cursor, ret_job)
         && sk_cursor_take (&cursor, sk_cursor_left (&cursor), ret_list);
}
