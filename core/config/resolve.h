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

#endif
