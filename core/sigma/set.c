/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The rules of a generation: read from the bundle, compiled, told to the
 * catalogue; and what others ask about them.
 */
#include "config.h"

#include "sigma/index.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"

/* ---- complaints ---- */

/** What is not usable, kept until it is known where it belongs. */
typedef struct Complaint {
  char *file;
  uint32_t line;
  char *text;
} Complaint;

static void
complaint_clear (void *data)
{
  Complaint *complaint = data;
  g_free (complaint->file);
  g_free (complaint->text);
}

static void
complain (void *data, const char *file, uint32_t line, const char *text)
{
  GArray *complaints = data;
  Complaint complaint = { g_strdup (file), line, g_strdup (text) };
  g_array_append_val (complaints, complaint);
}

static void
tell_complaints (const GArray *complaints, SkCatalogue *catalogue, bool strict)
{
  for (guint i = 0; i < complaints->len; i++)
    {
      const Complaint *one = &g_array_index (complaints, Complaint, i);
      sk_catalogue_problem (catalogue, strict ? SK_PROBLEM_ERROR : SK_PROBLEM_LEFT_OUT, one->file,
                            one->line, "sigma: %s", one->text);
    }
}

/* ---- reading ---- */

static int
compare_paths (const void *a, const void *b)
{
  const SkBundleEntry *left = a, *right = b;
  return strcmp (left->path, right->path);
}

/** The bundle's entries of a kind in order of their paths, of equal ones in the bundle's. */
static GArray *
entries_of (const SkBundle *bundle, const char *kind)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (SkBundleEntry));
  SkBundleEntry entry;
  for (size_t i = 0; sk_bundle_of_kind (bundle, kind, i, &entry); i++)
    g_array_append_val (entries, entry);
  g_array_sort (entries, compare_paths);
  return entries;
}

typedef struct Reading {
  SkSigma *sigma;
  GArray *complaints;
  GArray *rule_files, *tables, *lists; /* of SkBundleEntry */
} Reading;

static void
read_all (Reading *reading)
{
  g_autoptr (SkSigmaLists) lists = sk_sigma_lists_new ();
  SkSigma *sigma = reading->sigma;
  for (guint i = 0; i < reading->lists->len; i++)
    {
      const SkBundleEntry *entry = &g_array_index (reading->lists, SkBundleEntry, i);
      sk_sigma_lists_add (lists, entry->path, entry->bytes, complain, reading->complaints);
    }
  for (guint i = 0; i < reading->tables->len; i++)
    {
      const SkBundleEntry *entry = &g_array_index (reading->tables, SkBundleEntry, i);
      sk_logsources_add (sigma->table, entry->path, entry->bytes, complain, reading->complaints);
    }
  for (guint i = 0; i < reading->rule_files->len; i++)
    {
      const SkBundleEntry *entry = &g_array_index (reading->rule_files, SkBundleEntry, i);
      sk_sigma_rules_add (sigma->source, entry->path, entry->bytes, lists, complain,
                          reading->complaints);
    }
  sk_sigma_rules_join (sigma->source, complain, reading->complaints);
}

static void
code_free (void *code)
{
  pcre2_code_free (code);
}

static SkSigma *
sigma_new (const SkSigmaSettings *settings, bool twin)
{
  SkSigma *sigma = g_new0 (SkSigma, 1);
  sigma->source = sk_sigma_rules_new ();
  sigma->table = sk_logsources_new ();
  sigma->later = g_strdupv ((char **) settings->later);
  sigma->twin = twin;
  sigma->codes = g_ptr_array_new_with_free_func (code_free);
  sigma->rules = g_array_new (FALSE, FALSE, sizeof (SkSigmaRule));
  sigma->idle = g_ptr_array_new_with_free_func (g_free);
  return sigma;
}

static void
reading_init (Reading *reading, SkSigma *sigma, const SkBundle *bundle)
{
  reading->sigma = sigma;
  reading->complaints = g_array_new (FALSE, FALSE, sizeof (Complaint));
  g_array_set_clear_func (reading->complaints, complaint_clear);
  reading->rule_files = entries_of (bundle, "sigma");
  reading->tables = entries_of (bundle, "logsource-table");
  reading->lists = entries_of (bundle, "placeholder-list");
}

static void
reading_clear (Reading *reading)
{
  g_array_unref (reading->complaints);
  g_array_unref (reading->rule_files);
  g_array_unref (reading->tables);
  g_array_unref (reading->lists);
}

/** All but the triggers. The same steps in every process, so that the numbers are the same. */
static void
make (Reading *reading, const SkCatalogue *catalogue, uint32_t base)
{
  SkSigma *sigma = reading->sigma;
  read_all (reading);
  sigma_compile_kinds (sigma, catalogue);
  sigma_choose (sigma, base < SK_MAX_RULES ? (uint32_t) SK_MAX_RULES - base : 0, complain,
                reading->complaints);
  sigma_compile_rules (sigma);
  sigma_wants_make (sigma);
  sigma_compile_finish (sigma);
}

/* ---- the catalogue ---- */

static void
tell_rule (const SkSigmaRule *from, SkCatalogue *catalogue)
{
  SkRule rule = {
    .id = g_strdup (from->finding),
    .title = g_strdup (from->title != NULL ? from->title : from->finding),
    .title_ja = g_strdup (from->title_ja),
    .description = g_strdup (from->description),
    .description_ja = g_strdup (from->description_ja),
    .falsepositives = g_strdup (from->falsepositives),
    .falsepositives_ja = g_strdup (from->falsepositives_ja),
    .reference = g_strdup (from->reference),
    .attack = g_strdup (from->attack),
    .det = g_strdup (from->det),
    .author = g_strdup (from->author),
    .file = g_strdup (from->file),
    .line = from->line,
    .level = from->level,
    .score = -1,
    .plugin = g_strdup ("sigma"),
  };
  g_array_append_val (catalogue->rules, rule);
}

static void
tell_newest (const GArray *entries, SkCatalogue *catalogue)
{
  for (guint i = 0; i < entries->len; i++)
    catalogue->newest
        = MAX (catalogue->newest, g_array_index (entries, SkBundleEntry, i).mtime);
}

static void
tell (const Reading *reading, SkCatalogue *catalogue, bool strict)
{
  for (guint i = 0; i < reading->sigma->rules->len; i++)
    tell_rule (&g_array_index (reading->sigma->rules, SkSigmaRule, i), catalogue);
  tell_complaints (reading->complaints, catalogue, strict);
  /* Tables and lists that no rule can use are none. */
  if (reading->rule_files->len == 0)
    return;
  catalogue->rule_files += reading->rule_files->len;
  catalogue->lists += reading->tables->len + reading->lists->len;
  tell_newest (reading->rule_files, catalogue);
  tell_newest (reading->tables, catalogue);
  tell_newest (reading->lists, catalogue);
}

SkSigma *
sk_sigma_new (const SkSigmaSettings *settings, const SkBundle *bundle, SkCatalogue *catalogue,
              bool *ret_good)
{
  SkSigma *sigma = sigma_new (settings, false);
  Reading reading;
  reading_init (&reading, sigma, bundle);
  make (&reading, catalogue, catalogue->rules->len);
  tell (&reading, catalogue, settings->strict);
  *ret_good = !settings->strict || reading.complaints->len == 0;
  reading_clear (&reading);
  if (*ret_good)
    sigma_index_build (sigma, settings->cache_dir);
  return sigma;
}

static bool
is_ours (const SkRule *rule)
{
  return g_strcmp0 (rule->plugin, "sigma") == 0;
}

bool
sk_sigma_base (const SkCatalogue *catalogue, uint32_t *ret_base)
{
  for (uint32_t i = 0; i < catalogue->rules->len; i++)
    if (is_ours (sk_catalogue_rule (catalogue, i)))
      {
        *ret_base = i;
        return true;
      }
  return false;
}

/** The catalogue holds just these rules, from `base` on. */
static bool
catalogue_agrees (const SkSigma *sigma, const SkCatalogue *catalogue, uint32_t base)
{
  if (sigma->rules->len > catalogue->rules->len - base)
    return false;
  for (uint32_t i = 0; i < catalogue->rules->len - base; i++)
    {
      const SkRule *rule = sk_catalogue_rule (catalogue, base + i);
      if (is_ours (rule) != (i < sigma->rules->len))
        return false;
      if (i < sigma->rules->len && strcmp (rule->id, sk_sigma_rule (sigma, i)->finding) != 0)
        return false;
    }
  return true;
}

SkSigma *
sk_sigma_new_twin (const SkSigmaSettings *settings, const SkBundle *bundle,
                   const SkCatalogue *catalogue, GError **error)
{
  SkSigma *sigma = sigma_new (settings, true);
  Reading reading;
  uint32_t base = catalogue->rules->len;
  sk_sigma_base (catalogue, &base);
  reading_init (&reading, sigma, bundle);
  make (&reading, catalogue, base);
  reading_clear (&reading);
  if (catalogue_agrees (sigma, catalogue, base))
    return sigma;
  g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL,
               "the catalogue does not hold the Sigma rules of the bundle");
  sk_sigma_free (sigma);
  return NULL;
}

void
sk_sigma_free (SkSigma *sigma)
{
  if (sigma == NULL)
    return;
  g_clear_pointer (&sigma->kinds, g_array_unref);
  g_clear_pointer (&sigma->places, g_hash_table_unref);
  g_clear_pointer (&sigma->wants, g_array_unref);
  g_clear_pointer (&sigma->programs, g_array_unref);
  g_array_unref (sigma->rules);
  g_ptr_array_unref (sigma->codes);
  g_ptr_array_unref (sigma->idle);
  g_free (sigma->triggerless);
  g_strfreev (sigma->later);
  sk_logsources_free (sigma->table);
  sk_sigma_rules_free (sigma->source);
  if (sigma->scratch != NULL)
    hs_free_scratch (sigma->scratch);
  sk_sigma_memory_clear (&sigma->memory);
  g_free (sigma);
}

/* ---- asking ---- */

uint32_t
sk_sigma_count (const SkSigma *sigma)
{
  return sigma->rules->len;
}

const SkSigmaRule *
sk_sigma_rule (const SkSigma *sigma, uint32_t rule)
{
  g_assert (rule < sigma->rules->len);
  return &g_array_index (sigma->rules, SkSigmaRule, rule);
}

uint32_t
sk_sigma_kind_rules (const SkSigma *sigma, uint32_t kind)
{
  return kind < sigma->kinds->len ? sigma_kind_at (sigma, kind)->n_rules : 0;
}

uint32_t
sk_sigma_always_rules (const SkSigma *sigma)
{
  return sigma->always;
}

const char *
sk_sigma_idle (const SkSigma *sigma, uint32_t rule)
{
  g_assert (rule < sigma->idle->len);
  return g_ptr_array_index (sigma->idle, rule);
}

uint32_t
sk_sigma_kind (const SkSigma *sigma, const char *name)
{
  for (uint32_t i = 0; i < sigma->kinds->len; i++)
    if (strcmp (sigma_kind_at (sigma, i)->info->name, name) == 0)
      return sigma_kind_at (sigma, i)->n_rules > 0 ? i : SK_SIGMA_NO_KIND;
  return SK_SIGMA_NO_KIND;
}

bool
sk_sigma_wants_all (const SkSigma *sigma, uint32_t kind)
{
  return kind < sigma->kinds->len && sigma_kind_at (sigma, kind)->wants_all;
}
