/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Files read once and sealed: what supervisor and zygote of one generation
 * both compile from.
 *
 * The supervisor adds the configuration, rule and list files; the bundle goes
 * as one memory file with all seals to the zygote, which maps it. So a file
 * that changes in between cannot make the two disagree, and its digest names
 * the generation's rules.
 *
 * Layout: "SKBUNDLE", u32 count, then per entry kind, path, i64 mtime, span.
 */
#ifndef SK_BASE_BUNDLE_H
#define SK_BASE_BUNDLE_H

#include <glib.h>
#include <sekisho/span.h>

typedef struct SkBundle SkBundle;

typedef struct SkBundleEntry {
  const char *kind; /**< "config", "override", "yara", "hash-list", "type-table", "sigma", "logsource-table",
                         "placeholder-list", "silences",
                         "password-list" */
  const char *path; /**< absolute, as bytes; not necessarily UTF-8 */
  SkSpan bytes;
  int64_t mtime; /**< seconds since 1970 */
} SkBundleEntry;

/** An empty bundle to be filled. */
SkBundle *sk_bundle_new (void);
/** Adds bytes; copied. False with SK_ERROR_LIMIT past SK_MAX_SOURCE or SK_MAX_SOURCES. */
gboolean sk_bundle_add (SkBundle *bundle, const char *kind, const char *path, SkSpan bytes,
                        int64_t mtime, GError **error);
/** Reads a regular file (not a symbolic link's danger: the link is followed, devices and FIFOs are
 * refused) and adds it. */
gboolean sk_bundle_add_file (SkBundle *bundle, const char *kind, const char *path, GError **error);
/** Adds a file, or all files below a folder whose names end in one of `suffixes` (NULL-terminated),
 * in bytewise order of their paths. `ret_count` may be NULL. */
gboolean sk_bundle_add_tree (SkBundle *bundle, const char *kind, const char *path,
                             const char *const *suffixes, size_t *ret_count, GError **error);
/** The same without some of it: of `but` (NULL-terminated) those that begin with a slash are folders
 * that are not entered, the others endings of names that are left out. */
gboolean sk_bundle_add_tree_but (SkBundle *bundle, const char *kind, const char *path,
                                 const char *const *suffixes, const char *const *but,
                                 size_t *ret_count, GError **error);
/** Writes everything into a sealed memory file. Transfer full (close it). -1 on error. */
int sk_bundle_seal (SkBundle *bundle, GError **error);
/** Maps a sealed bundle; `fd` stays the caller's. Every length is checked. */
SkBundle *sk_bundle_map (int fd, GError **error);
void sk_bundle_free (SkBundle *bundle);

/** Entries in the order in which they were added. False past the last. */
bool sk_bundle_at (const SkBundle *bundle, size_t index, SkBundleEntry *ret_entry);
/** Entry number `nth` of that kind. False past the last. */
bool sk_bundle_of_kind (const SkBundle *bundle, const char *kind, size_t nth,
                        SkBundleEntry *ret_entry);
/** SHA-256 over rules and lists, everything but configuration, silences and passwords: lower-case hexadecimal.
 * Names the rules of a generation. Borrowed. */
const char *sk_bundle_digest (SkBundle *bundle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkBundle, sk_bundle_free)

#endif
