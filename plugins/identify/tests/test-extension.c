/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Extensions: what is one, what they admit, and the reader of the table.
 */
#include "config.h"

#include "identify-extension.h"
#include "sk-test.h"

START_TEST (extensions_of_names)
{
  static const struct {
    const char *name, *extension; /* NULL: none */
  } rows[] = { { "a.txt", "txt" },
               { "A.Tar.GZ", "gz" },
               { "dir.d/name", NULL },
               { "dir.d/name.PDF", "pdf" },
               { "name", NULL },
               { "", NULL },
               { ".", NULL },
               { "..", NULL },
               { ".bashrc", NULL },
               { ".hidden.exe", "exe" },
               { "a.exe.", "exe" },
               { "a.exe . .", "exe" },
               { "a.", NULL },
               { "a. ", NULL },
               { "a.abcdefghijklmnop", "abcdefghijklmnop" },
               { "a.abcdefghijklmnopq", NULL },
               { "請求書.ＰＤＦ", "ＰＤＦ" },
               { "-.x", "x" },
               { "a.b\n", "b\n" } };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char extension[ID_MAX_EXTENSION + 1];
      bool found = id_extension_of (rows[i].name, extension);
      ck_assert_msg (found == (rows[i].extension != NULL), "%s", rows[i].name);
      if (found)
        ck_assert_str_eq (extension, rows[i].extension);
    }
}
END_TEST

/* Content of one type, or of two. */
static IdContent
content_of (const char *type, SkStrength strength, const char *second)
{
  IdContent content = { .n_found = 0 };
  IdType first = id_type_of_media (sk_span_of_text (type));
  ck_assert_msg (first != ID_NONE, "%s", type);
  id_content_add (&content, first, strength);
  if (second != NULL)
    id_content_add (&content, id_type_of_media (sk_span_of_text (second)), SK_STRENGTH_CONTENT);
  return content;
}

#define PE "application/vnd.microsoft.portable-executable"

START_TEST (agreement)
{
  static const struct {
    const char *name, *type, *second;
    bool mismatch, executable;
  } rows[] = {
    { "a.pdf", "application/pdf", NULL, false, false },
    { "a.pdf", PE, NULL, true, true },
    { "a.pdf", "application/x-executable", NULL, true, true },
    { "a.pdf", "application/x-ms-shortcut", NULL, true, true },
    { "a.pdf", "text/x-shellscript", "text/plain", true, true },
    { "a.pdf", "text/plain", NULL, true, false },
    { "a.pdf", "application/octet-stream", NULL, true, false },
    { "a.pdf", "application/pdf", PE, false, true },
    { "a.jpg", PE, NULL, true, true },
    { "a.jpg", "image/png", NULL, false, false },
    { "a.jpg", "application/java-archive", NULL, true, true },
    { "a.txt", PE, NULL, true, true },
    { "a.txt", "text/x-shellscript", "text/plain", false, false },
    { "a.txt", "text/html", "text/plain", false, false },
    { "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", NULL,
      false, false },
    { "a.docx", "application/x-encrypted-ooxml", NULL, false, false },
    { "a.docx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL, true,
      false },
    { "a.docx", "application/zip", NULL, true, false },
    { "a.doc", "application/x-msi", NULL, true, true },
    { "a.doc", "application/x-ole-storage", NULL, false, false },
    { "a.doc", "text/rtf", NULL, false, false },
    { "a.zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", NULL,
      false, false },
    { "a.zip", PE, NULL, true, true },
    { "a.xls", "text/html", "text/plain", false, false },
    { "a.xls", "text/plain", NULL, false, false },
    { "a.xls", "application/vnd.ms-word.xml", "text/plain", false, false },
    { "a.xls", "application/x-ole-storage", NULL, false, false },
    { "a.xls", PE, NULL, true, true },
    { "a.exe", PE, NULL, false, false },
    { "a.exe", "text/plain", NULL, true, false },
    { "a.exe", "application/pdf", NULL, true, false },
    { "a.pdf", "inode/x-empty", NULL, false, false },
    { "._a.docx", "multipart/appledouble", NULL, false, false },
    { "__MACOSX/x/a.docx", "multipart/appledouble", NULL, false, false },
    { "a.docx", "multipart/appledouble", NULL, true, false },
    { "._a.docx", PE, NULL, true, true },
    { "._a.docx", "application/pdf", NULL, true, false },
  };
  g_autoptr (GHashTable) promises = id_promises_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char extension[ID_MAX_EXTENSION + 1];
      ck_assert (id_extension_of (rows[i].name, extension));
      IdContent content = content_of (rows[i].type, SK_STRENGTH_CONTENT, rows[i].second);
      IdAgreement got = id_agree (id_promises_get (promises, extension), &content, rows[i].name);
      ck_assert_msg (got.known, "%s", rows[i].name);
      ck_assert_msg (got.mismatch == rows[i].mismatch, "mismatch of %s with %s", rows[i].name,
                     rows[i].type);
      ck_assert_msg (got.executable == rows[i].executable, "executable of %s with %s", rows[i].name,
                     rows[i].type);
    }
}
END_TEST

/* No promise, or no certainty: nothing is said. */
START_TEST (no_opinion)
{
  g_autoptr (GHashTable) promises = id_promises_new ();
  IdContent pe = content_of (PE, SK_STRENGTH_CONTENT, NULL);
  static const char *const free_ones[] = { "dat", "bin", "tmp", "bak", "xyz" };
  for (size_t i = 0; i < G_N_ELEMENTS (free_ones); i++)
    ck_assert (!id_agree (id_promises_get (promises, free_ones[i]), &pe, "a").known);
  IdContent weak = content_of ("application/x-dosexec", SK_STRENGTH_WEAK, NULL);
  ck_assert (!id_agree (id_promises_get (promises, "pdf"), &weak, "a.pdf").known);
  IdContent none = { .n_found = 0 };
  ck_assert (!id_agree (id_promises_get (promises, "pdf"), &none, "a.pdf").known);
}
END_TEST

static bool
parse (IdPromises *promises, const char *text, uint32_t *ret_line)
{
  const char *error = NULL;
  bool good = id_promises_parse (promises, sk_span_of_text (text), ret_line, &error);
  ck_assert (good == (error == NULL));
  return good;
}

START_TEST (a_table_adds_and_replaces)
{
  g_autoptr (GHashTable) promises = id_promises_new ();
  uint32_t line;
  ck_assert (parse (
      promises, "# comment\n\nnc1,NC2 \tdata text/plain @image # more\r\npdf document image/png",
      &line));
  const IdPromise *promise = id_promises_get (promises, "nc2");
  ck_assert_ptr_nonnull (promise);
  ck_assert_int_eq (promise->class, ID_CLASS_DATA);
  ck_assert_int_eq (promise->type, ID_TEXT);
  ck_assert (id_set_has (&promise->admits, ID_HTML));
  ck_assert (id_set_has (&promise->admits, ID_PNG));
  ck_assert (!id_set_has (&promise->admits, ID_PDF));
  ck_assert (!id_set_has (&id_promises_get (promises, "pdf")->admits, ID_PDF));
}
END_TEST

START_TEST (bad_lines_are_refused_by_number)
{
  static const struct {
    const char *text;
    uint32_t line;
  } rows[] = { { "a data text/plain\nb nonsense text/plain\n", 2 },
               { "a data\n", 1 },
               { "a\n", 1 },
               { "\n\na data text/unknown-type\n", 3 },
               { "a data @nonsense\n", 1 },
               { "a data =\n", 1 },
               { ",a data text/plain\n", 1 },
               { "abcdefghijklmnopq data text/plain\n", 1 } };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GHashTable) promises = id_promises_new ();
      uint32_t line = 0;
      ck_assert_msg (!parse (promises, rows[i].text, &line), "%s", rows[i].text);
      ck_assert_uint_eq (line, rows[i].line);
    }
}
END_TEST

/* Every type can be said in a table, and a name is one type's alone. */
START_TEST (names_of_types_are_unique)
{
  for (unsigned i = 1; i < ID_N_TYPES; i++)
    {
      ck_assert_int_eq (id_type_of_media (sk_span_of_text (id_type_media ((IdType) i))), i);
      ck_assert_uint_lt (id_type_general ((IdType) i), i);
    }
  ck_assert_int_eq (id_type_of_media (sk_span_of_text ("TEXT/XML")), ID_XML);
  ck_assert_int_eq (id_type_of_media (sk_span_of_text ("text/xm")), ID_NONE);
  ck_assert_int_eq (id_type_of_media (sk_span_of_text ("")), ID_NONE);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("extension");
  TCase *tests = tcase_create ("extension");
  tcase_add_test (tests, extensions_of_names);
  tcase_add_test (tests, agreement);
  tcase_add_test (tests, no_opinion);
  tcase_add_test (tests, a_table_adds_and_replaces);
  tcase_add_test (tests, bad_lines_are_refused_by_number);
  tcase_add_test (tests, names_of_types_are_unique);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
