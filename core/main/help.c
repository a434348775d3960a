/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `--help`, written from the tables of command.c.
 */
#include "config.h"

#include "main/command.h"

#include "base/i18n.h"

#include <string.h>

/** Width of the column with options or commands. */
#define COLUMN 26

static void
put_entry (GString *out, const char *left, const char *right)
{
  int pad = COLUMN - (int) strlen (left);
  if (pad < 1)
    g_string_append_printf (out, "  %s\n  %*s%s\n", left, COLUMN, "", right);
  else
    g_string_append_printf (out, "  %s%*s%s\n", left, pad, "", right);
}

static void
put_options (GString *out, const SkCommand *command)
{
  const SkOption *option;
  for (size_t i = 0; sk_command_option (command, i, &option); i++)
    {
      g_autofree char *left = g_strdup_printf (
          "--%s%s%s", option->name, option->argument != NULL ? " " : "",
          option->argument != NULL ? option->argument : "");
      put_entry (out, left, _ (option->meaning));
    }
}

static void
put_exit (GString *out)
{
  g_string_append_printf (out, "\n%s\n", _ ("Exit status:"));
  put_entry (out, "0", _ ("all was inspected, and no findings at or above the level of --fail-on"));
  put_entry (out, "1", _ ("findings at or above the level of --fail-on"));
  put_entry (out, "2", _ ("error: wrong options or configuration, no usable rule, output failed"));
  put_entry (out, "3", _ ("something was not inspected, and no findings at or above the level of --fail-on"));
}

static void
put_command (GString *out, const SkCommand *command)
{
  g_string_append_printf (out, _ ("Usage: sekisho %s [OPTION]..."), command->name);
  g_string_append_printf (out, "%s%s\n%s\n\n", command->arguments[0] != '\0' ? " " : "",
                          command->arguments, _ (command->meaning));
  g_string_append_printf (out, "%s\n", _ ("Options:"));
  put_options (out, command);
  if (strcmp (command->name, "scan") == 0)
    put_exit (out);
}

static void
put_program (GString *out)
{
  g_string_append_printf (out, "%s\n%s\n\n%s\n", _ ("Usage: sekisho COMMAND [OPTION]... [ARGUMENT]..."),
                          _ ("Opens files in a sandbox, judges them by rules, and says what it found."),
                          _ ("Commands:"));
  const SkCommand *command;
  for (size_t i = 0; sk_command_at (i, &command); i++)
    put_entry (out, command->name, _ (command->meaning));
  g_string_append_printf (out, "\n%s\n", _ ("Options:"));
  put_entry (out, "--help", _ ("print this help; sekisho COMMAND --help tells of a command"));
  put_entry (out, "--version", _ ("print the version"));
}

char *
sk_command_help (const SkCommand *command)
{
  GString *out = g_string_new (NULL);
  if (command != NULL)
    put_command (out, command);
  else
    put_program (out);
  return g_string_free (out, FALSE);
}

char *
sk_command_group_help (const char *word)
{
  GString *out = g_string_new (NULL);
  size_t length = strlen (word);
  const SkCommand *command;
  for (size_t i = 0; sk_command_at (i, &command); i++)
    if (strncmp (command->name, word, length) == 0 && command->name[length] == ' ')
      {
        if (out->len > 0)
          g_string_append_c (out, '\n');
        put_command (out, command);
      }
  return g_string_free (out, out->len == 0);
}
