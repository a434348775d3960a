/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * autorun.inf as Windows reads it, whatever stands around it. Knows nothing of
 * the host.
 */
#ifndef AUTORUN_PARSE_H
#define AUTORUN_PARSE_H

#include <glib.h>
#include <sekisho/span.h>
#include <unicode/ucnv.h>

/** Known worms write some 100 KiB of junk around a few lines. */
#define AUTORUN_MAX_BYTES ((size_t) 1024 * 1024)

/** Windows' Japanese code page. NULL when ICU has none. Free with ucnv_close. */
UConverter *autorun_converter (void);

/** The file as UTF-8: UTF-16 by its byte order mark, UTF-8 when it is valid, else CP932; what fits
 * none becomes U+FFFD, NUL a line's end. Transfer full. */
char *autorun_text (SkSpan bytes, UConverter *cp932);

typedef enum AutorunKey {
  AUTORUN_COMMAND, /**< of open, shellexecute, shell\VERB\command */
  AUTORUN_ICON,
  AUTORUN_LABEL,
  AUTORUN_ACTION
} AutorunKey;

/** Receives a value, without the blanks and quotes around it. False to stop. */
typedef bool (*AutorunFunc) (void *data, AutorunKey key, const char *value);

/** Calls `func` for each line of an `[autorun]` section (or `[autorun.amd64]`) that does something. */
void autorun_parse (const char *text, AutorunFunc func, void *data);

/** Receives a path as `file.relative` has them: `/` between parts, lower case, no drive, no root.
 * False to stop. */
typedef bool (*AutorunPathFunc) (void *data, const char *path);

/** The program of a command line, and what a program that only starts others (cmd, rundll32,
 * wscript …) is given to start. */
void autorun_command (const char *line, AutorunPathFunc func, void *data);

#endif
