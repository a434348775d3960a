/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The readers of list sources. A line that is none of what it could be is
 * noted with its number and passed over: one bad line of a feed does not cost
 * the others.
 */
#include "config.h"

#include "hash-parse.h"

#define MAX_FIELDS 64
#define MAX_RECORD (64 * 1024)
#define MAX_SOURCE_NAME 128
#define SECONDS_A_DAY 86400

typedef enum Format { FORMAT_TEXT, FORMAT_CSV, FORMAT_CLAMAV } Format;

/* Which column holds what; -1: none. */
typedef struct Columns {
  bool known, nsrl;
  int digest[HASH_N_ALGORITHMS], any_digest, label;
} Columns;

typedef struct Parser {
  HashBuilder *builder;
  uint32_t line;
  /* what the metadata lines have said */
  char *source;
  int64_t expires; /* 0: nothing yet */
  HashKind kind;   /* 0: nothing yet */
  bool block_known;
  uint32_t block;
  Columns columns;
  bool in_side_file;
  bool full; /* a maximum is reached */
} Parser;

/* ---- words ---- */

static SkSpan
trim (SkSpan text)
{
  while (text.size > 0 && g_ascii_isspace ((char) text.data[0]))
    text = sk_span_slice (text, 1, text.size);
  while (text.size > 0 && g_ascii_isspace ((char) text.data[text.size - 1]))
    text.size--;
  return text;
}

static bool
begins_fold (SkSpan text, const char *with)
{
  size_t length = strlen (with);
  return text.size >= length && g_ascii_strncasecmp ((const char *) text.data, with, length) == 0;
}

static bool
algorithm_of_length (size_t digits, HashAlgorithm *ret_algorithm)
{
  for (int i = 0; i < HASH_N_ALGORITHMS; i++)
    if (digits == 2 * hash_digest_size ((HashAlgorithm) i))
      {
        *ret_algorithm = (HashAlgorithm) i;
        return true;
      }
  return false;
}

/* The value of a hexadecimal digit, or -1. A list of millions has hundreds of millions of them. */
static inline int
digit (uint8_t byte)
{
  if (byte >= '0' && byte <= '9')
    return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* A hash in hexadecimal; its length tells which. */
static bool
parse_digest (SkSpan text, HashAlgorithm *ret_algorithm, uint8_t *ret_digest)
{
  if (!algorithm_of_length (text.size, ret_algorithm))
    return false;
  for (size_t i = 0; i < text.size / 2; i++)
    {
      int high = digit (text.data[2 * i]), low = digit (text.data[2 * i + 1]);
      if (high < 0 || low < 0)
        return false;
      ret_digest[i] = (uint8_t) (high * 16 + low);
    }
  return true;
}

static bool
parse_number (SkSpan text, uint64_t *ret_value)
{
  uint64_t value = 0;
  if (text.size == 0 || text.size > 18)
    return false;
  for (size_t i = 0; i < text.size; i++)
    {
      if (!g_ascii_isdigit ((char) text.data[i]))
        return false;
      value = value * 10 + (uint64_t) (text.data[i] - '0');
    }
  *ret_value = value;
  return true;
}

/* ---- metadata ---- */

/* `YYYY-MM-DD`: the first second after that day. */
static bool
parse_day (SkSpan text, int64_t *ret_end)
{
  uint64_t year, month, day;
  if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-'
      || !parse_number (sk_span_slice (text, 0, 4), &year)
      || !parse_number (sk_span_slice (text, 5, 2), &month)
      || !parse_number (sk_span_slice (text, 8, 2), &day) || year < 1970)
    return false;
  g_autoptr (GDateTime) begin = g_date_time_new_utc ((int) year, (int) month, (int) day, 0, 0, 0);
  if (begin == NULL)
    return false;
  *ret_end = g_date_time_to_unix (begin) + SECONDS_A_DAY;
  return true;
}

static bool
set_kind (Parser *parser, SkSpan value)
{
  if (value.size == 4 && begins_fold (value, "deny"))
    parser->kind = HASH_DENY;
  else if (value.size == 5 && begins_fold (value, "allow"))
    parser->kind = HASH_ALLOW;
  else
    return false;
  return true;
}

static bool
set_source (Parser *parser, SkSpan value)
{
  if (value.size == 0 || value.size > MAX_SOURCE_NAME
      || !g_utf8_validate_len ((const char *) value.data, value.size, NULL))
    return false;
  g_free (parser->source);
  parser->source = g_strndup ((const char *) value.data, value.size);
  return true;
}

/* A comment that may say something of the entries that follow. */
static void
take_meta (Parser *parser, SkSpan line)
{
  while (line.size > 0 && (line.data[0] == '#' || g_ascii_isspace ((char) line.data[0])))
    line = sk_span_slice (line, 1, line.size);
  bool good;
  if (begins_fold (line, "source:"))
    good = set_source (parser, trim (sk_span_slice (line, 7, line.size)));
  else if (begins_fold (line, "expires:"))
    good = parse_day (trim (sk_span_slice (line, 8, line.size)), &parser->expires);
  else if (begins_fold (line, "kind:"))
    good = set_kind (parser, trim (sk_span_slice (line, 5, line.size)));
  else
    return;
  parser->block_known = false;
  if (!good)
    hash_builder_note (parser->builder, parser->line,
                       parser->in_side_file ? HASH_NOTE_BAD_SIDE : HASH_NOTE_BAD_META);
}

/* The block of the entries from here on. */
static bool
find_block (Parser *parser)
{
  if (parser->block_known)
    return true;
  HashKind kind = parser->kind;
  if (kind == 0 && !parser->columns.nsrl)
    kind = HASH_DENY;
  if (parser->source == NULL || parser->expires == 0 || kind == 0)
    {
      hash_builder_note (parser->builder, parser->line, HASH_NOTE_UNKNOWN);
      return false;
    }
  parser->block_known
      = hash_builder_block (parser->builder, parser->source, kind, parser->expires, &parser->block);
  parser->full |= !parser->block_known;
  return parser->block_known;
}

static void
add (Parser *parser, HashAlgorithm algorithm, const uint8_t *digest, uint64_t size, SkSpan label)
{
  if (!find_block (parser))
    return;
  if (!hash_builder_add (parser->builder, algorithm, digest, size, parser->block, label,
                         parser->line))
    parser->full = true;
}

static void
bad_line (Parser *parser)
{
  hash_builder_note (parser->builder, parser->line, HASH_NOTE_BAD_LINE);
}

/* ---- plain text ---- */

/* The digest that the text begins with, and what stands behind it and its separator. */
static bool
take_digest (SkSpan text, HashAlgorithm *ret_algorithm, uint8_t *ret_digest, SkSpan *ret_rest)
{
  size_t digits = 0;
  while (digits < text.size && digit (text.data[digits]) >= 0)
    digits++;
  bool ends = digits == text.size || g_ascii_isspace ((char) text.data[digits])
              || text.data[digits] == ',' || text.data[digits] == ';' || text.data[digits] == '#';
  if (!ends || !parse_digest (sk_span_slice (text, 0, digits), ret_algorithm, ret_digest))
    return false;
  SkSpan rest = trim (sk_span_slice (text, digits, text.size));
  if (rest.size > 0 && memchr (",;#*", rest.data[0], 4) != NULL)
    rest = trim (sk_span_slice (rest, 1, rest.size));
  *ret_rest = rest;
  return true;
}

/* A second hash is none of the first one's label: several hashes of one content, or of several
 * (a list whose lines end in CR alone is one line). The label is what stands behind all. */
static void
text_line (Parser *parser, SkSpan line)
{
  HashAlgorithm algorithm;
  uint8_t digest[HASH_MAX_DIGEST];
  SkSpan label = line, rest = line;
  while (take_digest (label, &algorithm, digest, &label))
    continue;
  if (!take_digest (line, &algorithm, digest, &rest))
    {
      bad_line (parser);
      return;
    }
  add (parser, algorithm, digest, HASH_ANY_SIZE, label);
  while (!parser->full && take_digest (rest, &algorithm, digest, &rest))
    add (parser, algorithm, digest, HASH_ANY_SIZE, label);
}

/* ---- ClamAV ---- */

/* hash ":" size ":" name [":" levels] */
static void
clamav_line (Parser *parser, SkSpan line)
{
  SkSpan fields[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
  size_t field = 0, begin = 0;
  for (size_t i = 0; i <= line.size && field < 3; i++)
    if (i == line.size || line.data[i] == ':')
      {
        fields[field++] = sk_span_slice (line, begin, i - begin);
        begin = i + 1;
      }
  HashAlgorithm algorithm;
  uint8_t digest[HASH_MAX_DIGEST];
  uint64_t size = HASH_ANY_SIZE;
  bool any = fields[1].size == 1 && fields[1].data[0] == '*';
  if (field < 3 || fields[2].size == 0 || !parse_digest (fields[0], &algorithm, digest)
      || (!any && !parse_number (fields[1], &size)))
    bad_line (parser);
  else
    add (parser, algorithm, digest, size, fields[2]);
}

/* ---- CSV (RFC 4180, and `;`) ---- */

typedef struct CsvRecord {
  SkSpan fields[MAX_FIELDS];
  size_t n_fields;
  uint8_t buffer[MAX_RECORD]; /* what the quotes held */
  size_t used;
} CsvRecord;

/* A quoted field, its quotes taken off. False when it does not end. */
static bool
csv_quoted (SkCursor *cursor, CsvRecord *record, SkSpan *ret_field)
{
  uint8_t byte;
  size_t begin = record->used;
  while (sk_cursor_take_u8 (cursor, &byte))
    {
      if (byte == '"')
        {
          if (sk_cursor_left (cursor) == 0 || cursor->pos[0] != '"')
            {
              *ret_field = (SkSpan){ record->buffer + begin, record->used - begin };
              return true;
            }
          sk_cursor_skip (cursor, 1);
        }
      if (record->used == sizeof (record->buffer))
        return false;
      record->buffer[record->used++] = byte;
    }
  return false;
}

static bool
is_separator (uint8_t byte)
{
  return byte == ',' || byte == ';' || byte == '\t';
}

static SkSpan
csv_bare (SkCursor *cursor)
{
  SkSpan field = { cursor->pos, 0 };
  while (sk_cursor_left (cursor) > 0 && !is_separator (cursor->pos[0]) && cursor->pos[0] != '\n')
    {
      field.size++;
      sk_cursor_skip (cursor, 1);
    }
  return field;
}

/* One record up to and with its line end. False when a quote does not end or there is too much. */
static bool
csv_record (SkCursor *cursor, CsvRecord *record)
{
  record->n_fields = 0;
  record->used = 0;
  for (;;)
    {
      SkSpan field;
      while (sk_cursor_left (cursor) > 0 && cursor->pos[0] == ' ')
        sk_cursor_skip (cursor, 1);
      if (sk_cursor_left (cursor) > 0 && cursor->pos[0] == '"')
        {
          sk_cursor_skip (cursor, 1);
          if (!csv_quoted (cursor, record, &field))
            return false;
          SkSpan rest = trim (csv_bare (cursor));
          if (rest.size > 0)
            return false;
        }
      else
        field = csv_bare (cursor);
      if (record->n_fields == MAX_FIELDS)
        return false;
      record->fields[record->n_fields++] = trim (field);
      uint8_t byte;
      if (!sk_cursor_take_u8 (cursor, &byte) || byte == '\n')
        return true;
    }
}

/* A column's name without anything but letters and digits, in lower case. */
static void
plain_name (SkSpan field, char *buffer, size_t size)
{
  size_t used = 0;
  for (size_t i = 0; i < field.size && used + 1 < size; i++)
    if (g_ascii_isalnum ((char) field.data[i]))
      buffer[used++] = g_ascii_tolower ((char) field.data[i]);
  buffer[used] = '\0';
}

static void
name_column (Columns *columns, const char *name, int index)
{
  static const struct {
    const char *name;
    HashAlgorithm algorithm;
  } digests[]
      = { { "md5", HASH_MD5 },       { "md5hash", HASH_MD5 },       { "filemd5", HASH_MD5 },
          { "sha1", HASH_SHA1 },     { "sha1hash", HASH_SHA1 },     { "filesha1", HASH_SHA1 },
          { "sha256", HASH_SHA256 }, { "sha256hash", HASH_SHA256 }, { "filesha256", HASH_SHA256 } };
  static const char *const labels[]
      = { "signature", "malware", "family",      "malwarefamily", "threat",   "threatname",
          "label",     "name",    "description", "detection",     "filename", "comment" };
  for (size_t i = 0; i < G_N_ELEMENTS (digests); i++)
    if (strcmp (name, digests[i].name) == 0)
      columns->digest[digests[i].algorithm] = index;
  if (strcmp (name, "hash") == 0 || strcmp (name, "filehash") == 0
      || strcmp (name, "indicator") == 0 || strcmp (name, "value") == 0
      || strcmp (name, "ioc") == 0)
    columns->any_digest = index;
  for (size_t i = 0; i < G_N_ELEMENTS (labels); i++)
    if (columns->label < 0 && strcmp (name, labels[i]) == 0)
      columns->label = index;
  columns->nsrl |= strcmp (name, "productcode") == 0 || strcmp (name, "opsystemcode") == 0;
}

/* A record is the columns' names when one of them names a hash and none is one. */
static bool
csv_header (Parser *parser, const CsvRecord *record)
{
  Columns columns = { .digest = { -1, -1, -1 }, .any_digest = -1, .label = -1 };
  for (size_t i = 0; i < record->n_fields; i++)
    {
      char name[32];
      HashAlgorithm algorithm;
      uint8_t digest[HASH_MAX_DIGEST];
      if (parse_digest (record->fields[i], &algorithm, digest))
        return false;
      plain_name (record->fields[i], name, sizeof (name));
      name_column (&columns, name, (int) i);
    }
  columns.known = columns.digest[0] >= 0 || columns.digest[1] >= 0 || columns.digest[2] >= 0
                  || columns.any_digest >= 0;
  if (columns.known)
    {
      parser->columns = columns;
      parser->block_known = false;
    }
  return columns.known;
}

static bool
field_digest (const CsvRecord *record, int column, HashAlgorithm *ret_algorithm,
              uint8_t *ret_digest)
{
  return column >= 0 && (size_t) column < record->n_fields
         && parse_digest (record->fields[column], ret_algorithm, ret_digest);
}

/* The strongest hash of a record: by the named columns, else of all its fields. */
static bool
strongest (const Columns *columns, const CsvRecord *record, HashAlgorithm *ret_algorithm,
           uint8_t *ret_digest)
{
  for (int i = HASH_N_ALGORITHMS - 1; i >= 0; i--)
    if (field_digest (record, columns->digest[i], ret_algorithm, ret_digest)
        && (int) *ret_algorithm == i)
      return true;
  if (columns->known)
    return field_digest (record, columns->any_digest, ret_algorithm, ret_digest);
  for (int wanted = HASH_N_ALGORITHMS - 1; wanted >= 0; wanted--)
    for (size_t i = 0; i < record->n_fields; i++)
      if (field_digest (record, (int) i, ret_algorithm, ret_digest)
          && (int) *ret_algorithm == wanted)
        return true;
  return false;
}

static void
csv_entry (Parser *parser, const CsvRecord *record)
{
  HashAlgorithm algorithm;
  uint8_t digest[HASH_MAX_DIGEST];
  if (!strongest (&parser->columns, record, &algorithm, digest))
    {
      bad_line (parser);
      return;
    }
  SkSpan label = { NULL, 0 };
  int column = parser->columns.label;
  /* What is allowed needs no reason, and millions of file names would cost more than the hashes. */
  if (column >= 0 && (size_t) column < record->n_fields && parser->kind != HASH_ALLOW)
    label = record->fields[column];
  if (label.size == 3 && begins_fold (label, "n/a"))
    label.size = 0;
  add (parser, algorithm, digest, HASH_ANY_SIZE, label);
}

/* ---- lines ---- */

static SkSpan
take_line (SkCursor *cursor)
{
  size_t left = sk_cursor_left (cursor);
  const uint8_t *end = left > 0 ? memchr (cursor->pos, '\n', left) : NULL;
  SkSpan line = { cursor->pos, end == NULL ? left : (size_t) (end - cursor->pos) };
  sk_cursor_skip (cursor, end == NULL ? left : line.size + 1);
  return line;
}

static uint32_t
count_lines (const uint8_t *from, const uint8_t *to)
{
  uint32_t count = 0;
  while (from < to && (from = memchr (from, '\n', (size_t) (to - from))) != NULL)
    {
      count++;
      from++;
    }
  return count;
}

/* A comment may be metadata, and in a CSV the names of the columns. */
static void
take_comment (Parser *parser, SkSpan line, CsvRecord *record)
{
  take_meta (parser, line);
  if (parser->columns.known)
    return;
  SkCursor cursor = sk_cursor (trim (sk_span_slice (line, 1, line.size)));
  if (csv_record (&cursor, record) && record->n_fields > 1)
    csv_header (parser, record);
}

static void
parse_lines (Parser *parser, SkSpan text, Format format)
{
  for (SkCursor cursor = sk_cursor (text); sk_cursor_left (&cursor) > 0 && !parser->full;)
    {
      SkSpan line = trim (take_line (&cursor));
      parser->line++;
      if (line.size == 0)
        continue;
      if (line.data[0] == '#')
        take_meta (parser, line);
      else if (line.size > MAX_RECORD)
        bad_line (parser);
      else if (format == FORMAT_CLAMAV)
        clamav_line (parser, line);
      else
        text_line (parser, line);
    }
}

static void
parse_csv (Parser *parser, SkSpan text)
{
  g_autofree CsvRecord *record = g_new0 (CsvRecord, 1);
  for (SkCursor cursor = sk_cursor (text); sk_cursor_left (&cursor) > 0 && !parser->full;)
    {
      SkCursor begin = cursor;
      SkSpan line = trim (take_line (&cursor));
      parser->line++;
      if (line.size == 0)
        continue;
      if (line.data[0] == '#')
        {
          take_comment (parser, line, record);
          continue;
        }
      SkCursor end = begin;
      bool whole = csv_record (&end, record) && end.pos - begin.pos <= MAX_RECORD;
      if (!whole)
        bad_line (parser); /* and on with the next line */
      else if (parser->columns.known || !csv_header (parser, record))
        csv_entry (parser, record);
      if (whole && end.pos > cursor.pos)
        {
          parser->line += count_lines (cursor.pos, end.pos);
          cursor = end;
        }
    }
}

/* The first line that is no comment tells what the name does not. */
static Format
guess_format (SkSpan text, const char *name)
{
  if (g_str_has_suffix (name, ".hdb") || g_str_has_suffix (name, ".hsb"))
    return FORMAT_CLAMAV;
  if (g_str_has_suffix (name, ".csv"))
    return FORMAT_CSV;
  SkSpan line = { NULL, 0 };
  for (SkCursor cursor = sk_cursor (text); sk_cursor_left (&cursor) > 0;)
    {
      line = trim (take_line (&cursor));
      if (line.size > 0 && line.data[0] != '#')
        break;
    }
  size_t digits = 0;
  while (digits < line.size && digit (line.data[digits]) >= 0)
    digits++;
  if (digits >= 32 && digits < line.size && line.data[digits] == ':')
    return FORMAT_CLAMAV;
  bool separated = line.size > 0 && memchr (line.data, ',', line.size) != NULL;
  return separated && digits < 32 ? FORMAT_CSV : FORMAT_TEXT;
}

static void
take_side_file (Parser *parser, SkSpan side)
{
  parser->in_side_file = true;
  for (SkCursor cursor = sk_cursor (side); sk_cursor_left (&cursor) > 0;)
    {
      parser->line++;
      take_meta (parser, take_line (&cursor));
    }
  parser->line = 0;
  parser->in_side_file = false;
}

bool
hash_parse (SkSpan text, SkSpan side, const char *name, HashBuilder *builder)
{
  Parser parser = { .builder = builder };
  parser.columns = (Columns){ .digest = { -1, -1, -1 }, .any_digest = -1, .label = -1 };
  take_side_file (&parser, side);
  if (text.size >= 3 && memcmp (text.data, "\xef\xbb\xbf", 3) == 0)
    text = sk_span_slice (text, 3, text.size);
  Format format = guess_format (text, name);
  if (format == FORMAT_CSV)
    parse_csv (&parser, text);
  else
    parse_lines (&parser, text, format);
  g_free (parser.source);
  return !parser.full;
}
