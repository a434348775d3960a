/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/loader.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"

#define SYMBOL "sekisho_plugin"
#define NAME_LENGTH 32

typedef enum Find {
  FIND_NOTHING,
  FIND_FILE,
  FIND_REFUSED
} Find;

bool
sk_loader_name_valid (const char *name)
{
  size_t length = strlen (name);
  return length > 0 && length <= NAME_LENGTH
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool
sk_loader_owner_safe (const void *status, const char **ret_cause)
{
  const struct stat *info = status;
  if (info->st_uid != 0 && info->st_uid != geteuid ())
    *ret_cause = N_ ("it belongs to another user");
  else if ((info->st_mode & S_IWOTH) != 0)
    *ret_cause = N_ ("it is world-writable");
  else if ((info->st_mode & S_IWGRP) != 0 && info->st_gid != 0 && info->st_gid != getegid ())
    *ret_cause = N_ ("it is writable by a group that is not this user's");
  else
    return true;
  return false;
}

static bool
refuse (SkCatalogue *catalogue, const char *path, const char *cause)
{
  sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, path, 0, _ ("plugin refused: %s"), cause);
  return false;
}

/* A folder that is not there is no error: plugin_path names places that may hold plugins. */
static Find
open_folder (const char *folder, SkCatalogue *catalogue, int *ret_fd)
{
  struct stat info;
  const char *cause;
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return FIND_NOTHING;
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, folder, 0,
                            _ ("cannot open the plugin folder: %s"), g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return FIND_REFUSED;
    }
  if (!sk_loader_owner_safe (&info, &cause))
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, folder, 0,
                            _ ("plugin folder refused: %s"), _ (cause));
      close (fd);
      return FIND_REFUSED;
    }
  *ret_fd = fd;
  return FIND_FILE;
}

/* Opened without following a link and without waiting for a FIFO's writer. */
static Find
check_file (int folder_fd, const char *file, const char *path, SkCatalogue *catalogue,
            struct stat *ret_info)
{
  const char *cause;
  int fd = openat (folder_fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return FIND_NOTHING;
  if (fd < 0)
    {
      refuse (catalogue, path, errno == ELOOP ? _ ("it is a symbolic link") : g_strerror (errno));
      return FIND_REFUSED;
    }
  int status = fstat (fd, ret_info);
  close (fd);
  if (status != 0)
    cause = g_strerror (errno);
  else if (!S_ISREG (ret_info->st_mode))
    cause = _ ("it is not a regular file");
  else if (sk_loader_owner_safe (ret_info, &cause))
    return FIND_FILE;
  else
    cause = _ (cause);
  refuse (catalogue, path, cause);
  return FIND_REFUSED;
}

static Find
find_in (const char *folder, const char *name, SkCatalogue *catalogue, char **ret_path,
         struct stat *ret_info)
{
  int fd = -1;
  Find found = open_folder (folder, catalogue, &fd);
  if (found != FIND_FILE)
    return found;
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *file = g_strconcat (name, ".so", NULL);
  g_autofree char *path = g_build_filename (absolute, file, NULL);
  found = check_file (fd, file, path, catalogue, ret_info);
  close (fd);
  if (found == FIND_FILE)
    *ret_path = g_steal_pointer (&path);
  return found;
}

/* The same name in two folders: which of them was meant is not for us to guess. */
static bool
find (char *const *folders, const char *name, SkCatalogue *catalogue, char **ret_path,
      struct stat *ret_info)
{
  g_autofree char *path = NULL;
  struct stat first = { 0 };
  for (size_t i = 0; folders != NULL && folders[i] != NULL; i++)
    {
      g_autofree char *other = NULL;
      struct stat info = { 0 };
      Find found = find_in (folders[i], name, catalogue, &other, &info);
      if (found == FIND_REFUSED)
        return false;
      if (found == FIND_NOTHING
          || (path != NULL && info.st_dev == first.st_dev && info.st_ino == first.st_ino))
        continue;
      if (path != NULL)
        {
          sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, other, 0,
                                _ ("plugin refused: the name \"%s\" clashes with %s"), name, path);
          return false;
        }
      path = g_steal_pointer (&other);
      first = info;
    }
  if (path == NULL)
    {
      g_autofree char *where = folders != NULL ? g_strjoinv (", ", (char **) folders) : NULL;
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, NULL, 0,
                            _ ("plugin \"%s\" not found in: %s"), name, where != NULL ? where : "");
      return false;
    }
  *ret_path = g_steal_pointer (&path);
  *ret_info = first;
  return true;
}

/* The symbol table tells how many bytes there are before any of them is trusted. */
static bool
symbol_size (const void *symbol, size_t *ret_size)
{
  Dl_info info;
  void *extra = NULL;
  if (dladdr1 (symbol, &info, &extra, RTLD_DL_SYMENT) == 0 || extra == NULL)
    return false;
  *ret_size = ((const ElfW (Sym) *) extra)->st_size;
  return true;
}

static bool
check_head (const SkPlugin *plugin, const char *path, const char *name, SkCatalogue *catalogue)
{
  size_t size;
  g_autofree char *cause = NULL;
  if (!symbol_size (plugin, &size) || size < offsetof (SkPlugin, flags))
    cause = g_strdup (_ ("its symbol \"" SYMBOL "\" is not a plugin description"));
  else if (plugin->abi_major != SK_ABI_MAJOR)
    cause = g_strdup_printf (_ ("it was built for ABI %u, this program has ABI %u"),
                             plugin->abi_major, (unsigned) SK_ABI_MAJOR);
  else if (plugin->size != sizeof (SkPlugin) || size < sizeof (SkPlugin))
    cause = g_strdup_printf (_ ("its description has %zu bytes, not %zu"), plugin->size,
                             sizeof (SkPlugin));
  else if (plugin->name == NULL || strcmp (plugin->name, name) != 0)
    cause = g_strdup_printf (_ ("it calls itself \"%s\", its file \"%s\""),
                             plugin->name != NULL ? plugin->name : "", name);
  else if (plugin->version == NULL || plugin->summary == NULL || plugin->licence == NULL)
    cause = g_strdup (_ ("version, summary or licence is missing"));
  else
    return true;
  return refuse (catalogue, path, cause);
}

/* dlopen takes a path: that it still leads to the file that was checked is checked before and
 * after; nobody but root and this user can change the folder in between. */
static bool
same_file (const char *path, const struct stat *info)
{
  struct stat now;
  return lstat (path, &now) == 0 && now.st_dev == info->st_dev && now.st_ino == info->st_ino;
}

bool
sk_loader_open (char *const *folders, const char *name, SkCatalogue *catalogue,
                SkLoadedPlugin *ret_loaded)
{
  g_autofree char *path = NULL;
  struct stat info;
  if (!sk_loader_name_valid (name))
    {
      sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, NULL, 0,
                            _ ("\"%s\" cannot be a plugin's name"), name);
      return false;
    }
  if (!find (folders, name, catalogue, &path, &info))
    return false;
  if (!same_file (path, &info))
    return refuse (catalogue, path, _ ("it was replaced while it was opened"));
  void *module = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (module == NULL)
    return refuse (catalogue, path, dlerror ());
  const SkPlugin *plugin = dlsym (module, SYMBOL);
  bool usable = false;
  if (plugin == NULL)
    refuse (catalogue, path, _ ("it has no symbol \"" SYMBOL "\""));
  else if (!same_file (path, &info))
    refuse (catalogue, path, _ ("it was replaced while it was opened"));
  else
    usable = check_head (plugin, path, name, catalogue);
  if (!usable)
    {
      dlclose (module);
      return false;
    }
  *ret_loaded = (SkLoadedPlugin){ .plugin = plugin, .module = module };
  ret_loaded->path = g_steal_pointer (&path);
  return true;
}

void
sk_loader_close (SkLoadedPlugin *loaded)
{
  const SkPlugin *plugin = loaded->plugin;
  if (loaded->context != NULL && plugin->free_context != NULL)
    plugin->free_context (loaded->context);
  for (size_t i = 0; loaded->options != NULL && i < plugin->n_options; i++)
    g_free (loaded->options[i].text);
  g_free (loaded->options);
  g_free (loaded->reads);
  g_free (loaded->path);
  /* A leak report of the sanitizer needs the module's names at the program's end. */
#ifndef SK_SANITIZERS
  dlclose (loaded->module);
#endif
}
