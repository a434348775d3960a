/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Literals to Hyperscan databases, and hits to windows.
 *
 * Why a window is enough: every match of a string holds one of its literals,
 * and lies with its neighbours within the literal's reach. So a match in the
 * object is in some window with all that libyara looks at. And no window makes
 * up a match at its edge: that match would hold a literal, whose own window
 * would have moved the edge away. Windows that touch are joined.
 */
#include "config.h"

#include <hs/hs.h>
#include <stdlib.h>

#include "yara-filter.h"

/** Literals in one database: Hyperscan refuses some 37,000. */
#define MAX_LITERALS 16000
/** Bytes of one call: its lengths are 32 bits wide; and progress is told after each. */
#define PIECE ((size_t) 64 << 20)
/** Pieces overlap by so much, so that what lies across their border is found: an expression or jump
 * of libyara's reaches 4,096 bytes to each side of its literal, and longer ones are chained. */
#define OVERLAP ((size_t) 64 << 10)
/** Windows of a group beyond these are no longer worth their number. */
#define MAX_WINDOWS 4096

/** What a hit of a literal means. */
typedef struct Meaning {
  uint32_t group;
  uint32_t reach;
  uint32_t size; /* 0: of a pattern, the hit tells the end only */
} Meaning;

typedef struct Place {
  uint32_t group;
  YaraWindow window;
} Place;

struct YaraFilter
{
  GArray *literals;  /* of YaraLiteral; gone after the build */
  GArray *meanings;  /* of Meaning, by the literal's number */
  GArray *fixed;     /* of Place: looked at in each object */
  GPtrArray *databases;
};

struct YaraPass
{
  hs_scratch_t *scratch;
  YaraPlaces *places;
  unsigned n_groups;
  /* of the run */
  const YaraFilter *filter;
  size_t size, base;
};

/* ---- building ---- */

static void
database_free (void *database)
{
  hs_free_database (database);
}

YaraFilter *
yara_filter_new (void)
{
  YaraFilter *filter = g_new0 (YaraFilter, 1);
  filter->literals = yara_literals_new ();
  filter->meanings = g_array_new (FALSE, FALSE, sizeof (Meaning));
  filter->fixed = g_array_new (FALSE, FALSE, sizeof (Place));
  filter->databases = g_ptr_array_new_with_free_func (database_free);
  return filter;
}

void
yara_filter_free (YaraFilter *filter)
{
  if (filter == NULL)
    return;
  g_array_unref (filter->literals);
  g_array_unref (filter->meanings);
  g_array_unref (filter->fixed);
  g_ptr_array_unref (filter->databases);
  g_free (filter);
}

void
yara_filter_add (YaraFilter *filter, unsigned group, const GArray *literals, const GArray *fixed)
{
  for (guint i = 0; i < literals->len; i++)
    {
      const YaraLiteral *literal = &g_array_index (literals, YaraLiteral, i);
      Meaning meaning = { group, literal->reach, literal->size };
      YaraLiteral copy = *literal;
      copy.pattern = g_strdup (literal->pattern);
      g_array_append_val (filter->literals, copy);
      g_array_append_val (filter->meanings, meaning);
    }
  for (guint i = 0; i < fixed->len; i++)
    {
      const YaraFixed *at = &g_array_index (fixed, YaraFixed, i);
      uint64_t end;
      if (__builtin_add_overflow (at->offset, at->length, &end))
        continue; /* no object reaches that far */
      Place place = { group, { at->offset - MIN (at->offset, at->length), end } };
      g_array_append_val (filter->fixed, place);
    }
}

/** What Hyperscan is given for one database. */
typedef struct Terms {
  GPtrArray *texts;
  GArray *sizes;   /* of size_t */
  GArray *flags;   /* of unsigned */
  GArray *numbers; /* of unsigned */
} Terms;

static Terms
terms_new (void)
{
  return (Terms){ g_ptr_array_new (), g_array_new (FALSE, FALSE, sizeof (size_t)),
                  g_array_new (FALSE, FALSE, sizeof (unsigned)),
                  g_array_new (FALSE, FALSE, sizeof (unsigned)) };
}

static void
terms_reset (Terms *terms)
{
  g_ptr_array_set_size (terms->texts, 0);
  g_array_set_size (terms->sizes, 0);
  g_array_set_size (terms->flags, 0);
  g_array_set_size (terms->numbers, 0);
}

static void
terms_clear (Terms *terms)
{
  g_ptr_array_unref (terms->texts);
  g_array_unref (terms->sizes);
  g_array_unref (terms->flags);
  g_array_unref (terms->numbers);
}

static void
terms_add (Terms *terms, const YaraLiteral *literal, unsigned number)
{
  size_t size = literal->size;
  unsigned flags = literal->any_case ? HS_FLAG_CASELESS : 0;
  if (literal->pattern != NULL)
    flags |= HS_FLAG_DOTALL;
  g_ptr_array_add (terms->texts,
                   (void *) (literal->pattern != NULL ? literal->pattern
                                                      : (const char *) literal->bytes));
  g_array_append_val (terms->sizes, size);
  g_array_append_val (terms->flags, flags);
  g_array_append_val (terms->numbers, number);
}

static bool
build_one (YaraFilter *filter, const Terms *terms, bool are_patterns)
{
  hs_database_t *database = NULL;
  hs_compile_error_t *error = NULL;
  const char *const *texts = (const char *const *) terms->texts->pdata;
  const unsigned *flags = (const unsigned *) (void *) terms->flags->data;
  const unsigned *numbers = (const unsigned *) (void *) terms->numbers->data;
  const size_t *sizes = (const size_t *) (void *) terms->sizes->data;
  unsigned count = terms->texts->len;
  hs_error_t result
      = count == 0     ? HS_SUCCESS
        : are_patterns ? hs_compile_multi (texts, flags, numbers, count, HS_MODE_BLOCK, NULL,
                                           &database, &error)
                       : hs_compile_lit_multi (texts, flags, numbers, sizes, count, HS_MODE_BLOCK,
                                               NULL, &database, &error);
  hs_free_compile_error (error);
  if (database != NULL)
    g_ptr_array_add (filter->databases, database);
  return result == HS_SUCCESS;
}

static bool
build_kind (YaraFilter *filter, bool patterns)
{
  bool built = true;
  Terms terms = terms_new ();
  for (guint i = 0; built && i < filter->literals->len; i++)
    {
      const YaraLiteral *literal = &g_array_index (filter->literals, YaraLiteral, i);
      if ((literal->pattern != NULL) != patterns)
        continue;
      terms_add (&terms, literal, i);
      if (terms.texts->len < MAX_LITERALS)
        continue;
      built = build_one (filter, &terms, patterns);
      terms_reset (&terms);
    }
  built = built && build_one (filter, &terms, patterns);
  terms_clear (&terms);
  return built;
}

bool
yara_filter_build (YaraFilter *filter)
{
  bool built = hs_valid_platform () == HS_SUCCESS && build_kind (filter, false)
               && build_kind (filter, true);
  g_array_set_size (filter->literals, 0);
  return built;
}

/* ---- storing ---- */

char *
yara_filter_platform (void)
{
  hs_platform_info_t info = { 0 };
  hs_populate_platform (&info);
  return g_strdup_printf ("%s %u %llx", hs_version (), info.tune, info.cpu_features);
}

static void
put_u32 (GByteArray *to, uint64_t value)
{
  uint32_t little = GUINT32_TO_LE ((uint32_t) value);
  g_byte_array_append (to, (const uint8_t *) &little, sizeof little);
}

static void
put_u64 (GByteArray *to, uint64_t value)
{
  put_u32 (to, value & UINT32_MAX);
  put_u32 (to, value >> 32);
}

bool
yara_filter_save (const YaraFilter *filter, GByteArray *to)
{
  put_u32 (to, filter->meanings->len);
  for (guint i = 0; i < filter->meanings->len; i++)
    {
      const Meaning *meaning = &g_array_index (filter->meanings, Meaning, i);
      put_u32 (to, meaning->group);
      put_u32 (to, meaning->reach);
      put_u32 (to, meaning->size);
    }
  put_u32 (to, filter->fixed->len);
  for (guint i = 0; i < filter->fixed->len; i++)
    {
      const Place *place = &g_array_index (filter->fixed, Place, i);
      put_u32 (to, place->group);
      put_u64 (to, place->window.begin);
      put_u64 (to, place->window.end);
    }
  put_u32 (to, filter->databases->len);
  for (guint i = 0; i < filter->databases->len; i++)
    {
      char *bytes = NULL;
      size_t size = 0;
      if (hs_serialize_database (filter->databases->pdata[i], &bytes, &size) != HS_SUCCESS)
        return false;
      put_u64 (to, size);
      g_byte_array_append (to, (const uint8_t *) bytes, (guint) size);
      free (bytes);
    }
  return true;
}

static bool
take_meaning (SkCursor *from, YaraFilter *filter)
{
  Meaning meaning;
  if (!sk_cursor_take_u32le (from, &meaning.group) || !sk_cursor_take_u32le (from, &meaning.reach)
      || !sk_cursor_take_u32le (from, &meaning.size))
    return false;
  g_array_append_val (filter->meanings, meaning);
  return true;
}

static bool
take_place (SkCursor *from, YaraFilter *filter)
{
  Place place;
  if (!sk_cursor_take_u32le (from, &place.group)
      || !sk_cursor_take_u64le (from, &place.window.begin)
      || !sk_cursor_take_u64le (from, &place.window.end))
    return false;
  g_array_append_val (filter->fixed, place);
  return true;
}

static bool
take_database (SkCursor *from, YaraFilter *filter)
{
  uint64_t size;
  SkSpan bytes;
  hs_database_t *database = NULL;
  if (!sk_cursor_take_u64le (from, &size) || !sk_cursor_take (from, size, &bytes)
      || hs_deserialize_database ((const char *) bytes.data, bytes.size, &database) != HS_SUCCESS)
    return false;
  g_ptr_array_add (filter->databases, database);
  return true;
}

static bool
take_list (SkCursor *from, YaraFilter *filter, bool (*take_one) (SkCursor *, YaraFilter *))
{
  uint32_t count;
  if (!sk_cursor_take_u32le (from, &count))
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (!take_one (from, filter))
      return false;
  return true;
}

static bool
groups_are_below (const YaraFilter *filter, unsigned n_groups)
{
  for (guint i = 0; i < filter->meanings->len; i++)
    if (g_array_index (filter->meanings, Meaning, i).group >= n_groups)
      return false;
  for (guint i = 0; i < filter->fixed->len; i++)
    if (g_array_index (filter->fixed, Place, i).group >= n_groups)
      return false;
  return true;
}

YaraFilter *
yara_filter_load (SkCursor *from, unsigned n_groups)
{
  YaraFilter *filter = yara_filter_new ();
  if (!take_list (from, filter, take_meaning) || !take_list (from, filter, take_place)
      || !take_list (from, filter, take_database) || !groups_are_below (filter, n_groups))
    g_clear_pointer (&filter, yara_filter_free);
  return filter;
}

/* ---- running ---- */

bool
yara_pass_prepare (YaraPass *pass, const YaraFilter *filter)
{
  for (guint i = 0; i < filter->databases->len; i++)
    if (hs_alloc_scratch (filter->databases->pdata[i], &pass->scratch) != HS_SUCCESS)
      return false;
  return true;
}

YaraPass *
yara_pass_new (unsigned n_groups)
{
  YaraPass *pass = g_new0 (YaraPass, 1);
  pass->n_groups = n_groups;
  pass->places = g_new0 (YaraPlaces, n_groups);
  for (unsigned i = 0; i < n_groups; i++)
    pass->places[i].windows = g_array_new (FALSE, FALSE, sizeof (YaraWindow));
  return pass;
}

void
yara_pass_free (YaraPass *pass)
{
  if (pass == NULL)
    return;
  for (unsigned i = 0; i < pass->n_groups; i++)
    g_array_unref (pass->places[i].windows);
  hs_free_scratch (pass->scratch);
  g_free (pass->places);
  g_free (pass);
}

static void
add_window (YaraPlaces *places, size_t begin, size_t end)
{
  GArray *windows = places->windows;
  if (windows->len > 0)
    {
      YaraWindow *last = &g_array_index (windows, YaraWindow, windows->len - 1);
      if (begin >= last->begin && begin <= last->end)
        {
          last->end = MAX (last->end, end);
          return;
        }
    }
  YaraWindow window = { begin, end };
  g_array_append_val (windows, window);
  places->everywhere = windows->len > MAX_WINDOWS;
}

/** Hyperscan tells the hits of one database in the order of their ends. */
static int
on_hit (unsigned number, unsigned long long from, unsigned long long to, unsigned flags, void *data)
{
  (void) from;
  (void) flags;
  YaraPass *pass = data;
  const Meaning *meaning = &g_array_index (pass->filter->meanings, Meaning, number);
  YaraPlaces *places = &pass->places[meaning->group];
  if (places->everywhere)
    return 0;
  size_t end = pass->base + (size_t) to;
  size_t begin = end - meaning->size;
  if (meaning->reach == YARA_REACH_ALL)
    places->everywhere = true;
  else
    add_window (places, begin - MIN (begin, meaning->reach),
                end + MIN (pass->size - end, meaning->reach));
  return 0;
}

static int
by_begin (const void *a, const void *b)
{
  size_t left = ((const YaraWindow *) a)->begin, right = ((const YaraWindow *) b)->begin;
  return (left > right) - (left < right);
}

/** Puts the windows in order and joins those that touch; many of them become everywhere. */
static void
settle (YaraPlaces *places, size_t size)
{
  GArray *windows = places->windows;
  if (places->everywhere || windows->len == 0)
    return;
  g_array_sort (windows, by_begin);
  guint kept = 0;
  size_t covered = 0;
  for (guint i = 1; i < windows->len; i++)
    {
      YaraWindow *last = &g_array_index (windows, YaraWindow, kept);
      const YaraWindow *next = &g_array_index (windows, YaraWindow, i);
      if (next->begin <= last->end)
        last->end = MAX (last->end, next->end);
      else
        g_array_index (windows, YaraWindow, ++kept) = *next;
    }
  g_array_set_size (windows, kept + 1);
  for (guint i = 0; i < windows->len; i++)
    covered += g_array_index (windows, YaraWindow, i).end
               - g_array_index (windows, YaraWindow, i).begin;
  places->everywhere = covered > size / 2;
}

static void
begin_run (YaraPass *pass, const YaraFilter *filter, size_t size)
{
  pass->filter = filter;
  pass->size = size;
  for (unsigned i = 0; i < pass->n_groups; i++)
    {
      pass->places[i].everywhere = false;
      g_array_set_size (pass->places[i].windows, 0);
    }
  for (guint i = 0; i < filter->fixed->len; i++)
    {
      const Place *place = &g_array_index (filter->fixed, Place, i);
      if (place->window.begin < size)
        add_window (&pass->places[place->group], place->window.begin,
                    MIN (place->window.end, size));
    }
}

/** One database over all bytes, in pieces that overlap. */
static bool
run_database (YaraPass *pass, const hs_database_t *database, SkSpan bytes,
              bool (*progress) (void *data, size_t bytes), void *data)
{
  for (size_t done = 0; done < bytes.size;)
    {
      size_t overlap = MIN (done, OVERLAP);
      size_t piece = MIN (bytes.size - done, PIECE);
      pass->base = done - overlap;
      if (hs_scan (database, (const char *) bytes.data + pass->base, (unsigned) (piece + overlap),
                   0, pass->scratch, on_hit, pass)
          != HS_SUCCESS)
        return false;
      done += piece;
      if (!progress (data, piece))
        return false;
    }
  return true;
}

bool
yara_pass_run (YaraPass *pass, const YaraFilter *filter, SkSpan bytes,
               bool (*progress) (void *data, size_t bytes), void *data)
{
  begin_run (pass, filter, bytes.size);
  for (guint i = 0; i < filter->databases->len; i++)
    if (!run_database (pass, filter->databases->pdata[i], bytes, progress, data))
      return false;
  for (unsigned i = 0; i < pass->n_groups; i++)
    settle (&pass->places[i], bytes.size);
  return true;
}

const YaraPlaces *
yara_pass_places (const YaraPass *pass, unsigned group)
{
  return &pass->places[group];
}
