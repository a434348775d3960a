/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rule sources as text: namespaces, includes, and what libyara does not tell:
 * where each rule stands and which identifiers its condition names. So a part
 * of the rules can be compiled by itself: the others are blanked in the text.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"
#include "yara-token.h"

/* ---- sources ---- */

static void
source_free (void *data)
{
  YaraSource *source = data;
  g_free (source->path);
  g_free (source->name_space);
  g_free (source);
}

/** A part of a finding's id: letters, digits, `_` and `-`. */
static char *
plain_name (const char *name, size_t length)
{
  char *plain = g_strndup (name, length);
  for (char *p = plain; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '-')
      *p = '_';
  return plain;
}

static char *
base_without_suffix (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  const char *dot = strrchr (base, '.');
  size_t length = dot != NULL && dot != base ? (size_t) (dot - base) : strlen (base);
  return plain_name (base, length);
}

/** The base name; where it is taken, the folder's name before it; then a number after it. */
static char *
unique_namespace (GHashTable *taken, const char *path)
{
  g_autofree char *base = base_without_suffix (path);
  if (g_hash_table_add (taken, g_strdup (base)))
    return g_steal_pointer (&base);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *folder_base = g_path_get_basename (folder);
  g_autofree char *parent = plain_name (folder_base, strlen (folder_base));
  char *name = g_strdup_printf ("%s_%s", parent, base);
  for (unsigned number = 2; !g_hash_table_add (taken, g_strdup (name)); number++)
    {
      g_free (name);
      name = g_strdup_printf ("%s_%s-%u", parent, base, number);
    }
  return name;
}

GPtrArray *
yara_sources_new (const SkApi *api, SkSetup *setup)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func (source_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SkSource file;
  for (size_t i = 0; api->source (setup, "yara", i, &file); i++)
    {
      YaraSource *source = g_new0 (YaraSource, 1);
      source->file = file;
      source->path = g_canonicalize_filename (file.path, "/");
      source->name_space = unique_namespace (taken, source->path);
      g_ptr_array_add (sources, source);
    }
  return sources;
}

const YaraSource *
yara_sources_resolve (const GPtrArray *sources, const char *from, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (from);
  g_autofree char *path = g_canonicalize_filename (name, folder);
  for (guint i = 0; i < sources->len; i++)
    {
      const YaraSource *source = sources->pdata[i];
      if (strcmp (source->path, path) == 0)
        return source;
    }
  return NULL;
}

/* ---- rules ---- */

typedef struct Reader {
  const GPtrArray *sources;
  YaraTexts *texts;
  GStringChunk *words;
  GHashTable *seen; /* of YaraSource */
} Reader;

static const char *
intern (Reader *reader, const YaraToken *token, const char *suffix)
{
  g_autofree char *word = g_strdup_printf ("%.*s%s", (int) MIN (token->text.size, 1024),
                                           (const char *) token->text.data, suffix);
  return g_string_chunk_insert_const (reader->words, word);
}

/** Gathers the identifiers of a condition, from after `condition:` to the closing brace. */
static void
read_condition (Reader *reader, YaraLexer *lexer, YaraText *rule)
{
  YaraToken last = { 0 };
  rule->condition = lexer->at.pos;
  for (YaraToken token = yara_lexer_next (lexer);; token = yara_lexer_next (lexer))
    {
      rule->end = token.end;
      rule->condition_end = token.begin;
      if (token.kind == YARA_TOKEN_END || yara_token_is (&token, YARA_TOKEN_SIGN, "}"))
        return;
      /* `name*` is a set of rules, `name * 2` a product: taken for both */
      if (yara_token_is (&token, YARA_TOKEN_SIGN, "*") && last.kind == YARA_TOKEN_WORD)
        g_ptr_array_add (rule->words, (void *) intern (reader, &last, "*"));
      if (token.kind == YARA_TOKEN_WORD)
        g_ptr_array_add (rule->words, (void *) intern (reader, &token, ""));
      last = token;
    }
}

/** From after the rule's name to its closing brace. */
static void
read_body (Reader *reader, YaraLexer *lexer, YaraText *rule)
{
  YaraToken last = { 0 };
  for (YaraToken token = yara_lexer_next (lexer);; token = yara_lexer_next (lexer))
    {
      rule->end = token.end;
      if (token.kind == YARA_TOKEN_END || yara_token_is (&token, YARA_TOKEN_SIGN, "}"))
        return;
      if (yara_token_is (&token, YARA_TOKEN_SIGN, ":")
          && yara_token_is (&last, YARA_TOKEN_WORD, "condition"))
        {
          read_condition (reader, lexer, rule);
          return;
        }
      last = token;
    }
}

static void
read_rule (Reader *reader, YaraLexer *lexer, const YaraSource *source, const uint8_t *begin)
{
  YaraToken name = yara_lexer_next (lexer);
  YaraText rule = { .name = intern (reader, &name, ""),
                    .source = source,
                    .line = name.line,
                    .begin = begin,
                    .words = g_ptr_array_new () };
  rule.condition = rule.condition_end = name.end;
  read_body (reader, lexer, &rule);
  g_array_append_val (reader->texts->rules, rule);
}

static void read_source (Reader *reader, const YaraSource *source, unsigned depth);

static void
read_include (Reader *reader, YaraLexer *lexer, const YaraSource *source, unsigned depth)
{
  YaraToken token = yara_lexer_next (lexer);
  g_autofree char *name = g_strndup ((const char *) token.text.data, token.text.size);
  const YaraSource *inner = yara_sources_resolve (reader->sources, source->path, name);
  if (inner != NULL && depth < YARA_MAX_INCLUDES)
    read_source (reader, inner, depth + 1);
}

static void
read_import (Reader *reader, YaraLexer *lexer, const YaraSource *source, const uint8_t *begin)
{
  YaraToken module = yara_lexer_next (lexer);
  YaraImport import = { intern (reader, &module, ""), source, begin, module.end };
  g_array_append_val (reader->texts->imports, import);
}

static void
read_source (Reader *reader, const YaraSource *source, unsigned depth)
{
  YaraLexer lexer = yara_lexer (source->file.bytes);
  /* Rules that came twice libyara refuses, and without rules there is nothing to see twice; files that
   * include themselves would be seen for ever. */
  if (!g_hash_table_add (reader->seen, (void *) source))
    return;
  const uint8_t *begin = NULL; /* of the modifiers before `rule` */
  for (YaraToken token = yara_lexer_next (&lexer); token.kind != YARA_TOKEN_END;
       token = yara_lexer_next (&lexer))
    {
      bool is_modifier = yara_token_is (&token, YARA_TOKEN_WORD, "global")
                         || yara_token_is (&token, YARA_TOKEN_WORD, "private");
      if (begin == NULL)
        begin = token.begin;
      if (is_modifier)
        continue;
      if (yara_token_is (&token, YARA_TOKEN_WORD, "rule"))
        read_rule (reader, &lexer, source, begin);
      else if (yara_token_is (&token, YARA_TOKEN_WORD, "include"))
        read_include (reader, &lexer, source, depth);
      else if (yara_token_is (&token, YARA_TOKEN_WORD, "import"))
        read_import (reader, &lexer, source, begin);
      begin = NULL;
    }
}

YaraTexts *
yara_texts_new (const GPtrArray *sources, const YaraSource *source, GStringChunk *words)
{
  YaraTexts *texts = g_new0 (YaraTexts, 1);
  texts->rules = g_array_new (FALSE, TRUE, sizeof (YaraText));
  texts->imports = g_array_new (FALSE, TRUE, sizeof (YaraImport));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  Reader reader = { sources, texts, words, seen };
  read_source (&reader, source, 0);
  return texts;
}

void
yara_texts_free (YaraTexts *texts)
{
  if (texts == NULL)
    return;
  for (guint i = 0; i < texts->rules->len; i++)
    {
      YaraText *rule = &g_array_index (texts->rules, YaraText, i);
      g_ptr_array_unref (rule->words);
      g_clear_pointer (&rule->false_parts, g_array_unref);
    }
  g_array_unref (texts->rules);
  g_array_unref (texts->imports);
  g_free (texts);
}

/* ---- a part of the rules ---- */

static bool
has_word (const YaraTexts *texts, const char *word, unsigned part)
{
  for (guint i = 0; i < texts->rules->len; i++)
    {
      const YaraText *rule = &g_array_index (texts->rules, YaraText, i);
      bool is_other = rule->other_part == part && strcmp (word, yara_magic_program.module) == 0;
      /* words are interned: equal ones are the same */
      if (yara_text_is_in (rule, part) && !is_other && g_ptr_array_find (rule->words, word, NULL))
        return true;
    }
  return false;
}

bool
yara_text_is_in (const YaraText *text, unsigned part)
{
  return text->part == part || (text->other_part != 0 && text->other_part == part);
}

/** Lines stay as they are. */
static void
blank (char *text, const YaraSource *source, const uint8_t *begin, const uint8_t *end)
{
  size_t first = (size_t) (begin - source->file.bytes.data);
  size_t stop = (size_t) (end - source->file.bytes.data);
  for (size_t i = first; i < stop; i++)
    if (text[i] != '\n')
      text[i] = ' ';
}

/** What stands for a false part. The strings that it names are named again, because libyara refuses
 * a string that no condition names. */
static void
put_false (GString *to, SkSpan part)
{
  YaraLexer lexer = yara_lexer (part);
  g_string_append (to, "(false");
  for (YaraToken token = yara_lexer_next (&lexer); token.kind != YARA_TOKEN_END;
       token = yara_lexer_next (&lexer))
    {
      SkCursor after = lexer.at;
      uint8_t byte;
      bool is_set = sk_cursor_take_u8 (&after, &byte) && byte == '*';
      if (yara_token_is (&token, YARA_TOKEN_WORD, "them"))
        g_string_append (to, " and any of them");
      else if (token.kind == YARA_TOKEN_STRING && (token.text.size > 1 || is_set))
        g_string_append_printf (to, " and any of ($%.*s%s)", (int) (token.text.size - 1),
                                (const char *) token.text.data + 1, is_set ? "*" : "");
    }
  g_string_append (to, ")");
}

/** The text with its false parts replaced. */
static char *
without_parts (const char *text, const YaraSource *source, const GArray *parts)
{
  GString *result = g_string_new (NULL);
  size_t done = 0;
  for (guint i = 0; i < parts->len; i++)
    {
      const YaraPart *part = &g_array_index (parts, YaraPart, i);
      size_t begin = (size_t) (part->begin - source->file.bytes.data);
      g_string_append_len (result, text + done, (gssize) (begin - done));
      put_false (result, (SkSpan){ part->begin, (size_t) (part->end - part->begin) });
      done = (size_t) (part->end - source->file.bytes.data);
    }
  g_string_append (result, text + done);
  return g_string_free (result, FALSE);
}

/** Blanks what is not of the part, and gathers what is false in it, in the order of the text. */
static void
blank_others (const YaraTexts *texts, const YaraSource *source, unsigned part, char *text,
              GArray *false_parts)
{
  for (guint i = 0; i < texts->rules->len; i++)
    {
      const YaraText *rule = &g_array_index (texts->rules, YaraText, i);
      if (rule->source != source)
        continue;
      if (!yara_text_is_in (rule, part))
        blank (text, source, rule->begin, rule->end);
      else if (rule->other_part == part)
        g_array_append_vals (false_parts, rule->false_parts->data, rule->false_parts->len);
    }
  for (guint i = 0; i < texts->imports->len; i++)
    {
      const YaraImport *import = &g_array_index (texts->imports, YaraImport, i);
      if (import->source == source && !has_word (texts, import->module, part))
        blank (text, source, import->begin, import->end);
    }
}

char *
yara_texts_part (const YaraTexts *texts, const YaraSource *source, unsigned part)
{
  SkSpan bytes = source->file.bytes;
  if (bytes.size == 0)
    return g_strdup ("");
  char *text = g_strndup ((const char *) bytes.data, bytes.size);
  if (texts == NULL)
    return text;
  g_autofree char *whole = text;
  g_autoptr (GArray) false_parts = g_array_new (FALSE, FALSE, sizeof (YaraPart));
  blank_others (texts, source, part, whole, false_parts);
  return without_parts (whole, source, false_parts);
}
