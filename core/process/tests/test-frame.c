/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Channels and frames: what is sent arrives whole and once, whatever pieces
 * the kernel makes of it; what is not a frame breaks the channel and leaves no
 * descriptor behind.
 */
#include "config.h"

#include "process/frame.h"
#include "process/page.h"
#include "sk-test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER 12

typedef struct Pair
{
  SkChannel *a, *b;
} Pair;

static Pair
pair_new (int flags, bool a_fds, bool b_fds)
{
  int ends[2];
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0, ends), 0);
  return (Pair) { sk_channel_new (ends[0], a_fds), sk_channel_new (ends[1], b_fds) };
}

static void
pair_free (Pair *pair)
{
  sk_channel_free (pair->a);
  sk_channel_free (pair->b);
}

static unsigned
count_fds (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  unsigned n = 0;
  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  return n;
}

/* A memory file that holds one byte, to be known again. */
static int
marked_file (char mark)
{
  int fd = memfd_create ("mark", MFD_CLOEXEC);
  ck_assert_int_eq (write (fd, &mark, 1), 1);
  return fd;
}

static char
mark_of (int fd)
{
  char mark = 0;
  ck_assert_int_eq (pread (fd, &mark, 1, 0), 1);
  return mark;
}

static void
put_header (uint8_t *header, uint32_t length, uint32_t type, uint32_t n_fds)
{
  const uint32_t fields[] = { GUINT32_TO_LE (length), GUINT32_TO_LE (type), GUINT32_TO_LE (n_fds) };
  memcpy (header, fields, HEADER);
}

/* Sends bytes past the channel, with `n` copies of standard input. */
static void
send_raw (SkChannel *channel, const void *bytes, size_t size, size_t n)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (253 * sizeof (int))];
  } control = { .bytes = { 0 } };
  struct iovec part = { (void *) bytes, size };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  if (n > 0)
    {
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE (n * sizeof (int));
      struct cmsghdr *c = CMSG_FIRSTHDR (&message);
      c->cmsg_level = SOL_SOCKET;
      c->cmsg_type = SCM_RIGHTS;
      c->cmsg_len = CMSG_LEN (n * sizeof (int));
      memset (CMSG_DATA (c), 0, n * sizeof (int));
    }
  ck_assert_int_eq (sendmsg (sk_channel_fd (channel), &message, 0), (ssize_t) size);
}

START_TEST (frames_arrive_in_order_with_their_descriptors)
{
  Pair pair = pair_new (0, false, true);
  unsigned before = count_fds ();
  for (int i = 'a'; i < 'f'; i++)
    {
      int fds[] = { marked_file ((char) i), marked_file ((char) (i - 32)) };
      size_t n = (size_t) (i % 3);
      SkSpan payload = { &(uint8_t) { (uint8_t) i }, 1 };
      ck_assert (sk_channel_send (pair.a, SK_FRAME_BATCH, payload, fds, n));
      close (fds[0]);
      close (fds[1]);
    }
  ck_assert (sk_channel_flush (pair.a));
  ck_assert_uint_eq (sk_channel_queued (pair.a), 0);
  for (int i = 'a'; i < 'f'; i++)
    {
      SkFrame frame;
      ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_FRAME);
      ck_assert_uint_eq (frame.payload.size, 1);
      ck_assert_int_eq (frame.payload.data[0], i);
      ck_assert_uint_eq (frame.n_fds, (size_t) (i % 3));
      for (size_t n = 0; n < frame.n_fds; n++)
        {
          ck_assert_int_eq (mark_of (frame.fds[n]), n == 0 ? i : i - 32);
          ck_assert_int_eq (fcntl (frame.fds[n], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        }
      sk_frame_close (&frame);
    }
  ck_assert_uint_eq (count_fds (), before);
  pair_free (&pair);
}
END_TEST

START_TEST (nothing_is_written_before_the_flush)
{
  Pair pair = pair_new (SOCK_NONBLOCK, false, false);
  SkFrame frame;
  ck_assert (sk_channel_send (pair.a, SK_FRAME_REPLY, sk_span_of_text ("x"), NULL, 0));
  ck_assert_uint_eq (sk_channel_queued (pair.a), HEADER + 1);
  ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_AGAIN);
  ck_assert (sk_channel_flush (pair.a));
  ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_FRAME);
  ck_assert_int_eq (frame.type, SK_FRAME_REPLY);
  pair_free (&pair);
}
END_TEST

/* One direction full of frames of all sizes, the sockets never taking one whole; descriptors must
 * still arrive with their frames, and those that waited must have been the channel's own. */
START_TEST (partial_writes_and_reads_lose_nothing)
{
  Pair pair = pair_new (SOCK_NONBLOCK, false, true);
  int small = 4608;
  setsockopt (sk_channel_fd (pair.a), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  unsigned before = count_fds ();
  const size_t n = 60;
  size_t sent = 0, got = 0;
  g_autofree uint8_t *bytes = g_malloc0 (200000);
  while (got < n)
    {
      while (sent < n && sk_channel_queued (pair.a) < 300000)
        {
          bytes[0] = (uint8_t) sent;
          int fd = marked_file ((char) sent);
          SkSpan payload = { bytes, 1 + (sent * 3331) % 200000 };
          ck_assert (sk_channel_send (pair.a, SK_FRAME_BATCH, payload, &fd, sent % 2));
          close (fd);
          sent++;
        }
      ck_assert (sk_channel_flush (pair.a));
      SkFrame frame;
      if (sk_channel_read (pair.b, &frame) != SK_CHANNEL_FRAME)
        continue;
      ck_assert_int_eq (frame.payload.data[0], (int) got);
      ck_assert_uint_eq (frame.payload.size, 1 + (got * 3331) % 200000);
      ck_assert_uint_eq (frame.n_fds, got % 2);
      if (frame.n_fds == 1)
        ck_assert_int_eq (mark_of (frame.fds[0]), (char) got);
      sk_frame_close (&frame);
      got++;
    }
  ck_assert_uint_eq (count_fds (), before);
  pair_free (&pair);
}
END_TEST

START_TEST (one_byte_at_a_time_is_a_frame)
{
  Pair pair = pair_new (SOCK_NONBLOCK, false, false);
  uint8_t bytes[HEADER + 3] = { [HEADER] = 'a', 'b', 'c' };
  put_header (bytes, 3, SK_FRAME_LEND, 0);
  SkFrame frame;
  for (size_t i = 0; i < sizeof bytes; i++)
    {
      ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_AGAIN);
      send_raw (pair.a, bytes + i, 1, 0);
    }
  ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_FRAME);
  ck_assert (sk_span_equal (frame.payload, sk_span_of_text ("abc")));
  pair_free (&pair);
}
END_TEST

START_TEST (every_truncation_is_broken)
{
  uint8_t bytes[HEADER + 5] = { 0 };
  put_header (bytes, 5, SK_FRAME_REPLY, 0);
  for (size_t size = 0; size <= sizeof bytes; size++)
    {
      Pair pair = pair_new (0, false, false);
      if (size > 0)
        send_raw (pair.a, bytes, size, 0);
      shutdown (sk_channel_fd (pair.a), SHUT_WR);
      SkFrame frame;
      SkChannelResult result = sk_channel_read (pair.b, &frame);
      if (size == sizeof bytes)
        {
          ck_assert_int_eq (result, SK_CHANNEL_FRAME);
          result = sk_channel_read (pair.b, &frame);
        }
      ck_assert_int_eq (result, size == 0 || size == sizeof bytes ? SK_CHANNEL_ENDED
                                                                  : SK_CHANNEL_BROKEN);
      pair_free (&pair);
    }
}
END_TEST

/* What the header says, and whether a side that takes descriptors accepts it. */
static const struct
{
  uint32_t length, n_fds;
  size_t sent_fds;
  SkChannelResult with_fds, without_fds;
} headers[] = {
  { 0, 0, 0, SK_CHANNEL_FRAME, SK_CHANNEL_FRAME },
  { SK_MAX_FRAME, 0, 0, SK_CHANNEL_AGAIN, SK_CHANNEL_AGAIN },
  { SK_MAX_FRAME + 1, 0, 0, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { UINT32_MAX, 0, 0, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { 0, 1, 1, SK_CHANNEL_FRAME, SK_CHANNEL_BROKEN },
  { 0, 1, 0, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { 0, 2, 1, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { 0, SK_MAX_FRAME_FDS, SK_MAX_FRAME_FDS, SK_CHANNEL_FRAME, SK_CHANNEL_BROKEN },
  { 0, SK_MAX_FRAME_FDS, SK_MAX_FRAME_FDS + 1, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { 0, SK_MAX_FRAME_FDS + 1, SK_MAX_FRAME_FDS, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { 0, UINT32_MAX, 1, SK_CHANNEL_BROKEN, SK_CHANNEL_BROKEN },
  { 0, 0, 1, SK_CHANNEL_FRAME, SK_CHANNEL_BROKEN },
};

START_TEST (a_bad_header_breaks_the_channel)
{
  for (int with_fds = 0; with_fds < 2; with_fds++)
    {
      Pair pair = pair_new (SOCK_NONBLOCK, false, with_fds);
      unsigned before = count_fds ();
      uint8_t bytes[HEADER];
      put_header (bytes, headers[_i].length, SK_FRAME_LEND, headers[_i].n_fds);
      send_raw (pair.a, bytes, sizeof bytes, headers[_i].sent_fds);
      SkFrame frame = { .n_fds = 0 };
      SkChannelResult expected = with_fds ? headers[_i].with_fds : headers[_i].without_fds;
      ck_assert_int_eq (sk_channel_read (pair.b, &frame), expected);
      if (expected == SK_CHANNEL_FRAME)
        sk_frame_close (&frame);
      /* A frame that hid a descriptor is found out by the next read. */
      if (headers[_i].sent_fds > headers[_i].n_fds)
        ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_BROKEN);
      if (expected == SK_CHANNEL_BROKEN)
        ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_BROKEN);
      sk_channel_free (pair.b);
      ck_assert_uint_eq (count_fds (), before - 1);
      sk_channel_free (pair.a);
    }
}
END_TEST

/* A sender that trickles a header with more descriptors at each byte. */
START_TEST (descriptors_without_end_are_refused)
{
  Pair pair = pair_new (SOCK_NONBLOCK, false, true);
  unsigned before = count_fds ();
  SkFrame frame;
  SkChannelResult result = SK_CHANNEL_AGAIN;
  for (int i = 0; i < 5 && result == SK_CHANNEL_AGAIN; i++)
    {
      send_raw (pair.a, "", 1, SK_MAX_FRAME_FDS);
      result = sk_channel_read (pair.b, &frame);
    }
  ck_assert_int_eq (result, SK_CHANNEL_BROKEN);
  sk_channel_free (pair.b);
  ck_assert_uint_eq (count_fds (), before - 1);
  sk_channel_free (pair.a);
}
END_TEST

START_TEST (ancillary_data_of_another_kind_is_refused)
{
  Pair pair = pair_new (SOCK_NONBLOCK, false, true);
  int on = 1;
  setsockopt (sk_channel_fd (pair.b), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  ck_assert (sk_channel_send (pair.a, SK_FRAME_HELLO, sk_span_of_text (""), NULL, 0));
  ck_assert (sk_channel_flush (pair.a));
  SkFrame frame;
  ck_assert_int_eq (sk_channel_read (pair.b, &frame), SK_CHANNEL_BROKEN);
  pair_free (&pair);
}
END_TEST

START_TEST (the_queue_is_bounded_and_a_dead_end_is_noticed)
{
  Pair pair = pair_new (SOCK_NONBLOCK, false, false);
  g_autofree uint8_t *bytes = g_malloc0 (SK_MAX_FRAME + 1);
  SkSpan largest = { bytes, SK_MAX_FRAME };
  ck_assert (!sk_channel_send (pair.a, SK_FRAME_REPLY, (SkSpan) { bytes, SK_MAX_FRAME + 1 }, NULL, 0));
  size_t n = 0;
  while (sk_channel_send (pair.a, SK_FRAME_REPLY, largest, NULL, 0))
    n++;
  ck_assert_uint_ge (n, 2);
  ck_assert_uint_le (n, 8);
  sk_channel_free (pair.b);
  ck_assert (!sk_channel_flush (pair.a));
  ck_assert (!sk_channel_send (pair.a, SK_FRAME_QUIT, largest, NULL, 0));
  sk_channel_free (pair.a);
}
END_TEST

/* ---- jobs ---- */

static void
clear_exclusion (gpointer data)
{
  g_free (((SkExclusion *) data)->object);
}

static SkJob
sample_job (GArray *exclusions)
{
  SkExclusion first = { g_strdup (""), 3, SK_REASON_CRASH };
  SkExclusion second = { g_strdup ("/zip:7/mail:0"), 0, SK_REASON_MEMORY };
  g_array_append_val (exclusions, first);
  g_array_append_val (exclusions, second);
  return (SkJob) {
    .number = UINT64_C (1) << 40, .id = "/media/usb/請求書.zip", .path = "/media/usb/請求書.zip",
    .input = { .fd = -1, .size = 12345678901, .mtime_ns = -5 },
    .window_plugin = 2, .window_offset = 4096, .window_length = 77,
    .window_context = { (const uint8_t *) "c\0x", 3 },
    .depth = 4, .windows_left = 9, .objects_left = 8, .bytes_left = 7, .work_left = 6,
    .exclusions = exclusions,
  };
}

static GArray *
new_exclusions (void)
{
  GArray *exclusions = g_array_new (FALSE, FALSE, sizeof (SkExclusion));
  g_array_set_clear_func (exclusions, clear_exclusion);
  return exclusions;
}

START_TEST (a_job_comes_back_as_it_was_put)
{
  g_autoptr (GArray) exclusions = new_exclusions ();
  SkJob job = sample_job (exclusions), copy;
  SkJobStore store;
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  ck_assert (sk_frame_put_job (&buffer, &job));
  SkCursor cursor = sk_cursor (sk_buffer_span (&buffer));
  ck_assert (sk_frame_take_job (&cursor, &copy, &store));
  ck_assert (sk_wire_end (&cursor));
  ck_assert_uint_eq (copy.number, job.number);
  ck_assert_str_eq (copy.id, job.id);
  ck_assert_str_eq (copy.path, job.path);
  ck_assert_int_eq (copy.input.fd, -1);
  ck_assert_uint_eq (copy.input.size, job.input.size);
  ck_assert_int_eq (copy.input.mtime_ns, -5);
  ck_assert_uint_eq (copy.window_plugin, 2);
  ck_assert_uint_eq (copy.window_offset, 4096);
  ck_assert_uint_eq (copy.window_length, 77);
  ck_assert (sk_span_equal (copy.window_context, job.window_context));
  ck_assert_uint_eq (copy.depth, 4);
  ck_assert_uint_eq (copy.windows_left * 1000 + copy.objects_left * 100 + copy.bytes_left * 10
                         + copy.work_left,
                     9876);
  ck_assert_uint_eq (copy.exclusions->len, 2);
  const SkExclusion *second = &g_array_index (copy.exclusions, SkExclusion, 1);
  ck_assert_str_eq (second->object, "/zip:7/mail:0");
  ck_assert_uint_eq (second->plugin, 0);
  ck_assert_int_eq (second->reason, SK_REASON_MEMORY);
  sk_job_store_clear (&store);
}
END_TEST

START_TEST (a_job_cut_anywhere_is_refused)
{
  g_autoptr (GArray) exclusions = new_exclusions ();
  SkJob job = sample_job (exclusions), copy;
  SkJobStore store;
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  ck_assert (sk_frame_put_job (&buffer, &job));
  for (size_t size = 0; size < buffer.size; size++)
    {
      g_autofree uint8_t *exact = g_memdup2 (buffer.data, size);
      SkCursor cursor = sk_cursor ((SkSpan) { exact, size });
      ck_assert (!sk_frame_take_job (&cursor, &copy, &store));
      ck_assert_uint_eq (sk_cursor_left (&cursor), size);
    }
}
END_TEST

/* Puts `job` without looking at its sense, then takes it. */
static bool
survives (const SkJob *job)
{
  SkJob copy;
  SkJobStore store;
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_FRAME);
  if (!sk_frame_put_job (&buffer, job))
    return false;
  SkCursor cursor = sk_cursor (sk_buffer_span (&buffer));
  if (!sk_frame_take_job (&cursor, &copy, &store))
    return false;
  sk_job_store_clear (&store);
  return true;
}

START_TEST (a_job_out_of_range_is_refused)
{
  g_autoptr (GArray) exclusions = new_exclusions ();
  SkJob job = sample_job (exclusions);
  ck_assert (survives (&job));
  job.window_offset = UINT64_MAX - 77;
  ck_assert (survives (&job));
  job.window_offset = UINT64_MAX - 76;
  ck_assert (!survives (&job));
  job.window_offset = 0;
  g_autofree char *long_path = g_strnfill (4 * SK_MAX_PATH + 1, 'p');
  job.path = long_path;
  ck_assert (!survives (&job));
  long_path[4 * SK_MAX_PATH] = '\0';
  ck_assert (survives (&job));
  job.path = "\xff";
  ck_assert (!survives (&job));
  job.path = "p";
  g_autofree uint8_t *context = g_malloc0 (SK_MAX_CONTEXT + 1);
  job.window_context = (SkSpan) { context, SK_MAX_CONTEXT };
  ck_assert (survives (&job));
  job.window_context.size++;
  ck_assert (!survives (&job));
  job.window_context.size = 0;
  g_array_index (exclusions, SkExclusion, 1).reason = (SkReason) SK_N_REASONS;
  ck_assert (!survives (&job));
  g_array_index (exclusions, SkExclusion, 1).reason = SK_REASON_CANCELLED;
  ck_assert (survives (&job));
  while (exclusions->len <= SK_MAX_RERUNS)
    {
      SkExclusion more = { g_strdup ("/x:1"), 1, SK_REASON_CRASH };
      ck_assert (survives (&job));
      g_array_append_val (exclusions, more);
    }
  ck_assert (!survives (&job));
}
END_TEST

/* ---- small frames ---- */

START_TEST (small_frames_come_back_and_must_end)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 1000);
  const SkFrameType types[] = { SK_FRAME_FORK, SK_FRAME_KILL, SK_FRAME_FORKED, SK_FRAME_ENDED };
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    {
      uint32_t tag = 0, pid = 9, status = 9;
      sk_buffer_reset (&buffer);
      ck_assert (sk_frame_put_child (&buffer, types[i], 5, 77, 256));
      SkFrame frame = { .type = types[i], .payload = sk_buffer_span (&buffer) };
      ck_assert (sk_frame_take_child (&frame, &tag, &pid, &status));
      ck_assert_uint_eq (tag, 5);
      ck_assert_uint_eq (pid, i >= 2 ? 77 : 0);
      ck_assert_uint_eq (status, i == 3 ? 256 : 0);
      frame.payload.size--;
      ck_assert (!sk_frame_take_child (&frame, &tag, &pid, &status));
      sk_wire_put_u8 (&buffer, 0);
      frame.payload = sk_buffer_span (&buffer);
      ck_assert (!sk_frame_take_child (&frame, &tag, &pid, &status));
    }
  SkFrame other = { .type = SK_FRAME_HELLO };
  ck_assert (!sk_frame_take_child (&other, &(uint32_t) { 0 }, NULL, NULL));
}
END_TEST

START_TEST (hello_is_taken_whole_or_not)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 1000);
  SkSandboxState state = { .landlock = 7, .seccomp = true, .note = "" }, copy;
  memset (state.note, 'n', sizeof state.note - 1);
  ck_assert (sk_frame_put_hello (&buffer, &state));
  SkSpan whole = sk_buffer_span (&buffer);
  ck_assert (sk_frame_take_hello (whole, &copy));
  ck_assert_int_eq (copy.landlock, 7);
  ck_assert (copy.seccomp);
  ck_assert_str_eq (copy.note, state.note);
  for (size_t size = 0; size < whole.size; size++)
    ck_assert (!sk_frame_take_hello ((SkSpan) { whole.data, size }, &copy));
  sk_buffer_reset (&buffer);
  sk_wire_put_u32 (&buffer, 7);
  sk_wire_put_bool (&buffer, true);
  g_autofree char *long_note = g_strnfill (sizeof state.note, 'n');
  sk_wire_put_text (&buffer, long_note);
  ck_assert (!sk_frame_take_hello (sk_buffer_span (&buffer), &copy));
}
END_TEST

START_TEST (lend_and_record_come_back)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 1000);
  uint64_t job = 0;
  SkSpan record;
  ck_assert (sk_frame_put_lend (&buffer, 42));
  ck_assert (sk_frame_take_lend (sk_buffer_span (&buffer), &job));
  ck_assert_uint_eq (job, 42);
  sk_wire_put_u8 (&buffer, 0);
  ck_assert (!sk_frame_take_lend (sk_buffer_span (&buffer), &job));
  sk_buffer_reset (&buffer);
  ck_assert (sk_frame_put_record (&buffer, 43, sk_span_of_text ("fields")));
  ck_assert (sk_frame_take_record (sk_buffer_span (&buffer), &job, &record));
  ck_assert_uint_eq (job, 43);
  ck_assert (sk_span_equal (record, sk_span_of_text ("fields")));
  ck_assert (!sk_frame_take_record ((SkSpan) { buffer.data, 7 }, &job, &record));
}
END_TEST

/* ---- the page ---- */

START_TEST (the_page_is_shared_and_cannot_shrink)
{
  SkPage *page = NULL;
  int fd = sk_page_new (&page);
  ck_assert_int_ge (fd, 0);
  ck_assert (atomic_load (&page->job) == UINT64_MAX);
  ck_assert_uint_eq (atomic_load (&page->plugin), SK_NO_PLUGIN);
  SkPage *other = sk_page_map (fd);
  ck_assert_ptr_nonnull (other);
  atomic_store (&other->job, 5);
  ck_assert (atomic_load (&page->job) == 5);
  ck_assert_int_eq (ftruncate (fd, 0), -1);
  ck_assert_int_eq (errno, EPERM);
  ck_assert_int_eq (ftruncate (fd, 1 << 20), -1);
  sk_page_unmap (other);
  sk_page_unmap (page);
  close (fd);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("frame");
  TCase *tests = tcase_create ("frame");
  tcase_add_test (tests, frames_arrive_in_order_with_their_descriptors);
  tcase_add_test (tests, nothing_is_written_before_the_flush);
  tcase_add_test (tests, partial_writes_and_reads_lose_nothing);
  tcase_add_test (tests, one_byte_at_a_time_is_a_frame);
  tcase_add_test (tests, every_truncation_is_broken);
  tcase_add_loop_test (tests, a_bad_header_breaks_the_channel, 0, G_N_ELEMENTS (headers));
  tcase_add_test (tests, descriptors_without_end_are_refused);
  tcase_add_test (tests, ancillary_data_of_another_kind_is_refused);
  tcase_add_test (tests, the_queue_is_bounded_and_a_dead_end_is_noticed);
  tcase_add_test (tests, a_job_comes_back_as_it_was_put);
  tcase_add_test (tests, a_job_cut_anywhere_is_refused);
  tcase_add_test (tests, a_job_out_of_range_is_refused);
  tcase_add_test (tests, small_frames_come_back_and_must_end);
  tcase_add_test (tests, hello_is_taken_whole_or_not);
  tcase_add_test (tests, lend_and_record_come_back);
  tcase_add_test (tests, the_page_is_shared_and_cannot_shrink);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
