/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Products that lock files and that nothing free opens: recognised, so that
 * the finding can name them and say whether there is a lock at all.
 *
 *   EGG  "EGGA"; at a file's header (E3 90 85 0A, 12 bytes) fields follow: u32 mark, u8 flags (1: sizes
 *        have 4 bytes), u16 size, content; 0F 47 D1 08 is encryption (first byte: method), 22 82 E2 08
 *        ends them
 *   ALZ  "ALZ" 01; a file is "BLZ" 01, its byte 11 has bit 0 when it is encrypted
 *   ATC  AttacheCase: at 4 "_AttacheCaseData", "_AttacheCase_Rsa" or "_Atc_Broken_Data"; a self-decrypting
 *        program has that behind its own end
 */
#include "config.h"

#include "archive-format.h"

/* How far behind the start the first file's header is looked for. */
#define HEAD ((size_t) 64 * 1024)
/* Of a program its last part is searched for what it carries. */
#define TAIL ((size_t) 64 * 1024 * 1024)
#define EGG_END 0x08e28222u
#define EGG_FILE 0x0a8590e3u
#define EGG_CRYPT 0x08d1470fu

static bool
begins (SkSpan bytes, const void *mark, size_t size)
{
  return bytes.size >= size && memcmp (bytes.data, mark, size) == 0;
}

static size_t
find (SkSpan bytes, const void *mark, size_t size)
{
  const uint8_t *at = bytes.size > 0 ? memmem (bytes.data, bytes.size, mark, size) : NULL;
  return at != NULL ? (size_t) (at - bytes.data) : bytes.size;
}

static void
tell (ArchiveLocked *locked, const char *product, const char *cipher, const char *reason)
{
  locked->facts.product = product;
  locked->facts.cipher = cipher;
  archive_locked_stop (locked, ARCHIVE_STATE_UNSUPPORTED, reason);
}

/* ---- EGG ---- */

static bool
take_egg_field (SkCursor *cursor, uint32_t *ret_mark, SkSpan *ret_content)
{
  uint8_t flags;
  uint16_t small;
  uint32_t size;
  if (!sk_cursor_take_u32le (cursor, ret_mark) || *ret_mark == EGG_END
      || !sk_cursor_take_u8 (cursor, &flags))
    return false;
  if ((flags & 1) != 0)
    return sk_cursor_take_u32le (cursor, &size) && sk_cursor_take (cursor, size, ret_content);
  return sk_cursor_take_u16le (cursor, &small) && sk_cursor_take (cursor, small, ret_content);
}

static void
look_at_egg (ArchiveLocked *locked)
{
  static const uint8_t file[] = { 0xe3, 0x90, 0x85, 0x0a };
  SkSpan head = sk_span_slice (locked->bytes, 0, HEAD), content;
  SkCursor c = sk_cursor (sk_span_slice (locked->bytes, find (head, file, sizeof file), HEAD));
  uint32_t mark;
  tell (locked, "EGG", "", "EGG: this format is not opened");
  if (!sk_cursor_skip (&c, 16))
    return;
  while (take_egg_field (&c, &mark, &content))
    if (mark == EGG_CRYPT)
      {
        static const char *const ciphers[]
            = { "ZipCrypto", "AES-128", "AES-256", "", "", "LEA-128", "LEA-256" };
        uint8_t method = content.size > 0 ? content.data[0] : 0xff;
        tell (locked, "EGG", method < G_N_ELEMENTS (ciphers) ? ciphers[method] : "",
              "EGG: encrypted, and this format is not opened");
      }
}

/* ---- ALZ ---- */

static void
look_at_alz (ArchiveLocked *locked)
{
  SkSpan head = sk_span_slice (locked->bytes, 0, HEAD);
  SkSpan file = sk_span_slice (head, find (head, "BLZ\x01", 4), SIZE_MAX);
  bool encrypted = file.size > 11 && (file.data[11] & 1) != 0;
  tell (locked, "ALZ", encrypted ? "ZipCrypto" : "",
        encrypted ? "ALZ: encrypted, and this format is not opened"
                  : "ALZ: this format is not opened");
}

/* ---- AttacheCase ---- */

static const char *const atc_marks[]
    = { "_AttacheCaseData", "_AttacheCase_Rsa", "_Atc_Broken_Data" };

static bool
is_atc (SkSpan bytes)
{
  for (size_t i = 0; i < G_N_ELEMENTS (atc_marks); i++)
    if (begins (bytes, atc_marks[i], strlen (atc_marks[i])))
      return true;
  return false;
}

/* The mark also stands in AttacheCase itself: what follows it is a version that a file may have. */
static bool
carries_atc (SkSpan program)
{
  SkSpan tail = program.size > TAIL ? sk_span_slice (program, program.size - TAIL, TAIL) : program;
  for (size_t i = 0; i < G_N_ELEMENTS (atc_marks); i++)
    for (SkSpan rest = tail; rest.size > 0;)
      {
        size_t at = find (rest, atc_marks[i], 16);
        SkCursor c = sk_cursor (sk_span_slice (rest, at, SIZE_MAX));
        uint32_t version;
        if (sk_cursor_skip (&c, 16) && sk_cursor_take_u32le (&c, &version)
            && (version == 105 || version == 130 || version == 140 || version == 150))
          return true;
        rest = sk_span_slice (rest, at + 1, SIZE_MAX);
      }
  return false;
}

void
archive_known_look (ArchiveLocked *locked, ArchivePayFunc pay, void *data)
{
  SkSpan bytes = locked->bytes;
  if (begins (bytes, "EGGA", 4))
    look_at_egg (locked);
  else if (begins (bytes, "ALZ\x01", 4))
    look_at_alz (locked);
  else if (is_atc (sk_span_slice (bytes, 4, SIZE_MAX)))
    tell (locked, "ATC", "AES-256", "AttacheCase: encrypted, and this format is not opened");
  else if (begins (bytes, "MZ", 2) && pay (MIN (bytes.size, TAIL) / 4096, data) && carries_atc (bytes))
    tell (locked, "ATC", "AES-256",
          "AttacheCase: a program that decrypts itself, and this format is not opened");
}
