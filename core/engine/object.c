/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Live objects: taken from a pool, given back with nothing left behind.
 */
#include "config.h"

#include <string.h>
#include <sys/mman.h>

#include "base/text.h"
#include "engine/walker.h"

/** An object's arena begins with this; a plain file's facts fit. */
#define OBJECT_BLOCK 4096

/* ---- bytes ---- */

SkStore
sk_store_empty (void)
{
  return (SkStore){ .slot = -1, .fd = -1 };
}

void
sk_store_clear (SkStore *store)
{
  g_free (store->memory);
  if (store->mapping != NULL)
    sk_mapping_free (store->mapping, store->mapped, store->slot);
  *store = sk_store_empty ();
}

/* An empty object still has an address: many a library dislikes NULL. */
void
sk_object_set_bytes (SkObject *object, SkSpan bytes, SkStore store)
{
  static const uint8_t nothing[1];
  object->bytes = bytes.size > 0 ? bytes : (SkSpan){ nothing, 0 };
  object->store = store;
  object->node->size = bytes.size;
}

/* ---- life ---- */

static SkObject *
new_object (SkWalker *walker)
{
  const SkEngine *engine = walker->engine;
  SkObject *object = g_new0 (SkObject, 1);
  object->walker = walker;
  object->facts = g_new0 (SkFactList, engine->facts->len + 1);
  object->slots = g_new0 (void *, engine->plugins->len + 1);
  object->store = sk_store_empty ();
  sk_arena_init (&object->arena, OBJECT_BLOCK);
  return object;
}

void
sk_object_free (SkObject *object)
{
  sk_arena_clear (&object->arena);
  sk_lists_free (object);
  g_free (object->facts);
  g_free (object->slots);
  g_free (object);
}

static SkObject *
from_pool (SkWalker *walker)
{
  SkObject *object = walker->free_objects;
  if (object == NULL)
    return new_object (walker);
  walker->free_objects = object->next;
  memset (object->facts, 0, walker->engine->facts->len * sizeof *object->facts);
  object->next = NULL;
  object->first_waiting = object->last_waiting = NULL;
  object->parked = 0;
  object->cut = false;
  object->named_only = false;
  object->informed = false;
  object->info = (SkFileInfo){ 0 };
  object->excluded = 0;
  object->child_bytes = object->hollow_bytes = 0;
  object->below = 0;
  object->whole_path = NULL;
  object->n_values = 0;
  object->n_types = 0;
  object->fact_bytes = 0;
  object->seek_value = NULL;
  return object;
}

/* The parent's id and `/plugin:position`. */
static void
make_id (SkObject *object, uint32_t plugin, uint64_t position)
{
  const char *name = sk_engine_plugin (object->walker->engine, plugin)->plugin->name;
  char digits[24];
  char *number = sk_text_digits (digits + sizeof digits, position);
  size_t number_size = (size_t) (digits + sizeof digits - number);
  size_t name_size = strlen (name);
  size_t head = object->parent->id_size;
  char *id = sk_arena_take (&object->arena, head + name_size + number_size + 3);
  memcpy (id, object->parent->id, head);
  id[head++] = '/';
  memcpy (id + head, name, name_size);
  head += name_size;
  id[head++] = ':';
  memcpy (id + head, number, number_size);
  head += number_size;
  id[head] = '\0';
  object->id = id;
  object->id_size = head;
}

static void
link_node (SkNode *parent, SkNode *node)
{
  if (parent->last_child != NULL)
    parent->last_child->next = node;
  else
    parent->first_child = node;
  parent->last_child = node;
}

static SkNode *
new_node (SkWalker *walker, SkObject *parent, uint32_t plugin, uint64_t position)
{
  SkNode *node = sk_arena_take0 (&walker->arena, sizeof *node);
  node->plugin = plugin;
  node->position = position;
  node->reply = UINT32_MAX;
  node->name = node->type = node->sha256 = "";
  if (parent != NULL)
    {
      node->parent = parent->node;
      link_node (parent->node, node);
    }
  return node;
}

/* Two programs failed on this object before: they do not see it again, and that is told. */
static void
apply_exclusions (SkObject *object)
{
  SkWalker *walker = object->walker;
  const GArray *list = walker->job->exclusions;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SkExclusion *exclusion = &g_array_index (list, SkExclusion, i);
      if (strcmp (exclusion->object, object->id) != 0)
        continue;
      bool whole = exclusion->plugin >= walker->engine->plugins->len;
      const char *name
          = whole ? "sekisho" : sk_engine_plugin (walker->engine, exclusion->plugin)->plugin->name;
      object->excluded |= whole ? UINT64_MAX : SK_PLUGIN_BIT (exclusion->plugin);
      sk_finding_reason_by (walker, object->node, exclusion->reason,
                            whole ? SK_NO_PLUGIN : exclusion->plugin, name);
    }
}

SkObject *
sk_object_take (SkWalker *walker, SkObject *parent, uint32_t plugin, uint64_t position,
                const char *name)
{
  SkObject *object = from_pool (walker);
  object->parent = parent;
  object->node = new_node (walker, parent, plugin, position);
  object->accepts = walker->engine->accept_all;
  object->depth = parent != NULL ? parent->depth + 1 : walker->job->depth;
  object->id = "";
  object->id_size = 0;
  if (parent != NULL)
    make_id (object, plugin, position);
  bool cut;
  object->path = (const char *) sk_text_take (&object->arena, sk_span_of_text (name),
                                              parent != NULL ? SK_MAX_NAME : SK_MAX_PATH, &cut)
                     .data;
  object->name = sk_text_base_name (object->path);
  object->node->name = parent != NULL ? object->path : object->name;
  apply_exclusions (object);
  return object;
}

static void
free_slots (SkObject *object)
{
  SkWalker *walker = object->walker;
  for (uint32_t i = 0; i < walker->engine->plugins->len; i++)
    {
      void *slot = object->slots[i];
      const SkPlugin *plugin = sk_engine_plugin (walker->engine, i)->plugin;
      if (slot == NULL)
        continue;
      object->slots[i] = NULL;
      if (plugin->free_slot == NULL)
        continue;
      if (walker->host->mark != NULL)
        walker->host->mark (walker->host->data, object->id, i);
      plugin->free_slot (slot);
    }
}

/* What the node still points to lies in the object's arena and is copied, or forgotten. */
static void
settle_node (SkObject *object)
{
  SkWalker *walker = object->walker;
  SkNode *node = object->node;
  node->needed = node->needed || object->parent == NULL;
  sk_facts_keep (object);
  if (!node->needed)
    {
      node->name = "";
      return;
    }
  node->name = sk_arena_text (&walker->arena,
                              sk_text_head (sk_span_of_text (node->name), SK_MAX_NAME));
  if (object->n_types > 0)
    node->type = sk_arena_text (&walker->arena, sk_span_of_text (object->types[0].type));
}

void
sk_object_give_back (SkObject *object)
{
  SkWalker *walker = object->walker;
  free_slots (object);
  if (object->store.slot >= 0 && sk_mapping_was_hit (object->store.slot))
    sk_finding_reason_by (walker, object->node, SK_REASON_CHANGED, SK_NO_PLUGIN,
                          "it shrank while it was read");
  if (object->parent != NULL)
    sk_lists_pass_up (object);
  sk_lists_reset (object);
  settle_node (object);
  if (object->store.memory != NULL && object->parent != NULL)
    walker->child_memory -= object->store.room;
  int fd = object->store.fd;
  uint32_t lent = object->store.lent;
  sk_store_clear (&object->store);
  if (fd >= 0)
    {
      sk_child_lend_back (walker, fd, lent);
      walker->lent_open--;
    }
  walker->fact_bytes -= object->fact_bytes;
  sk_arena_reset (&object->arena);
  object->next = walker->free_objects;
  walker->free_objects = object;
}

/* ---- types ---- */

/* Lower case, no parameters, printable ASCII only. */
static bool
clean_type (const char *text, char buffer[SK_MAX_TYPE + 1])
{
  size_t size = 0;
  for (; text[size] != '\0' && text[size] != ';' && text[size] != ' '; size++)
    {
      if (size >= SK_MAX_TYPE || text[size] < 0x21 || text[size] > 0x7e)
        return false;
      buffer[size] = g_ascii_tolower (text[size]);
    }
  buffer[size] = '\0';
  return size > 0;
}

/* Candidates stand strongest first, and within a strength in the order of their coming. */
static void
insert_type (SkObject *object, const char *type, SkStrength strength)
{
  uint32_t at = object->n_types;
  while (at > 0 && object->types[at - 1].strength < strength)
    at--;
  memmove (object->types + at + 1, object->types + at,
           (object->n_types - at) * sizeof *object->types);
  object->types[at] = (SkCandidate){ type, strength };
  object->n_types++;
}

static void
remove_type (SkObject *object, uint32_t at)
{
  object->n_types--;
  memmove (object->types + at, object->types + at + 1,
           (object->n_types - at) * sizeof *object->types);
}

static void
accept_type (SkObject *object, const char *type)
{
  const uint64_t *mask = g_hash_table_lookup (object->walker->engine->accepting, type);
  if (mask != NULL)
    object->accepts |= *mask;
}

void
sk_object_type_add (SkObject *object, const char *media_type, SkStrength strength)
{
  char type[SK_MAX_TYPE + 1];
  if (media_type == NULL || !clean_type (media_type, type) || strength > SK_STRENGTH_CONTENT)
    return;
  for (uint32_t i = 0; i < object->n_types; i++)
    {
      SkCandidate known = object->types[i];
      if (strcmp (known.type, type) != 0)
        continue;
      if (known.strength >= strength)
        return;
      remove_type (object, i);
      insert_type (object, known.type, strength);
      return;
    }
  accept_type (object, type);
  if (object->n_types == SK_MAX_CANDIDATES)
    {
      sk_finding_limit (object->walker, object->node, SK_LIMIT_TYPES);
      if (object->types[SK_MAX_CANDIDATES - 1].strength >= strength)
        return;
      object->n_types--;
    }
  insert_type (object, sk_arena_text (&object->arena, sk_span_of_text (type)), strength);
}

bool
sk_object_type_at (SkObject *object, size_t index, const char **ret_type, SkStrength *ret_strength)
{
  if (index >= object->n_types)
    return false;
  *ret_type = object->types[index].type;
  *ret_strength = object->types[index].strength;
  return true;
}
