/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The writer of compiled lists; the layout stands in hash-list.h.
 *
 * Records are sorted in place: by their first two bytes with counts (American
 * flag), then each small bucket by comparison. A copy for the sort would double
 * the memory of a list of millions.
 */
#include "config.h"

#include "hash-build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A record: the digest, then u32 info, then u64 size, in the machine's order. */
#define RECORD_EXTRA 12
#define MAX_RECORD (HASH_MAX_DIGEST + RECORD_EXTRA)
#define BUCKETS 65536
/* Entries of one digest that are looked at for repeats: a list may name one again and again. */
#define MAX_REPEATS 64
/* All labels together; past it entries go without. */
#define MAX_STRINGS (64u * 1024 * 1024)
#define MAX_LABEL 256

typedef struct Records {
  uint8_t *data;
  size_t count, capacity; /* records */
  size_t size;            /* of a record */
  size_t digest_size;
  bool has_sizes, has_infos;
} Records;

typedef struct Block {
  uint32_t name; /* in strings */
  HashKind kind;
  int64_t expires;
  uint64_t n_entries;
  uint32_t info; /* of its entries without label */
} Block;

typedef struct Info {
  uint32_t block, label;
} Info;

struct HashBuilder {
  Records records[HASH_N_ALGORITHMS];
  const HashTrivial *trivial;
  GArray *blocks;      /* Block */
  GArray *infos;       /* Info */
  GHashTable *info_of; /* block and label → number */
  GByteArray *strings;
  uint32_t lines[HASH_MAX_NOTES], codes[HASH_MAX_NOTES];
  uint32_t n_notes, totals[HASH_N_NOTES];
};

static uint32_t
bucket_of (const uint8_t *digest)
{
  return digest[0] * 256u + digest[1];
}

/* ---- collecting ---- */

HashBuilder *
hash_builder_new (const HashTrivial *trivial)
{
  HashBuilder *builder = g_new0 (HashBuilder, 1);
  builder->trivial = trivial;
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    {
      builder->records[i].digest_size = hash_digest_size ((HashAlgorithm) i);
      builder->records[i].size = builder->records[i].digest_size + RECORD_EXTRA;
    }
  builder->blocks = g_array_new (FALSE, TRUE, sizeof (Block));
  builder->infos = g_array_new (FALSE, TRUE, sizeof (Info));
  builder->info_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  builder->strings = g_byte_array_new ();
  g_byte_array_append (builder->strings, (const uint8_t *) "", 1);
  return builder;
}

void
hash_builder_free (HashBuilder *builder)
{
  if (builder == NULL)
    return;
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    free (builder->records[i].data);
  g_array_unref (builder->blocks);
  g_array_unref (builder->infos);
  g_hash_table_unref (builder->info_of);
  g_byte_array_unref (builder->strings);
  g_free (builder);
}

void
hash_builder_note (HashBuilder *builder, uint32_t line, HashNote note)
{
  if (builder->n_notes < HASH_MAX_NOTES)
    {
      builder->lines[builder->n_notes] = line;
      builder->codes[builder->n_notes++] = note;
    }
  builder->totals[note]++;
}

static uint32_t
add_string (HashBuilder *builder, const char *text, size_t length)
{
  uint32_t offset = builder->strings->len;
  g_byte_array_append (builder->strings, (const uint8_t *) text, (guint) length);
  g_byte_array_append (builder->strings, (const uint8_t *) "", 1);
  return offset;
}

static const char *
string_at (const HashBuilder *builder, uint32_t offset)
{
  return (const char *) builder->strings->data + offset;
}

/* The number of a block's entries with that label. A new label past the maxima is dropped. */
static uint32_t
info_for (HashBuilder *builder, uint32_t block, const char *label)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT32_FORMAT ":%s", block, label);
  void *found;
  if (g_hash_table_lookup_extended (builder->info_of, key, NULL, &found))
    return GPOINTER_TO_UINT (found);
  bool full = builder->infos->len >= HASH_MAX_INFOS - HASH_MAX_BLOCKS
              || builder->strings->len >= MAX_STRINGS;
  if (full && label[0] != '\0')
    return info_for (builder, block, "");
  Info info = { block, label[0] == '\0' ? 0 : add_string (builder, label, strlen (label)) };
  g_array_append_val (builder->infos, info);
  g_hash_table_insert (builder->info_of, g_steal_pointer (&key),
                       GUINT_TO_POINTER (builder->infos->len - 1));
  return builder->infos->len - 1;
}

bool
hash_builder_block (HashBuilder *builder, const char *name, HashKind kind, int64_t expires,
                    uint32_t *ret_block)
{
  for (guint i = 0; i < builder->blocks->len; i++)
    {
      const Block *block = &g_array_index (builder->blocks, Block, i);
      if (block->kind == kind && block->expires == expires
          && strcmp (string_at (builder, block->name), name) == 0)
        {
          *ret_block = i;
          return true;
        }
    }
  if (builder->blocks->len >= HASH_MAX_BLOCKS)
    return false;
  *ret_block = builder->blocks->len;
  Block block = { add_string (builder, name, strlen (name)), kind, expires, 0,
                  info_for (builder, *ret_block, "") };
  g_array_append_val (builder->blocks, block);
  return true;
}

static bool
reserve (Records *records)
{
  if (records->count < records->capacity)
    return true;
  size_t capacity = records->capacity < 1024 ? 1024 : records->capacity + records->capacity / 2;
  uint8_t *data = records->count >= HASH_MAX_ENTRIES
                      ? NULL
                      : realloc (records->data, capacity * records->size);
  if (data == NULL)
    return false;
  records->data = data;
  records->capacity = capacity;
  return true;
}

bool
hash_builder_add (HashBuilder *builder, HashAlgorithm algorithm, const uint8_t *digest,
                  uint64_t size, uint32_t block, SkSpan label, uint32_t line)
{
  Records *records = &builder->records[algorithm];
  if (hash_is_trivial (builder->trivial, algorithm, digest))
    {
      hash_builder_note (builder, line, HASH_NOTE_TRIVIAL);
      return true;
    }
  if (!reserve (records))
    return false;
  uint32_t info = g_array_index (builder->blocks, Block, block).info;
  if (label.size > 0)
    {
      g_autofree char *text
          = g_strndup ((const char *) label.data, MIN (label.size, (size_t) MAX_LABEL));
      info = info_for (builder, block, text);
    }
  uint8_t *record = records->data + records->count++ * records->size;
  memcpy (record, digest, records->digest_size);
  memcpy (record + records->digest_size, &info, sizeof (info));
  memcpy (record + records->digest_size + 4, &size, sizeof (size));
  records->has_sizes |= size != HASH_ANY_SIZE;
  records->has_infos |= info != 0;
  g_array_index (builder->blocks, Block, block).n_entries++;
  return true;
}

/* ---- sorting ---- */

static void
swap_records (uint8_t *a, uint8_t *b, size_t size)
{
  uint8_t buffer[MAX_RECORD];
  memcpy (buffer, a, size);
  memcpy (a, b, size);
  memcpy (b, buffer, size);
}

/* Moves each record into its bucket; `next` and `end` are the buckets' borders. */
static void
distribute (Records *records, uint32_t *next, const uint32_t *end)
{
  for (uint32_t bucket = 0; bucket < BUCKETS; bucket++)
    while (next[bucket] < end[bucket])
      {
        uint8_t *record = records->data + next[bucket] * records->size;
        uint32_t home = bucket_of (record);
        if (home == bucket)
          next[bucket]++;
        else
          swap_records (record, records->data + next[home]++ * records->size, records->size);
      }
}

static int
compare_records (const void *a, const void *b, void *data)
{
  const Records *records = data;
  int order = memcmp (a, b, records->digest_size);
  if (order != 0)
    return order;
  /* Infos are numbered in the order of the source: the first label of a digest stays the first. */
  uint32_t x, y;
  memcpy (&x, (const uint8_t *) a + records->digest_size, sizeof (x));
  memcpy (&y, (const uint8_t *) b + records->digest_size, sizeof (y));
  return x < y ? -1 : x > y;
}

static void
sort_records (Records *records)
{
  if (records->count < HASH_SMALL) /* not worth the buckets */
    {
      if (records->count > 1)
        g_qsort_with_data (records->data, (gint) records->count, records->size, compare_records,
                           records);
      return;
    }
  g_autofree uint32_t *next = g_new0 (uint32_t, BUCKETS + 1);
  g_autofree uint32_t *begin = g_new0 (uint32_t, BUCKETS + 1);
  for (size_t i = 0; i < records->count; i++)
    begin[bucket_of (records->data + i * records->size) + 1]++;
  for (size_t i = 0; i < BUCKETS; i++)
    begin[i + 1] += begin[i];
  memcpy (next, begin, sizeof (uint32_t) * (BUCKETS + 1));
  distribute (records, next, begin + 1);
  for (size_t i = 0; i < BUCKETS; i++)
    if (begin[i + 1] - begin[i] > 1)
      g_qsort_with_data (records->data + begin[i] * records->size, (gint) (begin[i + 1] - begin[i]),
                         records->size, compare_records, records);
}

static uint32_t
record_info (const Records *records, size_t index)
{
  uint32_t info;
  memcpy (&info, records->data + index * records->size + records->digest_size, sizeof (info));
  return info;
}

static uint64_t
record_size (const Records *records, size_t index)
{
  uint64_t size;
  memcpy (&size, records->data + index * records->size + records->digest_size + 4, sizeof (size));
  return size;
}

/* Leaves out what repeats: same digest, block and size. Equal digests stand together, few of
 * them. */
static void
drop_repeats (HashBuilder *builder, Records *records)
{
  size_t kept = 0;
  for (size_t i = 0; i < records->count; i++)
    {
      uint8_t *record = records->data + i * records->size;
      uint32_t block = g_array_index (builder->infos, Info, record_info (records, i)).block;
      bool repeats = false;
      for (size_t j = kept; j > 0 && kept - j < MAX_REPEATS && !repeats; j--)
        {
          if (memcmp (records->data + (j - 1) * records->size, record, records->digest_size) != 0)
            break;
          repeats
              = g_array_index (builder->infos, Info, record_info (records, j - 1)).block == block
                && record_size (records, j - 1) == record_size (records, i);
        }
      if (repeats)
        g_array_index (builder->blocks, Block, block).n_entries--;
      else
        memmove (records->data + kept++ * records->size, record, records->size);
    }
  records->count = kept;
}

/* ---- writing ---- */

static void
put_u32 (uint8_t *p, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  memcpy (p, &value, sizeof (value));
}

static void
put_u64 (uint8_t *p, uint64_t value)
{
  value = GUINT64_TO_LE (value);
  memcpy (p, &value, sizeof (value));
}

/* Gives `size` bytes their place. */
static uint64_t
place (uint64_t *end, uint64_t size)
{
  uint64_t begin = *end;
  *end += (size + 7) / 8 * 8;
  return begin;
}

typedef struct Layout {
  uint64_t blocks, infos, notes, strings, end;
  struct {
    uint64_t fan_out, digests, infos, sizes;
  } section[HASH_N_ALGORITHMS];
} Layout;

static Layout
lay_out (const HashBuilder *builder)
{
  Layout layout = { .end = HASH_HEADER_SIZE };
  layout.blocks = place (&layout.end, 24 * (uint64_t) builder->blocks->len);
  layout.infos = place (&layout.end, 8 * (uint64_t) builder->infos->len);
  layout.notes = place (&layout.end, 8 * (uint64_t) builder->n_notes);
  layout.strings = place (&layout.end, builder->strings->len);
  for (size_t i = 0; i < HASH_N_ALGORITHMS; i++)
    {
      const Records *records = &builder->records[i];
      uint64_t count = records->count;
      if (count == 0)
        continue;
      layout.section[i].fan_out
          = place (&layout.end, ((count < HASH_SMALL ? 256 : BUCKETS) + 1) * 4);
      layout.section[i].digests = place (&layout.end, count * records->digest_size);
      layout.section[i].infos = records->has_infos ? place (&layout.end, count * 4) : 0;
      layout.section[i].sizes = records->has_sizes ? place (&layout.end, count * 8) : 0;
    }
  return layout;
}

static void
put_fan_out (uint8_t *p, const Records *records)
{
  bool small = records->count < HASH_SMALL;
  uint32_t heads = small ? 256 : BUCKETS, entry = 0;
  for (uint32_t head = 0; head <= heads; head++)
    {
      while (entry < records->count
             && (small ? records->data[entry * records->size]
                       : bucket_of (records->data + entry * records->size))
                    < head)
        entry++;
      put_u32 (p + 4 * (size_t) head, entry);
    }
}

static void
put_section (uint8_t *file, const Layout *layout, size_t index, const Records *records)
{
  uint8_t *p = file + 176 + 40 * index;
  put_u64 (p, records->count);
  put_u64 (p + 8, layout->section[index].fan_out);
  put_u64 (p + 16, layout->section[index].digests);
  put_u64 (p + 24, layout->section[index].infos);
  put_u64 (p + 32, layout->section[index].sizes);
  if (records->count == 0)
    return;
  put_fan_out (file + layout->section[index].fan_out, records);
  for (size_t i = 0; i < records->count; i++)
    {
      memcpy (file + layout->section[index].digests + i * records->digest_size,
              records->data + i * records->size, records->digest_size);
      if (records->has_infos)
        put_u32 (file + layout->section[index].infos + 4 * i, record_info (records, i));
      if (records->has_sizes)
        put_u64 (file + layout->section[index].sizes + 8 * i, record_size (records, i));
    }
}

static void
put_tables (uint8_t *file, const Layout *layout, const HashBuilder *builder)
{
  for (guint i = 0; i < builder->blocks->len; i++)
    {
      const Block *block = &g_array_index (builder->blocks, Block, i);
      uint8_t *p = file + layout->blocks + 24 * (size_t) i;
      put_u32 (p, block->name);
      put_u32 (p + 4, block->kind);
      put_u64 (p + 8, (uint64_t) block->expires);
      put_u64 (p + 16, block->n_entries);
    }
  for (guint i = 0; i < builder->infos->len; i++)
    {
      const Info *info = &g_array_index (builder->infos, Info, i);
      put_u32 (file + layout->infos + 8 * (size_t) i, info->block);
      put_u32 (file + layout->infos + 8 * (size_t) i + 4, info->label);
    }
  for (uint32_t i = 0; i < builder->n_notes; i++)
    {
      put_u32 (file + layout->notes + 8 * (size_t) i, builder->lines[i]);
      put_u32 (file + layout->notes + 8 * (size_t) i + 4, builder->codes[i]);
    }
  memcpy (file + layout->strings, builder->strings->data, builder->strings->len);
}

static void
put_header (uint8_t *file, const Layout *layout, const HashBuilder *builder, const uint8_t *origin,
            int64_t now)
{
  static const uint8_t magic[8] = HASH_MAGIC; /* without its NUL */
  memcpy (file, magic, sizeof (magic));
  put_u32 (file + 8, HASH_VERSION);
  put_u32 (file + 12, HASH_HEADER_SIZE);
  put_u64 (file + 16, layout->end);
  put_u64 (file + 24, (uint64_t) now);
  memcpy (file + 32, origin, 32);
  put_u32 (file + 96, builder->blocks->len);
  put_u32 (file + 100, builder->infos->len);
  put_u64 (file + 104, layout->blocks);
  put_u64 (file + 112, layout->infos);
  put_u64 (file + 120, layout->notes);
  put_u32 (file + 128, builder->n_notes);
  for (size_t i = 0; i < HASH_N_NOTES; i++)
    put_u32 (file + 136 + 4 * i, builder->totals[i]);
  put_u64 (file + 160, layout->strings);
  put_u64 (file + 168, builder->strings->len);
}

bool
hash_builder_write (HashBuilder *builder, int fd, const uint8_t origin[32], int64_t now,
                    HashDigestFunc digest)
{
  for (size_t i = 0; i < HASH_N_ALGORITHMS; i++)
    {
      sort_records (&builder->records[i]);
      drop_repeats (builder, &builder->records[i]);
    }
  Layout layout = lay_out (builder);
  /* Blocks on the disk first: a full one must be an error here, not a signal below. */
  errno = posix_fallocate (fd, 0, (off_t) layout.end);
  if (errno != 0)
    return false;
  uint8_t *file = mmap (NULL, layout.end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (file == MAP_FAILED)
    return false;
  put_header (file, &layout, builder, origin, now);
  put_tables (file, &layout, builder);
  for (size_t i = 0; i < HASH_N_ALGORITHMS; i++)
    put_section (file, &layout, i, &builder->records[i]);
  uint8_t sum[32];
  bool good = digest ((SkSpan){ file, HASH_HEADER_SIZE },
                      (SkSpan){ file + HASH_HEADER_SIZE, layout.end - HASH_HEADER_SIZE }, sum);
  memcpy (file + 64, sum, sizeof (sum));
  munmap (file, layout.end);
  if (!good)
    errno = ENOTSUP;
  return good;
}
