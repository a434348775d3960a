/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Mapped files, and what happens when one of them shrinks.
 *
 * The table is global because a signal handler has no argument: it must find
 * out from the address alone whether the fault lies in a mapping of ours. It
 * is written only between faults, by the one thread that walks.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/walker.h"

/** The entry object's, and one for each lent file that is open; twice, for tests in one process. */
#define N_SLOTS (2 * (SK_MAX_LENT + 1))

typedef struct Slot {
  volatile uintptr_t begin; /* 0: free */
  volatile uintptr_t end;
  volatile sig_atomic_t hit;
} Slot;

static Slot slots[N_SLOTS];
static uintptr_t page_size;

static Slot *
find_slot (uintptr_t address)
{
  for (size_t i = 0; i < N_SLOTS; i++)
    if (slots[i].begin != 0 && address >= slots[i].begin && address < slots[i].end)
      return &slots[i];
  return NULL;
}

/* From the first page that is gone everything behind it is gone too. Only async-signal-safe calls;
 * where it cannot help, the default action ends the process when the access is tried again. */
static void
on_sigbus (int signal_number, siginfo_t *info, void *context)
{
  int saved = errno;
  uintptr_t address = (uintptr_t) info->si_addr;
  Slot *slot = info->si_code > 0 ? find_slot (address) : NULL;
  (void) context;
  if (slot != NULL)
    {
      uintptr_t page = address & ~(page_size - 1);
      void *zeros = mmap ((void *) page, slot->end - page, PROT_READ,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
      if (zeros != MAP_FAILED)
        {
          slot->hit = 1;
          errno = saved;
          return;
        }
    }
  signal (signal_number, SIG_DFL);
  if (info->si_code <= 0)
    raise (signal_number);
}

void
sk_mapping_guard (void)
{
  struct sigaction action = { 0 };
  page_size = (uintptr_t) sysconf (_SC_PAGESIZE);
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset (&action.sa_mask);
  sigaction (SIGBUS, &action, NULL);
}

static int
free_slot (void)
{
  for (int i = 0; i < N_SLOTS; i++)
    if (slots[i].begin == 0)
      return i;
  return -1;
}

void *
sk_mapping_new (int fd, uint64_t offset, size_t size, int *ret_slot)
{
  int slot = free_slot ();
  if (slot < 0 || offset > INT64_MAX || size > SIZE_MAX - page_size)
    {
      errno = slot < 0 ? EMFILE : EOVERFLOW;
      return NULL;
    }
  void *mapping = mmap (NULL, size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, fd, (off_t) offset);
  if (mapping == MAP_FAILED)
    return NULL;
  slots[slot].hit = 0;
  slots[slot].end = (uintptr_t) mapping + ((size + page_size - 1) & ~(page_size - 1));
  slots[slot].begin = (uintptr_t) mapping;
  *ret_slot = slot;
  return mapping;
}

void
sk_mapping_free (void *mapping, size_t size, int slot)
{
  slots[slot].begin = 0;
  munmap (mapping, size);
}

bool
sk_mapping_was_hit (int slot)
{
  return slots[slot].hit != 0;
}
