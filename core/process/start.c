/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Starting a zygote from the supervisor, which may have threads: between fork
 * and exec only calls that a signal handler may make.
 */
#include "config.h"

#include "process/zygote.h"

#include "base/error.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* Descriptors on their way to their places stand above these. */
#define ABOVE 10

typedef struct Start
{
  char *const *argv;
  int channel, bundle;
  int trouble; /* pipe: the errno of a start that failed */
  pid_t parent;
} Start;

/* A handler of the supervisor must not run in the child, nor an ignored or blocked signal stay so. */
static void
reset_signals (void)
{
  for (int i = 1; i < NSIG; i++)
    signal (i, SIG_DFL);
  sigset_t none;
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* A standard descriptor that is closed here, or will be at exec because it is really somebody's
 * socket, would become another one there. */
static bool
fill_standard_fds (void)
{
  int null = open ("/dev/null", O_RDWR);
  if (null < 0)
    return false;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    {
      int flags = fcntl (fd, F_GETFD);
      if ((flags < 0 || (flags & FD_CLOEXEC) != 0) && dup2 (null, fd) < 0)
        return false;
    }
  if (null > STDERR_FILENO)
    close (null);
  return true;
}

/* Channel on 3, bundle on 4, all others closed at exec; `trouble` lives until then. */
static bool
place_fds (const Start *start, int *ret_trouble)
{
  int channel = fcntl (start->channel, F_DUPFD, ABOVE);
  int bundle = fcntl (start->bundle, F_DUPFD, ABOVE);
  *ret_trouble = fcntl (start->trouble, F_DUPFD_CLOEXEC, ABOVE);
  if (channel < 0 || bundle < 0 || *ret_trouble < 0)
    return false;
  if (dup2 (channel, SK_ZYGOTE_CHANNEL_FD) < 0 || dup2 (bundle, SK_ZYGOTE_BUNDLE_FD) < 0)
    return false;
  const unsigned first = SK_ZYGOTE_BUNDLE_FD + 1, kept = (unsigned) *ret_trouble;
  return syscall (SYS_close_range, first, kept - 1, 0) == 0
         && syscall (SYS_close_range, kept + 1, ~0u, 0) == 0;
}

/* In the child. Does not return. */
static void
become_zygote (const Start *start)
{
  int trouble = start->trouble;
  if (prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid () == start->parent
      && place_fds (start, &trouble) && fill_standard_fds ())
    {
      reset_signals ();
      execv ("/proc/self/exe", start->argv);
    }
  int error = errno;
  if (write (trouble, &error, sizeof error) < 0)
    _exit (126);
  _exit (127);
}

/* The errno that the child reported, 0 when it became the program. */
static int
await_exec (int fd)
{
  int error = 0;
  ssize_t got;
  do
    got = read (fd, &error, sizeof error);
  while (got < 0 && errno == EINTR);
  return got == (ssize_t) sizeof error ? error : 0;
}

static int
fork_zygote (Start *start)
{
  int ends[2];
  if (pipe2 (ends, O_CLOEXEC) != 0)
    return -1;
  start->trouble = ends[1];
  start->parent = getpid ();
  pid_t pid = fork ();
  if (pid == 0)
    become_zygote (start);
  int error = pid < 0 ? errno : 0;
  close (ends[1]);
  if (pid > 0)
    error = await_exec (ends[0]);
  close (ends[0]);
  if (pid > 0 && error != 0)
    while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
      ;
  errno = error;
  return error == 0 ? pid : -1;
}

int
sk_zygote_start (char *const *argv, int bundle_fd, int *ret_channel_fd, GError **error)
{
  int ends[2];
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      sk_error_set_errno (error, errno, _ ("cannot make a socket pair"));
      return -1;
    }
  Start start = { .argv = argv, .channel = ends[1], .bundle = bundle_fd };
  int pid = fork_zygote (&start);
  int saved_errno = errno;
  close (ends[1]);
  if (pid < 0)
    {
      close (ends[0]);
      sk_error_set_errno (error, saved_errno, _ ("cannot start the zygote"));
      return -1;
    }
  fcntl (ends[0], F_SETFL, O_NONBLOCK);
  *ret_channel_fd = ends[0];
  return pid;
}
