/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Fuzzes the silences reader: what it accepts must be whole, and must read
 * back the same after it was written again.
 */
#include "config.h"

#include "policy/silences.h"

extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/policy/tests/seeds/silences";
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
keep (void *data, SkSilence *silence, int64_t now)
{
  SkSilence **slot = data;
  g_assert_cmpint (now, ==, 1);
  sk_silence_free (*slot);
  *slot = silence;
}

static void
check (void *data, SkSilence *silence, int64_t now)
{
  unsigned *count = data;
  g_assert (silence->who[0] != '\0' && silence->why[0] != '\0' && silence->id[0] != '\0');
  g_assert (silence->path != NULL || silence->sha256 != NULL);
  g_autofree char *text = sk_silence_to_yaml (silence);
  SkBundleEntry entry = { .kind = "silences", .path = "again", .bytes = sk_span_of_text (text) };
  g_autoptr (GString) problems = g_string_new (NULL);
  g_autoptr (SkSilence) again = NULL;
  sk_silences_read (&entry, now, problems, keep, &again);
  g_assert_cmpstr (problems->str, ==, "");
  g_assert_nonnull (again);
  g_assert_cmpstr (again->id, ==, silence->id);
  g_assert_cmpstr (again->path, ==, silence->path);
  g_assert_cmpstr (again->sha256, ==, silence->sha256);
  g_assert_cmpstr (again->why, ==, silence->why);
  g_assert_cmpint (again->expires, ==, silence->expires);
  sk_silence_free (silence);
  (*count)++;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  unsigned count = 0;
  SkBundleEntry entry = { .kind = "silences", .path = "f", .bytes = { data, size } };
  g_autoptr (GString) problems = g_string_new (NULL);
  sk_silences_read (&entry, 1, problems, check, &count);
  return 0;
}
