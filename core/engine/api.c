/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The table of the host's functions that each hook is given.
 */
#include "config.h"

#include <stdarg.h>

#include "base/charset.h"
#include "base/text.h"
#include "engine/setup.h"
#include "engine/walker.h"

static SkSpan
object_bytes (SkObject *object)
{
  return object->bytes;
}

static bool
object_complete (SkObject *object)
{
  return !object->cut;
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
  return object->parent;
}

static bool
object_window (SkObject *object, SkWindow *ret_window)
{
  const SkJob *job = object->walker->job;
  if (object->parent != NULL || job->window_plugin == SK_NO_PLUGIN)
    return false;
  ret_window->offset = job->window_offset;
  ret_window->length = job->window_length;
  ret_window->context = job->window_context;
  return true;
}

static void **
object_slot (SkObject *object)
{
  return &object->slots[object->walker->hook->plugin];
}

static void
fact_bool (SkObject *object, uint32_t fact, bool boolean)
{
  SkValue value = { .type = SK_FIELD_BOOL, .boolean = boolean };
  sk_facts_set (object, fact, &value);
}

static void
fact_int (SkObject *object, uint32_t fact, int64_t integer)
{
  SkValue value = { .type = SK_FIELD_INT, .integer = integer };
  sk_facts_set (object, fact, &value);
}

static void
fact_string (SkObject *object, uint32_t fact, SkSpan text)
{
  SkValue value = { .type = SK_FIELD_STRING, .text = text };
  sk_facts_set (object, fact, &value);
}

static void
child_fact_bool (SkChild *child, uint32_t fact, bool boolean)
{
  SkValue value = { .type = SK_FIELD_BOOL, .boolean = boolean };
  sk_child_fact (child, fact, &value);
}

static void
child_fact_int (SkChild *child, uint32_t fact, int64_t integer)
{
  SkValue value = { .type = SK_FIELD_INT, .integer = integer };
  sk_child_fact (child, fact, &value);
}

static void
child_fact_string (SkChild *child, uint32_t fact, SkSpan text)
{
  SkValue value = { .type = SK_FIELD_STRING, .text = text };
  sk_child_fact (child, fact, &value);
}

static bool
object_info (SkObject *object, SkFileInfo *ret_info)
{
  if (!object->informed)
    return false;
  *ret_info = object->info;
  return true;
}

/* One buffer for all: a container may have millions of names. */
static SkSpan
name_decode (SkObject *object, SkSpan name, const char **ret_charset)
{
  SkBuffer *decoded = &object->walker->decoded;
  SkCharset charset = sk_charset_decode (name, decoded);
  if (ret_charset != NULL)
    *ret_charset = sk_charset_name (charset);
  return sk_buffer_span (decoded);
}

static void
not_inspected (SkObject *object, SkReason reason, const char *detail)
{
  if ((unsigned) reason < SK_N_REASONS)
    sk_finding_reason (object->walker, object->node, reason, detail);
  else
    sk_finding_misuse (object, "it gave an unknown reason");
}

static void
secret_offer (SkObject *object, SkSpan secret, const char *origin)
{
  if (!sk_secrets_add (object->walker->secrets, secret, origin))
    sk_finding_limit (object->walker, object->node, SK_LIMIT_SECRETS);
}

static void
secret_each (SkObject *object, SkSecretFunc func, void *data)
{
  sk_secrets_each (object->walker->secrets, func, data);
}

static void
match (SkObject *object, uint32_t rule, const char *evidence)
{
  SkWalker *walker = object->walker;
  if (rule >= SK_N_REASONS && rule < walker->engine->levels->len)
    sk_finding_add (walker, object->node, rule, walker->hook->plugin, evidence);
  else
    sk_finding_misuse (object, "it matched a rule that it did not register");
}

static void G_GNUC_PRINTF (2, 3)
debug (SkObject *object, const char *format, ...)
{
  SkWalker *walker = object->walker;
  va_list args;
  if (g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    return;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  g_autofree char *escaped = sk_text_escape (valid);
  g_autofree char *id = g_utf8_make_valid (walker->job->id != NULL ? walker->job->id : "", -1);
  g_autofree char *escaped_id = sk_text_escape (id);
  g_debug ("%s%s: %s: %s", escaped_id, object->id,
           sk_engine_plugin (walker->engine, walker->hook->plugin)->plugin->name, escaped);
}

const SkApi sk_engine_api = {
  .size = sizeof (SkApi),
  .abi_major = SK_ABI_MAJOR,
  .option_bool = sk_setup_option_bool,
  .option_int = sk_setup_option_int,
  .option_string = sk_setup_option_string,
  .source = sk_setup_source,
  .error = sk_setup_error,
  .left_out = sk_setup_left_out,
  .warning = sk_setup_warning,
  .rule_add = sk_setup_rule_add,
  .fact_decl = sk_setup_fact_decl,
  .cache_dir = sk_setup_cache_dir,
  .bytes = object_bytes,
  .name = object_name,
  .path = object_path,
  .parent = object_parent,
  .window = object_window,
  .slot = object_slot,
  .type_add = sk_object_type_add,
  .type_at = sk_object_type_at,
  .fact_bool = fact_bool,
  .fact_int = fact_int,
  .fact_string = fact_string,
  .fact_get = sk_facts_get,
  .fact_value = sk_facts_value,
  .descendants = sk_facts_descendants,
  .child_begin = sk_child_begin,
  .child_append = sk_child_append,
  .child_write = sk_child_write,
  .child_declare = sk_child_declare,
  .child_commit = sk_child_commit,
  .child_abort = sk_child_abort,
  .child_slice = sk_child_slice,
  .defer = sk_defer_part,
  .defer_child = sk_defer_child,
  .record_field = sk_record_field,
  .record_begin = sk_record_begin,
  .record_bool = sk_record_bool,
  .record_int = sk_record_int,
  .record_string = sk_record_string,
  .record_json = sk_record_json,
  .record_end = sk_record_end,
  .not_inspected = not_inspected,
  .work = sk_walk_work,
  .secret_offer = secret_offer,
  .secret_each = secret_each,
  .park = sk_walk_park,
  .match = match,
  .debug = debug,
  .complete = object_complete,
  .child_share = sk_child_share,
  .child_absent = sk_child_absent,
  .child_info = sk_child_info,
  .child_fact_bool = child_fact_bool,
  .child_fact_int = child_fact_int,
  .child_fact_string = child_fact_string,
  .info = object_info,
  .name_decode = name_decode,
};
