/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Literals inside of a text: one by one while they are few, else by Hyperscan
 * (or Vectorscan), whose databases are kept in the cache.
 *
 * All databases of a set of rules are made together, so that they can lie in
 * one file: its name and first bytes say from which literals, by which version
 * and for which processor they were made. A file that is not just that, or
 * not ours, is made anew.
 *
 *     "SKSIGMA1" | SHA-256 of what they are made from | u32 count
 *     per database: u32 length, bytes | SHA-256 of all before
 */
#include "config.h"

#include "sigma/index.h"

#include "base/buffer.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/** So many are looked for without a database. */
#define FEW 3
/** Hyperscan refuses some 37,000 in one. */
#define MOST_IN_ONE 16384
/** Of a cache file. 100,000 literals take some 40 MB. */
#define LARGEST_FILE ((size_t) 512 << 20)
/** Files of other rule sets that stay in the folder. */
#define FILES_KEPT 4
#define DIGEST 32

static const char magic[] = "SKSIGMA1";

/** Literals of one database, numbered from `first`. */
typedef struct Piece {
  hs_database_t *database;
  uint32_t first, count;
} Piece;

struct SigmaLiterals
{
  SkSpan *texts; /* borrowed bytes */
  uint32_t n;
  GArray *pieces; /* of Piece; empty while they are few */
};

struct SigmaLiteralsMaker
{
  GPtrArray *all; /* of SigmaLiterals that need databases, borrowed */
  GChecksum *sum;
};

/* ---- what is to be made ---- */

static void
sum_number (GChecksum *sum, uint64_t number)
{
  g_checksum_update (sum, (const guchar *) &number, sizeof number);
}

SigmaLiteralsMaker *
sigma_literals_maker_new (void)
{
  hs_platform_info_t platform = { 0 };
  SigmaLiteralsMaker *maker = g_new (SigmaLiteralsMaker, 1);
  maker->all = g_ptr_array_new ();
  maker->sum = g_checksum_new (G_CHECKSUM_SHA256);
  hs_populate_platform (&platform);
  g_checksum_update (maker->sum, (const guchar *) hs_version (), -1);
  sum_number (maker->sum, platform.tune);
  sum_number (maker->sum, platform.cpu_features);
  return maker;
}

SigmaLiterals *
sigma_literals_new (SigmaLiteralsMaker *maker, const SkSpan *texts, uint32_t n)
{
  SigmaLiterals *literals = g_new0 (SigmaLiterals, 1);
  literals->texts = g_memdup2 (texts, n * sizeof *texts);
  literals->n = n;
  literals->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  if (n <= FEW)
    return literals;
  for (uint32_t first = 0; first < n; first += MOST_IN_ONE)
    {
      Piece piece = { NULL, first, MIN (n - first, MOST_IN_ONE) };
      g_array_append_val (literals->pieces, piece);
    }
  g_ptr_array_add (maker->all, literals);
  sum_number (maker->sum, n);
  for (uint32_t i = 0; i < n; i++)
    {
      sum_number (maker->sum, texts[i].size);
      g_checksum_update (maker->sum, texts[i].data, (gssize) texts[i].size);
    }
  return literals;
}

void
sigma_literals_free (SigmaLiterals *literals)
{
  for (guint i = 0; i < literals->pieces->len; i++)
    hs_free_database (g_array_index (literals->pieces, Piece, i).database);
  g_array_unref (literals->pieces);
  g_free (literals->texts);
  g_free (literals);
}

/* ---- compiling ---- */

static void
compile_piece (const SigmaLiterals *literals, Piece *piece)
{
  g_autofree const char **texts = g_new (const char *, piece->count);
  g_autofree unsigned *flags = g_new (unsigned, piece->count);
  g_autofree unsigned *ids = g_new (unsigned, piece->count);
  g_autofree size_t *sizes = g_new (size_t, piece->count);
  hs_compile_error_t *error = NULL;
  for (uint32_t i = 0; i < piece->count; i++)
    {
      texts[i] = (const char *) literals->texts[piece->first + i].data;
      sizes[i] = literals->texts[piece->first + i].size;
      ids[i] = piece->first + i;
      flags[i] = HS_FLAG_SINGLEMATCH;
    }
  if (hs_compile_lit_multi (texts, flags, ids, sizes, piece->count, HS_MODE_BLOCK, NULL,
                            &piece->database, &error)
      != HS_SUCCESS)
    g_error ("literals of Sigma rules do not compile: %s", error->message);
}

/** All pieces, in order. */
static GPtrArray *
pieces_of (const SigmaLiteralsMaker *maker, GPtrArray *owners)
{
  GPtrArray *pieces = g_ptr_array_new ();
  for (guint i = 0; i < maker->all->len; i++)
    {
      SigmaLiterals *literals = g_ptr_array_index (maker->all, i);
      for (guint k = 0; k < literals->pieces->len; k++)
        {
          g_ptr_array_add (pieces, &g_array_index (literals->pieces, Piece, k));
          g_ptr_array_add (owners, literals);
        }
    }
  return pieces;
}

/* ---- the cache ---- */

static void
digest_of (SkSpan bytes, uint8_t *digest)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = DIGEST;
  if (bytes.size > 0)
    g_checksum_update (sum, bytes.data, (gssize) bytes.size);
  g_checksum_get_digest (sum, digest, &size);
}

/** A regular file that only this user or root can have written. NULL for any other. */
static GBytes *
read_ours (const char *path)
{
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return NULL;
  g_autoptr (GMappedFile) file = NULL;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && (info.st_mode & 022) == 0
      && (info.st_uid == geteuid () || info.st_uid == 0) && (uint64_t) info.st_size <= LARGEST_FILE)
    file = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  close (fd);
  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

static bool
take_pieces (SkCursor *cursor, const GPtrArray *pieces)
{
  uint32_t count, size;
  SkSpan bytes;
  if (!sk_cursor_take_u32le (cursor, &count) || count != pieces->len)
    return false;
  for (guint i = 0; i < pieces->len; i++)
    {
      Piece *piece = g_ptr_array_index (pieces, i);
      if (!sk_cursor_take_u32le (cursor, &size) || !sk_cursor_take (cursor, size, &bytes)
          || hs_deserialize_database ((const char *) bytes.data, bytes.size, &piece->database)
                 != HS_SUCCESS)
        return false;
    }
  return sk_wire_end (cursor);
}

static void
drop_pieces (const GPtrArray *pieces)
{
  for (guint i = 0; i < pieces->len; i++)
    {
      Piece *piece = g_ptr_array_index (pieces, i);
      hs_free_database (piece->database);
      piece->database = NULL;
    }
}

static bool
load (const char *path, const uint8_t *key, const GPtrArray *pieces)
{
  uint8_t digest[DIGEST];
  g_autoptr (GBytes) bytes = read_ours (path);
  SkSpan whole = { NULL, 0 }, head, told;
  if (bytes == NULL)
    return false;
  whole.data = g_bytes_get_data (bytes, &whole.size);
  if (whole.size < strlen (magic) + 2 * DIGEST)
    return false;
  SkSpan body = { whole.data, whole.size - DIGEST };
  SkCursor cursor = sk_cursor (body);
  digest_of (body, digest);
  if (memcmp (digest, whole.data + body.size, DIGEST) != 0
      || !sk_cursor_take (&cursor, strlen (magic), &head)
      || memcmp (head.data, magic, head.size) != 0 || !sk_cursor_take (&cursor, DIGEST, &told)
      || memcmp (told.data, key, DIGEST) != 0)
    return false;
  if (take_pieces (&cursor, pieces))
    return true;
  drop_pieces (pieces);
  return false;
}

/** The cache only saves time: what cannot be written is made anew next time. */
static void
save (const char *path, const uint8_t *key, const GPtrArray *pieces)
{
  uint8_t digest[DIGEST];
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, LARGEST_FILE);
  sk_buffer_put (&buffer, magic, strlen (magic));
  sk_buffer_put (&buffer, key, DIGEST);
  sk_wire_put_u32 (&buffer, pieces->len);
  for (guint i = 0; i < pieces->len; i++)
    {
      char *bytes = NULL;
      size_t size = 0;
      if (hs_serialize_database (((Piece *) g_ptr_array_index (pieces, i))->database, &bytes, &size)
          != HS_SUCCESS)
        return;
      sk_wire_put_span (&buffer, sigma_span (bytes, size));
      free (bytes);
    }
  digest_of (sk_buffer_span (&buffer), digest);
  if (sk_buffer_put (&buffer, digest, DIGEST) && !buffer.overflow)
    g_file_set_contents_full (path, (const char *) buffer.data, (gssize) buffer.size,
                              G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

typedef struct OldFile {
  char *path;
  int64_t changed;
} OldFile;

static void
old_file_clear (void *data)
{
  g_free (((OldFile *) data)->path);
}

static int
compare_age (const void *a, const void *b)
{
  const OldFile *left = a, *right = b;
  return (left->changed < right->changed) - (left->changed > right->changed);
}

/** Keeps the newest ones. */
static void
sweep (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (OldFile));
  const char *name;
  g_array_set_clear_func (files, old_file_clear);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      GStatBuf info;
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!g_str_has_prefix (name, "sigma-") || !g_str_has_suffix (name, ".hs")
          || g_lstat (path, &info) != 0)
        continue;
      OldFile file = { g_steal_pointer (&path), (int64_t) info.st_mtime };
      g_array_append_val (files, file);
    }
  g_array_sort (files, compare_age);
  for (guint i = FILES_KEPT; i < files->len; i++)
    g_unlink (g_array_index (files, OldFile, i).path);
}

static void
make_pieces (const GPtrArray *pieces, const GPtrArray *owners)
{
  for (guint i = 0; i < pieces->len; i++)
    compile_piece (g_ptr_array_index (owners, i), g_ptr_array_index (pieces, i));
}

static void
load_or_make (const SigmaLiteralsMaker *maker, const char *cache_dir, const GPtrArray *pieces,
              const GPtrArray *owners)
{
  uint8_t key[DIGEST];
  gsize size = DIGEST;
  g_autofree char *name = NULL, *path = NULL;
  if (cache_dir == NULL)
    {
      make_pieces (pieces, owners);
      return;
    }
  g_autoptr (GChecksum) sum = g_checksum_copy (maker->sum);
  name = g_strdup_printf ("sigma-%.24s.hs", g_checksum_get_string (maker->sum));
  g_checksum_get_digest (sum, key, &size);
  path = g_build_filename (cache_dir, name, NULL);
  if (load (path, key, pieces))
    return;
  make_pieces (pieces, owners);
  save (path, key, pieces);
  sweep (cache_dir);
}

hs_scratch_t *
sigma_literals_maker_finish (SigmaLiteralsMaker *maker, const char *cache_dir)
{
  hs_scratch_t *scratch = NULL;
  g_autoptr (GPtrArray) owners = g_ptr_array_new ();
  g_autoptr (GPtrArray) pieces = pieces_of (maker, owners);
  if (pieces->len > 0)
    load_or_make (maker, cache_dir, pieces, owners);
  for (guint i = 0; i < pieces->len; i++)
    if (hs_alloc_scratch (((Piece *) g_ptr_array_index (pieces, i))->database, &scratch)
        != HS_SUCCESS)
      g_error ("no memory for a scratch of Hyperscan");
  g_ptr_array_unref (maker->all);
  g_checksum_free (maker->sum);
  g_free (maker);
  return scratch;
}

/* ---- finding ---- */

typedef struct Finding {
  SigmaLiteralFunc func;
  void *data;
} Finding;

static int
on_match (unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *data)
{
  const Finding *finding = data;
  (void) from;
  (void) to;
  (void) flags;
  finding->func (finding->data, id);
  return 0;
}

void
sigma_literals_find (const SigmaLiterals *literals, hs_scratch_t *scratch, SkSpan text,
                     SigmaLiteralFunc func, void *data)
{
  Finding finding = { func, data };
  if (literals->pieces->len == 0)
    {
      for (uint32_t i = 0; i < literals->n; i++)
        if (sigma_text_contains (text, literals->texts[i]))
          func (data, i);
      return;
    }
  for (guint i = 0; i < literals->pieces->len && text.size > 0; i++)
    {
      const Piece *piece = &g_array_index (literals->pieces, Piece, i);
      hs_error_t error = hs_scan (piece->database, (const char *) text.data,
                                  (unsigned) MIN (text.size, UINT_MAX), 0, scratch, on_match, &finding);
      g_assert (error == HS_SUCCESS);
    }
}
