/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The alert for a traditional /dev/log:
 *
 *     <PRI>Mmm dd hh:mm:ss sekisho[PID]: [sekisho@PEN …][object@PEN …] text
 *
 * Receivers on a local socket expect what libc's syslog() sends: local time,
 * no host. They would take an RFC 5424 head apart wrongly and lose name and
 * data, so the data stands at the start of the text, where it is kept and
 * where a cut by the receiver does not reach it. MSGID, year and fraction of
 * the time are not kept.
 */
#include "config.h"

#include "alert/format.h"

#include <unistd.h>

/* Not by strftime: the month's name is English in every locale. */
static char *
traditional_time (int64_t time_ns)
{
  static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_ns / 1000000000);
  if (time == NULL)
    time = g_date_time_new_from_unix_utc (0);
  return g_strdup_printf ("%s %2d %02d:%02d:%02d", months[g_date_time_get_month (time) - 1],
                          g_date_time_get_day_of_month (time), g_date_time_get_hour (time),
                          g_date_time_get_minute (time), g_date_time_get_second (time));
}

char *
sk_head_rfc3164 (const SkAlertSettings *settings, int severity, int64_t time_ns)
{
  g_autofree char *time = traditional_time (time_ns);
  return g_strdup_printf ("<%d>%s sekisho[%ld]: ", sk_priority (settings, severity), time,
                          (long) getpid ());
}

char *
sk_alert_to_rfc3164 (const SkAlertSettings *settings, const SkRootResult *root,
                     const SkAlert *alert)
{
  g_autofree char *head
      = sk_head_rfc3164 (settings, sk_level_syslog (alert->level), root->time_ns);
  g_autoptr (GArray) fields = sk_fields_of_alert (root, alert);
  g_autofree char *line = sk_alert_line (settings, root, alert);
  return sk_message_fit (head, settings->enterprise, fields, "", line, settings->max_size);
}

char *
sk_summary_to_rfc3164 (const SkAlertSettings *settings, const SkSummary *summary, int64_t time_ns)
{
  g_autofree char *head
      = sk_head_rfc3164 (settings, sk_level_syslog (SK_LEVEL_INFORMATIONAL), time_ns);
  g_autoptr (GArray) fields = sk_fields_of_summary (summary);
  g_autofree char *line = sk_summary_line (summary);
  return sk_message_fit (head, settings->enterprise, fields, "", line, settings->max_size);
}
