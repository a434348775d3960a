/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a worker sends or leaves in its page never does more than be refused.
 *
 * The first byte chooses: a reply, a record, a request for a file, a page, a
 * mark, or a stream of frames as the supervisor reads it.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "process/frame.h"
#include "run/inbound.h"

const char *const sk_fuzz_seeds = "core/run/tests/seeds/inbound";
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const uint64_t lent_sizes[] = { 100, 5000, 0 };
static const SkInboundJob job = { .number = 7, .offset = 10, .length = 1000,
                                  .lent_sizes = lent_sizes, .n_lent = 3, .lent_maximum = 4000,
                                  .windows = 5, .contexts = 100, .may_defer = true, .n_rules = 20, .n_plugins = 3,
                                  .n_subscriptions = 2 };

static void
check_window (const SkReplyWindow *window)
{
  uint64_t start = window->blob == 0 ? job.offset : 0;
  uint64_t length = window->blob == 0 ? job.length : lent_sizes[window->blob - 1];
  if (window->plugin >= job.n_plugins || window->offset < start
      || window->offset + window->length > start + length
      || window->offset + window->length < window->offset)
    abort ();
}

static void
try_reply (SkSpan input)
{
  g_autoptr (SkReply) reply = sk_inbound_reply (&job, input, NULL);
  if (reply == NULL)
    return;
  if (reply->job != job.number || reply->window_list->len > job.windows
      || reply->object_list->len == 0)
    abort ();
  for (guint i = 0; i < reply->window_list->len; i++)
    check_window (&g_array_index (reply->window_list, SkReplyWindow, i));
}

static void
try_windows (SkSpan input)
{
  SkSpan list;
  SkWindowSums sums, again;
  if (!sk_inbound_windows (&job, input, &list, &sums))
    return;
  GArray *windows = sk_windows_decode (list, job.n_plugins, NULL);
  if (windows == NULL || windows->len == 0 || windows->len > job.windows)
    abort ();
  sk_window_sums (windows, &again);
  if (sums.length != again.length || sums.contexts != again.contexts || sums.count != windows->len
      || sums.contexts > job.contexts)
    abort ();
  for (guint i = 0; i < windows->len; i++)
    check_window (&g_array_index (windows, SkReplyWindow, i));
  g_array_unref (windows);
}

static void
try_record (SkSpan input)
{
  SkRunEntry entry;
  if (sk_inbound_record (&job, input, &entry)
      && (entry.subscription >= job.n_subscriptions || entry.object.size > SK_MAX_OBJECT_ID
          || !g_utf8_validate_len ((const char *) entry.object.data, entry.object.size, NULL)))
    abort ();
}

static void
try_page (SkSpan input)
{
  g_autofree SkPage *page = g_new0 (SkPage, 1);
  SkPageSaid said;
  memcpy (page, input.data, MIN (input.size, sizeof *page));
  sk_inbound_page (page, job.n_plugins, &said);
  if ((said.plugin >= job.n_plugins && said.plugin != SK_NO_PLUGIN)
      || !g_utf8_validate (said.object, -1, NULL))
    abort ();
  sk_page_said_clear (&said);
}

static void
try_mark (SkSpan input)
{
  SkPageSaid said = { .object = NULL };
  if (sk_inbound_mark (&job, input, &said)
      && ((said.plugin >= job.n_plugins && said.plugin != SK_NO_PLUGIN) || said.job != job.number
          || !g_utf8_validate (said.object, -1, NULL)))
    abort ();
  sk_page_said_clear (&said);
}

/* Reads whole frames and hands each to its reader, as the supervisor does. */
static void
try_stream (SkSpan input)
{
  int ends[2];
  SkFrame frame;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
    return;
  g_autoptr (SkChannel) channel = sk_channel_new (ends[0], false);
  ssize_t sent = send (ends[1], input.data, MIN (input.size, 60000), MSG_NOSIGNAL);
  close (ends[1]);
  while (sent > 0 && sk_channel_read (channel, &frame) == SK_CHANNEL_FRAME)
    {
      SkSandboxState state;
      if (frame.n_fds != 0)
        abort ();
      try_reply (frame.payload);
      try_record (frame.payload);
      try_windows (frame.payload);
      sk_inbound_lend (&job, frame.payload);
      try_mark (frame.payload);
      sk_frame_take_hello (frame.payload, &state);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  SkSpan input = { data + 1, size - 1 };
  switch (data[0] % 7)
    {
    case 0:
      try_reply (input);
      break;
    case 1:
      try_record (input);
      break;
    case 2:
      sk_inbound_lend (&job, input);
      break;
    case 3:
      try_page (input);
      break;
    case 4:
      try_mark (input);
      break;
    case 6:
      try_windows (input);
      break;
    default:
      try_stream (input);
    }
  return 0;
}
