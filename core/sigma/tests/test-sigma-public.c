/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A public collection of rules loads, all but a fiftieth at most, and what
 * does not is named with its reason.
 *
 * It does not ship with Sekisho: the folder that holds it as `sigma/rules` is
 * taken from SEKISHO_CORPORA. Without it the test says so and is skipped.
 */
#include "config.h"

#include "ast.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Run {
  SkSigmaRules *rules;
  unsigned files, complaints;
} Run;

static void
complain (void *data, const char *file, uint32_t line, const char *text)
{
  Run *run = data;
  run->complaints++;
  printf ("# %s:%u: %s\n", file, line, text);
}

static void
add_file (Run *run, const char *path)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;
  if (!g_str_has_suffix (path, ".yml") || !g_file_get_contents (path, &bytes, &size, NULL))
    return;
  run->files++;
  SkSpan span = { (const uint8_t *) bytes, size };
  sk_sigma_rules_add (run->rules, path, span, NULL, complain, run);
}

static void
add_tree (Run *run, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  if (folder == NULL)
    {
      add_file (run, path);
      return;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);
      add_tree (run, inside);
    }
}

/* With an argument the rules are printed as trees, to be looked at. */
int
main (int argc, char **argv)
{
  const char *corpora = g_getenv ("SEKISHO_CORPORA");
  g_autofree char *folder
      = corpora != NULL ? g_build_filename (corpora, "sigma", "rules", NULL) : NULL;
  if (folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      printf ("1..0 # SKIP SEKISHO_CORPORA names no folder with public rules in sigma/rules/\n");
      return EXIT_SUCCESS;
    }
  Run run = { .rules = sk_sigma_rules_new () };
  add_tree (&run, folder);
  sk_sigma_rules_join (run.rules, complain, &run);
  uint32_t count = sk_sigma_rules_count (run.rules);
  for (uint32_t i = 0; argc > 1 && argv[1] != NULL && i < count; i++)
    {
      const SkSigmaRule *rule = sk_sigma_rules_at (run.rules, i);
      g_autofree char *text = ast_of_rule (rule);
      printf ("# %s %s\n", rule->finding, text);
    }
  sk_sigma_rules_free (run.rules);
  bool enough = run.files > 100, most = count * 50 >= run.files * 49;
  bool told = run.files == count + run.complaints;
  printf ("1..3\n");
  printf ("%sok 1 - %u files of rules are there\n", enough ? "" : "not ", run.files);
  printf ("%sok 2 - %u rules load\n", most ? "" : "not ", count);
  printf ("%sok 3 - each of the others is named\n", told ? "" : "not ");
  return enough && most && told ? EXIT_SUCCESS : EXIT_FAILURE;
}
