/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/charset.h"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include "base/fold.h"

/** Characters decoded at one time. */
#define CHUNK 512

static const struct
{
  const char *iana, *icu;
} charsets[] = {
  [SK_CHARSET_ASCII] = { "us-ascii", NULL },
  [SK_CHARSET_UTF8] = { "utf-8", NULL },
  [SK_CHARSET_CP932] = { "windows-31j", "ibm-943_P15A-2003" },
  [SK_CHARSET_CP437] = { "ibm437", "ibm-437_P100-1995" },
};

const char *
sk_charset_name (SkCharset charset)
{
  return charsets[charset].iana;
}

/* IBM's table of code page 943 and Windows' of 932 are one but for these. */
static UChar
as_windows (UChar c)
{
  switch (c)
    {
    case 0x2014:
      return 0x2015; /* horizontal bar */
    case 0x2016:
      return 0x2225; /* parallel to */
    case 0x2212:
      return 0xff0d; /* full-width hyphen-minus */
    case 0x301c:
      return 0xff5e; /* full-width tilde */
    case 0x00a2:
      return 0xffe0; /* full-width cent, pound, not sign, broken bar */
    case 0x00a3:
      return 0xffe1;
    case 0x00ac:
      return 0xffe2;
    case 0x00a6:
      return 0xffe4;
    default:
      return c;
    }
}

/* Both tables are within the Basic Multilingual Plane. False when the buffer is full. */
static bool
put_characters (SkBuffer *to, const UChar *characters, size_t n, SkCharset charset)
{
  for (size_t i = 0; i < n; i++)
    {
      uint32_t c = charset == SK_CHARSET_CP932 ? as_windows (characters[i]) : characters[i];
      uint8_t bytes[U8_MAX_LENGTH];
      size_t size = 0;
      U8_APPEND_UNSAFE (bytes, size, c);
      if (!sk_buffer_put (to, bytes, size))
        return false;
    }
  return true;
}

/* False when some byte is not of that charset. */
static bool
convert (SkSpan text, SkCharset charset, SkBuffer *to)
{
  UErrorCode error = U_ZERO_ERROR;
  UConverter *converter = ucnv_open (charsets[charset].icu, &error);
  const char *at = (const char *) text.data, *end = at + text.size;
  ucnv_setToUCallBack (converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
  bool room = U_SUCCESS (error);
  UChar characters[CHUNK] = { 0 };
  while (room)
    {
      UChar *next = characters;
      error = U_ZERO_ERROR;
      ucnv_toUnicode (converter, &next, characters + CHUNK, &at, end, NULL, TRUE, &error);
      room = put_characters (to, characters, (size_t) (next - characters), charset)
             && error == U_BUFFER_OVERFLOW_ERROR;
    }
  ucnv_close (converter);
  return U_SUCCESS (error) || error == U_BUFFER_OVERFLOW_ERROR;
}

SkCharset
sk_charset_decode (SkSpan text, SkBuffer *to)
{
  sk_buffer_reset (to);
  bool ascii = sk_fold_is_ascii (text);
  if (ascii || sk_fold_is_valid (text))
    {
      sk_buffer_put (to, text.data, MIN (text.size, to->maximum));
      return ascii ? SK_CHARSET_ASCII : SK_CHARSET_UTF8;
    }
  if (convert (text, SK_CHARSET_CP932, to))
    return SK_CHARSET_CP932;
  sk_buffer_reset (to);
  convert (text, SK_CHARSET_CP437, to);
  return SK_CHARSET_CP437;
}
