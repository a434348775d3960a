/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/entry.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"

/** A record while it is overlaid. */
typedef struct Overlay {
  SkRecordView *view;
  const char *const *only;
  GPtrArray *keep;
} Overlay;

static bool
is_wanted (const Overlay *overlay, const char *name)
{
  return overlay->only == NULL || g_strv_contains (overlay->only, name);
}

/* Takes the text. One that is empty or absent is no value; one that no record may hold is cut. */
static void
put (Overlay *overlay, const char *name, char *text)
{
  if (text == NULL || text[0] == '\0' || !is_wanted (overlay, name))
    {
      g_free (text);
      return;
    }
  text[sk_text_cut (text, SK_MAX_VALUE)] = '\0';
  g_ptr_array_add (overlay->keep, text);
  sk_record_add_text (overlay->view, name, text);
}

static void
put_word (Overlay *overlay, const char *name, const char *word)
{
  if (word != NULL && is_wanted (overlay, name))
    sk_record_add_text (overlay->view, name, word);
}

static void
put_number (Overlay *overlay, const char *name, int64_t value)
{
  if (is_wanted (overlay, name))
    sk_record_add_int (overlay->view, name, value);
}

/* ---- names ---- */

/* A path without the slashes at its end. New string. */
static char *
without_end (const char *path)
{
  size_t size = strlen (path);
  while (size > 1 && path[size - 1] == '/')
    size--;
  return g_strndup (path, size);
}

static void
put_names (Overlay *overlay, const char *path)
{
  g_autofree char *plain = without_end (path);
  const char *slash = strrchr (plain, '/');
  const char *name = slash != NULL && slash[1] != '\0' ? slash + 1 : plain;
  const char *extension = sk_text_extension (name);
  bool has = extension[0] != '\0';
  put (overlay, "file.path", g_strdup (plain));
  put (overlay, "file.name", g_strdup (name));
  put (overlay, "file.stem",
       has ? g_strndup (name, (size_t) (extension - 1 - name)) : g_strdup (name));
  put (overlay, "file.extension", has ? sk_text_lower (extension) : NULL);
  if (slash == plain)
    put (overlay, "file.directory", g_strdup ("/"));
  else if (slash != NULL)
    put (overlay, "file.directory", g_strndup (plain, (size_t) (slash - plain)));
}

/* Of the argument itself, when it is a file: its name. */
static char *
relative_of (const char *path, const char *root)
{
  size_t size = strlen (root);
  if (g_str_has_prefix (path, root) && path[size] != '\0' && (path[size] == '/' || root[size - 1] == '/'))
    path += size;
  else
    path = sk_text_base_name (path);
  while (*path == '/')
    path++;
  return sk_text_lower (path);
}

static void
put_root (Overlay *overlay, const SkWalkItem *item, const char *path)
{
  if (item->root == NULL || item->root[0] == '\0')
    return;
  g_autofree char *text = sk_text_from_bytes (sk_span_of_text (item->root));
  g_autofree char *root = without_end (text);
  bool is_itself = strcmp (item->path, item->root) == 0;
  put (overlay, "file.root", g_strdup (root));
  if (!is_itself || item->kind != SK_WALK_FOLDER)
    put (overlay, "file.relative", relative_of (path, root));
}

/* ---- what it is ---- */

static const char *
type_of (const SkWalkItem *item)
{
  switch (item->kind)
    {
    case SK_WALK_FILE:
      return "file";
    case SK_WALK_FOLDER:
    case SK_WALK_OTHER_MEDIUM:
      return "directory";
    case SK_WALK_LINK:
      return "link";
    case SK_WALK_SPECIAL:
      return "special";
    default:
      break;
    }
  /* Not opened, but perhaps looked at. */
  return S_ISREG (item->mode) ? "file" : S_ISDIR (item->mode) ? "directory" : NULL;
}

static int64_t
seconds_of (int64_t time_ns)
{
  int64_t seconds = time_ns / 1000000000;
  return time_ns % 1000000000 < 0 ? seconds - 1 : seconds;
}

static void
put_state (Overlay *overlay, const SkWalkItem *item)
{
  const char *type = type_of (item);
  put_word (overlay, "file.type", type);
  /* The size of a folder is its file system's own business. */
  if (type != NULL && strcmp (type, "file") == 0)
    put_number (overlay, "file.size", (int64_t) MIN (item->size, (uint64_t) INT64_MAX));
  if (item->mtime_ns != 0)
    put_number (overlay, "file.mtime", seconds_of (item->mtime_ns));
  if ((item->attributes & SK_WALK_HIDDEN) != 0)
    put_word (overlay, "file.attributes", "hidden");
  if ((item->attributes & SK_WALK_SYSTEM) != 0)
    put_word (overlay, "file.attributes", "system");
  if ((item->attributes & SK_WALK_READONLY) != 0)
    put_word (overlay, "file.attributes", "readonly");
}

void
sk_entry_overlay (SkRecordView *view, const SkWalkItem *item, const char *path,
                  const char *const *only, GPtrArray *keep)
{
  static const char *const own[]
      = { "file.path", "file.name", "file.stem",  "file.extension", "file.directory", "file.relative",
          "file.root", "file.size", "file.type", "file.mtime",     "file.attributes", "file.container",
          "file.target-path" };
  Overlay overlay = { view, only, keep };
  for (size_t i = 0; i < G_N_ELEMENTS (own); i++)
    sk_record_remove (view, own[i]);
  put_names (&overlay, path);
  put_root (&overlay, item, path);
  put_state (&overlay, item);
}

static bool
is_within (SkSpan path, SkSpan job)
{
  SkSpan inside = sk_span_of_text (SK_TEXT_INSIDE);
  if (path.size < job.size || memcmp (path.data, job.data, job.size) != 0)
    return false;
  return path.size == job.size
         || sk_span_equal (sk_span_slice (path, job.size, MIN (inside.size, path.size - job.size)), inside);
}

bool
sk_entry_holds_member (const SkRecordView *view, const char *job, const char *const *only)
{
  static const char *const places[]
      = { "file.container", "file.path", "file.directory", "file.root" };
  bool has_container = only != NULL && !g_strv_contains (only, places[0]);
  for (guint i = 0; i < view->items->len; i++)
    {
      const SkRecordItem *item = sk_record_item (view, i);
      size_t n = 0;
      while (n < G_N_ELEMENTS (places) && !sk_span_equal (item->name, sk_span_of_text (places[n])))
        n++;
      if (n < G_N_ELEMENTS (places)
          && (item->value.type != SK_FIELD_STRING
              || !is_within (item->value.text, sk_span_of_text (job))))
        return false;
      has_container = has_container || n == 0;
    }
  return has_container;
}

bool
sk_entry_is_told (const SkWalkItem *item)
{
  switch (item->kind)
    {
    case SK_WALK_FOLDER:
    case SK_WALK_LINK:
    case SK_WALK_SPECIAL:
    case SK_WALK_OTHER_MEDIUM:
    case SK_WALK_UNREADABLE:
    case SK_WALK_FILE: /* of which no worker could tell */
      return true;
    case SK_WALK_EXCLUDED:
    case SK_WALK_MISSING:
    case SK_WALK_VANISHED:
      break;
    }
  return false;
}
