/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A text or a window of one is read to its end: records are made, and what
 * could not be read is said.
 */
#ifndef LOG_READ_H
#define LOG_READ_H

#include "log-detect.h"
#include "log-json.h"

/** Lines or documents that were not understood, named in the finding. */
#define LOG_MAX_SAMPLES 3

typedef struct LogReader {
  const SkApi *api;
  SkObject *object;
  const LogSettings *settings;
  SkSpan text;
  uint64_t base; /**< offset of the text in the whole input */
  uint64_t line; /**< number of its first line */
  LogChoice choice;
  LogState state;
  SkSpan place;   /**< for log_json_start */
  bool last;      /**< the input's end is the text's */
  bool utf16;     /**< the text was decoded: offsets are counted back into the input */

  /* what came of it */
  uint64_t n_units; /**< lines or documents that were looked at */
  uint64_t n_bad, first_bad;
  GString *samples;
  bool truncated, partial;
  bool spent;       /**< the work is spent */
  size_t offset_at; /**< of decoded text: an offset, and the units of UTF-16 before it */
  uint64_t units_at;
} LogReader;

/** Prepares the state for the first line of the whole text, once `text` and `choice` stand. */
void log_read_begin (LogReader *reader);
/** Reads the text, makes its records and says what was not read. */
SkResult log_read (LogReader *reader);
/** Makes one record of an event. False: stop, nobody asks or the work is spent. */
bool log_read_event (LogReader *reader, const LogJsonEvent *event);
/** The handle of a name; `data` is the reader. */
uint32_t log_read_field (void *data, SkSpan name);

#endif
