/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `hash`: SHA-256 and entropy of every object, and whether a list of the
 * operator names it. That a denied hash is bad, or an allowed one harmless, is
 * for rules to say.
 *
 * `configure` compiles each list once and keeps it by the digest of its text;
 * workers look into the mapping that they have from the zygote.
 */
#include "config.h"

#include "hash-build.h"
#include "hash-cache.h"
#include "hash-digest.h"
#include "hash-entropy.h"
#include "hash-parse.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

/* Hashed between two signs of progress. */
#define PIECE ((size_t) 1024 * 1024)
/* Sources that one object's facts name. */
#define MAX_HITS 8

enum { FACT_SHA256, FACT_SHA1, FACT_MD5, FACT_DENY_LIST, FACT_DENY_REASON, FACT_ALLOW_LIST, FACT_ENTROPY,
       FACT_TAIL_BYTES, FACT_TAIL_SHARE };

static const SkFieldDecl facts[] = {
  { "hash.sha256", SK_FIELD_STRING, 0, "SHA-256 in lower-case hexadecimal" },
  { "hash.sha1", SK_FIELD_STRING, 0, "SHA-1; only when a loaded list has such entries" },
  { "hash.md5", SK_FIELD_STRING, 0, "MD5; only when a loaded list has such entries" },
  { "hash.deny-list", SK_FIELD_STRING, SK_FIELD_MULTI,
    "source of an entry that denies this content" },
  { "hash.deny-reason", SK_FIELD_STRING, SK_FIELD_MULTI,
    "what that entry says of it, when it says something" },
  { "hash.allow-list", SK_FIELD_STRING, SK_FIELD_MULTI,
    "source of an entry that knows this content as harmless" },
  { "hash.entropy", SK_FIELD_INT, 0,
    "entropy of the bytes in thousandths of a bit, 0 to 8000; none of an empty object" },
  { "hash.tail-bytes", SK_FIELD_INT, 0,
    "how often the last byte stands at the end without a break; told from 65536 on" },
  { "hash.tail-share", SK_FIELD_INT, 0, "that part of the size in thousandths" },
};

enum { OPTION_MAX_BYTES };

static const SkOptionDecl options[] = {
  [OPTION_MAX_BYTES] = { "max-bytes", SK_OPTION_INT, "68719476736", 1, INT64_MAX,
                         "bytes of the largest object that gets digests; a larger one is not inspected" },
};

typedef struct Loaded {
  HashList list;
  SkSpan map; /* ours to unmap; empty for a compiled source */
} Loaded;

typedef struct Hash {
  HashDigests digests;
  GArray *lists; /* Loaded */
  uint64_t max_bytes;
  bool wanted[HASH_N_ALGORITHMS];
} Hash;

static void
free_context (void *context)
{
  Hash *self = context;
  for (guint i = 0; i < self->lists->len; i++)
    hash_cache_unmap (g_array_index (self->lists, Loaded, i).map);
  g_array_unref (self->lists);
  hash_digests_clear (&self->digests);
  g_free (self);
}

/* ---- configure: one list ---- */

typedef struct Loading {
  const SkApi *api;
  SkSetup *setup;
  Hash *self;
  HashTrivial *trivial; /* NULL until the first list is compiled */
  SkSource source, side;
  int64_t now;
} Loading;

static void
tell_note (const Loading *l, uint32_t line, HashNote note)
{
  static const char *const words[HASH_N_NOTES]
      = { "refused: the hash of trivial content (empty, one byte, zeros)",
          "refused: an entry without source, expiry or kind", "neither an entry nor a comment",
          "expected \"source: NAME\", \"expires: YYYY-MM-DD\" or \"kind: deny|allow\"",
          "expected \"source: NAME\", \"expires: YYYY-MM-DD\" or \"kind: deny|allow\"" };
  bool of_side = note == HASH_NOTE_BAD_SIDE && l->side.path != NULL;
  l->api->warning (l->setup, of_side ? l->side.path : l->source.path, line, "%s", words[note]);
}

/* The same words whether it was compiled now or long ago. Lines that are refused are warnings; a
 * list of which nothing is left is one that is left out. */
static void
tell_notes (const Loading *l, const HashList *list)
{
  uint64_t total = 0;
  for (uint32_t i = 0; i < list->n_notes; i++)
    {
      uint32_t line;
      HashNote note;
      hash_list_note (list, i, &line, &note);
      tell_note (l, line, note);
    }
  for (size_t i = 0; i < HASH_N_NOTES; i++)
    total += list->totals[i];
  if (total > list->n_notes)
    l->api->warning (l->setup, l->source.path, 0,
                     "and %" G_GUINT64_FORMAT " more lines of these kinds", total - list->n_notes);
  uint64_t entries = 0;
  for (size_t i = 0; i < HASH_N_ALGORITHMS; i++)
    entries += list->sections[i].n_entries;
  if (entries == 0 && total > 0)
    l->api->left_out (l->setup, l->source.path, 0,
                      "none of its lines is an entry that can be used");
}

static void
tell_expired (const Loading *l, const HashList *list)
{
  for (uint32_t i = 0; i < list->n_blocks; i++)
    {
      HashBlock block = hash_list_block (list, i);
      if (block.expires > l->now)
        continue;
      g_autoptr (GDateTime) day = g_date_time_new_from_unix_utc (block.expires - 1);
      g_autofree char *text
          = day != NULL ? g_date_time_format (day, "%Y-%m-%d") : g_strdup ("long ago");
      l->api->warning (l->setup, l->source.path, 0,
                       "expired on %s, left out: %" G_GUINT64_FORMAT " entries of %s", text,
                       block.n_entries, block.name);
    }
}

/* Keeps the list. Digests that it needs will be made from now on. */
static void
take_list (const Loading *l, HashList list, SkSpan map)
{
  Loaded loaded = { list, map };
  tell_notes (l, &list);
  tell_expired (l, &list);
  for (size_t i = 0; i < HASH_N_ALGORITHMS; i++)
    if (list.sections[i].n_entries > 0)
      {
        if (l->self->digests.md[i] == NULL)
          l->api->left_out (l->setup, l->source.path, 0,
                            "OpenSSL does not offer the digest of %" G_GUINT64_FORMAT " entries",
                            list.sections[i].n_entries);
        else
          l->self->wanted[i] = true;
      }
  g_array_append_val (l->self->lists, loaded);
}

static bool
is_compiled (SkSpan bytes)
{
  return bytes.size >= 8 && memcmp (bytes.data, HASH_MAGIC, 8) == 0;
}

static void
use_compiled (const Loading *l)
{
  HashList list;
  const char *error;
  if (hash_list_open (l->source.bytes, l->now, hash_digest_of_two, &list, &error))
    take_list (l, list, (SkSpan){ NULL, 0 });
  else
    l->api->left_out (l->setup, l->source.path, 0, "%s", error);
}

/* What the compiled form depends on: both texts, the ending of the name, the version of the
 * format. */
static bool
origin_of (const Loading *l, uint8_t ret_origin[32])
{
  const char *dot = strrchr (l->source.path, '.');
  uint8_t side[32], text[32];
  g_autofree char *tail = g_strdup_printf ("%d %s", HASH_VERSION, dot != NULL ? dot : "");
  if (!hash_digest_of_two (l->side.bytes, sk_span_of_text (tail), side)
      || !hash_digest_of_two (l->source.bytes, (SkSpan){ NULL, 0 }, text))
    return false;
  return hash_digest_of_two ((SkSpan){ side, 32 }, (SkSpan){ text, 32 }, ret_origin);
}

static char *
name_of (const uint8_t origin[32])
{
  GString *name = g_string_new (NULL);
  for (size_t i = 0; i < 32; i++)
    g_string_append_printf (name, "%02x", origin[i]);
  return g_string_free (g_string_append (name, ".skhash"), FALSE);
}

static bool
use_cached (const Loading *l, const char *folder, const char *name, const uint8_t origin[32])
{
  SkSpan map;
  HashList list;
  const char *error;
  if (!hash_cache_map (folder, name, &map, &error))
    {
      if (error != NULL)
        l->api->warning (l->setup, folder, 0, "%s is not used and made anew: %s", name, error);
      return false;
    }
  if (hash_list_open (map, l->now, hash_digest_of_two, &list, &error)
      && memcmp (hash_list_origin (&list), origin, 32) == 0)
    {
      take_list (l, list, map);
      return true;
    }
  l->api->warning (l->setup, folder, 0, "%s is not used and made anew: %s", name,
                   error != NULL ? error : "it was compiled from something else");
  hash_cache_unmap (map);
  return false;
}

/* Writes what the builder holds into the cache, or into memory when there is none or it is full. */
static bool
write_list (const Loading *l, HashBuilder *builder, const char *folder, const char *name,
            const uint8_t origin[32], SkSpan *ret_map)
{
  g_autofree char *temporary = NULL;
  int fd = hash_cache_create (folder, &temporary);
  bool good = fd >= 0 && hash_builder_write (builder, fd, origin, l->now, hash_digest_of_two)
              && (folder == NULL || hash_cache_commit (folder, temporary, fd, name))
              && hash_cache_map_fd (fd, ret_map);
  int saved = errno;
  if (!good)
    hash_cache_abort (folder, temporary);
  if (fd >= 0)
    close (fd);
  if (!good)
    l->api->warning (l->setup, folder, 0, "cannot write the compiled list: %s", g_strerror (saved));
  return good;
}

static void
compile (Loading *l, const char *folder, const char *name, const uint8_t origin[32])
{
  if (l->trivial == NULL)
    l->trivial = hash_trivial_new (hash_digest_compute, &l->self->digests);
  g_autoptr (HashBuilder) builder = hash_builder_new (l->trivial);
  if (!hash_parse (l->source.bytes, l->side.bytes, l->source.path, builder))
    {
      l->api->left_out (l->setup, l->source.path, 0, "too many entries or sources for one list");
      return;
    }
  SkSpan map;
  HashList list;
  const char *error;
  if (!write_list (l, builder, folder, name, origin, &map)
      && (folder == NULL || !write_list (l, builder, NULL, name, origin, &map)))
    {
      l->api->left_out (l->setup, l->source.path, 0, "there is no room for the compiled list");
      return;
    }
  if (hash_list_open (map, l->now, hash_digest_of_two, &list, &error))
    {
      take_list (l, list, map);
      return;
    }
  l->api->left_out (l->setup, l->source.path, 0, "%s", error);
  hash_cache_unmap (map);
}

static void
load_list (Loading *l)
{
  uint8_t origin[32];
  if (is_compiled (l->source.bytes))
    {
      use_compiled (l);
      return;
    }
  if (!origin_of (l, origin))
    {
      l->api->left_out (l->setup, l->source.path, 0, "OpenSSL gives no SHA-256");
      return;
    }
  const char *folder = l->api->cache_dir (l->setup);
  g_autofree char *name = name_of (origin);
  if (folder == NULL || !use_cached (l, folder, name, origin))
    compile (l, folder, name, origin);
}

/* The side file of `feed.csv` is `feed.csv.meta`. */
static void
find_side (Loading *l)
{
  g_autofree char *path = g_strconcat (l->source.path, ".meta", NULL);
  SkSource source;
  for (size_t i = 0; l->api->source (l->setup, "hash-list", i, &source); i++)
    if (strcmp (source.path, path) == 0)
      l->side = source;
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  Hash *self = g_new0 (Hash, 1);
  self->lists = g_array_new (FALSE, TRUE, sizeof (Loaded));
  hash_digests_init (&self->digests);
  if (self->digests.md[HASH_SHA256] == NULL || self->digests.context[HASH_SHA256] == NULL)
    {
      api->error (setup, NULL, 0, "OpenSSL offers no SHA-256");
      free_context (self);
      return SK_FAILED;
    }
  self->max_bytes = (uint64_t) api->option_int (setup, OPTION_MAX_BYTES);
  self->wanted[HASH_SHA256] = true;
  Loading l = { .api = api, .setup = setup, .self = self, .now = (int64_t) time (NULL) };
  for (size_t i = 0; api->source (setup, "hash-list", i, &l.source); i++)
    {
      l.side = (SkSource){ NULL, { NULL, 0 }, 0 };
      if (g_str_has_suffix (l.source.path, ".meta"))
        continue;
      find_side (&l);
      load_list (&l);
    }
  hash_trivial_free (l.trivial);
  *ret_context = self;
  return SK_OK;
}

/* ---- the object ---- */

typedef struct Told {
  const SkApi *api;
  SkObject *object;
  unsigned deny, allow;
} Told;

static bool
tell_hit (const HashHit *hit, void *data)
{
  Told *told = data;
  unsigned *count = hit->kind == HASH_DENY ? &told->deny : &told->allow;
  if ((*count)++ >= MAX_HITS)
    return true;
  told->api->fact_string (told->object, hit->kind == HASH_DENY ? FACT_DENY_LIST : FACT_ALLOW_LIST,
                          sk_span_of_text (hit->source));
  if (hit->kind == HASH_DENY && hit->label[0] != '\0')
    told->api->fact_string (told->object, FACT_DENY_REASON, sk_span_of_text (hit->label));
  return true;
}

static void
tell_digest (const SkApi *api, SkObject *object, HashAlgorithm algorithm, const uint8_t *digest)
{
  static const char digits[] = "0123456789abcdef";
  static const uint32_t handles[HASH_N_ALGORITHMS] = { FACT_MD5, FACT_SHA1, FACT_SHA256 };
  uint8_t text[2 * HASH_MAX_DIGEST];
  size_t size = hash_digest_size (algorithm);
  for (size_t i = 0; i < size; i++)
    {
      text[2 * i] = (uint8_t) digits[digest[i] >> 4];
      text[2 * i + 1] = (uint8_t) digits[digest[i] & 15];
    }
  api->fact_string (object, handles[algorithm], (SkSpan){ text, 2 * size });
}

/* All wanted digests and the entropy over each piece, while it is in the cache of the processor. */
static SkResult
digest_all (const SkApi *api, Hash *self, SkObject *object, SkSpan bytes)
{
  HashEntropy entropy;
  hash_entropy_begin (&entropy);
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    if (self->wanted[i] && !hash_digest_begin (&self->digests, (HashAlgorithm) i))
      return SK_FAILED;
  for (size_t done = 0; done < bytes.size; done += PIECE)
    {
      SkSpan piece = sk_span_slice (bytes, done, PIECE);
      for (int i = 0; i < HASH_N_ALGORITHMS; i++)
        if (self->wanted[i] && !hash_digest_add (&self->digests, (HashAlgorithm) i, piece))
          return SK_FAILED;
      hash_entropy_add (&entropy, piece);
      if (piece.size == PIECE && !api->work (object, PIECE / 1024))
        return SK_LIMIT;
    }
  if (bytes.size > 0)
    api->fact_int (object, FACT_ENTROPY, hash_entropy_end (&entropy));
  return SK_OK;
}

/* Padding makes a file larger than what scanners take, and packs into nothing. */
static void
tell_tail (const SkApi *api, SkObject *object, SkSpan bytes)
{
  size_t tail = hash_tail (bytes);
  if (tail < HASH_TAIL_LEAST)
    return;
  api->fact_int (object, FACT_TAIL_BYTES, (int64_t) tail);
  api->fact_int (object, FACT_TAIL_SHARE, (int64_t) ((double) tail * 1000 / (double) bytes.size));
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  Hash *self = context;
  SkSpan bytes = api->bytes (object);
  if (!api->complete (object))
    return SK_OK; /* whoever cut it has said so */
  if (bytes.size > self->max_bytes)
    {
      /* A terabyte of nothing costs its sender one block, and would cost us half an hour. */
      g_autofree char *detail
          = g_strdup_printf ("no digest of more than %" G_GUINT64_FORMAT " bytes", self->max_bytes);
      api->not_inspected (object, SK_REASON_LIMIT, detail);
      return SK_PARTIAL;
    }
  tell_tail (api, object, bytes);
  SkResult result = digest_all (api, self, object, bytes);
  if (result != SK_OK)
    return result;
  Told told = { api, object, 0, 0 };
  for (int i = HASH_N_ALGORITHMS - 1; i >= 0; i--)
    {
      uint8_t digest[HASH_MAX_DIGEST];
      if (!self->wanted[i])
        continue;
      if (!hash_digest_end (&self->digests, (HashAlgorithm) i, digest))
        return SK_FAILED;
      tell_digest (api, object, (HashAlgorithm) i, digest);
      for (guint j = 0; j < self->lists->len; j++)
        hash_list_find (&g_array_index (self->lists, Loaded, j).list, (HashAlgorithm) i, digest,
                        bytes.size, tell_hit, &told);
    }
  return SK_OK;
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "hash",
  .version = PACKAGE_VERSION,
  .summary = "SHA-256 and entropy of every object, and the lists that name it",
  .licence = "Apache-2.0",
  .options = options,
  .n_options = G_N_ELEMENTS (options),
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .configure = configure,
  .identify = identify,
  .free_context = free_context,
};
