/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Sorts rules into groups that are compiled and scanned apart, so that an
 * object pays only for rules that can match it.
 *
 * Two questions are asked of each unit, and the most careful answer of its
 * rules holds for all of them. On which objects: on programs of a kind only
 * (proved), or on any. A module whose tree costs libyara 30 to 250 µs an object
 * is kept from other objects: where the rest of the condition does without it,
 * the unit stands in two groups, whole for programs and without the module for
 * all others. And where its strings are looked for: around literals, around
 * poor literals or in all of an object that holds one, or in all of every
 * object.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

enum { ON_ANY, ON_PROGRAMS, ON_OTHERS, ON_ELF, ON_ANY_WITH_MODULES, N_OBJECTS };
enum { IN_WINDOWS, IN_POOR_WINDOWS, IN_ALL, N_PLACES };
G_STATIC_ASSERT (N_OBJECTS * N_PLACES + 1 == YARA_N_PARTS);
G_STATIC_ASSERT (ON_ANY == (int) YARA_GATE_ANY && ON_PROGRAMS == (int) YARA_GATE_PROGRAM
                 && ON_OTHERS == (int) YARA_GATE_OTHER && ON_ELF == (int) YARA_GATE_ELF);

static unsigned
part_number (unsigned objects, unsigned places)
{
  return objects * N_PLACES + places + 1;
}

YaraGate
yara_part_gate (unsigned part)
{
  unsigned objects = (part - 1) / N_PLACES;
  return objects < YARA_N_GATES ? (YaraGate) objects : YARA_GATE_ANY;
}

bool
yara_part_filtered (unsigned part)
{
  return (part - 1) % N_PLACES != IN_ALL;
}

/* ---- units ---- */

static uint32_t
find_root (uint32_t *parents, uint32_t index)
{
  while (parents[index] != index)
    index = parents[index] = parents[parents[index]];
  return index;
}

/** Joins; the lower number leads, so that units come in the order of their first rules. */
static void
join (uint32_t *parents, uint32_t a, uint32_t b)
{
  a = find_root (parents, a);
  b = find_root (parents, b);
  parents[MAX (a, b)] = MIN (a, b);
}

/** The rules of one namespace. */
typedef struct Range {
  uint32_t first, end;
} Range;

static Range
namespace_from (const YR_RULES *rules, uint32_t first)
{
  Range range = { first, first + 1 };
  while (range.end < rules->num_rules
         && rules->rules_table[range.end].ns == rules->rules_table[first].ns)
    range.end++;
  return range;
}

static void
join_named (uint32_t *parents, uint32_t index, const YaraText *text, Range range,
            const YR_RULES *rules, GHashTable *places)
{
  for (guint i = 0; i < text->words->len; i++)
    {
      const char *word = text->words->pdata[i];
      void *place;
      if (g_hash_table_lookup_extended (places, word, NULL, &place))
        join (parents, index, GPOINTER_TO_UINT (place));
      size_t length = strlen (word);
      if (length == 0 || word[length - 1] != '*')
        continue;
      for (uint32_t other = range.first; other < range.end; other++)
        if (strncmp (rules->rules_table[other].identifier, word, length - 1) == 0)
          join (parents, index, other);
    }
}

static void
join_namespace (uint32_t *parents, const GPtrArray *texts, Range range, const YR_RULES *rules)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  bool whole = texts == NULL;
  for (uint32_t i = range.first; i < range.end; i++)
    {
      g_hash_table_insert (places, (void *) rules->rules_table[i].identifier, GUINT_TO_POINTER (i));
      whole = whole || RULE_IS_GLOBAL (&rules->rules_table[i]);
    }
  for (uint32_t i = range.first; i < range.end; i++)
    if (whole)
      join (parents, range.first, i);
    else
      join_named (parents, i, texts->pdata[i], range, rules, places);
}

uint32_t
yara_units (const YR_RULES *rules, const GPtrArray *texts, uint32_t *units)
{
  uint32_t count = 0;
  g_autofree uint32_t *parents = g_new (uint32_t, rules->num_rules + 1);
  for (uint32_t i = 0; i < rules->num_rules; i++)
    parents[i] = i;
  for (Range range = { 0, 0 }; range.end < rules->num_rules;)
    {
      range = namespace_from (rules, range.end);
      join_namespace (parents, texts, range, rules);
    }
  for (uint32_t i = 0; i < rules->num_rules; i++)
    {
      uint32_t root = find_root (parents, i);
      units[i] = root == i ? count++ : units[root];
    }
  return count;
}

/* ---- on which objects ---- */

static bool
has_word (const YaraText *text, const char *const *words)
{
  for (guint i = 0; i < text->words->len; i++)
    if (g_strv_contains (words, text->words->pdata[i]))
      return true;
  return false;
}

/** What is known of the rules of one namespace. */
typedef struct Known {
  const YR_RULES *rules;
  Range range;
  YaraVerdict *verdicts; /* by rule */
} Known;

static bool
is_proved (const char *name, void *data)
{
  const Known *known = data;
  for (uint32_t i = known->range.first; i < known->range.end; i++)
    if (strcmp (known->rules->rules_table[i].identifier, name) == 0)
      return known->verdicts[i].needs;
  return false;
}

/** Reads all conditions. A global rule that needs a program makes all of its file need it. */
static YaraVerdict *
read_conditions (const YR_RULES *rules, const GPtrArray *texts, const YaraMagic *magic)
{
  YaraVerdict *verdicts = g_new0 (YaraVerdict, rules->num_rules + 1);
  g_autoptr (GHashTable) asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Known known = { rules, { 0, 0 }, verdicts };
  while (known.range.end < rules->num_rules)
    {
      known.range = namespace_from (rules, known.range.end);
      bool all = false;
      for (uint32_t i = known.range.first; i < known.range.end; i++)
        {
          const YR_RULE *rule = &rules->rules_table[i];
          yara_condition_read (texts->pdata[i], rule, magic, is_proved, &known, asked,
                               &verdicts[i]);
          all = all || (verdicts[i].needs && RULE_IS_GLOBAL (rule));
        }
      for (uint32_t i = known.range.first; all && i < known.range.end; i++)
        verdicts[i].needs = true;
    }
  return verdicts;
}

static void
verdicts_free (YaraVerdict *verdicts, const YR_RULES *rules)
{
  for (uint32_t i = 0; i < rules->num_rules; i++)
    g_array_unref (verdicts[i].false_parts);
  g_free (verdicts);
}

/* ---- in which places ---- */

static const YaraTree *
tree_of (const YaraCompiled *compiled, const YR_STRING *string)
{
  /* a chain is one string in the text: its tree came with its first part */
  while (string->chained_to != NULL)
    string = string->chained_to;
  return g_hash_table_lookup (compiled->trees, GUINT_TO_POINTER (string->idx));
}

static bool
has_poor_one (const GArray *literals)
{
  for (guint i = 0; i < literals->len; i++)
    if (yara_literal_is_poor (&g_array_index (literals, YaraLiteral, i)))
      return true;
  return false;
}

static unsigned
places_of (const YaraCompiled *compiled, const YR_RULE *rule, const YaraText *text, bool spell_xor)
{
  /* libyara finds the entry point only while it looks for strings */
  static const char *const by_search[] = { "entrypoint", NULL };
  g_autoptr (GArray) literals = yara_literals_new ();
  g_autoptr (GArray) fixed = g_array_new (FALSE, FALSE, sizeof (YaraFixed));
  const YR_STRING *string;
  if (has_word (text, by_search))
    return IN_ALL;
  yr_rule_strings_foreach (rule, string)
    if ((STRING_IS_XOR (string) && !spell_xor)
        || !yara_string_needs (string, tree_of (compiled, string), literals, fixed))
      return IN_ALL;
  return has_poor_one (literals) ? IN_POOR_WINDOWS : IN_WINDOWS;
}

/** Each such string has 256 forms, so only so many are spelled out. */
static bool
has_few_xor (const YR_RULES *rules)
{
  unsigned count = 0;
  for (uint32_t i = 0; i < rules->num_strings; i++)
    count += STRING_IS_XOR (&rules->strings_table[i]) ? 1 : 0;
  return count <= YARA_MAX_XOR_STRINGS;
}

bool
yara_compiled_needs (const YaraCompiled *compiled, GArray *literals, GArray *fixed)
{
  for (uint32_t i = 0; i < compiled->rules->num_strings; i++)
    {
      const YR_STRING *string = &compiled->rules->strings_table[i];
      if (!yara_string_needs (string, tree_of (compiled, string), literals, fixed))
        return false;
    }
  return true;
}

/* ---- both ---- */

/** What the rules of a unit ask for together. */
typedef struct Unit {
  bool not_program, not_elf; /* a rule of it was not proved to need that */
  bool needs_pe;             /* a rule of it names pe even without its false parts */
  bool costly, other_costly; /* a costly module; one beside pe */
  unsigned places;
} Unit;

static void
add_rule (Unit *unit, const YaraText *text, const YaraVerdict *program, const YaraVerdict *elf)
{
  static const char *const costly[] = { "pe", "elf", "macho", "dex", NULL };
  static const char *const other_costly[] = { "elf", "macho", "dex", NULL };
  unit->not_program = unit->not_program || !program->needs;
  unit->not_elf = unit->not_elf || !elf->needs;
  unit->needs_pe = unit->needs_pe || program->names_module;
  unit->costly = unit->costly || has_word (text, costly);
  unit->other_costly = unit->other_costly || has_word (text, other_costly);
}

/** The parts of a unit's rules: all of each rule, and what is left of it for other objects. */
static void
parts_of (const Unit *unit, unsigned *ret_part, unsigned *ret_other_part)
{
  unsigned on_programs = part_number (ON_PROGRAMS, unit->places);
  *ret_other_part = 0;
  if (!unit->not_program)
    *ret_part = on_programs;
  else if (!unit->not_elf)
    {
      /* an ELF file is no program of the other kind, so without those parts there is nothing else
       */
      *ret_part = unit->needs_pe ? part_number (ON_ELF, unit->places) : 0;
      *ret_other_part = unit->needs_pe ? 0 : part_number (ON_ELF, unit->places);
    }
  else if (unit->costly && !unit->needs_pe && !unit->other_costly)
    {
      *ret_part = on_programs;
      *ret_other_part = part_number (ON_OTHERS, unit->places);
    }
  else
    *ret_part = part_number (unit->costly ? ON_ANY_WITH_MODULES : ON_ANY, unit->places);
}

void
yara_split (const YaraCompiled *compiled, GPtrArray *texts)
{
  const YR_RULES *rules = compiled->rules;
  g_autofree uint32_t *numbers = g_new0 (uint32_t, rules->num_rules + 1);
  uint32_t n_units = yara_units (rules, texts, numbers);
  g_autofree Unit *units = g_new0 (Unit, n_units + 1);
  bool spell_xor = has_few_xor (rules);
  YaraVerdict *program = read_conditions (rules, texts, &yara_magic_program);
  YaraVerdict *elf = read_conditions (rules, texts, &yara_magic_elf);
  for (uint32_t i = 0; i < rules->num_rules; i++)
    {
      Unit *unit = &units[numbers[i]];
      add_rule (unit, texts->pdata[i], &program[i], &elf[i]);
      unit->places = MAX (unit->places,
                          places_of (compiled, &rules->rules_table[i], texts->pdata[i], spell_xor));
    }
  for (uint32_t i = 0; i < rules->num_rules; i++)
    {
      YaraText *text = texts->pdata[i];
      parts_of (&units[numbers[i]], &text->part, &text->other_part);
      g_clear_pointer (&text->false_parts, g_array_unref);
      if (text->other_part != 0)
        text->false_parts = g_array_ref (program[i].false_parts);
    }
  verdicts_free (program, rules);
  verdicts_free (elf, rules);
}
