/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the kinds of sinks share, inside alert/ only.
 *
 * A kind is a struct that begins with SkSink and a table of functions. sink.c
 * formats for those that write lines; the syslog socket and the journal format
 * for themselves, because their form follows from the receiver.
 */
#ifndef SK_ALERT_SINK_H
#define SK_ALERT_SINK_H

#include "alert/format.h"

typedef struct SkSinkClass {
  gboolean (*root) (SkSink *sink, const SkRootResult *root, GError **error);
  gboolean (*summary) (SkSink *sink, const SkSummary *summary, int64_t time_ns, GError **error);
  gboolean (*close) (SkSink *sink, GError **error);
  void (*free) (SkSink *sink);
} SkSinkClass;

struct SkSink {
  const SkSinkClass *class;
  SkFormat format;
  SkAlertSettings alert; /**< own copy */
  int wait_ms;           /**< how long to wait for a receiver that takes nothing */
};

/** Standard output, or a file that is appended to. */
SkSink *sk_sink_stream_new (const SkSinkSettings *settings, GError **error);
SkSink *sk_sink_syslog_new (const SkSinkSettings *settings, GError **error);
SkSink *sk_sink_journal_new (GError **error);

/** A receiver that takes nothing for this long is out of order, not busy. */
#define SK_SINK_WAIT_MS 10000

#endif
