/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The shared page. Its size is sealed: a worker that could shrink the file
 * would kill the supervisor with SIGBUS.
 */
#include "config.h"

#include "process/page.h"

#include "base/reply.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static_assert (sizeof (SkPage) <= 4096, "the page is one page");

int
sk_page_new (SkPage **ret_page)
{
  int fd = memfd_create ("sekisho-page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -1;
  SkPage *page = NULL;
  if (ftruncate (fd, sizeof (SkPage)) == 0
      && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    page = sk_page_map (fd);
  if (page == NULL)
    {
      int saved_errno = errno;
      close (fd);
      errno = saved_errno;
      return -1;
    }
  atomic_store (&page->job, UINT64_MAX);
  atomic_store (&page->plugin, SK_NO_PLUGIN);
  *ret_page = page;
  return fd;
}

SkPage *
sk_page_map (int fd)
{
  void *page = mmap (NULL, sizeof (SkPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return page == MAP_FAILED ? NULL : page;
}

void
sk_page_unmap (SkPage *page)
{
  if (page != NULL)
    munmap (page, sizeof (SkPage));
}
