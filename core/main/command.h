/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The subcommands and their options: one table, from which the command line
 * is read and `--help` written.
 *
 * Man pages and completion are files of their own; a test compares them with
 * `--help`.
 */
#ifndef SK_MAIN_COMMAND_H
#define SK_MAIN_COMMAND_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/** How the program ends. */
typedef enum SkExit {
  SK_EXIT_CLEAN = 0,
  SK_EXIT_FINDINGS = 1,      /**< at or above --fail-on */
  SK_EXIT_ERROR = 2,
  SK_EXIT_NOT_INSPECTED = 3  /**< something, and nothing was found */
} SkExit;

typedef struct SkCommand SkCommand;

/** A command line that was read. */
typedef struct SkCommandLine {
  const SkCommand *command;
  GPtrArray *arguments; /**< of char *, owned */
  GArray *overrides;    /**< of SkOverride, owned */
  GHashTable *values;   /**< option name → value, of those that are no keys; owned */
  bool help;
} SkCommandLine;

/** An option. With `key` it sets that key of sekisho.yaml for this run. */
typedef struct SkOption {
  const char *name;     /**< without `--` */
  const char *argument; /**< how its value is called, or NULL: it takes none */
  const char *key;      /**< or NULL */
  const char *fixed;    /**< what it sets when it takes no value */
  bool is_path;         /**< a relative path is made absolute */
  unsigned commands;    /**< bits of those that have it */
  const char *meaning;  /**< one line */
} SkOption;

struct SkCommand {
  const char *name;      /**< `scan`, `rules check` */
  const char *arguments; /**< as shown: `[PATH]…` */
  int least, most;       /**< arguments; most -1: any number */
  unsigned bit;
  const char *meaning;
  SkExit (*run) (const SkCommandLine *line);
};

/** The commands, in the order in which help lists them. False past the last. */
bool sk_command_at (size_t index, const SkCommand **ret_command);
/** The options of a command, in order. False past the last. */
bool sk_command_option (const SkCommand *command, size_t index, const SkOption **ret_option);

/** Reads `argv` (from the subcommand on). NULL with SK_ERROR_CONFIG. Transfer full. */
SkCommandLine *sk_command_line_read (int argc, char *const *argv, GError **error);
void sk_command_line_free (SkCommandLine *line);
/** The value of an option that is no key, or NULL. Borrowed. */
const char *sk_command_line_value (const SkCommandLine *line, const char *option);

/** `--help` of a command; NULL: of the program. New string. */
char *sk_command_help (const SkCommand *command);
/** Help for all commands whose first word is `word`; NULL when there are none. New string. */
char *sk_command_group_help (const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCommandLine, sk_command_line_free)

SkExit sk_main_scan (const SkCommandLine *line);
SkExit sk_main_plugins (const SkCommandLine *line);
SkExit sk_main_rules_check (const SkCommandLine *line);
SkExit sk_main_rules_list (const SkCommandLine *line);
SkExit sk_main_rules_test (const SkCommandLine *line);
SkExit sk_main_rules_compile (const SkCommandLine *line);
SkExit sk_main_explain (const SkCommandLine *line);
SkExit sk_main_allow_add (const SkCommandLine *line);
SkExit sk_main_allow_list (const SkCommandLine *line);
SkExit sk_main_config_check (const SkCommandLine *line);
SkExit sk_main_config_sample (const SkCommandLine *line);
SkExit sk_main_config_show (const SkCommandLine *line);
SkExit sk_main_config_keys (const SkCommandLine *line);

#endif
