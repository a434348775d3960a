/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Words of which one stands in every text that an expression is found in.
 *
 * The expression is read only as far as that is certain: runs of plain ASCII
 * characters that no quantifier makes optional, in a sequence the best of them,
 * of alternatives one for each. Whatever is not known here (escapes of
 * characters by number, references, the extended syntax) gives no words, and
 * the expression is tried on every value. Syntax: pcre2pattern(3).
 */
#include "config.h"

#include "sigma/index.h"

/** Groups in groups. */
#define DEEPEST 20

typedef struct Reader {
  const char *at;
  bool unknown; /* something that is not read here */
} Reader;

/** What a part of an expression needs: `words` holds one of each alternative; NULL: nothing certain. */
typedef struct Need {
  GPtrArray *words; /* of GString */
} Need;

static void
word_free (void *word)
{
  g_string_free (word, TRUE);
}

static size_t
shortest (const Need *need)
{
  size_t least = SIZE_MAX;
  for (guint i = 0; i < need->words->len; i++)
    least = MIN (least, ((GString *) g_ptr_array_index (need->words, i))->len);
  return least;
}

/** Keeps the better of the two; takes `other`. */
static void
need_better (Need *best, Need other)
{
  if (other.words == NULL)
    return;
  if (best->words == NULL || shortest (&other) > shortest (best))
    {
      g_clear_pointer (&best->words, g_ptr_array_unref);
      best->words = other.words;
    }
  else
    g_ptr_array_unref (other.words);
}

static Need
need_of_word (const GString *run)
{
  Need need = { NULL };
  if (run->len == 0)
    return need;
  need.words = g_ptr_array_new_with_free_func (word_free);
  g_ptr_array_add (need.words, g_string_new_len (run->str, (gssize) run->len));
  return need;
}

/* ---- quantifiers, escapes, classes ---- */

typedef enum Times { ONCE, OPTIONAL, AT_LEAST_ONCE } Times;

/** Reads a quantifier, with its `?` or `+` behind. `{` that begins none is plain text. */
static Times
read_times (Reader *reader)
{
  Times times = ONCE;
  const char *at = reader->at;
  if (*at == '?' || *at == '*')
    times = OPTIONAL;
  else if (*at == '+')
    times = AT_LEAST_ONCE;
  else if (*at == '{' && g_ascii_isdigit (at[1]))
    {
      times = at[1] == '0' ? OPTIONAL : AT_LEAST_ONCE;
      at += strspn (at, "{0123456789,");
      if (*at != '}')
        {
          reader->unknown = true;
          return times;
        }
    }
  else
    {
      reader->unknown = reader->unknown || *at == '{';
      return ONCE;
    }
  reader->at = at + 1;
  if (*reader->at == '?' || *reader->at == '+')
    reader->at++;
  return times;
}

/** The end of `[:alpha:]` within a class, or NULL: `[:` that names none is two plain characters. */
static const char *
named_class_end (const char *at)
{
  if (at[0] != '[' || at[1] != ':')
    return NULL;
  at += at[2] == '^' ? 3 : 2;
  while (g_ascii_islower (*at))
    at++;
  return at[0] == ':' && at[1] == ']' ? at + 2 : NULL;
}

/** Reads `[…]`, of which nothing is certain. */
static void
read_class (Reader *reader)
{
  const char *at = reader->at + 1;
  at += *at == '^';
  at += *at == ']';
  while (*at != '\0' && *at != ']')
    {
      const char *end = named_class_end (at);
      if (end != NULL)
        at = end;
      else
        at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
    }
  reader->unknown = reader->unknown || *at == '\0';
  reader->at = *at == '\0' ? at : at + 1;
}

/** Reads an escape; gives the character that it stands for, or 0 for a class or a place. */
static char
read_escape (Reader *reader)
{
  char letter = reader->at[1];
  reader->unknown
      = reader->unknown || letter == '\0'
        || (g_ascii_isalnum (letter) && strchr ("dDsSwWbBAzZntrfvhHR", letter) == NULL)
        || !g_ascii_isprint (letter);
  reader->at += letter == '\0' ? 1 : 2;
  return g_ascii_ispunct (letter) || letter == ' ' ? letter : 0;
}

/* ---- sequences, alternatives, groups ---- */

static Need read_alternatives (Reader *reader, unsigned depth);

/** What begins a group behind `(`: true when its inside stands in the text as it is. */
static bool
read_group_head (Reader *reader)
{
  const char *at = reader->at;
  if (*at == '*')
    reader->unknown = true;
  if (*at != '?')
    return true;
  at++;
  if (*at == ':' || *at == '=' || *at == '>')
    {
      reader->at = at + 1;
      return true;
    }
  if (*at == '!' || (*at == '<' && (at[1] == '=' || at[1] == '!')))
    {
      reader->at = at + (*at == '<' ? 2 : 1);
      return false;
    }
  at += strspn (at, "imsJU-");
  reader->unknown = reader->unknown || (*at != ':' && *at != ')');
  reader->at = *at == ':' ? at + 1 : at;
  return true;
}

static Need
read_group (Reader *reader, unsigned depth)
{
  Need inside = { NULL };
  reader->at++;
  bool counts = read_group_head (reader);
  if (depth == DEEPEST)
    reader->unknown = true;
  if (!reader->unknown)
    inside = read_alternatives (reader, depth + 1);
  if (*reader->at != ')')
    reader->unknown = true;
  else
    reader->at++;
  bool optional = read_times (reader) == OPTIONAL;
  if ((!counts || optional) && inside.words != NULL)
    g_clear_pointer (&inside.words, g_ptr_array_unref);
  return inside;
}

static void
end_run (GString *run, Need *best)
{
  need_better (best, need_of_word (run));
  g_string_truncate (run, 0);
}

/** A character that stands for itself. */
static void
read_plain (Reader *reader, char byte, GString *run, Need *best)
{
  Times times = read_times (reader);
  if (times != OPTIONAL)
    g_string_append_c (run, g_ascii_tolower (byte));
  if (times != ONCE)
    end_run (run, best);
}

static void
read_other (Reader *reader, GString *run, Need *best, unsigned depth)
{
  end_run (run, best);
  if (*reader->at == '(')
    need_better (best, read_group (reader, depth));
  else
    {
      if (*reader->at == '[')
        read_class (reader);
      else
        reader->at++;
      read_times (reader);
    }
}

static Need
read_sequence (Reader *reader, unsigned depth)
{
  Need best = { NULL };
  g_autoptr (GString) run = g_string_new (NULL);
  while (!reader->unknown && *reader->at != '\0' && *reader->at != '|' && *reader->at != ')')
    {
      char byte = *reader->at;
      if (byte == '\\')
        {
          char plain = read_escape (reader);
          if (plain != 0)
            read_plain (reader, plain, run, &best);
          else
            {
              end_run (run, &best);
              read_times (reader);
            }
        }
      else if (strchr ("([.^$", byte) != NULL || !g_ascii_isprint (byte))
        read_other (reader, run, &best, depth);
      else
        {
          reader->at++;
          read_plain (reader, byte, run, &best);
        }
    }
  end_run (run, &best);
  return best;
}

/** All of the alternatives need something, or nothing is certain. */
static Need
read_alternatives (Reader *reader, unsigned depth)
{
  Need all = read_sequence (reader, depth);
  while (!reader->unknown && *reader->at == '|')
    {
      reader->at++;
      Need one = read_sequence (reader, depth);
      if (all.words != NULL && one.words != NULL)
        g_ptr_array_extend_and_steal (all.words, one.words);
      else
        {
          g_clear_pointer (&all.words, g_ptr_array_unref);
          g_clear_pointer (&one.words, g_ptr_array_unref);
        }
    }
  return all;
}

GPtrArray *
sigma_regex_words (const char *expression)
{
  Reader reader = { expression, false };
  Need need = read_alternatives (&reader, 0);
  if (reader.unknown || *reader.at != '\0')
    g_clear_pointer (&need.words, g_ptr_array_unref);
  return need.words;
}
