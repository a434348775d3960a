/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Fuzzes the YAML tree: whatever parses must be walkable, and each scalar that
 * is quoted again must read back to the same text.
 */
#include "config.h"

#include "base/yaml.h"

extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/base/tests/seeds/yaml";
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_scalar (const char *text)
{
  g_autofree char *quoted = sk_yaml_quote (text);
  g_autoptr (SkYaml) again = sk_yaml_parse ("again", sk_span_of_text (quoted), NULL);
  g_assert_nonnull (again);
  g_assert_nonnull (sk_yaml_root (again));
  g_assert_cmpstr (sk_yaml_root (again)->text, ==, text);
}

static void
check_node (const SkYamlNode *node, unsigned depth)
{
  bool flag;
  int64_t number, time;
  uint64_t bytes;
  g_assert_cmpuint (depth, <=, 64);
  g_assert_cmpuint (node->line, >, 0);
  (void)sk_yaml_bool (node, &flag);
  (void)sk_yaml_int (node, &number);
  (void)sk_yaml_size (node, &bytes);
  (void)sk_yaml_time (node, &time);
  if (node->kind == SK_YAML_SCALAR && strlen (node->text) < 64)
    check_scalar (node->text);
  uint32_t count = 0;
  for (const SkYamlNode *child = node->first; child != NULL; child = child->next, count++)
    check_node (child, depth + 1);
  g_assert_cmpuint (count, ==, node->count);
}

static void
check_document (void *data, SkYaml *yaml, uint32_t line, const char *cause)
{
  uint32_t *last = data;
  g_assert ((yaml == NULL) == (cause != NULL));
  g_assert_cmpuint (line, >=, yaml != NULL ? *last : 1);
  *last = yaml != NULL ? line : *last;
  if (yaml != NULL)
    check_node (sk_yaml_root (yaml), 0);
  sk_yaml_free (yaml);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint32_t last = 1;
  sk_yaml_parse_all ("fuzz", (SkSpan) { data, size }, check_document, &last);
  g_autoptr (GError) error = NULL;
  SkSpan bytes = { data, size };
  g_autoptr (SkYaml) yaml = sk_yaml_parse ("fuzz", bytes, &error);
  g_assert ((yaml == NULL) == (error != NULL));
  if (yaml != NULL && sk_yaml_root (yaml) != NULL)
    check_node (sk_yaml_root (yaml), 0);
  return 0;
}
