/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Opens a sink of the kind that is asked for and hands the calls on.
 */
#include "config.h"

#include "alert/sink.h"

SkSink *
sk_sink_new (const SkSinkSettings *settings, const SkAlertSettings *alert, GError **error)
{
  SkSink *sink = NULL;
  switch (settings->kind)
    {
    case SK_SINK_STDOUT:
    case SK_SINK_FILE:
      sink = sk_sink_stream_new (settings, error);
      break;
    case SK_SINK_SYSLOG:
      sink = sk_sink_syslog_new (settings, error);
      break;
    case SK_SINK_JOURNAL:
      sink = sk_sink_journal_new (error);
      break;
    }
  if (sink == NULL)
    return NULL;
  sink->format = settings->format;
  sink->wait_ms = SK_SINK_WAIT_MS;
  sink->alert = *alert;
  sink->alert.host = g_strdup (alert->host);
  sink->alert.language = g_strdup (alert->language);
  return sink;
}

gboolean
sk_sink_root (SkSink *sink, const SkRootResult *root, GError **error)
{
  return root->n_alerts == 0 || sink->class->root (sink, root, error);
}

gboolean
sk_sink_summary (SkSink *sink, const SkSummary *summary, int64_t time_ns, GError **error)
{
  return sink->class->summary (sink, summary, time_ns, error);
}

gboolean
sk_sink_close (SkSink *sink, GError **error)
{
  return sink->class->close (sink, error);
}

void
sk_sink_free (SkSink *sink)
{
  if (sink == NULL)
    return;
  sk_alert_settings_clear (&sink->alert);
  sink->class->free (sink);
}
