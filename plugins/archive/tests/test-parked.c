/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the plugin tells its host of locked archives: call for call, with secrets that come late, and of
 * archives that are cut or broken.
 */
#include "config.h"

#include "archive-job.h"
#include "fake-api.h"
#include "locked-maker.h"
#include "sk-test.h"

#include <locale.h>

extern const SkPlugin sekisho_plugin;

#define PASSWORD "株式会社2024"

static uint8_t content[3 * 1024 * 1024];

static void
setup (void)
{
  for (size_t i = 0; i < sizeof content; i++)
    content[i] = (uint8_t) (i * 2654435761u >> 13);
}

static SkObject *
object_of (const GByteArray *bytes)
{
  return sk_fake_object_new (&sekisho_plugin, "a.bin", bytes->data, bytes->len);
}

static SkResult
open_again (SkObject *object, const char *secret)
{
  if (secret != NULL)
    g_ptr_array_add (object->secrets, g_strdup (secret));
  return sekisho_plugin.open (sk_fake_api (), NULL, object);
}

static size_t
told (const SkObject *object, SkReason reason)
{
  size_t n = 0;
  const SkFakeNote *note;
  for (size_t i = 0; (note = sk_fake_note (object->notes, "not-inspected", i)) != NULL; i++)
    n += note->number == (uint32_t) reason;
  return n;
}

static size_t
n_children (const SkObject *object)
{
  size_t n = 0;
  while (sk_fake_child (object, n) != NULL)
    n++;
  return n;
}

static void
expect_child (const SkObject *object, const char *name, size_t size)
{
  const SkChild *child = sk_fake_child_named (object, name);
  ck_assert_ptr_nonnull (child);
  ck_assert_uint_eq (child->bytes->len, size);
  ck_assert_int_eq (memcmp (child->bytes->data, content, size), 0);
}

/* ---- archives ---- */

static GByteArray *
rar5_of (const Rar5Maker *maker)
{
  GByteArray *out = rar5_begin (maker);
  rar5_add (out, maker, "a.txt", content, 300, PASSWORD, 0);
  rar5_add (out, maker, "b.txt", content, 400, PASSWORD, 0);
  rar5_end (out, maker);
  return out;
}

static GByteArray *
rar4_of (const Rar4Maker *maker)
{
  GByteArray *out = rar4_begin (maker);
  rar4_add (out, maker, "a.txt", content, 300, PASSWORD, 1, 0);
  rar4_add (out, maker, "b.txt", content, 400, PASSWORD, 1, 0x100);
  rar4_end (out, maker);
  return out;
}

static GByteArray *
seven_of (const SevenMaker *maker)
{
  static const char *const names[] = { "a.txt", "b.txt" }, *const passwords[] = { PASSWORD, PASSWORD };
  g_autoptr (GBytes) a = g_bytes_new (content, 300), b = g_bytes_new (content, 400);
  const GBytes *const contents[] = { a, b };
  return seven_make (maker, 2, names, contents, passwords);
}

/* ---- what is locked is never content ---- */

/* Wherever it is cut: what is encrypted is never given as what is in it. */
START_TEST (cut_without_secret)
{
  const Rar5Maker five = { .power = 1, .check = true };
  const Rar4Maker four = { .no_salt = false };
  g_autoptr (GByteArray) whole = _i == 0 ? rar5_of (&five) : rar4_of (&four);
  for (guint size = 30; size < whole->len; size++)
    {
      g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "a.bin", whole->data, size);
      open_again (object, NULL);
      object->parks = false;
      if (sk_fake_count (object->notes, "park") > 0)
        open_again (object, NULL);
      for (size_t i = 0; sk_fake_child (object, i) != NULL; i++)
        ck_assert_uint_eq (sk_fake_child (object, i)->bytes->len, 0);
    }
}
END_TEST

/* With the secret what is there of the last member comes out, and is told as broken. */
START_TEST (cut_with_secret)
{
  const Rar5Maker five = { .power = 1, .check = true };
  g_autoptr (GByteArray) whole = rar5_of (&five);
  g_autoptr (SkObject) object
      = sk_fake_object_new (&sekisho_plugin, "a.bin", whole->data, whole->len - 100);
  open_again (object, PASSWORD);
  expect_child (object, "a.txt", 300);
  const SkChild *child = sk_fake_child_named (object, "b.txt");
  ck_assert_uint_gt (child->bytes->len, 200);
  ck_assert_int_eq (memcmp (child->bytes->data, content, child->bytes->len), 0);
  ck_assert_uint_gt (told (object, SK_REASON_MALFORMED) + told (object, SK_REASON_TRUNCATED), 0);
  ck_assert_uint_eq (sk_fake_count (object->notes, "park"), 0);
}
END_TEST

/* A member without encryption that is cut has no byte of the end that is written behind it. */
START_TEST (cut_beside_locked)
{
  const Rar4Maker four = { .no_salt = false };
  g_autoptr (GByteArray) out = rar4_begin (&four);
  rar4_add (out, &four, "locked.txt", content, 100, PASSWORD, 1, 0);
  rar4_add (out, &four, "open.txt", content, 500, NULL, 0, 0);
  g_byte_array_set_size (out, out->len - 200);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, NULL);
  expect_child (object, "open.txt", 300);
}
END_TEST

/* Two members of one salt, and two passwords: the first only seems to open the large one. */
START_TEST (seeming)
{
  const Rar4Maker four = { .no_salt = false };
  g_autoptr (GByteArray) out = rar4_begin (&four);
  rar4_add (out, &four, "small.txt", content, 300, "one", 1, 0);
  rar4_add (out, &four, "large.txt", content, sizeof content, PASSWORD, 1, 0);
  rar4_end (out, &four);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, "one");
  ck_assert_uint_eq (n_children (object), 1);
  expect_child (object, "small.txt", 300);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 0);
  ck_assert_uint_eq (sk_fake_count (object->notes, "park"), 1);
  ck_assert_int_eq (open_again (object, PASSWORD), SK_OK);
  ck_assert_uint_eq (n_children (object), 2);
  expect_child (object, "large.txt", sizeof content);

  g_autoptr (SkObject) both = object_of (out);
  g_ptr_array_add (both->secrets, g_strdup ("one"));
  ck_assert_int_eq (open_again (both, PASSWORD), SK_OK);
  ck_assert_uint_eq (n_children (both), 2);
  expect_child (both, "large.txt", sizeof content);
  ck_assert_uint_eq (sk_fake_count (both->notes, "park"), 0);

  g_autoptr (SkObject) last = object_of (out);
  last->parks = false;
  open_again (last, "one");
  ck_assert_uint_eq (n_children (last), 2);
  ck_assert (sk_fake_child_named (last, "large.txt")->absent);
}
END_TEST

/* ---- what a late secret shows ---- */

START_TEST (late_and_broken)
{
  const SevenMaker maker = { .power = 2, .iv_size = 16, .hide_names = true, .bad_header = true };
  g_autoptr (GByteArray) seven = seven_of (&maker);
  g_autoptr (SkObject) object = object_of (seven);
  open_again (object, "wrong");
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 0);
  ck_assert_int_eq (open_again (object, PASSWORD), SK_PARTIAL);
  ck_assert_uint_eq (told (object, SK_REASON_MALFORMED), 1);
  ck_assert_uint_eq (sk_fake_count (object->notes, "park"), 1);
}
END_TEST

START_TEST (late_and_cut)
{
  const Rar5Maker five = { .power = 1, .names_password = PASSWORD };
  const Rar4Maker four = { .names_password = PASSWORD };
  g_autoptr (GByteArray) whole = _i == 0 ? rar5_of (&five) : rar4_of (&four);
  g_autoptr (SkObject) object
      = sk_fake_object_new (&sekisho_plugin, "a.bin", whole->data, whole->len - 100);
  open_again (object, NULL);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 0);
  open_again (object, PASSWORD);
  expect_child (object, "a.txt", 300);
  ck_assert_uint_gt (told (object, SK_REASON_MALFORMED) + told (object, SK_REASON_TRUNCATED), 0);
}
END_TEST

/* The end of an archive with hidden names is known once it is open. */
START_TEST (late_and_behind)
{
  const Rar5Maker five = { .power = 1, .names_password = PASSWORD };
  const Rar4Maker four = { .names_password = PASSWORD };
  g_autoptr (GByteArray) out = _i == 0 ? rar5_of (&five) : rar4_of (&four);
  g_byte_array_append (out, (const uint8_t *) "\0\0behind", 8);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, NULL);
  ck_assert_uint_eq (n_children (object), 0);
  ck_assert_int_eq (open_again (object, PASSWORD), SK_OK);
  ck_assert_uint_eq (n_children (object), 3);
  const SkChild *child = sk_fake_child_named (object, "trailing");
  ck_assert_uint_eq (child->bytes->len, 6);
  ck_assert_int_eq (sk_fake_fact (object, "archive.trailing-bytes")->integer, 6);
}
END_TEST

START_TEST (hidden_streams)
{
  const Rar5Maker five = { .power = 1, .names_password = PASSWORD };
  Rar5Maker stream = five;
  stream.stream = ":..\\..\\Startup\\x.exe";
  g_autoptr (GByteArray) out = rar5_begin (&five);
  rar5_add (out, &five, "a.txt", content, 300, PASSWORD, 0);
  rar5_add (out, &stream, "STM", content, 100, PASSWORD, 0);
  rar5_end (out, &five);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, NULL);
  ck_assert_ptr_null (sk_fake_fact (object, "archive.streams"));
  open_again (object, PASSWORD);
  open_again (object, NULL);
  ck_assert_str_eq (sk_fake_text (object, "archive.streams"), stream.stream);
  ck_assert_int_eq (sk_fake_fact (object, "archive.stream-escapes")->integer, 1);
  ck_assert_uint_eq (told (object, SK_REASON_UNSUPPORTED), 1);
}
END_TEST

/* A service of RAR 4 is seen, its sizes of 32 bits or of 64, its name hidden or not. */
START_TEST (rar4_streams)
{
  const Rar4Maker four = { .names_password = (_i & 1) != 0 ? PASSWORD : NULL };
  Rar4Maker service = four;
  service.service = true;
  g_autoptr (GByteArray) out = rar4_begin (&four);
  rar4_add (out, &four, "a.txt", content, 300, NULL, 0, 0);
  rar4_add (out, &service, "CMT", content, 20, NULL, 0, 0);
  rar4_add (out, &service, "STM", content, 100, NULL, 0, (_i & 2) != 0 ? 0x100 : 0);
  rar4_end (out, &four);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, PASSWORD);
  expect_child (object, "a.txt", 300);
  ck_assert_uint_eq (told (object, SK_REASON_UNSUPPORTED), 1);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 1);
}
END_TEST

/* ---- encrypted, told once ---- */

START_TEST (unsupported_is_parked)
{
  const Rar5Maker many = { .power = 25, .check = true };
  g_autoptr (GByteArray) out = rar5_of (&many);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, PASSWORD);
  object->parks = false;
  open_again (object, NULL);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 0);
  ck_assert_uint_eq (sk_fake_count (object->notes, "park"), 2);
  ck_assert_ptr_nonnull (strstr (sk_fake_note (object->notes, "park", 1)->text, "2^24 rounds"));
  ck_assert_uint_eq (n_children (object), 2);
}
END_TEST

/* Names were shown, and a member has another password. */
START_TEST (names_are_shown)
{
  const Rar5Maker five = { .power = 1, .names_password = PASSWORD };
  g_autoptr (GByteArray) out = rar5_begin (&five);
  rar5_add (out, &five, "a.txt", content, 300, "other", 0);
  rar5_end (out, &five);
  g_autoptr (SkObject) object = object_of (out);
  open_again (object, "wrong");
  open_again (object, PASSWORD);
  ck_assert_ptr_nonnull (strstr (sk_fake_note (object->notes, "park", 0)->text, "hidden"));
  ck_assert_ptr_null (strstr (sk_fake_note (object->notes, "park", 1)->text, "hidden"));
}
END_TEST

/* The work ends before a password could be tried: the host tells the limit, perhaps of another object. */
START_TEST (no_work)
{
  const Rar5Maker five = { .power = 15, .check = true };
  g_autoptr (GByteArray) out = rar5_of (&five);
  g_autoptr (SkObject) object = object_of (out);
  object->work_left = 3000;
  ck_assert_int_eq (open_again (object, PASSWORD), SK_LIMIT);
  ck_assert_uint_eq (told (object, SK_REASON_ENCRYPTED), 1);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 1);
  ck_assert_uint_eq (sk_fake_count (object->notes, "park"), 0);
}
END_TEST

/* It ends among the headers: that they are broken is not known. */
START_TEST (no_work_among_headers)
{
  const Rar4Maker four = { .names_password = PASSWORD, .many_salts = true };
  g_autoptr (GByteArray) out = rar4_of (&four);
  g_autoptr (SkObject) object = object_of (out);
  ck_assert_int_eq (open_again (object, PASSWORD), SK_OK);
  uint64_t all = object->worked;
  g_autoptr (SkObject) poor = object_of (out);
  poor->work_left = all * 2 / 3;
  ck_assert_int_eq (open_again (poor, PASSWORD), SK_LIMIT);
  ck_assert_uint_eq (told (poor, SK_REASON_MALFORMED), 0);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("parked");
  TCase *cases = tcase_create ("parked");
  setlocale (LC_CTYPE, "C.UTF-8");
  setup ();
  tcase_add_loop_test (cases, cut_without_secret, 0, 2);
  tcase_add_test (cases, cut_with_secret);
  tcase_add_test (cases, cut_beside_locked);
  tcase_add_test (cases, seeming);
  tcase_add_test (cases, late_and_broken);
  tcase_add_loop_test (cases, late_and_cut, 0, 2);
  tcase_add_loop_test (cases, late_and_behind, 0, 2);
  tcase_add_test (cases, hidden_streams);
  tcase_add_loop_test (cases, rar4_streams, 0, 4);
  tcase_add_test (cases, unsupported_is_parked);
  tcase_add_test (cases, names_are_shown);
  tcase_add_test (cases, no_work);
  tcase_add_test (cases, no_work_among_headers);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
