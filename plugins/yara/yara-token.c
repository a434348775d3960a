/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Format: https://yara.readthedocs.io/en/v4.2.3/writingrules.html
 */
#include "config.h"

#include "yara-token.h"

#include <glib.h>
#include <string.h>

static int
peek (const YaraLexer *lexer, size_t ahead)
{
  return ahead < sk_cursor_left (&lexer->at) ? lexer->at.pos[ahead] : -1;
}

static int
take (YaraLexer *lexer)
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
skip_comment (YaraLexer *lexer)
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
skip_blank (YaraLexer *lexer)
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
skip_quoted (YaraLexer *lexer, int end)
{
  for (int byte = take (lexer); byte >= 0 && byte != end; byte = take (lexer))
    if (byte == '\\')
      take (lexer);
}

static void
skip_hex_string (YaraLexer *lexer)
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
skip_word (YaraLexer *lexer)
{
  while (is_word_byte (peek (lexer, 0)))
    take (lexer);
}

static YaraTokenKind
take_token (YaraLexer *lexer)
{
  int byte = take (lexer);
  if (byte < 0)
    return YARA_TOKEN_END;
  if (byte == '"')
    return skip_quoted (lexer, '"'), YARA_TOKEN_TEXT;
  if (byte == '/') /* division is written `\` */
    return skip_quoted (lexer, '/'), skip_word (lexer), YARA_TOKEN_OTHER;
  if (byte == '{' && lexer->after_assign)
    return skip_hex_string (lexer), YARA_TOKEN_OTHER;
  if (byte == '$' || byte == '#' || byte == '@' || (byte == '!' && peek (lexer, 0) != '='))
    return skip_word (lexer), YARA_TOKEN_STRING;
  if (!is_word_byte (byte))
    return YARA_TOKEN_SIGN;
  skip_word (lexer);
  return g_ascii_isdigit (byte) ? YARA_TOKEN_NUMBER : YARA_TOKEN_WORD;
}

YaraLexer
yara_lexer (SkSpan text)
{
  return (YaraLexer){ sk_cursor (text), 1, false };
}

YaraToken
yara_lexer_next (YaraLexer *lexer)
{
  skip_blank (lexer);
  YaraToken token = { .begin = lexer->at.pos, .line = lexer->line };
  token.kind = take_token (lexer);
  token.end = lexer->at.pos;
  token.text = (SkSpan){ token.begin, (size_t) (token.end - token.begin) };
  lexer->after_assign = token.kind == YARA_TOKEN_SIGN && *token.begin == '=';
  if (token.kind == YARA_TOKEN_TEXT)
    token.text = sk_span_slice (token.text, 1, token.text.size > 2 ? token.text.size - 2 : 0);
  return token;
}

bool
yara_token_is (const YaraToken *token, YaraTokenKind kind, const char *text)
{
  return token->kind == kind && sk_span_equal (token->text, sk_span_of_text (text));
}
