/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * How a budget is divided among the windows of a task. Depends on nothing but
 * the reply that named them, so that every run divides alike.
 */
#include "config.h"

#include "run/schedule.h"

/* What a window may use whatever its share: an ordinary mail with its attachments. */
#define FLOOR_OBJECTS UINT64_C (1000)
#define FLOOR_BYTES (64 * SK_MIB)
#define FLOOR_WORK UINT64_C (1000000)
/* And for each of its own bytes. */
#define FLOOR_PER_BYTE 8

static uint64_t
left (uint64_t parent, uint64_t used)
{
  return used < parent ? parent - used : 0;
}

/* Half in equal parts, half by length. */
static uint64_t
share_of (uint64_t whole, uint32_t count, uint64_t length, uint64_t total)
{
  uint64_t equal = whole / 2 / count;
  uint64_t by_length
      = total == 0 ? 0 : (uint64_t) ((unsigned __int128) (whole / 2) * length / total);
  return equal + by_length;
}

static uint64_t
carve (uint64_t parent, uint64_t used, uint32_t count, uint64_t length, uint64_t total,
       uint64_t least)
{
  return MIN (parent, MAX (least, share_of (left (parent, used), count, length, total)));
}

void
sk_budget_carve (const SkBudget *parent, const SkBudget *used, uint32_t count, uint64_t length,
                 uint64_t total_length, SkBudget *ret_share)
{
  uint64_t own = length > UINT64_MAX / FLOOR_PER_BYTE / 2 ? UINT64_MAX / 2 : length * FLOOR_PER_BYTE;
  if (length > total_length)
    length = total_length;
  ret_share->windows = left (left (parent->windows, used->windows), count) / MAX (count, 1);
  ret_share->objects
      = carve (parent->objects, used->objects, MAX (count, 1), length, total_length, FLOOR_OBJECTS);
  ret_share->bytes = carve (parent->bytes, used->bytes, MAX (count, 1), length, total_length,
                            FLOOR_BYTES + own);
  ret_share->work = carve (parent->work, used->work, MAX (count, 1), length, total_length,
                           FLOOR_WORK + own / SK_KIB);
}
