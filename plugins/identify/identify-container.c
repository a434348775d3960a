/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Closer types of zip archives and compound files, by the names of what is in
 * them. Only names are read: nothing is unpacked, and nothing is believed that
 * a later reader has to check.
 */
#include "config.h"

#include "identify-content.h"

#include <glib.h>

/* Names that decide are among the first members in every writer that was seen; a bound, because
 * each costs a look. */
#define MAX_MEMBERS 64
/* The end record with its longest comment that is searched for. */
#define END_SEARCH 1024

/* ---- zip ---- */

typedef struct ZipSigns {
  bool content_types, word, excel, powerpoint, visio, xps, manifest, dex, android;
  IdType by_mimetype;
} ZipSigns;

static bool
name_is (SkSpan name, const char *text)
{
  return name.size == strlen (text) && memcmp (name.data, text, name.size) == 0;
}

static bool
name_begins (SkSpan name, const char *text)
{
  size_t length = strlen (text);
  return name.size >= length && memcmp (name.data, text, length) == 0;
}

static void
zip_sign (ZipSigns *signs, SkSpan name)
{
  signs->content_types |= name_is (name, "[Content_Types].xml");
  signs->word |= name_begins (name, "word/");
  signs->excel |= name_begins (name, "xl/");
  signs->powerpoint |= name_begins (name, "ppt/");
  signs->visio |= name_begins (name, "visio/");
  signs->xps
      |= name_is (name, "FixedDocSeq.fdseq") || name_is (name, "FixedDocumentSequence.fdseq");
  signs->manifest |= name_is (name, "META-INF/MANIFEST.MF");
  signs->dex |= name_is (name, "classes.dex");
  signs->android |= name_is (name, "AndroidManifest.xml");
}

/* The member "mimetype" of ODF and EPUB stands first, stored, and holds the media type. */
static IdType
zip_mimetype (SkSpan content)
{
  static const char odf[] = "application/vnd.oasis.opendocument.";
  if (name_begins (content, "application/epub+zip"))
    return ID_EPUB;
  if (!name_begins (content, odf))
    return ID_NONE;
  SkSpan kind = sk_span_slice (content, sizeof (odf) - 1, content.size);
  if (name_begins (kind, "text"))
    return ID_ODT;
  if (name_begins (kind, "spreadsheet"))
    return ID_ODS;
  if (name_begins (kind, "presentation"))
    return ID_ODP;
  return name_begins (kind, "graphics") ? ID_ODG : ID_ODF;
}

static bool
zip_is_decided (const ZipSigns *s)
{
  return s->by_mimetype != ID_NONE || (s->android && (s->dex || s->manifest)) || s->xps
         || (s->content_types && (s->word || s->excel || s->powerpoint || s->visio));
}

/* Local file header: "PK\3\4", version, flags, method, time, date, CRC, packed size, size,
 * lengths of name and extra field, name, extra field, data. With bit 3 of the flags the sizes
 * come later. */
static bool
zip_local (SkCursor *cursor, ZipSigns *signs)
{
  uint32_t magic, packed;
  uint16_t flags, method, name_length, extra_length;
  SkSpan name, data;
  if (!sk_cursor_take_u32le (cursor, &magic) || magic != 0x04034b50 || !sk_cursor_skip (cursor, 2)
      || !sk_cursor_take_u16le (cursor, &flags) || !sk_cursor_take_u16le (cursor, &method)
      || !sk_cursor_skip (cursor, 8) || !sk_cursor_take_u32le (cursor, &packed)
      || !sk_cursor_skip (cursor, 4) || !sk_cursor_take_u16le (cursor, &name_length)
      || !sk_cursor_take_u16le (cursor, &extra_length)
      || !sk_cursor_take (cursor, name_length, &name))
    return false;
  zip_sign (signs, name);
  if (!sk_cursor_skip (cursor, extra_length))
    return false;
  if (method == 0 && name_is (name, "mimetype"))
    signs->by_mimetype
        = zip_mimetype (sk_span_slice ((SkSpan){ cursor->pos, sk_cursor_left (cursor) }, 0, 128));
  return (flags & 8) == 0 && sk_cursor_take (cursor, packed, &data);
}

/* Central directory entry: "PK\1\2", 24 bytes, lengths of name, extra and comment, 12 bytes,
 * name. */
static bool
zip_central (SkCursor *cursor, ZipSigns *signs)
{
  uint32_t magic;
  uint16_t name_length, extra_length, comment_length;
  SkSpan name;
  if (!sk_cursor_take_u32le (cursor, &magic) || magic != 0x02014b50 || !sk_cursor_skip (cursor, 24)
      || !sk_cursor_take_u16le (cursor, &name_length)
      || !sk_cursor_take_u16le (cursor, &extra_length)
      || !sk_cursor_take_u16le (cursor, &comment_length) || !sk_cursor_skip (cursor, 12)
      || !sk_cursor_take (cursor, name_length, &name))
    return false;
  zip_sign (signs, name);
  return sk_cursor_skip (cursor, (size_t) extra_length + comment_length);
}

/* End record: "PK\5\6", ..., directory's size at 12, its place at 16, comment length at 20. The
 * place counts from the archive's beginning, which need not be the file's: the size is what is
 * used. */
static bool
zip_directory (SkSpan bytes, SkCursor *ret_cursor)
{
  size_t from = bytes.size > END_SEARCH ? bytes.size - END_SEARCH : 0;
  for (size_t i = bytes.size; i >= from + 22; i--)
    {
      const uint8_t *p = bytes.data + i - 22;
      if (p[0] != 'P' || memcmp (p, "PK\5\6", 4) != 0)
        continue;
      SkCursor end = sk_cursor (sk_span_slice (bytes, i - 22 + 12, 4));
      uint32_t size;
      if (!sk_cursor_take_u32le (&end, &size) || size > i - 22)
        return false;
      *ret_cursor = sk_cursor (sk_span_slice (bytes, i - 22 - size, size));
      return true;
    }
  return false;
}

bool
id_ends_as_zip (SkSpan bytes)
{
  SkCursor cursor;
  ZipSigns signs = { .by_mimetype = ID_NONE };
  return zip_directory (bytes, &cursor) && zip_central (&cursor, &signs);
}

static IdType
zip_verdict (const ZipSigns *s)
{
  if (s->by_mimetype != ID_NONE)
    return s->by_mimetype;
  if (s->content_types && s->xps)
    return ID_XPS;
  if (s->content_types)
    return s->word         ? ID_DOCX
           : s->excel      ? ID_XLSX
           : s->powerpoint ? ID_PPTX
           : s->visio      ? ID_VSDX
                           : ID_OOXML;
  if (s->android && (s->dex || s->manifest))
    return ID_APK;
  return s->manifest ? ID_JAR : ID_ZIP;
}

IdType
id_check_zip (SkSpan bytes)
{
  ZipSigns signs = { .by_mimetype = ID_NONE };
  SkCursor cursor = sk_cursor (bytes);
  if (bytes.size >= 8 && memcmp (bytes.data + 4, "PK\3\4", 4) == 0)
    sk_cursor_skip (&cursor, 4);
  for (unsigned i = 0; i < MAX_MEMBERS && !zip_is_decided (&signs); i++)
    if (!zip_local (&cursor, &signs))
      break;
  if (!zip_is_decided (&signs) && zip_directory (bytes, &cursor))
    for (unsigned i = 0; i < MAX_MEMBERS && !zip_is_decided (&signs); i++)
      if (!zip_central (&cursor, &signs))
        break;
  return zip_verdict (&signs);
}

/* ---- compound file ([MS-CFB]) ---- */

#define CFB_END 0xfffffffau /* this and greater are no sector numbers */
#define CFB_MAX_SECTORS 32

typedef struct Cfb {
  SkSpan bytes;
  size_t sector; /* 512 or 4096 */
} Cfb;

static SkSpan
cfb_sector (const Cfb *cfb, uint32_t number)
{
  uint64_t place = ((uint64_t) number + 1) * cfb->sector;
  return place > cfb->bytes.size ? (SkSpan){ NULL, 0 }
                                 : sk_span_slice (cfb->bytes, (size_t) place, cfb->sector);
}

static uint32_t
cfb_u32 (SkSpan bytes, size_t offset)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, offset, 4));
  uint32_t value = CFB_END;
  sk_cursor_take_u32le (&cursor, &value);
  return value;
}

/* The sector after `number` in its chain: by the allocation table, whose first 109 sectors stand in
 * the header at 76. */
static uint32_t
cfb_next (const Cfb *cfb, uint32_t number)
{
  size_t per_sector = cfb->sector / 4;
  size_t table = number / per_sector;
  if (table >= 109)
    return CFB_END;
  uint32_t where = cfb_u32 (cfb->bytes, 76 + 4 * table);
  return where >= CFB_END ? CFB_END : cfb_u32 (cfb_sector (cfb, where), 4 * (number % per_sector));
}

/* Directory entry of 128 bytes: name in UTF-16LE, its length with the NUL at 64. ASCII names
 * only. */
static bool
cfb_name (SkSpan entry, char *buffer, size_t size)
{
  size_t length = entry.size == 128 ? (size_t) entry.data[64] / 2 : 0;
  if (length < 2 || length > size)
    return false;
  for (size_t i = 0; i + 1 < length; i++)
    {
      uint8_t c = entry.data[2 * i];
      if (entry.data[2 * i + 1] != 0)
        return false;
      buffer[i] = (char) c;
    }
  buffer[length - 1] = '\0';
  return true;
}

static IdType
cfb_type_of_name (const char *name)
{
  static const struct {
    const char *name;
    IdType type;
  } names[] = { { "WordDocument", ID_DOC },
                { "Workbook", ID_XLS },
                { "Book", ID_XLS },
                { "PowerPoint Document", ID_PPT },
                { "EncryptedPackage", ID_CFB_ENCRYPTED },
                { "__properties_version1.0", ID_MSG },
                { "VisioDocument", ID_VSD },
                { "DocumentText", ID_JTD },
                { "Catalog", ID_THUMBS } };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i].name) == 0)
      return names[i].type;
  return ID_NONE;
}

/* The root entry's class id says what made the file, whatever is embedded in it:
 * {0002xxxx-0000-0000- C000-000000000046} for most, one of its own for PowerPoint. Stored
 * little-endian at 80. */
static IdType
cfb_type_of_root (SkSpan entry)
{
  static const uint8_t tail[] = { 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 };
  static const struct {
    uint32_t id;
    IdType type;
  } ids[] = { { 0x00020906, ID_DOC }, { 0x00020900, ID_DOC }, { 0x00020820, ID_XLS },
              { 0x00020810, ID_XLS }, { 0x00021a14, ID_VSD }, { 0x00021a13, ID_VSD },
              { 0x000c1084, ID_MSI }, { 0x000c1086, ID_MSI }, { 0x000c1082, ID_MSI },
              { 0x00020d0b, ID_MSG } };
  uint32_t id = cfb_u32 (entry, 80);
  if (memcmp (entry.data + 84, tail, sizeof (tail)) != 0)
    return id == 0x64818d10 ? ID_PPT : ID_NONE;
  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++)
    if (id == ids[i].id)
      return ids[i].type;
  return ID_NONE;
}

static IdType
cfb_look (SkSpan sector)
{
  for (size_t i = 0; i + 128 <= sector.size; i += 128)
    {
      SkSpan entry = sk_span_slice (sector, i, 128);
      char name[33];
      IdType type = entry.data[66] == 5 ? cfb_type_of_root (entry) : ID_NONE;
      if (type == ID_NONE && cfb_name (entry, name, sizeof (name)))
        type = cfb_type_of_name (name);
      if (type != ID_NONE)
        return type;
    }
  return ID_NONE;
}

IdType
id_check_cfb (SkSpan bytes)
{
  if (bytes.size < 512 || (bytes.data[30] != 9 && bytes.data[30] != 12))
    return bytes.size > 8 ? ID_CFB : ID_NONE;
  Cfb cfb = { bytes, (size_t) 1 << bytes.data[30] };
  uint32_t number = cfb_u32 (bytes, 48);
  for (unsigned i = 0; i < CFB_MAX_SECTORS && number < CFB_END; i++)
    {
      IdType type = cfb_look (cfb_sector (&cfb, number));
      if (type != ID_NONE)
        return type;
      number = cfb_next (&cfb, number);
    }
  return ID_CFB;
}
