/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/windows.h"

typedef struct Block {
  uint64_t at;
  uint32_t size, count;
} Block;

void
sk_window_sums (const GArray *window_list, SkWindowSums *ret_sums)
{
  *ret_sums = (SkWindowSums) { window_list->len, 0, 0 };
  for (guint i = 0; i < window_list->len; i++)
    {
      const SkReplyWindow *window = &g_array_index (window_list, SkReplyWindow, i);
      ret_sums->length += MIN (window->length, UINT64_MAX - ret_sums->length);
      ret_sums->contexts += g_bytes_get_size (window->context) + strlen (window->name);
    }
}

SkRunWindows *
sk_run_windows_new (SkResults *file)
{
  SkRunWindows *windows = g_new0 (SkRunWindows, 1);
  windows->file = file;
  windows->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  return windows;
}

void
sk_run_windows_free (SkRunWindows *windows)
{
  if (windows == NULL)
    return;
  for (guint i = windows->next; i < windows->blocks->len; i++)
    {
      const Block *block = &g_array_index (windows->blocks, Block, i);
      sk_results_release (windows->file, block->at, block->size);
    }
  g_array_unref (windows->blocks);
  g_free (windows);
}

gboolean
sk_run_windows_add (SkRunWindows *windows, SkSpan list, const SkWindowSums *sums, GError **error)
{
  Block block = { 0, (uint32_t) list.size, sums->count };
  if (!sk_results_put (windows->file, list, &block.at, error))
    return FALSE;
  g_array_append_val (windows->blocks, block);
  windows->count += sums->count;
  windows->length += MIN (sums->length, UINT64_MAX - windows->length);
  windows->contexts += sums->contexts;
  return TRUE;
}

void
sk_run_windows_next (const SkRunWindows *windows, bool all, uint64_t *ret_count, uint64_t *ret_bytes)
{
  guint end = all ? windows->blocks->len : MIN (windows->next + 1, windows->blocks->len);
  *ret_count = *ret_bytes = 0;
  for (guint i = windows->next; i < end; i++)
    {
      const Block *block = &g_array_index (windows->blocks, Block, i);
      *ret_count += block->count;
      *ret_bytes += block->size;
    }
}

GArray *
sk_run_windows_take (SkRunWindows *windows, uint32_t n_plugins, GError **error)
{
  const Block block = g_array_index (windows->blocks, Block, windows->next);
  g_autofree uint8_t *bytes = g_malloc (block.size);
  if (!sk_results_get (windows->file, block.at, block.size, bytes, error))
    return NULL;
  windows->next++;
  sk_results_release (windows->file, block.at, block.size);
  return sk_windows_decode ((SkSpan) { bytes, block.size }, n_plugins, error);
}
