/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of the YARA plugin share: the compiled rules with what they
 * say of themselves, the variables that rules may name, and the steps from
 * source files to findings.
 *
 * Everything here is made in `configure` and constant afterwards, except
 * `YaraMatcher`, which belongs to one worker (each worker is a process of its
 * own and makes one on its first object).
 */
#ifndef YARA_PLUGIN_H
#define YARA_PLUGIN_H

#include <glib.h>
#include <sekisho/sekisho.h>
#include <yara.h>

#include "yara-filter.h"

/** Version of this plugin; part of the cache's key. */
#define YARA_PLUGIN_VERSION "2"
/** Compiled rules of one set: more would not fit a worker's memory anyway. */
#define YARA_MAX_CACHE (UINT64_C (1) << 30)
/** Text of one meta value that is kept; longer ones are cut. */
#define YARA_MAX_META 4096
/** Includes within includes, as libyara has it. */
#define YARA_MAX_INCLUDES 16
/** Includes that one file comes to in all; an index of the largest public set has some 700. */
#define YARA_MAX_INCLUDED 10000

/** A rule source, with what the tokenizer found out about it. */
typedef struct YaraSource {
  SkSource file;
  char *path;       /**< canonical */
  char *name_space; /**< unique */
  bool left_out;
} YaraSource;

/** A piece of a condition. */
typedef struct YaraPart {
  const uint8_t *begin, *end;
} YaraPart;

/** A rule as its text shows it. Spans are those of its source. */
typedef struct YaraText {
  const char *name;
  const YaraSource *source; /**< in which it stands, which may be an included one */
  uint32_t line;
  const uint8_t *begin, *end;               /**< from its modifiers to its closing brace */
  const uint8_t *condition, *condition_end;
  GPtrArray *words; /**< identifiers of its condition; `prefix*` for a set of rules; interned */
  unsigned part;    /**< of the rules, to which it was given */
  unsigned other_part; /**< where it stands without its false parts; 0: nowhere */
  GArray *false_parts; /**< of YaraPart, owned; or NULL */
  uint32_t origin;  /**< its number among all rules */
} YaraText;

typedef struct YaraImport {
  const char *module; /**< interned */
  const YaraSource *source;
  const uint8_t *begin, *end;
} YaraImport;

/** The rules of a file and of what it includes, in the order in which libyara numbers them. */
typedef struct YaraTexts {
  GArray *rules;   /**< of YaraText */
  GArray *imports; /**< of YaraImport */
} YaraTexts;

/** What a compiled rule says of itself, by its place in the rule table. */
typedef struct YaraRule {
  SkRuleInfo info;  /**< strings live in the set's chunk */
  uint32_t origin;  /**< a rule that stands in two groups is one rule */
  uint32_t unit;    /**< rules of one unit name each other: judged together or not at all */
  uint32_t number;  /**< of rule_add */
  bool is_private;  /**< never reported, not registered */
} YaraRule;

/** A problem that was told at compile time, kept so that a cached start tells it too. */
typedef struct YaraProblem {
  bool left_out; /**< else a warning */
  char *file;
  uint32_t line;
  char *text;
} YaraProblem;

typedef enum YaraSubject {
  YARA_FILENAME,
  YARA_FILEPATH,
  YARA_EXTENSION,
  YARA_FILETYPE,
  YARA_OWNER,
  YARA_FACT,    /**< a fact's first value */
  YARA_HAS_FACT /**< whether the object has it */
} YaraSubject;

/** A variable that a rule may name. */
typedef struct YaraExternal {
  char *name;
  YaraSubject subject;
  SkFieldType type;
  uint32_t fact; /**< index of fact_decl, for YARA_FACT and YARA_HAS_FACT */
} YaraExternal;

/** Which objects a group of rules is judged on at all. */
typedef enum YaraGate {
  YARA_GATE_ANY,
  YARA_GATE_PROGRAM, /**< only what begins with "MZ" */
  YARA_GATE_OTHER,   /**< only what does not: rules without their parts for programs */
  YARA_GATE_ELF,     /**< only what begins with "\x7fELF" */
  YARA_N_GATES
} YaraGate;

/** Rules that are scanned in one pass. */
typedef struct YaraGroup {
  YR_RULES *rules;
  GArray *infos;    /**< of YaraRule, in the order of the rule table */
  uint32_t n_units;
  YaraGate gate;
  bool filtered;    /**< the gate's filter tells where its strings must be looked for */
} YaraGroup;

/** Everything that `configure` makes out of the sources. */
typedef struct YaraSet {
  GPtrArray *groups;     /**< of YaraGroup */
  YaraFilter *filters[YARA_N_GATES]; /**< group numbers are places in `groups`; NULL: none */
  GArray *externals;     /**< of YaraExternal: those that a rule names */
  GArray *problems;      /**< of YaraProblem */
  GStringChunk *strings;
  bool uses_magic;       /**< a rule imports the module that opens its database lazily */
} YaraSet;

typedef struct YaraMatcher YaraMatcher;

/** The plugin's context. */
typedef struct YaraContext {
  YaraSet *set;
  uint32_t timeout; /**< seconds a scan */
  uint64_t max_bytes; /**< of one object that rules see */
  YaraMatcher *matcher; /**< this process's; NULL until its first object */
} YaraContext;

/* ---- yara-source.c: rule texts ---- */

/** All sources of kind "yara"; namespaces given. Transfer full (g_ptr_array_unref). */
GPtrArray *yara_sources_new (const SkApi *api, SkSetup *setup);
/** The source that `include "name"` in the file `from` means, or NULL. */
const YaraSource *yara_sources_resolve (const GPtrArray *sources, const char *from,
                                        const char *name);
/** Words are interned in `words`. */
YaraTexts *yara_texts_new (const GPtrArray *sources, const YaraSource *source,
                           GStringChunk *words);
void yara_texts_free (YaraTexts *texts);
bool yara_text_is_in (const YaraText *text, unsigned part);
/** The text of `source` as `texts`, of the file that includes it or its own, show it: rules of
 * other parts and imports that none of this part needs are blanked. All of it where `texts` is
 * NULL. */
char *yara_texts_part (const YaraTexts *texts, const YaraSource *source, unsigned part);

/* ---- yara-set.c: the compiled set in memory ---- */

YaraSet *yara_set_new (void);
void yara_set_free (YaraSet *set);
YaraGroup *yara_group_new (void);
void yara_set_problem (YaraSet *set, bool left_out, const char *file, uint32_t line,
                       const char *text);

/* ---- yara-external.c: variables ---- */

/** The variables that the host's facts and YARA's habits give. NULL after api->error when two facts
 * would have one name. Transfer full. */
GArray *yara_externals_new (const SkApi *api, SkSetup *setup);
void yara_externals_free (GArray *externals);
/** Defines them for rules to be compiled. An ERROR_ code. */
int yara_externals_define (const GArray *externals, YR_COMPILER *compiler);
/** The word that rules for other scanners expect in `filetype`; "" when there is none. */
const char *yara_filetype_word (const char *media_type);

/** Values last given to a worker's scanners. */
typedef struct YaraValues YaraValues;
YaraValues *yara_values_new (const GArray *externals);
void yara_values_free (YaraValues *values);
/** Reads the object's values and sets those that changed on each of the scanners. */
void yara_values_apply (YaraValues *values, const SkApi *api, SkObject *object,
                        YR_SCANNER *const *scanners, size_t n_scanners);

/* ---- yara-meta.c: what a rule says of itself ---- */

/** Fills `ret_info` from the rule's meta and tags. `text` may be NULL (place unknown). */
void yara_rule_info (const YR_RULE *rule, const YaraText *text, GStringChunk *strings,
                     SkRuleInfo *ret_info);

/* ---- yara-compile.c: sources to rules ---- */

/** Compiles all sources. What fails is in the set's problems. NULL when libyara itself fails.
 * `split`: rules are grouped by what they can match, and filtered by their literals. */
YaraSet *yara_compile (GPtrArray *sources, GArray *externals, bool split);

/* ---- yara-split.c: rules into groups ---- */

/** A compiled set with what libyara told of its strings while it compiled. */
typedef struct YaraCompiled {
  YR_RULES *rules;
  GHashTable *trees; /**< number of a string → YaraTree, owned */
} YaraCompiled;

/** Numbers the units of the rules: those that name each other, and all of a namespace with a
 * global rule. `texts` (of YaraText *) by the rule table, or NULL: then each namespace is one.
 * Returns how many. */
uint32_t yara_units (const YR_RULES *rules, const GPtrArray *texts, uint32_t *units);
/** Gives each text the part that its unit belongs to, below YARA_N_PARTS, and its other part. */
void yara_split (const YaraCompiled *compiled, GPtrArray *texts);
/** What the strings of compiled rules need. False when that is not known of one: a string that had a
 * fixed place in the whole rule need not have it in a part of it. */
bool yara_compiled_needs (const YaraCompiled *compiled, GArray *literals, GArray *fixed);
/** Parts, from 1: gates by ways of looking for strings; see yara-split.c. */
#define YARA_N_PARTS 16
YaraGate yara_part_gate (unsigned part);
bool yara_part_filtered (unsigned part);

/* ---- yara-condition.c: what conditions ask of an object's first bytes ---- */

/** A kind of object, and the module that has nothing to say of all others. */
typedef struct YaraMagic {
  const char *module;
  const char *bytes; /**< with which such an object begins */
  size_t size;
} YaraMagic;

extern const YaraMagic yara_magic_program; /**< "MZ", module pe */
extern const YaraMagic yara_magic_elf;
bool yara_magic_fits (const YaraMagic *magic, SkSpan bytes);

typedef struct YaraVerdict {
  bool needs;          /**< proved false on all other objects */
  GArray *false_parts; /**< of YaraPart: what of the condition is; owned */
  bool names_module;   /**< the rest still names the module */
} YaraVerdict;

/** True when a rule of that name in the same namespace was proved before. */
typedef bool YaraProved (const char *name, void *data);
/** Reads a condition. `asked` remembers what libyara was asked (keys owned). */
void yara_condition_read (const YaraText *text, const YR_RULE *rule, const YaraMagic *magic,
                          YaraProved *proved, void *data, GHashTable *asked,
                          YaraVerdict *ret_verdict);

/* ---- yara-cache.c: compiled rules on disk ---- */

/** Names the result of compiling these sources with this program: lower-case hexadecimal. */
char *yara_cache_key (const GPtrArray *sources, const GArray *externals, bool split);
/** The set stored under that key, or NULL with `ret_why` (static text) telling why not. */
YaraSet *yara_cache_load (const char *folder, const char *key, const char **ret_why);
/** Stores the set. False when the folder does not allow it: then the next start compiles again. */
bool yara_cache_save (const char *folder, const char *key, const YaraSet *set);

/* ---- yara-blocks.c: objects as libyara sees them ---- */

/** Scans; strings are looked for in the windows (of YaraWindow) only, or everywhere where NULL. An
 * ERROR_ code. */
int yara_blocks_scan (YR_SCANNER *scanner, SkSpan bytes, const GArray *windows);
/** True when the libyara that is there does what windows need. */
bool yara_blocks_work (void);

/* ---- yara-scan.c: objects to findings ---- */

SkResult yara_judge (const SkApi *api, YaraContext *context, SkObject *object);
void yara_matcher_free (YaraMatcher *matcher);

#endif
