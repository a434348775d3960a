/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The command line: what is taken, what is refused, and that its tables agree
 * with the table of keys and with help.
 */
#include "config.h"

#include "main/command.h"

#include "base/error.h"
#include "config/keys.h"

#include <sk-test.h>
#include <string.h>

#define READ(...)                                                                                  \
  read_line ((char *[]){ __VA_ARGS__, NULL })

static char *message; /* of the last refusal */

static SkCommandLine *
read_line (char **argv)
{
  g_autoptr (GError) error = NULL;
  SkCommandLine *line = sk_command_line_read ((int) g_strv_length (argv), argv, &error);
  g_free (message);
  message = error != NULL ? g_strdup (error->message) : NULL;
  ck_assert ((line == NULL) == (error != NULL));
  return line;
}

static const char *
argument (const SkCommandLine *line, guint index)
{
  ck_assert_uint_lt (index, line->arguments->len);
  return g_ptr_array_index (line->arguments, index);
}

static const SkOverride *
override (const SkCommandLine *line, guint index)
{
  ck_assert_uint_lt (index, line->overrides->len);
  return &g_array_index (line->overrides, SkOverride, index);
}

START_TEST (options_and_arguments_mix)
{
  g_autoptr (SkCommandLine) line
      = READ ("scan", "00", "--jobs", "3", "-", "--format=json", "--no-progress", "--set", "a.b=c=d",
              "two\nlines", "--", "-x", "--jobs", "--");
  ck_assert_str_eq (line->command->name, "scan");
  ck_assert_uint_eq (line->arguments->len, 6);
  ck_assert_str_eq (argument (line, 0), "00");
  ck_assert_str_eq (argument (line, 1), "-");
  ck_assert_str_eq (argument (line, 2), "two\nlines");
  ck_assert_str_eq (argument (line, 3), "-x");
  ck_assert_str_eq (argument (line, 4), "--jobs");
  ck_assert_str_eq (argument (line, 5), "--");
  ck_assert_uint_eq (line->overrides->len, 4);
  ck_assert_str_eq (override (line, 0)->key, "jobs");
  ck_assert_str_eq (override (line, 0)->value, "3");
  ck_assert (override (line, 0)->raw);
  ck_assert_str_eq (override (line, 2)->key, "scan.progress");
  ck_assert_str_eq (override (line, 2)->value, "never");
  ck_assert_str_eq (override (line, 3)->key, "a.b");
  ck_assert_str_eq (override (line, 3)->value, "c=d");
  ck_assert (!override (line, 3)->raw);
}
END_TEST

START_TEST (paths_become_absolute_and_words_stay)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *mine = g_build_filename (here, "mine.yar", NULL);
  g_autofree char *file = g_build_filename (here, "built-in", NULL);
  g_autoptr (SkCommandLine) line
      = READ ("scan", "--rules", "built-in", "--rules", "./built-in", "--rules", "mine.yar",
              "--output", "./mine.yar", "--cache-dir", "none", "--exclude", "mine.yar");
  ck_assert_str_eq (override (line, 0)->value, "built-in");
  ck_assert_str_eq (override (line, 1)->value, file);
  ck_assert_str_eq (override (line, 2)->value, mine);
  ck_assert_str_eq (sk_command_line_value (line, "output"), mine);
  ck_assert_str_eq (override (line, 3)->value, "none");
  ck_assert_str_eq (override (line, 4)->value, "mine.yar"); /* a pattern, no path */
}
END_TEST

START_TEST (two_word_commands)
{
  g_autoptr (SkCommandLine) line = READ ("rules", "check", "a", "b");
  ck_assert_str_eq (line->command->name, "rules check");
  ck_assert_uint_eq (line->arguments->len, 2);
  ck_assert (READ ("rules") == NULL);
  ck_assert (READ ("rules", "burn") == NULL);
  ck_assert (READ ("check") == NULL);
}
END_TEST

static const struct {
  const char *words, *expected;
} refusals[] = {
  { "scan|-x", "-x: no such option; a file of this name is written ./-x or after --" },
  { "scan|--job|3", "--job: no such option; sekisho scan --help lists them" },
  { "scan|--jobs", "--jobs: expected N after it" },
  { "scan|--strict=yes", "--strict=yes: this option takes no value" },
  { "scan|--set|novalue", "novalue: expected KEY=VALUE after --set" },
  { "scan|--set|=1", "=1: expected KEY=VALUE after --set" },
  { "explain", "explain: expected ID..." },
  { "rules list|x", "rules list: no such command; sekisho --help lists them" },
  { "config|sample|x", "x: one argument too many for sekisho config sample" },
  { "config|check|a|b", "b: one argument too many for sekisho config check" },
  { "plugins|--jobs|3", "--jobs: no such option; sekisho plugins --help lists them" },
  { "sc\033an", "sc\\u{1B}an: no such command; sekisho --help lists them" },
};

START_TEST (refusals_name_what_was_wrong)
{
  g_auto (GStrv) words = g_strsplit (refusals[_i].words, "|", -1);
  g_autoptr (SkCommandLine) line = read_line (words);
  ck_assert_str_eq (message, refusals[_i].expected);
  ck_assert (line == NULL);
}
END_TEST

START_TEST (help_needs_no_arguments)
{
  g_autoptr (SkCommandLine) line = READ ("explain", "--help");
  g_autoptr (SkCommandLine) small = READ ("explain", "-h");
  ck_assert (line->help && small->help);
}
END_TEST

/** An option sets a key that exists, to a value that the key takes. */
START_TEST (options_agree_with_keys)
{
  const SkCommand *command;
  const SkOption *option;
  for (size_t i = 0; sk_command_at (i, &command); i++)
    for (size_t j = 0; sk_command_option (command, j, &option); j++)
      {
        if (option->key == NULL)
          continue;
        g_auto (SkSettings) settings;
        sk_settings_init (&settings);
        const SkKey *key = sk_key_find (option->key);
        ck_assert_msg (key != NULL, "--%s sets the unknown key %s", option->name, option->key);
        ck_assert_msg ((option->fixed == NULL) == (option->argument != NULL), "--%s", option->name);
        if (option->fixed != NULL)
          ck_assert_msg (sk_key_set_raw (key, &settings, option->fixed), "--%s", option->name);
        bool takes_path = key->type == SK_KEY_PATH || key->type == SK_KEY_PATHS;
        ck_assert_msg (takes_path == option->is_path, "--%s", option->name);
      }
}
END_TEST

START_TEST (help_lists_every_option_and_command)
{
  const SkCommand *command;
  const SkOption *option;
  g_autofree char *program = sk_command_help (NULL);
  for (size_t i = 0; sk_command_at (i, &command); i++)
    {
      g_autofree char *help = sk_command_help (command);
      g_autofree char *row = g_strdup_printf ("\n  %s ", command->name);
      ck_assert (strstr (program, row) != NULL);
      ck_assert (strstr (help, command->meaning) != NULL);
      for (size_t j = 0; sk_command_option (command, j, &option); j++)
        {
          g_autofree char *start = g_strdup_printf ("\n  --%s ", option->name);
          ck_assert_msg (strstr (help, start) != NULL, "%s: --%s", command->name, option->name);
          ck_assert (strstr (help, option->meaning) != NULL);
        }
    }
  ck_assert (sk_command_group_help ("no-such") == NULL);
  g_autofree char *rules = sk_command_group_help ("rules");
  ck_assert (strstr (rules, "sekisho rules compile") != NULL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("command");
  TCase *tcase = tcase_create ("command");
  tcase_add_test (tcase, options_and_arguments_mix);
  tcase_add_test (tcase, paths_become_absolute_and_words_stay);
  tcase_add_test (tcase, two_word_commands);
  tcase_add_loop_test (tcase, refusals_name_what_was_wrong, 0, (int) G_N_ELEMENTS (refusals));
  tcase_add_test (tcase, help_needs_no_arguments);
  tcase_add_test (tcase, options_agree_with_keys);
  tcase_add_test (tcase, help_lists_every_option_and_command);
  suite_add_tcase (suite, tcase);
  return sk_test_main (suite);
}
