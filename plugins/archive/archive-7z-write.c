/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A 7z archive without its coders of encryption: each is taken out of its
 * folder, what it fed is fed by the decrypted stream, and the tables are
 * written anew. Members, their names and their sums stay as they are.
 */
#include "config.h"

#include "archive-7z.h"

#include <zlib.h>

#define MAX_WRITTEN ((guint) 128 * 1024 * 1024)

/* A folder as it will be. */
typedef struct Stripped {
  SevenCoders coders;
  bool gone[SEVEN_MAX_CODERS];         /* coders that are left out */
  bool gone_in[SEVEN_MAX_STREAMS], gone_out[SEVEN_MAX_STREAMS];
  uint32_t cipher[SEVEN_MAX_STREAMS];  /* for each packed stream its coder, or SEVEN_MAX_CODERS */
} Stripped;

typedef struct Writer {
  SkSpan archive;
  const SevenStreams *streams;
  ArchivePlain *plain;
  GByteArray *packed, *coders, *sizes; /* numbers and folders as they will stand */
  GArray *modes;                       /* SevenMode of each folder */
  uint32_t n_packed, n_folders;
} Writer;

/* ---- bytes ---- */

static void
put_byte (GByteArray *out, uint8_t byte)
{
  g_byte_array_append (out, &byte, 1);
}

static void
put_span (GByteArray *out, SkSpan span)
{
  if (span.size > 0)
    g_byte_array_append (out, span.data, (guint) span.size);
}

static void
put_u32 (GByteArray *out, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const uint8_t *) &value, 4);
}

static void
put_u64 (GByteArray *out, uint64_t value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (out, (const uint8_t *) &value, 8);
}

static void
put_number (GByteArray *out, uint64_t number)
{
  put_byte (out, number < 0x80 ? (uint8_t) number : 0xff);
  if (number >= 0x80)
    put_u64 (out, number);
}

static SkSpan
span_of (const GByteArray *array)
{
  return (SkSpan){ array->data, array->len };
}

/* ---- one folder ---- */

static bool
take_out (Stripped *s, uint32_t i)
{
  static const uint8_t copy[] = { 0x00 };
  SevenCoder *coder = &s->coders.coder[i];
  uint32_t stream = 0, input;
  while (stream < s->coders.n_packed && s->coders.packed[stream] != coder->first_in)
    stream++;
  if (coder->n_in != 1 || coder->n_out != 1 || stream == s->coders.n_packed)
    return false;
  s->cipher[stream] = i;
  if (s->coders.n == 1)
    {
      coder->id = (SkSpan){ copy, sizeof copy };
      coder->properties = (SkSpan){ NULL, 0 };
      return true;
    }
  uint32_t consumer = seven_consumer (&s->coders, coder->first_out, &input);
  if (consumer == SEVEN_MAX_CODERS || seven_is_aes (&s->coders.coder[consumer]))
    return false;
  s->coders.packed[stream] = input;
  s->gone[i] = s->gone_in[coder->first_in] = s->gone_out[coder->first_out] = true;
  return true;
}

static bool
strip (const SevenCoders *coders, Stripped *ret_stripped)
{
  *ret_stripped = (Stripped){ .coders = *coders };
  for (uint32_t i = 0; i < SEVEN_MAX_STREAMS; i++)
    ret_stripped->cipher[i] = SEVEN_MAX_CODERS;
  for (uint32_t i = 0; i < coders->n; i++)
    if (seven_is_aes (&coders->coder[i]) && !take_out (ret_stripped, i))
      return false;
  return true;
}

bool
seven_can_strip (const SevenCoders *coders)
{
  Stripped stripped;
  return strip (coders, &stripped);
}

static uint32_t
renumber (const bool *gone, uint32_t index)
{
  uint32_t before = 0;
  for (uint32_t i = 0; i < index; i++)
    before += gone[i];
  return index - before;
}

/* What is left of a dictionary that is larger than all that it could hold: memory is taken by what
 * the header says. LZMA: a byte and u32; LZMA2: 2 or 3 times a power of two. Returns 0 for others. */
static size_t
small_dictionary (const SevenCoder *coder, uint64_t size, uint8_t ret_properties[5])
{
  static const uint8_t lzma[] = { 3, 1, 1 }, lzma2[] = { 0x21 };
  size = MAX (size, 4096);
  if (sk_span_equal (coder->id, (SkSpan){ lzma, sizeof lzma }) && coder->properties.size == 5)
    {
      SkCursor c = sk_cursor (coder->properties);
      uint32_t dictionary = 0;
      sk_cursor_take_u8 (&c, &ret_properties[0]);
      sk_cursor_take_u32le (&c, &dictionary);
      dictionary = (uint32_t) MIN (dictionary, size);
      for (unsigned i = 0; i < 4; i++)
        ret_properties[1 + i] = (uint8_t) (dictionary >> 8 * i);
      return 5;
    }
  if (sk_span_equal (coder->id, (SkSpan){ lzma2, sizeof lzma2 }) && coder->properties.size == 1)
    {
      uint8_t n = 0;
      while (n < MIN (coder->properties.data[0], 40)
             && (uint64_t) (2 | (n & 1)) << (n / 2 + 11) < size)
        n++;
      ret_properties[0] = n;
      return coder->properties.data[0] <= 40 ? 1 : 0;
    }
  return 0;
}

/* `size`: bytes that come out of it. */
static void
put_coder (GByteArray *out, const SevenCoder *coder, uint64_t size)
{
  uint8_t small[5];
  SkSpan properties = { small, small_dictionary (coder, size, small) };
  if (properties.size == 0)
    properties = coder->properties;
  bool plain = coder->n_in == 1 && coder->n_out == 1;
  put_byte (out, (uint8_t) (coder->id.size | (plain ? 0 : 0x10)
                            | (properties.size > 0 ? 0x20 : 0)));
  put_span (out, coder->id);
  if (!plain)
    {
      put_number (out, coder->n_in);
      put_number (out, coder->n_out);
    }
  if (properties.size > 0)
    {
      put_number (out, properties.size);
      put_span (out, properties);
    }
}

/* `sizes`: of all outputs, as they were. */
static void
put_coders (GByteArray *out, const Stripped *s, const uint64_t *sizes)
{
  const SevenCoders *c = &s->coders;
  put_number (out, renumber (s->gone, c->n));
  for (uint32_t i = 0; i < c->n; i++)
    if (!s->gone[i])
      put_coder (out, &c->coder[i],
                 c->coder[i].n_out == 1 ? sizes[c->coder[i].first_out] : UINT64_MAX);
  for (uint32_t i = 0; i < c->n_pairs; i++)
    if (!s->gone_out[c->pair_out[i]])
      {
        put_number (out, renumber (s->gone_in, c->pair_in[i]));
        put_number (out, renumber (s->gone_out, c->pair_out[i]));
      }
  for (uint32_t i = 0; c->n_packed > 1 && i < c->n_packed; i++)
    put_number (out, renumber (s->gone_in, c->packed[i]));
}

static bool
put_packed (Writer *w, const SevenFolder *folder, const Stripped *s, const uint8_t *key)
{
  for (uint32_t i = 0; i < folder->n_packed; i++)
    {
      uint64_t offset
          = g_array_index (w->streams->packed_offset, uint64_t, folder->first_packed + i);
      uint64_t size = g_array_index (w->streams->packed_size, uint64_t, folder->first_packed + i);
      SkSpan bytes = sk_span_slice (w->archive, (size_t) offset, (size_t) size);
      ArchiveDerivation derivation;
      uint8_t iv[16];
      if (s->cipher[i] == SEVEN_MAX_CODERS)
        {
          if (!archive_plain_raw (w->plain, bytes))
            return false;
        }
      else
        {
          SkCursor c = sk_cursor (folder->coders);
          SevenCoders before;
          if (!seven_read_coders (&c, &before))
            return false;
          const SevenCoder *coder = &before.coder[s->cipher[i]];
          size = g_array_index (w->streams->sizes, uint64_t, folder->first_size + coder->first_out);
          if (size > bytes.size)
            return false;
          bytes.size = (size_t) (size + (16 - size % 16) % 16);
          if (!seven_read_aes (coder, &derivation, iv)
              || !archive_plain_cipher (w->plain, bytes, size, key, 32, iv))
            return false;
        }
      put_number (w->packed, size);
      w->n_packed++;
    }
  return true;
}

static bool
put_folder (Writer *w, guint index, SevenMode mode, const uint8_t *key)
{
  const SevenFolder *folder = &g_array_index (w->streams->folders, SevenFolder, index);
  SevenCoders coders;
  Stripped s;
  SkCursor c = sk_cursor (folder->coders);
  g_array_append_val (w->modes, mode);
  if (mode == SEVEN_EMPTY)
    return true;
  w->n_folders++;
  if (!seven_read_coders (&c, &coders) || !strip (&coders, &s) || !put_packed (w, folder, &s, key))
    return false;
  put_coders (w->coders, &s, &g_array_index (w->streams->sizes, uint64_t, folder->first_size));
  for (uint32_t i = 0; i < coders.n_out; i++)
    if (!s.gone_out[i])
      put_number (w->sizes, g_array_index (w->streams->sizes, uint64_t, folder->first_size + i));
  return w->coders->len <= MAX_WRITTEN;
}

/* ---- the tables ---- */

static void
put_digests (GByteArray *out, const GArray *there, const GArray *crcs)
{
  put_byte (out, 0);
  for (guint i = 0; i < there->len; i += 8)
    {
      uint8_t bits = 0;
      for (guint j = i; j < MIN (i + 8, there->len); j++)
        bits |= (uint8_t) (g_array_index (there, bool, j) ? 0x80 >> (j - i) : 0);
      put_byte (out, bits);
    }
  for (guint i = 0; i < there->len; i++)
    if (g_array_index (there, bool, i))
      put_u32 (out, g_array_index (crcs, uint32_t, i));
}

typedef struct Digests {
  GArray *there, *crcs;
} Digests;

static void
digests_init (Digests *d)
{
  d->there = g_array_new (FALSE, FALSE, sizeof (bool));
  d->crcs = g_array_new (FALSE, FALSE, sizeof (uint32_t));
}

static void
digests_add (Digests *d, bool there, uint32_t crc)
{
  g_array_append_val (d->there, there);
  g_array_append_val (d->crcs, crc);
}

static void
digests_put (Digests *d, GByteArray *out)
{
  if (d->there->len > 0)
    {
      put_byte (out, 0x0a);
      put_digests (out, d->there, d->crcs);
    }
  g_array_unref (d->there);
  g_array_unref (d->crcs);
}

static SevenMode
mode_of (const Writer *w, guint folder)
{
  return g_array_index (w->modes, SevenMode, folder);
}

static void
put_folder_digests (const Writer *w, GByteArray *out)
{
  Digests d;
  digests_init (&d);
  for (guint i = 0; i < w->modes->len; i++)
    {
      const SevenFolder *folder = &g_array_index (w->streams->folders, SevenFolder, i);
      if (mode_of (w, i) != SEVEN_EMPTY)
        digests_add (&d, folder->has_crc, folder->crc);
    }
  digests_put (&d, out);
}

/* What a folder's own digest does not say. */
static void
put_part_digests (const Writer *w, GByteArray *out)
{
  Digests d;
  digests_init (&d);
  for (guint i = 0; i < w->modes->len; i++)
    {
      const SevenFolder *folder = &g_array_index (w->streams->folders, SevenFolder, i);
      if (mode_of (w, i) == SEVEN_EMPTY || (folder->n_parts == 1 && folder->has_crc))
        continue;
      for (uint32_t j = 0; j < folder->n_parts; j++)
        {
          const SevenPart *part
              = &g_array_index (w->streams->parts, SevenPart, folder->first_part + j);
          digests_add (&d, part->has_crc, part->crc);
        }
    }
  digests_put (&d, out);
}

static void
put_parts (const Writer *w, GByteArray *out)
{
  put_byte (out, 0x08);
  put_byte (out, 0x0d);
  for (guint i = 0; i < w->modes->len; i++)
    if (mode_of (w, i) != SEVEN_EMPTY)
      put_number (out, g_array_index (w->streams->folders, SevenFolder, i).n_parts);
  put_byte (out, 0x09);
  for (guint i = 0; i < w->modes->len; i++)
    {
      const SevenFolder *folder = &g_array_index (w->streams->folders, SevenFolder, i);
      for (uint32_t j = 0; mode_of (w, i) != SEVEN_EMPTY && j + 1 < folder->n_parts; j++)
        put_number (out,
                    g_array_index (w->streams->parts, SevenPart, folder->first_part + j).size);
    }
  put_part_digests (w, out);
  put_byte (out, 0x00);
}

static void
put_streams (const Writer *w, GByteArray *out, bool one)
{
  static const uint8_t packed_at_0[] = { 0x04, 0x06, 0x00 };
  g_byte_array_append (out, packed_at_0, sizeof packed_at_0);
  put_number (out, w->n_packed);
  put_byte (out, 0x09);
  put_span (out, span_of (w->packed));
  put_byte (out, 0x00);
  put_byte (out, 0x07);
  put_byte (out, 0x0b);
  put_number (out, w->n_folders);
  put_byte (out, 0x00);
  put_span (out, span_of (w->coders));
  put_byte (out, 0x0c);
  put_span (out, span_of (w->sizes));
  if (!one)
    put_folder_digests (w, out);
  put_byte (out, 0x00);
  if (!one)
    put_parts (w, out);
  else /* libarchive does not open an archive without this table */
    g_byte_array_append (out, (const uint8_t[]){ 0x08, 0x00 }, 2);
  put_byte (out, 0x00);
}

/* A vector with a bit for `all` members, or for those without content: set where `bit` is. */
static void
put_bits (GByteArray *out, uint8_t mark, const GByteArray *kinds, uint8_t bit, bool all)
{
  g_autoptr (GByteArray) bits = g_byte_array_new ();
  unsigned n = 0;
  for (guint i = 0; i < kinds->len; i++)
    {
      bool filled = (kinds->data[i] & SEVEN_FILLED) != 0;
      if (!all && filled)
        continue;
      if (n++ % 8 == 0)
        put_byte (bits, 0);
      if ((kinds->data[i] & bit) != 0)
        bits->data[bits->len - 1] |= (uint8_t) (0x80 >> (n - 1) % 8);
    }
  put_byte (out, mark);
  put_number (out, bits->len);
  put_span (out, span_of (bits));
}

/* The members as they will be: those of folders that are left out have become empty files. */
static GByteArray *
new_kinds (const Writer *w, const GByteArray *kinds)
{
  GByteArray *fresh = g_byte_array_new ();
  guint folder = 0;
  uint32_t part = 0;
  for (guint i = 0; i < kinds->len; i++)
    {
      uint8_t kind = kinds->data[i];
      if ((kind & SEVEN_FILLED) != 0)
        {
          while (folder < w->modes->len
                 && part >= g_array_index (w->streams->folders, SevenFolder, folder).n_parts)
            {
              folder++;
              part = 0;
            }
          part++;
          if (folder < w->modes->len && mode_of (w, folder) == SEVEN_EMPTY)
            kind = SEVEN_EMPTY_FILE;
        }
      /* Bit 8: has no content, as the format puts it. */
      put_byte (fresh, (uint8_t) (kind | ((kind & SEVEN_FILLED) == 0 ? 8 : 0)));
    }
  return fresh;
}

static void
put_files (const Writer *w, GByteArray *out, SkSpan files, const GByteArray *kinds)
{
  g_autoptr (GByteArray) fresh = new_kinds (w, kinds);
  SkCursor c = sk_cursor (files);
  SkSpan whole, content;
  uint64_t n, mark;
  put_byte (out, 0x05);
  put_number (out, kinds->len);
  put_bits (out, 0x0e, fresh, 8, true);
  put_bits (out, 0x0f, fresh, SEVEN_EMPTY_FILE, false);
  put_bits (out, 0x10, fresh, SEVEN_ANTI, false);
  if (seven_take_number (&c, &n))
    while (seven_take_property (&c, &mark, &whole, &content))
      if (mark < 0x0e || mark > 0x10)
        put_span (out, whole);
  put_byte (out, 0x00);
}

static bool
put_start (ArchivePlain *plain, const GByteArray *header)
{
  static const uint8_t signature[] = { '7', 'z', 0xbc, 0xaf, 0x27, 0x1c, 0, 4 };
  g_autoptr (GByteArray) start = g_byte_array_new (), rest = g_byte_array_new ();
  put_u64 (rest, archive_plain_size (plain) - SEVEN_START);
  put_u64 (rest, header->len);
  put_u32 (rest, (uint32_t) crc32_z (0, header->data, header->len));
  g_byte_array_append (start, signature, sizeof signature);
  put_u32 (start, (uint32_t) crc32_z (0, rest->data, rest->len));
  put_span (start, span_of (rest));
  return archive_plain_set_head (plain, span_of (start))
         && archive_plain_memory (plain, span_of (header));
}

/* ---- the archive ---- */

static void
writer_init (Writer *w, SkSpan archive, const SevenStreams *streams)
{
  static const uint8_t zeros[SEVEN_START] = { 0 };
  *w = (Writer){ .archive = archive, .streams = streams, .plain = archive_plain_new () };
  w->packed = g_byte_array_new ();
  w->coders = g_byte_array_new ();
  w->sizes = g_byte_array_new ();
  w->modes = g_array_new (FALSE, FALSE, sizeof (SevenMode));
  archive_plain_memory (w->plain, (SkSpan){ zeros, sizeof zeros });
}

/* Gives the archive, or NULL and frees it. */
static ArchivePlain *
writer_end (Writer *w, bool good)
{
  g_byte_array_unref (w->packed);
  g_byte_array_unref (w->coders);
  g_byte_array_unref (w->sizes);
  g_array_unref (w->modes);
  if (good)
    return w->plain;
  archive_plain_free (w->plain);
  return NULL;
}

ArchivePlain *
seven_write (SkSpan archive, const SevenStreams *streams, SkSpan files, const GByteArray *kinds,
             SevenModeFunc mode, void *data)
{
  Writer w;
  writer_init (&w, archive, streams);
  bool good = true;
  for (guint i = 0; good && i < streams->folders->len; i++)
    {
      const uint8_t *key = NULL;
      SevenMode what = mode (data, i, &key);
      good = put_folder (&w, i, what, key);
    }
  g_autoptr (GByteArray) header = g_byte_array_new ();
  put_byte (header, 0x01);
  if (good && w.n_folders > 0)
    put_streams (&w, header, false);
  if (files.size > 0)
    put_files (&w, header, files, kinds);
  put_byte (header, 0x00);
  return writer_end (&w, good && put_start (w.plain, header));
}

ArchivePlain *
seven_write_folder (SkSpan archive, const SevenStreams *streams, guint index, const uint8_t *key)
{
  /* Files: one, named "h". */
  static const uint8_t files[] = { 0x05, 0x01, 0x11, 0x05, 0x00, 'h', 0, 0, 0, 0x00, 0x00 };
  Writer w;
  writer_init (&w, archive, streams);
  g_autoptr (GByteArray) header = g_byte_array_new ();
  bool good = put_folder (&w, index, key != NULL ? SEVEN_DECRYPTED : SEVEN_AS_IT_IS, key);
  put_byte (header, 0x01);
  if (good)
    put_streams (&w, header, true);
  g_byte_array_append (header, files, sizeof files);
  return writer_end (&w, good && put_start (w.plain, header));
}
