/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The rules on the supervisor's side, without processes: which records may come
 * up, what is judged again, what correlations get, and what is said of all that
 * found no room. Rules and kinds are those of a real engine.
 */
#include "config.h"

#include "base/limits.h"
#include "run/entry.h"
#include "run/relate.h"
#include "sk-test.h"

#include <string.h>

static const char tables[] = "sources:\n"
                             "  - {logsource: {product: test, category: open}, kind: lines.open}\n"
                             "  - {logsource: {product: test, category: closed}, kind: lines.closed}\n"
                             "  - {logsource: {product: test, category: file}, kind: file}\n";

/* Three rules travel up: one for what only the supervisor knows, two for correlations. */
static const char rules[] = "title: Hidden\n"
                            "name: test.file.hidden\n"
                            "logsource: {product: test, category: file}\n"
                            "detection: {a: {file.attributes: hidden, file.name|endswith: .bat}, condition: a}\n"
                            "level: high\n"
                            "---\n"
                            "title: Login\n"
                            "name: test.line.login\n"
                            "logsource: {product: test, category: open}\n"
                            "detection: {a: {Action: login}, condition: a}\n"
                            "---\n"
                            "title: Three logins\n"
                            "name: test.line.three\n"
                            "correlation:\n"
                            "  {type: event_count, rules: [test.line.login], group-by: [User],\n"
                            "   timespan: 1m, condition: {gte: 3}}\n"
                            "level: critical\n"
                            "---\n"
                            "title: Nobody asks\n"
                            "name: test.line.alone\n"
                            "logsource: {product: test, category: closed}\n"
                            "detection: {a: {Host: evil}, condition: a}\n";

static SkEngine *engine;
static SkBundle *bundle;
static SkCatalogue *catalogue;
static SkRunSettings settings;
static SkTwin *twin;
static SkRecordView view;
static SkBuffer buffer;
static GString *out;
static bool refuses; /* the sink */
static uint64_t order;

/* ---- what comes out ---- */

static void
on_record (void *data, const SkRunRecord *record)
{
  (void) data;
  g_string_append_printf (out, "record %u %s %s%s %" G_GUINT64_FORMAT " %u\n", record->subscription,
                          record->root, record->job, record->object, record->position,
                          record->fields->items->len);
}

static gboolean
on_related (void *data, const SkRelated *related)
{
  (void) data;
  ck_assert (related->catalogue == catalogue);
  const SkRunPlace *place = related->n_places > 0 ? &related->places[0] : NULL;
  g_string_append_printf (out, "%s %s x%" G_GUINT64_FORMAT " at %s %s%s: %s\n",
                          related->of_one ? "one" : place != NULL ? "many" : "gap",
                          sk_catalogue_rule (catalogue, related->rule)->id, related->count,
                          place != NULL ? place->root : "-", place != NULL ? place->job : "-",
                          place != NULL ? place->object : "-", related->evidence);
  return !refuses;
}

static const SkRunCallbacks callbacks = { .record = on_record, .related = on_related };

/* ---- set up ---- */

static void
make_engine (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("abs_top_builddir"), "tests/plugins/.libs", NULL);
  SkEngineSettings engine_settings;
  g_autoptr (GError) error = NULL;
  sk_engine_settings_init (&engine_settings);
  g_strfreev (engine_settings.plugin_path);
  g_strfreev (engine_settings.plugin_order);
  engine_settings.plugin_path = g_strdupv ((char *[]){ folder, NULL });
  engine_settings.plugin_order = g_strdupv ((char *[]){ (char *) "lines", NULL });
  bundle = sk_bundle_new ();
  ck_assert (sk_bundle_add (bundle, "sigma", "/r.yml", sk_span_of_text (rules), 1, NULL));
  ck_assert (sk_bundle_add (bundle, "logsource-table", "/t.yml", sk_span_of_text (tables), 1, NULL));
  engine = sk_engine_new (&engine_settings, bundle, &catalogue, &error);
  ck_assert_msg (engine != NULL, "%s", error != NULL ? error->message : "?");
  ck_assert_uint_eq (sk_catalogue_count (catalogue, SK_PROBLEM_LEFT_OUT), 0);
  sk_engine_settings_clear (&engine_settings);
}

static void
make_twin (void)
{
  g_autoptr (GError) error = NULL;
  g_clear_pointer (&twin, sk_twin_free);
  twin = sk_twin_new (&settings, 1, bundle, catalogue, &error);
  ck_assert_msg (twin != NULL, "%s", error != NULL ? error->message : "?");
}

static void
setup (void)
{
  make_engine ();
  settings = (SkRunSettings) { .subscriptions = 1,
                               .correlate = { SK_DEFAULT_GROUPS, SK_DEFAULT_CORRELATE_BYTES } };
  make_twin ();
  sk_record_view_init (&view);
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  out = g_string_new (NULL);
  refuses = false;
  order = 1;
}

static void
teardown (void)
{
  g_clear_pointer (&twin, sk_twin_free);
  sk_engine_free (engine);
  sk_bundle_free (bundle);
  g_clear_pointer (&catalogue, sk_catalogue_free);
  sk_record_view_clear (&view);
  sk_buffer_clear (&buffer);
  g_string_free (out, TRUE);
}

/** The record in `view`, from pairs of name and text. */
static void
record (const char *kind, ...)
{
  va_list list;
  const char *name;
  g_array_set_size (view.items, 0);
  view.kind = sk_span_of_text (kind);
  va_start (list, kind);
  while ((name = va_arg (list, const char *)) != NULL)
    sk_record_add_text (&view, name, va_arg (list, const char *));
  va_end (list);
}

static bool
take (uint32_t subscription, int64_t time, const char *job, size_t root_size, const char *object)
{
  sk_buffer_reset (&buffer);
  ck_assert (sk_record_write (&view, &buffer));
  SkRunEntry entry = { .subscription = subscription, .time = time, .position = 7,
                       .object = sk_span_of_text (object), .fields = sk_buffer_span (&buffer),
                       .generation = 1, .order = order, .root_size = root_size };
  return sk_twin_take (twin, &callbacks, &entry, job);
}

/** The subscription of a rule's want. */
static uint32_t
want (const char *id)
{
  const SkSigma *sigma = sk_engine_sigma (engine);
  for (size_t i = 0; i < sk_sigma_n_wants (sigma); i++)
    if (strcmp (sk_sigma_rule (sigma, sk_sigma_want (sigma, i)->rule)->finding, id) == 0)
      return (uint32_t) i + settings.subscriptions;
  ck_abort_msg ("%s is not wanted", id);
}

/* ---- what may come up ---- */

START_TEST (only_wants_and_settings_are_subscribed)
{
  ck_assert_uint_eq (sk_twin_subscriptions (twin), 3);
  ck_assert (sk_twin_wants_entries (twin) && sk_twin_wants_any (twin));
  ck_assert_ptr_null (sk_twin_fields (twin, 0));
  const char *const *fields = sk_twin_fields (twin, want ("test.file.hidden"));
  ck_assert (g_strv_contains (fields, "file.attributes"));
  ck_assert (!g_strv_contains (fields, "file.mtime"));
}
END_TEST

START_TEST (kinds_are_those_of_the_catalogue)
{
  ck_assert (sk_twin_knows_kind (twin, "lines.open") && sk_twin_knows_kind (twin, "file"));
  ck_assert (!sk_twin_knows_kind (twin, "lines.ope") && !sk_twin_knows_kind (twin, "lines.open2"));
  record ("lines.other", "Host", "a", NULL);
  ck_assert (!sk_twin_accepts (twin, 0, &view));
}
END_TEST

START_TEST (fields_are_those_of_the_kind_or_the_want)
{
  record ("lines.open", "Anything", "a", "Host", "b", NULL);
  ck_assert (sk_twin_accepts (twin, 0, &view));
  record ("lines.closed", "Host", "a", "Tags", "b", "Tags", "c", NULL);
  ck_assert (sk_twin_accepts (twin, 0, &view));
  record ("lines.closed", "Host", "a", "Anything", "b", NULL);
  ck_assert (!sk_twin_accepts (twin, 0, &view));
  uint32_t login = want ("test.line.login");
  record ("lines.open", "User", "sato", NULL);
  ck_assert (sk_twin_accepts (twin, login, &view));
  record ("lines.open", "User", "sato", "Secret", "x", NULL);
  ck_assert (!sk_twin_accepts (twin, login, &view));
  record ("lines.open", NULL);
  ck_assert (sk_twin_accepts (twin, login, &view));
}
END_TEST

START_TEST (without_rules_and_subscriptions_nothing_is_wanted)
{
  sk_bundle_free (bundle);
  bundle = sk_bundle_new ();
  guint base = catalogue->rules->len;
  ck_assert_uint_ge (base, 4);
  g_array_set_size (catalogue->rules, base - 4);
  settings.subscriptions = 0;
  make_twin ();
  ck_assert_uint_eq (sk_twin_subscriptions (twin), 0);
  ck_assert (!sk_twin_wants_entries (twin) && !sk_twin_wants_any (twin));
  settings.subscriptions = 1;
  make_twin ();
  ck_assert (sk_twin_wants_entries (twin) && sk_twin_wants_any (twin));
}
END_TEST

START_TEST (other_rules_than_the_zygote_are_refused)
{
  g_autoptr (SkBundle) other = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (sk_twin_new (&settings, 1, other, catalogue, &error));
  ck_assert_ptr_nonnull (error);
}
END_TEST

/* ---- judging ---- */

START_TEST (what_may_be_true_is_judged_again)
{
  uint32_t hidden = want ("test.file.hidden");
  record ("file", "file.name", "a.bat", "file.attributes", "hidden", NULL);
  ck_assert (take (hidden, 0, "/d/a.bat", 8, ""));
  record ("file", "file.name", "a.bat", "file.attributes", "readonly", NULL);
  ck_assert (take (hidden, 0, "/d/a.bat", 8, ""));
  record ("file", "file.name", "a.bat", NULL);
  ck_assert (take (hidden, 0, "/d/a.bat", 8, ""));
  ck_assert (sk_twin_end (twin, &callbacks));
  ck_assert_str_eq (out->str, "one test.file.hidden x1 at /d/a.bat /d/a.bat: "
                              "file.attributes=hidden, file.name=a.bat\n");
}
END_TEST

START_TEST (own_records_meet_every_rule_and_are_handed_out)
{
  record ("file", "file.name", "a.bat", "file.attributes", "hidden", NULL);
  ck_assert (take (SK_OWN_RECORD, 0, "/d/a.bat", 8, ""));
  ck_assert_ptr_nonnull (strstr (out->str, "one test.file.hidden x1"));
  ck_assert_ptr_nonnull (strstr (out->str, "record 0 /d/a.bat /d/a.bat 7 2\n"));
  g_string_truncate (out, 0);
  settings.subscriptions = 0;
  make_twin ();
  ck_assert (take (SK_OWN_RECORD, 0, "/d/a.bat", 8, ""));
  ck_assert_ptr_null (strstr (out->str, "record"));
  ck_assert_ptr_nonnull (strstr (out->str, "one test.file.hidden x1"));
}
END_TEST

/** A record that somebody keeps is not judged: a want brings it again. */
START_TEST (kept_records_are_only_handed_out)
{
  record ("lines.open", "Action", "login", "User", "sato", NULL);
  for (int i = 0; i < 3; i++)
    ck_assert (take (0, i, "/d/log/lines:5", 6, "/zip:1"));
  ck_assert (sk_twin_end (twin, &callbacks));
  ck_assert_str_eq (out->str, "record 0 /d/log /d/log/lines:5/zip:1 7 2\n"
                              "record 0 /d/log /d/log/lines:5/zip:1 7 2\n"
                              "record 0 /d/log /d/log/lines:5/zip:1 7 2\n");
}
END_TEST

START_TEST (events_make_a_correlation_with_its_places)
{
  static const int64_t second = 1000000000;
  uint32_t login = want ("test.line.login");
  g_autofree char *user = g_strnfill (300, 'u');
  for (int i = 0; i < 3; i++, order++)
    {
      record ("lines.open", "Action", "login", "User", user, NULL);
      ck_assert (take (login, (1795564800 + i) * second, i == 0 ? "/d/log/lines:5" : "/d/other",
                       i == 0 ? 6 : 8, ""));
      record ("lines.open", "Action", "login", "User", "once", NULL);
      if (i < 2)
        ck_assert (take (login, (1795564800 + i) * second, "/d/log", 6, ""));
    }
  ck_assert (sk_twin_end (twin, &callbacks));
  ck_assert_msg (strstr (out->str, "many test.line.three x3 at /d/log /d/log/lines:5: 3 events in group User=uuu")
                     == out->str,
                 "%s", out->str);
  ck_assert_ptr_nonnull (strstr (out->str, "uuu…, 2026-11-25T00:00:00Z to 2026-11-25T00:00:02Z: "
                                           "/d/log/lines:5 at byte 7; /d/other at byte 7"));
  g_autofree char *cut = g_strnfill (121, 'u');
  ck_assert_ptr_null (strstr (out->str, cut));
  ck_assert_ptr_null (strstr (out->str, "once"));
  ck_assert_ptr_null (strstr (out->str, "test.line.login"));
}
END_TEST

/* ---- what is said when there was no room ---- */

START_TEST (findings_of_a_rule_on_one_job_have_an_end)
{
  uint32_t hidden = want ("test.file.hidden");
  record ("file", "file.name", "a.bat", "file.attributes", "hidden", NULL);
  for (int i = 0; i < SK_MAX_FINDINGS + 5; i++)
    ck_assert (take (hidden, 0, "/d/a.zip", 8, "/zip:1"));
  order++;
  ck_assert (take (hidden, 0, "/d/b.zip", 8, "/zip:1"));
  ck_assert (sk_twin_end (twin, &callbacks));
  g_auto (GStrv) lines = g_strsplit (out->str, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), SK_MAX_FINDINGS + 1 + 1 + 1);
  ck_assert_msg (strstr (lines[SK_MAX_FINDINGS], "/d/b.zip") != NULL, "%s", lines[SK_MAX_FINDINGS]);
  ck_assert_str_eq (lines[SK_MAX_FINDINGS + 1],
                    "gap not-inspected.limit x1 at - --: rule test.file.hidden: 5 more findings than "
                    "it may have on one job");
}
END_TEST

START_TEST (forgotten_groups_and_lost_entries_are_said)
{
  settings.correlate.groups = 2;
  make_twin ();
  uint32_t login = want ("test.line.login");
  for (int i = 0; i < 9; i++)
    {
      g_autofree char *user = g_strdup_printf ("user%d", i);
      record ("lines.open", "Action", "login", "User", user, NULL);
      ck_assert (take (login, i, "/d/log", 6, ""));
    }
  ck_assert (!sk_twin_is_used (twin));
  sk_twin_lose_entry (twin);
  ck_assert (sk_twin_is_used (twin));
  ck_assert (sk_twin_end (twin, &callbacks));
  ck_assert_str_eq (out->str,
                    "gap not-inspected.limit x1 at - --: correlation test.line.three: 7 groups forgotten\n"
                    "gap not-inspected.limit x1 at - --: 1 records of walked entries dropped: the run "
                    "file is full\n");
}
END_TEST

START_TEST (a_record_that_the_disk_changed_is_said)
{
  SkRunEntry entry = { .subscription = want ("test.line.login"), .object = sk_span_of_text (""),
                       .fields = sk_span_of_text ("no record"), .order = 1, .root_size = 1 };
  ck_assert (sk_twin_take (twin, &callbacks, &entry, "/"));
  ck_assert (sk_twin_end (twin, &callbacks));
  ck_assert_str_eq (out->str, "gap not-inspected.failed x1 at - --: 1 records could not be read back\n");
}
END_TEST

START_TEST (a_sink_that_fails_ends_it)
{
  refuses = true;
  record ("file", "file.name", "a.bat", "file.attributes", "hidden", NULL);
  ck_assert (!take (want ("test.file.hidden"), 0, "/d/a.bat", 8, ""));
  ck_assert (!take (want ("test.file.hidden"), 0, "/d/a.bat", 8, ""));
  ck_assert (!sk_twin_end (twin, &callbacks));
  ck_assert_ptr_null (strchr (strchr (out->str, '\n') + 1, '\n')); /* it was asked once */
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("relate");
  TCase *tests = tcase_create ("relate");
  tcase_add_checked_fixture (tests, setup, teardown);
  tcase_add_test (tests, only_wants_and_settings_are_subscribed);
  tcase_add_test (tests, kinds_are_those_of_the_catalogue);
  tcase_add_test (tests, fields_are_those_of_the_kind_or_the_want);
  tcase_add_test (tests, without_rules_and_subscriptions_nothing_is_wanted);
  tcase_add_test (tests, other_rules_than_the_zygote_are_refused);
  tcase_add_test (tests, what_may_be_true_is_judged_again);
  tcase_add_test (tests, own_records_meet_every_rule_and_are_handed_out);
  tcase_add_test (tests, kept_records_are_only_handed_out);
  tcase_add_test (tests, events_make_a_correlation_with_its_places);
  tcase_add_test (tests, findings_of_a_rule_on_one_job_have_an_end);
  tcase_add_test (tests, forgotten_groups_and_lost_entries_are_said);
  tcase_add_test (tests, a_record_that_the_disk_changed_is_said);
  tcase_add_test (tests, a_sink_that_fails_ends_it);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
