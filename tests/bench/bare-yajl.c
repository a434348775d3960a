/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The peer of the records bench: a SAX pass of yajl over JSON lines, whose
 * callbacks do nothing. Reads the file in pieces of 1 MiB; one parser takes the
 * lines one after another. Prints the number of maps at the top.
 *
 *     bare-yajl FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yajl/yajl_parse.h>

typedef struct Count {
  unsigned long depth, events;
} Count;

static int
on_null (void *data)
{
  (void) data;
  return 1;
}

static int
on_boolean (void *data, int value)
{
  (void) data;
  (void) value;
  return 1;
}

static int
on_text (void *data, const unsigned char *text, size_t size)
{
  (void) data;
  (void) text;
  (void) size;
  return 1;
}

static int
on_number (void *data, const char *text, size_t size)
{
  (void) data;
  (void) text;
  (void) size;
  return 1;
}

static int
on_map (void *data)
{
  Count *count = data;
  count->events += count->depth++ == 0;
  return 1;
}

static int
on_map_end (void *data)
{
  ((Count *) data)->depth--;
  return 1;
}

static const yajl_callbacks callbacks = {
  .yajl_null = on_null,
  .yajl_boolean = on_boolean,
  .yajl_number = on_number,
  .yajl_string = on_text,
  .yajl_start_map = on_map,
  .yajl_map_key = on_text,
  .yajl_end_map = on_map_end,
  .yajl_start_array = on_null,
  .yajl_end_array = on_null,
};

static int
pass (int fd, yajl_handle handle)
{
  enum { PIECE = 1 << 20 };
  static unsigned char piece[PIECE];
  ssize_t got;
  while ((got = read (fd, piece, PIECE)) > 0)
    if (yajl_parse (handle, piece, (size_t) got) != yajl_status_ok)
      return -1;
  return got < 0 ? -1 : 0;
}

int
main (int argc, char **argv)
{
  Count count = { 0, 0 };
  int fd = argc == 2 ? open (argv[1], O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    {
      fprintf (stderr, "usage: bare-yajl FILE\n");
      return 2;
    }
  yajl_handle handle = yajl_alloc (&callbacks, NULL, &count);
  yajl_config (handle, yajl_allow_multiple_values, 1);
  int status = pass (fd, handle);
  if (status != 0)
    fprintf (stderr, "bare-yajl: %s: not JSON lines\n", argv[1]);
  printf ("%lu\n", count.events);
  yajl_free (handle);
  close (fd);
  return status == 0 ? 0 : 1;
}
