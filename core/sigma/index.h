/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of compiling and matching share. Nobody outside this folder
 * includes it.
 *
 * A rule's condition is compiled once (SigmaProgram): its fields are numbered
 * within the rule. What such a field is called in records depends on the
 * logsource entry, so for each entry that the rule means there is a
 * SigmaBound: the rule and, for each of its fields, a slot. A slot is a set of
 * fields of the kind's records whose values together are the field's.
 *
 * A record is of some entries. Where one entry's tests imply another's (events
 * of number 1 in a channel; all events of the channel), the narrower one's
 * index holds the wider one's rules too, so that mostly one index is asked.
 *
 * Order of the work: sources read (set.c), slots, entries and programs made
 * (compile.c, program.c, pattern.c), triggers chosen (trigger.c) and put into
 * tables (index.c, literals.c, cache.c); then records: dispatch.c finds the
 * entries, match.c asks their indices, eval.c evaluates what was triggered.
 */
#ifndef SK_SIGMA_INDEX_H
#define SK_SIGMA_INDEX_H

#include "sigma/logsource.h"
#include "sigma/memory.h"
#include "sigma/sigma.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs.h>
#include <pcre2.h>

/** No slot, no value, no entry. */
#define SIGMA_NONE UINT32_MAX

/* ---- programs ---- */

/** Patterns that are compared without looking at their parts. */
typedef enum SigmaShape {
  SIGMA_EQUALS,   /* one literal, or the empty value */
  SIGMA_STARTS,   /* literal* */
  SIGMA_ENDS,     /* *literal */
  SIGMA_CONTAINS, /* *literal* */
  SIGMA_GLOB      /* all else */
} SigmaShape;

typedef struct SigmaAtom {
  const SkSigmaAtom *atom;
  SigmaShape shape;         /* PATTERN */
  SkSpan literal;           /* PATTERN but GLOB: folded, or repaired where case counts */
  const SkSigmaPart *parts; /* GLOB: the same done to its literals */
  uint32_t n_parts;
  uint32_t other;           /* FIELDREF: number of the other field in the program */
  pcre2_code *regex;        /* REGEX */
} SigmaAtom;

typedef struct SigmaChoice {
  const SigmaAtom *atoms;
  uint32_t n_atoms;
} SigmaChoice;

typedef struct SigmaItem {
  const SkSigmaItem *item;
  uint32_t field; /* number in the program; SIGMA_NONE: any value */
  const SigmaChoice *choices;
  uint32_t n_choices;
} SigmaItem;

typedef struct SigmaNode SigmaNode;
struct SigmaNode {
  SkSigmaNodeKind kind;
  const SigmaNode *const *children;
  uint32_t n_children, least;
  const SigmaItem *item;
};

typedef struct SigmaProgram {
  const SigmaNode *root;     /* NULL in a correlation */
  const char *const *fields; /* names as the rule has them */
  uint32_t n_fields;
  bool keywords;             /* looks at any value */
} SigmaProgram;

/** Compiles a condition (program.c). `codes` takes the expressions. */
void sigma_program_compile (SkSigmaMemory *memory, GPtrArray *codes, bool jit,
                            const SkSigmaNode *condition, SigmaProgram *ret_program);
/** Makes the matching form of a PATTERN (pattern.c). */
void sigma_pattern_compile (SkSigmaMemory *memory, SigmaAtom *atom);
/** The pattern fits the whole text, which is folded or, where case counts, only valid UTF-8. */
bool sigma_pattern_match (const SigmaAtom *atom, SkSpan text);
/** `needle` stands in `text`. */
bool sigma_text_contains (SkSpan text, SkSpan needle);

/* Values that are more than text (value-match.c). `text` is valid UTF-8. */
bool sigma_number_match (const SkSigmaAtom *atom, const SkValue *value, SkSpan text);
bool sigma_cidr_match (const SkSigmaAtom *atom, SkSpan text);
bool sigma_timepart_match (const SkSigmaAtom *atom, SkSpan text);

/* ---- kinds, slots, entries ---- */

typedef struct SigmaSlot {
  const uint32_t *fields; /* of the kind's records */
  uint32_t n_fields;
  bool later;       /* nothing is known of it in this process */
  bool names_later; /* some name of it is known to the supervisor alone */
} SigmaSlot;

/** A rule in an entry. */
typedef struct SigmaBound {
  uint32_t rule;
  const SigmaProgram *program;
  const uint32_t *slots; /* for each of the program's fields */
} SigmaBound;

typedef struct SigmaTest {
  uint32_t slot;
  SkSpan *values; /* folded */
  uint32_t n_values;
} SigmaTest;

typedef struct SigmaIndex SigmaIndex;

typedef struct SigmaEntry {
  const SkLogsourceEntry *entry;
  SigmaTest *tests;
  uint32_t n_tests;
  uint32_t primary;  /* the test that it is found by */
  GArray *bounds;    /* of SigmaBound, in order of the rules: of rules that mean this entry */
  GArray *implied;   /* of uint32_t: entries of the kind (numbers there) that hold whenever this does */
  GHashTable *names; /* field of a rule → slot + 1 */
  SigmaIndex *index; /* of its own rules and those of what is implied; NULL without triggers */
} SigmaEntry;

/** A name's number in the kind's table: open addressing, no deletion. */
typedef struct SigmaName {
  const char *text; /* NULL: free */
  uint32_t size;
  uint32_t hash;
  uint32_t number;
} SigmaName;

/** A value of a selecting field, and the entries to look at then. */
typedef struct SigmaSelector {
  uint32_t field; /* of the kind's records */
  SkSpan value;
  const uint32_t *entries;
  uint32_t n_entries;
  uint64_t hash;
} SigmaSelector;

typedef struct SigmaKind {
  const SkKindInfo *info;
  GPtrArray *entries;   /* of SigmaEntry; all of the kind, with rules or not */
  GArray *slots;        /* of SigmaSlot */
  GHashTable *slot_of;  /* their fields as bytes → number + 1; gone when compiled */
  GPtrArray *fields;    /* names by number, borrowed */
  GHashTable *field_of; /* name → number + 1; gone when compiled */
  SigmaName *names;
  uint32_t names_mask;
  SigmaSelector *selectors; /* open addressing; n_entries 0: free */
  uint32_t selectors_mask;
  bool *selects;         /* by field: there are selectors of it */
  GArray *untested;      /* of uint32_t: entries that all records are of */
  GArray *others;        /* of uint32_t: those for records for which no tests hold */
  bool wants_all;
  uint32_t n_rules;
} SigmaKind;

struct SkSigma {
  SkSigmaRules *source; /* as read */
  SkLogsources *table;
  char **later;
  bool twin;
  SkSigmaMemory memory;
  GPtrArray *codes;    /* of pcre2_code */
  GArray *rules;       /* of SkSigmaRule: those that are used, references renumbered */
  GArray *programs;    /* of SigmaProgram, by rule */
  GPtrArray *idle;     /* of char *, by rule; NULL for most */
  GArray *kinds;       /* of SigmaKind */
  GHashTable *places;  /* logsource as text → GArray of SigmaPlace */
  GArray *wants;       /* of SkSigmaWant, in order of the rules */
  uint32_t always;
  bool *triggerless;   /* by rule: always evaluated in some entry; NULL in a twin */
  hs_scratch_t *scratch; /* prototype; NULL without databases */
};

/** Makes the kinds and their entries (compile.c). */
void sigma_compile_kinds (SkSigma *sigma, const SkCatalogue *catalogue);
/** Chooses and numbers the rules that are used, at most `room` (choose.c). */
void sigma_choose (SkSigma *sigma, uint32_t room, SkSigmaComplain complain, void *data);
/** Compiles the rules and binds them to entries (compile.c). */
void sigma_compile_rules (SkSigma *sigma);
/** Finds what travels up (wants.c). */
void sigma_wants_make (SkSigma *sigma);
/** Once all slots are there: tables to find entries and fields (compile.c). */
void sigma_compile_finish (SkSigma *sigma);

/** A place where a rule is judged. */
typedef struct SigmaPlace {
  uint32_t kind, entry; /* entry: number in the kind */
} SigmaPlace;

/** Some entry of the tables is meant by that logsource; else it is judged by the default ones. */
bool sigma_is_named (const SkSigma *sigma, const SkSigmaLogsource *logsource);
/** Where a rule with that logsource is judged, among the kinds that are made. A reference. */
GArray *sigma_places (const SkSigma *sigma, const SkSigmaLogsource *logsource);
/** The slot of a rule's field in an entry, made when new (compile.c). */
uint32_t sigma_slot (SkSigma *sigma, SigmaKind *kind, SigmaEntry *entry, const char *field);
/** Records of the kind cannot have that field, whatever it is called there. */
bool sigma_kind_lacks (const SkSigma *sigma, const SigmaKind *kind, const SigmaEntry *entry,
                       const char *field);
bool sigma_is_later (const SkSigma *sigma, const SigmaKind *kind, const char *name);
static inline SigmaKind *
sigma_kind_at (const SkSigma *sigma, uint32_t kind)
{
  return &g_array_index (sigma->kinds, SigmaKind, kind);
}
static inline SigmaEntry *
sigma_entry_at (const SigmaKind *kind, uint32_t entry)
{
  return g_ptr_array_index (kind->entries, entry);
}
/** A hash of the length, head and tail of a text (dispatch.c). */
uint64_t sigma_hash (SkSpan text);
/** Makes name tables and selectors once all slots are there (dispatch.c). */
void sigma_dispatch_make (SkSigma *sigma, SigmaKind *kind);

/* ---- triggers ---- */

/** Where a literal stands in a value. */
typedef enum SigmaTriggerKind {
  SIGMA_ON_EQUALS,
  SIGMA_ON_STARTS,
  SIGMA_ON_ENDS,
  SIGMA_ON_CONTAINS,
  SIGMA_ON_PRESENT /* there is a value; no literal */
} SigmaTriggerKind;

typedef struct SigmaTrigger {
  SigmaTriggerKind kind;
  uint32_t slot;  /* SIGMA_NONE: any value of the record */
  SkSpan literal; /* folded; empty only for EQUALS and PRESENT */
} SigmaTrigger;

/** Triggers of a rule in its entry: one of them holds in every record that it is true for or may be.
 * NULL: it has none (trigger.c). New array of SigmaTrigger. */
GArray *sigma_triggers_of (SkSigmaMemory *memory, const SigmaKind *kind, const SigmaBound *bound);
/** Words in lower case of which one stands in every text that the expression is found in, and NULL when
 * none is certain (regex-words.c). New array of GString. */
GPtrArray *sigma_regex_words (const char *expression);

/** Literals to be found inside of a text, by number (literals.c). */
typedef struct SigmaLiterals SigmaLiterals;
typedef struct SigmaLiteralsMaker SigmaLiteralsMaker;
typedef void (*SigmaLiteralFunc) (void *data, uint32_t number);
SigmaLiteralsMaker *sigma_literals_maker_new (void);
/** The texts' bytes are borrowed for life, and not empty. */
SigmaLiterals *sigma_literals_new (SigmaLiteralsMaker *maker, const SkSpan *texts, uint32_t n);
/** Compiles all that were made with it, or takes them from the cache. Frees the maker; gives a scratch for
 * all of them, NULL when they need none. */
hs_scratch_t *sigma_literals_maker_finish (SigmaLiteralsMaker *maker, const char *cache_dir);
/** Calls `func` for each literal that stands in the text. */
void sigma_literals_find (const SigmaLiterals *literals, hs_scratch_t *scratch, SkSpan text,
                          SigmaLiteralFunc func, void *data);
void sigma_literals_free (SigmaLiterals *literals);

/** Chooses triggers and builds the indices of all entries (index.c). */
void sigma_index_build (SkSigma *sigma, const char *cache_dir);
void sigma_index_free (SigmaIndex *index);

/* ---- matching ---- */

typedef enum SigmaValueState {
  SIGMA_HAS_TEXT = 1,   /* decoded, valid UTF-8 */
  SIGMA_HAS_FOLDED = 2
} SigmaValueState;

typedef struct SigmaValue {
  SkSpan text, folded;
  uint32_t next; /* value of the same field; SIGMA_NONE: last */
  uint8_t has;   /* of SigmaValueState */
  char digits[24]; /* text of an integer */
} SigmaValue;

/** State of a field or slot, meant by the record of that epoch. */
typedef struct SigmaFieldState {
  uint32_t epoch;
  uint32_t first, last;
} SigmaFieldState;

typedef struct SigmaSlotState {
  uint32_t epoch;
  uint32_t first, count; /* in `links` */
} SigmaSlotState;

/** How long the arrays of epochs are. */
typedef struct SigmaScanRoom {
  uint32_t fields, slots, entries;
} SigmaScanRoom;

struct SkSigmaScan {
  const SkSigma *sigma;
  SkSigmaCount count;
  const SkSigmaRecord *record;
  const SigmaKind *kind;
  uint32_t epoch;
  SigmaFieldState *fields;
  SigmaSlotState *slots;
  uint32_t *entry_epochs;   /* looked at */
  uint32_t *implied_epochs; /* a narrower entry holds */
  SigmaValue *values;
  size_t values_room;
  GArray *links;   /* of uint32_t: values of slots, one run a slot */
  GArray *holding; /* of uint32_t: entries whose tests hold */
  GPtrArray *blocks; /* of SigmaBlock: text of this record */
  uint64_t *bits;    /* candidates of one index */
  GArray *hits;      /* of what match.c says */
  uint8_t *joined;   /* values one behind the other, for keywords */
  size_t joined_room;
  SigmaScanRoom room;
  hs_scratch_t *scratch;
  pcre2_match_data *match_data;
  pcre2_match_context *match_context;
  pcre2_jit_stack *jit_stack;
  uint32_t rule; /* that is evaluated */
};

/** Forgets all epochs (match.c). */
void sigma_scan_forget (SkSigmaScan *scan);
/** Takes a record up: chains its values by field, finds its entries (dispatch.c). */
bool sigma_record_begin (SkSigmaScan *scan, const SkSigmaRecord *record);
/** Entries of which the record is, into `holding`. */
void sigma_dispatch (SkSigmaScan *scan);
/** The values of a slot: `ret_count` indices into the record's. Valid until the next call. */
const uint32_t *sigma_slot_values (SkSigmaScan *scan, uint32_t slot, uint32_t *ret_count);
/** Value `index` of the record as text, and folded; made at the first call (text.c). */
SkSpan sigma_value_text (SkSigmaScan *scan, uint32_t index);
SkSpan sigma_value_folded (SkSigmaScan *scan, uint32_t index);
void sigma_block_free (void *data);
void sigma_text_reset (SkSigmaScan *scan);
uint8_t *sigma_text_take (SkSigmaScan *scan, size_t size);
/** Gives back what was taken last but not used. */
void sigma_text_give_back (SkSigmaScan *scan, size_t size);
/** The rule in the entry, or NULL (match.c). */
const SigmaBound *sigma_entry_bound (const SigmaEntry *entry, uint32_t rule);
/** Judges the record by a rule in an entry (eval.c). */
SkSigmaTruth sigma_eval (SkSigmaScan *scan, const SigmaBound *bound);
/** Sets the bits of the rules that the record's values trigger in the index, always-rules too. */
void sigma_index_ask (SkSigmaScan *scan, const SigmaIndex *index);
/** The rules of an index: their number, and one of them. */
uint32_t sigma_index_count (const SigmaIndex *index);
const SigmaBound *sigma_index_bound (const SigmaIndex *index, uint32_t number);

static inline SkSpan
sigma_span (const void *data, size_t size)
{
  SkSpan span = { data, size };
  return span;
}

#endif
