/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Locked RAR archives: members and names, right and wrong passwords, what is
 * told as unsupported, and archives that are broken.
 */
#include "config.h"

#include "archive-derive.h"
#include "locked-case.h"

#include <locale.h>

#define PASSWORD "株式会社2024"
#define NAME "請求書_髙橋.xlsm"

static uint8_t content[100000];

/* libarchive takes a RAR 4 member that has the name of the one before for a part of that. */
static const char *const names[] = { NAME, "二.txt", "三.txt", "四.txt", "五.txt", "フォルダー/六.txt" };
static const size_t sizes[] = { 1, 15, 16, 17, 1000, sizeof content };

static void
setup (void)
{
  for (size_t i = 0; i < sizeof content; i++)
    content[i] = (uint8_t) (i * 2654435761u >> 13);
}

/* ---- RAR 5 ---- */

static GByteArray *
rar5_of (const Rar5Maker *maker, const char *password)
{
  GByteArray *out = rar5_begin (maker);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    rar5_add (out, maker, names[i], content, sizes[i], password, 0);
  rar5_end (out, maker);
  return out;
}

/* Names hidden or not, check value or not, keyed sums or not. */
START_TEST (rar5_right)
{
  for (unsigned i = 0; i < 8; i++)
    {
      Rar5Maker maker = { .names_password = (i & 1) != 0 ? PASSWORD : NULL, .power = 3,
                          .check = (i & 2) != 0, .keyed = (i & 4) != 0 };
      Case c;
      case_init (&c, rar5_of (&maker, PASSWORD), NULL);
      const ArchiveFacts *facts = archive_locked_facts (c.locked);
      ck_assert_int_eq (facts->state, ARCHIVE_STATE_LOCKED);
      ck_assert_str_eq (facts->product, "RAR 5");
      ck_assert_str_eq (facts->cipher, "AES-256");
      ck_assert_uint_eq (facts->rounds, 8);
      ck_assert (facts->names_hidden == ((i & 1) != 0));
      ck_assert ((c.entries == NULL) == facts->names_hidden);
      for (guint j = 0; c.entries != NULL && j < G_N_ELEMENTS (sizes); j++)
        case_expect (&c, j, "locked", names[j], content, sizes[j]);
      ck_assert_int_eq (case_try (&c, 0, "wrong"), ARCHIVE_TRY_WRONG);
      ck_assert_int_eq (case_try (&c, 1, PASSWORD), ARCHIVE_TRY_OPENED);
      ck_assert_uint_eq (archive_locked_left (c.locked), 0);
      case_read (&c);
      ck_assert_ptr_null (c.error);
      ck_assert_uint_eq (c.entries->len, G_N_ELEMENTS (sizes));
      ck_assert_uint_eq (facts->n_members, G_N_ELEMENTS (sizes));
      ck_assert_uint_eq (facts->n_encrypted, G_N_ELEMENTS (sizes));
      for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
        {
          ArchiveMember member;
          case_expect (&c, j, "opened", names[j], content, sizes[j]);
          archive_locked_member (c.locked, j, &member);
          ck_assert_int_eq (member.proof, ARCHIVE_PROOF_STRONG);
          ck_assert_uint_eq (member.secret, 1);
          ck_assert (member.check_sum && !member.no_sum);
        }
      case_clear (&c);
    }
}
END_TEST

/* Each member has what it needs, or stays locked. */
START_TEST (rar5_several_passwords)
{
  const Rar5Maker maker = { .power = 2, .check = true, .keyed = true };
  GByteArray *out = rar5_begin (&maker);
  rar5_add (out, &maker, "open.txt", content, 10, NULL, 0);
  rar5_add (out, &maker, "one.txt", content, 20, "one", 0);
  rar5_add (out, &maker, "two.txt", content, 30, "two", 0);
  rar5_add (out, &maker, "three.txt", content, 40, "three", 0);
  rar5_add (out, &maker, "none.txt", content, 0, NULL, 0);
  rar5_end (out, &maker);
  Case c;
  case_init (&c, out, NULL);
  ck_assert_uint_eq (archive_locked_left (c.locked), 3);
  ck_assert_int_eq (case_try (&c, 0, "two"), ARCHIVE_TRY_OPENED);
  ck_assert_int_eq (case_try (&c, 1, "two"), ARCHIVE_TRY_WRONG);
  ck_assert_int_eq (case_try (&c, 2, "one"), ARCHIVE_TRY_OPENED);
  ck_assert_uint_eq (archive_locked_left (c.locked), 1);
  case_read (&c);
  case_expect (&c, 0, "plain", "open.txt", content, 10);
  case_expect (&c, 1, "opened", "one.txt", content, 20);
  case_expect (&c, 2, "opened", "two.txt", content, 30);
  case_expect (&c, 3, "locked", "three.txt", content, 40);
  case_expect (&c, 4, "plain", "none.txt", content, 0);
  ck_assert_uint_eq (c.entries->len, 5);
  ck_assert_uint_eq (archive_locked_facts (c.locked)->n_encrypted, 3);
  case_clear (&c);
}
END_TEST

/* A check value that is damaged itself says nothing; the sum does. */
START_TEST (rar5_damaged_check)
{
  const Rar5Maker maker = { .power = 2, .check = true, .bad_check = true, .keyed = true };
  Case c;
  case_init (&c, rar5_of (&maker, PASSWORD), "wrong");
  ck_assert_uint_eq (archive_locked_left (c.locked), G_N_ELEMENTS (sizes));
  ck_assert_int_eq (case_try (&c, 1, PASSWORD), ARCHIVE_TRY_OPENED);
  case_read (&c);
  case_expect (&c, 5, "opened", names[5], content, sizes[5]);
  case_clear (&c);
}
END_TEST

/* A byte of the content is changed: the password is right and the sum is wrong. */
START_TEST (rar5_changed)
{
  for (unsigned keyed = 0; keyed < 2; keyed++)
    {
      const Rar5Maker maker = { .power = 2, .check = true, .keyed = keyed != 0 };
      GByteArray *out = rar5_begin (&maker);
      rar5_add (out, &maker, NAME, content, 5000, PASSWORD, 0);
      out->data[out->len - 1000] ^= 1;
      rar5_end (out, &maker);
      Case c;
      case_init (&c, out, PASSWORD);
      ck_assert_str_eq (case_judge (&c, 0), "bad-sum");
      case_clear (&c);
    }
}
END_TEST

/* Members and whole archives that are not opened here say so, and show their names all the same. */
START_TEST (rar5_unsupported)
{
  Case c;
  const Rar5Maker many = { .power = 25, .check = true };
  GByteArray *out = rar5_begin (&many);
  rar5_add (out, &many, NAME, content, 100, PASSWORD, 0);
  rar5_end (out, &many);
  case_init (&c, out, PASSWORD);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_UNSUPPORTED);
  ck_assert_str_eq (archive_locked_facts (c.locked)->reason,
                    "RAR 5: more than 2^24 rounds of key derivation");
  ck_assert_uint_eq (archive_locked_facts (c.locked)->rounds, 1u << 25);
  ck_assert_uint_lt (c.spent, 100);
  case_expect (&c, 0, "locked", NAME, content, 100);
  case_clear (&c);

  const Rar5Maker hidden = { .power = 60, .check = true, .names_password = PASSWORD };
  case_init (&c, rar5_begin (&hidden), PASSWORD);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_UNSUPPORTED);
  ck_assert (archive_locked_facts (c.locked)->names_hidden);
  ck_assert_ptr_null (c.entries);
  case_clear (&c);

  const Rar5Maker volume = { .power = 1, .check = true, .main_flags = 1 };
  out = rar5_begin (&volume);
  rar5_add (out, &volume, NAME, content, 100, PASSWORD, 0x10);
  rar5_end (out, &volume);
  case_init (&c, out, PASSWORD);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_UNSUPPORTED);
  ck_assert_str_eq (archive_locked_facts (c.locked)->reason,
                    "RAR 5: encrypted member in several volumes");
  ck_assert_str_eq (case_judge (&c, 0), "locked");
  case_clear (&c);
}
END_TEST

/* What a derivation costs is asked for before it begins, once for a password. */
START_TEST (rar5_paid)
{
  const Rar5Maker maker = { .power = 15, .check = true };
  Case c;
  case_init (&c, rar5_of (&maker, PASSWORD), NULL);
  uint64_t cost = archive_locked_cost (c.locked, c.keys, 0, sk_span_of_text (PASSWORD));
  ck_assert_uint_eq (cost, 32768 * 128 / 1024 + 1);
  c.most = c.spent + cost - 1;
  ck_assert_int_eq (case_try (&c, 0, PASSWORD), ARCHIVE_TRY_LIMIT);
  ck_assert_uint_eq (archive_locked_left (c.locked), G_N_ELEMENTS (sizes));
  c.most = UINT64_MAX / 2;
  ck_assert_int_eq (case_try (&c, 0, PASSWORD), ARCHIVE_TRY_OPENED);

  g_autoptr (ArchiveLocked) other
      = archive_locked_look ((SkSpan){ c.bytes->data, c.bytes->len }, case_pay, &c);
  ck_assert_uint_eq (archive_locked_cost (other, c.keys, 0, sk_span_of_text (PASSWORD)), 0);
  ck_assert_uint_gt (archive_locked_cost (other, c.keys, 1, sk_span_of_text (PASSWORD)), 0);
  c.spent = 0;
  ck_assert_int_eq (
      archive_locked_try (other, c.keys, 0, sk_span_of_text (PASSWORD), case_pay, &c),
      ARCHIVE_TRY_OPENED);
  ck_assert_uint_lt (c.spent, 16);
  case_clear (&c);
}
END_TEST

/* The dearest derivation that is run: it gives signs of progress, and can be stopped. */
START_TEST (rar5_dear)
{
  const Rar5Maker maker = { .power = 24, .check = true };
  GByteArray *out = rar5_begin (&maker);
  rar5_add (out, &maker, NAME, content, 100, PASSWORD, 0);
  rar5_end (out, &maker);
  Case c;
  case_init (&c, out, NULL);
  ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_LOCKED);
  uint64_t cost = archive_locked_cost (c.locked, c.keys, 0, sk_span_of_text (PASSWORD));
  ck_assert_uint_eq (cost, (UINT64_C (1) << 24) * 128 / 1024 + 1);
  c.most = cost / 2;
  ck_assert_int_eq (case_try (&c, 0, PASSWORD), ARCHIVE_TRY_LIMIT);
  case_clear (&c);
}
END_TEST

static bool
refuse (uint64_t units, void *data)
{
  (void) units;
  (void) data;
  return false;
}

/* Of a derivation that is stopped nothing stays with the caller. */
START_TEST (derived_in_part)
{
  static const ArchiveDerivation dear[] = {
    { .kind = ARCHIVE_KIND_RAR5, .power = 18, .salt_size = 16 },
    { .kind = ARCHIVE_KIND_RAR4, .salt_size = 8 },
  };
  ArchiveKey key;
  const ArchiveKey none = { .key = { 0 } };
  ck_assert_int_eq (archive_derive (&dear[_i], sk_span_of_text ("0123456789012345678901234567"),
                                    refuse, NULL, &key),
                    ARCHIVE_TRY_LIMIT);
  ck_assert_int_eq (memcmp (&key, &none, sizeof key), 0);
}
END_TEST

/* Without a check value a reader is made for each member, and paid for each. */
START_TEST (rar5_unproven)
{
  const Rar5Maker maker = { .power = 1 };
  Case c;
  GByteArray *out = rar5_begin (&maker);
  for (unsigned i = 0; i < 20; i++)
    rar5_add (out, &maker, NAME, content, 100, PASSWORD, 0);
  rar5_end (out, &maker);
  case_init (&c, out, NULL);
  ck_assert_int_eq (case_try (&c, 0, "wrong"), ARCHIVE_TRY_WRONG);
  ck_assert_uint_ge (c.spent, 20 * 64);
  c.most = c.spent + 10 * 64;
  ck_assert_int_eq (case_try (&c, 1, "wrong too"), ARCHIVE_TRY_LIMIT);
  case_clear (&c);
}
END_TEST

START_TEST (rar5_wrong)
{
  for (unsigned i = 0; i < 4; i++)
    {
      const Rar5Maker maker = { .names_password = (i & 1) != 0 ? PASSWORD : NULL, .power = 2,
                                .check = (i & 2) != 0 };
      Case c;
      case_init (&c, rar5_of (&maker, PASSWORD), NULL);
      for (unsigned j = 0; j < 1000; j++)
        {
          g_autofree char *wrong = g_strdup_printf ("株式会社%u", j + 3000);
          ck_assert_int_eq (case_try (&c, j, wrong), ARCHIVE_TRY_WRONG);
        }
      ck_assert_int_eq (case_try (&c, 1000, ""), ARCHIVE_TRY_WRONG);
      ck_assert_int_eq (case_try (&c, 1001, "\xff\xfe"), ARCHIVE_TRY_WRONG);
      ck_assert_int_eq (case_try (&c, 1002, PASSWORD), ARCHIVE_TRY_OPENED);
      case_clear (&c);
    }
}
END_TEST

/* ---- RAR 4 ---- */

static GByteArray *
rar4_of (const Rar4Maker *maker, const char *password)
{
  GByteArray *out = rar4_begin (maker);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    rar4_add (out, maker, names[i], content, sizes[i], password, i % 2, i == 4 ? 0x100 : 0);
  rar4_end (out, maker);
  return out;
}

START_TEST (rar4_right)
{
  for (unsigned i = 0; i < 3; i++)
    {
      Rar4Maker maker = { .names_password = i == 1 ? PASSWORD : NULL, .no_salt = i == 2 };
      Case c;
      case_init (&c, rar4_of (&maker, PASSWORD), NULL);
      const ArchiveFacts *facts = archive_locked_facts (c.locked);
      ck_assert_int_eq (facts->state, ARCHIVE_STATE_LOCKED);
      ck_assert_str_eq (facts->product, "RAR 4");
      ck_assert_str_eq (facts->cipher, "AES-128");
      ck_assert (facts->names_hidden == (i == 1));
      ck_assert ((c.entries == NULL) == facts->names_hidden);
      for (guint j = 0; c.entries != NULL && j < G_N_ELEMENTS (sizes); j++)
        case_expect (&c, j, "locked", names[j], content, sizes[j]);
      ck_assert_int_eq (case_try (&c, 0, "wrong"), ARCHIVE_TRY_WRONG);
      ck_assert_int_eq (case_try (&c, 1, PASSWORD), ARCHIVE_TRY_OPENED);
      ck_assert_uint_eq (archive_locked_left (c.locked), 0);
      case_read (&c);
      ck_assert_ptr_null (c.error);
      ck_assert_uint_eq (c.entries->len, G_N_ELEMENTS (sizes));
      for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
        case_expect (&c, j, "opened", names[j], content, sizes[j]);
      case_clear (&c);
    }
}
END_TEST

START_TEST (rar4_several)
{
  const Rar4Maker maker = { .no_salt = false };
  GByteArray *out = rar4_begin (&maker);
  rar4_add (out, &maker, "open.txt", content, 10, NULL, 0, 0);
  rar4_add (out, &maker, "one.txt", content, 20, "one", 1, 0);
  rar4_add (out, &maker, "two.txt", content, 30, "two", 2, 0);
  rar4_add (out, &maker, "also-one.txt", content, 40, "one", 1, 0);
  rar4_end (out, &maker);
  Case c;
  case_init (&c, out, "one");
  case_expect (&c, 0, "plain", "open.txt", content, 10);
  case_expect (&c, 1, "opened", "one.txt", content, 20);
  case_expect (&c, 2, "locked", "two.txt", content, 30);
  case_expect (&c, 3, "opened", "also-one.txt", content, 40);
  ck_assert_int_eq (case_try (&c, 1, "two"), ARCHIVE_TRY_OPENED);
  case_read (&c);
  case_expect (&c, 2, "opened", "two.txt", content, 30);
  case_clear (&c);
}
END_TEST

START_TEST (rar4_unsupported)
{
  static const struct {
    unsigned version, flags;
    const char *reason;
  } cases[] = { { 20, 0, "RAR 4: encrypted as RAR did before version 2.9" },
                { 29, 0x02, "RAR 4: encrypted member in several volumes" },
                { 29, 0x10, "RAR 4: encrypted and solid" } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Rar4Maker maker = { .version = cases[i].version };
      GByteArray *out = rar4_begin (&maker);
      rar4_add (out, &maker, NAME, content, 100, PASSWORD, 1, cases[i].flags);
      rar4_end (out, &maker);
      Case c;
      case_init (&c, out, PASSWORD);
      ck_assert_int_eq (case_state (&c), ARCHIVE_STATE_UNSUPPORTED);
      ck_assert_str_eq (archive_locked_facts (c.locked)->reason, cases[i].reason);
      case_expect (&c, 0, "locked", NAME, content, 100);
      case_clear (&c);
    }
}
END_TEST

/* RAR 4's own derivation differs for longer ones. */
START_TEST (rar4_long_password)
{
  const char *longest = "ABCDEFGHIJKLMNOPQRSTUVWXYZ12";
  const Rar4Maker maker = { .no_salt = false };
  GByteArray *out = rar4_begin (&maker);
  rar4_add (out, &maker, NAME, content, 100, longest, 1, 0);
  rar4_end (out, &maker);
  Case c;
  case_init (&c, out, NULL);
  ck_assert_int_eq (case_try (&c, 0, "ABCDEFGHIJKLMNOPQRSTUVWXYZ123"), ARCHIVE_TRY_WRONG);
  ck_assert_int_eq (case_try (&c, 1, longest), ARCHIVE_TRY_OPENED);
  case_clear (&c);
}
END_TEST

START_TEST (rar4_wrong)
{
  for (unsigned i = 0; i < 2; i++)
    {
      const Rar4Maker maker = { .names_password = i != 0 ? PASSWORD : NULL };
      GByteArray *out = rar4_begin (&maker);
      rar4_add (out, &maker, NAME, content, 1, PASSWORD, 1, 0);
      rar4_end (out, &maker);
      Case c;
      case_init (&c, out, NULL);
      for (unsigned j = 0; j < (i != 0 ? 1000 : 200); j++)
        {
          g_autofree char *wrong = g_strdup_printf ("%u", j);
          ck_assert_int_eq (case_try (&c, j, wrong), ARCHIVE_TRY_WRONG);
        }
      ck_assert_int_eq (case_try (&c, 1000, PASSWORD), ARCHIVE_TRY_OPENED);
      case_clear (&c);
    }
}
END_TEST

/* ---- broken ones ---- */

typedef GByteArray *(*MakeFunc) (void);

static GByteArray *
broken_rar5 (void)
{
  const Rar5Maker maker = { .power = 1, .check = true, .keyed = true };
  return rar5_of (&maker, PASSWORD);
}

static GByteArray *
broken_rar5_hidden (void)
{
  const Rar5Maker maker = { .power = 1, .names_password = PASSWORD };
  return rar5_of (&maker, PASSWORD);
}

static GByteArray *
broken_rar4 (void)
{
  const Rar4Maker maker = { .no_salt = false };
  return rar4_of (&maker, PASSWORD);
}

static GByteArray *
broken_rar4_hidden (void)
{
  const Rar4Maker maker = { .names_password = PASSWORD };
  return rar4_of (&maker, PASSWORD);
}

static const MakeFunc makers[]
    = { broken_rar5, broken_rar5_hidden, broken_rar4, broken_rar4_hidden };

/* Whatever is called opened is what was locked in. */
static void
expect_no_garbage (const Case *c)
{
  for (guint i = 0; c->entries != NULL && i < c->entries->len; i++)
    {
      const LockedEntry *entry = g_ptr_array_index (c->entries, i);
      bool known = entry->size == 0;
      if (strcmp (case_judge (c, i), "opened") != 0)
        continue;
      for (size_t j = 0; j < G_N_ELEMENTS (sizes); j++)
        known = known
                || (entry->size == sizes[j] && entry->crc == (uint32_t) crc32_z (0, content, sizes[j]));
      ck_assert (known);
    }
}

START_TEST (cut_short)
{
  g_autoptr (GByteArray) whole = makers[_i]();
  for (unsigned i = 0; i < 16; i++)
    {
      GByteArray *part = g_byte_array_new ();
      g_byte_array_append (part, whole->data, whole->len * i / 16);
      Case c;
      case_init (&c, part, PASSWORD);
      ck_assert (i == 0 || case_state (&c) != ARCHIVE_STATE_OPEN);
      ck_assert (i == 0 || archive_locked_facts (c.locked)->reason[0] != '\0');
      expect_no_garbage (&c);
      case_clear (&c);
    }
}
END_TEST

START_TEST (changed)
{
  g_autoptr (GByteArray) whole = makers[_i]();
  g_autoptr (GRand) random = g_rand_new_with_seed (20 + (guint) _i);
  ArchiveKeys *keys = NULL;
  for (unsigned i = 0; i < 2000; i++)
    {
      GByteArray *other = g_byte_array_new ();
      g_byte_array_append (other, whole->data, whole->len);
      /* Mostly where the headers are. */
      for (int n = g_rand_int_range (random, 1, 4); n > 0; n--)
        other->data[g_rand_int_range (random, 8, i % 4 == 0 ? (int) other->len : 600)]
            ^= (uint8_t) (1 << g_rand_int_range (random, 0, 8));
      Case c = { .bytes = other, .most = 40000, .keys = keys != NULL ? keys : archive_keys_new () };
      c.locked = archive_locked_look ((SkSpan){ other->data, other->len }, case_pay, &c);
      case_try (&c, 0, PASSWORD);
      case_read (&c);
      expect_no_garbage (&c);
      keys = g_steal_pointer (&c.keys); /* so that one derivation is enough */
      case_clear (&c);
    }
  archive_keys_free (keys);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("locked-rar");
  TCase *rar5 = tcase_create ("rar5"), *rar4 = tcase_create ("rar4"),
        *broken = tcase_create ("broken");
  setup ();
  setlocale (LC_ALL, "C.UTF-8"); /* libarchive's names need it, as in the program */
  g_setenv ("TZ", "UTC0", TRUE);
  tcase_add_test (rar5, rar5_right);
  tcase_add_test (rar5, rar5_several_passwords);
  tcase_add_test (rar5, rar5_damaged_check);
  tcase_add_test (rar5, rar5_changed);
  tcase_add_test (rar5, rar5_unsupported);
  tcase_add_test (rar5, rar5_paid);
  tcase_add_test (rar5, rar5_dear);
  tcase_add_loop_test (rar5, derived_in_part, 0, 2);
  tcase_add_test (rar5, rar5_unproven);
  tcase_add_test (rar5, rar5_wrong);
  tcase_add_test (rar4, rar4_right);
  tcase_add_test (rar4, rar4_several);
  tcase_add_test (rar4, rar4_unsupported);
  tcase_add_test (rar4, rar4_long_password);
  tcase_add_test (rar4, rar4_wrong);
  tcase_add_loop_test (broken, cut_short, 0, G_N_ELEMENTS (makers));
  tcase_add_loop_test (broken, changed, 0, G_N_ELEMENTS (makers));
  suite_add_tcase (suite, rar5);
  suite_add_tcase (suite, rar4);
  suite_add_tcase (suite, broken);
  return sk_test_main (suite);
}
