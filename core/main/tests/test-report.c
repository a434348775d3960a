/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From results to alerts, counts and the exit status, without processes: the
 * results are made here, the alerts are read from a file.
 */
#include "config.h"

#include "main/report.h"

#include <errno.h>
#include <sk-test.h>
#include <string.h>

#define DIGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static char *folder, *output;
static SkCatalogue *catalogue;
static SkPolicy *policy;
static SkReport report;

static void
add_rule (const char *id, SkLevel level)
{
  SkRule rule = { .id = g_strdup (id), .title = g_strdup (id), .level = level, .score = -1 };
  g_array_append_val (catalogue->rules, rule);
}

static void
make_catalogue (void)
{
  catalogue = sk_catalogue_new ();
  for (int i = 0; i < SK_N_REASONS; i++)
    add_rule (sk_reason_id ((SkReason) i), sk_reason_level ((SkReason) i));
  add_rule ("test.high", SK_LEVEL_HIGH);
  add_rule ("test.low", SK_LEVEL_LOW);
  SkPluginInfo zip = { .name = g_strdup ("zip"), .version = g_strdup ("1"), .summary = g_strdup (""),
                       .licence = g_strdup (""), .path = g_strdup ("") };
  g_array_append_val (catalogue->plugins, zip);
  g_free (catalogue->digest);
  catalogue->digest = g_strdup ("0123");
}

enum { HIGH = SK_N_REASONS, LOW };

static void
setup (void)
{
  folder = sk_test_folder ();
  output = g_build_filename (folder, "alerts.json", NULL);
  make_catalogue ();
  SkPolicySettings settings;
  sk_policy_settings_init (&settings);
  settings.reason_level[SK_REASON_LIMIT] = SK_LEVEL_CRITICAL;
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  const char *silences = "- {id: test.low, path: /quiet/*, who: a, why: b, expires: 2100-01-01}\n";
  ck_assert (sk_bundle_add (bundle, "silences", "/s", sk_span_of_text (silences), 0, NULL));
  policy = sk_policy_new (&settings, bundle, 1, NULL);
  ck_assert (policy != NULL);
  sk_report_init (&report, policy);
  SkAlertSettings alert;
  sk_alert_settings_init (&alert);
  SkSinkSettings sink = { .kind = SK_SINK_FILE, .format = SK_FORMAT_JSON, .path = output };
  ck_assert (sk_report_add_sink (&report, &sink, &alert, NULL));
  sk_alert_settings_clear (&alert);
  sk_report_catalogue (&report, catalogue);
}

static void
teardown (void)
{
  sk_report_clear (&report);
  sk_policy_free (policy);
  sk_catalogue_free (catalogue);
  sk_test_remove (folder);
  g_free (output);
  g_free (folder);
}

static SkReply *
reply_new (const char *name)
{
  SkReply *reply = sk_reply_new ();
  SkReplyObject entry = { .plugin = SK_NO_PLUGIN, .name = g_strdup (name), .type = g_strdup (""),
                          .sha256 = g_strdup (DIGEST), .size = 10 };
  g_array_append_val (reply->object_list, entry);
  reply->complete = true;
  reply->objects = 1;
  reply->bytes = 10;
  return reply;
}

static void
add_child (SkReply *reply, uint32_t parent, uint64_t position, const char *name)
{
  SkReplyObject child = { .parent = parent, .plugin = 0, .position = position,
                          .name = g_strdup (name), .type = g_strdup ("text/plain"),
                          .sha256 = g_strdup (""), .size = 3 };
  g_array_append_val (reply->object_list, child);
  reply->objects++;
}

static void
add_finding (SkReply *reply, uint32_t rule, uint32_t object, SkLevel level)
{
  SkReplyFinding finding = { .rule = rule, .object = object, .plugin = SK_NO_PLUGIN, .level = level,
                             .count = 1, .evidence = g_strdup (""), .record = SK_NO_RECORD };
  g_array_append_val (reply->finding_list, finding);
}

/** Hands over a result of a file; `id` NULL: the path itself. Takes the reply. */
static void
file_result (const char *path, const char *id, SkReply *reply)
{
  SkWalkItem item = { .kind = SK_WALK_FILE, .path = (char *) path, .fd = -1, .size = 10 };
  SkJobResult result = { &item, id != NULL ? id : path, reply, catalogue, 1000 };
  ck_assert (sk_report_result (&report, &result));
  sk_reply_free (reply);
}

static void
entry_result (SkWalkKind kind, int error_number, const char *what)
{
  SkWalkItem item = { .kind = kind, .path = (char *) "/e", .fd = -1, .error_number = error_number,
                      .what = what };
  SkJobResult result = { &item, "/e", NULL, catalogue, 1000 };
  ck_assert (sk_report_result (&report, &result));
}

static char *
written (void)
{
  char *text = NULL;
  ck_assert (g_file_get_contents (output, &text, NULL, NULL));
  return text;
}

START_TEST (a_clean_file_is_counted_and_says_nothing)
{
  file_result ("/a", NULL, reply_new ("a"));
  ck_assert_uint_eq (report.summary.files, 1);
  ck_assert_uint_eq (report.summary.objects, 1);
  ck_assert_uint_eq (report.summary.bytes, 10);
  g_autofree char *text = written ();
  ck_assert_str_eq (text, "");
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_INFORMATIONAL), SK_EXIT_CLEAN);
}
END_TEST

START_TEST (names_and_id_lead_from_the_root_to_the_object)
{
  SkReply *reply = reply_new ("a.zip");
  add_child (reply, 0, 3, "b.zip");
  add_child (reply, 0, 9, "other");
  add_child (reply, 1, 7, "c.exe");
  add_finding (reply, HIGH, 3, SK_LEVEL_HIGH);
  file_result ("/d/a.zip", NULL, reply);
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "/d/a.zip » b.zip » c.exe") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "/d/a.zip/zip:3/zip:7") != NULL, "%s", text);
  ck_assert_uint_eq (report.summary.findings[SK_LEVEL_HIGH], 1);
}
END_TEST

START_TEST (a_deferred_job_names_its_window_and_is_no_file)
{
  file_result ("/d/mbox", NULL, reply_new ("mbox"));
  SkReply *reply = reply_new ("message 5");
  add_child (reply, 0, 1, "c.exe");
  add_finding (reply, HIGH, 1, SK_LEVEL_HIGH);
  file_result ("/d/mbox", "/d/mbox/mail:5", reply);
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "/d/mbox » message 5 » c.exe") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "/d/mbox/mail:5/zip:1") != NULL, "%s", text);
  ck_assert_uint_eq (report.summary.files, 1);
}
END_TEST

START_TEST (fail_on_decides_between_1_and_0)
{
  SkReply *reply = reply_new ("a");
  add_finding (reply, LOW, 0, SK_LEVEL_LOW);
  file_result ("/a", NULL, reply);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_LOW), SK_EXIT_FINDINGS);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_MEDIUM), SK_EXIT_CLEAN);
}
END_TEST

START_TEST (reasons_count_objects_and_make_3_whatever_their_level)
{
  SkReply *reply = reply_new ("a");
  add_child (reply, 0, 1, "b");
  add_finding (reply, SK_RULE_OF_REASON (SK_REASON_LIMIT), 0, SK_LEVEL_LOW);
  add_finding (reply, SK_RULE_OF_REASON (SK_REASON_LIMIT), 0, SK_LEVEL_LOW);
  add_finding (reply, SK_RULE_OF_REASON (SK_REASON_LIMIT), 1, SK_LEVEL_LOW);
  reply->complete = false;
  file_result ("/a", NULL, reply);
  ck_assert_uint_eq (report.summary.not_inspected[SK_REASON_LIMIT], 2);
  ck_assert_uint_eq (report.summary.findings[SK_LEVEL_CRITICAL], 0);
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "critical") != NULL, "%s", text); /* the configured level */
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_LOW), SK_EXIT_NOT_INSPECTED);
  reply = reply_new ("b");
  add_finding (reply, HIGH, 0, SK_LEVEL_HIGH);
  file_result ("/b", NULL, reply);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_LOW), SK_EXIT_FINDINGS);
}
END_TEST

/* Graver findings take the place of the lowest ones, the reason's among them. */
START_TEST (a_reason_that_had_no_room_is_said_again)
{
  SkReply *reply = reply_new ("a");
  add_finding (reply, LOW, 0, SK_LEVEL_LOW);
  reply->findings_dropped = 1;
  reply->complete = false;
  file_result ("/a", NULL, reply);
  ck_assert_uint_eq (report.summary.not_inspected[SK_REASON_LIMIT], 1);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_HIGH), SK_EXIT_NOT_INSPECTED);
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "not-inspected.limit") != NULL, "%s", text);
  reply = reply_new ("b"); /* a dropped finding alone leaves nothing uninspected */
  add_finding (reply, LOW, 0, SK_LEVEL_LOW);
  reply->findings_dropped = 1;
  file_result ("/b", NULL, reply);
  ck_assert_uint_eq (report.summary.not_inspected[SK_REASON_LIMIT], 1);
}
END_TEST

START_TEST (a_silence_is_counted_and_neither_said_nor_an_end)
{
  SkReply *reply = reply_new ("a");
  add_finding (reply, LOW, 0, SK_LEVEL_LOW);
  file_result ("/quiet/a", NULL, reply);
  ck_assert_uint_eq (report.summary.silenced, 1);
  ck_assert_uint_eq (report.summary.findings[SK_LEVEL_LOW], 0);
  g_autofree char *text = written ();
  ck_assert_str_eq (text, "");
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_LOW), SK_EXIT_CLEAN);
  ck_assert_uint_eq (report.summary.silences_active, 1);
}
END_TEST

START_TEST (entries_that_are_passed_over)
{
  entry_result (SK_WALK_EXCLUDED, 0, "*.e");
  entry_result (SK_WALK_SPECIAL, 0, "FIFO");
  entry_result (SK_WALK_LINK, 0, NULL);
  entry_result (SK_WALK_OTHER_MEDIUM, 0, NULL);
  ck_assert_uint_eq (report.summary.excluded, 1);
  ck_assert_uint_eq (report.summary.special, 1);
  ck_assert_uint_eq (report.summary.links, 1);
  ck_assert_uint_eq (report.summary.other_medium, 1);
  ck_assert_uint_eq (report.summary.files, 0);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_MEDIUM), SK_EXIT_CLEAN);
}
END_TEST

START_TEST (entries_that_could_not_be_read)
{
  entry_result (SK_WALK_UNREADABLE, EACCES, NULL);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_MEDIUM), SK_EXIT_NOT_INSPECTED);
  ck_assert_uint_eq (report.summary.not_inspected[SK_REASON_UNREADABLE], 1);
  entry_result (SK_WALK_VANISHED, ENOENT, NULL);
  ck_assert_uint_eq (report.summary.not_inspected[SK_REASON_CHANGED], 1);
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "not-inspected.unreadable") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "not-inspected.changed") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "Permission denied") != NULL, "%s", text);
}
END_TEST

START_TEST (a_missing_path_is_an_error_even_beside_findings)
{
  SkReply *reply = reply_new ("b");
  add_finding (reply, HIGH, 0, SK_LEVEL_HIGH);
  file_result ("/b", NULL, reply);
  entry_result (SK_WALK_MISSING, ENOENT, NULL);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_MEDIUM), SK_EXIT_ERROR);
}
END_TEST

START_TEST (an_interrupted_run_is_never_clean)
{
  report.summary.interrupted = true;
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_MEDIUM), SK_EXIT_NOT_INSPECTED);
}
END_TEST

START_TEST (a_name_that_is_not_utf8_leaves_as_text)
{
  SkReply *reply = reply_new ("x");
  add_finding (reply, HIGH, 0, SK_LEVEL_HIGH);
  file_result ("/d/\xff\xfe", "/d/\\xff\\xfe", reply);
  g_autofree char *text = written ();
  ck_assert (g_utf8_validate (text, -1, NULL));
  ck_assert_uint_eq (report.summary.files, 1);
}
END_TEST

/* ---- what is said of records ---- */

static const char *const no_names[] = { NULL };

static SkRelated
related_new (const SkRunPlace *places, size_t n_places)
{
  return (SkRelated) { .catalogue = catalogue, .rule = HIGH, .group_names = no_names,
                       .group_values = no_names, .count = 3, .places = places, .n_places = n_places,
                       .record = SK_NO_RECORD, .name = "", .evidence = "3 events" };
}

START_TEST (a_correlation_stands_where_its_events_stand)
{
  static const char *const names[] = { "file.root", NULL };
  static const char *const values[] = { "/media/usb", NULL };
  const SkRunPlace places[] = { { "/d/a", "/d/a/log:5", "", 7, 1000 }, { "/d/b", "/d/b", "/zip:1", 0, 2000 } };
  SkRelated related = related_new (places, 2);
  ck_assert (sk_report_related (&report, &related, 1000));
  g_autofree char *first = written ();
  ck_assert_msg (strstr (first, "\"root\":\"/d/a\"") != NULL, "%s", first);
  ck_assert_msg (strstr (first, "\"source\":\"correlation\"") != NULL, "%s", first);
  ck_assert_msg (strstr (first, "\"count\":3") != NULL, "%s", first);
  related.group_names = names;
  related.group_values = values;
  ck_assert (sk_report_related (&report, &related, 1000));
  g_autofree char *both = written ();
  ck_assert_msg (strstr (both, "\"root\":\"/media/usb\"") != NULL, "%s", both);
  ck_assert_uint_eq (report.summary.findings[SK_LEVEL_HIGH], 2);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_HIGH), SK_EXIT_FINDINGS);
}
END_TEST

/** The id of the alert that is written for it. */
static char *
id_of (const SkRelated *related)
{
  g_autofree char *before = written ();
  ck_assert (sk_report_related (&report, related, 1000));
  g_autofree char *after = written ();
  const char *id = strstr (after + strlen (before), "\"id\":\"");
  ck_assert (id != NULL);
  return g_strndup (id + 6, 16);
}

START_TEST (a_correlation_is_known_by_rule_group_and_beginning)
{
  static const char *const names[] = { "ip", NULL };
  static const char *const values[] = { "192.0.2.1", NULL }, *const others[] = { "192.0.2.2", NULL };
  const SkRunPlace place = { "/d/a", "/d/a", "", 7, 1000 };
  SkRelated related = related_new (&place, 1);
  related.group_names = names;
  related.group_values = values;
  related.first = 5;
  g_autofree char *id = id_of (&related);
  related.last = 9;
  related.count = 4;
  g_autofree char *longer = id_of (&related);
  ck_assert_str_eq (id, longer);
  related.first = 6;
  g_autofree char *later = id_of (&related);
  ck_assert_str_ne (id, later);
  related.first = 5;
  related.group_values = others;
  g_autofree char *other = id_of (&related);
  ck_assert_str_ne (id, other);
  related.group_values = values;
  related.rule = LOW;
  g_autofree char *low = id_of (&related);
  ck_assert_str_ne (id, low);
}
END_TEST

START_TEST (a_record_is_where_its_object_is)
{
  const SkRunPlace place = { "/d/a", "/d/a/log:5", "/zip:1", 7, 1000 };
  SkRelated related = related_new (&place, 1);
  related.of_one = true;
  related.count = 1;
  related.record = 7;
  related.last = G_GINT64_CONSTANT (1795564800000000000);
  ck_assert (sk_report_related (&report, &related, 1000));
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "\"object_id\":\"/d/a/log:5/zip:1\"") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "/d/a » /log:5/zip:1") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "\"offset\":7") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "\"source\":\"log\"") != NULL, "%s", text);
  related.name = "b.txt";
  ck_assert (sk_report_related (&report, &related, 1000));
  g_autofree char *named = written ();
  ck_assert_msg (strstr (named, "/d/a » b.txt") != NULL, "%s", named);
}
END_TEST

START_TEST (silences_hold_for_records_too)
{
  const SkRunPlace quiet = { "/quiet/a", "/quiet/a", "", 0, 0 }, loud = { "/loud/a", "/loud/a", "", 0, 0 };
  SkRelated related = related_new (&quiet, 1);
  related.rule = LOW;
  ck_assert (sk_report_related (&report, &related, 1000));
  ck_assert_uint_eq (report.summary.silenced, 1);
  ck_assert_uint_eq (report.summary.findings[SK_LEVEL_LOW], 0);
  related.places = &loud;
  ck_assert (sk_report_related (&report, &related, 1000));
  ck_assert_uint_eq (report.summary.silenced, 1);
  ck_assert_uint_eq (report.summary.findings[SK_LEVEL_LOW], 1);
}
END_TEST

START_TEST (what_could_not_be_judged_is_not_inspected)
{
  SkRelated related = related_new (NULL, 0);
  related.rule = SK_RULE_OF_REASON (SK_REASON_LIMIT);
  related.evidence = "correlation a.b.c: 7 groups forgotten";
  ck_assert (sk_report_related (&report, &related, 1000));
  ck_assert_uint_eq (report.summary.not_inspected[SK_REASON_LIMIT], 1);
  ck_assert_int_eq (sk_report_exit (&report.summary, SK_LEVEL_LOW), SK_EXIT_NOT_INSPECTED);
  g_autofree char *text = written ();
  ck_assert_msg (strstr (text, "7 groups forgotten") != NULL, "%s", text);
  ck_assert_msg (strstr (text, "\"level\":\"critical\"") != NULL, "the configured level: %s", text);
  ck_assert_msg (strstr (text, "\"complete\":false") != NULL, "%s", text);
}
END_TEST

START_TEST (records_are_counted_by_kind)
{
  static const struct { const char *kind; uint64_t records, applicable; } kinds[]
      = { { "log.web", 2, 0 }, { "file", 1, 0 }, { "log.web", 3, 1 } };
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      SkReply *reply = reply_new ("a");
      SkReplyKind kind = { g_strdup (kinds[i].kind), kinds[i].records, kinds[i].applicable };
      g_array_append_val (reply->kind_list, kind);
      file_result ("/a", NULL, reply);
    }
  ck_assert_uint_eq (report.summary.n_kinds, 2);
  ck_assert_str_eq (report.summary.kinds[0].kind, "file");
  ck_assert (report.summary.kinds[0].expected);
  ck_assert_str_eq (report.summary.kinds[1].kind, "log.web");
  ck_assert_uint_eq (report.summary.kinds[1].records, 5);
  ck_assert_uint_eq (report.summary.kinds[1].applicable, 1);
  ck_assert (!report.summary.kinds[1].expected);
}
END_TEST

START_TEST (a_full_disk_is_told)
{
  SkAlertSettings alert;
  sk_alert_settings_init (&alert);
  SkSinkSettings full = { .kind = SK_SINK_FILE, .format = SK_FORMAT_JSON, .path = (char *) "/dev/full" };
  g_autoptr (GError) error = NULL;
  bool opened = sk_report_add_sink (&report, &full, &alert, &error);
  sk_alert_settings_clear (&alert);
  if (!opened)
    return; /* a device is refused when the sink is opened: told, too */
  SkReply *reply = reply_new ("b");
  add_finding (reply, HIGH, 0, SK_LEVEL_HIGH);
  SkWalkItem item = { .kind = SK_WALK_FILE, .path = (char *) "/b", .fd = -1 };
  SkJobResult result = { &item, "/b", reply, catalogue, 1000 };
  bool written_all = sk_report_result (&report, &result) && sk_report_end (&report, 1000);
  sk_reply_free (reply);
  ck_assert (!written_all);
  ck_assert (strstr (report.error->message, "/dev/full") != NULL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("report");
  TCase *tcase = tcase_create ("report");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, a_clean_file_is_counted_and_says_nothing);
  tcase_add_test (tcase, names_and_id_lead_from_the_root_to_the_object);
  tcase_add_test (tcase, a_deferred_job_names_its_window_and_is_no_file);
  tcase_add_test (tcase, fail_on_decides_between_1_and_0);
  tcase_add_test (tcase, reasons_count_objects_and_make_3_whatever_their_level);
  tcase_add_test (tcase, a_reason_that_had_no_room_is_said_again);
  tcase_add_test (tcase, a_silence_is_counted_and_neither_said_nor_an_end);
  tcase_add_test (tcase, entries_that_are_passed_over);
  tcase_add_test (tcase, entries_that_could_not_be_read);
  tcase_add_test (tcase, a_missing_path_is_an_error_even_beside_findings);
  tcase_add_test (tcase, an_interrupted_run_is_never_clean);
  tcase_add_test (tcase, a_name_that_is_not_utf8_leaves_as_text);
  tcase_add_test (tcase, a_correlation_stands_where_its_events_stand);
  tcase_add_test (tcase, a_correlation_is_known_by_rule_group_and_beginning);
  tcase_add_test (tcase, a_record_is_where_its_object_is);
  tcase_add_test (tcase, silences_hold_for_records_too);
  tcase_add_test (tcase, what_could_not_be_judged_is_not_inspected);
  tcase_add_test (tcase, records_are_counted_by_kind);
  tcase_add_test (tcase, a_full_disk_is_told);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
