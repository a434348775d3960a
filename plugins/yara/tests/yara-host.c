/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "yara-host.h"

#include <string.h>

extern const SkPlugin sekisho_plugin;

Host *
host_new (void)
{
  Host *host = g_new0 (Host, 1);
  host->setup = sk_fake_setup_new (&sekisho_plugin);
  host->setup->decls = host->decls;
  host_object (host, "");
  return host;
}

void
host_free (Host *host)
{
  sekisho_plugin.free_context (host->context);
  sk_fake_object_free (host->object);
  sk_fake_setup_free (host->setup);
  g_free (host);
}

void
host_source (Host *host, const char *path, const char *text)
{
  sk_fake_setup_source (host->setup, "yara", path, text, strlen (text));
}

static void
add_file (Host *host, const char *path)
{
  g_autofree char *text = NULL;
  gsize size = 0;
  if (g_file_get_contents (path, &text, &size, NULL))
    sk_fake_setup_source (host->setup, "yara", path, text, size);
}

static int
by_text (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

size_t
host_source_tree (Host *host, const char *folder)
{
  size_t before = host->setup->sources->len;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *entry;
  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (entry));
  g_ptr_array_sort (names, by_text);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *inside = g_build_filename (folder, names->pdata[i], NULL);
      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        host_source_tree (host, inside);
      else if (g_str_has_suffix (inside, ".yar") || g_str_has_suffix (inside, ".yara"))
        add_file (host, inside);
    }
  return host->setup->sources->len - before;
}

uint32_t
host_fact (Host *host, const char *name, SkFieldType type)
{
  uint32_t index = (uint32_t) host->setup->n_decls++;
  g_assert (index < HOST_MAX_FACTS);
  host->decls[index] = (SkFieldDecl){ name, type, 0, "a fact" };
  host->values[index].type = type;
  return index;
}

SkResult
host_configure (Host *host)
{
  return sekisho_plugin.configure (sk_fake_api (), host->setup, &host->context);
}

void
host_object (Host *host, const char *path)
{
  sk_fake_object_free (host->object);
  host->object = sk_fake_object_new (&sekisho_plugin, path, "", 0);
  host->object->values = host->values;
  host->object->present = host->present;
  host->object->n_values = HOST_MAX_FACTS;
}

SkResult
host_judge (Host *host, const void *bytes, size_t size)
{
  SkSpan own = host->object->bytes;
  g_ptr_array_set_size (host->object->notes, 0);
  host->object->bytes = (SkSpan){ bytes, size };
  SkResult result = sekisho_plugin.judge (sk_fake_api (), host->context, host->object);
  host->object->bytes = own;
  return result;
}

/** The lines of one call, sorted. Takes the lines' text from `line_of`. */
static char *
sorted_lines (const Host *host, const char *call, char *(*line_of) (const Host *,
                                                                    const SkFakeNote *))
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  const SkFakeNote *note;
  for (size_t i = 0; (note = sk_fake_note (host->object->notes, call, i)) != NULL; i++)
    g_ptr_array_add (lines, line_of (host, note));
  g_ptr_array_sort (lines, by_text);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) lines->pdata[i]);
  return g_string_free (text, FALSE);
}

static char *
match_line (const Host *host, const SkFakeNote *note)
{
  const SkFakeRule *rule = host->setup->rules->pdata[note->number];
  return g_strdup_printf ("%s %s", rule->info.id, note->text != NULL ? note->text : "-");
}

static char *
not_inspected_line (const Host *host, const SkFakeNote *note)
{
  (void) host;
  return g_strdup_printf ("%u %s", note->number, note->text);
}

char *
host_matches (const Host *host)
{
  return sorted_lines (host, "match", match_line);
}

char *
host_not_inspected (const Host *host)
{
  return sorted_lines (host, "not-inspected", not_inspected_line);
}

char *
host_problems (const Host *host)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < host->setup->notes->len; i++)
    {
      const SkFakeNote *note = host->setup->notes->pdata[i];
      g_string_append_printf (text, "%s %s:%u: %s\n", note->call,
                              note->file != NULL ? note->file : "-", note->number, note->text);
    }
  return g_string_free (text, FALSE);
}

bool
host_matched (const Host *host, const char *id)
{
  const SkFakeNote *note;
  for (size_t i = 0; (note = sk_fake_note (host->object->notes, "match", i)) != NULL; i++)
    if (strcmp (((const SkFakeRule *) host->setup->rules->pdata[note->number])->info.id, id) == 0)
      return true;
  return false;
}

const SkRuleInfo *
host_rule (const Host *host, const char *id)
{
  for (guint i = 0; i < host->setup->rules->len; i++)
    {
      const SkFakeRule *rule = host->setup->rules->pdata[i];
      if (strcmp (rule->info.id, id) == 0)
        return &rule->info;
    }
  return NULL;
}
