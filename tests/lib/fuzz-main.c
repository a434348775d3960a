/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Runs a fuzz target over its seeds as an ordinary test. Each argument is a
 * file or a folder; without one the seeds beside the target are taken from
 * `SEEDS` as `$abs_top_srcdir/<folder>`.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds; /**< folder of the seeds, below the source tree */

static unsigned count;

static void
run_file (const char *path)
{
  g_autofree char *bytes = NULL;
  size_t size = 0;
  if (!g_file_get_contents (path, &bytes, &size, NULL))
    {
      printf ("not ok %u - cannot read %s\n", ++count, path);
      exit (EXIT_FAILURE);
    }
  LLVMFuzzerTestOneInput ((const uint8_t *) bytes, size);
  g_autofree char *name = g_path_get_basename (path);
  printf ("ok %u - seed %s\n", ++count, name);
}

static void
run_path (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  if (folder == NULL)
    {
      run_file (path);
      return;
    }
  const char *name;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);
      run_file (inside);
    }
}

int
main (int argc, char **argv)
{
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (int i = 1; i < argc; i++)
    run_path (argv[i]);
  if (argc < 2)
    {
      const char *source = g_getenv ("abs_top_srcdir");
      g_autofree char *path = g_build_filename (source != NULL ? source : ".", sk_fuzz_seeds, NULL);
      run_path (path);
    }
  LLVMFuzzerTestOneInput ((const uint8_t *) "", 0);
  printf ("ok %u - empty input\n", ++count);
  printf ("1..%u\n", count);
  return EXIT_SUCCESS;
}
