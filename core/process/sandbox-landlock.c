/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Landlock, the second wall: it judges the opens that seccomp lets pass.
 *
 * Numbers and structures as the kernel's documentation of its ABI 1 to 7 gives
 * them; the system's header may be older than the running kernel, so they
 * stand here.
 */
#include "config.h"

#include "process/sandbox-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1

#define FS_READ_FILE (UINT64_C (1) << 2)
#define FS_READ_DIR (UINT64_C (1) << 3)
/* execute, write, read, read folder, remove folder and file, make seven kinds of file */
#define FS_ABI_1 ((UINT64_C (1) << 13) - 1)
#define FS_REFER (UINT64_C (1) << 13)     /* ABI 2 */
#define FS_TRUNCATE (UINT64_C (1) << 14)  /* ABI 3 */
#define NET_BIND_CONNECT_TCP UINT64_C (3) /* ABI 4 */
#define FS_IOCTL_DEV (UINT64_C (1) << 15) /* ABI 5 */
#define SCOPE_SOCKET_SIGNAL UINT64_C (3)  /* ABI 6: abstract unix sockets, signals */

/* Grows with the ABI: 8 bytes, 16 from ABI 4, 24 from ABI 6. */
struct ruleset
{
  uint64_t handled_fs, handled_net, scoped;
};

struct path_beneath
{
  uint64_t allowed;
  int32_t parent_fd;
} __attribute__ ((packed));

/* What libraries read lazily. A folder that is not there is none that could be read. */
static const char *const folders[] = {
  "/usr/lib/gconv",
  "/usr/lib64/gconv",
#if defined __x86_64__
  "/usr/lib/x86_64-linux-gnu/gconv",
#elif defined __aarch64__
  "/usr/lib/aarch64-linux-gnu/gconv",
#endif
  "/usr/share/zoneinfo",
  "/usr/share/poppler",
};

static struct ruleset
ruleset_of (int abi, size_t *ret_size)
{
  struct ruleset rules = { .handled_fs = FS_ABI_1 };
  *ret_size = offsetof (struct ruleset, handled_net);
  if (abi >= 2)
    rules.handled_fs |= FS_REFER;
  if (abi >= 3)
    rules.handled_fs |= FS_TRUNCATE;
  if (abi >= 4)
    {
      rules.handled_net = NET_BIND_CONNECT_TCP;
      *ret_size = offsetof (struct ruleset, scoped);
    }
  if (abi >= 5)
    rules.handled_fs |= FS_IOCTL_DEV;
  if (abi >= 6)
    {
      rules.scoped = SCOPE_SOCKET_SIGNAL;
      *ret_size = sizeof rules;
    }
  return rules;
}

static int
grant (int ruleset, const char *folder)
{
  int fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  struct path_beneath rule = { .allowed = FS_READ_FILE | FS_READ_DIR, .parent_fd = fd };
  int error = 0;
  if (syscall (SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0)
    error = errno;
  close (fd);
  return error;
}

static int
restrict_self (int ruleset)
{
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      int error = grant (ruleset, folders[i]);
      if (error != 0)
        return error;
    }
  return syscall (SYS_landlock_restrict_self, ruleset, 0) == 0 ? 0 : errno;
}

int
sk_landlock_enter (int *ret_abi)
{
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
  if (abi < 1)
    return abi < 0 ? errno : EOPNOTSUPP;
  size_t size;
  struct ruleset rules = ruleset_of ((int) abi, &size);
  int ruleset = (int) syscall (SYS_landlock_create_ruleset, &rules, size, 0);
  if (ruleset < 0)
    return errno;
  int error = restrict_self (ruleset);
  close (ruleset);
  if (error == 0)
    *ret_abi = (int) abi;
  return error;
}
