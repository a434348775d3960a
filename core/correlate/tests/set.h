/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sets of rules and streams of events made by hand, for the tests of
 * correlations; findings as text.
 */
#ifndef SK_TEST_CORRELATE_SET_H
#define SK_TEST_CORRELATE_SET_H

#include "correlate/correlate.h"

typedef struct Set {
  GPtrArray *memory;
  GPtrArray *rules; /**< of SkSigmaRule */
} Set;

typedef struct Event {
  uint32_t rule;
  int64_t time;
  const char *job, *object;
  uint64_t position;
  const char *const *fields; /**< `name=value`, NULL-terminated */
} Event;

void set_init (Set *set);
void set_clear (Set *set);
/** A rule that makes events; its number. */
uint32_t set_plain (Set *set);
/** A correlation of the rules in `of` (numbers, separated by spaces), grouped by `by` (names), with
 * the bounds in `bounds` (`gte 3 lt 9`), over `span`, of values of `field` (or NULL). */
SkSigmaRule *set_correlation (Set *set, SkSigmaCorrelationType type, const char *of, const char *by,
                              int64_t span, const char *bounds, const char *field);
/** What `name` is called in the records of the rule at that place of the correlation. */
void set_alias (Set *set, SkSigmaRule *rule, const char *name, uint32_t place, const char *field);

/** The finding as a line at the end of the text. Without jobs where they do not matter. */
void finding_print (GString *text, const SkCorrelateFinding *finding, bool jobs);
/** An SkCorrelateValues over Event. */
void event_values (void *event, const char *field, void (*func) (void *data, SkSpan value),
                   void *data);
/** All events through the real thing. */
void set_run (const Set *set, const Event *events, size_t n, const SkCorrelateLimits *limits,
              bool jobs, GString *text);

/** The same by the plain reading of correlate.h. */
void oracle_run (const Set *set, const Event *events, size_t n, bool jobs, GString *text);

#endif
