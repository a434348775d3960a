/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Standard input as a file: what comes from a pipe cannot be mapped or read
 * twice, so it is copied to a file without a name first.
 */
#include "config.h"

#include "source/tree.h"

#include "base/file.h"
#include "base/i18n.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE (64 * 1024)

/* Waits for input. False when the copying is to be given up. */
static bool
wait_for_input (int input, int stop_fd)
{
  struct pollfd waits[2]
      = { { .fd = input, .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };
  while (poll (waits, 2, -1) < 0 && errno == EINTR)
    ;
  return (waits[1].revents & POLLIN) == 0;
}

/* Copies to the end. 0, an errno, or -1 when given up. */
static int
copy_all (int input, int output, int stop_fd)
{
  g_autofree char *piece = g_malloc (PIECE);
  for (;;)
    {
      if (!wait_for_input (input, stop_fd))
        return -1;
      ssize_t got = read (input, piece, PIECE);
      if (got == 0)
        return 0;
      if (got < 0 && errno != EINTR && errno != EAGAIN)
        return errno;
      SkSpan part = { (const uint8_t *) piece, got > 0 ? (size_t) got : 0 };
      if (!sk_file_write (output, part))
        return errno;
    }
}

static SkWalkItem *
unreadable (int error_number, const char *what)
{
  SkWalkItem *item = sk_walk_item_new (SK_WALK_UNREADABLE, "-", NULL, -1);
  item->error_number = error_number;
  item->what = what;
  return item;
}

SkWalkItem *
sk_stdin_item (int input, const char *temporary, int stop_fd)
{
  int output = sk_file_unnamed (temporary != NULL ? temporary : g_get_tmp_dir ());
  if (output < 0)
    return unreadable (errno, N_ ("no temporary file for standard input"));
  int failed = copy_all (input, output, stop_fd);
  struct stat info;
  if (failed == 0 && fstat (output, &info) != 0)
    failed = errno;
  if (failed == 0)
    return sk_walk_item_new (SK_WALK_FILE, "-", &info, output);
  close (output);
  return failed > 0 ? unreadable (failed, N_ ("standard input could not be copied")) : NULL;
}
