/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Headers and how they differ; where archives, members and gaps lie.
 */
#include "config.h"

#include "sk-test.h"
#include "zip-index.h"
#include "zip-make.h"

#include <zlib.h>

static bool
pay (void *data, uint64_t units)
{
  uint64_t *left = data;
  if (left == NULL)
    return true;
  if (*left < units)
    return false;
  *left -= units;
  return true;
}

static ZipIndex *
read_index (const GByteArray *bytes)
{
  ZipIndex *index = zip_index_new ((SkSpan){ bytes->data, bytes->len }, pay, NULL);
  ck_assert_ptr_nonnull (index);
  return index;
}

static const ZipMember *
member (const ZipIndex *index, guint number)
{
  ck_assert_uint_lt (number, index->members->len);
  return &g_array_index (index->members, ZipMember, number);
}

static void
is_named (const ZipIndex *index, guint number, const char *name)
{
  ZipHeader header;
  ck_assert (zip_header_central (index->bytes, member (index, number)->central, &header));
  ck_assert (sk_span_equal (header.name, sk_span_of_text (name)));
}

static GByteArray *
bytes_new (void)
{
  return g_byte_array_new ();
}

typedef GByteArray Bytes;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bytes, g_byte_array_unref)

START_TEST (one_archive)
{
  g_autoptr (Bytes) b = bytes_new ();
  make_archive (b, "one");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->members->len, 1);
  ck_assert_uint_eq (index->n_ends, 1);
  ck_assert_uint_eq (index->prefix + index->gaps + index->trailing, 0);
  ck_assert_uint_eq (member (index, 0)->local, 0);
  ck_assert_uint_eq (member (index, 0)->end, 30 + 3 + 3);
}
END_TEST

START_TEST (glued_archives)
{
  g_autoptr (Bytes) b = bytes_new ();
  make_archive (b, "one");
  uint32_t second = b->len;
  make_archive (b, "two");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->n_ends, 2);
  ck_assert_uint_eq (index->members->len, 2);
  is_named (index, 0, "two");
  is_named (index, 1, "one");
  ck_assert_uint_eq (member (index, 0)->local, second);
  ck_assert_uint_eq (index->prefix + index->gaps + index->trailing, 0);
}
END_TEST

START_TEST (archive_in_a_member_is_not_of_this_file)
{
  g_autoptr (Bytes) inner = bytes_new ();
  g_autoptr (Bytes) b = bytes_new ();
  make_archive (inner, "inner");
  MakeMember m = { "in.zip", 0, 0, 0, inner->len, inner->len };
  make_local (b, &m, "");
  g_byte_array_append (b, inner->data, inner->len);
  uint32_t directory = b->len;
  make_central (b, &m, 0);
  make_end (b, 1, b->len - directory, directory, "");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->n_ends, 1);
  ck_assert_uint_eq (index->members->len, 1);
  is_named (index, 0, "in.zip");
}
END_TEST

START_TEST (prefix_gap_and_trailing)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  make_text (b, "MZ stub");
  uint32_t start = b->len;
  make_local (b, &m, "x");
  make_text (b, "gap");
  uint32_t second = make_local (b, &m, "y");
  uint32_t directory = b->len;
  make_central (b, &m, 0);
  make_central (b, &m, second - start);
  make_end (b, 2, b->len - directory, directory - start, "");
  make_text (b, "behind");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->prefix, 7);
  ck_assert_uint_eq (index->gaps, 3);
  ck_assert_uint_eq (index->trailing, 6);
  ck_assert_uint_eq (member (index, 1)->local, second);
}
END_TEST

START_TEST (blank_gaps_are_padding)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  const uint8_t blank[64] = { 0 };
  make_local (b, &m, "x");
  g_byte_array_append (b, blank, sizeof blank);
  uint32_t directory = b->len;
  make_central (b, &m, 0);
  make_end (b, 1, b->len - directory, directory, "");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->gaps, 0);
}
END_TEST

START_TEST (members_in_one_another)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember outer = { "outer", 0, 0, 0, 33, 33 }, inner = { "in", 0, 0, 0, 1, 1 };
  make_local (b, &outer, "");
  uint32_t second = make_local (b, &inner, "x");
  uint32_t directory = b->len;
  make_central (b, &inner, second);
  make_central (b, &outer, 0);
  make_central (b, &outer, 0);
  make_end (b, 3, b->len - directory, directory, "");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->n_overlaps, 1);
  ck_assert_uint_eq (index->n_same, 1);
  ck_assert_uint_eq (member (index, 0)->flags, ZIP_MEMBER_OVERLAPS);
  ck_assert_uint_eq (member (index, 1)->flags, 0);
  ck_assert_uint_eq (member (index, 2)->flags, ZIP_MEMBER_SAME);
}
END_TEST

START_TEST (absurd_sizes)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 0xffffffff, 0xffffffff };
  make_local (b, &m, "x");
  uint32_t directory = b->len;
  make_text (b, "PK\1\2");
  make_u16 (b, 45);
  make_common (b, &m, 28);
  make_u16 (b, 0);
  make_u16 (b, 0);
  make_u16 (b, 0);
  make_u32 (b, 0);
  make_u32 (b, 0xffffffff);
  make_text (b, "a");
  make_u16 (b, 1);
  make_u16 (b, 24);
  make_u64 (b, UINT64_MAX - 1);
  make_u64 (b, UINT64_MAX - 2);
  make_u64 (b, UINT64_MAX - 3);
  make_end (b, 1, b->len - directory, directory, "");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->members->len, 1);
  ck_assert_uint_eq (index->n_missing, 1);
  ck_assert_uint_eq (member (index, 0)->local, ZIP_NOWHERE);
}
END_TEST

START_TEST (data_beyond_the_end)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 0x7fffffff, 0x7fffffff };
  make_local (b, &m, "x");
  uint32_t directory = b->len;
  make_central (b, &m, 0);
  make_end (b, 1, b->len - directory, directory, "");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (member (index, 0)->end, b->len);
}
END_TEST

START_TEST (two_ways_into_one_directory)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  make_local (b, &m, "x");
  uint32_t directory = make_central (b, &m, 0), second = make_central (b, &m, 0);
  make_end (b, 2, b->len - directory, directory, "");
  make_end (b, 1, directory + 2 * (second - directory) - second, second, "");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->n_ends, 2);
  ck_assert_uint_eq (index->members->len, 2);
}
END_TEST

START_TEST (directory_without_an_end)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  make_local (b, &m, "x");
  make_central (b, &m, 0);
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->n_ends, 0);
  ck_assert_uint_eq (index->members->len, 1);
}
END_TEST

START_TEST (marks_alone_are_nothing)
{
  g_autoptr (Bytes) b = bytes_new ();
  make_text (b, "PK\3\4 PK\1\2 PK\5\6 PK\6\6 PK\6\7 and text behind them that is long enough");
  g_autoptr (ZipIndex) index = read_index (b);
  ck_assert_uint_eq (index->members->len, 0);
  ck_assert_uint_eq (index->archives->len, 0);
}
END_TEST

/* Each of many end records leads into the same long directory. */
START_TEST (many_ends_cost_no_more_than_one)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  make_local (b, &m, "x");
  uint32_t directory = b->len;
  for (int i = 0; i < 20000; i++)
    make_central (b, &m, 0);
  uint32_t size = b->len - directory;
  for (int i = 0; i < 20000; i++)
    make_end (b, 20000, size + 22 * (unsigned) i, directory, "");
  uint64_t left = 100000;
  g_autoptr (ZipIndex) index = zip_index_new ((SkSpan){ b->data, b->len }, pay, &left);
  ck_assert_ptr_nonnull (index);
  ck_assert_uint_eq (index->members->len, 20000);
  ck_assert_uint_eq (index->n_same, 19999);
  left = 10;
  ck_assert_ptr_null (zip_index_new ((SkSpan){ b->data, b->len }, pay, &left));
}
END_TEST

/* Each of them leads one header further into it. */
START_TEST (ends_along_one_directory)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  make_local (b, &m, "x");
  uint32_t directory = make_central (b, &m, 0), length = b->len - directory;
  for (unsigned i = 1; i < 2000; i++)
    make_central (b, &m, 0);
  for (unsigned i = 0; i < 500; i++)
    make_end (b, 2000 - i, 2000 * length + 22 * i - length * i, directory + length * i, "");
  uint64_t left = UINT64_MAX;
  g_autoptr (ZipIndex) index = zip_index_new ((SkSpan){ b->data, b->len }, pay, &left);
  ck_assert_uint_eq (index->n_ends, 500);
  ck_assert_uint_eq (index->members->len, 2000);
  ck_assert_uint_lt (UINT64_MAX - left, 2000);
  for (guint i = 0; i < index->archives->len; i++)
    ck_assert (!g_array_index (index->archives, ZipArchive, i).cut);
}
END_TEST

/* All of a comment is looked at for each of the end records in it. */
START_TEST (comments_in_one_another_are_paid_for)
{
  g_autoptr (Bytes) b = bytes_new ();
  MakeMember m = { "a", 0, 0, 0, 1, 1 };
  make_local (b, &m, "x");
  uint32_t directory = make_central (b, &m, 0), size = b->len - directory;
  for (unsigned i = 0; i < 2000; i++)
    {
      make_end (b, 1, size + 22 * i, directory, "");
      b->data[b->len - 1] = 0xa0;
    }
  g_byte_array_set_size (b, b->len + 0xa000);
  memset (b->data + b->len - 0xa000, 'x', 0xa000);
  uint64_t left = UINT64_MAX;
  g_autoptr (ZipIndex) index = zip_index_new ((SkSpan){ b->data, b->len }, pay, &left);
  ck_assert_uint_eq (index->n_ends, 2000);
  ck_assert_uint_ge (UINT64_MAX - left, 2000 * 40);
}
END_TEST

START_TEST (found_across_pieces)
{
  size_t size = 3 * 1024 * 1024;
  g_autofree uint8_t *bytes = g_malloc0 (size);
  for (size_t at = 1024 * 1024 - 4; at <= 1024 * 1024 + 1; at++)
    {
      memset (bytes, 'P', size);
      memcpy (bytes + at, "PK\3\4", 4);
      ck_assert_uint_eq (zip_find ((SkSpan){ bytes, size }, 0, size, "\3\4", pay, NULL), at);
      ck_assert_uint_eq (zip_find ((SkSpan){ bytes, size }, 0, at + 3, "\3\4", pay, NULL), ZIP_NOWHERE);
    }
}
END_TEST

/* ---- headers ---- */

static ZipHeader
header_with (const char *name, SkSpan extra)
{
  return (ZipHeader){ .name = sk_span_of_text (name), .extra = extra, .date = 0x5b79, .time = 0x6b21 };
}

START_TEST (times)
{
  ZipExtra extra;
  ZipHeader h = header_with ("a", (SkSpan){ NULL, 0 });
  zip_extra_read (&h, &extra);
  /* 2025-11-25 13:25:02 */
  ck_assert_int_eq (zip_header_mtime (&h, &extra), INT64_C (1764077102) * 1000000000);
  h.date = 0;
  ck_assert_int_eq (zip_header_mtime (&h, &extra), 0);
  h.date = 0x21;
  h.time = 0;
  ck_assert_int_eq (zip_header_mtime (&h, &extra), INT64_C (315532800) * 1000000000);
  static const uint8_t unix_time[] = { 0x55, 0x54, 5, 0, 1, 0xff, 0xff, 0xff, 0xff };
  h.extra = (SkSpan){ unix_time, sizeof unix_time };
  zip_extra_read (&h, &extra);
  ck_assert_int_eq (zip_header_mtime (&h, &extra), -1000000000);
}
END_TEST

START_TEST (unicode_names)
{
  uint8_t field[] = { 0x75, 0x70, 8, 0, 1, 0, 0, 0, 0, 'a', 'b', 'c' };
  ZipHeader h = header_with ("x", (SkSpan){ field, sizeof field });
  ZipExtra extra;
  zip_extra_read (&h, &extra);
  ck_assert_uint_eq (extra.unicode_name.size, 0);
  uint32_t crc = (uint32_t) crc32 (0, (const Bytef *) "x", 1);
  for (int i = 0; i < 4; i++)
    field[5 + i] = (uint8_t) (crc >> 8 * i);
  zip_extra_read (&h, &extra);
  ck_assert_uint_eq (extra.unicode_name.size, 3);
  h.extra.size--;
  zip_extra_read (&h, &extra);
  ck_assert_uint_eq (extra.unicode_name.size, 0);
}
END_TEST

START_TEST (differences)
{
  ZipHeader c = header_with ("a", (SkSpan){ NULL, 0 }), l = c;
  c.crc = 1, c.packed = 2, c.size = 3;
  l = c;
  ck_assert_uint_eq (zip_header_compare (&c, &l), 0);
  l.crc = 0, l.packed = 0, l.size = 0;
  ck_assert_uint_eq (zip_header_compare (&c, &l), ZIP_DIFF_CRC | ZIP_DIFF_SIZE | ZIP_DIFF_PACKED);
  l.flags = c.flags = ZIP_FLAG_STREAMED;
  ck_assert_uint_eq (zip_header_compare (&c, &l), 0);
  l.packed = 7;
  ck_assert_uint_eq (zip_header_compare (&c, &l), ZIP_DIFF_PACKED);
  l.packed = UINT32_MAX;
  l.method = 8;
  l.flags |= ZIP_FLAG_ENCRYPTED;
  l.time++;
  l.name = sk_span_of_text ("b");
  l.flags |= 0x2000; /* its values are hidden, it says */
  ck_assert_uint_eq (zip_header_compare (&c, &l), ZIP_DIFF_METHOD | ZIP_DIFF_ENCRYPTION
                                                      | ZIP_DIFF_TIME | ZIP_DIFF_NAME);
}
END_TEST

static uint64_t
descriptor (bool mark, bool wide, uint64_t size)
{
  g_autoptr (Bytes) b = bytes_new ();
  if (mark)
    make_text (b, "PK\7\10");
  make_u32 (b, 7);
  for (int i = 0; i < 2; i++)
    wide ? make_u64 (b, size) : make_u32 (b, size);
  return zip_descriptor_length ((SkSpan){ b->data, b->len }, 0, 7, 99, 99);
}

START_TEST (descriptors)
{
  ck_assert_uint_eq (descriptor (false, false, 99), 12);
  ck_assert_uint_eq (descriptor (true, false, 99), 16);
  ck_assert_uint_eq (descriptor (false, true, 99), 20);
  ck_assert_uint_eq (descriptor (true, true, 99), 24);
  ck_assert_uint_eq (descriptor (true, true, 98), 0);
  ck_assert_uint_eq (descriptor (false, false, 98), 0);
}
END_TEST

START_TEST (cut_anywhere)
{
  g_autoptr (Bytes) b = bytes_new ();
  make_archive (b, "one");
  make_archive (b, "two");
  for (guint size = 0; size < b->len; size++)
    {
      g_autofree uint8_t *copy = g_memdup2 (b->data, size);
      g_autoptr (ZipIndex) index = zip_index_new ((SkSpan){ copy, size }, pay, NULL);
      ck_assert_uint_le (index->members->len, 2);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("zip index");
  TCase *cases = tcase_create ("index");
  tcase_add_test (cases, one_archive);
  tcase_add_test (cases, glued_archives);
  tcase_add_test (cases, archive_in_a_member_is_not_of_this_file);
  tcase_add_test (cases, prefix_gap_and_trailing);
  tcase_add_test (cases, blank_gaps_are_padding);
  tcase_add_test (cases, members_in_one_another);
  tcase_add_test (cases, absurd_sizes);
  tcase_add_test (cases, data_beyond_the_end);
  tcase_add_test (cases, two_ways_into_one_directory);
  tcase_add_test (cases, directory_without_an_end);
  tcase_add_test (cases, marks_alone_are_nothing);
  tcase_add_test (cases, many_ends_cost_no_more_than_one);
  tcase_add_test (cases, ends_along_one_directory);
  tcase_add_test (cases, comments_in_one_another_are_paid_for);
  tcase_add_test (cases, found_across_pieces);
  tcase_add_test (cases, times);
  tcase_add_test (cases, unicode_names);
  tcase_add_test (cases, differences);
  tcase_add_test (cases, descriptors);
  tcase_add_test (cases, cut_anywhere);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
