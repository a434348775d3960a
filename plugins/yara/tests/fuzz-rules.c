/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The reader of rule texts on text that libyara would refuse: it must end, and
 * what it blanks must keep the length and lines of the text.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/yara/tests/seeds/rules";

static void
check_part (const YaraTexts *texts, const YaraSource *source, unsigned part)
{
  g_autofree char *text = yara_texts_part (texts, source, part);
  g_assert (strlen (text) == source->file.bytes.size);
  for (size_t i = 0; i < source->file.bytes.size; i++)
    g_assert ((text[i] == '\n') == (source->file.bytes.data[i] == '\n'));
}

static void
check_texts (const YaraTexts *texts, const YaraSource *source)
{
  const uint8_t *begin = source->file.bytes.data, *end = begin + source->file.bytes.size;
  for (guint i = 0; i < texts->rules->len; i++)
    {
      YaraText *rule = &g_array_index (texts->rules, YaraText, i);
      g_assert (rule->begin >= begin && rule->begin <= rule->end && rule->end <= end);
      g_assert (rule->condition <= rule->condition_end && rule->condition_end <= rule->end);
      rule->part = 1 + i % 3;
    }
  for (unsigned part = 1; part <= 3; part++)
    check_part (texts, source, part);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0 || memchr (data, '\0', size) != NULL)
    return 0; /* refused before it is read */
  g_autoptr (GStringChunk) words = g_string_chunk_new (256);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  char path[] = "/rules/fuzz.yar", name_space[] = "fuzz";
  YaraSource source = { { path, { data, size }, 0 }, path, name_space, false };
  g_ptr_array_add (sources, &source);
  YaraTexts *texts = yara_texts_new (sources, &source, words);
  check_texts (texts, &source);
  yara_texts_free (texts);
  return 0;
}
