/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The rules of an entry and of what it implies, found by what a record holds.
 *
 * For each slot that a trigger names there is a table: whole values by hash,
 * heads and tails by a hash of eight or four of their bytes, what stands inside
 * by Hyperscan (literals.c), and who only asks that there is a value. A record
 * leads to its tables by its fields, so slots that it does not have cost
 * nothing. What is found sets the bits of the rules that it triggers; whether
 * they are true eval.c says.
 */
#include "config.h"

#include "sigma/index.h"

/** Fewer rules are evaluated one by one. */
#define LEAST_RULES 8

/** A literal and who is triggered by it. */
typedef struct Literal {
  SkSpan text;
  uint32_t first, count; /* in the index's owners */
} Literal;

/** Literals of one key stand side by side. */
typedef struct Cell {
  uint64_t key;
  uint32_t first, count; /* in the group's literals; count 0: free */
} Cell;

typedef enum GroupKind { WHOLE, HEAD_8, HEAD_4, TAIL_8, TAIL_4, N_GROUPS } GroupKind;

typedef struct Group {
  Cell *cells; /* open addressing; NULL: no literals */
  uint32_t mask;
  GArray *literals; /* of Literal */
} Group;

typedef struct Table {
  uint32_t slot; /* SIGMA_NONE: any value, for keywords */
  Group groups[N_GROUPS];
  GArray *brief_heads, *brief_tails; /* of Literal, under four bytes */
  GArray *inside;                    /* of Literal, by the number that the search gives */
  SigmaLiterals *search;             /* NULL: none inside */
  Literal present;                   /* who asks for any value */
} Table;

struct SigmaIndex
{
  GArray *bounds;  /* of SigmaBound, in order of the rules */
  GArray *owners;  /* of uint32_t: numbers in `bounds` */
  GArray *tables;  /* of Table */
  uint32_t words_table; /* of slot SIGMA_NONE; SIGMA_NONE: there is none */
  uint32_t *first_of;   /* for each field of the kind and one behind, in `tables_of` */
  uint32_t *tables_of;
  uint64_t *always; /* bits of those that are always evaluated */
};

/* ---- gathering ---- */

/** A trigger with all rules that have it. */
typedef struct Draft {
  SigmaTrigger trigger;
  GArray *owners; /* of uint32_t, rising */
} Draft;

static guint
draft_hash (gconstpointer draft)
{
  const SigmaTrigger *trigger = &((const Draft *) draft)->trigger;
  guint hash = trigger->slot * 31 + trigger->kind;
  for (size_t i = 0; i < trigger->literal.size; i++)
    hash = hash * 33 + trigger->literal.data[i];
  return hash;
}

static gboolean
draft_equal (gconstpointer a, gconstpointer b)
{
  const SigmaTrigger *left = &((const Draft *) a)->trigger, *right = &((const Draft *) b)->trigger;
  return left->slot == right->slot && left->kind == right->kind
         && sk_span_equal (left->literal, right->literal);
}

static void
draft_free (gpointer data)
{
  Draft *draft = data;
  g_array_unref (draft->owners);
  g_free (draft);
}

static void
gather (GHashTable *known, GPtrArray *drafts, SigmaTrigger trigger, uint32_t owner)
{
  /* Where any value counts, how a literal lies in it is left to the evaluation. */
  if (trigger.slot == SIGMA_NONE && trigger.literal.size > 0)
    trigger.kind = SIGMA_ON_CONTAINS;
  Draft key = { .trigger = trigger };
  Draft *draft = g_hash_table_lookup (known, &key);
  if (draft == NULL)
    {
      draft = g_new (Draft, 1);
      *draft = (Draft){ trigger, g_array_new (FALSE, FALSE, sizeof (uint32_t)) };
      g_hash_table_add (known, draft);
      g_ptr_array_add (drafts, draft);
    }
  if (draft->owners->len == 0
      || g_array_index (draft->owners, uint32_t, draft->owners->len - 1) != owner)
    g_array_append_val (draft->owners, owner);
}

static void
set_always (SigmaIndex *index, uint32_t owner)
{
  index->always[owner / 64] |= UINT64_C (1) << owner % 64;
}

static GPtrArray *
gather_all (SkSigma *sigma, const SigmaKind *kind, SigmaIndex *index)
{
  GPtrArray *drafts = g_ptr_array_new_with_free_func (draft_free);
  g_autoptr (GHashTable) known = g_hash_table_new (draft_hash, draft_equal);
  for (uint32_t i = 0; i < index->bounds->len; i++)
    {
      const SigmaBound *bound = &g_array_index (index->bounds, SigmaBound, i);
      g_autoptr (GArray) triggers = sigma_triggers_of (&sigma->memory, kind, bound);
      if (triggers == NULL)
        {
          set_always (index, i);
          sigma->triggerless[bound->rule] = true;
        }
      for (guint k = 0; triggers != NULL && k < triggers->len; k++)
        gather (known, drafts, g_array_index (triggers, SigmaTrigger, k), i);
    }
  return drafts;
}

/* ---- tables ---- */

static Literal
literal_of (SigmaIndex *index, const Draft *draft)
{
  Literal literal = { draft->trigger.literal, index->owners->len, draft->owners->len };
  g_array_append_vals (index->owners, draft->owners->data, draft->owners->len);
  return literal;
}

static void
table_clear (void *data)
{
  Table *table = data;
  for (GroupKind i = 0; i < N_GROUPS; i++)
    {
      g_array_unref (table->groups[i].literals);
      g_free (table->groups[i].cells);
    }
  g_array_unref (table->brief_heads);
  g_array_unref (table->brief_tails);
  g_array_unref (table->inside);
  g_clear_pointer (&table->search, sigma_literals_free);
}

static Table *
table_for (SigmaIndex *index, uint32_t slot)
{
  for (guint i = 0; i < index->tables->len; i++)
    if (g_array_index (index->tables, Table, i).slot == slot)
      return &g_array_index (index->tables, Table, i);
  Table table = { .slot = slot };
  for (GroupKind i = 0; i < N_GROUPS; i++)
    table.groups[i].literals = g_array_new (FALSE, FALSE, sizeof (Literal));
  table.brief_heads = g_array_new (FALSE, FALSE, sizeof (Literal));
  table.brief_tails = g_array_new (FALSE, FALSE, sizeof (Literal));
  table.inside = g_array_new (FALSE, FALSE, sizeof (Literal));
  g_array_append_val (index->tables, table);
  return &g_array_index (index->tables, Table, index->tables->len - 1);
}

static GArray *
place_of (Table *table, const SigmaTrigger *trigger)
{
  size_t size = trigger->literal.size;
  switch (trigger->kind)
    {
    case SIGMA_ON_EQUALS:
      return table->groups[WHOLE].literals;
    case SIGMA_ON_STARTS:
      if (size < 4)
        return table->brief_heads;
      return table->groups[size < 8 ? HEAD_4 : HEAD_8].literals;
    case SIGMA_ON_ENDS:
      if (size < 4)
        return table->brief_tails;
      return table->groups[size < 8 ? TAIL_4 : TAIL_8].literals;
    case SIGMA_ON_CONTAINS: case SIGMA_ON_PRESENT:
      break;
    }
  return table->inside;
}

static void
put_drafts (SigmaIndex *index, const GPtrArray *drafts)
{
  for (guint i = 0; i < drafts->len; i++)
    {
      const Draft *draft = g_ptr_array_index (drafts, i);
      Table *table = table_for (index, draft->trigger.slot);
      Literal literal = literal_of (index, draft);
      if (draft->trigger.kind == SIGMA_ON_PRESENT)
        table->present = literal;
      else
        g_array_append_val (place_of (table, &draft->trigger), literal);
    }
}

/* ---- keys ---- */

static inline uint64_t
load (const uint8_t *from, size_t size)
{
  uint64_t value = 0;
  memcpy (&value, from, size);
  return value;
}

/** The key of a text in a group; it is long enough for it. */
static inline uint64_t
key_of (GroupKind kind, SkSpan text)
{
  switch (kind)
    {
    case HEAD_8:
      return load (text.data, 8);
    case HEAD_4:
      return load (text.data, 4);
    case TAIL_8:
      return load (text.data + text.size - 8, 8);
    case TAIL_4:
      return load (text.data + text.size - 4, 4);
    case WHOLE: case N_GROUPS:
      break;
    }
  return sigma_hash (text);
}

static inline uint32_t
cell_at (uint64_t key, uint32_t mask)
{
  key *= UINT64_C (0x9E3779B97F4A7C15);
  return (uint32_t) (key >> 32) & mask;
}

static gint
compare_keys (gconstpointer a, gconstpointer b, gpointer kind)
{
  uint64_t left = key_of (*(GroupKind *) kind, ((const Literal *) a)->text);
  uint64_t right = key_of (*(GroupKind *) kind, ((const Literal *) b)->text);
  return (left > right) - (left < right);
}

static void
add_cell (Group *group, Cell cell)
{
  uint32_t at = cell_at (cell.key, group->mask);
  while (group->cells[at].count > 0)
    at = (at + 1) & group->mask;
  group->cells[at] = cell;
}

static void
make_cells (Group *group, GroupKind kind)
{
  uint32_t size = 8;
  if (group->literals->len == 0)
    return;
  while (size < 3 * group->literals->len)
    size *= 2;
  group->mask = size - 1;
  group->cells = g_new0 (Cell, size);
  g_array_sort_with_data (group->literals, compare_keys, &kind);
  for (uint32_t i = 0; i < group->literals->len;)
    {
      Cell cell = { key_of (kind, g_array_index (group->literals, Literal, i).text), i, 0 };
      while (i < group->literals->len
             && key_of (kind, g_array_index (group->literals, Literal, i).text) == cell.key)
        i++;
      cell.count = i - cell.first;
      add_cell (group, cell);
    }
}

static void
make_search (Table *table, SigmaLiteralsMaker *maker)
{
  if (table->inside->len == 0)
    return;
  g_autofree SkSpan *texts = g_new (SkSpan, table->inside->len);
  for (guint i = 0; i < table->inside->len; i++)
    texts[i] = g_array_index (table->inside, Literal, i).text;
  table->search = sigma_literals_new (maker, texts, table->inside->len);
}

/* ---- which tables a field leads to ---- */

static void
count_tables (const SigmaKind *kind, SigmaIndex *index, uint32_t *ends, bool put)
{
  for (uint32_t i = 0; i < index->tables->len; i++)
    {
      uint32_t number = g_array_index (index->tables, Table, i).slot;
      if (number == SIGMA_NONE)
        {
          index->words_table = i;
          continue;
        }
      const SigmaSlot *slot = &g_array_index (kind->slots, SigmaSlot, number);
      for (uint32_t k = 0; k < slot->n_fields; k++)
        {
          if (put)
            index->tables_of[ends[slot->fields[k]]] = i;
          ends[slot->fields[k]]++;
        }
    }
}

static void
make_ways (const SigmaKind *kind, SigmaIndex *index)
{
  guint n = kind->fields->len;
  g_autofree uint32_t *ends = g_new0 (uint32_t, n + 1);
  uint32_t total = 0;
  index->first_of = g_new0 (uint32_t, n + 1);
  count_tables (kind, index, ends, false);
  for (guint i = 0; i < n; i++)
    {
      index->first_of[i] = total;
      total += ends[i];
      ends[i] = index->first_of[i];
    }
  index->first_of[n] = total;
  index->tables_of = g_new0 (uint32_t, total + 1);
  count_tables (kind, index, ends, true);
}

/* ---- an index ---- */

static int
compare_bounds (const void *a, const void *b)
{
  const SigmaBound *left = a, *right = b;
  return (left->rule > right->rule) - (left->rule < right->rule);
}

static void
take_bounds (const SigmaKind *kind, const SigmaEntry *entry, SigmaIndex *index)
{
  index->bounds = g_array_new (FALSE, FALSE, sizeof (SigmaBound));
  g_array_append_vals (index->bounds, entry->bounds->data, entry->bounds->len);
  for (guint i = 0; i < entry->implied->len; i++)
    {
      const SigmaEntry *wide = sigma_entry_at (kind, g_array_index (entry->implied, uint32_t, i));
      g_array_append_vals (index->bounds, wide->bounds->data, wide->bounds->len);
    }
  g_array_sort (index->bounds, compare_bounds);
}

static SigmaIndex *
index_new (SkSigma *sigma, const SigmaKind *kind, const SigmaEntry *entry,
           SigmaLiteralsMaker *maker)
{
  SigmaIndex *index = g_new0 (SigmaIndex, 1);
  take_bounds (kind, entry, index);
  index->owners = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  index->tables = g_array_new (FALSE, FALSE, sizeof (Table));
  g_array_set_clear_func (index->tables, table_clear);
  index->words_table = SIGMA_NONE;
  index->always = g_new0 (uint64_t, index->bounds->len / 64 + 1);
  g_autoptr (GPtrArray) drafts = gather_all (sigma, kind, index);
  if (index->bounds->len < LEAST_RULES)
    for (uint32_t i = 0; i < index->bounds->len; i++)
      set_always (index, i);
  else
    put_drafts (index, drafts);
  for (guint i = 0; i < index->tables->len; i++)
    {
      Table *table = &g_array_index (index->tables, Table, i);
      for (GroupKind k = 0; k < N_GROUPS; k++)
        make_cells (&table->groups[k], k);
      make_search (table, maker);
    }
  make_ways (kind, index);
  return index;
}

void
sigma_index_free (SigmaIndex *index)
{
  g_array_unref (index->bounds);
  g_array_unref (index->owners);
  g_array_unref (index->tables);
  g_free (index->first_of);
  g_free (index->tables_of);
  g_free (index->always);
  g_free (index);
}

void
sigma_index_build (SkSigma *sigma, const char *cache_dir)
{
  SigmaLiteralsMaker *maker = sigma_literals_maker_new ();
  sigma->triggerless = g_new0 (bool, sigma->rules->len + 1);
  for (guint i = 0; i < sigma->kinds->len; i++)
    {
      SigmaKind *kind = sigma_kind_at (sigma, i);
      for (guint k = 0; kind->n_rules > 0 && k < kind->entries->len; k++)
        {
          SigmaEntry *entry = sigma_entry_at (kind, k);
          entry->index = index_new (sigma, kind, entry, maker);
        }
    }
  for (guint i = 0; i < sigma->rules->len; i++)
    sigma->always += sigma->triggerless[i] ? 1 : 0;
  sigma->scratch = sigma_literals_maker_finish (maker, cache_dir);
}

uint32_t
sigma_index_count (const SigmaIndex *index)
{
  return index->bounds->len;
}

const SigmaBound *
sigma_index_bound (const SigmaIndex *index, uint32_t number)
{
  return &g_array_index (index->bounds, SigmaBound, number);
}

/* ---- asking ---- */

typedef struct Ask {
  SkSigmaScan *scan;
  const SigmaIndex *index;
  const Table *table;
} Ask;

static inline void
trigger (const Ask *ask, const Literal *literal)
{
  const uint32_t *owners = (const uint32_t *) (void *) ask->index->owners->data + literal->first;
  for (uint32_t i = 0; i < literal->count; i++)
    ask->scan->bits[owners[i] / 64] |= UINT64_C (1) << owners[i] % 64;
}

static bool
fits (GroupKind kind, SkSpan literal, SkSpan text)
{
  if (literal.size > text.size || (kind == WHOLE && literal.size != text.size))
    return false;
  bool at_end = kind == TAIL_8 || kind == TAIL_4;
  const uint8_t *at = text.data + (at_end ? text.size - literal.size : 0);
  return literal.size == 0 || memcmp (at, literal.data, literal.size) == 0;
}

static inline void
ask_group (const Ask *ask, GroupKind kind, SkSpan text)
{
  const Group *group = &ask->table->groups[kind];
  if (group->cells == NULL)
    return;
  uint64_t key = key_of (kind, text);
  uint32_t at = cell_at (key, group->mask);
  while (group->cells[at].count > 0 && group->cells[at].key != key)
    at = (at + 1) & group->mask;
  const Cell *cell = &group->cells[at];
  for (uint32_t i = 0; i < cell->count; i++)
    {
      const Literal *literal = &g_array_index (group->literals, Literal, cell->first + i);
      if (fits (kind, literal->text, text))
        trigger (ask, literal);
    }
}

static void
ask_brief (const Ask *ask, const GArray *literals, GroupKind kind, SkSpan text)
{
  for (guint i = 0; i < literals->len; i++)
    {
      const Literal *literal = &g_array_index (literals, Literal, i);
      if (fits (kind, literal->text, text))
        trigger (ask, literal);
    }
}

static void
on_inside (void *data, uint32_t number)
{
  const Ask *ask = data;
  trigger (ask, &g_array_index (ask->table->inside, Literal, number));
}

static void
ask_value (const Ask *ask, SkSpan text)
{
  ask_group (ask, WHOLE, text);
  if (text.size >= 8)
    {
      ask_group (ask, HEAD_8, text);
      ask_group (ask, TAIL_8, text);
    }
  if (text.size >= 4)
    {
      ask_group (ask, HEAD_4, text);
      ask_group (ask, TAIL_4, text);
    }
  if (ask->table->brief_heads->len > 0)
    ask_brief (ask, ask->table->brief_heads, HEAD_4, text);
  if (ask->table->brief_tails->len > 0)
    ask_brief (ask, ask->table->brief_tails, TAIL_4, text);
  if (ask->table->search != NULL)
    sigma_literals_find (ask->table->search, ask->scan->scratch, text, on_inside, (void *) ask);
}

/** Keywords: all values one behind the other, so that one search does. */
static void
ask_words (const Ask *ask)
{
  SkSigmaScan *scan = ask->scan;
  size_t size = 0;
  if (scan->record->n_values > 0)
    trigger (ask, &ask->table->present);
  if (ask->table->search == NULL)
    return;
  for (uint32_t i = 0; i < scan->record->n_values; i++)
    {
      SkSpan text = sigma_value_folded (scan, i);
      if (text.size >= scan->joined_room - size)
        {
          scan->joined_room = 2 * scan->joined_room + text.size + 1024;
          scan->joined = g_realloc (scan->joined, scan->joined_room);
        }
      if (text.size > 0)
        memcpy (scan->joined + size, text.data, text.size);
      size += text.size;
      scan->joined[size++] = '\n';
    }
  sigma_literals_find (ask->table->search, scan->scratch, sigma_span (scan->joined, size), on_inside,
                       (void *) ask);
}

/** A value against the tables of its field: each value of a slot is asked once. */
static void
ask_tables (Ask *ask, uint32_t value, uint32_t first, uint32_t end)
{
  SkSpan text = sigma_value_folded (ask->scan, value);
  for (uint32_t k = first; k < end; k++)
    {
      ask->table = &g_array_index (ask->index->tables, Table, ask->index->tables_of[k]);
      trigger (ask, &ask->table->present);
      ask_value (ask, text);
    }
}

void
sigma_index_ask (SkSigmaScan *scan, const SigmaIndex *index)
{
  Ask ask = { scan, index, NULL };
  for (uint32_t i = 0; i < (index->bounds->len + 63) / 64; i++)
    scan->bits[i] |= index->always[i];
  if (index->tables->len == 0)
    return;
  for (uint32_t i = 0; i < scan->record->n_values; i++)
    {
      uint32_t field = scan->record->values[i].field;
      if (field < scan->kind->fields->len && index->first_of[field] < index->first_of[field + 1])
        ask_tables (&ask, i, index->first_of[field], index->first_of[field + 1]);
    }
  if (index->words_table != SIGMA_NONE)
    {
      ask.table = &g_array_index (index->tables, Table, index->words_table);
      ask_words (&ask);
    }
}
