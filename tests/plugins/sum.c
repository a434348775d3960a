/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that reads every byte of every object and tells their sum,
 * and the window where there is one.
 */
#include <inttypes.h>
#include <sekisho/sekisho.h>
#include <stdio.h>

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  SkRuleInfo rule = { .id = "sum.bytes", .level = SK_LEVEL_LOW, .score = -1, .title = "Sum" };
  *ret_context = (void *) (uintptr_t) api->rule_add (setup, &rule);
  return SK_OK;
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  SkSpan bytes = api->bytes (object);
  uint64_t sum = 0;
  char text[64];
  for (size_t i = 0; i < bytes.size; i++)
    sum += bytes.data[i];
  snprintf (text, sizeof text, "%" PRIu64 " of %zu", sum, bytes.size);
  api->match (object, (uint32_t) (uintptr_t) context, text);
  return SK_OK;
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "sum",
  .version = "1",
  .summary = "Adds up all bytes",
  .licence = "Apache-2.0",
  .configure = configure,
  .identify = identify,
};
