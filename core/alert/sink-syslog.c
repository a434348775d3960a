/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Alerts to a datagram socket of the local syslog receiver.
 *
 * libc's syslog() is not used: it says nothing of a lost message, and it has
 * one global state. Each alert is one datagram. One that the socket does not
 * take for its size is formatted again, smaller; a full queue is waited for; a
 * receiver that went away is looked for once more, then it is an error.
 * A datagram that was taken is in the receiver's queue, not on its disk.
 */
#include "config.h"

#include "alert/sink.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_PATH "/dev/log"
#define LEAST_SIZE 480
/* ENOBUFS gives nothing to poll on: ask again this often. */
#define RETRY_MS 20

typedef struct SyslogSink
{
  SkSink base;
  int fd;
  struct sockaddr_un address;
  char *name; /**< of the socket, printable */
  bool rfc5424;
} SyslogSink;

/** Formats one message with the given settings; how an alert and the summary go the same way. */
typedef struct Message
{
  const SyslogSink *sink;
  const SkRootResult *root; /**< NULL: the summary */
  const SkAlert *alert;
  const SkSummary *summary;
  int64_t time_ns;
} Message;

static char *
format_message (const Message *message, uint32_t size)
{
  SkAlertSettings settings = message->sink->base.alert;
  settings.max_size = size;
  bool rfc5424 = message->sink->rfc5424;
  if (message->root != NULL)
    return (rfc5424 ? sk_alert_to_rfc5424 : sk_alert_to_rfc3164) (&settings, message->root,
                                                                  message->alert);
  return (rfc5424 ? sk_summary_to_rfc5424 : sk_summary_to_rfc3164) (&settings, message->summary,
                                                                    message->time_ns);
}

static int
open_socket (const struct sockaddr_un *address)
{
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (connect (fd, (const struct sockaddr *) address, sizeof *address) == 0)
    return fd;
  int saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

/* The receiver behind the socket is another one now, or none. */
static bool
is_gone (int code)
{
  return code == ECONNREFUSED || code == ECONNRESET || code == ENOTCONN || code == EPIPE
         || code == ENOENT || code == EDESTADDRREQ;
}

static bool
reconnect (SyslogSink *sink)
{
  int fd = open_socket (&sink->address);
  if (fd < 0)
    return false;
  close (sink->fd);
  sink->fd = fd;
  return true;
}

/* Sends, waiting for room up to the bound. 0 or an errno. */
static int
send_once (SyslogSink *sink, const char *text)
{
  int64_t end = g_get_monotonic_time () + (int64_t) sink->base.wait_ms * 1000;
  for (;;)
    {
      if (send (sink->fd, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 0;
      int code = errno;
      if (code == EINTR)
        continue;
      if ((code != EAGAIN && code != ENOBUFS) || g_get_monotonic_time () >= end)
        return code;
      struct pollfd ready = { .fd = sink->fd, .events = POLLOUT };
      if (code == ENOBUFS)
        g_usleep (RETRY_MS * 1000);
      else
        poll (&ready, 1, RETRY_MS * 10);
    }
}

static int
send_reconnecting (SyslogSink *sink, const char *text)
{
  int code = send_once (sink, text);
  if (!is_gone (code))
    return code;
  if (!reconnect (sink))
    return errno;
  return send_once (sink, text);
}

static gboolean
set_send_error (const SyslogSink *sink, int code, GError **error)
{
  if (is_gone (code))
    g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM,
                 _ ("syslog socket %s: the receiver is gone (%s)"), sink->name, g_strerror (code));
  else if (code == EAGAIN || code == ENOBUFS)
    g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM,
                 _ ("syslog socket %s: the receiver took nothing for %d ms"), sink->name,
                 sink->base.wait_ms);
  else if (code == EMSGSIZE)
    g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM,
                 _ ("syslog socket %s: does not even take %d bytes"), sink->name, LEAST_SIZE);
  else
    sk_error_set_errno (error, code, _ ("syslog socket %s: cannot send"), sink->name);
  return FALSE;
}

static gboolean
send_message (SyslogSink *sink, const Message *message, GError **error)
{
  uint32_t size = MAX (sink->base.alert.max_size, LEAST_SIZE);
  for (;;)
    {
      g_autofree char *text = format_message (message, size);
      int code = send_reconnecting (sink, text);
      if (code == 0)
        return TRUE;
      if (code != EMSGSIZE || size == LEAST_SIZE)
        return set_send_error (sink, code, error);
      /* From what it really was: the limit may be far above. */
      size = MAX (LEAST_SIZE, (uint32_t) MIN (strlen (text), size) / 2);
    }
}

static gboolean
syslog_root (SkSink *base, const SkRootResult *root, GError **error)
{
  SyslogSink *sink = (SyslogSink *) base;
  for (size_t i = 0; i < root->n_alerts; i++)
    {
      Message message = { .sink = sink, .root = root, .alert = &root->alerts[i] };
      if (!send_message (sink, &message, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
syslog_summary (SkSink *base, const SkSummary *summary, int64_t time_ns, GError **error)
{
  SyslogSink *sink = (SyslogSink *) base;
  Message message = { .sink = sink, .summary = summary, .time_ns = time_ns };
  return send_message (sink, &message, error);
}

static gboolean
syslog_close (SkSink *base, GError **error)
{
  (void) base;
  (void) error;
  return TRUE;
}

static void
syslog_free (SkSink *base)
{
  SyslogSink *sink = (SyslogSink *) base;
  if (sink->fd >= 0)
    close (sink->fd);
  g_free (sink->name);
  g_free (sink);
}

static const SkSinkClass syslog_class = { syslog_root, syslog_summary, syslog_close, syslog_free };

SkSink *
sk_sink_syslog_new (const SkSinkSettings *settings, GError **error)
{
  const char *path = settings->path != NULL ? settings->path : DEFAULT_PATH;
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  g_autofree char *name = sk_text_escape (utf8);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (strlen (path) >= sizeof address.sun_path)
    {
      g_set_error (error, SK_ERROR, SK_ERROR_CONFIG,
                   _ ("syslog socket %s: the path is longer than %zu bytes"), name,
                   sizeof address.sun_path - 1);
      return NULL;
    }
  memcpy (address.sun_path, path, strlen (path) + 1);
  int fd = open_socket (&address);
  if (fd < 0)
    {
      sk_error_set_errno (error, errno, _ ("syslog socket %s: cannot connect"), name);
      return NULL;
    }
  SyslogSink *sink = g_new0 (SyslogSink, 1);
  sink->base.class = &syslog_class;
  sink->fd = fd;
  sink->address = address;
  sink->name = g_steal_pointer (&name);
  sink->rfc5424 = settings->rfc5424;
  return &sink->base;
}
