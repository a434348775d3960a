/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bytes of unknown charset, as old archives have their names, as UTF-8.
 *
 * Guessing is in a fixed order, the one that fits what Japanese sites send:
 * valid UTF-8 is UTF-8, else valid CP932 is CP932 as Windows maps it (`～` is
 * U+FF5E), else it is CP437, in which every byte means something.
 */
#ifndef SK_BASE_CHARSET_H
#define SK_BASE_CHARSET_H

#include "base/buffer.h"

typedef enum SkCharset {
  SK_CHARSET_ASCII,
  SK_CHARSET_UTF8,
  SK_CHARSET_CP932,
  SK_CHARSET_CP437
} SkCharset;

/** Its name as IANA has it, in lower case. Static. */
const char *sk_charset_name (SkCharset charset);
/** Replaces what is in `to` with the text in UTF-8, and says from what. What does not fit into the
 * buffer's maximum is left out. */
SkCharset sk_charset_decode (SkSpan text, SkBuffer *to);

#endif
