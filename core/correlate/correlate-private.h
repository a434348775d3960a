/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of core/correlate share: plan.c (what the rules ask for),
 * group.c (groups, their memory and the places of events), count.c (what
 * happens in a group), wave.c (findings on their way out) and correlate.c (the
 * order of events and of time).
 *
 * All that is kept of events is allocated by sk_cor_new and counted; nothing
 * here reads rules' conditions or records.
 */
#ifndef SK_CORRELATE_PRIVATE_H
#define SK_CORRELATE_PRIVATE_H

#include "correlate/correlate.h"

#include "base/limits.h"

/** What a place in a hash table takes. */
#define SK_COR_TABLE_ENTRY 32

/** The values of a group's fields: for each a u32 size in the machine's order and the bytes. */
typedef struct SkCorKey {
  uint32_t refs;
  size_t size;
  uint8_t bytes[];
} SkCorKey;

/** Job and object of an event; events share them. */
typedef struct SkCorWhere {
  uint32_t refs;
  uint64_t hash;
  const char *job, *object;
  size_t size; /**< of both with their NULs */
  char text[];
} SkCorWhere;

/** An event that is kept. Holds a reference. */
typedef struct SkCorMark {
  int64_t time;
  uint64_t position;
  SkCorWhere *where;
} SkCorMark;

/** Groups of one timespan, by the time at which they are over. */
typedef struct SkCorSpan {
  int64_t length;
  GQueue waves;   /**< of SkCorGroup: by last event */
  GQueue windows; /**< of SkCorGroup: by opening */
} SkCorSpan;

/** One correlation. */
typedef struct SkCorPlan {
  uint32_t rule;
  const SkSigmaCorrelation *what;
  SkCorSpan *span;
  bool closes;     /**< windows that open and close, not waves */
  bool silent;
  bool needed;     /**< other correlations are made of it */
  uint64_t least;  /**< of a wave: fires with so many */
  uint32_t length; /**< TEMPORAL_ORDERED: the longest chain worth keeping */
  uint64_t lost;
} SkCorPlan;

/** One rule as a part of one correlation. */
typedef struct SkCorUse {
  SkCorPlan *plan;
  const char **fields;     /**< for each of `group-by`, as the rule calls it */
  const char *value_field; /**< VALUE_COUNT */
} SkCorUse;

/** A finding that may come, from its first event on (a window that counts events) or from firing. */
typedef struct SkCorWave {
  GList waiting; /**< in SkCorrelate.waiting, once fired; silent ones are not */
  GList ended;   /**< in SkCorrelate.ended, once ended behind one that goes on */
  SkCorPlan *plan;
  SkCorKey *key;
  int64_t first, last;
  uint64_t count;
  SkCorMark marks[SK_MAX_CORRELATE_PLACES];
  uint32_t n_marks;
  bool has_fired, has_ended;
} SkCorWave;

/** A value (or rule) that a group has seen. */
typedef struct SkCorValue {
  GList link; /**< in SkCorGroup.values: by newest event */
  struct SkCorGroup *group;
  uint64_t hash;
  SkCorMark mark;
  size_t size;
  uint8_t bytes[];
} SkCorValue;

/** A step of a chain; chains share their beginnings. */
typedef struct SkCorStep {
  uint32_t refs;
  struct SkCorStep *before;
  SkCorMark mark;
  int64_t start;   /**< time of the chain's first event */
  uint64_t serial; /**< its number */
  uint64_t last;   /**< number of this step's event */
} SkCorStep;

/** The newest events, oldest first. */
typedef struct SkCorRing {
  SkCorMark *marks;
  size_t room, head, count;
} SkCorRing;

typedef struct SkCorGroup {
  GList by_age;  /**< in SkCorrelate.ages */
  GList by_due;  /**< in a queue of its plan's span */
  SkCorPlan *plan;
  SkCorKey *key;
  uint64_t hash;
  int64_t time;    /**< of the last event */
  int64_t opened;  /**< windows */
  uint64_t serial; /**< windows: when it opened, among all */
  SkCorRing ring;     /**< EVENT_COUNT: in a wave to come */
  GQueue values;      /**< VALUE_COUNT, TEMPORAL */
  SkCorStep **chains; /**< TEMPORAL_ORDERED: [places in `rules` up to here][length - 1] */
  SkCorWave *wave;
} SkCorGroup;

/** An event on its way through the correlations. */
typedef struct SkCorEvent {
  uint32_t rule;
  SkCorMark mark; /**< its time is the one that counts */
  uint64_t serial;
  SkCorrelateValues values;
  void *event;
} SkCorEvent;

/** A correlation that fired, not yet looked at by others. */
typedef struct SkCorFired {
  SkCorPlan *plan;
  SkCorKey *key;
  SkCorMark mark;
  uint32_t depth;
} SkCorFired;

/** Values of one field of one event. */
typedef struct SkCorGather {
  GByteArray *text;
  GArray *ends;    /**< of size_t: where each value ends in `text` */
  size_t maximum;  /**< distinct values to keep; 0: all, repeats too */
  uint64_t over;   /**< values not kept for that */
  uint64_t long_ones;
} SkCorGather;

struct SkCorrelate {
  SkCorrelateLimits limits;
  SkCorrelateFunc func;
  void *data;
  GPtrArray *plans;  /**< of SkCorPlan, in order of rules */
  GPtrArray *spans;  /**< of SkCorSpan */
  GPtrArray **uses;  /**< by rule: of SkCorUse, in order of the correlations; NULL for none */
  uint32_t n_rules;

  uint64_t bytes;    /**< of all that is kept */
  uint64_t secret[2]; /**< of the hash: keys come from attackers */
  GHashTable *groups, *values, *wheres;
  SkCorWhere *last_where; /**< borrowed from `wheres` */
  GQueue ages;       /**< of SkCorGroup: by last event */
  GQueue waiting;    /**< of SkCorWave, in order of firing */
  GQueue ended;      /**< of SkCorWave */
  GQueue fired;      /**< of SkCorFired */

  int64_t now, due;  /**< nothing is over before `due` */
  uint64_t serial;
  uint32_t depth;
  GPtrArray *gathers; /**< of SkCorGather: one for each field of group-by */
  SkCorGather *counted;
  GByteArray *scratch;
};

/** For the rules of an array: what sk_correlate_new does for a set. Borrowed for life. */
SkCorrelate *sk_correlate_new_from (const SkSigmaRule *const *rules, uint32_t n_rules,
                                    const SkCorrelateLimits *limits, SkCorrelateFunc func,
                                    void *data);

/* plan.c */
void sk_cor_plan (SkCorrelate *correlate, const SkSigmaRule *const *rules, uint32_t n_rules);
void sk_cor_plan_free (SkCorrelate *correlate);
/** All of the correlation's bounds hold for the count. */
bool sk_cor_plan_holds (const SkCorPlan *plan, uint64_t count);
/** Adds to what the plan lost, up to the end of the numbers. */
void sk_cor_plan_lose (SkCorPlan *plan, uint64_t count);

/* group.c */
/** Zeroed memory that counts. */
void *sk_cor_new (SkCorrelate *correlate, size_t size);
void sk_cor_free (SkCorrelate *correlate, void *memory, size_t size);
uint64_t sk_cor_hash (const SkCorrelate *correlate, uint64_t seed, SkSpan bytes);
bool sk_cor_out (int64_t time, int64_t now, int64_t span);
int64_t sk_cor_later (int64_t time, int64_t span);
SkCorKey *sk_cor_key_new (SkCorrelate *correlate, SkSpan bytes);
SkCorKey *sk_cor_key_ref (SkCorKey *key);
void sk_cor_key_unref (SkCorrelate *correlate, SkCorKey *key);
/** The value of field number `index` of the key. Borrowed. */
SkSpan sk_cor_key_value (const SkCorKey *key, uint32_t index);
/** The pair's one; a reference. */
SkCorWhere *sk_cor_where (SkCorrelate *correlate, const char *job, const char *object);
SkCorMark sk_cor_mark_ref (const SkCorMark *mark);
void sk_cor_mark_unref (SkCorrelate *correlate, SkCorMark *mark);
/** The group with that key; a new one at the end of nothing when there is none. */
SkCorGroup *sk_cor_group (SkCorrelate *correlate, SkCorPlan *plan, SkSpan key,
                          const SkCorEvent *event);
/** The group's newest event is now. */
void sk_cor_group_touch (SkCorrelate *correlate, SkCorGroup *group, int64_t time);
/** Its wave, if any, has ended. */
void sk_cor_group_free (SkCorrelate *correlate, SkCorGroup *group);
/** Forgets what there is no room for. */
void sk_cor_make_room (SkCorrelate *correlate);
void sk_cor_groups_init (SkCorrelate *correlate);
void sk_cor_groups_clear (SkCorrelate *correlate);

/* count.c */
/** One more event of the group. False when the group takes more than all the room there is: nothing of
 * it is to be kept. */
bool sk_cor_count (SkCorrelate *correlate, SkCorGroup *group, const SkCorEvent *event);
/** The window is over: fires when the bounds hold. Frees the group. */
void sk_cor_close (SkCorrelate *correlate, SkCorGroup *group);
/** Frees what the types keep in a group. */
void sk_cor_count_clear (SkCorrelate *correlate, SkCorGroup *group);

/* wave.c */
SkCorWave *sk_cor_wave_new (SkCorrelate *correlate, SkCorGroup *group);
/** One more event. */
void sk_cor_wave_mark (SkCorrelate *correlate, SkCorWave *wave, const SkCorMark *mark);
/** The group's wave fires, at `time`. */
void sk_cor_wave_fire (SkCorrelate *correlate, SkCorGroup *group, int64_t time);
/** Takes the wave: handed out as soon as it may be. */
void sk_cor_wave_end (SkCorrelate *correlate, SkCorWave *wave);
/** A wave that did not fire. */
void sk_cor_wave_free (SkCorrelate *correlate, SkCorWave *wave);
/** Hands out all that have ended. */
void sk_cor_wave_flush (SkCorrelate *correlate);
/** Values of a correlation that fired: an SkCorrelateValues over SkCorFired. */
void sk_cor_fired_values (void *event, const char *field,
                          void (*func) (void *data, SkSpan value), void *data);
void sk_cor_fired_free (SkCorrelate *correlate, SkCorFired *fired);

#endif
