/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Times as logs write them, as nanoseconds since 1970 in UTC.
 *
 * Knows no names of months in other languages than English and no leap
 * seconds: second 60 counts as the next minute's first.
 */
#ifndef LOG_TIME_H
#define LOG_TIME_H

#include <glib.h>
#include <sekisho/span.h>

/** A time zone: a fixed offset, or rules that were read before the sandbox closed. */
typedef struct LogZone {
  GTimeZone *rules; /**< NULL: `offset` */
  int32_t offset;   /**< seconds east of UTC */
} LogZone;

/** A date and time as written. */
typedef struct LogCivil {
  int year, month, day, hour, minute, second; /**< month and day from 1 */
  int64_t nanosecond;
} LogCivil;

/** Reads `UTC`, `Z`, `+09:00`, `-0330` or the name of a zone (`Asia/Tokyo`). False when it is none.
 * Reads a file of the system for a name. */
bool log_zone_parse (const char *text, LogZone *ret_zone);
void log_zone_clear (LogZone *zone);

/** Both count from 1; 0 for what is no English month of three letters (`Jan`; case does not count). */
int log_month (SkSpan three_letters);

/** False when there is no such date, or it lies outside of the years 1678 to 2261, which nanoseconds in 64 bits
 * can tell. Second 60 is taken. */
bool log_time_civil (const LogCivil *civil, const LogZone *zone, int64_t *ret_time);
/** The year in that zone. */
int log_time_year (int64_t time, const LogZone *zone);

/** RFC 3339, and what is written like it: `YYYY-MM-DD`, then `T`, `t`, `_` or blanks, `HH:MM:SS`, a
 * fraction behind `.` or `,` of any length, a zone (`Z`, `+hh:mm`, `+hhmm`, `+hh`, ` UTC`) or none: then
 * `zone`. The whole text, or with `ret_used` its beginning. */
bool log_time_iso (SkSpan text, const LogZone *zone, size_t *ret_used, int64_t *ret_time);
/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told by the magnitude; with a
 * fraction only seconds and milliseconds. Years before 1990 and after 2200 are no time. */
bool log_time_epoch (SkSpan text, int64_t *ret_time);

#endif
