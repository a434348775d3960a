/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The walk of one job: three phases on each object, depth first, and the
 * rounds in which encrypted objects are tried again.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "engine/record.h"

/** Objects that stay in the pool between two jobs. */
#define POOL 32

/* ---- one hook ---- */

static void
mark (const SkWalker *walker, const char *object, uint32_t plugin)
{
  if (walker->host->mark != NULL)
    walker->host->mark (walker->host->data, object, plugin);
}

void
sk_walk_progress (SkWalker *walker)
{
  if (walker->host->progress != NULL)
    walker->host->progress (walker->host->data);
}

bool
sk_walk_work (SkObject *object, uint64_t units)
{
  SkWalker *walker = object->walker;
  if (units <= walker->work_left)
    {
      walker->work_left -= units;
      /* What is free, or refused, is no progress: a plugin could do it for ever. */
      if (units > 0)
        sk_walk_progress (walker);
      return true;
    }
  walker->work_left = 0;
  return sk_finding_limit (walker, object->node, SK_LIMIT_WORK);
}

bool
sk_walk_may_open (SkObject *object, const char *what)
{
  const SkHook *hook = object->walker->hook;
  if (hook->phase == SK_PHASE_OPEN && hook->object == object)
    return true;
  sk_finding_misuse (object, what);
  return false;
}

static void
say (const SkHook *hook, SkReason reason, const char *words)
{
  SkWalker *walker = hook->object->walker;
  if ((hook->said >> reason & 1) != 0)
    return;
  g_autofree char *detail = g_strdup_printf (
      "%s: %s", sk_engine_plugin (walker->engine, hook->plugin)->plugin->name, words);
  sk_finding_reason (walker, hook->object->node, reason, detail);
}

/* What a hook returns is told unless the plugin has told it better itself. */
static void
judge_result (const SkHook *hook, SkResult result)
{
  SkWalker *walker = hook->object->walker;
  const SkPlugin *plugin = sk_engine_plugin (walker->engine, hook->plugin)->plugin;
  uint32_t broken = UINT32_C (1) << SK_REASON_MALFORMED | UINT32_C (1) << SK_REASON_TRUNCATED;
  if ((plugin->flags & SK_PLUGIN_RISKY) != 0
      && (result == SK_MALFORMED || result == SK_LIMIT))
    walker->reply->risky_broken = true;
  switch (result)
    {
    case SK_OK:
    case SK_NOT_MINE:
      break;
    case SK_PARTIAL:
      if (hook->said == 0)
        say (hook, SK_REASON_MALFORMED, "a part could not be read");
      break;
    case SK_MALFORMED:
      if ((hook->said & broken) == 0)
        say (hook, SK_REASON_MALFORMED, "it is broken so that reading stopped");
      break;
    case SK_LIMIT:
      say (hook, SK_REASON_LIMIT, "stopped by a limit");
      break;
    case SK_FAILED:
      say (hook, SK_REASON_FAILED, "it failed");
      break;
    default:
      say (hook, SK_REASON_FAILED, "it returned an unknown result");
    }
}

static void
clean_up (const SkHook *hook)
{
  if (hook->object->child != NULL && hook->phase == SK_PHASE_OPEN)
    {
      sk_finding_misuse (hook->object, "it left a child unfinished");
      sk_child_abort (hook->object->child);
    }
  if (hook->record != NULL)
    {
      sk_finding_misuse (hook->object, "it left a record unfinished");
      sk_record_drop (hook->record);
    }
}

static void
call (SkObject *object, uint32_t index, SkPhase phase)
{
  SkWalker *walker = object->walker;
  const SkLoadedPlugin *loaded = sk_engine_plugin (walker->engine, index);
  SkHook hook = { .outer = walker->hook, .object = object, .plugin = index, .phase = phase };
  SkResult result = SK_OK;
  hook.secrets = sk_secrets_count (walker->secrets);
  walker->hook = &hook;
  mark (walker, object->id, index);
  switch (phase)
    {
    case SK_PHASE_IDENTIFY:
      result = loaded->plugin->identify (&sk_engine_api, loaded->context, object);
      break;
    case SK_PHASE_OPEN:
      result = loaded->plugin->open (&sk_engine_api, loaded->context, object);
      break;
    case SK_PHASE_JUDGE:
      result = loaded->plugin->judge (&sk_engine_api, loaded->context, object);
      break;
    }
  clean_up (&hook);
  judge_result (&hook, result);
  walker->hook = hook.outer;
}

/* ---- one object ---- */

/* A hook may add a type: what is asked is asked anew before each plugin. */
static void
run_phase (SkObject *object, uint64_t hooks, bool by_type, SkPhase phase)
{
  for (uint64_t left = hooks; left != 0; left &= left - 1)
    {
      uint64_t bit = left & -left;
      uint64_t allowed = (by_type ? object->accepts : UINT64_MAX) & ~object->excluded;
      if ((allowed & bit) != 0)
        call (object, (uint32_t) __builtin_ctzll (bit), phase);
    }
}

static bool
is_window (const SkObject *object)
{
  return object->parent == NULL && object->walker->job->window_plugin != SK_NO_PLUGIN;
}

static void
identify_and_open (SkObject *object)
{
  const SkEngine *engine = object->walker->engine;
  object->walker->reply->objects += object->info.type == SK_FILE_REGULAR;
  object->walker->reply->bytes += object->bytes.size;
  if (is_window (object))
    {
      uint32_t plugin = object->walker->job->window_plugin;
      object->accepts = plugin < engine->plugins->len ? SK_PLUGIN_BIT (plugin) : 0;
      run_phase (object, engine->opens & object->accepts, true, SK_PHASE_OPEN);
      return;
    }
  run_phase (object, engine->identifies, false, SK_PHASE_IDENTIFY);
  if (!object->named_only)
    run_phase (object, engine->opens, true, SK_PHASE_OPEN);
}

static void
judge (SkObject *object)
{
  if (!is_window (object) && !object->named_only)
    run_phase (object, object->walker->engine->judges, true, SK_PHASE_JUDGE);
}

static void
wait (SkObject *object)
{
  SkObject *parent = object->parent;
  if (parent->last_waiting != NULL)
    parent->last_waiting->next = object;
  else
    parent->first_waiting = object;
  parent->last_waiting = object;
}

void
sk_walk_child (SkObject *object)
{
  SkWalker *walker = object->walker;
  identify_and_open (object);
  if (object->parked > 0 || object->first_waiting != NULL)
    wait (object);
  else
    {
      judge (object);
      sk_own_records (object);
      sk_object_give_back (object);
    }
  /* Now the hook that made the child goes on: what happens next is its doing. */
  mark (walker, walker->hook->object->id, walker->hook->plugin);
}

/* ---- parked objects ---- */

/* What waits holds memory and files: at most half of them, so that others are still inspected. */
static bool
may_park (const SkWalker *walker)
{
  return walker->parked->len < SK_MAX_PARKED && walker->lent_open <= SK_MAX_LENT / 2
         && walker->child_memory <= SK_MAX_CHILD_MEMORY / 2;
}

bool
sk_walk_park (SkObject *object, const char *detail)
{
  SkWalker *walker = object->walker;
  if (!sk_walk_may_open (object, "it parked an object outside of open"))
    return false;
  const SkHook *hook = walker->hook;
  if (walker->last_round)
    {
      sk_finding_reason (walker, object->node, SK_REASON_ENCRYPTED, detail);
      return false;
    }
  for (guint i = 0; i < walker->parked->len; i++)
    {
      SkParked *known = &g_array_index (walker->parked, SkParked, i);
      if (known->object != object || known->plugin != hook->plugin)
        continue;
      known->waiting = true;
      known->seen = hook->secrets;
      return true;
    }
  if (!may_park (walker))
    {
      sk_finding_reason (walker, object->node, SK_REASON_ENCRYPTED, detail);
      return false;
    }
  SkParked parked
      = { .object = object, .plugin = hook->plugin, .seen = hook->secrets, .waiting = true };
  g_array_append_val (walker->parked, parked);
  object->parked++;
  return true;
}

/* Only those that were parked when the round began; each sees the secrets that came meanwhile, or that
 * none will come any more. */
static bool
try_again (SkWalker *walker)
{
  bool any = false;
  guint count = walker->parked->len;
  for (guint i = 0; i < count; i++)
    {
      SkParked *parked = &g_array_index (walker->parked, SkParked, i);
      bool news = walker->last_round || parked->seen < sk_secrets_count (walker->secrets);
      if (!parked->waiting || !news)
        continue;
      any = true;
      parked->waiting = false;
      call (parked->object, parked->plugin, SK_PHASE_OPEN);
    }
  return any;
}

static void
run_rounds (SkWalker *walker)
{
  for (int round = 0; round < SK_MAX_ROUNDS && try_again (walker); round++)
    ;
  walker->last_round = true;
  try_again (walker);
}

/* Children before their parents, in the order in which they were walked. */
static void
settle (SkObject *object)
{
  for (SkObject *child = object->first_waiting, *next; child != NULL; child = next)
    {
      next = child->next;
      settle (child);
      sk_own_records (child);
      sk_object_give_back (child);
    }
  judge (object);
}

/* ---- one job ---- */

static void
begin_job (SkWalker *walker, const SkJob *job)
{
  walker->job = job;
  walker->reply = sk_reply_new ();
  walker->reply->job = job->number;
  walker->reply->complete = true;
  walker->objects_left = job->objects_left > 0 ? job->objects_left - 1 : 0;
  walker->bytes_left = job->bytes_left;
  walker->work_left = job->work_left;
  walker->windows_left = job->windows_left;
  walker->limits_said = 0;
  walker->fact_bytes = 0;
  walker->child_memory = 0;
  walker->contexts = 0;
  walker->windows_kept = 0;
  walker->lent = 0;
  walker->abandoned_said = false;
  walker->last_round = false;
  memset (walker->kinds, 0, walker->engine->kinds->len * sizeof *walker->kinds);
  sk_sigma_scan_reset (walker->scan);
  mark (walker, "", SK_NO_PLUGIN);
}

/* A job with many parked objects must not leave its memory to all that follow. */
static void
trim_pool (SkWalker *walker)
{
  SkObject *object = walker->free_objects;
  for (uint32_t kept = 1; object != NULL && kept < POOL; kept++)
    object = object->next;
  if (object == NULL)
    return;
  SkObject *surplus = object->next;
  object->next = NULL;
  for (SkObject *next; surplus != NULL; surplus = next)
    {
      next = surplus->next;
      sk_object_free (surplus);
    }
}

static void
end_job (SkWalker *walker)
{
  mark (walker, "", SK_NO_PLUGIN);
  sk_findings_reset (walker);
  sk_names_reset (walker->names);
  g_array_set_size (walker->parked, 0);
  sk_secrets_reset (walker->secrets);
  sk_arena_reset (&walker->arena);
  trim_pool (walker);
  if (walker->pack_fd >= 0)
    close (walker->pack_fd);
  walker->pack_fd = -1;
  sk_child_lend_end (walker);
}

/* What is behind the head may still be handed back as windows, if some plugin knows where they lie. */
static void
tell_left_out (SkWalker *walker, SkObject *entry)
{
  uint64_t left_out = sk_input_left_out (walker);
  char detail[160];
  if (left_out == 0)
    return;
  entry->cut = true;
  entry->node->size = walker->job->input.size;
  g_snprintf (detail, sizeof detail,
              "input-bytes: longer than %" PRIu64 " bytes; the last %" PRIu64 " were not looked at",
              walker->engine->limits.input_bytes, left_out);
  sk_finding_reason (walker, entry->node, SK_REASON_LIMIT, detail);
}

static void
walk_entry (SkWalker *walker, SkObject *entry, bool changed)
{
  entry->cut = changed;
  tell_left_out (walker, entry);
  identify_and_open (entry);
  run_rounds (walker);
  settle (entry);
  bool hit = entry->store.slot >= 0 && sk_mapping_was_hit (entry->store.slot);
  if (!hit && (changed || sk_input_changed (&walker->job->input)))
    sk_finding_reason (walker, entry->node, SK_REASON_CHANGED, "it changed while it was read");
}

/* What was made of each kind, also where nothing was found in it. */
static void
tell_kinds (SkWalker *walker)
{
  for (uint32_t i = 0; i < walker->engine->kinds->len; i++)
    {
      const SkKindState *state = &walker->kinds[i];
      if (state->records == 0)
        continue;
      SkReplyKind kind = { g_strdup (sk_engine_kind (walker->engine, i)->name), state->records,
                           state->applicable };
      g_array_append_val (walker->reply->kind_list, kind);
    }
}

SkReply *
sk_walker_run (SkWalker *walker, const SkJob *job)
{
  SkSpan bytes = { NULL, 0 };
  SkStore store = sk_store_empty ();
  bool changed = false;
  g_autofree char *detail = NULL;
  begin_job (walker, job);
  SkObject *entry
      = sk_object_take (walker, NULL, SK_NO_PLUGIN, 0, job->path != NULL ? job->path : "");
  bool readable = sk_input_open (walker, &bytes, &store, &changed, &detail);
  sk_object_set_bytes (entry, bytes, store);
  if (readable)
    walk_entry (walker, entry, changed);
  else
    sk_finding_reason (walker, entry->node, SK_REASON_UNREADABLE, detail);
  sk_own_records (entry);
  SkNode *node = entry->node;
  sk_object_give_back (entry);
  sk_findings_finish (walker, node);
  tell_kinds (walker);
  end_job (walker);
  return g_steal_pointer (&walker->reply);
}

/* ---- the walker ---- */

SkWalker *
sk_walker_new (const SkEngine *engine, const SkEngineHost *host)
{
  SkWalker *walker = g_new0 (SkWalker, 1);
  walker->engine = engine;
  walker->host = host;
  sk_arena_init (&walker->arena, 64 * SK_KIB);
  walker->findings = g_array_new (FALSE, FALSE, sizeof (SkFinding));
  walker->parked = g_array_new (FALSE, FALSE, sizeof (SkParked));
  walker->per_rule = g_new0 (uint32_t, engine->levels->len);
  if (engine->rule_ids != NULL)
    walker->last_hit = g_new0 (SkNode *, engine->levels->len);
  walker->kinds = g_new0 (SkKindState, engine->kinds->len);
  walker->scan = sk_sigma_scan_new (engine->sigma);
  walker->names = sk_names_new ();
  walker->hits = g_array_new (FALSE, FALSE, sizeof (SkRecordHit));
  sk_buffer_init (&walker->encoded, SK_MAX_RECORD);
  sk_buffer_init (&walker->scratch, 16 * SK_MAX_VALUE);
  sk_buffer_init (&walker->decoded, SK_MAX_VALUE);
  walker->secrets = sk_secrets_new ();
  sk_secrets_set_known (walker->secrets, engine->passwords);
  walker->pack_fd = -1;
  sk_mapping_guard ();
  return walker;
}

void
sk_walker_free (SkWalker *walker)
{
  if (walker == NULL)
    return;
  for (SkObject *object = walker->free_objects, *next; object != NULL; object = next)
    {
      next = object->next;
      sk_object_free (object);
    }
  for (SkChild *child = walker->free_children, *next; child != NULL; child = next)
    {
      next = child->next;
      sk_child_free (child);
    }
  sk_record_free_all (walker->free_records);
  sk_arena_clear (&walker->arena);
  g_array_unref (walker->findings);
  g_array_unref (walker->parked);
  g_free (walker->per_rule);
  g_free (walker->last_hit);
  g_free (walker->kinds);
  sk_sigma_scan_free (walker->scan);
  sk_names_free (walker->names);
  g_array_unref (walker->hits);
  sk_buffer_clear (&walker->encoded);
  sk_buffer_clear (&walker->scratch);
  sk_buffer_clear (&walker->decoded);
  sk_secrets_free (walker->secrets);
  g_free (walker->input);
  g_free (walker);
}
