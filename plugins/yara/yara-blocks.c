/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Shows an object to libyara so that it looks for strings in some places, and
 * evaluates conditions and modules on all of it.
 *
 * libyara asks its iterator for blocks once to look for strings, and again,
 * from the first block, whenever a condition or module reads bytes. So the
 * first round gives the windows and each later one the whole object. That is
 * how 4.2 works, not a promise: yara_blocks_work asks the library that is there
 * before anything relies on it.
 */
#include "config.h"

#include "yara-plugin.h"

typedef struct Blocks {
  YR_MEMORY_BLOCK_ITERATOR iterator;
  YR_MEMORY_BLOCK block;
  SkSpan bytes;
  const GArray *windows; /* of YaraWindow */
  guint next;
  bool is_searching;
} Blocks;

static const uint8_t *
fetch (YR_MEMORY_BLOCK *block)
{
  return block->context;
}

static YR_MEMORY_BLOCK *
show (Blocks *blocks, size_t begin, size_t end)
{
  blocks->block.base = begin;
  blocks->block.size = end - begin;
  blocks->block.context = (void *) (blocks->bytes.data + begin);
  return &blocks->block;
}

static YR_MEMORY_BLOCK *
next_block (YR_MEMORY_BLOCK_ITERATOR *iterator)
{
  Blocks *blocks = iterator->context;
  iterator->last_error = ERROR_SUCCESS;
  if (blocks->is_searching && blocks->next < blocks->windows->len)
    {
      const YaraWindow *window = &g_array_index (blocks->windows, YaraWindow, blocks->next++);
      return show (blocks, window->begin, window->end);
    }
  blocks->is_searching = false;
  return NULL;
}

static YR_MEMORY_BLOCK *
first_block (YR_MEMORY_BLOCK_ITERATOR *iterator)
{
  Blocks *blocks = iterator->context;
  iterator->last_error = ERROR_SUCCESS;
  if (blocks->is_searching)
    return next_block (iterator);
  return show (blocks, 0, blocks->bytes.size);
}

static uint64_t
size_of_all (YR_MEMORY_BLOCK_ITERATOR *iterator)
{
  return ((Blocks *) iterator->context)->bytes.size;
}

int
yara_blocks_scan (YR_SCANNER *scanner, SkSpan bytes, const GArray *windows)
{
  if (bytes.data == NULL)
    bytes.data = (const uint8_t *) "";
  if (windows == NULL)
    return yr_scanner_scan_mem (scanner, bytes.data, bytes.size);
  Blocks blocks = { .bytes = bytes, .windows = windows, .is_searching = true };
  blocks.block.fetch_data = fetch;
  blocks.iterator = (YR_MEMORY_BLOCK_ITERATOR){
    .context = &blocks, .first = first_block, .next = next_block, .file_size = size_of_all
  };
  return yr_scanner_scan_mem_blocks (scanner, &blocks.iterator);
}

/* ---- the library that is there ---- */

/** What must match on the trial bytes with windows around both needles, and what must not. */
static const char trial_rules[]
    = "import \"hash\" import \"math\""
      "rule y1 { strings: $a = \"needle\" condition: #a == 2 and @a[1] == 10 and @a[2] == 80 }"
      "rule y2 { condition: uint8(50) == 0x42 and filesize == 100 }"
      "rule y3 { condition: hash.md5(0, filesize) == \"%s\" }"
      "rule y4 { strings: $a = /n.{5}$/ condition: not $a }"
      "rule y5 { strings: $a = \"needle\" condition: $a at 80 and $a in (70..90) }"
      "rule y6 { condition: math.mean (0, filesize) > 0 }"
      "rule n1 { strings: $a = \"elsewhere\" condition: $a }";

static int
count_matches (YR_SCAN_CONTEXT *scan, int message, void *message_data, void *data)
{
  (void) scan;
  int *counts = data;
  if (message == CALLBACK_MSG_RULE_MATCHING)
    counts[((const YR_RULE *) message_data)->identifier[0] == 'y' ? 0 : 1]++;
  return CALLBACK_CONTINUE;
}

static bool
try_scanner (YR_RULES *rules, SkSpan bytes)
{
  YR_SCANNER *scanner = NULL;
  int with[2] = { 0, 0 }, without[2] = { 0, 0 };
  static const YaraWindow places[] = { { 6, 20 }, { 76, 90 } };
  g_autoptr (GArray) windows = g_array_new (FALSE, FALSE, sizeof (YaraWindow));
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (YaraWindow));
  g_array_append_vals (windows, places, G_N_ELEMENTS (places));
  if (yr_scanner_create (rules, &scanner) != ERROR_SUCCESS)
    return false;
  yr_scanner_set_flags (scanner, SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
  yr_scanner_set_callback (scanner, count_matches, with);
  bool works = yara_blocks_scan (scanner, bytes, windows) == ERROR_SUCCESS;
  yr_scanner_set_callback (scanner, count_matches, without);
  works = works && yara_blocks_scan (scanner, bytes, none) == ERROR_SUCCESS;
  yr_scanner_destroy (scanner);
  /* without windows the strings are not found, all else is as before */
  return works && with[0] == 6 && with[1] == 0 && without[0] == 4 && without[1] == 0;
}

bool
yara_blocks_work (void)
{
  char bytes[100];
  YR_COMPILER *compiler = NULL;
  YR_RULES *rules = NULL;
  memset (bytes, 'B', sizeof bytes);
  memcpy (bytes + 10, "needle", 6);
  memcpy (bytes + 80, "needle", 6);
  memcpy (bytes + 30, "elsewhere", 9);
  g_autofree char *md5 = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) bytes,
                                                      sizeof bytes);
  g_auto (GStrv) around = g_strsplit (trial_rules, "%s", 2);
  g_autofree char *text = g_strjoinv (md5, around);
  if (yr_compiler_create (&compiler) != ERROR_SUCCESS)
    return false;
  bool works = yr_compiler_add_string (compiler, text, NULL) == 0
               && yr_compiler_get_rules (compiler, &rules) == ERROR_SUCCESS
               && try_scanner (rules, (SkSpan){ (const uint8_t *) bytes, sizeof bytes });
  if (rules != NULL)
    yr_rules_destroy (rules);
  yr_compiler_destroy (compiler);
  return works;
}
