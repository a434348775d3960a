/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "source/names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of one getdents call. */
#define LISTING (64 * 1024)

void
sk_names_init (SkNames *names)
{
  *names = (SkNames){ .text = g_byte_array_new (),
                      .order = g_array_new (FALSE, FALSE, sizeof (uint32_t)) };
}

void
sk_names_clear (SkNames *names)
{
  g_clear_pointer (&names->text, g_byte_array_unref);
  g_clear_pointer (&names->order, g_array_unref);
}

static size_t
size_of (size_t text, size_t count)
{
  return text + count * sizeof (uint32_t);
}

size_t
sk_names_size (const SkNames *names)
{
  return names->text != NULL ? size_of (names->text->len, names->order->len) : 0;
}

static const char *
name_at (const SkNames *names, guint index)
{
  return (const char *)names->text->data + g_array_index (names->order, uint32_t, index) + 1;
}

static int
compare (const void *a, const void *b, void *data)
{
  const char *text = data;
  return strcmp (text + *(const uint32_t *)a + 1, text + *(const uint32_t *)b + 1);
}

static void
sort (SkNames *names)
{
  if (names->order->len > 1)
    qsort_r (names->order->data, names->order->len, sizeof (uint32_t), compare, names->text->data);
}

static void
append (SkNames *names, uint8_t kind, const char *name, size_t size)
{
  uint32_t offset = names->text->len;
  g_byte_array_append (names->text, &kind, 1);
  g_byte_array_append (names->text, (const guint8 *)name, (guint)size + 1);
  g_array_append_val (names->order, offset);
}

/* Keeps the smaller half of what was gathered, or a single name. */
static void
keep_half (SkNames *names)
{
  sort (names);
  SkNames kept;
  sk_names_init (&kept);
  for (guint i = 0; i < MAX (names->order->len / 2, 1u); i++)
    {
      const char *name = name_at (names, i);
      append (&kept, (uint8_t)name[-1], name, strlen (name));
    }
  kept.more = true;
  sk_names_clear (names);
  *names = kept;
}

/* A name that belongs to this pass is kept; `ceiling`: it is not behind names that were dropped. */
static void
take (SkNames *names, const struct dirent64 *entry, const char *after, size_t maximum,
      char **ceiling)
{
  const char *name = entry->d_name;
  if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return;
  if ((after != NULL && strcmp (name, after) <= 0)
      || (*ceiling != NULL && strcmp (name, *ceiling) > 0))
    return;
  size_t size = strlen (name);
  if (names->order->len > 0
      && size_of (names->text->len + size + 2, names->order->len + 1) > maximum)
    {
      append (names, entry->d_type, name, size);
      keep_half (names);
      g_free (*ceiling);
      *ceiling = g_strdup (name_at (names, names->order->len - 1));
      return;
    }
  append (names, entry->d_type, name, size);
}

int
sk_names_read (SkNames *names, int fd, const char *after, size_t maximum)
{
  g_autofree char *ceiling = NULL;
  g_autofree char *listing = g_malloc (LISTING);
  sk_names_clear (names);
  sk_names_init (names);
  if (lseek (fd, 0, SEEK_SET) != 0)
    return errno;
  ssize_t got;
  while ((got = getdents64 (fd, listing, LISTING)) > 0)
    for (ssize_t at = 0; at < got;)
      {
        const struct dirent64 *entry = (const struct dirent64 *)(const void *)(listing + at);
        take (names, entry, after, maximum, &ceiling);
        at += entry->d_reclen;
      }
  int saved = got < 0 ? errno : 0;
  sort (names);
  return saved;
}

bool
sk_names_next (SkNames *names, const char **ret_name, uint8_t *ret_kind)
{
  if (names->order == NULL || names->at >= names->order->len)
    return false;
  *ret_name = name_at (names, names->at++);
  *ret_kind = (uint8_t)(*ret_name)[-1];
  return true;
}

const char *
sk_names_last (const SkNames *names)
{
  return names->order != NULL && names->at > 0 ? name_at (names, names->at - 1) : NULL;
}
