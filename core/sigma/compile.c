/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rules bound to the logsource entries that they mean, and their fields to
 * what records of those entries call them.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/fold.h"

/* ---- kinds ---- */

static void
entry_free (void *data)
{
  SigmaEntry *entry = data;
  g_array_unref (entry->bounds);
  g_array_unref (entry->implied);
  g_hash_table_unref (entry->names);
  g_clear_pointer (&entry->index, sigma_index_free);
  g_free (entry);
}

static SigmaEntry *
entry_new (const SkLogsourceEntry *from)
{
  SigmaEntry *entry = g_new0 (SigmaEntry, 1);
  entry->entry = from;
  entry->bounds = g_array_new (FALSE, FALSE, sizeof (SigmaBound));
  entry->implied = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  entry->names = g_hash_table_new (g_str_hash, g_str_equal);
  return entry;
}

static void
kind_clear (void *data)
{
  SigmaKind *kind = data;
  g_free (kind->selects);
  g_free (kind->selectors);
  g_free (kind->names);
  g_ptr_array_unref (kind->entries);
  g_array_unref (kind->slots);
  g_ptr_array_unref (kind->fields);
  g_array_unref (kind->untested);
  g_array_unref (kind->others);
  g_clear_pointer (&kind->slot_of, g_hash_table_unref);
  g_clear_pointer (&kind->field_of, g_hash_table_unref);
}

static void
add_kind (SkSigma *sigma, const SkKindInfo *info)
{
  const SkLogsourceEntry *entry;
  for (guint i = 0; i < sigma->kinds->len; i++)
    if (strcmp (sigma_kind_at (sigma, i)->info->name, info->name) == 0)
      return;
  SigmaKind kind = {
    .info = info,
    .entries = g_ptr_array_new_with_free_func (entry_free),
    .slots = g_array_new (FALSE, FALSE, sizeof (SigmaSlot)),
    .slot_of = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                      (GDestroyNotify) g_bytes_unref, NULL),
    .fields = g_ptr_array_new (),
    .untested = g_array_new (FALSE, FALSE, sizeof (uint32_t)),
    .others = g_array_new (FALSE, FALSE, sizeof (uint32_t)),
    .field_of = g_hash_table_new (g_str_hash, g_str_equal),
  };
  for (uint32_t i = 0; (entry = sk_logsources_at (sigma->table, i)) != NULL; i++)
    if (strcmp (entry->kind, info->name) == 0)
      g_ptr_array_add (kind.entries, entry_new (entry));
  g_array_append_val (sigma->kinds, kind);
}

void
sigma_compile_kinds (SkSigma *sigma, const SkCatalogue *catalogue)
{
  sigma->kinds = g_array_new (FALSE, FALSE, sizeof (SigmaKind));
  sigma->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_array_unref);
  g_array_set_clear_func (sigma->kinds, kind_clear);
  for (guint i = 0; i < catalogue->kinds->len; i++)
    add_kind (sigma, &g_array_index (catalogue->kinds, SkKindInfo, i));
}

static void
add_places (const SkSigma *sigma, const SkSigmaLogsource *logsource, GArray *places)
{
  for (uint32_t k = 0; k < sigma->kinds->len; k++)
    for (uint32_t e = 0; e < sigma_kind_at (sigma, k)->entries->len; e++)
      {
        const SkLogsourceEntry *entry = sigma_entry_at (sigma_kind_at (sigma, k), e)->entry;
        if (logsource != NULL ? sk_logsource_means (logsource, entry) : entry->is_default)
          g_array_append_val (places, ((SigmaPlace){ k, e }));
      }
}

bool
sigma_is_named (const SkSigma *sigma, const SkSigmaLogsource *logsource)
{
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (sigma->table, i)) != NULL; i++)
    if (sk_logsource_means (logsource, entry))
      return true;
  return false;
}

static char *
places_key (const SkSigmaLogsource *logsource)
{
  const char *const parts[] = { logsource->category, logsource->product, logsource->service };
  GString *key = g_string_new (NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    g_string_append_printf (key, "%s%s\n", parts[i] != NULL ? "=" : "",
                            parts[i] != NULL ? parts[i] : "");
  return g_string_free (key, FALSE);
}

/** Thousands of rules have some hundred logsources. */
GArray *
sigma_places (const SkSigma *sigma, const SkSigmaLogsource *logsource)
{
  g_autofree char *key = places_key (logsource);
  GArray *places = g_hash_table_lookup (sigma->places, key);
  if (places == NULL)
    {
      places = g_array_new (FALSE, FALSE, sizeof (SigmaPlace));
      add_places (sigma, sigma_is_named (sigma, logsource) ? logsource : NULL, places);
      g_hash_table_insert (sigma->places, g_steal_pointer (&key), places);
    }
  return g_array_ref (places);
}

/* ---- fields and slots ---- */

bool
sigma_is_later (const SkSigma *sigma, const SigmaKind *kind, const char *name)
{
  size_t length = strlen (kind->info->name);
  for (size_t i = 0; sigma->later != NULL && sigma->later[i] != NULL; i++)
    {
      const char *later = sigma->later[i];
      if (strchr (later, '/') == NULL)
        {
          if (g_str_has_prefix (name, later))
            return true;
        }
      else if (strncmp (later, kind->info->name, length) == 0 && later[length] == '/'
               && strcmp (later + length + 1, name) == 0)
        return true;
    }
  return false;
}

/** A line of SkKindInfo.fields begins with the name and a tab. */
static bool
kind_declares (const SigmaKind *kind, const char *name)
{
  size_t length = strlen (name);
  for (size_t i = 0; kind->info->fields != NULL && kind->info->fields[i] != NULL; i++)
    if (strncmp (kind->info->fields[i], name, length) == 0
        && (kind->info->fields[i][length] == '\t' || kind->info->fields[i][length] == '\0'))
      return true;
  return false;
}

bool
sigma_kind_lacks (const SkSigma *sigma, const SigmaKind *kind, const SigmaEntry *entry,
                  const char *field)
{
  if (kind->info->open)
    return false;
  g_auto (GStrv) names = sk_logsources_names (sigma->table, entry->entry, field);
  for (size_t i = 0; names[i] != NULL; i++)
    if (kind_declares (kind, names[i]) || sigma_is_later (sigma, kind, names[i]))
      return false;
  return true;
}

static uint32_t
field_number (SkSigma *sigma, SigmaKind *kind, const char *name)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (kind->field_of, name));
  if (known != 0)
    return known - 1;
  char *copy = sk_sigma_copy_text (&sigma->memory, name);
  g_ptr_array_add (kind->fields, copy);
  g_hash_table_insert (kind->field_of, copy, GUINT_TO_POINTER (kind->fields->len));
  return kind->fields->len - 1;
}

static int
compare_numbers (const void *a, const void *b)
{
  uint32_t left = *(const uint32_t *) a, right = *(const uint32_t *) b;
  return (left > right) - (left < right);
}

/** The slot with just these fields, which are sorted. */
static uint32_t
slot_with (SkSigma *sigma, SigmaKind *kind, const GArray *fields, bool later)
{
  size_t size = fields->len * sizeof (uint32_t);
  g_autoptr (GBytes) key = g_bytes_new (fields->data, size);
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (kind->slot_of, key));
  if (known != 0)
    return known - 1;
  SigmaSlot slot = { (const uint32_t *) sk_sigma_take (&sigma->memory, size), fields->len,
                     later && !sigma->twin, later };
  memcpy ((void *) slot.fields, fields->data, size);
  g_array_append_val (kind->slots, slot);
  g_hash_table_insert (kind->slot_of, g_steal_pointer (&key), GUINT_TO_POINTER (kind->slots->len));
  return kind->slots->len - 1;
}

uint32_t
sigma_slot (SkSigma *sigma, SigmaKind *kind, SigmaEntry *entry, const char *field)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (entry->names, field));
  if (known != 0)
    return known - 1;
  g_auto (GStrv) names = sk_logsources_names (sigma->table, entry->entry, field);
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  bool later = false;
  for (size_t i = 0; names[i] != NULL; i++)
    {
      uint32_t number = field_number (sigma, kind, names[i]);
      g_array_append_val (fields, number);
      later = later || sigma_is_later (sigma, kind, names[i]);
    }
  g_array_sort (fields, compare_numbers);
  uint32_t slot = slot_with (sigma, kind, fields, later);
  g_hash_table_insert (entry->names, sk_sigma_copy_text (&sigma->memory, field),
                       GUINT_TO_POINTER (slot + 1));
  return slot;
}

/* ---- rules ---- */

static void
bind_rule (SkSigma *sigma, uint32_t rule, const SigmaProgram *program, const SigmaPlace *place)
{
  SigmaKind *kind = sigma_kind_at (sigma, place->kind);
  SigmaEntry *entry = sigma_entry_at (kind, place->entry);
  uint32_t *slots = sk_sigma_take_array (&sigma->memory, uint32_t, program->n_fields + 1);
  for (uint32_t i = 0; i < program->n_fields; i++)
    slots[i] = sigma_slot (sigma, kind, entry, program->fields[i]);
  const char *const *shown = g_array_index (sigma->rules, SkSigmaRule, rule).fields;
  for (size_t i = 0; shown != NULL && shown[i] != NULL; i++)
    sigma_slot (sigma, kind, entry, shown[i]);
  SigmaBound bound = { rule, program, slots };
  g_array_append_val (entry->bounds, bound);
  kind->wants_all = kind->wants_all || program->keywords;
}

static void
count_kinds (SkSigma *sigma, const GArray *places)
{
  uint32_t last = SIGMA_NONE;
  for (guint i = 0; i < places->len; i++)
    {
      uint32_t kind = g_array_index (places, SigmaPlace, i).kind;
      if (kind != last)
        sigma_kind_at (sigma, kind)->n_rules++;
      last = kind;
    }
}

void
sigma_compile_rules (SkSigma *sigma)
{
  sigma->programs = g_array_new (FALSE, TRUE, sizeof (SigmaProgram));
  g_array_set_size (sigma->programs, sigma->rules->len);
  for (guint i = 0; i < sigma->rules->len; i++)
    {
      const SkSigmaRule *rule = &g_array_index (sigma->rules, SkSigmaRule, i);
      SigmaProgram *program = &g_array_index (sigma->programs, SigmaProgram, i);
      if (rule->condition == NULL)
        continue;
      sigma_program_compile (&sigma->memory, sigma->codes, !sigma->twin, rule->condition, program);
      g_autoptr (GArray) places = sigma_places (sigma, &rule->logsource);
      for (guint k = 0; k < places->len; k++)
        bind_rule (sigma, i, program, &g_array_index (places, SigmaPlace, k));
      count_kinds (sigma, places);
    }
}

/* ---- what implies what ---- */

static void
make_tests (SkSigma *sigma, SigmaKind *kind, SigmaEntry *entry)
{
  entry->n_tests = entry->entry->n_tests;
  entry->tests = sk_sigma_take_array (&sigma->memory, SigmaTest, entry->n_tests);
  for (uint32_t i = 0; i < entry->n_tests; i++)
    {
      const SkLogsourceTest *from = &entry->entry->tests[i];
      SigmaTest *to = &entry->tests[i];
      to->slot = sigma_slot (sigma, kind, entry, from->field);
      to->n_values = g_strv_length ((char **) from->values);
      to->values = sk_sigma_take_array (&sigma->memory, SkSpan, to->n_values);
      for (uint32_t k = 0; k < to->n_values; k++)
        {
          SkSpan text = sk_span_of_text (from->values[k]);
          uint8_t *room = sk_sigma_take (&sigma->memory, SK_FOLD_ROOM (text.size) + 1);
          to->values[k] = sigma_span (room, sk_fold (text, room));
        }
    }
}

static bool
has_value (const SigmaTest *test, SkSpan value)
{
  for (uint32_t i = 0; i < test->n_values; i++)
    if (sk_span_equal (test->values[i], value))
      return true;
  return false;
}

static bool
test_implies (const SigmaTest *narrow, const SigmaTest *wide)
{
  bool implies = narrow->slot == wide->slot;
  for (uint32_t i = 0; implies && i < narrow->n_values; i++)
    implies = has_value (wide, narrow->values[i]);
  return implies;
}

static bool
tests_imply (const SigmaEntry *narrow, const SigmaEntry *wide)
{
  for (uint32_t w = 0; w < wide->n_tests; w++)
    {
      bool implied = false;
      for (uint32_t n = 0; n < narrow->n_tests && !implied; n++)
        implied = test_implies (&narrow->tests[n], &wide->tests[w]);
      if (!implied)
        return false;
    }
  return true;
}

/** Whenever `a` holds, so does `b`. */
static bool
implies (const SigmaEntry *a, const SigmaEntry *b)
{
  if (b->entry->others)
    return a->entry->others;
  return tests_imply (a, b);
}

/** Of entries that imply each other the first has the others' rules, so that one is asked. */
static void
find_implied (SigmaKind *kind)
{
  for (uint32_t a = 0; a < kind->entries->len; a++)
    for (uint32_t b = 0; b < kind->entries->len; b++)
      if (a != b && implies (sigma_entry_at (kind, a), sigma_entry_at (kind, b))
          && (a < b || !implies (sigma_entry_at (kind, b), sigma_entry_at (kind, a))))
        g_array_append_val (sigma_entry_at (kind, a)->implied, b);
}

void
sigma_compile_finish (SkSigma *sigma)
{
  for (uint32_t i = 0; i < sigma->kinds->len; i++)
    {
      SigmaKind *kind = sigma_kind_at (sigma, i);
      for (uint32_t k = 0; kind->n_rules > 0 && k < kind->entries->len; k++)
        make_tests (sigma, kind, sigma_entry_at (kind, k));
      if (kind->n_rules > 0)
        find_implied (kind);
      sigma_dispatch_make (sigma, kind);
      g_clear_pointer (&kind->slot_of, g_hash_table_unref);
      g_clear_pointer (&kind->field_of, g_hash_table_unref);
    }
}
