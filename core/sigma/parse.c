/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A file of rules: each document becomes a rule or a filter of the set, or is
 * complained of and left out.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

/* A message is cut at so many bytes: it may quote a value of the file. */
#define LONGEST_MESSAGE 400

static void
tell (SkSigmaComplain complain, void *data, const char *file, uint32_t line, const char *format,
      va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  valid[sk_text_cut (valid, LONGEST_MESSAGE)] = '\0';
  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  complain (data, file, line, valid);
}

void
sk_sigma_tell (SkSigmaComplain complain, void *data, const char *file, uint32_t line,
               const char *format, ...)
{
  va_list args;
  va_start (args, format);
  tell (complain, data, file, line, format, args);
  va_end (args);
}

bool
sk_sigma_refuse (SkSigmaReader *reader, uint32_t line, const char *format, ...)
{
  if (reader->failed)
    return false;
  reader->failed = true;
  va_list args;
  va_start (args, format);
  tell (reader->complain, reader->data, reader->file, line, format, args);
  va_end (args);
  return false;
}

static const SkSigmaNode *
read_condition (SkSigmaReader *reader, const SkYamlNode *map)
{
  static const char *const none[] = { NULL };
  const SkYamlNode *detection = sk_yaml_get (map, "detection");
  g_autoptr (GArray) selections = g_array_new (FALSE, FALSE, sizeof (SkSigmaSelection));
  return sk_sigma_read_detection (reader, detection, none, selections);
}

static uint32_t
line_of (const SkYamlNode *map, const char *key)
{
  const SkYamlNode *node = sk_yaml_get (map, key);
  return node != NULL ? node->line : 0;
}

static void
read_rule (SkSigmaReader *reader, const SkYamlNode *map, bool correlation)
{
  SkSigmaEntry *entry = sk_sigma_take_array (reader->memory, SkSigmaEntry, 1);
  SkSigmaRule *rule = &entry->rule;
  entry->id_line = line_of (map, "id");
  entry->name_line = line_of (map, "name");
  rule->file = reader->file;
  rule->line = map->line;
  if (!sk_sigma_read_meta (reader, map, rule))
    return;
  if (correlation)
    rule->correlation = sk_sigma_read_correlation (reader, map);
  else if (sk_sigma_read_logsource (reader, map, &rule->logsource))
    rule->condition = read_condition (reader, map);
  if (!reader->failed)
    g_ptr_array_add (reader->set->rules, entry);
}

static void
read_filter (SkSigmaReader *reader, const SkYamlNode *map)
{
  const SkSigmaFilter *filter = sk_sigma_read_filter (reader, map);
  if (filter != NULL)
    g_ptr_array_add (reader->set->filters, (SkSigmaFilter *) filter);
}

/* What kind of document it is. */
static void
read_map (SkSigmaReader *reader, const SkYamlNode *map)
{
  bool detection = sk_yaml_get (map, "detection") != NULL;
  bool correlation = sk_yaml_get (map, "correlation") != NULL;
  bool filter = sk_yaml_get (map, "filter") != NULL;
  int kinds = detection + correlation + filter;
  if (kinds == 0)
    sk_sigma_refuse (reader, map->line,
                     _ ("no Sigma rule: it has neither detection nor correlation nor filter"));
  else if (kinds > 1)
    sk_sigma_refuse (reader, map->line, _ ("detection, correlation and filter exclude each other"));
  else if (filter)
    read_filter (reader, map);
  else
    read_rule (reader, map, correlation);
}

static bool
set_has_room (SkSigmaReader *reader, uint32_t line)
{
  if (reader->set->memory.total > SK_MAX_SIGMA_BYTES)
    return sk_sigma_refuse (reader, line, _ ("the rules take too much memory together"));
  if (reader->set->rules->len >= SK_MAX_RULES || reader->set->filters->len >= SK_MAX_RULES)
    return sk_sigma_refuse (reader, line, _ ("there are too many rules"));
  return true;
}

static void
read_root (SkSigmaReader *reader, const SkYamlNode *root)
{
  SkSigmaMark mark = sk_sigma_mark (reader->memory);
  reader->failed = false;
  reader->atoms = reader->nodes = 0;
  reader->bytes = 0;
  if (root->kind != SK_YAML_MAP)
    sk_sigma_refuse (reader, root->line, _ ("no Sigma rule: it is not a map"));
  else if (set_has_room (reader, root->line))
    read_map (reader, root);
  if (reader->failed)
    sk_sigma_rewind (reader->memory, mark);
}

typedef struct Loading {
  SkSigmaReader reader;
  SkSigmaCollection *collection;
} Loading;

static void
take_document (void *data, SkYaml *yaml, uint32_t line, const char *cause)
{
  Loading *loading = data;
  SkSigmaReader *reader = &loading->reader;
  const SkYamlNode *root = NULL;
  if (yaml == NULL)
    sk_sigma_collection_broken (loading->collection);
  else if (sk_sigma_collection_take (loading->collection, yaml, &root, &line, &cause))
    {
      if (root != NULL)
        read_root (reader, root);
      return;
    }
  sk_sigma_tell (reader->complain, reader->data, reader->file, line, "%s", cause);
}

void
sk_sigma_rules_add (SkSigmaRules *rules, const char *file, SkSpan bytes, const SkSigmaLists *lists,
                    SkSigmaComplain complain, void *data)
{
  g_assert (!rules->joined);
  Loading loading = {
    .reader = { .set = rules,
                .memory = &rules->memory,
                .lists = lists,
                .file = sk_sigma_copy_text (&rules->memory, file),
                .complain = complain,
                .data = data },
    .collection = sk_sigma_collection_new (),
  };
  sk_yaml_parse_all (file, bytes, take_document, &loading);
  sk_sigma_collection_free (loading.collection);
}
