/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A rule as one line of text, for tests.
 *
 *     node     = item / "(and" *node ")" / "(or" …  / "(not" node ")" / "(2of" …
 *     item     = field [" all"] [" neq"] "{" choices "}"    field `*` for keywords
 *     choices  = choice *( ", " choice );  choice = atom *( " | " atom )
 *     atom     = pattern / "cased " pattern / "/regex/ims" / "<5" / "cidr …" / "exists" / …
 *     pattern  = `"` with `*` and `?` outside of quotes: "a"*"b"; bytes not printable as \xNN
 */
#ifndef SIGMA_TEST_AST_H
#define SIGMA_TEST_AST_H

#include "sigma/rule.h"

/** New string. */
char *ast_of_node (const SkSigmaNode *node);
/** Condition or correlation of a rule. New string. */
char *ast_of_rule (const SkSigmaRule *rule);

#endif
