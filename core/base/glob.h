/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Patterns for paths: exclusions and silences.
 *
 * The C library's fnmatch is not used: its time grows with a power of the
 * number of stars, and the paths come from hostile media; and it depends on
 * the locale. This one takes at most length × length steps, no stack, and
 * reads bytes that are not UTF-8 as single characters.
 *
 *     *        any run of characters, `/` too
 *     ?        one character
 *     [a-z_]   one of them; [!a-z] or [^a-z] one that is not
 *     \x       the character x itself
 */
#ifndef SK_BASE_GLOB_H
#define SK_BASE_GLOB_H

#include <stdbool.h>

/** The pattern is well formed: brackets are closed, nothing ends in `\`. */
bool sk_glob_check (const char *pattern);
/** The pattern fits the whole text. One that is not well formed fits nothing. */
bool sk_glob_match (const char *pattern, const char *text);

#endif
