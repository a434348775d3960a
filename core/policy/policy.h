/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Decide: silences and the levels of not-inspected reasons.
 *
 * A silences file is a YAML list; each entry is a decision that somebody
 * answers for, for a time, about one place or one content:
 *
 *     - id: yara.packer.upx          # the finding's id; "*" only together with sha256
 *       path: "/srv/tools/[!.]*"    # pattern (base/glob.h) on the path of the file scanned
 *       sha256: 9f86d081884c7d65…    # of the object or of the file it came in
 *       who: sato
 *       why: "our own installer, packed by the vendor"
 *       when: 2026-11-25             # may be left out
 *       expires: 2027-05-31          # from its first second on it silences nothing
 *
 * One of `path` and `sha256` is required; where both stand, both must hold.
 * Nothing is silenced everywhere unless `path: "*"` says so.
 */
#ifndef SK_POLICY_POLICY_H
#define SK_POLICY_POLICY_H

#include "base/bundle.h"
#include "base/level.h"

/** One silence, as it stands in a silences file. Strings owned. */
typedef struct SkSilence {
  char *id;      /**< finding id, or "*" (only together with sha256) */
  char *path;    /**< pattern against the root's path, UTF-8, or NULL */
  char *sha256;  /**< lower-case hexadecimal of the object or of its root, or NULL */
  char *who, *why; /**< never NULL */
  int64_t when;    /**< seconds since 1970; 0: not told */
  int64_t expires; /**< seconds since 1970; never 0 */
  char *where;     /**< file:line */
} SkSilence;

typedef struct SkPolicy SkPolicy;

typedef struct SkPolicySettings {
  SkLevel reason_level[SK_N_REASONS];
} SkPolicySettings;

void sk_policy_settings_init (SkPolicySettings *settings);

/** Reads the silences of the bundle (kind "silences"). NULL with SK_ERROR_CONFIG and every mistake
 * as a line `file:line:column: cause`. `now`: seconds since 1970. */
SkPolicy *sk_policy_new (const SkPolicySettings *settings, const SkBundle *bundle, int64_t now,
                         GError **error);
void sk_policy_free (SkPolicy *policy);
/** The level a reason has by configuration. */
SkLevel sk_policy_reason_level (const SkPolicy *policy, SkReason reason);
/** The silence that covers the finding (the first in the order of the files), or NULL; borrowed.
 * Expired ones never do. `sha256` values are lower case or "". */
const SkSilence *sk_policy_silence (const SkPolicy *policy, const char *id, const char *root_path,
                                    const char *object_sha256, const char *root_sha256);
/** How many silences are in force and how many expired. */
void sk_policy_count (const SkPolicy *policy, uint32_t *ret_active, uint32_t *ret_expired);

/** The silences in force, in the order of the files (with `now` 0 at sk_policy_new: all, expired or
 * not). Borrowed; NULL past the last. */
const SkSilence *sk_policy_at (const SkPolicy *policy, uint32_t index);

/** The text of a new silence in the format that sk_policy_new reads; appended to a silences file it
 * adds one. New string. */
char *sk_silence_to_yaml (const SkSilence *silence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkPolicy, sk_policy_free)

#endif
