/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/rule-tests.h"

#include "base/i18n.h"

#include <string.h>

struct SkRuleTests {
  SkYaml *yaml;        /* texts of all records */
  GStringChunk *names; /* of nested fields */
  GPtrArray *tests;    /* of SkRuleTest */
  GString *problems;   /* while it is read */
};

static void
record_free (void *data)
{
  SkTestRecord *record = data;
  g_array_unref (record->values);
  g_free (record);
}

static void
test_free (void *data)
{
  SkRuleTest *test = data;
  g_ptr_array_unref (test->hits);
  g_ptr_array_unref (test->misses);
  g_clear_pointer (&test->sequence, g_ptr_array_unref);
  g_free (test);
}

void
sk_rule_tests_free (SkRuleTests *tests)
{
  if (tests == NULL)
    return;
  g_ptr_array_unref (tests->tests);
  g_string_chunk_free (tests->names);
  sk_yaml_free (tests->yaml);
  g_free (tests);
}

const SkRuleTest *
sk_rule_tests_at (const SkRuleTests *tests, uint32_t index)
{
  return index < tests->tests->len ? g_ptr_array_index (tests->tests, index) : NULL;
}

#define PROBLEM(tests, node, ...)                                                                  \
  sk_yaml_problem ((tests)->yaml, node, (tests)->problems, __VA_ARGS__)

static bool
is_map (SkRuleTests *tests, const SkYamlNode *node, const char *const *keys)
{
  g_autofree char *list = g_strjoinv (", ", (char **) keys);
  if (node->kind != SK_YAML_MAP)
    {
      PROBLEM (tests, node, _ ("expected a map of %s"), list);
      return false;
    }
  for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
    if (!g_strv_contains (keys, one->key))
      sk_yaml_problem_key (tests->yaml, one, tests->problems,
                           _ ("unknown key \"%s\"; known here: %s"), one->key, list);
  return true;
}

/* ---- records ---- */

static SkValue
scalar_value (const SkYamlNode *node)
{
  SkValue value = { .type = SK_FIELD_STRING };
  if (sk_yaml_int (node, &value.integer))
    value.type = SK_FIELD_INT;
  else if (sk_yaml_bool (node, &value.boolean))
    value.type = SK_FIELD_BOOL;
  else
    value.text = sk_span_of_text (node->text);
  return value;
}

/* The reader bounds how deep a file nests. */
static void
add_values (SkRuleTests *tests, SkTestRecord *record, const char *name, const SkYamlNode *node)
{
  if (node->kind == SK_YAML_SCALAR)
    {
      SkTestValue value = { name, scalar_value (node) };
      if (!sk_yaml_is_null (node))
        g_array_append_val (record->values, value);
      return;
    }
  for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
    {
      g_autofree char *joined
          = node->kind == SK_YAML_MAP ? g_strconcat (name, ".", one->key, NULL) : g_strdup (name);
      add_values (tests, record, g_string_chunk_insert_const (tests->names, joined), one);
    }
}

static void
read_fields (SkRuleTests *tests, SkTestRecord *record, const SkYamlNode *fields)
{
  if (fields == NULL || fields->kind != SK_YAML_MAP)
    {
      PROBLEM (tests, fields != NULL ? fields : record->node,
               _ ("a record needs fields: a map of names and values"));
      return;
    }
  for (const SkYamlNode *one = fields->first; one != NULL; one = one->next)
    add_values (tests, record, one->key, one);
}

static void
read_count (SkRuleTests *tests, const SkYamlNode *node, int64_t least, int64_t *ret_count)
{
  int64_t count;
  if (node == NULL)
    return;
  if (sk_yaml_int (node, &count) && count >= least && count <= SK_MAX_TEST_RECORDS)
    *ret_count = count;
  else
    PROBLEM (tests, node, _ ("%s must be a number from %d to %d"), node->key, (int) least,
             SK_MAX_TEST_RECORDS);
}

static void
read_head (SkRuleTests *tests, SkTestRecord *record)
{
  const SkYamlNode *kind = sk_yaml_get (record->node, "kind");
  const SkYamlNode *time = sk_yaml_get (record->node, "time");
  if (kind != NULL && !sk_yaml_text (kind, &record->kind))
    PROBLEM (tests, kind, _ ("kind must be a text"));
  if (time != NULL && (!sk_yaml_time (time, &record->time) || record->time < 0))
    PROBLEM (tests, time, _ ("time must be written as 2026-11-25T09:00:00Z"));
}

static void
read_record (SkRuleTests *tests, GPtrArray *records, const SkYamlNode *node, bool sequence)
{
  static const char *const keys[] = { "kind", "time", "fields", NULL };
  static const char *const more[] = { "kind", "time", "fields", "repeat", "every", NULL };
  if (!is_map (tests, node, sequence ? more : keys))
    return;
  SkTestRecord *record = g_new0 (SkTestRecord, 1);
  *record = (SkTestRecord) { .node = node, .time = -1, .repeat = 1, .every = 1 };
  record->values = g_array_new (FALSE, FALSE, sizeof (SkTestValue));
  g_ptr_array_add (records, record);
  read_head (tests, record);
  read_fields (tests, record, sk_yaml_get (node, "fields"));
  read_count (tests, sk_yaml_get (node, "repeat"), 1, &record->repeat);
  read_count (tests, sk_yaml_get (node, "every"), 0, &record->every);
}

static void
read_records (SkRuleTests *tests, GPtrArray *records, const SkYamlNode *node, bool sequence)
{
  if (node == NULL)
    return;
  if (node->kind != SK_YAML_LIST)
    {
      PROBLEM (tests, node, _ ("%s must be a list of records"), node->key);
      return;
    }
  for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
    read_record (tests, records, one, sequence);
}

/* ---- tests ---- */

static void
check_sequence_size (SkRuleTests *tests, const SkRuleTest *test, const SkYamlNode *node)
{
  int64_t count = 0;
  for (guint i = 0; i < test->sequence->len; i++)
    {
      const SkTestRecord *record = g_ptr_array_index (test->sequence, i);
      count += record->repeat;
    }
  if (count < 1 || count > SK_MAX_TEST_RECORDS)
    PROBLEM (tests, node, _ ("a sequence has from 1 to %d records"), SK_MAX_TEST_RECORDS);
}

static void
read_sequence (SkRuleTests *tests, SkRuleTest *test, const SkYamlNode *node)
{
  static const char *const keys[] = { "records", "findings", NULL };
  if (node == NULL || !is_map (tests, node, keys))
    return;
  test->sequence = g_ptr_array_new_with_free_func (record_free);
  read_records (tests, test->sequence, sk_yaml_get (node, "records"), true);
  const SkYamlNode *findings = sk_yaml_get (node, "findings");
  if (findings == NULL)
    PROBLEM (tests, node, _ ("a sequence needs findings: how many there are to be"));
  read_count (tests, findings, 0, &test->findings);
  check_sequence_size (tests, test, node);
}

static void
read_test (SkRuleTests *tests, const SkYamlNode *node)
{
  static const char *const keys[] = { "rule", "hits", "misses", "sequence", NULL };
  if (!is_map (tests, node, keys))
    return;
  SkRuleTest *test = g_new0 (SkRuleTest, 1);
  test->node = node;
  test->hits = g_ptr_array_new_with_free_func (record_free);
  test->misses = g_ptr_array_new_with_free_func (record_free);
  g_ptr_array_add (tests->tests, test);
  const SkYamlNode *rule = sk_yaml_get (node, "rule");
  if (rule != NULL && !sk_yaml_text (rule, &test->rule))
    PROBLEM (tests, rule, _ ("rule must be a text"));
  read_records (tests, test->hits, sk_yaml_get (node, "hits"), false);
  read_records (tests, test->misses, sk_yaml_get (node, "misses"), false);
  read_sequence (tests, test, sk_yaml_get (node, "sequence"));
  if (test->hits->len == 0 && test->misses->len == 0 && test->sequence == NULL)
    PROBLEM (tests, node, _ ("a test needs hits, misses or a sequence"));
}

static void
read_root (SkRuleTests *tests, const SkYamlNode *root)
{
  static const char *const keys[] = { "tests", NULL };
  const SkYamlNode *list = sk_yaml_get (root, "tests");
  if (root != NULL && !is_map (tests, root, keys))
    return;
  if (list == NULL || list->kind != SK_YAML_LIST || list->count == 0)
    {
      PROBLEM (tests, list != NULL ? list : root, _ ("tests must be a list of at least one test"));
      return;
    }
  for (const SkYamlNode *one = list->first; one != NULL; one = one->next)
    read_test (tests, one);
}

SkRuleTests *
sk_rule_tests_read (const char *file, SkSpan bytes, GError **error)
{
  SkYaml *yaml = sk_yaml_parse (file, bytes, error);
  if (yaml == NULL)
    return NULL;
  g_autoptr (GString) problems = g_string_new (NULL);
  g_autoptr (SkRuleTests) tests = g_new0 (SkRuleTests, 1);
  tests->yaml = yaml;
  tests->names = g_string_chunk_new (1024);
  tests->tests = g_ptr_array_new_with_free_func (test_free);
  tests->problems = problems;
  read_root (tests, sk_yaml_root (yaml));
  tests->problems = NULL;
  return sk_yaml_no_problem (problems, error) ? g_steal_pointer (&tests) : NULL;
}
