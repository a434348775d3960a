/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that does the bad thing that its object names.
 *
 * "BAD <phase> <word>\n…" with phase `i`, `o` or `j` does it in that hook.
 * "BOX\n" followed by entries `<size>\n<bytes>` is a container: each entry is a
 * child. Any other object is left alone.
 */
#include "config.h"

#include "bad.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef BAD_NAME
#define BAD_NAME "bad"
#endif

enum { OPTION_START };

volatile int bad_never;

static bool
begins_with (SkSpan bytes, const char *head)
{
  return sk_span_equal (sk_span_slice (bytes, 0, strlen (head)), sk_span_of_text (head));
}

static const BadBehaviour *
find_in (const BadBehaviour *list, SkSpan word)
{
  for (; list->word != NULL; list++)
    if (sk_span_equal (word, sk_span_of_text (list->word)))
      return list;
  return NULL;
}

static const BadBehaviour *
find (SkSpan word)
{
  const BadBehaviour *found = find_in (bad_process, word);
  if (found == NULL)
    found = find_in (bad_talk, word);
  return found != NULL ? found : find_in (bad_requests, word);
}

/* "BAD o word\n": the word, when the phase is that one. */
static bool
word_for (SkSpan bytes, char phase, SkSpan *ret_word)
{
  const size_t head = strlen ("BAD x ");
  if (!begins_with (bytes, "BAD ") || bytes.size <= head || bytes.data[4] != phase)
    return false;
  SkSpan rest = sk_span_slice (bytes, head, 64);
  const uint8_t *end = memchr (rest.data, '\n', rest.size);
  if (end == NULL)
    return false;
  *ret_word = sk_span_slice (rest, 0, (size_t) (end - rest.data));
  return true;
}

static SkResult
misbehave (const SkApi *api, void *context, SkObject *object, char phase)
{
  SkSpan word;
  if (!word_for (api->bytes (object), phase, &word))
    return SK_OK;
  const BadBehaviour *behaviour = find (word);
  BadCall call = { api, object, (uint32_t) (uintptr_t) context };
  if (behaviour != NULL)
    return behaviour->run (&call);
  api->match (object, call.rule, "unknown behaviour");
  return SK_OK;
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  if (begins_with (api->bytes (object), "BOX\n"))
    api->type_add (object, "application/x-box", SK_STRENGTH_CONTENT);
  return misbehave (api, context, object, 'i');
}

/* Takes "<number>\n". */
static bool
take_size (SkCursor *cursor, size_t *ret_size)
{
  size_t size = 0;
  uint8_t c;
  while (sk_cursor_take_u8 (cursor, &c))
    {
      if (c == '\n')
        {
          *ret_size = size;
          return true;
        }
      if (c < '0' || c > '9' || size > G_MAXUINT32)
        return false;
      size = size * 10 + (size_t) (c - '0');
    }
  return false;
}

/* Of two such plugins only one splits boxes. */
static SkResult
open_box (const SkApi *api, SkObject *object)
{
  if (strcmp (BAD_NAME, "bad") != 0)
    return SK_OK;
  SkSpan bytes = api->bytes (object);
  SkCursor cursor = sk_cursor (bytes);
  size_t size;
  sk_cursor_skip (&cursor, strlen ("BOX\n"));
  for (uint64_t i = 0; sk_cursor_left (&cursor) > 0; i++)
    {
      SkSpan entry;
      char name[32];
      if (!take_size (&cursor, &size) || !sk_cursor_take (&cursor, size, &entry))
        return SK_MALFORMED;
      g_snprintf (name, sizeof name, "entry-%u", (unsigned) i);
      if (!api->child_slice (object, i, name, (size_t) (entry.data - bytes.data), entry.size))
        return SK_LIMIT;
    }
  return SK_OK;
}

static SkResult
open_object (const SkApi *api, void *context, SkObject *object)
{
  if (begins_with (api->bytes (object), "BOX\n"))
    return open_box (api, object);
  return misbehave (api, context, object, 'o');
}

static SkResult
judge (const SkApi *api, void *context, SkObject *object)
{
  return misbehave (api, context, object, 'j');
}

/* What goes wrong before any object is seen. */
static SkResult
start (const SkApi *api, SkSetup *setup)
{
  const char *how = api->option_string (setup, OPTION_START);
  if (strcmp (how, "crash") == 0)
    raise (SIGSEGV);
  else if (strcmp (how, "exit") == 0)
    exit (0);
  else if (strcmp (how, "unknown-result") == 0)
    return (SkResult) 99;
  else if (strcmp (how, "fail-silently") == 0)
    return SK_FAILED;
  else if (strcmp (how, "write") == 0)
    for (int fd = 3; fd < 64; fd++)
      if (write (fd, "garbage garbage garbage garbage", 31) < 0)
        continue;
  return SK_OK;
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  SkRuleInfo rule = { .id = BAD_NAME ".survived", .level = SK_LEVEL_INFORMATIONAL, .score = -1,
                      .title = "Something bad was survived" };
  *ret_context = (void *) (uintptr_t) api->rule_add (setup, &rule);
  return start (api, setup);
}

static const char *const accepts[] = { "*", NULL };

static const SkOptionDecl options[] = {
  { "start", SK_OPTION_STRING, "", 0, 0, "What goes wrong at the start" },
};

static const SkFieldDecl facts[] = {
  { BAD_NAME ".list", SK_FIELD_STRING, SK_FIELD_MULTI, "A list" },
};

static const SkFieldDecl fields[] = {
  { "text", SK_FIELD_STRING, 0, "A text" },
};

static const SkRecordDecl records[] = {
  { BAD_NAME ".event", fields, G_N_ELEMENTS (fields), "An event", 0 },
};

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .flags = SK_PLUGIN_RISKY,
  .name = BAD_NAME,
  .version = "1",
  .summary = "Misbehaves as its object says",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .options = options,
  .n_options = G_N_ELEMENTS (options),
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .records = records,
  .n_records = G_N_ELEMENTS (records),
  .configure = configure,
  .identify = identify,
  .open = open_object,
  .judge = judge,
};
