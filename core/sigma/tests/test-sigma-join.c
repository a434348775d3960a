/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What rules say of themselves, several documents, and what is joined at the
 * end: doubles, correlations, filters.
 */
#include "config.h"

#include "reading.h"
#include "sk-test.h"

static void
expect (Reading *reading, const char *finding, const char *tree)
{
  const SkSigmaRule *rule = reading_rule (reading, finding);
  ck_assert_msg (rule != NULL, "%s is not there: %s", finding, reading->complaints->str);
  g_autofree char *made = ast_of_rule (rule);
  ck_assert_msg (strcmp (made, tree) == 0, "%s\n  is   %s\n  not  %s", finding, made, tree);
}

static void
says (Reading *reading, const char *complaints)
{
  ck_assert_str_eq (reading->complaints->str, complaints);
}

/* A rule with that name, which looks for its name. */
#define RULE(name)                                                                                 \
  "---\ntitle: t\nname: " name "\nlogsource: {product: p}\ndetection:\n  a: {x: " name             \
  "}\n  condition: a\n"

START_TEST (test_meta)
{
  g_autoptr (Reading) reading = reading_of (
      "title: A title\nid: 01234567-89AB-cdef-0123-456789abcdef\nname: file.subject.a-trait\n"
      "title_ja: 題\ndescription: 'a\n\n  b'\ndescription_ja: 説明\nfalsepositives:\n  - One\n  -\n"
      "  - Two\nfalsepositives_ja: 一\nreferences: [https://a.example/, https://b.example/]\n"
      "author: A\nstatus: test\nlevel: High\nown-key: [1, {a: b}]\n"
      "tags: [attack.execution, attack.t1036.007, attack.T1204, attack.s0002, attack.t1a, "
      "sekisho.fl-02, sekisho.fl-03]\nfields: [a, b]\n"
      "logsource: {product: Windows, category: Process_Creation, service: S, definition: d}\n"
      "detection:\n  a: {x: 1}\n  condition: a\n");
  says (reading, "");
  const SkSigmaRule *rule = sk_sigma_rules_at (reading->rules, 0);
  ck_assert_str_eq (rule->finding, "file.subject.a-trait");
  ck_assert_str_eq (rule->id, "01234567-89AB-cdef-0123-456789abcdef");
  ck_assert_str_eq (rule->title, "A title");
  ck_assert_str_eq (rule->title_ja, "題");
  ck_assert_str_eq (rule->description, "a\nb");
  ck_assert_str_eq (rule->description_ja, "説明");
  ck_assert_str_eq (rule->falsepositives, "One\nTwo");
  ck_assert_str_eq (rule->falsepositives_ja, "一");
  ck_assert_str_eq (rule->reference, "https://a.example/\nhttps://b.example/");
  ck_assert_str_eq (rule->author, "A");
  ck_assert_str_eq (rule->status, "test");
  ck_assert_str_eq (rule->attack, "T1036.007 T1204");
  ck_assert_str_eq (rule->det, "FL-02");
  ck_assert_int_eq (rule->level, SK_LEVEL_HIGH);
  ck_assert_str_eq (rule->logsource.product, "windows");
  ck_assert_str_eq (rule->logsource.category, "process_creation");
  ck_assert_str_eq (rule->logsource.service, "s");
  ck_assert_str_eq (rule->fields[1], "b");
  ck_assert_ptr_null (rule->fields[2]);
  ck_assert_str_eq (rule->file, "r.yml");
  ck_assert_uint_eq (rule->line, 1);
  ck_assert (!rule->silent);
}
END_TEST

START_TEST (test_meta_absent)
{
  g_autoptr (Reading) reading = reading_of ("\n---\n# r\ntitle: t\nlogsource: {category: c}\n"
                                            "detection: {a: {x: 1}, condition: a}\n");
  says (reading, "");
  const SkSigmaRule *rule = sk_sigma_rules_at (reading->rules, 0);
  const char *absent[]
      = { rule->id,     rule->name,   rule->title_ja,          rule->description,
          rule->attack, rule->det,    rule->falsepositives,    rule->reference,
          rule->author, rule->status, rule->logsource.product, rule->logsource.service };
  for (size_t i = 0; i < G_N_ELEMENTS (absent); i++)
    ck_assert_ptr_null (absent[i]);
  ck_assert_ptr_null (rule->fields[0]);
  ck_assert_int_eq (rule->level, SK_LEVEL_MEDIUM);
  ck_assert_str_eq (rule->finding, "sigma.r");
  ck_assert_uint_eq (rule->line, 4);
  ck_assert_ptr_null (sk_sigma_rules_at (reading->rules, 1));
}
END_TEST

/* What the finding is called. */
START_TEST (test_finding)
{
  static const struct {
    const char *keys, *finding;
  } cases[] = {
    { "name: a.b.c", "a.b.c" },           { "name: a.b.c\nid: 7", "a.b.c" },
    { "name: a.b\nid: 7", "sigma.7" },    { "name: A.b.c\nid: 7", "sigma.7" },
    { "name: a..c\nid: 7", "sigma.7" },   { "name: a.b.\nid: 7", "sigma.7" },
    { "name: a_b.c.d", "sigma.a_b.c.d" }, { "name: own name", "sigma.own_name" },
    { "name: 題", "sigma.___" },          { "x: y", "sigma.the.rule" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Reading) reading = reading_new ();
      g_autofree char *text = g_strdup_printf (
          "title: t\n%s\nlogsource: {category: c}\ndetection: {a: {x: 1}, condition: a}\n",
          cases[i].keys);
      reading_add (reading, "/d.d/the.rule.yml", text);
      reading_join (reading);
      expect (reading, cases[i].finding, "x{\"1\"}");
    }
}
END_TEST

START_TEST (test_documents)
{
  /* The second is no YAML, the fourth no rule: the others stay, and places are the file's. */
  g_autoptr (Reading) reading = reading_of (RULE ("one") "---\n'a: b\n" RULE (
      "two") "...\n---\na: 1\n" RULE ("three") "---\n# nothing\n");
  expect (reading, "sigma.one", "x{\"one\"}");
  expect (reading, "sigma.two", "x{\"two\"}");
  expect (reading, "sigma.three", "x{\"three\"}");
  g_auto (GStrv) lines = g_strsplit (reading->complaints->str, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 3);
  ck_assert_msg (g_str_has_prefix (lines[0], "r.yml:9: ")
                     || g_str_has_prefix (lines[0], "r.yml:10: "),
                 "%s", lines[0]);
  ck_assert_str_eq (lines[1],
                    "r.yml:19: no Sigma rule: it has neither detection nor correlation nor filter");
  ck_assert_uint_eq (reading_rule (reading, "sigma.three")->line, 21);
}
END_TEST

START_TEST (test_doubles)
{
  g_autoptr (Reading) reading = reading_new ();
  reading_add (reading, "a.yml", RULE ("one") "id: 0a\n");
  reading_add (reading, "b.yml", RULE ("two") "id: 0A\n");
  reading_add (reading, "c.yml", RULE ("one"));
  reading_add (reading, "d.yml", RULE ("One"));
  reading_join (reading);
  says (reading, "b.yml:2: the id 0A is also that of a.yml:2\n"
                 "c.yml:2: the name one is also that of a.yml:2\n");
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 2);
}
END_TEST

/* ---- collections ---- */

START_TEST (test_collection)
{
  g_autoptr (Reading) reading = reading_of (
      "action: global\ntitle: t\nid: 0b\nlevel: low\ndetection:\n  condition: a\n"
      "---\nname: one\nlogsource: {product: p}\ndetection:\n  a: {x: 1}\n"
      "---\naction: repeat\nname: two\nlevel: high\nlogsource: {service: s}\ndetection:\n"
      "  b: {y: 2}\n  condition: a and b\n"
      "---\naction: global\nlogsource: {category: c}\n"
      "---\nname: three\nlevel: high\ndetection:\n  a: {z: 3}\n"
      "---\naction: reset\n"
      "---\ntitle: t\nname: four\nlogsource: {product: q}\ndetection:\n  a: {v: 4}\n  condition: "
      "a\n");
  says (reading, "");
  static const char *const trees[]
      = { "x{\"1\"}", "(and x{\"1\"} y{\"2\"})", "z{\"3\"}", "v{\"4\"}" };
  static const SkLevel levels[] = { SK_LEVEL_LOW, SK_LEVEL_HIGH, SK_LEVEL_HIGH, SK_LEVEL_MEDIUM };
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 4);
  for (uint32_t i = 0; i < 4; i++)
    {
      const SkSigmaRule *rule = sk_sigma_rules_at (reading->rules, i);
      g_autofree char *made = ast_of_rule (rule);
      ck_assert_str_eq (made, trees[i]);
      ck_assert_int_eq (rule->level, levels[i]);
    }
  const SkSigmaRule *two = sk_sigma_rules_at (reading->rules, 1);
  ck_assert_str_eq (two->name, "two");
  ck_assert_str_eq (two->logsource.product, "p");
  ck_assert_str_eq (two->logsource.service, "s");
  ck_assert_ptr_null (two->logsource.category);
  ck_assert_str_eq (sk_sigma_rules_at (reading->rules, 2)->logsource.category, "c");
}
END_TEST

START_TEST (test_collection_mistakes)
{
  g_autoptr (Reading) reading = reading_of (
      "action: repeat\ntitle: t\n---\naction: all\n---\n"
      "action: [global]\n" RULE ("one") "---\n'a: b\n---\naction: repeat\nname: two\n");
  g_auto (GStrv) lines = g_strsplit (reading->complaints->str, "\n", -1);
  ck_assert_str_eq (lines[0], "r.yml:1: there is no rule before it that it could repeat");
  ck_assert_str_eq (lines[1], "r.yml:4: \"action\" must be global, reset or repeat");
  ck_assert_str_eq (lines[2], "r.yml:6: \"action\" must be global, reset or repeat");
  /* What could not be read is not repeated, and nor is what stood before it. */
  ck_assert_str_eq (lines[4], "r.yml:17: there is no rule before it that it could repeat");
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 1);
}
END_TEST

/* ---- correlations ---- */

#define CORRELATION(name, rest) "---\ntitle: t\nname: " name "\ncorrelation:\n" rest

START_TEST (test_correlations)
{
  g_autoptr (Reading) reading = reading_of (
      CORRELATION ("c1", "  type: event_count\n  rules: [one]\n  group-by: [u, h]\n"
                         "  timespan: 90m\n  condition: {gte: 5, lt: 10}\n")
          CORRELATION ("c2", "  type: value_count\n  rules: one\n  group-by: h\n  timespan: 1d\n"
                             "  condition: {field: u, gt: 3}\n  generate: true\n")
              CORRELATION ("c3", "  type: temporal\n  rules: [one, two]\n  timespan: 10s\n"
                                 "  aliases:\n    ip: {one: src, two: dst}\n  group-by: [ip]\n")
                  CORRELATION ("c4", "  type: temporal_ordered\n  rules: [c3, 0A]\n  timespan: 2w\n"
                                     "  condition: {eq: 2}\ngenerate: false\n")
                      CORRELATION ("c5", "  type: event_count\n  rules: [four]\n  timespan: 1h\n"
                                         "  condition: {neq: 2, lte: 0x10}\ngenerate: true\n")
                          RULE ("one") RULE ("two") RULE ("three") "id: 0a\n" RULE ("four"));
  says (reading, "");
  expect (reading, "sigma.c1", "event_count 5400s [one] by [u h] >=5 <10");
  expect (reading, "sigma.c2", "value_count 86400s [one] by [h] >3 of u generate");
  expect (reading, "sigma.c3", "temporal 10s [one two] by [ip] ip@0=src ip@1=dst");
  expect (reading, "sigma.c4", "temporal_ordered 1209600s [c3 0A] by [] =2");
  expect (reading, "sigma.c5", "event_count 3600s [four] by [] !=2 <=16 generate");
  const SkSigmaRule *c4 = reading_rule (reading, "sigma.c4");
  ck_assert_ptr_eq (sk_sigma_rules_at (reading->rules, c4->correlation->rule_index[0]),
                    reading_rule (reading, "sigma.c3"));
  ck_assert_ptr_eq (sk_sigma_rules_at (reading->rules, c4->correlation->rule_index[1]),
                    reading_rule (reading, "sigma.0a"));
}
END_TEST

/* Silent is what is only made for correlations that do not generate. */
START_TEST (test_silent)
{
  g_autoptr (Reading) reading = reading_of (
      RULE ("one") RULE ("two") RULE ("three") RULE (
          "four") CORRELATION ("c1", "  type: temporal\n  rules: [one, two]\n  timespan: 1s\n")
          CORRELATION (
              "c2", "  type: temporal\n  rules: [two, three]\n  timespan: 1s\n  generate: true\n")
              CORRELATION ("c3", "  type: temporal\n  rules: [c1, c2]\n  timespan: 1s\n"));
  says (reading, "");
  static const char *const silent[] = { "sigma.one", "sigma.c1", "sigma.c2" };
  static const char *const loud[] = { "sigma.two", "sigma.three", "sigma.four", "sigma.c3" };
  for (size_t i = 0; i < G_N_ELEMENTS (silent); i++)
    ck_assert_msg (reading_rule (reading, silent[i])->silent, "%s", silent[i]);
  for (size_t i = 0; i < G_N_ELEMENTS (loud); i++)
    ck_assert_msg (!reading_rule (reading, loud[i])->silent, "%s", loud[i]);
}
END_TEST

START_TEST (test_correlations_left_out)
{
  g_autoptr (Reading) reading = reading_of (
      CORRELATION ("c1", "  type: temporal\n  rules: [one, none]\n  timespan: 1s\n")
          CORRELATION ("c2", "  type: temporal\n  rules: [one, c1]\n  timespan: 1s\n")
              CORRELATION ("c3", "  type: temporal\n  rules: [one, c4]\n  timespan: 1s\n")
                  CORRELATION ("c4", "  type: temporal\n  rules: [c3]\n  timespan: 1s\n")
                      CORRELATION ("c5", "  type: temporal\n  rules: [c5]\n  timespan: 1s\n")
                          RULE ("one"));
  says (reading, "r.yml:2: the correlation is made of the rule \"none\", which is not there, or was left out\n"
                 "r.yml:9: the correlation is made of the rule \"c1\", which was left out\n"
                 "r.yml:16: the correlation is made of itself, or of one that is\n"
                 "r.yml:23: the correlation is made of itself, or of one that is\n"
                 "r.yml:30: the correlation is made of itself, or of one that is\n");
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 1);
  /* Nothing that was left out makes another rule silent. */
  ck_assert (!reading_rule (reading, "sigma.one")->silent);
}
END_TEST

START_TEST (test_correlation_levels)
{
  g_autoptr (GString) text = g_string_new (RULE ("c0"));
  for (int i = 1; i <= 18; i++)
    g_string_append_printf (text,
                            CORRELATION ("c%d", "  type: temporal\n  rules: [c%d]\n"
                                                "  timespan: 1s\n"),
                            i, i - 1);
  g_autoptr (Reading) reading = reading_of (text->str);
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 17);
  says (reading,
        "r.yml:121: the correlation is made of the rule \"c16\", with too many correlations "
        "below each other\n"
        "r.yml:128: the correlation is made of the rule \"c17\", which was left out\n");
}
END_TEST

static void
correlation_refused (const char *lines, const char *complaint)
{
  g_autofree char *text = g_strconcat ("title: t\ncorrelation:\n", lines, NULL);
  g_autofree char *whole = g_strconcat ("r.yml:", complaint, "\n", NULL);
  g_autoptr (Reading) reading = reading_of (text);
  ck_assert_msg (strcmp (reading->complaints->str, whole) == 0, "%s\n  says %s", text,
                 reading->complaints->str);
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), 0);
}

START_TEST (test_correlations_refused)
{
  static const struct {
    const char *lines, *complaint;
  } cases[] = {
    { "  rules: [a]\n  timespan: 1s\n", "3: the correlation has no type" },
    { "  type: value_percentile\n", "3: correlations of type \"value_percentile\" are not known" },
    { "  type: value_sum\n", "3: correlations of type \"value_sum\" are not known" },
    { "  type: temporal_extended\n",
      "3: correlations of type \"temporal_extended\" are not known" },
    { "  type: temporal\n  timespan: 1s\n", "3: the correlation names no rules" },
    { "  type: temporal\n  rules: [a, a]\n", "4: \"a\" stands twice in \"rules\"" },
    { "  type: temporal\n  rules: [a]\n", "3: the correlation has no timespan" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1M\n",
      "5: the timespan \"1M\" is no number with s, m, h, d or w" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1y\n",
      "5: the timespan \"1y\" is no number with s, m, h, d or w" },
    { "  type: temporal\n  rules: [a]\n  timespan: 0s\n",
      "5: the timespan \"0s\" is no number with s, m, h, d or w" },
    { "  type: temporal\n  rules: [a]\n  timespan: 10\n",
      "5: the timespan \"10\" is no number with s, m, h, d or w" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1h30m\n",
      "5: the timespan \"1h30m\" is no number with s, m, h, d or w" },
    { "  type: temporal\n  rules: [a]\n  timespan: 99999999999d\n",
      "5: the timespan \"99999999999d\" is no number with s, m, h, d or w" },
    { "  type: temporal\n  rules: [a]\n  timeframe: 1s\n",
      "5: \"timeframe\" is not known in a correlation" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  condition: a and b\n",
      "6: the condition of a correlation must be a map of comparisons" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  condition: {field: x, gte: 1}\n",
      "6: \"field\" belongs to value_count" },
    { "  type: event_count\n  rules: [a]\n  timespan: 1s\n",
      "3: the condition of a correlation must be a map of comparisons" },
    { "  type: event_count\n  rules: [a]\n  timespan: 1s\n  condition: {}\n",
      "6: the condition compares with nothing" },
    { "  type: event_count\n  rules: [a]\n  timespan: 1s\n  condition: {gte: -1}\n",
      "6: \"gte\" takes a whole number from 0" },
    { "  type: event_count\n  rules: [a]\n  timespan: 1s\n  condition: {gte: '1'}\n",
      "6: \"gte\" takes a whole number from 0" },
    { "  type: event_count\n  rules: [a]\n  timespan: 1s\n  condition: {percentile: 1}\n",
      "6: \"percentile\" is not known in the condition of a correlation" },
    { "  type: value_count\n  rules: [a]\n  timespan: 1s\n  condition: {gte: 1}\n",
      "6: value_count needs a \"field\"" },
    { "  type: value_count\n  rules: [a]\n  timespan: 1s\n  condition: {gte: 1, field: [x, y]}\n",
      "6: \"field\" must name exactly one field" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  group-by: [x, x]\n",
      "6: \"x\" stands twice in \"group-by\"" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  aliases: [x]\n",
      "6: \"aliases\" must be a map" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  aliases:\n    x: y\n",
      "7: the alias \"x\" must be a map" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  aliases:\n    x:\n      b: y\n",
      "8: the alias \"x\" is for \"b\", which is none of the rules" },
    { "  type: temporal\n  rules: [a]\n  timespan: 1s\n  generate: maybe\n",
      "6: \"generate\" must be true or false" },
    { "  - a\n", "3: \"correlation\" must be a map" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    correlation_refused (cases[i].lines, cases[i].complaint);
}
END_TEST

/* ---- filters ---- */

#define FILTER(logsource, rules, condition)                                                        \
  "---\ntitle: f\nlogsource: {" logsource "}\nfilter:\n  rules: " rules                            \
  "\n  s: {u: v}\n  t: {w: x}\n  condition: " condition "\n"

START_TEST (test_filters)
{
  g_autoptr (Reading) reading = reading_of (
      FILTER ("product: p", "[one]", "s") FILTER ("product: p", "two", "not s")
          FILTER ("product: p", "[three]", "s and not t") FILTER ("product: p", "[four]",
                                                                  "not 1 of *")
              FILTER ("product: q", "any", "s") RULE ("one") RULE ("two") RULE ("three")
                  RULE ("four") "---\ntitle: t\nname: five\nlogsource: {product: q, service: s}\n"
                                "detection: {a: {x: five}, condition: a}\n");
  says (reading, "");
  expect (reading, "sigma.one", "(and x{\"one\"} (not u{\"v\"}))");
  expect (reading, "sigma.two", "(and x{\"two\"} (not u{\"v\"}))");
  expect (reading, "sigma.three", "(and x{\"three\"} (not (and u{\"v\"} (not w{\"x\"}))))");
  expect (reading, "sigma.four", "(and x{\"four\"} (not (or u{\"v\"} w{\"x\"})))");
  expect (reading, "sigma.five", "(and x{\"five\"} (not u{\"v\"}))");
}
END_TEST

START_TEST (test_filters_that_do_not_fit)
{
  g_autoptr (Reading) reading = reading_of (
      FILTER ("product: q", "[one, none]", "s") FILTER ("product: p, service: s", "[one]", "s")
          FILTER ("product: p", "[c1]", "s") FILTER ("product: p, category: c", "all", "s")
              RULE ("one")
                  CORRELATION ("c1", "  type: temporal\n  rules: [one]\n  timespan: 1s\n"));
  says (
      reading,
      "r.yml:2: the filter \"f\" names the rule \"one\", which is of another logsource\n"
      "r.yml:2: the filter \"f\" names the rule \"none\", which is not there\n"
      "r.yml:10: the filter \"f\" names the rule \"one\", which is of another logsource\n"
      "r.yml:18: the filter \"f\" names the rule \"c1\", which is a correlation and has no records "
      "of its own\n");
  expect (reading, "sigma.one", "x{\"one\"}");
}
END_TEST

/* Each rule compiles its filters for itself: what counts is how large they are. */
START_TEST (test_filters_that_are_too_large)
{
  enum { N_VALUES = 20000, N_RULES = 300 };
  g_autoptr (GString) text = g_string_new (
      "title: f\nlogsource: {product: p}\nfilter:\n  rules: any\n  s:\n    h:\n");
  for (int i = 0; i < N_VALUES; i++)
    g_string_append_printf (text, "      - h%d\n", i);
  g_string_append (text, "  condition: not s\n");
  for (int i = 0; i < N_RULES; i++)
    g_string_append_printf (text, RULE ("r%d"), i, i);
  g_autoptr (Reading) reading = reading_of (text->str);
  ck_assert_uint_eq (sk_sigma_rules_count (reading->rules), N_RULES);
  says (reading, "r.yml:1: the filters are too many for so many rules: from this one on none counts\n");
  ck_assert_int_eq (reading_rule (reading, "sigma.r0")->condition->kind, SK_SIGMA_AND);
  ck_assert_int_eq (reading_rule (reading, "sigma.r299")->condition->kind, SK_SIGMA_ITEM);
}
END_TEST

START_TEST (test_filters_refused)
{
  g_autoptr (Reading) reading = reading_of (
      "title: f\nlogsource: {product: p}\nfilter:\n  s: {u: v}\n  condition: s\n"
      "---\nlogsource: {product: p}\nfilter:\n  rules: any\n  s: {u: v}\n  condition: s\n"
      "---\ntitle: f\nfilter:\n  rules: any\n  s: {u: v}\n  condition: s\n"
      "---\ntitle: f\nlogsource: {product: p}\nfilter: [a]\n" FILTER ("product: p", "any", "z"));
  says (reading, "r.yml:4: the filter names no rules\nr.yml:7: the filter has no title\n"
                 "r.yml:13: the rule needs a map \"logsource\"\n"
                 "r.yml:21: \"filter\" must be a map\n"
                 "r.yml:29: the condition is wrong at \"z\": there is no such selection\n");
}
END_TEST

/* ---- placeholders ---- */

static void
add_list (Reading *reading, const char *file, const char *text, bool good)
{
  ck_assert (
      sk_sigma_lists_add (reading->lists, file, sk_span_of_text (text), reading_complain, reading)
      == good);
}

static char *
expanded (const char *item)
{
  g_autoptr (Reading) reading = reading_new ();
  add_list (reading, "/l/Servers.local.txt", "# names\n srv* \r\n\nad\\*min\n", true);
  add_list (reading, "/l/Two.txt", "x\ny", true);
  add_list (reading, "/m/Two.txt", "z\n", true);
  add_list (reading, "/l/Nets.txt", "10.0.0.0/8\n192.0.2.0/24\n", true);
  add_list (reading, "/l/Empty.txt", "# nothing\n", true);
  g_autofree char *text = g_strdup_printf (
      "title: t\nlogsource: {category: c}\ndetection:\n  a:\n    %s\n  condition: a\n", item);
  reading_add (reading, "r.yml", text);
  reading_join (reading);
  return reading_ast (reading);
}

START_TEST (test_expand)
{
  static const struct {
    const char *item, *tree;
  } cases[] = {
    { "x|expand: '%Servers%'", "x{\"srv\"* | \"ad*min\"}" },
    { "x|expand: 'a%Two%b'", "x{\"axb\" | \"ayb\" | \"azb\"}" },
    { "x|expand|contains: '%Two%'", "x{*\"x\"* | *\"y\"* | *\"z\"*}" },
    { "x|contains|expand: '%Servers%'", "x{*\"srv\"* | *\"ad*min\"*}" },
    { "x|expand: '%Two%%Two%'", "x{\"xx\" | \"xy\" | \"xz\" | \"yx\" | \"yy\" | \"yz\" | \"zx\" | "
                                "\"zy\" | \"zz\"}" },
    { "x|expand: ['%Two%', w]", "x{\"x\" | \"y\" | \"z\", \"w\"}" },
    { "x|expand: '\\%plain%Two%'", "x{\"%plainx\" | \"%plainy\" | \"%plainz\"}" },
    { "x|expand: '100% of %'", "x{\"100% of %\"}" },
    { "x|expand: '%%'", "x{\"%%\"}" },
    { "x|expand|cidr: '%Nets%'", "x{cidr 10.0.0.0/104 | cidr 192.0.2.0/120}" },
    { "x|expand|base64: '%Two%'", "x{\"eA==\" | \"eQ==\" | \"eg==\"}" },
    { "x: '%Two%'", "x{\"%Two%\"}" },
    { "x|expand: '%two%'", "r.yml:5: there is no list for %two% (rules.sigma-lists)\n" },
    { "x|expand: '%Empty%'", "r.yml:5: the list for %Empty% is empty\n" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *made = expanded (cases[i].item);
      ck_assert_msg (strcmp (made, cases[i].tree) == 0, "%s\n  is   %s\n  not  %s", cases[i].item,
                     made, cases[i].tree);
    }
}
END_TEST

START_TEST (test_expand_bounds)
{
  g_autoptr (Reading) reading = reading_new ();
  g_autoptr (GString) many = g_string_new (NULL);
  for (int i = 0; i < 300; i++)
    g_string_append_printf (many, "value-%d\n", i);
  add_list (reading, "Many.txt", many->str, true);
  reading_add (reading, "r.yml",
               "title: t\nlogsource: {category: c}\ndetection:\n  a:\n"
               "    x|expand: '%Many%%Many%'\n  condition: a\n");
  says (reading, "r.yml:5: a value of \"x|expand\" has too many forms\n");
}
END_TEST

START_TEST (test_lists_refused)
{
  g_autoptr (Reading) reading = reading_new ();
  add_list (reading, "/l/A.txt", "a\n\xff\n", false);
  says (reading, "/l/A.txt:2: the line is no UTF-8 text, or too long\n");
  ck_assert_ptr_null (sk_sigma_lists_get (reading->lists, "A"));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("sigma-join");
  TCase *tcase = tcase_create ("join");
  tcase_add_test (tcase, test_meta);
  tcase_add_test (tcase, test_meta_absent);
  tcase_add_test (tcase, test_finding);
  tcase_add_test (tcase, test_documents);
  tcase_add_test (tcase, test_doubles);
  tcase_add_test (tcase, test_collection);
  tcase_add_test (tcase, test_collection_mistakes);
  tcase_add_test (tcase, test_correlations);
  tcase_add_test (tcase, test_silent);
  tcase_add_test (tcase, test_correlations_left_out);
  tcase_add_test (tcase, test_correlation_levels);
  tcase_add_test (tcase, test_correlations_refused);
  tcase_add_test (tcase, test_filters);
  tcase_add_test (tcase, test_filters_that_do_not_fit);
  tcase_add_test (tcase, test_filters_that_are_too_large);
  tcase_add_test (tcase, test_filters_refused);
  tcase_add_test (tcase, test_expand);
  tcase_add_test (tcase, test_expand_bounds);
  tcase_add_test (tcase, test_lists_refused);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
