/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writes a locked archive of the files given, stored, to standard output: for
 * program tests.
 *
 *   locked-make KIND PASSWORD FILE…
 *
 * KIND: rar5, rar5-hidden (names), rar4, rar4-hidden, 7z, 7z-hidden; and
 * rar5-24 and rar5-25, which ask for 2^24 and 2^25 rounds, but whose key is
 * that of 2^20, so that they are made in time: nothing opens them.
 */
#include "config.h"

#include "locked-maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Files {
  size_t n;
  char **names;
  GBytes **contents;
} Files;

static GByteArray *
make_rar5 (const Rar5Maker *maker, const char *password, const Files *files)
{
  GByteArray *out = rar5_begin (maker);
  for (size_t i = 0; i < files->n; i++)
    {
      size_t size;
      const void *bytes = g_bytes_get_data (files->contents[i], &size);
      rar5_add (out, maker, files->names[i], bytes, size, password, 0);
    }
  rar5_end (out, maker);
  return out;
}

static GByteArray *
make_rar4 (const Rar4Maker *maker, const char *password, const Files *files)
{
  GByteArray *out = rar4_begin (maker);
  for (size_t i = 0; i < files->n; i++)
    {
      size_t size;
      const void *bytes = g_bytes_get_data (files->contents[i], &size);
      rar4_add (out, maker, files->names[i], bytes, size, password, 1, 0);
    }
  rar4_end (out, maker);
  return out;
}

static GByteArray *
make_7z (bool hidden, const char *password, const Files *files)
{
  const SevenMaker maker = { .power = 19, .iv_size = 16, .hide_names = hidden };
  g_autofree const char **passwords = g_new (const char *, files->n);
  for (size_t i = 0; i < files->n; i++)
    passwords[i] = password;
  return seven_make (&maker, files->n, (const char *const *) files->names,
                     (const GBytes *const *) files->contents, passwords);
}

static GByteArray *
make (const char *kind, const char *password, const Files *files)
{
  const char *names = g_str_has_suffix (kind, "-hidden") ? password : NULL;
  Rar5Maker rar5 = { .names_password = names, .power = 15, .check = true, .keyed = true };
  const Rar4Maker rar4 = { .names_password = names };
  if (g_str_has_suffix (kind, "-24"))
    rar5.power = 24;
  if (g_str_has_suffix (kind, "-25"))
    rar5.power = 25;
  if (g_str_has_prefix (kind, "rar5"))
    return make_rar5 (&rar5, password, files);
  if (g_str_has_prefix (kind, "rar4"))
    return make_rar4 (&rar4, password, files);
  return g_str_has_prefix (kind, "7z") ? make_7z (names != NULL, password, files) : NULL;
}

int
main (int argc, char **argv)
{
  if (argc < 4)
    return EXIT_FAILURE;
  Files files = { .n = (size_t) argc - 3, .names = argv + 3 };
  files.contents = g_new0 (GBytes *, files.n);
  for (size_t i = 0; i < files.n; i++)
    {
      char *text;
      size_t size;
      if (!g_file_get_contents (files.names[i], &text, &size, NULL))
        return EXIT_FAILURE;
      files.contents[i] = g_bytes_new_take (text, size);
    }
  g_autoptr (GByteArray) out = make (argv[1], argv[2], &files);
  bool good = out != NULL && fwrite (out->data, 1, out->len, stdout) == out->len
              && fflush (stdout) == 0;
  for (size_t i = 0; i < files.n; i++)
    g_bytes_unref (files.contents[i]);
  g_free (files.contents);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
