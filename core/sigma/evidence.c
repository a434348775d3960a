/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The values of a rule's fields in a record: for correlations, and for people.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/limits.h"
#include "base/text.h"

/** Characters of one value that are shown. */
#define MAX_SHOWN 120

/** The first entry of the record in which the rule is; NULL when the record is of none. */
static const SigmaEntry *
first_entry (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule)
{
  uint32_t first = SIGMA_NONE;
  if (!sigma_record_begin (scan, record))
    return NULL;
  sigma_dispatch (scan);
  for (guint i = 0; i < scan->holding->len; i++)
    {
      uint32_t number = g_array_index (scan->holding, uint32_t, i);
      if (number < first && sigma_entry_bound (sigma_entry_at (scan->kind, number), rule) != NULL)
        first = number;
    }
  return first != SIGMA_NONE ? sigma_entry_at (scan->kind, first) : NULL;
}

static const uint32_t *
values_of (SkSigmaScan *scan, const SigmaEntry *entry, const char *field, uint32_t *ret_count)
{
  guint slot = GPOINTER_TO_UINT (g_hash_table_lookup (entry->names, field));
  *ret_count = 0;
  return slot != 0 ? sigma_slot_values (scan, slot - 1, ret_count) : NULL;
}

void
sk_sigma_values (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule, const char *field,
                 void (*func) (void *data, const SkSigmaValue *value), void *data)
{
  const SigmaEntry *entry = first_entry (scan, record, rule);
  uint32_t n;
  if (entry == NULL)
    return;
  const uint32_t *values = values_of (scan, entry, field, &n);
  for (uint32_t i = 0; i < n; i++)
    func (data, &record->values[values[i]]);
}

/* ---- for people ---- */

static size_t
first_characters (SkSpan text, size_t count)
{
  size_t at = 0;
  while (at < text.size && count-- > 0)
    do
      at++;
    while (at < text.size && (text.data[at] & 0xC0) == 0x80);
  return at;
}

/** NULs have no place in a string for people. */
static void
append_value (GString *evidence, SkSpan text)
{
  size_t shown = first_characters (text, MAX_SHOWN);
  for (size_t i = 0; i < shown; i++)
    if (text.data[i] == '\0')
      g_string_append (evidence, "\xEF\xBF\xBD");
    else
      g_string_append_c (evidence, (char) text.data[i]);
  if (shown < text.size)
    g_string_append (evidence, "…");
}

static void
append_field (SkSigmaScan *scan, const SigmaEntry *entry, const char *field, GString *evidence)
{
  uint32_t n;
  const uint32_t *values = values_of (scan, entry, field, &n);
  for (uint32_t i = 0; i < n && evidence->len < SK_MAX_EVIDENCE; i++)
    {
      g_string_append_printf (evidence, "%s%s=", evidence->len > 0 ? ", " : "", field);
      append_value (evidence, sigma_value_text (scan, values[i]));
    }
}

char *
sk_sigma_evidence (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule)
{
  const SkSigmaRule *of = sk_sigma_rule (scan->sigma, rule);
  const SigmaProgram *program = &g_array_index (scan->sigma->programs, SigmaProgram, rule);
  const SigmaEntry *entry = first_entry (scan, record, rule);
  GString *evidence = g_string_new (NULL);
  for (size_t i = 0; entry != NULL && of->fields != NULL && of->fields[i] != NULL; i++)
    append_field (scan, entry, of->fields[i], evidence);
  if (evidence->len == 0)
    for (uint32_t i = 0; entry != NULL && i < program->n_fields; i++)
      append_field (scan, entry, program->fields[i], evidence);
  g_string_truncate (evidence, sk_text_cut (evidence->str, SK_MAX_EVIDENCE));
  return g_string_free (evidence, FALSE);
}
