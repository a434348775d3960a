/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sends alerts through a sink, for the program tests:
 *
 *     emit SINK FORMAT PATH SIZE NAME…
 *
 * SINK is stdout, file, syslog5424, syslog3164 or journal. Each NAME, any
 * bytes, becomes an alert of a file of that name; a summary ends the run. The
 * exit status is 1 and the cause on standard error when a sink refuses.
 */
#include "config.h"

#include "alert/alert.h"
#include "base/text.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
read_sink (const char *word, SkSinkSettings *settings)
{
  static const struct
  {
    const char *word;
    SkSinkKind kind;
    bool rfc5424;
  } kinds[] = { { "stdout", SK_SINK_STDOUT, false },
                { "file", SK_SINK_FILE, false },
                { "syslog5424", SK_SINK_SYSLOG, true },
                { "syslog3164", SK_SINK_SYSLOG, false },
                { "journal", SK_SINK_JOURNAL, false } };
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (word, kinds[i].word) == 0)
      {
        settings->kind = kinds[i].kind;
        settings->rfc5424 = kinds[i].rfc5424;
        return true;
      }
  return false;
}

static gboolean
send_name (SkSink *sink, Sample *sample, const char *bytes, GError **error)
{
  g_autofree char *name
      = sk_text_from_bytes ((SkSpan) { (const uint8_t *) bytes, strlen (bytes) });
  g_autofree char *root = g_strdup_printf ("/media/usb/%s", name);
  sample->path[0] = sample->path[2] = sample->alert.evidence = name;
  sample->root.path = sample->alert.object_id = root;
  return sk_sink_root (sink, &sample->root, error);
}

static gboolean
send_all (SkSink *sink, Sample *sample, char **names, GError **error)
{
  SkSummary summary = sample_summary ();
  for (; *names != NULL; names++)
    if (!send_name (sink, sample, *names, error))
      return FALSE;
  return sk_sink_summary (sink, &summary, sample->root.time_ns, error)
         && sk_sink_close (sink, error);
}

int
main (int argc, char **argv)
{
  SkSinkSettings settings = { 0 };
  Sample sample;
  if (argc < 5 || !read_sink (argv[1], &settings) || !sk_format_parse (argv[2], &settings.format))
    {
      fputs ("usage: emit SINK FORMAT PATH SIZE NAME...\n", stderr);
      return 2;
    }
  settings.path = argv[3];
  sample_init (&sample);
  sample.settings.max_size = (uint32_t) strtoul (argv[4], NULL, 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkSink) sink = sk_sink_new (&settings, &sample.settings, &error);
  gboolean ok = sink != NULL && send_all (sink, &sample, argv + 5, &error);
  sample_clear (&sample);
  if (!ok)
    fprintf (stderr, "emit: %s\n", error->message);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
