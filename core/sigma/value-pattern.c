/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Patterns: read from a rule's text, and changed by modifiers.
 *
 *     text  = *( "\*" / "\?" / "\\" / "*" / "?" / any character )
 *
 * A backslash before `*`, `?` or a backslash is an escape and goes; before
 * anything else, and at the end, it stands for itself. So `\\*` is a backslash
 * and a wildcard, `\\\*` a backslash and a star, and `\\` and `\` before a
 * letter are the same one backslash (specification 2.1, "Escape Character").
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

/* ---- building ---- */

typedef struct Builder {
  SkSigmaMemory *memory;
  GArray *parts; /* of SkSigmaPart */
  GString *text; /* the literal that is being gathered */
} Builder;

static Builder
builder (SkSigmaMemory *memory)
{
  return (Builder) { memory, g_array_new (FALSE, TRUE, sizeof (SkSigmaPart)), g_string_new (NULL) };
}

static void
end_literal (Builder *build)
{
  if (build->text->len == 0)
    return;
  SkSigmaPart part = { .kind = SK_SIGMA_LITERAL };
  part.text.size = build->text->len;
  part.text.data
      = (const uint8_t *) sk_sigma_copy (build->memory, build->text->str, build->text->len);
  g_array_append_val (build->parts, part);
  g_string_truncate (build->text, 0);
}

static void
add_wildcard (Builder *build, SkSigmaPartKind kind)
{
  end_literal (build);
  guint count = build->parts->len;
  if (kind == SK_SIGMA_ANY && count > 0
      && g_array_index (build->parts, SkSigmaPart, count - 1).kind == SK_SIGMA_ANY)
    return;
  SkSigmaPart part = { .kind = kind };
  g_array_append_val (build->parts, part);
}

static void
add_bytes (Builder *build, SkSpan bytes)
{
  g_string_append_len (build->text, (const char *) bytes.data, (gssize) bytes.size);
}

static void
add_pattern (Builder *build, SkSigmaPattern pattern)
{
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    if (pattern.parts[i].kind == SK_SIGMA_LITERAL)
      add_bytes (build, pattern.parts[i].text);
    else
      add_wildcard (build, pattern.parts[i].kind);
}

static SkSigmaPattern
finish (Builder *build)
{
  end_literal (build);
  SkSigmaPattern pattern = { .n_parts = build->parts->len };
  SkSigmaPart *parts = sk_sigma_take_array (build->memory, SkSigmaPart, pattern.n_parts);
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    parts[i] = g_array_index (build->parts, SkSigmaPart, i);
  pattern.parts = parts;
  g_array_unref (build->parts);
  g_string_free (build->text, TRUE);
  return pattern;
}

SkSigmaPattern
sk_sigma_pattern (SkSigmaMemory *memory, const char *text)
{
  Builder build = builder (memory);
  for (const char *at = text; *at != '\0'; at++)
    if (*at == '\\' && (at[1] == '\\' || at[1] == '*' || at[1] == '?'))
      g_string_append_c (build.text, *++at);
    else if (*at == '*')
      add_wildcard (&build, SK_SIGMA_ANY);
    else if (*at == '?')
      add_wildcard (&build, SK_SIGMA_ONE);
    else
      g_string_append_c (build.text, *at);
  return finish (&build);
}

SkSigmaPattern
sk_sigma_pattern_plain (SkSigmaMemory *memory, SkSpan text)
{
  Builder build = builder (memory);
  add_bytes (&build, text);
  return finish (&build);
}

SkSigmaPattern
sk_sigma_pattern_join (SkSigmaMemory *memory, SkSigmaPattern first, SkSigmaPattern last)
{
  Builder build = builder (memory);
  add_pattern (&build, first);
  add_pattern (&build, last);
  return finish (&build);
}

bool
sk_sigma_pattern_is_plain (SkSigmaPattern pattern, SkSpan *ret_text)
{
  *ret_text = (SkSpan) { (const uint8_t *) "", 0 };
  if (pattern.n_parts == 0)
    return true;
  if (pattern.n_parts > 1 || pattern.parts[0].kind != SK_SIGMA_LITERAL)
    return false;
  *ret_text = pattern.parts[0].text;
  return true;
}

uint64_t
sk_sigma_pattern_bytes (SkSigmaPattern pattern)
{
  uint64_t bytes = sizeof (SkSigmaPattern) + sizeof (SkSigmaPart) * (uint64_t) pattern.n_parts;
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    bytes += pattern.parts[i].text.size;
  return bytes;
}

bool
sk_sigma_pattern_room (SkSigmaMaking *making, uint64_t patterns, uint64_t bytes)
{
  if (patterns > SK_MAX_SIGMA_ALTERNATIVES || bytes > SK_MAX_SIGMA_PATTERN_BYTES - making->bytes)
    return sk_sigma_refuse (making->reader, making->line,
                            _ ("a value of \"%s\" has too many forms"), making->chain->key);
  making->bytes += bytes;
  return true;
}

/* ---- windash ---- */

static const char *const dashes[] = { "-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95" };

static bool
is_word (gunichar c)
{
  return c == '_' || g_unichar_isalnum (c);
}

/* The bytes of a dash that begins an option: a word behind it, none before it. 0 when there is
 * none. */
static size_t
dash_at (SkSpan text, size_t at)
{
  if (text.data[at] != '-' && text.data[at] != '/' && text.data[at] != 0xe2)
    return 0;
  for (size_t i = 0; i < G_N_ELEMENTS (dashes); i++)
    {
      size_t size = strlen (dashes[i]);
      if (size >= text.size - at || memcmp (text.data + at, dashes[i], size) != 0)
        continue;
      const char *bytes = (const char *) text.data;
      const char *before = g_utf8_find_prev_char (bytes, bytes + at);
      bool word_before = at > 0 && before != NULL && is_word (g_utf8_get_char (before));
      return !word_before && is_word (g_utf8_get_char (bytes + at + size)) ? size : 0;
    }
  return 0;
}

static uint32_t
count_dashes (SkSigmaPattern pattern)
{
  uint32_t count = 0;
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    for (size_t at = 0; at < pattern.parts[i].text.size; at++)
      count += dash_at (pattern.parts[i].text, at) > 0;
  return count;
}

/* The pattern with its dashes as the digits of `form` in base 5 say. */
static SkSigmaPattern
with_dashes (SkSigmaMemory *memory, SkSigmaPattern pattern, uint32_t form)
{
  Builder build = builder (memory);
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    {
      SkSpan text = pattern.parts[i].text;
      if (pattern.parts[i].kind != SK_SIGMA_LITERAL)
        add_wildcard (&build, pattern.parts[i].kind);
      for (size_t at = 0, dash; at < text.size; at += MAX (dash, 1))
        {
          dash = dash_at (text, at);
          if (dash == 0)
            {
              g_string_append_c (build.text, (char) text.data[at]);
              continue;
            }
          g_string_append (build.text, dashes[form % G_N_ELEMENTS (dashes)]);
          form /= (uint32_t) G_N_ELEMENTS (dashes);
        }
    }
  return finish (&build);
}

static bool
windash (SkSigmaMaking *making, GArray *ret_patterns, SkSigmaPattern pattern)
{
  uint32_t count = count_dashes (pattern), forms = 1;
  for (uint32_t i = 0; i < count && forms <= SK_MAX_SIGMA_ALTERNATIVES; i++)
    forms *= (uint32_t) G_N_ELEMENTS (dashes);
  uint64_t bytes = sk_sigma_pattern_bytes (pattern) + 2 * count;
  if (!sk_sigma_pattern_room (making, (uint64_t) ret_patterns->len + forms, bytes * forms))
    return false;
  for (uint32_t form = 0; form < forms; form++)
    {
      SkSigmaPattern made = with_dashes (making->scratch, pattern, form);
      g_array_append_val (ret_patterns, made);
    }
  return true;
}

/* ---- expand ---- */

/* The name of the placeholder `%name%` that begins here; its length, or 0. */
static size_t
placeholder_at (SkSpan text, size_t at)
{
  const char *begin = (const char *) text.data + at + 1,
             *end = (const char *) text.data + text.size;
  const char *name = begin;
  if (text.data[at] != '%' || (at > 0 && text.data[at - 1] == '\\'))
    return 0;
  while (name < end && (*name == '-' || is_word (g_utf8_get_char (name))))
    name = g_utf8_next_char (name);
  return name < end && *name == '%' ? (size_t) (name - begin) : 0;
}

/* Each of the patterns with each of the values behind it. */
static bool
multiply (SkSigmaMaking *making, GArray *patterns, const SkSigmaPattern *values, uint32_t n_values)
{
  uint64_t bytes = 0, of_values = 0;
  for (uint32_t i = 0; i < n_values; i++)
    of_values += sk_sigma_pattern_bytes (values[i]);
  for (guint i = 0; i < patterns->len; i++)
    bytes += sk_sigma_pattern_bytes (g_array_index (patterns, SkSigmaPattern, i));
  guint count = patterns->len;
  if (!sk_sigma_pattern_room (making, (uint64_t) count * n_values,
                              bytes * n_values + of_values * count))
    return false;
  for (guint i = 0; i < count; i++)
    for (uint32_t k = 0; k < n_values; k++)
      {
        SkSigmaPattern made
            = sk_sigma_pattern_join (making->scratch, g_array_index (patterns, SkSigmaPattern, i),
                                     values[k]);
        g_array_append_val (patterns, made);
      }
  g_array_remove_range (patterns, 0, count);
  return true;
}

static bool
multiply_list (SkSigmaMaking *making, GArray *patterns, const char *name)
{
  const char *const *texts
      = making->reader->lists != NULL ? sk_sigma_lists_get (making->reader->lists, name) : NULL;
  if (texts == NULL)
    return sk_sigma_refuse (making->reader, making->line, _ ("there is no list for %%%s%% (rules.sigma-lists)"), name);
  guint count = g_strv_length ((char **) texts);
  if (count == 0)
    return sk_sigma_refuse (making->reader, making->line, _ ("the list for %%%s%% is empty"), name);
  if (!sk_sigma_pattern_room (making, count, 0))
    return false;
  g_autofree SkSigmaPattern *values = g_new (SkSigmaPattern, count);
  for (guint i = 0; i < count; i++)
    values[i] = sk_sigma_pattern (making->scratch, texts[i]);
  return multiply (making, patterns, values, count);
}

/* What was gathered since the last placeholder goes behind all the patterns. */
static bool
multiply_built (SkSigmaMaking *making, GArray *patterns, Builder *build)
{
  SkSigmaPattern pattern = finish (build);
  *build = builder (making->scratch);
  return multiply (making, patterns, &pattern, 1);
}

static bool
expand_text (SkSigmaMaking *making, GArray *patterns, Builder *build, SkSpan text)
{
  for (size_t at = 0; at < text.size; at++)
    {
      size_t size = placeholder_at (text, at);
      bool escape = text.data[at] == '\\' && at + 1 < text.size && text.data[at + 1] == '%';
      if (size == 0)
        {
          if (!escape)
            add_bytes (build, sk_span_slice (text, at, 1));
          continue;
        }
      g_autofree char *name = g_strndup ((const char *) text.data + at + 1, size);
      if (!multiply_built (making, patterns, build) || !multiply_list (making, patterns, name))
        return false;
      at += size + 1;
    }
  return true;
}

static bool
expand (SkSigmaMaking *making, GArray *ret_patterns, SkSigmaPattern pattern)
{
  g_autoptr (GArray) made = g_array_new (FALSE, TRUE, sizeof (SkSigmaPattern));
  g_array_set_size (made, 1);
  Builder build = builder (making->scratch);
  bool good = true;
  for (uint32_t i = 0; i < pattern.n_parts && good; i++)
    if (pattern.parts[i].kind == SK_SIGMA_LITERAL)
      good = expand_text (making, made, &build, pattern.parts[i].text);
    else
      add_wildcard (&build, pattern.parts[i].kind);
  good = multiply_built (making, made, &build) && good;
  finish (&build);
  if (!good || !sk_sigma_pattern_room (making, (uint64_t) ret_patterns->len + made->len, 0))
    return false;
  g_array_append_vals (ret_patterns, made->data, made->len);
  return true;
}

/* ---- all together ---- */

static bool
place (SkSigmaMaking *making, SkSigmaModifier modifier)
{
  static const SkSigmaPart any[] = { { .kind = SK_SIGMA_ANY } };
  SkSigmaPattern wildcard = { any, 1 };
  for (guint i = 0; i < making->patterns->len; i++)
    {
      SkSigmaPattern *pattern = &g_array_index (making->patterns, SkSigmaPattern, i);
      if (modifier != SK_SIGMA_MOD_STARTSWITH)
        *pattern = sk_sigma_pattern_join (making->scratch, wildcard, *pattern);
      if (modifier != SK_SIGMA_MOD_ENDSWITH)
        *pattern = sk_sigma_pattern_join (making->scratch, *pattern, wildcard);
    }
  return true;
}

/* Each pattern becomes several. */
static bool
spread (SkSigmaMaking *making, bool (*one) (SkSigmaMaking *, GArray *, SkSigmaPattern))
{
  g_autoptr (GArray) made = g_array_new (FALSE, FALSE, sizeof (SkSigmaPattern));
  for (guint i = 0; i < making->patterns->len; i++)
    if (!one (making, made, g_array_index (making->patterns, SkSigmaPattern, i)))
      return false;
  g_array_set_size (making->patterns, 0);
  g_array_append_vals (making->patterns, made->data, made->len);
  return true;
}

bool
sk_sigma_pattern_modify (SkSigmaMaking *making, SkSigmaModifier modifier)
{
  switch (modifier)
    {
    case SK_SIGMA_MOD_EXPAND:
      return spread (making, expand);
    case SK_SIGMA_MOD_WINDASH:
      return spread (making, windash);
    case SK_SIGMA_MOD_CONTAINS:
    case SK_SIGMA_MOD_STARTSWITH:
    case SK_SIGMA_MOD_ENDSWITH:
      return place (making, modifier);
    case SK_SIGMA_MOD_WIDE:
    case SK_SIGMA_MOD_UTF16BE:
    case SK_SIGMA_MOD_UTF16:
    case SK_SIGMA_MOD_BASE64:
    case SK_SIGMA_MOD_BASE64OFFSET:
      return sk_sigma_pattern_encode (making, modifier);
    default:
      return true; /* `cased` and types are for what is kept in the end */
    }
}
