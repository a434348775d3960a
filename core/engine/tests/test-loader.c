/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which plugins are loaded, which are refused, and what is said of it.
 */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "engine-test.h"

/** A folder into which plugins are put, and an attempt to load from it. */
typedef struct Try {
  char *folder;
  SkEngineSettings settings;
  SkEngine *engine;
  SkCatalogue *catalogue;
  GError *error;
} Try;

static void
put (const char *folder, const char *build, const char *name)
{
  g_autofree char *file = g_strconcat (build, ".so", NULL);
  g_autofree char *from = g_build_filename (plugin_folder (), file, NULL);
  g_autofree char *target = g_strconcat (name, ".so", NULL);
  g_autofree char *bytes = NULL;
  gsize size;
  ck_assert_msg (g_file_get_contents (from, &bytes, &size, NULL), "%s", from);
  g_autofree char *path = sk_test_file (folder, target, bytes, size);
  ck_assert_int_eq (chmod (path, 0755), 0);
}

static void
try_init (Try *attempt, const char *order)
{
  *attempt = (Try){ .folder = sk_test_folder () };
  const char *path[] = { attempt->folder, NULL };
  sk_engine_settings_init (&attempt->settings);
  attempt->settings.plugin_path = g_strdupv ((char **) path);
  attempt->settings.plugin_order = g_strsplit (order, ",", 0);
  g_unsetenv ("SK_TEST_WRONG_RAN");
}

static void
try_load (Try *attempt)
{
  attempt->engine
      = sk_engine_new (&attempt->settings, NULL, &attempt->catalogue, &attempt->error);
  ck_assert_ptr_nonnull (attempt->catalogue);
  ck_assert ((attempt->engine == NULL) == (attempt->error != NULL));
}

static void
try_clear (Try *attempt)
{
  sk_engine_free (attempt->engine);
  sk_catalogue_free (attempt->catalogue);
  g_clear_error (&attempt->error);
  sk_engine_settings_clear (&attempt->settings);
  sk_test_remove (attempt->folder);
  g_free (attempt->folder);
}

/* Refused, the message holds file and cause, and nothing of it was run or listed. */
static void
assert_refused (Try *attempt, const char *file, const char *cause)
{
  try_load (attempt);
  ck_assert_ptr_null (attempt->engine);
  ck_assert_msg (strstr (attempt->error->message, file) != NULL
                     && strstr (attempt->error->message, cause) != NULL,
                 "\"%s\" and \"%s\" not in: %s", file, cause, attempt->error->message);
  ck_assert_uint_ge (sk_catalogue_count (attempt->catalogue, SK_PROBLEM_ERROR), 1);
  ck_assert_ptr_null (g_getenv ("SK_TEST_WRONG_RAN"));
}

START_TEST (loads_a_good_one)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  try_load (&attempt);
  ck_assert_msg (attempt.engine != NULL, "%s", attempt.error != NULL ? attempt.error->message : "");
  ck_assert_ptr_nonnull (g_getenv ("SK_TEST_WRONG_RAN"));
  ck_assert_uint_eq (attempt.catalogue->plugins->len, 1);
  const SkPluginInfo *info = sk_catalogue_plugin (attempt.catalogue, 0);
  ck_assert_str_eq (info->name, "wrong");
  ck_assert_str_eq (info->facts[0], "wrong.noun\tbool\ta fact");
  ck_assert (g_str_has_suffix (info->path, "/wrong.so"));
  try_clear (&attempt);
}
END_TEST

/** A build of wrong.c, and the cause that is to be named. */
static const struct {
  const char *build, *cause;
} wrong_builds[] = {
  { "wrong-abi", "ABI 77" },
  { "wrong-size", "8 bytes" },
  { "wrong-symbol", "no symbol \"sekisho_plugin\"" },
  { "wrong-noun", "calls itself \"wrong-noun\"" },
  { "wrong-fact", "\"other.noun\" is not named \"wrong.<noun>\"" },
  { "wrong-double", "\"wrong.noun\" is declared twice" },
  { "wrong-collide", "\"wrong.a-b\" and \"wrong.a.b\"" },
  { "wrong-reads", "\"nobody.fact\"" },
  { "wrong-option", "default of option \"size\"" },
};

START_TEST (refuses_a_wrong_build)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, wrong_builds[_i].build, "wrong");
  assert_refused (&attempt, "wrong.so", wrong_builds[_i].cause);
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_when_configure_does)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-refuse", "wrong");
  try_load (&attempt);
  ck_assert_ptr_null (attempt.engine);
  ck_assert_ptr_nonnull (strstr (attempt.error->message, "without saying why"));
  ck_assert (g_error_matches (attempt.error, SK_ERROR, SK_ERROR_CONFIG));
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_a_collision_between_plugins)
{
  Try attempt;
  try_init (&attempt, "wrong-noun,wrong");
  put (attempt.folder, "wrong-noun", "wrong-noun");
  put (attempt.folder, "wrong-clash", "wrong");
  assert_refused (&attempt, "wrong.so", "\"wrong-noun.x\" and \"wrong.noun.x\"");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_what_others_can_write)
{
  static const struct {
    mode_t mode;
    const char *cause;
  } modes[] = { { 0757, "world-writable" }, { 0777, "world-writable" } };
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  g_autofree char *path = g_build_filename (attempt.folder, "wrong.so", NULL);
  ck_assert_int_eq (chmod (path, modes[_i].mode), 0);
  assert_refused (&attempt, "wrong.so", modes[_i].cause);
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_what_another_group_can_write)
{
  Try attempt;
  if (geteuid () != 0)
    return; /* only root can give a file to a group it is not in */
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  g_autofree char *path = g_build_filename (attempt.folder, "wrong.so", NULL);
  ck_assert_int_eq (chown (path, 0, 12345), 0);
  ck_assert_int_eq (chmod (path, 0775), 0);
  assert_refused (&attempt, "wrong.so", "writable by a group");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_what_belongs_to_another)
{
  Try attempt;
  if (geteuid () != 0)
    return; /* only root can give a file away */
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  g_autofree char *path = g_build_filename (attempt.folder, "wrong.so", NULL);
  ck_assert_int_eq (chown (path, 12345, 0), 0);
  assert_refused (&attempt, "wrong.so", "another user");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_a_world_writable_folder)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  ck_assert_int_eq (chmod (attempt.folder, 01777), 0);
  assert_refused (&attempt, attempt.folder, "world-writable");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_an_unreadable_file)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  g_autofree char *path = g_build_filename (attempt.folder, "wrong.so", NULL);
  ck_assert_int_eq (chmod (path, 0), 0);
  ck_assert_int_eq (chmod (attempt.folder, 0755), 0);
  if (geteuid () == 0)
    {
      /* Root reads everything. */
      ck_assert_int_eq (chown (path, 65534, 65534), 0);
      ck_assert_int_eq (chown (attempt.folder, 65534, 65534), 0);
      become_nobody ();
    }
  assert_refused (&attempt, "wrong.so", "Permission denied");
  become_root ();
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_links_and_folders)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "elsewhere");
  g_autofree char *path = g_build_filename (attempt.folder, "wrong.so", NULL);
  g_autofree char *target = g_build_filename (attempt.folder, "elsewhere.so", NULL);
  ck_assert_int_eq (_i == 0   ? symlink (target, path)
                    : _i == 1 ? mkdir (path, 0755)
                              : mkfifo (path, 0600),
                    0);
  assert_refused (&attempt, "wrong.so", _i == 0 ? "symbolic link" : "not a regular file");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_what_is_no_module)
{
  Try attempt;
  try_init (&attempt, "wrong");
  g_free (sk_test_file (attempt.folder, "wrong.so", "not ELF", 7));
  assert_refused (&attempt, "wrong.so", "plugin refused");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_a_name_clash)
{
  Try attempt;
  try_init (&attempt, "wrong");
  g_autofree char *other = g_build_filename (attempt.folder, "other", NULL);
  put (attempt.folder, "wrong-good", "wrong");
  put (other, "wrong-good", "wrong");
  const char *path[] = { attempt.folder, other, NULL };
  g_strfreev (attempt.settings.plugin_path);
  attempt.settings.plugin_path = g_strdupv ((char **) path);
  assert_refused (&attempt, "other/wrong.so", "clashes with");
  try_clear (&attempt);
}
END_TEST

/* The same folder twice, and one that is not there, are no clash and no error. */
START_TEST (knows_a_folder_again)
{
  Try attempt;
  try_init (&attempt, "wrong");
  put (attempt.folder, "wrong-good", "wrong");
  const char *path[] = { "/nonexistent/folder", attempt.folder, attempt.folder, NULL };
  g_strfreev (attempt.settings.plugin_path);
  attempt.settings.plugin_path = g_strdupv ((char **) path);
  try_load (&attempt);
  ck_assert_ptr_nonnull (attempt.engine);
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_a_name_twice)
{
  Try attempt;
  try_init (&attempt, "wrong,wrong");
  put (attempt.folder, "wrong-good", "wrong");
  assert_refused (&attempt, "wrong", "stands twice");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_a_missing_one)
{
  Try attempt;
  try_init (&attempt, "wrong");
  assert_refused (&attempt, attempt.folder, "\"wrong\" not found");
  try_clear (&attempt);
}
END_TEST

START_TEST (refuses_a_path_as_name)
{
  Try attempt;
  try_init (&attempt, "../wrong");
  assert_refused (&attempt, "../wrong", "cannot be a plugin's name");
  try_clear (&attempt);
}
END_TEST

/* A bad plugin does not hide the problem of another. */
START_TEST (tells_all_problems)
{
  Try attempt;
  try_init (&attempt, "missing,wrong,lost");
  put (attempt.folder, "wrong-abi", "wrong");
  try_load (&attempt);
  ck_assert_ptr_null (attempt.engine);
  ck_assert (g_error_matches (attempt.error, SK_ERROR, SK_ERROR_PLUGIN));
  ck_assert_uint_eq (sk_catalogue_count (attempt.catalogue, SK_PROBLEM_ERROR), 3);
  try_clear (&attempt);
}
END_TEST

/* ---- options and set-up ---- */

START_TEST (refuses_a_bad_option)
{
  static const struct {
    const char *plugin, *name, *value, *cause;
  } bad[] = {
    { "script", "size", "5001", "from 0 to 5000" },  { "script", "size", "-1", "from 0 to 5000" },
    { "script", "size", "12x", "from 0 to 5000" },   { "script", "size", "", "from 0 to 5000" },
    { "script", "loud", "maybe", "true or false" },  { "script", "none", "1", "no option \"none\"" },
    { "nobody", "size", "1", "which is not loaded" },
  };
  Bench bench;
  g_autoptr (GError) error = NULL;
  bench_init (&bench, "script");
  bench_option (&bench, bad[_i].plugin, bad[_i].name, bad[_i].value);
  bench.engine = sk_engine_new (&bench.settings, NULL, &bench.catalogue, &error);
  ck_assert_ptr_null (bench.engine);
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_CONFIG));
  ck_assert_msg (g_str_has_prefix (error->message, "test.yaml:7:3: "), "%s", error->message);
  ck_assert_msg (strstr (error->message, bad[_i].cause) != NULL, "%s", error->message);
  bench_clear (&bench);
}
END_TEST

START_TEST (gives_options)
{
  Bench bench;
  bench_init (&bench, "script");
  bench_option (&bench, "script", "size", "3");
  bench_option (&bench, "script", "loud", "true");
  bench_option (&bench, "script", "word", "hush: quiet");
  bench_start (&bench);
  ck_assert_uint_eq (bench.catalogue->rules->len, SK_N_REASONS + 6 + 3);
  ck_assert_uint_eq (sk_catalogue_count (bench.catalogue, SK_PROBLEM_WARNING), 1);
  g_autofree char *text
      = sk_problem_text (&g_array_index (bench.catalogue->problems, SkProblem, 0));
  ck_assert_str_eq (text, "/a/file:3: plugin \"script\": the word is hush: quiet");
  bench_clear (&bench);
}
END_TEST

START_TEST (has_its_own_rules)
{
  Bench bench;
  bench_init (&bench, "script");
  bench_start (&bench);
  for (uint32_t i = 0; i < SK_N_REASONS; i++)
    {
      const SkRule *rule = sk_catalogue_rule (bench.catalogue, i);
      ck_assert_str_eq (rule->id, sk_reason_id ((SkReason) i));
      ck_assert_int_eq (rule->level, sk_reason_level ((SkReason) i));
      ck_assert (rule->title[0] != '\0' && rule->title_ja[0] != '\0'
                 && rule->description[0] != '\0' && rule->plugin == NULL);
    }
  ck_assert_str_eq (sk_catalogue_rule (bench.catalogue, SK_N_REASONS)->plugin, "script");
  bench_clear (&bench);
}
END_TEST

static SkBundle *
two_sources (void)
{
  SkBundle *bundle = sk_bundle_new ();
  ck_assert (sk_bundle_add (bundle, "script", "/rules/b", sk_span_of_text ("fine"), 30, NULL));
  ck_assert (sk_bundle_add (bundle, "script", "/rules/a", sk_span_of_text ("bad!"), 90, NULL));
  ck_assert (sk_bundle_add (bundle, "other", "/rules/c", sk_span_of_text ("fine"), 95, NULL));
  return bundle;
}

START_TEST (counts_what_is_left_out)
{
  Bench bench;
  g_autoptr (SkBundle) bundle = two_sources ();
  bench_init (&bench, "script");
  bench.engine = sk_engine_new (&bench.settings, bundle, &bench.catalogue, NULL);
  ck_assert_ptr_nonnull (bench.engine);
  ck_assert_uint_eq (sk_catalogue_count (bench.catalogue, SK_PROBLEM_LEFT_OUT), 1);
  ck_assert_uint_eq (bench.catalogue->rule_files, 1);
  ck_assert_int_eq (bench.catalogue->newest, 30);
  ck_assert_str_eq (bench.catalogue->digest, sk_bundle_digest (bundle));
  bench_clear (&bench);
}
END_TEST

START_TEST (strict_refuses_what_is_left_out)
{
  Bench bench;
  g_autoptr (GError) error = NULL;
  g_autoptr (SkBundle) bundle = two_sources ();
  bench_init (&bench, "script");
  bench.settings.strict = true;
  bench.engine = sk_engine_new (&bench.settings, bundle, &bench.catalogue, &error);
  ck_assert_ptr_null (bench.engine);
  ck_assert_str_eq (error->message, "/rules/a:1: plugin \"script\": it shouts");
  bench_clear (&bench);
}
END_TEST

START_TEST (same_complaints_each_time)
{
  g_autofree char *first = NULL;
  for (int i = 0; i < 20; i++)
    {
      Try attempt;
      try_init (&attempt, "missing,script,lost");
      try_load (&attempt);
      g_autofree char *text = g_strdup (attempt.error->message);
      for (char *folder; (folder = strstr (text, attempt.folder)) != NULL;)
        memset (folder, 'F', strlen (attempt.folder));
      ck_assert (strstr (text, "missing") != NULL && strstr (text, "lost") != NULL);
      if (first == NULL)
        first = g_strdup (text);
      ck_assert_str_eq (text, first);
      try_clear (&attempt);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("loader");
  TCase *files = tcase_create ("files");
  tcase_add_test (files, loads_a_good_one);
  tcase_add_loop_test (files, refuses_a_wrong_build, 0, G_N_ELEMENTS (wrong_builds));
  tcase_add_test (files, refuses_when_configure_does);
  tcase_add_test (files, refuses_a_collision_between_plugins);
  tcase_add_loop_test (files, refuses_what_others_can_write, 0, 2);
  tcase_add_test (files, refuses_what_another_group_can_write);
  tcase_add_test (files, refuses_what_belongs_to_another);
  tcase_add_test (files, refuses_a_world_writable_folder);
  tcase_add_test (files, refuses_an_unreadable_file);
  tcase_add_loop_test (files, refuses_links_and_folders, 0, 3);
  tcase_add_test (files, refuses_what_is_no_module);
  tcase_add_test (files, refuses_a_name_clash);
  tcase_add_test (files, knows_a_folder_again);
  tcase_add_test (files, refuses_a_name_twice);
  tcase_add_test (files, refuses_a_missing_one);
  tcase_add_test (files, refuses_a_path_as_name);
  tcase_add_test (files, tells_all_problems);
  suite_add_tcase (suite, files);
  TCase *setup = tcase_create ("set-up");
  tcase_add_loop_test (setup, refuses_a_bad_option, 0, 7);
  tcase_add_test (setup, gives_options);
  tcase_add_test (setup, has_its_own_rules);
  tcase_add_test (setup, counts_what_is_left_out);
  tcase_add_test (setup, strict_refuses_what_is_left_out);
  tcase_add_test (setup, same_complaints_each_time);
  suite_add_tcase (suite, setup);
  return sk_test_main (suite);
}
