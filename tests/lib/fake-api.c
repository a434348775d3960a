/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "fake-api.h"

#include <stdarg.h>

typedef struct Source {
  char *kind;
  SkSource source;
  uint8_t *bytes;
} Source;

/* ---- notes ---- */

static void
note_free (void *data)
{
  SkFakeNote *note = data;
  g_free (note->file);
  g_free (note->text);
  g_free (note);
}

static void
note_add (GPtrArray *notes, const char *call, const char *file, uint32_t number, char *text)
{
  SkFakeNote *note = g_new0 (SkFakeNote, 1);
  *note = (SkFakeNote){ call, g_strdup (file), number, text };
  g_ptr_array_add (notes, note);
}

const SkFakeNote *
sk_fake_note (GPtrArray *notes, const char *call, size_t nth)
{
  for (guint i = 0; i < notes->len; i++)
    {
      const SkFakeNote *note = g_ptr_array_index (notes, i);
      if (strcmp (note->call, call) == 0 && nth-- == 0)
        return note;
    }
  return NULL;
}

size_t
sk_fake_count (GPtrArray *notes, const char *call)
{
  size_t count = 0;
  while (sk_fake_note (notes, call, count) != NULL)
    count++;
  return count;
}

/* ---- configure ---- */

static const char *
option_text (SkSetup *setup, uint32_t option)
{
  g_assert (option < setup->plugin->n_options);
  const SkOptionDecl *decl = &setup->plugin->options[option];
  const char *set = g_hash_table_lookup (setup->options, decl->name);
  return set != NULL ? set : decl->default_value;
}

static bool
option_bool (SkSetup *setup, uint32_t option)
{
  g_assert (setup->plugin->options[option].type == SK_OPTION_BOOL);
  return strcmp (option_text (setup, option), "true") == 0;
}

static int64_t
option_int (SkSetup *setup, uint32_t option)
{
  g_assert (setup->plugin->options[option].type == SK_OPTION_INT);
  return g_ascii_strtoll (option_text (setup, option), NULL, 10);
}

static const char *
option_string (SkSetup *setup, uint32_t option)
{
  g_assert (setup->plugin->options[option].type == SK_OPTION_STRING);
  return option_text (setup, option);
}

static bool
source_at (SkSetup *setup, const char *kind, size_t index, SkSource *ret_source)
{
  for (guint i = 0; i < setup->sources->len; i++)
    {
      const Source *source = g_ptr_array_index (setup->sources, i);
      if (strcmp (source->kind, kind) == 0 && index-- == 0)
        {
          *ret_source = source->source;
          return true;
        }
    }
  return false;
}

#define SAY(function, call)                                                                        \
  static void SK_PRINTF (4, 5)                                                                     \
      function (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)          \
  {                                                                                                \
    va_list args;                                                                                  \
    va_start (args, format);                                                                       \
    note_add (setup->notes, call, file, line, g_strdup_vprintf (format, args));                    \
    va_end (args);                                                                                 \
  }

SAY (say_error, "error")
SAY (say_left_out, "left-out")
SAY (say_warning, "warning")

static void
rule_free (void *data)
{
  SkFakeRule *rule = data;
  const char *strings[] = { rule->info.id,
                            rule->info.title,
                            rule->info.title_ja,
                            rule->info.description,
                            rule->info.description_ja,
                            rule->info.det,
                            rule->info.attack,
                            rule->info.reference,
                            rule->info.falsepositives,
                            rule->info.falsepositives_ja,
                            rule->info.author,
                            rule->info.file };
  for (size_t i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free ((char *) strings[i]);
  g_free (rule);
}

static uint32_t
rule_add (SkSetup *setup, const SkRuleInfo *info)
{
  SkFakeRule *rule = g_new0 (SkFakeRule, 1);
  rule->info = (SkRuleInfo){
    .id = g_strdup (info->id),
    .level = info->level,
    .score = info->score,
    .title = g_strdup (info->title),
    .title_ja = g_strdup (info->title_ja),
    .description = g_strdup (info->description),
    .description_ja = g_strdup (info->description_ja),
    .falsepositives = g_strdup (info->falsepositives),
    .falsepositives_ja = g_strdup (info->falsepositives_ja),
    .reference = g_strdup (info->reference),
    .attack = g_strdup (info->attack),
    .det = g_strdup (info->det),
    .author = g_strdup (info->author),
    .file = g_strdup (info->file),
    .line = info->line,
  };
  g_ptr_array_add (setup->rules, rule);
  return setup->rules->len - 1;
}

static bool
fact_decl (SkSetup *setup, uint32_t index, SkFieldDecl *ret_decl)
{
  if (index >= setup->n_decls)
    return false;
  *ret_decl = setup->decls[index];
  return true;
}

static const char *
cache_dir (SkSetup *setup)
{
  return setup->cache_dir;
}

static void
source_free (void *data)
{
  Source *source = data;
  g_free (source->kind);
  g_free ((char *) source->source.path);
  g_free (source->bytes);
  g_free (source);
}

SkSetup *
sk_fake_setup_new (const SkPlugin *plugin)
{
  SkSetup *setup = g_new0 (SkSetup, 1);
  setup->plugin = plugin;
  setup->options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  setup->sources = g_ptr_array_new_with_free_func (source_free);
  setup->notes = g_ptr_array_new_with_free_func (note_free);
  setup->rules = g_ptr_array_new_with_free_func (rule_free);
  return setup;
}

void
sk_fake_setup_free (SkSetup *setup)
{
  if (setup == NULL)
    return;
  g_hash_table_unref (setup->options);
  g_ptr_array_unref (setup->sources);
  g_ptr_array_unref (setup->notes);
  g_ptr_array_unref (setup->rules);
  g_free (setup->cache_dir);
  g_free (setup);
}

void
sk_fake_setup_option (SkSetup *setup, const char *name, const char *value)
{
  g_hash_table_replace (setup->options, g_strdup (name), g_strdup (value));
}

void
sk_fake_setup_source (SkSetup *setup, const char *kind, const char *path, const void *bytes,
                      size_t size)
{
  Source *source = g_new0 (Source, 1);
  source->kind = g_strdup (kind);
  source->bytes = g_memdup2 (bytes, size);
  source->source = (SkSource){ g_strdup (path), { source->bytes, size }, 1700000000 };
  g_ptr_array_add (setup->sources, source);
}

/* ---- the object ---- */

static bool
object_complete (SkObject *object)
{
  return !object->cut;
}

static SkSpan
object_bytes (SkObject *object)
{
  return object->bytes;
}

static const char *
object_name (SkObject *object)
{
  return object->name;
}

static const char *
object_path (SkObject *object)
{
  return object->path;
}

static SkObject *
object_parent (SkObject *object)
{
  (void) object;
  return NULL;
}

static bool
object_window (SkObject *object, SkWindow *ret_window)
{
  if (object->window == NULL)
    return false;
  *ret_window = *object->window;
  return true;
}

static void **
object_slot (SkObject *object)
{
  return &object->slot;
}

static void
type_free (void *data)
{
  SkFakeType *type = data;
  g_free (type->media_type);
  g_free (type);
}

static void
type_add (SkObject *object, const char *media_type, SkStrength strength)
{
  for (guint i = 0; i < object->types->len; i++)
    {
      SkFakeType *type = g_ptr_array_index (object->types, i);
      if (strcmp (type->media_type, media_type) != 0)
        continue;
      type->strength = MAX (type->strength, strength);
      return;
    }
  SkFakeType *type = g_new0 (SkFakeType, 1);
  *type = (SkFakeType){ g_strdup (media_type), strength };
  g_ptr_array_add (object->types, type);
}

static bool
type_at (SkObject *object, size_t index, const char **ret_type, SkStrength *ret_strength)
{
  for (int strength = SK_STRENGTH_CONTENT; strength >= SK_STRENGTH_DECLARED; strength--)
    for (guint i = 0; i < object->types->len; i++)
      {
        const SkFakeType *type = g_ptr_array_index (object->types, i);
        if ((int) type->strength != strength || index-- > 0)
          continue;
        *ret_type = type->media_type;
        *ret_strength = type->strength;
        return true;
      }
  return false;
}

static void
fact_free (void *data)
{
  SkFakeFact *fact = data;
  g_free (fact->text);
  g_free (fact);
}

static SkFakeFact *
fact_add (SkObject *object, uint32_t handle, SkFieldType type)
{
  g_assert (handle < object->plugin->n_facts);
  g_assert (object->plugin->facts[handle].type == type);
  SkFakeFact *fact = g_new0 (SkFakeFact, 1);
  fact->fact = handle;
  fact->type = type;
  g_ptr_array_add (object->facts, fact);
  return fact;
}

static void
fact_bool (SkObject *object, uint32_t fact, bool value)
{
  fact_add (object, fact, SK_FIELD_BOOL)->boolean = value;
}

static void
fact_int (SkObject *object, uint32_t fact, int64_t value)
{
  fact_add (object, fact, SK_FIELD_INT)->integer = value;
}

static void
fact_string (SkObject *object, uint32_t fact, SkSpan value)
{
  fact_add (object, fact, SK_FIELD_STRING)->text
      = g_strndup ((const char *) value.data, value.size);
}

static bool
fact_value (SkObject *object, uint32_t index, SkValue *ret_value)
{
  if (index >= object->n_values || !object->present[index])
    return false;
  *ret_value = object->values[index];
  return true;
}

/* ---- records ---- */

/** Handles of fields that are not declared begin here: no plugin may take them for positions. */
#define FIRST_OPEN 1000

static void
field_free (void *data)
{
  SkFakeField *field = data;
  g_free (field->name);
  g_free (field->text);
  g_free (field);
}

static void
record_free (void *data)
{
  SkRecord *record = data;
  g_ptr_array_unref (record->fields);
  g_free (record);
}

static bool
is_wanted (const SkObject *object, const char *name)
{
  return object->wanted == NULL || g_strv_contains (object->wanted, name);
}

static uint32_t
record_field (SkObject *object, uint32_t record, SkSpan name)
{
  g_assert (record < object->plugin->n_records);
  const SkRecordDecl *decl = &object->plugin->records[record];
  g_autofree char *text = g_strndup ((const char *) name.data, name.size);
  guint index;
  if (!is_wanted (object, text))
    return SK_NO_FIELD;
  for (size_t i = 0; i < decl->n_fields; i++)
    if (strcmp (decl->fields[i].name, text) == 0)
      return (uint32_t) i;
  if ((decl->flags & SK_RECORD_OPEN) == 0)
    return SK_NO_FIELD;
  if (!g_ptr_array_find_with_equal_func (object->names, text, g_str_equal, &index))
    {
      index = object->names->len;
      g_ptr_array_add (object->names, g_steal_pointer (&text));
    }
  return FIRST_OPEN + index;
}

static SkRecord *
record_begin (SkObject *object, uint32_t handle, uint64_t position, int64_t time)
{
  g_assert (handle < object->plugin->n_records);
  if (object->records->len > 0)
    g_assert (((SkRecord *) g_ptr_array_index (object->records, object->records->len - 1))->ended);
  if (object->deaf)
    return NULL;
  SkRecord *record = g_new0 (SkRecord, 1);
  *record = (SkRecord){ .object = object, .record = handle, .position = position, .time = time };
  record->fields = g_ptr_array_new_with_free_func (field_free);
  g_ptr_array_add (object->records, record);
  return record;
}

/* The place of the value: that of the last one where only one is kept. */
static SkFakeField *
field_place (SkRecord *record, uint32_t handle, SkFieldType type)
{
  const SkRecordDecl *decl = &record->object->plugin->records[record->record];
  g_assert (!record->ended);
  if (handle == SK_NO_FIELD)
    return NULL;
  bool declared = handle < decl->n_fields;
  g_assert (declared || (handle >= FIRST_OPEN && handle - FIRST_OPEN < record->object->names->len));
  g_assert (!declared || decl->fields[handle].type == type);
  const char *name = declared ? decl->fields[handle].name
                              : g_ptr_array_index (record->object->names, handle - FIRST_OPEN);
  bool single = declared && (decl->fields[handle].flags & SK_FIELD_MULTI) == 0;
  for (guint i = 0; single && i < record->fields->len; i++)
    if (strcmp (((SkFakeField *) g_ptr_array_index (record->fields, i))->name, name) == 0)
      return g_ptr_array_index (record->fields, i);
  SkFakeField *field = g_new0 (SkFakeField, 1);
  field->name = g_strdup (name);
  field->type = type;
  g_ptr_array_add (record->fields, field);
  return field;
}

static void
record_bool (SkRecord *record, uint32_t handle, bool value)
{
  SkFakeField *field = field_place (record, handle, SK_FIELD_BOOL);
  if (field != NULL)
    field->boolean = value;
}

static void
record_int (SkRecord *record, uint32_t handle, int64_t value)
{
  SkFakeField *field = field_place (record, handle, SK_FIELD_INT);
  if (field != NULL)
    field->integer = value;
}

static void
record_string (SkRecord *record, uint32_t handle, SkSpan value)
{
  SkFakeField *field = field_place (record, handle, SK_FIELD_STRING);
  if (field == NULL)
    return;
  field->given = value;
  field->json = false;
}

/* What is promised of it: no bare control character or quote, and each escape is one. */
static bool
is_json_text (SkSpan text)
{
  for (size_t i = 0; i < text.size; i++)
    {
      if (text.data[i] < 0x20 || text.data[i] == '"')
        return false;
      if (text.data[i] != '\\')
        continue;
      if (++i == text.size || strchr ("\"\\/bfnrtu", text.data[i]) == NULL)
        return false;
      size_t digits = text.data[i] == 'u' ? 4 : 0;
      for (; digits > 0; digits--)
        if (++i == text.size || !g_ascii_isxdigit ((char) text.data[i]))
          return false;
    }
  return true;
}

static void
record_json (SkRecord *record, uint32_t handle, SkSpan value)
{
  g_assert (is_json_text (value));
  SkFakeField *field = field_place (record, handle, SK_FIELD_STRING);
  if (field == NULL)
    return;
  field->given = value;
  field->json = true;
}

static void
record_end (SkRecord *record)
{
  g_assert (!record->ended);
  for (guint i = 0; i < record->fields->len; i++)
    {
      SkFakeField *field = g_ptr_array_index (record->fields, i);
      if (field->type != SK_FIELD_STRING)
        continue;
      field->size = field->given.size;
      field->text = g_malloc0 (field->size + 1);
      if (field->size > 0)
        memcpy (field->text, field->given.data, field->size);
      field->given = (SkSpan){ NULL, 0 };
    }
  record->ended = true;
}

/* ---- windows ---- */

static void
defer_free (void *data)
{
  SkFakeDefer *deferred = data;
  g_free (deferred->context);
  g_free (deferred);
}

static bool
defer (SkObject *object, uint64_t offset, uint64_t length, SkSpan context)
{
  SkFakeDefer *deferred = g_new0 (SkFakeDefer, 1);
  *deferred = (SkFakeDefer){ offset, length, g_malloc0 (context.size + 1), context.size };
  if (context.size > 0)
    memcpy (deferred->context, context.data, context.size);
  g_ptr_array_add (object->defers, deferred);
  return true;
}

/* ---- children ---- */

static void
child_free (void *data)
{
  SkChild *child = data;
  g_free (child->name);
  g_free (child->declared);
  g_free (child->target);
  g_byte_array_unref (child->bytes);
  g_ptr_array_unref (child->facts);
  g_free (child);
}

static SkChild *
child_begin (SkObject *object, uint64_t position, const char *name)
{
  if (object->children->len > 0)
    g_assert (((SkChild *) g_ptr_array_index (object->children, object->children->len - 1))->ended);
  if (object->children_left == 0)
    return NULL;
  object->children_left--;
  SkChild *child = g_new0 (SkChild, 1);
  *child = (SkChild){ .object = object, .position = position, .name = g_strdup (name) };
  child->bytes = g_byte_array_new ();
  child->facts = g_ptr_array_new_with_free_func (fact_free);
  g_ptr_array_add (object->children, child);
  return child;
}

static bool
child_append (SkChild *child, SkSpan bytes)
{
  g_assert (!child->ended && !child->absent && !child->shared);
  uint64_t room = MIN (bytes.size, child->object->child_room);
  child->object->child_room -= room;
  g_byte_array_append (child->bytes, bytes.data, (guint) room);
  return room == bytes.size;
}

static bool
child_write (SkChild *child, uint64_t offset, SkSpan bytes)
{
  g_assert (!child->ended && offset + bytes.size < 64 * 1024 * 1024);
  if (offset + bytes.size > child->bytes->len)
    {
      guint old = child->bytes->len;
      uint64_t more = offset + bytes.size - old;
      if (more > child->object->child_room)
        return false;
      child->object->child_room -= more;
      g_byte_array_set_size (child->bytes, (guint) (offset + bytes.size));
      memset (child->bytes->data + old, 0, child->bytes->len - old);
    }
  memcpy (child->bytes->data + offset, bytes.data, bytes.size);
  return true;
}

static bool
child_share (SkChild *child, size_t offset, size_t length)
{
  SkSpan bytes = child->object->bytes;
  g_assert (!child->ended && !child->absent && child->bytes->len == 0);
  g_assert (offset <= bytes.size && length <= bytes.size - offset);
  bool whole = child_append (child, sk_span_slice (bytes, offset, length));
  child->shared = true;
  return whole;
}

static void
child_absent (SkChild *child, uint64_t size)
{
  g_assert (!child->ended && child->bytes->len == 0);
  child->absent = true;
  child->absent_size = size;
}

static void
child_info (SkChild *child, const SkFileInfo *told)
{
  g_assert (!child->ended);
  child->info = *told;
  g_free (child->target);
  child->target = told->target.size > 0
                      ? g_strndup ((const char *) told->target.data, told->target.size)
                      : NULL;
  child->info.target = child->target != NULL ? sk_span_of_text (child->target) : (SkSpan){ NULL, 0 };
}

static void
child_declare (SkChild *child, const char *media_type)
{
  g_free (child->declared);
  child->declared = g_strdup (media_type);
}

static SkFakeFact *
child_fact (SkChild *child, uint32_t fact, SkFieldType type)
{
  const SkPlugin *plugin = child->object->plugin;
  g_assert (!child->ended && fact < plugin->n_facts && plugin->facts[fact].type == type);
  SkFakeFact *kept = g_new0 (SkFakeFact, 1);
  kept->fact = fact;
  kept->type = type;
  g_ptr_array_add (child->facts, kept);
  return kept;
}

static void
child_fact_bool (SkChild *child, uint32_t fact, bool value)
{
  child_fact (child, fact, SK_FIELD_BOOL)->boolean = value;
}

static void
child_fact_int (SkChild *child, uint32_t fact, int64_t value)
{
  child_fact (child, fact, SK_FIELD_INT)->integer = value;
}

static void
child_fact_string (SkChild *child, uint32_t fact, SkSpan value)
{
  child_fact (child, fact, SK_FIELD_STRING)->text
      = g_strndup (value.size > 0 ? (const char *) value.data : "", value.size);
}

static void
child_commit (SkChild *child)
{
  g_assert (!child->ended);
  child->ended = true;
}

static void
child_abort (SkChild *child)
{
  g_assert (!child->ended);
  child->ended = child->aborted = true;
  child->object->child_room += child->bytes->len;
}

static bool
child_slice (SkObject *object, uint64_t position, const char *name, size_t offset, size_t length)
{
  SkChild *child = child_begin (object, position, name);
  if (child == NULL)
    return false;
  bool whole = child_share (child, offset, length);
  child_commit (child);
  return whole;
}

const SkChild *
sk_fake_child (const SkObject *object, size_t nth)
{
  for (guint i = 0; i < object->children->len; i++)
    {
      const SkChild *child = g_ptr_array_index (object->children, i);
      g_assert (child->ended);
      if (!child->aborted && nth-- == 0)
        return child;
    }
  return NULL;
}

const SkChild *
sk_fake_child_named (const SkObject *object, const char *name)
{
  const SkChild *child;
  for (size_t i = 0; (child = sk_fake_child (object, i)) != NULL; i++)
    if (strcmp (child->name, name) == 0)
      return child;
  return NULL;
}

const SkFakeFact *
sk_fake_child_fact (const SkChild *child, const char *name)
{
  const SkPlugin *plugin = child->object->plugin;
  const SkFakeFact *found = NULL;
  for (guint i = 0; i < child->facts->len; i++)
    {
      const SkFakeFact *fact = g_ptr_array_index (child->facts, i);
      if (strcmp (plugin->facts[fact->fact].name, name) == 0)
        found = fact;
    }
  return found;
}

const char *
sk_fake_child_text (const SkChild *child, const char *name)
{
  const SkFakeFact *fact = sk_fake_child_fact (child, name);
  return fact != NULL && fact->text != NULL ? fact->text : "";
}

/* ---- the rest ---- */

static void
not_inspected (SkObject *object, SkReason reason, const char *detail)
{
  note_add (object->notes, "not-inspected", NULL, (uint32_t) reason, g_strdup (detail));
}

static bool
work (SkObject *object, uint64_t units)
{
  object->worked += units;
  if (units > object->work_left)
    return false;
  object->work_left -= units;
  return true;
}

static bool
park (SkObject *object, const char *detail)
{
  note_add (object->notes, "park", NULL, 0, g_strdup (detail));
  return object->parks;
}

static void
secret_each (SkObject *object, SkSecretFunc func, void *data)
{
  bool more = true;
  for (guint i = 0; i < object->secrets->len && more; i++)
    more = func (sk_span_of_text (g_ptr_array_index (object->secrets, i)), "test", data);
}

/* As the host guesses, but without its tables: what is not UTF-8 is GLib's CP932, else CP437. */
static SkSpan
name_decode (SkObject *object, SkSpan name, const char **ret_charset)
{
  static const char *const charsets[][2] = { { "CP932", "windows-31j" }, { "CP437", "ibm437" } };
  const char *charset = "utf-8";
  g_byte_array_set_size (object->decoded, 0);
  bool valid = g_utf8_validate_len ((const char *) name.data, name.size, NULL);
  for (size_t i = 0; !valid && i < G_N_ELEMENTS (charsets); i++)
    {
      gsize size;
      g_autofree char *text = g_convert ((const char *) name.data, (gssize) name.size, "UTF-8",
                                         charsets[i][0], NULL, &size, NULL);
      charset = charsets[i][1];
      valid = text != NULL;
      if (valid)
        g_byte_array_append (object->decoded, (const guint8 *) text, (guint) size);
    }
  if (valid && object->decoded->len == 0 && name.size > 0)
    g_byte_array_append (object->decoded, name.data, (guint) name.size);
  if (ret_charset != NULL)
    *ret_charset = charset;
  return (SkSpan){ object->decoded->data, object->decoded->len };
}

static bool
info (SkObject *object, SkFileInfo *ret_info)
{
  *ret_info = object->info;
  return object->informed;
}

static void
match (SkObject *object, uint32_t rule, const char *evidence)
{
  note_add (object->notes, "match", NULL, rule, g_strdup (evidence));
}

static void SK_PRINTF (2, 3) debug (SkObject *object, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  note_add (object->notes, "debug", NULL, 0, g_strdup_vprintf (format, args));
  va_end (args);
}

static const SkApi table = {
  .size = sizeof (SkApi),
  .abi_major = SK_ABI_MAJOR,
  .option_bool = option_bool,
  .option_int = option_int,
  .option_string = option_string,
  .source = source_at,
  .error = say_error,
  .left_out = say_left_out,
  .warning = say_warning,
  .rule_add = rule_add,
  .fact_decl = fact_decl,
  .cache_dir = cache_dir,
  .bytes = object_bytes,
  .complete = object_complete,
  .name = object_name,
  .path = object_path,
  .parent = object_parent,
  .window = object_window,
  .slot = object_slot,
  .type_add = type_add,
  .type_at = type_at,
  .fact_bool = fact_bool,
  .fact_int = fact_int,
  .fact_string = fact_string,
  .fact_value = fact_value,
  .defer = defer,
  .record_field = record_field,
  .record_begin = record_begin,
  .record_bool = record_bool,
  .record_int = record_int,
  .record_string = record_string,
  .record_json = record_json,
  .record_end = record_end,
  .not_inspected = not_inspected,
  .work = work,
  .park = park,
  .match = match,
  .debug = debug,
  .child_begin = child_begin,
  .child_append = child_append,
  .child_write = child_write,
  .child_declare = child_declare,
  .child_commit = child_commit,
  .child_abort = child_abort,
  .child_slice = child_slice,
  .child_share = child_share,
  .child_absent = child_absent,
  .child_info = child_info,
  .child_fact_bool = child_fact_bool,
  .child_fact_int = child_fact_int,
  .child_fact_string = child_fact_string,
  .secret_each = secret_each,
  .info = info,
  .name_decode = name_decode,
};

const SkApi *
sk_fake_api (void)
{
  return &table;
}

SkObject *
sk_fake_object_new (const SkPlugin *plugin, const char *name, const void *bytes, size_t size)
{
  SkObject *object = g_new0 (SkObject, 1);
  object->plugin = plugin;
  object->bytes = (SkSpan){ g_memdup2 (bytes, size), size };
  object->path = g_strdup (name);
  object->name = g_path_get_basename (name);
  if (name[0] == '\0')
    object->name[0] = '\0';
  object->work_left = UINT64_MAX;
  object->notes = g_ptr_array_new_with_free_func (note_free);
  object->types = g_ptr_array_new_with_free_func (type_free);
  object->facts = g_ptr_array_new_with_free_func (fact_free);
  object->records = g_ptr_array_new_with_free_func (record_free);
  object->defers = g_ptr_array_new_with_free_func (defer_free);
  object->names = g_ptr_array_new_with_free_func (g_free);
  object->children = g_ptr_array_new_with_free_func (child_free);
  object->child_room = UINT64_MAX;
  object->children_left = SIZE_MAX;
  object->secrets = g_ptr_array_new_with_free_func (g_free);
  object->parks = true;
  object->decoded = g_byte_array_new ();
  return object;
}

void
sk_fake_object_free (SkObject *object)
{
  if (object == NULL)
    return;
  if (object->slot != NULL && object->plugin->free_slot != NULL)
    object->plugin->free_slot (object->slot);
  g_free ((uint8_t *) object->bytes.data);
  g_free (object->name);
  g_free (object->path);
  g_ptr_array_unref (object->notes);
  g_ptr_array_unref (object->types);
  g_ptr_array_unref (object->facts);
  g_ptr_array_unref (object->records);
  g_ptr_array_unref (object->defers);
  g_ptr_array_unref (object->names);
  g_ptr_array_unref (object->children);
  g_ptr_array_unref (object->secrets);
  g_byte_array_unref (object->decoded);
  g_free (object);
}

/* ---- asking ---- */

const SkFakeFact *
sk_fake_fact (const SkObject *object, const char *name)
{
  for (guint i = object->facts->len; i > 0; i--)
    {
      const SkFakeFact *fact = g_ptr_array_index (object->facts, i - 1);
      if (strcmp (object->plugin->facts[fact->fact].name, name) == 0)
        return fact;
    }
  return NULL;
}

const char *
sk_fake_text (const SkObject *object, const char *name)
{
  const SkFakeFact *fact = sk_fake_fact (object, name);
  return fact != NULL && fact->text != NULL ? fact->text : "";
}

bool
sk_fake_bool (const SkObject *object, const char *name)
{
  const SkFakeFact *fact = sk_fake_fact (object, name);
  return fact != NULL && fact->boolean;
}

const SkRecord *
sk_fake_record (const SkObject *object, size_t nth)
{
  if (nth >= object->records->len)
    return NULL;
  const SkRecord *record = g_ptr_array_index (object->records, nth);
  g_assert (record->ended);
  return record;
}

const SkFakeField *
sk_fake_field (const SkRecord *record, const char *name, size_t nth)
{
  for (guint i = 0; i < record->fields->len; i++)
    {
      const SkFakeField *field = g_ptr_array_index (record->fields, i);
      if (strcmp (field->name, name) == 0 && nth-- == 0)
        return field;
    }
  return NULL;
}

size_t
sk_fake_field_count (const SkRecord *record, const char *name)
{
  size_t count = 0;
  while (sk_fake_field (record, name, count) != NULL)
    count++;
  return count;
}

const char *
sk_fake_field_text (const SkRecord *record, const char *name)
{
  const SkFakeField *field = sk_fake_field (record, name, 0);
  return field != NULL && field->text != NULL ? field->text : "";
}

int64_t
sk_fake_field_int (const SkRecord *record, const char *name)
{
  const SkFakeField *field = sk_fake_field (record, name, 0);
  return field != NULL && field->type == SK_FIELD_INT ? field->integer : -1;
}

int
sk_fake_strength (const SkObject *object, const char *media_type)
{
  for (guint i = 0; i < object->types->len; i++)
    {
      const SkFakeType *type = g_ptr_array_index (object->types, i);
      if (strcmp (type->media_type, media_type) == 0)
        return (int) type->strength;
    }
  return -1;
}
