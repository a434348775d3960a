/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The line formats that there are: a row each.
 */
#include "config.h"

#include "log.h"

const LogFormat log_formats[] = {
  { .name = NULL },
};
