/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Everything a plugin may include.
 */
#ifndef SEKISHO_SEKISHO_H
#define SEKISHO_SEKISHO_H

#include <sekisho/level.h>
#include <sekisho/plugin.h>
#include <sekisho/reason.h>
#include <sekisho/span.h>

#endif
