/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What children members become.
 */
#include "config.h"

#include "fake-api.h"
#include "sk-test.h"
#include "zip-job.h"
#include "zip-make.h"

#include <zlib.h>

extern const SkPlugin sekisho_plugin;

typedef GByteArray Bytes;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bytes, g_byte_array_unref)

static SkObject *
opened_one (MakeMember m, const char *data)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  make_local (b, &m, data);
  uint32_t start = make_central (b, &m, 0);
  make_end (b, 1, b->len - start, start, "");
  SkObject *object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  return object;
}

/* The slash at its end is none of its name, else nobody sees it. */
START_TEST (folders_have_names)
{
  g_autoptr (SkObject) object = opened_one ((MakeMember){ "起動/..//", 0, 0, 0, 0, 0 }, "");
  const SkChild *child = sk_fake_child_named (object, "起動/..");
  ck_assert_ptr_nonnull (child);
  ck_assert_int_eq (child->info.type, SK_FILE_DIRECTORY);
}
END_TEST

START_TEST (what_has_bytes_is_no_folder)
{
  g_autoptr (SkObject) object = opened_one ((MakeMember){ "a.exe/", 0, 0, 0x8cdc1683, 1, 1 }, "x");
  const SkChild *child = sk_fake_child_named (object, "a.exe");
  ck_assert_ptr_nonnull (child);
  ck_assert_int_eq (child->info.type, SK_FILE_REGULAR);
  ck_assert_uint_eq (child->bytes->len, 1);
}
END_TEST

static const SkFakeNote *
told (const SkObject *object, SkReason reason, const char *text)
{
  const SkFakeNote *note;
  for (size_t i = 0; (note = sk_fake_note (object->notes, "not-inspected", i)) != NULL; i++)
    if (note->number == (uint32_t) reason && strstr (note->text, text) != NULL)
      return note;
  return NULL;
}

static SkObject *
opened (const Bytes *b)
{
  SkObject *object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  return object;
}

START_TEST (end_records_that_lead_nowhere)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  make_text (b, "the end of what another file begins");
  g_autoptr (SkObject) nothing = opened (b);
  ck_assert_ptr_null (sk_fake_note (nothing->notes, "not-inspected", 0));
  make_end (b, 1, 50, 4000, "");
  g_autoptr (SkObject) broken = opened (b);
  ck_assert_ptr_nonnull (told (broken, SK_REASON_TRUNCATED, "no end record leads to a directory"));
  b->data[b->len - 22 + 4] = 2;
  g_autoptr (SkObject) last_part = opened (b);
  ck_assert_ptr_nonnull (told (last_part, SK_REASON_UNSUPPORTED, "a part of a split archive"));
}
END_TEST

START_TEST (many_of_one_reason)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember old = { "old", 0, 9, 0, 1, 1 }, bad = { "bad", 0, 0, 7, 1, 1 };
  uint32_t first = make_local (b, &old, "x"), last = make_local (b, &bad, "x"), start = b->len;
  for (int i = 0; i < 2 * ZIP_MAX_TOLD; i++)
    make_central (b, &old, first);
  make_central (b, &bad, last);
  make_end (b, 2 * ZIP_MAX_TOLD + 1, b->len - start, start, "");
  g_autoptr (SkObject) object = opened (b);
  ck_assert_ptr_nonnull (told (object, SK_REASON_UNSUPPORTED, "and more members"));
  ck_assert_ptr_nonnull (told (object, SK_REASON_MALFORMED, "bad"));
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), ZIP_MAX_TOLD + 2);
}
END_TEST

/* Where a program streams the check of ZipCrypto is the time's, so that the content may be anything. */
static ZipLock
lock_of (const char *text)
{
  return (ZipLock){ ZIP_CIPHER_ZIPCRYPTO, sk_span_of_text (text), { 0x6b, 0x6b } };
}

static Bytes *
unlocked (const char *text, const char *secret)
{
  ZipLock lock = lock_of (text);
  ZipKey key;
  Bytes *plain = g_byte_array_new ();
  if (zip_key_open (&lock, sk_span_of_text (secret), &key))
    {
      g_byte_array_set_size (plain, (guint) lock.data.size);
      g_byte_array_set_size (plain, (guint) zip_key_read (&key, plain->data, plain->len / 16 * 16));
      zip_key_close (&key);
    }
  return plain;
}

/* So many bytes behind a head on which all of these secrets seem to be right. */
static char *
locked (size_t size, const char *const *secrets)
{
  char *text = g_strnfill (ZIP_CRYPTO_HEAD + size, 'x');
  bool found = false;
  for (unsigned number = 0; !found; number++)
    {
      char head[16];
      g_snprintf (head, sizeof head, "%012u", number);
      memcpy (text, head, ZIP_CRYPTO_HEAD);
      ZipLock lock = lock_of (text);
      ZipKey key;
      found = true;
      for (size_t i = 0; secrets[i] != NULL && found; i++)
        found = zip_key_open (&lock, sk_span_of_text (secrets[i]), &key);
    }
  return text;
}

static uint32_t
make_locked (Bytes *out, MakeMember *m, const char *text, const char *secret)
{
  g_autoptr (Bytes) plain = unlocked (text, secret);
  m->crc = (uint32_t) crc32 (0, plain->data, plain->len);
  m->packed = (uint32_t) strlen (text);
  m->size = plain->len;
  return make_local (out, m, text);
}

START_TEST (a_key_of_another_that_meets_a_limit)
{
  static const char *const secrets[] = { "one", "two", NULL }, *const one[] = { "one", NULL };
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember first = { "first", 1 | 8, 0, 0, 0, 0 }, second = { "second", 1 | 8, 0, 0, 0, 0 };
  g_autofree char *little = locked (100, one), *much = locked (100000, secrets);
  g_autoptr (Bytes) plain = unlocked (much, "two");
  uint32_t places[] = { make_locked (b, &first, little, "one"), make_locked (b, &second, much, "two") };
  uint32_t start = b->len;
  make_central (b, &first, places[0]);
  make_central (b, &second, places[1]);
  make_end (b, 2, b->len - start, start, "");
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  g_ptr_array_add (object->secrets, g_strdup (secrets[0]));
  g_ptr_array_add (object->secrets, g_strdup (secrets[1]));
  object->child_room = 50000;
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  ck_assert_uint_eq (object->children->len, 3);
  const SkChild *child = sk_fake_child_named (object, "second");
  ck_assert (!child->absent);
  ck_assert_uint_eq (child->bytes->len, 50000 - 100);
  ck_assert_mem_eq (child->bytes->data, plain->data, child->bytes->len);
}
END_TEST

/* One packed member that a program of Unix wrote as a link. */
static SkObject *
opened_link (const char *target, const char *behind)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  uint32_t size = (uint32_t) strlen (target);
  MakeMember m = { "link", 0, 8, (uint32_t) crc32 (0, (const uint8_t *) target, size), size + 5, size };
  m.packed += (uint32_t) strlen (behind);
  make_local (b, &m, "");
  make_text (b, "\1");
  make_u16 (b, size);
  make_u16 (b, ~size);
  make_text (b, target);
  make_text (b, behind);
  uint32_t start = make_central (b, &m, 0);
  b->data[start + 5] = 3;
  b->data[start + 41] = 0120777 >> 8;
  make_end (b, 1, b->len - start, start, "");
  return opened (b);
}

START_TEST (links_that_are_packed)
{
  g_autoptr (SkObject) path = opened_link ("../../etc/passwd", "");
  g_autoptr (SkObject) script = opened_link ("@echo off & calc.exe", ""), more = opened_link ("a", "behind it");
  ck_assert_uint_eq (path->children->len, 1);
  ck_assert_int_eq (sk_fake_child (path, 0)->info.type, SK_FILE_LINK);
  ck_assert_str_eq (sk_fake_child (path, 0)->target, "../../etc/passwd");
  ck_assert_uint_eq (script->children->len, 2);
  ck_assert_int_eq (sk_fake_child (script, 0)->info.type, SK_FILE_LINK);
  ck_assert_int_eq (sk_fake_child (script, 1)->info.type, SK_FILE_REGULAR);
  ck_assert_uint_eq (sk_fake_child (script, 1)->bytes->len, 20);
  ck_assert_uint_eq (more->children->len, 2);
  ck_assert_int_eq (sk_fake_fact (more, "zip.gap-bytes")->integer, 9);
  /* No file system has room for such a target. */
  g_autofree char *much = g_strnfill (5000, 'a');
  g_autoptr (SkObject) file = opened_link (much, "");
  ck_assert_uint_eq (file->children->len, 1);
  ck_assert_int_eq (sk_fake_child (file, 0)->info.type, SK_FILE_REGULAR);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("zip member");
  TCase *cases = tcase_create ("member");
  tcase_add_test (cases, folders_have_names);
  tcase_add_test (cases, what_has_bytes_is_no_folder);
  tcase_add_test (cases, end_records_that_lead_nowhere);
  tcase_add_test (cases, many_of_one_reason);
  tcase_add_test (cases, a_key_of_another_that_meets_a_limit);
  tcase_add_test (cases, links_that_are_packed);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
