/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugins for tests that must be refused: each build of this file, with one
 * WRONG_… defined, has one thing wrong.
 *
 * Each sets the environment variable SK_TEST_WRONG_RAN when it is configured,
 * so that a test can tell that nothing of it ran.
 */
#include <sekisho/sekisho.h>
#include <stdlib.h>

#ifndef WRONG_NAME
#define WRONG_NAME "wrong"
#endif
#ifndef WRONG_ABI
#define WRONG_ABI SK_ABI_MAJOR
#endif
#ifndef WRONG_SIZE
#define WRONG_SIZE sizeof (SkPlugin)
#endif
#ifndef WRONG_FACTS
#define WRONG_FACTS { "wrong.noun", SK_FIELD_BOOL, 0, "a fact" }
#endif
#ifndef WRONG_READS
#define WRONG_READS "wrong.noun"
#endif
#ifndef WRONG_OPTION
#define WRONG_OPTION { "size", SK_OPTION_INT, "1", 0, 9, "a size" }
#endif
#ifndef WRONG_RESULT
#define WRONG_RESULT SK_OK
#endif

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  (void) api;
  (void) setup;
  (void) ret_context;
  setenv ("SK_TEST_WRONG_RAN", "1", 1);
  return WRONG_RESULT;
}

static const SkFieldDecl facts[] = { WRONG_FACTS };
static const char *const reads[] = { WRONG_READS, NULL };
static const SkOptionDecl options[] = { WRONG_OPTION };

#ifdef WRONG_SYMBOL
extern const SkPlugin another_symbol;
const SkPlugin another_symbol = {
#else
const SkPlugin sekisho_plugin = {
#endif
  .size = WRONG_SIZE,
  .abi_major = WRONG_ABI,
  .name = WRONG_NAME,
  .version = "1",
  .summary = "Has something wrong",
  .licence = "Apache-2.0",
  .options = options,
  .n_options = 1,
  .facts = facts,
  .n_facts = sizeof facts / sizeof facts[0],
  .reads = reads,
  .configure = configure,
};
