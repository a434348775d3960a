/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "parse5424.h"

#include <stdlib.h>
#include <string.h>

/* Written from the ABNF, on purpose without any function of the code under test. */

typedef struct Reader
{
  const char *p, *end;
  Parsed *out;
} Reader;

static bool
bad (Reader *r, const char *why)
{
  if (r->out->why == NULL)
    r->out->why = why;
  return false;
}

static bool
take (Reader *r, char c, const char *why)
{
  if (r->p == r->end || *r->p != c)
    return bad (r, why);
  r->p++;
  return true;
}

static bool
is_printable (char c)
{
  return c >= '!' && c <= '~';
}

/* 1*maximum PRINTUSASCII up to a blank. */
static bool
take_word (Reader *r, size_t maximum, char **ret_word, const char *why)
{
  const char *start = r->p;
  while (r->p < r->end && is_printable (*r->p))
    r->p++;
  size_t size = (size_t) (r->p - start);
  if (size == 0 || size > maximum)
    return bad (r, why);
  *ret_word = g_strndup (start, size);
  return take (r, ' ', why);
}

static bool
take_digits (Reader *r, size_t least, size_t most, int *ret_value)
{
  size_t n = 0;
  *ret_value = 0;
  while (r->p < r->end && n < most && g_ascii_isdigit (*r->p))
    {
      *ret_value = *ret_value * 10 + (*r->p++ - '0');
      n++;
    }
  return n >= least || bad (r, "digits");
}

static bool
take_priority (Reader *r)
{
  int value;
  if (!take (r, '<', "PRI") || (r->end - r->p >= 2 && *r->p == '0' && r->p[1] != '>'))
    return bad (r, "PRI with a leading zero");
  if (!take_digits (r, 1, 3, &value) || value > 191)
    return bad (r, "PRI out of range");
  r->out->facility = value / 8;
  r->out->severity = value % 8;
  return take (r, '>', "PRI") && take (r, '1', "VERSION") && take (r, ' ', "VERSION");
}

static bool
take_number (Reader *r, size_t digits, int least, int most)
{
  int value;
  return take_digits (r, digits, digits, &value)
         && ((value >= least && value <= most) || bad (r, "TIMESTAMP: range"));
}

/* FULL-DATE "T" FULL-TIME, offset "Z" only: that is all we send. */
static bool
take_time (Reader *r)
{
  const char *start = r->p;
  int fraction;
  if (r->end - r->p >= 2 && r->p[0] == '-' && r->p[1] == ' ')
    {
      r->out->time = g_strdup ("-");
      r->p += 2;
      return true;
    }
  if (!(take_number (r, 4, 0, 9999) && take (r, '-', "TIMESTAMP") && take_number (r, 2, 1, 12)
        && take (r, '-', "TIMESTAMP") && take_number (r, 2, 1, 31) && take (r, 'T', "TIMESTAMP")
        && take_number (r, 2, 0, 23) && take (r, ':', "TIMESTAMP") && take_number (r, 2, 0, 59)
        && take (r, ':', "TIMESTAMP") && take_number (r, 2, 0, 59) && take (r, '.', "TIMESTAMP")
        && take_digits (r, 1, 6, &fraction) && take (r, 'Z', "TIMESTAMP")))
    return false;
  r->out->time = g_strndup (start, (size_t) (r->p - start));
  return take (r, ' ', "TIMESTAMP");
}

/* SD-NAME = 1*32PRINTUSASCII except "=", SP, "]", %d34. */
static bool
take_name (Reader *r, char **ret_name)
{
  const char *start = r->p;
  while (r->p < r->end && is_printable (*r->p) && strchr ("=]\"", *r->p) == NULL)
    r->p++;
  size_t size = (size_t) (r->p - start);
  if (size == 0 || size > 32)
    return bad (r, "SD-NAME");
  *ret_name = g_strndup (start, size);
  return true;
}

/* PARAM-VALUE: `"`, `\` and `]` only behind a backslash, and a backslash before nothing else. */
static bool
take_value (Reader *r, char **ret_value)
{
  g_autoptr (GString) value = g_string_new (NULL);
  while (r->p < r->end && *r->p != '"')
    {
      if (*r->p == ']')
        return bad (r, "PARAM-VALUE: bare ]");
      if (*r->p == '\\')
        {
          r->p++;
          if (r->p == r->end || strchr ("\"\\]", *r->p) == NULL || *r->p == '\0')
            return bad (r, "PARAM-VALUE: stray backslash");
        }
      g_string_append_c (value, *r->p++);
    }
  if (strlen (value->str) != value->len || !g_utf8_validate (value->str, -1, NULL))
    return bad (r, "PARAM-VALUE: not UTF-8");
  *ret_value = g_strdup (value->str);
  return true;
}

static bool
has_param (const Parsed *parsed, const char *element, const char *name)
{
  for (guint i = 0; i < parsed->params->len; i++)
    {
      const ParsedParam *param = &g_array_index (parsed->params, ParsedParam, i);
      if (strcmp (param->element, element) == 0 && (name == NULL || !strcmp (param->name, name)))
        return true;
    }
  return false;
}

static bool
take_param (Reader *r, const char *element)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  if (!take_name (r, &name) || !take (r, '=', "SD-PARAM") || !take (r, '"', "SD-PARAM")
      || !take_value (r, &value) || !take (r, '"', "SD-PARAM"))
    return false;
  if (has_param (r->out, element, name))
    return bad (r, "parameter twice");
  ParsedParam param
      = { g_strdup (element), g_steal_pointer (&name), g_steal_pointer (&value) };
  g_array_append_val (r->out->params, param);
  return true;
}

static bool
take_element (Reader *r)
{
  g_autofree char *element = NULL;
  if (!take (r, '[', "SD-ELEMENT") || !take_name (r, &element))
    return false;
  const char *at = strchr (element, '@');
  if (at == NULL || at == element || strspn (at + 1, "0123456789") != strlen (at + 1)
      || at[1] == '\0')
    return bad (r, "SD-ID without an enterprise number");
  if (has_param (r->out, element, NULL))
    return bad (r, "SD-ID twice");
  while (r->p < r->end && *r->p == ' ')
    {
      r->p++;
      if (!take_param (r, element))
        return false;
    }
  return take (r, ']', "SD-ELEMENT");
}

static bool
take_text (Reader *r)
{
  static const char bom[] = "\xEF\xBB\xBF";
  if (r->p == r->end)
    return true;
  if (!take (r, ' ', "MSG"))
    return false;
  size_t size = (size_t) (r->end - r->p);
  if (size >= 3 && memcmp (r->p, bom, 3) == 0)
    {
      r->out->bom = true;
      r->p += 3;
      size -= 3;
    }
  if (!g_utf8_validate_len (r->p, size, NULL))
    return bad (r, "MSG: not UTF-8");
  r->out->text = g_strndup (r->p, size);
  return true;
}

static bool
take_message (Reader *r)
{
  Parsed *out = r->out;
  if (!take_priority (r) || !take_time (r) || !take_word (r, 255, &out->host, "HOSTNAME")
      || !take_word (r, 48, &out->app, "APP-NAME") || !take_word (r, 128, &out->process, "PROCID")
      || !take_word (r, 32, &out->message_id, "MSGID"))
    return false;
  do
    if (!take_element (r))
      return false;
  while (r->p < r->end && *r->p == '[');
  return take_text (r);
}

static void
param_clear (gpointer data)
{
  ParsedParam *param = data;
  g_free (param->element);
  g_free (param->name);
  g_free (param->value);
}

Parsed *
parse5424 (const char *bytes, size_t size)
{
  Parsed *parsed = g_new0 (Parsed, 1);
  parsed->params = g_array_new (FALSE, TRUE, sizeof (ParsedParam));
  g_array_set_clear_func (parsed->params, param_clear);
  Reader reader = { bytes, bytes + size, parsed };
  take_message (&reader);
  return parsed;
}

void
parsed_free (Parsed *parsed)
{
  if (parsed == NULL)
    return;
  g_array_unref (parsed->params);
  g_free (parsed->time);
  g_free (parsed->host);
  g_free (parsed->app);
  g_free (parsed->process);
  g_free (parsed->message_id);
  g_free (parsed->text);
  g_free (parsed);
}

const char *
parsed_get (const Parsed *parsed, const char *element, const char *name)
{
  for (guint i = 0; i < parsed->params->len; i++)
    {
      const ParsedParam *param = &g_array_index (parsed->params, ParsedParam, i);
      size_t size = strcspn (param->element, "@");
      if (strlen (element) == size && strncmp (param->element, element, size) == 0
          && strcmp (param->name, name) == 0)
        return param->value;
    }
  return NULL;
}

static bool
unescape_one (GString *out, const char **p)
{
  static const char from[] = "\\nrt", to[] = "\\\n\r\t";
  char kind = *(*p)++;
  if (kind == 'u' && **p == '{')
    {
      char *end;
      unsigned long c = strtoul (*p + 1, &end, 16);
      if (*end != '}' || c > 0x10FFFF)
        return false;
      g_string_append_unichar (out, (gunichar) c);
      *p = end + 1;
      return true;
    }
  const char *found = kind != '\0' ? strchr (from, kind) : NULL;
  if (found == NULL)
    return false;
  g_string_append_c (out, to[found - from]);
  return true;
}

char *
parsed_unescape (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = text; *p != '\0';)
    {
      if (*p != '\\')
        g_string_append_c (out, *p++);
      else
        {
          p++;
          if (!unescape_one (out, &p))
            return NULL;
        }
    }
  return g_strdup (out->str);
}

/* Signs of Arabic, Syriac and Kaithi that have the category of format characters but show. */
static bool
is_visible_format (gunichar c)
{
  return (c >= 0x600 && c <= 0x605) || c == 0x6DD || c == 0x70F || c == 0x890 || c == 0x891
         || c == 0x8E2 || c == 0x110BD || c == 0x110CD;
}

bool
parsed_is_safe (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      switch (g_unichar_type (c))
        {
        case G_UNICODE_FORMAT:
          if (is_visible_format (c))
            break;
          return false;
        case G_UNICODE_CONTROL:
        case G_UNICODE_LINE_SEPARATOR:
        case G_UNICODE_PARAGRAPH_SEPARATOR:
          return false;
        default:
          break;
        }
    }
  return true;
}
