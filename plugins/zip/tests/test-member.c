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

int
main (void)
{
  Suite *suite = suite_create ("zip member");
  TCase *cases = tcase_create ("member");
  tcase_add_test (cases, folders_have_names);
  tcase_add_test (cases, what_has_bytes_is_no_folder);
  tcase_add_test (cases, end_records_that_lead_nowhere);
  tcase_add_test (cases, many_of_one_reason);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
