/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The traces of a death. GLib ends the process with SIGTRAP when it cannot
 * allocate; a library that does not check dereferences NULL. Both look like a
 * crash from outside, but only one says something of the plugin's bytes.
 *
 * A plugin could claim either: the page is not to be trusted, and both are
 * findings.
 */
#include "config.h"

#include "process/trace.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

/* The handlers of a process have no argument to find these by. */
static SkPage *trace_page;
static size_t trace_room;

/* Asks the kernel whether it would still give that much. Nothing is touched. */
static bool
memory_is_short (void)
{
  void *room = mmap (NULL, trace_room, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED)
    return true;
  munmap (room, trace_room);
  return false;
}

static void
leave_trace (int signal_number)
{
  if (memory_is_short ())
    atomic_store (&trace_page->out_of_memory, 1);
  /* The default action stands again (SA_RESETHAND) and the signal is not blocked (SA_NODEFER). */
  raise (signal_number);
}

static void
watch_log (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
  (void) data;
  if ((level & G_LOG_LEVEL_ERROR) != 0 && message != NULL
      && strstr (message, "failed to allocate") != NULL)
    atomic_store (&trace_page->out_of_memory, 1);
  g_log_default_handler (domain, level, message, NULL);
}

void
sk_trace_install (SkPage *page, uint64_t memory)
{
#ifdef SK_SANITIZERS
  memory = 0;
#endif
  if (memory == 0)
    return;
  trace_page = page;
  trace_room = (size_t) (memory / 8);
  const int deaths[] = { SIGSEGV, SIGABRT, SIGTRAP, SIGILL, SIGFPE };
  const struct sigaction action = { .sa_handler = leave_trace,
                                    .sa_flags = (int) (SA_RESETHAND | SA_NODEFER) };
  for (size_t i = 0; i < G_N_ELEMENTS (deaths); i++)
    sigaction (deaths[i], &action, NULL);
  g_log_set_default_handler (watch_log, NULL);
}
