/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "policy/silences.h"

#include "base/glob.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

#define SHA256_DIGITS 64

typedef struct File
{
  SkYaml *yaml;
  GString *problems;
} File;

void
sk_silence_free (SkSilence *silence)
{
  if (silence == NULL)
    return;
  g_free (silence->id);
  g_free (silence->path);
  g_free (silence->sha256);
  g_free (silence->who);
  g_free (silence->why);
  g_free (silence->where);
  g_free (silence);
}

/* Text with something in it, of one key. */
static bool
take_text (const File *file, const SkYamlNode *node, size_t maximum, char **ret_text)
{
  const char *text;
  if (!sk_yaml_text (node, &text) || text[strspn (text, " \t\r\n")] == '\0')
    {
      sk_yaml_problem (file->yaml, node, file->problems, _ ("%s: a text expected"), node->key);
      return false;
    }
  if (strlen (text) > maximum)
    {
      sk_yaml_problem (file->yaml, node, file->problems, _ ("%s: longer than %zu bytes"), node->key,
                       maximum);
      return false;
    }
  *ret_text = g_strdup (text);
  return true;
}

static void
take_time (const File *file, const SkYamlNode *node, int64_t *ret_time)
{
  if (!sk_yaml_time (node, ret_time))
    sk_yaml_problem (file->yaml, node, file->problems,
                     _ ("%s: a day or a time expected, as 2027-03-31 or 2027-03-31T18:00:00+09:00"),
                     node->key);
}

static void
take_sha256 (const File *file, const SkYamlNode *node, SkSilence *silence)
{
  g_autofree char *text = NULL;
  if (!take_text (file, node, SK_MAX_NAME, &text))
    return;
  if (strlen (text) == SHA256_DIGITS && text[strspn (text, "0123456789abcdefABCDEF")] == '\0')
    silence->sha256 = g_ascii_strdown (text, -1);
  else
    sk_yaml_problem (file->yaml, node, file->problems,
                     _ ("sha256: 64 hexadecimal digits expected"));
}

static void
take_path (const File *file, const SkYamlNode *node, SkSilence *silence)
{
  if (take_text (file, node, SK_MAX_NAME, &silence->path) && !sk_glob_check (silence->path))
    sk_yaml_problem (file->yaml, node, file->problems,
                     _ ("path: not a pattern: a [ is not closed, or it ends in \\"));
}

static void
take_id (const File *file, const SkYamlNode *node, SkSilence *silence)
{
  if (take_text (file, node, SK_MAX_NAME, &silence->id) && strchr (silence->id, '*') != NULL
      && strcmp (silence->id, "*") != 0)
    sk_yaml_problem (file->yaml, node, file->problems,
                     _ ("id: a whole id or \"*\" expected, patterns are for paths"));
}

static void
take_key (const File *file, const SkYamlNode *node, SkSilence *silence)
{
  const char *key = node->key;
  if (strcmp (key, "id") == 0)
    take_id (file, node, silence);
  else if (strcmp (key, "path") == 0)
    take_path (file, node, silence);
  else if (strcmp (key, "sha256") == 0)
    take_sha256 (file, node, silence);
  else if (strcmp (key, "who") == 0)
    (void)take_text (file, node, SK_MAX_EVIDENCE, &silence->who);
  else if (strcmp (key, "why") == 0)
    (void)take_text (file, node, SK_MAX_NAME, &silence->why);
  else if (strcmp (key, "when") == 0)
    take_time (file, node, &silence->when);
  else if (strcmp (key, "expires") == 0)
    take_time (file, node, &silence->expires);
  else
    sk_yaml_problem_key (file->yaml, node, file->problems,
                         _ ("unknown key \"%s\"; expected id, path, sha256, who, why, when or "
                            "expires"),
                         key);
}

/* What must stand beside what. */
static void
check_whole (const File *file, const SkYamlNode *node, const SkSilence *silence)
{
  static const char *const required[] = { "id", "who", "why", "expires" };
  for (size_t i = 0; i < G_N_ELEMENTS (required); i++)
    if (sk_yaml_get (node, required[i]) == NULL)
      sk_yaml_problem (file->yaml, node, file->problems, _ ("%s is missing"), required[i]);
  if (sk_yaml_get (node, "path") == NULL && sk_yaml_get (node, "sha256") == NULL)
    sk_yaml_problem (file->yaml, node, file->problems,
                     _ ("path or sha256 is missing (path: \"*\" is everywhere)"));
  if (silence->id != NULL && strcmp (silence->id, "*") == 0 && sk_yaml_get (node, "sha256") == NULL)
    sk_yaml_problem (file->yaml, node, file->problems,
                     _ ("id \"*\" needs a sha256: all findings of one content, not of a place"));
  if (silence->when > 0 && silence->expires > 0 && silence->expires <= silence->when)
    sk_yaml_problem (file->yaml, node, file->problems, _ ("it expires before it begins"));
}

/* NULL when something is wrong, which is then among the problems. */
static SkSilence *
read_silence (const File *file, const SkYamlNode *node)
{
  g_autoptr (SkSilence) silence = g_new0 (SkSilence, 1);
  size_t before = file->problems->len;
  if (node->kind != SK_YAML_MAP)
    {
      sk_yaml_problem (file->yaml, node, file->problems,
                       _ ("a silence with id, path or sha256, who, why and expires expected"));
      return NULL;
    }
  for (const SkYamlNode *child = node->first; child != NULL; child = child->next)
    take_key (file, child, silence);
  check_whole (file, node, silence);
  silence->where = sk_yaml_where (file->yaml, node);
  return file->problems->len == before ? g_steal_pointer (&silence) : NULL;
}

void
sk_silences_read (const SkBundleEntry *entry, int64_t now, GString *problems, SkSilenceFunc take,
                  void *data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (entry->path));
  g_autofree char *name = sk_text_escape (utf8);
  g_autoptr (SkYaml) yaml = sk_yaml_parse (name, entry->bytes, &error);
  if (yaml == NULL)
    {
      g_string_append_printf (problems, "%s\n", error->message);
      return;
    }
  const SkYamlNode *root = sk_yaml_root (yaml);
  File file = { yaml, problems };
  if (root != NULL && root->kind != SK_YAML_LIST)
    {
      sk_yaml_problem (yaml, root, problems, _ ("a list of silences expected"));
      return;
    }
  for (const SkYamlNode *node = root != NULL ? root->first : NULL; node != NULL; node = node->next)
    {
      SkSilence *silence = read_silence (&file, node);
      if (silence != NULL)
        take (data, silence, now);
    }
}

static void
put_text (GString *text, const char *key, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *quoted = sk_yaml_quote (value);
  g_string_append_printf (text, "  %s: %s\n", key, quoted);
}

static void
put_time (GString *text, const char *key, int64_t seconds)
{
  if (seconds == 0)
    return;
  g_autofree char *time = sk_yaml_time_text (seconds);
  g_string_append_printf (text, "  %s: %s\n", key, time);
}

char *
sk_silence_to_yaml (const SkSilence *silence)
{
  GString *text = g_string_new (NULL);
  put_text (text, "id", silence->id);
  text->str[0] = '-';
  put_text (text, "path", silence->path);
  put_text (text, "sha256", silence->sha256);
  put_text (text, "who", silence->who);
  put_text (text, "why", silence->why);
  put_time (text, "when", silence->when);
  put_time (text, "expires", silence->expires);
  return g_string_free (text, FALSE);
}
