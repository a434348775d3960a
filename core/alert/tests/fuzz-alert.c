/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Hostile texts through every format. The input is two bytes of size limit and
 * then texts separated by NUL; the RFC 5424 message must read back as one
 * record with the same values, uncut, and as one safe record of the size
 * asked for, cut.
 */
#include "config.h"

#include "alert/format.h"
#include "base/text.h"
#include "parse5424.h"
#include "sample.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/alert/tests/seeds/alert";

#define N_TEXTS 8

static void
split (SkSpan bytes, char *texts[N_TEXTS])
{
  for (size_t i = 0; i < N_TEXTS; i++)
    {
      const uint8_t *end = bytes.size > 0 ? memchr (bytes.data, '\0', bytes.size) : NULL;
      size_t size = end != NULL ? (size_t) (end - bytes.data) : bytes.size;
      texts[i] = sk_text_from_bytes ((SkSpan) { bytes.data, size });
      size_t used = end != NULL ? size + 1 : size;
      bytes = (SkSpan) { bytes.data + used, bytes.size - used };
    }
}

static void
check_value (const Parsed *parsed, const char *element, const char *name, const char *expected)
{
  const char *value = parsed_get (parsed, element, name);
  if (*expected == '\0')
    {
      g_assert_null (value);
      return;
    }
  g_assert_nonnull (value);
  g_autofree char *original = parsed_unescape (value);
  g_assert_cmpstr (original, ==, expected);
}

static void
check_whole (Sample *sample, char *texts[N_TEXTS])
{
  sample->settings.max_size = 1 << 24;
  g_autofree char *line = sk_alert_to_rfc5424 (&sample->settings, &sample->root, &sample->alert);
  g_autoptr (Parsed) parsed = parse5424 (line, strlen (line));
  g_assert_cmpstr (parsed->why, ==, NULL);
  g_assert_true (parsed->bom && parsed_is_safe (parsed->text));
  check_value (parsed, "object", "name", texts[0]);
  check_value (parsed, "object", "root", texts[1]);
  check_value (parsed, "object", "type", texts[2]);
  check_value (parsed, "sekisho", "evidence", texts[3]);
  check_value (parsed, "sekisho", "rule", texts[4]);
  check_value (parsed, "sekisho", "attack", texts[5]);
  g_assert_null (parsed_get (parsed, "sekisho", "cut"));
}

static void
check_cut (Sample *sample, uint32_t size)
{
  sample->settings.max_size = size;
  g_autofree char *line = sk_alert_to_rfc5424 (&sample->settings, &sample->root, &sample->alert);
  g_autoptr (Parsed) parsed = parse5424 (line, strlen (line));
  g_assert_cmpuint (strlen (line), <=, size);
  g_assert_cmpstr (parsed->why, ==, NULL);
  g_assert_true (parsed->text == NULL || parsed_is_safe (parsed->text));
}

static void
check_others (Sample *sample)
{
  g_autofree char *json = sk_alert_to_json (&sample->settings, &sample->root, &sample->alert);
  g_autofree char *old = sk_alert_to_rfc3164 (&sample->settings, &sample->root, &sample->alert);
  g_autofree char *tree = sk_root_to_tree (&sample->settings, &sample->root);
  g_strdelimit (tree, "\n", ' ');
  g_assert_true (parsed_is_safe (json));
  g_assert_true (parsed_is_safe (old));
  g_assert_true (parsed_is_safe (tree));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *texts[N_TEXTS];
  Sample sample;
  if (size < 2)
    return 0;
  uint32_t limit = 480 + (uint32_t) data[0] * 10 + data[1];
  split ((SkSpan) { data + 2, size - 2 }, texts);
  sample_init (&sample);
  sample.path[2] = texts[0];
  sample.root.path = texts[1];
  sample.alert.type = texts[2];
  sample.alert.evidence = texts[3];
  sample.rule.id = texts[4];
  sample.rule.attack = texts[5];
  sample.rule.title = texts[6];
  g_free (sample.settings.host);
  sample.settings.host = g_strdup (texts[7]);
  check_whole (&sample, texts);
  check_cut (&sample, limit);
  check_others (&sample);
  sample_clear (&sample);
  for (size_t i = 0; i < N_TEXTS; i++)
    g_free (texts[i]);
  return 0;
}
