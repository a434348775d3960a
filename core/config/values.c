/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Reads and writes the value of one key, by its type.
 *
 * A value is taken whole or not at all. Nothing here says an error: the caller
 * knows the place and asks sk_key_expected what would have been right.
 */
#include "config.h"

#include "config/keys.h"

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void *
place (const SkKey *key, SkSettings *settings)
{
  return (char *) settings + key->offset;
}

static const void *
place_const (const SkKey *key, const SkSettings *settings)
{
  return (const char *) settings + key->offset;
}

static bool
has_word (const SkKey *key, const char *text)
{
  return key->words != NULL && g_strv_contains (key->words, text);
}

static bool
is_list (const SkKey *key)
{
  return key->type == SK_KEY_TEXTS || key->type == SK_KEY_PATHS;
}

/** A path that may stand in a list or alone: absolute, or one of the key's words. */
static bool
path_is_right (const SkKey *key, const char *text)
{
  return has_word (key, text) || (text[0] == '/' && strlen (text) <= SK_MAX_PATH);
}

static bool
text_is_right (const SkKey *key, const char *text)
{
  if (key->type == SK_KEY_PATH || key->type == SK_KEY_PATHS)
    return path_is_right (key, text);
  size_t most = key->most != 0 ? key->most : SK_MAX_PATH;
  return text[0] != '\0' && strlen (text) <= most;
}

/** Numbers of all widths; a word beside them ("auto") is 0. */
static bool
number_of (const SkKey *key, const SkYamlNode *node, uint64_t *ret_value)
{
  const char *text;
  if (sk_yaml_text (node, &text) && has_word (key, text))
    {
      *ret_value = 0;
      return true;
    }
  uint64_t value;
  if (key->type == SK_KEY_SIZE)
    {
      if (!sk_yaml_size (node, &value))
        return false;
    }
  else
    {
      int64_t signed_value;
      if (!sk_yaml_int (node, &signed_value) || signed_value < 0)
        return false;
      value = (uint64_t) signed_value;
    }
  if (value < key->least || value > key->most)
    return false;
  *ret_value = value;
  return true;
}

static bool
set_number (const SkKey *key, SkSettings *settings, const SkYamlNode *node)
{
  uint64_t value;
  if (!number_of (key, node, &value))
    return false;
  if (key->type == SK_KEY_UINT32)
    *(uint32_t *) place (key, settings) = (uint32_t) value;
  else
    *(uint64_t *) place (key, settings) = value;
  return true;
}

static bool
set_word (const SkKey *key, SkSettings *settings, const SkYamlNode *node)
{
  const char *text;
  if (!sk_yaml_text (node, &text))
    return false;
  for (int i = 0; key->words[i] != NULL; i++)
    if (strcmp (key->words[i], text) == 0)
      {
        /* The place is an int or an enum of the same size. */
        memcpy (place (key, settings), &i, sizeof i);
        return true;
      }
  return false;
}

static bool
set_text (const SkKey *key, SkSettings *settings, const char *text)
{
  if (!text_is_right (key, text))
    return false;
  char **target = place (key, settings);
  g_free (*target);
  *target = g_strdup (text);
  return true;
}

static bool
set_list (const SkKey *key, SkSettings *settings, const SkYamlNode *node)
{
  if (node->kind != SK_YAML_LIST)
    return false;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (const SkYamlNode *item = node->first; item != NULL; item = item->next)
    {
      const char *text;
      if (!sk_yaml_text (item, &text) || !text_is_right (key, text))
        return false;
      g_strv_builder_add (builder, text);
    }
  char ***target = place (key, settings);
  g_strfreev (*target);
  *target = g_strv_builder_end (builder);
  return true;
}

bool
sk_key_set (const SkKey *key, SkSettings *settings, const SkYamlNode *node)
{
  const char *text;
  switch (key->type)
    {
    case SK_KEY_BOOL:
      return sk_yaml_bool (node, place (key, settings));
    case SK_KEY_UINT32:
    case SK_KEY_UINT64:
    case SK_KEY_SIZE:
      return set_number (key, settings, node);
    case SK_KEY_WORD:
      return set_word (key, settings, node);
    case SK_KEY_TEXT:
    case SK_KEY_PATH:
      return sk_yaml_text (node, &text) && set_text (key, settings, text);
    case SK_KEY_TEXTS:
    case SK_KEY_PATHS:
      return set_list (key, settings, node);
    case SK_KEY_SINKS:
      break;
    }
  return false; /* sinks have messages of their own: sk_sinks_set */
}

void
sk_key_empty (const SkKey *key, SkSettings *settings)
{
  char ***target = place (key, settings);
  g_strfreev (*target);
  *target = g_new0 (char *, 1);
}

static bool
append_raw (const SkKey *key, SkSettings *settings, const char *text)
{
  if (!text_is_right (key, text))
    return false;
  char ***target = place (key, settings);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_strv_builder_addv (builder, (const char **) *target);
  g_strv_builder_add (builder, text);
  g_strfreev (*target);
  *target = g_strv_builder_end (builder);
  return true;
}

bool
sk_key_set_raw (const SkKey *key, SkSettings *settings, const char *text)
{
  if (is_list (key))
    return append_raw (key, settings, text);
  if (key->type == SK_KEY_TEXT || key->type == SK_KEY_PATH)
    return set_text (key, settings, text);
  SkYamlNode node = { .kind = SK_YAML_SCALAR, .plain = true, .text = text };
  return sk_key_set (key, settings, &node);
}

/* ---- writing ---- */

/** Whole units only, so that the text reads back to the same number. */
static char *
size_text (uint64_t bytes)
{
  static const char *const units[] = { "", "KiB", "MiB", "GiB", "TiB" };
  size_t unit = 0;
  while (unit + 1 < G_N_ELEMENTS (units) && bytes != 0 && bytes % 1024 == 0)
    {
      bytes /= 1024;
      unit++;
    }
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%s", bytes, units[unit]);
}

/** As a plain scalar where that reads back as the same text, else quoted. */
static char *
scalar_text (const char *text)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (text));
  static const char *const not_plain[] = { "true", "false", "null", NULL };
  bool plain = utf8[0] != '\0' && (g_ascii_isalpha (utf8[0]) || utf8[0] == '/')
               && strspn (utf8, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+")
                      == strlen (utf8)
               && !g_strv_contains (not_plain, utf8);
  return plain ? g_steal_pointer (&utf8) : sk_yaml_quote (utf8);
}

static char *
list_text (char *const *list)
{
  GString *text = g_string_new ("[");
  for (size_t i = 0; list != NULL && list[i] != NULL; i++)
    {
      g_autofree char *item = scalar_text (list[i]);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", item);
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static char *
number_text (const SkKey *key, uint64_t value)
{
  if (value == 0 && key->words != NULL)
    return g_strdup (key->words[0]);
  if (key->type == SK_KEY_SIZE)
    return size_text (value);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
}

static char *
word_text (const SkKey *key, const void *where)
{
  int index;
  memcpy (&index, where, sizeof index);
  return g_strdup (key->words[index]);
}

char *
sk_key_get (const SkKey *key, const SkSettings *settings)
{
  const void *where = place_const (key, settings);
  const char *text;
  switch (key->type)
    {
    case SK_KEY_BOOL:
      return g_strdup (*(const bool *) where ? "true" : "false");
    case SK_KEY_UINT32:
      return number_text (key, *(const uint32_t *) where);
    case SK_KEY_UINT64:
    case SK_KEY_SIZE:
      return number_text (key, *(const uint64_t *) where);
    case SK_KEY_WORD:
      return word_text (key, where);
    case SK_KEY_TEXT:
    case SK_KEY_PATH:
      text = *(char *const *) where;
      /* What a word was resolved to "nothing" by is the last of the words: auto or none. */
      return text != NULL ? scalar_text (text)
                          : g_strdup (key->words[g_strv_length ((char **) key->words) - 1]);
    case SK_KEY_TEXTS:
    case SK_KEY_PATHS:
      return list_text (*(char **const *) where);
    case SK_KEY_SINKS:
      return sk_sinks_get (*(GArray *const *) where);
    }
  return NULL;
}

/* ---- what is expected ---- */

static char *
range_text (const SkKey *key)
{
  if (key->type == SK_KEY_SIZE)
    {
      g_autofree char *least = size_text (key->least);
      g_autofree char *most = size_text (key->most);
      return g_strdup_printf (_ ("a size from %s to %s"), least, most);
    }
  return g_strdup_printf (_ ("a whole number from %" PRIu64 " to %" PRIu64),
                          key->least, key->most);
}

static char *
usual_text (const SkKey *key)
{
  switch (key->type)
    {
    case SK_KEY_BOOL:
      return g_strdup (_ ("true or false"));
    case SK_KEY_UINT32:
    case SK_KEY_UINT64:
    case SK_KEY_SIZE:
      return range_text (key);
    case SK_KEY_WORD:
      break;
    case SK_KEY_TEXT:
      return g_strdup_printf (_ ("text of at most %d bytes"), (int) key->most);
    case SK_KEY_PATH:
      return g_strdup (_ ("an absolute path"));
    case SK_KEY_TEXTS:
      return g_strdup (_ ("a list of texts"));
    case SK_KEY_PATHS:
      return g_strdup (_ ("a list of absolute paths"));
    case SK_KEY_SINKS:
      return g_strdup (_ ("a list of sinks"));
    }
  return g_strjoinv (", ", (char **) key->words);
}

char *
sk_key_expected (const SkKey *key)
{
  g_autofree char *usual = usual_text (key);
  if (key->type == SK_KEY_WORD)
    return g_strdup_printf (_ ("one of %s"), usual);
  if (key->words == NULL)
    return g_steal_pointer (&usual);
  g_autofree char *words = g_strjoinv (_ (" or "), (char **) key->words);
  /* In a list the word is one of the items, alone it takes the place of the value. */
  return g_strdup_printf (is_list (key) ? _ ("%s, or the word %s") : _ ("%s or %s"), usual, words);
}
