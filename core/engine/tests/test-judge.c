/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sigma rules over records in a walk: what becomes a finding, what goes up to
 * be judged again or correlated, and what it costs when everything matches.
 */
#include "config.h"

#include "engine-test.h"

#include <string.h>

static Bench bench;

static const char table[] = "sources:\n"
                            "  - {logsource: {category: open}, kind: lines.open}\n"
                            "  - {logsource: {category: closed}, kind: lines.closed}\n"
                            "  - {logsource: {category: both}, kind: [lines.open, lines.closed]}\n"
                            "  - {logsource: {category: object}, kind: object}\n"
                            "  - {logsource: {category: file}, kind: file}\n";

static void
start (void)
{
  bench_init (&bench, "script,lines");
  bench_source (&bench, "logsource-table", "/t/table.yml", table);
}

static void
stop (void)
{
  bench_clear (&bench);
}

/** Adds a rule of level high; `detection` in YAML's flow form. */
static void
rule (const char *name, const char *category, const char *detection)
{
  g_autofree char *path = g_strdup_printf ("/t/%s.yml", name);
  g_autofree char *text = g_strdup_printf ("title: Rule %s\n"
                                           "name: %s\n"
                                           "level: high\n"
                                           "logsource: {category: %s}\n"
                                           "detection: %s\n",
                                           name, name, category, detection);
  bench_source (&bench, "sigma", path, text);
}

static void
begin (void)
{
  bench_start (&bench);
  for (guint i = 0; i < bench.catalogue->problems->len; i++)
    {
      g_autofree char *text
          = sk_problem_text (&g_array_index (bench.catalogue->problems, SkProblem, i));
      ck_abort_msg ("%s", text);
    }
}

static SkReply *
run_lines (const char *lines)
{
  g_autofree char *bytes = g_strconcat ("LINES\n", lines, NULL);
  return bench_run (&bench, sk_span_of_text (bytes));
}

static void
assert_found (const char *lines, const char *wanted)
{
  g_autoptr (SkReply) reply = run_lines (lines);
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, wanted);
}

static void
assert_sent (const char *wanted)
{
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent, wanted);
}

/* ---- findings ---- */

START_TEST (a_hit_names_its_record)
{
  rule ("test.line.net", "open", "{s: {Image|endswith: '\\net.exe'}, condition: s}");
  begin ();
  assert_found ("open 77 Image=C:\\net.exe\nopen 78 Image=C:\\dotnet.exe\nopen 79 Other=C:\\net.exe\n",
                "test.line.net job @6 at 77: Image=C:\\net.exe\n");
  assert_sent ("");
}
END_TEST

START_TEST (declared_fields_are_judged)
{
  rule ("test.line.host", "both", "{s: {Host: web1, Number|gte: 5}, condition: s}");
  begin ();
  assert_found ("closed 1 Host=WEB1 n:Number=5\nclosed 2 Host=web1 n:Number=4\nopen 3 Host=web1 n:Number=6\n"
                "closed 4 Host=web1 n:Number=9 n:Number=1\n",
                "test.line.host job @6 at 1: Host=WEB1, Number=5\n"
                "test.line.host job @66 at 3: Host=web1, Number=6\n");
}
END_TEST

START_TEST (any_value_of_a_list_will_do)
{
  rule ("test.line.tag", "open", "{s: {Tags: two, x: '2'}, condition: s}");
  begin ();
  assert_found ("open 0 Tags=one Tags=two x=1 n:x=2\nopen 0 Tags=one x=2\n",
                "test.line.tag job @6: Tags=one, Tags=two, x=1, x=2\n");
}
END_TEST

START_TEST (json_is_judged_undone)
{
  rule ("test.line.net", "open", "{s: {Image|endswith: '\\net.exe'}, condition: s}");
  begin ();
  assert_found ("open 0 j:Image=C:\\\\net.exe\nopen 0 j:Image=C:\\u005cn\\u0065t.exe\n"
                "open 0 j:Image=C:\\net.exe\n",
                "test.line.net job @6: Image=C:\\net.exe\ntest.line.net job @33: Image=C:\\net.exe\n");
}
END_TEST

START_TEST (words_are_looked_for_in_every_value)
{
  rule ("test.line.word", "open", "{keywords: [evil word], condition: keywords}");
  begin ();
  g_autoptr (SkReply) reply
      = run_lines ("look open any\nlook closed any\nopen 0 any.thing=an+evil+word+here\nopen 0 any=evil\n");
  g_autofree char *text = bench_text (&bench, reply);
  assert_line (text, "lines.said job: any looked at");
  assert_line (text, "lines.said job: any ignored");
  ck_assert_ptr_nonnull (strstr (text, "test.line.word job @36: "));
  ck_assert_ptr_null (strstr (text, "@71"));
}
END_TEST

START_TEST (only_fields_of_rules_are_looked_at)
{
  rule ("test.line.net", "open", "{s: {Image: x}, condition: s}");
  begin ();
  assert_found ("look open Image\nlook open image\nlook open Host\nlook closed Host\n",
                "lines.said job: Image looked at\nlines.said job: image ignored\n"
                "lines.said job: Host ignored x2\n");
}
END_TEST

START_TEST (records_are_counted_by_kind)
{
  rule ("test.line.net", "open", "{s: {Image: x}, condition: s}");
  begin ();
  g_autoptr (SkReply) reply = run_lines ("open 0 Image=y\nopen 0 Image=x\nclosed 0 Host=h\n");
  g_autofree char *kinds = bench_kinds (reply);
  ck_assert_str_eq (kinds, "lines.open 2 2\nlines.closed 1 0\n");
}
END_TEST

START_TEST (subscribers_and_rules_see_the_same)
{
  rule ("test.line.net", "open", "{s: {Image: x}, condition: s}");
  bench_subscribe (&bench, "*", NULL);
  bench_subscribe (&bench, "lines.open", "Other,Image");
  begin ();
  g_autoptr (SkReply) reply = run_lines ("open 5 Image=x Other=o Third=t\n");
  g_autofree char *text = bench_text (&bench, reply), *first = bench_record (&bench, 0),
                  *second = bench_record (&bench, 1);
  ck_assert_str_eq (text, "test.line.net job @6 at 5: Image=x\n");
  ck_assert_str_eq (first, "0 lines.open 6 5 [] Image=x Other=o Third=t");
  ck_assert_str_eq (second, "1 lines.open 6 5 [] Image=x Other=o");
}
END_TEST

START_TEST (all_that_match_cost_little)
{
  rule ("test.line.net", "open", "{s: {Image: x}, condition: s}");
  begin ();
  g_autoptr (SkReply) reply = run_lines ("repeat 1000000 open 1 Image=x\n");
  ck_assert_uint_eq (reply->finding_list->len, SK_MAX_RECORD_FINDINGS_PER_RULE);
  ck_assert_uint_eq (reply->findings_dropped, 1000000 - SK_MAX_RECORD_FINDINGS_PER_RULE);
  const SkReplyFinding *last
      = &g_array_index (reply->finding_list, SkReplyFinding, SK_MAX_RECORD_FINDINGS_PER_RULE - 1);
  ck_assert_uint_eq (last->record, 6 + SK_MAX_RECORD_FINDINGS_PER_RULE - 1);
  ck_assert_int_eq (last->level, SK_LEVEL_HIGH);
  g_autofree char *kinds = bench_kinds (reply);
  ck_assert_str_eq (kinds, "lines.open 1000000 1000000\n");
}
END_TEST

START_TEST (graver_findings_find_room)
{
  for (int i = 0; i < SK_MAX_FINDINGS / SK_MAX_FINDINGS_PER_RULE + 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("test.line.r%d", i);
      rule (name, "open", "{s: {Image: x}, condition: s}");
    }
  begin ();
  g_autoptr (SkReply) reply = run_lines ("repeat 30 open 1 Image=x\n");
  ck_assert_uint_eq (reply->finding_list->len, SK_MAX_FINDINGS);
  ck_assert_uint_eq (reply->findings_dropped, 60 * 30 - SK_MAX_FINDINGS);
}
END_TEST

START_TEST (an_expression_given_up_is_told_once)
{
  rule ("test.line.slow", "open", "{s: {Image|re: '^(a|aa|aaa)+$'}, condition: s}");
  begin ();
  g_autofree char *many = g_strnfill (60, 'a');
  g_autofree char *lines = g_strdup_printf ("open 0 Image=%sb\nopen 0 Image=%sb\n", many, many);
  assert_found (lines, "not-inspected.rules job: test.line.slow: an expression was given up after "
                       "100000 steps on a record\n");
  assert_found ("open 0 Image=aab\n", "");
  assert_found (lines, "not-inspected.rules job: test.line.slow: an expression was given up after "
                       "100000 steps on a record\n");
}
END_TEST

/* ---- objects and files ---- */

START_TEST (facts_are_fields)
{
  rule ("test.object.fact", "object",
        "{s: {script.number|gt: 3, script.list: two, object.depth: 1}, condition: s}");
  begin ();
  g_autofree char *child = child_line ("o", 1, "c", "i:number 4\ni:list one\ni:list two\n");
  g_autofree char *other = child_line ("o", 2, "d", "i:number 3\ni:list two\n");
  g_autofree char *script = g_strconcat (child, other, "i:number 5\ni:list two\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "test.object.fact job/c: script.number=4, script.list=one, script.list=two, "
                          "object.depth=1\n");
}
END_TEST

START_TEST (rules_build_on_findings)
{
  rule ("test.file.first", "file", "{s: {script.text: bad}, condition: s}");
  rule ("test.object.second", "object", "{s: {finding.id: test.file.first}, condition: s}");
  rule ("test.object.third", "object",
        "{s: {root.finding|all: [test.file.first, test.object.second]}, condition: s}");
  begin ();
  g_autofree char *child = child_line ("o", 1, "c", "i:text bad\n");
  g_autofree char *text = bench_script (&bench, child);
  assert_line (text, "test.file.first job/c: script.text=bad");
  ck_assert_ptr_nonnull (strstr (text, "test.object.second job/c: "));
  ck_assert_ptr_nonnull (strstr (text, "test.object.third job: "));
  ck_assert_ptr_null (strstr (text, "test.object.third job/c"));
}
END_TEST

START_TEST (an_absent_field_is_null)
{
  rule ("test.file.bare", "file", "{s: {file.extension: null}, condition: s}");
  begin ();
  g_autofree char *script = g_strdup ("o:slice 1 a.txt 0 0\no:slice 2 README 0 0\n");
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_ptr_nonnull (strstr (text, "test.file.bare job/README"));
  ck_assert_ptr_nonnull (strstr (text, "test.file.bare job:"));
  ck_assert_ptr_null (strstr (text, "a.txt"));
}
END_TEST

/* ---- what goes up ---- */

START_TEST (what_only_the_supervisor_knows_goes_up)
{
  rule ("test.file.hidden", "file",
        "{s: {file.extension: exe, file.attributes: hidden}, condition: s}");
  bench_subscribe (&bench, "lines.open", NULL);
  bench.job.path = "d/a.exe";
  begin ();
  g_autofree char *text = bench_script (&bench, "o:slice 1 b.exe 0 0\no:slice 2 c.txt 0 0\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (text, "");
  ck_assert_ptr_nonnull (strstr (sent, "1 file 0 0 [/script:1]"));
  ck_assert_ptr_nonnull (strstr (sent, "1 file 0 0 []"));
  ck_assert_ptr_nonnull (strstr (sent, "file.extension=exe"));
  ck_assert_ptr_null (strstr (sent, "[/script:2]"));
  ck_assert_ptr_null (strstr (sent, "file.size"));
}
END_TEST

START_TEST (what_is_correlated_goes_up_cut)
{
  bench_source (&bench, "sigma", "/t/many.yml",
                "title: One\nname: test.line.one\nlevel: low\nlogsource: {category: open}\n"
                "detection: {s: {Event: login}, condition: s}\n"
                "---\n"
                "title: Many\nname: test.line.many\nlevel: high\n"
                "correlation: {type: event_count, rules: [test.line.one], group-by: [User], timespan: 1m, "
                "condition: {gte: 3}}\n");
  begin ();
  assert_found ("open 5 Event=login User=u Other=o\nopen 6 Event=logout User=u\nopen 7 Event=login User=v "
                "j:User=\\u0077\n",
                "");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_uint_eq (bench.records->len, 2);
  ck_assert (g_str_has_prefix (sent, "0 lines.open 6 5 []"));
  ck_assert_ptr_nonnull (strstr (sent, "User=u"));
  ck_assert_ptr_nonnull (strstr (sent, "User=v User=w"));
  ck_assert_ptr_null (strstr (sent, "Other"));
}
END_TEST

START_TEST (what_generates_is_found_and_goes_up)
{
  bench_source (&bench, "sigma", "/t/many.yml",
                "title: One\nname: test.line.one\nlevel: low\nlogsource: {category: both}\n"
                "detection: {s: {Host: h}, condition: s}\n"
                "---\n"
                "title: Many\nname: test.line.many\nlevel: high\n"
                "correlation: {type: event_count, rules: [test.line.one], group-by: [Host], timespan: 1m, "
                "generate: true, condition: {gte: 3}}\n");
  begin ();
  assert_found ("closed 5 Host=h n:Number=4\n", "test.line.one job @6 at 5: Host=h\n");
  assert_sent ("0 lines.closed 6 5 [] Host=h\n");
}
END_TEST

START_TEST (a_rule_of_a_partner_is_never_found_here)
{
  rule ("test.line.partner", "open", "{s: {Host: h}, p: {partner.name: bank}, condition: s and not p}");
  begin ();
  assert_found ("open 5 Host=h x=y\nopen 6 Host=i\n", "");
  assert_sent ("0 lines.open 6 5 [] Host=h\n");
}
END_TEST

/* ---- the start ---- */

static const char unknown[] = "title: T\nname: test.file.unknown\nlogsource: {category: file}\n"
                              "detection: {s: {file.colour: red}, condition: s}\n";

START_TEST (a_rule_of_an_unknown_field_is_left_out)
{
  bench_source (&bench, "sigma", "/t/unknown.yml", unknown);
  bench_start (&bench);
  ck_assert_uint_eq (sk_catalogue_count (bench.catalogue, SK_PROBLEM_LEFT_OUT), 1);
  g_autofree char *text
      = sk_problem_text (&g_array_index (bench.catalogue->problems, SkProblem, 0));
  ck_assert (g_str_has_prefix (text, "/t/unknown.yml:"));
  ck_assert_ptr_nonnull (strstr (text, "file.colour"));
}
END_TEST

START_TEST (a_strict_start_refuses_it)
{
  g_autoptr (GError) error = NULL;
  bench_source (&bench, "sigma", "/t/unknown.yml", unknown);
  bench.settings.strict = true;
  bench.engine = sk_engine_new (&bench.settings, bench.bundle, &bench.catalogue, &error);
  ck_assert_ptr_null (bench.engine);
  ck_assert_ptr_nonnull (strstr (error->message, "file.colour"));
}
END_TEST

START_TEST (rules_follow_those_of_plugins)
{
  rule ("test.line.net", "open", "{s: {Image: x}, condition: s}");
  begin ();
  uint32_t base;
  ck_assert (sk_sigma_base (bench.catalogue, &base));
  ck_assert_str_eq (sk_catalogue_rule (bench.catalogue, base)->id, "test.line.net");
  ck_assert_str_eq (sk_catalogue_rule (bench.catalogue, base - 1)->id, "lines.said");
  ck_assert_str_eq (sk_sigma_rule (sk_engine_sigma (bench.engine), 0)->finding, "test.line.net");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("judge");
  TCase *found = tcase_create ("found");
  tcase_add_checked_fixture (found, start, stop);
  tcase_add_test (found, a_hit_names_its_record);
  tcase_add_test (found, declared_fields_are_judged);
  tcase_add_test (found, any_value_of_a_list_will_do);
  tcase_add_test (found, json_is_judged_undone);
  tcase_add_test (found, words_are_looked_for_in_every_value);
  tcase_add_test (found, only_fields_of_rules_are_looked_at);
  tcase_add_test (found, records_are_counted_by_kind);
  tcase_add_test (found, subscribers_and_rules_see_the_same);
  tcase_add_test (found, all_that_match_cost_little);
  tcase_add_test (found, graver_findings_find_room);
  tcase_add_test (found, an_expression_given_up_is_told_once);
  tcase_add_test (found, facts_are_fields);
  tcase_add_test (found, rules_build_on_findings);
  tcase_add_test (found, an_absent_field_is_null);
  suite_add_tcase (suite, found);
  TCase *sent = tcase_create ("sent");
  tcase_add_checked_fixture (sent, start, stop);
  tcase_add_test (sent, what_only_the_supervisor_knows_goes_up);
  tcase_add_test (sent, what_is_correlated_goes_up_cut);
  tcase_add_test (sent, what_generates_is_found_and_goes_up);
  tcase_add_test (sent, a_rule_of_a_partner_is_never_found_here);
  tcase_add_test (sent, a_rule_of_an_unknown_field_is_left_out);
  tcase_add_test (sent, a_strict_start_refuses_it);
  tcase_add_test (sent, rules_follow_those_of_plugins);
  suite_add_tcase (suite, sent);
  return sk_test_main (suite);
}
