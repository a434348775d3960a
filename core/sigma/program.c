/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A rule's condition in the form in which it is evaluated: fields numbered,
 * literals folded, expressions compiled.
 */
#include "config.h"

#include "sigma/index.h"
#include "sigma/regex.h"

typedef struct Compiler {
  SkSigmaMemory *memory;
  GPtrArray *codes;
  bool jit;
  GHashTable *done;   /* SkSigmaNode → SigmaNode: selections are shared */
  GHashTable *number; /* field's name → number + 1 */
  GPtrArray *fields;
  bool keywords;
} Compiler;

static uint32_t
field_number (Compiler *compiler, const char *name)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (compiler->number, name));
  if (known != 0)
    return known - 1;
  g_ptr_array_add (compiler->fields, (char *) name);
  g_hash_table_insert (compiler->number, (char *) name,
                       GUINT_TO_POINTER (compiler->fields->len));
  return compiler->fields->len - 1;
}

/** The reader has compiled it with the same options, so it compiles. */
static pcre2_code *
compile_regex (Compiler *compiler, const SkSigmaAtom *atom)
{
  int error;
  PCRE2_SIZE offset;
  pcre2_code *code = pcre2_compile ((PCRE2_SPTR) atom->text, PCRE2_ZERO_TERMINATED,
                                    sk_sigma_regex_options (atom), &error, &offset, NULL);
  if (code == NULL)
    g_error ("an expression that was read does not compile: %s", atom->text);
  /* without the compiler for this machine it is interpreted */
  if (compiler->jit)
    pcre2_jit_compile (code, PCRE2_JIT_COMPLETE);
  g_ptr_array_add (compiler->codes, code);
  return code;
}

static void
compile_atom (Compiler *compiler, const SkSigmaAtom *from, SigmaAtom *to)
{
  to->atom = from;
  if (from->kind == SK_SIGMA_PATTERN)
    sigma_pattern_compile (compiler->memory, to);
  else if (from->kind == SK_SIGMA_REGEX)
    to->regex = compile_regex (compiler, from);
  else if (from->kind == SK_SIGMA_FIELDREF)
    to->other = field_number (compiler, from->text);
}

static const SigmaItem *
compile_item (Compiler *compiler, const SkSigmaItem *from)
{
  SigmaItem *to = sk_sigma_take_array (compiler->memory, SigmaItem, 1);
  SigmaChoice *choices = sk_sigma_take_array (compiler->memory, SigmaChoice, from->n_choices);
  to->item = from;
  to->field = from->field != NULL ? field_number (compiler, from->field) : SIGMA_NONE;
  to->choices = choices;
  to->n_choices = from->n_choices;
  compiler->keywords = compiler->keywords || from->field == NULL;
  for (uint32_t i = 0; i < from->n_choices; i++)
    {
      const SkSigmaChoice *choice = &from->choices[i];
      SigmaAtom *atoms = sk_sigma_take_array (compiler->memory, SigmaAtom, choice->n_atoms);
      for (uint32_t k = 0; k < choice->n_atoms; k++)
        compile_atom (compiler, &choice->atoms[k], &atoms[k]);
      choices[i] = (SigmaChoice){ atoms, choice->n_atoms };
    }
  return to;
}

static const SigmaNode *
compile_node (Compiler *compiler, const SkSigmaNode *from)
{
  SigmaNode *to = g_hash_table_lookup (compiler->done, from);
  if (to != NULL)
    return to;
  to = sk_sigma_take_array (compiler->memory, SigmaNode, 1);
  const SigmaNode **children
      = sk_sigma_take_array (compiler->memory, const SigmaNode *, from->n_children);
  for (uint32_t i = 0; i < from->n_children; i++)
    children[i] = compile_node (compiler, from->children[i]);
  to->kind = from->kind;
  to->children = children;
  to->n_children = from->n_children;
  to->least = from->least;
  to->item = from->kind == SK_SIGMA_ITEM ? compile_item (compiler, from->item) : NULL;
  g_hash_table_insert (compiler->done, (void *) from, to);
  return to;
}

void
sigma_program_compile (SkSigmaMemory *memory, GPtrArray *codes, bool jit,
                       const SkSigmaNode *condition, SigmaProgram *ret_program)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) number = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  Compiler compiler = { .memory = memory, .codes = codes, .jit = jit, .done = done,
                        .number = number, .fields = fields };
  ret_program->root = compile_node (&compiler, condition);
  const char **names = sk_sigma_take_array (memory, const char *, fields->len + 1);
  for (guint i = 0; i < fields->len; i++)
    names[i] = g_ptr_array_index (fields, i);
  ret_program->fields = names;
  ret_program->n_fields = fields->len;
  ret_program->keywords = compiler.keywords;
}
