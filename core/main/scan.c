/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho scan`: settings, sources, sinks, then the supervisor over the walk,
 * and the summary.
 *
 * Whatever can be known to be wrong is refused before the first file: rules,
 * configuration, silences, sinks, sandbox.
 */
#include "config.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/text.h"
#include "main/records.h"
#include "main/report.h"
#include "main/session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/** One scan. */
typedef struct Scan {
  SkSession session;
  SkPolicy *policy;
  SkReport report;
  SkRecords *records; /* NULL: nobody wants them */
  SkSupervisor *supervisor;
  SkWalk *walk;
} Scan;

/* A signal handler gets no argument, so what it is to stop, and whether it was told already, must
 * be known to the whole process. */
static SkSupervisor *volatile running;
static volatile sig_atomic_t stopping;
static volatile int64_t stopped_at; /* milliseconds; written once, before `stopping` */

/** timeout(1) sends its signal to the process and then to the group: that is one signal. */
enum {
  SAME_SIGNAL_MS = 100
};

static int64_t
milliseconds (void)
{
  struct timespec now = { 0 };
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/** The first signal ends the run in order, a second one at once. */
static void
on_signal (int number)
{
  int saved = errno;
  SkSupervisor *supervisor = running;
  if (stopping && milliseconds () - stopped_at >= SAME_SIGNAL_MS)
    {
      signal (number, SIG_DFL);
      raise (number);
    }
  else if (!stopping)
    {
      stopped_at = milliseconds ();
      stopping = 1;
      if (supervisor != NULL)
        sk_supervisor_stop (supervisor);
    }
  errno = saved;
}

static void
catch_signals (SkSupervisor *supervisor)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
  /* One at a time: a handler that another signal interrupts would see half of what it wrote. */
  sigfillset (&action.sa_mask);
  running = supervisor;
  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      struct sigaction before;
      /* What was started with a signal ignored (nohup) goes on ignoring it. */
      if (sigaction (numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction (numbers[i], &action, NULL);
    }
}

/* ---- sinks ---- */

/** `--output`: a file takes the place of standard output. */
static void
redirect_output (SkSettings *settings, const char *path)
{
  SkSinkSettings file = { .kind = SK_SINK_FILE, .format = SK_SETTINGS_FORMAT_AUTO,
                          .path = g_strdup (path) };
  for (guint i = settings->sinks->len; i > 0; i--)
    {
      const SkSinkSettings *sink = &g_array_index (settings->sinks, SkSinkSettings, i - 1);
      if (sink->kind != SK_SINK_STDOUT)
        continue;
      file.format = sink->format;
      g_array_remove_index (settings->sinks, i - 1);
    }
  if (file.format == SK_SETTINGS_FORMAT_AUTO && settings->format != 0)
    file.format = (SkFormat) (settings->format - 1);
  g_array_append_val (settings->sinks, file);
}

static bool
wants_color (const SkSettings *settings, const SkSinkSettings *sink)
{
  if (settings->color != SK_WHEN_AUTO)
    return settings->color == SK_WHEN_ALWAYS;
  const char *no_color = getenv ("NO_COLOR");
  bool refused = no_color != NULL && no_color[0] != '\0';
  return sink->kind == SK_SINK_STDOUT && !refused && isatty (STDOUT_FILENO);
}

static gboolean
open_sink (Scan *scan, SkSinkSettings *sink, GError **error)
{
  SkAlertSettings alert = scan->session.settings.alert;
  bool terminal = sink->kind == SK_SINK_STDOUT && isatty (STDOUT_FILENO);
  if (sink->format == SK_SETTINGS_FORMAT_AUTO)
    sink->format = terminal ? SK_FORMAT_TREE : SK_FORMAT_RFC5424;
  alert.color = wants_color (&scan->session.settings, sink);
  return sk_report_add_sink (&scan->report, sink, &alert, error);
}

static gboolean
open_sinks (Scan *scan, const SkCommandLine *line, GError **error)
{
  SkSettings *settings = &scan->session.settings;
  const char *output = sk_command_line_value (line, "output");
  if (output != NULL)
    redirect_output (settings, output);
  for (guint i = 0; i < settings->sinks->len; i++)
    if (!open_sink (scan, &g_array_index (settings->sinks, SkSinkSettings, i), error))
      return FALSE;
  return TRUE;
}

/* ---- what is walked ---- */

/** A path of ours as the walk will meet it. */
static void
add_own (GStrvBuilder *builder, const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_strv_builder_add (builder, absolute);
  char *real = realpath (absolute, NULL);
  if (real != NULL && strcmp (real, absolute) != 0)
    g_strv_builder_add (builder, real);
  free (real);
}

/** Our own output and cache quote what they found: they are not scanned. */
static char **
own_paths (const SkSettings *settings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < settings->sinks->len; i++)
    {
      const SkSinkSettings *sink = &g_array_index (settings->sinks, SkSinkSettings, i);
      if (sink->kind == SK_SINK_FILE)
        add_own (builder, sink->path);
    }
  if (settings->records != NULL)
    add_own (builder, settings->records);
  if (settings->zygote.engine.cache_dir != NULL)
    add_own (builder, settings->zygote.engine.cache_dir);
  return g_strv_builder_end (builder);
}

static void
set_walk (SkSettings *settings, const SkCommandLine *line)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < line->arguments->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (line->arguments, i));
  if (line->arguments->len == 0)
    g_strv_builder_add (builder, ".");
  settings->walk.paths = g_strv_builder_end (builder);
  settings->walk.skip = own_paths (settings);
}

/* ---- the run ---- */

static void
on_ready (void *data, const SkCatalogue *catalogue)
{
  (void) data;
  (void) catalogue;
}

static gboolean
on_result (void *data, const SkJobResult *result)
{
  Scan *scan = data;
  return sk_report_result (&scan->report, result);
}

static void
on_record (void *data, const SkRunRecord *record)
{
  Scan *scan = data;
  if (scan->records != NULL)
    sk_records_put (scan->records, record);
}

static gboolean
on_related (void *data, const SkRelated *related)
{
  Scan *scan = data;
  return sk_report_related (&scan->report, related, g_get_real_time () * 1000);
}

static void
on_progress (void *data, uint64_t files, uint64_t bytes)
{
  Scan *scan = data;
  SkProgressCount count = { .files = files, .bytes = bytes };
  if (scan->walk != NULL)
    sk_walk_count (scan->walk, &count.files_listed, &count.bytes_listed, &count.listed);
  sk_progress_show (&scan->report.progress, count);
}

/** Nothing would be judged, or nothing by the Sigma rules that were asked for: that must not look like a
 * clean scan. */
static gboolean
has_rules (const SkCatalogue *catalogue, const SkBundle *bundle, GError **error)
{
  SkBundleEntry entry;
  uint32_t base;
  bool some = catalogue->rules->len > SK_N_REASONS;
  if (some && (!sk_bundle_of_kind (bundle, "sigma", 0, &entry) || sk_sigma_base (catalogue, &base)))
    return TRUE;
  g_set_error (error, SK_ERROR, SK_ERROR_CONFIG, "%s",
               some ? _ ("no usable Sigma rule in what was given; sekisho rules check tells why")
                    : _ ("no usable rule: nothing would be judged; sekisho rules check tells why"));
  return FALSE;
}

static gboolean
start (Scan *scan, GError **error)
{
  SkSettings *settings = &scan->session.settings;
  static const SkRunCallbacks callbacks
      = { .ready = on_ready, .result = on_result, .record = on_record, .related = on_related,
          .progress = on_progress };
  SkRunCallbacks mine = callbacks;
  mine.data = scan;
  settings->run.subscriptions = settings->zygote.engine.subscriptions->len;
  settings->run.zygote_argv
      = g_strdupv ((char *[]){ (char *) "sekisho", (char *) "--role", (char *) "zygote", NULL });
  scan->supervisor = sk_supervisor_new (&settings->run, &mine, scan->session.bundle, error);
  if (scan->supervisor == NULL)
    return FALSE;
  const SkCatalogue *catalogue = sk_supervisor_catalogue (scan->supervisor);
  sk_say_problems (stderr, catalogue, SK_PROBLEM_LEFT_OUT);
  sk_say_problems (stderr, catalogue, SK_PROBLEM_WARNING);
  if (catalogue->sandbox_note != NULL && catalogue->sandbox_note[0] != '\0')
    sk_say (_ ("sandbox: %s"), catalogue->sandbox_note);
  sk_report_catalogue (&scan->report, catalogue);
  return has_rules (catalogue, scan->session.bundle, error);
}

static gboolean
prepare (Scan *scan, const SkCommandLine *line, GError **error)
{
  SkSession *session = &scan->session;
  if (!sk_session_open (session, line, error) || !sk_session_sources (session, error))
    return FALSE;
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  scan->policy = sk_policy_new (&session->settings.policy, session->bundle, now, error);
  if (scan->policy == NULL)
    return FALSE;
  sk_report_init (&scan->report, scan->policy);
  sk_progress_init (&scan->report.progress, session->settings.progress == SK_WHEN_AUTO);
  if (!open_sinks (scan, line, error))
    return FALSE;
  if (session->settings.records != NULL
      && (scan->records = sk_records_new (session->settings.records, error)) == NULL)
    return FALSE;
  set_walk (&session->settings, line);
  return start (scan, error);
}

/** What stands in the summary whether or not the run came to its end. */
static void
say_summary (Scan *scan)
{
  g_autofree char *text
      = sk_summary_to_text (&scan->session.settings.alert, &scan->report.summary);
  sk_progress_hide (&scan->report.progress);
  fprintf (stderr, "%s\n", text);
}

static gboolean
close_records (Scan *scan)
{
  g_autoptr (GError) error = NULL;
  if (scan->records == NULL || sk_records_close (scan->records, &error))
    return TRUE;
  sk_progress_hide (&scan->report.progress);
  sk_say_error (error);
  return FALSE;
}

static SkExit
run (Scan *scan)
{
  SkReport *report = &scan->report;
  g_autoptr (GError) error = NULL;
  bool interrupted = false;
  int64_t started = g_get_monotonic_time ();
  catch_signals (scan->supervisor);
  scan->session.settings.walk.folders = sk_supervisor_wants_folders (scan->supervisor);
  scan->walk = sk_walk_new (&scan->session.settings.walk);
  gboolean ended = sk_supervisor_run (scan->supervisor, scan->walk, &interrupted, &error);
  running = NULL;
  report->summary.interrupted = interrupted || !ended;
  report->summary.seconds = (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC;
  report->summary.ended = g_get_real_time () / G_USEC_PER_SEC;
  gboolean written = sk_report_end (report, g_get_real_time () * 1000);
  written = close_records (scan) && written;
  say_summary (scan);
  if (report->error != NULL)
    sk_say_error (report->error);
  else if (!ended && error != NULL)
    sk_say_error (error);
  return ended && written ? sk_report_exit (&report->summary, scan->session.settings.fail_on)
                          : SK_EXIT_ERROR;
}

static void
scan_clear (Scan *scan)
{
  sk_supervisor_free (scan->supervisor);
  sk_walk_free (scan->walk);
  sk_records_free (scan->records);
  if (scan->policy != NULL)
    sk_report_clear (&scan->report);
  sk_policy_free (scan->policy);
  sk_session_clear (&scan->session);
}

SkExit
sk_main_scan (const SkCommandLine *line)
{
  Scan scan = { 0 };
  g_autoptr (GError) error = NULL;
  SkExit status = SK_EXIT_ERROR;
  if (prepare (&scan, line, &error))
    status = run (&scan);
  else
    sk_say_error (error);
  scan_clear (&scan);
  return status;
}
