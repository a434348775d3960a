/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Correlation rules over events in order of time.
 *
 * An event is a record for which a rule was true. Events come once each, in
 * the order (time, job, position); the result depends on nothing else. Runs in
 * the supervisor; what it is given (texts, times) is a worker's word and only
 * data.
 *
 * Meaning, the same for every type: events are grouped by the values of
 * `group-by` (an event without one of them, or whose value is empty, is in no
 * group; of a field with several values each makes a group, at most
 * SK_MAX_GROUPS_PER_EVENT together). In each group
 * - `event_count` and `value_count` with only `gt` and `gte`: at each event the
 *   window is (time - timespan, time]; the rule fires when the bound holds
 *   there, and not again in that group before all that was counted has left the
 *   window: one finding a wave, whose count goes on.
 * - with `lt`, `lte`, `eq`, `neq` among the bounds: a window opens with a
 *   group's first event and closes timespan later; the rule fires at its close
 *   (or at the end of the input) when all bounds hold. The next event opens the
 *   next window. A group without any event has no window: absence of everything
 *   is no finding.
 * - `temporal`: within (time - timespan, time] each of the rules has an event (or
 *   the bound of how many of them holds); then as above.
 * - `temporal_ordered`: the same, in the order in which the rules are written.
 * A correlation that fires is an event itself, at the time of the event that
 * completed it, with its group's values: other correlations are made of it.
 *
 * Memory is bounded (SkCorrelateLimits): when there is no room the group whose
 * last event is the oldest is forgotten, and the loss is counted by rule.
 */
#ifndef SK_CORRELATE_CORRELATE_H
#define SK_CORRELATE_CORRELATE_H

#include "sigma/sigma.h"

typedef struct SkCorrelate SkCorrelate;

typedef struct SkCorrelateLimits {
  uint64_t groups; /**< of all rules together; default SK_DEFAULT_GROUPS */
  uint64_t bytes;  /**< of all state; default SK_DEFAULT_CORRELATE_BYTES */
} SkCorrelateLimits;

/** Where an event stood. */
typedef struct SkCorrelatePlace {
  const char *job;    /**< id of the job, UTF-8 */
  const char *object; /**< id below the job */
  uint64_t position;
  int64_t time;       /**< nanoseconds since 1970 */
} SkCorrelatePlace;

/** Gives the values of a field of the event: calls `func` for each. Texts borrowed for the call. */
typedef void (*SkCorrelateValues) (void *event, const char *field,
                                   void (*func) (void *data, SkSpan value), void *data);

/** One event. All borrowed for the call. */
typedef struct SkCorrelateEvent {
  uint32_t rule;
  SkCorrelatePlace place;
  SkCorrelateValues values; /**< asked for the names as the rule `rule` uses them */
  void *event;              /**< handed to `values` */
} SkCorrelateEvent;

/** One finding. All borrowed for the call. */
typedef struct SkCorrelateFinding {
  uint32_t rule;       /**< the correlation */
  int64_t first, last; /**< times of the first and last event that were counted */
  uint64_t count;      /**< events, distinct values, or rules, as the type counts; of the whole wave */
  const char *const *group_names;  /**< NULL-terminated */
  const char *const *group_values; /**< UTF-8, the same count */
  const SkCorrelatePlace *places;  /**< of up to SK_MAX_CORRELATE_PLACES of the events, in order: the
                                        first ones and the last */
  size_t n_places;
} SkCorrelateFinding;

typedef void (*SkCorrelateFunc) (void *data, const SkCorrelateFinding *finding);

/** For the correlations of the set; borrowed for life. Findings are handed out when their wave or
 * window has ended, or at sk_correlate_end: in order of (time that completed them, rule, group). */
SkCorrelate *sk_correlate_new (const SkSigma *sigma, const SkCorrelateLimits *limits,
                               SkCorrelateFunc func, void *data);
/** False when no correlation is made of that rule. */
bool sk_correlate_needs (const SkCorrelate *correlate, uint32_t rule);
/** Times never go back: an event with an earlier time than the last counts at the last's time. */
void sk_correlate_event (SkCorrelate *correlate, const SkCorrelateEvent *event);
/** The input has ended: open windows close, what waits is handed out. */
void sk_correlate_end (SkCorrelate *correlate);
/** How many groups of the rule (a correlation) were forgotten for want of room. */
uint64_t sk_correlate_lost (const SkCorrelate *correlate, uint32_t rule);
void sk_correlate_free (SkCorrelate *correlate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCorrelate, sk_correlate_free)

#endif
