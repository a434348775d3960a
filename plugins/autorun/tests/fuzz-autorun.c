/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as an autorun.inf.
 */
#include "config.h"

#include "autorun-parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/autorun/tests/seeds/autorun";

static bool
take_path (void *data, const char *path)
{
  unsigned *left = data;
  if (path[0] == '\0' || path[0] == '/' || strchr (path, '\\') != NULL
      || !g_utf8_validate (path, -1, NULL))
    abort ();
  return --*left > 0;
}

static bool
take_line (void *data, AutorunKey key, const char *value)
{
  unsigned *left = data;
  if (value[0] == '\0' || strpbrk (value, "\r\n") != NULL)
    abort ();
  if (key == AUTORUN_COMMAND)
    autorun_command (value, take_path, left);
  return *left > 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  UConverter *cp932 = autorun_converter ();
  g_autofree char *text = autorun_text ((SkSpan) { data, size }, cp932);
  unsigned left = 64;
  if (!g_utf8_validate (text, -1, NULL))
    abort ();
  autorun_parse (text, take_line, &left);
  ucnv_close (cp932);
  return 0;
}
