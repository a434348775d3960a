/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bad behaviours of a process: memory, endless loops, signals, and calls of
 * the system that only an attacker makes.
 */
#include "config.h"

#include "bad.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u

/* ---- memory ---- */

static SkResult
read_null (const BadCall *call)
{
  const volatile uint8_t *volatile nowhere = NULL;
  (void) call;
  return nowhere[16] == 1 ? SK_OK : SK_NOT_MINE;
}

static SkResult
write_null (const BadCall *call)
{
  volatile uint8_t *volatile nowhere = NULL;
  (void) call;
  nowhere[16] = 1;
  return SK_OK;
}

static SkResult
read_past (const BadCall *call)
{
  uint8_t *pages = mmap (NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uint64_t sum = 0;
  (void) call;
  if (pages == MAP_FAILED || munmap (pages + PAGE, PAGE) != 0)
    return SK_OK;
  for (const volatile uint8_t *p = pages; p <= pages + PAGE; p++)
    sum += *p;
  return sum == 1 ? SK_NOT_MINE : SK_OK;
}

static SkResult
write_constant (const BadCall *call)
{
  uint8_t *page = mmap (NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  (void) call;
  *(volatile uint8_t *) page = 1;
  return SK_OK;
}

static SkResult
free_wild (const BadCall *call)
{
  void *volatile wild = (void *) (uintptr_t) (call->api->bytes (call->object).data + 8);
  free (wild);
  abort ();
}

static SkResult
smash_stack (const BadCall *call)
{
  uint8_t small[16];
  volatile size_t size = 4096;
  (void) call;
  for (size_t i = 0; i < size; i++)
    ((volatile uint8_t *) small)[i] = 0x41;
  return small[3] == 1 ? SK_NOT_MINE : SK_OK;
}

static SkResult recurse (const BadCall *call);
static SkResult (*volatile next_step) (const BadCall *call) = recurse;

static SkResult
recurse (const BadCall *call)
{
  volatile uint8_t room[1024];
  room[0] = (uint8_t) (call != NULL);
  SkResult result = next_step (call);
  return room[0] == 2 ? SK_LIMIT : result;
}

/* In pieces from the C library, each used; a refusal is not looked at. */
static SkResult
allocate (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    {
      uint8_t *piece = malloc (1u << 20);
      memset (piece, 0x55, 1u << 20);
    }
  return SK_OK;
}

static SkResult
allocate_small (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    {
      void **piece = g_malloc (48);
      piece[0] = piece;
    }
  return SK_OK;
}

static SkResult
allocate_at_once (const BadCall *call)
{
  volatile size_t size = (size_t) 1 << 44;
  (void) call;
  uint8_t *piece = g_malloc (size);
  piece[7] = 1;
  return SK_OK;
}

/* A polite one: what is refused is reported. */
static SkResult
allocate_politely (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    {
      void *piece = mmap (NULL, 1u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (piece == MAP_FAILED)
        return SK_FAILED;
    }
  return SK_OK;
}

/* ---- loops ---- */

static SkResult
loop (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    ;
  return SK_OK;
}

static SkResult
sleep_long (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    nanosleep (&(struct timespec){ .tv_sec = 3600 }, NULL);
  return SK_OK;
}

/* ---- ends ---- */

static SkResult
do_exit (const BadCall *call)
{
  (void) call;
  exit (0);
}

static SkResult
do_exit_now (const BadCall *call)
{
  (void) call;
  _exit (0);
}

static SkResult
do_abort (const BadCall *call)
{
  (void) call;
  abort ();
}

static SkResult
kill_self (const BadCall *call)
{
  (void) call;
  kill (getpid (), SIGKILL);
  return SK_OK;
}

static SkResult
stop_self (const BadCall *call)
{
  (void) call;
  kill (getpid (), SIGSTOP);
  return sleep_long (call);
}

static sigjmp_buf comeback;

static void
come_back (int number)
{
  siglongjmp (comeback, number);
}

/* Catches its own crash and goes on for ever. */
static SkResult
catch_and_loop (const BadCall *call)
{
  struct sigaction action = { .sa_handler = come_back, .sa_flags = SA_NODEFER };
  sigaction (SIGSEGV, &action, NULL);
  while (bad_never == 0)
    if (sigsetjmp (comeback, 1) == 0)
      write_null (call);
  return SK_OK;
}

/* ---- calls of the system: a wall ends the process; coming back is told by a match ---- */

static SkResult
survived (const BadCall *call, const char *what)
{
  call->api->match (call->object, call->rule, what);
  return SK_OK;
}

static SkResult
do_socket (const BadCall *call)
{
  socket (AF_INET, SOCK_STREAM, 0);
  return survived (call, "socket");
}

static SkResult
do_execve (const BadCall *call)
{
  char *argv[] = { (char *) "/bin/true", NULL };
  execve (argv[0], argv, argv + 1);
  return survived (call, "execve");
}

static SkResult
do_fork (const BadCall *call)
{
  if (fork () == 0)
    sleep_long (call);
  return survived (call, "fork");
}

static void *
thread (void *data)
{
  return data;
}

static SkResult
do_thread (const BadCall *call)
{
  pthread_t id;
  pthread_create (&id, NULL, thread, NULL);
  return survived (call, "thread");
}

static SkResult
make_executable (const BadCall *call)
{
  void *page = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED)
    mprotect (page, PAGE, PROT_READ | PROT_EXEC);
  return survived (call, "mprotect");
}

static SkResult
map_executable (const BadCall *call)
{
  mmap (NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return survived (call, "executable mapping");
}

static SkResult
map_shared (const BadCall *call)
{
  mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return survived (call, "shared mapping");
}

static SkResult
do_ptrace (const BadCall *call)
{
  ptrace (PTRACE_ATTACH, getppid (), NULL, NULL);
  return survived (call, "ptrace");
}

/* The table of the 32-bit calls, where the numbers mean other things. */
static SkResult
other_table (const BadCall *call)
{
#ifdef __x86_64__
  long result;
  __asm__ volatile ("int $0x80" : "=a"(result) : "a"(20L) : "memory", "cc", "r8", "r9", "r10", "r11");
  (void) result;
#else
  abort ();
#endif
  return survived (call, "calls of another architecture");
}

const BadBehaviour bad_process[] = {
  { "read-null", read_null },
  { "write-null", write_null },
  { "read-past", read_past },
  { "write-constant", write_constant },
  { "free-wild", free_wild },
  { "smash-stack", smash_stack },
  { "recurse", recurse },
  { "allocate", allocate },
  { "allocate-small", allocate_small },
  { "allocate-at-once", allocate_at_once },
  { "allocate-politely", allocate_politely },
  { "loop", loop },
  { "sleep", sleep_long },
  { "exit", do_exit },
  { "exit-now", do_exit_now },
  { "abort", do_abort },
  { "kill-self", kill_self },
  { "stop-self", stop_self },
  { "catch-and-loop", catch_and_loop },
  { "socket", do_socket },
  { "execve", do_execve },
  { "fork", do_fork },
  { "thread", do_thread },
  { "make-executable", make_executable },
  { "map-executable", map_executable },
  { "map-shared", map_shared },
  { "ptrace", do_ptrace },
  { "other-table", other_table },
  { NULL, NULL },
};
