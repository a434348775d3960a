/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The supervisor with real zygotes, workers and walls. This program is its own
 * zygote (`--role zygote`).
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "process/zygote.h"
#include "run/supervisor.h"
#include "sk-test.h"

static char *program;

/* ---- the zygote's role ---- */

static int
zygote_role (void)
{
  g_autoptr (SkBundle) bundle = sk_bundle_map (SK_ZYGOTE_BUNDLE_FD, NULL);
  g_autofree char *folder = g_build_filename (g_getenv ("abs_top_builddir"), "tests/plugins/.libs", NULL);
  char *path[] = { folder, NULL };
  char *order[] = { (char *) "storm", NULL };
  SkZygoteSettings settings = { .sandbox = { .memory = 256 * SK_MIB, .file_size = 512 * SK_MIB } };
  SkSubscription subscription = { (char *) "storm.line", NULL };
  sk_engine_settings_init (&settings.engine);
  g_clear_pointer (&settings.engine.plugin_path, g_strfreev);
  g_clear_pointer (&settings.engine.plugin_order, g_strfreev);
  settings.engine.plugin_path = path;
  settings.engine.plugin_order = order;
  g_array_append_val (settings.engine.subscriptions, subscription);
  return bundle != NULL ? sk_zygote_main (&settings, bundle) : 1;
}

/* ---- a run ---- */

typedef struct Run {
  GString *out;
  uint64_t results, records, stop_after, fail_after, reload_after;
  gboolean (*on_result) (void *data, const SkJobResult *result); /* NULL: the usual */
  SkSupervisor *supervisor;
  const char *reload_with;
  bool reloading, reloaded, reload_failed;
  uint32_t superseded; /* reloads that a newer one took the place of */
  bool with_rules; /* of records */
  uint64_t related, related_count; /* findings, and events in them */
  bool interrupted;
  GError *error;
} Run;

/* All lines of one generation are one wave. */
static const char line_rules[] = "title: A line\n"
                                 "name: storm.line.any\n"
                                 "logsource: {product: storm}\n"
                                 "detection: {any: {text|startswith: record}, condition: any}\n"
                                 "---\n"
                                 "title: Lines\n"
                                 "name: storm.line.all\n"
                                 "correlation: {type: event_count, rules: [storm.line.any], timespan: 1d,\n"
                                 "              condition: {gte: 1}}\n";
static const char line_tables[]
    = "sources:\n  - {logsource: {product: storm}, kind: storm.line}\n";

static SkBundle *
make_bundle (const char *text, bool with_rules)
{
  SkBundle *bundle = sk_bundle_new ();
  ck_assert (sk_bundle_add (bundle, "storm", "/rules/storm", sk_span_of_text (text), 1, NULL));
  if (with_rules)
    {
      ck_assert (sk_bundle_add (bundle, "sigma", "/r.yml", sk_span_of_text (line_rules), 1, NULL));
      ck_assert (sk_bundle_add (bundle, "logsource-table", "/t.yml", sk_span_of_text (line_tables), 1,
                                NULL));
    }
  return bundle;
}

static void
reload_done (void *data, const SkCatalogue *catalogue, const GError *error)
{
  Run *run = data;
  if (g_error_matches (error, SK_ERROR, SK_ERROR_ENDED))
    run->superseded++;
  run->reloaded = run->reloaded || catalogue != NULL;
  run->reload_failed = run->reload_failed || error != NULL;
  run->reloading = false;
}

static void
print_finding (Run *run, const SkJobResult *result, const SkReplyFinding *finding)
{
  const SkReply *reply = result->reply;
  const SkReplyObject *object
      = &g_array_index (reply->object_list, SkReplyObject, finding->object);
  g_string_append_printf (run->out, "  %s %s:%" G_GUINT64_FORMAT " %s x%u\n",
                          sk_catalogue_rule (result->catalogue, finding->rule)->id, object->name,
                          object->position, finding->evidence, finding->count);
}

static gboolean
on_result (void *data, const SkJobResult *result)
{
  Run *run = data;
  const SkReply *reply = result->reply;
  g_string_append_printf (run->out, "%s kind %d\n", result->id, (int) result->item->kind);
  if (reply != NULL)
    g_string_append_printf (run->out, "  objects %" G_GUINT64_FORMAT " complete %d windows %u\n",
                            reply->objects, reply->complete, reply->window_list->len);
  for (guint i = 0; reply != NULL && i < reply->finding_list->len; i++)
    print_finding (run, result, &g_array_index (reply->finding_list, SkReplyFinding, i));
  run->results++;
  if (run->results == run->stop_after)
    sk_supervisor_stop (run->supervisor);
  if (run->results == run->reload_after)
    {
      g_autoptr (SkBundle) bundle = make_bundle (run->reload_with, run->with_rules);
      run->reloading = true;
      sk_supervisor_reload (run->supervisor, bundle, reload_done);
    }
  if (run->reloading)
    g_usleep (2000); /* so that the run does not overtake it */
  return run->results != run->fail_after;
}

static void
on_record (void *data, const SkRunRecord *record)
{
  Run *run = data;
  run->records++;
  g_string_append_printf (run->out, "record %u %" G_GINT64_FORMAT " %s %s %" G_GUINT64_FORMAT " ",
                          record->subscription, record->time, record->job, record->object,
                          record->position);
  for (guint i = 0; i < record->fields->items->len; i++)
    {
      char room[SK_RECORD_ROOM];
      const SkRecordItem *item = sk_record_item (record->fields, i);
      SkSpan text = sk_record_text (&item->value, room);
      g_string_append_printf (run->out, "%.*s=%.*s ", (int) item->name.size, item->name.data,
                              (int) text.size, text.data);
    }
  g_string_append_c (run->out, '\n');
}

static gboolean
on_related (void *data, const SkRelated *related)
{
  Run *run = data;
  const char *id = sk_catalogue_rule (related->catalogue, related->rule)->id;
  ck_assert_str_eq (id, "storm.line.all");
  ck_assert_uint_gt (related->n_places, 0);
  run->related++;
  run->related_count += related->count;
  return TRUE;
}

static SkRunSettings
default_settings (uint32_t jobs)
{
  static char *argv[] = { NULL, (char *) "--role", (char *) "zygote", NULL };
  argv[0] = program;
  return (SkRunSettings) { .jobs = jobs,
                           .zygote_argv = argv,
                           .limits = { .depth = SK_DEFAULT_DEPTH, .objects = SK_DEFAULT_OBJECTS,
                                       .object_bytes = SK_DEFAULT_OBJECT_BYTES,
                                       .job_bytes = SK_DEFAULT_JOB_BYTES, .ratio = SK_DEFAULT_RATIO,
                                       .input_bytes = SK_DEFAULT_INPUT_BYTES, .work = SK_DEFAULT_WORK, .windows = SK_DEFAULT_WINDOWS },
                           .backstop = 30,
                           .results_bytes = 16 * SK_MIB,
                           .run_file_bytes = 64 * SK_MIB,
                           .lent_bytes = 512 * SK_MIB,
                           .temporary = (char *) g_get_tmp_dir (),
                           .correlate = { SK_DEFAULT_GROUPS, SK_DEFAULT_CORRELATE_BYTES },
                           .subscriptions = 1 };
}

static void
run_walk (Run *run, const SkRunSettings *settings, const char *folder)
{
  SkRunCallbacks callbacks = { .data = run,
                               .result = run->on_result != NULL ? run->on_result : on_result,
                               .record = on_record,
                               .related = on_related };
  char *paths[] = { (char *) folder, NULL };
  SkWalkSettings walk_settings = { .paths = paths, .temporary = (char *) g_get_tmp_dir () };
  g_autoptr (SkBundle) bundle = make_bundle ("quiet", run->with_rules);
  run->out = g_string_new (NULL);
  run->supervisor = sk_supervisor_new (settings, &callbacks, bundle, &run->error);
  ck_assert_msg (run->supervisor != NULL, "%s", run->error != NULL ? run->error->message : "?");
  SkWalk *walk = sk_walk_new (&walk_settings);
  sk_supervisor_run (run->supervisor, walk, &run->interrupted, &run->error);
  sk_walk_free (walk);
  sk_supervisor_free (run->supervisor);
}

static void
run_clear (Run *run)
{
  g_string_free (run->out, TRUE);
  g_clear_error (&run->error);
}

static void
check_same (const char *expected, const char *got)
{
  const char *line = got;
  if (strcmp (expected, got) == 0)
    return;
  for (size_t i = 0; got[i] != '\0' && got[i] == expected[i]; i++)
    if (got[i] == '\n')
      line = got + i + 1;
  ck_abort_msg ("differs at: %.200s\nexpected:   %.200s", line, expected + (line - got));
}

static Run
run_good (const SkRunSettings *settings, const char *folder)
{
  Run run = { .results = 0 };
  run_walk (&run, settings, folder);
  ck_assert_msg (run.error == NULL, "%s", run.error != NULL ? run.error->message : "");
  return run;
}

/* ---- what is left behind ---- */

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static guint descriptors_before;

static void
remember_descriptors (void)
{
  descriptors_before = count_entries ("/proc/self/fd");
}

static void
check_nothing_left (void)
{
  ck_assert_uint_eq (count_entries ("/proc/self/fd"), descriptors_before);
  ck_assert_int_eq (waitpid (-1, NULL, WNOHANG), -1); /* no child */
}

/* ---- trees ---- */

static void
add (const char *folder, const char *name, const char *text)
{
  g_free (sk_test_file (folder, name, text, strlen (text)));
}

static void
add_plain (const char *folder, const char *prefix, int count)
{
  for (int i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%04d", prefix, i);
      g_autofree char *text = g_strdup_printf ("plain text number %d of %s", i, prefix);
      add (folder, name, text);
    }
}

static char *
mixed_tree (int windows, int mib)
{
  char *folder = sk_test_folder ();
  g_autofree char *defer = g_strdup_printf ("STORM \ndefer %d\nsecret 1\nrecords 20\n%*s", windows,
                                            200, "x");
  g_autofree char *big = g_strdup_printf ("STORM \nbig %d\nsum 1\n", mib);
  add_plain (folder, "a", 150);
  add (folder, "b-defer", defer);
  add (folder, "c-nest", "STORM \nnest 3\nsum 0\nand some more text to give offsets\n");
  add (folder, "d-big", big);
  add (folder, "d-big-window", "STORM \nbig-window 20\nrecords 3\n");
  add_plain (folder, "e", 150);
  add (folder, "f-crash", "STORM \nsum 0\ncrash 0\n");
  add (folder, "f-abort", "STORM \nabort 0\n");
  add (folder, "f-child-crash", "STORM \nchild-crash 3\nchild-crash 4\nsum 0\nrecords 5\n");
  add (folder, "f-exit", "STORM \nexit 0\n");
  add_plain (folder, "g", 50);
  add (folder, "h-empty", "");
  return folder;
}

/* ---- tests ---- */

START_TEST (any_number_of_workers_gives_the_same_bytes)
{
  g_autofree char *folder = mixed_tree (10000, 200);
  remember_descriptors ();
  SkRunSettings settings = default_settings (1);
  Run first = run_good (&settings, folder);
  ck_assert_uint_gt (first.results, 10300);
  ck_assert_uint_gt (first.records, 10000);
  ck_assert_ptr_nonnull (strstr (first.out->str, "not-inspected.crash"));
  check_nothing_left ();
  const uint32_t jobs[] = { 2, 7 };
  for (size_t i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      settings = default_settings (jobs[i]);
      Run run = run_good (&settings, folder);
      check_same (first.out->str, run.out->str);
      check_nothing_left ();
      run_clear (&run);
    }
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

START_TEST (killed_workers_change_nothing)
{
  g_autofree char *folder = mixed_tree (10000, 200);
  SkRunSettings settings = default_settings (2);
  Run first = run_good (&settings, folder);
  remember_descriptors ();
  for (uint32_t jobs = 1; jobs <= 7; jobs += 3)
    {
      settings = default_settings (jobs);
      settings.chaos = 150;
      settings.chaos_seed = jobs;
      settings.results_bytes = 8 * SK_MIB;
      Run run = run_good (&settings, folder);
      check_same (first.out->str, run.out->str);
      check_nothing_left ();
      run_clear (&run);
    }
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/* Replies wait in the file, because there is no room in memory; many are too large for their place. */
START_TEST (a_tiny_results_file_changes_nothing)
{
  g_autofree char *folder = mixed_tree (500, 12);
  SkRunSettings settings = default_settings (1);
  Run first = run_good (&settings, folder);
  settings = default_settings (4);
  settings.results_bytes = 256 * SK_KIB;
  Run run = run_good (&settings, folder);
  check_same (first.out->str, run.out->str);
  run_clear (&run);
  settings.results_bytes = 0;
  run = run_good (&settings, folder);
  check_same (first.out->str, run.out->str);
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/* Lines of the result that begins with this name. */
static char *
result_of (const Run *run, const char *folder, const char *name)
{
  g_autofree char *head = g_strdup_printf ("%s/%s kind", folder, name);
  const char *start = strstr (run->out->str, head);
  ck_assert_msg (start != NULL, "no result of %s", name);
  const char *end = strstr (start, "\n/");
  return end != NULL ? g_strndup (start, (gsize) (end - start)) : g_strdup (start);
}

static void
check_bad_file (const Run *run, const char *folder, const char *name, const char *reason)
{
  g_autofree char *text = result_of (run, folder, name);
  g_autofree char *id = g_strdup_printf ("not-inspected.%s", reason);
  ck_assert_msg (strstr (text, id) != NULL, "%s: no %s in %s", name, id, text);
  ck_assert_msg (strstr (text, "storm") != NULL, "%s: plugin not named in %s", name, text);
  ck_assert_msg (strstr (text, "complete 0") != NULL, "%s: complete", name);
}

START_TEST (bad_plugins_end_and_hide_nothing)
{
  const struct
  {
    const char *how, *reason;
  } bad[] = { { "crash", "crash" },     { "abort", "crash" }, { "exit", "crash" },
              { "garbage", "crash" },   { "close", "crash" }, { "loop", "timeout" },
#ifndef SK_SANITIZERS
              { "eat", "memory" },
#endif
  };
  g_autofree char *folder = sk_test_folder ();
  add_plain (folder, "a", 40);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    for (int n = 0; n < 3; n++)
      {
        g_autofree char *name = g_strdup_printf ("b-%s-%d", bad[i].how, n);
        g_autofree char *text = g_strdup_printf ("STORM \nrecords 2\n%s 0\n", bad[i].how);
        add (folder, name, text);
      }
  add_plain (folder, "c", 40);
  SkRunSettings settings = default_settings (2);
  settings.backstop = 3;
  remember_descriptors ();
  Run run = run_good (&settings, folder);
  check_nothing_left ();
  ck_assert_uint_eq (run.results, 80 + 3 * G_N_ELEMENTS (bad));
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    for (int n = 0; n < 3; n++)
      {
        g_autofree char *name = g_strdup_printf ("b-%s-%d", bad[i].how, n);
        check_bad_file (&run, folder, name, bad[i].reason);
      }
  g_autofree char *plain = result_of (&run, folder, "c0039");
  ck_assert_ptr_nonnull (strstr (plain, "complete 1"));
  ck_assert_ptr_nonnull (strstr (plain, "storm.said"));
  ck_assert_uint_eq (run.records, 0); /* of runs that did not end */
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

/* A worker that was taken over says that it is at a job that it was never given, and dies or hangs
 * among others: it is found all the same, and nobody else is blamed. */
START_TEST (who_lies_about_its_place_is_found)
{
  static const struct
  {
    const char *how, *reason;
  } ways[] = { { "kill", "memory" }, { "crash", "crash" }, { "loop", "timeout" } };
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *text = g_strdup_printf ("STORM \nlie-%s 0\n", ways[_i].how);
  g_autofree char *id = g_strdup_printf ("not-inspected.%s", ways[_i].reason);
  add_plain (folder, "a", 40);
  add (folder, "b", text);
  add_plain (folder, "c", 40);
  SkRunSettings settings = default_settings (1);
  settings.backstop = 1;
  remember_descriptors ();
  Run run = run_good (&settings, folder);
  check_nothing_left ();
  ck_assert_uint_eq (run.results, 81);
  g_autofree char *liar = result_of (&run, folder, "b");
  ck_assert_ptr_nonnull (strstr (liar, id));
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%04d", i);
      g_autofree char *plain = result_of (&run, folder, name);
      ck_assert_ptr_nonnull (strstr (plain, "complete 1"));
    }
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (stop_hands_out_what_there_is)
{
  g_autofree char *folder = mixed_tree (500, 12);
  SkRunSettings settings = default_settings (3);
  remember_descriptors ();
  Run run = { .stop_after = 200 };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL);
  ck_assert (run.interrupted);
  ck_assert_uint_ge (run.results, 200);
  ck_assert_ptr_nonnull (strstr (run.out->str, "not-inspected.cancelled"));
  check_nothing_left ();
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_failed_sink_ends_the_run)
{
  g_autofree char *folder = mixed_tree (100, 1);
  SkRunSettings settings = default_settings (2);
  remember_descriptors ();
  Run run = { .fail_after = 10 };
  run_walk (&run, &settings, folder);
  ck_assert_ptr_nonnull (run.error);
  ck_assert_uint_eq (run.results, 10);
  check_nothing_left ();
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_reload_changes_no_result)
{
  g_autofree char *folder = mixed_tree (500, 4);
  SkRunSettings settings = default_settings (2);
  Run first = run_good (&settings, folder);
  remember_descriptors ();
  Run run = { .reload_after = 20, .reload_with = "other" };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL);
  ck_assert (run.reloaded && !run.reload_failed);
  check_same (first.out->str, run.out->str);
  check_nothing_left ();
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/** Each generation judges the records of its own jobs, and none is judged twice or by nobody. */
START_TEST (a_reload_gives_each_record_to_its_generation)
{
  g_autofree char *folder = mixed_tree (500, 4);
  SkRunSettings settings = default_settings (2);
  Run first = { .with_rules = true };
  run_walk (&first, &settings, folder);
  ck_assert (first.error == NULL);
  ck_assert_uint_eq (first.related, 1);
  ck_assert_uint_eq (first.related_count, first.records);
  remember_descriptors ();
  Run run = { .with_rules = true, .reload_after = 20, .reload_with = "other" };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL && run.reloaded);
  ck_assert_uint_eq (run.records, first.records);
  ck_assert_uint_ge (run.related, 1);
  ck_assert_uint_le (run.related, 2);
  ck_assert_uint_eq (run.related_count, first.related_count);
  check_nothing_left ();
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_bad_reload_keeps_the_old_generation)
{
  g_autofree char *folder = mixed_tree (500, 4);
  SkRunSettings settings = default_settings (2);
  remember_descriptors ();
  Run run = { .reload_after = 20, .reload_with = "!shout" };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL);
  ck_assert (!run.reloaded && run.reload_failed);
  check_nothing_left ();
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

static gboolean
reload_thrice (void *data, const SkJobResult *result)
{
  Run *run = data;
  for (int i = 0; run->results == 20 && i < 3; i++)
    {
      g_autoptr (SkBundle) bundle = make_bundle ("other", false);
      run->reloading = true;
      sk_supervisor_reload (run->supervisor, bundle, reload_done);
    }
  return on_result (data, result);
}

START_TEST (of_many_reloads_the_last_is_started)
{
  g_autofree char *folder = mixed_tree (300, 1);
  SkRunSettings settings = default_settings (2);
  Run first = run_good (&settings, folder);
  remember_descriptors ();
  Run run = { .on_result = reload_thrice };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL);
  ck_assert (run.reloaded);
  ck_assert_uint_eq (run.superseded, 2);
  check_same (first.out->str, run.out->str);
  check_nothing_left ();
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_bad_start_is_refused)
{
  SkRunSettings settings = default_settings (1);
  SkRunCallbacks callbacks = { .result = on_result };
  g_autoptr (SkBundle) bundle = make_bundle ("!shout", false);
  g_autoptr (GError) error = NULL;
  remember_descriptors ();
  ck_assert_ptr_null (sk_supervisor_new (&settings, &callbacks, bundle, &error));
  ck_assert_ptr_nonnull (error);
  ck_assert_msg (strstr (error->message, "shouts") != NULL, "%s", error->message);
  g_clear_error (&error);
  settings.temporary = (char *) "/nonexistent";
  ck_assert_ptr_null (sk_supervisor_new (&settings, &callbacks, bundle, &error));
  ck_assert_ptr_nonnull (error);
  check_nothing_left ();
}
END_TEST

/* The zygote of this process, found as its only child. */
static pid_t
find_child (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", (int) getpid ());
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  return (pid_t) atol (text);
}

static gboolean
kill_zygote_result (void *data, const SkJobResult *result)
{
  Run *run = data;
  if (run->results == 30 || run->results == 400)
    {
      pid_t child = find_child ();
      if (child > 0)
        kill (child, SIGKILL);
    }
  return on_result (data, result);
}

START_TEST (a_dead_zygote_is_started_again)
{
  g_autofree char *folder = mixed_tree (500, 4);
  SkRunSettings settings = default_settings (2);
  Run first = run_good (&settings, folder);
  remember_descriptors ();
  Run run = { .on_result = kill_zygote_result };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL);
  check_same (first.out->str, run.out->str);
  check_nothing_left ();
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/* Somebody else kills workers: the children of our child. */
static void
kill_some_worker (void)
{
  pid_t zygote = find_child ();
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", (int) zygote, (int) zygote);
  g_autofree char *text = NULL;
  if (zygote > 0 && g_file_get_contents (path, &text, NULL, NULL) && atol (text) > 0)
    kill ((pid_t) atol (text), SIGKILL);
}

static gboolean
kill_worker_result (void *data, const SkJobResult *result)
{
  if (((Run *) data)->results % 50 == 7)
    kill_some_worker ();
  return on_result (data, result);
}

START_TEST (workers_killed_by_others_change_nothing)
{
  g_autofree char *folder = mixed_tree (500, 4);
  SkRunSettings settings = default_settings (2);
  Run first = run_good (&settings, folder);
  remember_descriptors ();
  Run run = { .on_result = kill_worker_result };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL);
  check_same (first.out->str, run.out->str);
  check_nothing_left ();
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/* More windows than a frame or memory holds, of a job whose first attempt died behind them. */
START_TEST (windows_stream)
{
  g_autofree char *folder = sk_test_folder ();
  add_plain (folder, "a", 40);
  add (folder, "b-many", "STORM \ndefer 100000\nchild-crash 3\nsum 0\n");
  add (folder, "c-wide", "STORM \ndefer-wide 3000\nchild-crash 3\nsum 0\n");
  add (folder, "d-nest", "STORM \nnest 4\nsum 0\nand some more text to give offsets\n");
  add_plain (folder, "e", 40);
  SkRunSettings settings = default_settings (1);
  Run first = run_good (&settings, folder);
  ck_assert_uint_eq (first.results, 83 + 100000 + 3000 + 5 + 25 + 125 + 625 + 3125);
  g_autofree char *many = result_of (&first, folder, "b-many");
  g_autofree char *wide = result_of (&first, folder, "c-wide");
  ck_assert_ptr_nonnull (strstr (many, "storm.said b-many:0 sum "));
  ck_assert_ptr_nonnull (strstr (wide, "storm.said c-wide:0 sum "));
  ck_assert_ptr_nonnull (strstr (wide, "not-inspected.crash child.txt:3"));
  ck_assert_ptr_null (strstr (first.out->str, "not-inspected.limit"));
  ck_assert_ptr_null (strstr (first.out->str, "not-inspected.malformed"));
  remember_descriptors ();
  for (int i = 0; i < 2; i++)
    {
      settings = default_settings (2);
      if (i > 0)
        {
          /* What waits before its turn finds no room after the first of it. */
          settings.results_bytes = 512 * SK_KIB;
          settings.chaos = 5000;
        }
      Run run = run_good (&settings, folder);
      check_same (first.out->str, run.out->str);
      check_nothing_left ();
      run_clear (&run);
    }
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/* What is left of many windows is one result. */
START_TEST (stop_sums_up_windows_that_wait)
{
  g_autofree char *folder = sk_test_folder ();
  add (folder, "a-many", "STORM \ndefer 100000\nsum 0\n");
  SkRunSettings settings = default_settings (2);
  Run run = { .stop_after = 30 };
  run_walk (&run, &settings, folder);
  ck_assert (run.error == NULL && run.interrupted);
  const char *more = strstr (run.out->str, "not-inspected.cancelled");
  ck_assert_ptr_nonnull (more);
  uint64_t results = run.results;
  guint cancelled = 0;
  for (; more != NULL; more = strstr (more + 1, "not-inspected.cancelled"), cancelled++)
    {
      const char *count = strstr (more, "and ");
      if (count != NULL)
        results += g_ascii_strtoull (count + 4, NULL, 10);
    }
  ck_assert_uint_eq (results, 100001);
  ck_assert_uint_lt (cancelled, 100);
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

/* Each of many files hands a window over a lent file back, and few descriptors may be open. */
START_TEST (few_descriptors_change_nothing)
{
  g_autofree char *folder = sk_test_folder ();
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("w%02d", i);
      add (folder, name, "STORM \nbig-window 1\nsum 0\n");
    }
  SkRunSettings settings = default_settings (3);
  Run first = run_good (&settings, folder);
  ck_assert_uint_eq (first.results, 120);
  remember_descriptors ();
  struct rlimit limit = { 96, 96 };
  ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &limit), 0);
  Run run = run_good (&settings, folder);
  check_same (first.out->str, run.out->str);
  check_nothing_left ();
  run_clear (&run);
  run_clear (&first);
  sk_test_remove (folder);
}
END_TEST

/* The file that a window lies in is lent for writing to nobody but who made it: the plugin dies when
 * it finds a descriptor through which it could change it. */
START_TEST (windows_only_read_what_was_lent)
{
  g_autofree char *folder = sk_test_folder ();
  add (folder, "a", "STORM \nbig-window 1\n");
  add (folder, "b", "STORM \nbig-window 12\n");
  SkRunSettings settings = default_settings (1);
  Run run = run_good (&settings, folder);
  ck_assert_uint_eq (run.results, 4);
  ck_assert_ptr_null (strstr (run.out->str, "not-inspected"));
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

/* A risky plugin met something broken, again and again: each time its worker is replaced. */
START_TEST (a_tainted_worker_is_replaced)
{
  g_autofree char *folder = sk_test_folder ();
  add_plain (folder, "a", 50);
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("b%02d", i);
      add (folder, name, i % 2 == 0 ? "STORM \nbroken 0\n" : "STORM \nsum 0\npid 0\n");
    }
  SkRunSettings settings = default_settings (1);
  remember_descriptors ();
  Run run = run_good (&settings, folder);
  ck_assert_uint_eq (run.results, 90);
  g_autofree char *first = result_of (&run, folder, "b01");
  g_autofree char *last = result_of (&run, folder, "b39");
  g_autofree char *broken = result_of (&run, folder, "b20");
  ck_assert_ptr_nonnull (strstr (broken, "not-inspected.malformed"));
  ck_assert_ptr_nonnull (strstr (first, "pid "));
  ck_assert_str_ne (strstr (first, "pid "), strstr (last, "pid "));
  check_nothing_left ();
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

START_TEST (a_full_run_file_is_a_finding)
{
  g_autofree char *folder = sk_test_folder ();
  add (folder, "a", "STORM \nrecords 50\n");
  add (folder, "b", "STORM \nrecords 5000\n");
  add (folder, "c", "STORM \nrecords 50\n");
  SkRunSettings settings = default_settings (2);
  settings.run_file_bytes = 64 * SK_KIB;
  Run run = run_good (&settings, folder);
  g_autofree char *b = result_of (&run, folder, "b");
  ck_assert_ptr_nonnull (strstr (b, "not-inspected.limit"));
  ck_assert_ptr_nonnull (strstr (b, "5000 records dropped"));
  ck_assert_uint_eq (run.records, 100);
  run_clear (&run);
  sk_test_remove (folder);
}
END_TEST

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--role") == 0)
    return zygote_role ();
  program = argv[0];
  Suite *suite = suite_create ("supervisor");
  TCase *tests = tcase_create ("runs");
  tcase_set_timeout (tests, 120);
  tcase_add_test (tests, any_number_of_workers_gives_the_same_bytes);
  tcase_add_test (tests, killed_workers_change_nothing);
  tcase_add_test (tests, a_tiny_results_file_changes_nothing);
  tcase_add_test (tests, bad_plugins_end_and_hide_nothing);
  tcase_add_loop_test (tests, who_lies_about_its_place_is_found, 0, 3);
  tcase_add_test (tests, stop_hands_out_what_there_is);
  tcase_add_test (tests, a_failed_sink_ends_the_run);
  tcase_add_test (tests, a_reload_changes_no_result);
  tcase_add_test (tests, a_reload_gives_each_record_to_its_generation);
  tcase_add_test (tests, a_bad_reload_keeps_the_old_generation);
  tcase_add_test (tests, of_many_reloads_the_last_is_started);
  tcase_add_test (tests, a_bad_start_is_refused);
  tcase_add_test (tests, a_dead_zygote_is_started_again);
  tcase_add_test (tests, workers_killed_by_others_change_nothing);
  tcase_add_test (tests, windows_stream);
  tcase_add_test (tests, stop_sums_up_windows_that_wait);
  tcase_add_test (tests, few_descriptors_change_nothing);
  tcase_add_test (tests, windows_only_read_what_was_lent);
  tcase_add_test (tests, a_tainted_worker_is_replaced);
  tcase_add_test (tests, a_full_run_file_is_a_finding);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
