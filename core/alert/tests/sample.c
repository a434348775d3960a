/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "sample.h"

/* 2026-11-25T01:02:03.456789Z */
#define SOME_TIME G_GINT64_CONSTANT (1795568523456789012)

void
sample_init (Sample *sample)
{
  *sample = (Sample) { 0 };
  sk_alert_settings_init (&sample->settings);
  sample->settings.host = g_strdup ("gate.example.jp");
  sample->rule = (SkRule) { .id = (char *) "file.name.disguised",
                            .title = (char *) "Program under a document's name",
                            .title_ja = (char *) "文書を装ったプログラム",
                            .description = (char *) "The name says document, the bytes program.",
                            .reference = (char *) "https://example.org/1\nhttps://example.org/2",
                            .attack = (char *) "T1036.007 T1204.002",
                            .det = (char *) "FL-01",
                            .author = (char *) "Example",
                            .level = SK_LEVEL_HIGH,
                            .score = 70 };
  sample->path[0] = "mail.eml";
  sample->path[1] = "請求書.zip";
  sample->path[2] = "y.pdf.exe";
  sample->alert = (SkAlert) { .rule = &sample->rule,
                              .level = SK_LEVEL_HIGH,
                              .object_id = "/media/usb/mail.eml/mail:1/zip:0",
                              .path = sample->path,
                              .type = "application/vnd.microsoft.portable-executable",
                              .size = 4096,
                              .sha256 = "9f86d081884c7d659a2feaa0c55ad015"
                                        "a3bf4f1b2b0b822cd15d6c15b0f00a08",
                              .plugin = "yara",
                              .evidence = "MZ at 0",
                              .count = 1,
                              .record = SK_NO_RECORD };
  sample->root = (SkRootResult) { .path = "/media/usb/mail.eml",
                                  .source = "file",
                                  .time_ns = SOME_TIME,
                                  .generation = "0123456789abcdef",
                                  .highest = SK_LEVEL_HIGH,
                                  .complete = true,
                                  .alerts = &sample->alert,
                                  .n_alerts = 1 };
}

void
sample_clear (Sample *sample)
{
  sk_alert_settings_clear (&sample->settings);
}

SkSummary
sample_summary (void)
{
  SkSummary summary = { .files = 1234,
                        .objects = 2345,
                        .bytes = 3456789,
                        .silenced = 1,
                        .excluded = 2,
                        .special = 3,
                        .links = 4,
                        .other_medium = 5,
                        .unreadable = 6,
                        .missing = 7,
                        .vanished = 8,
                        .dropped = 9,
                        .rules = 300,
                        .rule_files = 12,
                        .rules_left_out = 2,
                        .lists = 1,
                        .silences_active = 3,
                        .silences_expired = 1,
                        .rules_newest = SOME_TIME / 1000000000 - 3 * 24 * 3600,
                        .ended = SOME_TIME / 1000000000,
                        .digest = "fedcba98765432100123456789abcdef",
                        .landlock = 2,
                        .seccomp = true,
                        .sandbox_note = "",
                        .seconds = 1.5 };
  for (uint64_t i = 0; i < SK_N_LEVELS; i++)
    summary.findings[i] = i + 1;
  for (uint64_t i = 0; i < SK_N_REASONS; i++)
    summary.not_inspected[i] = i;
  return summary;
}
