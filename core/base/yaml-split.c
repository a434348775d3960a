/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Where one YAML document ends and the next begins.
 */
#include "config.h"

#include "base/yaml-split.h"

/* The line that begins here, with what ends it. */
static SkSpan
line_at (SkSpan rest)
{
  size_t size = 0;
  while (size < rest.size && rest.data[size] != '\n' && rest.data[size] != '\r')
    size++;
  if (size < rest.size)
    size += rest.data[size] == '\r' && size + 1 < rest.size && rest.data[size + 1] == '\n' ? 2 : 1;
  return sk_span_slice (rest, 0, size);
}

static bool
is_blank (uint8_t byte)
{
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool
is_marker (SkSpan line, char mark)
{
  for (size_t i = 0; i < 3; i++)
    if (i >= line.size || line.data[i] != (uint8_t) mark)
      return false;
  return line.size == 3 || is_blank (line.data[3]);
}

/* What may stand before the `---` of a document and belongs to it. */
static bool
is_prologue (SkSpan line)
{
  size_t at = 0;
  if (line.size >= 3 && memcmp (line.data, "\xef\xbb\xbf", 3) == 0)
    at = 3;
  if (at < line.size && line.data[at] == '%')
    return true;
  while (at < line.size && is_blank (line.data[at]))
    at++;
  return at == line.size || line.data[at] == '#';
}

bool
sk_yaml_split_next (SkYamlSplit *split, SkSpan *ret_document, uint32_t *ret_before)
{
  if (split->rest.size == 0)
    return false;
  SkSpan all = split->rest;
  *ret_before = split->lines;
  bool begun = false, ended = false;
  size_t used = 0;
  while (used < all.size && !ended)
    {
      SkSpan line = line_at (sk_span_slice (all, used, all.size));
      bool start = is_marker (line, '-');
      if (start && begun)
        break;
      begun = begun || start || !is_prologue (line);
      ended = is_marker (line, '.');
      used += line.size;
      split->lines++;
    }
  *ret_document = sk_span_slice (all, 0, used);
  split->rest = sk_span_slice (all, used, all.size);
  return true;
}
