/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `name`: what there is to say of an object's name alone. Which
 * extensions are programs and which names are suspicious, rules say.
 */
#include "config.h"

#include "name-text.h"

#include <sekisho/sekisho.h>

enum {
  FACT_EXTENSION,
  FACT_INNER,
  FACT_EARLIER,
  FACT_DOTTED,
  FACT_DOT_LIKE,
  FACT_BIDI,
  FACT_INVISIBLE,
  FACT_SPACE_RUN,
  FACT_MIXED,
  FACT_DEVICE,
  FACT_TRAILING,
  FACT_STREAM,
  FACT_MARK,
  FACT_WORD,
  FACT_ESCAPE
};

static const SkFieldDecl facts[] = {
  { "name.extension", SK_FIELD_STRING, 0,
    "last extension after NFKC, in lower case, without its dot" },
  { "name.inner-extension", SK_FIELD_STRING, 0, "what stands between the last two dots" },
  { "name.earlier-extension", SK_FIELD_STRING, SK_FIELD_MULTI,
    "each part between dots before the last extension" },
  { "name.dotted-stem", SK_FIELD_STRING, 0,
    "of a shortcut: its name without the extension, behind a dot; so a folder of that name is "
    "hidden" },
  { "name.dot-like", SK_FIELD_STRING, 0,
    "U+XXXX before the last extension that only looks like a dot" },
  { "name.bidi", SK_FIELD_STRING, SK_FIELD_MULTI, "U+XXXX that changes the direction of the text" },
  { "name.invisible", SK_FIELD_STRING, SK_FIELD_MULTI,
    "U+XXXX that is not seen and that no script or emoji needs there" },
  { "name.space-run", SK_FIELD_INT, 0, "length of the longest run of two or more blanks" },
  { "name.mixed-script", SK_FIELD_STRING, 0,
    "cyrillic or greek: letters of it that look Latin inside a Latin word" },
  { "name.device", SK_FIELD_STRING, 0, "device of Windows that such a name means" },
  { "name.trailing", SK_FIELD_STRING, 0, "dot or space: how the name ends" },
  { "name.stream", SK_FIELD_STRING, 0, "stream of NTFS that the name leads to" },
  { "name.shell-mark", SK_FIELD_STRING, SK_FIELD_MULTI,
    "brace-list, substitution, backtick, variable, pipe, separator, redirection" },
  { "name.shell-word", SK_FIELD_STRING, SK_FIELD_MULTI,
    "command in a name with such a mark: echo, base64, bash …" },
  { "name.escape", SK_FIELD_STRING, SK_FIELD_MULTI,
    "of a container's member, how its path leaves the folder it is unpacked to: parent, "
    "spaced-parent, absolute, drive, unc, device, link" },
};

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2 *nfkc = unorm2_getNFKCInstance (&error);
  if (U_FAILURE (error))
    {
      api->error (setup, NULL, 0, "ICU has no data for NFKC: %s", u_errorName (error));
      return SK_FAILED;
    }
  /* ICU's own, constant: nothing to free. */
  *ret_context = (void *) nfkc;
  return SK_OK;
}

typedef struct Telling {
  const SkApi *api;
  SkObject *object;
} Telling;

static void
tell (const Telling *t, uint32_t fact, const char *text)
{
  if (text != NULL)
    t->api->fact_string (t->object, fact, sk_span_of_text (text));
}

static void
tell_character (const Telling *t, uint32_t fact, uint32_t c)
{
  char text[16];
  g_snprintf (text, sizeof text, "U+%04X", c);
  tell (t, fact, text);
}

typedef struct Marks {
  uint32_t at[NAME_MAX_MARKS];
  size_t n;
} Marks;

static bool
is_new (Marks *seen, uint32_t c)
{
  for (size_t i = 0; i < seen->n; i++)
    if (seen->at[i] == c)
      return false;
  if (seen->n == NAME_MAX_MARKS)
    return false;
  seen->at[seen->n++] = c;
  return true;
}

static void
tell_characters (const Telling *t, NameText name)
{
  Marks bidi = { { 0 }, 0 }, hidden = { { 0 }, 0 };
  for (size_t i = 0; i < name.length; i++)
    {
      uint32_t c = name.at[i];
      if (c < 0x80)
        continue;
      if (name_is_bidi (c) && is_new (&bidi, c))
        tell_character (t, FACT_BIDI, c);
      if (name_is_hidden (name, i) && is_new (&hidden, c))
        tell_character (t, FACT_INVISIBLE, c);
    }
  size_t run = name_blank_run (name);
  if (run >= 2)
    t->api->fact_int (t->object, FACT_SPACE_RUN, (int64_t) run);
  uint32_t dot = name_dot_like (name);
  if (dot != 0)
    tell_character (t, FACT_DOT_LIKE, dot);
  tell (t, FACT_MIXED, name_mixed_script (name));
}

static void
tell_parts (const Telling *t, NameText plain)
{
  NameParts parts;
  name_parts (plain, &parts);
  tell (t, FACT_EXTENSION, parts.last);
  tell (t, FACT_INNER, parts.inner);
  for (size_t i = 0; i < parts.n_earlier; i++)
    tell (t, FACT_EARLIER, parts.earlier[i]);
  name_parts_clear (&parts);
}

static void
tell_dotted (const Telling *t, const char *name)
{
  size_t size = strlen (name);
  if (size < 5 || g_ascii_strcasecmp (name + size - 4, ".lnk") != 0)
    return;
  g_autofree char *dotted = g_strdup_printf (".%.*s", (int) (size - 4), name);
  tell (t, FACT_DOTTED, dotted);
}

static void
tell_bits (const Telling *t, uint32_t fact, uint32_t bits, const char *const *words)
{
  for (size_t i = 0; words[i] != NULL; i++)
    if ((bits >> i & 1) != 0)
      tell (t, fact, words[i]);
}

static void
tell_system (const Telling *t, const char *name, NameText text, NameText plain)
{
  uint32_t last = text.at[text.length - 1];
  tell (t, FACT_DEVICE, name_device (plain));
  if (last == '.' || name_is_blank (last))
    tell (t, FACT_TRAILING, last == '.' ? "dot" : "space");
  SkSpan stream = name_stream (name);
  if (stream.size > 0)
    t->api->fact_string (t->object, FACT_STREAM, stream);
  NameShell shell = name_shell (name);
  tell_bits (t, FACT_MARK, shell.marks, name_shell_marks);
  tell_bits (t, FACT_WORD, shell.words, name_shell_words);
}

/* A walked path is where the file is; that of a member is where it wants to be. */
static void
tell_escapes (const Telling *t)
{
  SkFileInfo info;
  const char *path = t->api->path (t->object);
  if (t->api->parent (t->object) == NULL)
    return;
  uint32_t bits = name_escapes_of (path);
  if (t->api->info (t->object, &info) && info.type == SK_FILE_LINK
      && name_link_escapes ((info.attributes & SK_ATTRIBUTE_HARD_LINK) != 0 ? "" : path, info.target))
    bits |= NAME_ESCAPES_LINK;
  tell_bits (t, FACT_ESCAPE, bits, name_escapes);
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  const Telling t = { api, object };
  const char *name = api->name (object);
  tell_escapes (&t);
  if (name[0] == '\0')
    return SK_OK;
  NameText text = name_text (name);
  NameText plain = name_plain (context, text);
  tell_parts (&t, plain);
  tell_dotted (&t, name);
  tell_characters (&t, text);
  tell_system (&t, name, text, plain);
  name_text_clear (&plain);
  name_text_clear (&text);
  return SK_OK;
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "name",
  .version = PACKAGE_VERSION,
  .summary = "what an object's name says, shows and hides",
  .licence = "Apache-2.0",
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .configure = configure,
  .identify = identify,
};
