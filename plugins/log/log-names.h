/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The names that a JSON text uses, as a tree: what each means is found out
 * once. Private to the reader of JSON.
 */
#ifndef LOG_NAMES_H
#define LOG_NAMES_H

#include "log-json.h"

/** What is particular about a name. */
enum {
  LOG_NAME_TIME = 1,       /**< its value may be the event's time */
  LOG_NAME_WRAPPER = 2,    /**< an array of objects under it at the top holds the events */
  LOG_NAME_DATA = 4,       /**< `Data` of Windows' EventData: pairs of name and text */
  LOG_NAME_PAIR_NAME = 8,  /**< the name in such a pair */
  LOG_NAME_PAIR_TEXT = 16, /**< the text */
  LOG_NAME_ATTRIBUTES = 32, /**< `#attributes` in such a pair */
  LOG_NAME_LONG = 64,      /**< too long to be a field */
  /** A value of it needs more than to be kept. */
  LOG_NAME_SPECIAL = LOG_NAME_TIME | LOG_NAME_PAIR_NAME | LOG_NAME_PAIR_TEXT | LOG_NAME_LONG
};

/** A name. Number 0 is the record itself. */
typedef struct LogName {
  const uint8_t *quoted; /**< `"key":`, as it mostly stands in the text */
  uint32_t quoted_size;
  uint32_t parent;
  uint32_t next[2]; /**< names that stood behind it, the last one first; 0: none yet */
  uint32_t field;   /**< SK_NO_FIELD: nobody wants its values */
  uint32_t hash;
  uint32_t chain;   /**< the next of the same hash, 0: none */
  uint8_t flags;
  uint8_t rank; /**< of a time: the lower the better, from 1 */
  bool utc;     /**< a time without a zone is UTC */
  const char *name; /**< flattened, of its own values */
  uint32_t name_size;
  uint32_t prefix_size; /**< of `name`, what stands before names below it; 0: nothing */
} LogName;

typedef struct LogNames {
  LogName *names;
  uint32_t n_names, n_room;
  uint32_t *table; /**< heads of chains */
  uint32_t table_mask;
  GStringChunk *texts;
  size_t text_bytes;
  LogJsonField field;
  void *data;
} LogNames;

void log_names_init (LogNames *names, LogJsonField field, void *data);
/** Forgets all names but the record itself. */
void log_names_reset (LogNames *names);
/** There may soon be no room for new names. */
bool log_names_crowded (const LogNames *names);
/** The name `key` (as it stands between quotes, well-formed) below `parent`. UINT32_MAX when there is no room. */
uint32_t log_names_get (LogNames *names, uint32_t parent, SkSpan key);
void log_names_clear (LogNames *names);

#endif
