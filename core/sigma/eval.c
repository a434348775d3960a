/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A rule on a record, in three values: what names a field that is only known
 * later is MAYBE, and MAYBE counts as less than true and more than false.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/limits.h"

typedef struct Eval {
  SkSigmaScan *scan;
  const SigmaBound *bound;
  const SigmaKind *kind;
} Eval;

/** Values to look at, as indices into the record's. */
typedef struct Values {
  const uint32_t *list; /* NULL: 0 to n - 1 */
  uint32_t n;
} Values;

static uint32_t
value_at (const Values *values, uint32_t i)
{
  return values->list != NULL ? values->list[i] : i;
}

static const SigmaSlot *
slot_of (const Eval *eval, uint32_t field)
{
  return &g_array_index (eval->kind->slots, SigmaSlot, eval->bound->slots[field]);
}

static Values
values_of (const Eval *eval, uint32_t field)
{
  Values values = { NULL, (uint32_t) eval->scan->record->n_values };
  if (field != SIGMA_NONE)
    values.list = sigma_slot_values (eval->scan, eval->bound->slots[field], &values.n);
  return values;
}

/* ---- atoms on one value ---- */

static void
abandon (SkSigmaScan *scan)
{
  if (scan->count.abandoned++ == 0)
    scan->count.abandoned_rule = scan->rule;
}

static bool
match_regex (SkSigmaScan *scan, const SigmaAtom *atom, SkSpan text)
{
  PCRE2_SPTR subject = text.size > 0 ? text.data : (PCRE2_SPTR) "";
  int result = pcre2_match (atom->regex, subject, text.size, 0, PCRE2_NO_UTF_CHECK,
                            scan->match_data, scan->match_context);
  /* 0: more groups than the match data holds */
  if (result < 0 && result != PCRE2_ERROR_NOMATCH)
    abandon (scan);
  return result >= 0;
}

static bool
match_ref (SkSigmaRef ref, SkSpan text, SkSpan other)
{
  if (other.size > text.size)
    return false;
  SkSpan head = { text.data, other.size };
  SkSpan tail = { text.size > 0 ? text.data + (text.size - other.size) : NULL, other.size };
  switch (ref)
    {
    case SK_SIGMA_REF_EQUALS:
      return sk_span_equal (text, other);
    case SK_SIGMA_REF_CONTAINS:
      return sigma_text_contains (text, other);
    case SK_SIGMA_REF_STARTS:
      return sk_span_equal (head, other);
    case SK_SIGMA_REF_ENDS:
      return sk_span_equal (tail, other);
    }
  return false;
}

static SkSpan
text_for (SkSigmaScan *scan, uint32_t value, bool cased)
{
  return cased ? sigma_value_text (scan, value) : sigma_value_folded (scan, value);
}

static bool
match_fieldref (const Eval *eval, const SigmaAtom *atom, uint32_t value)
{
  Values others = values_of (eval, atom->other);
  SkSpan text = text_for (eval->scan, value, atom->atom->cased);
  for (uint32_t i = 0; i < others.n; i++)
    if (match_ref (atom->atom->ref, text,
                   text_for (eval->scan, value_at (&others, i), atom->atom->cased)))
      return true;
  return false;
}

static bool
match_value (const Eval *eval, const SigmaAtom *atom, uint32_t value)
{
  SkSigmaScan *scan = eval->scan;
  switch (atom->atom->kind)
    {
    case SK_SIGMA_PATTERN:
      return sigma_pattern_match (atom, text_for (scan, value, atom->atom->cased));
    case SK_SIGMA_REGEX:
      return match_regex (scan, atom, sigma_value_text (scan, value));
    case SK_SIGMA_NUMBER:
      return sigma_number_match (atom->atom, &scan->record->values[value].value,
                                 sigma_value_text (scan, value));
    case SK_SIGMA_CIDR:
      return sigma_cidr_match (atom->atom, sigma_value_text (scan, value));
    case SK_SIGMA_TIMEPART:
      return sigma_timepart_match (atom->atom, sigma_value_text (scan, value));
    case SK_SIGMA_FIELDREF:
      return match_fieldref (eval, atom, value);
    case SK_SIGMA_EXISTS: case SK_SIGMA_NULL:
      break;
    }
  return false;
}

/* ---- items ---- */

static SkSigmaTruth
truth (bool is_true)
{
  return is_true ? SK_SIGMA_TRUE : SK_SIGMA_FALSE;
}

static SkSigmaTruth
eval_atom (const Eval *eval, const SigmaItem *item, const SigmaAtom *atom)
{
  Values values = values_of (eval, item->field);
  if (atom->atom->kind == SK_SIGMA_EXISTS)
    return truth ((values.n > 0) == atom->atom->flag);
  if (atom->atom->kind == SK_SIGMA_NULL)
    return truth (values.n == 0);
  if (atom->atom->kind == SK_SIGMA_FIELDREF && slot_of (eval, atom->other)->later)
    return values.n > 0 ? SK_SIGMA_MAYBE : SK_SIGMA_FALSE;
  for (uint32_t i = 0; i < values.n; i++)
    {
      uint32_t value = value_at (&values, i);
      if (match_value (eval, atom, value))
        return SK_SIGMA_TRUE;
      /* looking for the other field's values may have moved these */
      if (atom->atom->kind == SK_SIGMA_FIELDREF)
        values = values_of (eval, item->field);
    }
  return SK_SIGMA_FALSE;
}

static SkSigmaTruth
eval_choice (const Eval *eval, const SigmaItem *item, const SigmaChoice *choice)
{
  SkSigmaTruth result = SK_SIGMA_FALSE;
  for (uint32_t i = 0; i < choice->n_atoms && result != SK_SIGMA_TRUE; i++)
    {
      SkSigmaTruth one = eval_atom (eval, item, &choice->atoms[i]);
      result = MAX (result, one);
    }
  return result;
}

static SkSigmaTruth
eval_choices (const Eval *eval, const SigmaItem *item)
{
  bool all = item->item->all;
  SkSigmaTruth result = truth (all && item->n_choices > 0);
  for (uint32_t i = 0; i < item->n_choices; i++)
    {
      SkSigmaTruth one = eval_choice (eval, item, &item->choices[i]);
      result = all ? MIN (result, one) : MAX (result, one);
      if (result == (all ? SK_SIGMA_FALSE : SK_SIGMA_TRUE))
        break;
    }
  return result;
}

static SkSigmaTruth
eval_item (const Eval *eval, const SigmaItem *item)
{
  if (item->field != SIGMA_NONE && slot_of (eval, item->field)->later)
    return item->n_choices == 0 && !item->item->negated ? SK_SIGMA_FALSE : SK_SIGMA_MAYBE;
  if (!item->item->negated)
    return eval_choices (eval, item);
  if (values_of (eval, item->field).n == 0)
    return SK_SIGMA_FALSE;
  return (SkSigmaTruth) (SK_SIGMA_TRUE - eval_choices (eval, item));
}

/* ---- conditions ---- */

static SkSigmaTruth eval_node (const Eval *eval, const SigmaNode *node);

static SkSigmaTruth
eval_and (const Eval *eval, const SigmaNode *node)
{
  SkSigmaTruth result = SK_SIGMA_TRUE;
  for (uint32_t i = 0; i < node->n_children && result != SK_SIGMA_FALSE; i++)
    {
      SkSigmaTruth one = eval_node (eval, node->children[i]);
      result = MIN (result, one);
    }
  return result;
}

static SkSigmaTruth
eval_or (const Eval *eval, const SigmaNode *node)
{
  SkSigmaTruth result = SK_SIGMA_FALSE;
  for (uint32_t i = 0; i < node->n_children && result != SK_SIGMA_TRUE; i++)
    {
      SkSigmaTruth one = eval_node (eval, node->children[i]);
      result = MAX (result, one);
    }
  return result;
}

static SkSigmaTruth
eval_count (const Eval *eval, const SigmaNode *node)
{
  uint32_t surely = 0, perhaps = 0;
  for (uint32_t i = 0; i < node->n_children && surely < node->least; i++)
    {
      SkSigmaTruth one = eval_node (eval, node->children[i]);
      surely += one == SK_SIGMA_TRUE;
      perhaps += one == SK_SIGMA_MAYBE;
    }
  if (surely >= node->least)
    return SK_SIGMA_TRUE;
  return surely + perhaps >= node->least ? SK_SIGMA_MAYBE : SK_SIGMA_FALSE;
}

static SkSigmaTruth
eval_node (const Eval *eval, const SigmaNode *node)
{
  switch (node->kind)
    {
    case SK_SIGMA_AND:
      return eval_and (eval, node);
    case SK_SIGMA_OR:
      return eval_or (eval, node);
    case SK_SIGMA_NOT:
      return (SkSigmaTruth) (SK_SIGMA_TRUE - eval_node (eval, node->children[0]));
    case SK_SIGMA_COUNT:
      return eval_count (eval, node);
    case SK_SIGMA_ITEM:
      return eval_item (eval, node->item);
    }
  return SK_SIGMA_FALSE;
}

SkSigmaTruth
sigma_eval (SkSigmaScan *scan, const SigmaBound *bound)
{
  Eval eval = { scan, bound, scan->kind };
  scan->rule = bound->rule;
  return eval_node (&eval, bound->program->root);
}
