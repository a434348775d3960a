/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rule sources as text: namespaces, includes, and a tokenizer that finds what
 * libyara does not tell: the line of each rule, and which identifiers its
 * condition names.
 *
 * It does not check the language, libyara does; on text that libyara refuses
 * the result is never used. Format: https://yara.readthedocs.io/en/v4.2.3/
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

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

/* ---- tokens ---- */

typedef enum TokenKind {
  TOKEN_END,
  TOKEN_WORD,  /* identifier or keyword */
  TOKEN_STRING, /* "…"; text without the quotes */
  TOKEN_SIGN,  /* one other character */
  TOKEN_OTHER  /* regular expression, hex string, number, $string, #count, @offset, !length */
} TokenKind;

typedef struct Token {
  TokenKind kind;
  const char *text;
  size_t length;
  uint32_t line; /* on which it begins */
} Token;

typedef struct Lexer {
  SkCursor at;
  uint32_t line;
  bool after_assign; /* the last token was `=`: a brace opens a hex string */
} Lexer;

static int
peek (const Lexer *lexer, size_t ahead)
{
  return ahead < sk_cursor_left (&lexer->at) ? lexer->at.pos[ahead] : -1;
}

static int
take (Lexer *lexer)
{
  uint8_t byte;
  if (!sk_cursor_take_u8 (&lexer->at, &byte))
    return -1;
  if (byte == '\n')
    lexer->line++;
  return byte;
}

static bool
is_word_byte (int byte)
{
  return byte == '_' || (byte >= 0 && g_ascii_isalnum (byte));
}

/** Passes a comment. False when there is none here. */
static bool
skip_comment (Lexer *lexer)
{
  if (peek (lexer, 0) != '/' || (peek (lexer, 1) != '/' && peek (lexer, 1) != '*'))
    return false;
  take (lexer);
  bool to_line_end = take (lexer) == '/';
  for (int byte = take (lexer); byte >= 0; byte = take (lexer))
    {
      if (to_line_end && byte == '\n')
        return true;
      if (!to_line_end && byte == '*' && peek (lexer, 0) == '/')
        {
          take (lexer);
          return true;
        }
    }
  return true;
}

static void
skip_blank (Lexer *lexer)
{
  for (;;)
    {
      int byte = peek (lexer, 0);
      if (byte == ' ' || (byte >= '\t' && byte <= '\r'))
        take (lexer);
      else if (!skip_comment (lexer))
        return;
    }
}

/** Passes up to and with an unescaped `end`. */
static void
skip_quoted (Lexer *lexer, int end)
{
  for (int byte = take (lexer); byte >= 0 && byte != end; byte = take (lexer))
    if (byte == '\\')
      take (lexer);
}

static void
skip_hex_string (Lexer *lexer)
{
  for (;;)
    if (!skip_comment (lexer))
      {
        int byte = take (lexer);
        if (byte < 0 || byte == '}')
          return;
      }
}

static void
skip_word (Lexer *lexer)
{
  while (is_word_byte (peek (lexer, 0)))
    take (lexer);
}

static TokenKind
take_token (Lexer *lexer)
{
  int byte = take (lexer);
  if (byte < 0)
    return TOKEN_END;
  if (byte == '"')
    return skip_quoted (lexer, '"'), TOKEN_STRING;
  if (byte == '/') /* division is written `\` */
    return skip_quoted (lexer, '/'), TOKEN_OTHER;
  if (byte == '{' && lexer->after_assign)
    return skip_hex_string (lexer), TOKEN_OTHER;
  if (byte == '$' || byte == '#' || byte == '@' || (byte == '!' && peek (lexer, 0) != '='))
    return skip_word (lexer), TOKEN_OTHER;
  if (!is_word_byte (byte))
    return TOKEN_SIGN;
  skip_word (lexer);
  return g_ascii_isdigit (byte) ? TOKEN_OTHER : TOKEN_WORD;
}

static Token
next_token (Lexer *lexer)
{
  skip_blank (lexer);
  Token token = { TOKEN_END, (const char *) lexer->at.pos, 0, lexer->line };
  token.kind = take_token (lexer);
  token.length = (size_t) ((const char *) lexer->at.pos - token.text);
  lexer->after_assign = token.kind == TOKEN_SIGN && *token.text == '=';
  if (token.kind == TOKEN_STRING)
    {
      token.text++;
      token.length -= MIN (token.length, 2);
    }
  return token;
}

static bool
token_is (const Token *token, TokenKind kind, const char *text)
{
  return token->kind == kind && token->length == strlen (text)
         && memcmp (token->text, text, token->length) == 0;
}

/* ---- rules ---- */

typedef struct Reader {
  const GPtrArray *sources;
  GArray *texts;
  GStringChunk *words;
  bool uses_magic;
} Reader;

static const char *
intern (Reader *reader, const char *text, size_t length, const char *suffix)
{
  g_autofree char *word = g_strdup_printf ("%.*s%s", (int) MIN (length, 1024), text, suffix);
  return g_string_chunk_insert_const (reader->words, word);
}

/** Gathers the identifiers of a condition, from after `condition:` to the closing brace. */
static void
read_condition (Reader *reader, Lexer *lexer, YaraText *rule)
{
  Token last = { 0 };
  for (Token token = next_token (lexer); token.kind != TOKEN_END; token = next_token (lexer))
    {
      if (token_is (&token, TOKEN_SIGN, "}"))
        return;
      /* `name*` is a set of rules, `name * 2` a product: taken for both */
      if (token_is (&token, TOKEN_SIGN, "*") && last.kind == TOKEN_WORD)
        g_ptr_array_add (rule->words, (void *) intern (reader, last.text, last.length, "*"));
      if (token.kind == TOKEN_WORD)
        g_ptr_array_add (rule->words, (void *) intern (reader, token.text, token.length, ""));
      last = token;
    }
}

/** From after the rule's name to its closing brace. */
static void
read_body (Reader *reader, Lexer *lexer, YaraText *rule)
{
  Token last = { 0 };
  for (Token token = next_token (lexer); token.kind != TOKEN_END; token = next_token (lexer))
    {
      if (token_is (&token, TOKEN_SIGN, "}"))
        return;
      if (token_is (&token, TOKEN_SIGN, ":") && token_is (&last, TOKEN_WORD, "condition"))
        {
          read_condition (reader, lexer, rule);
          return;
        }
      last = token;
    }
}

static void
read_rule (Reader *reader, Lexer *lexer, const YaraSource *source, bool is_global)
{
  Token name = next_token (lexer);
  YaraText rule = { .name = intern (reader, name.text, name.length, ""),
                    .file = source->file.path,
                    .line = name.line,
                    .is_global = is_global,
                    .words = g_ptr_array_new () };
  read_body (reader, lexer, &rule);
  g_array_append_val (reader->texts, rule);
}

static void read_source (Reader *reader, const YaraSource *source, unsigned depth);

static void
read_include (Reader *reader, Lexer *lexer, const YaraSource *source, unsigned depth)
{
  Token token = next_token (lexer);
  g_autofree char *name = g_strndup (token.text, token.length);
  const YaraSource *inner = yara_sources_resolve (reader->sources, source->path, name);
  if (inner != NULL && depth < YARA_MAX_INCLUDES)
    read_source (reader, inner, depth + 1);
}

static void
read_source (Reader *reader, const YaraSource *source, unsigned depth)
{
  Lexer lexer = { sk_cursor (source->file.bytes), 1, false };
  bool is_global = false;
  for (Token token = next_token (&lexer); token.kind != TOKEN_END; token = next_token (&lexer))
    {
      if (token_is (&token, TOKEN_WORD, "global"))
        is_global = true;
      else if (token_is (&token, TOKEN_WORD, "rule"))
        {
          read_rule (reader, &lexer, source, is_global);
          is_global = false;
        }
      else if (token_is (&token, TOKEN_WORD, "include"))
        read_include (reader, &lexer, source, depth);
      else if (token_is (&token, TOKEN_STRING, "magic"))
        reader->uses_magic = true;
    }
}

GArray *
yara_texts_new (const GPtrArray *sources, const YaraSource *source, GStringChunk *words,
                bool *ret_uses_magic)
{
  Reader reader = { sources, g_array_new (FALSE, TRUE, sizeof (YaraText)), words, false };
  read_source (&reader, source, 0);
  *ret_uses_magic = reader.uses_magic;
  return reader.texts;
}

void
yara_texts_free (GArray *texts)
{
  if (texts == NULL)
    return;
  for (guint i = 0; i < texts->len; i++)
    g_ptr_array_unref (g_array_index (texts, YaraText, i).words);
  g_array_unref (texts);
}
