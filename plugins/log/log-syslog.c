/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Syslog lines, as they travel and as they lie in files.
 *
 *     RFC 5424:  [<PRI>]1 TIME HOST APP PROCID MSGID SD [MSG]
 *     RFC 3164:  [<PRI>]TIME HOST TAG[PID]: MSG
 *     TIME:      Mmm dd hh:mm:ss[.fraction] | Mmm dd yyyy hh:mm:ss | yyyy Mmm dd hh:mm:ss | RFC 3339
 *
 * A time without a year gets one by these rules, the first that holds: the
 * option `year`; a date in the file's name (of rotated logs: it is the day of
 * the last line or the day behind it); a line of the head that names a year;
 * the last year in which the last line does not lie more than a day ahead of
 * the program's start. What is found so is the year of the *last* line: when
 * the first line's month lies behind the last one's, the text began a year
 * earlier. Within the text a step back of six months or more begins the next
 * year; a step ahead of as much is a late line of the year before, if that year
 * is in the text or has just ended. A time without a zone is one of the option
 * `zone`.
 */
#include "config.h"

#include "log-lines.h"
#include "log-text.h"

#define DAY_NS INT64_C (86400000000000)

/* A time as it stands in a line: complete, or without its year. */
typedef struct Stamp {
  int64_t time;   /**< when `complete` */
  bool complete;
  LogCivil civil; /**< otherwise; year 0 */
} Stamp;

/* The envelope of a line. */
typedef struct Envelope {
  int priority; /**< -1: none */
  Stamp stamp;
  bool has_stamp;
  SkSpan host, program, pid, msgid, data, message;
} Envelope;

/* ---- times ---- */

static bool
take_clock (SkSpan *rest, LogCivil *civil)
{
  int64_t scale = 100000000;
  if (!log_text_number (rest, &civil->hour) || !log_text_skip (rest, ":")
      || !log_text_number (rest, &civil->minute) || !log_text_skip (rest, ":")
      || !log_text_number (rest, &civil->second))
    return false;
  if (!log_text_starts (*rest, ".") || rest->size < 2 || !g_ascii_isdigit (rest->data[1]))
    return true;
  *rest = log_text_from (*rest, 1);
  for (; rest->size > 0 && g_ascii_isdigit (rest->data[0]); scale /= 10)
    {
      civil->nanosecond += scale * (rest->data[0] - '0');
      *rest = log_text_from (*rest, 1);
    }
  return true;
}

/* `Nov 25 09:00:00`, `Nov 25 2026 09:00:00`, `2026 Nov 25 09:00:00` */
static bool
take_month_stamp (SkSpan *rest, LogCivil *civil)
{
  SkSpan month;
  if (rest->size > 5 && g_ascii_isdigit (rest->data[0])
      && (!log_text_number (rest, &civil->year) || civil->year < 1970 || !log_text_skip (rest, " ")))
    return false;
  if (!log_text_until (rest, " ", &month))
    return false;
  civil->month = log_month (month);
  log_text_skip (rest, " "); /* `Nov  5` */
  if (civil->month == 0 || !log_text_number (rest, &civil->day) || !log_text_skip (rest, " "))
    return false;
  if (civil->year == 0 && rest->size > 5 && rest->data[4] == ' '
      && (!log_text_number (rest, &civil->year) || !log_text_skip (rest, " ")))
    return false;
  return take_clock (rest, civil);
}

static bool
take_stamp (SkSpan *rest, const LogZone *zone, Stamp *ret_stamp)
{
  Stamp stamp = { 0 };
  size_t used;
  SkSpan after = *rest;
  if (rest->size > 10 && rest->data[4] == '-')
    {
      if (!log_time_iso (*rest, zone, &used, &stamp.time))
        return false;
      stamp.complete = true;
      after = log_text_from (*rest, used);
    }
  else if (!take_month_stamp (&after, &stamp.civil))
    return false;
  else if (stamp.civil.year != 0)
    stamp.complete = log_time_civil (&stamp.civil, zone, &stamp.time);
  log_text_skip (&after, ":"); /* `Nov 25 09:00:00: %ASA-…` */
  if (!log_text_skip (&after, " "))
    return false;
  *rest = after;
  *ret_stamp = stamp;
  return true;
}

/* ---- envelopes ---- */

/* `<165>`; none is fine, a broken one is not. */
static bool
take_priority (SkSpan *rest, int *ret_priority)
{
  *ret_priority = -1;
  if (!log_text_skip (rest, "<"))
    return true;
  return log_text_number (rest, ret_priority) && *ret_priority < 192 && log_text_skip (rest, ">");
}

/* The structured data as it stands: `-`, or elements in which `]` may be escaped. */
static bool
take_data (SkSpan *rest, SkSpan *ret_data)
{
  size_t i = 0;
  bool quoted = false, open = false;
  if (log_text_skip (rest, "-"))
    return rest->size == 0 || log_text_skip (rest, " ");
  for (; i < rest->size && (open || rest->data[i] == '['); i++)
    {
      uint8_t byte = rest->data[i];
      if (quoted && byte == '\\')
        i++;
      else if (open && byte == '"')
        quoted = !quoted;
      else if (!quoted)
        open = byte != ']';
    }
  if (i == 0 || open || i > rest->size)
    return false;
  *ret_data = sk_span_slice (*rest, 0, i);
  *rest = log_text_from (*rest, i);
  return rest->size == 0 || log_text_skip (rest, " ");
}

static bool
take_5424 (SkSpan rest, const LogZone *zone, Envelope *envelope)
{
  SkSpan time;
  if (!log_text_skip (&rest, "1 ") || !log_text_word (&rest, &time)
      || !log_text_word (&rest, &envelope->host) || !log_text_word (&rest, &envelope->program)
      || !log_text_word (&rest, &envelope->pid) || !log_text_word (&rest, &envelope->msgid)
      || !take_data (&rest, &envelope->data))
    return false;
  envelope->has_stamp = !log_text_is (time, "-");
  if (envelope->has_stamp && !log_time_iso (time, zone, NULL, &envelope->stamp.time))
    return false;
  envelope->stamp.complete = envelope->has_stamp;
  log_text_skip (&rest, "\xef\xbb\xbf");
  envelope->message = rest;
  return true;
}

static bool
is_tag_byte (uint8_t byte)
{
  return g_ascii_isalnum (byte) || (byte != 0 && strchr ("-_./@()", byte) != NULL);
}

/* `sshd[4711]: `, `postfix/smtpd[12]: `, `kernel: `; without any the whole rest is the message. */
static void
take_tag (SkSpan rest, Envelope *envelope)
{
  size_t n = 0;
  SkSpan after, pid = { NULL, 0 };
  while (n < rest.size && n < 64 && is_tag_byte (rest.data[n]))
    n++;
  after = log_text_from (rest, n);
  bool tagged = n > 0 && (!log_text_skip (&after, "[") || log_text_until (&after, "]", &pid))
                && log_text_skip (&after, ":");
  envelope->message = rest;
  if (!tagged)
    return;
  envelope->program = sk_span_slice (rest, 0, n);
  envelope->pid = pid;
  log_text_skip (&after, " ");
  envelope->message = after;
}

static bool
take_3164 (SkSpan rest, const LogZone *zone, Envelope *envelope)
{
  if (!take_stamp (&rest, zone, &envelope->stamp) || !log_text_word (&rest, &envelope->host))
    return false;
  envelope->has_stamp = true;
  take_tag (rest, envelope);
  return true;
}

static bool
take_envelope (SkSpan line, const LogZone *zone, Envelope *ret_envelope)
{
  Envelope first = { .priority = -1 };
  if (!take_priority (&line, &first.priority))
    return false;
  Envelope second = first;
  if (take_5424 (line, zone, &first))
    *ret_envelope = first;
  else if (take_3164 (line, zone, &second))
    *ret_envelope = second;
  else
    return false;
  return true;
}

/* ---- the year ---- */

/* A date in the name: `20261125`, `2026-11-25`, `2026.11.25`. */
static bool
date_of_name (SkSpan name, LogCivil *ret_civil)
{
  for (size_t i = 0; i < name.size; i++)
    {
      SkSpan rest = log_text_from (name, i);
      int parts[3] = { 0 };
      static const size_t sizes[] = { 4, 2, 2 };
      bool good = i == 0 || !g_ascii_isdigit (name.data[i - 1]);
      for (size_t part = 0; part < 3 && good; part++)
        {
          SkSpan digits = sk_span_slice (rest, 0, sizes[part]);
          good = digits.size == sizes[part] && log_text_number (&digits, &parts[part])
                 && digits.size == 0;
          rest = log_text_from (rest, sizes[part]);
          if (part < 2 && !log_text_skip (&rest, "-"))
            log_text_skip (&rest, ".");
        }
      if (good && parts[0] >= 1990 && parts[0] <= 2200 && parts[1] >= 1 && parts[1] <= 12
          && parts[2] >= 1 && parts[2] <= 31)
        {
          *ret_civil = (LogCivil){ .year = parts[0], .month = parts[1], .day = parts[2] };
          return true;
        }
    }
  return false;
}

/* The first or last stamp without a year in the text, as far as there is one. */
static bool
find_stamp (SkSpan text, bool last, const LogZone *zone, Stamp *ret_stamp)
{
  bool found = false;
  while (text.size > 0 && (last || !found))
    {
      Envelope envelope;
      const uint8_t *end = memchr (text.data, '\n', text.size);
      size_t size = end != NULL ? (size_t) (end - text.data) : text.size;
      if (take_envelope (sk_span_slice (text, 0, size), zone, &envelope) && envelope.has_stamp
          && !envelope.stamp.complete)
        {
          *ret_stamp = envelope.stamp;
          found = true;
        }
      text = log_text_from (text, size + 1);
    }
  return found;
}

/* The first year that a line of the head names; 0 when none does. */
static int
year_in_head (SkSpan text, const LogZone *zone)
{
  while (text.size > 0)
    {
      Envelope envelope;
      const uint8_t *end = memchr (text.data, '\n', text.size);
      size_t size = end != NULL ? (size_t) (end - text.data) : text.size;
      if (take_envelope (sk_span_slice (text, 0, size), zone, &envelope) && envelope.stamp.complete)
        return log_time_year (envelope.stamp.time, zone);
      text = log_text_from (text, size + 1);
    }
  return 0;
}

static bool
is_later (const LogCivil *a, const LogCivil *b)
{
  return a->month > b->month || (a->month == b->month && a->day > b->day);
}

/* The year of the text's last line. */
static int
last_year (const LogSettings *settings, const LogInput *input, const LogCivil *last)
{
  LogCivil named, civil = *last;
  int64_t time;
  if (settings->year != 0)
    return settings->year;
  if (date_of_name (input->name, &named))
    return named.year - (is_later (last, &named) ? 1 : 0);
  int year = year_in_head (input->head, &settings->zone);
  if (year != 0)
    return year;
  year = log_time_year (settings->now, &settings->zone);
  for (civil.year = year; civil.year > year - 9; civil.year--) /* as far apart as two leap days can be */
    if (log_time_civil (&civil, &settings->zone, &time) && time - settings->now <= DAY_NS)
      return civil.year;
  return year;
}

void
log_syslog_begin (LogState *state, const LogSettings *settings, const LogInput *input)
{
  Stamp first, last;
  if (!find_stamp (input->head, false, &settings->zone, &first))
    return;
  if (!find_stamp (input->tail, true, &settings->zone, &last))
    last = first;
  state->year = last_year (settings, input, &last.civil);
  if (first.civil.month > last.civil.month)
    state->year--;
  state->month = first.civil.month;
}

/* The time of a line without a year, by the lines before it. */
static int64_t
time_in_course (LogState *state, const LogSettings *settings, LogCivil civil)
{
  int64_t time = 0;
  if (state->year == 0)
    state->year = settings->year != 0 ? settings->year : log_time_year (settings->now, &settings->zone);
  if (state->month == 0)
    state->month = civil.month;
  civil.year = state->year;
  if (state->month - civil.month >= 6)
    {
      civil.year = ++state->year;
      state->turned = true;
    }
  else if (civil.month - state->month >= (state->turned ? 6 : 10))
    civil.year--;
  if (civil.year == state->year)
    state->month = civil.month;
  return log_time_civil (&civil, &settings->zone, &time) ? time : 0;
}

/* ---- filling the event ---- */

static void
put_unless_dash (LogEvent *event, uint32_t field, SkSpan text)
{
  if (text.size > 0 && !log_text_is (text, "-"))
    log_event_text (event, field, text);
}

static void
put_envelope (const Envelope *envelope, LogEvent *event)
{
  int64_t pid;
  put_unless_dash (event, LOG_SYSLOG_HOST, envelope->host);
  put_unless_dash (event, LOG_SYSLOG_PROGRAM, envelope->program);
  if (log_text_integer (envelope->pid, &pid))
    log_event_int (event, LOG_SYSLOG_PID, pid);
  if (envelope->priority >= 0)
    {
      log_event_int (event, LOG_SYSLOG_FACILITY, envelope->priority / 8);
      log_event_int (event, LOG_SYSLOG_SEVERITY, envelope->priority % 8);
    }
  put_unless_dash (event, LOG_SYSLOG_MSGID, envelope->msgid);
}

/* A name of our own for a parameter: `sd.<id>.<name>`. */
static SkSpan
parameter_name (LogEvent *event, SkSpan id, SkSpan name)
{
  size_t size = 4 + id.size + name.size;
  char *room = log_event_room (event, size);
  if (room == NULL)
    return (SkSpan){ NULL, 0 };
  memcpy (room, "sd.", 3);
  memcpy (room + 3, id.data, id.size);
  room[3 + id.size] = '.';
  memcpy (room + 4 + id.size, name.data, name.size);
  return (SkSpan){ (const uint8_t *) room, size };
}

/* Takes `name="value"`, with `\"`, `\\` and `\]` undone. */
static bool
take_parameter (SkSpan *rest, SkSpan id, LogEvent *event)
{
  SkSpan name;
  size_t end = 0, n = 0;
  if (!log_text_until (rest, "=\"", &name))
    return false;
  while (end < rest->size && rest->data[end] != '"')
    end += rest->data[end] == '\\' ? 2 : 1;
  if (end >= rest->size)
    return false;
  char *value = log_event_room (event, end);
  SkSpan full = parameter_name (event, id, name);
  for (size_t i = 0; i < end && value != NULL; i++, n++)
    {
      if (rest->data[i] == '\\' && i + 1 < end && strchr ("\"\\]", rest->data[i + 1]) != NULL)
        i++;
      value[n] = (char) rest->data[i];
    }
  *rest = log_text_from (*rest, end + 1);
  if (full.size > 0 && (value != NULL || end == 0))
    log_event_open (event, full, (SkSpan){ (const uint8_t *) value, n });
  return true;
}

/* RFC 5424 section 6.3: `[id name="value" …]…` */
static void
put_data (SkSpan data, LogEvent *event)
{
  while (log_text_skip (&data, "["))
    {
      size_t n = 0;
      while (n < data.size && data.data[n] != ' ' && data.data[n] != ']')
        n++;
      SkSpan id = sk_span_slice (data, 0, n);
      data = log_text_from (data, n);
      while (log_text_skip (&data, " "))
        if (!take_parameter (&data, id, event))
          return;
      if (!log_text_skip (&data, "]"))
        return;
    }
}

/* `message repeated 3 times: [ … ]` of rsyslog. The older `last message repeated 3 times` names no message. */
static SkSpan
put_repeated (SkSpan message, LogEvent *event)
{
  SkSpan rest = message;
  int times;
  if (!log_text_skip (&rest, "message repeated ") || !log_text_number (&rest, &times)
      || !log_text_skip (&rest, " times: [ ") || rest.size == 0
      || rest.data[rest.size - 1] != ']')
    return message;
  log_event_int (event, LOG_SYSLOG_REPEATED, times);
  return sk_span_slice (rest, 0, rest.size - 1);
}

/* ---- the format ---- */

unsigned
log_syslog_probe (SkSpan line)
{
  static const LogZone utc = { NULL, 0 };
  Envelope envelope;
  if (log_text_starts (line, "-- ") || !take_envelope (line, &utc, &envelope))
    return 0;
  if (envelope.msgid.size > 0)
    return 90;
  return envelope.program.size > 0 ? 70 : 30;
}

/* What journalctl and rotation write between the lines. */
static bool
is_heading (SkSpan line)
{
  return log_text_starts (line, "-- ") || log_text_starts (line, "#");
}

LogLine
log_syslog_parse (LogState *state, const LogSettings *settings, SkSpan line, LogEvent *event)
{
  Envelope envelope;
  if (is_heading (line))
    return LOG_LINE_NOTHING;
  if (!take_envelope (line, &settings->zone, &envelope))
    return LOG_LINE_BAD;
  if (envelope.stamp.complete)
    event->time = envelope.stamp.time;
  else if (envelope.has_stamp)
    event->time = time_in_course (state, settings, envelope.stamp.civil);
  put_envelope (&envelope, event);
  put_data (envelope.data, event);
  log_event_text (event, LOG_SYSLOG_MESSAGE, envelope.message);
  SkSpan message = put_repeated (envelope.message, event);
  log_auth_message (envelope.program, message, event);
  log_mail_message (envelope.program, message, event);
  return LOG_LINE_RECORD;
}
