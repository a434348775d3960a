/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The peer of the benchmarks: libyara and nothing else. Reads each file of a
 * list into a reused buffer and scans it, in so many processes beside each
 * other; prints how many rules matched.
 *
 *     bare-yara RULES LIST PROCESSES      LIST holds a path a line
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yara.h>

static unsigned long matches;

static int
on_match (YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
  (void) context;
  (void) data;
  (void) user;
  if (message == CALLBACK_MSG_RULE_MATCHING)
    matches++;
  return CALLBACK_CONTINUE;
}

static YR_RULES *
compile (const char *path)
{
  YR_COMPILER *compiler = NULL;
  YR_RULES *rules = NULL;
  FILE *file = fopen (path, "r");
  if (file == NULL || yr_compiler_create (&compiler) != ERROR_SUCCESS
      || yr_compiler_add_file (compiler, file, NULL, path) != 0
      || yr_compiler_get_rules (compiler, &rules) != ERROR_SUCCESS)
    {
      fprintf (stderr, "bare-yara: cannot compile %s\n", path);
      exit (2);
    }
  fclose (file);
  yr_compiler_destroy (compiler);
  return rules;
}

static void
scan_file (YR_SCANNER *scanner, const char *path)
{
  static unsigned char *buffer;
  static size_t room;
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    {
      size_t size = (size_t) info.st_size;
      if (size > room)
        {
          buffer = realloc (buffer, size);
          room = size;
        }
      ssize_t got = read (fd, buffer, size);
      if (got > 0 || size == 0)
        yr_scanner_scan_mem (scanner, buffer, got > 0 ? (size_t) got : 0);
    }
  close (fd);
}

static int
scan_share (YR_RULES *rules, const char *list, int share, int shares)
{
  YR_SCANNER *scanner = NULL;
  FILE *file = fopen (list, "r");
  char *line = NULL;
  size_t room = 0;
  ssize_t size;
  if (file == NULL || yr_scanner_create (rules, &scanner) != ERROR_SUCCESS)
    return 2;
  yr_scanner_set_callback (scanner, on_match, NULL);
  for (int number = 0; (size = getline (&line, &room, file)) > 0; number++)
    if (number % shares == share)
      {
        line[size - 1] = '\0';
        scan_file (scanner, line);
      }
  printf ("%lu\n", matches);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc != 4 || atoi (argv[3]) < 1)
    return 2;
  int shares = atoi (argv[3]), status, failed = 0;
  yr_initialize ();
  YR_RULES *rules = compile (argv[1]);
  fflush (stdout);
  for (int share = 0; share < shares; share++)
    if (fork () == 0)
      {
        int result = scan_share (rules, argv[2], share, shares);
        fflush (stdout);
        _exit (result);
      }
  while (wait (&status) > 0)
    failed |= status;
  return failed == 0 ? 0 : 1;
}
