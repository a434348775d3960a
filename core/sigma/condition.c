/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The condition of a rule.
 *
 *     or     = and *( "or" and )
 *     and    = not *( "and" not )
 *     not    = "not" not / "(" or ")" / many / name
 *     many   = ( number / "any" / "all" ) "of" ( "them" / pattern )
 *
 * Words are parted by white space and brackets; those of the grammar are
 * insensitive to case, names of selections are not. A pattern is a name with
 * any number of `*`. Selections whose name begins with `_` are meant by
 * patterns that begin so and by no other, nor by `them`.
 */
#include "config.h"

#include "sigma/parse.h"

#include "base/i18n.h"
#include "base/limits.h"

typedef struct Parser {
  SkSigmaReader *reader;
  const SkSigmaSelection *selections;
  size_t n_selections;
  uint32_t line;
  const char *at; /* behind the word */
  char *word;     /* the current one, "" at the end */
  unsigned depth;
} Parser;

static const SkSigmaNode *parse_or (Parser *parser);

static void
next_word (Parser *parser)
{
  g_free (parser->word);
  while (g_ascii_isspace (*parser->at))
    parser->at++;
  const char *begin = parser->at;
  if (*begin == '(' || *begin == ')' || *begin == '|')
    parser->at++;
  else
    while (*parser->at != '\0' && !g_ascii_isspace (*parser->at)
           && strchr ("()|", *parser->at) == NULL)
      parser->at++;
  parser->word = g_strndup (begin, (gsize) (parser->at - begin));
}

static bool
is_word (const Parser *parser, const char *word)
{
  return g_ascii_strcasecmp (parser->word, word) == 0;
}

/* The word after the current one is `of`. */
static bool
of_follows (const Parser *parser)
{
  Parser ahead = *parser;
  ahead.word = NULL;
  next_word (&ahead);
  bool of = is_word (&ahead, "of");
  g_free (ahead.word);
  return of;
}

static const SkSigmaNode *
refuse (Parser *parser, const char *text)
{
  if (parser->word[0] == '|')
    sk_sigma_refuse (parser->reader, parser->line,
                     _ ("the condition has an aggregation behind \"|\": such rules are written as "
                        "correlations now"));
  else if (parser->word[0] == '\0')
    sk_sigma_refuse (parser->reader, parser->line, _ ("the condition ends too early: %s"), text);
  else
    sk_sigma_refuse (parser->reader, parser->line, _ ("the condition is wrong at \"%s\": %s"),
                     parser->word, text);
  return NULL;
}

/* Time is at most the product of the lengths. */
static bool
fits (const char *pattern, const char *name)
{
  const char *star = NULL, *again = NULL;
  while (*name != '\0')
    if (*pattern == '*')
      {
        star = pattern++;
        again = name;
      }
    else if (*pattern == *name)
      {
        pattern++;
        name++;
      }
    else if (star != NULL)
      {
        pattern = star + 1;
        name = ++again;
      }
    else
      return false;
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

static void
find (const Parser *parser, const char *pattern, GPtrArray *nodes)
{
  for (size_t i = 0; i < parser->n_selections; i++)
    if ((parser->selections[i].name[0] != '_' || pattern[0] == '_')
        && fits (pattern, parser->selections[i].name))
      g_ptr_array_add (nodes, (void *) parser->selections[i].node);
}

/* `all` and `any` are 0 and 1. */
static bool
read_quantity (Parser *parser, uint32_t *ret_least)
{
  guint64 value;
  *ret_least = is_word (parser, "any") ? 1 : 0;
  if (*ret_least == 1 || is_word (parser, "all"))
    return true;
  if (!g_ascii_string_to_unsigned (parser->word, 10, 1, UINT32_MAX, &value, NULL))
    {
      refuse (parser, _ ("a number from 1, any or all is expected before \"of\""));
      return false;
    }
  *ret_least = (uint32_t) value;
  return true;
}

static const SkSigmaNode *
parse_many (Parser *parser)
{
  uint32_t least;
  if (!read_quantity (parser, &least))
    return NULL;
  next_word (parser); /* of */
  next_word (parser);
  if (parser->word[0] == '\0' || strchr ("()|", parser->word[0]) != NULL)
    return refuse (parser, _ ("a pattern is expected behind \"of\""));
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  find (parser, is_word (parser, "them") ? "*" : parser->word, nodes);
  if (nodes->len == 0)
    return refuse (parser, _ ("no selection has such a name"));
  if (least > nodes->len)
    return refuse (parser, _ ("there are fewer such selections"));
  const SkSigmaNode *node
      = sk_sigma_node_count (parser->reader, least > 0 ? least : nodes->len,
                             (const SkSigmaNode *const *) nodes->pdata, nodes->len, parser->line);
  next_word (parser);
  return node;
}

static const SkSigmaNode *
parse_name (Parser *parser)
{
  static const char *const words[] = { "", ")", "|", "and", "or", "of" };
  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (is_word (parser, words[i]))
      return refuse (parser, _ ("the name of a selection is expected"));
  for (size_t i = 0; i < parser->n_selections; i++)
    if (strcmp (parser->selections[i].name, parser->word) == 0)
      {
        next_word (parser);
        return parser->selections[i].node;
      }
  return refuse (parser, _ ("there is no such selection"));
}

static const SkSigmaNode *
parse_brackets (Parser *parser)
{
  next_word (parser);
  const SkSigmaNode *node = parse_or (parser);
  if (node == NULL)
    return NULL;
  if (!is_word (parser, ")"))
    return refuse (parser, _ ("\")\" is expected"));
  next_word (parser);
  return node;
}

static const SkSigmaNode *
parse_not (Parser *parser)
{
  if (parser->depth >= SK_MAX_SIGMA_DEPTH)
    return refuse (parser, _ ("it is nested too deep"));
  parser->depth++;
  const SkSigmaNode *node;
  if (of_follows (parser))
    node = parse_many (parser);
  else if (is_word (parser, "("))
    node = parse_brackets (parser);
  else if (is_word (parser, "not"))
    {
      next_word (parser);
      node = parse_not (parser);
      if (node != NULL)
        node = sk_sigma_node (parser->reader, SK_SIGMA_NOT, &node, 1, parser->line);
    }
  else
    node = parse_name (parser);
  parser->depth--;
  return node;
}

static const SkSigmaNode *
parse_chain (Parser *parser, const char *word, SkSigmaNodeKind kind,
             const SkSigmaNode *(*part) (Parser *) )
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  for (;;)
    {
      const SkSigmaNode *node = part (parser);
      if (node == NULL)
        return NULL;
      g_ptr_array_add (nodes, (void *) node);
      if (!is_word (parser, word))
        break;
      next_word (parser);
    }
  return sk_sigma_node (parser->reader, kind, (const SkSigmaNode *const *) nodes->pdata, nodes->len,
                        parser->line);
}

static const SkSigmaNode *
parse_and (Parser *parser)
{
  return parse_chain (parser, "and", SK_SIGMA_AND, parse_not);
}

static const SkSigmaNode *
parse_or (Parser *parser)
{
  return parse_chain (parser, "or", SK_SIGMA_OR, parse_and);
}

const SkSigmaNode *
sk_sigma_condition (SkSigmaReader *reader, const char *text, uint32_t line,
                    const SkSigmaSelection *selections, size_t n_selections)
{
  if (strlen (text) > SK_MAX_RULE_TEXT)
    {
      sk_sigma_refuse (reader, line, _ ("the condition is too long"));
      return NULL;
    }
  Parser parser = { .reader = reader,
                    .selections = selections,
                    .n_selections = n_selections,
                    .line = line,
                    .at = text };
  next_word (&parser);
  const SkSigmaNode *node = parse_or (&parser);
  if (node != NULL && parser.word[0] != '\0')
    node = refuse (&parser, _ ("and, or or the end is expected"));
  g_free (parser.word);
  return node;
}
