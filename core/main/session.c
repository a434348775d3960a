/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/session.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

gboolean
sk_session_open (SkSession *session, const SkCommandLine *line, GError **error)
{
  sk_settings_init (&session->settings);
  session->bundle = sk_bundle_new ();
  session->engine = NULL;
  session->catalogue = NULL;
  return sk_settings_read (session->bundle, sk_command_line_value (line, "config"), line->overrides,
                           error)
         && sk_settings_load (&session->settings, session->bundle, error);
}

gboolean
sk_session_sources (SkSession *session, GError **error)
{
  return sk_settings_add_sources (&session->settings, session->bundle, error);
}

gboolean
sk_session_engine (SkSession *session, GError **error)
{
  session->engine = sk_engine_new (&session->settings.zygote.engine, session->bundle,
                                   &session->catalogue, error);
  return session->engine != NULL;
}

void
sk_session_clear (SkSession *session)
{
  sk_engine_free (session->engine);
  sk_catalogue_free (session->catalogue);
  sk_bundle_free (session->bundle);
  sk_settings_clear (&session->settings);
}

char *
sk_safe_line (const char *bytes)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (bytes));
  GString *out = g_string_new (NULL);
  for (const char *p = utf8; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_iscntrl (c) || sk_text_is_invisible (c) || c == 0x2028 || c == 0x2029)
        g_string_append_printf (out, "\\u{%X}", c);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

static void
put_lines (const char *before, const GError *error)
{
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
  for (size_t i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *line = sk_safe_line (lines[i]);
      if (line[0] != '\0')
        fprintf (stderr, "%s%s\n", before, line);
    }
}

void
sk_say_error (const GError *error)
{
  put_lines ("sekisho: ", error);
}

void
sk_say_places (const GError *error)
{
  put_lines ("", error);
}

void
sk_say (const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *bytes = g_strdup_vprintf (format, list);
  va_end (list);
  g_autofree char *line = sk_safe_line (bytes);
  fprintf (stderr, "sekisho: %s\n", line);
}

void
sk_say_problems (FILE *out, const SkCatalogue *catalogue, SkProblemKind kind)
{
  for (guint i = 0; catalogue != NULL && i < catalogue->problems->len; i++)
    {
      const SkProblem *problem = &g_array_index (catalogue->problems, SkProblem, i);
      if (problem->kind != kind)
        continue;
      g_autofree char *text = sk_problem_text (problem);
      fprintf (out, "%s\n", text);
    }
}

gboolean
sk_flush_output (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  sk_say (_ ("standard output: %s"), g_strerror (errno));
  return FALSE;
}
