/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Test files of Sigma rules: `<rules>.test.yml` beside `<rules>.yml`, read into
 * records. Nothing is judged here; `sekisho rules test` does.
 *
 *     tests:
 *       - rule: log.vpn.spray            # name, id or finding; may be left out
 *                                        # where the rule file has one rule
 *         hits:                          # each matches
 *           - kind: log.json             # the logsource's first when left out
 *             time: 2026-11-25T00:00:00Z
 *             fields: {Channel: Security, EventID: 4688, Image: [a, b]}
 *         misses:                        # none matches
 *           - fields: {Event: {System: {EventID: 4689}}}
 *       - rule: log.vpn.wave             # a correlation
 *         sequence:
 *           findings: 1
 *           records:                     # in this order
 *             - {fields: {...}, repeat: 30, every: 10}
 *
 * Fields are those of the record: nested maps are joined by dots, a list is
 * several values of the field, `null` is none. A record without a time is one
 * second after the one before it (the first: 2026-01-01).
 */
#ifndef SK_MAIN_RULE_TESTS_H
#define SK_MAIN_RULE_TESTS_H

#include <sekisho/plugin.h>

#include "base/yaml.h"

/** Repetitions of one record, and of all records of a sequence. */
#define SK_MAX_TEST_RECORDS 1000000

typedef struct SkTestValue {
  const char *name; /**< as the record calls the field */
  SkValue value;
} SkTestValue;

typedef struct SkTestRecord {
  const SkYamlNode *node;
  const char *kind;   /**< or NULL */
  int64_t time;       /**< seconds since 1970; -1: not said */
  int64_t repeat;     /**< at least 1 */
  int64_t every;      /**< seconds between repetitions */
  GArray *values;     /**< of SkTestValue */
} SkTestRecord;

typedef struct SkRuleTest {
  const SkYamlNode *node;
  const char *rule;    /**< or NULL: the only one of the rule file */
  GPtrArray *hits, *misses, *sequence; /**< of SkTestRecord; the last NULL where there is none */
  int64_t findings;    /**< of the sequence */
} SkRuleTest;

typedef struct SkRuleTests SkRuleTests;

/** Reads a test file. NULL with SK_ERROR_CONFIG and each mistake as `file:line:column: cause`. */
SkRuleTests *sk_rule_tests_read (const char *file, SkSpan bytes, GError **error);
/** NULL past the last. */
const SkRuleTest *sk_rule_tests_at (const SkRuleTests *tests, uint32_t index);
void sk_rule_tests_free (SkRuleTests *tests);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRuleTests, sk_rule_tests_free)

#endif
