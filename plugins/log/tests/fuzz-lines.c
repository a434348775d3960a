/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Line formats on any bytes: each line by each format. What a value points to lies in the line or in the
 * event's own room.
 */
#include "config.h"

#include "log-lines.h"

extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "plugins/log/tests/seeds/lines";

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static LogEvent event;

static bool
lies_in (SkSpan text, const void *from, size_t size)
{
  uintptr_t begin = (uintptr_t) text.data, base = (uintptr_t) from;
  return begin >= base && begin - base <= size && text.size <= size - (begin - base);
}

static void
check (SkSpan line)
{
  g_assert_cmpuint (event.n_values, <=, LOG_MAX_VALUES);
  for (size_t i = 0; i < event.n_values; i++)
    {
      const LogValue *value = &event.values[i];
      /* A word of the format's own is short and stands nowhere near. */
      if (!value->is_int && value->text.size > 32)
        g_assert (lies_in (value->text, line.data, line.size)
                  || lies_in (value->text, event.scratch, sizeof event.scratch));
    }
}

static void
read_all (const LogFormat *format, SkSpan text)
{
  LogSettings settings = { .now = INT64_C (1795564800000000000) };
  LogInput input = { text, text, text };
  LogState state = { 0 };
  if (format->begin != NULL)
    format->begin (&state, &settings, &input);
  while (text.size > 0)
    {
      const uint8_t *end = memchr (text.data, '\n', text.size);
      size_t size = end != NULL ? (size_t) (end - text.data) : text.size;
      SkSpan line = sk_span_slice (text, 0, size);
      log_event_clear (&event);
      if (size > 0)
        {
          g_assert_cmpuint (format->probe (line), <=, 100);
          format->parse (&state, &settings, line, &event);
          check (line);
        }
      text = sk_span_slice (text, size + 1, text.size);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  for (size_t i = 0; log_formats[i].name != NULL; i++)
    read_all (&log_formats[i], (SkSpan){ data, size });
  return 0;
}
