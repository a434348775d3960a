/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine-test.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static int
lend (void *data)
{
  Bench *bench = data;
  if (bench->refuse_lend)
    return -1;
  int own = memfd_create ("lent", MFD_CLOEXEC);
  ck_assert_int_ge (own, 0);
  g_array_append_val (bench->lent, own);
  return dup (own);
}

static void
mark (void *data, const char *object, uint32_t plugin)
{
  Bench *bench = data;
  g_string_append_printf (bench->marks, "%s %d\n", object, (int) plugin);
}

static void
progress (void *data)
{
  ((Bench *) data)->progress++;
}

static void
take_record (void *data, SkSpan record)
{
  Bench *bench = data;
  g_ptr_array_add (bench->records, g_bytes_new (record.data, record.size));
}

const char *
plugin_folder (void)
{
  static char *folder;
  const char *build = g_getenv ("abs_top_builddir");
  if (folder == NULL)
    folder = g_build_filename (build != NULL ? build : ".", "tests", "plugins", ".libs", NULL);
  return folder;
}

static void
clear_exclusion (gpointer exclusion)
{
  g_free (((SkExclusion *) exclusion)->object);
}

void
bench_init (Bench *bench, const char *plugins)
{
  const char *path[] = { plugin_folder (), NULL };
  *bench = (Bench){ 0 };
  sk_engine_settings_init (&bench->settings);
  bench->settings.plugin_path = g_strdupv ((char **) path);
  bench->settings.plugin_order = g_strsplit (plugins, ",", 0);
  bench->marks = g_string_new (NULL);
  bench->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  bench->lent = g_array_new (FALSE, FALSE, sizeof (int));
  bench->exclusions = g_array_new (FALSE, FALSE, sizeof (SkExclusion));
  g_array_set_clear_func (bench->exclusions, clear_exclusion);
  bench->host = (SkEngineHost){ .data = bench, .lend = lend, .mark = mark,
                                 .progress = progress, .record = take_record };
  bench->job = (SkJob){ .number = 9, .id = "job", .path = "folder/job", .input.fd = -1 };
  bench->job.window_plugin = SK_NO_PLUGIN;
  bench->job.exclusions = bench->exclusions;
}

void
bench_option (Bench *bench, const char *plugin, const char *name, const char *value)
{
  SkOptionSetting setting = { g_strdup (plugin), g_strdup (name), g_strdup (value),
                              g_strdup ("test.yaml:7:3") };
  g_array_append_val (bench->settings.options, setting);
}

void
bench_exclude (Bench *bench, const char *object, uint32_t plugin, SkReason reason)
{
  SkExclusion exclusion = { g_strdup (object), plugin, reason };
  g_array_append_val (bench->exclusions, exclusion);
}

void
bench_source (Bench *bench, const char *kind, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  if (bench->bundle == NULL)
    bench->bundle = sk_bundle_new ();
  sk_bundle_add (bench->bundle, kind, path, sk_span_of_text (text), 0, &error);
  ck_assert_ptr_null (error);
}

void
bench_subscribe (Bench *bench, const char *kind, const char *fields)
{
  SkSubscription asked = { g_strdup (kind), NULL };
  if (fields != NULL)
    asked.fields = g_strsplit (fields, ",", 0);
  g_array_append_val (bench->settings.subscriptions, asked);
}

static void
append_value (GString *text, SkCursor *cursor)
{
  g_autofree char *name = NULL, *value = NULL;
  uint8_t type;
  bool boolean;
  int64_t integer;
  ck_assert (sk_wire_take_text (cursor, SK_MAX_VALUE, &name));
  ck_assert (sk_cursor_take_u8 (cursor, &type));
  g_string_append_printf (text, " %s=", name);
  if (type == SK_FIELD_BOOL && sk_wire_take_bool (cursor, &boolean))
    g_string_append (text, boolean ? "true" : "false");
  else if (type == SK_FIELD_INT && sk_wire_take_i64 (cursor, &integer))
    g_string_append_printf (text, "%" G_GINT64_FORMAT, integer);
  else
    {
      ck_assert (sk_wire_take_text (cursor, SK_MAX_VALUE, &value));
      g_string_append (text, value);
    }
}

char *
bench_record (const Bench *bench, guint index)
{
  GString *text = g_string_new (NULL);
  gsize size;
  const void *data = g_bytes_get_data (g_ptr_array_index (bench->records, index), &size);
  SkCursor cursor = sk_cursor ((SkSpan){ data, size });
  uint32_t subscription, count;
  uint64_t position;
  int64_t time;
  g_autofree char *object = NULL, *kind = NULL;
  ck_assert (sk_cursor_take_u32le (&cursor, &subscription));
  ck_assert (sk_cursor_take_u64le (&cursor, &position));
  ck_assert (sk_wire_take_i64 (&cursor, &time));
  ck_assert (sk_wire_take_text (&cursor, SK_MAX_OBJECT_ID, &object));
  ck_assert (sk_wire_take_text (&cursor, SK_MAX_TYPE, &kind));
  ck_assert (sk_wire_take_count (&cursor, SK_MAX_RECORD_VALUES, 6, &count));
  g_string_append_printf (text, "%u %s %d %d [%s]", subscription, kind, (int) position, (int) time,
                          object);
  for (uint32_t i = 0; i < count; i++)
    append_value (text, &cursor);
  ck_assert (sk_wire_end (&cursor));
  return g_string_free (text, FALSE);
}

char *
bench_records (const Bench *bench)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < bench->records->len; i++)
    {
      g_autofree char *record = bench_record (bench, i);
      g_string_append_printf (text, "%s\n", record);
    }
  return g_string_free (text, FALSE);
}

char *
bench_kinds (const SkReply *reply)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < reply->kind_list->len; i++)
    {
      const SkReplyKind *kind = &g_array_index (reply->kind_list, SkReplyKind, i);
      g_string_append_printf (text, "%s %d %d\n", kind->kind, (int) kind->records,
                              (int) kind->applicable);
    }
  return g_string_free (text, FALSE);
}

void
bench_start (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  bench->engine = sk_engine_new (&bench->settings, bench->bundle, &bench->catalogue, &error);
  ck_assert_msg (bench->engine != NULL, "%s", error != NULL ? error->message : "no error");
  bench->walker = sk_walker_new (bench->engine, &bench->host);
  bench->job.objects_left = bench->settings.limits.objects;
  bench->job.bytes_left = bench->settings.limits.job_bytes;
  bench->job.work_left = bench->settings.limits.work;
  bench->job.windows_left = bench->settings.limits.windows;
}

static void
forget (Bench *bench)
{
  g_string_truncate (bench->marks, 0);
  g_ptr_array_set_size (bench->records, 0);
  for (guint i = 0; i < bench->lent->len; i++)
    close (g_array_index (bench->lent, int, i));
  g_array_set_size (bench->lent, 0);
  bench->progress = 0;
}

void
bench_clear (Bench *bench)
{
  forget (bench);
  sk_walker_free (bench->walker);
  sk_engine_free (bench->engine);
  sk_catalogue_free (bench->catalogue);
  sk_engine_settings_clear (&bench->settings);
  sk_bundle_free (bench->bundle);
  g_string_free (bench->marks, TRUE);
  g_ptr_array_unref (bench->records);
  g_array_unref (bench->lent);
  g_array_unref (bench->exclusions);
}

/* Each reply also goes over the wire: what the engine says must be what the supervisor accepts. */
static SkReply *
over_the_wire (Bench *bench, SkReply *reply)
{
  g_auto (SkBuffer) buffer;
  g_autoptr (GError) error = NULL;
  sk_buffer_init (&buffer, 64 * SK_MIB);
  ck_assert (sk_reply_encode (reply, &buffer));
  SkReply *decoded
      = sk_reply_decode (sk_buffer_span (&buffer), bench->catalogue->rules->len,
                         bench->catalogue->plugins->len, &error);
  ck_assert_msg (decoded != NULL, "%s", error != NULL ? error->message : "no error");
  sk_reply_free (reply);
  return decoded;
}

SkReply *
bench_run (Bench *bench, SkSpan bytes)
{
  forget (bench);
  if (bench->job.input.fd < 0)
    {
      bench->job.input.memory = bytes;
      bench->job.input.size = bytes.size;
    }
  return over_the_wire (bench, sk_walker_run (bench->walker, &bench->job));
}

static void
append_path (GString *text, const SkReply *reply, uint32_t index)
{
  const SkReplyObject *object = &g_array_index (reply->object_list, SkReplyObject, index);
  if (index != 0)
    {
      append_path (text, reply, object->parent);
      g_string_append_c (text, '/');
    }
  g_string_append (text, object->name);
}

char *
bench_text (Bench *bench, const SkReply *reply)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < reply->finding_list->len; i++)
    {
      const SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, i);
      g_string_append_printf (text, "%s ", sk_catalogue_rule (bench->catalogue, finding->rule)->id);
      append_path (text, reply, finding->object);
      if (finding->record != SK_NO_RECORD)
        g_string_append_printf (text, " @%d", (int) finding->record);
      if (finding->time != 0)
        g_string_append_printf (text, " at %d", (int) finding->time);
      g_string_append_printf (text, ": %s", finding->evidence);
      if (finding->count != 1)
        g_string_append_printf (text, " x%u", finding->count);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

char *
bench_script (Bench *bench, const char *script)
{
  g_autofree char *bytes = g_strconcat ("SCRIPT\n", script, NULL);
  g_autoptr (SkReply) reply = bench_run (bench, sk_span_of_text (bytes));
  return bench_text (bench, reply);
}

bool
has_line (const char *text, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  return g_strv_contains ((const char *const *) lines, line);
}

char *
child_line (const char *phase, unsigned position, const char *name, const char *script)
{
  g_autofree char *bytes = g_strconcat ("SCRIPT\n", script, NULL);
  return g_strdup_printf ("%s:child %u %s %zu\n%s\n", phase, position, name, strlen (bytes), bytes);
}

void
become_nobody (void)
{
  if (getuid () != 0)
    return;
  ck_assert_int_eq (setegid (65534), 0);
  ck_assert_int_eq (seteuid (65534), 0);
}

void
become_root (void)
{
  if (getuid () != 0)
    return;
  ck_assert_int_eq (seteuid (0), 0);
  ck_assert_int_eq (setegid (0), 0);
  ck_assert_int_eq (prctl (PR_SET_DUMPABLE, 1), 0);
}
