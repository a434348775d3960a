/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What comes over a channel, by the first byte: `c` a stream of bytes cut into
 * pieces (the second byte is their size), `j` jobs, `h` the small frames. A job
 * that is taken must be put as the same bytes.
 */
#include "config.h"

#include "process/frame.h"

#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/process/tests/seeds/frame";

/* Reads all that is there. False when the channel broke. */
static bool
drain (SkChannel *channel, uint64_t *sum)
{
  SkFrame frame;
  SkChannelResult result;
  while ((result = sk_channel_read (channel, &frame)) == SK_CHANNEL_FRAME)
    {
      g_assert (frame.payload.size <= SK_MAX_FRAME && frame.n_fds == 0);
      for (size_t i = 0; i < frame.payload.size; i++)
        *sum += frame.payload.data[i];
    }
  g_assert (result == SK_CHANNEL_BROKEN
            || sk_channel_read (channel, &frame) == result);
  return result != SK_CHANNEL_BROKEN;
}

static void
try_channel (SkSpan bytes, size_t piece)
{
  int ends[2];
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
    return;
  SkChannel *channel = sk_channel_new (ends[0], false);
  uint64_t sum = 0;
  bool good = true;
  for (size_t at = 0; at < bytes.size && good; at += piece)
    {
      SkSpan part = sk_span_slice (bytes, at, piece);
      if (send (ends[1], part.data, part.size, MSG_NOSIGNAL) != (ssize_t) part.size)
        break;
      good = drain (channel, &sum);
    }
  close (ends[1]);
  drain (channel, &sum);
  sk_channel_free (channel);
}

static void
try_jobs (SkSpan bytes)
{
  SkCursor cursor = sk_cursor (bytes);
  SkJob job;
  SkJobStore store;
  const uint8_t *start = cursor.pos;
  while (sk_frame_take_job (&cursor, &job, &store))
    {
      g_auto (SkBuffer) buffer;
      sk_buffer_init (&buffer, SK_MAX_FRAME);
      g_assert (sk_frame_put_job (&buffer, &job));
      g_assert (sk_span_equal (sk_buffer_span (&buffer),
                               (SkSpan) { start, (size_t) (cursor.pos - start) }));
      sk_job_store_clear (&store);
      start = cursor.pos;
    }
  g_assert (cursor.pos == start);
}

static void
try_small (SkSpan payload)
{
  const SkFrameType types[] = { SK_FRAME_FORK, SK_FRAME_FORKED, SK_FRAME_ENDED, SK_FRAME_HELLO };
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    {
      uint32_t tag, pid, status;
      const SkFrame frame = { .type = types[i], .payload = payload };
      sk_frame_take_child (&frame, &tag, &pid, &status);
    }
  SkSandboxState state;
  if (sk_frame_take_hello (payload, &state))
    g_assert (strlen (state.note) < sizeof state.note);
  uint64_t job;
  SkSpan record;
  sk_frame_take_lend (payload, &job);
  if (sk_frame_take_record (payload, &job, &record))
    g_assert (record.size == payload.size - 8);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  SkSpan bytes = { data + 2, size - 2 };
  switch (data[0])
    {
    case 'c':
      try_channel (bytes, 1 + (size_t) data[1]);
      break;
    case 'j':
      try_jobs (bytes);
      break;
    default:
      try_small (bytes);
    }
  return 0;
}
