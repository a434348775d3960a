/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes through the whole plugin, with secrets, a second round and a last
 * one: every child is ended, and work and children stay within their bounds.
 */
#include "config.h"

#include "fake-api.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/zip/tests/seeds/zip";

extern const SkPlugin sekisho_plugin;

/* Positions make ids. */
static void
check_children (const SkObject *object)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < object->children->len; i++)
    {
      SkChild *child = g_ptr_array_index (object->children, i);
      if (!child->ended || (!child->aborted && !g_hash_table_add (seen, &child->position)))
        abort ();
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.zip", data, size);
  object->work_left = 200000;
  object->child_room = 16 * 1024 * 1024;
  object->children_left = 500;
  g_ptr_array_add (object->secrets, g_strdup ("secret"));
  sekisho_plugin.identify (sk_fake_api (), NULL, object);
  sekisho_plugin.open (sk_fake_api (), NULL, object);
  if (sk_fake_count (object->notes, "park") > 0)
    {
      g_ptr_array_add (object->secrets, g_strdup ("ひみつ#7"));
      sekisho_plugin.open (sk_fake_api (), NULL, object);
      object->parks = false;
      sekisho_plugin.open (sk_fake_api (), NULL, object);
    }
  if (sk_fake_count (object->notes, "not-inspected") > 64)
    abort ();
  check_children (object);
  return 0;
}
