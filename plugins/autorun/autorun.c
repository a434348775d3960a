/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `autorun`: what an autorun.inf would start, and what it shows for it.
 * Whether the program is on the medium, and whether that is bad, rules say.
 */
#include "config.h"

#include "autorun-parse.h"

#include <sekisho/sekisho.h>

/* Values of a fact that are told. */
#define MAX_VALUES 64

enum { FACT_COMMAND, FACT_ICON, FACT_LABEL, FACT_ACTION, N_FACTS };

static const SkFieldDecl facts[] = {
  [FACT_COMMAND]
  = { "autorun.command", SK_FIELD_STRING, SK_FIELD_MULTI,
      "file that it starts: path below the medium's root, lower case, / between parts" },
  [FACT_ICON]
  = { "autorun.icon", SK_FIELD_STRING, SK_FIELD_MULTI, "icon that it gives the medium" },
  [FACT_LABEL]
  = { "autorun.label", SK_FIELD_STRING, SK_FIELD_MULTI, "name that it gives the medium" },
  [FACT_ACTION] = { "autorun.action", SK_FIELD_STRING, SK_FIELD_MULTI,
                    "what the menu of Windows says for its command" },
};

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  UConverter *cp932 = autorun_converter ();
  if (cp932 == NULL)
    api->warning (setup, NULL, 0, "ICU has no CP932: Japanese names in autorun.inf stay unread");
  *ret_context = cp932;
  return SK_OK;
}

static void
free_context (void *context)
{
  if (context != NULL)
    ucnv_close (context);
}

typedef struct Telling {
  const SkApi *api;
  SkObject *object;
  GPtrArray *told[N_FACTS];
  bool full;
} Telling;

/* Each value once: worms repeat theirs for every verb of the menu. */
static bool
tell (Telling *t, uint32_t fact, const char *value)
{
  GPtrArray *told = t->told[fact];
  if (g_ptr_array_find_with_equal_func (told, value, g_str_equal, NULL))
    return true;
  if (told->len == MAX_VALUES)
    {
      t->full = true;
      return false;
    }
  g_ptr_array_add (told, g_strdup (value));
  t->api->fact_string (t->object, fact, sk_span_of_text (value));
  return true;
}

static bool
tell_path (void *data, const char *path)
{
  return tell (data, FACT_COMMAND, path);
}

static bool
take_line (void *data, AutorunKey key, const char *value)
{
  Telling *t = data;
  switch (key)
    {
    case AUTORUN_COMMAND:
      autorun_command (value, tell_path, t);
      break;
    case AUTORUN_ICON:
      tell (t, FACT_ICON, value);
      break;
    case AUTORUN_LABEL:
      tell (t, FACT_LABEL, value);
      break;
    case AUTORUN_ACTION:
      tell (t, FACT_ACTION, value);
      break;
    }
  return !t->full;
}

static bool
is_mine (const SkApi *api, SkObject *object)
{
  const char *type;
  SkStrength strength;
  if (g_ascii_strcasecmp (api->name (object), "autorun.inf") == 0)
    return true;
  for (size_t i = 0; api->type_at (object, i, &type, &strength); i++)
    if (strcmp (type, "application/x-autorun") == 0)
      return true;
  return false;
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  if (!is_mine (api, object))
    return SK_OK;
  SkSpan bytes = api->bytes (object);
  g_autofree char *text = autorun_text (bytes, context);
  bool cut = bytes.size > AUTORUN_MAX_BYTES;
  Telling t = { .api = api, .object = object };
  for (size_t i = 0; i < N_FACTS; i++)
    t.told[i] = g_ptr_array_new_with_free_func (g_free);
  autorun_parse (text, take_line, &t);
  for (size_t i = 0; i < N_FACTS; i++)
    g_ptr_array_unref (t.told[i]);
  if (!cut && !t.full)
    return SK_OK;
  api->not_inspected (object, SK_REASON_LIMIT,
                      cut ? "autorun.inf beyond 1 MiB"
                          : "more than 64 different lines of autorun.inf");
  return SK_PARTIAL;
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "autorun",
  .version = PACKAGE_VERSION,
  .summary = "what an autorun.inf would start",
  .licence = "Apache-2.0",
  .facts = facts,
  .n_facts = N_FACTS,
  .configure = configure,
  .identify = identify,
  .free_context = free_context,
};
