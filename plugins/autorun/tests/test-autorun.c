/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * autorun.inf in all the ways in which media carry it.
 */
#include "config.h"

#include "fake-api.h"
#include "sk-test.h"

extern const SkPlugin sekisho_plugin;

static SkObject *
look_at (const char *name, const char *type, const void *bytes, size_t size, SkResult expected)
{
  g_autoptr (SkSetup) setup = sk_fake_setup_new (&sekisho_plugin);
  void *context = NULL;
  ck_assert_int_eq (sekisho_plugin.configure (sk_fake_api (), setup, &context), SK_OK);
  ck_assert_uint_eq (setup->notes->len, 0);
  SkObject *object = sk_fake_object_new (&sekisho_plugin, name, bytes, size);
  if (type != NULL)
    sk_fake_api ()->type_add (object, type, SK_STRENGTH_CONTENT);
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), context, object), expected);
  sekisho_plugin.free_context (context);
  return object;
}

/* Facts as `noun=value` lines, in the order of telling. */
static char *
told (const SkObject *object)
{
  GString *all = g_string_new (NULL);
  for (guint i = 0; i < object->facts->len; i++)
    {
      const SkFakeFact *fact = g_ptr_array_index (object->facts, i);
      g_string_append_printf (all, "%s%s=%s", all->len > 0 ? "\n" : "",
                              sekisho_plugin.facts[fact->fact].name + strlen ("autorun."),
                              fact->text);
    }
  return g_string_free (all, FALSE);
}

static void
bytes_are (const void *bytes, size_t size, const char *expected)
{
  g_autoptr (SkObject) object = look_at ("m/AUTORUN.INF", NULL, bytes, size, SK_OK);
  g_autofree char *got = told (object);
  ck_assert_str_eq (got, expected);
}

static void
are (const char *text, const char *expected)
{
  bytes_are (text, strlen (text), expected);
}

/* One command line. */
static void
starts (const char *line, const char *expected)
{
  g_autofree char *text = g_strconcat ("[autorun]\r\nopen=", line, "\r\n", NULL);
  are (text, expected);
}

START_TEST (plain)
{
  are ("[autorun]\r\nopen=setup.exe\r\nicon=setup.exe,0\r\nlabel=ドライバー\r\naction="
       "インストール\r\n",
       "command=setup.exe\nicon=setup.exe,0\nlabel=ドライバー\naction=インストール");
  are ("[autorun]\nopen=a.exe", "command=a.exe");
  are ("[autorun]\ropen=a.exe\r", "command=a.exe");
  are ("", "");
  are ("[autorun]", "");
}
END_TEST

START_TEST (keys)
{
  are ("[AutoRun]\nOPEN = A.EXE\nShellExecute=b.exe\nshell\\open\\Command=c.exe\n"
       "shell\\explore\\command=d.exe\nshell\\x=Menu\nshell=x\nshell\\command=no.exe\n"
       "useautoplay=1\nopenx=no.exe\n; open=no.exe\n",
       "command=a.exe\ncommand=b.exe\ncommand=c.exe\ncommand=d.exe");
  are ("[autorun.amd64]\nopen=a.exe", "command=a.exe");
  are ("[autorunner]\nopen=no.exe\n[content]\nopen=no.exe\n[autorun\nopen=no.exe", "");
  are ("open=no.exe\n[x]\n[autorun]\nopen=a.exe\n[y]\nopen=no.exe\n[autorun]\nopen=b.exe",
       "command=a.exe\ncommand=b.exe");
  are ("[autorun]\nopen=\nicon= \nlabel\n=x\n", "");
  are ("[autorun]\nopen=a.exe\nshell\\open\\command=A.exe\nshell\\x\\command=.\\a.exe",
       "command=a.exe");
}
END_TEST

START_TEST (encodings)
{
  const char *expected = "command=表/ソフト.exe\nlabel=見積書";
  const char *text = "[autorun]\r\nopen=表\\ソフト.exe\r\nlabel=見積書\r\n";
  static const char *const charsets[] = { "UTF-16LE", "UTF-16BE", "CP932" };
  static const char *const marks[] = { "\xff\xfe", "\xfe\xff", "" };
  are (text, expected);
  for (size_t i = 0; i < G_N_ELEMENTS (charsets); i++)
    {
      gsize size;
      g_autofree char *encoded = g_convert (text, -1, charsets[i], "UTF-8", NULL, &size, NULL);
      ck_assert_ptr_nonnull (encoded);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_byte_array_append (bytes, (const guint8 *) marks[i], (guint) strlen (marks[i]));
      g_byte_array_append (bytes, (const guint8 *) encoded, (guint) size);
      bytes_are (bytes->data, bytes->len, expected);
    }
  are ("\xef\xbb\xbf[autorun]\nopen=a.exe", "command=a.exe");
  /* Half a character, half a pair, an odd byte. */
  static const char torn[] = "\xff\xfe[\0a\0u\0t\0o\0r\0u\0n\0]\0\n\0o\0p\0e\0n\0=\0"
                             "a\0\0\xd8.\0e\0x\0e\0\0\xdcz";
  bytes_are (torn, sizeof torn - 1, "command=a\ufffd.exe\ufffd");
}
END_TEST

/* As worms write it: bytes of no text, lines of nothing, letters of any case. */
START_TEST (junk)
{
  static const char text[]
      = "\x81\xff\x00;QzK\r\nkdjf=\xe0\xfd\r\n[aUtoRuN\t\r\n[AUTORUN]\r\nqwert\r\n\x00\x81\r\n"
        "sHELLexECUTe=RuNdLl32.EXE .\\RECYCLER\\S-5-3-42\\jwgkvsq.vmx,ahaezedrn\r\n\xff\xfe\r\n";
  bytes_are (text, sizeof text - 1, "command=rundll32.exe\ncommand=recycler/s-5-3-42/jwgkvsq.vmx");
}
END_TEST

START_TEST (commands)
{
  starts ("setup.exe /s /x", "command=setup.exe");
  starts (".\\bin\\Setup.EXE", "command=bin/setup.exe");
  starts ("\\bin\\setup.exe", "command=bin/setup.exe");
  starts ("D:\\bin\\setup.exe", "command=bin/setup.exe");
  starts ("bin//x/.././setup.exe", "command=bin/setup.exe");
  starts ("..\\..\\setup.exe", "command=setup.exe");
  starts ("\"my tools\\setup.exe\" -x \"y z\"", "command=my tools/setup.exe");
  starts ("\"setup.exe\"", "command=setup.exe");
  starts ("my tools\\setup.exe -x", "command=my tools/setup.exe");
  starts ("setup", "command=setup.exe");
  starts ("setup -a b", "command=setup.exe");
  starts ("ソフト\\セットアップ.EXE", "command=ソフト/セットアップ.exe");
  starts ("ＡＢＣ.exe", "command=ａｂｃ.exe");
  starts ("\\", "");
  starts ("\"\"", "");
  starts ("%SystemRoot%\\x.exe", "command=%systemroot%/x.exe");
}
END_TEST

START_TEST (starters)
{
  starts ("cmd /c start .\\a\\b.vbs", "command=cmd.exe\ncommand=a/b.vbs");
  starts ("C:\\Windows\\System32\\wscript.exe \"x y.js\" //B",
          "command=windows/system32/wscript.exe\ncommand=x y.js");
  starts ("rundll32 x.dll,Start 1", "command=rundll32.exe\ncommand=x.dll");
  starts ("start x.lnk", "command=start.exe\ncommand=x.lnk");
  starts ("explorer.exe photos", "command=explorer.exe");
  /* A program of the medium gets its arguments to itself. */
  starts ("setup.exe readme.txt", "command=setup.exe");
}
END_TEST

START_TEST (by_name_or_type)
{
  const char *text = "[autorun]\nopen=a.exe";
  g_autoptr (SkObject) other = look_at ("x.inf", NULL, text, strlen (text), SK_OK);
  ck_assert_uint_eq (other->facts->len, 0);
  g_autoptr (SkObject) typed
      = look_at ("x.bak", "application/x-autorun", text, strlen (text), SK_OK);
  ck_assert_str_eq (sk_fake_text (typed, "autorun.command"), "a.exe");
}
END_TEST

START_TEST (limits)
{
  g_autoptr (GString) text = g_string_new ("[autorun]\n");
  for (unsigned i = 0; i < 100; i++)
    g_string_append_printf (text, "open=%u.exe\n", i);
  g_autoptr (SkObject) many = look_at ("autorun.inf", NULL, text->str, text->len, SK_PARTIAL);
  ck_assert_uint_eq (many->facts->len, 64);
  ck_assert_uint_eq (sk_fake_count (many->notes, "not-inspected"), 1);
  g_autofree char *large = g_malloc (1024 * 1024 + 1);
  memset (large, ' ', 1024 * 1024 + 1);
  memcpy (large, "[autorun]\nopen=a.exe\n", 21);
  g_autoptr (SkObject) cut = look_at ("autorun.inf", NULL, large, 1024 * 1024 + 1, SK_PARTIAL);
  ck_assert_str_eq (sk_fake_text (cut, "autorun.command"), "a.exe");
  g_autoptr (SkObject) whole = look_at ("autorun.inf", NULL, large, 1024 * 1024, SK_OK);
  ck_assert_uint_eq (sk_fake_count (whole->notes, "not-inspected"), 0);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("autorun");
  TCase *cases = tcase_create ("autorun");
  tcase_add_test (cases, plain);
  tcase_add_test (cases, keys);
  tcase_add_test (cases, encodings);
  tcase_add_test (cases, junk);
  tcase_add_test (cases, commands);
  tcase_add_test (cases, starters);
  tcase_add_test (cases, by_name_or_type);
  tcase_add_test (cases, limits);
  suite_add_tcase (suite, cases);
  return sk_test_main (suite);
}
