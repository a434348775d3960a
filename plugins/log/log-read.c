/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A text is read to its end: see log-read.h.
 */
#include "config.h"

#include "log-read.h"

#include <string.h>

/* Work is paid for in pieces: a call for each line would cost more than it counts. */
#define PIECE ((size_t) 64 << 10)
#define MAX_SAMPLE 80

/* ---- what was not understood ---- */

/* The head of a line for people: what would not print is escaped. */
static void
put_head (GString *out, SkSpan line)
{
  size_t begin = out->len;
  for (size_t i = 0; i < line.size && out->len - begin < MAX_SAMPLE; i++)
    {
      uint8_t byte = line.data[i];
      if (byte >= 0x20 && byte < 0x7f && byte != '\\')
        g_string_append_c (out, (char) byte);
      else
        g_string_append_printf (out, "\\x%02x", byte);
    }
}

static void
note_bad (LogReader *reader, uint64_t line, SkSpan text)
{
  const uint8_t *end = text.size > 0 ? memchr (text.data, '\n', text.size) : NULL;
  if (end != NULL)
    text.size = (size_t) (end - text.data);
  if (reader->n_bad == 0)
    reader->first_bad = line;
  if (reader->n_bad++ >= LOG_MAX_SAMPLES)
    return;
  if (reader->samples == NULL)
    reader->samples = g_string_new (NULL);
  else
    g_string_append (reader->samples, ", ");
  g_string_append_printf (reader->samples, "line %" G_GUINT64_FORMAT ": ", line);
  put_head (reader->samples, text);
}

static void
put_count (GString *out, uint64_t count)
{
  if (count >= 1000)
    {
      put_count (out, count / 1000);
      g_string_append_printf (out, ",%03u", (unsigned) (count % 1000));
    }
  else
    g_string_append_printf (out, "%u", (unsigned) count);
}

static void
say_bad (LogReader *reader)
{
  g_autoptr (GString) detail = g_string_new (NULL);
  put_count (detail, reader->n_bad);
  g_string_append (detail, " of ");
  put_count (detail, reader->n_units);
  g_string_append_printf (detail, " %s not understood, first at ",
                          reader->choice.shape == LOG_SHAPE_JSON ? "documents" : "lines");
  g_string_append (detail, reader->samples->str);
  reader->api->not_inspected (reader->object, SK_REASON_MALFORMED, detail->str);
  reader->partial = true;
}

static void
say_unread (LogReader *reader, const LogJsonUnread *unread)
{
  g_autoptr (GString) detail = g_string_new (NULL);
  const struct {
    uint64_t count;
    const char *what;
  } parts[] = {
    { unread->deep, "objects and lists nested too deep" },
    { unread->values, "values past the maximum of a record" },
    { unread->names, "values whose names are too long or too many" },
    { unread->loose, "values beside records" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].count > 0)
      g_string_append_printf (detail, "%s%" G_GUINT64_FORMAT " %s", detail->len > 0 ? ", " : "",
                              parts[i].count, parts[i].what);
  if (detail->len == 0)
    return;
  g_string_append (detail, " not read");
  reader->api->not_inspected (reader->object, SK_REASON_LIMIT, detail->str);
  reader->partial = true;
}

/* ---- records ---- */

/* Units of UTF-16 that a byte of UTF-8 begins. */
static unsigned
units_of (uint8_t byte)
{
  return (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
}

/* Units of UTF-16 that the decoded text has before an offset. */
static uint64_t
position_of (LogReader *reader, size_t offset)
{
  if (!reader->utf16)
    return reader->base + offset;
  while (reader->offset_at < offset)
    reader->units_at += units_of (reader->text.data[reader->offset_at++]);
  /* A wrapper is told behind what it wraps. */
  while (reader->offset_at > offset)
    reader->units_at -= units_of (reader->text.data[--reader->offset_at]);
  return reader->base + 2 * reader->units_at;
}

static SkRecord *
begin (LogReader *reader, LogKind kind, size_t offset, int64_t time)
{
  SkRecord *record
      = reader->api->record_begin (reader->object, kind, position_of (reader, offset), time);
  /* Where nobody asks, the rest is read all the same: it is counted, and what is no line is said. */
  if (record == NULL)
    reader->spent = !reader->api->work (reader->object, 1);
  return record;
}

static bool
spend (LogReader *reader, size_t *paid, size_t offset)
{
  if (offset - *paid < PIECE)
    return true;
  uint64_t units = (offset - *paid) / 1024;
  *paid = offset;
  reader->spent = !reader->api->work (reader->object, units);
  return !reader->spent;
}

/* ---- lines ---- */

static bool
make_record (LogReader *reader, const LogFormat *format, size_t offset, uint64_t line,
             const LogEvent *event)
{
  const SkApi *api = reader->api;
  SkRecord *record = begin (reader, format->kind, offset, event->time);
  if (record == NULL)
    return !reader->spent;
  api->record_int (record, 0, (int64_t) line);
  for (size_t i = 0; i < event->n_values; i++)
    {
      const LogValue *value = &event->values[i];
      uint32_t field = value->field;
      if (field == LOG_OPEN)
        field = api->record_field (reader->object, format->kind, value->name);
      if (value->is_int)
        api->record_int (record, field, value->integer);
      else
        api->record_string (record, field, value->text);
    }
  api->record_end (record);
  return true;
}

static bool
read_line (LogReader *reader, const LogFormat *format, SkSpan line, LogEvent *event)
{
  size_t offset = (size_t) (line.data - reader->text.data);
  uint64_t number = reader->line;
  if (line.size == 0)
    return true;
  reader->n_units++;
  LogLine found = LOG_LINE_BAD;
  log_event_clear (event);
  if (line.size <= LOG_MAX_LINE)
    found = format->parse (&reader->state, reader->settings, line, event);
  if (found == LOG_LINE_BAD)
    note_bad (reader, number, line);
  if (event->cut)
    reader->partial = true;
  return found != LOG_LINE_RECORD || make_record (reader, format, offset, number, event);
}

static void
read_lines (LogReader *reader)
{
  const LogFormat *format = &log_formats[reader->choice.format];
  g_autofree LogEvent *event = g_new (LogEvent, 1);
  SkSpan rest = reader->text, line;
  bool ended, cut = false;
  size_t paid = 0;
  log_event_clear (event);
  if (reader->base == 0 && rest.size >= 3 && memcmp (rest.data, "\xef\xbb\xbf", 3) == 0)
    rest = (SkSpan){ rest.data + 3, rest.size - 3 };
  while (log_take_line (&rest, &line, &ended))
    {
      if (!read_line (reader, format, line, event)
          || !spend (reader, &paid, reader->text.size - rest.size))
        break;
      cut = cut || event->cut;
      reader->line++;
    }
  if (cut)
    reader->api->not_inspected (reader->object, SK_REASON_LIMIT,
                                "lines with more values than a record holds");
}

/* ---- JSON ---- */

uint32_t
log_read_field (void *data, SkSpan name)
{
  LogReader *reader = data;
  uint32_t field = reader->api->record_field (reader->object, LOG_KIND_JSON, name);
  /* what is ours to say */
  return field < LOG_N_JSON_FIELDS ? SK_NO_FIELD : field;
}

bool
log_read_event (LogReader *reader, const LogJsonEvent *event)
{
  const SkApi *api = reader->api;
  SkRecord *record = begin (reader, LOG_KIND_JSON, event->begin, event->time);
  if (record == NULL)
    return !reader->spent;
  api->record_int (record, LOG_JSON_LINE, (int64_t) event->line);
  for (size_t i = 0; i < event->n_values; i++)
    {
      const LogJsonValue *value = &event->values[i];
      switch (value->type)
        {
        case LOG_JSON_BOOL:
          api->record_bool (record, value->field, value->integer != 0);
          break;
        case LOG_JSON_INT:
          api->record_int (record, value->field, value->integer);
          break;
        case LOG_JSON_TEXT:
          api->record_string (record, value->field, value->text);
          break;
        case LOG_JSON_ESCAPED:
          api->record_json (record, value->field, value->text);
          break;
        }
    }
  api->record_end (record);
  return true;
}

static void
read_json (LogReader *reader)
{
  g_autoptr (LogJson) json = log_json_new (log_read_field, reader, &reader->settings->zone);
  unsigned flags = (reader->choice.shape == LOG_SHAPE_JSON_LINES ? LOG_JSON_LINES : 0)
                   | (reader->last ? 0 : LOG_JSON_OPEN_END);
  LogJsonEvent event;
  LogJsonStatus status;
  size_t paid = 0;
  uint64_t events = 0;
  log_json_start (json, reader->text, reader->line, flags, reader->place);
  while ((status = log_json_next (json, &event)) != LOG_JSON_END)
    {
      reader->n_units++;
      if (status == LOG_JSON_EVENT)
        {
          events++;
          if (event.time != 0 && reader->choice.shape == LOG_SHAPE_JSON)
            reader->choice.sure = true;
          if (!log_read_event (reader, &event))
            break;
        }
      else if (log_json_unended (json) && reader->last)
        reader->truncated = true;
      else
        note_bad (reader, event.line, sk_span_slice (reader->text, event.begin, event.end - event.begin));
      if (!spend (reader, &paid, event.end))
        break;
    }
  if (events > 1)
    reader->choice.sure = true;
  if (reader->choice.sure)
    say_unread (reader, log_json_unread (json));
}

void
log_read_begin (LogReader *reader)
{
  const LogFormat *format = &log_formats[reader->choice.format];
  if (reader->choice.shape != LOG_SHAPE_LINES || format->begin == NULL)
    return;
  SkSpan text = reader->text;
  LogInput input = { .name = sk_span_of_text (reader->api->name (reader->object)),
                     .head = sk_span_slice (text, 0, LOG_HEAD) };
  size_t tail = text.size > LOG_HEAD ? text.size - LOG_HEAD : 0;
  if (tail > 0)
    {
      const uint8_t *end = memchr (text.data + tail, '\n', text.size - tail);
      tail = end != NULL ? (size_t) (end + 1 - text.data) : text.size;
    }
  input.tail = sk_span_slice (text, tail, text.size - tail);
  format->begin (&reader->state, reader->settings, &input);
}

SkResult
log_read (LogReader *reader)
{
  if (reader->choice.shape == LOG_SHAPE_LINES)
    read_lines (reader);
  else
    read_json (reader);
  if (reader->truncated && reader->api->complete (reader->object))
    {
      reader->api->not_inspected (reader->object, SK_REASON_TRUNCATED,
                                  "the last document ends in its middle");
      reader->partial = true;
    }
  if (reader->n_bad > 0 && reader->choice.sure)
    say_bad (reader);
  if (reader->samples != NULL)
    g_string_free (reader->samples, TRUE);
  if (reader->spent)
    return SK_LIMIT;
  return reader->partial ? SK_PARTIAL : SK_OK;
}
