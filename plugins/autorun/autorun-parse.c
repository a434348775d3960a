/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The INI reader of Windows, as far as autorun.inf needs it (section names and
 * keys in any case, unknown lines passed over), and the way from a command line
 * to the file that it means. Variables (`%SystemRoot%`) stay as they are.
 */
#include "config.h"

#include "autorun-parse.h"

#include <unicode/ustring.h>

/* ---- text ---- */

UConverter *
autorun_converter (void)
{
  UErrorCode error = U_ZERO_ERROR;
  UConverter *converter = ucnv_open ("ibm-943_P15A-2003", &error);
  return U_SUCCESS (error) ? converter : NULL;
}

static void
append (GString *text, gunichar c)
{
  g_string_append_unichar (text, c == 0 ? '\n' : c);
}

static char *
from_utf16 (SkSpan bytes, bool big)
{
  GString *text = g_string_sized_new (bytes.size);
  SkCursor cursor = sk_cursor (bytes);
  uint16_t unit, low;
  while (big ? sk_cursor_take_u16be (&cursor, &unit) : sk_cursor_take_u16le (&cursor, &unit))
    {
      SkCursor ahead = cursor;
      if ((unit & 0xf800) != 0xd800)
        append (text, unit);
      else if (unit < 0xdc00
               && (big ? sk_cursor_take_u16be (&ahead, &low) : sk_cursor_take_u16le (&ahead, &low))
               && (low & 0xfc00) == 0xdc00)
        {
          append (text, 0x10000u + ((unit & 0x3ffu) << 10) + (low & 0x3ffu));
          cursor = ahead;
        }
      else
        append (text, 0xfffd);
    }
  return g_string_free (text, FALSE);
}

static char *
from_cp932 (SkSpan bytes, UConverter *cp932)
{
  UErrorCode error = U_ZERO_ERROR;
  int32_t room = (int32_t) bytes.size * 2 + 1, units, size = 0;
  g_autofree UChar *wide = g_new (UChar, room);
  ucnv_resetToUnicode (cp932);
  units
      = ucnv_toUChars (cp932, wide, room, (const char *) bytes.data, (int32_t) bytes.size, &error);
  int32_t bound = units * 3 + 1;
  char *text = g_malloc ((size_t) bound);
  u_strToUTF8WithSub (text, bound, &size, wide, units, 0xfffd, NULL, &error);
  if (U_FAILURE (error))
    size = 0;
  text[size] = '\0';
  for (int32_t i = 0; i < size; i++)
    if (text[i] == '\0')
      text[i] = '\n';
  return text;
}

char *
autorun_text (SkSpan bytes, UConverter *cp932)
{
  bytes = sk_span_slice (bytes, 0, AUTORUN_MAX_BYTES);
  if (bytes.size >= 2 && bytes.data[0] == 0xff && bytes.data[1] == 0xfe)
    return from_utf16 (sk_span_slice (bytes, 2, bytes.size), false);
  if (bytes.size >= 2 && bytes.data[0] == 0xfe && bytes.data[1] == 0xff)
    return from_utf16 (sk_span_slice (bytes, 2, bytes.size), true);
  if (bytes.size >= 3 && memcmp (bytes.data, "\xef\xbb\xbf", 3) == 0)
    bytes = sk_span_slice (bytes, 3, bytes.size);
  g_autofree char *copy = g_malloc (bytes.size + 1);
  if (bytes.size > 0)
    memcpy (copy, bytes.data, bytes.size);
  copy[bytes.size] = '\0';
  for (size_t i = 0; i < bytes.size; i++)
    if (copy[i] == '\0')
      copy[i] = '\n';
  if (g_utf8_validate (copy, (gssize) bytes.size, NULL))
    return g_steal_pointer (&copy);
  return cp932 != NULL ? from_cp932 (bytes, cp932) : g_utf8_make_valid (copy, (gssize) bytes.size);
}

/* ---- lines ---- */

static char *
next_line (char **rest)
{
  char *line = *rest;
  if (*line == '\0')
    return NULL;
  char *end = line + strcspn (line, "\r\n");
  *rest = *end == '\0' ? end : end + 1;
  *end = '\0';
  return g_strstrip (line);
}

/* `[autorun]`, and `[autorun.amd64]` for one kind of processor. */
static bool
is_our_section (const char *line)
{
  return g_ascii_strncasecmp (line, "[autorun", 8) == 0 && (line[8] == ']' || line[8] == '.')
         && strchr (line, ']') != NULL;
}

static bool
begins (const char *text, const char *with)
{
  return g_ascii_strncasecmp (text, with, strlen (with)) == 0;
}

/* `shell\VERB\command`; `shell\VERB` alone is what the menu shows. */
static bool
is_shell_command (const char *key)
{
  const char *last = strrchr (key, '\\');
  return begins (key, "shell\\") && last > key + 6 && g_ascii_strcasecmp (last, "\\command") == 0;
}

static bool
key_of (const char *key, AutorunKey *ret_key)
{
  static const struct {
    const char *name;
    AutorunKey key;
  } keys[] = { { "open", AUTORUN_COMMAND }, { "shellexecute", AUTORUN_COMMAND },
               { "icon", AUTORUN_ICON },    { "defaulticon", AUTORUN_ICON },
               { "label", AUTORUN_LABEL },  { "action", AUTORUN_ACTION } };
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_ascii_strcasecmp (key, keys[i].name) == 0)
      {
        *ret_key = keys[i].key;
        return true;
      }
  *ret_key = AUTORUN_COMMAND;
  return is_shell_command (key);
}

/* Quotes around the whole value are the INI reader's; in `"a b.exe" -x` they are the command's. */
static char *
without_quotes (char *value)
{
  size_t size = strlen (value);
  if (size >= 2 && (value[0] == '"' || value[0] == '\'') && value[size - 1] == value[0]
      && strchr (value + 1, value[0]) == value + size - 1)
    {
      value[size - 1] = '\0';
      value++;
    }
  return value;
}

void
autorun_parse (const char *text, AutorunFunc func, void *data)
{
  g_autofree char *copy = g_strdup (text);
  char *rest = copy, *line;
  bool ours = false;
  while ((line = next_line (&rest)) != NULL)
    {
      AutorunKey key;
      if (line[0] == '[')
        ours = is_our_section (line);
      char *equals = strchr (line, '=');
      if (!ours || line[0] == '[' || line[0] == ';' || equals == NULL)
        continue;
      *equals = '\0';
      char *value = without_quotes (g_strstrip (equals + 1));
      if (key_of (g_strchomp (line), &key) && value[0] != '\0' && !func (data, key, value))
        return;
    }
}

/* ---- commands ---- */

/* Parts between slashes, without drive, `.` and what `..` takes back. */
static char *
normal_path (const char *raw)
{
  g_autofree char *lower = g_utf8_strdown (raw, -1);
  const char *at = g_ascii_isalpha (lower[0]) && lower[1] == ':' ? lower + 2 : lower;
  g_auto (GStrv) parts = g_strsplit_set (at, "\\/", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  for (size_t i = 0; parts[i] != NULL; i++)
    if (strcmp (parts[i], "..") == 0)
      g_ptr_array_set_size (kept, kept->len > 0 ? (gint) kept->len - 1 : 0);
    else if (parts[i][0] != '\0' && strcmp (parts[i], ".") != 0)
      g_ptr_array_add (kept, parts[i]);
  g_ptr_array_add (kept, NULL);
  return g_strjoinv ("/", (char **) kept->pdata);
}

static const char *
last_part (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* The next word, quotes around it left out; NULL at the end. */
static char *
next_word (const char **rest)
{
  const char *at = *rest + strspn (*rest, " \t");
  if (*at == '\0')
    return NULL;
  bool quoted = *at == '"';
  at += quoted;
  size_t size = strcspn (at, quoted ? "\"" : " \t");
  *rest = at + size + (at[size] == '"');
  return g_strndup (at, size);
}

static bool
only_starts_others (const char *program)
{
  static const char *const starters[]
      = { "cmd",     "command", "rundll32",   "regsvr32", "wscript", "cscript",  "mshta", "start",
          "msiexec", "control", "powershell", "explorer", "pwsh",    "forfiles", NULL };
  g_autofree char *path = normal_path (program);
  g_autofree char *stem = g_strdup (last_part (path));
  char *dot = strrchr (stem, '.');
  if (dot != NULL && (strcmp (dot, ".exe") == 0 || strcmp (dot, ".com") == 0))
    *dot = '\0';
  return g_strv_contains (starters, stem);
}

/* `My Tools\setup.exe /s` unquoted: Windows tries word by word too. Not past an option. */
static char *
program_of (const char **rest)
{
  const char *line = *rest + strspn (*rest, " \t");
  const char *end = line;
  g_autofree char *first = next_word (&end);
  if (first == NULL)
    return NULL;
  *rest = end;
  bool whole = *line == '"' || only_starts_others (first);
  while (!whole)
    {
      g_autofree char *tried = g_strndup (line, (size_t) (end - line));
      g_autofree char *path = normal_path (tried);
      if (strchr (last_part (path), '.') != NULL)
        {
          *rest = end;
          return g_steal_pointer (&path);
        }
      end += strspn (end, " \t");
      whole = *end == '\0' || *end == '/' || *end == '-';
      end += strcspn (end, " \t");
    }
  return normal_path (first);
}

/* Words that may be files: no options; `x.dll,Start` is x.dll. */
static void
tell_arguments (const char *rest, AutorunPathFunc func, void *data)
{
  for (char *word; (word = next_word (&rest)) != NULL; g_free (word))
    {
      char *comma = strchr (word, ',');
      if (comma != NULL)
        *comma = '\0';
      if (word[0] == '/' || word[0] == '-' || strpbrk (word, ".\\") == NULL)
        continue;
      g_autofree char *path = normal_path (word);
      if (path[0] != '\0' && !func (data, path))
        {
          g_free (word);
          return;
        }
    }
}

void
autorun_command (const char *line, AutorunPathFunc func, void *data)
{
  const char *rest = line;
  g_autofree char *program = program_of (&rest);
  if (program == NULL || program[0] == '\0')
    return;
  /* Windows adds what is missing. */
  bool bare = strchr (last_part (program), '.') == NULL;
  g_autofree char *path = bare ? g_strconcat (program, ".exe", NULL) : g_strdup (program);
  if (func (data, path) && only_starts_others (path))
    tell_arguments (rest, func, data);
}
