/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which rules a record meets, what a process can know of it, and what others
 * ask of a set of rules.
 */
#include "config.h"

#include "base/error.h"
#include "match-world.h"
#include "sk-test.h"

#define N(list) (sizeof (list) / sizeof (list)[0])
#define RULE(title, source, detection)                                                             \
  "title: " title "\nname: " title "\nlogsource: {" source "}\ndetection:\n  s: {" detection "}\n" \
  "  condition: s\n"

static void
expect (const World *world, const char *kind, uint32_t rule, SkSigmaTruth truth,
        const Field *fields, size_t n)
{
  SkSigmaTruth got = world_match (world, kind, rule, fields, n);
  ck_assert_msg (got == truth, "rule %u: %d", rule, (int) got);
}

#define EXPECT(world, kind, rule, truth, ...)                                                      \
  do                                                                                               \
    {                                                                                              \
      const Field fields_[] = { __VA_ARGS__ };                                                     \
      expect (world, kind, rule, truth, fields_, N (fields_));                                     \
    }                                                                                              \
  while (0)

/* ---- logsources ---- */

static const char windows_table[]
    = "sources:\n"
      "  - logsource: {product: windows, category: process_creation}\n"
      "    kind: log.json\n"
      "    when: {Channel: Sysmon/Op, EventID: 1}\n"
      "  - {logsource: {product: windows, service: sysmon}, kind: log.json, when: {Channel: Sysmon/Op}}\n"
      "  - logsource: {product: windows, category: process_creation}\n"
      "    kind: log.json\n"
      "    when: {Channel: Security, EventID: [4688, 4689]}\n"
      "    fields: {Image: NewProcessName, ProcessId: NewProcessId}\n"
      "  - {logsource: {product: linux}, kind: log.json, when: other}\n"
      "fields:\n"
      "  log.json: {EventID: [E.System.EventID, event.code]}\n"
      "prefixes:\n"
      "  log.json: [E.Data., E.System.]\n"
      "default: {kind: log.json}\n";

enum { CREATION, SYSMON, WINDOWS, LINUX, UNKNOWN, CREATOR };

static const char windows_rules[]
    = RULE ("creation", "product: windows, category: process_creation", "Image|endswith: '\\x.exe'")
    "---\n" RULE ("sysmon", "product: windows, service: sysmon", "Image|endswith: '\\x.exe'")
    "---\n" RULE ("windows", "product: windows", "Image|endswith: '\\x.exe'")
    "---\n" RULE ("linux", "product: linux", "Image|endswith: '\\x.exe'")
    "---\n" RULE ("unknown", "product: nowhere", "Image|endswith: '\\x.exe'")
    "---\n" RULE ("creator", "category: process_creation", "ProcessId: 17");

static void
expect_only (const World *world, unsigned rules, const Field *fields, size_t n)
{
  for (uint32_t i = CREATION; i <= CREATOR; i++)
    expect (world, "log.json", i, (rules >> i & 1) != 0 ? SK_SIGMA_TRUE : SK_SIGMA_FALSE, fields, n);
}

#define ONLY(rules, ...)                                                                           \
  do                                                                                               \
    {                                                                                              \
      const Field fields_[] = { __VA_ARGS__ };                                                     \
      expect_only (world, rules, fields_, N (fields_));                                            \
    }                                                                                              \
  while (0)

START_TEST (logsources)
{
  g_autoptr (World) world = world_new (windows_table, windows_rules, true, NULL);
  ck_assert (world->good);
  /* both entries of the channel; the channel's name in any case, the number as text */
  ONLY (1 << CREATION | 1 << SYSMON | 1 << WINDOWS | 1 << CREATOR,
        TEXT ("E.System.Channel", "SYSMON/op"), TEXT ("event.code", "1"),
        JSON ("E.Data.Image", "C:\\\\X.exe"), INT ("E.Data.ProcessId", 17));
  ONLY (1 << SYSMON | 1 << WINDOWS, TEXT ("Channel", "Sysmon/Op"), INT ("E.System.EventID", 11),
        TEXT ("Image", "C:\\X.exe"), INT ("E.Data.ProcessId", 17));
  /* where the entry names the field, its usual name is something else */
  ONLY (1 << CREATION | 1 << WINDOWS | 1 << CREATOR, TEXT ("Channel", "security"),
        INT ("EventID", 4689), TEXT ("E.Data.NewProcessName", "C:\\X.exe"),
        INT ("E.Data.NewProcessId", 17));
  ONLY (0, TEXT ("Channel", "Security"), INT ("EventID", 4688), TEXT ("Image", "C:\\X.exe"),
        INT ("E.Data.ProcessId", 17));
  /* a foreign event of the same number, and one of a known channel, are not Windows' */
  ONLY (1 << LINUX | 1 << UNKNOWN, TEXT ("Channel", "Sysmon/Opx"), INT ("EventID", 1),
        TEXT ("Image", "C:\\X.exe"));
  ONLY (0, TEXT ("Channel", "Security"), INT ("EventID", 1), TEXT ("Imagex", "C:\\X.exe"));
  const SkSigmaCount *count = sk_sigma_scan_count (world->scan);
  ck_assert_uint_eq (count->records, 6 * 6);
  ck_assert_uint_eq (count->applicable, 6 * 6);
}
END_TEST

/* ---- what is known later ---- */

START_TEST (unknown_fields_may_be)
{
  static const char rules[]
      = RULE ("root", "category: file", "file.root: /a, file.size|gt: 10")
      "---\ntitle: either\nname: either\nlogsource: {category: file}\ndetection:\n"
      "  s: {file.root: /a}\n  t: {file.path: p}\n  condition: s or t\n"
      "---\ntitle: without\nname: without\nlogsource: {category: file}\ndetection:\n"
      "  s: {file.path: p}\n  t: {file.root: /a}\n  condition: s and not t\n"
      "---\n" RULE ("partner", "product: test", "partner.known: true")
      "---\n" RULE ("known", "category: file", "file.path: p");
  g_autoptr (World) world = world_new (NULL, rules, true, NULL);
  EXPECT (world, "file", 0, SK_SIGMA_MAYBE, INT ("file.size", 11));
  EXPECT (world, "file", 0, SK_SIGMA_FALSE, INT ("file.size", 10));
  EXPECT (world, "file", 1, SK_SIGMA_TRUE, TEXT ("file.path", "p"));
  EXPECT (world, "file", 1, SK_SIGMA_MAYBE, TEXT ("file.path", "q"));
  EXPECT (world, "file", 2, SK_SIGMA_MAYBE, TEXT ("file.path", "p"));
  EXPECT (world, "file", 2, SK_SIGMA_FALSE, TEXT ("file.path", "q"));
  EXPECT (world, "log.json", 3, SK_SIGMA_MAYBE, TEXT ("x", "y"));
  EXPECT (world, "file", 4, SK_SIGMA_TRUE, TEXT ("file.path", "p"));

  /* the supervisor knows them */
  const Field there[] = { TEXT ("file.path", "p"), TEXT ("file.root", "/a") };
  uint32_t kind = sk_sigma_kind (world->twin, "file");
  g_autofree SkSigmaValue *values = world_values (world->twin, kind, there, 2);
  SkSigmaRecord record = { kind, values, 2 };
  ck_assert_int_eq (sk_sigma_judge (world->twin_scan, &record, 2), SK_SIGMA_FALSE);
  record.n_values = 1;
  ck_assert_int_eq (sk_sigma_judge (world->twin_scan, &record, 2), SK_SIGMA_TRUE);
  ck_assert_int_eq (sk_sigma_judge (world->twin_scan, &record, 1), SK_SIGMA_TRUE);

  for (uint32_t i = 0; i < 5; i++)
    {
      int64_t want = sk_sigma_want_of (world->sigma, i);
      ck_assert_int_eq (want, sk_sigma_want_of (world->twin, i));
      ck_assert_int_eq (want, i < 4 ? (int64_t) i : -1);
      if (want >= 0)
        ck_assert (sk_sigma_want (world->sigma, (size_t) want)->again);
    }
}
END_TEST

/* ---- what is left out ---- */

START_TEST (rules_without_their_fields_are_left_out)
{
  static const char rules[]
      = RULE ("unknown-field", "category: file", "file.colour: red")
      "---\n" RULE ("other-field", "category: file", "file.path|fieldref: file.colour")
      "---\n" RULE ("good", "category: file", "file.path: p")
      "---\n" RULE ("idle", "category: file, product: x", "a: b")
      "---\ntitle: group\nname: group\ncorrelation:\n  type: event_count\n  rules: unknown-field\n"
      "  timespan: 1m\n  condition: {gte: 2}\n"
      "---\ntitle: good-group\nname: good-group\ncorrelation:\n  type: event_count\n  rules: good\n"
      "  timespan: 1m\n  condition: {gte: 2}\n";
  g_autoptr (World) world = world_new (NULL, rules, false, NULL);
  uint32_t base;
  ck_assert (world->good);
  ck_assert_uint_eq (sk_sigma_count (world->sigma), 3);
  ck_assert_uint_eq (sk_sigma_count (world->twin), 3);
  ck_assert_uint_eq (world_problems (world, "\"file.colour\""), 2);
  ck_assert_uint_eq (world_problems (world, "sigma: "), 3);
  ck_assert (sk_sigma_base (world->catalogue, &base));
  ck_assert_uint_eq (base, 0);
  ck_assert_str_eq (sk_catalogue_rule (world->catalogue, 0)->plugin, "sigma");
  ck_assert_str_eq (sk_sigma_rule (world->sigma, 0)->name, "good");
  ck_assert_str_eq (sk_sigma_rule (world->sigma, 2)->name, "good-group");
  /* numbers in correlations are those that are left */
  ck_assert_uint_eq (sk_sigma_rule (world->sigma, 2)->correlation->rule_index[0], 0);
  ck_assert_ptr_null (sk_sigma_idle (world->sigma, 0));
  g_autoptr (World) strict = world_new (NULL, rules, true, NULL);
  ck_assert (!strict->good);
  ck_assert_uint_gt (sk_catalogue_count (strict->catalogue, SK_PROBLEM_ERROR), 0);
}
END_TEST

START_TEST (rules_whose_records_nobody_makes_are_idle)
{
  static const char table[] = "sources:\n  - {logsource: {product: ghost}, kind: ghost.log}\n";
  static const char rules[]
      = RULE ("ghost", "product: ghost", "a: b") "---\n" RULE ("lost", "product: lost", "a: b");
  g_autoptr (World) world = world_new (table, rules, true, NULL);
  ck_assert (world->good);
  ck_assert_str_eq (sk_sigma_idle (world->sigma, 0), "no record of product ghost is made");
  ck_assert_str_eq (sk_sigma_idle (world->sigma, 1), "no record of product lost is made");
  ck_assert_uint_eq (sk_sigma_kind (world->sigma, "log.json"), SK_SIGMA_NO_KIND);
}
END_TEST

START_TEST (a_foreign_catalogue_is_refused)
{
  g_autoptr (World) world
      = world_new (NULL, RULE ("one", "product: test", "a: b"), true, NULL);
  static const char *const later[] = { NULL };
  SkSigmaSettings settings = { later, true, NULL };
  g_autoptr (GError) error = NULL;
  SkRule *rule = &g_array_index (world->catalogue->rules, SkRule, 0);
  g_free (rule->id);
  rule->id = g_strdup ("sigma.two");
  ck_assert_ptr_null (sk_sigma_new_twin (&settings, world->bundle, world->catalogue, &error));
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_PROTOCOL));
}
END_TEST

/* ---- values and evidence ---- */

static void
append_value (void *data, const SkSigmaValue *value)
{
  g_string_append_printf (data, "[%.*s]", (int) value->value.text.size,
                          (const char *) value->value.text.data);
}

static const char shown_rules[]
    = "title: one\nname: one\nlogsource: {product: test}\nfields: [User, Gone]\n"
      "detection:\n  s: {a|contains: x}\n  condition: s\n"
      "---\ntitle: two\nname: two\nlogsource: {product: test}\n"
      "detection:\n  s: {a|contains: x}\n  t: {b: y}\n  condition: s and not t\n"
      "---\ntitle: pair\nname: pair\ncorrelation:\n  type: temporal\n  rules: [one, two]\n"
      "  group-by: [who, Host]\n  timespan: 1m\n"
      "  aliases: {who: {one: User, two: Account}}\n";

START_TEST (values_of_a_rule)
{
  g_autoptr (World) world = world_new (NULL, shown_rules, true, NULL);
  const Field fields[] = { TEXT ("User", "u1"), TEXT ("Account", "a1"), TEXT ("a", "x"),
                           TEXT ("User", "u2"), TEXT ("Host", "h") };
  uint32_t kind = sk_sigma_kind (world->sigma, "log.json");
  ck_assert_uint_eq (sk_sigma_count (world->sigma), 3);
  g_autofree SkSigmaValue *values = world_values (world->sigma, kind, fields, N (fields));
  SkSigmaRecord record = { kind, values, N (fields) };
  g_autoptr (GString) text = g_string_new (NULL);
  sk_sigma_values (world->scan, &record, 0, "User", append_value, text);
  sk_sigma_values (world->scan, &record, 1, "Account", append_value, text);
  sk_sigma_values (world->scan, &record, 0, "Host", append_value, text);
  sk_sigma_values (world->scan, &record, 0, "who", append_value, text);
  sk_sigma_values (world->scan, &record, 0, "unheard of", append_value, text);
  ck_assert_str_eq (text->str, "[u1][u2][a1][h]");
  const SkSigmaWant *want = sk_sigma_want (world->sigma, (size_t) sk_sigma_want_of (world->sigma, 1));
  ck_assert (!want->again);
  ck_assert (g_strv_contains (want->fields, "Account"));
  ck_assert (g_strv_contains (want->fields, "Host"));
  ck_assert (!g_strv_contains (want->fields, "User"));
}
END_TEST

/* Each of the upper correlations leads to every lower one in as many ways as there are paths. */
START_TEST (many_ways_between_correlations)
{
  g_autoptr (GString) text = g_string_new ("title: w\nname: l0a\nlogsource: {product: test}\n"
                                           "detection: {s: {a: x}, condition: s}\n");
  for (int level = 1; level <= 14; level++)
    for (char c = 'a'; c <= 'h'; c++)
      {
        g_string_append_printf (text, "---\ntitle: w\nname: l%d%c\ncorrelation:\n  type: temporal\n"
                                "  timespan: 1s\n  group-by: [Host]\n  rules: [", level, c);
        for (char below = 'a'; below <= (level > 1 ? 'h' : 'a'); below++)
          g_string_append_printf (text, "%sl%d%c", below > 'a' ? ", " : "", level - 1, below);
        g_string_append (text, "]\n");
      }
  g_autoptr (World) world = world_new (NULL, text->str, true, NULL);
  ck_assert_uint_eq (sk_sigma_count (world->sigma), 1 + 14 * 8);
  const SkSigmaWant *want = sk_sigma_want (world->sigma, (size_t) sk_sigma_want_of (world->sigma, 0));
  ck_assert (g_strv_contains (want->fields, "Host"));
}
END_TEST

/* What one correlation calls a field is no name of it for another one. */
START_TEST (an_alias_is_its_own_correlations)
{
  static const char rules[]
      = "title: one\nname: one\nlogsource: {product: test}\n"
        "detection: {s: {a: x}, condition: s}\n"
        "---\ntitle: plain\nname: plain\ncorrelation:\n  type: event_count\n  rules: [one]\n"
        "  group-by: [User]\n  timespan: 1m\n  condition: {gte: 2}\n"
        "---\ntitle: other\nname: other\ncorrelation:\n  type: event_count\n  rules: [one]\n"
        "  group-by: [User]\n  timespan: 1m\n  condition: {gte: 2}\n"
        "  aliases: {User: {one: TargetUser}}\n";
  g_autoptr (World) world = world_new (NULL, rules, true, NULL);
  const Field fields[] = { TEXT ("a", "x"), TEXT ("User", "u"), TEXT ("TargetUser", "t") };
  uint32_t kind = sk_sigma_kind (world->sigma, "log.json");
  g_autofree SkSigmaValue *values = world_values (world->sigma, kind, fields, N (fields));
  SkSigmaRecord record = { kind, values, N (fields) };
  g_autoptr (GString) text = g_string_new (NULL);
  sk_sigma_values (world->scan, &record, 0, "User", append_value, text);
  ck_assert_str_eq (text->str, "[u]");
}
END_TEST

START_TEST (evidence_for_people)
{
  g_autoptr (World) world = world_new (NULL, shown_rules, true, NULL);
  uint32_t kind = sk_sigma_kind (world->sigma, "log.json");
  g_autofree char *text = g_strnfill (200, 'x');
  const Field fields[] = { { "a", SK_FIELD_STRING, false, text, 200, 0, false },
                           JSON ("User", "D\\\\u\\u00e9"), TEXT ("c", "not named") };
  g_autofree SkSigmaValue *values = world_values (world->sigma, kind, fields, N (fields));
  SkSigmaRecord record = { kind, values, N (fields) };
  g_autofree char *one = sk_sigma_evidence (world->scan, &record, 0);
  ck_assert_str_eq (one, "User=D\\ué");
  g_autofree char *two = sk_sigma_evidence (world->scan, &record, 1);
  g_autofree char *wanted = g_strdup_printf ("a=%.120s…", text);
  ck_assert_str_eq (two, wanted);
}
END_TEST

START_TEST (names_of_fields)
{
  g_autoptr (World) world = world_new (windows_table, windows_rules, true, NULL);
  uint32_t kind = sk_sigma_kind (world->sigma, "log.json");
  uint32_t image = sk_sigma_field (world->sigma, kind, sk_span_of_text ("E.Data.Image"));
  ck_assert_uint_ne (image, SK_SIGMA_NO_FIELD);
  ck_assert_uint_ne (image, sk_sigma_field (world->sigma, kind, sk_span_of_text ("Image")));
  ck_assert_uint_eq (sk_sigma_field (world->sigma, kind, sk_span_of_text ("E.Data.image")),
                     SK_SIGMA_NO_FIELD);
  ck_assert_uint_eq (sk_sigma_field (world->sigma, kind, sk_span_of_text ("")), SK_SIGMA_NO_FIELD);
  ck_assert_uint_eq (sk_sigma_field (world->sigma, kind, (SkSpan){ (const uint8_t *) "Image\0", 6 }),
                     SK_SIGMA_NO_FIELD);
  ck_assert (!sk_sigma_wants_all (world->sigma, kind));
  ck_assert_uint_eq (sk_sigma_kind_rules (world->sigma, kind), 6);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("sigma-set");
  TCase *tests = tcase_create ("set");
  tcase_add_test (tests, logsources);
  tcase_add_test (tests, unknown_fields_may_be);
  tcase_add_test (tests, rules_without_their_fields_are_left_out);
  tcase_add_test (tests, rules_whose_records_nobody_makes_are_idle);
  tcase_add_test (tests, a_foreign_catalogue_is_refused);
  tcase_add_test (tests, values_of_a_rule);
  tcase_add_test (tests, many_ways_between_correlations);
  tcase_add_test (tests, an_alias_is_its_own_correlations);
  tcase_add_test (tests, evidence_for_people);
  tcase_add_test (tests, names_of_fields);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
