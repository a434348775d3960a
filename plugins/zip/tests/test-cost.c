/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a file makes the plugin do is paid for, also where a few bytes are read
 * many times: claims, headers, fields, marks and streams of nothing.
 */
#include "config.h"

#include "fake-api.h"
#include "sk-test.h"
#include "zip-make.h"

#include <zlib.h>

#define KIB 1024u

extern const SkPlugin sekisho_plugin;

typedef GByteArray Bytes;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bytes, g_byte_array_unref)

static SkObject *
opened (const Bytes *bytes)
{
  SkObject *object = sk_fake_object_new (&sekisho_plugin, "x.zip", bytes->data, bytes->len);
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  return object;
}

static bool
is_told (const SkObject *object, const char *text)
{
  const SkFakeNote *note;
  for (size_t i = 0; (note = sk_fake_note (object->notes, "not-inspected", i)) != NULL; i++)
    if (strstr (note->text, text) != NULL)
      return true;
  return false;
}

static void
make_zeros (Bytes *out, guint size)
{
  guint from = out->len;
  g_byte_array_set_size (out, from + size);
  memset (out->data + from, 0, size);
}

/* So many members in a directory, all with the local header at 0. */
static void
make_directory (Bytes *out, const MakeMember *m, unsigned count)
{
  uint32_t start = out->len;
  for (unsigned i = 0; i < count; i++)
    make_central (out, m, 0);
  make_end (out, count, out->len - start, start, "");
}

START_TEST (claims_of_encryption)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember m = { "a", 1, 0, 7, 64 * KIB, 64 * KIB };
  make_local (b, &m, "");
  make_zeros (b, m.packed);
  make_directory (b, &m, 1000);
  g_autoptr (SkObject) object = opened (b);
  ck_assert (is_told (object, "members lie in one another"));
  ck_assert_uint_ge (object->worked, 1024 + b->len / KIB);
}
END_TEST

/* Little that unpacks to much. */
START_TEST (claims_of_encryption_on_packed_ones)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  g_autofree uint8_t *zeros = g_malloc0 (KIB * KIB);
  uint8_t packed[2 * KIB];
  z_stream z = { .next_in = zeros, .avail_in = KIB * KIB, .next_out = packed, .avail_out = sizeof packed };
  ck_assert_int_eq (deflateInit2 (&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  ck_assert_int_eq (deflate (&z, Z_SYNC_FLUSH), Z_OK);
  MakeMember m = { "a", 1, 8, 0, (uint32_t) z.total_out, 100 * KIB };
  deflateEnd (&z);
  make_local (b, &m, "");
  g_byte_array_append (b, packed, m.packed);
  make_directory (b, &m, 100);
  g_autoptr (SkObject) object = opened (b);
  ck_assert_uint_ge (object->worked, 100 * 256);
}
END_TEST

START_TEST (streams_that_make_nothing)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember m = { "a", 0, 8, 0, 4 * KIB * KIB / 5 * 5, 0 };
  make_local (b, &m, "");
  for (uint32_t i = 0; i < m.packed; i += 5)
    g_byte_array_append (b, (const uint8_t *) "\0\0\0\xff\xff", 5);
  make_directory (b, &m, 1);
  g_autoptr (SkObject) object = opened (b);
  ck_assert_uint_ge (object->worked, 2 * (m.packed / KIB));
  g_autoptr (SkObject) poor = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  poor->work_left = b->len / KIB + 100;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, poor), SK_LIMIT);
  ck_assert (!is_told (poor, "broken"));
}
END_TEST

START_TEST (fields_of_a_shared_header)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  make_text (b, "PK\3\4");
  make_u16 (b, 20);
  make_zeros (b, 20);
  make_u16 (b, 1);
  make_u16 (b, 60 * KIB);
  make_text (b, "a");
  make_zeros (b, 60 * KIB);
  MakeMember m = { "a", 0, 0, 0, 0, 0 };
  make_directory (b, &m, 1000);
  g_autoptr (SkObject) object = opened (b);
  ck_assert_uint_ge (object->worked, 2 * 1000 * 60);
}
END_TEST

/* Each has a name of its own in the directory, the same long one in the local header. */
START_TEST (names_of_a_shared_header)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  g_autofree char *name = g_strnfill (60 * KIB, 'n');
  MakeMember m = { name, 0, 0, 0, 0, 0 }, other = { "a", 0, 0, 0, 0, 0 };
  make_local (b, &m, "");
  make_directory (b, &other, 3);
  g_autoptr (SkObject) object = opened (b);
  ck_assert_uint_eq (strlen (sk_fake_child_text (sk_fake_child (object, 0), "zip.local-name")), 4096);
  ck_assert_str_eq (sk_fake_child_text (sk_fake_child (object, 1), "zip.local-name"), "");
  ck_assert_str_eq (sk_fake_child_text (sk_fake_child (object, 2), "zip.local-name"), "");
}
END_TEST

START_TEST (marks_that_share_what_follows)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  make_text (b, "x"); /* at the beginning the first would be believed */
  for (unsigned i = 0; i < 1000; i++)
    {
      make_text (b, "PK\3\4");
      make_zeros (b, 10);
      make_u32 (b, 1); /* no member has this sum */
      make_zeros (b, 8);
      make_u16 (b, 1);
      make_u16 (b, 50 * KIB);
    }
  make_zeros (b, 50 * KIB);
  make_archive (b, "a");
  g_autoptr (SkObject) object = opened (b);
  ck_assert_uint_ge (object->worked, 1000 * 50);
}
END_TEST

/* In UTF-8, and again in CP932. */
START_TEST (both_writings_of_a_secret)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember m = { "a", 1, 99, 0, 40, 12 };
  make_text (b, "PK\3\4");
  make_common (b, &m, 11);
  make_text (b, "a\x01\x99");
  make_u16 (b, 7);
  make_u16 (b, 2);
  make_text (b, "AE\3");
  make_u16 (b, 0);
  make_zeros (b, m.packed);
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  g_ptr_array_add (object->secrets, g_strdup ("ひみつ"));
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  ck_assert_uint_eq (sk_fake_count (object->notes, "park"), 1);
  ck_assert_uint_ge (object->worked, 2 * 125);
  ck_assert_uint_lt (object->worked, 3 * 125);
}
END_TEST

/* How long it is nobody says, and no password opened it. */
START_TEST (locked_and_streamed)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember m = { "a", 1 | 8, 8, 0, 0, 0 };
  make_local (b, &m, "0123456789abcdefghij");
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  object->parks = false;
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  const SkChild *child = sk_fake_child (object, 0);
  ck_assert (child->absent);
  ck_assert_uint_eq (child->absent_size, 0);
  ck_assert (sk_fake_child_fact (child, "zip.locked")->boolean);
}
END_TEST

/* A password is there, but what it opens cannot be unpacked. */
START_TEST (opened_and_of_no_known_method)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember m = { "a", 1, 9, 0, 12, 8 };
  make_local (b, &m, "");
  make_zeros (b, 12);
  make_directory (b, &m, 1);
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  for (unsigned i = 0; i < 5000; i++)
    g_ptr_array_add (object->secrets, g_strdup_printf ("guess-%u", i));
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  ck_assert (is_told (object, "deflate64"));
  ck_assert (sk_fake_child (object, 0)->absent);
  ck_assert_ptr_null (sk_fake_child_fact (sk_fake_child (object, 0), "zip.locked"));
}
END_TEST

/* Each is tried once on each member; to pass over them is not free. */
START_TEST (secrets_of_the_last_round)
{
  g_autoptr (Bytes) b = g_byte_array_new ();
  MakeMember m = { "a", 1, 8, 0, 20, 8 };
  uint32_t places[100];
  for (unsigned i = 0; i < 100; i++)
    places[i] = make_local (b, &m, "0123456789abcdefghij");
  uint32_t start = b->len;
  for (unsigned i = 0; i < 100; i++)
    make_central (b, &m, places[i]);
  make_end (b, 100, b->len - start, start, "");
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.zip", b->data, b->len);
  for (unsigned i = 0; i < 640; i++)
    g_ptr_array_add (object->secrets, g_strdup_printf ("wrong-%u", i));
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  uint64_t worked = object->worked;
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  ck_assert_uint_ge (object->worked - worked, 2 * 100 * 640 / 64);
  ck_assert_uint_lt (object->worked - worked, 3 * 100 * 640 / 64);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("zip cost");
  TCase *cases = tcase_create ("cost");
  tcase_add_test (cases, claims_of_encryption);
  tcase_add_test (cases, claims_of_encryption_on_packed_ones);
  tcase_add_test (cases, streams_that_make_nothing);
  tcase_add_test (cases, fields_of_a_shared_header);
  tcase_add_test (cases, names_of_a_shared_header);
  tcase_add_test (cases, marks_that_share_what_follows);
  tcase_add_test (cases, both_writings_of_a_secret);
  tcase_add_test (cases, locked_and_streamed);
  tcase_add_test (cases, opened_and_of_no_known_method);
  tcase_add_test (cases, secrets_of_the_last_round);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
