/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/local-reply.h"

#include "base/text.h"

void
sk_local_finding (SkReply *reply, SkReason reason, uint32_t plugin, const char *evidence)
{
  SkReplyFinding finding = { .rule = SK_RULE_OF_REASON (reason),
                             .object = 0,
                             .plugin = plugin,
                             .level = sk_reason_level (reason),
                             .count = 1,
                             .record = SK_NO_RECORD,
                             .evidence = g_strndup (evidence, sk_text_cut (evidence, SK_MAX_EVIDENCE)) };
  g_array_append_val (reply->finding_list, finding);
  reply->complete = false;
}

static void
add_entry_object (SkReply *reply, const SkRunJob *job)
{
  const char *name = job->name != NULL ? job->name : sk_text_base_name (sk_run_job_id (job));
  SkReplyObject object = { .parent = 0,
                           .plugin = SK_NO_PLUGIN,
                           .name = g_strndup (name, sk_text_cut (name, SK_MAX_NAME)),
                           .type = g_strdup (""),
                           .size = job->length,
                           .sha256 = g_strdup ("") };
  g_array_append_val (reply->object_list, object);
  reply->objects = 1;
  reply->bytes = job->length;
}

static void
add_exclusion (SkReply *reply, const SkExclusion *exclusion, const SkCatalogue *catalogue)
{
  g_autofree char *evidence = NULL;
  const char *plugin = "";
  if (exclusion->plugin < catalogue->plugins->len)
    plugin = sk_catalogue_plugin (catalogue, exclusion->plugin)->name;
  evidence = g_strdup_printf ("%s%s%s", plugin, exclusion->object[0] != '\0' ? " on " : "",
                              exclusion->object);
  sk_local_finding (reply, exclusion->reason, exclusion->plugin, evidence);
}

SkReply *
sk_local_reply (const SkTask *task, const SkCatalogue *catalogue)
{
  SkReply *reply = sk_reply_new ();
  reply->job = task->number;
  add_entry_object (reply, task->data);
  for (guint i = 0; task->exclusions != NULL && i < task->exclusions->len; i++)
    add_exclusion (reply, &g_array_index (task->exclusions, SkExclusion, i), catalogue);
  if (task->end == SK_END_CANCELLED && task->merged > 0)
    {
      g_autofree char *more
          = g_strdup_printf ("and %" G_GUINT64_FORMAT " more parts of it", task->merged);
      sk_local_finding (reply, SK_REASON_CANCELLED, SK_NO_PLUGIN, more);
    }
  else if (task->end == SK_END_CANCELLED)
    sk_local_finding (reply, SK_REASON_CANCELLED, SK_NO_PLUGIN, "");
  else
    sk_local_finding (reply, task->reason, SK_NO_PLUGIN, "given up, the rest was not looked at");
  return reply;
}
