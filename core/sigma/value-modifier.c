/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `field|modifier|modifier`: which modifiers there are, and which may stand
 * behind which.
 *
 * Modifiers are applied in their order, so an order that the specification's
 * meaning does not survive is refused: what comes behind `contains` would see
 * wildcards, what comes behind `base64` no text any more. `all` and `neq` are
 * about the list of values and may stand anywhere.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

#define BIT(mod) (UINT64_C (1) << SK_SIGMA_MOD_##mod)

#define LIST (BIT (ALL) | BIT (NEQ))
#define PLACE (BIT (CONTAINS) | BIT (STARTSWITH) | BIT (ENDSWITH))
#define WIDES (BIT (WIDE) | BIT (UTF16BE) | BIT (UTF16))
#define BASES (BIT (BASE64) | BIT (BASE64OFFSET))
#define EARLY (BIT (CASED) | BIT (EXPAND) | BIT (WINDASH))
#define FLAGS (BIT (I) | BIT (M) | BIT (S))
#define NUMERIC (BIT (LT) | BIT (LTE) | BIT (GT) | BIT (GTE))
#define TIMES (BIT (MINUTE) | BIT (HOUR) | BIT (DAY) | BIT (WEEK) | BIT (MONTH) | BIT (YEAR))

typedef struct Kind {
  const char *name;
  uint64_t after; /* what may stand before it, `all` and `neq` besides */
} Kind;

static const Kind kinds[SK_SIGMA_N_MODS] = {
  [SK_SIGMA_MOD_ALL] = { "all", ~UINT64_C (0) },
  [SK_SIGMA_MOD_NEQ] = { "neq", ~UINT64_C (0) },
  [SK_SIGMA_MOD_CASED] = { "cased", EARLY | WIDES | BASES | PLACE | BIT (FIELDREF) },
  [SK_SIGMA_MOD_EXPAND] = { "expand", BIT (CASED) | PLACE },
  [SK_SIGMA_MOD_WINDASH] = { "windash", BIT (CASED) | BIT (EXPAND) | PLACE },
  [SK_SIGMA_MOD_WIDE] = { "wide", EARLY | BASES | PLACE },
  [SK_SIGMA_MOD_UTF16BE] = { "utf16be", EARLY | BASES | PLACE },
  [SK_SIGMA_MOD_UTF16] = { "utf16", EARLY | BASES | BIT (STARTSWITH) },
  [SK_SIGMA_MOD_BASE64] = { "base64", EARLY | WIDES },
  [SK_SIGMA_MOD_BASE64OFFSET] = { "base64offset", EARLY | WIDES | BIT (BASE64) },
  [SK_SIGMA_MOD_CONTAINS] = { "contains", EARLY | WIDES | BASES | BIT (FIELDREF) },
  [SK_SIGMA_MOD_STARTSWITH] = { "startswith", EARLY | WIDES | BASES | BIT (FIELDREF) },
  [SK_SIGMA_MOD_ENDSWITH] = { "endswith", EARLY | WIDES | BASES | BIT (FIELDREF) },
  [SK_SIGMA_MOD_RE] = { "re", 0 },
  [SK_SIGMA_MOD_I] = { "i", BIT (RE) | FLAGS },
  [SK_SIGMA_MOD_M] = { "m", BIT (RE) | FLAGS },
  [SK_SIGMA_MOD_S] = { "s", BIT (RE) | FLAGS },
  [SK_SIGMA_MOD_CIDR] = { "cidr", BIT (EXPAND) },
  [SK_SIGMA_MOD_EXISTS] = { "exists", 0 },
  [SK_SIGMA_MOD_LT] = { "lt", 0 },
  [SK_SIGMA_MOD_LTE] = { "lte", 0 },
  [SK_SIGMA_MOD_GT] = { "gt", 0 },
  [SK_SIGMA_MOD_GTE] = { "gte", 0 },
  [SK_SIGMA_MOD_FIELDREF] = { "fieldref", 0 },
  [SK_SIGMA_MOD_MINUTE] = { "minute", 0 },
  [SK_SIGMA_MOD_HOUR] = { "hour", 0 },
  [SK_SIGMA_MOD_DAY] = { "day", 0 },
  [SK_SIGMA_MOD_WEEK] = { "week", 0 },
  [SK_SIGMA_MOD_MONTH] = { "month", 0 },
  [SK_SIGMA_MOD_YEAR] = { "year", 0 },
};

/* Other names of the same. */
static const struct {
  const char *name;
  SkSigmaModifier modifier;
} aliases[] = {
  { "utf16le", SK_SIGMA_MOD_WIDE },
  { "ignorecase", SK_SIGMA_MOD_I },
  { "multiline", SK_SIGMA_MOD_M },
  { "dotall", SK_SIGMA_MOD_S },
};

/* Two that contradict each other wherever they stand. */
static const uint64_t conflicts[][2] = {
  { BIT (ALL), BIT (NEQ) | BIT (EXISTS) },
  { BIT (NEQ), NUMERIC | BIT (EXISTS) },
};

const char *
sk_sigma_modifier_name (SkSigmaModifier modifier)
{
  return kinds[modifier].name;
}

static bool
find (const char *name, SkSigmaModifier *ret_modifier)
{
  for (size_t i = 0; i < SK_SIGMA_N_MODS; i++)
    if (strcmp (kinds[i].name, name) == 0)
      {
        *ret_modifier = (SkSigmaModifier) i;
        return true;
      }
  for (size_t i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (strcmp (aliases[i].name, name) == 0)
      {
        *ret_modifier = aliases[i].modifier;
        return true;
      }
  return false;
}

static const char *
first_name (uint64_t mods)
{
  return kinds[g_bit_nth_lsf ((gulong) mods, -1)].name;
}

static bool
add (SkSigmaReader *reader, SkSigmaChain *chain, const char *name)
{
  SkSigmaModifier mod;
  if (!find (name, &mod))
    return sk_sigma_refuse (reader, chain->line, _ ("the modifier \"%s\" of \"%s\" is not known"),
                            name, chain->key);
  if (sk_sigma_has (chain, mod))
    return sk_sigma_refuse (reader, chain->line, _ ("the modifier \"%s\" of \"%s\" stands twice"),
                            name, chain->key);
  uint64_t wrong = chain->has & ~kinds[mod].after & ~LIST;
  if (wrong != 0)
    return sk_sigma_refuse (reader, chain->line,
                            _ ("the modifier \"%s\" of \"%s\" cannot stand behind \"%s\""), name,
                            chain->key, first_name (wrong));
  if ((UINT64_C (1) << mod & FLAGS) != 0 && !sk_sigma_has (chain, SK_SIGMA_MOD_RE))
    return sk_sigma_refuse (reader, chain->line,
                            _ ("the modifier \"%s\" of \"%s\" stands only behind \"re\""), name,
                            chain->key);
  chain->mods[chain->n_mods++] = mod;
  chain->has |= UINT64_C (1) << mod;
  return true;
}

static bool
check (SkSigmaReader *reader, const SkSigmaChain *chain)
{
  for (size_t i = 0; i < G_N_ELEMENTS (conflicts); i++)
    if ((chain->has & conflicts[i][0]) != 0 && (chain->has & conflicts[i][1]) != 0)
      return sk_sigma_refuse (reader, chain->line,
                              _ ("the modifiers \"%s\" and \"%s\" of \"%s\" exclude each other"),
                              first_name (conflicts[i][0]),
                              first_name (chain->has & conflicts[i][1]), chain->key);
  uint64_t needs_field = chain->has & (BIT (EXISTS) | BIT (FIELDREF) | NUMERIC | TIMES);
  if (chain->field == NULL && needs_field != 0)
    return sk_sigma_refuse (reader, chain->line, _ ("the modifier \"%s\" needs a field"),
                            first_name (needs_field));
  return true;
}

bool
sk_sigma_chain (SkSigmaReader *reader, const char *key, uint32_t line, SkSigmaChain *ret_chain)
{
  *ret_chain = (SkSigmaChain) { .key = key != NULL ? key : "", .line = line };
  if (key == NULL)
    return true;
  if (strlen (key) > SK_MAX_NAME)
    return sk_sigma_refuse (reader, line, _ ("the name of a field is too long"));
  g_auto (GStrv) words = g_strsplit (key, "|", -1);
  if (words[0] != NULL && words[0][0] != '\0')
    ret_chain->field = sk_sigma_copy_text (reader->memory, words[0]);
  for (char **word = words; words[0] != NULL && *++word != NULL;)
    if (!add (reader, ret_chain, *word))
      return false;
  return check (reader, ret_chain);
}
