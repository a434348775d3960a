/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as JSON: as lines, as documents, and cut in two between records.
 */
#include "config.h"

#include "log-detect.h"
#include "log-json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/log/tests/seeds/json";

static const LogZone utc = { NULL, 0 };

static uint32_t
field (void *data, SkSpan name)
{
  uint32_t *count = data;
  if (name.size > LOG_JSON_MAX_NAME)
    abort ();
  /* some are wanted, some are not */
  return name.size % 4 == 3 ? SK_NO_FIELD : ++*count;
}

static void
check_value (const LogJsonValue *value, SkSpan text)
{
  if (value->field == SK_NO_FIELD)
    abort ();
  if (value->type == LOG_JSON_BOOL || value->type == LOG_JSON_INT)
    return;
  size_t offset = (size_t) (value->text.data - text.data);
  if (offset > text.size || value->text.size > text.size - offset)
    abort ();
  for (size_t i = 0; i < value->text.size; i++)
    if (value->text.data[i] < 0x20
        || (value->type == LOG_JSON_TEXT && (value->text.data[i] == '"' || value->text.data[i] == '\\')))
      abort ();
}

/* A sum over the events, which must be the same however the text is cut. */
static uint64_t
read_all (LogJson *json, SkSpan text, size_t base, size_t *ret_middle, char *place, size_t *n_place)
{
  LogJsonEvent event;
  LogJsonStatus status;
  uint64_t sum = 0, line = 0;
  while ((status = log_json_next (json, &event)) != LOG_JSON_END)
    {
      if (event.begin > event.end || event.end > text.size || event.line == 0)
        abort ();
      if (status != LOG_JSON_EVENT)
        continue;
      for (size_t i = 0; i < event.n_values; i++)
        check_value (&event.values[i], text);
      if (event.wrapper)
        continue;
      if (event.line < line || text.data[event.begin] != '{')
        abort ();
      line = event.line;
      sum += (base + event.begin) * 31 + event.n_values + event.line * 7;
      if (ret_middle != NULL && *ret_middle == 0 && event.begin > text.size / 3)
        {
          *ret_middle = event.begin;
          *n_place = log_json_place (json, place);
          place[LOG_JSON_MAX_LEVELS] = (char) 0;
          memcpy (place + LOG_JSON_MAX_LEVELS + 1, &event.line, sizeof event.line);
        }
    }
  return sum;
}

static void
read_cut (SkSpan text)
{
  uint32_t count = 0;
  size_t middle = 0, n_place = 0;
  char place[LOG_JSON_MAX_LEVELS + 1 + sizeof (uint64_t)] = { 0 };
  g_autoptr (LogJson) json = log_json_new (field, &count, &utc);
  SkSpan nowhere = { NULL, 0 };
  log_json_start (json, text, 1, 0, nowhere);
  uint64_t whole = read_all (json, text, 0, &middle, place, &n_place), line;
  if (middle == 0)
    return;
  memcpy (&line, place + LOG_JSON_MAX_LEVELS + 1, sizeof line);
  SkSpan head = sk_span_slice (text, 0, middle), tail = sk_span_slice (text, middle, text.size);
  log_json_start (json, head, 1, LOG_JSON_OPEN_END, nowhere);
  uint64_t parts = read_all (json, head, 0, NULL, NULL, NULL);
  log_json_start (json, tail, line, 0, (SkSpan){ (const uint8_t *) place, n_place });
  parts += read_all (json, tail, middle, NULL, NULL, NULL);
  if (parts != whole)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SkSpan text = { data, size };
  uint32_t count = 0;
  g_autoptr (LogJson) json = log_json_new (field, &count, &utc);
  log_json_start (json, text, 1, LOG_JSON_LINES, (SkSpan){ NULL, 0 });
  read_all (json, text, 0, NULL, NULL, NULL);
  read_cut (text);
  log_detect (text, "auto");
  return 0;
}
