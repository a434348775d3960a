/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * From sources to compiled rules.
 *
 * Each file is compiled alone first, because libyara aborts when rules are
 * added to a compiler that has seen an error; the files that pass go into one
 * compiler together. Includes come from the same reading as the files
 * themselves: nothing here opens a file.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

/* ---- one compiler ---- */

typedef struct Compiler {
  YR_COMPILER *compiler;
  const GPtrArray *sources;
  const YaraSource *source; /* being added */
  GHashTable *opened;       /* include name as written → path that it meant last */
  YaraSet *set;             /* takes problems; NULL: they were told before */
} Compiler;

/** The text of a source, ended by NUL as libyara wants it; an empty one has no bytes at all. */
static char *
text_of (const YaraSource *source)
{
  SkSpan bytes = source->file.bytes;
  return bytes.size > 0 ? g_strndup ((const char *) bytes.data, bytes.size) : g_strdup ("");
}

/** The path of the file in which libyara stands; it knows included files as they were written. */
static const char *
current_path (const Compiler *compiler, const char *file_name)
{
  const char *path = file_name != NULL ? g_hash_table_lookup (compiler->opened, file_name) : NULL;
  return path != NULL ? path : compiler->source->path;
}

static const char *
on_include (const char *name, const char *from, const char *name_space, void *data)
{
  (void) name_space;
  Compiler *compiler = data;
  const YaraSource *inner
      = yara_sources_resolve (compiler->sources, current_path (compiler, from), name);
  if (inner == NULL)
    return NULL;
  g_hash_table_insert (compiler->opened, g_strdup (name), inner->path);
  return text_of (inner);
}

static void
on_include_end (const char *text, void *data)
{
  (void) data;
  g_free ((char *) text);
}

static void
on_problem (int level, const char *file, int line, const YR_RULE *rule, const char *message,
            void *data)
{
  (void) rule;
  Compiler *compiler = data;
  if (compiler->set != NULL && level == YARA_ERROR_LEVEL_ERROR)
    yara_set_problem (compiler->set, true, current_path (compiler, file), (uint32_t) MAX (line, 0),
                      message);
}

static bool
compiler_open (Compiler *compiler, const GPtrArray *sources, const GArray *externals, YaraSet *set)
{
  *compiler = (Compiler) { .sources = sources, .set = set };
  compiler->opened = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (yr_compiler_create (&compiler->compiler) != ERROR_SUCCESS)
    return false;
  yr_compiler_set_callback (compiler->compiler, on_problem, compiler);
  yr_compiler_set_include_callback (compiler->compiler, on_include, on_include_end, compiler);
  return yara_externals_define (externals, compiler->compiler) == ERROR_SUCCESS;
}

static void
compiler_close (Compiler *compiler)
{
  g_clear_pointer (&compiler->compiler, yr_compiler_destroy);
  g_clear_pointer (&compiler->opened, g_hash_table_unref);
}

/** After a refusal the compiler can only be closed. */
static bool
compiler_add (Compiler *compiler, const YaraSource *source)
{
  compiler->source = source;
  g_hash_table_remove_all (compiler->opened);
  g_autofree char *text = text_of (source);
  return yr_compiler_add_string (compiler->compiler, text, source->name_space) == 0;
}

/* ---- each file alone ---- */

static void
leave_out (YaraSet *set, YaraSource *source, const char *why)
{
  source->left_out = true;
  if (why != NULL)
    yara_set_problem (set, true, source->path, 0, why);
}

static bool
has_problem_since (const YaraSet *set, guint count)
{
  return set->problems->len > count;
}

static void
check_alone (const GPtrArray *sources, YaraSource *source, const GArray *externals, YaraSet *set)
{
  if (source->file.bytes.size == 0)
    return;
  if (memchr (source->file.bytes.data, '\0', source->file.bytes.size) != NULL)
    {
      leave_out (set, source, "holds a NUL byte: not a text file");
      return;
    }
  guint before = set->problems->len;
  Compiler compiler;
  if (!compiler_open (&compiler, sources, externals, set) || !compiler_add (&compiler, source))
    leave_out (set, source, has_problem_since (set, before) ? NULL : "libyara refused it");
  compiler_close (&compiler);
}

/* ---- which variables are named ---- */

static void
add_words (GHashTable *words, const GArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    {
      const GPtrArray *list = g_array_index (texts, YaraText, i).words;
      for (guint k = 0; k < list->len; k++)
        g_hash_table_add (words, list->pdata[k]);
    }
}

/** Keeps only the variables that some rule names: the others cost time on each object. */
static void
keep_named (GArray *externals, const GPtrArray *of_file)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < of_file->len; i++)
    add_words (words, of_file->pdata[i]);
  for (guint i = externals->len; i-- > 0;)
    if (!g_hash_table_contains (words, g_array_index (externals, YaraExternal, i).name))
      g_array_remove_index (externals, i);
}

/* ---- all together ---- */

/** Compiles all files that are still in. A file that passes alone can fail in company (a limit of
 * libyara's): it is left out and the rest tried again. */
static YR_RULES *
compile_together (const GPtrArray *sources, const GArray *externals, YaraSet *set)
{
  for (guint attempt = 0; attempt <= sources->len; attempt++)
    {
      Compiler compiler;
      YaraSource *refused = NULL;
      YR_RULES *rules = NULL;
      bool open = compiler_open (&compiler, sources, externals, set);
      for (guint i = 0; open && refused == NULL && i < sources->len; i++)
        {
          YaraSource *source = sources->pdata[i];
          if (!source->left_out && !compiler_add (&compiler, source))
            refused = source;
        }
      if (open && refused == NULL)
        yr_compiler_get_rules (compiler.compiler, &rules);
      compiler_close (&compiler);
      if (refused == NULL)
        return rules;
      leave_out (set, refused, NULL);
    }
  return NULL;
}

/* ---- what libyara does not keep ---- */

/** The texts of all files that are in, in the order of the rule table. `of_file` holds those of each
 * source. The result shares their word lists. */
static GArray *
texts_of (const GPtrArray *sources, const GPtrArray *of_file)
{
  GArray *all = g_array_new (FALSE, TRUE, sizeof (YaraText));
  for (guint i = 0; i < sources->len; i++)
    {
      const GArray *texts = of_file->pdata[i];
      if (!((const YaraSource *) sources->pdata[i])->left_out)
        g_array_append_vals (all, texts->data, texts->len);
    }
  return all;
}

/** True when texts and table name the same rules in the same order. */
static bool
texts_fit (const GArray *texts, const YR_RULES *rules)
{
  if (texts->len != rules->num_rules)
    return false;
  for (guint i = 0; i < texts->len; i++)
    if (strcmp (g_array_index (texts, YaraText, i).name, rules->rules_table[i].identifier) != 0)
      return false;
  return true;
}

static guint
find_root (guint *parents, guint index)
{
  while (parents[index] != index)
    index = parents[index] = parents[parents[index]];
  return index;
}

/** Joins; the lower number leads, so that units come in the order of their first rules. */
static void
join (guint *parents, guint a, guint b)
{
  a = find_root (parents, a);
  b = find_root (parents, b);
  parents[MAX (a, b)] = MIN (a, b);
}

static void
join_named (guint *parents, guint index, const YaraText *text, guint first, guint end,
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
      for (guint other = first; other < end; other++)
        if (strncmp (rules->rules_table[other].identifier, word, length - 1) == 0)
          join (parents, index, other);
    }
}

/** Joins the rules of one namespace that name each other; all of them where one is global. */
static void
join_namespace (guint *parents, const GArray *texts, guint first, guint end, const YR_RULES *rules)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  bool whole = texts == NULL;
  for (guint i = first; i < end; i++)
    {
      g_hash_table_insert (places, (void *) rules->rules_table[i].identifier, GUINT_TO_POINTER (i));
      whole = whole || RULE_IS_GLOBAL (&rules->rules_table[i]);
    }
  for (guint i = first; i < end; i++)
    if (whole)
      join (parents, first, i);
    else
      join_named (parents, i, &g_array_index (texts, YaraText, i), first, end, rules, places);
}

/** Numbers the units. `texts` may be NULL: then each namespace is one. */
static void
find_units (YaraGroup *group, const GArray *texts)
{
  const YR_RULES *rules = group->rules;
  g_autofree guint *parents = g_new (guint, rules->num_rules + 1);
  for (guint i = 0; i < rules->num_rules; i++)
    parents[i] = i;
  for (guint first = 0, end; first < rules->num_rules; first = end)
    {
      for (end = first + 1; end < rules->num_rules; end++)
        if (rules->rules_table[end].ns != rules->rules_table[first].ns)
          break;
      join_namespace (parents, texts, first, end, rules);
    }
  g_autofree uint32_t *numbers = g_new (uint32_t, rules->num_rules + 1);
  for (guint i = 0; i < rules->num_rules; i++)
    {
      guint root = find_root (parents, i);
      numbers[i] = root == i ? group->n_units++ : numbers[root];
      g_array_index (group->infos, YaraRule, i).unit = numbers[i];
    }
}

static void
fill_group (YaraSet *set, YaraGroup *group, const GArray *texts)
{
  g_array_set_size (group->infos, group->rules->num_rules);
  for (guint i = 0; i < group->rules->num_rules; i++)
    {
      const YR_RULE *rule = &group->rules->rules_table[i];
      YaraRule *info = &g_array_index (group->infos, YaraRule, i);
      info->is_private = RULE_IS_PRIVATE (rule);
      yara_rule_info (rule, texts != NULL ? &g_array_index (texts, YaraText, i) : NULL,
                      set->strings, &info->info);
    }
  find_units (group, texts);
}

/** The texts of each source, by its place. */
static GPtrArray *
read_texts (const GPtrArray *sources, GStringChunk *words, YaraSet *set)
{
  GPtrArray *of_file = g_ptr_array_new_with_free_func ((GDestroyNotify) yara_texts_free);
  for (guint i = 0; i < sources->len; i++)
    {
      bool magic = false;
      g_ptr_array_add (of_file, yara_texts_new (sources, sources->pdata[i], words, &magic));
      set->uses_magic = set->uses_magic || magic;
    }
  return of_file;
}

static void
add_group (YaraSet *set, YR_RULES *rules, const GArray *texts)
{
  YaraGroup *group = yara_group_new ();
  group->rules = rules;
  g_ptr_array_add (set->groups, group);
  fill_group (set, group, texts);
}

YaraSet *
yara_compile (GPtrArray *sources, GArray *externals)
{
  YaraSet *set = yara_set_new ();
  g_autoptr (GStringChunk) words = g_string_chunk_new (4096);
  g_autoptr (GPtrArray) of_file = read_texts (sources, words, set);
  keep_named (externals, of_file);
  set->externals = g_array_ref (externals);
  for (guint i = 0; i < sources->len; i++)
    check_alone (sources, sources->pdata[i], externals, set);
  YR_RULES *rules = compile_together (sources, externals, set);
  if (rules == NULL)
    {
      yara_set_free (set);
      return NULL;
    }
  g_autoptr (GArray) texts = texts_of (sources, of_file);
  if (rules->num_rules > 0)
    add_group (set, rules, texts_fit (texts, rules) ? texts : NULL);
  else
    yr_rules_destroy (rules);
  return set;
}
