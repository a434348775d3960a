/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Access logs of Apache and nginx: common and combined form, with or without
 * the virtual host before it.
 *
 *     [vhost[:port]] client ident user [25/Nov/2026:09:00:00 +0900] "request" status bytes
 *         ["referer" "user agent" …]
 *
 * Apache writes the time at which a request began, so times may go back a
 * little from line to line; that says nothing. Inside quotes Apache and nginx
 * write `\"`, `\\`, `\xHH` (Apache also `\n` and the like) for what would break
 * the line; they are undone. What stands behind the user agent is left alone.
 */
#include "config.h"

#include "log-lines.h"
#include "log-text.h"

/* The parts of a line as they stand there. */
typedef struct Parts {
  SkSpan host, client, user, time, request, status, bytes, referer, agent;
  bool has_host;
} Parts;

/* ---- taking a line apart ---- */

/* Takes `"…"` and a blank behind it. */
static bool
take_quoted (SkSpan *rest, SkSpan *ret_text)
{
  if (rest->size == 0 || rest->data[0] != '"')
    return false;
  for (size_t i = 1; i < rest->size; i++)
    {
      if (rest->data[i] == '\\')
        i++;
      else if (rest->data[i] == '"')
        {
          *ret_text = sk_span_slice (*rest, 1, i - 1);
          *rest = log_text_from (*rest, i + 1);
          log_text_skip (rest, " ");
          return true;
        }
    }
  return false;
}

/* `192.0.2.1:443`, which a client is not */
static bool
has_port (SkSpan address)
{
  size_t colon, last, dot;
  return log_text_find (address, ":", &colon) && log_text_find_last (address, ":", &last)
         && colon == last && log_text_find (address, ".", &dot) && dot < colon;
}

/* Everything before the time. The user may hold blanks, so it is what is left. */
static bool
take_who (SkSpan who, Parts *parts)
{
  SkSpan first, second, third;
  if (!log_text_word (&who, &first) || !log_text_word (&who, &second) || who.size == 0)
    return false;
  SkSpan rest = who;
  parts->has_host = (!log_text_is_address (first) || has_port (first)) && log_text_is_address (second)
                    && log_text_word (&rest, &third) && rest.size > 0;
  parts->host = first;
  parts->client = parts->has_host ? second : first;
  parts->user = parts->has_host ? rest : who;
  return true;
}

/* A user's name may hold ` [`, but no quote that is not escaped: the time ends before the first one. */
static bool
take_parts (SkSpan line, Parts *parts)
{
  SkSpan head, whole = line;
  size_t at;
  *parts = (Parts){ 0 };
  if (!log_text_until (&line, "] \"", &head) || !log_text_find_last (head, " [", &at)
      || !take_who (sk_span_slice (head, 0, at), parts))
    return false;
  parts->time = log_text_from (head, at + 2);
  line = log_text_from (whole, head.size + strlen ("] "));
  if (!take_quoted (&line, &parts->request)
      || !log_text_word (&line, &parts->status) || !log_text_word (&line, &parts->bytes))
    return false;
  if (take_quoted (&line, &parts->referer))
    take_quoted (&line, &parts->agent);
  return true;
}

/* `25/Nov/2026:09:00:00 +0900` */
static bool
read_time (SkSpan text, int64_t *ret_time)
{
  LogCivil civil = { 0 };
  LogZone zone = { NULL, 0 };
  SkSpan month;
  bool good = log_text_number (&text, &civil.day) && log_text_skip (&text, "/")
              && log_text_until (&text, "/", &month) && log_text_number (&text, &civil.year)
              && log_text_skip (&text, ":") && log_text_number (&text, &civil.hour)
              && log_text_skip (&text, ":") && log_text_number (&text, &civil.minute)
              && log_text_skip (&text, ":") && log_text_number (&text, &civil.second)
              && log_text_skip (&text, " ");
  if (!good || text.size < 5 || text.size > 6)
    return false;
  char offset[8] = { 0 };
  memcpy (offset, text.data, text.size);
  civil.month = log_month (month);
  return (offset[0] == '+' || offset[0] == '-') && log_zone_parse (offset, &zone)
         && log_time_civil (&civil, &zone, ret_time);
}

/* ---- undoing what was escaped ---- */

/* One escape of the server's at `p`, of which `left` bytes are there; gives the bytes that it takes. */
static size_t
undo_escape (const uint8_t *p, size_t left, char *ret_byte)
{
  static const char letters[] = "nrtbfv", bytes[] = "\n\r\t\b\f\v";
  if (left >= 4 && p[1] == 'x' && g_ascii_isxdigit (p[2]) && g_ascii_isxdigit (p[3]))
    {
      *ret_byte = (char) (g_ascii_xdigit_value ((char) p[2]) * 16
                          + g_ascii_xdigit_value ((char) p[3]));
      return 4;
    }
  if (left < 2)
    return 0;
  const char *letter = p[1] != '\0' ? strchr (letters, p[1]) : NULL;
  *ret_byte = letter != NULL ? bytes[letter - letters] : (char) p[1];
  return 2;
}

/* The text of a quoted part. It is the line's own where nothing is escaped. */
static SkSpan
undo (LogEvent *event, SkSpan text)
{
  if (text.size == 0 || memchr (text.data, '\\', text.size) == NULL)
    return text;
  char *out = log_event_room (event, text.size);
  if (out == NULL)
    return text;
  size_t n = 0;
  for (size_t i = 0; i < text.size;)
    {
      char byte = (char) text.data[i];
      size_t used = byte == '\\' ? undo_escape (text.data + i, text.size - i, &byte) : 1;
      out[n++] = byte;
      i += used != 0 ? used : 1;
    }
  return (SkSpan){ (const uint8_t *) out, n };
}

/* Undoes %XX once, in place. */
static size_t
undo_percent (char *text, size_t size)
{
  size_t n = 0;
  for (size_t i = 0; i < size; i++, n++)
    if (text[i] == '%' && size - i >= 3 && g_ascii_isxdigit (text[i + 1])
        && g_ascii_isxdigit (text[i + 2]))
      {
        text[n] = (char) (g_ascii_xdigit_value (text[i + 1]) * 16
                          + g_ascii_xdigit_value (text[i + 2]));
        i += 2;
      }
    else
      text[n] = text[i];
  return n;
}

static SkSpan
decode_uri (LogEvent *event, SkSpan uri)
{
  if (uri.size == 0 || memchr (uri.data, '%', uri.size) == NULL)
    return uri;
  char *out = log_event_room (event, uri.size);
  if (out == NULL)
    return uri;
  memcpy (out, uri.data, uri.size);
  size_t size = undo_percent (out, uri.size);
  return (SkSpan){ (const uint8_t *) out, undo_percent (out, size) };
}

/* ---- filling the event ---- */

/* Of the stem as the server sees it: with %XX undone once. */
static void
put_extension (LogEvent *event, SkSpan stem)
{
  size_t slash, dot;
  char *plain;
  if (stem.size > 0 && memchr (stem.data, '%', stem.size) != NULL
      && (plain = log_event_room (event, stem.size)) != NULL)
    {
      memcpy (plain, stem.data, stem.size);
      stem = (SkSpan){ (const uint8_t *) plain, undo_percent (plain, stem.size) };
    }
  if (log_text_find_last (stem, "/", &slash))
    stem = log_text_from (stem, slash + 1);
  if (log_text_find (stem, ";", &slash)) /* parameters, which Java's servers take off */
    stem.size = slash;
  if (!log_text_find_last (stem, ".", &dot) || dot + 1 >= stem.size || stem.size - dot > 16)
    return;
  SkSpan extension = log_text_from (stem, dot + 1);
  char *lower = log_event_room (event, extension.size);
  if (lower == NULL)
    return;
  for (size_t i = 0; i < extension.size; i++)
    lower[i] = g_ascii_tolower ((char) extension.data[i]);
  log_event_text (event, LOG_WEB_EXTENSION, (SkSpan){ (const uint8_t *) lower, extension.size });
}

static void
put_uri (LogEvent *event, SkSpan uri)
{
  size_t mark;
  SkSpan stem = uri;
  log_event_text (event, LOG_WEB_URI, uri);
  if (log_text_find (uri, "?", &mark))
    {
      stem = sk_span_slice (uri, 0, mark);
      log_event_text (event, LOG_WEB_QUERY, log_text_from (uri, mark + 1));
    }
  log_event_text (event, LOG_WEB_STEM, stem);
  log_event_text (event, LOG_WEB_DECODED, decode_uri (event, uri));
  put_extension (event, stem);
}

/* `GET /path HTTP/1.1`; of what is none all is the target, since it was asked for. */
static void
put_request (LogEvent *event, SkSpan request)
{
  size_t first, last;
  SkSpan uri = request;
  if (log_text_is (request, "-"))
    return;
  if (log_text_find (request, " ", &first) && first > 0)
    {
      log_event_text (event, LOG_WEB_METHOD, sk_span_slice (request, 0, first));
      uri = log_text_from (request, first + 1);
      if (log_text_find_last (uri, " ", &last) && log_text_starts (log_text_from (uri, last), " HTTP/"))
        {
          log_event_text (event, LOG_WEB_VERSION, log_text_from (uri, last + 1));
          uri = sk_span_slice (uri, 0, last);
        }
    }
  put_uri (event, uri);
}

static void
put_unless_dash (LogEvent *event, uint32_t field, SkSpan text)
{
  if (text.size > 0 && !log_text_is (text, "-"))
    log_event_text (event, field, undo (event, text));
}

static void
put_number (LogEvent *event, uint32_t field, SkSpan text)
{
  int64_t number;
  if (log_text_integer (text, &number))
    log_event_int (event, field, number);
}

/* ---- the format ---- */

unsigned
log_web_probe (SkSpan line)
{
  Parts parts;
  int64_t time;
  return take_parts (line, &parts) && read_time (parts.time, &time) ? 95 : 0;
}

LogLine
log_web_parse (LogState *state, const LogSettings *settings, SkSpan line, LogEvent *event)
{
  Parts parts;
  (void) state;
  (void) settings;
  if (!take_parts (line, &parts) || !read_time (parts.time, &event->time))
    return LOG_LINE_BAD;
  if (parts.has_host)
    log_event_text (event, LOG_WEB_HOST, parts.host);
  log_event_text (event, LOG_WEB_CLIENT, parts.client);
  put_unless_dash (event, LOG_WEB_USER, parts.user);
  put_request (event, undo (event, parts.request));
  put_number (event, LOG_WEB_STATUS, parts.status);
  put_number (event, LOG_WEB_BYTES, parts.bytes);
  put_unless_dash (event, LOG_WEB_REFERER, parts.referer);
  put_unless_dash (event, LOG_WEB_AGENT, parts.agent);
  return LOG_LINE_RECORD;
}
