/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * How grave a finding is: the five levels of the Sigma specification.
 */
#ifndef SEKISHO_LEVEL_H
#define SEKISHO_LEVEL_H

/** Ordered: a greater value is a graver finding. The values are part of the ABI. */
typedef enum SkLevel {
  SK_LEVEL_INFORMATIONAL = 0,
  SK_LEVEL_LOW = 1,
  SK_LEVEL_MEDIUM = 2,
  SK_LEVEL_HIGH = 3,
  SK_LEVEL_CRITICAL = 4
} SkLevel;

/** How many levels there are. */
#define SK_N_LEVELS 5

#endif
