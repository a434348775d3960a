/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Text: charsets, and the kinds that say what they are.
 */
#include "config.h"

#include "identify-content.h"
#include "sk-test.h"

typedef struct Row {
  const char *expected; /* type or charset; "" for none */
  const char *text;
  size_t size;
} Row;

#define T(expected, text)                                                                          \
  {                                                                                                \
    expected, text, sizeof (text) - 1                                                              \
  }

static const Row kinds[] = {
  T ("text/plain", "Only words.\n"),
  T ("text/plain", "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
  T ("text/x-shellscript", "#!/bin/sh\n"),
  T ("text/x-shellscript", "#! /usr/bin/env -S LANG=C bash -e\n"),
  T ("text/x-script.python", "#!/usr/bin/python3 -u\nprint()\n"),
  T ("text/x-script.python", "#!/usr/bin/env python3\n"),
  T ("text/x-perl", "#!/usr/bin/perl -w\n"),
  T ("text/x-php", "#!/usr/bin/php\n"),
  T ("text/x-script", "#!/opt/thing/run\n"),
  T ("text/plain", "#!important: a heading\n"),
  T ("text/plain", "# !/bin/sh\n"),
  T ("text/x-php", "<?php echo 1;\n"),
  T ("application/xml", "<?xml version=\"1.0\"?>\n<a/>\n"),
  T ("image/svg+xml",
     "<?xml version=\"1.0\"?>\n<!-- c -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"),
  T ("image/svg+xml", "<svg viewBox=\"0 0 1 1\"/>"),
  T ("application/x-mmc", "<?xml version=\"1.0\"?>\n<MMC_ConsoleFile ConsoleVersion=\"3.0\">"),
  T ("application/vnd.ms-word.xml",
     "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Word.Document\"?>\n<w:a/>"),
  T ("text/html", "<!DOCTYPE html>\n<title>x</title>\n"),
  T ("text/html", "\xef\xbb\xbf\n <!-- c --> <HTML>\n"),
  T ("text/html", "<script>alert(1)</script>"),
  T ("text/plain", "<htm is no tag\n"),
  T ("text/plain", "a < b\n"),
  T ("application/json", "{\n  \"name\" : 1\n}\n"),
  T ("application/json", "[ {\"a\": []} ]"),
  T ("text/plain", "{ \"a\" + 1 }\n"),
  T ("text/plain", "{a: 1}\n"),
  T ("application/yaml", "%YAML 1.2\n---\na: 1\n"),
  T ("text/x-gettext-translation", "msgid \"\"\nmsgstr \"\"\n"),
  T ("text/troff", ".\\\" a page\n.TH X 1\n.SH NAME\n"),
  T ("text/plain", ".. a comment of something else\n"),
  T ("application/x-pem-file", "-----BEGIN CERTIFICATE-----\nMIIB\n"),
  T ("application/pgp", "-----BEGIN PGP MESSAGE-----\n"),
  T ("text/plain", "----- BEGIN CERTIFICATE -----\n"),
  T ("message/rfc822", "Return-Path: <a@example.jp>\nReceived: from x\n\tby y\nFrom: "
                       "a@example.jp\nSubject: x\n\nbody\n"),
  T ("text/plain", "From: a\nTo: b\n\nonly two headers\n"),
  T ("text/plain", "Subject: a\nthen no header line\nFrom: x\nTo: y\n"),
  T ("application/mbox", "From a@example.jp Thu Jan  1 00:00:00 2026\nFrom: a@example.jp\n\n"),
  T ("text/plain", "From now on, all is well: or so they said at 12:00.\nnothing\n"),
  T ("text/calendar", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
  T ("text/vcard", "BEGIN:VCARD\nVERSION:3.0\n"),
  T ("text/x-ms-regedit", "Windows Registry Editor Version 5.00\r\n"),
  T ("application/x-mswinurl", "[InternetShortcut]\r\nURL=http://example.jp/\r\n"),
  T ("application/x-autorun", "[AutoRun]\r\nopen=a.exe\r\n"),
  T ("text/x-msdos-batch", "@ECHO OFF\r\n"),
  T ("application/postscript", "%!PS-Adobe-3.0\n"),
  T ("image/x-eps", "%!PS-Adobe-3.0 EPSF-3.0\n"),
  T ("text/html", "\xff\xfe<\0h\0t\0m\0l\0>\0"),
  T ("application/xml", "\xfe\xff\0<\0?\0x\0m\0l\0 \0?\0>\0<\0a\0/\0>"),
};

static IdContent
look (const Row *row)
{
  g_autofree uint8_t *copy = g_memdup2 (row->text, row->size);
  IdContent content;
  id_content ((SkSpan){ copy, row->size }, &content);
  return content;
}

START_TEST (kinds_of_text)
{
  IdContent content = look (&kinds[_i]);
  ck_assert_uint_gt (content.n_found, 0);
  ck_assert_str_eq (id_type_media (content.found[0].type), kinds[_i].expected);
  ck_assert_int_eq (content.found[0].strength, SK_STRENGTH_CONTENT);
  ck_assert_ptr_nonnull (content.charset);
  /* Whatever kind, it is text too. */
  bool text = false;
  for (size_t i = 0; i < content.n_found; i++)
    text |= content.found[i].type == ID_TEXT;
  ck_assert (text);
}
END_TEST

static const Row charsets[] = {
  T ("us-ascii", "plain\n"),
  T ("us-ascii", "colour: \x1b[31mred\x1b[0m\n"),
  T ("us-ascii", "DOS ends so\r\n\x1a"),
  T ("utf-8", "\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8\n"),
  T ("utf-8", "\xef\xbb\xbf"
              "mark\n"),
  T ("utf-8", "\xf0\xa0\xae\xb7\n"),
  T ("iso-2022-jp", "\x1b$B8+@Q=q\x1b(B\n"),
  T ("shift_jis",
     "\x8c\xa9\x90\xcf\x8f\x91\x82\xf0\x82\xa8\x91\x97\x82\xe8\x82\xb5\x82\xdc\x82\xb7\x81\x42\n"),
  T ("shift_jis", "\x83\x65\x83\x58\x83\x67 \xc3\xbd\xc4 \x82\xcc\n"),
  T ("euc-jp",
     "\xb8\xab\xc0\xd1\xbd\xf1\xa4\xf2\xa4\xaa\xc1\xf7\xa4\xea\xa4\xb7\xa4\xde\xa4\xb9\xa1\xa3\n"),
  T ("iso-8859-1", "caf\xe9 cr\xe8me, d\xe9j\xe0 vu \xe0 la carte\n"),
  T ("iso-8859-1", "Gr\xfc\xdf"
                   "e aus M\xfcnchen\n"),
  T ("utf-16le", "\xff\xfe"
                 "a\0b\0"),
  T ("utf-16be", "\xfe\xff\0a\0b"),
  T ("utf-16le", "\xff\xfe\x8b\x89\x4d\x7a"),
  T ("utf-16le", "w\0i\0t\0h\0o\0u\0t\0"),
  T ("utf-16be", "\0w\0i\0t\0h\0o\0u\0t"),
  /* near misses */
  T ("", "a\0b\n"),
  T ("", "bell \7\n"),
  T ("", "in the \x1a middle\n"),
  T ("", "\xff\xfe"
         "a\0\0\0b\0"),
  T ("", "\xff\xfe\0\xdc"
         "a\0"),
  T ("", "\xc0\xaf\xf8\x90\xc1\xbf"),
  T ("", "\xed\xa0\x80\xed\xb0\x80\x80\x80"),
  T ("us-ascii", "ESC \x1b$ is no switch\n"),
};

START_TEST (charsets_of_text)
{
  const Row *row = &charsets[_i];
  g_autofree uint8_t *copy = g_memdup2 (row->text, row->size);
  const char *charset = id_charset ((SkSpan){ copy, row->size }, true);
  ck_assert_str_eq (charset != NULL ? charset : "", row->expected);
  for (size_t size = 0; size < row->size; size++)
    id_charset ((SkSpan){ copy, size }, size % 2 == 0);
}
END_TEST

/* The prefix ends in the middle of a character. */
START_TEST (a_cut_character_at_the_end)
{
  GString *text = g_string_new (NULL);
  while (text->len < ID_PREFIX + 64)
    g_string_append (text, "\xe8\xa6\x8b");
  IdContent content;
  id_content ((SkSpan){ (uint8_t *) text->str, text->len }, &content);
  ck_assert_str_eq (content.charset, "utf-8");
  /* In a whole text it is an error. */
  ck_assert_ptr_null (id_charset ((SkSpan){ (const uint8_t *) "\xe8\xa6", 2 }, true));
  ck_assert_str_eq (id_charset ((SkSpan){ (const uint8_t *) "a\xe8\xa6", 3 }, false), "utf-8");
  g_string_free (text, TRUE);
}
END_TEST

/* Random bytes are no text. */
START_TEST (noise)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);
  uint8_t bytes[256];
  for (unsigned round = 0; round < 1000; round++)
    {
      for (size_t i = 0; i < sizeof (bytes); i++)
        bytes[i] = (uint8_t) g_rand_int (rand);
      ck_assert_ptr_null (id_charset ((SkSpan){ bytes, sizeof (bytes) }, true));
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("text");
  TCase *tests = tcase_create ("text");
  tcase_add_loop_test (tests, kinds_of_text, 0, G_N_ELEMENTS (kinds));
  tcase_add_loop_test (tests, charsets_of_text, 0, G_N_ELEMENTS (charsets));
  tcase_add_test (tests, a_cut_character_at_the_end);
  tcase_add_test (tests, noise);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
