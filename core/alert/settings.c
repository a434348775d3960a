/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Defaults, and the small facts about an alert that all formats share.
 */
#include "config.h"

#include "alert/format.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* RFC 5424: HOSTNAME = 1*255PRINTUSASCII. */
#define HOST_MAX 255
#define MESSAGE_ID_MAX 32
/* `yara.` and this many characters of the rule's name make 32. */
#define YARA_NAME_MAX 27
#define UUID_HEAD 8

void
sk_alert_settings_init (SkAlertSettings *settings)
{
  *settings = (SkAlertSettings) { .facility = 16, .enterprise = 32473, .max_size = 2048 };
  settings->language = g_strdup ("en");
}

void
sk_alert_settings_clear (SkAlertSettings *settings)
{
  g_clear_pointer (&settings->host, g_free);
  g_clear_pointer (&settings->language, g_free);
}

bool
sk_format_parse (const char *text, SkFormat *ret_format)
{
  static const struct
  {
    const char *name;
    SkFormat format;
  } formats[] = { { "tree", SK_FORMAT_TREE },
                  { "rfc5424", SK_FORMAT_RFC5424 },
                  { "json", SK_FORMAT_JSON } };
  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (text, formats[i].name) == 0)
      {
        *ret_format = formats[i].format;
        return true;
      }
  return false;
}

char *
sk_alert_id (const SkAlert *alert)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  /* The NUL keeps "a" + "bc" apart from "ab" + "c". */
  g_checksum_update (sum, (const guchar *) alert->object_id,
                     (gssize) strlen (alert->object_id) + 1);
  g_checksum_update (sum, (const guchar *) alert->rule->id, (gssize) strlen (alert->rule->id));
  if (alert->record != SK_NO_RECORD)
    {
      g_autofree char *record = g_strdup_printf ("%" PRIu64, alert->record);
      g_checksum_update (sum, (const guchar *) "", 1);
      g_checksum_update (sum, (const guchar *) record, (gssize) strlen (record));
    }
  return g_strndup (g_checksum_get_string (sum), 16);
}

const char *
sk_alert_source (const SkRootResult *root, const SkAlert *alert)
{
  return alert->record != SK_NO_RECORD ? "log" : root->source;
}

bool
sk_alert_is_related (const SkRootResult *root)
{
  return strcmp (root->source, SK_SOURCE_CORRELATION) == 0;
}

const char *
sk_alert_title (const SkAlertSettings *settings, const SkAlert *alert)
{
  const SkRule *rule = alert->rule;
  bool japanese = settings->language != NULL && strcmp (settings->language, "ja") == 0;
  if (japanese && rule->title_ja != NULL && *rule->title_ja != '\0')
    return rule->title_ja;
  return rule->title != NULL && *rule->title != '\0' ? rule->title : rule->id;
}

/* Appends ` » ` and the names from the `first` on. */
static void
append_names (GString *out, const SkAlert *alert, size_t first)
{
  for (size_t i = first; alert->path[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (out, SK_TEXT_INSIDE);
      g_autofree char *name = sk_text_escape (alert->path[i]);
      size_t start = out->len;
      g_string_append (out, name);
      /* Only behind `start`: the separators before it stay. */
      g_autofree char *tail = g_strdup (out->str + start);
      if (strstr (tail, "»") != NULL)
        {
          g_auto (GStrv) parts = g_strsplit (tail, "»", -1);
          g_autofree char *joined = g_strjoinv ("\\u{BB}", parts);
          g_string_truncate (out, start);
          g_string_append (out, joined);
        }
    }
}

char *
sk_alert_path (const SkAlert *alert)
{
  GString *out = g_string_new (NULL);
  append_names (out, alert, 0);
  return g_string_free (out, FALSE);
}

char *
sk_alert_where (const SkRootResult *root, const SkAlert *alert)
{
  g_autofree char *path = sk_text_escape (root->path);
  GString *out = g_string_new (path);
  if (alert->path[0] != NULL)
    append_names (out, alert, 1);
  if (alert->record != SK_NO_RECORD)
    g_string_append_printf (out, " at byte %" PRIu64, alert->record);
  return g_string_free (out, FALSE);
}

char *
sk_alert_line (const SkAlertSettings *settings, const SkRootResult *root, const SkAlert *alert)
{
  g_autofree char *title = sk_text_escape (sk_alert_title (settings, alert));
  g_autofree char *where = sk_alert_where (root, alert);
  g_autofree char *evidence = sk_text_escape (alert->evidence);
  GString *out = g_string_new (sk_level_name (alert->level));
  g_string_append_printf (out, ": %s: %s", title, where);
  if (*evidence != '\0')
    g_string_append_printf (out, " (%s)", evidence);
  return g_string_free (out, FALSE);
}

char *
sk_message_id (const char *finding_id)
{
  const char *source = finding_id;
  g_autofree char *foreign = NULL;
  if (g_str_has_prefix (finding_id, "sigma."))
    foreign = g_strdup_printf ("sigma.%.*s", UUID_HEAD, finding_id + strlen ("sigma."));
  else if (g_str_has_prefix (finding_id, "yara."))
    foreign = g_strdup_printf ("yara.%.*s", YARA_NAME_MAX, strrchr (finding_id, '.') + 1);
  if (foreign != NULL)
    source = foreign;
  char *id = g_strndup (source, MESSAGE_ID_MAX);
  for (char *p = id; *p != '\0'; p++)
    if (*p <= ' ' || *p > '~')
      *p = '_';
  if (*id == '\0')
    {
      g_free (id);
      id = g_strdup ("-");
    }
  return id;
}

char *
sk_time_text (int64_t time_ns)
{
  int64_t seconds = time_ns / G_GINT64_CONSTANT (1000000000);
  int64_t rest = time_ns % G_GINT64_CONSTANT (1000000000);
  if (rest < 0)
    {
      rest += G_GINT64_CONSTANT (1000000000);
      seconds--;
    }
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  if (time == NULL)
    return g_strdup ("-");
  g_autofree char *day = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%06dZ", day, (int) (rest / 1000));
}

char *
sk_host_name (const SkAlertSettings *settings)
{
  char system[HOST_MAX + 1] = "";
  const char *source = settings->host;
  if (source == NULL)
    {
      /* A longer name may come without its NUL. */
      if (gethostname (system, sizeof system - 1) != 0)
        system[0] = '\0';
      source = system;
    }
  char *host = g_strndup (source, HOST_MAX);
  for (char *p = host; *p != '\0'; p++)
    if (*p <= ' ' || *p > '~')
      *p = '_';
  if (*host == '\0')
    {
      g_free (host);
      host = g_strdup ("-");
    }
  return host;
}

int
sk_priority (const SkAlertSettings *settings, int severity)
{
  return settings->facility * 8 + severity;
}
