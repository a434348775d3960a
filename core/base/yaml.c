/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The tree of a YAML document, built from libfyaml's events. Its own document
 * tree is not used: it resolves aliases and keeps several times the memory.
 */
#include "config.h"

#include "base/yaml.h"
#include "base/yaml-split.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"

#include <libfyaml.h>

struct SkYaml
{
  char *file;
  GPtrArray *nodes;    /* of SkYamlNode, all of them, owned */
  GStringChunk *texts; /* all texts and keys */
  const SkYamlNode *root;
};

/* A list or map that is being read. */
typedef struct Level
{
  SkYamlNode *node;
  SkYamlNode *last;
  GHashTable *keys; /* of a map: what was seen */
  const char *key;  /* of a map: read, its value not yet */
  uint32_t key_line, key_column;
} Level;

typedef struct Reader
{
  SkYaml *yaml;
  const char *file;
  SkSpan bytes; /* the document */
  struct fy_parser *parser;
  struct fy_diag *diag;
  Level levels[SK_MAX_YAML_DEPTH];
  size_t depth;
  bool document;        /* one was begun */
  uint32_t before;      /* lines of the file that stand before what is parsed */
  uint32_t last_line, last_column; /* of the last event that has a place */
  char *cause;          /* of the first mistake, or NULL */
  uint32_t line, column; /* of the first mistake */
} Reader;

static void
refuse (Reader *reader, uint32_t line, uint32_t column, const char *message)
{
  if (reader->cause != NULL)
    return;
  reader->cause = g_strdup (message);
  reader->line = line;
  reader->column = column;
}

/* Marks count from 0, people from 1. What is not written has no mark (the value of `key:`): it has
 * the place of what stands before it. The mark of a quoted scalar stands behind its quote. */
static void
event_place (Reader *reader, struct fy_event *event, uint32_t *ret_line, uint32_t *ret_column)
{
  const struct fy_mark *mark = fy_event_start_mark (event);
  if (mark != NULL && mark->line >= 0 && mark->column >= 0)
    {
      reader->last_line = reader->before + (uint32_t)mark->line + 1;
      reader->last_column = (uint32_t)mark->column + 1;
      enum fy_scalar_style style = event->type == FYET_SCALAR && mark->column > 0
                                       ? fy_token_scalar_style (event->scalar.value)
                                       : FYSS_PLAIN;
      reader->last_column -= style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    }
  *ret_line = reader->last_line;
  *ret_column = reader->last_column;
}

static void
refuse_event (Reader *reader, struct fy_event *event, const char *message)
{
  uint32_t line, column;
  event_place (reader, event, &line, &column);
  refuse (reader, line, column, message);
}

/* libfyaml stopped: what it has to say, or that it says nothing. */
static void
refuse_syntax (Reader *reader)
{
  void *iterator = NULL;
  const struct fy_diag_error *found = fy_diag_errors_iterate (reader->diag, &iterator);
  if (found == NULL || found->msg == NULL)
    {
      refuse (reader, reader->before + 1, 1, _ ("not valid YAML"));
      return;
    }
  g_autofree char *message = g_strstrip (g_utf8_make_valid (found->msg, -1));
  refuse (reader, reader->before + (found->line > 0 ? (uint32_t)found->line : 1),
          found->column > 0 ? (uint32_t)found->column : 1, message);
}

static bool
is_white (uint8_t c)
{
  return c == ' ' || c == '\t';
}

static bool
is_break (uint8_t c)
{
  return c == '\n' || c == '\r';
}

/* Line ends and the blanks around them: one is a space, of several all but one stay. */
static void
fold (SkCursor *raw, GString *text)
{
  size_t breaks = 0;
  while (text->len > 0 && is_white ((uint8_t)text->str[text->len - 1]))
    g_string_truncate (text, text->len - 1);
  for (; raw->pos < raw->end && (is_white (*raw->pos) || is_break (*raw->pos)); raw->pos++)
    breaks += *raw->pos == '\n' || (*raw->pos == '\r' && raw->pos[1] != '\n');
  for (size_t i = 1; i < breaks; i++)
    g_string_append_c (text, '\n');
  if (breaks == 1)
    g_string_append_c (text, ' ');
}

/* libfyaml 0.7.12 loses what stands behind two pairs of quotes in a row: of 'a''''b' it makes a'''. Such a
 * scalar is read from the source (YAML 1.2.2, 7.3.2). NULL when it is none. */
static GString *
text_with_quotes (const Reader *reader, struct fy_event *event)
{
  const struct fy_mark *mark = fy_event_start_mark (event);
  if (fy_token_scalar_style (event->scalar.value) != FYSS_SINGLE_QUOTED || mark == NULL)
    return NULL;
  SkCursor raw = sk_cursor (sk_span_slice (reader->bytes, mark->input_pos, reader->bytes.size));
  g_autoptr (GString) text = g_string_new (NULL);
  bool twice = false;
  while (raw.pos < raw.end)
    {
      bool quote = *raw.pos == '\'';
      if (quote && (raw.end - raw.pos < 2 || raw.pos[1] != '\''))
        return twice ? g_steal_pointer (&text) : NULL;
      twice = twice || (quote && raw.end - raw.pos > 3 && memcmp (raw.pos, "''''", 4) == 0);
      if (is_break (*raw.pos))
        {
          fold (&raw, text);
          continue;
        }
      g_string_append_c (text, (char)*raw.pos);
      raw.pos += quote ? 2 : 1;
    }
  return NULL;
}

static const char *
copy_text (Reader *reader, struct fy_event *event, struct fy_token *token)
{
  size_t size = 0;
  g_autoptr (GString) own = text_with_quotes (reader, event);
  const char *text = own != NULL ? own->str : fy_token_get_text (token, &size);
  if (own != NULL)
    size = own->len;
  if (text == NULL)
    text = "";
  if (memchr (text, 0, size) != NULL || !g_utf8_validate (text, (gssize)size, NULL))
    {
      refuse_event (reader, event, _ ("text must be UTF-8 without NUL"));
      return NULL;
    }
  return g_string_chunk_insert_len (reader->yaml->texts, text, (gssize)size);
}

static SkYamlNode *
node_new (Reader *reader, struct fy_event *event, SkYamlKind kind)
{
  if (reader->yaml->nodes->len >= SK_MAX_YAML_NODES)
    {
      refuse_event (reader, event, _ ("too many entries in one file"));
      return NULL;
    }
  SkYamlNode *node = g_new0 (SkYamlNode, 1);
  g_ptr_array_add (reader->yaml->nodes, node);
  node->kind = kind;
  event_place (reader, event, &node->line, &node->column);
  return node;
}

/* Hangs a node below the open level; a map's node takes the key that waits. */
static void
attach (Reader *reader, SkYamlNode *node)
{
  if (reader->depth == 0)
    {
      reader->yaml->root = node;
      return;
    }
  Level *level = &reader->levels[reader->depth - 1];
  node->key = g_steal_pointer (&level->key);
  node->key_line = level->key_line;
  node->key_column = level->key_column;
  if (level->last != NULL)
    level->last->next = node;
  else
    level->node->first = node;
  level->last = node;
  level->node->count++;
}

/* The next event stands in the place of a key. */
static bool
key_is_due (const Reader *reader)
{
  if (reader->depth == 0)
    return false;
  const Level *level = &reader->levels[reader->depth - 1];
  return level->keys != NULL && level->key == NULL;
}

static void
take_key (Reader *reader, struct fy_event *event)
{
  Level *level = &reader->levels[reader->depth - 1];
  const char *key = copy_text (reader, event, event->scalar.value);
  if (key == NULL)
    return;
  event_place (reader, event, &level->key_line, &level->key_column);
  if (!g_hash_table_add (level->keys, (char *)key))
    {
      g_autofree char *message = g_strdup_printf (_ ("the key \"%s\" stands here twice"), key);
      refuse_event (reader, event, message);
      return;
    }
  level->key = key;
}

static void
take_scalar (Reader *reader, struct fy_event *event)
{
  if (key_is_due (reader))
    {
      take_key (reader, event);
      return;
    }
  SkYamlNode *node = node_new (reader, event, SK_YAML_SCALAR);
  if (node == NULL)
    return;
  node->text = copy_text (reader, event, event->scalar.value);
  node->plain = fy_token_scalar_style (event->scalar.value) == FYSS_PLAIN;
  if (node->text != NULL)
    attach (reader, node);
}

static void
take_start (Reader *reader, struct fy_event *event, SkYamlKind kind)
{
  if (key_is_due (reader))
    {
      refuse_event (reader, event, _ ("a key must be a plain text"));
      return;
    }
  if (reader->depth == SK_MAX_YAML_DEPTH)
    {
      refuse_event (reader, event, _ ("nested too deep"));
      return;
    }
  SkYamlNode *node = node_new (reader, event, kind);
  if (node == NULL)
    return;
  attach (reader, node);
  reader->levels[reader->depth++] = (Level){
    .node = node,
    .keys = kind == SK_YAML_MAP ? g_hash_table_new (g_str_hash, g_str_equal) : NULL,
  };
}

static void
take_end (Reader *reader)
{
  Level *level = &reader->levels[--reader->depth];
  g_clear_pointer (&level->keys, g_hash_table_unref);
}

static bool
has_tag_or_anchor (const struct fy_event *event)
{
  switch (event->type)
    {
    case FYET_SCALAR:
      return event->scalar.tag != NULL || event->scalar.anchor != NULL;
    case FYET_SEQUENCE_START:
      return event->sequence_start.tag != NULL || event->sequence_start.anchor != NULL;
    case FYET_MAPPING_START:
      return event->mapping_start.tag != NULL || event->mapping_start.anchor != NULL;
    default:
      return event->type == FYET_ALIAS;
    }
}

static void
take_event (Reader *reader, struct fy_event *event)
{
  if (has_tag_or_anchor (event))
    {
      refuse_event (reader, event, _ ("anchors, aliases and tags are not used here"));
      return;
    }
  switch (event->type)
    {
    case FYET_DOCUMENT_START:
      if (reader->document)
        refuse_event (reader, event, _ ("a second document in the same file"));
      reader->document = true;
      break;
    case FYET_SCALAR:
      take_scalar (reader, event);
      break;
    case FYET_SEQUENCE_START:
      take_start (reader, event, SK_YAML_LIST);
      break;
    case FYET_MAPPING_START:
      take_start (reader, event, SK_YAML_MAP);
      break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
      take_end (reader);
      break;
    default:
      break;
    }
}

static void
read_events (Reader *reader)
{
  struct fy_event *event;
  while (reader->cause == NULL && (event = fy_parser_parse (reader->parser)) != NULL)
    {
      bool last = event->type == FYET_STREAM_END;
      take_event (reader, event);
      fy_parser_event_free (reader->parser, event);
      if (last)
        return;
    }
  if (reader->cause == NULL)
    refuse_syntax (reader);
}

/* The place of the first byte that is no UTF-8: libfyaml would only say that there is one. */
static bool
check_utf8 (Reader *reader, SkSpan bytes)
{
  const char *bad = NULL;
  if (bytes.size == 0 || g_utf8_validate ((const char *)bytes.data, (gssize)bytes.size, &bad))
    return true;
  uint32_t line = reader->before + 1, column = 1;
  for (const char *at = (const char *)bytes.data; at < bad; at = g_utf8_next_char (at))
    {
      column = *at == '\n' ? 1 : column + 1;
      line += *at == '\n';
    }
  refuse (reader, line, column, _ ("not UTF-8 text"));
  return false;
}

static void
parse (Reader *reader, SkSpan bytes)
{
  if (bytes.size > SK_MAX_YAML)
    {
      refuse (reader, 1, 1, _ ("the file is too large"));
      return;
    }
  if (!check_utf8 (reader, bytes) || bytes.size == 0)
    return;
  struct fy_diag_cfg diag_settings;
  fy_diag_cfg_default (&diag_settings);
  diag_settings.fp = NULL;
  diag_settings.level = FYET_ERROR;
  reader->diag = fy_diag_create (&diag_settings);
  g_assert (reader->diag != NULL);
  fy_diag_set_collect_errors (reader->diag, true);
  /* Never FYPCF_RESOLVE_DOCUMENT: it expands aliases. */
  struct fy_parse_cfg settings = { .flags = FYPCF_QUIET, .diag = reader->diag };
  reader->parser = fy_parser_create (&settings);
  g_assert (reader->parser != NULL);
  if (fy_parser_set_string (reader->parser, (const char *)bytes.data, bytes.size) != 0)
    refuse_syntax (reader);
  else
    read_events (reader);
}

/* Parses one document that stands behind `before` lines of its file. NULL when there is a mistake,
 * which the reader then knows. */
static SkYaml *
read_document (Reader *reader, SkSpan bytes, uint32_t before)
{
  g_autoptr (SkYaml) yaml = g_new0 (SkYaml, 1);
  yaml->file = g_strdup (reader->file);
  yaml->nodes = g_ptr_array_new_with_free_func (g_free);
  yaml->texts = g_string_chunk_new (4096);
  reader->yaml = yaml;
  reader->before = before;
  reader->last_line = before + 1;
  reader->last_column = 1;
  reader->document = false;
  reader->bytes = bytes;
  parse (reader, bytes);
  while (reader->depth > 0)
    take_end (reader);
  g_clear_pointer (&reader->parser, fy_parser_destroy);
  g_clear_pointer (&reader->diag, fy_diag_destroy);
  if (reader->cause != NULL)
    return NULL;
  if (yaml->root != NULL && sk_yaml_is_null (yaml->root))
    yaml->root = NULL;
  return g_steal_pointer (&yaml);
}

SkYaml *
sk_yaml_parse (const char *file, SkSpan bytes, GError **error)
{
  g_autofree char *name = g_utf8_make_valid (file, -1);
  Reader reader = { .file = name };
  SkYaml *yaml = read_document (&reader, bytes, 0);
  if (yaml == NULL)
    g_set_error (error, SK_ERROR, SK_ERROR_CONFIG, "%s:%u:%u: %s", name, reader.line,
                 reader.column, reader.cause);
  g_free (reader.cause);
  return yaml;
}

void
sk_yaml_parse_all (const char *file, SkSpan bytes, SkYamlFunc func, void *data)
{
  g_autofree char *name = g_utf8_make_valid (file, -1);
  if (bytes.size > SK_MAX_YAML)
    {
      func (data, NULL, 1, _ ("the file is too large"));
      return;
    }
  SkYamlSplit split = { .rest = bytes };
  SkSpan document;
  uint32_t before;
  while (sk_yaml_split_next (&split, &document, &before))
    {
      Reader reader = { .file = name };
      SkYaml *yaml = read_document (&reader, document, before);
      if (yaml != NULL && yaml->root == NULL)
        g_clear_pointer (&yaml, sk_yaml_free);
      else
        func (data, yaml, yaml != NULL ? yaml->root->line : reader.line, reader.cause);
      g_free (reader.cause);
    }
}

void
sk_yaml_free (SkYaml *yaml)
{
  if (yaml == NULL)
    return;
  g_free (yaml->file);
  g_ptr_array_unref (yaml->nodes);
  g_string_chunk_free (yaml->texts);
  g_free (yaml);
}

const SkYamlNode *
sk_yaml_root (const SkYaml *yaml)
{
  return yaml->root;
}

static void
add_problem (const SkYaml *yaml, uint32_t line, uint32_t column, GString *problems,
             const char *format, va_list args)
{
  g_string_append_printf (problems, "%s:%u:%u: ", yaml->file, line, column);
  g_string_append_vprintf (problems, format, args);
  g_string_append_c (problems, '\n');
}

void
sk_yaml_problem (const SkYaml *yaml, const SkYamlNode *node, GString *problems, const char *format,
                 ...)
{
  va_list args;
  va_start (args, format);
  add_problem (yaml, node != NULL ? node->line : 1, node != NULL ? node->column : 1, problems,
               format, args);
  va_end (args);
}

void
sk_yaml_problem_key (const SkYaml *yaml, const SkYamlNode *node, GString *problems,
                     const char *format, ...)
{
  bool keyed = node != NULL && node->key != NULL;
  va_list args;
  va_start (args, format);
  add_problem (yaml, keyed ? node->key_line : 1, keyed ? node->key_column : 1, problems, format,
               args);
  va_end (args);
}

gboolean
sk_yaml_no_problem (const GString *problems, GError **error)
{
  if (problems->len == 0)
    return TRUE;
  g_set_error (error, SK_ERROR, SK_ERROR_CONFIG, "%.*s", (int)MIN (problems->len - 1, INT_MAX),
               problems->str);
  return FALSE;
}

char *
sk_yaml_where (const SkYaml *yaml, const SkYamlNode *node)
{
  return g_strdup_printf ("%s:%u", yaml->file, node != NULL ? node->line : 1);
}
