/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Formats that nothing here opens, and parts of archives that were split into
 * several files: a part alone cannot be opened, so it is said what it is.
 */
#include "config.h"

#include "archive-job.h"

#include <string.h>

typedef struct Known {
  size_t offset, size;
  const char *mark, *product;
} Known;

static const Known known[] = {
  { 7, 7, "**ACE**", "ACE" },
  { 20, 4, "\xdc\xa7\xc4\xfd", "ZOO" },
  { 0, 4, "ISc(", "InstallShield cabinet" },
  { 0, 9, "\x89LZO\0\x0d\x0a\x1a\x0a", "lzop" },
  { 0, 4, "LRZI", "lrzip" },
  { 0, 4, "DGCA", "DGCA" },
  { 0, 4, "GCAX", "GCA" },
  { 0, 8, "StuffIt ", "StuffIt" },
  { 0, 4, "SIT!", "StuffIt" },
};

static bool
has (SkSpan bytes, size_t offset, const char *mark, size_t size)
{
  return size <= bytes.size && offset <= bytes.size - size
         && memcmp (bytes.data + offset, mark, size) == 0;
}

/* 60 EA, u16 size of the header, u8 size of its first part, u8 version, u8 version, u8 system, 0 to 11 */
static bool
is_arj (SkSpan bytes)
{
  SkCursor c = sk_cursor (bytes);
  uint16_t mark, size;
  uint8_t first, host;
  return sk_cursor_take_u16le (&c, &mark) && mark == 0xea60 && sk_cursor_take_u16le (&c, &size)
         && size >= 30 && size <= 2600 && sk_cursor_take_u8 (&c, &first) && first >= 30
         && first <= size && sk_cursor_skip (&c, 2) && sk_cursor_take_u8 (&c, &host) && host <= 11;
}

static const char *
product_of (SkSpan bytes)
{
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    if (has (bytes, known[i].offset, known[i].mark, known[i].size))
      return known[i].product;
  return is_arj (bytes) ? "ARJ" : NULL;
}

/* ---- parts, by name ---- */

static bool
is_digits (const char *text, size_t least, size_t most)
{
  size_t n = strspn (text, "0123456789");
  return n >= least && n <= most && text[n] == '\0';
}

static bool
stem_ends (const char *name, const char *dot, const char *extension)
{
  size_t length = strlen (extension), stem = (size_t) (dot - name);
  return stem > length && g_ascii_strncasecmp (dot - length, extension, length) == 0;
}

/* x.7z.002, x.zip.003, x.rar.002, x.tar.gz.002: split by 7-Zip and others without a mark of their own.
 * The first of them has the mark of the format. */
static bool
is_numbered_part (const char *name)
{
  static const char *const stems[] = { ".7z", ".zip", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz",
                                       ".cab", ".lzh", ".exe", ".egg", ".alz" };
  const char *dot = strrchr (name, '.');
  /* Four digits are a year, unless there is a 0 first. */
  if (dot == NULL || !is_digits (dot + 1, 3, dot[1] == '0' ? 4 : 3))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (stems); i++)
    if (stem_ends (name, dot, stems[i]))
      return true;
  return false;
}

bool
archive_recognise (ArchiveJob *job)
{
  const char *product = product_of (job->bytes);
  const char *name = job->api->name (job->object);
  if (product != NULL)
    {
      archive_tell_text (job, FACT_FORMAT, product);
      archive_tell (job, SK_REASON_UNSUPPORTED, "%s: this format is not opened", product);
      return true;
    }
  if (!is_numbered_part (name))
    return false;
  job->api->fact_bool (job->object, FACT_VOLUME, true);
  archive_tell (job, SK_REASON_UNSUPPORTED,
                "a part of an archive that was split into several files: it cannot be opened alone");
  return true;
}
