/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Checks what a plugin declares of itself, and joins the declarations of all
 * plugins into the engine's tables.
 */
#ifndef SK_ENGINE_DECLARE_H
#define SK_ENGINE_DECLARE_H

#include "engine/engine-private.h"

/** Everything that can be judged of one plugin alone. False after a problem in the catalogue. */
bool sk_declare_check (const SkLoadedPlugin *loaded, SkCatalogue *catalogue);
/** Enters the plugin's facts into the table. False after a problem, nothing entered, when a name
 * collides with a fact of an earlier plugin. */
bool sk_declare_facts (SkEngine *engine, SkLoadedPlugin *loaded, uint32_t index,
                       SkCatalogue *catalogue);
/** Once all facts are known: resolves what the plugin reads, enters the types that it accepts and
 * its hooks. */
bool sk_declare_join (SkEngine *engine, SkLoadedPlugin *loaded, uint32_t index,
                      SkCatalogue *catalogue);
/** The fact's name as YARA and others see it: `.` and `-` written `_`. New string. */
char *sk_declare_flat_name (const char *name);

#endif
