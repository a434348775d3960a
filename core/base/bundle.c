/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Files read once and sealed in memory. See bundle.h for the layout.
 */
#include "config.h"

#include "base/bundle.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = "SKBUNDLE";

#define MAX_KIND 64
#define MAX_ENTRIES 1000000
/* Kind, path and span lengths, mtime: the least that an entry takes. */
#define ENTRY_LEAST (4 + 4 + 8 + 4)
#define TREE_DEPTH 32
#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

typedef struct Entry {
  char *kind, *path;
  SkSpan bytes;
  int64_t mtime;
  uint8_t *owned; /* the bytes when the bundle was filled here, NULL when mapped */
} Entry;

struct SkBundle {
  GArray *entries; /* of Entry */
  uint64_t total;
  char *digest;
  void *mapping;
  size_t mapping_size;
};

static void
clear_entry (gpointer item)
{
  Entry *entry = item;
  g_free (entry->kind);
  g_free (entry->path);
  g_free (entry->owned);
}

SkBundle *
sk_bundle_new (void)
{
  SkBundle *bundle = g_new0 (SkBundle, 1);
  bundle->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  g_array_set_clear_func (bundle->entries, clear_entry);
  return bundle;
}

void
sk_bundle_free (SkBundle *bundle)
{
  if (bundle == NULL)
    return;
  g_array_unref (bundle->entries);
  g_free (bundle->digest);
  if (bundle->mapping != NULL)
    munmap (bundle->mapping, bundle->mapping_size);
  g_free (bundle);
}

/* A path as messages show it. New string. */
static char *
shown (const char *path)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  return sk_text_escape (utf8);
}

static gboolean
fail_with_errno (const char *path, GError **error)
{
  int saved = errno;
  g_autofree char *safe = shown (path);
  return sk_error_set_errno (error, saved, "%s", safe);
}

static gboolean
check_room (const SkBundle *bundle, const char *path, uint64_t size, GError **error)
{
  if (size <= SK_MAX_SOURCE && size <= SK_MAX_SOURCES - bundle->total
      && bundle->entries->len < MAX_ENTRIES)
    return TRUE;
  g_autofree char *safe = shown (path);
  g_set_error (error, SK_ERROR, SK_ERROR_LIMIT,
               "%s: too large: a configuration, rule or list file may have %" G_GUINT64_FORMAT
               " MiB, all together %" G_GUINT64_FORMAT " MiB",
               safe, SK_MAX_SOURCE / SK_MIB, SK_MAX_SOURCES / SK_MIB);
  return FALSE;
}

static void
append_owned (SkBundle *bundle, const char *kind, const char *path, uint8_t *bytes, size_t size,
              int64_t mtime)
{
  Entry entry = { .kind = g_strdup (kind), .path = g_strdup (path), .mtime = mtime, .owned = bytes };
  entry.bytes = (SkSpan) { bytes, size };
  g_array_append_val (bundle->entries, entry);
  bundle->total += size;
  g_clear_pointer (&bundle->digest, g_free);
}

gboolean
sk_bundle_add (SkBundle *bundle, const char *kind, const char *path, SkSpan bytes, int64_t mtime,
               GError **error)
{
  if (!check_room (bundle, path, bytes.size, error))
    return FALSE;
  append_owned (bundle, kind, path, g_memdup2 (bytes.data, bytes.size), bytes.size, mtime);
  return TRUE;
}

/* Reads up to `size` bytes; a file that shrank gives fewer. */
static ssize_t
read_whole (int fd, uint8_t *bytes, size_t size)
{
  size_t done = 0;
  while (done < size)
    {
      ssize_t got = read (fd, bytes + done, size - done);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return -1;
      if (got == 0)
        break;
      done += (size_t) got;
    }
  return (ssize_t) done;
}

static gboolean
add_open_file (SkBundle *bundle, const char *kind, const char *path, int fd, GError **error)
{
  struct stat info;
  if (fstat (fd, &info) != 0)
    return fail_with_errno (path, error);
  if (!S_ISREG (info.st_mode))
    {
      g_autofree char *safe = shown (path);
      g_set_error (error, SK_ERROR, SK_ERROR_CONFIG, "%s: not a regular file", safe);
      return FALSE;
    }
  if (!check_room (bundle, path, (uint64_t) info.st_size, error))
    return FALSE;
  g_autofree uint8_t *bytes = g_malloc ((size_t) info.st_size + 1);
  ssize_t size = read_whole (fd, bytes, (size_t) info.st_size);
  if (size < 0)
    return fail_with_errno (path, error);
  append_owned (bundle, kind, path, g_steal_pointer (&bytes), (size_t) size, info.st_mtime);
  return TRUE;
}

gboolean
sk_bundle_add_file (SkBundle *bundle, const char *kind, const char *path, GError **error)
{
  /* O_NONBLOCK: a FIFO in place of the file must not hang the start. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return fail_with_errno (path, error);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  gboolean added = add_open_file (bundle, kind, absolute, fd, error);
  close (fd);
  return added;
}

static bool
has_suffix (const char *name, const char *const *suffixes)
{
  for (size_t i = 0; suffixes[i] != NULL; i++)
    if (g_str_has_suffix (name, suffixes[i]))
      return true;
  return false;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
sorted_names (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, error);
  if (folder == NULL)
    return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  while ((name = g_dir_read_name (folder)) != NULL && names->len < MAX_ENTRIES)
    if (name[0] != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* What of a tree is taken. */
typedef struct Selection {
  const char *kind;
  const char *const *suffixes, *const *but;
  size_t count; /* taken until now */
} Selection;

/* Endings that begin with a slash are folders: no name has one in it. */
static bool
is_selected (const Selection *selection, const char *name)
{
  return has_suffix (name, selection->suffixes) && !has_suffix (name, selection->but);
}

static gboolean
add_folder (SkBundle *bundle, const char *path, Selection *selection, unsigned depth, GError **error)
{
  if (depth > TREE_DEPTH)
    {
      g_autofree char *safe = shown (path);
      g_set_error (error, SK_ERROR, SK_ERROR_LIMIT, "%s: folders nested deeper than %d", safe,
                   TREE_DEPTH);
      return FALSE;
    }
  g_autoptr (GPtrArray) names = sorted_names (path, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *inside = g_build_filename (path, name, NULL);
      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        {
          if (!g_strv_contains (selection->but, inside)
              && !add_folder (bundle, inside, selection, depth + 1, error))
            return FALSE;
        }
      else if (is_selected (selection, name))
        {
          if (!sk_bundle_add_file (bundle, selection->kind, inside, error))
            return FALSE;
          selection->count++;
        }
    }
  return TRUE;
}

gboolean
sk_bundle_add_tree (SkBundle *bundle, const char *kind, const char *path,
                    const char *const *suffixes, size_t *ret_count, GError **error)
{
  static const char *const nothing[] = { NULL };
  return sk_bundle_add_tree_but (bundle, kind, path, suffixes, nothing, ret_count, error);
}

gboolean
sk_bundle_add_tree_but (SkBundle *bundle, const char *kind, const char *path,
                        const char *const *suffixes, const char *const *but, size_t *ret_count,
                        GError **error)
{
  Selection selection = { kind, suffixes, but, 0 };
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      if (!add_folder (bundle, path, &selection, 0, error))
        return FALSE;
    }
  else
    {
      if (!sk_bundle_add_file (bundle, kind, path, error))
        return FALSE;
      selection.count = 1;
    }
  if (ret_count != NULL)
    *ret_count = selection.count;
  return TRUE;
}

static bool
encode (const SkBundle *bundle, SkBuffer *buffer)
{
  bool fits = sk_buffer_put (buffer, magic, sizeof magic)
              && sk_wire_put_u32 (buffer, bundle->entries->len);
  for (guint i = 0; fits && i < bundle->entries->len; i++)
    {
      const Entry *entry = &g_array_index (bundle->entries, Entry, i);
      fits = sk_wire_put_text (buffer, entry->kind) && sk_wire_put_text (buffer, entry->path)
             && sk_wire_put_i64 (buffer, entry->mtime) && sk_wire_put_span (buffer, entry->bytes);
    }
  return fits;
}

/* Room for all bytes and what the paths may add. */
#define MAX_ENCODED (2 * (size_t) SK_MAX_SOURCES)

int
sk_bundle_seal (SkBundle *bundle, GError **error)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, MAX_ENCODED);
  if (!encode (bundle, &buffer))
    {
      g_set_error_literal (error, SK_ERROR, SK_ERROR_LIMIT, "configuration and rules are too large");
      return -1;
    }
  int fd = sk_file_sealed ("sekisho-bundle", sk_buffer_span (&buffer));
  if (fd < 0)
    sk_error_set_errno (error, errno, "memory file");
  return fd;
}

static char *
take_name (SkCursor *cursor, size_t maximum)
{
  SkSpan span;
  if (!sk_wire_take_span (cursor, maximum, &span) || span.size == 0
      || memchr (span.data, 0, span.size) != NULL)
    return NULL;
  return g_strndup ((const char *) span.data, span.size);
}

static bool
decode_entry (SkCursor *cursor, SkBundle *bundle)
{
  g_array_set_size (bundle->entries, bundle->entries->len + 1);
  Entry *entry = &g_array_index (bundle->entries, Entry, bundle->entries->len - 1);
  entry->kind = take_name (cursor, MAX_KIND);
  entry->path = take_name (cursor, SK_MAX_PATH);
  return entry->kind != NULL && entry->path != NULL && sk_wire_take_i64 (cursor, &entry->mtime)
         && sk_wire_take_span (cursor, SK_MAX_SOURCE, &entry->bytes);
}

static bool
decode (SkBundle *bundle, SkSpan bytes)
{
  SkCursor cursor = sk_cursor (bytes);
  SkSpan head;
  uint32_t count;
  if (!sk_cursor_take (&cursor, sizeof magic, &head) || memcmp (head.data, magic, sizeof magic) != 0
      || !sk_wire_take_count (&cursor, MAX_ENTRIES, ENTRY_LEAST, &count))
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (!decode_entry (&cursor, bundle))
      return false;
  return sk_wire_end (&cursor);
}

SkBundle *
sk_bundle_map (int fd, GError **error)
{
  struct stat info;
  int seals = fcntl (fd, F_GET_SEALS);
  if (seals < 0 || (seals & ALL_SEALS) != ALL_SEALS || fstat (fd, &info) != 0 || info.st_size <= 0
      || (uint64_t) info.st_size > MAX_ENCODED)
    {
      g_set_error_literal (error, SK_ERROR, SK_ERROR_PROTOCOL, "not a sealed bundle");
      return NULL;
    }
  void *mapping = mmap (NULL, (size_t) info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (mapping == MAP_FAILED)
    {
      sk_error_set_errno (error, errno, "mapping the bundle");
      return NULL;
    }
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  bundle->mapping = mapping;
  bundle->mapping_size = (size_t) info.st_size;
  if (decode (bundle, (SkSpan) { mapping, bundle->mapping_size }))
    return g_steal_pointer (&bundle);
  g_set_error_literal (error, SK_ERROR, SK_ERROR_PROTOCOL, "malformed bundle");
  return NULL;
}

bool
sk_bundle_at (const SkBundle *bundle, size_t index, SkBundleEntry *ret_entry)
{
  if (index >= bundle->entries->len)
    return false;
  const Entry *entry = &g_array_index (bundle->entries, Entry, index);
  *ret_entry = (SkBundleEntry) { entry->kind, entry->path, entry->bytes, entry->mtime };
  return true;
}

bool
sk_bundle_of_kind (const SkBundle *bundle, const char *kind, size_t nth, SkBundleEntry *ret_entry)
{
  for (size_t i = 0; sk_bundle_at (bundle, i, ret_entry); i++)
    if (strcmp (ret_entry->kind, kind) == 0 && nth-- == 0)
      return true;
  return false;
}

/** What was configured for one run, such as the number of workers, makes no other rules. */
static bool
is_configuration (const Entry *entry)
{
  static const char *const kinds[] = { "config", "override", "override-raw", "silences", "password-list",
                                       NULL };
  return g_strv_contains (kinds, entry->kind);
}

const char *
sk_bundle_digest (SkBundle *bundle)
{
  if (bundle->digest != NULL)
    return bundle->digest;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  for (guint i = 0; i < bundle->entries->len; i++)
    {
      const Entry *entry = &g_array_index (bundle->entries, Entry, i);
      uint64_t size = GUINT64_TO_LE (entry->bytes.size);
      if (is_configuration (entry))
        continue;
      /* Names with their NUL and the size keep neighbours apart. The time of a file is left out:
       * equal content is the same generation. */
      g_checksum_update (sum, (const guchar *) entry->kind, (gssize) strlen (entry->kind) + 1);
      g_checksum_update (sum, (const guchar *) entry->path, (gssize) strlen (entry->path) + 1);
      g_checksum_update (sum, (const guchar *) &size, sizeof size);
      g_checksum_update (sum, entry->bytes.data, (gssize) entry->bytes.size);
    }
  bundle->digest = g_strdup (g_checksum_get_string (sum));
  return bundle->digest;
}
