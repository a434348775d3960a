/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Walks an input with the plugin that does what its object says, under small
 * limits: whatever a plugin calls and in whatever order, the engine ends, and
 * says a reply that the supervisor accepts.
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

static void
take_record (void *data, SkSpan record)
{
  (void) data;
  (void) record;
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
  const char *path[] = { folder, NULL }, *order[] = { "script", NULL };
  sk_engine_settings_init (&settings);
  settings.plugin_path = g_strdupv ((char **) path);
  settings.plugin_order = g_strdupv ((char **) order);
  settings.limits.depth = 6;
  settings.limits.object_bytes = 10 * SK_MIB;
  SkSubscription asked = { g_strdup ("script.line"), NULL };
  g_array_append_val (settings.subscriptions, asked);
  bench->engine = sk_engine_new (&settings, NULL, &bench->catalogue, &error);
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
  job.window_plugin = 0;
  job.window_length = size;
  g_autoptr (SkReply) window = sk_walker_run (bench.walker, &job);
  check_reply (&bench, window);
  return 0;
}
