/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The state of a walk: one job, its live objects, and what is left of those
 * that ended.
 *
 * A *live* object (SkObject) has bytes, facts, slots and a place in the walk;
 * it is taken from a pool and goes back when its `judge` has run. Its *node*
 * stays until the job ends: the little that a finding or an ancestor's `judge`
 * may still ask of it.
 */
#ifndef SK_ENGINE_WALKER_H
#define SK_ENGINE_WALKER_H

#include "base/buffer.h"
#include "base/limits.h"
#include "engine/arena.h"
#include "engine/engine-private.h"

typedef struct SkNode SkNode;
typedef struct SkHook SkHook;
typedef struct SkSecrets SkSecrets;
typedef struct SkNames SkNames;
typedef struct SkHitRule SkHitRule;
typedef struct SkTextSet SkTextSet;

typedef enum SkPhase {
  SK_PHASE_IDENTIFY,
  SK_PHASE_OPEN,
  SK_PHASE_JUDGE
} SkPhase;

/** Each limit, for its message and for recording it once. */
typedef enum SkLimitKind {
  SK_LIMIT_DEPTH,
  SK_LIMIT_OBJECTS,
  SK_LIMIT_OBJECT_BYTES,
  SK_LIMIT_JOB_BYTES,
  SK_LIMIT_RATIO,
  SK_LIMIT_WORK,
  SK_LIMIT_WINDOWS,
  SK_LIMIT_LENT,
  SK_LIMIT_CONTEXT,
  SK_LIMIT_FACTS,
  SK_LIMIT_VALUE,
  SK_LIMIT_TYPES,
  SK_LIMIT_SECRETS,
  SK_LIMIT_RECORD,
  SK_LIMIT_VALUES,
  SK_LIMIT_FIELDS,
  SK_N_LIMITS
} SkLimitKind;

/** One value of a fact, in a list by fact. */
typedef struct SkFactValue SkFactValue;
struct SkFactValue {
  SkFactValue *next;
  uint32_t fact; /**< of kept values only */
  SkValue value;
};

typedef struct SkFactList {
  SkFactValue *first, *last;
} SkFactList;

/** What stays of an object until its job ends. In the walker's arena. */
struct SkNode {
  SkNode *parent, *first_child, *last_child, *next;
  const char *name; /**< as the container gave it, UTF-8 */
  const char *type; /**< best candidate or "" */
  const char *sha256;
  uint64_t size, position;
  uint32_t plugin;  /**< that made it */
  uint32_t reply;   /**< its index in the reply, UINT32_MAX while it has none */
  bool needed;      /**< a finding speaks of it or of a descendant, or it keeps facts */
  SkFactValue *facts; /**< those that an ancestor's `judge` may read */
  SkHitRule *hits;    /**< rules that hit it, in order; NULL where nobody asks for them */
  uint32_t n_hits;
  uint32_t limits;    /**< a bit for each SkLimitKind that it met */
};

/** A rule that hit an object. In the walker's arena. */
struct SkHitRule {
  SkHitRule *next;
  uint32_t rule;
};

typedef struct SkCandidate {
  const char *type;
  SkStrength strength;
} SkCandidate;

/** Where an object's own bytes live; nothing is set when they are another's. */
typedef struct SkStore {
  uint8_t *memory;   /**< owned */
  size_t room;       /**< bytes allocated there */
  void *mapping;     /**< or mapped */
  size_t mapped;     /**< bytes mapped */
  int slot;          /**< in the table of mappings; -1: none */
  int fd;            /**< of a lent file, which serves another child afterwards; -1: none */
  uint32_t lent;     /**< its number */
} SkStore;

/** A lent file that no child has any more. */
typedef struct SkIdleFile {
  int fd;
  uint32_t number;
} SkIdleFile;

struct SkObject {
  SkWalker *walker;
  SkObject *parent;
  SkNode *node;
  SkObject *next; /**< in the pool, or the next waiting object of the parent */
  SkObject *first_waiting, *last_waiting; /**< children whose `judge` waits */
  const char *id; /**< below the job: "" or "/zip:3/…"; in the arena */
  size_t id_size;
  const char *name; /**< last part */
  const char *path;
  const char *whole_path; /**< with its containers, once somebody asked; in the arena */
  SkSpan bytes;
  SkStore store;
  bool cut;           /**< `bytes` are not all of it */
  bool named_only;    /**< nothing of it is here but what its container says: no plugin opens or judges it */
  bool informed;      /**< `info` was told */
  SkFileInfo info;    /**< its target lies in the arena */
  uint32_t depth;
  uint32_t parked;    /**< plugins that wait on it for secrets */
  uint64_t accepts;   /**< plugins that accept one of its types */
  uint64_t excluded;  /**< plugins that must not run on it */
  uint64_t child_bytes, hollow_bytes; /**< written to its children so far: what counts for the ratio, what not */
  uint64_t below;       /**< objects of its subtree that have ended */
  SkTextSet *lists[SK_N_LISTS]; /**< what is in it, of those that ended; owned, NULL: nothing yet */
  SkChild *child;     /**< the one being written */
  SkArena arena;
  SkFactList *facts;  /**< one for each fact of the engine */
  void **slots;       /**< one for each plugin */
  uint32_t n_values;
  uint32_t n_types;
  uint64_t fact_bytes;
  SkCandidate types[SK_MAX_CANDIDATES];
  /* Where fact_get stopped, so that reading a list in order stays linear. */
  uint32_t seek_fact;
  size_t seek_nth;
  const SkFactValue *seek_value;
};

/** A hook that is running. They nest: a child is walked inside its parent's `open`. */
struct SkHook {
  SkHook *outer;
  SkObject *object;
  uint32_t plugin;
  SkPhase phase;
  uint32_t said;      /**< a bit for each SkReason that was recorded on the object */
  uint32_t secrets;   /**< how many there were when it began */
  SkRecord *record;   /**< the one being filled */
};

/** A fact that waits for its object. */
typedef struct SkChildFact SkChildFact;
struct SkChildFact {
  SkChildFact *next;
  uint32_t fact; /**< handle */
  SkValue value;
};

struct SkChild {
  SkChild *next; /**< in the pool */
  SkObject *parent;
  uint32_t plugin;
  uint64_t position;
  char *name, *declared; /**< owned */
  uint8_t *memory;
  size_t room;
  int fd;
  uint32_t lent;   /**< number of the lent file */
  uint64_t size;   /**< written so far */
  uint64_t spent, expanded, hollow; /**< of the job's bytes; of both sums of the parent */
  uint32_t limits; /**< a bit for each SkLimitKind that it met */
  SkSpan shared;   /**< instead of bytes of its own: a part of the parent's */
  bool is_shared, absent, informed;
  bool sparse;     /**< the file ends before the child does: with zeros */
  uint8_t tail;    /**< the last byte, and how many of it stand at the end, as far as was looked */
  uint64_t tail_run;
  SkFileInfo info;      /**< its target lies in the arena */
  SkChildFact *facts, *last_fact; /**< in the arena */
  uint32_t n_facts;
  uint64_t fact_bytes;
  SkArena arena;
};

/** A plugin waits on an object for secrets. */
typedef struct SkParked {
  SkObject *object;
  uint32_t plugin;
  uint32_t seen; /**< secrets that it has tried */
  bool waiting;
} SkParked;

/** Which record of the object a finding speaks of. */
typedef struct SkRecordPlace {
  uint64_t position; /**< SK_NO_RECORD: of the object itself */
  int64_t time;
} SkRecordPlace;

typedef struct SkFinding {
  uint32_t rule, plugin, count;
  SkLevel level;
  SkNode *node;
  const char *evidence; /**< in the walker's arena */
  SkRecordPlace place;
} SkFinding;

/** What a job has made of a kind of record. */
typedef struct SkKindState {
  uint64_t records, applicable;
  uint32_t n_numbers; /**< one more than the highest number of an open field that a plugin was told */
} SkKindState;

struct SkWalker {
  const SkEngine *engine;
  const SkEngineHost *host;
  const SkJob *job;
  SkReply *reply;
  SkArena arena;
  SkObject *free_objects;
  SkChild *free_children;
  SkRecord *free_records;
  SkHook *hook;
  SkSigmaScan *scan;
  SkNames *names;
  SkKindState *kinds; /**< of each kind of the engine */
  GArray *hits;       /**< of the record in hand; record.c */
  SkBuffer encoded, scratch; /**< a record on its way up, one of its texts */
  SkBuffer decoded; /**< the name decoded last */
  bool abandoned_said;
  SkNode **last_hit;  /**< of each rule: the object that it hit last; NULL where nobody asks */
  GArray *findings; /**< of SkFinding */
  uint32_t per_level[SK_N_LEVELS];
  uint32_t *per_rule; /**< findings of each rule */
  GArray *parked;   /**< of SkParked */
  bool last_round;  /**< no more secrets will come */
  SkSecrets *secrets;
  uint64_t objects_left, bytes_left, work_left, windows_left;
  uint64_t limits_said; /**< a bit for each SkLimitKind that is told once a job */
  uint64_t fact_bytes;
  uint64_t child_memory; /**< bytes of children held in memory */
  uint64_t contexts;     /**< bytes of contexts and names of windows */
  uint64_t windows_kept; /**< the same of those in the reply */
  uint32_t lent, lent_open;
  SkIdleFile idle[SK_MAX_LENT]; /**< empty lent files, to be used again before others are asked for */
  uint32_t n_idle;
  int pack_fd;        /**< lent file into which small deferred children are packed; -1 */
  uint32_t pack_lent;
  uint64_t pack_size;
  uint8_t *input;     /**< SK_SMALL_FILE bytes, reused */
};

/* ---- object.c ---- */

/** A live object from the pool. `parent` is NULL for the entry object. */
SkObject *sk_object_take (SkWalker *walker, SkObject *parent, uint32_t plugin, uint64_t position,
                          const char *name);
/** Ends it: frees slots and bytes, leaves what is needed in the node, gives it back. */
void sk_object_give_back (SkObject *object);
/** Gives it the bytes of `store`, or others' when the store is empty. */
void sk_object_set_bytes (SkObject *object, SkSpan bytes, SkStore store);
void sk_object_free (SkObject *object);
void sk_object_type_add (SkObject *object, const char *media_type, SkStrength strength);
bool sk_object_type_at (SkObject *object, size_t index, const char **ret_type,
                        SkStrength *ret_strength);
SkStore sk_store_empty (void);
void sk_store_clear (SkStore *store);

/* ---- facts.c ---- */
void sk_facts_set (SkObject *object, uint32_t fact, const SkValue *value);
bool sk_facts_get (SkObject *object, uint32_t read, size_t nth, SkValue *ret_value);
bool sk_facts_value (SkObject *object, uint32_t index, SkValue *ret_value);
void sk_facts_descendants (SkObject *object, uint32_t read, SkDescendantFunc func, void *data);
/** Copies those values into the node that an ancestor may read, and its SHA-256. */
void sk_facts_keep (SkObject *object);
/** `text` as valid UTF-8 (U+FFFD for each byte that is not), at most `maximum` bytes and a NUL, in a
 * buffer of three times its size and one. Returns the size. */
size_t sk_text_repair (SkSpan text, size_t maximum, char *buffer);
/** The head of `text` of at most `maximum` bytes, ended at a character's border where it is UTF-8. */
SkSpan sk_text_head (SkSpan text, size_t maximum);
/** Repaired, in the arena. `ret_cut`: the text was longer. */
SkSpan sk_text_take (SkArena *arena, SkSpan text, size_t maximum, bool *ret_cut);

/* ---- findings.c ---- */

/** Records a finding on the node; joins it with an equal one, keeps the caps. */
void sk_finding_add (SkWalker *walker, SkNode *node, uint32_t rule, uint32_t plugin,
                     const char *evidence);
/** Whether one more finding of that rule would be kept; `record` SK_NO_RECORD when it is of the object. When
 * not, it is counted here, and cheaply. */
bool sk_finding_has_room (SkWalker *walker, SkNode *node, uint32_t rule, uint64_t record);
/** The same of a record: never joined. */
void sk_finding_of_record (SkWalker *walker, SkNode *node, uint32_t rule, uint32_t plugin,
                           const char *evidence, SkRecordPlace place);
/** Records `not-inspected.<reason>` in the name of the running hook's plugin. */
void sk_finding_reason (SkWalker *walker, SkNode *node, SkReason reason, const char *detail);
void sk_finding_reason_by (SkWalker *walker, SkNode *node, SkReason reason, uint32_t plugin,
                           const char *detail);
/** Records that a limit was met: some once a job, some once an object. Always returns false. */
bool sk_finding_limit (SkWalker *walker, SkNode *node, SkLimitKind kind);
/** Its name, as in the configuration where it is there. Static. */
const char *sk_finding_limit_name (SkLimitKind kind);
/** The plugin broke a rule of the interface. */
void sk_finding_misuse (SkObject *object, const char *what);
/** Moves what was found into the reply, the entry object first. */
void sk_findings_finish (SkWalker *walker, SkNode *entry);
/** Forgets the findings of the last job. */
void sk_findings_reset (SkWalker *walker);

/* ---- lists.c ---- */

/** Adds what an object that ends leaves to its parent's lists: itself, and what is in it. */
void sk_lists_pass_up (SkObject *object);
/** Empties the object's own. */
void sk_lists_reset (SkObject *object);
void sk_lists_free (SkObject *object);
/** Texts of a list in the order of their coming; NULL past the last. */
const char *sk_lists_at (const SkObject *object, SkListKind kind, uint32_t index);

/* ---- walk.c ---- */

/** Walks a child to its end, or until it waits for secrets. Takes it. */
void sk_walk_child (SkObject *child);
/** Spends work. False, recorded on the object, when there is none left. */
bool sk_walk_work (SkObject *object, uint64_t units);
/** True when the running hook is the `open` of this very object. */
bool sk_walk_may_open (SkObject *object, const char *what);
bool sk_walk_park (SkObject *object, const char *detail);
void sk_walk_progress (SkWalker *walker);

/* ---- child.c, defer.c ---- */
SkChild *sk_child_begin (SkObject *object, uint64_t position, const char *name);
bool sk_child_append (SkChild *child, SkSpan bytes);
bool sk_child_write (SkChild *child, uint64_t offset, SkSpan bytes);
void sk_child_declare (SkChild *child, const char *media_type);
void sk_child_commit (SkChild *child);
void sk_child_abort (SkChild *child);
bool sk_child_slice (SkObject *object, uint64_t position, const char *name, size_t offset,
                     size_t length);
bool sk_child_share (SkChild *child, size_t offset, size_t length);
void sk_child_absent (SkChild *child, uint64_t size);
void sk_child_info (SkChild *child, const SkFileInfo *info);
void sk_child_fact (SkChild *child, uint32_t fact, const SkValue *value);
/** Records the limits that it met on `node`, and gives it back to the pool. */
void sk_child_end (SkChild *child, SkNode *node);
void sk_child_free (SkChild *child);
/** An empty file: one that is idle, or of the host. -1 when refused. */
int sk_child_lend (SkWalker *walker, uint32_t *ret_number);
/** Nobody needs its content any more. Takes the descriptor. */
void sk_child_lend_back (SkWalker *walker, int fd, uint32_t number);
/** Closes those that are idle. */
void sk_child_lend_end (SkWalker *walker);
bool sk_defer_part (SkObject *object, uint64_t offset, uint64_t length, SkSpan context);
bool sk_defer_child (SkChild *child, SkSpan context);

/* ---- record.c ---- */
uint32_t sk_record_field (SkObject *object, uint32_t record, SkSpan name);
SkRecord *sk_record_begin (SkObject *object, uint32_t record, uint64_t position, int64_t time);
void sk_record_bool (SkRecord *record, uint32_t field, bool value);
void sk_record_int (SkRecord *record, uint32_t field, int64_t value);
void sk_record_string (SkRecord *record, uint32_t field, SkSpan value);
void sk_record_json (SkRecord *record, uint32_t field, SkSpan value);
void sk_record_end (SkRecord *record);
/** Throws away what a hook left unfinished. */
void sk_record_drop (SkRecord *record);
/** Frees the pool that begins there. */
void sk_record_free_all (SkRecord *record);

/* ---- secret.c ---- */
SkSecrets *sk_secrets_new (void);
void sk_secrets_free (SkSecrets *secrets);
/** Secrets that every root begins with: of SkSpan, borrowed and constant. NULL: none. */
void sk_secrets_set_known (SkSecrets *secrets, const GArray *known);
/** Wipes all secrets that were added. */
void sk_secrets_reset (SkSecrets *secrets);
uint32_t sk_secrets_count (const SkSecrets *secrets);
/** False when a maximum forbids it. One that is known already is accepted and not kept twice. */
bool sk_secrets_add (SkSecrets *secrets, SkSpan secret, const char *origin);
void sk_secrets_each (SkSecrets *secrets, SkSecretFunc func, void *data);

/* ---- input.c ---- */

/** The job's input, or its head of `input_bytes`, or its window as the entry object's bytes. False, with the detail, when the system
 * refuses. `ret_changed`: it is shorter than it was. */
bool sk_input_open (SkWalker *walker, SkSpan *ret_bytes, SkStore *ret_store, bool *ret_changed,
                    char **ret_detail);
/** Bytes of the whole input that sk_input_open leaves out. */
uint64_t sk_input_left_out (const SkWalker *walker);
/** Whether the file is another than when the supervisor opened it. */
bool sk_input_changed (const SkInput *input);

/* ---- mapping.c ---- */

/** Makes reading past the end of a file that shrank harmless: from now on SIGBUS inside an entered
 * mapping gives zero bytes and is remembered; anywhere else it is fatal as ever. */
void sk_mapping_guard (void);
/** Maps `size` bytes of `fd` from `offset` (a multiple of the page) for reading, entered in the
 * table. NULL with errno. */
void *sk_mapping_new (int fd, uint64_t offset, size_t size, int *ret_slot);
void sk_mapping_free (void *mapping, size_t size, int slot);
/** A part of it was gone when it was read. */
bool sk_mapping_was_hit (int slot);

#endif
