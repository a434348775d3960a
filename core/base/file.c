/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* What a call has written is done with; an interrupted one is to be made again. */
static bool
take_off (ssize_t put, SkSpan *bytes)
{
  if (put < 0 && errno == EINTR)
    return true;
  if (put == 0)
    errno = EIO;
  if (put <= 0)
    return false;
  bytes->data += put;
  bytes->size -= (size_t) put;
  return true;
}

bool
sk_file_write (int fd, SkSpan bytes)
{
  while (bytes.size > 0)
    if (!take_off (write (fd, bytes.data, bytes.size), &bytes))
      return false;
  return true;
}

bool
sk_file_write_at (int fd, SkSpan bytes, uint64_t offset)
{
  uint64_t end = offset + bytes.size;
  while (bytes.size > 0)
    if (!take_off (pwrite (fd, bytes.data, bytes.size, (off_t) (end - bytes.size)), &bytes))
      return false;
  return true;
}

int
sk_file_sealed (const char *name, SkSpan bytes)
{
  int fd = memfd_create (name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -1;
  if (sk_file_write (fd, bytes)
      && fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
    return fd;
  int saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

int
sk_file_unnamed (const char *folder)
{
  /* O_EXCL: nobody can give it a name later. */
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return fd;
  g_autofree char *path = g_build_filename (folder, "sekisho-XXXXXX", NULL);
  fd = mkostemp (path, O_CLOEXEC);
  if (fd >= 0)
    unlink (path);
  return fd;
}
