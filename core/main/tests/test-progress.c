/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The progress line, as text.
 */
#include "config.h"

#include "main/progress.h"

#include <sk-test.h>
#include <string.h>

static void
expect (SkProgressCount count, int columns, const char *expected)
{
  g_autofree char *text = sk_progress_text (&count, columns);
  ck_assert_str_eq (text, expected);
}

START_TEST (before_all_is_listed_there_is_no_estimate)
{
  expect ((SkProgressCount){ .files = 1234, .bytes = 10485760, .files_listed = 5000,
                             .bytes_listed = 104857600, .seconds = 2 },
          80, "1,234 files  10.0 MiB  5.0 MiB/s");
}
END_TEST

START_TEST (when_all_is_listed_the_rest_is_estimated)
{
  expect ((SkProgressCount){ .files = 50, .bytes = 26214400, .files_listed = 200,
                             .bytes_listed = 104857600, .listed = true, .seconds = 30 },
          80, "[=====               ]  25 %  50 files  25.0 MiB  853.3 KiB/s  1:30 left");
  expect ((SkProgressCount){ .files = 1, .bytes = 1048576, .files_listed = 200,
                             .bytes_listed = 104857600, .listed = true, .seconds = 120 },
          80, "[                    ]   1 %  1 file  1.0 MiB  8.5 KiB/s  3:18:00 left");
}
END_TEST

START_TEST (the_first_moments_give_no_estimate)
{
  expect ((SkProgressCount){ .files = 50, .bytes = 26214400, .files_listed = 200,
                             .bytes_listed = 104857600, .listed = true, .seconds = 0.5 },
          80, "[=====               ]  25 %  50 files  25.0 MiB  50.0 MiB/s");
}
END_TEST

START_TEST (nothing_divides_by_zero)
{
  expect ((SkProgressCount){ .listed = true }, 80,
          "[====================] 100 %  0 files  0 bytes  0 bytes/s");
  expect ((SkProgressCount){ .files = 1, .files_listed = 4, .listed = true, .seconds = 2 }, 80,
          "[=====               ]  25 %  1 file  0 bytes  0 bytes/s  6 s left");
  /* A file that grew while it was read. */
  expect ((SkProgressCount){ .files = 2, .bytes = 20, .files_listed = 2, .bytes_listed = 10,
                             .listed = true, .seconds = 2 },
          80, "[====================] 100 %  2 files  20 bytes  10 bytes/s  0 s left");
}
END_TEST

START_TEST (it_fits_the_terminal)
{
  SkProgressCount count = { .files = 50, .bytes = 26214400, .files_listed = 200,
                            .bytes_listed = 104857600, .listed = true, .seconds = 30 };
  for (int columns = 2; columns < 100; columns++)
    {
      g_autofree char *text = sk_progress_text (&count, columns);
      ck_assert_int_lt ((int) strlen (text), columns);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("progress");
  TCase *tcase = tcase_create ("progress");
  tcase_add_test (tcase, before_all_is_listed_there_is_no_estimate);
  tcase_add_test (tcase, when_all_is_listed_the_rest_is_estimated);
  tcase_add_test (tcase, the_first_moments_give_no_estimate);
  tcase_add_test (tcase, nothing_divides_by_zero);
  tcase_add_test (tcase, it_fits_the_terminal);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
