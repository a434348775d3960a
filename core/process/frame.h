/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Frames between our own processes: framing, descriptors, and each frame's
 * fields, written and read by the same functions.
 *
 * On the wire (SOCK_STREAM): u32 payload length, u32 type, u32 number of
 * descriptors, payload. The descriptors travel as SCM_RIGHTS with the header's
 * first byte. A side that gives no `fds` room (the supervisor towards workers)
 * never receives any.
 */
#ifndef SK_PROCESS_FRAME_H
#define SK_PROCESS_FRAME_H

#include "base/buffer.h"
#include "base/limits.h"
#include "engine/engine.h"
#include "process/sandbox.h"

typedef enum SkFrameType {
  /* supervisor → zygote */
  SK_FRAME_FORK = 1,    /**< u32 tag; fds: the worker's socket, its page */
  SK_FRAME_QUIT = 2,    /**< end; children are killed */
  SK_FRAME_KILL = 3,    /**< u32 tag: kill that worker, unless it has ended; free of the race that a
                             kill by process id has, because only the zygote reaps */
  /* zygote → supervisor */
  SK_FRAME_READY = 10,  /**< fd: memory file with the catalogue */
  SK_FRAME_REFUSED = 11, /**< text; fd as above: the generation does not start */
  SK_FRAME_FORKED = 12, /**< u32 tag, u32 pid */
  SK_FRAME_ENDED = 13,  /**< u32 tag, u32 pid, u32 status as waitpid gives it; pid 0: it could not be
                             forked, status is the errno */
  /* supervisor → worker */
  SK_FRAME_BATCH = 20,  /**< jobs (sk_frame_put_job each); fds: their inputs, in order */
  SK_FRAME_LENT = 21,   /**< fd: a file; without one: refused */
  SK_FRAME_RETIRE = 22, /**< end after what was received */
  /* worker → supervisor */
  SK_FRAME_HELLO = 30,  /**< i32 Landlock ABI, bool seccomp, text note: the sandbox is entered */
  SK_FRAME_LEND = 31,   /**< asks for a file; u64 job */
  SK_FRAME_RECORD = 32, /**< u64 job, record as SkEngineHost.record gives it */
  SK_FRAME_REPLY = 33,  /**< sk_reply_encode: the job's end */
  SK_FRAME_MARK = 34,   /**< u64 job, u32 plugin, text object: of a traced job, before each hook.
                             What comes behind it is that hook's doing, which the page cannot tell:
                             it may have gone on */
  SK_FRAME_WINDOWS = 35 /**< u64 job, sk_windows_encode: some of its windows, before its reply */
} SkFrameType;

typedef struct SkFrame {
  SkFrameType type;
  SkSpan payload;  /**< borrowed from the channel until the next read */
  int fds[SK_MAX_FRAME_FDS]; /**< owned by the receiver of the frame: sk_frame_close or take */
  size_t n_fds;
} SkFrame;

/** One end of a connection. Non-blocking or blocking as the descriptor is. */
typedef struct SkChannel SkChannel;

/** Takes ownership of `fd`. `with_fds`: descriptors are accepted. */
SkChannel *sk_channel_new (int fd, bool with_fds);
void sk_channel_free (SkChannel *channel);
int sk_channel_fd (const SkChannel *channel);

typedef enum SkChannelResult { SK_CHANNEL_FRAME, SK_CHANNEL_AGAIN, SK_CHANNEL_ENDED, SK_CHANNEL_BROKEN } SkChannelResult;

/** The next whole frame. AGAIN: not there yet (non-blocking). BROKEN: not a frame; close it. */
SkChannelResult sk_channel_read (SkChannel *channel, SkFrame *ret_frame);
/** Queues a frame. Nothing is written before sk_channel_flush, except that a frame with descriptors
 * is flushed at once with what stands before it; `fds` stay the caller's (they are duplicated when
 * they could not be sent). False when the other side is gone or the queue is full. */
bool sk_channel_send (SkChannel *channel, SkFrameType type, SkSpan payload, const int *fds, size_t n_fds);
/** Writes what is queued, as far as the descriptor takes it without blocking (all of it when it
 * blocks): write again when it is writable and sk_channel_queued is not 0. False when the other side
 * is gone. */
bool sk_channel_flush (SkChannel *channel);
/** Bytes queued. */
size_t sk_channel_queued (const SkChannel *channel);
/** Closes the descriptors of a frame that nobody took. */
void sk_frame_close (SkFrame *frame);

/** A job in a batch. Its descriptor stands at the same place among the frame's. */
bool sk_frame_put_job (SkBuffer *buffer, const SkJob *job);
/** Reads one. Everything in `ret_job` is borrowed from the payload or owned by `ret_store`, which
 * sk_job_store_clear frees. */
typedef struct SkJobStore { char *id, *path; GArray *exclusions; } SkJobStore;
bool sk_frame_take_job (SkCursor *cursor, SkJob *ret_job, SkJobStore *ret_store);
void sk_job_store_clear (SkJobStore *store);

/* Payloads of the small frames. A `take` is false unless the payload is consumed exactly. */

/** FORK, KILL (`pid` and `status` NULL or 0: not there), FORKED (`status` not there), ENDED. */
bool sk_frame_put_child (SkBuffer *buffer, SkFrameType type, uint32_t tag, uint32_t pid,
                         uint32_t status);
bool sk_frame_take_child (const SkFrame *frame, uint32_t *ret_tag, uint32_t *ret_pid,
                          uint32_t *ret_status);
bool sk_frame_put_hello (SkBuffer *buffer, const SkSandboxState *state);
bool sk_frame_take_hello (SkSpan payload, SkSandboxState *ret_state);
/** LEND. */
bool sk_frame_put_lend (SkBuffer *buffer, uint64_t job);
bool sk_frame_take_lend (SkSpan payload, uint64_t *ret_job);
/** MARK. `ret_object` is borrowed from the payload. */
bool sk_frame_put_mark (SkBuffer *buffer, uint64_t job, uint32_t plugin, const char *object);
bool sk_frame_take_mark (SkSpan payload, uint64_t *ret_job, uint32_t *ret_plugin, SkSpan *ret_object);
/** RECORD. `ret_record` is borrowed from the payload. */
bool sk_frame_put_record (SkBuffer *buffer, uint64_t job, SkSpan record);
bool sk_frame_take_record (SkSpan payload, uint64_t *ret_job, SkSpan *ret_record);
/** WINDOWS. False as sk_buffer_put. `ret_list` is borrowed from the payload, for sk_windows_decode. */
bool sk_frame_put_windows (SkBuffer *buffer, uint64_t job, const GArray *window_list);
bool sk_frame_take_windows (SkSpan payload, uint64_t *ret_job, SkSpan *ret_list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkChannel, sk_channel_free)

#endif
