/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked 7z archives as 7-Zip does not write them: few rounds, salts, bare
 * keys, last blocks without zeros, headers in headers; absurd ones; and the
 * rest of what is recognised. What 7-Zip writes is for locked-7z.t.
 */
#include "config.h"

#include "archive-crypt.h"
#include "locked-case.h"

#include <locale.h>

#define PASSWORD "パスワード🔑"
#define N 4

static uint8_t content[70000];
static const size_t sizes[N] = { 5, 16, 1007, sizeof content };
static const char *const names[N] = { "請求書.txt", "b.bin", "髙橋/c.bin", "d.bin" };

static GByteArray *
make (const SevenMaker *maker, const char *const passwords[N])
{
  GBytes *contents[N];
  for (size_t i = 0; i < N; i++)
    contents[i] = g_bytes_new_static (content, sizes[i]);
  GByteArray *out = seven_make (maker, N, names, (const GBytes *const *) contents, passwords);
  for (size_t i = 0; i < N; i++)
    g_bytes_unref (contents[i]);
  return out;
}

static GByteArray *
make_same (const SevenMaker *maker)
{
  const char *const passwords[N] = { PASSWORD, PASSWORD, PASSWORD, PASSWORD };
  return make (maker, passwords);
}

static void
expect_all (const Case *c, const char *judged)
{
  ck_assert_ptr_nonnull (c->entries);
  ck_assert_ptr_null (c->error);
  ck_assert_uint_eq (c->entries->len, N);
  for (guint i = 0; i < N; i++)
    case_expect (c, i, judged, names[i], content, sizes[i]);
}

static const SevenMaker kinds[] = { { .power = 4, .iv_size = 16 },
                                    { .power = 0, .iv_size = 8, .salt_size = 16 },
                                    { .power = 0x3f, .iv_size = 16 },
                                    { .power = 0x3f, .salt_size = 1 },
                                    { .power = 3, .iv_size = 1, .hide_names = true },
                                    { .power = 3, .iv_size = 16, .odd_padding = true },
                                    { .power = 3, .odd_padding = true, .hide_names = true },
                                    { .power = 2, .iv_size = 16, .hide_names = true, .packed_twice = 2 } };

START_TEST (right_and_wrong)
{
  const SevenMaker *maker = &kinds[_i];
  Case c;
  case_init (&c, make_same (maker), NULL);
  const ArchiveFacts *facts = archive_locked_facts (c.locked);
  ck_assert_int_eq (facts->state, ARCHIVE_STATE_LOCKED);
  ck_assert_str_eq (facts->product, "7z");
  ck_assert_str_eq (facts->cipher, "AES-256");
  ck_assert_uint_eq (facts->rounds, maker->power == 0x3f ? 0 : 1u << maker->power);
  ck_assert (facts->names_hidden == maker->hide_names);
  if (!maker->hide_names)
    expect_all (&c, "locked");
  else
    ck_assert_ptr_null (c.entries);
  for (unsigned i = 0; i < 1000; i++)
    {
      g_autofree char *wrong = g_strdup_printf ("パスワード%u", i);
      ck_assert_int_eq (case_try (&c, i, wrong), ARCHIVE_TRY_WRONG);
    }
  ck_assert_int_eq (case_try (&c, 1000, ""), ARCHIVE_TRY_WRONG);
  ck_assert_int_eq (case_try (&c, 1001, PASSWORD), ARCHIVE_TRY_OPENED);
  ck_assert_uint_eq (archive_locked_left (c.locked), 0);
  ck_assert_uint_eq (facts->n_encrypted, N);
  case_read (&c);
  expect_all (&c, "opened");
  ArchiveMember member;
  ck_assert (archive_locked_member (c.locked, 1, &member));
  ck_assert_int_eq (member.proof, ARCHIVE_PROOF_STRONG);
  ck_assert_uint_eq (member.secret, 1001);
  ck_assert (!archive_locked_member (c.locked, N, &member));
  case_clear (&c);
}
END_TEST

START_TEST (several_passwords)
{
  const SevenMaker maker = { .power = 4, .iv_size = 16, .salt_size = 4 };
  const char *const passwords[N] = { NULL, "one", "two", NULL };
  Case c;
  case_init (&c, make (&maker, passwords), "two");
  case_expect (&c, 0, "plain", names[0], content, sizes[0]);
  case_expect (&c, 1, "locked", names[1], content, sizes[1]);
  case_expect (&c, 2, "opened", names[2], content, sizes[2]);
  case_expect (&c, 3, "plain", names[3], content, sizes[3]);
  ck_assert_uint_eq (archive_locked_left (c.locked), 1);
  ck_assert_int_eq (case_try (&c, 1, "one"), ARCHIVE_TRY_OPENED);
  case_read (&c);
  case_expect (&c, 1, "opened", names[1], content, sizes[1]);
  case_clear (&c);
}
END_TEST

/* Without sums what is opened rests on the zeros alone. */
START_TEST (no_sums)
{
  const SevenMaker maker = { .power = 4, .without_crc = true };
  Case c;
  ArchiveMember member;
  case_init (&c, make_same (&maker), PASSWORD);
  ck_assert (archive_locked_member (c.locked, 0, &member));
  ck_assert (!member.locked && member.no_sum && !member.check_sum);
  ck_assert_int_eq (member.proof, ARCHIVE_PROOF_STRONG); /* 11 zeros */
  case_clear (&c);
}
END_TEST

START_TEST (changed_content)
{
  const SevenMaker maker = { .power = 4, .iv_size = 16 };
  GByteArray *out = make_same (&maker);
  out->data[32 + 16 + 16 + 1008 + 5000] ^= 1;
  Case c;
  case_init (&c, out, PASSWORD);
  case_expect (&c, 2, "opened", names[2], content, sizes[2]);
  ck_assert (strcmp (case_judge (&c, 3), "broken") == 0 || strcmp (case_judge (&c, 3), "bad-sum") == 0
             || strcmp (case_judge (&c, 3), "locked") == 0);
  case_clear (&c);
}
END_TEST

START_TEST (too_many_rounds)
{
  const SevenMaker open = { .power = 25 }, hidden = { .power = 40, .hide_names = true };
  Case c;
  case_init (&c, make_same (&open), PASSWORD);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_UNSUPPORTED);
  ck_assert_str_eq (archive_locked_facts (c.locked)->reason,
                    "7z: more than 2^24 rounds of key derivation");
  ck_assert_uint_lt (c.spent, 100);
  expect_all (&c, "locked");
  case_clear (&c);
  case_init (&c, make_same (&hidden), PASSWORD);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_UNSUPPORTED);
  ck_assert_uint_eq (archive_locked_facts (c.locked)->rounds, UINT64_C (1) << 40);
  ck_assert_ptr_null (c.entries);
  case_clear (&c);
}
END_TEST

START_TEST (paid)
{
  const SevenMaker maker = { .power = 19, .iv_size = 16 };
  Case c;
  case_init (&c, make_same (&maker), NULL);
  SkSpan secret = sk_span_of_text ("0123456789");
  ck_assert_uint_eq (archive_locked_cost (c.locked, c.keys, 0, secret), 512 * 28 + 1);
  c.most = c.spent + 512 * 28;
  ck_assert_int_eq (case_try (&c, 0, "0123456789"), ARCHIVE_TRY_LIMIT);
  c.most = UINT64_MAX / 2;
  ck_assert_int_eq (case_try (&c, 0, "0123456789"), ARCHIVE_TRY_WRONG);
  ck_assert_uint_eq (archive_locked_cost (c.locked, c.keys, 0, secret), 0);
  case_clear (&c);
}
END_TEST

/* ---- absurd ones ---- */

/* An archive with this header, whose sums are right. */
static GByteArray *
with_header (const void *header, size_t size)
{
  GByteArray *out = g_byte_array_new ();
  uint8_t start[32] = { '7', 'z', 0xbc, 0xaf, 0x27, 0x1c, 0, 4 };
  uint32_t crc = (uint32_t) crc32_z (0, header, size);
  start[20] = (uint8_t) size;
  start[21] = (uint8_t) (size >> 8);
  for (size_t i = 0; i < 4; i++)
    start[28 + i] = (uint8_t) (crc >> 8 * i);
  crc = (uint32_t) crc32_z (0, start + 12, 20);
  for (size_t i = 0; i < 4; i++)
    start[8 + i] = (uint8_t) (crc >> 8 * i);
  g_byte_array_append (out, start, sizeof start);
  g_byte_array_append (out, header, (guint) size);
  return out;
}

#define HUGE_NUMBER 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f

START_TEST (absurd)
{
  static const uint8_t packed[] = { 1, 4, 6, 0, HUGE_NUMBER, 9, 0, 0, 0 };
  static const uint8_t position[] = { 1, 4, 6, HUGE_NUMBER, 1, 9, 1, 0, 0, 0 };
  static const uint8_t size[] = { 1, 4, 6, 0, 1, 9, HUGE_NUMBER, 0, 0, 0 };
  static const uint8_t folders[] = { 1, 4, 6, 0, 0, 0, 7, 0x0b, HUGE_NUMBER, 0, 0, 0 };
  static const uint8_t coders[] = { 1, 4, 6, 0, 0, 0, 7, 0x0b, 1, 0, HUGE_NUMBER, 0, 0 };
  static const uint8_t parts[] = { 1,    4,    6, 0, 1, 9, 1,    0,    7, 0x0b, 1, 0, 1,
                                   1,    0,    0x0c, 1, 0, 8, 0x0d, HUGE_NUMBER, 0, 0, 0 };
  static const uint8_t files[] = { 1, 5, HUGE_NUMBER, 0, 0 };
  static const uint8_t property[] = { 1, 5, 0, 0x11, HUGE_NUMBER, 0, 0 };
  static const uint8_t header_size[] = { 0x17, 6, 0, 1, 9, 1, 0, 7, 0x0b, 1, 0, 1, 1, 0, 0x0c,
                                         HUGE_NUMBER, 0, 0 };
  static const uint8_t endless[] = { 0x17, 0x17, 0x17 };
  static const struct {
    const uint8_t *bytes;
    size_t size;
  } cases[] = { { packed, sizeof packed },           { position, sizeof position },
                { size, sizeof size },               { folders, sizeof folders },
                { coders, sizeof coders },           { parts, sizeof parts },
                { files, sizeof files },             { property, sizeof property },
                { header_size, sizeof header_size }, { endless, sizeof endless } };
  Case c;
  case_init (&c, with_header (cases[_i].bytes, cases[_i].size), PASSWORD);
  ck_assert (case_state (&c) == ARCHIVE_STATE_MALFORMED || case_state (&c) == ARCHIVE_STATE_LIMIT);
  ck_assert (archive_locked_facts (c.locked)->reason[0] != '\0');
  ck_assert_ptr_null (c.entries);
  case_clear (&c);
}
END_TEST

/* Many folders in few bytes are paid for by the folder. */
START_TEST (folders_paid)
{
  static const uint8_t begin[] = { 1, 4, 6, 0, 0xae, 0xe0 }, more[] = { 7, 0x0b, 0xae, 0xe0, 0 },
                       folder[] = { 1, 1, 0 }, end[] = { 0, 0, 0 }, zero[] = { 0 };
  const unsigned n = 0x2ee0; /* 12,000 */
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_byte_array_append (header, begin, sizeof begin);
  g_byte_array_append (header, (const uint8_t *) "\x09", 1);
  for (unsigned i = 0; i < n; i++)
    g_byte_array_append (header, zero, 1);
  g_byte_array_append (header, zero, 1);
  g_byte_array_append (header, more, sizeof more);
  for (unsigned i = 0; i < n; i++)
    g_byte_array_append (header, folder, sizeof folder);
  g_byte_array_append (header, (const uint8_t *) "\x0c", 1);
  for (unsigned i = 0; i < n; i++)
    g_byte_array_append (header, zero, 1);
  g_byte_array_append (header, end, sizeof end);
  Case c = { .bytes = with_header (header->data, header->len), .most = 700 };
  c.locked = archive_locked_look ((SkSpan){ c.bytes->data, c.bytes->len }, case_pay, &c);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_LIMIT);
  archive_locked_free (c.locked);
  c.spent = 0;
  c.most = 1000;
  c.locked = archive_locked_look ((SkSpan){ c.bytes->data, c.bytes->len }, case_pay, &c);
  ck_assert_int_ne (case_state (&c), ARCHIVE_STATE_LIMIT);
  case_clear (&c);
}
END_TEST

/* Headers that pack headers, five deep. */
START_TEST (deep)
{
  const SevenMaker maker = { .power = 1, .hide_names = true, .packed_twice = 5 };
  Case c;
  case_init (&c, make_same (&maker), PASSWORD);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_MALFORMED);
  ck_assert_str_eq (archive_locked_facts (c.locked)->reason, "7z: headers packed in headers");
  case_clear (&c);
}
END_TEST

static void
expect_no_garbage (const Case *c)
{
  for (guint i = 0; c->entries != NULL && i < c->entries->len; i++)
    {
      const LockedEntry *entry = g_ptr_array_index (c->entries, i);
      ArchiveMember member;
      bool known = entry->size == 0;
      if (strcmp (case_judge (c, i), "opened") != 0
          || (archive_locked_member (c->locked, i, &member) && member.no_sum))
        continue;
      for (size_t j = 0; j < N; j++)
        known = known
                || (entry->size == sizes[j] && entry->crc == (uint32_t) crc32_z (0, content, sizes[j]));
      ck_assert (known);
    }
}

START_TEST (cut_short)
{
  const SevenMaker *maker = &kinds[_i];
  g_autoptr (GByteArray) whole = make_same (maker);
  for (unsigned i = 0; i < 16; i++)
    {
      GByteArray *part = g_byte_array_new ();
      g_byte_array_append (part, whole->data, whole->len * i / 16);
      Case c;
      case_init (&c, part, PASSWORD);
      ck_assert_int_eq (case_state (&c), i == 0 ? ARCHIVE_STATE_OPEN : ARCHIVE_STATE_MALFORMED);
      ck_assert_ptr_null (c.entries);
      case_clear (&c);
    }
}
END_TEST

/* Sums in front are made right again, so that changes reach the tables. */
static void
repair (GByteArray *bytes, uint32_t header_size)
{
  uint32_t crc = (uint32_t) crc32_z (0, bytes->data + bytes->len - header_size, header_size);
  for (size_t i = 0; i < 4; i++)
    bytes->data[28 + i] = (uint8_t) (crc >> 8 * i);
  crc = (uint32_t) crc32_z (0, bytes->data + 12, 20);
  for (size_t i = 0; i < 4; i++)
    bytes->data[8 + i] = (uint8_t) (crc >> 8 * i);
}

START_TEST (changed)
{
  g_autoptr (GByteArray) whole = make_same (&kinds[_i]);
  g_autoptr (GRand) random = g_rand_new_with_seed (70 + (guint) _i);
  uint32_t header_size = whole->data[20] | (uint32_t) whole->data[21] << 8;
  for (unsigned i = 0; i < 2000; i++)
    {
      GByteArray *other = g_byte_array_new ();
      g_byte_array_append (other, whole->data, whole->len);
      for (int n = g_rand_int_range (random, 1, 4); n > 0; n--)
        other->data[g_rand_int_range (random, i % 8 == 0 ? 12 : (int) (other->len - header_size),
                                      (int) other->len)]
            ^= (uint8_t) (1 << g_rand_int_range (random, 0, 8));
      if (i % 16 != 0)
        repair (other, header_size);
      Case c = { .bytes = other, .most = 20000, .keys = archive_keys_new () };
      c.locked = archive_locked_look ((SkSpan){ other->data, other->len }, case_pay, &c);
      case_try (&c, 0, PASSWORD);
      case_read (&c);
      expect_no_garbage (&c);
      case_clear (&c);
    }
}
END_TEST

/* ---- the rest ---- */

START_TEST (recognised)
{
  static const struct {
    const char *bytes;
    size_t size;
    const char *product, *cipher;
  } cases[] = {
    { "EGGA\0\1....\0\0\0\0\xe3\x90\x85\x0a............\x0f\x47\xd1\x08\0\5\0\2....\x22\x82\xe2\x08",
      46, "EGG", "AES-256" },
    { "EGGA\0\1....\0\0\0\0\xe3\x90\x85\x0a............\x22\x82\xe2\x08", 34, "EGG", "" },
    { "ALZ\1\n\0\0\0BLZ\1\5\0 ....\1\0\0", 22, "ALZ", "ZipCrypto" },
    { "ALZ\1\n\0\0\0BLZ\1\5\0 ....\0\0\0", 22, "ALZ", "" },
    { "\0\0\0\0_AttacheCaseData\x82\0\0\0", 24, "ATC", "AES-256" },
    { "MZ..........._AttacheCase_Rsa\x8c\0\0\0", 33, "ATC", "AES-256" },
    { "MZ..........._AttacheCase_Rsa....", 33, "", "" },
    { "_AttacheCaseData", 16, "", "" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Case c;
      GByteArray *bytes = g_byte_array_new ();
      g_byte_array_append (bytes, (const uint8_t *) cases[i].bytes, (guint) cases[i].size);
      case_init (&c, bytes, PASSWORD);
      ck_assert_str_eq (archive_locked_facts (c.locked)->product, cases[i].product);
      ck_assert_int_eq (case_state (&c), cases[i].product[0] != '\0' ? ARCHIVE_STATE_UNSUPPORTED
                                                                     : ARCHIVE_STATE_OPEN);
      if (i != 2 && i != 3)
        ck_assert_str_eq (archive_locked_facts (c.locked)->cipher, cases[i].cipher);
      case_clear (&c);
    }
}
END_TEST

/* Segments of all kinds against the same bytes in one piece, read at any place. */
START_TEST (segments)
{
  g_autoptr (ArchivePlain) plain = archive_plain_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GByteArray) flat = g_byte_array_new ();
  static const uint8_t key[32] = { 1, 2, 3 }, iv[16] = { 9 };
  g_autofree uint8_t *text = g_malloc (sizeof content);
  const size_t whole = sizeof content & ~(size_t) 15;
  ck_assert (archive_crypt_cbc (key, 32, iv, (SkSpan){ content, whole }, text));
  for (unsigned i = 0; i < 200; i++)
    {
      size_t size = (size_t) g_rand_int_range (random, 0, i % 10 == 0 ? 69000 : 200);
      size_t blocks = (size + 15) & ~(size_t) 15;
      switch (g_rand_int_range (random, 0, 3))
        {
        case 0:
          ck_assert (archive_plain_raw (plain, (SkSpan){ content + i, size }));
          g_byte_array_append (flat, content + i, (guint) size);
          break;
        case 1:
          ck_assert (archive_plain_memory (plain, (SkSpan){ content + 7, size }));
          g_byte_array_append (flat, content + 7, (guint) size);
          break;
        default:
          ck_assert (archive_plain_cipher (plain, (SkSpan){ content, blocks }, size, key, 32, iv));
          g_byte_array_append (flat, text, (guint) size);
        }
    }
  ck_assert_uint_eq (archive_plain_size (plain), flat->len);
  g_autofree uint8_t *got = g_malloc (200000);
  for (unsigned i = 0; i < 2000; i++)
    {
      size_t from = (size_t) g_rand_int_range (random, 0, (int) flat->len + 10);
      size_t size = (size_t) g_rand_int_range (random, 0, i % 10 == 0 ? 200000 : 100);
      size_t there = from >= flat->len ? 0 : MIN (size, flat->len - from);
      ck_assert_uint_eq (archive_plain_read (plain, from, got, size), there);
      ck_assert (there == 0 || memcmp (got, flat->data + from, there) == 0);
    }
  ck_assert (!archive_plain_cipher (plain, (SkSpan){ content, 15 }, 15, key, 32, iv));
  ck_assert (!archive_plain_cipher (plain, (SkSpan){ content, 16 }, 17, key, 32, iv));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("locked-7z");
  TCase *good = tcase_create ("good"), *broken = tcase_create ("broken"),
        *rest = tcase_create ("rest");
  for (size_t i = 0; i < sizeof content; i++)
    content[i] = (uint8_t) (i * 2654435761u >> 13);
  setlocale (LC_ALL, "C.UTF-8");
  tcase_add_loop_test (good, right_and_wrong, 0, G_N_ELEMENTS (kinds));
  tcase_add_test (good, several_passwords);
  tcase_add_test (good, no_sums);
  tcase_add_test (good, changed_content);
  tcase_add_test (good, too_many_rounds);
  tcase_add_test (good, paid);
  tcase_add_loop_test (broken, absurd, 0, 10);
  tcase_add_test (broken, deep);
  tcase_add_test (broken, folders_paid);
  tcase_add_loop_test (broken, cut_short, 0, G_N_ELEMENTS (kinds));
  tcase_add_loop_test (broken, changed, 0, G_N_ELEMENTS (kinds));
  tcase_add_test (rest, recognised);
  tcase_add_test (rest, segments);
  suite_add_tcase (suite, good);
  suite_add_tcase (suite, broken);
  suite_add_tcase (suite, rest);
  return sk_test_main (suite);
}
