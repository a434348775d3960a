/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Where a path inside a container leads when a program believes it: Windows
 * reads both slashes, drops dots and blanks at the end of each part, and obeys
 * drive letters and devices in any of them.
 */
#include "config.h"

#include "name-text.h"

const char *const name_escapes[]
    = { "parent", "spaced-parent", "absolute", "drive", "unc", "device", "link", NULL };

static bool
is_slash (char c)
{
  return c == '/' || c == '\\';
}

/* `..`, and what Windows makes one of: `.. `, `. .`. A single dot is the folder itself. */
static uint32_t
dots_of (SkSpan part, int *depth)
{
  size_t dots = 0, blanks = 0;
  for (size_t i = 0; i < part.size; i++)
    {
      dots += part.data[i] == '.';
      blanks += part.data[i] == ' ';
    }
  bool only = dots + blanks == part.size;
  if (part.size == 0 || (only && part.size == 1 && dots == 1))
    return 0;
  bool parent = only && dots == 2;
  *depth += parent ? -1 : 1;
  if (parent && blanks > 0)
    return NAME_ESCAPES_SPACED;
  return parent && *depth < 0 ? NAME_ESCAPES_PARENT : 0;
}

static bool
is_device (SkSpan part)
{
  /* Longer ones are no device, whatever stands behind a dot. */
  if (part.size < 3)
    return false;
  char head[16];
  size_t size = MIN (part.size, sizeof head - 1);
  for (size_t i = 0; i < size; i++)
    head[i] = g_ascii_tolower ((char) part.data[i]);
  head[size] = '\0';
  uint32_t at[sizeof head];
  for (size_t i = 0; i < size; i++)
    at[i] = (uint8_t) head[i];
  return name_device ((NameText){ at, size }) != NULL;
}

static uint32_t
escapes_from (const char *path, int depth, bool devices)
{
  uint32_t bits = 0;
  while (*path != '\0')
    {
      size_t size = strcspn (path, "/\\");
      SkSpan part = { (const uint8_t *) path, size };
      bits |= dots_of (part, &depth);
      if (devices && is_device (part))
        bits |= NAME_ESCAPES_DEVICE;
      path += size + (path[size] != '\0');
    }
  return bits;
}

static uint32_t
root_of (const char *path)
{
  if (is_slash (path[0]) && is_slash (path[1]))
    return NAME_ESCAPES_UNC;
  if (is_slash (path[0]))
    return NAME_ESCAPES_ABSOLUTE;
  /* Without a slash it is the stream of a file with one letter. */
  bool drive = g_ascii_isalpha (path[0]) && path[1] == ':' && strpbrk (path, "/\\") != NULL;
  return drive ? NAME_ESCAPES_DRIVE : 0;
}

uint32_t
name_escapes_of (const char *path)
{
  return root_of (path) | escapes_from (path, 0, true);
}

/* A target is seen from the folder that the link is in. */
bool
name_link_escapes (const char *path, SkSpan target)
{
  g_autofree char *text = g_strndup ((const char *) target.data, target.size);
  int depth = 0;
  size_t end = strlen (path);
  while (end > 0 && !is_slash (path[end - 1]))
    end--;
  g_autofree char *folder = g_strndup (path, end);
  for (const char *at = folder; *at != '\0';)
    {
      size_t size = strcspn (at, "/\\");
      dots_of ((SkSpan){ (const uint8_t *) at, size }, &depth);
      at += size + (at[size] != '\0');
    }
  return root_of (text) != 0 || escapes_from (text, MAX (depth, 0), false) != 0;
}
