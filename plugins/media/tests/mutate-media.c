/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Changes an image in places that hold something, again and again, and opens
 * each with the whole plugin: `mutate-media IMAGE COUNT SEED`. Prints how many
 * files the image has, and how many of the changed ones were told to be broken
 * or showed other files. The same numbers for the same seed.
 */
#include "media-run.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK 512
#define MOST_CHANGES 6

typedef struct Mutation {
  uint8_t *bytes;
  size_t size;
  GArray *blocks; /* of size_t: those that mean something */
  GRand *random;
} Mutation;

/* Neither all of one value nor noise, of which the content of the test's files is made. */
static bool
means_something (const uint8_t *block)
{
  bool seen[256] = { false };
  unsigned different = 0;
  for (size_t i = 0; i < BLOCK; i++)
    {
      different += !seen[block[i]];
      seen[block[i]] = true;
    }
  return different > 1 && different < 160;
}

static void
find_blocks (Mutation *m)
{
  for (size_t at = 0; at + BLOCK <= m->size; at += BLOCK)
    if (means_something (m->bytes + at))
      g_array_append_val (m->blocks, at);
}

static size_t
place_of (Mutation *m)
{
  guint block = (guint) g_rand_int_range (m->random, 0, (gint32) m->blocks->len);
  return g_array_index (m->blocks, size_t, block) + (size_t) g_rand_int_range (m->random, 0, BLOCK);
}

static void
change (Mutation *m)
{
  static const uint8_t favourites[] = { 0, 1, 0x7f, 0x80, 0xff };
  size_t at = place_of (m);
  switch (g_rand_int_range (m->random, 0, 4))
    {
    case 0:
      m->bytes[at] = (uint8_t) g_rand_int_range (m->random, 0, 256);
      break;
    case 1:
      m->bytes[at] ^= (uint8_t) (1 << g_rand_int_range (m->random, 0, 8));
      break;
    case 2:
      m->bytes[at] = favourites[g_rand_int_range (m->random, 0, G_N_ELEMENTS (favourites))];
      break;
      default: {
        size_t from = place_of (m), size = (size_t) g_rand_int_range (m->random, 1, 33);
        if (size <= m->size - at && size <= m->size - from)
          memmove (m->bytes + at, m->bytes + from, size);
      }
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *content = NULL;
  Mutation m = { NULL };
  if (argc != 4 || !g_file_get_contents (argv[1], &content, &m.size, NULL))
    return 2;
  m.bytes = g_memdup2 (content, m.size);
  m.blocks = g_array_new (FALSE, FALSE, sizeof (size_t));
  m.random = g_rand_new_with_seed ((guint32) strtoul (argv[3], NULL, 10));
  find_blocks (&m);
  SkObject *object = media_run ((SkSpan) { m.bytes, m.size });
  guint members = object->children->len, told = 0, other = 0;
  sk_fake_object_free (object);
  long count = strtol (argv[2], NULL, 10);
  for (long i = 0; i < count && m.blocks->len > 0; i++)
    {
      for (int changes = g_rand_int_range (m.random, 1, MOST_CHANGES); changes > 0; changes--)
        change (&m);
      object = media_run ((SkSpan) { m.bytes, m.size });
      told += sk_fake_count (object->notes, "not-inspected") > 0;
      other += object->children->len != members;
      sk_fake_object_free (object);
      memcpy (m.bytes, content, m.size);
    }
  printf ("%u members, %ld changed, %u told, %u other\n", members, count, told, other);
  g_rand_free (m.random);
  g_array_unref (m.blocks);
  g_free (m.bytes);
  return 0;
}
