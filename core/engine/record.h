/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A record being filled, shared by those who fill it (record.c for plugins,
 * own.c for the engine), judge it and send it (send.c).
 */
#ifndef SK_ENGINE_RECORD_H
#define SK_ENGINE_RECORD_H

#include "engine/walker.h"

struct SkRecord {
  SkRecord *next; /**< in the pool */
  SkObject *object;
  const SkKind *kind;
  uint64_t position;
  int64_t time;
  SkSigmaValue *values; /**< as the rules see them: texts are borrowed until the record's end */
  uint32_t *fields;     /**< the handle of each */
  uint32_t n, room;
  uint32_t *places;     /**< where the value of each declared field stands, if there is one: only to be
                             believed when that value's handle says so */
  uint64_t bytes;       /**< of its texts */
  bool cut;             /**< it had more values than a record may have */
};

/** A rule that the record meets, or may meet. */
typedef struct SkRecordHit {
  uint32_t rule;
  SkSigmaTruth truth;
} SkRecordHit;

/** A record of that kind from the pool. */
SkRecord *sk_record_take (SkObject *object, const SkKind *kind);
void sk_record_give_back (SkRecord *record);
/** Room for one more value of a field, handle and number set; NULL when there is none. */
SkSigmaValue *sk_record_append (SkRecord *record, uint32_t field, uint32_t number);
/** Judges it, and sends it to who asked. */
void sk_record_finish (SkRecord *record);

/** A handle of `sk_record_field` that was interned: its index in the walker's names. */
#define SK_INTERNED UINT32_C (0x80000000)
/** A field without a name: only words are looked for in it. */
#define SK_ANY_FIELD (UINT32_MAX - 1)

/* ---- send.c ---- */

/** Cut to what the route keeps. False when it is too long to be sent. */
bool sk_record_send (const SkRecord *record, const SkRecordRoute *route);

/* ---- names.c ---- */

/** Names of fields that are not declared, as input brings them: what was answered for each. */
typedef struct SkNameSlot {
  const char *name;
  uint32_t size, hash;
  uint32_t kind, field;
} SkNameSlot;

/** A name that is sent. */
typedef struct SkOpenName {
  const char *name; /**< valid UTF-8 */
  uint32_t kind;
  uint32_t number;  /**< for the rules, or SK_SIGMA_NO_FIELD */
} SkOpenName;

struct SkNames {
  SkNameSlot *slots; /**< a power of two of them, half of them free */
  uint32_t n_slots, n_used;
  GArray *open;      /**< of SkOpenName */
  SkArena arena;
  uint64_t bytes;    /**< of the names in the arena */
};

SkNames *sk_names_new (void);
void sk_names_free (SkNames *names);
/** Forgets all: what one job brings must not count for the next. */
void sk_names_reset (SkNames *names);
/** The handle for that name in records of the kind, as `SkApi.record_field`. */
uint32_t sk_names_field (SkWalker *walker, const SkKind *kind, SkSpan name);

/* ---- own.c ---- */

/** Makes the engine's own records of an object whose `judge` is over: `file`, then `object`. */
void sk_own_records (SkObject *object);

#endif
