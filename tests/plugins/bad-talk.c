/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bad behaviours towards what a worker holds: its descriptors, the socket on
 * which it answers, and the page in which it tells what it is doing.
 *
 * The forms of frame and page are written down here a second time: an attacker
 * in the worker knows them, too.
 */
#include "config.h"

#include "bad.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_FD 1024
#define PAGE 4096u

/* The numbers of process/frame.h. */
enum { FRAME_READY = 10, FRAME_BATCH = 20, FRAME_HELLO = 30, FRAME_LEND = 31, FRAME_RECORD = 32,
       FRAME_REPLY = 33 };

/* ---- descriptors ---- */

/* The library's fstat asks by path, which is refused. */
static mode_t
kind_of (int fd)
{
  struct stat info;
  return syscall (SYS_fstat, fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

static int
find_socket (void)
{
  for (int fd = 0; fd < MAX_FD; fd++)
    if (kind_of (fd) == S_IFSOCK)
      return fd;
  return -1;
}

/* The number of a file that may be written: one that was lent. */
static int
find_writable (void)
{
  for (int fd = 3; fd < MAX_FD; fd++)
    if (kind_of (fd) == S_IFREG && (fcntl (fd, F_GETFL) & O_ACCMODE) == O_RDWR)
      return fd;
  return -1;
}

static SkResult
close_all (const BadCall *call)
{
  (void) call;
  for (int fd = 0; fd < MAX_FD; fd++)
    close (fd);
  return SK_OK;
}

static SkResult
fill_descriptors (const BadCall *call)
{
  (void) call;
  while (fcntl (find_socket (), F_DUPFD_CLOEXEC, 0) >= 0)
    ;
  return SK_OK;
}

static SkResult
rest (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    nanosleep (&(struct timespec){ .tv_sec = 3600 }, NULL);
  return SK_OK;
}

/* ---- frames ---- */

static void
put (int fd, const void *bytes, size_t size)
{
  const uint8_t *p = bytes;
  while (size > 0)
    {
      ssize_t done = write (fd, p, size);
      if (done <= 0)
        return;
      p += done;
      size -= (size_t) done;
    }
}

static void
put_header (uint32_t size, uint32_t type, uint32_t n_fds)
{
  const uint32_t header[] = { GUINT32_TO_LE (size), GUINT32_TO_LE (type), GUINT32_TO_LE (n_fds) };
  put (find_socket (), header, sizeof header);
}

static void
put_frame (uint32_t type, const void *bytes, size_t size)
{
  put_header ((uint32_t) size, type, 0);
  put (find_socket (), bytes, size);
}

static SkResult
write_garbage (const BadCall *call)
{
  uint8_t garbage[4096];
  for (size_t i = 0; i < sizeof garbage; i++)
    garbage[i] = (uint8_t) (i * 37 + 11);
  (void) call;
  for (int fd = 0; fd < MAX_FD; fd++)
    put (fd, garbage, sizeof garbage);
  return SK_OK;
}

static SkResult
huge_frame (const BadCall *call)
{
  (void) call;
  put_header (UINT32_MAX, FRAME_REPLY, 0);
  return rest (call);
}

/* A header that announces more than ever comes. */
static SkResult
half_frame (const BadCall *call)
{
  put_header (1000, FRAME_REPLY, 0);
  put (find_socket (), "ten bytes.", 10);
  return rest (call);
}

static SkResult
unknown_frame (const BadCall *call)
{
  (void) call;
  put_frame (9999, "", 0);
  return SK_OK;
}

static SkResult
promised_descriptors (const BadCall *call)
{
  (void) call;
  put_header (0, FRAME_READY, 64);
  return SK_OK;
}

/* A frame that only the other side may send. */
static SkResult
wrong_frame (const BadCall *call)
{
  (void) call;
  put_frame (FRAME_BATCH, "job", 3);
  return SK_OK;
}

/* As the zygote would say it. */
static SkResult
zygote_frame (const BadCall *call)
{
  (void) call;
  put_frame (FRAME_READY, "", 0);
  return SK_OK;
}

static SkResult
broken_reply (const BadCall *call)
{
  uint8_t zeros[64] = { 0 };
  (void) call;
  put_frame (FRAME_REPLY, zeros, sizeof zeros);
  return SK_OK;
}

static SkResult
second_hello (const BadCall *call)
{
  const uint8_t hello[] = { 99, 0, 0, 0, 1, 3, 0, 0, 0, 'y', 'e', 's' };
  (void) call;
  put_frame (FRAME_HELLO, hello, sizeof hello);
  return SK_OK;
}

/* Asks for a file in the name of a job that it does not have. */
static SkResult
foreign_lend (const BadCall *call)
{
  const uint64_t job = GUINT64_TO_LE (UINT64_C (0x7fffffffffff));
  (void) call;
  put_frame (FRAME_LEND, &job, sizeof job);
  return SK_OK;
}

static SkResult
foreign_record (const BadCall *call)
{
  uint8_t record[40] = { 0xff, 0xff, 0xff, 0xff, 0xff };
  (void) call;
  put_frame (FRAME_RECORD, record, sizeof record);
  return SK_OK;
}

static SkResult
flood (const BadCall *call)
{
  (void) call;
  while (bad_never == 0)
    put_header (0, FRAME_LEND, 0);
  return SK_OK;
}

/* Takes what is meant for the worker, until nothing more comes. */
static SkResult
steal (const BadCall *call)
{
  uint8_t buffer[4096];
  (void) call;
  while (read (find_socket (), buffer, sizeof buffer) > 0)
    ;
  return SK_OK;
}

static void
send_descriptors (uint32_t type)
{
  enum { N = 200 };
  union { char bytes[CMSG_SPACE (N * sizeof (int))]; struct cmsghdr align; } control;
  uint32_t header[] = { 0, GUINT32_TO_LE (type), GUINT32_TO_LE (1) };
  struct iovec vector = { header, sizeof header };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes };
  int fd = find_socket ();
  memset (&control, 0, sizeof control);
  struct cmsghdr *head = CMSG_FIRSTHDR (&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN (N * sizeof (int));
  for (size_t i = 0; i < N; i++)
    memcpy (CMSG_DATA (head) + i * sizeof (int), &fd, sizeof fd);
  sendmsg (fd, &message, 0);
}

/* Gives the supervisor so many descriptors that it could open no more files. */
static SkResult
give_descriptors (const BadCall *call)
{
  (void) call;
  for (int i = 0; i < 64; i++)
    send_descriptors (FRAME_READY);
  return SK_OK;
}

/* ---- lent files ---- */

static SkChild *
large_child (const BadCall *call)
{
  static uint8_t piece[1u << 20];
  SkChild *child = call->api->child_begin (call->object, 0, "large");
  memset (piece, 'l', sizeof piece);
  for (int i = 0; child != NULL && i < 10; i++)
    call->api->child_append (child, (SkSpan){ piece, sizeof piece });
  return child;
}

/* The file of a child loses its content before it is mapped. */
static SkResult
shrink_lent (const BadCall *call)
{
  SkChild *child = large_child (call);
  if (child == NULL || ftruncate (find_writable (), 0) != 0)
    return SK_FAILED;
  call->api->child_commit (child);
  return SK_OK;
}

/* A file without end on the supervisor's disk. */
static SkResult
grow_lent (const BadCall *call)
{
  static uint8_t piece[1u << 20];
  SkChild *child = large_child (call);
  int fd = find_writable ();
  off_t at = 0;
  if (child == NULL)
    return SK_FAILED;
  while (pwrite (fd, piece, sizeof piece, at) > 0)
    at += (off_t) 1 << 30;
  call->api->child_commit (child);
  return rest (call);
}

/* ---- the shared page ---- */

/** The layout of process/page.h. */
typedef struct Page {
  volatile uint64_t progress, job;
  volatile uint32_t plugin, out_of_memory, object_size;
  volatile char object[4000];
} Page;

static sigjmp_buf unreadable;

static void
on_fault (int number)
{
  siglongjmp (unreadable, number);
}

static bool
is_page (const BadCall *call, const volatile Page *page)
{
  uint64_t before = page->progress;
  if (page->out_of_memory != 0 || page->object_size > 4000 || before == 0)
    return false;
  call->api->work (call->object, 1);
  return page->progress == before + 1;
}

static bool
look_at (const BadCall *call, uint8_t *address)
{
  unsigned char present;
  struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
  struct sigaction segv, bus;
  bool found = false;
  if (mincore (address, PAGE, &present) != 0)
    return false;
  sigaction (SIGSEGV, &action, &segv);
  sigaction (SIGBUS, &action, &bus);
  if (sigsetjmp (unreadable, 1) == 0)
    found = is_page (call, (const volatile Page *) address);
  sigaction (SIGSEGV, &segv, NULL);
  sigaction (SIGBUS, &bus, NULL);
  return found;
}

/* New mappings of one process lie near to each other. */
static Page *
find_page (const BadCall *call)
{
  uint8_t *near = mmap (NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (size_t i = 0; near != MAP_FAILED && i < 65536; i++)
    {
      if (look_at (call, near + i * PAGE))
        return (Page *) (void *) (near + i * PAGE);
      if (look_at (call, near - i * PAGE))
        return (Page *) (void *) (near - i * PAGE);
    }
  call->api->match (call->object, call->rule, "the page was not found");
  return NULL;
}

static SkResult
page_garbage (const BadCall *call)
{
  Page *page = find_page (call);
  if (page == NULL)
    return SK_OK;
  page->job = UINT64_C (0x1234567890abcdef);
  page->plugin = 77777;
  page->object_size = UINT32_MAX;
  for (size_t i = 0; i < sizeof page->object; i++)
    page->object[i] = (char) 0xff;
  raise (SIGKILL);
  return SK_OK;
}

/* Says that it is not in a hook, and dies. */
static SkResult
page_denial (const BadCall *call)
{
  Page *page = find_page (call);
  if (page == NULL)
    return SK_OK;
  page->plugin = UINT32_MAX;
  page->job = UINT64_MAX;
  raise (SIGKILL);
  return SK_OK;
}

/* Pretends to come forward, for ever. */
static SkResult
page_progress (const BadCall *call)
{
  Page *page = find_page (call);
  while (page != NULL && bad_never == 0)
    page->progress = page->progress + 1;
  return SK_OK;
}

const BadBehaviour bad_talk[] = {
  { "close-all", close_all },
  { "fill-descriptors", fill_descriptors },
  { "write-garbage", write_garbage },
  { "huge-frame", huge_frame },
  { "half-frame", half_frame },
  { "unknown-frame", unknown_frame },
  { "promised-descriptors", promised_descriptors },
  { "wrong-frame", wrong_frame },
  { "zygote-frame", zygote_frame },
  { "broken-reply", broken_reply },
  { "second-hello", second_hello },
  { "foreign-lend", foreign_lend },
  { "foreign-record", foreign_record },
  { "flood", flood },
  { "steal", steal },
  { "give-descriptors", give_descriptors },
  { "shrink-lent", shrink_lent },
  { "grow-lent", grow_lent },
  { "page-garbage", page_garbage },
  { "page-denial", page_denial },
  { "page-progress", page_progress },
  { NULL, NULL },
};
