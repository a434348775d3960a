/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * An engine that does what a job's path says, for tests of the processes
 * alone: linked before the library, it takes the place of the real one.
 *
 * `ok`, `read` (reply.bytes: the first byte of the input), `fds` (reply.objects:
 * descriptors open), `lend` (writes into a lent file; reply.bytes: 1 when it got
 * one), `record` (three records), `large` (a reply beyond a frame), `nap` (0.1 s),
 * and the deaths `crash`, `loop`, `socket`, `trap-memory`, `null-memory`.
 * A plugin named `bad` in the built order refuses the start.
 */
#ifndef SK_TEST_FAKE_ENGINE_H
#define SK_TEST_FAKE_ENGINE_H

#include "engine/engine.h"

/** Id of the object that the deadly jobs mark, and its plugin. */
#define FAKE_OBJECT "/zip:3/mail:0"
#define FAKE_PLUGIN 2

#endif
