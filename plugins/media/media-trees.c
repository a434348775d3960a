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
    {
      entry->extents = g_array_new (FALSE, FALSE, sizeof (MediaExtent));
      tree->n_files++;
    }
  g_ptr_array_add (tree->entries, entry);
  return entry;
}

static guint
place_hash (gconstpointer data)
{
  const MediaPlace *place = data;
  uint64_t mixed
      = (place->offset ^ place->size << 24 ^ place->extension) * UINT64_C (0x9e3779b97f4a7c15);
  return (guint) (mixed >> 32);
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const MediaPlace *x = a, *y = b;
  return x->offset == y->offset && x->size == y->size && x->extension == y->extension;
}

/* False: it has no content that could be compared. */
static bool
place_of (const MediaEntry *entry, MediaPlace *ret_place)
{
  if (entry->extents == NULL || entry->extents->len == 0 || entry->size == 0)
    return false;
  ret_place->offset = g_array_index (entry->extents, MediaExtent, 0).offset;
  ret_place->size = entry->size;
  ret_place->extension = 0;
  return true;
}

static GHashTable *
places_of (const MediaTree *tree)
{
  GHashTable *places = g_hash_table_new_full (place_hash, place_equal, g_free, NULL);
  for (guint i = 0; i < tree->entries->len; i++)
    {
      MediaPlace place;
      if (place_of (g_ptr_array_index (tree->entries, i), &place))
        g_hash_table_add (places, g_memdup2 (&place, sizeof place));
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
remember (Media *media, const MediaEntry *entry)
{
  MediaPlace place;
  if (!place_of (entry, &place))
    return;
  MediaPlace named = named_place (entry, place);
  g_hash_table_add (media->shown, g_memdup2 (&place, sizeof place));
  g_hash_table_add (media->shown, g_memdup2 (&named, sizeof named));
}

static bool
is_in_others (GPtrArray *places, guint own, const MediaPlace *place)
{
  for (guint i = 0; i < places->len; i++)
    if (i != own && !g_hash_table_contains (g_ptr_array_index (places, i), place))
      return false;
  return true;
}

/* What is in no tree before this one, or all when it is the first. `ret_differ` is set when a file
 * is not in every tree. */
static void
show_tree (Media *media, const MediaSource *disc, const MediaTree *tree, GPtrArray *places,
           guint own, bool main, bool *ret_differ)
{
  for (guint i = 0; i < tree->entries->len && media_work (media, 1); i++)
    {
      const MediaEntry *entry = g_ptr_array_index (tree->entries, i);
      MediaPlace place;
      bool placed = place_of (entry, &place);
      bool common = !placed || is_in_others (places, own, &place);
      *ret_differ = *ret_differ || !common;
      if (!main && (!placed || !is_new (media, tree, entry, place)))
        continue;
      *ret_differ = *ret_differ || !main;
      show (media, disc, entry, common && main ? NULL : tree->name);
    }
  for (guint i = 0; i < tree->entries->len; i++)
    remember (media, g_ptr_array_index (tree->entries, i));
}

static guint
fullest (GPtrArray *trees)
{
  guint best = 0;
  for (guint i = 1; i < trees->len; i++)
    {
      const MediaTree *one = g_ptr_array_index (trees, i), *top = g_ptr_array_index (trees, best);
      if (one->n_files > top->n_files || (one->n_files == top->n_files && one->rank > top->rank))
        best = i;
    }
  return best;
}

void
media_trees_show (Media *media, const MediaSource *disc, GPtrArray *trees)
{
  if (trees->len == 0)
    return;
  if (media->shown == NULL)
    media->shown = g_hash_table_new_full (place_hash, place_equal, g_free, NULL);
  g_autoptr (GPtrArray) places
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  for (guint i = 0; i < trees->len; i++)
    {
      MediaTree *tree = g_ptr_array_index (trees, i);
      media_fact (media, MEDIA_FILESYSTEM, tree->name);
      g_ptr_array_add (places, places_of (tree));
    }
  guint main = fullest (trees);
  bool differ = false;
  show_tree (media, disc, g_ptr_array_index (trees, main), places, main, true, &differ);
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
