/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the scalars of a YAML tree mean, asked by whoever knows the type, and
 * the writing of scalars.
 */
#include "config.h"

#include "base/yaml.h"

#include "base/limits.h"

const SkYamlNode *
sk_yaml_get (const SkYamlNode *map, const char *key)
{
  if (map == NULL || map->kind != SK_YAML_MAP)
    return NULL;
  for (const SkYamlNode *child = map->first; child != NULL; child = child->next)
    if (strcmp (child->key, key) == 0)
      return child;
  return NULL;
}

static bool
is_plain (const SkYamlNode *node)
{
  return node != NULL && node->kind == SK_YAML_SCALAR && node->plain;
}

bool
sk_yaml_is_null (const SkYamlNode *node)
{
  return is_plain (node)
         && (node->text[0] == '\0' || strcmp (node->text, "~") == 0
             || strcmp (node->text, "null") == 0);
}

bool
sk_yaml_bool (const SkYamlNode *node, bool *ret_value)
{
  if (!is_plain (node))
    return false;
  bool yes = strcmp (node->text, "true") == 0;
  if (!yes && strcmp (node->text, "false") != 0)
    return false;
  *ret_value = yes;
  return true;
}

/* Takes a run of digits; false when there is none or it passes 64 bits. */
static bool
take_digits (const char **text, uint64_t *ret_value)
{
  const char *at = *text;
  uint64_t value = 0;
  for (; g_ascii_isdigit (*at); at++)
    if (__builtin_mul_overflow (value, 10, &value)
        || __builtin_add_overflow (value, (uint64_t)(*at - '0'), &value))
      return false;
  if (at == *text)
    return false;
  *text = at;
  *ret_value = value;
  return true;
}

bool
sk_yaml_int (const SkYamlNode *node, int64_t *ret_value)
{
  if (!is_plain (node))
    return false;
  const char *at = node->text;
  bool minus = *at == '-';
  if (minus || *at == '+')
    at++;
  uint64_t value;
  if (!take_digits (&at, &value) || *at != '\0' || value > (uint64_t)INT64_MAX + (minus ? 1u : 0u))
    return false;
  *ret_value = (int64_t)(minus ? 0 - value : value);
  return true;
}

bool
sk_yaml_size (const SkYamlNode *node, uint64_t *ret_value)
{
  static const struct
  {
    const char *name;
    uint64_t factor;
  } units[] = {
    { "", 1 }, { "KiB", SK_KIB }, { "MiB", SK_MIB }, { "GiB", SK_GIB }, { "TiB", SK_GIB * 1024 }
  };
  uint64_t value;
  if (!is_plain (node))
    return false;
  const char *at = node->text;
  if (!take_digits (&at, &value))
    return false;
  while (*at == ' ')
    at++;
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (at, units[i].name) == 0 && value <= UINT64_MAX / units[i].factor)
      {
        *ret_value = value * units[i].factor;
        return true;
      }
  return false;
}

bool
sk_yaml_text (const SkYamlNode *node, const char **ret_text)
{
  if (node == NULL || node->kind != SK_YAML_SCALAR || sk_yaml_is_null (node))
    return false;
  *ret_text = node->text;
  return true;
}

/* `shape`: 9 is any digit, + is a sign, all else is itself. */
static bool
has_shape (const char *text, const char *shape)
{
  for (; *shape != '\0'; text++, shape++)
    if (*shape == '9'   ? !g_ascii_isdigit (*text)
        : *shape == '+' ? *text != '+' && *text != '-'
                        : *text != *shape)
      return false;
  return *text == '\0';
}

bool
sk_yaml_time (const SkYamlNode *node, int64_t *ret_seconds)
{
  const char *text;
  if (!sk_yaml_text (node, &text))
    return false;
  bool day = has_shape (text, "9999-99-99");
  if (!day && !has_shape (text, "9999-99-99T99:99:99Z")
      && !has_shape (text, "9999-99-99T99:99:99+99:99"))
    return false;
  g_autofree char *whole = g_strconcat (text, day ? "T00:00:00Z" : "", NULL);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (whole, NULL);
  if (time == NULL || g_date_time_to_unix (time) < 0)
    return false;
  *ret_seconds = g_date_time_to_unix (time);
  return true;
}

/* Reversible: quotes and backslashes by a backslash, everything that a person does not see by its
 * number. */
char *
sk_yaml_quote (const char *text)
{
  GString *quoted = g_string_new ("\"");
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (c == '"' || c == '\\')
        g_string_append_printf (quoted, "\\%c", (char)c);
      else if (c == '\n')
        g_string_append (quoted, "\\n");
      else if (c == '\t')
        g_string_append (quoted, "\\t");
      else if (c == ' ' || g_unichar_isgraph (c))
        g_string_append_unichar (quoted, c);
      else
        g_string_append_printf (quoted, c > 0xFFFF ? "\\U%08X" : "\\u%04X", c);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

char *
sk_yaml_time_text (int64_t seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}
