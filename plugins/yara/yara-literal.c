/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Finds, for each string of a rule, bytes that every match of it holds, and
 * how far around them a match can reach. What is not understood gives no
 * literal; a literal that is too common gives none either, because looking
 * around all its places would cost more than a scan.
 *
 * Longest matches count what the expression consumes, so a window of that
 * reach on both sides of the literal, and a character more for word borders,
 * holds all that libyara looks at for a match there.
 */
#include "config.h"

#include <hs/hs.h>
#include <string.h>

#include "yara-literal.h"

/** Worth of a literal that is taken at all, and of one that is not poor; see worth_of. */
#define MIN_WORTH 3
#define GOOD_WORTH 6
/** Reach of a literal that is not poor. */
#define GOOD_REACH 300
#define UNBOUNDED UINT32_MAX
/** Bytes beyond a match that libyara looks at: the neighbours of whole words, also wide ones. */
#define BORDER 4

/** Text of a pattern; Hyperscan takes long ones, but they are slow. */
#define MAX_PATTERN 4000
/** Worth of the bytes that a pattern must hold, one of them not common: others would hit
 * everywhere. */
#define MIN_PATTERN_WORTH 4

static void
literal_clear (void *data)
{
  g_free (((YaraLiteral *) data)->pattern);
}

GArray *
yara_literals_new (void)
{
  GArray *literals = g_array_new (FALSE, FALSE, sizeof (YaraLiteral));
  g_array_set_clear_func (literals, literal_clear);
  return literals;
}

/* ---- worth ---- */

static unsigned
byte_worth (uint8_t byte)
{
  if (byte == 0x00 || byte == 0xff || byte == ' ' || byte == 0x90 || byte == 0xcc)
    return 1;
  return g_ascii_isalnum (byte) || byte == '.' || byte == '/' || byte == '_' ? 2 : 3;
}

/** How rare the bytes are, roughly. Repeated ones add little, and common ones nothing then. */
static unsigned
worth_of (const uint8_t *bytes, size_t size)
{
  unsigned worth = 0;
  for (size_t i = 0; i < size; i++)
    {
      bool is_repeated = i > 0 && bytes[i] == bytes[i - 1];
      worth += is_repeated ? byte_worth (bytes[i]) / 2 : byte_worth (bytes[i]);
    }
  return worth;
}

bool
yara_literal_is_poor (const YaraLiteral *literal)
{
  return literal->pattern != NULL || literal->reach > GOOD_REACH
         || worth_of (literal->bytes, literal->size) < GOOD_WORTH;
}

/** The best part of a run of known bytes, at most YARA_MAX_LITERAL long. False for a poor one. */
static bool
best_part (const uint8_t *bytes, size_t size, YaraLiteral *ret_literal)
{
  size_t length = MIN (size, YARA_MAX_LITERAL), best = 0;
  unsigned best_worth = 0;
  for (size_t i = 0; i + length <= size; i++)
    {
      unsigned worth = worth_of (bytes + i, length);
      if (worth > best_worth)
        {
          best_worth = worth;
          best = i;
        }
    }
  if (best_worth < MIN_WORTH || length < 2)
    return false;
  *ret_literal = (YaraLiteral){ .size = (uint8_t) length };
  memcpy (ret_literal->bytes, bytes + best, length);
  return true;
}

/* ---- trees ---- */

static unsigned
list_worth (const GArray *literals)
{
  unsigned worth = UINT_MAX;
  for (guint i = 0; i < literals->len; i++)
    {
      const YaraLiteral *literal = &g_array_index (literals, YaraLiteral, i);
      worth = MIN (worth, worth_of (literal->bytes, literal->size));
    }
  /* many alternatives occur more often than one */
  return worth > literals->len / 8 ? worth - literals->len / 8 : 0;
}

/** Keeps the better of two lists; takes both. */
static GArray *
better_list (GArray *a, GArray *b)
{
  if (a == NULL || b == NULL)
    return a != NULL ? a : b;
  bool first = list_worth (a) >= list_worth (b);
  g_array_unref (first ? b : a);
  return first ? a : b;
}

static GArray *
list_of_run (const GByteArray *run)
{
  YaraLiteral literal;
  if (run->len == 0 || !best_part (run->data, run->len, &literal))
    return NULL;
  GArray *list = yara_literals_new ();
  g_array_append_val (list, literal);
  return list;
}

static GArray *literals_of_node (const RE_NODE *node);

static GArray *
literals_of_concat (const RE_NODE *node)
{
  GArray *best = NULL;
  g_autoptr (GByteArray) run = g_byte_array_new ();
  for (const RE_NODE *child = node->children_head; child != NULL; child = child->next_sibling)
    {
      if (child->type == RE_NODE_LITERAL)
        {
          uint8_t byte = (uint8_t) child->value;
          g_byte_array_append (run, &byte, 1);
          continue;
        }
      best = better_list (best, list_of_run (run));
      g_byte_array_set_size (run, 0);
      best = better_list (best, literals_of_node (child));
    }
  return better_list (best, list_of_run (run));
}

/** All alternatives together; none when one of them has none. */
static GArray *
literals_of_alternatives (const RE_NODE *node)
{
  GArray *all = yara_literals_new ();
  for (const RE_NODE *child = node->children_head; child != NULL; child = child->next_sibling)
    {
      GArray *part = literals_of_node (child);
      bool fits = part != NULL && all->len + part->len <= YARA_MAX_ALTERNATIVES;
      if (fits)
        g_array_append_vals (all, part->data, part->len);
      g_clear_pointer (&part, g_array_unref);
      if (!fits)
        {
          g_array_unref (all);
          return NULL;
        }
    }
  return all;
}

static GArray *
literals_of_node (const RE_NODE *node)
{
  switch (node->type)
    {
    case RE_NODE_CONCAT:
      return literals_of_concat (node);
    case RE_NODE_ALT:
      return literals_of_alternatives (node);
    case RE_NODE_PLUS:
      return literals_of_node (node->children_head);
    case RE_NODE_RANGE:
      return node->start > 0 ? literals_of_node (node->children_head) : NULL;
    default: /* a single byte is too common, the others may match nothing or anything */
      return NULL;
    }
}

static uint32_t
add_lengths (uint32_t a, uint32_t b)
{
  return a >= UNBOUNDED - b ? UNBOUNDED : a + b;
}

static uint32_t
multiply_length (uint32_t length, int count)
{
  uint32_t product;
  if (length == UNBOUNDED || count < 0 || count >= RE_MAX_RANGE
      || __builtin_mul_overflow (length, (uint32_t) count, &product))
    return UNBOUNDED;
  return product;
}

static uint32_t
longest_of_node (const RE_NODE *node)
{
  uint32_t length = 0;
  switch (node->type)
    {
    case RE_NODE_CONCAT:
      for (const RE_NODE *child = node->children_head; child != NULL; child = child->next_sibling)
        length = add_lengths (length, longest_of_node (child));
      return length;
    case RE_NODE_ALT:
      for (const RE_NODE *child = node->children_head; child != NULL; child = child->next_sibling)
        length = MAX (length, longest_of_node (child));
      return length;
    case RE_NODE_RANGE:
      return multiply_length (longest_of_node (node->children_head), node->end);
    case RE_NODE_RANGE_ANY:
      return multiply_length (1, node->end);
    case RE_NODE_STAR:
    case RE_NODE_PLUS:
      return UNBOUNDED;
    case RE_NODE_EMPTY:
    case RE_NODE_ANCHOR_START:
    case RE_NODE_ANCHOR_END:
    case RE_NODE_WORD_BOUNDARY:
    case RE_NODE_NON_WORD_BOUNDARY:
      return 0;
    default:
      return 1;
    }
}

/* ---- patterns ---- */

/** A pattern being written: what it matches is at least what the tree matches. */
typedef struct Pattern {
  GString *text;
  unsigned worth; /* of the bytes that are always there */
  bool is_rare;   /* one of them is not common */
} Pattern;

static bool put_node (Pattern *pattern, const RE_NODE *node, bool is_always);

static void
put_class (Pattern *pattern, const RE_CLASS *class)
{
  g_string_append (pattern->text, class->negated ? "[^" : "[");
  for (unsigned byte = 0; byte < 256; byte++)
    if ((class->bitmap[byte / 8] & (1u << (byte % 8))) != 0)
      g_string_append_printf (pattern->text, "\\x%02x", byte);
  g_string_append (pattern->text, "]");
}

static void
put_masked (Pattern *pattern, const RE_NODE *node)
{
  g_string_append (pattern->text, "[");
  for (int byte = 0; byte < 256; byte++)
    if ((byte & node->mask) == node->value)
      g_string_append_printf (pattern->text, "\\x%02x", (unsigned) byte);
  g_string_append (pattern->text, "]");
}

static bool
put_children (Pattern *pattern, const RE_NODE *node, const char *between, bool is_always)
{
  g_string_append (pattern->text, "(?:");
  for (const RE_NODE *child = node->children_head; child != NULL; child = child->next_sibling)
    {
      if (child != node->children_head)
        g_string_append (pattern->text, between);
      if (!put_node (pattern, child, is_always))
        return false;
    }
  g_string_append (pattern->text, ")");
  return pattern->text->len < MAX_PATTERN;
}

static bool
put_repeated (Pattern *pattern, const RE_NODE *node, int least, int most, bool is_always)
{
  if (!put_children (pattern, node, "", is_always && least > 0))
    return false;
  if (most < 0 || most >= RE_MAX_RANGE)
    g_string_append_printf (pattern->text, "{%d,}", least);
  else
    g_string_append_printf (pattern->text, "{%d,%d}", least, most);
  return true;
}

static bool
put_node (Pattern *pattern, const RE_NODE *node, bool is_always)
{
  switch (node->type)
    {
    case RE_NODE_LITERAL:
      pattern->worth += is_always ? byte_worth ((uint8_t) node->value) : 0;
      pattern->is_rare
          = pattern->is_rare || (is_always && byte_worth ((uint8_t) node->value) > 1);
      g_string_append_printf (pattern->text, "\\x%02x", (unsigned) node->value & 0xff);
      return true;
    case RE_NODE_MASKED_LITERAL:
      put_masked (pattern, node);
      return true;
    case RE_NODE_CLASS:
      put_class (pattern, node->re_class);
      return true;
    case RE_NODE_CONCAT:
      return put_children (pattern, node, "", is_always);
    case RE_NODE_ALT:
      return put_children (pattern, node, "|", false);
    case RE_NODE_STAR:
      return put_repeated (pattern, node, 0, -1, is_always);
    case RE_NODE_PLUS:
      return put_repeated (pattern, node, 1, -1, is_always);
    case RE_NODE_RANGE:
      return put_repeated (pattern, node, node->start, node->end, is_always);
    case RE_NODE_RANGE_ANY:
      g_string_append_printf (pattern->text, node->end >= RE_MAX_RANGE ? ".{%d,}" : ".{%d,%d}",
                              node->start, node->end);
      return true;
    case RE_NODE_EMPTY:
    case RE_NODE_ANCHOR_START:
    case RE_NODE_ANCHOR_END:
    case RE_NODE_WORD_BOUNDARY:
    case RE_NODE_NON_WORD_BOUNDARY:
      return true; /* matches more without */
    default: /* a character of some kind */
      g_string_append (pattern->text, ".");
      return true;
    }
}

static bool
compiles (const char *text)
{
  hs_database_t *database = NULL;
  hs_compile_error_t *error = NULL;
  bool works = hs_compile (text, HS_FLAG_DOTALL | HS_FLAG_CASELESS, HS_MODE_BLOCK, NULL, &database,
                           &error)
               == HS_SUCCESS;
  hs_free_compile_error (error);
  hs_free_database (database);
  return works;
}

/** NULL for what Hyperscan does not take, or would find everywhere. */
static char *
pattern_of_tree (const RE_NODE *node)
{
  Pattern pattern = { g_string_new (NULL), 0, false };
  bool fits = put_node (&pattern, node, true) && pattern.is_rare
              && pattern.worth >= MIN_PATTERN_WORTH && compiles (pattern.text->str);
  return g_string_free (pattern.text, !fits);
}

YaraTree
yara_tree_read (const RE_AST *tree)
{
  YaraTree read = { literals_of_node (tree->root_node), longest_of_node (tree->root_node), NULL };
  if (read.literals == NULL)
    read.pattern = pattern_of_tree (tree->root_node);
  return read;
}

void
yara_tree_clear (YaraTree *tree)
{
  g_clear_pointer (&tree->literals, g_array_unref);
  g_clear_pointer (&tree->pattern, g_free);
}

/* ---- strings ---- */

/** Each byte followed by 0; the last one's is left out, as the bytes alone are proof enough. */
static bool
widen (const YaraLiteral *literal, YaraLiteral *ret_wide)
{
  size_t size = MIN (literal->size, YARA_MAX_LITERAL / 2);
  *ret_wide = *literal;
  ret_wide->size = (uint8_t) (size * 2 - 1);
  for (size_t i = 0; i < size; i++)
    {
      ret_wide->bytes[i * 2] = literal->bytes[i];
      if (i + 1 < size)
        ret_wide->bytes[i * 2 + 1] = 0;
    }
  return true;
}

static uint32_t
reach_of (uint32_t longest, bool is_wide)
{
  if (longest > YARA_MAX_REACH)
    return YARA_REACH_ALL;
  return longest * (is_wide ? 2 : 1) + BORDER;
}

static void
add_forms (const YR_STRING *string, const YaraLiteral *literal, uint32_t longest, GArray *literals)
{
  YaraLiteral form = *literal;
  form.any_case = STRING_IS_NO_CASE (string);
  form.reach = reach_of (longest, STRING_IS_WIDE (string));
  /* parts of a chain are found apart from each other, so no window holds them */
  if (STRING_IS_CHAIN_PART (string))
    form.reach = YARA_REACH_ALL;
  /* what base64 makes of a wide text is itself no wide text */
  if (STRING_IS_ASCII (string) || !STRING_IS_WIDE (string) || STRING_IS_BASE64 (string)
      || STRING_IS_BASE64_WIDE (string))
    g_array_append_val (literals, form);
  YaraLiteral wide;
  if (STRING_IS_WIDE (string) && widen (&form, &wide))
    g_array_append_val (literals, wide);
}

/** One form for each key; a zero of a wide text is coded too. */
static void
add_coded_forms (const YR_STRING *string, const YaraLiteral *literal, uint32_t longest,
                 GArray *literals)
{
  g_autoptr (GArray) forms = yara_literals_new ();
  add_forms (string, literal, longest, forms);
  for (unsigned key = 0; key < 256; key++)
    for (guint i = 0; i < forms->len; i++)
      {
        YaraLiteral coded = g_array_index (forms, YaraLiteral, i);
        for (size_t k = 0; k < coded.size; k++)
          coded.bytes[k] ^= (uint8_t) key;
        g_array_append_val (literals, coded);
      }
}

/** Matches at one offset only; a window there holds them. */
static bool
add_fixed (const YR_STRING *string, uint32_t longest, GArray *fixed)
{
  uint32_t reach = reach_of (longest, STRING_IS_WIDE (string));
  if (!STRING_IS_FIXED_OFFSET (string) || string->fixed_offset < 0 || reach == YARA_REACH_ALL
      || STRING_IS_CHAIN_PART (string))
    return false;
  YaraFixed place = { (uint64_t) string->fixed_offset, reach };
  g_array_append_val (fixed, place);
  return true;
}

/** The string's own bytes. False when they are too common. */
static bool
add_text (const YR_STRING *string, GArray *literals)
{
  YaraLiteral literal;
  uint32_t length = (uint32_t) string->length;
  if (!best_part (string->string, length, &literal))
    return false;
  if (STRING_IS_XOR (string))
    add_coded_forms (string, &literal, length, literals);
  else
    add_forms (string, &literal, length, literals);
  return true;
}

static bool
add_tree (const YR_STRING *string, const YaraTree *tree, GArray *literals)
{
  if (tree == NULL || STRING_IS_XOR (string))
    return false;
  for (guint i = 0; tree->literals != NULL && i < tree->literals->len; i++)
    add_forms (string, &g_array_index (tree->literals, YaraLiteral, i), tree->longest, literals);
  if (tree->literals != NULL)
    return true;
  if (tree->pattern == NULL || STRING_IS_WIDE (string))
    return false;
  /* a hit tells the end only, so the reach is counted from there */
  YaraLiteral literal = { .any_case = STRING_IS_NO_CASE (string),
                          .reach = reach_of (tree->longest, false),
                          .pattern = g_strdup (tree->pattern) };
  if (STRING_IS_CHAIN_PART (string))
    literal.reach = YARA_REACH_ALL;
  g_array_append_val (literals, literal);
  return true;
}

bool
yara_string_needs (const YR_STRING *string, const YaraTree *tree, GArray *literals, GArray *fixed)
{
  bool is_text = STRING_IS_LITERAL (string) && !STRING_IS_CHAIN_PART (string);
  uint32_t longest = is_text        ? (uint32_t) string->length
                     : tree != NULL ? tree->longest
                                    : UNBOUNDED;
  if (add_fixed (string, longest, fixed))
    return true;
  return (is_text && add_text (string, literals)) || add_tree (string, tree, literals);
}
