/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Parts of a large input that are handed back to become jobs of their own.
 */
#include "config.h"

#include <unistd.h>

#include "base/file.h"
#include "engine/walker.h"

static bool
may_defer (SkObject *object, SkSpan context)
{
  SkWalker *walker = object->walker;
  if (!sk_walk_may_open (object, "it deferred outside of open"))
    return false;
  if (object->parent != NULL)
    {
      sk_finding_misuse (object, "it deferred a part of another object than the entry object");
      return false;
    }
  if (object->depth >= walker->engine->limits.depth)
    return sk_finding_limit (walker, object->node, SK_LIMIT_DEPTH);
  if (walker->windows_left == 0)
    return sk_finding_limit (walker, object->node, SK_LIMIT_WINDOWS);
  if (context.size > SK_MAX_CONTEXT)
    return sk_finding_limit (walker, object->node, SK_LIMIT_CONTEXT);
  return true;
}

/** Where the bytes of a window stand. */
typedef struct Place {
  uint32_t blob;
  uint64_t offset, length;
} Place;

static char *
clean_name (const char *name)
{
  SkSpan head = sk_text_head (sk_span_of_text (name), SK_MAX_NAME);
  char *repaired = g_malloc (3 * head.size + 1);
  sk_text_repair (head, SK_MAX_NAME, repaired);
  return repaired;
}

/* Hands back what has come together, so that neither a frame nor memory bounds their number. */
static void
flush_windows (SkWalker *walker, uint64_t added)
{
  walker->windows_kept += added;
  if (walker->host->windows == NULL
      || (walker->windows_kept < SK_WINDOWS_FLUSH
          && walker->reply->window_list->len < SK_MAX_WINDOWS_A_FRAME))
    return;
  walker->host->windows (walker->host->data, walker->reply->window_list);
  g_array_set_size (walker->reply->window_list, 0);
  walker->windows_kept = 0;
}

static bool
add_window (SkWalker *walker, Place place, uint64_t position, const char *name, SkSpan context)
{
  g_autofree char *clean = clean_name (name);
  uint64_t size = context.size + strlen (clean);
  if (size > SK_MAX_CONTEXTS - walker->contexts)
    return sk_finding_limit (walker, walker->hook->object->node, SK_LIMIT_CONTEXT);
  SkReplyWindow window = {
    .plugin = walker->hook->plugin,
    .blob = place.blob,
    .offset = place.offset,
    .length = place.length,
    .position = position,
    .name = g_steal_pointer (&clean),
    .context = g_bytes_new (context.data, context.size),
  };
  g_array_append_val (walker->reply->window_list, window);
  walker->windows_left--;
  walker->contexts += size;
  flush_windows (walker, size);
  return true;
}

bool
sk_defer_part (SkObject *object, uint64_t offset, uint64_t length, SkSpan context)
{
  SkWalker *walker = object->walker;
  const SkJob *job = walker->job;
  if (!may_defer (object, context))
    return false;
  uint64_t size = object->bytes.size + sk_input_left_out (walker);
  if (offset > size || length > size - offset)
    {
      sk_finding_reason (walker, object->node, SK_REASON_MALFORMED,
                         "a part lies outside of the object");
      return false;
    }
  uint64_t base = job->window_plugin != SK_NO_PLUGIN ? job->window_offset : 0;
  return add_window (walker, (Place){ 0, base + offset, length }, offset, object->name, context);
}

/* Small children share a file: a descriptor for each would soon be one too many. */
static bool
pack (SkChild *child, Place *ret_place)
{
  SkWalker *walker = child->parent->walker;
  if (walker->pack_fd >= 0 && child->size > SK_MAX_PACK - walker->pack_size)
    {
      close (walker->pack_fd);
      walker->pack_fd = -1;
    }
  if (walker->pack_fd < 0)
    {
      walker->pack_fd = sk_child_lend (walker, &walker->pack_lent);
      walker->pack_size = 0;
    }
  if (walker->pack_fd < 0
      || !sk_file_write_at (walker->pack_fd, (SkSpan){ child->memory, (size_t) child->size },
                            walker->pack_size))
    return false;
  *ret_place = (Place){ walker->pack_lent, walker->pack_size, child->size };
  walker->pack_size += child->size;
  return true;
}

bool
sk_defer_child (SkChild *child, SkSpan context)
{
  SkObject *parent = child->parent;
  SkWalker *walker = parent->walker;
  Place place = { child->lent, 0, child->size };
  bool good = may_defer (parent, context);
  if (child->is_shared || child->absent)
    {
      sk_finding_misuse (parent, "it deferred a child that has no bytes of its own");
      good = false;
    }
  good = good && (!child->sparse || ftruncate (child->fd, (off_t) child->size) == 0
                  || sk_finding_limit (walker, parent->node, SK_LIMIT_LENT));
  if (good && child->fd < 0)
    good = pack (child, &place) || sk_finding_limit (walker, parent->node, SK_LIMIT_LENT);
  good = good && add_window (walker, place, child->position, child->name, context);
  if (good && child->fd >= 0)
    { /* it belongs to the window now */
      close (child->fd);
      child->fd = -1;
      walker->lent_open--;
    }
  sk_child_end (child, parent->node);
  return good;
}
