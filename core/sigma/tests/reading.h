/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rules read from text, and what was complained of, for tests.
 */
#ifndef SIGMA_TEST_READING_H
#define SIGMA_TEST_READING_H

#include "ast.h"

typedef struct Reading {
  SkSigmaRules *rules;
  SkSigmaLists *lists;
  GString *complaints; /**< `file:line: text` lines */
} Reading;

void reading_complain (void *data, const char *file, uint32_t line, const char *text);
Reading *reading_new (void);
void reading_free (Reading *reading);
/** Adds a file, and joins nothing yet. */
void reading_add (Reading *reading, const char *file, const char *text);
void reading_join (Reading *reading);
/** One file `r.yml`, joined. */
Reading *reading_of (const char *text);
/** A rule with that `detection:` (lines, not indented; the first is line 6 of the file). */
Reading *reading_of_detection (const char *detection);
/** The only rule as a line of text. New string. */
char *reading_ast (Reading *reading);
/** The rule of that finding, or NULL. */
const SkSigmaRule *reading_rule (Reading *reading, const char *finding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

#endif
