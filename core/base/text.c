/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bytes turned into text that is safe to show. Decoding of charsets is not
 * done here.
 */
#include "config.h"

#include "base/text.h"

#include "base/limits.h"

static const struct
{
  uint32_t first, last;
} invisible[] = {
  { 0x00AD, 0x00AD }, { 0x034F, 0x034F }, { 0x061C, 0x061C }, { 0x115F, 0x1160 },
  { 0x180B, 0x180F }, { 0x200B, 0x200F }, { 0x202A, 0x202E }, { 0x2060, 0x206F },
  { 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
  { 0xFFA0, 0xFFA0 }, { 0xFFF9, 0xFFFB }, { 0x13430, 0x1343F },
  { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE01EF },
};

/* `\xNN` stands for a byte that is no UTF-8, so a name that holds these four characters itself has
 * its backslash written as such a byte: two names never become the same text. */
static bool
looks_like_byte (const char *pos, size_t left)
{
  return left >= 4 && pos[0] == '\\' && pos[1] == 'x' && g_ascii_isxdigit (pos[2])
         && g_ascii_isxdigit (pos[3]);
}

static void
append_valid (GString *text, const char *pos, size_t left)
{
  const char *backslash;
  while ((backslash = memchr (pos, '\\', left)) != NULL)
    {
      size_t before = (size_t) (backslash - pos);
      bool byte = looks_like_byte (backslash, left - before);
      g_string_append_len (text, pos, (gssize) before);
      g_string_append (text, byte ? "\\x5c" : "\\");
      pos = backslash + 1;
      left -= before + 1;
    }
  g_string_append_len (text, pos, (gssize) left);
}

char *
sk_text_from_bytes (SkSpan bytes)
{
  const char *pos = (const char *) bytes.data;
  size_t left = bytes.size;
  GString *text = g_string_sized_new (left + 1);
  while (left > 0)
    {
      const char *valid_end;
      g_utf8_validate_len (pos, left, &valid_end);
      size_t valid = (size_t) (valid_end - pos);
      append_valid (text, pos, valid);
      pos += valid;
      left -= valid;
      if (left > 0)
        {
          g_string_append_printf (text, "\\x%02x", (unsigned char) *pos);
          pos++;
          left--;
        }
    }
  return g_string_free (text, FALSE);
}

bool
sk_text_is_invisible (uint32_t code_point)
{
  for (size_t i = 0; i < G_N_ELEMENTS (invisible); i++)
    if (code_point >= invisible[i].first && code_point <= invisible[i].last)
      return true;
  return false;
}

/* C0, DEL, C1, and the separators that some readers take for a line end. */
static bool
is_control (uint32_t c)
{
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

static void
append_escaped (GString *text, const char *character, size_t size, gunichar c)
{
  if (c == '\\')
    g_string_append (text, "\\\\");
  else if (c == '\n')
    g_string_append (text, "\\n");
  else if (c == '\r')
    g_string_append (text, "\\r");
  else if (c == '\t')
    g_string_append (text, "\\t");
  else if (is_control (c) || sk_text_is_invisible (c))
    g_string_append_printf (text, "\\u{%X}", c);
  else
    g_string_append_len (text, character, (gssize) size);
}

char *
sk_text_escape (const char *text)
{
  GString *safe = g_string_sized_new (strlen (text) + 1);
  for (const char *pos = text; *pos != '\0';)
    {
      const char *next = g_utf8_next_char (pos);
      append_escaped (safe, pos, (size_t) (next - pos), g_utf8_get_char (pos));
      pos = next;
    }
  return g_string_free (safe, FALSE);
}

size_t
sk_text_cut (const char *text, size_t maximum)
{
  size_t size = strnlen (text, maximum);
  if (text[size] == '\0')
    return size;
  while (size > 0 && ((unsigned char) text[size] & 0xC0) == 0x80)
    size--;
  return size;
}

char *
sk_text_hex (SkSpan bytes)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (bytes.size * 2 + 1);
  for (size_t i = 0; i < bytes.size; i++)
    {
      text[2 * i] = digits[bytes.data[i] >> 4];
      text[2 * i + 1] = digits[bytes.data[i] & 15];
    }
  text[2 * bytes.size] = '\0';
  return text;
}

const char *
sk_text_base_name (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash != NULL ? slash + 1 : path;
}

bool
sk_text_is_dotted (const char *name)
{
  return name[0] == '.' && name[1] != '\0' && (name[1] != '.' || name[2] != '\0');
}

const char *
sk_text_extension (const char *name)
{
  const char *dot = strrchr (name, '.');
  return dot != NULL && dot > name && dot[1] != '\0' ? dot + 1 : name + strlen (name);
}

char *
sk_text_lower (const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    g_string_append_unichar (out, g_unichar_tolower (g_utf8_get_char (at)));
  return g_string_free (out, FALSE);
}

char *
sk_text_digits (char *end, uint64_t number)
{
  do
    *--end = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  return end;
}

char *
sk_text_count (uint64_t count)
{
  g_autofree char *plain = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  size_t size = strlen (plain);
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < size; i++)
    {
      if (i > 0 && (size - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, plain[i]);
    }
  return g_string_free (text, FALSE);
}

char *
sk_text_size (uint64_t bytes)
{
  static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
  if (bytes < SK_KIB)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", bytes, bytes == 1 ? "byte" : "bytes");
  double value = (double) bytes / 1024;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < G_N_ELEMENTS (units))
    {
      value /= 1024;
      unit++;
    }
  return g_strdup_printf ("%.1f %s", value, units[unit]);
}
