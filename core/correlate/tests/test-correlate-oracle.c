/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Random rules and streams, judged by core/correlate and by the plain reading
 * of its header; and the same streams split into other jobs that arrive in any
 * order and are sorted as a run file sorts them.
 */
#include "config.h"

#include "core/correlate/tests/set.h"

#include "sk-test.h"

#define STREAMS 20000
#define MOST_EVENTS 24
#define PLAIN 2

static const char *const jobs[] = { "j0", "j1", "j2", "j3", "j4", "j5" };
static const char *const pairs[]
    = { "a=1", "a=2", "a=", "b=1", "b=2", "b=3", "v=1", "v=2", "v=3", "v=4", "v=", "c=1" };

static int
pick (GRand *dice, int below)
{
  return g_rand_int_range (dice, 0, below);
}

static const char *
one_of (GRand *dice, const char *const *list, int n)
{
  return list[pick (dice, n)];
}

static void
add_rule (GRand *dice, Set *set)
{
  static const char *const bounds[]
      = { "gte 2",  "gte 2", "gte 3", "gt 1",  "gte 1",       "gt 2 gte 2", "lt 3", "lte 2",
          "eq 2",   "neq 1", "gte 2 lte 3", "gt 1 neq 3", "gte 4", "eq 1" };
  static const char *const by[] = { "", "a", "a", "b", "a b", "b a", "c" };
  SkSigmaCorrelationType type = (SkSigmaCorrelationType) pick (dice, 4);
  bool temporal = type == SK_SIGMA_TEMPORAL || type == SK_SIGMA_TEMPORAL_ORDERED;
  g_autoptr (GString) of = g_string_new (NULL);
  int n = 1 + pick (dice, temporal ? 3 : 2);
  for (int i = 0; i < n; i++)
    g_string_append_printf (of, "%s%d", i > 0 ? " " : "", pick (dice, (int) set->rules->len));
  SkSigmaRule *rule = set_correlation (
      set, type, of->str, one_of (dice, by, G_N_ELEMENTS (by)), 1 + pick (dice, 12),
      temporal && pick (dice, 2) == 0 ? "" : one_of (dice, bounds, G_N_ELEMENTS (bounds)),
      type == SK_SIGMA_VALUE_COUNT ? (pick (dice, 3) == 0 ? "a" : "v") : NULL);
  rule->silent = pick (dice, 6) == 0;
  if (pick (dice, 4) == 0)
    set_alias (set, rule, pick (dice, 2) == 0 ? "c" : "a", (uint32_t) pick (dice, n), "b");
}

static void
make_rules (GRand *dice, Set *set)
{
  set_init (set);
  for (int i = 0; i < PLAIN; i++)
    set_plain (set);
  int n = 1 + pick (dice, 4);
  for (int i = 0; i < n; i++)
    add_rule (dice, set);
}

static void
make_events (GRand *dice, Event *events, int n, const char **fields)
{
  static char names[MOST_EVENTS][8];
  int64_t time = 0;
  for (int i = 0; i < n; i++)
    {
      int n_fields = 1 + pick (dice, 7);
      events[i] = (Event) { (uint32_t) pick (dice, PLAIN), 0, NULL, names[i], (uint64_t) i, fields };
      g_snprintf (names[i], sizeof names[i], "/%d", i);
      time += pick (dice, 3) == 0 ? pick (dice, 8) : pick (dice, 2);
      events[i].time = time;
      for (int j = 0; j < n_fields; j++)
        *fields++ = one_of (dice, pairs, G_N_ELEMENTS (pairs));
      *fields++ = NULL;
    }
}

/* Windows of a log: the jobs' names follow its order. */
static void
split (GRand *dice, Event *events, int n)
{
  guint job = 0;
  for (int i = 0; i < n; i++)
    {
      if (job + 1 < G_N_ELEMENTS (jobs) && pick (dice, 4) == 0)
        job++;
      events[i].job = jobs[job];
    }
}

static void
shuffle (GRand *dice, Event *events, int n)
{
  for (int i = n - 1; i > 0; i--)
    {
      int j = pick (dice, i + 1);
      Event other = events[j];
      events[j] = events[i];
      events[i] = other;
    }
}

/* As the run file has them: time, job, position. */
static int
compare (const void *a, const void *b)
{
  const Event *left = a, *right = b;
  if (left->time != right->time)
    return left->time < right->time ? -1 : 1;
  int order = strcmp (left->job, right->job);
  return order != 0 ? order : (left->position > right->position) - (left->position < right->position);
}

static uint64_t
lines (const GString *text)
{
  uint64_t n = 0;
  for (const char *pos = text->str; *pos != '\0'; pos++)
    n += *pos == '\n';
  return n;
}

static uint64_t
one_stream (guint32 seed)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (seed);
  g_autoptr (GString) got = g_string_new (NULL), expected = g_string_new (NULL);
  Event events[MOST_EVENTS];
  const char *fields[MOST_EVENTS * 8];
  Set set;
  int n = 4 + pick (dice, MOST_EVENTS - 3);
  make_rules (dice, &set);
  make_events (dice, events, n, fields);
  split (dice, events, n);
  set_run (&set, events, (size_t) n, NULL, true, got);
  oracle_run (&set, events, (size_t) n, true, expected);
  if (strcmp (got->str, expected->str) != 0)
    ck_abort_msg ("seed %u\n%s-- expected\n%s", seed, got->str, expected->str);
  g_string_truncate (expected, 0);
  oracle_run (&set, events, (size_t) n, false, expected);
  for (int i = 0; i < 2; i++)
    {
      split (dice, events, n);
      shuffle (dice, events, n);
      qsort (events, (size_t) n, sizeof (Event), compare);
      g_string_truncate (got, 0);
      set_run (&set, events, (size_t) n, NULL, false, got);
      if (strcmp (got->str, expected->str) != 0)
        ck_abort_msg ("seed %u, split\n%s-- expected\n%s", seed, got->str, expected->str);
    }
  set_clear (&set);
  return lines (expected);
}

START_TEST (as_the_plain_reading_says)
{
  uint64_t findings = 0;
  for (guint32 seed = 1; seed <= STREAMS; seed++)
    findings += one_stream (seed);
  /* Not a comparison of nothings. */
  ck_assert_uint_gt (findings, STREAMS);
}
END_TEST

static Suite *
make_suite (void)
{
  Suite *suite = suite_create ("correlate-oracle");
  TCase *tcase = tcase_create ("oracle");
  tcase_set_timeout (tcase, 20);
  tcase_add_test (tcase, as_the_plain_reading_says);
  suite_add_tcase (suite, tcase);
  return suite;
}

int
main (void)
{
  return sk_test_main (make_suite ());
}
