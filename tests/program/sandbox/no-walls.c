/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Runs a program on a kernel that lacks walls: `no-walls WALL… -- PROGRAM
 * ARGUMENT…`, where a WALL is `landlock` (ENOSYS, as on a kernel without it),
 * `landlock-off` (EOPNOTSUPP, as where it is not among the active modules) or
 * `seccomp` (EINVAL, as on a kernel without filters).
 *
 * It is itself a seccomp filter, made of plain BPF: it stays in force over exec.
 */
#include "config.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LANDLOCK_FIRST 444
#define LANDLOCK_LAST 446
#define MAX_STEPS 64

/** A program in the making. */
typedef struct Filter {
  struct sock_filter steps[MAX_STEPS];
  unsigned short count;
} Filter;

static void
step (Filter *filter, uint16_t code, uint32_t value, uint8_t yes, uint8_t no)
{
  if (filter->count < MAX_STEPS)
    filter->steps[filter->count++] = (struct sock_filter){ code, yes, no, value };
}

static void
load (Filter *filter, size_t offset)
{
  step (filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t) offset, 0, 0);
}

/* The number stands in the accumulator before and after. */
static void
refuse_calls (Filter *filter, uint32_t first, uint32_t last, int error)
{
  step (filter, BPF_JMP | BPF_JGE | BPF_K, first, 0, 2);
  step (filter, BPF_JMP | BPF_JGT | BPF_K, last, 1, 0);
  step (filter, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t) error, 0, 0);
}

/* prctl (PR_SET_SECCOMP, …). */
static void
refuse_prctl (Filter *filter, int error)
{
  step (filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 4);
  load (filter, offsetof (struct seccomp_data, args));
  step (filter, BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1);
  step (filter, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t) error, 0, 0);
  load (filter, offsetof (struct seccomp_data, nr));
}

static int
add_wall (Filter *filter, const char *wall)
{
  if (strcmp (wall, "landlock") == 0)
    refuse_calls (filter, LANDLOCK_FIRST, LANDLOCK_LAST, ENOSYS);
  else if (strcmp (wall, "landlock-off") == 0)
    refuse_calls (filter, LANDLOCK_FIRST, LANDLOCK_LAST, EOPNOTSUPP);
  else if (strcmp (wall, "seccomp") == 0)
    {
      refuse_calls (filter, SYS_seccomp, SYS_seccomp, EINVAL);
      refuse_prctl (filter, EINVAL);
    }
  else
    return 2;
  return 0;
}

static int
enter (Filter *filter)
{
  struct sock_fprog program = { filter->count, filter->steps };
  step (filter, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  program.len = filter->count;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
      || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    {
      perror ("no-walls");
      return 77; /* this kernel itself has no filters */
    }
  return 0;
}

int
main (int argc, char **argv)
{
  Filter filter = { .count = 0 };
  int i, status = 0;
  load (&filter, offsetof (struct seccomp_data, nr));
  for (i = 1; i < argc && strcmp (argv[i], "--") != 0 && status == 0; i++)
    status = add_wall (&filter, argv[i]);
  if (status == 0 && i + 1 < argc)
    status = enter (&filter);
  else
    status = 2;
  if (status != 0)
    return status;
  execvp (argv[i + 1], argv + i + 1);
  perror (argv[i + 1]);
  return 2;
}
