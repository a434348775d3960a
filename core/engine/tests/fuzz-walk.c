/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Walks an input with the plugins that do what their object says, under small
 * limits, with rules for all kinds of records: whatever a plugin calls and in
 * whatever order, the engine ends, and says a reply and records that the
 * supervisor accepts.
 */
#include "config.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "engine/engine.h"

const char *const sk_fuzz_seeds = "core/engine/tests/seeds/walk";

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/** Built once; a fuzzer has no other place for it. */
typedef struct Bench {
  SkEngine *engine;
  SkBundle *bundle;
  SkCatalogue *catalogue;
  SkEngineHost host;
  SkWalker *walker;
} Bench;

static int
lend (void *data)
{
  (void) data;
  return memfd_create ("lent", MFD_CLOEXEC);
}

static bool
take_value (SkCursor *cursor)
{
  g_autofree char *name = NULL, *text = NULL;
  uint8_t type;
  bool boolean;
  int64_t integer;
  if (!sk_wire_take_text (cursor, SK_MAX_VALUE, &name) || !sk_cursor_take_u8 (cursor, &type))
    return false;
  switch (type)
    {
    case SK_FIELD_BOOL:
      return sk_wire_take_bool (cursor, &boolean);
    case SK_FIELD_INT:
      return sk_wire_take_i64 (cursor, &integer);
    default:
      return type == SK_FIELD_STRING && sk_wire_take_text (cursor, SK_MAX_VALUE, &text);
    }
}

static void
take_record (void *data, SkSpan record)
{
  SkCursor cursor = sk_cursor (record);
  uint32_t subscription, count;
  uint64_t position;
  int64_t time;
  g_autofree char *object = NULL, *kind = NULL;
  (void) data;
  bool good = sk_cursor_take_u32le (&cursor, &subscription)
              && sk_cursor_take_u64le (&cursor, &position) && sk_wire_take_i64 (&cursor, &time)
              && sk_wire_take_text (&cursor, SK_MAX_OBJECT_ID, &object)
              && sk_wire_take_text (&cursor, SK_MAX_TYPE, &kind)
              && sk_wire_take_count (&cursor, SK_MAX_RECORD_VALUES, 6, &count);
  for (uint32_t i = 0; good && i < count; i++)
    good = take_value (&cursor);
  g_assert_true (good && sk_wire_end (&cursor));
}

static const char table[] = "sources:\n"
                            "  - {logsource: {category: open}, kind: lines.open}\n"
                            "  - {logsource: {category: any}, kind: [lines.open, lines.closed, "
                            "script.line, object, file]}\n";
static const char rules[]
    = "title: Words\nname: fuzz.open.words\nlogsource: {category: open}\n"
      "detection: {k: [evil], s: {Host|contains: a, x|re: '(a+)+$'}, condition: k or s}\n"
      "---\n"
      "title: Any\nname: fuzz.any.findings\nlogsource: {category: any}\n"
      "detection: {a: {file.name|endswith: x}, b: {child.finding|contains: script}, "
      "c: {script.text|exists: true}, d: {partner.name: p}, condition: 1 of them}\n";

static SkBundle *
rule_bundle (void)
{
  SkBundle *bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  if (!sk_bundle_add (bundle, "logsource-table", "/t.yml", sk_span_of_text (table), 0, &error)
      || !sk_bundle_add (bundle, "sigma", "/r.yml", sk_span_of_text (rules), 0, &error))
    g_error ("%s", error->message);
  return bundle;
}

/* The program stands somewhere below the build tree, in .libs or not. */
static char *
plugin_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  for (char *up = g_path_get_dirname (program), *next; up[1] != '\0'; up = next)
    {
      char *folder = g_build_filename (up, "tests", "plugins", ".libs", NULL);
      g_autofree char *file = g_build_filename (folder, "script.so", NULL);
      if (g_file_test (file, G_FILE_TEST_EXISTS))
        {
          g_free (up);
          return folder;
        }
      next = g_path_get_dirname (up);
      g_free (folder);
      g_free (up);
    }
  return g_strdup (".");
}

static void
bench_new (Bench *bench)
{
  SkEngineSettings settings;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = plugin_folder ();
  const char *path[] = { folder, NULL }, *order[] = { "script", "lines", NULL };
  sk_engine_settings_init (&settings);
  settings.plugin_path = g_strdupv ((char **) path);
  settings.plugin_order = g_strdupv ((char **) order);
  settings.limits.depth = 6;
  settings.limits.object_bytes = 10 * SK_MIB;
  SkSubscription asked = { g_strdup ("*"), NULL };
  g_array_append_val (settings.subscriptions, asked);
  bench->bundle = rule_bundle ();
  bench->engine = sk_engine_new (&settings, bench->bundle, &bench->catalogue, &error);
  if (bench->engine == NULL)
    g_error ("%s", error->message);
  bench->host = (SkEngineHost){ .lend = lend, .record = take_record };
  bench->walker = sk_walker_new (bench->engine, &bench->host);
  sk_engine_settings_clear (&settings);
}

static void
check_reply (const Bench *bench, const SkReply *reply)
{
  g_auto (SkBuffer) buffer;
  g_autoptr (GError) error = NULL;
  sk_buffer_init (&buffer, 64 * SK_MIB);
  g_assert_true (sk_reply_encode (reply, &buffer));
  g_autoptr (SkReply) decoded
      = sk_reply_decode (sk_buffer_span (&buffer), bench->catalogue->rules->len,
                         bench->catalogue->plugins->len, &error);
  g_assert_no_error (error);
  g_assert_nonnull (decoded);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static Bench bench;
  if (bench.engine == NULL)
    bench_new (&bench);
  SkJob job = {
    .id = "fuzz",
    .path = "fuzz",
    .input = { .fd = -1, .memory = { data, size }, .size = size },
    .window_plugin = SK_NO_PLUGIN,
    .windows_left = 50,
    .objects_left = 200,
    .bytes_left = 40 * SK_MIB,
    .work_left = 20000,
  };
  g_autoptr (SkReply) whole = sk_walker_run (bench.walker, &job);
  check_reply (&bench, whole);
  job.window_length = size;
  for (job.window_plugin = 0; job.window_plugin < 2; job.window_plugin++)
    {
      g_autoptr (SkReply) window = sk_walker_run (bench.walker, &job);
      check_reply (&bench, window);
    }
  return 0;
}
