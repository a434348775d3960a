/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Text without regard to case, and bytes made valid UTF-8.
 *
 * Folding is Unicode simple folding: each character becomes one character (`ß`
 * stays, the Kelvin sign becomes `k`, the Turkish dotted `İ` stays), so a
 * pattern that stands in a text also stands, folded, in the folded text. The
 * length in bytes may change. Each byte that is not part of valid UTF-8 becomes
 * U+FFFD. NULs are characters like others.
 */
#ifndef SK_BASE_FOLD_H
#define SK_BASE_FOLD_H

#include <sekisho/span.h>

/** Bytes that folding or repairing `size` bytes can give at most: U+FFFD has three. */
#define SK_FOLD_ROOM(size) (3 * (size_t) (size))

/** Writes the folded text; `to` has SK_FOLD_ROOM bytes and lies apart from the text, or is the text
 * where that is ASCII. Returns the bytes written. */
size_t sk_fold (SkSpan text, uint8_t *to);
/** Writes the text in valid UTF-8; rooms as above. Returns the bytes written. */
size_t sk_fold_repair (SkSpan text, uint8_t *to);
/** All bytes are below 0x80. */
bool sk_fold_is_ascii (SkSpan text);
/** The text is valid UTF-8; NULs may be in it. */
bool sk_fold_is_valid (SkSpan text);
/** Writes the ASCII letters in lower case, other bytes as they are; `to` has `text.size` bytes and
 * may be the text itself. Returns whether all was ASCII. */
bool sk_fold_ascii (SkSpan text, uint8_t *to);

#endif
