/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Readers of sources, the compiled form, and looking up in it.
 */
#include "config.h"

#include "compile.h"
#include "sk-test.h"

#include <stdlib.h>

#define MD5_A "0cc175b9c0f1b6a831c399e269772661"
#define MD5_X "11111111111111111111111111111111"
#define SHA1_X "1111111111111111111111111111111111111111"
#define SHA256_X "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA256_Y "2222222222222222222222222222222222222222222222222222222222222222"
#define META "# source: S\n# expires: 2999-12-31\n"

/* ---- what was told of a digest ---- */

typedef struct Hits {
  unsigned count;
  char text[256]; /* kind, source and label of each */
} Hits;

static bool
on_hit (const HashHit *hit, void *data)
{
  Hits *hits = data;
  size_t used = strlen (hits->text);
  g_snprintf (hits->text + used, (gulong) (sizeof (hits->text) - used), "%s%s/%s/%s",
              used > 0 ? " " : "", hit->kind == HASH_DENY ? "deny" : "allow", hit->source,
              hit->label);
  hits->count++;
  return true;
}

static Hits
find (const HashList *list, const char *hex, uint64_t size)
{
  Hits hits = { 0, "" };
  uint8_t digest[HASH_MAX_DIGEST];
  size_t length = strlen (hex) / 2;
  for (size_t i = 0; i < length; i++)
    digest[i] = (uint8_t) (g_ascii_xdigit_value (hex[2 * i]) * 16
                           + g_ascii_xdigit_value (hex[2 * i + 1]));
  HashAlgorithm algorithm = length == 16 ? HASH_MD5 : length == 20 ? HASH_SHA1 : HASH_SHA256;
  hash_list_find (list, algorithm, digest, size, on_hit, &hits);
  return hits;
}

static HashList
open_list (SkSpan map)
{
  HashList list;
  const char *error = NULL;
  bool good = hash_list_open (map, 1700000000, hash_digest_of_two, &list, &error);
  ck_assert_msg (good, "%s", error);
  return list;
}

/* ---- readers ---- */

typedef struct Row {
  const char *name, *text, *hex;
  const char *told;    /* of `hex`, content of 7 bytes */
  uint64_t entries[3]; /* MD5, SHA-1, SHA-256 */
  uint32_t notes[HASH_N_NOTES];
  uint32_t first_line; /* of the first note */
} Row;

static const Row rows[] = {
  /* plain text */
  { "a.txt", META SHA256_X "\n", SHA256_X, "deny/S/", { 0, 0, 1 }, { 0 }, 0 },
  { "a.txt", META SHA256_X "  *file.exe\n", SHA256_X, "deny/S/file.exe", { 0, 0, 1 }, { 0 }, 0 },
  { "a.txt", META SHA256_X " " SHA256_Y "\n", SHA256_Y, "deny/S/", { 0, 0, 2 }, { 0 }, 0 },
  { "a.txt", META MD5_X "," SHA256_X ",Worm\n", SHA256_X, "deny/S/Worm", { 1, 0, 1 }, { 0 }, 0 },
  { "a.txt", META MD5_X "," SHA256_X ",Worm\n", MD5_X, "deny/S/Worm", { 1, 0, 1 }, { 0 }, 0 },
  { "a.txt", META SHA256_X "\r" SHA1_X "\r" SHA256_Y "\r", SHA256_Y, "deny/S/", { 0, 1, 2 },
    { 0 }, 0 },
  { "a.txt", META SHA256_X " " SHA256_Y "2\n", SHA256_X, "deny/S/" SHA256_Y "2", { 0, 0, 1 },
    { 0 }, 0 },
  { "a.txt", META SHA256_X ",Worm\n", SHA256_X, "deny/S/Worm", { 0, 0, 1 }, { 0 }, 0 },
  { "a.txt", META "\t" SHA256_X "\t# why\r\n", SHA256_X, "deny/S/why", { 0, 0, 1 }, { 0 }, 0 },
  { "a.txt", META MD5_X "\n" SHA1_X "\n" SHA256_X, SHA1_X, "deny/S/", { 1, 1, 1 }, { 0 }, 0 },
  { "a.txt", "\xef\xbb\xbf" META SHA256_X "\n", SHA256_X, "deny/S/", { 0, 0, 1 }, { 0 }, 0 },
  { "a.txt",
    META SHA256_X " A\n" SHA256_X " B\n" SHA256_X " A\n",
    SHA256_X,
    "deny/S/A",
    { 0, 0, 1 },
    { 0 },
    0 },
  { "a.txt", META SHA256_X "1\n", SHA256_X, "", { 0, 0, 0 }, { 0, 0, 1, 0, 0 }, 3 },
  { "a.txt",
    META "g" MD5_X "\nwords\n" SHA256_X "g\n\n" MD5_X "\n",
    MD5_X,
    "deny/S/",
    { 1, 0, 0 },
    { 0, 0, 3, 0, 0 },
    3 },
  /* metadata */
  { "a.txt",
    "# expires: 2999-12-31\n" SHA256_X "\n",
    SHA256_X,
    "",
    { 0, 0, 0 },
    { 0, 1, 0, 0, 0 },
    2 },
  { "a.txt", "# source: S\n" SHA256_X "\n", SHA256_X, "", { 0, 0, 0 }, { 0, 1, 0, 0, 0 }, 2 },
  { "a.txt",
    "# source: S\n# expires: 2999-02-30\n" SHA256_X "\n",
    SHA256_X,
    "",
    { 0, 0, 0 },
    { 0, 1, 0, 1, 0 },
    2 },
  { "a.txt",
    "# source: S\n# expires: tomorrow\n",
    SHA256_X,
    "",
    { 0, 0, 0 },
    { 0, 0, 0, 1, 0 },
    2 },
  { "a.txt", "# source:\n", SHA256_X, "", { 0, 0, 0 }, { 0, 0, 0, 1, 0 }, 1 },
  { "a.txt",
    META "# kind: allowed\n" SHA256_X "\n",
    SHA256_X,
    "deny/S/",
    { 0, 0, 1 },
    { 0, 0, 0, 1, 0 },
    3 },
  { "a.txt", META "#KIND:  Allow \n" SHA256_X "\n", SHA256_X, "allow/S/", { 0, 0, 1 }, { 0 }, 0 },
  { "a.txt",
    META SHA256_X "\n# kind: allow\n" SHA256_X "\n",
    SHA256_X,
    "deny/S/ allow/S/",
    { 0, 0, 2 },
    { 0 },
    0 },
  { "a.txt",
    "# source: Old\n# expires: 2001-01-01\n" SHA256_X "\n",
    SHA256_X,
    "",
    { 0, 0, 1 },
    { 0 },
    0 },
  { "a.txt",
    "# source: E\n# expires: 2023-11-14\n" SHA256_X "\n",
    SHA256_X,
    "deny/E/",
    { 0, 0, 1 },
    { 0 },
    0 },
  { "a.txt",
    "# source: E\n# expires: 2023-11-13\n" SHA256_X "\n",
    SHA256_X,
    "",
    { 0, 0, 1 },
    { 0 },
    0 },
  /* ClamAV */
  { "a.hdb", META MD5_X ":7:Win.Test-1\n", MD5_X, "deny/S/Win.Test-1", { 1, 0, 0 }, { 0 }, 0 },
  { "a.hdb", META MD5_X ":8:Win.Test-1\n", MD5_X, "", { 1, 0, 0 }, { 0 }, 0 },
  { "a.hsb",
    META SHA256_X ":*:Win.Test-1:73\n",
    SHA256_X,
    "deny/S/Win.Test-1",
    { 0, 0, 1 },
    { 0 },
    0 },
  { "a.hsb", META SHA1_X ":7:A\n" SHA1_X ":8:B\n", SHA1_X, "deny/S/A", { 0, 2, 0 }, { 0 }, 0 },
  { "a.hdb",
    META MD5_X ":7\n" MD5_X ":-7:a\n" MD5_X ":7:\n" MD5_X ":99999999999999999999:a\nx:1:a\n",
    MD5_X,
    "",
    { 0, 0, 0 },
    { 0, 0, 5, 0, 0 },
    3 },
  { "a.txt", META MD5_X ":7:Guessed\n", MD5_X, "deny/S/Guessed", { 1, 0, 0 }, { 0 }, 0 },
  /* CSV */
  { "a.csv",
    META "first,sha256_hash,signature\n2026,\"" SHA256_X "\",Worm\n",
    SHA256_X,
    "deny/S/Worm",
    { 0, 0, 1 },
    { 0 },
    0 },
  { "a.csv",
    META "# \"first_seen\",\"md5_hash\",\"sha256_hash\",\"signature\"\n\"2026\", \"" MD5_X
         "\", \"" SHA256_X "\", \"n/a\"\n",
    SHA256_X,
    "deny/S/",
    { 0, 0, 1 },
    { 0 },
    0 },
  { "a.csv", META "a;" MD5_X ";" SHA1_X ";b\n", SHA1_X, "deny/S/", { 0, 1, 0 }, { 0 }, 0 },
  { "a.csv",
    META "sha256,name\n" SHA256_X ",\"two\nlines, \"\"quoted\"\"\"\n" SHA256_Y ",x\nbad,y\n",
    SHA256_X,
    "deny/S/two\nlines, \"quoted\"",
    { 0, 0, 2 },
    { 0, 0, 1, 0, 0 },
    7 },
  { "a.csv",
    META "sha256,name\n" SHA256_X ",\"no end\n" SHA256_Y ",x\n",
    SHA256_Y,
    "deny/S/x",
    { 0, 0, 1 },
    { 0, 0, 1, 0, 0 },
    4 },
  { "a.csv",
    META "md5,sha256\n" MD5_X ",\n"
         ",\n",
    MD5_X,
    "deny/S/",
    { 1, 0, 0 },
    { 0, 0, 1, 0, 0 },
    5 },
  { "a.csv",
    META "sha256,md5\n" MD5_X "," SHA256_X "\n",
    SHA256_X,
    "",
    { 0, 0, 0 },
    { 0, 0, 1, 0, 0 },
    4 },
  { "a.csv",
    META "indicator,type\n" SHA1_X ",FileHash-SHA1\n",
    SHA1_X,
    "deny/S/",
    { 0, 1, 0 },
    { 0 },
    0 },
  { "a.csv", META "words,more words\n", SHA1_X, "", { 0, 0, 0 }, { 0, 0, 1, 0, 0 }, 3 },
  { "a.txt", META "name,sha1\nx," SHA1_X "\n", SHA1_X, "deny/S/x", { 0, 1, 0 }, { 0 }, 0 },
  /* NSRL: what it is for has to be said */
  { "NSRLFile.txt",
    META "# kind: "
         "allow\n\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\",\"ProductCode\","
         "\"OpSystemCode\",\"SpecialCode\"\n\"" SHA1_X "\",\"" MD5_X
         "\",\"0\",\"a.dll\",1,2,\"3\",\"\"\n",
    SHA1_X,
    "allow/S/",
    { 0, 1, 0 },
    { 0 },
    0 },
  { "NSRLFile.txt",
    META "\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\","
         "\"SpecialCode\"\n\"" SHA1_X "\",\"" MD5_X "\",\"0\",\"a.dll\",1,2,\"3\",\"\"\n",
    SHA1_X,
    "",
    { 0, 0, 0 },
    { 0, 1, 0, 0, 0 },
    4 },
  /* trivial */
  { "a.txt", META MD5_A "\n", MD5_A, "", { 0, 0, 0 }, { 1, 0, 0, 0, 0 }, 3 },
  { "a.txt",
    META "0cc175b9c0f1b6a831c399e269772660\n",
    "0cc175b9c0f1b6a831c399e269772660",
    "deny/S/",
    { 1, 0, 0 },
    { 0 },
    0 },
  { "a.txt", "", MD5_A, "", { 0, 0, 0 }, { 0 }, 0 },
};

START_TEST (sources)
{
  const Row *row = &rows[_i];
  SkSpan map = compile_text (sk_span_of_text (row->text), (SkSpan){ NULL, 0 }, row->name);
  HashList list = open_list (map);
  Hits hits = find (&list, row->hex, 7);
  ck_assert_str_eq (hits.text, row->told);
  for (size_t i = 0; i < HASH_N_ALGORITHMS; i++)
    ck_assert_uint_eq (list.sections[i].n_entries, row->entries[i]);
  for (size_t i = 0; i < HASH_N_NOTES; i++)
    ck_assert_uint_eq (list.totals[i], row->notes[i]);
  uint32_t line = 0;
  HashNote note;
  if (list.n_notes > 0)
    hash_list_note (&list, 0, &line, &note);
  ck_assert_uint_eq (line, row->first_line);
  hash_cache_unmap (map);
}
END_TEST

START_TEST (many_notes_are_counted)
{
  GString *text = g_string_new (META);
  for (unsigned i = 0; i < 1000; i++)
    g_string_append (text, "what is this\n");
  SkSpan map
      = compile_text ((SkSpan){ (uint8_t *) text->str, text->len }, (SkSpan){ NULL, 0 }, "a.txt");
  HashList list = open_list (map);
  ck_assert_uint_eq (list.n_notes, HASH_MAX_NOTES);
  ck_assert_uint_eq (list.totals[HASH_NOTE_BAD_LINE], 1000);
  hash_cache_unmap (map);
  g_string_free (text, TRUE);
}
END_TEST

START_TEST (one_source_too_many)
{
  GString *text = g_string_new ("# expires: 2999-12-31\n");
  for (unsigned i = 0; i <= HASH_MAX_BLOCKS; i++)
    g_string_append_printf (text, "# source: S%u\n%s\n", i, SHA256_X);
  g_autoptr (HashTrivial) trivial = make_trivial ();
  g_autoptr (HashBuilder) builder = hash_builder_new (trivial);
  ck_assert (!hash_parse ((SkSpan){ (uint8_t *) text->str, text->len }, (SkSpan){ NULL, 0 },
                          "a.txt", builder));
  g_string_free (text, TRUE);
}
END_TEST

/* ---- a great list ---- */

/* Entry number `i`: the SHA-256 of a number that is not zero, which would be trivial content. */
static void
entry (uint32_t i, uint8_t digest[32])
{
  i++;
  ck_assert (hash_digest_of_two ((SkSpan){ (const uint8_t *) &i, sizeof (i) }, (SkSpan){ NULL, 0 },
                                 digest));
}

static SkSpan
great_list (uint32_t count)
{
  GString *text = g_string_sized_new (count * 66 + 100);
  g_string_append (text, META);
  for (uint32_t i = 0; i < count; i++)
    {
      static const char digits[] = "0123456789abcdef";
      char line[65];
      uint8_t digest[32];
      entry (i, digest);
      for (size_t j = 0; j < 32; j++)
        {
          line[2 * j] = digits[digest[j] >> 4];
          line[2 * j + 1] = digits[digest[j] & 15];
        }
      line[64] = '\n';
      g_string_append_len (text, line, 65);
    }
  SkSpan map = compile_text ((SkSpan){ (uint8_t *) text->str, text->len }, (SkSpan){ NULL, 0 },
                             "great.txt");
  g_string_free (text, TRUE);
  return map;
}

/* All that is in it is found; one bit off, nothing is. `step` leaves some out. */
static void
check_great (const HashList *list, uint32_t count, uint32_t step)
{
  ck_assert_uint_eq (list->sections[HASH_SHA256].n_entries, count);
  for (uint32_t i = 0; i < count; i += step)
    {
      Hits hits = { 0, "" };
      uint8_t digest[32];
      entry (i, digest);
      hash_list_find (list, HASH_SHA256, digest, 7, on_hit, &hits);
      ck_assert_uint_eq (hits.count, 1);
      digest[i % 32] ^= (uint8_t) (1u << (i % 8));
      hash_list_find (list, HASH_SHA256, digest, 7, on_hit, &hits);
      ck_assert_uint_eq (hits.count, 1);
    }
}

START_TEST (a_million_entries)
{
  SkSpan map = great_list (1000000);
  HashList list = open_list (map);
  check_great (&list, 1000000, 7);
  hash_cache_unmap (map);
}
END_TEST

/* Where the fan-out changes its width. */
START_TEST (entries_around_the_border)
{
  for (uint32_t count = HASH_SMALL - 1; count <= HASH_SMALL + 1; count++)
    {
      SkSpan map = great_list (count);
      HashList list = open_list (map);
      check_great (&list, count, 1);
      hash_cache_unmap (map);
    }
}
END_TEST

/* ---- the compiled form ---- */

static bool
no_digest (SkSpan head, SkSpan rest, uint8_t ret_digest[32])
{
  (void) rest;
  memset (ret_digest, 0, 32);
  return head.size > 0;
}

/* With the checksum made to fit, every byte may be anything: refused, or read without harm. */
START_TEST (a_forged_file_does_no_harm)
{
  SkSpan map = compile_text (sk_span_of_text (META SHA256_X " A\n" SHA256_Y " B\n" MD5_X
                                                            "\n# kind: allow\n" SHA1_X "\nbad\n"),
                             (SkSpan){ NULL, 0 }, "a.txt");
  g_autofree uint8_t *bytes = g_memdup2 (map.data, map.size);
  memset (bytes + 64, 0, 32);
  static const uint8_t values[] = { 0, 1, 7, 0x7f, 0x80, 0xff };
  for (size_t place = 8; place < map.size; place++)
    for (size_t i = 0; i < sizeof (values); i++)
      {
        if (place >= 64 && place < 96)
          continue;
        uint8_t saved = bytes[place];
        HashList list;
        const char *error = NULL;
        bytes[place] = values[i];
        bool good
            = hash_list_open ((SkSpan){ bytes, map.size }, 1700000000, no_digest, &list, &error);
        ck_assert (good == (error == NULL));
        if (good)
          {
            find (&list, SHA256_X, 7);
            find (&list, SHA256_Y, 7);
            find (&list, SHA1_X, 7);
            find (&list, MD5_X, 7);
          }
        bytes[place] = saved;
      }
  hash_cache_unmap (map);
}
END_TEST

START_TEST (a_cut_file_is_refused)
{
  SkSpan map = compile_text (sk_span_of_text (META SHA256_X "\n"), (SkSpan){ NULL, 0 }, "a.txt");
  for (size_t size = 0; size < map.size; size++)
    {
      g_autofree uint8_t *bytes = g_memdup2 (map.data, size);
      HashList list;
      const char *error = NULL;
      ck_assert (!hash_list_open ((SkSpan){ bytes, size }, 0, no_digest, &list, &error));
      ck_assert_ptr_nonnull (error);
    }
  hash_cache_unmap (map);
}
END_TEST

START_TEST (the_same_source_gives_the_same_bytes)
{
  SkSpan text = sk_span_of_text (META SHA256_X " A\n" SHA256_Y " B\n" MD5_X "\n");
  SkSpan a = compile_text (text, (SkSpan){ NULL, 0 }, "a.txt"),
         b = compile_text (text, (SkSpan){ NULL, 0 }, "a.txt");
  ck_assert (sk_span_equal (a, b));
  hash_cache_unmap (a);
  hash_cache_unmap (b);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("lists");
  TCase *tests = tcase_create ("lists");
  tcase_set_timeout (tests, 120);
  tcase_add_loop_test (tests, sources, 0, G_N_ELEMENTS (rows));
  tcase_add_test (tests, many_notes_are_counted);
  tcase_add_test (tests, one_source_too_many);
  tcase_add_test (tests, a_million_entries);
  tcase_add_test (tests, entries_around_the_border);
  tcase_add_test (tests, a_forged_file_does_no_harm);
  tcase_add_test (tests, a_cut_file_is_refused);
  tcase_add_test (tests, the_same_source_gives_the_same_bytes);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
