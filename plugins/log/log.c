/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The plugin `log`: lines and events of logs become records.
 *
 * Judges nothing and makes no objects: what a line means, rules say. Which
 * names rules use for which fields is told by the tables of logsources, not
 * here. See README.md.
 */
#include "config.h"

#include "log-charset.h"
#include "log-window.h"

typedef struct Log {
  LogSettings settings;
  char *format;
} Log;

enum { OPTION_FORMAT, OPTION_YEAR, OPTION_ZONE };

static const SkOptionDecl options[] = {
  { "format", SK_OPTION_STRING, "auto", 0, 0,
    "format of every text: auto (by its first lines), off, json, or the name of a line format" },
  { "year", SK_OPTION_INT, "0", 0, 2261, "year of lines that do not name one; 0: found out" },
  { "zone", SK_OPTION_STRING, "UTC", 0, 0,
    "zone of times that do not name one: UTC, +09:00, Asia/Tokyo" },
};

#define FIELD(id, name, type, flags, meaning) { name, type, flags, meaning },
static const SkFieldDecl json_fields[] = { LOG_JSON_FIELDS (FIELD) };
static const SkFieldDecl syslog_fields[] = { LOG_SYSLOG_FIELDS (FIELD) };
static const SkFieldDecl web_fields[] = { LOG_WEB_FIELDS (FIELD) };
#undef FIELD

static const SkRecordDecl records[LOG_N_KINDS] = {
  [LOG_KIND_JSON] = { "log.json", json_fields, G_N_ELEMENTS (json_fields),
                      "an event in JSON; names as it has them, levels joined by dots",
                      SK_RECORD_OPEN },
  [LOG_KIND_SYSLOG] = { "log.syslog", syslog_fields, G_N_ELEMENTS (syslog_fields),
                        "a line of syslog", SK_RECORD_OPEN },
  [LOG_KIND_WEB] = { "log.web", web_fields, G_N_ELEMENTS (web_fields),
                     "a line of a web server's access log", SK_RECORD_OPEN },
};

static const char *const accepts[]
    = { "text/plain", "application/json", "application/x-ndjson", NULL };

static void
free_context (void *context)
{
  Log *self = context;
  log_zone_clear (&self->settings.zone);
  g_free (self->format);
  g_free (self);
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  const char *format = api->option_string (setup, OPTION_FORMAT);
  const char *zone = api->option_string (setup, OPTION_ZONE);
  LogSettings settings = { .year = (int32_t) api->option_int (setup, OPTION_YEAR),
                           .now = g_get_real_time () * 1000 };
  if (!log_detect_knows (format))
    {
      api->error (setup, NULL, 0, "format: found \"%s\", expected auto, off, json or a line format",
                  format);
      return SK_FAILED;
    }
  if (settings.year != 0 && settings.year < 1970)
    {
      api->error (setup, NULL, 0, "year: found %d, expected 0 or a year from 1970", settings.year);
      return SK_FAILED;
    }
  if (!log_zone_parse (zone, &settings.zone))
    {
      api->error (setup, NULL, 0, "zone: found \"%s\", expected UTC, an offset or a zone's name",
                  zone);
      return SK_FAILED;
    }
  Log *self = g_new0 (Log, 1);
  self->settings = settings;
  self->format = g_strdup (format);
  *ret_context = self;
  return SK_OK;
}

static SkResult
read_whole (LogReader *reader, const Log *self)
{
  reader->choice = log_detect (reader->text, self->format);
  if (reader->choice.shape == LOG_SHAPE_NONE)
    return SK_NOT_MINE;
  log_read_begin (reader);
  if (reader->text.size > LOG_WINDOW && !reader->utf16
      && reader->api->parent (reader->object) == NULL)
    return log_windows (reader, LOG_WINDOW);
  return log_read (reader);
}

static SkResult
read_utf16 (LogReader *reader, const Log *self)
{
  SkSpan bytes = sk_span_slice (reader->text, 0, LOG_WINDOW);
  size_t size;
  bool cut = bytes.size < reader->text.size;
  g_autofree uint8_t *text = log_from_utf16 (bytes, &size);
  reader->text = (SkSpan){ text, size };
  reader->base = 2;
  reader->utf16 = true;
  reader->last = !cut;
  SkResult result = read_whole (reader, self);
  if (!cut || result == SK_NOT_MINE)
    return result;
  reader->api->not_inspected (reader->object, SK_REASON_LIMIT, "text in UTF-16 past its first 64 MiB");
  return SK_PARTIAL;
}

static SkResult
open (const SkApi *api, void *context, SkObject *object)
{
  const Log *self = context;
  LogReader reader = {
    .api = api,
    .object = object,
    .settings = &self->settings,
    .text = api->bytes (object),
    .line = 1,
    .last = true,
  };
  SkWindow window;
  if (api->window (object, &window))
    {
      reader.base = window.offset;
      return log_window_open (&reader, window.context) ? log_read (&reader) : SK_NOT_MINE;
    }
  if (reader.text.size == 0 || strcmp (self->format, "off") == 0)
    return SK_NOT_MINE;
  return log_is_utf16 (reader.text) ? read_utf16 (&reader, self) : read_whole (&reader, self);
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "log",
  .version = PACKAGE_VERSION,
  .summary = "makes records of the lines and events of logs",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .options = options,
  .n_options = G_N_ELEMENTS (options),
  .records = records,
  .n_records = G_N_ELEMENTS (records),
  .configure = configure,
  .open = open,
  .free_context = free_context,
};
