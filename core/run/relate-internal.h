/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What relate.c and relate-say.c share; for nobody else.
 */
#ifndef SK_RUN_RELATE_INTERNAL_H
#define SK_RUN_RELATE_INTERNAL_H

#include "correlate/correlate.h"
#include "run/relate.h"

typedef struct SkTwinKind {
  SkSpan name;       /**< borrowed from the catalogue */
  GHashTable *names; /**< of GBytes: its fields; NULL: it may have any */
  uint32_t number;   /**< in the rules, or SK_SIGMA_NO_KIND */
} SkTwinKind;

struct SkTwin {
  uint32_t generation;
  uint32_t base; /* of its rules in the catalogue */
  const SkRunSettings *settings;
  const SkCatalogue *catalogue;
  SkSigma *sigma; /* NULL: the generation has no Sigma rules */
  GPtrArray *kinds; /* of SkTwinKind: some ten */
  uint64_t entries_lost, damaged;
  bool used;
  bool failed; /* a callback has said so */
  /* From the first record on: */
  bool started;
  uint32_t rule; /* of the event in hand */
  const SkRunCallbacks *callbacks;
  SkSigmaScan *scan;
  SkCorrelate *correlate;
  GHashTable *said;   /* SkSaid → how often that was */
  GHashTable *unsaid; /* rule → how many findings were too many */
  /* The record in hand: */
  SkRecordView view;
  GArray *values; /* of SkSigmaValue */
  SkSigmaRecord record;
  GArray *hits;  /* of uint32_t */
  GString *root, *object;
  SkRunPlace place;
  uint64_t order; /* of its job */
};

/** A rule and a job of which it said something. */
typedef struct SkSaid {
  uint64_t order;
  uint32_t rule;
} SkSaid;

guint sk_said_hash (gconstpointer said);
gboolean sk_said_equal (gconstpointer a, gconstpointer b);

/** The job of a place, with what is needed to find its root again, as one text: new string. */
char *sk_twin_place_name (const SkRunPlace *place);

/** The rule hit the record in hand. */
void sk_twin_say_record (SkTwin *twin, uint32_t rule);
/** An SkCorrelateFunc. */
void sk_twin_say_related (void *twin, const SkCorrelateFinding *finding);
/** What was forgotten, given up or dropped. */
void sk_twin_say_gaps (SkTwin *twin);

#endif
