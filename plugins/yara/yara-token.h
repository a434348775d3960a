/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The words of YARA's rule language, as far as reading rule texts needs them.
 *
 * It does not check the language, libyara does: on text that libyara refuses
 * what comes out here is never used.
 */
#ifndef YARA_TOKEN_H
#define YARA_TOKEN_H

#include <sekisho/span.h>

typedef enum YaraTokenKind {
  YARA_TOKEN_END,
  YARA_TOKEN_WORD,   /**< identifier or keyword */
  YARA_TOKEN_NUMBER,
  YARA_TOKEN_TEXT,   /**< "…"; the span is without the quotes, escapes as written */
  YARA_TOKEN_STRING, /**< $string, #count, @offset, !length */
  YARA_TOKEN_SIGN,   /**< one other character */
  YARA_TOKEN_OTHER   /**< regular expression, hex string */
} YaraTokenKind;

typedef struct YaraToken {
  YaraTokenKind kind;
  SkSpan text;         /**< what it says */
  const uint8_t *begin; /**< with quotes */
  const uint8_t *end;
  uint32_t line;       /**< on which it begins */
} YaraToken;

typedef struct YaraLexer {
  SkCursor at;
  uint32_t line;
  bool after_assign; /**< the last token was `=`: a brace opens a hex string */
} YaraLexer;

/** At the begin of `text`. */
YaraLexer yara_lexer (SkSpan text);
/** The next token, comments and blanks passed. END at the end, for ever. */
YaraToken yara_lexer_next (YaraLexer *lexer);
bool yara_token_is (const YaraToken *token, YaraTokenKind kind, const char *text);

#endif
