/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/progress.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR 20

void
sk_progress_init (SkProgress *progress, bool wanted)
{
  progress->on = wanted && isatty (STDERR_FILENO);
  progress->shown = false;
  progress->start = g_get_monotonic_time ();
}

static int
terminal_columns (void)
{
  struct winsize size;
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

/** Seconds as `5 s`, `3:05` or `2:03:05`. New string. */
static char *
duration_text (double seconds)
{
  uint64_t whole = seconds < 0 ? 0 : seconds > 360000 ? 360000 : (uint64_t) seconds;
  unsigned s = (unsigned) (whole % 60), m = (unsigned) (whole / 60 % 60), h = (unsigned) (whole / 3600);
  if (h > 0)
    return g_strdup_printf ("%u:%02u:%02u", h, m, s);
  return m > 0 ? g_strdup_printf ("%u:%02u", m, s) : g_strdup_printf (_ ("%u s"), s);
}

/** How much is done, from 0 to 1: by bytes, or by files where all are empty. */
static double
share (const SkProgressCount *count)
{
  bool by_bytes = count->bytes_listed > 0;
  double whole = (double) (by_bytes ? count->bytes_listed : count->files_listed);
  double part = (double) (by_bytes ? count->bytes : count->files);
  return whole <= 0 ? 1 : part >= whole ? 1 : part / whole;
}

static void
put_bar (GString *out, double done)
{
  int filled = (int) (done * BAR);
  g_string_append_c (out, '[');
  for (int i = 0; i < BAR; i++)
    g_string_append_c (out, i < filled ? '=' : ' ');
  g_string_append_printf (out, "] %3d %%  ", (int) (done * 100));
}

char *
sk_progress_text (const SkProgressCount *count, int columns)
{
  GString *out = g_string_new (NULL);
  g_autofree char *files = sk_text_count (count->files);
  g_autofree char *bytes = sk_text_size (count->bytes);
  double rate = count->seconds > 0 ? (double) count->bytes / count->seconds : 0;
  g_autofree char *speed = sk_text_size ((uint64_t) rate);
  double done = share (count);
  if (count->listed)
    put_bar (out, done);
  g_string_append_printf (
      out, _n ("%s file  %s  %s/s", "%s files  %s  %s/s", (gulong) count->files), files, bytes, speed);
  /* An estimate from the first second or the first hundredth would be a guess. */
  if (count->listed && count->seconds >= 1 && done >= 0.01)
    {
      g_autofree char *left = duration_text (count->seconds * (1 - done) / done);
      g_string_append_printf (out, _ ("  %s left"), left);
    }
  if (columns > 1 && g_utf8_strlen (out->str, -1) >= columns)
    g_string_truncate (out, (gsize) (g_utf8_offset_to_pointer (out->str, columns - 1) - out->str));
  return g_string_free (out, FALSE);
}

void
sk_progress_show (SkProgress *progress, SkProgressCount count)
{
  if (!progress->on)
    return;
  count.seconds = (double) (g_get_monotonic_time () - progress->start) / G_USEC_PER_SEC;
  g_autofree char *text = sk_progress_text (&count, terminal_columns ());
  fprintf (stderr, "\r%s\033[K", text);
  fflush (stderr);
  progress->shown = true;
}

void
sk_progress_hide (SkProgress *progress)
{
  if (!progress->shown)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  progress->shown = false;
}
