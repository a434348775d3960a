/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Trees of an optical disc, compared and shown.
 */
#include "config.h"

#include "media-trees.h"

static void
entry_free (void *data)
{
  MediaEntry *entry = data;
  g_free (entry->path);
  g_free (entry->target);
  g_free (entry->stream);
  if (entry->extents != NULL)
    g_array_unref (entry->extents);
  g_free (entry);
}

MediaTree *
media_tree_new (const char *name)
{
  MediaTree *tree = g_new0 (MediaTree, 1);
  static const char *const ranks[] = { "iso9660", "joliet", "rock-ridge", "udf" };
  tree->name = name;
  while (tree->rank + 1 < G_N_ELEMENTS (ranks) && strcmp (ranks[tree->rank], name) != 0)
    tree->rank++;
  tree->entries = g_ptr_array_new_with_free_func (entry_free);
  return tree;
}

void
media_tree_free (MediaTree *tree)
{
  if (tree == NULL)
    return;
  g_ptr_array_unref (tree->entries);
  g_free (tree);
}

/* What an entry takes: with an allocation for each text and its pieces, and its places in the
 * tables that trees are compared by. */
#define ENTRY_BYTES (sizeof (MediaEntry) + 192)

void
media_tree_hold (Media *media, const MediaEntry *entry)
{
  media->held += entry->target != NULL ? strlen (entry->target) : 0;
  media->held += entry->stream != NULL ? strlen (entry->stream) : 0;
  media->held += entry->extents != NULL ? entry->extents->len * sizeof (MediaExtent) : 0;
}

MediaEntry *
media_tree_add (Media *media, MediaTree *tree, char *path, SkFileType type)
{
  if (tree->entries->len == MEDIA_MAX_ENTRIES)
    {
      g_free (path);
      media_tell (media, SK_REASON_LIMIT, "%s: more than %d members", tree->name,
                  MEDIA_MAX_ENTRIES);
      return NULL;
    }
  media->held += ENTRY_BYTES + strlen (path);
  if (media->held > MEDIA_MAX_HELD)
    {
      g_free (path);
      media_tell (media, SK_REASON_LIMIT, "%s: its members need more than %d MiB", tree->name,
                  MEDIA_MAX_HELD >> 20);
      return NULL;
    }
  MediaEntry *entry = g_new0 (MediaEntry, 1);
  entry->path = path;
  entry->info.type = type;
  if (type == SK_FILE_REGULAR)
    entry->extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
  g_ptr_array_add (tree->entries, entry);
  return entry;
}

/* Where a file's content lies, which tells files of different trees apart: all of its pieces. */
typedef struct MediaPlace {
  GArray *extents; /* a reference */
  uint64_t base;   /* of the tree's disc, on the disk */
  uint64_t size;
  guint hash;
  guint extension; /* hash of the extension that it was shown with; 0: with any */
} MediaPlace;

/* Where files begin, on the disk, and the longest first piece that begins there. */
typedef struct MediaStart {
  uint64_t offset; /* first: it is hashed */
  uint64_t length;
} MediaStart;

static uint64_t
base_of (const MediaSource *disc)
{
  return disc->read != NULL ? disc->start : disc->place;
}

static void
place_free (void *data)
{
  MediaPlace *place = data;
  g_array_unref (place->extents);
  g_free (place);
}

static guint
place_hash (gconstpointer data)
{
  const MediaPlace *place = data;
  return place->hash ^ place->extension;
}

/* The nth piece, as much of it as belongs to the content. False behind the end. */
static bool
piece_at (const MediaPlace *place, guint nth, uint64_t *left, MediaExtent *ret_piece)
{
  if (*left == 0 || nth >= place->extents->len)
    return false;
  *ret_piece = g_array_index (place->extents, MediaExtent, nth);
  ret_piece->length = MIN (ret_piece->length, *left);
  *left -= ret_piece->length;
  if (ret_piece->offset != MEDIA_HOLE)
    ret_piece->offset += place->base;
  return true;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const MediaPlace *x = a, *y = b;
  uint64_t left_x = x->size, left_y = y->size;
  MediaExtent one, other;
  if (x->hash != y->hash || x->size != y->size || x->extension != y->extension)
    return false;
  if (x->extents == y->extents && x->base == y->base)
    return true;
  for (guint i = 0; piece_at (x, i, &left_x, &one); i++)
    if (!piece_at (y, i, &left_y, &other) || one.offset != other.offset
        || one.length != other.length)
      return false;
  return left_x == left_y;
}

/* False: it has no content that could be compared. The place borrows the entry's pieces, which many
 * entries may share: each time that they are gone through is paid for. */
static bool
place_of (Media *media, const MediaSource *disc, const MediaEntry *entry, MediaPlace *ret_place)
{
  if (entry->extents == NULL || entry->extents->len == 0 || entry->size == 0
      || !media_work (media, 1 + entry->extents->len / 64))
    return false;
  *ret_place
      = (MediaPlace) { .extents = entry->extents, .base = base_of (disc), .size = entry->size };
  uint64_t left = entry->size, mixed = entry->size;
  MediaExtent piece;
  for (guint i = 0; piece_at (ret_place, i, &left, &piece); i++)
    mixed = (mixed ^ piece.offset ^ piece.length << 32) * UINT64_C (0x9e3779b97f4a7c15);
  ret_place->hash = (guint) (mixed >> 32);
  return true;
}

static void
place_add (GHashTable *places, MediaPlace place)
{
  g_array_ref (place.extents);
  g_hash_table_add (places, g_memdup2 (&place, sizeof place));
}

static GHashTable *
places_new (void)
{
  return g_hash_table_new_full (place_hash, place_equal, place_free, NULL);
}

static GHashTable *
places_of (Media *media, const MediaSource *disc, const MediaTree *tree)
{
  GHashTable *places = places_new ();
  for (guint i = 0; i < tree->entries->len; i++)
    {
      MediaPlace place;
      if (place_of (media, disc, g_ptr_array_index (tree->entries, i), &place))
        place_add (places, place);
    }
  return places;
}

static bool
show (Media *media, const MediaSource *disc, const MediaEntry *entry, const char *only)
{
  MediaMember member = { .path = entry->path,
                         .info = entry->info,
                         .size = entry->size,
                         .stream = entry->stream,
                         .tree = only };
  member.info.target = sk_span_of_text (entry->target);
  if (entry->info.type != SK_FILE_REGULAR)
    return media_member_bare (media, &member);
  if (entry->why != NULL)
    return media_member_absent (media, &member, entry->reason, entry->why);
  return media_member_extents (media, &member, disc, entry->extents);
}

/* The same with the extension of its name. */
static MediaPlace
named_place (const MediaEntry *entry, MediaPlace place)
{
  const char *dot = strrchr (entry->path, '.'), *slash = strrchr (entry->path, '/');
  g_autofree char *folded
      = g_utf8_casefold (dot != NULL && (slash == NULL || dot > slash) ? dot : "", -1);
  place.extension = g_str_hash (folded) | 1;
  return place;
}

/* False: one with the same content has been shown, and not under a name of another kind. Plain ISO
 * 9660 cuts extensions, so its names say nothing. */
static bool
is_new (const Media *media, const MediaTree *tree, const MediaEntry *entry, MediaPlace place)
{
  MediaPlace named = named_place (entry, place);
  return !g_hash_table_contains (media->shown, &place)
         || (tree->rank > 0 && !g_hash_table_contains (media->shown, &named));
}

static void
remember_start (Media *media, const MediaPlace *place)
{
  uint64_t left = place->size;
  MediaExtent piece;
  if (!piece_at (place, 0, &left, &piece) || piece.offset == MEDIA_HOLE)
    return;
  MediaStart *known = g_hash_table_lookup (media->starts, &piece.offset);
  if (known != NULL)
    {
      known->length = MAX (known->length, piece.length);
      return;
    }
  MediaStart start = { piece.offset, piece.length };
  known = g_memdup2 (&start, sizeof start);
  g_hash_table_insert (media->starts, known, known);
}

/* What was not given is not remembered: another tree may have it in a way that can be read. */
static void
remember (Media *media, const MediaSource *disc, const MediaEntry *entry)
{
  MediaPlace place;
  if (entry->why != NULL || !place_of (media, disc, entry, &place))
    return;
  place_add (media->shown, place);
  place_add (media->shown, named_place (entry, place));
  remember_start (media, &place);
}

bool
media_covers (uint64_t length, uint64_t size)
{
  return size <= length || size - length < (2048 - length % 2048) % 2048 + 1;
}

bool
media_is_shown (const Media *media, const MediaSource *source, uint64_t offset, uint64_t size)
{
  uint64_t begin = base_of (source) + offset;
  const MediaStart *start
      = media->starts != NULL ? g_hash_table_lookup (media->starts, &begin) : NULL;
  return start != NULL && media_covers (start->length, size);
}

static bool
is_in_others (GPtrArray *places, guint own, const MediaPlace *place)
{
  for (guint i = 0; i < places->len; i++)
    if (i != own && !g_hash_table_contains (g_ptr_array_index (places, i), place))
      return false;
  return true;
}

/* What is in no tree before this one, or all when it is the first (`main`). `ret_differ` is set
 * when a file is not in every tree. */
static void
show_tree (Media *media, const MediaSource *disc, const MediaTree *tree, GPtrArray *places,
           guint own, bool main, bool *ret_differ)
{
  for (guint i = 0; i < tree->entries->len && media_work (media, 1); i++)
    {
      const MediaEntry *entry = g_ptr_array_index (tree->entries, i);
      MediaPlace place;
      bool placed = place_of (media, disc, entry, &place);
      bool common = !placed || is_in_others (places, own, &place);
      *ret_differ = *ret_differ || !common;
      if (!main && entry->why == NULL && (!placed || !is_new (media, tree, entry, place)))
        continue;
      *ret_differ = *ret_differ || !main;
      show (media, disc, entry, common && main ? NULL : tree->name);
    }
  for (guint i = 0; i < tree->entries->len; i++)
    remember (media, disc, g_ptr_array_index (tree->entries, i));
}

/* Whose content can be had. */
static guint
count_files (const MediaTree *tree)
{
  guint n = 0;
  for (guint i = 0; i < tree->entries->len; i++)
    {
      const MediaEntry *entry = g_ptr_array_index (tree->entries, i);
      n += entry->extents != NULL && entry->why == NULL;
    }
  return n;
}

static guint
fullest (GPtrArray *trees)
{
  guint best = 0, most = count_files (g_ptr_array_index (trees, 0));
  for (guint i = 1; i < trees->len; i++)
    {
      const MediaTree *one = g_ptr_array_index (trees, i), *top = g_ptr_array_index (trees, best);
      guint n = count_files (one);
      if (n > most || (n == most && one->rank > top->rank))
        {
          best = i;
          most = n;
        }
    }
  return best;
}

void
media_trees_show (Media *media, const MediaSource *disc, GPtrArray *trees)
{
  if (trees->len == 0)
    return;
  /* In a partition of a disc whose own trees have been shown, the rest is what is new. */
  bool first = media->partition == 0 || !media->disc;
  media->disc = media->disc || media->partition == 0;
  if (media->shown == NULL)
    {
      media->shown = places_new ();
      media->starts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }
  g_autoptr (GPtrArray) places
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  for (guint i = 0; i < trees->len; i++)
    {
      MediaTree *tree = g_ptr_array_index (trees, i);
      media_fact (media, MEDIA_FILESYSTEM, tree->name);
      g_ptr_array_add (places, places_of (media, disc, tree));
    }
  guint main = fullest (trees);
  bool differ = false;
  show_tree (media, disc, g_ptr_array_index (trees, main), places, main, first, &differ);
  for (guint i = 0; i < trees->len; i++)
    if (i != main)
      show_tree (media, disc, g_ptr_array_index (trees, i), places, i, false, &differ);
  if (trees->len > 1)
    media->api->fact_bool (media->object, MEDIA_TREES_DIFFER, differ);
}

bool
media_optical (Media *media, const MediaSource *disc)
{
  g_autoptr (GPtrArray) trees = g_ptr_array_new_with_free_func ((GDestroyNotify) media_tree_free);
  bool udf = media_udf (media, disc, trees);
  bool iso = media_iso (media, disc, trees);
  if (udf)
    media_fact (media, MEDIA_FORMAT, "udf");
  if (iso)
    media_fact (media, MEDIA_FORMAT, "iso9660");
  media_trees_show (media, disc, trees);
  media->held = 0;
  return udf || iso;
}

bool
media_optical_probe (const MediaSource *disc)
{
  return MEDIA_HAS (disc, 0x8001, "CD001") || media_udf_probe (disc);
}
