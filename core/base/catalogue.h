/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What one generation has loaded: plugins, rules, what was left out.
 *
 * Built in the zygote (or in the program itself for `rules`, `plugins`,
 * `explain`) before any input is seen, sent once to the supervisor, constant
 * afterwards. A finding names a rule by its number here.
 */
#ifndef SK_BASE_CATALOGUE_H
#define SK_BASE_CATALOGUE_H

#include "base/buffer.h"
#include "base/level.h"

/** A rule as people see it. All strings owned; those that may be NULL in SkRuleInfo may be NULL. */
typedef struct SkRule {
  char *id, *title, *title_ja, *description, *description_ja, *falsepositives, *falsepositives_ja;
  char *reference, *attack, *det, *author, *file;
  uint32_t line;
  SkLevel level;
  int32_t score; /**< -1 when absent */
  char *plugin;  /**< that registered it; NULL for the engine's own */
} SkRule;

typedef struct SkPluginInfo {
  char *name, *version, *summary, *licence, *path;
  bool risky;
  char **facts;   /**< "name\ttype\tmeaning" a line, NULL-terminated */
  char **options; /**< "name\ttype\tdefault\tmeaning" a line, NULL-terminated */
} SkPluginInfo;

/** A kind of record that is made. */
typedef struct SkKindInfo {
  char *name;
  char **fields; /**< all that it can have, "name\ttype\tmeaning" a line, NULL-terminated */
  bool open;     /**< and any others */
  char *plugin;  /**< that makes it; NULL: the engine */
  char *meaning;
} SkKindInfo;

typedef enum SkProblemKind {
  SK_PROBLEM_ERROR,    /**< refuses the start */
  SK_PROBLEM_LEFT_OUT, /**< a source that is not used */
  SK_PROBLEM_WARNING
} SkProblemKind;

typedef struct SkProblem {
  SkProblemKind kind;
  char *file; /**< or NULL */
  uint32_t line;
  char *text;
} SkProblem;

typedef struct SkCatalogue {
  GArray *rules;    /**< of SkRule */
  GArray *plugins;  /**< of SkPluginInfo, in the built order */
  GArray *kinds;    /**< of SkKindInfo: the engine's `object` and `file`, then those of the plugins */
  GArray *problems; /**< of SkProblem, in the order of loading */
  char *digest;     /**< of the bundle; names the generation's rules */
  uint32_t rule_files; /**< used */
  uint32_t lists;      /**< used */
  int64_t newest;   /**< newest modification time of a rule or list file, seconds; 0 when none */
  int landlock;     /**< ABI, 0 when missing */
  bool seccomp;
  char *sandbox_note; /**< why a wall is missing, "" when all stand */
} SkCatalogue;

SkCatalogue *sk_catalogue_new (void);
void sk_catalogue_free (SkCatalogue *catalogue);
/** Borrowed; valid until the catalogue is freed. `index` is below the count. */
const SkRule *sk_catalogue_rule (const SkCatalogue *catalogue, uint32_t index);
const SkPluginInfo *sk_catalogue_plugin (const SkCatalogue *catalogue, uint32_t index);
/** Adds a problem; texts copied. */
void sk_catalogue_problem (SkCatalogue *catalogue, SkProblemKind kind, const char *file,
                           uint32_t line, const char *format, ...) G_GNUC_PRINTF (5, 6);
/** How many of that kind. */
uint32_t sk_catalogue_count (const SkCatalogue *catalogue, SkProblemKind kind);
/** `file:line: text`, for people; new string. */
char *sk_problem_text (const SkProblem *problem);
/** Wire form; may be larger than a frame: it travels in a memory file. */
bool sk_catalogue_encode (const SkCatalogue *catalogue, SkBuffer *buffer);
SkCatalogue *sk_catalogue_decode (SkSpan bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCatalogue, sk_catalogue_free)

#endif
