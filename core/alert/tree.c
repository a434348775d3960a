/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What was found in one root, for people:
 *
 *     /media/usb/mail.eml: high, not fully inspected
 *       medium         Document of another type (file.type.mismatch)
 *       mail.eml » x.zip » y.exe
 *         high         Program under a document's name (file.name.disguised)
 *                      y.pdf.exe
 *
 * The findings of the root itself stand first, those of other objects below
 * their path. Nothing is aligned by the width of a name: Japanese and Latin
 * names differ in it, and terminals disagree.
 */
#include "config.h"

#include "alert/format.h"
#include "base/i18n.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* The longest level is `informational`. */
#define LEVEL_WIDTH 13
#define RESET "\033[0m"
#define BOLD "\033[1m"
#define FAINT "\033[2m"

static const char *
level_color (SkLevel level)
{
  switch (level)
    {
    case SK_LEVEL_CRITICAL:
      return "\033[1;31m";
    case SK_LEVEL_HIGH:
      return "\033[31m";
    case SK_LEVEL_MEDIUM:
      return "\033[33m";
    case SK_LEVEL_LOW:
      return "\033[36m";
    case SK_LEVEL_INFORMATIONAL:
      break;
    }
  return FAINT;
}

static void
append_colored (GString *out, const SkAlertSettings *settings, const char *color, const char *text)
{
  if (settings->color)
    g_string_append_printf (out, "%s%s%s", color, text, RESET);
  else
    g_string_append (out, text);
}

static void
append_head (GString *out, const SkAlertSettings *settings, const SkRootResult *root)
{
  g_autofree char *path = sk_text_escape (root->path);
  append_colored (out, settings, BOLD, path);
  g_string_append (out, ": ");
  if (root->n_alerts > 0)
    append_colored (out, settings, level_color (root->highest), sk_level_name (root->highest));
  else if (root->complete)
    g_string_append (out, _ ("clean"));
  if (root->complete)
    return;
  if (root->n_alerts > 0)
    g_string_append (out, ", ");
  g_string_append (out, _ ("not fully inspected"));
}

static void
append_record (GString *out, const SkAlert *alert, int indent)
{
  g_autofree char *time = sk_time_text (alert->time_ns);
  g_string_append_printf (out, "\n%*s", indent, "");
  g_string_append_printf (out, _ ("record at byte %" PRIu64), alert->record);
  if (alert->time_ns != 0 && strcmp (time, "-") != 0)
    g_string_append_printf (out, ", %s", time);
}

static void
append_finding (GString *out, const SkAlertSettings *settings, const SkAlert *alert, int indent)
{
  const char *level = sk_level_name (alert->level);
  g_autofree char *title = sk_text_escape (sk_alert_title (settings, alert));
  g_autofree char *id = sk_text_escape (alert->rule->id);
  g_autofree char *evidence = sk_text_escape (alert->evidence);
  g_autofree char *shown_id = g_strdup_printf ("(%s)", id);
  g_string_append_printf (out, "\n%*s", indent, "");
  append_colored (out, settings, level_color (alert->level), level);
  g_string_append_printf (out, "%*s%s ", LEVEL_WIDTH + 1 - (int) strlen (level), "", title);
  append_colored (out, settings, FAINT, shown_id);
  if (alert->count > 1)
    g_string_append_printf (out, " ×%" PRIu32, alert->count);
  if (alert->record != SK_NO_RECORD)
    append_record (out, alert, indent + LEVEL_WIDTH + 1);
  if (*evidence != '\0')
    g_string_append_printf (out, "\n%*s%s", indent + LEVEL_WIDTH + 1, "", evidence);
}

static bool
is_of_root (const SkAlert *alert)
{
  return alert->path[0] == NULL || alert->path[1] == NULL;
}

static void
append_below (GString *out, const SkAlertSettings *settings, const SkRootResult *root)
{
  const char *object = NULL;
  for (size_t i = 0; i < root->n_alerts; i++)
    {
      const SkAlert *alert = &root->alerts[i];
      if (is_of_root (alert))
        continue;
      if (object == NULL || strcmp (object, alert->object_id) != 0)
        {
          g_autofree char *path = sk_alert_path (alert);
          g_string_append (out, "\n  ");
          append_colored (out, settings, BOLD, path);
        }
      object = alert->object_id;
      append_finding (out, settings, alert, 4);
    }
}

char *
sk_root_to_tree (const SkAlertSettings *settings, const SkRootResult *root)
{
  GString *out = g_string_new (NULL);
  append_head (out, settings, root);
  for (size_t i = 0; i < root->n_alerts; i++)
    if (is_of_root (&root->alerts[i]))
      append_finding (out, settings, &root->alerts[i], 2);
  append_below (out, settings, root);
  return g_string_free (out, FALSE);
}
