/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which literals a rule cannot do without: the fewest and rarest of which one
 * stands in every record that the rule is true for or may be.
 *
 * Of what must all hold the rarest part is chosen, of what may hold each part
 * counts. What is negated, what fields known later say, and what an absent
 * field fulfils has no trigger; a rule that has nothing else is always
 * evaluated. Literals are folded, also those for which case counts: what
 * stands in a text as it is stands in the folded text, folded.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/fold.h"

#include <math.h>

/** Longer literals are cut: a piece is rare enough, and Hyperscan has limits of its own. */
#define LONGEST_LITERAL 64
/** A rule with more than so many triggers costs more than it saves. */
#define MOST_TRIGGERS 20000

/** Bytes of the values that are looked at for one rule: a selection counts wherever it stands. */
#define MOST_SEEN ((uint64_t) 64 << 20)

typedef struct Chooser {
  SkSigmaMemory *memory;
  const SigmaKind *kind;
  const SigmaBound *bound;
  uint64_t seen;
} Chooser;

/** Triggers of a part of a condition. */
typedef struct Part {
  GArray *triggers; /* of SigmaTrigger; NULL: there are none that it needs */
  double cost;      /* how often they are expected, in no unit */
} Part;

static const Part nothing = { NULL, INFINITY };

static void
part_clear (Part *part)
{
  g_clear_pointer (&part->triggers, g_array_unref);
  *part = nothing;
}

/* ---- how common ---- */

/** What honest records are full of. */
static const char *const common[] = {
  ".exe", ".dll", "\\system32\\", "\\syswow64\\", "c:\\windows\\", "c:\\windows\\system32\\", "\\windows\\",
  "c:\\program files", "c:\\program files\\", "c:\\program files (x86)\\", "c:\\users\\", "\\users\\",
  "\\appdata\\", "\\appdata\\local\\", "\\temp\\", "c:\\", "http", "http://", "https://", "microsoft",
  "windows", "software\\microsoft\\windows\\currentversion", "\\software\\microsoft\\", "hklm\\", "hkcu\\",
  "hku\\", "system", "powershell", "powershell.exe", "\\powershell.exe", "\\cmd.exe", "cmd.exe", "cmd",
  "\\svchost.exe", "\\rundll32.exe", "rundll32", "\\explorer.exe", "\\services.exe", "\\conhost.exe",
  "\\msiexec.exe", "\\wmiprvse.exe", "\\chrome.exe", "\\winword.exe", "\\excel.exe", "\\outlook.exe",
  "\\sc.exe", "\\net.exe", "\\reg.exe", "\\schtasks.exe", "success", "failure", "get", "post", "true",
  "false", "high", "medium", "/bin/", "/usr/bin/", "/usr/", "/etc/", "/tmp/", "/bin/bash", "/bin/sh",
};

static bool
is_common (SkSpan literal)
{
  for (size_t i = 0; i < G_N_ELEMENTS (common); i++)
    if (literal.size > 0 && common[i][0] == (char) literal.data[0]
        && sk_span_equal (literal, sk_span_of_text (common[i])))
      return true;
  return false;
}

static bool
is_number (SkSpan literal)
{
  for (size_t i = 0; i < literal.size; i++)
    if (!g_ascii_isdigit (literal.data[i]))
      return false;
  return literal.size > 0;
}

static double
cost_of (const SigmaTrigger *trigger)
{
  static const double by_size[] = { 4000, 2000, 1000, 250, 60, 20, 8, 5, 3, 2 };
  SkSpan literal = trigger->literal;
  if (trigger->kind == SIGMA_ON_PRESENT)
    return 3000;
  double cost = literal.size < G_N_ELEMENTS (by_size) ? by_size[literal.size] : 1;
  if (is_common (literal))
    cost += 1500;
  /* Numbers and short words as whole values are event ids, types and the like. */
  if (trigger->kind == SIGMA_ON_EQUALS)
    cost = is_number (literal) && literal.size < 6 ? 800 : cost / 4;
  return cost;
}

/* ---- atoms ---- */

static void
add (Part *part, SigmaTrigger trigger)
{
  if (trigger.literal.size > LONGEST_LITERAL && trigger.kind != SIGMA_ON_EQUALS)
    {
      size_t over = trigger.literal.size - LONGEST_LITERAL;
      if (trigger.kind == SIGMA_ON_ENDS)
        trigger.literal.data += over;
      trigger.literal.size = LONGEST_LITERAL;
    }
  g_array_append_val (part->triggers, trigger);
  part->cost += cost_of (&trigger);
}

/** A literal for which case counts, folded; others are already. */
static SkSpan
folded (SkSigmaMemory *memory, const SigmaAtom *atom, SkSpan literal)
{
  if (!atom->atom->cased || literal.size == 0)
    return literal;
  uint8_t *room = sk_sigma_take (memory, SK_FOLD_ROOM (literal.size) + 1);
  return sigma_span (room, sk_fold (literal, room));
}

/** The literal of a pattern of several that is best looked for. */
static SigmaTrigger
trigger_of_glob (const SigmaAtom *atom, uint32_t slot)
{
  SigmaTrigger best = { .kind = SIGMA_ON_PRESENT, .slot = slot };
  double least = INFINITY;
  for (uint32_t i = 0; i < atom->n_parts; i++)
    {
      if (atom->parts[i].kind != SK_SIGMA_LITERAL || atom->parts[i].text.size == 0)
        continue;
      SigmaTrigger one = { .kind = SIGMA_ON_CONTAINS, .slot = slot, .literal = atom->parts[i].text };
      if (i == 0)
        one.kind = SIGMA_ON_STARTS;
      else if (i == atom->n_parts - 1)
        one.kind = SIGMA_ON_ENDS;
      double cost = cost_of (&one);
      if (cost < least)
        {
          least = cost;
          best = one;
        }
    }
  return best;
}

static SigmaTrigger
trigger_of_pattern (SkSigmaMemory *memory, const SigmaAtom *atom, uint32_t slot)
{
  static const SigmaTriggerKind kinds[] = {
    [SIGMA_EQUALS] = SIGMA_ON_EQUALS, [SIGMA_STARTS] = SIGMA_ON_STARTS,
    [SIGMA_ENDS] = SIGMA_ON_ENDS, [SIGMA_CONTAINS] = SIGMA_ON_CONTAINS,
  };
  SigmaTrigger trigger;
  if (atom->shape == SIGMA_GLOB)
    trigger = trigger_of_glob (atom, slot);
  else
    trigger = (SigmaTrigger){ kinds[atom->shape], slot, atom->literal };
  trigger.literal = folded (memory, atom, trigger.literal);
  if (trigger.literal.size == 0 && trigger.kind != SIGMA_ON_EQUALS)
    trigger.kind = SIGMA_ON_PRESENT;
  return trigger;
}

/** The words of an expression, or that the field is there. */
static void
add_regex (SkSigmaMemory *memory, const SigmaAtom *atom, uint32_t slot, Part *part)
{
  g_autoptr (GPtrArray) words = sigma_regex_words (atom->atom->text);
  bool good = words != NULL && words->len > 0;
  for (guint i = 0; good && i < words->len; i++)
    good = ((GString *) g_ptr_array_index (words, i))->len >= 3;
  if (!good)
    {
      add (part, (SigmaTrigger){ .kind = SIGMA_ON_PRESENT, .slot = slot });
      return;
    }
  for (guint i = 0; i < words->len; i++)
    {
      const GString *word = g_ptr_array_index (words, i);
      SkSpan literal = sigma_span (sk_sigma_copy (memory, word->str, word->len), word->len);
      add (part, (SigmaTrigger){ SIGMA_ON_CONTAINS, slot, literal });
    }
}

/** False: it can be true without any value. */
static bool
add_atom (SkSigmaMemory *memory, const SigmaAtom *atom, uint32_t slot, Part *part)
{
  switch (atom->atom->kind)
    {
    case SK_SIGMA_PATTERN:
      add (part, trigger_of_pattern (memory, atom, slot));
      return true;
    case SK_SIGMA_REGEX:
      add_regex (memory, atom, slot, part);
      return true;
    case SK_SIGMA_NULL:
      return false;
    case SK_SIGMA_EXISTS:
      if (!atom->atom->flag)
        return false;
      break;
    case SK_SIGMA_NUMBER: case SK_SIGMA_CIDR: case SK_SIGMA_TIMEPART: case SK_SIGMA_FIELDREF:
      break;
    }
  add (part, (SigmaTrigger){ .kind = SIGMA_ON_PRESENT, .slot = slot });
  return true;
}

/* ---- items and conditions ---- */

static bool
add_choice (SkSigmaMemory *memory, const SigmaChoice *choice, uint32_t slot, Part *part)
{
  for (uint32_t i = 0; i < choice->n_atoms; i++)
    if (!add_atom (memory, &choice->atoms[i], slot, part))
      return false;
  return true;
}

static Part
empty_part (void)
{
  return (Part){ g_array_new (FALSE, FALSE, sizeof (SigmaTrigger)), 0 };
}

/** Keeps the cheaper; takes `other`. */
static void
part_cheaper (Part *best, Part other)
{
  if (other.triggers == NULL)
    return;
  if (best->triggers != NULL && best->cost <= other.cost)
    {
      g_array_unref (other.triggers);
      return;
    }
  part_clear (best);
  *best = other;
}

/** About what a value takes when it becomes a trigger. */
static uint64_t
bytes_of (const SigmaAtom *atom)
{
  uint64_t bytes = sizeof (SigmaTrigger) + atom->literal.size;
  for (uint32_t i = 0; i < atom->n_parts; i++)
    bytes += atom->parts[i].text.size;
  return bytes + (atom->atom->kind == SK_SIGMA_REGEX ? 16 * strlen (atom->atom->text) : 0);
}

/** False: the rule has been looked at for long enough. */
static bool
see_item (Chooser *chooser, const SigmaItem *item)
{
  for (uint32_t i = 0; i < item->n_choices && chooser->seen <= MOST_SEEN; i++)
    for (uint32_t k = 0; k < item->choices[i].n_atoms; k++)
      chooser->seen += bytes_of (&item->choices[i].atoms[k]);
  return chooser->seen <= MOST_SEEN;
}

static Part
part_of_item (Chooser *chooser, const SigmaItem *item)
{
  uint32_t slot = SIGMA_NONE;
  if (!see_item (chooser, item))
    return nothing;
  if (item->field != SIGMA_NONE)
    {
      slot = chooser->bound->slots[item->field];
      if (item->item->negated || g_array_index (chooser->kind->slots, SigmaSlot, slot).later)
        return nothing;
    }
  Part whole = empty_part (), best = nothing;
  bool good = !item->item->negated;
  for (uint32_t i = 0; i < item->n_choices && good; i++)
    {
      Part one = empty_part ();
      bool needs = add_choice (chooser->memory, &item->choices[i], slot, item->item->all ? &one : &whole);
      if (item->item->all && needs)
        part_cheaper (&best, one);
      else
        g_array_unref (one.triggers);
      good = needs || item->item->all;
    }
  if (!item->item->all && good)
    return whole;
  g_array_unref (whole.triggers);
  return best;
}

static Part part_of_node (Chooser *chooser, const SigmaNode *node);

static int
compare_costs (const void *a, const void *b)
{
  const Part *left = a, *right = b;
  return (left->cost > right->cost) - (left->cost < right->cost);
}

/** Of the node's children the `n` cheapest, together. */
static Part
cheapest (Chooser *chooser, const SigmaNode *node, uint32_t n)
{
  Part *parts = g_new (Part, node->n_children + 1);
  Part all = empty_part ();
  for (uint32_t i = 0; i < node->n_children; i++)
    parts[i] = part_of_node (chooser, node->children[i]);
  qsort (parts, node->n_children, sizeof (Part), compare_costs);
  for (uint32_t i = 0; i < node->n_children; i++)
    {
      if (i < n && parts[i].triggers == NULL)
        all.cost = INFINITY;
      else if (i < n)
        {
          g_array_append_vals (all.triggers, parts[i].triggers->data, parts[i].triggers->len);
          all.cost += parts[i].cost;
        }
      part_clear (&parts[i]);
    }
  g_free (parts);
  if (isinf (all.cost) || all.triggers->len > MOST_TRIGGERS)
    part_clear (&all);
  return all;
}

static Part
part_of_node (Chooser *chooser, const SigmaNode *node)
{
  switch (node->kind)
    {
    case SK_SIGMA_ITEM:
      return part_of_item (chooser, node->item);
    case SK_SIGMA_AND:
      return node->n_children > 0 ? cheapest (chooser, node, 1) : nothing;
    case SK_SIGMA_OR:
      return cheapest (chooser, node, node->n_children);
    case SK_SIGMA_COUNT:
      /* Of any so many of the children one must hold. */
      if (node->least == 0)
        return nothing;
      if (node->least > node->n_children)
        return empty_part ();
      return cheapest (chooser, node, node->n_children - node->least + 1);
    case SK_SIGMA_NOT:
      break;
    }
  return nothing;
}

GArray *
sigma_triggers_of (SkSigmaMemory *memory, const SigmaKind *kind, const SigmaBound *bound)
{
  Chooser chooser = { memory, kind, bound, 0 };
  return part_of_node (&chooser, bound->program->root).triggers;
}
