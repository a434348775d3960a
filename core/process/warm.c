/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Warming of locale, time zone and iconv.
 */
#include "config.h"

#include "process/warm.h"

#include <iconv.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>

static const char *const charsets[] = {
  "ISO-2022-JP", "ISO-2022-JP-2", "ISO-2022-JP-3", "CP932", "SHIFT_JIS", "EUC-JP", "EUC-JP-MS",
  "UTF-7", "UTF-16", "UTF-32", "GB2312", "GBK", "GB18030", "BIG5", "BIG5-HKSCS", "ISO-2022-CN",
  "EUC-KR", "CP949", "ISO-2022-KR", "KOI8-R", "KOI8-U", "TIS-620", "ISO-8859-1", "ISO-8859-2",
  "ISO-8859-5", "ISO-8859-7", "ISO-8859-9", "ISO-8859-15", "CP437", "CP850", "CP866", "CP1250",
  "CP1251", "CP1252", "CP1253", "CP1254", "CP1255", "CP1256", "CP1257", "CP1258",
};

struct SkWarm
{
  /* Both directions, because each is looked up for itself; (iconv_t) -1 where it is missing. */
  iconv_t to[G_N_ELEMENTS (charsets)], from[G_N_ELEMENTS (charsets)];
};

SkWarm *
sk_warm_new (void)
{
  setlocale (LC_CTYPE, "C.UTF-8");
  g_setenv ("TZ", "UTC0", TRUE);
  tzset ();
  SkWarm *warm = g_new (SkWarm, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (charsets); i++)
    {
      warm->from[i] = iconv_open ("UTF-8", charsets[i]);
      warm->to[i] = iconv_open (charsets[i], "UTF-8");
    }
  return warm;
}

static void
close_converter (iconv_t converter)
{
  if (converter != (iconv_t) -1)
    iconv_close (converter);
}

void
sk_warm_free (SkWarm *warm)
{
  if (warm == NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (charsets); i++)
    {
      close_converter (warm->from[i]);
      close_converter (warm->to[i]);
    }
  g_free (warm);
}
