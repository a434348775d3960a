/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The alert as one RFC 5424 message:
 *
 *     <PRI>1 TIME HOST sekisho PID MSGID [sekisho@PEN …][object@PEN …] BOM text
 *
 * No framing: a sink adds the line end, or sends it as one datagram.
 */
#include "config.h"

#include "alert/format.h"

#include <unistd.h>

char *
sk_head_rfc5424 (const SkAlertSettings *settings, int severity, int64_t time_ns,
                 const char *message_id)
{
  g_autofree char *time = sk_time_text (time_ns);
  g_autofree char *host = sk_host_name (settings);
  return g_strdup_printf ("<%d>1 %s %s sekisho %ld %s ", sk_priority (settings, severity), time,
                          host, (long) getpid (), message_id);
}

char *
sk_alert_to_rfc5424 (const SkAlertSettings *settings, const SkRootResult *root,
                     const SkAlert *alert)
{
  g_autofree char *message_id = sk_message_id (alert->rule->id);
  g_autofree char *head = sk_head_rfc5424 (settings, sk_level_syslog (alert->level),
                                           root->time_ns, message_id);
  g_autoptr (GArray) fields = sk_fields_of_alert (root, alert);
  g_autofree char *line = sk_alert_line (settings, root, alert);
  return sk_message_fit (head, settings->enterprise, fields, SK_BOM, line, settings->max_size);
}

char *
sk_summary_to_rfc5424 (const SkAlertSettings *settings, const SkSummary *summary, int64_t time_ns)
{
  g_autofree char *head
      = sk_head_rfc5424 (settings, sk_level_syslog (SK_LEVEL_INFORMATIONAL), time_ns,
                         SK_SUMMARY_MESSAGE_ID);
  g_autoptr (GArray) fields = sk_fields_of_summary (summary);
  g_autofree char *line = sk_summary_line (summary);
  return sk_message_fit (head, settings->enterprise, fields, SK_BOM, line, settings->max_size);
}
