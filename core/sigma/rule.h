/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A Sigma rule as a tree: what the reader (parse.c and its parts) makes of
 * YAML, and what the compiler (compile.c and its parts) makes an index of.
 *
 * All modifiers are applied: `|base64offset|contains`, `|windash`, `|wide` and
 * placeholders have become plain patterns, `1 of x_*` names its selections.
 * A plain whole number (`EventID: 4688`, `0x17`) is the PATTERN of its decimal
 * text. What a filter describes is taken out by an AND with NOT of it.
 * Nothing here is half understood: what the reader does not know refuses the
 * rule, by name. Format: Sigma specification 2.1 (rules, modifiers,
 * correlation, filters), and the collections of version 1 (`action:`).
 *
 * All memory of a document's rules belongs to its SkSigmaRules.
 */
#ifndef SK_SIGMA_RULE_H
#define SK_SIGMA_RULE_H

#include <glib.h>
#include <sekisho/level.h>
#include <sekisho/span.h>

/** One piece of a pattern. */
typedef enum SkSigmaPartKind {
  SK_SIGMA_LITERAL, /**< these bytes */
  SK_SIGMA_ANY,     /**< `*`: any run of characters, empty too, line ends too */
  SK_SIGMA_ONE      /**< `?`: one character (code point) */
} SkSigmaPartKind;

typedef struct SkSigmaPart {
  SkSigmaPartKind kind;
  SkSpan text; /**< LITERAL: bytes as they are to stand in the value; may hold NUL (`wide`). Not folded */
} SkSigmaPart;

typedef enum SkSigmaAtomKind {
  SK_SIGMA_PATTERN,  /**< `parts`, anchored at both ends of the value */
  SK_SIGMA_REGEX,    /**< `text`: found anywhere in the value */
  SK_SIGMA_NUMBER,   /**< value `compare` number */
  SK_SIGMA_CIDR,     /**< value is an address in the network */
  SK_SIGMA_EXISTS,   /**< the field has a value (`flag` true) or has none (false) */
  SK_SIGMA_NULL,     /**< the field has no value */
  SK_SIGMA_FIELDREF, /**< a value of the field equals (or as `ref`) one of field `text` */
  SK_SIGMA_TIMEPART  /**< the value as a time has `number` as its `part` */
} SkSigmaAtomKind;

typedef enum SkSigmaCompare {
  SK_SIGMA_EQ, SK_SIGMA_NEQ, SK_SIGMA_LT, SK_SIGMA_LTE, SK_SIGMA_GT, SK_SIGMA_GTE
} SkSigmaCompare;

typedef enum SkSigmaTimePart {
  SK_SIGMA_MINUTE, SK_SIGMA_HOUR, SK_SIGMA_DAY, SK_SIGMA_WEEK, SK_SIGMA_MONTH, SK_SIGMA_YEAR
} SkSigmaTimePart;

typedef enum SkSigmaRef {
  SK_SIGMA_REF_EQUALS, SK_SIGMA_REF_CONTAINS, SK_SIGMA_REF_STARTS, SK_SIGMA_REF_ENDS
} SkSigmaRef;

/** One thing that a value of a field may be. */
typedef struct SkSigmaAtom {
  SkSigmaAtomKind kind;
  bool cased;                /**< PATTERN, FIELDREF: letters' case counts */
  const SkSigmaPart *parts;  /**< PATTERN; no two ANY side by side */
  uint32_t n_parts;          /**< 0: the empty value */
  const char *text;          /**< REGEX: PCRE2, UTF-8; FIELDREF: the other field */
  bool re_i, re_m, re_s;     /**< REGEX */
  SkSigmaCompare compare;    /**< NUMBER */
  double number;             /**< NUMBER, TIMEPART */
  bool is_integer;           /**< NUMBER: `integer` is exact */
  int64_t integer;
  uint8_t address[16];       /**< CIDR: IPv6, or IPv4 mapped (::ffff:a.b.c.d) */
  uint8_t prefix;            /**< CIDR: bits of `address`, 0 to 128 */
  bool is_v4;                /**< CIDR: written as IPv4; such a network holds no IPv6 address */
  bool flag;                 /**< EXISTS */
  SkSigmaRef ref;            /**< FIELDREF */
  SkSigmaTimePart part;      /**< TIMEPART, in UTC */
} SkSigmaAtom;

/** One value as the rule has it: what its modifiers made of it, any of which will do. */
typedef struct SkSigmaChoice {
  const SkSigmaAtom *atoms;
  uint32_t n_atoms; /**< at least 1 */
} SkSigmaChoice;

/** `field|modifiers: values`. */
typedef struct SkSigmaItem {
  const char *field; /**< as the rule names it; NULL: keywords, in any value of the record: a word has
                          become `*word*`, unless a modifier says where it stands */
  const SkSigmaChoice *choices;
  uint32_t n_choices;  /**< 0 matches nothing (an empty list) */
  bool all;            /**< every choice (for any of the field's values each), not just one */
  bool negated;        /**< `neq`: none of it; a record without the field is no match */
  uint32_t line;
} SkSigmaItem;

typedef enum SkSigmaNodeKind {
  SK_SIGMA_AND,
  SK_SIGMA_OR,
  SK_SIGMA_NOT,   /**< one child; false turns true, also when it was false for want of a field */
  SK_SIGMA_COUNT, /**< at least `least` of the children */
  SK_SIGMA_ITEM
} SkSigmaNodeKind;

/** The condition with its selections put in. A selection that stands in several places is shared. */
typedef struct SkSigmaNode SkSigmaNode;
struct SkSigmaNode {
  SkSigmaNodeKind kind;
  const SkSigmaNode *const *children;
  uint32_t n_children; /**< AND of none is true, OR of none false */
  uint32_t least;      /**< COUNT */
  const SkSigmaItem *item;
};

typedef struct SkSigmaLogsource {
  const char *category, *product, *service; /**< lower case; each may be NULL */
} SkSigmaLogsource;

typedef enum SkSigmaCorrelationType {
  SK_SIGMA_EVENT_COUNT, SK_SIGMA_VALUE_COUNT, SK_SIGMA_TEMPORAL, SK_SIGMA_TEMPORAL_ORDERED
} SkSigmaCorrelationType;

/** `aliases`: what the group-by name `name` is called in a rule's records. */
typedef struct SkSigmaAlias {
  const char *name;
  uint32_t rule;     /**< index in SkSigmaCorrelation.rules */
  const char *field;
} SkSigmaAlias;

/** `{gte: 5, lte: 100, field: User}`: all of the comparisons hold. */
typedef struct SkSigmaBound {
  SkSigmaCompare compare;
  uint64_t value;
} SkSigmaBound;

typedef struct SkSigmaCorrelation {
  SkSigmaCorrelationType type;
  const char *const *rules;   /**< names or ids as written; NULL-terminated */
  const uint32_t *rule_index; /**< the same, as indices in SkSigmaRules; set when the set is joined */
  uint32_t n_rules;
  const char *const *group_by; /**< field or alias names; NULL-terminated, may be empty */
  uint32_t n_group_by;
  const SkSigmaAlias *aliases;
  uint32_t n_aliases;
  int64_t timespan_ns;         /**< above 0 */
  bool generate;               /**< the rules it is made of give findings of their own, too */
  const SkSigmaBound *bounds;  /**< of COUNT types; for temporal ones how many rules (all without any) */
  uint32_t n_bounds;
  const char *value_field;     /**< VALUE_COUNT: distinct values of this field */
} SkSigmaCorrelation;

/** One rule. Strings NULL when absent, unless said. */
typedef struct SkSigmaRule {
  const char *id;    /**< uuid as written, or NULL */
  const char *name;  /**< of this project: the finding's id */
  const char *finding; /**< what the finding is called: `name` where it is domain.subject.trait (lower
                            case letters, digits, `-`, two or more dots), else `sigma.<id>`, else
                            `sigma.<name or file stem>`; never NULL */
  const char *title, *title_ja, *description, *description_ja, *falsepositives, *falsepositives_ja;
  const char *reference, *author, *status;
  const char *attack; /**< ids from tags `attack.t1036.007`, upper case, separated by spaces */
  const char *det;    /**< from the tag `sekisho.fl-02`: `FL-02` */
  SkLevel level;      /**< `medium` when absent */
  SkSigmaLogsource logsource;
  const SkSigmaNode *condition;          /**< NULL in a correlation */
  const SkSigmaCorrelation *correlation; /**< NULL in a detection rule */
  const char *const *fields;             /**< `fields:` that the analyst wants to see; NULL-terminated */
  bool silent;    /**< only made for correlations that do not `generate`: no finding of its own */
  const char *file; /**< never NULL */
  uint32_t line;
} SkSigmaRule;

typedef struct SkSigmaRules SkSigmaRules;

/** Placeholder lists for `expand`, name → values. */
typedef struct SkSigmaLists SkSigmaLists;

/** Told of each thing that is not usable. `file` and `text` borrowed; a whole file, or one rule of it. */
typedef void (*SkSigmaComplain) (void *data, const char *file, uint32_t line, const char *text);

/** Reads lists: each file one list, named by its base name up to the first dot; a line a value, `#` a
 * comment, blank lines nothing. Values may have wildcards. Files of the same name add up. Transfer
 * full. */
SkSigmaLists *sk_sigma_lists_new (void);
bool sk_sigma_lists_add (SkSigmaLists *lists, const char *file, SkSpan bytes,
                         SkSigmaComplain complain, void *data);
/** The values, NULL-terminated; NULL when there is no such list. Borrowed. */
const char *const *sk_sigma_lists_get (const SkSigmaLists *lists, const char *name);
void sk_sigma_lists_free (SkSigmaLists *lists);

/** An empty set of rules. Transfer full. */
SkSigmaRules *sk_sigma_rules_new (void);
/** Reads a file's documents. A rule that is not wholly understood is left out and complained of;
 * the others of the file stay. `lists` may be NULL and is only borrowed for the call. */
void sk_sigma_rules_add (SkSigmaRules *rules, const char *file, SkSpan bytes,
                         const SkSigmaLists *lists, SkSigmaComplain complain, void *data);
/** After the last file: filters are put into the rules that they name, correlations find theirs;
 * those that cannot are left out and complained of, with what refers to them. Rules whose id or name
 * repeats an earlier one's are left out, but for the documents of a collection that have it in common.
 * Call once. */
void sk_sigma_rules_join (SkSigmaRules *rules, SkSigmaComplain complain, void *data);
/** Rules in order of reading. NULL past the last. Indices are stable after the join. */
const SkSigmaRule *sk_sigma_rules_at (const SkSigmaRules *rules, uint32_t index);
uint32_t sk_sigma_rules_count (const SkSigmaRules *rules);
void sk_sigma_rules_free (SkSigmaRules *rules);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSigmaLists, sk_sigma_lists_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSigmaRules, sk_sigma_rules_free)

#endif
