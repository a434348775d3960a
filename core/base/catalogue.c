/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The catalogue of a generation, and its wire form: the lists rules, plugins,
 * kinds, problems (u32 count each, fields in the order of the structures), then the
 * single fields. A text that may be NULL is a bool and the text.
 */
#include "config.h"

#include "base/catalogue.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

#define MAX_TEXT (64 * SK_KIB)
#define MAX_LINES 4096
#define MAX_PROBLEMS 1000000
#define MAX_PLUGINS 1000
/* A plugin has a few; of one job no more than SK_MAX_KINDS count. */
#define MAX_KINDS 10000

static void
clear_rule (gpointer item)
{
  SkRule *rule = item;
  char *texts[] = { rule->id, rule->title, rule->title_ja, rule->description, rule->description_ja,
                    rule->falsepositives, rule->falsepositives_ja, rule->reference, rule->attack,
                    rule->det, rule->author, rule->file, rule->plugin };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
}

static void
clear_plugin (gpointer item)
{
  SkPluginInfo *plugin = item;
  g_free (plugin->name);
  g_free (plugin->version);
  g_free (plugin->summary);
  g_free (plugin->licence);
  g_free (plugin->path);
  g_strfreev (plugin->facts);
  g_strfreev (plugin->options);
}

static void
clear_kind (gpointer item)
{
  SkKindInfo *kind = item;
  g_free (kind->name);
  g_strfreev (kind->fields);
  g_free (kind->plugin);
  g_free (kind->meaning);
}

static void
clear_problem (gpointer item)
{
  SkProblem *problem = item;
  g_free (problem->file);
  g_free (problem->text);
}

static GArray *
new_list (guint item_size, GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, TRUE, item_size);
  g_array_set_clear_func (list, clear);
  return list;
}

SkCatalogue *
sk_catalogue_new (void)
{
  SkCatalogue *catalogue = g_new0 (SkCatalogue, 1);
  catalogue->rules = new_list (sizeof (SkRule), clear_rule);
  catalogue->plugins = new_list (sizeof (SkPluginInfo), clear_plugin);
  catalogue->kinds = new_list (sizeof (SkKindInfo), clear_kind);
  catalogue->problems = new_list (sizeof (SkProblem), clear_problem);
  catalogue->digest = g_strdup ("");
  catalogue->sandbox_note = g_strdup ("");
  return catalogue;
}

void
sk_catalogue_free (SkCatalogue *catalogue)
{
  if (catalogue == NULL)
    return;
  g_array_unref (catalogue->rules);
  g_array_unref (catalogue->plugins);
  g_array_unref (catalogue->kinds);
  g_array_unref (catalogue->problems);
  g_free (catalogue->digest);
  g_free (catalogue->sandbox_note);
  g_free (catalogue);
}

const SkRule *
sk_catalogue_rule (const SkCatalogue *catalogue, uint32_t index)
{
  g_assert (index < catalogue->rules->len);
  return &g_array_index (catalogue->rules, SkRule, index);
}

const SkPluginInfo *
sk_catalogue_plugin (const SkCatalogue *catalogue, uint32_t index)
{
  g_assert (index < catalogue->plugins->len);
  return &g_array_index (catalogue->plugins, SkPluginInfo, index);
}

void
sk_catalogue_problem (SkCatalogue *catalogue, SkProblemKind kind, const char *file, uint32_t line,
                      const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  if (catalogue->problems->len >= MAX_PROBLEMS)
    return;
  /* A message may quote a rule file, which need not be UTF-8. */
  SkProblem problem = { .kind = kind, .line = line };
  problem.text = sk_text_from_bytes (sk_span_slice (sk_span_of_text (text), 0, MAX_TEXT / 4));
  if (file != NULL)
    problem.file = sk_text_from_bytes (sk_span_of_text (file));
  g_array_append_val (catalogue->problems, problem);
}

uint32_t
sk_catalogue_count (const SkCatalogue *catalogue, SkProblemKind kind)
{
  uint32_t count = 0;
  for (guint i = 0; i < catalogue->problems->len; i++)
    if (g_array_index (catalogue->problems, SkProblem, i).kind == kind)
      count++;
  return count;
}

char *
sk_problem_text (const SkProblem *problem)
{
  g_autofree char *text = NULL;
  if (problem->file == NULL)
    text = g_strdup (problem->text);
  else if (problem->line == 0)
    text = g_strdup_printf ("%s: %s", problem->file, problem->text);
  else
    text = g_strdup_printf ("%s:%u: %s", problem->file, problem->line, problem->text);
  return sk_text_escape (text);
}

static bool
put_optional (SkBuffer *buffer, const char *text)
{
  return sk_wire_put_bool (buffer, text != NULL) && (text == NULL || sk_wire_put_text (buffer, text));
}

static bool
take_optional (SkCursor *cursor, char **ret_text)
{
  bool present;
  if (!sk_wire_take_bool (cursor, &present))
    return false;
  return !present || sk_wire_take_text (cursor, MAX_TEXT, ret_text);
}

static bool
encode_rule (const SkRule *rule, SkBuffer *buffer)
{
  return sk_wire_put_text (buffer, rule->id) && sk_wire_put_text (buffer, rule->title)
         && put_optional (buffer, rule->title_ja) && put_optional (buffer, rule->description)
         && put_optional (buffer, rule->description_ja)
         && put_optional (buffer, rule->falsepositives)
         && put_optional (buffer, rule->falsepositives_ja) && put_optional (buffer, rule->reference)
         && put_optional (buffer, rule->attack) && put_optional (buffer, rule->det)
         && put_optional (buffer, rule->author) && put_optional (buffer, rule->file)
         && sk_wire_put_u32 (buffer, rule->line) && sk_wire_put_u32 (buffer, (uint32_t) rule->level)
         && sk_wire_put_i64 (buffer, rule->score) && put_optional (buffer, rule->plugin);
}

static bool
decode_rule (SkCursor *cursor, GArray *list)
{
  g_array_set_size (list, list->len + 1);
  SkRule *rule = &g_array_index (list, SkRule, list->len - 1);
  uint32_t level = 0;
  int64_t score = -1;
  bool good = sk_wire_take_text (cursor, MAX_TEXT, &rule->id)
              && sk_wire_take_text (cursor, MAX_TEXT, &rule->title)
              && take_optional (cursor, &rule->title_ja)
              && take_optional (cursor, &rule->description)
              && take_optional (cursor, &rule->description_ja)
              && take_optional (cursor, &rule->falsepositives)
              && take_optional (cursor, &rule->falsepositives_ja)
              && take_optional (cursor, &rule->reference) && take_optional (cursor, &rule->attack)
              && take_optional (cursor, &rule->det) && take_optional (cursor, &rule->author)
              && take_optional (cursor, &rule->file) && sk_cursor_take_u32le (cursor, &rule->line)
              && sk_cursor_take_u32le (cursor, &level) && sk_wire_take_i64 (cursor, &score)
              && take_optional (cursor, &rule->plugin);
  if (!good || level >= SK_N_LEVELS || score < -1 || score > INT32_MAX)
    return false;
  rule->level = (SkLevel) level;
  rule->score = (int32_t) score;
  return true;
}

static bool
put_lines (SkBuffer *buffer, char *const *lines)
{
  uint32_t n = lines != NULL ? g_strv_length ((char **) lines) : 0;
  bool fits = sk_wire_put_u32 (buffer, n);
  for (uint32_t i = 0; fits && i < n; i++)
    fits = sk_wire_put_text (buffer, lines[i]);
  return fits;
}

static bool
take_lines (SkCursor *cursor, char ***ret_lines)
{
  uint32_t n;
  if (!sk_wire_take_count (cursor, MAX_LINES, 4, &n))
    return false;
  *ret_lines = g_new0 (char *, n + 1);
  for (uint32_t i = 0; i < n; i++)
    if (!sk_wire_take_text (cursor, MAX_TEXT, &(*ret_lines)[i]))
      return false;
  return true;
}

static bool
encode_plugin (const SkPluginInfo *plugin, SkBuffer *buffer)
{
  return sk_wire_put_text (buffer, plugin->name) && sk_wire_put_text (buffer, plugin->version)
         && sk_wire_put_text (buffer, plugin->summary)
         && sk_wire_put_text (buffer, plugin->licence) && sk_wire_put_text (buffer, plugin->path)
         && sk_wire_put_bool (buffer, plugin->risky) && put_lines (buffer, plugin->facts)
         && put_lines (buffer, plugin->options);
}

static bool
decode_plugin (SkCursor *cursor, GArray *list)
{
  g_array_set_size (list, list->len + 1);
  SkPluginInfo *plugin = &g_array_index (list, SkPluginInfo, list->len - 1);
  return sk_wire_take_text (cursor, MAX_TEXT, &plugin->name)
         && sk_wire_take_text (cursor, MAX_TEXT, &plugin->version)
         && sk_wire_take_text (cursor, MAX_TEXT, &plugin->summary)
         && sk_wire_take_text (cursor, MAX_TEXT, &plugin->licence)
         && sk_wire_take_text (cursor, MAX_TEXT, &plugin->path)
         && sk_wire_take_bool (cursor, &plugin->risky) && take_lines (cursor, &plugin->facts)
         && take_lines (cursor, &plugin->options);
}

static bool
encode_kind (const SkKindInfo *kind, SkBuffer *buffer)
{
  return sk_wire_put_text (buffer, kind->name) && put_lines (buffer, kind->fields)
         && sk_wire_put_bool (buffer, kind->open) && put_optional (buffer, kind->plugin)
         && sk_wire_put_text (buffer, kind->meaning);
}

static bool
decode_kind (SkCursor *cursor, GArray *list)
{
  g_array_set_size (list, list->len + 1);
  SkKindInfo *kind = &g_array_index (list, SkKindInfo, list->len - 1);
  return sk_wire_take_text (cursor, MAX_TEXT, &kind->name) && take_lines (cursor, &kind->fields)
         && sk_wire_take_bool (cursor, &kind->open) && take_optional (cursor, &kind->plugin)
         && sk_wire_take_text (cursor, MAX_TEXT, &kind->meaning);
}

static bool
encode_problem (const SkProblem *problem, SkBuffer *buffer)
{
  return sk_wire_put_u32 (buffer, (uint32_t) problem->kind) && put_optional (buffer, problem->file)
         && sk_wire_put_u32 (buffer, problem->line) && sk_wire_put_text (buffer, problem->text);
}

static bool
decode_problem (SkCursor *cursor, GArray *list)
{
  g_array_set_size (list, list->len + 1);
  SkProblem *problem = &g_array_index (list, SkProblem, list->len - 1);
  uint32_t kind = 0;
  if (!sk_cursor_take_u32le (cursor, &kind) || kind > SK_PROBLEM_WARNING)
    return false;
  problem->kind = (SkProblemKind) kind;
  return take_optional (cursor, &problem->file) && sk_cursor_take_u32le (cursor, &problem->line)
         && sk_wire_take_text (cursor, MAX_TEXT, &problem->text);
}

bool
sk_catalogue_encode (const SkCatalogue *catalogue, SkBuffer *buffer)
{
  bool fits = sk_wire_put_u32 (buffer, catalogue->rules->len);
  for (guint i = 0; fits && i < catalogue->rules->len; i++)
    fits = encode_rule (&g_array_index (catalogue->rules, SkRule, i), buffer);
  fits = fits && sk_wire_put_u32 (buffer, catalogue->plugins->len);
  for (guint i = 0; fits && i < catalogue->plugins->len; i++)
    fits = encode_plugin (&g_array_index (catalogue->plugins, SkPluginInfo, i), buffer);
  fits = fits && sk_wire_put_u32 (buffer, catalogue->kinds->len);
  for (guint i = 0; fits && i < catalogue->kinds->len; i++)
    fits = encode_kind (&g_array_index (catalogue->kinds, SkKindInfo, i), buffer);
  fits = fits && sk_wire_put_u32 (buffer, catalogue->problems->len);
  for (guint i = 0; fits && i < catalogue->problems->len; i++)
    fits = encode_problem (&g_array_index (catalogue->problems, SkProblem, i), buffer);
  return fits && sk_wire_put_text (buffer, catalogue->digest)
         && sk_wire_put_u32 (buffer, catalogue->rule_files)
         && sk_wire_put_u32 (buffer, catalogue->lists)
         && sk_wire_put_i64 (buffer, catalogue->newest)
         && sk_wire_put_u32 (buffer, (uint32_t) catalogue->landlock)
         && sk_wire_put_bool (buffer, catalogue->seccomp)
         && sk_wire_put_text (buffer, catalogue->sandbox_note);
}

static bool
decode_tail (SkCursor *cursor, SkCatalogue *catalogue)
{
  uint32_t landlock = 0;
  g_clear_pointer (&catalogue->digest, g_free);
  g_clear_pointer (&catalogue->sandbox_note, g_free);
  bool good = sk_wire_take_text (cursor, MAX_TEXT, &catalogue->digest)
              && sk_cursor_take_u32le (cursor, &catalogue->rule_files)
              && sk_cursor_take_u32le (cursor, &catalogue->lists)
              && sk_wire_take_i64 (cursor, &catalogue->newest)
              && sk_cursor_take_u32le (cursor, &landlock) && landlock <= INT16_MAX
              && sk_wire_take_bool (cursor, &catalogue->seccomp)
              && sk_wire_take_text (cursor, MAX_TEXT, &catalogue->sandbox_note);
  catalogue->landlock = (int) landlock;
  return good && sk_wire_end (cursor);
}

static bool
decode_list (SkCursor *cursor, GArray *list, size_t maximum,
             bool (*decode) (SkCursor *cursor, GArray *list))
{
  uint32_t count = 0;
  bool good = sk_wire_take_count (cursor, maximum, 4, &count);
  for (uint32_t i = 0; good && i < count; i++)
    good = decode (cursor, list);
  return good;
}

SkCatalogue *
sk_catalogue_decode (SkSpan bytes, GError **error)
{
  g_autoptr (SkCatalogue) catalogue = sk_catalogue_new ();
  SkCursor cursor = sk_cursor (bytes);
  if (decode_list (&cursor, catalogue->rules, SK_MAX_RULES, decode_rule)
      && decode_list (&cursor, catalogue->plugins, MAX_PLUGINS, decode_plugin)
      && decode_list (&cursor, catalogue->kinds, MAX_KINDS, decode_kind)
      && decode_list (&cursor, catalogue->problems, MAX_PROBLEMS, decode_problem)
      && decode_tail (&cursor, catalogue))
    return g_steal_pointer (&catalogue);
  g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL, "malformed catalogue of %zu bytes at byte %zu",
               bytes.size, bytes.size - sk_cursor_left (&cursor));
  return NULL;
}
