/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bytes that a string of a rule cannot match without.
 */
#ifndef YARA_LITERAL_H
#define YARA_LITERAL_H

#include <glib.h>
#include <yara.h>
#include <yara/re.h>

#define YARA_MAX_LITERAL 24
/** Literals for one string of a rule: alternatives, ASCII and wide. */
#define YARA_MAX_ALTERNATIVES 64
/** A match longer than this is not looked for in a window. */
#define YARA_MAX_REACH 2048
/** Reach of a literal after which the whole object is scanned. */
#define YARA_REACH_ALL UINT32_MAX

/** Where it occurs, the string may match within `reach` bytes before its first and after its last
 * byte. Or, where there are no known bytes together, an expression for Hyperscan that matches
 * wherever the string does. */
typedef struct YaraLiteral {
  uint8_t size;
  uint8_t bytes[YARA_MAX_LITERAL];
  bool any_case; /**< ASCII letters in either case */
  uint32_t reach;
  char *pattern; /**< owned; or NULL: `size` bytes */
} YaraLiteral;

/** An empty array of YaraLiteral. */
GArray *yara_literals_new (void);

/** A string that can only match at one offset. */
typedef struct YaraFixed {
  uint64_t offset;
  uint32_t length; /**< of its longest match */
} YaraFixed;

/** What the tree of an expression or hex string says. */
typedef struct YaraTree {
  GArray *
      literals; /**< of YaraLiteral without reach: one of them is in each match; NULL: none known */
  uint32_t longest; /**< match in bytes; UINT32_MAX: unbounded */
  char *pattern;    /**< where there are no literals: for Hyperscan; or NULL */
} YaraTree;

/** Reads a tree that libyara gives while it compiles. */
YaraTree yara_tree_read (const RE_AST *tree);
void yara_tree_clear (YaraTree *tree);

/** Common, or with a long reach: kept apart, so that it does not spoil the windows of others. */
bool yara_literal_is_poor (const YaraLiteral *literal);

/** Strings with `xor` that are spelled out in all their forms, in one set of rules. */
#define YARA_MAX_XOR_STRINGS 64

/** Adds what the string needs: to `literals` (of YaraLiteral) or `fixed` (of YaraFixed). `tree` is
 * NULL for a text string. False when it can match anywhere without known bytes. */
bool yara_string_needs (const YR_STRING *string, const YaraTree *tree, GArray *literals,
                        GArray *fixed);

#endif
