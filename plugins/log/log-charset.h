/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Logs in UTF-16, as PowerShell writes them.
 */
#ifndef LOG_CHARSET_H
#define LOG_CHARSET_H

#include <sekisho/span.h>

/** The text begins with a byte order mark of UTF-16. */
bool log_is_utf16 (SkSpan bytes);
/** The text as UTF-8 without its mark; a half of a pair alone and an odd last byte become U+FFFD. New memory
 * of at most 3 bytes for each unit. */
uint8_t *log_from_utf16 (SkSpan bytes, size_t *ret_size);

#endif
