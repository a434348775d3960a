/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * YAML read into a small tree in which every node knows its line and column.
 *
 * The files are written by people, so every mistake must be told with its
 * place; and they may come from elsewhere, so nothing in them may grow: no
 * aliases, anchors or tags (an alias bomb takes gigabytes), each key once, 64
 * levels, a bounded count of nodes. It writes only quoted scalars; nothing is interpreted until one of the typed readers is
 * asked. Syntax: YAML 1.2, by libfyaml's event parser.
 */
#ifndef SK_BASE_YAML_H
#define SK_BASE_YAML_H

#include <glib.h>
#include <sekisho/span.h>

typedef enum SkYamlKind
{
  SK_YAML_SCALAR,
  SK_YAML_LIST,
  SK_YAML_MAP
} SkYamlKind;

/** A node; belongs to its SkYaml, constant. */
typedef struct SkYamlNode SkYamlNode;
struct SkYamlNode
{
  SkYamlKind kind;
  bool plain;            /**< SCALAR without quotes: only such a one is null, a bool or a number */
  const char *text;      /**< SCALAR: UTF-8 without NUL; NULL for the others */
  uint32_t line, column; /**< where it begins, both from 1 */
  const char *key;       /**< in a MAP: its key, UTF-8 without NUL; else NULL */
  uint32_t key_line, key_column;
  const SkYamlNode *first; /**< LIST and MAP: first child in the file's order, or NULL */
  const SkYamlNode *next;  /**< the next child of the same parent, or NULL */
  uint32_t count;          /**< children */
};

typedef struct SkYaml SkYaml;

/** Parses one document. `file` is the name for messages. NULL with SK_ERROR_CONFIG and
 * `file:line:column: cause` at the first mistake. `bytes` are not needed afterwards. */
SkYaml *sk_yaml_parse (const char *file, SkSpan bytes, GError **error);
/** A document of a file that may hold several; one that is empty is passed over. `yaml`: transfer full,
 * `line` is where its top node begins. At a mistake `yaml` is NULL, `line` the place of the mistake,
 * `cause` what it is, borrowed. */
typedef void (*SkYamlFunc) (void *data, SkYaml *yaml, uint32_t line, const char *cause);
/** Parses all documents of a file, in order. A mistake loses the one document in which it stands. */
void sk_yaml_parse_all (const char *file, SkSpan bytes, SkYamlFunc func, void *data);
void sk_yaml_free (SkYaml *yaml);
/** The top node, borrowed. NULL when the document is empty, or nothing but comments or `null`. */
const SkYamlNode *sk_yaml_root (const SkYaml *yaml);

/** The child of a MAP with that key, or NULL; also when `map` is no MAP. */
const SkYamlNode *sk_yaml_get (const SkYamlNode *map, const char *key);

/* Typed readers: false, and nothing set, when the node is something else. */
bool sk_yaml_is_null (const SkYamlNode *node);                 /**< nothing, `~` or `null` */
bool sk_yaml_bool (const SkYamlNode *node, bool *ret_value);   /**< `true` or `false` */
bool sk_yaml_int (const SkYamlNode *node, int64_t *ret_value); /**< decimal, with or without sign */
/** Bytes: decimal, then nothing or (after any spaces) KiB, MiB, GiB, TiB. */
bool sk_yaml_size (const SkYamlNode *node, uint64_t *ret_value);
/** A scalar that is not null, quoted or not. Borrowed. */
bool sk_yaml_text (const SkYamlNode *node, const char **ret_text);
/** RFC 3339: `2026-11-25` (its first second in UTC) or `2026-11-25T09:00:00+09:00`; seconds
 * since 1970. Years 1970 to 9999. */
bool sk_yaml_time (const SkYamlNode *node, int64_t *ret_seconds);

/** Appends `file:line:column: message` and a newline to `problems`, with the place of the node's
 * value, or of its key. A NULL node stands for the beginning of the file. */
void sk_yaml_problem (const SkYaml *yaml, const SkYamlNode *node, GString *problems,
                      const char *format, ...) G_GNUC_PRINTF (4, 5);
void sk_yaml_problem_key (const SkYaml *yaml, const SkYamlNode *node, GString *problems,
                          const char *format, ...) G_GNUC_PRINTF (4, 5);
/** Says the problems, without the last newline, as SK_ERROR_CONFIG. True when there are none. */
gboolean sk_yaml_no_problem (const GString *problems, GError **error);
/** `file:line` of the node; new string. */
char *sk_yaml_where (const SkYaml *yaml, const SkYamlNode *node);

/** Text as a double-quoted scalar that reads back to the same text. `text` is valid UTF-8. New
 * string. */
char *sk_yaml_quote (const char *text);
/** Seconds since 1970 as `2026-11-25T00:00:00Z`, which sk_yaml_time reads. New string. */
char *sk_yaml_time_text (int64_t seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkYaml, sk_yaml_free)

#endif
