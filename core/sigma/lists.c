/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Lists for placeholders: a file a list, a line a value.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

struct SkSigmaLists {
  GHashTable *lists; /* name → GPtrArray of texts, closed by NULL */
};

SkSigmaLists *
sk_sigma_lists_new (void)
{
  SkSigmaLists *lists = g_new0 (SkSigmaLists, 1);
  lists->lists
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return lists;
}

void
sk_sigma_lists_free (SkSigmaLists *lists)
{
  if (lists == NULL)
    return;
  g_hash_table_unref (lists->lists);
  g_free (lists);
}

/* The value of a line, or NULL. */
static char *
value_of (SkSpan line)
{
  char *text = g_strstrip (g_strndup ((const char *) line.data, line.size));
  if (*text != '\0' && *text != '#')
    return text;
  g_free (text);
  return NULL;
}

static bool
check_line (SkSpan line)
{
  return line.size <= SK_MAX_RULE_TEXT
         && (line.size == 0
             || (memchr (line.data, 0, line.size) == NULL
                 && g_utf8_validate ((const char *) line.data, (gssize) line.size, NULL)));
}

static SkSpan
take_line (SkSpan *rest)
{
  const uint8_t *end = memchr (rest->data, '\n', rest->size);
  size_t size = end != NULL ? (size_t) (end - rest->data) : rest->size;
  SkSpan line = { rest->data, size };
  *rest = sk_span_slice (*rest, size + (end != NULL), rest->size);
  return line;
}

static GPtrArray *
list_of (SkSigmaLists *lists, const char *file)
{
  g_autofree char *name = g_strdup (sk_text_base_name (file));
  char *dot = strchr (name, '.');
  if (dot != NULL)
    *dot = '\0';
  GPtrArray *list = g_hash_table_lookup (lists->lists, name);
  if (list != NULL)
    return list;
  list = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (list, NULL);
  g_hash_table_insert (lists->lists, g_steal_pointer (&name), list);
  return list;
}

bool
sk_sigma_lists_add (SkSigmaLists *lists, const char *file, SkSpan bytes, SkSigmaComplain complain,
                    void *data)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  if (bytes.size > SK_MAX_YAML)
    {
      complain (data, file, 1, _ ("the file is too large"));
      return false;
    }
  if (bytes.size >= 3 && memcmp (bytes.data, "\xef\xbb\xbf", 3) == 0)
    bytes = sk_span_slice (bytes, 3, bytes.size);
  for (uint32_t number = 1; bytes.size > 0; number++)
    {
      SkSpan line = take_line (&bytes);
      if (!check_line (line))
        {
          complain (data, file, number, _ ("the line is no UTF-8 text, or too long"));
          return false;
        }
      char *value = value_of (line);
      if (value != NULL)
        g_ptr_array_add (values, value);
    }
  GPtrArray *list = list_of (lists, file);
  g_ptr_array_set_size (list, (int) list->len - 1);
  g_ptr_array_extend_and_steal (list, g_steal_pointer (&values));
  g_ptr_array_add (list, NULL);
  return true;
}

const char *const *
sk_sigma_lists_get (const SkSigmaLists *lists, const char *name)
{
  GPtrArray *list = g_hash_table_lookup (lists->lists, name);
  return list != NULL ? (const char *const *) list->pdata : NULL;
}
