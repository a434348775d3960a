/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Marks of the formats, and the switch that makes libarchive read exactly one.
 *
 * Formats and filters are enabled one by one and never all: the list of all has
 * filters that start other programs.
 */
#include "config.h"

#include "archive-kinds.h"

#include <string.h>

static const ArchiveTraits traits[ARCHIVE_N_IDS] = {
  [ARCHIVE_ID_NONE] = { .name = "" },
  [ARCHIVE_ID_7Z] = { .name = "7z", .may_be_locked = true, .sums = true },
  [ARCHIVE_ID_RAR5] = { .name = "RAR 5", .may_be_locked = true, .sums = true },
  [ARCHIVE_ID_RAR4] = { .name = "RAR 4", .may_be_locked = true, .backslash = true, .sums = true },
  [ARCHIVE_ID_CAB] = { .name = "CAB", .backslash = true },
  [ARCHIVE_ID_LHA] = { .name = "LHA", .latin1 = true, .backslash = true, .streams = true },
  [ARCHIVE_ID_XAR] = { .name = "xar" },
  [ARCHIVE_ID_AR] = { .name = "ar", .streams = true },
  [ARCHIVE_ID_CPIO] = { .name = "cpio", .streams = true },
  [ARCHIVE_ID_TAR] = { .name = "tar", .streams = true },
  [ARCHIVE_ID_GZIP] = { .name = "gzip", .is_filter = true, .sums = true },
  [ARCHIVE_ID_BZIP2] = { .name = "bzip2", .is_filter = true },
  [ARCHIVE_ID_XZ] = { .name = "xz", .is_filter = true },
  [ARCHIVE_ID_LZMA] = { .name = "lzma", .is_filter = true },
  [ARCHIVE_ID_LZIP] = { .name = "lzip", .is_filter = true },
  [ARCHIVE_ID_ZSTD] = { .name = "zstd", .is_filter = true },
  [ARCHIVE_ID_LZ4] = { .name = "lz4", .is_filter = true },
  [ARCHIVE_ID_COMPRESS] = { .name = "compress", .is_filter = true },
  [ARCHIVE_ID_RPM] = { .name = "rpm", .is_filter = true },
};

const ArchiveTraits *
archive_traits (ArchiveId id)
{
  return &traits[id];
}

/* ---- marks ---- */

typedef struct Mark {
  ArchiveId id;
  size_t offset, size;
  const char *bytes;
} Mark;

#define MARK(id, offset, bytes)                                                                    \
  {                                                                                                \
    ARCHIVE_ID_##id, offset, sizeof (bytes) - 1, bytes                                             \
  }

static const Mark marks[] = {
  MARK (7Z, 0, "7z\xbc\xaf\x27\x1c"),
  MARK (RAR5, 0, "Rar!\x1a\7\1\0"),
  MARK (RAR4, 0, "Rar!\x1a\7\0"),
  MARK (CAB, 0, "MSCF\0\0\0\0"),
  MARK (XAR, 0, "xar!"),
  MARK (AR, 0, "!<arch>\n"),
  MARK (CPIO, 0, "070701"),
  MARK (CPIO, 0, "070702"),
  MARK (CPIO, 0, "070707"),
  MARK (CPIO, 0, "\xc7\x71"),
  MARK (CPIO, 0, "\x71\xc7"),
  MARK (GZIP, 0, "\x1f\x8b\x08"),
  MARK (BZIP2, 0, "BZh"),
  MARK (XZ, 0, "\xfd""7zXZ\0"),
  MARK (LZIP, 0, "LZIP"),
  MARK (ZSTD, 0, "\x28\xb5\x2f\xfd"),
  MARK (LZ4, 0, "\4\x22\x4d\x18"),
  MARK (LZ4, 0, "\2\x21\x4c\x18"),
  MARK (COMPRESS, 0, "\x1f\x9d"),
  MARK (RPM, 0, "\xed\xab\xee\xdb"),
};

static bool
has_mark (SkSpan bytes, const Mark *mark)
{
  return mark->size <= bytes.size && mark->offset <= bytes.size - mark->size
         && memcmp (bytes.data + mark->offset, mark->bytes, mark->size) == 0;
}

/* Level and sum differ, but in all of them "-lh?-" or its kin stands at 2. */
static bool
is_lha (SkSpan bytes)
{
  if (bytes.size < 22 || bytes.data[2] != '-' || bytes.data[6] != '-' || bytes.data[20] > 3)
    return false;
  const uint8_t *method = bytes.data + 3;
  return method[0] == 'l' && (method[1] == 'h' || method[1] == 'z');
}

/* Properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, and a size that is unknown or below 256
 * TiB: what xz itself asks for. */
static bool
is_lzma (SkSpan bytes)
{
  SkCursor cursor = sk_cursor (bytes);
  uint8_t properties;
  uint32_t dictionary;
  uint64_t size;
  if (!sk_cursor_take_u8 (&cursor, &properties) || !sk_cursor_take_u32le (&cursor, &dictionary)
      || !sk_cursor_take_u64le (&cursor, &size) || properties > (4 * 5 + 4) * 9 + 8
      || dictionary < 4096 || sk_cursor_left (&cursor) < 5 || *cursor.pos != 0)
    return false;
  uint32_t rest = dictionary == UINT32_MAX ? 0 : dictionary & (dictionary - 1);
  return (rest == 0 || (dictionary - rest) * 2 == rest) && (size == UINT64_MAX || size >> 48 == 0);
}

bool
archive_is_tar (SkSpan bytes)
{
  if (bytes.size < 512)
    return false;
  unsigned sum = 8 * ' ', said = 0, digits = 0;
  for (size_t i = 0; i < 512; i++)
    sum += i >= 148 && i < 156 ? 0 : bytes.data[i];
  for (size_t i = 148; i < 156; i++)
    if (bytes.data[i] >= '0' && bytes.data[i] <= '7')
      {
        said = said * 8 + (unsigned) (bytes.data[i] - '0');
        digits++;
      }
  return digits > 0 && sum == said && sum > 8 * ' ';
}

/* A frame to be skipped may stand before those of zstd and lz4. */
static SkSpan
without_skippable (SkSpan bytes)
{
  for (unsigned n = 0; n < 16 && bytes.size >= 8; n++)
    {
      SkCursor cursor = sk_cursor (bytes);
      uint32_t magic, size;
      if (!sk_cursor_take_u32le (&cursor, &magic) || (magic & 0xfffffff0u) != 0x184d2a50u
          || !sk_cursor_take_u32le (&cursor, &size) || !sk_cursor_skip (&cursor, size))
        break;
      bytes = (SkSpan){ cursor.pos, sk_cursor_left (&cursor) };
    }
  return bytes;
}

ArchiveId
archive_identify (SkSpan bytes)
{
  SkSpan behind = without_skippable (bytes);
  for (size_t i = 0; i < G_N_ELEMENTS (marks); i++)
    if (has_mark (bytes, &marks[i]))
      return marks[i].id;
  if (behind.data != bytes.data)
    for (size_t i = 0; i < G_N_ELEMENTS (marks); i++)
      if ((marks[i].id == ARCHIVE_ID_ZSTD || marks[i].id == ARCHIVE_ID_LZ4)
          && has_mark (behind, &marks[i]))
        return marks[i].id;
  if (is_lha (bytes))
    return ARCHIVE_ID_LHA;
  if (archive_is_tar (bytes))
    return ARCHIVE_ID_TAR;
  return is_lzma (bytes) ? ARCHIVE_ID_LZMA : ARCHIVE_ID_NONE;
}

ArchiveId
archive_identify_inner (SkSpan head)
{
  if (archive_is_tar (head))
    return ARCHIVE_ID_TAR;
  for (size_t i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i].id == ARCHIVE_ID_CPIO && marks[i].size == 6 && head.size >= 76
        && has_mark (head, &marks[i]))
      return ARCHIVE_ID_CPIO;
  return ARCHIVE_ID_NONE;
}

/* ---- libarchive ---- */

static int
enable_format (struct archive *archive, ArchiveId id)
{
  switch (id)
    {
    case ARCHIVE_ID_7Z:
      return archive_read_support_format_7zip (archive);
    case ARCHIVE_ID_RAR5:
      return archive_read_support_format_rar5 (archive);
    case ARCHIVE_ID_RAR4:
      return archive_read_support_format_rar (archive);
    case ARCHIVE_ID_CAB:
      return archive_read_support_format_cab (archive);
    case ARCHIVE_ID_LHA:
      return archive_read_support_format_lha (archive);
    case ARCHIVE_ID_XAR:
      return archive_read_support_format_xar (archive);
    case ARCHIVE_ID_AR:
      return archive_read_support_format_ar (archive);
    case ARCHIVE_ID_CPIO:
      return archive_read_support_format_cpio (archive);
    case ARCHIVE_ID_TAR:
      return archive_read_support_format_tar (archive);
    default:
      return ARCHIVE_FATAL;
    }
}

/* Appended, a filter stands alone: what is offered for bidding instead is applied as often as its mark
 * comes again. compress and rpm read on while they are set up, so they have to bid. */
static int
enable_filter (struct archive *archive, ArchiveId id)
{
  switch (id)
    {
    case ARCHIVE_ID_GZIP:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_GZIP);
    case ARCHIVE_ID_BZIP2:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_BZIP2);
    case ARCHIVE_ID_XZ:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_XZ);
    case ARCHIVE_ID_LZMA:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_LZMA);
    case ARCHIVE_ID_LZIP:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_LZIP);
    case ARCHIVE_ID_ZSTD:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_ZSTD);
    case ARCHIVE_ID_LZ4:
      return archive_read_append_filter (archive, ARCHIVE_FILTER_LZ4);
    case ARCHIVE_ID_COMPRESS:
      return archive_read_support_filter_compress (archive);
    case ARCHIVE_ID_RPM:
      return archive_read_support_filter_rpm (archive);
    default:
      return ARCHIVE_FATAL;
    }
}

/* A warning here means that an external program would be started. The reader of LHA stops at a name
 * that it cannot convert to Unicode. */
bool
archive_enable (struct archive *archive, ArchiveId id)
{
  if (!traits[id].is_filter)
    return enable_format (archive, id) == ARCHIVE_OK
           && (!traits[id].latin1
               || archive_read_set_options (archive, "hdrcharset=ISO-8859-1") == ARCHIVE_OK);
  return enable_filter (archive, id) == ARCHIVE_OK
         && archive_read_support_format_raw (archive) == ARCHIVE_OK
         && archive_read_support_format_empty (archive) == ARCHIVE_OK;
}

/* ---- names ---- */

static bool
leads (uint8_t byte)
{
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

/* No character of CP932 ends in a slash, but 表 and others end in a backslash, which libarchive
 * turned into one. */
static void
mend_cp932 (char *name)
{
  if (g_utf8_validate (name, -1, NULL))
    return;
  for (char *p = name; *p != '\0'; p++)
    if (leads ((uint8_t) *p) && p[1] != '\0')
      {
        p++;
        if (*p == '/')
          *p = '\\';
      }
}

char *
archive_undo_latin1 (const char *name)
{
  g_autoptr (GString) raw = g_string_new (NULL);
  if (!g_utf8_validate (name, -1, NULL))
    return g_strdup (name);
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar letter = g_utf8_get_char (p);
      if (letter > 0xff)
        return g_strdup (name);
      g_string_append_c (raw, (char) letter);
    }
  mend_cp932 (raw->str);
  return g_string_free (g_steal_pointer (&raw), FALSE);
}

typedef struct Extension {
  ArchiveId id;
  const char *packed, *plain;
} Extension;

static const Extension extensions[] = {
  { ARCHIVE_ID_GZIP, ".tgz", ".tar" },     { ARCHIVE_ID_GZIP, ".svgz", ".svg" },
  { ARCHIVE_ID_GZIP, ".emz", ".emf" },     { ARCHIVE_ID_GZIP, ".wmz", ".wmf" },
  { ARCHIVE_ID_GZIP, ".gz", "" },          { ARCHIVE_ID_GZIP, ".z", "" },
  { ARCHIVE_ID_BZIP2, ".tbz", ".tar" },    { ARCHIVE_ID_BZIP2, ".tbz2", ".tar" },
  { ARCHIVE_ID_BZIP2, ".bz2", "" },        { ARCHIVE_ID_BZIP2, ".bz", "" },
  { ARCHIVE_ID_XZ, ".txz", ".tar" },       { ARCHIVE_ID_XZ, ".xz", "" },
  { ARCHIVE_ID_LZMA, ".tlz", ".tar" },     { ARCHIVE_ID_LZMA, ".lzma", "" },
  { ARCHIVE_ID_LZIP, ".lz", "" },          { ARCHIVE_ID_ZSTD, ".tzst", ".tar" },
  { ARCHIVE_ID_ZSTD, ".zst", "" },         { ARCHIVE_ID_LZ4, ".lz4", "" },
  { ARCHIVE_ID_COMPRESS, ".taz", ".tar" }, { ARCHIVE_ID_COMPRESS, ".z", "" },
  { ARCHIVE_ID_RPM, ".rpm", ".cpio" },
};

char *
archive_inner_name (ArchiveId id, const char *name)
{
  size_t length = strlen (name);
  for (size_t i = 0; i < G_N_ELEMENTS (extensions); i++)
    {
      const Extension *e = &extensions[i];
      size_t tail = strlen (e->packed);
      if (e->id == id && length > tail
          && g_ascii_strcasecmp (name + length - tail, e->packed) == 0)
        return g_strdup_printf ("%.*s%s", (int) MIN (length - tail, 4096), name, e->plain);
    }
  return g_strdup (name);
}
