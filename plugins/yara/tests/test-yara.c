/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rule sources to findings: files, includes, namespaces, variables, meta.
 */
#include "config.h"

#include "sk-test.h"
#include "yara-host.h"

#include <string.h>

/** libyara loses the name of a file that includes itself: not ours, once a start. Asked by
 * LeakSanitizer where the test is built with it. */
const char *__lsan_default_suppressions (void);
const char *
__lsan_default_suppressions (void)
{
  return "leak:libyara.so";
}

#define JUDGE(host, text) host_judge (host, text, strlen (text))

static void
assert_has (const char *text, const char *part)
{
  ck_assert_msg (strstr (text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

static Host *
started (const char *rules)
{
  Host *host = host_new ();
  host_source (host, "/rules/test.yar", rules);
  ck_assert_int_eq (host_configure (host), SK_OK);
  g_autofree char *problems = host_problems (host);
  ck_assert_str_eq (problems, "");
  return host;
}

/* ---- matching ---- */

START_TEST (a_rule_matches_with_its_place)
{
  Host *host
      = started ("rule r { strings: $a = \"needle\" $b = { 2? 68 61 } condition: any of them }");
  ck_assert_int_eq (JUDGE (host, "in the hay a needle"), SK_OK);
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.r $a@0xd $b@0x6\n");
  ck_assert_int_eq (JUDGE (host, "in the straw a noodle"), SK_OK);
  ck_assert (!host_matched (host, "yara.test.r"));
  host_free (host);
}
END_TEST

START_TEST (evidence_is_short)
{
  Host *host
      = started ("rule r { strings: $a = \"aa\" $b = \"bb\" $c = \"cc\" $d = \"dd\" $e = \"ee\" "
                 "$f = \"ff\" condition: all of them }");
  JUDGE (host, "aabbccddeeff");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.r $a@0x0 $b@0x2 $c@0x4 $d@0x6 +2\n");
  host_free (host);
}
END_TEST

START_TEST (private_and_global_rules)
{
  Host *host = host_new ();
  host_source (
      host, "/rules/a.yar",
      "global rule big { condition: filesize > 3 } private rule hidden { condition: true } "
      "rule seen { condition: hidden }");
  host_source (host, "/rules/b.yar", "rule other { condition: true }");
  ck_assert_int_eq (host_configure (host), SK_OK);
  ck_assert_ptr_null (host_rule (host, "yara.a.hidden"));
  JUDGE (host, "long enough");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.a.big -\nyara.a.seen -\nyara.b.other -\n");
  JUDGE (host, "no");
  g_autofree char *fewer = host_matches (host);
  ck_assert_str_eq (fewer, "yara.b.other -\n");
  host_free (host);
}
END_TEST

START_TEST (an_empty_object_is_judged)
{
  Host *host
      = started ("rule empty { condition: filesize == 0 } rule byte { condition: uint8(0) >= 0 }");
  host_judge (host, NULL, 0);
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.empty -\n");
  JUDGE (host, "x");
  ck_assert (host_matched (host, "yara.test.byte"));
  ck_assert (!host_matched (host, "yara.test.empty"));
  host_free (host);
}
END_TEST

START_TEST (modules_see_the_object)
{
  Host *host
      = started ("import \"hash\" import \"math\" rule h { condition: hash.md5 (0, filesize) == "
                 "\"900150983cd24fb0d6963f7d28e17f72\" } rule m { condition: "
                 "math.entropy (0, filesize) > 1.0 }");
  JUDGE (host, "abc");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.h -\nyara.test.m -\n");
  JUDGE (host, "abb");
  ck_assert (!host_matched (host, "yara.test.h"));
  host_free (host);
}
END_TEST

START_TEST (the_magic_module_is_warm)
{
  Host *host
      = started ("import \"magic\" rule t { condition: magic.mime_type () == \"text/plain\" }");
  JUDGE (host, "plain words\n");
  ck_assert (host_matched (host, "yara.test.t"));
  host_free (host);
}
END_TEST

START_TEST (no_rules_judge_nothing)
{
  Host *host = host_new ();
  ck_assert_int_eq (host_configure (host), SK_OK);
  ck_assert_int_eq (JUDGE (host, "x"), SK_OK);
  ck_assert_uint_eq (host->object->notes->len, 0);
  host_free (host);
}
END_TEST

/* ---- files ---- */

START_TEST (a_bad_file_is_left_out_with_its_line)
{
  Host *host = host_new ();
  host_source (host, "/rules/bad.yar",
               "rule fine { condition: true }\n\nrule broken {\n  condition: $a }\n");
  host_source (host, "/rules/good.yar", "rule fine { condition: true }");
  ck_assert_int_eq (host_configure (host), SK_OK);
  g_autofree char *problems = host_problems (host);
  ck_assert_str_eq (problems, "left-out /rules/bad.yar:4: undefined string \"$a\"\n");
  JUDGE (host, "x");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.good.fine -\n");
  host_free (host);
}
END_TEST

START_TEST (a_file_with_nul_is_left_out)
{
  Host *host = host_new ();
  static const char text[] = "rule r { condition: true }\0 rule s { condition: true }";
  sk_fake_setup_source (host->setup, "yara", "/rules/nul.yar", text, sizeof text - 1);
  ck_assert_int_eq (host_configure (host), SK_OK);
  g_autofree char *problems = host_problems (host);
  assert_has (problems, "left-out /rules/nul.yar:0: ");
  ck_assert_uint_eq (host->setup->rules->len, 0);
  host_free (host);
}
END_TEST

START_TEST (every_file_bad_is_no_crash)
{
  Host *host = host_new ();
  host_source (host, "/rules/a.yar", "rule");
  host_source (host, "/rules/b.yar", "\xff\xfe");
  host_source (host, "/rules/empty.yar", "");
  ck_assert_int_eq (host_configure (host), SK_OK);
  ck_assert_uint_eq (sk_fake_count (host->setup->notes, "left-out"), 2);
  ck_assert_int_eq (JUDGE (host, "x"), SK_OK);
  host_free (host);
}
END_TEST

START_TEST (includes_are_relative_to_the_including_file)
{
  Host *host = host_new ();
  host_source (host, "/rules/lib/deep/base.yar",
               "rule base { strings: $a = \"ab\" condition: $a }");
  host_source (host, "/rules/lib/more.yar",
               "include \"deep/base.yar\"\nrule more { condition: base }");
  host_source (host, "/rules/top.yar", "include \"lib/more.yar\"\n\nrule top { condition: more }");
  ck_assert_int_eq (host_configure (host), SK_OK);
  g_autofree char *problems = host_problems (host);
  ck_assert_str_eq (problems, "");
  JUDGE (host, "ab");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.base.base $a@0x0\nyara.more.base $a@0x0\nyara.more.more -\n"
                             "yara.top.base $a@0x0\nyara.top.more -\nyara.top.top -\n");
  ck_assert_str_eq (host_rule (host, "yara.top.base")->file, "/rules/lib/deep/base.yar");
  ck_assert_uint_eq (host_rule (host, "yara.top.top")->line, 3);
  host_free (host);
}
END_TEST

START_TEST (an_error_in_an_included_file_names_it)
{
  Host *host = host_new ();
  host_source (host, "/rules/lib/bad.yar", "\nrule bad { condition: nothing }");
  host_source (host, "/rules/top.yar", "include \"lib/bad.yar\"\nrule top { condition: true }");
  host_configure (host);
  g_autofree char *problems = host_problems (host);
  ck_assert_str_eq (problems, "left-out /rules/lib/bad.yar:2: undefined identifier \"nothing\"\n"
                              "left-out /rules/lib/bad.yar:2: undefined identifier \"nothing\"\n");
  ck_assert_uint_eq (host->setup->rules->len, 0);
  host_free (host);
}
END_TEST

/* Each of fifteen files includes the next one ten times: ten to the fourteenth. */
START_TEST (includes_end)
{
  Host *host = host_new ();
  for (int i = 0; i < 15; i++)
    {
      g_autofree char *path = g_strdup_printf ("/rules/%02d.yar", i);
      g_autofree char *line = g_strdup_printf ("include \"%02d.yar\"\n", i + 1);
      g_autoptr (GString) text = g_string_new (NULL);
      for (int k = 0; k < 10; k++)
        g_string_append (text, line);
      host_source (host, path, text->str);
    }
  host_source (host, "/rules/15.yar", "import \"pe\"\n");
  host_source (host, "/rules/good.yar", "rule good { condition: true }");
  ck_assert_int_eq (host_configure (host), SK_OK);
  g_autofree char *problems = host_problems (host);
  assert_has (problems, "left-out /rules/00.yar");
  ck_assert_ptr_nonnull (host_rule (host, "yara.good.good"));
  host_free (host);
}
END_TEST

START_TEST (an_include_finds_rule_files_only)
{
  Host *host = host_new ();
  host_source (host, "/rules/a.yar", "include \"/etc/passwd\"\n");
  host_source (host, "/rules/b.yar", "include \"b.yar\"\n");
  host_source (host, "/rules/c.yar", "rule c { condition: true }");
  host_configure (host);
  ck_assert (sk_fake_count (host->setup->notes, "left-out") >= 2);
  ck_assert_uint_eq (host->setup->rules->len, 1);
  host_free (host);
}
END_TEST

START_TEST (equal_names_get_different_namespaces)
{
  Host *host = host_new ();
  host_source (host, "/rules/a/tools.yar", "rule r { condition: true }");
  host_source (host, "/rules/b/tools.yar", "rule r { condition: true }");
  host_source (host, "/rules/c/b/tools.yar", "rule r { condition: true }");
  host_source (host, "/rules/d/My tools!.v2.yar", "rule r { condition: true }");
  host_configure (host);
  JUDGE (host, "x");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.My_tools__v2.r -\nyara.b_tools-2.r -\nyara.b_tools.r -\n"
                             "yara.tools.r -\n");
  host_free (host);
}
END_TEST

START_TEST (lines_are_those_of_the_rules)
{
  Host *host = started ("/* rule no1 { */ // rule no2 {\n"
                        "rule a : tag1 tag2 {\n"
                        "  meta: text = \"rule no3 { \\\" }\"\n"
                        "  strings: $s = \"} rule no4 {\" $h = { 7D // }\n 20 [2-4] /* } */ 7B }\n"
                        "    $r = /\\/} rule no5 \\{/ nocase\n"
                        "  condition: any of them\n"
                        "}\n"
                        "private\nrule\n b { condition: 4 \\ 2 == 2 }\n"
                        "rule c { condition: b }");
  ck_assert_uint_eq (host->setup->rules->len, 2);
  ck_assert_uint_eq (host_rule (host, "yara.test.a")->line, 2);
  ck_assert_uint_eq (host_rule (host, "yara.test.c")->line, 12);
  ck_assert_str_eq (host_rule (host, "yara.test.c")->file, "/rules/test.yar");
  host_free (host);
}
END_TEST

/* ---- variables ---- */

START_TEST (the_variables_of_public_sets)
{
  Host *host = started ("rule n { condition: filename == \"a.PDF.exe\" } "
                        "rule p { condition: filepath == \"/home/u\" } "
                        "rule e { condition: extension == \".exe\" } "
                        "rule t { condition: filetype == \"EXE\" } "
                        "rule o { condition: owner == \"\" }");
  host_object (host, "/home/u/a.PDF.exe");
  sk_fake_api ()->type_add (host->object, "text/x-unknown", SK_STRENGTH_CONTENT);
  sk_fake_api ()->type_add (host->object, "application/vnd.microsoft.portable-executable",
                            SK_STRENGTH_WEAK);
  JUDGE (host, "x");
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.e -\nyara.test.n -\nyara.test.o -\nyara.test.p -\n"
                             "yara.test.t -\n");
  host_object (host, "bare");
  JUDGE (host, "x");
  g_autofree char *fewer = host_matches (host);
  ck_assert_str_eq (fewer, "yara.test.o -\n");
  host_free (host);
}
END_TEST

START_TEST (facts_are_variables_and_absent_ones_are_not_false_or_zero)
{
  Host *host = host_new ();
  uint32_t text = host_fact (host, "name.best-type", SK_FIELD_STRING);
  uint32_t number = host_fact (host, "zip.members", SK_FIELD_INT);
  uint32_t truth = host_fact (host, "name.double-extension", SK_FIELD_BOOL);
  host_source (
      host, "/rules/test.yar",
      "rule text { condition: name_best_type == \"x\" and has_name_best_type }"
      "rule number { condition: zip_members == 0 }"
      "rule no_number { condition: not has_zip_members }"
      "rule undefined { condition: not defined zip_members }"
      "rule truth { condition: name_double_extension }"
      "rule untruth { condition: has_name_double_extension and not name_double_extension }");
  ck_assert_int_eq (host_configure (host), SK_OK);
  JUDGE (host, "x");
  g_autofree char *none = host_matches (host);
  ck_assert_str_eq (none, "yara.test.no_number -\nyara.test.undefined -\n");

  host->present[text] = host->present[number] = host->present[truth] = true;
  host->values[text].text = sk_span_of_text ("x");
  host->values[truth].boolean = true;
  JUDGE (host, "x");
  g_autofree char *all = host_matches (host);
  ck_assert_str_eq (all, "yara.test.number -\nyara.test.text -\nyara.test.truth -\n");

  host->values[truth].boolean = false;
  host->values[text].text = sk_span_of_text ("xx");
  host->present[number] = false;
  JUDGE (host, "x");
  g_autofree char *changed = host_matches (host);
  ck_assert_str_eq (changed, "yara.test.no_number -\nyara.test.undefined -\nyara.test.untruth -\n");
  host_free (host);
}
END_TEST

START_TEST (a_nul_in_a_fact_hides_nothing)
{
  Host *host = host_new ();
  uint32_t text = host_fact (host, "doc.title", SK_FIELD_STRING);
  host_source (host, "/rules/test.yar", "rule r { condition: doc_title contains \"after\" }");
  host_configure (host);
  host->present[text] = true;
  host->values[text].text = (SkSpan){ (const uint8_t *) "before\0after", 12 };
  JUDGE (host, "x");
  ck_assert (host_matched (host, "yara.test.r"));
  host_free (host);
}
END_TEST

START_TEST (two_facts_of_one_name_are_refused)
{
  Host *host = host_new ();
  host_fact (host, "a.b-c", SK_FIELD_BOOL);
  host_fact (host, "a.b.c", SK_FIELD_BOOL);
  ck_assert_int_eq (host_configure (host), SK_FAILED);
  ck_assert_uint_eq (sk_fake_count (host->setup->notes, "error"), 1);
  host_free (host);
}
END_TEST

START_TEST (an_unknown_fact_is_told)
{
  Host *host = host_new ();
  host_fact (host, "name.double-extension", SK_FIELD_BOOL);
  host_source (host, "/rules/test.yar", "rule r {\n condition: name_double_extensions }");
  host_configure (host);
  g_autofree char *problems = host_problems (host);
  ck_assert_str_eq (problems, "left-out /rules/test.yar:2: undefined identifier "
                              "\"name_double_extensions\"\n");
  host_free (host);
}
END_TEST

START_TEST (a_rule_may_have_the_name_of_an_unused_fact)
{
  Host *host = host_new ();
  host_fact (host, "pdf.javascript", SK_FIELD_BOOL);
  host_source (host, "/rules/test.yar", "rule pdf_javascript { condition: true }");
  host_configure (host);
  JUDGE (host, "x");
  ck_assert (host_matched (host, "yara.test.pdf_javascript"));
  host_free (host);
}
END_TEST

/* ---- meta ---- */

START_TEST (all_of_our_own_meta)
{
  Host *host = started (
      "rule r : sekisho_fl_01 T1036_007 { meta: sekisho_id = \"file.name.double\" level = \"high\" "
      "title = \"Two\\nextensions\" title_ja = \"二重拡張子\" description = \"Says more\" "
      "falsepositives = \"Copies\" falsepositives_ja = \"コピー\" author = \"We\" score = 75 "
      "reference = \"https://one.example\" reference2 = \"https://two.example\" "
      "mitre_att = \"T1204.002\" condition: true }");
  const SkRuleInfo *rule = host_rule (host, "file.name.double");
  ck_assert_ptr_nonnull (rule);
  ck_assert_int_eq (rule->level, SK_LEVEL_HIGH);
  ck_assert_int_eq (rule->score, 75);
  ck_assert_str_eq (rule->title, "Two extensions");
  ck_assert_str_eq (rule->title_ja, "二重拡張子");
  ck_assert_str_eq (rule->description, "Says more");
  ck_assert_str_eq (rule->falsepositives, "Copies");
  ck_assert_str_eq (rule->falsepositives_ja, "コピー");
  ck_assert_str_eq (rule->reference, "https://one.example\nhttps://two.example");
  ck_assert_str_eq (rule->attack, "T1036.007 T1204.002");
  ck_assert_str_eq (rule->det, "FL-01");
  ck_assert_str_eq (rule->author, "We");
  host_free (host);
}
END_TEST

START_TEST (a_rule_without_meta)
{
  Host *host = started ("rule T10599 : sekisho_fl T105 XT1059 { condition: true }");
  const SkRuleInfo *rule = host_rule (host, "yara.test.T10599");
  ck_assert_int_eq (rule->level, SK_LEVEL_MEDIUM);
  ck_assert_int_eq (rule->score, -1);
  ck_assert_str_eq (rule->title, "T10599");
  ck_assert_ptr_null (rule->title_ja);
  ck_assert_ptr_null (rule->attack);
  ck_assert_ptr_null (rule->det);
  ck_assert_ptr_null (rule->reference);
  host_free (host);
}
END_TEST

static const struct
{
  const char *meta;
  SkLevel level;
} levels[] = {
  { "level = \"critical\"", SK_LEVEL_CRITICAL },
  { "severity = \"HIGH\" score = 40", SK_LEVEL_HIGH },
  { "score = 100", SK_LEVEL_HIGH },
  { "score = 80", SK_LEVEL_HIGH },
  { "score = 79", SK_LEVEL_MEDIUM },
  { "score = 60", SK_LEVEL_MEDIUM },
  { "score = 59", SK_LEVEL_LOW },
  { "score = 40", SK_LEVEL_LOW },
  { "score = 39", SK_LEVEL_INFORMATIONAL },
  { "score = 0", SK_LEVEL_INFORMATIONAL },
  { "score = \"70\"", SK_LEVEL_MEDIUM },
  { "score = 101", SK_LEVEL_MEDIUM },
  { "score = -5", SK_LEVEL_MEDIUM },
  { "score = \"many\"", SK_LEVEL_MEDIUM },
  { "severity = 9", SK_LEVEL_HIGH },
  { "severity = 4", SK_LEVEL_LOW },
  { "threat_level = 70", SK_LEVEL_MEDIUM },
  { "severity = \"odd\" score = 85", SK_LEVEL_HIGH },
};

START_TEST (levels_come_from_meta)
{
  g_autofree char *text
      = g_strdup_printf ("rule r { meta: %s condition: true }", levels[_i].meta);
  Host *host = started (text);
  ck_assert_int_eq (host_rule (host, "yara.test.r")->level, levels[_i].level);
  host_free (host);
}
END_TEST

START_TEST (techniques_and_rows_in_text)
{
  Host *host = started ("rule r { meta: tags = \"attack.t1059.001, sekisho.FL-12;T1059\" "
                        "attack_2 = \"see T1105, not S0002 or T12345 or T123\" "
                        "reference = \"T1566\" condition: true }");
  const SkRuleInfo *rule = host_rule (host, "yara.test.r");
  ck_assert_str_eq (rule->attack, "T1059.001 T1059 T1105");
  ck_assert_str_eq (rule->det, "FL-12");
  host_free (host);
}
END_TEST

START_TEST (broken_text_in_meta_is_made_whole)
{
  Host *host = started ("rule r { meta: description = \"a\\xff\\x1bb\" condition: true }");
  ck_assert_str_eq (host_rule (host, "yara.test.r")->title, "a\xEF\xBF\xBD b");
  host_free (host);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("yara");
  TCase *matching = tcase_create ("matching");
  tcase_add_test (matching, a_rule_matches_with_its_place);
  tcase_add_test (matching, evidence_is_short);
  tcase_add_test (matching, private_and_global_rules);
  tcase_add_test (matching, an_empty_object_is_judged);
  tcase_add_test (matching, modules_see_the_object);
  tcase_add_test (matching, the_magic_module_is_warm);
  tcase_add_test (matching, no_rules_judge_nothing);
  suite_add_tcase (suite, matching);
  TCase *files = tcase_create ("files");
  tcase_add_test (files, a_bad_file_is_left_out_with_its_line);
  tcase_add_test (files, a_file_with_nul_is_left_out);
  tcase_add_test (files, every_file_bad_is_no_crash);
  tcase_add_test (files, includes_are_relative_to_the_including_file);
  tcase_add_test (files, an_error_in_an_included_file_names_it);
  tcase_add_test (files, an_include_finds_rule_files_only);
  tcase_add_test (files, includes_end);
  tcase_add_test (files, equal_names_get_different_namespaces);
  tcase_add_test (files, lines_are_those_of_the_rules);
  suite_add_tcase (suite, files);
  TCase *variables = tcase_create ("variables");
  tcase_add_test (variables, the_variables_of_public_sets);
  tcase_add_test (variables, facts_are_variables_and_absent_ones_are_not_false_or_zero);
  tcase_add_test (variables, a_nul_in_a_fact_hides_nothing);
  tcase_add_test (variables, two_facts_of_one_name_are_refused);
  tcase_add_test (variables, an_unknown_fact_is_told);
  tcase_add_test (variables, a_rule_may_have_the_name_of_an_unused_fact);
  suite_add_tcase (suite, variables);
  TCase *meta = tcase_create ("meta");
  tcase_add_test (meta, all_of_our_own_meta);
  tcase_add_test (meta, a_rule_without_meta);
  tcase_add_loop_test (meta, levels_come_from_meta, 0, (int) G_N_ELEMENTS (levels));
  tcase_add_test (meta, techniques_and_rows_in_text);
  tcase_add_test (meta, broken_text_in_meta_is_made_whole);
  suite_add_tcase (suite, meta);
  return sk_test_main (suite);
}
