/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "log-json.h"
#include "sk-test.h"

#include <string.h>

static const LogZone tokyo = { NULL, 9 * 3600 };

/* ---- events as text ---- */

static uint32_t
every_field (void *data, SkSpan name)
{
  GPtrArray *names = data;
  g_ptr_array_add (names, g_strndup ((const char *) name.data, name.size));
  return names->len - 1;
}

static void
put_value (GString *out, const LogJsonValue *value, GPtrArray *names)
{
  g_string_append_printf (out, " %s=", (const char *) g_ptr_array_index (names, value->field));
  switch (value->type)
    {
    case LOG_JSON_BOOL:
      g_string_append (out, value->integer != 0 ? "true" : "false");
      break;
    case LOG_JSON_INT:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, value->integer);
      break;
    case LOG_JSON_TEXT:
    case LOG_JSON_ESCAPED:
      g_string_append (out, value->type == LOG_JSON_TEXT ? "'" : "\"");
      g_string_append_len (out, (const char *) value->text.data, (gssize) value->text.size);
      break;
    }
}

/* `line: name=value …` for each event, `line! ` for what is broken, `line? ` where the text ends in
 * it, with a line end behind each. `base` is added to nothing but the offsets, which stand behind
 * the line when `places`. */
static void
read_part (GString *out, LogJson *json, GPtrArray *names, size_t base, bool places)
{
  LogJsonEvent event;
  LogJsonStatus status;
  while ((status = log_json_next (json, &event)) != LOG_JSON_END)
    {
      const char *mark = status == LOG_JSON_EVENT ? ":" : log_json_unended (json) ? "?" : "!";
      g_string_append_printf (out, "%" G_GUINT64_FORMAT "%s", event.line, mark);
      if (places)
        g_string_append_printf (out, "@%zu", base + event.begin);
      for (size_t i = 0; status == LOG_JSON_EVENT && i < event.n_values; i++)
        put_value (out, &event.values[i], names);
      if (status == LOG_JSON_EVENT && event.time != 0)
        g_string_append_printf (out, " t%" G_GINT64_FORMAT, event.time / 1000000000);
      g_string_append_c (out, '\n');
    }
}

static char *
read_text (SkSpan text, unsigned flags, bool places)
{
  g_autofree uint8_t *exact = g_memdup2 (text.data, text.size);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LogJson) json = log_json_new (every_field, names, &tokyo);
  GString *out = g_string_new (NULL);
  log_json_start (json, (SkSpan){ exact, text.size }, 1, flags, (SkSpan){ NULL, 0 });
  read_part (out, json, names, 0, places);
  return g_string_free (out, FALSE);
}

static void
expect_flags (const char *text, unsigned flags, const char *expected)
{
  g_autofree char *got = read_text (sk_span_of_text (text), flags, false);
  ck_assert_str_eq (got, expected);
}

/* One line, one event or more. */
static void
expect (const char *text, const char *expected)
{
  expect_flags (text, LOG_JSON_LINES, expected);
  expect_flags (text, 0, expected);
}

/* ---- names and values ---- */

START_TEST (test_names)
{
  expect ("{\"a\":{\"b\":{\"c\":1}},\"d\":\"x\"}", "1: a.b.c=1 d='x\n");
  expect ("{\"a\":[1,\"x\",null,{\"b\":2},[3,{\"b\":4}]]}", "1: a=1 a='x a.b=2 a=3 a.b=4\n");
  expect ("{\"a\":null,\"b\":{},\"c\":[],\"d\":[{}]}", "1:\n");
  expect ("{\"a\":1,\"a\":2,\"a\":{\"b\":3},\"a.b\":4}", "1: a=1 a=2 a.b=3 a.b=4\n");
  expect ("{\"\\u0061\":1,\"\\u65e5\\ud83d\\ude00\":2,\"q\\\"\\n\":3,\"\":4}",
          "1: a=1 日\U0001f600=2 q\"\n=3 =4\n");
  expect ("{\"\\ud800x\":1}", "1: \xef\xbf\xbdx=1\n");
}
END_TEST

START_TEST (test_values)
{
  expect ("{\"a\":true,\"b\":false,\"c\":-0,\"d\":9223372036854775807,\"e\":-9223372036854775808}",
          "1: a=true b=false c=0 d=9223372036854775807 e=-9223372036854775808\n");
  expect ("{\"a\":9223372036854775808,\"b\":-9223372036854775809,\"c\":1.50,\"d\":1E+2}",
          "1: a='9223372036854775808 b='-9223372036854775809 c='1.50 d='1E+2\n");
  expect ("{\"a\":\"C:\\\\x\",\"b\":\"\\u0041\\/\",\"c\":\"\xff\x7f\"}",
          "1: a=\"C:\\\\x b=\"\\u0041\\/ c='\xff\x7f\n");
  expect ("{\"a\":18446744073709551616,\"b\":99999999999999999999999999}",
          "1: a='18446744073709551616 b='99999999999999999999999999\n");
}
END_TEST

/* What RFC 8259 refuses; each beside what it lets pass. */
START_TEST (test_grammar)
{
  static const char *const bad[]
      = { "{\"a\":01}",    "{\"a\":1.}",   "{\"a\":.5}",    "{\"a\":+1}",       "{\"a\":1e}",
          "{\"a\":-}",     "{\"a\":NaN}",  "{\"a\":'x'}",   "{a:1}",            "{\"a\" 1}",
          "{\"a\":1,}",    "{\"a\":[1,]}", "{,\"a\":1}",    "{\"a\":1]",        "{\"a\":\"\\x41\"}",
          "{\"a\":\"\t\"}", "{\"a\":tru}",  "{\"a\":\"\\u12g4\"}", "{\"a\":truee}", "{\"a\":1 2}",
          "{\"a\"::1}",    "5",            "\"x\"",         "null",             "}" };
  static const char *const good[] = { "{\"a\":0}",       "{\"a\":1.0}",     "{\"a\":0.5e-0}",
                                      "{\"a\":[1]}",     "{\"a\":\"\\t\"}", "{ \"a\" :\t1\r}",
                                      "{\"a\":\"\\u12a4\"}", "{}",           "[]" };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *got = read_text (sk_span_of_text (bad[i]), LOG_JSON_LINES, false);
      ck_assert_msg (strcmp (got, "1!\n") == 0, "%s: %s", bad[i], got);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *got = read_text (sk_span_of_text (good[i]), LOG_JSON_LINES, false);
      ck_assert_msg (strpbrk (got, "!?") == NULL, "%s: %s", good[i], got);
    }
}
END_TEST

START_TEST (test_windows_forms)
{
  expect ("{\"Event\":{\"System\":{\"EventID\":{\"#attributes\":{\"Qualifiers\":16},\"#text\":4624}}}}",
          "1: Event.System.EventID.#attributes.Qualifiers=16 Event.System.EventID=4624\n");
  expect ("{\"Event\":{\"EventData\":{\"Data\":[{\"@Name\":\"X\",\"#text\":\"v\"},{\"Name\":\"Y\",\"Value\":5},"
          "{\"content\":\"late\",\"Name\":\"Z\"},{\"#attributes\":{\"Name\":\"A b\"},\"#text\":[\"1\",\"2\"]}]}}}",
          "1: Event.EventData.X='v Event.EventData.Y=5 Event.EventData.Z='late "
          "Event.EventData.A b='1 Event.EventData.A b='2\n");
  expect ("{\"EventData\":{\"Data\":{\"@Name\":\"X\",\"#text\":\"v\"}}}", "1: EventData.X='v\n");
  expect ("{\"EventData\":{\"Data\":[\"one\",{\"#text\":\"two\"},{\"@Name\":\"X\"},{\"Name\":\"Y\",\"#text\":null}]}}",
          "1: EventData.Data='one EventData.Data='two\n");
  /* the same words elsewhere mean nothing */
  expect ("{\"Other\":{\"Data\":[{\"Name\":\"X\",\"Value\":\"v\"}]}}",
          "1: Other.Data.Name='X Other.Data.Value='v\n");
  /* a pair in a pair keeps to itself */
  expect ("{\"EventData\":{\"Data\":{\"#text\":\"w\",\"EventData\":{\"Data\":{\"@Name\":\"B\",\"#text\":\"v\"}},\"@Name\":\"A\"}}}",
          "1: EventData.A='w EventData.Data.EventData.B='v\n");
  expect ("{\"EventData\":{\"Data\":{\"@Name\":\"A\",\"EventData\":{\"Data\":{\"@Name\":\"B\"}},\"#text\":\"w\"}}}",
          "1: EventData.A='w\n");
  expect ("{\"EventData\":{\"Data\":{\"Name\":\"X\",\"Type\":\"t\",\"Value\":\"v\"}}}",
          "1: EventData.Data.Type='t EventData.X='v\n");
}
END_TEST

START_TEST (test_wrappers)
{
  expect ("[{\"a\":1},{\"a\":2},[{\"a\":3}]]", "1: a=1\n1: a=2\n1: a=3\n");
  expect ("{\"n\":1,\"Records\":[{\"a\":1},{\"a\":{\"b\":2}}],\"m\":2}", "1: a=1\n1: a.b=2\n");
  expect ("{\"took\":3,\"hits\":{\"total\":1,\"hits\":[{\"_id\":\"i\",\"_source\":{\"a\":1}}]}}",
          "1: _id='i a=1\n");
  expect ("{\"_index\":\"x\",\"_source\":{\"a\":{\"b\":1}}}", "1: _index='x a.b=1\n");
  expect ("{\"x\":{\"_source\":{\"a\":1}},\"_source\":5}", "1: x._source.a=1 _source=5\n");
  /* a wrapper that tells a time is a record too; a record that told its time before wraps nothing */
  expect ("{\"events\":[{\"a\":1}],\"time\":1700000000}", "1: a=1\n1: time=1700000000 t1700000000\n");
  expect ("{\"time\":1700000000,\"events\":[{\"a\":1}]}",
          "1: time=1700000000 events.a=1 t1700000000\n");
  /* no wrappers: deeper, or not of objects */
  expect ("{\"x\":{\"Records\":[{\"a\":1}]},\"value\":[1,{\"a\":2}],\"logs\":[]}",
          "1: x.Records.a=1 value=1 value.a=2\n");
  expect ("[{\"Records\":[{\"value\":[{\"a\":1}]},{\"a\":2}]},{\"a\":3}]", "1: a=1\n1: a=2\n1: a=3\n");
}
END_TEST

/* ---- times ---- */

static void
expect_time (const char *member, int64_t seconds)
{
  g_autofree char *text = g_strdup_printf ("{%s}", member);
  g_autofree char *got = read_text (sk_span_of_text (text), 0, false);
  g_autofree char *want = g_strdup_printf (" t%" G_GINT64_FORMAT "\n", seconds);
  if (seconds == 0)
    ck_assert_msg (!g_ascii_isdigit (strrchr (got, ' ')[2]), "%s: %s", member, got);
  else
    ck_assert_msg (g_str_has_suffix (got, want), "%s: %s", member, got);
}

START_TEST (test_times)
{
  expect_time ("\"@timestamp\":\"2023-11-14T22:13:20.123456789Z\"", 1700000000);
  expect_time ("\"timestamp\":\"2023-11-14T22:13:20+09:00\"", 1700000000 - 32400);
  expect_time ("\"timestamp\":\"2023-11-14 22:13:20\"", 1700000000 - 32400); /* the option's zone */
  expect_time ("\"UtcTime\":\"2023-11-14 22:13:20.079\"", 1700000000);
  expect_time ("\"Event\":{\"System\":{\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2023-11-14 22:13:20.1 UTC\"}}}}",
               1700000000);
  expect_time ("\"ts\":1700000000.25", 1700000000);
  expect_time ("\"time\":1700000000123", 1700000000);
  expect_time ("\"_time\":\"1700000000123456\"", 1700000000);
  expect_time ("\"eventTime\":1700000000123456789", 1700000000);
  expect_time ("\"TimeCreated\":\"\\/Date(1700000000000)\\/\"", 1700000000);
  /* the better name, wherever it stands; a better name that holds no time does not hide it */
  expect_time ("\"UtcTime\":\"2020-01-01 00:00:00\",\"@timestamp\":\"2023-11-14T22:13:20Z\"", 1700000000);
  expect_time ("\"@timestamp\":\"2023-11-14T22:13:20Z\",\"UtcTime\":\"2020-01-01 00:00:00\"", 1700000000);
  expect_time ("\"@timestamp\":\"soon\",\"ts\":1700000000", 1700000000);
  expect_time ("\"timestamp\":\"2023-02-29T00:00:00Z\"", 0);
  expect_time ("\"timestamp\":\"2023-11-14T24:13:20Z\"", 0);
  expect_time ("\"timestamp\":12", 0);
  expect_time ("\"mytime\":1700000000", 0);
  expect_time ("\"a\":{\"@timestamp\":\"2023-11-14T22:13:20Z\"}", 0);
}
END_TEST

/* ---- bounds ---- */

static GString *
repeat (const char *text, size_t count)
{
  GString *out = g_string_new (NULL);
  while (count-- > 0)
    g_string_append (out, text);
  return out;
}

static char *
events_of (const char *text, LogJsonUnread *ret_unread)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LogJson) json = log_json_new (every_field, names, &tokyo);
  GString *out = g_string_new (NULL);
  log_json_start (json, sk_span_of_text (text), 1, LOG_JSON_LINES, (SkSpan){ NULL, 0 });
  read_part (out, json, names, 0, false);
  *ret_unread = *log_json_unread (json);
  return g_string_free (out, FALSE);
}

START_TEST (test_deep)
{
  LogJsonUnread unread;
  g_autoptr (GString) open = repeat ("{\"a\":", 10000);
  g_autoptr (GString) close = repeat ("}", 10000);
  g_autofree char *text = g_strdup_printf ("{\"x\":1,\"d\":%s[1]%s,\"y\":2}\n{\"z\":3}", open->str, close->str);
  g_autofree char *got = events_of (text, &unread);
  ck_assert_str_eq (got, "1: x=1 y=2\n2: z=3\n");
  ck_assert_uint_eq (unread.deep, 1);
  /* the last level that is read, and the first that is not */
  for (size_t levels = LOG_JSON_MAX_LEVELS; levels >= LOG_JSON_MAX_LEVELS - 1; levels--)
    {
      g_string_truncate (open, levels * 5);
      g_string_truncate (close, levels);
      g_autofree char *edge = g_strdup_printf ("%s{\"v\":1}%s", open->str, close->str);
      g_autofree char *found = events_of (edge, &unread);
      ck_assert_int_eq (strstr (found, "v=1") != NULL, levels < LOG_JSON_MAX_LEVELS);
      ck_assert_uint_eq (unread.deep, levels < LOG_JSON_MAX_LEVELS ? 0 : 1);
    }
  /* nothing closes */
  g_autoptr (GString) arrays = repeat ("[", 3000000);
  g_autofree char *nothing = events_of (arrays->str, &unread);
  ck_assert_str_eq (nothing, "1!\n");
  g_autoptr (GString) brackets = repeat ("[", 100000);
  g_autofree char *unended = events_of (brackets->str, &unread);
  ck_assert_str_eq (unended, "1?\n");
}
END_TEST

START_TEST (test_many)
{
  LogJsonUnread unread;
  g_autoptr (GString) ones = repeat ("1,", LOG_JSON_MAX_VALUES + 9);
  g_autofree char *text = g_strdup_printf ("{\"a\":[%s1],\"b\":2}\n{\"c\":3}", ones->str);
  g_autofree char *got = events_of (text, &unread);
  ck_assert_uint_eq (unread.values, 11);
  ck_assert_ptr_nonnull (strstr (got, "\n2: c=3\n"));
  g_autoptr (GString) key = repeat ("k", LOG_JSON_MAX_NAME - 2);
  g_autofree char *names = g_strdup_printf ("{\"%s\":{\"b\":1,\"bc\":2},\"x\":3}", key->str);
  g_autofree char *found = events_of (names, &unread);
  ck_assert_ptr_nonnull (strstr (found, "k.b=1 x=3\n"));
  ck_assert_uint_eq (unread.names, 1);
  g_autofree char *pair = g_strdup_printf ("{\"EventData\":{\"Data\":{\"Name\":\"%s\",\"Value\":1}}}", key->str);
  g_autofree char *nothing = events_of (pair, &unread);
  ck_assert_str_eq (nothing, "1:\n");
  ck_assert_uint_eq (unread.names, 1);
}
END_TEST

/* New names in every record: those of old ones are forgotten, nothing is lost. */
START_TEST (test_new_names)
{
  g_autoptr (GString) text = g_string_new (NULL);
  LogJsonUnread unread;
  for (int i = 0; i < 150000; i++)
    g_string_append_printf (text, "{\"n%d\":{\"m\":%d}}\n", i, i);
  g_autofree char *got = events_of (text->str, &unread);
  ck_assert_uint_eq (unread.names, 0);
  ck_assert_ptr_nonnull (strstr (got, "\n150000: n149999.m=149999\n"));
  /* more in one record than there is room for */
  g_string_assign (text, "{\"a\":1");
  for (int i = 0; i < 70000; i++)
    g_string_append_printf (text, ",\"%x\":0", i);
  g_string_append (text, "}\n{\"after\":1}\n");
  g_autofree char *more = events_of (text->str, &unread);
  ck_assert_uint_gt (unread.names, 4000);
  ck_assert_ptr_nonnull (strstr (more, "\n2: after=1\n"));
  /* nor does such a record cost those behind it in an array, or what its wrapper says */
  static const char *const around[][2] = { { "[", ",{\"b\":2}]" },
                                           { "{\"Records\":[", ",{\"b\":2}],\"time\":1700000000,\"c\":3}" },
                                           { "{\"hits\":{\"hits\":[", ",{\"b\":2}],\"total\":4},\"time\":1700000000,\"c\":3}" } };
  for (size_t j = 0; j < G_N_ELEMENTS (around); j++)
    {
      g_string_assign (text, around[j][0]);
      for (int i = 0; i < 70000; i++)
        g_string_append_printf (text, "%s\"%x\":0", i == 0 ? "{" : ",", i);
      g_string_append_printf (text, "}%s", around[j][1]);
      g_autofree char *found = events_of (text->str, &unread);
      ck_assert_uint_gt (unread.names, 4000);
      ck_assert_ptr_nonnull (strstr (found, "\n1: b=2\n"));
      ck_assert (j == 0 || strstr (found, " c=3 t1700000000\n") != NULL);
      ck_assert (j != 2 || strstr (found, "\n1: hits.total=4 time=1700000000 c=3 ") != NULL);
    }
}
END_TEST

START_TEST (test_long)
{
  LogJsonUnread unread;
  g_autoptr (GString) fill = repeat ("x", LOG_JSON_MAX_RECORD);
  g_autofree char *text
      = g_strdup_printf ("{\"a\":1}\n{\"b\":\"%s\"}\n{\"c\":[\"%s\n{\"d\":4}\n", fill->str, fill->str);
  g_autofree char *got = events_of (text, &unread);
  ck_assert_str_eq (got, "1: a=1\n2!\n3!\n4: d=4\n");
  /* the same in an array on one line: its other elements stay */
  g_autofree char *array = g_strdup_printf ("[{\"a\":1},{\"b\":[\"%s\"]},{\"c\":3}]", fill->str);
  expect (array, "1: a=1\n1!\n1: c=3\n");
  /* exactly the maximum */
  g_string_truncate (fill, LOG_JSON_MAX_RECORD - strlen ("{\"b\":\"\"}"));
  g_autofree char *edge = g_strdup_printf ("{\"b\":\"%s\"}\n{\"c\":1}", fill->str);
  g_autofree char *found = events_of (edge, &unread);
  ck_assert_ptr_null (strchr (found, '!'));
}
END_TEST

/* ---- going on ---- */

START_TEST (test_broken_lines)
{
  expect_flags ("{\"a\":1}\r\n\r\n\n{\"b\":{\n{\"c\":3}\ngarbage {\"x\":1}\n{\"d\":4}{\"e\":5}\n{\"f\":\n6}\n{\"g\":7",
                LOG_JSON_LINES, "1: a=1\n4!\n5: c=3\n6!\n7: d=4\n7: e=5\n8!\n9!\n10?\n");
  static const char nul[] = "\xef\xbb\xbf{\"a\":1}\n\0\0\0{\"b\":2}\n\0\n{\"c\0\":3}\n{\"d\":4}\n\0\0";
  g_autofree char *got = read_text ((SkSpan){ (const uint8_t *) nul, sizeof nul - 1 }, LOG_JSON_LINES, true);
  ck_assert_str_eq (got, "1:@3 a=1\n2:@14 b=2\n4!@24\n5:@33 d=4\n");
}
END_TEST

START_TEST (test_broken_documents)
{
  /* the middle one lost its end */
  expect_flags ("{\n  \"a\": 1\n}\n{\n  \"b\": {\n    \"x\": 1,\n{\n  \"c\": 3\n}\n", 0,
                "1: a=1\n4!\n7: c=3\n");
  /* a broken element of an array, indented like the others */
  expect_flags ("[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": oops\n  },\n  {\n    \"c\": 3\n  }\n]\n{\"d\":4}\n", 0,
                "2: a=1\n5!\n8: c=3\n12: d=4\n");
  expect_flags ("[\n{\"a\":1},\n{\"b\":oops},\n{\"c\":3}\n]\n", 0, "2: a=1\n3!\n4: c=3\n");
  expect_flags ("{\n  \"a\": 1\n}\n{\n  \"b\": [1,\n", 0, "1: a=1\n4?\n");
  expect_flags ("{\"Records\": [\n  {\"a\": 1},\n  {\"b\": \n", 0, "2: a=1\n3?\n");
  /* what was read once is not read again */
  expect_flags ("[[[[\n[[[[{\"a\":1}]]]]", 0, "2: a=1\n1?\n");
  expect_flags ("not json\n{\"a\": 1}\n", 0, "1!\n2: a=1\n");
}
END_TEST

/* ---- cutting ---- */

/* The text is read in two or more parts, cut where an event begins: the same comes out. */
static char *
read_cut (SkSpan text, size_t nth)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LogJson) whole = log_json_new (every_field, names, &tokyo);
  g_autoptr (LogJson) part = log_json_new (every_field, names, &tokyo);
  GString *out = g_string_new (NULL);
  char place[LOG_JSON_MAX_LEVELS];
  size_t cut = 0, n_place = 0, seen = 0;
  uint64_t line = 1;
  LogJsonEvent event;
  LogJsonStatus status;
  log_json_start (whole, text, 1, 0, (SkSpan){ NULL, 0 });
  while ((status = log_json_next (whole, &event)) != LOG_JSON_END)
    {
      if (status != LOG_JSON_EVENT || event.wrapper || seen++ % nth != nth - 1)
        continue;
      g_autofree uint8_t *exact = g_memdup2 (text.data + cut, event.begin - cut);
      log_json_start (part, (SkSpan){ exact, event.begin - cut }, line, LOG_JSON_OPEN_END,
                      (SkSpan){ (const uint8_t *) place, n_place });
      read_part (out, part, names, cut, true);
      cut = event.begin;
      line = event.line;
      n_place = log_json_place (whole, place);
    }
  log_json_start (part, sk_span_slice (text, cut, text.size), line, 0,
                  (SkSpan){ (const uint8_t *) place, n_place });
  read_part (out, part, names, cut, true);
  return g_string_free (out, FALSE);
}

START_TEST (test_cut)
{
  static const char *const texts[] = {
    "{\"a\":1}\n{\"a\":2}\n\n{\n\"a\":3}\n{\"a\":4}",
    "[\n {\"a\":1},\n {\"a\":2},\n {\"a\":oops},\n {\"a\":4},\n {\"a\":5}\n]\n",
    "{\"n\":1,\"Records\":[{\"a\":1},{\"a\":2}],\"m\":[{}]}\n[[{\"a\":3},{\"a\":4}]]\n",
    "{\"hits\":{\"hits\":[{\"_source\":{\"a\":1}},{\"_source\":{\"a\":2}}],\"x\":1},\"y\":2} {\"a\":3}",
    "[{\"value\":[{\"logs\":[{\"a\":1},{\"a\":2}]},{\"a\":3}]},{\"a\":4}] {\"a\":5",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    for (size_t nth = 1; nth < 4; nth++)
      {
        SkSpan text = sk_span_of_text (texts[i]);
        g_autofree char *want = read_text (text, 0, true);
        g_autofree char *got = read_cut (text, nth);
        ck_assert_str_eq (got, want);
      }
}
END_TEST

/* A place that nobody could have been in is no danger. */
START_TEST (test_strange_place)
{
  static const char *const places[] = { "oooooooooo", "hhhh", "o", "aaaaaaaa", "ahoahoahoaho", "zzz" };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LogJson) json = log_json_new (every_field, names, &tokyo);
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      log_json_start (json, sk_span_of_text ("{\"Records\":[{\"a\":1},{\"a\":2}]}]}]}}}]}]}{\"a\":3}\n{\"a\":4}"),
                      1, LOG_JSON_OPEN_END, sk_span_of_text (places[i]));
      read_part (out, json, names, 0, false);
      ck_assert_ptr_nonnull (strstr (out->str, "a=4"));
    }
}
END_TEST

/* Only what is asked for comes. */
static uint32_t
one_field (void *data, SkSpan name)
{
  (void) data;
  return sk_span_equal (name, sk_span_of_text ("a.b")) ? 7 : SK_NO_FIELD;
}

START_TEST (test_wanted)
{
  g_autoptr (LogJson) json = log_json_new (one_field, NULL, &tokyo);
  LogJsonEvent event;
  log_json_start (json, sk_span_of_text ("{\"a\":{\"x\":1,\"b\":2,\"c\":[3]},\"ts\":1700000000}"), 1, 0,
                  (SkSpan){ NULL, 0 });
  ck_assert_int_eq (log_json_next (json, &event), LOG_JSON_EVENT);
  ck_assert_uint_eq (event.n_values, 1);
  ck_assert_uint_eq (event.values[0].field, 7);
  ck_assert_int_eq (event.values[0].integer, 2);
  ck_assert_int_eq (event.time, INT64_C (1700000000000000000));
  ck_assert_int_eq (log_json_next (json, &event), LOG_JSON_END);
  ck_assert_int_eq (log_json_next (json, &event), LOG_JSON_END);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("log-json");
  TCase *names = tcase_create ("names and values");
  tcase_add_test (names, test_names);
  tcase_add_test (names, test_values);
  tcase_add_test (names, test_grammar);
  tcase_add_test (names, test_windows_forms);
  tcase_add_test (names, test_wrappers);
  tcase_add_test (names, test_times);
  tcase_add_test (names, test_wanted);
  suite_add_tcase (suite, names);
  TCase *bounds = tcase_create ("bounds");
  tcase_add_test (bounds, test_deep);
  tcase_add_test (bounds, test_many);
  tcase_add_test (bounds, test_new_names);
  tcase_add_test (bounds, test_long);
  suite_add_tcase (suite, bounds);
  TCase *parts = tcase_create ("broken and cut");
  tcase_add_test (parts, test_broken_lines);
  tcase_add_test (parts, test_broken_documents);
  tcase_add_test (parts, test_cut);
  tcase_add_test (parts, test_strange_place);
  suite_add_tcase (suite, parts);
  return sk_test_main (suite);
}
