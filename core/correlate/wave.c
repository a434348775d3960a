/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Findings on their way out: counted while their wave goes on, held until
 * those that fired before them are out.
 */
#include "config.h"

#include "correlate/correlate-private.h"

#include "base/text.h"

SkCorWave *
sk_cor_wave_new (SkCorrelate *correlate, SkCorGroup *group)
{
  SkCorWave *wave = sk_cor_new (correlate, sizeof (SkCorWave));
  wave->plan = group->plan;
  wave->key = sk_cor_key_ref (group->key);
  group->wave = wave;
  return wave;
}

static bool
same_place (const SkCorMark *a, const SkCorMark *b)
{
  return a->where == b->where && a->position == b->position && a->time == b->time;
}

void
sk_cor_wave_mark (SkCorrelate *correlate, SkCorWave *wave, const SkCorMark *mark)
{
  uint32_t n = wave->n_marks;
  if (n == 0)
    wave->first = mark->time;
  wave->last = mark->time;
  if (n > 0 && same_place (&wave->marks[n - 1], mark))
    return;
  if (n == SK_MAX_CORRELATE_PLACES)
    sk_cor_mark_unref (correlate, &wave->marks[--n]);
  wave->marks[n] = sk_cor_mark_ref (mark);
  wave->n_marks = n + 1;
}

void
sk_cor_wave_free (SkCorrelate *correlate, SkCorWave *wave)
{
  for (uint32_t i = 0; i < wave->n_marks; i++)
    sk_cor_mark_unref (correlate, &wave->marks[i]);
  sk_cor_key_unref (correlate, wave->key);
  sk_cor_free (correlate, wave, sizeof (SkCorWave));
}

static void
tell_others (SkCorrelate *correlate, const SkCorWave *wave, int64_t time)
{
  SkCorFired *fired = sk_cor_new (correlate, sizeof (SkCorFired));
  fired->plan = wave->plan;
  fired->key = sk_cor_key_ref (wave->key);
  fired->mark = sk_cor_mark_ref (&wave->marks[wave->n_marks - 1]);
  fired->mark.time = time;
  fired->depth = correlate->depth + 1;
  g_queue_push_tail (&correlate->fired, fired);
}

void
sk_cor_wave_fire (SkCorrelate *correlate, SkCorGroup *group, int64_t time)
{
  SkCorWave *wave = group->wave;
  wave->has_fired = true;
  wave->waiting.data = wave->ended.data = wave;
  if (!wave->plan->silent)
    g_queue_push_tail_link (&correlate->waiting, &wave->waiting);
  if (wave->plan->needed)
    tell_others (correlate, wave, time);
}

static void
hand_out (SkCorrelate *correlate, const SkCorWave *wave)
{
  static const char *const no_names[] = { NULL };
  const SkSigmaCorrelation *what = wave->plan->what;
  SkCorrelatePlace places[SK_MAX_CORRELATE_PLACES];
  g_auto (GStrv) values = g_new0 (char *, what->n_group_by + 1);
  for (uint32_t i = 0; i < what->n_group_by; i++)
    values[i] = sk_text_from_bytes (sk_cor_key_value (wave->key, i));
  for (uint32_t i = 0; i < wave->n_marks; i++)
    {
      const SkCorMark *mark = &wave->marks[i];
      places[i] = (SkCorrelatePlace) { mark->where->job, mark->where->object, mark->position,
                                       mark->time };
    }
  SkCorrelateFinding finding = { .rule = wave->plan->rule, .first = wave->first,
                                 .last = wave->last, .count = wave->count,
                                 .group_names = what->n_group_by > 0 ? what->group_by : no_names,
                                 .group_values = (const char *const *) values,
                                 .places = places, .n_places = wave->n_marks };
  correlate->func (correlate->data, &finding);
}

static void
let_go (SkCorrelate *correlate, SkCorWave *wave)
{
  g_queue_unlink (&correlate->waiting, &wave->waiting);
  hand_out (correlate, wave);
  sk_cor_wave_free (correlate, wave);
}

void
sk_cor_wave_flush (SkCorrelate *correlate)
{
  GList *link;
  while ((link = g_queue_pop_head_link (&correlate->ended)) != NULL)
    let_go (correlate, link->data);
}

/* The first in the queue goes, and those behind it that have ended already. */
void
sk_cor_wave_end (SkCorrelate *correlate, SkCorWave *wave)
{
  if (wave->plan->silent)
    sk_cor_wave_free (correlate, wave);
  else if (&wave->waiting == correlate->waiting.head)
    let_go (correlate, wave);
  else
    {
      wave->has_ended = true;
      g_queue_push_tail_link (&correlate->ended, &wave->ended);
    }
  GList *head;
  while ((head = correlate->waiting.head) != NULL && ((SkCorWave *) head->data)->has_ended)
    {
      SkCorWave *next = head->data;
      g_queue_unlink (&correlate->ended, &next->ended);
      let_go (correlate, next);
    }
}

void
sk_cor_fired_values (void *event, const char *field, void (*func) (void *data, SkSpan value),
                     void *data)
{
  const SkCorFired *fired = event;
  const SkSigmaCorrelation *what = fired->plan->what;
  for (uint32_t i = 0; i < what->n_group_by; i++)
    if (strcmp (what->group_by[i], field) == 0)
      func (data, sk_cor_key_value (fired->key, i));
}

void
sk_cor_fired_free (SkCorrelate *correlate, SkCorFired *fired)
{
  sk_cor_mark_unref (correlate, &fired->mark);
  sk_cor_key_unref (correlate, fired->key);
  sk_cor_free (correlate, fired, sizeof (SkCorFired));
}
