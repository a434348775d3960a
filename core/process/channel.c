/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Channels: whole frames over a stream socket, with their descriptors.
 *
 * Reading and writing are partial by nature, so both sides keep what is left:
 * bytes in one buffer each, descriptors in a list beside it. The kernel gives
 * descriptors with the first byte of the message that they were sent with and
 * never reads past such a message, so descriptors arrive in the order of the
 * frames, and not later than the header of theirs. This file knows nothing of
 * what the frames mean.
 */
#include "config.h"

#include "process/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER 12
/* What one read takes; room beyond it is only made for a frame that needs it. */
#define READ_ROOM ((size_t) (64 * SK_KIB))
/* Buffers larger than this are given back once they are empty. */
#define KEEP_ROOM ((size_t) (256 * SK_KIB))
/* Frames waiting to be written: the protocol never has more than two large ones on their way. */
#define QUEUE_MAXIMUM ((size_t) (4 * (SK_MAX_FRAME + HEADER)))
/* The frame in hand and the one whose first byte came with its rest. */
#define WAITING_FDS (2 * SK_MAX_FRAME_FDS)

/* Descriptors that go out with the byte at `offset` of the queue. */
typedef struct OutFds
{
  size_t offset;
  size_t n;
  bool ours; /* duplicated: close them */
  int fds[SK_MAX_FRAME_FDS];
} OutFds;

struct SkChannel
{
  int fd;
  bool with_fds;
  bool broken;
  uint8_t *in;
  size_t in_room, in_start, in_end;
  int in_fds[WAITING_FDS];
  size_t n_in_fds;
  uint8_t *out;
  size_t out_room, out_start, out_end;
  GArray *out_fds; /* of OutFds; offsets count from out[0] */
};

static void
close_fds (int *fds, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

static void
clear_out_fds (gpointer data)
{
  OutFds *out = data;
  if (out->ours)
    close_fds (out->fds, out->n);
}

SkChannel *
sk_channel_new (int fd, bool with_fds)
{
  SkChannel *channel = g_new0 (SkChannel, 1);
  channel->fd = fd;
  channel->with_fds = with_fds;
  channel->out_fds = g_array_new (FALSE, FALSE, sizeof (OutFds));
  g_array_set_clear_func (channel->out_fds, clear_out_fds);
  return channel;
}

void
sk_channel_free (SkChannel *channel)
{
  if (channel == NULL)
    return;
  close_fds (channel->in_fds, channel->n_in_fds);
  g_array_unref (channel->out_fds);
  g_free (channel->in);
  g_free (channel->out);
  close (channel->fd);
  g_free (channel);
}

int
sk_channel_fd (const SkChannel *channel)
{
  return channel->fd;
}

void
sk_frame_close (SkFrame *frame)
{
  close_fds (frame->fds, frame->n_fds);
  frame->n_fds = 0;
}

/* ---- reading ---- */

static uint32_t
u32_at (const uint8_t *p)
{
  return (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16 | (uint32_t) p[3] << 24;
}

/* The bytes that the frame at the start needs, or the header's while that is not there. False: a
 * header that no frame has. */
static bool
frame_needs (const SkChannel *channel, size_t *ret_size)
{
  *ret_size = HEADER;
  if (channel->in_end - channel->in_start < HEADER)
    return true;
  const uint8_t *header = channel->in + channel->in_start;
  uint32_t length = u32_at (header), n_fds = u32_at (header + 8);
  if (length > SK_MAX_FRAME || n_fds > SK_MAX_FRAME_FDS || n_fds > channel->n_in_fds)
    return false;
  *ret_size = HEADER + (size_t) length;
  return true;
}

/* Gives out the frame at the start, of which all `size` bytes are there. */
static void
take_frame (SkChannel *channel, size_t size, SkFrame *ret_frame)
{
  const uint8_t *header = channel->in + channel->in_start;
  ret_frame->type = (SkFrameType) u32_at (header + 4);
  ret_frame->n_fds = u32_at (header + 8);
  ret_frame->payload.data = header + HEADER;
  ret_frame->payload.size = size - HEADER;
  memcpy (ret_frame->fds, channel->in_fds, ret_frame->n_fds * sizeof (int));
  channel->n_in_fds -= ret_frame->n_fds;
  memmove (channel->in_fds, channel->in_fds + ret_frame->n_fds, channel->n_in_fds * sizeof (int));
  channel->in_start += size;
}

/* Makes the buffer hold `size` bytes from its start on, with the part of the frame that is there at
 * the front. What was given out before is gone then. */
static void
make_room (SkChannel *channel, size_t size)
{
  size_t have = channel->in_end - channel->in_start;
  size_t room = MAX (size, READ_ROOM);
  if (have == 0 && channel->in_room > KEEP_ROOM)
    {
      g_clear_pointer (&channel->in, g_free);
      channel->in_room = 0;
    }
  if (channel->in_start > 0 && have > 0)
    memmove (channel->in, channel->in + channel->in_start, have);
  channel->in_start = 0;
  channel->in_end = have;
  if (channel->in_room < room)
    {
      channel->in = g_realloc (channel->in, room);
      channel->in_room = room;
    }
}

/* Keeps the descriptors of one message. False: ancillary data that must not be. */
static bool
keep_fds (SkChannel *channel, struct msghdr *message)
{
  bool good = (message->msg_flags & MSG_CTRUNC) == 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
        {
          good = false;
          continue;
        }
      int fds[SK_MAX_FRAME_FDS];
      size_t n = MIN ((c->cmsg_len - CMSG_LEN (0)) / sizeof (int), SK_MAX_FRAME_FDS);
      memcpy (fds, CMSG_DATA (c), n * sizeof (int));
      if (n > WAITING_FDS - channel->n_in_fds)
        {
          close_fds (fds, n);
          good = false;
          continue;
        }
      memcpy (channel->in_fds + channel->n_in_fds, fds, n * sizeof (int));
      channel->n_in_fds += n;
    }
  return good;
}

/* One read into the buffer. FRAME stands for "got some". */
static SkChannelResult
receive (SkChannel *channel)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (SK_MAX_FRAME_FDS * sizeof (int))];
  } control;
  struct iovec part = { channel->in + channel->in_end, channel->in_room - channel->in_end };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  if (channel->with_fds)
    {
      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
    }
  ssize_t got;
  do
    got = recvmsg (channel->fd, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return SK_CHANNEL_AGAIN;
  if (got < 0 && errno != ECONNRESET)
    return SK_CHANNEL_BROKEN;
  if (got <= 0)
    return channel->in_end > 0 || channel->n_in_fds > 0 ? SK_CHANNEL_BROKEN : SK_CHANNEL_ENDED;
  if (!keep_fds (channel, &message))
    return SK_CHANNEL_BROKEN;
  channel->in_end += (size_t) got;
  return SK_CHANNEL_FRAME;
}

SkChannelResult
sk_channel_read (SkChannel *channel, SkFrame *ret_frame)
{
  SkChannelResult result = channel->broken ? SK_CHANNEL_BROKEN : SK_CHANNEL_FRAME;
  while (result == SK_CHANNEL_FRAME)
    {
      size_t have = channel->in_end - channel->in_start, size;
      /* Descriptors always belong to a frame whose first byte came with them. */
      if (!frame_needs (channel, &size) || (have == 0 && channel->n_in_fds > 0))
        result = SK_CHANNEL_BROKEN;
      else if (have >= HEADER && have >= size)
        {
          take_frame (channel, size, ret_frame);
          return SK_CHANNEL_FRAME;
        }
      else
        {
          make_room (channel, size);
          result = receive (channel);
        }
    }
  if (result == SK_CHANNEL_BROKEN)
    channel->broken = true;
  return result;
}

/* ---- writing ---- */

/* Room for `size` more bytes at the end of the queue. NULL past its maximum. */
static uint8_t *
queue_room (SkChannel *channel, size_t size)
{
  if (size > QUEUE_MAXIMUM - sk_channel_queued (channel))
    return NULL;
  if (size > channel->out_room - channel->out_end && channel->out_start > 0)
    {
      size_t start = channel->out_start;
      memmove (channel->out, channel->out + start, channel->out_end - start);
      channel->out_end -= start;
      channel->out_start = 0;
      for (guint i = 0; i < channel->out_fds->len; i++)
        g_array_index (channel->out_fds, OutFds, i).offset -= start;
    }
  if (size > channel->out_room - channel->out_end)
    {
      channel->out_room = MAX (channel->out_end + size, 2 * channel->out_room);
      channel->out = g_realloc (channel->out, channel->out_room);
    }
  uint8_t *room = channel->out + channel->out_end;
  channel->out_end += size;
  return room;
}

/* The descriptors could not be sent at once: from here on they must live without the caller's. */
static bool
own_fds (OutFds *out)
{
  OutFds copy = { .offset = out->offset, .n = 0, .ours = true };
  for (; copy.n < out->n; copy.n++)
    {
      copy.fds[copy.n] = fcntl (out->fds[copy.n], F_DUPFD_CLOEXEC, 0);
      if (copy.fds[copy.n] < 0)
        {
          clear_out_fds (&copy);
          return false;
        }
    }
  *out = copy;
  return true;
}

static void
put_u32 (uint8_t *p, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    p[i] = (uint8_t) (value >> (8 * i));
}

static bool
send_with_fds (SkChannel *channel, size_t offset, const int *fds, size_t n_fds)
{
  OutFds out = { .offset = offset, .n = n_fds };
  memcpy (out.fds, fds, n_fds * sizeof (int));
  g_array_append_val (channel->out_fds, out);
  if (!sk_channel_flush (channel))
    return false;
  if (channel->out_fds->len == 0)
    return true;
  /* Older frames with descriptors own theirs already; ours is the last. */
  OutFds *last = &g_array_index (channel->out_fds, OutFds, channel->out_fds->len - 1);
  if (last->ours || own_fds (last))
    return true;
  last->n = 0;
  channel->broken = true;
  return false;
}

bool
sk_channel_send (SkChannel *channel, SkFrameType type, SkSpan payload, const int *fds, size_t n_fds)
{
  if (channel->broken || payload.size > SK_MAX_FRAME || n_fds > SK_MAX_FRAME_FDS)
    return false;
  uint8_t *room = queue_room (channel, HEADER + payload.size);
  if (room == NULL)
    return false;
  put_u32 (room, (uint32_t) payload.size);
  put_u32 (room + 4, (uint32_t) type);
  put_u32 (room + 8, (uint32_t) n_fds);
  if (payload.size > 0)
    memcpy (room + HEADER, payload.data, payload.size);
  if (fds == NULL || n_fds == 0)
    return true;
  return send_with_fds (channel, (size_t) (room - channel->out), fds, n_fds);
}

/* Writes from the start of the queue up to the next byte that has descriptors, with those of the
 * first byte. */
static ssize_t
send_part (SkChannel *channel)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (SK_MAX_FRAME_FDS * sizeof (int))];
  } control;
  size_t end = channel->out_end;
  struct iovec part = { .iov_base = channel->out + channel->out_start };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  for (guint i = 0; i < MIN (channel->out_fds->len, 2); i++)
    {
      const OutFds *out = &g_array_index (channel->out_fds, OutFds, i);
      if (out->offset > channel->out_start)
        {
          end = out->offset;
          break;
        }
      message.msg_control = memset (&control, 0, sizeof control);
      message.msg_controllen = CMSG_SPACE (out->n * sizeof (int));
      struct cmsghdr *c = CMSG_FIRSTHDR (&message);
      c->cmsg_level = SOL_SOCKET;
      c->cmsg_type = SCM_RIGHTS;
      c->cmsg_len = CMSG_LEN (out->n * sizeof (int));
      memcpy (CMSG_DATA (c), out->fds, out->n * sizeof (int));
    }
  part.iov_len = end - channel->out_start;
  ssize_t sent = sendmsg (channel->fd, &message, MSG_NOSIGNAL);
  if (sent > 0 && message.msg_control != NULL)
    g_array_remove_index (channel->out_fds, 0);
  return sent;
}

bool
sk_channel_flush (SkChannel *channel)
{
  while (!channel->broken && sk_channel_queued (channel) > 0)
    {
      ssize_t sent = send_part (channel);
      if (sent > 0)
        channel->out_start += (size_t) sent;
      else if (sent < 0 && errno == EINTR)
        continue;
      else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
      else
        channel->broken = true;
    }
  if (channel->broken)
    return false;
  channel->out_start = channel->out_end = 0;
  if (channel->out_room > KEEP_ROOM)
    {
      g_clear_pointer (&channel->out, g_free);
      channel->out_room = 0;
    }
  return true;
}

size_t
sk_channel_queued (const SkChannel *channel)
{
  return channel->out_end - channel->out_start;
}
