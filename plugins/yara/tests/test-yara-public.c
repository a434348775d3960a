/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Public rule sets load unchanged, stay quiet on benign bytes, and find the same
 * with and without the literal filter.
 *
 * They do not ship with Sekisho: the folder that holds them as `yara/` is
 * taken from SEKISHO_CORPORA. Without it the test says so and is skipped.
 */
#include "config.h"

#include "yara-host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned count;
static bool failed;

static void
say (bool passed, const char *what)
{
  printf ("%s %u - %s\n", passed ? "ok" : "not ok", ++count, what);
  failed = failed || !passed;
}

static void
show (const char *lines)
{
  g_auto (GStrv) list = g_strsplit (lines, "\n", 20);
  for (char **line = list; *line != NULL && **line != '\0'; line++)
    printf ("# %s\n", *line);
}

static void
judge_file (Host *host, const char *path)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;
  if (!g_file_get_contents (path, &bytes, &size, NULL))
    return;
  host_object (host, path);
  host_judge (host, bytes, size);
  g_autofree char *matches = host_matches (host);
  g_autofree char *missed = host_not_inspected (host);
  g_autofree char *what = g_strdup_printf ("quiet on %s", path);
  say (*matches == '\0' && *missed == '\0', what);
  show (matches);
  show (missed);
}

/** The rule files are objects that hold what the rules look for. With "MZ" before them the rules
 * for programs hit too. */
static unsigned
compare_on_rule_files (Host *filtered, Host *plain, unsigned *ret_matches)
{
  unsigned different = 0;
  for (guint i = 0; i < plain->setup->sources->len * 2; i++)
    {
      SkSource file;
      g_autofree char *name = g_strdup_printf ("object-%u", i);
      sk_fake_api ()->source (plain->setup, "yara", i / 2, &file);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      if (i % 2 == 1)
        g_byte_array_append (bytes, (const guint8 *) "MZ", 2);
      g_byte_array_append (bytes, file.bytes.data, (guint) file.bytes.size);
      host_object (plain, name);
      host_object (filtered, name);
      host_judge (plain, bytes->data, bytes->len);
      host_judge (filtered, bytes->data, bytes->len);
      g_autofree char *expected = host_matches (plain);
      g_autofree char *got = host_matches (filtered);
      *ret_matches += (unsigned) sk_fake_count (plain->object->notes, "match");
      if (strcmp (expected, got) == 0)
        continue;
      different++;
      printf ("# %s\n", file.path);
      show (expected);
      show (got);
    }
  return different;
}

static void
compare (Host *filtered, const char *folder)
{
  unsigned matches = 0;
  Host *plain = host_new ();
  host_source_tree (plain, folder);
  sk_fake_setup_option (plain->setup, "prefilter", "false");
  say (host_configure (plain) == SK_OK, "they are compiled without the filter");
  say (compare_on_rule_files (filtered, plain, &matches) == 0, "the filter changes no finding");
  g_autofree char *what = g_strdup_printf ("%u findings were compared", matches);
  say (matches > 1000, what);
  host_free (plain);
}

int
main (void)
{
  const char *corpora = g_getenv ("SEKISHO_CORPORA");
  g_autofree char *folder = corpora != NULL ? g_build_filename (corpora, "yara", NULL) : NULL;
  if (folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      printf ("1..0 # SKIP SEKISHO_CORPORA names no folder with public rule sets in yara/\n");
      return EXIT_SUCCESS;
    }
  Host *host = host_new ();
  size_t files = host_source_tree (host, folder);
  say (files > 100, "the folder holds rule files");
  say (host_configure (host) == SK_OK, "they are compiled");
  g_autofree char *problems = host_problems (host);
  say (*problems == '\0', "none is left out");
  show (problems);
  say (host->setup->rules->len > files, "all rules are registered");
  static const char *const benign[] = { "/bin/ls", "/bin/sh", "/etc/passwd", "/usr/bin/env",
                                        "/usr/share/common-licenses/GPL-3" };
  for (size_t i = 0; i < G_N_ELEMENTS (benign); i++)
    judge_file (host, benign[i]);
  compare (host, folder);
  host_free (host);
  printf ("1..%u\n", count);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
