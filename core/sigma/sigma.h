/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sigma: the compiled rules of one generation, and judging records by them.
 *
 * Compiled from the bundle in the zygote for the workers, and in the
 * supervisor, which judges what only it knows in full. Both read the same
 * bundle, so rule numbers are the same in both. Constant once made; a thread
 * or process that matches has an SkSigmaScan of its own.
 *
 * A record is of one kind and has fields by number (sk_sigma_field). Rules are
 * indexed by logsource entry and field: the rarest necessary literals of a
 * rule are its triggers (hash tables for whole values, heads and tails;
 * Hyperscan for what stands inside; rules without any stand in a list and are
 * always evaluated), and only rules that were triggered are evaluated. Text is
 * compared as the specification says: insensitive to case by Unicode simple
 * folding unless `cased`. Values are compared as text; integers as decimal text
 * and, for numeric comparisons, as numbers (decimal fractions too).
 *
 * Fields that only the supervisor knows (`later`) have no value in a worker: a
 * rule that names one cannot be decided there. It is MAYBE when, whatever such
 * fields are, it is not already false.
 */
#ifndef SK_SIGMA_SIGMA_H
#define SK_SIGMA_SIGMA_H

#include <sekisho/plugin.h>

#include "base/bundle.h"
#include "base/catalogue.h"
#include "sigma/rule.h"

typedef struct SkSigma SkSigma;
typedef struct SkSigmaScan SkSigmaScan;

/** No rule reads it. */
#define SK_SIGMA_NO_FIELD UINT32_MAX
/** No rule means it. */
#define SK_SIGMA_NO_KIND UINT32_MAX

typedef struct SkSigmaSettings {
  /** Field names known to the supervisor alone: `partner.` and `history.` as prefixes (of every kind),
   * or `<kind>/<field>` for one field of a kind. NULL-terminated. */
  const char *const *later;
  bool strict;           /**< what is left out is an error */
  const char *cache_dir; /**< for compiled databases, or NULL */
} SkSigmaSettings;

/** Zygote. Compiles the bundle's "sigma" (rules), "logsource-table" and "placeholder-list" entries, each
 * in order of their paths, against the catalogue's kinds of records: a rule that names a field which no
 * kind of its entries can have (all of them closed, and not known later) is left out, with file:line and
 * the field. What is left out becomes a problem of the catalogue (an error when strict); each rule,
 * silent ones and correlations too, a rule of it (`plugin` is "sigma") in their order, and files and
 * tables are counted in it. Never NULL; `*ret_good` false when the start is to be refused. */
SkSigma *sk_sigma_new (const SkSigmaSettings *settings, const SkBundle *bundle,
                       SkCatalogue *catalogue, bool *ret_good);
/** Supervisor. The same rules under the same numbers, from the same bundle and the catalogue that the
 * zygote made; fields known later are known now, and nothing that only speeds up is built. NULL with
 * SK_ERROR_PROTOCOL when the catalogue does not hold these rules. */
SkSigma *sk_sigma_new_twin (const SkSigmaSettings *settings, const SkBundle *bundle,
                            const SkCatalogue *catalogue, GError **error);
void sk_sigma_free (SkSigma *sigma);

/** Rule n is the catalogue's rule `base + n`; false when the catalogue has none of Sigma's. */
bool sk_sigma_base (const SkCatalogue *catalogue, uint32_t *ret_base);
uint32_t sk_sigma_count (const SkSigma *sigma);
/** Borrowed; `rule` is below the count. */
const SkSigmaRule *sk_sigma_rule (const SkSigma *sigma, uint32_t rule);
/** Rules that are judged on records of that kind, correlations not counted. */
uint32_t sk_sigma_kind_rules (const SkSigma *sigma, uint32_t kind);
/** Rules without a trigger, for `rules check --verbose` and for the bench. */
uint32_t sk_sigma_always_rules (const SkSigma *sigma);
/** Why that rule can never match in this build, or NULL: its logsource means no kind that is made
 * ("no record of product x is made"). Static or owned by the set. */
const char *sk_sigma_idle (const SkSigma *sigma, uint32_t rule);

/** No table names the rule's logsource, so it is judged on the records that no other source claims: the
 * logsource as people write it (new string), or NULL. */
char *sk_sigma_unnamed (const SkSigma *sigma, uint32_t rule);
/** The nth entry of the tables, each once, whose kind of record no plugin makes; false past the last. */
bool sk_sigma_unmade (const SkSigma *sigma, uint32_t nth, const char **ret_file,
                      uint32_t *ret_line, const char **ret_kind);

/** The kind's number, or SK_SIGMA_NO_KIND. */
uint32_t sk_sigma_kind (const SkSigma *sigma, const char *name);
/** The number of the field that records of that kind call `name`. SK_SIGMA_NO_FIELD when no rule of
 * the kind reads it. One look in a hash table, no allocation. */
uint32_t sk_sigma_field (const SkSigma *sigma, uint32_t kind, SkSpan name);
/** The kind has rules that look for words in any value: then give all values, those of
 * SK_SIGMA_NO_FIELD too. */
bool sk_sigma_wants_all (const SkSigma *sigma, uint32_t kind);

/* ---- what the supervisor is to be told ---- */

/** A rule whose records travel up: cut to `fields` (names as the records call them). */
typedef struct SkSigmaWant {
  uint32_t rule;
  bool again;                /**< the rule names fields known later: the supervisor judges again */
  const char *const *fields; /**< NULL-terminated; what the rule (if `again`), correlations made of it
                                  and the alert need, under all names of each */
} SkSigmaWant;

size_t sk_sigma_n_wants (const SkSigma *sigma);
const SkSigmaWant *sk_sigma_want (const SkSigma *sigma, size_t index);
/** The want of a rule, or -1. */
int64_t sk_sigma_want_of (const SkSigma *sigma, uint32_t rule);

/* ---- matching ---- */

/** A value of a field. Several of one field are a list; any of them will do. */
typedef struct SkSigmaValue {
  uint32_t field;   /**< sk_sigma_field; SK_SIGMA_NO_FIELD: looked at for keywords alone */
  bool json;        /**< a STRING as it stands between the quotes in JSON, escapes not undone yet */
  SkValue value;    /**< borrowed for the call; STRING need not be valid UTF-8 */
} SkSigmaValue;

typedef struct SkSigmaRecord {
  uint32_t kind;
  const SkSigmaValue *values;
  size_t n_values;
} SkSigmaRecord;

typedef enum SkSigmaTruth { SK_SIGMA_FALSE, SK_SIGMA_MAYBE, SK_SIGMA_TRUE } SkSigmaTruth;

/** The rule is TRUE or MAYBE for the record. In order of the rules, each once. */
typedef void (*SkSigmaFunc) (void *data, uint32_t rule, SkSigmaTruth truth);

/** What happened while records were judged, since the scan was made or reset. */
typedef struct SkSigmaCount {
  uint64_t records;   /**< looked at */
  uint64_t applicable; /**< of them, those that some rule applied to */
  uint64_t abandoned; /**< evaluations of expressions given up at the match limit */
  uint32_t abandoned_rule; /**< the first such rule */
} SkSigmaCount;

SkSigmaScan *sk_sigma_scan_new (const SkSigma *sigma);
/** Judges one record. Allocates nothing on the way to no match once its buffers have grown. */
void sk_sigma_match (SkSigmaScan *scan, const SkSigmaRecord *record, SkSigmaFunc func, void *data);
const SkSigmaCount *sk_sigma_scan_count (const SkSigmaScan *scan);
void sk_sigma_scan_reset (SkSigmaScan *scan);
void sk_sigma_scan_free (SkSigmaScan *scan);

/** Judges one record by one rule alone, without triggers: for the supervisor's second look. */
SkSigmaTruth sk_sigma_judge (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule);

/** The values of a rule's field (as the rule names it: an alias is its correlation's alone) in a record:
 * calls `func` for each, in the record's order, under the first logsource entry of the rule that the
 * record is of. */
void sk_sigma_values (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule, const char *field,
                      void (*func) (void *data, const SkSigmaValue *value), void *data);

/** What of the record made the rule match, for people: the fields of the rule's `fields:`, else those
 * that it names and the record has, as `name=value, …`; each value at most 120 characters, escapes
 * undone, at most SK_MAX_EVIDENCE bytes. New string. */
char *sk_sigma_evidence (SkSigmaScan *scan, const SkSigmaRecord *record, uint32_t rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSigma, sk_sigma_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSigmaScan, sk_sigma_scan_free)

#endif
