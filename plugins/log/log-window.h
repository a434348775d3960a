/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Big logs are cut into windows, each read as a job of its own: between two
 * lines, or between two records of JSON that spans lines.
 */
#ifndef LOG_WINDOW_H
#define LOG_WINDOW_H

#include "log-read.h"

/** Bytes of a window; a text up to this size is read at once. */
#define LOG_WINDOW ((size_t) 64 << 20)

/** Hands the windows of the reader's text back to the host; `size` bytes or a little more each. */
SkResult log_windows (LogReader *reader, size_t size);
/** Fills what a window's context tells of its reader. False when it is none of ours. */
bool log_window_open (LogReader *reader, SkSpan context);

#endif
