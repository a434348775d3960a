/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho allow add` and `list`: silences by the hash of a file's content,
 * each with who, when, why and until when.
 *
 * Taking one back is an editor's work: the file is text that people read, and
 * deleting a decision deserves a look at it.
 */
#include "config.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/yaml.h"
#include "main/session.h"
#include "main/silences.h"
#include "policy/policy.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY (INT64_C (24) * 60 * 60)
#define DEFAULT_DAYS 180
#define MOST_DAYS 3650
#define MOST_WHY 1000

/** Who decides: the person behind sudo, or the user. New string. */
static char *
who_am_i (void)
{
  const char *sudo = geteuid () == 0 ? getenv ("SUDO_USER") : NULL;
  if (sudo != NULL && sudo[0] != '\0')
    return sk_text_from_bytes (sk_span_of_text (sudo));
  const struct passwd *user = getpwuid (getuid ());
  if (user != NULL)
    return sk_text_from_bytes (sk_span_of_text (user->pw_name));
  return g_strdup_printf ("uid %u", (unsigned) getuid ());
}

/** The file that is written to: --file, or the first that is configured. */
static const char *
silences_file (const SkSession *session, const SkCommandLine *line)
{
  const char *file = sk_command_line_value (line, "file");
  return file != NULL ? file : session->settings.silence_paths[0];
}

static bool
read_days (const SkCommandLine *line, int64_t *ret_days)
{
  const char *text = sk_command_line_value (line, "expires");
  guint64 days = DEFAULT_DAYS;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, MOST_DAYS, &days, NULL))
    {
      sk_say (_ ("--expires: found \"%s\", expected days from 1 to %d"), text, MOST_DAYS);
      return false;
    }
  *ret_days = (int64_t) days;
  return true;
}

static bool
read_why (const SkCommandLine *line, const char **ret_why)
{
  const char *why = sk_command_line_value (line, "why");
  if (why == NULL || why[0] == '\0' || strlen (why) > MOST_WHY || !g_utf8_validate (why, -1, NULL))
    {
      sk_say (_ ("expected --why with the reason, UTF-8 text of at most %d bytes"), MOST_WHY);
      return false;
    }
  *ret_why = why;
  return true;
}

/** The silence for one file as text; NULL when it cannot be read, which is said. */
static char *
silence_text (const char *path, const SkSilence *common)
{
  g_autoptr (GError) error = NULL;
  SkSilence silence = *common;
  silence.sha256 = sk_silences_hash (path, &error);
  if (silence.sha256 == NULL)
    {
      sk_say_error (error);
      return NULL;
    }
  char *text = sk_silence_to_yaml (&silence);
  g_free (silence.sha256);
  return text;
}

/** All files or none. NULL when one cannot be read. */
static char *
silences_text (const GPtrArray *paths, const SkSilence *common)
{
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *text = silence_text (g_ptr_array_index (paths, i), common);
      if (text == NULL)
        return NULL;
      g_string_append (all, text);
      if (all->str[all->len - 1] != '\n')
        g_string_append_c (all, '\n');
    }
  return g_strdup (all->str);
}

static SkExit
add (const SkSession *session, const SkCommandLine *line)
{
  const char *why;
  int64_t days;
  if (!read_why (line, &why) || !read_days (line, &days))
    return SK_EXIT_ERROR;
  const char *path = silences_file (session, line);
  if (path == NULL)
    {
      sk_say (_ ("the key silences names no file to write to"));
      return SK_EXIT_ERROR;
    }
  const char *id = sk_command_line_value (line, "id");
  g_autofree char *who = who_am_i ();
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  SkSilence common = { .id = (char *) (id != NULL ? id : "*"), .who = who, .why = (char *) why,
                       .when = now, .expires = now + days * DAY };
  g_autofree char *text = silences_text (line->arguments, &common);
  g_autoptr (GError) error = NULL;
  if (text == NULL)
    return SK_EXIT_ERROR;
  if (!sk_silences_append (path, text, &error))
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  fputs (text, stdout);
  return sk_flush_output () ? SK_EXIT_CLEAN : SK_EXIT_ERROR;
}

SkExit
sk_main_allow_add (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  g_autoptr (GError) error = NULL;
  if (sk_session_open (&session, line, &error))
    return add (&session, line);
  sk_say_error (error);
  return SK_EXIT_ERROR;
}

/* ---- list ---- */

static void
put_silence (const SkSilence *silence, int64_t now)
{
  g_autofree char *expires = sk_yaml_time_text (silence->expires);
  g_autofree char *id = sk_text_escape (silence->id);
  g_autofree char *path = silence->path != NULL ? sk_text_escape (silence->path) : g_strdup ("-");
  g_autofree char *who = sk_text_escape (silence->who);
  g_autofree char *why = sk_text_escape (silence->why);
  printf ("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", silence->expires > now ? _ ("in force") : _ ("expired"),
          expires, id, path, silence->sha256 != NULL ? silence->sha256 : "-", who, why);
}

/** The bundle with --file alone, or with all that are configured. */
static gboolean
add_files (const SkSession *session, const SkCommandLine *line, GError **error)
{
  const char *file = sk_command_line_value (line, "file");
  char *const only[] = { (char *) file, NULL };
  char *const *paths = file != NULL ? only : session->settings.silence_paths;
  for (size_t i = 0; paths[i] != NULL; i++)
    {
      bool optional = file == NULL && strcmp (paths[i], sk_settings_silences_file ()) == 0;
      if (optional && !g_file_test (paths[i], G_FILE_TEST_EXISTS))
        continue;
      if (!sk_bundle_add_file (session->bundle, "silences", paths[i], error))
        return FALSE;
    }
  return TRUE;
}

SkExit
sk_main_allow_list (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  g_autoptr (GError) error = NULL;
  g_autoptr (SkPolicy) policy = NULL;
  /* As seen from the beginning of time: expired ones are listed, too. */
  if (sk_session_open (&session, line, &error) && add_files (&session, line, &error))
    policy = sk_policy_new (&session.settings.policy, session.bundle, 0, &error);
  if (policy == NULL)
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  const SkSilence *silence;
  int64_t now = g_get_real_time () / G_USEC_PER_SEC;
  for (uint32_t i = 0; (silence = sk_policy_at (policy, i)) != NULL; i++)
    put_silence (silence, now);
  return sk_flush_output () ? SK_EXIT_CLEAN : SK_EXIT_ERROR;
}
