/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Big logs are cut into windows: see log-window.h.
 *
 * Lines are only counted on the way, and some read for what the next window must know; JSON over several lines is parsed twice,
 * here and in its window, because only its grammar tells where a record ends.
 */
#include "config.h"

#include "log-window.h"

#include <string.h>

/** What a window must know: goes through the supervisor to another process of the same program. */
typedef struct Context {
  uint32_t size; /* of this struct */
  uint32_t shape, format;
  uint32_t last;
  uint64_t line;
  LogState state;
  uint32_t n_place;
  char place[LOG_JSON_MAX_LEVELS];
} Context;

static Context
context_of (const LogReader *reader)
{
  Context context;
  memset (&context, 0, sizeof context);
  context.size = sizeof context;
  context.shape = reader->choice.shape;
  context.format = reader->choice.format;
  context.line = reader->line;
  context.state = reader->state;
  return context;
}

static uint32_t
count_formats (void)
{
  uint32_t count = 0;
  while (log_formats[count].name != NULL)
    count++;
  return count;
}

bool
log_window_open (LogReader *reader, SkSpan bytes)
{
  Context context;
  if (bytes.size != sizeof context)
    return false;
  memcpy (&context, bytes.data, sizeof context);
  if (context.size != sizeof context || context.n_place > sizeof context.place
      || context.shape == LOG_SHAPE_NONE || context.shape > LOG_SHAPE_JSON
      || (context.shape == LOG_SHAPE_LINES && context.format >= count_formats ()))
    return false;
  reader->choice = (LogChoice){ (LogShape) context.shape, context.format, true };
  reader->line = context.line;
  reader->state = context.state;
  reader->last = context.last != 0;
  reader->place = (SkSpan){ bytes.data + offsetof (Context, place), context.n_place };
  return true;
}

static bool
hand_back (LogReader *reader, Context *context, size_t begin, size_t end)
{
  context->last = end == reader->text.size;
  return reader->api->defer (reader->object, begin, end - begin,
                             (SkSpan){ (const uint8_t *) context, sizeof *context });
}

/* ---- lines ---- */

static uint64_t
count_lines (SkSpan text)
{
  uint64_t count = 0;
  while (text.size > 0)
    { /* sums of bytes over short runs, which the compiler makes wide */
      size_t run = MIN (text.size, 255);
      uint8_t sum = 0;
      for (size_t i = 0; i < run; i++)
        sum = (uint8_t) (sum + (text.data[i] == '\n' ? 1 : 0));
      count += sum;
      text = (SkSpan){ text.data + run, text.size - run };
    }
  return count;
}

/* The next line's beginning at or behind `from`. A line that is too long to be read may be cut: then
 * the window ends inside it, and the next one begins behind it. */
static size_t
line_border (SkSpan text, size_t from, size_t *ret_next)
{
  size_t near = MIN (text.size - from, LOG_MAX_LINE + 2);
  const uint8_t *end = memchr (text.data + from, '\n', near);
  if (end != NULL)
    return *ret_next = (size_t) (end + 1 - text.data);
  end = memchr (text.data + from + near, '\n', text.size - from - near);
  *ret_next = end != NULL ? (size_t) (end + 1 - text.data) : text.size;
  return from + near;
}

/* Lines of a window that are read ahead, about: its times may run over more than half a year. */
#define SAMPLES 1024

/* What a line tells, before it is read in its window. */
static void
pass_line (LogReader *reader, size_t offset, LogEvent *event)
{
  SkSpan rest = sk_span_slice (reader->text, offset, LOG_MAX_LINE), line;
  bool ended;
  if (reader->choice.shape != LOG_SHAPE_LINES || !log_take_line (&rest, &line, &ended)
      || line.size == 0)
    return;
  log_event_clear (event);
  log_formats[reader->choice.format].parse (&reader->state, reader->settings, line, event);
}

static void
pass_samples (LogReader *reader, SkSpan window, size_t step, LogEvent *event)
{
  if (reader->choice.shape != LOG_SHAPE_LINES)
    return;
  for (size_t at = step; at < window.size; at += step)
    {
      const uint8_t *end = memchr (window.data + at, '\n', window.size - at);
      if (end == NULL)
        return;
      at = (size_t) (end + 1 - window.data);
      if (at < window.size)
        pass_line (reader, (size_t) (end + 1 - reader->text.data), event);
    }
}

/* The first part of the line is in the window, which cannot know that there is more. */
static void
say_rest (LogReader *reader, uint64_t line, size_t size)
{
  g_autofree char *detail = g_strdup_printf ("line %" G_GUINT64_FORMAT " is too long: its last %zu bytes not read", line, size);
  reader->api->not_inspected (reader->object, SK_REASON_LIMIT, detail);
  reader->partial = true;
}

static bool
cut_lines (LogReader *reader, size_t size)
{
  SkSpan text = reader->text;
  g_autofree LogEvent *event = g_new (LogEvent, 1);
  for (size_t begin = 0; begin < text.size;)
    {
      size_t next = text.size, end = text.size;
      if (text.size - begin > size)
        end = line_border (text, begin + size, &next);
      pass_line (reader, begin, event);
      Context context = context_of (reader);
      if (!hand_back (reader, &context, begin, end))
        return false;
      if (!reader->api->work (reader->object, (next - begin) / 16384))
        return false;
      SkSpan window = sk_span_slice (text, begin, next - begin);
      if (next > end)
        say_rest (reader, reader->line + count_lines (sk_span_slice (text, begin, end - begin)), next - end);
      pass_samples (reader, window, size / SAMPLES + 1, event);
      reader->line += count_lines (window);
      begin = next;
    }
  return true;
}

/* ---- JSON over several lines ---- */

/* A wrapper that began in an earlier window: only here all of it is seen. */
static bool
is_split (const LogJsonEvent *event, size_t begin)
{
  return event->wrapper && event->begin < begin;
}

static bool
cut_json (LogReader *reader, size_t size)
{
  g_autoptr (LogJson) json = log_json_new (log_read_field, reader, &reader->settings->zone);
  LogJsonEvent event;
  LogJsonStatus status;
  Context context = context_of (reader);
  size_t begin = 0, paid = 0;
  log_json_start (json, reader->text, reader->line, 0, reader->place);
  while ((status = log_json_next (json, &event)) != LOG_JSON_END)
    {
      if (event.end - paid > size / 64)
        {
          if (!reader->api->work (reader->object, (event.end - paid) / 4096))
            return false;
          paid = event.end;
        }
      if (status != LOG_JSON_EVENT)
        continue;
      if (is_split (&event, begin))
        log_read_event (reader, &event);
      if (event.wrapper || event.begin == begin || event.end - begin <= size)
        continue;
      if (!hand_back (reader, &context, begin, event.begin))
        return false;
      begin = event.begin;
      context.line = event.line;
      context.n_place = (uint32_t) log_json_place (json, context.place);
    }
  return hand_back (reader, &context, begin, reader->text.size);
}

SkResult
log_windows (LogReader *reader, size_t size)
{
  bool good = reader->choice.shape == LOG_SHAPE_JSON ? cut_json (reader, size)
                                                     : cut_lines (reader, size);
  if (!good)
    return SK_LIMIT;
  return reader->partial ? SK_PARTIAL : SK_OK;
}
