/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/passwords.h"

#include <string.h>

#include "base/fold.h"
#include "base/i18n.h"
#include "base/limits.h"

/** A list while it is read. */
typedef struct Reading {
  GArray *passwords;
  GHashTable *seen; /* set of GBytes over the same memory */
  SkCatalogue *catalogue;
  const char *path;
  uint32_t line;
} Reading;

static bool
refuse (const Reading *reading, const char *why)
{
  sk_catalogue_problem (reading->catalogue, SK_PROBLEM_ERROR, reading->path, reading->line, "%s",
                        why);
  return false;
}

static bool
take_line (Reading *reading, SkSpan line)
{
  if (line.size > 0 && line.data[line.size - 1] == '\r')
    line.size--;
  if (line.size == 0)
    return true;
  if (line.size > SK_MAX_SECRET)
    return refuse (reading, _ ("a password of more than 1,024 bytes"));
  if (!sk_fold_is_valid (line) || memchr (line.data, 0, line.size) != NULL)
    return refuse (reading, _ ("a password that is not text in UTF-8"));
  if (!g_hash_table_add (reading->seen, g_bytes_new_static (line.data, line.size)))
    return true;
  if (reading->passwords->len >= SK_MAX_PASSWORDS)
    return refuse (reading, _ ("more than 10,000 passwords in all lists"));
  g_array_append_val (reading->passwords, line);
  return true;
}

static bool
read_list (Reading *reading, SkSpan text)
{
  static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
  bool good = true;
  if (text.size >= sizeof mark && memcmp (text.data, mark, sizeof mark) == 0)
    text = sk_span_slice (text, sizeof mark, text.size);
  for (reading->line = 1; good && text.size > 0; reading->line++)
    {
      const uint8_t *end = memchr (text.data, '\n', text.size);
      size_t size = end != NULL ? (size_t) (end - text.data) : text.size;
      good = take_line (reading, sk_span_slice (text, 0, size));
      text = sk_span_slice (text, MIN (size + 1, text.size), text.size);
    }
  return good;
}

GArray *
sk_passwords_new (const SkBundle *bundle, SkCatalogue *catalogue)
{
  g_autoptr (GArray) passwords = g_array_new (FALSE, FALSE, sizeof (SkSpan));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                                       (GDestroyNotify) g_bytes_unref, NULL);
  Reading reading = { .passwords = passwords, .seen = seen, .catalogue = catalogue };
  SkBundleEntry entry;
  for (size_t i = 0; bundle != NULL && sk_bundle_of_kind (bundle, "password-list", i, &entry); i++)
    {
      reading.path = entry.path;
      if (!read_list (&reading, entry.bytes))
        return NULL;
    }
  return g_steal_pointer (&passwords);
}
