/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Values that are no patterns: expressions, numbers, networks, parts of a
 * time, and whether a field is there.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "sigma/regex.h"

#include <arpa/inet.h>
#include <math.h>

/* ---- scalars ---- */

bool
sk_sigma_is_null (const SkYamlNode *node)
{
  return sk_yaml_is_null (node)
         || (node->kind == SK_YAML_SCALAR && node->plain
             && (strcmp (node->text, "Null") == 0 || strcmp (node->text, "NULL") == 0));
}

bool
sk_sigma_integer (const SkYamlNode *node, int64_t *ret_value)
{
  if (sk_yaml_int (node, ret_value))
    return true;
  if (node->kind != SK_YAML_SCALAR || !node->plain || node->text[0] != '0'
      || (node->text[1] != 'x' && node->text[1] != 'o'))
    return false;
  guint base = node->text[1] == 'x' ? 16 : 8;
  guint64 value;
  if (!g_ascii_string_to_unsigned (node->text + 2, base, 0, INT64_MAX, &value, NULL))
    return false;
  *ret_value = (int64_t) value;
  return true;
}

/* Digits with a point or an exponent; no inf or nan. */
static bool
read_fraction (const SkYamlNode *node, double *ret_value)
{
  if (!node->plain || strspn (node->text, "0123456789+-.eE") != strlen (node->text)
      || strpbrk (node->text, "0123456789") == NULL)
    return false;
  char *end;
  *ret_value = g_ascii_strtod (node->text, &end);
  return *end == '\0' && end != node->text && isfinite (*ret_value);
}

/* ---- atoms ---- */

static bool
read_regex (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
            SkSigmaAtom *ret_atom)
{
  size_t size = strlen (node->text);
  if (!sk_sigma_count_bytes (reader, size, node->line))
    return false;
  if (size > SK_MAX_RULE_TEXT)
    return sk_sigma_refuse (reader, node->line, _ ("an expression of \"%s\" is too long"),
                            chain->key);
  ret_atom->kind = SK_SIGMA_REGEX;
  ret_atom->re_i = sk_sigma_has (chain, SK_SIGMA_MOD_I);
  ret_atom->re_m = sk_sigma_has (chain, SK_SIGMA_MOD_M);
  ret_atom->re_s = sk_sigma_has (chain, SK_SIGMA_MOD_S);
  int code;
  PCRE2_SIZE offset;
  pcre2_code *compiled = pcre2_compile ((PCRE2_SPTR) node->text, size,
                                        sk_sigma_regex_options (ret_atom), &code, &offset, NULL);
  if (compiled == NULL)
    {
      char message[128] = "";
      pcre2_get_error_message (code, (PCRE2_UCHAR *) message, sizeof message);
      return sk_sigma_refuse (reader, node->line,
                              _ ("an expression of \"%s\" is wrong at character %zu: %s"),
                              chain->key, offset + 1, message);
    }
  pcre2_code_free (compiled);
  ret_atom->text = sk_sigma_copy_text (reader->memory, node->text);
  return true;
}

static bool
read_number (const SkYamlNode *node, SkSigmaAtom *atom)
{
  atom->is_integer = sk_sigma_integer (node, &atom->integer);
  if (atom->is_integer)
    {
      atom->number = (double) atom->integer;
      return true;
    }
  return read_fraction (node, &atom->number);
}

static bool
read_compare (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
              SkSigmaAtom *ret_atom)
{
  ret_atom->kind = SK_SIGMA_NUMBER;
  ret_atom->compare = sk_sigma_has (chain, SK_SIGMA_MOD_LT)    ? SK_SIGMA_LT
                      : sk_sigma_has (chain, SK_SIGMA_MOD_LTE) ? SK_SIGMA_LTE
                      : sk_sigma_has (chain, SK_SIGMA_MOD_GT)  ? SK_SIGMA_GT
                                                               : SK_SIGMA_GTE;
  if (!read_number (node, ret_atom))
    return sk_sigma_refuse (reader, node->line, _ ("\"%s\" takes a number without quotes"),
                            chain->key);
  return true;
}

static bool
read_timepart (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
               SkSigmaAtom *ret_atom)
{
  static const struct {
    SkSigmaModifier modifier;
    SkSigmaTimePart part;
    int64_t least, most;
  } parts[] = {
    { SK_SIGMA_MOD_MINUTE, SK_SIGMA_MINUTE, 0, 59 }, { SK_SIGMA_MOD_HOUR, SK_SIGMA_HOUR, 0, 23 },
    { SK_SIGMA_MOD_DAY, SK_SIGMA_DAY, 1, 31 },       { SK_SIGMA_MOD_WEEK, SK_SIGMA_WEEK, 1, 53 },
    { SK_SIGMA_MOD_MONTH, SK_SIGMA_MONTH, 1, 12 },   { SK_SIGMA_MOD_YEAR, SK_SIGMA_YEAR, 1, 9999 },
  };
  size_t i = 0;
  while (!sk_sigma_has (chain, parts[i].modifier))
    i++;
  if (!sk_sigma_integer (node, &ret_atom->integer) || ret_atom->integer < parts[i].least
      || ret_atom->integer > parts[i].most)
    return sk_sigma_refuse (reader, node->line,
                            _ ("\"%s\" takes whole numbers from %d to %d without quotes"),
                            chain->key, (int) parts[i].least, (int) parts[i].most);
  ret_atom->kind = SK_SIGMA_TIMEPART;
  ret_atom->part = parts[i].part;
  ret_atom->is_integer = true;
  ret_atom->number = (double) ret_atom->integer;
  return true;
}

static bool
read_exists (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
             SkSigmaAtom *ret_atom)
{
  ret_atom->kind = SK_SIGMA_EXISTS;
  if (!node->plain
      || (g_ascii_strcasecmp (node->text, "true") != 0
          && g_ascii_strcasecmp (node->text, "false") != 0))
    return sk_sigma_refuse (reader, node->line, _ ("\"%s\" takes true or false without quotes"),
                            chain->key);
  ret_atom->flag = g_ascii_strcasecmp (node->text, "true") == 0;
  return true;
}

bool
sk_sigma_typed (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
                SkSigmaAtom *ret_atom)
{
  if (sk_sigma_has (chain, SK_SIGMA_MOD_RE))
    return read_regex (reader, chain, node, ret_atom);
  if (sk_sigma_has (chain, SK_SIGMA_MOD_EXISTS))
    return read_exists (reader, chain, node, ret_atom);
  if (sk_sigma_has (chain, SK_SIGMA_MOD_LT) || sk_sigma_has (chain, SK_SIGMA_MOD_LTE)
      || sk_sigma_has (chain, SK_SIGMA_MOD_GT) || sk_sigma_has (chain, SK_SIGMA_MOD_GTE))
    return read_compare (reader, chain, node, ret_atom);
  return read_timepart (reader, chain, node, ret_atom);
}

/* ---- networks ---- */

static bool
parse_address (const char *text, SkSigmaAtom *atom)
{
  static const uint8_t mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  memcpy (atom->address, mapped, sizeof mapped);
  atom->is_v4 = inet_pton (AF_INET, text, atom->address + sizeof mapped) == 1;
  return atom->is_v4 || inet_pton (AF_INET6, text, atom->address) == 1;
}

/* The bits behind the network's own do not count. */
static void
clear_host (SkSigmaAtom *atom)
{
  for (size_t bit = atom->prefix; bit < 128; bit++)
    atom->address[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

bool
sk_sigma_network (SkSigmaReader *reader, const SkSigmaChain *chain, uint32_t line, SkSpan text,
                  SkSigmaAtom *ret_atom)
{
  ret_atom->kind = SK_SIGMA_CIDR;
  g_autofree char *address = g_strndup ((const char *) text.data, text.size);
  char *slash = strchr (address, '/');
  if (slash != NULL)
    *slash = '\0';
  guint64 bits = 0, most;
  bool good = parse_address (address, ret_atom);
  most = ret_atom->is_v4 ? 32 : 128;
  if (slash == NULL)
    bits = most;
  else
    good = good && g_ascii_string_to_unsigned (slash + 1, 10, 0, most, &bits, NULL);
  if (!good)
    return sk_sigma_refuse (reader, line, _ ("\"%.*s\" of \"%s\" is no network"),
                            (int) MIN (text.size, 100), (const char *) text.data, chain->key);
  ret_atom->prefix = (uint8_t) (bits + 128 - most);
  clear_host (ret_atom);
  return true;
}
