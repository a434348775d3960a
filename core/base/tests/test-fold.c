/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Folding and repairing, at the borders of characters and of blocks.
 */
#include "config.h"

#include "base/fold.h"
#include "sk-test.h"

#include <unicode/uchar.h>

typedef size_t (*Make) (SkSpan text, uint8_t *to);

static void
becomes_sized (Make make, const char *text, size_t size, const char *wanted)
{
  SkSpan span = { (const uint8_t *) text, size };
  g_autofree uint8_t *to = g_malloc (SK_FOLD_ROOM (size) + 1);
  size_t made = make (span, to);
  ck_assert_uint_le (made, SK_FOLD_ROOM (size));
  ck_assert_msg (made == strlen (wanted) && memcmp (to, wanted, made) == 0, "%s: %.*s", text,
                 (int) made, (char *) to);
}

static void
becomes (Make make, const char *text, const char *wanted)
{
  becomes_sized (make, text, strlen (text), wanted);
}

START_TEST (letters_of_one_character_fold_to_one)
{
  becomes (sk_fold, "", "");
  becomes (sk_fold, "AZ@[`az{09", "az@[`az{09");
  becomes (sk_fold, "ÀÉ請求書ＡＺカ", "àé請求書ａｚカ");
  becomes (sk_fold, "Straẞe ß", "straße ß");
  becomes (sk_fold, "İı", "İı");
  becomes (sk_fold, "\xE2\x84\xAA\xE2\x84\xAB ſ", "kå s");
  becomes (sk_fold, "ΣΑΣς", "σασσ");
  becomes (sk_fold, "ȺȾ𐐀", "ⱥⱦ𐐨");
  becomes (sk_fold, "ꙀᎠꭰ", "ꙁᎠᎠ");
}
END_TEST

START_TEST (what_is_no_utf8_becomes_replacements)
{
#define R "\xEF\xBF\xBD"
  becomes (sk_fold, "A\xFF" "B", "a" R "b");
  becomes (sk_fold, "\xE8\xAB", R R);
  becomes (sk_fold, "\xE8\xABx", R R "x");
  becomes (sk_fold, "\xC0\x80", R R);
  becomes (sk_fold, "\xED\xA0\x80", R R R);
  becomes (sk_fold, "\xF4\x90\x80\x80", R R R R);
  becomes (sk_fold_repair, "A\xFFÉ", "A" R "É");
  becomes (sk_fold_repair, R, R);
  ck_assert (sk_fold_is_valid (sk_span_of_text ("A" R "請")));
  ck_assert (!sk_fold_is_valid (sk_span_of_text ("A\xE8\xAB")));
  ck_assert (sk_fold_is_valid ((SkSpan){ (const uint8_t *) "A\0請", 5 }));
  ck_assert (sk_fold_is_valid ((SkSpan){ NULL, 0 }));
}
END_TEST

/* One odd byte at each place of texts around the length of a block. */
START_TEST (every_place_of_a_block_counts)
{
  for (size_t size = 1; size <= 40; size++)
    for (size_t at = 0; at < size; at++)
      {
        uint8_t text[40], to[3 * 40];
        memset (text, 'M', sizeof text);
        ck_assert (sk_fold_is_ascii ((SkSpan){ text, size }));
        ck_assert (sk_fold_ascii ((SkSpan){ text, size }, to));
        text[at] = 0x80;
        ck_assert (!sk_fold_is_ascii ((SkSpan){ text, size }));
        ck_assert (!sk_fold_ascii ((SkSpan){ text, size }, to));
        ck_assert_uint_eq (sk_fold ((SkSpan){ text, size }, to), size + 2);
        for (size_t i = 0; i < size + 2; i++)
          ck_assert_uint_eq (to[i], i < at || i > at + 2 ? 'm' : (uint8_t) R[i - at]);
      }
}
END_TEST

START_TEST (every_character_folds_as_icu_says)
{
  for (UChar32 code_point = 1; code_point <= 0x10FFFF; code_point++)
    {
      uint8_t text[4], to[12];
      if (code_point >= 0xD800 && code_point <= 0xDFFF)
        continue;
      SkSpan span = { text, (size_t) g_unichar_to_utf8 ((gunichar) code_point, (char *) text) };
      size_t size = sk_fold (span, to);
      gunichar folded = g_utf8_get_char_validated ((char *) to, (gssize) size);
      ck_assert_int_eq ((UChar32) folded, u_foldCase (code_point, U_FOLD_CASE_DEFAULT));
      ck_assert_uint_eq (size, (size_t) g_unichar_to_utf8 (folded, NULL));
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("fold");
  TCase *tests = tcase_create ("fold");
  tcase_add_test (tests, letters_of_one_character_fold_to_one);
  tcase_add_test (tests, what_is_no_utf8_becomes_replacements);
  tcase_add_test (tests, every_place_of_a_block_counts);
  tcase_add_test (tests, every_character_folds_as_icu_says);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
