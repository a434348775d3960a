/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Entropies that are known without computing them.
 */
#include "config.h"

#include "hash-entropy.h"
#include "sk-test.h"

static int64_t
of (const void *bytes, size_t size)
{
  HashEntropy entropy;
  hash_entropy_begin (&entropy);
  hash_entropy_add (&entropy, (SkSpan){ bytes, size });
  return hash_entropy_end (&entropy);
}

START_TEST (known_values)
{
  uint8_t all[256], run[1000];
  for (size_t i = 0; i < sizeof all; i++)
    all[i] = (uint8_t) i;
  memset (run, 'a', sizeof run);
  ck_assert_int_eq (of ("", 0), 0);
  ck_assert_int_eq (of ("x", 1), 0);
  ck_assert_int_eq (of (run, sizeof run), 0);
  ck_assert_int_eq (of ("ab", 2), 1000);
  ck_assert_int_eq (of ("abcdabcdabcd", 12), 2000);
  ck_assert_int_eq (of (all, sizeof all), 8000);
  /* 3/4 and 1/4: 0.8113 bits. */
  ck_assert_int_eq (of ("aaab", 4), 811);
  /* 1/3 and 2/3: 0.9183 bits. */
  ck_assert_int_eq (of ("aab", 3), 918);
}
END_TEST

/* Each remainder of the sixteen that are counted at once, and each place among them. */
START_TEST (every_byte_counts)
{
  for (size_t size = 2; size < 40; size++)
    for (size_t odd = 0; odd < size; odd++)
      {
        uint8_t bytes[40];
        memset (bytes, 0, sizeof bytes);
        bytes[odd] = 255;
        HashEntropy entropy;
        hash_entropy_begin (&entropy);
        hash_entropy_add (&entropy, (SkSpan){ bytes, size });
        ck_assert_uint_eq (entropy.sums[0], size - 1);
        ck_assert_uint_eq (entropy.sums[255], 1);
      }
}
END_TEST

START_TEST (in_pieces)
{
  HashEntropy entropy;
  hash_entropy_begin (&entropy);
  for (size_t i = 0; i < 300; i++)
    {
      uint8_t byte = (uint8_t) i;
      hash_entropy_add (&entropy, (SkSpan){ &byte, 1 });
      hash_entropy_add (&entropy, (SkSpan){ NULL, 0 });
    }
  uint8_t whole[300];
  for (size_t i = 0; i < sizeof whole; i++)
    whole[i] = (uint8_t) i;
  ck_assert_int_eq (hash_entropy_end (&entropy), of (whole, sizeof whole));
}
END_TEST

START_TEST (tails)
{
  g_autofree uint8_t *bytes = g_malloc (1000);
  for (size_t size = 0; size <= 40; size++)
    for (size_t tail = size > 0 ? 1 : 0; tail <= size; tail++)
      {
        memset (bytes, 1, size);
        if (tail > 0)
          memset (bytes + size - tail, 2, tail);
        ck_assert_uint_eq (hash_tail ((SkSpan){ bytes, size }), tail);
      }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("hash-entropy");
  TCase *cases = tcase_create ("entropy");
  tcase_add_test (cases, known_values);
  tcase_add_test (cases, every_byte_counts);
  tcase_add_test (cases, in_pieces);
  tcase_add_test (cases, tails);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
