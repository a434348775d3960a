/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho plugins`: what is loaded, and the facts and records that rules can
 * use.
 */
#include "config.h"

#include "base/i18n.h"
#include "base/text.h"
#include "main/session.h"

#include <string.h>

static void
put_field (const char *label, const char *value)
{
  g_autofree char *safe = sk_text_escape (value != NULL ? value : "");
  printf ("  %s: %s\n", label, safe);
}

/** One `name\ttype\t…\tmeaning`, of which `n` parts; the third of four is the default. */
static void
put_part (const char *line, guint n)
{
  g_auto (GStrv) parts = g_strsplit (line, "\t", (gint) n);
  if (g_strv_length (parts) != n)
    return;
  g_autofree char *name = sk_text_escape (parts[0]);
  g_autofree char *type = sk_text_escape (parts[1]);
  g_autofree char *meaning = sk_text_escape (parts[n - 1]);
  g_autofree char *initial = sk_text_escape (n == 4 ? parts[2] : "");
  if (n == 4)
    printf (_ ("    %s (%s, default %s): %s\n"), name, type, initial, meaning);
  else
    printf ("    %s (%s): %s\n", name, type, meaning);
}

static void
put_parts (const char *label, const char *none, char *const *lines, guint n)
{
  bool some = lines != NULL && lines[0] != NULL;
  printf ("  %s\n", some ? label : none);
  for (size_t i = 0; some && lines[i] != NULL; i++)
    put_part (lines[i], n);
}

static void
put_whole (const SkPluginInfo *plugin)
{
  g_autofree char *name = sk_text_escape (plugin->name);
  printf ("%s\n", name);
  put_field (_ ("what it does"), plugin->summary);
  put_field (_ ("version"), plugin->version);
  put_field (_ ("licence"), plugin->licence);
  put_field (_ ("file"), plugin->path);
  put_field (_ ("risky"), plugin->risky ? _ ("yes: its worker is replaced after broken input") : _ ("no"));
  put_parts (_ ("options:"), _ ("no options"), plugin->options, 4);
  put_parts (_ ("facts:"), _ ("no facts"), plugin->facts, 3);
}

/** A kind of record: what a rule's logsource may be judged on. */
static void
put_kind (const SkKindInfo *kind)
{
  g_autofree char *name = sk_text_escape (kind->name);
  g_autofree char *meaning = sk_text_escape (kind->meaning != NULL ? kind->meaning : "");
  g_autofree char *label = kind->open
                               ? g_strdup_printf (_ ("records %s: %s; any field that the input names, and:"),
                                                  name, meaning)
                               : g_strdup_printf (_ ("records %s: %s"), name, meaning);
  put_parts (label, label, kind->fields, 3);
}

static void
put_kinds (const SkCatalogue *catalogue, const char *plugin)
{
  for (guint i = 0; i < catalogue->kinds->len; i++)
    {
      const SkKindInfo *kind = &g_array_index (catalogue->kinds, SkKindInfo, i);
      if (g_strcmp0 (kind->plugin, plugin) == 0)
        put_kind (kind);
    }
}

static void
put_line (const SkPluginInfo *plugin)
{
  g_autofree char *name = sk_text_escape (plugin->name);
  g_autofree char *summary = sk_text_escape (plugin->summary);
  guint facts = plugin->facts != NULL ? g_strv_length (plugin->facts) : 0;
  printf ("%-12s %s", name, summary);
  printf (_n (" (%u fact)\n", " (%u facts)\n", facts), facts);
}

static const SkPluginInfo *
find_plugin (const SkCatalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->plugins->len; i++)
    if (strcmp (sk_catalogue_plugin (catalogue, i)->name, name) == 0)
      return sk_catalogue_plugin (catalogue, i);
  return NULL;
}

static SkExit
put_named (const SkCatalogue *catalogue, const GPtrArray *names)
{
  SkExit status = SK_EXIT_CLEAN;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const SkPluginInfo *plugin = find_plugin (catalogue, name);
      if (plugin != NULL)
        {
          put_whole (plugin);
          put_kinds (catalogue, name);
        }
      else
        {
          sk_say (_ ("%s: no such plugin is loaded"), name);
          status = SK_EXIT_ERROR;
        }
    }
  return status;
}

SkExit
sk_main_plugins (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  g_autoptr (GError) error = NULL;
  SkExit status = SK_EXIT_CLEAN;
  if (!sk_session_open (&session, line, &error) || !sk_session_sources (&session, &error)
      || !sk_session_engine (&session, &error))
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  if (line->arguments->len > 0)
    status = put_named (session.catalogue, line->arguments);
  else
    for (guint i = 0; i < session.catalogue->plugins->len; i++)
      put_line (sk_catalogue_plugin (session.catalogue, i));
  return sk_flush_output () ? status : SK_EXIT_ERROR;
}
