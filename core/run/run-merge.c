/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sorting of buffers into runs, and merging of runs, with bounded memory.
 */
#include "config.h"

#include "run/run-file-internal.h"

#include <errno.h>

#include "base/error.h"
#include "base/i18n.h"
#include "run/unlinked.h"

#define READ_ROOM (64 * 1024)
#define WRITE_ROOM (256 * 1024)
/* Read bytes are given back to the file system in steps of this. */
#define PUNCH_STEP (1024 * 1024)

/* ---- sorting ---- */

typedef struct Key {
  int64_t time;
  uint64_t order, position;
  size_t at; /* in the buffer: later arrival, later place */
} Key;

static int
compare_numbers (uint64_t a, uint64_t b)
{
  return (a > b) - (a < b);
}

static int
compare_keys (const void *left, const void *right)
{
  const Key *a = left, *b = right;
  int c = (a->time > b->time) - (a->time < b->time);
  if (c == 0)
    c = compare_numbers (a->order, b->order);
  if (c == 0)
    c = compare_numbers (a->position, b->position);
  return c != 0 ? c : compare_numbers (a->at, b->at);
}

static SkRunHead
head_at (const uint8_t *bytes)
{
  SkRunHead head;
  memcpy (&head, bytes, sizeof head);
  return head;
}

static GArray *
keys_of (const GByteArray *bytes)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (Key));
  SkRunHead head;
  for (size_t at = 0; at < bytes->len; at += head.size)
    {
      head = head_at (bytes->data + at);
      Key key = { head.time, head.order, head.position, at };
      g_array_append_val (keys, key);
    }
  g_array_sort (keys, compare_keys);
  return keys;
}

gboolean
sk_run_write_sorted (SkRunFile *file, const GByteArray *bytes, SkRun *ret_run, GError **error)
{
  g_autoptr (GArray) keys = keys_of (bytes);
  g_autofree uint8_t *sorted = g_malloc (bytes->len);
  size_t size = 0;
  for (guint i = 0; i < keys->len; i++)
    {
      const uint8_t *record = bytes->data + g_array_index (keys, Key, i).at;
      uint32_t length = head_at (record).size;
      memcpy (sorted + size, record, length);
      size += length;
    }
  if (!sk_unlinked_write (file->fd, sorted, size, file->end, error))
    return FALSE;
  *ret_run = (SkRun) { file->end, size, 0, 0 };
  file->end += size;
  return TRUE;
}

/* ---- reading runs ---- */

typedef struct Reader {
  SkRun run;
  guint index;      /* of the run: earlier runs win ties */
  uint64_t next;    /* offset of what is not in the buffer yet */
  uint64_t punched; /* below: given back */
  uint8_t *buffer;
  size_t room, at, size;
  SkRunHead head;   /* of the record at `at` */
} Reader;

/* Makes `size` bytes stand at `at`, if the run has them. */
static gboolean
reader_fill (SkRunFile *file, Reader *reader, size_t size, GError **error)
{
  if (reader->size - reader->at >= size)
    return TRUE;
  memmove (reader->buffer, reader->buffer + reader->at, reader->size - reader->at);
  reader->size -= reader->at;
  reader->at = 0;
  if (size > reader->room)
    {
      reader->buffer = g_realloc (reader->buffer, size);
      reader->room = size;
    }
  uint64_t left = reader->run.offset + reader->run.size - reader->next;
  size_t part = (size_t) MIN (left, reader->room - reader->size);
  if (!sk_unlinked_read (file->fd, reader->buffer + reader->size, part, reader->next, error))
    return FALSE;
  reader->size += part;
  reader->next += part;
  if (reader->next - reader->punched >= PUNCH_STEP)
    {
      sk_unlinked_punch (file->fd, reader->punched, reader->next - reader->punched);
      reader->punched = reader->next;
    }
  return TRUE;
}

static gboolean
changed (GError **error)
{
  return sk_error_set_errno (error, EIO, _ ("a temporary file was changed by somebody else"));
}

/* Loads the record at `at`. `ret_more`: there is one. */
static gboolean
reader_load (SkRunFile *file, Reader *reader, bool *ret_more, GError **error)
{
  uint64_t left = reader->run.offset + reader->run.size - reader->next;
  *ret_more = left > 0 || reader->size > reader->at;
  if (!*ret_more)
    return TRUE;
  left += reader->size - reader->at;
  if (left < sizeof (SkRunHead))
    return changed (error);
  if (!reader_fill (file, reader, sizeof (SkRunHead), error))
    return FALSE;
  reader->head = head_at (reader->buffer + reader->at);
  if (reader->run.order != 0)
    reader->head.order = reader->run.order;
  if (reader->head.size < sizeof (SkRunHead) || reader->head.size > left
      || reader->head.object_size > reader->head.size - sizeof (SkRunHead))
    return changed (error);
  return reader_fill (file, reader, reader->head.size, error);
}

static void
reader_clear (SkRunFile *file, Reader *reader)
{
  uint64_t end = reader->run.offset + reader->run.size;
  sk_unlinked_punch (file->fd, reader->punched, end - reader->punched);
  g_free (reader->buffer);
}

static bool
reader_before (const Reader *a, const Reader *b)
{
  Key left = { a->head.time, a->head.order, a->head.position, a->index };
  Key right = { b->head.time, b->head.order, b->head.position, b->index };
  return compare_keys (&left, &right) < 0;
}

/* ---- merging: a binary heap of readers, the next record at its top ---- */

typedef struct Merge {
  SkRunFile *file;
  Reader readers[RUN_FAN];
  Reader *heap[RUN_FAN];
  size_t count;
} Merge;

static void
heap_sink (Merge *merge, size_t at)
{
  for (;;)
    {
      size_t least = at;
      for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < merge->count; child++)
        if (reader_before (merge->heap[child], merge->heap[least]))
          least = child;
      if (least == at)
        return;
      Reader *reader = merge->heap[at];
      merge->heap[at] = merge->heap[least];
      merge->heap[least] = reader;
      at = least;
    }
}

typedef gboolean (*MergeFunc) (const SkRunHead *head, const uint8_t *record, void *data,
                               GError **error);

static gboolean
merge_start (Merge *merge, const SkRun *runs, guint n_runs, GError **error)
{
  for (guint i = 0; i < n_runs; i++)
    {
      Reader *reader = &merge->readers[i];
      bool more;
      *reader = (Reader) { .run = runs[i], .index = i, .next = runs[i].offset,
                           .punched = runs[i].offset, .buffer = g_malloc (READ_ROOM),
                           .room = READ_ROOM };
      if (!reader_load (merge->file, reader, &more, error))
        return FALSE;
      if (more)
        merge->heap[merge->count++] = reader;
    }
  for (size_t i = merge->count; i-- > 0;)
    heap_sink (merge, i);
  return TRUE;
}

static gboolean
merge_all (Merge *merge, MergeFunc func, void *data, GError **error)
{
  while (merge->count > 0)
    {
      Reader *first = merge->heap[0];
      bool more;
      if (!func (&first->head, first->buffer + first->at, data, error))
        return FALSE;
      first->at += first->head.size;
      if (!reader_load (merge->file, first, &more, error))
        return FALSE;
      if (!more)
        merge->heap[0] = merge->heap[--merge->count];
      heap_sink (merge, 0);
    }
  return TRUE;
}

static gboolean
merge_runs (SkRunFile *file, const SkRun *runs, guint n_runs, MergeFunc func, void *data,
            GError **error)
{
  g_autofree Merge *merge = g_new0 (Merge, 1);
  merge->file = file;
  gboolean done = merge_start (merge, runs, n_runs, error) && merge_all (merge, func, data, error);
  for (guint i = 0; i < n_runs; i++)
    if (merge->readers[i].buffer != NULL)
      reader_clear (file, &merge->readers[i]);
  return done;
}

/* ---- runs into one run ---- */

typedef struct Writer {
  SkRunFile *file;
  GByteArray *buffer;
} Writer;

static gboolean
writer_flush (Writer *writer, GError **error)
{
  if (!sk_unlinked_write (writer->file->fd, writer->buffer->data, writer->buffer->len,
                          writer->file->end, error))
    return FALSE;
  writer->file->end += writer->buffer->len;
  g_byte_array_set_size (writer->buffer, 0);
  return TRUE;
}

static gboolean
write_record (const SkRunHead *head, const uint8_t *record, void *data, GError **error)
{
  Writer *writer = data;
  g_byte_array_append (writer->buffer, (const guint8 *) head, sizeof *head);
  g_byte_array_append (writer->buffer, record + sizeof *head, head->size - (guint) sizeof *head);
  return writer->buffer->len < WRITE_ROOM || writer_flush (writer, error);
}

/* Replaces the last `count` runs by one. */
static gboolean
merge_last (SkRunFile *file, guint count, GError **error)
{
  guint first = file->runs->len - count;
  const SkRun *runs = &g_array_index (file->runs, SkRun, first);
  SkRun merged = { file->end, 0, 0, runs[0].level + 1 };
  Writer writer = { file, g_byte_array_new () };
  gboolean done = merge_runs (file, runs, count, write_record, &writer, error)
                  && writer_flush (&writer, error);
  g_byte_array_unref (writer.buffer);
  merged.size = file->end - merged.offset;
  g_array_set_size (file->runs, first);
  g_array_append_val (file->runs, merged);
  return done;
}

static guint
last_of_one_level (const SkRunFile *file)
{
  guint count = 0;
  const SkRun *runs = (const SkRun *) (const void *) file->runs->data;
  while (count < file->runs->len
         && runs[file->runs->len - 1 - count].level == runs[file->runs->len - 1].level)
    count++;
  return count;
}

gboolean
sk_run_add (SkRunFile *file, const SkRun *run, GError **error)
{
  g_array_append_val (file->runs, *run);
  while (last_of_one_level (file) >= RUN_FAN)
    if (!merge_last (file, RUN_FAN, error))
      return FALSE;
  return TRUE;
}

/* ---- the end ---- */

typedef struct Out {
  SkRunFile *file;
  SkRunFunc func;
  void *data;
  uint64_t order; /* whose id is in `id` */
  uint32_t root_size;
  GString *id;
} Out;

static gboolean
load_id (Out *out, uint64_t order, GError **error)
{
  if (order == out->order)
    return TRUE;
  if (order == 0 || order >= out->file->id_at->len)
    return changed (error);
  uint64_t start = g_array_index (out->file->id_at, uint64_t, order - 1);
  size_t size = (size_t) (g_array_index (out->file->id_at, uint64_t, order) - start);
  size -= sizeof out->root_size;
  g_string_set_size (out->id, size);
  out->order = order;
  return sk_results_get (out->file->ids, start, sizeof out->root_size, (uint8_t *) &out->root_size,
                         error)
         && sk_results_get (out->file->ids, start + sizeof out->root_size, size,
                            (uint8_t *) out->id->str, error);
}

static gboolean
hand_out (const SkRunHead *head, const uint8_t *record, void *data, GError **error)
{
  Out *out = data;
  if (!load_id (out, head->order, error))
    return FALSE;
  SkSpan rest = { record + sizeof *head, head->size - sizeof *head };
  SkRunEntry entry = { head->subscription, head->time, head->position,
                       sk_span_slice (rest, 0, head->object_size),
                       sk_span_slice (rest, head->object_size, rest.size), head->generation,
                       head->order, out->root_size };
  out->func (&entry, out->id->str, out->data);
  return TRUE;
}

gboolean
sk_run_merge_all (SkRunFile *file, SkRunFunc func, void *data, GError **error)
{
  while (file->runs->len > RUN_FAN)
    if (!merge_last (file, MIN (RUN_FAN, file->runs->len - RUN_FAN + 1), error))
      return FALSE;
  Out out = { file, func, data, 0, 0, g_string_new (NULL) };
  const SkRun *runs = (const SkRun *) (const void *) file->runs->data;
  gboolean done = merge_runs (file, runs, file->runs->len, hand_out, &out, error);
  g_array_set_size (file->runs, 0);
  g_string_free (out.id, TRUE);
  return done;
}
