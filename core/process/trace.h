/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Traces that a dying worker leaves in its page: whether it died for want of
 * memory.
 */
#ifndef SK_PROCESS_TRACE_H
#define SK_PROCESS_TRACE_H

#include "process/page.h"

/** From now on a death by SIGSEGV, SIGABRT, SIGTRAP or the like sets `page->out_of_memory` when GLib
 * said that it could not allocate, or when less than an eighth of `memory` bytes is left to the
 * process. Once a process; does nothing when `memory` is 0. */
void sk_trace_install (SkPage *page, uint64_t memory);

#endif
