/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The names that a JSON text uses: see log-names.h. Here stand the names that
 * mean something: times, wrappers, Windows' pairs.
 */
#include "config.h"

#include "log-names.h"

#include <string.h>

/* Names of one text, and the bytes of all: a hostile text has a new one in every record. */
#define MAX_NAMES 65536
#define MAX_TEXT_BYTES ((size_t) 16 << 20)

/* ---- names that mean something ---- */

/* Where the time of an event stands, best first: the whole flattened name. */
static const struct {
  const char *name;
  bool utc; /* what names no zone is UTC by the format's definition */
} times[] = {
  { "@timestamp", true },
  { "timestamp", false },
  { "time", false },
  { "Event.System.TimeCreated.#attributes.SystemTime", true },
  { "Event.System.TimeCreated.@attributes.SystemTime", true },
  { "Event.System.TimeCreated.@SystemTime", true },
  { "Event.System.TimeCreated.SystemTime", true },
  { "System.TimeCreated.#attributes.SystemTime", true },
  { "System.TimeCreated.@SystemTime", true },
  { "System.TimeCreated.SystemTime", true },
  { "UtcTime", true },
  { "Event.EventData.UtcTime", true },
  { "winlog.event_data.UtcTime", true },
  { "eventTime", true },
  { "ts", true },
  { "TimeGenerated", true },
  { "_time", false },
  { "TimeCreated", false },
  { "SystemTime", true },
  { "EventTime", false },
  { "CreationTime", true },
  { "createdDateTime", true },
  { "activityDateTime", true },
  { "event.created", true },
  { "Timestamp", false },
  { "Time", false },
  { "date", false },
  { "datetime", false },
  { "__REALTIME_TIMESTAMP", true },
};

static const char *const wrappers[]
    = { "Records", "records", "Events", "events", "value", "logs", "logEvents" };

static bool
is (SkSpan text, const char *word)
{
  return sk_span_equal (text, sk_span_of_text (word));
}

static bool
is_any (SkSpan text, const char *const *words, size_t n_words)
{
  for (size_t i = 0; i < n_words; i++)
    if (is (text, words[i]))
      return true;
  return false;
}

static void
find_time (LogName *name, SkSpan full)
{
  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    if (is (full, times[i].name))
      {
        name->flags |= LOG_NAME_TIME;
        name->rank = (uint8_t) (i + 1);
        name->utc = times[i].utc;
        return;
      }
}

/* The last part of a parent's key. */
static SkSpan
key_of (const LogName *name)
{
  return (SkSpan){ name->quoted + 1, name->quoted_size - 3 };
}

static uint8_t
pair_role (const LogName *parent, SkSpan key)
{
  static const char *const texts[] = { "#text", "Value", "value", "content", "Content", "text" };
  static const char *const holders[] = { "EventData", "UserData" };
  if ((parent->flags & LOG_NAME_DATA) != 0)
    {
      if (is (key, "@Name") || is (key, "Name"))
        return LOG_NAME_PAIR_NAME;
      if (is (key, "#attributes") || is (key, "@attributes"))
        return LOG_NAME_ATTRIBUTES;
      return is_any (key, texts, G_N_ELEMENTS (texts)) ? LOG_NAME_PAIR_TEXT : 0;
    }
  if ((parent->flags & LOG_NAME_ATTRIBUTES) != 0)
    return is (key, "Name") ? LOG_NAME_PAIR_NAME : 0;
  return parent->quoted_size > 0 && is (key, "Data")
                 && is_any (key_of (parent), holders, G_N_ELEMENTS (holders))
             ? LOG_NAME_DATA
             : 0;
}

/* ---- escapes in keys ---- */

static int
hex4 (const uint8_t *digits)
{
  int value = 0;
  for (int i = 0; i < 4; i++)
    value = value * 16 + g_ascii_xdigit_value ((char) digits[i]);
  return value;
}

/* `\uXXXX`, with the second half of a pair where one follows. A half alone becomes U+FFFD. */
static const uint8_t *
put_unicode (GString *out, const uint8_t *p, const uint8_t *end)
{
  gunichar unit = (gunichar) hex4 (p);
  p += 4;
  if (unit >= 0xd800 && unit <= 0xdbff && end - p >= 6 && p[0] == '\\' && p[1] == 'u')
    {
      gunichar low = (gunichar) hex4 (p + 2);
      if (low >= 0xdc00 && low <= 0xdfff)
        {
          unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
          p += 6;
        }
    }
  g_string_append_unichar (out, unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit);
  return p;
}

static void
put_key (GString *out, SkSpan key)
{
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  const uint8_t *p = key.data, *end = key.data + key.size;
  while (p < end)
    {
      if (*p != '\\')
        {
          g_string_append_c (out, (char) *p++);
          continue;
        }
      const char *found = strchr (from, p[1]);
      p += 2;
      if (p[-1] == 'u')
        p = put_unicode (out, p, end);
      else
        g_string_append_c (out, found != NULL ? to[found - from] : (char) p[-1]);
    }
}

/* ---- the tree ---- */

/* Both the name of its own values and, mostly the same, what names below begin with. */
static void
full_name (const LogName *parent, SkSpan key, GString *out, uint32_t *ret_prefix)
{
  g_string_append_len (out, parent->name, parent->prefix_size);
  if (is (key, "#text") && parent->name_size > 0)
    {
      g_string_truncate (out, 0);
      g_string_append_len (out, parent->name, parent->name_size);
      *ret_prefix = parent->prefix_size;
      return;
    }
  if (parent->prefix_size > 0)
    g_string_append_c (out, '.');
  if (memchr (key.data, '\\', key.size) != NULL)
    put_key (out, key);
  else
    g_string_append_len (out, (const char *) key.data, (gssize) key.size);
  *ret_prefix = parent->quoted_size == 0 && is (key, "_source") ? 0 : (uint32_t) out->len;
}

/* Secret, because it begins with an address that the text's author does not know: whole products, so
 * that no two keys fall together for every beginning. */
static uint32_t
hash_of (const LogNames *names, uint32_t parent, SkSpan key)
{
  uint64_t hash = (uint64_t) (uintptr_t) names->texts + parent * UINT64_C (0x9e3779b97f4a7c15);
  for (size_t i = 0; i < key.size; i += 8)
    {
      uint64_t word = 0;
      memcpy (&word, key.data + i, MIN (key.size - i, 8));
      __uint128_t product = (__uint128_t) (hash ^ word) * UINT64_C (0x9fb21c651e98df25);
      hash = (uint64_t) product ^ (uint64_t) (product >> 64) ^ hash << 1;
    }
  return (uint32_t) (hash ^ hash >> 32);
}

static void
grow (LogNames *names)
{
  names->n_room *= 2;
  names->names = g_renew (LogName, names->names, names->n_room);
  names->table_mask = names->n_room * 2 - 1;
  names->table = g_renew (uint32_t, names->table, (size_t) names->table_mask + 1);
  memset (names->table, 0, ((size_t) names->table_mask + 1) * sizeof *names->table);
  for (uint32_t i = 1; i < names->n_names; i++)
    {
      uint32_t *head = &names->table[names->names[i].hash & names->table_mask];
      names->names[i].chain = *head;
      *head = i;
    }
}

/* At the top of a record; and `hits` in `hits`, as searches answer. */
static bool
is_wrapper (const LogNames *names, uint32_t parent, SkSpan key)
{
  const LogName *above = &names->names[parent];
  if (parent == 0)
    return is_any (key, wrappers, G_N_ELEMENTS (wrappers));
  return above->parent == 0 && is (key, "hits") && is (key_of (above), "hits");
}

static const uint8_t *
keep (LogNames *names, const char *text, size_t size)
{
  names->text_bytes += size + 1;
  return (const uint8_t *) g_string_chunk_insert_len (names->texts, text, (gssize) size);
}

static uint32_t
add (LogNames *names, uint32_t parent, SkSpan key, uint32_t hash)
{
  const LogName *above = &names->names[parent];
  size_t most = key.size + above->name_size + key.size + 8;
  if (names->n_names >= MAX_NAMES || most > MAX_TEXT_BYTES - MIN (names->text_bytes, MAX_TEXT_BYTES))
    return UINT32_MAX;
  g_autoptr (GString) full = g_string_sized_new (128);
  LogName name = { .parent = parent, .hash = hash, .field = SK_NO_FIELD };
  name.flags = pair_role (above, key);
  full_name (above, key, full, &name.prefix_size);
  if (full->len > LOG_JSON_MAX_NAME || (above->flags & LOG_NAME_LONG) != 0)
    {
      name.flags = LOG_NAME_LONG;
      g_string_truncate (full, 0);
      name.prefix_size = 0;
    }
  else
    {
      SkSpan text = { (const uint8_t *) full->str, full->len };
      find_time (&name, text);
      if (is_wrapper (names, parent, key))
        name.flags |= LOG_NAME_WRAPPER;
      name.field = names->field (names->data, text);
    }
  name.name_size = (uint32_t) full->len;
  name.name = (const char *) keep (names, full->str, full->len);
  g_autofree char *quoted = g_strdup_printf ("\"%.*s\":", (int) key.size, (const char *) key.data);
  name.quoted_size = (uint32_t) key.size + 3;
  name.quoted = keep (names, quoted, name.quoted_size);
  if (names->n_names == names->n_room)
    grow (names);
  uint32_t *head = &names->table[hash & names->table_mask];
  name.chain = *head;
  names->names[names->n_names] = name;
  return *head = names->n_names++;
}

uint32_t
log_names_get (LogNames *names, uint32_t parent, SkSpan key)
{
  uint32_t hash = hash_of (names, parent, key);
  for (uint32_t i = names->table[hash & names->table_mask]; i != 0; i = names->names[i].chain)
    {
      const LogName *name = &names->names[i];
      if (name->hash == hash && name->parent == parent && name->quoted_size == key.size + 3
          && (key.size == 0 || memcmp (name->quoted + 1, key.data, key.size) == 0))
        return i;
    }
  return add (names, parent, key, hash);
}

bool
log_names_crowded (const LogNames *names)
{
  return names->n_names > MAX_NAMES / 2 || names->text_bytes > MAX_TEXT_BYTES / 2;
}

void
log_names_reset (LogNames *names)
{
  memset (names->table, 0, ((size_t) names->table_mask + 1) * sizeof *names->table);
  g_string_chunk_clear (names->texts);
  names->text_bytes = 0;
  names->n_names = 1;
  names->names[0] = (LogName){ .field = SK_NO_FIELD, .name = "" };
}

void
log_names_init (LogNames *names, LogJsonField field, void *data)
{
  *names = (LogNames){ .n_room = 64, .field = field, .data = data };
  names->names = g_new (LogName, names->n_room);
  names->table_mask = names->n_room * 2 - 1;
  names->table = g_new (uint32_t, (size_t) names->table_mask + 1);
  names->texts = g_string_chunk_new (4096);
  log_names_reset (names);
}

void
log_names_clear (LogNames *names)
{
  g_free (names->names);
  g_free (names->table);
  g_string_chunk_free (names->texts);
}
