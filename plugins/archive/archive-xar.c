/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Looks through the table of contents of a xar before libarchive does, whose
 * reader (3.6) follows links for ever when a member has two or leads to itself.
 *
 *   xar  "xar!", u16be size of the header, u16be version, u64be packed size of the table, u64be its size; behind
 *        the header the table, XML packed by zlib: <file id="1"> … <type link="2">hardlink</type> …
 */
#include "config.h"

#include "archive-job.h"

#include <string.h>
#include <zlib.h>

/** Bytes of a table that are looked at; a greater one goes to libarchive as it is. */
#define MAX_TABLE ((uint64_t) 32 * 1024 * 1024)
#define MAX_DEPTH 1024

typedef struct OpenFile {
  char *id;
  unsigned n_links;
} OpenFile;

typedef struct Look {
  GArray *files; /* of OpenFile, those that stand open */
  bool knot;
} Look;

static const char *
local_name (const char *name)
{
  const char *colon = strrchr (name, ':');
  return colon != NULL ? colon + 1 : name;
}

static const char *
attribute (const char **names, const char **values, const char *wanted)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (g_str_equal (local_name (names[i]), wanted))
      return values[i];
  return NULL;
}

static void
clear_file (gpointer data)
{
  g_free (((OpenFile *) data)->id);
}

static void
on_start (GMarkupParseContext *context, const char *element, const char **names,
          const char **values, gpointer data, GError **error)
{
  Look *look = data;
  const char *name = local_name (element);
  (void) context;
  if (g_str_equal (name, "file"))
    {
      OpenFile file = { g_strdup (attribute (names, values, "id")), 0 };
      g_array_append_val (look->files, file);
      if (look->files->len > MAX_DEPTH)
        g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
      return;
    }
  const char *link = attribute (names, values, "link");
  if (link == NULL || !g_str_equal (name, "type") || look->files->len == 0)
    return;
  OpenFile *file = &g_array_index (look->files, OpenFile, look->files->len - 1);
  if (++file->n_links > 1 || (file->id != NULL && g_str_equal (file->id, link)))
    look->knot = true;
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Look *look = data;
  (void) context;
  (void) error;
  if (g_str_equal (local_name (element), "file") && look->files->len > 0)
    g_array_set_size (look->files, look->files->len - 1);
}

static bool
has_knot (const char *text, size_t size)
{
  static const GMarkupParser parser = { .start_element = on_start, .end_element = on_end };
  Look look = { .files = g_array_new (FALSE, FALSE, sizeof (OpenFile)) };
  g_array_set_clear_func (look.files, clear_file);
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, &look, NULL);
  g_markup_parse_context_parse (context, text, (gssize) size, NULL);
  g_markup_parse_context_free (context);
  g_array_unref (look.files);
  return look.knot;
}

bool
archive_xar_has_knot (SkSpan archive)
{
  SkCursor c = sk_cursor (archive);
  uint16_t header;
  uint64_t packed, size;
  if (!sk_cursor_skip (&c, 4) || !sk_cursor_take_u16be (&c, &header) || !sk_cursor_skip (&c, 2)
      || !sk_cursor_take_u64be (&c, &packed) || !sk_cursor_take_u64be (&c, &size)
      || packed > archive.size || size > MAX_TABLE || size / 1100 > packed)
    return false;
  SkSpan table = sk_span_slice (archive, header, (size_t) packed);
  if (table.size == 0)
    return false;
  g_autofree uint8_t *text = g_malloc ((size_t) size + 1);
  uLongf length = (uLongf) size;
  int result = uncompress (text, &length, table.data, (uLong) table.size);
  return (result == Z_OK || result == Z_BUF_ERROR) && has_knot ((const char *) text, length);
}
