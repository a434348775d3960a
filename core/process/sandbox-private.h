/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The two walls, each alone. Only sandbox.c puts them up.
 */
#ifndef SK_PROCESS_SANDBOX_PRIVATE_H
#define SK_PROCESS_SANDBOX_PRIVATE_H

#include <stdbool.h>

/** Landlock: no file but the system data folders, no TCP, no signal and no abstract socket outside.
 * 0 and the ABI in force, or the errno that says why it is not. */
int sk_landlock_enter (int *ret_abi);

/** Seccomp: the list of calls. `may_open`: a read-only open passes, because Landlock judges it. 0, or
 * the errno that says why it is not in force. Needs no_new_privs. */
int sk_filter_enter (bool may_open);

#endif
