/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Parts of the plugin alone: text, times, LZNT1, chains of clusters, what is
 * shared instead of copied, where a limit of the host ends it. Whole images
 * of each format are tests of the program.
 */
#include "config.h"

#include "media-clusters.h"
#include "media-index.h"
#include "media-lznt1.h"
#include "media-run.h"
#include "sk-test.h"

#define SECTOR 512
#define SECTORS 64

/* FAT12: sector 1 the table, 2 the root, 3 and on clusters. */
static void
make_fat (uint8_t disk[SECTORS * SECTOR])
{
  static const uint8_t boot[]
      = { 0xeb, 0x3c, 0x90, 'M', 'S', 'D', 'O', 'S',     '5', '.',  '0', 0,
          2,    1,    1,    0,   1,   16,  0,   SECTORS, 0,   0xf8, 1,   0 };
  memset (disk, 0, SECTORS * SECTOR);
  memcpy (disk, boot, sizeof boot);
  disk[510] = 0x55;
  disk[511] = 0xaa;
}

static void
set_table (uint8_t *disk, unsigned cluster, unsigned value)
{
  uint8_t *entry = disk + SECTOR + cluster + cluster / 2;
  unsigned old = media_u16 (entry);
  unsigned now = cluster % 2 == 1 ? (old & 0x000f) | value << 4 : (old & 0xf000) | value;
  entry[0] = (uint8_t) now;
  entry[1] = (uint8_t) (now >> 8);
}

static void
set_entry (uint8_t *disk, unsigned nth, const char *name, uint8_t attributes, uint8_t cluster,
           uint16_t size)
{
  uint8_t *entry = disk + 2 * SECTOR + 32 * nth;
  memcpy (entry, name, 11);
  entry[11] = attributes;
  entry[26] = cluster;
  entry[28] = (uint8_t) size;
  entry[29] = (uint8_t) (size >> 8);
}

START_TEST (texts)
{
  static const uint8_t units[] = { 'a', 0, 0x3d, 0xd8, 0x00, 0xde, 0x3d, 0xd8, 0, 0, 'b', 0, 'c' };
  g_autofree char *little = media_utf16 ((SkSpan) { units, sizeof units }, false);
  ck_assert_str_eq (little, "a\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd"
                            "b");
  g_autofree char *big = media_utf16 ((SkSpan) { (const uint8_t *) "\x89\x8b\x7a\x4d", 4 }, true);
  ck_assert_str_eq (big, "見積");
}
END_TEST

START_TEST (times)
{
  const int64_t day = INT64_C (1795564800);
  ck_assert_int_eq (media_time (2026, 11, 25, 0, 0, 0, 0) / INT64_C (1000000000), day);
  ck_assert_int_eq (media_time (2026, 11, 25, 9, 0, 1, 540) / INT64_C (1000000000), day + 1);
  ck_assert_int_eq (media_time (2000, 2, 29, 12, 0, 0, 0) / INT64_C (1000000000), 951825600);
  ck_assert_int_eq (media_dos_time (46 << 9 | 11 << 5 | 25, 1 << 11 | 2) / INT64_C (1000000000),
                    day + 3604);
  ck_assert_int_eq (media_time (2016, 12, 31, 23, 59, 60, 0) / INT64_C (1000000000), 1483228799);
  ck_assert_int_eq (media_time (2026, 13, 1, 0, 0, 0, 0), 0);
  ck_assert_int_eq (media_time (0, 0, 0, 0, 0, 0, 0), 0);
  ck_assert_int_eq (media_dos_time (0, 0), 0);
}
END_TEST

START_TEST (lznt1)
{
  static const uint8_t packed[]
      = { 5, 0xb0, 8, 'a', 'b', 'c', 6, 0x20, 3, 0x30, 'w', 'x', 'y', 'z' };
  uint8_t out[2 * 4096 + 8];
  ck_assert (media_lznt1 ((SkSpan) { packed, sizeof packed }, out, sizeof out));
  ck_assert_int_eq (memcmp (out, "abcabcabcabc\0", 13), 0);
  ck_assert_int_eq (memcmp (out + 4096, "wxyz\0", 5), 0);
  /* A chunk that is cut; a reference before the beginning; one that leaves the chunk. */
  ck_assert (!media_lznt1 ((SkSpan) { packed, 6 }, out, sizeof out));
  static const uint8_t before[] = { 2, 0xb0, 1, 0, 0 };
  ck_assert (!media_lznt1 ((SkSpan) { before, sizeof before }, out, sizeof out));
  static const uint8_t farther[] = { 3, 0xb0, 2, 'a', 0, 0x10 };
  ck_assert (!media_lznt1 ((SkSpan) { farther, sizeof farther }, out, sizeof out));
  static const uint8_t beyond[] = { 3, 0xb0, 2, 'a', 0xf0, 0x0f };
  ck_assert (!media_lznt1 ((SkSpan) { beyond, sizeof beyond }, out, 100));
  ck_assert (media_lznt1 ((SkSpan) { beyond, sizeof beyond }, out, 4096 + 3));
}
END_TEST

START_TEST (chains)
{
  static uint8_t disk[SECTORS * SECTOR];
  make_fat (disk);
  for (unsigned i = 2; i < 40; i++)
    set_table (disk, i, i + 1);
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x", disk, sizeof disk);
  Media media = { .api = sk_fake_api (), .object = object };
  MediaSource volume = media_source_object (media.api, object, &media.stopped);
  static const struct {
    unsigned end;
    uint64_t size;
    MediaChain result;
    unsigned pieces;
  } cases[]
      = { { 0xfff, UINT64_MAX, MEDIA_CHAIN_ENDED, 1 },  { 2, UINT64_MAX, MEDIA_CHAIN_LOOPS, 2 },
          { 30, UINT64_MAX, MEDIA_CHAIN_LOOPS, 2 },     { 40, UINT64_MAX, MEDIA_CHAIN_LOOPS, 2 },
          { 0x7ff, UINT64_MAX, MEDIA_CHAIN_BROKEN, 1 }, { 0, 39 * SECTOR, MEDIA_CHAIN_ENDED, 1 },
          { 0, 39 * SECTOR + 1, MEDIA_CHAIN_BROKEN, 1 } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MediaClusters clusters
          = { .fat = SECTOR, .data = 3 * SECTOR, .cluster_size = SECTOR, .bits = 12 };
      clusters.n_clusters = SECTORS - 3;
      set_table (object->bytes.size > 0 ? (uint8_t *) object->bytes.data : disk, 40, cases[i].end);
      media_clusters_init (&clusters, &media, &volume);
      g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
      ck_assert_int_eq (media_clusters_follow (&clusters, 2, cases[i].size, extents),
                        cases[i].result);
      ck_assert_uint_ge (extents->len, 1);
      if (cases[i].result != MEDIA_CHAIN_LOOPS)
        ck_assert_uint_eq (extents->len, cases[i].pieces);
      media_clusters_clear (&clusters);
    }
}
END_TEST

/* Each folder once, none too deep, and no more than there is room for. */
START_TEST (waiting)
{
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x", "", 0);
  Media media = { .api = sk_fake_api (), .object = object };
  MediaFolders list;
  MediaFolder folder = { .path = "a", .place = 7, .depth = MEDIA_MAX_DEPTH, .size = 3, .more = 4 };
  media_folders_init (&list, &media);
  media_folders_put (&list, &folder);
  ck_assert_uint_eq (media.told, 0);
  media_folders_put (&list, &folder);
  ck_assert_uint_eq (media.told, 1);
  folder.place++;
  folder.depth++;
  media_folders_put (&list, &folder);
  ck_assert_uint_eq (media.told, 2);
  ck_assert (media_folders_take (&list, &folder));
  ck_assert_str_eq (folder.path, "a");
  ck_assert_uint_eq (folder.size + folder.more, 7);
  ck_assert (!media_folders_take (&list, &folder));

  g_autofree char *path = g_strnfill (4000, 'p');
  folder = (MediaFolder) { .path = path };
  guint room = MEDIA_MAX_WAITING / (4001 + sizeof folder);
  for (folder.place = 100; folder.place < 100 + room; folder.place++)
    media_folders_put (&list, &folder);
  ck_assert_uint_eq (media.told, 2);
  media_folders_put (&list, &folder);
  ck_assert_uint_eq (media.told, 3);
  ck_assert (media_folders_take (&list, &folder));
  folder.place = 99;
  media_folders_put (&list, &folder);
  ck_assert_uint_eq (media.told, 3);
  media_folders_clear (&list);
}
END_TEST

static void
take_name (void *data, uint64_t reference, SkSpan name)
{
  g_string_append_printf (data, "%u:%c ", (unsigned) reference, name.data[0]);
}

/* An entry of an index: a name of one character, or the last one; `below`: a block, or -1. */
static size_t
put_entry (uint8_t *at, char name, int below)
{
  size_t size = (name != 0 ? 88u : 16u) + (below >= 0 ? 8u : 0u);
  at[0] = (uint8_t) name;
  at[8] = (uint8_t) size;
  at[12] = (uint8_t) ((below >= 0 ? 1 : 0) | (name == 0 ? 2 : 0));
  at[16 + 64] = name != 0;
  at[16 + 66] = (uint8_t) name;
  at[size - 8] = below >= 0 ? (uint8_t) below : at[size - 8];
  return size;
}

/* A root above block 0, and a block 1 that the tree does not have. */
START_TEST (index_tree)
{
  static uint8_t blocks[2 * 512 + SECTOR];
  uint8_t root[256] = { [9] = 2, [16] = 16 };
  size_t size = put_entry (root + 32, 'r', 0);
  root[20] = (uint8_t) (16 + size + put_entry (root + 32 + size, 0, -1));
  for (uint8_t i = 0; i < 2; i++)
    {
      uint8_t *block = blocks + i * 512;
      memcpy (block, "INDX\x28\0\2", 8);
      block[24] = 40;
      size = put_entry (block + 64, (char) ('a' + i), -1);
      block[28] = (uint8_t) (40 + size + put_entry (block + 64 + size, 0, i == 0 ? 0 : -1));
    }
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x", blocks, sizeof blocks);
  Media media = { .api = sk_fake_api (), .object = object };
  MediaSource volume = media_source_object (media.api, object, &media.stopped);
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  media_extents_add (extents, 0, 1024);
  MediaIndex index
      = { &media, &volume, "f", 512, { root, sizeof root }, extents, 1024, { NULL, 0 } };
  g_autoptr (GString) names = g_string_new (NULL);
  media_index_walk (&index, take_name, names);
  ck_assert_str_eq (names->str, "114:r 97:a ");
  /* Block 0 leads to itself. */
  ck_assert_uint_eq (media.told, 1);
  ck_assert (media.broken);

  index.used = (SkSpan) { (const uint8_t *) "\3", 1 };
  g_string_truncate (names, 0);
  media_index_walk (&index, take_name, names);
  ck_assert_str_eq (names->str, "114:r 97:a 98:b ");

  index.size = UINT64_C (1) << 40;
  media_index_walk (&index, take_name, names);
  ck_assert_uint_eq (media.told, 4);
}
END_TEST

START_TEST (shared)
{
  static uint8_t disk[SECTORS * SECTOR];
  make_fat (disk);
  set_entry (disk, 0, "WHOLE   BIN", 0x20, 2, 1000);
  set_table (disk, 2, 3);
  set_table (disk, 3, 0xfff);
  set_entry (disk, 1, "PIECES  BIN", 0x22, 5, 1000);
  set_table (disk, 5, 9);
  set_table (disk, 9, 0xfff);
  memset (disk + 3 * SECTOR, 'w', 1000);
  memset (disk + 6 * SECTOR, 'p', SECTOR);
  memset (disk + 10 * SECTOR, 'q', SECTOR);
  g_autoptr (SkObject) object = media_run ((SkSpan) { disk, sizeof disk });
  const SkChild *whole = sk_fake_child_named (object, "whole.bin");
  if (whole == NULL)
    whole = sk_fake_child_named (object, "WHOLE.BIN");
  const SkChild *pieces = sk_fake_child_named (object, "PIECES.BIN");
  ck_assert_ptr_nonnull (whole);
  ck_assert (whole->shared);
  ck_assert_uint_eq (whole->bytes->len, 1000);
  ck_assert_int_eq (whole->bytes->data[999], 'w');
  ck_assert_ptr_nonnull (pieces);
  ck_assert (!pieces->shared);
  ck_assert_uint_eq (pieces->bytes->len, 1000);
  ck_assert_int_eq (pieces->bytes->data[511], 'p');
  ck_assert_int_eq (pieces->bytes->data[512], 'q');
  ck_assert_uint_eq (pieces->info.attributes, SK_ATTRIBUTE_HIDDEN);
  ck_assert_str_eq (sk_fake_text (object, "media.filesystem"), "fat12");
}
END_TEST

/* The host's limits end the walk at once, and what it gave until then stands. */
START_TEST (limits)
{
  static uint8_t disk[SECTORS * SECTOR];
  make_fat (disk);
  for (unsigned i = 0; i < 16; i++)
    set_entry (disk, i, "NAME    BIN", 0x20, 0, 0);
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x", disk, sizeof disk);
  object->children_left = 5;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, object), SK_LIMIT);
  ck_assert_uint_eq (object->children->len, 5);
  bool whole = false;
  for (uint64_t work = 0; work < 100; work++)
    {
      g_autoptr (SkObject) lazy = sk_fake_object_new (&sekisho_plugin, "x", disk, sizeof disk);
      lazy->work_left = work;
      whole = sekisho_plugin.open (sk_fake_api (), NULL, lazy) == SK_OK;
      ck_assert_uint_eq (sk_fake_count (lazy->notes, "not-inspected"), 0);
      ck_assert (lazy->children->len == 16 || !whole);
    }
  ck_assert (whole);
}
END_TEST

/* What a library makes of a virtual disk before anybody reads it is paid for, too. */
START_TEST (virtual_work)
{
  static uint8_t disk[1 << 20] = "KDMV";
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x", disk, sizeof disk);
  media_run_types (object, object->bytes);
  object->work_left = 100;
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, object), SK_LIMIT);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 0);
}
END_TEST

#define DISC_BLOCK 2048

/* A disc whose root has nearly 4 GiB, all of them there. */
static bool
read_long (void *handle, uint64_t offset, void *buffer, size_t size)
{
  uint8_t head[19 * DISC_BLOCK] = { 0 };
  uint8_t *volume = head + 16 * DISC_BLOCK, *root = volume + 156;
  (void) handle;
  memset (buffer, 0, size);
  if (offset >= sizeof head)
    return true;
  memcpy (volume,
          "\1"
          "CD001\1",
          7);
  memcpy (volume + DISC_BLOCK,
          "\xff"
          "CD001\1",
          7);
  root[0] = 34;
  root[2] = 20;
  memset (root + 10, 0xff, 4);
  root[25] = 2;
  root[32] = 1;
  memcpy (buffer, head + offset, MIN (size, sizeof head - (size_t) offset));
  return true;
}

START_TEST (long_folder)
{
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x", "", 0);
  object->work_left = 20000000;
  Media media = { .api = sk_fake_api (), .object = object };
  MediaSource disc = media_source_object (media.api, object, &media.stopped);
  disc.size = UINT64_C (1) << 34;
  disc.read = read_long;
  ck_assert (media_optical (&media, &disc));
  ck_assert (!media.stopped);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 0);
  g_clear_pointer (&media.shown, g_hash_table_unref);
  g_clear_pointer (&media.labels, g_hash_table_unref);
}
END_TEST

START_TEST (no_disk)
{
  static uint8_t bytes[SECTOR];
  bytes[510] = 0x55;
  bytes[511] = 0xaa;
  g_autoptr (SkObject) object
      = sk_fake_object_new (&sekisho_plugin, "mbr.bin", bytes, sizeof bytes);
  ck_assert_int_eq (sekisho_plugin.open (sk_fake_api (), NULL, object), SK_NOT_MINE);
  ck_assert_uint_eq (object->notes->len, 0);
  ck_assert_uint_eq (object->facts->len, 0);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("media");
  TCase *cases = tcase_create ("media");
  tcase_add_test (cases, texts);
  tcase_add_test (cases, times);
  tcase_add_test (cases, lznt1);
  tcase_add_test (cases, chains);
  tcase_add_test (cases, waiting);
  tcase_add_test (cases, index_tree);
  tcase_add_test (cases, shared);
  tcase_add_test (cases, limits);
  tcase_add_test (cases, virtual_work);
  tcase_add_test (cases, long_folder);
  tcase_add_test (cases, no_disk);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
