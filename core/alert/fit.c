/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Structured data of RFC 5424 (section 6.3) and the fitting of a message into
 * the size that its receiver takes.
 *
 *     STRUCTURED-DATA = 1*SD-ELEMENT
 *     SD-ELEMENT      = "[" SD-ID *(SP SD-PARAM) "]"
 *     SD-PARAM        = PARAM-NAME "=" %d34 PARAM-VALUE %d34
 *
 * Inside PARAM-VALUE `"`, `\` and `]` get a backslash. Values come here with
 * control characters replaced and every backslash doubled, so one more layer
 * of backslashes is the only thing left to do.
 */
#include "config.h"

#include "alert/format.h"

#include <inttypes.h>
#include <string.h>

#define ELLIPSIS "…"
/* No value is cut below this many bytes; values are left out instead. With it the values that stay
 * whole, the longest host name and the largest numbers make 478 bytes: RFC 5424 lets every receiver
 * take 480. */
#define LEAST_VALUE 16
/* A finding id of ours has at most 32 characters: whoever filters by it must find it whole. Only in
 * the narrowest message with the longest head it gives way; MSGID still holds it. */
#define LEAST_ID 32
/* Less text than this says nothing: the blank goes too. */
#define LEAST_TEXT 16
#define KEEP_ALL_RANKS UINT8_MAX

/** How far the values of a message are reduced. */
typedef struct Fit
{
  size_t value_max; /**< bytes of a value that may be cut, quoted */
  size_t kept_max;  /**< the same for one that may not be left out, if it is more */
  uint8_t rank_max; /**< values that may be left out stay up to this rank */
  const char *cut;  /**< what the parameter `cut` says, or NULL */
} Fit;

/* Bytes of one character or one escape sequence: cutting inside would leave half of either. */
static size_t
unit_size (const char *p)
{
  if (*p != '\\' || p[1] == '\0')
    return (size_t) (g_utf8_next_char (p) - p);
  if (p[1] == 'u' && p[2] == '{')
    {
      const char *end = strchr (p, '}');
      if (end != NULL)
        return (size_t) (end + 1 - p);
    }
  return 2;
}

static bool
needs_quote (char c)
{
  return c == '"' || c == '\\' || c == ']';
}

static size_t
quoted_size (const char *p, size_t size)
{
  size_t quoted = size;
  for (size_t i = 0; i < size; i++)
    quoted += needs_quote (p[i]) ? 1 : 0;
  return quoted;
}

/* The bytes of `text` that, quoted if asked, take at most `maximum` and end at a unit. */
static size_t
head_size (const char *text, size_t maximum, bool quote)
{
  const char *p = text;
  size_t used = 0;
  while (*p != '\0')
    {
      size_t size = unit_size (p);
      size_t cost = quote ? quoted_size (p, size) : size;
      if (cost > maximum - used)
        break;
      used += cost;
      p += size;
    }
  return (size_t) (p - text);
}

static void
append_quoted (GString *out, const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    {
      if (needs_quote (text[i]))
        g_string_append_c (out, '\\');
      g_string_append_c (out, text[i]);
    }
}

static void
append_value (GString *out, const SkField *field, const Fit *fit)
{
  size_t size = strlen (field->value);
  size_t maximum = fit->value_max;
  if (field->keep == SK_KEEP_CUT)
    maximum = MAX (maximum, fit->kept_max);
  /* The first comparison saves walking a long value for each size that is tried. */
  if (!field->may_cut || (size <= maximum && quoted_size (field->value, size) <= maximum))
    {
      append_quoted (out, field->value, size);
      return;
    }
  size_t room = maximum - MIN (maximum, strlen (ELLIPSIS));
  append_quoted (out, field->value, head_size (field->value, room, true));
  g_string_append (out, ELLIPSIS);
}

static bool
stays (const SkField *field, const Fit *fit)
{
  return field->keep != SK_KEEP_DROP || field->rank <= fit->rank_max;
}

static void
close_element (GString *out, const Fit *fit, bool *first)
{
  if (*first && fit->cut != NULL)
    g_string_append_printf (out, " cut=\"%s\"", fit->cut);
  *first = false;
  g_string_append_c (out, ']');
}

/* The first element is never empty: it holds values that stay whole, and the mark of a cut. */
static char *
structured_data (uint32_t enterprise, const GArray *fields, const Fit *fit)
{
  GString *out = g_string_new (NULL);
  const char *element = NULL;
  bool first = true;
  for (guint i = 0; i < fields->len; i++)
    {
      const SkField *field = &g_array_index (fields, SkField, i);
      if (!stays (field, fit))
        continue;
      if (element == NULL || strcmp (element, field->element) != 0)
        {
          if (element != NULL)
            close_element (out, fit, &first);
          element = field->element;
          g_string_append_printf (out, "[%s@%" PRIu32, element, enterprise);
        }
      g_string_append_printf (out, " %s=\"", field->name);
      append_value (out, field, fit);
      g_string_append_c (out, '"');
    }
  if (element != NULL)
    close_element (out, fit, &first);
  return g_string_free (out, FALSE);
}

static size_t
data_size (uint32_t enterprise, const GArray *fields, const Fit *fit)
{
  g_autofree char *data = structured_data (enterprise, fields, fit);
  return strlen (data);
}

/* Lowers the ranks that stay until the data fits with the shortest values, then gives the values
 * back as much as there is room for. */
static char *
reduced_data (uint32_t enterprise, const GArray *fields, size_t room)
{
  Fit fit = { LEAST_VALUE, LEAST_ID, KEEP_ALL_RANKS, "data" };
  if (data_size (enterprise, fields, &fit) > room)
    for (fit.rank_max = 9; fit.rank_max > 0; fit.rank_max--)
      if (data_size (enterprise, fields, &fit) <= room)
        break;
  if (data_size (enterprise, fields, &fit) > room)
    fit.kept_max = LEAST_VALUE;
  size_t low = LEAST_VALUE, high = room;
  while (low < high)
    {
      fit.value_max = low + (high - low + 1) / 2;
      if (data_size (enterprise, fields, &fit) <= room)
        low = fit.value_max;
      else
        high = fit.value_max - 1;
    }
  fit.value_max = low;
  return structured_data (enterprise, fields, &fit);
}

/* Appends as much of the text as fits, with its mark and the blank before it. */
static void
append_text (GString *out, const char *mark, const char *text, size_t maximum)
{
  size_t before = 1 + strlen (mark) + strlen (ELLIPSIS);
  if (out->len + before + LEAST_TEXT > maximum)
    return;
  size_t size = head_size (text, maximum - out->len - before, false);
  g_string_append_printf (out, " %s", mark);
  g_string_append_len (out, text, (gssize) size);
  g_string_append (out, ELLIPSIS);
}

char *
sk_message_fit (const char *head, uint32_t enterprise, const GArray *fields, const char *mark,
                const char *text, size_t maximum)
{
  Fit fit = { SIZE_MAX, SIZE_MAX, KEEP_ALL_RANKS, NULL };
  g_autofree char *whole = structured_data (enterprise, fields, &fit);
  GString *out = g_string_new (head);
  if (out->len + strlen (whole) + 1 + strlen (mark) + strlen (text) <= maximum)
    {
      g_string_append_printf (out, "%s %s%s", whole, mark, text);
      return g_string_free (out, FALSE);
    }
  fit.cut = "text";
  g_autofree char *marked = structured_data (enterprise, fields, &fit);
  if (out->len + strlen (marked) <= maximum)
    {
      g_string_append (out, marked);
      append_text (out, mark, text, maximum);
      return g_string_free (out, FALSE);
    }
  g_autofree char *reduced
      = reduced_data (enterprise, fields, maximum - MIN (maximum, out->len));
  g_string_append (out, reduced);
  return g_string_free (out, FALSE);
}
