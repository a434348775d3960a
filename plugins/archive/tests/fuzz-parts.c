/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The plugin's own readers of headers with any bytes. What libarchive makes of
 * them is not asked here: its flaws are the sandbox's to hold.
 */
#include "config.h"

#include "archive-job.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/archive/tests/seeds/parts";

static bool
pay (uint64_t units, void *data)
{
  uint64_t *left = data;
  *left -= MIN (*left, units);
  return *left > 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SkSpan bytes = { data, size };
  size_t offset = 0;
  uint64_t left = 100000;
  SkReason reason;
  ArchiveId found = archive_identify (bytes);
  archive_identify_inner (bytes);
  archive_xar_refused (bytes, pay, &left, &reason);
  for (int id = ARCHIVE_ID_7Z; id < ARCHIVE_N_IDS; id++)
    {
      uint64_t end = archive_end_of (bytes, (ArchiveId) id);
      bool walked = id != ARCHIVE_ID_7Z && id != ARCHIVE_ID_CAB;
      if (walked && end != UINT64_MAX && end > size)
        abort ();
    }
  if (archive_in_program (bytes, pay, &left, &offset) != ARCHIVE_ID_NONE
      && (offset >= size || archive_identify (sk_span_slice (bytes, offset, SIZE_MAX)) == ARCHIVE_ID_NONE))
    abort ();
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *name = archive_inner_name (found, text);
  g_autofree char *raw = archive_undo_latin1 (text);
  if (strlen (name) > strlen (text) + 8 || strlen (raw) > strlen (text))
    abort ();
  return 0;
}
