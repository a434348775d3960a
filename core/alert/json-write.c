/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "alert/format.h"
#include "alert/json-write.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void
sk_json_init (SkJson *json)
{
  json->out = g_string_new (NULL);
  json->comma = false;
}

char *
sk_json_steal (SkJson *json)
{
  return g_string_free (g_steal_pointer (&json->out), FALSE);
}

static void
append_unit (GString *out, uint32_t unit)
{
  g_string_append_printf (out, "\\u%04" PRIx32, unit);
}

/* RFC 8259: a character beyond the BMP is escaped as a pair of surrogates. */
static void
append_escape (GString *out, gunichar c)
{
  if (c >= 0x10000)
    {
      append_unit (out, 0xD800 + ((c - 0x10000) >> 10));
      append_unit (out, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  else
    append_unit (out, c);
}

static bool
must_escape (gunichar c)
{
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029
         || sk_text_is_invisible (c);
}

static void
append_character (GString *out, gunichar c)
{
  if (c == '"' || c == '\\')
    {
      g_string_append_c (out, '\\');
      g_string_append_c (out, (char) c);
    }
  else if (must_escape (c))
    append_escape (out, c);
  else
    g_string_append_unichar (out, c);
}

static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    append_character (out, g_utf8_get_char (p));
  g_string_append_c (out, '"');
}

static void
before (SkJson *json, const char *key)
{
  if (json->comma)
    g_string_append_c (json->out, ',');
  if (key != NULL)
    g_string_append_printf (json->out, "\"%s\":", key);
  json->comma = true;
}

void
sk_json_begin (SkJson *json, const char *key)
{
  before (json, key);
  g_string_append_c (json->out, '{');
  json->comma = false;
}

void
sk_json_end (SkJson *json)
{
  g_string_append_c (json->out, '}');
  json->comma = true;
}

void
sk_json_begin_list (SkJson *json, const char *key)
{
  before (json, key);
  g_string_append_c (json->out, '[');
  json->comma = false;
}

void
sk_json_end_list (SkJson *json)
{
  g_string_append_c (json->out, ']');
  json->comma = true;
}

void
sk_json_text (SkJson *json, const char *key, const char *text)
{
  if (key != NULL && (text == NULL || *text == '\0'))
    return;
  before (json, key);
  append_string (json->out, text != NULL ? text : "");
}

void
sk_json_number (SkJson *json, const char *key, uint64_t value)
{
  before (json, key);
  g_string_append_printf (json->out, "%" PRIu64, value);
}

void
sk_json_integer (SkJson *json, const char *key, int64_t value)
{
  before (json, key);
  g_string_append_printf (json->out, "%" PRId64, value);
}

void
sk_json_time (SkJson *json, const char *key, int64_t time_ns)
{
  g_autofree char *time = sk_time_text (time_ns);
  if (strcmp (time, "-") != 0)
    sk_json_text (json, key, time);
}

void
sk_json_name (SkJson *json, const char *name)
{
  before (json, NULL);
  append_string (json->out, name);
  g_string_append_c (json->out, ':');
  json->comma = false;
}

void
sk_json_bool (SkJson *json, const char *key, bool value)
{
  before (json, key);
  g_string_append (json->out, value ? "true" : "false");
}

void
sk_json_seconds (SkJson *json, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  before (json, key);
  /* printf's decimal point follows the locale. */
  g_string_append (json->out, g_ascii_formatd (text, sizeof text, "%.3f", value));
}
