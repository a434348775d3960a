/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writes zip archives for unit tests, header by header, so that each field can
 * be wrong by itself.
 */
#ifndef ZIP_MAKE_H
#define ZIP_MAKE_H

#include <glib.h>
#include <string.h>

static inline void
make_u16 (GByteArray *out, unsigned value)
{
  uint8_t bytes[2] = { (uint8_t) value, (uint8_t) (value >> 8) };
  g_byte_array_append (out, bytes, sizeof bytes);
}

static inline void
make_u32 (GByteArray *out, uint64_t value)
{
  make_u16 (out, (unsigned) (value & 0xffff));
  make_u16 (out, (unsigned) (value >> 16 & 0xffff));
}

static inline void
make_u64 (GByteArray *out, uint64_t value)
{
  make_u32 (out, value & 0xffffffff);
  make_u32 (out, value >> 32);
}

static inline void
make_text (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const uint8_t *) text, (guint) strlen (text));
}

/** What the headers say of a member. */
typedef struct MakeMember {
  const char *name;
  unsigned flags, method;
  uint32_t crc, packed, size;
} MakeMember;

static inline void
make_common (GByteArray *out, const MakeMember *m, size_t extra)
{
  make_u16 (out, 20);
  make_u16 (out, m->flags);
  make_u16 (out, m->method);
  make_u16 (out, 0x6b21);
  make_u16 (out, 0x5b79);
  make_u32 (out, m->crc);
  make_u32 (out, m->packed);
  make_u32 (out, m->size);
  make_u16 (out, (unsigned) strlen (m->name));
  make_u16 (out, (unsigned) extra);
}

/** Returns where it stands. */
static inline uint32_t
make_local (GByteArray *out, const MakeMember *m, const char *data)
{
  uint32_t place = out->len;
  make_text (out, "PK\3\4");
  make_common (out, m, 0);
  make_text (out, m->name);
  make_text (out, data);
  return place;
}

static inline uint32_t
make_central (GByteArray *out, const MakeMember *m, uint32_t local)
{
  uint32_t place = out->len;
  make_text (out, "PK\1\2");
  make_u16 (out, 20);
  make_common (out, m, 0);
  make_u16 (out, 0);
  make_u16 (out, 0);
  make_u16 (out, 0);
  make_u32 (out, 0);
  make_u32 (out, local);
  make_text (out, m->name);
  return place;
}

static inline void
make_end (GByteArray *out, unsigned count, uint64_t size, uint64_t place, const char *comment)
{
  make_text (out, "PK\5\6");
  make_u16 (out, 0);
  make_u16 (out, 0);
  make_u16 (out, count);
  make_u16 (out, count);
  make_u32 (out, size);
  make_u32 (out, place);
  make_u16 (out, (unsigned) strlen (comment));
  make_text (out, comment);
}

/** An archive with one stored member whose name is its content; places count from its beginning. */
static inline void
make_archive (GByteArray *out, const char *name)
{
  MakeMember m = { name, 0, 0, 0, (uint32_t) strlen (name), (uint32_t) strlen (name) };
  uint32_t start = out->len;
  make_local (out, &m, name);
  uint32_t directory = out->len;
  make_central (out, &m, 0);
  make_end (out, 1, out->len - directory, directory - start, "");
}

#endif
