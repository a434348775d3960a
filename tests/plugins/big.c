/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that makes much of one object: thousands of windows, of
 * which some hand back children again, a large child that is written out of
 * order, records, and objects that wait for secrets found elsewhere.
 *
 * All of it follows from the object's bytes alone.
 */
#include "config.h"

#include "big.h"

#include <sekisho/sekisho.h>
#include <stdio.h>
#include <string.h>

enum { RECORD_EVENT, RECORD_NESTED };
enum { FIELD_NUMBER, FIELD_WORD, FIELD_TAGS, FIELD_EVEN };
enum { FACT_KIND };

/** Numbers of the rules. */
typedef struct Context {
  uint32_t window, piece, large, opened, nested;
} Context;

static void G_GNUC_PRINTF (4, 5)
tell (const SkApi *api, SkObject *object, uint32_t rule, const char *format, ...)
{
  char text[200];
  va_list args;
  va_start (args, format);
  g_vsnprintf (text, sizeof text, format, args);
  va_end (args);
  api->match (object, rule, text);
}

static uint64_t
digest_of (SkSpan bytes)
{
  uint64_t digest = 0;
  for (size_t i = 0; i + 8 <= bytes.size; i += 8)
    {
      uint64_t word;
      memcpy (&word, bytes.data + i, sizeof word);
      digest = big_digest (digest, word);
    }
  for (size_t i = bytes.size & ~(size_t) 7; i < bytes.size; i++)
    digest = big_digest (digest, bytes.data[i]);
  return digest;
}

static void
make_record (const SkApi *api, SkObject *object, uint32_t kind, uint64_t position, uint64_t seed)
{
  /* Few times for many records: the order among equal ones counts, too. */
  SkRecord *record
      = api->record_begin (object, kind, position, (int64_t) (big_word (seed) % 1000) * 1000000);
  char word[64];
  if (record == NULL)
    return;
  snprintf (word, sizeof word, "word %016llx", (unsigned long long) big_word (seed + 1));
  api->record_int (record, FIELD_NUMBER, (int64_t) seed);
  api->record_string (record, FIELD_WORD, sk_span_of_text (word));
  for (uint64_t i = 0; i < seed % 4; i++)
    api->record_string (record, FIELD_TAGS, sk_span_slice (sk_span_of_text (word), i, 9));
  api->record_bool (record, FIELD_EVEN, seed % 2 == 0);
  api->record_end (record);
}

/* ---- the entry object ---- */

static bool
is_entry (const SkApi *api, SkObject *object, unsigned *ret_windows, unsigned *ret_mib)
{
  SkSpan bytes = api->bytes (object);
  char head[BIG_HEAD + 1] = "";
  if (api->parent (object) != NULL || bytes.size < BIG_HEAD)
    return false;
  memcpy (head, bytes.data, BIG_HEAD);
  return sscanf (head, "BIG %u %u\n", ret_windows, ret_mib) == 2;
}

/* The last block comes early, so that most writes fill holes. */
static bool
write_blocks (const SkApi *api, SkChild *child, uint64_t n)
{
  static uint64_t block[BIG_BLOCK / 8];
  for (uint64_t i = 0; i < n; i++)
    {
      uint64_t at = (i * 1237 + n - 1) % n;
      for (uint64_t k = 0; k < BIG_BLOCK / 8; k++)
        block[k] = big_word (at * (BIG_BLOCK / 8) + k);
      if (!api->child_write (child, at * BIG_BLOCK, (SkSpan){ (const uint8_t *) block, BIG_BLOCK }))
        return false;
    }
  return true;
}

static bool
write_large (const SkApi *api, SkObject *object, unsigned mib)
{
  SkChild *child = api->child_begin (object, 0, "large");
  bool good = child != NULL && write_blocks (api, child, (uint64_t) mib * ((1u << 20) / BIG_BLOCK));
  if (child != NULL)
    api->child_commit (child);
  return good;
}

/* What is locked comes before what opens it; the last is never opened. */
static bool
make_locked (const SkApi *api, SkObject *object)
{
  static const char *const names[] = { "locked-b", "locked-a", "locked-c", "note" };
  for (uint64_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (!api->child_slice (object, 10 + i, names[i], (size_t) i, 32))
      return false;
  return true;
}

static SkResult
open_entry (const SkApi *api, SkObject *object, unsigned windows, unsigned mib)
{
  if (!make_locked (api, object))
    return SK_LIMIT;
  for (unsigned i = 0; i < windows; i++)
    {
      char context[32];
      snprintf (context, sizeof context, "window %u", i);
      if (i == windows / 2 && !write_large (api, object, mib))
        return SK_LIMIT;
      if (!api->defer (object, BIG_HEAD + (uint64_t) i * BIG_WINDOW, BIG_WINDOW,
                       sk_span_of_text (context)))
        return SK_LIMIT;
    }
  for (uint64_t i = 0; i < 100; i++)
    make_record (api, object, RECORD_EVENT, i, i);
  return SK_OK;
}

/* ---- windows ---- */

static void
make_piece (const SkApi *api, SkObject *object, uint64_t position, unsigned number)
{
  char name[32], text[64];
  snprintf (name, sizeof name, "piece-%u", number);
  snprintf (text, sizeof text, "the piece %u of it", number);
  SkChild *child = api->child_begin (object, position, name);
  if (child == NULL)
    return;
  api->child_append (child, sk_span_of_text (text));
  api->child_append (child, api->bytes (object));
  api->child_commit (child);
}

/* A child that becomes a window of its own; now and then one that a lent file must hold. */
static bool
make_nested (const SkApi *api, SkObject *object, unsigned number)
{
  char context[32];
  uint64_t size = number % 970 == 0 ? 9u << 20 : 3000;
  SkSpan bytes = api->bytes (object);
  SkChild *child = api->child_begin (object, 1000, "nested");
  if (child == NULL)
    return false;
  snprintf (context, sizeof context, "nested %u", number);
  for (uint64_t at = size; at >= 1000; at -= 1000)
    api->child_write (child, at - bytes.size, bytes);
  return api->defer_child (child, sk_span_of_text (context));
}

static SkResult
open_window (const SkApi *api, const Context *context, SkObject *object, unsigned number)
{
  SkSpan bytes = api->bytes (object);
  for (uint64_t i = 0; i < 3; i++)
    make_record (api, object, RECORD_EVENT, i, (uint64_t) number * 3 + i);
  make_piece (api, object, 1, number);
  if (number % 10 == 0 && !api->child_slice (object, 2, "piece-slice", 8, 16))
    return SK_LIMIT;
  if (number % 50 == 0)
    tell (api, object, context->window, "window %u %016llx", number,
          (unsigned long long) digest_of (bytes));
  if (number % 97 == 0 && !make_nested (api, object, number))
    return SK_LIMIT;
  if (number % 501 == 0)
    api->not_inspected (object, SK_REASON_UNSUPPORTED, "every so often");
  return SK_OK;
}

static SkResult
open_nested (const SkApi *api, const Context *context, SkObject *object, unsigned number)
{
  tell (api, object, context->nested, "nested %u %016llx", number,
        (unsigned long long) digest_of (api->bytes (object)));
  make_record (api, object, RECORD_NESTED, 0, number);
  make_piece (api, object, 1, number);
  return SK_OK;
}

/* The context is no text: it has no end. */
static SkResult
open_deferred (const SkApi *api, const Context *context, SkObject *object, SkSpan about)
{
  char text[64] = "";
  unsigned number;
  memcpy (text, about.data, MIN (about.size, sizeof text - 1));
  if (sscanf (text, "window %u", &number) == 1)
    return open_window (api, context, object, number);
  if (sscanf (text, "nested %u", &number) == 1)
    return open_nested (api, context, object, number);
  return SK_MALFORMED;
}

/* ---- children ---- */

/** The search for one secret. */
typedef struct Search {
  SkSpan wanted;
  bool found;
} Search;

static bool
compare (SkSpan secret, const char *origin, void *data)
{
  Search *search = data;
  (void) origin;
  search->found = sk_span_equal (secret, search->wanted);
  return !search->found;
}

static SkResult
unlock (const SkApi *api, const Context *context, SkObject *object, const char *key, const char *inside)
{
  Search search = { sk_span_of_text (key), false };
  api->secret_each (object, compare, &search);
  if (!search.found)
    {
      api->park (object, "no secret opened it");
      return SK_OK;
    }
  tell (api, object, context->opened, "opened with %s", key);
  return api->child_slice (object, 0, inside, 0, 8) ? SK_OK : SK_LIMIT;
}

static SkResult
open_child (const SkApi *api, const Context *context, SkObject *object)
{
  const char *name = api->name (object);
  if (strcmp (name, "locked-a") == 0)
    return unlock (api, context, object, "key-a", "inside-a");
  if (strcmp (name, "locked-b") == 0)
    return unlock (api, context, object, "key-b", "piece-inside-b");
  if (strcmp (name, "locked-c") == 0)
    return unlock (api, context, object, "key-c", "inside-c");
  if (strcmp (name, "note") == 0)
    api->secret_offer (object, sk_span_of_text ("key-a"), "a note");
  else if (strcmp (name, "inside-a") == 0)
    api->secret_offer (object, sk_span_of_text ("key-b"), "what was locked");
  return SK_OK;
}

/* ---- hooks ---- */

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  unsigned windows, mib;
  (void) context;
  if (is_entry (api, object, &windows, &mib))
    api->type_add (object, "application/x-big", SK_STRENGTH_CONTENT);
  api->fact_string (object, FACT_KIND, sk_span_of_text (api->name (object)));
  return SK_OK;
}

static SkResult
open_object (const SkApi *api, void *context, SkObject *object)
{
  SkWindow window;
  unsigned windows, mib;
  if (api->window (object, &window))
    return open_deferred (api, context, object, window.context);
  if (is_entry (api, object, &windows, &mib))
    return open_entry (api, object, windows, mib);
  return api->parent (object) != NULL ? open_child (api, context, object) : SK_NOT_MINE;
}

static SkResult
judge (const SkApi *api, void *data, SkObject *object)
{
  const Context *context = data;
  const char *name = api->name (object);
  SkSpan bytes = api->bytes (object);
  bool large = strcmp (name, "large") == 0;
  if (large || strncmp (name, "piece-", 6) == 0)
    tell (api, object, large ? context->large : context->piece, "%s %zu %016llx", name, bytes.size,
          (unsigned long long) digest_of (bytes));
  return SK_OK;
}

static uint32_t
add_rule (const SkApi *api, SkSetup *setup, const char *id, SkLevel level)
{
  SkRuleInfo rule = { .id = id, .level = level, .score = -1, .title = "For tests" };
  return api->rule_add (setup, &rule);
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  static Context context;
  context.window = add_rule (api, setup, "big.window", SK_LEVEL_LOW);
  context.piece = add_rule (api, setup, "big.piece", SK_LEVEL_INFORMATIONAL);
  context.large = add_rule (api, setup, "big.large", SK_LEVEL_HIGH);
  context.opened = add_rule (api, setup, "big.opened", SK_LEVEL_MEDIUM);
  context.nested = add_rule (api, setup, "big.nested", SK_LEVEL_LOW);
  *ret_context = &context;
  return SK_OK;
}

static const char *const accepts[] = { "*", NULL };

static const SkFieldDecl facts[] = {
  { "big.kind", SK_FIELD_STRING, 0, "The name" },
};

static const SkFieldDecl fields[] = {
  { "number", SK_FIELD_INT, 0, "A number" },
  { "word", SK_FIELD_STRING, 0, "A word" },
  { "tags", SK_FIELD_STRING, SK_FIELD_MULTI, "Parts of the word" },
  { "even", SK_FIELD_BOOL, 0, "Whether the number is even" },
};

static const SkRecordDecl records[] = {
  { "big.event", fields, G_N_ELEMENTS (fields), "An event", 0 },
  { "big.nested", fields, G_N_ELEMENTS (fields), "An event in a window of a window", 0 },
};

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "big",
  .version = "1",
  .summary = "Makes much of one object",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .records = records,
  .n_records = G_N_ELEMENTS (records),
  .configure = configure,
  .identify = identify,
  .open = open_object,
  .judge = judge,
};
