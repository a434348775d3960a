/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Times as logs write them: see log-time.h. Format: RFC 3339 section 5.6, and
 * what differs from it in the wild.
 */
#include "config.h"

#include "log-time.h"

#define SECOND INT64_C (1000000000)
#define DAY INT64_C (86400)

/* ---- zones ---- */

/* `+09:00`, `-0330`, `+09`. Gives the bytes used, 0 when it is none. */
static size_t
offset_text (SkSpan text, int32_t *ret_offset)
{
  const uint8_t *p = text.data;
  if (text.size < 3 || (p[0] != '+' && p[0] != '-') || !g_ascii_isdigit (p[1])
      || !g_ascii_isdigit (p[2]))
    return 0;
  int hours = (p[1] - '0') * 10 + p[2] - '0', minutes = 0;
  size_t used = 3, colon = text.size > 3 && p[3] == ':';
  if (text.size >= 5 + colon && g_ascii_isdigit (p[3 + colon]) && g_ascii_isdigit (p[4 + colon]))
    {
      minutes = (p[3 + colon] - '0') * 10 + p[4 + colon] - '0';
      used = 5 + colon;
    }
  if (hours > 23 || minutes > 59)
    return 0;
  *ret_offset = (hours * 3600 + minutes * 60) * (p[0] == '-' ? -1 : 1);
  return used;
}

bool
log_zone_parse (const char *text, LogZone *ret_zone)
{
  LogZone zone = { NULL, 0 };
  SkSpan span = sk_span_of_text (text);
  if (strcmp (text, "UTC") != 0 && strcmp (text, "Z") != 0
      && (span.size == 0 || offset_text (span, &zone.offset) != span.size))
    {
      if (span.size == 0 || text[0] == '+' || text[0] == '-')
        return false;
      zone.rules = g_time_zone_new_identifier (text);
      if (zone.rules == NULL)
        return false;
    }
  *ret_zone = zone;
  return true;
}

void
log_zone_clear (LogZone *zone)
{
  g_clear_pointer (&zone->rules, g_time_zone_unref);
}

/* Seconds east of UTC at local second `local` of that zone. */
static int64_t
zone_offset (const LogZone *zone, int64_t local)
{
  if (zone->rules == NULL)
    return zone->offset;
  int interval = g_time_zone_find_interval (zone->rules, G_TIME_TYPE_STANDARD, local);
  if (interval < 0)
    { /* within the hour that the summer's begin leaves out */
      gint64 moved = local;
      interval = g_time_zone_adjust_time (zone->rules, G_TIME_TYPE_STANDARD, &moved);
    }
  return g_time_zone_get_offset (zone->rules, interval);
}

/* ---- civil time ---- */

int
log_month (SkSpan three_letters)
{
  static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (three_letters.size != 3)
    return 0;
  char lower[3];
  for (size_t i = 0; i < 3; i++)
    lower[i] = g_ascii_tolower ((char) three_letters.data[i]);
  for (int month = 0; month < 12; month++)
    if (memcmp (names + 3 * month, lower, 3) == 0)
      return month + 1;
  return 0;
}

static bool
is_leap (int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01; the year is counted from March, so that the leap day is its last. */
static int64_t
days_of (int year, int month, int day)
{
  int64_t y = year - (month <= 2 ? 1 : 0);
  int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + in_year - 719468;
}

bool
log_time_civil (const LogCivil *civil, const LogZone *zone, int64_t *ret_time)
{
  static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  if (civil->year < 1678 || civil->year > 2261 || civil->month < 1 || civil->month > 12
      || civil->day < 1
      || civil->day > days[civil->month - 1] + (civil->month == 2 && is_leap (civil->year) ? 1 : 0)
      || (unsigned) civil->hour > 23 || (unsigned) civil->minute > 59
      || (unsigned) civil->second > 60 || civil->nanosecond < 0 || civil->nanosecond >= SECOND)
    return false;
  int64_t local = days_of (civil->year, civil->month, civil->day) * DAY + civil->hour * 3600
                  + civil->minute * 60 + civil->second;
  *ret_time = (local - zone_offset (zone, local)) * SECOND + civil->nanosecond;
  return true;
}

int
log_time_year (int64_t time, const LogZone *zone)
{
  int64_t seconds = time / SECOND - (time % SECOND < 0 ? 1 : 0);
  seconds += zone->rules == NULL
                 ? zone->offset
                 : g_time_zone_get_offset (
                     zone->rules,
                     g_time_zone_find_interval (zone->rules, G_TIME_TYPE_UNIVERSAL, seconds));
  int64_t days = seconds / DAY - (seconds % DAY < 0 ? 1 : 0);
  int year = 1970 + (int) (days / 366);
  while (days_of (year + 1, 1, 1) <= days)
    year++;
  while (days_of (year, 1, 1) > days)
    year--;
  return year;
}

/* ---- RFC 3339 and its kin ---- */

static bool
digits (SkCursor *cursor, size_t count, int *ret_value)
{
  int value = 0;
  if (sk_cursor_left (cursor) < count)
    return false;
  for (size_t i = 0; i < count; i++)
    {
      unsigned digit = cursor->pos[i] - (unsigned) '0';
      if (digit > 9)
        return false;
      value = value * 10 + (int) digit;
    }
  cursor->pos += count;
  *ret_value = value;
  return true;
}

static bool
mark (SkCursor *cursor, char character)
{
  if (cursor->pos == cursor->end || *cursor->pos != (uint8_t) character)
    return false;
  cursor->pos++;
  return true;
}

/* Between date and hour. */
static bool
divider (SkCursor *cursor)
{
  if (mark (cursor, 'T') || mark (cursor, 't') || mark (cursor, '_'))
    return true;
  const uint8_t *before = cursor->pos;
  while (mark (cursor, ' '))
    continue;
  return cursor->pos > before;
}

/* Digits past the ninth are passed over. */
static void
fraction (SkCursor *cursor, int64_t *ret_nanosecond)
{
  SkCursor ahead = *cursor;
  int64_t value = 0, scale = SECOND;
  *ret_nanosecond = 0;
  if (!mark (&ahead, '.') && !mark (&ahead, ','))
    return;
  const uint8_t *first = ahead.pos;
  for (; ahead.pos < ahead.end && g_ascii_isdigit (*ahead.pos); ahead.pos++)
    if (scale > 1)
      {
        scale /= 10;
        value = value * 10 + (*ahead.pos - '0');
      }
  if (ahead.pos == first)
    return;
  *ret_nanosecond = value * scale;
  *cursor = ahead;
}

static LogZone
zone_of (SkCursor *cursor, const LogZone *otherwise)
{
  LogZone zone = { NULL, 0 };
  if (mark (cursor, 'Z') || mark (cursor, 'z'))
    return zone;
  SkCursor ahead = *cursor;
  mark (&ahead, ' ');
  SkSpan rest = { ahead.pos, sk_cursor_left (&ahead) };
  size_t used = offset_text (rest, &zone.offset);
  if (used == 0 && rest.size >= 3 && memcmp (rest.data, "UTC", 3) == 0)
    used = 3;
  if (used == 0)
    return *otherwise;
  cursor->pos = ahead.pos + used;
  return zone;
}

bool
log_time_iso (SkSpan text, const LogZone *zone, size_t *ret_used, int64_t *ret_time)
{
  SkCursor cursor = sk_cursor (text);
  LogCivil civil = { 0 };
  if (!digits (&cursor, 4, &civil.year) || !mark (&cursor, '-') || !digits (&cursor, 2, &civil.month)
      || !mark (&cursor, '-') || !digits (&cursor, 2, &civil.day) || !divider (&cursor)
      || !digits (&cursor, 2, &civil.hour) || !mark (&cursor, ':')
      || !digits (&cursor, 2, &civil.minute) || !mark (&cursor, ':')
      || !digits (&cursor, 2, &civil.second))
    return false;
  fraction (&cursor, &civil.nanosecond);
  LogZone own = zone_of (&cursor, zone);
  if (ret_used == NULL && cursor.pos != cursor.end)
    return false;
  if (!log_time_civil (&civil, &own, ret_time))
    return false;
  if (ret_used != NULL)
    *ret_used = (size_t) (cursor.pos - text.data);
  return true;
}

/* ---- seconds since 1970 ---- */

bool
log_time_epoch (SkSpan text, int64_t *ret_time)
{
  /* the first and last second of what is a time */
  static const int64_t low = INT64_C (631152000), high = INT64_C (7258118400);
  SkCursor cursor = sk_cursor (text);
  int64_t value = 0, nanosecond;
  for (; cursor.pos < cursor.end && g_ascii_isdigit (*cursor.pos); cursor.pos++)
    {
      if (value > INT64_MAX / 10 - 1)
        return false;
      value = value * 10 + (*cursor.pos - '0');
    }
  bool whole = cursor.pos == cursor.end;
  fraction (&cursor, &nanosecond);
  if (cursor.pos != cursor.end || text.size == 0 || text.data[0] == '.' || text.data[0] == ',')
    return false;
  for (int64_t unit = SECOND; unit >= 1; unit /= 1000)
    {
      int64_t seconds = value / (SECOND / unit);
      if (seconds < low || seconds >= high)
        continue;
      if (!whole && unit < SECOND / 1000)
        return false;
      *ret_time = value * unit + nanosecond / (SECOND / unit);
      return true;
    }
  return false;
}
