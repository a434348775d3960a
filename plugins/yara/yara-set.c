/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The compiled set in memory: made, filled and freed. Knows nothing of how
 * rules are compiled, stored or run.
 */
#include "config.h"

#include "yara-plugin.h"

static void
problem_clear (void *data)
{
  YaraProblem *problem = data;
  g_free (problem->file);
  g_free (problem->text);
}

static void
group_free (void *data)
{
  YaraGroup *group = data;
  if (group->rules != NULL)
    yr_rules_destroy (group->rules);
  g_array_unref (group->infos);
  g_free (group);
}

YaraGroup *
yara_group_new (void)
{
  YaraGroup *group = g_new0 (YaraGroup, 1);
  group->infos = g_array_new (FALSE, TRUE, sizeof (YaraRule));
  return group;
}

YaraSet *
yara_set_new (void)
{
  YaraSet *set = g_new0 (YaraSet, 1);
  set->groups = g_ptr_array_new_with_free_func (group_free);
  set->problems = g_array_new (FALSE, TRUE, sizeof (YaraProblem));
  g_array_set_clear_func (set->problems, problem_clear);
  set->strings = g_string_chunk_new (4096);
  return set;
}

void
yara_set_free (YaraSet *set)
{
  if (set == NULL)
    return;
  g_ptr_array_unref (set->groups);
  for (unsigned gate = 0; gate < YARA_N_GATES; gate++)
    yara_filter_free (set->filters[gate]);
  g_array_unref (set->problems);
  yara_externals_free (set->externals);
  g_string_chunk_free (set->strings);
  g_free (set);
}

void
yara_set_problem (YaraSet *set, bool left_out, const char *file, uint32_t line, const char *text)
{
  YaraProblem problem = { left_out, g_strdup (file), line, g_strdup (text) };
  g_array_append_val (set->problems, problem);
}
