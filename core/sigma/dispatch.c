/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From a record to the logsource entries that it is of, and from names of
 * fields to their numbers.
 *
 * Entries are not tried one after the other: each with tests is found by the
 * value of one of its tests, the one whose values the fewest entries share, and
 * the other tests are compared then.
 */
#include "config.h"

#include "sigma/index.h"

/* ---- hashing ---- */

static inline uint64_t
load (const uint8_t *from)
{
  uint64_t value;
  memcpy (&value, from, sizeof value);
  return value;
}

static inline uint64_t
mix (uint64_t hash)
{
  hash *= UINT64_C (0x9E3779B97F4A7C15);
  return hash ^ (hash >> 29);
}

/** Of length, head and tail: names that differ only between are told apart by comparing. */
static inline uint64_t
hash_of (SkSpan text)
{
  uint64_t hash = text.size;
  if (text.size >= 16)
    {
      hash = mix (hash ^ load (text.data));
      hash = mix (hash ^ load (text.data + text.size - 16));
      return mix (hash ^ load (text.data + text.size - 8));
    }
  if (text.size >= 8)
    return mix (mix (hash ^ load (text.data)) ^ load (text.data + text.size - 8));
  for (size_t i = 0; i < text.size; i++)
    hash = hash << 8 | text.data[i];
  return mix (hash ^ ((uint64_t) text.size << 60));
}

uint64_t
sigma_hash (SkSpan text)
{
  return hash_of (text);
}

/* ---- making ---- */

static uint32_t
mask_for (size_t count)
{
  uint32_t size = 8;
  while (size < 3 * count)
    size *= 2;
  return size - 1;
}

static void
make_names (SigmaKind *kind)
{
  kind->names_mask = mask_for (kind->fields->len);
  kind->names = g_new0 (SigmaName, (size_t) kind->names_mask + 1);
  for (uint32_t i = 0; i < kind->fields->len; i++)
    {
      const char *text = g_ptr_array_index (kind->fields, i);
      uint32_t hash = (uint32_t) hash_of (sk_span_of_text (text));
      uint32_t at = hash & kind->names_mask;
      while (kind->names[at].text != NULL)
        at = (at + 1) & kind->names_mask;
      kind->names[at] = (SigmaName){ text, (uint32_t) strlen (text), hash, i };
    }
}

static bool
shares_value (const SigmaEntry *entry, uint32_t slot, SkSpan value)
{
  for (uint32_t i = 0; i < entry->n_tests; i++)
    for (uint32_t k = 0; entry->tests[i].slot == slot && k < entry->tests[i].n_values; k++)
      if (sk_span_equal (entry->tests[i].values[k], value))
        return true;
  return false;
}

/** How many entries the most common value of the test leads to. */
static uint32_t
crowd (const SigmaKind *kind, const SigmaTest *test)
{
  uint32_t most = 0;
  for (uint32_t k = 0; k < test->n_values; k++)
    {
      uint32_t n = 0;
      for (uint32_t i = 0; i < kind->entries->len; i++)
        n += shares_value (sigma_entry_at (kind, i), test->slot, test->values[k]);
      most = MAX (most, n);
    }
  return most;
}

static void
choose_primary (const SigmaKind *kind, SigmaEntry *entry)
{
  uint32_t least = UINT32_MAX;
  for (uint32_t i = 0; i < entry->n_tests; i++)
    {
      uint32_t n = crowd (kind, &entry->tests[i]);
      if (n < least)
        entry->primary = i;
      least = MIN (least, n);
    }
}

static uint64_t
selector_hash (uint32_t field, SkSpan value)
{
  return mix (hash_of (value) + field);
}

static SigmaSelector *
selector_place (const SigmaKind *kind, uint32_t field, SkSpan value)
{
  uint64_t hash = selector_hash (field, value);
  uint32_t at = (uint32_t) hash & kind->selectors_mask;
  while (kind->selectors[at].n_entries > 0
         && (kind->selectors[at].hash != hash || kind->selectors[at].field != field
             || !sk_span_equal (kind->selectors[at].value, value)))
    at = (at + 1) & kind->selectors_mask;
  return &kind->selectors[at];
}

static void
add_selector (SkSigma *sigma, SigmaKind *kind, uint32_t field, SkSpan value, uint32_t entry)
{
  SigmaSelector *place = selector_place (kind, field, value);
  uint32_t *entries = sk_sigma_take_array (&sigma->memory, uint32_t, place->n_entries + 1);
  for (uint32_t i = 0; i < place->n_entries; i++)
    {
      if (place->entries[i] == entry)
        return;
      entries[i] = place->entries[i];
    }
  entries[place->n_entries] = entry;
  *place = (SigmaSelector){ field, value, entries, place->n_entries + 1,
                            selector_hash (field, value) };
}

/** The test that the entry is found by, or NULL. */
static const SigmaTest *
primary_of (const SigmaEntry *entry)
{
  return entry->n_tests > 0 ? &entry->tests[entry->primary] : NULL;
}

/** By each field that may hold the value, so that a value is looked up once. */
static void
add_selectors (SkSigma *sigma, SigmaKind *kind, const SigmaTest *test, uint32_t entry)
{
  const SigmaSlot *slot = &g_array_index (kind->slots, SigmaSlot, test->slot);
  for (uint32_t i = 0; i < slot->n_fields; i++)
    {
      kind->selects[slot->fields[i]] = true;
      for (uint32_t k = 0; k < test->n_values; k++)
        add_selector (sigma, kind, slot->fields[i], test->values[k], entry);
    }
}

static void
make_selectors (SkSigma *sigma, SigmaKind *kind)
{
  size_t n = 0;
  for (uint32_t i = 0; i < kind->entries->len; i++)
    {
      SigmaEntry *entry = sigma_entry_at (kind, i);
      choose_primary (kind, entry);
      const SigmaTest *test = primary_of (entry);
      n += test != NULL ? (size_t) test->n_values
                              * g_array_index (kind->slots, SigmaSlot, test->slot).n_fields
                        : 0;
    }
  kind->selectors_mask = mask_for (n);
  kind->selectors = g_new0 (SigmaSelector, (size_t) kind->selectors_mask + 1);
  kind->selects = g_new0 (bool, (size_t) kind->fields->len + 1);
  for (uint32_t i = 0; i < kind->entries->len; i++)
    {
      const SigmaTest *test = primary_of (sigma_entry_at (kind, i));
      if (test != NULL)
        add_selectors (sigma, kind, test, i);
      else
        g_array_append_val (sigma_entry_at (kind, i)->entry->others ? kind->others : kind->untested,
                            i);
    }
}

void
sigma_dispatch_make (SkSigma *sigma, SigmaKind *kind)
{
  make_names (kind);
  make_selectors (sigma, kind);
}

uint32_t
sk_sigma_field (const SkSigma *sigma, uint32_t kind, SkSpan name)
{
  const SigmaKind *of = sigma_kind_at (sigma, kind);
  uint32_t hash = (uint32_t) hash_of (name);
  for (uint32_t at = hash & of->names_mask; of->names[at].text != NULL;
       at = (at + 1) & of->names_mask)
    {
      const SigmaName *known = &of->names[at];
      if (known->hash == hash && known->size == name.size
          && memcmp (known->text, name.data, name.size) == 0)
        return known->number;
    }
  return SK_SIGMA_NO_FIELD;
}

/* ---- records ---- */

static void
next_epoch (SkSigmaScan *scan)
{
  if (++scan->epoch != 0)
    return;
  /* once in four thousand million records */
  sigma_scan_forget (scan);
  scan->epoch = 1;
}

static void
chain (SkSigmaScan *scan, uint32_t index, uint32_t field)
{
  SigmaFieldState *state = &scan->fields[field];
  scan->values[index].next = SIGMA_NONE;
  if (state->epoch != scan->epoch)
    {
      state->epoch = scan->epoch;
      state->first = index;
    }
  else
    scan->values[state->last].next = index;
  state->last = index;
}

bool
sigma_record_begin (SkSigmaScan *scan, const SkSigmaRecord *record)
{
  if (record->kind >= scan->sigma->kinds->len || record->n_values >= SIGMA_NONE)
    return false;
  scan->record = record;
  scan->kind = sigma_kind_at (scan->sigma, record->kind);
  next_epoch (scan);
  sigma_text_reset (scan);
  g_array_set_size (scan->links, 0);
  if (record->n_values > scan->values_room)
    {
      scan->values_room = MAX (record->n_values, 2 * scan->values_room);
      scan->values = g_renew (SigmaValue, scan->values, scan->values_room);
    }
  for (uint32_t i = 0; i < record->n_values; i++)
    {
      uint32_t field = record->values[i].field;
      scan->values[i].has = 0;
      if (field < scan->kind->fields->len)
        chain (scan, i, field);
    }
  return true;
}

static int
compare_links (const void *a, const void *b)
{
  uint32_t left = *(const uint32_t *) a, right = *(const uint32_t *) b;
  return (left > right) - (left < right);
}

const uint32_t *
sigma_slot_values (SkSigmaScan *scan, uint32_t slot, uint32_t *ret_count)
{
  SigmaSlotState *state = &scan->slots[slot];
  if (state->epoch != scan->epoch)
    {
      const SigmaSlot *of = &g_array_index (scan->kind->slots, SigmaSlot, slot);
      uint32_t sources = 0;
      state->epoch = scan->epoch;
      state->first = scan->links->len;
      for (uint32_t i = 0; i < of->n_fields; i++)
        {
          const SigmaFieldState *field = &scan->fields[of->fields[i]];
          if (field->epoch != scan->epoch)
            continue;
          sources++;
          for (uint32_t at = field->first; at != SIGMA_NONE; at = scan->values[at].next)
            g_array_append_val (scan->links, at);
        }
      state->count = scan->links->len - state->first;
      if (sources > 1)
        qsort (scan->links->data + state->first * sizeof (uint32_t), state->count,
               sizeof (uint32_t), compare_links);
    }
  *ret_count = state->count;
  return (const uint32_t *) (void *) scan->links->data + state->first;
}

static bool
test_holds (SkSigmaScan *scan, const SigmaTest *test)
{
  uint32_t n;
  const uint32_t *values = sigma_slot_values (scan, test->slot, &n);
  for (uint32_t i = 0; i < n; i++)
    {
      SkSpan text = sigma_value_folded (scan, values[i]);
      for (uint32_t k = 0; k < test->n_values; k++)
        if (sk_span_equal (test->values[k], text))
          return true;
    }
  return false;
}

static void
try_entry (SkSigmaScan *scan, uint32_t number)
{
  const SigmaEntry *entry = sigma_entry_at (scan->kind, number);
  if (scan->entry_epochs[number] == scan->epoch)
    return;
  scan->entry_epochs[number] = scan->epoch;
  for (uint32_t i = 0; i < entry->n_tests; i++)
    if (i != entry->primary && !test_holds (scan, &entry->tests[i]))
      return;
  g_array_append_val (scan->holding, number);
}

static void
try_value (SkSigmaScan *scan, uint32_t value, uint32_t field)
{
  const SigmaSelector *selector
      = selector_place (scan->kind, field, sigma_value_folded (scan, value));
  for (uint32_t k = 0; k < selector->n_entries; k++)
    try_entry (scan, selector->entries[k]);
}

void
sigma_dispatch (SkSigmaScan *scan)
{
  const SigmaKind *kind = scan->kind;
  g_array_set_size (scan->holding, 0);
  for (uint32_t i = 0; i < scan->record->n_values; i++)
    {
      uint32_t field = scan->record->values[i].field;
      if (field < kind->fields->len && kind->selects[field])
        try_value (scan, i, field);
    }
  if (scan->holding->len == 0)
    g_array_append_vals (scan->holding, kind->others->data, kind->others->len);
  if (kind->untested->len > 0)
    g_array_append_vals (scan->holding, kind->untested->data, kind->untested->len);
}
