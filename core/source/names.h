/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The names of one folder in bytewise order, in bounded memory.
 *
 * A folder may hold any number of names. Names are gathered in *passes*: each
 * reads the whole folder and keeps the smallest names behind the last one of
 * the pass before, as many as fit. So the order is that of one sort over all
 * names, the memory that of one pass, and names that were dropped to save
 * memory can be read again.
 */
#ifndef SK_SOURCE_NAMES_H
#define SK_SOURCE_NAMES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** Names of one pass. */
typedef struct SkNames
{
  GByteArray *text; /**< for each name its kind (DT_…), the bytes, NUL */
  GArray *order;    /**< of uint32_t: where each name begins in `text`, sorted by name */
  guint at;         /**< the next in `order` */
  bool more;        /**< names behind the last one were left for another pass */
} SkNames;

void sk_names_init (SkNames *names);
void sk_names_clear (SkNames *names);
/** Bytes held. */
size_t sk_names_size (const SkNames *names);
/** Reads a pass: the names of the folder behind `after` (NULL: all), in at most `maximum` bytes
 * (at least one name). `fd` stays the caller's; its offset is changed. Returns 0 or an errno; what
 * was read before an error stands in `names`. */
int sk_names_read (SkNames *names, int fd, const char *after, size_t maximum);
/** The next name, borrowed until the next call of another function; false past the last one of this
 * pass. `ret_kind` is the DT_… of the listing, DT_UNKNOWN where the file system gives none. */
bool sk_names_next (SkNames *names, const char **ret_name, uint8_t *ret_kind);
/** The name given last, or NULL. */
const char *sk_names_last (const SkNames *names);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkNames, sk_names_clear)

#endif
