/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Segments in a row, found by their offset. A reader that goes forward keeps
 * the cipher's state; one that jumps sets it up anew from the block before.
 */
#include "config.h"

#include "archive-plain.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

/* A million members have some three segments each. */
#define MAX_SEGMENTS 4000000
/* Headers of so many members. */
#define MAX_MEMORY ((size_t) 256 * 1024 * 1024)
#define NOTHING G_MAXUINT

typedef struct Segment {
  uint64_t start;
  const uint8_t *data; /* NULL: `memory` from `place` on */
  size_t place;        /* or for a cipher its index in `ciphers` */
  bool encrypted;
} Segment;

typedef struct Cipher {
  uint64_t size; /* bytes of cipher text, whole blocks */
  guint key;     /* in `keys` */
  uint8_t iv[16];
} Cipher;

typedef struct Key {
  uint8_t bytes[32];
  size_t size;
} Key;

struct ArchivePlain {
  GArray *segments, *ciphers, *keys;
  GByteArray *memory;
  uint64_t size;
  EVP_CIPHER_CTX *context;
  guint current;       /* segment that the cipher's state belongs to, or NOTHING */
  uint64_t current_at; /* the offset in it that is decrypted next */
  uint8_t *block;      /* ARCHIVE_PLAIN_BLOCK bytes of what was decrypted */
};

ArchivePlain *
archive_plain_new (void)
{
  ArchivePlain *plain = g_new0 (ArchivePlain, 1);
  plain->segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  plain->ciphers = g_array_new (FALSE, FALSE, sizeof (Cipher));
  plain->keys = g_array_new (FALSE, FALSE, sizeof (Key));
  plain->memory = g_byte_array_new ();
  plain->current = NOTHING;
  return plain;
}

void
archive_plain_free (ArchivePlain *plain)
{
  if (plain == NULL)
    return;
  if (plain->keys->len > 0)
    OPENSSL_cleanse (plain->keys->data, plain->keys->len * sizeof (Key));
  g_array_unref (plain->segments);
  g_array_unref (plain->ciphers);
  g_array_unref (plain->keys);
  g_byte_array_unref (plain->memory);
  EVP_CIPHER_CTX_free (plain->context);
  g_free (plain->block);
  g_free (plain);
}

static Segment *
last (ArchivePlain *plain)
{
  if (plain->segments->len == 0)
    return NULL;
  return &g_array_index (plain->segments, Segment, plain->segments->len - 1);
}

/* Appends a segment of `size` bytes; the caller has looked whether it could be joined to the last. */
static bool
append (ArchivePlain *plain, uint64_t size, const Segment *segment)
{
  if (plain->segments->len >= MAX_SEGMENTS || size > INT64_MAX - plain->size)
    return false;
  g_array_append_val (plain->segments, *segment);
  last (plain)->start = plain->size;
  plain->size += size;
  return true;
}

bool
archive_plain_raw (ArchivePlain *plain, SkSpan raw)
{
  const Segment *before = last (plain);
  if (raw.size == 0)
    return true;
  if (before != NULL && before->data != NULL && !before->encrypted
      && before->data + (plain->size - before->start) == raw.data
      && raw.size <= INT64_MAX - plain->size)
    {
      plain->size += raw.size;
      return true;
    }
  return append (plain, raw.size, &(Segment){ .data = raw.data });
}

bool
archive_plain_memory (ArchivePlain *plain, SkSpan memory)
{
  const Segment *before = last (plain);
  if (memory.size == 0)
    return true;
  if (memory.size > MAX_MEMORY - plain->memory->len || memory.size > INT64_MAX - plain->size)
    return false;
  if (before != NULL && before->data == NULL)
    plain->size += memory.size;
  else if (!append (plain, memory.size, &(Segment){ .place = plain->memory->len }))
    return false;
  g_byte_array_append (plain->memory, memory.data, (guint) memory.size);
  return true;
}

bool
archive_plain_set_head (ArchivePlain *plain, SkSpan head)
{
  if (plain->segments->len == 0)
    return false;
  const Segment *first = &g_array_index (plain->segments, Segment, 0);
  uint64_t size = plain->segments->len > 1 ? first[1].start : plain->size;
  if (first->data != NULL || head.size > size)
    return false;
  memcpy (plain->memory->data + first->place, head.data, head.size);
  return true;
}

static guint
key_index (ArchivePlain *plain, const uint8_t *key, size_t key_size)
{
  Key made = { .size = key_size };
  memcpy (made.bytes, key, key_size);
  guint i = plain->keys->len;
  /* Members of one password stand together: the last is the one, or none. */
  bool same = i > 0 && memcmp (&g_array_index (plain->keys, Key, i - 1), &made, sizeof made) == 0;
  if (!same)
    {
      if (i > 0 && (i & (i - 1)) == 0)
        {
          /* Grown by hand, so that no copy of a key is left in freed memory. */
          GArray *grown = g_array_sized_new (FALSE, FALSE, sizeof (Key), 2 * i);
          g_array_append_vals (grown, plain->keys->data, i);
          OPENSSL_cleanse (plain->keys->data, i * sizeof (Key));
          g_array_unref (plain->keys);
          plain->keys = grown;
        }
      g_array_append_val (plain->keys, made);
    }
  OPENSSL_cleanse (&made, sizeof made);
  return same ? i - 1 : i;
}

bool
archive_plain_cipher (ArchivePlain *plain, SkSpan cipher, uint64_t length, const uint8_t *key,
                      size_t key_size, const uint8_t iv[16])
{
  if (length > cipher.size || cipher.size % 16 != 0 || (key_size != 16 && key_size != 32))
    return false;
  if (length == 0)
    return true;
  Segment segment = { .data = cipher.data, .place = plain->ciphers->len, .encrypted = true };
  if (!append (plain, length, &segment))
    return false;
  Cipher made = { .size = cipher.size, .key = key_index (plain, key, key_size) };
  memcpy (made.iv, iv, sizeof made.iv);
  g_array_append_val (plain->ciphers, made);
  return true;
}

uint64_t
archive_plain_size (const ArchivePlain *plain)
{
  return plain->size;
}

/* The last segment that begins at or before the offset. */
static guint
find (const ArchivePlain *plain, uint64_t offset)
{
  guint low = 0, high = plain->segments->len;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (plain->segments, Segment, middle).start <= offset)
        low = middle;
      else
        high = middle;
    }
  return low;
}

static uint64_t
end_of (const ArchivePlain *plain, guint i)
{
  return i + 1 < plain->segments->len ? g_array_index (plain->segments, Segment, i + 1).start
                                      : plain->size;
}

/* Sets the cipher up to decrypt segment `i` from the block at `at` on. */
static bool
seek (ArchivePlain *plain, guint i, uint64_t at)
{
  const Segment *segment = &g_array_index (plain->segments, Segment, i);
  const Cipher *cipher = &g_array_index (plain->ciphers, Cipher, segment->place);
  const Key *key = &g_array_index (plain->keys, Key, cipher->key);
  if (plain->current == i && plain->current_at == at)
    return true;
  plain->current = NOTHING;
  if (plain->context == NULL)
    plain->context = EVP_CIPHER_CTX_new ();
  if (plain->context == NULL
      || EVP_DecryptInit_ex (plain->context,
                             key->size == 32 ? EVP_aes_256_cbc () : EVP_aes_128_cbc (), NULL,
                             key->bytes, at == 0 ? cipher->iv : segment->data + at - 16)
             != 1
      || EVP_CIPHER_CTX_set_padding (plain->context, 0) != 1)
    return false;
  plain->current = i;
  plain->current_at = at;
  return true;
}

static SkSpan
decrypt (ArchivePlain *plain, guint i, uint64_t offset)
{
  const Segment *segment = &g_array_index (plain->segments, Segment, i);
  const Cipher *cipher = &g_array_index (plain->ciphers, Cipher, segment->place);
  uint64_t wanted = offset - segment->start, at = wanted & ~UINT64_C (15);
  size_t size = (size_t) MIN (cipher->size - at, (uint64_t) ARCHIVE_PLAIN_BLOCK);
  int out = 0;
  if (plain->block == NULL)
    plain->block = g_malloc (ARCHIVE_PLAIN_BLOCK);
  if (!seek (plain, i, at)
      || EVP_DecryptUpdate (plain->context, plain->block, &out, segment->data + at, (int) size) != 1
      || (size_t) out != size)
    {
      plain->current = NOTHING;
      return (SkSpan){ NULL, 0 };
    }
  plain->current_at = at + size;
  SkSpan all = { plain->block, (size_t) MIN (size, end_of (plain, i) - segment->start - at) };
  return sk_span_slice (all, (size_t) (wanted - at), SIZE_MAX);
}

SkSpan
archive_plain_peek (ArchivePlain *plain, uint64_t offset)
{
  if (offset >= plain->size)
    return (SkSpan){ NULL, 0 };
  guint i = find (plain, offset);
  const Segment *segment = &g_array_index (plain->segments, Segment, i);
  if (segment->encrypted)
    return decrypt (plain, i, offset);
  const uint8_t *data = segment->data != NULL ? segment->data : plain->memory->data + segment->place;
  return (SkSpan){ data + (offset - segment->start), (size_t) (end_of (plain, i) - offset) };
}

size_t
archive_plain_read (ArchivePlain *plain, uint64_t offset, void *buffer, size_t size)
{
  size_t done = 0;
  while (done < size)
    {
      SkSpan run = archive_plain_peek (plain, offset + done);
      if (run.size == 0)
        break;
      run.size = MIN (run.size, size - done);
      memcpy ((uint8_t *) buffer + done, run.data, run.size);
      done += run.size;
    }
  return done;
}
