/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names of members as people see them.
 */
#include "config.h"

#include "zip-job.h"

#include <string.h>

/* A name ends nowhere but at its end: some programs stop at a NUL, others do not. */
static char *
without_nul (SkSpan name)
{
  GString *text = g_string_sized_new (name.size);
  for (size_t i = 0; i < name.size; i++)
    if (name.data[i] != 0)
      g_string_append_c (text, (char) name.data[i]);
    else
      g_string_append (text, "\xef\xbf\xbd");
  return g_string_free (text, FALSE);
}

static bool
is_utf8 (SkSpan text)
{
  return text.size > 0 && g_utf8_validate_len ((const char *) text.data, text.size, NULL);
}

char *
zip_name (const ZipJob *job, const ZipHeader *header, const ZipExtra *extra, const char **ret_charset)
{
  *ret_charset = NULL;
  if ((header->flags & ZIP_FLAG_UTF8) != 0 && is_utf8 (header->name))
    return without_nul (header->name);
  if (is_utf8 (extra->unicode_name))
    return without_nul (extra->unicode_name);
  return without_nul (job->api->name_decode (job->object, header->name, ret_charset));
}

char *
zip_text (const ZipJob *job, SkSpan text)
{
  return without_nul (job->api->name_decode (job->object, text, NULL));
}

static char *
plain_name (const ZipJob *job, const ZipHeader *header)
{
  ZipExtra extra;
  const char *charset;
  zip_extra_read (header, &extra);
  return g_strdelimit (zip_name (job, header, &extra, &charset), "\\", '/');
}

bool
zip_name_is_same (const ZipJob *job, const ZipHeader *a, const ZipHeader *b)
{
  g_autofree char *x = plain_name (job, a), *y = plain_name (job, b);
  return strcmp (x, y) == 0;
}

/* The last extension of the name, when it is ASCII, has to be that of the Unicode name. */
bool
zip_name_is_twofold (const ZipHeader *header, const ZipExtra *extra)
{
  SkSpan plain = header->name, unicode = extra->unicode_name;
  size_t at = plain.size;
  if (unicode.size == 0)
    return false;
  while (at > 0 && plain.data[at - 1] != '.' && plain.data[at - 1] != '/')
    at--;
  size_t size = plain.size - at;
  if (at == 0 || plain.data[at - 1] != '.' || size == 0)
    return false;
  /* Info-ZIP writes #Uxxxx for what its charset lacks. */
  for (size_t i = at; i < plain.size; i++)
    if (plain.data[i] >= 0x80 || plain.data[i] == '#')
      return false;
  return unicode.size < size
         || g_ascii_strncasecmp ((const char *) unicode.data + unicode.size - size,
                                 (const char *) plain.data + at, size)
                != 0;
}
