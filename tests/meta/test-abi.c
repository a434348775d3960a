/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The plugin ABI as numbers, so that a change of it is never an accident: who
 * moves a field changes this file, and SK_ABI_MAJOR or the reason why not.
 * For 64-bit machines, which are all that Sekisho is built for.
 */
#include "config.h"

#include "sk-test.h"

#include <sekisho/sekisho.h>

START_TEST (structures_have_their_sizes)
{
  ck_assert_uint_eq (sizeof (SkSpan), 16);
  ck_assert_uint_eq (sizeof (SkValue), 32);
  ck_assert_uint_eq (sizeof (SkFieldDecl), 24);
  ck_assert_uint_eq (sizeof (SkRecordDecl), 40);
  ck_assert_uint_eq (sizeof (SkOptionDecl), 48);
  ck_assert_uint_eq (sizeof (SkSource), 32);
  ck_assert_uint_eq (sizeof (SkRuleInfo), 112);
  ck_assert_uint_eq (sizeof (SkWindow), 32);
  ck_assert_uint_eq (sizeof (SkFileInfo), 32);
  ck_assert_uint_eq (sizeof (SkPlugin), 160);
  ck_assert_uint_eq (sizeof (SkApi), 16 + 56 * sizeof (void *));
}
END_TEST

START_TEST (what_a_loader_reads_first_stays)
{
  ck_assert_uint_eq (offsetof (SkPlugin, size), 0);
  ck_assert_uint_eq (offsetof (SkPlugin, abi_major), 8);
  ck_assert_uint_eq (offsetof (SkPlugin, flags), 12);
  ck_assert_uint_eq (offsetof (SkPlugin, name), 16);
  ck_assert_uint_eq (offsetof (SkApi, size), 0);
  ck_assert_uint_eq (offsetof (SkApi, abi_major), 8);
  ck_assert_uint_eq (offsetof (SkApi, option_bool), 16);
  ck_assert_uint_eq (offsetof (SkApi, name_decode), sizeof (SkApi) - sizeof (void *));
}
END_TEST

START_TEST (numbers_in_data_stay)
{
  ck_assert_int_eq (SK_ABI_MAJOR, 0);
  ck_assert_int_eq (SK_FAILED, 5);
  ck_assert_int_eq (SK_STRENGTH_CONTENT, 3);
  ck_assert_int_eq (SK_LEVEL_CRITICAL, 4);
  ck_assert_int_eq (SK_REASON_CANCELLED, 12);
  ck_assert_int_eq (SK_N_REASONS, SK_REASON_CANCELLED + 1);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("abi");
  TCase *tests = tcase_create ("abi");
  tcase_add_test (tests, structures_have_their_sizes);
  tcase_add_test (tests, what_a_loader_reads_first_stays);
  tcase_add_test (tests, numbers_in_data_stay);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
