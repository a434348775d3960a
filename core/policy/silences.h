/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The reading of silences files; the format is told in policy.h.
 */
#ifndef SK_POLICY_SILENCES_H
#define SK_POLICY_SILENCES_H

#include "base/yaml.h"
#include "policy/policy.h"

/** Takes the silence. */
typedef void (*SkSilenceFunc) (void *data, SkSilence *silence, int64_t now);

/** Hands out each silence of the file; each mistake becomes a line of `problems`, and its silence
 * is not handed out. */
void sk_silences_read (const SkBundleEntry *entry, int64_t now, GString *problems,
                       SkSilenceFunc take, void *data);
void sk_silence_free (SkSilence *silence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSilence, sk_silence_free)

#endif
