/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The declared fields of each kind of record: X (identifier, name, type,
 * flags, meaning). The identifier's place is the handle; the line's number
 * stands first in every kind.
 */
#ifndef LOG_FIELDS_H
#define LOG_FIELDS_H

#define LOG_LINE_FIELD(X, KIND)                                                                    \
  X (KIND##_LINE, "log.line", SK_FIELD_INT, 0, "the line on which it begins, from 1")

#define LOG_JSON_FIELDS(X) LOG_LINE_FIELD (X, LOG_JSON)

#define LOG_SYSLOG_FIELDS(X)                                                                       \
  LOG_LINE_FIELD (X, LOG_SYSLOG)                                                                   \
  X (LOG_SYSLOG_HOST, "host", SK_FIELD_STRING, 0, "the machine that wrote it")                \
  X (LOG_SYSLOG_PROGRAM, "program", SK_FIELD_STRING, 0, "the program that wrote it")          \
  X (LOG_SYSLOG_PID, "pid", SK_FIELD_INT, 0, "the program's process id")                      \
  X (LOG_SYSLOG_MESSAGE, "message", SK_FIELD_STRING, 0, "the text behind the program's name")

#define LOG_WEB_FIELDS(X) LOG_LINE_FIELD (X, LOG_WEB)

#define LOG_FIELD_ID(id, name, type, flags, meaning) id,
enum { LOG_JSON_FIELDS (LOG_FIELD_ID) LOG_N_JSON_FIELDS };
enum { LOG_SYSLOG_FIELDS (LOG_FIELD_ID) LOG_N_SYSLOG_FIELDS };
enum { LOG_WEB_FIELDS (LOG_FIELD_ID) LOG_N_WEB_FIELDS };
#undef LOG_FIELD_ID

#endif
