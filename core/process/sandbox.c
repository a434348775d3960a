/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Entering the sandbox: descriptors, limits, privileges, then the two walls.
 *
 * The order matters: what needs a file or a privilege comes before what takes
 * them away. A wall that this system does not have is named, and the others
 * still go up; whether that is enough is the caller's setting.
 */
#include "config.h"

#include "process/sandbox.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "process/sandbox-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beside the inputs and lent files, what libraries open lazily. */
#define MAX_FDS (SK_MAX_LENT + 2 * SK_MAX_FRAME_FDS + 64)
/* What a stack usually has; the readers of deep formats bound their own depth. */
#define MAX_STACK (8 * SK_MIB)
/* Kept descriptors that sk_sandbox_enter sorts. */
#define MAX_KEEP 16

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* ---- descriptors ---- */

static int
compare_fd (const void *a, const void *b)
{
  return *(const int *) a - *(const int *) b;
}

static bool
close_between (unsigned first, unsigned last)
{
  if (first > last || syscall (SYS_close_range, first, last, 0) == 0)
    return true;
  /* A filter above us may not know the call: the numbers in use are bounded by the limit. */
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > 1 << 20)
    return false;
  for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++)
    close ((int) fd);
  return true;
}

static bool
close_others (const int *keep)
{
  int sorted[MAX_KEEP];
  size_t n = 0;
  while (keep[n] >= 0)
    {
      if (n == MAX_KEEP)
        return false;
      sorted[n] = keep[n];
      n++;
    }
  qsort (sorted, n, sizeof (int), compare_fd);
  unsigned next = 0;
  for (size_t i = 0; i < n; i++)
    {
      if ((unsigned) sorted[i] > next && !close_between (next, (unsigned) sorted[i] - 1))
        return false;
      next = (unsigned) sorted[i] + 1;
    }
  return close_between (next, ~0u);
}

/* ---- limits ---- */

static bool
set_limit (int resource, uint64_t value)
{
  struct rlimit limit = { value, value };
  struct rlimit now;
  if (getrlimit (resource, &now) == 0 && now.rlim_max < value)
    limit.rlim_cur = limit.rlim_max = now.rlim_max;
  return setrlimit (resource, &limit) == 0;
}

#ifndef SK_SANITIZERS
/* True when the kernel still gives a private writable page under that data limit. */
static bool
data_fits (uint64_t value, rlim_t hard)
{
  const struct rlimit limit = { value, hard };
  if (setrlimit (RLIMIT_DATA, &limit) != 0)
    return false;
  size_t size = (size_t) sysconf (_SC_PAGESIZE);
  void *page = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return false;
  munmap (page, size);
  return true;
}

/* RLIMIT_DATA at what the process has now, plus `memory`. What it has is asked of the kernel by
 * trying limits, half the range each time: /proc may not be there. */
static bool
limit_data (uint64_t memory)
{
  struct rlimit now;
  if (getrlimit (RLIMIT_DATA, &now) != 0)
    return false;
  uint64_t low = 1, high = UINT64_C (1) << 44;
  while (low < high)
    {
      uint64_t middle = low + (high - low) / 2;
      if (data_fits (middle, now.rlim_max))
        high = middle;
      else
        low = middle + 1;
      if (high - low < SK_MIB)
        low = high;
    }
  return setrlimit (RLIMIT_DATA, &now) == 0 && set_limit (RLIMIT_DATA, high + memory);
}
#endif

static bool
set_limits (const SkSandboxSettings *settings)
{
  bool good = set_limit (RLIMIT_CORE, 0) && set_limit (RLIMIT_NOFILE, MAX_FDS);
  /* The stack counts as no data: with none set it would grow past every limit. */
  set_limit (RLIMIT_STACK, MAX_STACK);
  /* Without effect on root, and without need: seccomp ends a fork. */
  set_limit (RLIMIT_NPROC, 0);
  signal (SIGXFSZ, SIG_IGN);
  good = good && set_limit (RLIMIT_FSIZE, settings->file_size);
#ifndef SK_SANITIZERS
  if (settings->memory > 0)
    good = good && limit_data (settings->memory);
#endif
  return good;
}

/* ---- privileges ---- */

/* Whoever started us, no capability is left and none comes back. Each step may be refused to one who
 * has none; that capset succeeds is what counts. */
static bool
drop_capabilities (void)
{
  for (unsigned long capability = 0; capability < 64; capability++)
    prctl (PR_CAPBSET_DROP, capability, 0, 0, 0);
  prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  prctl (PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP
                                | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED
                                | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 }, { 0, 0, 0 } };
  return syscall (SYS_capset, &header, none) == 0;
}

/* ---- what is missing ---- */

static void
note_missing (SkSandboxState *state, const char *wall, int error)
{
  size_t used = strlen (state->note);
  if (used + 1 < sizeof state->note)
    g_snprintf (state->note + used, sizeof state->note - used, _ ("%s%s is missing (%s)"),
                used > 0 ? "; " : "", wall, g_strerror (error));
  state->note[sk_text_cut (state->note, sizeof state->note - 1)] = '\0';
}

static void
raise_walls (SkSandboxState *state)
{
  int error = prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
  if (error != 0)
    note_missing (state, "no_new_privs", error);
  error = sk_landlock_enter (&state->landlock);
  if (error != 0)
    note_missing (state, "Landlock", error);
  error = sk_filter_enter (state->landlock > 0);
  state->seccomp = error == 0;
  if (error != 0)
    note_missing (state, "seccomp", error);
}

/* ---- code ---- */

/* Compilers of expressions (PCRE2's, libffi's) leave pages that can be written and run, in every process
 * that is forked afterwards. What is compiled is never changed here, so they lose the first right; from
 * the seccomp filter on none can get it back. */
static bool
seal_code (void)
{
  bool good = true;
  char *line = NULL;
  size_t room = 0;
  FILE *maps = fopen ("/proc/self/maps", "re");
  if (maps == NULL)
    return false;
  while (getline (&line, &room, maps) > 0)
    {
      /* `7fa96fe56000-7fa96fe66000 rwxp …` */
      char *at;
      unsigned long begin = strtoul (line, &at, 16);
      unsigned long end = *at == '-' ? strtoul (at + 1, &at, 16) : 0;
      if (end > begin && strncmp (at, " rwx", 4) == 0
          && mprotect ((void *) begin, end - begin, PROT_READ | PROT_EXEC) != 0) /* NOLINT */
        good = false;
    }
  free (line);
  fclose (maps);
  return good;
}

gboolean
sk_sandbox_enter (const SkSandboxSettings *settings, const int *keep, SkSandboxState *ret_state,
                  GError **error)
{
  SkSandboxState state = { .landlock = 0 };
  if (!seal_code ())
    note_missing (&state, _ ("sealing of compiled code"), errno);
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (!close_others (keep))
    note_missing (&state, _ ("closing of descriptors"), errno);
  if (!set_limits (settings))
    note_missing (&state, _ ("a resource limit"), errno);
  if (!drop_capabilities ())
    note_missing (&state, _ ("dropping of capabilities"), errno);
  raise_walls (&state);
  *ret_state = state;
  if (!settings->require || state.note[0] == '\0')
    return TRUE;
  g_set_error (error, SK_ERROR, SK_ERROR_SANDBOX, _ ("the sandbox is required: %s"), state.note);
  return FALSE;
}

/* ---- probe ---- */

static void
probe_child (int fd)
{
  const SkSandboxSettings settings = { .require = false, .memory = 64 * SK_MIB, .file_size = SK_MIB };
  const int keep[] = { fd, -1 };
  SkSandboxState state;
  sk_sandbox_enter (&settings, keep, &state, NULL);
  _exit (write (fd, &state, sizeof state) == (ssize_t) sizeof state ? 0 : 1);
}

/* False when the child died before it could say anything. */
static bool
read_state (int fd, SkSandboxState *ret_state)
{
  ssize_t got;
  do
    got = read (fd, ret_state, sizeof *ret_state);
  while (got < 0 && errno == EINTR);
  return got == (ssize_t) sizeof *ret_state;
}

void
sk_sandbox_probe (SkSandboxState *ret_state)
{
  SkSandboxState state = { .landlock = 0 };
  int ends[2];
  pid_t child = -1;
  if (pipe2 (ends, O_CLOEXEC) == 0)
    {
      child = fork ();
      if (child == 0)
        probe_child (ends[1]);
      int saved_errno = errno;
      close (ends[1]);
      if (child > 0 && !read_state (ends[0], &state))
        {
          memset (&state, 0, sizeof state);
          note_missing (&state, _ ("the sandbox"), EIO);
        }
      close (ends[0]);
      errno = saved_errno;
    }
  if (child < 0)
    note_missing (&state, _ ("the sandbox"), errno);
  else
    while (waitpid (child, NULL, 0) < 0 && errno == EINTR)
      ;
  *ret_state = state;
}
