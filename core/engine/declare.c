/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/declare.h"

#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "engine/setup.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789"

/** A declaration in hand: whose it is and where problems go. */
typedef struct Check {
  const SkLoadedPlugin *loaded;
  SkCatalogue *catalogue;
} Check;

static bool G_GNUC_PRINTF (2, 3)
refuse (const Check *check, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *cause = g_strdup_vprintf (format, args);
  va_end (args);
  sk_catalogue_problem (check->catalogue, SK_PROBLEM_ERROR, check->loaded->path, 0,
                        _ ("plugin refused: %s"), cause);
  return false;
}

char *
sk_declare_flat_name (const char *name)
{
  return g_strdelimit (g_strdup (name), ".-", '_');
}

static bool
has_only (const char *text, const char *allowed)
{
  return text[0] != '\0' && strspn (text, allowed) == strlen (text);
}

static bool
is_fact_name (const char *name, const char *plugin)
{
  size_t length = strlen (plugin);
  return strncmp (name, plugin, length) == 0 && name[length] == '.'
         && has_only (name + length + 1, LOWER ".-") && strlen (name) <= SK_MAX_TYPE;
}

static bool
is_field_name (const char *name)
{
  return has_only (name, LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-") && strlen (name) <= SK_MAX_TYPE;
}

static bool
check_field (const Check *check, const SkFieldDecl *field, const char *what, GHashTable *flat_names)
{
  if (field->type > SK_FIELD_STRING || (field->flags & ~SK_FIELD_MULTI) != 0)
    return refuse (check, _ ("%s \"%s\" has an unknown type or flag"), what, field->name);
  if (field->meaning == NULL || field->meaning[0] == '\0')
    return refuse (check, _ ("%s \"%s\" has no meaning"), what, field->name);
  char *flat = sk_declare_flat_name (field->name);
  const char *other = g_hash_table_lookup (flat_names, flat);
  if (other != NULL && strcmp (other, field->name) == 0)
    refuse (check, _ ("%s \"%s\" is declared twice"), what, field->name);
  else if (other != NULL)
    refuse (check, _ ("%s \"%s\" and \"%s\" are the same when `.` and `-` are written `_`"), what,
            other, field->name);
  if (other != NULL)
    {
      g_free (flat);
      return false;
    }
  g_hash_table_insert (flat_names, flat, (gpointer) field->name);
  return true;
}

static bool
check_facts (const Check *check)
{
  const SkPlugin *plugin = check->loaded->plugin;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (size_t i = 0; i < plugin->n_facts; i++)
    {
      const SkFieldDecl *fact = &plugin->facts[i];
      if (fact->name == NULL || !is_fact_name (fact->name, plugin->name))
        return refuse (check, _ ("fact \"%s\" is not named \"%s.<noun>\""),
                       fact->name != NULL ? fact->name : "", plugin->name);
      if (!check_field (check, fact, _ ("fact"), names))
        return false;
    }
  return true;
}

static bool
check_record (const Check *check, const SkRecordDecl *record)
{
  const char *plugin = check->loaded->plugin->name;
  if (record->kind == NULL || !is_fact_name (record->kind, plugin))
    return refuse (check, _ ("kind of record \"%s\" is not named \"%s.<noun>\""),
                   record->kind != NULL ? record->kind : "", plugin);
  if ((record->flags & ~SK_RECORD_OPEN) != 0 || record->n_fields > SK_MAX_FACTS_PER_OBJECT
      || (record->n_fields > 0 && record->fields == NULL))
    return refuse (check, _ ("record \"%s\" has unknown flags or fields that are not there"),
                   record->kind);
  if (record->meaning == NULL || record->meaning[0] == '\0')
    return refuse (check, _ ("record \"%s\" has no meaning"), record->kind);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (size_t i = 0; i < record->n_fields; i++)
    {
      const SkFieldDecl *field = &record->fields[i];
      if (field->name == NULL || !is_field_name (field->name))
        return refuse (check, _ ("\"%s\" cannot be a field of record \"%s\""),
                       field->name != NULL ? field->name : "", record->kind);
      if (!check_field (check, field, _ ("field"), names))
        return false;
    }
  return true;
}

static bool
check_records (const Check *check)
{
  const SkPlugin *plugin = check->loaded->plugin;
  g_autoptr (GHashTable) kinds = g_hash_table_new (g_str_hash, g_str_equal);
  for (size_t i = 0; i < plugin->n_records; i++)
    {
      if (!check_record (check, &plugin->records[i]))
        return false;
      if (!g_hash_table_add (kinds, (gpointer) plugin->records[i].kind))
        return refuse (check, _ ("record \"%s\" is declared twice"), plugin->records[i].kind);
    }
  return true;
}

static bool
check_option (const Check *check, const SkOptionDecl *option, GHashTable *names)
{
  SkOptionValue value = { 0 };
  g_autofree char *cause = NULL;
  if (option->name == NULL || !has_only (option->name, LOWER "-"))
    return refuse (check, _ ("\"%s\" cannot be the name of an option"),
                   option->name != NULL ? option->name : "");
  if (!g_hash_table_add (names, (gpointer) option->name))
    return refuse (check, _ ("option \"%s\" is declared twice"), option->name);
  if (option->type > SK_OPTION_STRING || option->default_value == NULL || option->meaning == NULL)
    return refuse (check, _ ("option \"%s\" lacks a known type, a default or a meaning"),
                   option->name);
  if (!sk_option_parse (option, option->default_value, &value, &cause))
    return refuse (check, _ ("the default of option \"%s\" is wrong: %s"), option->name, cause);
  g_free (value.text);
  return true;
}

static bool
check_options (const Check *check)
{
  const SkPlugin *plugin = check->loaded->plugin;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  for (size_t i = 0; i < plugin->n_options; i++)
    if (!check_option (check, &plugin->options[i], names))
      return false;
  return true;
}

static bool
check_arrays (const Check *check)
{
  const SkPlugin *plugin = check->loaded->plugin;
  if ((plugin->n_facts > 0 && plugin->facts == NULL)
      || (plugin->n_options > 0 && plugin->options == NULL)
      || (plugin->n_records > 0 && plugin->records == NULL))
    return refuse (check, _ ("it counts declarations that are not there"));
  if ((plugin->flags & ~SK_PLUGIN_RISKY) != 0)
    return refuse (check, _ ("it has unknown flags"));
  for (size_t i = 0; plugin->accepts != NULL && plugin->accepts[i] != NULL; i++)
    if (plugin->accepts[i][0] == '\0' || strlen (plugin->accepts[i]) > SK_MAX_TYPE)
      return refuse (check, _ ("\"%s\" cannot be a media type"), plugin->accepts[i]);
  return true;
}

bool
sk_declare_check (const SkLoadedPlugin *loaded, SkCatalogue *catalogue)
{
  Check check = { loaded, catalogue };
  return check_arrays (&check) && check_facts (&check) && check_records (&check)
         && check_options (&check);
}

/* Within a plugin check_facts has looked; `a-b` and `a` can still meet in `a_b_c`. */
static bool
collides (const SkEngine *engine, const Check *check)
{
  g_autoptr (GHashTable) flat = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (uint32_t i = 0; i < engine->facts->len; i++)
    {
      const char *name = sk_engine_fact (engine, i)->decl.name;
      g_hash_table_insert (flat, sk_declare_flat_name (name), (gpointer) name);
    }
  for (size_t i = 0; i < check->loaded->plugin->n_facts; i++)
    {
      const char *name = check->loaded->plugin->facts[i].name;
      g_autofree char *key = sk_declare_flat_name (name);
      const char *other = g_hash_table_lookup (flat, key);
      if (other == NULL)
        continue;
      refuse (check, _ ("%s \"%s\" and \"%s\" are the same when `.` and `-` are written `_`"),
              _ ("fact"), other, name);
      return true;
    }
  return false;
}

bool
sk_declare_facts (SkEngine *engine, SkLoadedPlugin *loaded, uint32_t index, SkCatalogue *catalogue)
{
  Check check = { loaded, catalogue };
  if (collides (engine, &check))
    return false;
  loaded->fact_base = engine->facts->len;
  for (size_t i = 0; i < loaded->plugin->n_facts; i++)
    {
      SkFactInfo info = { .decl = loaded->plugin->facts[i], .plugin = index };
      g_array_append_val (engine->facts, info);
      g_hash_table_insert (engine->fact_index, (gpointer) info.decl.name,
                           GUINT_TO_POINTER (engine->facts->len));
    }
  return true;
}

static bool
join_reads (SkEngine *engine, SkLoadedPlugin *loaded, const Check *check)
{
  const SkPlugin *plugin = loaded->plugin;
  uint32_t count = 0;
  while (plugin->reads != NULL && plugin->reads[count] != NULL)
    count++;
  loaded->reads = g_new0 (uint32_t, count + 1);
  loaded->n_reads = count;
  for (uint32_t i = 0; i < count; i++)
    {
      uint32_t found
          = GPOINTER_TO_UINT (g_hash_table_lookup (engine->fact_index, plugin->reads[i]));
      if (found == 0)
        return refuse (check, _ ("it reads the fact \"%s\", which no loaded plugin declares"),
                       plugin->reads[i]);
      loaded->reads[i] = found - 1;
      if (plugin->judge != NULL)
        g_array_index (engine->facts, SkFactInfo, found - 1).kept = true;
    }
  return true;
}

static void
join_accepts (SkEngine *engine, const SkPlugin *plugin, uint64_t bit)
{
  for (size_t i = 0; plugin->accepts != NULL && plugin->accepts[i] != NULL; i++)
    {
      if (strcmp (plugin->accepts[i], "*") == 0)
        {
          engine->accept_all |= bit;
          continue;
        }
      char *type = g_ascii_strdown (plugin->accepts[i], -1);
      uint64_t *mask = g_hash_table_lookup (engine->accepting, type);
      if (mask == NULL)
        {
          mask = g_new0 (uint64_t, 1);
          g_hash_table_insert (engine->accepting, type, mask);
        }
      else
        g_free (type);
      *mask |= bit;
    }
  engine->identifies |= plugin->identify != NULL ? bit : 0;
  engine->opens |= plugin->open != NULL ? bit : 0;
  engine->judges |= plugin->judge != NULL ? bit : 0;
}

bool
sk_declare_join (SkEngine *engine, SkLoadedPlugin *loaded, uint32_t index, SkCatalogue *catalogue)
{
  Check check = { loaded, catalogue };
  if (!join_reads (engine, loaded, &check))
    return false;
  join_accepts (engine, loaded->plugin, SK_PLUGIN_BIT (index));
  return true;
}
