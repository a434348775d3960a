/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Typed, possibly many-valued facts of an object: a list for each fact, all in
 * the object's arena.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "engine/walker.h"

/** U+FFFD in UTF-8. */
#define REPLACEMENT "\xEF\xBF\xBD"

static bool
is_ascii (SkSpan text)
{
  uint8_t any = 0;
  for (size_t i = 0; i < text.size; i++)
    any |= (uint8_t) (text.data[i] | (text.data[i] == 0 ? 0x80 : 0));
  return any < 0x80;
}

size_t
sk_text_repair (SkSpan text, size_t maximum, char *buffer)
{
  const char *pos = (const char *) text.data;
  size_t left = text.size, size = 0;
  while (left > 0)
    {
      const char *end;
      g_utf8_validate_len (pos, left, &end);
      size_t valid = (size_t) (end - pos);
      memcpy (buffer + size, pos, valid);
      size += valid;
      left -= valid;
      pos = end;
      if (left == 0)
        break;
      memcpy (buffer + size, REPLACEMENT, 3);
      size += 3;
      left--;
      pos++;
    }
  buffer[size] = '\0';
  size = sk_text_cut (buffer, maximum);
  buffer[size] = '\0';
  return size;
}

SkSpan
sk_text_head (SkSpan text, size_t maximum)
{
  if (text.size <= maximum)
    return text;
  size_t size = maximum;
  while (size > 0 && maximum - size < 4 && (text.data[size] & 0xC0) == 0x80)
    size--;
  return (SkSpan){ text.data, size };
}

SkSpan
sk_text_take (SkArena *arena, SkSpan text, size_t maximum, bool *ret_cut)
{
  *ret_cut = text.size > maximum;
  text = sk_text_head (text, maximum);
  if (is_ascii (text))
    return (SkSpan){ (uint8_t *) sk_arena_text (arena, text), text.size };
  char *buffer = sk_arena_take (arena, text.size * 3 + 1);
  size_t size = sk_text_repair (text, maximum, buffer);
  return (SkSpan){ (uint8_t *) buffer, size };
}

/* ---- setting ---- */

static bool
admit (SkObject *object, size_t bytes, bool replaces)
{
  SkWalker *walker = object->walker;
  if ((!replaces && object->n_values >= SK_MAX_FACTS_PER_OBJECT)
      || bytes > SK_MAX_FACT_BYTES - walker->fact_bytes)
    return sk_finding_limit (walker, object->node, SK_LIMIT_FACTS);
  object->fact_bytes += bytes;
  walker->fact_bytes += bytes;
  return true;
}

static SkFactValue *
place (SkObject *object, uint32_t index, bool multi, size_t bytes)
{
  SkFactList *list = &object->facts[index];
  bool replaces = list->first != NULL && !multi;
  if (!admit (object, sizeof (SkFactValue) + bytes, replaces))
    return NULL;
  if (replaces)
    return list->first;
  SkFactValue *value = sk_arena_take (&object->arena, sizeof *value);
  value->next = NULL;
  value->fact = index;
  if (list->last != NULL)
    list->last->next = value;
  else
    list->first = value;
  list->last = value;
  object->n_values++;
  return value;
}

void
sk_facts_set (SkObject *object, uint32_t fact, const SkValue *value)
{
  SkWalker *walker = object->walker;
  const SkLoadedPlugin *loaded = sk_engine_plugin (walker->engine, walker->hook->plugin);
  if (fact >= loaded->plugin->n_facts || loaded->plugin->facts[fact].type != value->type)
    {
      sk_finding_misuse (object, "it set a fact that it does not declare so");
      return;
    }
  bool multi = (loaded->plugin->facts[fact].flags & SK_FIELD_MULTI) != 0;
  SkFactValue *set
      = place (object, loaded->fact_base + fact, multi, MIN (value->text.size, SK_MAX_VALUE));
  if (set == NULL)
    return;
  set->value = *value;
  if (value->type != SK_FIELD_STRING)
    return;
  bool cut;
  set->value.text = sk_text_take (&object->arena, value->text, SK_MAX_VALUE, &cut);
  if (cut)
    sk_finding_limit (walker, object->node, SK_LIMIT_VALUE);
}

/* ---- reading ---- */

bool
sk_facts_get (SkObject *object, uint32_t read, size_t nth, SkValue *ret_value)
{
  const SkLoadedPlugin *loaded
      = sk_engine_plugin (object->walker->engine, object->walker->hook->plugin);
  if (read >= loaded->n_reads)
    return false;
  uint32_t fact = loaded->reads[read];
  const SkFactValue *value = object->facts[fact].first;
  size_t at = 0;
  if (object->seek_value != NULL && object->seek_fact == fact && object->seek_nth <= nth)
    {
      value = object->seek_value;
      at = object->seek_nth;
    }
  for (; value != NULL && at < nth; at++)
    value = value->next;
  if (value == NULL)
    return false;
  object->seek_fact = fact;
  object->seek_nth = nth;
  object->seek_value = value;
  *ret_value = value->value;
  return true;
}

bool
sk_facts_value (SkObject *object, uint32_t index, SkValue *ret_value)
{
  if (index >= object->walker->engine->facts->len || object->facts[index].first == NULL)
    return false;
  *ret_value = object->facts[index].first->value;
  return true;
}

/* The next node of the subtree in the order of the walk: parent, then children. */
static SkNode *
next_in_tree (SkNode *node, const SkNode *root)
{
  if (node->first_child != NULL)
    return node->first_child;
  while (node != root && node->next == NULL)
    node = node->parent;
  return node == root ? NULL : node->next;
}

void
sk_facts_descendants (SkObject *object, uint32_t read, SkDescendantFunc func, void *data)
{
  SkWalker *walker = object->walker;
  const SkLoadedPlugin *loaded = sk_engine_plugin (walker->engine, walker->hook->plugin);
  if (read >= loaded->n_reads || walker->hook->phase != SK_PHASE_JUDGE)
    return;
  const SkNode *root = object->node;
  for (SkNode *node = next_in_tree (object->node, root); node != NULL;
       node = next_in_tree (node, root))
    for (const SkFactValue *value = node->facts; value != NULL; value = value->next)
      if (value->fact == loaded->reads[read]
          && !func (node->name, node->type, &value->value, data))
        return;
}

/* ---- keeping ---- */

static void
keep_value (SkWalker *walker, SkNode *node, SkFactValue ***tail, const SkFactValue *value)
{
  size_t bytes = sizeof (SkFactValue) + value->value.text.size;
  if (bytes > SK_MAX_FACT_BYTES - walker->fact_bytes)
    {
      sk_finding_limit (walker, node, SK_LIMIT_FACTS);
      return;
    }
  walker->fact_bytes += bytes;
  SkFactValue *copy = sk_arena_take (&walker->arena, sizeof *copy);
  *copy = *value;
  copy->next = NULL;
  if (value->value.type == SK_FIELD_STRING)
    copy->value.text.data
        = (const uint8_t *) sk_arena_text (&walker->arena, value->value.text);
  **tail = copy;
  *tail = &copy->next;
}

static bool
is_sha256 (SkSpan text)
{
  for (size_t i = 0; i < text.size; i++)
    if (!g_ascii_isxdigit ((char) text.data[i]))
      return false;
  return text.size == 64;
}

void
sk_facts_keep (SkObject *object)
{
  SkWalker *walker = object->walker;
  const SkEngine *engine = walker->engine;
  SkNode *node = object->node;
  SkFactValue **tail = &node->facts;
  for (uint32_t i = 0; object->parent != NULL && i < engine->facts->len; i++)
    if (sk_engine_fact (engine, i)->kept)
      for (const SkFactValue *value = object->facts[i].first; value != NULL; value = value->next)
        keep_value (walker, node, &tail, value);
  for (SkNode *up = node; node->facts != NULL && up != NULL && !up->needed; up = up->parent)
    up->needed = true;
  SkValue hash;
  if (node->needed && sk_facts_value (object, engine->sha256_fact, &hash) && is_sha256 (hash.text))
    node->sha256 = sk_arena_text (&walker->arena, hash.text);
}
