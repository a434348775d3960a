/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From a rule's meta and tags to what its finding says. The names and words
 * are those of Sekisho's own rules and of the large public collections; the
 * table stands in README.md.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

/* ---- reading ---- */

/** Valid UTF-8 on one line, of bounded length. NULL for an empty one. */
static const char *
keep_text (GStringChunk *strings, const char *text)
{
  if (text == NULL || *text == '\0')
    return NULL;
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, YARA_MAX_META));
  for (char *p = valid; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  g_strstrip (valid);
  return *valid == '\0' ? NULL : g_string_chunk_insert (strings, valid);
}

static const YR_META *
find_meta (const YR_RULE *rule, const char *name)
{
  const YR_META *meta;
  yr_rule_metas_foreach (rule, meta)
    if (g_ascii_strcasecmp (meta->identifier, name) == 0)
      return meta;
  return NULL;
}

static const char *
meta_text (const YR_RULE *rule, const char *name)
{
  const YR_META *meta = find_meta (rule, name);
  return meta != NULL && meta->type == META_TYPE_STRING ? meta->string : NULL;
}

/** A number, also one that was written as text. -1 when there is none from 0 to 100. */
static int32_t
meta_number (const YR_RULE *rule, const char *name)
{
  const YR_META *meta = find_meta (rule, name);
  guint64 number = 101;
  if (meta != NULL && meta->type == META_TYPE_INTEGER && meta->integer >= 0)
    number = (guint64) meta->integer;
  else if (meta != NULL && meta->type == META_TYPE_STRING)
    g_ascii_string_to_unsigned (meta->string, 10, 0, 100, &number, NULL);
  return number <= 100 ? (int32_t) number : -1;
}

/* ---- level ---- */

static bool
level_of_word (const char *word, SkLevel *ret_level)
{
  static const struct
  {
    const char *word;
    SkLevel level;
  } words[] = { { "critical", SK_LEVEL_CRITICAL },
                { "high", SK_LEVEL_HIGH },
                { "medium", SK_LEVEL_MEDIUM },
                { "moderate", SK_LEVEL_MEDIUM },
                { "low", SK_LEVEL_LOW },
                { "informational", SK_LEVEL_INFORMATIONAL },
                { "information", SK_LEVEL_INFORMATIONAL },
                { "info", SK_LEVEL_INFORMATIONAL } };
  for (size_t i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (words[i].word, word) == 0)
      {
        *ret_level = words[i].level;
        return true;
      }
  return false;
}

static SkLevel
level_of_score (int32_t score)
{
  return score >= 80   ? SK_LEVEL_HIGH
         : score >= 60 ? SK_LEVEL_MEDIUM
         : score >= 40 ? SK_LEVEL_LOW
                       : SK_LEVEL_INFORMATIONAL;
}

/** Names in order of trust; numbers up to 10 are on a scale to 10, larger ones to 100. */
static SkLevel
level_of_rule (const YR_RULE *rule, int32_t score)
{
  static const char *const names[] = { "level", "severity", "threat_level" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SkLevel level;
      if (level_of_word (meta_text (rule, names[i]), &level))
        return level;
    }
  if (score >= 0)
    return level_of_score (score);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      int32_t number = meta_number (rule, names[i]);
      if (number >= 0)
        return level_of_score (number <= 10 ? number * 10 : number);
    }
  return SK_LEVEL_MEDIUM;
}

/* ---- lists ---- */

static void
add_word (GString *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list->str, " ", -1);
  if (!g_strv_contains ((const char *const *) words, word))
    g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", word);
}

/** Adds each ATT&CK technique (`T1059`, `t1059.001`, `T1059_001`) that stands in `text`. */
static void
add_techniques (GString *list, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_toupper (*p) != 'T' || (p > text && g_ascii_isalnum (p[-1])))
        continue;
      size_t digits = strspn (p + 1, "0123456789");
      if (digits != 4 || g_ascii_isalpha (p[5]))
        continue;
      bool sub = (p[5] == '.' || p[5] == '_') && strspn (p + 6, "0123456789") == 3;
      g_autofree char *id
          = g_strdup_printf ("T%.4s%s%.3s", p + 1, sub ? "." : "", sub ? p + 6 : "");
      add_word (list, id);
    }
}

/** `sekisho.fl-01`, `sekisho_fl_01` → `FL-01`. NULL when `tag` is something else. */
static char *
det_of_tag (const char *tag)
{
  static const char prefix[] = "sekisho";
  if (g_ascii_strncasecmp (tag, prefix, strlen (prefix)) != 0)
    return NULL;
  const char *rest = tag + strlen (prefix);
  if (*rest != '.' && *rest != '_')
    return NULL;
  rest++;
  bool shape = g_ascii_isalpha (rest[0]) && g_ascii_isalpha (rest[1])
               && (rest[2] == '-' || rest[2] == '_') && strspn (rest + 3, "0123456789") >= 1;
  if (!shape || rest[3 + strspn (rest + 3, "0123456789")] != '\0')
    return NULL;
  char *det = g_ascii_strup (rest, -1);
  det[2] = '-';
  return det;
}

typedef struct Lists {
  GString *attack, *reference;
  char *det;
} Lists;

static void
read_tag (Lists *lists, const char *tag)
{
  add_techniques (lists->attack, tag);
  if (lists->det == NULL)
    lists->det = det_of_tag (tag);
}

static void
read_tags_text (Lists *lists, const char *text)
{
  g_auto (GStrv) tags = g_strsplit_set (text, " ,;", -1);
  for (char **tag = tags; *tag != NULL; tag++)
    read_tag (lists, *tag);
}

static void
read_meta (Lists *lists, const YR_META *meta)
{
  const char *name = meta->identifier;
  if (meta->type != META_TYPE_STRING)
    return;
  if (g_ascii_strncasecmp (name, "mitre", 5) == 0 || g_ascii_strncasecmp (name, "attack", 6) == 0)
    add_techniques (lists->attack, meta->string);
  else if (g_ascii_strcasecmp (name, "tags") == 0)
    read_tags_text (lists, meta->string);
  else if (g_ascii_strncasecmp (name, "reference", 9) == 0 || g_ascii_strcasecmp (name, "ref") == 0)
    g_string_append_printf (lists->reference, "%s%.*s", lists->reference->len > 0 ? "\n" : "",
                            YARA_MAX_META, meta->string);
}

static void
read_lists (const YR_RULE *rule, GStringChunk *strings, SkRuleInfo *info)
{
  Lists lists = { g_string_new (NULL), g_string_new (NULL), NULL };
  const char *tag;
  yr_rule_tags_foreach (rule, tag)
    read_tag (&lists, tag);
  const YR_META *meta;
  yr_rule_metas_foreach (rule, meta)
    read_meta (&lists, meta);
  if (lists.attack->len > 0)
    info->attack = g_string_chunk_insert (strings, lists.attack->str);
  if (lists.reference->len > 0)
    {
      g_autofree char *valid = g_utf8_make_valid (lists.reference->str, -1);
      info->reference = g_string_chunk_insert (strings, valid);
    }
  if (lists.det != NULL)
    info->det = g_string_chunk_insert (strings, lists.det);
  else
    info->det = keep_text (strings, meta_text (rule, "det"));
  g_string_free (lists.attack, TRUE);
  g_string_free (lists.reference, TRUE);
  g_free (lists.det);
}

/* ---- all of it ---- */

/** `sekisho_id` where the rule carries one, else its place: `yara.<namespace>.<rule>`. */
static const char *
id_of_rule (const YR_RULE *rule, GStringChunk *strings)
{
  const char *own = keep_text (strings, meta_text (rule, "sekisho_id"));
  if (own != NULL)
    return own;
  g_autofree char *id = g_strdup_printf ("yara.%s.%s", rule->ns->name, rule->identifier);
  return g_string_chunk_insert (strings, id);
}

void
yara_rule_info (const YR_RULE *rule, const YaraText *text, GStringChunk *strings,
                SkRuleInfo *ret_info)
{
  SkRuleInfo info = { .id = id_of_rule (rule, strings), .score = meta_number (rule, "score") };
  info.level = level_of_rule (rule, info.score);
  info.description = keep_text (strings, meta_text (rule, "description"));
  info.title = keep_text (strings, meta_text (rule, "title"));
  if (info.title == NULL)
    info.title = info.description != NULL
                     ? info.description
                     : g_string_chunk_insert (strings, rule->identifier);
  info.title_ja = keep_text (strings, meta_text (rule, "title_ja"));
  info.description_ja = keep_text (strings, meta_text (rule, "description_ja"));
  info.falsepositives = keep_text (strings, meta_text (rule, "falsepositives"));
  info.falsepositives_ja = keep_text (strings, meta_text (rule, "falsepositives_ja"));
  info.author = keep_text (strings, meta_text (rule, "author"));
  read_lists (rule, strings, &info);
  if (text != NULL)
    {
      info.file = g_string_chunk_insert (strings, text->source->file.path);
      info.line = text->line;
    }
  *ret_info = info;
}
