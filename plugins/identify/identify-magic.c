/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Signatures of binary formats.
 *
 * One row a signature: where, which bytes, what it is, and where the bytes
 * alone could be chance, a check of the header behind them. All rows are
 * tried: a file may be two things at once. A signature of two bytes without a
 * check is WEAK. The formats are described by their own specifications; where
 * a row's bytes are not a published constant, the comment names their source.
 */
#include "config.h"

#include "identify-content.h"

#include <glib.h>

typedef struct Magic {
  uint16_t offset;
  uint8_t length;
  uint8_t strength;
  uint16_t type;
  IdType (*check) (SkSpan bytes); /* NULL: `type` stands; else its answer, ID_TEXT meaning `type` */
  const char *bytes;
} Magic;

/* The check's way to say "what the row says". */
#define ID_AS_SAID ID_TEXT

static bool
u16le_at (SkSpan bytes, size_t offset, uint16_t *ret_value)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, offset, 2));
  return sk_cursor_take_u16le (&cursor, ret_value);
}

static bool
u32le_at (SkSpan bytes, size_t offset, uint32_t *ret_value)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, offset, 4));
  return sk_cursor_take_u32le (&cursor, ret_value);
}

static bool
u32be_at (SkSpan bytes, size_t offset, uint32_t *ret_value)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, offset, 4));
  return sk_cursor_take_u32be (&cursor, ret_value);
}

static bool
has_at (SkSpan bytes, size_t offset, const char *text, size_t length)
{
  return offset <= bytes.size && length <= bytes.size - offset
         && memcmp (bytes.data + offset, text, length) == 0;
}

#define HAS_AT(bytes, offset, text) has_at (bytes, offset, text, sizeof (text) - 1)

/* ---- checks behind signatures ---- */

static IdType
check_riff (SkSpan bytes)
{
  if (HAS_AT (bytes, 8, "WEBP"))
    return ID_WEBP;
  if (HAS_AT (bytes, 8, "WAVE"))
    return ID_WAV;
  if (HAS_AT (bytes, 8, "AVI "))
    return ID_AVI;
  if (HAS_AT (bytes, 8, "ACON"))
    return ID_CUR;
  if (HAS_AT (bytes, 8, "RMID"))
    return ID_MIDI;
  return bytes.size >= 12 && g_ascii_isprint ((char) bytes.data[8]) ? ID_RIFF : ID_NONE;
}

/* BITMAPFILEHEADER: "BM", size, two reserved zeros, offset of the pixels; then the header's
 * size. */
static IdType
check_bmp (SkSpan bytes)
{
  uint32_t reserved, pixels, header;
  if (!u32le_at (bytes, 6, &reserved) || !u32le_at (bytes, 10, &pixels)
      || !u32le_at (bytes, 14, &header))
    return ID_NONE;
  bool known = header == 12 || header == 16 || header == 40 || header == 52 || header == 56
               || header == 64 || header == 108 || header == 124;
  return reserved == 0 && known && pixels >= 14 + header && pixels < 65536 ? ID_AS_SAID : ID_NONE;
}

/* ICONDIR: 0, 1 or 2, count; then entries of 16 bytes with a zero and a place in the file. */
static IdType
check_icon (SkSpan bytes)
{
  uint16_t kind, count;
  uint32_t size, offset;
  if (!u16le_at (bytes, 2, &kind) || !u16le_at (bytes, 4, &count) || !u32le_at (bytes, 14, &size)
      || !u32le_at (bytes, 18, &offset))
    return ID_NONE;
  bool good = count >= 1 && count <= 256 && bytes.data[9] == 0 && size >= 16
              && offset >= 6 + 16 * (uint32_t) count && offset < bytes.size;
  return good ? (kind == 1 ? ID_ICO : ID_CUR) : ID_NONE;
}

/* ISO base media: size, "ftyp", major brand. */
static IdType
check_ftyp (SkSpan bytes)
{
  static const struct {
    char brand[5];
    IdType type;
  } brands[] = { { "qt  ", ID_MOV },  { "M4A ", ID_M4A },  { "M4B ", ID_M4A },  { "heic", ID_HEIF },
                 { "heix", ID_HEIF }, { "mif1", ID_HEIF }, { "msf1", ID_HEIF }, { "hevc", ID_HEIF },
                 { "avif", ID_AVIF }, { "avis", ID_AVIF }, { "jp2 ", ID_JP2 } };
  for (size_t i = 0; i < G_N_ELEMENTS (brands); i++)
    if (has_at (bytes, 8, brands[i].brand, 4))
      return brands[i].type;
  return bytes.size >= 12 ? ID_MP4 : ID_NONE;
}

/* EBML: the DocType element (42 82, length) stands within the first bytes. */
static IdType
check_ebml (SkSpan bytes)
{
  SkSpan head = sk_span_slice (bytes, 0, 64);
  for (size_t i = 4; i + 3 < head.size; i++)
    if (head.data[i] == 0x42 && head.data[i + 1] == 0x82)
      return HAS_AT (head, i + 3, "webm") ? ID_WEBM : ID_MATROSKA;
  return ID_NONE;
}

/* MPEG audio frame header: sync, version and layer not reserved, bit rate and rate not reserved,
 * and the next frame begins where this one says. Layer III of version 1 is followed exactly. */
static IdType
check_mpeg_audio (SkSpan bytes)
{
  static const uint16_t rates[16]
      = { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0 };
  static const uint16_t hertz[4] = { 441, 480, 320, 0 };
  if (bytes.size < 4 || (bytes.data[1] & 0xfe) != 0xfa)
    return ID_NONE;
  uint32_t rate = rates[bytes.data[2] >> 4];
  uint32_t sampled = hertz[bytes.data[2] >> 2 & 3];
  if (rate == 0 || sampled == 0)
    return ID_NONE;
  size_t next = 1440 * rate / sampled + (bytes.data[2] >> 1 & 1);
  bool follows
      = next + 1 < bytes.size && bytes.data[next] == 0xff && (bytes.data[next + 1] & 0xfe) == 0xfa;
  return follows ? ID_AS_SAID : ID_NONE;
}

/* A transport stream: 0x47 at the beginning of each packet of 188 bytes. */
static IdType
check_mpeg_ts (SkSpan bytes)
{
  if (bytes.size < 188 * 4)
    return ID_NONE;
  for (size_t i = 1; i < 4; i++)
    if (bytes.data[188 * i] != 0x47)
      return ID_NONE;
  return ID_AS_SAID;
}

/* sfnt: version, number of tables, search range = 16 times the greatest power of two below. */
static IdType
check_sfnt (SkSpan bytes)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, 4, 4));
  uint16_t tables, range;
  if (!sk_cursor_take_u16be (&cursor, &tables) || !sk_cursor_take_u16be (&cursor, &range))
    return ID_NONE;
  unsigned power = 1;
  while (power * 2 <= tables)
    power *= 2;
  bool good = tables >= 1 && tables <= 256 && (range == 16 * power || range == 0);
  return good && bytes.size >= 12 + 16 * (size_t) tables ? ID_AS_SAID : ID_NONE;
}

/* Header of xz's predecessor: properties, dictionary size 2^n or 2^n + 2^(n-1), unpacked size. */
static IdType
check_lzma (SkSpan bytes)
{
  uint32_t dictionary, high;
  if (bytes.size < 18 || bytes.data[0] >= 225 || !u32le_at (bytes, 1, &dictionary)
      || !u32le_at (bytes, 9, &high))
    return ID_NONE;
  bool power = dictionary >= 4096 && (dictionary & (dictionary - 1)) == 0;
  bool size = high == 0xffffffff || high < 0x4000;
  return power && size && bytes.data[13] == 0 ? ID_AS_SAID : ID_NONE;
}

static IdType
check_bzip2 (SkSpan bytes)
{
  bool block = HAS_AT (bytes, 4, "\x31\x41\x59\x26\x53\x59")
               || HAS_AT (bytes, 4, "\x17\x72\x45\x38\x50\x90");
  return bytes.size > 3 && bytes.data[3] >= '1' && bytes.data[3] <= '9' && block ? ID_AS_SAID
                                                                                 : ID_NONE;
}

/* gzip: flags above 0x1f are reserved. */
static IdType
check_gzip (SkSpan bytes)
{
  return bytes.size >= 10 && bytes.data[3] < 0x20 ? ID_AS_SAID : ID_NONE;
}

/* zlib: the two bytes are a multiple of 31; the first block is not of the reserved kind, and a
 * stored one has a length that its complement confirms. */
static IdType
check_zlib (SkSpan bytes)
{
  if (bytes.size < 8 || ((unsigned) bytes.data[0] * 256 + bytes.data[1]) % 31 != 0)
    return ID_NONE;
  unsigned kind = bytes.data[2] >> 1 & 3;
  uint16_t length, complement;
  if (kind == 0 && u16le_at (bytes, 3, &length) && u16le_at (bytes, 5, &complement))
    return (length ^ complement) == 0xffff ? ID_AS_SAID : ID_NONE;
  return kind == 1 || kind == 2 ? ID_AS_SAID : ID_NONE;
}

static IdType
check_cab (SkSpan bytes)
{
  uint32_t reserved;
  return u32le_at (bytes, 4, &reserved) && reserved == 0 && bytes.size >= 36 ? ID_AS_SAID : ID_NONE;
}

/* LHA: header size, checksum, then "-lh?-", "-lz?-" or "-pm?-" at 2; level 0 to 3 at 20. */
static IdType
check_lha (SkSpan bytes)
{
  if (bytes.size < 22 || bytes.data[6] != '-' || bytes.data[20] > 3)
    return ID_NONE;
  const uint8_t *m = bytes.data + 3;
  bool known = (m[0] == 'l' && (m[1] == 'h' || m[1] == 'z')) || (m[0] == 'p' && m[1] == 'm');
  return known && g_ascii_isalnum ((char) m[2]) ? ID_AS_SAID : ID_NONE;
}

/* ARJ: 60 EA, size of the basic header (at most 2600); in it the first part's size, two versions,
 * host system, flags, security, file type: 2 in the main header. */
static IdType
check_arj (SkSpan bytes)
{
  uint16_t size;
  bool good = u16le_at (bytes, 2, &size) && size >= 30 && size <= 2600 && bytes.size >= 34
              && bytes.data[4] >= 30 && bytes.data[4] <= size && bytes.data[7] <= 11
              && bytes.data[10] == 2;
  return good ? ID_AS_SAID : ID_NONE;
}

/* LNK: header size 0x4C, then the CLSID of shortcuts. */
static IdType
check_lnk (SkSpan bytes)
{
  return HAS_AT (bytes, 4, "\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46") ? ID_AS_SAID : ID_NONE;
}

/* A classic capture: version 2.x after the magic, in the same byte order. */
static IdType
check_pcap (SkSpan bytes)
{
  uint16_t major;
  if (bytes.size < 24 || !u16le_at (bytes, 4, &major))
    return ID_NONE;
  return major == 2 || major == 0x0200 ? ID_AS_SAID : ID_NONE;
}

static IdType
check_pcapng (SkSpan bytes)
{
  return HAS_AT (bytes, 8, "\x4d\x3c\x2b\x1a") || HAS_AT (bytes, 8, "\x1a\x2b\x3c\x4d") ? ID_AS_SAID
                                                                                        : ID_NONE;
}

/* Compiled terminfo: magic, then five sizes of 16 bits; together no more than the file. */
static IdType
check_terminfo (SkSpan bytes)
{
  uint16_t names, booleans, numbers, strings, table;
  if (!u16le_at (bytes, 2, &names) || !u16le_at (bytes, 4, &booleans)
      || !u16le_at (bytes, 6, &numbers) || !u16le_at (bytes, 8, &strings)
      || !u16le_at (bytes, 10, &table))
    return ID_NONE;
  size_t number = bytes.data[1] == 0x02 ? 4 : 2;
  size_t total = (size_t) 12 + names + booleans + numbers * number + (size_t) strings * 2 + table;
  return names >= 2 && names < 512 && booleans < 256 && total <= bytes.size + 1 ? ID_AS_SAID
                                                                                : ID_NONE;
}

/* GNU mo: revision 0 or 1, and two tables inside the file. */
static IdType
check_mo (SkSpan bytes)
{
  bool big = bytes.data[0] == 0x95;
  uint32_t revision, original, translated;
  bool (*at) (SkSpan, size_t, uint32_t *) = big ? u32be_at : u32le_at;
  bool good = at (bytes, 4, &revision) && at (bytes, 12, &original) && at (bytes, 16, &translated)
              && revision >> 16 <= 1 && original >= 28 && original <= bytes.size
              && translated <= bytes.size;
  return good ? ID_AS_SAID : ID_NONE;
}

/* DER: a SEQUENCE whose length is the file's; signed or enveloped data begins with its OID. */
static IdType
check_der (SkSpan bytes)
{
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, 2, 2));
  uint16_t length;
  if (!sk_cursor_take_u16be (&cursor, &length) || (size_t) length + 4 != bytes.size)
    return ID_NONE;
  if (HAS_AT (bytes, 4, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"))
    return ID_PKCS7;
  return HAS_AT (bytes, 4, "\x30\x82") ? ID_DER : ID_NONE;
}

/* OpenPGP: an old-format public or secret key packet, version 3 or 4, known algorithm. */
static IdType
check_pgp_key (SkSpan bytes)
{
  if (bytes.size < 12 || (bytes.data[3] != 4 && bytes.data[3] != 3))
    return ID_NONE;
  uint8_t algorithm = bytes.data[3] == 4 ? bytes.data[8] : bytes.data[10];
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, 1, 2));
  uint16_t length;
  bool fits = sk_cursor_take_u16be (&cursor, &length) && (size_t) length + 3 < bytes.size;
  return fits && ((algorithm >= 1 && algorithm <= 3) || (algorithm >= 16 && algorithm <= 22))
             ? ID_AS_SAID
             : ID_NONE;
}

/* The same in the new format, tag 6 or 5: a length of one byte below 192, or of two. */
static IdType
check_pgp_new (SkSpan bytes)
{
  if (bytes.size < 16 || bytes.data[1] >= 224)
    return ID_NONE;
  const uint8_t *body = bytes.data + (bytes.data[1] < 192 ? 2 : 3);
  bool known = (body[5] >= 1 && body[5] <= 3) || (body[5] >= 16 && body[5] <= 28);
  return (body[0] == 4 || body[0] == 6) && known ? ID_AS_SAID : ID_NONE;
}

/* EMF: record 1, its size, ..., " EMF" at 40. */
static IdType
check_emf (SkSpan bytes)
{
  return HAS_AT (bytes, 40, " EMF") ? ID_AS_SAID : ID_NONE;
}

/* The sizes that a FAT's boot sector has to tell: bytes a sector, sectors a cluster, both powers of two;
 * reserved sectors, one to four tables, their size, the volume's, a kind of medium. */
static bool
is_fat (SkSpan bytes)
{
  uint16_t sector, reserved, table, sectors;
  uint32_t wide_table, wide_sectors;
  if (bytes.size < 512 || !u16le_at (bytes, 11, &sector) || !u16le_at (bytes, 14, &reserved)
      || !u16le_at (bytes, 22, &table) || !u16le_at (bytes, 19, &sectors)
      || !u32le_at (bytes, 36, &wide_table) || !u32le_at (bytes, 32, &wide_sectors))
    return false;
  uint8_t cluster = bytes.data[13], tables = bytes.data[16];
  return sector >= 512 && sector <= 4096 && (sector & (sector - 1)) == 0 && cluster != 0
         && (cluster & (cluster - 1)) == 0 && reserved != 0 && tables >= 1 && tables <= 4
         && (table != 0 || wide_table != 0) && (sectors != 0 || wide_sectors != 0)
         && bytes.data[21] >= 0xf0;
}

/* A volume that begins with a jump, as FAT does; whether its last two bytes are a mark or not, systems take
 * it. The table repeats the kind of medium. */
static IdType
check_fat (SkSpan bytes)
{
  uint16_t sector, reserved;
  if (!is_fat (bytes) || !u16le_at (bytes, 11, &sector) || !u16le_at (bytes, 14, &reserved))
    return ID_NONE;
  size_t table = (size_t) sector * reserved;
  bool repeated = bytes.size - table > 3 && table < bytes.size
                  && bytes.data[table] == bytes.data[21] && bytes.data[table + 1] == 0xff;
  return repeated ? ID_AS_SAID : ID_NONE;
}

/* A boot sector's last two bytes; the file system's name stands at a place of its own. */
static IdType
check_boot (SkSpan bytes)
{
  if (!HAS_AT (bytes, 510, "\x55\xaa"))
    return ID_NONE;
  if (HAS_AT (bytes, 3, "NTFS    "))
    return ID_NTFS;
  if (HAS_AT (bytes, 3, "-FVE-FS-") || HAS_AT (bytes, 3, "ReFS\0\0\0\0"))
    return ID_FILESYSTEM;
  bool fat = HAS_AT (bytes, 54, "FAT") || HAS_AT (bytes, 82, "FAT32") || HAS_AT (bytes, 3, "EXFAT");
  return fat || is_fat (bytes) ? ID_FAT : ID_BOOT;
}

/* Old and new tar alike: the header's checksum. The field itself counts as blanks. */
static IdType
check_tar (SkSpan bytes)
{
  if (bytes.size < 512)
    return ID_NONE;
  unsigned sum = 8 * ' ', said = 0;
  for (size_t i = 0; i < 512; i++)
    sum += i >= 148 && i < 156 ? 0 : bytes.data[i];
  for (size_t i = 148; i < 156; i++)
    if (bytes.data[i] >= '0' && bytes.data[i] <= '7')
      said = said * 8 + (unsigned) (bytes.data[i] - '0');
  return sum == said ? ID_AS_SAID : ID_NONE;
}

/* Ar members begin with a header of 60 bytes that ends in "`\n"; a Debian package's first is
 * debian-binary. */
IdType
id_check_ar (SkSpan bytes)
{
  if (HAS_AT (bytes, 8, "debian-binary"))
    return ID_DEB;
  return bytes.size == 8 || HAS_AT (bytes, 66, "`\n") ? ID_AR : ID_NONE;
}

/* Emacs and others write ";ELC" and a version of one byte. */
static IdType
check_elc (SkSpan bytes)
{
  return bytes.size > 8 && bytes.data[4] < 64 ? ID_AS_SAID : ID_NONE;
}

static IdType
check_flash (SkSpan bytes)
{
  return bytes.size > 8 && bytes.data[3] >= 1 && bytes.data[3] <= 64 ? ID_AS_SAID : ID_NONE;
}

static IdType
check_palm (SkSpan bytes)
{
  return HAS_AT (bytes, 60, "BOOKMOBI") ? ID_AS_SAID : ID_NONE;
}

/* TeX font metric: the file's length in words stands first, and is the sum of the parts. */
static IdType
check_tfm (SkSpan bytes)
{
  if (bytes.size < 24 || bytes.size % 4 != 0)
    return ID_NONE;
  SkCursor cursor = sk_cursor (sk_span_slice (bytes, 0, 24));
  uint16_t part[12];
  for (size_t i = 0; i < 12; i++)
    if (!sk_cursor_take_u16be (&cursor, &part[i]))
      return ID_NONE;
  unsigned sum = 6 + part[1] + (part[3] + 1u - part[2]);
  for (size_t i = 4; i < 12; i++)
    sum += part[i];
  return part[0] == sum && (size_t) sum * 4 == bytes.size ? ID_AS_SAID : ID_NONE;
}

/* .NET resources: magic, then header version 1 and a class name of a reader. */
static IdType
check_resources (SkSpan bytes)
{
  return HAS_AT (bytes, 4, "\1\0\0\0") ? ID_AS_SAID : ID_NONE;
}

/* glibc's locale categories: the magic is a date, xor'ed with the category's number below 13. */
static IdType
check_locale (SkSpan bytes)
{
  uint32_t magic, count;
  if (!u32le_at (bytes, 0, &magic) || !u32le_at (bytes, 4, &count))
    return ID_NONE;
  bool known = (magic ^ 0x20031115) < 16 || (magic ^ 0x20090720) < 16 || (magic ^ 0x20051014) < 16;
  return known && count < 1024 ? ID_AS_SAID : ID_NONE;
}

/* ---- the table ---- */

#define M(offset, bytes, type)                                                                     \
  {                                                                                                \
    offset, sizeof (bytes) - 1, SK_STRENGTH_CONTENT, ID_##type, NULL, bytes                        \
  }
#define C(offset, bytes, type, check)                                                              \
  {                                                                                                \
    offset, sizeof (bytes) - 1, SK_STRENGTH_CONTENT, ID_##type, check, bytes                       \
  }
#define W(offset, bytes, type)                                                                     \
  {                                                                                                \
    offset, sizeof (bytes) - 1, SK_STRENGTH_WEAK, ID_##type, NULL, bytes                           \
  }

static const Magic magics[] = {
  /* what runs */
  C (0, "MZ", PE, id_check_mz),
  C (0, "ZM", PE, id_check_mz),
  C (0,
     "\x7f"
     "ELF",
     ELF, id_check_elf),
  C (0, "\xfe\xed\xfa\xce", MACHO, id_check_macho),
  C (0, "\xfe\xed\xfa\xcf", MACHO, id_check_macho),
  C (0, "\xce\xfa\xed\xfe", MACHO, id_check_macho),
  C (0, "\xcf\xfa\xed\xfe", MACHO, id_check_macho),
  C (0, "\xca\xfe\xba\xbe", JAVA_CLASS, id_check_cafebabe),
  C (0, "\xca\xfe\xba\xbf", MACHO_FAT, id_check_cafebabe),
  C (0, "\x4c\x01", COFF, id_check_coff),
  C (0, "\x64\x86", COFF, id_check_coff),
  C (0, "\x64\xaa", COFF, id_check_coff),
  C (2, "\x0d\x0a", PYC, id_check_pyc),
  M (0, "dex\n03", DEX),
  M (0, "\0asm\1\0\0\0", WASM),
  C (0, ";ELC", ELC, check_elc),
  M (0, "\x1bLua", LUAC),
  M (0, "BC\xc0\xde", LLVM),
  M (0, "\xde\xc0\x17\x0b", LLVM),
  C (0, "\x4c\0\0\0", LNK, check_lnk),
  C (0, "FWS", FLASH, check_flash),
  C (0, "CWS", FLASH, check_flash),
  C (0, "ZWS", FLASH, check_flash),
  C (0, "!<arch>\n", AR, id_check_ar),
  M (0, "!<thin>\n", AR),
  M (0, "\xed\xab\xee\xdb", RPM),
  M (0, "PPU20", FPC_UNIT),
  M (0, "Caml1999", OCAML),
  M (0, "\x84\x95\xa6\xbe", OCAML),
  /* zip, compound file, documents */
  C (0, "PK\3\4", ZIP, id_check_zip),
  C (0, "PK\5\6", ZIP, id_check_zip),
  C (0, "PK00PK\3\4", ZIP, id_check_zip),
  C (0, "PK\7\x8PK\3\4", ZIP, id_check_zip),
  C (0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", CFB, id_check_cfb),
  M (0, "JM\1\0PK\3\4", JMOD),
  M (0, "\xda\xda\xfe\xca", JIMAGE),
  M (0, "\xca\xfe\xda\xda", JIMAGE),
  M (0, "{\\rt", RTF),
  M (0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", ONENOTE),
  M (0, "\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", ONENOTE),
  M (0, "ITSF\3\0\0\0", CHM),
  M (0, "ITSF\2\0\0\0", CHM),
  M (0, "\x3f\x5f\3\0", HLP),
  M (0, "\xf7\2\1\x83\x92\xc0\x1c\x3b", DVI),
  M (0, "AT&TFORM", DJVU),
  C (60, "BOOKMOBI", MOBI, check_palm),
  M (0, "\x78\x9f\x3e\x22", TNEF),
  /* archives and compressors */
  M (0, "7z\xbc\xaf\x27\x1c", SEVENZIP),
  M (0, "Rar!\x1a\7\0", RAR4),
  M (0, "Rar!\x1a\7\1\0", RAR),
  C (0, "\x1f\x8b\x8", GZIP, check_gzip),
  C (0, "BZh", BZIP2, check_bzip2),
  M (0,
     "\xfd"
     "7zXZ\0",
     XZ),
  C (0, "\x5d\0\0", LZMA, check_lzma),
  M (0, "LZIP\1", LZIP),
  M (0, "\x89LZO\0\x0d\x0a\x1a\x0a", LZOP),
  M (0, "\x28\xb5\x2f\xfd", ZSTD),
  M (0, "\4\x22\x4d\x18", LZ4),
  M (0, "\2\x21\x4c\x18", LZ4),
  W (0, "\x1f\x9d", COMPRESS),
  C (0, "x\1", ZLIB, check_zlib),
  C (0, "x\x5e", ZLIB, check_zlib),
  C (0, "x\x9c", ZLIB, check_zlib),
  C (0, "x\xda", ZLIB, check_zlib),
  C (0, "MSCF", CAB, check_cab),
  M (0, "ISc(", ISCAB),
  C (257, "ustar", TAR, check_tar),
  M (0, "070701", CPIO),
  M (0, "070702", CPIO),
  M (0, "070707", CPIO),
  W (0, "\xc7\x71", CPIO),
  W (0, "\x71\xc7", CPIO),
  C (2, "-lh", LHA, check_lha),
  C (2, "-lz", LHA, check_lha),
  C (2, "-pm", LHA, check_lha),
  C (0, "\x60\xea", ARJ, check_arj),
  M (7, "**ACE**", ACE),
  M (20, "\xdc\xa7\xc4\xfd", ZOO),
  M (0, "xar!\0", XAR),
  M (0, "EGGA\0\1", EGG),
  M (0, "\0\5\x16\7\0\2\0\0", APPLEDOUBLE),
  M (0, "\0\5\x16\0\0\2\0\0", APPLESINGLE),
  /* disks */
  M (0, "conectix", VHD),
  M (0, "vhdxfile", VHDX),
  M (0, "KDMV", VMDK),
  M (0, "COWD\1\0\0\0", VMDK),
  M (0, "# Disk DescriptorFile", VMDK),
  M (64, "\x7f\x10\xda\xbe", VDI),
  M (0, "QFI\xfb", QCOW),
  M (0, "MSWIM\0\0\0", WIM),
  M (0, "WLPWM\0\0\0", WIM),
  M (0, "encrcdsa", DMG),
  M (0, "hsqs", SQUASHFS),
  C (510, "\x55\xaa", BOOT, check_boot),
  C (0, "\xeb", FAT, check_fat),
  C (0, "\xe9", FAT, check_fat),
  M (512, "EFI PART\0\0\1\0", BOOT),
  M (4096, "EFI PART\0\0\1\0", BOOT),
  M (512, "PM\0\0\0\0", BOOT),
  /* file systems that nothing here reads: known, so that they are not taken for some bytes */
  M (0, "LUKS\xba\xbe", FILESYSTEM),
  M (1024, "H+\0\4", FILESYSTEM),
  M (1024, "HX\0\5", FILESYSTEM),
  M (32, "NXSB", FILESYSTEM),
  M (0, "XFSB\0\0", FILESYSTEM),
  M (1024, "\x10\x20\xf5\xf2", FILESYSTEM),
  M (1024, "\xe2\xe1\xf5\xe0", FILESYSTEM),
  M (512, "LABELONE", FILESYSTEM),
  M (32768, "JFS1", FILESYSTEM),
  M (3, "ReFS\0\0\0\0", FILESYSTEM),
  M (3, "-FVE-FS-", FILESYSTEM),
  M (0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", FILESYSTEM), /* a CD's raw sectors */
  /* images */
  M (0, "\x89PNG\x0d\x0a\x1a\x0a", PNG),
  M (0, "\xff\xd8\xff", JPEG),
  M (0, "GIF87a", GIF),
  M (0, "GIF89a", GIF),
  C (0, "BM", BMP, check_bmp),
  C (0, "RIFF", RIFF, check_riff),
  M (0, "II*\0", TIFF),
  M (0, "MM\0*", TIFF),
  M (0, "II+\0\x8\0\0\0", TIFF),
  M (0, "MM\0+\0\x8\0\0", TIFF),
  C (0, "\0\0\1\0", ICO, check_icon),
  C (0, "\0\0\2\0", CUR, check_icon),
  M (0, "8BPS\0\1", PSD),
  M (0, "8BPS\0\2", PSD),
  M (0, "\0\0\0\x0cjP  \x0d\x0a\x87\x0a", JP2),
  M (0, "gimp xcf ", XCF),
  M (0, "icns\0", ICNS),
  C (0, "\1\0\0\0", EMF, check_emf),
  M (0, "\xd7\xcd\xc6\x9a\0\0", WMF),
  M (0, "DDS \x7c\0\0\0", DDS),
  M (0, "Xcur\x10\0\0\0", XCURSOR),
  /* sound and film */
  M (0, "ID3\2\0", MP3),
  M (0, "ID3\3\0", MP3),
  M (0, "ID3\4\0", MP3),
  C (0, "\xff", MP3, check_mpeg_audio),
  M (0, "OggS\0", OGG),
  M (0, "fLaC\0", FLAC),
  M (8, "AIFF", AIFF),
  M (8, "AIFC", AIFF),
  M (0, ".snd\0\0\0", AU),
  M (0, "MThd\0\0\0\6", MIDI),
  M (0, "#!AMR", AMR),
  C (4, "ftyp", MP4, check_ftyp),
  C (0, "\x1a\x45\xdf\xa3", MATROSKA, check_ebml),
  M (0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", ASF),
  M (0, "FLV\1", FLV),
  M (0, "\0\0\1\xba", MPEG),
  M (0, "\0\0\1\xb3", MPEG),
  C (0, "\x47", MPEG_TS, check_mpeg_ts),
  /* fonts */
  C (0, "\0\1\0\0", TTF, check_sfnt),
  C (0, "true", TTF, check_sfnt),
  C (0, "OTTO", OTF, check_sfnt),
  M (0, "ttcf\0\1\0\0", TTC),
  M (0, "ttcf\0\2\0\0", TTC),
  M (0, "wOFF\0\1\0\0", WOFF),
  M (0, "wOFFOTTO", WOFF),
  M (0, "wOF2\0\1\0\0", WOFF2),
  M (0, "wOF2OTTO", WOFF2),
  M (0, "\1fcp", PCF),
  M (0, "\x72\xb5\x4a\x86", PSF),
  W (0, "\x36\4", PSF),
  M (0, "FILE\0\0\0\4PFF2", PF2),
  M (6, "%!PS-AdobeFont", TYPE1),
  M (0, "%!PS-AdobeFont", TYPE1),
  M (0, "%!FontType1", TYPE1),
  M (0, "STARTFONT 2", BDF),
  M (34, "LP\0\0\0\0", EOT),
  M (0, "\xf7\x59", TEX_FONT),
  M (0, "\xf7\x83", TEX_FONT),
  M (0, "\xf7\xca", TEX_FONT),
  C (0, "\0", TEX_FONT, check_tfm),
  /* records and databases */
  M (0, "SQLite format 3\0", SQLITE),
  M (12, "\0\5\x31\x62", BDB),
  M (12, "\x62\x31\5\0", BDB),
  M (12, "\0\6\x15\x61", BDB),
  M (12, "\x61\x15\6\0", BDB),
  M (0, "\x61\x15\6\0\0\0\0", BDB),
  M (0, "\x13\x57\x9a", GDBM),
  M (0, "\xce\x9a\x57\x13", GDBM),
  M (0, "\xcf\x9a\x57\x13", GDBM),
  M (0, "\xcd\x9a\x57\x13", GDBM),
  M (4, "Standard Jet DB\0", JET),
  M (4, "Standard ACE DB\0", JET),
  M (4, "\xef\xcd\xab\x89", ESE),
  M (0, "!BDN", PST),
  M (0, "\xcf\xad\x12\xfe", DBX),
  C (0, "\xd4\xc3\xb2\xa1", PCAP, check_pcap),
  C (0, "\xa1\xb2\xc3\xd4", PCAP, check_pcap),
  C (0, "\x4d\x3c\xb2\xa1", PCAP, check_pcap),
  C (0, "\xa1\xb2\x3c\x4d", PCAP, check_pcap),
  C (0, "\x0a\x0d\x0d\x0a", PCAPNG, check_pcapng),
  M (0, "ElfFile\0", EVTX),
  M (0, "\x30\0\0\0LfLe", EVT),
  M (0, "regf", REGF),
  M (0, "MAM\4", PREFETCH),
  M (4, "SCCA", PREFETCH),
  M (0, "MDMP\x93\xa7", MINIDUMP),
  M (0, "PAGEDU", MINIDUMP),
  M (0,
     "Microsoft C/C++ MSF 7.00\x0d\x0a\x1a"
     "DS",
     PDB),
  M (0, "BSJB\1\0\1\0", PDB),
  C (0, "\x30\x82", DER, check_der),
  C (0, "\x99", PGP_KEYS, check_pgp_key),
  C (0, "\x95", PGP_KEYS, check_pgp_key),
  C (0, "\xc6", PGP_KEYS, check_pgp_new),
  C (0, "\xc5", PGP_KEYS, check_pgp_new),
  M (0, "\x85\1\x0c\3", PGP_DATA),
  M (0, "\x85\2\x0c\3", PGP_DATA),
  M (0, "\xfe\xed\xfe\xed\0\0\0", JKS),
  M (0, "\3\xd9\xa2\x9a\x67\xfb\x4b\xb5", KDBX),
  C (0, "\x1a\1", TERMINFO, check_terminfo),
  C (0, "\x1e\2", TERMINFO, check_terminfo),
  C (0, "\xde\x12\4\x95", MO, check_mo),
  C (0, "\x95\4\x12\xde", MO, check_mo),
  M (0, "TZif", TZIF),
  C (3, "\x20", LOCALE, check_locale),
  M (0, "YARA\0", YARA_RULES),
  M (0, "YARA\x14", YARA_RULES),
  M (0, "PACK\0\0\0\2", GIT),
  M (0, "DIRC\0\0\0", GIT),
  M (0, "\xfftOc\0\0\0\2", GIT),
  M (0, "LPKSHHRH", JOURNAL),
  M (0, "bplist0", PLIST),
  M (0, "\xd0\x0d\xfe\xed", DTB),
  M (0, "\x93NUMPY", NUMPY),
  M (0, "\x80\4\x95", PICKLE),
  M (0, "\x89HDF\x0d\x0a\x1a\x0a", HDF5),
  M (0, "d8:announce", TORRENT),
  M (0, "\xac\xed\0\5", JAVA_OBJECT),
  C (0, "\xce\xca\xef\xbe", DOTNET_RESOURCES, check_resources),
  M (0, "gpch", GCC_PCH),
  M (0, "\0\0\0\1Bud1", DSSTORE),
  /* what programs compile for themselves; magics as they stand in the files of Debian packages */
  M (0, "GVariant", COMPILED),
  M (0, "GOBJ\nMETADATA\x0d\x0a\x1a", COMPILED),
  M (0, "KSLPHHRH", COMPILED),
  M (0, "RHHHKSLP", COMPILED),
  M (0, "\xb0\7\xf4\x57", COMPILED),
  M (0, "\x1c\4\x1e\xf1", COMPILED),
  M (0, "\xf1\x1e\4\x1c", COMPILED),
  M (0, "VIMspell", COMPILED),
  M (0, "glibc-ld.so.cache", COMPILED),
  M (0, "ld.so-1.7.0", COMPILED),
  M (0, "\x24\3\1\x20", COMPILED),
  M (0, "\xf9\x7c\xff\x8f", COMPILED),
  M (4, "\xda\x27\x10\x20", COMPILED),
};

static void
try_magic (const Magic *magic, SkSpan bytes, IdContent *content)
{
  IdType type = (IdType) magic->type;
  if (magic->check != NULL)
    {
      IdType closer = magic->check (bytes);
      if (closer == ID_NONE)
        return;
      if (closer != ID_AS_SAID)
        type = closer;
    }
  id_content_add (content, type, type == ID_DOS ? SK_STRENGTH_WEAK : (SkStrength) magic->strength);
}

void
id_magic (SkSpan bytes, IdContent *content)
{
  for (size_t i = 0; i < G_N_ELEMENTS (magics); i++)
    if (has_at (bytes, magics[i].offset, magics[i].bytes, magics[i].length))
      try_magic (&magics[i], bytes, content);
}
