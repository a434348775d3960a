/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of the reader of rules share: the set, the reading of one
 * document, and the calls from one part into the next.
 *
 *     rules.c             the set; joining: filters, correlations, doubles
 *     parse.c             a file: documents, and what kind of rule each is
 *     parse-collection.c  `action: global`, `repeat`, `reset`
 *     parse-meta.c        title, tags, level, logsource, …
 *     parse-detection.c   selections, as trees
 *     value.c             the values of one field, as choices of atoms
 *     value-modifier.c    which modifiers may follow which
 *     value-pattern.c     wildcards, escapes; what modifiers do to patterns
 *     value-encode.c      base64 and UTF-16
 *     value-typed.c       expressions, numbers, networks, parts of a time
 *     condition.c         the condition
 *     correlation-read.c  correlations
 *     filter.c            filters
 *     lists.c             lists of placeholders
 *
 * Each reader returns false or NULL after the first mistake of a document,
 * which has then been complained of, and the document is left out.
 */
#ifndef SK_SIGMA_PARSE_H
#define SK_SIGMA_PARSE_H

#include "base/yaml.h"
#include "sigma/memory.h"
#include "sigma/rule.h"

/** A `filter:` document, until the join. */
typedef struct SkSigmaFilter {
  const char *title;
  const char *const *rules; /**< names or ids, NULL-terminated; NULL: any rule */
  SkSigmaLogsource logsource;
  const SkSigmaNode *keep; /**< what must hold of a record that is not suppressed */
  uint64_t weight;         /**< its values and nodes */
  const char *file;
  uint32_t line;
} SkSigmaFilter;

/** A rule, and what is needed until the join. */
typedef struct SkSigmaEntry {
  SkSigmaRule rule;
  uint32_t id_line, name_line; /**< where these stand: rules of a collection may share one */
  uint32_t index;
  uint32_t waiting; /**< rules it is made of that are not yet known to be good */
  uint32_t level;   /**< correlations below each other */
  bool good, bad;
  GPtrArray *filters; /**< nodes that must hold, too; or NULL */
  bool used, loud;  /**< some correlation is made of it; one that generates */
} SkSigmaEntry;

struct SkSigmaRules {
  SkSigmaMemory memory;
  GPtrArray *rules;    /* of SkSigmaEntry in `memory` */
  GPtrArray *filters;  /* of SkSigmaFilter in `memory` */
  GHashTable *by_name; /* id or name → GPtrArray of SkSigmaEntry; while it is joined */
  bool joined;
};

/** The reading of one document. */
typedef struct SkSigmaReader {
  SkSigmaRules *set;
  SkSigmaMemory *memory; /**< the set's */
  const SkSigmaLists *lists; /**< or NULL */
  const char *file;          /**< in `memory` */
  SkSigmaComplain complain;
  void *data;
  bool failed;    /**< a mistake was complained of */
  uint32_t atoms; /**< of this rule */
  uint32_t nodes; /**< of this rule, with the places where they stand */
  uint64_t bytes; /**< of its patterns */
} SkSigmaReader;

/** Complains of the document, once. Returns false. */
bool sk_sigma_refuse (SkSigmaReader *reader, uint32_t line, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/** Tells `complain` with control characters taken out and the text cut. */
void sk_sigma_tell (SkSigmaComplain complain, void *data, const char *file, uint32_t line,
                    const char *format, ...) G_GNUC_PRINTF (5, 6);

/* ---- metadata ---- */

/** Text of a scalar of the map that is not null, copied; NULL when there is none. False when it is
 * something else, or longer than a rule's text may be. */
bool sk_sigma_read_text (SkSigmaReader *reader, const SkYamlNode *map, const char *key,
                         const char **ret_text);
/** A list of scalars, or one scalar, as a NULL-terminated array, empty where there is none. */
bool sk_sigma_read_texts (SkSigmaReader *reader, const SkYamlNode *map, const char *key,
                          const char *const **ret_texts, uint32_t *ret_count);
/** Everything of the rule but what it detects; `logsource` is NULL when the rule needs none. */
bool sk_sigma_read_meta (SkSigmaReader *reader, const SkYamlNode *map, SkSigmaRule *rule);
bool sk_sigma_read_logsource (SkSigmaReader *reader, const SkYamlNode *map,
                              SkSigmaLogsource *ret_logsource);
/** The rule's `finding`, from its name, id and file. */
const char *sk_sigma_finding (SkSigmaReader *reader, const SkSigmaRule *rule);

/* ---- detection ---- */

typedef struct SkSigmaSelection {
  const char *name; /**< borrowed from the YAML tree */
  const SkSigmaNode *node;
} SkSigmaSelection;

/** The condition of a detection (or filter) with its selections; keys in `skip` (NULL-terminated)
 * are no selections. NULL after a mistake. `selections` gets the selections. */
const SkSigmaNode *sk_sigma_read_detection (SkSigmaReader *reader, const SkYamlNode *map,
                                            const char *const *skip, GArray *selections);
/** A node of that kind over the children, copied; the only child alone where that means the same.
 * NULL after a mistake. */
const SkSigmaNode *sk_sigma_node (SkSigmaReader *reader, SkSigmaNodeKind kind,
                                  const SkSigmaNode *const *children, uint32_t n_children,
                                  uint32_t line);
/** At least `least` of the children. */
const SkSigmaNode *sk_sigma_node_count (SkSigmaReader *reader, uint32_t least,
                                        const SkSigmaNode *const *children, uint32_t n_children,
                                        uint32_t line);

/** Parses a condition. NULL after a mistake. */
const SkSigmaNode *sk_sigma_condition (SkSigmaReader *reader, const char *text, uint32_t line,
                                       const SkSigmaSelection *selections, size_t n_selections);

/* ---- values ---- */

/** One item of a selection: `key` with modifiers, or NULL for keywords; `value` is a scalar or a list
 * of scalars. NULL after a mistake. */
const SkSigmaItem *sk_sigma_item (SkSigmaReader *reader, const char *key, uint32_t line,
                                  const SkYamlNode *value);

typedef enum SkSigmaModifier {
  SK_SIGMA_MOD_ALL, SK_SIGMA_MOD_NEQ, SK_SIGMA_MOD_CASED, SK_SIGMA_MOD_EXPAND,
  SK_SIGMA_MOD_WINDASH, SK_SIGMA_MOD_WIDE, SK_SIGMA_MOD_UTF16BE, SK_SIGMA_MOD_UTF16,
  SK_SIGMA_MOD_BASE64, SK_SIGMA_MOD_BASE64OFFSET, SK_SIGMA_MOD_CONTAINS, SK_SIGMA_MOD_STARTSWITH,
  SK_SIGMA_MOD_ENDSWITH, SK_SIGMA_MOD_RE, SK_SIGMA_MOD_I, SK_SIGMA_MOD_M, SK_SIGMA_MOD_S,
  SK_SIGMA_MOD_CIDR, SK_SIGMA_MOD_EXISTS, SK_SIGMA_MOD_LT, SK_SIGMA_MOD_LTE, SK_SIGMA_MOD_GT,
  SK_SIGMA_MOD_GTE, SK_SIGMA_MOD_FIELDREF, SK_SIGMA_MOD_MINUTE, SK_SIGMA_MOD_HOUR,
  SK_SIGMA_MOD_DAY, SK_SIGMA_MOD_WEEK, SK_SIGMA_MOD_MONTH, SK_SIGMA_MOD_YEAR, SK_SIGMA_N_MODS
} SkSigmaModifier;

/** The key of an item, taken apart. */
typedef struct SkSigmaChain {
  const char *field;                        /**< NULL: keywords */
  const char *key;                          /**< for messages */
  uint32_t line;
  SkSigmaModifier mods[SK_SIGMA_N_MODS];    /**< in order, each once */
  uint32_t n_mods;
  uint64_t has;                             /**< bits of `mods` */
} SkSigmaChain;

static inline bool
sk_sigma_has (const SkSigmaChain *chain, SkSigmaModifier modifier)
{
  return (chain->has >> modifier & 1) != 0;
}

/** Takes the key apart and checks that the modifiers make sense in their order. */
bool sk_sigma_chain (SkSigmaReader *reader, const char *key, uint32_t line,
                     SkSigmaChain *ret_chain);
const char *sk_sigma_modifier_name (SkSigmaModifier modifier);

/** A pattern that is being made, in memory that lasts for one item. */
typedef struct SkSigmaPattern {
  const SkSigmaPart *parts;
  uint32_t n_parts;
} SkSigmaPattern;

/** What is made of one value: patterns any of which will do. */
typedef struct SkSigmaMaking {
  SkSigmaReader *reader;
  SkSigmaMemory *scratch;
  const SkSigmaChain *chain;
  GArray *patterns; /**< of SkSigmaPattern */
  uint64_t bytes;   /**< of all patterns made on the way */
  uint32_t line;    /**< of the value */
} SkSigmaMaking;

/** Text with `*`, `?` and backslashes as the specification says. */
SkSigmaPattern sk_sigma_pattern (SkSigmaMemory *memory, const char *text);
SkSigmaPattern sk_sigma_pattern_plain (SkSigmaMemory *memory, SkSpan text);
/** `first` and then `last`; what touches is joined. */
SkSigmaPattern sk_sigma_pattern_join (SkSigmaMemory *memory, SkSigmaPattern first,
                                      SkSigmaPattern last);
/** The pattern has no wildcards; its text. */
bool sk_sigma_pattern_is_plain (SkSigmaPattern pattern, SkSpan *ret_text);
/** Applies a modifier of text (expand, windash, encodings, contains, …) to all the patterns. */
bool sk_sigma_pattern_modify (SkSigmaMaking *making, SkSigmaModifier modifier);
/** About so many bytes, for the limits. */
uint64_t sk_sigma_pattern_bytes (SkSigmaPattern pattern);
/** There is room for so many patterns, of which some with so many bytes are about to be made. */
bool sk_sigma_pattern_room (SkSigmaMaking *making, uint64_t patterns, uint64_t bytes);
bool sk_sigma_pattern_encode (SkSigmaMaking *making, SkSigmaModifier modifier);

/** Atoms of values that are no patterns; `node` is a scalar. False after a mistake. */
bool sk_sigma_typed (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
                     SkSigmaAtom *ret_atom);
/** An address or network. */
bool sk_sigma_network (SkSigmaReader *reader, const SkSigmaChain *chain, uint32_t line, SkSpan text,
                       SkSigmaAtom *ret_atom);
/** A plain scalar that YAML's core schema takes for a whole number: decimal, 0x, 0o. */
bool sk_sigma_integer (const SkYamlNode *node, int64_t *ret_value);
/** A plain scalar that is null there: nothing, `~`, `null`, `Null`, `NULL`. */
bool sk_sigma_is_null (const SkYamlNode *node);

/** Counts bytes of patterns and expressions of the rule. False when they are too many. */
bool sk_sigma_count_bytes (SkSigmaReader *reader, uint64_t bytes, uint32_t line);

/* ---- the other kinds of documents ---- */

const SkSigmaCorrelation *sk_sigma_read_correlation (SkSigmaReader *reader,
                                                     const SkYamlNode *document);
const SkSigmaFilter *sk_sigma_read_filter (SkSigmaReader *reader, const SkYamlNode *document);
/** Rules of that id or name, several where a collection shares one; NULL when there is none. */
GPtrArray *sk_sigma_rules_find (SkSigmaRules *rules, const char *name);
/** Puts the set's filters into the rules that they name. */
void sk_sigma_apply_filters (SkSigmaRules *rules, SkSigmaComplain complain, void *data);

/** Documents with `action`, merged. */
typedef struct SkSigmaCollection SkSigmaCollection;
SkSigmaCollection *sk_sigma_collection_new (void);
/** Takes a document (transfer full). `ret_root` is what is to be read as a rule, borrowed until the next call, or NULL
 * when the document only changes what follows. False with `ret_cause` (static), its line in
 * `ret_line`, at a mistake. */
bool sk_sigma_collection_take (SkSigmaCollection *collection, SkYaml *yaml,
                               const SkYamlNode **ret_root, uint32_t *ret_line,
                               const char **ret_cause);
/** A document could not be read: nothing can repeat it. */
void sk_sigma_collection_broken (SkSigmaCollection *collection);
void sk_sigma_collection_free (SkSigmaCollection *collection);

#endif
