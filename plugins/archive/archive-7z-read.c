/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * 7z's headers into tables. Every count is compared with the bytes that are
 * left before anything is made of it: an entry takes at least a byte, or a bit.
 */
#include "config.h"

#include "archive-7z.h"

enum {
  MARK_END = 0x00,
  MARK_PACKED = 0x06,
  MARK_FOLDERS = 0x07,
  MARK_PARTS = 0x08,
  MARK_SIZE = 0x09,
  MARK_CRC = 0x0a,
  MARK_FOLDER = 0x0b,
  MARK_CODERS_SIZE = 0x0c,
  MARK_N_PARTS = 0x0d,
  MARK_EMPTY = 0x0e,
  MARK_EMPTY_FILE = 0x0f,
  MARK_ANTI = 0x10
};

bool
seven_take_number (SkCursor *cursor, uint64_t *ret_number)
{
  SkCursor c = *cursor;
  uint8_t first, byte;
  uint64_t number = 0;
  if (!sk_cursor_take_u8 (&c, &first))
    return false;
  for (unsigned i = 0; i < 8; i++)
    {
      uint8_t mask = (uint8_t) (0x80 >> i);
      if ((first & mask) == 0)
        {
          number |= (uint64_t) (first & (mask - 1)) << 8 * i;
          break;
        }
      if (!sk_cursor_take_u8 (&c, &byte))
        return false;
      number |= (uint64_t) byte << 8 * i;
    }
  *cursor = c;
  *ret_number = number;
  return true;
}

/* A count of things that take at least a byte each. */
static bool
take_count (SkCursor *cursor, uint32_t *ret_count)
{
  uint64_t number;
  if (!seven_take_number (cursor, &number) || number > sk_cursor_left (cursor)
      || number > SEVEN_MAX_ITEMS)
    return false;
  *ret_count = (uint32_t) number;
  return true;
}

static bool
take_small (SkCursor *cursor, uint32_t most, uint32_t *ret_number)
{
  uint64_t number;
  if (!seven_take_number (cursor, &number) || number > most)
    return false;
  *ret_number = (uint32_t) number;
  return true;
}

static bool
take_mark (SkCursor *cursor, uint8_t mark)
{
  SkCursor c = *cursor;
  uint8_t byte;
  if (!sk_cursor_take_u8 (&c, &byte) || byte != mark)
    return false;
  *cursor = c;
  return true;
}

/* Passes over a property that is not known: size and bytes. */
static bool
skip_property (SkCursor *cursor)
{
  uint64_t mark, size;
  return seven_take_number (cursor, &mark) && mark != MARK_END && seven_take_number (cursor, &size)
         && size <= SIZE_MAX && sk_cursor_skip (cursor, (size_t) size);
}

/* ---- digests ---- */

typedef bool (*DigestFunc) (void *data, uint32_t index, const uint32_t *crc);

/* Calls for each of `n` digests, with NULL for one that is not there. */
static bool
take_digests (SkCursor *cursor, uint32_t n, DigestFunc func, void *data)
{
  uint8_t all;
  SkSpan bits = { NULL, 0 };
  if (!sk_cursor_take_u8 (cursor, &all)
      || (all == 0 && !sk_cursor_take (cursor, n / 8 + (n % 8 != 0), &bits)))
    return false;
  for (uint32_t i = 0; i < n; i++)
    {
      uint32_t crc;
      bool there = all != 0 || (bits.data[i / 8] & 0x80 >> i % 8) != 0;
      if (there && !sk_cursor_take_u32le (cursor, &crc))
        return false;
      if (func != NULL && !func (data, i, there ? &crc : NULL))
        return false;
    }
  return true;
}

/* ---- packed streams ---- */

static bool
place_packed (SevenStreams *streams, SkSpan archive, uint64_t position)
{
  if (archive.size < SEVEN_START || position > archive.size - SEVEN_START)
    return false;
  uint64_t offset = SEVEN_START + position;
  for (guint i = 0; i < streams->packed_size->len; i++)
    {
      uint64_t size = g_array_index (streams->packed_size, uint64_t, i);
      if (size > archive.size - offset)
        return false;
      g_array_append_val (streams->packed_offset, offset);
      offset += size;
    }
  return true;
}

static bool
take_packed (SkCursor *cursor, SevenStreams *streams, SkSpan archive)
{
  uint64_t position, size;
  uint32_t n;
  if (!seven_take_number (cursor, &position) || !take_count (cursor, &n))
    return false;
  if (take_mark (cursor, MARK_SIZE))
    for (uint32_t i = 0; i < n; i++)
      {
        if (!seven_take_number (cursor, &size))
          return false;
        g_array_append_val (streams->packed_size, size);
      }
  if (streams->packed_size->len != n || !place_packed (streams, archive, position))
    return false;
  while (!take_mark (cursor, MARK_END))
    {
      if (take_mark (cursor, MARK_CRC))
        {
          if (!take_digests (cursor, n, NULL, NULL))
            return false;
        }
      else if (!skip_property (cursor))
        return false;
    }
  return true;
}

/* ---- coders ---- */

static bool
take_coder (SkCursor *cursor, SevenCoders *coders, SevenCoder *ret_coder)
{
  uint8_t flags;
  uint64_t size = 0;
  *ret_coder = (SevenCoder){ .n_in = 1, .n_out = 1, .first_in = coders->n_in,
                             .first_out = coders->n_out };
  if (!sk_cursor_take_u8 (cursor, &flags) || (flags & 0xc0) != 0
      || !sk_cursor_take (cursor, flags & 0x0f, &ret_coder->id))
    return false;
  if ((flags & 0x10) != 0
      && (!take_small (cursor, SEVEN_MAX_STREAMS, &ret_coder->n_in)
          || !take_small (cursor, SEVEN_MAX_STREAMS, &ret_coder->n_out)))
    return false;
  if ((flags & 0x20) != 0
      && (!seven_take_number (cursor, &size) || size > SIZE_MAX
          || !sk_cursor_take (cursor, (size_t) size, &ret_coder->properties)))
    return false;
  coders->n_in += ret_coder->n_in;
  coders->n_out += ret_coder->n_out;
  return coders->n_in <= SEVEN_MAX_STREAMS && coders->n_out <= SEVEN_MAX_STREAMS;
}

/* Each output but one feeds an input, no input is fed twice, the rest are packed streams. */
static bool
take_pairs (SkCursor *cursor, SevenCoders *c)
{
  bool fed[SEVEN_MAX_STREAMS] = { false }, taken[SEVEN_MAX_STREAMS] = { false };
  if (c->n_out == 0 || c->n_in < c->n_out - 1)
    return false;
  c->n_pairs = c->n_out - 1;
  for (uint32_t i = 0; i < c->n_pairs; i++)
    {
      if (!take_small (cursor, c->n_in - 1, &c->pair_in[i])
          || !take_small (cursor, c->n_out - 1, &c->pair_out[i]) || fed[c->pair_in[i]]
          || taken[c->pair_out[i]])
        return false;
      fed[c->pair_in[i]] = taken[c->pair_out[i]] = true;
    }
  c->n_packed = c->n_in - c->n_pairs;
  for (uint32_t i = 0; i < c->n_packed; i++)
    {
      uint32_t input = 0;
      if (c->n_packed > 1 && !take_small (cursor, c->n_in - 1, &input))
        return false;
      while (c->n_packed == 1 && input < c->n_in && fed[input])
        input++;
      if (input >= c->n_in || fed[input])
        return false;
      fed[input] = true;
      c->packed[i] = input;
    }
  return true;
}

bool
seven_read_coders (SkCursor *cursor, SevenCoders *ret_coders)
{
  memset (ret_coders, 0, sizeof *ret_coders);
  if (!take_small (cursor, SEVEN_MAX_CODERS, &ret_coders->n) || ret_coders->n == 0)
    return false;
  for (uint32_t i = 0; i < ret_coders->n; i++)
    if (!take_coder (cursor, ret_coders, &ret_coders->coder[i]))
      return false;
  return take_pairs (cursor, ret_coders);
}

uint32_t
seven_main_output (const SevenCoders *coders)
{
  for (uint32_t i = 0; i < coders->n_out; i++)
    {
      uint32_t input;
      if (seven_consumer (coders, i, &input) == SEVEN_MAX_CODERS)
        return i;
    }
  return SEVEN_MAX_STREAMS;
}

uint32_t
seven_consumer (const SevenCoders *coders, uint32_t output, uint32_t *ret_input)
{
  for (uint32_t i = 0; i < coders->n_pairs; i++)
    if (coders->pair_out[i] == output)
      for (uint32_t j = 0; j < coders->n; j++)
        {
          const SevenCoder *coder = &coders->coder[j];
          *ret_input = coders->pair_in[i];
          if (*ret_input >= coder->first_in && *ret_input - coder->first_in < coder->n_in)
            return j;
        }
  return SEVEN_MAX_CODERS;
}

uint64_t
seven_folder_size (const SevenStreams *streams, const SevenFolder *folder, const SevenCoders *coders)
{
  uint32_t output = seven_main_output (coders);
  return output < folder->n_sizes
             ? g_array_index (streams->sizes, uint64_t, folder->first_size + output)
             : 0;
}

/* ---- folders ---- */

static bool
take_folder_list (SkCursor *cursor, SevenStreams *streams)
{
  uint32_t n, packed = 0, sizes = 0;
  uint8_t external;
  if (!take_mark (cursor, MARK_FOLDER) || !take_count (cursor, &n)
      || !sk_cursor_take_u8 (cursor, &external) || external != 0)
    return false;
  for (uint32_t i = 0; i < n; i++)
    {
      SevenCoders coders;
      const uint8_t *from = cursor->pos;
      if (!seven_read_coders (cursor, &coders) || coders.n_packed > streams->packed_size->len - packed)
        return false;
      SevenFolder folder = { .coders = { from, (size_t) (cursor->pos - from) },
                             .first_packed = packed,
                             .n_packed = coders.n_packed,
                             .first_size = sizes,
                             .n_sizes = coders.n_out };
      packed += coders.n_packed;
      sizes += coders.n_out;
      g_array_append_val (streams->folders, folder);
    }
  return packed == streams->packed_size->len;
}

static bool
take_coder_sizes (SkCursor *cursor, SevenStreams *streams)
{
  uint64_t size, n = 0;
  for (guint i = 0; i < streams->folders->len; i++)
    n += g_array_index (streams->folders, SevenFolder, i).n_sizes;
  if (!take_mark (cursor, MARK_CODERS_SIZE) || n > sk_cursor_left (cursor))
    return false;
  for (uint64_t i = 0; i < n; i++)
    {
      if (!seven_take_number (cursor, &size) || size > INT64_MAX)
        return false;
      g_array_append_val (streams->sizes, size);
    }
  return true;
}

static bool
on_folder_digest (void *data, uint32_t index, const uint32_t *crc)
{
  SevenStreams *streams = data;
  SevenFolder *folder = &g_array_index (streams->folders, SevenFolder, index);
  folder->has_crc = crc != NULL;
  folder->crc = crc != NULL ? *crc : 0;
  return true;
}

static bool
take_folders (SkCursor *cursor, SevenStreams *streams)
{
  if (!take_folder_list (cursor, streams) || !take_coder_sizes (cursor, streams))
    return false;
  while (!take_mark (cursor, MARK_END))
    {
      if (take_mark (cursor, MARK_CRC))
        {
          if (!take_digests (cursor, streams->folders->len, on_folder_digest, streams))
            return false;
        }
      else if (!skip_property (cursor))
        return false;
    }
  return true;
}

/* ---- parts of folders ---- */

/* All but each folder's last part take a byte for their size; the last is what remains. */
static bool
take_part_counts (SkCursor *cursor, SevenStreams *streams)
{
  uint64_t total = 0, number;
  for (guint i = 0; i < streams->folders->len; i++)
    {
      if (!seven_take_number (cursor, &number)
          || number > (uint64_t) sk_cursor_left (cursor) + 1 || number > SEVEN_MAX_ITEMS)
        return false;
      total += number;
      g_array_index (streams->folders, SevenFolder, i).n_parts = (uint32_t) number;
    }
  return total <= (uint64_t) sk_cursor_left (cursor) + streams->folders->len
         && total <= SEVEN_MAX_ITEMS;
}

static bool
take_folder_parts (SkCursor *cursor, SevenStreams *streams, SevenFolder *folder, bool sizes)
{
  SevenCoders coders;
  SkCursor c = sk_cursor (folder->coders);
  if (!seven_read_coders (&c, &coders) || (folder->n_parts > 1 && !sizes))
    return false;
  uint64_t left = seven_folder_size (streams, folder, &coders);
  folder->first_part = streams->parts->len;
  for (uint32_t i = 0; i < folder->n_parts; i++)
    {
      SevenPart part = { .size = left };
      if (i + 1 < folder->n_parts
          && (!seven_take_number (cursor, &part.size) || part.size > left))
        return false;
      left -= part.size;
      if (folder->n_parts == 1)
        {
          part.has_crc = folder->has_crc;
          part.crc = folder->crc;
        }
      g_array_append_val (streams->parts, part);
    }
  return true;
}

static bool
take_part_sizes (SkCursor *cursor, SevenStreams *streams, bool sizes)
{
  for (guint i = 0; i < streams->folders->len; i++)
    if (!take_folder_parts (cursor, streams, &g_array_index (streams->folders, SevenFolder, i), sizes))
      return false;
  return true;
}

/* The digests of parts that are not a whole folder's with a digest of its own. */
typedef struct Undigested {
  SevenStreams *streams;
  guint folder;
  uint32_t part; /* in the folder */
} Undigested;

static bool
skip_digested (Undigested *u)
{
  for (; u->folder < u->streams->folders->len; u->folder++, u->part = 0)
    {
      const SevenFolder *folder = &g_array_index (u->streams->folders, SevenFolder, u->folder);
      bool whole = folder->n_parts == 1 && folder->has_crc;
      if (!whole && u->part < folder->n_parts)
        return true;
    }
  return false;
}

static bool
on_part_digest (void *data, uint32_t index, const uint32_t *crc)
{
  Undigested *u = data;
  (void) index;
  if (!skip_digested (u))
    return false;
  const SevenFolder *folder = &g_array_index (u->streams->folders, SevenFolder, u->folder);
  SevenPart *part = &g_array_index (u->streams->parts, SevenPart, folder->first_part + u->part);
  part->has_crc = crc != NULL;
  part->crc = crc != NULL ? *crc : 0;
  u->part++;
  return true;
}

static bool
take_part_digests (SkCursor *cursor, SevenStreams *streams)
{
  Undigested u = { streams, 0, 0 };
  uint32_t n = 0;
  for (guint i = 0; i < streams->folders->len; i++)
    {
      const SevenFolder *folder = &g_array_index (streams->folders, SevenFolder, i);
      if (folder->n_parts != 1 || !folder->has_crc)
        n += folder->n_parts;
    }
  return take_digests (cursor, n, on_part_digest, &u);
}

static bool
take_parts (SkCursor *cursor, SevenStreams *streams)
{
  if (take_mark (cursor, MARK_N_PARTS) && !take_part_counts (cursor, streams))
    return false;
  if (!take_part_sizes (cursor, streams, take_mark (cursor, MARK_SIZE)))
    return false;
  while (!take_mark (cursor, MARK_END))
    {
      if (take_mark (cursor, MARK_CRC))
        {
          if (!take_part_digests (cursor, streams))
            return false;
        }
      else if (!skip_property (cursor))
        return false;
    }
  return true;
}

/* ---- streams ---- */

void
seven_streams_init (SevenStreams *streams)
{
  streams->packed_offset = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  streams->packed_size = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  streams->folders = g_array_new (FALSE, TRUE, sizeof (SevenFolder));
  streams->sizes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  streams->parts = g_array_new (FALSE, FALSE, sizeof (SevenPart));
}

void
seven_streams_clear (SevenStreams *streams)
{
  GArray **all[] = { &streams->packed_offset, &streams->packed_size, &streams->folders,
                     &streams->sizes, &streams->parts };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    g_clear_pointer (all[i], g_array_unref);
}

bool
seven_read_streams (SkCursor *cursor, SkSpan archive, SevenStreams *ret_streams)
{
  seven_streams_init (ret_streams);
  if (take_mark (cursor, MARK_PACKED) && !take_packed (cursor, ret_streams, archive))
    return false;
  if (take_mark (cursor, MARK_FOLDERS) && !take_folders (cursor, ret_streams))
    return false;
  for (guint i = 0; i < ret_streams->folders->len; i++)
    g_array_index (ret_streams->folders, SevenFolder, i).n_parts = 1;
  if (take_mark (cursor, MARK_PARTS))
    {
      if (!take_parts (cursor, ret_streams))
        return false;
    }
  else if (!take_part_sizes (cursor, ret_streams, false))
    return false;
  return take_mark (cursor, MARK_END);
}

/* ---- files ---- */

/* One bit of a vector, first in the highest; past its end it is not set. */
static bool
bit_at (SkSpan bits, uint64_t index)
{
  return index / 8 < bits.size && (bits.data[index / 8] & 0x80 >> index % 8) != 0;
}

bool
seven_take_property (SkCursor *cursor, uint64_t *ret_mark, SkSpan *ret_whole, SkSpan *ret_content)
{
  const uint8_t *from = cursor->pos;
  uint64_t size;
  *ret_mark = UINT64_MAX;
  if (!seven_take_number (cursor, ret_mark) || *ret_mark == MARK_END
      || !seven_take_number (cursor, &size) || size > SIZE_MAX
      || !sk_cursor_take (cursor, (size_t) size, ret_content))
    return false;
  *ret_whole = (SkSpan){ from, (size_t) (cursor->pos - from) };
  return true;
}

/* The vectors of empty files and of what is to be deleted have a bit for each member without content. */
static uint64_t
set_kinds (GByteArray *kinds, SkSpan empty, SkSpan empty_file, SkSpan anti)
{
  uint64_t n_filled = 0;
  for (guint i = 0; i < kinds->len; i++)
    {
      uint64_t nth = i - n_filled;
      kinds->data[i] = !bit_at (empty, i) ? SEVEN_FILLED
                                          : (uint8_t) ((bit_at (empty_file, nth) ? SEVEN_EMPTY_FILE : 0)
                                                       | (bit_at (anti, nth) ? SEVEN_ANTI : 0));
      n_filled += (kinds->data[i] & SEVEN_FILLED) != 0;
    }
  return n_filled;
}

bool
seven_read_files (SkCursor *cursor, uint64_t n_parts, GByteArray *ret_kinds)
{
  uint64_t n, mark;
  SkSpan whole, content, empty = { NULL, 0 }, empty_file = empty, anti = empty;
  /* A member has content, or one bit that says that it has none. */
  if (!seven_take_number (cursor, &n) || n > SEVEN_MAX_ITEMS
      || n > n_parts + 8 * (uint64_t) sk_cursor_left (cursor))
    return false;
  while (seven_take_property (cursor, &mark, &whole, &content))
    if (mark == MARK_EMPTY && content.size >= n / 8 + (n % 8 != 0))
      empty = content;
    else if (mark == MARK_EMPTY_FILE)
      empty_file = content;
    else if (mark == MARK_ANTI)
      anti = content;
  g_byte_array_set_size (ret_kinds, (guint) n);
  return mark == MARK_END && set_kinds (ret_kinds, empty, empty_file, anti) == n_parts;
}

/* ---- AES ---- */

static const uint8_t aes_id[] = { 0x06, 0xf1, 0x07, 0x01 };

bool
seven_is_aes (const SevenCoder *coder)
{
  return sk_span_equal (coder->id, (SkSpan){ aes_id, sizeof aes_id });
}

bool
seven_is_crypto (const SevenCoder *coder)
{
  return coder->id.size >= 2 && memcmp (coder->id.data, aes_id, 2) == 0;
}

bool
seven_read_aes (const SevenCoder *coder, ArchiveDerivation *ret_derivation, uint8_t ret_iv[16])
{
  SkCursor c = sk_cursor (coder->properties);
  uint8_t first, second = 0;
  SkSpan salt, iv;
  if (!sk_cursor_take_u8 (&c, &first) || ((first & 0xc0) != 0 && !sk_cursor_take_u8 (&c, &second)))
    return false;
  size_t salt_size = (size_t) (first >> 7) + (second >> 4);
  size_t iv_size = (size_t) (first >> 6 & 1) + (second & 15);
  if (!sk_cursor_take (&c, salt_size, &salt) || !sk_cursor_take (&c, iv_size, &iv))
    return false;
  *ret_derivation = (ArchiveDerivation){ .kind = ARCHIVE_KIND_7Z, .power = first & 0x3f,
                                         .salt_size = (uint8_t) salt_size };
  if (salt_size > 0)
    memcpy (ret_derivation->salt, salt.data, salt_size);
  memset (ret_iv, 0, 16);
  if (iv_size > 0)
    memcpy (ret_iv, iv.data, iv_size);
  return true;
}
