/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Alerts to systemd's journal as native fields: each parameter of the
 * structured data is one, `object@… sha256` as SEKISHO_OBJECT_SHA256, and
 * nothing is cut (the library sends what exceeds a datagram as a sealed memory
 * file).
 *
 * sd_journal_sendv returns 0 where there is no journal at all, as if it had
 * sent. So the socket is probed at the start and again before each root and
 * the summary.
 */
#include "config.h"

#include "alert/sink.h"
#include "base/error.h"
#include "base/i18n.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The library would add the place in our sources, which says nothing of an alert. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define SOCKET_PATH "/run/systemd/journal/socket"
/* MESSAGE_ID finds all messages of a kind: `journalctl MESSAGE_ID=…`. Made once at random. */
#define ALERT_MESSAGE_ID "3f0c6f0b7d6a4a5ea0d4c1b28e5b9a47"
#define SUMMARY_MESSAGE_ID "b27f54f7c1f04d0e8f3d9b6b12d8a6c5"

static gboolean
probe (GError **error)
{
  const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool ok = fd >= 0 && connect (fd, (const struct sockaddr *) &address, sizeof address) == 0;
  int saved = errno;
  if (fd >= 0)
    close (fd);
  return ok || sk_error_set_errno (error, saved, _ ("journal %s: cannot connect"), SOCKET_PATH);
}

static void
add (GPtrArray *lines, const char *name, const char *value)
{
  g_ptr_array_add (lines, g_strdup_printf ("%s=%s", name, value));
}

/* SEKISHO_ID, SEKISHO_OBJECT_PATH: upper case, the element first unless it is our own. */
static void
add_field (GPtrArray *lines, const SkField *field)
{
  bool own = strcmp (field->element, "sekisho") == 0;
  g_autofree char *name = g_strdup_printf ("SEKISHO_%s%s%s", own ? "" : field->element,
                                           own ? "" : "_", field->name);
  for (char *p = name; *p != '\0'; p++)
    *p = g_ascii_isalnum (*p) ? g_ascii_toupper (*p) : '_';
  add (lines, name, field->value);
}

/* Takes the fields. */
static gboolean
send_fields (const SkSink *sink, const char *message_id, int severity, const char *text,
             GArray *fields, GError **error)
{
  g_autoptr (GArray) owned = fields;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *priority = g_strdup_printf ("%d", severity);
  g_autofree char *facility = g_strdup_printf ("%d", sink->alert.facility);
  add (lines, "MESSAGE", text);
  add (lines, "MESSAGE_ID", message_id);
  add (lines, "PRIORITY", priority);
  add (lines, "SYSLOG_FACILITY", facility);
  add (lines, "SYSLOG_IDENTIFIER", "sekisho");
  for (guint i = 0; i < owned->len; i++)
    add_field (lines, &g_array_index (owned, SkField, i));

  g_autofree struct iovec *vectors = g_new (struct iovec, lines->len);
  for (guint i = 0; i < lines->len; i++)
    vectors[i] = (struct iovec) { lines->pdata[i], strlen (lines->pdata[i]) };
  int code = sd_journal_sendv (vectors, (int) lines->len);
  return code >= 0 || sk_error_set_errno (error, -code, _ ("journal: cannot send"));
}

static gboolean
journal_root (SkSink *sink, const SkRootResult *root, GError **error)
{
  if (!probe (error))
    return FALSE;
  for (size_t i = 0; i < root->n_alerts; i++)
    {
      const SkAlert *alert = &root->alerts[i];
      g_autofree char *line = sk_alert_line (&sink->alert, root, alert);
      if (!send_fields (sink, ALERT_MESSAGE_ID, sk_level_syslog (alert->level), line,
                        sk_fields_of_alert (root, alert), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
journal_summary (SkSink *sink, const SkSummary *summary, int64_t time_ns, GError **error)
{
  (void) time_ns; /* the journal has its own */
  if (!probe (error))
    return FALSE;
  g_autofree char *line = sk_summary_line (summary);
  return send_fields (sink, SUMMARY_MESSAGE_ID, sk_level_syslog (SK_LEVEL_INFORMATIONAL), line,
                      sk_fields_of_summary (summary), error);
}

static gboolean
journal_close (SkSink *sink, GError **error)
{
  (void) sink;
  (void) error;
  return TRUE;
}

static void
journal_free (SkSink *sink)
{
  g_free (sink);
}

static const SkSinkClass journal_class
    = { journal_root, journal_summary, journal_close, journal_free };

SkSink *
sk_sink_journal_new (GError **error)
{
  if (!probe (error))
    return NULL;
  SkSink *sink = g_new0 (SkSink, 1);
  sink->class = &journal_class;
  return sink;
}
