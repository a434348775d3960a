/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What conditions say of objects that do, or do not, begin with certain bytes.
 *
 * libyara makes the whole tree of the `pe` module anew for each object (some
 * 200 µs), and most rules that use it, or look for programs at all, are false
 * for anything but programs. They are kept apart and not run on other objects;
 * and where only a part of a condition asks for a program ("… or pe.imphash()
 * == …"), the rule is run without that part on all other objects.
 *
 * A part is taken for false only on proof, and these are taken: a comparison
 * of the first bytes with the program's; and a part that names nothing but the
 * module, on which libyara itself is asked here, because the module looks the
 * same for every object that is no such program: what is false for one is
 * false for all. What is not understood counts as no proof.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"
#include "yara-token.h"

/** Tokens of one condition that are read at all. */
#define MAX_TOKENS 4096
/** Parentheses in parentheses. */
#define MAX_DEPTH 32

typedef struct Tokens {
  const YaraToken *first, *end;
} Tokens;

typedef struct Prover {
  const YaraMagic *magic;
  const YR_RULE *rule;
  YaraProved *proved; /* rules of the namespace that were proved before */
  void *data;
  GHashTable *asked; /* question → whether it is false without such a program */
} Prover;

const YaraMagic yara_magic_program = { "pe", "MZ", 2 };
const YaraMagic yara_magic_elf = { "elf", "\x7f" "ELF", 4 };

bool
yara_magic_fits (const YaraMagic *magic, SkSpan bytes)
{
  return bytes.size >= magic->size && memcmp (bytes.data, magic->bytes, magic->size) == 0;
}

/* ---- parts ---- */

static int
depth_change (const YaraToken *token)
{
  if (token->kind != YARA_TOKEN_SIGN)
    return 0;
  uint8_t sign = *token->begin;
  return (sign == '(' || sign == '[') - (sign == ')' || sign == ']');
}

/** The end of the part that begins at `first`, up to `word` outside of parentheses. */
static const YaraToken *
part_end (const YaraToken *first, const YaraToken *end, const char *word)
{
  int depth = 0;
  for (const YaraToken *token = first; token < end; token++)
    {
      depth += depth_change (token);
      if (depth == 0 && yara_token_is (token, YARA_TOKEN_WORD, word))
        return token;
    }
  return end;
}

/** Takes away parentheses around the whole. */
static Tokens
without_parentheses (Tokens tokens)
{
  while (tokens.end - tokens.first >= 2 && yara_token_is (tokens.first, YARA_TOKEN_SIGN, "("))
    {
      int depth = 0;
      const YaraToken *token = tokens.first;
      do
        depth += depth_change (token);
      while (depth > 0 && ++token < tokens.end);
      if (token != tokens.end - 1)
        break;
      tokens.first++;
      tokens.end--;
    }
  return tokens;
}

/* ---- proofs ---- */

static bool
number_of (const YaraToken *token, uint64_t *ret_number)
{
  char text[32];
  if (token->kind != YARA_TOKEN_NUMBER || token->text.size >= sizeof text)
    return false;
  memcpy (text, token->text.data, token->text.size);
  text[token->text.size] = '\0';
  bool is_hexadecimal = g_str_has_prefix (text, "0x");
  return g_ascii_string_to_unsigned (text + (is_hexadecimal ? 2 : 0), is_hexadecimal ? 16 : 10, 0,
                                     UINT64_MAX, ret_number, NULL);
}

typedef struct Integer {
  const char *name;
  unsigned size; /* bytes */
  bool is_big;
} Integer;

static const Integer *
integer_of (const YaraToken *call)
{
  static const Integer integers[] = { { "uint16", 2, false },
                                      { "uint32", 4, false },
                                      { "uint16be", 2, true },
                                      { "uint32be", 4, true } };
  for (size_t i = 0; i < G_N_ELEMENTS (integers); i++)
    if (yara_token_is (call, YARA_TOKEN_WORD, integers[i].name))
      return &integers[i];
  return NULL;
}

/** `uint16(0)` and its like, compared with a number: only objects that begin with all of the
 * magic's bytes can be meant. */
static bool
is_magic_number (const Prover *prover, const YaraToken *call, const YaraToken *token)
{
  uint64_t number, offset;
  const Integer *integer = integer_of (call);
  if (integer == NULL || !number_of (token, &number) || number >> (integer->size * 8) != 0
      || integer->size < prover->magic->size || !yara_token_is (call + 1, YARA_TOKEN_SIGN, "(")
      || !number_of (call + 2, &offset) || offset != 0
      || !yara_token_is (call + 3, YARA_TOKEN_SIGN, ")"))
    return false;
  char bytes[4] = { 0 };
  for (unsigned i = 0; i < integer->size; i++)
    bytes[integer->is_big ? integer->size - 1 - i : i] = (char) (number >> (i * 8));
  return memcmp (bytes, prover->magic->bytes, prover->magic->size) == 0;
}

static bool
is_equals (const YaraToken *token)
{
  return yara_token_is (token, YARA_TOKEN_SIGN, "=")
         && yara_token_is (token + 1, YARA_TOKEN_SIGN, "=");
}

static bool
compares_with_magic (const Prover *prover, Tokens tokens)
{
  if (tokens.end - tokens.first != 7)
    return false;
  const YaraToken *first = tokens.first;
  return (is_equals (first + 4) && is_magic_number (prover, first, first + 6))
         || (is_equals (first + 1) && is_magic_number (prover, first + 3, first));
}

/** The string begins with the magic's bytes and has no other form. */
static bool
is_plain_magic (const YaraMagic *magic, const YR_STRING *string)
{
  const uint32_t forms = STRING_FLAGS_NO_CASE | STRING_FLAGS_WIDE | STRING_FLAGS_XOR
                         | STRING_FLAGS_BASE64 | STRING_FLAGS_BASE64_WIDE | STRING_FLAGS_CHAIN_PART;
  return STRING_IS_LITERAL (string) && (string->flags & forms) == 0
         && (size_t) string->length >= magic->size
         && memcmp (string->string, magic->bytes, magic->size) == 0;
}

/** `$mz at 0`. */
static bool
is_magic_at_start (const Prover *prover, Tokens tokens)
{
  uint64_t offset;
  const YaraToken *first = tokens.first;
  const YR_STRING *string;
  if (tokens.end - first != 3 || first->kind != YARA_TOKEN_STRING || *first->begin != '$'
      || !yara_token_is (first + 1, YARA_TOKEN_WORD, "at") || !number_of (first + 2, &offset)
      || offset != 0 || first->text.size < 2)
    return false;
  yr_rule_strings_foreach (prover->rule, string)
    if (sk_span_equal (first->text, sk_span_of_text (string->identifier)))
      return is_plain_magic (prover->magic, string);
  return false;
}

/** The name of a rule that needs a program itself. */
static bool
is_proved_rule (const Prover *prover, Tokens tokens)
{
  if (tokens.end - tokens.first != 1 || tokens.first->kind != YARA_TOKEN_WORD)
    return false;
  g_autofree char *name
      = g_strndup ((const char *) tokens.first->text.data, tokens.first->text.size);
  return prover->proved (name, prover->data);
}

static int
note_match (YR_SCAN_CONTEXT *scan, int message, void *message_data, void *data)
{
  (void) scan;
  (void) message_data;
  if (message == CALLBACK_MSG_RULE_MATCHING)
    *(bool *) data = true;
  return CALLBACK_CONTINUE;
}

/** True when it compiles with nothing but the module and is false on objects of other kinds. */
static bool
is_false_on_others (const YaraMagic *magic, const char *question)
{
  static const char other[] = "no program, of some length, and PK\x03\x04";
  const int flags = SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING;
  g_autofree char *text = g_strdup_printf ("import \"%s\" rule asked { condition: (%s\n) }",
                                           magic->module, question);
  YR_COMPILER *compiler = NULL;
  YR_RULES *rules = NULL;
  bool matched = false, ran = false;
  if (yr_compiler_create (&compiler) != ERROR_SUCCESS)
    return false;
  if (yr_compiler_add_string (compiler, text, NULL) == 0
      && yr_compiler_get_rules (compiler, &rules) == ERROR_SUCCESS)
    {
      ran = yr_rules_scan_mem (rules, (const uint8_t *) "", 0, flags, note_match, &matched, 1)
                == ERROR_SUCCESS
            && yr_rules_scan_mem (rules, (const uint8_t *) other, sizeof other, flags, note_match,
                                  &matched, 1)
                   == ERROR_SUCCESS;
      yr_rules_destroy (rules);
    }
  yr_compiler_destroy (compiler);
  return ran && !matched;
}

static bool
ask_libyara (Prover *prover, const char *question)
{
  void *known;
  g_autofree char *key = g_strconcat (prover->magic->module, " ", question, NULL);
  if (g_hash_table_lookup_extended (prover->asked, key, NULL, &known))
    return GPOINTER_TO_INT (known) != 0;
  bool is_false = is_false_on_others (prover->magic, question);
  g_hash_table_insert (prover->asked, g_steal_pointer (&key), GINT_TO_POINTER (is_false));
  return is_false;
}

/** True when nothing but the module and constants can be meant: no bytes, size, string, variable,
 * other module. What is left is sorted out by libyara, which knows no other name there. */
static bool
names_module_only (const Prover *prover, Tokens tokens)
{
  static const char *const of_object[]
      = { "filesize", "entrypoint", "int8",   "int16",   "int32",   "uint8",
          "uint16",   "uint32",     "int8be", "int16be", "int32be", "uint8be",
          "uint16be", "uint32be",   "import", "them" };
  bool has_module = false;
  for (const YaraToken *token = tokens.first; token < tokens.end; token++)
    {
      if (token->kind == YARA_TOKEN_STRING)
        return false;
      has_module = has_module || yara_token_is (token, YARA_TOKEN_WORD, prover->magic->module);
      for (size_t i = 0; i < G_N_ELEMENTS (of_object); i++)
        if (yara_token_is (token, YARA_TOKEN_WORD, of_object[i]))
          return false;
    }
  return has_module;
}

static char *
text_of (Tokens tokens)
{
  return g_strndup ((const char *) tokens.first->begin,
                    (size_t) (tokens.end[-1].end - tokens.first->begin));
}

/** A part of nothing but the module. */
static bool
is_false_by_module (Prover *prover, Tokens tokens)
{
  if (tokens.first == tokens.end || !names_module_only (prover, tokens))
    return false;
  g_autofree char *question = text_of (tokens);
  return ask_libyara (prover, question);
}

/** `$a at EXPRESSION` of the module, which is undefined without such a program. */
static bool
is_at_nowhere (Prover *prover, Tokens tokens)
{
  Tokens place = { tokens.first + 2, tokens.end };
  if (tokens.end - tokens.first < 3 || tokens.first->kind != YARA_TOKEN_STRING
      || !yara_token_is (tokens.first + 1, YARA_TOKEN_WORD, "at")
      || !names_module_only (prover, place))
    return false;
  g_autofree char *expression = text_of (place);
  g_autofree char *question = g_strdup_printf ("defined (%s\n)", expression);
  return ask_libyara (prover, question);
}

/** `for any i in (RANGE) : ( … )` over a range of the module: false whatever is asked of its
 * items when it is false with a question that is always answered yes. */
static bool
is_over_nothing (Prover *prover, Tokens tokens)
{
  int depth = 0;
  const YaraToken *colon = tokens.first;
  if (tokens.first == tokens.end || !yara_token_is (tokens.first, YARA_TOKEN_WORD, "for"))
    return false;
  for (; colon < tokens.end; colon++)
    {
      depth += depth_change (colon);
      if (depth == 0 && yara_token_is (colon, YARA_TOKEN_SIGN, ":"))
        break;
    }
  Tokens head = { tokens.first, colon };
  Tokens body = without_parentheses ((Tokens){ colon + 1, tokens.end });
  if (colon >= tokens.end || body.first == colon + 1 || !names_module_only (prover, head))
    return false;
  g_autofree char *range = text_of (head);
  g_autofree char *question = g_strdup_printf ("%s : (true)", range);
  return ask_libyara (prover, question);
}

static bool
prove (Prover *prover, Tokens tokens, unsigned depth)
{
  tokens = without_parentheses (tokens);
  if (tokens.first == tokens.end || depth > MAX_DEPTH)
    return false;
  /* each of several alternatives must need it */
  const YaraToken *stop = part_end (tokens.first, tokens.end, "or");
  if (stop < tokens.end)
    return prove (prover, (Tokens){ tokens.first, stop }, depth + 1)
           && prove (prover, (Tokens){ stop + 1, tokens.end }, depth + 1);
  /* one of several conditions is enough */
  stop = part_end (tokens.first, tokens.end, "and");
  if (stop < tokens.end)
    return prove (prover, (Tokens){ tokens.first, stop }, depth + 1)
           || prove (prover, (Tokens){ stop + 1, tokens.end }, depth + 1);
  return compares_with_magic (prover, tokens) || is_magic_at_start (prover, tokens)
         || is_proved_rule (prover, tokens) || is_false_by_module (prover, tokens)
         || is_at_nowhere (prover, tokens) || is_over_nothing (prover, tokens);
}

/* ---- parts that can be left out ---- */

/** Notes the alternatives that are false without such a program. */
static void
find_false_parts (Prover *prover, Tokens tokens, GArray *parts, unsigned depth)
{
  tokens = without_parentheses (tokens);
  if (tokens.first == tokens.end || depth > MAX_DEPTH)
    return;
  if (prove (prover, tokens, depth))
    {
      YaraPart part = { tokens.first->begin, tokens.end[-1].end };
      g_array_append_val (parts, part);
      return;
    }
  const char *word = part_end (tokens.first, tokens.end, "or") < tokens.end ? "or" : "and";
  const YaraToken *stop = part_end (tokens.first, tokens.end, word);
  if (stop == tokens.end)
    return;
  find_false_parts (prover, (Tokens){ tokens.first, stop }, parts, depth + 1);
  find_false_parts (prover, (Tokens){ stop + 1, tokens.end }, parts, depth + 1);
}

static bool
is_in_parts (const GArray *parts, const YaraToken *token)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const YaraPart *part = &g_array_index (parts, YaraPart, i);
      if (token->begin >= part->begin && token->end <= part->end)
        return true;
    }
  return false;
}

static bool
names_module_elsewhere (const YaraMagic *magic, Tokens tokens, const GArray *parts)
{
  for (const YaraToken *token = tokens.first; token < tokens.end; token++)
    if (yara_token_is (token, YARA_TOKEN_WORD, magic->module) && !is_in_parts (parts, token))
      return true;
  return false;
}

void
yara_condition_read (const YaraText *text, const YR_RULE *rule, const YaraMagic *magic,
                     YaraProved *proved, void *data, GHashTable *asked, YaraVerdict *ret_verdict)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (YaraToken));
  YaraLexer lexer = yara_lexer (
      (SkSpan){ text->condition, (size_t) (text->condition_end - text->condition) });
  for (YaraToken token = yara_lexer_next (&lexer); token.kind != YARA_TOKEN_END;
       token = yara_lexer_next (&lexer))
    g_array_append_val (tokens, token);
  *ret_verdict = (YaraVerdict){ .false_parts = g_array_new (FALSE, FALSE, sizeof (YaraPart)) };
  const YaraToken *first = (const YaraToken *) (void *) tokens->data;
  Tokens all = { first, first + tokens->len };
  Prover prover = { magic, rule, proved, data, asked };
  if (tokens->len == 0 || tokens->len > MAX_TOKENS)
    {
      ret_verdict->names_module = true;
      return;
    }
  ret_verdict->needs = prove (&prover, all, 0);
  find_false_parts (&prover, all, ret_verdict->false_parts, 0);
  ret_verdict->names_module = names_module_elsewhere (magic, all, ret_verdict->false_parts);
}
