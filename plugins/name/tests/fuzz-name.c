/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any UTF-8 as a name, through everything that looks at names.
 */
#include "config.h"

#include "name-text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/name/tests/seeds/name";

static void
look (const UNormalizer2 *nfkc, const char *name)
{
  NameText text = name_text (name);
  NameText plain = name_plain (nfkc, text);
  NameParts parts;
  name_parts (plain, &parts);
  if (parts.last == NULL && parts.n_earlier > 0)
    abort ();
  name_parts_clear (&parts);
  for (size_t i = 0; i < text.length; i++)
    if (name_is_hidden (text, i) && name_is_bidi (text.at[i]))
      abort ();
  if (name_blank_run (text) > text.length)
    abort ();
  name_dot_like (text);
  name_mixed_script (text);
  name_device (plain);
  NameShell shell = name_shell (name);
  SkSpan stream = name_stream (name);
  if ((shell.words != 0 && shell.marks == 0) || stream.size >= strlen (name) + 1)
    abort ();
  name_text_clear (&plain);
  name_text_clear (&text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2 *nfkc = unorm2_getNFKCInstance (&error);
  /* Names come to the plugin as valid UTF-8 of at most so many bytes. */
  g_autofree char *name = g_utf8_make_valid ((const char *) data, (gssize) MIN (size, 4096));
  look (nfkc, name);
  return 0;
}
