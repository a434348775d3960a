/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Joins what the parts find: signatures, marks that stand elsewhere than at
 * the beginning, and text when nothing else is certain.
 */
#include "config.h"

#include "identify-content.h"

#include <glib.h>

/* Readers look for a PDF's header this far. */
#define PDF_SEARCH 1024
/* Volume descriptors begin at sector 16 of 2,048 bytes. */
#define ISO_DESCRIPTORS 0x8000

void
id_content_add (IdContent *content, IdType type, SkStrength strength)
{
  for (size_t i = 0; i < content->n_found; i++)
    if (content->found[i].type == type)
      {
        if (strength > content->found[i].strength)
          content->found[i].strength = strength;
        return;
      }
  if (content->n_found < ID_MAX_FOUND)
    content->found[content->n_found++] = (IdFound){ type, strength };
}

static bool
has_at (SkSpan bytes, size_t offset, const char *text)
{
  SkSpan part = sk_span_slice (bytes, offset, strlen (text));
  return sk_span_equal (part, sk_span_of_text (text));
}

static bool
holds (SkSpan bytes, const char *text)
{
  return bytes.size > 0 && memmem (bytes.data, bytes.size, text, strlen (text)) != NULL;
}

static SkSpan
tail_of (SkSpan bytes, size_t size)
{
  return bytes.size > size ? sk_span_slice (bytes, bytes.size - size, size) : bytes;
}

/* `%PDF-` within the first 1,024 bytes. Where it is not the very beginning, the end of the file has
 * to say the same, for many texts speak of PDF. */
static void
find_pdf (SkSpan bytes, IdContent *content)
{
  SkSpan head = sk_span_slice (bytes, 0, PDF_SEARCH);
  const uint8_t *found = head.size > 0 ? memmem (head.data, head.size, "%PDF-", 5) : NULL;
  if (found == NULL)
    return;
  SkSpan tail = tail_of (bytes, PDF_SEARCH);
  bool sure = found == head.data || holds (tail, "%%EOF") || holds (tail, "startxref");
  id_content_add (content, ID_PDF, sure ? SK_STRENGTH_CONTENT : SK_STRENGTH_WEAK);
}

/* ISO 9660: "CD001" at 1 of a descriptor; UDF: "NSR02" or "NSR03" in one of the first after it. */
static void
find_optical (SkSpan bytes, IdContent *content)
{
  if (bytes.size < ISO_DESCRIPTORS + 2048)
    return;
  for (size_t i = 0; i < 16; i++)
    {
      size_t place = ISO_DESCRIPTORS + 2048 * i + 1;
      if (has_at (bytes, place, "CD001"))
        id_content_add (content, ID_ISO9660, SK_STRENGTH_CONTENT);
      else if (has_at (bytes, place, "NSR02") || has_at (bytes, place, "NSR03"))
        id_content_add (content, ID_UDF, SK_STRENGTH_CONTENT);
      else if (!has_at (bytes, place, "BEA01") && !has_at (bytes, place, "TEA01"))
        return;
    }
}

/* Marks in the last 512 bytes: the footer of a fixed virtual disk (whose head is the disk's own),
 * of an Apple disk image; and what stands in the middle of the first sectors. */
static void
find_disk (SkSpan bytes, IdContent *content)
{
  find_optical (bytes, content);
  if (bytes.size >= 1024 && has_at (bytes, bytes.size - 512, "conectix"))
    id_content_add (content, ID_VHD, SK_STRENGTH_CONTENT);
  if (bytes.size >= 1024 && has_at (bytes, bytes.size - 512, "koly"))
    id_content_add (content, ID_DMG, SK_STRENGTH_CONTENT);
  if (has_at (bytes, 65600, "_BHRfS_M"))
    id_content_add (content, ID_FILESYSTEM, SK_STRENGTH_CONTENT);
  SkSpan ext = sk_span_slice (bytes, 1080, 2);
  if (bytes.size >= 2048 && ext.data[0] == 0x53 && ext.data[1] == 0xef && bytes.data[1076] == 0
      && bytes.data[1024 + 25] == 0 && bytes.data[1024 + 26] == 0 && bytes.data[1024 + 27] == 0)
    id_content_add (content, ID_EXT, SK_STRENGTH_CONTENT);
}

/* An archive appended to something else: readers of zip begin at the end. Behind bytes of no known
 * type the end record alone could be chance, so its directory has to be there too. */
static void
find_zip_at_end (SkSpan bytes, IdContent *content)
{
  SkSpan tail = tail_of (bytes, 1024);
  if (tail.size < 22 || !holds (tail, "PK\5\6"))
    return;
  if (content->n_found == 0 && !id_ends_as_zip (bytes))
    return;
  for (size_t i = 0; i < content->n_found; i++)
    for (IdType type = content->found[i].type; type != ID_NONE; type = id_type_general (type))
      if (type == ID_ZIP || type == ID_JMOD)
        return;
  id_content_add (content, ID_ZIP, SK_STRENGTH_CONTENT);
}

static bool
is_sure (const IdContent *content)
{
  for (size_t i = 0; i < content->n_found; i++)
    if (content->found[i].strength == SK_STRENGTH_CONTENT)
      return true;
  return false;
}

void
id_content_order (IdContent *content)
{
  IdContent sorted = { .n_found = 0 };
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < content->n_found; i++)
      if ((content->found[i].strength == SK_STRENGTH_CONTENT) == (pass == 0))
        sorted.found[sorted.n_found++] = content->found[i];
  memcpy (content->found, sorted.found, sizeof (sorted.found));
}

/* Nothing that a signature could be in: some bytes only, or zeros. */
static bool
is_void (SkSpan bytes)
{
  if (bytes.size < 4)
    return true;
  SkSpan prefix = sk_span_slice (bytes, 0, ID_PREFIX);
  return prefix.data[0] == 0
         && (prefix.size == 1 || memcmp (prefix.data, prefix.data + 1, prefix.size - 1) == 0);
}

bool
id_content (SkSpan bytes, IdContent *ret_content)
{
  *ret_content = (IdContent){ .n_found = 0 };
  if (bytes.size == 0)
    {
      id_content_add (ret_content, ID_EMPTY, SK_STRENGTH_CONTENT);
      return true;
    }
  id_magic (bytes, ret_content);
  find_pdf (bytes, ret_content);
  find_disk (bytes, ret_content);
  if (!is_sure (ret_content))
    id_text (bytes, ret_content);
  find_zip_at_end (bytes, ret_content);
  if (!is_sure (ret_content) && is_void (bytes))
    id_content_add (ret_content, ID_OCTETS, SK_STRENGTH_CONTENT);
  id_content_order (ret_content);
  return is_sure (ret_content);
}
