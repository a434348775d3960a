/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What is in an object: types, names and findings of its subtree, each once,
 * gathered as the objects in it end. Only of lists that somebody asks for, and
 * at most SK_MAX_LIST_VALUES of each: what comes later counts alone.
 */
#include "config.h"

#include <string.h>

#include "engine/walker.h"

#define N_SLOTS (2 * SK_MAX_LIST_VALUES)

/** The distinct texts of a list, in the order of their coming, in the arena of its object. */
struct SkTextSet {
  uint32_t n;
  const char *texts[SK_MAX_LIST_VALUES];
  uint16_t slots[N_SLOTS]; /* index + 1; 0: free */
};

void
sk_lists_reset (SkObject *object)
{
  for (int i = 0; i < SK_N_LISTS; i++)
    if (object->lists[i] != NULL && object->lists[i]->n > 0)
      memset (object->lists[i], 0, sizeof *object->lists[i]);
}

void
sk_lists_free (SkObject *object)
{
  for (int i = 0; i < SK_N_LISTS; i++)
    g_free (object->lists[i]);
}

const char *
sk_lists_at (const SkObject *object, SkListKind kind, uint32_t index)
{
  const SkTextSet *set = object->lists[kind];
  return set != NULL && index < set->n ? set->texts[index] : NULL;
}

/* The slot that holds the text, or the free one where it belongs: half of them are always free. */
static uint16_t *
find (SkTextSet *set, const char *text)
{
  uint32_t at = g_str_hash (text);
  for (;; at++)
    {
      uint16_t *slot = &set->slots[at % N_SLOTS];
      if (*slot == 0 || strcmp (set->texts[*slot - 1], text) == 0)
        return slot;
    }
}

static void
add (SkObject *object, SkListKind kind, const char *text)
{
  SkWalker *walker = object->walker;
  if (text[0] == '\0')
    return;
  if (object->lists[kind] == NULL)
    object->lists[kind] = g_new0 (SkTextSet, 1);
  SkTextSet *set = object->lists[kind];
  if (set->n == SK_MAX_LIST_VALUES)
    return;
  uint16_t *slot = find (set, text);
  SkSpan span = sk_span_of_text (text);
  if (*slot != 0 || span.size + 1 > SK_MAX_FACT_BYTES - walker->fact_bytes)
    return;
  object->fact_bytes += span.size + 1;
  walker->fact_bytes += span.size + 1;
  set->texts[set->n++] = sk_arena_text (&object->arena, span);
  *slot = (uint16_t) set->n;
}

static void
add_findings (SkObject *to, const SkNode *node)
{
  for (const SkHitRule *hit = node->hits; hit != NULL; hit = hit->next)
    add (to, SK_LIST_FINDINGS, g_ptr_array_index (to->walker->engine->rule_ids, hit->rule));
}

void
sk_lists_pass_up (SkObject *object)
{
  SkObject *parent = object->parent;
  uint32_t asked = object->walker->engine->lists;
  if (object->info.type != SK_FILE_REGULAR)
    return;
  parent->below += 1 + object->below;
  if ((asked & 1u << SK_LIST_TYPES) != 0 && object->n_types > 0)
    add (parent, SK_LIST_TYPES, object->types[0].type);
  if ((asked & 1u << SK_LIST_NAMES) != 0)
    add (parent, SK_LIST_NAMES, object->name);
  if ((asked & 1u << SK_LIST_FINDINGS) != 0)
    add_findings (parent, object->node);
  for (int kind = 0; asked != 0 && kind < SK_N_LISTS; kind++)
    for (uint32_t i = 0; object->lists[kind] != NULL && i < object->lists[kind]->n; i++)
      add (parent, (SkListKind) kind, object->lists[kind]->texts[i]);
}
