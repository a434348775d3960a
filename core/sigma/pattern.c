/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Patterns of `*` and `?`: the form in which they are compared, and comparing.
 *
 * The text is valid UTF-8, so `?` is one character by its first byte. Runs
 * between two `*` are searched for from left to right, each at its first place:
 * no later place could make more fit.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/block.h"
#include "base/fold.h"

/* ---- compiling ---- */

static SkSpan
prepare (SkSigmaMemory *memory, bool cased, SkSpan text)
{
  g_autofree uint8_t *room = g_malloc (SK_FOLD_ROOM (text.size) + 1);
  size_t size = cased ? sk_fold_repair (text, room) : sk_fold (text, room);
  return sigma_span (sk_sigma_copy (memory, room, size), size);
}

static bool
is_any (const SkSigmaAtom *atom, uint32_t part)
{
  return atom->parts[part].kind == SK_SIGMA_ANY;
}

static bool
is_literal (const SkSigmaAtom *atom, uint32_t part)
{
  return atom->parts[part].kind == SK_SIGMA_LITERAL;
}

/** The part that holds the only literal; SIGMA_NONE in a GLOB. */
static uint32_t
shape_of (const SkSigmaAtom *atom, SigmaShape *ret_shape)
{
  uint32_t n = atom->n_parts;
  *ret_shape = SIGMA_EQUALS;
  if (n == 1 && is_literal (atom, 0))
    return 0;
  *ret_shape = SIGMA_STARTS;
  if (n == 2 && is_literal (atom, 0) && is_any (atom, 1))
    return 0;
  *ret_shape = SIGMA_ENDS;
  if (n == 2 && is_any (atom, 0) && is_literal (atom, 1))
    return 1;
  *ret_shape = SIGMA_CONTAINS;
  if (n == 3 && is_any (atom, 0) && is_literal (atom, 1) && is_any (atom, 2))
    return 1;
  *ret_shape = SIGMA_GLOB;
  return SIGMA_NONE;
}

void
sigma_pattern_compile (SkSigmaMemory *memory, SigmaAtom *atom)
{
  const SkSigmaAtom *from = atom->atom;
  uint32_t only = from->n_parts > 0 ? shape_of (from, &atom->shape) : SIGMA_NONE;
  if (from->n_parts == 0)
    atom->shape = SIGMA_EQUALS;
  if (only != SIGMA_NONE)
    atom->literal = prepare (memory, from->cased, from->parts[only].text);
  if (atom->shape != SIGMA_GLOB)
    return;
  SkSigmaPart *parts = sk_sigma_take_array (memory, SkSigmaPart, from->n_parts);
  for (uint32_t i = 0; i < from->n_parts; i++)
    {
      parts[i] = from->parts[i];
      if (parts[i].kind == SK_SIGMA_LITERAL)
        parts[i].text = prepare (memory, from->cased, parts[i].text);
    }
  atom->parts = parts;
  atom->n_parts = from->n_parts;
}

/* ---- comparing ---- */

/** Longer ones are left to the C library, whose search has a better worst case. */
#define LONGEST_SCANNED 64

static inline bool
fits_there (const uint8_t *at, SkSpan needle)
{
  return memcmp (at, needle.data, needle.size) == 0;
}

/** One of the eight places from `at` on whose bytes in `candidates` are set. */
static bool
any_fits (const uint8_t *at, uint64_t candidates, SkSpan needle)
{
  for (candidates = GUINT64_FROM_LE (candidates) & UINT64_C (0x0101010101010101);
       candidates != 0; candidates &= candidates - 1)
    if (fits_there (at + __builtin_ctzll (candidates) / 8, needle))
      return true;
  return false;
}

/** Sixteen places at once: only where first and last byte are right the rest is compared. */
static inline bool
scan_block (const uint8_t *at, SkSpan needle)
{
  SkBlock found = (SkBlock) ((sk_block_load (at) == needle.data[0])
                         & (sk_block_load (at + needle.size - 1) == needle.data[needle.size - 1]));
  uint64_t halves[2];
  memcpy (halves, &found, sizeof halves);
  return (halves[0] | halves[1]) != 0
         && (any_fits (at, halves[0], needle) || any_fits (at + 8, halves[1], needle));
}

/** Values are short: what memmem prepares would cost more than the search. */
bool
sigma_text_contains (SkSpan text, SkSpan needle)
{
  if (needle.size == 0 || needle.size > text.size)
    return needle.size == 0;
  if (needle.size > LONGEST_SCANNED)
    return memmem (text.data, text.size, needle.data, needle.size) != NULL;
  size_t places = text.size - needle.size + 1, at = 0;
  for (; places - at >= sizeof (SkBlock); at += sizeof (SkBlock))
    if (scan_block (text.data + at, needle))
      return true;
  if (places >= sizeof (SkBlock))
    return at < places && scan_block (text.data + places - sizeof (SkBlock), needle);
  for (; at < places; at++)
    if (text.data[at] == needle.data[0] && fits_there (text.data + at, needle))
      return true;
  return false;
}

static bool
starts (SkSpan text, SkSpan literal)
{
  return literal.size <= text.size
         && (literal.size == 0 || memcmp (text.data, literal.data, literal.size) == 0);
}

static bool
ends (SkSpan text, SkSpan literal)
{
  return literal.size <= text.size
         && (literal.size == 0
             || memcmp (text.data + text.size - literal.size, literal.data, literal.size) == 0);
}

/** Bytes of the character at `at`. */
static size_t
character_size (SkSpan text, size_t at)
{
  size_t size = 1;
  while (at + size < text.size && (text.data[at + size] & 0xC0) == 0x80)
    size++;
  return size;
}

/** Parts without ANY at one place: where they end, or SIZE_MAX. */
static size_t
fits_at (const SkSigmaPart *parts, uint32_t n_parts, SkSpan text, size_t at)
{
  for (uint32_t i = 0; i < n_parts; i++)
    {
      SkSpan rest = sk_span_slice (text, at, text.size);
      if (parts[i].kind == SK_SIGMA_ONE ? rest.size == 0 : !starts (rest, parts[i].text))
        return SIZE_MAX;
      at += parts[i].kind == SK_SIGMA_ONE ? character_size (text, at) : parts[i].text.size;
    }
  return at;
}

/** Parts without ANY that must end where the text does: where they begin, or SIZE_MAX. */
static size_t
fits_before (const SkSigmaPart *parts, uint32_t n_parts, SkSpan text)
{
  size_t end = text.size;
  for (uint32_t i = n_parts; i-- > 0;)
    {
      SkSpan head = { text.data, end };
      if (parts[i].kind == SK_SIGMA_ONE ? end == 0 : !ends (head, parts[i].text))
        return SIZE_MAX;
      if (parts[i].kind != SK_SIGMA_ONE)
        end -= parts[i].text.size;
      else
        do
          end--;
        while (end > 0 && (text.data[end] & 0xC0) == 0x80);
    }
  return end;
}

/** The end of the first place from `at` on where the parts fit; SIZE_MAX for none. */
static size_t
find (const SkSigmaPart *parts, uint32_t n_parts, SkSpan text, size_t at)
{
  while (at <= text.size)
    {
      if (parts[0].kind == SK_SIGMA_LITERAL && parts[0].text.size > 0)
        {
          const uint8_t *place = at < text.size
                                     ? memmem (text.data + at, text.size - at, parts[0].text.data,
                                               parts[0].text.size)
                                     : NULL;
          if (place == NULL)
            return SIZE_MAX;
          at = (size_t) (place - text.data);
        }
      size_t end = fits_at (parts, n_parts, text, at);
      if (end != SIZE_MAX)
        return end;
      at += at < text.size ? character_size (text, at) : 1;
    }
  return SIZE_MAX;
}

/** The number of parts from `first` on before the next ANY. */
static uint32_t
run_length (const SigmaAtom *atom, uint32_t first)
{
  uint32_t n = 0;
  while (first + n < atom->n_parts && atom->parts[first + n].kind != SK_SIGMA_ANY)
    n++;
  return n;
}

static bool
glob_match (const SigmaAtom *atom, SkSpan text)
{
  uint32_t n = run_length (atom, 0);
  size_t at = fits_at (atom->parts, n, text, 0);
  if (n == atom->n_parts)
    return at == text.size;
  if (at == SIZE_MAX)
    return false;
  uint32_t last = atom->n_parts;
  while (atom->parts[last - 1].kind != SK_SIGMA_ANY)
    last--;
  size_t end = fits_before (atom->parts + last, atom->n_parts - last, text);
  if (end == SIZE_MAX)
    return false;
  text.size = end;
  for (uint32_t i = n; i < last && at != SIZE_MAX; i += n)
    {
      i++;
      n = run_length (atom, i);
      if (i < last && n > 0)
        at = find (atom->parts + i, n, text, at);
    }
  return at <= end;
}

bool
sigma_pattern_match (const SigmaAtom *atom, SkSpan text)
{
  switch (atom->shape)
    {
    case SIGMA_EQUALS:
      return sk_span_equal (text, atom->literal);
    case SIGMA_STARTS:
      return starts (text, atom->literal);
    case SIGMA_ENDS:
      return ends (text, atom->literal);
    case SIGMA_CONTAINS:
      return sigma_text_contains (text, atom->literal);
    case SIGMA_GLOB:
      break;
    }
  return glob_match (atom, text);
}
