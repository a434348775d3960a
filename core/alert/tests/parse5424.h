/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A strict reader of RFC 5424, for tests only: what it accepts is one message
 * by the letter of section 6, and it tells what it did not like.
 */
#ifndef SK_TESTS_PARSE5424_H
#define SK_TESTS_PARSE5424_H

#include <glib.h>
#include <stdbool.h>

typedef struct ParsedParam
{
  char *element, *name; /**< owned */
  char *value;          /**< after section 6.3.3 is undone; owned */
} ParsedParam;

typedef struct Parsed
{
  int facility, severity;
  char *time, *host, *app, *process, *message_id;
  GArray *params; /**< of ParsedParam */
  bool bom;
  char *text; /**< after the BOM; NULL when there is no MSG */
  const char *why; /**< static: what was wrong, NULL when all was right */
} Parsed;

/** Always returns something; look at `why` first. */
Parsed *parse5424 (const char *bytes, size_t size);
void parsed_free (Parsed *parsed);
/** Value of a parameter as it stands on the wire below 6.3.3, NULL when absent. Borrowed. */
const char *parsed_get (const Parsed *parsed, const char *element, const char *name);
/** Undoes sk_text_escape: `\\`, `\n`, `\r`, `\t`, `\u{HEX}`. NULL when it is not such a text. */
char *parsed_unescape (const char *text);
/** No control, separator, bidirectional or invisible character. */
bool parsed_is_safe (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Parsed, parsed_free)

#endif
