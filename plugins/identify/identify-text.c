/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Text, and the kinds of text that say what they are in their first lines.
 *
 * Only kinds with a mark of their own are named (an interpreter's line, an XML
 * declaration, the armour of a key, the headers of a mail). Which programming
 * language a text without a mark is in is not guessed: nothing depends on it.
 */
#include "config.h"

#include "identify-content.h"

#include <glib.h>

/* Of the text, what is looked at for marks: the first kilobyte, narrowed to bytes. */
#define HEAD 1024

/* ---- cursors over lines and words ---- */

static SkSpan
skip_blanks (SkSpan text)
{
  while (text.size > 0
         && (g_ascii_isspace ((char) text.data[0]) || text.data[0] == 0xef || text.data[0] == 0xbb
             || text.data[0] == 0xbf))
    text = (SkSpan){ text.data + 1, text.size - 1 };
  return text;
}

static SkSpan
line_of (SkSpan text)
{
  const uint8_t *end = text.size > 0 ? memchr (text.data, '\n', text.size) : NULL;
  return end == NULL ? text : (SkSpan){ text.data, (size_t) (end - text.data) };
}

static SkSpan
after_line (SkSpan text)
{
  SkSpan line = line_of (text);
  return line.size < text.size ? (SkSpan){ text.data + line.size + 1, text.size - line.size - 1 }
                               : (SkSpan){ NULL, 0 };
}

static bool
begins (SkSpan text, const char *with)
{
  size_t length = strlen (with);
  return text.data != NULL && text.size >= length && memcmp (text.data, with, length) == 0;
}

static bool
begins_fold (SkSpan text, const char *with)
{
  size_t length = strlen (with);
  return text.size >= length && g_ascii_strncasecmp ((const char *) text.data, with, length) == 0;
}

static bool
holds (SkSpan text, const char *what)
{
  return text.size > 0 && memmem (text.data, text.size, what, strlen (what)) != NULL;
}

/* ---- scripts ---- */

static const struct {
  const char *name; /* the interpreter's name begins so */
  IdType type;
} interpreters[] = {
  { "python", ID_PYTHON }, { "pypy", ID_PYTHON }, { "perl", ID_PERL },       { "ruby", ID_RUBY },
  { "tclsh", ID_TCL },     { "wish", ID_TCL },    { "expect", ID_TCL },      { "gawk", ID_AWK },
  { "awk", ID_AWK },       { "mawk", ID_AWK },    { "lua", ID_LUA },         { "node", ID_NODE },
  { "php", ID_PHP },       { "make", ID_MAKE },   { "pwsh", ID_POWERSHELL }, { "sh", ID_SHELL },
  { "bash", ID_SHELL },    { "dash", ID_SHELL },  { "ksh", ID_SHELL },       { "zsh", ID_SHELL },
  { "ash", ID_SHELL },     { "fish", ID_SHELL },  { "csh", ID_SHELL },       { "tcsh", ID_SHELL },
};

/* The next word of an interpreter line, without the folders before it. */
static SkSpan
program_word (SkSpan *rest)
{
  while (rest->size > 0 && (rest->data[0] == ' ' || rest->data[0] == '\t'))
    *rest = (SkSpan){ rest->data + 1, rest->size - 1 };
  SkSpan word = { rest->data, 0 };
  while (word.size < rest->size && !g_ascii_isspace ((char) rest->data[word.size]))
    word.size++;
  *rest = sk_span_slice (*rest, word.size, rest->size);
  for (size_t i = word.size; i > 0; i--)
    if (word.data[i - 1] == '/')
      return sk_span_slice (word, i, word.size);
  return word;
}

/* `#! /usr/bin/env -S python3 -u`: the program after env, its options and assignments passed
 * over. */
static IdType
interpreter_line (SkSpan text)
{
  SkSpan line = line_of (text);
  SkSpan rest = sk_span_slice (line, 2, MIN (line.size, 256));
  bool absolute = false;
  for (size_t i = 0; i < rest.size && i < 3; i++)
    absolute |= rest.data[i] == '/';
  if (!absolute)
    return ID_NONE;
  SkSpan program = program_word (&rest);
  if (sk_span_equal (program, sk_span_of_text ("env")))
    do
      program = program_word (&rest);
    while (program.size > 0
           && (program.data[0] == '-' || memchr (program.data, '=', program.size)));
  for (size_t i = 0; i < G_N_ELEMENTS (interpreters); i++)
    if (begins (program, interpreters[i].name))
      return interpreters[i].type;
  return program.size > 0 ? ID_SCRIPT : ID_NONE;
}

/* ---- markup ---- */

/* What the root element or document type says. */
static IdType
xml_kind (SkSpan text)
{
  if (holds (text, "<svg") || holds (text, ":svg ") || holds (text, "DOCTYPE svg"))
    return ID_SVG;
  if (holds (text, "progid=\"Word.Document\"") || holds (text, "progid=\"Excel.Sheet\""))
    return ID_WORD_XML;
  if (holds (text, "<MMC_ConsoleFile"))
    return ID_MSC;
  if (holds (text, "<office:document"))
    return ID_FLAT_ODF;
  return holds (text, "<html") || holds (text, "DOCTYPE html") ? ID_XHTML : ID_XML;
}

static SkSpan
skip_comments (SkSpan text)
{
  while (begins (text, "<!--"))
    {
      const uint8_t *end = memmem (text.data, text.size, "-->", 3);
      if (end == NULL)
        return text;
      size_t used = (size_t) (end + 3 - text.data);
      text = skip_blanks (sk_span_slice (text, used, text.size));
    }
  return text;
}

static IdType
markup (SkSpan text)
{
  static const char *const html[]
      = { "<!doctype html", "<html", "<head", "<body", "<script", "<meta ", "<title", "<iframe" };
  if (begins (text, "<?php") || begins (text, "<?="))
    return ID_PHP;
  if (begins_fold (text, "<?xml"))
    return xml_kind (text);
  text = skip_comments (text);
  for (size_t i = 0; i < G_N_ELEMENTS (html); i++)
    if (begins_fold (text, html[i]))
      return ID_HTML;
  if (begins (text, "<svg"))
    return ID_SVG;
  return begins (text, "<MMC_ConsoleFile") ? ID_MSC
         : begins (text, "<!DOCTYPE ")     ? ID_XML
                                           : ID_NONE;
}

/* ---- mail ---- */

static bool
is_mail_header (SkSpan line)
{
  static const char *const names[] = { "received:",
                                       "return-path:",
                                       "from:",
                                       "to:",
                                       "subject:",
                                       "date:",
                                       "message-id:",
                                       "mime-version:",
                                       "delivered-to:",
                                       "x-mailer:",
                                       "content-type:",
                                       "reply-to:",
                                       "dkim-signature:",
                                       "envelope-to:",
                                       "authentication-results:",
                                       "content-transfer-encoding:",
                                       "x-original-to:",
                                       "sender:",
                                       "cc:",
                                       "list-id:" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (begins_fold (line, names[i]))
      return true;
  return false;
}

/* `name:` with printable characters other than blanks, or a folded line. */
static bool
is_header_line (SkSpan line)
{
  if (line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
    return true;
  for (size_t i = 0; i < line.size && i < 80; i++)
    {
      if (line.data[i] == ':')
        return i > 0;
      if (line.data[i] <= ' ' || line.data[i] >= 0x7f)
        return false;
    }
  return false;
}

/* Three known headers before the first line that is none; fewer are found in too many other
 * texts. */
static bool
is_mail (SkSpan text)
{
  unsigned known = 0;
  for (SkSpan rest = text; rest.size > 0; rest = after_line (rest))
    {
      SkSpan line = line_of (rest);
      if (!is_header_line (line))
        break;
      known += is_mail_header (line);
      if (known >= 3)
        return true;
    }
  return false;
}

/* "From ", an address, a date with colons; then headers. */
static bool
is_mbox (SkSpan text)
{
  SkSpan line = line_of (text);
  return begins (text, "From ") && line.size > 20 && memchr (line.data, ':', line.size) != NULL
         && is_header_line (line_of (after_line (text)));
}

/* ---- marks of single kinds ---- */

static const struct {
  const char *mark;
  IdType type;
} marks[] = {
  { "-----BEGIN PGP", ID_PGP_ARMOUR },
  { "-----BEGIN ", ID_PEM },
  { "---- BEGIN SSH2", ID_SSH_KEY },
  { "ssh-rsa AAAA", ID_SSH_KEY },
  { "ssh-ed25519 AAAA", ID_SSH_KEY },
  { "ecdsa-sha2-nistp", ID_SSH_KEY },
  { "BEGIN:VCALENDAR", ID_CALENDAR },
  { "BEGIN:VCARD", ID_VCARD },
  { "Windows Registry Editor", ID_REG },
  { "REGEDIT4", ID_REG },
  { "[InternetShortcut]", ID_URL },
  { "[Desktop Entry]", ID_DESKTOP },
  { "%YAML", ID_YAML },
  { "/* XPM */", ID_XPM },
  { "diff --git ", ID_DIFF },
  { "# Disk DescriptorFile", ID_VMDK },
  { "# v2 git bundle", ID_GIT },
  { "# v3 git bundle", ID_GIT },
};

/* Marks that programs for Windows take in any case. */
static const struct {
  const char *mark;
  IdType type;
} folded_marks[] = {
  { "@echo off", ID_BATCH },
  { "[autorun]", ID_AUTORUN },
  { "msgid \"", ID_PO },
  { "[InternetShortcut]", ID_URL },
};

static IdType
by_mark (SkSpan text)
{
  for (size_t i = 0; i < G_N_ELEMENTS (marks); i++)
    if (begins (text, marks[i].mark))
      return marks[i].type;
  for (size_t i = 0; i < G_N_ELEMENTS (folded_marks); i++)
    if (begins_fold (text, folded_marks[i].mark))
      return folded_marks[i].type;
  return ID_NONE;
}

/* `{ "name" : …` or `[ { "…`: nothing else is written so. */
static bool
is_json (SkSpan text)
{
  while (text.size > 1 && (text.data[0] == '[' || g_ascii_isspace ((char) text.data[0])))
    text = sk_span_slice (text, 1, text.size);
  if (!begins (text, "{"))
    return false;
  text = skip_blanks (sk_span_slice (text, 1, text.size));
  if (!begins (text, "\""))
    return false;
  const uint8_t *end = memchr (text.data + 1, '"', text.size - 1);
  if (end == NULL)
    return false;
  SkSpan after = skip_blanks (sk_span_slice (text, (size_t) (end + 1 - text.data), text.size));
  return begins (after, ":");
}

/* A manual page: a comment or request, and a title macro within the head. */
static bool
is_troff (SkSpan text)
{
  bool first = begins (text, ".") || begins (text, "'\\\"") || begins (text, "'br");
  return first
         && (begins (text, ".TH ") || begins (text, ".Dd ") || holds (text, "\n.TH ")
             || holds (text, "\n.Dd ") || holds (text, "\n.so ") || begins (text, ".so "));
}

static IdType
postscript (SkSpan text)
{
  return holds (line_of (text), "EPSF") ? ID_EPS : ID_POSTSCRIPT;
}

static IdType
kind_of (SkSpan text)
{
  if (begins (text, "#!"))
    return interpreter_line (text);
  if (begins (text, "%!PS") || begins (text, "\4%!PS"))
    return postscript (text);
  SkSpan body = skip_blanks (text);
  if (begins (body, "<"))
    return markup (body);
  IdType type = by_mark (body);
  if (type != ID_NONE)
    return type;
  if (is_json (body))
    return ID_JSON;
  if (is_mbox (text))
    return ID_MBOX;
  if (is_mail (body))
    return ID_MAIL;
  return is_troff (body) ? ID_TROFF : ID_NONE;
}

/* UTF-16 as bytes; what does not fit becomes a question mark: marks are ASCII. */
static SkSpan
narrow (SkSpan text, bool big, uint8_t *buffer)
{
  size_t count = MIN (text.size / 2, HEAD);
  for (size_t i = 0; i < count; i++)
    {
      uint8_t high = text.data[2 * i + (big ? 0 : 1)], low = text.data[2 * i + (big ? 1 : 0)];
      buffer[i] = high == 0 ? low : '?';
    }
  bool mark = text.size >= 2 && (text.data[0] ^ text.data[1]) == 1;
  return mark && count > 0 ? (SkSpan){ buffer + 1, count - 1 } : (SkSpan){ buffer, count };
}

void
id_text (SkSpan bytes, IdContent *content)
{
  const char *charset = id_charset (sk_span_slice (bytes, 0, ID_PREFIX), bytes.size <= ID_PREFIX);
  if (charset == NULL)
    return;
  content->charset = charset;
  uint8_t buffer[HEAD];
  SkSpan head = sk_span_slice (bytes, 0, HEAD);
  if (strncmp (charset, "utf-16", 6) == 0)
    head = narrow (bytes, strcmp (charset, "utf-16be") == 0, buffer);
  IdType type = kind_of (head);
  if (type != ID_NONE)
    id_content_add (content, type, SK_STRENGTH_CONTENT);
  id_content_add (content, ID_TEXT, SK_STRENGTH_CONTENT);
}
