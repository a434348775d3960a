/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of the plugin share: kinds of records, the event that a
 * reader of one line fills, and the row by which a line format is known.
 *
 * A format of lines is pure functions over one line and a small state: it
 * knows nothing of the host, of windows or of other lines. A new one is a file
 * log-<name>.c and a row in log-formats.c. JSON is no line format, because its
 * documents may span lines; see log-json.h.
 */
#ifndef LOG_H
#define LOG_H

#include <glib.h>
#include <sekisho/sekisho.h>

#include "log-fields.h"
#include "log-time.h"

/** The kinds of records; the value is the handle. */
typedef enum LogKind {
  LOG_KIND_JSON,
  LOG_KIND_SYSLOG,
  LOG_KIND_WEB,
  LOG_N_KINDS
} LogKind;

/** A line longer than this is skipped and counted as not understood. The largest event that Windows
 * writes has 64 KiB of UTF-16. */
#define LOG_MAX_LINE ((size_t) 1 << 20)
/** Values of an event that a line format makes. */
#define LOG_MAX_VALUES 128
/** Bytes of all texts of an event that are not part of its line (escapes undone, texts put together). */
#define LOG_MAX_SCRATCH ((size_t) 64 << 10)

/** What the operator set. */
typedef struct LogSettings {
  int32_t year; /**< of lines that do not name one; 0: find out */
  LogZone zone; /**< of times that do not name one */
  int64_t now;  /**< when the program was started, nanoseconds since 1970 */
} LogSettings;

/** What is known of the text before its first line is read. */
typedef struct LogInput {
  SkSpan name; /**< of the object, the last part of its path */
  SkSpan head; /**< its first 64 KiB at most */
  SkSpan tail; /**< its last 64 KiB at most, behind a line end unless it is `head` */
} LogInput;

/** What a format carries from line to line. Plain data without pointers, zero at first: where a big
 * log is cut into windows, each begins with a copy of the state that the first line of the window
 * left, and of all lines before it only some were read: about a thousand of each window. */
typedef struct LogState {
  int32_t year;  /**< of the last line, 0: not known yet */
  int32_t month; /**< 1 to 12 */
  bool turned;   /**< a year has begun within the text */
} LogState;

/** A value under a declared field, or under a name that the line itself brings. */
typedef struct LogValue {
  uint32_t field;   /**< position in the kind's declared fields, or LOG_OPEN */
  bool is_int;
  int64_t integer;
  SkSpan name;      /**< for LOG_OPEN */
  SkSpan text;      /**< not `is_int` */
} LogValue;

/** The line itself names the field. */
#define LOG_OPEN UINT32_MAX

/** What a line says. Texts point into the line or into `scratch`. */
typedef struct LogEvent {
  int64_t time; /**< nanoseconds since 1970, 0: none */
  size_t n_values;
  bool cut;     /**< there was no room for all */
  size_t n_scratch;
  LogValue values[LOG_MAX_VALUES];
  char scratch[LOG_MAX_SCRATCH];
} LogEvent;

/** How a line was understood. */
typedef enum LogLine {
  LOG_LINE_RECORD,  /**< the event is filled */
  LOG_LINE_NOTHING, /**< understood, and says nothing: a comment, a heading */
  LOG_LINE_BAD      /**< not a line of this format: counted and sampled */
} LogLine;

/** A line format. */
typedef struct LogFormat {
  const char *name; /**< the word for the option `format` */
  LogKind kind;
  /** How sure it is that `line` is one of its own: 0 (no) to 100 (no other format has such lines). Lines
   * of plain prose, source code, CSV, Markdown, HTML must give 0. */
  unsigned (*probe) (SkSpan line);
  /** Prepares the state for the first line of the whole text; NULL where zeros will do. */
  void (*begin) (LogState *state, const LogSettings *settings, const LogInput *input);
  /** Reads one line: not empty, no line end, at most LOG_MAX_LINE bytes, any bytes inside. The event
   * comes empty. */
  LogLine (*parse) (LogState *state, const LogSettings *settings, SkSpan line, LogEvent *event);
} LogFormat;

/** The rows, of log-formats.c; behind the last stands one without a name. Where two are equally sure of
 * a text the earlier one has it. */
extern const LogFormat log_formats[];

/* ---- filling an event; past its room a value is dropped and `cut` set ---- */

static inline void
log_event_clear (LogEvent *event)
{
  event->time = 0;
  event->n_values = 0;
  event->cut = false;
  event->n_scratch = 0;
}

static inline LogValue *
log_event_value (LogEvent *event, uint32_t field)
{
  if (event->n_values == LOG_MAX_VALUES)
    {
      event->cut = true;
      return NULL;
    }
  LogValue *value = &event->values[event->n_values++];
  value->field = field;
  value->is_int = false;
  return value;
}

/** Adds a text; an empty one too. */
static inline void
log_event_text (LogEvent *event, uint32_t field, SkSpan text)
{
  LogValue *value = log_event_value (event, field);
  if (value != NULL)
    value->text = text;
}

static inline void
log_event_int (LogEvent *event, uint32_t field, int64_t integer)
{
  LogValue *value = log_event_value (event, field);
  if (value == NULL)
    return;
  value->is_int = true;
  value->integer = integer;
}

/** Adds a text under a name of the line's own; `name` must live as long as the line or be static. */
static inline void
log_event_open (LogEvent *event, SkSpan name, SkSpan text)
{
  LogValue *value = log_event_value (event, LOG_OPEN);
  if (value == NULL)
    return;
  value->name = name;
  value->text = text;
}

/** Room for a text that the line does not hold as it is. NULL, and `cut` set, when there is none. */
static inline char *
log_event_room (LogEvent *event, size_t size)
{
  if (size > LOG_MAX_SCRATCH - event->n_scratch)
    {
      event->cut = true;
      return NULL;
    }
  char *room = event->scratch + event->n_scratch;
  event->n_scratch += size;
  return room;
}

#endif
