/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The behaviours of the test plugin `bad`, by subject.
 *
 * A behaviour that comes back was survived: its result is returned by the hook.
 */
#ifndef BAD_H
#define BAD_H

#include <glib.h>
#include <sekisho/sekisho.h>

/** One hook in which something bad is to happen. */
typedef struct BadCall {
  const SkApi *api;
  SkObject *object;
  uint32_t rule;
} BadCall;

typedef struct BadBehaviour {
  const char *word;
  SkResult (*run) (const BadCall *call);
} BadBehaviour;

/** Ends with a NULL word. */
extern const BadBehaviour bad_process[];  /* memory, signals, calls of the system */
extern const BadBehaviour bad_talk[];     /* descriptors, frames, the shared page */
extern const BadBehaviour bad_requests[]; /* what it asks of the host */

/** Keeps the compiler from seeing through a loop or a pointer. */
extern volatile int bad_never;

#endif
