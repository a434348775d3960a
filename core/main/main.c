/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which subcommand, or which role of a process that the program starts of
 * itself.
 */
#include "config.h"

#include "base/i18n.h"
#include "main/command.h"
#include "main/session.h"
#include "process/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/** `--role zygote`: the configuration comes sealed from the process that started this one. */
static int
zygote_main (void)
{
  g_auto (SkSettings) settings;
  sk_settings_init (&settings);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkBundle) bundle = sk_bundle_map (SK_ZYGOTE_BUNDLE_FD, &error);
  if (bundle == NULL || !sk_settings_load (&settings, bundle, &error))
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  return sk_zygote_main (&settings.zygote, bundle);
}

/** A standard descriptor that the caller closed would be given to the next file that is opened:
 * alerts would be written into it, or a socket of ours be read as standard input. What takes its
 * place cannot be used in its direction, so that the use is an error. */
static bool
hold_standard_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF
        && open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
      return false;
  return true;
}

static SkExit
print (const char *text)
{
  fputs (text, stdout);
  return sk_flush_output () ? SK_EXIT_CLEAN : SK_EXIT_ERROR;
}

/** `sekisho rules` or `sekisho rules --help`: all commands of that word. */
static bool
group_help (int argc, char *const *argv, SkExit *ret_status)
{
  g_autofree char *help = sk_command_group_help (argv[0]);
  bool asked = argc == 1 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0;
  if (help == NULL || !asked)
    return false;
  if (argc > 1)
    *ret_status = print (help);
  else
    {
      fputs (help, stderr);
      *ret_status = SK_EXIT_ERROR;
    }
  return true;
}

static SkExit
run_command (int argc, char *const *argv)
{
  g_autoptr (GError) error = NULL;
  SkExit status;
  if (group_help (argc, argv, &status))
    return status;
  g_autoptr (SkCommandLine) line = sk_command_line_read (argc, argv, &error);
  if (line == NULL)
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  if (!line->help)
    return line->command->run (line);
  g_autofree char *help = sk_command_help (line->command);
  return print (help);
}

int
main (int argc, char **argv)
{
  if (!hold_standard_descriptors ())
    return SK_EXIT_ERROR;
  setlocale (LC_ALL, "");
  const char *catalogues = secure_getenv ("SEKISHO_LOCALE_DIR");
  bindtextdomain (GETTEXT_PACKAGE, catalogues != NULL ? catalogues : SK_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  /* A closed pipe is an error of the write, with a message. */
  signal (SIGPIPE, SIG_IGN);
  if (argc == 3 && strcmp (argv[1], "--role") == 0 && strcmp (argv[2], "zygote") == 0)
    return zygote_main ();
  g_autofree char *help = sk_command_help (NULL);
  if (argc < 2)
    {
      fputs (help, stderr);
      return SK_EXIT_ERROR;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return print (help);
  if (strcmp (argv[1], "--version") == 0)
    return print (PACKAGE_STRING "\n");
  return run_command (argc - 1, argv + 1);
}
