/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The table of types and its look-ups.
 */
#include "config.h"

#include "identify-types.h"

#include <glib.h>

typedef struct TypeRow {
  const char *media;
  uint16_t general;
  uint16_t class;
} TypeRow;

static const TypeRow types[ID_N_TYPES] = {
#define X(id, media, general, class) { media, ID_##general, ID_CLASS_##class },
  ID_TYPES (X)
#undef X
};

/* Names that libmagic or others give to the same thing. */
static const struct {
  const char *media;
  IdType type;
} synonyms[] = {
  { "application/x-gzip", ID_GZIP },
  { "application/x-zip-compressed", ID_ZIP },
  { "application/x-rar", ID_RAR },
  { "application/x-sqlite3", ID_SQLITE },
  { "application/cdfv2", ID_CFB },
  { "application/x-msdownload", ID_PE },
  { "application/vnd.ms-office", ID_CFB },
  { "application/rtf", ID_RTF },
  { "application/x-javascript", ID_NODE },
  { "text/javascript", ID_NODE },
  { "text/xml", ID_XML },
  { "text/x-yaml", ID_YAML },
  { "text/x-python", ID_PYTHON },
  { "text/x-po", ID_PO },
  { "image/x-ms-bmp", ID_BMP },
  { "image/x-icon", ID_ICO },
  { "audio/wav", ID_WAV },
  { "audio/ogg", ID_OGG },
  { "video/ogg", ID_OGG },
  { "font/ttf", ID_TTF },
  { "application/x-lha", ID_LHA },
  { "application/x-lharc", ID_LHA },
  { "application/x-bzip", ID_BZIP2 },
  { "application/x-java-applet", ID_JAVA_CLASS },
  { "application/java-vm", ID_JAVA_CLASS },
  { "application/x-debian-package", ID_DEB },
  { "application/vnd.ms-tnef", ID_TNEF },
};

const char *
id_type_media (IdType type)
{
  return types[type].media;
}

IdType
id_type_general (IdType type)
{
  return (IdType) types[type].general;
}

IdClass
id_type_class (IdType type)
{
  return (IdClass) types[type].class;
}

static bool
is_name (const char *name, SkSpan media)
{
  return strlen (name) == media.size
         && g_ascii_strncasecmp (name, (const char *) media.data, media.size) == 0;
}

IdType
id_type_of_media (SkSpan media)
{
  if (media.size == 0)
    return ID_NONE;
  for (unsigned i = 1; i < ID_N_TYPES; i++)
    if (is_name (types[i].media, media))
      return (IdType) i;
  for (size_t i = 0; i < G_N_ELEMENTS (synonyms); i++)
    if (is_name (synonyms[i].media, media))
      return synonyms[i].type;
  return ID_NONE;
}
