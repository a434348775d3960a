/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The seccomp wall, as two filters of which the stricter answer counts.
 *
 * The first knows every call that a worker may make and answers ENOSYS to all
 * others, so that a newer C library falls back instead of dying; what libraries
 * try as a matter of course (open, stat, ioctl) gets EACCES. The second passes
 * everything but the calls that only an attacker makes, which end the process,
 * and the arguments that a permitted call must not have. Two filters, because
 * within one the order of overlapping rules is libseccomp's affair.
 *
 * A call whose argument is a path cannot be permitted for a descriptor only:
 * with an absolute path newfstatat ignores it, and the filter cannot look
 * behind the pointer. So fstat is permitted and newfstatat is not, and our own
 * code calls the system's fstat, not the library's.
 */
#include "config.h"

#include "process/sandbox-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

/* Names, not numbers: a call that an architecture or this libseccomp does not know is passed over,
 * and the default answer stands. */

static const char *const permitted[] = {
  "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close", "exit", "exit_group",
  "fadvise64", "fstat", "ftruncate", "futex", "getcpu", "getegid", "geteuid", "getgid", "getpid",
  "getppid", "getrandom", "getrusage", "gettid", "gettimeofday", "getuid", "lseek", "madvise",
  "membarrier", "mincore", "mlock", "mlock2", "mprotect", "mremap", "munlock", "munmap",
  "nanosleep", "pkey_mprotect", "poll", "ppoll", "pread64", "preadv", "pwrite64", "pwritev", "read",
  "readv", "recvmsg", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
  "rt_sigreturn", "sched_getaffinity", "sched_yield", "sendmsg", "sigaltstack", "sysinfo", "time",
  "times", "uname", "write", "writev",
};

static const char *const refused[] = {
  "access", "chdir", "chmod", "chown", "creat", "faccessat", "faccessat2", "fchdir", "fchmod",
  "fchmodat", "fchown", "fchownat", "fstatfs", "getcwd", "getdents64", "getpeername", "getsockname",
  "getsockopt", "ioctl", "lchown", "link", "linkat", "lstat", "mkdir", "mkdirat", "mknod", "mknodat",
  "newfstatat", "open", "pipe", "pipe2", "readlink", "readlinkat", "rename", "renameat",
  "renameat2", "rmdir", "setsockopt", "stat", "statfs", "statx", "symlink", "symlinkat",
  "truncate", "unlink", "unlinkat", "utime", "utimensat", "utimes",
};

static const char *const deadly[] = {
  "accept", "accept4", "add_key", "bind", "bpf", "chroot", "clone", "clone3", "connect",
  "delete_module", "execve", "execveat", "finit_module", "fork", "init_module", "io_uring_enter",
  "io_uring_register", "io_uring_setup", "kexec_file_load", "kexec_load", "keyctl", "listen",
  "mount", "move_mount", "open_by_handle_at", "perf_event_open", "pidfd_getfd", "pivot_root",
  "process_vm_readv", "process_vm_writev", "ptrace", "reboot", "request_key", "setns", "socket",
  "socketpair", "umount2", "unshare", "userfaultfd", "vfork",
};

/* One call with one value of one argument. */
struct permitted_argument
{
  const char *name;
  unsigned argument;
  uint64_t value;
};

static const struct permitted_argument arguments[] = {
  { "fcntl", 1, F_GETFD },
  { "fcntl", 1, F_GETFL },
  { "fcntl", 1, F_SETFD },
  { "fcntl", 1, F_GET_SEALS },
  { "fcntl", 1, F_DUPFD_CLOEXEC },
  { "prctl", 0, PR_SET_NAME },
  { "prctl", 0, PR_GET_NAME },
  { "prctl", 0, PR_SET_VMA },
};

/* A read-only open has no bit but these. O_PATH is not among them: Landlock does not judge it. */
#define OPEN_FLAGS                                                                                 \
  (O_CLOEXEC | O_DIRECTORY | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK | O_LARGEFILE | 0100000)

static int
add (scmp_filter_ctx filter, uint32_t action, const char *name, unsigned n,
     const struct scmp_arg_cmp *compare)
{
  int number = seccomp_syscall_resolve_name (name);
  if (number == __NR_SCMP_ERROR)
    return 0;
  return seccomp_rule_add_array (filter, action, number, n, compare);
}

static int
add_all (scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
  int error = 0;
  for (size_t i = 0; i < n && error == 0; i++)
    error = add (filter, action, names[i], 0, NULL);
  return error;
}

/* Signals reach only the process itself; limits are only asked. */
static int
add_self (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp self = SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) getpid (), 0);
  struct scmp_arg_cmp ask[] = { SCMP_A0 (SCMP_CMP_EQ, 0, 0), SCMP_A2 (SCMP_CMP_EQ, 0, 0) };
  int error = add (filter, SCMP_ACT_ALLOW, "kill", 1, &self);
  if (error == 0)
    error = add (filter, SCMP_ACT_ALLOW, "tgkill", 1, &self);
  if (error == 0)
    error = add (filter, SCMP_ACT_ALLOW, "prlimit64", 2, ask);
  return error;
}

/* An executable mapping of a file is also what dlopen does when a library loads a part of itself
 * lazily: it fails with an errno. What else makes a mapping deadly stands in fill_mappings. */
static int
add_mappings (scmp_filter_ctx filter)
{
  const struct scmp_arg_cmp data = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  const struct scmp_arg_cmp code = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);
  int error = add (filter, SCMP_ACT_ALLOW, "mmap", 1, &data);
  return error != 0 ? error : add (filter, SCMP_ACT_ERRNO (EACCES), "mmap", 1, &code);
}

static int
fill_permitted (scmp_filter_ctx filter, bool may_open)
{
  int error = add_all (filter, SCMP_ACT_ALLOW, permitted, G_N_ELEMENTS (permitted));
  if (error == 0)
    error = add_all (filter, SCMP_ACT_ERRNO (EACCES), refused, G_N_ELEMENTS (refused));
  for (size_t i = 0; i < G_N_ELEMENTS (arguments) && error == 0; i++)
    {
      struct scmp_arg_cmp is = SCMP_CMP (arguments[i].argument, SCMP_CMP_EQ, arguments[i].value, 0);
      error = add (filter, SCMP_ACT_ALLOW, arguments[i].name, 1, &is);
    }
  if (error == 0)
    error = add_self (filter);
  if (error == 0)
    error = add_mappings (filter);
  if (error == 0)
    error = add (filter, may_open ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO (EACCES), "openat", 0, NULL);
  return error;
}

/* Executable memory without a file, and memory made executable, are an attacker's. Shared memory
 * that is writable, or without a file (to be made writable later), would pass the memory limit, and
 * so would memory that grows down: the kernel counts it as stack. */
static int
fill_mappings (scmp_filter_ctx filter)
{
  const struct scmp_arg_cmp executable = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);
  const struct scmp_arg_cmp writable = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_WRITE, PROT_WRITE);
  const struct scmp_arg_cmp shared = SCMP_A3 (SCMP_CMP_MASKED_EQ, MAP_SHARED, MAP_SHARED);
  const struct scmp_arg_cmp no_file = SCMP_A3 (SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
  const struct scmp_arg_cmp shared_memory
      = SCMP_A3 (SCMP_CMP_MASKED_EQ, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS);
  const struct scmp_arg_cmp stack
      = SCMP_A3 (SCMP_CMP_MASKED_EQ, MAP_GROWSDOWN, MAP_GROWSDOWN);
  const struct scmp_arg_cmp executable_memory[] = { executable, no_file };
  const struct scmp_arg_cmp shared_writable[] = { writable, shared };
  int error = add (filter, SCMP_ACT_KILL_PROCESS, "mprotect", 1, &executable);
  if (error == 0)
    error = add (filter, SCMP_ACT_KILL_PROCESS, "pkey_mprotect", 1, &executable);
  if (error == 0)
    error = add (filter, SCMP_ACT_KILL_PROCESS, "mmap", 2, executable_memory);
  if (error == 0)
    error = add (filter, SCMP_ACT_KILL_PROCESS, "mmap", 2, shared_writable);
  if (error == 0)
    error = add (filter, SCMP_ACT_KILL_PROCESS, "mmap", 1, &shared_memory);
  if (error == 0)
    error = add (filter, SCMP_ACT_KILL_PROCESS, "mmap", 1, &stack);
  return error;
}

/* Out-of-band bytes of a socket: nobody here uses them, and the kernel's code for them has let
 * sandboxes be left. */
static int
fill_messages (scmp_filter_ctx filter)
{
  const struct scmp_arg_cmp out_of_band = SCMP_A2 (SCMP_CMP_MASKED_EQ, MSG_OOB, MSG_OOB);
  int error = add (filter, SCMP_ACT_KILL_PROCESS, "sendmsg", 1, &out_of_band);
  return error != 0 ? error : add (filter, SCMP_ACT_KILL_PROCESS, "recvmsg", 1, &out_of_band);
}

/* Any bit that is not a read-only open's refuses it. */
static int
fill_opens (scmp_filter_ctx filter)
{
  int error = 0;
  for (int bit = 0; bit < 32 && error == 0; bit++)
    {
      const uint64_t flag = UINT64_C (1) << bit;
      struct scmp_arg_cmp is = SCMP_A2 (SCMP_CMP_MASKED_EQ, flag, flag);
      if ((flag & (uint64_t) OPEN_FLAGS) == 0)
        error = add (filter, SCMP_ACT_ERRNO (EACCES), "openat", 1, &is);
    }
  return error;
}

static int
fill_denied (scmp_filter_ctx filter, bool may_open)
{
  int error = add_all (filter, SCMP_ACT_KILL_PROCESS, deadly, G_N_ELEMENTS (deadly));
  if (error == 0)
    error = fill_mappings (filter);
  if (error == 0)
    error = fill_messages (filter);
  if (error == 0 && may_open)
    error = fill_opens (filter);
  return error;
}

/* The attributes that both filters have. no_new_privs is set already; errors as the kernel gave
 * them. */
static int
prepare (scmp_filter_ctx filter)
{
  int error = seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (error == 0)
    error = seccomp_attr_set (filter, SCMP_FLTATR_CTL_NNP, 0);
  if (error == 0)
    error = seccomp_attr_set (filter, SCMP_FLTATR_API_SYSRAWRC, 1);
  return error;
}

/* libseccomp asks the kernel for features and may report the errno of that. */
static int
why_refused (int error)
{
  if (syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) != 0 && errno != EFAULT)
    return errno;
  return error;
}

int
sk_filter_enter (bool may_open)
{
  scmp_filter_ctx denied = seccomp_init (SCMP_ACT_ALLOW);
  scmp_filter_ctx allowed = seccomp_init (SCMP_ACT_ERRNO (ENOSYS));
  int error = denied != NULL && allowed != NULL ? 0 : -ENOMEM;
  if (error == 0)
    error = prepare (denied);
  if (error == 0)
    error = prepare (allowed);
  if (error == 0)
    error = fill_denied (denied, may_open);
  if (error == 0)
    error = fill_permitted (allowed, may_open);
  /* The list of calls goes last: it does not permit seccomp. */
  if (error == 0)
    error = seccomp_load (denied);
  if (error == 0)
    error = seccomp_load (allowed);
  seccomp_release (denied);
  seccomp_release (allowed);
  return error == 0 ? 0 : why_refused (-error);
}
