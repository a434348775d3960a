/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as a file with archives: what is found lies inside, gaps come in
 * order, and the work stays within a multiple of the size.
 */
#include "config.h"

#include "zip-index.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/zip/tests/seeds/zip";

static bool
pay (void *data, uint64_t units)
{
  *(uint64_t *) data += units;
  return true;
}

static bool
take_gap (void *data, uint64_t start, uint64_t end)
{
  uint64_t *last = data;
  if (start < *last || start >= end)
    abort ();
  *last = end;
  return true;
}

static void
look_at (const ZipIndex *index, const ZipMember *member)
{
  ZipHeader central, local;
  ZipExtra extra;
  if (!zip_header_central (index->bytes, member->central, &central))
    abort ();
  zip_extra_read (&central, &extra);
  zip_header_mtime (&central, &extra);
  if (member->local == ZIP_NOWHERE)
    return;
  if (!zip_header_local (index->bytes, member->local, &local) || member->end > index->bytes.size
      || member->end < member->local + local.length)
    abort ();
  zip_header_compare (&central, &local);
  zip_header_is_likely (&local);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint64_t paid = 0, last = 0;
  g_autoptr (ZipIndex) index = zip_index_new ((SkSpan){ data, size }, pay, &paid);
  for (guint i = 0; i < index->members->len; i++)
    look_at (index, &g_array_index (index->members, ZipMember, i));
  zip_index_gaps (index, take_gap, &last);
  if (last > size || paid > 64 + size / 8 || index->prefix > size || index->gaps > size)
    abort ();
  return 0;
}
