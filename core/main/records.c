/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The records file. doc/records.schema.json is the contract; whoever changes a
 * member here raises SCHEMA_VERSION.
 */
#include "config.h"

#include "main/records.h"

#include "alert/json-write.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA_VERSION 1
#define WRITE_ROOM (256 * 1024)

struct SkRecords {
  char *path;
  int fd;
  GString *waiting;
  int failed; /* errno */
};

static void
fail (GError **error, const char *path, int error_number)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  g_autofree char *safe = sk_text_escape (utf8);
  sk_error_set_errno (error, error_number, "%s", safe);
}

SkRecords *
sk_records_new (const char *path, GError **error)
{
  /* Not blocking: a FIFO that nobody reads would be waited for without an end. */
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd < 0 || fcntl (fd, F_SETFL, O_WRONLY) != 0)
    {
      fail (error, path, errno);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  SkRecords *records = g_new0 (SkRecords, 1);
  records->path = g_strdup (path);
  records->fd = fd;
  records->waiting = g_string_new (NULL);
  return records;
}

void
sk_records_free (SkRecords *records)
{
  if (records == NULL)
    return;
  if (records->fd >= 0)
    close (records->fd);
  g_string_free (records->waiting, TRUE);
  g_free (records->path);
  g_free (records);
}

/* ---- one record ---- */

/* Records hold what their inputs hold: bytes that are not UTF-8 are shown as such. */
static char *
text_of (SkSpan bytes)
{
  return sk_text_from_bytes (bytes);
}

static void
put_value (SkJson *json, const SkValue *value)
{
  g_autofree char *text = NULL;
  switch (value->type)
    {
    case SK_FIELD_BOOL:
      sk_json_bool (json, NULL, value->boolean);
      break;
    case SK_FIELD_INT:
      sk_json_integer (json, NULL, value->integer);
      break;
    case SK_FIELD_STRING:
      text = text_of (value->text);
      sk_json_text (json, NULL, text);
      break;
    }
}

/* The values of one name, where its first one stands. `next`: for each value the index of the next one
 * of its name, or 0. */
static void
put_field (SkJson *json, const SkRecordView *fields, guint index, const guint *next)
{
  const SkRecordItem *item = sk_record_item (fields, index);
  g_autofree char *name = text_of (item->name);
  sk_json_name (json, name);
  if (next[index] == 0)
    {
      put_value (json, &item->value);
      return;
    }
  sk_json_begin_list (json, NULL);
  put_value (json, &item->value);
  /* A later one is never at 0. */
  for (guint i = next[index]; i != 0; i = next[i])
    put_value (json, &sk_record_item (fields, i)->value);
  sk_json_end_list (json);
}

/* By name, and the values of one name by their places. */
static int
by_name (gconstpointer a, gconstpointer b, gpointer data)
{
  const SkRecordView *fields = data;
  guint left = *(const guint *) a, right = *(const guint *) b;
  SkSpan x = sk_record_item (fields, left)->name, y = sk_record_item (fields, right)->name;
  size_t size = MIN (x.size, y.size);
  int c = size > 0 ? memcmp (x.data, y.data, size) : 0;
  if (c == 0)
    c = (x.size > y.size) - (x.size < y.size);
  return c != 0 ? c : (left > right) - (left < right);
}

/* Sorted, not hashed: who makes the input chooses the names, and could make them collide. */
static void
put_fields (SkJson *json, const SkRecordView *fields)
{
  guint n = fields->items->len;
  g_autofree guint *order = g_new (guint, n + 1);
  g_autofree guint *next = g_new0 (guint, n + 1);
  g_autofree bool *is_later = g_new0 (bool, n + 1);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) n, sizeof *order, by_name, (gpointer) fields);
  for (guint i = 1; i < n; i++)
    {
      guint before = order[i - 1], now = order[i];
      is_later[now] = sk_span_equal (sk_record_item (fields, before)->name,
                                     sk_record_item (fields, now)->name);
      if (is_later[now])
        next[before] = now;
    }
  sk_json_begin (json, "fields");
  for (guint i = 0; i < n; i++)
    if (!is_later[i])
      put_field (json, fields, i, next);
  sk_json_end (json);
}

/* Of a part of the input that was a job of its own, the part belongs to the object's id. */
static char *
object_of (const SkRunRecord *record)
{
  size_t size = strlen (record->root);
  const char *part = strncmp (record->job, record->root, size) == 0 ? record->job + size : "";
  return g_strconcat (part, record->object, NULL);
}

char *
sk_record_to_json (const SkRunRecord *record)
{
  SkJson json;
  g_autofree char *kind = text_of (record->fields->kind);
  g_autofree char *object = object_of (record);
  sk_json_init (&json);
  sk_json_begin (&json, NULL);
  if (record->time != 0)
    sk_json_time (&json, "@timestamp", record->time);
  sk_json_begin (&json, "sekisho");
  sk_json_number (&json, "schema", SCHEMA_VERSION);
  sk_json_text (&json, "kind", kind);
  sk_json_text (&json, "root", record->root);
  sk_json_name (&json, "object");
  sk_json_text (&json, NULL, object);
  sk_json_number (&json, "position", record->position);
  sk_json_end (&json);
  put_fields (&json, record->fields);
  sk_json_end (&json);
  return sk_json_steal (&json);
}

/* ---- the file ---- */

static void
flush (SkRecords *records)
{
  SkSpan bytes = { (const uint8_t *) records->waiting->str, records->waiting->len };
  if (records->failed == 0 && !sk_file_write (records->fd, bytes))
    records->failed = errno;
  g_string_truncate (records->waiting, 0);
}

void
sk_records_put (SkRecords *records, const SkRunRecord *record)
{
  if (records->failed != 0)
    return;
  g_autofree char *line = sk_record_to_json (record);
  g_string_append (records->waiting, line);
  g_string_append_c (records->waiting, '\n');
  if (records->waiting->len >= WRITE_ROOM)
    flush (records);
}

gboolean
sk_records_close (SkRecords *records, GError **error)
{
  flush (records);
  /* What has no disk below it (a pipe) cannot be synced, and need not be. */
  if (records->failed == 0 && fsync (records->fd) != 0 && errno != EINVAL && errno != EROFS)
    records->failed = errno;
  if (close (records->fd) != 0 && records->failed == 0)
    records->failed = errno;
  records->fd = -1;
  if (records->failed == 0)
    return TRUE;
  fail (error, records->path, records->failed);
  return FALSE;
}
