/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Fields of records: read back as written, refused when anything is out of
 * place; and what the supervisor says of a walked entry.
 */
#include "config.h"

#include "run/entry.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "sk-test.h"

static SkRecordView view;
static SkBuffer buffer;
static GPtrArray *keep;

static void
setup (void)
{
  sk_record_view_init (&view);
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  keep = g_ptr_array_new_with_free_func (g_free);
}

static void
teardown (void)
{
  sk_record_view_clear (&view);
  sk_buffer_clear (&buffer);
  g_ptr_array_unref (keep);
}

/** `name=value` a line. New string. */
static char *
listed (void)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < view.items->len; i++)
    {
      char room[SK_RECORD_ROOM];
      const SkRecordItem *item = sk_record_item (&view, i);
      SkSpan text = sk_record_text (&item->value, room);
      g_string_append_len (out, (const char *) item->name.data, (gssize) item->name.size);
      g_string_append_c (out, '=');
      if (text.size > 0)
        g_string_append_len (out, (const char *) text.data, (gssize) text.size);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static void
make_record (void)
{
  view.kind = sk_span_of_text ("log.json");
  sk_record_add_text (&view, "user", "sato");
  sk_record_add_text (&view, "user", "");
  sk_record_add_int (&view, "port", -22);
  SkRecordItem flag = { sk_span_of_text ("ok"), { .type = SK_FIELD_BOOL, .boolean = true } };
  g_array_append_val (view.items, flag);
  ck_assert (sk_record_write (&view, &buffer));
}

START_TEST (what_is_written_reads_back)
{
  make_record ();
  SkRecordView again;
  sk_record_view_init (&again);
  ck_assert (sk_record_read (sk_buffer_span (&buffer), &again));
  sk_record_view_clear (&view);
  view = again;
  g_autofree char *text = listed ();
  ck_assert_str_eq (text, "user=sato\nuser=\nport=-22\nok=true\n");
  ck_assert (sk_span_equal (view.kind, sk_span_of_text ("log.json")));
  sk_record_remove (&view, "user");
  g_autofree char *less = listed ();
  ck_assert_str_eq (less, "port=-22\nok=true\n");
}
END_TEST

START_TEST (every_cut_and_every_addition_is_refused)
{
  make_record ();
  SkSpan whole = sk_buffer_span (&buffer);
  for (size_t size = 0; size < whole.size; size++)
    {
      g_autofree uint8_t *copy = g_memdup2 (whole.data, size);
      ck_assert_msg (!sk_record_read ((SkSpan) { copy, size }, &view), "%zu bytes", size);
      ck_assert_uint_eq (view.items->len, 0);
    }
  ck_assert (sk_buffer_put (&buffer, "", 1));
  ck_assert (!sk_record_read (sk_buffer_span (&buffer), &view));
}
END_TEST

/** Reads a record of one value with this type and tail. */
static bool
reads (const char *kind, uint32_t count, const char *name, uint8_t type, const void *tail, size_t size)
{
  sk_buffer_reset (&buffer);
  sk_wire_put_text (&buffer, kind);
  sk_wire_put_u32 (&buffer, count);
  sk_wire_put_text (&buffer, name);
  sk_wire_put_u8 (&buffer, type);
  sk_buffer_put (&buffer, tail, size);
  return sk_record_read (sk_buffer_span (&buffer), &view);
}

START_TEST (near_misses_are_refused)
{
  ck_assert (reads ("k", 1, "n", SK_FIELD_BOOL, "\1", 1));
  ck_assert (reads ("k", 1, "", SK_FIELD_BOOL, "\1", 1));
  ck_assert (!reads ("k", 1, "n", SK_FIELD_BOOL, "\2", 1));
  ck_assert (!reads ("k", 1, "n", 3, "\1", 1));
  ck_assert (!reads ("", 1, "n", SK_FIELD_BOOL, "\1", 1));
  ck_assert (!reads ("k", 2, "n", SK_FIELD_BOOL, "\1", 1));
  ck_assert (!reads ("k", 0, "n", SK_FIELD_BOOL, "\1", 1));
  ck_assert (!reads ("k", UINT32_MAX, "n", SK_FIELD_BOOL, "\1", 1));
  ck_assert (!reads ("k", 1, "n", SK_FIELD_STRING, "\xff\xff\xff\xff", 4));
}
END_TEST

/* ---- entries ---- */

/** What is said of an entry. */
static char *
told (SkWalkKind kind, const char *path, const char *root, const char *const *only)
{
  SkWalkItem item = { .kind = kind, .path = (char *) path, .root = (char *) root, .fd = -1,
                      .size = 10, .mtime_ns = -1, .attributes = SK_WALK_HIDDEN | SK_WALK_READONLY };
  g_array_set_size (view.items, 0);
  view.kind = sk_span_of_text (SK_ENTRY_KIND);
  sk_record_add_text (&view, "file.path", "/lie");
  sk_record_add_text (&view, "file.attributes", "system");
  sk_record_add_text (&view, "file.mtime", "1");
  sk_record_add_text (&view, "file.type", "link");
  sk_record_add_text (&view, "file.target-path", "/lie");
  sk_record_add_text (&view, "hash.md5", "00");
  sk_entry_overlay (&view, &item, path, only, keep);
  return listed ();
}

START_TEST (what_the_supervisor_knows_replaces_what_was_said)
{
  g_autofree char *file = told (SK_WALK_FILE, "/media/USB/Ab/見積.PDF.Exe", "/media/USB/", NULL);
  ck_assert_str_eq (file, "hash.md5=00\nfile.path=/media/USB/Ab/見積.PDF.Exe\n"
                          "file.name=見積.PDF.Exe\nfile.stem=見積.PDF\nfile.extension=exe\n"
                          "file.directory=/media/USB/Ab\nfile.root=/media/USB\n"
                          "file.relative=ab/見積.pdf.exe\nfile.type=file\nfile.size=10\n"
                          "file.mtime=-1\nfile.attributes=hidden\nfile.attributes=readonly\n");
  static const char *const only[] = { "file.attributes", "hash.md5", NULL };
  g_autofree char *part = told (SK_WALK_FILE, "/media/USB/x", "/media/USB", only);
  ck_assert_str_eq (part, "hash.md5=00\nfile.attributes=hidden\nfile.attributes=readonly\n");
}
END_TEST

/** Whether a member of the job "/r/a.zip" may say so of itself: pairs of name and text. */
static bool
may_say (const char *const *only, ...)
{
  va_list list;
  const char *name;
  g_array_set_size (view.items, 0);
  va_start (list, only);
  while ((name = va_arg (list, const char *)) != NULL)
    sk_record_add_text (&view, name, va_arg (list, const char *));
  va_end (list);
  return sk_entry_holds_member (&view, "/r/a.zip", only);
}

START_TEST (members_lie_within_their_job)
{
  static const char *const only[] = { "file.path", "file.name", NULL };
  const char *job = "/r/a.zip", *inner = "/r/a.zip » b.tar";
  ck_assert (may_say (NULL, "file.container", job, "file.path", inner, "file.root", job, NULL));
  ck_assert (may_say (NULL, "file.container", inner, "file.directory", inner, "file.name", "/x", NULL));
  ck_assert (!may_say (NULL, "file.container", "/r/b.zip", NULL));
  ck_assert (!may_say (NULL, "file.container", "/r/a.zip2", NULL));
  ck_assert (!may_say (NULL, "file.container", "/r/a.zip/b", NULL));
  ck_assert (!may_say (NULL, "file.container", "/r/a.zip »", NULL));
  ck_assert (!may_say (NULL, "file.container", "/r", NULL));
  ck_assert (!may_say (NULL, "file.container", job, "file.path", "/r/x", NULL));
  ck_assert (!may_say (NULL, "file.container", job, "file.directory", "/r", NULL));
  ck_assert (!may_say (NULL, "file.container", job, "file.root", "/r", NULL));
  ck_assert (!may_say (NULL, "file.path", inner, NULL)); /* not as if it were walked */
  ck_assert (may_say (only, "file.path", inner, NULL)); /* nobody asks for the container */
  ck_assert (!may_say (only, "file.path", "/r/x", NULL));
  g_array_set_size (view.items, 0);
  sk_record_add_int (&view, "file.container", 1);
  ck_assert (!sk_entry_holds_member (&view, job, NULL));
}
END_TEST

static const struct {
  SkWalkKind kind;
  const char *path, *root;
  const char *name, *stem, *extension, *directory, *relative, *type;
} entries[] = {
  { SK_WALK_FILE, "a.txt", "a.txt", "a.txt", "a", "txt", NULL, "a.txt", "file" },
  { SK_WALK_FILE, "./.bashrc", ".", ".bashrc", ".bashrc", NULL, ".", ".bashrc", "file" },
  { SK_WALK_FILE, "/a.", "/", "a.", "a.", NULL, "/", "a.", "file" },
  { SK_WALK_FILE, "/r/x/İ.LNK", "/r", "İ.LNK", "İ", "lnk", "/r/x", "x/i.lnk", "file" },
  { SK_WALK_FILE, "-", "-", "-", "-", NULL, NULL, "-", "file" },
  { SK_WALK_LINK, "/r/l", "/r", "l", "l", NULL, "/r", "l", "link" },
  { SK_WALK_SPECIAL, "/r/p", "/r", "p", "p", NULL, "/r", "p", "special" },
  { SK_WALK_OTHER_MEDIUM, "/r/m", "/r", "m", "m", NULL, "/r", "m", "directory" },
  { SK_WALK_FOLDER, "/r/A/B", "/r", "B", "B", NULL, "/r/A", "a/b", "directory" },
  { SK_WALK_FOLDER, "/r/", "/r/", "r", "r", NULL, "/", NULL, "directory" },
  { SK_WALK_FOLDER, "/", "/", "/", "/", NULL, "/", NULL, "directory" },
  { SK_WALK_UNREADABLE, "/r/u", "/r", "u", "u", NULL, "/r", "u", NULL },
};

static void
append_line (GString *out, const char *name, const char *value)
{
  if (value != NULL)
    g_string_append_printf (out, "%s=%s\n", name, value);
}

START_TEST (names_have_their_parts)
{
  static const char *const only[] = { "file.name", "file.stem", "file.extension", "file.directory",
                                      "file.relative", "file.type", NULL };
  g_autofree char *got = told (entries[_i].kind, entries[_i].path, entries[_i].root, only);
  GString *expected = g_string_new ("hash.md5=00\n");
  append_line (expected, "file.name", entries[_i].name);
  append_line (expected, "file.stem", entries[_i].stem);
  append_line (expected, "file.extension", entries[_i].extension);
  append_line (expected, "file.directory", entries[_i].directory);
  append_line (expected, "file.relative", entries[_i].relative);
  append_line (expected, "file.type", entries[_i].type);
  ck_assert_str_eq (got, expected->str);
  g_string_free (expected, TRUE);
}
END_TEST

/* Shown as text a path can be longer than a value may be: what is written still reads back. */
START_TEST (a_path_that_is_too_long_is_cut)
{
  g_autofree char *name = g_strnfill (SK_MAX_VALUE, 'A');
  g_autofree char *path = g_strdup_printf ("/r/%s日.exe", name);
  g_autofree char *text = told (SK_WALK_FILE, path, "/r", NULL);
  ck_assert_ptr_nonnull (strstr (text, "file.extension=exe\n"));
  sk_buffer_reset (&buffer);
  ck_assert (sk_record_write (&view, &buffer));
  ck_assert (sk_record_read (sk_buffer_span (&buffer), &view));
  for (guint i = 0; i < view.items->len; i++)
    {
      SkSpan value = sk_record_item (&view, i)->value.text;
      ck_assert (sk_record_item (&view, i)->value.type != SK_FIELD_STRING
                 || g_utf8_validate_len ((const char *) value.data, value.size, NULL));
    }
}
END_TEST

START_TEST (some_entries_have_no_record)
{
  const SkWalkKind none[] = { SK_WALK_EXCLUDED, SK_WALK_MISSING, SK_WALK_VANISHED };
  for (size_t i = 0; i < G_N_ELEMENTS (none); i++)
    ck_assert (!sk_entry_is_told (&(SkWalkItem) { .kind = none[i] }));
  ck_assert (sk_entry_is_told (&(SkWalkItem) { .kind = SK_WALK_UNREADABLE }));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("record");
  TCase *tests = tcase_create ("record");
  tcase_add_checked_fixture (tests, setup, teardown);
  tcase_add_test (tests, what_is_written_reads_back);
  tcase_add_test (tests, every_cut_and_every_addition_is_refused);
  tcase_add_test (tests, near_misses_are_refused);
  tcase_add_test (tests, what_the_supervisor_knows_replaces_what_was_said);
  tcase_add_loop_test (tests, names_have_their_parts, 0, (int) G_N_ELEMENTS (entries));
  tcase_add_test (tests, a_path_that_is_too_long_is_cut);
  tcase_add_test (tests, members_lie_within_their_job);
  tcase_add_test (tests, some_entries_have_no_record);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
