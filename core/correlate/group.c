/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Groups of events: found by their key, kept in order of age, forgotten when
 * there is no room. And the memory of all that is kept.
 */
#include "config.h"

#include "correlate/correlate-private.h"

/* What the allocator takes beside each piece. */
#define OVERHEAD 16
void *
sk_cor_new (SkCorrelate *correlate, size_t size)
{
  correlate->bytes += size + OVERHEAD;
  return g_malloc0 (size);
}

void
sk_cor_free (SkCorrelate *correlate, void *memory, size_t size)
{
  if (memory == NULL)
    return;
  correlate->bytes -= size + OVERHEAD;
  g_free (memory);
}

static inline uint64_t
rotate (uint64_t word, unsigned bits)
{
  return word << bits | word >> (64 - bits);
}

static void
sip_round (uint64_t v[4])
{
  v[0] += v[1], v[2] += v[3];
  v[1] = rotate (v[1], 13) ^ v[0], v[3] = rotate (v[3], 16) ^ v[2];
  v[0] = rotate (v[0], 32);
  v[2] += v[1], v[0] += v[3];
  v[1] = rotate (v[1], 17) ^ v[2], v[3] = rotate (v[3], 21) ^ v[0];
  v[2] = rotate (v[2], 32);
}

/* SipHash-1-3: who chooses keys must not be able to choose their places in the table. */
uint64_t
sk_cor_hash (const SkCorrelate *correlate, uint64_t seed, SkSpan bytes)
{
  uint64_t k0 = correlate->secret[0] ^ seed, k1 = correlate->secret[1];
  uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                    k1 ^ 0x7465646279746573 };
  size_t left = bytes.size;
  for (const uint8_t *pos = bytes.data;; pos += 8)
    {
      uint64_t word = 0;
      if (left > 0)
        memcpy (&word, pos, MIN (left, 8));
      bool last = left < 8;
      if (last)
        word |= (uint64_t) bytes.size << 56;
      v[3] ^= word;
      sip_round (v);
      v[0] ^= word;
      if (last)
        break;
      left -= 8;
    }
  v[2] ^= 0xff;
  for (int i = 0; i < 3; i++)
    sip_round (v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The event is no longer within (now - span, now]. */
bool
sk_cor_out (int64_t time, int64_t now, int64_t span)
{
  return (uint64_t) now - (uint64_t) time >= (uint64_t) span;
}

int64_t
sk_cor_later (int64_t time, int64_t span)
{
  int64_t sum;
  return __builtin_add_overflow (time, span, &sum) ? INT64_MAX : sum;
}

/* ---- keys and places ---- */

SkCorKey *
sk_cor_key_new (SkCorrelate *correlate, SkSpan bytes)
{
  SkCorKey *key = sk_cor_new (correlate, sizeof (SkCorKey) + bytes.size);
  key->refs = 1;
  key->size = bytes.size;
  if (bytes.size > 0)
    memcpy (key->bytes, bytes.data, bytes.size);
  return key;
}

SkCorKey *
sk_cor_key_ref (SkCorKey *key)
{
  key->refs++;
  return key;
}

void
sk_cor_key_unref (SkCorrelate *correlate, SkCorKey *key)
{
  if (key != NULL && --key->refs == 0)
    sk_cor_free (correlate, key, sizeof (SkCorKey) + key->size);
}

SkSpan
sk_cor_key_value (const SkCorKey *key, uint32_t index)
{
  size_t pos = 0;
  for (;; index--)
    {
      uint32_t size;
      memcpy (&size, key->bytes + pos, sizeof size);
      pos += sizeof size;
      if (index == 0)
        return (SkSpan) { key->bytes + pos, size };
      pos += size;
    }
}

static guint
where_hash (gconstpointer data)
{
  return (guint) ((const SkCorWhere *) data)->hash;
}

static gboolean
where_equal (gconstpointer a, gconstpointer b)
{
  const SkCorWhere *left = a, *right = b;
  return left->size == right->size && strcmp (left->job, right->job) == 0
         && strcmp (left->object, right->object) == 0;
}

static SkCorWhere *
where_new (SkCorrelate *correlate, const SkCorWhere *probe)
{
  size_t job_size = strlen (probe->job) + 1;
  SkCorWhere *where = sk_cor_new (correlate, sizeof (SkCorWhere) + probe->size);
  correlate->bytes += SK_COR_TABLE_ENTRY;
  memcpy (where->text, probe->job, job_size);
  memcpy (where->text + job_size, probe->object, probe->size - job_size);
  where->job = where->text;
  where->object = where->text + job_size;
  where->size = probe->size;
  where->hash = probe->hash;
  g_hash_table_add (correlate->wheres, where);
  return where;
}

SkCorWhere *
sk_cor_where (SkCorrelate *correlate, const char *job, const char *object)
{
  SkCorWhere *where = correlate->last_where;
  if (where == NULL || strcmp (where->object, object) != 0 || strcmp (where->job, job) != 0)
    {
      SkCorWhere probe = { .job = job, .object = object };
      probe.size = strlen (job) + strlen (object) + 2;
      probe.hash = sk_cor_hash (correlate, sk_cor_hash (correlate, 0, sk_span_of_text (job)),
                                sk_span_of_text (object));
      where = g_hash_table_lookup (correlate->wheres, &probe);
      if (where == NULL)
        where = where_new (correlate, &probe);
      correlate->last_where = where;
    }
  where->refs++;
  return where;
}

SkCorMark
sk_cor_mark_ref (const SkCorMark *mark)
{
  mark->where->refs++;
  return *mark;
}

void
sk_cor_mark_unref (SkCorrelate *correlate, SkCorMark *mark)
{
  SkCorWhere *where = g_steal_pointer (&mark->where);
  if (where == NULL || --where->refs > 0)
    return;
  if (correlate->last_where == where)
    correlate->last_where = NULL;
  g_hash_table_remove (correlate->wheres, where);
  correlate->bytes -= SK_COR_TABLE_ENTRY;
  sk_cor_free (correlate, where, sizeof (SkCorWhere) + where->size);
}

/* ---- groups ---- */

static guint
group_hash (gconstpointer data)
{
  return (guint) ((const SkCorGroup *) data)->hash;
}

static gboolean
group_equal (gconstpointer a, gconstpointer b)
{
  const SkCorGroup *left = a, *right = b;
  return left->plan == right->plan && left->key->size == right->key->size
         && memcmp (left->key->bytes, right->key->bytes, left->key->size) == 0;
}

static guint
value_hash (gconstpointer data)
{
  return (guint) ((const SkCorValue *) data)->hash;
}

static gboolean
value_equal (gconstpointer a, gconstpointer b)
{
  const SkCorValue *left = a, *right = b;
  return left->group == right->group && left->size == right->size
         && memcmp (left->bytes, right->bytes, left->size) == 0;
}

static GQueue *
due_queue (const SkCorPlan *plan)
{
  return plan->closes ? &plan->span->windows : &plan->span->waves;
}

static SkCorGroup *
group_new (SkCorrelate *correlate, SkCorPlan *plan, SkCorKey *key, uint64_t hash,
           const SkCorEvent *event)
{
  SkCorGroup *group = sk_cor_new (correlate, sizeof (SkCorGroup));
  correlate->bytes += SK_COR_TABLE_ENTRY;
  group->by_age.data = group->by_due.data = group;
  group->plan = plan;
  group->key = key;
  group->hash = hash;
  group->time = group->opened = event->mark.time;
  group->serial = correlate->serial++;
  g_queue_init (&group->values);
  g_hash_table_add (correlate->groups, group);
  g_queue_push_tail_link (&correlate->ages, &group->by_age);
  g_queue_push_tail_link (due_queue (plan), &group->by_due);
  correlate->due = MIN (correlate->due, sk_cor_later (group->opened, plan->span->length));
  return group;
}

/* The key is copied to look it up: keys are short, and one piece serves the group. */
SkCorGroup *
sk_cor_group (SkCorrelate *correlate, SkCorPlan *plan, SkSpan bytes, const SkCorEvent *event)
{
  SkCorKey *key = sk_cor_key_new (correlate, bytes);
  SkCorGroup probe = { .plan = plan, .key = key };
  probe.hash = sk_cor_hash (correlate, plan->rule, bytes);
  SkCorGroup *group = g_hash_table_lookup (correlate->groups, &probe);
  if (group == NULL)
    return group_new (correlate, plan, key, probe.hash, event);
  sk_cor_key_unref (correlate, key);
  return group;
}

void
sk_cor_group_touch (SkCorrelate *correlate, SkCorGroup *group, int64_t time)
{
  group->time = time;
  g_queue_unlink (&correlate->ages, &group->by_age);
  g_queue_push_tail_link (&correlate->ages, &group->by_age);
  if (group->plan->closes)
    return;
  g_queue_unlink (&group->plan->span->waves, &group->by_due);
  g_queue_push_tail_link (&group->plan->span->waves, &group->by_due);
}

void
sk_cor_group_free (SkCorrelate *correlate, SkCorGroup *group)
{
  g_hash_table_remove (correlate->groups, group);
  g_queue_unlink (&correlate->ages, &group->by_age);
  g_queue_unlink (due_queue (group->plan), &group->by_due);
  sk_cor_count_clear (correlate, group);
  if (group->wave != NULL && group->wave->has_fired)
    sk_cor_wave_end (correlate, group->wave);
  else if (group->wave != NULL)
    sk_cor_wave_free (correlate, group->wave);
  sk_cor_key_unref (correlate, group->key);
  correlate->bytes -= SK_COR_TABLE_ENTRY;
  sk_cor_free (correlate, group, sizeof (SkCorGroup));
}

static void
forget_oldest (SkCorrelate *correlate)
{
  SkCorGroup *group = correlate->ages.head->data;
  sk_cor_plan_lose (group->plan, 1);
  sk_cor_group_free (correlate, group);
}

void
sk_cor_make_room (SkCorrelate *correlate)
{
  while (correlate->ages.length > correlate->limits.groups)
    forget_oldest (correlate);
  while (correlate->bytes > correlate->limits.bytes)
    {
      if (correlate->ended.length > 0)
        sk_cor_wave_flush (correlate);
      else if (correlate->ages.length > 0)
        forget_oldest (correlate);
      else
        break;
    }
}

void
sk_cor_groups_init (SkCorrelate *correlate)
{
  for (int i = 0; i < 2; i++)
    correlate->secret[i] = (uint64_t) g_random_int () << 32 | g_random_int ();
  correlate->groups = g_hash_table_new (group_hash, group_equal);
  correlate->values = g_hash_table_new (value_hash, value_equal);
  correlate->wheres = g_hash_table_new (where_hash, where_equal);
  g_queue_init (&correlate->ages);
}

void
sk_cor_groups_clear (SkCorrelate *correlate)
{
  while (correlate->ages.length > 0)
    sk_cor_group_free (correlate, correlate->ages.head->data);
  g_hash_table_unref (correlate->groups);
  g_hash_table_unref (correlate->values);
  g_hash_table_unref (correlate->wheres);
}
