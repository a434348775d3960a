/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The walls around a worker.
 */
#ifndef SK_PROCESS_SANDBOX_H
#define SK_PROCESS_SANDBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SkSandboxState {
  int landlock;  /**< ABI in force, 0: missing */
  bool seccomp;  /**< filter in force */
  char note[256]; /**< what is missing and why; "" when all stand */
} SkSandboxState;

typedef struct SkSandboxSettings {
  bool require;      /**< refuse to work when a wall is missing */
  uint64_t memory;   /**< bytes beyond what the process has now; 0: no limit (sanitizers) */
  uint64_t file_size; /**< largest offset written into a lent file */
} SkSandboxSettings;

/** What this kernel can give, asked without entering (a child tries it). */
void sk_sandbox_probe (SkSandboxState *ret_state);

/** Enters, for good. All descriptors but `keep` (ended by -1) are closed. FALSE with
 * SK_ERROR_SANDBOX when a wall is missing and `require` is set: end the process. */
gboolean sk_sandbox_enter (const SkSandboxSettings *settings, const int *keep,
                           SkSandboxState *ret_state, GError **error);

#endif
