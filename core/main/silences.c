/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "main/silences.h"

#include "base/error.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/** A path, safe to show. New string. */
static char *
shown (const char *path)
{
  g_autofree char *utf8 = sk_text_from_bytes (sk_span_of_text (path));
  return sk_text_escape (utf8);
}

static gboolean
fail (GError **error, const char *path)
{
  int saved = errno;
  g_autofree char *safe = shown (path);
  return sk_error_set_errno (error, saved, "%s", safe);
}

/* ---- hashing ---- */

static bool
hash_descriptor (int fd, EVP_MD_CTX *context)
{
  enum { ROOM = 65536 };
  g_autofree uint8_t *room = g_malloc (ROOM);
  for (;;)
    {
      ssize_t got = read (fd, room, ROOM);
      if (got == 0)
        return true;
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0 || EVP_DigestUpdate (context, room, (size_t) got) != 1)
        return false;
    }
}

static char *
hash_open_file (int fd)
{
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  char *text = NULL;
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  if (context != NULL && EVP_DigestInit_ex (context, EVP_sha256 (), NULL) == 1
      && hash_descriptor (fd, context) && EVP_DigestFinal_ex (context, digest, &size) == 1)
    text = sk_text_hex ((SkSpan){ digest, size });
  EVP_MD_CTX_free (context);
  return text;
}

char *
sk_silences_hash (const char *path, GError **error)
{
  /* Not blocking: a FIFO would be waited for without an end. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      fail (error, path);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  char *text = NULL;
  if (S_ISREG (info.st_mode))
    text = hash_open_file (fd);
  else
    errno = S_ISDIR (info.st_mode) ? EISDIR : EINVAL;
  if (text == NULL)
    fail (error, path);
  close (fd);
  return text;
}

/* ---- writing ---- */

/** What the file would be must be a silences file, so that the next scan does not refuse it. */
static gboolean
check_content (const char *path, const GString *content, GError **error)
{
  SkPolicySettings settings;
  sk_policy_settings_init (&settings);
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  SkSpan bytes = { (const uint8_t *) content->str, content->len };
  if (!sk_bundle_add (bundle, "silences", path, bytes, 0, error))
    return FALSE;
  g_autoptr (SkPolicy) policy = sk_policy_new (&settings, bundle, 0, error);
  return policy != NULL;
}

/** Owner and mode of the file that is replaced, or of a new one. */
static bool
set_owner (int fd, const char *path)
{
  struct stat before;
  if (stat (path, &before) != 0)
    return fchmod (fd, 0644) == 0;
  struct stat now;
  if (fstat (fd, &now) != 0)
    return false;
  bool other = now.st_uid != before.st_uid || now.st_gid != before.st_gid;
  return (!other || fchown (fd, before.st_uid, before.st_gid) == 0)
         && fchmod (fd, before.st_mode & 0777) == 0;
}

static gboolean
replace (const char *path, int folder_fd, const GString *content, GError **error)
{
  g_autofree char *fresh = g_strconcat (path, ".XXXXXX", NULL);
  int fd = mkostemp (fresh, O_CLOEXEC);
  if (fd < 0)
    return fail (error, path);
  SkSpan bytes = { (const uint8_t *) content->str, content->len };
  bool written = set_owner (fd, path) && sk_file_write (fd, bytes) && fsync (fd) == 0
                 && rename (fresh, path) == 0
                 && fsync (folder_fd) == 0;
  if (!written)
    {
      fail (error, path);
      unlink (fresh);
    }
  close (fd);
  return written;
}

/** The old content with the new text after it. */
static GString *
joined (const char *path, const char *text, GError **error)
{
  g_autofree char *old = NULL;
  gsize size = 0;
  g_autoptr (GError) cause = NULL;
  if (!g_file_get_contents (path, &old, &size, &cause)
      && !g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_autofree char *safe = shown (path);
      g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM, "%s: %s", safe, cause->message);
      return NULL;
    }
  GString *content = g_string_new_len (old, (gssize) size);
  if (content->len > 0 && content->str[content->len - 1] != '\n')
    g_string_append_c (content, '\n');
  return g_string_append (content, text);
}

static gboolean
append_locked (const char *path, int folder_fd, const char *text, GError **error)
{
  /* Two who add at the same time would lose one of the two. */
  if (flock (folder_fd, LOCK_EX) != 0)
    return fail (error, path);
  GString *content = joined (path, text, error);
  if (content == NULL)
    return FALSE;
  gboolean done
      = check_content (path, content, error) && replace (path, folder_fd, content, error);
  g_string_free (content, TRUE);
  return done;
}

gboolean
sk_silences_append (const char *path, const char *text, GError **error)
{
  /* A link stays a link: the file behind it is replaced. */
  char *real = realpath (path, NULL);
  const char *target = real != NULL ? real : path;
  g_autofree char *folder = g_path_get_dirname (target);
  gboolean done = FALSE;
  if (g_mkdir_with_parents (folder, 0755) != 0)
    fail (error, folder);
  else
    {
      int folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      done = folder_fd >= 0 ? append_locked (target, folder_fd, text, error) : fail (error, folder);
      if (folder_fd >= 0)
        close (folder_fd); /* and the lock with it */
    }
  free (real);
  return done;
}
