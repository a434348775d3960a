/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "fake-api.h"
#include "log-window.h"
#include "sk-test.h"

#include <stdlib.h>
#include <string.h>

extern const SkPlugin sekisho_plugin;

static void *context;

static SkResult
configure (const char *format, const char *zone)
{
  g_autoptr (SkSetup) setup = sk_fake_setup_new (&sekisho_plugin);
  sk_fake_setup_option (setup, "format", format);
  sk_fake_setup_option (setup, "zone", zone);
  sk_fake_setup_option (setup, "year", "2026");
  return sekisho_plugin.configure (sk_fake_api (), setup, &context);
}

static void
set_up (void)
{
  ck_assert_int_eq (configure ("auto", "UTC"), SK_OK);
}

static void
tear_down (void)
{
  sekisho_plugin.free_context (context);
}

static void
use (const char *format, const char *zone)
{
  tear_down ();
  ck_assert_int_eq (configure (format, zone), SK_OK);
}

static SkResult
open_object (SkObject *object)
{
  return sekisho_plugin.open (sk_fake_api (), context, object);
}

static SkObject *
object_of (const void *bytes, size_t size)
{
  return sk_fake_object_new (&sekisho_plugin, "some.log", bytes, size);
}

static SkResult
result_of (const char *text)
{
  g_autoptr (SkObject) object = object_of (text, strlen (text));
  SkResult result = open_object (object);
  ck_assert_int_eq (object->records->len == 0, result == SK_NOT_MINE);
  return result;
}

static const char *
note_of (SkObject *object, SkReason reason)
{
  for (size_t i = 0; i < sk_fake_count (object->notes, "not-inspected"); i++)
    {
      const SkFakeNote *note = sk_fake_note (object->notes, "not-inspected", i);
      if (note->number == (uint32_t) reason)
        return note->text;
    }
  return "";
}

/* ---- options ---- */

START_TEST (test_options)
{
  void *unused = NULL;
  static const char *const wrong[][3]
      = { { "format", "xml", "format" }, { "zone", "Mars/Base", "zone" }, { "zone", "+25:00", "zone" },
          { "zone", "", "zone" },        { "year", "1066", "year" } };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (SkSetup) setup = sk_fake_setup_new (&sekisho_plugin);
      sk_fake_setup_option (setup, wrong[i][0], wrong[i][1]);
      ck_assert_int_eq (sekisho_plugin.configure (sk_fake_api (), setup, &unused), SK_FAILED);
      ck_assert_uint_eq (sk_fake_count (setup->notes, "error"), 1);
      ck_assert_ptr_nonnull (strstr (sk_fake_note (setup->notes, "error", 0)->text, wrong[i][2]));
    }
  use ("json", "Asia/Tokyo");
  g_autoptr (SkObject) object = object_of ("{\"time\":\"2023-11-14 22:13:20\"}", 30);
  ck_assert_int_eq (open_object (object), SK_OK);
  ck_assert_int_eq (sk_fake_record (object, 0)->time, INT64_C (1699967600000000000));
  use ("off", "-03:30");
  ck_assert_int_eq (result_of ("{\"time\":1}\n{\"time\":2}\n"), SK_NOT_MINE);
  use ("json", "UTC");
  ck_assert_int_eq (result_of ("garbage\n{\"a\":1}\n"), SK_PARTIAL);
}
END_TEST

/* ---- what is a log ---- */

START_TEST (test_logs)
{
  static const char *const logs[] = {
    "{\"a\":1}\n{\"a\":2}\n",
    "{\"a\":1}",
    "  \n\n{\"a\":1}\n\n",
    "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n",
    "[{\"a\":1},{\"a\":2}]",
    "[\n{\"a\":1},\n{\"a\":2}\n]\n",
    "{\"Records\":[{\"eventVersion\":\"1.08\"}]}",
    "\xef\xbb\xbf{\"a\":1}\r\n{\"a\":2}\r\n",
    "oops\n{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n",
    "Nov 25 04:20:17 mx postfix/smtpd[123]: connect from unknown[192.0.2.7]\n"
    "Nov 25 04:20:18 mx postfix/smtpd[123]: disconnect from unknown[192.0.2.7]\n",
    "192.0.2.7 - - [25/Nov/2026:04:20:17 +0900] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\"\n",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (logs); i++)
    ck_assert_msg (result_of (logs[i]) != SK_NOT_MINE, "%s", logs[i]);
  g_autoptr (SkObject) crashed = object_of ("\0\0{\"a\":1}\n", 10);
  ck_assert_int_eq (open_object (crashed), SK_OK);
}
END_TEST

/* A first line that is longer than all that is looked at does not hide the others. */
START_TEST (test_long_first_line)
{
  static const char *const logs[][2] = { { "{\"a\":\"", "\"}\n{\"a\":2}\n{\"a\":3}\n" },
                                         { "no line of a log", "\n{\"a\":2}\n{\"a\":3}\n" },
                                         { "Nov 25 04:20:17 mx a: ", "\nNov 25 04:20:18 mx a: b\n" } };
  static const size_t sizes[] = { LOG_HEAD + 1, LOG_MAX_LINE + 1, (size_t) 3 << 20 };
  for (size_t i = 0; i < G_N_ELEMENTS (logs); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        g_autofree char *fill = g_strnfill (sizes[j], 'x');
        g_autofree char *text = g_strconcat (logs[i][0], fill, logs[i][1], NULL);
        ck_assert_msg (result_of (text) != SK_NOT_MINE, "%s %zu", logs[i][0], sizes[j]);
      }
}
END_TEST


START_TEST (test_no_logs)
{
  static const char *const others[] = {
    "",
    "\n\n\n",
    "# Title\n\nSome prose about {\"json\": 1} and more.\n\n- one\n- two\n",
    "#include <stdio.h>\n\nint\nmain (void)\n{\n  return 0;\n}\n",
    "{ echo a; echo b; }\n[ -f x ] && exit 1\n",
    "[section]\nkey = value\n[other]\nkey = 2\n",
    "{% block content %}\n{{ page.title }}\n{% endblock %}\n",
    "name,size,date\na.txt,12,2026-11-25\nb.txt,13,2026-11-25\n",
    "<!DOCTYPE html>\n<html><head><title>x</title></head></html>\n",
    "{\n  // a comment\n  \"compilerOptions\": {}\n}\n",
    "{'a': 1}\n{'a': 2}\n",
    "[1, 2, 3]",
    "[]",
    "\"text\"",
    "{\"a\":1}\nthen prose\nand more prose\nand more prose\n",
    "2026-11-25\n2026-11-26\n2026-11-27\n",
    "1. First of all\n2. Second\n3. Third\n",
    "From: a@example.com\nTo: b@example.com\nDate: Wed, 25 Nov 2026 04:20:17 +0900\n\nHello\n",
    "---\n- name: x\n  when: 2026-11-25T04:20:17Z\n",
    "Jan and May went to the market.\nMay 12 people came: all of them.\nMar was late.\n",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (SkObject) object = object_of (others[i], strlen (others[i]));
      SkResult result = open_object (object);
      /* a document that turns out to hold no event is none either */
      ck_assert_msg (object->records->len == 0 && (result == SK_NOT_MINE || result == SK_OK), "%s",
                     others[i]);
      ck_assert_uint_eq (object->notes->len, 0);
    }
}
END_TEST

/* A big document that is data, not a log, is not read. */
START_TEST (test_data)
{
  g_autoptr (GString) text = g_string_new ("{\"features\":{");
  for (int i = 0; text->len <= LOG_JSON_MAX_RECORD; i++)
    g_string_append_printf (text, "%s\"key %d\": [1.5, 2.5]", i > 0 ? ",\n" : "", i);
  g_string_append (text, "}}");
  g_autoptr (SkObject) object = object_of (text->str, text->len);
  ck_assert_int_eq (open_object (object), SK_NOT_MINE);
  /* a smaller one is one record, and what it has too much of is no loss to a log */
  g_string_truncate (text, 300000);
  g_string_truncate (text, (gsize) (g_strrstr (text->str, ",\n") - text->str));
  g_string_append (text, "}}");
  g_autoptr (SkObject) small = object_of (text->str, text->len);
  ck_assert_int_eq (open_object (small), SK_OK);
  ck_assert_uint_eq (small->records->len, 1);
  ck_assert_uint_eq (small->notes->len, 0);
}
END_TEST

/* ---- records ---- */

START_TEST (test_record)
{
  const char *text = "{\"a\":\"x\"}\r\n\r\n{\"@timestamp\":\"2023-11-14T22:13:20Z\",\"b\":\"C:\\\\y\",\"c\":-7,"
                     "\"d\":true,\"e\":[1,2],\"log\":{\"line\":99}}\n";
  g_autoptr (SkObject) object = object_of (text, strlen (text));
  ck_assert_int_eq (open_object (object), SK_OK);
  ck_assert_uint_eq (object->records->len, 2);
  const SkRecord *first = sk_fake_record (object, 0), *second = sk_fake_record (object, 1);
  ck_assert_str_eq (sekisho_plugin.records[first->record].kind, "log.json");
  ck_assert_uint_eq (first->position, 0);
  ck_assert_int_eq (first->time, 0);
  ck_assert_str_eq (sk_fake_field_text (first, "a"), "x");
  ck_assert_int_eq (sk_fake_field_int (first, "log.line"), 1);
  ck_assert_uint_eq (second->position, 13);
  ck_assert_int_eq (second->time, INT64_C (1700000000000000000));
  ck_assert_int_eq (sk_fake_field_int (second, "log.line"), 3);
  ck_assert_str_eq (sk_fake_field_text (second, "b"), "C:\\\\y");
  ck_assert (sk_fake_field (second, "b", 0)->json);
  ck_assert_int_eq (sk_fake_field_int (second, "c"), -7);
  ck_assert (sk_fake_field (second, "d", 0)->boolean);
  ck_assert_uint_eq (sk_fake_field_count (second, "e"), 2);
  ck_assert_uint_eq (object->notes->len, 0);
}
END_TEST

START_TEST (test_wanted)
{
  static const char *const wanted[] = { "b", NULL };
  const char *text = "{\"a\":1,\"b\":2}\n{\"a\":3}\n";
  g_autoptr (SkObject) object = object_of (text, strlen (text));
  object->wanted = wanted;
  ck_assert_int_eq (open_object (object), SK_OK);
  ck_assert_int_eq (sk_fake_field_int (sk_fake_record (object, 0), "b"), 2);
  ck_assert_uint_eq (sk_fake_field_count (sk_fake_record (object, 0), "a"), 0);
  ck_assert_ptr_nonnull (sk_fake_record (object, 1));
  g_autoptr (SkObject) deaf = object_of (text, strlen (text));
  deaf->deaf = true;
  ck_assert_int_eq (open_object (deaf), SK_OK);
  g_autoptr (SkObject) spent = object_of (text, strlen (text));
  spent->deaf = true; /* as the host is then */
  spent->work_left = 0;
  ck_assert_int_eq (open_object (spent), SK_LIMIT);
}
END_TEST

static uint8_t *
utf16_of (const char *text, bool big, size_t *ret_size)
{
  glong units;
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (text, -1, NULL, &units, NULL);
  uint8_t *out = g_malloc ((size_t) units * 2);
  for (glong i = 0; i < units; i++)
    {
      out[2 * i + (big ? 0 : 1)] = (uint8_t) (wide[i] >> 8);
      out[2 * i + (big ? 1 : 0)] = (uint8_t) wide[i];
    }
  *ret_size = (size_t) units * 2;
  return out;
}

START_TEST (test_utf16)
{
  const char *text = "\uFEFF{\"a\":\"日本\U0001f600\"}\r\n{\"b\":\"é\"}\r\n{\"c\":3}";
  for (int big = 0; big < 2; big++)
    {
      size_t size;
      g_autofree uint8_t *bytes = utf16_of (text, big != 0, &size);
      g_autoptr (SkObject) object = object_of (bytes, size);
      ck_assert_int_eq (open_object (object), SK_OK);
      ck_assert_uint_eq (object->records->len, 3);
      ck_assert_str_eq (sk_fake_field_text (sk_fake_record (object, 0), "a"), "日本\U0001f600");
      for (size_t i = 0; i < 3; i++)
        { /* the position is that of the brace in the object's own bytes */
          uint64_t at = sk_fake_record (object, i)->position;
          ck_assert_uint_lt (at, size);
          ck_assert_uint_eq (at % 2, 0);
          ck_assert_int_eq (bytes[at + (big ? 1 : 0)], '{');
        }
    }
  static const uint8_t odd[] = "\xff\xfe{\0\"\0a\0\"\0:\0\"\0\0\xd8\"\0}\0\n\0\x41";
  use ("json", "UTC");
  g_autoptr (SkObject) broken = object_of (odd, sizeof odd - 1);
  ck_assert_int_eq (open_object (broken), SK_PARTIAL);
  ck_assert_str_eq (sk_fake_field_text (sk_fake_record (broken, 0), "a"), "\xef\xbf\xbd");
}
END_TEST

/* Wrappers are told behind what they wrap: their places in UTF-16 cost no second count of all before. */
START_TEST (test_utf16_wrappers)
{
  const size_t count = 100000;
  g_autoptr (GString) text = g_string_new ("\uFEFF");
  for (size_t i = 0; i < count; i++)
    g_string_append (text, "{\"Records\":[{}],\"time\":1700000000}\n");
  size_t size;
  g_autofree uint8_t *bytes = utf16_of (text->str, false, &size);
  g_autoptr (SkObject) object = object_of (bytes, size);
  ck_assert_int_eq (open_object (object), SK_OK);
  ck_assert_uint_eq (object->records->len, 2 * count);
  ck_assert_uint_eq (sk_fake_record (object, 2 * count - 1)->position, size - (text->len - 3) / count * 2);
}
END_TEST

/* ---- what is not understood ---- */

START_TEST (test_bad_lines)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 1; i <= 30000; i++)
    if (i % 2500 == 17)
      g_string_append (text, "{\"a\": oops \\ \xe3\x81\x82 \x01 and a tail that is far too long to be shown in full in any message"
                             " for people, so that it is cut somewhere\n");
    else
      g_string_append (text, "{\"a\":1}\n");
  g_autoptr (SkObject) object = object_of (text->str, text->len);
  ck_assert_int_eq (open_object (object), SK_PARTIAL);
  ck_assert_uint_eq (object->records->len, 30000 - 12);
  ck_assert_uint_eq (sk_fake_count (object->notes, "not-inspected"), 1);
  const char *note = note_of (object, SK_REASON_MALFORMED);
  ck_assert_msg (g_str_has_prefix (note, "12 of 30,000 lines not understood, first at line 17: {\"a\": oops \\x5c \\xe3\\x81\\x82 \\x01 and"),
                 "%s", note);
  ck_assert_ptr_nonnull (strstr (note, "line 2517: "));
  ck_assert_ptr_nonnull (strstr (note, "line 5017: "));
  ck_assert_ptr_null (strstr (note, "line 7517: "));
  ck_assert_uint_lt (strlen (note), 400);
}
END_TEST

START_TEST (test_long_line)
{
  g_autoptr (GString) text = g_string_new ("{\"a\":1}\n{\"b\":\"");
  while (text->len < ((size_t) 100 << 20))
    g_string_append_len (text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 64);
  g_string_append (text, "\"}\n{\"c\":3}\n");
  g_autoptr (SkObject) object = sk_fake_object_new (&sekisho_plugin, "x.log", text->str, 0);
  LogSettings settings = { 0 };
  LogReader reader = { .api = sk_fake_api (),
                       .object = object,
                       .settings = &settings,
                       .text = { (const uint8_t *) text->str, text->len },
                       .line = 1,
                       .choice = { LOG_SHAPE_JSON_LINES, 0, true },
                       .last = true };
  ck_assert_int_eq (log_read (&reader), SK_PARTIAL);
  ck_assert_uint_eq (object->records->len, 2);
  ck_assert_int_eq (sk_fake_field_int (sk_fake_record (object, 1), "log.line"), 3);
  ck_assert_ptr_nonnull (strstr (note_of (object, SK_REASON_MALFORMED), "1 of 3 lines"));
}
END_TEST

START_TEST (test_truncated)
{
  const char *text = "{\n  \"a\": 1\n}\n{\n  \"b\": {\n";
  g_autoptr (SkObject) object = object_of (text, strlen (text));
  ck_assert_int_eq (open_object (object), SK_PARTIAL);
  ck_assert_uint_eq (object->records->len, 1);
  ck_assert_str_ne (note_of (object, SK_REASON_TRUNCATED), "");
  ck_assert_str_eq (note_of (object, SK_REASON_MALFORMED), "");
  g_autoptr (SkObject) cut = object_of (text, strlen (text));
  cut->cut = true; /* by a limit, which the host tells of */
  open_object (cut);
  ck_assert_uint_eq (cut->notes->len, 0);
  ck_assert_int_eq (result_of ("{\"a\":1}\n{\"b\":"), SK_PARTIAL);
}
END_TEST

START_TEST (test_deep)
{
  g_autoptr (GString) text = g_string_new ("{\"x\":1,\"d\":");
  for (int i = 0; i < 10000; i++)
    g_string_append (text, "[{\"y\":");
  for (int i = 0; i < 10000; i++)
    g_string_append (text, i == 0 ? "1}]" : "}]");
  g_string_append (text, "}\n{\"z\":1}\n");
  g_autoptr (SkObject) object = object_of (text->str, text->len);
  ck_assert_int_eq (open_object (object), SK_PARTIAL);
  ck_assert_uint_eq (object->records->len, 2);
  ck_assert_str_eq (note_of (object, SK_REASON_LIMIT), "1 objects and lists nested too deep not read");
}
END_TEST

/* ---- windows ---- */

static void
put_records (GString *out, const SkObject *object)
{
  for (size_t i = 0; sk_fake_record (object, i) != NULL; i++)
    {
      const SkRecord *record = sk_fake_record (object, i);
      g_string_append_printf (out, "%u %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, record->record,
                              record->position, record->time);
      for (guint j = 0; j < record->fields->len; j++)
        {
          const SkFakeField *field = g_ptr_array_index (record->fields, j);
          g_string_append_printf (out, " %s=%s/%" G_GINT64_FORMAT, field->name,
                                  field->text != NULL ? field->text : "", field->integer);
        }
      g_string_append_c (out, '\n');
    }
}

static int
compare_lines (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char *
sorted (const char *lines)
{
  g_auto (GStrv) all = g_strsplit (lines, "\n", -1);
  qsort (all, g_strv_length (all), sizeof *all, compare_lines);
  return g_strjoinv ("\n", all);
}

/* Records of the windows of `text`, each opened through the plugin as the host would. */
static char *
records_of_windows (const char *text, size_t size, const char *format, size_t *ret_windows)
{
  size_t length = strlen (text);
  g_autoptr (SkObject) whole = object_of (text, length);
  g_autoptr (GString) out = g_string_new (NULL);
  LogSettings settings = { .year = 2026 };
  LogReader reader = { .api = sk_fake_api (), .object = whole, .settings = &settings, .text = whole->bytes, .line = 1 };
  reader.choice = log_detect (whole->bytes, format);
  log_read_begin (&reader);
  ck_assert_int_ne (log_windows (&reader, size), SK_LIMIT);
  uint64_t at = 0;
  *ret_windows = whole->defers->len;
  for (guint i = 0; i < whole->defers->len; i++)
    {
      const SkFakeDefer *deferred = g_ptr_array_index (whole->defers, i);
      ck_assert_uint_ge (deferred->offset, at);
      at = deferred->offset + deferred->length;
      SkWindow window = { deferred->offset, deferred->length,
                          { (const uint8_t *) deferred->context, deferred->context_size } };
      g_autoptr (SkObject) part = object_of (text + deferred->offset, deferred->length);
      part->window = &window;
      open_object (part);
      put_records (out, part);
    }
  put_records (out, whole);
  return sorted (out->str);
}

static void
expect_windows (const char *text, const char *format)
{
  size_t most = 0, windows;
  for (size_t size = 1; size < strlen (text); size += 13)
    {
      g_autoptr (SkObject) whole = object_of (text, strlen (text));
      g_autoptr (GString) want = g_string_new (NULL);
      open_object (whole);
      put_records (want, whole);
      g_autofree char *expected = sorted (want->str);
      g_autofree char *got = records_of_windows (text, size, format, &windows);
      ck_assert_str_eq (got, expected);
      most = MAX (most, windows);
    }
  ck_assert_uint_gt (most, 2);
}

START_TEST (test_windows)
{
  expect_windows ("{\"a\":1}\n{\"a\":2}\r\n\n\noops\n{\"time\":1700000000}\n{\"a\":4}", "auto");
  expect_windows ("{\n\"a\":1\n}\n{\n\"a\":\n2}\n[\n{\"a\":3},\n{\"a\":4}]\n{\"a\":5}{\"a\":6}", "auto");
  expect_windows ("{\"n\":1,\n\"Records\":[{\"a\":1},\n{\"a\":2},{\"a\":3}],\n\"time\":1700000000}\n"
                  "{\n\"value\":[{\"a\":4},{\"a\":5}]\n}\n[{\"a\":6},{\"a\":7}]",
                  "auto");
  use ("syslog", "UTC");
  expect_windows ("Dec 31 23:59:58 mx sshd[1]: a\nDec 31 23:59:59 mx sshd[1]: b\n"
                  "Jan  1 00:00:00 mx sshd[1]: c\nJan  1 00:00:01 mx sshd[1]: d\nJan  1 00:00:02 mx sshd[1]: e\n",
                  "syslog");
  /* a window that holds most of a year */
  expect_windows ("Aug  1 00:00:00 mx sshd[1]: a\nOct  1 00:00:00 mx sshd[1]: b\nDec  1 00:00:00 mx sshd[1]: c\n"
                  "Feb  1 00:00:00 mx sshd[1]: d\nMar  1 00:00:00 mx sshd[1]: e\nMay  1 00:00:00 mx sshd[1]: f\n",
                  "syslog");
}
END_TEST

/* A line that is too long to be read may be cut by a window's end. */
START_TEST (test_window_in_line)
{
  g_autoptr (GString) text = g_string_new ("{\"a\":1}\n{\"b\":\"");
  for (size_t i = 0; i < 3 * LOG_MAX_LINE / 8; i++)
    g_string_append (text, "xxxxxxxx");
  g_string_append (text, "\"}\n{\"c\":3}\n");
  size_t windows;
  g_autofree char *got = records_of_windows (text->str, 100, "json", &windows);
  ck_assert_uint_eq (windows, 2);
  ck_assert_ptr_nonnull (strstr (got, "log.line=/1 a="));
  ck_assert_ptr_nonnull (strstr (got, "log.line=/3 c="));
  /* what stands behind the cut is in no window: that is said, whatever stands before it */
  g_autofree char *blanks = g_strnfill (3 * LOG_MAX_LINE, ' ');
  g_autofree char *late = g_strdup_printf ("{\"a\":1}\n{\"a\":2}\n%s{\"b\":1}\n{\"c\":3}\n", blanks);
  g_autoptr (SkObject) object = object_of (late, strlen (late));
  LogSettings settings = { 0 };
  LogReader reader = { .api = sk_fake_api (), .object = object, .settings = &settings, .text = object->bytes, .line = 1 };
  reader.choice = log_detect (object->bytes, "json");
  ck_assert_int_eq (log_windows (&reader, 100), SK_PARTIAL);
  ck_assert_ptr_nonnull (strstr (note_of (object, SK_REASON_LIMIT), "line 3"));
}
END_TEST

START_TEST (test_strange_window)
{
  uint8_t bytes[200] = { 0 };
  SkWindow window = { 0, 3, { bytes, sizeof bytes } };
  for (size_t size = 0; size < sizeof bytes; size++)
    {
      g_autoptr (SkObject) object = object_of ("{}\n", 3);
      window.context.size = size;
      object->window = &window;
      ck_assert_int_eq (open_object (object), SK_NOT_MINE);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("log");
  const struct {
    const char *name;
    const TTest *test;
  } cases[] = {
    { "options", test_options },     { "logs", test_logs },
    { "no logs", test_no_logs },     { "data", test_data },
    { "record", test_record },       { "wanted", test_wanted },
    { "UTF-16", test_utf16 },        { "bad lines", test_bad_lines },
    { "wrappers in UTF-16", test_utf16_wrappers }, { "long first line", test_long_first_line },
    { "long line", test_long_line }, { "truncated", test_truncated },
    { "deep", test_deep },           { "windows", test_windows },
    { "window in line", test_window_in_line },
    { "strange window", test_strange_window },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TCase *one = tcase_create (cases[i].name);
      tcase_add_checked_fixture (one, set_up, tear_down);
      tcase_add_test (one, cases[i].test);
      suite_add_tcase (suite, one);
    }
  return sk_test_main (suite);
}
