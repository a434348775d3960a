/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Looks through the table of contents of a xar before libarchive does, whose
 * reader (3.6) follows links for ever when a member has two. What cannot be
 * looked through as libarchive would read it is not handed over.
 *
 *   xar  "xar!", u16be size of the header, u16be version, u64be packed size of the table, u64be its size; behind
 *        the header the table, XML packed by zlib: <file id="1"> … <type link="2">hardlink</type> …
 */
#include "config.h"

#include "archive-job.h"

#include <string.h>
#include <zlib.h>

/* Bytes of a table that are read. */
#define MAX_TABLE ((uint64_t) 32 * 1024 * 1024)
#define PIECE ((size_t) 64 * 1024)
/* Elements one in another: what libxml2 allows, by which libarchive reads. */
#define MAX_DEPTH 256

typedef struct Look {
  unsigned depth;                 /* elements that stand open */
  unsigned file[MAX_DEPTH + 1];   /* for each the depth of the <file> around it, 0: none */
  unsigned n_links[MAX_DEPTH + 1];
  bool knot;
} Look;

static const char *
local_name (const char *name)
{
  const char *colon = strrchr (name, ':');
  return colon != NULL ? colon + 1 : name;
}

static void
fail (GError **error, const char *why)
{
  g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, why);
}

static void
on_start (GMarkupParseContext *context, const char *element, const char **names,
          const char **values, gpointer data, GError **error)
{
  Look *look = data;
  (void) context;
  (void) values;
  if (look->depth == MAX_DEPTH)
    {
      fail (error, "too deep");
      return;
    }
  unsigned outer = look->file[look->depth++];
  bool is_file = g_str_equal (local_name (element), "file");
  look->file[look->depth] = is_file ? look->depth : outer;
  look->n_links[look->depth] = 0;
  if (is_file || outer == 0 || !g_str_equal (local_name (element), "type"))
    return;
  for (size_t i = 0; names[i] != NULL; i++)
    if (g_str_equal (local_name (names[i]), "link"))
      look->knot |= ++look->n_links[outer] > 1;
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  (void) context;
  (void) element;
  (void) error;
  ((Look *) data)->depth--;
}

/* "encoding", "=" and the quoted value, as XML has it. */
static bool
is_utf8 (const char *declaration)
{
  const char *at = strstr (declaration, "encoding");
  if (at == NULL)
    return true;
  at += strlen ("encoding");
  at += strspn (at, " \t\r\n=");
  return g_ascii_strncasecmp (at + 1, "UTF-8", 5) == 0 && at[6] == at[0];
}

/* In another charset, or behind a document type, other elements may stand than those seen here. */
static void
on_other (GMarkupParseContext *context, const char *text, gsize size, gpointer data, GError **error)
{
  (void) context;
  (void) size;
  (void) data;
  if (g_str_has_prefix (text, "<!DOCTYPE"))
    fail (error, "a document type");
  else if (g_str_has_prefix (text, "<?xml") && !is_utf8 (text))
    fail (error, "not in UTF-8");
}

#define UNREADABLE "xar: its table of contents is not read"

/* Feeds the unpacked table to the parser. To its end: a part that is left open may hide the rest. */
static const char *
feed (GMarkupParseContext *parser, z_stream *z, ArchivePayFunc pay, void *data, SkReason *ret_reason)
{
  g_autofree uint8_t *piece = g_malloc (PIECE);
  uint64_t size = 0;
  for (int status = Z_OK; status == Z_OK;)
    {
      z->next_out = piece;
      z->avail_out = PIECE;
      status = inflate (z, Z_NO_FLUSH);
      size_t n = PIECE - z->avail_out;
      size += n;
      *ret_reason = SK_REASON_LIMIT;
      if (!pay (1 + n / 1024, data))
        return "";
      if (size > MAX_TABLE)
        return "xar: a table of contents of more than 32 MiB";
      *ret_reason = SK_REASON_MALFORMED;
      if (!g_markup_parse_context_parse (parser, (const char *) piece, (gssize) n, NULL))
        return UNREADABLE;
    }
  return g_markup_parse_context_end_parse (parser, NULL) ? NULL : UNREADABLE;
}

static const char *
look_through (SkSpan table, ArchivePayFunc pay, void *data, SkReason *ret_reason)
{
  static const GMarkupParser calls
      = { .start_element = on_start, .end_element = on_end, .passthrough = on_other };
  z_stream z = { .next_in = (Bytef *) (uintptr_t) table.data,
                 .avail_in = (uInt) MIN (table.size, UINT_MAX) };
  Look look = { .depth = 0 };
  *ret_reason = SK_REASON_MEMORY;
  if (inflateInit (&z) != Z_OK)
    return "xar: no memory for its table of contents";
  GMarkupParseContext *parser = g_markup_parse_context_new (&calls, 0, &look, NULL);
  const char *why = feed (parser, &z, pay, data, ret_reason);
  g_markup_parse_context_free (parser);
  inflateEnd (&z);
  return look.knot ? "xar: its links lead in a circle" : why;
}

const char *
archive_xar_refused (SkSpan archive, ArchivePayFunc pay, void *data, SkReason *ret_reason)
{
  SkCursor c = sk_cursor (archive);
  uint16_t header;
  uint64_t packed;
  if (!sk_cursor_skip (&c, 4) || !sk_cursor_take_u16be (&c, &header) || !sk_cursor_skip (&c, 2)
      || !sk_cursor_take_u64be (&c, &packed))
    return NULL;
  SkSpan table = sk_span_slice (archive, header, (size_t) MIN (packed, SIZE_MAX));
  /* One that is cut libarchive tells before it looks at links. */
  return table.size == packed ? look_through (table, pay, data, ret_reason) : NULL;
}
