/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "reading.h"

void
reading_complain (void *data, const char *file, uint32_t line, const char *text)
{
  Reading *reading = data;
  g_string_append_printf (reading->complaints, "%s:%u: %s\n", file, line, text);
}

Reading *
reading_new (void)
{
  Reading *reading = g_new0 (Reading, 1);
  reading->rules = sk_sigma_rules_new ();
  reading->lists = sk_sigma_lists_new ();
  reading->complaints = g_string_new (NULL);
  return reading;
}

void
reading_free (Reading *reading)
{
  sk_sigma_rules_free (reading->rules);
  sk_sigma_lists_free (reading->lists);
  g_string_free (reading->complaints, TRUE);
  g_free (reading);
}

void
reading_add (Reading *reading, const char *file, const char *text)
{
  sk_sigma_rules_add (reading->rules, file, sk_span_of_text (text), reading->lists,
                      reading_complain, reading);
}

void
reading_join (Reading *reading)
{
  sk_sigma_rules_join (reading->rules, reading_complain, reading);
}

Reading *
reading_of (const char *text)
{
  Reading *reading = reading_new ();
  reading_add (reading, "r.yml", text);
  reading_join (reading);
  return reading;
}

Reading *
reading_of_detection (const char *detection)
{
  g_auto (GStrv) lines = g_strsplit (detection, "\n", -1);
  g_autofree char *indented = g_strjoinv ("\n  ", lines);
  g_autofree char *text
      = g_strdup_printf ("title: t\nid: 0a\nlogsource:\n  category: c\ndetection:\n  %s\n",
                         indented);
  return reading_of (text);
}

char *
reading_ast (Reading *reading)
{
  const SkSigmaRule *rule = sk_sigma_rules_at (reading->rules, 0);
  return rule != NULL ? ast_of_rule (rule) : g_strdup (reading->complaints->str);
}

const SkSigmaRule *
reading_rule (Reading *reading, const char *finding)
{
  for (uint32_t i = 0; i < sk_sigma_rules_count (reading->rules); i++)
    {
      const SkSigmaRule *rule = sk_sigma_rules_at (reading->rules, i);
      if (g_str_equal (rule->finding, finding))
        return rule;
    }
  return NULL;
}
