/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From the result of a job to alerts: levels, silences, paths and ids, the
 * sinks, and the counts of the summary.
 *
 * It knows nothing of processes: what the supervisor hands out in order comes
 * in, and it is the same for the same results.
 */
#ifndef SK_MAIN_REPORT_H
#define SK_MAIN_REPORT_H

#include "alert/alert.h"
#include "main/command.h"
#include "main/progress.h"
#include "policy/policy.h"
#include "run/supervisor.h"

typedef struct SkReport {
  const SkPolicy *policy; /**< borrowed */
  GPtrArray *sinks;       /**< of SkSink, owned */
  SkSummary summary;      /**< its `kinds` are in the array below */
  GArray *kinds;          /**< of SkSummaryKind, by name; the names live as long as the process */
  SkProgress progress;    /**< hidden before anything is printed */
  GError *error;          /**< of a sink, the first */
} SkReport;

/** `policy` is borrowed. */
void sk_report_init (SkReport *report, const SkPolicy *policy);
/** Opens one more sink. */
gboolean sk_report_add_sink (SkReport *report, const SkSinkSettings *sink,
                             const SkAlertSettings *alert, GError **error);
/** Takes the facts of the generation into the summary. */
void sk_report_catalogue (SkReport *report, const SkCatalogue *catalogue);
/** One result. FALSE when a sink failed: `error` says why. */
gboolean sk_report_result (SkReport *report, const SkJobResult *result);
/** What the supervisor found among the records. As above. */
gboolean sk_report_related (SkReport *report, const SkRelated *related, int64_t time_ns);
/** The summary to all sinks, which are then closed. FALSE as above. */
gboolean sk_report_end (SkReport *report, int64_t time_ns);
void sk_report_clear (SkReport *report);

/** How a scan ends whose environment did not fail. */
SkExit sk_report_exit (const SkSummary *summary, SkLevel fail_on);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkReport, sk_report_clear)

#endif
