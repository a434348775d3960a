/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Events out of JSON: one a line, documents one after another, or the elements
 * of an array, in one pass over the bytes.
 *
 * The grammar is that of RFC 8259, except that text need not be valid UTF-8 and
 * that documents follow each other with or without blanks between. A record is
 * - an object at the top,
 * - each object of an array at the top,
 * - each object of the array under one of the names that exports wrap events in
 *   (`Records`, `events`, `value`, `hits.hits`, …) at the top of a record that
 *   has told no time before; what else stands in such a wrapper is a record of
 *   its own if it tells a time.
 *
 * Names are flattened: `{"a":{"b":1}}` is `a.b`. Values of an array are several
 * values of one name. Besides:
 * - `#text` is the value of what it stands in: `{"EventID":{"#text":1}}` is
 *   `EventID`;
 * - `_source` at the top of a record adds no level;
 * - under `EventData` and `UserData`, `Data` with a name and a text
 *   (`{"@Name":"X","#text":"v"}`, `{"Name":"X","Value":"v"}`,
 *   `{"#attributes":{"Name":"X"},"#text":"v"}`) is the name: `EventData.X`.
 * Null is absent. All values of a repeated name are kept.
 *
 * Strings stay as they stand in the text. A value whose name nobody wants is
 * passed over; names are looked up once a text, because a key is known by the
 * key that it followed the last time.
 */
#ifndef LOG_JSON_H
#define LOG_JSON_H

#include <sekisho/sekisho.h>

#include "log-time.h"

/** Levels of objects and arrays that are flattened; values below are passed over and counted. */
#define LOG_JSON_MAX_LEVELS 64
/** Values of a record; more are passed over and counted. */
#define LOG_JSON_MAX_VALUES 4096
/** Bytes of a flattened name; values of longer ones are passed over and counted. */
#define LOG_JSON_MAX_NAME 1024
/** Bytes of a record; a longer one is no event but BAD. */
#define LOG_JSON_MAX_RECORD ((size_t) 1 << 20)

typedef struct LogJson LogJson;

typedef enum LogJsonType {
  LOG_JSON_BOOL,   /**< `integer` is 0 or 1 */
  LOG_JSON_INT,
  LOG_JSON_TEXT,   /**< a string without escapes, or another number as it is written */
  LOG_JSON_ESCAPED /**< a string as it stands between its quotes; its escapes are well-formed */
} LogJsonType;

typedef struct LogJsonValue {
  uint32_t field; /**< as `LogJsonField` gave it */
  LogJsonType type;
  union {
    int64_t integer;
    SkSpan text; /**< a part of the input */
  };
} LogJsonValue;

typedef struct LogJsonEvent {
  size_t begin, end; /**< its bytes in the text */
  uint64_t line;     /**< on which it begins */
  int64_t time;      /**< 0: none */
  const LogJsonValue *values; /**< until the next call */
  size_t n_values;
  bool wrapper; /**< what stood beside wrapped events; of BAD: it was inside an array of records */
} LogJsonEvent;

typedef enum LogJsonStatus {
  LOG_JSON_EVENT,
  LOG_JSON_BAD, /**< something that is no event: `begin`, `end` and `line` tell where; reading goes on behind */
  LOG_JSON_END
} LogJsonStatus;

/** What was passed over in good events, since the reader was made. */
typedef struct LogJsonUnread {
  uint64_t deep;   /**< objects and arrays below the last level */
  uint64_t values; /**< past the number of a record */
  uint64_t names;  /**< of names too long or too many */
  uint64_t loose;  /**< in an array of records, but no objects */
} LogJsonUnread;

/** The handle for values of that name; SK_NO_FIELD: nobody wants them. */
typedef uint32_t (*LogJsonField) (void *data, SkSpan name);

/** `zone` is for times that name none; borrowed for life. */
LogJson *log_json_new (LogJsonField field, void *data, const LogZone *zone);
/** No document spans a line end; a broken one costs its line. Else reading goes on at the next line
 * that begins as the broken record did, or as a document. */
#define LOG_JSON_LINES 1u
/** The text is the beginning of a longer one that was cut between two records: it may end inside of the
 * containers of records. */
#define LOG_JSON_OPEN_END 2u
/** Starts on a text, which is borrowed. `line` is the number of its first line. `place` is empty, or
 * where log_json_place was between two records, with the second of which the text begins. */
void log_json_start (LogJson *json, SkSpan text, uint64_t line, unsigned flags, SkSpan place);
/** The containers that the place behind the last event is in: at most LOG_JSON_MAX_LEVELS bytes. */
size_t log_json_place (const LogJson *json, char place[LOG_JSON_MAX_LEVELS]);
LogJsonStatus log_json_next (LogJson *json, LogJsonEvent *ret_event);
/** After BAD or END: the text ended inside of a document. */
bool log_json_unended (const LogJson *json);
const LogJsonUnread *log_json_unread (const LogJson *json);
void log_json_free (LogJson *json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LogJson, log_json_free)

#endif
