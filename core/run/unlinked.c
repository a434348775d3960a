/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "run/unlinked.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/i18n.h"

int
sk_unlinked_open (const char *folder, GError **error)
{
  int fd = sk_file_unnamed (folder);
  if (fd < 0)
    sk_error_set_errno (error, errno, _ ("cannot make a temporary file in %s"), folder);
  return fd;
}

int
sk_unlinked_read_only (int fd, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int only = open (path, O_RDONLY | O_CLOEXEC);
  if (only < 0)
    sk_error_set_errno (error, errno, _ ("cannot open a temporary file again"));
  return only;
}

gboolean
sk_unlinked_write (int fd, const void *bytes, size_t size, uint64_t offset, GError **error)
{
  return sk_file_write_at (fd, (SkSpan) { bytes, size }, offset)
         || sk_error_set_errno (error, errno, _ ("cannot write a temporary file"));
}

gboolean
sk_unlinked_read (int fd, void *bytes, size_t size, uint64_t offset, GError **error)
{
  for (uint8_t *at = bytes; size > 0;)
    {
      ssize_t n = pread (fd, at, size, (off_t) offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return sk_error_set_errno (error, n < 0 ? errno : EIO, _ ("cannot read a temporary file"));
      at += n;
      offset += (uint64_t) n;
      size -= (size_t) n;
    }
  return TRUE;
}

void
sk_unlinked_punch (int fd, uint64_t offset, uint64_t size)
{
  /* Where it is not supported the file stays as large as it is: nothing else depends on it. */
  if (size > 0)
    (void) fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset, (off_t) size);
}
