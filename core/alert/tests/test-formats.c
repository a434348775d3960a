/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Unit tests of the formats: one alert is one record, whatever it is called.
 */
#include "config.h"

#include "alert/format.h"
#include "parse5424.h"
#include "sample.h"
#include "sk-test.h"

#include <string.h>
#include <unistd.h>

#define LONG_NAME (100 * 1024)

static Sample sample;

static void
setup (void)
{
  sample_init (&sample);
}

static void
teardown (void)
{
  sample_clear (&sample);
}

static Parsed *
parse_ok (const char *line)
{
  Parsed *parsed = parse5424 (line, strlen (line));
  ck_assert_msg (parsed->why == NULL, "%s: %s", parsed->why, line);
  return parsed;
}

static Parsed *
format_and_parse (void)
{
  g_autofree char *line = sk_alert_to_rfc5424 (&sample.settings, &sample.root, &sample.alert);
  ck_assert_uint_le (strlen (line), sample.settings.max_size);
  return parse_ok (line);
}

static void
assert_param (const Parsed *parsed, const char *element, const char *name, const char *expected)
{
  const char *value = parsed_get (parsed, element, name);
  ck_assert_msg (value != NULL, "%s %s is absent", element, name);
  ck_assert (parsed_is_safe (value));
  g_autofree char *original = parsed_unescape (value);
  ck_assert_msg (original != NULL, "%s", value);
  ck_assert_str_eq (original, expected);
}

START_TEST (every_field_is_on_the_wire)
{
  g_autoptr (Parsed) parsed = format_and_parse ();
  g_autofree char *id = sk_alert_id (&sample.alert);
  g_autofree char *pid = g_strdup_printf ("%ld", (long) getpid ());
  ck_assert_int_eq (parsed->facility, 16);
  ck_assert_int_eq (parsed->severity, 3);
  ck_assert_str_eq (parsed->time, "2026-11-25T01:02:03.456789Z");
  ck_assert_str_eq (parsed->host, "gate.example.jp");
  ck_assert_str_eq (parsed->app, "sekisho");
  ck_assert_str_eq (parsed->process, pid);
  ck_assert_str_eq (parsed->message_id, "file.name.disguised");
  assert_param (parsed, "sekisho", "id", id);
  assert_param (parsed, "sekisho", "rule", "file.name.disguised");
  assert_param (parsed, "sekisho", "det", "FL-01");
  assert_param (parsed, "sekisho", "level", "high");
  assert_param (parsed, "sekisho", "severity", "73");
  assert_param (parsed, "sekisho", "verdict", "high");
  assert_param (parsed, "sekisho", "complete", "yes");
  assert_param (parsed, "sekisho", "source", "file");
  assert_param (parsed, "sekisho", "attack", "T1036.007 T1204.002");
  assert_param (parsed, "sekisho", "generation", "0123456789abcdef");
  assert_param (parsed, "sekisho", "count", "1");
  assert_param (parsed, "sekisho", "plugin", "yara");
  assert_param (parsed, "sekisho", "evidence", "MZ at 0");
  assert_param (parsed, "object", "path", "mail.eml » 請求書.zip » y.pdf.exe");
  assert_param (parsed, "object", "name", "y.pdf.exe");
  assert_param (parsed, "object", "type", "application/vnd.microsoft.portable-executable");
  assert_param (parsed, "object", "size", "4096");
  assert_param (parsed, "object", "sha256", sample.alert.sha256);
  assert_param (parsed, "object", "root", "/media/usb/mail.eml");
  ck_assert_ptr_null (parsed_get (parsed, "sekisho", "cut"));
  ck_assert (parsed->bom);
  ck_assert_str_eq (parsed->text, "high: Program under a document's name: "
                                  "/media/usb/mail.eml » 請求書.zip » y.pdf.exe (MZ at 0)");
}
END_TEST

/** 2026-11-25T00:00:00Z */
#define EVENT_TIME G_GINT64_CONSTANT (1795564800000000000)

START_TEST (a_record_has_its_place_and_time)
{
  sample.alert.record = 1234567;
  sample.alert.time_ns = EVENT_TIME;
  g_autoptr (Parsed) parsed = format_and_parse ();
  assert_param (parsed, "sekisho", "source", "log");
  assert_param (parsed, "object", "record", "1234567");
  assert_param (parsed, "object", "event-time", "2026-11-25T00:00:00.000000Z");
  ck_assert_ptr_null (parsed_get (parsed, "object", "event-start"));
  ck_assert_ptr_nonnull (strstr (parsed->text, "y.pdf.exe at byte 1234567 (MZ at 0)"));
  g_autofree char *json = sk_alert_to_json (&sample.settings, &sample.root, &sample.alert);
  ck_assert_ptr_nonnull (strstr (json, "\"log\":{\"offset\":1234567}"));
  ck_assert_ptr_nonnull (strstr (json, "\"start\":\"2026-11-25T00:00:00.000000Z\"}"));
  ck_assert_ptr_nonnull (strstr (json, "\"source\":\"log\""));
  g_autofree char *tree = sk_root_to_tree (&sample.settings, &sample.root);
  ck_assert_ptr_nonnull (
      strstr (tree, "\n                  record at byte 1234567, 2026-11-25T00:00:00.000000Z\n"));

  /* Without a time nothing is made up; without a record there is none. */
  sample.alert.time_ns = 0;
  g_autoptr (Parsed) timeless = format_and_parse ();
  ck_assert_ptr_null (parsed_get (timeless, "object", "event-time"));
  sample.alert.record = SK_NO_RECORD;
  g_autoptr (Parsed) other = format_and_parse ();
  ck_assert_ptr_null (parsed_get (other, "object", "record"));
  assert_param (other, "sekisho", "source", "file");
}
END_TEST

START_TEST (a_correlation_has_a_time_from_and_to_and_no_size)
{
  sample.root.source = SK_SOURCE_CORRELATION;
  sample.alert.since_ns = EVENT_TIME;
  sample.alert.time_ns = EVENT_TIME + 1000000;
  g_autoptr (Parsed) parsed = format_and_parse ();
  assert_param (parsed, "sekisho", "source", "correlation");
  assert_param (parsed, "object", "event-start", "2026-11-25T00:00:00.000000Z");
  assert_param (parsed, "object", "event-time", "2026-11-25T00:00:00.001000Z");
  ck_assert_ptr_null (parsed_get (parsed, "object", "size"));
  g_autofree char *json = sk_alert_to_json (&sample.settings, &sample.root, &sample.alert);
  ck_assert_ptr_nonnull (strstr (json, "\"category\":[\"intrusion_detection\"]"));
  ck_assert_ptr_nonnull (strstr (json, "\"start\":\"2026-11-25T00:00:00.000000Z\","
                                       "\"end\":\"2026-11-25T00:00:00.001000Z\""));
  ck_assert_ptr_null (strstr (json, "\"size\""));
}
END_TEST

START_TEST (absent_values_are_left_out)
{
  sample.rule.det = sample.rule.attack = NULL;
  sample.alert.sha256 = sample.alert.type = sample.alert.plugin = sample.alert.evidence = "";
  g_autoptr (Parsed) parsed = format_and_parse ();
  ck_assert_ptr_null (parsed_get (parsed, "sekisho", "det"));
  ck_assert_ptr_null (parsed_get (parsed, "sekisho", "attack"));
  ck_assert_ptr_null (parsed_get (parsed, "sekisho", "plugin"));
  ck_assert_ptr_null (parsed_get (parsed, "object", "sha256"));
  ck_assert_ptr_null (parsed_get (parsed, "object", "type"));
}
END_TEST

static const char *const hostile[] = {
  "new\nline",
  "carriage\rreturn",
  "\r\n<13>1 2026-01-01T00:00:00Z evil sekisho - - - clean",
  "esc\033]0;title\007\033[2J",
  "override \xE2\x80\xAE""fdp.exe",
  "isolate \xE2\x81\xA6x\xE2\x81\xA9 \xE2\x80\x8E",
  "a] [sekisho@32473 level=\"informational\"]",
  "quote\" count=\"0",
  "back\\slash \\\" \\] \\n \\u{41}",
  "ends with \\",
  "separators \xE2\x80\xA8 \xE2\x80\xA9",
  "c1 \xC2\x85 \xC2\x9B""31m",
  "tab\tdel\x7F",
  "zero\xE2\x80\x8Bwidth\xEF\xBB\xBF",
  "tags \xF3\xA0\x80\x81\xF3\xA0\x81\x81",
  "a » b",
  "»",
  " ",
  "表計算ソフト.xlsx",
  "= ; ' `$(reboot)` %s%n",
};

START_TEST (hostile_names_make_one_true_record)
{
  const char *name = hostile[_i];
  sample.path[2] = sample.root.path = sample.alert.type = sample.alert.evidence = name;
  sample.rule.title = sample.rule.attack = sample.rule.det = (char *) name;
  sample.settings.max_size = 8192;
  g_autoptr (Parsed) parsed = format_and_parse ();
  assert_param (parsed, "object", "name", name);
  assert_param (parsed, "object", "root", name);
  assert_param (parsed, "object", "type", name);
  assert_param (parsed, "sekisho", "evidence", name);
  assert_param (parsed, "sekisho", "attack", name);
  assert_param (parsed, "sekisho", "level", "high");
  ck_assert (parsed_is_safe (parsed->text));
  g_auto (GStrv) parts = g_strsplit (parsed_get (parsed, "object", "path"), " » ", -1);
  ck_assert_uint_eq (g_strv_length (parts), 3);
  g_autofree char *last = parsed_unescape (parts[2]);
  ck_assert_str_eq (last, name);
}
END_TEST

START_TEST (hostile_names_make_one_traditional_line)
{
  sample.path[2] = sample.root.path = sample.alert.evidence = hostile[_i];
  sample.settings.max_size = 8192;
  g_autofree char *line = sk_alert_to_rfc3164 (&sample.settings, &sample.root, &sample.alert);
  ck_assert (parsed_is_safe (line));
  g_autofree char *tag = g_strdup_printf (" sekisho[%ld]: [sekisho@32473 id=\"", (long) getpid ());
  ck_assert_ptr_nonnull (strstr (line, tag));
  ck_assert_str_eq (line + strspn (line, "<0123456789"), strchr (line, '>'));
}
END_TEST

START_TEST (hostile_names_are_harmless_in_a_tree)
{
  sample.path[2] = sample.root.path = sample.alert.evidence = hostile[_i];
  sample.rule.title = (char *) hostile[_i];
  g_autofree char *tree = sk_root_to_tree (&sample.settings, &sample.root);
  g_auto (GStrv) lines = g_strsplit (tree, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 4);
  for (size_t i = 0; lines[i] != NULL; i++)
    ck_assert (parsed_is_safe (lines[i]));
}
END_TEST

START_TEST (hostile_names_are_harmless_in_json)
{
  sample.path[2] = sample.root.path = sample.alert.evidence = hostile[_i];
  sample.rule.title = (char *) hostile[_i];
  g_autofree char *line = sk_alert_to_json (&sample.settings, &sample.root, &sample.alert);
  ck_assert (parsed_is_safe (line));
}
END_TEST

START_TEST (json_escapes_by_its_own_rules)
{
  sample.path[2] = "a\"\\\n\xE2\x80\xAE\xF3\xA0\x80\x81\xC2\x9B""é";
  g_autofree char *line = sk_alert_to_json (&sample.settings, &sample.root, &sample.alert);
  ck_assert_ptr_nonnull (
      strstr (line, "\"name\":\"a\\\"\\\\\\u000a\\u202e\\udb40\\udc01\\u009bé\""));
}
END_TEST

/* A text of `size` bytes whose every character costs something to escape or to cut. */
static char *
long_text (const char *piece, size_t size)
{
  GString *text = g_string_new (NULL);
  while (text->len + strlen (piece) <= size)
    g_string_append (text, piece);
  return g_string_free (text, FALSE);
}

START_TEST (every_size_is_kept)
{
  static const char *const pieces[] = { "a", "\\", "\"", "日", "\xE2\x80\xAE", "\n", "]\\日" };
  g_autofree char *name = long_text (pieces[_i], 600);
  sample.path[1] = sample.path[2] = sample.alert.evidence = name;
  g_autofree char *id = sk_alert_id (&sample.alert);
  for (uint32_t size = 480; size <= 3000; size++)
    {
      sample.settings.max_size = size;
      g_autoptr (Parsed) parsed = format_and_parse ();
      assert_param (parsed, "sekisho", "id", id);
      assert_param (parsed, "sekisho", "rule", "file.name.disguised");
      ck_assert_ptr_nonnull (parsed_get (parsed, "sekisho", "cut"));
      ck_assert (parsed->text == NULL || g_str_has_suffix (parsed->text, "…"));
    }
}
END_TEST

START_TEST (text_is_cut_before_data)
{
  sample.settings.max_size = 900;
  g_autofree char *title = long_text ("長", 1000);
  sample.rule.title = title;
  g_autoptr (Parsed) parsed = format_and_parse ();
  assert_param (parsed, "sekisho", "cut", "text");
  assert_param (parsed, "object", "path", "mail.eml » 請求書.zip » y.pdf.exe");
  assert_param (parsed, "object", "sha256", sample.alert.sha256);
  ck_assert (g_str_has_suffix (parsed->text, "…"));
}
END_TEST

START_TEST (a_value_that_is_cut_says_so)
{
  g_autofree char *name = long_text ("n", LONG_NAME);
  sample.path[2] = name;
  g_autoptr (Parsed) parsed = format_and_parse ();
  assert_param (parsed, "sekisho", "cut", "data");
  ck_assert (g_str_has_suffix (parsed_get (parsed, "object", "name"), "…"));
  assert_param (parsed, "object", "root", "/media/usb/mail.eml");
  assert_param (parsed, "object", "sha256", sample.alert.sha256);
  ck_assert_uint_gt (strlen (parsed_get (parsed, "object", "name")), 400);
}
END_TEST

START_TEST (exactly_fitting_is_not_cut)
{
  sample.settings.max_size = 8192;
  g_autofree char *whole = sk_alert_to_rfc5424 (&sample.settings, &sample.root, &sample.alert);
  sample.settings.max_size = (uint32_t) strlen (whole);
  g_autofree char *same = sk_alert_to_rfc5424 (&sample.settings, &sample.root, &sample.alert);
  ck_assert_str_eq (same, whole);
  sample.settings.max_size--;
  g_autoptr (Parsed) parsed = format_and_parse ();
  assert_param (parsed, "sekisho", "cut", "text");
}
END_TEST

START_TEST (the_least_size_holds_the_longest_head)
{
  g_free (sample.settings.host);
  sample.settings.host = long_text ("h", 400);
  sample.settings.enterprise = UINT32_MAX;
  sample.settings.facility = 23;
  sample.settings.max_size = 480;
  sample.root.complete = false;
  sample.alert.level = sample.root.highest = SK_LEVEL_INFORMATIONAL;
  g_autofree char *id = long_text ("yara.space.rule_", 400);
  sample.rule.id = id;
  g_autoptr (Parsed) parsed = format_and_parse ();
  ck_assert_uint_eq (strlen (parsed->host), 255);
  assert_param (parsed, "sekisho", "verdict", "informational");
  assert_param (parsed, "sekisho", "complete", "no");
}
END_TEST

START_TEST (message_ids)
{
  static const struct
  {
    const char *id, *message_id;
  } cases[] = { { "file.name.disguised", "file.name.disguised" },
                { "yara.apt.Emotet_Loader", "yara.Emotet_Loader" },
                { "yara.ns.a23456789012345678901234567890", "yara.a23456789012345678901234567" },
                { "yara.", "yara." },
                { "sigma.12345678-9abc-def0-1234-56789abcdef0", "sigma.12345678" },
                { "not-inspected.encrypted", "not-inspected.encrypted" },
                { "a b\nü", "a_b___" },
                { "", "-" },
                { "a234567890123456789012345678901234", "a2345678901234567890123456789012" } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message_id = sk_message_id (cases[i].id);
      ck_assert_str_eq (message_id, cases[i].message_id);
    }
}
END_TEST

START_TEST (alert_ids_tell_objects_and_rules_apart)
{
  g_autofree char *first = sk_alert_id (&sample.alert);
  g_autofree char *again = sk_alert_id (&sample.alert);
  ck_assert_str_eq (first, again);
  ck_assert_uint_eq (strspn (first, "0123456789abcdef"), 16);
  ck_assert_uint_eq (strlen (first), 16);
  sample.alert.object_id = "ab";
  sample.rule.id = (char *) "c";
  g_autofree char *one = sk_alert_id (&sample.alert);
  sample.alert.object_id = "a";
  sample.rule.id = (char *) "bc";
  g_autofree char *other = sk_alert_id (&sample.alert);
  ck_assert_str_ne (one, other);
  ck_assert_str_ne (one, first);
  sample.alert.record = 0;
  g_autofree char *at_start = sk_alert_id (&sample.alert);
  sample.alert.record = 1;
  g_autofree char *behind = sk_alert_id (&sample.alert);
  ck_assert_str_ne (at_start, other);
  ck_assert_str_ne (behind, at_start);
}
END_TEST

START_TEST (times_outside_the_calendar_are_nil)
{
  g_autofree char *before = sk_time_text (-1);
  ck_assert_str_eq (before, "1969-12-31T23:59:59.999999Z");
  g_autofree char *zero = sk_time_text (0);
  ck_assert_str_eq (zero, "1970-01-01T00:00:00.000000Z");
  g_autofree char *last = sk_time_text (INT64_MAX);
  ck_assert_str_eq (last, "2262-04-11T23:47:16.854775Z");
  g_autofree char *first = sk_time_text (INT64_MIN);
  ck_assert_str_eq (first, "1677-09-21T00:12:43.145224Z");
}
END_TEST

START_TEST (hosts_are_printable)
{
  static const struct
  {
    const char *setting, *host;
  } cases[] = { { "a b\nc", "a_b_c" }, { "", "-" }, { "門", "___" } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_free (sample.settings.host);
      sample.settings.host = g_strdup (cases[i].setting);
      g_autoptr (Parsed) parsed = format_and_parse ();
      ck_assert_str_eq (parsed->host, cases[i].host);
    }
  g_clear_pointer (&sample.settings.host, g_free);
  g_autoptr (Parsed) parsed = format_and_parse ();
  ck_assert_str_eq (parsed->host, g_get_host_name ());
}
END_TEST

START_TEST (severities)
{
  static const int syslog[] = { 6, 5, 4, 3, 2 };
  static const char *const ecs[] = { "1", "21", "47", "73", "99" };
  sample.settings.facility = 0;
  sample.alert.level = (SkLevel) _i;
  g_autoptr (Parsed) parsed = format_and_parse ();
  ck_assert_int_eq (parsed->facility, 0);
  ck_assert_int_eq (parsed->severity, syslog[_i]);
  assert_param (parsed, "sekisho", "severity", ecs[_i]);
}
END_TEST

START_TEST (traditional_line)
{
  g_autofree char *line = sk_alert_to_rfc3164 (&sample.settings, &sample.root, &sample.alert);
  g_autofree char *expected = g_strdup_printf ("<131>Nov 25 01:02:03 sekisho[%ld]: [sekisho@32473 "
                                               "id=\"",
                                               (long) getpid ());
  ck_assert (g_str_has_prefix (line, expected));
  ck_assert (g_str_has_suffix (line, "\"] high: Program under a document's name: "
                                     "/media/usb/mail.eml » 請求書.zip » y.pdf.exe (MZ at 0)"));
  sample.root.time_ns = 0;
  g_autofree char *old = sk_alert_to_rfc3164 (&sample.settings, &sample.root, &sample.alert);
  ck_assert (g_str_has_prefix (old, "<131>Jan  1 00:00:00 sekisho["));
}
END_TEST

START_TEST (japanese_titles)
{
  g_free (sample.settings.language);
  sample.settings.language = g_strdup ("ja");
  g_autoptr (Parsed) parsed = format_and_parse ();
  ck_assert (g_str_has_prefix (parsed->text, "high: 文書を装ったプログラム: "));
  sample.rule.title_ja = NULL;
  ck_assert_str_eq (sk_alert_title (&sample.settings, &sample.alert), sample.rule.title);
  sample.rule.title = NULL;
  ck_assert_str_eq (sk_alert_title (&sample.settings, &sample.alert), sample.rule.id);
}
END_TEST

START_TEST (a_tree)
{
  static const char *const own_path[] = { "mail.eml", NULL };
  SkRule encrypted = { .id = (char *) "not-inspected.encrypted",
                       .title = (char *) "Encrypted, and no password opened it" };
  SkAlert alerts[] = { sample.alert, sample.alert, sample.alert };
  alerts[1].rule = &encrypted;
  alerts[1].level = SK_LEVEL_LOW;
  alerts[1].evidence = "";
  alerts[1].count = 3;
  alerts[2].path = own_path;
  alerts[2].object_id = "/media/usb/mail.eml";
  alerts[2].level = SK_LEVEL_MEDIUM;
  sample.root.alerts = alerts;
  sample.root.n_alerts = 3;
  sample.root.complete = false;
  g_autofree char *tree = sk_root_to_tree (&sample.settings, &sample.root);
  ck_assert_str_eq (tree,
                    "/media/usb/mail.eml: high, not fully inspected\n"
                    "  medium        Program under a document's name (file.name.disguised)\n"
                    "                MZ at 0\n"
                    "  mail.eml » 請求書.zip » y.pdf.exe\n"
                    "    high          Program under a document's name (file.name.disguised)\n"
                    "                  MZ at 0\n"
                    "    low           Encrypted, and no password opened it "
                    "(not-inspected.encrypted) ×3");
}
END_TEST

START_TEST (colour_only_when_asked)
{
  g_autofree char *plain = sk_root_to_tree (&sample.settings, &sample.root);
  ck_assert_ptr_null (strchr (plain, '\033'));
  sample.settings.color = true;
  g_autofree char *colored = sk_root_to_tree (&sample.settings, &sample.root);
  ck_assert_ptr_nonnull (strstr (colored, "\033[31mhigh\033[0m"));
  g_auto (GStrv) parts = g_strsplit (colored, "\033[", -1);
  GString *stripped = g_string_new (parts[0]);
  for (size_t i = 1; parts[i] != NULL; i++)
    g_string_append (stripped, strchr (parts[i], 'm') + 1);
  ck_assert_str_eq (stripped->str, plain);
  g_string_free (stripped, TRUE);
}
END_TEST

START_TEST (a_root_without_alerts)
{
  sample.root.n_alerts = 0;
  g_autofree char *clean = sk_root_to_tree (&sample.settings, &sample.root);
  ck_assert_str_eq (clean, "/media/usb/mail.eml: clean");
  sample.root.complete = false;
  g_autofree char *unseen = sk_root_to_tree (&sample.settings, &sample.root);
  ck_assert_str_eq (unseen, "/media/usb/mail.eml: not fully inspected");
}
END_TEST

START_TEST (a_summary_for_people)
{
  SkSummary summary = sample_summary ();
  g_autofree char *text = sk_summary_to_text (&sample.settings, &summary);
  ck_assert_str_eq (
      text,
      "Scanned: 1,234 files, 2,345 objects, 3.3 MiB, 1.5 s\n"
      "Findings: 5 critical, 4 high, 3 medium, 2 low, 1 informational, 1 silenced, "
      "9 over the limit of a job\n"
      "Not inspected: 1 limit, 2 timeout, 3 crash, 4 memory, 5 changed, 6 unreadable, "
      "7 malformed, 8 unsupported, 9 truncated, 10 rules, 11 failed, 12 cancelled\n"
      "Passed over: 2 excluded, 3 special files, 4 symbolic links, 5 on another medium, "
      "6 unreadable, 7 missing, 8 vanished\n"
      "Rules: 300 rules, 12 rule files, 1 list, 2 left out, newest of 2026-11-22 (3 days old), "
      "version fedcba9876543210\n"
      "Silences: 3 in force, 1 expired\n"
      "Sandbox: Landlock and seccomp in force");
}
END_TEST

START_TEST (records_stand_in_the_summary)
{
  static const SkSummaryKind kinds[] = { { "file", 4, 0, true },
                                         { "log.json", 12345, 12000, false },
                                         { "log.web", 7, 0, false } };
  SkSummary summary = { .digest = "", .kinds = kinds, .n_kinds = 3, .sandbox_note = "" };
  g_autofree char *text = sk_summary_to_text (&sample.settings, &summary);
  ck_assert_ptr_nonnull (
      strstr (text, "\nRecords: 4 file (0 judged), 12,345 log.json (12,000 judged), "
                    "7 log.web (0 judged)\n"
                    "Warning: 0 rules apply to the 7 records of kind log.web\n"));
  ck_assert_ptr_null (strstr (text, "kind file"));
  ck_assert_ptr_null (strstr (text, "kind log.json"));
  sample.settings.max_size = 4096;
  g_autofree char *line = sk_summary_to_rfc5424 (&sample.settings, &summary, 0);
  g_autoptr (Parsed) parsed = parse_ok (line);
  assert_param (parsed, "records", "log.json", "12345");
  assert_param (parsed, "judged", "log.web", "0");
  g_autofree char *json = sk_summary_to_json (&sample.settings, &summary, 0);
  ck_assert_ptr_nonnull (
      strstr (json, "{\"kind\":\"log.web\",\"count\":7,\"judged\":0}]"));
}
END_TEST

START_TEST (an_empty_summary_for_people)
{
  SkSummary summary = { .digest = "",
                        .interrupted = true,
                        .special = 1,
                        .links = 1,
                        .bytes = 1,
                        .sandbox_note = "no Landlock\033[2J" };
  g_autofree char *text = sk_summary_to_text (&sample.settings, &summary);
  ck_assert_str_eq (text, "Interrupted after: 0 files, 0 objects, 1 byte, 0.0 s\n"
                          "Findings: none\n"
                          "Not inspected: none\n"
                          "Passed over: 1 special file, 1 symbolic link\n"
                          "Rules: 0 rules, 0 rule files, 0 lists, 0 left out\n"
                          "Sandbox: no Landlock\\u{1B}[2J");
}
END_TEST

START_TEST (a_summary_on_the_wire)
{
  SkSummary summary = sample_summary ();
  sample.settings.max_size = 4096;
  g_autofree char *line
      = sk_summary_to_rfc5424 (&sample.settings, &summary, sample.root.time_ns);
  g_autoptr (Parsed) parsed = parse_ok (line);
  ck_assert_str_eq (parsed->message_id, "scan.summary");
  ck_assert_int_eq (parsed->severity, 6);
  assert_param (parsed, "summary", "files", "1234");
  assert_param (parsed, "summary", "critical", "5");
  assert_param (parsed, "summary", "interrupted", "no");
  assert_param (parsed, "summary", "seconds", "1.500");
  assert_param (parsed, "notinspected", "crash", "3");
  ck_assert_ptr_null (parsed_get (parsed, "notinspected", "encrypted"));
  assert_param (parsed, "walk", "other-medium", "5");
  assert_param (parsed, "rules", "left-out", "2");
  assert_param (parsed, "rules", "newest", "2026-11-22T01:02:03.000000Z");
  assert_param (parsed, "rules", "digest", summary.digest);
  assert_param (parsed, "sandbox", "seccomp", "yes");
  ck_assert_str_eq (parsed->text, "finished: 1234 files, 2345 objects, 3456789 bytes; findings "
                                  "critical 5 high 4 medium 3 low 2 informational 1; "
                                  "not inspected 78");
}
END_TEST

START_TEST (a_summary_fits_every_size)
{
  SkSummary summary = sample_summary ();
  g_autofree char *note = long_text ("壁 ", 600);
  summary.sandbox_note = note;
  summary.files = summary.objects = summary.bytes = UINT64_MAX;
  g_free (sample.settings.host);
  sample.settings.host = long_text ("h", 400);
  sample.settings.enterprise = UINT32_MAX;
  for (uint32_t size = 480; size <= 2000; size++)
    {
      sample.settings.max_size = size;
      g_autofree char *line
          = sk_summary_to_rfc5424 (&sample.settings, &summary, sample.root.time_ns);
      ck_assert_uint_le (strlen (line), size);
      g_autoptr (Parsed) parsed = parse_ok (line);
      assert_param (parsed, "summary", "files", "18446744073709551615");
      assert_param (parsed, "summary", "interrupted", "no");
    }
}
END_TEST

START_TEST (format_names)
{
  SkFormat format;
  ck_assert (sk_format_parse ("tree", &format) && format == SK_FORMAT_TREE);
  ck_assert (sk_format_parse ("rfc5424", &format) && format == SK_FORMAT_RFC5424);
  ck_assert (sk_format_parse ("json", &format) && format == SK_FORMAT_JSON);
  ck_assert (!sk_format_parse ("JSON", &format));
  ck_assert (!sk_format_parse ("", &format));
}
END_TEST

START_TEST (the_reader_refuses_near_misses)
{
  static const char *const wrong[] = {
    "",
    "<192>1 - h a 1 m [a@1 b=\"c\"] t",
    "<013>1 - h a 1 m [a@1 b=\"c\"] t",
    "<13>2 - h a 1 m [a@1 b=\"c\"] t",
    "<13>1 2026-13-01T00:00:00.0Z h a 1 m [a@1 b=\"c\"]",
    "<13>1 -  a 1 m [a@1 b=\"c\"]",
    "<13>1 - h a 1 m [a@1 b=\"c]\"]",
    "<13>1 - h a 1 m [a@1 b=\"c\\n\"]",
    "<13>1 - h a 1 m [a@1 b=\"c\"][a@1 b=\"c\"]",
    "<13>1 - h a 1 m [a@1 b=\"c\" b=\"d\"]",
    "<13>1 - h a 1 m [a b=\"c\"]",
    "<13>1 - h a 1 m [a@1 b=\"c\"]t",
    "<13>1 - h a 1 m [a@1 b=\"c\"",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Parsed) parsed = parse5424 (wrong[i], strlen (wrong[i]));
      ck_assert_msg (parsed->why != NULL, "accepted: %s", wrong[i]);
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *suite = suite_create ("formats");
  TCase *tests = tcase_create ("formats");
  int n = (int) G_N_ELEMENTS (hostile);
  tcase_set_timeout (tests, 60);
  tcase_add_checked_fixture (tests, setup, teardown);
  tcase_add_test (tests, every_field_is_on_the_wire);
  tcase_add_test (tests, a_record_has_its_place_and_time);
  tcase_add_test (tests, a_correlation_has_a_time_from_and_to_and_no_size);
  tcase_add_test (tests, records_stand_in_the_summary);
  tcase_add_test (tests, absent_values_are_left_out);
  tcase_add_loop_test (tests, hostile_names_make_one_true_record, 0, n);
  tcase_add_loop_test (tests, hostile_names_make_one_traditional_line, 0, n);
  tcase_add_loop_test (tests, hostile_names_are_harmless_in_a_tree, 0, n);
  tcase_add_loop_test (tests, hostile_names_are_harmless_in_json, 0, n);
  tcase_add_test (tests, json_escapes_by_its_own_rules);
  tcase_add_loop_test (tests, every_size_is_kept, 0, 7);
  tcase_add_test (tests, text_is_cut_before_data);
  tcase_add_test (tests, a_value_that_is_cut_says_so);
  tcase_add_test (tests, exactly_fitting_is_not_cut);
  tcase_add_test (tests, the_least_size_holds_the_longest_head);
  tcase_add_test (tests, message_ids);
  tcase_add_test (tests, alert_ids_tell_objects_and_rules_apart);
  tcase_add_test (tests, times_outside_the_calendar_are_nil);
  tcase_add_test (tests, hosts_are_printable);
  tcase_add_loop_test (tests, severities, 0, SK_N_LEVELS);
  tcase_add_test (tests, traditional_line);
  tcase_add_test (tests, japanese_titles);
  tcase_add_test (tests, a_tree);
  tcase_add_test (tests, colour_only_when_asked);
  tcase_add_test (tests, a_root_without_alerts);
  tcase_add_test (tests, a_summary_for_people);
  tcase_add_test (tests, an_empty_summary_for_people);
  tcase_add_test (tests, a_summary_on_the_wire);
  tcase_add_test (tests, a_summary_fits_every_size);
  tcase_add_test (tests, format_names);
  tcase_add_test (tests, the_reader_refuses_near_misses);
  suite_add_tcase (suite, tests);
  return suite;
}

int
main (void)
{
  /* RFC 3164 times are local. */
  g_setenv ("TZ", "UTC0", TRUE);
  return sk_test_main (suite ());
}
