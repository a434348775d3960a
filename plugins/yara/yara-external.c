/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The variables that rules may name: those that public rule sets expect, and
 * every fact of every plugin.
 *
 * A worker keeps the values that its scanners hold and sets only those that
 * differ on the next object: most objects of a tree share most values.
 */
#include "config.h"

#include <string.h>

#include "yara-plugin.h"

#define HAS_PREFIX "has_"

/* ---- declarations ---- */

static void
external_clear (void *data)
{
  g_free (((YaraExternal *) data)->name);
}

/** `.` and `-` are not allowed in a YARA identifier. */
static char *
identifier_of (const char *fact)
{
  char *name = g_strdup (fact);
  for (char *p = name; *p != '\0'; p++)
    if (*p == '.' || *p == '-')
      *p = '_';
  return name;
}

static bool
add (GArray *externals, GHashTable *taken, char *name, YaraSubject subject, SkFieldType type,
     uint32_t fact)
{
  YaraExternal external = { name, subject, type, fact };
  g_array_append_val (externals, external);
  return g_hash_table_add (taken, name);
}

static void
add_habits (GArray *externals, GHashTable *taken)
{
  static const struct
  {
    const char *name;
    YaraSubject subject;
  } habits[] = { { "filename", YARA_FILENAME },
                 { "filepath", YARA_FILEPATH },
                 { "extension", YARA_EXTENSION },
                 { "filetype", YARA_FILETYPE },
                 { "owner", YARA_OWNER } };
  for (size_t i = 0; i < G_N_ELEMENTS (habits); i++)
    add (externals, taken, g_strdup (habits[i].name), habits[i].subject, SK_FIELD_STRING, 0);
}

GArray *
yara_externals_new (const SkApi *api, SkSetup *setup)
{
  GArray *externals = g_array_new (FALSE, TRUE, sizeof (YaraExternal));
  g_array_set_clear_func (externals, external_clear);
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  add_habits (externals, taken);
  SkFieldDecl decl;
  for (uint32_t i = 0; api->fact_decl (setup, i, &decl); i++)
    {
      char *name = identifier_of (decl.name);
      char *has = g_strconcat (HAS_PREFIX, name, NULL);
      bool fresh = add (externals, taken, name, YARA_FACT, decl.type, i);
      fresh = add (externals, taken, has, YARA_HAS_FACT, SK_FIELD_BOOL, i) && fresh;
      if (!fresh)
        {
          api->error (setup, NULL, 0, "fact %s: rules would know another fact by the same name %s",
                      decl.name, name);
          g_array_unref (externals);
          return NULL;
        }
    }
  return externals;
}

void
yara_externals_free (GArray *externals)
{
  if (externals != NULL)
    g_array_unref (externals);
}

int
yara_externals_define (const GArray *externals, YR_COMPILER *compiler)
{
  for (guint i = 0; i < externals->len; i++)
    {
      const YaraExternal *external = &g_array_index (externals, YaraExternal, i);
      int code = ERROR_SUCCESS;
      if (external->type == SK_FIELD_STRING)
        code = yr_compiler_define_string_variable (compiler, external->name, "");
      else if (external->type == SK_FIELD_INT)
        code = yr_compiler_define_integer_variable (compiler, external->name,
                                                    (int64_t) YR_UNDEFINED);
      else
        code = yr_compiler_define_boolean_variable (compiler, external->name, 0);
      if (code != ERROR_SUCCESS)
        return code;
    }
  return ERROR_SUCCESS;
}

/* ---- the words of other scanners for types ---- */

const char *
yara_filetype_word (const char *media_type)
{
  static const struct
  {
    const char *media_type, *word;
  } words[] = {
    { "application/vnd.microsoft.portable-executable", "EXE" },
    { "application/x-dosexec", "EXE" },
    { "application/x-msdownload", "EXE" },
    { "application/x-executable", "ELF" },
    { "application/x-pie-executable", "ELF" },
    { "application/x-sharedlib", "ELF" },
    { "application/x-object", "ELF" },
    { "application/x-elf", "ELF" },
    { "application/x-mach-binary", "MACH-O" },
    { "application/x-mach-o", "MACH-O" },
    { "application/pdf", "PDF" },
    { "application/zip", "ZIP" },
    { "application/gzip", "GZIP" },
    { "application/x-rar", "RAR" },
    { "application/vnd.rar", "RAR" },
    { "application/x-7z-compressed", "7ZIP" },
    { "application/vnd.ms-cab-compressed", "CAB" },
    { "application/java-archive", "JAR" },
    { "application/x-ole-storage", "OLE" },
    { "application/CDFV2", "OLE" },
    { "application/rtf", "RTF" },
    { "text/rtf", "RTF" },
    { "application/vnd.tcpdump.pcap", "PCAP" },
    { "application/x-ms-shortcut", "LNK" },
    { "text/x-php", "PHP" },
    { "text/x-python", "Python" },
    { "text/x-script.python", "Python" },
    { "text/x-msdos-batch", "BATCH" },
    { "text/html", "HTML" },
    { "text/xml", "XML" },
    { "application/xml", "XML" },
    { "image/gif", "GIF" },
    { "image/jpeg", "JPG" },
    { "image/png", "PNG" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].media_type, media_type) == 0)
      return words[i].word;
  return "";
}

/* ---- values ---- */

typedef struct Value
{
  GString *text; /* for strings; libyara wants them ended by NUL */
  int64_t integer;
  bool fresh; /* never given to a scanner */
} Value;

struct YaraValues
{
  const GArray *externals;
  Value *values;
  GString *scratch;
};

YaraValues *
yara_values_new (const GArray *externals)
{
  YaraValues *values = g_new0 (YaraValues, 1);
  values->externals = externals;
  values->values = g_new0 (Value, externals->len);
  for (guint i = 0; i < externals->len; i++)
    values->values[i] = (Value) { g_string_new (NULL), 0, true };
  values->scratch = g_string_new (NULL);
  return values;
}

void
yara_values_free (YaraValues *values)
{
  if (values == NULL)
    return;
  for (guint i = 0; i < values->externals->len; i++)
    g_string_free (values->values[i].text, TRUE);
  g_string_free (values->scratch, TRUE);
  g_free (values->values);
  g_free (values);
}

/** Appends text in which NUL, which would end it for libyara, is shown as U+FFFD. */
static void
put_text (GString *string, const char *text, size_t size)
{
  for (const char *end = text + size; text < end;)
    {
      const char *nul = memchr (text, '\0', (size_t) (end - text));
      const char *stop = nul != NULL ? nul : end;
      g_string_append_len (string, text, stop - text);
      if (nul != NULL)
        g_string_append (string, "\xEF\xBF\xBD");
      text = nul != NULL ? nul + 1 : end;
    }
}

static void
put_extension (GString *string, const char *name)
{
  const char *dot = strrchr (name, '.');
  if (dot == NULL || dot == name)
    return;
  for (const char *p = dot; *p != '\0'; p++)
    g_string_append_c (string, g_ascii_tolower (*p));
}

/** The folder without a slash at its end; "" for a bare name. */
static void
put_folder (GString *string, const char *path)
{
  const char *slash = strrchr (path, '/');
  if (slash != NULL)
    g_string_append_len (string, path, slash == path ? 1 : slash - path);
}

static void
put_filetype (GString *string, const SkApi *api, SkObject *object)
{
  const char *type;
  SkStrength strength;
  for (size_t i = 0; string->len == 0 && api->type_at (object, i, &type, &strength); i++)
    g_string_append (string, yara_filetype_word (type));
}

/** Writes a string variable's value for the object into `string`, which is empty. */
static void
put_value (GString *string, const YaraExternal *external, const SkApi *api, SkObject *object)
{
  SkValue value;
  switch (external->subject)
    {
    case YARA_FILENAME:
      g_string_append (string, api->name (object));
      break;
    case YARA_FILEPATH:
      put_folder (string, api->path (object));
      break;
    case YARA_EXTENSION:
      put_extension (string, api->name (object));
      break;
    case YARA_FILETYPE:
      put_filetype (string, api, object);
      break;
    case YARA_OWNER:
    case YARA_HAS_FACT:
      break;
    case YARA_FACT:
      if (api->fact_value (object, external->fact, &value) && value.text.size > 0)
        put_text (string, (const char *) value.text.data, value.text.size);
      break;
    }
}

static void
apply_text (YaraValues *values, guint index, const SkApi *api, SkObject *object,
            YR_SCANNER *const *scanners, size_t n_scanners)
{
  const YaraExternal *external = &g_array_index (values->externals, YaraExternal, index);
  Value *value = &values->values[index];
  g_string_truncate (values->scratch, 0);
  put_value (values->scratch, external, api, object);
  if (!value->fresh && g_string_equal (value->text, values->scratch))
    return;
  g_string_assign (value->text, values->scratch->str);
  value->fresh = false;
  for (size_t i = 0; i < n_scanners; i++)
    yr_scanner_define_string_variable (scanners[i], external->name, value->text->str);
}

static int64_t
number_of (const YaraExternal *external, const SkApi *api, SkObject *object)
{
  SkValue value;
  bool present = api->fact_value (object, external->fact, &value);
  if (external->subject == YARA_HAS_FACT)
    return present;
  if (external->type == SK_FIELD_BOOL)
    return present && value.boolean;
  return present ? value.integer : (int64_t) YR_UNDEFINED;
}

static void
apply_number (YaraValues *values, guint index, const SkApi *api, SkObject *object,
              YR_SCANNER *const *scanners, size_t n_scanners)
{
  const YaraExternal *external = &g_array_index (values->externals, YaraExternal, index);
  Value *value = &values->values[index];
  int64_t number = number_of (external, api, object);
  if (!value->fresh && value->integer == number)
    return;
  value->integer = number;
  value->fresh = false;
  for (size_t i = 0; i < n_scanners; i++)
    if (external->type == SK_FIELD_INT)
      yr_scanner_define_integer_variable (scanners[i], external->name, number);
    else
      yr_scanner_define_boolean_variable (scanners[i], external->name, (int) number);
}

void
yara_values_apply (YaraValues *values, const SkApi *api, SkObject *object,
                   YR_SCANNER *const *scanners, size_t n_scanners)
{
  for (guint i = 0; i < values->externals->len; i++)
    if (g_array_index (values->externals, YaraExternal, i).type == SK_FIELD_STRING)
      apply_text (values, i, api, object, scanners, n_scanners);
    else
      apply_number (values, i, api, object, scanners, n_scanners);
}
