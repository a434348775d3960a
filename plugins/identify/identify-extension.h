/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a file's extension promises, and whether the content keeps it.
 *
 * The promise is a table of lines, built in and added to by files of kind
 * "type-table". A line:
 *
 *     EXTENSION[,EXTENSION…]  CLASS  TYPE [TYPE…]
 *
 * CLASS is one of text, document, image, audio, video, archive, font, disk,
 * data, executable, script. The first TYPE is the candidate that the name alone
 * gives. A TYPE admits itself and whatever is also that (application/zip admits
 * every docx); `=TYPE` itself alone; `@CLASS` every type of that class; `*`
 * everything. `#` begins a comment. A later line for an extension replaces an
 * earlier one.
 */
#ifndef IDENTIFY_EXTENSION_H
#define IDENTIFY_EXTENSION_H

#include "identify-content.h"

#include <glib.h>

/** The longest extension that is one; longer last parts are part of the name. */
#define ID_MAX_EXTENSION 16

typedef struct IdPromise {
  IdType type; /**< what the name says, or ID_NONE */
  IdClass class;
  bool anything; /**< admits every content */
  IdSet admits;
} IdPromise;

/** Extension → IdPromise. */
typedef GHashTable IdPromises;

/** What the two say of each other. */
typedef struct IdAgreement {
  bool known;      /**< the other two mean something */
  bool mismatch;   /**< the content is of no type that the extension admits */
  bool executable; /**< something that runs stands under the extension of something to look at;
                        so too when it is, besides, what the extension says */
} IdAgreement;

/** The lower-case extension of a name's last part, without the dots and blanks at its end that
 * Windows drops. False when there is none. */
bool id_extension_of (const char *name, char ret_extension[ID_MAX_EXTENSION + 1]);

/** The built-in table. Transfer full (g_hash_table_unref). */
IdPromises *id_promises_new (void);

/** Adds the lines of a file. At the first bad one false with its number and a static English text;
 * then none of them is added. */
bool id_promises_parse (IdPromises *promises, SkSpan text, uint32_t *ret_line,
                        const char **ret_error);

/** The promise of an extension, or NULL. Borrowed. */
const IdPromise *id_promises_get (IdPromises *promises, const char *extension);

/** Compares. `name` tells the AppleDouble files that macOS puts beside others. */
IdAgreement id_agree (const IdPromise *promise, const IdContent *content, const char *name);

#endif
