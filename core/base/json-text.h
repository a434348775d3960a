/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Text as it stands between the quotes of a JSON string (RFC 8259, 7).
 */
#ifndef SK_BASE_JSON_TEXT_H
#define SK_BASE_JSON_TEXT_H

#include <sekisho/span.h>

/** Undoes the escapes of `text` into `buffer`, which has room for `text.size` bytes: what comes out is
 * never longer. Returns its size. Two halves of a pair of surrogates become one character, half a pair
 * alone U+FFFD; what is no escape, or one cut off by the end, stays as it is. Bytes that are not
 * escapes are copied, UTF-8 or not. `buffer` may be `text` itself. */
size_t sk_json_text_undo (SkSpan text, char *buffer);

#endif
