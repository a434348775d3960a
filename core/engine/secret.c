/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Candidate passwords of one root, in memory that is not swapped out, not
 * dumped, and wiped when the root ends; before them those of the operator's
 * list, which are the engine's.
 *
 * The region is mapped once, of the size that all secrets may need, so that no
 * reallocation leaves a copy behind. Where the system refuses to lock it, it
 * is used unlocked: a scan that gives up would inspect less, not leak less.
 */
#include "config.h"

#include <string.h>
#include <sys/mman.h>

#include "engine/walker.h"

#define MAX_ORIGIN 64

typedef struct Entry {
  uint16_t size;
  char origin[MAX_ORIGIN];
  uint8_t bytes[SK_MAX_SECRET];
} Entry;

/** The mapped region. */
typedef struct Region {
  Entry entries[SK_MAX_SECRETS];
} Region;

/** Tells where the secrets of the start come from. */
#define KNOWN_ORIGIN "password list"

struct SkSecrets {
  const GArray *known; /* of SkSpan, or NULL */
  Region *region;      /* NULL until the first offer */
  uint32_t count;
};

SkSecrets *
sk_secrets_new (void)
{
  return g_new0 (SkSecrets, 1);
}

void
sk_secrets_set_known (SkSecrets *secrets, const GArray *known)
{
  secrets->known = known;
}

static uint32_t
n_known (const SkSecrets *secrets)
{
  return secrets->known != NULL ? secrets->known->len : 0;
}

void
sk_secrets_reset (SkSecrets *secrets)
{
  if (secrets->count > 0)
    explicit_bzero (secrets->region->entries, secrets->count * sizeof (Entry));
  secrets->count = 0;
}

void
sk_secrets_free (SkSecrets *secrets)
{
  if (secrets == NULL)
    return;
  sk_secrets_reset (secrets);
  if (secrets->region != NULL)
    munmap (secrets->region, sizeof *secrets->region);
  g_free (secrets);
}

uint32_t
sk_secrets_count (const SkSecrets *secrets)
{
  return n_known (secrets) + secrets->count;
}

static bool
make_region (SkSecrets *secrets)
{
  if (secrets->region != NULL)
    return true;
  void *region = mmap (NULL, sizeof (Region), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (region == MAP_FAILED)
    return false;
  madvise (region, sizeof (Region), MADV_DONTDUMP);
  mlock (region, sizeof (Region));
  secrets->region = region;
  return true;
}

static bool
is_known (const SkSecrets *secrets, SkSpan secret)
{
  for (uint32_t i = 0; i < n_known (secrets); i++)
    if (sk_span_equal (secret, g_array_index (secrets->known, SkSpan, i)))
      return true;
  for (uint32_t i = 0; i < secrets->count; i++)
    {
      const Entry *entry = &secrets->region->entries[i];
      if (sk_span_equal (secret, (SkSpan){ entry->bytes, entry->size }))
        return true;
    }
  return false;
}

bool
sk_secrets_add (SkSecrets *secrets, SkSpan secret, const char *origin)
{
  if (secret.size == 0)
    return true;
  if (secret.size > SK_MAX_SECRET || !make_region (secrets))
    return false;
  if (is_known (secrets, secret))
    return true;
  if (secrets->count >= SK_MAX_SECRETS)
    return false;
  Entry *entry = &secrets->region->entries[secrets->count++];
  entry->size = (uint16_t) secret.size;
  memcpy (entry->bytes, secret.data, secret.size);
  g_strlcpy (entry->origin, origin != NULL ? origin : "", MAX_ORIGIN);
  return true;
}

/* No copy is made: there is none to forget. A callback may offer more; those come next. */
void
sk_secrets_each (SkSecrets *secrets, SkSecretFunc func, void *data)
{
  bool more = true;
  for (uint32_t i = 0; i < n_known (secrets) && more; i++)
    more = func (g_array_index (secrets->known, SkSpan, i), KNOWN_ORIGIN, data);
  for (uint32_t i = 0; i < secrets->count && more; i++)
    {
      const Entry *entry = &secrets->region->entries[i];
      more = func ((SkSpan){ entry->bytes, entry->size }, entry->origin, data);
    }
}
