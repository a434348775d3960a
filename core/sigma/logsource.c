/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The tables of logsources: reading them from YAML and looking into them.
 *
 * The format stands in logsource.h. A file is read whole before anything of it
 * is taken, because half a table would make rules look at the wrong records in
 * silence. Whether a kind of record exists and whether a rule's field can be
 * there is the compiler's business, not asked here.
 */
#include "config.h"

#include "sigma/logsource.h"

#include "base/i18n.h"
#include "base/yaml.h"

#include <string.h>

/* What all entries of a kind share. */
typedef struct Kind {
  GHashTable *fields;  /* name in rules → GPtrArray of names in records */
  GPtrArray *prefixes; /* borrowed texts */
} Kind;

struct SkLogsources {
  GPtrArray *entries;  /* of SkLogsourceEntry */
  GHashTable *known;   /* what makes an entry the same as another → the entry */
  GHashTable *kinds;   /* name → Kind */
  GStringChunk *texts; /* all texts */
  GPtrArray *memory;   /* all arrays */
};

/* An addition to a kind: a name of a field in records, or, without `field`, a prefix. */
typedef struct Addition {
  const char *kind, *field, *text;
} Addition;

/* One file that is being read; nothing of it is in the table yet. */
typedef struct Reader {
  SkLogsources *table; /* its memory is used, also for what is refused later */
  SkYaml *yaml;
  const char *file;
  GPtrArray *entries; /* of SkLogsourceEntry, borrowed */
  GHashTable *known;  /* as the table's, owns its keys */
  GArray *additions;  /* of Addition */
  SkSigmaComplain complain;
  void *data;
  bool good;
} Reader;

static void
kind_free (void *data)
{
  Kind *kind = data;
  g_hash_table_unref (kind->fields);
  g_ptr_array_unref (kind->prefixes);
  g_free (kind);
}

SkLogsources *
sk_logsources_new (void)
{
  SkLogsources *table = g_new0 (SkLogsources, 1);
  table->entries = g_ptr_array_new ();
  table->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  table->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, kind_free);
  table->texts = g_string_chunk_new (4096);
  table->memory = g_ptr_array_new_with_free_func (g_free);
  return table;
}

void
sk_logsources_free (SkLogsources *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->entries);
  g_hash_table_unref (table->known);
  g_hash_table_unref (table->kinds);
  g_string_chunk_free (table->texts);
  g_ptr_array_unref (table->memory);
  g_free (table);
}

/* ---- mistakes ---- */

static void G_GNUC_PRINTF (4, 5)
    mistake (Reader *reader, uint32_t line, uint32_t column, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *placed = g_strdup_printf (_ ("column %u: %s"), column, text);
  reader->complain (reader->data, reader->file, line, placed);
  reader->good = false;
}

/* At the value. */
#define MISTAKE(reader, node, ...) mistake (reader, (node)->line, (node)->column, __VA_ARGS__)
/* At the key. */
#define MISTAKE_KEY(reader, node, ...)                                                             \
  mistake (reader, (node)->key_line, (node)->key_column, __VA_ARGS__)

/* The YAML reader's own message holds the place that is to be told apart from it. */
static void
mistake_syntax (Reader *reader, const GError *error)
{
  g_autofree char *file = g_utf8_make_valid (reader->file, -1);
  const char *text = error->message;
  uint64_t line = 1, column = 1;
  if (g_str_has_prefix (text, file) && text[strlen (file)] == ':')
    {
      char *end = NULL;
      line = g_ascii_strtoull (text + strlen (file) + 1, &end, 10);
      column = *end == ':' ? g_ascii_strtoull (end + 1, &end, 10) : 1;
      text = g_str_has_prefix (end, ": ") ? end + 2 : text;
    }
  mistake (reader, (uint32_t) MIN (line, UINT32_MAX), (uint32_t) MIN (column, UINT32_MAX), "%s",
           text);
}

/* ---- reading ---- */

static const char *
keep (Reader *reader, const char *text)
{
  return g_string_chunk_insert_const (reader->table->texts, text);
}

/* The array's memory goes to the table. */
static void *
keep_array (Reader *reader, GArray *array, uint32_t *ret_count)
{
  if (ret_count != NULL)
    *ret_count = array->len;
  void *memory = g_array_free (array, FALSE);
  g_ptr_array_add (reader->table->memory, memory);
  return memory;
}

static bool
is_map (Reader *reader, const SkYamlNode *node, const char *what)
{
  if (node->kind == SK_YAML_MAP)
    return true;
  MISTAKE (reader, node, _ ("%s must be a map"), what);
  return false;
}

/* A text that is not empty, or NULL and a mistake. */
static const char *
text_of (Reader *reader, const SkYamlNode *node, const char *what)
{
  const char *text;
  if (sk_yaml_text (node, &text) && text[0] != '\0')
    return keep (reader, text);
  MISTAKE (reader, node, _ ("%s must be a text that is not empty"), what);
  return NULL;
}

static void
add_text (Reader *reader, const SkYamlNode *node, const char *what, GArray *texts, GHashTable *seen)
{
  const char *text = text_of (reader, node, what);
  if (text == NULL)
    return;
  if (!g_hash_table_add (seen, (char *) text))
    MISTAKE (reader, node, _ ("\"%s\" stands here twice"), text);
  g_array_append_val (texts, text);
}

/* A text or a list of texts, none twice; at least one. Zero-terminated. Transfer full. */
static GArray *
texts_of (Reader *reader, const SkYamlNode *node, const char *what)
{
  GArray *texts = g_array_new (TRUE, FALSE, sizeof (const char *));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  if (node->kind == SK_YAML_LIST && node->count > 0)
    for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
      add_text (reader, one, what, texts, seen);
  else if (node->kind == SK_YAML_SCALAR)
    add_text (reader, node, what, texts, seen);
  else
    MISTAKE (reader, node, _ ("%s must be a text or a list of texts"), what);
  return texts;
}

static void
only_keys (Reader *reader, const SkYamlNode *map, const char *const *keys)
{
  for (const SkYamlNode *node = map->first; node != NULL; node = node->next)
    if (!g_strv_contains (keys, node->key))
      {
        g_autofree char *list = g_strjoinv (", ", (char **) keys);
        MISTAKE_KEY (reader, node, _ ("unknown key \"%s\"; known here: %s"), node->key, list);
      }
}

/* A part of a logsource, lower case; NULL when it is not there. */
static const char *
part_of (Reader *reader, const SkYamlNode *map, const char *key)
{
  const SkYamlNode *node = sk_yaml_get (map, key);
  const char *text = node != NULL ? text_of (reader, node, key) : NULL;
  if (text == NULL)
    return NULL;
  g_autofree char *lower = g_ascii_strdown (text, -1);
  return keep (reader, lower);
}

static void
read_logsource (Reader *reader, const SkYamlNode *source, SkLogsourceEntry *entry)
{
  static const char *const keys[] = { "category", "product", "service", NULL };
  const SkYamlNode *node = sk_yaml_get (source, "logsource");
  if (node == NULL)
    {
      MISTAKE (reader, source, _ ("an entry needs a logsource"));
      return;
    }
  if (!is_map (reader, node, "logsource"))
    return;
  only_keys (reader, node, keys);
  if (node->count == 0)
    MISTAKE (reader, node, _ ("logsource must name a category, a product or a service"));
  entry->logsource.category = part_of (reader, node, "category");
  entry->logsource.product = part_of (reader, node, "product");
  entry->logsource.service = part_of (reader, node, "service");
}

static void
read_when (Reader *reader, const SkYamlNode *node, SkLogsourceEntry *entry)
{
  const char *text;
  if (node == NULL)
    return;
  if (sk_yaml_text (node, &text) && strcmp (text, "other") == 0)
    {
      entry->others = true;
      return;
    }
  if (node->kind != SK_YAML_MAP || node->count == 0)
    {
      MISTAKE (reader, node, _ ("when must be a map of fields and values, or the word other"));
      return;
    }
  GArray *tests = g_array_new (FALSE, FALSE, sizeof (SkLogsourceTest));
  for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
    {
      GArray *values = texts_of (reader, one, one->key);
      SkLogsourceTest test
          = { .field = keep (reader, one->key), .values = keep_array (reader, values, NULL) };
      g_array_append_val (tests, test);
    }
  entry->tests = keep_array (reader, tests, &entry->n_tests);
}

static void
read_entry_fields (Reader *reader, const SkYamlNode *node, SkLogsourceEntry *entry)
{
  if (node == NULL || !is_map (reader, node, "fields"))
    return;
  GArray *fields = g_array_new (FALSE, FALSE, sizeof (SkLogsourceField));
  for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
    {
      GArray *sources = texts_of (reader, one, one->key);
      SkLogsourceField field
          = { .name = keep (reader, one->key), .sources = keep_array (reader, sources, NULL) };
      g_array_append_val (fields, field);
    }
  entry->fields = keep_array (reader, fields, &entry->n_fields);
}

static int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* One test as a text in which neither the order nor the case of values counts. */
static char *
test_text (const SkLogsourceTest *test)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  for (size_t i = 0; test->values[i] != NULL; i++)
    g_ptr_array_add (values, g_utf8_casefold (test->values[i], -1));
  g_ptr_array_sort (values, compare_texts);
  GString *text = g_string_new (test->field);
  for (guint i = 0; i < values->len; i++)
    g_string_append_printf (text, "\x1f%s", (const char *) g_ptr_array_index (values, i));
  return g_string_free (text, FALSE);
}

/* What two entries must not have in common: logsource, kind and tests. */
static char *
entry_text (const SkLogsourceEntry *entry)
{
  g_autoptr (GPtrArray) tests = g_ptr_array_new_with_free_func (g_free);
  for (uint32_t i = 0; i < entry->n_tests; i++)
    g_ptr_array_add (tests, test_text (&entry->tests[i]));
  g_ptr_array_sort (tests, compare_texts);
  const SkSigmaLogsource *source = &entry->logsource;
  const char *const parts[] = { source->category, source->product, source->service, entry->kind };
  GString *text = g_string_new (entry->others ? "others" : "");
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    g_string_append_printf (text, "\x1d%s", parts[i] != NULL ? parts[i] : "");
  for (guint i = 0; i < tests->len; i++)
    g_string_append_printf (text, "\x1e%s", (const char *) g_ptr_array_index (tests, i));
  return g_string_free (text, FALSE);
}

static void
add_entry (Reader *reader, const SkYamlNode *node, SkLogsourceEntry entry)
{
  g_autofree char *text = entry_text (&entry);
  const SkLogsourceEntry *same = g_hash_table_lookup (reader->known, text);
  if (same == NULL)
    same = g_hash_table_lookup (reader->table->known, text);
  if (same != NULL)
    {
      MISTAKE (reader, node, _ ("the same logsource, kind and when stand in %s:%u"), same->file,
               same->line);
      return;
    }
  SkLogsourceEntry *kept = g_memdup2 (&entry, sizeof entry);
  g_ptr_array_add (reader->table->memory, kept);
  g_ptr_array_add (reader->entries, kept);
  g_hash_table_insert (reader->known, g_steal_pointer (&text), kept);
}

/* One entry for each kind. */
static void
add_entries (Reader *reader, const SkYamlNode *node, SkLogsourceEntry *entry)
{
  const SkYamlNode *kind = sk_yaml_get (node, "kind");
  entry->file = keep (reader, reader->file);
  entry->line = node->line;
  if (kind == NULL)
    {
      MISTAKE (reader, node, _ ("an entry needs a kind of records"));
      return;
    }
  g_autoptr (GArray) kinds = texts_of (reader, kind, "kind");
  for (guint i = 0; i < kinds->len; i++)
    {
      entry->kind = g_array_index (kinds, const char *, i);
      add_entry (reader, node, *entry);
    }
}

static void
read_source (Reader *reader, const SkYamlNode *node)
{
  static const char *const keys[] = { "logsource", "kind", "when", "fields", "prefixes", NULL };
  SkLogsourceEntry entry = { 0 };
  if (!is_map (reader, node, _ ("an entry of sources")))
    return;
  only_keys (reader, node, keys);
  read_logsource (reader, node, &entry);
  read_when (reader, sk_yaml_get (node, "when"), &entry);
  read_entry_fields (reader, sk_yaml_get (node, "fields"), &entry);
  const SkYamlNode *prefixes = sk_yaml_get (node, "prefixes");
  if (prefixes != NULL)
    entry.prefixes = keep_array (reader, texts_of (reader, prefixes, "prefixes"), NULL);
  add_entries (reader, node, &entry);
}

static void
read_sources (Reader *reader, const SkYamlNode *node)
{
  if (node == NULL)
    return;
  if (node->kind != SK_YAML_LIST)
    {
      MISTAKE (reader, node, _ ("sources must be a list of entries"));
      return;
    }
  for (const SkYamlNode *one = node->first; one != NULL; one = one->next)
    read_source (reader, one);
}

/* Texts of one field, or prefixes, of one kind. */
static void
read_additions (Reader *reader, const SkYamlNode *node, const char *kind, const char *field)
{
  g_autoptr (GArray) texts = texts_of (reader, node, node->key);
  for (guint i = 0; i < texts->len; i++)
    {
      Addition addition = { keep (reader, kind), field != NULL ? keep (reader, field) : NULL,
                            g_array_index (texts, const char *, i) };
      g_array_append_val (reader->additions, addition);
    }
}

static void
read_kind_fields (Reader *reader, const SkYamlNode *node)
{
  if (node == NULL || !is_map (reader, node, "fields"))
    return;
  for (const SkYamlNode *kind = node->first; kind != NULL; kind = kind->next)
    if (is_map (reader, kind, kind->key))
      for (const SkYamlNode *one = kind->first; one != NULL; one = one->next)
        read_additions (reader, one, kind->key, one->key);
}

static void
read_prefixes (Reader *reader, const SkYamlNode *node)
{
  if (node == NULL || !is_map (reader, node, "prefixes"))
    return;
  for (const SkYamlNode *kind = node->first; kind != NULL; kind = kind->next)
    read_additions (reader, kind, kind->key, NULL);
}

static void
read_default (Reader *reader, const SkYamlNode *node)
{
  static const char *const keys[] = { "kind", NULL };
  if (node == NULL || !is_map (reader, node, "default"))
    return;
  only_keys (reader, node, keys);
  SkLogsourceEntry entry = { .others = true, .is_default = true };
  add_entries (reader, node, &entry);
}

static void
read_root (Reader *reader, const SkYamlNode *root)
{
  static const char *const keys[] = { "sources", "fields", "prefixes", "default", NULL };
  if (root == NULL || !is_map (reader, root, _ ("a table of logsources")))
    return;
  only_keys (reader, root, keys);
  read_sources (reader, sk_yaml_get (root, "sources"));
  read_kind_fields (reader, sk_yaml_get (root, "fields"));
  read_prefixes (reader, sk_yaml_get (root, "prefixes"));
  read_default (reader, sk_yaml_get (root, "default"));
}

/* ---- taking a file that was read ---- */

static Kind *
kind_get (SkLogsources *table, const char *name)
{
  Kind *kind = g_hash_table_lookup (table->kinds, name);
  if (kind != NULL)
    return kind;
  kind = g_new0 (Kind, 1);
  kind->fields
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  kind->prefixes = g_ptr_array_new ();
  g_hash_table_insert (table->kinds, (char *) name, kind);
  return kind;
}

/* Another file may have said the same. */
static void
add_once (GPtrArray *texts, const char *text)
{
  if (!g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_ptr_array_add (texts, (char *) text);
}

static void
take_addition (SkLogsources *table, const Addition *addition)
{
  Kind *kind = kind_get (table, addition->kind);
  if (addition->field == NULL)
    {
      add_once (kind->prefixes, addition->text);
      return;
    }
  GPtrArray *sources = g_hash_table_lookup (kind->fields, addition->field);
  if (sources == NULL)
    {
      sources = g_ptr_array_new ();
      g_hash_table_insert (kind->fields, (char *) addition->field, sources);
    }
  add_once (sources, addition->text);
}

static void
take_all (Reader *reader)
{
  GHashTableIter iter;
  void *text, *entry;
  g_ptr_array_extend (reader->table->entries, reader->entries, NULL, NULL);
  g_hash_table_iter_init (&iter, reader->known);
  while (g_hash_table_iter_next (&iter, &text, &entry))
    {
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (reader->table->known, text, entry);
    }
  for (guint i = 0; i < reader->additions->len; i++)
    take_addition (reader->table, &g_array_index (reader->additions, Addition, i));
}

static void
read_file (Reader *reader, SkSpan bytes)
{
  g_autoptr (GError) error = NULL;
  reader->yaml = sk_yaml_parse (reader->file, bytes, &error);
  if (reader->yaml == NULL)
    mistake_syntax (reader, error);
  else
    read_root (reader, sk_yaml_root (reader->yaml));
}

bool
sk_logsources_add (SkLogsources *table, const char *file, SkSpan bytes, SkSigmaComplain complain,
                   void *data)
{
  Reader reader = {
    .table = table,
    .file = file,
    .entries = g_ptr_array_new (),
    .known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .additions = g_array_new (FALSE, FALSE, sizeof (Addition)),
    .complain = complain,
    .data = data,
    .good = true,
  };
  read_file (&reader, bytes);
  if (reader.good)
    take_all (&reader);
  sk_yaml_free (reader.yaml);
  g_ptr_array_unref (reader.entries);
  g_hash_table_unref (reader.known);
  g_array_unref (reader.additions);
  return reader.good;
}

/* ---- looking ---- */

const SkLogsourceEntry *
sk_logsources_at (const SkLogsources *table, uint32_t index)
{
  return index < table->entries->len ? g_ptr_array_index (table->entries, index) : NULL;
}

static const SkLogsourceField *
entry_field (const SkLogsourceEntry *entry, const char *field)
{
  for (uint32_t i = 0; i < entry->n_fields; i++)
    if (strcmp (entry->fields[i].name, field) == 0)
      return &entry->fields[i];
  return NULL;
}

/* Names of one field that are being put together. */
typedef struct Names {
  const SkLogsourceEntry *entry;
  const Kind *kind; /* or NULL */
  GPtrArray *texts;
  GHashTable *seen;
} Names;

static void
add_name (Names *names, char *name)
{
  if (g_hash_table_contains (names->seen, name))
    {
      g_free (name);
      return;
    }
  g_hash_table_add (names->seen, name);
  g_ptr_array_add (names->texts, name);
}

/* After each prefix, and alone. */
static void
add_prefixed (Names *names, const char *name)
{
  const char *const *own = names->entry->prefixes;
  const GPtrArray *shared = names->kind != NULL ? names->kind->prefixes : NULL;
  for (size_t i = 0; own != NULL && own[i] != NULL; i++)
    add_name (names, g_strconcat (own[i], name, NULL));
  for (guint i = 0; shared != NULL && i < shared->len; i++)
    add_name (names, g_strconcat (g_ptr_array_index (shared, i), name, NULL));
  add_name (names, g_strdup (name));
}

static void
add_all (Names *names, const char *field)
{
  const SkLogsourceField *own = entry_field (names->entry, field);
  for (size_t i = 0; own != NULL && own->sources[i] != NULL; i++)
    add_prefixed (names, own->sources[i]);
  const GPtrArray *shared
      = names->kind != NULL ? g_hash_table_lookup (names->kind->fields, field) : NULL;
  for (guint i = 0; shared != NULL && i < shared->len; i++)
    add_name (names, g_strdup (g_ptr_array_index (shared, i)));
  if (own == NULL)
    add_prefixed (names, field);
}

char **
sk_logsources_names (const SkLogsources *table, const SkLogsourceEntry *entry, const char *field)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  Names names = { .entry = entry,
                  .kind = g_hash_table_lookup (table->kinds, entry->kind),
                  .texts = g_ptr_array_new (),
                  .seen = seen };
  add_all (&names, field);
  g_ptr_array_add (names.texts, NULL);
  return (char **) g_ptr_array_free (names.texts, FALSE);
}

static bool
part_means (const char *rule, const char *entry)
{
  return rule == NULL || (entry != NULL && strcmp (rule, entry) == 0);
}

bool
sk_logsource_means (const SkSigmaLogsource *rule, const SkLogsourceEntry *entry)
{
  return !entry->is_default && part_means (rule->category, entry->logsource.category)
         && part_means (rule->product, entry->logsource.product)
         && part_means (rule->service, entry->logsource.service);
}
