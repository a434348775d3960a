/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "core/correlate/tests/set.h"
#include "correlate/correlate-private.h"

#include "sk-test.h"

#include <inttypes.h>

#define NO_FIELDS ((const char *const[]) { NULL })
#define F(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* Events of rule 0 for `user=…`, `time:user` separated by spaces; `1>time:user` is of rule 1. */
static char *
run_with (const Set *set, const char *stream, const SkCorrelateLimits *limits)
{
  g_auto (GStrv) words = g_strsplit (stream, " ", -1);
  guint n = stream[0] == '\0' ? 0 : g_strv_length (words);
  g_autofree Event *events = g_new0 (Event, n + 1);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    {
      char *word = words[i];
      if (word[1] == '>')
        {
          events[i].rule = (uint32_t) (word[0] - '0');
          word += 2;
        }
      g_auto (GStrv) parts = g_strsplit (word, ":", -1);
      events[i].time = g_ascii_strtoll (parts[0], NULL, 10);
      events[i].job = events[i].object = "";
      events[i].position = i;
      char **list = g_new0 (char *, g_strv_length (parts));
      for (guint j = 1; parts[j] != NULL; j++)
        list[j - 1] = strchr (parts[j], '=') != NULL ? g_strdup (parts[j])
                                                     : g_strconcat ("user=", parts[j], NULL);
      g_ptr_array_add (fields, list);
      events[i].fields = (const char *const *) list;
    }
  set_run (set, events, n, limits, false, text);
  return g_string_free (text, FALSE);
}

static void
expect_with (const Set *set, const char *stream, const SkCorrelateLimits *limits,
             const char *expected)
{
  g_autofree char *got = run_with (set, stream, limits);
  ck_assert_str_eq (got, expected);
}

/* One correlation of rules 0 and 1, by user. */
static void
expect (SkSigmaCorrelationType type, const char *of, const char *bounds, const char *field,
        const char *stream, const char *expected)
{
  Set set;
  set_init (&set);
  set_plain (&set);
  set_plain (&set);
  set_correlation (&set, type, of, "user", 10, bounds, field);
  expect_with (&set, stream, NULL, expected);
  set_clear (&set);
}

static void
expect_events (const char *bounds, const char *stream, const char *expected)
{
  expect (SK_SIGMA_EVENT_COUNT, "0", bounds, NULL, stream, expected);
}

START_TEST (event_count_fires_at_the_bound)
{
  expect_events ("gte 3", "1:a 2:a 3:a", "rule 2, 1-3, 3: user=a at :0@1 :1@2 :2@3\n");
  expect_events ("gte 3", "1:a 2:a", "");
  expect_events ("gte 3", "1:a 2:b 3:a", "");
  expect_events ("gt 2", "1:a 2:a 3:a", "rule 2, 1-3, 3: user=a at :0@1 :1@2 :2@3\n");
  expect_events ("gt 3", "1:a 2:a 3:a", "");
  expect_events ("gte 1 gt 1", "1:a", "");
  expect_events ("gte 0", "5:a", "rule 2, 5-5, 1: user=a at :0@5\n");
  expect_events ("gt 18446744073709551615", "1:a 2:a", "");
}
END_TEST

START_TEST (what_is_a_timespan_old_is_out)
{
  expect_events ("gte 2", "1:a 11:a", "");
  expect_events ("gte 2", "1:a 10:a", "rule 2, 1-10, 2: user=a at :0@1 :1@10\n");
  expect_events ("gte 3", "1:a 2:a 11:a", "");
  expect_events ("gte 3", "1:a 2:a 11:a 11:a", "rule 2, 2-11, 3: user=a at :1@2 :2@11 :3@11\n");
}
END_TEST

START_TEST (a_wave_is_one_finding)
{
  /* Goes on while events come, ends 10 after the last; what it counted counts in no other. */
  expect_events ("gte 2", "1:a 2:a 3:a 12:a 21:a",
                 "rule 2, 1-21, 5: user=a at :0@1 :1@2 :2@3 :3@12 :4@21\n");
  expect_events ("gte 2", "1:a 2:a 12:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect_events ("gte 2", "1:a 2:a 12:a 13:a",
                 "rule 2, 1-2, 2: user=a at :0@1 :1@2\n"
                 "rule 2, 12-13, 2: user=a at :2@12 :3@13\n");
  /* The first ones and the last. */
  expect_events ("gte 2", "1:a 1:a 1:a 1:a 1:a 1:a 1:a 1:a 2:a 3:a",
                 "rule 2, 1-3, 10: user=a at :0@1 :1@1 :2@1 :3@1 :4@1 :5@1 :6@1 :9@3\n");
}
END_TEST

START_TEST (findings_come_in_the_order_of_firing)
{
  expect_events ("gte 2", "1:b 2:b 3:a 4:a 9:b 18:b",
                 "rule 2, 1-18, 4: user=b at :0@1 :1@2 :4@9 :5@18\n"
                 "rule 2, 3-4, 2: user=a at :2@3 :3@4\n");
}
END_TEST

START_TEST (windows_are_judged_at_their_close)
{
  expect_events ("lt 3", "1:a 2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect_events ("lt 3", "1:a 2:a 3:a", "");
  expect_events ("eq 2", "1:a 10:a 11:a", "rule 2, 1-10, 2: user=a at :0@1 :1@10\n");
  expect_events ("eq 2", "1:a 2:a 10:a 11:a 12:a", "rule 2, 11-12, 2: user=a at :3@11 :4@12\n");
  expect_events ("neq 1", "1:a 1:b 2:b", "rule 2, 1-2, 2: user=b at :1@1 :2@2\n");
  expect_events ("gte 2 lte 3", "1:a 1:b 2:b 1:c 1:c 1:c 1:d 1:d 1:d 1:d",
                 "rule 2, 1-2, 2: user=b at :1@1 :2@2\n"
                 "rule 2, 2-2, 3: user=c at :3@2 :4@2 :5@2\n");
  expect_events ("lt 3", "", "");
  expect_events ("eq 0", "1:a", "");
}
END_TEST

START_TEST (value_count_counts_distinct_values)
{
  const SkSigmaCorrelationType type = SK_SIGMA_VALUE_COUNT;
  expect (type, "0", "gte 2", "host", "1:a:host=x 2:a:host=y",
          "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect (type, "0", "gte 2", "host", "1:a:host=x 2:a:host=x 3:a:host=X 4:b:host=y",
          "rule 2, 2-3, 2: user=a at :1@2 :2@3\n");
  expect (type, "0", "gte 3", "host", "1:a:host=x 2:a:host=y 3:a:host=x", "");
  expect (type, "0", "gte 2", "host", "1:a:host=x 11:a:host=y", "");
  expect (type, "0", "gte 2", "host", "1:a:host=x 5:a:host=x 11:a:host=y",
          "rule 2, 5-11, 2: user=a at :1@5 :2@11\n");
  /* All values of a list; none of what is empty or not there. */
  expect (type, "0", "gte 3", "host", "1:a:host=x:host=y 2:a:host=z",
          "rule 2, 1-2, 3: user=a at :0@1 :1@2\n");
  expect (type, "0", "gte 2", "host", "1:a:host=x 2:a:host= 3:a", "");
  /* No value twice in a wave, however long ago. */
  expect (type, "0", "gte 2", "host", "1:a:host=x 2:a:host=y 9:a:host=y 18:a:host=x 20:a:host=z",
          "rule 2, 1-20, 3: user=a at :0@1 :1@2 :2@9 :3@18 :4@20\n");
  expect (type, "0", "eq 2", "host", "1:a:host=x 2:a:host=y 3:a:host=x",
          "rule 2, 2-3, 2: user=a at :1@2 :2@3\n");
  expect (type, "0", "lt 2", "host", "1:a:host=x 2:a:host=y 3:a:host=x", "");
}
END_TEST

START_TEST (temporal_needs_each_rule)
{
  const SkSigmaCorrelationType type = SK_SIGMA_TEMPORAL;
  expect (type, "0 1", "", NULL, "1:a 1>2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect (type, "0 1", "", NULL, "1>1:a 2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect (type, "0 1", "", NULL, "1:a 2:a 1>3:b", "");
  expect (type, "0 1", "", NULL, "1:a 1>11:a", "");
  expect (type, "0 1", "", NULL, "1:a 1>10:a", "rule 2, 1-10, 2: user=a at :0@1 :1@10\n");
  expect (type, "0 1", "gte 1", NULL, "1:a 1>2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect (type, "0 1", "lt 2", NULL, "1:a 2:a 1:b 1>2:b", "rule 2, 2-2, 1: user=a at :1@2\n");
  expect (type, "0 0", "", NULL, "1:a", "rule 2, 1-1, 1: user=a at :0@1\n");
}
END_TEST

START_TEST (temporal_ordered_needs_the_order)
{
  const SkSigmaCorrelationType type = SK_SIGMA_TEMPORAL_ORDERED;
  expect (type, "0 1", "", NULL, "1:a 1>2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect (type, "0 1", "", NULL, "1>1:a 2:a", "");
  expect (type, "0 1", "", NULL, "1:a 1>1:a", "rule 2, 1-1, 2: user=a at :0@1 :1@1\n");
  expect (type, "0 1", "", NULL, "1:a 1>11:a", "");
  expect (type, "0 1", "", NULL, "1:a 5:a 1>11:a", "rule 2, 5-11, 2: user=a at :1@5 :2@11\n");
  expect (type, "0 1 0", "", NULL, "1:a 1>2:a", "");
  expect (type, "0 1 0", "", NULL, "1:a 1>2:a 3:a",
          "rule 2, 1-3, 3: user=a at :0@1 :1@2 :2@3\n");
  expect (type, "0 0", "", NULL, "1:a", "");
  expect (type, "0 0", "", NULL, "1:a 2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  /* The wave goes on with any event of the rules. */
  expect (type, "0 1", "", NULL, "1:a 1>2:a 9:a 1>18:a",
          "rule 2, 1-18, 2: user=a at :0@1 :1@2 :2@9 :3@18\n");
  expect (type, "0 1 0", "gte 2", NULL, "1>1:a 2:a", "rule 2, 1-2, 2: user=a at :0@1 :1@2\n");
  expect (type, "0 1", "lte 1", NULL, "1>1:a 2:a 1:b 1>2:b", "rule 2, 2-2, 1: user=a at :1@2\n");
}
END_TEST

START_TEST (groups_are_made_of_values)
{
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user host", 10, "gte 2", NULL);
  expect_with (&set, "1:a:host=x 2:a:host=x", NULL,
               "rule 1, 1-2, 2: user=a host=x at :0@1 :1@2\n");
  expect_with (&set, "1:a:host=x 2:a:host=y 3:x:host=a", NULL, "");
  /* The same bytes once split otherwise. */
  expect_with (&set, "1:ab:host=c 2:a:host=bc", NULL, "");
  /* Not there, or empty. */
  expect_with (&set, "1:a 2:a 3:a:host= 4:a:host=", NULL, "");
  /* Lists: each combination, the last field first; a value twice is one. */
  expect_with (&set, "1:a:b:host=x:host=y 2:a:a:b:host=x:host=y", NULL,
               "rule 1, 1-2, 2: user=a host=x at :0@1 :1@2\n"
               "rule 1, 1-2, 2: user=a host=y at :0@1 :1@2\n"
               "rule 1, 1-2, 2: user=b host=x at :0@1 :1@2\n"
               "rule 1, 1-2, 2: user=b host=y at :0@1 :1@2\n");
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "", 10, "gte 3", NULL);
  expect_with (&set, "1:a 2:b 3", NULL, "rule 2, 1-3, 3: at :0@1 :1@2 :2@3\n");
  set_clear (&set);
}
END_TEST

START_TEST (bytes_that_are_no_text_stay_apart)
{
  expect_events ("gte 2", "1:\xff 2:\xfe 3:\xff",
                 "rule 2, 1-3, 2: user=\\xff at :0@1 :2@3\n");
  expect_events ("gte 2", "1:\xe9\x9b\xaa 2:\xe9\x9b\xaa",
                 "rule 2, 1-2, 2: user=\xe9\x9b\xaa at :0@1 :1@2\n");
  expect_events ("gte 2", "1:A 2:a", "");
}
END_TEST

START_TEST (aliases_join_other_names)
{
  Set set;
  set_init (&set);
  set_plain (&set);
  set_plain (&set);
  SkSigmaRule *rule
      = set_correlation (&set, SK_SIGMA_TEMPORAL, "0 1", "who", 10, "", NULL);
  set_alias (&set, rule, "who", 0, "user");
  set_alias (&set, rule, "who", 1, "account");
  expect_with (&set, "1:a 1>2:b:account=a", NULL, "rule 2, 1-2, 2: who=a at :0@1 :1@2\n");
  expect_with (&set, "1:a:who=b 1>2:a:account=b", NULL, "");
  set_clear (&set);
}
END_TEST

/* 0: a try, 1: a success; 2: three tries, 3: then a success, 4: of two users within 50. */
static void
make_chain (Set *set)
{
  set_init (set);
  set_plain (set);
  set_plain (set);
  set_correlation (set, SK_SIGMA_EVENT_COUNT, "0", "user", 10, "gte 3", NULL);
  SkSigmaRule *rule
      = set_correlation (set, SK_SIGMA_TEMPORAL_ORDERED, "2 1", "who", 20, "", NULL);
  set_alias (set, rule, "who", 0, "user");
  set_alias (set, rule, "who", 1, "user");
  set_correlation (set, SK_SIGMA_VALUE_COUNT, "3", "", 50, "gte 2", "who");
}

START_TEST (correlations_are_made_of_correlations)
{
  Set set;
  make_chain (&set);
  expect_with (&set, "1:a 2:a 3:a 1>22:a", NULL,
               "rule 2, 1-3, 3: user=a at :0@1 :1@2 :2@3\n"
               "rule 3, 3-22, 2: who=a at :2@3 :3@22\n");
  expect_with (&set, "1:a 2:a 3:a 1>23:a", NULL, "rule 2, 1-3, 3: user=a at :0@1 :1@2 :2@3\n");
  expect_with (&set, "1:a 2:a 3:a 1>4:b", NULL, "rule 2, 1-3, 3: user=a at :0@1 :1@2 :2@3\n");
  ((SkSigmaRule *) g_ptr_array_index (set.rules, 2))->silent = true;
  ((SkSigmaRule *) g_ptr_array_index (set.rules, 3))->silent = true;
  expect_with (&set, "1:a 2:a 3:a 1>4:a 31:b 32:b 33:b 1>34:b", NULL,
               "rule 4, 4-34, 2: at :3@4 :7@34\n");
  expect_with (&set, "1:a 2:a 3:a 1>4:a 51:b 52:b 53:b 1>54:b", NULL, "");
  set_clear (&set);
}
END_TEST

START_TEST (a_window_is_an_event_at_its_close)
{
  Set set;
  set_init (&set);
  set_plain (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user", 10, "eq 1", NULL);
  set_correlation (&set, SK_SIGMA_TEMPORAL_ORDERED, "2 1", "user", 5, "", NULL);
  expect_with (&set, "1:a 1>11:a", NULL,
               "rule 2, 1-1, 1: user=a at :0@1\n"
               "rule 3, 11-11, 2: user=a at :0@11 :1@11\n");
  expect_with (&set, "1:a 1>10:a", NULL, "rule 2, 1-1, 1: user=a at :0@1\n");
  expect_with (&set, "1:a 1>16:a", NULL, "rule 2, 1-1, 1: user=a at :0@1\n");
  set_clear (&set);
}
END_TEST

START_TEST (time_does_not_go_back)
{
  expect_events ("gte 2", "20:a 1:a", "rule 2, 20-20, 2: user=a at :0@20 :1@20\n");
  expect_events ("gte 2", "-9223372036854775808:a 9223372036854775807:a", "");
  expect_events ("eq 1", "9223372036854775807:a",
                 "rule 2, 4611686018427387904-4611686018427387904, 1: user=a at "
                 ":0@4611686018427387904\n");
}
END_TEST

/* ---- limits ---- */

typedef struct Attack {
  SkCorrelate *correlate;
  char value[40];
  uint64_t findings, counted;
} Attack;

static void
attack_values (void *event, const char *field, void (*func) (void *data, SkSpan value), void *data)
{
  (void)field;
  func (data, sk_span_of_text (((Attack *) event)->value));
}

static void
attack_finding (void *data, const SkCorrelateFinding *finding)
{
  Attack *attack = data;
  attack->findings++;
  attack->counted += finding->count;
}

static void
attack_event (Attack *attack, int64_t time, uint64_t key)
{
  SkCorrelateEvent event = { .rule = 0, .values = attack_values, .event = attack };
  event.place = (SkCorrelatePlace) { "job", "object", key, time };
  g_snprintf (attack->value, sizeof attack->value, "%" PRIu64, key);
  sk_correlate_event (attack->correlate, &event);
}

static void
attack_begin (Attack *attack, const Set *set, const SkCorrelateLimits *limits)
{
  attack->correlate
      = sk_correlate_new_from ((const SkSigmaRule *const *) set->rules->pdata, set->rules->len,
                               limits, attack_finding, attack);
}

START_TEST (chosen_keys_stay_within_the_bytes)
{
  const SkCorrelateLimits limits = { UINT64_MAX, 4 * SK_MIB };
  const uint64_t keys = 10000000;
  Attack attack = { 0 };
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user", 1000000000000, "gte 2", NULL);
  attack_begin (&attack, &set, &limits);
  for (uint64_t i = 0; i < keys; i++)
    {
      attack_event (&attack, (int64_t) i, i);
      ck_assert_uint_le (attack.correlate->bytes, limits.bytes);
    }
  uint64_t kept = attack.correlate->ages.length;
  ck_assert_uint_gt (kept, 5000);
  ck_assert_uint_eq (sk_correlate_lost (attack.correlate, 1), keys - kept);
  ck_assert_uint_eq (sk_correlate_lost (attack.correlate, 0), 0);
  /* The newest are still known, the oldest are not. */
  attack_event (&attack, (int64_t) keys, keys - 1);
  attack_event (&attack, (int64_t) keys, 0);
  sk_correlate_end (attack.correlate);
  ck_assert_uint_eq (attack.findings, 1);
  ck_assert_uint_eq (attack.correlate->bytes, 0);
  sk_correlate_free (attack.correlate);
  set_clear (&set);
}
END_TEST

START_TEST (what_is_over_is_not_lost)
{
  const SkCorrelateLimits limits = { 100, SK_MIB };
  Attack attack = { 0 };
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user", 50, "gte 2", NULL);
  attack_begin (&attack, &set, &limits);
  for (uint64_t i = 0; i < 100000; i++)
    attack_event (&attack, (int64_t) i, i);
  ck_assert_uint_eq (sk_correlate_lost (attack.correlate, 1), 0);
  ck_assert_uint_eq (attack.correlate->ages.length, 50);
  sk_correlate_end (attack.correlate);
  ck_assert_uint_eq (attack.correlate->bytes, 0);
  sk_correlate_free (attack.correlate);
  set_clear (&set);
}
END_TEST

/* Waves that have ended wait for the first, which goes on: they go before it when room is short. */
START_TEST (findings_that_wait_are_bounded)
{
  const SkCorrelateLimits limits = { UINT64_MAX, 64 * SK_KIB };
  Attack attack = { 0 };
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user", 10, "gte 1", NULL);
  attack_begin (&attack, &set, &limits);
  for (uint64_t i = 0; i < 20000; i++)
    {
      attack_event (&attack, (int64_t) i, i % 2 == 0 ? 0 : i);
      ck_assert_uint_le (attack.correlate->bytes, limits.bytes);
    }
  ck_assert_uint_gt (attack.findings, 9000);
  sk_correlate_end (attack.correlate);
  ck_assert_uint_eq (attack.findings, 10001);
  ck_assert_uint_eq (attack.counted, 20000);
  ck_assert_uint_eq (sk_correlate_lost (attack.correlate, 1), 0);
  sk_correlate_free (attack.correlate);
  set_clear (&set);
}
END_TEST

START_TEST (one_group_over_the_bytes_is_lost)
{
  const SkCorrelateLimits limits = { UINT64_MAX, 16 * SK_KIB };
  Attack attack = { 0 };
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "", 1000000, "gte 1000000", NULL);
  set_correlation (&set, SK_SIGMA_VALUE_COUNT, "0", "", 1000000, "gte 1000000", "user");
  attack_begin (&attack, &set, &limits);
  for (uint64_t i = 0; i < 5000; i++)
    {
      attack_event (&attack, (int64_t) i, i);
      ck_assert_uint_le (attack.correlate->bytes, limits.bytes);
    }
  ck_assert_uint_gt (sk_correlate_lost (attack.correlate, 1), 1);
  ck_assert_uint_gt (sk_correlate_lost (attack.correlate, 2), 1);
  sk_correlate_free (attack.correlate);
  set_clear (&set);
}
END_TEST

START_TEST (the_oldest_group_is_forgotten)
{
  const SkCorrelateLimits two = { 2, SK_MIB }, none = { 0, SK_MIB };
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user", 10, "gte 2", NULL);
  expect_with (&set, "1:a 2:b 3:a 4:c 5:b", &two, "rule 1, 1-3, 2: user=a at :0@1 :2@3\n");
  expect_with (&set, "1:a 1:b 1:c 1:b", &two, "rule 1, 1-1, 2: user=b at :1@1 :3@1\n");
  expect_with (&set, "1:a 1:a", &none, "");
  /* A wave cut short says what it counted. */
  expect_with (&set, "1:a 2:a 3:b 4:c 5:a", &two, "rule 1, 1-2, 2: user=a at :0@1 :1@2\n");
  set_clear (&set);
}
END_TEST

typedef struct Many {
  uint32_t n;
  size_t size;
} Many;

static void
many_values (void *event, const char *field, void (*func) (void *data, SkSpan value), void *data)
{
  const Many *many = event;
  g_autofree char *text = g_malloc0 (many->size + 1);
  (void)field;
  for (uint32_t i = 0; i < many->n; i++)
    {
      memset (text, 'x', many->size);
      memcpy (text, &i, sizeof i);
      func (data, (SkSpan) { (const uint8_t *) text, many->size });
    }
}

static uint64_t
many_lost (const char *by, const char *field, uint32_t n, size_t size, uint32_t *ret_groups)
{
  Attack attack = { 0 };
  Many many = { n, size };
  SkCorrelateEvent event = { .rule = 0, .values = many_values, .event = &many };
  event.place = (SkCorrelatePlace) { "job", "object", 0, 1 };
  Set set;
  set_init (&set);
  set_plain (&set);
  set_correlation (&set, field != NULL ? SK_SIGMA_VALUE_COUNT : SK_SIGMA_EVENT_COUNT, "0", by, 10,
                   "gte 2", field);
  attack_begin (&attack, &set, NULL);
  sk_correlate_event (attack.correlate, &event);
  *ret_groups = attack.correlate->ages.length;
  uint64_t lost = sk_correlate_lost (attack.correlate, 1);
  sk_correlate_free (attack.correlate);
  set_clear (&set);
  return lost;
}

START_TEST (groups_of_one_event_are_bounded)
{
  uint32_t groups;
  ck_assert_uint_eq (many_lost ("a", NULL, 64, 8, &groups), 0);
  ck_assert_uint_eq (groups, SK_MAX_GROUPS_PER_EVENT);
  ck_assert_uint_eq (many_lost ("a", NULL, 65, 8, &groups), 1);
  ck_assert_uint_eq (groups, SK_MAX_GROUPS_PER_EVENT);
  ck_assert_uint_eq (many_lost ("a b", NULL, 9, 8, &groups), 81 - 64);
  ck_assert_uint_eq (many_lost ("a b c d e f g h i j k l m n", NULL, 1000, 8, &groups),
                     UINT64_MAX - 64);
  ck_assert_uint_eq (groups, SK_MAX_GROUPS_PER_EVENT);
}
END_TEST

START_TEST (long_values_are_whole_or_lost)
{
  uint32_t groups;
  ck_assert_uint_eq (many_lost ("a", NULL, 2, SK_MAX_VALUE, &groups), 0);
  ck_assert_uint_eq (groups, 2);
  ck_assert_uint_eq (many_lost ("a", NULL, 2, SK_MAX_VALUE + 1, &groups), 2);
  ck_assert_uint_eq (groups, 0);
  ck_assert_uint_eq (many_lost ("", "v", 2, SK_MAX_VALUE + 1, &groups), 2);
  ck_assert_uint_eq (groups, 0);
}
END_TEST

START_TEST (rules_that_nothing_is_made_of)
{
  Set set;
  set_init (&set);
  set_plain (&set);
  set_plain (&set);
  set_correlation (&set, SK_SIGMA_EVENT_COUNT, "0", "user", 10, "gte 2", NULL);
  Attack attack = { 0 };
  attack_begin (&attack, &set, NULL);
  ck_assert (sk_correlate_needs (attack.correlate, 0));
  ck_assert (!sk_correlate_needs (attack.correlate, 1));
  ck_assert (!sk_correlate_needs (attack.correlate, 2));
  ck_assert (!sk_correlate_needs (attack.correlate, 3));
  sk_correlate_free (attack.correlate);
  /* Their events do not even move time. */
  expect_with (&set, "1:a 1>20:a 9:a", NULL, "rule 2, 1-9, 2: user=a at :0@1 :2@9\n");
  set_clear (&set);
}
END_TEST

/* What is open when it is freed is not handed out and leaks nothing. */
START_TEST (freed_in_the_middle)
{
  Attack attack = { 0 };
  Set set;
  make_chain (&set);
  set_correlation (&set, SK_SIGMA_TEMPORAL_ORDERED, "0 1 0", "user", 10, "lt 3", NULL);
  attack_begin (&attack, &set, NULL);
  for (uint64_t i = 0; i < 100; i++)
    attack_event (&attack, 1, i / 5);
  uint64_t findings = attack.findings;
  sk_correlate_free (attack.correlate);
  ck_assert_uint_eq (attack.findings, findings);
  set_clear (&set);
}
END_TEST

static Suite *
make_suite (void)
{
  Suite *suite = suite_create ("correlate");
  TCase *types = tcase_create ("types");
  tcase_add_test (types, event_count_fires_at_the_bound);
  tcase_add_test (types, what_is_a_timespan_old_is_out);
  tcase_add_test (types, a_wave_is_one_finding);
  tcase_add_test (types, findings_come_in_the_order_of_firing);
  tcase_add_test (types, windows_are_judged_at_their_close);
  tcase_add_test (types, value_count_counts_distinct_values);
  tcase_add_test (types, temporal_needs_each_rule);
  tcase_add_test (types, temporal_ordered_needs_the_order);
  tcase_add_test (types, groups_are_made_of_values);
  tcase_add_test (types, bytes_that_are_no_text_stay_apart);
  tcase_add_test (types, aliases_join_other_names);
  tcase_add_test (types, correlations_are_made_of_correlations);
  tcase_add_test (types, a_window_is_an_event_at_its_close);
  tcase_add_test (types, time_does_not_go_back);
  tcase_add_test (types, rules_that_nothing_is_made_of);
  suite_add_tcase (suite, types);
  TCase *limits = tcase_create ("limits");
  tcase_set_timeout (limits, 20);
  tcase_add_test (limits, chosen_keys_stay_within_the_bytes);
  tcase_add_test (limits, what_is_over_is_not_lost);
  tcase_add_test (limits, findings_that_wait_are_bounded);
  tcase_add_test (limits, one_group_over_the_bytes_is_lost);
  tcase_add_test (limits, the_oldest_group_is_forgotten);
  tcase_add_test (limits, groups_of_one_event_are_bounded);
  tcase_add_test (limits, long_values_are_whole_or_lost);
  tcase_add_test (limits, freed_in_the_middle);
  suite_add_tcase (suite, limits);
  return suite;
}

int
main (void)
{
  return sk_test_main (make_suite ());
}
