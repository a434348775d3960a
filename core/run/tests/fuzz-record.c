/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The fields of a record as a worker sends them: refused, or read so that
 * writing them gives the same bytes; and what the supervisor puts over them is
 * all that is left of its own fields.
 */
#include "config.h"

#include <stdlib.h>

#include "base/limits.h"
#include "run/entry.h"

const char *const sk_fuzz_seeds = "core/run/tests/seeds/record";
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_overlay (SkRecordView *view)
{
  static const char path[] = "/r/a.b";
  SkWalkItem item = { .kind = SK_WALK_FILE, .path = (char *) path, .root = (char *) "/r", .fd = -1 };
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  sk_entry_overlay (view, &item, path, NULL, keep);
  guint paths = 0;
  for (guint i = 0; i < view->items->len; i++)
    {
      const SkRecordItem *field = sk_record_item (view, i);
      if (!sk_span_equal (field->name, sk_span_of_text ("file.path")))
        continue;
      paths++;
      if (!sk_span_equal (field->value.text, sk_span_of_text (path)))
        abort ();
    }
  if (paths != 1)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SkSpan input = { data, size };
  g_auto (SkRecordView) view;
  sk_record_view_init (&view);
  if (!sk_record_read (input, &view))
    {
      if (view.items->len != 0 || view.kind.size != 0)
        abort ();
      return 0;
    }
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  if (!sk_record_write (&view, &buffer) || !sk_span_equal (sk_buffer_span (&buffer), input))
    abort ();
  check_overlay (&view);
  return 0;
}
