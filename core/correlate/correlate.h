/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Correlation rules over events in order of time.
 *
 * An event is a record for which a rule was true. Events come once each, in
 * the order (time, job, position, rule); the result depends on nothing else.
 * Runs in the supervisor; what it is given (texts, times) is a worker's word
 * and only data. It reads no rules itself, makes no alerts and keeps no clock:
 * time is that of the events.
 *
 * Meaning, the same for every type: events are grouped by the values of
 * `group-by` (an event without one of them, or whose value is empty, is in no
 * group; without `group-by` there is one group). Of a field with several values
 * each distinct one makes a group, of several fields each combination, the last
 * field's values changing first; at most SK_MAX_GROUPS_PER_EVENT together, what
 * is over counts as lost. Values are the same when their bytes are; one over
 * SK_MAX_VALUE bytes makes no group, and is counted as lost. What counts is
 * - `event_count`: events;
 * - `value_count`: distinct values of its field that are not empty (an event
 *   without any is not looked at), each at the newest event that has it;
 * - `temporal`: distinct rules that have an event, each at its newest one;
 * - `temporal_ordered`: the longest chain of events whose rules stand in that
 *   order in `rules` (each place there taken once). An event is one step of a
 *   chain; of the chains that could count, the one whose first event is the
 *   newest does, of those the one whose last is, then the one before the last,
 *   and so on back. A record for which several of the rules were true is several
 *   events, in the order of the rules' numbers.
 * Temporal types without a bound need all rules.
 *
 * - With only `gt` and `gte` as bounds: at each event the window is
 *   (time - timespan, time]; the rule fires when the bound holds there. With
 *   that a wave begins: each further event of the group that is looked at
 *   belongs to it, counts (no value or rule twice in a wave) and keeps it
 *   going; it ends when `timespan` has passed since its last event, the rule
 *   cannot fire in that group before, and what the wave counted counts in no
 *   other: one finding a wave.
 * - With `lt`, `lte`, `eq`, `neq` among them: a window opens with a group's
 *   first event and closes `timespan` later, what comes at that very time is
 *   not in it; the rule fires at its close (time has passed there at the end
 *   of the input, too) when all bounds hold. The next event opens the next
 *   window. A group without any event has no window: absence of everything is
 *   no finding.
 *
 * A correlation that fires is an event itself, at the time of the event that
 * completed it or of its window's close, standing where the last event that it
 * counted stands, with its group's values under the names of `group-by`: other
 * correlations are made of it. Order at one time: windows that close, the first
 * opened first; then what was fired, in the order of firing; then the event
 * that came. For each event the correlations are asked in order of their rules.
 * Times are held within 2^62 nanoseconds of 1970 (1823 to 2116).
 *
 * Memory is bounded (SkCorrelateLimits): when there is no room, the group whose
 * last event is the oldest (by time, then by arrival) is forgotten, and the
 * loss is counted by rule. A wave is cut short by that and its finding says
 * what was counted; a window is lost whole.
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
  int64_t time;       /**< nanoseconds since 1970; in a finding: at which the event counted */
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
  uint64_t count;      /**< events, distinct values, or rules, as the type counts; of the whole wave
                            (of an ordered one: steps of the chain that began it) */
  const char *const *group_names;  /**< NULL-terminated */
  const char *const *group_values; /**< UTF-8 (sk_text_from_bytes), the same count */
  const SkCorrelatePlace *places;  /**< of up to SK_MAX_CORRELATE_PLACES of the events that were counted,
                                        in order: the first ones and the last; the same place is not
                                        named twice running */
  size_t n_places;
} SkCorrelateFinding;

typedef void (*SkCorrelateFunc) (void *data, const SkCorrelateFinding *finding);

/** For the correlations of the set; borrowed for life. `limits` NULL: the defaults. Findings are handed
 * out when their wave or window has ended, or at sk_correlate_end, in the order in which they fired
 * (when there is no room for ended ones that wait for one that goes on, they are handed out before it).
 * Rules that are `silent` fire only for other correlations. */
SkCorrelate *sk_correlate_new (const SkSigma *sigma, const SkCorrelateLimits *limits,
                               SkCorrelateFunc func, void *data);
/** False when no correlation is made of that rule. */
bool sk_correlate_needs (const SkCorrelate *correlate, uint32_t rule);
/** Times never go back: an event with an earlier time than the last counts at the last's time. Events
 * of rules that are not needed change nothing. */
void sk_correlate_event (SkCorrelate *correlate, const SkCorrelateEvent *event);
/** The input has ended: open windows close, what waits is handed out. */
void sk_correlate_end (SkCorrelate *correlate);
/** How many groups of the rule (a correlation) were forgotten for want of room, and how many were not
 * made for one event (values over SK_MAX_VALUE of the counted field, too). Ends at UINT64_MAX. */
uint64_t sk_correlate_lost (const SkCorrelate *correlate, uint32_t rule);
void sk_correlate_free (SkCorrelate *correlate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCorrelate, sk_correlate_free)

#endif
