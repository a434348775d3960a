/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The zygote's life: build, say so, then fork and reap until the channel ends.
 *
 * One thread and one poll. It forks from its main thread only, because the
 * death signal of a child is bound to the thread that forked it, and it alone
 * reaps, so a process id that it knows is never somebody else's.
 */
#include "config.h"

#include "process/zygote.h"

#include "base/error.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "process/frame.h"
#include "process/warm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Child
{
  uint32_t tag;
  pid_t pid;
} Child;

typedef struct Zygote
{
  const SkZygoteSettings *settings;
  SkEngine *engine;
  SkChannel *channel;
  int signals;      /* signalfd of SIGCHLD */
  GArray *children; /* of Child */
} Zygote;

/* ---- start ---- */

/* Ctrl-C and the like reach the whole group; when this process ends is the supervisor's affair. */
static void
ignore_signals (void)
{
  const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE };
  for (size_t i = 0; i < G_N_ELEMENTS (ignored); i++)
    signal (ignored[i], SIG_IGN);
}

static int
watch_children (void)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  signal (SIGCHLD, SIG_DFL);
  if (sigprocmask (SIG_BLOCK, &set, NULL) != 0)
    return -1;
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The catalogue in a sealed memory file; -1 on error. */
static int
catalogue_file (const SkCatalogue *catalogue)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, SK_MAX_SOURCES);
  if (!sk_catalogue_encode (catalogue, &buffer))
    return -1;
  return sk_file_sealed ("sekisho-catalogue", sk_buffer_span (&buffer));
}

/* Sends and waits until it is out: at the start there is nothing else to do. */
static bool
send_now (Zygote *zygote, SkFrameType type, SkSpan payload, int fd)
{
  bool good = sk_channel_send (zygote->channel, type, payload, &fd, fd >= 0 ? 1 : 0)
              && sk_channel_flush (zygote->channel);
  while (good && sk_channel_queued (zygote->channel) > 0)
    {
      struct pollfd wait = { .fd = sk_channel_fd (zygote->channel), .events = POLLOUT };
      poll (&wait, 1, -1);
      good = sk_channel_flush (zygote->channel);
    }
  return good;
}

static bool
refuse (Zygote *zygote, const char *why, const SkCatalogue *catalogue)
{
  int fd = catalogue != NULL ? catalogue_file (catalogue) : -1;
  send_now (zygote, SK_FRAME_REFUSED, sk_span_of_text (why), fd);
  if (fd >= 0)
    close (fd);
  return false;
}

static bool
announce (Zygote *zygote, const SkCatalogue *catalogue)
{
  int fd = catalogue_file (catalogue);
  if (fd < 0)
    return refuse (zygote, _ ("the list of plugins and rules cannot be handed over"), NULL);
  bool good = send_now (zygote, SK_FRAME_READY, (SkSpan) { NULL, 0 }, fd);
  close (fd);
  return good;
}

static void
describe_sandbox (SkCatalogue *catalogue, const SkSandboxState *state)
{
  catalogue->landlock = state->landlock;
  catalogue->seccomp = state->seccomp;
  g_free (catalogue->sandbox_note);
  catalogue->sandbox_note = g_strdup (state->note);
}

/* False when the generation does not start; the supervisor has been told. */
static bool
build (Zygote *zygote, const SkBundle *bundle)
{
  SkSandboxState state;
  sk_sandbox_probe (&state);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkCatalogue) catalogue = NULL;
  zygote->engine = sk_engine_new (&zygote->settings->engine, bundle, &catalogue, &error);
  if (catalogue != NULL)
    describe_sandbox (catalogue, &state);
  if (zygote->engine == NULL)
    return refuse (zygote, error != NULL ? error->message : "", catalogue);
  if (zygote->settings->sandbox.require && state.note[0] != '\0')
    {
      g_autofree char *why = g_strdup_printf (_ ("the sandbox is required: %s"), state.note);
      return refuse (zygote, why, catalogue);
    }
  return announce (zygote, catalogue);
}

/* ---- children ---- */

static bool
report (Zygote *zygote, SkFrameType type, uint32_t tag, uint32_t pid, uint32_t status)
{
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 64);
  return sk_frame_put_child (&buffer, type, tag, pid, status)
         && sk_channel_send (zygote->channel, type, sk_buffer_span (&buffer), NULL, 0);
}

/* In the child. Does not return. */
static void
become_worker (Zygote *zygote, pid_t parent, int channel_fd, int page_fd)
{
  /* The parent may have died before the signal was asked for. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid () != parent)
    _exit (SK_WORKER_EXIT_PROTOCOL);
  sigset_t none;
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  /* Without the exit handlers, which are the zygote's. */
  _exit (sk_worker_main (zygote->engine, &zygote->settings->sandbox, channel_fd, page_fd));
}

static bool
fork_worker (Zygote *zygote, const SkFrame *frame)
{
  uint32_t tag;
  if (frame->n_fds != 2 || !sk_frame_take_child (frame, &tag, NULL, NULL))
    return false;
  pid_t parent = getpid ();
  pid_t pid = fork ();
  if (pid == 0)
    become_worker (zygote, parent, frame->fds[0], frame->fds[1]);
  if (pid < 0)
    return report (zygote, SK_FRAME_ENDED, tag, 0, (uint32_t) errno);
  Child child = { tag, pid };
  g_array_append_val (zygote->children, child);
  return report (zygote, SK_FRAME_FORKED, tag, (uint32_t) pid, 0);
}

static bool
kill_worker (Zygote *zygote, const SkFrame *frame)
{
  uint32_t tag;
  if (!sk_frame_take_child (frame, &tag, NULL, NULL))
    return false;
  for (guint i = 0; i < zygote->children->len; i++)
    {
      const Child *child = &g_array_index (zygote->children, Child, i);
      if (child->tag == tag)
        kill (child->pid, SIGKILL);
    }
  return true;
}

static bool
report_end (Zygote *zygote, pid_t pid, int status)
{
  for (guint i = 0; i < zygote->children->len; i++)
    {
      const Child child = g_array_index (zygote->children, Child, i);
      if (child.pid != pid)
        continue;
      g_array_remove_index_fast (zygote->children, i);
      return report (zygote, SK_FRAME_ENDED, child.tag, (uint32_t) pid, (uint32_t) status);
    }
  return true;
}

static bool
reap (Zygote *zygote)
{
  struct signalfd_siginfo info;
  while (read (zygote->signals, &info, sizeof info) > 0)
    ;
  bool good = true;
  int status;
  pid_t pid;
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    good = report_end (zygote, pid, status) && good;
  return good;
}

static void
end_children (Zygote *zygote)
{
  for (guint i = 0; i < zygote->children->len; i++)
    kill (g_array_index (zygote->children, Child, i).pid, SIGKILL);
  while (waitpid (-1, NULL, 0) > 0 || errno == EINTR)
    ;
}

/* ---- the loop ---- */

static bool
handle_frame (Zygote *zygote, const SkFrame *frame)
{
  switch (frame->type)
    {
    case SK_FRAME_FORK:
      return fork_worker (zygote, frame);
    case SK_FRAME_KILL:
      return kill_worker (zygote, frame);
    default: /* QUIT, and what nobody sends */
      return false;
    }
}

/* False when the zygote is to end. */
static bool
read_frames (Zygote *zygote)
{
  for (;;)
    {
      SkFrame frame;
      SkChannelResult result = sk_channel_read (zygote->channel, &frame);
      if (result != SK_CHANNEL_FRAME)
        return result == SK_CHANNEL_AGAIN;
      bool more = handle_frame (zygote, &frame);
      sk_frame_close (&frame);
      if (!more)
        return false;
    }
}

static void
serve (Zygote *zygote)
{
  bool more = true;
  while (more)
    {
      short channel_events
          = sk_channel_queued (zygote->channel) > 0 ? POLLIN | POLLOUT : POLLIN;
      struct pollfd wait[] = { { .fd = sk_channel_fd (zygote->channel), .events = channel_events },
                               { .fd = zygote->signals, .events = POLLIN } };
      if (poll (wait, G_N_ELEMENTS (wait), -1) < 0 && errno != EINTR)
        return;
      if (wait[1].revents != 0)
        more = reap (zygote);
      if (wait[0].revents != 0)
        more = more && read_frames (zygote);
      more = more && sk_channel_flush (zygote->channel);
    }
}

int
sk_zygote_main (const SkZygoteSettings *settings, const SkBundle *bundle)
{
  g_autoptr (SkWarm) warm = sk_warm_new ();
  Zygote zygote = { .settings = settings };
  ignore_signals ();
  fcntl (SK_ZYGOTE_CHANNEL_FD, F_SETFL, O_NONBLOCK);
  fcntl (SK_ZYGOTE_CHANNEL_FD, F_SETFD, FD_CLOEXEC);
  zygote.channel = sk_channel_new (SK_ZYGOTE_CHANNEL_FD, true);
  zygote.children = g_array_new (FALSE, FALSE, sizeof (Child));
  zygote.signals = watch_children ();
  bool good = zygote.signals >= 0 ? build (&zygote, bundle)
                                  : refuse (&zygote, g_strerror (errno), NULL);
  if (good)
    serve (&zygote);
  end_children (&zygote);
  sk_engine_free (zygote.engine);
  g_array_unref (zygote.children);
  sk_channel_free (zygote.channel);
  if (zygote.signals >= 0)
    close (zygote.signals);
  return good ? 0 : 1;
}
