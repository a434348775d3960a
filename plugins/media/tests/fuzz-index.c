/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names of a folder of NTFS. The input is the size of the root (u8), the root,
 * a byte of the bitmap, and then the blocks.
 */
#include "media-index.h"
#include "media-run.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/media/tests/seeds/index";

static void
take_name (void *data, uint64_t reference, SkSpan name)
{
  guint *count = data;
  (void) reference;
  g_free (media_utf16 (name, false));
  (*count)++;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SkCursor cursor = sk_cursor ((SkSpan) { data, size });
  uint8_t root_size;
  SkSpan root, used;
  if (!sk_cursor_take_u8 (&cursor, &root_size) || !sk_cursor_take (&cursor, root_size, &root)
      || !sk_cursor_take (&cursor, 1, &used))
    return 0;
  size_t left = sk_cursor_left (&cursor);
  SkObject *object = sk_fake_object_new (&sekisho_plugin, "x", data + (size - left), left);
  Media media = { .api = sk_fake_api (), .object = object };
  object->work_left = MEDIA_RUN_WORK;
  MediaSource volume = media_source_object (media.api, object, &media.stopped);
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  media_extents_add (extents, 0, left);
  MediaIndex index = { &media, &volume, "f", 512, root, extents, left, used };
  guint count = 0;
  media_index_walk (&index, take_name, &count);
  /* No name is given more often than there are bytes of one. */
  g_assert (count <= size / 80);
  sk_fake_object_free (object);
  return 0;
}
