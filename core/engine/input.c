/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The bytes of a job: read into a reused buffer when small, mapped when
 * large. A descriptor's offset is never used: others may share it.
 */
#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/walker.h"

/** The part of the input that the job speaks of. */
typedef struct Part {
  uint64_t offset, length;
} Part;

uint64_t
sk_input_left_out (const SkWalker *walker)
{
  const SkJob *job = walker->job;
  uint64_t maximum = walker->engine->limits.input_bytes;
  if (job->window_plugin != SK_NO_PLUGIN || job->input.size <= maximum)
    return 0;
  return job->input.size - maximum;
}

static Part
part_of_job (const SkWalker *walker)
{
  const SkJob *job = walker->job;
  Part part = { 0, job->input.size - sk_input_left_out (walker) };
  if (job->window_plugin != SK_NO_PLUGIN)
    part = (Part){ job->window_offset, job->window_length };
  return part;
}

static bool
read_part (int fd, uint8_t *buffer, Part part, size_t *ret_size)
{
  size_t done = 0;
  while (done < part.length)
    {
      ssize_t got
          = pread (fd, buffer + done, (size_t) part.length - done, (off_t) (part.offset + done));
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return false;
      if (got == 0)
        break;
      done += (size_t) got;
    }
  *ret_size = done;
  return true;
}

/* With sanitizers each input has a buffer of its very size, so that reading past it is seen. */
static uint8_t *
input_buffer (SkWalker *walker, size_t size, SkStore *store)
{
#ifdef SK_SANITIZERS
  (void) walker;
  store->memory = g_malloc (size + 1);
  return store->memory;
#else
  (void) size;
  (void) store;
  if (walker->input == NULL)
    walker->input = g_malloc (SK_SMALL_FILE);
  return walker->input;
#endif
}

static bool
read_small (SkWalker *walker, Part part, SkSpan *ret_bytes, SkStore *ret_store, bool *ret_changed)
{
  SkStore store = sk_store_empty ();
  size_t size = 0;
  uint8_t *buffer = input_buffer (walker, (size_t) part.length, &store);
  if (!read_part (walker->job->input.fd, buffer, part, &size))
    {
      int saved = errno;
      sk_store_clear (&store);
      errno = saved;
      return false;
    }
#ifdef SK_SANITIZERS
  store.memory = buffer = g_realloc (buffer, MAX (size, 1));
#endif
  *ret_changed = size < part.length;
  *ret_bytes = (SkSpan){ buffer, size };
  *ret_store = store;
  return true;
}

static bool
map_large (const SkWalker *walker, Part part, SkSpan *ret_bytes, SkStore *ret_store)
{
  uint64_t page = (uint64_t) sysconf (_SC_PAGESIZE);
  size_t head = (size_t) (part.offset % page);
  SkStore store = sk_store_empty ();
  if (part.length > SIZE_MAX - head)
    {
      errno = EOVERFLOW;
      return false;
    }
  store.mapped = (size_t) part.length + head;
  store.mapping
      = sk_mapping_new (walker->job->input.fd, part.offset - head, store.mapped, &store.slot);
  if (store.mapping == NULL)
    return false;
  *ret_bytes = (SkSpan){ (const uint8_t *) store.mapping + head, (size_t) part.length };
  *ret_store = store;
  return true;
}

static bool
from_memory (const SkInput *input, Part part, SkSpan *ret_bytes, bool *ret_changed)
{
  *ret_bytes = sk_span_slice (input->memory, (size_t) part.offset, (size_t) part.length);
  *ret_changed = ret_bytes->size < part.length;
  return true;
}

bool
sk_input_open (SkWalker *walker, SkSpan *ret_bytes, SkStore *ret_store, bool *ret_changed,
               char **ret_detail)
{
  const SkInput *input = &walker->job->input;
  Part part = part_of_job (walker);
  bool good;
  *ret_changed = false;
  *ret_store = sk_store_empty ();
  if (part.offset > INT64_MAX || part.length > (uint64_t) INT64_MAX - part.offset)
    {
      errno = EOVERFLOW;
      good = false;
    }
  else if (input->fd < 0)
    good = from_memory (input, part, ret_bytes, ret_changed);
  else if (part.length <= SK_SMALL_FILE)
    good = read_small (walker, part, ret_bytes, ret_store, ret_changed);
  else
    good = map_large (walker, part, ret_bytes, ret_store);
  if (!good)
    *ret_detail = g_strdup (g_strerror (errno));
  return good;
}

bool
sk_input_changed (const SkInput *input)
{
  struct stat info;
  if (input->fd < 0)
    return false;
  /* Not the library's fstat: it asks by path (newfstatat), which a worker's sandbox refuses. */
  if (syscall (SYS_fstat, input->fd, &info) != 0)
    return true;
  int64_t mtime = (int64_t) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
  return (uint64_t) info.st_size != input->size
         || (input->mtime_ns != 0 && mtime != input->mtime_ns);
}
