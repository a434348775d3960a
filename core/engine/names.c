/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names of record fields that input brings, and the handle of each: one look
 * in a hash table, whoever asks for the field.
 *
 * A name gets a number of its own only where it has to be sent as it is
 * written; else the rules' number of the field, or the answer that nobody looks
 * at it. The table is bounded; names past it are worked out anew each time, and
 * those that would have to be sent are not, which is told.
 */
#include "config.h"

#include <string.h>

#include "engine/record.h"

#define FIRST_SLOTS 1024
/** A larger table does not stay for the next job, which would have to clear it. */
#define MAX_KEPT_SLOTS 16384
/** How far a name may stand from where its hash points: who makes names collide gains nothing. */
#define MAX_PROBES 32
#define FACTOR UINT64_C (0x9E3779B97F4A7C15)

SkNames *
sk_names_new (void)
{
  SkNames *names = g_new0 (SkNames, 1);
  names->open = g_array_new (FALSE, FALSE, sizeof (SkOpenName));
  sk_arena_init (&names->arena, 64 * SK_KIB);
  return names;
}

void
sk_names_free (SkNames *names)
{
  if (names == NULL)
    return;
  g_free (names->slots);
  g_array_unref (names->open);
  sk_arena_clear (&names->arena);
  g_free (names);
}

void
sk_names_reset (SkNames *names)
{
  if (names->n_used > 0)
    memset (names->slots, 0, names->n_slots * sizeof *names->slots);
  g_array_set_size (names->open, 0);
  sk_arena_reset (&names->arena);
  names->n_used = 0;
  names->bytes = 0;
  if (names->n_slots <= MAX_KEPT_SLOTS)
    return;
  g_clear_pointer (&names->slots, g_free);
  names->n_slots = 0;
}

/* ---- hashing ---- */

static uint64_t
load (const uint8_t *bytes, size_t size)
{
  uint64_t word = 0;
  memcpy (&word, bytes, size);
  return word;
}

static uint64_t
mix (uint64_t hash, uint64_t word)
{
  hash = (hash ^ word) * FACTOR;
  return hash ^ hash >> 29;
}

static uint32_t
hash_name (uint64_t seed, uint32_t kind, SkSpan name)
{
  uint64_t hash = mix (seed, kind ^ (uint64_t) name.size << 32);
  const uint8_t *pos = name.data;
  size_t left = name.size;
  for (; left >= 8; pos += 8, left -= 8)
    hash = mix (hash, load (pos, 8));
  if (left >= 4)
    hash = mix (hash, load (pos, 4) | load (pos + left - 4, 4) << 32);
  else if (left > 0)
    hash = mix (hash, pos[0] | (uint64_t) pos[left / 2] << 8 | (uint64_t) pos[left - 1] << 16);
  return (uint32_t) (mix (hash, seed) >> 32);
}

/* ---- the table ---- */

/* Its slot, or the free one where it belongs; NULL when the way there is too long. */
static SkNameSlot *
find (const SkNames *names, uint32_t kind, SkSpan name, uint32_t hash)
{
  for (uint32_t i = 0; names->n_slots > 0 && i < MAX_PROBES; i++)
    {
      SkNameSlot *slot = &names->slots[(hash + i) & (names->n_slots - 1)];
      if (slot->name == NULL
          || (slot->hash == hash && slot->kind == kind && slot->size == name.size
              && memcmp (slot->name, name.data, name.size) == 0))
        return slot;
    }
  return NULL;
}

static void
grow (SkNames *names)
{
  SkNameSlot *old = names->slots;
  uint32_t n_old = names->n_slots;
  names->n_slots = n_old > 0 ? 2 * n_old : FIRST_SLOTS;
  names->slots = g_new0 (SkNameSlot, names->n_slots);
  names->n_used = 0;
  for (uint32_t i = 0; i < n_old; i++)
    if (old[i].name != NULL)
      {
        SkSpan name = { (const uint8_t *) old[i].name, old[i].size };
        SkNameSlot *slot = find (names, old[i].kind, name, old[i].hash);
        if (slot == NULL)
          continue;
        *slot = old[i];
        names->n_used++;
      }
  g_free (old);
}

static bool
has_room (const SkNames *names, size_t size)
{
  return names->n_used < SK_MAX_OPEN_FIELDS && names->open->len < SK_MAX_OPEN_FIELDS
         && size <= SK_MAX_OPEN_FIELD_BYTES - names->bytes;
}

/* ---- answering ---- */

static bool
is_sent (const SkKind *kind, SkSpan name)
{
  if (kind->every_name)
    return true;
  if (g_hash_table_size (kind->open_names) == 0)
    return false;
  g_autofree char *text = g_strndup ((const char *) name.data, name.size);
  return g_hash_table_contains (kind->open_names, text);
}

static uint32_t
intern (SkNames *names, const SkKind *kind, SkSpan name, uint32_t number)
{
  bool cut;
  SkSpan text = sk_text_take (&names->arena, name, SK_MAX_VALUE, &cut);
  SkOpenName open = { (const char *) text.data, kind->index, number };
  names->bytes += text.size;
  g_array_append_val (names->open, open);
  return SK_INTERNED | (names->open->len - 1);
}

/* What it is without a name of its own. */
static uint32_t
unnamed (SkWalker *walker, const SkKind *kind, uint32_t number)
{
  SkKindState *state = &walker->kinds[kind->index];
  if (number != SK_SIGMA_NO_FIELD && number < SK_INTERNED - kind->n_fields)
    {
      state->n_numbers = MAX (state->n_numbers, number + 1);
      return kind->n_fields + number;
    }
  return kind->every_value ? SK_ANY_FIELD : SK_NO_FIELD;
}

static uint32_t
declared (const SkKind *kind, SkSpan name)
{
  for (uint32_t i = 0; i < kind->n_fields; i++)
    if (sk_span_equal (sk_span_of_text (kind->fields[i].name), name))
      return i;
  return SK_NO_FIELD;
}

static uint32_t
answer (SkWalker *walker, const SkKind *kind, SkSpan name, bool room)
{
  uint32_t field = declared (kind, name), number = SK_SIGMA_NO_FIELD;
  if (field != SK_NO_FIELD)
    return kind->looked[field] ? field : SK_NO_FIELD;
  if (!kind->open)
    return SK_NO_FIELD;
  if (kind->sigma != SK_SIGMA_NO_KIND)
    number = sk_sigma_field (walker->engine->sigma, kind->sigma, name);
  if (!is_sent (kind, name))
    return unnamed (walker, kind, number);
  if (room)
    return intern (walker->names, kind, name, number);
  sk_finding_limit (walker, walker->hook->object->node, SK_LIMIT_FIELDS);
  return unnamed (walker, kind, number);
}

uint32_t
sk_names_field (SkWalker *walker, const SkKind *kind, SkSpan name)
{
  SkNames *names = walker->names;
  if (name.size == 0)
    name = sk_span_of_text ("");
  uint32_t hash = hash_name (walker->engine->seed, kind->index, name);
  SkNameSlot *slot = find (names, kind->index, name, hash);
  if (slot != NULL && slot->name != NULL)
    return slot->field;
  bool room = name.size <= SK_MAX_VALUE && has_room (names, 4 * name.size + 1);
  if (room && (slot == NULL || names->n_used >= names->n_slots / 2)
      && names->n_slots < 4 * SK_MAX_OPEN_FIELDS)
    {
      grow (names);
      slot = find (names, kind->index, name, hash);
    }
  room = room && slot != NULL;
  uint32_t field = answer (walker, kind, name, room);
  if (!room)
    return field;
  *slot = (SkNameSlot){ sk_arena_text (&names->arena, name), (uint32_t) name.size, hash,
                        kind->index, field };
  names->n_used++;
  names->bytes += name.size + 1;
  return field;
}
