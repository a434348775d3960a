/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Children: written piece by piece or cut out of their parent, and the limits
 * that they meet while they grow.
 *
 * A small child lives in memory; a larger one, or any when memory runs short,
 * in a file that the host lends, which is mapped once the child is whole. What
 * a limit cuts off is not written; the head is walked like any object.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/walker.h"

/** A child starts with this much memory. */
#define FIRST_ROOM 4096

/** So long a run of one byte is hollow: what follows of it packs into nothing in honest files too. */
#define HOLLOW (64 * SK_KIB)

/** A child's facts begin with this much memory. */
#define FACT_BLOCK 1024

#define LIMIT_BIT(kind) (UINT32_C (1) << (kind))

/** Limits that cut its bytes off. Of the others it only lacks facts. */
#define BYTE_LIMITS \
  (LIMIT_BIT (SK_LIMIT_OBJECT_BYTES) | LIMIT_BIT (SK_LIMIT_JOB_BYTES) | LIMIT_BIT (SK_LIMIT_RATIO) \
   | LIMIT_BIT (SK_LIMIT_WORK) | LIMIT_BIT (SK_LIMIT_LENT))

/* ---- limits ---- */

/* How much the children may have together. An object without bytes of its own is made of what its
 * ancestor holds. */
static uint64_t
ratio_most (const SkObject *parent)
{
  const SkObject *base = parent;
  while (base->bytes.size == 0 && base->parent != NULL)
    base = base->parent;
  uint64_t most;
  if (__builtin_mul_overflow ((uint64_t) base->bytes.size, parent->walker->engine->limits.ratio,
                              &most))
    return UINT64_MAX;
  return MAX (most, SK_RATIO_FREE);
}

static uint64_t
ratio_room (const SkObject *parent)
{
  uint64_t most = ratio_most (parent);
  return most > parent->child_bytes ? most - parent->child_bytes : 0;
}

/* How many of `wanted` bytes more a child of `size` may have; adds the limits met to `limits`. */
static uint64_t
grant (const SkObject *parent, uint64_t size, uint64_t wanted, bool expands, uint32_t *limits)
{
  const SkWalker *walker = parent->walker;
  uint64_t object_bytes = walker->engine->limits.object_bytes;
  const struct
  {
    SkLimitKind kind;
    uint64_t room;
  } rooms[] = {
    { SK_LIMIT_OBJECT_BYTES, object_bytes > size ? object_bytes - size : 0 },
    { SK_LIMIT_JOB_BYTES, walker->bytes_left },
    { SK_LIMIT_RATIO, expands ? ratio_room (parent) : UINT64_MAX },
  };
  uint64_t granted = wanted;
  for (size_t i = 0; i < G_N_ELEMENTS (rooms); i++)
    if (granted > rooms[i].room)
      {
        granted = rooms[i].room;
        *limits |= LIMIT_BIT (rooms[i].kind);
      }
  return granted;
}

static void
spend (SkChild *child, uint64_t bytes)
{
  child->parent->walker->bytes_left -= bytes;
  child->spent += bytes;
}

/* Written, not shared, so made of less. */
static void
spend_written (SkChild *child, uint64_t bytes, bool hollow)
{
  SkObject *parent = child->parent;
  spend (child, bytes);
  *(hollow ? &parent->hollow_bytes : &parent->child_bytes) += bytes;
  *(hollow ? &child->hollow : &child->expanded) += bytes;
}

/* What is hollow is free as long as it fits; where another limit ends it, all of it counts after all. */
static void
tell_bomb (SkChild *child, uint64_t wanted)
{
  const SkObject *parent = child->parent;
  if ((child->limits & (LIMIT_BIT (SK_LIMIT_OBJECT_BYTES) | LIMIT_BIT (SK_LIMIT_JOB_BYTES))) == 0)
    return;
  uint64_t written = parent->child_bytes + parent->hollow_bytes, most = ratio_most (parent);
  if (written > most || wanted > most - written)
    child->limits |= LIMIT_BIT (SK_LIMIT_RATIO);
}

static void
tell_limits (SkWalker *walker, SkNode *node, uint32_t limits)
{
  for (int kind = 0; kind < SK_N_LIMITS; kind++)
    if ((limits & LIMIT_BIT (kind)) != 0)
      sk_finding_limit (walker, node, (SkLimitKind) kind);
}

/* One more object, one level deeper. */
static bool
admit (SkObject *object)
{
  SkWalker *walker = object->walker;
  if (object->depth >= walker->engine->limits.depth)
    return sk_finding_limit (walker, object->node, SK_LIMIT_DEPTH);
  if (walker->objects_left == 0)
    return sk_finding_limit (walker, object->node, SK_LIMIT_OBJECTS);
  walker->objects_left--;
  return true;
}

/* ---- life ---- */

SkChild *
sk_child_begin (SkObject *object, uint64_t position, const char *name)
{
  SkWalker *walker = object->walker;
  if (!sk_walk_may_open (object, "it began a child outside of open"))
    return NULL;
  if (object->child != NULL)
    {
      sk_finding_misuse (object, "it began a child before the last was ended");
      return NULL;
    }
  if (!admit (object))
    return NULL;
  SkChild *child = walker->free_children;
  if (child != NULL)
    walker->free_children = child->next;
  else
    {
      child = g_new (SkChild, 1);
      sk_arena_init (&child->arena, FACT_BLOCK);
    }
  *child = (SkChild){ .parent = object,
                      .plugin = walker->hook->plugin,
                      .position = position,
                      .arena = child->arena };
  /* g_strndup would clear the whole maximum. */
  size_t size = name != NULL ? strnlen (name, SK_MAX_NAME + 4) : 0;
  child->name = g_strndup (name != NULL ? name : "", size);
  child->fd = -1;
  object->child = child;
  return child;
}

void
sk_child_free (SkChild *child)
{
  sk_arena_clear (&child->arena);
  g_free (child);
}

static void
drop_memory (SkChild *child)
{
  child->parent->walker->child_memory -= child->room;
  g_clear_pointer (&child->memory, g_free);
  child->room = 0;
}

void
sk_child_end (SkChild *child, SkNode *node)
{
  SkObject *parent = child->parent;
  SkWalker *walker = parent->walker;
  drop_memory (child);
  if (child->fd >= 0)
    {
      sk_child_lend_back (walker, child->fd, child->lent);
      walker->lent_open--;
    }
  tell_limits (walker, node, child->limits);
  g_free (child->name);
  g_free (child->declared);
  walker->fact_bytes -= child->fact_bytes;
  sk_arena_reset (&child->arena);
  parent->child = NULL;
  child->next = walker->free_children;
  walker->free_children = child;
}

void
sk_child_abort (SkChild *child)
{
  SkObject *parent = child->parent;
  /* It was nothing (a wrong password gives a large nothing), so it met no limit; the work for it is spent
   * all the same, and trying is work. */
  parent->walker->bytes_left += child->spent;
  parent->walker->objects_left++;
  parent->child_bytes -= child->expanded;
  parent->hollow_bytes -= child->hollow;
  child->limits = 0;
  sk_child_end (child, parent->node);
  sk_walk_work (parent, 1);
}

void
sk_child_declare (SkChild *child, const char *media_type)
{
  g_free (child->declared);
  size_t size = media_type != NULL ? strnlen (media_type, SK_MAX_TYPE + 1) : 0;
  child->declared = g_strndup (media_type != NULL ? media_type : "", size);
}

/* ---- what the container says of it ---- */

void
sk_child_info (SkChild *child, const SkFileInfo *info)
{
  bool cut = false;
  child->informed = true;
  child->info = *info;
  if ((unsigned) info->type > SK_FILE_SPECIAL)
    child->info.type = SK_FILE_SPECIAL;
  child->info.target = sk_text_take (&child->arena, info->target, SK_MAX_VALUE, &cut);
  if (cut)
    child->limits |= LIMIT_BIT (SK_LIMIT_VALUE);
}

void
sk_child_absent (SkChild *child, uint64_t size)
{
  if (child->size > 0 || child->is_shared || child->fd >= 0)
    {
      sk_finding_misuse (child->parent, "it called a child absent that has bytes");
      return;
    }
  child->absent = true;
  child->size = MIN (size, INT64_MAX);
}

/* Its object does not exist yet; whether the fact is declared so is seen when it does. */
void
sk_child_fact (SkChild *child, uint32_t fact, const SkValue *value)
{
  SkWalker *walker = child->parent->walker;
  bool cut = false;
  SkSpan text = value->type == SK_FIELD_STRING ? value->text : (SkSpan){ NULL, 0 };
  size_t bytes = sizeof (SkChildFact) + MIN (text.size, SK_MAX_VALUE);
  if (child->n_facts >= SK_MAX_FACTS_PER_OBJECT || bytes > SK_MAX_FACT_BYTES - walker->fact_bytes)
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_FACTS);
      return;
    }
  SkChildFact *kept = sk_arena_take (&child->arena, sizeof *kept);
  *kept = (SkChildFact){ NULL, fact, *value };
  kept->value.text = sk_text_take (&child->arena, text, SK_MAX_VALUE, &cut);
  if (cut)
    child->limits |= LIMIT_BIT (SK_LIMIT_VALUE);
  if (child->last_fact != NULL)
    child->last_fact->next = kept;
  else
    child->facts = kept;
  child->last_fact = kept;
  child->n_facts++;
  child->fact_bytes += bytes;
  walker->fact_bytes += bytes;
}

/* ---- bytes ---- */

int
sk_child_lend (SkWalker *walker, uint32_t *ret_number)
{
  if (walker->n_idle > 0)
    {
      const SkIdleFile *idle = &walker->idle[--walker->n_idle];
      *ret_number = idle->number;
      return idle->fd;
    }
  if (walker->host->lend == NULL)
    return -1;
  int fd = walker->host->lend (walker->host->data);
  if (fd >= 0)
    *ret_number = ++walker->lent;
  return fd;
}

void
sk_child_lend_back (SkWalker *walker, int fd, uint32_t number)
{
  if (walker->n_idle < SK_MAX_LENT && ftruncate (fd, 0) == 0)
    walker->idle[walker->n_idle++] = (SkIdleFile){ fd, number };
  else
    close (fd);
}

void
sk_child_lend_end (SkWalker *walker)
{
  while (walker->n_idle > 0)
    close (walker->idle[--walker->n_idle].fd);
}

static bool
move_to_file (SkChild *child)
{
  SkWalker *walker = child->parent->walker;
  if ((child->limits & LIMIT_BIT (SK_LIMIT_LENT)) != 0 || walker->lent_open >= SK_MAX_LENT)
    return false;
  int fd = sk_child_lend (walker, &child->lent);
  if (fd < 0)
    return false;
  if (!sk_file_write_at (fd, (SkSpan){ child->memory, (size_t) child->size }, 0))
    {
      sk_child_lend_back (walker, fd, child->lent);
      return false;
    }
  drop_memory (child);
  child->fd = fd;
  walker->lent_open++;
  return true;
}

static bool
fits_memory (const SkChild *child, uint64_t end)
{
  const SkWalker *walker = child->parent->walker;
  return end <= SK_SMALL_CHILD
         && (end <= child->room
             || walker->child_memory - child->room + end <= SK_MAX_CHILD_MEMORY);
}

static void
make_room (SkChild *child, size_t end)
{
  if (end <= child->room)
    return;
  size_t room = MAX (end, MAX (FIRST_ROOM, MIN (2 * child->room, (size_t) SK_SMALL_CHILD)));
  child->memory = g_realloc (child->memory, room);
  child->parent->walker->child_memory += room - child->room;
  child->room = room;
}

static void
write_memory (SkChild *child, size_t offset, SkSpan bytes)
{
  make_room (child, offset + bytes.size);
  if (offset > child->size)
    memset (child->memory + child->size, 0, offset - (size_t) child->size);
  memcpy (child->memory + offset, bytes.data, bytes.size);
}

/* Without a file for it the head that fits into memory is kept. Returns how many were stored. */
static size_t
store (SkChild *child, uint64_t offset, SkSpan bytes, bool hollow)
{
  if (child->fd < 0 && !fits_memory (child, offset + bytes.size) && !move_to_file (child))
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_LENT);
      bytes.size = offset < SK_SMALL_CHILD ? MIN (bytes.size, SK_SMALL_CHILD - offset) : 0;
      if (bytes.size == 0 || !fits_memory (child, offset + bytes.size))
        return 0;
    }
  if (child->fd < 0)
    write_memory (child, (size_t) offset, bytes);
  else if (hollow && child->tail == 0 && offset == child->size)
    child->sparse = true;
  else if (!sk_file_write_at (child->fd, bytes, offset))
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_LENT);
      return 0;
    }
  return bytes.size;
}

static bool
is_one_byte (SkSpan bytes)
{
  const uint8_t *data = bytes.data;
  size_t last = bytes.size - 1;
  return data[0] == data[last] && data[0] == data[last / 2] && memcmp (data, data + 1, last) == 0;
}

/* Whether the bytes, put at the end, only make a long run of one byte longer. */
static bool
lengthens_run (SkChild *child, uint64_t offset, SkSpan bytes)
{
  bool one = is_one_byte (bytes);
  bool goes_on = one && offset == child->size && child->tail_run > 0 && bytes.data[0] == child->tail;
  bool hollow = goes_on && child->tail_run >= HOLLOW;
  if (!goes_on)
    child->tail_run = 0;
  if (one && offset == child->size)
    child->tail_run += bytes.size;
  child->tail = bytes.data[bytes.size - 1];
  return hollow;
}

bool
sk_child_write (SkChild *child, uint64_t offset, SkSpan bytes)
{
  uint64_t end;
  size_t asked = bytes.size;
  if (asked == 0)
    return (child->limits & BYTE_LIMITS) == 0;
  if (child->is_shared || child->absent)
    {
      sk_finding_misuse (child->parent, "it wrote to a child that has other bytes");
      return false;
    }
  /* Paid for even where nothing grows: else the same bytes could be written again for ever. */
  if (!sk_walk_work (child->parent, 1 + asked / SK_KIB))
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_WORK);
      return false;
    }
  if (__builtin_add_overflow (offset, (uint64_t) asked, &end))
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_OBJECT_BYTES);
      return false;
    }
  bool hollow = lengthens_run (child, offset, bytes);
  if (end > child->size)
    {
      uint64_t last
          = child->size
            + grant (child->parent, child->size, end - child->size, !hollow, &child->limits);
      tell_bomb (child, end - child->size);
      bytes.size = last > offset ? (size_t) MIN (asked, last - offset) : 0;
    }
  if (bytes.size > 0)
    bytes.size = store (child, offset, bytes, hollow);
  if (bytes.size > 0 && offset + bytes.size > child->size)
    {
      spend_written (child, offset + bytes.size - child->size, hollow);
      child->size = offset + bytes.size;
    }
  return bytes.size == asked;
}

bool
sk_child_share (SkChild *child, size_t offset, size_t length)
{
  SkObject *parent = child->parent;
  if (child->size > 0 || child->is_shared || child->absent)
    {
      sk_finding_misuse (parent, "it gave a child bytes twice");
      return false;
    }
  if (offset > parent->bytes.size || length > parent->bytes.size - offset)
    {
      sk_finding_reason (parent->walker, parent->node, SK_REASON_MALFORMED,
                         "a part lies outside of the object");
      return false;
    }
  size_t granted = (size_t) grant (parent, 0, length, false, &child->limits);
  child->is_shared = true;
  child->shared = sk_span_slice (parent->bytes, offset, granted);
  child->size = granted;
  spend (child, granted);
  return granted == length;
}

bool
sk_child_append (SkChild *child, SkSpan bytes)
{
  return sk_child_write (child, child->size, bytes);
}

/* ---- walking ---- */

static void
charge_and_walk (SkObject *object)
{
  SkObject *parent = object->parent;
  if (sk_walk_work (parent, 1 + object->bytes.size / SK_KIB))
    sk_walk_child (object);
  else
    {
      sk_finding_limit (parent->walker, parent->node, SK_LIMIT_WORK);
      sk_object_give_back (object);
    }
}

static bool
map_child (SkChild *child, SkSpan *ret_bytes, SkStore *ret_store)
{
  SkStore kept = sk_store_empty ();
  kept.mapped = (size_t) child->size;
  if (child->sparse && ftruncate (child->fd, (off_t) child->size) != 0)
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_LENT);
      return false;
    }
  kept.mapping = sk_mapping_new (child->fd, 0, kept.mapped, &kept.slot);
  if (kept.mapping == NULL)
    {
      child->limits |= LIMIT_BIT (SK_LIMIT_LENT);
      return false;
    }
  kept.fd = child->fd;
  kept.lent = child->lent;
  child->fd = -1;
  *ret_bytes = (SkSpan){ kept.mapping, kept.mapped };
  *ret_store = kept;
  return true;
}

/* Exactly as large as its content: a parked child may stay long. */
static void
keep_memory (SkChild *child, SkSpan *ret_bytes, SkStore *ret_store)
{
  SkWalker *walker = child->parent->walker;
  SkStore kept = sk_store_empty ();
  size_t size = (size_t) child->size;
  walker->child_memory -= child->room - size;
  kept.memory = g_realloc (g_steal_pointer (&child->memory), size);
  kept.room = size;
  child->room = 0;
  *ret_bytes = (SkSpan){ kept.memory, size };
  *ret_store = kept;
}

static void
give_bytes (SkChild *child, SkObject *object)
{
  SkSpan bytes = { NULL, 0 };
  SkStore kept = sk_store_empty ();
  if (child->is_shared)
    bytes = child->shared;
  else if (child->fd >= 0)
    map_child (child, &bytes, &kept);
  else if (child->memory != NULL)
    keep_memory (child, &bytes, &kept);
  sk_object_set_bytes (object, bytes, kept);
}

/* What has no bytes here keeps the size that it has elsewhere. */
static void
tell_object (const SkChild *child, SkObject *object)
{
  object->informed = child->informed;
  object->info = child->info;
  if (child->info.type != SK_FILE_REGULAR && child->size > 0 && !child->absent)
    { /* else bytes would hide behind a name for something else */
      sk_finding_misuse (child->parent, "it gave bytes to a directory, link or special file");
      object->info.type = SK_FILE_REGULAR;
    }
  object->named_only = child->absent || object->info.type != SK_FILE_REGULAR;
  object->cut = (child->limits & BYTE_LIMITS) != 0 || object->named_only;
  if (child->absent)
    object->node->size = child->size;
  if (child->info.target.size > 0)
    object->info.target
        = sk_span_of_text (sk_arena_text (&object->arena, child->info.target));
  for (const SkChildFact *fact = child->facts; fact != NULL; fact = fact->next)
    sk_facts_set (object, fact->fact, &fact->value);
}

void
sk_child_commit (SkChild *child)
{
  SkObject *object = sk_object_take (child->parent->walker, child->parent, child->plugin,
                                     child->position, child->name);
  give_bytes (child, object);
  tell_object (child, object);
  sk_object_type_add (object, child->declared, SK_STRENGTH_DECLARED);
  sk_child_end (child, object->node);
  charge_and_walk (object);
}

bool
sk_child_slice (SkObject *object, uint64_t position, const char *name, size_t offset,
                size_t length)
{
  SkChild *child = sk_child_begin (object, position, name);
  if (child == NULL)
    return false;
  bool whole = sk_child_share (child, offset, length);
  if (child->is_shared)
    sk_child_commit (child);
  else
    sk_child_abort (child);
  return whole;
}
