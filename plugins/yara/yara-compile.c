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
  const YaraTexts *texts;   /* of the source being added; NULL: all of its rules */
  unsigned part;            /* of the rules, otherwise */
  unsigned n_included;      /* by the source being added */
  GHashTable *trees;        /* of YaraCompiled; or NULL */
} Compiler;

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
  if (inner == NULL || compiler->n_included++ >= YARA_MAX_INCLUDED)
    return NULL;
  g_hash_table_insert (compiler->opened, g_strdup (name), inner->path);
  return yara_texts_part (compiler->texts, inner, compiler->part);
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

static void
tree_free (void *data)
{
  yara_tree_clear (data);
  g_free (data);
}

/** libyara is about to store the string with the number that it stands at. */
static void
on_tree (const YR_RULE *rule, const char *identifier, const RE_AST *tree, void *data)
{
  (void) rule;
  (void) identifier;
  Compiler *compiler = data;
  YaraTree read = yara_tree_read (tree);
  g_hash_table_insert (compiler->trees, GUINT_TO_POINTER (compiler->compiler->current_string_idx),
                       g_memdup2 (&read, sizeof read));
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
  compiler->n_included = 0;
  g_hash_table_remove_all (compiler->opened);
  g_autofree char *text = yara_texts_part (compiler->texts, source, compiler->part);
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
add_words (GHashTable *words, const YaraTexts *texts)
{
  for (guint i = 0; i < texts->rules->len; i++)
    {
      const GPtrArray *list = g_array_index (texts->rules, YaraText, i).words;
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

static void
compiled_clear (YaraCompiled *compiled)
{
  g_clear_pointer (&compiled->rules, yr_rules_destroy);
  g_clear_pointer (&compiled->trees, g_hash_table_unref);
}

static bool
has_part (const YaraTexts *texts, unsigned part)
{
  for (guint i = 0; i < texts->rules->len; i++)
    if (yara_text_is_in (&g_array_index (texts->rules, YaraText, i), part))
      return true;
  return false;
}

/** What all sources are compiled with. */
typedef struct Job {
  GPtrArray *sources;
  GPtrArray *of_file; /* of YaraTexts, by source */
  const GArray *externals;
  YaraSet *set;
} Job;

#define ALL_PARTS 0

/** Compiles a part of all files that are in. `ret_refused` is the file that failed, or NULL. */
static void
compile_once (const Job *job, unsigned part, YaraCompiled *compiled, YaraSource **ret_refused)
{
  Compiler compiler;
  *ret_refused = NULL;
  *compiled = (YaraCompiled){ NULL, g_hash_table_new_full (NULL, NULL, NULL, tree_free) };
  bool open = compiler_open (&compiler, job->sources, job->externals, job->set);
  compiler.trees = compiled->trees;
  compiler.part = part;
  if (open)
    yr_compiler_set_re_ast_callback (compiler.compiler, on_tree, &compiler);
  for (guint i = 0; open && *ret_refused == NULL && i < job->sources->len; i++)
    {
      YaraSource *source = job->sources->pdata[i];
      compiler.texts = part == ALL_PARTS ? NULL : job->of_file->pdata[i];
      if (source->left_out || (compiler.texts != NULL && !has_part (compiler.texts, part)))
        continue;
      if (!compiler_add (&compiler, source))
        *ret_refused = source;
    }
  if (open && *ret_refused == NULL)
    yr_compiler_get_rules (compiler.compiler, &compiled->rules);
  compiler_close (&compiler);
}

/** Compiles all files that are still in. A file that passes alone can fail in company (a limit of
 * libyara's): it is left out and the rest tried again. */
static bool
compile_together (const Job *job, YaraCompiled *compiled)
{
  for (guint attempt = 0; attempt <= job->sources->len; attempt++)
    {
      YaraSource *refused;
      compile_once (job, ALL_PARTS, compiled, &refused);
      if (refused == NULL)
        break;
      compiled_clear (compiled);
      leave_out (job->set, refused, NULL);
    }
  return compiled->rules != NULL;
}

/* ---- what libyara does not keep ---- */

static void
number_texts (const Job *job)
{
  uint32_t origin = 0;
  for (guint i = 0; i < job->of_file->len; i++)
    {
      const YaraTexts *texts = job->of_file->pdata[i];
      for (guint k = 0; k < texts->rules->len; k++)
        g_array_index (texts->rules, YaraText, k).origin = origin++;
    }
}

/** The texts of a part, in the order of its rule table. Borrowed from the job. */
static GPtrArray *
texts_of (const Job *job, unsigned part)
{
  GPtrArray *all = g_ptr_array_new ();
  for (guint i = 0; i < job->sources->len; i++)
    {
      const YaraTexts *texts = job->of_file->pdata[i];
      if (((const YaraSource *) job->sources->pdata[i])->left_out)
        continue;
      for (guint k = 0; k < texts->rules->len; k++)
        {
          YaraText *text = &g_array_index (texts->rules, YaraText, k);
          if (part == ALL_PARTS || yara_text_is_in (text, part))
            g_ptr_array_add (all, text);
        }
    }
  return all;
}

/** True when texts and table name the same rules in the same order. */
static bool
texts_fit (const GPtrArray *texts, const YR_RULES *rules)
{
  if (texts->len != rules->num_rules)
    return false;
  for (guint i = 0; i < texts->len; i++)
    if (strcmp (((const YaraText *) texts->pdata[i])->name, rules->rules_table[i].identifier) != 0)
      return false;
  return true;
}

/** Makes a group of compiled rules; takes them. `texts` may be NULL: places are unknown then. */
static YaraGroup *
add_group (YaraSet *set, YaraCompiled *compiled, const GPtrArray *texts)
{
  YaraGroup *group = yara_group_new ();
  g_ptr_array_add (set->groups, group);
  group->rules = g_steal_pointer (&compiled->rules);
  uint32_t count = group->rules->num_rules;
  g_autofree uint32_t *units = g_new (uint32_t, count + 1);
  group->n_units = yara_units (group->rules, texts, units);
  g_array_set_size (group->infos, count);
  for (uint32_t i = 0; i < count; i++)
    {
      const YR_RULE *rule = &group->rules->rules_table[i];
      YaraRule *info = &g_array_index (group->infos, YaraRule, i);
      info->unit = units[i];
      info->origin = texts != NULL ? ((const YaraText *) texts->pdata[i])->origin : i;
      info->is_private = RULE_IS_PRIVATE (rule);
      yara_rule_info (rule, texts != NULL ? texts->pdata[i] : NULL, set->strings, &info->info);
    }
  return group;
}

/* ---- in parts ---- */

/** False when the group cannot be filtered. */
static bool
add_needs (YaraSet *set, const YaraCompiled *compiled, YaraGate gate)
{
  g_autoptr (GArray) literals = yara_literals_new ();
  g_autoptr (GArray) fixed = g_array_new (FALSE, FALSE, sizeof (YaraFixed));
  if (!yara_compiled_needs (compiled, literals, fixed))
    return false;
  if (set->filters[gate] == NULL)
    set->filters[gate] = yara_filter_new ();
  yara_filter_add (set->filters[gate], set->groups->len, literals, fixed);
  return true;
}

/** One part as a group. False when it does not come out as the texts say. */
static bool
add_part (const Job *job, unsigned part)
{
  YaraSource *refused;
  YaraCompiled compiled;
  g_autoptr (GPtrArray) texts = texts_of (job, part);
  if (texts->len == 0)
    return true;
  compile_once (job, part, &compiled, &refused);
  bool fits = compiled.rules != NULL && texts_fit (texts, compiled.rules);
  if (fits)
    {
      YaraGate gate = yara_part_gate (part);
      bool filtered = yara_part_filtered (part) && add_needs (job->set, &compiled, gate);
      YaraGroup *group = add_group (job->set, &compiled, texts);
      group->gate = gate;
      group->filtered = filtered;
    }
  compiled_clear (&compiled);
  return fits;
}

static bool
build_filters (YaraSet *set)
{
  for (unsigned gate = 0; gate < YARA_N_GATES; gate++)
    if (set->filters[gate] != NULL && !yara_filter_build (set->filters[gate]))
      return false;
  return true;
}

static void
forget_groups (YaraSet *set)
{
  g_ptr_array_set_size (set->groups, 0);
  for (unsigned gate = 0; gate < YARA_N_GATES; gate++)
    g_clear_pointer (&set->filters[gate], yara_filter_free);
}

/** The rules in groups by what they can match. False when that does not work out; then one group of
 * all of them is right too, only slower. */
static bool
add_parts (const Job *job, const YaraCompiled *compiled)
{
  g_autoptr (GPtrArray) texts = texts_of (job, ALL_PARTS);
  guint n_problems = job->set->problems->len;
  if (!texts_fit (texts, compiled->rules))
    return false;
  yara_split (compiled, texts);
  bool fits = true;
  for (unsigned part = 1; fits && part < YARA_N_PARTS; part++)
    fits = add_part (job, part);
  fits = fits && build_filters (job->set);
  g_array_set_size (job->set->problems, n_problems);
  if (!fits)
    forget_groups (job->set);
  return fits;
}

static void
add_all (const Job *job, YaraCompiled *compiled)
{
  g_autoptr (GPtrArray) texts = texts_of (job, ALL_PARTS);
  add_group (job->set, compiled, texts_fit (texts, compiled->rules) ? texts : NULL);
}

/** The texts of each source, by its place. */
static GPtrArray *
read_texts (const GPtrArray *sources, GStringChunk *words, YaraSet *set)
{
  GPtrArray *of_file = g_ptr_array_new_with_free_func ((GDestroyNotify) yara_texts_free);
  for (guint i = 0; i < sources->len; i++)
    {
      YaraTexts *texts = yara_texts_new (sources, sources->pdata[i], words);
      g_ptr_array_add (of_file, texts);
      for (guint k = 0; k < texts->imports->len; k++)
        if (strcmp (g_array_index (texts->imports, YaraImport, k).module, "magic") == 0)
          set->uses_magic = true;
    }
  return of_file;
}

YaraSet *
yara_compile (GPtrArray *sources, GArray *externals, bool split)
{
  YaraSet *set = yara_set_new ();
  YaraCompiled compiled = { NULL, NULL };
  g_autoptr (GStringChunk) words = g_string_chunk_new (4096);
  g_autoptr (GPtrArray) of_file = read_texts (sources, words, set);
  keep_named (externals, of_file);
  set->externals = g_array_ref (externals);
  for (guint i = 0; i < sources->len; i++)
    check_alone (sources, sources->pdata[i], externals, set);
  Job job = { sources, of_file, externals, set };
  number_texts (&job);
  if (!compile_together (&job, &compiled))
    g_clear_pointer (&set, yara_set_free);
  else if (compiled.rules->num_rules > 0 && !(split && add_parts (&job, &compiled)))
    add_all (&job, &compiled);
  compiled_clear (&compiled);
  return set;
}
