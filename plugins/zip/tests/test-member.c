/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What children members become.
 */
#include "config.h"

#include "fake-api.h"
#include "sk-test.h"
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

int
main (void)
{
  Suite *suite = suite_create ("zip member");
  TCase *cases = tcase_create ("member");
  tcase_add_test (cases, folders_have_names);
  tcase_add_test (cases, what_has_bytes_is_no_folder);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
