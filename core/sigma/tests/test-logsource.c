/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "sigma/logsource.h"
#include "sk-test.h"

#include <string.h>

static void
note (void *data, const char *file, uint32_t line, const char *text)
{
  g_string_append_printf (data, "%s:%u: %s\n", file, line, text);
}

static void
add (SkLogsources *table, const char *file, const char *text)
{
  g_autoptr (GString) said = g_string_new (NULL);
  bool good = sk_logsources_add (table, file, sk_span_of_text (text), note, said);
  ck_assert_msg (good && said->len == 0, "%s", said->str);
}

/* The file is refused, with exactly these complaints, and nothing of it is there. */
static void
refused (const char *text, const char *complaints)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  g_autoptr (GString) said = g_string_new (NULL);
  ck_assert (!sk_logsources_add (table, "t.yml", sk_span_of_text (text), note, said));
  ck_assert_str_eq (said->str, complaints);
  ck_assert_ptr_null (sk_logsources_at (table, 0));
}

static void
names_are (const SkLogsources *table, const SkLogsourceEntry *entry, const char *field,
           const char *expected)
{
  g_auto (GStrv) names = sk_logsources_names (table, entry, field);
  g_autofree char *joined = g_strjoinv (" ", names);
  ck_assert_str_eq (joined, expected);
}

static const char small[]
    = "sources:\n"
      "  - logsource: {product: Windows, category: process_creation}\n"
      "    kind: log.json\n"
      "    when: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: [1, 255]}\n"
      "  - logsource: {product: windows, service: security}\n"
      "    kind: [log.json, log.syslog]\n"
      "    when: {Channel: Security}\n"
      "    fields: {Image: NewProcessName, ProcessId: [NewProcessId, pid]}\n"
      "  - logsource: {category: proxy}\n"
      "    kind: log.web\n"
      "  - logsource: {product: aws}\n"
      "    kind: log.json\n"
      "    when: other\n"
      "fields:\n"
      "  log.json:\n"
      "    EventID: [Event.System.EventID, EventID]\n"
      "    Image: process.executable\n"
      "prefixes:\n"
      "  log.json: [Event.EventData., w.]\n"
      "default: {kind: log.json}\n";

START_TEST (test_entries)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  add (table, "t.yml", small);
  const SkLogsourceEntry *entry = sk_logsources_at (table, 0);
  ck_assert_str_eq (entry->logsource.product, "windows");
  ck_assert_str_eq (entry->logsource.category, "process_creation");
  ck_assert_ptr_null (entry->logsource.service);
  ck_assert_str_eq (entry->kind, "log.json");
  ck_assert_uint_eq (entry->n_tests, 2);
  ck_assert_str_eq (entry->tests[0].field, "Channel");
  ck_assert_str_eq (entry->tests[0].values[0], "Microsoft-Windows-Sysmon/Operational");
  ck_assert_ptr_null (entry->tests[0].values[1]);
  ck_assert_str_eq (entry->tests[1].values[1], "255");
  ck_assert_str_eq (entry->file, "t.yml");
  ck_assert_uint_eq (entry->line, 2);
  ck_assert (!entry->is_default && !entry->others);
  ck_assert_str_eq (sk_logsources_at (table, 1)->kind, "log.json");
  ck_assert_str_eq (sk_logsources_at (table, 2)->kind, "log.syslog");
  ck_assert_uint_eq (sk_logsources_at (table, 2)->n_fields, 2);
  ck_assert_uint_eq (sk_logsources_at (table, 3)->n_tests, 0);
  ck_assert (!sk_logsources_at (table, 3)->others);
  ck_assert (sk_logsources_at (table, 4)->others && !sk_logsources_at (table, 4)->is_default);
  entry = sk_logsources_at (table, 5);
  ck_assert (entry->is_default && entry->others);
  ck_assert_ptr_null (entry->logsource.product);
  ck_assert_ptr_null (sk_logsources_at (table, 6));
}
END_TEST

START_TEST (test_names)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  add (table, "t.yml", small);
  const SkLogsourceEntry *sysmon = sk_logsources_at (table, 0);
  names_are (table, sysmon, "User", "Event.EventData.User w.User User");
  names_are (table, sysmon, "EventID",
             "Event.System.EventID EventID Event.EventData.EventID w.EventID");
  names_are (table, sysmon, "Image", "process.executable Event.EventData.Image w.Image Image");
  /* Another case is another field. */
  names_are (table, sysmon, "image", "Event.EventData.image w.image image");
  /* What the entry gives stands for the name itself. */
  const SkLogsourceEntry *security = sk_logsources_at (table, 1);
  names_are (table, security, "Image",
             "Event.EventData.NewProcessName w.NewProcessName NewProcessName process.executable");
  names_are (
      table, security, "ProcessId",
      "Event.EventData.NewProcessId w.NewProcessId NewProcessId Event.EventData.pid w.pid pid");
  /* Kinds share nothing. */
  names_are (table, sk_logsources_at (table, 2), "Image", "NewProcessName");
  names_are (table, sk_logsources_at (table, 3), "EventID", "EventID");
}
END_TEST

START_TEST (test_files_add_up)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  add (table, "a.yml", "fields: {log.json: {Image: [a, b]}}\nprefixes: {log.json: p.}\n");
  add (table, "b.yml", "fields: {log.json: {Image: [b, c]}}\nprefixes: {log.json: [q., p.]}\n");
  add (table, "c.yml", "sources: [{logsource: {product: x}, kind: log.json}]\n");
  add (table, "empty.yml", "# nothing yet\n");
  names_are (table, sk_logsources_at (table, 0), "Image", "a b c p.Image q.Image Image");
  add (table, "d.yml",
       "sources: [{logsource: {product: y}, kind: log.json, prefixes: [r., p.], "
       "fields: {User: u}}]\n");
  const SkLogsourceEntry *own = sk_logsources_at (table, 1);
  names_are (table, own, "Image", "a b c r.Image p.Image q.Image Image");
  names_are (table, own, "User", "r.u p.u q.u u");
}
END_TEST

static bool
means (const char *category, const char *product, const char *service,
       const SkLogsourceEntry *entry)
{
  const SkSigmaLogsource rule = { category, product, service };
  return sk_logsource_means (&rule, entry);
}

START_TEST (test_means)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  add (table, "t.yml", small);
  const SkLogsourceEntry *creation = sk_logsources_at (table, 0);
  ck_assert (means ("process_creation", "windows", NULL, creation));
  ck_assert (means (NULL, "windows", NULL, creation));
  ck_assert (means (NULL, "windows", NULL, sk_logsources_at (table, 1)));
  ck_assert (means ("process_creation", NULL, NULL, creation));
  ck_assert (!means ("process_creation", "linux", NULL, creation));
  ck_assert (!means ("process_creation", "windows", "sysmon", creation));
  ck_assert (!means (NULL, NULL, "security", creation));
  ck_assert (!means ("proxy", "windows", NULL, sk_logsources_at (table, 3)));
  ck_assert (!means (NULL, NULL, NULL, sk_logsources_at (table, 5)));
  ck_assert (!means (NULL, "windows", NULL, sk_logsources_at (table, 5)));
}
END_TEST

START_TEST (test_refused_places)
{
  refused ("sources: 1\n", "t.yml:1: column 10: sources must be a list of entries\n");
  refused ("- a\n", "t.yml:1: column 1: a table of logsources must be a map\n");
  refused ("sources:\n  - 7\n", "t.yml:2: column 5: an entry of sources must be a map\n");
  refused ("source: []\n", "t.yml:1: column 1: unknown key \"source\"; known here: sources, "
                           "fields, prefixes, default\n");
  refused ("a: 1\na: 2\n", "t.yml:2: column 1: the key \"a\" stands here twice\n");
}
END_TEST

START_TEST (test_refused_entries)
{
  refused ("sources:\n  - {kind: log.json}\n", "t.yml:2: column 5: an entry needs a logsource\n");
  refused ("sources:\n  - {logsource: {product: x}}\n",
           "t.yml:2: column 5: an entry needs a kind of records\n");
  refused ("sources:\n  - {logsource: {}, kind: k}\n",
           "t.yml:2: column 17: logsource must name a category, a product or a service\n");
  refused ("sources:\n  - {logsource: {vendor: x}, kind: k}\n",
           "t.yml:2: column 18: unknown key \"vendor\"; known here: category, product, service\n");
  refused ("sources:\n  - {logsource: {product: [x]}, kind: k}\n",
           "t.yml:2: column 27: product must be a text that is not empty\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: k, where: 1}\n",
           "t.yml:2: column 40: unknown key \"where\"; known here: logsource, kind, when, fields, "
           "prefixes\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: []}\n",
           "t.yml:2: column 37: kind must be a text or a list of texts\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: [a, a]}\n",
           "t.yml:2: column 41: \"a\" stands here twice\n"
           "t.yml:2: column 5: the same logsource, kind and when stand in t.yml:2\n");
}
END_TEST

START_TEST (test_refused_values)
{
  refused ("sources:\n  - {logsource: {product: x}, kind: k, when: others}\n",
           "t.yml:2: column 46: when must be a map of fields and values, or the word other\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: k, when: {}}\n",
           "t.yml:2: column 46: when must be a map of fields and values, or the word other\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: k, when: {a: ~}}\n",
           "t.yml:2: column 50: a must be a text that is not empty\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: k, fields: {a: {b: c}}}\n",
           "t.yml:2: column 52: a must be a text or a list of texts\n");
  refused ("fields: {log.json: [a]}\n", "t.yml:1: column 20: log.json must be a map\n");
  refused ("fields: {log.json: {a: [b, '']}}\n",
           "t.yml:1: column 28: a must be a text that is not empty\n");
  refused ("prefixes: {log.json: [a., a.]}\n", "t.yml:1: column 27: \"a.\" stands here twice\n");
  refused ("sources:\n  - {logsource: {product: x}, kind: k, prefixes: {}}\n",
           "t.yml:2: column 50: prefixes must be a text or a list of texts\n");
  refused ("default: log.json\n", "t.yml:1: column 10: default must be a map\n");
  refused ("default: {}\n", "t.yml:1: column 10: an entry needs a kind of records\n");
}
END_TEST

/* One mistake and nothing of the file is taken: neither entries nor names. */
START_TEST (test_whole_or_nothing)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  g_autoptr (GString) said = g_string_new (NULL);
  add (table, "a.yml", "sources: [{logsource: {product: x}, kind: k}]\n");
  const char *half = "sources: [{logsource: {product: y}, kind: k}]\n"
                     "fields: {k: {a: b}}\nprefixes: {k: p.}\nmore: 1\n";
  ck_assert (!sk_logsources_add (table, "b.yml", sk_span_of_text (half), note, said));
  ck_assert_ptr_null (sk_logsources_at (table, 1));
  names_are (table, sk_logsources_at (table, 0), "a", "a");
  /* And so the same without the mistake is no repetition. */
  add (table, "b.yml", "sources: [{logsource: {product: y}, kind: k}]\n");
}
END_TEST

START_TEST (test_repeated_entries)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  g_autoptr (GString) said = g_string_new (NULL);
  add (table, "a.yml",
       "\nsources: [{logsource: {product: x}, kind: k, when: {a: [p, q], b: r}}]\n"
       "default: {kind: k}\n");
  const char *same = "sources: [{logsource: {product: X}, kind: k, when: {b: R, a: [q, P]}}]\n"
                     "default: {kind: k}\n";
  ck_assert (!sk_logsources_add (table, "b.yml", sk_span_of_text (same), note, said));
  ck_assert_str_eq (said->str,
                    "b.yml:1: column 11: the same logsource, kind and when stand in a.yml:2\n"
                    "b.yml:2: column 10: the same logsource, kind and when stand in a.yml:3\n");
  /* Near misses: another value, another kind, none, the rest. */
  add (table, "c.yml",
       "sources:\n- {logsource: {product: x}, kind: k, when: {a: p, b: r}}\n"
       "- {logsource: {product: x}, kind: l, when: {a: [p, q], b: r}}\n"
       "- {logsource: {product: x}, kind: k}\n"
       "- {logsource: {product: x}, kind: k, when: other}\n"
       "- {logsource: {service: x}, kind: k, when: {a: [p, q], b: r}}\n");
}
END_TEST

START_TEST (test_bad_bytes)
{
  g_autoptr (SkLogsources) table = sk_logsources_new ();
  g_autoptr (GString) said = g_string_new (NULL);
  SkSpan bytes = { (const uint8_t *) "sources: []\n# \xff\n", 16 };
  ck_assert (!sk_logsources_add (table, "d:1/\xff.yml", bytes, note, said));
  ck_assert_msg (strstr (said->str, ":2: column 3: not UTF-8 text") != NULL, "%s", said->str);
  g_string_truncate (said, 0);
  ck_assert (
      !sk_logsources_add (table, "s.yml", sk_span_of_text ("sources:\n  - [\n"), note, said));
  ck_assert_msg (g_str_has_prefix (said->str, "s.yml:3: column 1: "), "%s", said->str);
}
END_TEST

/* ---- the tables that are shipped ---- */

static void
add_shipped (SkLogsources *table, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("abs_top_srcdir"), "signatures", "sigma",
                                            "logsources", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  ck_assert_msg (g_file_get_contents (path, &text, NULL, &error), "%s",
                 error ? error->message : "");
  add (table, name, text);
}

static SkLogsources *
shipped (void)
{
  static const char *const names[] = { "application.yml", "cloud.yml", "linux.yml",  "network.yml",
                                       "sekisho.yml",     "web.yml",   "windows.yml" };
  SkLogsources *table = sk_logsources_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    add_shipped (table, names[i]);
  return table;
}

/* How many entries a rule of that logsource means. */
static uint32_t
count (const SkLogsources *table, const char *category, const char *product, const char *service)
{
  uint32_t found = 0;
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (table, i)) != NULL; i++)
    found += means (category, product, service, entry);
  return found;
}

START_TEST (test_shipped_sources)
{
  g_autoptr (SkLogsources) table = shipped ();
  ck_assert_uint_eq (count (table, "process_creation", "windows", NULL), 3);
  ck_assert_uint_eq (count (table, "registry_add", "windows", NULL), 1);
  ck_assert_uint_eq (count (table, NULL, "windows", "security"), 1);
  ck_assert_uint_ge (count (table, NULL, "windows", NULL), 80);
  ck_assert_uint_ge (count (table, "process_creation", NULL, NULL), 6);
  ck_assert_uint_ge (count (table, NULL, NULL, "apache"), 2);
  ck_assert_uint_ge (count (table, NULL, "kubernetes", "audit"), 2);
  ck_assert_uint_eq (count (table, "object", "sekisho", NULL), 1);
  ck_assert_uint_eq (count (table, "file", "sekisho", NULL), 1);
  ck_assert_uint_eq (count (table, NULL, "windows", "nothing-of-the-kind"), 0);
}
END_TEST

START_TEST (test_shipped_kinds)
{
  static const char *const kinds[]
      = { "object", "file", "log.json", "log.syslog", "log.web", NULL };
  g_autoptr (SkLogsources) table = shipped ();
  const SkLogsourceEntry *entry;
  uint32_t defaults = 0;
  for (uint32_t i = 0; (entry = sk_logsources_at (table, i)) != NULL; i++)
    {
      ck_assert_msg (g_strv_contains (kinds, entry->kind), "%s:%u", entry->file, entry->line);
      defaults += entry->is_default;
    }
  ck_assert_uint_eq (defaults, 1);
}
END_TEST

/* The entry of windows.yml with that event number in its tests. */
static const SkLogsourceEntry *
numbered (const SkLogsources *table, const char *category, const char *number)
{
  const SkLogsourceEntry *entry;
  for (uint32_t i = 0; (entry = sk_logsources_at (table, i)) != NULL; i++)
    for (uint32_t j = 0; means (category, "windows", NULL, entry) && j < entry->n_tests; j++)
      if (strcmp (entry->tests[j].field, "EventID") == 0
          && g_strv_contains (entry->tests[j].values, number))
        return entry;
  ck_abort_msg ("%s %s", category, number);
}

static bool
has_name (const SkLogsources *table, const SkLogsourceEntry *entry, const char *field,
          const char *name)
{
  g_auto (GStrv) names = sk_logsources_names (table, entry, field);
  return g_strv_contains ((const char *const *) names, name);
}

/* Each way of export that is promised, for an event of Sysmon and one of the system's auditing. */
START_TEST (test_shipped_names)
{
  static const char *const sysmon[][2]
      = { { "EventID", "Event.System.EventID" },
          { "EventID", "winlog.event_id" },
          { "EventID", "event.code" },
          { "EventID", "EventID" },
          { "Channel", "Event.System.Channel" },
          { "Channel", "winlog.channel" },
          { "Channel", "Channel" },
          { "Provider_Name", "Event.System.Provider.#attributes.Name" },
          { "Provider_Name", "Event.System.Provider_Name" },
          { "Provider_Name", "Event.System.Provider_attributes.Name" },
          { "Image", "Event.EventData.Image" },
          { "Image", "winlog.event_data.Image" },
          { "Image", "process.executable" },
          { "Image", "Image" },
          { "ParentCommandLine", "process.parent.command_line" },
          { "Anything", "Event.EventData.Anything" } };
  g_autoptr (SkLogsources) table = shipped ();
  const SkLogsourceEntry *entry = numbered (table, "process_creation", "1");
  for (size_t i = 0; i < G_N_ELEMENTS (sysmon); i++)
    ck_assert_msg (has_name (table, entry, sysmon[i][0], sysmon[i][1]), "%s", sysmon[i][1]);
  ck_assert (!has_name (table, entry, "Image", "Event.EventData.NewProcessName"));
  entry = numbered (table, "process_creation", "4688");
  ck_assert (has_name (table, entry, "Image", "Event.EventData.NewProcessName"));
  ck_assert (has_name (table, entry, "ParentImage", "winlog.event_data.ParentProcessName"));
  ck_assert (has_name (table, entry, "CommandLine", "Event.EventData.CommandLine"));
  /* There `ProcessId` is the parent's. */
  ck_assert (has_name (table, entry, "ParentProcessId", "Event.EventData.ProcessId"));
  ck_assert (!has_name (table, entry, "ProcessId", "Event.EventData.ProcessId"));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("logsource");
  TCase *tests = tcase_create ("logsource");
  tcase_add_test (tests, test_entries);
  tcase_add_test (tests, test_names);
  tcase_add_test (tests, test_files_add_up);
  tcase_add_test (tests, test_means);
  tcase_add_test (tests, test_refused_places);
  tcase_add_test (tests, test_refused_entries);
  tcase_add_test (tests, test_refused_values);
  tcase_add_test (tests, test_whole_or_nothing);
  tcase_add_test (tests, test_repeated_entries);
  tcase_add_test (tests, test_bad_bytes);
  tcase_add_test (tests, test_shipped_sources);
  tcase_add_test (tests, test_shipped_kinds);
  tcase_add_test (tests, test_shipped_names);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
