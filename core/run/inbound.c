/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/inbound.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "process/frame.h"

/* ---- replies ---- */

/* The window lies in the job's own part, or in a file that was lent to it. */
static bool
window_lies_inside (const SkInboundJob *job, const SkReplyWindow *window)
{
  uint64_t start = job->offset, size = job->length;
  if (window->blob > job->n_lent)
    return false;
  if (window->blob > 0)
    {
      start = 0;
      size = job->lent_sizes[window->blob - 1];
      if (size > job->lent_maximum)
        return false;
    }
  return window->offset >= start && window->offset - start <= size
         && window->length <= size - (window->offset - start);
}

static bool
windows_are_good (const SkInboundJob *job, const GArray *list)
{
  SkWindowSums sums;
  sk_window_sums (list, &sums);
  if (list->len > MIN (job->windows, SK_MAX_WINDOWS_A_FRAME) || sums.contexts > job->contexts
      || (list->len > 0 && !job->may_defer))
    return false;
  for (guint i = 0; i < list->len; i++)
    if (!window_lies_inside (job, &g_array_index (list, SkReplyWindow, i)))
      return false;
  return true;
}

bool
sk_inbound_windows (const SkInboundJob *job, SkSpan payload, SkSpan *ret_list,
                    SkWindowSums *ret_sums)
{
  uint64_t number;
  if (!sk_frame_take_windows (payload, &number, ret_list) || number != job->number)
    return false;
  GArray *list = sk_windows_decode (*ret_list, job->n_plugins, NULL);
  bool good = list != NULL && list->len > 0 && windows_are_good (job, list);
  if (good)
    sk_window_sums (list, ret_sums);
  if (list != NULL)
    g_array_unref (list);
  return good;
}

SkReply *
sk_inbound_reply (const SkInboundJob *job, SkSpan payload, GError **error)
{
  g_autoptr (SkReply) reply = sk_reply_decode (payload, job->n_rules, job->n_plugins, error);
  if (reply == NULL)
    return NULL;
  if (reply->job == job->number && reply->object_list->len > 0 && windows_are_good (job, reply->window_list))
    return g_steal_pointer (&reply);
  g_set_error (error, SK_ERROR, SK_ERROR_PROTOCOL, _ ("a worker replied what it must not"));
  return NULL;
}

/* ---- records and lending ---- */

static bool
is_object_id (SkSpan text)
{
  return (text.size == 0 || text.data[0] == '/')
         && g_utf8_validate_len ((const char *) text.data, text.size, NULL);
}

bool
sk_inbound_record (const SkInboundJob *job, SkSpan payload, SkRunEntry *ret_entry)
{
  uint64_t number;
  SkSpan record;
  SkRunEntry entry;
  if (!sk_frame_take_record (payload, &number, &record) || number != job->number
      || record.size > SK_MAX_RECORD + SK_MAX_OBJECT_ID)
    return false;
  SkCursor cursor = sk_cursor (record);
  if (!sk_cursor_take_u32le (&cursor, &entry.subscription)
      || entry.subscription >= job->n_subscriptions
      || !sk_cursor_take_u64le (&cursor, &entry.position)
      || !sk_wire_take_i64 (&cursor, &entry.time)
      || !sk_wire_take_span (&cursor, SK_MAX_OBJECT_ID, &entry.object)
      || !is_object_id (entry.object)
      || !sk_cursor_take (&cursor, sk_cursor_left (&cursor), &entry.fields))
    return false;
  *ret_entry = entry;
  return true;
}

bool
sk_inbound_lend (const SkInboundJob *job, SkSpan payload)
{
  uint64_t number;
  return sk_frame_take_lend (payload, &number) && number == job->number;
}

/* ---- marks and the page ---- */

bool
sk_inbound_mark (const SkInboundJob *job, SkSpan payload, SkPageSaid *ret_said)
{
  SkPageSaid said = { .out_of_memory = false };
  SkSpan object;
  if (!sk_frame_take_mark (payload, &said.job, &said.plugin, &object) || said.job != job->number
      || (said.plugin >= job->n_plugins && said.plugin != SK_NO_PLUGIN) || !is_object_id (object))
    return false;
  said.object = g_strndup ((const char *) object.data, object.size);
  *ret_said = said;
  return true;
}

void
sk_inbound_page (const SkPage *page, uint32_t n_plugins, SkPageSaid *ret_said)
{
  char object[SK_PAGE_OBJECT];
  uint32_t size = atomic_load (&page->object_size);
  uint32_t plugin = atomic_load (&page->plugin);
  ret_said->job = atomic_load (&page->job);
  ret_said->out_of_memory = atomic_load (&page->out_of_memory) != 0;
  memcpy (object, page->object, sizeof object);
  bool plausible = plugin < n_plugins && size <= SK_PAGE_OBJECT
                   && is_object_id ((SkSpan) { (const uint8_t *) object, size });
  ret_said->plugin = plausible ? plugin : SK_NO_PLUGIN;
  ret_said->object = g_strndup (object, plausible ? size : 0);
}

void
sk_page_said_clear (SkPageSaid *said)
{
  g_clear_pointer (&said->object, g_free);
}
