/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Readers of lists as people and feeds write them.
 *
 * - plain text: a hash a line, then blanks and a label (what sha256sum writes is that too)
 * - CSV with `,` or `;`, quoted or not, its columns named in a first line (which may be a comment)
 *   or, without one, found by what looks like a hash; NSRL's RDS is that
 * - ClamAV's .hdb and .hsb: `hash:size:name`, `*` for any size
 *
 * `#` at the beginning of a line makes a comment. Comments may carry what is known of the entries
 * after them, each on its own line:
 *
 *     # source: NAME
 *     # expires: YYYY-MM-DD        the last day, in UTC
 *     # kind: deny | allow         deny when nothing is said, but not for NSRL's columns
 *
 * The same lines, with or without `#`, may stand in a side file, so that a feed stays as it came.
 * An entry without source or expiry is refused.
 */
#ifndef HASH_PARSE_H
#define HASH_PARSE_H

#include "hash-build.h"

/** Reads a whole source into the builder. `side` is the side file or empty; `name` the file's name,
 * whose ending tells ClamAV's lists and CSV from text. False past the builder's maxima. */
bool hash_parse (SkSpan text, SkSpan side, const char *name, HashBuilder *builder);

#endif
