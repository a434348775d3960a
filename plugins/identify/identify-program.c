/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What stands behind the signatures of machine code and byte code: enough of
 * each header to tell it from chance. Nothing past the header is read.
 */
#include "config.h"

#include "identify-content.h"

#include <glib.h>

/* IMAGE_DOS_HEADER: at 0x3C the place of the new header. There "PE\0\0" and a COFF header of 20
 * bytes, "NE" or "LE"/"LX". Anything else is at most a DOS program, which two letters do not
 * prove. */
IdType
id_check_mz (SkSpan bytes)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, 0x3c, 4));
  uint32_t place;
  if (!sk_cursor_take_u32le (&cursor, &place))
    return bytes.size >= 28 ? ID_DOS : ID_NONE;
  SkSpan head = sk_span_slice (bytes, place, 24);
  if (head.size == 24 && memcmp (head.data, "PE\0\0", 4) == 0)
    return ID_PE;
  if (place >= 0x40 && head.size >= 3 && memcmp (head.data, "NE", 2) == 0 && head.data[2] < 16)
    return ID_NE;
  if (place >= 0x40 && head.size >= 4
      && (memcmp (head.data, "LE\0\0", 4) == 0 || memcmp (head.data, "LX\0\0", 4) == 0))
    return ID_LE;
  return ID_DOS;
}

/* COFF object of a Microsoft or GNU tool for Windows: machine, at most 1,024 sections, symbol table
 * inside the file, no optional header. */
IdType
id_check_coff (SkSpan bytes)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, 2, 18));
  uint16_t sections, optional;
  uint32_t time, symbols, count;
  if (!sk_cursor_take_u16le (&cursor, &sections) || !sk_cursor_take_u32le (&cursor, &time)
      || !sk_cursor_take_u32le (&cursor, &symbols) || !sk_cursor_take_u32le (&cursor, &count)
      || !sk_cursor_take_u16le (&cursor, &optional))
    return ID_NONE;
  bool table = symbols >= 20 && symbols <= bytes.size && count <= (bytes.size - symbols) / 18;
  return sections >= 1 && sections <= 1024 && optional == 0 && table ? ID_COFF : ID_NONE;
}

typedef struct ElfHeader {
  bool wide, big;
  uint16_t type, n_segments, segment_size;
  uint64_t segments;
} ElfHeader;

static uint16_t
elf_half (SkSpan bytes, size_t offset, bool big)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, offset, 2));
  uint16_t value = 0;
  if (big)
    sk_cursor_take_u16be (&cursor, &value);
  else
    sk_cursor_take_u16le (&cursor, &value);
  return value;
}

static uint32_t
elf_word (SkSpan bytes, size_t offset, bool big)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, offset, 4));
  uint32_t value = 0;
  if (big)
    sk_cursor_take_u32be (&cursor, &value);
  else
    sk_cursor_take_u32le (&cursor, &value);
  return value;
}

/* A segment of type PT_INTERP (3) makes a position-independent file a program. */
static bool
elf_has_interpreter (SkSpan bytes, const ElfHeader *header)
{
  for (uint16_t i = 0; i < header->n_segments && i < 64; i++)
    {
      uint64_t place = header->segments + (uint64_t) i * header->segment_size;
      if (place > bytes.size || elf_word (bytes, (size_t) place, header->big) == 0)
        return false;
      if (elf_word (bytes, (size_t) place, header->big) == 3)
        return true;
    }
  return false;
}

/* e_ident: class 1 or 2, byte order 1 or 2, version 1; e_type at 16; program headers at 28/42 (32
 * bits) or 32/54 (64 bits). */
IdType
id_check_elf (SkSpan bytes)
{
  static const IdType kinds[]
      = { ID_ELF, ID_ELF_OBJECT, ID_ELF_EXECUTABLE, ID_ELF_SHARED, ID_ELF_CORE };
  if (bytes.size < 20 || bytes.data[4] < 1 || bytes.data[4] > 2 || bytes.data[5] < 1
      || bytes.data[5] > 2 || bytes.data[6] != 1)
    return ID_NONE;
  ElfHeader header = { .wide = bytes.data[4] == 2, .big = bytes.data[5] == 2 };
  header.type = elf_half (bytes, 16, header.big);
  if (header.type >= G_N_ELEMENTS (kinds))
    return ID_ELF;
  if (kinds[header.type] != ID_ELF_SHARED)
    return kinds[header.type];
  size_t low = header.big ? 4 : 0; /* the low half of a 64-bit place; none lies past 4 GiB */
  header.segments
      = header.wide ? elf_word (bytes, 32 + low, header.big) : elf_word (bytes, 28, header.big);
  header.segment_size = elf_half (bytes, header.wide ? 54 : 42, header.big);
  header.n_segments = elf_half (bytes, header.wide ? 56 : 44, header.big);
  return elf_has_interpreter (bytes, &header) ? ID_ELF_PIE : ID_ELF_SHARED;
}

/* mach_header: magic, cpu type (a small number, 0x01000000 for 64 bits), subtype, file type
 * 1-12. */
IdType
id_check_macho (SkSpan bytes)
{
  if (bytes.size < 28)
    return ID_NONE;
  bool big = bytes.data[0] == 0xfe;
  uint32_t cpu = elf_word (bytes, 4, big) & 0x00ffffff;
  uint32_t kind = elf_word (bytes, 12, big);
  return cpu >= 1 && cpu < 64 && kind >= 1 && kind <= 12 ? ID_MACHO : ID_NONE;
}

/* CA FE BA BE: a fat Mach-O has a count of architectures (below 40) and a known cpu type next; a
 * Java class has minor and major version, the latter at least 45. */
IdType
id_check_cafebabe (SkSpan bytes)
{
  if (bytes.size < 10)
    return ID_NONE;
  uint32_t count = elf_word (bytes, 4, true);
  uint32_t cpu = elf_word (bytes, 8, true) & 0x00ffffff;
  if (count >= 1 && count < 40)
    return bytes.size >= 28 && cpu >= 1 && cpu < 64 ? ID_MACHO_FAT : ID_NONE;
  uint16_t major = elf_half (bytes, 6, true);
  return bytes.data[3] == 0xbe && major >= 45 && major < 200 ? ID_JAVA_CLASS : ID_NONE;
}

/* Python: version, 0D 0A, then by version 4 (2.x), 8 (3.0-3.6) or 12 bytes (3.7 on), then a
 * marshalled code object, 'c', its top bit set when it may be referred to. */
IdType
id_check_pyc (SkSpan bytes)
{
  static const uint8_t places[] = { 8, 12, 16 };
  uint16_t version = elf_half (bytes, 0, false);
  bool known = (version >= 3000 && version < 4000) || (version >= 50823 && version <= 62211);
  if (!known)
    return ID_NONE;
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++)
    if (places[i] < bytes.size && (bytes.data[places[i]] & 0x7f) == 'c')
      return ID_PYC;
  return ID_NONE;
}
