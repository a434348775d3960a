/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writing the silences file: whole or not at all, and one writer at a time.
 */
#ifndef SK_MAIN_SILENCES_H
#define SK_MAIN_SILENCES_H

#include <glib.h>

/** Appends `text` (silences in the file's format) to the file, which is made when it is missing.
 * The new file is checked before it takes the old one's place, and on disk when this returns. */
gboolean sk_silences_append (const char *path, const char *text, GError **error);

/** SHA-256 of a file's content, lower-case hexadecimal, transfer full. NULL: `error`. */
char *sk_silences_hash (const char *path, GError **error);

#endif
