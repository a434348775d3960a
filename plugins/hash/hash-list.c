/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Opening and looking up compiled lists. Reads memory only.
 */
#include "config.h"

#include "hash-list.h"

#include <glib.h>

#define BLOCK_SIZE 24
#define INFO_SIZE 8
#define NOTE_SIZE 8
/* Every how many digests the order is looked at when a list is opened. */
#define SAMPLE 512

/* Entries of one digest (of several sources and sizes) that a look-up tells. */
#define MAX_SAME 1024

/* All reads are of places that hash_list_open has checked. */
static uint32_t
u32_at (const uint8_t *p)
{
  uint32_t value;
  memcpy (&value, p, sizeof (value));
  return GUINT32_FROM_LE (value);
}

static uint64_t
u64_at (const uint8_t *p)
{
  uint64_t value;
  memcpy (&value, p, sizeof (value));
  return GUINT64_FROM_LE (value);
}

/* An array of `count` items of `size` at `place`, or NULL when it does not lie behind the
 * header. */
static const uint8_t *
array_at (SkSpan bytes, uint64_t place, uint64_t count, size_t size)
{
  if (place < HASH_HEADER_SIZE || place > bytes.size || place % 8 != 0)
    return NULL;
  return count <= (bytes.size - place) / size ? bytes.data + place : NULL;
}

static const char *
string_at (const HashList *list, uint32_t offset)
{
  return (const char *) list->strings.data + offset;
}

static bool
is_string (const HashList *list, uint32_t offset)
{
  return offset < list->strings.size;
}

static uint32_t
fan_out (const HashSection *section, uint32_t head)
{
  return u32_at (section->fan_out + 4 * (size_t) head);
}

static uint32_t
head_of (const HashSection *section, const uint8_t *digest)
{
  return section->fan_out_bits == 8 ? digest[0] : digest[0] * 256u + digest[1];
}

/* ---- opening ---- */

static bool
check_fan_out (const HashSection *section)
{
  uint32_t last = 0;
  for (uint32_t i = 0; i <= 1u << section->fan_out_bits; i++)
    {
      uint32_t value = fan_out (section, i);
      if (value < last || value > section->n_entries)
        return false;
      last = value;
    }
  return fan_out (section, 0) == 0 && last == section->n_entries;
}

/* A sample of the order; each sampled digest has to stand where the fan-out says. */
static bool
check_order (const HashSection *section, size_t size)
{
  for (uint64_t i = 0; i < section->n_entries; i += SAMPLE)
    {
      const uint8_t *digest = section->digests + i * size;
      uint32_t head = head_of (section, digest);
      if (i < fan_out (section, head) || i >= fan_out (section, head + 1))
        return false;
      if (i + 1 < section->n_entries && memcmp (digest, digest + size, size) > 0)
        return false;
    }
  return true;
}

static bool
check_entry_infos (const HashList *list, const HashSection *section)
{
  if (section->infos == NULL)
    return section->n_entries == 0 || list->n_infos > 0;
  for (uint64_t i = 0; i < section->n_entries; i++)
    if (u32_at (section->infos + 4 * i) >= list->n_infos)
      return false;
  return true;
}

static bool
open_section (HashList *list, HashAlgorithm algorithm, const char **ret_error)
{
  const uint8_t *p = list->bytes.data + 176 + 40 * (size_t) algorithm;
  HashSection *section = &list->sections[algorithm];
  section->n_entries = u64_at (p);
  if (section->n_entries == 0)
    return true;
  *ret_error = "too many entries";
  if (section->n_entries > HASH_MAX_ENTRIES)
    return false;
  size_t size = hash_digest_size (algorithm);
  section->fan_out_bits = section->n_entries < HASH_SMALL ? 8 : 16;
  section->fan_out = array_at (list->bytes, u64_at (p + 8), (1u << section->fan_out_bits) + 1, 4);
  section->digests = array_at (list->bytes, u64_at (p + 16), section->n_entries, size);
  uint64_t infos = u64_at (p + 24), sizes = u64_at (p + 32);
  section->infos = infos == 0 ? NULL : array_at (list->bytes, infos, section->n_entries, 4);
  section->sizes = sizes == 0 ? NULL : array_at (list->bytes, sizes, section->n_entries, 8);
  *ret_error = "an array lies outside the file";
  if (section->fan_out == NULL || section->digests == NULL || (infos != 0 && section->infos == NULL)
      || (sizes != 0 && section->sizes == NULL))
    return false;
  *ret_error = "the digests are not in order";
  if (!check_fan_out (section) || !check_order (section, size))
    return false;
  *ret_error = "an entry without information";
  return check_entry_infos (list, section);
}

static bool
open_tables (HashList *list)
{
  const uint8_t *header = list->bytes.data;
  list->n_blocks = u32_at (header + 96);
  list->n_infos = u32_at (header + 100);
  list->n_notes = u32_at (header + 128);
  for (size_t i = 0; i < HASH_N_NOTES; i++)
    list->totals[i] = u32_at (header + 136 + 4 * i);
  if (list->n_blocks > HASH_MAX_BLOCKS || list->n_infos > HASH_MAX_INFOS
      || list->n_notes > HASH_MAX_NOTES)
    return false;
  list->blocks = array_at (list->bytes, u64_at (header + 104), list->n_blocks, BLOCK_SIZE);
  list->infos = array_at (list->bytes, u64_at (header + 112), list->n_infos, INFO_SIZE);
  list->notes = array_at (list->bytes, u64_at (header + 120), list->n_notes, NOTE_SIZE);
  list->strings.size = (size_t) u64_at (header + 168);
  list->strings.data = array_at (list->bytes, u64_at (header + 160), list->strings.size, 1);
  return list->blocks != NULL && list->infos != NULL && list->notes != NULL
         && list->strings.data != NULL && list->strings.size > 0 && list->strings.data[0] == '\0'
         && list->strings.data[list->strings.size - 1] == '\0';
}

static bool
check_tables (const HashList *list)
{
  for (uint32_t i = 0; i < list->n_blocks; i++)
    {
      const uint8_t *block = list->blocks + BLOCK_SIZE * (size_t) i;
      uint32_t kind = u32_at (block + 4);
      if (!is_string (list, u32_at (block)) || (kind != HASH_DENY && kind != HASH_ALLOW))
        return false;
    }
  for (uint32_t i = 0; i < list->n_infos; i++)
    {
      const uint8_t *info = list->infos + INFO_SIZE * (size_t) i;
      if (u32_at (info) >= list->n_blocks || !is_string (list, u32_at (info + 4)))
        return false;
    }
  for (uint32_t i = 0; i < list->n_notes; i++)
    if (u32_at (list->notes + NOTE_SIZE * (size_t) i + 4) >= HASH_N_NOTES)
      return false;
  return true;
}

static bool
check_sum (SkSpan bytes, HashDigestFunc digest)
{
  uint8_t header[HASH_HEADER_SIZE], sum[32];
  memcpy (header, bytes.data, sizeof (header));
  memset (header + 64, 0, 32);
  return digest ((SkSpan){ header, sizeof (header) },
                 (SkSpan){ bytes.data + sizeof (header), bytes.size - sizeof (header) }, sum)
         && memcmp (sum, bytes.data + 64, sizeof (sum)) == 0;
}

bool
hash_list_open (SkSpan bytes, int64_t now, HashDigestFunc digest, HashList *ret_list,
                const char **ret_error)
{
  HashList list = { .bytes = bytes, .now = now };
  *ret_error = "not a compiled list";
  if (bytes.size < HASH_HEADER_SIZE || memcmp (bytes.data, HASH_MAGIC, 8) != 0)
    return false;
  *ret_error = "compiled by another version";
  if (u32_at (bytes.data + 8) != HASH_VERSION || u32_at (bytes.data + 12) != HASH_HEADER_SIZE)
    return false;
  *ret_error = "its size is not what it says";
  if (u64_at (bytes.data + 16) != bytes.size)
    return false;
  *ret_error = "its checksum is wrong";
  if (!check_sum (bytes, digest))
    return false;
  *ret_error = "a table lies outside the file or holds what it must not";
  if (!open_tables (&list) || !check_tables (&list))
    return false;
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    if (!open_section (&list, (HashAlgorithm) i, ret_error))
      return false;
  *ret_error = NULL;
  *ret_list = list;
  return true;
}

/* ---- asking ---- */

const uint8_t *
hash_list_origin (const HashList *list)
{
  return list->bytes.data + 32;
}

HashBlock
hash_list_block (const HashList *list, uint32_t index)
{
  const uint8_t *p = list->blocks + BLOCK_SIZE * (size_t) index;
  HashBlock block = { string_at (list, u32_at (p)), (HashKind) u32_at (p + 4),
                      (int64_t) u64_at (p + 8), u64_at (p + 16) };
  return block;
}

void
hash_list_note (const HashList *list, uint32_t index, uint32_t *ret_line, HashNote *ret_note)
{
  const uint8_t *p = list->notes + NOTE_SIZE * (size_t) index;
  *ret_line = u32_at (p);
  *ret_note = (HashNote) u32_at (p + 4);
}

/* The first entry that is not smaller. The fan-out leaves a few dozen of millions. */
static uint64_t
lower_bound (const HashSection *section, size_t size, const uint8_t *digest)
{
  uint32_t head = head_of (section, digest);
  uint64_t low = fan_out (section, head), high = fan_out (section, head + 1);
  while (low < high)
    {
      uint64_t middle = low + (high - low) / 2;
      if (memcmp (section->digests + middle * size, digest, size) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* False to stop. */
static bool
tell_hit (const HashList *list, const HashSection *section, uint64_t entry, uint64_t size,
          HashHitFunc func, void *data)
{
  uint64_t wanted = section->sizes == NULL ? HASH_ANY_SIZE : u64_at (section->sizes + 8 * entry);
  if (wanted != HASH_ANY_SIZE && wanted != size)
    return true;
  uint32_t number = section->infos == NULL ? 0 : u32_at (section->infos + 4 * entry);
  const uint8_t *info = list->infos + INFO_SIZE * (size_t) number;
  HashBlock block = hash_list_block (list, u32_at (info));
  if (block.expires <= list->now)
    return true;
  HashHit hit = { block.kind, block.name, string_at (list, u32_at (info + 4)) };
  return func (&hit, data);
}

void
hash_list_find (const HashList *list, HashAlgorithm algorithm, const uint8_t *digest, uint64_t size,
                HashHitFunc func, void *data)
{
  const HashSection *section = &list->sections[algorithm];
  size_t length = hash_digest_size (algorithm);
  if (section->n_entries == 0)
    return;
  uint64_t first = lower_bound (section, length, digest);
  for (uint64_t i = first; i < section->n_entries && i - first < MAX_SAME; i++)
    if (memcmp (section->digests + i * length, digest, length) != 0
        || !tell_hit (list, section, i, size, func, data))
      return;
}
