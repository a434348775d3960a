/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Finds a plugin's file, makes sure that nobody else could have put it there,
 * and opens it. Runs nothing of it but what the dynamic loader runs.
 */
#ifndef SK_ENGINE_LOADER_H
#define SK_ENGINE_LOADER_H

#include "engine/engine-private.h"

/** Looks for `<name>.so` in the folders and opens it. False after a problem in the catalogue.
 * `ret_loaded` gets plugin, module and path; everything else in it is zero. */
bool sk_loader_open (char *const *folders, const char *name, SkCatalogue *catalogue,
                     SkLoadedPlugin *ret_loaded);
/** Closes the module again and frees what the loader and the set-up put into `loaded`. */
void sk_loader_close (SkLoadedPlugin *loaded);
/** True when `name` can be a plugin's: lower case ASCII, digits, `-`, at most 32 characters. */
bool sk_loader_name_valid (const char *name);
/** Whether a file or folder with this status can be changed by nobody but root and this user.
 * Otherwise false, and the cause. */
bool sk_loader_owner_safe (const void *status, const char **ret_cause);

#endif
