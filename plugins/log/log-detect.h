/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Is a text a log, and of which format?
 *
 * Told from its first lines alone, and only where most of them are such lines:
 * a README, a program, a table or a page of HTML costs a look at eight lines.
 */
#ifndef LOG_DETECT_H
#define LOG_DETECT_H

#include "log.h"

/** What is looked at of a text, and of its lines; longer lines are passed over. */
#define LOG_HEAD ((size_t) 64 << 10)

/** How a text is read. The values stand in the contexts of windows. */
typedef enum LogShape {
  LOG_SHAPE_NONE,      /**< no log */
  LOG_SHAPE_LINES,     /**< lines of `format` */
  LOG_SHAPE_JSON_LINES, /**< a JSON document a line */
  LOG_SHAPE_JSON       /**< JSON documents over any lines */
} LogShape;

typedef struct LogChoice {
  LogShape shape;
  uint32_t format; /**< of LINES: row in log_formats */
  bool sure;       /**< more than one document, or told by the operator: what cannot be read is worth saying */
} LogChoice;

/** `wanted`: `auto`, `json` or a format's name. */
LogChoice log_detect (SkSpan text, const char *wanted);
/** `auto`, `off`, `json` or the name of a row. */
bool log_detect_knows (const char *wanted);

/** Takes the next line off `*rest`, without its line end (LF or CR LF) and NULs before it (what a crash
 * leaves in a file). False when nothing is left. `*ret_ended`: there was a line end. */
bool log_take_line (SkSpan *rest, SkSpan *ret_line, bool *ret_ended);

#endif
