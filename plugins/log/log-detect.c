/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Is a text a log: see log-detect.h.
 */
#include "config.h"

#include "log-detect.h"

#include "log-json.h"

/* Lines that are asked, and after how many without any success it is given up. */
#define MAX_LINES 32
#define MAX_VAIN 8
/* How far lines are looked for, where long ones stand before them. */
#define MAX_SEARCH ((size_t) 64 << 20)
/* The mean of what a format says of the lines, to be taken. */
#define ENOUGH 50

bool
log_take_line (SkSpan *rest, SkSpan *ret_line, bool *ret_ended)
{
  if (rest->size == 0)
    return false;
  const uint8_t *end = memchr (rest->data, '\n', rest->size);
  SkSpan line = { rest->data, end != NULL ? (size_t) (end - rest->data) : rest->size };
  size_t used = line.size + (end != NULL ? 1 : 0);
  *rest = (SkSpan){ rest->data + used, rest->size - used };
  *ret_ended = end != NULL;
  while (line.size > 0 && line.data[0] == '\0')
    line = (SkSpan){ line.data + 1, line.size - 1 };
  if (line.size > 0 && line.data[line.size - 1] == '\r')
    line.size--;
  *ret_line = line;
  return true;
}

static SkSpan
without_mark (SkSpan head)
{
  return head.size >= 3 && memcmp (head.data, "\xef\xbb\xbf", 3) == 0
             ? (SkSpan){ head.data + 3, head.size - 3 }
             : head;
}

static bool
is_blank (SkSpan line)
{
  for (size_t i = 0; i < line.size; i++)
    if (line.data[i] != ' ' && line.data[i] != '\t')
      return false;
  return true;
}

/* The first lines that are complete and not blank, as many as there are in LOG_HEAD bytes. A line that is longer
 * by itself does not keep the others from being asked: it speaks only where there are no others. */
static size_t
first_lines (SkSpan text, SkSpan lines[MAX_LINES])
{
  SkSpan rest = without_mark (sk_span_slice (text, 0, MAX_SEARCH)), line;
  SkSpan lengthy = { NULL, 0 };
  bool ended;
  size_t count = 0, asked = 0;
  while (count < MAX_LINES && asked < LOG_HEAD && log_take_line (&rest, &line, &ended))
    {
      if ((!ended && text.size > MAX_SEARCH) || (line.size <= LOG_HEAD && is_blank (line)))
        continue;
      if (line.size > LOG_HEAD)
        lengthy = line;
      else
        lines[count++] = line;
      asked += line.size <= LOG_HEAD ? line.size : 0;
    }
  if (count == 0 && lengthy.size > 0 && lengthy.size <= LOG_MAX_LINE)
    lines[count++] = lengthy;
  return count;
}

/* ---- JSON ---- */

static uint32_t
no_field (void *data, SkSpan name)
{
  (void) data;
  (void) name;
  return SK_NO_FIELD;
}

typedef struct Tally {
  size_t events, bad;
  bool cut, inside; /* it ended in a document; and there in an array of records */
} Tally;

static Tally
tally (LogJson *json, SkSpan text, unsigned flags, size_t most)
{
  Tally found = { 0 };
  LogJsonEvent event;
  LogJsonStatus status = LOG_JSON_EVENT;
  log_json_start (json, text, 1, flags, (SkSpan){ NULL, 0 });
  while (found.events + found.bad < most
         && (status = log_json_next (json, &event)) != LOG_JSON_END)
    {
      bool cut = status == LOG_JSON_BAD && log_json_unended (json);
      found.cut = cut;
      found.inside = cut && event.wrapper;
      if (status == LOG_JSON_EVENT)
        found.events++;
      else if (!cut)
        found.bad++;
    }
  return found;
}

static bool
is_open (SkSpan line)
{
  while (line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
    line = (SkSpan){ line.data + 1, line.size - 1 };
  return line.size > 1 && (line.data[0] == '{' || line.data[0] == '[');
}

/* How many of the lines are documents by themselves. */
static size_t
json_lines (LogJson *json, const SkSpan *lines, size_t n_lines)
{
  size_t good = 0, open = 0;
  for (size_t i = 0; i < n_lines; i++)
    open += is_open (lines[i]);
  for (size_t i = 0; open * 2 > n_lines && i < n_lines; i++)
    {
      Tally found = is_open (lines[i]) ? tally (json, lines[i], LOG_JSON_LINES, MAX_LINES) : (Tally){ 0 };
      good += found.events > 0 && found.bad == 0 && !found.cut;
    }
  return good;
}

static bool
begins_json (SkSpan head)
{
  SkSpan rest = without_mark (head);
  while (rest.size > 0 && (g_ascii_isspace ((char) rest.data[0]) || rest.data[0] == '\0'))
    rest = (SkSpan){ rest.data + 1, rest.size - 1 };
  return rest.size > 1 && (rest.data[0] == '{' || rest.data[0] == '[');
}

static LogChoice
json_documents (LogJson *json, SkSpan head, uint64_t size)
{
  Tally found = tally (json, head, 0, 2 * MAX_LINES);
  LogChoice choice = { .shape = LOG_SHAPE_JSON, .sure = found.events > 1 || found.inside };
  bool too_large = !found.inside && size > LOG_JSON_MAX_RECORD;
  if (found.events > 0 ? found.events <= found.bad : found.bad > 0 || !found.cut || too_large)
    choice.shape = LOG_SHAPE_NONE;
  return choice;
}

static LogChoice
detect_json (SkSpan head, uint64_t size, const SkSpan *lines, size_t n_lines, bool forced)
{
  static const LogZone utc = { NULL, 0 };
  LogChoice choice = { .shape = LOG_SHAPE_JSON_LINES, .sure = true };
  g_autoptr (LogJson) json = log_json_new (no_field, NULL, &utc);
  if (n_lines > 0 && json_lines (json, lines, n_lines) * 2 > n_lines)
    {
      choice.sure = n_lines > 1 || forced;
      return choice;
    }
  LogChoice documents = { .shape = LOG_SHAPE_NONE };
  if (begins_json (head))
    documents = json_documents (json, head, forced ? 0 : size);
  if (forced && documents.shape == LOG_SHAPE_NONE)
    return choice;
  documents.sure = documents.sure || forced;
  return documents;
}

/* ---- lines ---- */

static LogChoice
detect_lines (const SkSpan *lines, size_t n_lines)
{
  LogChoice choice = { .shape = LOG_SHAPE_NONE, .sure = true };
  unsigned best = 0;
  for (uint32_t i = 0; log_formats[i].name != NULL; i++)
    {
      unsigned sum = 0;
      for (size_t j = 0; j < n_lines && (sum > 0 || j < MAX_VAIN); j++)
        sum += log_formats[i].probe (lines[j]);
      if (sum > best && sum >= ENOUGH * n_lines)
        {
          best = sum;
          choice.shape = LOG_SHAPE_LINES;
          choice.format = i;
        }
    }
  return choice;
}

static bool
row_of (const char *name, uint32_t *ret_row)
{
  for (uint32_t i = 0; log_formats[i].name != NULL; i++)
    if (strcmp (log_formats[i].name, name) == 0)
      {
        *ret_row = i;
        return true;
      }
  return false;
}

bool
log_detect_knows (const char *wanted)
{
  uint32_t row;
  return strcmp (wanted, "auto") == 0 || strcmp (wanted, "off") == 0
         || strcmp (wanted, "json") == 0 || row_of (wanted, &row);
}

LogChoice
log_detect (SkSpan text, const char *wanted)
{
  SkSpan head = sk_span_slice (text, 0, LOG_HEAD);
  SkSpan lines[MAX_LINES];
  LogChoice choice = { .shape = LOG_SHAPE_LINES, .sure = true };
  if (row_of (wanted, &choice.format))
    return choice;
  size_t n_lines = first_lines (text, lines);
  bool forced = strcmp (wanted, "json") == 0;
  choice = (LogChoice){ .shape = LOG_SHAPE_NONE };
  if (forced || begins_json (head) || (n_lines > 0 && is_open (lines[n_lines / 2])))
    choice = detect_json (head, text.size, lines, n_lines, forced);
  return choice.shape == LOG_SHAPE_NONE && n_lines > 0 ? detect_lines (lines, n_lines) : choice;
}
