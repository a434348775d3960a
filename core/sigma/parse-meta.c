/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a rule says about itself. Keys that are not known are the rule's own
 * and are passed over, as the specification allows; known ones must be of
 * their type.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/level.h"
#include "base/limits.h"
#include "base/text.h"

static bool
read_scalar (SkSigmaReader *reader, const SkYamlNode *node, const char *key, const char **ret_text)
{
  const char *text;
  if (!sk_yaml_text (node, &text))
    return sk_sigma_refuse (reader, node->line, _ ("\"%s\" must be a text"), key);
  if (strlen (text) > SK_MAX_RULE_TEXT)
    return sk_sigma_refuse (reader, node->line, _ ("\"%s\" is too long"), key);
  *ret_text = text;
  return true;
}

static bool
is_absent (const SkYamlNode *node)
{
  return node == NULL || sk_sigma_is_null (node);
}

bool
sk_sigma_read_text (SkSigmaReader *reader, const SkYamlNode *map, const char *key,
                    const char **ret_text)
{
  const SkYamlNode *node = sk_yaml_get (map, key);
  const char *text = NULL;
  *ret_text = NULL;
  if (is_absent (node))
    return true;
  if (!read_scalar (reader, node, key, &text))
    return false;
  *ret_text = sk_sigma_copy_text (reader->memory, text);
  return true;
}

/* Entries that are null say nothing: `falsepositives:` with a lone dash is common. */
bool
sk_sigma_read_texts (SkSigmaReader *reader, const SkYamlNode *map, const char *key,
                     const char *const **ret_texts, uint32_t *ret_count)
{
  const SkYamlNode *node = sk_yaml_get (map, key);
  bool list = node != NULL && node->kind == SK_YAML_LIST;
  uint32_t count = list ? node->count : is_absent (node) ? 0 : 1;
  const char **texts = sk_sigma_take_array (reader->memory, const char *, (size_t) count + 1);
  const SkYamlNode *at = list ? node->first : node;
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; i++, at = at->next)
    {
      const char *text = NULL;
      if (list && sk_sigma_is_null (at))
        continue;
      if (!read_scalar (reader, at, key, &text))
        return false;
      texts[used++] = sk_sigma_copy_text (reader->memory, text);
    }
  *ret_texts = texts;
  *ret_count = used;
  return true;
}

/* A list, as lines. */
static bool
read_lines (SkSigmaReader *reader, const SkYamlNode *map, const char *key, const char **ret_text)
{
  const char *const *texts;
  uint32_t count;
  *ret_text = NULL;
  if (!sk_sigma_read_texts (reader, map, key, &texts, &count))
    return false;
  if (count == 0)
    return true;
  g_autofree char *lines = g_strjoinv ("\n", (char **) texts);
  if (strlen (lines) > SK_MAX_RULE_TEXT)
    return sk_sigma_refuse (reader, sk_yaml_get (map, key)->line, _ ("\"%s\" is too long"), key);
  *ret_text = sk_sigma_copy_text (reader->memory, lines);
  return true;
}

static bool
read_level (SkSigmaReader *reader, const SkYamlNode *map, SkLevel *ret_level)
{
  const SkYamlNode *node = sk_yaml_get (map, "level");
  const char *text = NULL;
  *ret_level = SK_LEVEL_MEDIUM;
  if (is_absent (node))
    return true;
  if (!read_scalar (reader, node, "level", &text))
    return false;
  g_autofree char *lower = g_ascii_strdown (text, -1);
  if (!sk_level_parse (lower, ret_level))
    return sk_sigma_refuse (reader, node->line, _ ("the level \"%s\" is not known"), text);
  return true;
}

/* `t1036`, `t1036.007` */
static bool
is_technique (const char *text)
{
  size_t digits = strspn (text + 1, "0123456789");
  const char *rest = text + 1 + digits;
  if (g_ascii_tolower (text[0]) != 't' || digits == 0)
    return false;
  return *rest == '\0'
         || (*rest == '.' && rest[1] != '\0'
             && strspn (rest + 1, "0123456789") == strlen (rest + 1));
}

static bool
read_tags (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaRule *rule)
{
  const char *const *tags;
  uint32_t count;
  if (!sk_sigma_read_texts (reader, map, "tags", &tags, &count))
    return false;
  g_autoptr (GString) attack = g_string_new (NULL);
  for (uint32_t i = 0; i < count; i++)
    {
      if (g_ascii_strncasecmp (tags[i], "attack.", 7) == 0 && is_technique (tags[i] + 7))
        g_string_append_printf (attack, "%s%s", attack->len > 0 ? " " : "", tags[i] + 7);
      if (rule->det == NULL && g_ascii_strncasecmp (tags[i], "sekisho.", 8) == 0)
        {
          g_autofree char *upper = g_ascii_strup (tags[i] + 8, -1);
          rule->det = sk_sigma_copy_text (reader->memory, upper);
        }
    }
  g_string_ascii_up (attack);
  if (attack->len > 0)
    rule->attack = sk_sigma_copy_text (reader->memory, attack->str);
  return true;
}

/* What others refer to it by: printed in one word, and part of a finding's id. */
static bool
read_identity (SkSigmaReader *reader, const SkYamlNode *map, const char *key, const char **ret_text)
{
  if (!sk_sigma_read_text (reader, map, key, ret_text))
    return false;
  const char *text = *ret_text;
  if (text == NULL)
    return true;
  if (*text == '\0' || strlen (text) > SK_MAX_TYPE)
    return sk_sigma_refuse (reader, sk_yaml_get (map, key)->line,
                            _ ("\"%s\" must have 1 to %d characters"), key, SK_MAX_TYPE);
  return true;
}

static bool
read_title (SkSigmaReader *reader, const SkYamlNode *map, const char **ret_title)
{
  if (!sk_sigma_read_text (reader, map, "title", ret_title))
    return false;
  if (*ret_title == NULL || **ret_title == '\0')
    return sk_sigma_refuse (reader, map->line, _ ("the rule has no title"));
  return true;
}

bool
sk_sigma_read_meta (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaRule *rule)
{
  const struct {
    const char *key;
    const char **text;
    bool (*read) (SkSigmaReader *, const SkYamlNode *, const char *, const char **);
  } texts[] = {
    { "id", &rule->id, read_identity },
    { "name", &rule->name, read_identity },
    { "title_ja", &rule->title_ja, sk_sigma_read_text },
    { "description", &rule->description, sk_sigma_read_text },
    { "description_ja", &rule->description_ja, sk_sigma_read_text },
    { "falsepositives", &rule->falsepositives, read_lines },
    { "falsepositives_ja", &rule->falsepositives_ja, read_lines },
    { "references", &rule->reference, read_lines },
    { "author", &rule->author, read_lines },
    { "status", &rule->status, sk_sigma_read_text },
  };
  uint32_t n_fields;
  if (!read_title (reader, map, &rule->title))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!texts[i].read (reader, map, texts[i].key, texts[i].text))
      return false;
  if (!read_level (reader, map, &rule->level) || !read_tags (reader, map, rule)
      || !sk_sigma_read_texts (reader, map, "fields", &rule->fields, &n_fields))
    return false;
  rule->finding = sk_sigma_finding (reader, rule);
  return true;
}

static bool
read_part (SkSigmaReader *reader, const SkYamlNode *map, const char *key, const char **ret_text)
{
  const char *text;
  if (!sk_sigma_read_text (reader, map, key, &text))
    return false;
  if (text == NULL)
    return true;
  if (*text == '\0')
    return sk_sigma_refuse (reader, map->line, _ ("the logsource has an empty %s"), key);
  g_autofree char *lower = sk_text_lower (text);
  *ret_text = sk_sigma_copy_text (reader->memory, lower);
  return true;
}

bool
sk_sigma_read_logsource (SkSigmaReader *reader, const SkYamlNode *map,
                         SkSigmaLogsource *ret_logsource)
{
  const SkYamlNode *node = sk_yaml_get (map, "logsource");
  if (node == NULL || node->kind != SK_YAML_MAP)
    return sk_sigma_refuse (reader, node != NULL ? node->line : map->line,
                            _ ("the rule needs a map \"logsource\""));
  if (!read_part (reader, node, "category", &ret_logsource->category)
      || !read_part (reader, node, "product", &ret_logsource->product)
      || !read_part (reader, node, "service", &ret_logsource->service))
    return false;
  if (ret_logsource->category == NULL && ret_logsource->product == NULL
      && ret_logsource->service == NULL)
    return sk_sigma_refuse (reader, node->line,
                            _ ("the logsource names neither category nor product nor service"));
  return true;
}

/* domain.subject.trait, each of lower case letters, digits and `-` */
static bool
is_finding (const char *name)
{
  size_t dots = 0;
  if (name == NULL || strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != strlen (name))
    return false;
  for (const char *at = name; *at != '\0'; at++)
    if (*at == '.')
      dots++;
  return dots >= 2 && strstr (name, "..") == NULL && name[0] != '.'
         && !g_str_has_suffix (name, ".");
}

/* The part of a finding's id behind `sigma.`: printable ASCII without a space. */
static const char *
foreign_finding (SkSigmaReader *reader, const char *word)
{
  g_autofree char *id = g_strconcat ("sigma.", word, NULL);
  for (char *at = id; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      *at = '_';
  return sk_sigma_copy_text (reader->memory, id);
}

const char *
sk_sigma_finding (SkSigmaReader *reader, const SkSigmaRule *rule)
{
  if (is_finding (rule->name))
    return rule->name;
  if (rule->id != NULL)
    return foreign_finding (reader, rule->id);
  if (rule->name != NULL)
    return foreign_finding (reader, rule->name);
  g_autofree char *base = g_path_get_basename (rule->file);
  char *dot = strrchr (base, '.');
  if (dot != NULL && dot != base)
    *dot = '\0';
  return foreign_finding (reader, base);
}
