/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The values of a record as text: escapes undone, made valid UTF-8, folded,
 * each at most once and only when somebody looks.
 *
 * The text lives in blocks that are kept for the next record; after a record
 * that needed several they become one.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/fold.h"
#include "base/json-text.h"
#include "base/text.h"

#define LEAST_BLOCK ((size_t) 64 << 10)

typedef struct Block {
  uint8_t *data;
  size_t size, used;
} Block;

static void
add_block (SkSigmaScan *scan, size_t size)
{
  Block *block = g_new (Block, 1);
  *block = (Block){ .data = g_malloc (size), .size = size };
  g_ptr_array_add (scan->blocks, block);
}

void
sigma_block_free (void *data)
{
  Block *block = data;
  g_free (block->data);
  g_free (block);
}

static Block *
last_block (SkSigmaScan *scan)
{
  return scan->blocks->len > 0 ? g_ptr_array_index (scan->blocks, scan->blocks->len - 1) : NULL;
}

uint8_t *
sigma_text_take (SkSigmaScan *scan, size_t size)
{
  Block *block = last_block (scan);
  if (block == NULL || size > block->size - block->used)
    {
      add_block (scan, MAX (size, LEAST_BLOCK));
      block = last_block (scan);
    }
  block->used += size;
  return block->data + block->used - size;
}

void
sigma_text_give_back (SkSigmaScan *scan, size_t size)
{
  last_block (scan)->used -= size;
}

void
sigma_text_reset (SkSigmaScan *scan)
{
  size_t total = 0;
  if (scan->blocks->len > 1)
    {
      for (guint i = 0; i < scan->blocks->len; i++)
        total += ((Block *) g_ptr_array_index (scan->blocks, i))->size;
      g_ptr_array_set_size (scan->blocks, 0);
      add_block (scan, total);
    }
  else if (scan->blocks->len == 1)
    last_block (scan)->used = 0;
}

/* ---- values ---- */

static SkSpan
plain_text (SigmaValue *state, const SkValue *value)
{
  if (value->type == SK_FIELD_BOOL)
    return sk_span_of_text (value->boolean ? "true" : "false");
  uint64_t rest = value->integer < 0 ? -(uint64_t) value->integer : (uint64_t) value->integer;
  char *end = state->digits + sizeof state->digits, *at = sk_text_digits (end, rest);
  if (value->integer < 0)
    *--at = '-';
  return sigma_span (at, (size_t) (end - at));
}

static SkSpan
unescape (SkSigmaScan *scan, SkSpan text)
{
  uint8_t *to = sigma_text_take (scan, text.size);
  size_t size = sk_json_text_undo (text, (char *) to);
  sigma_text_give_back (scan, text.size - size);
  return sigma_span (to, size);
}

static SkSpan
repair (SkSigmaScan *scan, SkSpan text)
{
  if (sk_fold_is_valid (text))
    return text;
  uint8_t *to = sigma_text_take (scan, SK_FOLD_ROOM (text.size));
  size_t size = sk_fold_repair (text, to);
  sigma_text_give_back (scan, SK_FOLD_ROOM (text.size) - size);
  return sigma_span (to, size);
}

SkSpan
sigma_value_text (SkSigmaScan *scan, uint32_t index)
{
  SigmaValue *state = &scan->values[index];
  const SkSigmaValue *value = &scan->record->values[index];
  if ((state->has & SIGMA_HAS_TEXT) != 0)
    return state->text;
  if (value->value.type != SK_FIELD_STRING)
    state->text = plain_text (state, &value->value);
  else if (value->json)
    state->text = repair (scan, unescape (scan, value->value.text));
  else
    state->text = repair (scan, value->value.text);
  state->has |= SIGMA_HAS_TEXT;
  return state->text;
}

/** Folds a string; `may_change`: the text is ours and nobody else's. Lower-case ASCII letters in a text
 * that has others, too, are no loss: it is folded the same. */
static SkSpan
fold (SkSigmaScan *scan, SkSpan text, bool may_change)
{
  uint8_t *to = may_change ? (uint8_t *) text.data : sigma_text_take (scan, text.size);
  if (sk_fold_ascii (text, to))
    return sigma_span (to, text.size);
  if (!may_change)
    sigma_text_give_back (scan, text.size);
  to = sigma_text_take (scan, SK_FOLD_ROOM (text.size));
  size_t size = sk_fold (text, to);
  sigma_text_give_back (scan, SK_FOLD_ROOM (text.size) - size);
  return sigma_span (to, size);
}

SkSpan
sigma_value_folded (SkSigmaScan *scan, uint32_t index)
{
  SigmaValue *state = &scan->values[index];
  const SkSigmaValue *value = &scan->record->values[index];
  if ((state->has & SIGMA_HAS_FOLDED) != 0)
    return state->folded;
  if (value->value.type != SK_FIELD_STRING)
    state->folded = sigma_value_text (scan, index);
  else if ((state->has & SIGMA_HAS_TEXT) != 0)
    state->folded = fold (scan, state->text, false);
  else if (value->json)
    state->folded = fold (scan, unescape (scan, value->value.text), true);
  else
    state->folded = fold (scan, value->value.text, false);
  state->has |= SIGMA_HAS_FOLDED;
  return state->folded;
}
