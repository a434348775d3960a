/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Alerts as lines on standard output or at the end of a file.
 *
 * A reader of the file never meets half a line: what a failed write left
 * behind its last line end is cut off again, and a file that somebody else
 * left without a line end gets one first. Rotation is not our business: open a
 * new sink.
 */
#include "config.h"

#include "alert/sink.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct StreamSink
{
  SkSink base;
  int fd;
  char *name;   /**< for messages, printable */
  bool owned;   /**< opened here: fsync and close it */
  bool regular; /**< can be shortened */
  bool broken;  /**< a write failed; what follows would only repeat it */
} StreamSink;

/* A closed pipe must come back as EPIPE, whatever the process does about SIGPIPE elsewhere: the
 * signal is held back and taken off again. */
static ssize_t
write_without_signal (int fd, const char *bytes, size_t size)
{
  sigset_t pipe_only, before, pending;
  sigemptyset (&pipe_only);
  sigaddset (&pipe_only, SIGPIPE);
  sigpending (&pending);
  pthread_sigmask (SIG_BLOCK, &pipe_only, &before);
  ssize_t written = write (fd, bytes, size);
  int saved = errno;
  if (written < 0 && saved == EPIPE && !sigismember (&pending, SIGPIPE))
    {
      const struct timespec now = { 0, 0 };
      while (sigtimedwait (&pipe_only, NULL, &now) < 0 && errno == EINTR)
        ;
    }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = saved;
  return written;
}

/* Writes all; `*ret_written` tells how much went out before an error. A terminal or pipe that is
 * not blocking is waited for without an end: a person may have stopped it. */
static bool
write_all (int fd, const char *bytes, size_t size, size_t *ret_written)
{
  *ret_written = 0;
  while (*ret_written < size)
    {
      ssize_t n = write_without_signal (fd, bytes + *ret_written, size - *ret_written);
      if (n > 0)
        *ret_written += (size_t) n;
      else if (n == 0)
        {
          errno = ENOSPC;
          return false;
        }
      else if (errno == EAGAIN)
        {
          struct pollfd ready = { .fd = fd, .events = POLLOUT };
          if (poll (&ready, 1, -1) < 0 && errno != EINTR)
            return false;
        }
      else if (errno != EINTR)
        return false;
    }
  return true;
}

/* Takes back what stands behind the last line end of what was written, unless another writer has
 * appended since. */
static void
cut_torn_line (StreamSink *sink, const char *bytes, size_t written)
{
  const char *end = memrchr (bytes, '\n', written);
  size_t torn = end != NULL ? written - (size_t) (end + 1 - bytes) : written;
  off_t here = lseek (sink->fd, 0, SEEK_CUR);
  struct stat info;
  if (!sink->regular || torn == 0 || here < (off_t) torn || fstat (sink->fd, &info) != 0
      || info.st_size != here)
    return;
  /* Failing leaves what is there; the error of the write is reported either way. */
  if (ftruncate (sink->fd, here - (off_t) torn) != 0)
    return;
}

static gboolean
set_write_error (const StreamSink *sink, int saved_errno, GError **error)
{
  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM, _ ("%s: disk full"), sink->name);
  else if (saved_errno == EPIPE)
    g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM, _ ("%s: the reader closed the pipe"),
                 sink->name);
  else
    sk_error_set_errno (error, saved_errno, _ ("%s: cannot write"), sink->name);
  return FALSE;
}

/* `text` are whole lines. */
static gboolean
put (StreamSink *sink, const GString *text, GError **error)
{
  size_t written;
  if (sink->broken)
    {
      g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM, _ ("%s: an earlier write failed"), sink->name);
      return FALSE;
    }
  if (write_all (sink->fd, text->str, text->len, &written))
    return TRUE;
  int saved = errno;
  sink->broken = true;
  cut_torn_line (sink, text->str, written);
  return set_write_error (sink, saved, error);
}

static char *
format_alert (const SkSink *sink, const SkRootResult *root, const SkAlert *alert)
{
  return sink->format == SK_FORMAT_JSON ? sk_alert_to_json (&sink->alert, root, alert)
                                        : sk_alert_to_rfc5424 (&sink->alert, root, alert);
}

static gboolean
stream_root (SkSink *base, const SkRootResult *root, GError **error)
{
  GString *text = g_string_new (NULL);
  if (base->format == SK_FORMAT_TREE)
    {
      g_autofree char *tree = sk_root_to_tree (&base->alert, root);
      g_string_append_printf (text, "%s\n", tree);
    }
  else
    for (size_t i = 0; i < root->n_alerts; i++)
      {
        g_autofree char *line = format_alert (base, root, &root->alerts[i]);
        g_string_append_printf (text, "%s\n", line);
      }
  gboolean ok = put ((StreamSink *) base, text, error);
  g_string_free (text, TRUE);
  return ok;
}

static char *
format_summary (const SkSink *sink, const SkSummary *summary, int64_t time_ns)
{
  switch (sink->format)
    {
    case SK_FORMAT_JSON:
      return sk_summary_to_json (&sink->alert, summary, time_ns);
    case SK_FORMAT_RFC5424:
      return sk_summary_to_rfc5424 (&sink->alert, summary, time_ns);
    case SK_FORMAT_TREE:
      break;
    }
  return sk_summary_to_text (&sink->alert, summary);
}

static gboolean
stream_summary (SkSink *base, const SkSummary *summary, int64_t time_ns, GError **error)
{
  StreamSink *sink = (StreamSink *) base;
  if (base->format == SK_FORMAT_TREE && !sink->owned)
    return TRUE;
  g_autofree char *line = format_summary (base, summary, time_ns);
  GString *text = g_string_new (line);
  g_string_append_c (text, '\n');
  gboolean ok = put (sink, text, error);
  g_string_free (text, TRUE);
  return ok;
}

static gboolean
stream_close (SkSink *base, GError **error)
{
  StreamSink *sink = (StreamSink *) base;
  if (!sink->owned || sink->fd < 0)
    return TRUE;
  /* A device or a file system without fsync says EINVAL or EROFS; it has nothing to flush. */
  int saved = fsync (sink->fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
  /* Linux frees the descriptor on EINTR too. */
  if (close (sink->fd) != 0 && errno != EINTR && saved == 0)
    saved = errno;
  sink->fd = -1;
  return saved == 0 || set_write_error (sink, saved, error);
}

static void
stream_free (SkSink *base)
{
  StreamSink *sink = (StreamSink *) base;
  if (sink->owned && sink->fd >= 0)
    close (sink->fd);
  g_free (sink->name);
  g_free (sink);
}

static const SkSinkClass stream_class = { stream_root, stream_summary, stream_close, stream_free };

static StreamSink *
stream_new (int fd, const char *name, bool owned)
{
  StreamSink *sink = g_new0 (StreamSink, 1);
  sink->base.class = &stream_class;
  sink->fd = fd;
  sink->name = g_strdup (name);
  sink->owned = owned;
  return sink;
}

/* A file that does not end with a line end was torn by a crash or is somebody's note. */
static gboolean
end_foreign_line (StreamSink *sink, off_t size, GError **error)
{
  char last = '\n';
  if (size == 0 || pread (sink->fd, &last, 1, size - 1) != 1 || last == '\n')
    return TRUE;
  g_autoptr (GString) line_end = g_string_new ("\n");
  return put (sink, line_end, error);
}

static SkSink *
file_new (const char *path, GError **error)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  g_autofree char *name = sk_text_escape (utf8);
  /* O_NONBLOCK: a FIFO without a reader must not hold the start up; files do not care. */
  int fd = open (path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd < 0)
    {
      sk_error_set_errno (error, errno, _ ("%s: cannot open for alerts"), name);
      return NULL;
    }
  StreamSink *sink = stream_new (fd, name, true);
  struct stat info;
  bool known = fstat (fd, &info) == 0;
  if (!known || !(S_ISREG (info.st_mode) || S_ISCHR (info.st_mode)))
    {
      g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM,
                   _ ("%s: neither a regular file nor a device; alerts cannot go there"), name);
      stream_free (&sink->base);
      return NULL;
    }
  sink->regular = S_ISREG (info.st_mode);
  if (sink->regular && !end_foreign_line (sink, info.st_size, error))
    {
      stream_free (&sink->base);
      return NULL;
    }
  return &sink->base;
}

SkSink *
sk_sink_stream_new (const SkSinkSettings *settings, GError **error)
{
  if (settings->kind == SK_SINK_FILE)
    return file_new (settings->path != NULL ? settings->path : "", error);
  StreamSink *sink = stream_new (STDOUT_FILENO, _ ("standard output"), false);
  struct stat info;
  sink->regular = fstat (sink->fd, &info) == 0 && S_ISREG (info.st_mode);
  return &sink->base;
}
