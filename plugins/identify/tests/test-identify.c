/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The plugin as a whole, with a host of paper: facts, candidates, libmagic.
 */
#include "config.h"

#include "fake-api.h"
#include "sk-test.h"

extern const SkPlugin sekisho_plugin;

static SkSetup *setup;
static void *context;

static void
begin_with (const char *table)
{
  setup = sk_fake_setup_new (&sekisho_plugin);
  if (table != NULL)
    sk_fake_setup_source (setup, "type-table", "/etc/own.types", table, strlen (table));
  ck_assert_int_eq (sekisho_plugin.configure (sk_fake_api (), setup, &context), SK_OK);
}

static void
begin (void)
{
  begin_with (NULL);
}

static void
end (void)
{
  sekisho_plugin.free_context (context);
  sk_fake_setup_free (setup);
}

static SkObject *
look (const char *name, const void *bytes, size_t size)
{
  SkObject *object = sk_fake_object_new (&sekisho_plugin, name, bytes, size);
  ck_assert_int_eq (sekisho_plugin.identify (sk_fake_api (), context, object), SK_OK);
  return object;
}

static const char pe[256] = "MZ";

static SkObject *
look_pe (const char *name)
{
  char bytes[256];
  memcpy (bytes, pe, sizeof (bytes));
  bytes[0x3c] = 0x40;
  memcpy (bytes + 0x40, "PE\0\0", 4);
  return look (name, bytes, sizeof (bytes));
}

START_TEST (a_script)
{
  g_autoptr (SkObject) object = look ("Run.SH", "#!/bin/sh\n", 10);
  ck_assert_str_eq (sk_fake_text (object, "identify.type"), "text/x-shellscript");
  ck_assert_str_eq (sk_fake_text (object, "identify.extension"), "sh");
  ck_assert_str_eq (sk_fake_text (object, "identify.source"), "own");
  ck_assert_str_eq (sk_fake_text (object, "identify.text-charset"), "us-ascii");
  ck_assert (sk_fake_bool (object, "identify.executable"));
  ck_assert_ptr_nonnull (sk_fake_fact (object, "identify.mismatch"));
  ck_assert (!sk_fake_bool (object, "identify.mismatch"));
  ck_assert_ptr_null (sk_fake_fact (object, "identify.weak"));
  ck_assert_int_eq (sk_fake_strength (object, "text/x-shellscript"), SK_STRENGTH_CONTENT);
  ck_assert_int_eq (sk_fake_strength (object, "text/plain"), SK_STRENGTH_CONTENT);
}
END_TEST

START_TEST (a_program_under_a_document_s_name)
{
  g_autoptr (SkObject) object = look_pe ("請求書.pdf");
  ck_assert_str_eq (sk_fake_text (object, "identify.type"),
                    "application/vnd.microsoft.portable-executable");
  ck_assert (sk_fake_bool (object, "identify.mismatch"));
  ck_assert (sk_fake_bool (object, "identify.mismatch-executable"));
  ck_assert_int_eq (sk_fake_strength (object, "application/pdf"), SK_STRENGTH_NAME);
  g_autoptr (SkObject) fine = look_pe ("setup.exe");
  ck_assert (!sk_fake_bool (fine, "identify.mismatch"));
  ck_assert (!sk_fake_bool (fine, "identify.mismatch-executable"));
  g_autoptr (SkObject) own_data = look_pe ("update.dat");
  ck_assert_str_eq (sk_fake_text (own_data, "identify.extension"), "dat");
  ck_assert_ptr_null (sk_fake_fact (own_data, "identify.mismatch"));
  ck_assert (sk_fake_bool (own_data, "identify.executable"));
}
END_TEST

START_TEST (a_weak_mark)
{
  g_autoptr (SkObject) object = look ("drawing.pdf", pe, sizeof (pe));
  ck_assert_str_eq (sk_fake_text (object, "identify.type"), "application/x-dosexec");
  ck_assert (sk_fake_bool (object, "identify.weak"));
  ck_assert (!sk_fake_bool (object, "identify.executable"));
  ck_assert_ptr_null (sk_fake_fact (object, "identify.mismatch-executable"));
  ck_assert_int_eq (sk_fake_strength (object, "application/x-dosexec"), SK_STRENGTH_WEAK);
  ck_assert_str_eq (sk_fake_text (object, "identify.source"), "magic");
}
END_TEST

START_TEST (nothing_and_little)
{
  g_autoptr (SkObject) empty = look ("a.pdf", "", 0);
  ck_assert_str_eq (sk_fake_text (empty, "identify.type"), "inode/x-empty");
  ck_assert (!sk_fake_bool (empty, "identify.mismatch"));
  g_autoptr (SkObject) one = look ("", "\1", 1);
  ck_assert_str_eq (sk_fake_text (one, "identify.type"), "application/octet-stream");
  ck_assert_ptr_null (sk_fake_fact (one, "identify.extension"));
  ck_assert_str_eq (sk_fake_text (one, "identify.source"), "own");
}
END_TEST

/* Bytes that nobody knows, and a format that only libmagic does. */
START_TEST (libmagic_on_a_miss)
{
  char bytes[512] = "\x01\x80\x02\x9f\x03";
  g_autoptr (SkObject) unknown = look ("x", bytes, sizeof (bytes));
  ck_assert_str_eq (sk_fake_text (unknown, "identify.source"), "magic");
  ck_assert_str_eq (sk_fake_text (unknown, "identify.type"), "application/octet-stream");
  ck_assert_int_eq (sk_fake_strength (unknown, "application/octet-stream"), SK_STRENGTH_CONTENT);
  static const char mng[64] = "\x8aMNG\x0d\x0a\x1a\x0a";
  g_autoptr (SkObject) foreign = look ("x", mng, sizeof (mng));
  ck_assert_str_eq (sk_fake_text (foreign, "identify.source"), "magic");
  ck_assert_str_eq (sk_fake_text (foreign, "identify.type"), "video/x-mng");
  ck_assert_int_eq (sk_fake_strength (foreign, "video/x-mng"), SK_STRENGTH_CONTENT);
}
END_TEST

START_TEST (eicar_is_text)
{
  static const char eicar[]
      = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
  g_autoptr (SkObject) object = look ("eicar.com", eicar, sizeof (eicar) - 1);
  ck_assert_str_eq (sk_fake_text (object, "identify.type"), "text/plain");
  ck_assert_int_eq (sk_fake_strength (object, "application/x-dos-com"), SK_STRENGTH_NAME);
}
END_TEST

START_TEST (an_own_table)
{
  begin_with ("drw document image/png\n");
  g_autoptr (SkObject) object = look_pe ("part.drw");
  ck_assert (sk_fake_bool (object, "identify.mismatch-executable"));
  ck_assert_int_eq (sk_fake_strength (object, "image/png"), SK_STRENGTH_NAME);
  ck_assert_uint_eq (setup->notes->len, 0);
  end ();
}
END_TEST

START_TEST (a_bad_table_is_left_out_whole)
{
  begin_with ("drw document image/png\nbad line\n");
  const SkFakeNote *note = sk_fake_note (setup->notes, "left-out", 0);
  ck_assert_ptr_nonnull (note);
  ck_assert_str_eq (note->file, "/etc/own.types");
  ck_assert_uint_eq (note->number, 2);
  g_autoptr (SkObject) object = look_pe ("part.drw");
  ck_assert_ptr_null (sk_fake_fact (object, "identify.mismatch"));
  end ();
}
END_TEST

START_TEST (a_missing_database_is_said)
{
  setup = sk_fake_setup_new (&sekisho_plugin);
  sk_fake_setup_option (setup, "magic-database", "/nonexistent/magic.mgc");
  ck_assert_int_eq (sekisho_plugin.configure (sk_fake_api (), setup, &context), SK_OK);
  ck_assert_uint_eq (sk_fake_count (setup->notes, "warning"), 1);
  static const char bytes[64] = "\x01\x80\x02\x9f\x03";
  g_autoptr (SkObject) object = look ("x", bytes, sizeof (bytes));
  ck_assert_str_eq (sk_fake_text (object, "identify.type"), "application/octet-stream");
  end ();
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("identify");
  TCase *tests = tcase_create ("identify");
  tcase_add_checked_fixture (tests, begin, end);
  tcase_add_test (tests, a_script);
  tcase_add_test (tests, a_program_under_a_document_s_name);
  tcase_add_test (tests, a_weak_mark);
  tcase_add_test (tests, nothing_and_little);
  tcase_add_test (tests, libmagic_on_a_miss);
  tcase_add_test (tests, eicar_is_text);
  suite_add_tcase (suite, tests);
  TCase *configured = tcase_create ("configured");
  tcase_add_test (configured, an_own_table);
  tcase_add_test (configured, a_bad_table_is_left_out_whole);
  tcase_add_test (configured, a_missing_database_is_said);
  suite_add_tcase (suite, configured);
  return sk_test_main (suite);
}
