/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "sk-test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
sk_test_main (Suite *suite)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_SILENT);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

char *
sk_test_folder (void)
{
  char *folder = g_strdup_printf ("%s/sekisho-test-XXXXXX", g_get_tmp_dir ());
  ck_assert_ptr_nonnull (g_mkdtemp (folder));
  return folder;
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *walk)
{
  (void) info;
  (void) kind;
  (void) walk;
  return remove (path);
}

void
sk_test_remove (const char *folder)
{
  nftw (folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

char *
sk_test_file (const char *folder, const char *name, const void *bytes, size_t size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  ck_assert_int_eq (g_mkdir_with_parents (parent, 0700), 0);
  ck_assert (g_file_set_contents (path, bytes, (gssize) size, NULL));
  return path;
}
