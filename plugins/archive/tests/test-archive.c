/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the plugin tells its host, and what it finds out from bytes alone. The
 * formats themselves go through the whole program (tests/program/archive).
 */
#include "config.h"

#include "archive-job.h"
#include "fake-api.h"
#include "sk-test.h"

#include <archive_entry.h>
#include <locale.h>

extern const SkPlugin sekisho_plugin;

static SkSpan
span (const void *bytes, size_t size)
{
  return (SkSpan){ bytes, size };
}

/* ---- a tar that is made here ---- */

static void
add_member (GByteArray *tar, const char *name, char type, const void *bytes, size_t size)
{
  uint8_t head[512] = { 0 };
  unsigned sum = 8 * ' ';
  g_strlcpy ((char *) head, name, 100);
  memcpy (head + 100, "0000644", 8);
  g_snprintf ((char *) head + 124, 12, "%011o", (unsigned) size);
  g_snprintf ((char *) head + 136, 12, "%011o", 1000000000u);
  head[156] = (uint8_t) type;
  if (type == '2')
    g_strlcpy ((char *) head + 157, "../x", 100);
  memcpy (head + 257, "ustar\00000", 8);
  for (size_t i = 0; i < 512; i++)
    sum += head[i];
  g_snprintf ((char *) head + 148, 8, "%06o", sum);
  head[155] = ' ';
  g_byte_array_append (tar, head, sizeof head);
  g_byte_array_append (tar, bytes, (guint) size);
  memset (head, 0, sizeof head);
  g_byte_array_append (tar, head, (guint) (-size & 511));
}

static GByteArray *
make_tar (void)
{
  GByteArray *tar = g_byte_array_new ();
  static const uint8_t end[1024];
  add_member (tar, "d/", '5', "", 0);
  add_member (tar, "d/a.txt", '0', "hello", 5);
  add_member (tar, "d/\x94\x5c.txt", '0', "world!", 6);
  add_member (tar, "d/out", '2', "", 0);
  add_member (tar, "", '0', "nameless", 8);
  g_byte_array_append (tar, end, sizeof end);
  return tar;
}

static SkObject *
open_bytes (const char *name, const void *bytes, size_t size, SkResult expected)
{
  SkObject *object = sk_fake_object_new (&sekisho_plugin, name, bytes, size);
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, object), expected);
  return object;
}

START_TEST (test_tar)
{
  g_autoptr (GByteArray) tar = make_tar ();
  g_autoptr (SkObject) object = open_bytes ("a.tar", tar->data, tar->len, SK_OK);
  ck_assert_str_eq (sk_fake_text (object, "archive.format"), "tar");
  ck_assert_int_eq (sk_fake_fact (object, "archive.members")->integer, 5);
  ck_assert_ptr_null (sk_fake_fact (object, "archive.trailing-bytes"));
  ck_assert_ptr_null (sk_fake_fact (object, "archive.offset"));
  const SkChild *child = sk_fake_child_named (object, "d");
  ck_assert_int_eq (child->info.type, SK_FILE_DIRECTORY);
  child = sk_fake_child_named (object, "d/a.txt");
  ck_assert (child->shared);
  ck_assert (sk_span_equal (span (child->bytes->data, child->bytes->len), span ("hello", 5)));
  ck_assert_int_eq (child->info.mtime, INT64_C (1000000000) * 1000000000);
  ck_assert_uint_eq (child->position, 1);
  child = sk_fake_child_named (object, "d/能.txt");
  ck_assert_str_eq (sk_fake_child_text (child, "archive.charset"), "windows-31j");
  child = sk_fake_child_named (object, "d/out");
  ck_assert_int_eq (child->info.type, SK_FILE_LINK);
  ck_assert_str_eq (child->target, "../x");
  ck_assert_ptr_nonnull (sk_fake_child_named (object, "unnamed-4"));
}
END_TEST

/* A tar that begins like a program, by the name of its first member. */
START_TEST (test_tar_like_a_program)
{
  g_autoptr (GByteArray) tar = g_byte_array_new ();
  add_member (tar, "MZ.exe", '0', "hello", 5);
  add_member (tar, "", '0', "", 0);
  g_autoptr (SkObject) object = open_bytes ("a.tar", tar->data, tar->len, SK_OK);
  ck_assert_ptr_nonnull (sk_fake_child_named (object, "MZ.exe"));
}
END_TEST

START_TEST (test_tar_with_tail)
{
  g_autoptr (GByteArray) tar = make_tar ();
  g_byte_array_append (tar, (const uint8_t *) "\0\0\0behind", 9);
  g_autoptr (SkObject) object = open_bytes ("a.tar", tar->data, tar->len, SK_OK);
  ck_assert_int_eq (sk_fake_fact (object, "archive.trailing-bytes")->integer, 6);
  const SkChild *child = sk_fake_child_named (object, "trailing");
  ck_assert (sk_span_equal (span (child->bytes->data, child->bytes->len), span ("behind", 6)));
  ck_assert_uint_ge (child->position, ARCHIVE_BEHIND);
}
END_TEST

START_TEST (test_tar_is_cut)
{
  g_autoptr (GByteArray) tar = make_tar ();
  g_autoptr (SkObject) object = open_bytes ("a.tar", tar->data, 512 + 512 + 3, SK_PARTIAL);
  const SkFakeNote *note = sk_fake_note (object->notes, "not-inspected", 0);
  ck_assert_uint_eq (note->number, SK_REASON_TRUNCATED);
  ck_assert_ptr_nonnull (strstr (note->text, "d/a.txt"));
  const SkChild *child = sk_fake_child_named (object, "d/a.txt");
  ck_assert (sk_span_equal (span (child->bytes->data, child->bytes->len), span ("hel", 3)));
}
END_TEST

/* The host's limits end it at once, and are told by the host. */
START_TEST (test_limits)
{
  g_autoptr (GByteArray) tar = make_tar ();
  g_autoptr (SkObject) few = sk_fake_object_new (&sekisho_plugin, "a.tar", tar->data, tar->len);
  few->children_left = 2;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, few), SK_LIMIT);
  ck_assert_ptr_nonnull (sk_fake_child (few, 1));
  ck_assert_ptr_null (sk_fake_child (few, 2));
  g_autoptr (SkObject) poor = sk_fake_object_new (&sekisho_plugin, "a.tar", tar->data, tar->len);
  poor->work_left = 0;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, poor), SK_LIMIT);
  ck_assert_uint_eq (sk_fake_count (poor->notes, "not-inspected"), 0);
}
END_TEST

/* 1,000 marks with a header behind them that says it is long: each is paid for before its sum is made. */
START_TEST (test_marks_in_program)
{
  g_autoptr (GByteArray) program = g_byte_array_new ();
  g_byte_array_append (program, (const uint8_t *) "\x7f" "ELF", 4);
  g_byte_array_set_size (program, 64);
  for (unsigned i = 0; i < 1000; i++)
    g_byte_array_append (program, (const uint8_t *) "Rar!\x1a\7\1\0" "abcd\xf0\xb0\1", 15);
  g_byte_array_set_size (program, 64 * 1024);
  g_autoptr (SkObject) rich = open_bytes ("a", program->data, program->len, SK_NOT_MINE);
  ck_assert_uint_ge (rich->worked, 1000 * 64);
  g_autoptr (SkObject) poor = sk_fake_object_new (&sekisho_plugin, "a", program->data, program->len);
  poor->work_left = 10000;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, poor), SK_LIMIT);
}
END_TEST

static GByteArray *
make_7z (size_t n_zeros)
{
  GByteArray *seven = g_byte_array_new ();
  g_autofree uint8_t *zeros = g_malloc0 (n_zeros);
  g_byte_array_set_size (seven, (guint) n_zeros + 65536);
  size_t used = 0;
  struct archive *writer = archive_write_new ();
  ck_assert_int_eq (archive_write_set_format_7zip (writer), ARCHIVE_OK);
  ck_assert_int_eq (archive_write_open_memory (writer, seven->data, seven->len, &used), ARCHIVE_OK);
  for (unsigned i = 0; i < 2; i++)
    {
      size_t size = i == 0 ? n_zeros : 5;
      struct archive_entry *entry = archive_entry_new ();
      archive_entry_set_pathname (entry, i == 0 ? "zeros" : "small");
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_perm (entry, 0644);
      archive_entry_set_size (entry, (la_int64_t) size);
      ck_assert_int_eq (archive_write_header (writer, entry), ARCHIVE_OK);
      archive_write_data (writer, i == 0 ? zeros : (const uint8_t *) "hello", size);
      archive_entry_free (entry);
    }
  ck_assert_int_eq (archive_write_close (writer), ARCHIVE_OK);
  archive_write_free (writer);
  g_byte_array_set_size (seven, (guint) used);
  return seven;
}

/* Of a member that the host does not take, the rest is unpacked for the sake of the next: it is paid. */
START_TEST (test_rest_is_paid)
{
  const size_t n_zeros = 8 * 1024 * 1024;
  g_autoptr (GByteArray) seven = make_7z (n_zeros);
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "a.7z", seven->data, seven->len);
  object->child_room = 1024 * 1024;
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  ck_assert_uint_ge (object->worked, (n_zeros - 2 * 1024 * 1024) / 1024);
  ck_assert_ptr_nonnull (sk_fake_child_named (object, "small"));
  g_autoptr (SkObject) poor = sk_fake_object_new (&sekisho_plugin, "a.7z", seven->data, seven->len);
  poor->child_room = 1024 * 1024;
  poor->work_left = 3000;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, poor), SK_LIMIT);
  ck_assert_ptr_null (sk_fake_child_named (poor, "small"));
}
END_TEST

START_TEST (test_not_mine)
{
  g_autoptr (SkObject) text = open_bytes ("a.tar", "no archive", 10, SK_NOT_MINE);
  g_autoptr (SkObject) empty = open_bytes ("a.tar", "", 0, SK_NOT_MINE);
  g_autoptr (SkObject) zip = open_bytes ("a.zip", "PK\3\4 0123456789012345678901234567", 34, SK_NOT_MINE);
  ck_assert_uint_eq (text->facts->len + empty->facts->len + zip->facts->len, 0);
}
END_TEST

START_TEST (test_parts)
{
  static const char *const parts[] = { "a.7z.002", "見積.ZIP.003", "a.tar.010", "a.rar.0012" };
  static const char *const others[] = { "a.002", "a.txt.002", "a.7z.02", "a.7z", "7z.002", "access.gz.2026" };
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (SkObject) object = open_bytes (parts[i], "\xa5\xa5\xa5", 3, SK_PARTIAL);
      ck_assert (sk_fake_bool (object, "archive.volume"));
    }
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    sk_fake_object_free (open_bytes (others[i], "\xa5\xa5\xa5", 3, SK_NOT_MINE));
}
END_TEST

/* ---- parts ---- */

START_TEST (test_identify)
{
  ck_assert_int_eq (archive_identify (span ("7z\xbc\xaf\x27\x1c", 6)), ARCHIVE_ID_7Z);
  ck_assert_int_eq (archive_identify (span ("7z\xbc\xaf\x27", 5)), ARCHIVE_ID_NONE);
  ck_assert_int_eq (archive_identify (span ("Rar!\x1a\7\1\0", 8)), ARCHIVE_ID_RAR5);
  ck_assert_int_eq (archive_identify (span ("Rar!\x1a\7\0", 7)), ARCHIVE_ID_RAR4);
  ck_assert_int_eq (archive_identify (span ("\x50\x2a\x4d\x18\2\0\0\0ab\x28\xb5\x2f\xfd", 14)),
                    ARCHIVE_ID_ZSTD);
  ck_assert_int_eq (archive_identify (span ("\x50\x2a\x4d\x18\2\0\0\0ab\x1f\x8b\x08", 13)),
                    ARCHIVE_ID_NONE);
  ck_assert_int_eq (archive_identify (span ("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0abcd", 18)),
                    ARCHIVE_ID_LZMA);
  ck_assert_int_eq (archive_identify (span ("\x5d\0\0\x81\1\xff\xff\xff\xff\xff\xff\xff\xff\0abcd", 18)),
                    ARCHIVE_ID_NONE);
  /* a dictionary of 2^n + 2^(n-1) is one; an icon and a cursor of Windows have two bits as well */
  ck_assert_int_eq (archive_identify (span ("\x5d\0\0\xc0\0\xff\xff\xff\xff\xff\xff\xff\xff\0abcd", 18)),
                    ARCHIVE_ID_LZMA);
  static const uint8_t icon[22] = { 0, 0, 1, 0, 1, 0, 32, 32 }, cursor[22] = { 0, 0, 2, 0, 1, 0, 32, 32 };
  ck_assert_int_eq (archive_identify (span (icon, sizeof icon)), ARCHIVE_ID_NONE);
  ck_assert_int_eq (archive_identify (span (cursor, sizeof cursor)), ARCHIVE_ID_NONE);
  static const uint8_t zeros[1024];
  ck_assert_int_eq (archive_identify (span (zeros, sizeof zeros)), ARCHIVE_ID_NONE);
}
END_TEST

/* What libarchive says in words. */
START_TEST (test_reasons)
{
  static const struct
  {
    const char *text;
    SkReason reason;
  } cases[] = { { "RAR encryption support unavailable.", SK_REASON_ENCRYPTED },
                { "Crypto codec not supported yet (ID: 0x6f10701)", SK_REASON_ENCRYPTED },
                { "Unsupported method", SK_REASON_UNSUPPORTED },
                { "Truncated input", SK_REASON_TRUNCATED },
                { "Damaged", SK_REASON_MALFORMED } };
  const ArchiveInput input = { .ended = false };
  struct archive *archive = archive_read_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      archive_set_error (archive, -1, "%s", cases[i].text);
      ck_assert_int_eq (archive_input_reason (&input, archive), cases[i].reason);
    }
  archive_read_free (archive);
}
END_TEST

START_TEST (test_names)
{
  static const struct
  {
    ArchiveId id;
    const char *packed, *plain;
  } names[] = { { ARCHIVE_ID_GZIP, "a.tgz", "a.tar" },   { ARCHIVE_ID_GZIP, "a.txt.GZ", "a.txt" },
                { ARCHIVE_ID_GZIP, ".gz", ".gz" },       { ARCHIVE_ID_XZ, "a.gz", "a.gz" },
                { ARCHIVE_ID_COMPRESS, "a.Z", "a" },     { ARCHIVE_ID_GZIP, "", "" } };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *got = archive_inner_name (names[i].id, names[i].packed);
      ck_assert_str_eq (got, names[i].plain);
    }
  /* 表 in CP932 is 95 5C: told as ISO 8859-1, with the backslash turned */
  g_autofree char *cp932 = archive_undo_latin1 ("a/\xc2\x95/\xc2\x95/b");
  ck_assert_str_eq (cp932, "a/\x95\\\x95\\b");
  g_autofree char *utf8 = archive_undo_latin1 ("\xc3\xa8\xc2\xa1\xc2\xa8/b");
  ck_assert_str_eq (utf8, "表/b");
  g_autofree char *wide = archive_undo_latin1 ("表/b");
  ck_assert_str_eq (wide, "表/b");
}
END_TEST

START_TEST (test_ends)
{
  /* a frame of zstd with one stored block of 2, and one behind it that is cut */
  static const char zstd[] = "\x28\xb5\x2f\xfd\x20\2\x11\0\0ab"
                             "\x28\xb5\x2f\xfd\x20\2\x11\0\0a";
  ck_assert_uint_eq (archive_end_of (span (zstd, sizeof zstd - 1), ARCHIVE_ID_ZSTD), 11);
  ck_assert_uint_eq (archive_end_of (span (zstd, 10), ARCHIVE_ID_ZSTD), UINT64_MAX);
  /* 7z's ends where its header does, 32 and both numbers; numbers that overflow lead nowhere */
  static const uint8_t seven[32] = { [12] = 5, [20] = 7 };
  static const uint8_t far[32] = { [12] = 255, 255, 255, 255, 255, 255, 255, 255, [20] = 7 };
  ck_assert_uint_eq (archive_end_of (span (seven, 32), ARCHIVE_ID_7Z), 44);
  ck_assert_uint_eq (archive_end_of (span (far, 32), ARCHIVE_ID_7Z), UINT64_MAX);
}
END_TEST

int
main (void)
{
  setlocale (LC_CTYPE, "C.UTF-8");
  Suite *suite = suite_create ("archive");
  TCase *cases = tcase_create ("archive");
  tcase_add_test (cases, test_tar);
  tcase_add_test (cases, test_tar_like_a_program);
  tcase_add_test (cases, test_tar_with_tail);
  tcase_add_test (cases, test_tar_is_cut);
  tcase_add_test (cases, test_limits);
  tcase_add_test (cases, test_marks_in_program);
  tcase_add_test (cases, test_rest_is_paid);
  tcase_add_test (cases, test_not_mine);
  tcase_add_test (cases, test_parts);
  tcase_add_test (cases, test_identify);
  tcase_add_test (cases, test_reasons);
  tcase_add_test (cases, test_names);
  tcase_add_test (cases, test_ends);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
