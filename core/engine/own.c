/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The engine's own records: what is known of an object once all inside of it
 * has been judged, as fields of the kinds `object` and `file`.
 *
 * Only fields that somebody looks at are made; texts are those of the object,
 * its facts are not copied. What only the supervisor knows of a walked file
 * (under which argument it was found, when it was written, its attributes) is
 * declared here and added there; of a member its container tells it.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "engine/kind.h"
#include "engine/record.h"

/* ---- values ---- */

static void
put_span (SkRecord *record, uint32_t field, SkSpan text)
{
  SkSigmaValue *value = sk_record_append (record, field, record->kind->numbers[field]);
  if (value != NULL)
    value->value = (SkValue){ .type = SK_FIELD_STRING, .text = text };
}

/* A text that is not there is no value. */
static void
put_text (SkRecord *record, uint32_t field, const char *text)
{
  if (text != NULL && text[0] != '\0')
    put_span (record, field, sk_span_of_text (text));
}

static void
put_number (SkRecord *record, uint32_t field, uint64_t number)
{
  SkSigmaValue *value = sk_record_append (record, field, record->kind->numbers[field]);
  if (value != NULL)
    value->value = (SkValue){ .type = SK_FIELD_INT, .integer = (int64_t) MIN (number, INT64_MAX) };
}

/* Lives as long as the object. */
static char *
join (SkObject *object, const char *head, const char *between, const char *tail)
{
  g_autofree char *text = g_strconcat (head, between, tail, NULL);
  return sk_arena_text (&object->arena, sk_span_of_text (text));
}

/* How people read where the object is: the entry's path, and a step for each container. */
static const char *
whole_path (SkObject *object)
{
  if (object->parent == NULL)
    return object->path;
  if (object->whole_path == NULL)
    object->whole_path = join (object, whole_path (object->parent), SK_TEXT_INSIDE, object->path);
  return object->whole_path;
}

/* ---- of any object ---- */

static void
put_name (SkRecord *record, uint32_t field)
{
  put_text (record, field, record->object->name);
}

static void
put_path (SkRecord *record, uint32_t field)
{
  put_text (record, field, whole_path (record->object));
}

static void
put_types (SkRecord *record, uint32_t field)
{
  for (uint32_t i = 0; i < record->object->n_types; i++)
    put_text (record, field, record->object->types[i].type);
}

static void
put_best_type (SkRecord *record, uint32_t field)
{
  if (record->object->n_types > 0)
    put_text (record, field, record->object->types[0].type);
}

/* Of what is not here its container may not know either. */
static void
put_size (SkRecord *record, uint32_t field)
{
  const SkObject *object = record->object;
  if (!object->named_only || object->node->size > 0)
    put_number (record, field, object->node->size);
}

static void
put_depth (SkRecord *record, uint32_t field)
{
  put_number (record, field, record->object->depth);
}

static void
put_plugin (SkRecord *record, uint32_t field)
{
  const SkWalker *walker = record->object->walker;
  uint32_t plugin = record->object->node->plugin;
  if (plugin != SK_NO_PLUGIN)
    put_text (record, field, sk_engine_plugin (walker->engine, plugin)->plugin->name);
}

static void
put_findings (SkRecord *record, uint32_t field)
{
  const GPtrArray *ids = record->object->walker->engine->rule_ids;
  for (const SkHitRule *hit = record->object->node->hits; hit != NULL; hit = hit->next)
    put_text (record, field, g_ptr_array_index (ids, hit->rule));
}

static void
put_limits (SkRecord *record, uint32_t field)
{
  for (int kind = 0; kind < SK_N_LIMITS; kind++)
    if ((record->object->node->limits >> kind & 1) != 0)
      put_text (record, field, sk_finding_limit_name ((SkLimitKind) kind));
}

/* ---- what is in it ---- */

static void
put_below (SkRecord *record, uint32_t field)
{
  put_number (record, field, record->object->below);
}

static void
put_list (SkRecord *record, uint32_t field, SkListKind kind)
{
  const char *text;
  for (uint32_t i = 0; (text = sk_lists_at (record->object, kind, i)) != NULL; i++)
    put_text (record, field, text);
}

static void
put_child_types (SkRecord *record, uint32_t field)
{
  put_list (record, field, SK_LIST_TYPES);
}

static void
put_child_names (SkRecord *record, uint32_t field)
{
  put_list (record, field, SK_LIST_NAMES);
}

static void
put_child_findings (SkRecord *record, uint32_t field)
{
  put_list (record, field, SK_LIST_FINDINGS);
}

/* ---- of the whole job, on its entry object: itself, and what is in it ---- */

static bool
is_entry (const SkRecord *record)
{
  return record->object->parent == NULL;
}

static bool
list_has (const SkObject *object, SkListKind kind, const char *wanted)
{
  const char *text;
  for (uint32_t i = 0; (text = sk_lists_at (object, kind, i)) != NULL; i++)
    if (strcmp (text, wanted) == 0)
      return true;
  return false;
}

static void
put_root_types (SkRecord *record, uint32_t field)
{
  const SkObject *object = record->object;
  if (!is_entry (record))
    return;
  if (object->n_types > 0 && !list_has (object, SK_LIST_TYPES, object->types[0].type))
    put_best_type (record, field);
  put_list (record, field, SK_LIST_TYPES);
}

static void
put_root_names (SkRecord *record, uint32_t field)
{
  if (!is_entry (record))
    return;
  if (!list_has (record->object, SK_LIST_NAMES, record->object->name))
    put_name (record, field);
  put_list (record, field, SK_LIST_NAMES);
}

static void
put_root_findings (SkRecord *record, uint32_t field)
{
  const SkObject *object = record->object;
  const GPtrArray *ids = object->walker->engine->rule_ids;
  if (!is_entry (record))
    return;
  for (const SkHitRule *hit = object->node->hits; hit != NULL; hit = hit->next)
    if (!list_has (object, SK_LIST_FINDINGS, g_ptr_array_index (ids, hit->rule)))
      put_text (record, field, g_ptr_array_index (ids, hit->rule));
  put_list (record, field, SK_LIST_FINDINGS);
}

static void
put_root_objects (SkRecord *record, uint32_t field)
{
  if (is_entry (record))
    put_number (record, field, record->object->walker->reply->objects);
}

static void
put_root_bytes (SkRecord *record, uint32_t field)
{
  if (is_entry (record))
    put_number (record, field, record->object->walker->reply->bytes);
}

/* ---- of a file ---- */

static void
put_stem (SkRecord *record, uint32_t field)
{
  const char *name = record->object->name, *extension = sk_text_extension (name);
  SkSpan stem = sk_span_of_text (name);
  if (extension[0] != '\0')
    stem.size = (size_t) (extension - name) - 1;
  if (stem.size > 0)
    put_span (record, field, stem);
}

static void
put_lower (SkRecord *record, uint32_t field, const char *text)
{
  g_autofree char *lower = sk_text_lower (text);
  put_text (record, field, sk_arena_text (&record->object->arena, sk_span_of_text (lower)));
}

static void
put_extension (SkRecord *record, uint32_t field)
{
  put_lower (record, field, sk_text_extension (record->object->name));
}

/* The folder within the container, or the container itself. */
static void
put_directory (SkRecord *record, uint32_t field)
{
  SkObject *object = record->object;
  const char *container = object->parent != NULL ? whole_path (object->parent) : NULL;
  size_t size = (size_t) (object->name - object->path);
  g_autofree char *folder = g_strndup (object->path, size > 1 ? size - 1 : size);
  if (container == NULL)
    put_text (record, field, sk_arena_text (&object->arena, sk_span_of_text (folder)));
  else if (folder[0] == '\0')
    put_text (record, field, container);
  else
    put_text (record, field, join (object, container, SK_TEXT_INSIDE, folder));
}

/* The supervisor adds it for a walked file. */
static void
put_relative (SkRecord *record, uint32_t field)
{
  const SkObject *object = record->object;
  if (object->parent == NULL)
    return;
  g_autofree char *path = g_strdelimit (g_strdup (object->path), "\\", '/');
  const char *start = path;
  while (start[0] == '/' || g_str_has_prefix (start, "./"))
    start += start[0] == '/' ? 1 : 2;
  put_lower (record, field, start);
}

static void
put_container (SkRecord *record, uint32_t field)
{
  if (record->object->parent != NULL)
    put_text (record, field, whole_path (record->object->parent));
}

/* The size of a folder is its file system's own business. */
static void
put_file_size (SkRecord *record, uint32_t field)
{
  if (record->object->info.type == SK_FILE_REGULAR)
    put_size (record, field);
}

/* Walked folders are no objects: the supervisor tells of those. */
static void
put_file_type (SkRecord *record, uint32_t field)
{
  static const char *const names[] = { "file", "directory", "link", "special" };
  put_text (record, field, names[record->object->info.type]);
}

static void
put_attributes (SkRecord *record, uint32_t field)
{
  static const struct
  {
    uint32_t bit;
    const char *name;
  } attributes[] = { { SK_ATTRIBUTE_HIDDEN, "hidden" },
                     { SK_ATTRIBUTE_SYSTEM, "system" },
                     { SK_ATTRIBUTE_READONLY, "readonly" } };
  uint32_t bits = record->object->info.attributes;
  if (sk_text_is_dotted (record->object->name))
    bits |= SK_ATTRIBUTE_HIDDEN;
  for (size_t i = 0; i < G_N_ELEMENTS (attributes); i++)
    if ((bits & attributes[i].bit) != 0)
      put_text (record, field, attributes[i].name);
}

static void
put_mtime (SkRecord *record, uint32_t field)
{
  int64_t time = record->object->info.mtime, second = 1000000000;
  SkSigmaValue *value
      = time != 0 ? sk_record_append (record, field, record->kind->numbers[field]) : NULL;
  if (value != NULL)
    value->value
        = (SkValue){ .type = SK_FIELD_INT, .integer = time / second - (time % second < 0) };
}

static void
put_target (SkRecord *record, uint32_t field)
{
  if (record->object->info.target.size > 0)
    put_span (record, field, record->object->info.target);
}

/* ---- the kinds ---- */

/** A field of the engine's. */
typedef struct OwnField {
  SkFieldDecl decl;
  void (*put) (SkRecord *record, uint32_t field);
} OwnField;

#define LIST SK_FIELD_MULTI

static const OwnField object_fields[] = {
  { { "object.name", SK_FIELD_STRING, 0, "Its name, without folders" }, put_name },
  { { "object.path", SK_FIELD_STRING, 0,
      "Where it is: path of the input, and ` » ` before what is in it" }, put_path },
  { { "object.type", SK_FIELD_STRING, LIST, "Media types, the best known first" }, put_types },
  { { "object.size", SK_FIELD_INT, 0, "Bytes" }, put_size },
  { { "object.depth", SK_FIELD_INT, 0, "Containers around it" }, put_depth },
  { { "object.plugin", SK_FIELD_STRING, 0, "Plugin that found it in its container" }, put_plugin },
  { { "object.limit", SK_FIELD_STRING, LIST, "Limits that it met: ratio, depth, object-bytes …" },
    put_limits },
  { { "finding.id", SK_FIELD_STRING, LIST, "Rules that hit it so far" }, put_findings },
  { { "child.count", SK_FIELD_INT, 0, "Objects in it, at any depth" }, put_below },
  { { "child.type", SK_FIELD_STRING, LIST, "Best media types of the objects in it" },
    put_child_types },
  { { "child.name", SK_FIELD_STRING, LIST, "Names of the objects in it" }, put_child_names },
  { { "child.finding", SK_FIELD_STRING, LIST, "Rules that hit objects in it" },
    put_child_findings },
  { { "root.type", SK_FIELD_STRING, LIST, "On an input's first object: best media types of all objects" },
    put_root_types },
  { { "root.name", SK_FIELD_STRING, LIST, "On an input's first object: names of all objects" },
    put_root_names },
  { { "root.finding", SK_FIELD_STRING, LIST, "On an input's first object: rules that hit any object" },
    put_root_findings },
  { { "root.objects", SK_FIELD_INT, 0, "On an input's first object: number of all objects" },
    put_root_objects },
  { { "root.bytes", SK_FIELD_INT, 0, "On an input's first object: bytes of all objects together" },
    put_root_bytes },
};

static const OwnField file_fields[] = {
  { { "file.name", SK_FIELD_STRING, 0, "Its name, without folders" }, put_name },
  { { "file.stem", SK_FIELD_STRING, 0, "Its name without the last extension" }, put_stem },
  { { "file.extension", SK_FIELD_STRING, 0, "The last extension, lower case, without the dot" },
    put_extension },
  { { "file.directory", SK_FIELD_STRING, 0, "The folder that it is in" }, put_directory },
  { { "file.path", SK_FIELD_STRING, 0, "Its path; in a container behind that of the container and ` » `" },
    put_path },
  { { "file.relative", SK_FIELD_STRING, 0, "Its path below file.root, lower case, with `/`" },
    put_relative },
  { { "file.root", SK_FIELD_STRING, 0, "What was to be scanned, or the path of the container" },
    put_container },
  { { "file.container", SK_FIELD_STRING, 0, "Path of the container; absent on a file system" },
    put_container },
  { { "file.size", SK_FIELD_INT, 0, "Bytes" }, put_file_size },
  { { "file.type", SK_FIELD_STRING, 0, "file, directory, link or special" }, put_file_type },
  { { "file.mime-type", SK_FIELD_STRING, 0, "The best known media type" }, put_best_type },
  { { "file.attributes", SK_FIELD_STRING, LIST, "hidden, system, readonly" }, put_attributes },
  { { "file.mtime", SK_FIELD_INT, 0, "When it was last written, seconds since 1970" },
    put_mtime },
  { { "file.target-path", SK_FIELD_STRING, 0, "Of a link in a container: where it leads" }, put_target },
  { { "finding.id", SK_FIELD_STRING, LIST, "Rules that hit it so far" }, put_findings },
};

static const OwnField *const own_fields[]
    = { [SK_KIND_OBJECT] = object_fields, [SK_KIND_FILE] = file_fields };

uint32_t
sk_own_n_fields (uint32_t kind)
{
  return kind == SK_KIND_OBJECT ? G_N_ELEMENTS (object_fields) : G_N_ELEMENTS (file_fields);
}

const SkFieldDecl *
sk_own_field (uint32_t kind, uint32_t index)
{
  return &own_fields[kind][index].decl;
}

const char *const *
sk_engine_later (void)
{
  static const char *const names[]
      = { "partner.", "history.", "file/file.root", "file/file.relative", "file/file.attributes",
          "file/file.mtime", NULL };
  return names;
}

/* ---- making them ---- */

static void
put_facts (SkRecord *record, uint32_t first)
{
  const SkKind *kind = record->kind;
  const SkObject *object = record->object;
  for (uint32_t field = first; field < kind->n_fields; field++)
    {
      if (!kind->looked[field])
        continue;
      const SkFactValue *fact = object->facts[field - first].first;
      for (; fact != NULL; fact = fact->next)
        {
          SkSigmaValue *value = sk_record_append (record, field, kind->numbers[field]);
          if (value != NULL)
            value->value = fact->value;
        }
    }
}

static void
make (SkObject *object, uint32_t index)
{
  SkWalker *walker = object->walker;
  const SkKind *kind = sk_engine_kind (walker->engine, index);
  uint32_t n_own = sk_own_n_fields (index);
  SkRecord *record = sk_record_take (object, kind);
  walker->kinds[index].records++;
  for (uint32_t i = 0; i < n_own; i++)
    if (kind->looked[i])
      own_fields[index][i].put (record, i);
  put_facts (record, n_own);
  sk_record_finish (record);
  sk_record_give_back (record);
}

static bool
is_file (const SkObject *object)
{
  bool window = object->parent == NULL && object->walker->job->window_plugin != SK_NO_PLUGIN;
  return !window && object->name[0] != '\0';
}

void
sk_own_records (SkObject *object)
{
  SkWalker *walker = object->walker;
  bool file = sk_engine_kind (walker->engine, SK_KIND_FILE)->asked && is_file (object);
  bool itself = sk_engine_kind (walker->engine, SK_KIND_OBJECT)->asked
                && object->info.type == SK_FILE_REGULAR;
  if ((!file && !itself) || object->excluded == UINT64_MAX)
    return;
  /* No hook is running: what happens is nobody's doing but the engine's. */
  SkHook *hook = walker->hook;
  walker->hook = NULL;
  if (walker->host->mark != NULL)
    walker->host->mark (walker->host->data, object->id, SK_NO_PLUGIN);
  if (file)
    make (object, SK_KIND_FILE);
  if (itself)
    make (object, SK_KIND_OBJECT);
  walker->hook = hook;
}
