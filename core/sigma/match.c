/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A record against all rules, and against one.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/limits.h"

typedef struct Hit {
  uint32_t rule;
  SkSigmaTruth truth;
} Hit;

#define JIT_STACK_START ((size_t) 32 << 10)
#define JIT_STACK_MOST ((size_t) 512 << 10)
/** What an expression may use beside its stack, in KiB: so that hostile text cannot fill the memory. */
#define REGEX_HEAP 4096

/* ---- a scan ---- */

/** What the largest kind needs. */
typedef struct Room {
  uint32_t fields, slots, entries, rules;
} Room;

static Room
room_for (const SkSigma *sigma)
{
  Room room = { 0, 0, 0, 0 };
  for (guint i = 0; i < sigma->kinds->len; i++)
    {
      const SigmaKind *kind = sigma_kind_at (sigma, i);
      room.fields = MAX (room.fields, kind->fields->len);
      room.slots = MAX (room.slots, kind->slots->len);
      room.entries = MAX (room.entries, kind->entries->len);
      for (guint k = 0; k < kind->entries->len; k++)
        {
          const SigmaIndex *index = sigma_entry_at (kind, k)->index;
          room.rules = MAX (room.rules, index != NULL ? sigma_index_count (index) : 0);
        }
    }
  return room;
}

static void
make_regex_state (SkSigmaScan *scan)
{
  scan->match_data = pcre2_match_data_create (1, NULL);
  scan->match_context = pcre2_match_context_create (NULL);
  pcre2_set_match_limit (scan->match_context, SK_MAX_REGEX_STEPS);
  pcre2_set_heap_limit (scan->match_context, REGEX_HEAP);
  scan->jit_stack = pcre2_jit_stack_create (JIT_STACK_START, JIT_STACK_MOST, NULL);
  pcre2_jit_stack_assign (scan->match_context, NULL, scan->jit_stack);
}

SkSigmaScan *
sk_sigma_scan_new (const SkSigma *sigma)
{
  SkSigmaScan *scan = g_new0 (SkSigmaScan, 1);
  Room room = room_for (sigma);
  scan->sigma = sigma;
  scan->fields = g_new0 (SigmaFieldState, room.fields + 1);
  scan->slots = g_new0 (SigmaSlotState, room.slots + 1);
  scan->entry_epochs = g_new0 (uint32_t, room.entries + 1);
  scan->implied_epochs = g_new0 (uint32_t, room.entries + 1);
  scan->bits = g_new0 (uint64_t, room.rules / 64 + 1);
  scan->room = (SigmaScanRoom){ room.fields, room.slots, room.entries };
  scan->links = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  scan->holding = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  scan->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  scan->blocks = g_ptr_array_new_with_free_func (sigma_block_free);
  make_regex_state (scan);
  if (sigma->scratch != NULL && hs_clone_scratch (sigma->scratch, &scan->scratch) != HS_SUCCESS)
    g_error ("no memory for a scratch of Hyperscan");
  return scan;
}

void
sigma_scan_forget (SkSigmaScan *scan)
{
  memset (scan->fields, 0, scan->room.fields * sizeof *scan->fields);
  memset (scan->slots, 0, scan->room.slots * sizeof *scan->slots);
  memset (scan->entry_epochs, 0, scan->room.entries * sizeof (uint32_t));
  memset (scan->implied_epochs, 0, scan->room.entries * sizeof (uint32_t));
}

void
sk_sigma_scan_free (SkSigmaScan *scan)
{
  if (scan == NULL)
    return;
  g_free (scan->fields);
  g_free (scan->slots);
  g_free (scan->entry_epochs);
  g_free (scan->implied_epochs);
  g_free (scan->bits);
  g_free (scan->values);
  g_free (scan->joined);
  g_array_unref (scan->links);
  g_array_unref (scan->holding);
  g_array_unref (scan->hits);
  g_ptr_array_unref (scan->blocks);
  pcre2_match_data_free (scan->match_data);
  pcre2_match_context_free (scan->match_context);
  pcre2_jit_stack_free (scan->jit_stack);
  if (scan->scratch != NULL)
    hs_free_scratch (scan->scratch);
  g_free (scan);
}

const SkSigmaCount *
sk_sigma_scan_count (const SkSigmaScan *scan)
{
  return &scan->count;
}

void
sk_sigma_scan_reset (SkSigmaScan *scan)
{
  scan->count = (SkSigmaCount){ 0 };
}

/* ---- all rules ---- */

static void
judge_bound (SkSigmaScan *scan, const SigmaBound *bound)
{
  SkSigmaTruth truth = sigma_eval (scan, bound);
  if (truth != SK_SIGMA_FALSE)
    g_array_append_val (scan->hits, ((Hit){ bound->rule, truth }));
}

/** Judges what the index says, in order of its rules. */
static void
judge_triggered (SkSigmaScan *scan, const SigmaIndex *index)
{
  uint32_t n = sigma_index_count (index);
  sigma_index_ask (scan, index);
  for (uint32_t word = 0; word < (n + 63) / 64; word++)
    {
      uint64_t bits = scan->bits[word];
      scan->bits[word] = 0;
      for (; bits != 0; bits &= bits - 1)
        judge_bound (scan,
                     sigma_index_bound (index, word * 64 + (uint32_t) __builtin_ctzll (bits)));
    }
}

/** Without an index: all rules of the entry. */
static void
judge_all (SkSigmaScan *scan, const SigmaEntry *entry)
{
  for (guint i = 0; i < entry->bounds->len; i++)
    judge_bound (scan, &g_array_index (entry->bounds, SigmaBound, i));
}

/** Marks the entries whose rules a narrower one that holds has in its index. */
static void
mark_implied (SkSigmaScan *scan)
{
  for (guint i = 0; i < scan->holding->len; i++)
    {
      const SigmaEntry *entry
          = sigma_entry_at (scan->kind, g_array_index (scan->holding, uint32_t, i));
      for (guint k = 0; entry->index != NULL && k < entry->implied->len; k++)
        scan->implied_epochs[g_array_index (entry->implied, uint32_t, k)] = scan->epoch;
    }
}

static bool
judge_entries (SkSigmaScan *scan)
{
  bool applicable = false;
  mark_implied (scan);
  for (guint i = 0; i < scan->holding->len; i++)
    {
      uint32_t number = g_array_index (scan->holding, uint32_t, i);
      const SigmaEntry *entry = sigma_entry_at (scan->kind, number);
      applicable = applicable || entry->bounds->len > 0
                   || (entry->index != NULL && sigma_index_count (entry->index) > 0);
      if (entry->index == NULL)
        judge_all (scan, entry);
      else if (scan->implied_epochs[number] != scan->epoch)
        judge_triggered (scan, entry->index);
    }
  return applicable;
}

/** In order of the rules, of one rule the truest first. */
static int
compare_hits (const void *a, const void *b)
{
  const Hit *left = a, *right = b;
  if (left->rule != right->rule)
    return left->rule < right->rule ? -1 : 1;
  return (int) right->truth - (int) left->truth;
}

static void
tell_hits (SkSigmaScan *scan, SkSigmaFunc func, void *data)
{
  uint32_t last = SIGMA_NONE;
  if (scan->hits->len > 1)
    g_array_sort (scan->hits, compare_hits);
  for (guint i = 0; i < scan->hits->len; i++)
    {
      Hit hit = g_array_index (scan->hits, Hit, i);
      if (hit.rule != last)
        func (data, hit.rule, hit.truth);
      last = hit.rule;
    }
}

void
sk_sigma_match (SkSigmaScan *scan, const SkSigmaRecord *record, SkSigmaFunc func, void *data)
{
  scan->count.records++;
  if (!sigma_record_begin (scan, record))
    return;
  g_array_set_size (scan->hits, 0);
  sigma_dispatch (scan);
  if (judge_entries (scan))
    scan->count.applicable++;
  if (scan->hits->len > 0)
    tell_hits (scan, func, data);
}

/* ---- one rule ---- */

const SigmaBound *
sigma_entry_bound (const SigmaEntry *entry, uint32_t rule)
{
  guint low = 0, high = entry->bounds->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (entry->bounds, SigmaBound, middle).rule < rule)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == entry->bounds->len || g_array_index (entry->bounds, SigmaBound, low).rule != rule)
    return NULL;
  return &g_array_index (entry->bounds, SigmaBound, low);
}

SkSigmaTruth
sk_sigma_judge (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule)
{
  SkSigmaTruth result = SK_SIGMA_FALSE;
  if (!sigma_record_begin (scan, record))
    return result;
  sigma_dispatch (scan);
  for (guint i = 0; i < scan->holding->len && result != SK_SIGMA_TRUE; i++)
    {
      const SigmaEntry *entry
          = sigma_entry_at (scan->kind, g_array_index (scan->holding, uint32_t, i));
      const SigmaBound *bound = sigma_entry_bound (entry, rule);
      SkSigmaTruth one = bound != NULL ? sigma_eval (scan, bound) : SK_SIGMA_FALSE;
      result = MAX (result, one);
    }
  return result;
}
