/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A run of 10,000 deferred windows, a large child written out of order, records
 * and secrets gives the same bytes with 1, 2 and 7 workers while workers are
 * killed at random. This program is its own zygote (`--role zygote`).
 *
 * With SEKISHO_QUICK=1 in the environment everything is smaller.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../plugins/big.h"
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
  g_autofree char *folder
      = g_build_filename (g_getenv ("abs_top_builddir"), "tests/plugins/.libs", NULL);
  char *path[] = { folder, NULL };
  char *order[] = { (char *) "big", NULL };
  char *kept[] = { (char *) "word", (char *) "number", NULL };
  SkZygoteSettings settings = { .sandbox = { .memory = 512 * SK_MIB, .file_size = 1 * SK_GIB } };
  const SkSubscription subscriptions[]
      = { { (char *) "big.event", NULL }, { (char *) "big.nested", kept } };
  sk_engine_settings_init (&settings.engine);
  g_clear_pointer (&settings.engine.plugin_path, g_strfreev);
  g_clear_pointer (&settings.engine.plugin_order, g_strfreev);
  settings.engine.plugin_path = path;
  settings.engine.plugin_order = order;
  settings.engine.limits.ratio = 100000;
  g_array_append_vals (settings.engine.subscriptions, subscriptions, 2);
  return bundle != NULL ? sk_zygote_main (&settings, bundle) : 1;
}

/* ---- sizes ---- */

typedef struct Sizes {
  unsigned windows, mib;
} Sizes;

static Sizes
sizes (void)
{
  const char *quick = g_getenv ("SEKISHO_QUICK");
  bool small = quick != NULL && strcmp (quick, "1") == 0;
  return small ? (Sizes){ 1000, 24 } : (Sizes){ 10000, 200 };
}

static uint64_t
large_digest (unsigned mib)
{
  uint64_t digest = 0;
  for (uint64_t i = 0; i < (uint64_t) mib * (SK_MIB / 8); i++)
    digest = big_digest (digest, big_word (i));
  return digest;
}

/* How many of 0 … count-1 `step` divides. */
static uint64_t
every (uint64_t count, uint64_t step)
{
  return (count + step - 1) / step;
}

/* ---- rules: all of them are made of records that come from everywhere ---- */

static const char tables[] = "sources:\n"
                             "  - {logsource: {product: big, category: event}, kind: big.event}\n"
                             "  - {logsource: {product: big, category: nested}, kind: big.nested}\n";

static const char rules[] = "title: Even\n"
                            "name: chaos.event.even\n"
                            "logsource: {product: big, category: event}\n"
                            "detection:\n"
                            "  even: {even: true}\n"
                            "  condition: even\n"
                            "---\n"
                            "title: Any\n"
                            "name: chaos.event.any\n"
                            "logsource: {product: big, category: event}\n"
                            "detection:\n"
                            "  any: {number|gte: 0}\n"
                            "  condition: any\n"
                            "---\n"
                            "title: Even ones with the same part\n"
                            "name: chaos.event.crowd\n"
                            "correlation:\n"
                            "  type: event_count\n"
                            "  rules: [chaos.event.even]\n"
                            "  group-by: [tags]\n"
                            "  timespan: 1s\n"
                            "  condition: {gte: 2}\n"
                            "level: high\n"
                            "---\n"
                            "title: Many numbers\n"
                            "name: chaos.event.numbers\n"
                            "correlation:\n"
                            "  type: value_count\n"
                            "  rules: [chaos.event.any]\n"
                            "  group-by: [even]\n"
                            "  timespan: 1s\n"
                            "  condition: {field: number, gte: 50}\n"
                            "---\n"
                            "title: Even after odd\n"
                            "name: chaos.event.order\n"
                            "correlation:\n"
                            "  type: temporal_ordered\n"
                            "  rules: [chaos.event.any, chaos.event.even]\n"
                            "  timespan: 1s\n";

/* ---- a run ---- */

typedef struct Run {
  GString *out;
  uint64_t results, records, related;
} Run;

static void
print_objects (GString *out, const SkReply *reply)
{
  for (guint i = 0; i < reply->object_list->len; i++)
    {
      const SkReplyObject *object = &g_array_index (reply->object_list, SkReplyObject, i);
      g_string_append_printf (out, "  object %u in %u by %u at %" G_GUINT64_FORMAT " %s %s %"
                              G_GUINT64_FORMAT "\n", i, object->parent, object->plugin,
                              object->position, object->name, object->type, object->size);
    }
}

static void
print_findings (GString *out, const SkJobResult *result)
{
  const SkReply *reply = result->reply;
  for (guint i = 0; i < reply->finding_list->len; i++)
    {
      const SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, i);
      g_string_append_printf (out, "  %s on %u by %u level %d x%u: %s\n",
                              sk_catalogue_rule (result->catalogue, finding->rule)->id,
                              finding->object, finding->plugin, (int) finding->level,
                              finding->count, finding->evidence);
    }
}

static gboolean
on_result (void *data, const SkJobResult *result)
{
  Run *run = data;
  const SkReply *reply = result->reply;
  g_string_append_printf (run->out, "%s kind %d\n", result->id, (int) result->item->kind);
  run->results++;
  if (reply == NULL)
    return TRUE;
  g_string_append_printf (run->out, "  complete %d objects %" G_GUINT64_FORMAT " bytes %"
                          G_GUINT64_FORMAT " dropped %" G_GUINT64_FORMAT " windows %u\n",
                          reply->complete, reply->objects, reply->bytes, reply->findings_dropped,
                          reply->window_list->len);
  print_objects (run->out, reply);
  print_findings (run->out, result);
  return TRUE;
}

static void
on_record (void *data, const SkRunRecord *record)
{
  Run *run = data;
  g_auto (SkBuffer) bytes;
  sk_buffer_init (&bytes, SK_MAX_FRAME);
  ck_assert (sk_record_write (record->fields, &bytes));
  g_autofree char *fields = g_base64_encode (bytes.data, bytes.size);
  run->records++;
  g_string_append_printf (run->out, "record %u %" G_GINT64_FORMAT " %s %s %" G_GUINT64_FORMAT
                          " %s\n", record->subscription, record->time, record->job, record->object,
                          record->position, fields);
}

static gboolean
on_related (void *data, const SkRelated *related)
{
  Run *run = data;
  run->related++;
  g_string_append_printf (run->out, "related %s x%" G_GUINT64_FORMAT " from %" G_GINT64_FORMAT
                          " to %" G_GINT64_FORMAT ": %s\n",
                          sk_catalogue_rule (related->catalogue, related->rule)->id, related->count,
                          related->first, related->last, related->evidence);
  for (size_t i = 0; i < related->n_places; i++)
    g_string_append_printf (run->out, "  %s %s %s %" G_GUINT64_FORMAT "\n", related->places[i].root,
                            related->places[i].job, related->places[i].object,
                            related->places[i].position);
  return TRUE;
}

static SkRunSettings
settings_for (uint32_t jobs, uint32_t chaos, uint64_t seed)
{
  static char *argv[] = { NULL, (char *) "--role", (char *) "zygote", NULL };
  argv[0] = program;
  return (SkRunSettings){ .jobs = jobs,
                          .zygote_argv = argv,
                          .limits = { .depth = SK_DEFAULT_DEPTH, .objects = SK_DEFAULT_OBJECTS,
                                      .object_bytes = SK_DEFAULT_OBJECT_BYTES,
                                      .job_bytes = SK_DEFAULT_JOB_BYTES, .ratio = 100000,
                                      .input_bytes = SK_DEFAULT_INPUT_BYTES, .work = SK_DEFAULT_WORK, .windows = SK_DEFAULT_WINDOWS },
                          .backstop = 60,
                          .results_bytes = 64 * SK_MIB,
                          .run_file_bytes = 256 * SK_MIB,
                          .lent_bytes = 1 * SK_GIB,
                          .temporary = (char *) g_get_tmp_dir (),
                          .subscriptions = 2,
                          .correlate = { SK_DEFAULT_GROUPS, SK_DEFAULT_CORRELATE_BYTES },
                          .chaos = chaos,
                          .chaos_seed = seed };
}

static Run
run_over (const SkRunSettings *settings, const char *folder)
{
  Run run = { .out = g_string_new (NULL) };
  SkRunCallbacks callbacks = { .data = &run, .result = on_result, .record = on_record,
                               .related = on_related };
  char *paths[] = { (char *) folder, NULL };
  SkWalkSettings walk_settings = { .paths = paths, .temporary = settings->temporary };
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  bool interrupted = true;
  ck_assert (sk_bundle_add (bundle, "big", "/big", sk_span_of_text ("x"), 1, NULL));
  ck_assert (sk_bundle_add (bundle, "sigma", "/chaos.yml", sk_span_of_text (rules), 1, NULL));
  ck_assert (sk_bundle_add (bundle, "logsource-table", "/tables.yml", sk_span_of_text (tables), 1,
                            NULL));
  SkSupervisor *supervisor = sk_supervisor_new (settings, &callbacks, bundle, &error);
  ck_assert_msg (supervisor != NULL, "%s", error != NULL ? error->message : "?");
  SkWalk *walk = sk_walk_new (&walk_settings);
  sk_supervisor_run (supervisor, walk, &interrupted, &error);
  ck_assert_msg (error == NULL, "%s", error != NULL ? error->message : "");
  ck_assert (!interrupted);
  sk_walk_free (walk);
  sk_supervisor_free (supervisor);
  return run;
}

/* ---- the tree ---- */

static void
add (const char *folder, const char *name, const char *text)
{
  g_free (sk_test_file (folder, name, text, strlen (text)));
}

/* Every word differs, so that each window has its digest. */
static void
add_big (const char *folder, const char *name, unsigned windows, unsigned mib)
{
  size_t size = BIG_HEAD + (size_t) windows * BIG_WINDOW;
  g_autofree uint64_t *words = g_malloc0 (size);
  for (size_t i = BIG_HEAD / 8; i < size / 8; i++)
    words[i] = big_word (i + windows);
  g_snprintf ((char *) words, BIG_HEAD, "BIG %u %u\n", windows, mib);
  g_free (sk_test_file (folder, name, words, size));
}

static char *
make_tree (void)
{
  char *folder = sk_test_folder ();
  Sizes s = sizes ();
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%c-plain-%02d", i < 50 ? 'a' : 'd', i);
      add (folder, name, name);
    }
  add_big (folder, "b-big", s.windows, s.mib);
  add_big (folder, "c-small", s.windows / 10, 12);
  add (folder, "e-empty", "");
  return folder;
}

/* ---- what must hold ---- */

static uint64_t
count_lines (const Run *run, const char *part)
{
  uint64_t count = 0;
  for (const char *p = run->out->str; (p = strstr (p, part)) != NULL; p += strlen (part))
    count++;
  return count;
}

static uint64_t
windows_of (unsigned windows)
{
  return windows + every (windows, 97);
}

static void
check_reference (const Run *run)
{
  Sizes s = sizes ();
  g_autofree char *large = g_strdup_printf ("x1: large %u %016" G_GINT64_MODIFIER "x\n", s.mib << 20,
                                            large_digest (s.mib));
  ck_assert_uint_eq (run->results, 103 + windows_of (s.windows) + windows_of (s.windows / 10));
  ck_assert_uint_eq (run->records, 200 + 3 * (uint64_t) (s.windows + s.windows / 10)
                                       + every (s.windows, 97) + every (s.windows / 10, 97));
  ck_assert_msg (strstr (run->out->str, large) != NULL, "the large child: no %s", large);
  /* One wave of each: all times lie within a second. */
  ck_assert_uint_eq (count_lines (run, "related chaos.event.numbers"), 2);
  ck_assert_uint_eq (count_lines (run, "related chaos.event.order"), 1);
  ck_assert_uint_gt (count_lines (run, "related chaos.event.crowd"), 100);
  ck_assert_uint_eq (count_lines (run, "opened with key-a"), 2);
  ck_assert_uint_eq (count_lines (run, "opened with key-b"), 2);
  ck_assert_uint_eq (count_lines (run, "not-inspected.encrypted"), 2);
  ck_assert_uint_eq (count_lines (run, "not-inspected."),
                     2 + every (s.windows, 501) + every (s.windows / 10, 501));
}

static void
check_same (const Run *expected, const Run *got, const SkRunSettings *settings)
{
  const char *a = expected->out->str, *b = got->out->str;
  size_t line = 0;
  if (expected->out->len == got->out->len && memcmp (a, b, got->out->len) == 0)
    return;
  for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
    if (a[i] == '\n')
      line = i + 1;
  ck_abort_msg ("jobs %u seed %u differs at: %.300s\nexpected: %.300s", settings->jobs,
                (unsigned) settings->chaos_seed, b + line, a + line);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

START_TEST (any_workers_however_killed_give_the_same_bytes)
{
  static const struct {
    uint32_t jobs, chaos;
    uint64_t seed;
  } runs[] = { { 2, 0, 0 },  { 7, 0, 0 },  { 1, 60, 1 }, { 2, 40, 2 },
               { 2, 25, 3 }, { 7, 40, 4 }, { 7, 15, 5 } };
  g_autofree char *folder = make_tree ();
  SkRunSettings settings = settings_for (1, 0, 0);
  guint before = count_descriptors ();
  Run reference = run_over (&settings, folder);
  check_reference (&reference);
  for (size_t i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      settings = settings_for (runs[i].jobs, runs[i].chaos, runs[i].seed);
      gint64 begin = g_get_monotonic_time ();
      Run run = run_over (&settings, folder);
      check_same (&reference, &run, &settings);
      printf ("# jobs %u, kills about every %u jobs, seed %u: %.1f s\n", settings.jobs,
              settings.chaos, (unsigned) settings.chaos_seed,
              (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
      fflush (stdout);
      ck_assert_uint_eq (count_descriptors (), before);
      ck_assert_int_eq (waitpid (-1, NULL, WNOHANG), -1); /* no child is left */
      g_string_free (run.out, TRUE);
    }
  g_string_free (reference.out, TRUE);
  sk_test_remove (folder);
}
END_TEST

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--role") == 0)
    return zygote_role ();
  program = argv[0];
  Suite *suite = suite_create ("chaos");
  TCase *tests = tcase_create ("runs");
  tcase_set_timeout (tests, 300);
  tcase_add_test (tests, any_workers_however_killed_give_the_same_bytes);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
