/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the words `auto` and `built-in` stand for on this machine, for this
 * user, and the copies of what two folders need.
 */
#ifndef SK_CONFIG_RESOLVE_H
#define SK_CONFIG_RESOLVE_H

#include "config/keys.h"

/** Replaces the words. Called once, after all values were taken. */
void sk_settings_resolve (SkSettings *settings);
/** The folder below which the rules that come with the program stand. Borrowed from the environment
 * or static. */
const char *sk_settings_signatures (void);

#endif
