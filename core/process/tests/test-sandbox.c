/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The walls, tried from inside: each attempt runs in a forked child that has
 * entered the sandbox. Every attempt is first made outside, where it must
 * succeed or fail otherwise, so that no wall is proven by an accident.
 */
#include "config.h"

#include "base/error.h"
#include "base/limits.h"
#include "process/sandbox.h"
#include "process/warm.h"
#include "sk-test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <iconv.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOME_UID 54321
#define FILE_SIZE (64 * SK_KIB)
#define MEMORY (64 * SK_MIB)

/* An attempt's own exit status; below it the errno, 0 for success. */
#define NOT_ENTERED 200

typedef struct Scene
{
  char *folder, *file, *new_file; /* readable and writable for everybody outside */
  int input;                               /* read-only, kept */
  int lent;                                /* read-write, kept */
  int listener;
  uint16_t port;
  pid_t outside;
} Scene;

static Scene scene;
static SkSandboxState here; /* what this system has */

static const SkSandboxSettings settings = { .memory = MEMORY, .file_size = FILE_SIZE };

/* ---- the scene ---- */

static void
listen_on_loopback (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t size = sizeof address;
  scene.listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq (bind (scene.listener, (struct sockaddr *) &address, size), 0);
  ck_assert_int_eq (listen (scene.listener, 100), 0);
  getsockname (scene.listener, (struct sockaddr *) &address, &size);
  scene.port = ntohs (address.sin_port);
}

static void
set_scene (void)
{
  umask (0);
  scene.folder = sk_test_folder ();
  chmod (scene.folder, 0777);
  scene.file = sk_test_file (scene.folder, "letter", "secret", 6);
  chmod (scene.file, 0666);
  scene.new_file = g_build_filename (scene.folder, "new", NULL);
  scene.input = open (scene.file, O_RDONLY | O_CLOEXEC);
  scene.lent = memfd_create ("lent", MFD_CLOEXEC);
  ck_assert_int_eq (ftruncate (scene.lent, 4096), 0);
  listen_on_loopback ();
  scene.outside = getpid ();
}

static void
clear_scene (void)
{
  close (scene.input);
  close (scene.lent);
  close (scene.listener);
  sk_test_remove (scene.folder);
  g_free (scene.folder);
  g_free (scene.file);
  g_free (scene.new_file);
}

/* ---- systems that lack something ---- */

typedef enum Lack
{
  LACK_NOTHING,
  LACK_LANDLOCK,
  LACK_SECCOMP,
  LACK_PRIVILEGE /* without lacking a wall: an ordinary user */
} Lack;

/* What a container's filter above us does to the calls that put up a wall. */
static void
take_away (Lack lack, int error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  const uint32_t action = SCMP_ACT_ERRNO ((uint32_t) error);
  if (lack == LACK_LANDLOCK)
    {
      seccomp_rule_add (filter, action, 444, 0);
      seccomp_rule_add (filter, action, 445, 0);
      seccomp_rule_add (filter, action, 446, 0);
    }
  else
    {
      seccomp_rule_add (filter, action, SCMP_SYS (seccomp), 0);
      seccomp_rule_add (filter, action, SCMP_SYS (prctl), 1,
                        SCMP_A0 (SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
    }
  ck_assert_int_eq (seccomp_load (filter), 0);
  seccomp_release (filter);
}

static void
become (Lack lack)
{
  if (lack == LACK_PRIVILEGE)
    {
      if (geteuid () == 0)
        ck_assert (setgroups (0, NULL) == 0 && setresgid (SOME_UID, SOME_UID, SOME_UID) == 0
                   && setresuid (SOME_UID, SOME_UID, SOME_UID) == 0);
    }
  else if (lack != LACK_NOTHING)
    take_away (lack, ENOSYS);
}

/* ---- attempts ---- */

typedef int (*Attempt) (void);

/* The wait status of a child that makes the attempt, inside or outside. */
static int
try_attempt (Attempt attempt, Lack lack, bool inside)
{
  pid_t child = fork ();
  if (child == 0)
    {
      const int keep[] = { scene.lent, STDERR_FILENO, scene.input, -1 };
      SkSandboxState state;
      become (lack);
      if (inside && !sk_sandbox_enter (&settings, keep, &state, NULL))
        _exit (NOT_ENTERED);
      errno = 0;
      _exit (attempt ());
    }
  int status = 0;
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  return status;
}

static int
result (long value)
{
  return value < 0 ? errno : 0;
}

#define ATTEMPT(name, call)                                                                        \
  static int try_##name (void) { return result ((long) (call)); }

ATTEMPT (open_file, open (scene.file, O_RDONLY))
ATTEMPT (open_passwd, open ("/etc/passwd", O_RDONLY))
ATTEMPT (open_write, open (scene.file, O_WRONLY))
ATTEMPT (open_truncate, open (scene.file, O_RDONLY | O_TRUNC))
ATTEMPT (open_path, open (scene.file, O_PATH))
ATTEMPT (open_temporary, open (scene.folder, O_TMPFILE | O_RDWR, 0600))
ATTEMPT (open_zone_write, open ("/usr/share/zoneinfo/UTC", O_RDWR))
ATTEMPT (open_zone_path, open ("/usr/share/zoneinfo/UTC", O_PATH))
ATTEMPT (open_zone, open ("/usr/share/zoneinfo/UTC", O_RDONLY))
ATTEMPT (create, open (scene.new_file, O_RDWR | O_CREAT, 0600))
ATTEMPT (open_folder, open (scene.folder, O_RDONLY | O_DIRECTORY))
ATTEMPT (truncate, truncate (scene.file, 6))
ATTEMPT (mkdir, mkdir (scene.new_file, 0700))
ATTEMPT (unlink, unlink (scene.new_file))
ATTEMPT (rename, rename (scene.file, scene.file))
ATTEMPT (link, symlink ("x", scene.new_file))
ATTEMPT (chmod, chmod (scene.file, 0666))
ATTEMPT (access, access (scene.file, R_OK))
ATTEMPT (readlink, readlink ("/proc/self/exe", (char[10]) { 0 }, 10))
ATTEMPT (stat, stat (scene.file, &(struct stat) { 0 }))
ATTEMPT (stat_empty_path,
         syscall (SYS_newfstatat, scene.input, scene.file, &(struct stat) { 0 }, AT_EMPTY_PATH))
ATTEMPT (statx, statx (scene.input, scene.file, AT_EMPTY_PATH, STATX_ALL, &(struct statx) { 0 }))
ATTEMPT (pipe, pipe ((int[2]) { 0 }))
ATTEMPT (ioctl, ioctl (scene.input, FIONREAD, &(int) { 0 }))
ATTEMPT (unknown_call, syscall (10000))
ATTEMPT (openat2, syscall (437, AT_FDCWD, scene.file, (uint64_t[3]) { 0 }, 24))
ATTEMPT (memfd, syscall (SYS_memfd_create, "x", 0))
ATTEMPT (kill_other, kill (scene.outside, 0))
ATTEMPT (kill_group, kill (0, 0))
ATTEMPT (tgkill_other, syscall (SYS_tgkill, scene.outside, scene.outside, 0))
ATTEMPT (raise_limit, setrlimit (RLIMIT_CORE, &(struct rlimit) { 0, 0 }))
ATTEMPT (dumpable, prctl (PR_SET_DUMPABLE, 1, 0, 0, 0))
ATTEMPT (shared_limit, syscall (SYS_shmget, 0, 4096, 01600))

ATTEMPT (kill_self, kill (getpid (), 0))
ATTEMPT (fstat, syscall (SYS_fstat, scene.input, &(struct stat) { 0 }))
ATTEMPT (pread, pread (scene.input, (char[6]) { 0 }, 6, 0))
ATTEMPT (pwrite, pwrite (scene.lent, "x", 1, 5000))
ATTEMPT (ftruncate, ftruncate (scene.lent, 8192))
ATTEMPT (getrlimit, getrlimit (RLIMIT_CORE, &(struct rlimit) { 0, 0 }))
ATTEMPT (getrandom, syscall (SYS_getrandom, (char[8]) { 0 }, 8, 0))
ATTEMPT (sleep, usleep (1))

ATTEMPT (too_large, pwrite (scene.lent, "x", 1, (off_t) FILE_SIZE))
ATTEMPT (other_fd, fcntl (scene.listener, F_GETFD))

ATTEMPT (socket, socket (AF_INET, SOCK_STREAM, 0))
ATTEMPT (socketpair, socketpair (AF_UNIX, SOCK_STREAM, 0, (int[2]) { 0 }))
ATTEMPT (connect, connect (scene.input, (struct sockaddr *) &(struct sockaddr_in) { 0 }, 16))
ATTEMPT (bind, bind (scene.input, (struct sockaddr *) &(struct sockaddr_in) { 0 }, 16))
ATTEMPT (listen, listen (scene.input, 1))
ATTEMPT (accept, accept (scene.input, NULL, NULL))
ATTEMPT (send_out_of_band, sendmsg (scene.input, &(struct msghdr) { 0 }, MSG_OOB | MSG_NOSIGNAL))
ATTEMPT (take_out_of_band, recvmsg (scene.input, &(struct msghdr) { 0 }, MSG_OOB))
ATTEMPT (exec, execl ("/bin/true", "true", NULL))
ATTEMPT (exec_fd, syscall (SYS_execveat, scene.input, "", NULL, NULL, AT_EMPTY_PATH))
ATTEMPT (fork, syscall (SYS_clone, SIGCHLD, 0, 0, 0, 0))
ATTEMPT (thread, syscall (SYS_clone3, &(struct clone_args) { .exit_signal = SIGCHLD },
                          sizeof (struct clone_args)))
ATTEMPT (ptrace, ptrace (PTRACE_TRACEME, 0, NULL, NULL))
ATTEMPT (read_memory, process_vm_readv (getppid (), NULL, 0, NULL, 0, 0))
ATTEMPT (io_uring, syscall (425, 1, NULL))
ATTEMPT (bpf, syscall (SYS_bpf, 0, NULL, 0))
ATTEMPT (unshare, unshare (CLONE_NEWNS))
#ifdef __x86_64__
ATTEMPT (x32, syscall (0x40000000 + SYS_getpid))

static int
try_int80 (void)
{
  int value = 20; /* getpid of the 32-bit table */
  __asm__ volatile("int $0x80" : "+a"(value) : : "memory", "r8", "r9", "r10", "r11");
  return 0;
}
#endif

static int
try_mprotect (void)
{
  void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return result (mprotect (page, 4096, PROT_READ | PROT_EXEC));
}

/* ---- what an attempt meets ---- */

#define DIES (-1)

static const struct
{
  const char *name;
  Attempt attempt;
  int error;            /* inside; DIES: by SIGSYS */
  int without_landlock; /* the same where only seccomp stands */
} attempts[] = {
#define REFUSED(name) { #name, try_##name, EACCES, EACCES }
  REFUSED (open_file), REFUSED (open_passwd), REFUSED (open_write), REFUSED (open_truncate),
  REFUSED (open_path), REFUSED (open_temporary), REFUSED (open_zone_write),
  REFUSED (open_zone_path), REFUSED (create), REFUSED (open_folder), REFUSED (truncate),
  REFUSED (mkdir), REFUSED (unlink), REFUSED (rename), REFUSED (link), REFUSED (chmod),
  REFUSED (access), REFUSED (readlink), REFUSED (stat), REFUSED (stat_empty_path),
  REFUSED (statx), REFUSED (pipe), REFUSED (ioctl),
  { "open_zone", try_open_zone, 0, EACCES },
#define UNKNOWN(name) { #name, try_##name, ENOSYS, ENOSYS }
  UNKNOWN (unknown_call), UNKNOWN (openat2), UNKNOWN (memfd), UNKNOWN (kill_other),
  UNKNOWN (kill_group), UNKNOWN (tgkill_other), UNKNOWN (raise_limit), UNKNOWN (dumpable),
  UNKNOWN (shared_limit),
#define WORKS(name) { #name, try_##name, 0, 0 }
  WORKS (kill_self), WORKS (fstat), WORKS (pread), WORKS (pwrite), WORKS (ftruncate),
  WORKS (getrlimit), WORKS (getrandom), WORKS (sleep),
  { "too_large", try_too_large, EFBIG, EFBIG },
  { "other_fd", try_other_fd, EBADF, EBADF },
#define DEADLY(name) { #name, try_##name, DIES, DIES }
  DEADLY (socket), DEADLY (socketpair), DEADLY (connect), DEADLY (bind), DEADLY (listen),
  DEADLY (accept), DEADLY (exec), DEADLY (exec_fd), DEADLY (fork), DEADLY (thread),
  DEADLY (send_out_of_band), DEADLY (take_out_of_band), DEADLY (ptrace), DEADLY (read_memory), DEADLY (io_uring), DEADLY (bpf), DEADLY (unshare),
  DEADLY (mprotect),
#ifdef __x86_64__
  DEADLY (x32), DEADLY (int80),
#endif
};

static void
check_status (const char *name, int status, int expected)
{
  if (expected == DIES)
    ck_assert_msg (WIFSIGNALED (status) && WTERMSIG (status) == SIGSYS, "%s: status %x", name,
                   (unsigned) status);
  else
    ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) == expected,
                   "%s: status %x, not %s", name, (unsigned) status, g_strerror (expected));
}

START_TEST (attempts_meet_the_walls)
{
  const bool open_zone = attempts[_i].attempt == try_open_zone;
  if (open_zone && access ("/usr/share/zoneinfo/UTC", R_OK) != 0)
    return;
  int with = here.landlock > 0 ? attempts[_i].error : attempts[_i].without_landlock;
  check_status (attempts[_i].name, try_attempt (attempts[_i].attempt, LACK_NOTHING, true), with);
  check_status (attempts[_i].name, try_attempt (attempts[_i].attempt, LACK_PRIVILEGE, true), with);
  check_status (attempts[_i].name, try_attempt (attempts[_i].attempt, LACK_LANDLOCK, true),
                attempts[_i].without_landlock);
}
END_TEST

/* Outside none of them gives what it gives inside (but those that work in both). */
START_TEST (attempts_differ_outside)
{
  int inside = attempts[_i].error;
  if (inside == 0)
    return;
  int status = try_attempt (attempts[_i].attempt, LACK_NOTHING, false);
  if (inside == DIES)
    ck_assert_msg (WIFEXITED (status), "%s: status %x", attempts[_i].name, (unsigned) status);
  else if (inside == ENOSYS && attempts[_i].attempt == try_unknown_call)
    check_status (attempts[_i].name, status, ENOSYS);
  else
    ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) != inside, "%s: status %x",
                   attempts[_i].name, (unsigned) status);
}
END_TEST

/* ---- mappings: every combination ---- */

static int map_protection, map_flags, map_fd;

static int
try_map (void)
{
  void *page = mmap (NULL, 4096, map_protection, map_flags, map_fd, 0);
  return page == MAP_FAILED ? errno : 0;
}

static int
expected_of_map (void)
{
  const bool no_file = (map_flags & MAP_ANONYMOUS) != 0, shared = (map_flags & MAP_SHARED) != 0;
  if (((map_protection & PROT_EXEC) != 0 && no_file) || (map_flags & MAP_GROWSDOWN) != 0)
    return DIES;
  if (shared && ((map_protection & PROT_WRITE) != 0 || no_file))
    return DIES;
  return (map_protection & PROT_EXEC) != 0 ? EACCES : 0;
}

START_TEST (only_harmless_mappings_are_made)
{
  const int kinds[] = { MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE };
  map_protection = _i;
  for (size_t kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      map_flags = kinds[kind];
      map_fd = scene.lent;
      check_status ("file", try_attempt (try_map, LACK_NOTHING, true), expected_of_map ());
      if (kinds[kind] == MAP_SHARED_VALIDATE)
        continue;
      map_flags = kinds[kind] | MAP_ANONYMOUS;
      map_fd = -1;
      check_status ("memory", try_attempt (try_map, LACK_NOTHING, true), expected_of_map ());
      map_flags |= MAP_GROWSDOWN;
      check_status ("stack", try_attempt (try_map, LACK_NOTHING, true), expected_of_map ());
    }
}
END_TEST

/* ---- Landlock alone ---- */

static int
try_connect_tcp (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (scene.port),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  return fd < 0 ? 100 : result (connect (fd, (struct sockaddr *) &address, sizeof address));
}

/* Where a filter forbids seccomp, the second wall still stands by itself. */
START_TEST (landlock_stands_alone)
{
  if (here.landlock == 0)
    return;
  const Attempt refused[] = { try_open_file, try_open_passwd, try_open_write, try_create,
                              try_mkdir, try_link, try_open_folder, try_open_zone_write };
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      int status = try_attempt (refused[i], LACK_SECCOMP, true);
      ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) == EACCES, "%zu: %x", i,
                     (unsigned) status);
    }
  check_status ("zone", try_attempt (try_open_zone, LACK_SECCOMP, true), 0);
  check_status ("outside", try_attempt (try_connect_tcp, LACK_SECCOMP, false), 0);
  if (here.landlock >= 3)
    check_status ("truncate", try_attempt (try_truncate, LACK_SECCOMP, true), EACCES);
  if (here.landlock >= 4)
    check_status ("tcp", try_attempt (try_connect_tcp, LACK_SECCOMP, true), EACCES);
  if (here.landlock >= 6)
    check_status ("signal", try_attempt (try_kill_other, LACK_SECCOMP, true), EPERM);
}
END_TEST

/* ---- what libraries need ---- */

static SkWarm *warm;

static int
try_iconv (void)
{
  static const struct
  {
    const char *charset, *bytes, *text;
  } samples[] = {
    { "ISO-2022-JP", "\x1b$B@A5a=q\x1b(B", "請求書" },
    { "CP932", "\x87\x40\x90\xbf\x8b\x81\x8f\x91", "①請求書" },
    { "EUC-JP", "\xc0\xc1\xb5\xe1\xbd\xf1", "請求書" },
    { "UTF-16", "\xff\xfe\xcb\x8a" "\x42\x6c\xf8\x66", "請求書" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *text = g_convert (samples[i].bytes, -1, "UTF-8", samples[i].charset, NULL,
                                         NULL, NULL);
      if (g_strcmp0 (text, samples[i].text) != 0)
        return 1 + (int) i;
    }
  /* One that was not loaded before fails like an unknown one and ends nothing. */
  return iconv_open ("UTF-8", "EBCDIC-US") == (iconv_t) -1 ? 0 : 100;
}

START_TEST (converters_work_inside)
{
  warm = sk_warm_new ();
  check_status ("iconv", try_attempt (try_iconv, LACK_NOTHING, true), 0);
  check_status ("iconv", try_attempt (try_iconv, LACK_LANDLOCK, true), 0);
  sk_warm_free (warm);
}
END_TEST

static int
try_library (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_random_int ();
  g_debug ("a line of the log");
  g_autofree char *upper = g_utf8_strup ("ſtraße", -1);
  struct timespec when;
  clock_gettime (CLOCK_REALTIME, &when);
  struct tm parts;
  return now != NULL && upper != NULL && localtime_r (&when.tv_sec, &parts) != NULL ? 0 : 1;
}

START_TEST (libraries_survive_inside)
{
  check_status ("glib", try_attempt (try_library, LACK_NOTHING, true), 0);
  check_status ("glib", try_attempt (try_library, LACK_LANDLOCK, true), 0);
}
END_TEST

#ifndef SK_SANITIZERS
static int
try_memory (void)
{
  void *small = malloc (MEMORY / 2);
  if (small == NULL)
    return 1;
  void *large = malloc (MEMORY);
  return large == NULL && errno == ENOMEM ? 0 : 2;
}

START_TEST (memory_is_bounded)
{
  check_status ("memory", try_attempt (try_memory, LACK_NOTHING, true), 0);
  check_status ("memory", try_attempt (try_memory, LACK_PRIVILEGE, true), 0);
  check_status ("memory", try_attempt (try_memory, LACK_NOTHING, false), 2);
}
END_TEST
#endif

/* ---- saying what is missing ---- */

/* In a child under a filter: probes, then enters with `require`; 0 when both speak of `wall`. */
static int
say_missing (Lack lack, int error, const char *wall)
{
  take_away (lack, error);
  SkSandboxState state;
  sk_sandbox_probe (&state);
  if ((lack == LACK_LANDLOCK ? state.landlock != 0 || state.seccomp != here.seccomp
                             : state.seccomp || state.landlock != here.landlock))
    return 1;
  if (strstr (state.note, wall) == NULL || strstr (state.note, g_strerror (error)) == NULL)
    {
      fprintf (stderr, "# not about %s: %s\n", wall, state.note);
      return 2;
    }
  SkSandboxSettings required = settings;
  required.require = true;
  const int keep[] = { STDERR_FILENO, -1 };
  g_autoptr (GError) problem = NULL;
  if (sk_sandbox_enter (&required, keep, &state, &problem))
    return 3;
  if (!g_error_matches (problem, SK_ERROR, SK_ERROR_SANDBOX)
      || strstr (problem->message, wall) == NULL)
    return 4;
  return 0;
}

START_TEST (a_missing_wall_is_named_and_refused)
{
  const int errors[] = { ENOSYS, EOPNOTSUPP, EPERM };
  for (size_t i = 0; i < G_N_ELEMENTS (errors); i++)
    for (Lack lack = LACK_LANDLOCK; lack <= LACK_SECCOMP; lack++)
      {
        pid_t child = fork ();
        if (child == 0)
          _exit (say_missing (lack, errors[i], lack == LACK_LANDLOCK ? "Landlock" : "seccomp"));
        int status = 0;
        waitpid (child, &status, 0);
        check_status (g_strerror (errors[i]), status, 0);
      }
}
END_TEST

START_TEST (a_whole_sandbox_satisfies_require)
{
  if (here.note[0] != '\0')
    return;
  ck_assert (here.seccomp);
  ck_assert_int_ge (here.landlock, 1);
  pid_t child = fork ();
  if (child == 0)
    {
      SkSandboxSettings required = settings;
      required.require = true;
      const int keep[] = { -1 };
      SkSandboxState state;
      _exit (sk_sandbox_enter (&required, keep, &state, NULL) && state.note[0] == '\0' ? 0 : 1);
    }
  int status = 0;
  waitpid (child, &status, 0);
  check_status ("require", status, 0);
}
END_TEST

int
main (void)
{
  sk_sandbox_probe (&here);
  printf ("# Landlock ABI %d, seccomp %d %s\n", here.landlock, here.seccomp, here.note);
  fflush (stdout);
  Suite *suite = suite_create ("sandbox");
  TCase *tests = tcase_create ("sandbox");
  tcase_add_checked_fixture (tests, set_scene, clear_scene);
  tcase_add_loop_test (tests, attempts_meet_the_walls, 0, G_N_ELEMENTS (attempts));
  tcase_add_loop_test (tests, attempts_differ_outside, 0, G_N_ELEMENTS (attempts));
  tcase_add_loop_test (tests, only_harmless_mappings_are_made, 0, 8);
  tcase_add_test (tests, landlock_stands_alone);
  tcase_add_test (tests, converters_work_inside);
  tcase_add_test (tests, libraries_survive_inside);
#ifndef SK_SANITIZERS
  tcase_add_test (tests, memory_is_bounded);
#endif
  tcase_add_test (tests, a_missing_wall_is_named_and_refused);
  tcase_add_test (tests, a_whole_sandbox_satisfies_require);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
