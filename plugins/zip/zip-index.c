/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Where everything of the archives in a file lies.
 *
 * End records are found by one look over the file and followed from the last to
 * the first; those that lie inside a member of what was followed before are
 * skipped, for they belong to archives in archives. A header of a directory is
 * read once, however many ways lead to it. Each step is n log n in the members,
 * whatever the file says.
 */
#include "config.h"

#include "zip-index.h"

#include "zip-end.h"

/** End records that are noted before it is known which of them lie in members. */
#define MAX_CANDIDATES ((guint) 1 << 20)
/** Bytes of headers between two calls of `pay`; each header counts as 64 more, for what it takes to
 * find a place for its member. */
#define PAY_EVERY ((uint64_t) 256 * 1024)
#define HEADER_COST 64
/** End records found between two calls of `pay`. */
#define PAY_CANDIDATES 4096
#define SEARCH_PIECE ((uint64_t) 1024 * 1024)

/** What is being built. */
typedef struct Builder {
  ZipIndex *index;
  SkSpan bytes;
  ZipPayFunc pay;
  void *data;
  GArray *candidates; /* of uint64_t, ascending */
  uint32_t *next;     /* of each candidate that lies in a member the one to ask; else itself */
  GHashTable *centrals; /* places of the headers of the first `n_centrals` members */
  guint n_centrals;
  uint64_t unpaid;    /* bytes of headers */
} Builder;

/* ---- searching ---- */

static uint64_t
find_in_piece (SkSpan bytes, uint64_t from, uint64_t to, const char mark[2])
{
  const uint8_t *pos = bytes.data + from, *end = bytes.data + to;
  while ((pos = memchr (pos, 'P', (size_t) (end - pos))) != NULL)
    {
      if (end - pos < 4)
        return ZIP_NOWHERE;
      if (pos[1] == 'K' && pos[2] == (uint8_t) mark[0] && pos[3] == (uint8_t) mark[1])
        return (uint64_t) (pos - bytes.data);
      pos++;
    }
  return ZIP_NOWHERE;
}

uint64_t
zip_find (SkSpan bytes, uint64_t from, uint64_t to, const char mark[2], ZipPayFunc pay, void *data)
{
  to = MIN (to, bytes.size);
  while (from < to && to - from >= 4)
    {
      /* Pieces overlap, so that a mark on their border is seen. */
      uint64_t end = to - from > SEARCH_PIECE ? from + SEARCH_PIECE : to;
      uint64_t found = find_in_piece (bytes, from, end, mark);
      if (found != ZIP_NOWHERE || end == to)
        return found;
      if (!pay (data, SEARCH_PIECE / 1024))
        return ZIP_NOWHERE;
      from = end - 3;
    }
  return ZIP_NOWHERE;
}

static bool
is_void (SkSpan part)
{
  return part.data != NULL && part.data[0] == 0 && memcmp (part.data, part.data + 1, part.size - 1) == 0;
}

uint64_t
zip_filler_end (SkSpan bytes, uint64_t offset, uint64_t limit)
{
  ZipHeader header;
  if (!zip_header_local (bytes, offset, &header) || header.name.size > 0 || header.size > 0
      || header.packed > 0 || (header.extra.size > 0 && !is_void (header.extra)))
    return 0;
  uint64_t end = offset + header.length;
  return end <= limit ? end : 0;
}

/* ---- end records ---- */

static bool
find_candidates (Builder *b)
{
  uint64_t from = 0, found;
  bool paid = b->pay (b->data, b->bytes.size % SEARCH_PIECE / 1024 + 1);
  while (paid
         && (found = zip_find (b->bytes, from, b->bytes.size, "\5\6", b->pay, b->data))
                != ZIP_NOWHERE)
    {
      from = found + 4;
      if (b->candidates->len < MAX_CANDIDATES)
        g_array_append_val (b->candidates, found);
      else
        {
          /* The last one is what most programs read. */
          g_array_index (b->candidates, uint64_t, MAX_CANDIDATES - 1) = found;
          b->index->limit = true;
        }
      if (b->candidates->len % PAY_CANDIDATES == 0)
        paid = b->pay (b->data, PAY_CANDIDATES / 16);
    }
  b->next = g_new (uint32_t, b->candidates->len + 1);
  for (uint32_t i = 0; i <= b->candidates->len; i++)
    b->next[i] = i;
  return paid;
}

static uint64_t
candidate (const Builder *b, uint32_t number)
{
  return g_array_index (b->candidates, uint64_t, number);
}

/* The first candidate, from `number` on, that is not known to lie in a member. */
static uint32_t
free_candidate (Builder *b, uint32_t number)
{
  uint32_t found = number;
  while (b->next[found] != found)
    found = b->next[found];
  while (b->next[number] != found)
    {
      uint32_t step = b->next[number];
      b->next[number] = found;
      number = step;
    }
  return found;
}

static void
cover_candidates (Builder *b, uint64_t start, uint64_t end)
{
  uint32_t low = 0, high = b->candidates->len;
  while (low < high)
    {
      uint32_t middle = low + (high - low) / 2;
      if (candidate (b, middle) < start)
        low = middle + 1;
      else
        high = middle;
    }
  for (uint32_t i = free_candidate (b, low); i < b->candidates->len && candidate (b, i) < end;
       i = free_candidate (b, i))
    b->next[i] = i + 1;
}

/* ---- directories ---- */

/* Where two headers disagree on how long the data is, what is behind the shorter is a gap. */
static uint64_t
data_length (const ZipHeader *central, const ZipHeader *local)
{
  bool told = local->packed > 0 && local->packed < central->packed
              && (local->packed != UINT32_MAX || (local->flags & ZIP_FLAG_STREAMED) == 0);
  return told ? local->packed : central->packed;
}

/* A marked one of a streamed member is one, too, when its values are others: it hides nothing. */
static uint64_t
descriptor_behind (SkSpan bytes, uint64_t offset, const ZipHeader *central, const ZipHeader *local)
{
  uint64_t length
      = zip_descriptor_length (bytes, offset, central->crc, central->packed, central->size);
  bool streamed = ((central->flags | local->flags) & ZIP_FLAG_STREAMED) != 0;
  if (length == 0 && streamed && zip_has_mark (bytes, offset, "PK\7\10"))
    length = MIN (16, bytes.size - offset);
  return length;
}

/* Headers lie in one another where somebody wants it, so the bytes of each are paid for. */
static bool
pay_header (Builder *b, const ZipHeader *header)
{
  b->unpaid += HEADER_COST + header->length;
  if (b->unpaid < PAY_EVERY)
    return true;
  uint64_t units = b->unpaid / 1024;
  b->unpaid = 0;
  return b->pay (b->data, units);
}

static void
place_member (Builder *b, const ZipHeader *central, uint64_t base, ZipMember *member)
{
  ZipHeader local;
  uint64_t size = b->bytes.size, place = base + central->place;
  if (!zip_header_local (b->bytes, place, &local)
      && (base == 0 || !zip_header_local (b->bytes, place = central->place, &local)))
    return;
  pay_header (b, &local);
  uint64_t data = place + local.length, length = data_length (central, &local);
  member->local = place;
  member->end = data + MIN (length, size - data);
  member->end += descriptor_behind (b->bytes, member->end, central, &local);
  cover_candidates (b, member->local, member->end);
}


/* PK\5\5, length, data: a signature that nobody writes any more. */
static uint64_t
signature_length (SkSpan bytes, uint64_t offset)
{
  uint16_t length;
  if (!zip_has_mark (bytes, offset, "PK\5\5"))
    return 0;
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, (size_t) offset + 4, 2));
  return sk_cursor_take_u16le (&cursor, &length) ? MIN (6u + length, bytes.size - offset) : 0;
}

/* Programs count up to 65,535 and begin again. */
static bool
counts_more (const ZipArchive *archive)
{
  return archive->record != ZIP_NOWHERE && archive->n_members < archive->count;
}

/* Directories that have a header in common have all behind it in common. The set is only made where
 * somebody asks: most files have one directory. */
static bool
is_read (Builder *b, uint64_t central)
{
  const GArray *members = b->index->members;
  for (; b->n_centrals < members->len; b->n_centrals++)
    g_hash_table_add (b->centrals,
                      GSIZE_TO_POINTER (g_array_index (members, ZipMember, b->n_centrals).central));
  return g_hash_table_contains (b->centrals, GSIZE_TO_POINTER (central));
}

static void
read_directory (Builder *b, ZipArchive *archive)
{
  GArray *members = b->index->members;
  uint64_t offset = archive->start;
  ZipHeader central;
  bool only = b->index->archives->len == 0, joins = false;
  while (!joins && zip_header_central (b->bytes, offset, &central) && pay_header (b, &central))
    {
      if (members->len == ZIP_MAX_MEMBERS)
        {
          b->index->limit = true;
          break;
        }
      ZipMember member = { .central = offset, .local = ZIP_NOWHERE };
      place_member (b, &central, archive->base, &member);
      g_array_append_val (members, member);
      archive->n_members++;
      offset += central.length;
      joins = !only && is_read (b, offset);
    }
  archive->cut = !joins && (zip_has_mark (b->bytes, offset, "PK\1\2") || counts_more (archive));
  archive->end = offset + signature_length (b->bytes, offset);
}

static void
add_range (ZipIndex *index, uint64_t start, uint64_t end)
{
  ZipRange range = { start, end };
  if (start < end)
    g_array_append_val (index->ranges, range);
}

/* What is free to hold anything, behind `fixed`, is not covered when it holds local headers: somebody
 * reads what is in it. */
static void
cover (Builder *b, uint64_t start, uint64_t fixed, uint64_t end)
{
  bool holds = zip_find (b->bytes, fixed, end, "\3\4", b->pay, b->data) != ZIP_NOWHERE;
  add_range (b->index, start, holds ? fixed : end);
}

/* u64 length, pairs, the length again, "APK Sig Block 42": between the members and the directory; the
 * length leaves its first copy out. */
static void
add_signing_block (Builder *b, uint64_t directory)
{
  SkSpan bytes = b->bytes;
  uint64_t length, copy;
  if (directory < 32 || !zip_has_mark (bytes, directory - 16, "APK Sig Block 42"))
    return;
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, (size_t) directory - 24, 8));
  if (!sk_cursor_take_u64le (&cursor, &length) || length < 24 || length > directory - 8)
    return;
  cursor = sk_cursor (sk_span_slice (bytes, (size_t) (directory - length) - 8, 8));
  if (!sk_cursor_take_u64le (&cursor, &copy) || copy != length)
    return;
  b->index->signing_block = true;
  cover (b, directory - length - 8, directory - length - 8, directory);
}

static void
add_archive (Builder *b, const ZipWay *way, const ZipEnd *end)
{
  ZipArchive archive = { .start = way->start,
                         .base = way->base,
                         .count = way->count,
                         .record = end != NULL ? end->record : ZIP_NOWHERE };
  if (end != NULL)
    archive.comment = end->comment;
  read_directory (b, &archive);
  add_range (b->index, archive.start, archive.end);
  add_signing_block (b, archive.start);
  g_array_append_val (b->index->archives, archive);
}

static void
cover_end (Builder *b, const ZipEnd *end)
{
  cover (b, end->wide, MIN (end->wide + 56, end->wide_end), end->wide_end);
  cover (b, end->start, end->record + 22, end->end);
}

static void
follow (Builder *b, uint64_t offset)
{
  ZipIndex *index = b->index;
  ZipEnd end;
  if (!zip_end_read (b->bytes, offset, &end))
    return;
  b->pay (b->data, end.comment.size / 1024); /* comments may lie in one another */
  index->encrypted_directory |= end.encrypted;
  if (end.disk > 0)
    index->disk = end.disk;
  if (end.n_ways == 0 && !end.empty)
    {
      index->n_broken++;
      return;
    }
  index->n_ends++;
  index->cut_comment |= end.cut;
  cover_end (b, &end);
  for (unsigned i = 0; i < end.n_ways; i++)
    if (!is_read (b, end.ways[i].start))
      add_archive (b, &end.ways[i], &end);
  if (end.empty)
    {
      ZipArchive nothing = { .start = offset, .end = offset, .record = offset,
                             .comment = end.comment };
      g_array_append_val (index->archives, nothing);
    }
}

static bool
follow_all (Builder *b)
{
  for (uint32_t i = b->candidates->len; i-- > 0;)
    {
      if (free_candidate (b, i) != i)
        continue;
      if (b->index->n_ends >= ZIP_MAX_ENDS)
        {
          b->index->limit = true;
          break;
        }
      if (!b->pay (b->data, 1))
        return false;
      follow (b, candidate (b, i));
    }
  return true;
}

/* ---- order ---- */

static int
compare_order (const void *a, const void *b, void *data)
{
  const ZipMember *members = data;
  uint32_t i = *(const uint32_t *) a, k = *(const uint32_t *) b;
  uint64_t x = members[i].local, y = members[k].local;
  return x != y ? (x < y ? -1 : 1) : (i > k) - (i < k);
}

static int
compare_ranges (const void *a, const void *b)
{
  uint64_t x = ((const ZipRange *) a)->start, y = ((const ZipRange *) b)->start;
  return (x > y) - (x < y);
}

static void
sort_order (ZipIndex *index)
{
  void *members = index->members->data;
  bool sorted = true;
  for (uint32_t i = 1; i < index->n_order && sorted; i++)
    sorted = compare_order (&index->order[i - 1], &index->order[i], members) < 0;
  if (!sorted)
    g_qsort_with_data (index->order, (gint) index->n_order, sizeof *index->order, compare_order,
                       members);
}

static void
fill_order (ZipIndex *index)
{
  const ZipMember *members = (const ZipMember *) (void *) index->members->data;
  index->n_order = 0;
  for (uint32_t i = 0; i < index->members->len; i++)
    if (members[i].local != ZIP_NOWHERE)
      index->order[index->n_order++] = i;
  index->n_missing = index->members->len - index->n_order;
  sort_order (index);
}

static void
mark_overlaps (ZipIndex *index)
{
  ZipMember *members = (ZipMember *) (void *) index->members->data;
  uint64_t taken = 0, last = ZIP_NOWHERE;
  for (uint32_t i = 0; i < index->n_order; i++)
    {
      ZipMember *member = &members[index->order[i]];
      if (member->local == last)
        {
          member->flags |= ZIP_MEMBER_SAME;
          index->n_same++;
        }
      else if (member->local < taken)
        {
          member->flags |= ZIP_MEMBER_OVERLAPS;
          index->n_overlaps++;
        }
      last = member->local;
      taken = MAX (taken, member->end);
    }
}

static void
put_in_order (ZipIndex *index)
{
  g_free (index->order);
  index->order = g_new (uint32_t, index->members->len + 1);
  fill_order (index);
  g_array_sort (index->ranges, compare_ranges);
}

/* ---- gaps ---- */

void
zip_index_gaps (const ZipIndex *index, ZipGapFunc func, void *data)
{
  const ZipMember *members = (const ZipMember *) (void *) index->members->data;
  const ZipRange *ranges = (const ZipRange *) (void *) index->ranges->data;
  uint64_t pos = 0;
  for (uint32_t m = 0, r = 0; m < index->n_order || r < index->ranges->len;)
    {
      const ZipMember *member = m < index->n_order ? &members[index->order[m]] : NULL;
      ZipRange next = r < index->ranges->len ? ranges[r] : (ZipRange){ UINT64_MAX, UINT64_MAX };
      if (member != NULL && member->local < next.start)
        {
          next = (ZipRange){ member->local, member->end };
          m++;
        }
      else
        r++;
      if (next.start > pos && !func (data, pos, next.start))
        return;
      pos = MAX (pos, next.end);
    }
  if (pos < index->bytes.size)
    func (data, pos, index->bytes.size);
}

/* Of an archive that was split: PK00 or PK\7\8 before the first member. */
static bool
is_split_mark (SkSpan bytes, uint64_t end)
{
  return end == 4 && (zip_has_mark (bytes, 0, "PK00") || zip_has_mark (bytes, 0, "PK\7\10"));
}

static bool
measure_gap (void *data, uint64_t start, uint64_t end)
{
  ZipIndex *index = data;
  uint64_t filler;
  if (start == 0)
    index->prefix = is_split_mark (index->bytes, end) ? 0 : end;
  else if (end == index->bytes.size)
    index->trailing = end - start;
  else
    {
      while (start < end && (filler = zip_filler_end (index->bytes, start, end)) > 0)
        start = filler;
      if (start < end
          && !is_void (sk_span_slice (index->bytes, (size_t) start, (size_t) (end - start))))
        index->gaps += end - start;
    }
  return true;
}

/* ---- directories without an end record ---- */

/* Its places count from the beginning of the file, or it belongs to an archive in a member that is
 * not known. */
static bool
is_directory (const Builder *b, const ZipHeader *central)
{
  ZipHeader local;
  return zip_header_is_likely (central) && zip_header_local (b->bytes, central->place, &local)
         && sk_span_equal (central->name, local.name);
}

typedef struct Lost {
  Builder *builder;
  GArray *starts; /* of uint64_t */
} Lost;

static bool
look_for_lost (void *data, uint64_t start, uint64_t end)
{
  Lost *lost = data;
  Builder *b = lost->builder;
  ZipHeader central;
  uint64_t found;
  while ((found = zip_find (b->bytes, start, end, "\1\2", b->pay, b->data)) != ZIP_NOWHERE)
    {
      start = found + 4;
      if (!zip_header_central (b->bytes, found, &central))
        continue;
      if (!pay_header (b, &central))
        return false;
      if (!is_directory (b, &central))
        continue;
      g_array_append_val (lost->starts, found);
      for (start = found; zip_header_central (b->bytes, start, &central) && pay_header (b, &central);)
        start += central.length;
      if (lost->starts->len >= ZIP_MAX_ENDS)
        {
          b->index->limit = true;
          return false;
        }
    }
  return true;
}

static void
add_lost (Builder *b)
{
  Lost lost = { b, g_array_new (FALSE, FALSE, sizeof (uint64_t)) };
  zip_index_gaps (b->index, look_for_lost, &lost);
  for (guint i = 0; i < lost.starts->len; i++)
    {
      ZipWay way = { .start = g_array_index (lost.starts, uint64_t, i) };
      if (!is_read (b, way.start))
        add_archive (b, &way, NULL);
    }
  if (lost.starts->len > 0)
    put_in_order (b->index);
  g_array_unref (lost.starts);
}

/* ---- all of it ---- */

static bool
build (Builder *b)
{
  if (!find_candidates (b) || !follow_all (b))
    return false;
  put_in_order (b->index);
  add_lost (b);
  mark_overlaps (b->index);
  if (b->index->archives->len > 0)
    zip_index_gaps (b->index, measure_gap, b->index);
  return b->pay (b->data, 1);
}

ZipIndex *
zip_index_new (SkSpan bytes, ZipPayFunc pay, void *data)
{
  ZipIndex *index = g_new0 (ZipIndex, 1);
  index->bytes = bytes;
  index->archives = g_array_new (FALSE, FALSE, sizeof (ZipArchive));
  index->members = g_array_new (FALSE, FALSE, sizeof (ZipMember));
  index->ranges = g_array_new (FALSE, FALSE, sizeof (ZipRange));
  Builder b = { .index = index,
                .bytes = bytes,
                .pay = pay,
                .data = data,
                .candidates = g_array_new (FALSE, FALSE, sizeof (uint64_t)),
                .centrals = g_hash_table_new (NULL, NULL) };
  bool whole = build (&b);
  g_array_unref (b.candidates);
  g_hash_table_unref (b.centrals);
  g_free (b.next);
  if (!whole)
    g_clear_pointer (&index, zip_index_free);
  return index;
}

void
zip_index_free (ZipIndex *index)
{
  if (index == NULL)
    return;
  g_array_unref (index->archives);
  g_array_unref (index->members);
  g_array_unref (index->ranges);
  g_free (index->order);
  g_free (index);
}
