/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that tries the walls around a worker from inside.
 *
 * "WALL <attempt> <argument>\n" makes one attempt and tells its errno as a
 * match of rule `walls.told`: "<attempt>: <name>", "done" when it succeeded. An
 * attempt that ends the process tells nothing.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <sekisho/sekisho.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FD 1024

/* ---- attempts: the value of the call, with errno set when it is negative ---- */

static long
open_read (const char *path)
{
  return open (path, O_RDONLY | O_CLOEXEC);
}

static long
open_write (const char *path)
{
  return open (path, O_WRONLY);
}

static long
open_path (const char *path)
{
  return open (path, O_PATH);
}

static long
create (const char *path)
{
  return open (path, O_WRONLY | O_CREAT, 0600);
}

static long
create_temporary (const char *path)
{
  return open (path, O_TMPFILE | O_RDWR, 0600);
}

static long
open2 (const char *path)
{
  uint64_t how[3] = { O_RDONLY, 0, 0 };
  return syscall (SYS_openat2, AT_FDCWD, path, how, sizeof how);
}

static long
truncate_path (const char *path)
{
  return truncate (path, 0);
}

static long
stat_path (const char *path)
{
  struct stat info;
  return stat (path, &info);
}

static long
statx_path (const char *path)
{
  struct statx info;
  return statx (AT_FDCWD, path, 0, STATX_ALL, &info);
}

static long
access_path (const char *path)
{
  return access (path, F_OK);
}

static long
read_link (const char *path)
{
  char text[64];
  return readlink (path, text, sizeof text);
}

static long
remove_path (const char *path)
{
  return unlink (path);
}

static long
rename_path (const char *path)
{
  g_autofree char *other = g_strconcat (path, ".renamed", NULL);
  return rename (path, other);
}

static long
make_folder (const char *path)
{
  return mkdir (path, 0700);
}

static long
make_link (const char *path)
{
  return symlink ("/etc/passwd", path);
}

static long
change_mode (const char *path)
{
  return chmod (path, 0777);
}

static long
set_attribute (const char *path)
{
  return syscall (SYS_setxattr, path, "user.sekisho", "x", 1, 0);
}

static long
connect_inet (const char *path)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (9),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  (void) path;
  return connect (0, (struct sockaddr *) &address, sizeof address);
}

static long
bind_unix (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  return bind (0, (struct sockaddr *) &address, sizeof address);
}

static long
make_socket (const char *path)
{
  (void) path;
  return socket (AF_UNIX, SOCK_STREAM, 0);
}

static long
make_pair (const char *path)
{
  int ends[2];
  (void) path;
  return socketpair (AF_UNIX, SOCK_STREAM, 0, ends);
}

/* The library's fstat asks by path, which is refused. */
static mode_t
kind_of (int fd)
{
  struct stat info;
  return syscall (SYS_fstat, fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

/* From the worker's own socket to a named one that somebody else listens on. */
static long
send_elsewhere (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct iovec vector = { (char *) "hello", 5 };
  struct msghdr message = { .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &vector,
                            .msg_iovlen = 1 };
  int fd = 0;
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  while (fd < MAX_FD && kind_of (fd) != S_IFSOCK)
    fd++;
  return sendmsg (fd, &message, 0);
}

static long
execute (const char *path)
{
  char *argv[] = { (char *) path, NULL };
  return execve (path, argv, argv + 1);
}

static long
unknown_call (const char *path)
{
  (void) path;
  return syscall (999);
}

static long
kill_parent (const char *path)
{
  (void) path;
  return kill (getppid (), SIGTERM);
}

static long
kill_all (const char *path)
{
  (void) path;
  return kill (-1, SIGTERM);
}

static long
read_parent (const char *path)
{
  char bytes[8];
  struct iovec here = { bytes, sizeof bytes }, there = { (void *) (uintptr_t) 0x400000, 8 };
  (void) path;
  return process_vm_readv (getppid (), &here, 1, &there, 1, 0);
}

static long
become_root (const char *path)
{
  (void) path;
  return syscall (SYS_setuid, 0);
}

static long
raise_limit (const char *path)
{
  struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
  (void) path;
  return setrlimit (RLIMIT_DATA, &limit);
}

static long
become_dumpable (const char *path)
{
  (void) path;
  return prctl (PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
make_memory_file (const char *path)
{
  (void) path;
  return (long) syscall (SYS_memfd_create, "x", 0);
}

static long
make_pipe (const char *path)
{
  int ends[2];
  (void) path;
  return pipe (ends);
}

static long
read_folder (const char *path)
{
  char bytes[512];
  int fd = open (path, O_RDONLY | O_DIRECTORY);
  return fd < 0 ? fd : syscall (SYS_getdents64, fd, bytes, sizeof bytes);
}

/* Each regular file that is held, but for the three standard ones: may it be changed? */
static long
write_held (const char *path)
{
  (void) path;
  for (int fd = 0; fd < MAX_FD; fd++)
    if (kind_of (fd) == S_IFREG
        && (write (fd, "x", 1) > 0 || pwrite (fd, "x", 1, 0) > 0 || ftruncate (fd, 1) == 0))
      return 0;
  return -1;
}

/* A file reached by the name of a descriptor. */
static long
reopen_held (const char *path)
{
  (void) path;
  for (int fd = 0; fd < MAX_FD; fd++)
    {
      g_autofree char *name = g_strdup_printf ("/proc/self/fd/%d", fd);
      if (open (name, O_RDWR) >= 0)
        return 0;
    }
  return -1;
}

typedef struct Attempt {
  const char *word;
  long (*run) (const char *argument);
} Attempt;

static const Attempt attempts[] = {
  { "open-read", open_read },
  { "open-write", open_write },
  { "open-path", open_path },
  { "openat2", open2 },
  { "create", create },
  { "create-temporary", create_temporary },
  { "truncate", truncate_path },
  { "stat", stat_path },
  { "statx", statx_path },
  { "access", access_path },
  { "readlink", read_link },
  { "unlink", remove_path },
  { "rename", rename_path },
  { "mkdir", make_folder },
  { "symlink", make_link },
  { "chmod", change_mode },
  { "setxattr", set_attribute },
  { "connect", connect_inet },
  { "bind", bind_unix },
  { "socket", make_socket },
  { "socketpair", make_pair },
  { "sendmsg", send_elsewhere },
  { "execve", execute },
  { "unknown-call", unknown_call },
  { "kill-parent", kill_parent },
  { "kill-all", kill_all },
  { "read-parent", read_parent },
  { "setuid", become_root },
  { "raise-limit", raise_limit },
  { "dumpable", become_dumpable },
  { "memory-file", make_memory_file },
  { "pipe", make_pipe },
  { "read-folder", read_folder },
  { "write-held", write_held },
  { "reopen-held", reopen_held },
};

/* ---- what is held ---- */

/* One line for all descriptors: how many of each kind, and the regular files' numbers. */
static void
list_held (const SkApi *api, SkObject *object, uint32_t rule)
{
  g_autoptr (GString) files = g_string_new (NULL);
  unsigned sockets = 0, others = 0, writable = 0, standard = 0;
  for (int fd = 0; fd < MAX_FD; fd++)
    {
      struct stat info;
      if (syscall (SYS_fstat, fd, &info) != 0)
        continue;
      if (fd <= STDERR_FILENO)
        standard++;
      else if (S_ISSOCK (info.st_mode))
        sockets++;
      else if (!S_ISREG (info.st_mode))
        others++;
      else if ((fcntl (fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
        writable++;
      else
        g_string_append_printf (files, " %lu", (unsigned long) info.st_ino);
    }
  g_autofree char *text
      = g_strdup_printf ("held: standard %u sockets %u others %u writable %u files%s", standard,
                         sockets, others, writable, files->str);
  api->match (object, rule, text);
}

/* ---- hooks ---- */

static void
attempt (const SkApi *api, SkObject *object, uint32_t rule, const Attempt *what, const char *argument)
{
  errno = 0;
  long result = what->run (argument);
  const char *name = result >= 0 ? "done" : strerrorname_np (errno);
  g_autofree char *text = g_strdup_printf ("%s: %s", what->word, name != NULL ? name : "no error");
  api->match (object, rule, text);
}

static SkResult
open_object (const SkApi *api, void *context, SkObject *object)
{
  SkSpan bytes = sk_span_slice (api->bytes (object), 0, 4096);
  g_autofree char *text = g_strndup ((const char *) bytes.data, bytes.size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 2);
  g_auto (GStrv) words = g_strsplit (lines[0] != NULL ? lines[0] : "", " ", 3);
  uint32_t rule = (uint32_t) (uintptr_t) context;
  if (g_strv_length (words) < 3 || strcmp (words[0], "WALL") != 0)
    return SK_NOT_MINE;
  if (strcmp (words[1], "held") == 0)
    list_held (api, object, rule);
  for (size_t i = 0; i < G_N_ELEMENTS (attempts); i++)
    if (strcmp (words[1], attempts[i].word) == 0)
      attempt (api, object, rule, &attempts[i], words[2]);
  return SK_OK;
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  SkRuleInfo rule = { .id = "walls.told", .level = SK_LEVEL_LOW, .score = -1, .title = "Tried" };
  *ret_context = (void *) (uintptr_t) api->rule_add (setup, &rule);
  return SK_OK;
}

static const char *const accepts[] = { "*", NULL };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "walls",
  .version = "1",
  .summary = "Tries the walls from inside",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .configure = configure,
  .open = open_object,
};
