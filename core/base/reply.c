/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A worker's reply: allocation, encoding, and the decoding that trusts nothing.
 *
 * Layout: u64 job, bool complete, bool risky_broken, u64 objects, u64 bytes,
 * u64 findings_dropped, then four lists (objects, findings, kinds, windows),
 * each a u32 count and its items, the fields in the order of the structures.
 */
#include "config.h"

#include "base/reply.h"

#include "base/error.h"
#include "base/limits.h"

/* The least that an item of each list takes on the wire, to refuse impossible counts. */
#define OBJECT_LEAST (4 + 4 + 8 + 4 + 4 + 8 + 4)
#define FINDING_LEAST (4 + 4 + 4 + 4 + 4 + 4 + 8 + 8)
#define KIND_LEAST (4 + 1 + 8 + 8)
#define WINDOW_LEAST (4 + 4 + 8 + 8 + 8 + 4 + 4)
#define SHA256_HEX 64
/* Every finding may need an object and all its ancestors. */
#define MAX_OBJECTS (SK_MAX_FINDINGS * 64)

static void
clear_object (gpointer item)
{
  SkReplyObject *object = item;
  g_free (object->name);
  g_free (object->type);
  g_free (object->sha256);
}

static void
clear_finding (gpointer item)
{
  g_free (((SkReplyFinding *) item)->evidence);
}

static void
clear_kind (gpointer item)
{
  g_free (((SkReplyKind *) item)->kind);
}

static void
clear_window (gpointer item)
{
  SkReplyWindow *window = item;
  g_free (window->name);
  g_clear_pointer (&window->context, g_bytes_unref);
}

static GArray *
new_list (guint item_size, GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, TRUE, item_size);
  g_array_set_clear_func (list, clear);
  return list;
}

SkReply *
sk_reply_new (void)
{
  SkReply *reply = g_new0 (SkReply, 1);
  reply->complete = true;
  reply->object_list = new_list (sizeof (SkReplyObject), clear_object);
  reply->finding_list = new_list (sizeof (SkReplyFinding), clear_finding);
  reply->kind_list = new_list (sizeof (SkReplyKind), clear_kind);
  reply->window_list = new_list (sizeof (SkReplyWindow), clear_window);
  return reply;
}

void
sk_reply_free (SkReply *reply)
{
  if (reply == NULL)
    return;
  g_array_unref (reply->object_list);
  g_array_unref (reply->finding_list);
  g_array_unref (reply->kind_list);
  g_array_unref (reply->window_list);
  g_free (reply);
}

static bool
encode_object (const SkReplyObject *object, SkBuffer *buffer)
{
  return sk_wire_put_u32 (buffer, object->parent) && sk_wire_put_u32 (buffer, object->plugin)
         && sk_wire_put_u64 (buffer, object->position) && sk_wire_put_text (buffer, object->name)
         && sk_wire_put_text (buffer, object->type) && sk_wire_put_u64 (buffer, object->size)
         && sk_wire_put_text (buffer, object->sha256);
}

static bool
encode_finding (const SkReplyFinding *finding, SkBuffer *buffer)
{
  return sk_wire_put_u32 (buffer, finding->rule) && sk_wire_put_u32 (buffer, finding->object)
         && sk_wire_put_u32 (buffer, finding->plugin)
         && sk_wire_put_u32 (buffer, (uint32_t) finding->level)
         && sk_wire_put_u32 (buffer, finding->count)
         && sk_wire_put_text (buffer, finding->evidence)
         && sk_wire_put_u64 (buffer, finding->record) && sk_wire_put_i64 (buffer, finding->time);
}

static bool
encode_kind (const SkReplyKind *kind, SkBuffer *buffer)
{
  return sk_wire_put_text (buffer, kind->kind) && sk_wire_put_u64 (buffer, kind->records)
         && sk_wire_put_u64 (buffer, kind->applicable);
}

static bool
encode_window (const SkReplyWindow *window, SkBuffer *buffer)
{
  SkSpan context = { NULL, 0 };
  if (window->context != NULL)
    context.data = g_bytes_get_data (window->context, &context.size);
  return sk_wire_put_u32 (buffer, window->plugin) && sk_wire_put_u32 (buffer, window->blob)
         && sk_wire_put_u64 (buffer, window->offset) && sk_wire_put_u64 (buffer, window->length)
         && sk_wire_put_u64 (buffer, window->position) && sk_wire_put_text (buffer, window->name)
         && sk_wire_put_span (buffer, context);
}

bool
sk_windows_encode (const GArray *window_list, SkBuffer *buffer)
{
  bool fits = sk_wire_put_u32 (buffer, window_list->len);
  for (guint i = 0; fits && i < window_list->len; i++)
    fits = encode_window (&g_array_index (window_list, SkReplyWindow, i), buffer);
  return fits;
}

bool
sk_reply_encode (const SkReply *reply, SkBuffer *buffer)
{
  bool fits = sk_wire_put_u64 (buffer, reply->job) && sk_wire_put_bool (buffer, reply->complete)
              && sk_wire_put_bool (buffer, reply->risky_broken)
              && sk_wire_put_u64 (buffer, reply->objects)
              && sk_wire_put_u64 (buffer, reply->bytes)
              && sk_wire_put_u64 (buffer, reply->findings_dropped)
              && sk_wire_put_u32 (buffer, reply->object_list->len);
  for (guint i = 0; fits && i < reply->object_list->len; i++)
    fits = encode_object (&g_array_index (reply->object_list, SkReplyObject, i), buffer);
  fits = fits && sk_wire_put_u32 (buffer, reply->finding_list->len);
  for (guint i = 0; fits && i < reply->finding_list->len; i++)
    fits = encode_finding (&g_array_index (reply->finding_list, SkReplyFinding, i), buffer);
  fits = fits && sk_wire_put_u32 (buffer, reply->kind_list->len);
  for (guint i = 0; fits && i < reply->kind_list->len; i++)
    fits = encode_kind (&g_array_index (reply->kind_list, SkReplyKind, i), buffer);
  return fits && sk_windows_encode (reply->window_list, buffer);
}

static bool
is_sha256_or_empty (const char *text)
{
  size_t size = strlen (text);
  return size == 0 || (size == SHA256_HEX && strspn (text, "0123456789abcdef") == SHA256_HEX);
}

static bool
is_plugin (uint32_t plugin, uint32_t n_plugins)
{
  return plugin < n_plugins || plugin == SK_NO_PLUGIN;
}

static bool
decode_object (SkCursor *cursor, GArray *list, uint32_t n_plugins)
{
  guint index = list->len;
  g_array_set_size (list, index + 1);
  SkReplyObject *object = &g_array_index (list, SkReplyObject, index);
  return sk_cursor_take_u32le (cursor, &object->parent)
         && sk_cursor_take_u32le (cursor, &object->plugin)
         && sk_cursor_take_u64le (cursor, &object->position)
         && sk_wire_take_text (cursor, SK_MAX_PATH, &object->name)
         && sk_wire_take_text (cursor, SK_MAX_TYPE, &object->type)
         && sk_cursor_take_u64le (cursor, &object->size)
         && sk_wire_take_text (cursor, SHA256_HEX, &object->sha256)
         && (index == 0 ? object->parent == 0 : object->parent < index)
         && is_plugin (object->plugin, n_plugins) && is_sha256_or_empty (object->sha256);
}

static bool
decode_finding (SkCursor *cursor, SkReply *reply, uint32_t n_rules, uint32_t n_plugins)
{
  guint index = reply->finding_list->len;
  g_array_set_size (reply->finding_list, index + 1);
  SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, index);
  uint32_t level = 0;
  bool good = sk_cursor_take_u32le (cursor, &finding->rule)
              && sk_cursor_take_u32le (cursor, &finding->object)
              && sk_cursor_take_u32le (cursor, &finding->plugin)
              && sk_cursor_take_u32le (cursor, &level)
              && sk_cursor_take_u32le (cursor, &finding->count)
              && sk_wire_take_text (cursor, SK_MAX_EVIDENCE, &finding->evidence)
              && sk_cursor_take_u64le (cursor, &finding->record)
              && sk_wire_take_i64 (cursor, &finding->time);
  if (!good || finding->rule >= n_rules || finding->object >= reply->object_list->len
      || !is_plugin (finding->plugin, n_plugins) || level >= SK_N_LEVELS || finding->count == 0
      || (finding->record == SK_NO_RECORD && finding->time != 0))
    return false;
  finding->level = (SkLevel) level;
  return true;
}

/* Each kind once; that a rule was there for more records than were made cannot be. */
static bool
decode_kind (SkCursor *cursor, GArray *list)
{
  guint index = list->len;
  g_array_set_size (list, index + 1);
  SkReplyKind *kind = &g_array_index (list, SkReplyKind, index);
  if (!sk_wire_take_text (cursor, SK_MAX_TYPE, &kind->kind) || kind->kind[0] == '\0'
      || !sk_cursor_take_u64le (cursor, &kind->records)
      || !sk_cursor_take_u64le (cursor, &kind->applicable) || kind->applicable > kind->records)
    return false;
  for (guint i = 0; i < index; i++)
    if (strcmp (g_array_index (list, SkReplyKind, i).kind, kind->kind) == 0)
      return false;
  return true;
}

static bool
decode_window (SkCursor *cursor, GArray *list, uint32_t n_plugins)
{
  guint index = list->len;
  g_array_set_size (list, index + 1);
  SkReplyWindow *window = &g_array_index (list, SkReplyWindow, index);
  SkSpan context;
  bool good = sk_cursor_take_u32le (cursor, &window->plugin)
              && sk_cursor_take_u32le (cursor, &window->blob)
              && sk_cursor_take_u64le (cursor, &window->offset)
              && sk_cursor_take_u64le (cursor, &window->length)
              && sk_cursor_take_u64le (cursor, &window->position)
              && sk_wire_take_text (cursor, SK_MAX_NAME, &window->name)
              && sk_wire_take_span (cursor, SK_MAX_CONTEXT, &context);
  if (!good || window->plugin >= n_plugins || window->blob > SK_MAX_LENT
      || window->length > UINT64_MAX - window->offset)
    return false;
  window->context = g_bytes_new (context.data, context.size);
  return true;
}

static bool
decode_windows (SkCursor *cursor, GArray *list, uint32_t n_plugins)
{
  uint32_t count = 0;
  bool good = sk_wire_take_count (cursor, SK_MAX_FRAME, WINDOW_LEAST, &count);
  for (uint32_t i = 0; good && i < count; i++)
    good = decode_window (cursor, list, n_plugins);
  return good && sk_wire_end (cursor);
}

static bool
decode_lists (SkCursor *cursor, SkReply *reply, uint32_t n_rules, uint32_t n_plugins)
{
  uint32_t count = 0;
  bool good = sk_wire_take_count (cursor, MAX_OBJECTS, OBJECT_LEAST, &count);
  for (uint32_t i = 0; good && i < count; i++)
    good = decode_object (cursor, reply->object_list, n_plugins);
  good = good && sk_wire_take_count (cursor, SK_MAX_FINDINGS, FINDING_LEAST, &count);
  for (uint32_t i = 0; good && i < count; i++)
    good = decode_finding (cursor, reply, n_rules, n_plugins);
  good = good && sk_wire_take_count (cursor, SK_MAX_KINDS, KIND_LEAST, &count);
  for (uint32_t i = 0; good && i < count; i++)
    good = decode_kind (cursor, reply->kind_list);
  return good && decode_windows (cursor, reply->window_list, n_plugins);
}

SkReply *
sk_reply_decode (SkSpan bytes, uint32_t n_rules, uint32_t n_plugins, GError **error)
{
  g_autoptr (SkReply) reply = sk_reply_new ();
  SkCursor cursor = sk_cursor (bytes);
  if (sk_cursor_take_u64le (&cursor, &reply->job)
      && sk_wire_take_bool (&cursor, &reply->complete)
      && sk_wire_take_bool (&cursor, &reply->risky_broken)
      && sk_cursor_take_u64le (&cursor, &reply->objects)
      && sk_cursor_take_u64le (&cursor, &reply->bytes)
      && sk_cursor_take_u64le (&cursor, &reply->findings_dropped)
      && decode_lists (&cursor, reply, n_rules, n_plugins))
    return g_steal_pointer (&reply);
  g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL, "malformed reply of %zu bytes at byte %zu",
               bytes.size, bytes.size - sk_cursor_left (&cursor));
  return NULL;
}

GArray *
sk_windows_decode (SkSpan bytes, uint32_t n_plugins, GError **error)
{
  GArray *list = new_list (sizeof (SkReplyWindow), clear_window);
  SkCursor cursor = sk_cursor (bytes);
  if (decode_windows (&cursor, list, n_plugins))
    return list;
  g_array_unref (list);
  g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL, "malformed windows of %zu bytes at byte %zu",
               bytes.size, bytes.size - sk_cursor_left (&cursor));
  return NULL;
}
