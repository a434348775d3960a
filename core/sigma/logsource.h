/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which records a rule's logsource means, and what its fields are called there:
 * the tables in signatures/sigma/logsources/.
 *
 *     sources:
 *       - logsource: {product: windows, category: process_creation}
 *         kind: log.json                     # one, or a list
 *         when: {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1}
 *       - logsource: {product: windows, category: process_creation}
 *         kind: log.json
 *         when: {Channel: Security, EventID: 4688}
 *         fields: {Image: NewProcessName, ParentImage: ParentProcessName}
 *         prefixes: Event.UserData.EventXML. # as below, for this source alone
 *     fields:                                # of a kind, for all its sources
 *       log.json:
 *         EventID: [Event.System.EventID, winlog.event_id, event.code]
 *     prefixes:                              # may stand before any field's name in the kind
 *       log.json: [Event.EventData., Event.System., winlog.event_data.]
 *     default: {kind: log.json}              # rules whose logsource no entry names
 *
 * `when` compares whole values, case-insensitively; a list is any of them; all
 * keys must hold; the keys are names as rules use them, looked up through
 * `fields` and `prefixes`. `when: other` means the records of the kind that no
 * entry's comparisons hold for (an entry without `when` has none and does not
 * count): for sources that are told apart from others by nothing sure. A rule's
 * logsource means every entry that names at least all its parts:
 * `{product: windows}` means all Windows entries. Rules of the default source
 * meet what `when: other` meets.
 *
 * A field's name in a rule stands for, in this order and all together: the
 * names that the entry's `fields` give for it, each after each prefix
 * (the entry's, then the kind's) and alone; the names that the kind's `fields` give for it, as they stand; and,
 * unless the entry's `fields` give it, each prefix with the name, and the name
 * itself (so an entry can say that `ProcessId` of its records is something
 * else). A value of any of them is a value of the field. Names are compared
 * exactly. Several files add up; what one says, no other needs to repeat.
 */
#ifndef SK_SIGMA_LOGSOURCE_H
#define SK_SIGMA_LOGSOURCE_H

#include <glib.h>
#include <sekisho/span.h>

#include "sigma/rule.h"

typedef struct SkLogsources SkLogsources;

typedef struct SkLogsourceField {
  const char *name;           /**< in rules */
  const char *const *sources; /**< in records, NULL-terminated */
} SkLogsourceField;

typedef struct SkLogsourceTest {
  const char *field;         /**< as rules name it */
  const char *const *values; /**< any of them; NULL-terminated */
} SkLogsourceTest;

/** One entry for one kind (an entry with several kinds becomes several). */
typedef struct SkLogsourceEntry {
  SkSigmaLogsource logsource;
  const char *kind;
  const SkLogsourceTest *tests; /**< all of them; none: every record of the kind */
  uint32_t n_tests;
  const SkLogsourceField *fields;
  uint32_t n_fields;
  const char *const *prefixes; /**< of its own; NULL-terminated, or NULL */
  bool others;     /**< no tests; the records of the kind that the tests of no entry hold for */
  bool is_default; /**< for the rules whose logsource means no other entry; `others`, too */
  const char *file;
  uint32_t line;
} SkLogsourceEntry;

SkLogsources *sk_logsources_new (void);
/** Reads a table. A file with any mistake is refused whole: false, each mistake complained of, the
 * column at the head of the text. */
bool sk_logsources_add (SkLogsources *table, const char *file, SkSpan bytes,
                        SkSigmaComplain complain, void *data);
/** Entries in order. NULL past the last. */
const SkLogsourceEntry *sk_logsources_at (const SkLogsources *table, uint32_t index);
/** The names under which records hold `field` of a rule in this entry, NULL-terminated, in the order
 * above without repeats. New array of borrowed and owned strings: g_strfreev. */
char **sk_logsources_names (const SkLogsources *table, const SkLogsourceEntry *entry,
                            const char *field);
/** The rule's logsource means this entry. Never true of default entries: they are for the rules that
 * mean no other. */
bool sk_logsource_means (const SkSigmaLogsource *rule, const SkLogsourceEntry *entry);
void sk_logsources_free (SkLogsources *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkLogsources, sk_logsources_free)

#endif
