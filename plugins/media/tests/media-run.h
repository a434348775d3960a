/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Opens bytes with the whole plugin over a host of paper, for what feeds it
 * with nonsense. Bounded as the engine would bound it, only lower.
 */
#ifndef MEDIA_RUN_H
#define MEDIA_RUN_H

#include "fake-api.h"

extern const SkPlugin sekisho_plugin;

#define MEDIA_RUN_WORK 4000000
#define MEDIA_RUN_CHILDREN 5000
#define MEDIA_RUN_BYTES (64u << 20)

static inline bool
media_run_has (SkSpan bytes, size_t offset, const char *text)
{
  return offset <= bytes.size
         && sk_span_equal (sk_span_slice (bytes, offset, strlen (text)), sk_span_of_text (text));
}

/** The type that plugin identify would find of a virtual disk; all else is looked for by the
 * plugin. */
static inline void
media_run_types (SkObject *object, SkSpan bytes)
{
  const SkApi *api = sk_fake_api ();
  const char *type = "application/x-boot-sector";
  if (media_run_has (bytes, 0, "conectix")
      || (bytes.size >= 512 && media_run_has (bytes, bytes.size - 512, "conectix")))
    type = "application/x-vhd";
  else if (media_run_has (bytes, 0, "vhdxfile"))
    type = "application/x-vhdx";
  else if (media_run_has (bytes, 0, "KDMV") || media_run_has (bytes, 0, "COWD"))
    type = "application/x-vmdk";
  api->type_add (object, type, SK_STRENGTH_CONTENT);
}

/** Opens them; the caller frees the object, in which all is noted. What must hold of any input is
 * asserted. */
static inline SkObject *
media_run (SkSpan bytes)
{
  SkObject *object = sk_fake_object_new (&sekisho_plugin, "disk.img", bytes.data, bytes.size);
  object->work_left = MEDIA_RUN_WORK;
  object->children_left = MEDIA_RUN_CHILDREN;
  object->child_room = MEDIA_RUN_BYTES;
  media_run_types (object, bytes);
  SkResult result = sekisho_plugin.open (sk_fake_api (), NULL, object);
  g_assert (result <= SK_LIMIT);
  /* What is not whole has been told, or a limit of the host's was met, which tells it itself. */
  if (result == SK_PARTIAL || result == SK_MALFORMED)
    g_assert (sk_fake_count (object->notes, "not-inspected") > 0);
  if (result == SK_OK || result == SK_NOT_MINE)
    g_assert (sk_fake_count (object->notes, "not-inspected") == 0);
  for (guint i = 0; i < object->children->len; i++)
    g_assert (((const SkChild *) g_ptr_array_index (object->children, i))->ended);
  return object;
}

#endif
