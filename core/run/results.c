/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/results.h"

#include <unistd.h>

#include "base/error.h"
#include "base/i18n.h"
#include "run/unlinked.h"

/* Unit of punching: small enough that one living reply holds little, large enough that punching
 * costs nothing. */
#define CHUNK UINT64_C (16384)
#define TAIL_ROOM (64 * 1024)

struct SkResults {
  int fd;
  uint64_t maximum, live;
  uint64_t end;     /* where the next bytes go */
  uint64_t written; /* what lies below is in the file, the rest in `tail` */
  uint8_t *tail;
  GArray *chunks;       /* of uint32_t: living bytes of chunk number base + index */
  uint64_t base, done;  /* chunks below base + done are counted no more */
};

SkResults *
sk_results_new (const char *folder, uint64_t maximum, GError **error)
{
  int fd = sk_unlinked_open (folder, error);
  if (fd < 0)
    return NULL;
  SkResults *results = g_new0 (SkResults, 1);
  results->fd = fd;
  results->maximum = maximum;
  results->tail = g_malloc (TAIL_ROOM);
  results->chunks = g_array_new (FALSE, TRUE, sizeof (uint32_t));
  return results;
}

void
sk_results_free (SkResults *results)
{
  if (results == NULL)
    return;
  close (results->fd);
  g_free (results->tail);
  g_array_free (results->chunks, TRUE);
  g_free (results);
}

uint64_t
sk_results_live (const SkResults *results)
{
  return results->live;
}

int
sk_results_fd (const SkResults *results)
{
  return results->fd;
}

/* Chunks that died before the file had passed them are punched now. */
static void
punch_passed (SkResults *results, uint64_t from)
{
  for (uint64_t chunk = from / CHUNK; chunk < results->written / CHUNK; chunk++)
    if (g_array_index (results->chunks, uint32_t, chunk - results->base) == 0)
      sk_unlinked_punch (results->fd, chunk * CHUNK, CHUNK);
}

static gboolean
flush_tail (SkResults *results, GError **error)
{
  size_t size = (size_t) (results->end - results->written);
  uint64_t from = results->written;
  /* What is dead altogether needs no place in the file. */
  if (results->live > 0
      && !sk_unlinked_write (results->fd, results->tail, size, results->written, error))
    return FALSE;
  results->written = results->end;
  punch_passed (results, from);
  return TRUE;
}

/* The part of [offset, offset + size) that lies in its first chunk. */
static uint32_t
in_chunk (uint64_t offset, uint64_t size)
{
  return (uint32_t) MIN (size, CHUNK - offset % CHUNK);
}

static void
count_in (SkResults *results, uint64_t offset, uint64_t size)
{
  for (uint32_t part; size > 0; offset += part, size -= part)
    {
      part = in_chunk (offset, size);
      uint64_t index = offset / CHUNK - results->base;
      if (index >= results->chunks->len)
        g_array_set_size (results->chunks, (guint) index + 1);
      g_array_index (results->chunks, uint32_t, index) += part;
    }
}

gboolean
sk_results_put (SkResults *results, SkSpan bytes, uint64_t *ret_offset, GError **error)
{
  if (bytes.size > results->maximum - results->live)
    {
      g_set_error (error, SK_ERROR, SK_ERROR_LIMIT, _ ("the results file is full"));
      return FALSE;
    }
  if (bytes.size > TAIL_ROOM - (results->end - results->written) && !flush_tail (results, error))
    return FALSE;
  if (bytes.size > TAIL_ROOM)
    {
      if (!sk_unlinked_write (results->fd, bytes.data, bytes.size, results->end, error))
        return FALSE;
      results->written += bytes.size;
    }
  else if (bytes.size > 0)
    memcpy (results->tail + (results->end - results->written), bytes.data, bytes.size);
  *ret_offset = results->end;
  count_in (results, results->end, bytes.size);
  results->end += bytes.size;
  results->live += bytes.size;
  return TRUE;
}

gboolean
sk_results_get (SkResults *results, uint64_t offset, size_t size, uint8_t *bytes, GError **error)
{
  if (offset < results->written)
    return sk_unlinked_read (results->fd, bytes, size, offset, error);
  if (size > 0)
    memcpy (bytes, results->tail + (offset - results->written), size);
  return TRUE;
}

/* Forgets the dead chunks at the front, in runs, so that the table stays small. */
static void
trim_table (SkResults *results)
{
  uint64_t tail_chunk = results->written / CHUNK;
  while (results->done < results->chunks->len && results->base + results->done < tail_chunk
         && g_array_index (results->chunks, uint32_t, results->done) == 0)
    results->done++;
  if (results->done < 1024)
    return;
  g_array_remove_range (results->chunks, 0, (guint) results->done);
  results->base += results->done;
  results->done = 0;
}

void
sk_results_release (SkResults *results, uint64_t offset, size_t size)
{
  results->live -= size;
  for (uint64_t left = size, part; left > 0; offset += part, left -= part)
    {
      part = in_chunk (offset, left);
      uint32_t *live = &g_array_index (results->chunks, uint32_t, offset / CHUNK - results->base);
      *live -= (uint32_t) part;
      /* A chunk that can still grow is punched when the file has passed it. */
      if (*live == 0 && offset / CHUNK < results->written / CHUNK)
        sk_unlinked_punch (results->fd, offset / CHUNK * CHUNK, CHUNK);
    }
  trim_table (results);
}
