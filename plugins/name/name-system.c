/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names that a system takes for something else than a name: devices and
 * streams of Windows, commands of a shell that does not quote.
 */
#include "config.h"

#include "name-text.h"

/* ---- Windows ---- */

/* NFKC has made `com¹` a `com1`, which Windows does too. */
static const char *const devices[]
    = { "con",  "prn",  "aux",  "nul",  "com0", "com1", "com2",   "com3",    "com4",
        "com5", "com6", "com7", "com8", "com9", "lpt0", "lpt1",   "lpt2",    "lpt3",
        "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "conin$", "conout$", "clock$" };

static bool
equals (NameText text, const char *word)
{
  for (size_t i = 0; i < text.length; i++)
    if (word[i] == '\0' || text.at[i] != (uint8_t) word[i])
      return false;
  return word[text.length] == '\0';
}

/* Up to the first dot or colon, blanks before it not counted: `aux.txt`, `con .x`, `nul:a`. */
const char *
name_device (NameText plain)
{
  NameText head = { plain.at, 0 };
  while (head.length < plain.length && plain.at[head.length] != '.' && plain.at[head.length] != ':')
    head.length++;
  while (head.length > 0 && name_is_blank (head.at[head.length - 1]))
    head.length--;
  if (head.length < 3 || head.length > 7)
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (devices); i++)
    if (equals (head, devices[i]))
      return devices[i];
  return NULL;
}

/* A name with an extension before the colon, so that times (`12:30.log`), `Foo::Bar.3pm` and
 * `pci-0000:00` are none; nor are the flags of a Maildir (`1382298770.host.example:2,S`). */
SkSpan
name_stream (const char *name)
{
  SkSpan none = { NULL, 0 };
  const char *colon = strchr (name, ':');
  if (colon == NULL || colon - name < 3 || colon[1] == '\0' || colon[1] == ' '
      || g_str_has_prefix (colon, ":2,"))
    return none;
  const char *second = strchr (colon + 1, ':');
  if (second != NULL && g_ascii_strcasecmp (second, ":$DATA") != 0)
    return none;
  const char *dot = memrchr (name, '.', (size_t) (colon - name));
  if (dot == NULL || dot == name || colon - dot < 2 || colon - dot > NAME_MAX_EXTENSION)
    return none;
  for (const char *c = dot + 1; c < colon; c++)
    if (!g_ascii_isalnum (*c))
      return none;
  return sk_span_of_text (colon + 1);
}

/* ---- shells ---- */

enum { BRACE_LIST, SUBSTITUTION, BACKTICK, VARIABLE, PIPE, SEPARATOR, REDIRECTION };

const char *const name_shell_marks[] = { "brace-list", "substitution", "backtick",    "variable",
                                         "pipe",       "separator",    "redirection", NULL };

const char *const name_shell_words[]
    = { "echo",  "base64",     "bash",    "sh",       "eval",  "exec", "curl",
        "wget",  "python",     "python3", "perl",     "nc",    "ncat", "dd",
        "chmod", "powershell", "cmd",     "certutil", "mshta", NULL };

/* `{a,b}` without a blank, which a shell makes the words `a b` of; `{id}` and `{a, b}` stay as they
 * are. */
static bool
has_brace_list (const char *name)
{
  bool open = false, comma = false;
  for (; *name != '\0'; name++)
    {
      if (*name == '{')
        {
          open = name[1] != ',' && name[1] != '}';
          comma = false;
        }
      else if (*name == ' ')
        open = false;
      else if (*name == ',')
        comma = true;
      else if (*name == '}' && open && comma)
        return true;
    }
  return false;
}

static uint32_t
marks_of (const char *name)
{
  const char *tick = strchr (name, '`');
  return (has_brace_list (name) ? 1u << BRACE_LIST : 0)
         | (strstr (name, "$(") != NULL ? 1u << SUBSTITUTION : 0)
         | (tick != NULL && strchr (tick + 1, '`') != NULL ? 1u << BACKTICK : 0)
         | (strstr (name, "${") != NULL || strstr (name, "$IFS") != NULL ? 1u << VARIABLE : 0)
         | (strchr (name, '|') != NULL ? 1u << PIPE : 0)
         | (strchr (name, ';') != NULL || strstr (name, "&&") != NULL ? 1u << SEPARATOR : 0)
         | (strchr (name, '>') != NULL || strstr (name, "<(") != NULL ? 1u << REDIRECTION : 0);
}

static bool
is_word_character (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-';
}

static uint32_t
word_bit (const char *word, size_t size)
{
  for (size_t i = 0; name_shell_words[i] != NULL; i++)
    if (strlen (name_shell_words[i]) == size
        && g_ascii_strncasecmp (name_shell_words[i], word, size) == 0)
      return 1u << i;
  return 0;
}

NameShell
name_shell (const char *name)
{
  NameShell shell = { marks_of (name), 0 };
  if (shell.marks == 0)
    return shell;
  const char *begin = name;
  for (const char *c = name;; c++)
    {
      if (is_word_character (*c))
        continue;
      /* An extension is no command: `a|b.sh`. */
      if (begin == name || begin[-1] != '.')
        shell.words |= word_bit (begin, (size_t) (c - begin));
      begin = c + 1;
      if (*c == '\0')
        return shell;
    }
}
