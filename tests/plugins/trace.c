/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that tells of each of its calls by a match, on every
 * object; the evidence is the phase and the object's name.
 */
#include <sekisho/sekisho.h>
#include <stdint.h>
#include <stdio.h>

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  SkRuleInfo rule = { .id = "trace.call", .level = SK_LEVEL_MEDIUM, .score = -1, .title = "Called" };
  *ret_context = (void *) (uintptr_t) api->rule_add (setup, &rule);
  return SK_OK;
}

static SkResult
tell (const SkApi *api, void *context, SkObject *object, const char *phase)
{
  char text[256];
  snprintf (text, sizeof text, "%s %s", phase, api->name (object));
  api->match (object, (uint32_t) (uintptr_t) context, text);
  return SK_OK;
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  return tell (api, context, object, "identify");
}

static SkResult
open_object (const SkApi *api, void *context, SkObject *object)
{
  return tell (api, context, object, "open");
}

static SkResult
judge (const SkApi *api, void *context, SkObject *object)
{
  return tell (api, context, object, "judge");
}

static const char *const accepts[] = { "*", NULL };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "trace",
  .version = "1",
  .summary = "Tells of each call",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .configure = configure,
  .identify = identify,
  .open = open_object,
  .judge = judge,
};
