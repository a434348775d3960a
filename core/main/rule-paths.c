/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/rule-paths.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/text.h"
#include "config/settings.h"

#include <string.h>

static const char *const yara_names[] = { ".yar", ".yara", NULL };
static const char *const sigma_names[] = { ".yml", ".yaml", NULL };
static const char *const test_names[] = { ".test.yml", ".test.yaml", NULL };

static bool
ends_in (const char *path, const char *const *names)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (g_str_has_suffix (path, names[i]))
      return true;
  return false;
}

char *
sk_rule_paths_stem (const char *path)
{
  const char *const *names = ends_in (path, test_names) ? test_names : sigma_names;
  for (size_t i = 0; names[i] != NULL; i++)
    if (g_str_has_suffix (path, names[i]))
      return g_strndup (path, strlen (path) - strlen (names[i]));
  return g_strdup (path);
}

static gboolean
refuse (const char *path, const char *cause, GError **error)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  g_autofree char *safe = sk_text_escape (utf8);
  g_set_error (error, SK_ERROR, SK_ERROR_CONFIG, "%s: %s", safe, cause);
  return FALSE;
}

/** A file of the stem with one of the endings, or NULL. New string. */
static char *
beside (const char *path, const char *const *names)
{
  g_autofree char *stem = sk_rule_paths_stem (path);
  for (size_t i = 0; names[i] != NULL; i++)
    {
      g_autofree char *other = g_strconcat (stem, names[i], NULL);
      if (g_file_test (other, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&other);
    }
  return NULL;
}

/* ---- rules ---- */

static gboolean
count_files (const char *folder, const char *const *names, size_t *ret_count, GError **error)
{
  g_autoptr (SkBundle) scratch = sk_bundle_new ();
  return sk_bundle_add_tree_but (scratch, "rules", folder, names, test_names, ret_count, error);
}

static gboolean
take_folder (GPtrArray *yara, GPtrArray *sigma, const char *path, GError **error)
{
  size_t n_yara = 0, n_sigma = 0;
  if (!count_files (path, yara_names, &n_yara, error)
      || !count_files (path, sigma_names, &n_sigma, error))
    return FALSE;
  if (n_yara > 0)
    g_ptr_array_add (yara, g_strdup (path));
  if (n_sigma > 0)
    g_ptr_array_add (sigma, g_strdup (path));
  if (n_yara > 0 || n_sigma > 0)
    return TRUE;
  return refuse (
      path, _ ("found no file in it, expected some whose names end in .yar, .yara, .yml, .yaml"),
      error);
}

static gboolean
take_path (GPtrArray *yara, GPtrArray *sigma, const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return take_folder (yara, sigma, path, error);
  if (!ends_in (path, sigma_names))
    {
      g_ptr_array_add (yara, g_strdup (path));
      return TRUE;
    }
  g_autofree char *rules
      = ends_in (path, test_names) ? beside (path, sigma_names) : g_strdup (path);
  if (rules == NULL)
    return refuse (path, _ ("there are no rules beside this test file"), error);
  if (!g_ptr_array_find_with_equal_func (sigma, rules, g_str_equal, NULL))
    g_ptr_array_add (sigma, g_steal_pointer (&rules));
  return TRUE;
}

/** An empty list is said so; else the first path takes the place of what was there. */
static void
override (const SkCommandLine *line, const char *key, const GPtrArray *paths)
{
  SkOverride none = { g_strdup (key), g_strdup ("[]"), false };
  g_array_append_val (line->overrides, none);
  for (guint i = 0; i < paths->len; i++)
    {
      SkOverride one = { g_strdup (key), g_strdup (g_ptr_array_index (paths, i)), true };
      g_array_append_val (line->overrides, one);
    }
}

gboolean
sk_rule_paths_only (const SkCommandLine *line, GError **error)
{
  g_autoptr (GPtrArray) yara = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sigma = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  if (line->arguments->len == 0)
    return TRUE;
  for (guint i = 0; i < line->arguments->len; i++)
    {
      g_autofree char *path
          = g_canonicalize_filename (g_ptr_array_index (line->arguments, i), NULL);
      if (!take_path (yara, sigma, path, error))
        return FALSE;
    }
  override (line, "rules.yara", yara);
  override (line, "rules.sigma", sigma);
  override (line, "rules.hash-lists", nothing);
  return TRUE;
}

/* ---- tests ---- */

/** Once each, whichever way it is named. */
static gboolean
add_tests (SkBundle *tests, GHashTable *seen, const char *path, GError **error)
{
  g_autoptr (SkBundle) scratch = sk_bundle_new ();
  SkBundleEntry entry;
  if (!sk_bundle_add_tree (scratch, "test", path, test_names, NULL, error))
    return FALSE;
  for (size_t i = 0; sk_bundle_at (scratch, i, &entry); i++)
    if (g_hash_table_add (seen, g_strdup (entry.path))
        && !sk_bundle_add (tests, entry.kind, entry.path, entry.bytes, entry.mtime, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_tests_of (SkBundle *tests, GHashTable *seen, const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) || ends_in (path, test_names))
    return add_tests (tests, seen, path, error);
  g_autofree char *test = ends_in (path, sigma_names) ? beside (path, test_names) : NULL;
  return test == NULL || add_tests (tests, seen, test, error);
}

SkBundle *
sk_rule_paths_tests (const SkCommandLine *line, char *const *folders, GError **error)
{
  g_autoptr (SkBundle) tests = sk_bundle_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (size_t i = 0; line->arguments->len == 0 && folders[i] != NULL; i++)
    if (!add_tests_of (tests, seen, folders[i], error))
      return NULL;
  for (guint i = 0; i < line->arguments->len; i++)
    {
      g_autofree char *path
          = g_canonicalize_filename (g_ptr_array_index (line->arguments, i), NULL);
      if (!add_tests_of (tests, seen, path, error))
        return NULL;
    }
  return g_steal_pointer (&tests);
}
