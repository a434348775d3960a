/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * `sekisho explain ID`: the rule in plain words, in English or Japanese.
 *
 * The labels stand here in both languages and not in a message catalogue,
 * because the language is that of the alerts (`alert.language`), which may
 * differ from the locale of the administrator who asks.
 */
#include "config.h"

#include "base/i18n.h"
#include "base/text.h"
#include "main/explain-sigma.h"
#include "main/session.h"

#include <string.h>

typedef enum Label {
  LEVEL,
  MEANING,
  WRONG,
  NO_MEANING,
  NO_WRONG,
  ROW,
  ATTACK,
  REFERENCE,
  AUTHOR,
  PLACE,
  ENGINE,
  SILENCE,
  SILENCE_LEVEL,
  N_LABELS
} Label;

static const char *const labels[2][N_LABELS] = {
  { "Level", "What it says", "Why it may be wrong",
    "The rule says no more than its title.",
    "The rule names no case; look at the object before you act.", "Row of the detection table",
    "ATT&CK", "More", "Author", "The rule stands in", "the engine itself",
    "To silence it for one file, by the hash of its content",
    "To give it another level everywhere, in sekisho.yaml" },
  { "レベル", "内容", "誤検知の可能性", "ルールに表題以外の説明はありません。",
    "ルールに誤検知の例はありません。対応の前に対象を確認してください。", "検知表の行", "ATT&CK",
    "参考", "作成者", "ルールの場所", "エンジン本体",
    "一つのファイルについて抑止する方法 (内容のハッシュで指定)",
    "すべてについてレベルを変える方法 (sekisho.yaml)" },
};

static void
put_label (const char *label, const char *value)
{
  g_autofree char *safe = sk_text_escape (value);
  printf ("  %s: %s\n", label, safe);
}

/** Several lines below a label. */
static void
put_lines (const char *label, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  printf ("  %s:\n", label);
  for (size_t i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *safe = sk_text_escape (g_strstrip (lines[i]));
      if (safe[0] != '\0')
        printf ("    %s\n", safe);
    }
}

static void
put_optional (const char *label, const char *value)
{
  if (value != NULL && value[0] != '\0')
    put_lines (label, value);
}

static void
put_head (const SkRule *rule, bool japanese, const char *const *label)
{
  const char *title = japanese && rule->title_ja != NULL ? rule->title_ja : rule->title;
  g_autofree char *id = sk_text_escape (rule->id);
  g_autofree char *safe = sk_text_escape (title != NULL ? title : "");
  printf ("%s\n  %s\n", id, safe);
  if (rule->score >= 0)
    printf ("  %s: %s (%d/100)\n", label[LEVEL], sk_level_name (rule->level), rule->score);
  else
    put_label (label[LEVEL], sk_level_name (rule->level));
}

static void
put_place (const SkRule *rule, const char *const *label)
{
  if (rule->file == NULL || rule->file[0] == '\0')
    {
      put_label (label[PLACE], rule->plugin != NULL ? rule->plugin : label[ENGINE]);
      return;
    }
  g_autofree char *place = rule->line > 0 ? g_strdup_printf ("%s:%u", rule->file, rule->line)
                                          : g_strdup (rule->file);
  put_label (label[PLACE], place);
}

/** Some reasons are of files that have no hash: they could not be read, or not to their end. */
static bool
has_hash (SkReason reason)
{
  return reason != SK_REASON_UNREADABLE && reason != SK_REASON_CHANGED
         && reason != SK_REASON_CANCELLED;
}

/** How to silence it: by content; and the engine's own reasons by level. */
static void
put_silence (const SkRule *rule, const char *const *label)
{
  g_autofree char *id = g_shell_quote (rule->id);
  g_autofree char *safe = sk_text_escape (id);
  const char *word = rule->id + strlen ("not-inspected.");
  SkReason reason;
  bool own = rule->plugin == NULL && g_str_has_prefix (rule->id, "not-inspected.")
             && sk_reason_parse (word, &reason);
  if (!own || has_hash (reason))
    printf ("  %s:\n    sekisho allow add --id %s --why TEXT FILE\n", label[SILENCE], safe);
  if (own)
    printf ("  %s:\n    not-inspected: {%s: informational}\n", label[SILENCE_LEVEL], word);
}

/** The number of the catalogue's rule among Sigma's. */
static bool
sigma_number (const SkCatalogue *catalogue, const SkSigma *sigma, guint index, uint32_t *ret_number)
{
  uint32_t base;
  if (!sk_sigma_base (catalogue, &base) || index < base || index - base >= sk_sigma_count (sigma))
    return false;
  *ret_number = index - base;
  return true;
}

static void
put_rule (const SkSession *session, guint index, bool japanese)
{
  const SkRule *rule = sk_catalogue_rule (session->catalogue, index);
  const SkSigma *sigma = sk_engine_sigma (session->engine);
  uint32_t number;
  bool is_sigma = sigma_number (session->catalogue, sigma, index, &number);
  const char *const *label = labels[japanese ? 1 : 0];
  const char *wrong = japanese && rule->falsepositives_ja != NULL ? rule->falsepositives_ja
                                                                  : rule->falsepositives;
  const char *meaning
      = japanese && rule->description_ja != NULL ? rule->description_ja : rule->description;
  put_head (rule, japanese, label);
  put_lines (label[MEANING], meaning != NULL ? meaning : label[NO_MEANING]);
  if (is_sigma)
    sk_explain_sigma (sigma, number, japanese);
  put_lines (label[WRONG], wrong != NULL ? wrong : label[NO_WRONG]);
  put_optional (label[ROW], rule->det);
  put_optional (label[ATTACK], rule->attack);
  put_optional (label[REFERENCE], rule->reference);
  put_optional (label[AUTHOR], rule->author);
  put_place (rule, label);
  put_silence (rule, label);
  if (is_sigma)
    sk_explain_sigma_silence (sk_sigma_rule (sigma, number), japanese);
}

/** Ids may repeat: all rules with it. */
static bool
put_id (const SkSession *session, const char *id, bool japanese)
{
  bool found = false;
  for (guint i = 0; i < session->catalogue->rules->len; i++)
    {
      if (strcmp (sk_catalogue_rule (session->catalogue, i)->id, id) != 0)
        continue;
      put_rule (session, i, japanese);
      found = true;
    }
  return found;
}

SkExit
sk_main_explain (const SkCommandLine *line)
{
  g_auto (SkSession) session;
  g_autoptr (GError) error = NULL;
  if (!sk_session_open (&session, line, &error) || !sk_session_sources (&session, &error)
      || !sk_session_engine (&session, &error))
    {
      sk_say_error (error);
      return SK_EXIT_ERROR;
    }
  bool japanese = strcmp (session.settings.alert.language, "ja") == 0;
  SkExit status = SK_EXIT_CLEAN;
  for (guint i = 0; i < line->arguments->len; i++)
    if (!put_id (&session, g_ptr_array_index (line->arguments, i), japanese))
      {
        sk_say (_ ("%s: no rule has this id; sekisho rules list shows all"),
                (const char *) g_ptr_array_index (line->arguments, i));
        status = SK_EXIT_ERROR;
      }
  return sk_flush_output () ? status : SK_EXIT_ERROR;
}
