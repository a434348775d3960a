/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include <stdio.h>

int
main (void)
{
  puts (PACKAGE_STRING);
  return 0;
}
