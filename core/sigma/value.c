/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The values of one field: each becomes a choice of atoms.
 *
 * Scalars are read as YAML 1.2 reads them. A quoted one is a text with
 * wildcards. A plain whole number becomes the text of its decimal form (`0x17`
 * becomes `23`), since values are compared as text and integers of records are
 * decimal text; with modifiers that take text, and for fractions, it is the
 * text as it is written. Plain `true` and `false` are texts, too; records hold
 * them in those words.
 *
 * Words that are looked for in every value (keywords) stand anywhere in it:
 * they become `*word*`, unless a modifier says where.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdio.h>

/* Modifiers that are about the list and not about its values. */
static bool
is_of_list (SkSigmaModifier mod)
{
  return mod == SK_SIGMA_MOD_ALL || mod == SK_SIGMA_MOD_NEQ;
}

static bool
has_value_modifier (const SkSigmaChain *chain)
{
  for (uint32_t i = 0; i < chain->n_mods; i++)
    if (!is_of_list (chain->mods[i]))
      return true;
  return false;
}

static SkSigmaAtom *
take_atoms (SkSigmaReader *reader, uint32_t count, uint32_t line)
{
  if (count > SK_MAX_SIGMA_ATOMS - reader->atoms)
    {
      sk_sigma_refuse (reader, line, _ ("the rule has too many values"));
      return NULL;
    }
  reader->atoms += count;
  return sk_sigma_take_array (reader->memory, SkSigmaAtom, count);
}

bool
sk_sigma_count_bytes (SkSigmaReader *reader, uint64_t bytes, uint32_t line)
{
  if (bytes > SK_MAX_SIGMA_PATTERN_BYTES - reader->bytes)
    return sk_sigma_refuse (reader, line, _ ("the rule is too large"));
  reader->bytes += bytes;
  return true;
}

static bool
keep_pattern (SkSigmaMaking *making, SkSigmaPattern pattern, SkSigmaAtom *ret_atom)
{
  SkSigmaReader *reader = making->reader;
  SkSigmaPart *parts = sk_sigma_take_array (reader->memory, SkSigmaPart, pattern.n_parts);
  for (uint32_t i = 0; i < pattern.n_parts; i++)
    {
      parts[i] = pattern.parts[i];
      if (parts[i].kind == SK_SIGMA_LITERAL)
        parts[i].text.data = (const uint8_t *) sk_sigma_copy (reader->memory, parts[i].text.data,
                                                              parts[i].text.size);
    }
  ret_atom->kind = SK_SIGMA_PATTERN;
  ret_atom->cased = sk_sigma_has (making->chain, SK_SIGMA_MOD_CASED);
  ret_atom->parts = parts;
  ret_atom->n_parts = pattern.n_parts;
  return true;
}

static SkSigmaRef
ref_of (const SkSigmaChain *chain)
{
  return sk_sigma_has (chain, SK_SIGMA_MOD_CONTAINS)     ? SK_SIGMA_REF_CONTAINS
         : sk_sigma_has (chain, SK_SIGMA_MOD_STARTSWITH) ? SK_SIGMA_REF_STARTS
         : sk_sigma_has (chain, SK_SIGMA_MOD_ENDSWITH)   ? SK_SIGMA_REF_ENDS
                                                         : SK_SIGMA_REF_EQUALS;
}

static bool
keep_fieldref (SkSigmaMaking *making, SkSpan name, SkSigmaAtom *ret_atom)
{
  if (name.size == 0 || name.size > SK_MAX_NAME)
    return sk_sigma_refuse (making->reader, making->line, _ ("\"%s\" does not name a field"),
                            making->chain->key);
  ret_atom->kind = SK_SIGMA_FIELDREF;
  ret_atom->cased = sk_sigma_has (making->chain, SK_SIGMA_MOD_CASED);
  ret_atom->ref = ref_of (making->chain);
  ret_atom->text = sk_sigma_copy (making->reader->memory, name.data, name.size);
  return true;
}

static bool
keep (SkSigmaMaking *making, SkSigmaPattern pattern, SkSigmaAtom *ret_atom)
{
  bool cidr = sk_sigma_has (making->chain, SK_SIGMA_MOD_CIDR);
  if (!cidr && !sk_sigma_has (making->chain, SK_SIGMA_MOD_FIELDREF))
    return keep_pattern (making, pattern, ret_atom);
  SkSpan text;
  if (!sk_sigma_pattern_is_plain (pattern, &text))
    return sk_sigma_refuse (making->reader, making->line, _ ("\"%s\" takes no wildcards"),
                            making->chain->key);
  return cidr ? sk_sigma_network (making->reader, making->chain, making->line, text, ret_atom)
              : keep_fieldref (making, text, ret_atom);
}

static bool
apply_modifiers (SkSigmaMaking *making)
{
  static const SkSigmaPart any[] = { { .kind = SK_SIGMA_ANY } };
  const SkSigmaChain *chain = making->chain;
  bool placed = false;
  for (uint32_t i = 0; i < chain->n_mods && !sk_sigma_has (chain, SK_SIGMA_MOD_FIELDREF); i++)
    {
      SkSigmaModifier mod = chain->mods[i];
      placed = placed || mod == SK_SIGMA_MOD_CONTAINS || mod == SK_SIGMA_MOD_STARTSWITH
               || mod == SK_SIGMA_MOD_ENDSWITH || mod == SK_SIGMA_MOD_CIDR;
      if (!is_of_list (mod) && !sk_sigma_pattern_modify (making, mod))
        return false;
    }
  if (chain->field != NULL || placed)
    return true;
  SkSigmaPattern around = { any, 1 };
  for (guint i = 0; i < making->patterns->len; i++)
    {
      SkSigmaPattern *pattern = &g_array_index (making->patterns, SkSigmaPattern, i);
      *pattern = sk_sigma_pattern_join (making->scratch, around, *pattern);
      *pattern = sk_sigma_pattern_join (making->scratch, *pattern, around);
    }
  return true;
}

static SkSigmaPattern
first_pattern (SkSigmaMaking *making, const SkYamlNode *node)
{
  int64_t integer;
  if (has_value_modifier (making->chain) || !sk_sigma_integer (node, &integer))
    return sk_sigma_pattern (making->scratch, node->text);
  char digits[24];
  int size = snprintf (digits, sizeof digits, "%" PRId64, integer);
  SkSpan text = { (const uint8_t *) digits, (size_t) size };
  return sk_sigma_pattern_plain (making->scratch, text);
}

static bool
keep_all (SkSigmaMaking *making, SkSigmaChoice *ret_choice)
{
  uint32_t count = making->patterns->len;
  SkSigmaAtom *atoms = take_atoms (making->reader, count, making->line);
  if (atoms == NULL)
    return false;
  for (uint32_t i = 0; i < count; i++)
    {
      SkSigmaPattern pattern = g_array_index (making->patterns, SkSigmaPattern, i);
      if (!sk_sigma_count_bytes (making->reader, sk_sigma_pattern_bytes (pattern), making->line)
          || !keep (making, pattern, &atoms[i]))
        return false;
    }
  *ret_choice = (SkSigmaChoice) { atoms, count };
  return true;
}

static bool
read_text (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
           SkSigmaMemory *scratch, SkSigmaChoice *ret_choice)
{
  g_autoptr (GArray) patterns = g_array_new (FALSE, FALSE, sizeof (SkSigmaPattern));
  SkSigmaMaking making = {
    .reader = reader, .scratch = scratch, .chain = chain, .patterns = patterns, .line = node->line
  };
  if (chain->field == NULL && node->text[0] == '\0')
    return sk_sigma_refuse (reader, node->line, _ ("an empty word would match everything"));
  if (strlen (node->text) > SK_MAX_VALUE)
    return sk_sigma_refuse (reader, node->line, _ ("a value is too long"));
  SkSigmaPattern first = first_pattern (&making, node);
  g_array_append_val (patterns, first);
  return sk_sigma_pattern_room (&making, 1, sk_sigma_pattern_bytes (first))
         && apply_modifiers (&making) && keep_all (&making, ret_choice);
}

static bool
is_typed (const SkSigmaChain *chain)
{
  return chain->n_mods > 0 && !sk_sigma_has (chain, SK_SIGMA_MOD_FIELDREF)
         && !sk_sigma_has (chain, SK_SIGMA_MOD_CIDR) && (chain->has >> SK_SIGMA_MOD_RE) != 0;
}

static bool
read_choice (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *node,
             SkSigmaMemory *scratch, SkSigmaChoice *ret_choice)
{
  bool null = sk_sigma_is_null (node);
  if (null && (chain->field == NULL || has_value_modifier (chain)))
    return sk_sigma_refuse (reader, node->line, _ ("\"%s\" takes no null"), chain->key);
  if (!null && !is_typed (chain))
    return read_text (reader, chain, node, scratch, ret_choice);
  SkSigmaAtom *atom = take_atoms (reader, 1, node->line);
  if (atom == NULL)
    return false;
  *ret_choice = (SkSigmaChoice) { atom, 1 };
  atom->kind = SK_SIGMA_NULL;
  return null || sk_sigma_typed (reader, chain, node, atom);
}

static bool
read_choices (SkSigmaReader *reader, const SkSigmaChain *chain, const SkYamlNode *value,
              SkSigmaChoice *choices, uint32_t count)
{
  SkSigmaMemory scratch = { 0 };
  const SkYamlNode *node = value->kind == SK_YAML_LIST ? value->first : value;
  bool good = true;
  for (uint32_t i = 0; i < count && good; i++, node = node->next)
    {
      if (node->kind != SK_YAML_SCALAR)
        good = sk_sigma_refuse (reader, node->line,
                                _ ("the values of \"%s\" must be texts or numbers"), chain->key);
      else
        good = read_choice (reader, chain, node, &scratch, &choices[i]);
      sk_sigma_rewind (&scratch, (SkSigmaMark) { 0 });
    }
  sk_sigma_memory_clear (&scratch);
  return good;
}

const SkSigmaItem *
sk_sigma_item (SkSigmaReader *reader, const char *key, uint32_t line, const SkYamlNode *value)
{
  SkSigmaChain chain;
  if (!sk_sigma_chain (reader, key, line, &chain))
    return NULL;
  uint32_t count = value->kind == SK_YAML_LIST ? value->count : 1;
  if (count > SK_MAX_SIGMA_ATOMS - reader->atoms)
    {
      sk_sigma_refuse (reader, line, _ ("the rule has too many values"));
      return NULL;
    }
  SkSigmaChoice *choices = sk_sigma_take_array (reader->memory, SkSigmaChoice, count);
  if (!read_choices (reader, &chain, value, choices, count))
    return NULL;
  SkSigmaItem *item = sk_sigma_take_array (reader->memory, SkSigmaItem, 1);
  *item = (SkSigmaItem) { .field = chain.field,
                          .choices = choices,
                          .n_choices = count,
                          .all = sk_sigma_has (&chain, SK_SIGMA_MOD_ALL),
                          .negated = sk_sigma_has (&chain, SK_SIGMA_MOD_NEQ),
                          .line = line };
  return item;
}
