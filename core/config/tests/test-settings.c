/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * sekisho.yaml and the command line: what is taken, and the exact words and
 * places of what is refused.
 */
#include "config.h"

#include "config/keys.h"

#include "base/error.h"
#include "base/limits.h"

#include <sk-test.h>
#include <stdlib.h>
#include <string.h>

static GArray *overrides;

static void
setup (void)
{
  unsetenv ("SEKISHO_PLUGIN_PATH");
  unsetenv ("SEKISHO_SIGNATURES");
  unsetenv ("SEKISHO_CACHE_DIR");
  overrides = g_array_new (FALSE, TRUE, sizeof (SkOverride));
}

static void
teardown (void)
{
  g_array_unref (overrides);
}

static void
override (const char *key, const char *value, bool raw)
{
  SkOverride one = { (char *) key, (char *) value, raw };
  g_array_append_val (overrides, one);
}

/** Loads `text` as file /etc/test.yaml (NULL: no file) and the overrides. NULL, or the message. */
static char *
load (SkSettings *settings, const char *text)
{
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  if (text != NULL)
    ck_assert (sk_bundle_add (bundle, "config", "/etc/test.yaml", sk_span_of_text (text), 0, NULL));
  for (guint i = 0; i < overrides->len; i++)
    {
      SkOverride *one = &g_array_index (overrides, SkOverride, i);
      ck_assert (sk_bundle_add (bundle, one->raw ? "override-raw" : "override", one->key,
                                sk_span_of_text (one->value), 0, NULL));
    }
  sk_settings_init (settings);
  if (sk_settings_load (settings, bundle, &error))
    {
      ck_assert (error == NULL);
      return NULL;
    }
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_CONFIG));
  return g_strdup (error->message);
}

static void
accept_ (SkSettings *settings, const char *text)
{
  g_autofree char *message = load (settings, text);
  ck_assert_msg (message == NULL, "refused: %s", message);
}

static void
refuse (const char *text, const char *expected)
{
  g_auto (SkSettings) settings;
  g_autofree char *message = load (&settings, text);
  ck_assert_msg (message != NULL, "taken: %s", text);
  ck_assert_str_eq (message, expected);
}

START_TEST (defaults_are_those_of_the_folders)
{
  g_auto (SkSettings) settings;
  sk_settings_init (&settings);
  const SkLimits *limits = &settings.run.limits;
  ck_assert_uint_eq (limits->depth, SK_DEFAULT_DEPTH);
  ck_assert_uint_eq (limits->objects, SK_DEFAULT_OBJECTS);
  ck_assert_uint_eq (limits->object_bytes, SK_DEFAULT_OBJECT_BYTES);
  ck_assert_uint_eq (limits->job_bytes, SK_DEFAULT_JOB_BYTES);
  ck_assert_uint_eq (limits->input_bytes, SK_DEFAULT_INPUT_BYTES);
  ck_assert_uint_eq (limits->ratio, SK_DEFAULT_RATIO);
  ck_assert_uint_eq (limits->work, SK_DEFAULT_WORK);
  ck_assert_uint_eq (limits->windows, SK_DEFAULT_WINDOWS);
  ck_assert_uint_eq (settings.run.backstop, SK_DEFAULT_BACKSTOP);
  ck_assert_uint_eq (settings.zygote.sandbox.memory, SK_DEFAULT_WORKER_MEMORY);
  ck_assert_uint_eq (settings.run.results_bytes, SK_DEFAULT_RESULTS_BYTES);
  ck_assert_uint_eq (settings.run.run_file_bytes, SK_DEFAULT_RUN_FILE_BYTES);
  ck_assert_uint_eq (settings.zygote.engine.limits.depth, SK_DEFAULT_DEPTH);
  SkPolicySettings policy;
  sk_policy_settings_init (&policy);
  for (int i = 0; i < SK_N_REASONS; i++)
    {
      ck_assert_int_eq (settings.policy.reason_level[i], policy.reason_level[i]);
      ck_assert_int_eq (settings.policy.reason_level[i], sk_reason_level ((SkReason) i));
    }
  SkAlertSettings alert;
  sk_alert_settings_init (&alert);
  ck_assert_int_eq (settings.alert.facility, alert.facility);
  ck_assert_uint_eq (settings.alert.enterprise, alert.enterprise);
  ck_assert_uint_eq (settings.alert.max_size, alert.max_size);
  ck_assert (settings.alert.host == NULL);
  sk_alert_settings_clear (&alert);
  ck_assert_int_eq (settings.fail_on, SK_LEVEL_MEDIUM);
  ck_assert_uint_ge (settings.run.jobs, 1);
  ck_assert_uint_eq (settings.sinks->len, 1);
  ck_assert (!settings.zygote.sandbox.require && !settings.run.sandbox_required);
  ck_assert_str_eq (settings.zygote.engine.plugin_path[0], SK_PLUGINS_DIR);
  ck_assert_str_eq (settings.yara_paths[0], SK_SIGNATURES_DIR "/yara");
  ck_assert_str_eq (settings.sigma_paths[0], SK_SIGNATURES_DIR "/sigma");
  ck_assert_str_eq (settings.logsource_paths[0], SK_SIGNATURES_DIR "/sigma/logsources");
  ck_assert_str_eq (settings.placeholder_paths[0], SK_SIGNATURES_DIR "/sigma/lists");
  ck_assert_uint_eq (settings.run.correlate.groups, SK_DEFAULT_GROUPS);
  ck_assert_uint_eq (settings.run.correlate.bytes, SK_DEFAULT_CORRELATE_BYTES);
  ck_assert_str_eq (settings.silence_paths[0], SK_SILENCES_FILE);
}
END_TEST

/** Every key has the reason's name in it, so none can be forgotten. */
START_TEST (every_reason_has_a_key)
{
  for (int i = 0; i < SK_N_REASONS; i++)
    ck_assert (sk_key_find (sk_reason_id ((SkReason) i)) != NULL);
}
END_TEST

START_TEST (sample_equals_defaults)
{
  g_auto (SkSettings) from_sample, defaults;
  g_autofree char *sample = sk_settings_sample ();
  accept_ (&from_sample, sample);
  sk_settings_init (&defaults);
  g_autofree char *a = sk_settings_show (&from_sample);
  g_autofree char *b = sk_settings_show (&defaults);
  ck_assert_str_eq (a, b);
  /* … and the comparison sees a difference when there is one. */
  g_auto (SkSettings) other;
  override ("limits.depth", "11", false);
  accept_ (&other, sample);
  g_autofree char *c = sk_settings_show (&other);
  ck_assert_str_ne (a, c);
}
END_TEST

START_TEST (sample_has_every_key_and_ships)
{
  g_autofree char *sample = sk_settings_sample ();
  const SkKey *key;
  for (size_t i = 0; sk_key_at (i, &key); i++)
    {
      const char *dot = strchr (key->name, '.');
      g_autofree char *line
          = g_strdup_printf ("\n%s%s: %s\n", dot != NULL ? "  " : "",
                             dot != NULL ? dot + 1 : key->name, key->initial);
      ck_assert_msg (strstr (sample, line) != NULL, "not in the sample: %s", line);
    }
  const char *top = g_getenv ("abs_top_srcdir");
  ck_assert_msg (top != NULL, "abs_top_srcdir is not set");
  g_autofree char *path = g_build_filename (top, "doc", "sekisho.yaml", NULL);
  g_autofree char *shipped = NULL;
  ck_assert (g_file_get_contents (path, &shipped, NULL, NULL));
  ck_assert_str_eq (shipped, sample);
}
END_TEST

/** What `config show` prints is a configuration with the same meaning. */
START_TEST (show_reads_back)
{
  g_auto (SkSettings) settings, again;
  override ("plugins.load", "[identify]", false);
  override ("plugins.identify.depth", "7", false);
  override ("plugins.hash.md5", "true", false);
  override ("plugins.identify.name", "'a: b'", false);
  override ("scan.exclude", "*.tmp", true);
  override ("scan.exclude", "/a b/\"c\"/日本", true);
  override ("sinks", "[{type: file, path: '/x y', format: json}, {type: syslog, rfc5424: true}]", false);
  accept_ (&settings, NULL);
  g_array_set_size (overrides, 0);
  g_autofree char *text = sk_settings_show (&settings);
  accept_ (&again, text);
  g_autofree char *text2 = sk_settings_show (&again);
  ck_assert_str_eq (text, text2);
  ck_assert_uint_eq (again.zygote.engine.options->len, 3);
  ck_assert_str_eq (again.walk.exclude[1], "/a b/\"c\"/日本");
}
END_TEST

START_TEST (values_are_taken)
{
  g_auto (SkSettings) s;
  accept_ (&s, "jobs: 3\n"
               "sandbox: require\n"
               "fail-on: high\n"
               "limits:\n"
               "  depth: 64\n"
               "  object-bytes: 8MiB\n"
               "  job-bytes: 9 MiB\n"
               "rules:\n"
               "  strict: true\n"
               "  yara: [built-in, /my/rules]\n"
               "  cache-dir: none\n"
               "not-inspected:\n"
               "  crash: critical\n"
               "alert: {facility: local7, host: gate, language: ja, max-size: 480}\n"
               "sinks:\n"
               "  - type: file\n"
               "    path: /var/log/a.json\n"
               "    format: json\n"
               "  - type: journal\n"
               "plugins:\n"
               "  hash:\n"
               "    md5: true\n"
               "scan:\n");
  ck_assert_uint_eq (s.run.jobs, 3);
  ck_assert (s.zygote.sandbox.require && s.run.sandbox_required && s.zygote.engine.strict);
  ck_assert_int_eq (s.fail_on, SK_LEVEL_HIGH);
  ck_assert_uint_eq (s.run.limits.depth, 64);
  ck_assert_uint_eq (s.zygote.engine.limits.object_bytes, 8 * SK_MIB);
  ck_assert_uint_eq (s.run.lent_bytes, 8 * SK_MIB);
  ck_assert_str_eq (s.yara_paths[0], SK_SIGNATURES_DIR "/yara");
  ck_assert_str_eq (s.yara_paths[1], "/my/rules");
  ck_assert (s.yara_paths[2] == NULL && s.zygote.engine.cache_dir == NULL);
  ck_assert_int_eq (s.policy.reason_level[SK_REASON_CRASH], SK_LEVEL_CRITICAL);
  ck_assert_int_eq (s.policy.reason_level[SK_REASON_TIMEOUT], SK_LEVEL_MEDIUM);
  ck_assert_int_eq (s.alert.facility, 23);
  ck_assert_str_eq (s.alert.host, "gate");
  ck_assert_str_eq (s.alert.language, "ja");
  ck_assert_uint_eq (s.sinks->len, 2);
  ck_assert_int_eq (g_array_index (s.sinks, SkSinkSettings, 0).format, SK_FORMAT_JSON);
  ck_assert_int_eq (g_array_index (s.sinks, SkSinkSettings, 1).kind, SK_SINK_JOURNAL);
  const SkOptionSetting *option = &g_array_index (s.zygote.engine.options, SkOptionSetting, 0);
  ck_assert_str_eq (option->plugin, "hash");
  ck_assert_str_eq (option->name, "md5");
  ck_assert_str_eq (option->value, "true");
  ck_assert_str_eq (option->where, "/etc/test.yaml:22:10");
}
END_TEST

START_TEST (command_line_wins)
{
  g_auto (SkSettings) s;
  override ("limits.depth", "5", false);
  override ("rules.yara", "/one", true);
  override ("rules.yara", "/t\xff wo", true);
  override ("jobs", "2", true);
  override ("plugins.hash.md5", "false", false);
  override ("fail-on", "critical", true);
  override ("alert.format", "json", true);
  accept_ (&s, "limits: {depth: 3}\nrules: {yara: [/file]}\njobs: 9\nplugins: {hash: {md5: true}}\n");
  ck_assert_uint_eq (s.run.limits.depth, 5);
  ck_assert_uint_eq (s.run.jobs, 2);
  ck_assert_uint_eq (g_strv_length (s.yara_paths), 2);
  ck_assert_str_eq (s.yara_paths[1], "/t\xff wo");
  ck_assert_uint_eq (s.zygote.engine.options->len, 1);
  ck_assert_str_eq (g_array_index (s.zygote.engine.options, SkOptionSetting, 0).value, "false");
  ck_assert_int_eq (s.fail_on, SK_LEVEL_CRITICAL);
  ck_assert_int_eq (g_array_index (s.sinks, SkSinkSettings, 0).format, SK_FORMAT_JSON);
}
END_TEST

static const struct {
  const char *text, *message;
} refusals[] = {
  { "limit:\n  depth: 3\n",
    "/etc/test.yaml:1:1: unknown key \"limit\", expected one of jobs, sandbox, fail-on, limits, "
    "plugins, rules, correlate, secrets, scan, silences, not-inspected, alert, sinks" },
  { "rules:\n  yaar: []\n",
    "/etc/test.yaml:2:3: unknown key \"yaar\", expected one of yara, hash-lists, type-tables, "
    "sigma, logsources, sigma-lists, strict, cache-dir" },
  { "limits:\n  depth: deep\n",
    "/etc/test.yaml:2:10: limits.depth: found \"deep\", expected a whole number from 1 to 64" },
  { "limits:\n  depth: \"12\"\n",
    "/etc/test.yaml:2:10: limits.depth: found \"12\", expected a whole number from 1 to 64" },
  { "limits:\n  depth: 65\n",
    "/etc/test.yaml:2:10: limits.depth: found \"65\", expected a whole number from 1 to 64" },
  { "limits:\n  depth: 0\n",
    "/etc/test.yaml:2:10: limits.depth: found \"0\", expected a whole number from 1 to 64" },
  { "limits:\n  depth: -1\n",
    "/etc/test.yaml:2:10: limits.depth: found \"-1\", expected a whole number from 1 to 64" },
  { "jobs: 0\n",
    "/etc/test.yaml:1:7: jobs: found \"0\", expected a whole number from 1 to 256 or auto" },
  { "limits: {object-bytes: 100GiB}\n",
    "/etc/test.yaml:1:24: limits.object-bytes: found \"100GiB\", expected a size from 1MiB to 64GiB" },
  { "limits: {object-bytes: 8MB}\n",
    "/etc/test.yaml:1:24: limits.object-bytes: found \"8MB\", expected a size from 1MiB to 64GiB" },
  { "limits: {object-bytes: 9GiB}\n",
    "limits.object-bytes: found 9GiB, expected no more than limits.job-bytes, 8GiB" },
  { "rules: {strict: yes}\n",
    "/etc/test.yaml:1:17: rules.strict: found \"yes\", expected true or false" },
  { "rules: {yara: /a}\n",
    "/etc/test.yaml:1:15: rules.yara: found \"/a\", expected a list of absolute paths, or the word "
    "built-in" },
  { "rules: {yara: [/a, b]}\n",
    "/etc/test.yaml:1:20: rules.yara: found \"b\", expected a list of absolute paths, or the word "
    "built-in" },
  { "fail-on:\n",
    "/etc/test.yaml:1:1: fail-on: found nothing, expected one of informational, low, medium, high, "
    "critical" },
  { "fail-on: [low]\n",
    "/etc/test.yaml:1:10: fail-on: found a list, expected one of informational, low, medium, high, "
    "critical" },
  { "limits: 5\n",
    "/etc/test.yaml:1:9: limits: found \"5\", expected keys below it: depth, objects, object-bytes, "
    "job-bytes, input-bytes, ratio, work, windows, backstop, worker-memory, results-bytes, run-file-bytes" },
  { "limits.depth: 5\n",
    "/etc/test.yaml:1:1: unknown key \"limits.depth\", expected one of jobs, sandbox, fail-on, "
    "limits, plugins, rules, correlate, secrets, scan, silences, not-inspected, alert, sinks" },
  { "plugins: {hash: {a: [1]}}\n",
    "/etc/test.yaml:1:21: plugins.hash.a: found a list, expected a single value" },
  { "plugins: {hash: 1}\n",
    "/etc/test.yaml:1:17: plugins.hash: found \"1\", expected keys below it: options of the plugin" },
  { "plugins: {load: []}\n",
    "plugins.load: found an empty list, expected at least one plugin" },
  { "- a\n",
    "/etc/test.yaml:1:1: found a list, expected keys: jobs, sandbox, fail-on, limits, plugins, "
    "rules, correlate, secrets, scan, silences, not-inspected, alert, sinks" },
  { "sinks: [{type: stdio}]\n",
    "/etc/test.yaml:1:16: found \"stdio\", expected one of stdout, file, syslog, journal" },
  { "sinks: [{path: /x}]\n",
    "/etc/test.yaml:1:9: a sink without a type, expected one of stdout, file, syslog, journal" },
  { "sinks: [{type: file}]\n",
    "/etc/test.yaml:1:9: a sink of type file, expected a path with it" },
  { "sinks: [{type: stdout, path: /x}]\n",
    "/etc/test.yaml:1:30: found a path, expected none with type stdout" },
  { "sinks: [{type: file, path: /x, rfc5424: true}]\n",
    "/etc/test.yaml:1:32: found rfc5424, expected it only with type syslog" },
  { "sinks: [{type: journal, format: json}]\n",
    "/etc/test.yaml:1:25: found a format, expected it only with type stdout or file" },
  { "sinks: [{type: stdout, formt: json}]\n",
    "/etc/test.yaml:1:24: unknown key \"formt\", expected one of type, path, format, rfc5424" },
  { "alert: {host: \"a\\x1bb\"}\nfail-on: \"\\x1b[31m\"\n",
    "/etc/test.yaml:2:10: fail-on: found \"\\u{1B}[31m\", expected one of informational, low, medium, "
    "high, critical" },
};

START_TEST (refusal_tells_place_found_and_expected)
{
  refuse (refusals[_i].text, refusals[_i].message);
}
END_TEST

START_TEST (all_errors_in_one_run_and_always_the_same)
{
  const char *text = "jobs: x\nlimits: {depth: 99, deph: 1}\nrules: {strict: 1}\n";
  g_auto (SkSettings) settings;
  override ("limits.ratio", "1", true);
  override ("no.such", "1", false);
  g_autofree char *first = load (&settings, text);
  ck_assert (first != NULL);
  g_auto (GStrv) lines = g_strsplit (first, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 6);
  ck_assert (g_str_has_prefix (lines[0], "/etc/test.yaml:1:7: jobs:"));
  ck_assert (g_str_has_prefix (lines[1], "/etc/test.yaml:2:17: limits.depth:"));
  ck_assert (g_str_has_prefix (lines[2], "/etc/test.yaml:2:21: unknown key \"deph\""));
  ck_assert (g_str_has_prefix (lines[3], "/etc/test.yaml:3:17: rules.strict:"));
  ck_assert (g_str_has_prefix (lines[4], "command line, limits.ratio: found \"1\""));
  ck_assert (g_str_has_prefix (lines[5], "command line, no.such:1:1: unknown key \"such\""));
  for (int i = 0; i < 100; i++)
    {
      g_auto (SkSettings) other;
      g_autofree char *again = load (&other, text);
      ck_assert_str_eq (again, first);
    }
}
END_TEST

START_TEST (duplicate_key_is_refused_with_its_place)
{
  g_auto (SkSettings) settings;
  g_autofree char *message = load (&settings, "limits:\n  depth: 1\n  depth: 2\n");
  ck_assert (message != NULL);
  ck_assert_msg (g_str_has_prefix (message, "/etc/test.yaml:3:3: "), "%s", message);
  ck_assert (strstr (message, "depth") != NULL);
}
END_TEST

START_TEST (environment_replaces_built_in)
{
  g_setenv ("SEKISHO_PLUGIN_PATH", "/p/one:/p/two", TRUE);
  g_setenv ("SEKISHO_SIGNATURES", "/s", TRUE);
  g_setenv ("SEKISHO_CACHE_DIR", "/c", TRUE);
  g_auto (SkSettings) s;
  accept_ (&s, "plugins: {path: [/mine, built-in]}\n");
  ck_assert_str_eq (s.zygote.engine.plugin_path[0], "/mine");
  ck_assert_str_eq (s.zygote.engine.plugin_path[1], "/p/one");
  ck_assert_str_eq (s.zygote.engine.plugin_path[2], "/p/two");
  ck_assert_str_eq (s.yara_paths[0], "/s/yara");
  ck_assert_str_eq (s.zygote.engine.cache_dir, "/c");
}
END_TEST

/** The built-in Sigma rules are those of the source tree. */
static void
use_signatures_of_tree (void)
{
  g_autofree char *signatures = g_build_filename (g_getenv ("abs_top_srcdir"), "signatures", NULL);
  g_setenv ("SEKISHO_SIGNATURES", signatures, TRUE);
}

START_TEST (sources_are_added_or_refused)
{
  use_signatures_of_tree ();
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *rule = sk_test_file (folder, "rules/a.yar", "rule a { condition: false }", 27);
  g_autofree char *other = sk_test_file (folder, "empty/readme", "x", 1);
  g_autofree char *rules = g_build_filename (folder, "rules", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  override ("rules.yara", rules, true);
  g_auto (SkSettings) s;
  accept_ (&s, NULL);
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  SkBundleEntry entry;
  ck_assert (sk_settings_add_sources (&s, bundle, NULL));
  ck_assert (sk_bundle_of_kind (bundle, "yara", 0, &entry));
  ck_assert_str_eq (entry.path, rule);

  g_array_set_size (overrides, 0);
  override ("rules.yara", empty, true);
  g_auto (SkSettings) without;
  accept_ (&without, NULL);
  g_autoptr (GError) error = NULL;
  ck_assert (!sk_settings_add_sources (&without, bundle, &error));
  ck_assert (strstr (error->message, "found no file in it") != NULL);

  g_array_set_size (overrides, 0);
  override ("rules.yara", rules, true);
  override ("silences", "/nowhere/silences.yaml", true);
  g_auto (SkSettings) missing;
  accept_ (&missing, NULL);
  ck_assert (!sk_settings_add_sources (&missing, bundle, NULL));
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_list_brings_the_file_beside_it)
{
  use_signatures_of_tree ();
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *list = sk_test_file (folder, "l/a.csv", "x", 1);
  g_autofree char *side = sk_test_file (folder, "l/a.csv.meta", "x", 1);
  g_autofree char *rule = sk_test_file (folder, "r/a.yar", "", 0);
  g_autofree char *lists = g_build_filename (folder, "l", NULL);
  const char *const ways[] = { list, lists };
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_array_set_size (overrides, 0);
      override ("rules.yara", rule, true);
      override ("rules.hash-lists", ways[i], true);
      g_auto (SkSettings) s;
      accept_ (&s, NULL);
      g_autoptr (SkBundle) bundle = sk_bundle_new ();
      SkBundleEntry entry;
      ck_assert (sk_settings_add_sources (&s, bundle, NULL));
      ck_assert (sk_bundle_of_kind (bundle, "hash-list", 1, &entry));
      ck_assert_str_eq (entry.path, side);
      ck_assert (!sk_bundle_of_kind (bundle, "hash-list", 2, &entry));
    }
  sk_test_remove (folder);
}
END_TEST

/** The paths of a kind, joined. */
static char *
paths_of (const SkBundle *bundle, const char *kind)
{
  GString *paths = g_string_new (NULL);
  SkBundleEntry entry;
  for (size_t i = 0; sk_bundle_of_kind (bundle, kind, i, &entry); i++)
    {
      const char *name = strrchr (entry.path, '/');
      g_string_append (paths, name);
    }
  return g_string_free (paths, FALSE);
}

START_TEST (sigma_rules_tables_and_lists_are_told_apart)
{
  g_autofree char *folder = sk_test_folder ();
  g_free (sk_test_file (folder, "yara/a.yar", "", 0));
  g_free (sk_test_file (folder, "sigma/a.yml", "", 0));
  g_free (sk_test_file (folder, "sigma/a.test.yml", "", 0));
  g_free (sk_test_file (folder, "sigma/sub/b.yaml", "", 0));
  g_free (sk_test_file (folder, "sigma/logsources/t.yml", "", 0));
  g_free (sk_test_file (folder, "sigma/lists/l.txt", "", 0));
  g_free (sk_test_file (folder, "own/o.yml", "", 0));
  g_autofree char *own = g_build_filename (folder, "own", NULL);
  g_setenv ("SEKISHO_SIGNATURES", folder, TRUE);
  g_auto (SkSettings) s;
  accept_ (&s, NULL);
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  ck_assert (sk_settings_add_sources (&s, bundle, NULL));
  g_autofree char *rules = paths_of (bundle, "sigma");
  g_autofree char *tables = paths_of (bundle, "logsource-table");
  g_autofree char *lists = paths_of (bundle, "placeholder-list");
  ck_assert_str_eq (rules, "/a.yml/b.yaml");
  ck_assert_str_eq (tables, "/t.yml");
  ck_assert_str_eq (lists, "/l.txt");

  /* One's own tables do not make rules of the built-in ones. */
  override ("rules.logsources", own, true);
  g_auto (SkSettings) other;
  accept_ (&other, NULL);
  g_autoptr (SkBundle) second = sk_bundle_new ();
  ck_assert (sk_settings_add_sources (&other, second, NULL));
  g_autofree char *other_rules = paths_of (second, "sigma");
  g_autofree char *other_tables = paths_of (second, "logsource-table");
  ck_assert_str_eq (other_rules, rules);
  ck_assert_str_eq (other_tables, "/o.yml");

  /* A path that was written by hand has to be there. */
  override ("rules.sigma-lists", "/nowhere", true);
  g_auto (SkSettings) missing;
  accept_ (&missing, NULL);
  ck_assert (!sk_settings_add_sources (&missing, second, NULL));
  sk_test_remove (folder);
}
END_TEST

START_TEST (reading_a_named_file_that_is_missing_fails)
{
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  ck_assert (!sk_settings_read (bundle, "/nowhere/sekisho.yaml", overrides, &error));
  ck_assert (strstr (error->message, "/nowhere/sekisho.yaml") != NULL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("settings");
  TCase *tcase = tcase_create ("settings");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, defaults_are_those_of_the_folders);
  tcase_add_test (tcase, every_reason_has_a_key);
  tcase_add_test (tcase, sample_equals_defaults);
  tcase_add_test (tcase, sample_has_every_key_and_ships);
  tcase_add_test (tcase, show_reads_back);
  tcase_add_test (tcase, values_are_taken);
  tcase_add_test (tcase, command_line_wins);
  tcase_add_loop_test (tcase, refusal_tells_place_found_and_expected, 0,
                       (int) G_N_ELEMENTS (refusals));
  tcase_add_test (tcase, all_errors_in_one_run_and_always_the_same);
  tcase_add_test (tcase, duplicate_key_is_refused_with_its_place);
  tcase_add_test (tcase, environment_replaces_built_in);
  tcase_add_test (tcase, sources_are_added_or_refused);
  tcase_add_test (tcase, a_list_brings_the_file_beside_it);
  tcase_add_test (tcase, sigma_rules_tables_and_lists_are_told_apart);
  tcase_add_test (tcase, reading_a_named_file_that_is_missing_fails);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
