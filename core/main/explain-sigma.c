/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/explain-sigma.h"

#include "base/text.h"
#include "base/yaml.h"
#include "main/session.h"

#include <stdio.h>
#include <string.h>

/* What is shown at most: rules with thousands of values exist. */
#define MOST_VALUES 12
#define MOST_TEXT 100
#define MOST_DEPTH 12
#define MOST_LINES 120

typedef enum Word {
  RECORDS,
  LOOKS,
  CATEGORY,
  PRODUCT,
  SERVICE,
  IDLE,
  ALL,
  ANY,
  AT_LEAST,
  NOT,
  KEYWORD,
  NOTHING,
  ANY_VALUE,
  ALL_VALUES,
  VARIANTS,
  MORE,
  CUT,
  THERE,
  ABSENT,
  NO_VALUE,
  RULES,
  WITHIN,
  GROUPS,
  FIRES,
  EVENTS,
  DISTINCT,
  OF_RULES,
  ALL_RULES,
  IN_ORDER,
  GENERATES,
  PATHS,
  FILTER,
  QUOTE,
  UNQUOTE,
  DAYS,
  HOURS,
  MINUTES,
  SECONDS,
  N_WORDS
} Word;

static const char *const words[2][N_WORDS] = {
  { "Looks at",
    "Looks for",
    "category",
    "product",
    "service",
    "Never matches here",
    "all of these:",
    "any of these:",
    "at least %u of these:",
    "none of this:",
    "any field",
    "nothing: the list of values is empty",
    " any of",
    " all of",
    " (written in %u ways)",
    "and %u more",
    "(more is not shown)",
    "is there",
    "is not there",
    "has no value",
    "Made of the rules",
    "Within",
    "Counted apart for each",
    "Finds",
    "events",
    "different values of %s",
    "rules with an event",
    "an event of each of the rules",
    "in this order",
    "The rules give findings of their own, too",
    "To silence it for what lies below a path, in a silences file",
    "To leave some records out, in a file of Sigma rules of your own",
    "“",
    "”",
    "d",
    "h",
    "min",
    "s" },
  { "対象の記録",
    "検索条件",
    "カテゴリ",
    "製品",
    "サービス",
    "この環境では一致しません",
    "次のすべて:",
    "次のいずれか:",
    "次のうち %u 件以上:",
    "次に当てはまらない:",
    "いずれかの項目",
    "なし (値の一覧が空)",
    " (いずれか)",
    " (すべて)",
    " (表記 %u 通り)",
    "ほか %u 件",
    "(以下省略)",
    "がある",
    "がない",
    "に値がない",
    "元になるルール",
    "期間",
    "集計の単位",
    "検知の条件",
    "件数",
    "%s の異なる値の数",
    "該当したルールの数",
    "すべてのルールの記録",
    "この順序で",
    "元のルールもそれぞれ検知を出します",
    "あるパス以下について抑止する方法 (抑止ファイル)",
    "一部の記録を除く方法 (自分の Sigma ルールのファイル)",
    "「",
    "」",
    "日",
    "時間",
    "分",
    "秒" },
};

/* How a value is compared, and how that reads between the field and the values. */
typedef enum Way {
  IS,
  CONTAINS,
  STARTS,
  ENDS,
  LIKE,
  MATCHES,
  EQUAL,
  UNEQUAL,
  LESS,
  LESS_EQUAL,
  GREATER,
  GREATER_EQUAL,
  NETWORK,
  SAME_AS,
  CONTAINS_FIELD,
  STARTS_FIELD,
  ENDS_FIELD,
  MINUTE,
  HOUR,
  DAY,
  WEEK,
  MONTH,
  YEAR,
  STATE, /* is there, is not there, has no value */
  N_WAYS
} Way;

static const char *const ways[2][N_WAYS] = {
  { " is",
    " contains",
    " begins with",
    " ends with",
    " has the form",
    " matches the expression",
    " =",
    " ≠",
    " <",
    " ≤",
    " >",
    " ≥",
    " is in the network",
    " equals the field",
    " contains the field",
    " begins with the field",
    " ends with the field",
    " has the minute",
    " has the hour",
    " has the day",
    " has the week",
    " has the month",
    " has the year",
    "" },
  { " の値",
    " に含む",
    " の先頭",
    " の末尾",
    " の形",
    " が一致する正規表現",
    " =",
    " ≠",
    " <",
    " ≤",
    " >",
    " ≥",
    " が属するネットワーク",
    " が等しい項目",
    " に含む項目",
    " の先頭にある項目",
    " の末尾にある項目",
    " の分",
    " の時",
    " の日",
    " の週",
    " の月",
    " の年",
    "" },
};

typedef struct Teller {
  const char *const *word;
  const char *const *way;
  int lines;
} Teller;

/** A line below the label; false when there were enough of them. */
static bool
put_line (Teller *teller, unsigned depth, const char *text)
{
  if (teller->lines >= MOST_LINES)
    return false;
  bool last = ++teller->lines == MOST_LINES;
  printf ("    %*s%s\n", (int) (2 * depth), "", last ? teller->word[CUT] : text);
  return !last;
}

/** Text of a rule, safe and not too long. New string. */
static char *
shown (const char *text)
{
  g_autofree char *cut = g_strndup (text, sk_text_cut (text, MOST_TEXT));
  g_autofree char *safe = sk_safe_line (cut);
  return strlen (cut) < strlen (text) ? g_strconcat (safe, "…", NULL) : g_steal_pointer (&safe);
}

/* ---- values ---- */

static Way
pattern_way (const SkSigmaAtom *atom)
{
  uint32_t literals = 0, ones = 0;
  for (uint32_t i = 0; i < atom->n_parts; i++)
    {
      literals += atom->parts[i].kind == SK_SIGMA_LITERAL;
      ones += atom->parts[i].kind == SK_SIGMA_ONE;
    }
  uint32_t n = atom->n_parts;
  bool head = n > 0 && atom->parts[0].kind == SK_SIGMA_ANY;
  bool tail = n > 0 && atom->parts[n - 1].kind == SK_SIGMA_ANY;
  if (n == 0 || (n == 1 && literals == 1))
    return IS;
  if (ones > 0 || literals != 1)
    return LIKE;
  return head && tail ? CONTAINS : head ? ENDS : STARTS;
}

static Way
atom_way (const SkSigmaAtom *atom)
{
  static const Way compares[] = { EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };
  static const Way refs[] = { SAME_AS, CONTAINS_FIELD, STARTS_FIELD, ENDS_FIELD };
  static const Way parts[] = { MINUTE, HOUR, DAY, WEEK, MONTH, YEAR };
  switch (atom->kind)
    {
    case SK_SIGMA_PATTERN:
      return pattern_way (atom);
    case SK_SIGMA_REGEX:
      return MATCHES;
    case SK_SIGMA_NUMBER:
      return compares[atom->compare];
    case SK_SIGMA_CIDR:
      return NETWORK;
    case SK_SIGMA_FIELDREF:
      return refs[atom->ref];
    case SK_SIGMA_TIMEPART:
      return parts[atom->part];
    case SK_SIGMA_EXISTS:
    case SK_SIGMA_NULL:
      break;
    }
  return STATE;
}

/** Its literals; with `stars` also what stands between them. New string. */
static char *
pattern_text (const Teller *teller, const SkSigmaAtom *atom, bool stars)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (uint32_t i = 0; i < atom->n_parts && text->len <= MOST_TEXT; i++)
    {
      const SkSigmaPart *part = &atom->parts[i];
      g_autofree char *literal
          = part->kind == SK_SIGMA_LITERAL ? sk_text_from_bytes (part->text) : NULL;
      if (literal != NULL)
        g_string_append (text, literal);
      else if (stars)
        g_string_append_c (text, part->kind == SK_SIGMA_ANY ? '*' : '?');
    }
  g_autofree char *safe = shown (text->str);
  return g_strconcat (teller->word[QUOTE], safe, teller->word[UNQUOTE], NULL);
}

static char *
network_text (const SkSigmaAtom *atom)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = atom->is_v4 ? 12 : 0; i < 16; i += atom->is_v4 ? 1 : 2)
    if (atom->is_v4)
      g_string_append_printf (text, "%s%u", i > 12 ? "." : "", atom->address[i]);
    else
      g_string_append_printf (text, "%s%x", i > 0 ? ":" : "",
                              (unsigned) atom->address[i] << 8 | atom->address[i + 1]);
  g_string_append_printf (text, "/%u", atom->is_v4 ? atom->prefix - 96u : atom->prefix);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
number_text (const SkSigmaAtom *atom)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  if (atom->is_integer)
    return g_strdup_printf ("%" G_GINT64_FORMAT, atom->integer);
  return g_strdup (g_ascii_dtostr (digits, sizeof digits, atom->number));
}

static char *
atom_text (const Teller *teller, const SkSigmaAtom *atom)
{
  switch (atom->kind)
    {
    case SK_SIGMA_PATTERN:
      return pattern_text (teller, atom, pattern_way (atom) == LIKE);
    case SK_SIGMA_NUMBER:
    case SK_SIGMA_TIMEPART:
      return number_text (atom);
    case SK_SIGMA_CIDR:
      return network_text (atom);
    case SK_SIGMA_EXISTS:
      return g_strdup (teller->word[atom->flag ? THERE : ABSENT]);
    case SK_SIGMA_NULL:
      return g_strdup (teller->word[NO_VALUE]);
    case SK_SIGMA_REGEX:
    case SK_SIGMA_FIELDREF:
      break;
    }
  return shown (atom->text);
}

/** A word with a number in it. New string. */
static char *
counted (const char *word, uint32_t count)
{
  g_auto (GStrv) around = g_strsplit (word, "%u", 2);
  return g_strdup_printf ("%s%u%s", around[0], count, around[1]);
}

static void
add_choice (const Teller *teller, GString *line, const SkSigmaChoice *choice)
{
  g_autofree char *text = atom_text (teller, &choice->atoms[0]);
  g_string_append (line, text);
  if (choice->n_atoms == 1)
    return;
  g_autofree char *variants = counted (teller->word[VARIANTS], choice->n_atoms);
  g_string_append (line, variants);
}

/** Choices of one way, on one line. */
static bool
put_choices (Teller *teller, unsigned depth, const SkSigmaItem *item, uint32_t from, uint32_t to)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *field = shown (item->field != NULL ? item->field : teller->word[KEYWORD]);
  const SkSigmaAtom *first = &item->choices[from].atoms[0];
  Way way = item->field == NULL && atom_way (first) == IS ? CONTAINS : atom_way (first);
  g_string_append_printf (line, "%s%s", field, teller->way[way]);
  if (to - from > 1)
    g_string_append (line, teller->word[item->all ? ALL_VALUES : ANY_VALUE]);
  bool compares = way >= EQUAL && way <= GREATER_EQUAL;
  g_string_append (line, way == STATE || compares ? " " : ": ");
  for (uint32_t i = from; i < to && i < from + MOST_VALUES; i++)
    {
      g_string_append (line, i > from ? ", " : "");
      add_choice (teller, line, &item->choices[i]);
    }
  if (to - from > MOST_VALUES)
    {
      g_autofree char *more = counted (teller->word[MORE], to - from - MOST_VALUES);
      g_string_append_printf (line, ", %s", more);
    }
  return put_line (teller, depth, line->str);
}

/** The first choice behind `from` that is compared in another way. */
static uint32_t
same_way (const SkSigmaItem *item, uint32_t from)
{
  Way way = atom_way (&item->choices[from].atoms[0]);
  uint32_t to = from + 1;
  while (to < item->n_choices && way != STATE && atom_way (&item->choices[to].atoms[0]) == way)
    to++;
  return to;
}

static void
put_item (Teller *teller, unsigned depth, const SkSigmaItem *item)
{
  if (item->negated && put_line (teller, depth, teller->word[NOT]))
    depth++;
  if (item->n_choices == 0)
    {
      put_line (teller, depth, teller->word[NOTHING]);
      return;
    }
  /* Ways that differ need a line each, and a head that joins them. */
  if (same_way (item, 0) < item->n_choices
      && put_line (teller, depth, teller->word[item->all ? ALL : ANY]))
    depth++;
  for (uint32_t from = 0; from < item->n_choices;)
    {
      uint32_t to = same_way (item, from);
      if (!put_choices (teller, depth, item, from, to))
        return;
      from = to;
    }
}

/* ---- the condition ---- */

static bool
put_head (Teller *teller, unsigned depth, const SkSigmaNode *node)
{
  g_autofree char *text = NULL;
  if (node->kind == SK_SIGMA_COUNT)
    text = counted (teller->word[AT_LEAST], node->least);
  else
    text = g_strdup (teller->word[node->kind == SK_SIGMA_AND  ? ALL
                                  : node->kind == SK_SIGMA_OR ? ANY
                                                              : NOT]);
  return put_line (teller, depth, text);
}

static void
put_node (Teller *teller, unsigned depth, const SkSigmaNode *node)
{
  if (node->kind == SK_SIGMA_ITEM)
    {
      put_item (teller, depth, node->item);
      return;
    }
  bool alone = node->n_children == 1 && (node->kind == SK_SIGMA_AND || node->kind == SK_SIGMA_OR);
  if (depth >= MOST_DEPTH)
    {
      put_line (teller, depth, teller->word[CUT]);
      return;
    }
  if (!alone && !put_head (teller, depth, node))
    return;
  for (uint32_t i = 0; i < node->n_children && teller->lines < MOST_LINES; i++)
    put_node (teller, depth + (alone ? 0 : 1), node->children[i]);
}

/* ---- correlations ---- */

static char *
duration_text (const Teller *teller, int64_t nanoseconds)
{
  static const int64_t units[] = { 86400, 3600, 60, 1 };
  int64_t seconds = nanoseconds / G_GINT64_CONSTANT (1000000000);
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
    if (seconds >= units[i] && seconds % units[i] == 0)
      return g_strdup_printf ("%" G_GINT64_FORMAT " %s", seconds / units[i],
                              teller->word[DAYS + i]);
  return g_strdup_printf ("%g %s", (double) nanoseconds / 1e9, teller->word[SECONDS]);
}

static char *
bounds_text (const Teller *teller, const SkSigmaCorrelation *correlation)
{
  static const Way compares[] = { EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };
  GString *text = g_string_new (NULL);
  for (uint32_t i = 0; i < correlation->n_bounds; i++)
    g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT, i > 0 ? "," : "",
                            teller->way[compares[correlation->bounds[i].compare]],
                            correlation->bounds[i].value);
  return g_string_free (text, FALSE);
}

static char *
counted_thing (const Teller *teller, const SkSigmaCorrelation *correlation)
{
  bool temporal
      = correlation->type == SK_SIGMA_TEMPORAL || correlation->type == SK_SIGMA_TEMPORAL_ORDERED;
  if (temporal)
    return g_strdup (teller->word[correlation->n_bounds > 0 ? OF_RULES : ALL_RULES]);
  if (correlation->type == SK_SIGMA_EVENT_COUNT)
    return g_strdup (teller->word[EVENTS]);
  g_auto (GStrv) around = g_strsplit (teller->word[DISTINCT], "%s", 2);
  return g_strconcat (around[0], correlation->value_field, around[1], NULL);
}

static void
put_pair (const char *label, const char *text)
{
  g_autofree char *safe = sk_text_escape (text);
  printf ("  %s: %s\n", label, safe);
}

static void
put_rules (const SkSigma *sigma, const Teller *teller, const SkSigmaCorrelation *correlation)
{
  printf ("  %s:\n", teller->word[RULES]);
  for (uint32_t i = 0; i < correlation->n_rules && i < MOST_LINES; i++)
    {
      const SkSigmaRule *rule = sk_sigma_rule (sigma, correlation->rule_index[i]);
      g_autofree char *finding = shown (rule->finding);
      const char *said = teller->word == words[1] && rule->title_ja != NULL ? rule->title_ja : rule->title;
      g_autofree char *title = shown (said != NULL ? said : "");
      printf ("    %s  %s\n", finding, title);
    }
}

static void
put_correlation (const SkSigma *sigma, const Teller *teller, const SkSigmaCorrelation *correlation)
{
  g_autofree char *within = duration_text (teller, correlation->timespan_ns);
  g_autofree char *groups = g_strjoinv (", ", (char **) correlation->group_by);
  g_autofree char *thing = counted_thing (teller, correlation);
  g_autofree char *bounds = bounds_text (teller, correlation);
  bool ordered = correlation->type == SK_SIGMA_TEMPORAL_ORDERED;
  g_autofree char *fires = g_strconcat (thing, bounds, ordered ? ", " : "",
                                        ordered ? teller->word[IN_ORDER] : "", NULL);
  put_rules (sigma, teller, correlation);
  put_pair (teller->word[WITHIN], within);
  if (groups[0] != '\0')
    put_pair (teller->word[GROUPS], groups);
  put_pair (teller->word[FIRES], fires);
  if (correlation->generate)
    printf ("  %s\n", teller->word[GENERATES]);
}

/* ---- the whole ---- */

static void
add_part (GString *text, const char *label, const char *part)
{
  if (part != NULL)
    g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", label, part);
}

static void
put_detection (Teller *teller, const SkSigmaRule *rule)
{
  g_autoptr (GString) source = g_string_new (NULL);
  add_part (source, teller->word[PRODUCT], rule->logsource.product);
  add_part (source, teller->word[CATEGORY], rule->logsource.category);
  add_part (source, teller->word[SERVICE], rule->logsource.service);
  put_pair (teller->word[RECORDS], source->str);
  printf ("  %s:\n", teller->word[LOOKS]);
  put_node (teller, 0, rule->condition);
}

void
sk_explain_sigma (const SkSigma *sigma, uint32_t number, bool japanese)
{
  Teller teller = { .word = words[japanese], .way = ways[japanese] };
  const SkSigmaRule *rule = sk_sigma_rule (sigma, number);
  const char *idle = sk_sigma_idle (sigma, number);
  if (rule->correlation != NULL)
    put_correlation (sigma, &teller, rule->correlation);
  else
    put_detection (&teller, rule);
  if (idle != NULL)
    put_pair (teller.word[IDLE], idle);
}

void
sk_explain_sigma_silence (const SkSigmaRule *rule, bool japanese)
{
  const char *const *word = words[japanese];
  g_autofree char *id = sk_yaml_quote (rule->finding);
  const char *name = rule->name != NULL ? rule->name : rule->id;
  printf ("  %s:\n    - {id: %s, path: \"/PATH/*\", who: NAME, why: TEXT, expires: DATE}\n",
          word[PATHS], id);
  if (rule->correlation != NULL || name == NULL)
    return;
  g_autofree char *called = sk_yaml_quote (name);
  printf ("  %s:\n    title: TEXT\n    logsource: {", word[FILTER]);
  const char *const parts[][2] = { { "product", rule->logsource.product },
                                   { "category", rule->logsource.category },
                                   { "service", rule->logsource.service } };
  for (size_t i = 0, n = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i][1] != NULL)
      {
        g_autofree char *part = sk_yaml_quote (parts[i][1]);
        printf ("%s%s: %s", n++ > 0 ? ", " : "", parts[i][0], part);
      }
  printf ("}\n    filter: {rules: [%s], known: {FIELD: VALUE}, condition: not known}\n", called);
}
